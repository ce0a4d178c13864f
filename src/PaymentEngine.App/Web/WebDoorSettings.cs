using System.Globalization;
using System.Net;
using System.Security.Cryptography.X509Certificates;

namespace PaymentEngine.App.Web;

/// <summary>Where the web door stands and under which name people know it.</summary>
/// <param name="Address">The address it listens on. Without a certificate a loopback address only.</param>
/// <param name="Port">The port; 0 lets the system choose one (tests).</param>
/// <param name="Certificate">With its private key: the door speaks TLS. Null: plain HTTP on this machine alone.</param>
/// <param name="HostName">The name in the address bar: the only <c>Host</c> that is answered (beside the names of this machine on loopback), and the domain passkeys are bound to.</param>
public sealed record WebDoorSettings(IPAddress Address, int Port, X509Certificate2? Certificate, string HostName)
{
    public bool IsSecure => Certificate is not null;

    public bool IsLoopback => IPAddress.IsLoopback(Address);

    /// <summary>See <see cref="RequestLimits"/>.</summary>
    public RequestLimits Limits { get; init; } = new();

    /// <summary>Hosts that are answered.</summary>
    public IReadOnlyList<string> Hosts => IsLoopback ? [.. new[] { HostName, "localhost", "127.0.0.1", "[::1]" }.Distinct(StringComparer.OrdinalIgnoreCase)] : [HostName];

    /// <summary>Passkeys are bound to a domain name; an address in figures is none.</summary>
    public bool HasPasskeys => !IPAddress.TryParse(HostName.Trim('[', ']'), out _);

    /// <summary>The address people type.</summary>
    public string Url(int port) => string.Create(CultureInfo.InvariantCulture, $"{(IsSecure ? "https" : "http")}://{HostName}{(port == (IsSecure ? 443 : 80) ? "" : $":{port}")}/");
}

/// <summary>What one request, one address and one session may ask of the door. Sizes in bytes.</summary>
public sealed record RequestLimits
{
    /// <summary>The largest body of a page's form or of an API call: an approval is a line, a passkey some kilobytes.</summary>
    public long BodyMax { get; init; } = 64 * 1024;

    /// <summary>The largest body of an operation that takes files: a statement about 300,000 people is some 200 MB. Pages and calls without files keep to <see cref="BodyMax"/>.</summary>
    public long UploadMax { get; init; } = 256 * 1024 * 1024;

    /// <summary>Requests with files of one person or program in a day: a bank answers some hundred files, an office prints as many lists.</summary>
    public int UploadsOfDay { get; init; } = 1_000;

    /// <summary>Bytes they may bring in a day: a province's register and its banks' answers are less than one gigabyte.</summary>
    public long UploadBytesOfDay { get; init; } = 4L * 1024 * 1024 * 1024;

    public int HeadersMax { get; init; } = 16 * 1024;

    public int HeaderCountMax { get; init; } = 50;

    public int RequestLineMax { get; init; } = 4 * 1024;

    public int FormKeysMax { get; init; } = 64;

    public int FormValueMax { get; init; } = 16 * 1024;

    /// <summary>The whole head of a request has to arrive in this time.</summary>
    public TimeSpan HeadersWithin { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>A body slower than this, after <see cref="BodyGrace"/>, is cut off.</summary>
    public double BodyBytesPerSecondMin { get; init; } = 240;

    public TimeSpan BodyGrace { get; init; } = TimeSpan.FromSeconds(5);

    public int ConnectionsMax { get; init; } = 1_000;

    /// <summary>Requests a minute from one address: an office behind one address has many desks.</summary>
    public int RequestsOfAddress { get; init; } = 1_200;

    /// <summary>Requests a minute with one session.</summary>
    public int RequestsOfSession { get; init; } = 240;

    /// <summary>Proofs (password, code, passkey) a minute for one name, and from one address.</summary>
    public int ProofsOfName { get; init; } = 10;

    public int ProofsOfAddress { get; init; } = 40;
}
