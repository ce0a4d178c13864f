using System.Globalization;
using NodaTime;

namespace PaymentEngine.Core.Recipients;

/// <summary>A birth date known to the year, the month or the day; many old people are known by year only.</summary>
/// <remarks>Where the law asks for an age, an unknown month or day is taken as the latest possible one (31 December, or the
/// last day of the month): nobody is paid by age before the register can show that the age is reached. The assumption is
/// stated in the explanation of every amount it decides.</remarks>
public readonly record struct BirthDate(short Year, byte Month, byte Day)
{
    public bool IsYearOnly => Month == 0;

    public bool IsExact => Day != 0;

    /// <summary>The latest day the birth can have been.</summary>
    public LocalDate Latest => Month == 0 ? new LocalDate(Year, 12, 31) : Day == 0 ? new YearMonth(Year, Month).OnDayOfMonth(1).PlusMonths(1).PlusDays(-1) : new LocalDate(Year, Month, Day);

    /// <summary>The month of birth as a count of months since year 0, December when only the year is known.</summary>
    public int MonthIndex => (Year * 12) + (Month == 0 ? 11 : Month - 1);

    /// <summary>Full months of age reached in the month: BTXH groups change in the month of the birthday (law/README §8).</summary>
    public int AgeInMonths(YearMonth month) => ((month.Year * 12) + month.Month - 1) - MonthIndex;

    /// <summary>Reads <c>YYYY</c>, <c>YYYY-MM</c> or <c>YYYY-MM-DD</c>.</summary>
    public static Result<BirthDate> Parse(string text)
    {
        var parts = text.Split('-');
        if (parts.Length is >= 1 and <= 3 && parts[0].Length == 4 && TryNumber(parts[0], out var year) && year is >= 1880 and <= 2200)
        {
            if (parts.Length == 1) return new BirthDate((short)year, 0, 0);
            if (parts[1].Length == 2 && TryNumber(parts[1], out var month) && month is >= 1 and <= 12)
            {
                if (parts.Length == 2) return new BirthDate((short)year, (byte)month, 0);
                if (parts[2].Length == 2 && TryNumber(parts[2], out var day) && day >= 1 && day <= CalendarSystem.Iso.GetDaysInMonth(year, month))
                    return new BirthDate((short)year, (byte)month, (byte)day);
            }
        }

        return new Problem("birth.malformed", $"'{text}' is not a birth date.", "Use YYYY, YYYY-MM or YYYY-MM-DD, for example 1950 or 1950-11-05.");
    }

    public override string ToString() =>
        Month == 0 ? Year.ToString("0000", CultureInfo.InvariantCulture)
        : Day == 0 ? string.Create(CultureInfo.InvariantCulture, $"{Year:0000}-{Month:00}")
        : string.Create(CultureInfo.InvariantCulture, $"{Year:0000}-{Month:00}-{Day:00}");

    static bool TryNumber(string text, out int value) => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out value);
}
