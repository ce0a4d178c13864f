using PaymentEngine.Core.Money;
using PaymentEngine.Core.Recipients;

namespace PaymentEngine.Core.Law;

/// <summary>The kinds of formula a benefit can be declared by; another kind needs a rule in code.</summary>
public enum ProgrammeFormula : byte
{
    /// <summary>A sum of another table: a rate group (by degree or age) or a one-time benefit.</summary>
    Table,

    /// <summary>Coefficient × standard, exact to the đồng.</summary>
    Coefficient,

    /// <summary>Multiple × standard, rounded half away from zero to <see cref="LawProgramme.RoundToVnd"/>.</summary>
    Multiple,

    /// <summary>A fixed sum.</summary>
    Fixed,

    /// <summary>A share of the declared wage, not below a floor and not above a cap; a fraction of a đồng is dropped.</summary>
    WageShare,
}

/// <summary>How often a benefit is due.</summary>
public enum PaymentFrequency : byte { Monthly, Yearly, OneOff }

/// <summary>What one unit of the sum is for.</summary>
public enum ProgrammeUnit : byte { Person, Martyr, Child }

/// <summary>A benefit declared as data: who reads the row knows the sum and when it is due. Its code is the category of the award.</summary>
public sealed record LawProgramme : LawRow
{
    public required string ProgrammeCode { get; init; }
    public required Programme Programme { get; init; }
    public required string NameVi { get; init; }
    public required string NameEn { get; init; }
    public required ProgrammeFormula Formula { get; init; }
    public required PaymentFrequency Frequency { get; init; }

    /// <summary>Yearly: the month of the year, 1 to 12.</summary>
    public int? PaidInMonth { get; init; }

    /// <summary>Monthly: the longest number of months; null: until the award ends.</summary>
    public int? MonthsMax { get; init; }
    public ProgrammeUnit Unit { get; init; }

    /// <summary>Table: the rate group or the one-time benefit.</summary>
    public string? Table { get; init; }
    public string? StandardCode { get; init; }

    /// <summary>Coefficient or multiple of the standard.</summary>
    public Coefficient? Factor { get; init; }

    /// <summary>Fixed sum, VND.</summary>
    public Vnd? Amount { get; init; }

    /// <summary>Share of the declared wage, per cent.</summary>
    public int? SharePct { get; init; }

    /// <summary>The least a share of a wage comes to, VND.</summary>
    public Vnd? Floor { get; init; }

    /// <summary>The most a share of a wage comes to: this many times <see cref="CapStandardCode"/>.</summary>
    public Coefficient? CapFactor { get; init; }
    public string? CapStandardCode { get; init; }

    /// <summary>What a multiple is rounded to, VND; null: to the đồng.</summary>
    public int? RoundToVnd { get; init; }

    public override LawShape Shape => LawShape.Programme;

    public override string Code => ProgrammeCode;

    public override string Name => NameVi;

    public override string ValueText => Formula switch
    {
        ProgrammeFormula.Table => Table ?? "",
        ProgrammeFormula.Fixed => Amount?.ToString() ?? "",
        ProgrammeFormula.WageShare => $"{SharePct} %",
        _ => $"{Factor} × {StandardCode}",
    };
}
