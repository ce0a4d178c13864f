using NodaTime;
using Npgsql;
using PaymentEngine.App.CommandLine;
using PaymentEngine.App.Demonstration;
using PaymentEngine.App.Files;
using PaymentEngine.App.Keys;
using PaymentEngine.App.Operations;
using PaymentEngine.App.Operations.Audit;
using PaymentEngine.Core;
using PaymentEngine.Core.Payments;
using PaymentEngine.Postgres;
using PaymentEngine.Postgres.Cluster;

namespace PaymentEngine.ServiceTests.Audit;

/// <summary>What looks at two whole months shares them: telling them takes longer than looking.</summary>
[CollectionDefinition(Name)]
public sealed class TwoMonthsCollection : ICollectionFixture<AuditWorld>
{
    public const string Name = "two months";
}

/// <summary>Two whole months of a small province, told once by the demonstration; tampering happens in copies of its database.</summary>
public sealed class AuditWorld : IAsyncLifetime
{
    int copies;

    /// <summary>The story that is told: the same in any home.</summary>
    internal static DemonstrationOptions Story(string home) => new(400, new YearMonth(2026, 11), 3, Path.Combine(home, "demo"));

    public string Home { get; } = Directory.CreateTempSubdirectory("pe-audit-").FullName;

    public IReadOnlyList<RunId> Runs { get; private set; } = [];

    public CommandContext Context { get; private set; } = null!;

    public Database Database { get; private set; } = null!;

    public KeyFolder Keys { get; private set; } = null!;

    public IFiles Files { get; } = new DiskFiles(new ActionCounter());

    public string Archive => Path.Combine(Home, "archive");

    public Caller Auditor { get; } = new(40, "thanh", "Kiểm toán viên", new HashSet<string> { Role.Auditor }, null) { ProvenUntil = Instant.MaxValue };

    public IClock Clock { get; } = new Banks.TestClock { Now = Instant.FromUtc(2027, 3, 1, 1, 0) };

    public async Task InitializeAsync()
    {
        var settings = Settings.From(name => name == "PAYENGINE_HOME" ? Home : null);
        Context = new CommandContext(["--quiet"], SystemClock.Instance, settings, TextWriter.Null, TextWriter.Null);
        var told = await new Demonstration(Context, Story(Home)).RunAsync(default);
        Assert.True(told.IsOk, told.IsOk ? "" : told.Problems[0].ToString());
        Assert.All(told.Value.Invariants, finding => Assert.True(finding.Holds, string.Join("; ", finding.Violations)));
        Runs = [.. told.Value.Runs.Select(run => run.Id)];
        Database = (await Context.OpenDatabaseAsync(default)).Value;
        Keys = KeyFolder.Open(settings.Keys.Value, Clock).Value;
    }

    public Task<Result<VerifiedDatabase>> VerifyAsync(Database? of = null, string? heads = null) => new AuditVerification(of ?? Database, Files, Archive).VerifyAsync(Auditor, heads, null);

    public RunBundles Bundles => new(Database, Files, Keys, Archive, Clock);

    /// <summary>A copy of the months, changed past triggers and rights, and what the verification says of it.</summary>
    public async Task<IReadOnlyList<Problem>> AfterAsync(string sql, string? heads = null)
    {
        var name = FormattableString.Invariant($"copy_{Interlocked.Increment(ref copies)}");
        await RunAsync("postgres", $"CREATE DATABASE {name} TEMPLATE {Template}");
        await RunAsync(name, $"SET session_replication_role = replica; {sql}");
        await using (var copy = (await Database.OpenAsync(Home, Database.Cluster!.ConnectionString(PrivateCluster.Superuser, name), new ActionCounter(), null, default)).Value)
            return (await VerifyAsync(copy, heads)).Value.Broken;
    }

    /// <summary>A copy of the months to go on with.</summary>
    public async Task<Database> CopyAsync()
    {
        var name = FormattableString.Invariant($"copy_{Interlocked.Increment(ref copies)}");
        await RunAsync("postgres", $"CREATE DATABASE {name} TEMPLATE {Template}");
        return (await Database.OpenAsync(Home, Database.Cluster!.ConnectionString(PrivateCluster.Superuser, name), new ActionCounter(), null, default)).Value;
    }

    /// <summary>A copy of the months in a home of its own, with its keys and what left the house: what is done there is done to nobody else.</summary>
    public async Task<(string Home, Database Database)> CopyAwayAsync()
    {
        var name = FormattableString.Invariant($"copy_{Interlocked.Increment(ref copies)}");
        await RunAsync("postgres", $"CREATE DATABASE {name} TEMPLATE {Template}");
        var home = Directory.CreateTempSubdirectory("pe-copy-").FullName;
        foreach (var folder in new[] { Context.Settings.Keys.Value, Archive, SealedFiles.FolderOf(Home) }.Where(Directory.Exists))
        {
            foreach (var file in Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories))
            {
                var place = Path.Combine(home, Path.GetRelativePath(Home, file));
                Directory.CreateDirectory(Path.GetDirectoryName(place)!, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
                File.Copy(file, place);
            }
        }

        File.Copy(Path.Combine(Home, DemoPlace.Mark), Path.Combine(home, DemoPlace.Mark));
        return (home, (await Database.OpenAsync(home, Database.Cluster!.ConnectionString(PrivateCluster.Superuser, name), new ActionCounter(), null, default)).Value);
    }

    /// <summary>A template that nobody is connected to.</summary>
    string Template => field ??= MakeTemplate();

    string MakeTemplate()
    {
        const string name = "months";
        var dump = Path.Combine(Home, "months.dump");
        Assert.True(Backup.Write(Database.Cluster, "", dump).IsOk);
        RunAsync("postgres", $"CREATE DATABASE {name} TEMPLATE template0").GetAwaiter().GetResult();
        Assert.True(Backup.RestoreAsync(null, Database.Cluster!.ConnectionString(PrivateCluster.Superuser, name), dump, default).GetAwaiter().GetResult().IsOk);
        NpgsqlConnection.ClearAllPools();
        return name;
    }

    async Task RunAsync(string database, string sql)
    {
        await using var connection = new NpgsqlConnection(Database.Cluster!.ConnectionString(PrivateCluster.Superuser, database) + ";Pooling=false");
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync();
    }

    public string Folder(string name) => Path.Combine(Home, "out", name);

    public async Task DisposeAsync()
    {
        await Database.DisposeAsync();
        ScratchCluster.Remove(Home);
    }
}
