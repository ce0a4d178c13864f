using System.Reflection;
using System.Text.RegularExpressions;
using PaymentEngine.Messages.Csv;

namespace PaymentEngine.Tests.Csv;

public sealed partial class RegisterDocumentsTests
{
    [Fact]
    public void Each_file_page_lists_the_columns_that_are_read_in_the_order_they_are_written()
    {
        foreach (var kind in RegisterFiles.Kinds)
        {
            var page = File.ReadAllLines(Path.Combine(Folder(), Path.ChangeExtension(RegisterFiles.FileName(kind), ".md")));
            var documented = page.Select(line => Row().Match(line)).Where(row => row.Success).Select(row => (row.Groups[1].Value, row.Groups[2].Value == "yes"));
            Assert.Equal(RegisterFiles.Columns(kind).Select(column => (column.Name, column.Required)), documented);
            foreach (var column in RegisterFiles.Columns(kind))
                foreach (var word in column.Allowed)
                    Assert.Contains(page, line => line.StartsWith($"| `{column.Name}` |", StringComparison.Ordinal) && line.Contains(word, StringComparison.Ordinal));
        }
    }

    [Fact]
    public void Every_code_is_on_the_first_page()
    {
        var page = File.ReadAllText(Path.Combine(Folder(), "README.md"));
        Assert.All(Codes(), code => Assert.Contains($"`{code}`", page, StringComparison.Ordinal));
    }

    internal static IEnumerable<string> Codes() => typeof(RegisterRefusals).GetFields(BindingFlags.Public | BindingFlags.Static).Select(field => (string)field.GetRawConstantValue()!);

    static string Folder()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
            if (File.Exists(Path.Combine(folder.FullName, "PaymentEngine.sln"))) return Path.Combine(folder.FullName, "schemas", "import");
        throw new InvalidOperationException("The tests do not run inside the repository.");
    }

    [GeneratedRegex(@"^\| `([a-z_]+)` \| (yes|) ?\|")]
    private static partial Regex Row();
}
