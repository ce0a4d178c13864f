using System.Globalization;
using System.Text;
using PaymentEngine.Tests.House;

namespace PaymentEngine.Tests.Recipients.NamePairs;

/// <summary>What a careful clerk with nothing but the names says: one person, another, or that somebody must look.</summary>
enum NameLabel { Same, Different, Review }

/// <summary>Two names with the answer. Others are registered people with names like it, separated by semicolons.</summary>
sealed record NamePair(string Group, string Holder, string Expected, string Others, NameLabel Label);

/// <summary>The labelled pairs: <c>by-hand.csv</c>, typed by people, and <c>generated.csv</c>, what <see cref="NamePairGenerator"/> draws from its seed.</summary>
static class NamePairFiles
{
    public const ulong Seed = 20261122;
    public const int Generated = 2_200;

    public static string PathOf(string file) => Path.Combine(Repository.Root, "tests", "PaymentEngine.Tests", "Recipients", "NamePairs", file);

    public static IReadOnlyList<NamePair> Read(string file)
    {
        var pairs = new List<NamePair>();
        foreach (var line in File.ReadLines(PathOf(file), Encoding.UTF8).Skip(1))
        {
            // No field holds a comma or a quote, so that a clerk may read the file as it stands.
            var fields = line.Split(',');
            pairs.Add(new(fields[0], fields[1], fields[2], fields[3], Enum.Parse<NameLabel>(fields[4], ignoreCase: true)));
        }

        return pairs;
    }

    public static string Write(IEnumerable<NamePair> pairs)
    {
        var text = new StringBuilder("group,holder,expected,others,label\n");
        foreach (var pair in pairs) text.Append(CultureInfo.InvariantCulture, $"{pair.Group},{pair.Holder},{pair.Expected},{pair.Others},{pair.Label.ToString().ToLowerInvariant()}\n");
        return text.ToString();
    }
}
