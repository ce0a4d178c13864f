using System.Diagnostics;
using System.Globalization;
using Npgsql;
using PaymentEngine.Postgres;
using PaymentEngine.Postgres.Cluster;

namespace PaymentEngine.ServiceTests;

/// <summary>A test that needs PostgreSQL: skips with a reason on a laptop without it, runs (and then fails) in CI.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class PostgresFactAttribute : FactAttribute
{
    static readonly bool Missing = PostgresTools.Find().Count == 0 && Environment.GetEnvironmentVariable("CI") != "true";

    public PostgresFactAttribute()
    {
        if (Missing) Skip = $"PostgreSQL {PostgresTools.MajorMin} or newer is not installed. {PostgresTools.HowToInstall}";
    }
}

/// <inheritdoc cref="PostgresFactAttribute"/>
[AttributeUsage(AttributeTargets.Method)]
public sealed class PostgresTheoryAttribute : TheoryAttribute
{
    public PostgresTheoryAttribute() => Skip = new PostgresFactAttribute().Skip;
}

/// <summary>Classes in this collection share one scratch cluster, made once a run, stopped and removed at its end.</summary>
[CollectionDefinition(Name)]
public sealed class PostgresCollection : ICollectionFixture<ScratchCluster>
{
    public const string Name = "PostgreSQL";
}

/// <summary>What answers bring: a cluster of their own, so that two collections run side by side on two cores.</summary>
[CollectionDefinition(Name)]
public sealed class AnswersCollection : ICollectionFixture<ScratchCluster>
{
    public const string Name = "answers";
}

/// <summary>How answers are matched, and where they disagree: likewise.</summary>
[CollectionDefinition(Name)]
public sealed class MatchesCollection : ICollectionFixture<ScratchCluster>
{
    public const string Name = "matches";
}

/// <summary>What an attacker brings: likewise.</summary>
[CollectionDefinition(Name)]
public sealed class AbuseCollection : ICollectionFixture<ScratchCluster>
{
    public const string Name = "abuse";
}

/// <summary>The register, its law and its people: likewise.</summary>
[CollectionDefinition(Name)]
public sealed class RegisterCollection : ICollectionFixture<ScratchCluster>
{
    public const string Name = "register";
}

/// <summary>One private cluster in a temporary home, and fresh databases cloned from a migrated template.</summary>
public sealed class ScratchCluster : IAsyncLifetime
{
    int made;

    public string Home { get; } = Directory.CreateTempSubdirectory("pe-tests-").FullName;

    public PrivateCluster Cluster { get; private set; } = null!;

    public async Task InitializeAsync()
    {
        if (PostgresTools.Find().Count == 0 && Environment.GetEnvironmentVariable("CI") != "true") return;
        var opened = await Database.OpenAsync(Home, "", new ActionCounter(), null, CancellationToken.None);
        await using var database = opened.Value;
        Cluster = database.Cluster!;
        await RelaxAsync(Cluster);
    }

    /// <summary>Lets a server that is thrown away afterwards leave its writing to the system: the tests kill programs, never the machine.</summary>
    public static async Task RelaxAsync(PrivateCluster cluster)
    {
        await using var connection = new NpgsqlConnection(cluster.ConnectionString(PrivateCluster.Superuser, "postgres") + ";Pooling=false");
        await connection.OpenAsync();
        foreach (var sql in new[] { "ALTER SYSTEM SET fsync = off", "ALTER SYSTEM SET full_page_writes = off", "SELECT pg_reload_conf()" })
        {
            await using var command = new NpgsqlCommand(sql, connection);
            await command.ExecuteNonQueryAsync();
        }
    }

    /// <summary>The connection string of a new, migrated, empty database: some 50 ms.</summary>
    /// <param name="of">A database to copy instead, by its connection string; nobody may be connected to it.</param>
    public async Task<string> CloneAsync(string? of = null)
    {
        var name = string.Create(CultureInfo.InvariantCulture, $"t_{Interlocked.Increment(ref made)}");
        await using var connection = new NpgsqlConnection(Cluster.ConnectionString(PrivateCluster.Superuser, "postgres") + ";Pooling=false");
        await connection.OpenAsync();
        await using var create = new NpgsqlCommand($"CREATE DATABASE {name} TEMPLATE {(of is null ? Database.Name : new NpgsqlConnectionStringBuilder(of).Database)}", connection);
        await create.ExecuteNonQueryAsync();
        return Cluster.ConnectionString(PrivateCluster.Superuser, name);
    }

    /// <summary>A new, migrated, empty database, opened.</summary>
    public async Task<Database> OpenCloneAsync() => (await Database.OpenAsync(Home, await CloneAsync(), new ActionCounter(), null, CancellationToken.None)).Value;

    public Task DisposeAsync()
    {
        Remove(Home);
        return Task.CompletedTask;
    }

    /// <summary>Stops the cluster of a home and removes everything of it.</summary>
    public static void Remove(string home)
    {
        var cluster = new PrivateCluster(home);
        if (Directory.Exists(cluster.Place.Data))
        {
            StopAtOnce(cluster.Place.Data);
            cluster.Stop();
            Directory.Delete(cluster.Place.Data, recursive: true);
        }
        if (Directory.Exists(cluster.Place.Sockets)) Directory.Delete(cluster.Place.Sockets, recursive: true);
        File.Delete(cluster.Place.Log);
        if (Directory.Exists(home)) Directory.Delete(home, recursive: true);
    }

    /// <summary>Nothing of hundreds of databases need be flushed before they are deleted; a server that does not go by itself is stopped as usual.</summary>
    static void StopAtOnce(string data)
    {
        var file = Path.Combine(data, "postmaster.pid");
        if (!File.Exists(file) || !int.TryParse(File.ReadLines(file).FirstOrDefault(), NumberStyles.None, CultureInfo.InvariantCulture, out var processId)) return;
        try
        {
            // Who sits in the data folder is its server: a number in an old file may be somebody else's by now.
            if (new DirectoryInfo($"/proc/{processId}/cwd").ResolveLinkTarget(returnFinalTarget: true)?.FullName != data) return;
            using var server = Process.GetProcessById(processId);
            using var kill = Process.Start("kill", ["-QUIT", processId.ToString(CultureInfo.InvariantCulture)]);
            kill.WaitForExit();
            server.WaitForExit(TimeSpan.FromSeconds(10));
        }
        catch (Exception gone) when (gone is ArgumentException or IOException or UnauthorizedAccessException)
        {
            // It is gone already, or this is not a system with /proc.
        }
    }
}

/// <summary>The real program in a process of its own.</summary>
public static class TheProgram
{
    public static async Task<(int Exit, string Out, string Error)> RunAsync(IReadOnlyDictionary<string, string> environment, params string[] args)
    {
        var start = new ProcessStartInfo("dotnet") { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false };
        start.ArgumentList.Add(Path.Combine(AppContext.BaseDirectory, "payengine.dll"));
        foreach (var argument in args) start.ArgumentList.Add(argument);
        foreach (var name in start.Environment.Keys.Where(name => name.StartsWith("PAYENGINE_", StringComparison.Ordinal)).ToList()) start.Environment.Remove(name);
        foreach (var (name, value) in environment) start.Environment[name] = value;
        using var process = Process.Start(start)!;
        process.StandardInput.Close();
        var (output, error) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        await process.WaitForExitAsync();
        Said.Keep(args, process.ExitCode, await output, await error, environment.GetValueOrDefault("PAYENGINE_HOME"));
        return (process.ExitCode, await output, await error);
    }
}

/// <summary>After how many actions the program is killed, again and again until it comes through. A longer stride keeps the suite short; PAYENGINE_TEST_CRASH_EVERY=1 stops at every single action.</summary>
public static class CrashPoints
{
    public static int Every(int usual) => int.TryParse(Environment.GetEnvironmentVariable("PAYENGINE_TEST_CRASH_EVERY"), NumberStyles.None, CultureInfo.InvariantCulture, out var every) && every > 0 ? every : usual;
}
