using NodaTime;

namespace PaymentEngine.Postgres.Cases;

/// <summary>A step that waits for somebody.</summary>
/// <param name="What">A code: <c>run_to_submit</c>, <c>run_to_approve</c>, <c>run_to_export</c>, <c>file_to_send</c>, <c>window_over</c>, <c>account_to_approve</c>, <c>decision_to_answer</c>, <c>settlement_to_answer</c>, <c>correction_to_decide</c>.</param>
/// <param name="Subject">The run, file or case it is about.</param>
/// <param name="Stuck">Its time is over.</param>
public sealed record WaitingStep(string What, string Subject, int Items, long SumVnd, bool Stuck);

/// <summary>What the first page shows: steps that wait for the person who looks at it.</summary>
public static class StartStore
{
    const string Steps = """
        -- StartStore.Steps: as far as the session's eyes reach.
        WITH runs AS (
            SELECT r.month, r.run_no, r.made_by, s.step, t.recipients, t.bank_attempts, CASE WHEN t.listed_vnd = 0 THEN t.bank_vnd ELSE t.listed_vnd END AS sum_vnd, w.execution_to,
                   lpad(r.province_code::text, 2, '0') || '-' || lpad((r.month % 10000)::text, 4, '0') || '-' || lpad(r.run_no::text, 3, '0') AS name
              FROM run r
              JOIN run_total t USING (province_code, month, run_no)
              JOIN run_state s USING (province_code, month, run_no)
              JOIN approved_window w USING (province_code, month, run_no)
             WHERE r.province_code = @provinceCode AND NOT EXISTS (SELECT FROM run_programme x WHERE x.province_code = r.province_code AND x.month = r.month AND x.run_no = r.run_no AND x.voided)
        ), files AS (
            SELECT f.msg_id, f.items, f.sum_vnd, (SELECT max(b.execution_date) FROM batch b WHERE b.province_code = f.province_code AND b.month = f.month AND b.file_no = f.file_no) AS last_day
              FROM standing_file f JOIN bank_file_seal USING (province_code, month, file_no)
             WHERE f.province_code = @provinceCode AND NOT EXISTS (SELECT FROM handed_file h WHERE h.province_code = f.province_code AND h.month = f.month AND h.file_no = f.file_no)
        )
        SELECT what, subject, items, sum_vnd, stuck FROM (
            SELECT 1 AS no, 'run_to_submit' AS what, name AS subject, recipients AS items, sum_vnd, execution_to < @today AS stuck FROM runs WHERE step = 'planned' AND made_by = @person
            UNION ALL SELECT 2, 'run_to_approve', name, recipients, sum_vnd, execution_to < @today FROM runs WHERE step = 'submitted' AND made_by <> @person
            UNION ALL SELECT 3, CASE WHEN execution_to < @today THEN 'window_over' ELSE 'run_to_export' END, name, bank_attempts, sum_vnd, execution_to < @today FROM runs WHERE step = 'approved' AND bank_attempts > 0
            UNION ALL SELECT 4, 'file_to_send', msg_id, items, sum_vnd, last_day < @today FROM files
            UNION ALL SELECT 5, 'account_to_approve', case_no::text, 1, 0, false FROM account_change_now WHERE province_code = @provinceCode AND state = 'proposed' AND made_by <> @person
            UNION ALL SELECT 6, 'decision_to_answer', x.case_no::text, 1, 0, false FROM case_decision x
                       WHERE x.province_code = @provinceCode AND x.made_by <> @person
                         AND NOT EXISTS (SELECT FROM case_decision_answer y WHERE y.province_code = x.province_code AND y.case_no = x.case_no AND y.decision_no = x.decision_no)
                         AND EXISTS (SELECT FROM payment_case c WHERE c.province_code = x.province_code AND c.case_no = x.case_no AND c.closed_at IS NULL)
            UNION ALL SELECT 7, 'settlement_to_answer', c.case_no::text, 1, c.amount_vnd, false FROM payment_case c
                       WHERE c.province_code = @provinceCode AND c.closed_at IS NULL
                         AND EXISTS (SELECT FROM settlement x LEFT JOIN settlement_answer y USING (province_code, month, run_no, line_no, attempt, settlement_no)
                                      WHERE x.province_code = c.province_code AND x.case_no = c.case_no AND y.answer IS NULL AND x.made_by <> @person)
            UNION ALL SELECT 8, 'correction_to_decide', x.correction_no::text, 1, 0, false FROM cash_correction x
                       WHERE x.province_code = @provinceCode AND x.proposed_by <> @person
                         AND NOT EXISTS (SELECT FROM cash_correction_decision y WHERE y.province_code = x.province_code AND y.correction_no = x.correction_no)) waiting
         ORDER BY no, subject;
        """;

    /// <summary>Steps that wait for a person; those of their own making do not wait for their own approval.</summary>
    public static Task<IReadOnlyList<WaitingStep>> StepsAsync(DatabaseSession session, short provinceCode, string person, LocalDate today, CancellationToken cancel) =>
        session.QueryAsync<WaitingStep>(Steps, new { provinceCode, person, today }, cancel);
}
