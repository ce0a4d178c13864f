using NodaTime;
using PaymentEngine.Core;
using PaymentEngine.Core.Entitlements;
using PaymentEngine.Core.Law;
using PaymentEngine.Core.Money;
using PaymentEngine.Core.Payments;
using PaymentEngine.Core.Recipients;
using PaymentEngine.App.Operations.Accounts;
using PaymentEngine.Postgres;
using PaymentEngine.Postgres.Accounts;

namespace PaymentEngine.App.Operations;

/// <summary>How a plan judges what it finds.</summary>
/// <param name="Outliers">What is unusual.</param>
/// <param name="Crowded">Tags of accounts that serve too many people.</param>
/// <param name="HoldsDueOn">Until when somebody decides about what is held.</param>
/// <param name="UnfitAccounts">Accounts that cannot be ones of their bank, by number of the right and version of its channel.</param>
/// <param name="ReportedDead">Whom banks have called dead, in cases that are still open.</param>
sealed record PlanJudgement(OutlierRules Outliers, IReadOnlySet<string> Crowded, LocalDate HoldsDueOn, IReadOnlySet<(int PayeeNo, int Version)> UnfitAccounts, ReportedDeaths ReportedDead)
{
    /// <summary>Accounts among people who have nothing to do with each other, by recipient.</summary>
    public ILookup<int, string> AmongStrangers { get; init; } = Array.Empty<(int, string)>().ToLookup(one => one.Item1, one => one.Item2);

    /// <summary>A bank has spoken of accounts, or somebody has set flags: each partition asks what stands on those of its people.</summary>
    public bool AsksAccounts { get; init; }

    /// <summary>NAPAS numbers of banks that hold no accounts of people on the first day of payment.</summary>
    public required IReadOnlySet<string> BanksGone { get; init; }

    /// <summary>Rights are read as they stand: nothing is known of any account.</summary>
    public bool TakesRightsAsTheyAre => UnfitAccounts.Count == 0 && BanksGone.Count == 0 && !AsksAccounts;
}

/// <summary>The work of one plan, partition by partition: read its people, ask Core what is due and how it is paid, write the rows. One partition is in memory at a time.</summary>
sealed class RunPlanning
{
    readonly DatabaseSession session;
    readonly StoredRun run;
    readonly LawBook law;
    readonly RunPeople people;
    readonly RegisterReader reader;
    readonly PartitionWriter writer;
    readonly IReadOnlyList<LocalStandard> local;
    readonly RouteTable routes;
    readonly Dictionary<(YearMonth Month, string Province), MonthLaw> compiled = [];
    readonly HashSet<Programme> programmes;
    readonly YearMonth month;
    readonly PlanJudgement judgement;
    readonly KernelTally? tally;
    readonly KernelProof? proof;

    RunPlanning(DatabaseSession session, StoredRun run, LawBook law, RunPeople people, RegisterReader reader, IReadOnlyList<LocalStandard> local, RouteTable routes, PlanJudgement judgement, KernelTally? tally)
    {
        (this.session, this.run, this.law, this.people, this.reader, this.local, this.routes, this.judgement) = (session, run, law, people, reader, local, routes, judgement);
        writer = new PartitionWriter(session, run.Id);
        programmes = [.. run.Programmes.Select(number => (Programme)number)];
        month = Months.FromKey(run.Month);
        this.tally = tally;
        // A list before the months that count is settled: there is nothing to compare.
        if (tally is not null && Months.FromKey(run.CountsFrom) <= month)
            proof = new KernelProof(DenseLaw.Compile(Months.FromKey(run.CountsFrom), month, ofMonth => LawOf(ofMonth, OwnProvince)));
    }

    string OwnProvince => run.ProvinceCode.ToString("00", System.Globalization.CultureInfo.InvariantCulture);

    /// <summary>Prepares a session for the work: what the whole run shares.</summary>
    /// <param name="session">The lane's own session.</param>
    /// <param name="run">A draft.</param>
    /// <param name="law">The law of the run.</param>
    /// <param name="people">The people of the run, gathered for all lanes.</param>
    /// <param name="judgement">What the plan holds.</param>
    /// <param name="tally">When given, every person is computed by the kernel too; a difference stops the plan.</param>
    /// <param name="cancel">Cancels the reading.</param>
    public static async Task<RunPlanning> OpenAsync(DatabaseSession session, StoredRun run, LawBook law, RunPeople people, PlanJudgement judgement, KernelTally? tally, CancellationToken cancel)
    {
        var reader = new RegisterReader(session, run.ProvinceCode, run.KnownAt);
        return new RunPlanning(session, run, law, people, reader, await reader.LocalStandardsAsync(cancel), await PayerRoutes.OfRunAsync(session, run, cancel), judgement, tally);
    }

    /// <summary>Takes the next partition and does it: claim, work and done are one transaction, so a process that dies leaves the partition as it was.</summary>
    /// <returns>The people of the partition, or null when none is left to take.</returns>
    public async Task<int?> NextAsync(Instant at, CancellationToken cancel)
    {
        var people = await session.InTransactionAsync(async () =>
        {
            if (await RunStore.ClaimPartitionAsync(session, run.Id, cancel) is not { } partition) return (int?)null;
            await WorkAsync(partition, at, cancel);
            return partition.People;
        }, cancel: cancel);
        writer.Committed();
        return people;
    }

    async Task WorkAsync(RunPartition partition, Instant at, CancellationToken cancel)
    {
        var members = people.Of(partition);
        if (members.Count != partition.People)
            throw new InvalidOperationException($"Partition {partition.PartitionNo} of {run.Id} was frozen with {partition.People} people and has {members.Count}.");
        var slice = await reader.ReadAsync([.. members.Select(member => member.RecipientId)], cancel);
        var claimed = (await ClaimStore.OpenOfPeopleAsync(session, run.ProvinceCode, [.. members.Select(member => member.RecipientId)], cancel)).ToLookup(claim => claim.RecipientId);
        var computed = new List<(RegisterEntry Entry, PlanPerson Person, PersonMonthList List)>(members.Count);
        var leftToRecoupVnd = 0L;
        var standings = judgement.AsksAccounts ? AccountStandings.ByAccount(await AccountCheckStore.StandingsAsync(session, run.ProvinceCode, [.. members.Select(member => member.RecipientId)], run.KnownAt, (run.ExecutionFrom, run.ExecutionTo), cancel)) : AccountStandings.None;
        foreach (var ((communeId, recipientId, listedThrough), entry) in members.Zip(slice.Entries))
        {
            if (recipientId != entry.RecipientId) throw new InvalidOperationException($"Recipient {recipientId} of {run.Id} is not in the register as it was known.");
            var list = OfKind(ListOf(entry, listedThrough ?? (RunKinds.IsOffCycle(run.Kind) ? run.Month : run.PreviousMonth), slice.Others));
            leftToRecoupVnd += list.LeftToRecoup.Amount;
            computed.Add((entry, new PlanPerson(recipientId, communeId, entry.Death <= run.LawKnownOn, [.. list.Lines.Where(line => programmes.Contains(line.Programme))], judgement.TakesRightsAsTheyAre ? entry.Rights : Looked(entry.Rights, standings), NothingBefore) { AccountsAmongStrangers = judgement.AmongStrangers[recipientId] is var tags && tags.Any() ? tags.ToHashSet(StringComparer.Ordinal) : NoTags, IsContradicted = IsContradicted(entry.Person, month, run.LawKnownOn, programmes), ReportedDead = judgement.ReportedDead }, list));
        }

        if (proof is not null) tally!.Compare(proof, computed.Count);
        var disbursements = computed.ConvertAll(one => RunPlan.For(one.Person, month, routes, judgement.Outliers, judgement.Crowded));
        await CompareHighSumsAsync(computed, disbursements, cancel);
        var planned = computed.Select((one, at) => new PlannedPerson(one.Person.RecipientId, disbursements[at], [.. one.List.NextListed.Where(next => IsOurs(one.Entry, next.AwardId))])
        {
            Claims = ClaimsOf(one.Entry, one.Person, one.List, claimed[one.Person.RecipientId].Where(claim => programmes.Contains((Programme)claim.Programme)).Select(claim => (claim.AwardId, claim.Component, (ClaimCause)claim.Cause, (Programme)claim.Programme))),
        }).ToList();
        await writer.WriteAsync(partition, planned, slice.AwardNumbers, Summary(disbursements, leftToRecoupVnd, planned.Sum(one => one.Claims.Count)), at, judgement.HoldsDueOn, cancel);
    }

    /// <summary>The rights with what is known of their accounts: patterns and days of the banks, words of the banks, flags.</summary>
    List<PayeeRight> Looked(IEnumerable<PayeeRight> rights, IReadOnlyDictionary<(int PayeeNo, int Version), AccountStanding> standings) =>
        [.. rights.Select(right => right with
        {
            Account = right.Account is { } account ? Looked(right.PayeeNo, account, standings) : null,
            Primaries = right.Primaries.Count == 0 ? right.Primaries : [.. right.Primaries.Select(one => one with { Account = Looked(right.PayeeNo, one.Account, standings) })],
        })];

    PayoutAccount Looked(int payeeNo, PayoutAccount account, IReadOnlyDictionary<(int PayeeNo, int Version), AccountStanding> standings) =>
        AccountStandings.On(account, payeeNo, standings) with { FitsItsBank = !judgement.UnfitAccounts.Contains((payeeNo, account.Version)) && !judgement.BanksGone.Contains(account.BankBin) };

    /// <summary>Last month's sums are asked only for people whose sum is high enough to be an outlier: a handful in a province.</summary>
    async Task CompareHighSumsAsync(List<(RegisterEntry Entry, PlanPerson Person, PersonMonthList List)> computed, List<IReadOnlyList<PlannedDisbursement>> disbursements, CancellationToken cancel)
    {
        if (run is not { PreviousMonth: { } previousMonth, PreviousRun: { } previousRun }) return;
        var high = Enumerable.Range(0, computed.Count).Where(at => disbursements[at].Any(one => one.Amount > judgement.Outliers.JumpFrom)).ToList();
        if (high.Count == 0) return;
        var before = (await RunStore.ListedBeforeAsync(session, new RunId(run.ProvinceCode, Months.FromKey(previousMonth), previousRun), [.. high.Select(at => computed[at].Person.RecipientId)], cancel))
            .ToLookup(row => row.RecipientId);
        foreach (var at in high)
        {
            var person = computed[at].Person with { LastMonth = before[computed[at].Person.RecipientId].ToDictionary(row => (Programme)row.Programme, row => new Vnd(row.SumVnd)) };
            disbursements[at] = RunPlan.For(person, month, routes, judgement.Outliers, judgement.Crowded);
        }
    }

    PersonMonthList ListOf(RegisterEntry entry, int? listedThrough, IReadOnlyDictionary<string, RegisterPerson> others)
    {
        var through = listedThrough is { } key ? Months.FromKey(key) : (YearMonth?)null;
        List<ListedComponent> listed = [.. entry.Listed.Where(one => IsOurs(entry, one.AwardId))];
        var list = MonthList.For(entry.Person, month, Months.FromKey(run.CountsFrom), through,
            ofMonth => LawOf(ofMonth, FactsOfMonth.Of(entry.Person, ofMonth, run.LawKnownOn)?.ProvinceCode ?? OwnProvince), listed, others.GetValueOrDefault, entry.Recoupments);
        proof?.Add(entry.Person, through, listed, others.GetValueOrDefault, list);
        return list;
    }

    /// <summary>A one-off run lists one-time benefits alone; whatever else is due or too much waits for the month's list, and the memory of it does not move.</summary>
    PersonMonthList OfKind(PersonMonthList list)
    {
        if (run.Kind != RunKinds.OneOff) return list;
        var alone = list.Lines.GroupBy(line => (line.AwardId, line.Component)).Where(lines => lines.All(line => line.Kind == LineKind.OneOff)).Select(lines => lines.Key).ToHashSet();
        return list with { Lines = [.. list.Lines.Where(line => alone.Contains((line.AwardId, line.Component)))], NextListed = [.. list.NextListed.Where(next => alone.Contains((next.AwardId, next.Component)))], LeftToRecoup = Vnd.Zero, Outstanding = [] };
    }

    /// <summary>What the list leaves to be taken back, and of the claims that earlier lists left, those that are not outstanding any more.</summary>
    List<PlannedClaim> ClaimsOf(RegisterEntry entry, PlanPerson person, PersonMonthList list, IEnumerable<(string AwardId, string Component, ClaimCause Cause, Programme Programme)> before)
    {
        if (run.Kind == RunKinds.OneOff) return [];
        var found = RecoveryClaims.Of(list, entry.Listed, FactsOfMonth.DeathOf(entry.Person, run.LawKnownOn));
        List<PlannedClaim> claims = [.. found.Select(claim => new PlannedClaim(entry.RecipientId, person.CommuneId, claim))];
        foreach (var (awardId, component, cause, programme) in before)
        {
            if (found.Any(claim => claim.AwardId == awardId && claim.Component == component && claim.Cause == cause)) continue;
            // An award that is no longer in the register: nobody can say that the claim has gone, so it stays.
            if (!IsOurs(entry, awardId)) continue;
            var version = entry.Listed.FirstOrDefault(one => one.AwardId == awardId && one.Component == component)?.Version ?? 0;
            claims.Add(new PlannedClaim(entry.RecipientId, person.CommuneId, new RecoveryClaim(awardId, programme, component, cause, [], version, null)));
        }

        return claims;
    }

    /// <summary>Facts that cannot be true together in the list month. The register refuses them when they come in; what was there before is held.</summary>
    internal static bool IsContradicted(RegisterPerson person, YearMonth month, LocalDate knownOn, IReadOnlySet<Programme> programmes)
    {
        var facts = person.Facts.Count == 0 ? null : person.Facts[^1];
        if (facts is null) return false;
        foreach (var row in person.Awards)
        {
            if (programmes.Contains(row.Programme) && Contradictions.AreSuspect(row, facts.Sex == Sex.Male, person.Facts.Any(one => one.InFacility == true), person.Facts.Max(one => Contradictions.EarliestBirthIndex(one.Birth))))
                return Contradictions.Of(person, month, month, knownOn).Any(found => programmes.Contains(found.Award.Programme));
        }

        return false;
    }

    /// <summary>The memory of other payers' programmes is theirs: this run neither compares with it nor moves it on.</summary>
    bool IsOurs(RegisterEntry entry, string awardId)
    {
        foreach (var award in entry.Person.Awards)
        {
            if (award.AwardId == awardId) return programmes.Contains(award.Programme);
        }

        return false;
    }

    MonthLaw LawOf(YearMonth ofMonth, string province)
    {
        if (compiled.TryGetValue((ofMonth, province), out var known)) return known;
        return compiled[(ofMonth, province)] = law.Compile(ofMonth, run.LawKnownOn, province, local);
    }

    static PartitionSummary Summary(List<IReadOnlyList<PlannedDisbursement>> disbursements, long leftToRecoupVnd, int claims)
    {
        var (without, expired, noRight, noWish) = (0, 0, 0, 0);
        foreach (var ofPerson in disbursements)
        {
            if (ofPerson.Count == 0) without++;
            foreach (var disbursement in ofPerson)
            {
                if (disbursement.Findings.HasFlag(PlanFindings.ExpiredRight)) expired++;
                if (disbursement.Findings.HasFlag(PlanFindings.NoRight)) noRight++;
                if (disbursement.Findings.HasFlag(PlanFindings.AccountWithoutWish)) noWish++;
            }
        }

        return new PartitionSummary(disbursements.Count, without, leftToRecoupVnd, expired, noRight, noWish, claims);
    }

    static readonly IReadOnlySet<string> NoTags = new HashSet<string>();
    static readonly IReadOnlyDictionary<Programme, Vnd> NothingBefore = new Dictionary<Programme, Vnd>();
}
