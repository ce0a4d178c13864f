using System.ComponentModel;
using System.Diagnostics;

namespace PaymentEngine.App.Banks;

/// <summary>One session of the system's <c>sftp</c> with a batch of commands: how it ended, what it printed.</summary>
/// <param name="Exit">0: every command was done. 1: the server refused one. 255: no session, or it was lost.</param>
/// <param name="Output">The commands as they were asked, one after the other.</param>
/// <param name="Error">What went wrong, in English.</param>
sealed record SftpRun(int Exit, string Output, string Error)
{
    public const int NotInstalled = 127;
    const int NoSession = 255;

    /// <summary>The session could not be made, or ended before the server answered.</summary>
    public bool IsLost => Exit is not (0 or 1 or NotInstalled);

    /// <summary>The last line of what went wrong that says something.</summary>
    public string LastError => Error.Split('\n').Select(line => line.Trim()).LastOrDefault(line => line.Length > 0 && line != "Connection closed" && !line.EndsWith("not found.", StringComparison.Ordinal)
        && !line.StartsWith("remote delete", StringComparison.Ordinal)) ?? (IsLost ? "the connection was closed" : "");

    /// <summary>Whether the command was given to the server.</summary>
    public bool Asked(string command) => Output.Split('\n').Any(line => line.StartsWith("sftp> " + command, StringComparison.Ordinal));

    /// <summary>Runs a batch. Cancelled, the session is ended at once: what was asked last may or may not have been done.</summary>
    public static async Task<SftpRun> StartAsync(IReadOnlyList<string> arguments, IReadOnlyList<string> commands, CancellationToken cancel)
    {
        var start = new ProcessStartInfo("sftp", arguments) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false };
        start.Environment["LC_ALL"] = "C";
        start.Environment.Remove("SSH_AUTH_SOCK");
        start.Environment.Remove("SSH_ASKPASS");
        Process process;
        try
        {
            process = Process.Start(start)!;
        }
        catch (Win32Exception missing)
        {
            return new(NotInstalled, "", missing.Message);
        }

        using (process)
        {
            var (output, error) = (process.StandardOutput.ReadToEndAsync(CancellationToken.None), process.StandardError.ReadToEndAsync(CancellationToken.None));
            try
            {
                try
                {
                    foreach (var command in commands) await process.StandardInput.WriteAsync((command + "\n").AsMemory(), cancel);
                    process.StandardInput.Close();
                }
                catch (IOException)
                {
                    // It ended before it had read everything; its exit says why.
                }

                await process.WaitForExitAsync(cancel);
            }
            catch (OperationCanceledException)
            {
                process.Kill(entireProcessTree: true);
                await process.WaitForExitAsync(CancellationToken.None);
                await Task.WhenAll(output, error);
                throw;
            }

            return new(process.ExitCode is 0 or 1 ? process.ExitCode : NoSession, await output, await error);
        }
    }
}
