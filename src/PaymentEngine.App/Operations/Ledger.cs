using System.Globalization;
using NodaTime;
using PaymentEngine.App.CommandLine;
using PaymentEngine.App.Operations.Access;
using PaymentEngine.Core;
using PaymentEngine.Core.Money;
using PaymentEngine.Core.Payments;
using PaymentEngine.Core.Recipients;
using PaymentEngine.Postgres;

namespace PaymentEngine.App.Operations;

/// <summary>A period with what its close carried over and what was declared for it.</summary>
/// <param name="AlreadyDone">It was closed before; nothing was changed now.</param>
public sealed record LedgerPeriodView(LedgerPeriod Period, IReadOnlyList<CarriedBalance> Carried, IReadOnlyList<DeclaredTotal> Declared, bool AlreadyDone = false);

/// <summary>What an examination of the store found, and the stop that stands because of it.</summary>
public sealed record LedgerExamination(IReadOnlyList<InvariantFinding> Findings, WriteStop? Stop)
{
    public bool Holds => Findings.All(finding => finding.Holds);
}

/// <summary>The ledger (sổ bút toán): balances and postings, periods and their close, totals declared from other books, the stop while an invariant is broken. The one way in.</summary>
public sealed class Ledger(Database database, IClock clock)
{
    static readonly DateTimeZone Zone = DateTimeZoneProviders.Tzdb["Asia/Ho_Chi_Minh"];

    /// <summary>What can be declared before a close: sums that other books have too.</summary>
    public static readonly IReadOnlyList<string> Declarable = ["listed", "paid_by_account", "paid_in_cash", "given_back"];

    /// <summary>What stands in each place, told apart by some keys, as far as the caller may see.</summary>
    /// <param name="caller">Anybody who works with money, or an auditor.</param>
    /// <param name="by">Keys in the order of the answer's.</param>
    /// <param name="month">List month; null for all.</param>
    /// <param name="run">One run; null for all.</param>
    /// <param name="asOf">By the postings made up to this day, inclusive; null: by all.</param>
    /// <param name="cancel">Cancels the question.</param>
    public async Task<Result<IReadOnlyList<LedgerBalance>>> BalancesAsync(Caller caller, IReadOnlyList<LedgerKey> by, YearMonth? month, RunId? run, LocalDate? asOf, CancellationToken cancel = default)
    {
        if (Lacks(caller) is { } lacking) return lacking;
        var before = asOf is { } day ? day.PlusDays(1).AtStartOfDayInZone(Zone).ToInstant() : clock.GetCurrentInstant() + Duration.FromDays(1);
        await using var session = await database.DeskAsync(caller.Scope, cancel);
        return Result<IReadOnlyList<LedgerBalance>>.Ok(await LedgerStore.BalancesAsync(session, caller.ProvinceCode, by, (run?.Month ?? month)?.Key() ?? 0, run?.RunNo ?? 0, before, cancel));
    }

    /// <summary>Postings of a run, or of all runs of a month, or booked in a period; as far as the caller may see.</summary>
    public async Task<Result<IReadOnlyList<LedgerPosting>>> PostingsAsync(Caller caller, YearMonth? month, RunId? run, YearMonth? period, CancellationToken cancel = default)
    {
        if (Lacks(caller) is { } lacking) return lacking;
        await using var session = await database.DeskAsync(caller.Scope, cancel);
        return Result<IReadOnlyList<LedgerPosting>>.Ok(await LedgerStore.PostingsAsync(session, caller.ProvinceCode, (run?.Month ?? month)?.Key() ?? 0, run?.RunNo ?? 0, period?.Key() ?? 0, cancel));
    }

    /// <summary>Every move of one disbursement: where its money was, and which operation moved it.</summary>
    public async Task<Result<IReadOnlyList<LedgerMove>>> MovesAsync(Caller caller, RunId run, int lineNo, CancellationToken cancel = default)
    {
        if (Lacks(caller) is { } lacking) return lacking;
        await using var session = await database.DeskAsync(caller.Scope, cancel);
        var moves = await LedgerStore.MovesAsync(session, caller.ProvinceCode, run.Month.Key(), run.RunNo, lineNo, cancel);
        return moves.Count > 0 ? Result<IReadOnlyList<LedgerMove>>.Ok(moves)
            : new Problem("disbursement.unknown", string.Create(CultureInfo.InvariantCulture, $"Run {run} has listed no line {lineNo}, or it is not yours."), "The line is the figures after the run in a payment's id.");
    }

    public async Task<Result<IReadOnlyList<LedgerPeriod>>> PeriodsAsync(Caller caller, CancellationToken cancel = default)
    {
        if ((Lacks(caller) ?? caller.LacksProvince()) is { } lacking) return lacking;
        await using var session = await database.RunAsync(caller.Scope, cancel);
        return Result<IReadOnlyList<LedgerPeriod>>.Ok(await LedgerStore.PeriodsAsync(session, caller.ProvinceCode, cancel));
    }

    /// <summary>Declares a total of a period from books that are not ours; the close compares. A later declaration takes the place of an earlier one.</summary>
    /// <param name="caller">A maker, approver, cash officer or auditor; who declares does not close.</param>
    /// <param name="month">The period.</param>
    /// <param name="programme">Programme the total is of.</param>
    /// <param name="what">One of <see cref="Declarable"/>.</param>
    /// <param name="items">Payments.</param>
    /// <param name="sum">Their sum.</param>
    /// <param name="source">The paper it stands on.</param>
    /// <param name="cancel">Cancels before the commit.</param>
    public async Task<Result<DeclaredTotal>> DeclareAsync(Caller caller, YearMonth month, Programme programme, string what, int items, Vnd sum, string source, CancellationToken cancel = default)
    {
        if (caller.Lacks(AccessRules.LedgerDeclare) is { } lacking) return lacking;
        if (!Declarable.Contains(what)) return new Problem("usage.declared_total", $"'{what}' is nothing that can be declared.", $"Use one of: {string.Join(", ", Declarable)}.");
        if (items < 0 || sum < Vnd.Zero) return new Problem("usage.amount", "A declared total is not below zero.", "Declare how many payments and their sum.");
        if (source.Trim().Length == 0) return new Problem("usage.source_missing", "A declared total names the paper it stands on.", "For example: --source \"Sổ phụ KBNN 30/11/2026\".");
        var at = clock.GetCurrentInstant();
        await using var session = await database.RunAsync(caller.Scope, cancel);
        return await session.InTransactionAsync<Result<DeclaredTotal>>(async () =>
        {
            await FactStore.LockAsync(session, caller.ProvinceCode, cancel);
            if (await ClosedAsync(session, caller, month, cancel) is { ClosedBy: { } closedBy }) return Closed(month, closedBy);
            var request = string.Create(CultureInfo.InvariantCulture, $"{month.Text()} {programme} {what} {items} {sum.Amount} {source.Trim()}");
            var start = await OperationLog.BeginAsync(session, caller.ProvinceCode, $"ledger.declare {request}", "ledger.declare", OperationLog.RequestHash(request), caller.UserName, at, cancel);
            if (start.DoneResult is null)
            {
                await LedgerStore.DeclareAsync(session, caller.ProvinceCode, month.Key(), (short)programme, what, items, sum.Amount, source.Trim(), caller.UserName, at, start.OperationNo, cancel);
                var said = JsonText.Write(new { month, programme = programme.ToString(), what, items, sum_vnd = sum, source = source.Trim() });
                await OperationLog.CompleteAsync(session, caller.ProvinceCode, start.OperationNo, said, said, at, cancel);
            }

            return (await LedgerStore.DeclaredAsync(session, caller.ProvinceCode, month.Key(), cancel)).Single(total => total.Programme == (short)programme && total.What == what);
        }, result => result.IsOk, cancel: cancel);
    }

    /// <summary>Closes a period: from then on nothing is booked in it, and what is not final opens the next one. Late events are booked in the open period and point back.</summary>
    /// <param name="caller">A reconciler of the whole province who has declared no total of it.</param>
    /// <param name="month">The period; its runs and those before are closed.</param>
    /// <param name="cancel">Cancels before anything is kept.</param>
    public async Task<Result<LedgerPeriodView>> CloseAsync(Caller caller, YearMonth month, CancellationToken cancel = default)
    {
        if (caller.Lacks(AccessRules.LedgerClose) is { } lacking) return lacking;
        var at = clock.GetCurrentInstant();
        var province = caller.ProvinceCode;
        if (month.CompareTo(at.InZone(Zone).Date.ToYearMonth()) > 0) return new Problem("not_allowed.period_ahead", $"{month.Text()} has not come yet.", "Close a period when its lists are closed.");
        await using var session = await database.RunAsync(caller.Scope, cancel);
        return await session.InTransactionAsync<Result<LedgerPeriodView>>(async () =>
        {
            // Nothing may move between the last look and the close.
            await FactStore.LockAsync(session, province, cancel);
            var periods = await LedgerStore.PeriodsAsync(session, province, cancel);
            if (periods.Any(period => period.Month == month.Key() && period.ClosedBy is not null)) return await ViewAsync(session, province, month, true, cancel);
            if (periods.LastOrDefault(period => period.ClosedBy is not null && period.Month > month.Key()) is { } later)
                return new Problem("not_allowed.period_closed", $"{Months.FromKey(later.Month).Text()} is closed, and {month.Text()} with it.", "See payengine ledger periods.");
            var problems = new List<Problem>();
            foreach (var period in periods.Where(period => period.ClosedBy is null && period.Month < month.Key()))
                problems.Add(new Problem("not_allowed.period_before", $"{Months.FromKey(period.Month).Text()} is still open.", $"Close it first: payengine ledger close {Months.FromKey(period.Month).Text()}."));
            foreach (var (runMonth, runNo) in await LedgerStore.OpenRunsAsync(session, province, month.Key(), cancel))
            {
                var run = new RunId(province, Months.FromKey(runMonth), runNo);
                problems.Add(new Problem("not_allowed.run_open", $"Run {run} is not closed.", $"Close it first: payengine run close {run}."));
            }

            foreach (var total in await LedgerStore.DeclaredAsync(session, province, month.Key(), cancel))
            {
                if (total.Person == caller.UserName) problems.Add(new Problem("not_allowed.same_person", $"{caller.UserName} has declared a total of {month.Text()}.", "Have another reconciler close the period."));
                if ((total.Items, total.SumVnd) != (total.LedgerItems, total.LedgerVnd))
                {
                    problems.Add(new Problem("not_allowed.declared_differs",
                        $"{total.Source} declares for {(Programme)total.Programme} {total.What} {ViText.Count(total.Items)} payments, {ViText.Money(new Vnd(total.SumVnd))}; the ledger has {ViText.Count(total.LedgerItems)}, {ViText.Money(new Vnd(total.LedgerVnd))}.",
                        "Find the payments that only one of the two books has: payengine ledger postings. A declaration that was wrong is declared again."));
                }
            }

            if (problems.Count > 0) return Result<LedgerPeriodView>.Refuse(problems);
            foreach (var finding in (await Invariants.CheckAsync(database, province, 0, 0, cancel)).Where(finding => finding.StopsWriting && !finding.Holds))
                problems.Add(new Problem("not_allowed.invariant_broken", $"{finding.Id} is broken: {finding.Violations[0]}.", "See payengine verify."));
            if (problems.Count > 0) return Result<LedgerPeriodView>.Refuse(problems);
            var key = $"ledger.close {month.Text()}";
            var start = await OperationLog.BeginAsync(session, province, key, "ledger.close", OperationLog.RequestHash(key), caller.UserName, at, cancel);
            await LedgerStore.CloseAsync(session, province, month.Key(), caller.UserName, at, start.OperationNo, cancel);
            var closed = await ViewAsync(session, province, month, false, cancel);
            var said = JsonText.Write(new
            {
                month, postings = closed.Period.Postings, items = closed.Period.Items, sum_vnd = closed.Period.SumVnd, digest = Convert.ToHexStringLower(closed.Period.Digest!),
                carried = closed.Carried.Sum(balance => balance.Items), carried_vnd = closed.Carried.Sum(balance => balance.SumVnd),
            });
            await OperationLog.CompleteAsync(session, province, start.OperationNo, said, said, at, cancel);
            return closed;
        }, result => result.IsOk, cancel: cancel);
    }

    /// <summary>Checks every invariant; when one breaks on which the ledger rests, all postings stop until it holds again and an approver has said so.</summary>
    /// <param name="caller">Anybody of the whole province.</param>
    /// <param name="run">One run, or null for everything.</param>
    /// <param name="cancel">Stops between two queries.</param>
    public async Task<Result<LedgerExamination>> ExamineAsync(Caller caller, RunId? run, CancellationToken cancel = default)
    {
        if (caller.LacksProvince() is { } local) return local;
        var province = caller.ProvinceCode;
        var findings = await Invariants.CheckAsync(database, province, run?.Month.Key() ?? 0, run?.RunNo ?? 0, cancel);
        var broken = findings.Where(finding => finding.StopsWriting && !finding.Holds).ToList();
        await using var session = await database.RunAsync(caller.Scope, cancel);
        return await session.InTransactionAsync<Result<LedgerExamination>>(async () =>
        {
            await FactStore.LockAsync(session, province, cancel);
            var standing = await LedgerStore.StandingStopAsync(session, province, cancel);
            if (broken.Count == 0 || standing is not null) return new LedgerExamination(findings, standing);
            var at = clock.GetCurrentInstant();
            var named = JsonText.Write(broken.Select(finding => new { id = finding.Id, violations = finding.Violations }));
            var last = await OutcomeStore.LastOperationAsync(session, province, cancel);
            var start = await OperationLog.BeginAsync(session, province, string.Create(CultureInfo.InvariantCulture, $"ledger.stop after {last}"), "ledger.stop", OperationLog.RequestHash(named), caller.UserName, at, cancel);
            await LedgerStore.StopAsync(session, province, named, caller.UserName, at, start.OperationNo, cancel);
            await OperationLog.CompleteAsync(session, province, start.OperationNo, named, named, at, cancel);
            return new LedgerExamination(findings, await LedgerStore.StandingStopAsync(session, province, cancel));
        }, cancel: cancel);
    }

    /// <summary>Lets postings go on after a stop: every invariant on which the ledger rests holds again.</summary>
    /// <param name="caller">An approver of the whole province.</param>
    /// <param name="reason">What was wrong and how it was put right.</param>
    /// <param name="cancel">Cancels before the commit.</param>
    public async Task<Result<WriteStop>> ResumeAsync(Caller caller, string reason, CancellationToken cancel = default)
    {
        if (caller.Lacks(AccessRules.LedgerResume) is { } lacking) return lacking;
        if (reason.Trim().Length == 0) return new Problem("usage.reason_missing", "Say what was wrong and how it was put right.", "For example: --reason \"Khôi phục từ bản sao lưu 24/11\".");
        var province = caller.ProvinceCode;
        var at = clock.GetCurrentInstant();
        await using var session = await database.RunAsync(caller.Scope, cancel);
        return await session.InTransactionAsync<Result<WriteStop>>(async () =>
        {
            await FactStore.LockAsync(session, province, cancel);
            if (await LedgerStore.StandingStopAsync(session, province, cancel) is not { } stop) return new Problem("not_allowed.not_stopped", "Writing is not stopped.", "Nothing needs to be done.");
            var broken = (await Invariants.CheckAsync(database, province, 0, 0, cancel)).Where(finding => finding.StopsWriting && !finding.Holds).ToList();
            if (broken.Count > 0)
                return Result<WriteStop>.Refuse([.. broken.Select(finding => new Problem("not_allowed.invariant_broken", $"{finding.Id} is still broken: {finding.Violations[0]}.", "Put it right first, for example by restoring a backup: payengine db restore."))]);
            var key = string.Create(CultureInfo.InvariantCulture, $"ledger.resume {stop.StopNo}");
            var start = await OperationLog.BeginAsync(session, province, key, "ledger.resume", OperationLog.RequestHash(key, reason.Trim()), caller.UserName, at, cancel);
            await LedgerStore.ResumeAsync(session, province, stop.StopNo, reason.Trim(), caller.UserName, at, start.OperationNo, cancel);
            var said = JsonText.Write(new { stop = stop.StopNo, reason = reason.Trim() });
            await OperationLog.CompleteAsync(session, province, start.OperationNo, said, said, at, cancel);
            return stop;
        }, result => result.IsOk, cancel: cancel);
    }

    static Problem? Lacks(Caller caller) => caller.Lacks(AccessRules.LedgerBalances);

    static Problem Closed(YearMonth month, string by) => new("not_allowed.period_closed", $"{month.Text()} was closed by {by}.", "A closed period does not change; see payengine ledger periods.");

    static async Task<LedgerPeriod?> ClosedAsync(DatabaseSession session, Caller caller, YearMonth month, CancellationToken cancel) =>
        (await LedgerStore.PeriodsAsync(session, caller.ProvinceCode, cancel)).SingleOrDefault(period => period.Month == month.Key() && period.ClosedBy is not null);

    static async Task<LedgerPeriodView> ViewAsync(DatabaseSession session, short province, YearMonth month, bool alreadyDone, CancellationToken cancel) => new(
        (await LedgerStore.PeriodsAsync(session, province, cancel)).Single(period => period.Month == month.Key()), await LedgerStore.CarriedAsync(session, province, month.Key(), cancel),
        await LedgerStore.DeclaredAsync(session, province, month.Key(), cancel), alreadyDone);
}
