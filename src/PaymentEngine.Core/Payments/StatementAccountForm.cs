using System.Globalization;

namespace PaymentEngine.Core.Payments;

/// <summary>How a bank writes an account of ours in its statements: <c>AsIs</c>, <c>WithoutLeadingZeros</c>, or only its last figures, <c>Last(8)</c>.</summary>
public readonly record struct StatementAccountForm
{
    const string LastOpening = "Last(";
    readonly bool withoutZeros;
    readonly int last;

    StatementAccountForm(bool withoutZeros, int last) => (this.withoutZeros, this.last) = (withoutZeros, last);

    public static StatementAccountForm AsIs => default;

    public static StatementAccountForm WithoutLeadingZeros => new(true, 0);

    /// <summary>The last <paramref name="figures"/> characters, 4 to 18.</summary>
    public static StatementAccountForm Last(int figures)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(figures is >= 4 and <= 18, true);
        return new(false, figures);
    }

    /// <summary>Our account as this bank's statements write it.</summary>
    public string Of(string account) => withoutZeros ? account.TrimStart('0') : last > 0 && account.Length > last ? account[^last..] : account;

    public static bool TryParse(string text, out StatementAccountForm form)
    {
        form = default;
        switch (text)
        {
            case nameof(AsIs): return true;
            case nameof(WithoutLeadingZeros):
                form = WithoutLeadingZeros;
                return true;
            default:
                if (!text.StartsWith(LastOpening, StringComparison.Ordinal) || !text.EndsWith(')') || !int.TryParse(text.AsSpan()[LastOpening.Length..^1], NumberStyles.None, CultureInfo.InvariantCulture, out var figures)
                    || figures is < 4 or > 18) return false;
                form = Last(figures);
                return true;
        }
    }

    public override string ToString() => withoutZeros ? nameof(WithoutLeadingZeros) : last > 0 ? string.Create(CultureInfo.InvariantCulture, $"{LastOpening}{last})") : nameof(AsIs);
}
