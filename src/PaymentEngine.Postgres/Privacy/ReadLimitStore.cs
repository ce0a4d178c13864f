using NodaTime;

namespace PaymentEngine.Postgres.Privacy;

/// <summary>How many people a person may look at in a day.</summary>
/// <param name="Version">0: the program's own, nobody has set others.</param>
/// <param name="AlertPeople">From so many on somebody is told.</param>
/// <param name="StopPeople">From so many on reading stops.</param>
public sealed record ReadLimit(int Version, int AlertPeople, int StopPeople, string Person, string Reason, DateTime? At);

/// <summary>Somebody read much in one day.</summary>
/// <param name="Level"><c>told</c> or <c>stopped</c>.</param>
/// <param name="People">Read until then.</param>
/// <param name="LiftedBy">Who let a stopped reader go on, of two.</param>
public sealed record ReadAlert(string Reader, LocalDate Day, string Level, long People, int LimitPeople, DateTime At, string[] LiftedBy);

/// <summary>Limits of reading, and what went over them.</summary>
public static class ReadLimitStore
{
    /// <summary>Where nobody has set limits.</summary>
    public static readonly ReadLimit Standard = new(0, 500, 5_000, "", "", null);

    const string Current = """
        -- ReadLimitStore.Current
        SELECT version, alert_people, stop_people, person, reason, at FROM read_limit WHERE province_code = @provinceCode ORDER BY version DESC LIMIT 1;
        """;

    const string InsertLimit = """
        -- ReadLimitStore.Insert
        INSERT INTO read_limit (province_code, version, alert_people, stop_people, person, reason, at, operation_no) VALUES (@provinceCode, @version, @alertPeople, @stopPeople, @person, @reason, @at, @operationNo);
        """;

    const string Looked = """
        -- ReadLimitStore.Looked: what was read by looking and not by an act, of files apart.
        SELECT coalesce(sum(people) FILTER (WHERE kind <> 'export'), 0)::bigint AS looked, coalesce(sum(people) FILTER (WHERE kind = 'export'), 0)::bigint AS taken
          FROM personal_read WHERE province_code = @provinceCode AND person = @reader AND at >= @from AND purpose <> ALL (@work) AND NOT starts_with(purpose, 'POST ');
        """;

    const string InsertAlert = """
        -- ReadLimitStore.InsertAlert: once a day and level.
        INSERT INTO read_alert (province_code, reader, day, level, people, limit_people, at, operation_no) VALUES (@provinceCode, @reader, @day, @level, @people, @limitPeople, @at, @operationNo) ON CONFLICT DO NOTHING;
        """;

    const string HasAlert = """
        -- ReadLimitStore.HasAlert
        SELECT EXISTS (SELECT FROM read_alert WHERE province_code = @provinceCode AND reader = @reader AND day = @day AND level = @level);
        """;

    const string Lifts = """
        -- ReadLimitStore.Lifts
        SELECT count(*)::int FROM read_lift WHERE province_code = @provinceCode AND reader = @reader AND day = @day;
        """;

    const string InsertLift = """
        -- ReadLimitStore.InsertLift
        INSERT INTO read_lift (province_code, reader, day, role, person, reason, at, operation_no) VALUES (@provinceCode, @reader, @day, @role, @person, @reason, @at, @operationNo) ON CONFLICT DO NOTHING;
        """;

    const string Alerts = """
        -- ReadLimitStore.Alerts
        SELECT a.reader, a.day, a.level, a.people, a.limit_people, a.at, ARRAY(SELECT l.role || ' ' || l.person FROM read_lift l WHERE (l.province_code, l.reader, l.day) = (a.province_code, a.reader, a.day) AND a.level = 'stopped' ORDER BY l.at) AS lifted_by
          FROM read_alert a WHERE a.province_code = @provinceCode AND a.day >= @from ORDER BY a.at DESC, a.reader, a.level LIMIT @rowsMax;
        """;

    /// <summary>The limits that stand.</summary>
    public static async Task<ReadLimit> CurrentAsync(DatabaseSession session, short provinceCode, CancellationToken cancel = default) => await session.FindAsync<ReadLimit>(Current, new { provinceCode }, cancel) ?? Standard;

    public static Task InsertAsync(DatabaseSession session, short provinceCode, int version, int alertPeople, int stopPeople, string person, string reason, Instant at, long operationNo, CancellationToken cancel) =>
        session.ExecuteAsync(InsertLimit, new { provinceCode, version, alertPeople, stopPeople, person, reason, at, operationNo }, cancel);

    /// <summary>How many people somebody has looked at since a moment, and how many they took out as files; the same person counts each time.</summary>
    /// <param name="session">Of the whole province.</param>
    /// <param name="provinceCode">The tenant.</param>
    /// <param name="reader">Who.</param>
    /// <param name="from">Since.</param>
    /// <param name="work">Commands that change something: what they show is the work itself and does not count.</param>
    /// <param name="cancel">Cancels the count.</param>
    public static Task<(long Looked, long Taken)> LookedAsync(DatabaseSession session, short provinceCode, string reader, Instant from, string[] work, CancellationToken cancel = default) =>
        session.SingleAsync<(long Looked, long Taken)>(Looked, new { provinceCode, reader, from = from.ToDateTimeUtc(), work }, cancel);

    public static Task<bool> HasAlertAsync(DatabaseSession session, short provinceCode, string reader, LocalDate day, string level, CancellationToken cancel = default) =>
        session.SingleAsync<bool>(HasAlert, new { provinceCode, reader, day, level }, cancel);

    /// <summary>Keeps that somebody read much; a second time on one day it is known already.</summary>
    public static Task InsertAlertAsync(DatabaseSession session, short provinceCode, ReadAlert alert, Instant at, long operationNo, CancellationToken cancel = default) =>
        session.ExecuteAsync(InsertAlert, new { provinceCode, reader = alert.Reader, day = alert.Day, level = alert.Level, people = alert.People, limitPeople = alert.LimitPeople, at, operationNo }, cancel);

    /// <summary>How many of the two who are needed have let a reader go on.</summary>
    public static Task<int> LiftsAsync(DatabaseSession session, short provinceCode, string reader, LocalDate day, CancellationToken cancel = default) => session.SingleAsync<int>(Lifts, new { provinceCode, reader, day }, cancel);

    /// <summary>Lets a reader go on in one role; false when that role, or that person, has done so already.</summary>
    public static async Task<bool> LiftAsync(DatabaseSession session, short provinceCode, string reader, LocalDate day, string role, string person, string reason, Instant at, long operationNo, CancellationToken cancel = default) =>
        await session.ExecuteAsync(InsertLift, new { provinceCode, reader, day, role, person, reason, at, operationNo }, cancel) == 1;

    /// <summary>Alerts since a day, the latest first.</summary>
    public static Task<IReadOnlyList<ReadAlert>> AlertsAsync(DatabaseSession session, short provinceCode, LocalDate from, int rowsMax, CancellationToken cancel = default) =>
        session.QueryAsync<ReadAlert>(Alerts, new { provinceCode, from, rowsMax }, cancel);
}
