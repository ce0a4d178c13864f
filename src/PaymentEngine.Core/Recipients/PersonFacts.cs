using NodaTime;

namespace PaymentEngine.Core.Recipients;

public enum Sex : byte { Unknown, Male, Female }

/// <summary>Poverty status of the household (hộ nghèo, hộ cận nghèo), yearly data of the commune.</summary>
public enum Poverty : byte { Unknown, None, Near, Poor }

/// <summary>Somebody bound to support the person (người có nghĩa vụ và quyền phụng dưỡng).</summary>
public enum Supporter : byte { Unknown, None, OnAllowance, Yes }

/// <summary>Lives alone, or orphan of both parents: decides the nurturing allowance of NCC (trợ cấp nuôi dưỡng).</summary>
public enum Aloneness : byte { Unknown, No, Alone, OrphanOfBoth }

public enum OtherIncome : byte { Unknown, None, Pension, BhxhMonthly, BhxhSurvivor, Wage, OtherMonthly }

/// <summary>Degree on the disability certificate: nặng (N), đặc biệt nặng (DBN).</summary>
public enum Disability : byte { Unknown, None, Severe, ExtremelySevere }

/// <summary>One row of people.csv: what the register says of a person from a month on, and since when it knew.</summary>
/// <remarks>Columns and the rules that need them: schemas/import/people.md. Null means unknown, never zero or no.</remarks>
public sealed record PersonFacts
{
    public required string PersonId { get; init; }
    public string? IdNumber { get; init; }

    /// <summary>NFC.</summary>
    public required string FullName { get; init; }
    public Sex Sex { get; init; }
    public required BirthDate Birth { get; init; }
    public LocalDate? Death { get; init; }

    /// <summary>The month from which this row's facts hold; null: from ever.</summary>
    public YearMonth? FactsFrom { get; init; }

    /// <summary>The day the register knew; null: from ever.</summary>
    public LocalDate? RecordedOn { get; init; }
    public required string ProvinceCode { get; init; }
    public required string CommuneCode { get; init; }
    public bool? SpecialArea { get; init; }
    public string? HouseholdId { get; init; }
    public string? SpouseId { get; init; }
    public Poverty Poverty { get; init; }
    public Supporter Supporter { get; init; }
    public Aloneness Alone { get; init; }
    public OtherIncome OtherIncome { get; init; }

    /// <summary>VND a month.</summary>
    public long? OtherIncomeVnd { get; init; }
    public Disability Disability { get; init; }
    public LocalDate? DisabilityCertificateOn { get; init; }
    public bool? Studying { get; init; }
    public bool? StudyBroken { get; init; }
    public string? Hamlet { get; init; }
    public string? Address { get; init; }
    public string? Phone { get; init; }
    public string? Contact { get; init; }
    public bool? InFacility { get; init; }
}
