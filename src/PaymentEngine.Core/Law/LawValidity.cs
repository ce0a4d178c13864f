using NodaTime;

namespace PaymentEngine.Core.Law;

/// <summary>Where and when a value of the law counts, since when that could be known, and what it rests on.</summary>
public sealed record LawValidity
{
    /// <summary>Two digits of the province whose own value it is; null: national. A province may set more, never less
    /// (20/2021/NĐ-CP, Điều 4.3; 335/2026/NĐ-CP, Điều 4.3).</summary>
    public string? Place { get; init; }

    /// <summary>First day the value counts for. A month counts when its first day does.</summary>
    public required LocalDate AppliesFrom { get; init; }

    /// <summary>Last day the value counts for; null: open.</summary>
    public LocalDate? AppliesTo { get; init; }

    /// <summary>The act that set the value, as cited: <c>77/2024/NĐ-CP</c>.</summary>
    public required string Instrument { get; init; }

    /// <summary>The day the act came into force: from then on the value could be known.</summary>
    public required LocalDate InForce { get; init; }

    /// <summary>The day from which the end could be known: the in-force day of the act that ended the value.
    /// Before that day the value still counts, so a month already listed at the old rate shows up as a difference later.</summary>
    public LocalDate? EndInForce { get; init; }

    /// <summary>Article or appendix, in words for a citation.</summary>
    public required string Source { get; init; }

    /// <summary>One of <see cref="LawStatus"/>.</summary>
    public required string Status { get; init; }

    public string Note { get; init; } = "";
}
