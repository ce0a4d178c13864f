using System.Globalization;

namespace PaymentEngine.Tests.Situations;

/// <summary>The arithmetic a lawyer writes beside an amount: whole sums and coefficients with + − × and brackets.</summary>
static class Arithmetic
{
    /// <summary>The exact value of an expression such as <c>2.5 × 500000</c> or <c>3 × (7601000 + 1399000)</c>.</summary>
    /// <exception cref="FormatException">The text is no such expression.</exception>
    public static decimal Value(string text)
    {
        var at = 0;
        var value = Sum(text, ref at);
        return Next(text, ref at) == '\0' ? value : throw Broken(text, at);
    }

    /// <summary>Rounds to whole thousands, half away from zero: the reading of "làm tròn đến hàng nghìn đồng" (55/2023/NĐ-CP, Điều 3.2).</summary>
    public static decimal ToThousands(decimal value) => Math.Round(value / 1000m, 0, MidpointRounding.AwayFromZero) * 1000m;

    static decimal Sum(string text, ref int at)
    {
        var value = Product(text, ref at);
        while (Next(text, ref at) is '+' or '−' or '-')
        {
            var isPlus = text[at++] == '+';
            var next = Product(text, ref at);
            value += isPlus ? next : -next;
        }

        return value;
    }

    static decimal Product(string text, ref int at)
    {
        var value = Factor(text, ref at);
        while (Next(text, ref at) == '×')
        {
            at++;
            value *= Factor(text, ref at);
        }

        return value;
    }

    static decimal Factor(string text, ref int at)
    {
        if (Next(text, ref at) == '(')
        {
            at++;
            var inner = Sum(text, ref at);
            if (Next(text, ref at) != ')') throw Broken(text, at);
            at++;
            return inner;
        }

        var start = at;
        while (at < text.Length && (char.IsAsciiDigit(text[at]) || text[at] == '.')) at++;
        return decimal.TryParse(text.AsSpan(start, at - start), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number) ? number : throw Broken(text, start);
    }

    static char Next(string text, ref int at)
    {
        while (at < text.Length && text[at] == ' ') at++;
        return at < text.Length ? text[at] : '\0';
    }

    static FormatException Broken(string text, int at) => new($"'{text}' is no arithmetic at character {at + 1}: use whole sums, coefficients with a point, + − × and brackets.");
}
