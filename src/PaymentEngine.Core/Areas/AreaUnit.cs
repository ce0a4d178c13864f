using NodaTime;

namespace PaymentEngine.Core.Areas;

/// <summary>The steps of the tree of administrative units (đơn vị hành chính). Districts ended with 30 June 2025.</summary>
public enum AreaLevel : byte { Province = 1, District, Commune }

/// <summary>What a unit is called in the resolution that made it.</summary>
public enum AreaKind : byte
{
    /// <summary>Tỉnh.</summary>
    Province = 1,

    /// <summary>Thành phố trực thuộc trung ương.</summary>
    City,

    /// <summary>Huyện.</summary>
    RuralDistrict,

    /// <summary>Quận.</summary>
    UrbanDistrict,

    /// <summary>Thị xã.</summary>
    Town,

    /// <summary>Thành phố thuộc tỉnh, thành phố thuộc thành phố.</summary>
    ProvincialCity,

    /// <summary>Xã.</summary>
    Commune,

    /// <summary>Phường.</summary>
    Ward,

    /// <summary>Thị trấn, until 30 June 2025.</summary>
    Township,

    /// <summary>Đặc khu, since 1 July 2025.</summary>
    SpecialZone,
}

/// <summary>Levels and figures of the kinds.</summary>
public static class AreaKinds
{
    /// <summary>The step of the tree a kind stands on.</summary>
    public static AreaLevel LevelOf(AreaKind kind) => kind switch
    {
        AreaKind.Province or AreaKind.City => AreaLevel.Province,
        AreaKind.RuralDistrict or AreaKind.UrbanDistrict or AreaKind.Town or AreaKind.ProvincialCity => AreaLevel.District,
        AreaKind.Commune or AreaKind.Ward or AreaKind.Township or AreaKind.SpecialZone => AreaLevel.Commune,
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "A kind without a level."),
    };

    /// <summary>How many digits a code of a level has: 2, 3 or 5 (danh mục của Tổng cục Thống kê; QĐ 19/2025/QĐ-TTg).</summary>
    public static int DigitsOf(AreaLevel level) => level switch { AreaLevel.Province => 2, AreaLevel.District => 3, _ => 5 };
}

/// <summary>One term of an administrative unit: from a day to a day it had this name, stood under this unit, and what it became.</summary>
/// <param name="Code">2, 3 or 5 digits by level, leading zeros kept. A code may be used again: the code and a day name a unit.</param>
/// <param name="Kind">What the resolution calls it.</param>
/// <param name="Name">As people write it with its kind: <c>Xã Tân Sơn</c>; provinces without: <c>Nghệ An</c>. NFC.</param>
/// <param name="ParentCode">The unit it stood under; null for a province.</param>
/// <param name="ValidFrom">First day; null: from ever.</param>
/// <param name="ValidTo">Last day; null: open.</param>
/// <param name="Successors">Codes of the units it is part of from the day after its last one; empty while it stands. More than one: it was split.</param>
/// <param name="Source">The resolution or data set.</param>
public sealed record AreaUnit(string Code, AreaKind Kind, string Name, string? ParentCode, LocalDate? ValidFrom, LocalDate? ValidTo, IReadOnlyList<string> Successors, string Source)
{
    public AreaLevel Level => AreaKinds.LevelOf(Kind);

    /// <summary>First day, the calendar's first for "from ever".</summary>
    public LocalDate First => ValidFrom ?? LocalDate.MinIsoValue;

    /// <summary>Last day, the calendar's last while open.</summary>
    public LocalDate Last => ValidTo ?? LocalDate.MaxIsoValue;

    public bool StandsOn(LocalDate day) => First <= day && day <= Last;

    /// <summary>The day from which its successors stand; null while it is open.</summary>
    public LocalDate? FollowedOn => ValidTo?.PlusDays(1);

    /// <summary>The same words about the same term.</summary>
    public bool Says(AreaUnit other) => Code == other.Code && Kind == other.Kind && Name == other.Name && ParentCode == other.ParentCode && ValidFrom == other.ValidFrom && ValidTo == other.ValidTo
        && Source == other.Source && Successors.SequenceEqual(other.Successors);
}
