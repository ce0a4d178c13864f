using System.Globalization;
using System.Text.RegularExpressions;

namespace PaymentEngine.Tests.Situations;

/// <summary>One article of one act, as lawyers cite it.</summary>
/// <param name="Act">Number and year, <c>20/2021</c>; null where the text names the article only.</param>
/// <param name="Place"><c>Điều 6.1a</c>, <c>Phụ lục II</c>, <c>mục 7.1</c>; empty where only the act is named.</param>
readonly record struct LegalCitation(string? Act, string Place)
{
    /// <summary>Is the other citation this place or a part of it? Điều 8 contains Điều 8.2, and Điều 6.1 contains Điều 6.1a.</summary>
    public bool Contains(LegalCitation other) =>
        (Act is null || Act == other.Act) && (Place == other.Place
            || (other.Place.StartsWith(Place, StringComparison.Ordinal) && Place.Length > 0 && !char.IsAsciiDigit(other.Place[Place.Length]) && Place.StartsWith("Điều", StringComparison.Ordinal)));

    public override string ToString() => Place.Length == 0 ? Act ?? "" : Act is null ? Place : $"{Act}, {Place}";
}

/// <summary>Finds the articles named in a text: a comment of the code, a citation of a line, the law line of a situation.</summary>
static partial class LegalCitations
{
    /// <summary>The acts the engine rests on, by number and year, and the names by which texts call them.</summary>
    static readonly Dictionary<string, string> Acts = new(StringComparer.Ordinal)
    {
        ["Pháp lệnh"] = "02/2020", ["the Ordinance"] = "02/2020", ["Labour Code"] = "45/2019", ["Bộ luật Lao động"] = "45/2019", ["Luật BHXH"] = "41/2024",
    };

    static readonly HashSet<string> Numbers = new(StringComparer.Ordinal)
    {
        "02/2020", "131/2021", "75/2021", "55/2023", "77/2024", "321/2026", "20/2021", "76/2024", "335/2026", "147/2025", "176/2025", "41/2024", "45/2019",
        "44/2022", "38/2019", "24/2023", "73/2024", "161/2026", "02/2021", "58/2019", "08/2022", "38/2013", "38/2022", "74/2024", "293/2025",
    };

    /// <summary>All places named in the text, in order. An act governs the articles after it, up to the next act or the end of the text.</summary>
    public static List<LegalCitation> Find(string text)
    {
        var found = new List<LegalCitation>();
        string? act = null;
        var isActAlone = false;
        var outside = new Stack<string?>();
        foreach (Match match in Words().Matches(text))
        {
            // "Điều 31.1 (sửa Điều 3.1 Nghị định 176/2025/NĐ-CP) và Điều 32.3": after the brackets the act before them goes on.
            if (match.Value == "(")
            {
                outside.Push(act);
                continue;
            }

            if (match.Value == ")")
            {
                if (isActAlone) found.Add(new(act, ""));
                isActAlone = false;
                if (outside.Count > 0) act = outside.Pop();
                continue;
            }

            if (match.Groups["number"].Success || match.Groups["name"].Success)
            {
                var number = match.Groups["number"].Success ? match.Groups["number"].Value : Acts[match.Groups["name"].Value];
                if (!Numbers.Contains(number)) continue;
                if (isActAlone && number != act) found.Add(new(act, ""));
                (act, isActAlone) = (number, true);
                continue;
            }

            isActAlone = false;
            if (match.Groups["articles"].Success) found.AddRange(Articles(match.Groups["articles"].Value).Select(place => new LegalCitation(act, place)));
            else found.Add(new(act, match.Value));
        }

        if (isActAlone) found.Add(new(act, ""));
        return found;
    }

    /// <summary>Numbers that look like acts and are none of those known.</summary>
    public static IEnumerable<string> UnknownActs(string text) =>
        Words().Matches(text).Select(match => match.Groups["number"]).Where(number => number.Success && !Numbers.Contains(number.Value)).Select(number => number.Value);

    static IEnumerable<string> Articles(string list)
    {
        foreach (Match match in Article().Matches(list))
        {
            var (number, letter, to) = (match.Groups["number"].Value, match.Groups["letter"].Value, match.Groups["to"].Value);
            if (to.Length == 0) yield return $"Điều {number}{letter}";
            else if (char.IsAsciiDigit(to[0]))
            {
                // Điều 21-23
                for (var i = int.Parse(number, CultureInfo.InvariantCulture); i <= int.Parse(to, CultureInfo.InvariantCulture); i++) yield return $"Điều {i}";
            }
            else
            {
                // Điều 17.2a-b
                for (var point = letter[0]; point <= to[0]; point++) yield return $"Điều {number}{point}";
            }
        }
    }

    [GeneratedRegex("""
        (?<![\d/.])(?<number>\d{1,4}/\d{4})(?![\d])(?:/[A-ZĐ][\w-]*)?
        | (?<name>Pháp\ lệnh|the\ Ordinance|Labour\ Code|Bộ\ luật\ Lao\ động|Luật\ BHXH)
        | Điều\s+(?<articles>\d+(?:\.\d+)?[a-zđ]?\b(?:-(?:\d+|[a-z])\b)?(?:(?:,\s*|\s+and\s+|\s+và\s+)\d+(?:\.\d+)?[a-zđ]?\b(?!/)(?:-(?:\d+|[a-z])\b)?)*)
        | Phụ\ lục\ (?:I{1,3}|IV|VI?)\b | mục\ \d+(?:\.\d+)? | \( | \)
        """, RegexOptions.IgnorePatternWhitespace | RegexOptions.CultureInvariant)]
    private static partial Regex Words();

    [GeneratedRegex(@"(?<number>\d+(?:\.\d+)?)(?<letter>[a-zđ]?)(?:-(?<to>\d+|[a-z]))?", RegexOptions.CultureInvariant)]
    private static partial Regex Article();
}
