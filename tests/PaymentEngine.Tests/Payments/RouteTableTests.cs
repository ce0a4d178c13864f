using System.Text;
using PaymentEngine.Core.Money;
using PaymentEngine.Core.Payments;
using PaymentEngine.Core.Recipients;
using PaymentEngine.Messages;

namespace PaymentEngine.Tests.Payments;

public class RouteTableTests
{
    const string Vietcombank = "970436", Agribank = "970405", Mb = "970422";

    static PayerRoute Route(short place, string debtor, PaymentChannel? channel = null, long? from = null, long? to = null, params string[] creditors) =>
        new(place, [], creditors, from is { } least ? new Vnd(least) : null, to is { } most ? new Vnd(most) : null, channel, debtor, BankProfiles.ForBank(debtor));

    static short? Place(RouteTable table, string bank, long vnd, Programme programme = Programme.Btxh) =>
        table.RouteNoOf(programme, bank, new Vnd(vnd)) is { } number ? table.Of([Programme.Ncc, Programme.Btxh]).Single(route => route.RouteNo == number).Place : null;

    [Fact]
    public void The_first_route_that_serves_bank_and_sum_pays()
    {
        var table = new RouteTable([Route(3, Agribank), Route(1, Vietcombank, null, null, null, Vietcombank, Mb), Route(2, Agribank, null, null, 100_000_000, "970418")], _ => null);
        Assert.Equal<short?>(1, Place(table, Vietcombank, 500_000));
        Assert.Equal<short?>(1, Place(table, Mb, 500_000));
        Assert.Equal<short?>(2, Place(table, "970418", 100_000_000));
        Assert.Equal<short?>(3, Place(table, "970418", 100_000_001));
        Assert.Equal<short?>(3, Place(table, "970449", 1));
    }

    [Fact]
    public void A_payment_that_no_route_serves_has_none()
    {
        var table = new RouteTable([Route(1, Vietcombank, null, null, null, Vietcombank)], _ => null);
        Assert.Null(Place(table, Agribank, 500_000));
        var byBic = BankProfiles.Generic with { CreditorAgent = AgentForm.Bic };
        Assert.Null(RouteTable.OfOwnAccount(Agribank, byBic, _ => null).RouteNoOf(Programme.Btxh, Vietcombank, new Vnd(1)));
        Assert.NotNull(RouteTable.OfOwnAccount(Agribank, byBic, _ => "BFTVVNVX").RouteNoOf(Programme.Btxh, Vietcombank, new Vnd(1)));
        Assert.Null(RouteTable.OfOwnAccount(Agribank, BankProfiles.Generic with { PaymentMax = new Vnd(10) }, _ => null).RouteNoOf(Programme.Btxh, Vietcombank, new Vnd(11)));
    }

    [Theory]
    [InlineData(PaymentChannel.Instant, Mb, 499_999_999, true)]
    [InlineData(PaymentChannel.Instant, Mb, 500_000_000, false)]
    [InlineData(PaymentChannel.Instant, Vietcombank, 1, false)]
    [InlineData(PaymentChannel.Inside, Vietcombank, 900_000_000, true)]
    [InlineData(PaymentChannel.Inside, Mb, 1, false)]
    [InlineData(PaymentChannel.LowValue, Mb, 500_000_000, false)]
    [InlineData(PaymentChannel.HighValue, Mb, 500_000_000, true)]
    [InlineData(PaymentChannel.HighValue, Mb, 1, true)]
    [InlineData(PaymentChannel.HighValue, Vietcombank, 1, false)]
    public void A_route_of_one_channel_serves_what_that_channel_takes(PaymentChannel channel, string bank, long vnd, bool serves) =>
        Assert.Equal(serves, new RouteTable([Route(1, Vietcombank, channel)], _ => null).RouteNoOf(Programme.Btxh, bank, new Vnd(vnd)) is not null);

    [Fact]
    public void Routes_are_numbered_in_the_order_of_the_cut_and_every_choice_is_among_them()
    {
        var table = new RouteTable([Route(1, Vietcombank, null, null, null, Vietcombank), Route(2, Agribank)], _ => null);
        var routes = table.Of([Programme.Htxh, Programme.Btxh]);
        Assert.Equal(routes.OrderBy(route => (route.Place, route.Programme, route.Channel)).Select(route => route.RouteNo), routes.Select(route => route.RouteNo));
        Assert.Equal(routes.Count, routes.Select(route => route.RouteNo).Distinct().Count());
        foreach (var bank in new[] { Vietcombank, Agribank, Mb })
            foreach (var vnd in new[] { 1L, 499_999_999, 500_000_000, 999_999_999_999 })
                Assert.Contains(table.RouteNoOf(Programme.Htxh, bank, new Vnd(vnd)), routes.Select(route => (short?)route.RouteNo));
    }

    [Fact]
    public void A_route_carries_the_codes_of_its_profile()
    {
        var table = RouteTable.OfOwnAccount(Agribank, BankProfiles.Generic with { ServiceLevelInside = null, ServiceLevelLowValue = "NURG" }, _ => null);
        Assert.Equal([("", "GWLT"), ("NURG", "GWLT"), ("URGP", "GWLT")], table.Of([Programme.Ncc]).Select(route => (route.ServiceLevel, route.Purpose)));
    }

    [Fact]
    public void A_file_of_routes_is_read_or_refused_by_line_and_column()
    {
        const string Head = "payer_code,place,programmes,creditor_banks,amount_from_vnd,amount_to_vnd,channel,profile,debtor_bank_bin,debtor_account_no,debtor_account_name\n";
        var good = Read(Head + "40-BTXH,1,BTXH;HTXH,970436,,100000000,instant,vietcombank,970436,0011001234567,SO Y TE\n40-BTXH,2,,,,,,,970405,3600201001234,SO Y TE\n").Value;
        Assert.Equal(("0011001234567", PaymentChannel.Instant, 100_000_000L, "vietcombank"), (good[0].Account.Text, good[0].Channel!.Value, good[0].AmountTo!.Value.Amount, good[0].Profile));
        Assert.Equal([Programme.Btxh, Programme.Htxh], good[0].Programmes);
        Assert.Empty(good[1].CreditorBins);
        var bad = Read(Head + "40-BTXH,1,XYZ,970436,5,4,slow,nobank,999999,12 3,\n40-BTXH,2,,,,,,,970405,3600201001234,A B\n40-BTXH,2,,,,,,,970405,3600201001234,A B\n").Problems;
        Assert.Equal(["amount_to_vnd", "channel", "debtor_account_name", "debtor_account_no", "debtor_bank_bin", "place", "profile", "programmes"], bad.Select(problem => problem.At!.Column).Order(StringComparer.Ordinal));
        Assert.Equal(7, bad.Count(problem => problem.At!.Line == 2));
        Assert.Equal(["column.unknown", "column.missing"], Read("payer_code,place,debtor_bank_bin,debtor_account_no,colour\n").Problems.Select(problem => problem.Code));
        Assert.Equal("file.empty", Assert.Single(Read("").Problems).Code);

        static Core.Result<IReadOnlyList<RouteRow>> Read(string text) => RoutesFile.Read(new MemoryStream(Encoding.UTF8.GetBytes(text)), "routes.csv");
    }
}
