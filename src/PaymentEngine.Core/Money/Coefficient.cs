using System.Globalization;

namespace PaymentEngine.Core.Money;

/// <summary>A coefficient of the law (hệ số): how many standard amounts. Kept in hundredths, so 1.5 is 150.</summary>
public readonly record struct Coefficient(int Hundredths)
{
    /// <summary>Reads <c>1.5</c>, <c>2</c>, <c>31.0</c>: invariant point, at most two decimals, not negative.</summary>
    public static Result<Coefficient> Parse(string text)
    {
        var ok = decimal.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var value) && value is >= 0 and < 100_000;
        var hundredths = ok ? value * 100 : 0;
        return ok && hundredths == decimal.Truncate(hundredths)
            ? new Coefficient((int)hundredths)
            : new Problem("coefficient.malformed", $"'{text}' is not a coefficient.", "Use a number like 1.5, with a point and at most two decimals.");
    }

    public override string ToString() => (Hundredths / 100m).ToString("0.0#", CultureInfo.InvariantCulture);
}
