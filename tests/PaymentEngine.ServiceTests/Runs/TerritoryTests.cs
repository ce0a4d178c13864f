using Npgsql;
using PaymentEngine.Postgres;

namespace PaymentEngine.ServiceTests.Runs;

/// <summary>What each role sees of other communes, over every table and view of the catalogue.</summary>
[Collection(PostgresCollection.Name)]
public sealed class TerritoryTests(ScratchCluster cluster)
{
    /// <summary>Columns by which a row speaks of a person or of a commune's money.</summary>
    const string OfPeople = "'commune_id', 'recipient_id', 'payee_no', 'line_no', 'award_no', 'target_no', 'receipt_code'";

    [PostgresFact]
    public async Task A_desk_reads_no_row_of_another_commune_from_any_table_or_view()
    {
        await using var world = await RunWorld.OpenAsync(cluster);
        await world.AddPeopleAsync(1, 12);
        await world.ApprovedAsync();
        // The names of communes are no secret; everything else that names one or a person is.
        var readable = await OwnerRowsAsync<(string Name, bool HasCommune)>(world, $"""
            -- test
            SELECT c.relname::text, bool_or(a.attname = 'commune_id')
              FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname IN ({OfPeople})
             WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p', 'v') AND NOT c.relispartition AND c.relname <> 'area' AND has_table_privilege('payengine_desk', c.oid, 'SELECT')
             GROUP BY c.relname ORDER BY 1
            """);
        var seen = new List<string>();
        foreach (var (name, hasCommune) in readable)
        {
            var all = Assert.Single(await world.RowsAsync<long>($"-- test\nSELECT count(*) FROM {name}"));
            var (one, two) = (await SeenAsync(name, [1]), await SeenAsync(name, [2]));
            Assert.Equal((name, 0L), (name, await SeenAsync(name, [])));
            Assert.Equal((name, all), (name, await SeenAsync(name, null)));
            Assert.Equal((name, all), (name, one + two)); // each person lives in one commune, and nothing of theirs is seen twice
            if (hasCommune) Assert.Equal((name, 0L), (name, await SeenAsync(name, [2], "WHERE commune_id <> 2")));
            if (one > 0 && two > 0) seen.Add(name);
        }

        Assert.Empty(new[] { "recipient", "dated_fact", "award", "payee", "channel", "listed", "line", "disbursement", "attempt", "posting", "position", "certificate", "ledger_balance" }.Except(seen));

        async Task<long> SeenAsync(string name, int[]? communes, string where = "")
        {
            await using var desk = await world.Database.DeskAsync(new Scope("test", RunWorld.Province, communes), default);
            return await desk.SingleAsync<long>($"-- test\nSELECT count(*) FROM {name} {where}");
        }
    }

    [PostgresFact]
    public async Task Every_table_that_speaks_of_people_has_row_security_every_view_its_reader_s_eyes_and_no_desk_reads_a_partition()
    {
        await using var world = await RunWorld.OpenAsync(cluster);
        await world.AddPeopleAsync(1, 3);
        await world.ApprovedAsync();
        Assert.Empty(await OwnerRowsAsync<string>(world, $"""
            -- test
            SELECT DISTINCT c.relname FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname IN ({OfPeople})
             WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p') AND NOT c.relispartition AND c.relname <> 'area' AND NOT c.relrowsecurity
               AND has_table_privilege('payengine_desk', c.oid, 'SELECT')
            """));
        Assert.Empty(await OwnerRowsAsync<string>(world, "-- test\nSELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'v' AND NOT coalesce('security_invoker=true' = ANY (reloptions), false)"));
        var partitions = await OwnerRowsAsync<string>(world, "-- test\nSELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relispartition AND relkind = 'r'");
        Assert.NotEmpty(partitions);
        await using var desk = await world.Database.DeskAsync(new Scope("test", RunWorld.Province, null), default);
        foreach (var partition in partitions)
            Assert.Equal(PostgresErrorCodes.InsufficientPrivilege, (await Assert.ThrowsAsync<PostgresException>(() => desk.SingleAsync<long>($"-- test\nSELECT count(*) FROM {partition}"))).SqlState);
    }

    /// <summary>Rights keep the program's roles out; the trigger keeps out whoever owns the tables.</summary>
    [PostgresFact]
    public async Task The_owner_cannot_change_a_row_that_was_decided()
    {
        await using var world = await RunWorld.OpenAsync(cluster);
        await world.AddPeopleAsync(1, 3);
        await world.ApprovedAsync();
        var tables = await OwnerRowsAsync<(string Table, bool Deletes)>(world, """
            -- test
            SELECT c.relname::text, (t.tgtype & 8) <> 0 FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid WHERE t.tgname = 'append_only' AND NOT c.relispartition ORDER BY 1
            """);
        var tried = new List<string>();
        foreach (var (table, deletes) in tables)
        {
            if (Assert.Single(await world.RowsAsync<long>($"-- test\nSELECT count(*) FROM {table}")) == 0) continue;
            tried.Add(table);
            Assert.Equal((table, PostgresErrorCodes.RestrictViolation), (table, (await Assert.ThrowsAsync<PostgresException>(() => world.SqlAsync($"-- test\nUPDATE {table} SET province_code = province_code"))).SqlState));
            if (deletes) Assert.Equal((table, PostgresErrorCodes.RestrictViolation), (table, (await Assert.ThrowsAsync<PostgresException>(() => world.SqlAsync($"-- test\nDELETE FROM {table}"))).SqlState));
        }

        Assert.Empty(new[] { "operation", "operation_result", "audit_block", "run", "run_total", "run_step", "line", "disbursement", "attempt", "listed", "posting", "explanation" }.Except(tried));
    }

    static async Task<IReadOnlyList<T>> OwnerRowsAsync<T>(RunWorld world, string sql)
    {
        await using var owner = await world.Database.OwnerAsync(default);
        return await owner.QueryAsync<T>(sql);
    }
}
