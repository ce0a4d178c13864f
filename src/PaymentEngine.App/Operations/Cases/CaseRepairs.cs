using System.Globalization;
using NodaTime;
using PaymentEngine.App.CommandLine;
using PaymentEngine.App.Keys;
using PaymentEngine.App.Operations.Access;
using PaymentEngine.App.Operations.Accounts;
using PaymentEngine.Core;
using PaymentEngine.Core.Money;
using PaymentEngine.Core.Payments;
using PaymentEngine.Core.Recipients;
using PaymentEngine.Core.Recipients.Names;
using PaymentEngine.Core.Reconciliation;
using PaymentEngine.Messages;
using PaymentEngine.Postgres;
using PaymentEngine.Postgres.Cases;

namespace PaymentEngine.App.Operations.Cases;

/// <summary>What a look after the cases did by itself.</summary>
/// <param name="Applied">Corrected accounts that now stand in the register.</param>
/// <param name="Dropped">Corrections that the register had overtaken.</param>
/// <param name="Claims">Claims of payments were brought to what the evidence says.</param>
public sealed record CasesSettled(int Applied, int Dropped, bool Claims);

/// <summary>The roads out of a case: another account (two persons, a wait), a decision (two persons, evidence), the cash list, a claim settled.</summary>
public sealed class CaseRepairs(Database database, IClock clock)
{
    readonly Casework casework = new(database, clock);

    /// <summary>Proposes another account for the payee of a failed payment. It counts once another person has approved it and its wait is over.</summary>
    /// <param name="caller">An account editor or commune officer.</param>
    /// <param name="caseNo">The case.</param>
    /// <param name="account">The account.</param>
    /// <param name="cipher">Seals its number.</param>
    /// <param name="cancel">Cancels before anything is kept.</param>
    /// <returns>Refused among others: <c>account.not_at_bank</c>, <c>account.name_differs</c> with the score, <c>account.same</c>, <c>account.shared</c>, <c>not_allowed.change_waits</c>.</returns>
    public async Task<Result<CaseView>> CorrectAsync(Caller caller, int caseNo, CorrectedAccount account, AccountCipher cipher, CancellationToken cancel)
    {
        if (caller.Lacks(AccessRules.CaseCorrect) is { } lacks) return lacks;
        var read = AccountProposal.Read(account, casework.Times().Today, cipher);
        if (!read.TryGet(out var proposal)) return Result<CaseView>.Refuse(read.Problems);
        return await casework.ActAsync(caller, caseNo, "case.correct", proposal.Request, async work =>
        {
            var waiting = (await AccountChangeStore.OfCaseAsync(work.Session, work.ProvinceCode, caseNo, cancel)).FirstOrDefault(change => change.State is "proposed" or "approved");
            if (waiting is { State: "proposed" } && waiting.MadeBy == caller.UserName && waiting.AccountTag.AsSpan().SequenceEqual(proposal.Secret.Tag)) return true;
            if (Casework.NotTheirs(caller, work.Case) is { } taken) return taken;
            var payment = await CaseStore.PaymentAsync(work.Session, work.ProvinceCode, caseNo, cancel);
            if (payment is null) return new Problem("not_allowed.case_kind", $"Case {caseNo} ({work.Case.Kind}) is not about a payment that failed.", $"See what ends it: payengine case show {caseNo}.");
            if (CaseWork.WhyNotCorrect(Casework.Facts(work.Case, payment)) is { } refused) return refused;
            if (waiting is not null)
                return new Problem("not_allowed.change_waits", $"Case {caseNo}: a corrected account ending in {waiting.AccountTail} is {waiting.State} already.", waiting.State == "proposed"
                    ? $"Another person approves or rejects it: payengine case approve {caseNo} | payengine case reject {caseNo} --remark …." : "Wait until it is in use.");
            if (payment is not { PayeeVersion: { } payeeVersion, PayeeName: { } payeeName, CommuneId: var commune })
                return new Problem("account.no_payee", $"Case {caseNo}: the register no longer knows this payee.", "Import the payee first: payengine register import payees.csv.");
            if (payment.Wish != (short)Wish.Yes)
                return new Problem("account.no_wish", $"Case {caseNo}: no wish to be paid by account is recorded for {payeeName}.", "Record it with the register's payees first; an account alone is not a wish.");
            if (payment.FailedTag is { } failed && failed.AsSpan().SequenceEqual(proposal.Secret.Tag))
                return new Problem("account.same", $"Case {caseNo}: this is the account that failed.", "Ask the payee for another account, or pay in cash.");
            var judged = await proposal.JudgeAsync(work.Session, work.ProvinceCode, commune, payment.PayeeNo, payeeVersion, payeeName, caller.UserName, cancel);
            if (!judged.TryGet(out var change)) return Result<bool>.Refuse(judged.Problems);
            await AccountChangeStore.InsertAsync(work.Session, work.ProvinceCode, change with { CaseNo = caseNo }, work.Now, work.OperationNo, cancel);
            await CaseStore.TurnAsync(work.Session, work.ProvinceCode, caseNo, "approve_account", Role.AccountEditor, work.Case.DueOn, cancel);
            await work.AddAsync(new(caseNo, "account_proposed", caller.UserName, work.Now) { Remark = string.Create(CultureInfo.InvariantCulture, $"{change.BankBin} …{change.AccountTail}, {change.NameRule} {change.NameScore}/100; {change.Source}") }, cancel);
            return false;
        }, cancel);
    }

    /// <summary>Approves a corrected account. It is used after its wait, in banking days; until then the case keeps waiting, and does not go to cash.</summary>
    /// <param name="caller">An account editor or approver who did not propose it.</param>
    /// <param name="caseNo">The case.</param>
    /// <param name="cancel">Cancels before anything is kept.</param>
    public Task<Result<CaseView>> ApproveAsync(Caller caller, int caseNo, CancellationToken cancel) => AnswerChangeAsync(caller, caseNo, null, cancel);

    /// <summary>Rejects a corrected account, or takes an own proposal back.</summary>
    public async Task<Result<CaseView>> RejectAsync(Caller caller, int caseNo, string remark, CancellationToken cancel) => Casework.Text(remark) is { } said ? await AnswerChangeAsync(caller, caseNo, said, cancel)
        : new Problem("usage.remark_missing", "A corrected account is rejected with a remark.", "Say why: --remark \"…\".");

    async Task<Result<CaseView>> AnswerChangeAsync(Caller caller, int caseNo, string? rejection, CancellationToken cancel)
    {
        if (caller.Lacks(AccessRules.CaseReject) is { } lacks) return lacks;
        return await casework.ActAsync(caller, caseNo, rejection is null ? "case.approve" : "case.reject", [rejection ?? ""], async work =>
        {
            if (rejection is null && caller.LacksProof(work.Now) is { } unproven) return unproven;
            var changes = await AccountChangeStore.OfCaseAsync(work.Session, work.ProvinceCode, caseNo, cancel);
            if (rejection is null && changes.Any(one => one.State is "approved" or "applied" && one.ApprovedBy == caller.UserName)) return true;
            if (changes.FirstOrDefault(one => one.State == "proposed") is not { } change)
                return new Problem("not_allowed.no_change", $"Case {caseNo} has no corrected account that waits for an answer.", $"See the case: payengine case show {caseNo}.");
            if (rejection is null && change.MadeBy == caller.UserName)
                return new Problem("not_allowed.own_change", $"{caller.UserName} proposed the account of case {caseNo} and cannot approve it.", "A colleague who had no part in it approves.");
            if (rejection is null && caller.Lacks(Role.AccountEditor, Role.Approver) is { } lacksRole) return lacksRole;
            if (rejection is not null && change.MadeBy != caller.UserName && caller.Lacks(Role.AccountEditor, Role.Approver) is { } lacksToo) return lacksToo;
            if (rejection is not null)
            {
                await AccountChangeStore.StepAsync(work.Session, work.ProvinceCode, change.ChangeNo, "rejected", caller.UserName, rejection, null, work.Now, work.OperationNo, cancel);
                var (action, owner, _) = CaseRules.Task(KindOf(work.Case.Kind), ReasonRules.Policy.For(work.Case.ReasonCode));
                await CaseStore.TurnAsync(work.Session, work.ProvinceCode, caseNo, action, AnswerOutcomes.OwnerText(owner), work.Case.DueOn, cancel);
                await work.AddAsync(new(caseNo, "account_rejected", caller.UserName, work.Now) { Remark = rejection }, cancel);
                return false;
            }

            var usableOn = change.WaitDays == 0 ? work.Today : Casework.Calendar.Plus(work.Today, change.WaitDays);
            await AccountChangeStore.StepAsync(work.Session, work.ProvinceCode, change.ChangeNo, "approved", caller.UserName, null, usableOn, work.Now, work.OperationNo, cancel);
            // The term moves on with the wait: a good account on its way is not overtaken by cash.
            var dueOn = LaterOf(work.Case.DueOn, Casework.Calendar.Plus(usableOn, (await Casework.TermsAsync(work.Session, work.ProvinceCode, cancel)).Decide));
            await CaseStore.TurnAsync(work.Session, work.ProvinceCode, caseNo, "await_account", Role.Maker, dueOn, cancel);
            await work.AddAsync(new(caseNo, "account_approved", caller.UserName, work.Now) { Remark = string.Create(CultureInfo.InvariantCulture, $"usable from {usableOn:uuuu-MM-dd}") }, cancel);
            if (usableOn <= work.Today) await ApplyAsync(work.Session, work.ProvinceCode, change, caller.UserName, work.Now, work.Today, work.OperationNo, cancel);
            return false;
        }, cancel);
    }

    /// <summary>Proposes what the reason policy leaves to people. It is done once another person has approved it.</summary>
    /// <param name="caller">Who works on cases: reconciler, account editor, commune officer, cash officer or maker.</param>
    /// <param name="caseNo">The case.</param>
    /// <param name="decision"><c>cash</c> or <c>repay</c>.</param>
    /// <param name="evidence">What it rests on; it is kept.</param>
    /// <param name="cancel">Cancels before anything is kept.</param>
    public async Task<Result<CaseView>> DecideAsync(Caller caller, int caseNo, string decision, string evidence, CancellationToken cancel)
    {
        if (caller.Lacks(AccessRules.CaseDecide) is { } lacks) return lacks;
        if (Casework.Text(evidence) is not { } ground) return new Problem("usage.evidence_missing", "A decision rests on evidence.", "Name the paper: --evidence \"công văn số … của ngân hàng …\".");
        return await casework.ActAsync(caller, caseNo, "case.decide", [decision, ground], async work =>
        {
            var waiting = (await CaseStore.DecisionsAsync(work.Session, work.ProvinceCode, caseNo, cancel)).FirstOrDefault(one => one.Answer is null);
            if (waiting is { } same && same.MadeBy == caller.UserName && same.Decision == decision && same.Evidence == ground) return true;
            if (waiting is not null) return new Problem("not_allowed.decision_waits", $"Case {caseNo}: {waiting.MadeBy}'s proposal ({waiting.Decision}) waits for an answer.", $"An approver answers it: payengine case approve {caseNo} | payengine case reject {caseNo} --remark ….");
            if (Casework.NotTheirs(caller, work.Case) is { } taken) return taken;
            if (await CaseStore.PaymentAsync(work.Session, work.ProvinceCode, caseNo, cancel) is not { } payment)
                return new Problem("not_allowed.case_kind", $"Case {caseNo} ({work.Case.Kind}) is not about a payment that failed.", $"See what ends it: payengine case show {caseNo}.");
            if (CaseWork.WhyNotDecide(Casework.Facts(work.Case, payment), decision) is { } refused) return refused;
            await CaseStore.ProposeAsync(work.Session, work.ProvinceCode, caseNo, decision, ground, caller.UserName, work.Now, work.OperationNo, cancel);
            await CaseStore.TurnAsync(work.Session, work.ProvinceCode, caseNo, "answer_decision", Role.Approver, LaterOf(work.Case.DueOn, Casework.Calendar.Plus(work.Today, (await Casework.TermsAsync(work.Session, work.ProvinceCode, cancel)).Decide)), cancel);
            await work.AddAsync(new(caseNo, "decision_proposed", caller.UserName, work.Now) { Remark = $"{decision}: {ground}" }, cancel);
            return false;
        }, cancel);
    }

    /// <summary>Answers a proposed decision. Approved for cash, the sum goes to the cash list at once; approved for paying again, a regularisation run may carry it.</summary>
    /// <param name="caller">An approver who did not propose it.</param>
    /// <param name="caseNo">The case.</param>
    /// <param name="rejection">Null approves; else why it is rejected.</param>
    /// <param name="cancel">Cancels before anything is kept.</param>
    public async Task<Result<CaseView>> AnswerDecisionAsync(Caller caller, int caseNo, string? rejection, CancellationToken cancel)
    {
        if (caller.Lacks(Role.Approver) is { } lacks) return lacks;
        return await casework.ActAsync(caller, caseNo, rejection is null ? "case.approve" : "case.reject", ["decision", rejection ?? ""], async work =>
        {
            if (rejection is null && caller.LacksProof(work.Now) is { } unproven) return unproven;
            var decisions = await CaseStore.DecisionsAsync(work.Session, work.ProvinceCode, caseNo, cancel);
            if (decisions.FirstOrDefault(one => one.Answer is null) is not { } decision)
            {
                return decisions.Any(one => one.Answer == "approved" && one.AnsweredBy == caller.UserName && rejection is null) ? true
                    : new Problem("not_allowed.no_decision", $"Case {caseNo} has no decision that waits for an answer.", $"See the case: payengine case show {caseNo}.");
            }

            if (rejection is null && decision.MadeBy == caller.UserName)
                return new Problem("not_allowed.own_decision", $"{caller.UserName} proposed the decision of case {caseNo} and cannot approve it.", "A colleague who had no part in it approves.");
            await CaseStore.AnswerAsync(work.Session, work.ProvinceCode, caseNo, decision.DecisionNo, rejection is null ? "approved" : "rejected", caller.UserName, rejection, work.Now, work.OperationNo, cancel);
            await work.AddAsync(new(caseNo, rejection is null ? "decision_approved" : "decision_rejected", caller.UserName, work.Now) { Remark = rejection ?? decision.Decision }, cancel);
            if (rejection is not null)
            {
                await CaseStore.TurnAsync(work.Session, work.ProvinceCode, caseNo, "escalate", Role.Reconciler, LaterOf(work.Case.DueOn, Casework.Calendar.Plus(work.Today, (await Casework.TermsAsync(work.Session, work.ProvinceCode, cancel)).Decide)), cancel);
                return false;
            }

            if (await CaseStore.PaymentAsync(work.Session, work.ProvinceCode, caseNo, cancel) is not { } payment) throw new InvalidOperationException($"Case {caseNo} had a decision and has no payment.");
            // What stood when it was proposed may not stand any more.
            if (CaseWork.WhyNotDecide(Casework.Facts(work.Case, payment), decision.Decision) is { } refused) return refused;
            if (decision.Decision == "cash") return await ToCashAsync(work, caller.UserName, isDecided: true, cancel) is { } failed ? failed : false;
            await CaseStore.TurnAsync(work.Session, work.ProvinceCode, caseNo, "repay", Role.Maker, Casework.Calendar.Plus(work.Today, (await Casework.TermsAsync(work.Session, work.ProvinceCode, cancel)).Decide), cancel);
            return false;
        }, cancel);
    }

    /// <summary>Sends the sum of a failed payment to the cash list, before its time is up, where the reason policy allows a person to.</summary>
    /// <param name="caller">A cash officer, commune officer or reconciler.</param>
    /// <param name="caseNo">The case.</param>
    /// <param name="cancel">Cancels before anything is kept.</param>
    public async Task<Result<CaseView>> CashAsync(Caller caller, int caseNo, CancellationToken cancel)
    {
        if (caller.Lacks(AccessRules.CaseCash) is { } lacks) return lacks;
        return await casework.ActAsync(caller, caseNo, "case.cash", [], async work =>
        {
            if (work.Case is { IsOpen: false, ClosedHow: "to_cash" }) return true;
            if (!work.Case.IsOpen) return new Problem("not_allowed.case_closed", $"Case {caseNo} was closed ({work.Case.ClosedHow}).", $"See it: payengine case show {caseNo}.");
            if (Casework.NotTheirs(caller, work.Case) is { } taken) return taken;
            if (await CaseStore.PaymentAsync(work.Session, work.ProvinceCode, caseNo, cancel) is not { } payment)
                return new Problem("not_allowed.case_kind", $"Case {caseNo} ({work.Case.Kind}) is not about a payment that failed.", $"See what ends it: payengine case show {caseNo}.");
            var facts = Casework.Facts(work.Case, payment) with { IsDecided = payment.Decided == "cash" };
            if (CaseWork.WhyNotCash(facts, work.Today) is { } refused) return refused;
            if (payment.RepaidRun is { } run && !payment.RepaymentApproved)
            {
                var carrying = new RunId(work.ProvinceCode, Months.FromKey(payment.RepaidMonth!.Value), run);
                return new Problem("not_allowed.in_a_run", $"Case {caseNo}: run {carrying} is to pay this sum again.", $"Return it first (payengine run return {carrying} --remark …), or let it be approved.");
            }

            return await ToCashAsync(work, caller.UserName, facts.IsDecided, cancel) is { } failed ? failed : false;
        }, cancel, needsOpen: false);
    }

    /// <summary>Records against a claim of a payment what came back, or what an authority wrote off.</summary>
    /// <param name="caller">To record money that came back: a reconciler, maker or cash officer; to write off: an approver.</param>
    /// <param name="caseNo">The case of the claim.</param>
    /// <param name="entry">Which.</param>
    /// <param name="sum">How much.</param>
    /// <param name="evidence">Number and day of the paper.</param>
    /// <param name="cancel">Cancels before anything is kept.</param>
    public async Task<Result<CaseView>> ClaimAsync(Caller caller, int caseNo, ClaimEntry entry, Vnd sum, string evidence, CancellationToken cancel)
    {
        if ((entry == ClaimEntry.WrittenOff ? caller.Lacks(Role.Approver) : caller.Lacks(Role.Reconciler, Role.Maker, Role.CashOfficer)) is { } lacks) return lacks;
        if (sum <= Vnd.Zero) return new Problem("usage.sum", $"{ViText.Money(sum)} cannot be recorded.", "Give a sum above 0.");
        if (Casework.Text(evidence) is not { } paper) return new Problem("usage.evidence_missing", "An entry names its paper.", "Give number and day of the receipt or decision: --evidence \"…\".");
        return await casework.ActAsync(caller, caseNo, "case.claim", [entry.ToString(), sum.Amount.ToString(CultureInfo.InvariantCulture), paper], async work =>
        {
            if (work.Case.Kind is not ("paid_twice" or "bank_short"))
                return new Problem("not_allowed.case_kind", $"Case {caseNo} ({work.Case.Kind}) is not about a claim of a payment.", work.Case.ClaimNo is { } other ? $"Use payengine claim record {other} …." : $"See what ends it: payengine case show {caseNo}.");
            var key = (work.Case.Kind, work.Case.Month!.Value, work.Case.RunNo!.Value, work.Case.LineNo!.Value, work.Case.Attempt!.Value);
            await PaymentClaimStore.FollowAsync(work.Session, work.ProvinceCode, work.Now, work.OperationNo, cancel);
            var events = await PaymentClaimStore.EventsAsync(work.Session, work.ProvinceCode, key.Kind, key.Item2, key.Item3, key.Item4, key.Item5, cancel);
            if (events.Count == 0 || events[^1].LeftVnd == 0)
                return new Problem("claim.nothing_owed", $"Case {caseNo}: nothing is outstanding.", "A payment counts as paid twice once the sum was also paid again; until then nothing is owed. See payengine case show.");
            if (events.Any(one => one.Evidence == paper && one.Event is "recovered" or "written_off"))
                return new Problem("claim.evidence_used", $"'{paper}' is recorded for this claim already.", "Another receipt is another entry with its own number.");
            if (sum.Amount > events[^1].LeftVnd)
                return new Problem("claim.too_much", $"{ViText.Money(sum)} are more than the {ViText.Money(new Vnd(events[^1].LeftVnd))} outstanding.", "Record at most what is outstanding; money beyond it belongs to whoever paid it.");
            var word = entry == ClaimEntry.Recovered ? "recovered" : "written_off";
            var left = await PaymentClaimStore.RecordAsync(work.Session, work.ProvinceCode, key, word, sum.Amount, paper, caller.UserName, work.Now, work.OperationNo, cancel);
            if (left == 0) await CaseStore.CloseAsync(work.Session, work.ProvinceCode, caseNo, "settled", work.Now, cancel);
            await work.AddAsync(new(caseNo, "claimed", caller.UserName, work.Now) { Remark = string.Create(CultureInfo.InvariantCulture, $"{word} {sum.Amount}, left {left}; {paper}") }, cancel);
            return false;
        }, cancel);
    }

    /// <summary>What happens by itself: accounts whose wait is over enter the register, claims follow the evidence. Repeated with nothing new it does nothing.</summary>
    /// <param name="caller">A reconciler of the whole province, or a maker about to plan.</param>
    /// <param name="cancel">Cancels before anything is kept.</param>
    public async Task<Result<CasesSettled>> SettleAsync(Caller caller, CancellationToken cancel)
    {
        if (caller.Lacks(Role.Reconciler, Role.Maker) is { } lacks) return lacks;
        var (now, today) = casework.Times();
        var province = caller.ProvinceCode;
        await using var session = await database.RunAsync(cancel);
        return await session.InTransactionAsync<Result<CasesSettled>>(async () =>
        {
            await FactStore.LockAsync(session, province, cancel);
            var due = await AccountChangeStore.DueAsync(session, province, today, cancel);
            var lag = await PaymentClaimStore.LagAsync(session, province, cancel);
            if (due.Count == 0 && !lag) return new CasesSettled(0, 0, false);
            var last = await OutcomeStore.LastOperationAsync(session, province, cancel);
            var key = string.Create(CultureInfo.InvariantCulture, $"case.settle after {last}");
            var start = await OperationLog.BeginAsync(session, province, key, "case.settle", OperationLog.RequestHash(key), caller.UserName, now, cancel);
            var applied = 0;
            foreach (var change in due)
                if (await ApplyAsync(session, province, change, caller.UserName, now, today, start.OperationNo, cancel)) applied++;
            if (lag) await PaymentClaimStore.FollowAsync(session, province, now, start.OperationNo, cancel);
            var settled = new CasesSettled(applied, due.Count - applied, lag);
            await OperationLog.CompleteAsync(session, province, start.OperationNo, JsonText.Write(settled), JsonText.Write(new { settled, changes = due.Select(change => change.ChangeNo) }), now, cancel);
            return settled;
        }, result => result is { IsOk: true } && result.Value != new CasesSettled(0, 0, false), cancel: cancel);
    }

    /// <summary>The claim behind a case, oldest first; empty when there is none.</summary>
    public async Task<IReadOnlyList<PaymentClaimEvent>> ClaimStoryAsync(Caller caller, CaseRow found, CancellationToken cancel)
    {
        if (found is not { Kind: "paid_twice" or "bank_short", Month: { } month, RunNo: { } run, LineNo: { } line, Attempt: { } attempt }) return [];
        await using var session = await database.DeskAsync(caller.Scope, cancel);
        return await PaymentClaimStore.EventsAsync(session, caller.ProvinceCode, found.Kind, month, run, line, attempt, cancel);
    }

    /// <summary>Puts an approved account into the register; false when the register was changed since, then the correction is dropped.</summary>
    internal static async Task<bool> ApplyAsync(DatabaseSession session, short province, AccountChange change, string person, Instant now, LocalDate today, long operationNo, CancellationToken cancel)
    {
        var applied = await AccountChangeStore.ApplyAsync(session, province, change, person, now, operationNo, cancel);
        if (!applied) await AccountChangeStore.StepAsync(session, province, change.ChangeNo, "dropped", person, "the register has changed since it was proposed", null, now, operationNo, cancel);
        if (change.CaseNo is not { } caseNo) return applied;
        await CaseStore.AddEventAsync(session, province, new(caseNo, applied ? "account_applied" : "account_dropped", person, now), operationNo, cancel);
        var (action, owner) = applied ? ("repay", Role.Maker) : ("ask_beneficiary", Role.CommuneOfficer);
        await CaseStore.TurnAsync(session, province, caseNo, action, owner, Casework.Calendar.Plus(today, (await Casework.TermsAsync(session, province, cancel)).Decide), cancel);
        return applied;
    }

    static async Task<Problem?> ToCashAsync(CaseAct work, string person, bool isDecided, CancellationToken cancel)
    {
        var (session, province, one) = (work.Session, work.ProvinceCode, work.Case);
        var row = new FactRow(FactTarget.Attempt, one.Month!.Value, one.RunNo!.Value, one.LineNo!.Value, one.Attempt!.Value);
        var book = new OrderBook(session, province, new OrderedLines());
        if (await book.LoadAsync(row, cancel) is not { } file) return new Problem("not_allowed.no_file", $"Case {one.CaseNo}: its payment stands in no file.", "Run payengine verify and report what it names.");
        var rules = await ReasonRules.LoadAsync(session, province, cancel);
        var outcomes = new AnswerOutcomes(session, province, rules, Casework.Calendar, work.Now, work.Today, work.OperationNo);
        var cash = new List<SentAttempt>();
        var candidate = new CashCandidate { CaseNo = one.CaseNo, Month = row.Month, RunNo = row.RunNo, LineNo = row.No, Attempt = row.Part, FileMonth = file.Order.Month, FileNo = file.Order.FileNo };
        await CashFallback.SelectAsync(session, province, outcomes, rules, file, [candidate], isDecided, cash, cancel);
        if (cash.Count == 0)
        {
            return new Problem("not_allowed.decision_needed", $"Case {one.CaseNo}: not every reason the bank gave lets this sum become cash.",
                $"Two persons decide with evidence: payengine case decide {one.CaseNo} --cash --evidence \"…\".");
        }

        await outcomes.SaveAsync(cancel);
        await OutcomeStore.InsertCashAsync(session, province, cash, cancel);
        await OutcomeStore.CloseCasesAsync(session, province, [.. cash.SelectMany(attempt => new[] { "rejected", "returned", "cancelled", "deceased" }.Select(kind => (attempt, kind)))], "to_cash", work.Now, cancel);
        await work.AddAsync(new(one.CaseNo, "to_cash", person, work.Now), cancel);
        return null;
    }

    static CaseKinds KindOf(string code) => CaseRules.Each(CaseRules.All).FirstOrDefault(kind => CaseRules.Code(kind) == code, CaseKinds.Rejected);

    static LocalDate LaterOf(LocalDate left, LocalDate right) => left > right ? left : right;
}
