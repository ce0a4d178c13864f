using NodaTime;
using PaymentEngine.Core;
using PaymentEngine.Core.Payments;
using PaymentEngine.Core.Recipients;
using PaymentEngine.Core.Recipients.Accounts;

namespace PaymentEngine.Postgres.Accounts;

/// <summary>The accounts among which the people of a run are paid: those that serve many, and those among strangers (F25, F26).</summary>
public static class RunAccounts
{
    // Asked in two steps: accounts that many share are a handful in a province, and only for those it matters who else is paid there.
    const string SharedAccounts = """
        -- RunAccounts.Shared: accounts of people of the run that serve more people than the rules let pass, of this run or not, by any version of a right; a facility's (role 7) serves those who live there.
        WITH mine AS (
            SELECT DISTINCT c.account_tag
              FROM plan_people x
              JOIN payee p USING (recipient_id)
              JOIN channel c ON c.province_code = p.province_code AND c.payee_no = p.payee_no AND c.version = p.channel_version
             WHERE p.province_code = @provinceCode AND p.known_from <= @knownAt AND p.known_to > @knownAt AND p.role <> 7
            UNION
            SELECT c.account_tag FROM channel c JOIN payee p ON p.province_code = c.province_code AND p.payee_no = c.payee_no AND p.version = 1 JOIN plan_people x USING (recipient_id)
             WHERE c.province_code = @provinceCode AND c.programme IS NOT NULL AND c.known_from <= @knownAt AND c.known_to > @knownAt AND p.role <> 7
        ), holders AS (
            SELECT DISTINCT c.account_tag, c.payee_no FROM channel c JOIN mine USING (account_tag) WHERE c.province_code = @provinceCode
        )
        SELECT encode(h.account_tag, 'hex') FROM holders h JOIN payee p ON p.province_code = @provinceCode AND p.payee_no = h.payee_no AND p.role <> 7
         GROUP BY h.account_tag HAVING count(DISTINCT p.recipient_id) > @most;
        """;

    const string CrowdedAccounts = """
        -- RunAccounts.Crowded: of the shared accounts those that this run, and every other run of the month that stands, draft or approved, of whatever kind and payer, would pay for too many people together.
        SELECT encode(account_tag, 'hex')
          FROM (SELECT c.account_tag, p.recipient_id
                  FROM plan_people x
                  JOIN payee p USING (recipient_id)
                  JOIN channel c ON c.province_code = p.province_code AND c.payee_no = p.payee_no AND c.version = p.channel_version
                 WHERE p.province_code = @provinceCode AND p.known_from <= @knownAt AND p.known_to > @knownAt AND p.role <> 7 AND c.account_tag IN (SELECT decode(tag, 'hex') FROM unnest(@shared) AS tag)
                UNION
                -- By a primary account of one programme; few rights have one.
                SELECT c.account_tag, p.recipient_id
                  FROM channel c JOIN payee p ON p.province_code = c.province_code AND p.payee_no = c.payee_no AND p.version = 1 JOIN plan_people x USING (recipient_id)
                 WHERE c.province_code = @provinceCode AND c.programme IS NOT NULL AND c.known_from <= @knownAt AND c.known_to > @knownAt AND p.role <> 7 AND c.account_tag IN (SELECT decode(tag, 'hex') FROM unnest(@shared) AS tag)
                UNION
                -- What another run lists for an account, held or not.
                SELECT c.account_tag, d.recipient_id
                  FROM channel c
                  JOIN payee p ON p.province_code = c.province_code AND p.payee_no = c.payee_no AND p.channel_version = c.version AND p.wish = 1 AND p.role <> 7
                  JOIN disbursement d ON d.province_code = p.province_code AND d.month = @month AND d.recipient_id = p.recipient_id AND d.payee_no = p.payee_no AND d.payee_version = p.version AND d.run_no <> @runNo
                 WHERE c.province_code = @provinceCode AND c.account_tag IN (SELECT decode(tag, 'hex') FROM unnest(@shared) AS tag) AND d.amount_vnd > 0
                   AND EXISTS (SELECT FROM run_programme g WHERE g.province_code = d.province_code AND g.month = d.month AND g.run_no = d.run_no AND NOT g.voided)
                UNION
                -- What is paid again this month: regularisation runs, whatever month the sum is of.
                SELECT c.account_tag, r.recipient_id
                  FROM channel c JOIN run_repayment r ON r.province_code = c.province_code AND r.month = @month AND r.payee_no = c.payee_no AND r.channel_version = c.version
                 WHERE c.province_code = @provinceCode AND c.account_tag IN (SELECT decode(tag, 'hex') FROM unnest(@shared) AS tag)) served
         GROUP BY account_tag HAVING count(DISTINCT recipient_id) > @most;
        """;

    const string SharesOfAccounts = """
        -- RunAccounts.Shares: everybody whose money these accounts take in a month, by what was known then. Who takes it is a person by number where the register has them; a merged record counts as the one that was kept.
        SELECT encode(c.account_tag, 'hex') AS tag, p.recipient_id, p.role, CASE WHEN p.role = 1 THEN p.recipient_id ELSE coalesce(m.kept_id, t.recipient_id) END AS taker_id, p.payee_name AS taker_name,
               coalesce(p.basis, p.basis_no, '') <> '' AS has_basis, f.household_id, c.holder_name AS holder
          FROM channel c
          JOIN payee p ON p.province_code = c.province_code AND p.payee_no = c.payee_no AND (p.channel_version = c.version OR c.programme IS NOT NULL)
          LEFT JOIN recipient t ON t.province_code = p.province_code AND t.person_id = p.payee_ref AND t.version = 1
          LEFT JOIN duplicate_decision m ON m.province_code = t.province_code AND m.merged_id = t.recipient_id AND m.is_same
          LEFT JOIN LATERAL (SELECT d.household_id FROM dated_fact d WHERE d.province_code = p.province_code AND d.recipient_id = p.recipient_id AND d.known_from <= @knownAt AND d.known_to > @knownAt ORDER BY d.facts_from DESC, d.version DESC LIMIT 1) f ON true
         WHERE c.province_code = @provinceCode AND c.account_tag IN (SELECT decode(tag, 'hex') FROM unnest(@shared) AS tag) AND c.known_from <= @knownAt AND (c.programme IS NULL OR c.known_to > @knownAt)
           AND p.known_from <= @knownAt AND p.known_to > @knownAt AND p.wish = 1 AND p.role <> 7 AND (p.channel <> 4 OR c.programme IS NOT NULL)
           AND coalesce(p.valid_from, '-infinity') <= @monthTo AND coalesce(p.valid_to, 'infinity') >= @monthFrom
           AND NOT EXISTS (SELECT FROM recipient r WHERE r.province_code = p.province_code AND r.recipient_id = p.recipient_id AND r.known_from <= @knownAt AND r.known_to > @knownAt AND r.death < @monthFrom)
           AND NOT EXISTS (SELECT FROM duplicate_decision z WHERE z.province_code = p.province_code AND z.merged_id = p.recipient_id AND z.is_same);
        """;

    /// <summary>Of a plan's people: tags of accounts that would serve more than the rules let pass, and whose money goes to an account among people they have nothing to do with. The accounts that several share are looked up once for both.
    /// In the session that has just gathered the run's people (<see cref="RunStore.GatherPeopleAsync"/>).</summary>
    public static async Task<(IReadOnlySet<string> Crowded, IReadOnlySet<(string Tag, int RecipientId)> Unrelated)> SharedAccountsAsync(DatabaseSession session, StoredRun run, OutlierRules rules, CancellationToken cancel = default)
    {
        var shared = await SharedAsync(session, run.ProvinceCode, run.KnownAt, Math.Min(rules.SharedAccountMax, rules.UnrelatedAccountFrom - 1), cancel);
        if (shared.Count == 0) return (new HashSet<string>(), new HashSet<(string, int)>());
        var month = Months.FromKey(run.Month);
        var shares = await session.QueryAsync<ShareRow>(SharesOfAccounts, new { run.ProvinceCode, run.KnownAt, shared = shared.ToArray(), monthFrom = month.OnDayOfMonth(1), monthTo = month.OnDayOfMonth(1).PlusMonths(1).PlusDays(-1) }, cancel);
        return (await CrowdedAsync(session, run.ProvinceCode, run.Month, run.RunNo, run.KnownAt, rules.SharedAccountMax, shared, cancel), AccountSharing.Unrelated(shares.Select(share => share.Share), rules.UnrelatedAccountFrom));
    }

    /// <summary>Tags of accounts that would serve more than <paramref name="most"/> people, if these were paid again in a run of the month: they and those whom the runs of the month pay there.</summary>
    public static async Task<IReadOnlySet<string>> CrowdedAccountsAsync(DatabaseSession session, short provinceCode, YearMonth month, IEnumerable<int> recipients, Instant knownAt, int most, CancellationToken cancel = default)
    {
        await RunStore.GatherSomePeopleAsync(session, recipients, cancel);
        return await CrowdedAsync(session, provinceCode, month.Key(), 0, knownAt, most, await SharedAsync(session, provinceCode, knownAt, most, cancel), cancel);
    }

    static Task<IReadOnlyList<string>> SharedAsync(DatabaseSession session, short provinceCode, Instant knownAt, int most, CancellationToken cancel) =>
        session.QueryAsync<string>(SharedAccounts, new { provinceCode, knownAt, most }, cancel);

    static async Task<IReadOnlySet<string>> CrowdedAsync(DatabaseSession session, short provinceCode, int month, int runNo, Instant knownAt, int most, IReadOnlyList<string> shared, CancellationToken cancel) => shared.Count == 0 ? new HashSet<string>()
        : (await session.QueryAsync<string>(CrowdedAccounts, new { provinceCode, knownAt, month, runNo, most, shared = shared.ToArray() }, cancel)).ToHashSet(StringComparer.Ordinal);

    sealed record ShareRow
    {
        public string Tag { get; init; } = "";
        public int RecipientId { get; init; }
        public short Role { get; init; }
        public int? TakerId { get; init; }
        public string TakerName { get; init; } = "";
        public bool HasBasis { get; init; }
        public string? HouseholdId { get; init; }
        public string Holder { get; init; } = "";

        public AccountShare Share => new(Tag, RecipientId, (PayeeRole)Role, TakerId, TakerName, HasBasis, HouseholdId, Holder);
    }
}
