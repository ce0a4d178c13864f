using System.Globalization;
using System.Text;
using NodaTime;
using Npgsql;
using PaymentEngine.App.Operations;
using PaymentEngine.Core;
using PaymentEngine.Core.Payments;
using PaymentEngine.Messages;
using PaymentEngine.Postgres;
using PaymentEngine.ServiceTests.Law;
using PaymentEngine.ServiceTests.Runs;
using static PaymentEngine.ServiceTests.Abuse.AbuseScenes;

namespace PaymentEngine.ServiceTests.Abuse;

/// <summary>Abuse cases 12, 21, 27 and 34: what changes, and who else works, between looking and deciding.</summary>
[Collection(AbuseCollection.Name)]
public sealed class RunRaceTests(ScratchCluster cluster)
{
    const int Rounds = 1_000;

    /// <summary>Rounds of a race between operators; PAYENGINE_TEST_RACES=200 runs as many as a release wants.</summary>
    static readonly int Races = int.TryParse(Environment.GetEnvironmentVariable("PAYENGINE_TEST_RACES"), NumberStyles.None, CultureInfo.InvariantCulture, out var wanted) && wanted >= 20 ? wanted : 40;

    /// <summary>What somebody could change by a đồng or a letter, and how to change it back.</summary>
    static readonly (string Change, string Back)[] Changes =
    [
        ("UPDATE line SET amount_vnd = amount_vnd + 1 WHERE award_no = 1", "UPDATE line SET amount_vnd = amount_vnd - 1 WHERE award_no = 1"),
        ("UPDATE disbursement SET amount_vnd = amount_vnd + 1, gross_vnd = gross_vnd + 1 WHERE line_no = 1", "UPDATE disbursement SET amount_vnd = amount_vnd - 1, gross_vnd = gross_vnd - 1 WHERE line_no = 1"),
        ("UPDATE attempt SET amount_vnd = amount_vnd - 1 WHERE line_no = 2", "UPDATE attempt SET amount_vnd = amount_vnd + 1 WHERE line_no = 2"),
        ("UPDATE channel SET account_tag = decode(repeat('77', 16), 'hex') WHERE payee_no = 1", "UPDATE channel SET account_tag = decode(lpad('1', 32, '0'), 'hex') WHERE payee_no = 1"),
        ("UPDATE channel SET holder_name = 'KE KHAC' WHERE payee_no = 3", "UPDATE channel SET holder_name = 'NGUYEN VAN 3' WHERE payee_no = 3"),
        ("UPDATE run SET execution_to = execution_to + 1", "UPDATE run SET execution_to = execution_to - 1"),
    ];

    [PostgresFact]
    public async Task AbuseCase12_Approve_one_thing_and_pay_another_one_dong_between_page_and_click_a_thousand_times()
    {
        await using var world = await RunWorld.OpenAsync(cluster);
        await world.AddPeopleAsync(1, 3);
        var view = await world.PlanAsync();
        Ok(await world.Runs.SubmitAsync(world.Maker, view.Id, view.Total!.Recipients, view.Total.ListedVnd));
        await using var insider = new NpgsqlConnection(world.ConnectionString + ";Pooling=false");
        await insider.OpenAsync();
        async Task ChangeAsync(string sql)
        {
            await using var command = new NpgsqlCommand("SET session_replication_role = replica; " + sql, insider);
            Assert.Equal(1, await command.ExecuteNonQueryAsync());
        }

        // One client reads the page: what it saw is the digest. The other changes one đồng, one letter, one day. Then the first clicks.
        var seen = "";
        for (var round = 0; round < Rounds; round++)
        {
            // A page stays open for a while: it is read again every fifty clicks, and what stood then still stands in the store when nobody is changing it.
            if (round % 50 == 0) seen = Convert.ToHexStringLower(Ok(await world.Runs.ShowAsync(world.Approver, view.Id)).Total!.ContentHash);
            var (change, back) = Changes[round % Changes.Length];
            await ChangeAsync(change);
            var clicked = await world.Runs.ApproveAsync(world.Approver, view.Id, view.Total.ListedVnd, seen);
            Assert.True(!clicked.IsOk && clicked.Problems[0].Code == "not_allowed.content_changed", $"round {round}: {change}");
            await ChangeAsync(back);
        }

        // By the rules of the program itself: returned, changed and computed again meanwhile, the old page approves nothing, neither the old run nor the new one.
        var old = Convert.ToHexStringLower(view.Total.ContentHash);
        Ok(await world.Runs.ReturnAsync(world.Maker, view.Id, "đổi một người"));
        await world.AddPeopleAsync(4, 4);
        var second = await world.PlanAsync();
        Ok(await world.Runs.SubmitAsync(world.Maker, second.Id, second.Total!.Recipients, second.Total.ListedVnd));
        Assert.Equal("not_allowed.state", Code(await world.Runs.ApproveAsync(world.Approver, view.Id, view.Total.ListedVnd, old)));
        Assert.Equal("not_allowed.other_content", Code(await world.Runs.ApproveAsync(world.Approver, second.Id, second.Total.ListedVnd, old)));
        Assert.Equal("run.total_differs", Code(await world.Runs.ApproveAsync(world.Approver, second.Id, view.Total.ListedVnd, Convert.ToHexStringLower(second.Total.ContentHash))));
        Assert.Empty(await world.RowsAsync<int>("SELECT run_no FROM run_step WHERE step = 'approved'"));
        Assert.Empty(await world.RowsAsync<int>("SELECT award_no FROM listed"));
        // What was seen and stands is approved, once.
        Ok(await world.Runs.ApproveAsync(world.Approver, second.Id, second.Total.ListedVnd, Convert.ToHexStringLower(second.Total.ContentHash)));
    }

    [PostgresFact]
    public async Task AbuseCase21_Overflow_of_totals_a_run_whose_total_passes_two_to_the_sixty_third_is_refused_and_not_wrapped()
    {
        await using var world = await RunWorld.OpenAsync(cluster);
        await world.AddPeopleAsync(1, 120);
        // No file brings such a standard (fifteen figures at most): written past the program, 1.5 × 60 million milliards for each of 120 people.
        await world.SqlAsync("INSERT INTO local_standard VALUES (40, 1, 1, '40', 'BTXH_STD', 60000000000000000, '2026-07-01', NULL, 'thử', 'verified', '2026-01-01', 'infinity', 1)");
        Result<IReadOnlyList<RunView>>? planned = null;
        var fault = await Record.ExceptionAsync(async () => planned = await world.Runs.PlanAsync(world.Maker, world.November, null));
        Assert.True(fault is not null || planned is { IsOk: false }, "A total that fits nowhere was taken.");
        if (fault is not null) Assert.True(fault is OverflowException or ArithmeticException or PostgresException { SqlState: "22003" }, fault.ToString());
        Assert.Empty(await world.RowsAsync<long>("SELECT listed_vnd FROM run_total"));
        Assert.Empty(await world.RowsAsync<long>("SELECT sum_vnd FROM posting"));
        // And nobody can hand the half-made draft on.
        Assert.False((await world.Runs.SubmitAsync(world.Maker, new RunId(RunWorld.Province, world.November, 1), 120, long.MinValue)).IsOk);
    }

    [PostgresFact]
    public async Task AbuseCase27_Two_operators_run_the_same_month_at_once_one_wins_and_the_others_are_told_who()
    {
        await using var world = await RunWorld.OpenAsync(cluster);
        await world.AddPeopleAsync(1, 3);
        // Eight programs, each with connections of its own.
        var programs = new List<Database>();
        for (var no = 0; no < 8; no++) programs.Add((await Database.OpenAsync(cluster.Home, world.ConnectionString, new ActionCounter(), null, default)).Value);
        try
        {
            PaymentRuns Of(int program) => new(programs[program], world.Clock, world.Law, BankingCalendars.VietNam) { Keys = world.Runs.Keys };
            async Task<(int Won, IReadOnlyList<Problem> Lost)> RaceAsync<T>(int programsAtOnce, Func<int, Task<Result<T>>> command, Func<T, bool> isDoneByMe)
            {
                var answers = await Task.WhenAll(Enumerable.Range(0, programsAtOnce).Select(program => Task.Run(() => command(program))));
                return (answers.Count(answer => answer.IsOk && isDoneByMe(answer.Value)), [.. answers.Where(answer => !answer.IsOk).SelectMany(answer => answer.Problems)]);
            }

            var rounds = 0;
            for (var cycle = 0; cycle < (Races - 4) / 3; cycle++)
            {
                var at = 2 + (cycle % 7);
                var planned = await RaceAsync(at, program => Of(program).PlanAsync(Person($"maker{program}", Role.Maker), world.November, null), views => !views[0].AlreadyDone);
                Assert.Equal(1, planned.Won);
                Assert.All(planned.Lost, lost => Assert.True(lost.Code == "not_allowed.run_exists" && lost.Message.Contains("made by maker", StringComparison.Ordinal) && lost.Remedy.Length > 0, lost.ToString()));
                var run = (await world.Runs.ShowMonthAsync(world.Approver, world.November)).Value.Single(view => !view.Run.Voided);
                var submitted = await RaceAsync(at, program => Of(program).SubmitAsync(Person($"maker{program}", Role.Maker), run.Id, 3, run.Total!.ListedVnd), view => !view.AlreadyDone);
                Assert.Equal(1, submitted.Won);
                var returned = await RaceAsync(at, program => Of(program).ReturnAsync(Person($"approver{program}", Role.Approver), run.Id, "vòng sau"), view => !view.AlreadyDone);
                Assert.Equal(1, returned.Won);
                rounds += 3;
            }

            // At the end one approves while others return: one of them is right, and the books hold.
            for (var month = 0; month < 4; month++)
            {
                var of = world.November.Plus(month);
                world.Clock.Now = of.Plus(-1).OnDayOfMonth(24).At(new LocalTime(4, 0)).InUtc().ToInstant();
                var run = await world.PlanAsync(of);
                Ok(await world.Runs.SubmitAsync(world.Maker, run.Id, 3, run.Total!.ListedVnd, "tháng trước chưa đóng"));
                var decided = await RaceAsync(8, program => program < 4
                    ? Of(program).ApproveAsync(Person($"approver{program}", Role.Approver), run.Id, run.Total.ListedVnd, Convert.ToHexStringLower(run.Total.ContentHash))
                    : Of(program).ReturnAsync(Person($"approver{program}", Role.Approver), run.Id, "trả lại"), view => !view.AlreadyDone);
                Assert.Equal(1, decided.Won);
                Assert.All(decided.Lost, lost => Assert.StartsWith("not_allowed.", lost.Code, StringComparison.Ordinal));
                var steps = await world.RowsAsync<string>($"SELECT step FROM run_step WHERE month = {of.Key()} AND run_no = {run.Id.RunNo} AND step IN ('approved', 'returned')");
                Assert.Single(steps);
                rounds++;
                if (steps[0] == "returned") await world.ApprovedAsync(of);
            }

            Assert.InRange(rounds, Races - 2, Races);
            Assert.Equal(4, Assert.Single(await world.RowsAsync<int>("SELECT count(*)::int FROM run_step WHERE step = 'approved'")));
            await world.HoldsAsync();
        }
        finally
        {
            foreach (var program in programs) await program.DisposeAsync();
        }
    }

    [PostgresFact]
    public async Task AbuseCase34_A_rate_raised_between_computing_and_approving_voids_the_run_and_nobody_raises_one_alone()
    {
        await using var world = await LawWorld.OpenAsync(cluster, Messages.LawFiles.LawFiles.LoadEmbedded());
        var runs = world.Runs;
        var view = await runs.PlanAsync(new YearMonth(2026, 7));
        Ok(await runs.Runs.SubmitAsync(runs.Maker, view.Id, view.Total!.Recipients, view.Total.ListedVnd));

        // A higher standard of the province, with its resolution: loaded by one person, who cannot make it law.
        var laws = new Laws(runs.Database, runs.Clock, runs.Law);
        const string Rate = "standard_code,name_vi,amount_vnd,place,applies_from,applies_to,instrument,in_force,end_in_force,source,status,note\nBTXH_STD,Mức chuẩn của tỉnh,600000,40,2026-07-01,,12/2026/NQ-HĐND,2026-06-20,,\"12/2026/NQ-HĐND, Điều 1\",verified,\n";
        var load = Ok(await laws.LoadAsync(runs.Maker, new Dictionary<string, byte[]> { ["nghị-quyết.csv"] = Encoding.UTF8.GetBytes(Rate) }));
        Assert.StartsWith("not_allowed.", Code(await laws.ApproveAsync(runs.Maker with { Roles = new HashSet<string> { Role.Maker, Role.Approver } }, load.LoadNo!.Value)), StringComparison.Ordinal);
        // A waiting load is no law: it voids nothing, and nothing is computed with it.
        runs.Clock.Now += Duration.FromMinutes(5);
        Ok(await laws.ApproveAsync(Person("second", Role.Approver), load.LoadNo!.Value));

        // Now the run was computed with other rates than those in force: it cannot be approved, and says why.
        runs.Clock.Now += Duration.FromMinutes(5);
        var refused = await runs.Runs.ApproveAsync(runs.Approver, view.Id, view.Total.ListedVnd, Convert.ToHexStringLower(view.Total.ContentHash));
        Assert.Equal("not_allowed.law_changed", Code(refused));
        Assert.Contains("return", refused.Problems[0].Remedy, StringComparison.Ordinal);
        Assert.Empty(await runs.RowsAsync<int>("SELECT award_no FROM listed"));

        // Returned and computed again it carries the rate, its citation and the load that brought it, and is approved.
        Ok(await runs.Runs.ReturnAsync(runs.Approver, view.Id, "mức chuẩn mới"));
        var again = await runs.ApprovedAsync(new YearMonth(2026, 7));
        Assert.True(again.Total!.ListedVnd > view.Total.ListedVnd);
        Assert.Equal([load.LoadNo!.Value], await runs.RowsAsync<int>($"SELECT load_no FROM run_law WHERE month = 202607 AND run_no = {again.Id.RunNo}"));
    }
}
