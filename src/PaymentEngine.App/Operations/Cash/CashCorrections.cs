using NodaTime;
using PaymentEngine.App.CommandLine;
using PaymentEngine.App.Files;
using PaymentEngine.App.Operations.Access;
using PaymentEngine.App.Operations.Cases;
using PaymentEngine.Core;
using PaymentEngine.Core.CashPayouts;
using PaymentEngine.Core.Payments;
using PaymentEngine.Core.Reconciliation;
using PaymentEngine.Messages;
using PaymentEngine.Postgres;
using PaymentEngine.Postgres.Cases;
using PaymentEngine.Postgres.Cash;

namespace PaymentEngine.App.Operations.Cash;

/// <summary>A cash result that says paid and is wrong (another line, another person's signature): taken back by two persons with evidence. The result stays as it was recorded; a posting takes its money back.</summary>
public sealed class CashCorrections(Database database, IClock clock)
{
    static readonly BankingCalendar Calendar = BankingCalendars.VietNam;
    static readonly DateTimeZone Zone = DateTimeZoneProviders.Tzdb["Asia/Ho_Chi_Minh"];

    const int GroundLengthMax = 1_000;

    /// <summary>Corrections that wait, or all, as far as the caller sees them.</summary>
    public async Task<IReadOnlyList<StoredCashCorrection>> ListAsync(Caller caller, bool all, CancellationToken cancel = default)
    {
        await using var session = await database.DeskAsync(caller.Scope, cancel);
        return await CashCorrectionStore.ListAsync(session, caller.ProvinceCode, 0, all, cancel);
    }

    /// <summary>Proposes that a payout recorded as paid was not made. Nothing moves before another person accepts it.</summary>
    /// <param name="caller">A cash officer or reconciler; acts in their communes.</param>
    /// <param name="receipt">The receipt code of the line.</param>
    /// <param name="ground">What it rests on: the minutes, by number and day.</param>
    /// <param name="paper">The paper itself, kept byte for byte; null: none.</param>
    /// <param name="cancel">Cancels before the commit.</param>
    /// <returns>The proposal; refused among others: <c>receipt.unknown</c>, <c>cash_correction.not_paid</c>, <c>cash_correction.waits</c>, <c>not_allowed.attempts_used</c>.</returns>
    public async Task<Result<StoredCashCorrection>> ProposeAsync(Caller caller, string receipt, string ground, (string Name, KeptFile File)? paper, CancellationToken cancel = default)
    {
        if (caller.Lacks(AccessRules.CashCorrectionsPropose) is { } lacks) return lacks;
        ground = ground.Trim();
        if (ground.Length == 0) return new Problem("usage.evidence_missing", "A correction rests on evidence.", "Name the paper: --evidence \"biên bản số … ngày …\".");
        if (ground.Length > GroundLengthMax) return new Problem("usage.text_long", $"{ground.Length} characters are too many.", $"Use at most {GroundLengthMax}; give the paper itself with --file.");
        var code = receipt.Trim().ToUpperInvariant();
        var at = Now();
        await using var session = await database.RunAsync(caller.Scope, cancel);
        return await session.InTransactionAsync<Result<StoredCashCorrection>>(async () =>
        {
            await FactStore.LockAsync(session, caller.ProvinceCode, cancel);
            if (await CashCorrectionStore.LineAsync(session, caller.ProvinceCode, code, cancel) is not { } line || !MayAct(caller, line.ListCommuneId))
                return new Problem("receipt.unknown", $"Receipt {code} stands on no list of yours.", "Check the code on the paper.");
            var list = new CashListId(caller.ProvinceCode, Months.FromKey(line.Month), line.ListNo);
            if (line.Result != "paid")
            {
                return new Problem("cash_correction.not_paid", $"Receipt {code} of list {list} is {(line.Result is null ? "not decided yet" : "recorded as uncollected")}: there is nothing to take back.",
                    line.Result is null ? "Return the list with the right result: payengine cash confirm." : "The sum waits for the next list; see payengine cash list.");
            }

            if (line.IsCorrected)
            {
                var before = (await CashCorrectionStore.ListAsync(session, caller.ProvinceCode, 0, all: true, cancel)).First(one => one.ReceiptCode == code && one.Accepted != false);
                return before.ProposedBy == caller.UserName && before.Ground == ground && before.Accepted is null ? before
                    : new Problem("cash_correction.waits", $"Receipt {code}: correction {before.CorrectionNo} of {before.ProposedBy} {(before.Accepted is null ? "waits for a decision" : "stands")}.", "See it: payengine cash corrections --all.");
            }

            // The sum is due again as the next attempt, and an id has no letter for a further one.
            if (line.Attempt >= InstructionId.AttemptMax)
                return new Problem("not_allowed.attempts_used", $"Receipt {code} is the last of {InstructionId.AttemptMax} attempts to pay this sum: taken back, there would be no way to pay it.", "Pay it by a new decision: a one-time award in the register.");
            var last = await OutcomeStore.LastOperationAsync(session, caller.ProvinceCode, cancel);
            var start = await OperationLog.BeginAsync(session, caller.ProvinceCode, $"cash.correct {code} after {last}", "cash.correct", OperationLog.RequestHash(code, ground, paper?.File.Hex ?? ""), caller.UserName, at, cancel);
            var attempt = new SentAttempt(line.OriginMonth, line.OriginRun, line.LineNo, line.Attempt, 0, line.AmountVnd, line.Programme, line.CommuneId, true, false);
            await OutcomeStore.OpenCasesAsync(session, caller.ProvinceCode, [new NewCase { Kind = "cash_correction", Attempt = attempt, AmountVnd = line.AmountVnd, NextAction = "decide_correction", Owner = Role.Approver, DueOn = Calendar.Plus(at.InZone(Zone).Date, (await Casework.TermsAsync(session, caller.ProvinceCode, cancel)).Decide), HappenedOn = line.PaidOn }], at, start.OperationNo, cancel);
            var caseNo = await CashCorrectionStore.CaseOfAsync(session, caller.ProvinceCode, line, cancel);
            var number = await CashCorrectionStore.ProposeAsync(session, caller.ProvinceCode, line, caseNo, ground, paper?.Name, paper?.File.Sha256, (caller.UserName, at, start.OperationNo), cancel);
            await CaseStore.AddEventAsync(session, caller.ProvinceCode, new(caseNo, "correction_proposed", caller.UserName, at) { Remark = ground }, start.OperationNo, cancel);
            var said = JsonText.Write(new { correction = number, receipt = code, list = list.ToString(), takes_back_operation = line.PaidByOperation, sum_vnd = line.AmountVnd, ground, paper_sha256 = paper?.File.Hex });
            await OperationLog.CompleteAsync(session, caller.ProvinceCode, start.OperationNo, said, said, at, cancel);
            return (await CashCorrectionStore.ListAsync(session, caller.ProvinceCode, number, all: true, cancel))[0];
        }, result => result.IsOk, cancel: cancel);
    }

    /// <summary>Decides a correction. Accepted, the sum is due in cash again, by a posting on the same list; in a closed run it is booked in the open period. Claims follow at once.</summary>
    /// <param name="caller">An approver who did not propose it.</param>
    /// <param name="correctionNo">The proposal.</param>
    /// <param name="accepted">Take the result back, or not.</param>
    /// <param name="decision">Number and day of the decision; of a refusal, the reason.</param>
    /// <param name="cancel">Cancels before the commit.</param>
    public async Task<Result<StoredCashCorrection>> DecideAsync(Caller caller, int correctionNo, bool accepted, string decision, CancellationToken cancel = default)
    {
        if ((caller.Lacks(AccessRules.CashCorrectionsDecide) ?? (accepted ? caller.LacksProof(Now()) : null)) is { } lacks) return lacks;
        decision = decision.Trim();
        if (decision.Length == 0) return new Problem("usage.decision_missing", "A decision is named: an acceptance by its number and day, a refusal by its reason.", "Give --accept \"…\" or --refuse \"…\".");
        var at = Now();
        await using var session = await database.RunAsync(caller.Scope, cancel);
        return await session.InTransactionAsync<Result<StoredCashCorrection>>(async () =>
        {
            await FactStore.LockAsync(session, caller.ProvinceCode, cancel);
            if (await CashCorrectionStore.ListAsync(session, caller.ProvinceCode, correctionNo, all: true, cancel) is not [var proposal] || correctionNo == 0 || !MayAct(caller, proposal.ListCommuneId))
                return new Problem("cash_correction.unknown", FormattableString.Invariant($"There is no correction {correctionNo} in your communes."), "See them: payengine cash corrections --all.");
            if (proposal.Accepted is { } stands)
            {
                return stands == accepted && proposal.Decision == decision ? proposal
                    : new Problem("cash_correction.decided", $"Correction {correctionNo} is decided: {(stands ? "accepted" : "refused")}, {proposal.Decision}.", "A decision stands; another proposal is another correction.");
            }

            if (accepted && proposal.ProposedBy == caller.UserName) return new Problem("not_allowed.own_proposal", $"{caller.UserName} proposed it and cannot accept it.", "Have another approver decide.");
            var start = await OperationLog.BeginAsync(session, caller.ProvinceCode, FormattableString.Invariant($"cash.decide_correction {correctionNo}"), "cash.decide_correction", OperationLog.RequestHash(accepted ? "accepted" : "refused", decision), caller.UserName, at, cancel);
            await CashCorrectionStore.DecideAsync(session, caller.ProvinceCode, correctionNo, accepted, decision, (caller.UserName, at, start.OperationNo), cancel);
            await CaseStore.AddEventAsync(session, caller.ProvinceCode, new(proposal.CaseNo, accepted ? "correction_approved" : "correction_rejected", caller.UserName, at) { Remark = decision }, start.OperationNo, cancel);
            await CaseStore.CloseAsync(session, caller.ProvinceCode, proposal.CaseNo, accepted ? "corrected" : "refused", at, cancel);
            if (accepted)
            {
                var line = await CashCorrectionStore.LineAsync(session, caller.ProvinceCode, proposal.ReceiptCode, cancel) ?? throw new InvalidOperationException($"The line of receipt {proposal.ReceiptCode} is gone.");
                var proof = FormattableString.Invariant($"correction {correctionNo} by {proposal.ProposedBy} and {caller.UserName}, takes back operation {proposal.PaidByOperation}: {proposal.Ground}");
                await CashCorrectionStore.TakeBackAsync(session, caller.ProvinceCode, line, proof, at.InZone(Zone).Date, start.OperationNo, cancel);
                await PaymentClaimStore.FollowAsync(session, caller.ProvinceCode, at, start.OperationNo, cancel);
            }

            var said = JsonText.Write(new { correction = correctionNo, receipt = proposal.ReceiptCode, accepted, decision, takes_back_operation = proposal.PaidByOperation, sum_vnd = accepted ? proposal.AmountVnd : 0 });
            await OperationLog.CompleteAsync(session, caller.ProvinceCode, start.OperationNo, said, said, at, cancel);
            return (await CashCorrectionStore.ListAsync(session, caller.ProvinceCode, correctionNo, all: true, cancel))[0];
        }, result => result.IsOk, cancel: cancel);
    }

    Instant Now() => Instant.FromUnixTimeTicks(clock.GetCurrentInstant().ToUnixTimeTicks() / 10 * 10);

    static bool MayAct(Caller caller, int communeId) => caller.Communes is null || caller.Communes.Contains(communeId);
}
