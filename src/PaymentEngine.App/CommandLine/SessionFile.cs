using System.Globalization;
using PaymentEngine.App.Operations.Users;

namespace PaymentEngine.App.CommandLine;

/// <summary>The file that keeps a login between two commands: province and token, readable by its owner alone (0600).</summary>
static class SessionFile
{
    const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    public static void Write(string path, OpenedSession session)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!, OwnerOnly | UnixFileMode.UserExecute);
        File.Delete(path); // An older file could have kept wider rights.
        using var file = new StreamWriter(path, new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, UnixCreateMode = OwnerOnly });
        file.Write(string.Create(CultureInfo.InvariantCulture, $"{session.ProvinceCode} {session.Token}\n"));
    }

    /// <summary>Province and token, or null when there is no usable file. A file that others may read proves nobody.</summary>
    public static (short ProvinceCode, string Token)? Read(string path)
    {
        if (!File.Exists(path) || (File.GetUnixFileMode(path) & ~OwnerOnly) != 0) return null;
        var parts = File.ReadAllText(path).Trim().Split(' ');
        return parts.Length == 2 && short.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out var province) ? (province, parts[1]) : null;
    }
}
