using System.Globalization;
using NodaTime;
using PaymentEngine.App.CommandLine;
using PaymentEngine.Core;
using PaymentEngine.Core.Payments;
using PaymentEngine.Postgres;

namespace PaymentEngine.App.Operations;

/// <summary>The window of execution dates of a run after a step.</summary>
/// <param name="ApprovedBy">Null while it waits for another person.</param>
public sealed record WindowView(string Run, LocalDate ExecutionFrom, LocalDate ExecutionTo, string AskedBy, string? ApprovedBy, bool IsNew);

/// <summary>New days for an approved list whose days are over: asked for by one person, approved by another. The list itself stays as it was approved, and keeps its ids.</summary>
public sealed class RunWindows(Database database, IClock clock, BankingCalendar calendar)
{
    static readonly Offset VietNam = Offset.FromHours(7);

    /// <summary>Asks for a new window, from today on. What waits already is given back.</summary>
    /// <param name="caller">A maker of the whole province.</param>
    /// <param name="run">An approved run with files that have not reached the bank.</param>
    /// <param name="reason">Why; it is kept.</param>
    /// <param name="cancel">Cancels before the commit.</param>
    public Task<Result<WindowView>> AskAsync(Caller caller, RunId run, string reason, CancellationToken cancel = default) =>
        string.IsNullOrWhiteSpace(reason)
            ? Task.FromResult<Result<WindowView>>(new Problem("usage.reason_missing", "New days are asked for with a reason.", "Say why: --reason \"…\"."))
            : StepAsync(caller, Role.Maker, run, async (session, stored, contentHash) =>
            {
                var latest = await WindowStore.LatestAsync(session, run, cancel);
                if (latest is { ApprovedBy: null }) return View(run, latest, isNew: false);
                var now = clock.GetCurrentInstant();
                var (from, to) = calendar.Window(run.Month, now.WithOffset(VietNam).Date);
                var windowNo = (latest?.WindowNo ?? 0) + 1;
                await OperateAsync(session, caller, run, "run.ask_window", windowNo, now,
                    operationNo => WindowStore.AskAsync(session, run, windowNo, from, to, contentHash, caller.UserName, reason.Trim(), now, operationNo, cancel),
                    new { run = run.ToString(), window = windowNo, from, to, reason = reason.Trim(), content_hash = Convert.ToHexStringLower(contentHash) }, cancel);
                return new WindowView(run.ToString(), from, to, caller.UserName, null, IsNew: true);
            }, cancel);

    /// <summary>Approves the window that waits. The rows of the list are hashed once more: days are approved for the list that was approved, and for no other.</summary>
    /// <param name="caller">An approver of the whole province who neither asked nor made the run.</param>
    /// <param name="run">The run.</param>
    /// <param name="cancel">Cancels before the commit.</param>
    public Task<Result<WindowView>> ApproveAsync(Caller caller, RunId run, CancellationToken cancel = default) =>
        StepAsync(caller, Role.Approver, run, async (session, stored, contentHash) =>
        {
            if (await WindowStore.LatestAsync(session, run, cancel) is not { } waiting) return new Problem("not_allowed.no_window", $"Nobody has asked for new days for run {run}.", "A maker asks: payengine run extend R --reason ….");
            if (waiting.ApprovedBy is not null) return View(run, waiting, isNew: false);
            if (caller.LacksProof(clock.GetCurrentInstant()) is { } unproven) return unproven;
            if (waiting.AskedBy == caller.UserName || stored.MadeBy == caller.UserName)
                return new Problem("not_allowed.own_run", $"{caller.UserName} {(waiting.AskedBy == caller.UserName ? "asked for these days" : $"made run {run}")} and cannot approve them.", "A colleague who had no part in it approves.");
            if (!(await RunSteps.RecomputeHashAsync(session, stored, cancel)).AsSpan().SequenceEqual(contentHash))
                return new Problem("not_allowed.content_changed", $"The rows of run {run} are not those that were approved.", "Nothing was approved. Find out who changed them: payengine verify.");
            var now = clock.GetCurrentInstant();
            await OperateAsync(session, caller, run, "run.approve_window", waiting.WindowNo, now,
                operationNo => WindowStore.ApproveAsync(session, run, waiting.WindowNo, caller.UserName, now, operationNo, cancel),
                new { run = run.ToString(), window = waiting.WindowNo, from = waiting.ExecutionFrom, to = waiting.ExecutionTo, content_hash = Convert.ToHexStringLower(contentHash) }, cancel);
            return View(run, waiting with { ApprovedBy = caller.UserName }, isNew: true);
        }, cancel);

    async Task<Result<WindowView>> StepAsync(Caller caller, string role, RunId run, Func<DatabaseSession, StoredRun, byte[], Task<Result<WindowView>>> decide, CancellationToken cancel)
    {
        if ((caller.Lacks(role) ?? caller.LacksProvince()) is { } lacking) return lacking;
        if (run.ProvinceCode != caller.ProvinceCode) return RunProblems.Unknown(run);
        await using var session = await database.RunAsync(caller.Scope, cancel);
        return await session.InTransactionAsync(async () =>
        {
            await RunStore.LockRunAsync(session, run, cancel);
            if (await RunStore.FindAsync(session, run, cancel) is not { } stored || await BankFileStore.StateAsync(session, run, cancel) is not { } state) return RunProblems.Unknown(run);
            if (state.Step is not ("approved" or "sealed" or "handed_over"))
                return new Problem("not_allowed.state", $"Run {run} is {state.Step}: only an approved list that has not been closed gets other days.", $"See where it stands: payengine run show {run}.");
            return await decide(session, stored, state.ContentHash);
        }, result => result is { IsOk: true, Value.IsNew: true }, cancel: cancel);
    }

    static async Task OperateAsync(DatabaseSession session, Caller caller, RunId run, string kind, int windowNo, Instant now, Func<long, Task> work, object said, CancellationToken cancel)
    {
        var key = string.Create(CultureInfo.InvariantCulture, $"{kind} {run} {windowNo}");
        var start = await OperationLog.BeginAsync(session, run.ProvinceCode, key, kind, OperationLog.RequestHash(key), caller.UserName, now, cancel);
        await work(start.OperationNo);
        await OperationLog.CompleteAsync(session, run.ProvinceCode, start.OperationNo, JsonText.Write(said), JsonText.Write(said), now, cancel);
    }

    static WindowView View(RunId run, StoredWindow window, bool isNew) => new(run.ToString(), window.ExecutionFrom, window.ExecutionTo, window.AskedBy, window.ApprovedBy, isNew);
}
