using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Identity;
using NodaTime;
using PaymentEngine.App.CommandLine;
using PaymentEngine.Core;
using PaymentEngine.Messages.Csv;
using PaymentEngine.Postgres;

namespace PaymentEngine.App.Operations;

/// <summary>A user to be added.</summary>
/// <param name="CommuneCodes">The communes they see and act in; empty is the whole province.</param>
public sealed record NewUser(string UserName, string FullName, string Password, IReadOnlyList<string> Roles, IReadOnlyList<string> CommuneCodes);

/// <summary>A session just opened. The token proves the person; the database keeps its SHA-256 only.</summary>
public sealed record OpenedSession(short ProvinceCode, string Token, string UserName, string FullName, Instant ExpiresAt);

/// <summary>Who uses the program: adding users, logging in, and the caller behind a session.</summary>
public sealed class People(Database database, IClock clock)
{
    /// <summary>So many wrong passwords in a row lock a user …</summary>
    public const int FailuresMax = 5;

    /// <summary>… for so long.</summary>
    public static readonly Duration LockedFor = Duration.FromMinutes(15);

    /// <summary>A working day; then the password is asked again.</summary>
    public static readonly Duration SessionLasts = Duration.FromHours(12);

    /// <summary>Without a command for so long a session is over.</summary>
    public static readonly Duration SessionIdleMax = Duration.FromHours(2);

    const int PasswordCharactersMin = 8;
    const int TokenBytes = 32;

    readonly PasswordHasher<string> hasher = new();

    /// <summary>Adds a user. The first one of a database needs no caller, must be an administrator, and names the province; later only an administrator adds.</summary>
    public async Task<Result<NewUser>> AddAsync(Caller? caller, NewUser user, short? provinceCode, CancellationToken cancel)
    {
        var problems = Check(user).ToList();
        if (problems.Count > 0) return Result<NewUser>.Refuse(problems);
        var now = clock.GetCurrentInstant();
        await using var session = await database.RunAsync(cancel);
        return await session.InTransactionAsync(async () =>
        {
            // Two who add the first user at once stand in line.
            await session.ExecuteAsync("-- People.Add: one at a time\nSELECT pg_advisory_xact_lock(hashtext('payengine.people'))", null, cancel);
            var tenant = await PeopleStore.FindTenantAsync(session, cancel);
            var province = tenant?.ProvinceCode ?? provinceCode;
            if (province is not { } code)
                return new Problem("user.province_missing", "This database does not know its province yet.", "Add the first user with --province CODE (the two digits of law/provinces.csv).");
            if (provinceCode is not null && provinceCode != code)
                return new Problem("user.other_province", FormattableString.Invariant($"This database is of province {code:00}."), "A database serves one province for its life; leave --province out.");
            if (!ProvinceNames.Today.TryGetValue(code, out var name))
                return new Problem("user.province_unknown", FormattableString.Invariant($"{code:00} is not a province of today."), "Use the two digits of law/provinces.csv.");
            if (await PeopleStore.HasUsersAsync(session, code, cancel))
            {
                if (caller is null) return NoSession;
                if (caller.Lacks(Role.Administrator) is { } lacks) return lacks;
            }
            else if (!user.Roles.Contains(Role.Administrator))
            {
                return new Problem("user.first_administrator", "The first user adds the others, so it needs the role administrator.", $"Add it with --role {string.Join(',', user.Roles.Append(Role.Administrator))}.");
            }
            await PeopleStore.MakeTenantAsync(session, code, name, now, cancel);
            var communes = await PeopleStore.FindCommunesAsync(session, code, [.. user.CommuneCodes], cancel);
            var unknown = user.CommuneCodes.Where(commune => !communes.ContainsKey(commune)).ToList();
            if (unknown.Count > 0)
                return Result<NewUser>.Refuse(unknown.Select(commune => new Problem("user.commune_unknown", $"No commune has the code '{commune}'.", "Import the communes (areas.csv) first, and use their codes.")).ToList());
            var start = await OperationLog.BeginOrTellAsync(session, code, $"user.add {user.UserName}", "user.add",
                OperationLog.RequestHash([user.UserName, user.FullName, .. user.Roles, .. user.CommuneCodes]), caller?.UserName ?? user.UserName, now, cancel);
            var hash = hasher.HashPassword(user.UserName, user.Password);
            var added = start.DoneResult is null && !start.OtherRequest && await PeopleStore.AddUserAsync(session, code, user.UserName, user.FullName, hash, [.. user.Roles],
                user.CommuneCodes.Count == 0 ? null : [.. user.CommuneCodes.Select(commune => communes[commune]).Order()], now, cancel);
            if (!added) return new Problem("user.exists", $"There is a user {user.UserName} already.", "Take another name: names are not given twice, so that the audit stays readable.");
            var said = JsonText.Write(new { user.UserName, user.FullName, user.Roles, user.CommuneCodes });
            await OperationLog.CompleteAsync(session, code, start.OperationNo, said, said, now, cancel);
            return Result<NewUser>.Ok(user);
        }, answer => answer.IsOk, cancel: cancel);
    }

    /// <summary>Proves a person by password and opens a session.</summary>
    /// <returns><c>not_allowed.login</c> for a wrong name or password alike, <c>not_allowed.locked</c> after five wrong passwords.</returns>
    public async Task<Result<OpenedSession>> LoginAsync(string userName, string password, CancellationToken cancel)
    {
        var now = clock.GetCurrentInstant();
        await using var session = await database.RunAsync(cancel);
        var tenant = await PeopleStore.FindTenantAsync(session, cancel);
        if (tenant is null) return new Problem("not_allowed.no_users", "There is no user yet.", "Add the first one: payengine user add NAME --role administrator --province CODE --password-file F");
        var user = await PeopleStore.FindUserAsync(session, tenant.ProvinceCode, userName, now, cancel);
        if (user?.LockedUntil > now)
            return new Problem("not_allowed.locked", $"{userName} is locked after {FailuresMax} wrong passwords.", "Wait 15 minutes, then log in with the right password.");
        // An unknown name costs the same time as a wrong password, and is told the same.
        var proven = hasher.VerifyHashedPassword(userName, user?.PasswordHash ?? NobodysHash.Value, password);
        if (user is null || proven == PasswordVerificationResult.Failed)
        {
            if (user is not null) await PeopleStore.CountFailureAsync(session, user, FailuresMax, now + LockedFor, cancel);
            return new Problem("not_allowed.login", "The name or the password is wrong.", $"Try again; after {FailuresMax} wrong passwords the user is locked for 15 minutes.");
        }
        await PeopleStore.ClearFailuresAsync(session, user, proven == PasswordVerificationResult.SuccessRehashNeeded ? hasher.HashPassword(userName, password) : user.PasswordHash, cancel);
        var token = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(TokenBytes));
        await PeopleStore.OpenSessionAsync(session, user, TokenHash(token), now, now + SessionLasts, cancel);
        return new OpenedSession(tenant.ProvinceCode, token, user.UserName, user.FullName, now + SessionLasts);
    }

    /// <summary>The caller behind a session, or <c>not_allowed.session</c> when it is closed, expired or idle for too long.</summary>
    public async Task<Result<Caller>> CallerOfAsync(short provinceCode, string token, CancellationToken cancel)
    {
        var now = clock.GetCurrentInstant();
        await using var session = await database.RunAsync(cancel);
        return await PeopleStore.FindSessionAsync(session, provinceCode, TokenHash(token), now, now - SessionIdleMax, cancel) is { } user
            ? new Caller(user.ProvinceCode, user.UserName, user.FullName, user.Roles.ToHashSet(StringComparer.Ordinal), user.Communes)
            : NoSession;
    }

    /// <summary>Closes a session. False when it was over already.</summary>
    public async Task<bool> LogoutAsync(short provinceCode, string token, CancellationToken cancel)
    {
        await using var session = await database.RunAsync(cancel);
        return await PeopleStore.CloseSessionAsync(session, provinceCode, TokenHash(token), clock.GetCurrentInstant(), cancel);
    }

    /// <summary>All users of the province, for administrators and auditors.</summary>
    public async Task<Result<IReadOnlyList<ListedUser>>> ListAsync(Caller caller, CancellationToken cancel)
    {
        if (caller.Lacks(Role.Administrator, Role.Auditor) is { } lacks) return lacks;
        await using var session = await database.RunAsync(cancel);
        return Result<IReadOnlyList<ListedUser>>.Ok(await PeopleStore.ListAsync(session, caller.ProvinceCode, clock.GetCurrentInstant(), cancel));
    }

    /// <summary>Nobody is logged in.</summary>
    public static Problem NoSession => new("not_allowed.session", "You are not logged in, or the session is over.", "Log in: payengine login NAME --password-file F");

    static readonly Lazy<string> NobodysHash = new(() => new PasswordHasher<string>().HashPassword("", Convert.ToHexString(RandomNumberGenerator.GetBytes(TokenBytes))));

    static byte[] TokenHash(string token) => SHA256.HashData(Encoding.ASCII.GetBytes(token));

    static IEnumerable<Problem> Check(NewUser user)
    {
        if (!Regex.IsMatch(user.UserName, "^[a-z0-9][a-z0-9._-]{1,39}$"))
            yield return new Problem("user.name_malformed", $"'{user.UserName}' is not a user name.", "Use 2 to 40 small letters, digits, dots, hyphens or underscores.");
        if (string.IsNullOrWhiteSpace(user.FullName)) yield return new Problem("user.full_name_missing", "The full name is empty.", "Give the name that stands on papers: --name \"Nguyễn Thị A\"");
        if (user.Password.Length < PasswordCharactersMin) yield return new Problem("user.password_short", $"The password has fewer than {PasswordCharactersMin} characters.", "Choose a longer one.");
        if (user.Roles.Count == 0) yield return new Problem("user.role_missing", "The user has no role.", $"Name at least one: {string.Join(", ", Role.All)}.");
        foreach (var role in user.Roles.Except(Role.All)) yield return new Problem("user.role_unknown", $"'{role}' is not a role.", $"Use: {string.Join(", ", Role.All)}.");
    }
}
