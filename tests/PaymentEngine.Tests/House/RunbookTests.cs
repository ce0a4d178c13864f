using System.CommandLine.Parsing;
using System.Text.RegularExpressions;
using NodaTime;
using PaymentEngine.App.CommandLine;

namespace PaymentEngine.Tests.House;

/// <summary>The runbook and the service files speak of what is there: codes that the program can say, commands that it takes.</summary>
public partial class RunbookTests
{
    static readonly string Runbook = File.ReadAllText(Path.Combine(Repository.Root, "docs", "operations.md"));

    [Fact]
    public void Every_alarm_of_the_runbook_is_one_that_the_program_can_raise()
    {
        var source = string.Concat(Repository.Files("src", "*.cs").Select(File.ReadAllText));
        var codes = AlarmCode().Matches(Runbook).Select(match => match.Groups[1].Value).Distinct().ToList();
        Assert.True(codes.Count >= 20, $"Only {codes.Count} alarms were found in the runbook.");
        Assert.All(codes, code => Assert.Contains($"\"{code}\"", source, StringComparison.Ordinal));
    }

    [Fact]
    public void Every_alarm_of_a_neighbour_of_the_sending_or_of_a_broken_proof_stands_in_the_runbook()
    {
        string[] grave = ["not_allowed.fence", "not_allowed.writing_stopped", "not_allowed.approval_broken", "not_allowed.sealed_file_changed", "not_allowed.in_doubt", "not_allowed.clock_jump", "neighbour.host_key", "audit.tail_cut"];
        Assert.All(grave, code => Assert.Contains($"| `{code}` |", Runbook, StringComparison.Ordinal));
    }

    public static TheoryData<string> ServiceFiles => [.. Repository.Files("packaging", "*.service").Select(path => Path.GetFileName(path)!)];

    [Theory]
    [MemberData(nameof(ServiceFiles))]
    public void Every_command_of_a_service_file_is_understood(string file)
    {
        var context = new CommandContext([], SystemClock.Instance, Settings.From(_ => null), TextWriter.Null, TextWriter.Null);
        var commands = Started().Matches(File.ReadAllText(Path.Combine(Repository.Root, "packaging", file))).Select(match => match.Groups[1].Value.TrimEnd('\'')).ToList();
        Assert.NotEmpty(commands);
        Assert.All(commands, command => Assert.Empty(PayEngine.Root(context).Parse(CommandLineParser.SplitCommandLine(command).ToList()).Errors.Select(error => error.Message)));
    }

    [GeneratedRegex(@"^\| `([a-z_]+\.[a-z_]+)` \|", RegexOptions.Multiline)]
    private static partial Regex AlarmCode();

    [GeneratedRegex(@"^ExecStart=.*?/opt/payengine/payengine (.+)$", RegexOptions.Multiline)]
    private static partial Regex Started();
}
