using NodaTime;
using PaymentEngine.Core.Reconciliation;

namespace PaymentEngine.Postgres;

/// <summary>A result list that came in, and who has confirmed it.</summary>
public sealed record ReceivedList
{
    public int ImportNo { get; init; }
    public string FileName { get; init; } = "";
    /// <summary>Name of the message it came as: <c>result-list</c> for a list.</summary>
    public string? Message { get; init; }
    public Instant ReceivedAt { get; init; }
    public bool Applied { get; init; }
    public bool Replaced { get; init; }
    public string? FirstPerson { get; init; }
    public string? SecondPerson { get; init; }
}

/// <summary>One row of a result list about a payment of ours.</summary>
public sealed record ListRow
{
    public int EntryNo { get; init; }
    public int Month { get; init; }
    public int RunNo { get; init; }
    public int LineNo { get; init; }
    public short Attempt { get; init; }

    /// <summary>Id of the bank profile the payment's file was written by.</summary>
    public string Profile { get; init; } = "";
    public int Evidence { get; init; }

    /// <summary>Đồng as the list says; null where it has no amounts.</summary>
    public long? AmountVnd { get; init; }

    /// <summary>Đồng as we ordered.</summary>
    public long OrderedVnd { get; init; }

    public FactRow Row => new(FactTarget.Attempt, Month, RunNo, LineNo, Attempt);
}

/// <summary>Result lists of banks without statements, and the two persons who confirm one. Everything here is only ever inserted.</summary>
public static class ConfirmationStore
{
    const string Columns = """
        SELECT i.import_no, i.file_name, i.message, i.received_at, a.import_no IS NOT NULL AS applied, r.import_no IS NOT NULL AS replaced, c.person AS first_person, s.person AS second_person
          FROM inbox_file i
          LEFT JOIN inbox_applied a USING (province_code, import_no)
          LEFT JOIN inbox_replaced r USING (province_code, import_no)
          LEFT JOIN list_confirmation c USING (province_code, import_no)
          LEFT JOIN list_second_confirmation s USING (province_code, import_no)
         WHERE i.province_code = @provinceCode
        """;

    const string Find = $"""
        -- ConfirmationStore.Find
        {Columns} AND i.import_no = @importNo;
        """;

    const string Waiting = $"""
        -- ConfirmationStore.Waiting: lists that count and that nobody, or one person, has confirmed.
        {Columns} AND i.kind = 'bank' AND i.message = 'result-list' AND a.import_no IS NOT NULL AND r.import_no IS NULL AND s.import_no IS NULL ORDER BY i.import_no;
        """;

    const string Rows = """
        -- ConfirmationStore.Rows
        SELECT f.entry_no, f.target_month AS month, f.target_run AS run_no, f.target_no AS line_no, f.target_part AS attempt, k.profile, f.evidence, f.amount_vnd, t.amount_vnd AS ordered_vnd
          FROM bank_fact f
          JOIN attempt t ON t.province_code = f.province_code AND t.month = f.target_month AND t.run_no = f.target_run AND t.line_no = f.target_no AND t.attempt = f.target_part
          JOIN attempt_batch b ON b.province_code = t.province_code AND b.month = t.month AND b.run_no = t.run_no AND b.line_no = t.line_no AND b.attempt = t.attempt
          JOIN bank_file k ON k.province_code = b.province_code AND k.month = b.file_month AND k.file_no = b.file_no
         WHERE f.province_code = @provinceCode AND f.import_no = @importNo AND f.target = 1 AND f.level = 3
         ORDER BY f.entry_no;
        """;

    const string First = """
        -- ConfirmationStore.First
        INSERT INTO list_confirmation (province_code, import_no, person, why, at, operation_no) VALUES (@provinceCode, @importNo, @person, @why, @at, @operationNo);
        """;

    const string Second = """
        -- ConfirmationStore.Second
        INSERT INTO list_second_confirmation (province_code, import_no, person, first_person, why, at, operation_no) VALUES (@provinceCode, @importNo, @person, @firstPerson, @why, @at, @operationNo);
        SELECT open_month(@month);
        """;

    // A row that says an end is said once more at the level of what two persons confirmed: carried out (8, 16) becomes settled, credited, refused and cancelled stay,
    // an announced return (2048) is booked, whole (4096) or in part (8192).
    const string Confirm = """
        -- ConfirmationStore.Confirm
        INSERT INTO bank_fact (province_code, month, import_no, entry_no, detail_no, target, target_month, target_run, target_no, target_part, evidence, level, amount_vnd, reason_code, reason_text,
                               event_key, event_date, reported_at, rule, bank_ref)
        SELECT f.province_code, @month, f.import_no, f.entry_no, 1, f.target, f.target_month, f.target_run, f.target_no, f.target_part,
               CASE f.evidence WHEN 8 THEN 16 WHEN 2048 THEN CASE WHEN f.amount_vnd < t.amount_vnd THEN 8192 ELSE 4096 END ELSE f.evidence END,
               6, f.amount_vnd, f.reason_code, f.reason_text, f.event_key, f.event_date, f.reported_at, f.rule, f.bank_ref
          FROM bank_fact f
          JOIN attempt t ON t.province_code = f.province_code AND t.month = f.target_month AND t.run_no = f.target_run AND t.line_no = f.target_no AND t.attempt = f.target_part
         WHERE f.province_code = @provinceCode AND f.import_no = @importNo AND f.target = 1 AND f.level = 3 AND f.evidence IN (8, 16, 32, 64, 128, 2048);
        """;

    public static Task<ReceivedList?> FindAsync(DatabaseSession session, short provinceCode, int importNo, CancellationToken cancel) =>
        session.FindAsync<ReceivedList>(Find, new { provinceCode, importNo }, cancel);

    public static Task<IReadOnlyList<ReceivedList>> WaitingAsync(DatabaseSession session, short provinceCode, CancellationToken cancel) =>
        session.QueryAsync<ReceivedList>(Waiting, new { provinceCode }, cancel);

    /// <summary>What the list says about payments of ours.</summary>
    public static Task<IReadOnlyList<ListRow>> RowsAsync(DatabaseSession session, short provinceCode, int importNo, CancellationToken cancel) =>
        session.QueryAsync<ListRow>(Rows, new { provinceCode, importNo }, cancel);

    public static Task FirstAsync(DatabaseSession session, short provinceCode, int importNo, string person, string why, Instant at, long operationNo, CancellationToken cancel) =>
        session.ExecuteAsync(First, new { provinceCode, importNo, person, why, at, operationNo }, cancel);

    /// <summary>The second person's word, and the facts that count by it.</summary>
    /// <param name="month">Month key of the day: facts stand in the month of their arrival.</param>
    /// <returns>How many payments are confirmed.</returns>
    public static async Task<int> SecondAsync(DatabaseSession session, short provinceCode, int importNo, string person, string firstPerson, string why, int month, Instant at, long operationNo, CancellationToken cancel)
    {
        await session.ExecuteAsync(Second, new { provinceCode, importNo, person, firstPerson, why, month, at, operationNo }, cancel);
        return await session.ExecuteAsync(Confirm, new { provinceCode, importNo, month }, cancel);
    }
}
