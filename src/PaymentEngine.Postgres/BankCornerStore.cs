using NodaTime;
using PaymentEngine.Core.Money;

namespace PaymentEngine.Postgres;

/// <summary>A payment file as the bank it was handed over to sees it.</summary>
public sealed record FileForBank(string MsgId, int Month, int RunNo, string Profile, int Items, Vnd SumVnd, long SizeBytes, byte[] Sha256, byte[] ManifestSha256, Instant HandedOverAt, byte[]? SignatureSha256);

/// <summary>What one bank may see: the files that were handed over to it and stand.</summary>
public static class BankCornerStore
{
    const string Files = """
        -- BankCornerStore.Files: the latest ids first, from behind one; a file that was never sent, was taken back or withdrawn is not there.
        SELECT f.msg_id AS MsgId, f.month AS Month, f.run_no AS RunNo, f.profile AS Profile, f.items AS Items, f.sum_vnd AS SumVnd, s.size_bytes AS SizeBytes, s.sha256 AS Sha256, s.manifest_sha256 AS ManifestSha256,
               o.at AS HandedOverAt, g.signature_sha256 AS SignatureSha256
          FROM standing_file f
          JOIN bank_file_seal s USING (province_code, month, file_no)
          JOIN LATERAL (SELECT min(x.at) AS at FROM hand_over_outcome x WHERE x.province_code = f.province_code AND x.month = f.month AND x.file_no = f.file_no AND x.outcome = 'sent'
                           AND NOT EXISTS (SELECT FROM hand_over_outcome y WHERE y.province_code = x.province_code AND y.month = x.month AND y.file_no = x.file_no AND y.hand_over_no = x.hand_over_no AND y.outcome = 'recovered')) o ON o.at IS NOT NULL
          LEFT JOIN LATERAL (SELECT x.signature_sha256 FROM manifest_signature x WHERE x.province_code = f.province_code AND x.month = f.month AND x.file_no = f.file_no ORDER BY x.signature_no DESC LIMIT 1) g ON true
         WHERE f.province_code = @provinceCode AND (@msgId::text IS NULL OR f.msg_id = @msgId) AND (@before::text IS NULL OR f.msg_id < @before)
           AND EXISTS (SELECT FROM batch b JOIN run_route_account a ON a.province_code = b.province_code AND a.month = f.month AND a.run_no = f.run_no AND a.route_no = b.route_no
                        WHERE b.province_code = f.province_code AND b.month = f.month AND b.file_no = f.file_no AND a.debtor_bin = @bin)
         ORDER BY f.msg_id DESC LIMIT @rowsMax;
        """;

    /// <summary>The files of a bank.</summary>
    /// <param name="session">A session of the run role.</param>
    /// <param name="provinceCode">The tenant.</param>
    /// <param name="bin">The bank, by its six figures.</param>
    /// <param name="msgId">One file; null: all.</param>
    /// <param name="before">From behind this id; null: from the first.</param>
    /// <param name="rowsMax">How many at most.</param>
    /// <param name="cancel">Cancels the reading.</param>
    public static Task<IReadOnlyList<FileForBank>> FilesAsync(DatabaseSession session, short provinceCode, string bin, string? msgId, string? before, int rowsMax, CancellationToken cancel) =>
        session.QueryAsync<FileForBank>(Files, new { provinceCode, bin, msgId, before, rowsMax }, cancel);
}
