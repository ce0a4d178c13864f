using Dapper;
using NodaTime;

namespace PaymentEngine.Postgres.Cases;

/// <summary>A case as lists and pages show it. What belongs to a payment is null for cases about files, entries and claims.</summary>
public sealed record CaseRow
{
    public int CaseNo { get; init; }
    public string Kind { get; init; } = "";
    public int? Month { get; init; }
    public int? RunNo { get; init; }
    public int? LineNo { get; init; }
    public short? Attempt { get; init; }
    public int? ImportNo { get; init; }
    public int? EntryNo { get; init; }
    public int? DetailNo { get; init; }
    public int? FileNo { get; init; }
    public int? ClaimNo { get; init; }
    public int? CommuneId { get; init; }
    public string? CommuneCode { get; init; }
    public string? CommuneName { get; init; }
    public long AmountVnd { get; init; }
    public string? ReasonCode { get; init; }
    public string NextAction { get; init; } = "";

    /// <summary>The role whose business it is.</summary>
    public string Owner { get; init; } = "";

    /// <summary>Who sits at the desk of that role for the commune; null when nobody is named: then whoever holds the role there.</summary>
    public string? Desk { get; init; }

    /// <summary>When we learnt of it: age and terms count from here.</summary>
    public Instant OpenedAt { get; init; }

    /// <summary>The day it happened at the bank, where the bank said one.</summary>
    public LocalDate? HappenedOn { get; init; }
    public LocalDate DueOn { get; init; }
    public string? TakenBy { get; init; }
    public Instant? ClosedAt { get; init; }
    public string? ClosedHow { get; init; }
    public string? PersonId { get; init; }
    public string? FullName { get; init; }
    public string? BankBin { get; init; }
    public string? AccountTail { get; init; }
    public string? HolderName { get; init; }
    public int Events { get; init; }
    public Instant? LastEventAt { get; init; }

    public bool IsOpen => ClosedAt is null;
}

/// <summary>Which cases are asked for.</summary>
/// <param name="State"><c>open</c>, <c>free</c>, <c>taken</c>, <c>closed</c> or <c>all</c>.</param>
/// <param name="OpenedBefore">Only those opened before this moment.</param>
/// <param name="Bank">NAPAS number of the payee's bank.</param>
/// <param name="Owner">A person or a role.</param>
/// <param name="DueBy">Only those due on this day or before.</param>
/// <param name="StuckSince">Only those that are stuck: due before <paramref name="Today"/>, or taken and not touched since this moment.</param>
public sealed record CaseFilter(string State = "open", int CaseNo = 0, Instant? OpenedBefore = null, string? Reason = null, string? Bank = null, string? Commune = null, string? Owner = null, LocalDate? DueBy = null,
    string? Kind = null, int Month = 0, int RunNo = 0, Instant? StuckSince = null, LocalDate? Today = null)
{
    /// <summary>Any of these people and roles, where no single <see cref="Owner"/> is asked for; null: everybody's.</summary>
    public IReadOnlyList<string>? Owners { get; init; }
}

/// <summary>Cases in figures.</summary>
/// <param name="Overdue">Open ones past their term.</param>
public sealed record CaseSums(int Items, long SumVnd, int Overdue);

/// <summary>One thing that was done about a case.</summary>
/// <param name="At">When it was entered.</param>
/// <param name="HappenedAt">When it was done.</param>
public sealed record CaseEvent(int EventNo, string Event, string Person, Instant At, Instant HappenedAt, string? Channel, string? Outcome, string? ToPerson, string? Remark);

/// <summary>A thing done about a case that is to be kept.</summary>
public sealed record NewCaseEvent(int CaseNo, string Event, string Person, Instant At)
{
    /// <summary>When it was done; null: as it is entered.</summary>
    public Instant? HappenedAt { get; init; }
    public string? Channel { get; init; }
    public string? Outcome { get; init; }
    public string? ToPerson { get; init; }
    public string? Remark { get; init; }
}

/// <summary>What is known about the payment of a case, and about the payee's account now.</summary>
public sealed record CasePayment
{
    public bool IsEnded { get; init; }
    public string? EndedHow { get; init; }
    public string? Proof { get; init; }
    public bool IsLatest { get; init; }
    public bool IsDisputed { get; init; }
    public int BankAttempts { get; init; }
    public int RecipientId { get; init; }
    public short Programme { get; init; }
    public int CommuneId { get; init; }
    public long AmountVnd { get; init; }
    public int PayeeNo { get; init; }
    public int? PayeeVersion { get; init; }
    public string? PayeeName { get; init; }
    public short? PayeeRole { get; init; }
    public short? Wish { get; init; }
    public int? ChannelVersion { get; init; }
    public string? BankBin { get; init; }
    public string? AccountTail { get; init; }
    public string? HolderName { get; init; }
    /// <summary>Tag of the account the payment failed to.</summary>
    public byte[]? FailedTag { get; init; }
    public bool HasOtherAccount { get; init; }
    public string? Decided { get; init; }
    public int? RepaidMonth { get; init; }
    public int? RepaidRun { get; init; }
    public bool RepaymentApproved { get; init; }
}

/// <summary>Whose desk the cases of a role lie on.</summary>
/// <param name="CommuneCode">Null: every commune without a row of its own.</param>
public sealed record CaseDesk(string Role, string? CommuneCode, string? CommuneName, string? UserName);

/// <summary>Cases people work from (việc phải xử lý). The case keeps who has it, until when, and what comes next; what was done stands beside it and is only added to.</summary>
public static class CaseStore
{
    const string Asked = """
          FROM payment_case c
          LEFT JOIN area g ON g.province_code = c.province_code AND g.commune_id = c.commune_id AND g.known_to = 'infinity'
          LEFT JOIN case_desk_now dc ON dc.province_code = c.province_code AND dc.role = c.owner AND dc.commune_id = c.commune_id
          LEFT JOIN case_desk_now dp ON dp.province_code = c.province_code AND dp.role = c.owner AND dp.commune_id = 0
          LEFT JOIN disbursement d ON d.province_code = c.province_code AND d.month = c.month AND d.run_no = c.run_no AND d.line_no = c.line_no
          LEFT JOIN recipient r ON r.province_code = d.province_code AND r.recipient_id = d.recipient_id AND r.known_to = 'infinity'
          LEFT JOIN attempt a ON a.province_code = c.province_code AND a.month = c.month AND a.run_no = c.run_no AND a.line_no = c.line_no AND a.attempt = c.attempt
          LEFT JOIN channel h ON h.province_code = a.province_code AND h.payee_no = a.payee_no AND h.version = a.channel_version
          LEFT JOIN LATERAL (SELECT count(*)::int AS events, max(x.at) AS last_at FROM case_event x WHERE x.province_code = c.province_code AND x.case_no = c.case_no) e ON true
         WHERE c.province_code = @provinceCode AND (@caseNo = 0 OR c.case_no = @caseNo)
           AND CASE @state WHEN 'all' THEN true WHEN 'closed' THEN c.closed_at IS NOT NULL WHEN 'taken' THEN c.closed_at IS NULL AND c.taken_by IS NOT NULL
                           WHEN 'free' THEN c.closed_at IS NULL AND c.taken_by IS NULL ELSE c.closed_at IS NULL END
           AND (@openedBefore::timestamptz IS NULL OR c.opened_at < @openedBefore)
           AND (@reason::text IS NULL OR coalesce(c.reason_code, '') = @reason)
           AND (@bank::text IS NULL OR h.bank_bin = @bank)
           AND (@commune::text IS NULL OR g.commune_code = @commune)
           AND (@owners::text[] IS NULL OR c.taken_by = ANY (@owners) OR (c.taken_by IS NULL AND (c.owner = ANY (@owners) OR coalesce(dc.user_name, dp.user_name) = ANY (@owners))))
           AND (@dueBy::date IS NULL OR c.due_on <= @dueBy)
           AND (@kind::text IS NULL OR c.kind = @kind)
           AND (@month = 0 OR (c.month = @month AND c.run_no = @runNo))
           AND (@stuckSince::timestamptz IS NULL OR (c.closed_at IS NULL AND (c.due_on < @today OR (c.taken_by IS NOT NULL AND coalesce(e.last_at, c.opened_at) < @stuckSince))))
        """;

    const string Columns = """
        SELECT c.case_no, c.kind, c.month, c.run_no, c.line_no, c.attempt, c.import_no, c.entry_no, c.detail_no, c.file_no, c.claim_no, c.commune_id, g.commune_code, g.name AS commune_name, c.amount_vnd,
               c.reason_code, c.next_action, c.owner, coalesce(dc.user_name, dp.user_name) AS desk, c.opened_at, c.happened_on, c.due_on, c.taken_by, c.closed_at, c.closed_how, r.person_id, r.full_name,
               h.bank_bin, h.account_tail, h.holder_name, coalesce(e.events, 0) AS events, e.last_at AS last_event_at
        """;

    const string Cases = $"""
        -- CaseStore.Cases: as far as the session's eyes reach, the most urgent first.
        {Columns}
        {Asked}
         ORDER BY c.due_on, c.case_no;
        """;

    const string Page = $"""
        -- CaseStore.Page: so many from a place in the order on; the place is a key, so that a case that closes meanwhile moves no other.
        {Columns}
        {Asked}
           AND (@afterDue::date IS NULL OR (c.due_on, c.case_no) > (@afterDue, @afterCase))
         ORDER BY c.due_on, c.case_no LIMIT @most;
        """;

    const string Sums = $"""
        -- CaseStore.Sums: of all that was asked for, whatever page is shown.
        SELECT count(*)::int AS Items, coalesce(sum(c.amount_vnd), 0)::bigint AS SumVnd, count(*) FILTER (WHERE c.closed_at IS NULL AND c.due_on < @now::date)::int AS Overdue
        {Asked};
        """;

    const string OfPayment = """
        -- CaseStore.OfPayment: numbers of the other open cases about the payment of a case.
        SELECT o.case_no FROM payment_case c
          JOIN payment_case o ON o.province_code = c.province_code AND o.month = c.month AND o.run_no = c.run_no AND o.line_no = c.line_no AND o.closed_at IS NULL AND o.case_no <> c.case_no
         WHERE c.province_code = @provinceCode AND c.case_no = @caseNo ORDER BY o.case_no;
        """;

    // Of the list month of the case and later ones: what was paid before has arrived or come back.
    const string OnTheirWay = """
        -- CaseStore.OnTheirWay: payments to the same payee that a bank has or may have, and that are neither booked nor back.
        SELECT a.month, a.run_no, a.line_no, a.attempt, a.amount_vnd, s.handed_over
          FROM payment_case c
          JOIN attempt of_case ON of_case.province_code = c.province_code AND of_case.month = c.month AND of_case.run_no = c.run_no AND of_case.line_no = c.line_no AND of_case.attempt = c.attempt
          JOIN attempt a ON a.province_code = c.province_code AND a.month >= c.month AND a.kind = 1 AND a.payee_no = of_case.payee_no AND of_case.payee_no <> 0
          JOIN LATERAL (SELECT * FROM attempt_state s WHERE s.province_code = a.province_code AND s.month = a.month AND s.run_no = a.run_no AND s.line_no = a.line_no AND s.attempt = a.attempt) s ON true
         WHERE c.province_code = @provinceCode AND c.case_no = @caseNo AND (a.month, a.run_no, a.line_no, a.attempt) <> (c.month, c.run_no, c.line_no, c.attempt)
           AND s.ended_how IS NULL AND s.bank_view IN (1, 2)
           AND EXISTS (SELECT FROM run_step x WHERE x.province_code = a.province_code AND x.month = a.carried_month AND x.run_no = a.carried_run AND x.step = 'approved')
         ORDER BY a.month, a.run_no, a.line_no, a.attempt;
        """;

    const string Events = """
        -- CaseStore.Events
        SELECT event_no, event, person, at, happened_at, channel, outcome, to_person, remark FROM case_event WHERE province_code = @provinceCode AND case_no = @caseNo ORDER BY event_no;
        """;

    const string InsertEvent = """
        -- CaseStore.InsertEvent
        INSERT INTO case_event (province_code, case_no, event_no, event, person, at, happened_at, channel, outcome, to_person, remark, operation_no)
        SELECT @provinceCode, @caseNo, 1 + coalesce((SELECT max(event_no) FROM case_event WHERE province_code = @provinceCode AND case_no = @caseNo), 0), @event, @person, @at, @happenedAt, @channel, @outcome,
               @toPerson, @remark, @operationNo;
        """;

    const string Take = """
        -- CaseStore.Take
        UPDATE payment_case SET taken_by = @person WHERE province_code = @provinceCode AND case_no = @caseNo AND closed_at IS NULL;
        """;

    const string Turn = """
        -- CaseStore.Turn: another next step, owner or term.
        UPDATE payment_case SET next_action = @nextAction, owner = @owner, due_on = @dueOn WHERE province_code = @provinceCode AND case_no = @caseNo AND closed_at IS NULL;
        """;

    const string Close = """
        -- CaseStore.Close
        UPDATE payment_case SET closed_at = @at, closed_how = @how WHERE province_code = @provinceCode AND case_no = @caseNo AND closed_at IS NULL;
        """;

    const string Payment = """
        -- CaseStore.Payment
        SELECT e.how IS NOT NULL AS is_ended, e.how AS ended_how, e.proof,
               NOT EXISTS (SELECT FROM attempt n WHERE n.province_code = c.province_code AND n.month = c.month AND n.run_no = c.run_no AND n.line_no = c.line_no AND n.attempt > c.attempt) AS is_latest,
               EXISTS (SELECT FROM payment_case o WHERE o.province_code = c.province_code AND o.month = c.month AND o.run_no = c.run_no AND o.line_no = c.line_no AND o.closed_at IS NULL
                          AND o.kind IN ('contradicted', 'paid_twice')) AS is_disputed,
               (SELECT count(*)::int FROM attempt n WHERE n.province_code = c.province_code AND n.month = c.month AND n.run_no = c.run_no AND n.line_no = c.line_no AND n.kind = 1) AS bank_attempts,
               d.recipient_id, d.programme, d.commune_id, d.amount_vnd, a.payee_no, p.version AS payee_version, p.payee_name, p.role AS payee_role, p.wish, p.channel_version, now_.bank_bin, now_.account_tail, now_.holder_name,
               failed.account_tag AS failed_tag, coalesce(p.wish = 1 AND now_.account_tag <> failed.account_tag, false) AS has_other_account,
               (SELECT x.decision FROM case_decision x JOIN case_decision_answer y USING (province_code, case_no, decision_no)
                 WHERE x.province_code = c.province_code AND x.case_no = c.case_no AND y.answer = 'approved' ORDER BY x.decision_no DESC LIMIT 1) AS decided,
               q.month AS repaid_month, q.run_no AS repaid_run, coalesce(q.approved, false) AS repayment_approved
          FROM payment_case c
          JOIN attempt a ON a.province_code = c.province_code AND a.month = c.month AND a.run_no = c.run_no AND a.line_no = c.line_no AND a.attempt = c.attempt
          JOIN disbursement d ON d.province_code = c.province_code AND d.month = c.month AND d.run_no = c.run_no AND d.line_no = c.line_no
          LEFT JOIN attempt_end e ON e.province_code = c.province_code AND e.month = c.month AND e.run_no = c.run_no AND e.line_no = c.line_no AND e.attempt = c.attempt
          LEFT JOIN payee p ON p.province_code = a.province_code AND p.payee_no = a.payee_no AND p.known_to = 'infinity'
          LEFT JOIN channel now_ ON now_.province_code = p.province_code AND now_.payee_no = p.payee_no AND now_.version = p.channel_version
          LEFT JOIN channel failed ON failed.province_code = a.province_code AND failed.payee_no = a.payee_no AND failed.version = a.channel_version
          LEFT JOIN LATERAL (SELECT r.month, r.run_no, EXISTS (SELECT FROM run_step s WHERE s.province_code = r.province_code AND s.month = r.month AND s.run_no = r.run_no AND s.step = 'approved') AS approved
                               FROM run_repayment r WHERE r.province_code = c.province_code AND r.case_no = c.case_no ORDER BY r.month DESC, r.run_no DESC LIMIT 1) q ON true
         WHERE c.province_code = @provinceCode AND c.case_no = @caseNo;
        """;

    const string Desks = """
        -- CaseStore.Desks
        SELECT d.role AS Role, g.commune_code AS CommuneCode, g.name AS CommuneName, d.user_name AS UserName
          FROM case_desk_now d LEFT JOIN area g ON g.province_code = d.province_code AND g.commune_id = d.commune_id AND g.known_to = 'infinity'
         WHERE d.province_code = @provinceCode ORDER BY d.role, d.commune_id;
        """;

    const string SetDesk = """
        -- CaseStore.SetDesk
        INSERT INTO case_desk (province_code, role, commune_id, version, user_name, person, at, operation_no)
        SELECT @provinceCode, @role, @communeId, 1 + coalesce((SELECT max(version) FROM case_desk WHERE province_code = @provinceCode AND role = @role AND commune_id = @communeId), 0), @userName, @person, @at, @operationNo;
        """;

    const string Terms = """
        -- CaseStore.Terms
        SELECT DISTINCT ON (term) term AS Term, days AS Days, person AS Person, why AS Why FROM case_term WHERE province_code = @provinceCode ORDER BY term, version DESC;
        """;

    const string SetTerm = """
        -- CaseStore.SetTerm
        INSERT INTO case_term (province_code, term, version, days, why, person, at, operation_no)
        SELECT @provinceCode, @term, 1 + coalesce((SELECT max(version) FROM case_term WHERE province_code = @provinceCode AND term = @term), 0), @days, @why, @person, @at, @operationNo;
        """;

    const string Person = """
        -- CaseStore.Person: one who may log in now.
        SELECT user_name, roles, user_communes(province_code, user_name, @at) AS communes FROM app_user WHERE province_code = @provinceCode AND user_name = @userName AND valid_from <= @at AND valid_to > @at;
        """;

    const string InsertDecision = """
        -- CaseStore.InsertDecision
        INSERT INTO case_decision (province_code, case_no, decision_no, decision, evidence, made_by, at, operation_no)
        SELECT @provinceCode, @caseNo, 1 + coalesce((SELECT max(decision_no) FROM case_decision WHERE province_code = @provinceCode AND case_no = @caseNo), 0), @decision, @evidence, @madeBy, @at, @operationNo
        RETURNING decision_no;
        """;

    const string AnswerDecision = """
        -- CaseStore.AnswerDecision
        INSERT INTO case_decision_answer (province_code, case_no, decision_no, answer, person, made_by, remark, at, operation_no)
        SELECT province_code, case_no, decision_no, @answer, @person, made_by, @remark, @at, @operationNo FROM case_decision WHERE province_code = @provinceCode AND case_no = @caseNo AND decision_no = @decisionNo;
        """;

    const string Decisions = """
        -- CaseStore.Decisions
        SELECT x.decision_no AS DecisionNo, x.decision AS Decision, x.evidence AS Evidence, x.made_by AS MadeBy, x.at AS At, y.answer AS Answer, y.person AS AnsweredBy, y.remark AS Remark
          FROM case_decision x LEFT JOIN case_decision_answer y USING (province_code, case_no, decision_no)
         WHERE x.province_code = @provinceCode AND x.case_no = @caseNo ORDER BY x.decision_no;
        """;

    const string AttemptsOfLine = """
        -- CaseStore.AttemptsOfLine
        SELECT a.attempt AS Attempt, a.kind AS Kind, a.carried_month AS CarriedMonth, a.carried_run AS CarriedRun, h.bank_bin AS BankBin, h.account_tail AS AccountTail, e.how AS EndedHow, e.proof AS Proof, e.ended_on AS EndedOn
          FROM payment_case c
          JOIN attempt a ON a.province_code = c.province_code AND a.month = c.month AND a.run_no = c.run_no AND a.line_no = c.line_no
          LEFT JOIN attempt_end e ON e.province_code = a.province_code AND e.month = a.month AND e.run_no = a.run_no AND e.line_no = a.line_no AND e.attempt = a.attempt
          LEFT JOIN channel h ON h.province_code = a.province_code AND h.payee_no = a.payee_no AND h.version = a.channel_version
         WHERE c.province_code = @provinceCode AND c.case_no = @caseNo ORDER BY a.attempt;
        """;

    const string Waiting = """
        -- CaseStore.Waiting: what waits for a person who holds these roles, as far as the session's eyes reach.
        SELECT count(*) FILTER (WHERE closed_at IS NULL)::int AS open, coalesce(sum(amount_vnd) FILTER (WHERE closed_at IS NULL), 0)::bigint AS open_vnd,
               count(*) FILTER (WHERE taken_by = @person)::int AS mine, count(*) FILTER (WHERE taken_by IS NULL AND mine_by_desk)::int AS for_me,
               count(*) FILTER (WHERE due_on = @today)::int AS due_today, count(*) FILTER (WHERE due_on < @today)::int AS overdue, coalesce(sum(amount_vnd) FILTER (WHERE due_on < @today), 0)::bigint AS overdue_vnd,
               count(*) FILTER (WHERE due_on >= @today AND taken_by IS NOT NULL AND coalesce(last_at, opened_at) < @idleSince)::int AS idle
          FROM (SELECT c.*, e.last_at, coalesce(dc.user_name, dp.user_name, CASE WHEN c.owner = ANY (@roles) THEN @person
                           -- Nobody holds the role there: the reconcilers stand in.
                           WHEN 'reconciler' = ANY (@roles) AND NOT EXISTS (SELECT FROM app_user u WHERE u.province_code = c.province_code AND c.owner = ANY (u.roles) AND u.valid_from <= @now AND u.valid_to > @now
                                                                               AND (u.communes IS NULL OR c.commune_id = ANY (u.communes))) THEN @person END) = @person AS mine_by_desk
                  FROM payment_case c
                  LEFT JOIN case_desk_now dc ON dc.province_code = c.province_code AND dc.role = c.owner AND dc.commune_id = c.commune_id
                  LEFT JOIN case_desk_now dp ON dp.province_code = c.province_code AND dp.role = c.owner AND dp.commune_id = 0
                  LEFT JOIN LATERAL (SELECT max(x.at) AS last_at FROM case_event x WHERE x.province_code = c.province_code AND x.case_no = c.case_no) e ON true
                 WHERE c.province_code = @provinceCode AND c.closed_at IS NULL) open_case;
        """;

    /// <summary>Cases, the most urgent first.</summary>
    public static Task<IReadOnlyList<CaseRow>> ListAsync(DatabaseSession session, short provinceCode, CaseFilter filter, CancellationToken cancel) =>
        session.QueryAsync<CaseRow>(Cases, Parameters(provinceCode, filter), cancel);

    /// <summary>So many cases after a place in the order (null: from the first).</summary>
    public static Task<IReadOnlyList<CaseRow>> PageAsync(DatabaseSession session, short provinceCode, CaseFilter filter, (LocalDate DueOn, int CaseNo)? after, int most, CancellationToken cancel)
    {
        var parameters = Parameters(provinceCode, filter);
        parameters.Add("afterDue", after?.DueOn.ToDateOnly());
        parameters.Add("afterCase", after?.CaseNo ?? 0);
        parameters.Add("most", most);
        return session.QueryAsync<CaseRow>(Page, parameters, cancel);
    }

    /// <summary>All cases of a filter in figures.</summary>
    public static Task<CaseSums> SumsAsync(DatabaseSession session, short provinceCode, CaseFilter filter, LocalDate today, CancellationToken cancel)
    {
        var parameters = Parameters(provinceCode, filter);
        parameters.Add("now", today.ToDateOnly());
        return session.SingleAsync<CaseSums>(Sums, parameters, cancel);
    }

    static DynamicParameters Parameters(short provinceCode, CaseFilter filter) => new(new
    {
        provinceCode, caseNo = filter.CaseNo, state = filter.State, openedBefore = filter.OpenedBefore?.ToDateTimeUtc(), reason = filter.Reason, bank = filter.Bank, commune = filter.Commune,
        owners = filter.Owner is { } owner ? [owner] : filter.Owners?.ToArray(),
        dueBy = filter.DueBy?.ToDateOnly(), kind = filter.Kind, month = filter.Month, runNo = filter.RunNo, stuckSince = filter.StuckSince?.ToDateTimeUtc(), today = filter.Today?.ToDateOnly(),
    });

    /// <summary>One case, closed ones too; null when there is none that the session sees.</summary>
    public static async Task<CaseRow?> FindAsync(DatabaseSession session, short provinceCode, int caseNo, CancellationToken cancel) =>
        (await ListAsync(session, provinceCode, new CaseFilter("all", caseNo), cancel)).SingleOrDefault();

    /// <summary>Other open cases about the payment of a case.</summary>
    public static async Task<IReadOnlyList<CaseRow>> OfPaymentAsync(DatabaseSession session, short provinceCode, int caseNo, CancellationToken cancel)
    {
        var rows = new List<CaseRow>();
        foreach (var number in await session.QueryAsync<int>(OfPayment, new { provinceCode, caseNo }, cancel))
            if (await FindAsync(session, provinceCode, number, cancel) is { } found) rows.Add(found);
        return rows;
    }

    /// <summary>Payments to the payee of a case that are ordered or at a bank, and neither booked nor back.</summary>
    public static Task<IReadOnlyList<PaymentOnItsWay>> OnTheirWayAsync(DatabaseSession session, short provinceCode, int caseNo, CancellationToken cancel) =>
        session.QueryAsync<PaymentOnItsWay>(OnTheirWay, new { provinceCode, caseNo }, cancel);

    public static Task<IReadOnlyList<CaseEvent>> EventsAsync(DatabaseSession session, short provinceCode, int caseNo, CancellationToken cancel) =>
        session.QueryAsync<CaseEvent>(Events, new { provinceCode, caseNo }, cancel);

    /// <summary>Keeps what was done about a case.</summary>
    public static Task AddEventAsync(DatabaseSession session, short provinceCode, NewCaseEvent done, long operationNo, CancellationToken cancel) => session.ExecuteAsync(InsertEvent, new
    {
        provinceCode, done.CaseNo, @event = done.Event, done.Person, at = done.At.ToDateTimeUtc(), happenedAt = (done.HappenedAt ?? done.At).ToDateTimeUtc(), done.Channel, done.Outcome, done.ToPerson, done.Remark, operationNo,
    }, cancel);

    /// <summary>Gives the case to a person, or to nobody (null).</summary>
    public static Task TakeAsync(DatabaseSession session, short provinceCode, int caseNo, string? person, CancellationToken cancel) => session.ExecuteAsync(Take, new { provinceCode, caseNo, person }, cancel);

    /// <summary>Says what comes next, whose business it is, and until when.</summary>
    public static Task TurnAsync(DatabaseSession session, short provinceCode, int caseNo, string nextAction, string owner, LocalDate dueOn, CancellationToken cancel) =>
        session.ExecuteAsync(Turn, new { provinceCode, caseNo, nextAction, owner, dueOn }, cancel);

    public static Task CloseAsync(DatabaseSession session, short provinceCode, int caseNo, string how, Instant at, CancellationToken cancel) =>
        session.ExecuteAsync(Close, new { provinceCode, caseNo, how, at = at.ToDateTimeUtc() }, cancel);

    /// <summary>The payment behind a case; null for a case that is not about one.</summary>
    public static Task<CasePayment?> PaymentAsync(DatabaseSession session, short provinceCode, int caseNo, CancellationToken cancel) => session.FindAsync<CasePayment>(Payment, new { provinceCode, caseNo }, cancel);

    /// <summary>Every attempt to pay the sum of a case.</summary>
    public static Task<IReadOnlyList<CaseAttempt>> AttemptsAsync(DatabaseSession session, short provinceCode, int caseNo, CancellationToken cancel) => session.QueryAsync<CaseAttempt>(AttemptsOfLine, new { provinceCode, caseNo }, cancel);

    public static Task<IReadOnlyList<CaseDesk>> DesksAsync(DatabaseSession session, short provinceCode, CancellationToken cancel) => session.QueryAsync<CaseDesk>(Desks, new { provinceCode }, cancel);

    public static Task SetDeskAsync(DatabaseSession session, short provinceCode, string role, int communeId, string? userName, string person, Instant at, long operationNo, CancellationToken cancel) =>
        session.ExecuteAsync(SetDesk, new { provinceCode, role, communeId, userName, person, at = at.ToDateTimeUtc(), operationNo }, cancel);

    /// <summary>Terms an office has set for itself.</summary>
    public static Task<IReadOnlyList<CaseTerm>> TermsAsync(DatabaseSession session, short provinceCode, CancellationToken cancel) => session.QueryAsync<CaseTerm>(Terms, new { provinceCode }, cancel);

    public static Task SetTermAsync(DatabaseSession session, short provinceCode, string term, int days, string why, string person, Instant at, long operationNo, CancellationToken cancel) =>
        session.ExecuteAsync(SetTerm, new { provinceCode, term, days, why, person, at = at.ToDateTimeUtc(), operationNo }, cancel);

    /// <summary>A user who may log in now, with roles and communes (null: the whole province).</summary>
    public static Task<CasePerson?> PersonAsync(DatabaseSession session, short provinceCode, string userName, Instant at, CancellationToken cancel) =>
        session.FindAsync<CasePerson>(Person, new { provinceCode, userName, at = at.ToDateTimeUtc() }, cancel);

    /// <summary>Keeps a proposed decision. Its number.</summary>
    public static Task<int> ProposeAsync(DatabaseSession session, short provinceCode, int caseNo, string decision, string evidence, string madeBy, Instant at, long operationNo, CancellationToken cancel) =>
        session.SingleAsync<int>(InsertDecision, new { provinceCode, caseNo, decision, evidence, madeBy, at = at.ToDateTimeUtc(), operationNo }, cancel);

    /// <summary>Keeps the answer to a proposed decision. The store refuses an approval by its maker, and a second answer.</summary>
    public static Task AnswerAsync(DatabaseSession session, short provinceCode, int caseNo, int decisionNo, string answer, string person, string? remark, Instant at, long operationNo, CancellationToken cancel) =>
        session.ExecuteAsync(AnswerDecision, new { provinceCode, caseNo, decisionNo, answer, person, remark, at = at.ToDateTimeUtc(), operationNo }, cancel);

    public static Task<IReadOnlyList<CaseDecision>> DecisionsAsync(DatabaseSession session, short provinceCode, int caseNo, CancellationToken cancel) => session.QueryAsync<CaseDecision>(Decisions, new { provinceCode, caseNo }, cancel);

    /// <summary>What waits, for a person and for all the session sees.</summary>
    public static Task<CasesWaiting> WaitingAsync(DatabaseSession session, short provinceCode, string person, IEnumerable<string> roles, Instant now, LocalDate today, Instant idleSince, CancellationToken cancel) =>
        session.SingleAsync<CasesWaiting>(Waiting, new { provinceCode, person, roles = roles.ToArray(), now = now.ToDateTimeUtc(), today, idleSince = idleSince.ToDateTimeUtc() }, cancel);
}

/// <summary>A colleague as far as cases go.</summary>
public sealed record CasePerson
{
    public string UserName { get; init; } = "";
    public string[] Roles { get; init; } = [];

    /// <summary>Null: the whole province.</summary>
    public int[]? Communes { get; init; }
}

/// <summary>A payment that is ordered or at a bank.</summary>
/// <param name="HandedOver">The bank has it or may have it: only a recall can stop it. Otherwise its order can still be cancelled.</param>
public sealed record PaymentOnItsWay(int Month, int RunNo, int LineNo, short Attempt, long AmountVnd, bool HandedOver);

/// <summary>One try to pay the sum of a case.</summary>
public sealed record CaseAttempt(short Attempt, short Kind, int CarriedMonth, int CarriedRun, string? BankBin, string? AccountTail, string? EndedHow, string? Proof, DateOnly? EndedOn);

/// <summary>A term an office has set, in banking days.</summary>
public sealed record CaseTerm(string Term, int Days, string Person, string Why);

/// <summary>A decision of two persons about a case; unanswered while <see cref="Answer"/> is null.</summary>
public sealed record CaseDecision(int DecisionNo, string Decision, string Evidence, string MadeBy, Instant At, string? Answer, string? AnsweredBy, string? Remark);

/// <summary>Open cases in figures.</summary>
/// <param name="Mine">Taken by the person.</param>
/// <param name="ForMe">Taken by nobody, and on the person's desk.</param>
/// <param name="Overdue">Past their term.</param>
/// <param name="Idle">Within their term, taken, and untouched for too long.</param>
public sealed record CasesWaiting(int Open, long OpenVnd, int Mine, int ForMe, int DueToday, int Overdue, long OverdueVnd, int Idle)
{
    public int Stuck => Overdue + Idle;
}
