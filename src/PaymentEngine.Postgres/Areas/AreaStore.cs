using NodaTime;
using NodaTime.Text;
using PaymentEngine.Core.Areas;

namespace PaymentEngine.Postgres.Areas;

/// <summary>A person of the register whom no unit of a day could be named for.</summary>
public sealed record AreaPerson(string PersonId, string FullName, string CommuneCode, string CommuneName, string? Hamlet, long SumVnd);

/// <summary>A month's payments of one code, and where the code needs more, of one hamlet, list and own record.</summary>
public sealed record AreaPayments(string CommuneCode, string CommuneName, string? Hamlet, string Listed, string? OwnCode, int People, int Items, long SumVnd);

/// <summary>A commune code the register's people have today.</summary>
/// <param name="CommuneCode">The code.</param>
/// <param name="CommuneName">As the register names it.</param>
/// <param name="HomeProvince">As the rows have it; may be a province's code of before 1 July 2025.</param>
/// <param name="People">Living people whose last state has both.</param>
public sealed record AreaPeople(string CommuneCode, string CommuneName, string HomeProvince, int People);

/// <summary>A living person of a code with what a mapping asks about.</summary>
public sealed record AreaResident(string PersonId, string FullName, string CommuneCode, string HomeProvince, string? Hamlet, string Listed, string? HouseholdId);

/// <summary>Administrative units as stored, and the people and payments under them. Set-based: one statement a question.</summary>
public static class AreaStore
{
    const string Lock = """
        -- AreaStore.Lock: one change of the tree at a time.
        SELECT pg_advisory_xact_lock(hashtextextended('payengine.areas', @provinceCode));
        """;

    const string Units = """
        -- AreaStore.Units
        SELECT code, kind, name, parent_code, nullif(first_day, '-infinity') AS valid_from, nullif(last_day, 'infinity') AS valid_to, successors, source, version
          FROM area_unit_now WHERE province_code = @provinceCode ORDER BY code, first_day;
        """;

    const string InsertUnits = """
        -- AreaStore.InsertUnits
        INSERT INTO area_unit (province_code, code, first_day, version, last_day, kind, name, parent_code, successors, source, is_withdrawn, person, at, operation_no)
        SELECT @provinceCode, n.code, n.first::date,
               (SELECT coalesce(max(u.version), 0) + 1 FROM area_unit u WHERE u.province_code = @provinceCode AND u.code = n.code AND u.first_day = n.first::date),
               n.last::date, n.kind, n.name, n.parent, n.successors, n.source, n.withdrawn::boolean, @person, @at, @operationNo
          FROM unnest(@codes, @firsts, @lasts, @kinds, @names, @parents, @successors, @sources, @withdrawns) AS n (code, first, last, kind, name, parent, successors, source, withdrawn);
        """;

    // The register's own list of communes is what every screen of today names them by; a code it has not met yet gets its number when somebody lives there.
    // A term that begins later than today is not today's name; the next import after its first day brings it.
    const string NameCommunes = """
        -- AreaStore.NameCommunes: the register names the communes it has met as the last term of each that has begun.
        WITH last AS (
            SELECT DISTINCT ON (code) code, name, nullif(first_day, '-infinity') AS valid_from, nullif(last_day, 'infinity') AS valid_to, successors
              FROM area_unit_now WHERE province_code = @provinceCode AND kind >= 7 AND first_day <= @today ORDER BY code, first_day DESC)
        INSERT INTO area (province_code, commune_id, version, commune_code, name, valid_from, valid_to, successors, known_from, operation_no)
        SELECT a.province_code, a.commune_id, a.version + 1, a.commune_code, l.name, l.valid_from, l.valid_to, l.successors, @at, @operationNo
          FROM area a JOIN last l ON l.code = a.commune_code
         WHERE a.province_code = @provinceCode AND a.known_to = 'infinity' AND (a.name, a.valid_from, a.valid_to, a.successors) IS DISTINCT FROM (l.name, l.valid_from, l.valid_to, l.successors);
        """;

    const string StaleNames = """
        -- AreaStore.StaleNames: communes of the register that the tree names otherwise today.
        SELECT count(*)::int
          FROM (SELECT DISTINCT ON (code) code, name, nullif(first_day, '-infinity') AS valid_from, nullif(last_day, 'infinity') AS valid_to, successors
                  FROM area_unit_now WHERE province_code = @provinceCode AND kind >= 7 AND first_day <= @today ORDER BY code, first_day DESC) l
          JOIN area a ON a.province_code = @provinceCode AND a.commune_code = l.code AND a.known_to = 'infinity'
         WHERE (a.name, a.valid_from, a.valid_to, a.successors) IS DISTINCT FROM (l.name, l.valid_from, l.valid_to, l.successors);
        """;

    const string Divisions = """
        -- AreaStore.Divisions: by hamlet; lists of persons are asked about with the persons.
        SELECT from_code, on_day, hamlet_key, coalesce(hamlet, '') AS hamlet, to_code FROM area_division_now WHERE province_code = @provinceCode AND recipient_id = 0 ORDER BY 1, 2, 3;
        """;

    const string ListedPersons = """
        -- AreaStore.ListedPersons
        SELECT from_code, on_day, to_code, count(*)::int AS people FROM area_division_now WHERE province_code = @provinceCode AND recipient_id > 0 GROUP BY 1, 2, 3 ORDER BY 1, 2, 3;
        """;

    const string KnownPersons = """
        -- AreaStore.KnownPersons
        SELECT person_id, recipient_id FROM recipient WHERE province_code = @provinceCode AND version = 1 AND person_id = ANY (@personIds);
        """;

    const string InsertDivisions = """
        -- AreaStore.InsertDivisions: a row that says what stands is not written again.
        INSERT INTO area_division (province_code, from_code, on_day, hamlet_key, recipient_id, version, hamlet, to_code, source, person, at, operation_no)
        SELECT @provinceCode, n.from_code, n.on_day::date, n.hamlet_key, n.recipient_id, coalesce(d.version, 0) + 1, nullif(n.hamlet, ''), n.to_code, n.source, @person, @at, @operationNo
          FROM unnest(@fromCodes, @days, @hamletKeys, @recipients, @hamlets, @toCodes, @sources) AS n (from_code, on_day, hamlet_key, recipient_id, hamlet, to_code, source)
          LEFT JOIN area_division_now d ON d.province_code = @provinceCode AND d.from_code = n.from_code AND d.on_day = n.on_day::date AND d.hamlet_key = n.hamlet_key AND d.recipient_id = n.recipient_id
         WHERE (d.to_code, d.source) IS DISTINCT FROM (n.to_code, n.source);
        """;

    const string PaymentsByCode = """
        -- AreaStore.PaymentsByCode: approved lists of a month; what was netted away pays nobody and is left out.
        SELECT g.commune_code, g.name AS commune_name, NULL::text AS hamlet, '' AS listed, NULL::text AS own_code, count(DISTINCT d.recipient_id)::int AS people, count(*)::int AS items, sum(d.amount_vnd)::bigint AS sum_vnd
          FROM disbursement d
          JOIN area g ON g.province_code = d.province_code AND g.commune_id = d.commune_id AND g.known_to = 'infinity'
         WHERE d.province_code = @provinceCode AND d.month = @month AND d.amount_vnd > 0
           AND EXISTS (SELECT FROM run_step s WHERE s.province_code = d.province_code AND s.month = d.month AND s.run_no = d.run_no AND s.step = 'approved')
         GROUP BY g.commune_code, g.name ORDER BY g.commune_code;
        """;

    // Where somebody lived on the day asked for counts only where the register wrote it down for that day: another commune than the list's,
    // or the same code recorded before the unit of the list began. A code that was taken over by a larger unit says nothing by itself.
    const string Placed = """
        placed AS (
            SELECT d.recipient_id, r.person_id, r.full_name, n.code AS commune_code, g.name AS commune_name, here.hamlet,
                   coalesce((SELECT string_agg(l.from_code || ' ' || l.on_day || ' ' || l.to_code, ';' ORDER BY l.from_code, l.on_day) FROM area_division_now l
                              WHERE l.province_code = d.province_code AND l.recipient_id = d.recipient_id), '') AS listed,
                   CASE WHEN there.commune_id <> d.commune_id OR there.recorded_on < n.unit_from::date OR there.known_from < n.unit_from::date THEN o.commune_code END AS own_code, d.amount_vnd
              FROM disbursement d
              JOIN area g ON g.province_code = d.province_code AND g.commune_id = d.commune_id AND g.known_to = 'infinity'
              JOIN unnest(@codes, @unitFroms) AS n (code, unit_from) ON n.code = g.commune_code
              JOIN recipient r ON r.province_code = d.province_code AND r.recipient_id = d.recipient_id AND r.version = 1
              LEFT JOIN LATERAL (SELECT f.hamlet FROM dated_fact f WHERE f.province_code = d.province_code AND f.recipient_id = d.recipient_id AND f.known_to = 'infinity' AND f.facts_from <= @month
                                  ORDER BY f.facts_from DESC, f.recorded_on DESC NULLS LAST LIMIT 1) here ON true
              LEFT JOIN LATERAL (SELECT f.commune_id, f.recorded_on, f.known_from FROM dated_fact f WHERE f.province_code = d.province_code AND f.recipient_id = d.recipient_id AND f.known_to = 'infinity'
                                    AND f.facts_from <= @dayMonth ORDER BY f.facts_from DESC, f.recorded_on DESC NULLS LAST LIMIT 1) there ON true
              LEFT JOIN area o ON o.province_code = d.province_code AND o.commune_id = there.commune_id AND o.version = 1
             WHERE d.province_code = @provinceCode AND d.month = @month AND d.amount_vnd > 0
               AND EXISTS (SELECT FROM run_step s WHERE s.province_code = d.province_code AND s.month = d.month AND s.run_no = d.run_no AND s.step = 'approved'))
        """;

    const string PaymentsByPerson = $"""
        -- AreaStore.PaymentsByPerson: of the codes whose unit of the other day depends on the person.
        WITH {Placed}
        SELECT commune_code, commune_name, hamlet, listed, own_code, count(DISTINCT recipient_id)::int AS people, count(*)::int AS items, sum(amount_vnd)::bigint AS sum_vnd
          FROM placed GROUP BY 1, 2, 3, 4, 5 ORDER BY 1, 3, 4, 5;
        """;

    const string UndecidedPeople = $"""
        -- AreaStore.UndecidedPeople: who they are, of the groups no unit was found for.
        WITH {Placed}
        SELECT p.person_id, p.full_name, p.commune_code, p.commune_name, p.hamlet, sum(p.amount_vnd)::bigint AS sum_vnd
          FROM placed p JOIN unnest(@groupCodes, @groupHamlets, @groupListed, @groupOwn) AS n (code, hamlet, listed, own) ON p.commune_code = n.code AND coalesce(p.hamlet, '') = n.hamlet AND p.listed = n.listed AND coalesce(p.own_code, '') = n.own
         GROUP BY 1, 2, 3, 4, 5 ORDER BY p.commune_code, p.person_id LIMIT @rowsMax;
        """;

    const string Last = """
        last AS (
            SELECT DISTINCT ON (f.recipient_id) f.recipient_id, f.commune_id, f.home_province, f.hamlet, f.household_id
              FROM dated_fact f WHERE f.province_code = @provinceCode AND f.known_to = 'infinity'
             ORDER BY f.recipient_id, f.recorded_on DESC NULLS LAST, f.facts_from DESC)
        """;

    const string PeopleByCode = $"""
        -- AreaStore.PeopleByCode: living people by the code of their last state.
        WITH {Last}
        SELECT g.commune_code, g.name AS commune_name, l.home_province, count(*)::int AS people
          FROM last l
          JOIN recipient r ON r.province_code = @provinceCode AND r.recipient_id = l.recipient_id AND r.known_to = 'infinity' AND r.death IS NULL
          JOIN area g ON g.province_code = @provinceCode AND g.commune_id = l.commune_id AND g.known_to = 'infinity'
         GROUP BY 1, 2, 3 ORDER BY 1, 3;
        """;

    const string Residents = $"""
        -- AreaStore.Residents
        WITH {Last}
        SELECT r.person_id, r.full_name, g.commune_code, l.home_province, l.hamlet,
               coalesce((SELECT string_agg(x.from_code || ' ' || x.on_day || ' ' || x.to_code, ';' ORDER BY x.from_code, x.on_day) FROM area_division_now x WHERE x.province_code = @provinceCode AND x.recipient_id = l.recipient_id), '') AS listed,
               l.household_id
          FROM last l
          JOIN recipient r ON r.province_code = @provinceCode AND r.recipient_id = l.recipient_id AND r.known_to = 'infinity' AND r.death IS NULL
          JOIN area g ON g.province_code = @provinceCode AND g.commune_id = l.commune_id AND g.known_to = 'infinity' AND g.commune_code = ANY (@codes)
         ORDER BY g.commune_code, r.person_id;
        """;

    sealed record StoredUnit(string Code, short Kind, string Name, string ParentCode, LocalDate? ValidFrom, LocalDate? ValidTo, string Successors, string Source, int Version);

    sealed record StoredDivision(string FromCode, LocalDate OnDay, string HamletKey, string Hamlet, string ToCode);

    sealed record KnownPerson(string PersonId, int RecipientId);

    public static Task LockAsync(DatabaseSession session, short provinceCode, CancellationToken cancel) => session.ExecuteAsync(Lock, new { provinceCode }, cancel);

    /// <summary>The terms of districts and communes that stand.</summary>
    public static async Task<IReadOnlyList<AreaUnit>> UnitsAsync(DatabaseSession session, short provinceCode, CancellationToken cancel) =>
        [.. (await session.QueryAsync<StoredUnit>(Units, new { provinceCode }, cancel)).Select(unit => new AreaUnit(unit.Code, (AreaKind)unit.Kind, unit.Name, unit.ParentCode, unit.ValidFrom, unit.ValidTo,
            unit.Successors.Split(';', StringSplitOptions.RemoveEmptyEntries), unit.Source))];

    /// <summary>How many communes of the register the tree names otherwise on a day.</summary>
    public static Task<int> StaleNamesAsync(DatabaseSession session, short provinceCode, LocalDate today, CancellationToken cancel) => session.SingleAsync<int>(StaleNames, new { provinceCode, today }, cancel);

    /// <summary>Writes new versions of terms, and names the register's communes after the term of each that stands today, or stood last.</summary>
    /// <returns>How many communes of the register have another name or term now.</returns>
    public static async Task<int> InsertUnitsAsync(DatabaseSession session, short provinceCode, IReadOnlyList<AreaUnitRow> rows, LocalDate today, (string Person, Instant At, long OperationNo) by, CancellationToken cancel)
    {
        if (rows.Count > 0)
            await session.ExecuteAsync(InsertUnits, new
            {
                provinceCode, person = by.Person, at = by.At, operationNo = by.OperationNo,
                codes = rows.Select(row => row.Unit.Code).ToArray(), firsts = rows.Select(row => row.Unit.ValidFrom is { } day ? Text(day) : "-infinity").ToArray(), lasts = rows.Select(row => row.Unit.ValidTo is { } day ? Text(day) : "infinity").ToArray(),
                kinds = rows.Select(row => (short)row.Unit.Kind).ToArray(), names = rows.Select(row => row.Unit.Name).ToArray(), parents = rows.Select(row => row.Unit.ParentCode!).ToArray(),
                successors = rows.Select(row => string.Join(';', row.Unit.Successors)).ToArray(), sources = rows.Select(row => row.Unit.Source).ToArray(), withdrawns = rows.Select(row => row.IsWithdrawn ? "true" : "false").ToArray(),
            }, cancel);
        return await session.ExecuteAsync(NameCommunes, new { provinceCode, today, at = by.At, operationNo = by.OperationNo }, cancel);
    }

    /// <summary>Where hamlets of divided communes went.</summary>
    public static async Task<AreaDivisions> DivisionsAsync(DatabaseSession session, short provinceCode, CancellationToken cancel) =>
        new((await session.QueryAsync<StoredDivision>(Divisions, new { provinceCode }, cancel)).Select(part => (part.FromCode, part.OnDay, part.HamletKey, part.ToCode)));

    /// <summary>The same for people to read: hamlet as written (empty: the rest), and lists by count.</summary>
    public static async Task<IReadOnlyList<(string FromCode, LocalDate On, string? Hamlet, int People, string ToCode)>> DivisionWordsAsync(DatabaseSession session, short provinceCode, CancellationToken cancel) =>
    [
        .. (await session.QueryAsync<StoredDivision>(Divisions, new { provinceCode }, cancel)).Select(part => (part.FromCode, part.OnDay, (string?)part.Hamlet, 0, part.ToCode)),
        .. (await session.QueryAsync<(string FromCode, LocalDate OnDay, string ToCode, int People)>(ListedPersons, new { provinceCode }, cancel)).Select(list => (list.FromCode, list.OnDay, (string?)null, list.People, list.ToCode)),
    ];

    /// <summary>The numbers of these people of the register, by key.</summary>
    public static async Task<IReadOnlyDictionary<string, int>> KnownPersonsAsync(DatabaseSession session, short provinceCode, string[] personIds, CancellationToken cancel) =>
        (await session.QueryAsync<KnownPerson>(KnownPersons, new { provinceCode, personIds }, cancel)).ToDictionary(person => person.PersonId, person => person.RecipientId, StringComparer.Ordinal);

    /// <summary>Writes where parts went; how many rows were new or said something else.</summary>
    public static Task<int> InsertDivisionsAsync(DatabaseSession session, short provinceCode, IReadOnlyList<(AreaDivisionRow Row, int RecipientId)> rows, (string Person, Instant At, long OperationNo) by, CancellationToken cancel) =>
        session.ExecuteAsync(InsertDivisions, new
        {
            provinceCode, person = by.Person, at = by.At, operationNo = by.OperationNo,
            fromCodes = rows.Select(one => one.Row.FromCode).ToArray(), days = rows.Select(one => Text(one.Row.On)).ToArray(), hamletKeys = rows.Select(one => HamletKey.Of(one.Row.Hamlet)).ToArray(), recipients = rows.Select(one => one.RecipientId).ToArray(),
            hamlets = rows.Select(one => one.Row.Hamlet ?? "").ToArray(), toCodes = rows.Select(one => one.Row.ToCode).ToArray(), sources = rows.Select(one => one.Row.Source).ToArray(),
        }, cancel);

    /// <summary>What approved lists of a month pay, by the code the lists have.</summary>
    public static Task<IReadOnlyList<AreaPayments>> PaymentsAsync(DatabaseSession session, short provinceCode, int month, CancellationToken cancel) =>
        session.QueryAsync<AreaPayments>(PaymentsByCode, new { provinceCode, month }, cancel);

    /// <summary>The same of some codes, by what tells their people apart.</summary>
    /// <param name="session">The caller's eyes.</param>
    /// <param name="provinceCode">The tenant.</param>
    /// <param name="month">The list month.</param>
    /// <param name="dayMonth">The month of the day asked for.</param>
    /// <param name="needs">Codes with the first day of the unit their people were taken from.</param>
    /// <param name="cancel">Cancels the statement.</param>
    public static Task<IReadOnlyList<AreaPayments>> PaymentsAsync(DatabaseSession session, short provinceCode, int month, int dayMonth, IReadOnlyList<(string Code, LocalDate UnitFrom)> needs, CancellationToken cancel) =>
        session.QueryAsync<AreaPayments>(PaymentsByPerson, new { provinceCode, month, dayMonth, codes = needs.Select(need => need.Code).ToArray(), unitFroms = needs.Select(From).ToArray() }, cancel);

    /// <summary>The people of groups no unit was found for, by code and key.</summary>
    public static Task<IReadOnlyList<AreaPerson>> UndecidedPeopleAsync(DatabaseSession session, short provinceCode, int month, int dayMonth, IReadOnlyList<(string Code, LocalDate UnitFrom)> needs, IReadOnlyList<AreaPayments> groups, int rowsMax, CancellationToken cancel) =>
        session.QueryAsync<AreaPerson>(UndecidedPeople, new
        {
            provinceCode, month, dayMonth, codes = needs.Select(need => need.Code).ToArray(), unitFroms = needs.Select(From).ToArray(), rowsMax,
            groupCodes = groups.Select(group => group.CommuneCode).ToArray(), groupHamlets = groups.Select(group => group.Hamlet ?? "").ToArray(), groupListed = groups.Select(group => group.Listed).ToArray(), groupOwn = groups.Select(group => group.OwnCode ?? "").ToArray(),
        }, cancel);

    /// <summary>Living people by the code and province of their last state.</summary>
    public static Task<IReadOnlyList<AreaPeople>> PeopleAsync(DatabaseSession session, short provinceCode, CancellationToken cancel) =>
        session.QueryAsync<AreaPeople>(PeopleByCode, new { provinceCode }, cancel);

    /// <summary>The living people of some codes, one by one.</summary>
    public static Task<IReadOnlyList<AreaResident>> ResidentsAsync(DatabaseSession session, short provinceCode, string[] codes, CancellationToken cancel) =>
        session.QueryAsync<AreaResident>(Residents, new { provinceCode, codes }, cancel);

    static string From((string Code, LocalDate UnitFrom) need) => need.UnitFrom == LocalDate.MinIsoValue ? "-infinity" : Text(need.UnitFrom);

    static string Text(LocalDate day) => LocalDatePattern.Iso.Format(day);
}
