using NodaTime;

namespace PaymentEngine.Postgres;

/// <summary>The tenant of a database: the province whose system it is.</summary>
public sealed record Tenant(short ProvinceCode, string Name, int Epoch);

/// <summary>A user as the login needs it. Its hash never leaves the program.</summary>
public sealed record StoredUser(short ProvinceCode, string UserName, string FullName, string PasswordHash, string[] Roles, int[]? Communes, int FailedLogins, Instant? LockedUntil);

/// <summary>A user as lists show it.</summary>
public sealed record ListedUser(string UserName, string FullName, string[] Roles, string[]? CommuneCodes, Instant? LockedUntil);

/// <summary>Tenant, users and sessions. All for the run role: the desk reads no secret of another person.</summary>
public static class PeopleStore
{
    const string FindTenantSql = """
        -- PeopleStore.FindTenant
        SELECT province_code, name, epoch FROM tenant ORDER BY province_code LIMIT 1;
        """;

    const string MakeTenant = """
        -- PeopleStore.MakeTenant
        INSERT INTO tenant (province_code, name, created_at) VALUES (@provinceCode, @name, @at) ON CONFLICT DO NOTHING;
        """;

    const string FindUserSql = """
        -- PeopleStore.FindUser
        SELECT province_code, user_name, full_name, password_hash, roles, communes, failed_logins, locked_until
          FROM app_user WHERE province_code = @provinceCode AND user_name = @userName AND valid_from <= @at AND valid_to > @at;
        """;

    const string AddUserSql = """
        -- PeopleStore.AddUser: the key decides between two who add the same name.
        INSERT INTO app_user (province_code, user_name, full_name, password_hash, roles, communes, valid_from)
        VALUES (@provinceCode, @userName, @fullName, @passwordHash, @roles, @communes, @at) ON CONFLICT DO NOTHING;
        """;

    // Concurrent guesses stand in line at the row: none is forgotten in the count.
    const string CountFailure = """
        -- PeopleStore.CountFailure
        UPDATE app_user SET failed_logins = CASE WHEN failed_logins + 1 >= @failuresMax THEN 0 ELSE failed_logins + 1 END,
                            locked_until = CASE WHEN failed_logins + 1 >= @failuresMax THEN @lockedUntil ELSE locked_until END
         WHERE province_code = @provinceCode AND user_name = @userName;
        """;

    const string ClearFailuresSql = """
        -- PeopleStore.ClearFailures
        UPDATE app_user SET failed_logins = 0, locked_until = NULL, password_hash = @passwordHash
         WHERE province_code = @provinceCode AND user_name = @userName AND (failed_logins > 0 OR locked_until IS NOT NULL OR password_hash <> @passwordHash);
        """;

    const string OpenSessionSql = """
        -- PeopleStore.OpenSession
        INSERT INTO app_session (province_code, token_hash, user_name, opened_at, last_used_at, expires_at)
        VALUES (@provinceCode, @tokenHash, @userName, @at, @at, @expiresAt);
        """;

    const string FindSession = """
        -- PeopleStore.FindSession
        SELECT u.province_code, u.user_name, u.full_name, u.password_hash, u.roles, u.communes, u.failed_logins, u.locked_until
          FROM app_session s JOIN app_user u USING (province_code, user_name)
         WHERE s.province_code = @provinceCode AND s.token_hash = @tokenHash AND s.closed_at IS NULL
           AND s.expires_at > @at AND s.last_used_at > @idleSince AND u.valid_from <= @at AND u.valid_to > @at;
        """;

    // Once a minute is enough to know that somebody is there; not every command needs to write.
    const string TouchSession = """
        -- PeopleStore.TouchSession
        UPDATE app_session SET last_used_at = @at WHERE province_code = @provinceCode AND token_hash = @tokenHash AND last_used_at < @minuteAgo;
        """;

    const string CloseSessionSql = """
        -- PeopleStore.CloseSession
        UPDATE app_session SET closed_at = @at WHERE province_code = @provinceCode AND token_hash = @tokenHash AND closed_at IS NULL;
        """;

    const string ListUsers = """
        -- PeopleStore.List
        SELECT u.user_name, u.full_name, u.roles,
               (SELECT array_agg(a.commune_code ORDER BY a.commune_code) FROM area a
                 WHERE a.province_code = u.province_code AND a.commune_id = ANY (u.communes) AND a.known_to = 'infinity') AS commune_codes,
               u.locked_until
          FROM app_user u WHERE u.province_code = @provinceCode AND u.valid_to > @at ORDER BY u.user_name;
        """;

    const string FindCommunes = """
        -- PeopleStore.FindCommunes
        SELECT DISTINCT commune_code AS code, commune_id AS id FROM area WHERE province_code = @provinceCode AND commune_code = ANY (@codes) AND known_to = 'infinity';
        """;

    /// <summary>The tenant, or null in a new database.</summary>
    public static Task<Tenant?> FindTenantAsync(DatabaseSession session, CancellationToken cancel) => session.FindAsync<Tenant>(FindTenantSql, null, cancel);

    /// <summary>Makes the tenant; nothing happens when it is there.</summary>
    public static Task MakeTenantAsync(DatabaseSession session, short provinceCode, string name, Instant at, CancellationToken cancel) =>
        session.ExecuteAsync(MakeTenant, new { provinceCode, name, at }, cancel);

    public static Task<bool> HasUsersAsync(DatabaseSession session, short provinceCode, CancellationToken cancel) =>
        session.SingleAsync<bool>("-- PeopleStore.HasUsers\nSELECT EXISTS (SELECT FROM app_user WHERE province_code = @provinceCode)", new { provinceCode }, cancel);

    /// <summary>A user valid at <paramref name="at"/>, or null.</summary>
    public static Task<StoredUser?> FindUserAsync(DatabaseSession session, short provinceCode, string userName, Instant at, CancellationToken cancel) =>
        session.FindAsync<StoredUser>(FindUserSql, new { provinceCode, userName, at }, cancel);

    /// <summary>False when there is a user of that name, also one whose time is over: names are not given twice.</summary>
    public static async Task<bool> AddUserAsync(DatabaseSession session, short provinceCode, string userName, string fullName, string passwordHash, string[] roles, int[]? communes, Instant at, CancellationToken cancel) =>
        await session.ExecuteAsync(AddUserSql, new { provinceCode, userName, fullName, passwordHash, roles, communes, at }, cancel) == 1;

    /// <summary>Counts a wrong password; at <paramref name="failuresMax"/> the user is locked until <paramref name="lockedUntil"/>.</summary>
    public static Task CountFailureAsync(DatabaseSession session, StoredUser user, int failuresMax, Instant lockedUntil, CancellationToken cancel) =>
        session.ExecuteAsync(CountFailure, new { user.ProvinceCode, user.UserName, failuresMax, lockedUntil }, cancel);

    /// <summary>A right password ends the count; <paramref name="passwordHash"/> is the newer hash where the hasher made one.</summary>
    public static Task ClearFailuresAsync(DatabaseSession session, StoredUser user, string passwordHash, CancellationToken cancel) =>
        session.ExecuteAsync(ClearFailuresSql, new { user.ProvinceCode, user.UserName, passwordHash }, cancel);

    public static Task OpenSessionAsync(DatabaseSession session, StoredUser user, byte[] tokenHash, Instant at, Instant expiresAt, CancellationToken cancel) =>
        session.ExecuteAsync(OpenSessionSql, new { user.ProvinceCode, user.UserName, tokenHash, at, expiresAt }, cancel);

    /// <summary>The person of a session that is neither closed, expired nor idle since <paramref name="idleSince"/>; null otherwise.</summary>
    public static async Task<StoredUser?> FindSessionAsync(DatabaseSession session, short provinceCode, byte[] tokenHash, Instant at, Instant idleSince, CancellationToken cancel)
    {
        var user = await session.FindAsync<StoredUser>(FindSession, new { provinceCode, tokenHash, at, idleSince }, cancel);
        if (user is not null) await session.ExecuteAsync(TouchSession, new { provinceCode, tokenHash, at, minuteAgo = at - Duration.FromMinutes(1) }, cancel);
        return user;
    }

    public static async Task<bool> CloseSessionAsync(DatabaseSession session, short provinceCode, byte[] tokenHash, Instant at, CancellationToken cancel) =>
        await session.ExecuteAsync(CloseSessionSql, new { provinceCode, tokenHash, at }, cancel) == 1;

    public static Task<IReadOnlyList<ListedUser>> ListAsync(DatabaseSession session, short provinceCode, Instant at, CancellationToken cancel) =>
        session.QueryAsync<ListedUser>(ListUsers, new { provinceCode, at }, cancel);

    /// <summary>The numbers of communes by their codes; codes that are not there are missing in the answer.</summary>
    public static async Task<IReadOnlyDictionary<string, int>> FindCommunesAsync(DatabaseSession session, short provinceCode, string[] codes, CancellationToken cancel) =>
        (await session.QueryAsync<(string Code, int Id)>(FindCommunes, new { provinceCode, codes }, cancel)).ToDictionary(row => row.Code, row => row.Id);
}
