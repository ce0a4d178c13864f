using NodaTime;
using NodaTime.Text;
using PaymentEngine.Core.Payments;
using PaymentEngine.Core.Reconciliation;
using PaymentEngine.Messages;

namespace PaymentEngine.Tests.Payments;

public class CutOffTests
{
    static readonly BankProfile Bank = BankProfiles.Generic with { CutOff = new(16, 0), DaysAheadMax = 30, AcknowledgementHours = 4, FinalStatusDays = 1, DebitDays = 2 };
    static readonly BankingCalendar Calendar = BankingCalendars.VietNam;

    [Theory]
    [InlineData("2026-11-02T08:30", "2026-11-02")]
    [InlineData("2026-11-02T16:00", "2026-11-02")]
    [InlineData("2026-11-02T16:01", "2026-11-03")]
    [InlineData("2026-11-06T17:00", "2026-11-09")] // Friday evening: Monday
    [InlineData("2026-11-07T09:00", "2026-11-09")] // Saturday
    [InlineData("2027-02-04T17:00", "2027-02-11")] // the evening before Tết
    public void A_file_after_the_banks_hour_is_of_the_next_banking_day(string at, string day) => Assert.Equal(Day(day), CutOff.FirstDay(At(at), Bank, Calendar));

    [Theory]
    [InlineData("2026-11-03", "2026-11-03T16:00", null)]
    [InlineData("2026-11-03", "2026-11-03T16:01", "not_allowed.cut_off_passed")]
    [InlineData("2026-11-03", "2026-11-04T08:00", "not_allowed.cut_off_passed")]
    [InlineData("2026-12-03", "2026-11-03T08:00", null)]
    [InlineData("2026-12-04", "2026-11-03T08:00", "not_allowed.too_early")]
    public void A_file_is_sent_before_the_hour_of_its_day_and_not_too_early(string execution, string at, string? refused) =>
        Assert.Equal(refused, CutOff.WhyNotSent("B40261102-000001-01", Day(execution), At(at), Bank, Calendar)?.Code);

    [Theory]
    [InlineData("2026-11-02T08:30", 4, "2026-11-02T12:30")]
    [InlineData("2026-11-02T15:00", 4, "2026-11-03T10:00")]
    [InlineData("2026-11-02T18:00", 4, "2026-11-03T12:00")]
    [InlineData("2026-11-02T06:00", 4, "2026-11-02T12:00")]
    [InlineData("2026-11-06T15:00", 4, "2026-11-09T10:00")] // over the weekend
    [InlineData("2026-11-07T10:00", 4, "2026-11-09T12:00")]
    [InlineData("2026-11-02T08:00", 9, "2026-11-02T17:00")]
    [InlineData("2026-11-02T08:00", 20, "2026-11-04T10:00")]
    public void Banking_hours_are_those_of_banking_days(string from, int hours, string to) => Assert.Equal(Local(to), Calendar.PlusHours(Local(from), hours));

    [Theory]
    [InlineData("2026-11-02T12:30", LateAnswers.None)] // four hours after 08:30
    [InlineData("2026-11-02T12:31", LateAnswers.Acknowledgement)]
    [InlineData("2026-11-04T23:00", LateAnswers.Acknowledgement)] // executed on the 3rd: the 4th is its last day
    [InlineData("2026-11-05T00:01", LateAnswers.Acknowledgement | LateAnswers.FinalStatus)]
    [InlineData("2026-11-06T00:01", LateAnswers.Acknowledgement | LateAnswers.FinalStatus | LateAnswers.Debit)]
    public void Each_answer_has_its_day(string now, LateAnswers due) =>
        Assert.Equal(due, AnswerDeadlines.Due(new(At("2026-11-02T08:30"), Day("2026-11-03")), At(now), Bank, Calendar));

    [Fact]
    public void What_a_bank_never_sends_is_never_awaited()
    {
        var late = At("2026-12-01T08:00");
        Assert.Equal(LateAnswers.Debit, AnswerDeadlines.Due(new(At("2026-11-02T08:30"), Day("2026-11-03")), late, Bank with { StatusLevels = [] }, Calendar));
        Assert.Equal(LateAnswers.Acknowledgement | LateAnswers.Debit, AnswerDeadlines.Due(new(At("2026-11-02T08:30"), Day("2026-11-03")), late, Bank with { SettledStatusSent = false }, Calendar));
        Assert.Equal(LateAnswers.None, AnswerDeadlines.Due(new(At("2026-11-02T08:30"), Day("2026-11-03")), late, Bank with { StatusLevels = [], SendsStatements = false, SendsNotifications = false }, Calendar));
    }

    [Fact]
    public void What_is_missing_is_counted_payment_by_payment()
    {
        const LateAnswers all = LateAnswers.Acknowledgement | LateAnswers.FinalStatus | LateAnswers.Debit;
        (Evidence, long)[] payments =
        [
            (Evidence.None, 100), (Evidence.Accepted, 200), (Evidence.Settled, 400), (Evidence.Rejected, 800), (Evidence.DebitBooked, 1600),
            (Evidence.DebitBooked | Evidence.ReturnBooked, 3200), (Evidence.Rejected | Evidence.DebitBooked, 6400),
        ];
        Assert.Equal([new LateAnswer(LateAnswers.FinalStatus, 2, 300), new LateAnswer(LateAnswers.Debit, 3, 700)], AnswerDeadlines.Missing(all, answered: true, payments));
        Assert.Equal([new LateAnswer(LateAnswers.Acknowledgement, 1, 5), new LateAnswer(LateAnswers.FinalStatus, 1, 5), new LateAnswer(LateAnswers.Debit, 1, 5)], AnswerDeadlines.Missing(all, answered: false, [(Evidence.None, 5L)]));
        Assert.Empty(AnswerDeadlines.Missing(all, answered: true, [(Evidence.DebitBooked, 5L), (Evidence.Rejected, 7L)]));
        Assert.Empty(AnswerDeadlines.Missing(LateAnswers.None, answered: false, [(Evidence.None, 5L)]));
    }

    static LocalDate Day(string text) => LocalDatePattern.Iso.Parse(text).Value;

    static LocalDateTime Local(string text) => LocalDateTimePattern.CreateWithInvariantCulture("uuuu-MM-dd'T'HH:mm").Parse(text).Value;

    static Instant At(string text) => Local(text).WithOffset(Offset.FromHours(7)).ToInstant();
}
