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
        Migration[] known = [.. Migrations.Known, new(Migrations.Known.Count + 1, "more", "CREATE TABLE more (n int)")];
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
        var number = Migrations.Known.Count + 1;
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

    [PostgresFact]
    public async Task No_role_of_the_program_may_change_or_delete_a_row_of_an_append_only_table()
    {
        await using var database = await scratch.OpenCloneAsync();
        await using var owner = await database.OwnerAsync(Never);
        var tables = await owner.QueryAsync<string>("-- test\nSELECT tgrelid::regclass::text FROM pg_trigger WHERE tgname = 'append_only' AND tgparentid = 0");
        Assert.True(tables.Count > 20);
        await using var run = await database.RunAsync(Never);
        await using var desk = await database.DeskAsync(new Scope("test", 40, null), Never);
        foreach (var table in tables)
        {
            foreach (var session in new[] { run, desk })
            {
                Assert.Equal(PostgresErrorCodes.InsufficientPrivilege, (await Assert.ThrowsAsync<PostgresException>(() => session.ExecuteAsync($"UPDATE {table} SET province_code = province_code"))).SqlState);
                Assert.Equal(PostgresErrorCodes.InsufficientPrivilege, (await Assert.ThrowsAsync<PostgresException>(() => session.ExecuteAsync($"DELETE FROM {table}"))).SqlState);
            }
        }
        Assert.Equal(PostgresErrorCodes.InsufficientPrivilege, (await Assert.ThrowsAsync<PostgresException>(() => run.ExecuteAsync("DELETE FROM schema_migration"))).SqlState);
        Assert.Equal(PostgresErrorCodes.InsufficientPrivilege, (await Assert.ThrowsAsync<PostgresException>(() => desk.ExecuteAsync("SELECT * FROM app_session"))).SqlState);
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
