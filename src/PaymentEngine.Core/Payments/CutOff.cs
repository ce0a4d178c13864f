using NodaTime;
using NodaTime.Text;

namespace PaymentEngine.Core.Payments;

/// <summary>When a bank still takes a file, and for which day: its hour, its clock, the banking days (profile §6).</summary>
public static class CutOff
{
    /// <summary>The first day on which a bank executes a file that is ready at a moment: that day until its hour, after it and on closed days the next banking day.</summary>
    public static LocalDate FirstDay(Instant readyAt, BankProfile profile, BankingCalendar calendar)
    {
        var now = readyAt.WithOffset(profile.StampOffset).LocalDateTime;
        return calendar.OnOrAfter(now.TimeOfDay <= profile.CutOff ? now.Date : now.Date.PlusDays(1));
    }

    /// <summary>Why a file with an execution date may not be sent at a moment; null when it may.</summary>
    /// <returns><c>not_allowed.cut_off_passed</c> or <c>not_allowed.too_early</c>.</returns>
    public static Problem? WhyNotSent(string messageId, LocalDate executionDate, Instant at, BankProfile profile, BankingCalendar calendar)
    {
        var day = LocalDatePattern.Iso.Format(executionDate);
        if (FirstDay(at, profile, calendar) > executionDate)
        {
            // The day stands in the file's bytes: another day is another file, under another id.
            return new Problem("not_allowed.cut_off_passed", $"{messageId} is to be executed on {day}; {profile.Name} takes files of that day until {LocalTimePattern.CreateWithInvariantCulture("HH:mm").Format(profile.CutOff)}, which is over.",
                "Withdraw it (payengine run withdraw R MSGID --reason …) and write it again for the next banking day: payengine run export R --out D.");
        }

        var first = executionDate.PlusDays(-profile.DaysAheadMax);
        return at.WithOffset(profile.StampOffset).Date < first
            ? new Problem("not_allowed.too_early", $"{messageId} is to be executed on {day}; {profile.Name} takes it from {LocalDatePattern.Iso.Format(first)} on.", "Send it then.")
            : null;
    }
}
