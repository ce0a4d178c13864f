using System.Globalization;
using System.Text.RegularExpressions;
using PaymentEngine.Tests.House;
using Xunit.Abstractions;

namespace PaymentEngine.OutputTests;

/// <summary>The last step of ./test: what the programs said while all other tests ran holds no whole account or identity number.</summary>
public sealed partial class OutputScanTests(ITestOutputHelper output)
{
    static readonly string Folder = Path.Combine(Repository.Root, "artifacts", "test-output");

    /// <summary>Numbers that tests write themselves, beside those of the registers they import.</summary>
    static readonly string[] WrittenByTests = ["1234567890", "9988776655", "040040000123", "55443322110", "0011009998887", "0011009998888", "0011009998889", "3600201001234", "1020304050"];

    /// <summary>Commands whose answer on standard output shows a whole number because it was asked for, and why that is right.</summary>
    static readonly Dictionary<string, string> Asked = new(StringComparer.Ordinal)
    {
    };

    [Fact]
    public void No_account_or_identity_number_stands_whole_in_what_the_programs_said()
    {
        var files = Directory.Exists(Folder) ? Directory.GetFiles(Folder, "said-*.txt") : [];
        if (files.Length == 0)
        {
            // A part of the tests that starts no program leaves nothing to look at; the whole always does.
            Assert.NotEqual("1", Environment.GetEnvironmentVariable("PAYENGINE_TEST_WHOLE"));
            output.WriteLine("No program was started.");
            return;
        }

        var numbers = Directory.GetFiles(Folder, "numbers-*.txt").SelectMany(File.ReadLines).Concat(WrittenByTests).ToHashSet(StringComparer.Ordinal);
        var (found, calls, lines) = (new List<string>(), 0, 0L);
        foreach (var file in files)
        {
            var call = "";
            foreach (var line in File.ReadLines(file))
            {
                lines++;
                if (line.StartsWith("call ", StringComparison.Ordinal))
                {
                    (call, calls) = (line[5..], calls + 1);
                    continue;
                }

                if (line.StartsWith("out ", StringComparison.Ordinal) && Asked.Keys.Any(asked => call.Contains(' ' + asked, StringComparison.Ordinal))) continue;
                foreach (Match run in Run().Matches(line))
                    if (numbers.Contains(run.Value)) found.Add($"{Hidden(call)}: {Hidden(line)}");
                if (Identity().IsMatch(line) || NamedAccount().IsMatch(line)) found.Add($"{Hidden(call)}: {Hidden(line)}");
            }
        }

        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{calls} calls, {lines} lines, {numbers.Count} numbers looked for"));
        Assert.True(found.Count == 0, string.Create(CultureInfo.InvariantCulture, $"{found.Count} lines show a whole number:\n") + string.Join('\n', found.Distinct().Take(40)));
    }

    /// <summary>The line without its figures: a finding must not be the next leak.</summary>
    static string Hidden(string line) => Run().Replace(line.Length > 300 ? line[..300] : line, run => run.Length <= 6 ? run.Value : new string('*', run.Length - 4) + run.Value[^4..]);

    [GeneratedRegex("[0-9A-Z]{6,19}")]
    private static partial Regex Run();

    /// <summary>A personal number of twelve figures, which begins with the province (001 to 096) and the digit for century and sex.</summary>
    [GeneratedRegex(@"(?<![0-9A-Za-z.,:*…-])0[0-9]{2}[0-3][0-9]{8}(?![0-9A-Za-z.,-])")]
    private static partial Regex Identity();

    /// <summary>An account behind its word.</summary>
    [GeneratedRegex(@"(?i:account(?:_no| no\.?| number)?|số tài khoản|tài khoản|số TK)[""']?\s*[:=]?\s*[""']?(?<!\*)[0-9]{8,19}(?![0-9*])")]
    private static partial Regex NamedAccount();
}
