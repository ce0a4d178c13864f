using NodaTime;
using PaymentEngine.Core.Law;
using PaymentEngine.Core.Recipients;

namespace PaymentEngine.Core.Entitlements;

/// <summary>The pension age that spouses of the deceased must reach: Bộ luật Lao động 45/2019/QH14, Điều 169.2, rising year by year.</summary>
static class PensionAge
{
    /// <summary>The parameter of the law files for a sex; null when the register does not know it.</summary>
    public static string? ParameterOf(Sex sex) => sex switch { Sex.Male => "PENSION_AGE.M", Sex.Female => "PENSION_AGE.F", _ => null };

    /// <summary>Had the person reached the pension age by the month?</summary>
    /// <remarks>The age rises every January, also past people who had reached it the year before: whoever reached it in any earlier month keeps it.</remarks>
    /// <returns>Null when the law files know no pension age by then.</returns>
    public static bool? IsReached(string parameterCode, BirthDate birth, MonthLaw law)
    {
        var isKnown = false;
        foreach (var row in law.Book.Parameters)
        {
            if (row.ParameterCode != parameterCode || row.InForce > law.AsOf || row.AppliesFrom.ToYearMonth() > law.Month) continue;
            isKnown = true;
            var reaches = birth.MonthIndex + row.Value;
            var first = Math.Max(reaches, row.AppliesFrom.ToYearMonth().Index());
            var last = row.AppliesTo is { } end ? Math.Min(end.ToYearMonth().Index(), law.Month.Index()) : law.Month.Index();
            if (first <= last) return true;
        }

        return isKnown ? false : null;
    }
}
