using System.Globalization;
using System.Text;

namespace PaymentEngine.Core.Recipients.Names;

/// <summary>What was met while a name was brought to its normal form.</summary>
[Flags]
public enum NameFindings : byte
{
    None = 0,

    /// <summary>Letters of another script; never accepted, since they are made to look like ours.</summary>
    ForeignLetters = 1,

    /// <summary>A sign of loss (? or U+FFFD) stands for a letter.</summary>
    LostLetters = 2,

    /// <summary>HTML character references, or UTF-8 once read as Windows-1252, were read back.</summary>
    Decoded = 4,

    /// <summary>Characters that cannot be seen (zero width, direction marks) were dropped.</summary>
    Invisible = 8,

    /// <summary>Longer than <see cref="NameForm.LengthMax"/>: not read at all.</summary>
    TooLong = 16,
}

/// <summary>A person's name in the two normal forms in which names are compared: with marks and without.</summary>
/// <remarks>
/// Composed and decomposed letters, case, spaces, the place of a tone (hòa, hoà) and the four letters that look like Đ are one; family names stay first and
/// middle names stay. The rules are general knowledge of Vietnamese spelling (status of the law folder's README, section 6: unverified).
/// </remarks>
public sealed class NameForm
{
    /// <summary>Longer texts are no names.</summary>
    public const int LengthMax = 200;

    // The five tones as combining marks. On a vowel they are tones; on a consonant part of the letter.
    const string Tones = "\u0300\u0301\u0303\u0309\u0323";

    NameForm(string original, NameFindings findings, string[] words, string[] markedWords, string accented)
    {
        (Original, Findings, Words, MarkedWords, Accented, Key) = (original, findings, words, markedWords, accented, string.Join(' ', words));
        HasMarks = markedWords.Any(word => word.Any(c => c > '~' && c != 'Đ'));
    }

    /// <summary>The name as it came.</summary>
    public string Original { get; }

    /// <summary>Upper case, composed, single spaces, each tone on the letter where the newer spelling puts it.</summary>
    public string Accented { get; }

    /// <summary>Upper case without marks, single spaces: A–Z, figures, ? for a lost letter, &amp; between two holders.</summary>
    public string Key { get; }

    /// <summary>The same with marks, the tone behind the letters of its word: equal however the tone was placed.</summary>
    public string MarkedKey => string.Join(' ', MarkedWords);

    public NameFindings Findings { get; }

    /// <summary>True when a vowel has a mark. Đ does not count: some banks keep it where they drop everything else.</summary>
    public bool HasMarks { get; }

    /// <summary>The words of <see cref="Key"/>.</summary>
    internal string[] Words { get; }

    /// <summary>The same words with their marks, the tone behind the letters.</summary>
    internal string[] MarkedWords { get; }

    public override string ToString() => Accented;

    /// <summary>Reads a name. Never fails: what cannot be read has no words, and says why in <see cref="Findings"/>.</summary>
    public static NameForm Of(string name)
    {
        if (name.Length > LengthMax) return new(name[..LengthMax], NameFindings.TooLong, [], [], "");
        var findings = NameFindings.None;
        var text = name;
        if (NameRepair.Decode(text) is { } decoded)
        {
            text = decoded;
            findings |= NameFindings.Decoded;
        }

        var reader = new WordReader { Findings = findings };
        foreach (var rune in Decomposed(text).EnumerateRunes()) reader.Take(rune);
        return reader.Finish(name);
    }

    /// <summary>The same name without its first words.</summary>
    internal NameForm From(int word) => Part(word, Words.Length);

    /// <summary>A stretch of the name's words.</summary>
    internal NameForm Part(int from, int to) => new(Original, Findings, Words[from..to], MarkedWords[from..to], string.Join(' ', Accented.Split(' ')[from..to]));

    // Normalising throws on half a surrogate pair; enumerating its runes turns it into the sign of loss.
    static string Decomposed(string text)
    {
        try
        {
            return text.Normalize(NormalizationForm.FormD);
        }
        catch (ArgumentException)
        {
            var whole = new StringBuilder(text.Length);
            foreach (var rune in text.EnumerateRunes()) whole.Append(rune.Value == 0xFFFE ? Rune.ReplacementChar : rune);
            return whole.ToString().Normalize(NormalizationForm.FormD);
        }
    }

    /// <summary>Collects letters to words, and marks to letters.</summary>
    sealed class WordReader
    {
        readonly List<string> words = [];
        readonly List<string> marked = [];
        readonly List<string> printed = [];
        readonly StringBuilder key = new();
        readonly List<string> letters = [];
        char tone;
        int tones;

        public NameFindings Findings { get; set; }

        public void Take(Rune rune)
        {
            var value = rune.Value;
            if (value is '\u0340' or '\u0341') value -= 0x40;
            if (value <= 0xFFFF && CharUnicodeInfo.GetUnicodeCategory((char)value) == UnicodeCategory.NonSpacingMark)
            {
                Mark((char)value);
                return;
            }

            switch (value)
            {
                case >= 'a' and <= 'z': Letter((char)(value - 32), null); return;
                case (>= 'A' and <= 'Z') or (>= '0' and <= '9'): Letter((char)value, null); return;
                case 'đ' or 'Đ' or 'ð' or 'Ð' or 'ɖ' or 'Ɖ': Letter('D', "Đ"); return;
                case 'ƀ' or 'Ƀ': Letter('B', "Ƀ"); return;
                case 'ı': Letter('I', null); return;
                case >= 0xFF21 and <= 0xFF3A: Letter((char)(value - 0xFF21 + 'A'), null); return;
                case >= 0xFF41 and <= 0xFF5A: Letter((char)(value - 0xFF41 + 'A'), null); return;
                case '?' or 0xFFFD:
                    Findings |= NameFindings.LostLetters;
                    Letter('?', null);
                    return;
                // Within a word an apostrophe belongs to it (K'Brơi, H'Hen); it is left out, since banks drop it.
                case '\'' or '’' or '‘' or '`' or '´' or 'ʼ' or '′': return;
                case '&' or '/' or '+' or ';':
                    EndWord();
                    if (words.Count > 0 && words[^1] != "&") Add("&", "&", "&");
                    return;
            }

            if (Rune.GetUnicodeCategory(rune) is UnicodeCategory.Format or UnicodeCategory.Control && !Rune.IsWhiteSpace(rune))
            {
                Findings |= NameFindings.Invisible;
                return;
            }

            if (Rune.IsLetter(rune))
            {
                Findings |= NameFindings.ForeignLetters;
                key.Append(rune.IsBmp ? (char)Rune.ToUpperInvariant(rune).Value : '\uFFFD');
                letters.Add(Rune.ToUpperInvariant(rune).ToString());
                return;
            }

            EndWord();
        }

        public NameForm Finish(string original)
        {
            EndWord();
            if (words.Count > 0 && words[^1] == "&") Drop();
            return new(original, Findings, [.. words], [.. marked], string.Join(' ', printed));
        }

        void Letter(char plain, string? shaped)
        {
            key.Append(plain);
            letters.Add(shaped ?? plain.ToString());
        }

        void Mark(char mark)
        {
            if (letters.Count == 0) return;
            if (Tones.Contains(mark, StringComparison.Ordinal) && "AEIOUY".Contains(key[^1], StringComparison.Ordinal))
            {
                tone = mark;
                tones++;
            }
            else letters[^1] = (letters[^1] + mark).Normalize(NormalizationForm.FormC);
        }

        void EndWord()
        {
            if (letters.Count > 0)
            {
                var shape = string.Concat(letters);
                // Two tones in one word are no spelling; they are kept apart from the word with one.
                Add(key.ToString(), tones == 0 ? shape : shape + tone + (tones > 1 ? tones.ToString(CultureInfo.InvariantCulture) : ""), tones == 0 ? shape : Printed());
            }

            key.Clear();
            letters.Clear();
            (tone, tones) = ('\0', 0);
        }

        string Printed()
        {
            var at = VietnameseSpelling.ToneAt(key.ToString(), letters);
            return string.Concat(letters.Select((letter, i) => i == at ? (letter + tone).Normalize(NormalizationForm.FormC) : letter));
        }

        void Add(string word, string withMarks, string print)
        {
            words.Add(word);
            marked.Add(withMarks);
            printed.Add(print);
        }

        void Drop()
        {
            words.RemoveAt(words.Count - 1);
            marked.RemoveAt(marked.Count - 1);
            printed.RemoveAt(printed.Count - 1);
        }
    }
}
