using System.Text;

namespace PaymentEngine.Messages.Csv;

/// <summary>Finds letters that are not Latin in texts that are written in Latin letters: names and keys.</summary>
/// <remarks>
/// A Cyrillic А or a Greek Ο looks like ours and is another letter: a name with one matches no bank's answer, and a key with one is a second person. The languages of Viet Nam's minorities
/// are written with Latin letters in the register too. Full-width letters are left to the rules of each column.
/// </remarks>
static class OtherScripts
{
    /// <summary>The place of the first letter of another script, or −1.</summary>
    public static int Find(string text)
    {
        var at = 0;
        foreach (var rune in text.EnumerateRunes())
        {
            if (Rune.IsLetter(rune) && !IsLatin(rune.Value)) return at;
            at += rune.Utf16SequenceLength;
        }

        return -1;
    }

    // Basic Latin, Latin-1, Extended-A and -B, IPA, modifier letters (ʼ in Êđê and Mnông names), Extended Additional, -C, -D, -E and full width.
    static bool IsLatin(int letter) => letter is <= 0x02FF or (>= 0x1D00 and <= 0x1EFF) or (>= 0x2C60 and <= 0x2C7F) or (>= 0xA720 and <= 0xA7FF) or (>= 0xAB30 and <= 0xAB6F) or (>= 0xFF21 and <= 0xFF5A);
}
