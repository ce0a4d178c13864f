using System.Text.Json;
using PaymentEngine.App.CommandLine;
using PaymentEngine.App.Operations.Audit;

namespace PaymentEngine.Tests.Audit;

public class PersonalDataTests
{
    static SortedSet<string> Of(object answer)
    {
        var people = new SortedSet<string>(StringComparer.Ordinal);
        Doorway.Collect(JsonSerializer.SerializeToElement(answer, JsonText.Options), people);
        return people;
    }

    [Fact]
    public void An_answer_shows_the_people_whose_keys_are_in_it_each_once() =>
        Assert.Equal(["P1", "P2"], Of(new { cases = new[] { new { person_id = "P2", person = "lan" }, new { person_id = "P1", person = "minh" } }, first = new { person_id = "P1" } }));

    [Fact]
    public void An_answer_without_people_is_no_read_of_personal_data() => Assert.Empty(Of(new { run = "40-2611-001", person_id = (string?)null, recipients = 300_000, person = "lan" }));

    [Theory]
    [InlineData("=1+1", "'=1+1")]
    [InlineData("@x", "'@x")]
    [InlineData("'x", "''x")]
    [InlineData("-500000", "-500000")]
    [InlineData("-x", "'-x")]
    [InlineData("a,\"b\"\nc", "\"a,\"\"b\"\"\nc\"")]
    public void A_cell_of_a_bundle_is_no_formula_and_reads_back_as_it_was(string cell, string written)
    {
        var bytes = BundleCsv.Write(["x", "y"], [[cell, "1"]]);
        Assert.Equal($"x,y\n{written},1\n", System.Text.Encoding.UTF8.GetString(bytes));
        Assert.Equal(cell, Assert.Single(BundleCsv.Read(bytes)!)["x"]);
    }

    [Fact]
    public void A_table_that_was_cut_or_torn_is_none()
    {
        Assert.Null(BundleCsv.Read("x,y\n1"u8.ToArray()));
        Assert.Null(BundleCsv.Read("x,y\n1\n"u8.ToArray()));
        Assert.Null(BundleCsv.Read("x,y\n\"1,2\n"u8.ToArray()));
        Assert.Null(BundleCsv.Read("x,x\n1,2\n"u8.ToArray()));
        Assert.Null(BundleCsv.Read([]));
    }
}
