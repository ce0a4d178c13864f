using System.Reflection;
using System.Xml;
using PaymentEngine.Core;
using PaymentEngine.Core.Payments;
using PaymentEngine.Core.Reconciliation;

namespace PaymentEngine.Tests.House;

public class HouseTests
{
    static readonly string[] NotOurs = ["System", "netstandard", "mscorlib", "Microsoft.CSharp"];

    [Fact]
    public void Core_references_nothing_but_NodaTime() =>
        Assert.Equal(["NodaTime"], Outside(typeof(Problem).Assembly).Where(name => name != "NodaTime.TimeZones"));

    [Fact]
    public void Messages_and_Postgres_do_not_know_each_other()
    {
        Assert.DoesNotContain("PaymentEngine.Postgres", Outside(Assembly.Load("PaymentEngine.Messages")));
        Assert.DoesNotContain("PaymentEngine.Messages", Outside(Assembly.Load("PaymentEngine.Postgres")));
        Assert.DoesNotContain("PaymentEngine.Messages", ProjectReferences("PaymentEngine.Postgres"));
        Assert.DoesNotContain("PaymentEngine.Postgres", ProjectReferences("PaymentEngine.Messages"));
        Assert.Empty(ProjectReferences("PaymentEngine.Core"));
    }

    [Fact]
    public void There_is_no_room_without_a_business()
    {
        string[] banned = ["Common", "Helpers", "Helper", "Utils", "Utilities", "Manager", "Managers", "Service", "Services", "Interfaces"];
        var found = Repository.Files("src", "*").Select(path => Path.GetRelativePath(Repository.Root, path)).Where(path => path.Split('/').Any(part => banned.Contains(Path.GetFileNameWithoutExtension(part)))
            || banned.Any(word => Path.GetFileNameWithoutExtension(path).EndsWith(word, StringComparison.Ordinal))).ToList();
        Assert.Empty(found);
    }

    [Fact]
    public void SQL_stands_in_Postgres_only()
    {
        string[] words = ["SELECT ", "INSERT INTO ", "UPDATE ", "DELETE FROM ", "CREATE TABLE "];
        var found = Repository.Files("src", "*.cs").Where(path => !path.Contains("/PaymentEngine.Postgres/", StringComparison.Ordinal))
            .SelectMany(path => File.ReadLines(path).Select((line, i) => (path, i, line)))
            .Where(row => !row.line.TrimStart().StartsWith("//", StringComparison.Ordinal) && words.Any(word => row.line.Contains(word, StringComparison.Ordinal)) && row.line.Contains('"'))
            .Select(row => $"{Path.GetRelativePath(Repository.Root, row.path)}:{row.i + 1}").ToList();
        // People.AddAsync takes a lock by name: no table is touched there.
        Assert.DoesNotContain(found, place => !place.StartsWith("src/PaymentEngine.App/Operations/People.cs", StringComparison.Ordinal));
    }

    [Fact]
    public void Connections_are_made_in_Postgres_only()
    {
        var found = Repository.Files("src", "*.cs").Where(path => !path.Contains("/PaymentEngine.Postgres/", StringComparison.Ordinal))
            .SelectMany(path => File.ReadLines(path).Select((line, i) => (path, i, line)))
            .Where(row => System.Text.RegularExpressions.Regex.IsMatch(row.line, @"\bNpgsql(Connection|DataSource|Command|Batch)\w*"))
            .Select(row => $"{Path.GetRelativePath(Repository.Root, row.path)}:{row.i + 1}");
        Assert.Empty(found);
    }

    [Fact]
    public void Every_commit_of_money_uses_whole_dong()
    {
        var found = Repository.Files("src", "*.cs").SelectMany(path => File.ReadLines(path).Select((line, i) => (path, i, line)))
            .Where(row => System.Text.RegularExpressions.Regex.IsMatch(row.line, @"\b(double|float)\b[^;(]*\b\w*(vnd|amount|money)\w*\b", System.Text.RegularExpressions.RegexOptions.IgnoreCase))
            .Select(row => $"{Path.GetRelativePath(Repository.Root, row.path)}:{row.i + 1}");
        Assert.Empty(found);
    }

    [Fact]
    public void The_page_of_states_is_what_the_tables_say() => Golden("docs/states.md", StatesPage.Draw());

    [Fact]
    public void The_page_of_what_is_not_verified_is_what_files_and_rules_say() => Golden("docs/law.md", LawPage.Draw());

    static void Golden(string file, string expected)
    {
        var path = Path.Combine(Repository.Root, file);
        if (Environment.GetEnvironmentVariable("PAYENGINE_UPDATE_GOLDEN") == "1") File.WriteAllText(path, expected);
        Assert.True(File.Exists(path), $"{file} is missing; run the tests once with PAYENGINE_UPDATE_GOLDEN=1.");
        Assert.Equal(expected, File.ReadAllText(path));
    }

    static List<string> Outside(Assembly assembly) =>
        [.. assembly.GetReferencedAssemblies().Select(name => name.Name!).Where(name => !NotOurs.Any(own => name == own || name.StartsWith(own + ".", StringComparison.Ordinal))).Order(StringComparer.Ordinal)];

    static List<string> ProjectReferences(string project)
    {
        var names = new List<string>();
        using var reader = XmlReader.Create(Path.Combine(Repository.Root, "src", project, project + ".csproj"));
        while (reader.Read())
            if (reader is { NodeType: XmlNodeType.Element, LocalName: "ProjectReference" }) names.Add(Path.GetFileNameWithoutExtension(reader.GetAttribute("Include")!.Replace('\\', '/')));
        return names;
    }
}
