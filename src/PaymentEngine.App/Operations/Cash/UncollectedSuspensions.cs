using NodaTime;
using PaymentEngine.App.CommandLine;
using PaymentEngine.App.Operations.Access;
using PaymentEngine.Core;
using PaymentEngine.Core.CashPayouts;
using PaymentEngine.Core.Recipients;
using PaymentEngine.Messages;
using PaymentEngine.Postgres;
using PaymentEngine.Postgres.Cash;

namespace PaymentEngine.App.Operations.Cash;

/// <summary>What a search for uncollected months brought: proposals made now, and open ones that were overtaken (somebody came, died or was suspended meanwhile).</summary>
public sealed record ProposedSuspensions(IReadOnlyList<StoredSuspension> Made, int Overtaken, int StillOpen);

/// <summary>Suspensions because nobody collected the money for three months in a row (tạm dừng do không nhận tiền): proposed by the program, decided by a person.</summary>
/// <remarks>The rule and its articles: <see cref="UncollectedMonths"/>. An accepted proposal becomes a row of the register, known from the moment of the decision, so the next list leaves the award out
/// and says why; what was listed stays on its own disbursements. Restoring is the register's (reviewed_on, review_result), and pays the suspended months.</remarks>
public sealed class UncollectedSuspensions(Database database, IClock clock)
{
    static readonly DateTimeZone Zone = DateTimeZoneProviders.Tzdb["Asia/Ho_Chi_Minh"];

    /// <summary>Proposals in the caller's communes: undecided ones, or all.</summary>
    public async Task<IReadOnlyList<StoredSuspension>> ListAsync(Caller caller, bool all, CancellationToken cancel = default)
    {
        await using var session = await database.DeskAsync(caller.Scope, cancel);
        return await SuspensionStore.ProposalsAsync(session, caller.ProvinceCode, 0, all, cancel);
    }

    /// <summary>Finds awards that ask for a suspension and proposes it; ends open proposals that no longer stand. The same again changes nothing.</summary>
    /// <param name="caller">A cash officer, maker or commune officer; acts in their communes.</param>
    /// <param name="cancel">Cancels before the commit.</param>
    public async Task<Result<ProposedSuspensions>> ProposeAsync(Caller caller, CancellationToken cancel = default)
    {
        if (caller.Lacks(AccessRules.CashSuspensionsPropose) is { } lacking) return lacking;
        var at = clock.GetCurrentInstant();
        await using var session = await database.RunAsync(caller.Scope, cancel);
        return await session.InTransactionAsync<Result<ProposedSuspensions>>(async () =>
        {
            await FactStore.LockAsync(session, caller.ProvinceCode, cancel);
            await SuspensionStore.LockAsync(session, caller.ProvinceCode, cancel);
            var found = await FindAsync(session, caller.ProvinceCode, caller.Communes, 0, cancel);
            var open = (await SuspensionStore.ProposalsAsync(session, caller.ProvinceCode, 0, all: false, cancel)).Where(proposal => caller.Communes is null || caller.Communes.Contains(proposal.CommuneId)).ToList();
            var overtaken = open.Where(proposal => !found.Any(one => one.Award.AwardNo == proposal.AwardNo)).ToList();
            var fresh = found.Where(one => one.Award.OpenProposalNo is null).ToList();
            if (fresh.Count == 0 && overtaken.Count == 0) return new ProposedSuspensions([], 0, open.Count);

            var hash = OperationLog.RequestHash([.. fresh.Select(one => $"{one.Award.AwardNo}|{one.Months[^1].Text()}"), .. overtaken.Select(one => $"overtaken {one.ProposalNo}")]);
            var start = await OperationLog.BeginAsync(session, caller.ProvinceCode, $"suspension.propose {Convert.ToHexString(hash)}", "suspension.propose", hash, caller.UserName, at, cancel);
            var by = (caller.UserName, at, start.OperationNo);
            foreach (var proposal in overtaken) await SuspensionStore.DecideAsync(session, caller.ProvinceCode, proposal, ("overtaken", "collected, ended or suspended meanwhile", null, null), by, cancel);
            var dueOn = BankingCalendars.VietNam.Plus(at.InZone(Zone).Date, UncollectedMonths.DecisionDays);
            var numbers = new List<int>();
            foreach (var (award, months) in fresh)
            {
                var sum = months.Sum(month => award.AmountsVnd[Array.IndexOf(award.Months, month.Key())]);
                numbers.Add(await SuspensionStore.InsertAsync(session, caller.ProvinceCode, award, [.. months.Select(month => month.Key())], sum, (Role.Approver, dueOn), by, cancel));
            }

            var events = JsonText.Write(new { proposed = numbers, overtaken = overtaken.Select(one => one.ProposalNo) });
            await OperationLog.CompleteAsync(session, caller.ProvinceCode, start.OperationNo, events, events, at, cancel);
            var made = (await SuspensionStore.ProposalsAsync(session, caller.ProvinceCode, 0, all: false, cancel)).Where(proposal => numbers.Contains(proposal.ProposalNo)).ToList();
            return new ProposedSuspensions(made, overtaken.Count, open.Count - overtaken.Count);
        }, result => result.IsOk, cancel: cancel);
    }

    /// <summary>Decides a proposal: accepted, the award is suspended from the month after the last one listed; refused, the months it is about count no more.</summary>
    /// <param name="caller">An approver who did not propose it; acts in their communes.</param>
    /// <param name="proposalNo">The proposal.</param>
    /// <param name="accepted">Suspend, or not.</param>
    /// <param name="decision">Number and day of the decision; of a refusal, the reason.</param>
    /// <param name="cancel">Cancels before the commit.</param>
    public async Task<Result<StoredSuspension>> DecideAsync(Caller caller, int proposalNo, bool accepted, string decision, CancellationToken cancel = default)
    {
        if (caller.Lacks(AccessRules.CashSuspensionsDecide) is { } lacking) return lacking;
        decision = decision.Trim();
        if (decision.Length == 0) return new Problem("usage.decision_missing", "A decision is named: an acceptance by its number and day, a refusal by its reason.", "Give --accept \"15/QĐ-UBND, 28/01/2027\" or --refuse \"…\".");
        var at = clock.GetCurrentInstant();
        await using (var eyes = await database.DeskAsync(caller.Scope, cancel))
            if ((await SuspensionStore.ProposalsAsync(eyes, caller.ProvinceCode, proposalNo, all: true, cancel)).Count != 1) return Unknown(proposalNo);
        await using var session = await database.RunAsync(caller.Scope, cancel);
        return await session.InTransactionAsync<Result<StoredSuspension>>(async () =>
        {
            await FactStore.LockAsync(session, caller.ProvinceCode, cancel);
            await SuspensionStore.LockAsync(session, caller.ProvinceCode, cancel);
            var proposal = (await SuspensionStore.ProposalsAsync(session, caller.ProvinceCode, proposalNo, all: true, cancel))[0];
            var outcome = accepted ? "accepted" : "refused";
            if (proposal.Outcome is { } stands)
            {
                return stands == outcome && proposal.Decision == decision ? proposal
                    : new Problem("suspension.decided", $"Proposal {proposalNo} is decided: {stands}, {proposal.Decision}.", "A decision stands. A suspension ends by a row of the register (reviewed_on, review_result).");
            }

            if (proposal.ProposedBy == caller.UserName) return new Problem("not_allowed.own_proposal", $"{caller.UserName} proposed it and cannot decide it.", "Have another approver decide.");
            int? from = null;
            if (accepted)
            {
                if (await FindAsync(session, caller.ProvinceCode, null, proposal.AwardNo, cancel) is not [var still])
                    return new Problem("suspension.overtaken", $"Proposal {proposalNo} no longer stands: somebody collected, the person died, or the award ended or is suspended.", "Refuse it with that reason, or let the next search end it: payengine cash suspensions propose.");
                from = Months.FromKey(still.Award.LastListed).Plus(1).Key();
            }

            var start = await OperationLog.BeginAsync(session, caller.ProvinceCode, $"suspension.decide {proposalNo}", "suspension.decide", OperationLog.RequestHash(outcome, decision), caller.UserName, at, cancel);
            int? version = from is { } month ? await SuspensionStore.SuspendAsync(session, caller.ProvinceCode, proposal.AwardNo, month, (short)SuspendReason.Uncollected, at.InZone(Zone).Date, at, start.OperationNo, cancel) : null;
            await SuspensionStore.DecideAsync(session, caller.ProvinceCode, proposal, (outcome, decision, from, version), (caller.UserName, at, start.OperationNo), cancel);
            var events = JsonText.Write(new { proposal = proposalNo, award = proposal.AwardId, outcome, decision, suspended_from = from is { } key ? (YearMonth?)Months.FromKey(key) : null, award_version = version });
            await OperationLog.CompleteAsync(session, caller.ProvinceCode, start.OperationNo, events, events, at, cancel);
            return (await SuspensionStore.ProposalsAsync(session, caller.ProvinceCode, proposalNo, all: true, cancel))[0];
        }, result => result.IsOk, cancel: cancel);
    }

    /// <summary>Awards that ask for a suspension now, with the months that say so. With an open proposal, its months count as before.</summary>
    static async Task<IReadOnlyList<(UncollectedAward Award, IReadOnlyList<YearMonth> Months)>> FindAsync(DatabaseSession session, short provinceCode, IReadOnlyList<int>? communes, int awardNo, CancellationToken cancel)
    {
        var found = new List<(UncollectedAward, IReadOnlyList<YearMonth>)>();
        foreach (var award in await SuspensionStore.UncollectedAsync(session, provinceCode, UncollectedMonths.SuspendedProgrammes.Select(programme => (short)programme), UncollectedMonths.SuspensionMonths, communes, awardNo, cancel))
        {
            var after = Math.Max(award.LastCollected, award.LastDecided);
            var streak = UncollectedMonths.Streak(award.Months.Select(Months.FromKey), after == 0 ? null : Months.FromKey(after));
            if (!award.IsOver && streak.Count > 0) found.Add((award, streak));
        }

        return found;
    }

    static Problem Unknown(int proposalNo) => new("suspension.unknown", FormattableString.Invariant($"There is no proposal {proposalNo} in your communes."), "See them: payengine cash suspensions --all.");
}
