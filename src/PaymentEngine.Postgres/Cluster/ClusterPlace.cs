using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using PaymentEngine.Core;

namespace PaymentEngine.Postgres.Cluster;

/// <summary>Where a private cluster stands: data, sockets, log.</summary>
/// <remarks>
/// An ordinary user's data stand in the home. PostgreSQL refuses to run as root, and the system's <c>postgres</c> user cannot look into root's
/// folders; so root's data stand under /var/lib/payengine and the home keeps a note of the place. Socket paths end at 107 bytes: the socket
/// folder is short, and named by a hash of the home where the home itself is too long.
/// </remarks>
public sealed record ClusterPlace(string Home, string Data, string Sockets, string Log)
{
    /// <summary>Fixed: with sockets in a folder of its own the port only ends the socket's name.</summary>
    public const int Port = 5432;

    /// <summary>107 bytes less <c>/.s.PGSQL.5432.lock</c>.</summary>
    const int SocketFolderBytesMax = 88;

    const string RootFolder = "/var/lib/payengine";

    string Note => Path.Combine(Home, "postgres-folder");

    /// <summary>Where the cluster of a home is, or will be.</summary>
    public static ClusterPlace Of(string home)
    {
        var hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(home)))[..8];
        if (!Unix.IsRoot)
        {
            var inHome = Path.Combine(home, "sockets");
            var sockets = Encoding.UTF8.GetByteCount(inHome) <= SocketFolderBytesMax ? inHome : string.Create(CultureInfo.InvariantCulture, $"/tmp/payengine-{Unix.UserId}-{hash}");
            return new ClusterPlace(home, Path.Combine(home, "postgres"), sockets, Path.Combine(home, "postgres.log"));
        }
        var note = Path.Combine(home, "postgres-folder");
        // Without its note a home is new, even when an older one stood at the same path: that one's data stay untouched, and a new number is taken.
        var data = File.Exists(note) ? File.ReadAllText(note).Trim() : NextFree(hash);
        var name = Path.GetFileName(data);
        return new ClusterPlace(home, data, $"/run/payengine-{name}", $"{data}.log");
    }

    /// <summary>Folders of earlier homes at the same path, whose server may still run.</summary>
    internal IEnumerable<string> Forgotten =>
        Unix.IsRoot && !File.Exists(Note) && Directory.Exists(RootFolder)
            ? Directory.EnumerateDirectories(RootFolder, Path.GetFileName(Data)[..8] + "-*").Where(folder => folder != Data && File.Exists(Path.Combine(folder, "postmaster.pid")))
            : [];

    /// <summary>Makes the folders that stand around the data, with owner and mode, and the note. Refuses a socket folder of somebody else.</summary>
    internal Problem? Prepare((uint User, uint Group)? server)
    {
        Directory.CreateDirectory(Home, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        if (Unix.IsRoot)
        {
            const UnixFileMode everybodyMayPass = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;
            Directory.CreateDirectory(RootFolder, everybodyMayPass);
            File.SetUnixFileMode(RootFolder, everybodyMayPass);
            if (!File.Exists(Note)) File.WriteAllText(Note, Data + "\n");
        }
        return MakeOwn(Sockets, server);
    }

    /// <summary>Null when the socket folder is ours (or our server's) alone; then what answers there is our server.</summary>
    internal Problem? CheckSockets((uint User, uint Group)? server)
    {
        var owner = Unix.OwnerOf(Sockets);
        return owner is null || owner == (server?.User ?? Unix.UserId)
            ? null
            : new Problem("fault.socket_folder", $"The folder {Sockets} belongs to another user (id {owner.Value.ToString(CultureInfo.InvariantCulture)}).", "Have its owner remove it, or take another PAYENGINE_HOME.");
    }

    internal static Problem? MakeOwn(string folder, (uint User, uint Group)? server)
    {
        Directory.CreateDirectory(folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        if (server is { } other && !Unix.Give(folder, other.User, other.Group))
            return new Problem("fault.file_access", $"{folder} could not be given to the postgres user.", "Check the rights of its parent folder.");
        if (Unix.OwnerOf(folder) != (server?.User ?? Unix.UserId))
            return new Problem("fault.file_access", $"{folder} belongs to another user.", "Have its owner remove it, or take another PAYENGINE_HOME.");
        File.SetUnixFileMode(folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        return null;
    }

    static string NextFree(string hash)
    {
        var number = 1;
        while (Directory.Exists(Name())) number++;
        return Name();

        string Name() => string.Create(CultureInfo.InvariantCulture, $"{RootFolder}/{hash}-{number}");
    }
}
