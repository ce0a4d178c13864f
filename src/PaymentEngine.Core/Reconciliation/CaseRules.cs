using PaymentEngine.Core.Payments;

namespace PaymentEngine.Core.Reconciliation;

/// <summary>Kinds of a case (việc phải xử lý) that evidence opens by itself.</summary>
[Flags]
public enum CaseKinds : byte
{
    None = 0,
    Rejected = 1,
    Returned = 2,
    Cancelled = 4,
    Contradicted = 8,

    /// <summary>Paid after a proven end: a claim on the payee if the next attempt was paid too.</summary>
    PaidTwice = 16,

    /// <summary>Less came back than went out: a claim on the bank. The person's sum stays whole.</summary>
    BankShort = 32,

    /// <summary>The bank says that the account's holder has died: nothing is paid again without a decision.</summary>
    Deceased = 64,
}

/// <summary>Whose desk a case lies on.</summary>
public enum CaseOwner : byte { Reconciler, AccountEditor, CommuneOfficer }

/// <summary>Which cases must stand open for an attempt. A function of what is known, so the order of the files cannot matter.</summary>
public static class CaseRules
{
    /// <summary>Banking days a person has for a case whose answer is a corrected account; after them cash is the answer where the policy allows it.</summary>
    public const int AskPayeeDays = 3;
    public const int FixAndRetryDays = 3;
    public const int RetryLaterDays = 2;

    /// <summary>Banking days for what a person must decide: contradictions, suspense, deaths, unknown reasons.</summary>
    public const int DecideDays = 2;

    public const int SuspenseDays = 5;

    /// <summary>Every kind that evidence opens.</summary>
    public const CaseKinds All = CaseKinds.Rejected | CaseKinds.Returned | CaseKinds.Cancelled | CaseKinds.Contradicted | CaseKinds.PaidTwice | CaseKinds.BankShort | CaseKinds.Deceased;

    /// <param name="evidence">All evidence of the attempt.</param>
    /// <param name="hasEnd">Its end is proven.</param>
    /// <param name="saysDeceased">One of its reasons stops the person.</param>
    public static CaseKinds Open(Evidence evidence, bool hasEnd, bool saysDeceased)
    {
        var view = BankViews.Of(evidence);
        var kinds = view switch
        {
            BankView.Contradicted => CaseKinds.Contradicted,
            BankView.Paid when hasEnd => CaseKinds.PaidTwice,
            // The end stands and the evidence no longer bears it: a person asks the bank before anything goes out again.
            BankView.AtBank or BankView.Silent when hasEnd => CaseKinds.Contradicted,
            // Money is out after an end and only announced back, or a debit may hold it: nothing goes out again before that is clear.
            BankView.Rejected or BankView.CancelledByBank or BankView.ReturnAnnounced when hasEnd && !BankViews.BearsEnd(view, evidence, handedOver: true) => CaseKinds.Contradicted,
            BankView.Returned or BankView.ReturnAnnounced => CaseKinds.Returned,
            BankView.Rejected => CaseKinds.Rejected,
            BankView.CancelledByBank => CaseKinds.Cancelled,
            _ => CaseKinds.None,
        };
        if (saysDeceased && (kinds & (CaseKinds.Rejected | CaseKinds.Returned | CaseKinds.Cancelled)) != 0) kinds = CaseKinds.Deceased;
        if (view == BankView.Returned && (evidence & (Evidence.PartBooked | Evidence.ReturnBooked)) == Evidence.PartBooked) kinds |= CaseKinds.BankShort;
        return kinds;
    }

    /// <summary>As above, where two persons may have settled the attempt.</summary>
    /// <param name="evidence">All evidence of the attempt.</param>
    /// <param name="hasEnd">Its end is proven.</param>
    /// <param name="saysDeceased">One of its reasons stops the person.</param>
    /// <param name="stands">The settlement that stands on this evidence, if any.</param>
    /// <param name="isFollowed">A later attempt exists: where the sum is now is said by that one.</param>
    public static CaseKinds Open(Evidence evidence, bool hasEnd, bool saysDeceased, Settlement? stands, bool isFollowed = false) =>
        stands is null ? Open(evidence, hasEnd, saysDeceased) : OpenOnceSettled(stands, saysDeceased, isFollowed);

    // The dispute is over: what is returned is a failed payment as any other, and what the bank took beyond it is a claim.
    static CaseKinds OpenOnceSettled(Settlement stands, bool saysDeceased, bool isFollowed)
    {
        var kinds = stands.As == SettledAs.Paid ? isFollowed ? CaseKinds.PaidTwice : CaseKinds.None
            : isFollowed ? CaseKinds.None : saysDeceased ? CaseKinds.Deceased : CaseKinds.Returned;
        return stands.BankOwesVnd > 0 ? kinds | CaseKinds.BankShort : kinds;
    }

    /// <summary>The rule that decides among all reasons the bank gave for one attempt: the strictest, the same whatever their order.</summary>
    public static ReasonRule Strictest(IEnumerable<string?> codes, ReasonPolicy policy)
    {
        ReasonRule? found = null;
        foreach (var code in codes.Where(code => code is not null).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal))
        {
            var rule = policy.For(code);
            if (found is null || Strictness(rule) > Strictness(found)) found = rule;
        }

        return found ?? policy.For((string?)null);
    }

    /// <summary>The reason that decides among several: the strictest, the same whatever their order. Words that nobody knows count only where nothing else was said.</summary>
    public static ReadReason Deciding(IReadOnlyCollection<ReadReason> reasons, ReasonPolicy policy)
    {
        ReadReason? found = null;
        foreach (var reason in Counting(reasons).OrderBy(reason => reason.Rule.Code, StringComparer.Ordinal).ThenByDescending(reason => reason.Confidence))
            if (found is not { } stands || Strictness(reason.Rule) > Strictness(stands.Rule)) found = reason;
        return found ?? new ReadReason(policy.For((string?)null), 0, false, null);
    }

    /// <summary>The reasons that count: words without a code that nobody knows only where nothing else was said.</summary>
    public static IEnumerable<ReadReason> Counting(IReadOnlyCollection<ReadReason> reasons)
    {
        var anyKnown = reasons.Any(Says);
        return reasons.Where(reason => !anyKnown || Says(reason));

        static bool Says(ReadReason reason) => !reason.IsUnmapped || reason.Rule.Code.Length > 0;
    }

    /// <summary>How far a reason keeps money from going out again; more is stricter.</summary>
    public static int Strictness(ReasonRule rule) => rule.Guard == RepayGuard.NeverRepayWithoutDecision && rule.Class is not (ReasonClass.Deceased or ReasonClass.Duplicate) ? 3 : Strictness(rule.Class);

    internal static int Strictness(ReasonClass kind) => kind switch
    {
        ReasonClass.Deceased => 5,
        ReasonClass.Duplicate => 4,
        ReasonClass.AccountCannotBeCredited => 1,
        ReasonClass.Information => 0,
        _ => 2,
    };

    /// <summary>What to do next, who does it, and in how many banking days.</summary>
    public static (string NextAction, CaseOwner Owner, int Days) Task(CaseKinds kind, ReasonRule reason) => Task(kind, reason, CaseTerms.Default);

    /// <summary>As above, by the terms of an office.</summary>
    public static (string NextAction, CaseOwner Owner, int Days) Task(CaseKinds kind, ReasonRule reason, CaseTerms terms) => kind switch
    {
        CaseKinds.Contradicted => ("ask_bank", CaseOwner.Reconciler, terms.Decide),
        CaseKinds.PaidTwice => ("claim_on_payee", CaseOwner.Reconciler, terms.Decide),
        CaseKinds.BankShort => ("claim_on_bank", CaseOwner.Reconciler, terms.BankShort),
        CaseKinds.Deceased => ("stop_deceased", CaseOwner.CommuneOfficer, terms.Decide),
        _ => reason.First switch
        {
            ReasonAction.AskBeneficiary => ("ask_beneficiary", CaseOwner.CommuneOfficer, terms.AskPayee),
            ReasonAction.FixAndRetry => ("fix_and_retry", CaseOwner.AccountEditor, terms.FixAndRetry),
            ReasonAction.RetryLater => ("retry_later", CaseOwner.Reconciler, terms.RetryLater),
            _ => ("escalate", CaseOwner.Reconciler, terms.Decide),
        },
    };

    /// <summary>As above, by the bank's profile: to try again is no use before the statements that must prove the first try's end.</summary>
    public static (string NextAction, CaseOwner Owner, int Days) Task(CaseKinds kind, ReasonRule reason, BankProfile profile, CaseTerms terms)
    {
        var task = Task(kind, reason, terms);
        return task.NextAction == "retry_later" ? task with { Days = Math.Max(task.Days, profile.ProofDays + 1) } : task;
    }

    /// <summary>Code of a kind in the store.</summary>
    public static string Code(CaseKinds kind) => kind switch
    {
        CaseKinds.Rejected => "rejected",
        CaseKinds.Returned => "returned",
        CaseKinds.Cancelled => "cancelled",
        CaseKinds.Contradicted => "contradicted",
        CaseKinds.PaidTwice => "paid_twice",
        CaseKinds.BankShort => "bank_short",
        CaseKinds.Deceased => "deceased",
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "One kind has a code."),
    };

    /// <summary>The single kinds of a set.</summary>
    public static IEnumerable<CaseKinds> Each(CaseKinds kinds)
    {
        for (var bit = 1; bit <= (int)CaseKinds.Deceased; bit <<= 1)
            if (((int)kinds & bit) != 0) yield return (CaseKinds)bit;
    }
}
