using System.Text;
using NodaTime;
using PaymentEngine.Core.Funds;
using PaymentEngine.Core.Money;
using PaymentEngine.Core.Recipients;
using PaymentEngine.Messages.Csv;

namespace PaymentEngine.Tests.Funds;

/// <summary>The books of a fund by hand-made figures.</summary>
public sealed class FundBookTests
{
    static readonly YearMonth November = new(2026, 11);

    static FundMovement Move(int no, FundPlace from, FundPlace to, long vnd, string? provider = null, int? undoes = null) =>
        new(no, "NS", November, from, to, provider, new Vnd(vnd), new LocalDate(2026, 10, 27), $"V{no}", undoes);

    static FundUse Use(long listed, long account, long committed, params (string Provider, long Vnd)[] cash) =>
        new("NS", November, new Vnd(listed), new Vnd(account), cash.ToDictionary(pair => pair.Provider, pair => new Vnd(pair.Vnd)), Vnd.Zero, new Vnd(committed));

    [Fact]
    public void Every_dong_drawn_is_at_the_bank_with_a_provider_paid_or_a_fee()
    {
        FundMovement[] movements =
        [
            Move(1, FundPlace.Treasury, FundPlace.PayingBank, 1_000), Move(2, FundPlace.Treasury, FundPlace.Provider, 500, "BD"), Move(3, FundPlace.PayingBank, FundPlace.Provider, 200, "BD"),
            Move(4, FundPlace.Provider, FundPlace.PayingBank, 50, "BD"), Move(5, FundPlace.Provider, FundPlace.Treasury, 30, "BD"), Move(6, FundPlace.PayingBank, FundPlace.Treasury, 20),
        ];
        var balance = FundBook.Balance("NS", movements, [Use(1_400, 600, 100, ("BD", 550), ("", 10))]);
        Assert.Equal(1_500, balance.Drawn.Amount); // 1,000 + 500
        Assert.Equal(50, balance.Returned.Amount); // 30 + 20
        Assert.Equal(220, balance.AtBank.Amount); // 1,000 - 200 + 50 - 20 - 600 paid - 10 from the own desk
        Assert.Equal(70, balance.AtProviders["BD"].Amount); // 500 + 200 - 50 - 30 - 550 paid
        Assert.Equal(560, balance.PaidInCash.Amount);
        Assert.Equal(240, balance.Unpaid.Amount); // 1,400 - 600 - 560
        Assert.True(balance.Holds);
        Assert.Empty(balance.Overdrawn);
        Assert.True(FundBook.Lacking(balance).IsZero);
    }

    [Fact]
    public void A_contra_entry_leaves_nothing_of_what_it_takes_back()
    {
        var drawn = Move(1, FundPlace.Treasury, FundPlace.PayingBank, 1_000);
        var given = Move(2, FundPlace.PayingBank, FundPlace.Treasury, 400);
        var balance = FundBook.Balance("NS", [drawn, given, FundBook.Undo(given, 3, new LocalDate(2026, 11, 1), "X"), FundBook.Undo(drawn, 4, new LocalDate(2026, 11, 1), "Y")], []);
        Assert.Equal(FundBook.Balance("NS", [], []) with { AtProviders = balance.AtProviders }, balance);
        Assert.True(balance.Holds);
    }

    [Fact]
    public void What_is_on_its_way_out_must_be_on_the_account_and_more_paid_than_came_is_named()
    {
        var balance = FundBook.Balance("NS", [Move(1, FundPlace.Treasury, FundPlace.PayingBank, 700)], [Use(1_000, 400, 350, ("BD", 250))]);
        Assert.Equal(300, balance.AtBank.Amount);
        Assert.Equal(50, FundBook.Lacking(balance).Amount); // 350 ordered or on its way, 300 there
        Assert.Equal([(FundPlace.Provider, "BD", new Vnd(-250))], balance.Overdrawn);
        Assert.True(balance.Holds);
    }

    [Fact]
    public void A_fee_is_a_share_of_what_was_paid_or_a_sum_each_and_the_latest_in_force_counts()
    {
        var share = new ProviderFee("HD1", Programme.Btxh, new YearMonth(2026, 7), 750, null, "QĐ 1");
        Assert.Equal(7_501, share.Of(3, new Vnd(1_000_067)).Amount); // 0.75 % of 1,000,067 = 7,500.5025
        Assert.Equal(8, share.Of(1, new Vnd(1_000)).Amount); // 7.5: a half away from zero
        Assert.Equal(6_600, new ProviderFee("HD1", Programme.Btxh, new YearMonth(2026, 7), null, new Vnd(2_200), "QĐ 1").Of(3, new Vnd(1_000_067)).Amount);
        var later = share with { From = new YearMonth(2026, 12), Per100000 = 500 };
        Assert.Equal(share, ProviderFee.InForce([later, share], "HD1", Programme.Btxh, November));
        Assert.Equal(later, ProviderFee.InForce([later, share], "HD1", Programme.Btxh, new YearMonth(2027, 1)));
        Assert.Null(ProviderFee.InForce([later, share], "HD1", Programme.Ncc, November));
        Assert.Null(ProviderFee.InForce([later, share], "HD1", Programme.Btxh, new YearMonth(2026, 6)));
    }

    [Fact]
    public void Funds_and_contracts_that_would_claim_the_same_list_overlap()
    {
        var fund = new Fund("A", "A", "424", 1, [Programme.Btxh, Programme.Htxh], new YearMonth(2026, 1), new YearMonth(2026, 12), false, "QĐ");
        Assert.True(fund.Overlaps(fund with { Code = "B", Programmes = [Programme.Htxh], From = new YearMonth(2026, 12), To = null }));
        Assert.False(fund.Overlaps(fund with { Code = "B", From = new YearMonth(2027, 1), To = null }));
        Assert.False(fund.Overlaps(fund with { Code = "B", Programmes = [Programme.Ncc] }));
        Assert.False(fund.Overlaps(fund with { Code = "B", PayerNo = 2 }));
        var contract = new ProviderContract("1", "BD", [Programme.Btxh], [1, 2], new LocalDate(2026, 1, 1), null);
        Assert.True(contract.Overlaps(contract with { No = "2", CommuneIds = [] }));
        Assert.False(contract.Overlaps(contract with { No = "2", CommuneIds = [3] }));
        Assert.False((contract with { To = new LocalDate(2026, 6, 30) }).Overlaps(contract with { No = "2", From = new LocalDate(2026, 7, 1) }));
    }

    [Fact]
    public void Each_difference_of_a_report_is_told_with_its_line()
    {
        KnownList[] known =
        [
            new("40-2611-C0001", 3, new Vnd(300), 1, new Vnd(100), 0, Vnd.Zero), new("40-2611-C0002", 2, new Vnd(200), 0, Vnd.Zero, 1, new Vnd(50)), new("40-2611-C0003", 1, new Vnd(10), 0, Vnd.Zero, 0, Vnd.Zero),
        ];
        var read = Read("list,paid_items,paid_vnd,unpaid_items,unpaid_vnd\n40-2611-C0001,3,301,1,100\n40-2611-C0002,2,200,0,0\n40-2611-C0009,1,1,0,0\n");
        var found = ProviderReports.Differences(read.Value, known, "r.csv").Select(problem => (problem.Code, problem.At!.Line, problem.At.Column)).ToList();
        Assert.Equal(
            [("provider_report.differs", 2, "paid_vnd"), ("provider_report.list_open", 3, "list"), ("provider_report.unknown_list", 4, "list"), ("provider_report.list_missing", (int?)null, (string?)null)], found);
        Assert.Empty(ProviderReports.Differences(Read("list,paid_items,paid_vnd,unpaid_items,unpaid_vnd\n40-2611-C0001,3,300,1,100\n").Value, known[..1], "r.csv"));
    }

    [Theory]
    [InlineData("", "provider_report.empty", null)]
    [InlineData("list,paid_items,paid_vnd,unpaid_items\nx,1,1,1\n", "provider_report.column_missing", 1)]
    [InlineData("list,paid_items,paid_vnd,unpaid_items,unpaid_vnd\nx,1,1.000,0,0\n", "provider_report.number_malformed", 2)]
    [InlineData("list,paid_items,paid_vnd,unpaid_items,unpaid_vnd\nx,1,1,0,0\nx,1,1,0,0\n", "provider_report.twice", 3)]
    [InlineData("list,paid_items,paid_vnd,unpaid_items,unpaid_vnd\n", "provider_report.empty", null)]
    public void A_report_that_cannot_be_read_is_refused_where_it_is_wrong(string text, string code, int? line)
    {
        var problem = Assert.Single(Read(text).Problems);
        Assert.Equal((code, line), (problem.Code, problem.At!.Line));
    }

    static PaymentEngine.Core.Result<IReadOnlyList<ReportedList>> Read(string text) => ProviderReportFile.Read(new MemoryStream(Encoding.UTF8.GetBytes(text)), "r.csv");
}
