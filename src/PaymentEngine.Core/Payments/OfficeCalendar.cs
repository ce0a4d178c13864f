using NodaTime;

namespace PaymentEngine.Core.Payments;

/// <summary>What a day of the office's calendar is.</summary>
public enum OfficeDayKind : byte
{
    /// <summary>The list of the next month closes (20/2021/NĐ-CP, Điều 34(4)): what is known later waits for the list after it.</summary>
    ListCloses,

    /// <summary>The payer reports who was paid in the month (20/2021/NĐ-CP, Điều 34(4)).</summary>
    ReportDue,

    /// <summary>No bank settles: a holiday, or a working day given for one.</summary>
    BanksClosed,
}

/// <summary>A day people of the office look out for.</summary>
/// <param name="Month">The month of the list that closes, or of the report; of a closed day its own.</param>
public readonly record struct OfficeDay(LocalDate Day, OfficeDayKind Kind, YearMonth Month);

/// <summary>The days ahead that a month of payments hangs on.</summary>
public static class OfficeCalendar
{
    /// <summary>The list for a month closes on this day of the month before.</summary>
    public const int ListDay = 25;

    /// <summary>The report of a month is due on this day of it.</summary>
    public const int ReportDay = 20;

    /// <summary>The days from today on, in their order.</summary>
    /// <param name="today">The first day that counts.</param>
    /// <param name="days">How many days ahead are looked at, at least one.</param>
    /// <param name="banks">Which days banks settle on. Saturdays and Sundays are no news.</param>
    public static IReadOnlyList<OfficeDay> Ahead(LocalDate today, int days, BankingCalendar banks)
    {
        var found = new List<OfficeDay>();
        for (var day = today; day < today.PlusDays(days); day = day.PlusDays(1))
        {
            var month = day.ToYearMonth();
            if (day.Day == ListDay) found.Add(new(day, OfficeDayKind.ListCloses, month.PlusMonths(1)));
            if (day.Day == ReportDay) found.Add(new(day, OfficeDayKind.ReportDue, month));
            if (day.DayOfWeek is not (IsoDayOfWeek.Saturday or IsoDayOfWeek.Sunday) && !banks.IsBankingDay(day)) found.Add(new(day, OfficeDayKind.BanksClosed, month));
        }

        return found;
    }
}
