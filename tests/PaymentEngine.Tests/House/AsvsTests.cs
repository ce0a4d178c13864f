using System.Globalization;
using System.Text.RegularExpressions;
using Xunit.Abstractions;

namespace PaymentEngine.Tests.House;

/// <summary>docs/asvs.md: each requirement of OWASP ASVS 5.0.0 that we claim stands there once, with tests that exist or a reason.</summary>
public sealed partial class AsvsTests(ITestOutputHelper output)
{
    /// <summary>How many numbers of the first and the second level each chapter has; 70 and 183 together.</summary>
    static readonly (int Chapter, int First, int Second)[] Counts =
    [
        (1, 8, 19), (2, 4, 7), (3, 8, 11), (4, 2, 8), (5, 4, 5), (6, 13, 22), (7, 6, 12), (8, 4, 3), (9, 4, 3), (10, 5, 24), (11, 3, 11), (12, 3, 6), (13, 1, 12), (14, 2, 7), (15, 3, 10), (16, 0, 16), (17, 0, 7),
    ];

    /// <summary>Of the third level what touches money; of 16.3.2 the half that the third level adds.</summary>
    static readonly string[] Third = ["1.2.10", "1.3.12", "1.5.3", "2.3.5", "5.2.4", "5.3.3", "7.5.3", "15.4.1", "15.4.2", "15.4.3", "16.3.2", "16.5.4"];

    sealed record Row(string Number, string Level, string Shown)
    {
        public int Chapter => int.Parse(Number.Split('.')[0], CultureInfo.InvariantCulture);

        public IReadOnlyList<string> Tests { get; } = [.. TestName().Matches(Shown).Select(match => match.Groups[1].Value)];

        public bool IsOpen => Shown.Contains("open:", StringComparison.Ordinal);

        public bool HasReason => TestName().Replace(Shown, "").Trim(' ', '·', ',', ';').Length >= 8;
    }

    static List<Row> Rows() => [.. File.ReadLines(Path.Combine(Repository.Root, "docs", "asvs.md")).Select(line => TableRow().Match(line)).Where(match => match.Success)
        .Select(match => new Row(match.Groups[1].Value, match.Groups[2].Value.Trim(), match.Groups[3].Value.Trim()))];

    [Fact]
    public void Every_requirement_of_the_claim_stands_once_with_tests_that_exist_or_a_reason()
    {
        var rows = Rows();
        Assert.Equal((70, 183), (Counts.Sum(chapter => chapter.First), Counts.Sum(chapter => chapter.Second)));
        Assert.Empty(rows.GroupBy(row => row.Number).Where(group => group.Count() > 1).Select(group => group.Key + " stands twice"));
        foreach (var (chapter, first, second) in Counts)
        {
            Assert.Equal((chapter, first), (chapter, rows.Count(row => row.Chapter == chapter && row.Level == "1")));
            Assert.Equal((chapter, second), (chapter, rows.Count(row => row.Chapter == chapter && row.Level.StartsWith('2'))));
        }

        Assert.Equal(Third.Order(StringComparer.Ordinal), rows.Where(row => row.Level.EndsWith('3')).Select(row => row.Number).Order(StringComparer.Ordinal));
        // The numbers of a section follow each other without a gap, as far as they are claimed: a number that is left out is of the third level.
        Assert.Equal(rows.Select(row => row.Number), rows.OrderBy(row => row.Chapter).ThenBy(row => Part(row.Number, 1)).ThenBy(row => Part(row.Number, 2)).Select(row => row.Number));

        var known = TestsOfTheSource();
        Assert.Empty(rows.SelectMany(row => row.Tests.Where(test => !known.Contains(test)).Select(test => $"{row.Number}: no test {test}")));
        Assert.Empty(rows.Where(row => row.Tests.Count == 0 && !row.HasReason && !row.IsOpen).Select(row => row.Number + " has neither a test nor a reason"));
        var (tested, reasons, open) = (rows.Count(row => row.Tests.Count > 0), rows.Count(row => row.Tests.Count == 0 && !row.IsOpen), rows.Count(row => row.IsOpen));
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{rows.Count} requirements: {tested} shown by tests, {reasons} by a reason ({100.0 * reasons / rows.Count:0} %), {open} open"));
        foreach (var row in rows.Where(row => row.IsOpen)) output.WriteLine($"  {row.Number} {row.Shown}");
    }

    static int Part(string number, int at) => int.Parse(number.Split('.')[at], CultureInfo.InvariantCulture);

    /// <summary>Class.Method of every test in the sources.</summary>
    static HashSet<string> TestsOfTheSource()
    {
        var names = new HashSet<string>(StringComparer.Ordinal);
        foreach (var path in Repository.Files("tests", "*.cs"))
        {
            var text = File.ReadAllText(path);
            var classes = ClassName().Matches(text).Select(match => (match.Index, Name: match.Groups[1].Value)).ToList();
            foreach (Match method in TestMethod().Matches(text))
                if (classes.LastOrDefault(one => one.Index < method.Index).Name is { } name) names.Add($"{name}.{method.Groups[1].Value}");
        }

        return names;
    }

    [GeneratedRegex(@"^\| (\d+\.\d+\.\d+) \| ([123, ]+) \| (.+) \|$")]
    private static partial Regex TableRow();

    [GeneratedRegex(@"`(\w+\.\w+)`")]
    private static partial Regex TestName();

    [GeneratedRegex(@"^(?:(?:public|internal|sealed|static|abstract|partial|file) )*class (\w+)", RegexOptions.Multiline)]
    private static partial Regex ClassName();

    [GeneratedRegex(@"\[\w*(?:Fact|Theory|Property)\b[^\n]*\](?:[^\n]*\n\s*\[[^\n]*\])*[^\n]*\n?\s*public\s+(?:async\s+)?(?:static\s+)?\w+(?:<[^>]*>)?\s+(\w+)\(")]
    private static partial Regex TestMethod();
}
