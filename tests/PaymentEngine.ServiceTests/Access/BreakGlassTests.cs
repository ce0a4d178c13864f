using System.Text.Json;
using NodaTime;
using Npgsql;
using PaymentEngine.App.Operations;
using PaymentEngine.ServiceTests.Runs;

namespace PaymentEngine.ServiceTests.Access;

/// <summary>Exceptions by two people, for a while, for one run or one case (F143).</summary>
[Collection(PostgresCollection.Name)]
public sealed class BreakGlassTests(ScratchCluster cluster)
{
    [PostgresFact]
    public async Task A_role_is_lent_by_another_person_for_one_run_ends_by_itself_and_every_use_is_written_down()
    {
        await using var world = await AccessWorld.OpenAsync(cluster);
        var runs = world.Cash.Runs;
        await world.AddAsync("chi", [Role.Reconciler], null);
        Assert.Equal(0, (await world.GiveAsync("maker", "run", "plan", "2026-12")).Exit);
        var (people, listed) = (await runs.RowsAsync<(int, long)>("-- test\nSELECT recipients, listed_vnd FROM run_total WHERE month = 202612")).Single();
        const string run = "40-2612-001";
        string[] submit = ["run", "submit", run, "--confirm-count", $"{people}", "--confirm-total", $"{listed}", "--previous-open", "tháng trước còn khoản"];
        Assert.Equal("not_allowed.role", (await world.KnockAsync("chi", submit)).Code);

        // Asked: nothing is lent yet, and nobody grants their own.
        foreach (var (wrong, code) in new[]
                 {
                     (new[] { "--role", "maker", "--for", run, "--reason", "vội" }, "break_glass.reason_short"), (["--role", "maker", "--for", run, "--hours", "25", "--reason", "người lập nghỉ ốm đột xuất"], "usage.break_glass"),
                     (["--role", "administrator", "--for", run, "--reason", "người lập nghỉ ốm đột xuất"], "user.role_unknown"), (["--role", "reconciler", "--for", run, "--reason", "người lập nghỉ ốm đột xuất"], "break_glass.held_already"),
                     (["--role", "maker", "--for", "mọi thứ", "--reason", "người lập nghỉ ốm đột xuất"], "usage.break_glass"), (["--for", run, "--reason", "người lập nghỉ ốm đột xuất"], "usage.break_glass"),
                 })
            Assert.Equal(code, (await world.KnockAsync("chi", ["breakglass", "ask", .. wrong])).Code);
        var asked = await world.GiveAsync("chi", "breakglass", "ask", "--role", "maker", "--for", run, "--hours", "2", "--reason", "người lập nghỉ ốm đột xuất");
        Assert.True(asked.Exit == 0, asked.Printed);
        Assert.Equal("not_allowed.role", (await world.KnockAsync("chi", submit)).Code);
        Assert.Equal("not_allowed.role", (await world.KnockAsync("chi", "breakglass", "grant", "1")).Code);
        Assert.Equal("not_allowed.role", (await world.KnockAsync("approver", "breakglass", "grant", "1")).Code);
        Assert.Equal("break_glass.unknown", (await world.KnockAsync("maker", "breakglass", "end", "1")).Code);
        Assert.Equal("break_glass.unknown", (await world.KnockAsync("administrator", "breakglass", "grant", "7")).Code);
        var granted = await world.GiveAsync("administrator", "breakglass", "grant", "1");
        Assert.True(granted.Exit == 0, granted.Printed);
        Assert.Contains("\"break_glass\"", (await world.GiveAsync("chi", "status")).Printed, StringComparison.Ordinal);

        // For this run and no other thing.
        Assert.Equal("not_allowed.other_exception", (await world.KnockAsync("chi", "run", "expect", world.Run, "--expect-count", "1", "--expect-sum", "1")).Code);
        Assert.Equal("not_allowed.other_exception", (await world.KnockAsync("chi", "run", "plan", "2027-01")).Code);
        var submitted = await world.GiveAsync("chi", submit);
        Assert.True(submitted.Exit == 0, submitted.Printed);
        Assert.StartsWith("{\"break_glass\":[1],", Assert.Single(await runs.RowsAsync<string>("-- test\nSELECT b.events FROM audit_block b JOIN operation o USING (province_code, operation_no) WHERE o.kind = 'run.submit' AND o.person = 'chi'")), StringComparison.Ordinal);
        Assert.Equal(1, Assert.Single(await runs.RowsAsync<int>("-- test\nSELECT count(*)::int FROM break_glass_use")));
        Assert.Contains("nghỉ ốm", (await world.GiveAsync("approver", "run", "show", run)).Printed + await PaperAsync(world, run), StringComparison.Ordinal);

        // It lifts no pair: whoever submitted by an exception does not approve, with or without another one.
        Assert.Equal(0, (await world.GiveAsync("chi", "breakglass", "ask", "--role", "approver", "--for", run, "--reason", "người duyệt nghỉ ốm đột xuất")).Exit);
        Assert.Equal(0, (await world.GiveAsync("chief-approver", "breakglass", "grant", "2")).Exit);
        Assert.Equal("not_allowed.own_run", (await world.KnockAsync("chi", "run", "approve", run, "--hash", "00000000", "--confirm-total", $"{listed}")).Code);

        // Ended at once, and by its hour.
        Assert.Equal(0, (await world.GiveAsync("chief-approver", "breakglass", "end", "2")).Exit);
        Assert.Equal("not_allowed.role", (await world.KnockAsync("chi", "run", "approve", run, "--hash", "00000000", "--confirm-total", $"{listed}")).Code);
        Assert.Equal("not_allowed.break_glass_over", (await world.KnockAsync("chief-approver", "breakglass", "end", "2")).Code);
        runs.Clock.Now += Duration.FromHours(2);
        Assert.Equal("not_allowed.role", (await world.KnockAsync("chi", "run", "return", run, "--remark", "sai")).Code);
    }

    [PostgresFact]
    public async Task Communes_are_lent_for_one_case_and_nothing_else_in_them_is_written()
    {
        await using var world = await AccessWorld.OpenAsync(cluster);
        await world.AddAsync("xa", [Role.CommuneOfficer], [1]);
        Assert.Equal("case.unknown", (await world.KnockAsync("xa", "case", "note", "1002", "đã gọi")).Code);
        Assert.Equal(0, (await world.GiveAsync("xa", "breakglass", "ask", "--commune", AccessWorld.OtherCommune, "--for", "case 1002", "--reason", "cán bộ xã Hai vắng mặt")).Exit);
        Assert.Equal(0, (await world.GiveAsync("chief-approver", "breakglass", "grant", "1")).Exit);
        var noted = await world.GiveAsync("xa", "case", "note", "1002", "đã gọi");
        Assert.True(noted.Exit == 0, noted.Printed);
        await world.Cash.Runs.SqlAsync("INSERT INTO payment_case (province_code, case_no, kind, commune_id, amount_vnd, next_action, owner, opened_at, due_on, operation_no) VALUES (40, 1012, 'suspense', 2, 1, 'call', 'commune_officer', '2026-11-01', '2026-12-01', 1)");
        Assert.Equal(4, (await world.KnockAsync("xa", "case", "note", "1012", "việc khác của xã Hai")).Exit);
        Assert.Equal(0, (await world.GiveAsync("xa", "case", "note", "1001", "việc của xã mình")).Exit);
        var events = await world.Cash.Runs.RowsAsync<string>("-- test\nSELECT b.events FROM audit_block b JOIN operation o USING (province_code, operation_no) WHERE o.kind = 'case.note' ORDER BY block_no");
        Assert.Equal(2, events.Count);
        Assert.Contains("\"break_glass\":[1]", events[0], StringComparison.Ordinal);
        Assert.DoesNotContain("break_glass", events[1], StringComparison.Ordinal);
    }

    [PostgresFact]
    public async Task Nobody_grants_themselves_an_exception_in_SQL_either()
    {
        await using var world = await AccessWorld.OpenAsync(cluster);
        var runs = world.Cash.Runs;
        await world.AddAsync("quan", [Role.Administrator, Role.Maker], null);
        await runs.RunAsync("""
            INSERT INTO operation (province_code, key, kind, request_hash, person, epoch, at) VALUES (40, 'x1', 'x', sha256('x'), 'quan', 1, now()), (40, 'x2', 'x', sha256('x'), 'maker', 1, now()), (40, 'x3', 'x', sha256('x'), 'administrator', 1, now());
            INSERT INTO break_glass (province_code, glass_no, asked_by, role, subject, reason, asked_at, ends_at, operation_no)
            SELECT 40, 1, 'quan', 'approver', 'run 40-2611-001', 'không chờ được nữa', now(), now() + interval '1 hour', operation_no FROM operation WHERE key = 'x1';
            """);
        foreach (var (who, key, constraint) in new[]
                 {
                     ("quan", "x1", "nobody_grants_themselves"), ("administrator", "x1", "granter_acts"), ("maker", "x2", "granter_holds_a_role"),
                 })
            Assert.Equal(constraint, (await Assert.ThrowsAsync<PostgresException>(() => runs.RunAsync($"INSERT INTO break_glass_grant (province_code, glass_no, asked_by, granted_by, at, operation_no) SELECT 40, 1, 'quan', '{who}', now(), operation_no FROM operation WHERE key = '{key}'"))).ConstraintName);
        // Another asker's name on the grant is not the question's.
        Assert.Equal(PostgresErrorCodes.ForeignKeyViolation, (await Assert.ThrowsAsync<PostgresException>(() => runs.RunAsync("INSERT INTO break_glass_grant (province_code, glass_no, asked_by, granted_by, at, operation_no) SELECT 40, 1, 'maker', 'administrator', now(), operation_no FROM operation WHERE key = 'x3'"))).SqlState);
        Assert.Equal("at_most_a_day", (await Assert.ThrowsAsync<PostgresException>(() => runs.RunAsync("INSERT INTO break_glass (province_code, glass_no, asked_by, role, subject, reason, asked_at, ends_at, operation_no) SELECT 40, 2, 'quan', 'approver', 'run 40-2611-001', 'không chờ được nữa', now(), now() + interval '25 hours', operation_no FROM operation WHERE key = 'x1'"))).ConstraintName);
        await runs.RunAsync("INSERT INTO break_glass_grant (province_code, glass_no, asked_by, granted_by, at, operation_no) SELECT 40, 1, 'quan', 'administrator', now(), operation_no FROM operation WHERE key = 'x3'");
        // A use by somebody else's operation is none.
        Assert.Equal("used_in_time_by_the_asker", (await Assert.ThrowsAsync<PostgresException>(() => runs.RunAsync("INSERT INTO break_glass_use (province_code, glass_no, operation_no) SELECT 40, 1, operation_no FROM operation WHERE key = 'x2'"))).ConstraintName);
    }

    static async Task<string> PaperAsync(AccessWorld world, string run)
    {
        var path = Path.Combine(world.Folder, "paper.html");
        var written = await world.GiveAsync("approver", "run", "paper", run, "--out", path);
        Assert.True(written.Exit == 0, written.Printed);
        return await File.ReadAllTextAsync(path);
    }
}
