using NodaTime;
using PaymentEngine.Core;
using PaymentEngine.Core.Payments;

namespace PaymentEngine.Postgres.Access;

/// <summary>An exception by two people as lists show it.</summary>
/// <param name="Uses">How many operations named it.</param>
public sealed record ListedGlass(int GlassNo, string AskedBy, string? Role, string[]? CommuneCodes, string Subject, string Reason, Instant AskedAt, Instant EndsAt, string? GrantedBy, Instant? GrantedAt, string? EndedBy, Instant? EndedAt, int Uses);

/// <summary>What is asked for.</summary>
public sealed record AskedGlass(string AskedBy, string? Role, int[]? Communes, string Subject, string Reason, Instant At, Instant EndsAt);

/// <summary>Exceptions by two people (break-glass): asked, granted, used, ended. Rows are only added; keys and triggers refuse whoever would grant their own.</summary>
public static class GlassStore
{
    const string OpenSql = """
        -- GlassStore.Open
        SELECT g.glass_no, g.role, g.communes, g.subject, g.ends_at
          FROM break_glass g JOIN break_glass_grant USING (province_code, glass_no)
         WHERE g.province_code = @provinceCode AND g.asked_by = @person AND g.ends_at > @at
           AND NOT EXISTS (SELECT FROM break_glass_end e WHERE (e.province_code, e.glass_no) = (g.province_code, g.glass_no))
         ORDER BY g.glass_no;
        """;

    const string ListSql = """
        -- GlassStore.List
        SELECT g.glass_no, g.asked_by, g.role,
               (SELECT array_agg(a.commune_code ORDER BY a.commune_code) FROM area a WHERE a.province_code = g.province_code AND a.commune_id = ANY (g.communes) AND a.known_to = 'infinity') AS commune_codes,
               g.subject, g.reason, g.asked_at, g.ends_at, t.granted_by, t.at AS granted_at, e.person AS ended_by, e.at AS ended_at,
               (SELECT count(*)::int FROM break_glass_use u WHERE (u.province_code, u.glass_no) = (g.province_code, g.glass_no)) AS uses
          FROM break_glass g
          LEFT JOIN break_glass_grant t USING (province_code, glass_no)
          LEFT JOIN break_glass_end e USING (province_code, glass_no)
         WHERE g.province_code = @provinceCode AND (@glassNo = 0 OR g.glass_no = @glassNo)
           AND (@subject = '' OR g.subject = @subject OR g.subject IN (SELECT 'case ' || c.case_no FROM payment_case c WHERE c.province_code = g.province_code AND c.month = @month AND c.run_no = @runNo))
         ORDER BY g.glass_no;
        """;

    const string Ask = """
        -- GlassStore.Ask
        INSERT INTO break_glass (province_code, glass_no, asked_by, role, communes, subject, reason, asked_at, ends_at, operation_no)
        SELECT @provinceCode, 1 + coalesce(max(glass_no), 0), @AskedBy, @Role, @Communes, @Subject, @Reason, @At, @EndsAt, @operationNo FROM break_glass WHERE province_code = @provinceCode
        RETURNING glass_no;
        """;

    const string Grant = """
        -- GlassStore.Grant
        INSERT INTO break_glass_grant (province_code, glass_no, asked_by, granted_by, at, operation_no)
        SELECT province_code, glass_no, asked_by, @person, @at, @operationNo FROM break_glass WHERE province_code = @provinceCode AND glass_no = @glassNo;
        """;

    const string End = """
        -- GlassStore.End
        INSERT INTO break_glass_end (province_code, glass_no, person, at, operation_no) VALUES (@provinceCode, @glassNo, @person, @at, @operationNo);
        """;

    const string Use = """
        -- GlassStore.Use
        INSERT INTO break_glass_use (province_code, glass_no, operation_no) SELECT @provinceCode, unnest(@numbers), @operationNo;
        """;

    const string OwnCommunesOnly = """
        -- GlassStore.OwnCommunesOnly: an operation about something else has the person's own communes and no others, from here to the end of its transaction.
        SELECT set_config('payengine.communes', @communes, true);
        """;

    /// <summary>The exceptions that lend a person something at a moment.</summary>
    public static Task<IReadOnlyList<OpenGlass>> OpenAsync(DatabaseSession session, short provinceCode, string person, Instant at, CancellationToken cancel) =>
        session.QueryAsync<OpenGlass>(OpenSql, new { provinceCode, person, at }, cancel);

    /// <summary>Exceptions, the oldest first.</summary>
    /// <param name="session">The session.</param>
    /// <param name="provinceCode">The tenant.</param>
    /// <param name="glassNo">One of them; 0: all.</param>
    /// <param name="cancel">Cancels the question.</param>
    public static Task<IReadOnlyList<ListedGlass>> ListAsync(DatabaseSession session, short provinceCode, int glassNo, CancellationToken cancel) =>
        session.QueryAsync<ListedGlass>(ListSql, new { provinceCode, glassNo, subject = "", month = 0, runNo = 0 }, cancel);

    /// <summary>Those for a run or for a case of it.</summary>
    public static Task<IReadOnlyList<ListedGlass>> OfRunAsync(DatabaseSession session, RunId run, CancellationToken cancel) =>
        session.QueryAsync<ListedGlass>(ListSql, new { run.ProvinceCode, glassNo = 0, subject = $"run {run}", month = run.Month.Key(), run.RunNo }, cancel);

    /// <summary>Its number.</summary>
    public static Task<int> AskAsync(DatabaseSession session, short provinceCode, AskedGlass asked, long operationNo, CancellationToken cancel) =>
        session.SingleAsync<int>(Ask, new { provinceCode, asked.AskedBy, asked.Role, asked.Communes, asked.Subject, asked.Reason, asked.At, asked.EndsAt, operationNo }, cancel);

    public static Task GrantAsync(DatabaseSession session, short provinceCode, int glassNo, string person, Instant at, long operationNo, CancellationToken cancel) =>
        session.ExecuteAsync(Grant, new { provinceCode, glassNo, person, at, operationNo }, cancel);

    public static Task EndAsync(DatabaseSession session, short provinceCode, int glassNo, string person, Instant at, long operationNo, CancellationToken cancel) =>
        session.ExecuteAsync(End, new { provinceCode, glassNo, person, at, operationNo }, cancel);

    /// <summary>Holds an operation to what exceptions were granted for: a role lent for another run or case refuses it, communes lent for another are taken off its session.</summary>
    /// <exception cref="OtherGlassException">A role was needed that is lent for something else.</exception>
    internal static async Task HoldToSubjectAsync(DatabaseSession session, string key, CancellationToken cancel)
    {
        if (session.Scope is not { Glasses: { Count: > 0 } glasses } scope) return;
        if (glasses.FirstOrDefault(one => one is { IsUsed: true, Role: not null } && !one.Covers(key)) is { } other) throw new OtherGlassException(other);
        var lent = glasses.Where(one => one.Communes is not null).ToList();
        foreach (var one in lent) one.IsUsed = one.Covers(key);
        if (lent.Count == 0 || scope.Communes is not { } all || lent.All(one => one.IsUsed)) return;
        var kept = scope.OwnCommunes.Concat(lent.Where(one => one.IsUsed).SelectMany(one => one.Communes!)).ToHashSet();
        await session.ExecuteAsync(OwnCommunesOnly, new { communes = new Scope(scope.Person, scope.ProvinceCode, [.. all.Where(kept.Contains)]).CommunesText }, cancel);
    }

    /// <summary>Writes down which exceptions an operation used; the events of its block then begin with them.</summary>
    internal static async Task<string> RecordUseAsync(DatabaseSession session, short provinceCode, long operationNo, string eventsJson, CancellationToken cancel)
    {
        var numbers = session.Scope?.Glasses.Where(one => one.IsUsed).Select(one => one.GlassNo).ToArray() ?? [];
        if (numbers.Length == 0) return eventsJson;
        await session.ExecuteAsync(Use, new { provinceCode, numbers, operationNo }, cancel);
        var named = $"\"break_glass\":[{string.Join(',', numbers)}]";
        return eventsJson switch
        {
            "{}" => $"{{{named}}}",
            ['{', .. var rest] => $"{{{named},{rest}",
            _ => $"{{{named},\"events\":{eventsJson}}}",
        };
    }
}
