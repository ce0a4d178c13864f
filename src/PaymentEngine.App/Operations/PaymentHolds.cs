using System.Globalization;
using NodaTime;
using PaymentEngine.App.CommandLine;
using PaymentEngine.App.Keys;
using PaymentEngine.Core;
using PaymentEngine.Core.Money;
using PaymentEngine.Core.Payments;
using PaymentEngine.Core.Recipients;
using PaymentEngine.Core.Reconciliation;
using PaymentEngine.Messages;
using PaymentEngine.App.Operations.Accounts;
using PaymentEngine.Postgres;
using PaymentEngine.Postgres.Accounts;
using PaymentEngine.Postgres.Cash;

namespace PaymentEngine.App.Operations;

/// <summary>What a run holds, after a step.</summary>
/// <param name="Holds">Of the person asked about, or of the whole run; released ones too.</param>
/// <param name="IsNew">False when nothing was changed now.</param>
/// <param name="IsRedrawn">The draft has another content now: who submitted or approved it before did so for the old one.</param>
public sealed record HoldsView(StoredRun Run, RunTotal? Total, RunRules Rules, IReadOnlyList<StoredHold> Holds, bool IsNew = false, bool IsRedrawn = false)
{
    public RunId Id => Run.Id;
}

/// <summary>One person of a run is held with a reason, and the rest goes on (F62); what is held is released by a person, or by two where the rules say so.</summary>
public sealed class PaymentHolds(Database database, IClock clock, BankingCalendar calendar)
{
    static readonly Offset VietNam = Offset.FromHours(7);

    /// <summary>Opens the accounts of payees, where a bank's profile says what its account numbers look like. Needed only then.</summary>
    public Func<Result<KeyFolder>>? Keys { get; init; }

    /// <summary>What a run holds: everything, or by some reasons only.</summary>
    public async Task<Result<HoldsView>> ListAsync(Caller caller, RunId run, IReadOnlyList<string>? reasons = null, CancellationToken cancel = default)
    {
        await using var session = await database.RunOfPayerAsync(caller.Scope, cancel);
        var found = await PaymentRuns.FindAsync(session, caller, run, cancel);
        if (!found.TryGet(out var stored)) return Result<HoldsView>.Refuse(found.Problems);
        var holds = await HoldStore.OfAsync(session, stored, cancel: cancel);
        return new HoldsView(stored, await RunSteps.TotalAsync(session, run, cancel), await RunRuleVersions.OfRunAsync(session, stored, cancel),
            reasons is null ? holds : [.. holds.Where(hold => reasons.Contains(hold.Reason))]);
    }

    /// <summary>Holds what a draft would pay a person. The draft gets another hash; a submission or an approval of the old content is void with it.</summary>
    /// <param name="caller">A maker or an approver; who holds has changed the run and cannot approve it.</param>
    /// <param name="run">A run that is not approved.</param>
    /// <param name="personId">Code of the recipient.</param>
    /// <param name="programme">One programme; null: all of the run.</param>
    /// <param name="reason">Why; it is kept and printed.</param>
    /// <param name="cancel">Cancels before the commit.</param>
    public Task<Result<HoldsView>> HoldAsync(Caller caller, RunId run, string personId, Programme? programme, string reason, CancellationToken cancel = default) =>
        string.IsNullOrWhiteSpace(reason)
            ? Task.FromResult<Result<HoldsView>>(new Problem("usage.reason_missing", "A person is held with a reason.", "Say why: --reason \"…\"."))
            : StepAsync(caller, [Role.Maker, Role.Approver], run, personId, programme, async (session, stored, rules, holds) =>
            {
                if (IsApproved(stored))
                    return new Problem("not_allowed.run_approved", $"Run {run} is {stored.Step}: what it lists stands.", "Stop the payment instead: payengine run cancel before the bank takes the file, payengine recall after it.");
                if (stored.ContentHash is null) return new Problem("not_allowed.state", $"Run {run} is still being planned.", $"Wait until the plan has ended: payengine run show {run}.");
                var lines = await HoldStore.PayableAsync(session, stored, personId, (short?)programme, cancel);
                if (lines.Count == 0)
                {
                    return holds.Any(hold => hold.ReleasedBy is null) ? false
                        : new Problem("run.person_not_paid", $"Run {run} pays {personId} nothing{(programme is null ? "" : $" of {programme.Value.ToString().ToUpperInvariant()}")}.", $"Look the code up in the list: payengine run diff {run} --out F.csv.");
                }

                if (await TouchedAsync(session, stored, lines, cancel) is { } touched) return touched;
                await OperateAsync(session, caller, stored, $"run.hold {run} {personId} {Steps(stored, holds)}", "run.hold", async (at, operationNo) =>
                {
                    await HoldStore.HoldAsync(session, stored, [.. lines], (caller.UserName, reason.Trim(), at, operationNo), calendar.Plus(at.WithOffset(VietNam).Date, rules.HoldDays), cancel);
                    return await RunSteps.RedrawAsync(session, stored, rules, Partitions(lines), (caller.UserName, $"{personId}: {reason.Trim()}", at, operationNo), cancel);
                }, new { run = run.ToString(), person = personId, lines, reason = reason.Trim() }, cancel);
                return true;
            }, cancel);

    /// <summary>Releases what is held of a person. In a draft the next approval is the second person's. After approval the sum goes as the register says then, in cash, or back to the budget; the
    /// second person is asked first where the rules say so, where the list had no way to pay, and where another way or payee than the register's is chosen.</summary>
    /// <param name="caller">A maker.</param>
    /// <param name="run">The run that holds.</param>
    /// <param name="personId">Code of the recipient.</param>
    /// <param name="programme">One programme; null: all of the run.</param>
    /// <param name="reason">Why; it is kept and printed.</param>
    /// <param name="way">Where the sum is to go; of a draft only <see cref="HoldWay.AsDue"/>.</param>
    /// <param name="payeeNo">The payee people have decided for; null: the one the register's rules choose.</param>
    /// <param name="cancel">Cancels before the commit.</param>
    public Task<Result<HoldsView>> ReleaseAsync(Caller caller, RunId run, string personId, Programme? programme, string reason, HoldWay way = HoldWay.AsDue, int? payeeNo = null, CancellationToken cancel = default) =>
        string.IsNullOrWhiteSpace(reason)
            ? Task.FromResult<Result<HoldsView>>(new Problem("usage.reason_missing", "A hold is released with a reason.", "Say why: --reason \"…\"."))
            : payeeNo is not null && way == HoldWay.GiveBack
            ? Task.FromResult<Result<HoldsView>>(new Problem("usage.one_way", "A sum goes to a payee or back to the budget.", "Give --payee N or --give-back."))
            : StepAsync(caller, [Role.Maker], run, personId, programme, async (session, stored, rules, holds) =>
            {
                if (IsApproved(stored)) return await AskAsync(session, caller, stored, rules, holds, personId, reason.Trim(), way, payeeNo, cancel);
                if (way != HoldWay.AsDue || payeeNo is not null)
                    return new Problem("not_allowed.draft_way", $"Run {run} is not approved: what it pays, and to whom, is what its plan says.", $"Correct the register and plan again; or hold the person, and decide once the list is approved.");
                var standing = Standing(holds).ToList();
                if (standing.Count == 0) return NotHeld(run, personId, holds);
                if (Unreleasable(standing) is { } unpayable) return unpayable;
                var lines = standing.Select(hold => hold.LineNo).ToList();
                if (await TouchedAsync(session, stored, lines, cancel) is { } touched) return touched;
                var released = standing.ConvertAll(hold => new HoldToRelease(hold, (short)(hold.RequestNo + 1)));
                await OperateAsync(session, caller, stored, $"run.release {run} {personId} {Steps(stored, holds)}", "run.release", async (at, operationNo) =>
                {
                    await HoldStore.AskAsync(session, stored, released, HoldWay.AsDue, null, (caller.UserName, reason.Trim(), at, operationNo), cancel);
                    await HoldStore.ReleaseInDraftAsync(session, stored, released, (caller.UserName, at, operationNo), cancel);
                    return await RunSteps.RedrawAsync(session, stored, rules, Partitions(lines), (caller.UserName, $"{personId}: {reason.Trim()}", at, operationNo), cancel);
                }, new { run = run.ToString(), person = personId, lines, reason = reason.Trim() }, cancel);
                return true;
            }, cancel);

    /// <summary>Asks that sums of an approved list go, and releases at once what one person may.</summary>
    async Task<Result<bool>> AskAsync(DatabaseSession session, Caller caller, StoredRun run, RunRules rules, IReadOnlyList<StoredHold> holds, string personId, string reason, HoldWay way, int? payeeNo, CancellationToken cancel)
    {
        await FactStore.LockAsync(session, run.ProvinceCode, cancel);
        // What was released to go by account and waits may still go another way.
        var targets = Latest(holds).Where(hold => hold.ReleasedBy is null || (hold.IsOpen && way != HoldWay.AsDue)).ToList();
        if (targets.Count == 0) return NotHeld(run.Id, personId, holds);
        var fresh = targets.Where(hold => !(hold.IsAsked && (hold.AskedWay, hold.AskedPayee) == ((short)way, payeeNo))).ToList();
        if (fresh.Count == 0) return false;
        var roads = await RoadsAsync(session, run, fresh, way, payeeNo, cancel);
        if (!roads.TryGet(out var found)) return Result<bool>.Refuse(roads.Problems);
        var asked = found.ConvertAll(one => one with { RequestNo = (short)(one.Hold.RequestNo + 1) });
        var alone = asked.Where(one => way == HoldWay.AsDue && payeeNo is null && one.Hold is { Kind: not null, ReleasedBy: null } && !rules.ReleasedByTwo.Contains(one.Hold.Reason)).ToList();
        await OperateAsync(session, caller, run, $"run.release {run.Id} {personId} {Steps(run, holds)}", "run.release", async (at, operationNo) =>
        {
            await HoldStore.AskAsync(session, run, asked, way, payeeNo, (caller.UserName, reason, at, operationNo), cancel);
            if (alone.Count > 0) await HoldStore.ReleaseListedAsync(session, run, alone, isRedirect: false, twoPeople: false, "released", NextDesk(at), (caller.UserName, at, operationNo), cancel);
            return null;
        }, new { run = run.Id.ToString(), person = personId, lines = asked.Select(one => one.Hold.LineNo), way = Code(way), payee = payeeNo, reason, released = alone.Count, asked = asked.Count - alone.Count }, cancel);
        return true;
    }

    /// <summary>The second person's yes to a release that was asked for after approval. The register is asked again: what it does not allow any more is refused.</summary>
    /// <param name="caller">An approver who did not ask.</param>
    /// <param name="run">The run that holds.</param>
    /// <param name="personId">Code of the recipient.</param>
    /// <param name="programme">One programme; null: all of the run.</param>
    /// <param name="decision">Number and day of the decision that a sum goes back to the budget; otherwise not needed.</param>
    /// <param name="cancel">Cancels before the commit.</param>
    public Task<Result<HoldsView>> ApproveReleaseAsync(Caller caller, RunId run, string personId, Programme? programme, string? decision = null, CancellationToken cancel = default) =>
        StepAsync(caller, [Role.Approver], run, personId, programme, async (session, stored, rules, holds) =>
        {
            var asked = Latest(holds).Where(hold => hold.IsAsked).ToList();
            if (asked.Count == 0)
            {
                return holds.Any(hold => hold.ReleasedBy == caller.UserName || hold.RedirectedBy == caller.UserName) ? false
                    : new Problem("not_allowed.release_not_asked", $"Nobody has asked to release {personId} of run {run}.", $"A maker asks: payengine run release-hold {run} --person {personId} --reason ….");
            }

            if (caller.LacksProof(clock.GetCurrentInstant()) is { } unproven) return unproven;
            if (asked.Any(hold => hold.AskedBy == caller.UserName))
                return new Problem("not_allowed.own_release", $"{caller.UserName} asked for this release and cannot approve it.", "A colleague who had no part in it approves.");
            var named = decision?.Trim() ?? "";
            if (named.Length == 0 && asked.Any(hold => hold.AskedWay == (short)HoldWay.GiveBack))
                return new Problem("usage.decision_missing", "A sum goes back to the budget by a decision with a number and a day.", "Name it: --decision \"15/QĐ-UBND, 28/12/2026\".");
            await FactStore.LockAsync(session, stored.ProvinceCode, cancel);
            var released = new List<(HoldWay Way, HoldToRelease Hold)>();
            foreach (var alike in asked.GroupBy(hold => ((HoldWay)hold.AskedWay!.Value, hold.AskedPayee)))
            {
                var roads = await RoadsAsync(session, stored, [.. alike], alike.Key.Item1, alike.Key.AskedPayee, cancel);
                if (!roads.TryGet(out var found)) return Result<bool>.Refuse(roads.Problems);
                released.AddRange(found.Select(one => (alike.Key.Item1, one)));
            }

            await OperateAsync(session, caller, stored, $"run.approve_release {run} {personId} {Steps(stored, holds)}", "run.approve_release", async (at, operationNo) =>
            {
                foreach (var alike in released.GroupBy(one => (IsGivenBack: one.Way == HoldWay.GiveBack, IsRedirect: one.Hold.Hold.ReleasedBy is not null)))
                {
                    var some = alike.Select(one => one.Hold).ToList();
                    await HoldStore.ReleaseListedAsync(session, stored, some, alike.Key.IsRedirect, twoPeople: true, alike.Key.IsGivenBack ? "given_back" : "released", NextDesk(at), (caller.UserName, at, operationNo), cancel);
                    if (!alike.Key.IsGivenBack) continue;
                    // The cash payout is made and never handed out, so that whoever comes after all is paid by its successor (decision 0015).
                    var day = at.WithOffset(VietNam).Date;
                    var giveBack = await GiveBackStore.InsertAsync(session, stored.ProvinceCode, day, some.ConvertAll(one => new UncollectedPayout(stored.Month, stored.RunNo, one.Hold.LineNo, 1, one.Hold.AmountVnd, one.Hold.Programme, one.Hold.CommuneId, 0, null)),
                        (some[0].Hold.AskedBy!, at, operationNo), cancel);
                    await GiveBackStore.DecideAsync(session, stored.ProvinceCode, giveBack, accepted: true, named, (caller.UserName, at, operationNo), cancel);
                }

                return null;
            }, new { run = run.ToString(), person = personId, lines = asked.Select(hold => hold.LineNo), ways = released.Select(one => Code(one.Way)), kinds = released.Select(one => one.Hold.Kind), payees = released.Select(one => one.Hold.PayeeNo), decision = named.Length > 0 ? named : null }, cancel);
            return true;
        }, cancel);

    /// <summary>How held sums go, by what the register says now; or what still keeps each from going.</summary>
    async Task<Result<List<HoldToRelease>>> RoadsAsync(DatabaseSession session, StoredRun run, List<StoredHold> holds, HoldWay way, int? payeeNo, CancellationToken cancel)
    {
        if (way == HoldWay.GiveBack) return holds.Select(hold => new HoldToRelease(hold, hold.RequestNo, 2, hold.PayeeNo, hold.CommuneId)).ToList();
        var now = clock.GetCurrentInstant();
        var today = now.WithOffset(VietNam).Date;
        var month = today.ToYearMonth();
        var payer = (await PayerStore.OfMonthAsync(session, run.ProvinceCode, month, now, cancel)).FirstOrDefault(one => one.PayerNo == run.PayerNo);
        if (payer is null && way != HoldWay.Cash) return new Problem("run.payer_gone", $"{run.PayerName} pays nothing in {month.Text()} any more.", "Pay in cash (--cash), or give the sum back (--give-back).");
        var routes = payer is null ? RouteTable.OfOwnAccount(run.DebtorBin, BankProfiles.ForBank(run.DebtorBin), _ => null)
            : (await PayerRoutes.StandingAsync(session, run.ProvinceCode, payer, calendar.Window(month, today).From, cancel)).Routes;
        var entry = (await new RegisterReader(session, run.ProvinceCode, now).ReadAsync([holds[0].RecipientId], cancel)).Entries.Single();
        var rights = new List<PayeeRight>();
        var standings = AccountStandings.ByAccount(await AccountCheckStore.StandingsAsync(session, run.ProvinceCode, [holds[0].RecipientId], now, (today, today), cancel));
        var rules = await RunRuleVersions.OfRunAsync(session, run, cancel);
        foreach (var right in entry.Rights)
        {
            PayoutAccount? own = null;
            if (right.Account is { } account)
            {
                var looked = await LookedAsync(right.PayeeNo, account);
                if (!looked.TryGet(out own)) return Result<List<HoldToRelease>>.Refuse(looked.Problems);
            }

            var primaries = new List<ProgrammeAccount>();
            foreach (var primary in right.Primaries)
            {
                var there = await LookedAsync(right.PayeeNo, primary.Account);
                if (!there.TryGet(out var found)) return Result<List<HoldToRelease>>.Refuse(there.Problems);
                primaries.Add(primary with { Account = found });
            }

            rights.Add(right with { Account = own, Primaries = primaries });
        }

        async Task<Result<PayoutAccount>> LookedAsync(int payeeNo, PayoutAccount account)
        {
            var fits = await AccountsAtBanks.FitsAsync(session, run.ProvinceCode, payeeNo, account, Keys, cancel);
            return fits.IsOk ? AccountStandings.On(account, payeeNo, standings) with { FitsItsBank = fits.Value && !BankDirectory.GoneOn(today).Contains(account.BankBin) } : Result<PayoutAccount>.Refuse(fits.Problems);
        }

        var person = new PersonToday(rights, entry.Death <= today ? entry.Death : null, RunPlanning.IsContradicted(entry.Person, run.Id.Month, today, run.Programmes.Select(one => (Programme)one).ToHashSet()));
        var (roads, problems) = (new List<HoldToRelease>(), new List<Problem>());
        foreach (var hold in holds)
        {
            var held = new HeldSum(hold.PersonId, hold.Reason, (Programme)hold.Programme, (PayeeRole)hold.PayeeRole, new Vnd(hold.AmountVnd), await HoldStore.AwardsAsync(session, run, hold.LineNo, cancel), hold.CommuneId);
            var road = HoldRelease.Of(held, person, month, routes, way, payeeNo, rules.Outliers);
            if (road.TryGet(out var found)) roads.Add(new HoldToRelease(hold, hold.RequestNo, (short)(found.IsBank ? 1 : 2), found.PayeeNo, found.PayCommuneId));
            else problems.AddRange(road.Problems);
        }

        if (problems.Count == 0) return roads;
        if (problems.All(problem => problem.Code != "hold.payee")) return Result<List<HoldToRelease>>.Refuse(problems);
        var payees = string.Join("; ", (await HoldStore.PayeesAsync(session, run.ProvinceCode, holds[0].RecipientId, cancel)).Select(one => $"{one.PayeeNo} {one.PayeeName} ({((PayeeRole)one.Role).ToString().ToLowerInvariant()}{(one.ValidTo is { } to ? $" until {ViText.Date(to)}" : "")})"));
        return Result<List<HoldToRelease>>.Refuse([.. problems.Select(problem => problem.Code == "hold.payee" ? problem with { Remedy = $"{problem.Remedy} Recorded are: {(payees.Length > 0 ? payees : "nobody")}." } : problem)]);
    }

    (string Owner, LocalDate DueOn) NextDesk(Instant at) => (Role.Maker, calendar.Plus(at.WithOffset(VietNam).Date, CaseRules.DecideDays));

    static string Code(HoldWay way) => way switch { HoldWay.Cash => "cash", HoldWay.GiveBack => "give_back", _ => "as_due" };

    async Task<Result<HoldsView>> StepAsync(Caller caller, string[] roles, RunId id, string personId, Programme? programme,
        Func<DatabaseSession, StoredRun, RunRules, IReadOnlyList<StoredHold>, Task<Result<bool>>> decide, CancellationToken cancel)
    {
        if (caller.Lacks(roles) is { } lacks) return lacks;
        await using var session = await database.RunOfPayerAsync(caller.Scope, cancel);
        return await session.InTransactionAsync<Result<HoldsView>>(async () =>
        {
            await RunStore.LockRunAsync(session, id, cancel);
            var found = await PaymentRuns.FindAsync(session, caller, id, cancel);
            if (!found.TryGet(out var stored)) return Result<HoldsView>.Refuse(found.Problems);
            if (stored.Voided) return new Problem("not_allowed.state", $"Run {id} was returned: it holds nobody.", $"See the runs of the month: payengine run show {id.Month.Text()}.");
            var rules = await RunRuleVersions.OfRunAsync(session, stored, cancel);
            var decided = await decide(session, stored, rules, await HoldStore.OfAsync(session, stored, personId, (short?)programme, cancel));
            if (!decided.TryGet(out var isNew)) return Result<HoldsView>.Refuse(decided.Problems);
            var after = await RunStore.FindAsync(session, id, cancel) ?? throw new InvalidOperationException($"Run {id} is gone.");
            return new HoldsView(after, await RunSteps.TotalAsync(session, id, cancel), rules, await HoldStore.OfAsync(session, after, personId, (short?)programme, cancel), isNew, isNew && !IsApproved(stored));
        }, result => result is { IsOk: true, Value.IsNew: true }, cancel: cancel);
    }

    async Task OperateAsync(DatabaseSession session, Caller caller, StoredRun run, string key, string kind, Func<Instant, long, Task<RunTotal?>> work, object said, CancellationToken cancel)
    {
        var at = Instant.FromUnixTimeTicks(clock.GetCurrentInstant().ToUnixTimeTicks() / 10 * 10);
        var start = await OperationLog.BeginAsync(session, run.ProvinceCode, key, kind, OperationLog.RequestHash(key, caller.UserName), caller.UserName, at, cancel);
        var total = await work(at, start.OperationNo);
        var events = total is null ? JsonText.Write(said) : JsonText.Write(new { change = said, content_hash = Convert.ToHexStringLower(total.ContentHash), listed_vnd = total.ListedVnd, held_vnd = total.HeldVnd });
        await OperationLog.CompleteAsync(session, run.ProvinceCode, start.OperationNo, JsonText.Write(new { run = run.Id.ToString() }), events, at, cancel);
    }

    static async Task<Problem?> TouchedAsync(DatabaseSession session, StoredRun run, IReadOnlyList<int> lines, CancellationToken cancel)
    {
        foreach (var partitionNo in Partitions(lines))
        {
            // Drawing a partition anew would give rows that somebody changed in the meantime a hash of their own.
            if (!await RunSteps.IsUntouchedAsync(session, run, partitionNo, cancel))
                return new Problem("not_allowed.content_changed", $"The rows of run {run.Id} are not those that were planned.", $"Return it (payengine run return {run.Id} --remark …), find out who changed rows, and plan again.");
        }

        return null;
    }

    static Problem? Unreleasable(IReadOnlyList<StoredHold> standing) => standing.FirstOrDefault(hold => hold.Kind is null) is not { } fixedHold ? null
        : new Problem("not_allowed.nothing_to_release", $"{fixedHold.PersonId} is held because {HoldReasons.Words(fixedHold.Reason).En}: there is nobody to pay, or no way to.",
            "Correct the register (payee, account, route, facts), return the draft and plan again; or have it approved with the hold, and release the hold once the register is right.");

    static Result<bool> NotHeld(RunId run, string personId, IReadOnlyList<StoredHold> holds) => holds.Count > 0 ? false
        : new Problem("run.person_not_held", $"Run {run} holds nothing of {personId}.", $"See what it holds: payengine run holds {run}.");

    static IEnumerable<StoredHold> Standing(IEnumerable<StoredHold> holds) => Latest(holds).Where(hold => hold.ReleasedBy is null);

    static IEnumerable<StoredHold> Latest(IEnumerable<StoredHold> holds) => holds.GroupBy(hold => hold.LineNo).Select(line => line.MaxBy(hold => hold.HoldNo)!);

    static bool IsApproved(StoredRun run) => run.Step is "approved" or "sealed" or "handed_over" or "closed";

    static IEnumerable<int> Partitions(IEnumerable<int> lines) => lines.Select(line => line >> RunContent.PartitionShift).Distinct().Order();

    // The same request twice finds its own work done; after a change of the holds the same words are a request of their own.
    static string Steps(StoredRun run, IReadOnlyList<StoredHold> holds) => string.Create(CultureInfo.InvariantCulture,
        $"{(run.ContentHash is { } hash ? Convert.ToHexStringLower(hash)[..16] : "")} {holds.Count} {holds.Sum(hold => hold.RequestNo)} {holds.Count(hold => hold.ReleasedBy is not null)} {holds.Count(hold => hold.RedirectedBy is not null)}");
}
