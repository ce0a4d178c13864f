using System.Collections.Frozen;

namespace PaymentEngine.Core.Recipients.Names;

/// <summary>What Vietnamese spelling allows, without marks: syllables, where a tone stands, i and y, family names.</summary>
/// <remarks>General knowledge, unverified; used only to tell a slip of the pen from another name.</remarks>
static class VietnameseSpelling
{
    static readonly string[] onsets =
        ["", "B", "C", "CH", "D", "G", "GH", "GI", "H", "K", "KH", "L", "M", "N", "NG", "NGH", "NH", "P", "PH", "QU", "R", "S", "T", "TH", "TR", "V", "X"];

    static readonly string[] rimes =
    [
        "A", "AC", "ACH", "AI", "AM", "AN", "ANG", "ANH", "AO", "AP", "AT", "AU", "AY",
        "E", "EC", "EM", "EN", "ENG", "EO", "EP", "ET", "ECH", "ENH", "EU",
        "I", "IA", "ICH", "IEC", "IEM", "IEN", "IENG", "IEP", "IET", "IEU", "IM", "IN", "INH", "IP", "IT", "IU",
        "O", "OA", "OAC", "OACH", "OAI", "OAM", "OAN", "OANG", "OANH", "OAT", "OAY", "OAO", "OC", "OE", "OEN", "OEO", "OET", "OI", "OM", "ON", "ONG", "OP", "OT", "OOC", "OONG",
        "U", "UA", "UAN", "UANG", "UAT", "UAY", "UC", "UE", "UECH", "UENH", "UI", "UM", "UN", "UNG", "UO", "UOC", "UOI", "UOM", "UON", "UONG", "UOP", "UOT", "UOU", "UP", "UT", "UU", "UY", "UYA", "UYEN", "UYET", "UYNH", "UYT", "UYU", "UYCH",
        "Y", "YEM", "YEN", "YENG", "YET", "YEU", "YNH", "YT",
    ];

    static readonly FrozenSet<string> syllables = onsets.SelectMany(onset => rimes.Select(rime => (onset, rime))).Where(pair => Fits(pair.onset, pair.rime)).Select(pair => pair.onset + pair.rime)
        .Append("GI").ToFrozenSet(StringComparer.Ordinal);

    // With marks, so that a family name that lost them can be told from another word.
    static readonly string[] familyNames =
    [
        "NGUYỄN", "TRẦN", "LÊ", "PHẠM", "HOÀNG", "HUỲNH", "PHAN", "VŨ", "VÕ", "ĐẶNG", "BÙI", "ĐỖ", "HỒ", "NGÔ", "DƯƠNG", "LÝ", "LÍ", "ĐÀO", "ĐOÀN", "VƯƠNG", "TRỊNH", "TRƯƠNG", "ĐINH", "LÂM", "PHÙNG", "MAI", "TÔ", "HÀ", "TẠ", "CAO",
        "THÁI", "CHU", "CHÂU", "LƯƠNG", "LƯU", "TĂNG", "QUÁCH", "TRIỆU", "NGHIÊM", "KIỀU", "KIM", "THẠCH", "DANH", "SƠN", "GIANG", "TỐNG", "HỨA", "THÂN", "ĐẬU", "ĐÀM", "DOÃN", "ÔNG", "CÙ", "VI", "LÒ", "LÔ", "QUÀNG", "CÀ", "LÃ", "LẠI",
        "KHỔNG", "PHÍ", "BẾ", "NÔNG", "MA", "LA", "HOA", "THIỀU", "MẠC", "UÔNG", "ỨNG", "VĂN", "TỪ", "VIÊN", "NHÂM", "TIÊU", "TRÀ", "ĐIỀU", "SÙNG", "GIÀNG", "VÀNG", "THÀO", "LẦU", "CHỬ", "MÙA", "LỤC", "SẦM", "BẠCH", "ÂU", "ĐỒNG", "TÔN",
        "QUẢN", "KHUẤT", "NINH", "AN", "LƯỜNG", "CẦM", "HÀNG", "XỒNG", "MOONG", "CỤT", "KHA",
    ];

    static readonly FrozenSet<string> families = familyNames.ToFrozenSet(StringComparer.Ordinal);
    static readonly string[] familyKeys = [.. familyNames.Select(name => NameForm.Of(name).Words[0]).Distinct(StringComparer.Ordinal)];

    // At the head of a name these are read as the family; rarer ones (Hoa, Thào) as a given name that was put first.
    static readonly FrozenSet<string> readAsFamily = new[]
    {
        "NGUYEN", "TRAN", "LE", "PHAM", "HOANG", "HUYNH", "PHAN", "VU", "VO", "DANG", "BUI", "DO", "HO", "NGO", "DUONG", "LY", "LI", "MAI", "HA", "LAM", "CHAU", "KIM", "SON", "GIANG", "KIEU", "THAI", "CAO", "LUONG", "LUU", "THACH",
        "DANH", "VI", "NINH", "AN", "VAN", "TON", "DINH", "DAO", "DOAN", "TRUONG", "TRINH", "PHUNG", "VUONG", "DAM", "QUACH", "BE", "LA", "NGHIEM", "DONG", "THAN", "TU", "TO", "TA", "CHU",
    }.ToFrozenSet(StringComparer.Ordinal);

    static readonly FrozenSet<string> familyKeySet = familyKeys.ToFrozenSet(StringComparer.Ordinal);

    // A name that ends in one of these was turned round: nobody's given name is Thị or Phạm.
    static readonly FrozenSet<string> neverGiven = new[] { "THI", "PHAM", "HUYNH", "BUI", "NGO", "VO", "DO" }.ToFrozenSet(StringComparer.Ordinal);

    /// <summary>True for a word that could be a Vietnamese syllable, marks aside.</summary>
    public static bool IsSyllable(string word) => syllables.Contains(word);

    /// <summary>The syllables one slip away from a word that is none: a letter wrong, missing, too many, or two exchanged.</summary>
    public static IEnumerable<string> SyllablesBeside(string word)
    {
        var found = new HashSet<string>(StringComparer.Ordinal);
        void Try(string other)
        {
            if (syllables.Contains(other)) found.Add(other);
        }

        for (var i = 0; i <= word.Length; i++)
        {
            if (i < word.Length) Try(word.Remove(i, 1));
            if (i + 1 < word.Length) Try(string.Concat(word.AsSpan(0, i), word.AsSpan(i + 1, 1), word.AsSpan(i, 1), word.AsSpan(i + 2)));
            for (var letter = 'A'; letter <= 'Z'; letter++)
            {
                Try(word.Insert(i, letter.ToString()));
                if (i < word.Length) Try(string.Concat(word.AsSpan(0, i), letter.ToString(), word.AsSpan(i + 1)));
            }
        }

        return found;
    }

    public static bool IsFamily(string word) => familyKeySet.Contains(word);

    public static bool IsReadAsFamily(string word) => readAsFamily.Contains(word);

    /// <summary>True for a family name as printed with its marks.</summary>
    public static bool IsFamilyWithMarks(string printed) => families.Contains(printed);

    public static bool IsNeverGiven(string word) => neverGiven.Contains(word);

    /// <summary>True when one family name alone fits a word with signs of loss.</summary>
    public static bool IsOneFamily(string pattern)
    {
        var fits = 0;
        foreach (var family in familyKeys)
            if (FitsPattern(pattern, 0, family, 0)) fits++;
        return fits == 1;
    }

    /// <summary>True when a word fits one with signs of loss: a run of k signs stands for one to k letters, since one letter may have been up to three bytes.</summary>
    public static bool FitsPattern(string pattern, int at, string word, int from)
    {
        if (at == pattern.Length) return from == word.Length;
        if (pattern[at] != '?') return from < word.Length && pattern[at] == word[from] && FitsPattern(pattern, at + 1, word, from + 1);
        var end = at;
        while (end < pattern.Length && pattern[end] == '?') end++;
        for (var letters = 1; letters <= end - at && from + letters <= word.Length; letters++)
            if (FitsPattern(pattern, end, word, from + letters)) return true;
        return false;
    }

    /// <summary>True when a syllable may be spelt with i or y at its end without being another word: after h, k, l, m, s, t and qu.</summary>
    public static bool TakesIOrY(string word) => word is "HI" or "HY" or "KI" or "KY" or "LI" or "LY" or "MI" or "MY" or "SI" or "SY" or "TI" or "TY" or "QUI" or "QUY";

    /// <summary>The place of the letter that carries the tone in the newer spelling (hoà, thuỷ, quý, già), of a word that has a vowel.</summary>
    /// <param name="key">The word without marks.</param>
    /// <param name="letters">Its letters with their own marks, without the tone.</param>
    public static int ToneAt(string key, IReadOnlyList<string> letters)
    {
        var first = 0;
        if (key.Length > 2 && ((key[0] == 'Q' && key[1] == 'U') || (key[0] == 'G' && key[1] == 'I')) && IsVowel(key[2])) first = 2;
        while (first < key.Length && !IsVowel(key[first])) first++;
        if (first == key.Length) return Math.Max(0, key.Length - 1);
        var last = first;
        while (last + 1 < key.Length && IsVowel(key[last + 1])) last++;
        // A vowel with a mark of its own carries the tone: ê, ô, ơ, the second of ươ.
        for (var i = last; i >= first; i--)
            if (letters[i].Length > 0 && letters[i][0] > '~') return i;
        if (last == first) return first;
        if (last - first >= 2) return first + 1;
        var isClosed = last + 1 < key.Length;
        return isClosed || (key[first], key[last]) is ('O', 'A') or ('O', 'E') or ('U', 'Y') or ('U', 'E') ? last : first;
    }

    static bool IsVowel(char c) => c is 'A' or 'E' or 'I' or 'O' or 'U' or 'Y';

    static bool Fits(string onset, string rime)
    {
        var front = rime[0] is 'E' or 'I' or 'Y';
        return onset switch
        {
            "K" or "GH" or "NGH" => front,
            "C" => !front,
            "G" or "NG" => rime[0] is not ('E' or 'I' or 'Y'),
            "GI" or "QU" => rime[0] is not ('U' or 'I') || rime is "I" or "IT" or "INH" or "IN",
            "" => true,
            _ => rime[0] != 'Y' || rime == "Y",
        };
    }
}
