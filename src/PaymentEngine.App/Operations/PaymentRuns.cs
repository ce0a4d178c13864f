using System.Globalization;
using System.Security.Cryptography;
using NodaTime;
using PaymentEngine.App.CommandLine;
using PaymentEngine.App.Keys;
using PaymentEngine.App.Operations.Access;
using PaymentEngine.App.Operations.Approvals;
using PaymentEngine.App.Operations.Cases;
using PaymentEngine.Core;
using PaymentEngine.Core.Entitlements;
using PaymentEngine.Core.Law;
using PaymentEngine.Core.Money;
using PaymentEngine.Core.Payments;
using PaymentEngine.Messages;
using PaymentEngine.Postgres;
using PaymentEngine.Postgres.Access;
using PaymentEngine.Postgres.Audit;
using PaymentEngine.Postgres.Accounts;
using PaymentEngine.Postgres.Cases;

namespace PaymentEngine.App.Operations;

/// <summary>A run as people see it: what it is, what it holds, how it differs, what happened to it.</summary>
/// <param name="AlreadyDone">This request was done before; nothing was changed now.</param>
/// <param name="Resumed">A plan that had stopped half-way was taken up again.</param>
public sealed record RunView(StoredRun Run, RunTotal? Total, IReadOnlyList<ProgrammeTotal> Programmes, IReadOnlyList<DifferenceRow> Difference, IReadOnlyList<HoldTotal> Holds,
    RunFindings? Findings, IReadOnlyList<RunStepRow> Steps, bool AlreadyDone = false, bool Resumed = false)
{
    public RunId Id => Run.Id;

    /// <summary>Runs of the payer in earlier months that still wait for approval, while this one does too. What they list this run lists as well, as arrears:
    /// of such two only one can be approved.</summary>
    public IReadOnlyList<RunId> OpenBefore { get; init; } = [];

    /// <summary>What the run leaves to be taken back, by cause.</summary>
    public IReadOnlyList<ClaimTotal> Claims { get; init; } = [];

    /// <summary>Approved runs of the payer in earlier months that are not closed.</summary>
    public IReadOnlyList<RunId> NotClosedBefore { get; init; } = [];

    /// <summary>What cannot be right (hard: the run is not submitted with it), and what its approver must know.</summary>
    public IReadOnlyList<StoredConflict> Conflicts { get; init; } = [];

    /// <summary>The last declared control totals, each beside what the run holds.</summary>
    public IReadOnlyList<ControlRow> Controls { get; init; } = [];

    /// <summary>Lower levels of approval given so far, of this content and of earlier ones.</summary>
    public IReadOnlyList<RunLevelRow> Levels { get; init; } = [];

    /// <summary>Submitted although runs before it were open, and why.</summary>
    public IReadOnlyList<RunExceptionRow> Exceptions { get; init; } = [];

    /// <summary>Exceptions by two people (break-glass) for this run or a case of it, used or not.</summary>
    public IReadOnlyList<ListedGlass> Glasses { get; init; } = [];

    /// <summary>The rules it is judged by.</summary>
    public RunRules Rules { get; init; } = RunRules.OfProgram;

    /// <summary>Funds that do not cover what the run would order from the paying bank.</summary>
    public IReadOnlyList<FundCover> Uncovered { get; init; } = [];

    /// <summary>The levels that are given for the content as it stands.</summary>
    public IReadOnlyList<RunLevelRow> LevelsOfContent => Total is null ? [] : [.. Levels.Where(level => level.ContentHash.AsSpan().SequenceEqual(Total.ContentHash))];
}

/// <summary>What an off-cycle run (đợt chi ngoài kỳ) is asked for.</summary>
/// <param name="Kind"><see cref="RunKinds.Supplementary"/> or <see cref="RunKinds.OneOff"/>.</param>
/// <param name="Programmes">Some of the payer's programmes.</param>
/// <param name="Reason">Why the month's list is not waited for; it is kept and printed.</param>
public sealed record OffCycleRequest(string Kind, IReadOnlyList<Core.Recipients.Programme> Programmes, string Reason);

/// <summary>How far a plan is: people done of all.</summary>
public readonly record struct PlanProgress(RunId Run, int Done, int Total);

/// <summary>Payment runs (đợt chi trả): plan, look, submit, approve by another person, return. The one way in.</summary>
/// <param name="database">The store.</param>
/// <param name="clock">The clock.</param>
/// <param name="release">The law the program carries; loads approved in the store stand beside it (<see cref="StandingLaw"/>).</param>
/// <param name="calendar">Banking days.</param>
public sealed class PaymentRuns(Database database, IClock clock, LawBook release, BankingCalendar calendar)
{
    /// <summary>All payers at once: a run for each, shown together as a month (tháng chi trả).</summary>
    public const string AllPayers = "all";

    /// <summary>When set, plans compute everybody by the kernel too and stop on a difference; it counts them.</summary>
    public KernelTally? KernelTally { get; init; }

    /// <summary>Opens the key folder: it signs approvals, and opens the accounts of payees where a bank's profile says what its account numbers look like.</summary>
    public required Func<Result<KeyFolder>> Keys { get; init; }

    /// <summary>Figures of a content hash that tell one content from every other that could be meant.</summary>
    public const int HashFiguresMin = 8;

    /// <summary>More lanes than this gain nothing on one database server.</summary>
    const int LanesMax = 4;

    /// <summary>Payers planned side by side: while one run is totalled and compared by the server, another's people are computed.</summary>
    const int RunsAtOnce = 2;

    static readonly Offset VietNam = Offset.FromHours(7);

    /// <summary>Plans the regular run of a month: computes and freezes a draft. A plan that stopped half-way is taken up where it stopped.</summary>
    /// <param name="caller">A maker.</param>
    /// <param name="month">The list month.</param>
    /// <param name="payer">Code of the payer; null: the only one there is; <see cref="AllPayers"/>: every payer the caller may act for.</param>
    /// <param name="asOf">Day of knowledge of law and register; null: today in Viet Nam.</param>
    /// <param name="progress">Told after each partition.</param>
    /// <param name="cancel">Stops between partitions; the same request goes on later.</param>
    public Task<Result<IReadOnlyList<RunView>>> PlanAsync(Caller caller, YearMonth month, string? payer, LocalDate? asOf = null, Action<PlanProgress>? progress = null, CancellationToken cancel = default) =>
        PlanAsync(caller, month, payer, null, asOf, progress, cancel);

    /// <summary>Plans a run beside the month's regular one: what has become due since it was approved, or one-time benefits alone (F64). The key of the lines keeps a component from being listed twice.</summary>
    /// <param name="caller">A maker.</param>
    /// <param name="month">A month whose regular run of these programmes is approved.</param>
    /// <param name="payer">Code of the payer; null: the only one there is.</param>
    /// <param name="wanted">What, and why.</param>
    /// <param name="progress">Told after each partition.</param>
    /// <param name="cancel">Stops between partitions; the same request goes on later.</param>
    public async Task<Result<RunView>> PlanOffCycleAsync(Caller caller, YearMonth month, string? payer, OffCycleRequest wanted, Action<PlanProgress>? progress = null, CancellationToken cancel = default)
    {
        if (string.IsNullOrWhiteSpace(wanted.Reason)) return new Problem("usage.reason_missing", "An off-cycle run is made with a reason.", "Say why it does not wait for the next list: --reason \"…\".");
        if (wanted.Programmes.Count == 0) return new Problem("usage.programme_missing", "An off-cycle run names its programme.", "Name it: --programme NCC|BTXH|HTXH|KHAC.");
        if (payer == AllPayers) return new Problem("usage.one_payer", "An off-cycle run has one payer.", "Name the payer with --payer CODE.");
        var planned = await PlanAsync(caller, month, payer, wanted with { Reason = wanted.Reason.Trim() }, null, progress, cancel);
        return planned.Select(views => views[0]);
    }

    async Task<Result<IReadOnlyList<RunView>>> PlanAsync(Caller caller, YearMonth month, string? payer, OffCycleRequest? offCycle, LocalDate? asOf, Action<PlanProgress>? progress, CancellationToken cancel)
    {
        if (caller.Lacks(AccessRules.RunPlan) is { } lacks) return lacks;
        if (asOf > Now().WithOffset(VietNam).Date) return new Problem("usage.as_of", "Nothing is known yet of a day to come.", "Name today or an earlier day with --as-of.");
        // A corrected account whose wait is over is used by this plan.
        var settled = await new CaseRepairs(database, clock).SettleAsync(caller, cancel);
        if (!settled.IsOk) return Result<IReadOnlyList<RunView>>.Refuse(settled.Problems);
        await using var session = await database.RunOfPayerAsync(caller.Scope, cancel);
        var chosen = Choose(caller, await PayerStore.OfMonthAsync(session, caller.ProvinceCode, month, Now(), cancel), payer);
        if (!chosen.TryGet(out var payers)) return Result<IReadOnlyList<RunView>>.Refuse(chosen.Problems);
        await RunStore.RefreshStatisticsAsync(session, null, cancel: cancel);
        // Numbers are given out in the order of the payers; the work goes side by side, so that one run's last step does not keep the other's lanes waiting.
        var plans = new List<Task<Result<RunView>>>();
        // Partitions in memory at once, over all runs: one more than can be computed, for the one that is being written.
        using var inMemory = new SemaphoreSlim(Environment.ProcessorCount + 1);
        var problems = new List<Problem>();
        var nobody = 0;
        try
        {
            foreach (var one in payers)
            {
                var begun = await session.InTransactionAsync(() => BeginPlanAsync(session, caller, month, one, offCycle, asOf, cancel), result => result.IsOk, cancel: cancel);
                if (begun.TryGet(out var start)) plans.Add(PlanOneAsync(caller, start, inMemory, progress, cancel));
                else if (payers.Count > 1 && begun.Problems[0].Code == NobodyCode) nobody++;
                else problems.AddRange(begun.Problems);
                if (problems.Count > 0) break;
                if (plans.Count % RunsAtOnce == 0) await Task.WhenAll(plans);
            }
        }
        finally
        {
            // A plan under way uses the semaphore: it ends before the method does, also when another could not begin.
            await ((Task)Task.WhenAll(plans)).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        var planned = await Task.WhenAll(plans);
        problems.AddRange(planned.SelectMany(one => one.Problems));
        if (problems.Count > 0) return Result<IReadOnlyList<RunView>>.Refuse(problems);
        return nobody < payers.Count ? Result<IReadOnlyList<RunView>>.Ok([.. planned.Select(one => one.Value)]) : Nobody(month, "all payers");
    }

    /// <summary>Plans regularisation runs (<see cref="Regularisations"/>) and shows them.</summary>
    public async Task<Result<IReadOnlyList<RunView>>> RegulariseAsync(Caller caller, YearMonth month, string? payer, IReadOnlyList<int>? cases, CancellationToken cancel = default)
    {
        var planned = await new Regularisations(database, clock, release).PlanAsync(caller, month, payer, cases, cancel);
        if (!planned.TryGet(out var runs)) return Result<IReadOnlyList<RunView>>.Refuse(planned.Problems);
        await using var session = await database.RunOfPayerAsync(caller.Scope, cancel);
        var views = new List<RunView>();
        foreach (var run in runs) views.Add(await ViewAsync(session, await RunStore.FindAsync(session, run, cancel) ?? throw new InvalidOperationException($"Run {run} was planned and is not there."), cancel));
        return views;
    }

    /// <summary>One run.</summary>
    public async Task<Result<RunView>> ShowAsync(Caller caller, RunId run, CancellationToken cancel = default)
    {
        await using var session = await database.RunOfPayerAsync(caller.Scope, cancel);
        var found = await FindAsync(session, caller, run, cancel);
        return found.TryGet(out var stored) ? await ViewAsync(session, stored, cancel) : Result<RunView>.Refuse(found.Problems);
    }

    /// <summary>Every run of a month that the caller may see; returned ones too.</summary>
    public async Task<Result<IReadOnlyList<RunView>>> ShowMonthAsync(Caller caller, YearMonth month, CancellationToken cancel = default)
    {
        await using var session = await database.RunOfPayerAsync(caller.Scope, cancel);
        var views = new List<RunView>();
        foreach (var stored in await RunStore.OfMonthAsync(session, caller.ProvinceCode, month, cancel))
        {
            if (MayNotSee(caller, stored) is null) views.Add(await ViewAsync(session, stored, cancel));
        }

        return views.Count > 0 ? views
            : new Problem("run.none", $"There is no run of {month.Text()}.", $"Plan one: payengine run plan {month.Text()}.");
    }

    /// <summary>The difference from the run before, with the people behind each cause, those with the greatest change first.</summary>
    /// <param name="caller">Anybody whose territory holds the run.</param>
    /// <param name="run">The run.</param>
    /// <param name="most">At most so many people for each programme and cause.</param>
    /// <param name="cancel">Stops the statement.</param>
    public async Task<Result<(RunView View, IReadOnlyList<DifferencePerson> People)>> DifferenceAsync(Caller caller, RunId run, int most, CancellationToken cancel = default)
    {
        await using var session = await database.RunOfPayerAsync(caller.Scope, cancel);
        var found = await FindAsync(session, caller, run, cancel);
        if (!found.TryGet(out var stored)) return Result<(RunView, IReadOnlyList<DifferencePerson>)>.Refuse(found.Problems);
        return (await ViewAsync(session, stored, cancel), await RunDifferences.PeopleAsync(session, stored, most, cancel));
    }

    /// <summary>Declares what the run holds, counted elsewhere (F58); the last declaration counts. What differs is said at once, and keeps the run from being submitted.</summary>
    /// <param name="caller">A maker.</param>
    /// <param name="run">A run that is not approved.</param>
    /// <param name="totals">For the run, for programmes or communes.</param>
    /// <param name="cancel">Cancels before the commit.</param>
    public async Task<Result<RunView>> ExpectAsync(Caller caller, RunId run, IReadOnlyList<ControlTotal> totals, CancellationToken cancel = default)
    {
        if (totals.Count == 0) return new Problem("usage.nothing_declared", "Nothing is declared.", "Give --expect-count N and --expect-sum VND, or --expect F.csv.");
        var declared = await StepAsync(caller, run, AccessRules.RunExpect, "expect", totals.Select(one => one.ToString()), async (session, stored, total, operationNo) =>
        {
            if (stored.Step is not (null or "planned" or "submitted")) return WrongState(stored, "planned");
            await ConflictStore.DeclareAsync(session, run, totals, caller.UserName, operationNo(), Now(), cancel);
            return false;
        }, cancel);
        if (!declared.TryGet(out var view) || view.Total is null) return declared;
        var differing = Differing(run, view.Controls);
        return differing.Count > 0 ? Result<RunView>.Refuse(differing) : view;
    }

    /// <summary>Hands a planned run to the approver. The declared count and total must be those of the plan (F58), no hard conflict may stand, and the payer's run before it is closed (F63).</summary>
    /// <param name="caller">A maker or checker; a checker without a part in the run where the rules of runs ask for one.</param>
    /// <param name="run">The run.</param>
    /// <param name="declaredPeople">Recipients, as the maker counts them.</param>
    /// <param name="declaredVnd">The total, as the maker adds it up.</param>
    /// <param name="previousOpen">Why it is submitted although a run before it is not closed; who approves the run approves this with it.</param>
    /// <param name="cancel">Cancels before the commit.</param>
    public Task<Result<RunView>> SubmitAsync(Caller caller, RunId run, int declaredPeople, long declaredVnd, string? previousOpen = null, CancellationToken cancel = default) =>
        StepAsync(caller, run, AccessRules.RunSubmit, "submit", [string.Create(CultureInfo.InvariantCulture, $"{declaredPeople} {declaredVnd}")], async (session, stored, total, operationNo) =>
        {
            if (stored.Step == "submitted") return true;
            if (stored.Step != "planned" || total is null) return WrongState(stored, "planned");
            if (total.Recipients != declaredPeople || total.DeclaredVnd != declaredVnd)
                return new Problem("run.declared_differs", $"Declared are {declaredPeople} people and {declaredVnd} đồng; the plan holds {total.Recipients} people and {total.DeclaredVnd} đồng.",
                    "Find out which is right before the run goes on. If it is the plan, declare its figures with --confirm-count and --confirm-total.");
            if (total.Disbursements == 0 && RunKinds.IsOffCycle(stored.Kind)) return new Problem("run.empty", $"Run {run} pays nobody: nothing has become due.", $"Take it back: payengine run return {run} --remark ….");
            var problems = Differing(run, await ConflictStore.ControlsAsync(session, run, cancel));
            problems.AddRange((await ConflictStore.OfAsync(session, run, cancel)).Where(conflict => conflict.IsHard).Select(conflict => RunConflicts.Refusal(run, conflict.Code, conflict.Items, conflict.People)));
            if (problems.Count > 0) return Result<bool>.Refuse(problems);
            var rules = await RunRuleVersions.OfRunAsync(session, stored, cancel);
            if (rules.CheckedByAnother && await NotAChecker(caller, session, stored, cancel) is { } unfit) return unfit;
            var open = rules.PreviousMustBeClosed && stored.Kind == "regular" ? await RunStore.NotClosedBeforeAsync(session, stored, cancel) : [];
            if (open.Count > 0 && string.IsNullOrWhiteSpace(previousOpen))
                return new Problem("not_allowed.previous_open", $"{string.Join(", ", open)} of {stored.PayerName} {(open.Count == 1 ? "is" : "are")} not closed.",
                    $"Close {(open.Count == 1 ? "it" : "them")} first (payengine run close {open[0]}). If the month cannot wait, say why, and the approver decides: --previous-open \"…\".");
            if (open.Count > 0) await RunSteps.ExceptAsync(session, run, total.ContentHash, open, previousOpen!.Trim(), caller.UserName, operationNo(), Now(), cancel);
            await RunSteps.AddAsync(session, run, "submitted", null, caller.UserName, total.ContentHash, null, operationNo(), Now(), cancel);
            return false;
        }, cancel);

    /// <summary>Approves a submitted run: its content, as stored now, is what was planned. With the last level the lists count, and the money gets its first place.</summary>
    /// <param name="caller">Holds the role of the next level; had no part in the run and gave no other level of it.</param>
    /// <param name="run">The run.</param>
    /// <param name="confirmedVnd">The total the approver has read and typed.</param>
    /// <param name="seenHash">Content hash of what the approver has read, hex, whole or its first eight figures or more: an approval is of what was read, and of nothing else.</param>
    /// <param name="signer">The approver's own certificate or signature; null: the key of the installation signs what this person approved.</param>
    /// <param name="cancel">Cancels before the commit.</param>
    /// <returns>Refused among others: <c>usage.hash_missing</c>, <c>not_allowed.other_content</c>, <c>not_allowed.content_changed</c>, <c>not_allowed.step_up</c>, <c>not_allowed.own_run</c>, <c>signature.…</c>.</returns>
    public Task<Result<RunView>> ApproveAsync(Caller caller, RunId run, long confirmedVnd, string? seenHash, ApprovalSigner? signer = null, CancellationToken cancel = default) =>
        StepAsync(caller, run, null, "approve", [confirmedVnd.ToString(CultureInfo.InvariantCulture), seenHash ?? ""], async (session, stored, total, operationNo) =>
        {
            var rules = await RunRuleVersions.OfRunAsync(session, stored, cancel);
            if ((caller.Lacks([.. rules.Approvals.Select(one => one.Role).Distinct()]) ?? caller.LacksProof(Now())) is { } lacks) return lacks;
            var steps = await RunSteps.OfAsync(session, run, cancel);
            if (steps.Any(step => step.Step == "approved" && step.Person == caller.UserName)) return true;
            if (stored.Step != "submitted" || total is null) return WrongState(stored, "submitted");
            if (await RunSteps.PartAsync(session, run, caller.UserName, cancel) is { } part)
                return DutyPairs.OwnRun(caller.UserName, run, part);
            var given = (await RunSteps.LevelsAsync(session, run, cancel)).Where(one => one.ContentHash.AsSpan().SequenceEqual(total.ContentHash)).ToList();
            // Who has given a level has done it; the next one is another person's.
            if (given.Any(one => one.Person == caller.UserName)) return true;
            var level = rules.Approvals[given.Count];
            if (caller.Lacks(level.Role) is { } lacksLevel)
                return lacksLevel with { Message = $"Level {given.Count + 1} of {total.ApprovalLevels} of run {run} is given by a {level.Role}, which {caller.UserName} is not." };
            if (await ClockStore.WhyNotApprovedAsync(session, run.ProvinceCode, cancel) is { } jumped) return jumped;
            if (confirmedVnd != total.DeclaredVnd)
                return new Problem("run.total_differs", $"Confirmed are {confirmedVnd} đồng; the run holds {total.DeclaredVnd} đồng.", $"Read the run again (payengine run show {run}) and type its total.");
            var planned = Convert.ToHexStringLower(total.ContentHash);
            if (seenHash is null || seenHash.Length < HashFiguresMin)
                return new Problem("usage.hash_missing", $"An approval names the content that was read; run {run} was given {(string.IsNullOrEmpty(seenHash) ? "none" : $"only {seenHash.Length} figures")}.", $"Read the run (payengine run show {run}, or its paper) and give at least the first {HashFiguresMin} figures of its content hash: --hash H.");
            if (!planned.StartsWith(seenHash, StringComparison.OrdinalIgnoreCase))
                return new Problem("not_allowed.other_content", $"Read was the content {seenHash}; the run's is {planned}.", $"Read the run again: payengine run show {run}.");
            var stands = Convert.ToHexStringLower(await RunSteps.RecomputeHashAsync(session, stored, cancel));
            if (stands != planned)
                return new Problem("not_allowed.content_changed", $"The rows of run {run} are not those that were planned: planned {planned}, stored {stands}.",
                    $"Nobody may approve it. Return it (payengine run return {run} --remark …), find out who changed rows, and plan again.");
            if (await LawChangedAsync(session, stored, cancel) is { } otherLaw) return otherLaw;
            var signed = await ApprovalSignatures.SignAsync(session, run, total, (given.Count + 1, level.Role, caller.UserName), signer, Keys, operationNo(), Now(), cancel);
            if (!signed.IsOk) return Result<bool>.Refuse(signed.Problems);
            if (given.Count + 1 < total.ApprovalLevels)
            {
                await RunSteps.AddLevelAsync(session, run, (short)(given.Count + 1), level.Role, caller.UserName, total.ContentHash, operationNo(), Now(), cancel);
                return false;
            }

            if (stored.Kind == RunKinds.Regularisation)
            {
                // What fails and comes back moves on while a draft waits: nothing of it may move between this look and the commit.
                await FactStore.LockAsync(session, run.ProvinceCode, cancel);
                if (await RepaymentStore.OvertakenAsync(session, run, cancel) is { Count: > 0 } overtaken)
                {
                    return new Problem("not_allowed.overtaken", $"Since run {run} was planned, {(overtaken.Count == 1 ? "case" : "cases")} {string.Join(", ", overtaken.Take(10))} went another way or came into dispute.",
                        $"Return it (payengine run return {run} --remark …) and plan again.");
                }
            }

            await RunSteps.AddAsync(session, run, "approved", total.ApprovalLevels, caller.UserName, total.ContentHash, null, operationNo(), Now(), cancel);
            if (!await RunSteps.ListAsync(session, run, (caller.UserName, Now(), operationNo()), (Role.CommuneOfficer, calendar.Plus(Now().WithOffset(VietNam).Date, RecoveryClaims.ReachDays)), cancel))
                return new Problem("not_allowed.listed_since", $"Since run {run} was planned another run has listed some of the same components.", $"Return it (payengine run return {run} --remark …) and plan again.");
            return false;
        }, cancel);

    /// <summary>What the caller would sign to approve the run at its next level: for a signature made elsewhere (a token).</summary>
    /// <param name="caller">Holds the role of the next level.</param>
    /// <param name="run">A submitted run.</param>
    /// <param name="cancel">Stops between statements.</param>
    public async Task<Result<string>> StatementAsync(Caller caller, RunId run, CancellationToken cancel = default)
    {
        await using var session = await database.RunOfPayerAsync(caller.Scope, cancel);
        var found = await FindAsync(session, caller, run, cancel);
        if (!found.TryGet(out var stored)) return Result<string>.Refuse(found.Problems);
        if (stored.Step != "submitted" || await RunSteps.TotalAsync(session, run, cancel) is not { } total) return WrongState(stored, "submitted");
        var rules = await RunRuleVersions.OfRunAsync(session, stored, cancel);
        var given = (await RunSteps.LevelsAsync(session, run, cancel)).Count(one => one.ContentHash.AsSpan().SequenceEqual(total.ContentHash));
        var level = rules.Approvals[given];
        return caller.Lacks(level.Role) is { } lacks ? lacks : ApprovalStatement.Of(run, total, given + 1, level.Role, caller.UserName);
    }

    /// <summary>Why a run cannot be approved by the law that stands: a rate was loaded and approved after the run was computed. A run that pays again what was listed before computes nothing.</summary>
    async Task<Problem?> LawChangedAsync(DatabaseSession session, StoredRun run, CancellationToken cancel)
    {
        if (run.Kind == RunKinds.Regularisation) return null;
        // No load becomes law between this look and the commit.
        await LawStore.LockAsync(session, run.ProvinceCode, cancel);
        var standing = await StandingLaw.AtAsync(session, release, run.ProvinceCode, Now(), cancel);
        if (!standing.TryGet(out var law)) return standing.Problems[0];
        return law.Book.ContentHash == Convert.ToHexStringLower(run.LawHash) ? null
            : new Problem("not_allowed.law_changed", $"Run {run.Id} was computed with other rates than those that stand now{(law.Loads.Count > 0 ? $" (load {law.Loads[^1]} of the law was approved since)" : "")}.",
                $"Return it (payengine run return {run.Id} --remark …) and plan again: what the new rates change is then on it.");
    }

    /// <summary>Sends a run back to its maker, or takes an own draft back. Its rows go; its steps, totals and hash stay. The month can be planned again.</summary>
    /// <param name="caller">An approver, or the maker of the run.</param>
    /// <param name="run">A run that is not approved.</param>
    /// <param name="remark">Why; it is kept.</param>
    /// <param name="cancel">Cancels before the commit.</param>
    public async Task<Result<RunView>> ReturnAsync(Caller caller, RunId run, string remark, CancellationToken cancel = default)
    {
        if (string.IsNullOrWhiteSpace(remark)) return new Problem("usage.remark_missing", "A run is returned with a remark.", "Say why: --remark \"…\".");
        return await StepAsync(caller, run, null, "return", [remark], async (session, stored, total, operationNo) =>
        {
            if (stored.MadeBy != caller.UserName && caller.Lacks(Role.Approver, Role.ChiefApprover, Role.Checker) is { } lacks) return lacks;
            if (stored.Voided) return true;
            if (stored.Step is not (null or "planned" or "submitted")) return WrongState(stored, "planned or submitted");
            await RunSteps.AddAsync(session, run, "returned", null, caller.UserName, total?.ContentHash ?? SHA256.HashData([]), remark.Trim(), operationNo(), Now(), cancel);
            await RunSteps.DropAsync(session, run, cancel);
            return false;
        }, cancel);
    }

    /// <summary>Why this person cannot hand a run to the approver where the rules ask for three people; null when they can.</summary>
    static async Task<Problem?> NotAChecker(Caller caller, DatabaseSession session, StoredRun run, CancellationToken cancel) =>
        caller.Lacks(Role.Checker) ?? (await RunSteps.PartAsync(session, run.Id, caller.UserName, cancel) is "made" or "changed"
            ? new Problem("not_allowed.own_run", $"{caller.UserName} made or changed run {run.Id}; the rules of runs ask for another person to check it.", "A checker who had no part in it submits it.")
            : null);

    const string NobodyCode = "run.nobody";

    static Problem Nobody(YearMonth month, string payer) => new(NobodyCode, $"Nobody in the register has an award that {payer} pays in {month.Text()}.", "Import people and awards first: payengine register import …");

    async Task<Result<RunView>> PlanOneAsync(Caller caller, (StoredRun Run, LawBook Law, int People, bool Resumed) start, SemaphoreSlim inMemory, Action<PlanProgress>? progress, CancellationToken cancel)
    {
        var run = start.Run;
        await using var session = await database.RunOfPayerAsync(caller.Scope, cancel);
        if (run.ContentHash is not null) return await ViewAsync(session, run, cancel) with { AlreadyDone = true };
        var unfit = await UnfitAccountsAsync(session, run, cancel);
        if (!unfit.TryGet(out var unfitAccounts)) return Result<RunView>.Refuse(unfit.Problems);
        await WorkInLanesAsync(session, run, start.Law, start.People, unfitAccounts, inMemory, progress, cancel);

        await RunStore.RefreshStatisticsAsync(session, run.Id.Month, run.People, cancel);
        var finished = await session.InTransactionAsync(() => FinishPlanAsync(session, caller, run.Id, cancel), result => result.IsOk, cancel: cancel);
        return finished.TryGet(out var stored) ? await ViewAsync(session, stored, cancel) with { Resumed = start.Resumed } : Result<RunView>.Refuse(finished.Problems);
    }

    /// <summary>Accounts that cannot be ones of their bank, by the patterns of the bank profiles: who is to be paid there is held.</summary>
    async Task<Result<IReadOnlySet<(int PayeeNo, int Version)>>> UnfitAccountsAsync(DatabaseSession session, StoredRun run, CancellationToken cancel)
    {
        var looked = await AccountsAtBanks.LookAsync(session, run.ProvinceCode, BankProfiles.All, Keys, run.WholeProvince ? null : run.Communes, cancel);
        return looked.TryGet(out var found) ? found.Unfit.Select(account => (account.PayeeNo, account.Version)).ToHashSet() : Result<IReadOnlySet<(int PayeeNo, int Version)>>.Refuse(looked.Problems);
    }

    /// <summary>Lanes take partitions until none is left: one computes while the server works for another. Which lane takes which partition decides nothing.</summary>
    async Task WorkInLanesAsync(DatabaseSession session, StoredRun run, LawBook law, int people, IReadOnlySet<(int PayeeNo, int Version)> unfitAccounts, SemaphoreSlim inMemory, Action<PlanProgress>? progress, CancellationToken cancel)
    {
        var (done, gate) = (0, new Lock());
        var rules = await RunRuleVersions.OfRunAsync(session, run, cancel);
        var (all, (crowded, unrelated), reportedDead, asksAccounts) = await session.InTransactionAsync(async () =>
        {
            var gathered = await RunStore.GatherPeopleAsync(session, run, cancel);
            return (gathered, await RunAccounts.SharedAccountsAsync(session, run, rules.Outliers, cancel), await HoldStore.ReportedDeadAsync(session, run.ProvinceCode, cancel), await AccountCheckStore.AnyAsync(session, run.ProvinceCode, cancel));
        }, cancel: cancel);
        var holdsDueOn = calendar.Plus(run.PlannedAt.WithOffset(VietNam).Date, rules.HoldDays);
        var judgement = new PlanJudgement(rules.Outliers, crowded, holdsDueOn, unfitAccounts, reportedDead)
        {
            AmongStrangers = unrelated.ToLookup(one => one.RecipientId, one => one.Tag), AsksAccounts = asksAccounts, BanksGone = BankDirectory.GoneOn(run.ExecutionFrom),
        };
        async Task LaneAsync()
        {
            await using var lane = await database.RunAsync(cancel);
            var planning = await RunPlanning.OpenAsync(lane, run, law, all, judgement, KernelTally, cancel);
            while (await NextAsync(planning, inMemory, cancel) is { } more)
            {
                lock (gate)
                {
                    done += more;
                    progress?.Invoke(new PlanProgress(run.Id, done, people));
                }
            }
        }

        var lanes = people > RunStore.PartitionPeople ? Math.Clamp(Environment.ProcessorCount, 1, LanesMax) : 1;
        await Task.WhenAll(Enumerable.Range(0, lanes).Select(_ => LaneAsync()));
    }

    async Task<int?> NextAsync(RunPlanning planning, SemaphoreSlim inMemory, CancellationToken cancel)
    {
        await inMemory.WaitAsync(cancel);
        try
        {
            return await planning.NextAsync(Now(), cancel);
        }
        finally
        {
            inMemory.Release();
        }
    }

    async Task<Result<(StoredRun Run, LawBook Law, int People, bool Resumed)>> BeginPlanAsync(DatabaseSession session, Caller caller, YearMonth month, StoredPayer payer, OffCycleRequest? offCycle, LocalDate? asOf, CancellationToken cancel)
    {
        await RunStore.LockMonthAsync(session, caller.ProvinceCode, month, cancel);
        var runs = await RunStore.OfMonthAsync(session, caller.ProvinceCode, month, cancel);
        if (Standing(runs, payer, offCycle) is { } standing) return await TakeUpAsync(session, caller, standing, cancel);
        if ((offCycle is null ? OverlapOf(runs, payer) : MissingRegular(runs, payer, month, offCycle)) is { } conflict) return conflict;
        var programmes = offCycle?.Programmes ?? payer.Programmes;
        var previous = offCycle is null ? await RunStore.PreviousAsync(session, caller.ProvinceCode, payer.PayerNo, payer.Programmes.Select(programme => (short)programme), month, cancel) : null;
        await LawStore.LockAsync(session, caller.ProvinceCode, cancel);
        var now = Now();
        var lawNow = await StandingLaw.AtAsync(session, release, caller.ProvinceCode, now, cancel);
        if (!lawNow.TryGet(out var law)) return Result<(StoredRun, LawBook, int, bool)>.Refuse(lawNow.Problems);
        var today = now.WithOffset(VietNam).Date;
        var (from, to) = calendar.Window(month, today);
        var key = $"run.draft {new RunId(caller.ProvinceCode, month, runs.Count == 0 ? 1 : runs[^1].RunNo + 1)}";
        var operation = await OperationLog.BeginAsync(session, caller.ProvinceCode, key, "run.draft", OperationLog.RequestHash(month.Text(), payer.Code, offCycle?.Kind ?? "", offCycle?.Reason ?? ""), caller.UserName, now, cancel);
        var (routes, tableNo) = await PayerRoutes.StandingAsync(session, caller.ProvinceCode, payer, from, cancel);
        var runRoutes = routes.Of(programmes);
        if (runRoutes.Count == 0) return new Problem("run.no_route", $"No route of payer {payer.Code} is valid on {ViText.Date(from)}.", "Load routes that are: payengine bank route load routes.csv.");
        var (rulesVersion, _) = await RunRuleVersions.StandingAsync(session, caller.ProvinceCode, cancel);
        var wanted = new NewRun(caller.ProvinceCode, month, payer, Convert.FromHexString(law.Book.ContentHash), now, asOf ?? today, from, to, now, caller.UserName,
            previous?.Month, previous?.RunNo, runRoutes, tableNo, [.. runRoutes.Select(route => route.Profile).DistinctBy(profile => profile.Id).Select(PaymentProfiles.ContentOf)]) { RulesVersion = rulesVersion, Kind = offCycle?.Kind ?? RunKinds.Regular, Reason = offCycle?.Reason, Programmes = programmes };
        var (run, people) = await RunStore.DraftAsync(session, wanted, operation.OperationNo, cancel);
        if (people == 0) return Nobody(month, payer.Code);
        await LawStore.PinAsync(session, run, law.Loads, cancel);
        var events = JsonText.Write(new { run = run.ToString(), payer = payer.Code, kind = offCycle?.Kind, reason = offCycle?.Reason, people, known_at = now, law = law.Book.ContentHash, law_loads = law.Loads });
        await OperationLog.CompleteAsync(session, caller.ProvinceCode, operation.OperationNo, JsonText.Write(new { run = run.ToString() }), events, now, cancel);
        return (await RunStore.FindAsync(session, run, cancel) ?? throw new InvalidOperationException($"Run {run} was drafted and is not there."), law.Book, people, false);
    }

    /// <summary>The run that stands in the way of another, or that is gone on with: of regular runs there is one; of off-cycle runs for one programme one is open at a time, because two would list the same.</summary>
    static StoredRun? Standing(IReadOnlyList<StoredRun> runs, StoredPayer payer, OffCycleRequest? offCycle)
    {
        var own = runs.Where(run => run.PayerNo == payer.PayerNo && !run.Voided && run.Programmes.Any(programme => (offCycle?.Programmes ?? payer.Programmes).Contains((Core.Recipients.Programme)programme)));
        return offCycle is null ? own.FirstOrDefault(run => run.Kind == RunKinds.Regular) : own.FirstOrDefault(run => RunKinds.IsOffCycle(run.Kind) && run.Step is null or "planned" or "submitted");
    }

    /// <summary>Two payers cannot pay one programme in one commune in one month: somebody would be paid twice.</summary>
    static Problem? OverlapOf(IReadOnlyList<StoredRun> runs, StoredPayer payer) =>
        runs.FirstOrDefault(run => run.Kind == RunKinds.Regular && !run.Voided && run.PayerNo != payer.PayerNo && run.Programmes.Any(programme => payer.Programmes.Contains((Core.Recipients.Programme)programme))
            && (run.WholeProvince || payer.CommuneIds is null || payer.CommuneIds.Any(run.Communes.Contains))) is not { } other ? null
        : new Problem("not_allowed.payers_overlap", $"Run {other.Id} of {other.PayerName} already lists the same programme in communes of {payer.Code}.",
            $"Correct programmes, communes or days of the two payers (payers.csv), return {other.Id} if it is the wrong one, and plan again.");

    static Problem? MissingRegular(IReadOnlyList<StoredRun> runs, StoredPayer payer, YearMonth month, OffCycleRequest offCycle)
    {
        if (offCycle.Programmes.FirstOrDefault(programme => !payer.Programmes.Contains(programme)) is var foreign && foreign != default)
            return new Problem("run.not_of_payer", $"{payer.Code} does not pay {foreign.ToString().ToUpperInvariant()}.", $"Its programmes are {string.Join(", ", payer.Programmes.Select(one => one.ToString().ToUpperInvariant()))}.");
        var missing = offCycle.Programmes.FirstOrDefault(programme => !runs.Any(run => run.Kind == RunKinds.Regular && !run.Voided && run.PayerNo == payer.PayerNo
            && run.Programmes.Contains((short)programme) && run.Step is "approved" or "sealed" or "handed_over" or "closed"));
        return missing == default ? null
            : new Problem("not_allowed.regular_first", $"The regular run of {missing.ToString().ToUpperInvariant()} for {month.Text()} is not approved: what is due belongs on it.", $"Plan it or have it approved first: payengine run show {month.Text()}.");
    }

    async Task<Result<(StoredRun Run, LawBook Law, int People, bool Resumed)>> TakeUpAsync(DatabaseSession session, Caller caller, StoredRun standing, CancellationToken cancel)
    {
        var exists = new Problem("not_allowed.run_exists", $"Run {standing.Id} of {standing.PayerCode} stands for {Months.FromKey(standing.Month).Text()}: {standing.Step ?? "not finished"}, made by {standing.MadeBy}.",
            $"See it: payengine run show {standing.Id}. A month has one regular run of a payer; to plan again it must first be returned.");
        if (standing.MadeBy != caller.UserName || standing.Step is not (null or "planned")) return exists;
        var begunWith = await StandingLaw.AtAsync(session, release, standing.ProvinceCode, standing.KnownAt, cancel);
        if (!begunWith.TryGet(out var law)) return Result<(StoredRun, LawBook, int, bool)>.Refuse(begunWith.Problems);
        if (standing.ContentHash is null && Convert.ToHexStringLower(standing.LawHash) != law.Book.ContentHash)
            return new Problem("not_allowed.law_changed", $"Run {standing.Id} was begun with other law files than the program has now.", $"Take it back (payengine run return {standing.Id} --remark …) and plan again.");
        if (standing.ContentHash is null && await RouteStore.DigestAsync(session, standing.Id, cancel) is null)
            return new Problem("not_allowed.routes_changed", $"Run {standing.Id} was begun before routes were kept with a run.", $"Take it back (payengine run return {standing.Id} --remark …) and plan again.");
        return (standing, law.Book, standing.People - standing.PeopleDone, true);
    }

    async Task<Result<StoredRun>> FinishPlanAsync(DatabaseSession session, Caller caller, RunId id, CancellationToken cancel)
    {
        await RunStore.LockRunAsync(session, id, cancel);
        var run = await RunStore.FindAsync(session, id, cancel) ?? throw new InvalidOperationException($"Run {id} is gone.");
        if (run.ContentHash is not null) return run;
        if (run.Voided) return WrongState(run, "being planned");
        if (run.PartitionsDone < run.Partitions)
            return new Problem("not_allowed.still_planning", $"Another process is working on {run.Partitions - run.PartitionsDone} partitions of run {id}.", "Wait for it, then give the same command again.");
        var now = Now();
        var operation = await OperationLog.BeginAsync(session, id.ProvinceCode, $"run.plan {id}", "run.plan", OperationLog.RequestHash(id.ToString()), caller.UserName, now, cancel);
        var total = await RunSteps.FinishAsync(session, run, await RunRuleVersions.OfRunAsync(session, run, cancel), caller.UserName, operation.OperationNo, now, cancel);
        await OperationLog.CompleteAsync(session, id.ProvinceCode, operation.OperationNo, JsonText.Write(new { run = id.ToString() }), EventsOf("planned", id, total), now, cancel);
        return await RunStore.FindAsync(session, id, cancel) ?? throw new InvalidOperationException($"Run {id} is gone.");
    }

    /// <summary>One step of one run in one transaction. The decision says a problem, true when it was done before, false when it is done now.</summary>
    async Task<Result<RunView>> StepAsync(Caller caller, RunId id, AccessRule? rule, string verb, IEnumerable<string> request,
        Func<DatabaseSession, StoredRun, RunTotal?, Func<long>, Task<Result<bool>>> decide, CancellationToken cancel)
    {
        if (rule is not null && caller.Lacks(rule) is { } lacks) return lacks;
        await using var session = await database.RunOfPayerAsync(caller.Scope, cancel);
        var taken = await session.InTransactionAsync<Result<bool>>(async () =>
        {
            await RunStore.LockRunAsync(session, id, cancel);
            var found = await FindAsync(session, caller, id, cancel);
            if (!found.TryGet(out var stored)) return Result<bool>.Refuse(found.Problems);
            var total = await RunSteps.TotalAsync(session, id, cancel);
            var now = Now();
            // A step that was taken, and taken back by a change of the content, is taken again as an operation of its own.
            var operation = await OperationLog.BeginAsync(session, id.ProvinceCode, await KeyAsync(session, id, verb, cancel), $"run.{verb}", OperationLog.RequestHash([id.ToString(), caller.UserName, .. request]), caller.UserName, now, cancel);
            var decided = await decide(session, stored, total, () => operation.OperationNo);
            if (!decided.IsOk || decided.Value) return decided;
            await OperationLog.CompleteAsync(session, id.ProvinceCode, operation.OperationNo, JsonText.Write(new { run = id.ToString() }), EventsOf(verb, id, total), now, cancel);
            return decided;
        }, result => result.IsOk && !result.Value, cancel: cancel);
        if (!taken.IsOk) return Result<RunView>.Refuse(taken.Problems);
        var after = await RunStore.FindAsync(session, id, cancel) ?? throw new InvalidOperationException($"Run {id} is gone.");
        return await ViewAsync(session, after, cancel) with { AlreadyDone = taken.Value };
    }

    static async Task<string> KeyAsync(DatabaseSession session, RunId id, string verb, CancellationToken cancel)
    {
        var taken = await OperationLog.CountAsync(session, id.ProvinceCode, $"run.{verb} {id}", cancel);
        return taken == 0 ? $"run.{verb} {id}" : string.Create(CultureInfo.InvariantCulture, $"run.{verb} {id} {taken + 1}");
    }

    static List<Problem> Differing(RunId run, IEnumerable<ControlRow> controls) =>
        [.. controls.Select(row => new ControlTotal((Core.Recipients.Programme?)row.Programme, row.CommuneCode, row.People, new Vnd(row.SumVnd), row.Place).Against(run, row.HeldPeople, new Vnd(row.HeldVnd))).OfType<Problem>()];

    static string EventsOf(string step, RunId id, RunTotal? total) => JsonText.Write(total is null
        ? new { run = id.ToString(), step }
        : new
        {
            run = id.ToString(), step, content_hash = Convert.ToHexStringLower(total.ContentHash), recipients = total.Recipients, disbursements = total.Disbursements,
            listed_vnd = total.ListedVnd, bank_vnd = total.BankVnd, cash_vnd = total.CashVnd, held_vnd = total.HeldVnd,
        });

    /// <summary>A run with everything its papers say.</summary>
    internal static async Task<RunView> ViewAsync(DatabaseSession session, StoredRun run, CancellationToken cancel)
    {
        var total = await RunSteps.TotalAsync(session, run.Id, cancel);
        var isOpen = run is { Voided: false, Step: null or "planned" or "submitted" };
        return new(run, total, await RunSteps.ProgrammesAsync(session, run.Id, cancel), await RunDifferences.OfAsync(session, run.Id, cancel), await RunSteps.HoldsAsync(session, run.Id, cancel),
            total?.Findings, await RunSteps.OfAsync(session, run.Id, cancel))
        {
            Claims = run.Voided ? [] : await ClaimStore.TotalsOfRunAsync(session, run.Id, cancel),
            OpenBefore = isOpen ? await RunStore.OpenBeforeAsync(session, run, cancel) : [],
            NotClosedBefore = isOpen && run.Kind == "regular" ? await RunStore.NotClosedBeforeAsync(session, run, cancel) : [],
            Conflicts = await ConflictStore.OfAsync(session, run.Id, cancel),
            Controls = isOpen && total is not null ? await ConflictStore.ControlsAsync(session, run.Id, cancel) : [],
            Levels = await RunSteps.LevelsAsync(session, run.Id, cancel),
            Exceptions = await RunSteps.ExceptionsAsync(session, run.Id, cancel),
            Glasses = await GlassStore.OfRunAsync(session, run.Id, cancel),
            Rules = await RunRuleVersions.OfRunAsync(session, run, cancel),
            Uncovered = isOpen && total is not null ? await Funds.UncoveredAsync(session, run, cancel) : [],
        };
    }

    /// <summary>A run that the caller may see.</summary>
    internal static async Task<Result<StoredRun>> FindAsync(DatabaseSession session, Caller caller, RunId run, CancellationToken cancel)
    {
        var found = run.ProvinceCode == caller.ProvinceCode ? await RunStore.FindAsync(session, run, cancel) : null;
        if (found is null) return Unknown(run);
        // Not yours and not there are one answer: whoever may not see a run learns nothing of it.
        return MayNotSee(caller, found) is null ? found : Unknown(run);
    }

    /// <summary>The ids of a month's runs that the caller may see, and nothing else of them: what a shell offers behind a command.</summary>
    public async Task<IReadOnlyList<RunId>> IdsAsync(Caller caller, YearMonth month, CancellationToken cancel = default)
    {
        await using var session = await database.RunOfPayerAsync(caller.Scope, cancel);
        return [.. (await RunStore.OfMonthAsync(session, caller.ProvinceCode, month, cancel)).Where(run => MayNotSee(caller, run) is null).Select(run => run.Id)];
    }

    static Problem Unknown(RunId run) => new("run.unknown", $"There is no run {run} that you may see.", $"See the runs of the month: payengine run show {run.Month.Text()}.");

    static Problem? MayNotSee(Caller caller, StoredRun run) => MayNotActFor(caller, run.WholeProvince ? null : run.Communes, run.PayerCode);

    static Problem? MayNotActFor(Caller caller, IReadOnlyList<int>? communes, string payer) =>
        caller.Communes is null || (communes is not null && communes.All(caller.Communes.Contains)) ? null
        : new Problem("not_allowed.territory", $"{caller.UserName} does not act for all communes of {payer}.", "Have a colleague whose territory holds them do this.");

    static Result<IReadOnlyList<StoredPayer>> Choose(Caller caller, IReadOnlyList<StoredPayer> payers, string? wanted)
    {
        if (payers.Count == 0) return new Problem("run.no_payer", "No payer is recorded for this month.", "Import payers first: payengine register import … payers.csv.");
        if (wanted == AllPayers)
        {
            var mine = payers.Where(payer => MayNotActFor(caller, payer.CommuneIds, payer.Code) is null).ToList();
            return mine.Count > 0 ? mine : MayNotActFor(caller, payers[0].CommuneIds, payers[0].Code)!;
        }

        if (wanted is null && payers.Count > 1)
            return new Problem("usage.payer_missing", $"There are {payers.Count} payers: {string.Join(", ", payers.Take(10).Select(payer => payer.Code))}.", "Name one with --payer CODE, or all with --payers all.");
        if (payers.FirstOrDefault(payer => wanted is null || payer.Code == wanted) is not { } found)
            return new Problem("run.unknown_payer", $"There is no payer '{wanted}' in this month.", $"Payers: {string.Join(", ", payers.Take(10).Select(payer => payer.Code))}.");
        return MayNotActFor(caller, found.CommuneIds, found.Code) is { } problem ? problem : Result<IReadOnlyList<StoredPayer>>.Ok([found]);
    }

    static Problem WrongState(StoredRun run, string wanted) => new("not_allowed.state", $"Run {run.Id} is {(run.Voided ? "returned" : run.Step ?? "not finished")}, not {wanted}.",
        $"See where it stands and what comes next: payengine run show {run.Id}.");

    // The store keeps microseconds: what is kept must be what was asked with.
    Instant Now() => Instant.FromUnixTimeTicks(clock.GetCurrentInstant().ToUnixTimeTicks() / 10 * 10);
}
