using System.Globalization;
using NodaTime;
using PaymentEngine.Core;
using PaymentEngine.Core.Payments;
using PaymentEngine.Postgres.Privacy;

namespace PaymentEngine.Postgres.Audit;

/// <summary>A file whose digest the database holds.</summary>
/// <param name="Name">For people.</param>
/// <param name="Sha256">Lower-case hexadecimal.</param>
/// <param name="Path">Where it was put last; null: kept in the archive under its digest.</param>
public sealed record KnownBytes(string Name, string Sha256, string? Path);

/// <summary>What the verification of the database asks besides the chain.</summary>
public static class AuditStore
{
    /// <summary>Rows whose keys a finding names.</summary>
    public const int KeysShown = 5;

    const string KeyColumns = """
        -- AuditStore.KeyColumns
        SELECT a.attname FROM pg_index i JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = ANY (i.indkey)
         WHERE i.indrelid = to_regclass(quote_ident(@table)) AND i.indisprimary AND a.attname <> 'province_code'
           AND EXISTS (SELECT FROM pg_attribute o WHERE o.attrelid = i.indrelid AND o.attname = 'operation_no') ORDER BY array_position(i.indkey::int2[], a.attnum);
        """;

    const string PlannedRuns = """
        -- AuditStore.PlannedRuns: a draft that was taken back has lost its rows; its hash stays in the chain.
        SELECT t.month AS Month, t.run_no AS RunNo FROM run_total t
         WHERE t.province_code = @provinceCode
           AND NOT EXISTS (SELECT FROM run_programme p WHERE p.province_code = t.province_code AND p.month = t.month AND p.run_no = t.run_no AND p.voided) ORDER BY t.month, t.run_no;
        """;

    const string PartitionDigests = """
        -- AuditStore.PartitionDigests
        SELECT partition_no AS PartitionNo, digest AS Digest FROM run_partition
         WHERE province_code = @provinceCode AND month = @month AND run_no = @runNo AND stage = 'plan' AND digest IS NOT NULL ORDER BY partition_no;
        """;

    const string AttemptsOff = """
        -- AuditStore.AttemptsOff: a later attempt pays what its disbursement is.
        SELECT 'line ' || a.line_no || ' attempt ' || a.attempt || ' (' || a.amount_vnd || ' đồng, disbursement ' || d.amount_vnd || ')'
          FROM attempt a JOIN disbursement d USING (province_code, month, run_no, line_no)
         WHERE a.province_code = @provinceCode AND a.month = @month AND a.run_no = @runNo AND a.amount_vnd <> d.amount_vnd ORDER BY a.line_no, a.attempt LIMIT 5;
        """;

    const string FilesSql = """
        -- AuditStore.Files
        SELECT f.msg_id AS Name, encode(s.sha256, 'hex') AS Sha256, p.summary->>'path' AS Path
          FROM bank_file_seal s JOIN bank_file f USING (province_code, month, file_no)
          LEFT JOIN run_partition p ON p.province_code = f.province_code AND p.month = f.month AND p.run_no = f.run_no AND p.stage = 'export' AND p.partition_no = f.file_no
         WHERE s.province_code = @provinceCode AND NOT EXISTS (SELECT FROM bank_file_withdrawal w WHERE w.province_code = f.province_code AND w.month = f.month AND w.file_no = f.file_no)
        UNION ALL
        SELECT file_name, encode(sha256, 'hex'), NULL FROM inbox_file WHERE province_code = @provinceCode ORDER BY 1, 2;
        """;

    /// <summary>The keys of the first rows that name an operation.</summary>
    /// <param name="session">A session.</param>
    /// <param name="provinceCode">The tenant.</param>
    /// <param name="table">One of <see cref="BlockStore.CoveredTablesAsync"/>.</param>
    /// <param name="operationNo">The operation.</param>
    /// <param name="cancel">Cancels the reading.</param>
    public static async Task<IReadOnlyList<string>> KeysAsync(DatabaseSession session, short provinceCode, string table, long operationNo, CancellationToken cancel = default)
    {
        var columns = (await session.QueryAsync<string>(KeyColumns, new { table }, cancel)).Select(Quoted).ToList();
        if (columns.Count == 0) return [];
        var key = string.Join(" || ', ' || ", columns.Select(column => $"'{column.Trim('"')} ' || {column}::text"));
        return await session.QueryAsync<string>($"-- AuditStore.Keys\nSELECT {key} FROM {Quoted(table)} WHERE province_code = @provinceCode AND operation_no = @operationNo ORDER BY {string.Join(", ", columns)} LIMIT {KeysShown.ToString(CultureInfo.InvariantCulture)}",
            new { provinceCode, operationNo }, cancel);
    }

    /// <summary>Runs with a finished plan that was not taken back.</summary>
    public static async Task<IReadOnlyList<RunId>> PlannedRunsAsync(DatabaseSession session, short provinceCode, CancellationToken cancel = default) =>
        [.. (await session.QueryAsync<(int Month, int RunNo)>(PlannedRuns, new { provinceCode }, cancel)).Select(row => new RunId(provinceCode, Months.FromKey(row.Month), row.RunNo))];

    /// <summary>Which lines of a run were changed, as near as the plan's digests tell: its partitions.</summary>
    public static async Task<string> ChangedPartitionAsync(DatabaseSession session, StoredRun run, CancellationToken cancel = default)
    {
        var planned = (await session.QueryAsync<(int PartitionNo, byte[] Digest)>(PartitionDigests, Key(run.Id), cancel)).ToDictionary(row => row.PartitionNo, row => row.Digest);
        var stands = await ErasureStore.AsPlannedAsync(session, run.Id, await RunContent.RecomputeAsync(session, run.Id, planned.Keys, null, cancel), cancel);
        var changed = stands.Where(partition => !planned.TryGetValue(partition.PartitionNo, out var digest) || !digest.AsSpan().SequenceEqual(partition.Digest)).Select(partition => partition.PartitionNo).ToList();
        return changed.Count == 0 ? "Payer, programmes, days, routes or law of the run were changed." : string.Create(CultureInfo.InvariantCulture,
            $"Changed are lines {(changed[0] << RunContent.PartitionShift) + 1} to {(changed[0] + 1) << RunContent.PartitionShift} (partition {string.Join(", ", changed)}).");
    }

    /// <summary>Later attempts whose amount is not their disbursement's: the first five.</summary>
    public static Task<IReadOnlyList<string>> AttemptsOffAsync(DatabaseSession session, RunId run, CancellationToken cancel = default) => session.QueryAsync<string>(AttemptsOff, Key(run), cancel);

    /// <summary>Files to and from banks, and of the register, with their digests.</summary>
    public static Task<IReadOnlyList<KnownBytes>> FilesAsync(DatabaseSession session, short provinceCode, CancellationToken cancel = default) => session.QueryAsync<KnownBytes>(FilesSql, new { provinceCode }, cancel);

    static object Key(RunId run) => new { provinceCode = run.ProvinceCode, month = run.Month.Key(), runNo = run.RunNo };

    static string Quoted(string identifier) => $"\"{identifier.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";
}
