using System.Text.RegularExpressions;
using NodaTime;
using PaymentEngine.App.CommandLine;
using PaymentEngine.Tests.House;

namespace PaymentEngine.Tests.Audit;

public class AuditPageTests
{
    /// <summary>Every command that the page names is one of the program, with its options.</summary>
    [Fact]
    public async Task The_page_names_commands_that_there_are()
    {
        var page = await File.ReadAllTextAsync(Path.Combine(Repository.Root, "docs", "audit.md"));
        var named = Regex.Matches(page, @"`(?:payengine )?((?:audit|db) [a-z]+(?: [a-z]+)?)([^`]*)`").Select(match => (Words: match.Groups[1].Value, Options: match.Groups[2].Value)).Distinct().ToList();
        Assert.True(named.Count >= 8, string.Join(", ", named));
        foreach (var (words, options) in named)
        {
            using var output = new StringWriter();
            string[] args = [.. words.Split(' '), "--help", "--lang", "en"];
            Assert.True(await PayEngine.RunAsync(args, new CommandContext(args, SystemClock.Instance, Settings.From(_ => null), output, TextWriter.Null), CancellationToken.None) == 0, words);
            foreach (var option in Regex.Matches(options, "--[a-z]+").Select(match => match.Value)) Assert.Contains(option, output.ToString(), StringComparison.Ordinal);
        }
    }
}
