using Npgsql;
using PaymentEngine.Core;
using PaymentEngine.Postgres.Cluster;

namespace PaymentEngine.Postgres;

/// <summary>An account as one row of the database holds it.</summary>
/// <param name="Key">Number of the data key.</param>
/// <param name="Cipher">The cipher text.</param>
public sealed record StoredSecret(short Key, byte[] Cipher);

/// <summary>A look at a database that prepares and changes nothing.</summary>
/// <param name="ServerVersion">PostgreSQL's own words.</param>
/// <param name="Missing">How many migrations are still to apply, or why the database is not ours to use.</param>
/// <param name="Sample">Any account of the register, so that the keys can be tried on it; null when there is none.</param>
public sealed record DatabaseLook(string ServerVersion, Result<int> Missing, StoredSecret? Sample)
{
    const string Alerts = """
        -- DatabaseLook.Alerts: people who looked at many others on the last day on which anybody did anything, or the week before.
        SELECT count(DISTINCT (reader, day))::int FROM read_alert WHERE day > (SELECT max(at) FROM operation)::date - 7;
        """;

    /// <summary>How often in the last week of work somebody passed a limit of reading.</summary>
    public int ReadAlerts { get; init; }

    const string AnyAccount = """
        -- DatabaseLook.AnyAccount
        SELECT account_key, account_cipher FROM channel WHERE length(account_cipher) > 0 LIMIT 1;
        """;

    /// <summary>Looks at the running private cluster, or at the server of a connection string.</summary>
    /// <returns>Null when no tables have been made yet; <c>neighbour.database</c> when it does not answer or the connection string is none.</returns>
    public static async Task<Result<DatabaseLook?>> TakeAsync(PrivateCluster? cluster, string server, CancellationToken cancel)
    {
        try
        {
            await using var connection = new NpgsqlConnection(Database.ConnectionStringFor(cluster, server));
            await connection.OpenAsync(cancel);
            var missing = await Migrations.MissingAsync(connection, Migrations.Known, cancel);
            return new DatabaseLook(connection.PostgreSqlVersion.ToString(), missing, missing is { IsOk: true, Value: 0 } ? await SampleAsync(connection, cancel) : null)
            {
                ReadAlerts = missing is { IsOk: true, Value: 0 } ? await AlertsAsync(connection, cancel) : 0,
            };
        }
        catch (PostgresException notMade) when (notMade.SqlState is PostgresErrorCodes.UndefinedTable or PostgresErrorCodes.InvalidCatalogName)
        {
            return Result<DatabaseLook?>.Ok(null);
        }
        catch (Exception silent) when (silent is NpgsqlException or ArgumentException)
        {
            return new Problem("neighbour.database", silent.Message, "Check PAYENGINE_DB and the server.");
        }
    }

    /// <summary>A connection string that may be shown: without password and password file. What is no connection string may be a mistyped secret and is not shown at all.</summary>
    public static string WithoutPassword(string connectionString)
    {
        try
        {
            return new NpgsqlConnectionStringBuilder(connectionString) { Password = null, Passfile = null }.ConnectionString;
        }
        catch (ArgumentException)
        {
            return "***";
        }
    }

    static async Task<int> AlertsAsync(NpgsqlConnection connection, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand(Alerts, connection);
        return await command.ExecuteScalarAsync(cancel) is int count ? count : 0;
    }

    static async Task<StoredSecret?> SampleAsync(NpgsqlConnection connection, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand(AnyAccount, connection);
        await using var reader = await command.ExecuteReaderAsync(cancel);
        return await reader.ReadAsync(cancel) ? new StoredSecret(reader.GetInt16(0), reader.GetFieldValue<byte[]>(1)) : null;
    }
}
