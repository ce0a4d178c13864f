using System.Globalization;
using NodaTime;
using PaymentEngine.Core.Money;

namespace PaymentEngine.Core;

/// <summary>Numbers and dates as people in Viet Nam write them: 1.234.567 ₫, 21/11/2026. The same on every machine: nothing is asked of its culture.</summary>
public static class ViText
{
    static readonly NumberFormatInfo Numbers = new()
    {
        NumberGroupSeparator = ".", NumberDecimalSeparator = ",", NumberGroupSizes = [3], NegativeSign = "-", NumberNegativePattern = 1,
        PercentGroupSeparator = ".", PercentDecimalSeparator = ",", PercentPositivePattern = 1, PercentNegativePattern = 1,
    };

    /// <summary>A sum for people: <c>1.234.567 ₫</c>.</summary>
    public static string Money(Vnd sum) => $"{Count(sum.Amount)} ₫";

    /// <summary>A whole number with dots: <c>1.234.567</c>.</summary>
    public static string Count(long number) => number.ToString("N0", Numbers);

    /// <summary>A number with a sign, for differences: <c>+1.204</c>, <c>-987</c>, <c>0</c>.</summary>
    public static string Signed(long number) => number > 0 ? $"+{Count(number)}" : Count(number);

    /// <summary>A number with a decimal comma: <c>3,25</c>.</summary>
    public static string Decimal(decimal number, int places) => number.ToString($"N{places.ToString(CultureInfo.InvariantCulture)}", Numbers);

    /// <summary>A day: <c>21/11/2026</c>.</summary>
    public static string Date(LocalDate day) => string.Create(CultureInfo.InvariantCulture, $"{day.Day:00}/{day.Month:00}/{day.Year:0000}");

    /// <summary>A month: <c>11/2026</c>.</summary>
    public static string Month(YearMonth month) => string.Create(CultureInfo.InvariantCulture, $"{month.Month:00}/{month.Year:0000}");

    /// <summary>A day and a time already read on the clock of Viet Nam: <c>21/11/2026 14:05</c>.</summary>
    public static string Time(LocalDateTime time) => string.Create(CultureInfo.InvariantCulture, $"{Date(time.Date)} {time.Hour:00}:{time.Minute:00}");

    /// <summary>How long something takes, as far as people care: <c>45 giây</c>, <c>3 phút 20 giây</c>, <c>2 giờ 5 phút</c>; <c>0,4 giây</c> below ten seconds.</summary>
    public static string Span(Duration duration, string language = "vi")
    {
        var (hour, minute, second) = language == "en" ? ("h", "min", "s") : ("giờ", "phút", "giây");
        if (duration < Duration.FromSeconds(10)) return $"{Decimal((decimal)duration.TotalSeconds, 1)} {second}";
        var seconds = (long)duration.TotalSeconds;
        return seconds < 60 ? $"{seconds} {second}"
            : seconds < 3600 ? $"{seconds / 60} {minute} {seconds % 60} {second}"
            : $"{Count(seconds / 3600)} {hour} {seconds % 3600 / 60} {minute}";
    }

    /// <summary>A size in bytes: <c>512 B</c>, <c>1,4 MB</c> (steps of 1,000).</summary>
    public static string Bytes(long bytes) => bytes switch
    {
        < 1_000 => $"{bytes} B",
        < 1_000_000 => $"{Decimal(bytes / 1_000m, 1)} kB",
        < 1_000_000_000 => $"{Decimal(bytes / 1_000_000m, 1)} MB",
        _ => $"{Decimal(bytes / 1_000_000_000m, 1)} GB",
    };
}
