
namespace PaymentEngine.Core.Recipients.Names;

/// <summary>Words in which the keys of a typing method stand instead of the marks they mean.</summary>
static class TypingCodes
{
    // Telex keys and VNI figures of the five tones, as combining marks.
    const string TelexTones = "SFRXJ";
    const string VniTones = "12345";
    const string ToneMarks = "\u0301\u0300\u0309\u0303\u0323";

    /// <summary>The word as its Telex keys mean it (HOAF: HOÀ), tone behind the letters; null when it has none.</summary>
    public static string? Telex(string word)
    {
        var letters = new List<string>(word.Length);
        var (tone, codes) = ('\0', 0);
        for (var i = 0; i < word.Length; i++)
        {
            var c = word[i];
            if (i > 0 && TelexTones.IndexOf(c, StringComparison.Ordinal) is >= 0 and var which && letters.Exists(IsVowel))
            {
                (tone, codes) = (ToneMarks[which], codes + 1);
                continue;
            }

            if (c == 'W' && Horn(letters))
            {
                codes++;
                continue;
            }

            // A doubled letter means its shape, also when the second comes later in the word: NGUYENE.
            if (c is 'A' or 'E' or 'O' or 'D' && Doubled(letters, c))
            {
                codes++;
                continue;
            }

            letters.Add(c.ToString());
        }

        return codes == 0 ? null : Written(letters, tone);
    }

    /// <summary>The word as its VNI figures mean it (NGUYE6N4: NGUYỄN); null when it has none.</summary>
    public static string? Vni(string word)
    {
        var letters = new List<string>(word.Length);
        var (tone, codes) = ('\0', 0);
        foreach (var c in word)
        {
            if (!char.IsAsciiDigit(c))
            {
                letters.Add(c.ToString());
                continue;
            }

            if (VniTones.IndexOf(c, StringComparison.Ordinal) is >= 0 and var which && letters.Exists(IsVowel)) tone = ToneMarks[which];
            else if (c == '6' && Shape(letters, "AEO", "ÂÊÔ")) { }
            else if (c == '7' && Horn(letters)) { }
            else if (c == '8' && Shape(letters, "A", "Ă")) { }
            else if (c == '9' && Shape(letters, "D", "Đ")) { }
            else return null;
            codes++;
        }

        return codes == 0 ? null : Written(letters, tone);
    }

    static string Written(List<string> letters, char tone) => tone == '\0' ? string.Concat(letters) : string.Concat(letters) + tone;

    static bool IsVowel(string letter) => letter is "A" or "E" or "I" or "O" or "U" or "Y" or "Ă" or "Â" or "Ê" or "Ô" or "Ơ" or "Ư";

    // w after uo means ươ, after u ư, after o ơ, after a ă.
    static bool Horn(List<string> letters)
    {
        for (var i = letters.Count - 1; i >= 0; i--)
        {
            switch (letters[i])
            {
                case "O":
                    letters[i] = "Ơ";
                    if (i > 0 && letters[i - 1] == "U" && (i < 2 || letters[i - 2] != "Q")) letters[i - 1] = "Ư";
                    return true;
                case "U":
                    letters[i] = "Ư";
                    return true;
                case "A" when i == 0 || letters[i - 1] != "U":
                    letters[i] = "Ă";
                    return true;
            }
        }

        return false;
    }

    static bool Doubled(List<string> letters, char c)
    {
        if (c == 'D') return letters is ["D"] && Shape(letters, "D", "Đ");
        for (var i = letters.Count - 1; i >= 0; i--)
        {
            if (letters[i] == c.ToString()) return Shape(letters, c.ToString(), c switch { 'A' => "Â", 'E' => "Ê", _ => "Ô" });
            // Only consonants may stand between the two.
            if (IsVowel(letters[i])) return false;
        }

        return false;
    }

    static bool Shape(List<string> letters, string plain, string shaped)
    {
        for (var i = letters.Count - 1; i >= 0; i--)
        {
            if (letters[i].Length != 1 || plain.IndexOf(letters[i], StringComparison.Ordinal) is not (>= 0 and var which)) continue;
            letters[i] = shaped[which].ToString();
            return true;
        }

        return false;
    }
}
