using System.Globalization;
using System.Reflection;
using System.Security.Cryptography;
using System.Text;
using Npgsql;
using PaymentEngine.Core;

namespace PaymentEngine.Postgres;

/// <summary>One numbered SQL file of <c>schemas/database</c>.</summary>
public sealed record Migration(int Number, string Name, string Sql)
{
    /// <summary>SHA-256 of the file, lower case hex: as <c>sha256sum</c> prints it.</summary>
    public string Sha256 { get; } = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Sql)));
}

/// <summary>Applies the numbered SQL files in their order, each in a transaction of its own, under one lock. A database administrator can apply the same files with psql.</summary>
public static class Migrations
{
    /// <summary>Held while files are applied, so that two programs that start together do not apply one twice. The figure is "payengin" in ASCII.</summary>
    const long LockKey = 0x706179656e67696e;

    const string Record = """
        -- Migrations.Record
        CREATE TABLE IF NOT EXISTS schema_migration (
            number     int PRIMARY KEY CHECK (number > 0),
            name       text NOT NULL,
            sha256     text NOT NULL CHECK (length(sha256) = 64),
            applied_at timestamptz NOT NULL DEFAULT transaction_timestamp()
        );
        COMMENT ON TABLE schema_migration IS 'scale: reference';
        """;

    // A file that grants rights on "all tables" grants them on this one too: its record is read by all and written by its owner alone.
    const string Rights = """
        -- Migrations.Rights
        REVOKE ALL ON schema_migration FROM PUBLIC, payengine_desk, payengine_run;
        GRANT SELECT ON schema_migration TO payengine_desk, payengine_run;
        DO $$ BEGIN
            IF to_regprocedure('share_rights_by_commune()') IS NOT NULL THEN PERFORM share_rights_by_commune(); END IF;
        END $$;
        """;

    const string Cover = """
        -- Migrations.Cover
        DO $$ BEGIN IF to_regprocedure('cover_tables()') IS NOT NULL THEN PERFORM cover_tables(); END IF; END $$;
        """;

    const string Applied = """
        -- Migrations.Applied
        SELECT number, sha256 FROM schema_migration ORDER BY number;
        """;

    /// <summary>The files of this program, in their order.</summary>
    public static IReadOnlyList<Migration> Known { get; } = Load();

    /// <summary>Compares what is applied with what the program knows: one query. The number of files still to apply, or why the database is not ours to use.</summary>
    /// <returns><c>database.newer</c>, <c>database.migration_changed</c>, or how many files are missing at the end.</returns>
    public static async Task<Result<int>> MissingAsync(NpgsqlConnection connection, IReadOnlyList<Migration> known, CancellationToken cancel)
    {
        var applied = new List<(int Number, string Sha256)>();
        await using (var command = new NpgsqlCommand(Applied, connection))
        await using (var reader = await command.ExecuteReaderAsync(cancel))
        {
            while (await reader.ReadAsync(cancel)) applied.Add((reader.GetInt32(0), reader.GetString(1)));
        }
        return Compare(applied, known);
    }

    /// <summary>Applies what is missing, as <c>payengine_owner</c>. The connection belongs to somebody who may take that role.</summary>
    /// <returns>The files applied now.</returns>
    public static async Task<Result<IReadOnlyList<Migration>>> ApplyAsync(NpgsqlConnection connection, IReadOnlyList<Migration> known, CancellationToken cancel)
    {
        await RunAsync($"SELECT pg_advisory_lock({LockKey.ToString(CultureInfo.InvariantCulture)})");
        try
        {
            await RunAsync("SET ROLE payengine_owner");
            await RunAsync("SET client_min_messages = warning");
            await RunAsync(Record);
            var missing = await MissingAsync(connection, known, cancel);
            if (!missing.TryGet(out var count)) return Result<IReadOnlyList<Migration>>.Refuse(missing.Problems);
            var todo = known.Skip(known.Count - count).ToList();
            foreach (var migration in todo)
            {
                await using var transaction = await connection.BeginTransactionAsync(cancel);
                await RunAsync(migration.Sql);
                await using (var insert = new NpgsqlCommand("INSERT INTO schema_migration (number, name, sha256) VALUES ($1, $2, $3)", connection))
                {
                    insert.Parameters.Add(new() { Value = migration.Number });
                    insert.Parameters.Add(new() { Value = migration.Name });
                    insert.Parameters.Add(new() { Value = migration.Sha256 });
                    await insert.ExecuteNonQueryAsync(cancel);
                }
                await RunAsync(Rights);
                await transaction.CommitAsync(cancel);
            }
            // Tables of a later file are covered by the audit chain as those of earlier ones are, whoever forgets to say so.
            if (todo.Count > 0) await RunAsync(Cover);
            return todo;
        }
        finally
        {
            // A broken connection has given the lock back by breaking.
            if (connection.State == System.Data.ConnectionState.Open)
            {
                await RunAsync("RESET ROLE");
                await RunAsync($"SELECT pg_advisory_unlock({LockKey.ToString(CultureInfo.InvariantCulture)})");
            }
        }

        async Task RunAsync(string sql)
        {
            await using var command = new NpgsqlCommand(sql, connection) { CommandTimeout = 0 };
            await command.ExecuteNonQueryAsync(cancel);
        }
    }

    internal static Result<int> Compare(IReadOnlyList<(int Number, string Sha256)> applied, IReadOnlyList<Migration> known)
    {
        for (var i = 0; i < applied.Count; i++)
        {
            var (number, sha256) = applied[i];
            if (i >= known.Count || known[i].Number != number)
            {
                return new Problem("database.newer", string.Create(CultureInfo.InvariantCulture, $"The database has migration {number:0000}, which this program does not know."),
                    "Use the newer program that wrote it; an older one would not understand its rows.");
            }
            if (known[i].Sha256 != sha256)
            {
                return new Problem("database.migration_changed", string.Create(CultureInfo.InvariantCulture, $"Migration {number:0000}_{known[i].Name} was applied with other content (SHA-256 {sha256})."),
                    "Use the program that applied it. An applied file is never edited: a change is a new file.");
            }
        }
        return known.Count - applied.Count;
    }

    static List<Migration> Load()
    {
        const string folder = "database/";
        var assembly = Assembly.GetExecutingAssembly();
        var all = assembly.GetManifestResourceNames().Where(name => name.StartsWith(folder, StringComparison.Ordinal)).Order(StringComparer.Ordinal).Select(name =>
        {
            using var reader = new StreamReader(assembly.GetManifestResourceStream(name)!, Encoding.UTF8);
            var file = Path.GetFileNameWithoutExtension(name[folder.Length..]);
            return new Migration(int.Parse(file.AsSpan(0, 4), NumberStyles.None, CultureInfo.InvariantCulture), file[5..], reader.ReadToEnd());
        }).ToList();
        for (var i = 0; i < all.Count; i++)
            if (all[i].Number != i + 1) throw new InvalidOperationException(string.Create(CultureInfo.InvariantCulture, $"Migrations are numbered without a gap; {all[i].Number:0000} stands at place {i + 1}."));
        return all;
    }
}
