using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using PaymentEngine.App.Banks;

namespace PaymentEngine.ServiceTests.Banks;

/// <summary>A test that needs OpenSSH's server: skips with a reason on a laptop without it, runs (and then fails) in CI.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class SftpFactAttribute : FactAttribute
{
    public SftpFactAttribute() => Skip = new PostgresFactAttribute().Skip ?? (SftpServer.IsInstalled || Environment.GetEnvironmentVariable("CI") == "true"
        ? null
        : "OpenSSH's server is not installed: ./test installs it where it may (openssh-server).");
}

/// <summary>A real OpenSSH server on loopback with keys, configuration and folder of its own, under a temporary folder; ended by its process id.</summary>
public sealed class SftpServer : IAsyncDisposable
{
    const string Program = "/usr/sbin/sshd";

    readonly string home = Directory.CreateTempSubdirectory("pe-sftp-").FullName;
    Process? server;

    public static bool IsInstalled => File.Exists(Program);

    public string Drop => Path.Combine(home, "drop");

    public int Port { get; } = FreePort();

    public string Key => Path.Combine(home, "login");

    public string HostKey => KeyOf("host.pub");

    /// <summary>A key that this server does not have.</summary>
    public string OtherHostKey => KeyOf("other.pub");

    public string OtherKey => Path.Combine(home, "other");

    public SftpPlace Place => new("127.0.0.1", Port, Environment.UserName, Key, HostKey, Drop);

    /// <param name="forced">The program that serves instead of OpenSSH's own, by the path of the folder.</param>
    public static async Task<SftpServer> StartAsync(Func<string, string>? forced = null)
    {
        var made = new SftpServer();
        Directory.CreateDirectory(made.Drop);
        foreach (var name in new[] { "host", "login", "other" }) await RunAsync("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", Path.Combine(made.home, name));
        File.Copy(Path.Combine(made.home, "login.pub"), Path.Combine(made.home, "authorized"));
        // As root the server parts its rights and wants this folder; as anybody else it serves that one user.
        if (Environment.UserName == "root") Directory.CreateDirectory("/run/sshd");
        await File.WriteAllTextAsync(Path.Combine(made.home, "conf"), string.Create(CultureInfo.InvariantCulture, $"""
            Port {made.Port}
            ListenAddress 127.0.0.1
            HostKey {made.home}/host
            AuthorizedKeysFile {made.home}/authorized
            StrictModes no
            UsePAM no
            PermitRootLogin prohibit-password
            PasswordAuthentication no
            KbdInteractiveAuthentication no
            PidFile none
            Subsystem sftp internal-sftp
            ForceCommand {forced?.Invoke(made.Drop) ?? "internal-sftp"}

            """));
        await made.UpAsync();
        return made;
    }

    public async Task UpAsync()
    {
        server = Process.Start(new ProcessStartInfo(Program, ["-D", "-e", "-f", Path.Combine(home, "conf")]) { RedirectStandardError = true })!;
        _ = server.StandardError.ReadToEndAsync();
        for (var i = 0; i < 200; i++)
        {
            try
            {
                using var client = new TcpClient();
                await client.ConnectAsync(IPAddress.Loopback, Port);
                return;
            }
            catch (SocketException)
            {
                Assert.False(server.HasExited, "sshd did not start");
                await Task.Delay(25);
            }
        }
    }

    public async Task DownAsync()
    {
        if (server is null) return;
        server.Kill(entireProcessTree: true);
        await server.WaitForExitAsync();
        server.Dispose();
        server = null;
    }

    public async ValueTask DisposeAsync()
    {
        await DownAsync();
        Directory.Delete(home, recursive: true);
    }

    string KeyOf(string name) => string.Join(' ', File.ReadAllText(Path.Combine(home, name)).Split(' ').Take(2));

    static async Task RunAsync(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true })!;
        await process.WaitForExitAsync();
        Assert.Equal(0, process.ExitCode);
    }

    static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
