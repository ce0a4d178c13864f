using System.Globalization;
using NodaTime;
using PaymentEngine.Core;
using PaymentEngine.Core.Recipients;

namespace PaymentEngine.Messages.Csv;

/// <summary>Dates, months and digits between bytes and values, without a string in between.</summary>
static class RegisterValues
{
    const int YearMin = 1880;
    const int YearMax = 2200;

    public static bool TryDigits(ReadOnlySpan<byte> bytes, out long value)
    {
        value = 0;
        if (bytes.IsEmpty || bytes.Length > 15) return false;
        foreach (var b in bytes)
        {
            if (b is < (byte)'0' or > (byte)'9') return false;
            value = (value * 10) + (b - '0');
        }

        return true;
    }

    /// <summary>Reads <c>YYYY-MM-DD</c>. <paramref name="wellFormed"/> tells a day that does not exist from a text that is no date.</summary>
    public static bool TryDate(ReadOnlySpan<byte> bytes, out LocalDate date, out bool wellFormed)
    {
        date = default;
        wellFormed = bytes.Length == 10 && bytes[4] == (byte)'-' && bytes[7] == (byte)'-';
        if (!wellFormed) return false;
        wellFormed = TryDigits(bytes[..4], out var year) & TryDigits(bytes[5..7], out var month) & TryDigits(bytes[8..], out var day);
        if (!wellFormed || year is < YearMin or > YearMax || month is < 1 or > 12 || day < 1 || day > CalendarSystem.Iso.GetDaysInMonth((int)year, (int)month)) return false;
        date = new LocalDate((int)year, (int)month, (int)day);
        return true;
    }

    public static bool TryMonth(ReadOnlySpan<byte> bytes, out YearMonth month)
    {
        month = default;
        if (bytes.Length != 7 || bytes[4] != (byte)'-' || !TryDigits(bytes[..4], out var year) || !TryDigits(bytes[5..], out var number)
            || year is < YearMin or > YearMax || number is < 1 or > 12) return false;
        month = new YearMonth((int)year, (int)number);
        return true;
    }

    public static bool TryBirth(ReadOnlySpan<byte> bytes, out BirthDate birth)
    {
        birth = default;
        if (bytes.Length == 10 && TryDate(bytes, out var date, out _)) birth = new BirthDate((short)date.Year, (byte)date.Month, (byte)date.Day);
        else if (bytes.Length == 7 && TryMonth(bytes, out var month)) birth = new BirthDate((short)month.Year, (byte)month.Month, 0);
        else if (bytes.Length == 4 && TryDigits(bytes, out var year) && year is >= YearMin and <= YearMax) birth = new BirthDate((short)year, 0, 0);
        else return false;
        return true;
    }

    /// <summary>The digits of an amount written with points, commas or spaces in groups, or with a đồng sign; null when it is something else.</summary>
    public static string? WithoutSeparators(ReadOnlySpan<byte> bytes)
    {
        var text = System.Text.Encoding.UTF8.GetString(bytes);
        foreach (var unit in (ReadOnlySpan<string>)["VND", "VNĐ", "đ", "₫", "đồng"])
            if (text.EndsWith(unit, StringComparison.OrdinalIgnoreCase)) text = text[..^unit.Length].TrimEnd();
        var digits = string.Concat(text.Where(char.IsAsciiDigit));
        return digits.Length > 0 && text.All(c => char.IsAsciiDigit(c) || c is '.' or ',' or ' ' or '\u00A0' or '\u202F') ? digits : null;
    }

    public static string? Text(LocalDate? date) =>
        date is { } day ? string.Create(CultureInfo.InvariantCulture, $"{day.Year:0000}-{day.Month:00}-{day.Day:00}") : null;

    public static string? Text(YearMonth? month) => month?.Text();

    public static string? Text(bool? value) => value switch { true => "yes", false => "no", null => null };

    public static string? Text(int? value) => value?.ToString(CultureInfo.InvariantCulture);

    public static string? Text(long? value) => value?.ToString(CultureInfo.InvariantCulture);
}
