using System.Net;
using System.Text;
using System.Text.Unicode;

namespace PaymentEngine.Core.Recipients.Names;

/// <summary>Texts that a system in between wrote in its own way, read back where only one reading exists.</summary>
static class NameRepair
{
    // What Windows-1252 shows for the bytes 80 to 9F; the others are Latin-1.
    const string Windows1252 = "€\u0081‚ƒ„…†‡ˆ‰Š‹Œ\u008DŽ\u008F\u0090‘’“”•–—˜™š›œ\u009DžŸ";

    /// <summary>The text with character references (<c>&amp;#7877;</c>) and UTF-8 read as Windows-1252 (<c>Nguyá»…n</c>) read back; null when there is nothing of the kind.</summary>
    public static string? Decode(string text)
    {
        var plain = text.Contains('&', StringComparison.Ordinal) && text.Contains(';', StringComparison.Ordinal) ? WebUtility.HtmlDecode(text) : text;
        var read = ReadAgain(plain) ?? plain;
        return read == text ? null : read;
    }

    static string? ReadAgain(string text)
    {
        // Lead bytes of the Vietnamese letters in UTF-8: C3 C4 C5 C6 E1. Without one of them the text is what it is.
        if (text.AsSpan().IndexOfAny("ÃÄÅÆá") < 0) return null;
        var bytes = new byte[text.Length];
        for (var i = 0; i < text.Length; i++)
        {
            var c = text[i];
            var at = c is >= '\u0080' and <= '\u009F' ? c - 0x80 : Windows1252.IndexOf(c, StringComparison.Ordinal);
            if (at >= 0) bytes[i] = (byte)(0x80 + at);
            else if (c <= 0xFF) bytes[i] = (byte)c;
            else return null;
        }

        return Utf8.IsValid(bytes) ? Encoding.UTF8.GetString(bytes) : null;
    }
}
