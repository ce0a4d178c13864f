using Npgsql;
using PaymentEngine.Postgres;
using PaymentEngine.ServiceTests.Access;
using PaymentEngine.ServiceTests.Runs;

namespace PaymentEngine.ServiceTests.Abuse;

/// <summary>Abuse case 13: the officer of one commune reads or writes another. The operations ask, and so does the store: for reads and writes, exports and searches alike. The matrix of doors stands in <see cref="AccessMatrixTests"/>.</summary>
[Collection(PostgresCollection.Name)]
public sealed class AbuseCase13Tests(ScratchCluster cluster)
{
    const string OfPeople = "'commune_id', 'recipient_id', 'payee_no', 'line_no', 'award_no', 'target_no', 'receipt_code'";

    [PostgresFact]
    public async Task AbuseCase13_operations_of_one_commune_read_no_row_of_another_from_any_table_or_view()
    {
        await using var world = await RunWorld.OpenAsync(cluster);
        await world.AddPeopleAsync(1, 12);
        await world.ApprovedAsync();
        await using var owner = await world.Database.OwnerAsync(default);
        var readable = await owner.QueryAsync<string>($"""
            -- test
            SELECT DISTINCT c.relname::text FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname IN ({OfPeople})
             WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p', 'v') AND NOT c.relispartition AND c.relname NOT IN ('area', 'user_scope')
               AND has_table_privilege('payengine_commune', c.oid, 'SELECT') ORDER BY 1
            """);
        Assert.True(readable.Count > 40);
        var seen = 0;
        foreach (var name in readable)
        {
            var all = await CountAsync(name, null);
            var (one, two) = (await CountAsync(name, [1]), await CountAsync(name, [2]));
            Assert.Equal((name, all), (name, one + two));
            Assert.Equal((name, 0L), (name, await CountAsync(name, [])));
            if (one > 0 && two > 0) seen++;
        }

        Assert.True(seen >= 10, $"{seen}");

        async Task<long> CountAsync(string name, int[]? communes)
        {
            await using var session = await world.Database.RunAsync(new Scope("test", RunWorld.Province, communes), default);
            try
            {
                return await session.SingleAsync<long>($"-- test\nSELECT count(*) FROM {name}");
            }
            catch (PostgresException outside) when (outside.SqlState == PostgresErrorCodes.InsufficientPrivilege && communes is not null)
            {
                // A view over what only whole runs read.
                return communes is [1] ? await CountAsync(name, null) : 0;
            }
        }
    }

    [PostgresFact]
    public async Task AbuseCase13_operations_of_one_commune_write_no_row_of_another_and_no_partition()
    {
        await using var world = await RunWorld.OpenAsync(cluster);
        await world.AddPeopleAsync(1, 6);
        await world.ApprovedAsync();
        await world.SqlAsync("""
            INSERT INTO payment_case (province_code, case_no, kind, commune_id, amount_vnd, next_action, owner, opened_at, due_on, operation_no)
            SELECT 40, n, 'suspense', n, 500000, 'call', 'an', now(), '2026-12-01', 1 FROM generate_series(1, 2) n
            """);
        await using var session = await world.Database.RunAsync(new Scope("test", RunWorld.Province, [1]), default);
        await RefusedAsync("INSERT INTO payment_case (province_code, case_no, kind, commune_id, amount_vnd, next_action, owner, opened_at, due_on, operation_no) VALUES (40, 9, 'x', 2, 1, 'call', 'an', now(), '2026-12-01', 1)");
        await RefusedAsync("INSERT INTO case_event (province_code, case_no, event_no, event, person, at, operation_no) VALUES (40, 2, 1, 'note', 'test', now(), 1)");
        await RefusedAsync("INSERT INTO dated_fact (province_code, recipient_id, version, facts_from, home_province, commune_id, poverty, supporter, alone, other_income, disability, known_from, operation_no) VALUES (40, 3, 2, 0, '40', 1, 1, 1, 1, 1, 2, now(), 1)");
        await RefusedAsync("INSERT INTO award (province_code, award_no, version, award_id, recipient_id, programme, category, category_no, variant_no, facts_from, class, relation, suspend_reason, review_result, known_from, operation_no) VALUES (40, 99, 1, 'A99', 3, 2, 'k6', 0, 0, 0, 0, 0, 0, 0, now(), 1)");
        await RefusedAsync("SELECT * FROM disbursement_202611");
        await RefusedAsync("DELETE FROM attempt_202611");
        Assert.Equal(0, await session.ExecuteAsync("-- test\nUPDATE payment_case SET taken_by = 'test' WHERE case_no = 2"));
        Assert.Equal(1, await session.ExecuteAsync("-- test\nUPDATE payment_case SET taken_by = 'test' WHERE case_no = 1"));

        async Task RefusedAsync(string sql) => Assert.Equal((sql, PostgresErrorCodes.InsufficientPrivilege), (sql, (await Assert.ThrowsAsync<PostgresException>(() => session.ExecuteAsync("-- test\n" + sql))).SqlState));
    }

    /// <summary>Every table with rows of people has row security with policies for the desk and for operations of communes; or it is loaded in bulk, and neither of them has any right on it.</summary>
    [PostgresFact]
    public async Task AbuseCase13_every_table_of_people_is_kept_by_row_security_for_desks_and_communes()
    {
        await using var database = await cluster.OpenCloneAsync();
        await using var owner = await database.OwnerAsync(default);
        Assert.Empty(await owner.QueryAsync<string>($"""
            -- test
            SELECT c.relname FROM pg_class c
             WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p') AND NOT c.relispartition AND c.relname NOT IN ('area', 'user_scope')
               AND EXISTS (SELECT FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attname IN ({OfPeople}))
               AND NOT (c.relrowsecurity
                        AND EXISTS (SELECT FROM pg_policy p WHERE p.polrelid = c.oid AND 'payengine_desk'::regrole = ANY (p.polroles) AND p.polcmd = 'r')
                        AND EXISTS (SELECT FROM pg_policy p WHERE p.polrelid = c.oid AND 'payengine_commune'::regrole = ANY (p.polroles) AND p.polcmd = '*' AND p.polwithcheck IS NOT NULL))
               AND (has_any_column_privilege('payengine_desk', c.oid, 'SELECT') OR has_any_column_privilege('payengine_commune', c.oid, 'SELECT, INSERT, UPDATE'))
            """));
    }

    /// <summary>The roles of the program own nothing, are nobody special, and make, change or switch off nothing.</summary>
    [PostgresFact]
    public async Task AbuseCase13_no_role_of_the_program_owns_or_changes_the_schema()
    {
        await using var database = await cluster.OpenCloneAsync();
        await using var owner = await database.OwnerAsync(default);
        string[] roles = ["payengine_commune", "payengine_desk", "payengine_run"];
        Assert.Equal(3, (await owner.QueryAsync<string>("-- test\nSELECT rolname FROM pg_roles WHERE rolname = ANY (@roles) AND NOT (rolsuper OR rolbypassrls OR rolcreaterole OR rolcreatedb OR rolreplication)", new { roles })).Count);
        Assert.Empty(await owner.QueryAsync<string>("-- test\nSELECT relname FROM pg_class WHERE relowner = ANY (SELECT oid FROM pg_roles WHERE rolname = ANY (@roles))", new { roles }));
        Assert.Empty(await owner.QueryAsync<string>("-- test\nSELECT m.roleid::regrole::text FROM pg_auth_members m WHERE m.member = ANY (SELECT oid FROM pg_roles WHERE rolname = ANY (@roles))", new { roles }));
        foreach (var open in new Func<Task<DatabaseSession>>[]
                 {
                     () => database.RunAsync(default), () => database.DeskAsync(new Scope("test", 40, null), default), () => database.RunAsync(new Scope("test", 40, [1]), default),
                 })
        {
            await using var session = await open();
            foreach (var statement in new[]
                     {
                         "CREATE TABLE mine (n int)", "CREATE SCHEMA mine", "CREATE FUNCTION mine() RETURNS int LANGUAGE sql AS 'SELECT 1'", "ALTER TABLE run_step ADD COLUMN mine int", "DROP TABLE run_step",
                         "ALTER TABLE run_step DISABLE TRIGGER ALL", "ALTER TABLE run_step DROP CONSTRAINT approver_is_not_maker", "ALTER TABLE recipient DISABLE ROW LEVEL SECURITY", "DROP POLICY run_all ON recipient",
                         "CREATE POLICY mine ON recipient USING (true)", "CREATE ROLE mine", "ALTER ROLE payengine_run BYPASSRLS", "SET session_replication_role = replica", "SELECT share_rights_by_commune()",
                         "TRUNCATE audit_block", "DELETE FROM run_step", "UPDATE run_step SET person = person", "CREATE TRIGGER mine BEFORE INSERT ON run_step EXECUTE FUNCTION refuse_change()",
                     })
                Assert.Equal((statement, PostgresErrorCodes.InsufficientPrivilege), (statement, (await Assert.ThrowsAsync<PostgresException>(() => session.ExecuteAsync("-- test\n" + statement))).SqlState));
        }
    }

    /// <summary>One road for "not yours" and "not there": the statements are the same, so their times are. Compared are the statements themselves, not clocks.</summary>
    [PostgresFact]
    public async Task AbuseCase13_not_yours_and_not_there_take_the_same_road()
    {
        await using var world = await AccessWorld.OpenAsync(cluster);
        foreach (var command in new[] { "case show", "case take", "people show", "account history", "cash show", "run show" })
        {
            var (theirs, absent) = command switch
            {
                "case show" or "case take" => ("1002", "9999"), "cash show" => (world.Lists[1], "40-2611-C0099"), "run show" => (world.Run, "40-2611-099"), _ => ("P000003", "P009999"),
            };
            var roads = new List<(int Exit, string Code)>();
            foreach (var named in new[] { theirs, absent })
            {
                var said = await world.KnockAsync("officer", [.. command.Split(' '), named]);
                roads.Add((said.Exit, said.Code));
            }

            Assert.Equal((command, roads[1]), (command, roads[0]));
        }
    }
}
