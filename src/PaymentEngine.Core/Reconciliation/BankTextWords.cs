using System.Collections.Frozen;
using System.Text;
using PaymentEngine.Core.Payments;

namespace PaymentEngine.Core.Reconciliation;

/// <summary>A bank's free text as words that can be compared: without marks, upper case, abbreviations written out, figures and ids left out.</summary>
public static class BankTextWords
{
    /// <summary>More words than this of one text are not read: a reason is a sentence, not a page.</summary>
    public const int WordsMax = 60;

    /// <summary>Words that may be missing from a phrase without changing what is said.</summary>
    static readonly FrozenSet<string> Small = FrozenSet.ToFrozenSet(["DA", "BI", "DANG", "CUA", "IS", "HAS", "BEEN", "THE"]);

    /// <summary>Words that may stand between the words of a phrase without changing what is said.</summary>
    static readonly FrozenSet<string> Fillers = FrozenSet.ToFrozenSet(
    [
        "DA", "BI", "DANG", "DUOC", "CUA", "NAY", "SO", "NGUOI", "THU", "HUONG", "NHAN", "KHACH", "HANG", "CHU", "VE", "CHO", "HIEN", "VAN", "DO", "O", "LA", "IS", "HAS", "BEEN", "OF",
    ]);

    /// <summary>Words that turn a sentence round: never passed over.</summary>
    static readonly FrozenSet<string> Negations = FrozenSet.ToFrozenSet(["KHONG", "CHUA", "CHANG", "NOT", "NO", "CANNOT", "NEVER"]);

    // As clerks and core banking systems write them. Each stands for one thing only; TT and PT, which stand for several, are left alone.
    static readonly FrozenDictionary<string, string> Abbreviations = new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["TK"] = "TAI KHOAN", ["TKHOAN"] = "TAI KHOAN", ["STK"] = "SO TAI KHOAN", ["SOTK"] = "SO TAI KHOAN", ["SHTK"] = "SO TAI KHOAN", ["CTK"] = "CHU TAI KHOAN", ["TENTK"] = "TEN TAI KHOAN",
        ["TKTH"] = "TAI KHOAN THU HUONG", ["TKTT"] = "TAI KHOAN", ["TKTG"] = "TAI KHOAN",
        ["KO"] = "KHONG", ["K"] = "KHONG", ["KG"] = "KHONG", ["KHG"] = "KHONG", ["HK"] = "KHONG", ["HOK"] = "KHONG",
        ["KH"] = "KHACH HANG", ["KHANG"] = "KHACH HANG", ["NH"] = "NGAN HANG", ["NHANG"] = "NGAN HANG", ["NHTH"] = "NGAN HANG THU HUONG", ["NHNN"] = "NGAN HANG NHA NUOC", ["NTH"] = "NGUOI THU HUONG",
        ["NGHUONG"] = "NGUOI HUONG", ["NHUONG"] = "NGUOI HUONG", ["NGTH"] = "NGUOI THU HUONG", ["THUHUONG"] = "THU HUONG", ["GD"] = "GIAO DICH", ["GDICH"] = "GIAO DICH", ["CN"] = "CHI NHANH",
        ["HM"] = "HAN MUC", ["ND"] = "NOI DUNG", ["DC"] = "DUOC", ["LL"] = "LIEN LAC", ["HT"] = "HE THONG", ["CMT"] = "CMND", ["CCCD"] = "CMND", ["CK"] = "CHUYEN KHOAN",
        ["SD"] = "SO DU", ["YC"] = "YEU CAU", ["HTHONG"] = "HE THONG", ["TCONG"] = "THANH CONG", ["TC"] = "THANH CONG",
        ["ACC"] = "ACCOUNT", ["ACCT"] = "ACCOUNT", ["ACCNT"] = "ACCOUNT", ["BENE"] = "BENEFICIARY", ["BEN"] = "BENEFICIARY", ["BENEF"] = "BENEFICIARY", ["TXN"] = "TRANSACTION", ["TRX"] = "TRANSACTION",
        ["NBR"] = "NUMBER", ["NUM"] = "NUMBER",
    }.ToFrozenDictionary(StringComparer.Ordinal);

    public static bool IsFiller(string word) => Fillers.Contains(word);

    public static bool MayBeMissing(string word) => Small.Contains(word);

    public static bool IsNegation(string word) => Negations.Contains(word);

    /// <summary>The words of a text, at most <see cref="WordsMax"/>: letters only, an abbreviation as what it stands for. Words with figures (ids, accounts, days) say nothing about a reason.</summary>
    public static List<string> Of(string text)
    {
        var words = new List<string>();
        var plain = BankText.Text(text.Length > 2000 ? text[..2000] : text, 2000).Text.ToUpperInvariant();
        var at = 0;
        while (at < plain.Length && words.Count < WordsMax)
        {
            var end = at;
            while (end < plain.Length && char.IsAsciiLetterOrDigit(plain[end])) end++;
            if (end == at)
            {
                at++;
                continue;
            }

            var word = plain[at..end];
            // "T.K" and "A/C" are one word, and so is a zero for "không".
            if (word.Length == 1 && end + 1 < plain.Length && plain[end] is '.' or '/' && char.IsAsciiLetter(plain[end + 1]) && (end + 2 == plain.Length || !char.IsAsciiLetterOrDigit(plain[end + 2])))
            {
                word += plain[end + 1];
                end += 2;
                if (word == "AC") word = "ACCOUNT";
            }

            at = end;
            Add(words, word);
        }

        return words;
    }

    static void Add(List<string> words, string word)
    {
        if (word == "0") word = "KHONG";
        if (Abbreviations.TryGetValue(word, out var whole))
        {
            foreach (var part in whole.Split(' ')) words.Add(part);
            return;
        }

        if (!word.Any(char.IsAsciiDigit)) words.Add(word);
        // VNI figures typed without the program that turns them into marks: ta2i khoa3n.
        else if (word.Length <= 10 && char.IsAsciiLetter(word[0]) && word.Count(char.IsAsciiDigit) <= 2 && word.Count(char.IsAsciiLetter) >= 2 && word.All(c => char.IsAsciiLetter(c) || c is >= '1' and <= '9'))
            words.Add(string.Concat(word.Where(char.IsAsciiLetter)));
    }

    /// <summary>A word typed by Telex without the program that turns it into marks: <c>KHOONG</c>, <c>TAIF</c>, <c>KHOANR</c>; null when it does not look like one.</summary>
    public static string? FromTelex(string word)
    {
        if (word.Length < 3) return null;
        var built = new StringBuilder(word.Length);
        for (var i = 0; i < word.Length; i++)
        {
            var c = word[i];
            if (i > 0 && c == word[i - 1] && c is 'A' or 'E' or 'O' or 'D') continue;
            if (i > 0 && c == 'W') continue;
            if (i > 0 && i == word.Length - 1 && c is 'S' or 'F' or 'R' or 'X' or 'J') continue;
            built.Append(c);
        }

        return built.Length < word.Length && built.Length > 1 ? built.ToString() : null;
    }

    /// <summary>Letters put in, left out, changed, or swapped with their neighbour; more than <paramref name="most"/> is <paramref name="most"/> + 1.</summary>
    public static int Distance(string left, string right, int most)
    {
        if (Math.Abs(left.Length - right.Length) > most) return most + 1;
        Span<int> older = stackalloc int[right.Length + 1];
        Span<int> before = stackalloc int[right.Length + 1];
        Span<int> row = stackalloc int[right.Length + 1];
        for (var j = 0; j <= right.Length; j++) before[j] = j;
        for (var i = 1; i <= left.Length; i++)
        {
            row[0] = i;
            var best = row[0];
            for (var j = 1; j <= right.Length; j++)
            {
                var cost = Math.Min(before[j - 1] + (left[i - 1] == right[j - 1] ? 0 : 1), Math.Min(before[j], row[j - 1]) + 1);
                if (i > 1 && j > 1 && left[i - 1] == right[j - 2] && left[i - 2] == right[j - 1]) cost = Math.Min(cost, older[j - 2] + 1);
                row[j] = cost;
                best = Math.Min(best, cost);
            }

            if (best > most) return most + 1;
            before.CopyTo(older);
            row.CopyTo(before);
        }

        return Math.Min(before[right.Length], most + 1);
    }
}
