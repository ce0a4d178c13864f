using System.Diagnostics;
using PaymentEngine.Postgres;
using PaymentEngine.Postgres.Cluster;

namespace PaymentEngine.ServiceTests;

public sealed class ClusterTests : IDisposable
{
    readonly string home = Directory.CreateTempSubdirectory("pe-cluster-").FullName;

    public void Dispose() => ScratchCluster.Remove(home);

    async Task<long> CountMigrationsAsync()
    {
        var opened = await Database.OpenAsync(home, "", new ActionCounter(), null, CancellationToken.None);
        await using var database = opened.Value;
        await using var session = await database.RunAsync(CancellationToken.None);
        return await session.SingleAsync<long>("-- test\nSELECT count(*) FROM schema_migration");
    }

    [PostgresFact]
    public async Task A_cluster_is_made_once_survives_kill_9_and_stops_cleanly()
    {
        Assert.Equal(Migrations.Known.Count, await CountMigrationsAsync());
        var cluster = new PrivateCluster(home);
        var first = cluster.State();
        Assert.True(first.IsRunning);

        using (var server = Process.GetProcessById(first.ProcessId!.Value)) server.Kill();
        Assert.Equal(Migrations.Known.Count, await CountMigrationsAsync());
        var second = cluster.State();
        Assert.NotEqual(first.ProcessId, second.ProcessId);

        Assert.True(cluster.Stop().Value);
        Assert.False(cluster.State().IsRunning);
        Assert.False(cluster.Stop().Value);
        Assert.Equal(Migrations.Known.Count, await CountMigrationsAsync());
    }

    [PostgresFact]
    public async Task Programs_that_start_together_make_one_cluster()
    {
        var environment = new Dictionary<string, string> { ["PAYENGINE_HOME"] = home };
        var all = await Task.WhenAll(Enumerable.Range(0, 3).Select(_ => TheProgram.RunAsync(environment, "db", "start", "--json")));
        Assert.All(all, one => Assert.True(one.Exit == 0, one.Out + one.Error));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(new PrivateCluster(home).Place.Sockets));
    }

    [PostgresFact]
    public async Task A_process_file_that_names_somebody_elses_process_does_not_keep_the_cluster_down()
    {
        await CountMigrationsAsync();
        var cluster = new PrivateCluster(home);
        var file = Path.Combine(cluster.Place.Data, "postmaster.pid");
        var kept = File.ReadAllLines(file);
        cluster.Stop();
        kept[0] = Environment.ProcessId.ToString(System.Globalization.CultureInfo.InvariantCulture);
        File.WriteAllLines(file, kept);
        Assert.False(cluster.State().IsRunning);
        Assert.Equal(Migrations.Known.Count, await CountMigrationsAsync());
    }
}
