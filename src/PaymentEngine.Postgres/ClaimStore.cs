using NodaTime;
using Npgsql;
using PaymentEngine.Core;
using PaymentEngine.Core.Entitlements;
using PaymentEngine.Core.Money;
using PaymentEngine.Core.Payments;
using PaymentEngine.Core.Recipients;

namespace PaymentEngine.Postgres;

/// <summary>A claim as it stands now.</summary>
public sealed record StoredClaim
{
    public int ClaimNo { get; init; }
    public string PersonId { get; init; } = "";
    public string FullName { get; init; } = "";
    public string AwardId { get; init; } = "";
    public int AwardNo { get; init; }
    public int RecipientId { get; init; }
    public short Programme { get; init; }
    public string Component { get; init; } = "";

    /// <summary>See <see cref="ClaimCause"/>.</summary>
    public short Cause { get; init; }
    public string? CommuneName { get; init; }

    /// <summary>Number of its last event.</summary>
    public int Version { get; init; }

    /// <summary>The last event: <c>found</c>, <c>recovered</c> or <c>written_off</c>.</summary>
    public string Event { get; init; } = "";
    public int[] ForMonths { get; init; } = [];
    public long[] AmountsVnd { get; init; } = [];

    /// <summary>Outstanding, VND: what was listed and is not due, less what came back.</summary>
    public long AmountVnd { get; init; }

    /// <summary>Of it, what never reached the payee or came back from the bank: nothing to be asked of anybody.</summary>
    public long NotPaidVnd { get; init; }

    /// <summary>The run that found it first.</summary>
    public int FoundMonth { get; init; }
    public int FoundRun { get; init; }
    public long RecoveredVnd { get; init; }
    public long WrittenOffVnd { get; init; }
    public long RecoupedVnd { get; init; }

    /// <summary>Sentence of the list that found it last.</summary>
    public string SentenceVi { get; init; } = "";
    public string SentenceEn { get; init; } = "";
    public string Citation { get; init; } = "";
    public int? CaseNo { get; init; }
    public string? Owner { get; init; }
    public LocalDate? DueOn { get; init; }

    /// <summary>What is outstanding, by month.</summary>
    public IReadOnlyList<ClaimMonth> Months => [.. ForMonths.Zip(AmountsVnd, (month, amount) => new ClaimMonth(Core.Months.FromKey(month), new Vnd(amount)))];

    /// <summary><c>open</c>, or how it ended: <c>recovered</c>, <c>written_off</c>; <c>settled</c> when a list found nothing outstanding any more.</summary>
    public string State => AmountVnd > 0 ? "open" : Event == "found" ? "settled" : Event;
}

/// <summary>One event in the life of a claim.</summary>
public sealed record ClaimEventRow
{
    public int Version { get; init; }
    public string Event { get; init; } = "";
    public long AmountVnd { get; init; }
    public int? RunMonth { get; init; }
    public int? RunNo { get; init; }
    public long RecoupedVnd { get; init; }
    public long? RecordedVnd { get; init; }
    public string? Evidence { get; init; }
    public string Person { get; init; } = "";
    public Instant At { get; init; }
}

/// <summary>An agreed way to pay a claim back in parts.</summary>
public sealed record StoredClaimPlan
{
    public int PlanNo { get; init; }
    public DateOnly[] DueOn { get; init; } = [];
    public long[] AmountsVnd { get; init; } = [];

    /// <summary>Number and day of what was agreed.</summary>
    public string Agreement { get; init; } = "";
    public string Person { get; init; } = "";
    public Instant At { get; init; }

    /// <summary>Its parts, by ascending day.</summary>
    public IReadOnlyList<ClaimInstalment> Instalments => [.. DueOn.Zip(AmountsVnd, (day, amount) => new ClaimInstalment(LocalDate.FromDateOnly(day), new Vnd(amount)))];
}

/// <summary>One payment that a claim's month was part of, and how it went out.</summary>
public sealed record ClaimPayment
{
    public int ForMonth { get; init; }
    public long OutstandingVnd { get; init; }
    public long ListedVnd { get; init; }

    /// <summary>List month of the payment; null: it never had an attempt.</summary>
    public int? Month { get; init; }
    public int? RunNo { get; init; }
    public int? LineNo { get; init; }
    public short? Attempt { get; init; }

    /// <summary>1 through a bank, 2 in cash.</summary>
    public short? Kind { get; init; }
    public string? BankBin { get; init; }
    public string? HolderName { get; init; }
    public short? AccountKey { get; init; }
    public byte[]? AccountCipher { get; init; }
    public byte[]? AccountTag { get; init; }
    public string? AccountTail { get; init; }
    public int? ListMonth { get; init; }
    public int? ListNo { get; init; }
    public LocalDate? PaidOn { get; init; }
    public string? Receiver { get; init; }
    public int PayerNo { get; init; }
    public string PayerName { get; init; } = "";
    public string DebtorBin { get; init; } = "";
    public short PayerAccountKey { get; init; }
    public byte[] PayerAccountCipher { get; init; } = [];
    public byte[] PayerAccountTag { get; init; } = [];
    public string PayerAccountName { get; init; } = "";
}

/// <summary>What a letter says of a claim's person.</summary>
public sealed record ClaimPerson
{
    public LocalDate? Death { get; init; }
    public string? Place { get; init; }
}

/// <summary>What stands in an account of claims.</summary>
public sealed record ClaimBalance(short Programme, short Cause, string Account, int Claims, long SumVnd);

/// <summary>What a run leaves to be taken back for one cause.</summary>
public sealed record ClaimTotal(short Cause, int Claims, long SumVnd);

/// <summary>A claim found by a partition of a plan.</summary>
/// <param name="RecipientId">The person.</param>
/// <param name="CommuneId">Where they live in the list month.</param>
/// <param name="Claim">What is outstanding; nothing, when a claim of an earlier list has gone.</param>
public sealed record PlannedClaim(int RecipientId, int CommuneId, RecoveryClaim Claim);

/// <summary>Claims (khoản phải thu hồi): found by plans, counted from the approval, paid back or written off by people's entries.</summary>
public static class ClaimStore
{
    const string Lock = """
        -- ClaimStore.Lock: what changes claims of a province happens one after another.
        SELECT pg_advisory_xact_lock(hashtextextended('payengine.claims', @provinceCode));
        """;

    const string OpenOfPeople = """
        -- ClaimStore.OpenOfPeople
        SELECT c.recipient_id AS RecipientId, a.award_id AS AwardId, c.component AS Component, c.cause AS Cause, c.programme AS Programme
          FROM claim c
          JOIN award a ON a.province_code = c.province_code AND a.award_no = c.award_no AND a.version = 1
         WHERE c.province_code = @provinceCode AND c.recipient_id = ANY (@ids)
           AND 0 < (SELECT e.amount_vnd FROM claim_event e WHERE e.province_code = c.province_code AND e.claim_no = c.claim_no ORDER BY e.version DESC LIMIT 1);
        """;

    const string Stale = """
        -- ClaimStore.Stale: compared with a memory that has moved on since.
        SELECT EXISTS (SELECT FROM claim_found f WHERE f.province_code = @provinceCode AND f.month = @month AND f.run_no = @runNo
           AND f.listed_version <> coalesce((SELECT max(l.version) FROM listed l WHERE l.province_code = f.province_code AND l.award_no = f.award_no AND l.component = f.component), 0));
        """;

    const string InsertClaims = """
        -- ClaimStore.InsertClaims
        INSERT INTO claim (province_code, claim_no, award_no, component, cause, recipient_id, programme, commune_id, operation_no)
        SELECT f.province_code, (SELECT last_number('claim', @provinceCode)) + row_number() OVER (ORDER BY f.recipient_id, f.award_no, f.component COLLATE "C", f.cause),
               f.award_no, f.component, f.cause, f.recipient_id, f.programme, f.commune_id, @operationNo
          FROM claim_found f
         WHERE f.province_code = @provinceCode AND f.month = @month AND f.run_no = @runNo AND f.amount_vnd > 0
           AND NOT EXISTS (SELECT FROM claim c WHERE c.province_code = f.province_code AND c.award_no = f.award_no AND c.component = f.component AND c.cause = f.cause);
        """;

    const string InsertFound = """
        -- ClaimStore.InsertFound: a list that finds the same again adds nothing.
        INSERT INTO claim_event (province_code, claim_no, version, event, for_months, amounts_vnd, amount_vnd, listed_version, run_month, run_no, recouped_vnd, sentence_vi, sentence_en, citation, status, person, at, operation_no)
        SELECT c.province_code, c.claim_no, coalesce(n.version, 0) + 1, 'found', f.for_months, f.amounts_vnd, f.amount_vnd, f.listed_version, f.month, f.run_no,
               coalesce((SELECT -sum(l.amount_vnd) FROM line l WHERE l.province_code = f.province_code AND l.month = f.month AND l.run_no = f.run_no AND l.award_no = f.award_no AND l.component = f.component
                            AND l.kind = 3 AND l.for_month = ANY (n.for_months)), 0),
               f.sentence_vi, f.sentence_en, f.citation, f.status, @person, @at, @operationNo
          FROM claim_found f
          JOIN claim c ON c.province_code = f.province_code AND c.award_no = f.award_no AND c.component = f.component AND c.cause = f.cause
          LEFT JOIN claim_now n ON n.province_code = c.province_code AND n.claim_no = c.claim_no
         WHERE f.province_code = @provinceCode AND f.month = @month AND f.run_no = @runNo
           AND (n.version IS NULL OR (n.for_months, n.amounts_vnd) IS DISTINCT FROM (f.for_months, f.amounts_vnd));
        """;

    const string OpenCases = """
        -- ClaimStore.OpenCases
        INSERT INTO payment_case (province_code, case_no, kind, claim_no, commune_id, amount_vnd, reason_code, next_action, owner, opened_at, due_on, operation_no)
        SELECT n.province_code, (SELECT last_number('payment_case', @provinceCode)) + row_number() OVER (ORDER BY n.claim_no), 'claim', n.claim_no, n.commune_id, n.amount_vnd,
               CASE n.cause WHEN 1 THEN 'death' ELSE 'other' END, CASE n.cause WHEN 1 THEN 'claim_after_death' ELSE 'claim_on_payee' END, @owner, @at, @dueOn, @operationNo
          FROM claim_now n
         WHERE n.province_code = @provinceCode AND n.amount_vnd > 0
           AND NOT EXISTS (SELECT FROM payment_case p WHERE p.province_code = n.province_code AND p.claim_no = n.claim_no AND p.closed_at IS NULL);
        """;

    const string FollowCases = """
        -- ClaimStore.FollowCases: an open case has the sum that is outstanding; without one it is over.
        UPDATE payment_case p
           SET amount_vnd = CASE WHEN n.amount_vnd > 0 THEN n.amount_vnd ELSE p.amount_vnd END,
               closed_at = CASE WHEN n.amount_vnd = 0 THEN @at END, closed_how = CASE WHEN n.amount_vnd = 0 THEN CASE n.event WHEN 'found' THEN 'settled' ELSE n.event END END
          FROM claim_now n
         WHERE p.province_code = @provinceCode AND p.claim_no IS NOT NULL AND p.closed_at IS NULL AND n.province_code = p.province_code AND n.claim_no = p.claim_no AND p.amount_vnd <> n.amount_vnd;
        """;

    const string PostEvents = """
        -- ClaimStore.PostEvents: what the versions of this operation moved between the accounts of claims.
        INSERT INTO claim_posting (province_code, claim_no, version, from_account, to_account, amount_vnd, operation_no)
        SELECT e.province_code, e.claim_no, e.version, m.from_account, m.to_account, m.amount_vnd, e.operation_no
          FROM claim_event e
          LEFT JOIN claim_event p ON p.province_code = e.province_code AND p.claim_no = e.claim_no AND p.version = e.previous
          CROSS JOIN LATERAL (VALUES
            ('outstanding', 'recouped', e.recouped_vnd),
            ('outstanding', CASE e.event WHEN 'recovered' THEN 'paid_back' ELSE 'written_off' END, coalesce(e.recorded_vnd, 0)),
            ('found', 'outstanding', CASE WHEN e.event = 'found' THEN e.amount_vnd - coalesce(p.amount_vnd, 0) + e.recouped_vnd ELSE 0 END),
            ('outstanding', 'withdrawn', CASE WHEN e.event = 'found' THEN coalesce(p.amount_vnd, 0) - e.amount_vnd - e.recouped_vnd ELSE 0 END)) AS m (from_account, to_account, amount_vnd)
         WHERE e.province_code = @provinceCode AND e.operation_no = @operationNo AND m.amount_vnd > 0;
        """;

    const string FollowPlans = """
        -- ClaimStore.FollowPlans: where instalments are agreed, the case is due on the day of the first one that is not paid.
        UPDATE payment_case c SET due_on = w.due_on
          FROM (SELECT DISTINCT ON (x.claim_no) x.claim_no, x.due_on
                  FROM (SELECT n.claim_no, u.due_on, u.no, sum(u.amount_vnd) OVER (PARTITION BY n.claim_no ORDER BY u.no) AS reached, l.total_vnd - least(n.amount_vnd, l.total_vnd) AS paid_vnd
                          FROM claim_now n
                          JOIN LATERAL (SELECT due_on, amounts_vnd, (SELECT sum(a) FROM unnest(amounts_vnd) a) AS total_vnd FROM claim_plan p WHERE p.province_code = n.province_code AND p.claim_no = n.claim_no
                                         ORDER BY p.plan_no DESC LIMIT 1) l ON true
                         CROSS JOIN LATERAL unnest(l.due_on, l.amounts_vnd) WITH ORDINALITY AS u (due_on, amount_vnd, no)
                         WHERE n.province_code = @provinceCode AND n.amount_vnd > 0) x
                 WHERE x.reached > x.paid_vnd ORDER BY x.claim_no, x.no) w
         WHERE c.province_code = @provinceCode AND c.claim_no = w.claim_no AND c.closed_at IS NULL AND c.due_on <> w.due_on;
        """;

    const string InsertPlan = """
        -- ClaimStore.InsertPlan
        INSERT INTO claim_plan (province_code, claim_no, plan_no, claim_version, due_on, amounts_vnd, agreement, person, at, operation_no)
        SELECT @provinceCode, @claimNo, coalesce(max(plan_no), 0) + 1, @claimVersion, @dueOn, @amounts, @agreement, @person, @at, @operationNo FROM claim_plan WHERE province_code = @provinceCode AND claim_no = @claimNo;
        """;

    const string Plan = """
        -- ClaimStore.Plan: the last one counts.
        SELECT plan_no, due_on, amounts_vnd, agreement, person, at FROM claim_plan WHERE province_code = @provinceCode AND claim_no = @claimNo ORDER BY plan_no DESC LIMIT 1;
        """;

    // One row a month and payment: by which bank and account, or on which cash list and who signed.
    const string Payments = """
        -- ClaimStore.Payments
        SELECT u.for_month, u.amount_vnd AS outstanding_vnd, l.amount_vnd AS listed_vnd, a.month, a.run_no, a.line_no, a.attempt, a.kind, h.bank_bin, h.holder_name, h.account_key, h.account_cipher, h.account_tag, h.account_tail,
               c.month AS list_month, c.list_no, cr.paid_on, cr.receiver, py.payer_no, py.name AS payer_name, py.debtor_bin, py.account_key AS payer_account_key, py.account_cipher AS payer_account_cipher, py.account_tag AS payer_account_tag, py.account_name AS payer_account_name
          FROM claim_now n
         CROSS JOIN LATERAL unnest(n.for_months, n.amounts_vnd) AS u (for_month, amount_vnd)
          JOIN line l ON l.province_code = n.province_code AND l.award_no = n.award_no AND l.component = n.component AND l.for_month = u.for_month AND l.kind <> 3
          JOIN run r ON r.province_code = l.province_code AND r.month = l.month AND r.run_no = l.run_no
          JOIN payer py ON py.province_code = r.province_code AND py.payer_no = r.payer_no AND py.version = r.payer_version
          LEFT JOIN LATERAL (SELECT * FROM attempt a WHERE a.province_code = l.province_code AND a.month = l.month AND a.run_no = l.run_no AND a.line_no = l.line_no ORDER BY a.attempt DESC LIMIT 1) a ON true
          LEFT JOIN channel h ON h.province_code = a.province_code AND h.payee_no = a.payee_no AND h.version = a.channel_version
          LEFT JOIN cash_line c ON c.province_code = a.province_code AND c.origin_month = a.month AND c.origin_run = a.run_no AND c.line_no = a.line_no AND c.attempt = a.attempt
          LEFT JOIN cash_outcome cr ON cr.province_code = c.province_code AND cr.month = c.month AND cr.list_no = c.list_no AND cr.cash_line_no = c.cash_line_no AND cr.result = 'paid'
         WHERE n.province_code = @provinceCode AND n.claim_no = @claimNo
           AND EXISTS (SELECT FROM run_step s WHERE s.province_code = l.province_code AND s.month = l.month AND s.run_no = l.run_no AND s.step = 'approved')
         ORDER BY u.for_month, l.month, l.run_no, l.line_no;
        """;

    const string Person = """
        -- ClaimStore.Person: as known now.
        SELECT r.death, (SELECT CASE WHEN starts_with(f.address, f.hamlet) THEN f.address ELSE concat_ws(', ', f.hamlet, f.address) END FROM dated_fact f WHERE f.province_code = r.province_code AND f.recipient_id = r.recipient_id AND f.known_to = 'infinity' AND (f.hamlet IS NOT NULL OR f.address IS NOT NULL)
                                   ORDER BY f.facts_from DESC LIMIT 1) AS place
          FROM recipient r WHERE r.province_code = @provinceCode AND r.recipient_id = @recipientId AND r.known_to = 'infinity';
        """;

    const string Balances = """
        -- ClaimStore.Balances: through the desk's eyes, by programme and cause.
        SELECT c.programme AS Programme, c.cause AS Cause, b.account AS Account, count(*)::int AS Claims, sum(b.sum_vnd)::bigint AS SumVnd
          FROM claim_balance b JOIN claim c USING (province_code, claim_no)
         WHERE c.province_code = @provinceCode AND b.sum_vnd <> 0 GROUP BY c.programme, c.cause, b.account ORDER BY c.programme, c.cause, b.account COLLATE "C";
        """;

    const string TotalsOfRun = """
        -- ClaimStore.TotalsOfRun
        SELECT cause AS Cause, count(*)::int AS Claims, sum(amount_vnd)::bigint AS SumVnd FROM claim_found
         WHERE province_code = @provinceCode AND month = @month AND run_no = @runNo AND amount_vnd > 0 GROUP BY cause ORDER BY cause;
        """;

    // Not with the payee: no attempt, the last one proven ended, or cash nobody has collected. A payment on its way counts as paid: it may arrive.
    // So does one whose evidence disagrees, above all a payment reported paid after its end was proven: the payee may have it, whatever came back before.
    const string Claims = """
        WITH wanted AS MATERIALIZED (
            SELECT * FROM claim_now WHERE province_code = @provinceCode AND (@claimNo = 0 OR claim_no = @claimNo) AND (@all OR amount_vnd > 0)
        ), unpaid AS (
            SELECT w.claim_no, sum(least(u.amount_vnd, l.amount_vnd)) AS not_paid_vnd
              FROM wanted w
             CROSS JOIN LATERAL unnest(w.for_months, w.amounts_vnd) AS u (for_month, amount_vnd)
             CROSS JOIN LATERAL (
                SELECT sum(l.amount_vnd) AS amount_vnd
                  FROM line l
                  LEFT JOIN LATERAL (SELECT a.kind, a.attempt FROM attempt a WHERE a.province_code = l.province_code AND a.month = l.month AND a.run_no = l.run_no AND a.line_no = l.line_no
                                      ORDER BY a.attempt DESC LIMIT 1) a ON true
                 WHERE l.province_code = w.province_code AND l.award_no = w.award_no AND l.component = w.component AND l.for_month = u.for_month AND l.kind <> 3
                   AND EXISTS (SELECT FROM run_step s WHERE s.province_code = l.province_code AND s.month = l.month AND s.run_no = l.run_no AND s.step = 'approved')
                   AND (a.attempt IS NULL
                        OR EXISTS (SELECT FROM attempt_end e WHERE e.province_code = l.province_code AND e.month = l.month AND e.run_no = l.run_no AND e.line_no = l.line_no AND e.attempt = a.attempt)
                        OR (a.kind = 2 AND NOT EXISTS (
                            SELECT FROM cash_line cl JOIN cash_outcome cr USING (province_code, month, list_no, cash_line_no)
                             WHERE cl.province_code = l.province_code AND cl.origin_month = l.month AND cl.origin_run = l.run_no AND cl.line_no = l.line_no AND cl.attempt = a.attempt AND cr.result = 'paid')))
                   AND NOT EXISTS (SELECT FROM payment_case pc WHERE pc.province_code = l.province_code AND pc.month = l.month AND pc.run_no = l.run_no AND pc.line_no = l.line_no AND pc.closed_at IS NULL
                                      AND pc.kind IN ('contradicted', 'paid_twice'))) l
             WHERE l.amount_vnd IS NOT NULL
             GROUP BY w.claim_no
        )
        SELECT w.claim_no, r.person_id, r.full_name, aw.award_id, w.award_no, w.recipient_id, w.programme, w.component, w.cause, ar.name AS commune_name, w.version, w.event, w.for_months, w.amounts_vnd,
               w.amount_vnd, coalesce(u.not_paid_vnd, 0)::bigint AS not_paid_vnd, f.run_month AS found_month, f.run_no AS found_run, e.recovered_vnd, e.written_off_vnd, e.recouped_vnd,
               s.sentence_vi, s.sentence_en, s.citation, p.case_no, coalesce(p.taken_by, p.owner) AS owner, p.due_on
          FROM wanted w
          JOIN recipient r ON r.province_code = w.province_code AND r.recipient_id = w.recipient_id AND r.known_to = 'infinity'
          JOIN award aw ON aw.province_code = w.province_code AND aw.award_no = w.award_no AND aw.version = 1
          LEFT JOIN area ar ON ar.province_code = w.province_code AND ar.commune_id = w.commune_id AND ar.known_to = 'infinity'
          LEFT JOIN unpaid u USING (claim_no)
          JOIN claim_event f ON f.province_code = w.province_code AND f.claim_no = w.claim_no AND f.version = 1
          JOIN LATERAL (SELECT coalesce(sum(recorded_vnd) FILTER (WHERE event = 'recovered'), 0)::bigint AS recovered_vnd, coalesce(sum(recorded_vnd) FILTER (WHERE event = 'written_off'), 0)::bigint AS written_off_vnd,
                               coalesce(sum(recouped_vnd), 0)::bigint AS recouped_vnd FROM claim_event e WHERE e.province_code = w.province_code AND e.claim_no = w.claim_no) e ON true
          JOIN LATERAL (SELECT s.sentence_vi, s.sentence_en, s.citation FROM claim_event s WHERE s.province_code = w.province_code AND s.claim_no = w.claim_no AND s.event = 'found' AND s.amount_vnd > 0
                         ORDER BY s.version DESC LIMIT 1) s ON true
          LEFT JOIN payment_case p ON p.province_code = w.province_code AND p.claim_no = w.claim_no AND p.closed_at IS NULL
         ORDER BY p.due_on NULLS LAST, w.claim_no
        """;

    const string List = $"""
        -- ClaimStore.List: through the desk's eyes, the most urgent first.
        {Claims};
        """;

    const string Events = """
        -- ClaimStore.Events
        SELECT version, event, amount_vnd, run_month, run_no, recouped_vnd, recorded_vnd, evidence, person, at FROM claim_event
         WHERE province_code = @provinceCode AND claim_no = @claimNo ORDER BY version;
        """;

    const string OpenRun = """
        -- ClaimStore.OpenRun: a draft that counts this component; what it found would be overtaken.
        SELECT f.month AS Month, f.run_no AS RunNo
          FROM claim_found f
          JOIN claim c ON c.province_code = f.province_code AND c.award_no = f.award_no AND c.component = f.component
         WHERE c.province_code = @provinceCode AND c.claim_no = @claimNo
           AND NOT EXISTS (SELECT FROM run_step s WHERE s.province_code = f.province_code AND s.month = f.month AND s.run_no = f.run_no AND s.step IN ('approved', 'returned', 'voided'))
         ORDER BY f.month DESC, f.run_no DESC LIMIT 1;
        """;

    const string Memory = """
        -- ClaimStore.Memory
        SELECT version AS Version, from_months AS FromMonths, to_months AS ToMonths, amounts_vnd AS AmountsVnd FROM listed
         WHERE province_code = @provinceCode AND award_no = @awardNo AND component = @component ORDER BY version DESC LIMIT 1;
        """;

    const string InsertMemory = """
        -- ClaimStore.InsertMemory
        INSERT INTO listed (province_code, award_no, component, version, recipient_id, from_months, to_months, amounts_vnd, operation_no)
        VALUES (@provinceCode, @awardNo, @component, @version, @recipientId, @fromMonths, @toMonths, @amounts, @operationNo);
        """;

    const string InsertRecorded = """
        -- ClaimStore.InsertRecorded
        INSERT INTO claim_event (province_code, claim_no, version, event, for_months, amounts_vnd, amount_vnd, listed_version, recorded_vnd, evidence, person, at, operation_no)
        VALUES (@provinceCode, @claimNo, @version, @event, @months, @amounts, @amountVnd, @listedVersion, @recordedVnd, @evidence, @person, @at, @operationNo);
        """;

    /// <summary>The claims of these people that are outstanding, without their months: a plan says of each whether it still is.</summary>
    public static Task<IReadOnlyList<(int RecipientId, string AwardId, string Component, short Cause, short Programme)>> OpenOfPeopleAsync(DatabaseSession session, short provinceCode, int[] ids, CancellationToken cancel = default) =>
        session.QueryAsync<(int RecipientId, string AwardId, string Component, short Cause, short Programme)>(OpenOfPeople, new { provinceCode, ids }, cancel);

    /// <summary>Writes what a partition of a plan found.</summary>
    internal static Task WriteFoundAsync(DatabaseSession session, RunId run, IReadOnlyList<PlannedClaim> claims, IReadOnlyDictionary<string, int> awardNumbers, CancellationToken cancel) =>
        claims.Count == 0 ? Task.CompletedTask : session.CopyInAsync("COPY claim_found (province_code, month, run_no, award_no, component, cause, recipient_id, programme, commune_id, listed_version, for_months, amounts_vnd, amount_vnd, sentence_vi, sentence_en, citation, status) FROM STDIN (FORMAT BINARY) -- ClaimStore.WriteFound", async rows =>
        {
            foreach (var (recipientId, communeId, claim) in claims)
            {
                await rows.StartRowAsync(cancel);
                rows.Write(run.ProvinceCode);
                rows.Write(run.Month.Key());
                rows.Write(run.RunNo);
                rows.Write(awardNumbers[claim.AwardId]);
                rows.Write(claim.Component);
                rows.Write((short)claim.Cause);
                rows.Write(recipientId);
                rows.Write((short)claim.Programme);
                rows.Write(communeId);
                rows.Write(claim.ListedVersion);
                rows.Write(claim.Months.Select(one => one.Month.Key()).ToArray(), NpgsqlTypes.NpgsqlDbType.Array | NpgsqlTypes.NpgsqlDbType.Integer);
                rows.Write(claim.Months.Select(one => one.Amount.Amount).ToArray(), NpgsqlTypes.NpgsqlDbType.Array | NpgsqlTypes.NpgsqlDbType.Bigint);
                rows.Write(claim.Amount.Amount);
                rows.Write(claim.Explanation?.Vi ?? "");
                rows.Write(claim.Explanation?.En ?? "");
                rows.Write(claim.Explanation?.Citation ?? "");
                rows.Write(claim.Explanation?.Status ?? "");
            }
        }, cancel);

    /// <summary>What approval does: what the plan found becomes claims or new versions of them, with their cases. Before the memory moves on.</summary>
    /// <param name="session">Inside the approval's transaction.</param>
    /// <param name="run">The run.</param>
    /// <param name="approval">Who approves, when, in which operation.</param>
    /// <param name="cases">Whose desk a new case lies on, and until when.</param>
    /// <param name="cancel">Stops between statements.</param>
    /// <returns>False when the memory has moved on since the plan compared with it; then the transaction must not be kept.</returns>
    public static async Task<bool> CountAsync(DatabaseSession session, RunId run, (string Person, Instant At, long OperationNo) approval, (string Owner, LocalDate DueOn) cases, CancellationToken cancel = default)
    {
        var key = new { run.ProvinceCode, month = run.Month.Key(), run.RunNo, person = approval.Person, at = approval.At, operationNo = approval.OperationNo, owner = cases.Owner, dueOn = cases.DueOn };
        await session.ExecuteAsync(Lock, key, cancel);
        if (await session.SingleAsync<bool>(Stale, key, cancel)) return false;
        await session.ExecuteAsync(InsertClaims, key, cancel);
        await session.ExecuteAsync(InsertFound, key, cancel);
        await session.ExecuteAsync(PostEvents, key, cancel);
        await session.ExecuteAsync(FollowCases, key, cancel);
        await session.ExecuteAsync(OpenCases, key, cancel);
        await session.ExecuteAsync(FollowPlans, key, cancel);
        return true;
    }

    /// <summary>What a run leaves to be taken back, by cause.</summary>
    public static Task<IReadOnlyList<ClaimTotal>> TotalsOfRunAsync(DatabaseSession session, RunId run, CancellationToken cancel = default) =>
        session.QueryAsync<ClaimTotal>(TotalsOfRun, new { run.ProvinceCode, month = run.Month.Key(), run.RunNo }, cancel);

    /// <summary>Claims the person may see: those outstanding, or all.</summary>
    public static Task<IReadOnlyList<StoredClaim>> ListAsync(DatabaseSession session, short provinceCode, bool all, CancellationToken cancel = default) =>
        session.QueryAsync<StoredClaim>(List, new { provinceCode, claimNo = 0, all }, cancel);

    /// <summary>One claim, settled or not; null when it does not exist or the person may not see it.</summary>
    public static Task<StoredClaim?> FindAsync(DatabaseSession session, short provinceCode, int claimNo, CancellationToken cancel = default) =>
        session.FindAsync<StoredClaim>(List, new { provinceCode, claimNo, all = true }, cancel);

    /// <summary>Everything that happened to a claim.</summary>
    public static Task<IReadOnlyList<ClaimEventRow>> EventsAsync(DatabaseSession session, short provinceCode, int claimNo, CancellationToken cancel = default) =>
        session.QueryAsync<ClaimEventRow>(Events, new { provinceCode, claimNo }, cancel);

    /// <summary>Takes the lock under which claims change. First statement of a recording.</summary>
    public static Task LockAsync(DatabaseSession session, short provinceCode, CancellationToken cancel = default) => session.ExecuteAsync(Lock, new { provinceCode }, cancel);

    /// <summary>A run that counts this claim's component and waits for approval; null when there is none.</summary>
    public static async Task<RunId?> OpenRunAsync(DatabaseSession session, short provinceCode, int claimNo, CancellationToken cancel = default) =>
        await session.FindAsync<(int Month, int RunNo)?>(OpenRun, new { provinceCode, claimNo }, cancel) is { } found ? new RunId(provinceCode, Months.FromKey(found.Month), found.RunNo) : null;

    /// <summary>Records that a sum came back or is given up: a new version of the claim, the memory without it, the case with what is left. In the caller's transaction, under the lock.</summary>
    /// <param name="session">A session of the run role.</param>
    /// <param name="provinceCode">The tenant.</param>
    /// <param name="claim">As it stands now.</param>
    /// <param name="entry">What happened (<c>recovered</c>, <c>written_off</c>), the sum and its proof.</param>
    /// <param name="person">Who records it, when, in which operation.</param>
    /// <param name="cancel">Stops between statements.</param>
    public static async Task RecordAsync(DatabaseSession session, short provinceCode, StoredClaim claim, (string Event, Vnd Sum, string Evidence) entry, (string Person, Instant At, long OperationNo) person, CancellationToken cancel = default)
    {
        var (taken, left) = RecoveryClaims.Take(claim.Months, entry.Sum);
        var stored = await session.SingleAsync<MemoryRow>(Memory, new { provinceCode, claim.AwardNo, claim.Component }, cancel);
        var ranges = new ListedRange[stored.FromMonths.Length];
        for (var i = 0; i < ranges.Length; i++) ranges[i] = new ListedRange(Months.FromKey(stored.FromMonths[i]), stored.ToMonths[i] == 0 ? null : Months.FromKey(stored.ToMonths[i]), new Vnd(stored.AmountsVnd[i]));
        var next = RecoveryClaims.Less(new ListedComponent(claim.AwardId, claim.Component, stored.Version, ranges), taken);
        await session.ExecuteAsync(InsertMemory, new
        {
            provinceCode, claim.AwardNo, claim.Component, version = next.Version, claim.RecipientId, operationNo = person.OperationNo,
            fromMonths = next.Ranges.Select(range => range.From.Key()).ToArray(), toMonths = next.Ranges.Select(range => range.To?.Key() ?? 0).ToArray(), amounts = next.Ranges.Select(range => range.Amount.Amount).ToArray(),
        }, cancel);
        await session.ExecuteAsync(InsertRecorded, new
        {
            provinceCode, claim.ClaimNo, version = claim.Version + 1, @event = entry.Event, months = left.Select(one => one.Month.Key()).ToArray(), amounts = left.Select(one => one.Amount.Amount).ToArray(),
            amountVnd = RecoveryClaims.Sum(left).Amount, listedVersion = next.Version, recordedVnd = entry.Sum.Amount, evidence = entry.Evidence, person = person.Person, at = person.At, operationNo = person.OperationNo,
        }, cancel);
        await session.ExecuteAsync(PostEvents, new { provinceCode, operationNo = person.OperationNo }, cancel);
        await session.ExecuteAsync(FollowCases, new { provinceCode, at = person.At }, cancel);
        await session.ExecuteAsync(FollowPlans, new { provinceCode }, cancel);
    }

    /// <summary>Records an agreed plan; the claim's case is due with its first part. In the caller's transaction, under the lock.</summary>
    public static async Task InsertPlanAsync(DatabaseSession session, short provinceCode, StoredClaim claim, IReadOnlyList<ClaimInstalment> plan, string agreement, (string Person, Instant At, long OperationNo) by, CancellationToken cancel = default)
    {
        await session.ExecuteAsync(InsertPlan, new
        {
            provinceCode, claim.ClaimNo, claimVersion = claim.Version, dueOn = plan.Select(part => part.DueOn.ToDateOnly()).ToArray(), amounts = plan.Select(part => part.Amount.Amount).ToArray(), agreement,
            person = by.Person, at = by.At, operationNo = by.OperationNo,
        }, cancel);
        await session.ExecuteAsync(FollowPlans, new { provinceCode }, cancel);
    }

    /// <summary>The plan that counts; null when none was agreed.</summary>
    public static Task<StoredClaimPlan?> PlanAsync(DatabaseSession session, short provinceCode, int claimNo, CancellationToken cancel = default) => session.FindAsync<StoredClaimPlan>(Plan, new { provinceCode, claimNo }, cancel);

    /// <summary>How the months of a claim were paid. With the run role: accounts are cipher text.</summary>
    public static Task<IReadOnlyList<ClaimPayment>> PaymentsAsync(DatabaseSession session, short provinceCode, int claimNo, CancellationToken cancel = default) => session.QueryAsync<ClaimPayment>(Payments, new { provinceCode, claimNo }, cancel);

    /// <summary>Day of death and last address of a claim's person.</summary>
    public static Task<ClaimPerson> PersonAsync(DatabaseSession session, short provinceCode, int recipientId, CancellationToken cancel = default) =>
        session.SingleAsync<ClaimPerson>(Person, new { provinceCode, recipientId }, cancel);

    /// <summary>Sums of the accounts of claims; <c>found</c> is negative and makes each group add up to nothing.</summary>
    public static Task<IReadOnlyList<ClaimBalance>> BalancesAsync(DatabaseSession session, short provinceCode, CancellationToken cancel = default) => session.QueryAsync<ClaimBalance>(Balances, new { provinceCode }, cancel);

    sealed class MemoryRow
    {
        public int Version { get; init; }
        public int[] FromMonths { get; init; } = [];
        public int[] ToMonths { get; init; } = [];
        public long[] AmountsVnd { get; init; } = [];
    }
}
