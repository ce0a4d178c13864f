using System.Diagnostics;
using System.Globalization;
using PaymentEngine.Core;

namespace PaymentEngine.Postgres.Cluster;

/// <summary>The state of a private cluster, for people.</summary>
/// <param name="IsMade">True when its data folder stands.</param>
/// <param name="ProcessId">The server's process, or null when it does not run.</param>
/// <param name="Version">The PostgreSQL that wrote the data ("15"), or null when not made.</param>
public sealed record ClusterState(bool IsMade, int? ProcessId, string? Version)
{
    public bool IsRunning => ProcessId is not null;
}

/// <summary>A PostgreSQL server of our own: made from the machine's programs at the first need, unix socket only, running until it is stopped.</summary>
/// <remarks>
/// pg_ctl puts the server into a session of its own: neither Ctrl-C nor kill -9 of this program reaches it. Two programs that need it at once
/// stand in line at a file lock. Everything here may be repeated after a crash at any point: the data folder is made beside its place and renamed.
/// </remarks>
public sealed class PrivateCluster(string home, Action<string, string>? talk = null)
{
    /// <summary>Longest wait for another program that is making or starting the same cluster, and for recovery after a crash of the machine.</summary>
    static readonly TimeSpan WaitMax = TimeSpan.FromSeconds(120);

    /// <summary>Longest wait for the children of a killed postmaster to see that it is gone; they look every second or at their next step.</summary>
    static readonly TimeSpan ChildrenWaitMax = TimeSpan.FromSeconds(15);

    /// <summary>The superuser of the cluster; used by initdb, migrations' preparation and db commands only.</summary>
    public const string Superuser = "postgres";

    /// <summary>The system user that runs the server where this program runs as root.</summary>
    const string ServerUser = "postgres";

    readonly (uint User, uint Group)? server = Unix.IsRoot ? Unix.Find(ServerUser) : null;

    public ClusterPlace Place { get; private set; } = ClusterPlace.Of(home);

    /// <summary>What stands and what runs.</summary>
    public ClusterState State()
    {
        var made = File.Exists(Path.Combine(Place.Data, "PG_VERSION"));
        return new ClusterState(made, made ? LivingProcess(Place.Data) : null, made ? File.ReadAllText(Path.Combine(Place.Data, "PG_VERSION")).Trim() : null);
    }

    /// <summary>Null when the socket folder is ours to trust. Cheap: asked before every first connection.</summary>
    public Problem? CheckSockets() => Place.CheckSockets(server);

    /// <summary>Makes the cluster if there is none and starts it if it does not run. True when it had to be started.</summary>
    public Result<bool> EnsureRunning()
    {
        if (Unix.IsRoot && server is null)
        {
            return new Problem("neighbour.postgres_missing", "PostgreSQL does not run as root, and the system has no user 'postgres' that could run it.",
                $"{PostgresTools.HowToInstall}; or start payengine as an ordinary user.");
        }
        Directory.CreateDirectory(home, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        using var queue = Lock();
        if (queue is null)
            return new Problem("neighbour.cluster_busy", "Another payengine has been starting the cluster for two minutes.", "Look at it with payengine db status; stop it if it hangs, and try again.");
        Place = ClusterPlace.Of(home);
        foreach (var forgotten in Place.Forgotten.ToList()) StopServer(forgotten);
        if (Place.Prepare(server) is { } refused) return refused;
        var state = State();
        if (state.IsRunning) return false;
        return PostgresTools.Choose(state.Version is { } version ? int.Parse(version, CultureInfo.InvariantCulture) : null)
            .Then(tools => state.IsMade ? Result<PostgresTools>.Ok(tools) : Make(tools)).Then(Start);
    }

    /// <summary>Stops the server cleanly: open transactions are rolled back, data are flushed. False when it did not run.</summary>
    public Result<bool> Stop()
    {
        if (!State().IsRunning) return false;
        using var queue = Lock();
        return StopServer(Place.Data);
    }

    /// <summary>The environment variables by which PostgreSQL's own tools reach this cluster.</summary>
    public IReadOnlyDictionary<string, string> ToolEnvironment(string user, string database) => new Dictionary<string, string>
    {
        ["PGHOST"] = Place.Sockets, ["PGPORT"] = ClusterPlace.Port.ToString(CultureInfo.InvariantCulture), ["PGUSER"] = user, ["PGDATABASE"] = database,
    };

    /// <summary>The connection string of a role and database.</summary>
    public string ConnectionString(string user, string database) =>
        string.Create(CultureInfo.InvariantCulture, $"Host={Place.Sockets};Port={ClusterPlace.Port};Username={user};Database={database}");

    Result<PostgresTools> Make(PostgresTools tools)
    {
        talk?.Invoke($"Đang tạo cụm PostgreSQL {tools.Version} riêng trong {Place.Data} …", $"Making a private PostgreSQL {tools.Version} cluster in {Place.Data} …");
        var beside = Place.Data + ".new";
        if (Directory.Exists(beside)) Directory.Delete(beside, recursive: true);
        if (ClusterPlace.MakeOwn(beside, server) is { } refused) return refused;
        // Collation C: order and keys do not move when the system's language tables are updated; lists for people name their collation.
        // Character types UTF-8, so that Vietnamese letters have upper and lower case.
        string[] initdb = [tools.Tool("initdb"), "--pgdata", beside, "--username", Superuser, "--auth", "trust", "--encoding", "UTF8", "--lc-collate", "C", "--data-checksums", "--no-instructions"];
        var (exit, said) = RunAsServer([.. initdb, "--locale", "C.UTF-8"]);
        if (exit != 0 && said.Contains("invalid locale", StringComparison.Ordinal)) (exit, said) = RunAsServer([.. initdb, "--locale", "C"]);
        if (exit != 0) return new Problem("neighbour.cluster_make", $"initdb failed: {said}", "Check rights and free space of the folder, then run the command again.");
        File.AppendAllText(Path.Combine(beside, "postgresql.conf"), $"\ninclude '{ClusterConfiguration.FileName}'\n");
        WriteConfiguration(beside);
        Directory.Move(beside, Place.Data);
        return tools;
    }

    void WriteConfiguration(string data)
    {
        var file = Path.Combine(data, ClusterConfiguration.FileName);
        File.WriteAllText(file, ClusterConfiguration.Text(Place));
        if (server is { } other) Unix.Give(file, other.User, other.Group);
    }

    Result<bool> Start(PostgresTools tools)
    {
        talk?.Invoke("Đang khởi động PostgreSQL …", "Starting PostgreSQL …");
        WriteConfiguration(Place.Data);
        // The log is made by us, so that the server's user need not write into its parent folder.
        File.AppendAllText(Place.Log, "");
        File.SetUnixFileMode(Place.Log, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        if (server is { } other) Unix.Give(Place.Log, other.User, other.Group);
        RemoveTracesOfTheDead();
        var (exit, said) = RunAsServer([tools.Tool("pg_ctl"), "start", "--pgdata", Place.Data, "--log", Place.Log, "--wait", "--timeout", WaitMax.TotalSeconds.ToString("F0", CultureInfo.InvariantCulture)]);
        return exit == 0
            ? Result<bool>.Ok(true)
            : new Problem("neighbour.cluster_start", $"PostgreSQL did not start: {LastLine(said)} {LastFatal(Place.Log)}", $"Read {Place.Log}; payengine doctor checks disk space and rights.");
    }

    /// <summary>After a crash the process file and the socket's lock may name a process that is somebody else's today, or one that nobody has buried:
    /// PostgreSQL would refuse to start for ever.</summary>
    /// <remarks>The process file also guards against the children of a killed postmaster, which may still write. They sit in the data folder as it did,
    /// so the files go only when no process sits there any more; otherwise everything stays and PostgreSQL decides.</remarks>
    void RemoveTracesOfTheDead()
    {
        if (!Directory.Exists("/proc/self") || LivingProcess(Place.Data) is not null) return;
        var waited = Stopwatch.StartNew();
        while (Unix.IsAnyProcessIn(Place.Data))
        {
            if (waited.Elapsed > ChildrenWaitMax) return;
            Thread.Sleep(50);
        }
        var socket = Path.Combine(Place.Sockets, string.Create(CultureInfo.InvariantCulture, $".s.PGSQL.{ClusterPlace.Port}"));
        foreach (var trace in new[] { Path.Combine(Place.Data, "postmaster.pid"), socket, socket + ".lock" }) File.Delete(trace);
    }

    Result<bool> StopServer(string data)
    {
        if (LivingProcess(data) is null) return false;
        return PostgresTools.Choose(int.Parse(File.ReadAllText(Path.Combine(data, "PG_VERSION")), CultureInfo.InvariantCulture)).Then(tools =>
        {
            var (exit, said) = RunAsServer([tools.Tool("pg_ctl"), "stop", "--pgdata", data, "--mode", "fast", "--wait", "--timeout", WaitMax.TotalSeconds.ToString("F0", CultureInfo.InvariantCulture)]);
            return exit == 0 ? Result<bool>.Ok(true) : new Problem("neighbour.cluster_stop", $"PostgreSQL did not stop: {LastLine(said)}", $"Read {Place.Log} and try again.");
        });
    }

    /// <summary>The process named in the data folder's process file, if it lives and sits in that folder.</summary>
    static int? LivingProcess(string data)
    {
        var file = Path.Combine(data, "postmaster.pid");
        try
        {
            return File.Exists(file) && int.TryParse(File.ReadLines(file).FirstOrDefault(), out var processId) && Unix.IsProcessIn(processId, data) ? processId : null;
        }
        catch (IOException)
        {
            return null; // The server removed its file while we read it.
        }
    }

    (int Exit, string Said) RunAsServer(IReadOnlyList<string> command)
    {
        if (server is null) return PostgresTools.Run(command);
        return File.Exists("/usr/bin/setpriv") ? PostgresTools.Run(["/usr/bin/setpriv", $"--reuid={ServerUser}", $"--regid={ServerUser}", "--init-groups", "--", .. command])
            : File.Exists("/usr/sbin/runuser") ? PostgresTools.Run(["/usr/sbin/runuser", "-u", ServerUser, "--", .. command])
            : PostgresTools.Run(["su", ServerUser, "-s", "/bin/sh", "-c", string.Join(' ', command.Select(Quoted))]);

        static string Quoted(string argument) => $"'{argument.Replace("'", "'\\''", StringComparison.Ordinal)}'";
    }

    FileStream? Lock()
    {
        var waited = Stopwatch.StartNew();
        while (true)
        {
            try
            {
                // Closed by the system when the process dies, however it dies.
                return new FileStream(Path.Combine(home, "cluster.lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            }
            catch (IOException) when (waited.Elapsed < WaitMax)
            {
                Thread.Sleep(50);
            }
            catch (IOException)
            {
                return null;
            }
        }
    }

    static string LastLine(string text) => text.Split('\n', StringSplitOptions.RemoveEmptyEntries) is [.., var last] ? last.Trim() : "";

    /// <summary>The last line of the log that says why a server stopped.</summary>
    static string LastFatal(string log) => File.ReadLines(log).TakeLast(20).LastOrDefault(line => line.Contains("FATAL:", StringComparison.Ordinal) || line.Contains("PANIC:", StringComparison.Ordinal)) ?? "";
}
