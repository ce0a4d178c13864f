namespace PaymentEngine.Core.Reconciliation;

/// <summary>What to do about a reason.</summary>
public enum ReasonAction : byte
{
    /// <summary>No further step.</summary>
    None,

    /// <summary>Correct the named data against the register, then a new attempt.</summary>
    FixAndRetry,

    /// <summary>Nothing to correct: try again, a limited number of times.</summary>
    RetryLater,

    /// <summary>Only the payee, the family or the commune can tell.</summary>
    AskBeneficiary,

    /// <summary>Move the sum to the cash list.</summary>
    PayCash,

    /// <summary>Stop this and all later payments of the person; open a case.</summary>
    StopDeceased,

    /// <summary>A person decides.</summary>
    Escalate,

    /// <summary>Nothing to do.</summary>
    Info,

    /// <summary>A code of other kinds of payment: kept, and a person decides.</summary>
    NotApplicable,
}

/// <summary>What must hold before money may go out again.</summary>
public enum RepayGuard : byte
{
    None,

    /// <summary>After a return the credit is booked; after a rejection no debit stands.</summary>
    MoneyBackIfReturn,

    /// <summary>The code leaves open whether the payee has the money: a statement must prove that not.</summary>
    ProveNotPaid,

    /// <summary>Only by a person's decision.</summary>
    NeverRepayWithoutDecision,
}

/// <summary>The class a reason belongs to, exactly one each, unknown codes included. Only the first may become cash by itself.</summary>
public enum ReasonClass : byte
{
    AccountCannotBeCredited = 1,
    BlockedOrRegulatory,
    Deceased,
    Duplicate,
    OurFileIsWrong,
    Funds,
    BankTroubleOrUnknown,
    Information,
}

/// <summary>One reason and what follows from it.</summary>
/// <param name="Code">Of the external lists; for a code outside them, as it came; empty for no reason at all.</param>
/// <param name="Meaning">In our own words.</param>
/// <param name="Fault">Where the cause lies: account, identity, duplicate, system …</param>
/// <param name="First">The first step.</param>
/// <param name="Then">The next one when the first fails or its time is up.</param>
/// <param name="AutoRetries">How often the program may try again by itself.</param>
public sealed record ReasonRule(string Code, string Meaning, string Fault, ReasonAction First, ReasonAction Then, int AutoRetries, RepayGuard Guard)
{
    public ReasonClass Class => Fault switch
    {
        "deceased" => ReasonClass.Deceased,
        "duplicate" => ReasonClass.Duplicate,
        "payer_funds" => ReasonClass.Funds,
        _ when First == ReasonAction.Info => ReasonClass.Information,
        _ when First == ReasonAction.NotApplicable => ReasonClass.BankTroubleOrUnknown,
        "account" or "identity" => Code is not ("AC06" or "AG01") && !Code.StartsWith("RR", StringComparison.Ordinal) && (First == ReasonAction.PayCash || Then == ReasonAction.PayCash)
            && Guard == RepayGuard.MoneyBackIfReturn
                ? ReasonClass.AccountCannotBeCredited
                : ReasonClass.BlockedOrRegulatory,
        "regulatory" or "fraud" => ReasonClass.BlockedOrRegulatory,
        "file_data" or "charset" or "amount" or "timing" or "routing" or "payer_account" or "bank_setup" or "authorisation" => ReasonClass.OurFileIsWrong,
        _ => ReasonClass.BankTroubleOrUnknown,
    };

    /// <summary>
    /// True when the sum may go to the cash list without a person's decision: after the case's time is up, and only once the money is proven back or
    /// proven never taken.
    /// </summary>
    public bool MayBecomeCash => Class == ReasonClass.AccountCannotBeCredited;
}

/// <summary>
/// What follows from what a bank says: total over all codes, known and unknown. A rejection is not always a non-payment, so this is a safety
/// device: whatever is not surely harmless waits for a person.
/// </summary>
public sealed class ReasonPolicy
{
    /// <summary>What some banks write where a reason stands although the payment succeeded (F101). It decides nothing: the status and the money do.</summary>
    public const string Success = "0000";

    static readonly ReasonRule Succeeded = new(Success, "The bank says that the payment succeeded", "information", ReasonAction.Info, ReasonAction.None, 0, RepayGuard.ProveNotPaid);

    readonly Dictionary<string, ReasonRule> rules;

    public ReasonPolicy(IEnumerable<ReasonRule> rules) => this.rules = rules.ToDictionary(rule => rule.Code, StringComparer.Ordinal);

    /// <summary>All known reasons, by code.</summary>
    public IEnumerable<ReasonRule> Rules => rules.Values.OrderBy(rule => rule.Code, StringComparer.Ordinal);

    /// <summary>True for a code of the external lists, and for <see cref="Success"/>.</summary>
    public bool Knows(string code) => code == Success || rules.ContainsKey(code);

    /// <summary>The rule of a code; an unknown code, or none, waits for a person and may have been paid.</summary>
    public ReasonRule For(string? code) =>
        code is not null && rules.TryGetValue(code, out var rule) ? rule
            : code == Success ? Succeeded
            : new(code ?? "", code is null ? "No reason given" : "Not in our list of reasons", "unknown", ReasonAction.Escalate, ReasonAction.None, 0, RepayGuard.ProveNotPaid);

    /// <summary>The rule for all reasons of one report: a death, a duplicate or a fraud anywhere among them decides; else a block or a rule of the State; else the
    /// first known code that is more than information; else none.</summary>
    /// <remarks>A proprietary code is the bank's own word and never read as one of the external list.</remarks>
    public ReasonRule For(IReadOnlyList<BankReason> reasons)
    {
        ReasonRule? first = null;
        foreach (var reason in reasons)
        {
            if (reason.Code is null || !rules.TryGetValue(reason.Code, out var rule)) continue;
            if (rule.Guard == RepayGuard.NeverRepayWithoutDecision || rule.Class is ReasonClass.Deceased or ReasonClass.Duplicate) return rule;
            if (first is null || Weight(rule) > Weight(first)) first = rule;
        }

        return first ?? For(reasons.Select(reason => reason.Code ?? reason.Proprietary).FirstOrDefault(code => code is not null && !rules.ContainsKey(code)));
    }

    static int Weight(ReasonRule rule) => rule.Class switch { ReasonClass.BlockedOrRegulatory => 2, ReasonClass.Information => 0, _ => 1 };
}
