using NodaTime;
using PaymentEngine.Core.Payments;
using PaymentEngine.Messages;

namespace PaymentEngine.Tests.Payments;

public sealed class OfficeCalendarTests
{
    [Fact]
    public void The_list_closes_on_the_25th_for_the_next_month_and_the_report_is_due_on_the_20th()
    {
        var days = OfficeCalendar.Ahead(new LocalDate(2026, 11, 20), 45, BankingCalendars.VietNam);
        Assert.Equal(
        [
            new OfficeDay(new LocalDate(2026, 11, 20), OfficeDayKind.ReportDue, new YearMonth(2026, 11)),
            new OfficeDay(new LocalDate(2026, 11, 25), OfficeDayKind.ListCloses, new YearMonth(2026, 12)),
            new OfficeDay(new LocalDate(2026, 12, 20), OfficeDayKind.ReportDue, new YearMonth(2026, 12)),
            new OfficeDay(new LocalDate(2026, 12, 25), OfficeDayKind.ListCloses, new YearMonth(2027, 1)),
        ], days.Where(day => day.Kind != OfficeDayKind.BanksClosed));
    }

    [Fact]
    public void Holidays_are_named_and_weekends_are_no_news()
    {
        var closed = OfficeCalendar.Ahead(new LocalDate(2026, 12, 28), 7, BankingCalendars.VietNam);
        Assert.Equal([new OfficeDay(new LocalDate(2027, 1, 1), OfficeDayKind.BanksClosed, new YearMonth(2027, 1))], closed);
    }
}
