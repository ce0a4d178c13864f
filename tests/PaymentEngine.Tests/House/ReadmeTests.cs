using System.Text.RegularExpressions;
using NodaTime;
using PaymentEngine.App.CommandLine;

namespace PaymentEngine.Tests.House;

public class ReadmeTests
{
    /// <summary>Every command the README names is a command of the program: it answers --help.</summary>
    [Fact]
    public async Task README_names_commands_that_there_are()
    {
        var commands = File.ReadLines(Path.Combine(Repository.Root, "README.md")).Where(line => line.StartsWith("./payengine ", StringComparison.Ordinal))
            .SelectMany(line => Regex.Split(line["./payengine ".Length..].Split("  ")[0], " · "))
            .Select(text => text.TrimStart().Split(' ').TakeWhile(word => Regex.IsMatch(word, "^[a-z]+$")).ToArray()).Where(words => words.Length > 0)
            .Select(words => words is ["login", ..] or ["entitlement", ..] ? [words[0]] : words is ["user", "add", ..] ? ["user", "add"] : words.Take(2).ToArray())
            .Select(words => string.Join(' ', words)).Distinct().ToList();
        Assert.Contains("demo", commands);
        Assert.True(commands.Count >= 15, string.Join(", ", commands));
        foreach (var command in commands)
        {
            using var output = new StringWriter();
            using var error = new StringWriter();
            string[] args = [.. command.Split(' '), "--help"];
            var context = new CommandContext(args, SystemClock.Instance, Settings.From(_ => null), output, error);
            Assert.True(await PayEngine.RunAsync(args, context, CancellationToken.None) == 0, $"payengine {command} --help: {error}");
        }
    }

    /// <summary>A remedy that names a command names one that there is: somebody in trouble will type it.</summary>
    [Fact]
    public async Task Remedies_name_commands_that_there_are()
    {
        string[] families = ["bank", "case", "cash", "claim", "db", "fund", "law", "people", "provider", "register", "run", "user"];
        var said = new[] { "src/PaymentEngine.App", "src/PaymentEngine.Postgres" }.SelectMany(folder => Repository.Files(folder, "*.cs")).SelectMany(File.ReadLines)
            .Where(line => line.Contains('"') && !line.TrimStart().StartsWith("//", StringComparison.Ordinal))
            .SelectMany(line => Regex.Matches(line, @"payengine ([a-z]+)(?: ([a-z]+(?:-[a-z]+)*))?").Select(match => (Line: line, Family: match.Groups[1].Value, Verb: match.Groups[2].Value)))
            .Where(command => families.Contains(command.Family) && !command.Line.Contains("payengine run content", StringComparison.Ordinal)).DistinctBy(command => (command.Family, command.Verb)).ToList();
        Assert.True(said.Count >= 15, string.Join(", ", said));
        foreach (var (line, family, verb) in said)
        {
            Assert.True(verb.Length > 0, line);
            using var output = new StringWriter();
            using var error = new StringWriter();
            string[] args = [family, verb, "--help"];
            Assert.True(await PayEngine.RunAsync(args, new CommandContext(args, SystemClock.Instance, Settings.From(_ => null), output, error), CancellationToken.None) == 0, line.Trim());
        }
    }

    [Fact]
    public void The_scripts_stand_in_the_repository_and_run_as_they_are()
    {
        foreach (var script in (string[])["payengine", "test", "audit", "sbom", ".ci/run"])
        {
            var path = Path.Combine(Repository.Root, script);
            Assert.StartsWith("#!", File.ReadLines(path).First(), StringComparison.Ordinal);
            Assert.True((File.GetUnixFileMode(path) & UnixFileMode.UserExecute) != 0, $"{script} is not executable.");
        }
    }
}
