using System.Globalization;
using System.Text;
using PaymentEngine.App.Operations;
using PaymentEngine.App.Operations.Access;
using Xunit.Abstractions;

namespace PaymentEngine.ServiceTests.Access;

/// <summary>The access matrix: every door × role × territory, generated from the table of rules and knocked at.</summary>
[Collection(PostgresCollection.Name)]
public sealed class AccessMatrixTests(ScratchCluster cluster, ITestOutputHelper output)
{
    /// <summary>Doors whose operation looks finer than the row: one role of the row is enough for one's own item only, or for one of several verbs.</summary>
    static readonly string[] Finer = ["law reject", "reason approve", "reason reject", "run extend", "run return", "bank confirm"];

    /// <summary>Doors that would end the session or the test's own state.</summary>
    static readonly string[] NotKnocked = ["confirm", "logout", "user totp", "user password", "user sessions", "user events", "verify", "POST /api/v1/session/close"];

    [PostgresFact]
    public async Task Every_door_lets_in_whom_its_rule_names_and_nobody_else()
    {
        await using var world = await AccessWorld.OpenAsync(cluster);
        await using var web = await WebRouteDoor.OpenAsync(world);
        IAccessDoor[] kinds = [new CommandDoor(world), web];
        var (cells, unexpected) = (0, new List<string>());
        var matrix = new StringBuilder("kind,door,who,territory,expected,exit,code\n");

        void Cell(string kind, string door, string who, string territory, bool allowed, Knocked said, bool fits)
        {
            cells++;
            matrix.Append(CultureInfo.InvariantCulture, $"{kind},{door},{who},{territory},{(allowed ? "allow" : "refuse")},{said.Exit},{said.Code}\n");
            if (!fits) unexpected.Add($"{kind} {door} × {who} × {territory}: expected {(allowed ? "allow" : "refuse")}, got {said.Exit} {said.Code}");
        }

        foreach (var kind in kinds)
        {
            Assert.Empty(kind.Doors.Where(door => door.Rule is null).Select(door => door.Name));
            var doors = kind.Doors.Where(door => door.Rule.NeedsPerson && !NotKnocked.Contains(door.Rule.Name)).ToList();
            foreach (var (name, rule) in doors)
            {
                // Roles first, each alone, of the whole province. What a rule lets in is done once at most: by the first role that may.
                var (done, at) = (false, 0);
                foreach (var role in Role.All)
                {
                    // Auditor and administrator at every door; of the others every third, another third at the next door. PAYENGINE_TEST_MATRIX=all knocks with everybody everywhere.
                    if (!rule.Roles.Contains(role) && role is not (Role.Auditor or Role.Administrator) && (cells + at++) % 3 != 0 && Environment.GetEnvironmentVariable("PAYENGINE_TEST_MATRIX") != "all") continue;

                    // What is taken out as a file needs a second role beside the one that reads it.
                    var allowed = (rule.Roles.Count == 0 || rule.Roles.Contains(role)) && rule.Takes != Taking.Always;
                    if (allowed && done) continue;
                    var said = await kind.KnockAsync(name, role.Replace('_', '-'), Whose.Absent);
                    Cell(kind.Kind, name, role, "province", allowed, said, allowed ? !said.IsKeptOut || Finer.Contains(rule.Name) : said is { Exit: 4, Code: "not_allowed.role" });
                    done |= allowed;
                }

                if (rule.Reach == Reach.Own) continue;
                // Every role of the office at once, but in one commune: what concerns the province stays shut.
                foreach (var user in new[] { "officer", "former" })
                {
                    var said = await kind.KnockAsync(name, user, Whose.Absent);
                    var allowed = rule.Reach == Reach.Communes;
                    Cell(kind.Kind, name, "every role", user == "officer" ? "own commune" : "former commune", allowed, said, allowed ? !said.IsKeptOut || said.Code == "not_allowed.territory" : said is { Exit: 4, Code: "not_allowed.territory" });
                }
            }

            foreach (var name in kind.Named)
            {
                // Not yours and not there are one answer, to the letter.
                foreach (var (user, territory) in new[] { ("officer", "other's thing"), ("former", "former commune's thing") })
                {
                    var absent = await kind.KnockAsync(name, user, Whose.Absent);
                    var theirs = await kind.KnockAsync(name, user, user == "officer" ? Whose.Other : Whose.Former);
                    Cell(kind.Kind, name, "every role", territory, false, theirs, (theirs.Exit, theirs.Code, CommandDoor.Anonymous(theirs.Words, world)) == (absent.Exit, absent.Code, CommandDoor.Anonymous(absent.Words, world)));
                }
            }

            var rules = kind.Doors.ToDictionary(door => door.Name, door => door.Rule, StringComparer.Ordinal);
            foreach (var name in kind.Named.Where(name => !rules[name].Changes && rules[name].Reach == Reach.Communes && rules[name].Name is not ("account list" or "payee list" or "run show" or "run diff" or "run holds" or "run outliers" or "run paper")))
            {
                var (own, whole) = (await kind.KnockAsync(name, "officer", Whose.Own), await kind.KnockAsync(name, "province", Whose.Other));
                Cell(kind.Kind, name, "every role", "own thing", true, own, own.Exit == 0);
                Cell(kind.Kind, name, "every role", "parent: the province", true, whole, whole.Exit == 0);
            }
        }

        var path = Path.Combine(AppContext.BaseDirectory, "access-matrix.csv");
        await File.WriteAllTextAsync(path, matrix.ToString());
        output.WriteLine($"access matrix: {cells} cells, {unexpected.Count} unexpected; {path}");
        Assert.True(unexpected.Count == 0, $"{cells} cells, {unexpected.Count} unexpected:\n{string.Join('\n', unexpected)}");
        Assert.True(cells >= 500, $"{cells} cells");
    }
}
