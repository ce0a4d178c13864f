using System.CommandLine;
using System.CommandLine.Completions;
using System.CommandLine.Parsing;
using NodaTime;
using PaymentEngine.App.CommandLine;

namespace PaymentEngine.Tests.CommandLine;

/// <summary>What <c>--help</c> shows first, and what the shell offers.</summary>
public class ExampleTests
{
    static CommandContext Context(params string[] args) => new(args, SystemClock.Instance, Settings.From(name => name == "PAYENGINE_HOME" ? Path.Combine(Path.GetTempPath(), "pe-no-home") : null), TextWriter.Null, TextWriter.Null);

    static IEnumerable<Command> Leaves(Command command) => [.. command.Action is null ? Enumerable.Empty<Command>() : [command], .. command.Subcommands.SelectMany(Leaves)];

    public static TheoryData<string> All => [.. Examples.All];

    [Theory]
    [MemberData(nameof(All))]
    public void Every_example_is_understood(string example)
    {
        var parse = PayEngine.Root(Context()).Parse(CommandLineParser.SplitCommandLine(example).ToList());
        Assert.Empty(parse.Errors.Select(error => error.Message));
        Assert.Empty(parse.UnmatchedTokens);
        Assert.NotNull(parse.CommandResult.Command.Action);
    }

    [Fact]
    public void Every_command_has_an_example()
    {
        var without = Leaves(PayEngine.Root(Context())).Where(command => Examples.Of(command).Count == 0).Select(Examples.PathOf);
        Assert.Empty(without);
        Assert.Equal(Examples.All.Count, Examples.All.Distinct(StringComparer.Ordinal).Count());
    }

    [Theory]
    [InlineData("run", "plan")]
    [InlineData("bank", "channel", "set")]
    [InlineData("case")]
    public async Task Help_shows_the_examples_before_all_else(params string[] command)
    {
        using var output = new StringWriter();
        string[] args = [.. command, "--help", "--lang", "en"];
        var context = new CommandContext(args, SystemClock.Instance, Settings.From(_ => null), output, TextWriter.Null);
        Assert.Equal(0, await PayEngine.RunAsync(args, context, CancellationToken.None));
        var lines = output.ToString().Split('\n');
        Assert.Equal("Examples:", lines[0].TrimEnd());
        Assert.StartsWith("  payengine " + string.Join(' ', command), lines[1], StringComparison.Ordinal);
        Assert.Contains(lines, line => line.StartsWith("Usage:", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("run pl", "plan")]
    [InlineData("law show --mon", "--month")]
    [InlineData("cash print --month 20", "2026-11")]
    [InlineData("bank channel set 9704", "970405")]
    [InlineData("completion z", "zsh")]
    public void The_shell_is_offered_words_months_and_banks(string typed, string offered)
    {
        var context = new CommandContext([], new At(Instant.FromUtc(2026, 11, 22, 1, 0)), Settings.From(name => name == "PAYENGINE_HOME" ? "/nowhere" : null), TextWriter.Null, TextWriter.Null);
        Assert.Contains(offered, PayEngine.Root(context).Parse(typed).GetCompletions(typed.Length).Select(item => item.Label));
    }

    [Fact]
    public async Task The_parser_answers_the_script_of_the_shell()
    {
        using var output = new StringWriter();
        string[] args = ["[suggest:6]", "run pl"];
        Assert.Equal(0, await PayEngine.RunAsync(args, new CommandContext(args, SystemClock.Instance, Settings.From(_ => null), output, TextWriter.Null), CancellationToken.None));
        Assert.Equal("plan", output.ToString().Trim());
    }

    sealed class At(Instant now) : IClock
    {
        public Instant GetCurrentInstant() => now;
    }
}
