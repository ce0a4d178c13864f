using System.Buffers;

namespace PaymentEngine.Messages.Csv;

/// <summary>Recognises letters of the old Vietnamese encodings (TCVN3 with .Vn fonts, VNI, VISCII, UTF-8 read as Western) that sit in a Unicode text.</summary>
/// <remarks>
/// Such a text is refused and never converted: the same bytes can be two different names. What is looked for cannot occur in Vietnamese
/// written in Unicode: Western signs or letters inside a word, a marked capital after a small letter ("PhÕm"), or vowel pairs such as "aâ" and "eã" by
/// which VNI writes one letter. Letters of the languages of minorities (ñ, č, ŏ, ŭ, ĭ) are left alone. A name whose every old letter is also a right one
/// ("Dòng", which was Dũng in TCVN3) cannot be recognised by anybody.
/// </remarks>
public static class OldEncodings
{
    const string Signs = "¡¢£¤¥¦§¨©ª«¬\u00AD®¯°±²³´µ¶·¸¹º»¼½¾¿×÷";
    const string Letters = "ÄÅÆÇËÎÏÖØÛÜÞßäåæçëîïöøûüþÿ";

    // What Windows-1252 shows for the bytes 80 to 9F, where VISCII and TCVN3 keep capitals. Quotes and dashes are left out: they stand in Unicode texts too.
    const string WindowsSigns = "€‚ƒ„†‡ˆ‰Š‹Œ•˜™š›œŸ";

    static readonly SearchValues<char> strange = SearchValues.Create(Signs + Letters + WindowsSigns);

    static readonly HashSet<string> vniPairs = new(StringComparer.OrdinalIgnoreCase)
    { "aâ", "aê", "aà", "aá", "aã", "aé", "aè", "aù", "aú", "eâ", "eà", "eá", "eã", "eù", "eú", "oâ", "où", "öù", "öø", "ôù" };

    /// <summary>The place of the first character that gives the text away, or −1.</summary>
    public static int Find(ReadOnlySpan<char> text)
    {
        // The same bytes read as ISO-8859-1 are control characters, which no text has.
        if (text.IndexOfAnyInRange('\u0080', '\u009F') is var control && control >= 0) return control;
        if (!text.ContainsAnyInRange('\u00A1', '\u00FF') && !text.ContainsAny(strange)) return -1;

        for (var from = 0; from < text.Length;)
        {
            var at = text[from..].IndexOfAny(strange);
            if (at < 0) break;
            at += from;
            if (Letters.Contains(text[at], StringComparison.Ordinal) || TouchesLetter(text, at)) return at;
            from = at + 1;
        }

        for (var i = 1; i < text.Length; i++)
            if (text[i] is >= 'À' and <= 'Þ' && char.IsUpper(text[i]) && char.IsLower(text[i - 1])) return i;

        var pairs = vniPairs.GetAlternateLookup<ReadOnlySpan<char>>();
        for (var i = 0; i + 1 < text.Length; i++)
            if (text[i + 1] > '\u00BF' && pairs.Contains(text.Slice(i, 2))) return i;
        return -1;
    }

    // A sign alone among spaces or digits (10°), or a power (5 m²), is a sign; glued to a letter it is a letter of another encoding.
    static bool TouchesLetter(ReadOnlySpan<char> text, int at) =>
        (at > 0 && char.IsLetter(text[at - 1]) && text[at] is not ('²' or '³')) || (at + 1 < text.Length && char.IsLetter(text[at + 1]));
}
