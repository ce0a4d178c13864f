using NodaTime;

namespace PaymentEngine.Postgres;

/// <summary>A file that was handed over, with what its clocks start from and the late cases it has had.</summary>
/// <param name="SentAt">When its last hand-over that was not taken back was recorded as done.</param>
/// <param name="Kinds">Codes of the late cases opened for it so far, closed ones too.</param>
/// <param name="OpenKinds">Those that stand open.</param>
public sealed record HandedOverFile(int Month, int RunNo, int FileNo, string Profile, Instant SentAt, LocalDate LastExecution, string[] Kinds, string[] OpenKinds);

/// <summary>Cases about answers that are late: opened once for each cause, closed when the answer has come.</summary>
public static class DeadlineStore
{
    // Runs that are closed have nothing open; a closed run's file is looked at again only while one of its cases stands.
    const string HandedOver = """
        -- DeadlineStore.HandedOver
        SELECT f.month AS Month, f.run_no AS RunNo, f.file_no AS FileNo, f.profile AS Profile, s.at AS SentAt, b.last_execution AS LastExecution,
               coalesce(c.kinds, '{}') AS Kinds, coalesce(c.open_kinds, '{}') AS OpenKinds
          FROM standing_file f
          JOIN LATERAL (SELECT max(o.at) AS at FROM hand_over_outcome o
                         WHERE o.province_code = f.province_code AND o.month = f.month AND o.file_no = f.file_no AND o.outcome = 'sent'
                           AND NOT EXISTS (SELECT FROM hand_over_outcome r WHERE r.province_code = o.province_code AND r.month = o.month AND r.file_no = o.file_no
                                              AND r.hand_over_no = o.hand_over_no AND r.outcome = 'recovered')) s ON s.at IS NOT NULL
          JOIN LATERAL (SELECT max(b.execution_date) AS last_execution FROM batch b WHERE b.province_code = f.province_code AND b.month = f.month AND b.file_no = f.file_no) b ON true
          LEFT JOIN LATERAL (SELECT array_agg(p.kind ORDER BY p.kind) AS kinds, array_agg(p.kind ORDER BY p.kind) FILTER (WHERE p.closed_at IS NULL) AS open_kinds FROM payment_case p
                              WHERE p.province_code = f.province_code AND p.month = f.month AND p.run_no = f.run_no AND p.file_no = f.file_no) c ON true
         WHERE f.province_code = @provinceCode
           AND (c.open_kinds IS NOT NULL
                OR NOT EXISTS (SELECT FROM run_step t WHERE t.province_code = f.province_code AND t.month = f.month AND t.run_no = f.run_no AND t.step = 'closed'))
         ORDER BY f.month, f.file_no;
        """;

    const string Open = """
        -- DeadlineStore.Open: once for each cause.
        INSERT INTO payment_case (province_code, case_no, kind, month, run_no, file_no, amount_vnd, reason_code, next_action, owner, opened_at, due_on, operation_no)
        SELECT @provinceCode, (SELECT last_number('payment_case', @provinceCode)) + 1, @kind, @month, @runNo, @fileNo, @amountVnd, NULL, @nextAction, @owner, @at, @dueOn, @operationNo
        ON CONFLICT DO NOTHING;
        """;

    const string Close = """
        -- DeadlineStore.Close
        UPDATE payment_case SET closed_at = @at, closed_how = 'answered'
         WHERE province_code = @provinceCode AND month = @month AND run_no = @runNo AND file_no = @fileNo AND kind = @kind AND closed_at IS NULL;
        """;

    const string OldSuspense = """
        -- DeadlineStore.OldSuspense: entries that wait since before a day and have had no reminder.
        SELECT s.import_no, s.entry_no, s.detail_no, s.amount_vnd FROM payment_case s
         WHERE s.province_code = @provinceCode AND s.kind = 'suspense' AND s.closed_at IS NULL AND s.opened_at < @openedBefore
           AND NOT EXISTS (SELECT FROM payment_case o WHERE o.province_code = s.province_code AND o.import_no = s.import_no AND o.entry_no = s.entry_no AND o.detail_no = s.detail_no AND o.kind = 'suspense_old')
         ORDER BY s.import_no, s.entry_no, s.detail_no;
        """;

    const string OpenOldSuspense = """
        -- DeadlineStore.OpenOldSuspense
        INSERT INTO payment_case (province_code, case_no, kind, import_no, entry_no, detail_no, amount_vnd, reason_code, next_action, owner, opened_at, due_on, operation_no)
        SELECT @provinceCode, (SELECT last_number('payment_case', @provinceCode)) + row_number() OVER (ORDER BY w.no), 'suspense_old', w.import_no, w.entry_no, w.detail_no,
               w.amount_vnd, NULL, @nextAction, @owner, @at, @dueOn, @operationNo
          FROM unnest(@imports, @entries, @details, @amounts) WITH ORDINALITY AS w (import_no, entry_no, detail_no, amount_vnd, no)
        ON CONFLICT DO NOTHING;
        """;

    const string MatchedSuspense = """
        -- DeadlineStore.MatchedSuspense: reminders whose entry no longer waits.
        SELECT count(*)::int FROM payment_case o
         WHERE o.province_code = @provinceCode AND o.kind = 'suspense_old' AND o.closed_at IS NULL
           AND NOT EXISTS (SELECT FROM payment_case s WHERE s.province_code = o.province_code AND s.import_no = o.import_no AND s.entry_no = o.entry_no AND s.detail_no = o.detail_no
                              AND s.kind = 'suspense' AND s.closed_at IS NULL);
        """;

    const string CloseMatchedSuspense = """
        -- DeadlineStore.CloseMatchedSuspense
        UPDATE payment_case o SET closed_at = @at, closed_how = 'answered'
         WHERE o.province_code = @provinceCode AND o.kind = 'suspense_old' AND o.closed_at IS NULL
           AND NOT EXISTS (SELECT FROM payment_case s WHERE s.province_code = o.province_code AND s.import_no = o.import_no AND s.entry_no = o.entry_no AND s.detail_no = o.detail_no
                              AND s.kind = 'suspense' AND s.closed_at IS NULL);
        """;

    /// <summary>Files handed over in runs that are not closed, or with an open late case.</summary>
    public static Task<IReadOnlyList<HandedOverFile>> HandedOverAsync(DatabaseSession session, short provinceCode, CancellationToken cancel) =>
        session.QueryAsync<HandedOverFile>(HandedOver, new { provinceCode }, cancel);

    /// <summary>Opens a case about a file; one of its kind that was opened before is left as it is.</summary>
    /// <returns>True when it was opened now.</returns>
    public static async Task<bool> OpenAsync(DatabaseSession session, short provinceCode, HandedOverFile file, string kind, long amountVnd, string nextAction, string owner, LocalDate dueOn, Instant at, long operationNo,
        CancellationToken cancel) =>
        await session.ExecuteAsync(Open, new { provinceCode, kind, month = file.Month, runNo = file.RunNo, fileNo = file.FileNo, amountVnd, nextAction, owner, dueOn, at, operationNo }, cancel) == 1;

    /// <summary>Closes a file's open case of a kind: the answer has come.</summary>
    public static Task CloseAsync(DatabaseSession session, short provinceCode, HandedOverFile file, string kind, Instant at, CancellationToken cancel) =>
        session.ExecuteAsync(Close, new { provinceCode, month = file.Month, runNo = file.RunNo, fileNo = file.FileNo, kind, at }, cancel);

    /// <summary>Entries in suspense since before a moment, for which no reminder was raised yet.</summary>
    public static Task<IReadOnlyList<(int ImportNo, int EntryNo, int DetailNo, long AmountVnd)>> OldSuspenseAsync(DatabaseSession session, short provinceCode, Instant openedBefore, CancellationToken cancel) =>
        session.QueryAsync<(int, int, int, long)>(OldSuspense, new { provinceCode, openedBefore }, cancel);

    public static Task<int> OpenOldSuspenseAsync(DatabaseSession session, short provinceCode, IReadOnlyList<(int ImportNo, int EntryNo, int DetailNo, long AmountVnd)> entries, string nextAction, string owner, LocalDate dueOn,
        Instant at, long operationNo, CancellationToken cancel) =>
        session.ExecuteAsync(OpenOldSuspense, new
        {
            provinceCode, nextAction, owner, dueOn, at, operationNo, imports = entries.Select(one => one.ImportNo).ToArray(), entries = entries.Select(one => one.EntryNo).ToArray(),
            details = entries.Select(one => one.DetailNo).ToArray(), amounts = entries.Select(one => one.AmountVnd).ToArray(),
        }, cancel);

    /// <summary>How many reminders are about entries that no longer wait.</summary>
    public static Task<int> MatchedSuspenseAsync(DatabaseSession session, short provinceCode, CancellationToken cancel) => session.SingleAsync<int>(MatchedSuspense, new { provinceCode }, cancel);

    public static Task<int> CloseMatchedSuspenseAsync(DatabaseSession session, short provinceCode, Instant at, CancellationToken cancel) => session.ExecuteAsync(CloseMatchedSuspense, new { provinceCode, at }, cancel);
}
