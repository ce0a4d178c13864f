using System.Text;
using NodaTime;
using PaymentEngine.App.Commands.Reports;
using PaymentEngine.App.Operations;
using PaymentEngine.App.Operations.Reports;
using PaymentEngine.Core;
using PaymentEngine.Core.Money;
using PaymentEngine.Core.Payments;
using PaymentEngine.Core.Reports;
using PaymentEngine.Postgres;
using PaymentEngine.ServiceTests.Ledger;
using static PaymentEngine.ServiceTests.Answers.AnswerWorld;

namespace PaymentEngine.ServiceTests.Reports;

/// <summary>The funnel over a real store: six people whose November was sent to a bank, and one person for each step before it.</summary>
[Collection(RegisterCollection.Name)]
public sealed class CashlessReportTests(ScratchCluster cluster)
{
    static readonly Caller Auditor = new(Province, "auditor", "Kiểm tra viên", new HashSet<string> { Role.Auditor }, null) { ProvenUntil = Instant.MaxValue };

    static readonly LocalDate Day12 = new(2026, 11, 12);

    // 1–6 have an account and the wish; their sums are in transit since 2 November. 11 … 18 stand on the steps before, or outside.
    static async Task<LedgerWorld> OpenAsync(ScratchCluster cluster)
    {
        var world = await LedgerWorld.OpenAsync(cluster, 6);
        await world.Answers.AddAccountsAsync();
        await world.SqlAsync("""
            UPDATE payee SET channel_version = 1;
            INSERT INTO recipient (province_code, recipient_id, version, person_id, full_name, sex, birth_year, birth_month, birth_day, known_from, operation_no)
            SELECT 40, n, 1, 'P' || n, 'Trần Thị ' || n, 2, 1948, 5, CASE WHEN n = 12 THEN 0 ELSE 1 END, '2026-01-01', 1 FROM generate_series(11, 18) n;
            UPDATE recipient SET id_number_key = 1, id_number_cipher = decode(repeat('00', CASE recipient_id WHEN 11 THEN 37 ELSE 40 END), 'hex'), id_number_tag = decode(lpad(to_hex(recipient_id), 32, '0'), 'hex'), id_number_tail = '0000';
            INSERT INTO dated_fact (province_code, recipient_id, version, facts_from, home_province, commune_id, poverty, supporter, alone, other_income, disability, known_from, operation_no)
            SELECT 40, n, 1, 0, '40', 2, 1, 1, 1, 1, 2, '2026-01-01', 1 FROM generate_series(11, 18) n;
            INSERT INTO award (province_code, award_no, version, award_id, recipient_id, programme, category, category_no, variant_no, facts_from, decided_on, class, relation, suspend_reason, review_result, known_from, operation_no)
            SELECT 40, recipient_id, 1, 'A' || recipient_id, recipient_id, CASE WHEN recipient_id < 10 THEN 2 ELSE 3 END, CASE WHEN recipient_id < 10 THEN 'k6' ELSE 'HTXH' END, 0, 0, 0, '2026-01-15', 0, 0, 0, 0, '2026-01-01', 1
              FROM recipient WHERE recipient_id <> 18;
            INSERT INTO payee (province_code, payee_no, version, recipient_id, payee_name, role, channel, wish, channel_version, known_from, operation_no)
            SELECT 40, n, 1, n, 'Trần Thị ' || n, 1, CASE WHEN n IN (14, 15) THEN 1 ELSE 4 END, CASE n WHEN 15 THEN 2 WHEN 16 THEN 1 ELSE 0 END, CASE WHEN n BETWEEN 14 AND 16 THEN 1 END, '2026-01-01', 1 FROM generate_series(11, 18) n;
            -- 17 died in October; the register knew it on 10 November.
            INSERT INTO recipient (province_code, recipient_id, version, person_id, id_number_key, id_number_cipher, id_number_tag, id_number_tail, full_name, sex, birth_year, birth_month, birth_day, death, known_from, operation_no)
            SELECT province_code, recipient_id, 2, person_id, id_number_key, id_number_cipher, id_number_tag, id_number_tail, full_name, sex, birth_year, birth_month, birth_day, '2026-10-20', '2026-11-10 03:00Z', operation_no FROM recipient WHERE recipient_id = 17;
            """);
        // The bank refuses the first payment and debits the rest; on the 12th the first is proven never taken and becomes cash.
        await world.ImportAsync(world.Answers.Report(9, (Id(1), "RJCT", "AC04")), world.Answers.Statement(2, 5, Debit(world.Answers.Sum - Amount(1))));
        world.On(11, 12);
        await world.Answers.ReconcileAsync();
        return world;
    }

    static async Task<FunnelView> FunnelAsync(LedgerWorld world, FunnelRequest request, Caller? caller = null)
    {
        var asked = await new CashlessReports(world.Answers.Database, world.Answers.Clock).FunnelAsync(caller ?? Auditor, request);
        Assert.True(asked.IsOk, string.Join('\n', asked.Problems));
        return asked.Value;
    }

    static string Stands(FunnelView view) => string.Join("; ", FunnelSteps.All.SelectMany(step => view.Report.ReasonsOn(step.Step).Select(row => $"{step.Code} {FunnelReasons.Of(row.Reason).Code} {row.Tally.People}")));

    [PostgresFact]
    public async Task Each_person_stands_on_one_step_on_every_day_and_each_figure_is_its_people()
    {
        await using var world = await OpenAsync(cluster);

        // Today: five were paid, the first is due in cash.
        var today = await FunnelAsync(world, new FunnelRequest(Cross: [FunnelDimension.Group, FunnelDimension.Commune]));
        Assert.Equal("outside dead 1; outside no_award 1; all old_number 1; all no_day_of_birth 1; information no_account 1; account wish_unknown 1; account wish_declined 1; wish channel_is_cash 1; wish not_verified 1; paid by_account 5", Stands(today));
        Assert.True(today.Holds, string.Join('\n', today.Ties.Where(tie => !tie.Holds)));
        Assert.DoesNotContain(today.Ties, tie => tie.Right is null);
        Assert.Equal(new Vnd(world.Answers.Sum - Amount(1)), today.Report.Total.Money.ByAccount);
        Assert.Equal(new Vnd(Amount(1)), today.Report.Total.Money.Elsewhere);
        Assert.Equal("Xã Một", today.Communes["16690"]);
        Assert.Equal(Share.Of(5, 12), Share.Of(today.Report.Total.Reached(FunnelStep.PaidByAccount), today.Report.Total.Inside));

        // Every figure with people in it lists exactly these, with the same money.
        var reports = new CashlessReports(world.Answers.Database, world.Answers.Clock);
        foreach (var figure in FunnelPaper.Figures(static (_, en) => en, today).Where(figure => figure.People > 0).DistinctBy(figure => figure.Figure.ToString()))
        {
            var named = (await reports.PeopleAsync(Auditor, new FunnelRequest(), FunnelFigure.Parse(figure.Figure.ToString()).Value)).Value;
            Assert.True(figure.People == named.People.Count, $"{figure.Figure}: {figure.People} and {named.People.Count}");
            if (figure.Money is { } money) Assert.Equal(money, named.People.Aggregate(default(FunnelMoney), (sum, one) => sum + one.Money));
        }

        // A week earlier, as it was known and booked then: all six on their way, nobody known to be dead.
        var earlier = await FunnelAsync(world, new FunnelRequest(AsOf: new(2026, 11, 5)));
        Assert.Equal("outside no_award 1; all old_number 1; all no_day_of_birth 1; information no_account 2; account wish_unknown 1; account wish_declined 1; wish channel_is_cash 1; wish under_way 6", Stands(earlier));
        Assert.True(earlier.Holds);
        Assert.Equal("paid_certificate", Assert.Single(earlier.Ties, tie => tie.Right is null).Code);
        Assert.Equal(Vnd.Zero, earlier.Report.Total.Money.Paid);

        // The same day as it is known now: the death of October is in it, the payments of later days are not.
        var known = await FunnelAsync(world, new FunnelRequest(AsOf: new(2026, 11, 5), KnownOn: Day12));
        Assert.Contains("outside dead 1", Stands(known), StringComparison.Ordinal);
        Assert.Contains("wish under_way 6", Stands(known), StringComparison.Ordinal);

        // Before the list was November's: the same people, no money; cumulative sums have it under "before" in December.
        var december = await FunnelAsync(world, new FunnelRequest(To: new(2026, 12)));
        Assert.True(december.Holds, string.Join('\n', december.Ties.Where(tie => !tie.Holds)));
        Assert.Equal((Vnd.Zero, new Vnd(world.Answers.Sum)), (december.Report.Total.Money.Listed, december.Report.Total.Before.Listed));
        Assert.Equal((5L, 0L), (december.Report.People(FigureSum.Account, FigureTime.Total), december.Report.People(FigureSum.Account, FigureTime.New)));
        Assert.Contains("verified not_listed 5", Stands(december), StringComparison.Ordinal);

        // On a printed list, and paid from it: place by place as the ledger has it.
        await world.PrintCashAsync();
        Assert.True((await FunnelAsync(world, new FunnelRequest())) is { Holds: true } printed && printed.Report.Placed.Any(row => row.Place == Place.OnCashList));
        await world.CashAsync(1, "paid", "2026-11-12");
        var collected = await FunnelAsync(world, new FunnelRequest());
        Assert.True(collected.Holds, string.Join('\n', collected.Ties.Where(tie => !tie.Holds)));
        Assert.Equal(new Vnd(Amount(1)), collected.Report.Total.Money.InCash);

        // What a bank says of an account goes before what payments prove, from the moment it said it.
        await world.SqlAsync("""
            INSERT INTO account_inquiry (province_code, inquiry_no, bank_bin, accounts, file_name, sha256, person, at, operation_no) VALUES (40, 1, '970436', 3, 'hoi.csv', sha256('q'), 'ke-toan', '2026-11-11 02:00Z', 1);
            INSERT INTO account_asked (province_code, inquiry_no, row_no, payee_no, channel_version, account_tag, holder_name) SELECT 40, 1, payee_no, payee_no, version, account_tag, holder_name FROM channel WHERE payee_no <= 3;
            INSERT INTO account_answer (province_code, inquiry_no, row_no, answer_no, state, answered_on, file_name, sha256, person, at, operation_no)
            SELECT 40, 1, n, 1, CASE n WHEN 1 THEN 1 WHEN 2 THEN 3 ELSE 2 END, '2026-11-12', 'tra-loi.csv', sha256('a'), 'ke-toan', '2026-11-12 02:00Z', 1 FROM generate_series(1, 3) n;
            """);
        Assert.Contains("wish name_differs 1; wish account_refused 1; verified not_listed 4", Stands(await FunnelAsync(world, new FunnelRequest(To: new(2026, 12)))), StringComparison.Ordinal);
        Assert.Contains("wish channel_is_cash 1; verified in_cash 1; paid by_account 5", Stands(await FunnelAsync(world, new FunnelRequest())), StringComparison.Ordinal);
        Assert.Contains("wish under_way 6", Stands(await FunnelAsync(world, new FunnelRequest(AsOf: new(2026, 11, 5)))), StringComparison.Ordinal);

        // A posting that says another sum is named by the place it stands in.
        await world.TamperAsync("UPDATE posting SET sum_vnd = sum_vnd - 7 WHERE to_place = 6");
        var broken = await FunnelAsync(world, new FunnelRequest());
        Assert.False(broken.Holds);
        Assert.Contains(broken.Ties, tie => tie is { Code: "place_ledger", Holds: false, Difference: 7 } && tie.En.Contains("paid by account", StringComparison.Ordinal));
        Assert.NotNull(FunnelPaper.Document(broken, [FunnelDimension.Group]).Mark);
    }

    [PostgresFact]
    public async Task Who_sees_a_commune_sees_its_people_and_what_cannot_be_answered_is_refused()
    {
        await using var world = await OpenAsync(cluster);
        var ofSecond = new Caller(Province, "xa2", "Cán bộ xã", new HashSet<string> { Role.CommuneOfficer }, [2]) { ProvenUntil = Instant.MaxValue };
        var own = await FunnelAsync(world, new FunnelRequest(), ofSecond);
        Assert.Equal(8, own.Report.Total.People);
        Assert.Equal(["16693"], own.Report.By(FunnelDimension.Commune).Keys);
        Assert.Equal(3, own.Ties.Count(tie => tie.Right is null));
        Assert.Equal(6, (await FunnelAsync(world, new FunnelRequest(CommuneCode: "16690"))).Report.Total.People);

        var reports = new CashlessReports(world.Answers.Database, world.Answers.Clock);
        async Task RefusedAsync(string code, FunnelRequest request, Caller? caller = null)
        {
            var refused = await reports.FunnelAsync(caller ?? Auditor, request);
            Assert.Equal(code, Assert.Single(refused.Problems).Code);
            Assert.NotEmpty(refused.Problems[0].Remedy);
        }

        await RefusedAsync("report.future", new FunnelRequest(AsOf: new(2026, 11, 13)));
        await RefusedAsync("report.future", new FunnelRequest(AsOf: Day12, KnownOn: new(2026, 11, 13)));
        await RefusedAsync("report.future", new FunnelRequest(To: new(2027, 1)));
        await RefusedAsync("report.before_first_data", new FunnelRequest(AsOf: new(2025, 12, 31)));
        await RefusedAsync("report.known_before", new FunnelRequest(AsOf: Day12, KnownOn: new(2026, 11, 5)));
        await RefusedAsync("report.period", new FunnelRequest(From: new(2026, 12), To: new(2026, 11)));
        await RefusedAsync("report.period", new FunnelRequest(Since: new(2026, 12), To: new(2026, 11)));
        await RefusedAsync("commune.unknown", new FunnelRequest(CommuneCode: "99999"));
        await RefusedAsync("commune.unknown", new FunnelRequest(CommuneCode: "16690"), ofSecond); // not yours is not there
        await RefusedAsync("not_allowed.role", new FunnelRequest(), Auditor with { Roles = new HashSet<string> { Role.Administrator } });
        Assert.Equal("commune.unknown", Assert.Single((await reports.PeopleAsync(Auditor, new FunnelRequest(), FunnelFigure.Parse("commune=99999").Value)).Problems).Code);

        await using var empty = await cluster.OpenCloneAsync();
        await using (var session = await empty.OwnerAsync(default)) await session.ExecuteAsync("INSERT INTO tenant (province_code, name, created_at) VALUES (40, 'Nghệ An', '2026-01-01')");
        Assert.Equal("report.empty", Assert.Single((await new CashlessReports(empty, world.Answers.Clock).FunnelAsync(Auditor, new FunnelRequest())).Problems).Code);
    }
}
