using NodaTime;
using Npgsql;
using NpgsqlTypes;
using PaymentEngine.Core.Payments;
using PaymentEngine.Core.Reconciliation;

namespace PaymentEngine.Postgres;

/// <summary>A proven end of an attempt.</summary>
public sealed record ProvenEnd(SentAttempt Attempt, AttemptEnding Ending, string Proof, string? ReasonCode, LocalDate EndedOn);

/// <summary>A case to open for an attempt, or for an entry in suspense.</summary>
public sealed record NewCase
{
    public required string Kind { get; init; }
    public SentAttempt? Attempt { get; init; }
    public int? ImportNo { get; init; }
    public int? EntryNo { get; init; }
    public int? DetailNo { get; init; }
    public required long AmountVnd { get; init; }
    public string? ReasonCode { get; init; }
    public required string NextAction { get; init; }
    public required string Owner { get; init; }
    public required LocalDate DueOn { get; init; }

    /// <summary>The day it happened at the bank, where the bank said one. Terms count from the day it became known, so an answer that comes late does not make a case late.</summary>
    public LocalDate? HappenedOn { get; init; }
}

/// <summary>An ended attempt whose case has had its time, with what a cash payout needs.</summary>
public sealed record CashCandidate
{
    public int CaseNo { get; init; }
    public int Month { get; init; }
    public int RunNo { get; init; }
    public int LineNo { get; init; }
    public short Attempt { get; init; }
    public int FileMonth { get; init; }
    public int FileNo { get; init; }
}

/// <summary>What follows from answers: ends, cases, the next attempt in cash, money moved.</summary>
public static class OutcomeStore
{
    const string End = """
        -- OutcomeStore.End: the first proven end stands.
        INSERT INTO attempt_end (province_code, month, run_no, line_no, attempt, how, proof, reason_code, ended_on, operation_no)
        SELECT @provinceCode, e.month, e.run_no, e.line_no, e.attempt, e.how, e.proof, e.reason_code, e.ended_on, @operationNo
          FROM unnest(@months, @runs, @lines, @attempts, @hows, @proofs, @reasons, @days) AS e (month, run_no, line_no, attempt, how, proof, reason_code, ended_on)
        ON CONFLICT DO NOTHING;
        """;

    const string OpenCases = """
        -- OutcomeStore.OpenCases: one open case of a kind for an attempt, one for an entry in suspense.
        INSERT INTO payment_case (province_code, case_no, kind, month, run_no, line_no, attempt, import_no, entry_no, detail_no, commune_id, amount_vnd, reason_code, next_action, owner, opened_at, due_on, happened_on, operation_no)
        SELECT @provinceCode, (SELECT last_number('payment_case', @provinceCode)) + row_number() OVER (ORDER BY c.no), c.kind, c.month, c.run_no, c.line_no, c.attempt,
               c.import_no, c.entry_no, c.detail_no, c.commune_id, c.amount_vnd, c.reason_code, c.next_action, c.owner, @at, c.due_on, c.happened_on, @operationNo
          FROM unnest(@kinds, @months, @runs, @lines, @attempts, @imports, @entries, @details, @communes, @amounts, @reasons, @actions, @owners, @days, @happened) WITH ORDINALITY
               AS c (kind, month, run_no, line_no, attempt, import_no, entry_no, detail_no, commune_id, amount_vnd, reason_code, next_action, owner, due_on, happened_on, no)
        ON CONFLICT DO NOTHING;
        """;

    const string CloseCases = """
        -- OutcomeStore.CloseCases
        UPDATE payment_case p SET closed_at = @at, closed_how = @how
          FROM unnest(@kinds, @months, @runs, @lines, @attempts) AS c (kind, month, run_no, line_no, attempt)
         WHERE p.province_code = @provinceCode AND p.closed_at IS NULL AND p.kind = c.kind AND p.month = c.month AND p.run_no = c.run_no AND p.line_no = c.line_no AND p.attempt = c.attempt;
        """;

    // The file of one order. Asked order by order, since few of a province's orders have a case: joined as a whole, all of them would be looked at.
    const string FileOf = """
        SELECT ab.file_month, ab.file_no FROM attempt_batch ab
         WHERE ab.province_code = @provinceCode AND ab.month = c.month AND ab.run_no = c.run_no AND ab.line_no = c.line_no AND ab.attempt = c.attempt LIMIT 1
        """;

    const string Unproven = $"""
        -- OutcomeStore.Unproven: files with refused payments whose money is not proven yet.
        WITH refused AS MATERIALIZED (
            SELECT c.month, c.run_no, c.line_no, c.attempt FROM payment_case c
             WHERE c.province_code = @provinceCode AND c.closed_at IS NULL AND c.kind IN ('rejected', 'cancelled', 'deceased') AND (@month = 0 OR (c.month = @month AND c.run_no = @runNo))
               AND NOT EXISTS (SELECT FROM attempt_end e WHERE e.province_code = c.province_code AND e.month = c.month AND e.run_no = c.run_no AND e.line_no = c.line_no AND e.attempt = c.attempt)
        )
        SELECT DISTINCT f.file_month AS month, f.file_no FROM refused c CROSS JOIN LATERAL ({FileOf}) f ORDER BY 1, 2;
        """;

    const string CashCandidates = $"""
        -- OutcomeStore.CashCandidates: ended, the case's time is up, no later attempt, and nothing else open about it.
        WITH open AS (
            SELECT c.case_no, c.kind, c.due_on, c.month, c.run_no, c.line_no, c.attempt,
                   bool_or(c.kind IN ('contradicted', 'paid_twice', 'deceased')) OVER (PARTITION BY c.month, c.run_no, c.line_no) AS stopped
              FROM payment_case c WHERE c.province_code = @provinceCode AND c.closed_at IS NULL AND c.line_no IS NOT NULL AND (@month = 0 OR (c.month = @month AND c.run_no = @runNo))
        ), due AS MATERIALIZED (
            SELECT c.case_no, c.month, c.run_no, c.line_no, c.attempt
              FROM open c
              JOIN attempt_end e ON e.province_code = @provinceCode AND e.month = c.month AND e.run_no = c.run_no AND e.line_no = c.line_no AND e.attempt = c.attempt
             -- The last letter of an id was tried: a person decides.
             WHERE NOT c.stopped AND c.kind IN ('rejected', 'returned') AND c.due_on <= @today AND c.attempt < 26
               AND NOT EXISTS (SELECT FROM attempt n WHERE n.province_code = @provinceCode AND n.month = c.month AND n.run_no = c.run_no AND n.line_no = c.line_no AND n.attempt > c.attempt)
               -- A draft is to pay it again by account: who approves or returns that draft decides.
               AND NOT EXISTS (SELECT FROM run_repayment p WHERE p.province_code = @provinceCode AND p.origin_month = c.month AND p.origin_run = c.run_no AND p.line_no = c.line_no)
        )
        SELECT c.case_no, c.month, c.run_no, c.line_no, c.attempt, f.file_month, f.file_no FROM due c CROSS JOIN LATERAL ({FileOf}) f
         ORDER BY c.month, c.run_no, c.line_no;
        """;

    const string InsertCash = """
        -- OutcomeStore.InsertCash: the next attempt, in cash, to the payee of the failed one, where that payee wants to be paid.
        INSERT INTO attempt (province_code, month, run_no, line_no, attempt, kind, amount_vnd, payee_no, pay_commune_id, carried_month, carried_run)
        SELECT a.province_code, a.month, a.run_no, a.line_no, a.attempt + 1, 2, a.amount_vnd, a.payee_no,
               coalesce((SELECT ar.commune_id FROM payee p JOIN area ar ON ar.province_code = p.province_code AND ar.commune_code = p.pay_commune AND ar.version = 1
                          WHERE p.province_code = a.province_code AND p.payee_no = a.payee_no
                            AND CASE WHEN a.payee_no = d.payee_no THEN p.version = d.payee_version ELSE p.known_to = 'infinity' END), d.commune_id),
               a.month, a.run_no
          FROM unnest(@months, @runs, @lines, @attempts) AS w (month, run_no, line_no, attempt)
          JOIN attempt a ON a.province_code = @provinceCode AND a.month = w.month AND a.run_no = w.run_no AND a.line_no = w.line_no AND a.attempt = w.attempt
          JOIN disbursement d ON d.province_code = a.province_code AND d.month = a.month AND d.run_no = a.run_no AND d.line_no = a.line_no;
        """;

    const string LastOperation = """
        -- OutcomeStore.LastOperation
        SELECT coalesce(max(operation_no), 0) FROM operation WHERE province_code = @provinceCode;
        """;

    public static Task EndAsync(DatabaseSession session, short provinceCode, IReadOnlyList<ProvenEnd> ends, long operationNo, CancellationToken cancel) =>
        ends.Count == 0 ? Task.CompletedTask : session.ExecuteAsync(End, new
        {
            provinceCode, operationNo,
            months = ends.Select(end => end.Attempt.Month).ToArray(), runs = ends.Select(end => end.Attempt.RunNo).ToArray(), lines = ends.Select(end => end.Attempt.LineNo).ToArray(),
            attempts = ends.Select(end => end.Attempt.Attempt).ToArray(),
            hows = ends.Select(end => end.Ending switch { AttemptEnding.Rejected => "rejected", AttemptEnding.Returned => "returned", _ => "cancelled" }).ToArray(),
            proofs = ends.Select(end => end.Proof).ToArray(), reasons = ends.Select(end => end.ReasonCode).ToArray(), days = ends.Select(end => Date(end.EndedOn)).ToArray(),
        }, cancel);

    /// <summary>Opens cases; one that stands open already is left as it is.</summary>
    /// <returns>How many were opened.</returns>
    public static async Task<int> OpenCasesAsync(DatabaseSession session, short provinceCode, IReadOnlyList<NewCase> cases, Instant at, long operationNo, CancellationToken cancel) =>
        cases.Count == 0 ? 0 : await session.ExecuteAsync(OpenCases, new
        {
            provinceCode, at, operationNo, kinds = cases.Select(one => one.Kind).ToArray(),
            months = cases.Select(one => one.Attempt?.Month).ToArray(), runs = cases.Select(one => one.Attempt?.RunNo).ToArray(), lines = cases.Select(one => one.Attempt?.LineNo).ToArray(),
            attempts = cases.Select(one => one.Attempt?.Attempt).ToArray(), imports = cases.Select(one => one.ImportNo).ToArray(), entries = cases.Select(one => one.EntryNo).ToArray(),
            details = cases.Select(one => one.DetailNo).ToArray(), communes = cases.Select(one => one.Attempt?.CommuneId).ToArray(), amounts = cases.Select(one => one.AmountVnd).ToArray(),
            reasons = cases.Select(one => one.ReasonCode).ToArray(), actions = cases.Select(one => one.NextAction).ToArray(), owners = cases.Select(one => one.Owner).ToArray(),
            days = cases.Select(one => Date(one.DueOn)).ToArray(), happened = cases.Select(one => one.HappenedOn is { } day ? Date(day) : (DateOnly?)null).ToArray(),
        }, cancel);

    /// <summary>Closes open cases of some attempts: the evidence moved on, or the sum went to the cash list.</summary>
    public static Task CloseCasesAsync(DatabaseSession session, short provinceCode, IReadOnlyList<(SentAttempt Attempt, string Kind)> cases, string how, Instant at, CancellationToken cancel) =>
        cases.Count == 0 ? Task.CompletedTask : session.ExecuteAsync(CloseCases, new
        {
            provinceCode, at, how, kinds = cases.Select(one => one.Kind).ToArray(), months = cases.Select(one => one.Attempt.Month).ToArray(), runs = cases.Select(one => one.Attempt.RunNo).ToArray(),
            lines = cases.Select(one => one.Attempt.LineNo).ToArray(), attempts = cases.Select(one => one.Attempt.Attempt).ToArray(),
        }, cancel);

    /// <summary>Adds to the temporary table <c>moved</c> (<see cref="PostingStore"/>) what changed its place.</summary>
    public static Task MoveAsync(DatabaseSession session, IReadOnlyList<(SentAttempt Attempt, int FileNo, Place From, Place To)> moves, CancellationToken cancel) =>
        moves.Count == 0 ? Task.CompletedTask
            : session.CopyInAsync("COPY moved (run_month, run_no, line_no, programme, commune_id, file_no, from_place, to_place, amount_vnd) FROM STDIN (FORMAT BINARY)", importer =>
            {
                foreach (var (attempt, fileNo, from, to) in moves)
                {
                    importer.StartRow();
                    importer.Write(attempt.Month, NpgsqlDbType.Integer);
                    importer.Write(attempt.RunNo, NpgsqlDbType.Integer);
                    importer.Write(attempt.LineNo, NpgsqlDbType.Integer);
                    importer.Write(attempt.Programme, NpgsqlDbType.Smallint);
                    importer.Write(attempt.CommuneId, NpgsqlDbType.Integer);
                    importer.Write(fileNo, NpgsqlDbType.Integer);
                    importer.Write((short)from, NpgsqlDbType.Smallint);
                    importer.Write((short)to, NpgsqlDbType.Smallint);
                    importer.Write(attempt.AmountVnd, NpgsqlDbType.Bigint);
                }

                return Task.CompletedTask;
            }, cancel);

    /// <summary>Files with refused payments whose money is not proven yet; of one run, or of all (month 0).</summary>
    public static Task<IReadOnlyList<(int Month, int FileNo)>> UnprovenAsync(DatabaseSession session, short provinceCode, int month, int runNo, CancellationToken cancel) =>
        session.QueryAsync<(int, int)>(Unproven, new { provinceCode, month, runNo }, cancel);

    public static Task<IReadOnlyList<CashCandidate>> CashCandidatesAsync(DatabaseSession session, short provinceCode, int month, int runNo, LocalDate today, CancellationToken cancel) =>
        session.QueryAsync<CashCandidate>(CashCandidates, new { provinceCode, month, runNo, today }, cancel);

    /// <summary>Makes the next attempt of each in cash. Refused by the store for one whose last attempt has no proven end.</summary>
    public static Task<int> InsertCashAsync(DatabaseSession session, short provinceCode, IReadOnlyList<SentAttempt> ended, CancellationToken cancel) =>
        session.ExecuteAsync(InsertCash, new
        {
            provinceCode, months = ended.Select(one => one.Month).ToArray(), runs = ended.Select(one => one.RunNo).ToArray(), lines = ended.Select(one => one.LineNo).ToArray(),
            attempts = ended.Select(one => one.Attempt).ToArray(),
        }, cancel);

    /// <summary>Number of the province's last operation: what a reconciliation looked at.</summary>
    public static Task<long> LastOperationAsync(DatabaseSession session, short provinceCode, CancellationToken cancel) => session.SingleAsync<long>(LastOperation, new { provinceCode }, cancel);

    static DateOnly Date(LocalDate day) => new(day.Year, day.Month, day.Day);
}
