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

    /// <summary>When banks' desks are open on a banking day: eight to five, on the bank's own clock. No law or paper of a bank says so; it counts for reminders only.</summary>
    public static readonly (LocalTime From, LocalTime To) Hours = (new(8, 0), new(17, 0));

    /// <summary>The moment that many banking hours after another: only the hours of banking days count.</summary>
    public LocalDateTime PlusHours(LocalDateTime from, int hours)
    {
        var (day, time) = (from.Date, from.TimeOfDay);
        if (!IsBankingDay(day) || time >= Hours.To) (day, time) = (OnOrAfter(IsBankingDay(day) ? day.PlusDays(1) : day), Hours.From);
        if (time < Hours.From) time = Hours.From;
        var left = Duration.FromHours(hours);
        while (Period.Between(time, Hours.To, PeriodUnits.Ticks).ToDuration() is var today && left > today)
        {
            left -= today;
            (day, time) = (OnOrAfter(day.PlusDays(1)), Hours.From);
        }

        return day.At(time).PlusTicks((long)left.TotalTicks);
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
