using NodaTime;

namespace PaymentEngine.Postgres.Cases;

/// <summary>A step that waits for somebody.</summary>
/// <param name="What">A code: <c>run_to_submit</c>, <c>run_to_approve</c>, <c>run_to_export</c>, <c>file_to_send</c>, <c>file_in_doubt</c>, <c>window_over</c>, <c>account_to_approve</c>, <c>asked_account_to_approve</c>, <c>decision_to_answer</c>, <c>settlement_to_answer</c>, <c>correction_to_decide</c>,
/// <c>instalment_late</c>, <c>give_back_to_decide</c>, <c>cash_list_late</c>, <c>portal_case_late</c>.</param>
/// <param name="Subject">The run, file, case, claim, proposal, correction or month it is about.</param>
/// <param name="Stuck">Its time is over, and no case counts it as stuck already.</param>
/// <param name="Owner">The role whose step it is; of an application the person who has it.</param>
/// <param name="DueOn">Its last day.</param>
/// <param name="Run">Of a file: its run.</param>
public sealed record WaitingStep(string What, string Subject, int Items, long SumVnd, bool Stuck, string Owner, LocalDate DueOn, string? Run);

/// <summary>A paper that is out and must come back: a proposal without an answer, a printed list without all results.</summary>
/// <param name="Items">Payments of it that wait.</param>
/// <param name="Since">The day it went out, in Viet Nam.</param>
public sealed record PaperOut(string Subject, int Items, long SumVnd, LocalDate Since);

/// <summary>Runs of a month that stand at one step.</summary>
/// <param name="Step"><c>planning</c>, <c>planned</c>, <c>submitted</c>, <c>approved</c>, <c>sealed</c>, <c>handed_over</c> or <c>closed</c>.</param>
/// <param name="People">Recipients of those whose plan is finished.</param>
/// <param name="SumVnd">What they list or carry.</param>
public sealed record RunsAtStep(string Step, int Runs, long People, long SumVnd);

/// <summary>What the first page shows: steps that wait for the person who looks at it.</summary>
public static class StartStore
{
    const string RunsBySteps = """
        -- StartStore.RunsBySteps: all payers of a month in one look; returned runs are no longer of it.
        SELECT coalesce(s.step, 'planning') AS step, count(*)::int AS runs, coalesce(sum(t.recipients), 0)::bigint AS people,
               coalesce(sum(CASE WHEN t.listed_vnd = 0 THEN t.bank_vnd ELSE t.listed_vnd END), 0)::bigint AS sum_vnd
          FROM run r
          LEFT JOIN run_total t USING (province_code, month, run_no)
          LEFT JOIN run_state s USING (province_code, month, run_no)
         WHERE r.province_code = @provinceCode AND r.month = @month
           AND NOT EXISTS (SELECT FROM run_programme x WHERE x.province_code = r.province_code AND x.month = r.month AND x.run_no = r.run_no AND x.voided)
         GROUP BY 1;
        """;

    const string LastMonth = """
        -- StartStore.LastMonth: the latest list month there is a run of.
        SELECT coalesce(max(month), 0) FROM run WHERE province_code = @provinceCode;
        """;

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
            -- A hand-over that was begun and has no outcome is in doubt: nobody knows whether the bank has the file.
            SELECT f.msg_id, f.items, f.sum_vnd, (SELECT max(b.execution_date) FROM batch b WHERE b.province_code = f.province_code AND b.month = f.month AND b.file_no = f.file_no) AS last_day,
                   h.file_no IS NOT NULL AS in_doubt,
                   lpad(f.province_code::text, 2, '0') || '-' || lpad((f.month % 10000)::text, 4, '0') || '-' || lpad(f.run_no::text, 3, '0') AS run_name
              FROM standing_file f JOIN bank_file_seal USING (province_code, month, file_no)
              LEFT JOIN handed_file h ON h.province_code = f.province_code AND h.month = f.month AND h.file_no = f.file_no
             WHERE f.province_code = @provinceCode
               AND NOT EXISTS (SELECT FROM hand_over_outcome o WHERE o.province_code = f.province_code AND o.month = f.month AND o.file_no = f.file_no AND o.outcome = 'sent'
                                  AND NOT EXISTS (SELECT FROM hand_over_outcome r WHERE r.province_code = o.province_code AND r.month = o.month AND r.file_no = o.file_no AND r.hand_over_no = o.hand_over_no AND r.outcome = 'recovered'))
        ), parts AS (
            -- What has come of a claim serves its oldest parts; the case of the claim is due with the first one that is not paid, and counts as stuck there.
            SELECT c.claim_no, c.owner, c.due_on, u.due_on AS part_due_on, u.amount_vnd, n.amount_vnd AS left_vnd, sum(u.amount_vnd) OVER (PARTITION BY c.claim_no) AS total_vnd,
                   sum(u.amount_vnd) OVER (PARTITION BY c.claim_no ORDER BY u.no) AS reached_vnd
              FROM payment_case c
              JOIN claim_now n ON n.province_code = c.province_code AND n.claim_no = c.claim_no AND n.amount_vnd > 0
              JOIN LATERAL (SELECT due_on, amounts_vnd FROM claim_plan p WHERE p.province_code = c.province_code AND p.claim_no = c.claim_no ORDER BY p.plan_no DESC LIMIT 1) l ON true
             CROSS JOIN LATERAL unnest(l.due_on, l.amounts_vnd) WITH ORDINALITY AS u (due_on, amount_vnd, no)
             WHERE c.province_code = @provinceCode AND c.closed_at IS NULL
        ), instalments AS (
            SELECT claim_no, owner, due_on, count(*)::int AS items, sum(least(amount_vnd, reached_vnd - (total_vnd - least(left_vnd, total_vnd))))::bigint AS sum_vnd
              FROM parts WHERE part_due_on < @today AND reached_vnd > total_vnd - least(left_vnd, total_vnd) GROUP BY claim_no, owner, due_on
        )
        SELECT what, subject, items, sum_vnd, stuck, owner, due_on, run FROM (
            SELECT 1 AS no, 'run_to_submit' AS what, name AS subject, recipients AS items, sum_vnd, execution_to < @today AS stuck, 'maker' AS owner, execution_to AS due_on, NULL::text AS run FROM runs WHERE step = 'planned' AND made_by = @person
            UNION ALL SELECT 2, 'run_to_approve', name, recipients, sum_vnd, execution_to < @today, 'approver', execution_to, NULL FROM runs WHERE step = 'submitted' AND made_by <> @person
            UNION ALL SELECT 3, CASE WHEN execution_to < @today THEN 'window_over' ELSE 'run_to_export' END, name, bank_attempts, sum_vnd, execution_to < @today, 'maker', execution_to, NULL FROM runs WHERE step = 'approved' AND bank_attempts > 0
            UNION ALL SELECT 4, CASE WHEN in_doubt THEN 'file_in_doubt' ELSE 'file_to_send' END, msg_id, items, sum_vnd, last_day < @today, 'maker', last_day, run_name FROM files
            UNION ALL SELECT 5, 'account_to_approve', a.case_no::text, 1, 0, false, 'account_editor', c.due_on, NULL FROM account_change_now a JOIN payment_case c ON c.province_code = a.province_code AND c.case_no = a.case_no
                       WHERE a.province_code = @provinceCode AND a.state = 'proposed' AND a.made_by <> @person
            -- Asked for without a failed payment: a week is about the five banking days of a decision.
            UNION ALL SELECT 5, 'asked_account_to_approve', a.change_no::text, 1, 0, (a.at AT TIME ZONE 'Asia/Ho_Chi_Minh')::date + 7 < @today, 'account_editor', (a.at AT TIME ZONE 'Asia/Ho_Chi_Minh')::date + 7, NULL
                        FROM account_change_now a WHERE a.province_code = @provinceCode AND a.case_no IS NULL AND a.state = 'proposed' AND a.made_by <> @person
            UNION ALL SELECT 6, 'decision_to_answer', x.case_no::text, 1, 0, false, 'approver', c.due_on, NULL FROM case_decision x JOIN payment_case c ON c.province_code = x.province_code AND c.case_no = x.case_no AND c.closed_at IS NULL
                       WHERE x.province_code = @provinceCode AND x.made_by <> @person
                         AND NOT EXISTS (SELECT FROM case_decision_answer y WHERE y.province_code = x.province_code AND y.case_no = x.case_no AND y.decision_no = x.decision_no)
            UNION ALL SELECT 7, 'settlement_to_answer', c.case_no::text, 1, c.amount_vnd, false, 'approver', c.due_on, NULL FROM payment_case c
                       WHERE c.province_code = @provinceCode AND c.closed_at IS NULL
                         AND EXISTS (SELECT FROM settlement x LEFT JOIN settlement_answer y USING (province_code, month, run_no, line_no, attempt, settlement_no)
                                      WHERE x.province_code = c.province_code AND x.case_no = c.case_no AND y.answer IS NULL AND x.made_by <> @person)
            UNION ALL SELECT 8, 'correction_to_decide', x.correction_no::text, 1, 0, false, 'approver', c.due_on, NULL FROM cash_correction x JOIN payment_case c ON c.province_code = x.province_code AND c.case_no = x.case_no
                       WHERE x.province_code = @provinceCode AND x.proposed_by <> @person
                         AND NOT EXISTS (SELECT FROM cash_correction_decision y WHERE y.province_code = x.province_code AND y.correction_no = x.correction_no)
            UNION ALL SELECT 9, 'instalment_late', claim_no::text, items, sum_vnd, false, owner, due_on, NULL FROM instalments) waiting
         ORDER BY no, subject;
        """;

    const string GiveBacks = """
        -- StartStore.GiveBacks: without an answer, as far as the session sees their payments.
        SELECT g.give_back_no::text AS subject, count(*)::int AS items, sum(l.amount_vnd)::bigint AS sum_vnd, g.as_of AS since
          FROM give_back g
          JOIN give_back_line l USING (province_code, give_back_no)
         WHERE g.province_code = @provinceCode AND NOT EXISTS (SELECT FROM give_back_decision d WHERE d.province_code = g.province_code AND d.give_back_no = g.give_back_no)
         GROUP BY g.give_back_no, g.as_of ORDER BY g.give_back_no;
        """;

    const string ListsOut = """
        -- StartStore.ListsOut: one row a list and day of printing, of the lines that have no result.
        SELECT (l.month / 100)::text || '-' || lpad((l.month % 100)::text, 2, '0') AS subject, count(*)::int AS items, sum(c.amount_vnd)::bigint AS sum_vnd, (l.printed_at AT TIME ZONE 'Asia/Ho_Chi_Minh')::date AS since
          FROM cash_list l
          JOIN cash_line c USING (province_code, month, list_no)
         WHERE l.province_code = @provinceCode
           AND NOT EXISTS (SELECT FROM cash_result r WHERE r.province_code = c.province_code AND r.month = c.month AND r.list_no = c.list_no AND r.cash_line_no = c.cash_line_no)
         GROUP BY l.month, since ORDER BY l.month, since;
        """;

    /// <summary>The runs of a month, together by the step they stand at.</summary>
    public static Task<IReadOnlyList<RunsAtStep>> RunsAsync(DatabaseSession session, short provinceCode, int month, CancellationToken cancel) =>
        session.QueryAsync<RunsAtStep>(RunsBySteps, new { provinceCode, month }, cancel);

    /// <summary>The latest list month with a run, as yyyymm; 0 when there is none.</summary>
    public static Task<int> LastMonthAsync(DatabaseSession session, short provinceCode, CancellationToken cancel) => session.SingleAsync<int>(LastMonth, new { provinceCode }, cancel);

    /// <summary>Steps that wait for a person; those of their own making do not wait for their own approval.</summary>
    public static Task<IReadOnlyList<WaitingStep>> StepsAsync(DatabaseSession session, short provinceCode, string person, LocalDate today, CancellationToken cancel) =>
        session.QueryAsync<WaitingStep>(Steps, new { provinceCode, person, today }, cancel);

    /// <summary>Proposals to give sums back to the budget that nobody has answered.</summary>
    public static Task<IReadOnlyList<PaperOut>> GiveBacksAsync(DatabaseSession session, short provinceCode, CancellationToken cancel) => session.QueryAsync<PaperOut>(GiveBacks, new { provinceCode }, cancel);

    /// <summary>Lines of printed lists without a result, by list month and day of printing.</summary>
    public static Task<IReadOnlyList<PaperOut>> ListsOutAsync(DatabaseSession session, short provinceCode, CancellationToken cancel) => session.QueryAsync<PaperOut>(ListsOut, new { provinceCode }, cancel);
}
