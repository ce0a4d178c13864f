using NodaTime;
using PaymentEngine.Core.CashPayouts;

namespace PaymentEngine.Postgres.Cash;

/// <summary>A pay point as it stands, with how many people name it.</summary>
public sealed record StoredPayPoint
{
    public int CommuneId { get; init; }
    public string CommuneCode { get; init; } = "";
    public string CommuneName { get; init; } = "";
    public string PointCode { get; init; } = "";
    public int Version { get; init; }
    public string Name { get; init; } = "";
    public string Address { get; init; } = "";
    public string Opening { get; init; } = "";
    public bool IsUsual { get; init; }
    public LocalDate ValidFrom { get; init; }
    public LocalDate? ValidTo { get; init; }

    /// <summary>Payees of today's register who name it.</summary>
    public int Payees { get; init; }

    /// <summary>Without the store's numbers.</summary>
    public PayPoint Point => new(CommuneCode, PointCode, Name, Address, Opening, IsUsual, ValidFrom, ValidTo);
}

/// <summary>Pay points (điểm chi trả) of communes, in versions that stay.</summary>
public static class PayPointStore
{
    const string Points = """
        -- PayPointStore.Points
        SELECT p.commune_id, g.commune_code, g.name AS commune_name, p.point_code, p.version, p.name, p.address, p.opening, p.is_usual, p.valid_from, p.valid_to,
               (SELECT count(*)::int FROM payee y WHERE y.province_code = p.province_code AND y.known_to = 'infinity' AND y.pay_commune = g.commune_code AND (upper(y.pay_point) = p.point_code OR lower(y.pay_point) = lower(p.name))) AS payees
          FROM pay_point_now p
          JOIN area g ON g.province_code = p.province_code AND g.commune_id = p.commune_id AND g.known_to = 'infinity'
         WHERE p.province_code = @provinceCode
         ORDER BY g.commune_code, p.point_code COLLATE "C";
        """;

    const string Unknown = """
        -- PayPointStore.Unknown: names in the register that no point of a commune with points has. Their people are paid at the usual one.
        SELECT y.pay_commune AS PayCommune, y.pay_point AS PayPoint, count(*)::int AS Payees
          FROM payee y
         WHERE y.province_code = @provinceCode AND y.known_to = 'infinity' AND y.pay_point IS NOT NULL
           AND NOT EXISTS (SELECT FROM pay_point_now p JOIN area g ON g.province_code = p.province_code AND g.commune_id = p.commune_id AND g.known_to = 'infinity'
                            WHERE p.province_code = y.province_code AND g.commune_code = y.pay_commune AND (p.point_code = upper(y.pay_point) OR lower(p.name) = lower(y.pay_point)))
           AND EXISTS (SELECT FROM pay_point_now p JOIN area g ON g.province_code = p.province_code AND g.commune_id = p.commune_id AND g.known_to = 'infinity' WHERE p.province_code = y.province_code AND g.commune_code = y.pay_commune)
         GROUP BY y.pay_commune, y.pay_point ORDER BY y.pay_commune, y.pay_point;
        """;

    const string Communes = """
        -- PayPointStore.Communes
        SELECT commune_code AS Code, commune_id AS Id FROM area WHERE province_code = @provinceCode AND known_to = 'infinity' AND commune_code = ANY (@codes);
        """;

    const string Insert = """
        -- PayPointStore.Insert
        INSERT INTO pay_point (province_code, commune_id, point_code, version, name, address, opening, is_usual, valid_from, valid_to, person, at, operation_no)
        VALUES (@provinceCode, @communeId, @Code, @version, @Name, @Address, @Opening, @IsUsual, @ValidFrom, @ValidTo, @person, @at, @operationNo);
        """;

    /// <summary>Every point as its last version says, by commune.</summary>
    public static Task<IReadOnlyList<StoredPayPoint>> PointsAsync(DatabaseSession session, short provinceCode, CancellationToken cancel) =>
        session.QueryAsync<StoredPayPoint>(Points, new { provinceCode }, cancel);

    /// <summary>Names of points in the register that are none, with how many payees have them.</summary>
    public static Task<IReadOnlyList<(string? PayCommune, string PayPoint, int Payees)>> UnknownAsync(DatabaseSession session, short provinceCode, CancellationToken cancel) =>
        session.QueryAsync<(string? PayCommune, string PayPoint, int Payees)>(Unknown, new { provinceCode }, cancel);

    /// <summary>The numbers of communes by their codes; unknown ones are missing.</summary>
    public static async Task<IReadOnlyDictionary<string, int>> CommunesAsync(DatabaseSession session, short provinceCode, IEnumerable<string> codes, CancellationToken cancel) =>
        (await session.QueryAsync<(string Code, int Id)>(Communes, new { provinceCode, codes = codes.Distinct(StringComparer.Ordinal).ToArray() }, cancel)).ToDictionary(row => row.Code, row => row.Id, StringComparer.Ordinal);

    /// <summary>Writes a point's next version. Inside the operation's transaction.</summary>
    public static Task InsertAsync(DatabaseSession session, short provinceCode, int communeId, PayPoint point, int version, (string Person, Instant At, long OperationNo) by, CancellationToken cancel) =>
        session.ExecuteAsync(Insert, new
        {
            provinceCode, communeId, point.Code, version, point.Name, point.Address, point.Opening, point.IsUsual, point.ValidFrom, point.ValidTo, person = by.Person, at = by.At, operationNo = by.OperationNo,
        }, cancel);
}
