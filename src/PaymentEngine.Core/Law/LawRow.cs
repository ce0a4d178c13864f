using NodaTime;
using PaymentEngine.Core.Money;
using PaymentEngine.Core.Recipients;

namespace PaymentEngine.Core.Law;

/// <summary>What every value of the law carries: the months it counts for, the days from which it and its end could be known, its source and status.</summary>
public abstract record LawRow
{
    /// <summary>First day the value counts for. A month counts when its first day does.</summary>
    public required LocalDate AppliesFrom { get; init; }

    /// <summary>Last day the value counts for; null: open.</summary>
    public LocalDate? AppliesTo { get; init; }

    /// <summary>The act that set the value, as cited: <c>77/2024/NĐ-CP</c>.</summary>
    public required string Instrument { get; init; }

    /// <summary>The day the act came into force; null when no source gives it, then the value counts as known from <see cref="AppliesFrom"/>.</summary>
    public LocalDate? InForce { get; init; }

    /// <summary>The day from which the end could be known: the in-force day of the act that ended the value.
    /// Before that day the value still counts, so a month already listed at the old rate shows up as a difference later.</summary>
    public LocalDate? EndInForce { get; init; }

    /// <summary>Article or appendix, in words for a citation.</summary>
    public required string Source { get; init; }

    /// <summary>One of <see cref="LawStatus"/>.</summary>
    public required string Status { get; init; }
    public string Note { get; init; } = "";

    public LocalDate KnownFrom => InForce ?? AppliesFrom;

    /// <summary>Does the value count for the month, as the law was known on the day?</summary>
    public bool CountsFor(YearMonth month, LocalDate asOf)
    {
        var first = month.OnDayOfMonth(1);
        if (KnownFrom > asOf || first < AppliesFrom) return false;
        return AppliesTo is not { } last || first <= last || EndInForce > asOf;
    }

    /// <summary>Of two rows for the same thing the later beginning counts, then the newer act.</summary>
    internal bool IsNewerThan(LawRow other) =>
        AppliesFrom != other.AppliesFrom ? AppliesFrom > other.AppliesFrom : KnownFrom > other.KnownFrom;
}

/// <summary>A standard amount (mức chuẩn, mức trợ cấp hưu trí xã hội, lương cơ sở) in VND a month.</summary>
public sealed record LawStandard : LawRow
{
    public required string StandardCode { get; init; }
    public required string NameVi { get; init; }
    public required Vnd Amount { get; init; }
}

/// <summary>One monthly rate: an amount of its own (NCC tables) or a coefficient of a standard (BTXH, HTXH).</summary>
public sealed record LawRate : LawRow
{
    /// <summary>Unique with <see cref="LawRow.AppliesFrom"/>.</summary>
    public required string RateCode { get; init; }

    /// <summary>The rates among which a degree of disability or an age chooses one.</summary>
    public required string Group { get; init; }

    /// <summary>The component of a pay list: tro_cap, phu_cap, nguoi_phuc_vu, tuat, cham_soc …</summary>
    public required string BenefitKind { get; init; }
    public required string NameVi { get; init; }
    public required string NameEn { get; init; }

    /// <summary>Per cent of lost capacity (NCC) or age in months (BTXH, HTXH) from which the rate counts; null: not chosen by either.</summary>
    public int? From { get; init; }

    /// <summary>The first per cent or month of age for which the rate no longer counts; null: open.</summary>
    public int? Below { get; init; }

    /// <summary>NCC: the amount of the appendix, never scaled. Null for a coefficient.</summary>
    public Vnd? Amount { get; init; }
    public Coefficient? Coefficient { get; init; }
    public string? StandardCode { get; init; }
}

/// <summary>A number of the law that is not money, such as a pension age in months.</summary>
public sealed record LawParameter : LawRow
{
    public required string ParameterCode { get; init; }
    public required string NameVi { get; init; }
    public required int Value { get; init; }
    public required string Unit { get; init; }
}

/// <summary>A lump sum, funeral allowance or emergency relief at the rate of one period.</summary>
public sealed record OneTimeBenefit : LawRow
{
    public required string BenefitCode { get; init; }
    public required Programme Programme { get; init; }
    public required string NameVi { get; init; }
    public required string NameEn { get; init; }
    public required string Basis { get; init; }
    public Coefficient? Multiple { get; init; }

    /// <summary>The whole sum as published or computed; null when it follows the person's own allowance.</summary>
    public Vnd? Amount { get; init; }
    public required string EventDateRule { get; init; }
}
