using System.CommandLine;
using System.Text;
using NodaTime;
using PaymentEngine.App.CommandLine;
using PaymentEngine.App.Commands;
using PaymentEngine.App.Operations;
using PaymentEngine.App.Operations.Access;
using PaymentEngine.Tests.House;

namespace PaymentEngine.Tests.Access;

public class AccessRuleTests
{
    /// <summary>Every command that does something, as it is typed.</summary>
    static IReadOnlyList<string> Commands()
    {
        using var nothing = new StringWriter();
        var context = new CommandContext([], SystemClock.Instance, Settings.From(_ => null), nothing, nothing);
        return [.. AllCommands.Create(context).SelectMany(command => Leaves(command, command.Name))];

        static IEnumerable<string> Leaves(Command command, string path) =>
            (command.Action is null ? [] : new[] { path }).Concat(command.Subcommands.SelectMany(inner => Leaves(inner, $"{path} {inner.Name}")));
    }

    [Fact]
    public void Every_command_has_a_rule()
    {
        var commands = Commands();
        Assert.True(commands.Count > 150, string.Join(", ", commands));
        Assert.DoesNotContain(commands, command => AccessRules.Of(command) is null);
    }

    [Fact]
    public void Every_rule_has_a_command() => Assert.Empty(AccessRules.All.Select(rule => rule.Name).Except(Commands()));

    [Fact]
    public void Who_needs_a_person_names_roles_and_nobody_else_does()
    {
        foreach (var rule in AccessRules.All)
            Assert.True(rule.NeedsPerson && rule.Reach != Reach.Own ? rule.Roles.Count > 0 : rule.Roles.Count == 0, rule.Name);
    }

    /// <summary>Some rows apart: an auditor is the second person who decides that a restored store may send again, and that somebody may read on.</summary>
    [Fact]
    public void An_auditor_changes_nothing() =>
        Assert.Empty(AccessRules.All.Where(rule => rule.Changes && rule.Roles.Contains(Role.Auditor) && rule.Name is not ("breakglass end" or "audit fence decide" or "audit fence lift" or "audit alerts lift")).Select(rule => rule.Name));

    /// <summary>What an administrator changes: users, desks, terms, channels, areas and the names of funds and providers; never who gets money, how much, or whether it leaves.</summary>
    [Fact]
    public void An_administrator_has_no_power_over_money()
    {
        string[] apart =
        [
            "user ", "area ", "portal procedures", "run rules load", "bank channel set", "case give", "case free", "case desk set", "case terms", "account flag add", "cash unclaimed rule", "cash points load",
            "fund declare", "provider declare", "provider contract", "provider fee", "breakglass ", "audit ", "keys ",
        ];
        Assert.Empty(AccessRules.All.Where(rule => rule.Changes && rule.Roles.Contains(Role.Administrator) && !apart.Any(allowed => rule.Name.StartsWith(allowed, StringComparison.Ordinal))).Select(rule => rule.Name));
    }

    [Fact]
    public void Accounts_of_banks_and_workers_are_let_in_by_no_row_of_the_office() =>
        Assert.Empty(AccessRules.All.Where(rule => rule.Personal && rule.Roles.Any(role => role is Role.Bank or Role.Worker)).Select(rule => rule.Name));

    /// <summary>An operation that a person asked for opens the store with their eyes. The program's own work is named here: a plan's lanes, accounts whose wait is over, a check without a login, the count of what somebody has read.</summary>
    [Fact]
    public void Operations_open_the_store_with_their_caller_s_eyes() =>
        Assert.Equal(["CaseRepairs.cs", "PaymentRuns.cs", "ReadLimits.cs", "Registers.cs"], Repository.Files("src/PaymentEngine.App/Operations", "*.cs")
            .Where(path => !new[] { "/Users/", "/Audit/" }.Any(apart => path.Contains(apart, StringComparison.Ordinal)))
            .SelectMany(path => File.ReadLines(path).Where(line => line.Contains("RunAsync(cancel)", StringComparison.Ordinal) && line.Contains("database", StringComparison.Ordinal)).Select(_ => Path.GetFileName(path))).Order(StringComparer.Ordinal));

    /// <summary>docs/access.md shows the table; <c>PAYENGINE_UPDATE_GOLDEN=1</c> draws it anew.</summary>
    [Fact]
    public void The_page_shows_the_table()
    {
        const string begin = "<!-- rules -->\n", end = "<!-- end of rules -->";
        var path = Path.Combine(Repository.Root, "docs/access.md");
        var page = File.ReadAllText(path);
        var (from, to) = (page.IndexOf(begin, StringComparison.Ordinal) + begin.Length, page.IndexOf(end, StringComparison.Ordinal));
        Assert.True(from >= begin.Length && to > from);
        var drawn = string.Concat(page.AsSpan(0, from), Table(), page.AsSpan(to));
        if (Environment.GetEnvironmentVariable("PAYENGINE_UPDATE_GOLDEN") == "1") File.WriteAllText(path, drawn);
        Assert.Equal(drawn, page);
    }

    static string Table()
    {
        var text = new StringBuilder("| command | who | reaches | |\n|---|---|---|---|\n");
        foreach (var rule in AccessRules.All)
        {
            var marks = string.Join(", ", new[] { rule.Changes ? "changes" : "", rule.Personal ? "personal data" : "", rule.Takes switch { Taking.Always => "exports: with `exporter`", Taking.WithFile => "a file: with `exporter`", _ => rule.Exports ? "exports" : "" } }.Where(mark => mark.Length > 0));
            text.Append($"| `{rule.Name}` | {Who(rule)} | {Reaches(rule.Reach)} | {marks} |\n");
        }

        text.Append("\n| one person does not both | and | kept by |\n|---|---|---|\n");
        foreach (var pair in DutyPairs.All) text.Append($"| {pair.First} | {pair.Second} | `{pair.Constraint}` |\n");
        return text.ToString();
    }

    static string Who(AccessRule rule) => rule.Roles.Count switch
    {
        0 when rule.Reach == Reach.Own => "whoever is logged in",
        0 => "anybody",
        _ => string.Join(", ", rule.Roles),
    };

    static string Reaches(Reach reach) => reach switch
    {
        Reach.Machine => "the machine", Reach.Files => "files only", Reach.Anybody => "the door", Reach.Own => "one's own", Reach.Communes => "one's communes", _ => "the province",
    };
}
