using NodaTime;
using PaymentEngine.Core.Payments;

namespace PaymentEngine.Core.Reconciliation;

/// <summary>What is known about a case when somebody asks what may be done about it.</summary>
/// <param name="CaseNo">Its number.</param>
/// <param name="Kind">As <see cref="CaseRules.Code"/> writes it, or another kind of case.</param>
/// <param name="Reason">The reason that decides.</param>
/// <param name="IsEnded">The payment's end is proven: back, or never taken.</param>
/// <param name="IsLatest">No later attempt has been made.</param>
/// <param name="IsDisputed">Evidence about the payment disagrees, or it was paid after its end.</param>
/// <param name="BankAttempts">How often it was tried through a bank.</param>
/// <param name="HasOtherAccount">The register now has an account for the payee that is not the one that failed.</param>
/// <param name="IsDecided">Two persons have decided for the road that is asked about.</param>
/// <param name="OpenedOn">The day on which the case was opened, in Viet Nam.</param>
public sealed record CaseFacts(int CaseNo, string Kind, ReasonRule Reason, bool IsEnded, bool IsLatest, bool IsDisputed, int BankAttempts, bool HasOtherAccount, bool IsDecided, LocalDate OpenedOn)
{
    /// <summary>How often the sum was tried in all, in cash too: an id has a letter for each try, and there are <see cref="InstructionId.AttemptMax"/>.</summary>
    public int Attempts { get; init; }
}

/// <summary>What the reason policy allows a person to do about the case of a failed payment (F93). What it does not allow needs two persons with evidence; some of it nobody may.</summary>
public static class CaseWork
{
    /// <summary>Kinds of cases about a payment that failed; the others end by evidence or by a settled claim.</summary>
    public static bool IsFailedPayment(string kind) => kind is "rejected" or "returned" or "cancelled" or "deceased";

    /// <summary>Tries by account the policy still grants without a person's decision.</summary>
    public static int RetriesLeft(ReasonRule reason, int bankAttempts) => Math.Max(0, reason.AutoRetries - Math.Max(0, bankAttempts - 1));

    /// <summary>Why no other account may be proposed for the payee; null when one may.</summary>
    public static Problem? WhyNotCorrect(CaseFacts facts)
    {
        if (!IsFailedPayment(facts.Kind)) return WrongKind(facts);
        return facts.Kind == "deceased" || facts.Reason.Class == ReasonClass.Deceased
            ? new Problem("not_allowed.case_deceased", $"Case {facts.CaseNo}: the bank says that the account's holder has died. A dead person is given no other account.",
                $"Verify the death with the commune. If the person lives, two persons decide with evidence: payengine case decide {facts.CaseNo} --repay --evidence \"…\".")
            : facts.Reason.Class == ReasonClass.Duplicate
            ? new Problem("not_allowed.case_duplicate", $"Case {facts.CaseNo}: the bank calls the payment a duplicate ({facts.Reason.Code}). Another account does not answer that.", "Look for the earlier copy in the statements; ask the bank in writing.")
            : null;
    }

    /// <summary>Why the payment may not be made again through a bank; null when it may.</summary>
    public static Problem? WhyNotRepay(CaseFacts facts)
    {
        if (WhyNotYet(facts) is { } notYet) return notYet;
        if (facts.IsDecided) return null;
        var reason = facts.Reason;
        if (facts.Kind != "deceased" && reason.Guard == RepayGuard.MoneyBackIfReturn && reason.First is ReasonAction.FixAndRetry or ReasonAction.AskBeneficiary && reason.Class is ReasonClass.AccountCannotBeCredited or ReasonClass.BlockedOrRegulatory)
        {
            return facts.HasOtherAccount ? null
                : new Problem("not_allowed.same_account", $"Case {facts.CaseNo}: reason {reason.Code} is about the account, and the register still has the account that failed.",
                    $"Correct it first: payengine case correct {facts.CaseNo} --bank … --account … --holder \"…\" --source \"…\".");
        }

        if (facts.Kind != "deceased" && reason.First == ReasonAction.RetryLater && reason.Guard != RepayGuard.NeverRepayWithoutDecision && RetriesLeft(reason, facts.BankAttempts) > 0) return null;
        return DecisionNeeded(facts, "repay");
    }

    /// <summary>Why the sum may not go to the cash list now; null when it may.</summary>
    /// <param name="facts">The case.</param>
    /// <param name="today">Today in Viet Nam.</param>
    public static Problem? WhyNotCash(CaseFacts facts, LocalDate today)
    {
        if (WhyNotYet(facts) is { } notYet) return notYet;
        if (facts.Reason.Class == ReasonClass.Duplicate) return NeverCash(facts);
        if (facts.IsDecided) return null;
        if (facts.Kind is not ("rejected" or "returned") || !facts.Reason.MayBecomeCash) return DecisionNeeded(facts, "cash");
        return facts.OpenedOn < today ? null
            : new Problem("not_allowed.same_day", $"Case {facts.CaseNo} was opened today: a sum never goes to cash on the day of the bank's word.", "Do it tomorrow; a statement of today may still show the money.");
    }

    /// <summary>Why two persons may not decide for a road; null when they may.</summary>
    /// <param name="facts">The case.</param>
    /// <param name="decision"><c>cash</c> or <c>repay</c>.</param>
    public static Problem? WhyNotDecide(CaseFacts facts, string decision)
    {
        if (WhyNotYet(facts) is { } notYet) return notYet;
        return decision == "cash" && facts.Reason.Class == ReasonClass.Duplicate ? NeverCash(facts) : null;
    }

    // What no road may skip: the money is proven not to be with the payee, and nothing speaks against it.
    static Problem? WhyNotYet(CaseFacts facts)
    {
        if (!IsFailedPayment(facts.Kind)) return WrongKind(facts);
        if (facts.IsDisputed)
            return new Problem("not_allowed.disputed", $"Case {facts.CaseNo}: the evidence about this payment disagrees, so nothing is paid again.", "Settle the contradiction first: ask the bank, import its corrected statement, or match the entry by hand. What no file ends two persons settle: payengine case settle.");
        if (!facts.IsLatest)
            return new Problem("not_allowed.tried_again", $"Case {facts.CaseNo}: a later attempt to pay this sum exists already.", $"See it: payengine case show {facts.CaseNo}.");
        if (facts.Attempts >= InstructionId.AttemptMax)
        {
            return new Problem("not_allowed.attempts_used", $"Case {facts.CaseNo}: the sum has had {facts.Attempts} attempts, which is all an id can name.",
                $"Lay it on the approver's desk (payengine case escalate {facts.CaseNo} --why …); it is paid by a new decision: a one-time award in the register.");
        }

        return facts.IsEnded ? null
            : new Problem("not_allowed.not_proven", $"Case {facts.CaseNo}: it is not proven that the money came back or was never taken.", "Import the bank's statements up to two banking days after the execution date, then run payengine reconcile.");
    }

    static Problem WrongKind(CaseFacts facts) =>
        new("not_allowed.case_kind", $"Case {facts.CaseNo} ({facts.Kind}) is not about a payment that failed.", $"See what ends it: payengine case show {facts.CaseNo}.");

    static Problem NeverCash(CaseFacts facts) =>
        new("not_allowed.never_cash", $"Case {facts.CaseNo}: a payment the bank calls a duplicate ({facts.Reason.Code}) never becomes cash, whoever decides.",
            $"Look for the earlier copy in the statements. If it is proven that nothing was taken, two persons decide to pay by account: payengine case decide {facts.CaseNo} --repay --evidence \"…\".");

    static Problem DecisionNeeded(CaseFacts facts, string road) =>
        new("not_allowed.decision_needed", $"Case {facts.CaseNo}: for reason {(facts.Reason.Code.Length > 0 ? facts.Reason.Code : "(none given)")} the policy leaves this to two persons with evidence.",
            $"Propose it: payengine case decide {facts.CaseNo} --{road} --evidence \"…\"; an approver answers.");
}
