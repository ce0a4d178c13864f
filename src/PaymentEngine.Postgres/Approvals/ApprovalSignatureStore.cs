using NodaTime;
using PaymentEngine.Core;
using PaymentEngine.Core.Payments;

namespace PaymentEngine.Postgres.Approvals;

/// <summary>A signature over an approval.</summary>
/// <param name="Level">Of the approval, from 1.</param>
/// <param name="Statement">The text that is signed.</param>
/// <param name="Signature">Detached CMS in DER.</param>
/// <param name="CertificateSha256">Fingerprint of the certificate.</param>
/// <param name="IsOwn">By the approver's own certificate; false: by the key of the installation.</param>
public sealed record StoredApprovalSignature(byte[] ContentHash, short Level, string Person, string Statement, byte[] Signature, byte[] CertificateSha256, string Subject, bool IsOwn, Instant At);

/// <summary>Signatures of approvals and the certificates of approvers.</summary>
public static class ApprovalSignatureStore
{
    const string Insert = """
        -- ApprovalSignatureStore.Insert
        INSERT INTO approval_signature (province_code, month, run_no, content_hash, level, person, statement, signature, certificate_sha256, subject, is_own, at, operation_no)
        VALUES (@ProvinceCode, @month, @RunNo, @ContentHash, @Level, @Person, @Statement, @Signature, @CertificateSha256, @Subject, @IsOwn, @At, @operationNo);
        """;

    const string InsertCertificate = """
        -- ApprovalSignatureStore.InsertCertificate: the first use makes it that person's.
        INSERT INTO approver_certificate (province_code, certificate_sha256, person, subject, first_used_at, operation_no)
        VALUES (@ProvinceCode, @CertificateSha256, @Person, @Subject, @At, @operationNo) ON CONFLICT DO NOTHING;
        SELECT person FROM approver_certificate WHERE province_code = @ProvinceCode AND certificate_sha256 = @CertificateSha256;
        """;

    const string Select = """
        -- ApprovalSignatureStore.OfRun
        SELECT content_hash, level, person, statement, signature, certificate_sha256, subject, is_own, at
          FROM approval_signature WHERE province_code = @ProvinceCode AND month = @month AND run_no = @RunNo ORDER BY at, level;
        """;

    const string Approvals = """
        -- ApprovalSignatureStore.Approvals: of the content that was approved, every level with its person.
        SELECT s.level, s.person, s.content_hash FROM run_step s
         WHERE s.province_code = @ProvinceCode AND s.month = @month AND s.run_no = @RunNo AND s.step = 'approved'
        UNION ALL
        SELECT a.level, a.person, a.content_hash FROM run_approval a JOIN run_step s USING (province_code, month, run_no, content_hash)
         WHERE s.province_code = @ProvinceCode AND s.month = @month AND s.run_no = @RunNo AND s.step = 'approved' AND a.level < s.level
         ORDER BY level;
        """;

    /// <summary>Keeps a signature.</summary>
    public static Task InsertAsync(DatabaseSession session, RunId run, StoredApprovalSignature signature, long operationNo, CancellationToken cancel) =>
        session.ExecuteAsync(Insert, new
        {
            run.ProvinceCode, month = run.Month.Key(), run.RunNo, signature.ContentHash, signature.Level, signature.Person, signature.Statement, signature.Signature, signature.CertificateSha256, signature.Subject, signature.IsOwn, signature.At, operationNo,
        }, cancel);

    /// <summary>Whose certificate it is, from now on when it was nobody's.</summary>
    public static Task<string> ClaimCertificateAsync(DatabaseSession session, RunId run, StoredApprovalSignature signature, long operationNo, CancellationToken cancel) =>
        session.SingleAsync<string>(InsertCertificate, new { run.ProvinceCode, signature.CertificateSha256, signature.Person, signature.Subject, signature.At, operationNo }, cancel);

    /// <summary>All signatures of a run, of earlier contents too.</summary>
    public static Task<IReadOnlyList<StoredApprovalSignature>> OfRunAsync(DatabaseSession session, RunId run, CancellationToken cancel) =>
        session.QueryAsync<StoredApprovalSignature>(Select, new { run.ProvinceCode, month = run.Month.Key(), run.RunNo }, cancel);

    /// <summary>The approvals that made the run approved, by level; empty when it is not approved.</summary>
    public static Task<IReadOnlyList<(short Level, string Person, byte[] ContentHash)>> ApprovalsAsync(DatabaseSession session, RunId run, CancellationToken cancel) =>
        session.QueryAsync<(short Level, string Person, byte[] ContentHash)>(Approvals, new { run.ProvinceCode, month = run.Month.Key(), run.RunNo }, cancel);
}
