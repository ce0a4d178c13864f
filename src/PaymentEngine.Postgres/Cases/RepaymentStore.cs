using System.Security.Cryptography;
using System.Text;
using NodaTime;
using PaymentEngine.Core;
using PaymentEngine.Core.Payments;

namespace PaymentEngine.Postgres.Cases;

/// <summary>A failed payment that could be made again: its case, its disbursement, and the payee's account as the register has it now.</summary>
public sealed record RepayCandidate
{
    public int CaseNo { get; init; }
    public string Kind { get; init; } = "";
    public string? ReasonCode { get; init; }
    public Instant OpenedAt { get; init; }
    public string? TakenBy { get; init; }
    public int CommuneId { get; init; }
    public int OriginMonth { get; init; }
    public int OriginRun { get; init; }
    public int PayerNo { get; init; }
    public int LineNo { get; init; }

    /// <summary>The attempt that failed; 0 where a hold was released and nothing was tried yet.</summary>
    public short Attempt { get; init; }
    public int RecipientId { get; init; }
    public short Programme { get; init; }
    public long AmountVnd { get; init; }
    public int PayeeNo { get; init; }
    public bool IsEnded { get; init; }
    public bool IsLatest { get; init; }
    public bool IsDisputed { get; init; }
    public int BankAttempts { get; init; }
    public bool HasOtherAccount { get; init; }
    public bool IsDecided { get; init; }
    public bool IsWaiting { get; init; }
    public bool InDraft { get; init; }
    public bool IsDead { get; init; }

    /// <summary>The account to pay to: the payee's now; null when none is there, or no wish.</summary>
    public int? ChannelVersion { get; init; }
    public string? BankBin { get; init; }

    /// <summary>Keyed tag of that account, hex.</summary>
    public string? AccountTag { get; init; }
}

/// <summary>A payment that a regularisation run carries.</summary>
/// <param name="Attempt">The attempt it becomes.</param>
public sealed record Repayment(int CaseNo, int OriginMonth, int OriginRun, int LineNo, short Attempt, int RecipientId, short Programme, int CommuneId, long AmountVnd, int PayeeNo, int ChannelVersion, short RouteNo);

/// <summary>Payments made again by a regularisation run: chosen, frozen, hashed; made attempts by the run's approval, each after the proven end of the one before.</summary>
public static class RepaymentStore
{
    const string Candidates = """
        -- RepaymentStore.Candidates: open cases of failed payments, or some cases by number; each with the account its programme is paid to today.
        SELECT c.case_no, c.kind, c.reason_code, c.opened_at, c.taken_by, d.commune_id, c.month AS origin_month, c.run_no AS origin_run, r.payer_no, c.line_no, c.attempt, d.recipient_id, d.programme, d.amount_vnd, a.payee_no,
               EXISTS (SELECT FROM attempt_end e WHERE e.province_code = c.province_code AND e.month = c.month AND e.run_no = c.run_no AND e.line_no = c.line_no AND e.attempt = c.attempt) AS is_ended,
               NOT EXISTS (SELECT FROM attempt n WHERE n.province_code = c.province_code AND n.month = c.month AND n.run_no = c.run_no AND n.line_no = c.line_no AND n.attempt > c.attempt) AS is_latest,
               EXISTS (SELECT FROM payment_case o WHERE o.province_code = c.province_code AND o.month = c.month AND o.run_no = c.run_no AND o.line_no = c.line_no AND o.closed_at IS NULL
                          AND o.kind IN ('contradicted', 'paid_twice')) AS is_disputed,
               (SELECT count(*)::int FROM attempt n WHERE n.province_code = c.province_code AND n.month = c.month AND n.run_no = c.run_no AND n.line_no = c.line_no AND n.kind = 1) AS bank_attempts,
               coalesce(now_.account_tag <> failed.account_tag, false) AS has_other_account,
               coalesce('repay' = (SELECT x.decision FROM case_decision x JOIN case_decision_answer y USING (province_code, case_no, decision_no)
                                    WHERE x.province_code = c.province_code AND x.case_no = c.case_no AND y.answer = 'approved' ORDER BY x.decision_no DESC LIMIT 1), false) AS is_decided,
               EXISTS (SELECT FROM account_change_now w WHERE w.province_code = c.province_code AND w.case_no = c.case_no AND w.state IN ('proposed', 'approved')) AS is_waiting,
               EXISTS (SELECT FROM run_repayment q WHERE q.province_code = c.province_code AND q.origin_month = c.month AND q.origin_run = c.run_no AND q.line_no = c.line_no AND q.attempt = c.attempt + 1) AS in_draft,
               EXISTS (SELECT FROM recipient x WHERE x.province_code = d.province_code AND x.recipient_id = d.recipient_id AND x.known_to = 'infinity' AND x.death IS NOT NULL) AND d.payee_role IN (1, 2, 6) AS is_dead,
               now_.version AS channel_version, now_.bank_bin, encode(now_.account_tag, 'hex') AS account_tag
          FROM payment_case c
          JOIN run r ON r.province_code = c.province_code AND r.month = c.month AND r.run_no = c.run_no
          JOIN disbursement d ON d.province_code = c.province_code AND d.month = c.month AND d.run_no = c.run_no AND d.line_no = c.line_no
          JOIN attempt a ON a.province_code = c.province_code AND a.month = c.month AND a.run_no = c.run_no AND a.line_no = c.line_no AND a.attempt = c.attempt
          LEFT JOIN payee p ON p.province_code = a.province_code AND p.payee_no = a.payee_no AND p.known_to = 'infinity' AND p.wish = 1
          LEFT JOIN channel now_ ON now_.province_code = p.province_code AND now_.payee_no = p.payee_no AND now_.version = coalesce((
                 SELECT x.version FROM channel x WHERE x.province_code = p.province_code AND x.payee_no = p.payee_no AND x.programme = d.programme AND x.known_to = 'infinity' AND x.valid_from <= @today AND coalesce(x.valid_to, 'infinity') >= @today), p.channel_version)
          LEFT JOIN channel failed ON failed.province_code = a.province_code AND failed.payee_no = a.payee_no AND failed.version = a.channel_version
         WHERE c.province_code = @provinceCode AND c.closed_at IS NULL AND c.kind IN ('rejected', 'returned', 'cancelled', 'deceased') AND (@caseNos::int[] IS NULL OR c.case_no = ANY (@caseNos))
        UNION ALL
        -- What was held by its list and released since (kind held, attempt 0): nothing was ever tried.
        SELECT c.case_no, c.kind, c.reason_code, c.opened_at, c.taken_by, d.commune_id, c.month, c.run_no, r.payer_no, c.line_no, 0::smallint, d.recipient_id, d.programme, d.amount_vnd, l.payee_no,
               true, NOT EXISTS (SELECT FROM attempt n WHERE n.province_code = c.province_code AND n.month = c.month AND n.run_no = c.run_no AND n.line_no = c.line_no), false, 0, true, true, false,
               EXISTS (SELECT FROM run_repayment q WHERE q.province_code = c.province_code AND q.origin_month = c.month AND q.origin_run = c.run_no AND q.line_no = c.line_no AND q.attempt = 1),
               EXISTS (SELECT FROM recipient x WHERE x.province_code = d.province_code AND x.recipient_id = d.recipient_id AND x.known_to = 'infinity' AND x.death IS NOT NULL) AND d.payee_role IN (1, 2, 6),
               now_.version, now_.bank_bin, encode(now_.account_tag, 'hex')
          FROM payment_case c
          JOIN run r ON r.province_code = c.province_code AND r.month = c.month AND r.run_no = c.run_no
          JOIN disbursement d ON d.province_code = c.province_code AND d.month = c.month AND d.run_no = c.run_no AND d.line_no = c.line_no
          JOIN run_hold_release l ON l.province_code = c.province_code AND l.month = c.month AND l.run_no = c.run_no AND l.line_no = c.line_no AND l.after_approval AND l.kind = 1
          LEFT JOIN payee p ON p.province_code = d.province_code AND p.payee_no = l.payee_no AND p.known_to = 'infinity' AND p.wish = 1
          LEFT JOIN channel now_ ON now_.province_code = p.province_code AND now_.payee_no = p.payee_no AND now_.version = coalesce((
                 SELECT x.version FROM channel x WHERE x.province_code = p.province_code AND x.payee_no = p.payee_no AND x.programme = d.programme AND x.known_to = 'infinity' AND x.valid_from <= @today AND coalesce(x.valid_to, 'infinity') >= @today), p.channel_version)
         WHERE c.province_code = @provinceCode AND c.closed_at IS NULL AND c.kind = 'held' AND (@caseNos::int[] IS NULL OR c.case_no = ANY (@caseNos))
         ORDER BY payer_no, origin_month, origin_run, line_no;
        """;

    const string Insert = """
        -- RepaymentStore.Insert
        INSERT INTO run_repayment (province_code, month, run_no, origin_month, origin_run, line_no, attempt, case_no, recipient_id, programme, commune_id, amount_vnd, payee_no, channel_version, route_no)
        SELECT @provinceCode, @month, @runNo, p.* FROM unnest(@originMonths, @originRuns, @lines, @attempts, @cases, @recipients, @programmes, @communes, @amounts, @payees, @channels, @routes) AS p;
        """;

    const string Totals = """
        -- RepaymentStore.Totals: a run that pays again lists nothing.
        INSERT INTO run_total (province_code, month, run_no, content_hash, recipients, disbursements, lines, bank_attempts, cash_attempts, held, listed_vnd, bank_vnd, cash_vnd, held_vnd, arrears_vnd, recouped_vnd,
                               left_to_recoup_vnd, unverified_lines, people_without, expired_rights, without_right, account_without_wish, shared_accounts, approval_levels)
        SELECT @provinceCode, @month, @runNo, @contentHash, count(DISTINCT recipient_id)::int, 0, 0, count(*)::int, 0, 0, 0, sum(amount_vnd)::bigint, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
               greatest(1, (SELECT count(*) FROM unnest(@levelsFrom) AS level (from_vnd) WHERE sum(amount_vnd) >= from_vnd))
          FROM run_repayment WHERE province_code = @provinceCode AND month = @month AND run_no = @runNo;
        INSERT INTO run_programme_total (province_code, month, run_no, programme, recipients, listed_vnd, bank_items, bank_vnd, cash_items, cash_vnd, held_items, held_vnd)
        SELECT @provinceCode, @month, @runNo, programme, count(DISTINCT recipient_id)::int, 0, count(*)::int, sum(amount_vnd)::bigint, 0, 0, 0, 0
          FROM run_repayment WHERE province_code = @provinceCode AND month = @month AND run_no = @runNo GROUP BY programme;
        """;

    const string Rows = """
        -- RepaymentStore.Rows: what an approval binds of each. As JSON, so that no name can be read as two columns and nothing missing is passed over.
        SELECT jsonb_build_array(r.origin_month, r.origin_run, r.line_no, r.attempt, r.recipient_id, r.programme, r.commune_id, r.amount_vnd, r.payee_no, r.channel_version, r.route_no, encode(h.account_tag, 'hex'), h.bank_bin, h.holder_name)::text
          FROM run_repayment r JOIN channel h ON h.province_code = r.province_code AND h.payee_no = r.payee_no AND h.version = r.channel_version
         WHERE r.province_code = @provinceCode AND r.month = @month AND r.run_no = @runNo ORDER BY r.origin_month, r.origin_run, r.line_no;
        """;

    const string Overtaken = """
        -- RepaymentStore.Overtaken: what was settled otherwise since the draft was made.
        SELECT r.case_no FROM run_repayment r JOIN payment_case c ON c.province_code = r.province_code AND c.case_no = r.case_no
         WHERE r.province_code = @provinceCode AND r.month = @month AND r.run_no = @runNo
           AND (c.closed_at IS NOT NULL
                OR EXISTS (SELECT FROM attempt n WHERE n.province_code = r.province_code AND n.month = r.origin_month AND n.run_no = r.origin_run AND n.line_no = r.line_no AND n.attempt >= r.attempt)
                OR EXISTS (SELECT FROM payment_case o WHERE o.province_code = r.province_code AND o.month = r.origin_month AND o.run_no = r.origin_run AND o.line_no = r.line_no AND o.closed_at IS NULL
                              AND o.kind IN ('contradicted', 'paid_twice')))
         ORDER BY r.case_no;
        """;

    const string Issue = """
        -- RepaymentStore.Issue: the next attempts, carried by this run. Refused by the store for one whose last attempt has no proven end.
        INSERT INTO attempt (province_code, month, run_no, line_no, attempt, kind, amount_vnd, payee_no, channel_version, route_no, pay_commune_id, carried_month, carried_run)
        SELECT province_code, origin_month, origin_run, line_no, attempt, 1, amount_vnd, payee_no, channel_version, route_no, commune_id, month, run_no
          FROM run_repayment WHERE province_code = @provinceCode AND month = @month AND run_no = @runNo;
        INSERT INTO moved (run_month, run_no, line_no, programme, commune_id, from_place, to_place, amount_vnd)
        SELECT origin_month, origin_run, line_no, programme, commune_id, CASE WHEN attempt = 1 THEN 2 ELSE 7 END, 3, amount_vnd FROM run_repayment WHERE province_code = @provinceCode AND month = @month AND run_no = @runNo;
        """;

    const string CloseCases = """
        -- RepaymentStore.CloseCases
        INSERT INTO case_event (province_code, case_no, event_no, event, person, at, happened_at, remark, operation_no)
        SELECT r.province_code, r.case_no, 1 + coalesce((SELECT max(e.event_no) FROM case_event e WHERE e.province_code = r.province_code AND e.case_no = r.case_no), 0), 'paid_again', @person, @at, @at,
               'run ' || r.month || '/' || r.run_no, @operationNo
          FROM run_repayment r WHERE r.province_code = @provinceCode AND r.month = @month AND r.run_no = @runNo;
        UPDATE payment_case c SET closed_at = @at, closed_how = 'paid_again'
          FROM run_repayment r
         WHERE r.province_code = @provinceCode AND r.month = @month AND r.run_no = @runNo AND c.province_code = r.province_code AND c.month = r.origin_month AND c.run_no = r.origin_run AND c.line_no = r.line_no
           AND c.closed_at IS NULL AND c.kind IN ('rejected', 'returned', 'cancelled', 'deceased', 'held');
        """;

    const string Carried = """
        -- RepaymentStore.Carried
        SELECT case_no AS CaseNo, origin_month AS OriginMonth, origin_run AS OriginRun, line_no AS LineNo, attempt AS Attempt, recipient_id AS RecipientId, programme AS Programme, commune_id AS CommuneId, amount_vnd AS AmountVnd,
               payee_no AS PayeeNo, channel_version AS ChannelVersion, route_no AS RouteNo
          FROM run_repayment WHERE province_code = @provinceCode AND month = @month AND run_no = @runNo ORDER BY origin_month, origin_run, line_no;
        """;

    /// <summary>Open cases of failed payments, or those of the given numbers among them.</summary>
    public static Task<IReadOnlyList<RepayCandidate>> CandidatesAsync(DatabaseSession session, short provinceCode, IReadOnlyList<int>? cases, LocalDate today, CancellationToken cancel) =>
        session.QueryAsync<RepayCandidate>(Candidates, new { provinceCode, caseNos = cases?.ToArray(), today }, cancel);

    /// <summary>Freezes what a draft carries. Two drafts cannot carry the same payment: the key refuses the second.</summary>
    public static Task InsertAsync(DatabaseSession session, RunId run, IReadOnlyList<Repayment> payments, CancellationToken cancel) => session.ExecuteAsync(Insert, new
    {
        run.ProvinceCode, month = run.Month.Key(), run.RunNo, originMonths = payments.Select(one => one.OriginMonth).ToArray(), originRuns = payments.Select(one => one.OriginRun).ToArray(),
        lines = payments.Select(one => one.LineNo).ToArray(), attempts = payments.Select(one => one.Attempt).ToArray(), cases = payments.Select(one => one.CaseNo).ToArray(),
        recipients = payments.Select(one => one.RecipientId).ToArray(), programmes = payments.Select(one => one.Programme).ToArray(), communes = payments.Select(one => one.CommuneId).ToArray(),
        amounts = payments.Select(one => one.AmountVnd).ToArray(), payees = payments.Select(one => one.PayeeNo).ToArray(), channels = payments.Select(one => one.ChannelVersion).ToArray(),
        routes = payments.Select(one => one.RouteNo).ToArray(),
    }, cancel);

    /// <summary>Ends the plan: totals and the content hash.</summary>
    public static async Task FinishAsync(DatabaseSession session, StoredRun run, RunRules rules, string person, long operationNo, Instant at, CancellationToken cancel)
    {
        var contentHash = await RunSteps.RecomputeHashAsync(session, run, cancel);
        await session.ExecuteAsync(Totals, new { run.ProvinceCode, run.Month, run.RunNo, contentHash, levelsFrom = rules.Approvals.Select(level => level.From.Amount).ToArray() }, cancel);
        await RunSteps.AddAsync(session, run.Id, "planned", null, person, contentHash, null, operationNo, at, cancel);
    }

    /// <summary>What an approval binds of the payments a run carries; null for a run that carries none.</summary>
    public static async Task<byte[]?> DigestAsync(DatabaseSession session, RunId run, CancellationToken cancel) =>
        await session.QueryAsync<string>(Rows, new { run.ProvinceCode, month = run.Month.Key(), run.RunNo }, cancel) is { Count: > 0 } rows
            ? SHA256.HashData(Encoding.UTF8.GetBytes(string.Concat(rows.Select(row => row + "\n")))) : null;

    /// <summary>Cases of a draft that were settled otherwise since it was made, or whose evidence disagrees now.</summary>
    public static Task<IReadOnlyList<int>> OvertakenAsync(DatabaseSession session, RunId run, CancellationToken cancel) =>
        session.QueryAsync<int>(Overtaken, new { run.ProvinceCode, month = run.Month.Key(), run.RunNo }, cancel);

    /// <summary>What approval does: the next attempts stand, their money is ordered again, their cases are over. Inside the approval's transaction, under the lock of the answers.</summary>
    public static async Task IssueAsync(DatabaseSession session, RunId run, string person, Instant at, long operationNo, CancellationToken cancel)
    {
        var key = new { run.ProvinceCode, month = run.Month.Key(), run.RunNo, person, at = at.ToDateTimeUtc(), operationNo };
        await PostingStore.CreateMovedAsync(session, cancel);
        await session.ExecuteAsync(Issue, key, cancel);
        await session.ExecuteAsync(CloseCases, key, cancel);
        // Members are kept: these payments belong to other runs, so the run's own rows cannot give them back.
        await PostingStore.PostAsync(session, run.ProvinceCode, operationNo, keepMembers: true, cancel);
    }

    /// <summary>The payments a run carries, in the order of their ids.</summary>
    public static Task<IReadOnlyList<Repayment>> OfAsync(DatabaseSession session, RunId run, CancellationToken cancel) =>
        session.QueryAsync<Repayment>(Carried, new { run.ProvinceCode, month = run.Month.Key(), run.RunNo }, cancel);
}
