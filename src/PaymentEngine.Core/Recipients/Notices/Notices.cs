using NodaTime;

namespace PaymentEngine.Core.Recipients.Notices;

/// <summary>One row of deaths.csv: a death that an office reports (báo tử). The person is named by key or by any identity number they ever had; the name must agree.</summary>
/// <param name="PersonId">Key of the register; null: found by the number.</param>
/// <param name="IdNumber">9 or 12 digits; null: found by the key.</param>
/// <param name="FullName">As in the notice; a name that does not agree refuses the row: the death of another person would stop a living one's money.</param>
/// <param name="Birth">Held against the register where it is given.</param>
/// <param name="DiedOn">Day of death (ngày mất): the month of it is still due.</param>
/// <param name="KnownOn">Day the office knew (ngày biết); null: the day of the import. What a list closed before it held stays listed and becomes a claim.</param>
/// <param name="Source">The paper: giấy báo tử, trích lục khai tử.</param>
public sealed record DeathNotice(string? PersonId, string? IdNumber, string FullName, BirthDate? Birth, LocalDate DiedOn, LocalDate? KnownOn, string Source);

/// <summary>One row of moves.csv: a person who is paid in another commune from a month on (chuyển nơi cư trú).</summary>
/// <param name="PersonId">Key of the register.</param>
/// <param name="FullName">Must agree with the register.</param>
/// <param name="ToProvince">2 digits.</param>
/// <param name="ToCommune">5 digits; of another province: the awards end here, and the new place pays.</param>
/// <param name="FromMonth">The first month paid at the new place (335/2026/NĐ-CP, Điều 8: the stop month of the old place).</param>
/// <param name="HouseholdId">The household there; null: none known.</param>
/// <param name="KnownOn">Day the office knew; null: the day of the import.</param>
/// <param name="Source">The decision or the residence paper.</param>
public sealed record MoveNotice(string PersonId, string FullName, string ToProvince, string ToCommune, YearMonth FromMonth, string? HouseholdId, LocalDate? KnownOn, string Source);

/// <summary>One row of births.csv: a child born to the holder of an award whose amount counts children (k4; 335/2026/NĐ-CP, Điều 17.2a–b).</summary>
/// <param name="PersonId">The holder.</param>
/// <param name="FullName">The holder's, must agree with the register.</param>
/// <param name="BornOn">Day of birth of the child.</param>
/// <param name="KnownOn">Day the office knew; null: the day of the import.</param>
/// <param name="Source">The birth certificate.</param>
public sealed record BirthNotice(string PersonId, string FullName, LocalDate BornOn, LocalDate? KnownOn, string Source);

/// <summary>One row of identifiers.csv: a number a person has or had beside the one in people.csv.</summary>
/// <param name="PersonId">Key of the register.</param>
/// <param name="IdNumber">9 digits (CMND) or 12 (CCCD, căn cước, số định danh).</param>
/// <param name="ValidFrom">First day; null: not known.</param>
/// <param name="ValidTo">Last day; null: not known, or still valid.</param>
/// <param name="Source">Where it was read.</param>
public sealed record DeclaredIdentifier(string PersonId, string IdNumber, LocalDate? ValidFrom, LocalDate? ValidTo, string Source);

/// <summary>One row of heads.csv: who is the head of a household from a day on (chủ hộ).</summary>
/// <param name="HouseholdId">As in people.csv.</param>
/// <param name="PersonId">The head, a living member of the household.</param>
/// <param name="From">First day.</param>
/// <param name="Source">The residence book, the family's paper.</param>
public sealed record HouseholdHead(string HouseholdId, string PersonId, LocalDate From, string Source);
