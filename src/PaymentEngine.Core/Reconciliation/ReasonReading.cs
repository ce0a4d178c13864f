namespace PaymentEngine.Core.Reconciliation;

/// <summary>A reason as it counts.</summary>
/// <param name="Rule">What follows from it.</param>
/// <param name="Confidence">Of 100: 100 for a code of the external lists, less for one read from words, 0 for words that nobody knows.</param>
/// <param name="MayBecomeCash">The reason lets the sum go to cash by itself, and it is surely read.</param>
/// <param name="By">The rule for words that was used; null where the code spoke for itself.</param>
public readonly record struct ReadReason(ReasonRule Rule, int Confidence, bool MayBecomeCash, BankTextRule? By)
{
    /// <summary>Neither a code nor a rule for words says what it is: a person reads it, and the decision becomes a rule.</summary>
    public bool IsUnmapped => Confidence == 0;
}

/// <summary>Reads codes and words of one bank as reasons. The same words always give the same reason, so a rule that is added later also counts for what was said before.</summary>
/// <param name="policy">What follows from each code.</param>
/// <param name="texts">The phrases: the program's, the bank profile's, and those that persons decided.</param>
/// <param name="proprietary">The bank's own codes and what they mean, by its profile or by persons' decisions.</param>
public sealed class ReasonReading(ReasonPolicy policy, BankTexts texts, IReadOnlyDictionary<string, string> proprietary)
{
    public ReasonPolicy Policy => policy;

    public BankTexts Texts => texts;

    /// <summary>The reason behind a code, words, or both. Words stand for a code where the code says nothing (NARR, a code nobody knows, none);
    /// beside a code that speaks for itself they can only make it stricter.</summary>
    /// <param name="code">As it came: of the external lists, the bank's own, or null.</param>
    /// <param name="text">As it came.</param>
    public ReadReason Of(string? code, string? text)
    {
        var words = texts.Read(text);
        var known = code is not null && policy.Knows(code);
        var own = code is not null && !known && proprietary.TryGetValue(code, out var meant) ? meant : null;
        if (own is not null || (known && code != "NARR"))
        {
            var rule = policy.For(own ?? code);
            if (words.Code is { } said && policy.For(said) is var stricter && CaseRules.Strictness(stricter) > CaseRules.Strictness(rule)
                && (stricter.Class is ReasonClass.Deceased or ReasonClass.Duplicate or ReasonClass.BlockedOrRegulatory || stricter.Guard == RepayGuard.NeverRepayWithoutDecision))
                return new ReadReason(stricter, words.Confidence, false, words.Rule);
            return new ReadReason(rule, 100, rule.MayBecomeCash, null);
        }

        if (words.Code is not { } mapped) return new ReadReason(policy.For(code), 0, false, null);
        var read = policy.For(mapped);
        return new ReadReason(read, words.Confidence, read.MayBecomeCash && words.IsSure, words.Rule);
    }
}
