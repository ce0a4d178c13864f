using Npgsql;
using PaymentEngine.App.Operations;
using PaymentEngine.App.Operations.Access;
using PaymentEngine.Core;
using PaymentEngine.Core.Payments;
using PaymentEngine.Messages;
using PaymentEngine.Postgres;
using PaymentEngine.ServiceTests.Access;
using PaymentEngine.ServiceTests.Runs;

namespace PaymentEngine.ServiceTests.Abuse;

/// <summary>Abuse case 11: one person makes and approves, by whatever road: the operation, the command line, SQL under the application's role, another role, a colleague's hand.</summary>
[Collection(PostgresCollection.Name)]
public sealed class AbuseCase11Tests(ScratchCluster cluster)
{
    static readonly string[] Everything = [.. Role.OfPeople];

    static Caller Person(string name) => new(RunWorld.Province, name, name, Everything.ToHashSet(), null) { ProvenUntil = NodaTime.Instant.MaxValue };

    /// <summary>Who made it, who changed it last, who submitted it, who approves: an and binh in every combination; each holds every role.</summary>
    [PostgresFact]
    public async Task AbuseCase11_of_two_people_only_one_without_any_part_approves_by_the_operation_and_by_SQL()
    {
        await using var world = await RunWorld.OpenAsync(cluster);
        await world.AddPeopleAsync(1, 6);
        var (tried, month) = (0, world.November);
        foreach (var made in new[] { "an", "binh" })
        foreach (var changed in new[] { null, "an", "binh" })
        foreach (var submitted in new[] { "an", "binh" })
        {
            var view = (await world.Runs.PlanAsync(Person(made), month, null)).Value.Single();
            if (changed is not null)
            {
                var held = await new PaymentHolds(world.Database, world.Clock, BankingCalendars.VietNam).HoldAsync(Person(changed), view.Id, "P000002", null, "xem lại giấy tờ");
                Assert.True(held.IsOk, string.Join('\n', held.Problems));
                view = (await world.Runs.ShowAsync(Person(made), view.Id)).Value;
            }

            Assert.True((await world.Runs.SubmitAsync(Person(submitted), view.Id, view.Total!.Recipients, view.Total.DeclaredVnd)).IsOk);
            var parts = new HashSet<string>(new[] { made, changed, submitted }.OfType<string>());
            foreach (var approver in new[] { "an", "binh" }.Where(parts.Contains))
            {
                tried++;
                Assert.Equal("not_allowed.own_run", (await world.Runs.ApproveSeenAsync(Person(approver), view.Id, view.Total.DeclaredVnd)).Problems.Single().Code);
                var refused = await Assert.ThrowsAsync<PostgresException>(() => world.RunAsync(FormattableString.Invariant($"""
                    INSERT INTO run_step (province_code, month, run_no, step_no, step, level, person, made_by, content_hash, at, operation_no)
                    SELECT t.province_code, t.month, t.run_no, 99, 'approved', 1, '{approver}', r.made_by, t.content_hash, now(), 1 FROM run_total t JOIN run r USING (province_code, month, run_no) WHERE t.run_no = {view.Id.RunNo};
                    """)));
                Assert.NotNull(DutyPairs.RefusalOf(refused.ConstraintName!));
                var level = await Assert.ThrowsAsync<PostgresException>(() => world.RunAsync(FormattableString.Invariant($"""
                    INSERT INTO run_approval (province_code, month, run_no, content_hash, level, role, person, made_by, at, operation_no)
                    SELECT t.province_code, t.month, t.run_no, t.content_hash, 1, 'approver', '{approver}', r.made_by, now(), 1 FROM run_total t JOIN run r USING (province_code, month, run_no) WHERE t.run_no = {view.Id.RunNo};
                    """)));
                Assert.NotNull(DutyPairs.RefusalOf(level.ConstraintName!));
            }

            // Whoever had no part approves: the other of the two, or a third.
            var other = new[] { "an", "binh", "chi" }.First(name => !parts.Contains(name));
            if (made == "binh" && changed is null && submitted == "binh")
            {
                var approved = await world.Runs.ApproveSeenAsync(Person(other), view.Id, view.Total.DeclaredVnd);
                Assert.True(approved.IsOk, string.Join('\n', approved.Problems));
                await ReleaseAsync(world, view.Id, other);
                return;
            }

            Assert.True((await world.Runs.ReturnAsync(Person(other), view.Id, "làm lại cho ca sau")).IsOk);
        }

        Assert.Fail("the last combination returns");
        Assert.True(tried >= 12);
    }

    /// <summary>Whoever approved hands nothing over and records no cash, by SQL either; the maker may.</summary>
    static async Task ReleaseAsync(RunWorld world, RunId run, string approver)
    {
        await world.SqlAsync(FormattableString.Invariant($"""
            INSERT INTO bank_file (province_code, month, file_no, run_no, profile, msg_id, numbered_at, items, sum_vnd, list_hash, list_hash_plain, operation_no)
            VALUES (40, 202611, 900, {run.RunNo}, 'test', 'B-TEST', now(), 1, 1, sha256('a'), sha256('a'), 1);
            INSERT INTO bank_file_seal (province_code, month, file_no, size_bytes, sha256, manifest_sha256, sealed_at, operation_no) VALUES (40, 202611, 900, 1, sha256('a'), sha256('b'), now(), 1);
            """));
        string HandOver(string person) => FormattableString.Invariant($"INSERT INTO hand_over (province_code, month, file_no, hand_over_no, channel, person, intended_at, operation_no) VALUES (40, 202611, 900, 1, 'folder', '{person}', now(), 1)");
        Assert.Equal("releaser_is_not_approver", (await Assert.ThrowsAsync<PostgresException>(() => world.RunAsync(HandOver(approver)))).ConstraintName);
        await world.RunAsync(HandOver("binh"));
    }

    /// <summary>Roles change, the deed stays: the maker who is made an approver, and the submitter whom the maker asked to press the key.</summary>
    [PostgresFact]
    public async Task AbuseCase11_another_role_or_a_colleague_s_hand_changes_nothing_at_the_command_line()
    {
        await using var world = await AccessWorld.OpenAsync(cluster);
        await world.AddAsync("lan", [Role.Maker], null);
        await world.AddAsync("tam", [Role.Maker], null);
        var planned = await world.GiveAsync("lan", "run", "plan", "2026-12");
        Assert.True(planned.Exit == 0, planned.Printed);
        var total = (await world.Cash.Runs.RowsAsync<(int People, long Sum)>("-- test\nSELECT recipients, listed_vnd - held_vnd FROM run_total WHERE month = 202612")).Single();
        var declared = (await world.Cash.Runs.RowsAsync<long>("-- test\nSELECT listed_vnd FROM run_total WHERE month = 202612")).Single();
        var hash = (await world.Cash.Runs.RowsAsync<string>("-- test\nSELECT encode(content_hash, 'hex') FROM run_total WHERE month = 202612")).Single();
        const string run = "40-2612-001";
        var submitted = await world.GiveAsync("tam", "run", "submit", run, "--confirm-count", FormattableString.Invariant($"{total.People}"), "--confirm-total", FormattableString.Invariant($"{declared}"), "--previous-open", "tháng trước còn khoản");
        Assert.True(submitted.Exit == 0, submitted.Printed);
        // By SQL of the application's role: whoever may change roles in rows makes no second person of themselves.
        await world.Cash.Runs.RunAsync("UPDATE app_user SET roles = '{approver,chief_approver}' WHERE user_name IN ('lan', 'tam')");
        foreach (var user in new[] { "lan", "tam" })
        {
            var said = await world.KnockAsync(user, "run", "approve", run, "--hash", hash, "--confirm-total", FormattableString.Invariant($"{declared}"));
            Assert.Equal((4, "not_allowed.own_run"), (said.Exit, said.Code));
        }

        Assert.Equal(0, (await world.GiveAsync("approver", "run", "approve", run, "--hash", hash, "--confirm-total", FormattableString.Invariant($"{declared}"))).Exit);
    }

    [PostgresFact]
    public async Task AbuseCase11_where_the_rules_ask_for_three_people_a_checker_without_a_part_submits()
    {
        await using var world = await RunWorld.OpenAsync(cluster);
        await world.AddPeopleAsync(1, 3);
        var rules = RunRulesFile.Write(RunRules.OfProgram with { CheckedByAnother = true });
        var versions = new RunRuleVersions(world.Database, world.Clock);
        var loaded = await versions.LoadAsync(world.Maker, System.Text.Encoding.UTF8.GetBytes(rules), "rules.json");
        Assert.True(loaded.IsOk, string.Join('\n', loaded.Problems));
        Assert.True((await versions.ApproveAsync(world.Approver, 1)).IsOk);
        var view = await world.PlanAsync();
        Assert.Equal("not_allowed.role", (await world.Runs.SubmitAsync(world.Maker, view.Id, 3, view.Total!.DeclaredVnd)).Problems.Single().Code);
        var both = world.Maker with { Roles = new HashSet<string> { Role.Maker, Role.Checker } };
        Assert.Equal("not_allowed.own_run", (await world.Runs.SubmitAsync(both, view.Id, 3, view.Total.DeclaredVnd)).Problems.Single().Code);
        Assert.Equal("checker_has_no_part", (await Assert.ThrowsAsync<PostgresException>(() => world.RunAsync("""
            INSERT INTO run_step (province_code, month, run_no, step_no, step, person, made_by, content_hash, at, operation_no)
            SELECT province_code, month, run_no, 9, 'submitted', 'maker', 'maker', content_hash, now(), 1 FROM run_total
            """))).ConstraintName);
        var checker = Person("kiem") with { Roles = new HashSet<string> { Role.Checker } };
        var checkedRun = await world.Runs.SubmitAsync(checker, view.Id, 3, view.Total!.DeclaredVnd);
        Assert.True(checkedRun.IsOk, string.Join('\n', checkedRun.Problems));
        Assert.Equal("not_allowed.own_run", (await world.Runs.ApproveSeenAsync(Person("kiem"), view.Id, view.Total.DeclaredVnd)).Problems.Single().Code);
        Assert.True((await world.Runs.ApproveSeenAsync(world.Approver, view.Id, view.Total.DeclaredVnd)).IsOk);
    }
}
