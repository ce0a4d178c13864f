using NodaTime;
using PaymentEngine.Core.Law;

namespace PaymentEngine.Core.Entitlements;

/// <summary>Which decree governs social protection: 20/2021/NĐ-CP, or 335/2026/NĐ-CP in its place.</summary>
static class SocialDecrees
{
    /// <summary>335/2026/NĐ-CP comes into force (Điều 32.1): the law is known from this day, and files received from it follow the new procedure (Điều 33).</summary>
    public static readonly LocalDate InForce2026 = new(2026, 10, 5);

    /// <summary>People on the rolls move to the new levels from this month (Điều 32.3).</summary>
    public static readonly YearMonth Levels2026 = new(2026, 7);

    /// <summary>Do the groups and levels of 335/2026/NĐ-CP count for the month, as the law was known on its day?</summary>
    public static bool IsOf2026(MonthLaw law) => law.Month >= Levels2026 && law.AsOf >= InForce2026;
}
