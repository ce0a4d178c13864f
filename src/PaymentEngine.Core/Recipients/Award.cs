using NodaTime;

namespace PaymentEngine.Core.Recipients;

/// <summary>Chương trình: people with merit (người có công), social protection (bảo trợ xã hội), social pension (hưu trí xã hội), and other programmes
/// (khác), whose benefits are declared in law/programmes.</summary>
public enum Programme : byte { Ncc = 1, Btxh = 2, Htxh = 3, Khac = 4 }

public enum InvalidClass : byte { None, A, B }

public enum Relation : byte { None, Spouse, Parent, Child, Raised, Worshipper }

public enum SuspendReason : byte { None, Prison, Detained, Missing, Abroad, FraudCheck, Uncollected, RefusesCheck }

public enum ReviewResult : byte { None, Unchanged, Changed, Ended, Cleared }

/// <summary>One row of awards.csv: one decision (quyết định hưởng) giving one category of benefit, and the state of its facts from a month on.</summary>
/// <remarks>Columns and the rules that need them: schemas/import/awards.md. Null means unknown or open, never zero.</remarks>
public sealed record Award
{
    public required string AwardId { get; init; }
    public required string PersonId { get; init; }
    public required Programme Programme { get; init; }

    /// <summary>Category code as in law/ (TB, k5a, CS.NUOITRE, HTXH …) or a benefit_code of one-time benefits.</summary>
    public required string Category { get; init; }
    public YearMonth? FactsFrom { get; init; }
    public LocalDate? RecordedOn { get; init; }
    public LocalDate? FiledOn { get; init; }
    public string? DecisionNo { get; init; }
    public LocalDate? DecidedOn { get; init; }
    public LocalDate? BoardOn { get; init; }
    public LocalDate? EventOn { get; init; }

    /// <summary>Start stated by the decision when it overrides the rule.</summary>
    public YearMonth? FirstMonth { get; init; }
    public YearMonth? LastMonth { get; init; }
    public string? EndReason { get; init; }
    public YearMonth? OnRollSince { get; init; }
    public string? ConvertedFrom { get; init; }

    /// <summary>Loss of capacity in per cent, 5 to 100.</summary>
    public int? DegreePct { get; init; }
    public InvalidClass Class { get; init; }
    public bool? Special { get; init; }
    public bool? AtHome { get; init; }

    /// <summary>Exposed to toxic chemicals with a valid medical-board record; unknown counts as yes.</summary>
    public bool? ValidExam { get; init; }
    public bool? FullTime { get; init; }
    public int? SeniorityUnits { get; init; }

    /// <summary>KNC, HCKC or HC: the helper's award.</summary>
    public string? Decoration { get; init; }
    public int? Martyrs { get; init; }

    /// <summary>Resistance service in half years: 2.5 years is 5.</summary>
    public int? ServiceHalfYears { get; init; }
    public string? DeceasedId { get; init; }
    public string? DeceasedCategory { get; init; }
    public int? DeceasedPct { get; init; }
    public LocalDate? DeceasedOn { get; init; }
    public Relation Relation { get; init; }
    public int? Children { get; init; }
    public IReadOnlyList<LocalDate> ChildrenBirths { get; init; } = [];
    public bool? Pregnant { get; init; }

    /// <summary>CS.*: the person cared for, fostered or taken in.</summary>
    public string? AboutPersonId { get; init; }
    public int? TreatmentDays { get; init; }

    /// <summary>VND a month: the mean wage a benefit is a share of (unemployment benefit: of the six months before).</summary>
    public long? DeclaredWageVnd { get; init; }
    public YearMonth? SuspendedFrom { get; init; }
    public YearMonth? SuspendedTo { get; init; }
    public SuspendReason SuspendReason { get; init; }
    public LocalDate? ReleasedOn { get; init; }
    public LocalDate? ReappliedOn { get; init; }
    public LocalDate? ReviewedOn { get; init; }
    public ReviewResult ReviewResult { get; init; }
}
