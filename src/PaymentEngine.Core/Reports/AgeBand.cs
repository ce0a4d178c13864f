using NodaTime;
using PaymentEngine.Core.Recipients;

namespace PaymentEngine.Core.Reports;

/// <summary>Bands of age at the breaks of the law: 4 and 16 (children, 20/2021), 60 (elderly), 70 and 75 (social pension, 176/2025), 80 (k5 until June 2026).</summary>
public static class AgeBand
{
    static readonly int[] Starts = [0, 4, 16, 60, 70, 75, 80];

    /// <summary>Codes, youngest first.</summary>
    public static readonly IReadOnlyList<string> All = ["0-3", "4-15", "16-59", "60-69", "70-74", "75-79", "80+"];

    /// <summary>The band of full years reached on a day; a birth known by year or month counts at its latest day, as in the law's own rules (<see cref="BirthDate"/>).</summary>
    public static string Of(BirthDate birth, LocalDate day)
    {
        var born = birth.Latest;
        var years = day.Year - born.Year - (day.Month < born.Month || (day.Month == born.Month && day.Day < born.Day) ? 1 : 0);
        var band = Starts.Length - 1;
        while (band > 0 && years < Starts[band]) band--;
        return All[band];
    }
}
