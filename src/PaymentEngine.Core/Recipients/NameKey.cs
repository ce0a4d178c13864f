using System.Globalization;
using System.Text;

namespace PaymentEngine.Core.Recipients;

/// <summary>The forms in which two names are compared: letters alone, and letters with their marks however the tone was placed.</summary>
/// <remarks>law/README.md §6. NFD does not split đ, so it is mapped first. An equal key without marks is a possible match, an equal key with marks an exact one:
/// Hòa and Hoá are two names, hòa and hoà are one.</remarks>
public static class NameKey
{
    /// <summary>Upper-case letters A to Z and single spaces: <c>Nguyễn  Thị Ánh</c> is <c>NGUYEN THI ANH</c>. Middle names stay, the order stays.</summary>
    public static string Of(string name) => Build(name, withMarks: false);

    /// <summary>The same with marks, the tone behind its syllable: <c>hòa</c> and <c>hoà</c> are equal, <c>quý</c> and <c>quí</c> are not (another letter).</summary>
    public static string WithMarks(string name) => Build(name, withMarks: true);

    static string Build(string name, bool withMarks)
    {
        var decomposed = name.Normalize(NormalizationForm.FormD);
        var key = new StringBuilder(decomposed.Length);
        var tone = '\0';
        var spaceDue = false;
        foreach (var c in decomposed)
        {
            if (c is '\'' or '’' or '`') continue; // K'Brơi is one word
            if (CharUnicodeInfo.GetUnicodeCategory(c) is UnicodeCategory.NonSpacingMark)
            {
                if (!withMarks || key.Length == 0) continue;
                if (c is '\u0300' or '\u0301' or '\u0303' or '\u0309' or '\u0323') tone = c;
                else key.Append(c);
                continue;
            }

            if (!char.IsLetter(c))
            {
                spaceDue = true;
                continue;
            }

            if (spaceDue)
            {
                EndSyllable();
                if (key.Length > 0) key.Append(' ');
                spaceDue = false;
            }

            // U+0110 and U+0111, and the two letters people type for them: Eth and African D.
            if (c is 'đ' or 'Đ' or 'Ð' or 'ð' or 'Ɖ' or 'ɖ') key.Append(withMarks ? 'Đ' : 'D');
            else key.Append(char.ToUpperInvariant(c));
        }

        EndSyllable();
        return key.ToString();

        void EndSyllable()
        {
            if (tone != '\0') key.Append(tone);
            tone = '\0';
        }
    }
}
