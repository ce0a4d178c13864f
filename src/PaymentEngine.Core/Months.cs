using System.Globalization;
using NodaTime;

namespace PaymentEngine.Core;

/// <summary>The two ways a month is written outside words: <c>2026-11</c> for people and files, 202611 as a key.</summary>
public static class Months
{
    /// <summary>202611 for November 2026: the list month in keys and the partition key of the store.</summary>
    public static int Key(this YearMonth month) => (month.Year * 100) + month.Month;

    public static YearMonth FromKey(int key) => new(key / 100, key % 100);

    /// <summary>Months since year 0, so that a distance is a subtraction.</summary>
    public static int Index(this YearMonth month) => (month.Year * 12) + month.Month - 1;

    public static YearMonth FromIndex(int index) => new(index / 12, (index % 12) + 1);

    public static YearMonth Plus(this YearMonth month, int months) => FromIndex(month.Index() + months);

    public static string Text(this YearMonth month) => string.Create(CultureInfo.InvariantCulture, $"{month.Year:0000}-{month.Month:00}");

    /// <summary>Reads <c>YYYY-MM</c>.</summary>
    public static Result<YearMonth> Parse(string text) =>
        text.Length == 7 && text[4] == '-' && int.TryParse(text.AsSpan(0, 4), NumberStyles.None, CultureInfo.InvariantCulture, out var year)
        && int.TryParse(text.AsSpan(5, 2), NumberStyles.None, CultureInfo.InvariantCulture, out var month) && month is >= 1 and <= 12 && year is >= 1900 and <= 2200
            ? new YearMonth(year, month)
            : new Problem("month.malformed", $"'{text}' is not a month.", "Use YYYY-MM, for example 2026-11.");
}
