using System.Globalization;
using NodaTime;
using PaymentEngine.App.CommandLine;
using PaymentEngine.App.Operations.Access;
using PaymentEngine.Core;
using PaymentEngine.Core.CashPayouts;
using PaymentEngine.Core.Payments;
using PaymentEngine.Core.Recipients;
using PaymentEngine.Postgres;
using PaymentEngine.Postgres.Cash;

namespace PaymentEngine.App.Operations.Cash;

/// <summary>A proposal with its payments.</summary>
public sealed record GiveBackView(StoredGiveBack GiveBack, IReadOnlyList<GiveBackLine> Lines);

/// <summary>What a search for unclaimed sums found.</summary>
/// <param name="Made">The new proposal; null: nothing is unclaimed.</param>
/// <param name="WithoutRule">Uncollected payouts of programmes that have no rule: nothing is proposed for them.</param>
/// <param name="NotYet">Uncollected payouts whose time is not over.</param>
public sealed record ProposedGiveBack(GiveBackView? Made, int WithoutRule, int NotYet);

/// <summary>Sums nobody collected that go back to the budget (nộp trả ngân sách): rule, proposal, decision by another person, and the person who comes after all.</summary>
/// <remarks>
/// No national act read here says after how long; the authority's own decision does, by programme, with its source. A sum that was given back stays on its disbursement and its cash payout stays
/// open, so that no list and no bank order can take it; it is paid only after an authority's decision, as the next attempt of the same disbursement.
/// </remarks>
public sealed class UnclaimedSums(Database database, IClock clock)
{
    static readonly DateTimeZone Zone = DateTimeZoneProviders.Tzdb["Asia/Ho_Chi_Minh"];

    /// <summary>The rules that stand.</summary>
    public async Task<IReadOnlyList<UnclaimedRule>> RulesAsync(Caller caller, CancellationToken cancel = default)
    {
        await using var session = await database.DeskAsync(caller.Scope, cancel);
        return await GiveBackStore.RulesAsync(session, caller.ProvinceCode, cancel);
    }

    /// <summary>Sets a programme's rule, in a version that stays. The same again changes nothing.</summary>
    /// <param name="caller">An administrator of the province.</param>
    /// <param name="programme">The programme.</param>
    /// <param name="months">1 to 120, counted from the list month.</param>
    /// <param name="source">Who decided it: number and day of the act.</param>
    /// <param name="cancel">Cancels before the commit.</param>
    public async Task<Result<IReadOnlyList<UnclaimedRule>>> SetRuleAsync(Caller caller, Programme programme, int months, string source, CancellationToken cancel = default)
    {
        if (caller.Lacks(AccessRules.CashUnclaimedRule) is { } lacking) return lacking;
        source = source.Trim();
        if (months is < 1 or > 120) return new Problem("usage.months", $"{months} months are no rule.", "Give --months 1 to 120.");
        if (source.Length == 0) return new Problem("usage.source_missing", "A rule names who decided it.", "Give --source \"12/QĐ-UBND, 05/01/2027\".");
        var at = clock.GetCurrentInstant();
        await using var session = await database.RunAsync(caller.Scope, cancel);
        return await session.InTransactionAsync<Result<IReadOnlyList<UnclaimedRule>>>(async () =>
        {
            await FactStore.LockAsync(session, caller.ProvinceCode, cancel);
            var rules = await GiveBackStore.RulesAsync(session, caller.ProvinceCode, cancel);
            var stands = rules.FirstOrDefault(rule => rule.Programme == (short)programme);
            if (stands is not null && (stands.Months, stands.Source) == (months, source)) return Result<IReadOnlyList<UnclaimedRule>>.Ok(rules);
            var request = OperationLog.RequestHash(programme.ToString(), months.ToString(CultureInfo.InvariantCulture), source);
            var start = await OperationLog.BeginAsync(session, caller.ProvinceCode, FormattableString.Invariant($"cash.unclaimed_rule {programme} {(stands?.Version ?? 0) + 1}"), "cash.unclaimed_rule", request, caller.UserName, at, cancel);
            await GiveBackStore.InsertRuleAsync(session, caller.ProvinceCode, (short)programme, months, source, (caller.UserName, at, start.OperationNo), cancel);
            var said = JsonText.Write(new { programme, months, source });
            await OperationLog.CompleteAsync(session, caller.ProvinceCode, start.OperationNo, said, said, at, cancel);
            return Result<IReadOnlyList<UnclaimedRule>>.Ok(await GiveBackStore.RulesAsync(session, caller.ProvinceCode, cancel));
        }, result => result.IsOk, cancel: cancel);
    }

    /// <summary>Finds sums that waited as long as their programme's rule says and proposes to give them back.</summary>
    /// <param name="caller">A cash officer or maker; acts in their communes.</param>
    /// <param name="cancel">Cancels before the commit.</param>
    public async Task<Result<ProposedGiveBack>> ProposeAsync(Caller caller, CancellationToken cancel = default)
    {
        if (caller.Lacks(AccessRules.CashUnclaimedPropose) is { } lacking) return lacking;
        var at = clock.GetCurrentInstant();
        var today = at.InZone(Zone).Date;
        await using var session = await database.RunAsync(caller.Scope, cancel);
        return await session.InTransactionAsync<Result<ProposedGiveBack>>(async () =>
        {
            await FactStore.LockAsync(session, caller.ProvinceCode, cancel);
            var waiting = await GiveBackStore.UncollectedAsync(session, caller.ProvinceCode, caller.Communes, 0, cancel);
            var due = waiting.Where(payout => IsDue(payout, today)).ToList();
            var (withoutRule, notYet) = (waiting.Count(payout => payout.RuleMonths is null), waiting.Count(payout => payout.RuleMonths is not null && !IsDue(payout, today)));
            if (due.Count == 0) return new ProposedGiveBack(null, withoutRule, notYet);
            var members = OperationLog.RequestHash(due.Select(payout => FormattableString.Invariant($"{payout.Month}-{payout.RunNo}-{payout.LineNo}-{payout.Attempt}")));
            // A refused proposal may be made again: its number makes it another one.
            var no = (await GiveBackStore.ListAsync(session, caller.ProvinceCode, 0, cancel)).Select(one => one.GiveBackNo).DefaultIfEmpty(0).Max() + 1;
            var start = await OperationLog.BeginAsync(session, caller.ProvinceCode, FormattableString.Invariant($"cash.give_back {no}"), "cash.give_back", members, caller.UserName, at, cancel);
            await GiveBackStore.InsertAsync(session, caller.ProvinceCode, today, due, (caller.UserName, at, start.OperationNo), cancel);
            var said = JsonText.Write(new { give_back = no, as_of = today, items = due.Count, sum_vnd = due.Sum(payout => payout.AmountVnd), members = Convert.ToHexString(members) });
            await OperationLog.CompleteAsync(session, caller.ProvinceCode, start.OperationNo, said, said, at, cancel);
            return new ProposedGiveBack(await ViewAsync(session, caller.ProvinceCode, no, cancel), withoutRule, notYet);
        }, result => result.IsOk, cancel: cancel);
    }

    /// <summary>All proposals, undecided ones first.</summary>
    public async Task<Result<IReadOnlyList<StoredGiveBack>>> ListAsync(Caller caller, CancellationToken cancel = default)
    {
        if (caller.LacksProvince() is { } lacking) return lacking;
        await using var session = await database.DeskAsync(caller.Scope, cancel);
        return Result<IReadOnlyList<StoredGiveBack>>.Ok(await GiveBackStore.ListAsync(session, caller.ProvinceCode, 0, cancel));
    }

    /// <summary>One proposal with the payments of it that the caller may see.</summary>
    public async Task<Result<GiveBackView>> ShowAsync(Caller caller, int giveBackNo, CancellationToken cancel = default)
    {
        await using var session = await database.DeskAsync(caller.Scope, cancel);
        return await ViewAsync(session, caller.ProvinceCode, giveBackNo, cancel) is { Lines.Count: > 0 } view ? view : Unknown(giveBackNo);
    }

    /// <summary>Decides a proposal. Accepted, its sums are the budget's: every payment is looked at again, and one that meanwhile stands on a list, was paid or is in doubt stops it whole.</summary>
    /// <param name="caller">An approver of the province who did not propose it.</param>
    /// <param name="giveBackNo">The proposal.</param>
    /// <param name="accepted">Give back, or not.</param>
    /// <param name="decision">Number and day of the decision; of a refusal, the reason.</param>
    /// <param name="cancel">Cancels before the commit.</param>
    public async Task<Result<GiveBackView>> DecideAsync(Caller caller, int giveBackNo, bool accepted, string decision, CancellationToken cancel = default)
    {
        if ((caller.Lacks(AccessRules.CashUnclaimedDecide) ?? (accepted ? caller.LacksProof(clock.GetCurrentInstant()) : null)) is { } lacking) return lacking;
        decision = decision.Trim();
        if (decision.Length == 0) return new Problem("usage.decision_missing", "A decision is named: an acceptance by its number and day, a refusal by its reason.", "Give --accept \"15/QĐ-UBND, 28/12/2026\" or --refuse \"…\".");
        var at = clock.GetCurrentInstant();
        await using var session = await database.RunAsync(caller.Scope, cancel);
        return await session.InTransactionAsync<Result<GiveBackView>>(async () =>
        {
            await FactStore.LockAsync(session, caller.ProvinceCode, cancel);
            if (await ViewAsync(session, caller.ProvinceCode, giveBackNo, cancel) is not { } view) return Unknown(giveBackNo);
            if (view.GiveBack.Accepted is { } decided)
            {
                return decided == accepted && view.GiveBack.Decision == decision ? view
                    : new Problem("give_back.decided", $"Proposal {giveBackNo} is {(decided ? "accepted" : "refused")}: {view.GiveBack.Decision}.", "A decision stands. A sum that somebody claims after all: payengine cash unclaimed reclaim.");
            }

            if (view.GiveBack.ProposedBy == caller.UserName) return new Problem("not_allowed.own_proposal", $"{caller.UserName} proposed it and cannot decide it.", "Have another approver decide.");
            if (accepted)
            {
                var waiting = (await GiveBackStore.UncollectedAsync(session, caller.ProvinceCode, null, giveBackNo, cancel)).Select(payout => (payout.Month, payout.RunNo, payout.LineNo, payout.Attempt)).ToHashSet();
                var gone = view.Lines.Where(line => !waiting.Contains((line.Month, line.RunNo, line.LineNo, line.Attempt))).ToList();
                if (gone.Count > 0)
                {
                    return Result<GiveBackView>.Refuse([.. gone.Take(20).Select(line => new Problem("give_back.overtaken", $"{Payment(caller.ProvinceCode, line)} no longer waits: it stands on a list, was paid, or what is known of it disagrees.",
                        "Refuse this proposal and make it again: payengine cash unclaimed propose."))]);
                }
            }

            var start = await OperationLog.BeginAsync(session, caller.ProvinceCode, FormattableString.Invariant($"cash.give_back_decide {giveBackNo}"), "cash.give_back_decide", OperationLog.RequestHash(accepted ? "accepted" : "refused", decision), caller.UserName, at, cancel);
            await GiveBackStore.DecideAsync(session, caller.ProvinceCode, giveBackNo, accepted, decision, (caller.UserName, at, start.OperationNo), cancel);
            var said = JsonText.Write(new { give_back = giveBackNo, accepted, decision, items = view.GiveBack.Items, sum_vnd = view.GiveBack.SumVnd });
            await OperationLog.CompleteAsync(session, caller.ProvinceCode, start.OperationNo, said, said, at, cancel);
            return (await ViewAsync(session, caller.ProvinceCode, giveBackNo, cancel))!;
        }, result => result.IsOk, cancel: cancel);
    }

    /// <summary>Pays a sum after all that had gone back to the budget: its next attempt, in cash, waits for a list. The money is drawn again like any other.</summary>
    /// <param name="caller">An approver of the province.</param>
    /// <param name="payment">The payment as it stood on its last list; the letter of the attempt does not matter.</param>
    /// <param name="decision">Number and day of the decision.</param>
    /// <param name="cancel">Cancels before the commit.</param>
    public async Task<Result<GiveBackView>> ReclaimAsync(Caller caller, InstructionId payment, string decision, CancellationToken cancel = default)
    {
        if (caller.Lacks(AccessRules.CashUnclaimedReclaim) is { } lacking) return lacking;
        decision = decision.Trim();
        if (decision.Length == 0) return new Problem("usage.decision_missing", "Paying after all is an authority's decision.", "Give --decision \"15/QĐ-UBND, 28/12/2027\".");
        var at = clock.GetCurrentInstant();
        await using var session = await database.RunAsync(caller.Scope, cancel);
        return await session.InTransactionAsync<Result<GiveBackView>>(async () =>
        {
            await FactStore.LockAsync(session, caller.ProvinceCode, cancel);
            var found = await GiveBackStore.OfPaymentAsync(session, payment, cancel);
            if (found is null) return new Problem("give_back.unknown", $"{payment} was not given back to the budget.", "See what was: payengine cash unclaimed list.");
            var view = (await ViewAsync(session, caller.ProvinceCode, found.Value, cancel))!;
            var line = view.Lines.Single(one => (one.Month, one.RunNo, one.LineNo) == (payment.Month.Key(), payment.RunNo, payment.LineNo));
            if (line.Reclaimed is { } before)
            {
                return before == decision ? view : new Problem("give_back.reclaimed", $"{payment} was taken out of the budget again before: {before}.", "It waits for a cash list: payengine cash list.");
            }

            if (line.Attempt >= InstructionId.AttemptMax) return new Problem("not_allowed.attempts_used", $"{payment} has had 26 attempts, which is all an id can name.", "Pay it by a new decision: a one-time award in the register.");
            var start = await OperationLog.BeginAsync(session, caller.ProvinceCode, FormattableString.Invariant($"cash.reclaim {found} {line.Month}-{line.RunNo}-{line.LineNo}"), "cash.reclaim", OperationLog.RequestHash(decision), caller.UserName, at, cancel);
            await GiveBackStore.ReclaimAsync(session, caller.ProvinceCode, found.Value, line, decision, at.InZone(Zone).Date, (caller.UserName, at, start.OperationNo), cancel);
            var said = JsonText.Write(new { payment = payment.ToString(), give_back = found, decision, sum_vnd = line.AmountVnd });
            await OperationLog.CompleteAsync(session, caller.ProvinceCode, start.OperationNo, said, said, at, cancel);
            return (await ViewAsync(session, caller.ProvinceCode, found.Value, cancel))!;
        }, result => result.IsOk, cancel: cancel);
    }

    static bool IsDue(UncollectedPayout payout, LocalDate today) => payout.RuleMonths is { } months && UncollectedMonths.IsUnclaimed(Months.FromKey(payout.Month), today, months);

    /// <summary>The payment's id as it stands on its list.</summary>
    public static InstructionId Payment(short provinceCode, GiveBackLine line) => new(provinceCode, Months.FromKey(line.Month), line.RunNo, line.LineNo, line.Attempt);

    static async Task<GiveBackView?> ViewAsync(DatabaseSession session, short provinceCode, int giveBackNo, CancellationToken cancel) =>
        await GiveBackStore.ListAsync(session, provinceCode, giveBackNo, cancel) is [var one] && giveBackNo > 0 ? new GiveBackView(one, await GiveBackStore.LinesAsync(session, provinceCode, giveBackNo, cancel)) : null;

    static Problem Unknown(int giveBackNo) => new("give_back.unknown", FormattableString.Invariant($"There is no proposal {giveBackNo} in your communes."), "See them: payengine cash unclaimed list.");
}
