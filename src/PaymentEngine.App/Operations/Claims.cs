using System.Globalization;
using NodaTime;
using PaymentEngine.App.CommandLine;
using PaymentEngine.App.Operations.Access;
using PaymentEngine.Core;
using PaymentEngine.Core.Entitlements;
using PaymentEngine.Core.Money;
using PaymentEngine.Postgres;

namespace PaymentEngine.App.Operations;

/// <summary>How a claim ends by a person's entry.</summary>
public enum ClaimEntry : byte
{
    /// <summary>The money came back to the payer: a receipt of the Treasury or of the cash desk proves it.</summary>
    Recovered = 1,

    /// <summary>A competent authority has decided not to ask for it any more.</summary>
    WrittenOff = 2,
}

/// <summary>A claim with its story.</summary>
/// <param name="AlreadyDone">This entry was made before; nothing was changed now.</param>
/// <param name="Plan">The agreed instalments; null: none.</param>
public sealed record ClaimView(StoredClaim Claim, IReadOnlyList<ClaimEventRow> Events, StoredClaimPlan? Plan, bool AlreadyDone = false);

/// <summary>Claims (khoản phải thu hồi): look, and record what came back or was given up. The one way in.</summary>
/// <param name="database">The store.</param>
/// <param name="clock">The clock.</param>
public sealed class Claims(Database database, IClock clock)
{
    /// <summary>Claims in the caller's communes: those outstanding, or all.</summary>
    public async Task<IReadOnlyList<StoredClaim>> ListAsync(Caller caller, bool all, CancellationToken cancel = default)
    {
        await using var session = await database.DeskAsync(caller.Scope, cancel);
        return await ClaimStore.ListAsync(session, caller.ProvinceCode, all, cancel);
    }

    /// <summary>One claim with its story.</summary>
    public async Task<Result<ClaimView>> ShowAsync(Caller caller, int claimNo, CancellationToken cancel = default)
    {
        await using var session = await database.DeskAsync(caller.Scope, cancel);
        return await ViewAsync(session, caller, claimNo, cancel) is { } view ? view : Unknown(claimNo);
    }

    /// <summary>Records that a sum of a claim came back or is given up. It counts as listed no longer, so no later list takes it back a second time.</summary>
    /// <param name="caller">Recovered: a maker, reconciler or cash officer. Written off: an approver.</param>
    /// <param name="claimNo">The claim.</param>
    /// <param name="entry">What happened.</param>
    /// <param name="sum">VND; taken off the oldest months first.</param>
    /// <param name="evidence">What proves it: number and day of the receipt or decision. The same evidence is taken once.</param>
    /// <param name="cancel">Cancels before the commit.</param>
    public async Task<Result<ClaimView>> RecordAsync(Caller caller, int claimNo, ClaimEntry entry, Vnd sum, string evidence, CancellationToken cancel = default)
    {
        if ((entry == ClaimEntry.Recovered ? caller.Lacks(Role.Maker, Role.Reconciler, Role.CashOfficer) : caller.Lacks(Role.Approver)) is { } lacks) return lacks;
        if (sum <= Vnd.Zero) return new Problem("usage.sum", "The sum is not a whole number of đồng above 0.", "Type the sum that came back: --recovered 500000.");
        evidence = evidence.Trim();
        if (evidence.Length == 0) return new Problem("usage.evidence_missing", "An entry needs its proof.", "Name the receipt or decision: --evidence \"PT 12/2026, 03/12/2026\".");
        // Whether the person may see the claim is asked with the person's own eyes; the entry itself is made by the run role.
        if (!(await ShowAsync(caller, claimNo, cancel)).TryGet(out var seen)) return Unknown(claimNo);
        await using var session = await database.RunAsync(caller.Scope, cancel);
        var word = entry == ClaimEntry.Recovered ? "recovered" : "written_off";
        var done = await session.InTransactionAsync<Result<bool>>(async () =>
        {
            await ClaimStore.LockAsync(session, caller.ProvinceCode, cancel);
            var now = Instant.FromUnixTimeTicks(clock.GetCurrentInstant().ToUnixTimeTicks() / 10 * 10);
            var operation = await OperationLog.BeginOrTellAsync(session, caller.ProvinceCode, FormattableString.Invariant($"claim.record {claimNo} {word} {evidence}"), "claim.record",
                OperationLog.RequestHash(word, sum.Amount.ToString(CultureInfo.InvariantCulture), evidence), caller.UserName, now, cancel);
            if (operation.OtherRequest)
                return new Problem("claim.evidence_used", $"'{evidence}' is recorded for claim {claimNo} with another sum.", FormattableString.Invariant($"See it: payengine claim show {claimNo}. Another receipt is another entry with its own number."));
            if (operation.DoneResult is not null) return true;
            var claim = await ClaimStore.FindAsync(session, caller.ProvinceCode, claimNo, cancel) ?? seen.Claim;
            if (sum.Amount > claim.AmountVnd)
                return new Problem("claim.too_much", $"{sum.Amount} đồng are more than the {claim.AmountVnd} đồng outstanding of claim {claimNo}.",
                    "Record at most what is outstanding; money beyond it belongs to whoever paid it.");
            if (await ClaimStore.OpenRunAsync(session, caller.ProvinceCode, claimNo, cancel) is { } run)
                return new Problem("not_allowed.run_open", $"Run {run} counts claim {claimNo} and waits for approval.", $"Approve it or return it (payengine run return {run} --remark …), then record.");
            await ClaimStore.RecordAsync(session, caller.ProvinceCode, claim, (word, sum, evidence), (caller.UserName, now, operation.OperationNo), cancel);
            var events = JsonText.Write(new { claim = claimNo, entry = word, sum_vnd = sum.Amount, evidence, left_vnd = claim.AmountVnd - sum.Amount });
            await OperationLog.CompleteAsync(session, caller.ProvinceCode, operation.OperationNo, JsonText.Write(new { claim = claimNo }), events, now, cancel);
            return false;
        }, result => result is { IsOk: true, Value: false }, cancel: cancel);
        if (!done.TryGet(out var already)) return Result<ClaimView>.Refuse(done.Problems);
        return (await ViewAsync(session, caller, claimNo, cancel))! with { AlreadyDone = already };
    }

    /// <summary>What stands in the accounts of claims the caller may see, by programme and cause: found, outstanding, recouped by lists, paid back, written off, withdrawn.</summary>
    public async Task<IReadOnlyList<ClaimBalance>> BalancesAsync(Caller caller, CancellationToken cancel = default)
    {
        await using var session = await database.DeskAsync(caller.Scope, cancel);
        return await ClaimStore.BalancesAsync(session, caller.ProvinceCode, cancel);
    }

    /// <summary>Records an agreed way to pay a claim back in parts. It takes the place of an earlier one; the claim's case is due with the first part that is not paid.</summary>
    /// <param name="caller">A maker, reconciler or cash officer.</param>
    /// <param name="claimNo">An outstanding claim.</param>
    /// <param name="parts">Of what is outstanding, the parts to agree on; called inside the transaction.</param>
    /// <param name="agreement">Number and day of the minutes or decision. The same agreement is taken once.</param>
    /// <param name="cancel">Cancels before the commit.</param>
    public async Task<Result<ClaimView>> AgreeAsync(Caller caller, int claimNo, Func<Vnd, Result<IReadOnlyList<ClaimInstalment>>> parts, string agreement, CancellationToken cancel = default)
    {
        if (caller.Lacks(AccessRules.ClaimInstalments) is { } lacking) return lacking;
        agreement = agreement.Trim();
        if (agreement.Length == 0) return new Problem("usage.agreement_missing", "Instalments are agreed in writing.", "Name the minutes or decision: --agreement \"BB 05/2027, 12/01/2027\".");
        if (!(await ShowAsync(caller, claimNo, cancel)).TryGet(out var seen)) return Unknown(claimNo);
        await using var session = await database.RunAsync(caller.Scope, cancel);
        var done = await session.InTransactionAsync<Result<bool>>(async () =>
        {
            await ClaimStore.LockAsync(session, caller.ProvinceCode, cancel);
            var now = Instant.FromUnixTimeTicks(clock.GetCurrentInstant().ToUnixTimeTicks() / 10 * 10);
            var today = now.InZone(Zone).Date;
            var claim = await ClaimStore.FindAsync(session, caller.ProvinceCode, claimNo, cancel) ?? seen.Claim;
            if (claim.AmountVnd == 0) return new Problem("claim.settled", $"Nothing of claim {claimNo} is outstanding.", "See payengine claim list.");
            if (await ClaimStore.PlanAsync(session, caller.ProvinceCode, claimNo, cancel) is { } stands && stands.Agreement == agreement) return true;
            if (!parts(new Vnd(claim.AmountVnd)).TryGet(out var plan)) return Result<bool>.Refuse(parts(new Vnd(claim.AmountVnd)).Problems);
            if (ClaimInstalments.Sum(plan).Amount != claim.AmountVnd)
                return new Problem("claim.plan_sum", $"The parts add up to {ClaimInstalments.Sum(plan).Amount} đồng, and {claim.AmountVnd} are outstanding.", "A plan covers what is outstanding, to the đồng.");
            for (var i = 0; i < plan.Count; i++)
            {
                if (plan[i].Amount <= Vnd.Zero) return new Problem("claim.plan_part", $"Part {i + 1} is not a sum.", "Every part is at least 1 đồng.");
                if (plan[i].DueOn < today || (i > 0 && plan[i].DueOn <= plan[i - 1].DueOn)) return new Problem("claim.plan_day", $"Part {i + 1} is due on {plan[i].DueOn:uuuu-MM-dd}, which is over or not after the part before.", "Give days to come, each later than the one before.");
            }

            var request = OperationLog.RequestHash(plan.Select(part => $"{part.DueOn:uuuu-MM-dd}|{part.Amount.Amount}"));
            var operation = await OperationLog.BeginOrTellAsync(session, caller.ProvinceCode, FormattableString.Invariant($"claim.agree {claimNo} {claim.Version} {agreement}"), "claim.agree", request, caller.UserName, now, cancel);
            if (operation.OtherRequest) return new Problem("claim.agreement_used", $"'{agreement}' is recorded for claim {claimNo} with other parts.", FormattableString.Invariant($"See it: payengine claim show {claimNo}. Another agreement has its own number."));
            await ClaimStore.InsertPlanAsync(session, caller.ProvinceCode, claim, plan, agreement, (caller.UserName, now, operation.OperationNo), cancel);
            var events = JsonText.Write(new { claim = claimNo, agreement, parts = plan.Select(part => new { due_on = part.DueOn, sum_vnd = part.Amount }) });
            await OperationLog.CompleteAsync(session, caller.ProvinceCode, operation.OperationNo, JsonText.Write(new { claim = claimNo }), events, now, cancel);
            return false;
        }, result => result is { IsOk: true, Value: false }, cancel: cancel);
        if (!done.TryGet(out var already)) return Result<ClaimView>.Refuse(done.Problems);
        return (await ViewAsync(session, caller, claimNo, cancel))! with { AlreadyDone = already };
    }

    static readonly DateTimeZone Zone = DateTimeZoneProviders.Tzdb["Asia/Ho_Chi_Minh"];

    static async Task<ClaimView?> ViewAsync(DatabaseSession session, Caller caller, int claimNo, CancellationToken cancel) =>
        await ClaimStore.FindAsync(session, caller.ProvinceCode, claimNo, cancel) is { } claim ? new ClaimView(claim, await ClaimStore.EventsAsync(session, caller.ProvinceCode, claimNo, cancel), await ClaimStore.PlanAsync(session, caller.ProvinceCode, claimNo, cancel)) : null;

    internal static Problem Unknown(int claimNo) => new("claim.unknown", FormattableString.Invariant($"There is no claim {claimNo} in your communes."), "See them: payengine claim list --all.");
}
