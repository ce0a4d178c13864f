using System.Globalization;
using System.Net.Sockets;
using Npgsql;
using Polly;
using Polly.Retry;
using PaymentEngine.Core;
using PaymentEngine.Core.Reconciliation;
using PaymentEngine.Postgres.Access;
using PaymentEngine.Postgres.Cluster;

namespace PaymentEngine.Postgres;

/// <summary>Who a connection is (design: three roles from the first migration).</summary>
public enum DatabaseRole
{
    /// <summary>A person at a desk: reads under row-level security of their communes.</summary>
    Desk,

    /// <summary>An operation over many people, whose scope the operation has checked.</summary>
    Run,

    /// <summary>An operation of a person with single communes: what <see cref="Run"/> may do, under row-level security for reads and writes.</summary>
    Commune,

    /// <summary>The owner of all tables: migrations and <c>db</c> commands.</summary>
    Owner,
}

/// <summary>Whose eyes a desk connection has; set for row-level security and the audit.</summary>
/// <param name="Person">The user's name, or a word for the program itself ("system").</param>
/// <param name="ProvinceCode">The tenant.</param>
/// <param name="Communes">The commune numbers they may see; null is the whole province.</param>
public sealed record Scope(string Person, short ProvinceCode, IReadOnlyList<int>? Communes)
{
    /// <summary>Exceptions by two people that let this person do more than usual; each operation of theirs names those it used.</summary>
    public IReadOnlyList<OpenGlass> Glasses { get; init; } = [];

    /// <summary>The communes without those an exception lends.</summary>
    public IReadOnlyList<int> OwnCommunes { get; init; } = Communes ?? [];

    internal string CommunesText => Communes is null ? "*" : string.Join(',', Communes.Select(commune => commune.ToString(CultureInfo.InvariantCulture)));
}

/// <summary>The database of the program: the private cluster of a home, or the server of a connection string. Opens connections; makes roles, database and tables at the first need.</summary>
public sealed class Database : IAsyncDisposable
{
    /// <summary>The name of the database in the private cluster.</summary>
    public const string Name = "payengine";

    static readonly ResiliencePipeline Opening = new ResiliencePipelineBuilder().AddRetry(new RetryStrategyOptions
    {
        ShouldHandle = new PredicateBuilder().Handle<NpgsqlException>(silent => silent.IsTransient || silent.InnerException is SocketException),
        MaxRetryAttempts = 5,
        BackoffType = DelayBackoffType.Exponential,
        UseJitter = true,
        Delay = TimeSpan.FromMilliseconds(100),
    }).Build();

    readonly Dictionary<DatabaseRole, NpgsqlDataSource> sources = [];
    readonly List<NpgsqlDataSource> administrators = [];
    readonly Lock gate = new();
    readonly CommandCounter counter;
    readonly string? server;
    readonly ActionCounter actions;
    readonly ReferenceRows reference;

    static Database() => TypeHandlers.Register();

    Database(string home, PrivateCluster? cluster, string? server, ActionCounter actions, ReasonPolicy? reasons) =>
        (Home, Cluster, this.server, this.actions, counter, reference) = (Path.GetFullPath(home), cluster, server, actions, new CommandCounter(actions), new ReferenceRows(reasons));

    /// <summary>The data folder of the program that opened it: files that belong to this database and lie outside it are below.</summary>
    public string Home { get; }

    /// <summary>The name of the database on its server: the same after a restore or a failover.</summary>
    public string DatabaseName => server is null ? Name : new NpgsqlConnectionStringBuilder(server).Database ?? Name;

    /// <summary>The private cluster, or null when a server is used.</summary>
    public PrivateCluster? Cluster { get; }

    /// <summary>Opens the database, ready to use: cluster running, roles, database and tables made. When all of that stands already it costs one connection and one query.</summary>
    /// <param name="home">The data folder (<c>PAYENGINE_HOME</c>).</param>
    /// <param name="connectionString">The server (<c>PAYENGINE_DB</c>), or empty for the private cluster.</param>
    /// <param name="actions">Counts durable actions.</param>
    /// <param name="talk">Told in Vietnamese and English what is being prepared, when that takes time.</param>
    /// <param name="cancel">Cancels the opening.</param>
    /// <param name="reasons">The reason policy whose rows the database is to have; null leaves them.</param>
    public static async Task<Result<Database>> OpenAsync(string home, string connectionString, ActionCounter actions, Action<string, string>? talk, CancellationToken cancel,
        ReasonPolicy? reasons = null)
    {
        var isServer = connectionString.Length > 0;
        if (isServer && NotAConnectionString(connectionString) is { } malformed) return malformed;
        var database = new Database(home, isServer ? null : new PrivateCluster(home, talk), isServer ? connectionString : null, actions, reasons);
        var ready = await database.PrepareAsync(talk, cancel);
        if (ready.IsOk) return database;
        await database.DisposeAsync();
        return Result<Database>.Refuse(ready.Problems);
    }

    /// <summary>Opens the database with its roles but without tables, for a restore.</summary>
    public static async Task<Result<Database>> OpenEmptyAsync(string home, string connectionString, ActionCounter actions, Action<string, string>? talk, CancellationToken cancel)
    {
        var isServer = connectionString.Length > 0;
        if (isServer && NotAConnectionString(connectionString) is { } malformed) return malformed;
        var database = new Database(home, isServer ? null : new PrivateCluster(home, talk), isServer ? connectionString : null, actions, null);
        var ready = database.Cluster?.EnsureRunning() ?? true;
        if (ready.IsOk) ready = await database.TryMakeAsync([], cancel);
        if (ready.IsOk) return database;
        await database.DisposeAsync();
        return Result<Database>.Refuse(ready.Problems);
    }

    /// <summary>Removes the database of the private cluster with all that is in it. For demonstrations and tests, which know that it is theirs.</summary>
    public static async Task<Result<bool>> RemoveAsync(string home, ActionCounter actions, Action<string, string>? talk, CancellationToken cancel)
    {
        await using var database = new Database(home, new PrivateCluster(home, talk), null, actions, null);
        var running = database.Cluster!.EnsureRunning();
        if (!running.IsOk) return Result<bool>.Refuse(running.Problems);
        await using var connection = await database.OpenPlainAsync(database.Cluster.ConnectionString(PrivateCluster.Superuser, "postgres"), cancel);
        await using var command = new NpgsqlCommand($"DROP DATABASE IF EXISTS {Quoted(Name)} WITH (FORCE)", connection);
        await command.ExecuteNonQueryAsync(cancel);
        return true;
    }

    /// <summary>A connection with a person's eyes: only rows of their communes.</summary>
    public Task<DatabaseSession> DeskAsync(Scope scope, CancellationToken cancel) => SessionAsync(DatabaseRole.Desk, scope, cancel);

    /// <summary>A connection of an operation that a person asked for: over the whole province, or, for a person with single communes, under row-level security for reads and writes.</summary>
    public Task<DatabaseSession> RunAsync(Scope scope, CancellationToken cancel) => SessionAsync(scope.Communes is null ? DatabaseRole.Run : DatabaseRole.Commune, scope, cancel);

    /// <summary>A connection for work on a run as a whole, whose payer's communes the operation has found to be the caller's: it loads and reads tables that COPY fills, which row security would refuse.</summary>
    public Task<DatabaseSession> RunOfPayerAsync(Scope scope, CancellationToken cancel) => SessionAsync(DatabaseRole.Run, scope, cancel);

    /// <summary>A connection of the program's own work (the door, lanes that load a month's partitions). An operation that a person asked for takes <see cref="RunAsync(Scope, CancellationToken)"/>.</summary>
    public Task<DatabaseSession> RunAsync(CancellationToken cancel) => SessionAsync(DatabaseRole.Run, null, cancel);

    /// <summary>A connection of the owner of all tables.</summary>
    public Task<DatabaseSession> OwnerAsync(CancellationToken cancel) => SessionAsync(DatabaseRole.Owner, null, cancel);

    /// <summary>The connection string for people and tools (<c>payengine db url</c>): of the superuser in the private cluster, of the server as given.</summary>
    public static string ConnectionStringFor(PrivateCluster? cluster, string connectionString) =>
        cluster is null ? connectionString : cluster.ConnectionString(PrivateCluster.Superuser, Name);

    public async ValueTask DisposeAsync()
    {
        foreach (var source in sources.Values.Concat(administrators)) await source.DisposeAsync();
        sources.Clear();
        administrators.Clear();
    }

    async Task<Result<bool>> PrepareAsync(Action<string, string>? talk, CancellationToken cancel)
    {
        if (Cluster?.CheckSockets() is { } foreign) return foreign;
        try
        {
            // The usual case: everything stands.
            await using var connection = await Source(DatabaseRole.Run).OpenConnectionAsync(cancel);
            await TakeRoleAsync(connection, DatabaseRole.Run, null, cancel);
            var missing = await Migrations.MissingAsync(connection, Migrations.Known, cancel);
            if (!missing.IsOk) return Result<bool>.Refuse(missing.Problems);
            if (missing.Value == 0 && await reference.AreCurrentAsync(connection, cancel)) return true;
        }
        catch (PostgresException notYet) when (notYet.SqlState is PostgresErrorCodes.InvalidCatalogName or PostgresErrorCodes.UndefinedTable or PostgresErrorCodes.UndefinedObject
            or PostgresErrorCodes.InvalidAuthorizationSpecification or PostgresErrorCodes.InvalidParameterValue or PostgresErrorCodes.InsufficientPrivilege or PostgresErrorCodes.CannotConnectNow)
        {
        }
        catch (NpgsqlException silent) when (silent is not PostgresException)
        {
            if (Cluster is null) return Silent(silent);
        }
        if (Cluster is not null)
        {
            var running = Cluster.EnsureRunning();
            if (!running.IsOk) return Result<bool>.Refuse(running.Problems);
        }
        talk?.Invoke("Đang chuẩn bị cơ sở dữ liệu …", "Preparing the database …");
        return await TryMakeAsync(Migrations.Known, cancel);
    }

    async Task<Result<bool>> TryMakeAsync(IReadOnlyList<Migration> migrations, CancellationToken cancel)
    {
        try
        {
            return await MakeAsync(migrations, cancel);
        }
        catch (NpgsqlException silent) when (silent is not PostgresException)
        {
            return Silent(silent);
        }
        catch (PostgresException refused) when (refused.SqlState is PostgresErrorCodes.InsufficientPrivilege or PostgresErrorCodes.InvalidPassword or PostgresErrorCodes.InvalidAuthorizationSpecification)
        {
            return new Problem("not_allowed.database", $"The database refuses its preparation: {refused.MessageText}.",
                "The user of PAYENGINE_DB must be a superuser once, or have CREATEROLE and CREATEDB.");
        }
    }

    // The text itself is not repeated: it may be a mistyped secret.
    static Problem? NotAConnectionString(string text)
    {
        try
        {
            _ = new NpgsqlConnectionStringBuilder(text);
            return null;
        }
        catch (ArgumentException)
        {
            return new Problem("usage.connection_string", "PAYENGINE_DB is not a connection string.", "Write it as Host=…;Port=5432;Database=payengine;Username=…;Password=…, or unset it to use the private cluster.");
        }
    }

    static Problem Silent(Exception silent) => new("neighbour.database", $"The database does not answer: {silent.InnerException?.Message ?? silent.Message}.",
        "See payengine db status and payengine doctor; with PAYENGINE_DB set, check its host, port and user.");

    /// <summary>Roles (they are cluster-wide, so not in the numbered files), the database with its collation named, then the numbered files.</summary>
    async Task<Result<bool>> MakeAsync(IReadOnlyList<Migration> migrations, CancellationToken cancel)
    {
        var wanted = AdministratorString();
        var database = wanted.Database ?? Name;
        var exists = true;
        NpgsqlConnection? opened = null;
        try
        {
            opened = await OpenPlainAsync(wanted.ConnectionString, cancel);
        }
        catch (PostgresException absent) when (absent.SqlState == PostgresErrorCodes.InvalidCatalogName)
        {
            exists = false;
        }
        if (!exists)
        {
            var elsewhere = new NpgsqlConnectionStringBuilder(wanted.ConnectionString) { Database = "postgres" };
            await using var connection = await OpenPlainAsync(elsewhere.ConnectionString, cancel);
            await RunAsync(connection, Roles);
            try
            {
                // Collation C: keys and order do not depend on the system's language tables; statements for people name theirs.
                await RunAsync(connection, $"CREATE DATABASE {Quoted(database)} OWNER payengine_owner TEMPLATE template0 ENCODING 'UTF8' LC_COLLATE 'C' LC_CTYPE {await CharacterTypesAsync(connection)}");
            }
            catch (PostgresException made) when (made.SqlState is PostgresErrorCodes.DuplicateDatabase or PostgresErrorCodes.UniqueViolation)
            {
                // Another program made it in this moment.
            }
            opened = await OpenPlainAsync(wanted.ConnectionString, cancel);
        }
        await using (opened)
        {
            await RunAsync(opened!, Roles);
            await RunAsync(opened!, $"SELECT pg_advisory_xact_lock(hashtext('payengine.roles')); GRANT CREATE, CONNECT, TEMPORARY ON DATABASE {Quoted(database)} TO payengine_owner; GRANT CREATE, USAGE ON SCHEMA public TO payengine_owner;");
            if (migrations.Count == 0) return true;
            var applied = await Migrations.ApplyAsync(opened!, migrations, cancel);
            if (applied.IsOk) await reference.SyncAsync(opened!, cancel);
            return applied.Select(_ => true);
        }

        async Task RunAsync(NpgsqlConnection connection, string sql)
        {
            await using var command = new NpgsqlCommand(sql, connection);
            await command.ExecuteNonQueryAsync(cancel);
        }

        async Task<string> CharacterTypesAsync(NpgsqlConnection connection)
        {
            await using var command = new NpgsqlCommand("SELECT datctype FROM pg_database WHERE datname = 'template0'", connection);
            return $"'{((string)(await command.ExecuteScalarAsync(cancel))!).Replace("'", "''", StringComparison.Ordinal)}'";
        }
    }

    const string Roles = """
        -- Database.Roles: under a lock since two programs may come together, and CREATE ROLE knows no IF NOT EXISTS.
        SELECT pg_advisory_xact_lock(hashtext('payengine.roles'));
        DO $$
        DECLARE wanted record;
        BEGIN
            FOR wanted IN SELECT * FROM (VALUES ('payengine_owner', 'NOLOGIN'), ('payengine_desk', 'LOGIN'), ('payengine_run', 'LOGIN'), ('payengine_commune', 'LOGIN')) AS role (name, login) LOOP
                IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = wanted.name) THEN
                    EXECUTE format('CREATE ROLE %I %s NOSUPERUSER NOCREATEDB NOCREATEROLE NOBYPASSRLS', wanted.name, wanted.login);
                END IF;
                IF NOT pg_has_role(current_user, wanted.name, 'USAGE') THEN
                    EXECUTE format('GRANT %I TO CURRENT_USER', wanted.name);
                END IF;
            END LOOP;
        END $$;
        """;

    async Task<DatabaseSession> SessionAsync(DatabaseRole role, Scope? scope, CancellationToken cancel)
    {
        var connection = await Opening.ExecuteAsync(async stop => await Source(role).OpenConnectionAsync(stop), cancel);
        try
        {
            await TakeRoleAsync(connection, role, scope, cancel);
            return new DatabaseSession(connection, actions) { Scope = scope };
        }
        catch
        {
            await connection.DisposeAsync();
            throw;
        }
    }

    /// <summary>On a server one login takes the role it needs; in the private cluster the connection is the role. The pool resets both and the scope.</summary>
    async Task TakeRoleAsync(NpgsqlConnection connection, DatabaseRole role, Scope? scope, CancellationToken cancel)
    {
        var takes = server is not null || role == DatabaseRole.Owner;
        if (!takes && scope is null) return;
        await using var batch = new NpgsqlBatch(connection);
        if (takes) batch.BatchCommands.Add(new NpgsqlBatchCommand($"SET ROLE {RoleName(role)}"));
        if (scope is not null)
        {
            batch.BatchCommands.Add(new NpgsqlBatchCommand("SELECT set_config('payengine.person', $1, false), set_config('payengine.province', $2, false), set_config('payengine.communes', $3, false)")
            {
                Parameters = { new() { Value = scope.Person }, new() { Value = scope.ProvinceCode.ToString(CultureInfo.InvariantCulture) }, new() { Value = scope.CommunesText } },
            });
        }
        await batch.ExecuteNonQueryAsync(cancel);
    }

    NpgsqlDataSource Source(DatabaseRole role)
    {
        lock (gate)
        {
            if (sources.TryGetValue(role, out var made)) return made;
            var text = new NpgsqlConnectionStringBuilder(server ?? Cluster!.ConnectionString(role == DatabaseRole.Owner ? PrivateCluster.Superuser : RoleName(role), Name))
            {
                ApplicationName = $"payengine {RoleName(role)["payengine_".Length..]}",
                CommandTimeout = 0,          // Bulk statements take as long as they take; a person stops them with Ctrl-C.
                IncludeErrorDetail = false,  // Details quote rows: personal data.
                MaxPoolSize = 20,
                KeepAlive = server is null ? 0 : 30,
            };
            return sources[role] = Build(text);
        }
    }

    NpgsqlConnectionStringBuilder AdministratorString() => new(server ?? Cluster!.ConnectionString(PrivateCluster.Superuser, Name)) { ApplicationName = "payengine migrations", Pooling = false, CommandTimeout = 0 };

    NpgsqlDataSource Build(NpgsqlConnectionStringBuilder text) => new NpgsqlDataSourceBuilder(text.ConnectionString).UseLoggerFactory(counter).Build();

    /// <summary>A connection of the administrator, outside the pools.</summary>
    async Task<NpgsqlConnection> OpenPlainAsync(string connectionString, CancellationToken cancel)
    {
        var source = Build(new NpgsqlConnectionStringBuilder(connectionString));
        lock (gate) administrators.Add(source);
        return await Opening.ExecuteAsync(async stop => await source.OpenConnectionAsync(stop), cancel);
    }

    static string RoleName(DatabaseRole role) => role switch
    {
        DatabaseRole.Desk => "payengine_desk", DatabaseRole.Run => "payengine_run", DatabaseRole.Commune => "payengine_commune", _ => "payengine_owner",
    };

    static string Quoted(string identifier) => $"\"{identifier.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";
}
