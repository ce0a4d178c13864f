using System.Text;
using System.Text.RegularExpressions;
using NodaTime;
using PaymentEngine.Core;
using PaymentEngine.Core.Recipients;
using PaymentEngine.Core.Recipients.Population;
using PaymentEngine.Messages.Csv;
using PaymentEngine.Messages.Spreadsheets;
using PaymentEngine.Tests.House;

namespace PaymentEngine.Tests.Csv;

public sealed partial class NoticeFilesTests
{
    const string Deaths = "person_id,id_number,full_name,died_on,known_on,source";

    static IReadOnlyList<Problem> Refused(string text)
    {
        using var reading = NoticeFiles.ReadDeaths(new MemoryStream(Encoding.UTF8.GetBytes(text)), "deaths.csv");
        _ = reading.ToList();
        return reading.Refusals.Kept;
    }

    [Theory]
    [InlineData("", "file.empty", 1, null)]
    [InlineData(Deaths + "\nP1,,An,2026-02-30,,x\n", "date.not_real", 2, "died_on")]
    [InlineData(Deaths + "\nP1,,An,03/10/2026,,x\n", "date.malformed", 2, "died_on")]
    [InlineData(Deaths + "\n,,An,2026-10-03,,x\n", "notice.nobody", 2, "id_number")]
    [InlineData(Deaths + "\n,04015000001,An,2026-10-03,,x\n", "id_number.malformed", 2, "id_number")]
    [InlineData(Deaths + "\nP1,,An,2026-10-03,2026-10-01,x\n", "period.backwards", 2, "known_on")]
    [InlineData(Deaths + "\nP1,,,2026-10-03,,x\n", "cell.empty", 2, "full_name")]
    [InlineData(Deaths + "\nP1,,An,2026-10-03,,\n", "cell.empty", 2, "source")]
    [InlineData(Deaths + "\nP1,,A\u202En,2026-10-03,,x\n", "text.invisible", 2, "full_name")]
    [InlineData(Deaths + "\nP1,,Nguyeãn Vaên An,2026-10-03,,x\n", "text.old_encoding", 2, "full_name")]
    [InlineData(Deaths + "\nP1,,\"An,2026-10-03,,x\n", "row.quotes", 2, null)]
    [InlineData(Deaths + "\nP1,,An,2026-10-03,,x\nP1,,An,2026-10-04,,x\n", "row.twice", 3, "person_id")]
    [InlineData(Deaths + ",amount\nP1,,An,2026-10-03,,x,5\n", "column.unknown", 1, "amount")]
    [InlineData("person_id,full_name,source\nP1,An,x\n", "column.missing", 1, "died_on")]
    [InlineData(Deaths + "\nP1,,An,2026-10-03,x\n", "row.fields_count", 2, null)]
    public void A_bad_row_is_told_with_its_place(string text, string code, int? line, string? column)
    {
        var problem = Assert.Single(Refused(text));
        Assert.Equal((code, line, column), (problem.Code, problem.At!.Line, problem.At.Column));
        Assert.NotEmpty(problem.Remedy);
    }

    [Fact]
    public void A_workbook_reads_as_the_text_it_would_be_saved_as()
    {
        using var bytes = new MemoryStream();
        TableFile.Write(bytes, "deaths.xlsx", "Bao tu", [("person_id", false), ("full_name", false), ("died_on", false), ("source", false)],
            [["P1", "Nguyễn, Thị \"Ánh\"", "2026-10-03", "Trích lục 12"], ["P2", "Lê Văn C", "2026-13-03", "x"]]);
        using var reading = NoticeFiles.ReadDeaths(new MemoryStream(bytes.ToArray()), "deaths.xlsx");
        var row = Assert.Single(reading.ToList());
        Assert.Equal((2, "P1", "Nguyễn, Thị \"Ánh\"", new LocalDate(2026, 10, 3)), (row.Line, row.Value.PersonId, row.Value.FullName, row.Value.DiedOn));
        var problem = Assert.Single(reading.Refusals.Kept);
        Assert.Equal("date.not_real 3 died_on", $"{problem.Code} {problem.At!.Line} {problem.At.Column}");
    }

    [Fact]
    public void An_answer_says_number_name_and_birth_of_whom_it_found()
    {
        var text = "person_id,outcome,id_number,full_name,birth,checked_on\nP1,found,,An,1950,2026-10-20\nP2,not_found,,,,2026-10-20\nP3,found,181234567,An,1950,2026-10-20\nP4,maybe,,,,2026-10-20\n";
        using var reading = NoticeFiles.ReadAnswers(new MemoryStream(Encoding.UTF8.GetBytes(text)), "answers.csv");
        Assert.Equal("P2", Assert.Single(reading.ToList()).Value.PersonId);
        Assert.Equal(["2 cell.empty outcome", "4 id_number.malformed id_number", "5 choice.unknown outcome"], reading.Refusals.Kept.Select(problem => $"{problem.At!.Line} {problem.Code} {problem.At.Column}"));
    }

    [Fact]
    public void An_answer_written_is_the_answer_read()
    {
        var answer = new PopulationAnswer("P1", PopulationOutcome.Found, "040150000001", "=Nguyễn, \"Ánh\"", new BirthDate(1950, 11, 5), Sex.Female, new LocalDate(2026, 10, 3), "17001", new LocalDate(2026, 10, 20), null);
        using var bytes = new MemoryStream();
        using (var writer = NoticeFiles.WriteAnswers(bytes)) writer.Write(answer);
        using var reading = NoticeFiles.ReadAnswers(new MemoryStream(bytes.ToArray()), "answers.csv");
        Assert.Equal(answer, Assert.Single(reading.ToList()).Value);
    }

    [Fact]
    public void Each_file_page_lists_the_columns_that_are_read()
    {
        foreach (var kind in NoticeFiles.Kinds)
        {
            var page = File.ReadAllLines(Path.Combine(Repository.Root, "schemas", "import", Path.ChangeExtension(NoticeFiles.FileName(kind), ".md")));
            var documented = page.Select(line => Row().Match(line)).Where(row => row.Success).Select(row => (row.Groups[1].Value, row.Groups[2].Value == "yes"));
            Assert.Equal(NoticeFiles.Columns(kind).Select(column => (column.Name, column.Required)), documented);
        }
    }

    [GeneratedRegex(@"^\| `([a-z_]+)` \| (yes|) ?\|")]
    private static partial Regex Row();
}
