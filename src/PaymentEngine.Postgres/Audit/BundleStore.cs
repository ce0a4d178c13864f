using System.Globalization;
using NodaTime;
using PaymentEngine.Core;
using PaymentEngine.Core.Payments;
using PaymentEngine.Postgres.Cases;

namespace PaymentEngine.Postgres.Audit;

/// <summary>A table of a bundle: its columns, then its rows as text.</summary>
public sealed record BundleTable(string Name, IReadOnlyList<string> Columns, IReadOnlyList<string[]> Rows);

/// <summary>A file that a bank or an office sent and that concerns a run.</summary>
public sealed record ReceivedBytes(int ImportNo, string FileName, string Sha256, string StoredAs);

/// <summary>What the content hash of a run is made of besides its rows.</summary>
public sealed record RunConstants(string PayerCode, string Programmes, int Month, string ExecutionFrom, string ExecutionTo, string LawHash, string? Routes, string Kind, int RulesVersion, string? Repayments);

/// <summary>What a bundle of a run holds, read in one snapshot. Account and identity numbers are never read here: the tail alone, and the keyed tag that only the key folder can make.</summary>
public static class BundleStore
{
    const string OfRun = "province_code = @provinceCode AND month = @month AND run_no = @runNo";

    static string At(string column) => $"to_char({column} AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.US\"Z\"')";

    const string FilesOfRun = "SELECT file_no FROM bank_file WHERE province_code = @provinceCode AND month = @month AND run_no = @runNo";

    const string ImportsOfRun = $"""
        SELECT f.import_no FROM bank_fact f WHERE f.province_code = @provinceCode AND f.target = 1 AND f.target_month = @month AND f.target_run = @runNo
        UNION SELECT f.import_no FROM bank_fact f WHERE f.province_code = @provinceCode AND f.target IN (2, 3) AND f.target_month = @month AND f.target_no IN ({FilesOfRun})
        UNION SELECT m.import_no FROM match m WHERE m.province_code = @provinceCode AND m.target_month = @month AND ((m.decision = 'attempt' AND m.target_run = @runNo) OR (m.decision = 'batch' AND m.target_no IN ({FilesOfRun})))
        """;

    // Columns named content_… are those of the content hash, which the approval binds: with them anybody can compute it again.
    static readonly (string Name, string Sql)[] Tables =
    [
        ("disbursements", $"""
            SELECT d.line_no, r.person_id, r.full_name, coalesce(p.payee_name, r.full_name) AS payee_name, d.recipient_id, d.payee_no, d.payee_version, d.payee_role, d.programme, d.commune_id, g.commune_code,
                   d.gross_vnd, d.recouped_vnd, d.amount_vnd, coalesce(d.hold_reason, '') AS hold_reason, coalesce(a.kind, 0) AS attempt_kind, coalesce(a.amount_vnd, 0) AS attempt_vnd, coalesce(a.channel_version, 0) AS channel_version,
                   coalesce(a.route_no, 0) AS route_no, coalesce(a.pay_commune_id, 0) AS pay_commune_id, coalesce(encode(c.account_tag, 'hex'), '') AS account_tag, coalesce(c.bank_bin, '') AS bank_bin,
                   coalesce(c.holder_name, '') AS holder_name, coalesce('****' || c.account_tail, '') AS account
              FROM disbursement d
              JOIN recipient r ON r.province_code = d.province_code AND r.recipient_id = d.recipient_id AND r.version = (SELECT max(x.version) FROM recipient x, run y WHERE x.province_code = d.province_code
                   AND x.recipient_id = d.recipient_id AND y.province_code = d.province_code AND y.month = d.month AND y.run_no = d.run_no AND (x.known_from <= y.known_at OR x.version = 1))
              LEFT JOIN payee p ON p.province_code = d.province_code AND p.payee_no = d.payee_no AND p.version = d.payee_version
              LEFT JOIN area g ON g.province_code = d.province_code AND g.commune_id = d.commune_id AND g.version = 1
              LEFT JOIN attempt a ON a.province_code = d.province_code AND a.month = d.month AND a.run_no = d.run_no AND a.line_no = d.line_no AND a.attempt = 1 AND d.hold_reason IS NULL
              LEFT JOIN channel c ON c.province_code = a.province_code AND c.payee_no = a.payee_no AND c.version = a.channel_version
             WHERE d.province_code = @provinceCode AND d.month = @month AND d.run_no = @runNo ORDER BY d.line_no
            """),
        ("lines", $"""
            SELECT l.line_no, w.award_id, l.award_no, l.component, l.for_month, l.kind, l.listed_version, l.amount_vnd, l.explanation_no
              FROM line l LEFT JOIN award w ON w.province_code = l.province_code AND w.award_no = l.award_no AND w.version = 1
             WHERE l.province_code = @provinceCode AND l.month = @month AND l.run_no = @runNo ORDER BY l.line_no, l.award_no, l.component COLLATE "C", l.for_month, l.kind
            """),
        ("explanations", $"SELECT explanation_no, sentence_vi, sentence_en, rule, citation, status FROM explanation WHERE {OfRun} ORDER BY explanation_no"),
        ("attempts", $"""
            SELECT a.line_no, a.attempt, CASE a.kind WHEN 1 THEN 'bank' ELSE 'cash' END AS kind, a.amount_vnd, coalesce(c.bank_bin, '') AS bank_bin, coalesce('****' || c.account_tail, '') AS account, coalesce(c.holder_name, '') AS holder_name,
                   a.carried_month, a.carried_run, coalesce(b.file_no, 0) AS file_no, coalesce(f.msg_id, '') AS msg_id, coalesce(e.how, '') AS ended, coalesce(e.proof, '') AS proof, coalesce(e.reason_code, '') AS reason_code,
                   coalesce(e.ended_on::text, '') AS ended_on, coalesce(e.operation_no::text, '') AS ended_by_operation
              FROM attempt a
              LEFT JOIN channel c ON c.province_code = a.province_code AND c.payee_no = a.payee_no AND c.version = a.channel_version
              LEFT JOIN attempt_end e ON e.province_code = a.province_code AND e.month = a.month AND e.run_no = a.run_no AND e.line_no = a.line_no AND e.attempt = a.attempt
              LEFT JOIN attempt_batch b ON b.province_code = a.province_code AND b.month = a.month AND b.run_no = a.run_no AND b.line_no = a.line_no AND b.attempt = a.attempt
              LEFT JOIN bank_file f ON f.province_code = b.province_code AND f.month = b.file_month AND f.file_no = b.file_no
             WHERE a.province_code = @provinceCode AND a.month = @month AND a.run_no = @runNo ORDER BY a.line_no, a.attempt
            """),
        ("facts", $"""
            SELECT f.import_no, f.entry_no, f.detail_no, CASE f.target WHEN 1 THEN 'payment' WHEN 2 THEN 'batch' WHEN 3 THEN 'file' ELSE 'suspense' END AS target, coalesce(f.target_no, 0) AS target_no, coalesce(f.target_part, 0) AS target_part,
                   f.evidence, f.level, coalesce(f.amount_vnd::text, '') AS amount_vnd, coalesce(f.reason_code, '') AS reason_code, coalesce(f.event_date::text, '') AS event_date, {At("f.reported_at")} AS reported_at
              FROM bank_fact f WHERE f.province_code = @provinceCode AND f.target_month = @month AND ((f.target = 1 AND f.target_run = @runNo) OR (f.target IN (2, 3) AND f.target_no IN ({FilesOfRun})))
             ORDER BY f.import_no, f.entry_no, f.detail_no
            """),
        ("matches", $"""
            SELECT m.import_no, m.entry_no, m.detail_no, m.decision, coalesce(m.target_no, 0) AS target_no, coalesce(m.target_part, 0) AS target_part, m.rule, m.person, {At("m.at")} AS at, m.operation_no
              FROM match m WHERE m.province_code = @provinceCode AND m.target_month = @month AND ((m.decision = 'attempt' AND m.target_run = @runNo) OR (m.decision = 'batch' AND m.target_no IN ({FilesOfRun})))
             ORDER BY m.import_no, m.entry_no, m.detail_no, m.operation_no
            """),
        ("postings", $"""
            SELECT p.posting_no, p.month AS booked_in, p.operation_no, coalesce(p.file_no, 0) AS file_no, coalesce(p.list_month, 0) AS list_month, coalesce(p.list_no, 0) AS list_no, p.programme, p.commune_id,
                   f.code AS from_place, t.code AS to_place, p.items, p.sum_vnd, encode(p.digest, 'hex') AS digest
              FROM posting p JOIN place f ON f.place = p.from_place JOIN place t ON t.place = p.to_place
             WHERE p.province_code = @provinceCode AND p.run_month = @month AND p.run_no = @runNo ORDER BY p.month, p.posting_no
            """),
        ("places", $"""
            SELECT p.programme, p.commune_id, c.code AS place, count(*) AS items, sum(p.amount_vnd) AS sum_vnd FROM position p JOIN place c ON c.place = p.place
             WHERE p.province_code = @provinceCode AND p.month = @month AND p.run_no = @runNo GROUP BY p.programme, p.commune_id, p.place, c.code ORDER BY p.programme, p.commune_id, p.place
            """),
        ("steps", $"SELECT step_no, step, coalesce(level::text, '') AS level, person, encode(content_hash, 'hex') AS content_hash, coalesce(remark, '') AS remark, {At("at")} AS at, operation_no FROM run_step WHERE {OfRun} ORDER BY step_no"),
        ("approvals", $"""
            SELECT level, role, person, encode(content_hash, 'hex') AS content_hash, {At("at")} AS at, operation_no FROM run_approval WHERE {OfRun}
            UNION ALL SELECT level, 'last level', person, encode(content_hash, 'hex'), {At("at")}, operation_no FROM run_step WHERE {OfRun} AND step = 'approved' ORDER BY 5, 1
            """),
        ("files", $"""
            SELECT f.file_no, f.msg_id, f.items, f.sum_vnd, encode(f.list_hash, 'hex') AS list_hash, {At("f.numbered_at")} AS numbered_at, coalesce(encode(s.sha256, 'hex'), '') AS sha256, coalesce(encode(s.manifest_sha256, 'hex'), '') AS manifest_sha256,
                   coalesce({At("s.sealed_at")}, '') AS sealed_at, CASE WHEN w.file_no IS NULL THEN '' ELSE 'withdrawn' END AS withdrawn, f.operation_no
              FROM bank_file f LEFT JOIN bank_file_seal s USING (province_code, month, file_no) LEFT JOIN bank_file_withdrawal w USING (province_code, month, file_no)
             WHERE f.province_code = @provinceCode AND f.month = @month AND f.run_no = @runNo ORDER BY f.file_no
            """),
        ("hand-overs", $"""
            SELECT h.file_no, h.hand_over_no, h.channel, h.person, {At("h.intended_at")} AS intended_at, coalesce(o.outcome, '') AS outcome, coalesce(o.evidence, '') AS evidence, coalesce({At("o.at")}, '') AS at
              FROM hand_over h LEFT JOIN hand_over_outcome o USING (province_code, month, file_no, hand_over_no)
             WHERE h.province_code = @provinceCode AND h.month = @month AND h.file_no IN ({FilesOfRun}) ORDER BY h.file_no, h.hand_over_no, o.at, o.outcome
            """),
        ("cash", $"""
            SELECT c.line_no, c.attempt, c.month AS list_month, c.list_no, c.cash_line_no, c.amount_vnd, c.receipt_code, coalesce(r.result, '') AS result, coalesce(r.paid_on::text, '') AS paid_on, coalesce(r.person, '') AS person
              FROM cash_line c LEFT JOIN cash_result r USING (province_code, month, list_no, cash_line_no)
             WHERE c.province_code = @provinceCode AND c.origin_month = @month AND c.origin_run = @runNo ORDER BY c.month, c.list_no, c.cash_line_no
            """),
        ("law-loads", $"""
            SELECT l.load_no, f.file_no, f.name, encode(f.sha256, 'hex') AS sha256, l.made_by, d.person AS approved_by, {At("d.at")} AS approved_at
              FROM run_law x JOIN law_load l USING (province_code, load_no) JOIN law_file f USING (province_code, load_no) JOIN law_decision d USING (province_code, load_no)
             WHERE x.province_code = @provinceCode AND x.month = @month AND x.run_no = @runNo ORDER BY d.decision_no, f.file_no
            """),
    ];

    const string LawBytes = """
        -- BundleStore.LawBytes
        SELECT f.load_no AS LoadNo, f.name AS Name, f.content AS Content FROM run_law x JOIN law_file f USING (province_code, load_no) JOIN law_decision d USING (province_code, load_no)
         WHERE x.province_code = @provinceCode AND x.month = @month AND x.run_no = @runNo ORDER BY d.decision_no, f.file_no;
        """;

    const string Received = $"""
        -- BundleStore.Received
        SELECT i.import_no AS ImportNo, i.file_name AS FileName, encode(i.sha256, 'hex') AS Sha256, i.stored_as AS StoredAs FROM inbox_file i
         WHERE i.province_code = @provinceCode AND i.import_no IN ({ImportsOfRun}) ORDER BY i.import_no;
        """;

    // Whatever row of the run names an operation, and whatever operation names the run or one of its files.
    const string Operations = $"""
        -- BundleStore.Operations
        WITH named AS (
            SELECT operation_no FROM run WHERE {OfRun}
            UNION SELECT operation_no FROM run_step WHERE {OfRun}
            UNION SELECT operation_no FROM run_approval WHERE {OfRun}
            UNION SELECT operation_no FROM run_window WHERE {OfRun}
            UNION SELECT operation_no FROM attempt_end WHERE {OfRun}
            UNION SELECT operation_no FROM bank_file WHERE {OfRun}
            UNION SELECT operation_no FROM bank_file_seal WHERE province_code = @provinceCode AND month = @month AND file_no IN ({FilesOfRun})
            UNION SELECT operation_no FROM hand_over WHERE province_code = @provinceCode AND month = @month AND file_no IN ({FilesOfRun})
            UNION SELECT operation_no FROM hand_over_outcome WHERE province_code = @provinceCode AND month = @month AND file_no IN ({FilesOfRun})
            UNION SELECT operation_no FROM posting WHERE province_code = @provinceCode AND run_month = @month AND run_no = @runNo
            UNION SELECT l.operation_no FROM cash_line c JOIN cash_list l USING (province_code, month, list_no) WHERE c.province_code = @provinceCode AND c.origin_month = @month AND c.origin_run = @runNo
            UNION SELECT r.operation_no FROM cash_line c JOIN cash_result r USING (province_code, month, list_no, cash_line_no) WHERE c.province_code = @provinceCode AND c.origin_month = @month AND c.origin_run = @runNo
            UNION SELECT i.operation_no FROM inbox_file i WHERE i.province_code = @provinceCode AND i.import_no IN ({ImportsOfRun})
            UNION SELECT i.operation_no FROM inbox_applied i WHERE i.province_code = @provinceCode AND i.import_no IN ({ImportsOfRun})
            UNION SELECT m.operation_no FROM match m WHERE m.province_code = @provinceCode AND m.target_month = @month AND m.decision = 'attempt' AND m.target_run = @runNo
            UNION SELECT d.operation_no FROM run_law x JOIN law_decision d USING (province_code, load_no) WHERE x.province_code = @provinceCode AND x.month = @month AND x.run_no = @runNo
            UNION SELECT o.operation_no FROM operation o WHERE o.province_code = @provinceCode AND starts_with(o.kind, 'run.') AND strpos(o.key, @run) > 0
        )
        SELECT b.block_no AS BlockNo, o.operation_no AS OperationNo, o.key AS Key, o.kind AS Kind, o.person AS Person, o.epoch AS Epoch, o.at AS At
          FROM named n JOIN operation o ON o.province_code = @provinceCode AND o.operation_no = n.operation_no
          JOIN audit_block b ON b.province_code = o.province_code AND b.operation_no = o.operation_no ORDER BY b.block_no;
        """;

    const string Total = $"""
        -- BundleStore.Total
        SELECT recipients, disbursements, lines, bank_attempts, cash_attempts, held, listed_vnd, bank_vnd, cash_vnd, held_vnd, arrears_vnd, recouped_vnd, unverified_lines, encode(content_hash, 'hex') AS content_hash FROM run_total WHERE {OfRun};
        """;

    /// <summary>The tables of a run, in the order in which they are written.</summary>
    public static async Task<IReadOnlyList<BundleTable>> TablesAsync(DatabaseSession session, RunId run, CancellationToken cancel = default)
    {
        var tables = new List<BundleTable>();
        foreach (var (name, sql) in Tables) tables.Add(await ReadAsync(session, name, sql, run, cancel));
        return tables;
    }

    /// <summary>Counts and sums of the plan.</summary>
    public static async Task<IReadOnlyDictionary<string, string>> TotalAsync(DatabaseSession session, RunId run, CancellationToken cancel = default)
    {
        var table = await ReadAsync(session, "total", Total, run, cancel);
        return table.Columns.Zip(table.Rows.Single()).ToDictionary(pair => pair.First, pair => pair.Second);
    }

    /// <summary>What the content hash is made of besides the rows.</summary>
    public static async Task<RunConstants> ConstantsAsync(DatabaseSession session, StoredRun run, CancellationToken cancel = default) => new(run.PayerCode,
        string.Join(',', run.Programmes.Select(programme => ((int)programme).ToString(CultureInfo.InvariantCulture))), run.Month, NodaTime.Text.LocalDatePattern.Iso.Format(run.ExecutionFrom),
        NodaTime.Text.LocalDatePattern.Iso.Format(run.ExecutionTo), Convert.ToHexStringLower(run.LawHash), await RouteStore.DigestAsync(session, run.Id, cancel) is { } routes ? Convert.ToHexStringLower(routes) : null, run.Kind, run.RulesVersion,
        await RepaymentStore.DigestAsync(session, run.Id, cancel) is { } repayments ? Convert.ToHexStringLower(repayments) : null);

    /// <summary>The files of the loads the run was planned with, in the order in which they became law.</summary>
    public static Task<IReadOnlyList<(int LoadNo, string Name, byte[] Content)>> LawBytesAsync(DatabaseSession session, RunId run, CancellationToken cancel = default) =>
        session.QueryAsync<(int LoadNo, string Name, byte[] Content)>(LawBytes, Key(run), cancel);

    /// <summary>The files that came in and concern the run.</summary>
    public static Task<IReadOnlyList<ReceivedBytes>> ReceivedAsync(DatabaseSession session, RunId run, CancellationToken cancel = default) => session.QueryAsync<ReceivedBytes>(Received, Key(run), cancel);

    /// <summary>The operations of a run with their blocks.</summary>
    public static async Task<IReadOnlyList<(long BlockNo, StoredOperation Operation)>> OperationsAsync(DatabaseSession session, RunId run, CancellationToken cancel = default) =>
        [.. (await session.QueryAsync<(long BlockNo, long OperationNo, string Key, string Kind, string Person, int Epoch, DateTime At)>(Operations,
            new { provinceCode = run.ProvinceCode, month = run.Month.Key(), runNo = run.RunNo, run = run.ToString() }, cancel))
            .Select(row => (row.BlockNo, new StoredOperation(row.OperationNo, row.Key, row.Kind, row.Person, row.Epoch, row.At)))];

    static async Task<BundleTable> ReadAsync(DatabaseSession session, string name, string sql, RunId run, CancellationToken cancel)
    {
        var (columns, rows) = (new List<string>(), new List<string[]>());
        await session.ReadAsync($"-- BundleStore.{name}\n{sql}", async reader =>
        {
            for (var i = 0; i < reader.FieldCount; i++) columns.Add(reader.GetName(i));
            while (await reader.ReadAsync(cancel)) rows.Add([.. Enumerable.Range(0, reader.FieldCount).Select(i => Convert.ToString(reader.GetValue(i), CultureInfo.InvariantCulture) ?? "")]);
        }, Key(run), cancel);
        return new BundleTable(name, columns, rows);
    }

    static object Key(RunId run) => new { provinceCode = run.ProvinceCode, month = run.Month.Key(), runNo = run.RunNo };
}
