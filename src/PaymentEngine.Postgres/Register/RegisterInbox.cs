using NodaTime;

namespace PaymentEngine.Postgres.Register;

/// <summary>A file of the register as it arrived: the digest of its bytes and where they are kept.</summary>
/// <param name="Sha256">Digest of the bytes.</param>
/// <param name="FileName">As the person named it.</param>
/// <param name="SizeBytes">Bytes.</param>
/// <param name="StoredAs">Path of the kept bytes below the archive folder.</param>
public sealed record ArrivedFile(byte[] Sha256, string FileName, long SizeBytes, string StoredAs);

/// <summary>What the inbox knows of a file.</summary>
/// <param name="Sha256">Digest of the bytes.</param>
/// <param name="ImportNo">Number of the file in its province.</param>
/// <param name="AppliedAt">When it was applied; null: it has arrived and is not applied.</param>
/// <param name="Person">Who applied it.</param>
public sealed record InboxEntry(byte[] Sha256, int ImportNo, Instant? AppliedAt, string? Person);

/// <summary>The inbox of register files: a row with the digest before anything is read, another when the file is applied (trust §5.3.4).</summary>
public static class RegisterInbox
{
    const string Receive = """
        -- RegisterInbox.Receive: the number follows the last one; the lock keeps two arrivals from taking the same.
        SELECT pg_advisory_xact_lock(hashtextextended('payengine.inbox', @provinceCode));
        INSERT INTO inbox_file (province_code, import_no, sha256, kind, file_name, size_bytes, stored_as, received_at, operation_no)
        SELECT @provinceCode, (SELECT coalesce(max(import_no), 0) + 1 FROM inbox_file WHERE province_code = @provinceCode),
               @sha256, 'register', @fileName, @sizeBytes, @storedAs, @at, @operationNo
        ON CONFLICT (province_code, sha256) DO NOTHING;
        """;

    const string Find = """
        -- RegisterInbox.Find
        SELECT f.sha256, f.import_no, a.applied_at, o.person
          FROM inbox_file f
          LEFT JOIN inbox_applied a USING (province_code, import_no)
          LEFT JOIN operation o ON o.province_code = a.province_code AND o.operation_no = a.operation_no
         WHERE f.province_code = @provinceCode AND f.sha256 = ANY (@digests);
        """;

    const string Applied = """
        -- RegisterInbox.Applied
        INSERT INTO inbox_applied (province_code, import_no, entries, facts, suspense, findings, applied_at, operation_no)
        VALUES (@provinceCode, @importNo, @rows, @stored, 0, @findings::jsonb, @at, @operationNo);
        """;

    /// <summary>Notes that a file has arrived; a file that arrived before keeps its row.</summary>
    public static Task ReceiveAsync(DatabaseSession session, short provinceCode, long operationNo, ArrivedFile file, Instant at, CancellationToken cancel) =>
        session.ExecuteAsync(Receive, new { provinceCode, operationNo, file.Sha256, file.FileName, file.SizeBytes, file.StoredAs, at }, cancel);

    /// <summary>What is known of files with these digests.</summary>
    public static Task<IReadOnlyList<InboxEntry>> FindAsync(DatabaseSession session, short provinceCode, byte[][] digests, CancellationToken cancel) =>
        session.QueryAsync<InboxEntry>(Find, new { provinceCode, digests }, cancel);

    /// <summary>Notes, in the transaction that applies a file, that it is applied.</summary>
    /// <param name="rows">Rows of the file.</param>
    /// <param name="stored">Rows that made a new version.</param>
    /// <param name="findings">Counts and warnings by code, JSON.</param>
    public static Task AppliedAsync(DatabaseSession session, short provinceCode, long operationNo, int importNo, int rows, int stored, string findings, Instant at, CancellationToken cancel) =>
        session.ExecuteAsync(Applied, new { provinceCode, operationNo, importNo, rows, stored, findings, at }, cancel);
}
