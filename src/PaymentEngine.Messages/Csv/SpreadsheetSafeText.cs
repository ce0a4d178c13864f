using System.Buffers;

namespace PaymentEngine.Messages.Csv;

/// <summary>Text that a spreadsheet shows and never runs, and the way back.</summary>
/// <remarks>
/// A cell whose first character is = + - @ (also in full width), TAB or CR can start a formula when a spreadsheet opens the file (CSV injection).
/// Such a text is written with one apostrophe before it, which a spreadsheet shows as plain text. On reading, one apostrophe is taken
/// away when, after all leading apostrophes, one of these characters follows. A text that itself looks so guarded gets one more,
/// so every text comes back as it was.
/// </remarks>
public static class SpreadsheetSafeText
{
    static readonly SearchValues<char> starters = SearchValues.Create("=+-@\t\r＝＋－＠");

    /// <summary>The text as a cell may carry it.</summary>
    public static string Guard(string text) => NeedsGuard(text) ? "'" + text : text;

    /// <summary>The text a cell stands for.</summary>
    public static string Unguard(string cell) => cell.Length > 1 && cell[0] == '\'' && NeedsGuard(cell) ? cell[1..] : cell;

    static bool NeedsGuard(string text)
    {
        var first = text.AsSpan().IndexOfAnyExcept('\'');
        return first >= 0 && starters.Contains(text[first]);
    }
}
