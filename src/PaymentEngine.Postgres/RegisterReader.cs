using NodaTime;
using Npgsql;
using PaymentEngine.Core;
using PaymentEngine.Core.Entitlements;
using PaymentEngine.Core.Money;
using PaymentEngine.Core.Payments;
using PaymentEngine.Core.Recipients;

namespace PaymentEngine.Postgres;

/// <summary>One person of the register with what a run needs beside it: rights to receive and the memory of what was listed.</summary>
public sealed class RegisterEntry(int recipientId, string personId)
{
    readonly List<PersonFacts> facts = [];
    readonly List<Award> awards = [];
    RegisterPerson? person;

    public int RecipientId => recipientId;

    /// <summary>Every row of facts and awards known at the moment read.</summary>
    public RegisterPerson Person => person ??= new RegisterPerson(personId, facts, awards);

    public List<PayeeRight> Rights { get; } = [];

    public List<ListedComponent> Listed { get; } = [];

    /// <summary>Decisions on recoupment by instalments.</summary>
    public List<RecoupmentDecision> Recoupments { get; } = [];

    public LocalDate? Death { get; private set; }

    /// <summary>An award of care support, which a couple may share.</summary>
    public bool HasCareSupport => awards.Exists(static award => award.Category.StartsWith("CS.", StringComparison.Ordinal));

    internal void Marry(string spouseId) => person = Person.MarriedTo(spouseId);

    internal void Add(PersonFacts row)
    {
        facts.Add(row);
        Death = row.Death;
    }

    internal void Add(Award row) => awards.Add(row);

    internal string PersonId => personId;
}

/// <summary>A slice of the register as it was known at one moment.</summary>
/// <param name="Entries">The people asked for, by ascending recipient number.</param>
/// <param name="Others">People named by their awards (cared for, fostered) and spouses where care support is shared, by person_id.</param>
/// <param name="AwardNumbers">Number of each award by its id.</param>
public sealed record RegisterSlice(IReadOnlyList<RegisterEntry> Entries, IReadOnlyDictionary<string, RegisterPerson> Others, IReadOnlyDictionary<string, int> AwardNumbers);

/// <summary>Reads people as the register was known at a moment: a handful of set-based statements for any number of people.</summary>
/// <param name="session">A session of the run role.</param>
/// <param name="provinceCode">The tenant.</param>
/// <param name="knownAt">Rows known later, or no longer known, do not count.</param>
public sealed class RegisterReader(DatabaseSession session, short provinceCode, Instant knownAt)
{
    const string Known = "x.province_code = @provinceCode AND x.known_from <= @knownAt AND x.known_to > @knownAt";

    const string Areas = """
        -- RegisterReader.Areas
        SELECT DISTINCT ON (commune_id) commune_id AS CommuneId, commune_code AS Code, name AS Name FROM area
         WHERE province_code = @provinceCode ORDER BY commune_id, version DESC;
        """;

    const string LocalStandards = $"""
        -- RegisterReader.LocalStandards
        SELECT x.home_province AS ProvinceCode, x.standard_code AS StandardCode, x.amount_vnd AS Amount, x.valid_from AS ValidFrom, x.valid_to AS ValidTo, x.source AS Source, x.status AS Status
          FROM local_standard x WHERE {Known} ORDER BY x.standard_no, x.version;
        """;

    const string FactsOfPeople = $"""
        -- RegisterReader.Facts: versions in order, so that of equal rows the later one wins.
        SELECT x.recipient_id, r.person_id, r.full_name, r.sex, r.birth_year, r.birth_month, r.birth_day, r.death,
               x.facts_from, x.recorded_on, x.home_province, x.commune_id, x.special_area, x.household_id, x.spouse_id, x.poverty, x.supporter, x.alone, x.other_income,
               x.other_income_vnd, x.disability, x.disability_cert_on, x.studying, x.study_broken, x.in_facility
          FROM dated_fact x
          JOIN recipient r ON r.province_code = x.province_code AND r.recipient_id = x.recipient_id AND r.known_from <= @knownAt AND r.known_to > @knownAt
         WHERE {Known} AND x.recipient_id = ANY (@ids)
         ORDER BY x.recipient_id, x.version;
        """;

    const string AwardsOfPeople = $"""
        -- RegisterReader.Awards
        SELECT x.recipient_id, x.award_no, x.award_id, x.programme, x.category, x.facts_from, x.recorded_on, x.filed_on, x.decision_no, x.decided_on, x.board_on, x.event_on,
               x.first_month, x.last_month, x.end_reason, x.on_roll_since, x.converted_from, x.degree_pct, x.class, x.special, x.at_home, x.valid_exam, x.full_time, x.seniority_units,
               x.decoration, x.martyrs, x.service_half_years, x.deceased_id, x.deceased_category, x.deceased_pct, x.deceased_on, x.relation, x.children, x.children_births, x.pregnant,
               x.about_person_id, x.treatment_days, x.suspended_from, x.suspended_to, x.suspend_reason, x.released_on, x.reapplied_on, x.reviewed_on, x.review_result,
               x.declared_wage_vnd
          FROM award x
         WHERE {Known} AND x.recipient_id = ANY (@ids)
         ORDER BY x.recipient_id, x.award_no, x.version;
        """;

    const string RightsOfPeople = $"""
        -- RegisterReader.Rights: each with the account version it is paid to.
        SELECT x.recipient_id, x.payee_no, x.version, x.award_no, x.programme, x.role, x.valid_from, x.valid_to, x.channel, x.wish, x.pay_commune,
               c.version AS channel_version, c.bank_bin, encode(c.account_tag, 'hex') AS account_tag, c.holder_name, d.died IS NOT NULL AS payee_died
          FROM payee x
          LEFT JOIN channel c ON c.province_code = x.province_code AND c.payee_no = x.payee_no AND c.version = x.channel_version
          -- Whoever takes the money for somebody else and is a person of the register: dead by their own record, or by the one theirs was merged into.
          LEFT JOIN LATERAL (SELECT max(n.death) AS died
                               FROM recipient o
                               LEFT JOIN duplicate_decision m ON m.province_code = o.province_code AND m.merged_id = o.recipient_id AND m.is_same
                               JOIN recipient n ON n.province_code = o.province_code AND n.recipient_id IN (o.recipient_id, m.kept_id) AND n.known_from <= @knownAt AND n.known_to > @knownAt
                              WHERE x.role <> 1 AND o.province_code = x.province_code AND o.person_id = x.payee_ref AND o.version = 1 AND o.recipient_id <> x.recipient_id) d ON true
         WHERE {Known} AND x.recipient_id = ANY (@ids)
         ORDER BY x.recipient_id, x.payee_no, x.version;
        """;

    const string PrimariesOfPeople = $"""
        -- RegisterReader.Primaries: accounts of one programme; few rights have one.
        SELECT p.recipient_id, x.payee_no, x.programme, x.valid_from, x.valid_to, x.kind, x.version, x.bank_bin, encode(x.account_tag, 'hex') AS account_tag, x.holder_name
          FROM channel x
          JOIN payee p ON p.province_code = x.province_code AND p.payee_no = x.payee_no AND p.version = 1
         WHERE {Known} AND x.programme IS NOT NULL AND p.recipient_id = ANY (@ids)
         ORDER BY p.recipient_id, x.payee_no, x.version;
        """;

    const string ListedOfPeople = """
        -- RegisterReader.Listed: the last version of each component's memory.
        SELECT DISTINCT ON (x.recipient_id, x.award_no, x.component) x.recipient_id, a.award_id, x.component, x.version, x.from_months, x.to_months, x.amounts_vnd
          FROM listed x
          JOIN award a ON a.province_code = x.province_code AND a.award_no = x.award_no AND a.version = 1
         WHERE x.province_code = @provinceCode AND x.recipient_id = ANY (@ids)
         ORDER BY x.recipient_id, x.award_no, x.component, x.version DESC;
        """;

    const string RecoupmentsOfPeople = $"""
        -- RegisterReader.Recoupments: few people have one.
        SELECT x.recipient_id, a.award_id, x.decision_no, x.decided_on, x.from_month, x.monthly_vnd, x.recorded_on
          FROM recoupment_decision x
          LEFT JOIN award a ON a.province_code = x.province_code AND a.award_no = x.award_no AND a.version = 1
         WHERE {Known} AND x.recipient_id = ANY (@ids)
         ORDER BY x.recipient_id, x.recoupment_no;
        """;

    const string NamedAsSpouse = $"""
        -- RegisterReader.NamedAsSpouse: who names these people as their spouse; of several the one whose person_id comes first.
        SELECT x.spouse_id AS PersonId, min(r.person_id COLLATE "C") AS SpouseId
          FROM dated_fact x
          JOIN recipient r ON r.province_code = x.province_code AND r.recipient_id = x.recipient_id AND r.version = 1
         WHERE {Known} AND x.spouse_id = ANY (@personIds)
         GROUP BY x.spouse_id;
        """;

    const string NumbersOfPeople = """
        -- RegisterReader.Numbers
        SELECT recipient_id FROM recipient WHERE province_code = @provinceCode AND version = 1 AND person_id = ANY (@personIds);
        """;

    const string PeopleOfMonth = """
        -- RegisterReader.PeopleOfMonth: everybody with an award, and the commune they live in that month, by what was known.
        SELECT f.recipient_id AS RecipientId, f.commune_id AS CommuneId
          FROM (SELECT DISTINCT ON (x.recipient_id) x.recipient_id, x.commune_id
                  FROM dated_fact x
                 WHERE x.province_code = @provinceCode AND x.known_from <= @knownAt AND x.known_to > @knownAt AND x.facts_from <= @month
                   AND (x.recorded_on IS NULL OR x.recorded_on <= @recordedBy)
                 ORDER BY x.recipient_id, x.facts_from DESC, x.recorded_on DESC NULLS LAST, x.version DESC) f
         WHERE EXISTS (SELECT FROM award a WHERE a.province_code = @provinceCode AND a.recipient_id = f.recipient_id AND a.known_from <= @knownAt AND a.known_to > @knownAt)
         ORDER BY f.recipient_id;
        """;

    readonly Dictionary<int, string> communeCodes = [];
    readonly Dictionary<string, int> communeIds = new(StringComparer.Ordinal);

    /// <summary>What the province itself has set, as known at the moment.</summary>
    public Task<IReadOnlyList<LocalStandard>> LocalStandardsAsync(CancellationToken cancel = default) =>
        session.QueryAsync<LocalStandard>(LocalStandards, Parameters(null), cancel);

    /// <summary>Everybody with an award, by number, with the commune they live in that month.</summary>
    public Task<IReadOnlyList<(int RecipientId, int CommuneId)>> PeopleOfMonthAsync(YearMonth month, LocalDate recordedBy, CancellationToken cancel = default) =>
        session.QueryAsync<(int RecipientId, int CommuneId)>(PeopleOfMonth, new { provinceCode, knownAt, month = month.Key(), recordedBy }, cancel);

    /// <summary>Code and name of every commune, by number.</summary>
    public async Task<IReadOnlyDictionary<int, (string Code, string Name)>> CommunesAsync(CancellationToken cancel = default) =>
        (await session.QueryAsync<(int CommuneId, string Code, string Name)>(Areas, new { provinceCode }, cancel)).ToDictionary(row => row.CommuneId, row => (row.Code, row.Name));

    /// <summary>Reads the people with everything a run needs of them.</summary>
    /// <param name="ids">Recipient numbers.</param>
    /// <param name="cancel">Stops between statements.</param>
    public async Task<RegisterSlice> ReadAsync(int[] ids, CancellationToken cancel = default)
    {
        if (communeCodes.Count == 0) await ReadAreasAsync(cancel);
        var awardNumbers = new Dictionary<string, int>(ids.Length, StringComparer.Ordinal);
        var awardIds = new Dictionary<int, string>(ids.Length);
        var entries = await ReadPeopleAsync(ids, awardNumbers, awardIds, cancel);
        await ReadRightsAsync(ids, entries, awardIds, cancel);
        await ReadPrimariesAsync(ids, entries, cancel);
        await ReadListedAsync(ids, entries, cancel);
        await ReadRecoupmentsAsync(ids, entries, cancel);
        return new RegisterSlice([.. entries.Values], await ReadOthersAsync(entries, cancel), awardNumbers);
    }

    async Task<SortedDictionary<int, RegisterEntry>> ReadPeopleAsync(int[] ids, Dictionary<string, int> awardNumbers, Dictionary<int, string> awardIds, CancellationToken cancel)
    {
        var entries = new SortedDictionary<int, RegisterEntry>();
        await session.ReadAsync(FactsOfPeople, async reader =>
        {
            while (await reader.ReadAsync(cancel))
            {
                var id = reader.GetInt32(0);
                if (!entries.TryGetValue(id, out var entry)) entries.Add(id, entry = new RegisterEntry(id, reader.GetString(1)));
                entry.Add(RegisterRows.Facts(reader, communeCodes[reader.GetInt32(11)]));
            }
        }, Parameters(ids), cancel);
        await session.ReadAsync(AwardsOfPeople, async reader =>
        {
            while (await reader.ReadAsync(cancel))
            {
                if (!entries.TryGetValue(reader.GetInt32(0), out var entry)) continue;
                var award = RegisterRows.Award(reader, entry.PersonId);
                awardNumbers[award.AwardId] = reader.GetInt32(1);
                awardIds[reader.GetInt32(1)] = award.AwardId;
                entry.Add(award);
            }
        }, Parameters(ids), cancel);
        return entries;
    }

    Task ReadRightsAsync(int[] ids, SortedDictionary<int, RegisterEntry> entries, Dictionary<int, string> awardIds, CancellationToken cancel) => session.ReadAsync(RightsOfPeople, async reader =>
    {
        while (await reader.ReadAsync(cancel))
        {
            if (!entries.TryGetValue(reader.GetInt32(0), out var entry)) continue;
            string? awardId = null;
            // A right for an award that is not known now covers nothing.
            if (!reader.IsDBNull(3) && !awardIds.TryGetValue(reader.GetInt32(3), out awardId)) continue;
            var account = reader.IsDBNull(11) ? null : new PayoutAccount(reader.GetInt32(11), reader.GetString(12), reader.GetString(13), reader.GetString(14));
            int? payCommune = reader.IsDBNull(10) || !communeIds.TryGetValue(reader.GetString(10), out var commune) ? null : commune;
            entry.Rights.Add(new PayeeRight(reader.GetInt32(1), reader.GetInt32(2), awardId, reader.IsDBNull(4) ? null : (Programme)reader.GetInt16(4), (PayeeRole)reader.GetInt16(5),
                RegisterRows.Day(reader, 6), RegisterRows.Day(reader, 7), (PayoutChannel)reader.GetInt16(8), (Wish)reader.GetInt16(9), account, payCommune) { PayeeDied = reader.GetBoolean(15) });
        }
    }, Parameters(ids), cancel);

    async Task ReadPrimariesAsync(int[] ids, SortedDictionary<int, RegisterEntry> entries, CancellationToken cancel)
    {
        var found = new List<(int RecipientId, int PayeeNo, ProgrammeAccount Account)>();
        await session.ReadAsync(PrimariesOfPeople, async reader =>
        {
            while (await reader.ReadAsync(cancel))
            {
                found.Add((reader.GetInt32(0), reader.GetInt32(1), new ProgrammeAccount((Programme)reader.GetInt16(2), RegisterRows.Day(reader, 3)!.Value, RegisterRows.Day(reader, 4), (PayoutChannel)reader.GetInt16(5),
                    new PayoutAccount(reader.GetInt32(6), reader.GetString(7), reader.GetString(8), reader.GetString(9)))));
            }
        }, Parameters(ids), cancel);
        foreach (var right in found.GroupBy(one => (one.RecipientId, one.PayeeNo)))
        {
            if (!entries.TryGetValue(right.Key.RecipientId, out var entry)) continue;
            for (var at = 0; at < entry.Rights.Count; at++)
            {
                if (entry.Rights[at].PayeeNo == right.Key.PayeeNo) entry.Rights[at] = entry.Rights[at] with { Primaries = [.. right.Select(one => one.Account)] };
            }
        }
    }

    Task ReadListedAsync(int[] ids, SortedDictionary<int, RegisterEntry> entries, CancellationToken cancel) => session.ReadAsync(ListedOfPeople, async reader =>
    {
        while (await reader.ReadAsync(cancel))
        {
            if (!entries.TryGetValue(reader.GetInt32(0), out var entry)) continue;
            var (from, to, amounts) = (reader.GetFieldValue<int[]>(4), reader.GetFieldValue<int[]>(5), reader.GetFieldValue<long[]>(6));
            var ranges = new ListedRange[from.Length];
            for (var i = 0; i < ranges.Length; i++) ranges[i] = new ListedRange(Months.FromKey(from[i]), to[i] == 0 ? null : Months.FromKey(to[i]), new Vnd(amounts[i]));
            entry.Listed.Add(new ListedComponent(reader.GetString(1), reader.GetString(2), reader.GetInt32(3), ranges));
        }
    }, Parameters(ids), cancel);

    Task ReadRecoupmentsAsync(int[] ids, SortedDictionary<int, RegisterEntry> entries, CancellationToken cancel) => session.ReadAsync(RecoupmentsOfPeople, async reader =>
    {
        while (await reader.ReadAsync(cancel))
        {
            if (!entries.TryGetValue(reader.GetInt32(0), out var entry)) continue;
            entry.Recoupments.Add(new RecoupmentDecision(entry.PersonId, reader.IsDBNull(1) ? null : reader.GetString(1), reader.GetString(2), RegisterRows.Day(reader, 3)!.Value,
                Months.FromKey(reader.GetInt32(4)), new Vnd(reader.GetInt64(5)), RegisterRows.Day(reader, 6)));
        }
    }, Parameters(ids), cancel);

    /// <summary>A spouse is asked only where care support is shared between spouses, so only then is the spouse read.</summary>
    async Task<IReadOnlyDictionary<string, RegisterPerson>> ReadOthersAsync(SortedDictionary<int, RegisterEntry> entries, CancellationToken cancel)
    {
        var found = new Dictionary<string, RegisterPerson>(StringComparer.Ordinal);
        var missing = new HashSet<string>(StringComparer.Ordinal);
        await MarryAsync(entries, cancel);
        foreach (var entry in entries.Values) found[entry.PersonId] = entry.Person;
        foreach (var entry in entries.Values)
        {
            foreach (var award in entry.Person.Awards)
            {
                if (award.AboutPersonId is { } about && !found.ContainsKey(about)) missing.Add(about);
                // A lump sum or funeral allowance asks what the deceased received.
                if (award.DeceasedId is { } deceased && !found.ContainsKey(deceased)) missing.Add(deceased);
            }

            if (!entry.HasCareSupport) continue;
            foreach (var facts in entry.Person.Facts)
            {
                if (facts.SpouseId is { } spouse && !found.ContainsKey(spouse)) missing.Add(spouse);
            }
        }

        if (missing.Count == 0) return found;
        var numbers = await session.QueryAsync<int>(NumbersOfPeople, new { provinceCode, personIds = missing.ToArray() }, cancel);
        foreach (var other in (await ReadPeopleAsync([.. numbers], new(StringComparer.Ordinal), [], cancel)).Values) found[other.PersonId] = other.Person;
        return found;
    }

    /// <summary>A share of a couple is one share also when only one of the two rows says that they are married.</summary>
    async Task MarryAsync(SortedDictionary<int, RegisterEntry> entries, CancellationToken cancel)
    {
        var asked = entries.Values.Where(entry => entry.HasCareSupport && entry.Person.NamesNoSpouse).ToDictionary(entry => entry.PersonId, StringComparer.Ordinal);
        if (asked.Count == 0) return;
        foreach (var (personId, spouseId) in await session.QueryAsync<(string PersonId, string SpouseId)>(NamedAsSpouse, new { provinceCode, knownAt, personIds = asked.Keys.ToArray() }, cancel))
            asked[personId].Marry(spouseId);
    }

    async Task ReadAreasAsync(CancellationToken cancel)
    {
        foreach (var (communeId, code, _) in await session.QueryAsync<(int CommuneId, string Code, string Name)>(Areas, new { provinceCode }, cancel))
            (communeCodes[communeId], communeIds[code]) = (code, communeId);
    }

    object Parameters(int[]? ids) => new { provinceCode, knownAt, ids };
}

/// <summary>Columns of the register to Core's rows. The column order is that of the statements above.</summary>
static class RegisterRows
{
    public static PersonFacts Facts(NpgsqlDataReader row, string communeCode) => new()
    {
        PersonId = row.GetString(1),
        FullName = row.GetString(2),
        Sex = (Sex)row.GetInt16(3),
        Birth = new BirthDate(row.GetInt16(4), (byte)row.GetInt16(5), (byte)row.GetInt16(6)),
        Death = Day(row, 7),
        FactsFrom = Month(row, 8),
        RecordedOn = Day(row, 9),
        ProvinceCode = row.GetString(10),
        CommuneCode = communeCode,
        SpecialArea = Flag(row, 12),
        HouseholdId = Text(row, 13),
        SpouseId = Text(row, 14),
        Poverty = (Poverty)row.GetInt16(15),
        Supporter = (Supporter)row.GetInt16(16),
        Alone = (Aloneness)row.GetInt16(17),
        OtherIncome = (OtherIncome)row.GetInt16(18),
        OtherIncomeVnd = row.IsDBNull(19) ? null : row.GetInt64(19),
        Disability = (Disability)row.GetInt16(20),
        DisabilityCertificateOn = Day(row, 21),
        Studying = Flag(row, 22),
        StudyBroken = Flag(row, 23),
        InFacility = Flag(row, 24),
    };

    public static Award Award(NpgsqlDataReader row, string personId) => new()
    {
        AwardId = row.GetString(2),
        PersonId = personId,
        Programme = (Programme)row.GetInt16(3),
        Category = row.GetString(4),
        FactsFrom = Month(row, 5),
        RecordedOn = Day(row, 6),
        FiledOn = Day(row, 7),
        DecisionNo = Text(row, 8),
        DecidedOn = Day(row, 9),
        BoardOn = Day(row, 10),
        EventOn = Day(row, 11),
        FirstMonth = Month(row, 12),
        LastMonth = Month(row, 13),
        EndReason = Text(row, 14),
        OnRollSince = Month(row, 15),
        ConvertedFrom = Text(row, 16),
        DegreePct = Number(row, 17),
        Class = (InvalidClass)row.GetInt16(18),
        Special = Flag(row, 19),
        AtHome = Flag(row, 20),
        ValidExam = Flag(row, 21),
        FullTime = Flag(row, 22),
        SeniorityUnits = Number(row, 23),
        Decoration = Text(row, 24),
        Martyrs = Number(row, 25),
        ServiceHalfYears = Number(row, 26),
        DeceasedId = Text(row, 27),
        DeceasedCategory = Text(row, 28),
        DeceasedPct = Number(row, 29),
        DeceasedOn = Day(row, 30),
        Relation = (Relation)row.GetInt16(31),
        Children = Number(row, 32),
        ChildrenBirths = row.IsDBNull(33) ? [] : Array.ConvertAll(row.GetFieldValue<DateOnly[]>(33), static day => new LocalDate(day.Year, day.Month, day.Day)),
        Pregnant = Flag(row, 34),
        AboutPersonId = Text(row, 35),
        TreatmentDays = Number(row, 36),
        SuspendedFrom = Month(row, 37),
        SuspendedTo = Month(row, 38),
        SuspendReason = (SuspendReason)row.GetInt16(39),
        ReleasedOn = Day(row, 40),
        ReappliedOn = Day(row, 41),
        ReviewedOn = Day(row, 42),
        ReviewResult = (ReviewResult)row.GetInt16(43),
        DeclaredWageVnd = row.IsDBNull(44) ? null : row.GetInt64(44),
    };

    public static LocalDate? Day(NpgsqlDataReader row, int at)
    {
        if (row.IsDBNull(at)) return null;
        var day = row.GetFieldValue<DateOnly>(at);
        return new LocalDate(day.Year, day.Month, day.Day);
    }

    // Month 0 is "from ever".
    static YearMonth? Month(NpgsqlDataReader row, int at) => row.IsDBNull(at) || row.GetInt32(at) == 0 ? null : Months.FromKey(row.GetInt32(at));

    static string? Text(NpgsqlDataReader row, int at) => row.IsDBNull(at) ? null : row.GetString(at);

    static bool? Flag(NpgsqlDataReader row, int at) => row.IsDBNull(at) ? null : row.GetBoolean(at);

    static int? Number(NpgsqlDataReader row, int at) => row.IsDBNull(at) ? null : row.GetInt16(at);
}
