using System.Net;
using System.Net.Sockets;
using System.Threading.RateLimiting;
using Microsoft.AspNetCore.Http;
using PaymentEngine.App.Web.Sessions;

namespace PaymentEngine.App.Web.Guard;

/// <summary>How often: requests by address and by session; proofs (password, code, passkey, key) by name and by address, so that a password is not guessed over many names, nor a name from many places. The lock of a user after wrong proofs stands beside it.</summary>
public sealed class RequestRates(RequestLimits limits) : IDisposable
{
    const int NameLengthMax = 40;
    static readonly TimeSpan Window = TimeSpan.FromMinutes(1);

    readonly PartitionedRateLimiter<string> addresses = EveryMinute(limits.RequestsOfAddress);
    readonly PartitionedRateLimiter<string> sessions = EveryMinute(limits.RequestsOfSession);
    readonly PartitionedRateLimiter<string> proofsOfNames = EveryMinute(limits.ProofsOfName);
    readonly PartitionedRateLimiter<string> proofsOfAddresses = EveryMinute(limits.ProofsOfAddress);

    /// <summary>How long this address has to wait; null when the request is within its limit, which counts it.</summary>
    public TimeSpan? WaitOfAddress(HttpContext http) => Wait(addresses, Place(http));

    /// <summary>How long this session has to wait, or null.</summary>
    public TimeSpan? WaitOfSession(WebPerson person) => Wait(sessions, person.Key);

    /// <summary>How long to wait before a name may be proven again from this address, or null.</summary>
    public TimeSpan? WaitOfProof(HttpContext http, string userName) =>
        Wait(proofsOfAddresses, Place(http)) ?? Wait(proofsOfNames, userName.Length > NameLengthMax ? userName[..NameLengthMax] : userName);

    public void Dispose()
    {
        addresses.Dispose();
        sessions.Dispose();
        proofsOfNames.Dispose();
        proofsOfAddresses.Dispose();
    }

    static TimeSpan? Wait(PartitionedRateLimiter<string> limiter, string key)
    {
        using var lease = limiter.AttemptAcquire(key);
        return lease.IsAcquired ? null : lease.TryGetMetadata(MetadataName.RetryAfter, out var wait) ? wait : Window;
    }

    static PartitionedRateLimiter<string> EveryMinute(int permits) => PartitionedRateLimiter.Create<string, string>(key =>
        RateLimitPartition.GetFixedWindowLimiter(key, _ => new FixedWindowRateLimiterOptions { PermitLimit = permits, Window = Window, QueueLimit = 0 }));

    /// <summary>A household of IPv6 has 2^64 addresses: its network is one place.</summary>
    static string Place(HttpContext http)
    {
        var address = http.Connection.RemoteIpAddress ?? IPAddress.None;
        if (address.IsIPv4MappedToIPv6) address = address.MapToIPv4();
        return address.AddressFamily == AddressFamily.InterNetworkV6 ? Convert.ToHexString(address.GetAddressBytes(), 0, 8) : address.ToString();
    }
}
