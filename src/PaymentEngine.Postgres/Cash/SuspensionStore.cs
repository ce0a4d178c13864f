using NodaTime;

namespace PaymentEngine.Postgres.Cash;

/// <summary>An award with months nobody collected, as the store finds it.</summary>
public sealed record UncollectedAward
{
    public int AwardNo { get; init; }
    public int RecipientId { get; init; }
    public short Programme { get; init; }
    public int CommuneId { get; init; }

    /// <summary>Months of regular lines that were offered in cash, not collected, and are not paid otherwise.</summary>
    public int[] Months { get; init; } = [];
    public long[] AmountsVnd { get; init; } = [];

    /// <summary>The last month of a regular line that was paid or is on its way through a bank; 0: none.</summary>
    public int LastCollected { get; init; }

    /// <summary>The last month a decided proposal was about; 0: none.</summary>
    public int LastDecided { get; init; }

    /// <summary>The last month any approved list holds.</summary>
    public int LastListed { get; init; }

    /// <summary>An undecided proposal; null: none.</summary>
    public int? OpenProposalNo { get; init; }

    /// <summary>The person died, the award ended or is suspended: nothing is to be proposed.</summary>
    public bool IsOver { get; init; }
}

/// <summary>A proposal to suspend an award, with its decision when there is one.</summary>
public sealed record StoredSuspension
{
    public int ProposalNo { get; init; }
    public int AwardNo { get; init; }
    public string AwardId { get; init; } = "";
    public string PersonId { get; init; } = "";
    public string FullName { get; init; } = "";
    public int RecipientId { get; init; }
    public short Programme { get; init; }
    public int CommuneId { get; init; }
    public string? CommuneName { get; init; }
    public int[] Months { get; init; } = [];
    public long AmountVnd { get; init; }
    public string ProposedBy { get; init; } = "";
    public Instant ProposedAt { get; init; }
    public LocalDate? DueOn { get; init; }

    /// <summary>accepted, refused or overtaken; null: not decided.</summary>
    public string? Outcome { get; init; }
    public string? Decision { get; init; }
    public int? SuspendedFrom { get; init; }
    public string? DecidedBy { get; init; }
    public Instant? DecidedAt { get; init; }
}

/// <summary>Suspensions proposed because nobody collected an award's money, and their decisions.</summary>
public static class SuspensionStore
{
    const string Lock = """
        -- SuspensionStore.Lock: proposals of a province are made and decided one after another.
        SELECT pg_advisory_xact_lock(hashtextextended('payengine.suspensions', @provinceCode));
        """;

    // From the few ends outward: whoever was never offered cash in vain has nothing here.
    const string Uncollected = """
        -- SuspensionStore.Uncollected
        WITH unpaid AS MATERIALIZED (
            SELECT e.month, e.run_no, e.line_no
              FROM (SELECT DISTINCT month, run_no, line_no FROM attempt_end WHERE province_code = @provinceCode AND how = 'uncollected') e
              JOIN LATERAL (SELECT kind FROM attempt a WHERE a.province_code = @provinceCode AND a.month = e.month AND a.run_no = e.run_no AND a.line_no = e.line_no ORDER BY a.attempt DESC LIMIT 1) a ON a.kind = 2
             WHERE NOT EXISTS (SELECT FROM cash_line c JOIN cash_outcome r USING (province_code, month, list_no, cash_line_no)
                                WHERE c.province_code = @provinceCode AND c.origin_month = e.month AND c.origin_run = e.run_no AND c.line_no = e.line_no AND r.result = 'paid')
        ), month_of AS (
            SELECT l.award_no, l.for_month, sum(l.amount_vnd)::bigint AS amount_vnd, max(d.recipient_id) AS recipient_id, max(d.programme) AS programme,
                   (array_agg(d.commune_id ORDER BY d.month DESC))[1] AS commune_id
              FROM unpaid u
              JOIN disbursement d ON d.province_code = @provinceCode AND d.month = u.month AND d.run_no = u.run_no AND d.line_no = u.line_no
              JOIN line l ON l.province_code = @provinceCode AND l.month = u.month AND l.run_no = u.run_no AND l.line_no = u.line_no AND l.kind = 1
             WHERE d.programme = ANY (@programmes)
             GROUP BY l.award_no, l.for_month
        ), award_of AS (
            SELECT award_no, max(recipient_id) AS recipient_id, max(programme) AS programme, (array_agg(commune_id ORDER BY for_month DESC))[1] AS commune_id,
                   array_agg(for_month ORDER BY for_month) AS months, array_agg(amount_vnd ORDER BY for_month) AS amounts_vnd
              FROM month_of GROUP BY award_no HAVING count(*) >= @monthsMin AND (@awardNo = 0 OR award_no = @awardNo)
        )
        SELECT w.award_no, w.recipient_id, w.programme, w.commune_id, w.months, w.amounts_vnd,
               coalesce(h.last_collected, 0) AS last_collected, h.last_listed,
               coalesce((SELECT max(p.last_month) FROM suspension_proposal p JOIN suspension_decision x USING (province_code, proposal_no) WHERE p.province_code = @provinceCode AND p.award_no = w.award_no), 0) AS last_decided,
               (SELECT p.proposal_no FROM suspension_proposal p WHERE p.province_code = @provinceCode AND p.award_no = w.award_no
                   AND NOT EXISTS (SELECT FROM suspension_decision x WHERE x.province_code = p.province_code AND x.proposal_no = p.proposal_no)) AS open_proposal_no,
               r.death IS NOT NULL OR a.last_month <= h.last_listed OR (a.suspended_from IS NOT NULL AND a.suspended_to IS NULL AND a.review_result = 0) AS is_over
          FROM award_of w
          JOIN recipient r ON r.province_code = @provinceCode AND r.recipient_id = w.recipient_id AND r.known_to = 'infinity'
          JOIN LATERAL (SELECT last_month, suspended_from, suspended_to, review_result FROM award a WHERE a.province_code = @provinceCode AND a.award_no = w.award_no AND a.known_to = 'infinity'
                         ORDER BY a.recorded_on DESC NULLS LAST, a.facts_from DESC, a.version DESC LIMIT 1) a ON true
          JOIN LATERAL (
            SELECT max(l.for_month) AS last_listed,
                   max(l.for_month) FILTER (WHERE (t.kind = 1 AND NOT t.ended) OR t.paid) AS last_collected
              FROM line l
              JOIN run_step s ON s.province_code = l.province_code AND s.month = l.month AND s.run_no = l.run_no AND s.step = 'approved'
              LEFT JOIN LATERAL (
                SELECT a.kind, EXISTS (SELECT FROM attempt_end e WHERE e.province_code = a.province_code AND e.month = a.month AND e.run_no = a.run_no AND e.line_no = a.line_no AND e.attempt = a.attempt) AS ended,
                       EXISTS (SELECT FROM cash_line c JOIN cash_outcome r USING (province_code, month, list_no, cash_line_no)
                                WHERE c.province_code = a.province_code AND c.origin_month = a.month AND c.origin_run = a.run_no AND c.line_no = a.line_no AND r.result = 'paid') AS paid
                  FROM attempt a WHERE a.province_code = l.province_code AND a.month = l.month AND a.run_no = l.run_no AND a.line_no = l.line_no ORDER BY a.attempt DESC LIMIT 1) t ON true
             WHERE l.province_code = @provinceCode AND l.award_no = w.award_no AND l.kind = 1) h ON true
         WHERE @communes::int[] IS NULL OR w.commune_id = ANY (@communes)
         ORDER BY w.commune_id, w.award_no;
        """;

    const string NextNo = """
        -- SuspensionStore.NextNo
        SELECT last_number('suspension_proposal', @provinceCode) + 1;
        """;

    const string Insert = """
        -- SuspensionStore.Insert: a proposal is somebody's case until it is decided.
        INSERT INTO suspension_proposal (province_code, proposal_no, award_no, recipient_id, programme, commune_id, months, last_month, amount_vnd, proposed_by, at, operation_no)
        VALUES (@provinceCode, @proposalNo, @AwardNo, @RecipientId, @Programme, @CommuneId, @months, @lastMonth, @amountVnd, @person, @at, @operationNo);
        INSERT INTO payment_case (province_code, case_no, kind, proposal_no, commune_id, amount_vnd, reason_code, next_action, owner, opened_at, due_on, operation_no)
        SELECT @provinceCode, (SELECT last_number('payment_case', @provinceCode)) + 1, 'suspension', @proposalNo, @CommuneId, @amountVnd, 'uncollected', 'decide_suspension', @owner, @at, @dueOn, @operationNo;
        """;

    const string Decide = """
        -- SuspensionStore.Decide
        INSERT INTO suspension_decision (province_code, proposal_no, proposed_by, outcome, decision, suspended_from, award_version, person, at, operation_no)
        VALUES (@provinceCode, @ProposalNo, @ProposedBy, @outcome, @decision, @suspendedFrom, @awardVersion, @person, @at, @operationNo);
        UPDATE payment_case SET closed_at = @at, closed_how = @outcome WHERE province_code = @provinceCode AND proposal_no = @ProposalNo AND closed_at IS NULL;
        """;

    // The row recorded last speaks for suspensions of every month. Where it tells of an earlier episode that must not be forgotten, the new one gets a row of its own from its month on.
    const string Suspend = """
        -- SuspensionStore.Suspend
        INSERT INTO award (province_code, award_no, version, award_id, recipient_id, facts_from, programme, category, category_no, variant_no, recorded_on, filed_on, decision_no, decided_on, board_on, event_on,
                           first_month, last_month, end_reason, on_roll_since, converted_from, degree_pct, class, special, at_home, valid_exam, full_time, seniority_units, decoration, martyrs, service_half_years,
                           deceased_id, deceased_category, deceased_pct, deceased_on, relation, children, children_births, pregnant, about_person_id, treatment_days, declared_wage_vnd,
                           suspended_from, suspended_to, suspend_reason, released_on, reapplied_on, reviewed_on, review_result, known_from, operation_no)
        SELECT province_code, award_no, (SELECT max(version) + 1 FROM award v WHERE v.province_code = a.province_code AND v.award_no = a.award_no), award_id, recipient_id,
               CASE WHEN suspended_from IS NULL THEN facts_from ELSE @from END, programme, category, category_no, variant_no, @today, filed_on, decision_no, decided_on, board_on, event_on,
               first_month, last_month, end_reason, on_roll_since, converted_from, degree_pct, class, special, at_home, valid_exam, full_time, seniority_units, decoration, martyrs, service_half_years,
               deceased_id, deceased_category, deceased_pct, deceased_on, relation, children, children_births, pregnant, about_person_id, treatment_days, declared_wage_vnd,
               @from, NULL, @reason, NULL, NULL, NULL, 0, @at, @operationNo
          FROM award a WHERE a.province_code = @provinceCode AND a.award_no = @awardNo AND a.known_to = 'infinity'
         ORDER BY a.recorded_on DESC NULLS LAST, a.facts_from DESC, a.version DESC LIMIT 1
        RETURNING version;
        """;

    const string Proposals = """
        -- SuspensionStore.Proposals: open ones first.
        SELECT p.proposal_no, p.award_no, a.award_id, r.person_id, r.full_name, p.recipient_id, p.programme, p.commune_id, g.name AS commune_name, p.months, p.amount_vnd, p.proposed_by, p.at AS proposed_at, c.due_on,
               d.outcome, d.decision, d.suspended_from, d.person AS decided_by, d.at AS decided_at
          FROM suspension_proposal p
          JOIN award a ON a.province_code = p.province_code AND a.award_no = p.award_no AND a.version = 1
          JOIN recipient r ON r.province_code = p.province_code AND r.recipient_id = p.recipient_id AND r.known_to = 'infinity'
          LEFT JOIN area g ON g.province_code = p.province_code AND g.commune_id = p.commune_id AND g.known_to = 'infinity'
          LEFT JOIN suspension_decision d ON d.province_code = p.province_code AND d.proposal_no = p.proposal_no
          LEFT JOIN payment_case c ON c.province_code = p.province_code AND c.proposal_no = p.proposal_no
         WHERE p.province_code = @provinceCode AND (@proposalNo = 0 OR p.proposal_no = @proposalNo) AND (@all OR d.proposal_no IS NULL)
         ORDER BY d.proposal_no IS NOT NULL, p.proposal_no;
        """;

    public static Task LockAsync(DatabaseSession session, short provinceCode, CancellationToken cancel) => session.ExecuteAsync(Lock, new { provinceCode }, cancel);

    /// <summary>Awards with at least <paramref name="monthsMin"/> uncollected months, of some programmes, in some communes (null: all); or one award's (0: all).</summary>
    public static Task<IReadOnlyList<UncollectedAward>> UncollectedAsync(DatabaseSession session, short provinceCode, IEnumerable<short> programmes, int monthsMin, IReadOnlyList<int>? communes, int awardNo, CancellationToken cancel) =>
        session.QueryAsync<UncollectedAward>(Uncollected, new { provinceCode, programmes = programmes.ToArray(), monthsMin, communes = communes?.ToArray(), awardNo }, cancel);

    /// <summary>Proposals as the caller's eyes see them: undecided ones, or all; or one (0: all).</summary>
    public static Task<IReadOnlyList<StoredSuspension>> ProposalsAsync(DatabaseSession session, short provinceCode, int proposalNo, bool all, CancellationToken cancel) =>
        session.QueryAsync<StoredSuspension>(Proposals, new { provinceCode, proposalNo, all }, cancel);

    /// <summary>Writes a proposal with its case. Inside the operation's transaction, under the lock.</summary>
    /// <returns>Its number.</returns>
    public static async Task<int> InsertAsync(DatabaseSession session, short provinceCode, UncollectedAward award, int[] months, long amountVnd, (string Owner, LocalDate DueOn) cases, (string Person, Instant At, long OperationNo) by, CancellationToken cancel)
    {
        var proposalNo = await session.SingleAsync<int>(NextNo, new { provinceCode }, cancel);
        await session.ExecuteAsync(Insert, new
        {
            provinceCode, proposalNo, award.AwardNo, award.RecipientId, award.Programme, award.CommuneId, months, lastMonth = months[^1], amountVnd, person = by.Person, at = by.At, operationNo = by.OperationNo,
            owner = cases.Owner, dueOn = cases.DueOn,
        }, cancel);
        return proposalNo;
    }

    /// <summary>Records a decision and ends the proposal's case; an accepted one has made the register's row before. Inside the operation's transaction.</summary>
    public static Task DecideAsync(DatabaseSession session, short provinceCode, StoredSuspension proposal, (string Outcome, string Decision, int? SuspendedFrom, int? AwardVersion) said, (string Person, Instant At, long OperationNo) by, CancellationToken cancel) =>
        session.ExecuteAsync(Decide, new
        {
            provinceCode, proposal.ProposalNo, proposal.ProposedBy, outcome = said.Outcome, decision = said.Decision, suspendedFrom = said.SuspendedFrom, awardVersion = said.AwardVersion, person = by.Person, at = by.At, operationNo = by.OperationNo,
        }, cancel);

    /// <summary>Writes the award's next row, suspended from a month on. Inside the operation's transaction.</summary>
    /// <returns>Its version.</returns>
    public static Task<int> SuspendAsync(DatabaseSession session, short provinceCode, int awardNo, int from, short reason, LocalDate today, Instant at, long operationNo, CancellationToken cancel) =>
        session.SingleAsync<int>(Suspend, new { provinceCode, awardNo, from, reason, today, at, operationNo }, cancel);
}
