using NodaTime;

namespace PaymentEngine.Postgres;

/// <summary>The tenant of a database: the province whose system it is.</summary>
public sealed record Tenant(short ProvinceCode, string Name, int Epoch);

/// <summary>A user as the login needs it. Its hashes never leave the program.</summary>
/// <param name="PasswordHash">Of a person.</param>
/// <param name="PasswordUntil">A password for once counts until then; null: an own one.</param>
/// <param name="KeyHash">Of a service account.</param>
/// <param name="EnrolUntil">Until then a first second factor can be set up by password alone.</param>
/// <param name="ProvenUntil">Of a session: how long its second factor counts as just shown.</param>
public sealed record StoredUser(short ProvinceCode, string UserName, string FullName, string Kind, string? PasswordHash, Instant? PasswordUntil, byte[]? KeyHash, string? BankBin, string[] Roles, int[]? Communes,
    Instant? EnrolUntil, int FailedLogins, Instant? LockedUntil, Instant? ProvenUntil);

/// <summary>An open session as its owner sees it.</summary>
public sealed record ListedSession(string Door, Instant OpenedAt, Instant LastUsedAt, Instant ExpiresAt, bool IsThisOne);

/// <summary>A user as lists show it.</summary>
/// <param name="HasSecondFactor">An authenticator app is set up.</param>
/// <param name="IsPending">Added by one administrator and not yet by the second.</param>
public sealed record ListedUser(string UserName, string FullName, string Kind, string[] Roles, string[]? CommuneCodes, bool HasSecondFactor, bool IsPending, Instant? LockedUntil);

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
        SELECT province_code, user_name, full_name, kind, password_hash, password_until, key_hash, bank_bin, roles, user_communes(province_code, user_name, @at) AS communes, CASE WHEN enrol_until > '-infinity' THEN enrol_until END AS enrol_until, failed_logins, locked_until, NULL::timestamptz AS proven_until
          FROM app_user WHERE province_code = @provinceCode AND user_name = @userName AND valid_from <= @at AND valid_to > @at;
        """;

    const string AddUserSql = """
        -- PeopleStore.AddUser: the key decides between two who add the same name.
        INSERT INTO app_user (province_code, user_name, full_name, kind, password_hash, key_hash, bank_bin, roles, communes, valid_from, enrol_until)
        VALUES (@provinceCode, @userName, @fullName, CASE WHEN @keyHash::bytea IS NULL THEN 'person' ELSE 'service' END, @passwordHash, @keyHash, @bankBin, @roles, @communes,
                CASE WHEN @pending THEN 'infinity' ELSE @at END, coalesce(@enrolUntil::timestamptz, '-infinity')) ON CONFLICT DO NOTHING;
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
        INSERT INTO app_session (province_code, token_hash, user_name, door, opened_at, last_used_at, expires_at, proven_until)
        VALUES (@provinceCode, @tokenHash, @userName, @door, @at, @at, @expiresAt, @provenUntil);
        """;

    const string FindSession = """
        -- PeopleStore.FindSession
        SELECT u.province_code, u.user_name, u.full_name, u.kind, u.password_hash, u.password_until, u.key_hash, u.bank_bin, u.roles, user_communes(u.province_code, u.user_name, @at) AS communes, CASE WHEN u.enrol_until > '-infinity' THEN u.enrol_until END AS enrol_until,
               u.failed_logins, u.locked_until, s.proven_until
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

    const string RenewSessionSql = """
        -- PeopleStore.RenewSession: the same session under a new token, for its remaining time.
        WITH ended AS (
            UPDATE app_session SET closed_at = @at WHERE province_code = @provinceCode AND token_hash = @tokenHash AND closed_at IS NULL RETURNING user_name, door, opened_at, expires_at
        )
        INSERT INTO app_session (province_code, token_hash, user_name, door, opened_at, last_used_at, expires_at, proven_until)
        SELECT @provinceCode, @newHash, user_name, door, opened_at, @at, expires_at, @provenUntil FROM ended
        RETURNING expires_at;
        """;

    const string ListSessionsSql = """
        -- PeopleStore.ListSessions
        SELECT door, opened_at, last_used_at, expires_at, token_hash = @tokenHash AS is_this_one
          FROM app_session WHERE province_code = @provinceCode AND user_name = @userName AND closed_at IS NULL AND expires_at > @at AND last_used_at > @idleSince ORDER BY opened_at;
        """;

    const string ListUsers = """
        -- PeopleStore.List
        SELECT u.user_name, u.full_name, u.kind, u.roles,
               CASE WHEN u.communes IS NOT NULL THEN ARRAY(SELECT a.commune_code FROM area a
                 WHERE a.province_code = u.province_code AND a.commune_id = ANY (user_communes(u.province_code, u.user_name, @at)) AND a.known_to = 'infinity' ORDER BY 1) END AS commune_codes,
               EXISTS (SELECT FROM user_totp t WHERE t.province_code = u.province_code AND t.user_name = u.user_name AND t.confirmed_at IS NOT NULL AND t.ended_at IS NULL) AS has_second_factor,
               u.valid_from > @at AS is_pending, u.locked_until
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

    /// <summary>Who adds or changes users within this transaction stands in line with everybody else who does.</summary>
    public static Task OneAtATimeAsync(DatabaseSession session, CancellationToken cancel) =>
        session.ExecuteAsync("-- PeopleStore.OneAtATime\nSELECT pg_advisory_xact_lock(hashtext('payengine.people'))", null, cancel);

    public static Task<bool> HasUsersAsync(DatabaseSession session, short provinceCode, CancellationToken cancel) =>
        session.SingleAsync<bool>("-- PeopleStore.HasUsers\nSELECT EXISTS (SELECT FROM app_user WHERE province_code = @provinceCode)", new { provinceCode }, cancel);

    /// <summary>A user valid at <paramref name="at"/>, or null.</summary>
    public static Task<StoredUser?> FindUserAsync(DatabaseSession session, short provinceCode, string userName, Instant at, CancellationToken cancel) =>
        session.FindAsync<StoredUser>(FindUserSql, new { provinceCode, userName, at }, cancel);

    /// <summary>False when there is a user of that name, also one whose time is over: names are not given twice.</summary>
    /// <param name="session">Inside the operation's transaction.</param>
    /// <param name="user">The hashes with it: of the password of a person, of the key of a service account.</param>
    /// <param name="pending">Waits for the second administrator.</param>
    /// <param name="at">Valid from.</param>
    /// <param name="cancel">Cancels it.</param>
    public static async Task<bool> AddUserAsync(DatabaseSession session, StoredUser user, bool pending, Instant at, CancellationToken cancel) =>
        await session.ExecuteAsync(AddUserSql, new { user.ProvinceCode, user.UserName, user.FullName, user.PasswordHash, user.KeyHash, user.BankBin, user.Roles, user.Communes, user.EnrolUntil, pending, at }, cancel) == 1;

    /// <summary>Counts a wrong password; at <paramref name="failuresMax"/> the user is locked until <paramref name="lockedUntil"/>.</summary>
    public static Task CountFailureAsync(DatabaseSession session, StoredUser user, int failuresMax, Instant lockedUntil, CancellationToken cancel) =>
        session.ExecuteAsync(CountFailure, new { user.ProvinceCode, user.UserName, failuresMax, lockedUntil }, cancel);

    /// <summary>A right password ends the count; <paramref name="passwordHash"/> is the newer hash where the hasher made one.</summary>
    public static Task ClearFailuresAsync(DatabaseSession session, StoredUser user, string passwordHash, CancellationToken cancel) =>
        session.ExecuteAsync(ClearFailuresSql, new { user.ProvinceCode, user.UserName, passwordHash }, cancel);

    /// <param name="session">Inside or outside a transaction.</param>
    /// <param name="user">Whose it is.</param>
    /// <param name="tokenHash">SHA-256 of the token.</param>
    /// <param name="door"><c>cli</c>, <c>web</c> or <c>api</c>.</param>
    /// <param name="at">Opened then.</param>
    /// <param name="expiresAt">Over then, whatever happens.</param>
    /// <param name="provenUntil">A second factor was shown and counts until then; null: none was.</param>
    /// <param name="cancel">Cancels it.</param>
    public static Task OpenSessionAsync(DatabaseSession session, StoredUser user, byte[] tokenHash, string door, Instant at, Instant expiresAt, Instant? provenUntil, CancellationToken cancel) =>
        session.ExecuteAsync(OpenSessionSql, new { user.ProvinceCode, user.UserName, tokenHash, door, at, expiresAt, provenUntil }, cancel);

    /// <summary>Puts a session under a new token, proven until <paramref name="provenUntil"/>; when it expires, or null when it is closed.</summary>
    public static Task<Instant?> RenewSessionAsync(DatabaseSession session, short provinceCode, byte[] tokenHash, byte[] newHash, Instant at, Instant? provenUntil, CancellationToken cancel) =>
        session.FindAsync<Instant?>(RenewSessionSql, new { provinceCode, tokenHash, newHash, at, provenUntil }, cancel);

    /// <summary>The open sessions of a user.</summary>
    public static Task<IReadOnlyList<ListedSession>> ListSessionsAsync(DatabaseSession session, short provinceCode, string userName, byte[] tokenHash, Instant at, Instant idleSince, CancellationToken cancel) =>
        session.QueryAsync<ListedSession>(ListSessionsSql, new { provinceCode, userName, tokenHash, at, idleSince }, cancel);

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
