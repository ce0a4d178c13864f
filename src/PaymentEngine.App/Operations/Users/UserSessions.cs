using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Identity;
using NodaTime;
using PaymentEngine.App.Keys;
using PaymentEngine.App.Operations.Access;
using PaymentEngine.Core;
using PaymentEngine.Postgres;
using PaymentEngine.Postgres.Users;

namespace PaymentEngine.App.Operations.Users;

/// <summary>Through which door somebody comes in.</summary>
public static class Door
{
    public const string CommandLine = "cli";
    public const string Web = "web";
    public const string Api = "api";
}

/// <summary>A session just opened. The token proves the person; the database keeps its SHA-256 only.</summary>
/// <param name="ProvenUntil">How long the second factor counts as just shown; null: none was shown.</param>
public sealed record OpenedSession(short ProvinceCode, string Token, string UserName, string FullName, Instant ExpiresAt, Instant? ProvenUntil);

/// <summary>Proves people and services, opens and closes their sessions, and tells the caller behind one.</summary>
/// <param name="database">The store.</param>
/// <param name="clock">The program's clock.</param>
/// <param name="keys">Opens the key folder; asked only where an authenticator's secret is needed.</param>
public sealed class UserSessions(Database database, IClock clock, Func<Result<KeyFolder>> keys)
{
    /// <summary>So many wrong passwords or codes in a row lock a user …</summary>
    public const int FailuresMax = 5;

    /// <summary>… for so long.</summary>
    public static readonly Duration LockedFor = Duration.FromMinutes(15);

    /// <summary>A working day; then the password is asked again.</summary>
    public static readonly Duration SessionLasts = Duration.FromHours(12);

    /// <summary>Without a request for so long a session is over.</summary>
    public static readonly Duration SessionIdleMax = Duration.FromHours(2);

    /// <summary>So long after a second factor was shown a person may approve, release, pay out, and change users or accounts (ASVS 7.5.3).</summary>
    public static readonly Duration ProofLasts = Duration.FromMinutes(10);

    const int TokenBytes = 32;

    readonly PasswordHasher<string> hasher = new();

    /// <summary>Proves a person by password and, once an authenticator app is set up, its code; opens a session.</summary>
    /// <param name="userName">As typed.</param>
    /// <param name="password">As typed.</param>
    /// <param name="code">Six figures of the authenticator; null: none was given.</param>
    /// <param name="newPassword">Takes the place of a password for once; null: the password stays.</param>
    /// <param name="door">See <see cref="Door"/>.</param>
    /// <param name="cancel">Cancels the login.</param>
    /// <returns><c>not_allowed.login</c> for a wrong name or password alike, <c>not_allowed.locked</c> after five wrong ones, <c>not_allowed.second_factor</c> when the code is missing, <c>not_allowed.code</c> and
    /// <c>not_allowed.code_used</c> for a wrong or a used one, <c>not_allowed.no_second_factor</c> when none was set up in time, <c>not_allowed.password_change</c> and <c>not_allowed.password_over</c> for a password for once.</returns>
    public async Task<Result<OpenedSession>> LoginAsync(string userName, string password, string? code, string? newPassword = null, string door = Door.CommandLine, CancellationToken cancel = default)
    {
        var now = clock.GetCurrentInstant();
        await using var session = await database.RunAsync(cancel);
        var tenant = await PeopleStore.FindTenantAsync(session, cancel);
        if (tenant is null) return new Problem("not_allowed.no_users", "There is no user yet.", "Add the first one: payengine user add NAME --role administrator --province CODE --password-file F");
        var user = await PeopleStore.FindUserAsync(session, tenant.ProvinceCode, userName, now, cancel);
        if (user?.LockedUntil > now) return await LockedAsync(session, user, door, now, cancel);
        // An unknown name costs the same time as a wrong password, and is told the same.
        var proven = hasher.VerifyHashedPassword(userName, user?.PasswordHash ?? NobodysHash.Value, password);
        if (user?.PasswordHash is null || proven == PasswordVerificationResult.Failed)
        {
            if (user is not null) await PeopleStore.CountFailureAsync(session, user, FailuresMax, now + LockedFor, cancel);
            await UserChangeStore.EventAsync(session, tenant.ProvinceCode, userName, "login_wrong", door, "", now, cancel);
            return new Problem("not_allowed.login", "The name or the password is wrong.", $"Try again; after {FailuresMax} wrong passwords the user is locked for 15 minutes.");
        }

        if (user.PasswordUntil <= now)
            return new Problem("not_allowed.password_over", $"The password for once of {userName} is over.", "Ask two administrators for another one: payengine user recover NAME --reason …");
        if (user.PasswordUntil is not null && newPassword is null)
            return new Problem("not_allowed.password_change", $"The password of {userName} is for once and is changed with the login.", "Log in with a password of your own beside it: --new-password-file F");
        if (newPassword is not null && (Passphrase.WhyNot(newPassword, userName) ?? (newPassword == password ? Passphrase.Same : null)) is { } weak) return weak;

        Instant? provenUntil = null;
        if (await SecondFactorStore.FindLiveAsync(session, user.ProvinceCode, userName, cancel) is { } authenticator)
        {
            if (string.IsNullOrWhiteSpace(code)) return new Problem("not_allowed.second_factor", $"{userName} has an authenticator app, and its code is missing.", "Give the six figures it shows: --code-file F, or type them when asked.");
            if (await WrongCodeAsync(session, user, authenticator, code, door, now, cancel) is { } wrong) return wrong;
            provenUntil = now + ProofLasts;
        }
        else if (!(user.EnrolUntil > now))
        {
            return new Problem("not_allowed.no_second_factor", $"{userName} set up no second factor while the password alone was enough.", "Have two administrators recover the account, log in within a day and set one up: payengine user totp.");
        }

        await PeopleStore.ClearFailuresAsync(session, user, proven == PasswordVerificationResult.SuccessRehashNeeded ? hasher.HashPassword(userName, password) : user.PasswordHash, cancel);
        if (newPassword is not null) await ChangeAsync(session, user, newPassword, door, now, cancel);
        return await OpenAsync(session, user, door, provenUntil, now, cancel);
    }

    /// <summary>Proves a service account by its key; its sessions never count as proven by a second factor.</summary>
    /// <returns><c>not_allowed.login</c> or <c>not_allowed.locked</c>.</returns>
    public async Task<Result<OpenedSession>> LoginServiceAsync(string name, string key, string door = Door.CommandLine, CancellationToken cancel = default)
    {
        var now = clock.GetCurrentInstant();
        await using var session = await database.RunAsync(cancel);
        var tenant = await PeopleStore.FindTenantAsync(session, cancel);
        var user = tenant is null ? null : await PeopleStore.FindUserAsync(session, tenant.ProvinceCode, name, now, cancel);
        if (user?.LockedUntil > now) return await LockedAsync(session, user, door, now, cancel);
        var fits = CryptographicOperations.FixedTimeEquals(TokenHash(key.Trim()), user?.KeyHash ?? new byte[32]);
        if (user?.KeyHash is null || !fits)
        {
            if (user is not null) await PeopleStore.CountFailureAsync(session, user, FailuresMax, now + LockedFor, cancel);
            if (tenant is not null) await UserChangeStore.EventAsync(session, tenant.ProvinceCode, name, "login_wrong", door, "", now, cancel);
            return new Problem("not_allowed.login", "The name or the key is wrong.", "Use the key file that was written when the account was added, or have an administrator renew it: payengine user key NAME --out F");
        }

        return await OpenAsync(session, user, door, null, now, cancel);
    }

    /// <summary>Opens a session for a person whose passkey has just been checked, with the person verified by it: possession and person at once.</summary>
    public async Task<Result<OpenedSession>> OpenByPasskeyAsync(string userName, string door = Door.Web, CancellationToken cancel = default)
    {
        var now = clock.GetCurrentInstant();
        await using var session = await database.RunAsync(cancel);
        if (await PeopleStore.FindTenantAsync(session, cancel) is not { } tenant || await PeopleStore.FindUserAsync(session, tenant.ProvinceCode, userName, now, cancel) is not { Kind: "person" } user) return NoSession;
        return user.LockedUntil > now ? await LockedAsync(session, user, door, now, cancel) : await OpenAsync(session, user, door, now + ProofLasts, now, cancel);
    }

    /// <summary>Shows the second factor again (step-up): the session goes on under a new token, proven for <see cref="ProofLasts"/>.</summary>
    /// <param name="provinceCode">Of the session.</param>
    /// <param name="token">Of the session; it is over afterwards.</param>
    /// <param name="code">Six figures of the authenticator; null: a passkey was checked.</param>
    /// <param name="door">See <see cref="Door"/>.</param>
    /// <param name="cancel">Cancels it.</param>
    /// <returns><c>not_allowed.session</c>, <c>not_allowed.no_second_factor</c>, <c>not_allowed.code</c>, <c>not_allowed.code_used</c>, <c>not_allowed.locked</c>.</returns>
    public async Task<Result<OpenedSession>> StepUpAsync(short provinceCode, string token, string? code, string door = Door.CommandLine, CancellationToken cancel = default)
    {
        var now = clock.GetCurrentInstant();
        await using var session = await database.RunAsync(cancel);
        if (await PeopleStore.FindSessionAsync(session, provinceCode, TokenHash(token), now, now - SessionIdleMax, cancel) is not { } user) return NoSession;
        if (user.LockedUntil > now) return await LockedAsync(session, user, door, now, cancel);
        if (code is not null)
        {
            if (await SecondFactorStore.FindLiveAsync(session, provinceCode, user.UserName, cancel) is not { } authenticator) return NoAuthenticator(user.UserName);
            if (await WrongCodeAsync(session, user, authenticator, code, door, now, cancel) is { } wrong) return wrong;
        }

        var newToken = NewToken();
        if (await PeopleStore.RenewSessionAsync(session, provinceCode, TokenHash(token), TokenHash(newToken), now, now + ProofLasts, cancel) is not { } expiresAt) return NoSession;
        await UserChangeStore.EventAsync(session, provinceCode, user.UserName, "confirmed", door, "", now, cancel);
        return new OpenedSession(provinceCode, newToken, user.UserName, user.FullName, expiresAt, now + ProofLasts);
    }

    /// <summary>The caller behind a session, or <c>not_allowed.session</c> when it is closed, expired or idle for too long.</summary>
    public async Task<Result<Caller>> CallerOfAsync(short provinceCode, string token, CancellationToken cancel)
    {
        var now = clock.GetCurrentInstant();
        await using var session = await database.RunAsync(cancel);
        return await PeopleStore.FindSessionAsync(session, provinceCode, TokenHash(token), now, now - SessionIdleMax, cancel) is { } user
            ? await BreakGlasses.LendAsync(session, new Caller(user.ProvinceCode, user.UserName, user.FullName, user.Roles.ToHashSet(StringComparer.Ordinal), user.Communes) { ProvenUntil = user.ProvenUntil, BankBin = user.Roles.Contains(Role.Bank) ? user.BankBin : null }, now, cancel)
            : NoSession;
    }

    /// <summary>Closes a session. False when it was over already.</summary>
    public async Task<bool> LogoutAsync(short provinceCode, string token, string door = Door.CommandLine, CancellationToken cancel = default)
    {
        var now = clock.GetCurrentInstant();
        await using var session = await database.RunAsync(cancel);
        var user = await PeopleStore.FindSessionAsync(session, provinceCode, TokenHash(token), now, now - SessionIdleMax, cancel);
        if (!await PeopleStore.CloseSessionAsync(session, provinceCode, TokenHash(token), now, cancel)) return false;
        if (user is not null) await UserChangeStore.EventAsync(session, provinceCode, user.UserName, "logout", door, "", now, cancel);
        return true;
    }

    /// <summary>Closes every session of the caller, this one too; how many there were.</summary>
    public async Task<int> LogoutEverywhereAsync(Caller caller, string door = Door.CommandLine, CancellationToken cancel = default)
    {
        var now = clock.GetCurrentInstant();
        await using var session = await database.RunAsync(cancel);
        var closed = await UserChangeStore.CloseSessionsAsync(session, caller.ProvinceCode, caller.UserName, now, cancel);
        await UserChangeStore.EventAsync(session, caller.ProvinceCode, caller.UserName, "logout_everywhere", door, "", now, cancel);
        return closed;
    }

    /// <summary>The caller's open sessions; <paramref name="token"/> is that of this one.</summary>
    public async Task<IReadOnlyList<ListedSession>> SessionsAsync(Caller caller, string token, CancellationToken cancel = default)
    {
        var now = clock.GetCurrentInstant();
        await using var session = await database.RunAsync(cancel);
        return await PeopleStore.ListSessionsAsync(session, caller.ProvinceCode, caller.UserName, TokenHash(token), now, now - SessionIdleMax, cancel);
    }

    /// <summary>Changes the caller's own password; all other sessions end.</summary>
    /// <returns><c>not_allowed.login</c> when the old one is wrong, or why the new one is too weak.</returns>
    public async Task<Result<bool>> ChangePasswordAsync(Caller caller, string password, string newPassword, string door = Door.CommandLine, CancellationToken cancel = default)
    {
        var now = clock.GetCurrentInstant();
        if ((Passphrase.WhyNot(newPassword, caller.UserName) ?? (newPassword == password ? Passphrase.Same : null)) is { } weak) return weak;
        await using var session = await database.RunAsync(cancel);
        if (await PeopleStore.FindUserAsync(session, caller.ProvinceCode, caller.UserName, now, cancel) is not { PasswordHash: { } hash } user) return NoSession;
        if (user.LockedUntil > now) return await LockedAsync(session, user, door, now, cancel);
        if (hasher.VerifyHashedPassword(user.UserName, hash, password) == PasswordVerificationResult.Failed)
        {
            await PeopleStore.CountFailureAsync(session, user, FailuresMax, now + LockedFor, cancel);
            await UserChangeStore.EventAsync(session, user.ProvinceCode, user.UserName, "login_wrong", door, "", now, cancel);
            return new Problem("not_allowed.login", "The old password is wrong.", $"Try again; after {FailuresMax} wrong passwords the user is locked for 15 minutes.");
        }

        await UserChangeStore.CloseSessionsAsync(session, user.ProvinceCode, user.UserName, now, cancel);
        await ChangeAsync(session, user, newPassword, door, now, cancel);
        return true;
    }

    /// <summary>Begins an authenticator app: the secret is told here and never again. It counts from its first right code (<see cref="ConfirmAuthenticatorAsync"/>).</summary>
    /// <returns><c>not_allowed.step_up</c> when there is one already, or the first days are over, and no second factor was just shown.</returns>
    public async Task<Result<(byte[] Secret, string Uri)>> BeginAuthenticatorAsync(Caller caller, CancellationToken cancel = default)
    {
        var now = clock.GetCurrentInstant();
        await using var session = await database.RunAsync(cancel);
        if (await PeopleStore.FindUserAsync(session, caller.ProvinceCode, caller.UserName, now, cancel) is not { Kind: "person" } user) return NoSession;
        var live = await SecondFactorStore.FindLiveAsync(session, user.ProvinceCode, user.UserName, cancel);
        if ((live is not null || !(user.EnrolUntil > now)) && caller.LacksProof(now) is { } lacks) return lacks;
        var opened = keys();
        if (!opened.TryGet(out var folder)) return Result<(byte[], string)>.Refuse(opened.Problems);
        using var cipher = folder.OpenCipher();
        var secret = RandomNumberGenerator.GetBytes(TimedCode.SecretBytes);
        await session.InTransactionAsync(() => SecondFactorStore.InsertAsync(session, user.ProvinceCode, user.UserName, cipher.CurrentKey, cipher.Encrypt(SecretKind.AuthenticatorSecret, secret), now, cancel), cancel: cancel);
        return (secret, TimedCode.Uri(user.UserName, user.ProvinceCode, secret));
    }

    /// <summary>The first code of a begun authenticator app: from now on it is asked at every login.</summary>
    /// <returns><c>not_allowed.code</c>, or <c>user.no_authenticator_begun</c>.</returns>
    public async Task<Result<bool>> ConfirmAuthenticatorAsync(Caller caller, string code, string door = Door.CommandLine, CancellationToken cancel = default)
    {
        var now = clock.GetCurrentInstant();
        await using var session = await database.RunAsync(cancel);
        if (await PeopleStore.FindUserAsync(session, caller.ProvinceCode, caller.UserName, now, cancel) is not { } user) return NoSession;
        if (user.LockedUntil > now) return await LockedAsync(session, user, door, now, cancel);
        if (await SecondFactorStore.FindPendingAsync(session, user.ProvinceCode, user.UserName, cancel) is not { } pending)
            return new Problem("user.no_authenticator_begun", $"{user.UserName} has begun no authenticator app.", "Begin one: payengine user totp --out F");
        var step = await StepOfAsync(pending, code, now);
        if (!step.IsOk) return Result<bool>.Refuse(step.Problems);
        if (step.Value is not { } found) return await WrongAsync(session, user, door, now, cancel);
        await session.InTransactionAsync(async () =>
        {
            await SecondFactorStore.ConfirmAsync(session, user.ProvinceCode, user.UserName, pending.FactorNo, found, now, cancel);
            await UserChangeStore.EventAsync(session, user.ProvinceCode, user.UserName, "totp_enrolled", door, "", now, cancel);
        }, cancel: cancel);
        return true;
    }

    /// <summary>Nobody is logged in.</summary>
    public static Problem NoSession => new("not_allowed.session", "You are not logged in, or the session is over.", "Log in: payengine login NAME --password-file F");

    /// <summary>SHA-256 of a token or key, as the database keeps it.</summary>
    internal static byte[] TokenHash(string token) => SHA256.HashData(Encoding.UTF8.GetBytes(token));

    internal static string NewToken() => Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(TokenBytes));

    static readonly Lazy<string> NobodysHash = new(() => new PasswordHasher<string>().HashPassword("", NewToken()));

    static Problem NoAuthenticator(string userName) => new("not_allowed.no_second_factor", $"{userName} has no authenticator app.", "Set one up: payengine user totp --out F");

    async Task ChangeAsync(DatabaseSession session, StoredUser user, string newPassword, string door, Instant now, CancellationToken cancel)
    {
        await UserChangeStore.SetPasswordAsync(session, user.ProvinceCode, user.UserName, hasher.HashPassword(user.UserName, newPassword), cancel);
        await UserChangeStore.EventAsync(session, user.ProvinceCode, user.UserName, "password_changed", door, "", now, cancel);
    }

    static async Task<OpenedSession> OpenAsync(DatabaseSession session, StoredUser user, string door, Instant? provenUntil, Instant now, CancellationToken cancel)
    {
        var token = NewToken();
        await PeopleStore.OpenSessionAsync(session, user, TokenHash(token), door, now, now + SessionLasts, provenUntil, cancel);
        await UserChangeStore.EventAsync(session, user.ProvinceCode, user.UserName, "login", door, "", now, cancel);
        return new OpenedSession(user.ProvinceCode, token, user.UserName, user.FullName, now + SessionLasts, provenUntil);
    }

    static async Task<Problem> LockedAsync(DatabaseSession session, StoredUser user, string door, Instant now, CancellationToken cancel)
    {
        await UserChangeStore.EventAsync(session, user.ProvinceCode, user.UserName, "login_locked", door, "", now, cancel);
        return new Problem("not_allowed.locked", $"{user.UserName} is locked after {FailuresMax} wrong passwords or codes.", "Wait 15 minutes, then log in with the right ones; or have an administrator unlock it: payengine user unlock NAME");
    }

    async Task<Problem?> WrongCodeAsync(DatabaseSession session, StoredUser user, StoredAuthenticator authenticator, string code, string door, Instant now, CancellationToken cancel)
    {
        var step = await StepOfAsync(authenticator, code, now);
        if (!step.IsOk) return step.Problems[0];
        if (step.Value is not { } found) return await WrongAsync(session, user, door, now, cancel);
        return await SecondFactorStore.UseAsync(session, user.ProvinceCode, user.UserName, authenticator.FactorNo, found, cancel) ? null
            : new Problem("not_allowed.code_used", "This code, or a later one, was used already.", "Each code counts once: wait for the next one, half a minute at most.");
    }

    static async Task<Problem> WrongAsync(DatabaseSession session, StoredUser user, string door, Instant now, CancellationToken cancel)
    {
        await PeopleStore.CountFailureAsync(session, user, FailuresMax, now + LockedFor, cancel);
        await UserChangeStore.EventAsync(session, user.ProvinceCode, user.UserName, "code_wrong", door, "", now, cancel);
        return new Problem("not_allowed.code", "The code is wrong.", $"Type the six figures that the app shows now, and check the telephone's clock; after {FailuresMax} wrong codes the user is locked for 15 minutes.");
    }

    Task<Result<long?>> StepOfAsync(StoredAuthenticator authenticator, string code, Instant now)
    {
        var opened = keys();
        if (!opened.TryGet(out var folder)) return Task.FromResult(Result<long?>.Refuse(opened.Problems));
        using var cipher = folder.OpenCipher();
        Span<byte> secret = stackalloc byte[AccountCipher.PlainBytesMax];
        try
        {
            secret = secret[..cipher.Decrypt(SecretKind.AuthenticatorSecret, authenticator.SecretKey, authenticator.SecretCipher, secret)];
        }
        catch (CryptographicException)
        {
            return Task.FromResult(Result<long?>.Refuse([new Problem("keys.foreign", "The key folder does not open the secret of the authenticator.", "Put back the key folder that belongs to this database, or name it in PAYENGINE_KEYS.")]));
        }

        return Task.FromResult(Result<long?>.Ok(TimedCode.Find(secret, code.Trim(), now)));
    }
}
