using System.Globalization;
using NodaTime;
using PaymentEngine.App.CommandLine;
using PaymentEngine.Core;
using PaymentEngine.Core.Payments;
using PaymentEngine.Core.Recipients;
using PaymentEngine.Postgres;

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

    /// <summary>What a run holds: everything, or by some reasons only.</summary>
    public async Task<Result<HoldsView>> ListAsync(Caller caller, RunId run, IReadOnlyList<string>? reasons = null, CancellationToken cancel = default)
    {
        await using var session = await database.RunAsync(cancel);
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

    /// <summary>Releases what is held of a person. In a draft the next approval is the second person's; after approval the rules say whether one is asked first.</summary>
    /// <param name="caller">A maker.</param>
    /// <param name="run">The run that holds.</param>
    /// <param name="personId">Code of the recipient.</param>
    /// <param name="programme">One programme; null: all of the run.</param>
    /// <param name="reason">Why it may be paid; it is kept and printed.</param>
    /// <param name="cancel">Cancels before the commit.</param>
    public Task<Result<HoldsView>> ReleaseAsync(Caller caller, RunId run, string personId, Programme? programme, string reason, CancellationToken cancel = default) =>
        string.IsNullOrWhiteSpace(reason)
            ? Task.FromResult<Result<HoldsView>>(new Problem("usage.reason_missing", "A hold is released with a reason.", "Say why: --reason \"…\"."))
            : StepAsync(caller, [Role.Maker], run, personId, programme, async (session, stored, rules, holds) =>
            {
                var standing = Standing(holds).ToList();
                if (standing.Count == 0) return NotHeld(run, personId, holds);
                if (Unreleasable(standing) is { } unpayable) return unpayable;
                var asked = standing.Where(hold => hold.AskedBy is not null).ToList();
                var fresh = standing.Where(hold => hold.AskedBy is null).ToList();
                if (fresh.Count == 0) return false;
                var afterApproval = IsApproved(stored);
                var lines = fresh.Select(hold => hold.LineNo).ToList();
                if (!afterApproval && await TouchedAsync(session, stored, lines, cancel) is { } touched) return touched;
                var one = afterApproval ? fresh.Where(hold => !rules.ReleasedByTwo.Contains(hold.Reason)).ToList() : fresh;
                await OperateAsync(session, caller, stored, $"run.release {run} {personId} {Steps(stored, holds)}", "run.release", async (at, operationNo) =>
                {
                    await HoldStore.AskAsync(session, stored, fresh, (caller.UserName, reason.Trim(), at, operationNo), cancel);
                    if (one.Count > 0) await HoldStore.ReleaseAsync(session, stored, one, twoPeople: false, afterApproval, (caller.UserName, at, operationNo), cancel);
                    return afterApproval ? null : await RunSteps.RedrawAsync(session, stored, rules, Partitions(lines), (caller.UserName, $"{personId}: {reason.Trim()}", at, operationNo), cancel);
                }, new { run = run.ToString(), person = personId, lines, reason = reason.Trim(), released = one.Count, asked = fresh.Count - one.Count + asked.Count }, cancel);
                return true;
            }, cancel);

    /// <summary>The second person's yes to a release that was asked for after approval.</summary>
    /// <param name="caller">An approver who did not ask.</param>
    /// <param name="run">The run that holds.</param>
    /// <param name="personId">Code of the recipient.</param>
    /// <param name="programme">One programme; null: all of the run.</param>
    /// <param name="cancel">Cancels before the commit.</param>
    public Task<Result<HoldsView>> ApproveReleaseAsync(Caller caller, RunId run, string personId, Programme? programme, CancellationToken cancel = default) =>
        StepAsync(caller, [Role.Approver], run, personId, programme, async (session, stored, rules, holds) =>
        {
            var asked = Standing(holds).Where(hold => hold.AskedBy is not null).ToList();
            if (asked.Count == 0)
            {
                return holds.Any(hold => hold.ReleasedBy == caller.UserName) ? false
                    : new Problem("not_allowed.release_not_asked", $"Nobody has asked to release {personId} of run {run}.", $"A maker asks: payengine run release-hold {run} --person {personId} --reason ….");
            }

            if (asked.Any(hold => hold.AskedBy == caller.UserName))
                return new Problem("not_allowed.own_release", $"{caller.UserName} asked for this release and cannot approve it.", "A colleague who had no part in it approves.");
            await OperateAsync(session, caller, stored, $"run.approve_release {run} {personId} {Steps(stored, holds)}", "run.approve_release", async (at, operationNo) =>
            {
                await HoldStore.ReleaseAsync(session, stored, asked, twoPeople: true, afterApproval: true, (caller.UserName, at, operationNo), cancel);
                return null;
            }, new { run = run.ToString(), person = personId, lines = asked.Select(hold => hold.LineNo) }, cancel);
            return true;
        }, cancel);

    async Task<Result<HoldsView>> StepAsync(Caller caller, string[] roles, RunId id, string personId, Programme? programme,
        Func<DatabaseSession, StoredRun, RunRules, IReadOnlyList<StoredHold>, Task<Result<bool>>> decide, CancellationToken cancel)
    {
        if (caller.Lacks(roles) is { } lacks) return lacks;
        await using var session = await database.RunAsync(cancel);
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
            "Correct the register (payee, account, route, facts); the draft is then planned again, and an approved list is paid by the next regularisation.");

    static Result<bool> NotHeld(RunId run, string personId, IReadOnlyList<StoredHold> holds) => holds.Count > 0 ? false
        : new Problem("run.person_not_held", $"Run {run} holds nothing of {personId}.", $"See what it holds: payengine run holds {run}.");

    static IEnumerable<StoredHold> Standing(IEnumerable<StoredHold> holds) => holds.GroupBy(hold => hold.LineNo).Select(line => line.MaxBy(hold => hold.HoldNo)!).Where(hold => hold.ReleasedBy is null);

    static bool IsApproved(StoredRun run) => run.Step is "approved" or "sealed" or "handed_over" or "closed";

    static IEnumerable<int> Partitions(IEnumerable<int> lines) => lines.Select(line => line >> RunContent.PartitionShift).Distinct().Order();

    // The same request twice finds its own work done; after a change of the holds the same words are a request of their own.
    static string Steps(StoredRun run, IReadOnlyList<StoredHold> holds) => string.Create(CultureInfo.InvariantCulture,
        $"{(run.ContentHash is { } hash ? Convert.ToHexStringLower(hash)[..16] : "")} {holds.Count} {holds.Count(hold => hold.AskedBy is not null)} {holds.Count(hold => hold.ReleasedBy is not null)}");
}
