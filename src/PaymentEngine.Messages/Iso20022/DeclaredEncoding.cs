using System.Text;
using PaymentEngine.Core;

namespace PaymentEngine.Messages.Iso20022;

/// <summary>In which characters a document is, by its mark and first bytes, and by what it declares: the two can disagree.</summary>
/// <param name="Name">As declared; null when nothing is declared.</param>
/// <param name="Override">What to read it in, whatever it declares; null where declaration and parser agree.</param>
/// <param name="Lie">The declaration cannot be true.</param>
/// <param name="MayBeUtf8">Declared as a one-byte encoding: bytes that are all UTF-8 show that it is not.</param>
readonly record struct DeclaredEncoding(string? Name, Encoding? Override, bool Lie, bool MayBeUtf8)
{
    const int LengthMax = 256;
    static readonly UTF8Encoding Utf8 = new(false, throwOnInvalidBytes: true);

    /// <summary>Looks at a document's first bytes.</summary>
    /// <param name="start">Some hundred bytes from its start.</param>
    /// <param name="wasUtf16">The file was in UTF-16 and has been turned into UTF-8 on the way here.</param>
    /// <exception cref="BankXmlRefused">An encoding nobody knows.</exception>
    public static DeclaredEncoding Of(ReadOnlySpan<byte> start, bool wasUtf16)
    {
        var marked = start is [0xEF, 0xBB, 0xBF, ..];
        if (marked) start = start[3..];
        var name = Declared(start);
        if (wasUtf16) return new(name, Utf8, name is not null && !IsUtf16(name), false);
        if (name is null || name.Equals("utf-8", StringComparison.OrdinalIgnoreCase)) return new(name, null, false, false);
        if (marked || IsUtf16(name)) return new(name, Utf8, true, false); // written from a program's own strings: the name is of what they were in memory
        Encoding known;
        try
        {
            known = Encoding.GetEncoding(name);
        }
        catch (Exception e) when (e is ArgumentException or NotSupportedException)
        {
            throw new BankXmlRefused(new Problem("bank_file.encoding_unknown", $"The file declares the encoding '{name}', which is not one of a bank's message.",
                "Ask the bank for the file in UTF-8."));
        }

        // What ASCII cannot say is not guessed away but read as UTF-8, which contains it.
        return known.CodePage == 20127 ? new(name, Utf8, false, true) : new(name, null, false, known.IsSingleByte);
    }

    /// <summary>UTF-16 by its mark, or by the first character of any XML.</summary>
    public static Encoding? Utf16(ReadOnlySpan<byte> start) => start switch
    {
        [0xFF, 0xFE, ..] or [(byte)'<', 0, ..] => new UnicodeEncoding(false, false, throwOnInvalidBytes: true),
        [0xFE, 0xFF, ..] or [0, (byte)'<', ..] => new UnicodeEncoding(true, false, throwOnInvalidBytes: true),
        _ => null,
    };

    static bool IsUtf16(string name) =>
        name.StartsWith("utf-16", StringComparison.OrdinalIgnoreCase) || name.Equals("utf16", StringComparison.OrdinalIgnoreCase) || name.Equals("unicode", StringComparison.OrdinalIgnoreCase)
        || name.StartsWith("ucs-", StringComparison.OrdinalIgnoreCase) || name.StartsWith("iso-10646-ucs", StringComparison.OrdinalIgnoreCase) || name.StartsWith("utf-32", StringComparison.OrdinalIgnoreCase);

    static string? Declared(ReadOnlySpan<byte> start)
    {
        if (!start.StartsWith("<?xml"u8)) return null;
        start = start[..Math.Min(start.Length, LengthMax)];
        var end = start.IndexOf("?>"u8);
        if (end < 0) return null;
        start = start[..end];
        var at = start.IndexOf("encoding"u8);
        if (at < 0) return null;
        var value = start[(at + "encoding".Length)..].TrimStart(" \t\r\n="u8);
        if (value.Length < 2 || value[0] is not ((byte)'"' or (byte)'\'')) return null;
        var close = value[1..].IndexOf(value[0]);
        return close < 0 ? null : Encoding.Latin1.GetString(value.Slice(1, close));
    }
}

/// <summary>Watches whether bytes that are declared as something else are UTF-8 throughout.</summary>
struct Utf8Watch
{
    int letters, awaited;
    bool other;

    /// <summary>Letters beyond ASCII came, and every one was UTF-8: by chance that does not happen.</summary>
    public readonly bool IsUtf8 => letters > 0 && awaited == 0 && !other;

    public void Add(ReadOnlySpan<byte> bytes)
    {
        while (!other && bytes.Length > 0)
        {
            if (awaited == 0)
            {
                var next = bytes.IndexOfAnyInRange((byte)0x80, (byte)0xFF);
                if (next < 0) return;
                awaited = bytes[next] switch { >= 0xC2 and <= 0xDF => 1, >= 0xE0 and <= 0xEF => 2, >= 0xF0 and <= 0xF4 => 3, _ => 0 };
                other = awaited == 0;
                bytes = bytes[(next + 1)..];
                continue;
            }

            other = bytes[0] is < 0x80 or > 0xBF;
            awaited--;
            if (awaited == 0 && letters < int.MaxValue) letters++;
            bytes = bytes[1..];
        }
    }
}
