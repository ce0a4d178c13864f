using System.Collections.Concurrent;
using PaymentEngine.Core.Entitlements;
using PaymentEngine.Core.Money;

namespace PaymentEngine.Core.Law;

/// <summary>A standard amount as it counts for one month in one province.</summary>
public sealed record MonthStandard(string StandardCode, Vnd Amount, string Citation, string Status);

/// <summary>A rate as it counts for one month in one province: its amount for one unit (one person, one child, one seniority unit).</summary>
public sealed class MonthRate
{
    readonly ConcurrentDictionary<(int Times, ExplanationNotes Notes), Explanation> explanations = new();

    internal MonthRate(LawRate row, Vnd amount, MonthStandard? standard, string citation, string status, bool isLocalLevel)
    {
        Row = row;
        Amount = amount;
        Standard = standard;
        Citation = citation;
        Status = status;
        IsLocalLevel = isLocalLevel;
    }

    public LawRate Row { get; }

    public Vnd Amount { get; }

    /// <summary>The standard the coefficient was taken of; null for an amount of an appendix.</summary>
    public MonthStandard? Standard { get; }

    public string Citation { get; }

    public string Status { get; }

    /// <summary>The province's own level for this very rate is higher than coefficient × standard.</summary>
    public bool IsLocalLevel { get; }

    internal bool Covers(int degreeOrAge) => (Row.From ?? int.MinValue) <= degreeOrAge && degreeOrAge < (Row.Below ?? int.MaxValue);

    /// <summary>The sentence that explains <paramref name="times"/> × this rate; the same object each time, so that a run of many people has few.</summary>
    public Explanation Explain(int times, ExplanationNotes notes) =>
        explanations.GetOrAdd((times, notes), static (key, rate) => Sentences.Due(rate, key.Times, key.Notes), this);
}
