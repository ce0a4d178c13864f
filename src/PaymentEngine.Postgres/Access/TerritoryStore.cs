using NodaTime;

namespace PaymentEngine.Postgres.Access;

/// <summary>A commune in which a person acts, or acted, by days.</summary>
/// <param name="Stands">False when it has ended: by its day, by an administrator, or with the unit it was given for.</param>
public sealed record TerritoryRow(string CommuneCode, string Name, Instant ValidFrom, Instant? ValidTo, string Source, string Person, string? EndedBy, bool Stands);

/// <summary>In which communes people act (<c>user_scope</c>). Rows are added and ended, never removed.</summary>
public static class TerritoryStore
{
    const string List = """
        -- TerritoryStore.List
        SELECT a.commune_code, a.name, s.valid_from, CASE WHEN s.valid_to < 'infinity' THEN s.valid_to END AS valid_to, s.source, s.person, s.ended_by,
               s.valid_from <= @at AND s.valid_to > @at AND s.commune_id = ANY (user_communes(s.province_code, s.user_name, @at))
                 AND unit_stands(s.province_code, s.commune_id, (s.valid_from AT TIME ZONE 'Asia/Ho_Chi_Minh')::date, (@at AT TIME ZONE 'Asia/Ho_Chi_Minh')::date) AS stands
          FROM user_scope s JOIN area a ON a.province_code = s.province_code AND a.commune_id = s.commune_id AND a.known_to = 'infinity'
         WHERE s.province_code = @provinceCode AND s.user_name = @userName ORDER BY a.commune_code, s.valid_from;
        """;

    const string Kind = """
        -- TerritoryStore.Kind: null, there is nobody of that name; true, of single communes.
        SELECT communes IS NOT NULL FROM app_user WHERE province_code = @provinceCode AND user_name = @userName AND valid_to > @at;
        """;

    const string Give = """
        -- TerritoryStore.Give: what stands already is not given twice.
        INSERT INTO user_scope (province_code, user_name, commune_id, valid_from, valid_to, source, person, operation_no)
        SELECT @provinceCode, @userName, c, @at, coalesce(@until::timestamptz, 'infinity'), @source, @person, @operationNo FROM unnest(@communes) c
         WHERE NOT c = ANY (user_communes(@provinceCode, @userName, @at));
        """;

    const string Take = """
        -- TerritoryStore.Take
        UPDATE user_scope SET valid_to = @at, ended_by = @person, ended_operation_no = @operationNo
         WHERE province_code = @provinceCode AND user_name = @userName AND commune_id = ANY (@communes) AND valid_from <= @at AND valid_to > @at;
        """;

    public static Task<IReadOnlyList<TerritoryRow>> ListAsync(DatabaseSession session, short provinceCode, string userName, Instant at, CancellationToken cancel) =>
        session.QueryAsync<TerritoryRow>(List, new { provinceCode, userName, at }, cancel);

    /// <summary>Whether a user is of single communes; null when there is none of that name.</summary>
    public static Task<bool?> IsOfCommunesAsync(DatabaseSession session, short provinceCode, string userName, Instant at, CancellationToken cancel) =>
        session.FindAsync<bool?>(Kind, new { provinceCode, userName, at }, cancel);

    /// <summary>How many were given.</summary>
    public static Task<int> GiveAsync(DatabaseSession session, short provinceCode, string userName, int[] communes, Instant? until, string source, string person, Instant at, long operationNo, CancellationToken cancel) =>
        session.ExecuteAsync(Give, new { provinceCode, userName, communes, until, source, person, at, operationNo }, cancel);

    /// <summary>How many were taken.</summary>
    public static Task<int> TakeAsync(DatabaseSession session, short provinceCode, string userName, int[] communes, string person, Instant at, long operationNo, CancellationToken cancel) =>
        session.ExecuteAsync(Take, new { provinceCode, userName, communes, person, at, operationNo }, cancel);
}
