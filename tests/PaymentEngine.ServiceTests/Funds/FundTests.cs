using NodaTime;
using PaymentEngine.App.Files;
using PaymentEngine.App.Operations;
using PaymentEngine.App.Operations.Cash;
using PaymentEngine.App.Paper;
using PaymentEngine.Core.Funds;
using PaymentEngine.Core.Money;
using PaymentEngine.Core.Payments;
using PaymentEngine.Core.Recipients;
using PaymentEngine.Postgres;
using PaymentEngine.ServiceTests.Runs;

namespace PaymentEngine.ServiceTests.Funds;

/// <summary>A fund from the Treasury to the payees and back, over a run of six people: three by account, three in cash.</summary>
[Collection(PostgresCollection.Name)]
public sealed class FundTests(ScratchCluster cluster)
{
    const short Province = RunWorld.Province;

    static readonly Caller Administrator = new(Province, "admin", "Quản trị", new HashSet<string> { Role.Administrator }, null) { ProvenUntil = Instant.MaxValue };
    static readonly Caller Cashier = new(Province, "cashier", "Thủ quỹ", new HashSet<string> { Role.CashOfficer }, null) { ProvenUntil = Instant.MaxValue };
    static readonly Caller Reconciler = new(Province, "reconciler", "Người đối soát", new HashSet<string> { Role.Reconciler }, null) { ProvenUntil = Instant.MaxValue };

    [PostgresFact]
    public async Task Money_is_drawn_paid_out_reported_and_given_back_and_every_dong_is_in_one_place()
    {
        await using var world = await RunWorld.OpenAsync(cluster);
        await world.AddPeopleAsync(1, 6);
        var run = await world.ApprovedAsync();
        Assert.Equal(6 * 810_000, run.Total!.ListedVnd);
        var folder = Directory.CreateTempSubdirectory("pe-funds-").FullName;
        var disk = new DiskFiles(new ActionCounter());
        var funds = new App.Operations.Funds(world.Database, world.Clock, disk);
        var november = world.November;
        var declared = new Fund("NS-BTXH", "Ngân sách tỉnh", "424", 0, [Programme.Btxh], november, null, true, "QĐ 1/QĐ-UBND");
        Assert.True((await funds.DeclareAsync(Administrator, declared, "SO", default)).IsOk);
        Assert.True((await funds.DeclareAsync(Administrator, declared, "SO", default)).IsOk); // again does no harm
        Assert.Equal("fund.overlaps", (await funds.DeclareAsync(Administrator, declared with { Code = "NS-2" }, "SO", default)).Problems[0].Code);
        Assert.Equal("not_allowed.role", (await funds.DeclareAsync(world.Maker, declared with { Code = "NS-2" }, "SO", default)).Problems[0].Code);
        Assert.True((await funds.DeclareAsync(Administrator, declared with { Code = "QL", Name = "Chi phí quản lý", Programmes = [] }, "SO", default)).IsOk);
        Assert.True((await funds.DeclareAsync(Administrator, new StoredProvider("BD", "Bưu điện", "post"), default)).IsOk);
        var contract = new ProviderContract("HD1", "BD", [Programme.Btxh], [], new LocalDate(2026, 10, 1), null);
        Assert.True((await funds.DeclareAsync(Administrator, contract, [], default)).IsOk);
        Assert.Equal("contract.overlaps", (await funds.DeclareAsync(Administrator, contract with { No = "HD2" }, ["16690"], default)).Problems[0].Code);
        Assert.True((await funds.DeclareAsync(Administrator, new ProviderFee("HD1", Programme.Btxh, november, 700, null, "QĐ 2/QĐ-UBND"), default)).IsOk);

        // Nothing drawn yet: three payments by account lack their money.
        Assert.Equal([new FundCover("NS-BTXH", true, Vnd.Zero, new Vnd(3 * 810_000), new Vnd(3 * 810_000))], await CoverAsync(world, run.Id));
        var drawn = await funds.MoveAsync(world.Maker, Move("NS-BTXH", FundPlace.Treasury, FundPlace.PayingBank, null, 3 * 810_000, "RDT1"), default);
        Assert.Equal(1, drawn.Value.No);
        Assert.Equal(1, (await funds.MoveAsync(world.Maker, Move("NS-BTXH", FundPlace.Treasury, FundPlace.PayingBank, null, 3 * 810_000, "RDT1"), default)).Value.No);
        Assert.True((await CoverAsync(world, run.Id))[0].Lacking.IsZero);
        Assert.Equal("fund.not_there", (await funds.MoveAsync(world.Maker, Move("NS-BTXH", FundPlace.PayingBank, FundPlace.Provider, "BD", 3_000_000, "CT0"), default)).Problems[0].Code);
        Assert.Equal("not_allowed.fee_from_benefit", (await funds.MoveAsync(world.Maker, Move("NS-BTXH", FundPlace.PayingBank, FundPlace.Fee, "BD", 1_000, "CT0"), default)).Problems[0].Code);
        Assert.True((await funds.MoveAsync(world.Maker, Move("NS-BTXH", FundPlace.Treasury, FundPlace.Provider, "BD", 3 * 810_000, "RDT2"), default)).IsOk);

        // The provider pays two of its three people.
        var cash = new CashPayouts(world.Database, world.Clock, disk, new PaperPrinter(disk, ""));
        var lists = (await cash.PrintAsync(Cashier, november, null, folder, false, default)).Value;
        Assert.Equal(3, lists.Sum(list => list.Items));
        var returned = lists.Select(list => list.CsvFile).ToList();
        var unpaid = 0;
        foreach (var path in returned)
        {
            var lines = File.ReadAllLines(path);
            for (var i = 1; i < lines.Length; i++) lines[i] = lines[i][..^4] + (unpaid++ == 0 ? ",uncollected" : ",paid") + ",2026-10-24,,";
            File.WriteAllLines(path, lines);
        }

        Assert.All(await cash.ConfirmAsync(Cashier, returned, null, default), one => Assert.True(one.IsOk, string.Join('\n', one.Problems)));
        var report = Path.Combine(folder, "report.csv");
        var known = (await funds.SettleAsync(Reconciler, "BD", november, default)).Value;
        File.WriteAllLines(report, ["list,paid_items,paid_vnd,unpaid_items,unpaid_vnd", .. known.Lists.Select(list => $"{list.List},{list.PaidItems},{list.Paid.Amount + 1},{list.UncollectedItems},{list.Uncollected.Amount}")]);
        var wrong = await funds.ReportAsync(Reconciler, "BD", november, report, new LocalDate(2026, 11, 19), default);
        Assert.Equal(known.Lists.Count, wrong.Problems.Count(problem => problem is { Code: "provider_report.differs", At.Column: "paid_vnd" }));
        File.WriteAllLines(report, ["list,paid_items,paid_vnd,unpaid_items,unpaid_vnd", .. known.Lists.Select(list => $"{list.List},{list.PaidItems},{list.Paid.Amount},{list.UncollectedItems},{list.Uncollected.Amount}")]);
        var taken = await funds.ReportAsync(Reconciler, "BD", november, report, new LocalDate(2026, 11, 21), default);
        Assert.True(taken.IsOk, string.Join('\n', taken.Problems));
        Assert.Equal((2, 2 * 810_000, 1, 810_000, true), (taken.Value.PaidItems, taken.Value.Paid.Amount, taken.Value.UnpaidItems, taken.Value.Left.Amount, taken.Value.IsLate));

        // 0.7 % of 1,620,000 is 11,340, out of the management cost.
        Assert.Equal(11_340, (await funds.SettleAsync(Reconciler, "BD", november, default)).Value.FeeSum.Amount);
        Assert.True((await funds.MoveAsync(world.Maker, Move("QL", FundPlace.Treasury, FundPlace.PayingBank, null, 11_340, "RDT3"), default)).IsOk);
        Assert.True((await funds.MoveAsync(world.Maker, Move("QL", FundPlace.PayingBank, FundPlace.Fee, "BD", 11_340, "UNC9"), default)).IsOk);
        Assert.True((await funds.MoveAsync(world.Maker, Move("NS-BTXH", FundPlace.Provider, FundPlace.Treasury, "BD", 810_000, "NT1"), default)).IsOk);
        var wrongly = (await funds.MoveAsync(world.Maker, Move("NS-BTXH", FundPlace.Treasury, FundPlace.PayingBank, null, 5, "SAI"), default)).Value;
        Assert.True((await funds.UndoAsync(world.Maker, wrongly.No, new LocalDate(2026, 10, 24), "DAO", default)).IsOk);
        Assert.True((await funds.UndoAsync(world.Maker, wrongly.No, new LocalDate(2026, 10, 24), "DAO", default)).IsOk);

        var books = (await funds.BooksAsync(Reconciler, default)).Value;
        var balance = books.BalanceOf("NS-BTXH");
        Assert.True(balance.Holds);
        Assert.Equal((6 * 810_000L, 810_000L, 3 * 810_000L, 0L, 0L, 2 * 810_000L), (balance.Drawn.Amount, balance.Returned.Amount, balance.AtBank.Amount, balance.WithProviders.Amount, balance.PaidByAccount.Amount, balance.PaidInCash.Amount));
        Assert.Equal((11_340L, 0L), (books.BalanceOf("QL").Fees.Amount, books.BalanceOf("QL").AtBank.Amount));
        Directory.Delete(folder, recursive: true);
    }

    [PostgresFact]
    public async Task A_movement_is_tied_to_the_one_statement_entry_that_can_show_it()
    {
        await using var world = await RunWorld.OpenAsync(cluster);
        var funds = new App.Operations.Funds(world.Database, world.Clock, new DiskFiles(new ActionCounter()));
        Assert.True((await funds.DeclareAsync(Administrator, new Fund("NS", "Ngân sách", "424", 0, [Programme.Btxh], world.November, null, false, "QĐ"), "SO", default)).IsOk);
        foreach (var (vnd, voucher) in ((long, string)[])[(700, "A"), (900, "B"), (900, "C")])
            Assert.True((await funds.MoveAsync(world.Maker, Move("NS", FundPlace.Treasury, FundPlace.PayingBank, null, vnd, voucher), default)).IsOk);
        await world.SqlAsync("""
            SELECT open_month(202610);
            INSERT INTO inbox_file (province_code, import_no, sha256, kind, file_name, message, message_id, sender, size_bytes, stored_as, received_at, operation_no)
            VALUES (40, 1, sha256('s'), 'bank', 's.xml', 'camt.053', 'S1', '', 1, 's', '2026-10-24', 1);
            INSERT INTO bank_fact (province_code, month, import_no, entry_no, detail_no, target, evidence, level, amount_vnd, event_key, event_date, reported_at)
            VALUES (40, 202610, 1, 1, 0, 0, 2048, 1, 700, '\x0000000000000001', '2026-10-23', '2026-10-24'), (40, 202610, 1, 2, 0, 0, 2048, 1, 900, '\x0000000000000002', '2026-10-23', '2026-10-24'),
                   (40, 202610, 1, 3, 0, 0, 512, 1, 700, '\x0000000000000003', '2026-10-23', '2026-10-24');
            """);
        var found = (await funds.MatchAsync(Reconciler, default)).Value;
        Assert.Equal(1, found.Tied);
        Assert.Equal(["B", "C"], found.Unseen.Select(movement => movement.Voucher)); // 900 could be either
        Assert.Equal("1/1", (await funds.BooksAsync(Reconciler, default)).Value.Movements[0].Entry);
        Assert.Equal(0, (await funds.MatchAsync(Reconciler, default)).Value.Tied);
    }

    static FundMovement Move(string fund, FundPlace from, FundPlace to, string? provider, long vnd, string voucher) =>
        new(0, fund, new YearMonth(2026, 11), from, to, provider, new Vnd(vnd), new LocalDate(2026, 10, 24), voucher, null);

    static async Task<IReadOnlyList<FundCover>> CoverAsync(RunWorld world, RunId run)
    {
        await using var session = await world.Database.RunAsync(default);
        return await App.Operations.Funds.CoverAsync(session, run, default);
    }
}
