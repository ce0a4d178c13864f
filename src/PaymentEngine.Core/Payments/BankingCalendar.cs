using System.Collections.Frozen;
using NodaTime;

namespace PaymentEngine.Core.Payments;

/// <summary>Days on which banks in Viet Nam settle: Monday to Friday without public holidays and swapped days off.</summary>
/// <remarks>Whether a bank opens on a swapped Saturday is each bank's own decision, so it counts as closed (law/README §7).</remarks>
/// <param name="closed">Days of law/holidays.csv on which banks are closed; weekends need not be among them.</param>
public sealed class BankingCalendar(IEnumerable<LocalDate> closed)
{
    /// <summary>Banking days in the window of execution dates that one approval covers.</summary>
    public const int WindowDays = 10;

    readonly FrozenSet<LocalDate> closed = closed.ToFrozenSet();

    public bool IsBankingDay(LocalDate day) => day.DayOfWeek is not (IsoDayOfWeek.Saturday or IsoDayOfWeek.Sunday) && !closed.Contains(day);

    /// <summary>The day itself when banks are open, otherwise the next day on which they are.</summary>
    public LocalDate OnOrAfter(LocalDate day)
    {
        while (!IsBankingDay(day)) day = day.PlusDays(1);
        return day;
    }

    /// <summary>The banking day that many banking days after the day; 0 is <see cref="OnOrAfter"/>.</summary>
    public LocalDate Plus(LocalDate day, int bankingDays)
    {
        day = OnOrAfter(day);
        for (var i = 0; i < bankingDays; i++) day = OnOrAfter(day.PlusDays(1));
        return day;
    }

    /// <summary>The execution dates an approval covers: from the first banking day of the list month, never one in the past, over <see cref="WindowDays"/> banking days.</summary>
    /// <param name="month">The list month.</param>
    /// <param name="today">Today in Viet Nam.</param>
    public (LocalDate From, LocalDate To) Window(YearMonth month, LocalDate today)
    {
        var first = month.OnDayOfMonth(1);
        var from = OnOrAfter(today > first ? today : first);
        return (from, Plus(from, WindowDays - 1));
    }
}
