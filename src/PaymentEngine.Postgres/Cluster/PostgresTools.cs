using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using PaymentEngine.Core;

namespace PaymentEngine.Postgres.Cluster;

/// <summary>One installed PostgreSQL: the folder of its programs and its major version.</summary>
public sealed record PostgresTools(string Folder, int Major, string Version)
{
    /// <summary>The oldest major version the schema works on (security_invoker views, NULLS NOT DISTINCT).</summary>
    public const int MajorMin = 15;

    /// <summary>How to install PostgreSQL, by the package manager that is on this machine.</summary>
    public static string HowToInstall =>
        File.Exists("/usr/bin/apt-get") ? "Run: sudo apt-get install postgresql"
        : File.Exists("/usr/bin/dnf") ? "Run: sudo dnf install postgresql-server"
        : File.Exists("/sbin/apk") ? "Run: sudo apk add postgresql16"
        : File.Exists("/usr/bin/pacman") ? "Run: sudo pacman -S postgresql"
        : "Install PostgreSQL 15 or newer with your system's package manager, or name a server in PAYENGINE_DB.";

    /// <summary>Every installed PostgreSQL that is new enough, newest first. Debian, Red Hat, Alpine keep versions side by side; then the search path.</summary>
    public static IReadOnlyList<PostgresTools> Find()
    {
        string[] roots = ["/usr/lib/postgresql", "/usr/libexec/postgresql", "/usr/lib", "/usr/libexec", "/usr", "/opt/homebrew/opt"];
        var folders = roots.Where(Directory.Exists)
            .SelectMany(root => Directory.EnumerateDirectories(root).Where(folder => Regex.IsMatch(folder, @"/(postgresql(@|-)?|pgsql-)?\d\d$"))
                .SelectMany(folder => new[] { Path.Combine(folder, "bin"), folder }))
            .Concat((Environment.GetEnvironmentVariable("PATH") ?? "").Split(':', StringSplitOptions.RemoveEmptyEntries));
        return folders.Where(folder => File.Exists(Path.Combine(folder, "initdb")) && File.Exists(Path.Combine(folder, "postgres")))
            .Distinct().Select(Read).OfType<PostgresTools>()
            .Where(found => found.Major >= MajorMin).DistinctBy(found => found.Version).OrderByDescending(found => found.Major).ToList();
    }

    /// <summary>The newest PostgreSQL, or the one of the major version that wrote an existing data folder.</summary>
    public static Result<PostgresTools> Choose(int? writtenBy)
    {
        var all = Find();
        if (all.Count == 0)
        {
            return new Problem("neighbour.postgres_missing", string.Create(CultureInfo.InvariantCulture, $"No PostgreSQL {MajorMin} or newer is installed."), HowToInstall);
        }
        if (writtenBy is not { } major) return all[0];
        return all.FirstOrDefault(found => found.Major == major) is { } same
            ? same
            : new Problem("neighbour.postgres_version", string.Create(CultureInfo.InvariantCulture, $"The data was written by PostgreSQL {major}, which is not installed any more."),
                string.Create(CultureInfo.InvariantCulture, $"Install PostgreSQL {major} again, take payengine db backup, and restore it in a new PAYENGINE_HOME."));
    }

    /// <summary>The full path of one of its programs.</summary>
    public string Tool(string name) => Path.Combine(Folder, name);

    static PostgresTools? Read(string folder)
    {
        var (exit, said) = Run([Path.Combine(folder, "postgres"), "--version"]);
        var version = Regex.Match(said, @"\d+(\.\d+)?");
        return exit == 0 && version.Success ? new PostgresTools(folder, int.Parse(version.Value.Split('.')[0], CultureInfo.InvariantCulture), version.Value) : null;
    }

    /// <summary>Runs a program to its end and gives its exit code and what it said. The working folder is / since another user may not see ours.</summary>
    internal static (int Exit, string Said) Run(IReadOnlyList<string> command, IReadOnlyDictionary<string, string>? environment = null)
    {
        var start = new ProcessStartInfo(command[0]) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = "/", UseShellExecute = false };
        foreach (var argument in command.Skip(1)) start.ArgumentList.Add(argument);
        // The tools must speak one language: their words are read here and shown in problems.
        start.Environment["LC_ALL"] = "C";
        // Settings of another PostgreSQL in the caller's environment must not reach ours.
        foreach (var name in start.Environment.Keys.Where(name => name.StartsWith("PG", StringComparison.Ordinal)).ToList()) start.Environment.Remove(name);
        foreach (var (name, value) in environment ?? new Dictionary<string, string>()) start.Environment[name] = value;
        try
        {
            using var process = Process.Start(start)!;
            process.StandardInput.Close();
            var said = new StringBuilder();
            var gate = new Lock();
            process.OutputDataReceived += (_, line) => Keep(line.Data);
            process.ErrorDataReceived += (_, line) => Keep(line.Data);
            process.BeginOutputReadLine();
            process.BeginErrorReadLine();
            process.WaitForExit();
            return (process.ExitCode, said.ToString().Trim());

            void Keep(string? line)
            {
                if (line is null) return;
                lock (gate) said.AppendLine(line);
            }
        }
        catch (Win32Exception notThere)
        {
            return (127, notThere.Message);
        }
    }
}
