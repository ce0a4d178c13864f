using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Text;

namespace PaymentEngine.Core.Payments;

/// <summary>What happened to a text on its way into the banks' character set, for the person who checks the list.</summary>
[Flags]
public enum BankTextFindings : byte { None = 0, CharacterReplaced = 1, Cut = 2 }

/// <summary>A text as it goes to the bank, with what was lost.</summary>
public readonly record struct BankTextResult(string Text, BankTextFindings Findings);

/// <summary>
/// Text in the characters every bank takes: letters without marks, figures, blank and <c>/ - ? : ( ) . , ' +</c>. Letters are transliterated, never dropped.
/// </summary>
/// <remarks>The accented original is kept by the caller: two people can share an unaccented name, so it is never matched alone.</remarks>
public static class BankText
{
    const string Marks = " /-?:().,'+";

    static readonly byte[] kinds = Kinds();
    static readonly Vector128<byte> rowsOfLowHalf = RowsOfLowHalf();
    static readonly Vector128<byte> bitOfHighHalf = Vector128.Create((byte)1, 2, 4, 8, 16, 32, 64, 128, 0, 0, 0, 0, 0, 0, 0, 0);

    /// <summary>A name as accounts carry it: upper case, family name first as given, cut at <paramref name="lengthMax"/> characters.</summary>
    public static BankTextResult Name(string text, int lengthMax) => Transliterate(text, lengthMax, upper: true);

    /// <summary>Other text, case kept.</summary>
    public static BankTextResult Text(string text, int lengthMax) => Transliterate(text, lengthMax, upper: false);

    public static bool IsAllowed(char c) => char.IsAsciiLetterOrDigit(c) || Marks.Contains(c, StringComparison.Ordinal);

    /// <summary>True when a text can be written as it stands: only allowed characters, no blank or slash at an end, none doubled, not empty.</summary>
    public static bool IsClean(ReadOnlySpan<char> text)
    {
        if (text.IsEmpty || text[0] is ' ' or '/' || text[^1] is ' ' or '/') return false;
        var before = '\0';
        foreach (var c in text)
        {
            if (!IsAllowed(c) || (c is ' ' or '/' && c == before)) return false;
            before = c;
        }

        return true;
    }

    /// <summary>
    /// What follows the id in a remittance text: case kept, and signs that this bank does not take turned into blanks.
    /// </summary>
    /// <param name="marks">The signs the bank takes beside letters, figures and blank; null: all of the standard set. Others than those of the standard set are never written.</param>
    public static BankTextResult Remittance(string text, int lengthMax, string? marks)
    {
        if (marks is null) return Text(text, lengthMax);
        var plain = Text(text, int.MaxValue);
        var built = new StringBuilder(plain.Text.Length);
        foreach (var c in plain.Text) Append(built, IsAllowed(c, marks) ? c : ' ');
        var length = TrimmedEnd(built, built.Length);
        var findings = plain.Findings;
        if (length > lengthMax)
        {
            findings |= BankTextFindings.Cut;
            length = TrimmedEnd(built, lengthMax);
        }

        return new(built.ToString(0, length), findings);
    }

    /// <summary>True when a clean text also keeps to the signs one bank takes.</summary>
    public static bool IsClean(ReadOnlySpan<char> text, string? marks)
    {
        if (!IsClean(text)) return false;
        if (marks is null) return true;
        foreach (var c in text)
        {
            if (!IsAllowed(c, marks)) return false;
        }

        return true;
    }

    static bool IsAllowed(char c, string marks) => char.IsAsciiLetterOrDigit(c) || c == ' ' || (IsAllowed(c) && marks.Contains(c, StringComparison.Ordinal));

    /// <summary>Writes a text as ASCII if it is clean (<see cref="IsClean(ReadOnlySpan{char})"/>); false, and anything in <paramref name="into"/>, when it is not.</summary>
    public static bool TryWrite(ReadOnlySpan<char> text, Span<byte> into)
    {
        if (text.IsEmpty || text[0] is ' ' or '/' || text[^1] is ' ' or '/') return false;
        return Vector128.IsHardwareAccelerated && text.Length > Vector128<byte>.Count ? TryWriteVectors(text, into[..text.Length]) : TryWriteEach(text, into);
    }

    static bool TryWriteEach(ReadOnlySpan<char> text, Span<byte> into)
    {
        byte before = 0;
        for (var i = 0; i < text.Length; i++)
        {
            var c = text[i];
            var kind = c < kinds.Length ? kinds[c] : (byte)0;
            // 0 is not allowed; 2 and 3, blank and slash, are not allowed twice.
            if (kind == 0 || (kind > 1 && kind == before)) return false;
            before = kind;
            into[i] = (byte)c;
        }

        return true;
    }

    // Sixteen characters at a time: narrowed (what does not fit becomes 255), each looked up by its two halves, and compared with its neighbour.
    static bool TryWriteVectors(ReadOnlySpan<char> text, Span<byte> into)
    {
        var wide = MemoryMarshal.Cast<char, ushort>(text);
        for (var at = 0; ; at += Vector128<byte>.Count)
        {
            at = Math.Min(at, text.Length - Vector128<byte>.Count);
            var bytes = Vector128.NarrowWithSaturation(Vector128.Create(wide[at..]), Vector128.Create(wide[(at + Vector128<ushort>.Count)..]));
            var row = Vector128.Shuffle(rowsOfLowHalf, bytes & Vector128.Create((byte)0x0F));
            var bit = Vector128.Shuffle(bitOfHighHalf, bytes >>> 4);
            if (Vector128.EqualsAny(row & bit, Vector128<byte>.Zero)) return false;
            bytes.CopyTo(into[at..]);
            if (at == text.Length - Vector128<byte>.Count) break;
        }

        for (var at = 0; ; at += Vector128<byte>.Count)
        {
            at = Math.Min(at, text.Length - Vector128<byte>.Count - 1);
            var bytes = Vector128.Create(into[at..]);
            var same = Vector128.Equals(bytes, Vector128.Create(into[(at + 1)..]));
            var single = Vector128.Equals(bytes, Vector128.Create((byte)' ')) | Vector128.Equals(bytes, Vector128.Create((byte)'/'));
            if ((same & single) != Vector128<byte>.Zero) return false;
            if (at == text.Length - Vector128<byte>.Count - 1) return true;
        }
    }

    static byte[] Kinds()
    {
        var all = new byte[128];
        for (var c = 0; c < all.Length; c++) all[c] = c == ' ' ? (byte)2 : c == '/' ? (byte)3 : IsAllowed((char)c) ? (byte)1 : (byte)0;
        return all;
    }

    // Allowed characters by the low half of their code: one bit for each of the high halves 2 to 7. A high half of 8 and more has no bit.
    static Vector128<byte> RowsOfLowHalf()
    {
        Span<byte> rows = stackalloc byte[16];
        rows.Clear();
        for (var c = 0; c < 128; c++)
        {
            if (IsAllowed((char)c)) rows[c & 15] |= (byte)(1 << (c >> 4));
        }

        return Vector128.Create((ReadOnlySpan<byte>)rows);
    }

    static BankTextResult Transliterate(string text, int lengthMax, bool upper)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(lengthMax, 1);
        var findings = BankTextFindings.None;
        var built = new StringBuilder(text.Length + 8);

        // Composed form first, so that a mark typed after its letter and the ready-made letter take the same road.
        foreach (var rune in Composed(text).EnumerateRunes())
        {
            if (rune.IsAscii && IsAllowed((char)rune.Value)) Append(built, (char)rune.Value);
            else if (Replacement(rune.Value) is { } known) Append(built, known);
            else
            {
                var letters = rune.Value <= 0xFFFF ? BaseLetters(rune) : "";
                if (letters.Length == 0 && !Rune.IsWhiteSpace(rune) && Rune.GetUnicodeCategory(rune) != System.Globalization.UnicodeCategory.NonSpacingMark)
                {
                    findings |= BankTextFindings.CharacterReplaced;
                }

                // A mark that found no letter to join falls away; anything else leaves a blank, so that words never run together.
                if (letters.Length > 0) Append(built, letters);
                else if (Rune.GetUnicodeCategory(rune) != System.Globalization.UnicodeCategory.NonSpacingMark) Append(built, ' ');
            }
        }

        var length = TrimmedEnd(built, built.Length);
        if (length > lengthMax)
        {
            findings |= BankTextFindings.Cut;
            length = TrimmedEnd(built, lengthMax);
        }

        var result = built.ToString(0, length);
        return new(upper ? result.ToUpperInvariant() : result, findings);
    }

    static void Append(StringBuilder built, string letters)
    {
        foreach (var c in letters) Append(built, c);
    }

    /// <summary>Adds a character unless it would open the text with a blank or slash, or double one.</summary>
    static void Append(StringBuilder built, char c)
    {
        if (c is ' ' or '/' && (built.Length == 0 || built[^1] == c)) return;
        built.Append(c);
    }

    static int TrimmedEnd(StringBuilder built, int length)
    {
        while (length > 0 && built[length - 1] is ' ' or '/') length--;
        return length;
    }

    /// <summary>NFC, also of a text with half a surrogate pair or U+FFFE, which normalisation alone would throw on.</summary>
    static string Composed(string text)
    {
        try
        {
            return text.Normalize(NormalizationForm.FormC);
        }
        catch (ArgumentException)
        {
            var repaired = new StringBuilder(text.Length);
            foreach (var rune in text.EnumerateRunes()) repaired.Append(rune.Value == 0xFFFE ? Rune.ReplacementChar : rune);
            return repaired.ToString().Normalize(NormalizationForm.FormC);
        }
    }

    /// <summary>The letters left when the marks of a Latin letter are taken away; empty for anything else.</summary>
    static string BaseLetters(Rune rune)
    {
        var decomposed = rune.ToString().Normalize(NormalizationForm.FormD);
        return char.IsAsciiLetter(decomposed[0]) ? decomposed[..1] : "";
    }

    /// <summary>Letters that do not decompose (đ is a letter of its own, not a d with a mark), and signs with an agreed plain form.</summary>
    static string? Replacement(int character) => character switch
    {
        'đ' or 'ð' or 'ɖ' => "d",
        'Đ' or 'Ð' or 'Ɖ' => "D",
        'ø' => "o",
        'Ø' => "O",
        'ł' => "l",
        'Ł' => "L",
        'ı' => "i",
        'ß' => "ss",
        'ẞ' => "SS",
        'æ' => "ae",
        'Æ' => "AE",
        'œ' => "oe",
        'Œ' => "OE",
        'þ' => "th",
        'Þ' => "TH",
        '&' => " VA ",
        '@' => " A ",
        '_' or '‐' or '‑' or '‒' or '–' or '—' or '―' or '−' => "-",
        '"' or '`' or '´' or '‘' or '’' or '‚' or '“' or '”' or '„' or '«' or '»' => "'",
        '…' => "...",
        '\t' or '\r' or '\n' or '\u00A0' or '\u202F' => " ",
        _ => null,
    };
}
