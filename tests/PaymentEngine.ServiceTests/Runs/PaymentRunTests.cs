using NodaTime;
using Npgsql;
using PaymentEngine.App.Operations;
using PaymentEngine.App.Operations.Users;
using PaymentEngine.Core;
using PaymentEngine.Postgres;

namespace PaymentEngine.ServiceTests.Runs;

[Collection(PostgresCollection.Name)]
public sealed class PaymentRunTests(ScratchCluster cluster)
{
    // 1.5 × 540,000 from 2026-07-01 (335/2026/NĐ-CP, Điều 6).
    const long SevereVnd = 810_000;

    [PostgresFact]
    public async Task Ten_people_are_planned_approved_and_their_money_has_a_place()
    {
        await using var world = await RunWorld.OpenAsync(cluster);
        await world.AddPeopleAsync(1, 10);

        var view = await world.ApprovedAsync();

        Assert.Equal("40-2611-001", view.Id.ToString());
        Assert.Equal("approved", view.Run.Step);
        Assert.Equal((10, 10 * SevereVnd, 5, 5, 0), (view.Total!.Recipients, view.Total.ListedVnd, view.Total.BankAttempts, view.Total.CashAttempts, view.Total.Held));
        Assert.Equal(10, (await world.RowsAsync<int>("SELECT award_no FROM listed")).Count);
        var places = await world.RowsAsync<(int, int, long)>("SELECT place::int, sum(items)::int, sum(sum_vnd)::bigint FROM certificate GROUP BY place ORDER BY place");
        Assert.Equal([(3, 5, 5 * SevereVnd), (8, 5, 5 * SevereVnd)], places);
        Assert.Equal(places, await world.RowsAsync<(int, int, long)>("SELECT place::int, sum(items)::int, sum(sum_vnd)::bigint FROM ledger_balance GROUP BY place ORDER BY place"));
    }

    [PostgresFact]
    public async Task A_second_regular_run_of_the_month_is_refused_and_named()
    {
        await using var world = await RunWorld.OpenAsync(cluster);
        await world.AddPeopleAsync(1, 3);
        var first = await world.PlanAsync();

        var again = await world.PlanAsync();
        Assert.True(again.AlreadyDone);
        Assert.Equal(first.Id, again.Id);

        var other = await world.Runs.PlanAsync(world.Maker with { UserName = "maker2" }, world.November, null);
        Assert.Equal("not_allowed.run_exists", other.Problems.Single().Code);
        Assert.Contains("40-2611-001", other.Problems.Single().Message, StringComparison.Ordinal);
        var twice = await Assert.ThrowsAsync<PostgresException>(() => world.RunAsync("""
            INSERT INTO run SELECT province_code, month, 2, payer_no, payer_version, kind, law_hash, known_at, law_known_on, execution_from, execution_to, planned_at, made_by, previous_month, previous_run, operation_no FROM run;
            INSERT INTO run_programme (province_code, month, payer_no, programme, run_no, regular) VALUES (40, 202611, 1, 2, 2, true);
            """));
        Assert.Equal("one_regular_run", twice.ConstraintName);
    }

    [PostgresFact]
    public async Task A_month_planned_while_the_one_before_is_a_draft_says_so_and_only_one_of_the_two_is_approved()
    {
        await using var world = await RunWorld.OpenAsync(cluster);
        await world.AddPeopleAsync(1, 3);
        var november = await world.PlanAsync();
        Assert.Empty(november.OpenBefore);

        var december = await world.PlanAsync(world.November.Plus(1));
        Assert.Equal([november.Id], december.OpenBefore);
        Assert.Equal(2 * 3 * SevereVnd, december.Total!.ListedVnd);

        await world.ApprovedAsync();
        Assert.Empty((await world.Runs.ShowAsync(world.Maker, december.Id)).Value.OpenBefore);
        Assert.True((await world.Runs.SubmitAsync(world.Maker, december.Id, 3, 2 * 3 * SevereVnd, "tháng 11 vừa duyệt")).IsOk);
        Assert.Equal("not_allowed.listed_since", (await world.Runs.ApproveSeenAsync(world.Approver, december.Id, 2 * 3 * SevereVnd)).Problems.Single().Code);

        await world.Runs.ReturnAsync(world.Maker, december.Id, "planned too early");
        Assert.Equal(3 * SevereVnd, (await world.PlanAsync(world.November.Plus(1))).Total!.ListedVnd);
    }

    [PostgresFact]
    public async Task A_component_cannot_be_listed_twice_for_a_month()
    {
        await using var world = await RunWorld.OpenAsync(cluster);
        await world.AddPeopleAsync(1, 3);
        await world.ApprovedAsync();

        var twice = await Assert.ThrowsAsync<PostgresException>(() => world.RunAsync(
            "INSERT INTO line SELECT province_code, month, award_no, component, for_month, kind, listed_version, 2, line_no, amount_vnd, explanation_no FROM line WHERE award_no = 1"));
        Assert.Equal(PostgresErrorCodes.UniqueViolation, twice.SqlState);
    }

    [PostgresFact]
    public async Task The_maker_cannot_approve_neither_through_the_program_nor_past_it()
    {
        await using var world = await RunWorld.OpenAsync(cluster);
        await world.AddPeopleAsync(1, 3);
        var view = await world.PlanAsync();
        await world.Runs.SubmitAsync(world.Maker, view.Id, 3, 3 * SevereVnd);

        var both = world.Maker with { Roles = new HashSet<string> { Role.Maker, Role.Approver } };
        Assert.Equal("not_allowed.own_run", (await world.Runs.ApproveSeenAsync(both, view.Id, 3 * SevereVnd)).Problems.Single().Code);
        Assert.Equal("not_allowed.role", (await world.Runs.ApproveSeenAsync(world.Maker, view.Id, 3 * SevereVnd)).Problems.Single().Code);
        var refused = await Assert.ThrowsAsync<PostgresException>(() => world.RunAsync("""
            INSERT INTO run_step (province_code, month, run_no, step_no, step, level, person, made_by, content_hash, at, operation_no)
            SELECT 40, 202611, 1, 9, 'approved', 1, 'maker', 'maker', content_hash, now(), 1 FROM run_total;
            """));
        Assert.Equal("approver_is_not_maker", refused.ConstraintName);
        await Assert.ThrowsAsync<PostgresException>(() => world.RunAsync("""
            INSERT INTO run_step (province_code, month, run_no, step_no, step, level, person, made_by, content_hash, at, operation_no)
            SELECT 40, 202611, 1, 9, 'approved', 1, 'maker', 'nobody', content_hash, now(), 1 FROM run_total;
            """));
    }

    [PostgresFact]
    public async Task What_is_declared_and_confirmed_must_be_what_is_there()
    {
        await using var world = await RunWorld.OpenAsync(cluster);
        await world.AddPeopleAsync(1, 3);
        var view = await world.PlanAsync();
        Assert.Equal("not_allowed.state", (await world.Runs.ApproveSeenAsync(world.Approver, view.Id, 3 * SevereVnd)).Problems.Single().Code);
        Assert.Equal("run.declared_differs", (await world.Runs.SubmitAsync(world.Maker, view.Id, 4, 3 * SevereVnd)).Problems.Single().Code);
        Assert.True((await world.Runs.SubmitAsync(world.Maker, view.Id, 3, 3 * SevereVnd)).IsOk);
        Assert.Equal("run.total_differs", (await world.Runs.ApproveSeenAsync(world.Approver, view.Id, 1)).Problems.Single().Code);
        foreach (var unread in (string?[])[null, "", "0000"]) Assert.Equal("usage.hash_missing", (await world.Runs.ApproveAsync(world.Approver, view.Id, 3 * SevereVnd, unread)).Problems.Single().Code);
        Assert.Equal("not_allowed.other_content", (await world.Runs.ApproveAsync(world.Approver, view.Id, 3 * SevereVnd, "00000000")).Problems.Single().Code);
        Assert.True((await world.Runs.ApproveAsync(world.Approver, view.Id, 3 * SevereVnd, Convert.ToHexStringLower(view.Total!.ContentHash))).IsOk);
        Assert.True((await world.Runs.ApproveSeenAsync(world.Approver, view.Id, 3 * SevereVnd)).Value.AlreadyDone);
    }

    [PostgresFact]
    public async Task Any_row_changed_between_plan_and_approval_voids_it()
    {
        string[] changes =
        [
            "UPDATE disbursement SET recipient_id = 3 WHERE recipient_id = 2",
            "UPDATE attempt SET amount_vnd = amount_vnd + 1 WHERE line_no = 1",
            "UPDATE line SET amount_vnd = amount_vnd + 1 WHERE award_no = 1",
            "UPDATE channel SET account_tag = decode(repeat('77', 16), 'hex') WHERE payee_no = 1",
            "UPDATE run SET execution_to = execution_to + 1",
            "DELETE FROM attempt WHERE line_no = 2",
            "UPDATE disbursement SET hold_reason = 'by_person' WHERE line_no = 1",
            "UPDATE channel SET holder_name = 'KE KHAC' WHERE payee_no = 1",
            "UPDATE run SET law_hash = sha256('another law')",
        ];
        foreach (var change in changes)
        {
            await using var world = await RunWorld.OpenAsync(cluster);
            await world.AddPeopleAsync(1, 3);
            var view = await world.PlanAsync();
            await world.Runs.SubmitAsync(world.Maker, view.Id, 3, 3 * SevereVnd);
            await world.TamperAsync(change);
            var approved = await world.Runs.ApproveSeenAsync(world.Approver, view.Id, 3 * SevereVnd);
            Assert.True(!approved.IsOk && approved.Problems.Single().Code == "not_allowed.content_changed", change);
            Assert.Empty(await world.RowsAsync<int>("SELECT award_no FROM listed"));
        }
    }

    [PostgresFact]
    public async Task The_bridge_from_last_month_closes_to_the_dong()
    {
        await using var world = await RunWorld.OpenAsync(cluster);
        await world.AddPeopleAsync(1, 10);
        await world.ApprovedAsync();
        world.Clock.Now = Instant.FromUtc(2026, 11, 24, 3, 0);
        // Person 1 died on 20 October, known late: November was listed too much. 2 has become extremely severe from October. 11 and 12 are new from November. 4 moved.
        await world.SqlAsync("""
            INSERT INTO recipient (province_code, recipient_id, version, person_id, full_name, sex, birth_year, birth_month, birth_day, death, known_from, operation_no)
            SELECT province_code, recipient_id, 2, person_id, full_name, sex, birth_year, birth_month, birth_day, '2026-10-20', '2026-11-01', 1 FROM recipient WHERE recipient_id = 1;
            INSERT INTO dated_fact (province_code, recipient_id, version, facts_from, home_province, commune_id, poverty, supporter, alone, other_income, disability, known_from, operation_no)
            VALUES (40, 2, 2, 202611, '40', 1, 1, 1, 1, 1, 3, '2026-11-01', 1), (40, 4, 2, 202612, '40', 2, 1, 1, 1, 1, 2, '2026-11-01', 1);
            """);
        await world.AddPeopleAsync(11, 12);

        var december = await world.ApprovedAsync(new YearMonth(2026, 12));

        var bridge = december.Difference.Where(row => row.InBridge).ToDictionary(row => row.Cause, row => (row.Items, row.SumVnd));
        Assert.Equal((10, 10 * SevereVnd), bridge["last_month"]);
        Assert.Equal((2, 2 * SevereVnd), bridge["new"]);
        Assert.Equal((1, SevereVnd), bridge["stopped"]);
        Assert.Equal((1, 270_000), bridge["raised"]);
        // November once more for 2 (270,000), and November in full for the two new people, decided in January and counted from November.
        Assert.Equal((3, 270_000 + (2 * SevereVnd)), bridge["arrears"]);
        Assert.Equal((11, december.Total!.ListedVnd), bridge["this_month"]);
        long Vnd(string cause) => bridge[cause].SumVnd;
        Assert.Equal(Vnd("this_month"), Vnd("last_month") + Vnd("new") - Vnd("stopped") + Vnd("raised") - Vnd("lowered") + Vnd("arrears") - Vnd("arrears_before") - Vnd("recouped") + Vnd("recouped_before"));
        Assert.Contains(december.Difference, row => row is { Cause: "moved", Items: 1, InBridge: false });
        // Person 1 gets nothing now, so November stays to be taken back.
        Assert.Equal(SevereVnd, december.Total.LeftToRecoupVnd);
        var people = (await world.Runs.DifferenceAsync(world.Approver, december.Id, 10)).Value.People;
        Assert.Equal(["P000011", "P000012"], people.Where(one => one.Cause == "new").Select(one => one.PersonId));
        Assert.Equal("P000001", Assert.Single(people, one => one.Cause == "stopped").PersonId);
    }

    [PostgresFact]
    public async Task A_programme_that_moves_to_another_payer_lists_no_month_twice()
    {
        await using var world = await RunWorld.OpenAsync(cluster);
        await world.AddPeopleAsync(1, 3);
        await world.ApprovedAsync();
        world.Clock.Now = Instant.FromUtc(2026, 11, 24, 3, 0);
        await world.SqlAsync("""
            INSERT INTO payer (province_code, payer_no, version, payer_code, name, short_name, kind, programmes, commune_codes, counts_from, debtor_bin,
                               account_key, account_cipher, account_tag, account_tail, account_name, known_from, operation_no)
            VALUES (40, 2, 1, 'XA1', 'UBND xã Một', 'UBND XA MOT', 'commune', '{2}', '{16690}', 202611, '970415', 1, '\x00', decode(repeat('0e', 16), 'hex'), '0002', 'UBND XA MOT', '2026-11-01', 1);
            """);

        var planned = Assert.Single((await world.Runs.PlanAsync(world.Maker, new YearMonth(2026, 12), "XA1")).Value);

        Assert.Equal((2, 2 * SevereVnd, 0), (planned.Total!.Recipients, planned.Total.ListedVnd, planned.Total.ArrearsVnd));
    }

    [PostgresFact]
    public async Task A_returned_run_leaves_its_hash_and_the_month_can_be_planned_again()
    {
        await using var world = await RunWorld.OpenAsync(cluster);
        await world.AddPeopleAsync(1, 3);
        var first = await world.PlanAsync();
        await world.Runs.SubmitAsync(world.Maker, first.Id, 3, 3 * SevereVnd);
        var returned = await world.Runs.ReturnAsync(world.Approver, first.Id, "thiếu người");
        Assert.True(returned.IsOk, string.Join('\n', returned.Problems));
        Assert.True(returned.Value.Run.Voided);
        await world.AddPeopleAsync(4, 4);

        var second = await world.ApprovedAsync();

        Assert.Equal("40-2611-002", second.Id.ToString());
        Assert.Equal(4, second.Total!.Recipients);
        Assert.Equal(["planned", "submitted", "returned"], (await world.Runs.ShowAsync(world.Maker, first.Id)).Value.Steps.Select(step => step.Step));
        Assert.Equal([2], await world.RowsAsync<int>("SELECT DISTINCT run_no FROM disbursement"));
        Assert.Equal("not_allowed.state", (await world.Runs.ReturnAsync(world.Approver, second.Id, "muộn")).Problems.Single().Code);
    }

    [PostgresFact]
    public async Task A_person_of_single_communes_cannot_act_for_the_whole_province()
    {
        await using var world = await RunWorld.OpenAsync(cluster);
        await world.AddPeopleAsync(1, 3);
        Assert.Equal("not_allowed.territory", (await world.Runs.PlanAsync(world.Maker with { Communes = [1] }, world.November, null)).Problems.Single().Code);
    }

    [PostgresFact]
    public async Task A_plan_killed_anywhere_and_given_again_has_the_rows_of_one_that_ran_through()
    {
        await using var through = await RunWorld.OpenAsync(cluster);
        await through.AddPeopleAsync(1, 4_500);
        await using var killed = await RunWorld.OpenAsync(cluster);
        await killed.AddPeopleAsync(1, 4_500);
        var (exit, _, error) = await ProgramAsync(through, 0);
        Assert.True(exit == 0, error);

        var kills = 0;
        for (var at = 4; ; at += 13)
        {
            (exit, _, error) = await ProgramAsync(killed, at);
            if (exit == 0) break;
            Assert.True(exit == 137, $"action {at}: exit {exit}\n{error}");
            kills++;
        }

        Assert.True(kills > 3, $"The program was killed only {kills} times.");
        const string Digests = "SELECT encode(digest, 'hex') FROM run_partition ORDER BY partition_no";
        Assert.Equal(2, (await through.RowsAsync<string>(Digests)).Count);
        Assert.Equal(await through.RowsAsync<string>(Digests), await killed.RowsAsync<string>(Digests));
        const string Hashes = "SELECT run_no || ' ' || encode(content_hash, 'hex') || ' ' || listed_vnd FROM run_total";
        Assert.Equal(await through.RowsAsync<string>(Hashes), await killed.RowsAsync<string>(Hashes));
        const string Rows = "SELECT (SELECT count(*) FROM line) || ' ' || (SELECT count(*) FROM disbursement) || ' ' || (SELECT count(*) FROM attempt) || ' ' || (SELECT count(*) FROM listed_next) || ' ' || (SELECT count(*) FROM explanation)";
        Assert.Equal(await through.RowsAsync<string>(Rows), await killed.RowsAsync<string>(Rows));
    }

    static async Task<(int Exit, string Out, string Error)> ProgramAsync(RunWorld world, int crashAt)
    {
        var folder = Directory.CreateTempSubdirectory("pe-plan-").FullName;
        try
        {
            var environment = new Dictionary<string, string> { ["PAYENGINE_DB"] = world.ConnectionString, ["PAYENGINE_HOME"] = folder, ["PAYENGINE_SESSION"] = Path.Combine(folder, "session") };
            var password = Path.Combine(folder, "password");
            await File.WriteAllTextAsync(password, "bon-tu-roi-rac\n");
            var people = new UserAdministration(world.Database, SystemClock.Instance);
            // The first user of a database is an administrator too; from the second start on the maker exists.
            await people.AddAsync(world.Maker with { Roles = new HashSet<string> { Role.Administrator } }, new NewUser("maker", "Người lập", "bon-tu-roi-rac", [Role.Maker, Role.Administrator], []), RunWorld.Province, default);
            var login = await TheProgram.RunAsync(environment, "login", "maker", "--password-file", password);
            Assert.True(login.Exit == 0, login.Error);
            environment["PAYENGINE_CRASH_AT"] = crashAt.ToString(System.Globalization.CultureInfo.InvariantCulture);
            return await TheProgram.RunAsync(environment, "run", "plan", "2026-11", "--json");
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
