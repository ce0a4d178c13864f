using NodaTime;
using Npgsql;
using PaymentEngine.App.Operations;
using PaymentEngine.App.Operations.Cases;
using PaymentEngine.App.Operations.Cash;
using PaymentEngine.Core.CashPayouts;
using PaymentEngine.Core.Money;
using PaymentEngine.Postgres;
using PaymentEngine.Postgres.Cases;
using PaymentEngine.ServiceTests.Runs;

namespace PaymentEngine.ServiceTests.Cash;

/// <summary>Lists a commune and pay point, and the paper that comes back.</summary>
[Collection(PostgresCollection.Name)]
public sealed class CashListTests(ScratchCluster cluster)
{
    [PostgresFact]
    public async Task A_printed_list_without_all_results_is_late_after_its_term_until_they_come()
    {
        await using var world = await CashWorld.OpenAsync(cluster);
        await world.Runs.ApprovedAsync();
        var lists = await world.PrintAsync(Instant.FromUtc(2026, 11, 2, 3, 0));
        Assert.DoesNotContain(await LateAsync(9), step => step.What == "cash_list_late");
        var late = Assert.Single(await LateAsync(10), step => step.What == "cash_list_late");
        Assert.Equal(("2026-11", 3, Role.CashOfficer, new LocalDate(2026, 11, 9), true), (late.Subject, late.Items, late.Owner, late.DueOn, late.Stuck));
        foreach (var list in lists) Assert.True((await world.ConfirmAsync(CashWorld.Fill(list, "2026-11-09", _ => "paid"))).IsOk);
        Assert.DoesNotContain(await LateAsync(10), step => step.What == "cash_list_late");

        async Task<IReadOnlyList<WaitingStep>> LateAsync(int day)
        {
            world.Runs.Clock.Now = Instant.FromUtc(2026, 11, day, 3, 0);
            return (await new Casework(world.Runs.Database, world.Runs.Clock).StartAsync(world.Cashier, default)).Value.Steps;
        }
    }

    [PostgresFact]
    public async Task Lists_are_cut_by_pay_point_and_the_results_of_the_paper_are_taken_whole_or_not_at_all()
    {
        await using var world = await CashWorld.OpenAsync(cluster);
        await world.Runs.SqlAsync("UPDATE payee SET pay_commune = '16690', pay_point = 'ub' WHERE payee_no = 4; UPDATE payee SET at_home = true WHERE payee_no = 2;");
        await world.Runs.ApprovedAsync();

        var points = Path.Combine(world.Folder, "points.csv");
        File.WriteAllText(points, "commune_code,point_code,name,address,opening,is_usual,valid_from,valid_to\n16690,BD,Bưu điện,Xóm 4,ngày 5–10,yes,2026-10-01,\n16690,UB,Trụ sở xã,,,no,2026-10-01,\n");
        Assert.Equal(new LoadedPayPoints(2, 0, 0), (await world.Points.LoadAsync(world.Cashier, points)).Value);
        Assert.Equal(new LoadedPayPoints(0, 0, 2), (await world.Points.LoadAsync(world.Cashier, points)).Value);
        File.WriteAllText(points, "commune_code,point_code,name,is_usual,valid_from\n16690,UB,Trụ sở xã,yes,2026-10-01\n99999,X,Đâu đó,no,2026-10-01\n");
        Assert.Equal([("pay_point.commune_unknown", 3), ("pay_point.two_usual", 2)], (await world.Points.LoadAsync(world.Cashier, points)).Problems.Select(problem => (problem.Code, problem.At!.Line!.Value)));
        Assert.Equal("not_allowed.role", (await world.Points.LoadAsync(world.Runs.Maker, points)).Problems[0].Code);
        Assert.Equal([("BD", 0), ("UB", 1)], (await world.Points.ShowAsync(world.Cashier)).Points.Select(point => (point.PointCode, point.Payees)));

        var lists = await world.PrintAsync(Instant.FromUtc(2026, 11, 2, 3, 0));
        Assert.Equal([("16690", "Bưu điện", 1), ("16690", "Trụ sở xã", 1), ("16693", null, 1)], lists.Select(list => (list.CommuneCode, list.PointName, list.Items)));
        Assert.Contains("Chi tại nhà", System.Net.WebUtility.HtmlDecode(File.ReadAllText(lists[0].PageFile)), StringComparison.Ordinal);
        Assert.Contains("Bưu điện, Xóm 4", System.Net.WebUtility.HtmlDecode(File.ReadAllText(lists[0].PageFile)), StringComparison.Ordinal);
        // A point that moves later changes no list that was printed.
        File.WriteAllText(points, "commune_code,point_code,name,is_usual,valid_from\n16690,BD,Bưu điện mới,yes,2026-10-01\n");
        world.Runs.Clock.Now = Instant.FromUtc(2026, 11, 3, 3, 0);
        Assert.Equal(new LoadedPayPoints(0, 1, 0), (await world.Points.LoadAsync(world.Cashier, points)).Value);
        var bytes = File.ReadAllBytes(lists[0].PageFile);
        Assert.True((await world.Cash.WriteAsync(world.Cashier, lists[0].Id, world.Folder, false, default)).IsOk);
        Assert.Equal(bytes, File.ReadAllBytes(lists[0].PageFile));

        // Of another list, of another sum, of a day to come: refused with the rows, and given back with them.
        var wrong = CashWorld.Fill(lists[0], "2026-11-04", _ => "paid");
        File.WriteAllText(wrong, File.ReadAllText(wrong).Replace("810000", "810001", StringComparison.Ordinal));
        var refused = Assert.Single(await world.Cash.ConfirmAsync(world.Cashier, [wrong], lists[1].Id, default));
        Assert.Equal(["cash_results.other_list", "cash_results.amount_differs", "cash_results.date_impossible"], refused.Problems.Select(problem => problem.Code));
        var errors = Path.Combine(world.Folder, "errors.csv");
        Assert.True(world.Cash.GiveBackErrors(wrong, errors, refused.Problems).IsOk);
        Assert.Contains("not between the printing", File.ReadAllLines(errors)[1], StringComparison.Ordinal);
        Assert.Equal("not_allowed.other_file", world.Cash.GiveBackErrors(wrong, errors, refused.Problems).Problems[0].Code);
        Assert.Equal("receipt.unknown", Assert.Single(await world.Cash.ConfirmAsync(world.Cashier with { Communes = [2] }, [CashWorld.Fill(lists[0], "2026-11-03", _ => "paid")], null, default)).Problems[0].Code);
        Assert.Equal("cash_list.unknown", Assert.Single(await world.Cash.ConfirmAsync(world.Cashier with { Communes = [2] }, [CashWorld.Fill(lists[0], "2026-11-03", _ => "paid")], lists[0].Id, default)).Problems[0].Code);

        // Paid; the same paper again is known; the contrary is refused.
        var paid = CashWorld.Fill(lists[0], "2026-11-03", _ => "paid");
        Assert.Equal((1, 0), Assert.Single(await world.Cash.ConfirmAsync(world.Cashier, [paid], lists[0].Id, default)).Value is var first ? (first.Paid, first.KnownBefore) : default);
        Assert.Equal((0, 1), (await world.ConfirmAsync(paid)).Value is var again ? (again.Paid, again.KnownBefore) : default);
        Assert.Equal("cash_results.decided", (await world.ConfirmAsync(CashWorld.Fill(lists[0], "2026-11-03", _ => "uncollected"))).Problems[0].Code);

        // Nobody came at the second point: the cashier hands the money back by voucher, and no more than it.
        Assert.True((await world.ConfirmAsync(CashWorld.Fill(lists[1], "2026-11-03", _ => "uncollected"))).IsOk);
        var day = new LocalDate(2026, 11, 3);
        Assert.Equal("cash_list.handed_back_too_much", (await world.Cash.HandBackAsync(world.Cashier, lists[1].Id, new Vnd(810_001), "PT 1", day, default)).Problems[0].Code);
        Assert.Equal(10_000, (await world.Cash.HandBackAsync(world.Cashier, lists[1].Id, new Vnd(800_000), "PT 1", day, default)).Value.Head.InHandVnd);
        Assert.True((await world.Cash.HandBackAsync(world.Cashier, lists[1].Id, new Vnd(800_000), "PT 1", day, default)).Value.AlreadyDone);
        Assert.Equal("cash_list.voucher_used", (await world.Cash.HandBackAsync(world.Cashier, lists[1].Id, new Vnd(10_000), "PT 1", day, default)).Problems[0].Code);
        Assert.Equal("cash_list.handed_back_too_much", (await world.Cash.HandBackAsync(world.Cashier, lists[0].Id, new Vnd(1), "PT 2", day, default)).Problems[0].Code);

        // Who did not come stands on the next list, as the next attempt of the same payment.
        var next = Assert.Single(await world.PrintAsync(Instant.FromUtc(2026, 12, 2, 3, 0)));
        Assert.Equal(("Trụ sở xã", 1), (next.PointName, next.Items));
        Assert.Contains("Kỳ trước chưa nhận", System.Net.WebUtility.HtmlDecode(File.ReadAllText(next.PageFile)), StringComparison.Ordinal);
        await world.HoldsAsync();
    }

    [PostgresFact]
    public async Task A_payment_on_a_printed_list_starts_no_order_and_one_at_a_bank_stands_on_no_list()
    {
        await using var world = await CashWorld.OpenAsync(cluster);
        await world.Runs.ApprovedAsync();
        var list = (await world.PrintAsync(Instant.FromUtc(2026, 11, 2, 3, 0)))[0];
        var (line, bank) = ((await world.Runs.RowsAsync<int>("SELECT line_no FROM cash_line ORDER BY list_no, cash_line_no"))[0], (await world.Runs.RowsAsync<int>("SELECT line_no FROM attempt WHERE kind = 1 ORDER BY line_no"))[0]);
        const string attempt = "INSERT INTO attempt (province_code, month, run_no, line_no, attempt, kind, amount_vnd, payee_no, channel_version, route_no, pay_commune_id, carried_month, carried_run) ";
        await RefusedAsync("attempt_after_proven_end", FormattableString.Invariant($"{attempt} SELECT province_code, month, run_no, line_no, 2, 1, amount_vnd, payee_no, 1, 1, pay_commune_id, month, run_no FROM attempt WHERE line_no = {line}"));
        await RefusedAsync("attempt_after_proven_end", FormattableString.Invariant($"{attempt} SELECT province_code, month, run_no, line_no, 2, 2, amount_vnd, payee_no, NULL, NULL, pay_commune_id, month, run_no FROM attempt WHERE line_no = {bank}"));
        await RefusedAsync("only a cash payout", FormattableString.Invariant($"INSERT INTO cash_line SELECT 40, 202611, {list.Id.ListNo}, 99, month, run_no, line_no, attempt, amount_vnd, 'R' || line_no FROM attempt WHERE line_no = {bank}"));
        Assert.Empty(await world.PrintAsync(Instant.FromUtc(2026, 11, 3, 3, 0)));

        async Task RefusedAsync(string said, string sql)
        {
            var refused = await Assert.ThrowsAsync<PostgresException>(() => world.Runs.RunAsync(sql));
            Assert.Contains(said, $"{refused.ConstraintName} {refused.MessageText}", StringComparison.Ordinal);
        }
    }

    [PostgresFact]
    public async Task Three_months_nobody_collected_are_proposed_decided_by_another_person_and_paid_when_restored()
    {
        await using var world = await CashWorld.OpenAsync(cluster);
        await world.ThreeMonthsNobodyCameAsync();
        var made = (await world.Suspensions.ProposeAsync(world.Cashier)).Value;
        Assert.Equal(["A000002", "A000004", "A000006"], made.Made.Select(one => one.AwardId));
        Assert.All(made.Made, one => Assert.Equal((3 * 810_000L, new LocalDate(2027, 1, 26)), (one.AmountVnd, one.DueOn!.Value)));
        Assert.Equal([202611, 202612, 202701], made.Made[0].Months);
        Assert.Equal((0, 0, 3), (await world.Suspensions.ProposeAsync(world.Cashier)).Value is var again ? (again.Made.Count, again.Overtaken, again.StillOpen) : default);
        Assert.Equal(3, Assert.Single(await world.Runs.RowsAsync<int>("SELECT count(*)::int FROM payment_case WHERE kind = 'suspension' AND closed_at IS NULL")));

        Assert.Equal("not_allowed.role", (await world.Suspensions.DecideAsync(world.Cashier, 1, true, "15/QĐ-UBND, 16/01/2027")).Problems[0].Code);
        Assert.Equal("suspension.unknown", (await world.Suspensions.DecideAsync(world.Runs.Approver with { Communes = [2] }, 1, true, "15/QĐ-UBND")).Problems[0].Code);
        var both = world.Runs.Approver with { UserName = world.Cashier.UserName };
        Assert.Equal("not_allowed.own_proposal", (await world.Suspensions.DecideAsync(both, 1, true, "15/QĐ-UBND")).Problems[0].Code);
        Assert.Equal(202702, (await world.Suspensions.DecideAsync(world.Runs.Approver, 1, true, "15/QĐ-UBND, 16/01/2027")).Value.SuspendedFrom);
        Assert.Equal("accepted", (await world.Suspensions.DecideAsync(world.Runs.Approver, 1, true, "15/QĐ-UBND, 16/01/2027")).Value.Outcome);
        Assert.Equal("suspension.decided", (await world.Suspensions.DecideAsync(world.Runs.Approver, 1, false, "không")).Problems[0].Code);
        Assert.Equal("refused", (await world.Suspensions.DecideAsync(world.Runs.Approver, 2, false, "đang nằm viện, sẽ nhận sau")).Value.Outcome);
        // The third came before anybody decided.
        var list = (await world.PrintAsync(Instant.FromUtc(2027, 1, 18, 3, 0)))[^1];
        Assert.Equal(3, (await world.ConfirmAsync(CashWorld.Fill(list, "2027-01-18", _ => "paid"))).Value.Paid);
        Assert.Equal("suspension.overtaken", (await world.Suspensions.DecideAsync(world.Runs.Approver, 3, true, "16/QĐ-UBND")).Problems[0].Code);
        Assert.Equal((0, 1, 0), (await world.Suspensions.ProposeAsync(world.Cashier)).Value is var later ? (later.Made.Count, later.Overtaken, later.StillOpen) : default);
        Assert.Equal(0, Assert.Single(await world.Runs.RowsAsync<int>("SELECT count(*)::int FROM payment_case WHERE kind = 'suspension' AND closed_at IS NULL")));

        // February leaves the suspended one out; what was listed for her stays hers.
        world.Runs.Clock.Now = Instant.FromUtc(2027, 1, 24, 3, 0);
        var february = await world.Runs.ApprovedAsync(new YearMonth(2027, 2));
        Assert.Equal(5 * 810_000, february.Total!.ListedVnd);
        Assert.Equal(0, february.Total.LeftToRecoupVnd);
        Assert.Equal(0, Assert.Single(await world.Runs.RowsAsync<int>("SELECT count(*)::int FROM line WHERE month = 202702 AND award_no = 2")));

        // The review found nothing changed: March pays February too, and what nobody collected waits for her as before.
        await world.Runs.SqlAsync("""
            INSERT INTO award (province_code, award_no, version, award_id, recipient_id, programme, category, category_no, variant_no, facts_from, recorded_on, decided_on, class, relation, suspended_from, suspend_reason, reviewed_on, review_result, known_from, operation_no)
            SELECT 40, 2, 3, award_id, recipient_id, programme, category, category_no, variant_no, facts_from, '2027-02-10', decided_on, class, relation, suspended_from, suspend_reason, '2027-02-10', 1, '2027-02-10', 1 FROM award WHERE award_no = 2 AND version = 2;
            """);
        world.Runs.Clock.Now = Instant.FromUtc(2027, 2, 24, 3, 0);
        await world.Runs.ApprovedAsync(new YearMonth(2027, 3));
        Assert.Equal([(202702, (short)2, 810_000L), (202703, (short)1, 810_000L)], await world.Runs.RowsAsync<(int, short, long)>("SELECT for_month, kind, amount_vnd FROM line WHERE month = 202703 AND award_no = 2 ORDER BY for_month"));
        var due = (await world.PrintAsync(Instant.FromUtc(2027, 3, 2, 3, 0)))[0];
        // Of 2: March with February. Of 4: February and March. What waited before stands on January's list, which has not come back.
        Assert.Equal((3, 4 * 810_000L), (due.Items, due.Sum.Amount));
        await world.HoldsAsync();
    }

    [PostgresFact]
    public async Task What_nobody_collects_goes_back_to_the_budget_by_two_persons_and_is_paid_after_all_by_a_decision()
    {
        await using var world = await CashWorld.OpenAsync(cluster);
        await world.ThreeMonthsNobodyCameAsync();
        Assert.Equal((3 * 3, 0), (await world.Unclaimed.ProposeAsync(world.Cashier)).Value is { Made: null } nothing ? (nothing.WithoutRule, nothing.NotYet) : default);
        Assert.Equal("not_allowed.role", (await world.Unclaimed.SetRuleAsync(world.Cashier, Core.Recipients.Programme.Btxh, 2, "12/QĐ-UBND")).Problems[0].Code);
        Assert.True((await world.Unclaimed.SetRuleAsync(world.Administrator, Core.Recipients.Programme.Btxh, 2, "12/QĐ-UBND")).IsOk);
        Assert.True((await world.Unclaimed.SetRuleAsync(world.Administrator, Core.Recipients.Programme.Btxh, 2, "12/QĐ-UBND")).IsOk);
        Assert.Equal(1, Assert.Single((await world.Unclaimed.RulesAsync(world.Cashier))).Version);

        // In January November has waited two months. A payment that stands on a list meanwhile stops the whole decision.
        var first = (await world.Unclaimed.ProposeAsync(world.Cashier)).Value;
        Assert.Equal((3, 3 * 810_000L, 6), (first.Made!.GiveBack.Items, first.Made.GiveBack.SumVnd, first.NotYet));
        Assert.Null((await world.Unclaimed.ProposeAsync(world.Cashier)).Value.Made);
        var lists = await world.PrintAsync(Instant.FromUtc(2027, 1, 16, 3, 0));
        Assert.Equal(["give_back.overtaken", "give_back.overtaken", "give_back.overtaken"], (await world.Unclaimed.DecideAsync(world.Runs.Approver, 1, true, "20/QĐ-UBND")).Problems.Select(problem => problem.Code));
        Assert.False((await world.Unclaimed.DecideAsync(world.Runs.Approver, 1, false, "đã in danh sách")).Value.GiveBack.Accepted);
        foreach (var list in lists) Assert.True((await world.ConfirmAsync(CashWorld.Fill(list, "2027-01-16", _ => "uncollected"))).IsOk);

        var second = (await world.Unclaimed.ProposeAsync(world.Cashier)).Value.Made!;
        Assert.Equal("not_allowed.own_proposal", (await world.Unclaimed.DecideAsync(world.Runs.Approver with { UserName = "thu" }, 2, true, "20/QĐ-UBND")).Problems[0].Code);
        Assert.True((await world.Unclaimed.DecideAsync(world.Runs.Approver, 2, true, "20/QĐ-UBND")).Value.GiveBack.Accepted);
        Assert.True((await world.Unclaimed.DecideAsync(world.Runs.Approver, 2, true, "20/QĐ-UBND")).IsOk);
        Assert.Equal("give_back.decided", (await world.Unclaimed.DecideAsync(world.Runs.Approver, 2, false, "thôi")).Problems[0].Code);
        Assert.Equal([((short)8, 6L), ((short)11, 3L)], await world.Runs.RowsAsync<(short, long)>("SELECT place, count(*) FROM position WHERE place NOT IN (3) GROUP BY place ORDER BY place"));
        await world.HoldsAsync();

        // No list and no order takes it, whoever tries.
        var line = second.Lines[0];
        var refused = await Assert.ThrowsAsync<PostgresException>(() => world.Runs.RunAsync(FormattableString.Invariant($"INSERT INTO cash_line SELECT 40, 202701, {lists[0].Id.ListNo}, 99, month, run_no, line_no, attempt, amount_vnd, 'RX' FROM attempt WHERE month = {line.Month} AND run_no = {line.RunNo} AND line_no = {line.LineNo} AND attempt = {line.Attempt}")));
        Assert.Contains("given back to the budget", refused.MessageText, StringComparison.Ordinal);
        Assert.Equal(6, (await world.PrintAsync(Instant.FromUtc(2027, 1, 17, 3, 0))).Sum(list => list.Items));

        // She comes after all: a decision takes it out again, once, and it waits for a list like any other.
        var payment = UnclaimedSums.Payment(RunWorld.Province, line);
        Assert.Equal("not_allowed.role", (await world.Unclaimed.ReclaimAsync(world.Cashier, payment, "31/QĐ-UBND")).Problems[0].Code);
        Assert.Equal(1, (await world.Unclaimed.ReclaimAsync(world.Runs.Approver, payment, "31/QĐ-UBND")).Value.GiveBack.Reclaimed);
        Assert.Equal(1, (await world.Unclaimed.ReclaimAsync(world.Runs.Approver, payment, "31/QĐ-UBND")).Value.GiveBack.Reclaimed);
        Assert.Equal("give_back.reclaimed", (await world.Unclaimed.ReclaimAsync(world.Runs.Approver, payment, "32/QĐ-UBND")).Problems[0].Code);
        Assert.Equal("give_back.unknown", (await world.Unclaimed.ReclaimAsync(world.Runs.Approver, payment with { LineNo = 9999 }, "32/QĐ-UBND")).Problems[0].Code);
        Assert.Equal(1, (await world.PrintAsync(Instant.FromUtc(2027, 1, 18, 3, 0))).Sum(list => list.Items));
        await world.HoldsAsync();
    }
}
