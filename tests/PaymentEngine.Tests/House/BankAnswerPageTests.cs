using System.Text.RegularExpressions;

namespace PaymentEngine.Tests.House;

/// <summary>docs/bank-answers.md names every code with which reading a bank's file can answer, and no other.</summary>
public partial class BankAnswerPageTests
{
    [Fact]
    public void The_page_of_answers_names_every_code_of_the_reader()
    {
        var folder = Path.Combine(Repository.Root, "src", "PaymentEngine.Messages", "Iso20022");
        string[] files = ["BankXml.cs", "BankElements.cs", "BankMessageReader.cs", "DeclaredEncoding.cs", "DocumentStream.cs", "ElementNames.cs", "FileFindings.cs", "PassedOnWalk.cs",
            "ResolutionWalk.cs", "SchemaFolder.cs", "StatementSums.cs", "StatementWalk.cs", "StatusReportWalk.cs", "UnpackedStream.cs"];
        // What is noted when a file is taken in, against what came before.
        var imports = ImportFinding().Matches(File.ReadAllText(Path.Combine(Repository.Root, "src", "PaymentEngine.App", "Operations", "BankImports.cs"))).Select(match => match.Groups[1].Value);
        var codes = files.SelectMany(file => Code().Matches(File.ReadAllText(Path.Combine(folder, file)))).Select(match => match.Groups[1].Value).Concat(imports)
            // The sums of a statement name only the end of theirs.
            .Concat(StatementEnd().Matches(File.ReadAllText(Path.Combine(folder, "StatementSums.cs"))).Select(match => "statement." + match.Groups[1].Value)).ToHashSet(StringComparer.Ordinal);
        var page = PageCode().Matches(File.ReadAllText(Path.Combine(Repository.Root, "docs", "bank-answers.md"))).Select(match => match.Groups[1].Value).ToHashSet(StringComparer.Ordinal);
        Assert.Equal(codes.Order(StringComparer.Ordinal), page.Order(StringComparer.Ordinal));
    }

    [GeneratedRegex("\"((?:bank_file|message|envelope|encoding|header|status|reason|resolution|statement|entry|balance|amount|date|stamp|schema)\\.[a-z0-9_]+)\"")]
    private static partial Regex Code();

    [GeneratedRegex("\"((?:statement|booking)\\.[a-z_]+)\"")]
    private static partial Regex ImportFinding();

    [GeneratedRegex("Find\\(\"([a-z_]+)\"")]
    private static partial Regex StatementEnd();

    [GeneratedRegex("`((?:booking|bank_file|message|envelope|encoding|header|status|reason|resolution|statement|entry|balance|amount|date|stamp|schema)\\.[a-z0-9_]+)`")]
    private static partial Regex PageCode();
}
