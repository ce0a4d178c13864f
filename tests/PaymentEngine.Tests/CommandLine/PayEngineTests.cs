using System.Text.Json;
using NodaTime;
using PaymentEngine.App.CommandLine;
using PaymentEngine.Core;
using PaymentEngine.Core.Money;

namespace PaymentEngine.Tests.CommandLine;

public class PayEngineTests
{
    static async Task<(int Exit, string Out, string Error)> Run(params string[] args)
    {
        var (output, error) = (new StringWriter(), new StringWriter());
        var context = new CommandContext(args, SystemClock.Instance, Settings.From(_ => null), output, error);
        var exit = await PayEngine.RunAsync(args, context, CancellationToken.None);
        return (exit, output.ToString(), error.ToString());
    }

    [Fact]
    public async Task Wrong_usage_exits_with_2_and_a_short_hint_that_guesses_what_was_meant()
    {
        var (exit, output, error) = await Run("hlep");
        Assert.Equal(2, exit);
        Assert.Empty(output);
        Assert.Contains("'help'", error);
        Assert.True(error.Split('\n').Length <= 4, error);
    }

    [Fact]
    public async Task Wrong_usage_in_json_is_the_problem_list_on_standard_output()
    {
        var (exit, output, error) = await Run("hlep", "--json", "--lang", "en");
        Assert.Equal(2, exit);
        Assert.Empty(error);
        var problem = JsonDocument.Parse(output).RootElement.GetProperty("problems")[0];
        Assert.Equal(["code", "message", "remedy", "file", "line", "column", "field"], problem.EnumerateObject().Select(member => member.Name));
        Assert.Equal("usage.unknown_word", problem.GetProperty("code").GetString());
    }

    [Fact]
    public async Task A_piped_table_is_one_record_a_line_with_tabs_between()
    {
        var (exit, output, _) = await Run("help", "exit-codes", "--lang", "en");
        Assert.Equal(0, exit);
        Assert.Contains("2\twrong usage", output);
    }

    [Theory]
    [InlineData("usage.wrong", ExitCode.WrongUsage)]
    [InlineData("not_allowed.role", ExitCode.NotAllowed)]
    [InlineData("neighbour.database", ExitCode.NeighbourSilent)]
    [InlineData("fault.file", ExitCode.OurFault)]
    [InlineData("account_number.malformed", ExitCode.Refused)]
    public void The_first_part_of_a_problems_code_names_the_exit_code(string code, int exit) =>
        Assert.Equal(exit, Answer.Refused(new Problem(code, "m", "r")).Exit);

    [Fact]
    public void Equal_problems_are_grouped_and_the_first_five_shown()
    {
        var error = new StringWriter();
        var context = new CommandContext([], SystemClock.Instance, Settings.From(_ => null), new StringWriter(), error);
        context.Output.Problems(Enumerable.Range(1, 12).Select(line => new Problem("x.y", $"line {line} is bad.", "Mend it.").In("f.csv", line, "account")).ToList());
        var text = error.ToString();
        Assert.Contains("12", text);
        Assert.Contains("f.csv:5, column \"account\"", text);
        Assert.DoesNotContain("f.csv:6,", text);
    }

    [Fact]
    public void Json_writes_money_as_whole_dong_and_days_and_months_as_ISO_text() =>
        Assert.Equal("""{"amount_vnd":1500000,"day":"2026-11-21","month":"2026-11","name":"Nguyễn"}""",
            JsonText.Write(new { AmountVnd = new Vnd(1_500_000), Day = new LocalDate(2026, 11, 21), Month = new YearMonth(2026, 11), Name = "Nguyễn" }));

    [Fact]
    public void Numbers_for_people_have_dots_between_thousands_and_days_stand_before_months()
    {
        Assert.Equal("1.234.567 ₫", ViText.Money(new Vnd(1_234_567)));
        Assert.Equal("-1.000 ₫", ViText.Money(new Vnd(-1000)));
        Assert.Equal("+1.204", ViText.Signed(1204));
        Assert.Equal("21/11/2026", ViText.Date(new LocalDate(2026, 11, 21)));
        Assert.Equal("11/2026", ViText.Month(new YearMonth(2026, 11)));
        Assert.Equal("3,25", ViText.Decimal(3.25m, 2));
    }
}
