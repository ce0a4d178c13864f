using System.Text;
using PaymentEngine.Core;

namespace PaymentEngine.Tests.Recipients.NamePairs;

/// <summary>
/// Pairs of names from a seed, labelled by how they were made. Its tables and its ways of writing are its own: it knows nothing of the matcher's.
/// </summary>
static class NamePairGenerator
{
    const string Plain = "AAAAAAAAAAAAAAAAAEEEEEEEEEEEIIIIIOOOOOOOOOOOOOOOOOUUUUUUUUUUUYYYYYD";
    const string Marked = "ÀÁẢÃẠĂẰẮẲẴẶÂẦẤẨẪẬÈÉẺẼẸÊỀẾỂỄỆÌÍỈĨỊÒÓỎÕỌÔỒỐỔỖỘƠỜỚỞỠỢÙÚỦŨỤƯỪỨỬỮỰỲÝỶỸỴĐ";

    static readonly string[] families = ["Nguyễn", "Trần", "Lê", "Phạm", "Huỳnh", "Hoàng", "Phan", "Vũ", "Võ", "Đặng", "Bùi", "Đỗ", "Hồ", "Ngô", "Dương", "Trương", "Đinh", "Lương", "Đoàn", "Trịnh", "Cao", "Tạ", "Phùng", "Lâm"];
    static readonly string[] middles = ["Văn", "Thị", "Hữu", "Đình", "Ngọc", "Minh", "Quang", "Xuân", "Kim", "Thanh", "Công", "Bích", "Mỹ", "Thế", "Tiến", "Diễm", "Phước", "Hoài"];

    static readonly string[] givens =
    [
        "Khoa", "Thảo", "Nhung", "Trinh", "Phước", "Tài", "Lộc", "Nhân", "Trí", "Tín", "Hiếu", "Thiện", "Phúc", "Khang", "Tiên", "Diễm", "Ngân", "Oanh", "Yến", "Liễu", "Đào", "Cúc", "Lài", "Huệ", "Sen", "Nghĩa", "Chiến", "Thắng", "Tuấn", "Dũng",
        "Cường", "Trung", "Hiệp", "Đạt", "Toàn", "Quyết", "Sáng", "Luân", "Triết", "Vinh", "Thủy", "Hòa", "Loan", "Thoa", "Tuyền", "Quyên", "Nguyệt", "Hậu", "Thơm", "Lụa", "Bông", "Chín", "Mười", "Bảy", "Sáu", "Năm", "Tư", "Ruộng", "Đực", "Cái",
    ];

    // Given names of brothers and sisters that differ by a letter; both exist.
    static readonly (string One, string Other)[] siblings =
    [
        ("Lan", "Lam"), ("Loan", "Hoan"), ("Thảo", "Thao"), ("Tuyết", "Tuyến"), ("Hiếu", "Hiền"), ("Minh", "Vinh"), ("Nga", "Ngà"), ("Thanh", "Thành"), ("Toán", "Toàn"), ("Hoà", "Hoá"), ("Hùng", "Hưng"), ("Tân", "Tấn"), ("Nhân", "Nhàn"),
        ("Long", "Lòng"), ("Thu", "Thư"), ("Phong", "Phóng"), ("Khoa", "Khoá"), ("Sang", "Sáng"), ("Hai", "Hải"), ("Tâm", "Tám"), ("Hoa", "Hoan"), ("Liên", "Liễn"), ("Bình", "Bính"), ("Chiến", "Chiên"), ("Đông", "Đồng"), ("Dung", "Dũng"),
        ("Hạnh", "Hanh"), ("Kiên", "Kiến"), ("Lực", "Lúc"), ("Phượng", "Phương"), ("Tùng", "Túng"), ("Việt", "Viết"), ("Hà", "Hạ"), ("Ngọc", "Ngọ"), ("Trung", "Trụng"), ("Yên", "Yến"),
    ];

    // Where the older spelling puts the tone on the first of two vowels.
    static readonly (string Older, string Newer)[] tonePlaces = [("Hòa", "Hoà"), ("Thủy", "Thuỷ"), ("Thúy", "Thuý"), ("Thùy", "Thuỳ"), ("Khỏe", "Khoẻ"), ("Lũy", "Luỹ"), ("Tỏa", "Toả"), ("Hóa", "Hoá"), ("Hòe", "Hoè"), ("Tòa", "Toà"), ("Ủy", "Uỷ")];
    static readonly (string WithY, string WithI)[] letters = [("Quý", "Quí"), ("Mỹ", "Mĩ"), ("Kỳ", "Kì"), ("Sỹ", "Sĩ"), ("Lý", "Lí"), ("Kỷ", "Kỉ")];
    static readonly string[] forms = ["ONG", "BA", "Ông", "Bà", "MR", "MRS.", "Chị", "Anh"];

    // Families that no other resembles once their marked letters are signs of loss.
    static readonly string[] unmistakable = ["Nguyễn", "Trần", "Phạm", "Huỳnh", "Hoàng"];
    static readonly string[] givensWithoutMarks = ["An", "Nam", "Lan", "Hoa", "Linh", "Long", "Quang", "Trang", "Nga", "Thanh", "Loan", "Khoa", "Vinh", "Trung", "Nhung", "Oanh", "Sen"];

    // Given names that nobody has for a family name, for names turned round.
    static readonly string[] givenOnly = ["Thảo", "Nhung", "Tài", "Lộc", "Hiếu", "Thiện", "Phúc", "Tuấn", "Dũng", "Cường", "Hiệp", "Đạt", "Quyết", "Thủy", "Hòa", "Oanh", "Yến", "Huệ", "Nguyệt", "Thơm", "Mười", "Bảy", "Sáu"];

    public static IReadOnlyList<NamePair> Pairs(ulong seed, int count)
    {
        var random = new SeededRandom(seed);
        var pairs = new List<NamePair>(count);
        var seen = new HashSet<(string, string, string)>();
        while (pairs.Count < count)
        {
            var pair = Draw(random, pairs.Count);
            if (seen.Add((pair.Holder, pair.Expected, pair.Others))) pairs.Add(pair);
        }

        return pairs;
    }

    // Half of the pairs are one person, half are not.
    static NamePair Draw(SeededRandom random, int no)
    {
        var (family, middle, given) = (random.Pick(families), random.Pick(middles), random.Pick(givens));
        if (random.Chance(1_500)) middle += " " + random.Pick(middles);
        var name = $"{family} {middle} {given}";
        switch (no % 22)
        {
            case 0 or 1 or 2 or 3: return Same("bank", Bank(name), name);
            case 4: return Same("marks", random.Chance(5_000) ? name.ToUpperInvariant() : name.Normalize(NormalizationForm.FormD), name);
            case 5:
            {
                var (older, newer) = random.Pick(tonePlaces);
                var written = $"{family} {middle} ";
                return random.Chance(5_000) ? Same("tone-place", written + older, written + newer) : Same("tone-place", (written + newer).ToUpperInvariant(), written + older);
            }
            case 6:
            {
                var (withY, withI) = random.Pick(letters);
                return random.Chance(5_000) ? Same("i-or-y", Bank($"{family} {middle} {withI}"), $"{family} {middle} {withY}") : Same("i-or-y", $"{family} {withI} {given}", $"{family} {withY} {given}");
            }
            case 7: return Same("form-of-address", $"{random.Pick(forms)} {(random.Chance(7_000) ? Bank(name) : name)}", name);
            case 8: return Same("spaces", random.Chance(5_000) ? Bank(name).Replace(" ", "", StringComparison.Ordinal) : Bank($"{family}{middle} {given}"), name);
            case 9: return Same("telex", Telex(name), name);
            case 10:
            {
                var turned = random.Pick(givenOnly);
                var head = random.Pick((string[])["Nguyễn", "Trần", "Phạm", "Huỳnh", "Bùi", "Ngô", "Đặng", "Đỗ"]);
                var between = random.Pick((string[])["Văn", "Thị"]);
                return Same("given-first", Bank(random.Chance(5_000) ? $"{turned} {head} {between}" : $"{turned} {between} {head}"), $"{head} {between} {turned}");
            }
            case 11: return Slip(random, family, middle, given);
            case 12:
            {
                var (head, tail) = (random.Pick(unmistakable), random.Pick(givensWithoutMarks));
                return Same("lost", $"{Lost(head)} {Lost(middle)} {tail}".ToUpperInvariant(), $"{head} {middle} {tail}");
            }
            case 13 or 14:
            {
                var (one, other) = random.Pick(siblings);
                if (random.Chance(5_000)) (one, other) = (other, one);
                var sibling = $"{family} {middle} {other}";
                if (Bank(one) != Bank(other)) return Not("sibling", random.Chance(5_000) ? Bank($"{family} {middle} {one}") : $"{family} {middle} {one}", sibling);
                // Without marks both are the same: only the register tells that there are two.
                return random.Chance(5_000) ? Not("sibling-marks", $"{family} {middle} {one}", sibling) : new("sibling-bare", Bank(sibling), sibling, $"{family} {middle} {one}", NameLabel.Review);
            }
            case 15:
            {
                var other = random.Pick(givens);
                return Bank(other) == Bank(given) ? Same("bank", Bank(name), name) : Not("other-given", Bank($"{family} {middle} {other}"), name);
            }
            case 16:
            {
                var other = random.Pick(families);
                return Bank(other) == Bank(family) ? Same("bank", Bank(name), name) : Not("other-family", Bank($"{other} {middle} {given}"), name);
            }
            case 17: return Not("missing-middle", Bank($"{family} {given}"), name);
            case 18:
            {
                var other = random.Pick(middles);
                return middle.Split(' ').Any(word => Bank(word) == Bank(other)) ? Same("bank", Bank(name), name) : Not("other-middle", Bank($"{family} {other} {given}"), name);
            }
            case 19:
            {
                // Two words that are both given names, in either order: two people.
                var second = random.Pick(givens);
                return Bank(second) == Bank(given) ? Not("initials", Bank($"{family[..1]} {middle[..1]} {given}"), name) : Not("exchanged", Bank($"{family} {second} {given}"), $"{family} {given} {second}");
            }
            case 20: return Not("initials", Bank($"{family[..1]} {middle[..1]} {given}"), name);
            default:
            {
                var disguised = Bank(name).Replace('A', 'А').Replace('O', 'О').Replace('E', 'Е').Replace('T', 'Т');
                return disguised == Bank(name) ? Same("bank", disguised, name) : Not("script", disguised, name);
            }
        }
    }

    static NamePair Slip(SeededRandom random, string family, string middle, string given)
    {
        var name = $"{family} {middle} {given}";
        var (head, inner) = (Bank(family), Bank(middle));
        // A letter that Vietnamese has not, or a consonant twice at the end: nobody's name.
        string Slipped(string word) => random.Below(3) switch
        {
            0 => word + word[^1],
            1 => word.Insert(word.Length - 1, "J"),
            _ => word + "Z",
        };
        var isFamily = random.Chance(5_000);
        if ((isFamily ? head : inner.Split(' ')[^1])[^1] is 'A' or 'E' or 'I' or 'O' or 'U' or 'Y') return Same("bank", Bank(name), name);
        return Same("slip", isFamily ? $"{Slipped(head)} {inner} {Bank(given)}" : $"{head} {string.Join(' ', [.. inner.Split(' ')[..^1], Slipped(inner.Split(' ')[^1])])} {Bank(given)}", name);
    }

    static NamePair Same(string group, string holder, string expected) => new(group, holder, expected, "", NameLabel.Same);

    static NamePair Not(string group, string holder, string expected) => new(group, holder, expected, "", NameLabel.Different);

    static string Bank(string name)
    {
        var upper = new StringBuilder(name.Normalize(NormalizationForm.FormC).ToUpperInvariant());
        for (var i = 0; i < upper.Length; i++)
            if (Marked.IndexOf(upper[i], StringComparison.Ordinal) is >= 0 and var at) upper[i] = Plain[at];
        return upper.ToString();
    }

    static string Lost(string word) => string.Concat(word.ToUpperInvariant().Select(c => Marked.Contains(c, StringComparison.Ordinal) ? '?' : c));

    // Tones by their keys behind the word, shapes by doubled letters and w.
    static string Telex(string name)
    {
        var words = new List<string>();
        foreach (var word in name.ToUpperInvariant().Split(' '))
        {
            var (typed, tone) = (new StringBuilder(), "");
            foreach (var c in word.Normalize(NormalizationForm.FormD))
            {
                switch (c)
                {
                    case '\u0300': tone = "F"; break;
                    case '\u0301': tone = "S"; break;
                    case '\u0309': tone = "R"; break;
                    case '\u0303': tone = "X"; break;
                    case '\u0323': tone = "J"; break;
                    case '\u0302': typed.Append(typed[^1]); break;
                    case '\u0306' or '\u031B': typed.Append('W'); break;
                    case 'Đ': typed.Append("DD"); break;
                    default: typed.Append(c); break;
                }
            }

            words.Add(typed + tone);
        }

        return string.Join(' ', words);
    }
}
