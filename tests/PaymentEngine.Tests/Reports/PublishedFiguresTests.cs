using System.Text;
using NodaTime;
using PaymentEngine.App.CommandLine;
using PaymentEngine.Core;
using PaymentEngine.Core.Reports;
using PaymentEngine.Messages.Csv;
using PaymentEngine.Tests.House;

namespace PaymentEngine.Tests.Reports;

/// <summary>The published figures of Nghệ An and Thanh Hóa: what ties passes, what does not is named, what nobody can check is said.</summary>
public sealed class PublishedFiguresTests
{
    const string Header = "figure,value,unit,must,about,as_of,source";

    static string PathOf(string name) => Path.Combine(Repository.Root, "tests", "PaymentEngine.Tests", "Reports", "Published", name);

    static IReadOnlyList<string> Outcomes(string name)
    {
        var figures = PublishedFiguresFile.Parse(File.ReadAllBytes(PathOf(name)), name);
        Assert.True(figures.IsOk, string.Join('\n', figures.Problems));
        return [.. PublishedFigures.Check(figures.Value).Select(check => $"{check.Outcome} {check.Figure.Name} {check.Relation}")];
    }

    static Result<IReadOnlyList<PublishedFigure>> Read(params string[] rows) => PublishedFiguresFile.Parse(Encoding.UTF8.GetBytes(string.Join('\n', [Header, .. rows])), "so-lieu.csv");

    static FigureCheck Only(params string[] rows) => Assert.Single(PublishedFigures.Check(Read(rows).Value));

    [Fact]
    public void Of_Nghe_An_the_groups_tie_and_the_share_of_opened_accounts_cannot_be_checked() => Assert.Equal(
    [
        "Ties wanted = ncc + btxh + poor", "Ties ncc <= wanted", "Ties btxh <= wanted", "Ties poor <= wanted", "Unknown opened <= wanted", "Ties paid <= wanted", "Unknown paid_of_opened = paid / opened", "Differs paid_of_wanted = paid / wanted",
    ], Outcomes("nghe-an-2024-06.csv"));

    [Fact]
    public void Of_Thanh_Hoa_the_share_is_one_of_everybody_and_not_of_those_with_an_account() => Assert.Equal(
    [
        "Ties checked <= everybody", "Ties account <= checked", "Ties wish <= account", "Differs paid_of_account = wish / account", "Ties wish_of_everybody = wish / everybody", "Ties matched <= cleaned",
    ], Outcomes("thanh-hoa-2024-08.csv"));

    [Fact]
    public void What_a_missing_number_would_have_to_be_is_told()
    {
        var figures = PublishedFiguresFile.Parse(File.ReadAllBytes(PathOf("nghe-an-2024-06.csv")), "nghe-an").Value;
        var share = PublishedFigures.Check(figures).Single(check => check.Figure.Name == "paid_of_opened");
        Assert.Equal((218_336m, 221_720m), share.Implied);
        Assert.Equal(["opened"], share.Missing);
        var wrong = PublishedFigures.Check(figures).Single(check => check.Figure.Name == "paid_of_wanted");
        Assert.Equal(4.9m, wrong.Computed);
        var other = PublishedFigures.Check(PublishedFiguresFile.Parse(File.ReadAllBytes(PathOf("thanh-hoa-2024-08.csv")), "thanh-hoa").Value).Single(check => check.Outcome == FigureOutcome.Differs);
        Assert.Equal(61.2m, other.Computed);
        Assert.Equal(["everybody"], other.OtherWholes);
        Assert.Equal((7m, 7m), Only("all,12,persons,= a + b,,,s", "a,5,persons,,,,s", "b,,persons,,,,s").Implied);
        Assert.Equal((2m, 2m), Only("left,3,persons,= a - b,,,s", "a,5,persons,,,,s", "b,,persons,,,,s").Implied);
    }

    [Theory]
    [InlineData("6.5", 13, 200, FigureOutcome.Ties)]
    [InlineData("6.5", 129, 2_000, FigureOutcome.Ties)]      // 6.45, half away from zero
    [InlineData("6.4", 129, 2_000, FigureOutcome.Differs)]
    [InlineData("6.5", 1_289_999, 20_000_000, FigureOutcome.Differs)]
    [InlineData("7", 13, 200, FigureOutcome.Ties)]
    [InlineData("6.50", 13, 200, FigureOutcome.Ties)]
    [InlineData("6.51", 13, 200, FigureOutcome.Differs)]
    [InlineData("100", 5, 5, FigureOutcome.Ties)]
    [InlineData("0", 0, 5, FigureOutcome.Ties)]
    [InlineData("0", 0, 0, FigureOutcome.Differs)]
    public void A_share_ties_at_the_decimals_it_was_published_with(string share, int part, int whole, FigureOutcome outcome) =>
        Assert.Equal(outcome, Only($"share,{share},percent,= part / whole,,,s", $"part,{part},persons,,,,s", $"whole,{whole},persons,,,,s").Outcome);

    [Theory]
    [InlineData("x,101,percent,,,,s", "figures.above_100", "value")]
    [InlineData("x,100.1,percent,,,,s", "figures.above_100", "value")]
    [InlineData("x,12.5,persons,,,,s", "figures.fraction", "value")]
    [InlineData("x,0.5,vnd,,,,s", "figures.fraction", "value")]
    [InlineData("x,14.301,persons,,,,s", "figures.number", "value")]
    [InlineData("x,\"14,301\",persons,,,,s", "figures.number", "value")]
    [InlineData("x,-5,persons,,,,s", "figures.number", "value")]
    [InlineData("x,\"6,5\",percent,,,,s", "figures.number", "value")]
    [InlineData("x,6.5 %,percent,,,,s", "figures.number", "value")]
    [InlineData("x,1e3,persons,,,,s", "figures.number", "value")]
    [InlineData("x,9999999999999999,persons,,,,s", "figures.number", "value")]
    [InlineData("x,5,people,,,,s", "figures.unit", "unit")]
    [InlineData("Số một,5,persons,,,,s", "figures.name", "figure")]
    [InlineData("x,5,persons,,,,", "figures.source", "source")]
    [InlineData("x,5,persons,= y,,,s", "figures.unknown_name", "must")]
    [InlineData("x,5,persons,= x,,,s", "figures.itself", "must")]
    [InlineData("x,5,persons,about 5,,,s", "figures.relation", "must")]
    [InlineData("x,5,persons", "figures.columns", null)]
    public void What_is_no_figure_is_refused_with_line_and_column(string row, string code, string? column)
    {
        var refused = Read("first,1,persons,,,,s", row);
        var problem = Assert.Single(refused.Problems);
        Assert.Equal((code, "so-lieu.csv", 3, column), (problem.Code, problem.At!.File, problem.At.Line, problem.At.Column));
        Assert.NotEmpty(problem.Remedy);
    }

    [Fact]
    public void Shares_and_sums_are_of_one_unit_and_a_name_stands_once()
    {
        Assert.Equal("figures.units", Assert.Single(Read("a,5,persons,= b,,,s", "b,5,vnd,,,,s").Problems).Code);
        Assert.Equal("figures.units", Assert.Single(Read("a,5,persons,= b / c,,,s", "b,5,persons,,,,s", "c,5,persons,,,,s").Problems).Code);
        Assert.Equal("figures.units", Assert.Single(Read("a,5,percent,= b / c,,,s", "b,5,persons,,,,s", "c,5,records,,,,s").Problems).Code);
        Assert.Equal("figures.twice", Assert.Single(Read("a,5,persons,,,,s", "a,6,persons,,,,s").Problems).Code);
        Assert.Equal("figures.empty", Assert.Single(Read().Problems).Code);
        Assert.Equal("figures.columns", Assert.Single(PublishedFiguresFile.Parse("figure,value\nx,1\n"u8.ToArray(), "f").Problems).Code);
        Assert.Equal("figures.malformed", Assert.Single(PublishedFiguresFile.Parse([.. Encoding.UTF8.GetBytes(Header + "\nx,1,persons,,"), 0xFF, 0xFE, .. ",,s\n"u8.ToArray()], "f").Problems).Code);
        Assert.Equal("file.too_large", Assert.Single(PublishedFiguresFile.Parse(new byte[PublishedFiguresFile.BytesMax + 1], "f").Problems).Code);
    }

    static async Task<(int Exit, string Said)> RunAsync(params string[] args)
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        var exit = await PayEngine.RunAsync(args, new CommandContext(args, SystemClock.Instance, Settings.From(_ => null), output, error), CancellationToken.None);
        return (exit, output.ToString() + error);
    }

    [Fact]
    public async Task The_command_names_what_does_not_tie_and_says_so_with_its_exit_code()
    {
        var (exit, said) = await RunAsync("report", "check", PathOf("thanh-hoa-2024-08.csv"), "--lang", "en");
        Assert.Equal(ExitCode.Refused, exit);
        Assert.Contains("DOES NOT TIE\t6\tpaid_of_account\t7,2 %\t= wish / account\t61,2 %\tit is 7,2 % of everybody", said, StringComparison.Ordinal);
        Assert.Contains("5 tie, 1 do not, 0 cannot be checked", said, StringComparison.Ordinal);
        (exit, said) = await RunAsync("report", "check", PathOf("nghe-an-2024-06.csv"), "--lang", "en");
        Assert.Equal(ExitCode.Refused, exit);
        Assert.Contains("opened would be 218.336 to 221.720", said, StringComparison.Ordinal);
        (exit, said) = await RunAsync("report", "check", PathOf("khong-co.csv"));
        Assert.Equal(ExitCode.Refused, exit);
        Assert.Contains("khong-co.csv", said, StringComparison.Ordinal);
    }
}
