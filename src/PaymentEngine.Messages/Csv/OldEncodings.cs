using System.Buffers;

namespace PaymentEngine.Messages.Csv;

/// <summary>Recognises letters of the old Vietnamese encodings (TCVN3 with .Vn fonts, VNI, UTF-8 read as Western) that sit in a Unicode text.</summary>
/// <remarks>
/// Such a text is refused and never converted: the same bytes can be two different names. What is looked for cannot occur in Vietnamese
/// written in Unicode: Western signs or letters inside a word, or vowel pairs such as "aâ" and "eã" by which VNI writes one letter.
/// Letters of the languages of minorities (ñ, č, ŏ, ŭ, ĭ) are left alone.
/// </remarks>
public static class OldEncodings
{
    const string Signs = "¡¢£¤¥¦§¨©ª«¬\u00AD®¯°±²³´µ¶·¸¹º»¼½¾¿×÷";
    const string Letters = "ÄÅÆÇËÎÏÖØÛÜÞßäåæçëîïöøûüþÿ";

    static readonly SearchValues<char> strange = SearchValues.Create(Signs + Letters);

    static readonly HashSet<string> vniPairs = new(StringComparer.OrdinalIgnoreCase)
    { "aâ", "aê", "aà", "aá", "aã", "aé", "aè", "aù", "aú", "eâ", "eà", "eá", "eã", "eù", "eú", "oâ", "où", "öù", "öø", "ôù" };

    /// <summary>The place of the first character that gives the text away, or −1.</summary>
    public static int Find(ReadOnlySpan<char> text)
    {
        if (!text.ContainsAnyInRange('\u00A1', '\u00FF')) return -1;

        for (var from = 0; from < text.Length;)
        {
            var at = text[from..].IndexOfAny(strange);
            if (at < 0) break;
            at += from;
            if (Letters.Contains(text[at], StringComparison.Ordinal) || TouchesLetter(text, at)) return at;
            from = at + 1;
        }

        var pairs = vniPairs.GetAlternateLookup<ReadOnlySpan<char>>();
        for (var i = 0; i + 1 < text.Length; i++)
            if (text[i + 1] > '\u00BF' && pairs.Contains(text.Slice(i, 2))) return i;
        return -1;
    }

    // A sign alone among spaces or digits (5 m², 10°) is a sign; glued to a letter it is a letter of another encoding.
    static bool TouchesLetter(ReadOnlySpan<char> text, int at) =>
        (at > 0 && char.IsLetter(text[at - 1]) && text[at] is not ('²' or '³' or '°')) || (at + 1 < text.Length && char.IsLetter(text[at + 1]));
}
