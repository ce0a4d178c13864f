using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.Options;
using NodaTime;
using PaymentEngine.App.CommandLine;
using PaymentEngine.App.Operations;
using PaymentEngine.Core;
using PaymentEngine.Postgres;
using PaymentEngine.Postgres.Users;

namespace PaymentEngine.App.Web.Passkeys;

/// <summary>What a ceremony is for. A challenge given for one is no challenge for another.</summary>
public enum CeremonyKind
{
    /// <summary>A new passkey of a person who is logged in.</summary>
    Register,

    /// <summary>The second factor of a login; nobody is known yet.</summary>
    LogIn,

    /// <summary>A fresh proof within a session.</summary>
    Confirm,
}

/// <summary>The options for the browser, and the sealed ticket that comes back with the answer.</summary>
public sealed record CeremonyOptions(string OptionsJson, string Ticket);

/// <summary>A proven answer: whose passkey it was.</summary>
public sealed record ProvenPasskey(string UserName, byte[] CredentialId);

/// <summary>Registration and assertion of passkeys by the framework's own handler: origin, domain, user verification, signature and counter are its checks; that a challenge is answered once, in time and for what it was given, is ours.</summary>
/// <remarks>
/// The challenge travels in a sealed ticket, so that asking costs no row; only an answer writes one. A challenge ends with its first answer, right or wrong.
/// No attestation is asked for: any authenticator that verifies its user will do, and none is a maker's product we would have to keep a list of.
/// </remarks>
public sealed class PasskeyCeremonies(Database database, IClock clock, IDataProtectionProvider protection, WebDoorSettings settings)
{
    public const int NameLengthMax = 60;

    /// <summary>More passkeys than this nobody carries.</summary>
    public const int PasskeysMax = 10;
    static readonly Duration AnswerWithin = Duration.FromMinutes(5);

    readonly IDataProtector seal = protection.CreateProtector("payengine.passkey.ticket");

    sealed record Ticket(CeremonyKind Kind, short Province, string Owner, string State, long ExpiresAtSeconds);

    /// <summary>Options to register a passkey.</summary>
    /// <param name="http">The request: its origin is checked with the answer.</param>
    /// <param name="caller">Whose it will be.</param>
    /// <param name="session">What the ticket is bound to: another session cannot use it.</param>
    public async Task<CeremonyOptions> ToRegisterAsync(HttpContext http, Caller caller, string session)
    {
        var made = await Handler(caller.ProvinceCode).MakeCreationOptionsAsync(new PasskeyUserEntity { Id = caller.UserName, Name = caller.UserName, DisplayName = caller.FullName }, http);
        return new CeremonyOptions(made.CreationOptionsJson, Sealed(CeremonyKind.Register, caller.ProvinceCode, session, made.AttestationState));
    }

    /// <summary>Options to prove a passkey; for a login without a list of credentials, so that they tell nobody who has one.</summary>
    public async Task<CeremonyOptions> ToProveAsync(HttpContext http, CeremonyKind kind, short province, string? userName, string session)
    {
        var made = await Handler(province).MakeRequestOptionsAsync(userName is null ? null : new PasskeyUser(userName), http);
        return new CeremonyOptions(made.RequestOptionsJson, Sealed(kind, province, session, made.AssertionState));
    }

    /// <summary>Registers the passkey a browser answers with.</summary>
    /// <returns><c>passkey.refused</c>, <c>passkey.ticket</c>, <c>passkey.exists</c>, <c>passkey.too_many</c>, or the name it was given.</returns>
    public async Task<Result<string>> RegisterAsync(HttpContext http, Caller caller, string session, string ticket, string credentialJson, string name, CancellationToken cancel)
    {
        name = name.Trim();
        if (name.Length is 0 or > NameLengthMax || name.Any(char.IsControl)) return new Problem("passkey.name", $"A passkey has a name of 1 to {NameLengthMax} characters.", "Call it by the thing that keeps it: \"phone\", \"USB key\".");
        var opened = await OpenAsync(CeremonyKind.Register, caller.ProvinceCode, session, ticket, cancel);
        if (!opened.TryGet(out var state)) return Result<string>.Refuse(opened.Problems);
        var answer = await Handler(caller.ProvinceCode).PerformAttestationAsync(new PasskeyAttestationContext { HttpContext = http, CredentialJson = credentialJson, AttestationState = state });
        if (!answer.Succeeded) return Refused();
        // The handler asks for verification and looks at the flag; a row without it cannot be.
        if (!answer.Passkey.IsUserVerified || answer.UserEntity.Id != caller.UserName) return Refused();
        var now = clock.GetCurrentInstant();
        var passkey = new StoredPasskey
        {
            UserName = caller.UserName, CredentialId = answer.Passkey.CredentialId, PublicKey = answer.Passkey.PublicKey, SignCount = answer.Passkey.SignCount, Transports = answer.Passkey.Transports ?? [],
            IsUserVerified = answer.Passkey.IsUserVerified, IsBackupEligible = answer.Passkey.IsBackupEligible, IsBackedUp = answer.Passkey.IsBackedUp, AttestationObject = answer.Passkey.AttestationObject,
            ClientData = answer.Passkey.ClientDataJson, Name = name, MadeAt = now,
        };
        var fingerprint = Convert.ToHexStringLower(SHA256.HashData(passkey.CredentialId));
        return await ChangeAsync(caller, $"passkey.add {caller.UserName} {fingerprint}", "passkey.add", [name, fingerprint], new { user = caller.UserName, passkey = fingerprint, name }, async change =>
        {
            if ((await PasskeyStore.OfUserAsync(change, caller.ProvinceCode, caller.UserName, cancel)).Count >= PasskeysMax) return new Problem("passkey.too_many", $"There are {PasskeysMax} passkeys already.", "Remove one that is not used any more.");
            return await PasskeyStore.AddAsync(change, caller.ProvinceCode, passkey, cancel) ? name : new Problem("passkey.exists", "This passkey is registered already.", "Use it, or register another one.");
        }, cancel);
    }

    /// <summary>Proves a passkey: whose it is. The counter is kept; an answer counts once.</summary>
    /// <param name="http">The request.</param>
    /// <param name="kind">What the challenge was given for.</param>
    /// <param name="province">The tenant.</param>
    /// <param name="session">What the ticket was bound to.</param>
    /// <param name="ticket">As given with the options.</param>
    /// <param name="credentialJson">The browser's answer.</param>
    /// <param name="userName">Whose it must be.</param>
    /// <param name="cancel">Cancels before the counter is kept.</param>
    public async Task<Result<ProvenPasskey>> ProveAsync(HttpContext http, CeremonyKind kind, short province, string session, string ticket, string credentialJson, string userName, CancellationToken cancel)
    {
        var opened = await OpenAsync(kind, province, session, ticket, cancel);
        if (!opened.TryGet(out var state)) return Result<ProvenPasskey>.Refuse(opened.Problems);
        var answer = await Handler(province).PerformAssertionAsync(new PasskeyAssertionContext { HttpContext = http, CredentialJson = credentialJson, AssertionState = state });
        if (!answer.Succeeded || answer.User.UserName != userName) return Refused();
        await using var used = await database.RunAsync(cancel);
        return await PasskeyStore.UsedAsync(used, province, answer.Passkey.CredentialId, answer.Passkey.SignCount, answer.Passkey.IsBackedUp, clock.GetCurrentInstant(), cancel)
            ? new ProvenPasskey(answer.User.UserName, answer.Passkey.CredentialId) : Refused();
    }

    /// <summary>The caller's passkeys.</summary>
    public async Task<IReadOnlyList<StoredPasskey>> OfAsync(Caller caller, CancellationToken cancel)
    {
        await using var session = await database.RunAsync(cancel);
        return await PasskeyStore.OfUserAsync(session, caller.ProvinceCode, caller.UserName, cancel);
    }

    /// <summary>Gives one of the caller's passkeys another name.</summary>
    public async Task<Result<string>> RenameAsync(Caller caller, int passkeyNo, string name, CancellationToken cancel)
    {
        name = name.Trim();
        if (name.Length is 0 or > NameLengthMax || name.Any(char.IsControl)) return new Problem("passkey.name", $"A passkey has a name of 1 to {NameLengthMax} characters.", "Call it by the thing that keeps it: \"phone\", \"USB key\".");
        await using var session = await database.RunAsync(cancel);
        return await PasskeyStore.RenameAsync(session, caller.ProvinceCode, caller.UserName, passkeyNo, name, cancel) ? name : NoSuch();
    }

    /// <summary>Removes one of the caller's passkeys; it proves nothing any more.</summary>
    public Task<Result<string>> RemoveAsync(Caller caller, int passkeyNo, CancellationToken cancel) =>
        ChangeAsync(caller, FormattableString.Invariant($"passkey.remove {caller.UserName} {passkeyNo}"), "passkey.remove", [], new { user = caller.UserName, passkey_no = passkeyNo }, async change =>
            await PasskeyStore.RemoveAsync(change, caller.ProvinceCode, caller.UserName, passkeyNo, clock.GetCurrentInstant(), cancel) ? "" : NoSuch(), cancel);

    async Task<Result<string>> ChangeAsync(Caller caller, string key, string kind, IEnumerable<string> request, object said, Func<DatabaseSession, Task<Result<string>>> change, CancellationToken cancel)
    {
        var now = clock.GetCurrentInstant();
        await using var session = await database.RunAsync(cancel);
        return await session.InTransactionAsync(async () =>
        {
            var start = await OperationLog.BeginOrTellAsync(session, caller.ProvinceCode, key, kind, OperationLog.RequestHash(request), caller.UserName, now, cancel);
            if (start.DoneResult is not null || start.OtherRequest) return NoSuch();
            var done = await change(session);
            if (done.IsOk) await OperationLog.CompleteAsync(session, caller.ProvinceCode, start.OperationNo, JsonText.Write(said), JsonText.Write(said), now, cancel);
            return done;
        }, done => done.IsOk, cancel: cancel);
    }

    PasskeyHandler<PasskeyUser> Handler(short province) => new(PasskeyUsers.Manager(new PasskeyUsers(database, province)), Options.Create(new IdentityPasskeyOptions
    {
        ServerDomain = settings.HostName, UserVerificationRequirement = "required", ResidentKeyRequirement = "required", AttestationConveyancePreference = "none", AuthenticatorTimeout = AnswerWithin.ToTimeSpan(),
        // The origin the browser signed is the one this request was sent to; nothing framed by another site.
        ValidateOrigin = origin => ValueTask.FromResult(!origin.CrossOrigin && origin.TopOrigin is null
            && origin.Origin.Equals($"{origin.HttpContext.Request.Scheme}://{origin.HttpContext.Request.Host.Value}", StringComparison.OrdinalIgnoreCase)
            && origin.HttpContext.Request.Host.Host.Equals(settings.HostName, StringComparison.OrdinalIgnoreCase)),
    }));

    string Sealed(CeremonyKind kind, short province, string owner, string? state) =>
        seal.Protect(JsonSerializer.Serialize(new Ticket(kind, province, owner, state ?? throw new InvalidOperationException("A ceremony begins with a state."), (clock.GetCurrentInstant() + AnswerWithin).ToUnixTimeSeconds())));

    async Task<Result<string>> OpenAsync(CeremonyKind kind, short province, string owner, string ticket, CancellationToken cancel)
    {
        Ticket? opened;
        try
        {
            opened = JsonSerializer.Deserialize<Ticket>(seal.Unprotect(ticket));
        }
        catch (Exception foreign) when (foreign is CryptographicException or JsonException or FormatException)
        {
            return Stale();
        }

        var now = clock.GetCurrentInstant();
        if (opened is null || opened.Kind != kind || opened.Province != province || !CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(opened.Owner), Encoding.UTF8.GetBytes(owner))) return Stale();
        if (Instant.FromUnixTimeSeconds(opened.ExpiresAtSeconds) <= now) return Stale();
        await using var session = await database.RunAsync(cancel);
        return await PasskeyStore.AnswerChallengeAsync(session, province, SHA256.HashData(Encoding.UTF8.GetBytes(opened.State)), now, cancel) ? opened.State : Stale();
    }

    static Problem Stale() => new("not_allowed.passkey_challenge", "This question to the passkey was answered already, is too old, or was asked for something else.", "Begin again.");

    static Problem Refused() => new("not_allowed.passkey", "The passkey did not prove the person.", "Use a passkey registered here for this user, on this site, with your fingerprint, face or PIN.");

    static Problem NoSuch() => new("passkey.unknown", "There is no such passkey.", "See the list again.");
}
