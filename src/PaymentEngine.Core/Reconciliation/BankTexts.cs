namespace PaymentEngine.Core.Reconciliation;

/// <summary>A reviewed rule: a bank that writes this phrase means this reason.</summary>
/// <param name="Phrase">As people write it, with or without marks.</param>
/// <param name="Code">Of the external lists, or <see cref="ReasonPolicy.Success"/>.</param>
/// <param name="Confidence">Of 100, for the phrase written without a fault.</param>
/// <param name="Source">Where the rule stands: <c>codes/bank-texts.csv:12</c>, <c>profile agribank</c>, <c>decision 3</c>.</param>
public sealed record BankTextRule(string Phrase, string Code, int Confidence, string Source);

/// <summary>What a text was read as.</summary>
/// <param name="Code">The reason; null: no rule knows the text, and a person reads it.</param>
/// <param name="Confidence">Of 100; 0 when no rule knows the text.</param>
/// <param name="Rule">The rule that decided.</param>
/// <param name="IsSure">At least <see cref="BankTexts.SureFrom"/>, and no other rule reads the text as something of another class.</param>
public readonly record struct BankTextReading(string? Code, int Confidence, BankTextRule? Rule, bool IsSure);

/// <summary>
/// Reads banks' free texts (Vietnamese with or without marks, English) as reasons, by reviewed phrases and with a confidence. A text never gets more power than
/// the class of its reason, and one that is not surely read never lets money go out again by itself.
/// </summary>
/// <remarks>
/// A phrase is looked for word by word anywhere in the text, in its order. Cost of a fault: 1 for each letter (put in, left out, changed, swapped; none in a word of
/// up to three letters unless the phrase has four words or more, one up to six letters, two beyond), ¼ for a filler word between ("đã", "bị", "người hưởng"), for
/// words written together or a word typed in Telex, ½ for a small word (đã, bị) left out or a word cut in two, 2 for any other word between (at most one, and in phrases of four words or more). A word that some phrase has is never a slip of another. A negation
/// between, or before a phrase that does not begin with one, is another sentence. At most 1 + one tenth of the phrase's letters is forgiven, and ½ in a phrase of up
/// to eight letters;
/// confidence = the rule's − 4 × cost. A phrase inside a longer one that was found does not count. Of several, the strictest reason decides.
/// </remarks>
public sealed class BankTexts
{
    /// <summary>From here a text counts as read; below a person reads it.</summary>
    public const int MappedFrom = 70;

    /// <summary>From here a text counts like a code.</summary>
    public const int SureFrom = 90;

    readonly ReasonPolicy policy;
    readonly List<(string[] Words, int Letters, BankTextRule Rule)> phrases = [];
    readonly HashSet<string> vocabulary = new(StringComparer.Ordinal);
    readonly Dictionary<string, BankTextReading> read = new(StringComparer.Ordinal);
    readonly Lock gate = new();

    /// <param name="rules">In any order; of two rules for one phrase the later stands.</param>
    /// <param name="policy">Says what a code means, and which of several is the strictest.</param>
    public BankTexts(IEnumerable<BankTextRule> rules, ReasonPolicy policy)
    {
        this.policy = policy;
        var places = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var rule in rules)
        {
            var words = BankTextWords.Of(rule.Phrase).ToArray();
            if (words.Length == 0) continue;
            var entry = (words, words.Sum(word => word.Length), rule);
            var key = string.Join(' ', words);
            if (places.TryGetValue(key, out var place)) phrases[place] = entry;
            else
            {
                places.Add(key, phrases.Count);
                phrases.Add(entry);
            }

            foreach (var word in words) vocabulary.Add(word);
        }
    }

    /// <summary>All rules that stand.</summary>
    public IEnumerable<BankTextRule> Rules => phrases.Select(phrase => phrase.Rule);

    /// <summary>Reads a text. The same text is read once.</summary>
    public BankTextReading Read(string? text)
    {
        if (string.IsNullOrWhiteSpace(text)) return default;
        lock (gate)
        {
            if (read.TryGetValue(text, out var known)) return known;
            if (read.Count > 10_000) read.Clear();
            return read[text] = ReadNew(text);
        }
    }

    BankTextReading ReadNew(string text)
    {
        var words = BankTextWords.Of(text);
        if (words.Count == 0) return default;
        var telex = new bool[words.Count];
        var isWord = new bool[words.Count];
        for (var i = 0; i < words.Count; i++)
        {
            isWord[i] = vocabulary.Contains(words[i]);
            if (isWord[i]) continue;
            // A slip must not hide a negation; but a slip of another word is no negation.
            if (words[i].Length >= 4 && BankTextWords.Distance("KHONG", words[i], 1) <= 1 && !vocabulary.Any(known => known != "KHONG" && BankTextWords.Distance(known, words[i], 1) <= 1)) words[i] = "KHONG";
            if (BankTextWords.FromTelex(words[i]) is not { } typed || !vocabulary.Contains(typed)) continue;
            (words[i], telex[i]) = (typed, true);
        }

        var found = new List<(int Start, int End, double Weight, int Confidence, BankTextRule Rule)>();
        foreach (var (phrase, letters, rule) in phrases)
        {
            if (Find(phrase, letters, words, telex, isWord) is not var (start, end, cost)) continue;
            var confidence = rule.Confidence - (int)Math.Ceiling(4 * cost);
            if (confidence >= MappedFrom) found.Add((start, end, words.Skip(start).Take(end - start).Sum(word => word.Length) - (4 * cost), confidence, rule));
        }

        // The longer phrase says more: one that stands inside it is part of it. Of two over the same words the one with fewer faults is meant.
        var within = found.Where(one => found.Any(other => other.Rule != one.Rule && other.Start <= one.Start && other.End >= one.End && other.Weight > one.Weight)).ToList();
        found.RemoveAll(within.Contains);
        // "The bank refuses" and "success" say nothing beside a reason.
        if (found.Exists(one => !IsGeneral(one.Rule.Code))) found.RemoveAll(one => IsGeneral(one.Rule.Code));
        if (found.Count == 0) return default;
        var strictest = CaseRules.Strictest(found.Select(one => (string?)one.Rule.Code), policy);
        var best = found.Where(one => one.Rule.Code == strictest.Code).MaxBy(one => one.Confidence);
        var agreed = found.All(one => policy.For(one.Rule.Code).Class == strictest.Class);
        return new BankTextReading(strictest.Code, best.Confidence, best.Rule, agreed && best.Confidence >= SureFrom);
    }

    static bool IsGeneral(string code) => code is "MS03" or ReasonPolicy.Success;

    /// <summary>The cheapest place of a phrase in a text, or null when it is not there.</summary>
    static (int Start, int End, double Cost)? Find(string[] phrase, int letters, List<string> text, bool[] telex, bool[] isWord)
    {
        // A phrase of a few letters is one slip away from too many others.
        var most = letters <= 8 ? 0.5 : 1 + (letters / 10.0);
        var (m, n) = (phrase.Length, text.Count);
        var cost = new double[m + 1, n + 1];
        var start = new int[m + 1, n + 1];
        var others = new byte[m + 1, n + 1]; // words between that are no fillers
        for (var i = 0; i <= m; i++)
            for (var j = 0; j <= n; j++) (cost[i, j], start[i, j]) = (i == 0 ? 0 : double.PositiveInfinity, j);
        for (var j = 0; j <= n; j++)
        {
            for (var i = 0; i < m; i++)
            {
                var here = cost[i, j];
                if (here > most) continue;
                // A filler word of the phrase is missing, but never its first.
                if (i > 0 && BankTextWords.MayBeMissing(phrase[i])) Reach(i + 1, j, here + 0.5, i, j, 0);
                if (j == n) continue;
                var word = text[j];
                if (WordCost(phrase[i], word, m, isWord[j]) is { } one) Reach(i + 1, j + 1, here + one + (telex[j] ? 0.25 : 0), i, j, 0);
                // Words written together: the rest of the phrase, or a part of it, in one word.
                if (word.Length > 6 && i + 1 < m)
                {
                    var glued = phrase[i];
                    for (var k = i + 1; k < m && glued.Length < word.Length + 1; k++)
                    {
                        glued += phrase[k];
                        if (BankTextWords.Distance(glued, word, 1) is var apart and <= 1) Reach(k + 1, j + 1, here + 0.25 + apart, i, j, 0);
                    }
                }

                // A word cut in two.
                if (j + 1 < n && phrase[i].Length >= 4 && word.Length + text[j + 1].Length == phrase[i].Length && phrase[i].StartsWith(word, StringComparison.Ordinal) && phrase[i].EndsWith(text[j + 1], StringComparison.Ordinal))
                    Reach(i + 1, j + 2, here + 0.5, i, j, 0);
                if (i == 0 || BankTextWords.IsNegation(word)) continue;
                if (BankTextWords.IsFiller(word)) Reach(i, j + 1, here + 0.25, i, j, 0);
                else if (m >= 4 && others[i, j] == 0) Reach(i, j + 1, here + 2, i, j, 1);
            }
        }

        (int Start, int End, double Cost)? best = null;
        for (var j = 1; j <= n; j++)
            if (cost[m, j] <= most && !Negated(phrase[0], text, start[m, j]) && (best is not { } known || cost[m, j] < known.Cost)) best = (start[m, j], j, cost[m, j]);
        return best;

        void Reach(int i, int j, double sum, int fromI, int fromJ, byte more)
        {
            if (sum > most || sum >= cost[i, j]) return;
            cost[i, j] = sum;
            start[i, j] = fromI == 0 ? fromJ : start[fromI, fromJ];
            others[i, j] = (byte)(others[fromI, fromJ] + more);
        }
    }

    static double? WordCost(string said, string word, int phraseWords, bool isWord)
    {
        if (said == word) return 0;
        if (isWord) return null; // a word of its own is no slip of another
        // A negation is never a typing fault of another word, nor the other way round.
        if (BankTextWords.IsNegation(said) && said.Length < 4) return null;
        var most = said.Length switch { < 3 => 0, 3 => phraseWords >= 4 ? 1 : 0, <= 6 => 1, _ => 2 };
        if (most == 0 || word.Length < 2 || IsOtherSyllable(said, word)) return null;
        var apart = BankTextWords.Distance(said, word, most);
        return apart <= most ? apart : null;
    }

    /// <summary>Short Vietnamese words that differ in one vowel only are two words (đóng, đúng), not a slip of the finger.</summary>
    static bool IsOtherSyllable(string said, string word)
    {
        if (said.Length != word.Length || said.Length > 5) return false;
        var at = -1;
        for (var i = 0; i < said.Length; i++)
        {
            if (said[i] == word[i]) continue;
            if (at >= 0) return false;
            at = i;
        }

        return at >= 0 && IsVowel(said[at]) && IsVowel(word[at]);

        static bool IsVowel(char c) => c is 'A' or 'E' or 'I' or 'O' or 'U' or 'Y';
    }

    static bool Negated(string first, List<string> text, int start)
    {
        if (BankTextWords.IsNegation(first)) return false;
        for (var at = start - 1; at >= 0 && at >= start - 2; at--)
        {
            if (BankTextWords.IsNegation(text[at])) return true;
            if (!BankTextWords.IsFiller(text[at])) return false;
        }

        return false;
    }
}
