using NodaTime;

namespace PaymentEngine.App.Demonstration;

/// <summary>The clock of a demonstration: it stands on the day the story has reached and never goes back.</summary>
sealed class DemoClock(Instant start) : IClock
{
    static readonly DateTimeZone Zone = DateTimeZoneProviders.Tzdb["Asia/Ho_Chi_Minh"];

    Instant now = start;

    public Instant GetCurrentInstant() => now;

    public LocalDate Today => now.InZone(Zone).Date;

    /// <summary>Moves on to an hour of a day in Viet Nam; an earlier one changes nothing.</summary>
    public void MoveTo(LocalDate day, int hour) => now = Instant.Max(now, At(day, hour));

    public static Instant At(LocalDate day, int hour) => day.At(new LocalTime(hour, 0)).InZoneStrictly(Zone).ToInstant();
}
