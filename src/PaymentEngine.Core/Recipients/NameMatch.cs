using PaymentEngine.Core.Payments;

namespace PaymentEngine.Core.Recipients;

/// <summary>How well the holder of an account fits the person who is to be paid. A figure for people: it refuses nothing by itself but asks for a reason.</summary>
public static class NameMatch
{
    /// <summary>From here on two names count as the same; below it a person says in writing why the account is right.</summary>
    public const int Same = 90;

    const int InAnotherOrder = 95;
    const int NameLengthMax = 200;

    // What banks and counters put before a name; it is no part of it.
    static readonly HashSet<string> Titles = new(StringComparer.Ordinal) { "ONG", "BA", "MR", "MRS", "MS", "CO", "ANH", "CHI" };

    /// <summary>0 to 100: 100 for the same name without marks and case, 95 for the same words in another order, at most 89 for anything else, however close.</summary>
    /// <remarks>Lan and Lam are two people: one letter is never enough to call names the same, and a missing middle name is not either.</remarks>
    public static int Score(string holder, string expected)
    {
        var (left, right) = (Words(holder), Words(expected));
        if (left.Count == 0 || right.Count == 0) return 0;
        if (left.SequenceEqual(right, StringComparer.Ordinal) || string.Concat(left) == string.Concat(right)) return 100;
        if (left.Order(StringComparer.Ordinal).SequenceEqual(right.Order(StringComparer.Ordinal), StringComparer.Ordinal)) return InAnotherOrder;
        // Each word of the shorter name with the word it is closest to, each word once, the closest pairs first.
        var pairs = (from i in Enumerable.Range(0, left.Count)
                     from j in Enumerable.Range(0, right.Count)
                     select (i, j, likeness: Likeness(left[i], right[j]))).OrderByDescending(pair => pair.likeness).ThenBy(pair => pair.i).ThenBy(pair => pair.j);
        var (usedLeft, usedRight, sum) = (new HashSet<int>(), new HashSet<int>(), 0);
        foreach (var (i, j, likeness) in pairs)
        {
            if (usedLeft.Contains(i) || usedRight.Contains(j)) continue;
            usedLeft.Add(i);
            usedRight.Add(j);
            sum += likeness;
        }

        return Math.Min(Same - 1, 2 * sum / (left.Count + right.Count));
    }

    static List<string> Words(string name)
    {
        var words = BankText.Name(name, NameLengthMax).Text.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(word => string.Concat(word.Where(char.IsAsciiLetterOrDigit))).Where(word => word.Length > 0).ToList();
        // A title stands first; a person whose only word is one keeps it.
        while (words.Count > 1 && Titles.Contains(words[0])) words.RemoveAt(0);
        return words;
    }

    /// <summary>100 for the same word, less for each letter that must be changed, added or taken away.</summary>
    static int Likeness(string left, string right)
    {
        var row = new int[right.Length + 1];
        for (var j = 0; j <= right.Length; j++) row[j] = j;
        for (var i = 1; i <= left.Length; i++)
        {
            var before = row[0];
            row[0] = i;
            for (var j = 1; j <= right.Length; j++)
            {
                var above = row[j];
                row[j] = Math.Min(Math.Min(row[j] + 1, row[j - 1] + 1), before + (left[i - 1] == right[j - 1] ? 0 : 1));
                before = above;
            }
        }

        var longest = Math.Max(left.Length, right.Length);
        return 100 * (longest - row[right.Length]) / longest;
    }
}
