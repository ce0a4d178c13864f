using PaymentEngine.Core.Payments;

namespace PaymentEngine.Core.Recipients.Names;

/// <summary>
/// Whether the holder of an account is the person who is to be paid, as far as two names can say it. The answer names the rule that decided; what is not accepted is for people.
/// </summary>
/// <remarks>
/// Two levels. The <em>exact rule</em> takes names whose words are the same (one side may lack all marks). The <em>near rule</em> also takes what banks and keyboards
/// do to a name and what makes no other name of it. One letter makes another person (Lan, Lam), so does a tone where both sides have marks (Hòa, Hoá), and a missing middle
/// name: these are for people. The given name, which tells siblings apart, is never guessed.
/// </remarks>
public static class NameMatch
{
    /// <summary>From this score on a name is accepted; below it a person says in writing why the account is right.</summary>
    public const int Same = 90;

    /// <summary>The lengths at which payment systems end a name: 35 characters in older formats, 70 in ISO 20022 as clearing uses it.</summary>
    public static IReadOnlyList<int> CutLengths { get; } = [35, 70];

    // What counters and banks put before a name; it is no part of it.
    static readonly HashSet<string> titles = new(StringComparer.Ordinal) { "ONG", "BA", "MR", "MRS", "MS", "MISS", "CO", "ANH", "CHI", "CU", "BAC", "CHU", "DI", "THIM", "ME", "EM", "CHAU", "DR", "TS", "BS" };

    // Between two holders; & and / were read as one sign.
    static readonly HashSet<string> joins = new(StringComparer.Ordinal) { "&", "VA", "HOAC", "AND", "OR", "CUNG" };

    /// <summary>Compares a holder with the name of the register.</summary>
    /// <param name="holder">As the bank or the paper has it.</param>
    /// <param name="expected">As the register has it.</param>
    public static NameComparison Compare(string holder, string expected) => Compare(NameForm.Of(holder), NameForm.Of(expected));

    /// <inheritdoc cref="Compare(string, string)"/>
    public static NameComparison Compare(NameForm holder, NameForm expected)
    {
        var rule = Decide(holder, expected);
        var score = NameRules.AcceptanceOf(rule) >= NameAcceptance.Near ? NameRules.Score(rule)
            : rule is NameRule.ForeignLetters or NameRule.Unreadable ? 0
            : rule == NameRule.AccentsDiffer ? Same - 1
            : Math.Min(Same - 1, Likeness(holder.Words, expected.Words));
        return new(holder, expected, rule, score);
    }

    /// <summary>Compares a holder with the name of the register, in view of other registered people it could be. Two who fit are one too many.</summary>
    /// <param name="holder">As the bank or the paper has it.</param>
    /// <param name="expected">The person who is to be paid.</param>
    /// <param name="others">The names of other people, in any order.</param>
    /// <returns>
    /// <see cref="NameRule.Ambiguous"/> instead of an acceptance when the near rule decided and takes another person too, or when the exact rule decided and takes a person whose name is
    /// written otherwise (holder HOA; Hoà and Hoá are registered). A person of the very same name changes nothing under the exact rule: no name check can tell namesakes apart, their numbers do.
    /// </returns>
    public static NameComparison Among(NameForm holder, NameForm expected, IEnumerable<NameForm> others)
    {
        var own = Compare(holder, expected);
        if (!own.IsAccepted) return own;
        foreach (var other in others)
        {
            if (own.Acceptance == NameAcceptance.Exact)
            {
                if (other.Key != expected.Key || other.Accented == expected.Accented || NameRules.AcceptanceOf(Decide(holder, other)) != NameAcceptance.Exact) continue;
            }
            else if (NameRules.AcceptanceOf(Decide(holder, other)) < NameAcceptance.Near) continue;

            return own with { Rule = NameRule.Ambiguous, Score = Same - 1 };
        }

        return own;
    }

    static NameRule Decide(NameForm holder, NameForm expected)
    {
        if (holder.Words.Length == 0 || expected.Words.Length == 0) return NameRule.Unreadable;
        if (((holder.Findings | expected.Findings) & NameFindings.ForeignLetters) != 0) return NameRule.ForeignLetters;
        var whole = Whole(holder, expected);
        if (NameRules.AcceptanceOf(whole) >= NameAcceptance.Near) return whole;
        if (Untitled(holder, expected)) return NameRule.Title;
        if (HoldsJointly(holder, expected)) return NameRule.JointHolder;
        return whole;
    }

    // The rules about one name against one name, the first that fits.
    static NameRule Whole(NameForm holder, NameForm expected)
    {
        if (((holder.Findings | expected.Findings) & NameFindings.LostLetters) != 0) return WithLostLetters(holder, expected);
        if (holder.Key == expected.Key) return SameWords(holder, expected);
        if (SameButForIOrY(holder, expected)) return NameRule.LetterIOrY;
        if (IsTyped(holder, expected)) return NameRule.TypingCodes;
        if (BreaksDiffer(holder, expected)) return NameRule.WordBreaks;
        if (IsCut(holder, expected) is { } cut) return cut;
        if (Reordered(holder, expected) is { } order) return order;
        return Deviation(holder, expected);
    }

    static NameRule SameWords(NameForm holder, NameForm expected)
    {
        if (holder.MarkedWords.AsSpan().SequenceEqual(expected.MarkedWords)) return NameRule.Exact;
        if (MarksAgree(holder, expected)) return NameRule.ExactUnaccented;
        return MarksWereLost(holder, expected) ? NameRule.MarksPartlyLost : NameRule.AccentsDiffer;
    }

    // One side without marks says nothing about them; only a Đ where the other side has a plain D does.
    static bool MarksAgree(NameForm left, NameForm right)
    {
        if (left.HasMarks && right.HasMarks) return left.MarkedWords.AsSpan().SequenceEqual(right.MarkedWords);
        var (bare, marked) = left.HasMarks ? (right, left) : (left, right);
        for (var i = 0; i < bare.Words.Length; i++)
        {
            for (var at = 0; at < bare.Words[i].Length; at++)
                if (at < marked.MarkedWords[i].Length && bare.Words[i][at] == 'D' && bare.MarkedWords[i][at] == 'Đ' && marked.MarkedWords[i][at] != 'Đ') return false;
        }

        // Who types a Đ has marks at hand: Đinh Quang Hai is a whole name and not Đinh Quang Hải, unless the family name shows that marks were lost (ĐO for ĐỖ).
        return !marked.HasMarks || !bare.MarkedWords.Any(word => word.Contains('Đ', StringComparison.Ordinal)) || !VietnameseSpelling.IsFamilyWithMarks(Printed(bare, 0));
    }

    // Lê Văn Tân for Lê Văn Tấn is another name; Nguyên Van Hung for Nguyễn Văn Hùng lost marks everywhere. What tells them apart is the family name: when it lost its marks too, so did the rest.
    static bool MarksWereLost(NameForm holder, NameForm expected)
    {
        for (var i = 0; i < holder.Words.Length; i++)
            if (!IsWithin(holder.MarkedWords[i], expected.MarkedWords[i])) return false;
        if (holder.MarkedWords[^1] == expected.MarkedWords[^1]) return true;
        var tonesLeft = holder.MarkedWords.Any(HasTone);
        return !tonesLeft && holder.MarkedWords[0] != expected.MarkedWords[0] && VietnameseSpelling.IsFamilyWithMarks(Printed(expected, 0)) && !VietnameseSpelling.IsFamilyWithMarks(Printed(holder, 0));
    }

    static string Printed(NameForm name, int word) => name.Accented.Split(' ')[word];

    static bool HasTone(string marked) => marked[^1] is '\u0300' or '\u0301' or '\u0303' or '\u0309' or '\u0323';

    // True when a word has no mark the other has not: letter by letter the same or the plain letter, the tone the same or none.
    static bool IsWithin(string less, string more)
    {
        if (HasTone(less) && less[^1] != more[^1]) return false;
        var (left, right) = (HasTone(less) ? less[..^1] : less, HasTone(more) ? more[..^1] : more);
        if (left.Length != right.Length) return false;
        for (var i = 0; i < left.Length; i++)
            if (left[i] != right[i] && left[i] > '~') return false;
        return true;
    }

    static bool SameButForIOrY(NameForm holder, NameForm expected)
    {
        if (holder.Words.Length != expected.Words.Length) return false;
        var bare = !holder.HasMarks || !expected.HasMarks;
        for (var i = 0; i < holder.Words.Length; i++)
        {
            var (left, right) = (holder.Words[i], expected.Words[i]);
            if (left == right)
            {
                if (!bare && holder.MarkedWords[i] != expected.MarkedWords[i]) return false;
                continue;
            }

            if (!VietnameseSpelling.TakesIOrY(left) || !VietnameseSpelling.TakesIOrY(right) || left[..^1] != right[..^1]) return false;
            if (!bare && holder.MarkedWords[i].Replace('Y', 'I') != expected.MarkedWords[i].Replace('Y', 'I')) return false;
        }

        return true;
    }

    static bool IsTyped(NameForm holder, NameForm expected) =>
        !holder.HasMarks && holder.Words.Length == expected.Words.Length && (IsTyped(holder, expected, TypingCodes.Telex) || IsTyped(holder, expected, TypingCodes.Vni));

    static bool IsTyped(NameForm holder, NameForm expected, Func<string, string?> decode)
    {
        for (var i = 0; i < holder.Words.Length; i++)
        {
            if (holder.Words[i] == expected.Words[i]) continue;
            if (decode(holder.Words[i]) is not { } meant || meant != expected.MarkedWords[i]) return false;
        }

        return true;
    }

    // The same letters with fewer breaks on one side. Breaks in other places (Hoa Nhi, Hoan Hi) are another name.
    static bool BreaksDiffer(NameForm holder, NameForm expected)
    {
        var (left, right) = (holder.Words, expected.Words);
        if (left.Length == right.Length || !string.Concat(left).Equals(string.Concat(right), StringComparison.Ordinal)) return false;
        var (many, few) = left.Length > right.Length ? (left, right) : (right, left);
        if (!Breaks(few).All(Breaks(many).Contains)) return false;
        return !holder.HasMarks || !expected.HasMarks || SameLetters(holder, expected);
    }

    static HashSet<int> Breaks(string[] words)
    {
        var (found, at) = (new HashSet<int>(), 0);
        foreach (var word in words) found.Add(at += word.Length);
        return found;
    }

    // With the breaks gone the tones cannot stand behind their syllables: compared as printed, without blanks.
    static bool SameLetters(NameForm left, NameForm right) => left.Accented.Replace(" ", "", StringComparison.Ordinal) == right.Accented.Replace(" ", "", StringComparison.Ordinal);

    static NameRule? IsCut(NameForm holder, NameForm expected)
    {
        if (expected.Original.Length <= CutLengths[0]) return null;
        foreach (var length in CutLengths)
        {
            var whole = BankText.Name(expected.Original, NameForm.LengthMax).Text;
            if (whole.Length <= length) continue;
            var cut = NameForm.Of(BankText.Name(expected.Original, length).Text);
            if (cut.Key != holder.Key) continue;
            if (holder.HasMarks && !holder.MarkedWords.AsSpan(0, holder.Words.Length - 1).SequenceEqual(expected.MarkedWords.AsSpan(0, holder.Words.Length - 1))) return NameRule.AccentsDiffer;
            // The end must fall into the last word, or the given name is a guess.
            return holder.Words.Length == expected.Words.Length ? NameRule.CutOff : NameRule.TooMuchLost;
        }

        return null;
    }

    static NameRule? Reordered(NameForm holder, NameForm expected)
    {
        var count = holder.Words.Length;
        if (count != expected.Words.Length || count < 2) return null;
        if (!holder.Words.Order(StringComparer.Ordinal).SequenceEqual(expected.Words.Order(StringComparer.Ordinal), StringComparer.Ordinal)) return null;
        return IsGivenFirst(holder, expected) ? NameRule.OtherOrder : NameRule.WordsReordered;
    }

    // A bank that thinks in first and last names writes the given name first. Only that is an order of the same name; and only where what results is not a name of its own, as MAI THI LE is.
    static bool IsGivenFirst(NameForm holder, NameForm expected)
    {
        var count = holder.Words.Length;
        if (!VietnameseSpelling.IsFamily(expected.Words[0])) return false;
        if (titles.Contains(holder.Words[0]) || VietnameseSpelling.IsReadAsFamily(holder.Words[0]) && !VietnameseSpelling.IsNeverGiven(holder.Words[^1])) return false;
        for (var turn = 1; turn < count; turn++)
            if (Follows(holder, expected, i => (i + turn) % count)) return true;
        return Follows(holder, expected, i => count - 1 - i) || Follows(holder, expected, i => i == 0 ? count - 1 : i == count - 1 ? 0 : i);
    }

    static bool Follows(NameForm holder, NameForm expected, Func<int, int> placeOf)
    {
        var bare = !holder.HasMarks || !expected.HasMarks;
        for (var i = 0; i < holder.Words.Length; i++)
        {
            var at = placeOf(i);
            if (bare ? holder.Words[i] != expected.Words[at] : holder.MarkedWords[i] != expected.MarkedWords[at]) return false;
        }

        return true;
    }

    static bool Untitled(NameForm holder, NameForm expected) => Without(holder) is { } name && IsPlain(name, expected) || Without(expected) is { } other && IsPlain(holder, other);

    // Three words must be left: Ông Văn Tám is a whole name too.
    static NameForm? Without(NameForm name)
    {
        var from = 0;
        while (from < 2 && name.Words.Length - from > 3 && titles.Contains(name.Words[from])) from++;
        return from == 0 || !VietnameseSpelling.IsFamily(name.Words[from]) ? null : name.From(from);
    }

    // The exact rule on a part of a name.
    static bool IsPlain(NameForm holder, NameForm expected) => holder.Key == expected.Key && MarksAgree(holder, expected);

    static bool HoldsJointly(NameForm holder, NameForm expected)
    {
        for (var at = 1; at < holder.Words.Length - 1; at++)
        {
            // VA may also be a family name or the end of one: the other holder must have a family name, and both at least two words.
            if (!joins.Contains(holder.Words[at]) || at < 2 || holder.Words.Length - at - 1 < 2) continue;
            var (first, second) = (holder.Part(0, at), holder.From(at + 1));
            if (HasFamily(second) && IsPlainOrTitled(first, expected)) return true;
            if (HasFamily(first) && IsPlainOrTitled(second, expected)) return true;
        }

        return false;
    }

    static bool HasFamily(NameForm name) => VietnameseSpelling.IsFamily((Without(name) ?? name).Words[0]);

    static bool IsPlainOrTitled(NameForm holder, NameForm expected) => IsPlain(holder, expected) || (Without(holder) is { } name && IsPlain(name, expected));

    static NameRule WithLostLetters(NameForm holder, NameForm expected)
    {
        var (lossy, whole) = holder.Findings.HasFlag(NameFindings.LostLetters) ? (holder, expected) : (expected, holder);
        if (whole.Findings.HasFlag(NameFindings.LostLetters)) return NameRule.TooMuchLost;
        if (lossy.Words.Length != whole.Words.Length) return NameRule.TooMuchLost;
        for (var i = 0; i < lossy.Words.Length; i++)
        {
            if (!lossy.Words[i].Contains('?', StringComparison.Ordinal))
            {
                if (lossy.Words[i] != whole.Words[i]) return NameRule.Different;
                // Where letters with marks were lost, a word that came whole has none; with marks on both sides they must agree.
                if (lossy.HasMarks && whole.HasMarks && lossy.MarkedWords[i] != whole.MarkedWords[i] && HasOwnMarks(lossy.MarkedWords[i])) return NameRule.AccentsDiffer;
            }
            else if (!VietnameseSpelling.FitsPattern(lossy.Words[i], 0, whole.Words[i], 0)) return NameRule.Different;
        }

        var given = lossy.Words[^1].Contains('?', StringComparison.Ordinal);
        var family = lossy.Words[0].Contains('?', StringComparison.Ordinal) && !VietnameseSpelling.IsOneFamily(lossy.Words[0]);
        // A whole given name that should have lost its marks with the others (HOA beside NGUY?N, for Hoà) is not the same word.
        var kept = whole.HasMarks && !given && HasOwnMarks(whole.MarkedWords[^1]) && !HasOwnMarks(lossy.MarkedWords[^1]);
        return given || family || kept ? NameRule.TooMuchLost : NameRule.LostLetters;
    }

    static bool HasOwnMarks(string marked) => marked.Any(c => c > '~');

    // What is wrong with one word, or with the number of words.
    static NameRule Deviation(NameForm holder, NameForm expected)
    {
        var (left, right) = (holder.Words, expected.Words);
        if (IsInitials(left, right) || IsInitials(right, left)) return NameRule.Initials;
        if (left.Length != right.Length) return IsSubsequence(left, right) || IsSubsequence(right, left) ? NameRule.MissingWord : NameRule.Different;
        var wrong = -1;
        for (var i = 0; i < left.Length; i++)
        {
            if (left[i] == right[i]) continue;
            if (wrong >= 0 || Distance(left[i], right[i]) != 1) return NameRule.Different;
            wrong = i;
        }

        return IsSlip(holder, expected, wrong) ? NameRule.OneTypo : NameRule.OneLetter;
    }

    // A slip makes something that is no syllable. In the given name it must also point to one name only: LANM may be Lan and Lam.
    static bool IsSlip(NameForm holder, NameForm expected, int at)
    {
        var (typed, meant) = (holder.Words[at], expected.Words[at]);
        if (VietnameseSpelling.IsSyllable(typed) || !VietnameseSpelling.IsSyllable(meant)) return false;
        for (var i = 0; i < holder.Words.Length; i++)
            if (i != at && holder.HasMarks && expected.HasMarks && holder.MarkedWords[i] != expected.MarkedWords[i]) return false;
        if (at < holder.Words.Length - 1) return true;
        // HUNGF is no slip but Hùng in Telex, and so not Hưng.
        return TypingCodes.Telex(typed) is null && TypingCodes.Vni(typed) is null && VietnameseSpelling.SyllablesBeside(typed).SequenceEqual([meant]);
    }

    static bool IsInitials(string[] shorter, string[] longer)
    {
        if (shorter.Length != longer.Length) return false;
        var found = false;
        for (var i = 0; i < shorter.Length; i++)
        {
            if (shorter[i] == longer[i]) continue;
            if (shorter[i].Length > 2 || !longer[i].StartsWith(shorter[i], StringComparison.Ordinal)) return false;
            found = true;
        }

        return found;
    }

    static bool IsSubsequence(string[] part, string[] whole)
    {
        var at = 0;
        foreach (var word in whole)
            if (at < part.Length && part[at] == word) at++;
        return at == part.Length && part.Length > 0;
    }

    /// <summary>0 to 100: the words of the shorter name paired with those they are closest to, each once.</summary>
    static int Likeness(string[] left, string[] right)
    {
        if (left.Length == 0 || right.Length == 0) return 0;
        var pairs = (from i in Enumerable.Range(0, left.Length)
                     from j in Enumerable.Range(0, right.Length)
                     select (i, j, likeness: Likeness(left[i], right[j]))).OrderByDescending(pair => pair.likeness).ThenBy(pair => pair.i).ThenBy(pair => pair.j);
        var (usedLeft, usedRight, sum) = (new HashSet<int>(), new HashSet<int>(), 0);
        foreach (var (i, j, likeness) in pairs)
        {
            if (usedLeft.Contains(i) || usedRight.Contains(j)) continue;
            usedLeft.Add(i);
            usedRight.Add(j);
            sum += likeness;
        }

        return 2 * sum / (left.Length + right.Length);
    }

    /// <summary>100 for the same word, less for each letter that must be changed, added, taken away or exchanged with its neighbour.</summary>
    static int Likeness(string left, string right)
    {
        var longest = Math.Max(left.Length, right.Length);
        return 100 * (longest - Distance(left, right)) / longest;
    }

    // Letters changed, added, taken away, or two neighbours exchanged.
    static int Distance(string left, string right)
    {
        var (before, row, next) = (new int[right.Length + 1], new int[right.Length + 1], new int[right.Length + 1]);
        for (var j = 0; j <= right.Length; j++) row[j] = j;
        for (var i = 1; i <= left.Length; i++)
        {
            next[0] = i;
            for (var j = 1; j <= right.Length; j++)
            {
                var cost = left[i - 1] == right[j - 1] ? 0 : 1;
                next[j] = Math.Min(Math.Min(row[j] + 1, next[j - 1] + 1), row[j - 1] + cost);
                if (i > 1 && j > 1 && left[i - 1] == right[j - 2] && left[i - 2] == right[j - 1]) next[j] = Math.Min(next[j], before[j - 2] + 1);
            }

            (before, row, next) = (row, next, before);
        }

        return row[right.Length];
    }
}
