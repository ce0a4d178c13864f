using System.Security.Cryptography;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Identity;
using NodaTime;
using PaymentEngine.App.CommandLine;
using PaymentEngine.App.Operations.Access;
using PaymentEngine.Core;
using PaymentEngine.Messages.Csv;
using PaymentEngine.Postgres;
using PaymentEngine.Postgres.Users;

namespace PaymentEngine.App.Operations.Users;

/// <summary>A person to be added.</summary>
/// <param name="CommuneCodes">The communes they see and act in; empty is the whole province.</param>
public sealed record NewUser(string UserName, string FullName, string Password, IReadOnlyList<string> Roles, IReadOnlyList<string> CommuneCodes);

/// <summary>A service account to be added.</summary>
/// <param name="Role"><see cref="Role.Bank"/> or <see cref="Role.Worker"/>.</param>
/// <param name="BankBin">Of a bank's account: the bank.</param>
public sealed record NewService(string Name, string FullName, string Role, string? BankBin);

/// <summary>A user as added.</summary>
/// <param name="ChangeNo">Number of the item for the second administrator.</param>
/// <param name="IsPending">It waits for the second administrator.</param>
/// <param name="Key">Of a service account: told here and never again.</param>
public sealed record AddedUser(string UserName, string FullName, IReadOnlyList<string> Roles, IReadOnlyList<string> CommuneCodes, int ChangeNo, bool IsPending, string? Key = null);

/// <summary>The answer to an item about a user.</summary>
/// <param name="OncePassword">Of an approved recovery: a password for once, told here and never again.</param>
public sealed record AnsweredUserChange(StoredUserChange Change, string? OncePassword, Instant? Until);

/// <summary>What administrators do about users: add, give roles, recover, end. Where the province has two administrators, the second one confirms; recovery always takes two.</summary>
/// <remarks>An administrator who could add people alone would be every pair of people that the separation of duties asks for.</remarks>
public sealed partial class UserAdministration(Database database, IClock clock)
{
    /// <summary>So long after an account was added or recovered its second factor can be set up by password alone; and so long a password for once counts.</summary>
    public static readonly Duration EnrolWithin = Duration.FromDays(1);

    readonly PasswordHasher<string> hasher = new();

    /// <summary>Adds a person. The first one of a database needs no caller, must be an administrator, and names the province; later only an administrator adds.</summary>
    public async Task<Result<AddedUser>> AddAsync(Caller? caller, NewUser user, short? provinceCode, CancellationToken cancel)
    {
        var problems = Check(user).ToList();
        if (problems.Count > 0) return Result<AddedUser>.Refuse(problems);
        return await AddAsync(caller, provinceCode, user.UserName, user.FullName, user.Roles, user.CommuneCodes, hasher.HashPassword(user.UserName, user.Password), null, null, cancel);
    }

    /// <summary>Adds an account for a bank's program or a worker; it logs in with a key, and can do nothing that asks for a second factor.</summary>
    public async Task<Result<AddedUser>> AddServiceAsync(Caller caller, NewService service, CancellationToken cancel)
    {
        if (CheckName(service.Name) is { } malformed) return malformed;
        if (service.Role is not (Role.Bank or Role.Worker)) return new Problem("user.role_unknown", $"'{service.Role}' is not a role of a service account.", $"Use: {Role.Bank}, {Role.Worker}.");
        if ((service.Role == Role.Bank) != (service.BankBin is not null)) return new Problem("user.bank", "The account of a bank names the bank, and no other does.", "Add --bank BIN (six figures) with the role bank.");
        if (service.BankBin is { } bin && !BinPattern().IsMatch(bin)) return new Problem("user.bank", $"'{bin}' is not a bank's number.", "Use the six figures of the bank (BIN).");
        var key = UserSessions.NewToken();
        var added = await AddAsync(caller, null, service.Name, service.FullName, [service.Role], [], null, UserSessions.TokenHash(key), service.BankBin, cancel);
        return added.Select(one => one with { Key = key });
    }

    /// <summary>Asks that a user hold these roles and no other.</summary>
    public Task<Result<StoredUserChange>> AskRolesAsync(Caller caller, string userName, IReadOnlyList<string> roles, string reason, CancellationToken cancel)
    {
        var unknown = roles.Except(Role.OfPeople).ToList();
        return roles.Count == 0 || unknown.Count > 0
            ? Task.FromResult(Result<StoredUserChange>.Refuse([new Problem(roles.Count == 0 ? "user.role_missing" : "user.role_unknown", roles.Count == 0 ? "The user has no role." : $"'{unknown[0]}' is not a role.", $"Use: {string.Join(", ", Role.OfPeople)}.")]))
            : AskAsync(caller, userName, "roles", [.. roles], reason, cancel);
    }

    /// <summary>Asks that a person who lost password or second factor get a password for once. It always takes a second administrator.</summary>
    public Task<Result<StoredUserChange>> AskRecoveryAsync(Caller caller, string userName, string reason, CancellationToken cancel) => AskAsync(caller, userName, "recover", null, reason, cancel);

    /// <summary>The second administrator's answer.</summary>
    /// <param name="caller">An administrator who did not ask, and whom it is not about.</param>
    /// <param name="changeNo">Number of the item.</param>
    /// <param name="rejection">Why not; null approves.</param>
    /// <param name="cancel">Cancels before the commit.</param>
    public async Task<Result<AnsweredUserChange>> AnswerAsync(Caller caller, int changeNo, string? rejection, CancellationToken cancel)
    {
        var now = clock.GetCurrentInstant();
        if ((caller.Lacks(Role.Administrator) ?? caller.LacksProof(now)) is { } lacks) return lacks;
        if (rejection is not null && string.IsNullOrWhiteSpace(rejection)) return new Problem("usage.reason_missing", "A rejection says why.", "Add --reason \"…\".");
        await using var session = await database.RunAsync(cancel);
        return await session.InTransactionAsync(async () =>
        {
            await OneAtATimeAsync(session, cancel);
            if (await UserChangeStore.FindAsync(session, caller.ProvinceCode, changeNo, cancel) is not { } change) return NoChange(changeNo);
            if (change.Alone || change.Answer is not null) return new Problem("not_allowed.answered", FormattableString.Invariant($"Change {changeNo} is answered already."), "See: payengine user pending --all");
            if (rejection is null && (change.AskedBy == caller.UserName || change.UserName == caller.UserName))
                return new Problem("not_allowed.own_change", $"{caller.UserName} asked for change {changeNo.ToString(System.Globalization.CultureInfo.InvariantCulture)}, or it is about {caller.UserName}.", "Another administrator approves it.");
            var answer = rejection is null ? "approved" : "rejected";
            var start = await OperationLog.BeginAsync(session, caller.ProvinceCode, FormattableString.Invariant($"user.answer {changeNo}"), "user.answer", OperationLog.RequestHash([answer, rejection ?? ""]), caller.UserName, now, cancel);
            await UserChangeStore.AnswerAsync(session, caller.ProvinceCode, changeNo, answer, rejection?.Trim() ?? "", caller.UserName, now, start.OperationNo, cancel);
            var once = rejection is null && change.Kind == "recover" ? Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(10)) : null;
            if (rejection is null) await ApplyAsync(session, caller, change, once, now, cancel);
            var said = JsonText.Write(new { change = changeNo, change.UserName, change.Kind, change.Roles, change.AskedBy, answer });
            await OperationLog.CompleteAsync(session, caller.ProvinceCode, start.OperationNo, said, said, now, cancel);
            return Result<AnsweredUserChange>.Ok(new(change with { Answer = answer, AnsweredBy = caller.UserName, AnsweredAt = now }, once, once is null ? null : now + EnrolWithin));
        }, answer => answer.IsOk, cancel: cancel);
    }

    /// <summary>Ends a user for good, and closes the sessions: the name is not given again.</summary>
    public Task<Result<bool>> EndAsync(Caller caller, string userName, string reason, CancellationToken cancel) => AtOnceAsync(caller, "user.end", userName, reason, "ended", async (session, now) =>
    {
        if (!await UserChangeStore.EndAsync(session, caller.ProvinceCode, userName, now, cancel)) return NoUser(userName);
        await UserChangeStore.CloseSessionsAsync(session, caller.ProvinceCode, userName, now, cancel);
        return true;
    }, cancel);

    /// <summary>Ends the lock after wrong passwords or codes before its time.</summary>
    public Task<Result<bool>> UnlockAsync(Caller caller, string userName, string reason, CancellationToken cancel) => AtOnceAsync(caller, "user.unlock", userName, reason, "unlocked", async (session, now) =>
        await UserChangeStore.UnlockAsync(session, caller.ProvinceCode, userName, now, cancel) ? true : NoUser(userName), cancel);

    /// <summary>A new key for a service account; the old one is over at once, and its sessions.</summary>
    public async Task<Result<string>> RenewKeyAsync(Caller caller, string name, string reason, CancellationToken cancel)
    {
        var key = UserSessions.NewToken();
        var renewed = await AtOnceAsync(caller, "user.key", name, reason, "key_renewed", async (session, now) =>
        {
            if (!await UserChangeStore.SetKeyAsync(session, caller.ProvinceCode, name, UserSessions.TokenHash(key), now, cancel)) return NoUser(name);
            await UserChangeStore.CloseSessionsAsync(session, caller.ProvinceCode, name, now, cancel);
            return true;
        }, cancel);
        return renewed.Select(_ => key);
    }

    /// <summary>All users of the province, for administrators and auditors.</summary>
    public async Task<Result<IReadOnlyList<ListedUser>>> ListAsync(Caller caller, CancellationToken cancel)
    {
        if (caller.Lacks(AccessRules.UserList) is { } lacks) return lacks;
        await using var session = await database.RunAsync(cancel);
        return Result<IReadOnlyList<ListedUser>>.Ok(await PeopleStore.ListAsync(session, caller.ProvinceCode, clock.GetCurrentInstant(), cancel));
    }

    /// <summary>What waits for a second administrator, or everything that was asked for.</summary>
    public async Task<Result<IReadOnlyList<StoredUserChange>>> ChangesAsync(Caller caller, bool all, CancellationToken cancel)
    {
        if (caller.Lacks(Role.Administrator, Role.Auditor) is { } lacks) return lacks;
        await using var session = await database.RunAsync(cancel);
        return Result<IReadOnlyList<StoredUserChange>>.Ok(await UserChangeStore.ListAsync(session, caller.ProvinceCode, all, cancel));
    }

    /// <summary>Logins and what else happened at the door, the latest first; everybody's for administrators and auditors, one's own for all.</summary>
    public async Task<Result<IReadOnlyList<UserEvent>>> EventsAsync(Caller caller, string? userName, int most, CancellationToken cancel)
    {
        if (userName != caller.UserName && caller.Lacks(Role.Administrator, Role.Auditor) is { } lacks) return lacks;
        await using var session = await database.RunAsync(cancel);
        return Result<IReadOnlyList<UserEvent>>.Ok(await UserChangeStore.EventsAsync(session, caller.ProvinceCode, userName, most, cancel));
    }

    async Task<Result<AddedUser>> AddAsync(Caller? caller, short? provinceCode, string userName, string fullName, IReadOnlyList<string> roles, IReadOnlyList<string> communeCodes, string? passwordHash, byte[]? keyHash, string? bankBin, CancellationToken cancel)
    {
        var now = clock.GetCurrentInstant();
        await using var session = await database.RunAsync(cancel);
        return await session.InTransactionAsync(async () =>
        {
            await OneAtATimeAsync(session, cancel);
            var tenant = await PeopleStore.FindTenantAsync(session, cancel);
            var province = tenant?.ProvinceCode ?? provinceCode;
            if (province is not { } code)
                return new Problem("user.province_missing", "This database does not know its province yet.", "Add the first user with --province CODE (the two digits of law/provinces.csv).");
            if (provinceCode is not null && provinceCode != code)
                return new Problem("user.other_province", FormattableString.Invariant($"This database is of province {code:00}."), "A database serves one province for its life; leave --province out.");
            if (!ProvinceNames.Today.TryGetValue(code, out var name))
                return new Problem("user.province_unknown", FormattableString.Invariant($"{code:00} is not a province of today."), "Use the two digits of law/provinces.csv.");
            var isFirst = !await PeopleStore.HasUsersAsync(session, code, cancel);
            if (!isFirst)
            {
                if (caller is null) return UserSessions.NoSession;
                if ((caller.Lacks(Role.Administrator) ?? caller.LacksProof(now)) is { } lacks) return lacks;
            }
            else if (!roles.Contains(Role.Administrator))
            {
                return new Problem("user.first_administrator", "The first user adds the others, so it needs the role administrator.", $"Add it with --role {string.Join(',', roles.Append(Role.Administrator))}.");
            }

            await PeopleStore.MakeTenantAsync(session, code, name, now, cancel);
            var communes = await PeopleStore.FindCommunesAsync(session, code, [.. communeCodes], cancel);
            var unknown = communeCodes.Where(commune => !communes.ContainsKey(commune)).ToList();
            if (unknown.Count > 0)
                return Result<AddedUser>.Refuse(unknown.Select(commune => new Problem("user.commune_unknown", $"No commune has the code '{commune}'.", "Import the communes (areas.csv) first, and use their codes.")).ToList());
            var alone = isFirst || await UserChangeStore.AdministratorsAsync(session, code, now, cancel) < 2;
            var asker = caller?.UserName ?? userName;
            var start = await OperationLog.BeginOrTellAsync(session, code, $"user.add {userName}", "user.add", OperationLog.RequestHash([userName, fullName, .. roles, .. communeCodes]), asker, now, cancel);
            var stored = new StoredUser(code, userName, fullName, keyHash is null ? "person" : "service", passwordHash, null, keyHash, bankBin, [.. roles], communeCodes.Count == 0 ? null : [.. communeCodes.Select(commune => communes[commune]).Order()],
                keyHash is null ? now + EnrolWithin : null, 0, null, null);
            if (start.DoneResult is not null || start.OtherRequest || !await PeopleStore.AddUserAsync(session, stored, !alone, now, cancel))
                return new Problem("user.exists", $"There is a user {userName} already.", "Take another name: names are not given twice, so that the audit stays readable.");
            var changeNo = await UserChangeStore.InsertAsync(session, code, userName, "add", null, "", alone, asker, now, start.OperationNo, cancel);
            var said = JsonText.Write(new { user = userName, name = fullName, roles, communes = communeCodes, bank = bankBin, change = changeNo, alone });
            await OperationLog.CompleteAsync(session, code, start.OperationNo, said, said, now, cancel);
            return Result<AddedUser>.Ok(new(userName, fullName, roles, communeCodes, changeNo, !alone));
        }, answer => answer.IsOk, cancel: cancel);
    }

    async Task<Result<StoredUserChange>> AskAsync(Caller caller, string userName, string kind, string[]? roles, string reason, CancellationToken cancel)
    {
        var now = clock.GetCurrentInstant();
        if ((caller.Lacks(Role.Administrator) ?? caller.LacksProof(now)) is { } lacks) return lacks;
        if (string.IsNullOrWhiteSpace(reason)) return new Problem("usage.reason_missing", "Nobody's rights change without a reason.", "Add --reason \"…\".");
        if (userName == caller.UserName) return new Problem("not_allowed.own_change", "Nobody changes their own rights.", "Another administrator asks for it.");
        await using var session = await database.RunAsync(cancel);
        return await session.InTransactionAsync(async () =>
        {
            await OneAtATimeAsync(session, cancel);
            if (await PeopleStore.FindUserAsync(session, caller.ProvinceCode, userName, now, cancel) is not { Kind: "person" }) return NoUser(userName);
            var administrators = await UserChangeStore.AdministratorsAsync(session, caller.ProvinceCode, now, cancel);
            if (kind == "recover" && administrators < 2)
                return new Problem("not_allowed.one_administrator", "The province has one administrator, and a recovery takes two.", "Add a second administrator first: payengine user add NAME --role administrator --password-file F");
            var alone = kind != "recover" && administrators < 2;
            var count = await OperationLog.CountAsync(session, caller.ProvinceCode, $"user.{kind} {userName}", cancel);
            var start = await OperationLog.BeginAsync(session, caller.ProvinceCode, FormattableString.Invariant($"user.{kind} {userName} {count + 1}"), "user." + kind, OperationLog.RequestHash([userName, .. roles ?? [], reason]), caller.UserName, now, cancel);
            var changeNo = await UserChangeStore.InsertAsync(session, caller.ProvinceCode, userName, kind, roles, reason.Trim(), alone, caller.UserName, now, start.OperationNo, cancel);
            var change = new StoredUserChange(changeNo, userName, kind, roles, reason.Trim(), alone, caller.UserName, now, null, null, null);
            if (alone) await ApplyAsync(session, caller, change, null, now, cancel);
            var said = JsonText.Write(new { change = changeNo, user = userName, kind, roles, alone });
            await OperationLog.CompleteAsync(session, caller.ProvinceCode, start.OperationNo, said, said, now, cancel);
            return Result<StoredUserChange>.Ok(change);
        }, answer => answer.IsOk, cancel: cancel);
    }

    async Task ApplyAsync(DatabaseSession session, Caller caller, StoredUserChange change, string? once, Instant now, CancellationToken cancel)
    {
        var starts = change.Kind is "add" or "recover";
        await UserChangeStore.ApplyAsync(session, caller.ProvinceCode, change.UserName, change.Roles, starts ? now + EnrolWithin : null, once is null ? null : hasher.HashPassword(change.UserName, once), once is null ? null : now + EnrolWithin, now, cancel);
        // Whoever had the old rights, or the lost device, is out.
        if (change.Kind != "add") await UserChangeStore.CloseSessionsAsync(session, caller.ProvinceCode, change.UserName, now, cancel);
        if (change.Kind == "recover") await SecondFactorStore.EndAsync(session, caller.ProvinceCode, change.UserName, now, cancel);
    }

    async Task<Result<bool>> AtOnceAsync(Caller caller, string kind, string userName, string reason, string happened, Func<DatabaseSession, Instant, Task<Result<bool>>> work, CancellationToken cancel)
    {
        var now = clock.GetCurrentInstant();
        if ((caller.Lacks(Role.Administrator) ?? caller.LacksProof(now)) is { } lacks) return lacks;
        if (string.IsNullOrWhiteSpace(reason)) return new Problem("usage.reason_missing", "It is kept with its reason.", "Add --reason \"…\".");
        if (userName == caller.UserName) return new Problem("not_allowed.own_change", "Nobody changes their own rights.", "Another administrator does it.");
        await using var session = await database.RunAsync(cancel);
        return await session.InTransactionAsync(async () =>
        {
            await OneAtATimeAsync(session, cancel);
            var count = await OperationLog.CountAsync(session, caller.ProvinceCode, $"{kind} {userName}", cancel);
            var start = await OperationLog.BeginAsync(session, caller.ProvinceCode, FormattableString.Invariant($"{kind} {userName} {count + 1}"), kind, OperationLog.RequestHash([userName, reason]), caller.UserName, now, cancel);
            var done = await work(session, now);
            if (!done.IsOk) return done;
            await UserChangeStore.EventAsync(session, caller.ProvinceCode, userName, happened, Door.CommandLine, caller.UserName, now, cancel);
            var said = JsonText.Write(new { user = userName, reason });
            await OperationLog.CompleteAsync(session, caller.ProvinceCode, start.OperationNo, said, said, now, cancel);
            return done;
        }, answer => answer.IsOk, cancel: cancel);
    }

    // Two who add or change users at once stand in line.
    static Task OneAtATimeAsync(DatabaseSession session, CancellationToken cancel) => PeopleStore.OneAtATimeAsync(session, cancel);

    static Problem NoChange(int changeNo) => new("user.change_unknown", FormattableString.Invariant($"There is no change {changeNo}."), "See what waits: payengine user pending");

    static Problem NoUser(string userName) => new("user.unknown", $"There is no such user: {userName}.", "See: payengine user list");

    static Problem? CheckName(string userName) => NamePattern().IsMatch(userName) ? null
        : new Problem("user.name_malformed", $"'{userName}' is not a user name.", "Use 2 to 40 small letters, digits, dots, hyphens or underscores.");

    static IEnumerable<Problem> Check(NewUser user)
    {
        if (CheckName(user.UserName) is { } malformed) yield return malformed;
        if (string.IsNullOrWhiteSpace(user.FullName)) yield return new Problem("user.full_name_missing", "The full name is empty.", "Give the name that stands on papers: --name \"Nguyễn Thị A\"");
        if (Passphrase.WhyNot(user.Password, user.UserName) is { } weak) yield return weak;
        if (user.Roles.Count == 0) yield return new Problem("user.role_missing", "The user has no role.", $"Name at least one: {string.Join(", ", Role.OfPeople)}.");
        foreach (var role in user.Roles.Except(Role.OfPeople)) yield return new Problem("user.role_unknown", $"'{role}' is not a role.", $"Use: {string.Join(", ", Role.OfPeople)}.");
    }

    [GeneratedRegex("^[a-z0-9][a-z0-9._-]{1,39}$")]
    private static partial Regex NamePattern();

    [GeneratedRegex("^[0-9]{6}$")]
    private static partial Regex BinPattern();
}
