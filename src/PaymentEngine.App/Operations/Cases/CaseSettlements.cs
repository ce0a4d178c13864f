using System.Globalization;
using NodaTime;
using PaymentEngine.App.CommandLine;
using PaymentEngine.App.Files;
using PaymentEngine.App.Operations.Access;
using PaymentEngine.Core;
using PaymentEngine.Core.Payments;
using PaymentEngine.Core.Reconciliation;
using PaymentEngine.Postgres;
using PaymentEngine.Postgres.Cases;

namespace PaymentEngine.App.Operations.Cases;

/// <summary>Disputes that no evidence ends (xử lý khoản trái ngược): settled by two persons, and bound to the evidence as it stood. A new fact makes the settlement void.</summary>
public sealed class CaseSettlements(Database database, IClock clock)
{
    const int GroundLengthMax = 1_000;

    readonly Casework casework = new(database, clock);

    /// <summary>Proposes how a dispute is settled. Nothing moves before another person approves it.</summary>
    /// <param name="caller">A reconciler or approver.</param>
    /// <param name="caseNo">An open case about the payment; or the one that a settlement closed, when that was wrong: then a new case waits for the answer.</param>
    /// <param name="wanted">The payee has the money, or has it not.</param>
    /// <param name="ground">The paper it rests on, by number and day; it is kept.</param>
    /// <param name="paper">The paper itself, kept byte for byte; null: none.</param>
    /// <param name="cancel">Cancels before anything is kept.</param>
    /// <returns>The case; refused among others: <c>not_allowed.nothing_disputed</c>, <c>not_allowed.money_is_back</c>, <c>not_allowed.settlement_waits</c>.</returns>
    public async Task<Result<CaseView>> ProposeAsync(Caller caller, int caseNo, SettledAs wanted, string ground, (string Name, KeptFile File)? paper, CancellationToken cancel)
    {
        if (caller.Lacks(AccessRules.CaseSettle) is { } lacks) return lacks;
        if (Casework.Text(ground) is not { } said) return new Problem("usage.evidence_missing", "A settlement rests on evidence.", "Name the paper: --evidence \"công văn số … ngày … của ngân hàng …\".");
        if (said.Length > GroundLengthMax) return new Problem("usage.text_long", $"{said.Length} characters are too many.", $"Use at most {GroundLengthMax}; give the paper itself with --file.");
        return await casework.ActAsync(caller, caseNo, "case.settle", [Settlements.Word(wanted), said, paper?.File.Hex ?? ""], async work =>
        {
            if (work.Case is { IsOpen: false, ClosedHow: not "settlement" })
                return new Problem("not_allowed.case_closed", $"Case {caseNo} was closed ({work.Case.ClosedHow}).", $"See it: payengine case show {caseNo}.");
            if (await LoadAsync(work, cancel) is not { } dispute) return NotOfABank(caseNo);
            var waiting = dispute.Stored.FirstOrDefault(one => one.Answer is null);
            if (waiting is { } same && same.MadeBy == caller.UserName && same.SettledAs == Settlements.Word(wanted) && same.Ground == said) return true;
            if (waiting is not null)
            {
                return new Problem("not_allowed.settlement_waits", $"Case {caseNo}: {waiting.MadeBy}'s proposal ({waiting.SettledAs}) waits for an answer.",
                    $"An approver answers it: payengine case approve {caseNo} | payengine case reject {caseNo} --remark ….");
            }

            if (Casework.NotTheirs(caller, work.Case) is { } taken) return taken;
            if (WhyNot(dispute, wanted) is { } refused) return refused;
            var answeredBy = Later(work.Case.DueOn, Casework.Calendar.Plus(work.Today, (await Casework.TermsAsync(work.Session, work.ProvinceCode, cancel)).Decide));
            var waits = caseNo;
            if (!work.Case.IsOpen)
            {
                await OutcomeStore.OpenCasesAsync(work.Session, work.ProvinceCode, [new NewCase { Kind = "contradicted", Attempt = dispute.Attempt, AmountVnd = dispute.Attempt.AmountVnd, ReasonCode = work.Case.ReasonCode, NextAction = "answer_settlement", Owner = Role.Approver, DueOn = answeredBy }], work.Now, work.OperationNo, cancel);
                waits = (await CaseStore.OfPaymentAsync(work.Session, work.ProvinceCode, caseNo, cancel)).First(one => one.Kind == "contradicted" && one.Attempt == dispute.Row.Part).CaseNo;
            }

            var proposal = new StoredSettlement
            {
                Month = dispute.Row.Month, RunNo = dispute.Row.RunNo, LineNo = dispute.Row.No, Attempt = dispute.Row.Part, CaseNo = waits, SettledAs = Settlements.Word(wanted), Evidence = (int)dispute.Evidence,
                FactsDigest = dispute.Facts.Digest(), BankOwesVnd = Settlements.BankOwesVnd(wanted, dispute.Evidence, dispute.Facts, dispute.Attempt.AmountVnd), Ground = said, FileName = paper?.Name,
                FileSha256 = paper?.File.Sha256, MadeBy = caller.UserName,
            };
            await SettlementStore.ProposeAsync(work.Session, work.ProvinceCode, proposal, dispute.Attempt.CommuneId, work.Now, work.OperationNo, cancel);
            await CaseStore.TurnAsync(work.Session, work.ProvinceCode, waits, "answer_settlement", Role.Approver, answeredBy, cancel);
            await work.AddAsync(new(caseNo, "settlement_proposed", caller.UserName, work.Now) { Remark = $"{proposal.SettledAs}: {said}" }, cancel);
            return false;
        }, cancel, needsOpen: false);
    }

    /// <summary>Answers a proposed settlement. Approved, it counts at once: the money stands as paid or as returned, the dispute's cases are closed, and what the bank took beyond it is a claim on the bank.</summary>
    /// <param name="caller">An approver who did not propose it.</param>
    /// <param name="caseNo">An open case about the payment.</param>
    /// <param name="rejection">Null approves; else why it is rejected.</param>
    /// <param name="cancel">Cancels before anything is kept.</param>
    /// <returns>The case; refused among others: <c>not_allowed.own_settlement</c>, <c>not_allowed.evidence_moved</c> when a fact has come since the proposal.</returns>
    public async Task<Result<CaseView>> AnswerAsync(Caller caller, int caseNo, string? rejection, CancellationToken cancel)
    {
        if (caller.Lacks(Role.Approver, Role.Reconciler) is { } lacks) return lacks;
        return await casework.ActAsync(caller, caseNo, rejection is null ? "case.approve" : "case.reject", ["settlement", rejection ?? ""], async work =>
        {
            if (rejection is null && caller.LacksProof(work.Now) is { } unproven) return unproven;
            if (await LoadAsync(work, cancel) is not { } dispute) return NotOfABank(caseNo);
            if (dispute.Stored.FirstOrDefault(one => one.Answer is null) is not { } proposal)
            {
                return dispute.Stored.Any(one => one.Answer == "approved" && one.AnsweredBy == caller.UserName && rejection is null) ? true
                    : new Problem("not_allowed.no_settlement", $"Case {caseNo} has no settlement that waits for an answer.", $"See the case: payengine case show {caseNo}.");
            }

            // Who proposed it may take it back; for everything else another approver is needed.
            if (rejection is not null)
            {
                if (proposal.MadeBy != caller.UserName && caller.Lacks(Role.Approver) is { } lacksRole) return lacksRole;
                await SettlementStore.AnswerAsync(work.Session, work.ProvinceCode, proposal, "rejected", caller.UserName, rejection, work.Now, work.OperationNo, cancel);
                // Opened for this proposal alone, the case is over with it: what stood settled stands.
                if (dispute.Stands is not null && work.Case.Kind == "contradicted") await CaseStore.CloseAsync(work.Session, work.ProvinceCode, caseNo, "refused", work.Now, cancel);
                else await CaseStore.TurnAsync(work.Session, work.ProvinceCode, caseNo, "ask_bank", Role.Reconciler, Later(work.Case.DueOn, Casework.Calendar.Plus(work.Today, (await Casework.TermsAsync(work.Session, work.ProvinceCode, cancel)).Decide)), cancel);
                await work.AddAsync(new(caseNo, "settlement_rejected", caller.UserName, work.Now) { Remark = rejection }, cancel);
                return false;
            }

            if (caller.Lacks(Role.Approver) is { } lacksToo) return lacksToo;
            if (Settlements.WhyNotApprove(proposal.MadeBy, caller.UserName) is { } own) return own;
            var settlement = proposal.AsCore();
            if (!settlement.StandsOn(dispute.Evidence, dispute.Facts.Digest()))
            {
                return new Problem("not_allowed.evidence_moved", $"Case {caseNo}: a bank has told something new about this payment since {proposal.MadeBy} proposed to settle it.",
                    $"Look again: payengine case show {caseNo}. Reject the proposal (payengine case reject {caseNo} --remark …) and propose what is right now.");
            }

            if (WhyNot(dispute, settlement.As) is { } refused) return refused;
            var proof = $"settlement {proposal.SettlementNo} of case {proposal.CaseNo} by {proposal.MadeBy} and {caller.UserName}: {proposal.Ground}";
            await dispute.Outcomes.SettleAsync(dispute.File, dispute.Row, settlement, proof, cancel);
            await SettlementStore.AnswerAsync(work.Session, work.ProvinceCode, proposal, "approved", caller.UserName, null, work.Now, work.OperationNo, cancel);
            await dispute.Outcomes.SaveAsync(cancel);
            if (work.Case.Kind == "contradicted") await CaseStore.CloseAsync(work.Session, work.ProvinceCode, caseNo, "settlement", work.Now, cancel);
            await work.AddAsync(new(caseNo, "settlement_approved", caller.UserName, work.Now) { Remark = proposal.SettledAs }, cancel);
            return false;
        }, cancel);
    }

    static Problem? WhyNot(Dispute dispute, SettledAs wanted) => Settlements.WhyNot(dispute.Evidence, dispute.Attempt.Ended, dispute.File.HandedOver ? OwnStep.HandedOver : OwnStep.Sealed, !dispute.Attempt.IsLatest, wanted, dispute.Stands);

    static Problem NotOfABank(int caseNo) =>
        new("not_allowed.case_kind", $"Case {caseNo} is not about a payment that a bank was ordered to make: there is no evidence to settle.", $"See what ends it: payengine case show {caseNo}.");

    /// <summary>The attempt of a case with all that is known about it; null when no bank was ordered to make it.</summary>
    static async Task<Dispute?> LoadAsync(CaseAct work, CancellationToken cancel)
    {
        if (work.Case is not { Month: { } month, RunNo: { } run, LineNo: { } line, Attempt: { } number }) return null;
        var row = new FactRow(FactTarget.Attempt, month, run, line, number);
        if (await new OrderBook(work.Session, work.ProvinceCode, new OrderedLines()).LoadAsync(row, cancel) is not { } file || !file.TryFind(row, out var place)) return null;
        var outcomes = new AnswerOutcomes(work.Session, work.ProvinceCode, await ReasonRules.LoadAsync(work.Session, work.ProvinceCode, cancel), Casework.Calendar, work.Now, work.Today, work.OperationNo);
        var folded = await outcomes.FoldAsync(file, 0, cancel);
        return new(row, file, file.Attempts[place], outcomes, folded.Evidence[place], folded.Settled.GetValueOrDefault(place), await outcomes.FactsAsync(file, row, cancel),
            [.. (await SettlementStore.OfPaymentAsync(work.Session, work.ProvinceCode, month, run, line, cancel)).Where(one => one.Attempt == number)]);
    }

    static LocalDate Later(LocalDate left, LocalDate right) => left > right ? left : right;

    sealed record Dispute(FactRow Row, SentFile File, SentAttempt Attempt, AnswerOutcomes Outcomes, Evidence Evidence, Settlement? Stands, AttemptFacts Facts, IReadOnlyList<StoredSettlement> Stored);
}
