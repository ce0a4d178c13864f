using NodaTime;
using PaymentEngine.Core;
using PaymentEngine.Core.Payments;

namespace PaymentEngine.Postgres;

/// <summary>Signatures over manifests that were made elsewhere and attached. One of the key folder needs no row: it can be made again.</summary>
public static class SignatureStore
{
    const string Attached = """
        -- SignatureStore.Attached
        SELECT encode(signature_sha256, 'hex') FROM manifest_signature WHERE province_code = @provinceCode AND month = @month AND file_no = @fileNo ORDER BY signature_no;
        """;

    const string Insert = """
        -- SignatureStore.Insert
        INSERT INTO manifest_signature (province_code, month, file_no, signature_no, manifest_sha256, signature_sha256, certificate_sha256, subject, person, at, operation_no)
        SELECT @provinceCode, @month, @fileNo, 1 + coalesce((SELECT max(signature_no) FROM manifest_signature WHERE province_code = @provinceCode AND month = @month AND file_no = @fileNo), 0),
               @manifestSha256, @signatureSha256, @certificateSha256, @subject, @person, @at, @operationNo;
        """;

    /// <summary>SHA-256 of the signatures attached to a file, lower-case hexadecimal, in the order they came.</summary>
    public static Task<IReadOnlyList<string>> AttachedAsync(DatabaseSession session, RunId run, int fileNo, CancellationToken cancel) =>
        session.QueryAsync<string>(Attached, new { provinceCode = run.ProvinceCode, month = run.Month.Key(), fileNo }, cancel);

    /// <summary>Records a signature that was checked and attached; the store refuses the same one twice.</summary>
    public static Task InsertAsync(DatabaseSession session, RunId run, int fileNo, byte[] manifestSha256, byte[] signatureSha256, byte[] certificateSha256, string subject, string person, Instant at, long operationNo,
        CancellationToken cancel) =>
        session.ExecuteAsync(Insert, new
        {
            provinceCode = run.ProvinceCode, month = run.Month.Key(), fileNo, manifestSha256, signatureSha256, certificateSha256, subject, person, at, operationNo,
        }, cancel);
}
