using System.Globalization;
using NodaTime;
using PaymentEngine.App.CommandLine;
using PaymentEngine.App.Operations.Access;
using PaymentEngine.Core;
using PaymentEngine.Core.Law;
using PaymentEngine.Core.Money;
using PaymentEngine.Core.Payments;
using PaymentEngine.Core.Recipients;
using PaymentEngine.Core.Reconciliation;
using PaymentEngine.App.Operations.Accounts;
using PaymentEngine.Postgres;
using PaymentEngine.Postgres.Accounts;
using PaymentEngine.Postgres.Cases;

namespace PaymentEngine.App.Operations.Cases;

/// <summary>Regularisation runs (đợt chi bổ sung): what failed is paid again by account, as the next attempt of the same disbursement. Planned by one person, approved by another, exported and answered as every run.</summary>
public sealed class Regularisations(Database database, IClock clock, LawBook release)
{
    const int ProblemsMax = 20;

    readonly Casework casework = new(database, clock);

    /// <summary>Plans one regularisation run for each payer that has failed payments to make again: only those whose end is proven and whose reason allows it now.</summary>
    /// <param name="caller">A maker; failed payments of their communes.</param>
    /// <param name="month">The list month the run is numbered in.</param>
    /// <param name="payer">Code of the payer; null or <see cref="PaymentRuns.AllPayers"/>: all.</param>
    /// <param name="cases">Some cases by number: then each must allow it, or nothing is planned. Null: all that may.</param>
    /// <param name="cancel">Cancels before anything is kept.</param>
    /// <returns>The runs; or why a named case cannot be paid again, or <c>run.nothing_to_repay</c>.</returns>
    public async Task<Result<IReadOnlyList<RunId>>> PlanAsync(Caller caller, YearMonth month, string? payer, IReadOnlyList<int>? cases, CancellationToken cancel = default)
    {
        if (caller.Lacks(AccessRules.RunPlan) is { } lacks) return lacks;
        // Accounts whose wait is over today may be used today.
        var settled = await new CaseRepairs(database, clock).SettleAsync(caller, cancel);
        if (!settled.IsOk) return Result<IReadOnlyList<RunId>>.Refuse(settled.Problems);
        var (now, today) = casework.Times();
        await using var session = await database.RunOfPayerAsync(caller.Scope, cancel);
        return await session.InTransactionAsync<Result<IReadOnlyList<RunId>>>(async () =>
        {
            await FactStore.LockAsync(session, caller.ProvinceCode, cancel);
            await RunStore.LockMonthAsync(session, caller.ProvinceCode, month, cancel);
            var payers = (await PayerStore.OfMonthAsync(session, caller.ProvinceCode, month, now, cancel)).ToDictionary(one => one.PayerNo);
            if (payer is not (null or PaymentRuns.AllPayers) && payers.Values.All(one => one.Code != payer))
                return new Problem("run.unknown_payer", $"There is no payer '{payer}' in this month.", $"Payers: {string.Join(", ", payers.Values.Take(10).Select(one => one.Code))}.");
            var found = (await RepaymentStore.CandidatesAsync(session, caller.ProvinceCode, cases, today, cancel)).Where(one => caller.Communes is null || caller.Communes.Contains(one.CommuneId)).ToList();
            var problems = new List<Problem>();
            foreach (var missing in (cases ?? []).Except(found.Select(one => one.CaseNo)).Take(ProblemsMax))
                problems.Add(new Problem("case.unknown", $"There is no open case {missing} of a failed payment in your communes.", "See them: payengine case list."));
            var chosen = new List<RepayCandidate>();
            foreach (var one in found)
            {
                if (WhyNot(caller, one) is not { } why) chosen.Add(one);
                else if (cases is not null && problems.Count < ProblemsMax) problems.Add(why);
            }

            if (problems.Count > 0) return Result<IReadOnlyList<RunId>>.Refuse(problems);
            var runs = new List<RunId>();
            foreach (var ofPayer in chosen.GroupBy(one => one.PayerNo).OrderBy(group => group.Key))
            {
                if (!payers.TryGetValue(ofPayer.Key, out var owner))
                {
                    problems.Add(new Problem("run.payer_gone", $"The payer of case {ofPayer.First().CaseNo} has no programmes in {month.Text()}.", "Plan in a month in which it pays."));
                    continue;
                }

                if (payer is not (null or PaymentRuns.AllPayers) && owner.Code != payer) continue;
                var made = await DraftAsync(session, caller, month, owner, [.. ofPayer], cases is not null, now, today, cancel);
                if (!made.TryGet(out var run)) problems.AddRange(made.Problems);
                else if (run is { } planned) runs.Add(planned);
            }

            if (problems.Count > 0) return Result<IReadOnlyList<RunId>>.Refuse(problems);
            return runs.Count > 0 ? runs
                : new Problem("run.nothing_to_repay", $"Of {found.Count} open cases of failed payments none may be paid again by account now.", "See why, case by case: payengine case show N.");
        }, result => result.IsOk, cancel: cancel);
    }

    /// <summary>One payer's draft; null when none of the payments has a route and an account that serves few enough, and nobody asked for them by number.</summary>
    async Task<Result<RunId?>> DraftAsync(DatabaseSession session, Caller caller, YearMonth month, StoredPayer payer, List<RepayCandidate> chosen, bool isNamed, Instant now, LocalDate today, CancellationToken cancel)
    {
        var (from, to) = Casework.Calendar.Window(month, today);
        var (routes, tableNo) = await PayerRoutes.StandingAsync(session, caller.ProvinceCode, payer, from, cancel);
        var (rulesVersion, rules) = await RunRuleVersions.StandingAsync(session, caller.ProvinceCode, cancel);
        var crowded = await RunAccounts.CrowdedAccountsAsync(session, caller.ProvinceCode, month, chosen.Select(one => one.RecipientId), now, rules.Outliers.SharedAccountMax, cancel);
        var standings = AccountStandings.ByAccount(await AccountCheckStore.StandingsAsync(session, caller.ProvinceCode, [.. chosen.Select(one => one.RecipientId).Distinct()], now, (from, to), cancel));
        var payments = new List<Repayment>();
        var problems = new List<Problem>();
        foreach (var one in chosen)
        {
            // A flag, or a bank's no, binds what is paid again as what is paid first.
            var account = AccountStandings.On(new PayoutAccount(one.ChannelVersion!.Value, one.BankBin!, one.AccountTag!, ""), one.PayeeNo, standings);
            if (account.WhyNot(rules.Outliers) is { } notThere)
            {
                if (isNamed)
                    problems.Add(new Problem($"case.{notThere}", $"Case {one.CaseNo}: {HoldReasons.Words(notThere).En}{(account.Flag is { } flag ? $" ({flag})" : "")}.", $"What ends it: {HoldReasons.Exit(notThere).En}; or correct the account: payengine case correct {one.CaseNo}."));
                continue;
            }

            // What was held and released, or decided by two people, somebody has looked at.
            if (crowded.Contains(one.AccountTag!) && one is { Kind: not "held", IsDecided: false })
            {
                if (isNamed)
                    problems.Add(new Problem("case.account_crowded", $"Case {one.CaseNo}: in {month.Text()} more than {rules.Outliers.SharedAccountMax} people would be paid to the payee's account.",
                        $"Find out whose it is; then two persons decide with evidence: payengine case decide {one.CaseNo} --repay --evidence \"…\"; or correct the account, or pay in cash."));
                continue;
            }

            if (routes.RouteNoOf((Programme)one.Programme, one.BankBin!, new Vnd(one.AmountVnd)) is { } route)
                payments.Add(new(one.CaseNo, one.OriginMonth, one.OriginRun, one.LineNo, (short)(one.Attempt + 1), one.RecipientId, one.Programme, one.CommuneId, one.AmountVnd, one.PayeeNo, one.ChannelVersion!.Value, route));
            else if (isNamed)
                problems.Add(new Problem("case.no_route", $"Case {one.CaseNo}: no route of payer {payer.Code} serves bank {one.BankBin} and {ViText.Money(new Vnd(one.AmountVnd))}.", "Complete the routes (payengine bank route load routes.csv), or pay in cash."));
        }

        if (problems.Count > 0) return Result<RunId?>.Refuse(problems);
        if (payments.Count == 0) return Result<RunId?>.Ok(null);
        var programmes = payments.Select(one => (Programme)one.Programme).Distinct().Order().ToList();
        var used = payments.Select(one => one.RouteNo).ToHashSet();
        var runRoutes = routes.Of(programmes).Where(route => used.Contains(route.RouteNo)).ToList();
        var law = await StandingLaw.AtAsync(session, release, caller.ProvinceCode, now, cancel);
        if (!law.TryGet(out var standing)) return Result<RunId?>.Refuse(law.Problems);
        var wanted = new NewRun(caller.ProvinceCode, month, payer with { Programmes = programmes }, Convert.FromHexString(standing.Book.ContentHash), now, today, from, to, now, caller.UserName, null, null, runRoutes, tableNo,
            [.. runRoutes.Select(route => route.Profile).DistinctBy(profile => profile.Id).Select(PaymentProfiles.ContentOf)]) { Kind = RunKinds.Regularisation, RulesVersion = rulesVersion };
        var last = await OutcomeStore.LastOperationAsync(session, caller.ProvinceCode, cancel);
        var key = string.Create(CultureInfo.InvariantCulture, $"run.regularise {month.Text()} {payer.Code} after {last}");
        var operation = await OperationLog.BeginAsync(session, caller.ProvinceCode, key, "run.regularise", OperationLog.RequestHash(payments.Select(one => one.CaseNo.ToString(CultureInfo.InvariantCulture))), caller.UserName, now, cancel);
        var run = await RunStore.InsertAsync(session, wanted, operation.OperationNo, cancel);
        await RepaymentStore.InsertAsync(session, run, payments, cancel);
        var stored = await RunStore.FindAsync(session, run, cancel) ?? throw new InvalidOperationException($"Run {run} was written and is not there.");
        await RepaymentStore.FinishAsync(session, stored, rules, caller.UserName, operation.OperationNo, now, cancel);
        var dueOn = Casework.Calendar.Plus(today, (await Casework.TermsAsync(session, caller.ProvinceCode, cancel)).Decide);
        foreach (var payment in payments) await CaseStore.TurnAsync(session, caller.ProvinceCode, payment.CaseNo, "await_run", Role.Maker, dueOn, cancel);
        var said = JsonText.Write(new
        {
            run = run.ToString(), kind = RunKinds.Regularisation, payer = payer.Code, items = payments.Count, sum_vnd = payments.Sum(one => one.AmountVnd),
            payments = payments.Select(one => new InstructionId(caller.ProvinceCode, Months.FromKey(one.OriginMonth), one.OriginRun, one.LineNo, one.Attempt).ToString()),
        });
        await OperationLog.CompleteAsync(session, caller.ProvinceCode, operation.OperationNo, JsonText.Write(new { run = run.ToString() }), said, now, cancel);
        return Result<RunId?>.Ok(run);
    }

    /// <summary>Why a failed payment is not made again now; null when it may be.</summary>
    static Problem? WhyNot(Caller caller, RepayCandidate one)
    {
        if (one.InDraft) return new Problem("not_allowed.in_a_run", $"Case {one.CaseNo}: a run is to pay this sum again already.", $"See it: payengine case show {one.CaseNo}.");
        var facts = new CaseFacts(one.CaseNo, one.Kind, ReasonRules.Policy.For(one.ReasonCode), one.IsEnded, one.IsLatest, one.IsDisputed, one.BankAttempts, one.HasOtherAccount, one.IsDecided, one.OpenedAt.InZone(Casework.Zone).Date) { Attempts = one.Attempt };
        if (one.IsWaiting)
            return new Problem("not_allowed.change_waits", $"Case {one.CaseNo}: a corrected account waits for its approval or its first day.", $"See it: payengine case show {one.CaseNo}.");
        // A released hold was decided by two people; nothing failed.
        if ((one.Kind == "held" ? NotOpen(one) : CaseWork.WhyNotRepay(facts)) is { } refused) return refused;
        // The register's word stands above the bank's: nobody pays the dead by account, whatever two persons decided about the case.
        if (one.IsDead) return new Problem("not_allowed.dead", $"Case {one.CaseNo}: the register knows of the recipient's death.", "What is still due goes to the heirs by decision; record who takes it with the register's payees.");
        return one.BankBin is null || one.ChannelVersion is null
            ? new Problem("not_allowed.no_account", $"Case {one.CaseNo}: the payee has no account in the register, or no wish to be paid by one.", $"Correct it (payengine case correct {one.CaseNo} …), or pay in cash.") : null;
    }

    static Problem? NotOpen(RepayCandidate one) => one.IsLatest ? null
        : new Problem("not_allowed.paid_since", $"Case {one.CaseNo}: a payment has been made since the hold was released.", $"See it: payengine case show {one.CaseNo}.");
}
