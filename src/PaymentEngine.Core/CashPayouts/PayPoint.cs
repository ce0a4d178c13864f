using NodaTime;

namespace PaymentEngine.Core.CashPayouts;

/// <summary>Where a commune's cash is paid out (điểm chi trả): a counter, a post office, a community house.</summary>
/// <param name="CommuneCode">The commune it serves.</param>
/// <param name="Code">Short name, as the register's column <c>pay_point</c> has it: 1 to 16 capital letters, figures, dots and hyphens.</param>
/// <param name="Name">As people call it.</param>
/// <param name="Address">Where it is.</param>
/// <param name="Opening">Days and hours, as they stand on the list; may be empty.</param>
/// <param name="IsUsual">Who names no point goes here; a commune has one at most on any day.</param>
/// <param name="ValidFrom">First day.</param>
/// <param name="ValidTo">Last day; null: open.</param>
public sealed record PayPoint(string CommuneCode, string Code, string Name, string Address, string Opening, bool IsUsual, LocalDate ValidFrom, LocalDate? ValidTo)
{
    /// <summary>Whether both serve a day.</summary>
    public bool Overlaps(PayPoint other) => !(ValidTo < other.ValidFrom) && !(other.ValidTo < ValidFrom);

    /// <summary>The usual points that share a day with another of their commune: nobody could say where people go.</summary>
    public static IEnumerable<(PayPoint Point, PayPoint Other)> Contested(IReadOnlyList<PayPoint> points)
    {
        foreach (var of in points.Where(point => point.IsUsual).GroupBy(point => point.CommuneCode, StringComparer.Ordinal))
        {
            var usual = of.ToList();
            for (var i = 0; i < usual.Count; i++)
                for (var j = i + 1; j < usual.Count; j++)
                    if (usual[i].Overlaps(usual[j])) yield return (usual[j], usual[i]);
        }
    }
}
