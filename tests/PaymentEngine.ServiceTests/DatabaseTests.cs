using Npgsql;
using PaymentEngine.Postgres;

namespace PaymentEngine.ServiceTests;

[Collection(PostgresCollection.Name)]
public sealed class DatabaseTests(ScratchCluster scratch)
{
    static readonly CancellationToken Never = CancellationToken.None;

    async Task<T> AsAdministratorAsync<T>(string connectionString, Func<NpgsqlConnection, Task<T>> work)
    {
        await using var connection = new NpgsqlConnection(connectionString + ";Pooling=false");
        await connection.OpenAsync();
        return await work(connection);
    }

    [PostgresFact]
    public async Task A_new_file_is_applied_once_and_as_the_owner()
    {
        var text = await scratch.CloneAsync();
        Migration[] known = [.. Migrations.Known, new(Migrations.Known[^1].Number + 1, "more", "CREATE TABLE more (n int)")];
        Assert.Single((await AsAdministratorAsync(text, connection => Migrations.ApplyAsync(connection, known, Never))).Value);
        Assert.Empty((await AsAdministratorAsync(text, connection => Migrations.ApplyAsync(connection, known, Never))).Value);
        await using var check = new NpgsqlConnection(text + ";Pooling=false");
        await check.OpenAsync();
        await using var owner = new NpgsqlCommand("SELECT tableowner FROM pg_tables WHERE tablename = 'more'", check);
        Assert.Equal("payengine_owner", await owner.ExecuteScalarAsync());
    }

    [PostgresFact]
    public async Task A_file_that_fails_keeps_nothing_and_may_be_repaired()
    {
        var text = await scratch.CloneAsync();
        var number = Migrations.Known[^1].Number + 1;
        await Assert.ThrowsAsync<PostgresException>(() => AsAdministratorAsync(text, connection =>
            Migrations.ApplyAsync(connection, [.. Migrations.Known, new(number, "half", "CREATE TABLE half (n int); SELECT 1/0")], Never)));
        Assert.Single((await AsAdministratorAsync(text, connection => Migrations.ApplyAsync(connection, [.. Migrations.Known, new(number, "half", "CREATE TABLE half (n int)")], Never))).Value);
    }

    [PostgresFact]
    public async Task An_edited_file_and_a_newer_database_are_refused()
    {
        var text = await scratch.CloneAsync();
        Migration[] edited = [Migrations.Known[0] with { Sql = Migrations.Known[0].Sql + "-- edited" }, .. Migrations.Known.Skip(1)];
        // "with" keeps the old hash, so the edited file is made anew.
        edited[0] = new Migration(edited[0].Number, edited[0].Name, edited[0].Sql);
        Assert.Equal("database.migration_changed", (await AsAdministratorAsync(text, connection => Migrations.MissingAsync(connection, edited, Never))).Problems[0].Code);
        Assert.Equal("database.newer", (await AsAdministratorAsync(text, connection => Migrations.MissingAsync(connection, [], Never))).Problems[0].Code);
    }

    /// <summary>What is being worked on: the only columns of all tables that the program may change.</summary>
    static readonly string[] Changing =
    [
        "api_request: answer, status",
        "app_session: closed_at, last_used_at",
        "app_user: enrol_until, failed_logins, key_hash, locked_until, password_hash, password_until, roles, valid_from, valid_to",
        "payment_case: amount_vnd, closed_at, closed_how, due_on, next_action, owner, taken_by", "run_partition: digest, done_at, items, sum_vnd, summary", "tenant: epoch",
        "user_passkey: is_backed_up, last_used_at, name, removed_at, sign_count",
        "user_scope: ended_by, ended_operation_no, valid_to",
        "user_totp: confirmed_at, ended_at, last_step",
    ];

    /// <summary>Tables without the owner's trigger: what is being worked on, reference rows, and the register, whose versions end once by a trigger of its own.</summary>
    static readonly string[] WithoutTrigger =
    [
        "api_request", "app_session", "app_user", "area", "award", "channel", "covered_row", "dated_fact", "evidence_state", "legal_move", "local_standard", "payee", "payer", "payment_case", "place", "portal_move", "reason_policy",
        "recipient", "recoupment_decision", "reference_rows", "run_partition", "run_programme", "schema_migration", "tenant",
        "user_passkey",
        "user_scope",
        "user_totp",
    ];

    [PostgresFact]
    public async Task No_role_of_the_program_may_change_delete_or_empty_any_table_or_partition()
    {
        await using var database = await scratch.OpenCloneAsync();
        await using var owner = await database.OwnerAsync(Never);
        await owner.ExecuteAsync("-- test\nSELECT open_month(202611)");
        var tables = await owner.QueryAsync<(string Table, string Column)>("""
            -- test
            SELECT c.oid::regclass::text, (SELECT quote_ident(attname) FROM pg_attribute a WHERE a.attrelid = c.oid AND attnum = 1)
              FROM pg_class c WHERE relkind IN ('r', 'p') AND relnamespace = 'public'::regnamespace ORDER BY 1
            """);
        Assert.True(tables.Count > 50);
        Assert.Contains(tables, one => one.Table == "attempt_202611");
        await using var run = await database.RunAsync(Never);
        await using var desk = await database.DeskAsync(new Scope("test", 40, null), Never);
        foreach (var (table, column) in tables)
            foreach (var session in new[] { run, desk })
                foreach (var statement in new[] { $"UPDATE {table} SET {column} = {column}", $"DELETE FROM {table}", $"TRUNCATE {table} CASCADE" })
                    Assert.Equal((statement, PostgresErrorCodes.InsufficientPrivilege), (statement, (await Assert.ThrowsAsync<PostgresException>(() => session.ExecuteAsync(statement))).SqlState));

        Assert.Equal(Changing, await owner.QueryAsync<string>("""
            -- test
            SELECT c.relname || ': ' || string_agg(a.attname, ', ' ORDER BY a.attname)
              FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
             WHERE c.relkind IN ('r', 'p') AND c.relnamespace = 'public'::regnamespace
               AND (has_column_privilege('payengine_run', c.oid, a.attnum, 'UPDATE') OR has_column_privilege('payengine_desk', c.oid, a.attnum, 'UPDATE'))
             GROUP BY c.relname ORDER BY c.relname
            """));
        Assert.Equal(PostgresErrorCodes.InsufficientPrivilege, (await Assert.ThrowsAsync<PostgresException>(() => desk.ExecuteAsync("SELECT * FROM app_session"))).SqlState);
    }

    /// <summary>A new table is append-only with a trigger, or stands on the list above for a reason.</summary>
    [PostgresFact]
    public async Task Every_table_is_append_only_for_its_owner_too_or_named_here()
    {
        await using var database = await scratch.OpenCloneAsync();
        await using var owner = await database.OwnerAsync(Never);
        await owner.ExecuteAsync("-- test\nSELECT open_month(202611)");
        Assert.Equal(WithoutTrigger, await owner.QueryAsync<string>("""
            -- test
            SELECT c.relname FROM pg_class c WHERE relkind IN ('r', 'p') AND relnamespace = 'public'::regnamespace
               AND NOT EXISTS (SELECT FROM pg_trigger t WHERE t.tgrelid = c.oid AND t.tgname = 'append_only' AND t.tgenabled <> 'D') ORDER BY 1
            """));
    }

    [PostgresFact]
    public async Task A_desk_sees_the_rows_of_its_communes_and_nothing_of_others()
    {
        await using var database = await scratch.OpenCloneAsync();
        await using (var run = await database.RunAsync(Never))
        {
            await run.ExecuteAsync("""
                INSERT INTO tenant (province_code, name, created_at) VALUES (40, 'Nghệ An', now());
                INSERT INTO operation (province_code, key, kind, request_hash, person, epoch, at) VALUES (40, 'k', 'test', sha256('x'), 'test', 1, now());
                INSERT INTO payment_case (province_code, case_no, kind, commune_id, amount_vnd, next_action, owner, opened_at, due_on, operation_no)
                SELECT 40, n, 'rejected', n, 500000, 'call', 'an', now(), '2026-12-01', (SELECT max(operation_no) FROM operation) FROM generate_series(1, 3) n;
                """);
        }
        Assert.Equal([1], await Seen([1]));
        Assert.Equal([2, 3], await Seen([2, 3]));
        Assert.Empty(await Seen([]));
        Assert.Equal([1, 2, 3], await Seen(null));

        async Task<IReadOnlyList<int>> Seen(int[]? communes)
        {
            await using var desk = await database.DeskAsync(new Scope("test", 40, communes), Never);
            return await desk.QueryAsync<int>("-- test\nSELECT commune_id FROM payment_case ORDER BY 1");
        }
    }

    [PostgresFact]
    public async Task A_transaction_that_says_no_keeps_nothing_and_a_conflict_is_repeated()
    {
        await using var database = await scratch.OpenCloneAsync();
        await using var run = await database.RunAsync(Never);
        await run.InTransactionAsync(async () => await run.ExecuteAsync("INSERT INTO tenant (province_code, name, created_at) VALUES (40, 'Nghệ An', now())"), keep: _ => false);
        Assert.Equal(0, await run.SingleAsync<long>("SELECT count(*) FROM tenant"));
        var tries = 0;
        await run.InTransactionAsync(async () =>
        {
            if (++tries < 3) await run.ExecuteAsync("DO $$ BEGIN RAISE EXCEPTION 'conflict' USING ERRCODE = 'serialization_failure'; END $$");
            return true;
        });
        Assert.Equal(3, tries);
    }
}
