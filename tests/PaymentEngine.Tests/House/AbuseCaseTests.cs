using System.Globalization;
using System.Text.RegularExpressions;

namespace PaymentEngine.Tests.House;

/// <summary>The thirty-five abuse cases, each with a test named after its number.</summary>
public sealed partial class AbuseCaseTests
{
    /// <summary>Cases whose tests are still being written; none at a release.</summary>
    static readonly int[] NotYet = [];

    [Fact]
    public void Every_abuse_case_has_a_test_of_its_number()
    {
        var found = Repository.Files("tests", "*.cs").SelectMany(path => CaseTest().Matches(File.ReadAllText(path)).Select(match => int.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture))).ToHashSet();
        Assert.DoesNotContain(found, number => number is < 1 or > 35);
        Assert.Empty(Enumerable.Range(1, 35).Except(found).Except(NotYet).Select(number => string.Create(CultureInfo.InvariantCulture, $"abuse case {number:00} has no test")));
    }

    [GeneratedRegex(@"\bpublic\s+(?:async\s+)?\w+\s+AbuseCase(\d\d)_\w+\(")]
    private static partial Regex CaseTest();
}
