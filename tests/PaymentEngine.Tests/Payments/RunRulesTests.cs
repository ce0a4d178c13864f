using System.Text;
using NodaTime;
using PaymentEngine.App.Operations;
using PaymentEngine.Core.Money;
using PaymentEngine.Core.Payments;
using PaymentEngine.Core.Recipients;
using PaymentEngine.Messages;
using PaymentEngine.Messages.Csv;

namespace PaymentEngine.Tests.Payments;

public sealed class RunRulesTests
{
    static readonly YearMonth November = new(2026, 11);
    static readonly OutlierRules Outliers = RunRules.OfProgram.Outliers;

    static string? Unusual(long vnd, long usual = 800_000, long oneOff = 0, Programme programme = Programme.Btxh, YearMonth? arrears = null) =>
        Outliers.Unusual(new Vnd(vnd), new Vnd(oneOff), new Vnd(usual), programme, arrears, November);

    [Fact]
    public void More_than_three_times_the_usual_is_a_jump_only_above_the_floor()
    {
        Assert.Null(Unusual(20_000_000));
        Assert.Equal(HoldReasons.AmountOutlier, Unusual(20_000_001));
        Assert.Null(Unusual(30_000_000, usual: 10_000_000));
        Assert.Equal(HoldReasons.AmountOutlier, Unusual(30_000_001, usual: 10_000_000));
    }

    [Fact]
    public void A_one_off_is_no_jump_but_the_cap_counts_it()
    {
        Assert.Null(Unusual(40_000_000, usual: 1_000_000, oneOff: 39_000_000));
        Assert.Equal(HoldReasons.OverCap, Unusual(60_000_001, usual: 1_000_000, oneOff: 59_000_001));
        Assert.Null(Unusual(60_000_001, usual: 60_000_000, programme: Programme.Khac));
    }

    [Fact]
    public void Arrears_are_looked_at_when_they_reach_further_back_than_two_years()
    {
        Assert.Null(Unusual(500_000, arrears: new YearMonth(2024, 11)));
        Assert.Equal(HoldReasons.OldArrears, Unusual(500_000, arrears: new YearMonth(2024, 10)));
    }

    [Fact]
    public void A_greater_total_needs_more_approvals()
    {
        var rules = RunRules.OfProgram with { Approvals = [new("approver", Vnd.Zero), new("chief_approver", new Vnd(1_000)), new("chief_approver", new Vnd(5_000))] };
        Assert.Equal([1, 1, 2, 3], new long[] { 0, 999, 1_000, 5_000 }.Select(vnd => rules.LevelsFor(new Vnd(vnd))));
    }

    [Fact]
    public void Written_then_read_are_the_same_rules()
    {
        var text = RunRulesFile.Write(RunRules.OfProgram);
        var read = RunRulesFile.Parse(Encoding.UTF8.GetBytes(text), "rules.json", Role.All);
        Assert.True(read.IsOk, string.Join('\n', read.Problems));
        Assert.Equal(text, RunRulesFile.Write(read.Value));
    }

    [Fact]
    public void Every_fault_of_a_file_is_told_with_its_line()
    {
        var text = RunRulesFile.Write(RunRules.OfProgram).Replace("\"approver\"", "\"boss\"", StringComparison.Ordinal).Replace("\"jumpPercent\": 200", "\"jumpPercent\": \"viel\"", StringComparison.Ordinal)
            .Replace("\"Htxh\"", "\"Btxh\"", StringComparison.Ordinal).Replace("by_person", "because", StringComparison.Ordinal).Replace("\"holdDays\": 5", "\"holdDay\": 5", StringComparison.Ordinal);
        var problems = RunRulesFile.Parse(Encoding.UTF8.GetBytes(text), "rules.json", Role.All).Problems;
        Assert.All(problems, problem => Assert.Equal("run_rules.field", problem.Code));
        Assert.Equal([3, 5, 10, 19, 1, 20], problems.Select(problem => problem.At!.Line));
        Assert.DoesNotContain(problems, problem => problem.Remedy.Contains("bank-profiles", StringComparison.Ordinal));
        Assert.Equal("json.malformed", RunRulesFile.Parse("{"u8, "rules.json", Role.All).Problems.Single().Code);
    }

    [Fact]
    public void A_run_never_goes_without_an_approval()
    {
        string[] broken = ["\"approvals\": []", "\"approvals\": [ { \"role\": \"approver\", \"fromVnd\": 1 } ]", "\"approvals\": [ { \"role\": \"approver\", \"fromVnd\": 0 }, { \"role\": \"approver\", \"fromVnd\": 9 }, { \"role\": \"approver\", \"fromVnd\": 8 } ]"];
        var text = RunRulesFile.Write(RunRules.OfProgram);
        var from = text.IndexOf("\"approvals\"", StringComparison.Ordinal);
        var to = text.IndexOf(']', from) + 1;
        Assert.All(broken, levels => Assert.Equal("run_rules.field", RunRulesFile.Parse(Encoding.UTF8.GetBytes(text[..from] + levels + text[to..]), "rules.json", Role.All).Problems.Single().Code));
    }

    [Fact]
    public void Control_totals_are_read_by_their_columns_and_every_bad_row_is_told()
    {
        var read = ControlTotalsFile.Parse("commune,programme,people,sum_vnd\n,,10,8100000\n16690,BTXH,7,5670000\n"u8.ToArray(), "totals.csv");
        Assert.Equal([(null, null, 10, 8_100_000L, "totals.csv:2"), ((Programme?)Programme.Btxh, "16690", 7, 5_670_000L, "totals.csv:3")],
            read.Value.Select(one => (one.Programme, one.CommuneCode, one.People, one.Sum.Amount, one.Place)));

        var bad = ControlTotalsFile.Parse("programme,commune,people,sum_vnd\nXX,,1,1\n,,many,1\n,,1,1.000\n,,2,2\nNCC,1\n"u8.ToArray(), "totals.csv").Problems;
        Assert.Equal([("control.programme", 2), ("control.number", 3), ("control.number", 4), ("control.twice", 4), ("control.twice", 5), ("control.columns", 6)], bad.Select(problem => (problem.Code, problem.At!.Line!.Value)));
        Assert.Equal("control.columns", ControlTotalsFile.Parse("people,sum\n1,1\n"u8.ToArray(), "totals.csv").Problems.Single().Code);
        Assert.Equal("control.empty", ControlTotalsFile.Parse(""u8.ToArray(), "totals.csv").Problems.Single().Code);
        Assert.Equal("control.empty", ControlTotalsFile.Parse("programme,commune,people,sum_vnd\n"u8.ToArray(), "totals.csv").Problems.Single().Code);
    }

    [Fact]
    public void A_declared_total_that_differs_says_where_it_was_declared()
    {
        var run = RunId.Parse("40-2611-001").Value;
        var declared = new ControlTotal(Programme.Btxh, "16690", 7, new Vnd(500), "totals.csv:3");
        Assert.Null(declared.Against(run, 7, new Vnd(500)));
        var problem = declared.Against(run, 7, new Vnd(501))!;
        Assert.Equal("run.control_differs", problem.Code);
        Assert.StartsWith("totals.csv:3: declared for BTXH in commune 16690", problem.Message, StringComparison.Ordinal);
    }
}
