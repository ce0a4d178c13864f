using System.Security.Cryptography;
using System.Text.Json;
using Microsoft.AspNetCore.DataProtection;
using NodaTime;

namespace PaymentEngine.App.Web.Sessions;

/// <summary>Something for one session's eyes and a few minutes, sealed into an address: the picture of an authenticator's secret has an address of its own and stands nowhere.</summary>
public sealed class PersonTickets(IClock clock, IDataProtectionProvider protection)
{
    static readonly Duration Lasts = Duration.FromMinutes(10);

    readonly IDataProtector seal = protection.CreateProtector("payengine.person.ticket");

    sealed record Ticket(string Session, string Text, long ExpiresAtSeconds);

    public string Seal(WebPerson person, string text) => seal.Protect(JsonSerializer.Serialize(new Ticket(person.Key, text, (clock.GetCurrentInstant() + Lasts).ToUnixTimeSeconds())));

    /// <summary>What was sealed for this session; null when it was for another one, too long ago, or never.</summary>
    public string? Open(WebPerson person, string? ticket)
    {
        if (string.IsNullOrEmpty(ticket)) return null;
        try
        {
            return JsonSerializer.Deserialize<Ticket>(seal.Unprotect(ticket)) is { } opened && opened.Session == person.Key && Instant.FromUnixTimeSeconds(opened.ExpiresAtSeconds) > clock.GetCurrentInstant() ? opened.Text : null;
        }
        catch (Exception foreign) when (foreign is CryptographicException or JsonException or FormatException)
        {
            return null;
        }
    }
}
