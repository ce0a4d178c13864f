using NodaTime;

namespace PaymentEngine.Core.Areas;

/// <summary>One row of area-units.csv.</summary>
/// <param name="Unit">The term of a district or commune.</param>
/// <param name="IsWithdrawn">The term was given by mistake and is taken back.</param>
public sealed record AreaUnitRow(AreaUnit Unit, bool IsWithdrawn);

/// <summary>One row of area-divisions.csv: where a part of a divided commune went. Hamlet and person both empty: everybody whom no other row names.</summary>
/// <param name="FromCode">The divided commune.</param>
/// <param name="On">The first day of its successors.</param>
/// <param name="Hamlet">As people write it; null: not by hamlet.</param>
/// <param name="PersonId">Key of the register; null: not by list.</param>
/// <param name="ToCode">One of its successors.</param>
/// <param name="Source">The resolution or list.</param>
public sealed record AreaDivisionRow(string FromCode, LocalDate On, string? Hamlet, string? PersonId, string ToCode, string Source);
