using System.Text;
using PaymentEngine.Core.Payments;

namespace PaymentEngine.Messages.Spreadsheets;

/// <summary>Text as a cell of a bank's spreadsheet may carry it: the characters of <see cref="BankText"/>, or the same with Vietnamese letters kept; never a formula.</summary>
public static class CellText
{
    /// <summary>The text, ready for a cell; what begins like a formula loses those signs, for a bank's portal must not find one apostrophe before a name.</summary>
    /// <param name="lengthMax">Characters left after everything else.</param>
    public static string Of(string text, int lengthMax, bool upperCase, bool accents)
    {
        if (!accents) return Cut(upperCase ? BankText.Name(text, int.MaxValue).Text : BankText.Text(text, int.MaxValue).Text, lengthMax);
        var built = new StringBuilder(text.Length);
        foreach (var rune in text.Normalize(NormalizationForm.FormC).EnumerateRunes())
        {
            if (Rune.IsLetterOrDigit(rune) || (rune.IsAscii && BankText.IsAllowed((char)rune.Value) && rune.Value != ' ')) built.Append(rune);
            else if (built.Length > 0 && built[^1] != ' ') built.Append(' ');
        }

        var kept = built.ToString();
        return Cut(upperCase ? kept.ToUpperInvariant() : kept, lengthMax);
    }

    static string Cut(string text, int lengthMax)
    {
        var from = 0;
        while (from < text.Length && text[from] is '+' or '-' or '=' or '@' or '\'' or ' ' or '/') from++;
        var plain = text[from..];
        if (plain.Length > lengthMax) plain = plain[..(char.IsHighSurrogate(plain[lengthMax - 1]) ? lengthMax - 1 : lengthMax)];
        return plain.TrimEnd(' ', '/');
    }
}
