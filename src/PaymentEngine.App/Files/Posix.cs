using System.ComponentModel;
using System.Runtime.InteropServices;

namespace PaymentEngine.App.Files;

/// <summary>The one call to the system that .NET lacks for durable files: opening a folder, so that it can be brought to the disk.</summary>
static class Posix
{
    public static nint OpenFolder(string folder)
    {
        const int readOnly = 0;
        var handle = open(folder, readOnly);
        return handle >= 0 ? handle : throw new IOException($"The folder {folder} cannot be opened: {new Win32Exception(Marshal.GetLastPInvokeError()).Message}.");
    }

    [DllImport("libc", SetLastError = true, CharSet = CharSet.Ansi, BestFitMapping = false, ThrowOnUnmappableChar = true), DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    static extern int open(string path, int flags);
}
