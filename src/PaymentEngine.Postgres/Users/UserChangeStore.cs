using NodaTime;

namespace PaymentEngine.Postgres.Users;

/// <summary>What an administrator asked for about a user, with its answer when there is one.</summary>
/// <param name="Kind"><c>add</c>, <c>roles</c> or <c>recover</c>.</param>
/// <param name="Roles">Of <c>roles</c>: all that the user is to have.</param>
/// <param name="Alone">Done at once, because the province had one administrator only.</param>
public sealed record StoredUserChange(int ChangeNo, string UserName, string Kind, string[]? Roles, string Reason, bool Alone, string AskedBy, Instant AskedAt, string? Answer, string? AnsweredBy, Instant? AnsweredAt);

/// <summary>What happened at the door.</summary>
public sealed record UserEvent(long EventNo, string UserName, string Event, string Door, string By, Instant At);

/// <summary>Changes of users under two administrators, and the events of logins.</summary>
public static class UserChangeStore
{
    const string Insert = """
        -- UserChangeStore.Insert
        INSERT INTO user_change (province_code, change_no, user_name, kind, roles, reason, alone, asked_by, asked_at, operation_no)
        SELECT @provinceCode, coalesce(max(change_no), 0) + 1, @userName, @kind, @roles, @reason, @alone, @person, @at, @operationNo FROM user_change WHERE province_code = @provinceCode
        RETURNING change_no;
        """;

    const string Answer = """
        -- UserChangeStore.Answer
        INSERT INTO user_change_answer (province_code, change_no, user_name, asked_by, answer, remark, person, at, operation_no)
        SELECT province_code, change_no, user_name, asked_by, @answer, @remark, @person, @at, @operationNo FROM user_change WHERE province_code = @provinceCode AND change_no = @changeNo;
        """;

    const string Select = """
        -- UserChangeStore.List
        SELECT c.change_no, c.user_name, c.kind, c.roles, c.reason, c.alone, c.asked_by, c.asked_at, a.answer, a.person AS answered_by, a.at AS answered_at
          FROM user_change c LEFT JOIN user_change_answer a USING (province_code, change_no)
         WHERE c.province_code = @provinceCode AND (@changeNo = 0 OR c.change_no = @changeNo) AND (@all OR (a.answer IS NULL AND NOT c.alone))
         ORDER BY c.change_no;
        """;

    const string Apply = """
        -- UserChangeStore.Apply
        UPDATE app_user SET valid_from = least(valid_from, @at), roles = coalesce(@roles, roles), enrol_until = coalesce(@enrolUntil::timestamptz, enrol_until), password_hash = coalesce(@passwordHash, password_hash),
               password_until = coalesce(@passwordUntil::timestamptz, password_until), failed_logins = 0, locked_until = NULL
         WHERE province_code = @provinceCode AND user_name = @userName;
        """;

    const string Administrators = """
        -- UserChangeStore.Administrators
        SELECT count(*)::int FROM app_user WHERE province_code = @provinceCode AND 'administrator' = ANY (roles) AND valid_from <= @at AND valid_to > @at;
        """;

    const string EndUser = """
        -- UserChangeStore.End
        UPDATE app_user SET valid_to = @at WHERE province_code = @provinceCode AND user_name = @userName AND valid_to > @at;
        """;

    const string UnlockUser = """
        -- UserChangeStore.Unlock
        UPDATE app_user SET failed_logins = 0, locked_until = NULL WHERE province_code = @provinceCode AND user_name = @userName AND valid_to > @at;
        """;

    const string SetPassword = """
        -- UserChangeStore.SetPassword
        UPDATE app_user SET password_hash = @passwordHash, password_until = NULL WHERE province_code = @provinceCode AND user_name = @userName AND kind = 'person';
        """;

    const string SetKey = """
        -- UserChangeStore.SetKey
        UPDATE app_user SET key_hash = @keyHash WHERE province_code = @provinceCode AND user_name = @userName AND kind = 'service' AND valid_to > @at;
        """;

    const string CloseSessions = """
        -- UserChangeStore.CloseSessions
        UPDATE app_session SET closed_at = @at WHERE province_code = @provinceCode AND user_name = @userName AND closed_at IS NULL;
        """;

    const string InsertEvent = """
        -- UserChangeStore.InsertEvent
        INSERT INTO user_event (province_code, user_name, event, door, by, at) VALUES (@provinceCode, left(@userName, 40), @happened, @door, @by, @at);
        """;

    const string SelectEvents = """
        -- UserChangeStore.Events
        SELECT event_no, user_name, event, door, by, at FROM user_event
         WHERE province_code = @provinceCode AND (@userName::text IS NULL OR user_name = @userName) ORDER BY event_no DESC LIMIT @most;
        """;

    /// <summary>Keeps what was asked; its number.</summary>
    public static Task<int> InsertAsync(DatabaseSession session, short provinceCode, string userName, string kind, string[]? roles, string reason, bool alone, string person, Instant at, long operationNo, CancellationToken cancel) =>
        session.SingleAsync<int>(Insert, new { provinceCode, userName, kind, roles, reason, alone, person, at, operationNo }, cancel);

    /// <summary>Keeps the second administrator's answer.</summary>
    public static Task AnswerAsync(DatabaseSession session, short provinceCode, int changeNo, string answer, string remark, string person, Instant at, long operationNo, CancellationToken cancel) =>
        session.ExecuteAsync(Answer, new { provinceCode, changeNo, answer, remark, person, at, operationNo }, cancel);

    /// <summary>What waits for an answer, or all.</summary>
    public static Task<IReadOnlyList<StoredUserChange>> ListAsync(DatabaseSession session, short provinceCode, bool all, CancellationToken cancel) =>
        session.QueryAsync<StoredUserChange>(Select, new { provinceCode, all, changeNo = 0 }, cancel);

    /// <summary>One of them, or null.</summary>
    public static Task<StoredUserChange?> FindAsync(DatabaseSession session, short provinceCode, int changeNo, CancellationToken cancel) =>
        session.FindAsync<StoredUserChange>(Select, new { provinceCode, all = true, changeNo }, cancel);

    /// <summary>Makes it so: the user is valid from now, with roles, a password for once and a time to set up a second factor where given.</summary>
    public static Task ApplyAsync(DatabaseSession session, short provinceCode, string userName, string[]? roles, Instant? enrolUntil, string? passwordHash, Instant? passwordUntil, Instant at, CancellationToken cancel) =>
        session.ExecuteAsync(Apply, new { provinceCode, userName, roles, enrolUntil, passwordHash, passwordUntil, at }, cancel);

    /// <summary>How many administrators can act now.</summary>
    public static Task<int> AdministratorsAsync(DatabaseSession session, short provinceCode, Instant at, CancellationToken cancel) => session.SingleAsync<int>(Administrators, new { provinceCode, at }, cancel);

    /// <summary>False when the user had ended or never was.</summary>
    public static async Task<bool> EndAsync(DatabaseSession session, short provinceCode, string userName, Instant at, CancellationToken cancel) =>
        await session.ExecuteAsync(EndUser, new { provinceCode, userName, at }, cancel) == 1;

    public static async Task<bool> UnlockAsync(DatabaseSession session, short provinceCode, string userName, Instant at, CancellationToken cancel) =>
        await session.ExecuteAsync(UnlockUser, new { provinceCode, userName, at }, cancel) == 1;

    public static Task SetPasswordAsync(DatabaseSession session, short provinceCode, string userName, string passwordHash, CancellationToken cancel) =>
        session.ExecuteAsync(SetPassword, new { provinceCode, userName, passwordHash }, cancel);

    /// <summary>False when there is no such service account.</summary>
    public static async Task<bool> SetKeyAsync(DatabaseSession session, short provinceCode, string userName, byte[] keyHash, Instant at, CancellationToken cancel) =>
        await session.ExecuteAsync(SetKey, new { provinceCode, userName, keyHash, at }, cancel) == 1;

    /// <summary>Closes every open session of a user; how many there were.</summary>
    public static Task<int> CloseSessionsAsync(DatabaseSession session, short provinceCode, string userName, Instant at, CancellationToken cancel) =>
        session.ExecuteAsync(CloseSessions, new { provinceCode, userName, at }, cancel);

    /// <param name="session">Inside or outside a transaction.</param>
    /// <param name="provinceCode">The tenant.</param>
    /// <param name="userName">As typed.</param>
    /// <param name="happened">A word of <c>user_event.event</c>.</param>
    /// <param name="door"><c>cli</c>, <c>web</c> or <c>api</c>.</param>
    /// <param name="by">Another person who did it; empty: the user.</param>
    /// <param name="at">Time by the program's clock.</param>
    /// <param name="cancel">Cancels it.</param>
    public static Task EventAsync(DatabaseSession session, short provinceCode, string userName, string happened, string door, string by, Instant at, CancellationToken cancel) =>
        session.ExecuteAsync(InsertEvent, new { provinceCode, userName, happened, door, by, at }, cancel);

    /// <summary>The latest events, of one user or of all.</summary>
    public static Task<IReadOnlyList<UserEvent>> EventsAsync(DatabaseSession session, short provinceCode, string? userName, int most, CancellationToken cancel) =>
        session.QueryAsync<UserEvent>(SelectEvents, new { provinceCode, userName, most }, cancel);
}
