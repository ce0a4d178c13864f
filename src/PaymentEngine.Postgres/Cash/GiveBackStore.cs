using NodaTime;
using PaymentEngine.Core;
using PaymentEngine.Core.Payments;

namespace PaymentEngine.Postgres.Cash;

/// <summary>A programme's rule: after how many months a sum nobody collected goes back to the budget.</summary>
public sealed record UnclaimedRule(short Programme, int Version, int Months, string Source, string Person, Instant At);

/// <summary>A cash payout that waits, on no list, after somebody was not there to collect it.</summary>
/// <param name="RuleVersion">Version of the programme's rule; 0: people decide about a sum that its list held.</param>
/// <param name="RuleMonths">The programme's rule; null: it has none, and nothing is proposed.</param>
public sealed record UncollectedPayout(int Month, int RunNo, int LineNo, short Attempt, long AmountVnd, short Programme, int CommuneId, int? RuleVersion, int? RuleMonths);

/// <summary>A proposal to give sums back to the budget, with its decision when there is one.</summary>
public sealed record StoredGiveBack
{
    public int GiveBackNo { get; init; }
    public LocalDate AsOf { get; init; }
    public int Items { get; init; }
    public long SumVnd { get; init; }
    public string ProposedBy { get; init; } = "";
    public Instant ProposedAt { get; init; }

    /// <summary>Null: not decided.</summary>
    public bool? Accepted { get; init; }
    public string? Decision { get; init; }
    public string? DecidedBy { get; init; }

    /// <summary>Of its sums, how many people claimed after all.</summary>
    public int Reclaimed { get; init; }
    public long ReclaimedVnd { get; init; }
}

/// <summary>One payment of a proposal.</summary>
public sealed record GiveBackLine
{
    public int Month { get; init; }
    public int RunNo { get; init; }
    public int LineNo { get; init; }
    public short Attempt { get; init; }
    public long AmountVnd { get; init; }
    public short Programme { get; init; }
    public int CommuneId { get; init; }
    public string? CommuneName { get; init; }
    public string PersonId { get; init; } = "";
    public string FullName { get; init; } = "";
    public string PayerName { get; init; } = "";
    public string RuleSource { get; init; } = "";
    /// <summary>0: by people's decision about a held sum.</summary>
    public int RuleMonths { get; init; }

    /// <summary>What an authority decided when the person came after all; null: it did not.</summary>
    public string? Reclaimed { get; init; }
}

/// <summary>Sums nobody collected, on their way back to the budget (nộp trả ngân sách) and, when the person comes after all, out of it again.</summary>
public static class GiveBackStore
{
    const string Rules = """
        -- GiveBackStore.Rules: the last version of each programme.
        SELECT DISTINCT ON (programme) programme, version, months, source, person, at FROM unclaimed_rule WHERE province_code = @provinceCode ORDER BY programme, version DESC;
        """;

    const string InsertRule = """
        -- GiveBackStore.InsertRule
        INSERT INTO unclaimed_rule (province_code, programme, version, months, source, person, at, operation_no)
        SELECT @provinceCode, @programme, coalesce(max(version), 0) + 1, @months, @source, @person, @at, @operationNo FROM unclaimed_rule WHERE province_code = @provinceCode AND programme = @programme;
        """;

    // Never while a payment stands on a list or at a bank, may have been paid, or waits in another proposal.
    const string Uncollected = """
        -- GiveBackStore.Uncollected
        SELECT a.month, a.run_no, a.line_no, a.attempt, a.amount_vnd, d.programme, d.commune_id, u.version AS rule_version, u.months AS rule_months
          FROM (SELECT DISTINCT month, run_no, line_no FROM attempt_end WHERE province_code = @provinceCode AND how = 'uncollected') e
          JOIN LATERAL (SELECT * FROM attempt a WHERE a.province_code = @provinceCode AND a.month = e.month AND a.run_no = e.run_no AND a.line_no = e.line_no ORDER BY a.attempt DESC LIMIT 1) a ON a.kind = 2
          JOIN disbursement d ON d.province_code = a.province_code AND d.month = a.month AND d.run_no = a.run_no AND d.line_no = a.line_no
          LEFT JOIN LATERAL (SELECT version, months FROM unclaimed_rule u WHERE u.province_code = a.province_code AND u.programme = d.programme ORDER BY u.version DESC LIMIT 1) u ON true
         WHERE (@communes::int[] IS NULL OR d.commune_id = ANY (@communes))
           AND NOT EXISTS (SELECT FROM attempt_end x WHERE x.province_code = a.province_code AND x.month = a.month AND x.run_no = a.run_no AND x.line_no = a.line_no AND x.attempt = a.attempt)
           AND NOT EXISTS (SELECT FROM cash_line c WHERE c.province_code = a.province_code AND c.origin_month = a.month AND c.origin_run = a.run_no AND c.line_no = a.line_no AND c.attempt = a.attempt)
           AND NOT EXISTS (SELECT FROM give_back_line g LEFT JOIN give_back_decision x USING (province_code, give_back_no)
                            WHERE g.province_code = a.province_code AND g.month = a.month AND g.run_no = a.run_no AND g.line_no = a.line_no AND g.attempt = a.attempt AND g.give_back_no <> @besideNo AND x.accepted IS NOT FALSE)
           AND NOT EXISTS (SELECT FROM payment_case p WHERE p.province_code = a.province_code AND p.month = a.month AND p.run_no = a.run_no AND p.line_no = a.line_no AND p.closed_at IS NULL AND p.kind IN ('paid_twice', 'contradicted'))
         ORDER BY a.month, a.run_no, a.line_no;
        """;

    const string Insert = """
        -- GiveBackStore.Insert
        INSERT INTO give_back (province_code, give_back_no, as_of, items, sum_vnd, proposed_by, at, operation_no) VALUES (@provinceCode, @giveBackNo, @asOf, @items, @sumVnd, @person, @at, @operationNo);
        INSERT INTO give_back_line (province_code, give_back_no, month, run_no, line_no, attempt, commune_id, amount_vnd, rule_version)
        SELECT @provinceCode, @giveBackNo, w.* FROM unnest(@months, @runs, @lines, @attempts, @communes, @amounts, @rules) AS w;
        """;

    const string NextNo = """
        -- GiveBackStore.NextNo
        SELECT last_number('give_back', @provinceCode) + 1;
        """;

    const string List = """
        -- GiveBackStore.List: undecided first, then the newest.
        SELECT g.give_back_no, g.as_of, g.items, g.sum_vnd, g.proposed_by, g.at AS proposed_at, d.accepted, d.decision, d.person AS decided_by,
               coalesce(c.items, 0)::int AS reclaimed, coalesce(c.sum_vnd, 0)::bigint AS reclaimed_vnd
          FROM give_back g
          LEFT JOIN give_back_decision d USING (province_code, give_back_no)
          LEFT JOIN LATERAL (SELECT count(*) AS items, sum(l.amount_vnd) AS sum_vnd FROM give_back_reclaimed r JOIN give_back_line l USING (province_code, give_back_no, month, run_no, line_no)
                              WHERE r.province_code = g.province_code AND r.give_back_no = g.give_back_no) c ON true
         WHERE g.province_code = @provinceCode AND (@giveBackNo = 0 OR g.give_back_no = @giveBackNo)
         ORDER BY d.accepted IS NOT NULL, g.give_back_no DESC;
        """;

    const string Lines = """
        -- GiveBackStore.Lines
        SELECT l.month, l.run_no, l.line_no, l.attempt, l.amount_vnd, d.programme, l.commune_id, area_name(l.province_code, g.commune_code, l.month, g.name) AS commune_name, r.person_id, r.full_name, y.name AS payer_name, coalesce(u.source, x.decision, '') AS rule_source, coalesce(u.months, 0) AS rule_months, c.decision AS reclaimed
          FROM give_back_line l
          JOIN disbursement d ON d.province_code = l.province_code AND d.month = l.month AND d.run_no = l.run_no AND d.line_no = l.line_no
          JOIN run n ON n.province_code = l.province_code AND n.month = l.month AND n.run_no = l.run_no
          JOIN payer y ON y.province_code = n.province_code AND y.payer_no = n.payer_no AND y.version = n.payer_version
          JOIN recipient r ON r.province_code = d.province_code AND r.recipient_id = d.recipient_id AND r.known_to = 'infinity'
          -- Version 0: no rule of months, people decided about a sum that its list held.
          LEFT JOIN unclaimed_rule u ON u.province_code = l.province_code AND u.programme = d.programme AND u.version = l.rule_version
          LEFT JOIN give_back_decision x ON x.province_code = l.province_code AND x.give_back_no = l.give_back_no
          LEFT JOIN area g ON g.province_code = l.province_code AND g.commune_id = l.commune_id AND g.known_to = 'infinity'
          LEFT JOIN give_back_reclaimed c ON c.province_code = l.province_code AND c.give_back_no = l.give_back_no AND c.month = l.month AND c.run_no = l.run_no AND c.line_no = l.line_no
         WHERE l.province_code = @provinceCode AND l.give_back_no = @giveBackNo ORDER BY l.commune_id, l.month, l.run_no, l.line_no;
        """;

    const string Decide = """
        -- GiveBackStore.Decide
        INSERT INTO give_back_decision (province_code, give_back_no, proposed_by, accepted, decision, person, at, operation_no)
        SELECT province_code, give_back_no, proposed_by, @accepted, @decision, @person, @at, @operationNo FROM give_back WHERE province_code = @provinceCode AND give_back_no = @giveBackNo;
        """;

    const string Move = """
        -- GiveBackStore.Move: from cash due to given back.
        INSERT INTO moved (run_month, run_no, line_no, programme, commune_id, from_place, to_place, amount_vnd)
        SELECT d.month, d.run_no, d.line_no, d.programme, d.commune_id, 8, 11, l.amount_vnd
          FROM give_back_line l JOIN disbursement d ON d.province_code = l.province_code AND d.month = l.month AND d.run_no = l.run_no AND d.line_no = l.line_no
         WHERE l.province_code = @provinceCode AND l.give_back_no = @giveBackNo;
        """;

    const string Reclaim = """
        -- GiveBackStore.Reclaim: the payout that was given back ends, and the next one waits for a list.
        INSERT INTO give_back_reclaimed (province_code, give_back_no, month, run_no, line_no, decision, person, at, operation_no)
        VALUES (@provinceCode, @giveBackNo, @Month, @RunNo, @LineNo, @decision, @person, @at, @operationNo);
        INSERT INTO attempt_end (province_code, month, run_no, line_no, attempt, how, proof, reason_code, ended_on, operation_no)
        VALUES (@provinceCode, @Month, @RunNo, @LineNo, @Attempt, 'cancelled', 'given back ' || @giveBackNo || ', claimed after all: ' || @decision, NULL, @today, @operationNo);
        INSERT INTO attempt (province_code, month, run_no, line_no, attempt, kind, amount_vnd, payee_no, pay_commune_id, carried_month, carried_run)
        SELECT province_code, month, run_no, line_no, attempt + 1, 2, amount_vnd, payee_no, pay_commune_id, carried_month, carried_run
          FROM attempt WHERE province_code = @provinceCode AND month = @Month AND run_no = @RunNo AND line_no = @LineNo AND attempt = @Attempt;
        INSERT INTO moved (run_month, run_no, line_no, programme, commune_id, from_place, to_place, amount_vnd) VALUES (@Month, @RunNo, @LineNo, @Programme, @CommuneId, 11, 8, @AmountVnd);
        """;

    const string OfPayment = """
        -- GiveBackStore.OfPayment: the accepted proposal it was last in.
        SELECT l.give_back_no FROM give_back_line l JOIN give_back_decision d USING (province_code, give_back_no)
         WHERE l.province_code = @provinceCode AND l.month = @month AND l.run_no = @runNo AND l.line_no = @lineNo AND d.accepted ORDER BY l.give_back_no DESC LIMIT 1;
        """;

    /// <summary>The accepted proposal a payment was last in; null when it never was in one.</summary>
    public static Task<int?> OfPaymentAsync(DatabaseSession session, InstructionId payment, CancellationToken cancel) =>
        session.FindAsync<int?>(OfPayment, new { provinceCode = payment.ProvinceCode, month = payment.Month.Key(), runNo = payment.RunNo, lineNo = payment.LineNo }, cancel);

    public static Task<IReadOnlyList<UnclaimedRule>> RulesAsync(DatabaseSession session, short provinceCode, CancellationToken cancel) => session.QueryAsync<UnclaimedRule>(Rules, new { provinceCode }, cancel);

    public static Task InsertRuleAsync(DatabaseSession session, short provinceCode, short programme, int months, string source, (string Person, Instant At, long OperationNo) by, CancellationToken cancel) =>
        session.ExecuteAsync(InsertRule, new { provinceCode, programme, months, source, person = by.Person, at = by.At, operationNo = by.OperationNo }, cancel);

    /// <summary>Payouts nobody collected that wait on no list and in no other proposal.</summary>
    /// <param name="session">A session of the run role.</param>
    /// <param name="provinceCode">The tenant.</param>
    /// <param name="communes">Of these communes; null: all.</param>
    /// <param name="besideNo">A proposal whose own payouts count too: they are looked at again when it is decided. 0: none.</param>
    /// <param name="cancel">Stops the query.</param>
    public static Task<IReadOnlyList<UncollectedPayout>> UncollectedAsync(DatabaseSession session, short provinceCode, IReadOnlyList<int>? communes, int besideNo, CancellationToken cancel) =>
        session.QueryAsync<UncollectedPayout>(Uncollected, new { provinceCode, communes = communes?.ToArray(), besideNo }, cancel);

    /// <summary>Proposals, or one (0: all).</summary>
    public static Task<IReadOnlyList<StoredGiveBack>> ListAsync(DatabaseSession session, short provinceCode, int giveBackNo, CancellationToken cancel) => session.QueryAsync<StoredGiveBack>(List, new { provinceCode, giveBackNo }, cancel);

    public static Task<IReadOnlyList<GiveBackLine>> LinesAsync(DatabaseSession session, short provinceCode, int giveBackNo, CancellationToken cancel) => session.QueryAsync<GiveBackLine>(Lines, new { provinceCode, giveBackNo }, cancel);

    /// <summary>Writes a proposal. Inside the operation's transaction.</summary>
    /// <returns>Its number.</returns>
    public static async Task<int> InsertAsync(DatabaseSession session, short provinceCode, LocalDate asOf, IReadOnlyList<UncollectedPayout> payouts, (string Person, Instant At, long OperationNo) by, CancellationToken cancel)
    {
        var giveBackNo = await session.SingleAsync<int>(NextNo, new { provinceCode }, cancel);
        await session.ExecuteAsync(Insert, new
        {
            provinceCode, giveBackNo, asOf, items = payouts.Count, sumVnd = payouts.Sum(payout => payout.AmountVnd), person = by.Person, at = by.At, operationNo = by.OperationNo,
            months = payouts.Select(payout => payout.Month).ToArray(), runs = payouts.Select(payout => payout.RunNo).ToArray(), lines = payouts.Select(payout => payout.LineNo).ToArray(),
            attempts = payouts.Select(payout => payout.Attempt).ToArray(), communes = payouts.Select(payout => payout.CommuneId).ToArray(), amounts = payouts.Select(payout => payout.AmountVnd).ToArray(),
            rules = payouts.Select(payout => payout.RuleVersion!.Value).ToArray(),
        }, cancel);
        return giveBackNo;
    }

    /// <summary>Records a decision; accepted, the money moves to the budget. Inside the operation's transaction.</summary>
    public static async Task DecideAsync(DatabaseSession session, short provinceCode, int giveBackNo, bool accepted, string decision, (string Person, Instant At, long OperationNo) by, CancellationToken cancel)
    {
        await session.ExecuteAsync(Decide, new { provinceCode, giveBackNo, accepted, decision, person = by.Person, at = by.At, operationNo = by.OperationNo }, cancel);
        if (!accepted) return;
        await PostingStore.CreateMovedAsync(session, cancel);
        await session.ExecuteAsync(Move, new { provinceCode, giveBackNo }, cancel);
        await PostingStore.PostAsync(session, provinceCode, by.OperationNo, keepMembers: true, cancel);
    }

    /// <summary>Takes one payment out of the budget again. Inside the operation's transaction.</summary>
    public static async Task ReclaimAsync(DatabaseSession session, short provinceCode, int giveBackNo, GiveBackLine line, string decision, LocalDate today, (string Person, Instant At, long OperationNo) by, CancellationToken cancel)
    {
        await PostingStore.CreateMovedAsync(session, cancel);
        await session.ExecuteAsync(Reclaim, new
        {
            provinceCode, giveBackNo, line.Month, line.RunNo, line.LineNo, line.Attempt, line.AmountVnd, line.Programme, line.CommuneId, decision, today, person = by.Person, at = by.At, operationNo = by.OperationNo,
        }, cancel);
        await PostingStore.PostAsync(session, provinceCode, by.OperationNo, keepMembers: true, cancel);
    }
}
