using NodaTime;
using PaymentEngine.Core.Money;
using PaymentEngine.Core.Recipients;

namespace PaymentEngine.Core.Law;

/// <summary>The six shapes a value of the law can have; a file of law/ holds one of them.</summary>
public enum LawShape : byte
{
    /// <summary>A standard amount.</summary>
    Standard,

    /// <summary>A monthly rate with an amount of its own.</summary>
    Amount,

    /// <summary>A monthly rate as a coefficient of a standard.</summary>
    Coefficient,

    /// <summary>A number that is not money.</summary>
    Parameter,

    /// <summary>A lump sum, yearly or occasional benefit.</summary>
    OneTime,

    /// <summary>A benefit whose amount is a formula of a known kind.</summary>
    Programme,
}

/// <summary>What every value of the law carries: a code, the months it counts for, the days from which it and its end could be known, its source and status.</summary>
public abstract record LawRow
{
    public required LawValidity Validity { get; init; }

    /// <summary>Where the row was read: file and line. No part of what the row says.</summary>
    public SourceLocation? At { get; init; }

    public abstract LawShape Shape { get; }

    /// <summary>The name of the value; with <see cref="Place"/> and <see cref="AppliesFrom"/> it is unique.</summary>
    public abstract string Code { get; }

    /// <summary>What it is called in Vietnamese.</summary>
    public abstract string Name { get; }

    /// <summary>The value as a file says it: whole đồng, a coefficient, a number; empty where there is none.</summary>
    public abstract string ValueText { get; }

    /// <inheritdoc cref="LawValidity.Place"/>
    public string? Place => Validity.Place;

    /// <inheritdoc cref="LawValidity.AppliesFrom"/>
    public LocalDate AppliesFrom => Validity.AppliesFrom;

    /// <inheritdoc cref="LawValidity.AppliesTo"/>
    public LocalDate? AppliesTo => Validity.AppliesTo;

    /// <inheritdoc cref="LawValidity.Instrument"/>
    public string Instrument => Validity.Instrument;

    /// <inheritdoc cref="LawValidity.InForce"/>
    public LocalDate InForce => Validity.InForce;

    /// <inheritdoc cref="LawValidity.EndInForce"/>
    public LocalDate? EndInForce => Validity.EndInForce;

    /// <inheritdoc cref="LawValidity.Source"/>
    public string Source => Validity.Source;

    /// <inheritdoc cref="LawValidity.Status"/>
    public string Status => Validity.Status;

    public string Note => Validity.Note;

    /// <summary>Does the value count for the month, as the law was known on the day?</summary>
    public bool CountsFor(YearMonth month, LocalDate asOf)
    {
        var first = month.OnDayOfMonth(1);
        if (InForce > asOf || first < AppliesFrom) return false;
        return AppliesTo is not { } last || first <= last || EndInForce > asOf;
    }

    /// <summary>Do both rows say the same value, whatever their dates and sources?</summary>
    public bool HasTheValueOf(LawRow other) => (this with { Validity = other.Validity, At = other.At }).Equals(other);

    /// <summary>Do both rows say the same in every respect but the place they were read from?</summary>
    public bool SaysTheSameAs(LawRow other) => (this with { At = other.At }).Equals(other);

    /// <summary>Of two rows for the same thing the later beginning counts, then the newer act.</summary>
    internal bool IsNewerThan(LawRow other) =>
        AppliesFrom != other.AppliesFrom ? AppliesFrom > other.AppliesFrom : InForce > other.InForce;

    internal LawKey Key => new(Shape is LawShape.Amount or LawShape.Coefficient ? LawShape.Amount : Shape, Code, Place, AppliesFrom);
}

/// <summary>What makes a value of the law this value: rates of both shapes share their codes.</summary>
readonly record struct LawKey(LawShape Shape, string Code, string? Place, LocalDate AppliesFrom);

/// <summary>A standard amount (mức chuẩn, mức trợ cấp hưu trí xã hội, lương cơ sở) in VND a month.</summary>
public sealed record LawStandard : LawRow
{
    public required string StandardCode { get; init; }
    public required string NameVi { get; init; }
    public required Vnd Amount { get; init; }

    public override LawShape Shape => LawShape.Standard;

    public override string Code => StandardCode;

    public override string Name => NameVi;

    public override string ValueText => Amount.ToString();
}

/// <summary>One monthly rate: an amount of its own (NCC tables) or a coefficient of a standard (BTXH, HTXH).</summary>
public sealed record LawRate : LawRow
{
    /// <summary>Unique with <see cref="LawRow.Place"/> and <see cref="LawRow.AppliesFrom"/>.</summary>
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

    public override LawShape Shape => Amount is null ? LawShape.Coefficient : LawShape.Amount;

    public override string Code => RateCode;

    public override string Name => NameVi;

    public override string ValueText => Amount?.ToString() ?? Coefficient?.ToString() ?? "";
}

/// <summary>A number of the law that is not money, such as a pension age in months.</summary>
public sealed record LawParameter : LawRow
{
    public required string ParameterCode { get; init; }
    public required string NameVi { get; init; }
    public required int Value { get; init; }
    public required string Unit { get; init; }

    public override LawShape Shape => LawShape.Parameter;

    public override string Code => ParameterCode;

    public override string Name => NameVi;

    public override string ValueText => Value.ToString(System.Globalization.CultureInfo.InvariantCulture);
}

/// <summary>A lump sum, funeral allowance, yearly benefit or emergency relief at the rate of one period.</summary>
public sealed record OneTimeBenefit : LawRow
{
    public required string BenefitCode { get; init; }
    public required Programme Programme { get; init; }
    public required string NameVi { get; init; }
    public required string NameEn { get; init; }

    /// <summary>What the multiple is taken of: the code of a standard, or words; empty for a fixed sum.</summary>
    public required string Basis { get; init; }
    public Coefficient? Multiple { get; init; }

    /// <summary>The whole sum as published or computed; null when it follows the person's own allowance, or when no source was read.</summary>
    public Vnd? Amount { get; init; }
    public required string EventDateRule { get; init; }

    public override LawShape Shape => LawShape.OneTime;

    public override string Code => BenefitCode;

    public override string Name => NameVi;

    public override string ValueText => Amount?.ToString() ?? Multiple?.ToString() ?? "";
}
