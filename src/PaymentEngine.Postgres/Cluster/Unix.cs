using System.Globalization;
using System.Runtime.InteropServices;

namespace PaymentEngine.Postgres.Cluster;

/// <summary>The three questions to the operating system that .NET does not answer: who are we, who owns a folder, does a process live.</summary>
static class Unix
{
    public static uint UserId { get; } = geteuid();

    public static bool IsRoot => UserId == 0;

    /// <summary>The user id that owns a path (a link itself, not its target), or null when there is nothing.</summary>
    public static uint? OwnerOf(string path)
    {
        const int noFollow = 0x100;
        return Ask(path, noFollow) is { } answer ? BitConverter.ToUInt32(answer, 20) : null;
    }

    /// <summary>True when the process lives and its working folder is <paramref name="folder"/>: the postmaster sits in its data folder.</summary>
    /// <remarks>Compared by device and file number, so links on the way do not matter. Another user's process cannot be asked and is not ours.</remarks>
    public static bool IsProcessIn(int processId, string folder) =>
        Ask(string.Create(CultureInfo.InvariantCulture, $"/proc/{processId}/cwd"), 0) is { } process && Ask(folder, 0) is { } wanted
        && process.AsSpan(32, 8).SequenceEqual(wanted.AsSpan(32, 8)) && process.AsSpan(136, 8).SequenceEqual(wanted.AsSpan(136, 8));

    /// <summary>True when any process whose folder we may ask for sits in <paramref name="folder"/>.</summary>
    public static bool IsAnyProcessIn(string folder) => Directory.EnumerateDirectories("/proc")
        .Any(process => int.TryParse(Path.GetFileName(process), out var processId) && IsProcessIn(processId, folder));

    /// <summary>struct statx, whose size and offsets are the same on every architecture: owner at 20, file number at 32, device at 136.</summary>
    static byte[]? Ask(string path, int flags)
    {
        const int fromCurrentFolder = -100, basicFields = 0x7FF;
        var buffer = new byte[256];
        return statx(fromCurrentFolder, path, flags, basicFields, buffer) == 0 ? buffer : null;
    }

    /// <summary>A user's id and group id from the system's user list, or null.</summary>
    public static (uint User, uint Group)? Find(string userName)
    {
        var (exit, said) = PostgresTools.Run(["getent", "passwd", userName]);
        var fields = said.Split(':');
        return exit == 0 && fields.Length >= 4 && uint.TryParse(fields[2], out var user) && uint.TryParse(fields[3], out var group) ? (user, group) : null;
    }

    public static bool Give(string path, uint user, uint group) => chown(path, user, group) == 0;

    [DllImport("libc"), DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    static extern uint geteuid();

    [DllImport("libc", CharSet = CharSet.Ansi, BestFitMapping = false, ThrowOnUnmappableChar = true), DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    static extern int chown(string path, uint owner, uint group);

    [DllImport("libc", CharSet = CharSet.Ansi, BestFitMapping = false, ThrowOnUnmappableChar = true), DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    static extern int statx(int folder, string path, int flags, uint mask, [Out] byte[] buffer);
}
