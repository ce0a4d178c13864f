using NodaTime;

namespace PaymentEngine.Postgres.Register;

/// <summary>A person of the register as known now, with the commune and household of the state known last.</summary>
public sealed record StoredPerson
{
    public int RecipientId { get; init; }
    public string PersonId { get; init; } = "";
    public string FullName { get; init; } = "";
    public short Sex { get; init; }
    public short BirthYear { get; init; }
    public short BirthMonth { get; init; }
    public short BirthDay { get; init; }
    public LocalDate? Death { get; init; }
    public string? IdNumberTail { get; init; }
    public int CommuneId { get; init; }
    public string CommuneCode { get; init; } = "";
    public string CommuneName { get; init; } = "";
    public string? HouseholdId { get; init; }
    public string? MergedInto { get; init; }
}

/// <summary>One version of one row of a person, with who made it, when, by what and from which file.</summary>
/// <param name="Kind">person, facts, award, payee or channel.</param>
/// <param name="Key">What the versions of one row have in common.</param>
/// <param name="Version">From 1; a later version of the same key replaced the one before.</param>
/// <param name="At">From when it is known.</param>
/// <param name="Person">Who.</param>
/// <param name="Operation">The kind of operation.</param>
/// <param name="Files">Files the operation took in; null when it took none.</param>
/// <param name="Row">The row as JSON, without cipher text.</param>
public sealed record PersonVersion(string Kind, string Key, int Version, Instant At, string Person, string Operation, string? Files, string Row);

/// <summary>Why a person's record changed.</summary>
public sealed record PersonChange(string Kind, LocalDate? EventOn, LocalDate? KnownOn, string Why, string Source, string Person, Instant At);

/// <summary>A number a person has or had.</summary>
/// <param name="Tail">Its last figures.</param>
/// <param name="Figures">9 or 12.</param>
/// <param name="ValidFrom">As declared; null: not known.</param>
/// <param name="ValidTo">As declared; null: not known.</param>
/// <param name="At">Since when we know of it.</param>
/// <param name="IsCurrent">The register carries it now.</param>
/// <param name="Source">Of a declared one.</param>
public sealed record PersonNumber(string Tail, int Figures, LocalDate? ValidFrom, LocalDate? ValidTo, Instant At, bool IsCurrent, string Source);

/// <summary>A number to be declared beside a person's record.</summary>
public sealed record DeclaredNumber(int RecipientId, SealedNumber Number, short Figures, LocalDate? ValidFrom, LocalDate? ValidTo, string Source);

/// <summary>A change to be recorded with its reason.</summary>
public sealed record NotedChange(int RecipientId, string Kind, LocalDate? EventOn, LocalDate? KnownOn, string Why, string Source);

/// <summary>People of the register one by one: found by key or by any number they ever had, with the history of their record.</summary>
public static class PersonStore
{
    const string Columns = """
        r.recipient_id, r.person_id, r.full_name, r.sex, r.birth_year, r.birth_month, r.birth_day, r.death, r.id_number_tail, f.commune_id, a.commune_code, a.name AS commune_name, f.household_id,
               (SELECT k.person_id FROM duplicate_decision d JOIN recipient k ON k.province_code = d.province_code AND k.recipient_id = d.kept_id AND k.version = 1
                 WHERE d.province_code = r.province_code AND d.merged_id = r.recipient_id AND d.is_same) AS merged_into
          FROM recipient r
          JOIN LATERAL (SELECT commune_id, household_id FROM dated_fact f WHERE f.province_code = r.province_code AND f.recipient_id = r.recipient_id AND f.known_to = 'infinity'
                         ORDER BY f.recorded_on DESC NULLS LAST, f.facts_from DESC LIMIT 1) f ON true
          JOIN area a ON a.province_code = r.province_code AND a.commune_id = f.commune_id AND a.known_to = 'infinity'
         WHERE r.province_code = @provinceCode AND r.known_to = 'infinity'
        """;

    const string ByKey = $"""
        -- PersonStore.ByKey
        SELECT {Columns} AND r.person_id = ANY (@personIds) ORDER BY r.recipient_id;
        """;

    const string OfHouseholds = $"""
        -- PersonStore.OfHouseholds
        SELECT {Columns} AND f.household_id = ANY (@households) ORDER BY f.household_id, r.recipient_id;
        """;

    const string OfCommune = $"""
        -- PersonStore.OfCommune: who lives there by the state known last and is not merged into another record.
        SELECT {Columns} AND f.commune_id = @communeId
           AND NOT EXISTS (SELECT FROM duplicate_decision d WHERE d.province_code = r.province_code AND d.merged_id = r.recipient_id AND d.is_same)
         ORDER BY r.recipient_id;
        """;

    const string ByNumber = """
        -- PersonStore.ByNumber: whoever has or had one of these numbers; a merged record answers for the one it was merged into.
        SELECT DISTINCT n.id_number_tag AS tag, coalesce(d.kept_id, n.recipient_id) AS recipient_id, r.person_id
          FROM person_number n
          LEFT JOIN duplicate_decision d ON d.province_code = n.province_code AND d.merged_id = n.recipient_id AND d.is_same
          JOIN recipient r ON r.province_code = n.province_code AND r.recipient_id = coalesce(d.kept_id, n.recipient_id) AND r.version = 1
         WHERE n.province_code = @provinceCode AND n.id_number_tag = ANY (@tags) ORDER BY 1, 2;
        """;

    const string Versions = """
        -- PersonStore.Versions
        WITH version AS (
            SELECT 'person' AS kind, '' AS key, version, known_from, operation_no, to_jsonb(r) - '{id_number_key,id_number_cipher,id_number_tag}'::text[] AS row
              FROM recipient r WHERE province_code = @provinceCode AND recipient_id = @recipientId
            UNION ALL
            SELECT 'facts', f.facts_from::text, row_number() OVER (PARTITION BY f.facts_from ORDER BY f.version)::int, f.known_from, f.operation_no, (to_jsonb(f) - 'commune_id') || jsonb_build_object('commune', g.commune_code)
              FROM dated_fact f JOIN area g ON g.province_code = f.province_code AND g.commune_id = f.commune_id AND g.version = 1 WHERE f.province_code = @provinceCode AND f.recipient_id = @recipientId
            UNION ALL
            SELECT 'award', award_id || '/' || facts_from, row_number() OVER (PARTITION BY award_no, facts_from ORDER BY version)::int, known_from, operation_no, to_jsonb(w) - '{award_no,category_no,variant_no}'::text[]
              FROM award w WHERE province_code = @provinceCode AND recipient_id = @recipientId
            UNION ALL
            SELECT 'payee', payee_no::text, version, known_from, operation_no, to_jsonb(p) - '{payee_no,award_no,channel_version}'::text[]
              FROM payee p WHERE province_code = @provinceCode AND recipient_id = @recipientId
            UNION ALL
            SELECT 'channel', c.payee_no::text, c.version, c.known_from, c.operation_no, to_jsonb(c) - '{payee_no,account_key,account_cipher,account_tag}'::text[]
              FROM channel c JOIN payee p ON p.province_code = c.province_code AND p.payee_no = c.payee_no AND p.version = 1 WHERE c.province_code = @provinceCode AND p.recipient_id = @recipientId
        )
        SELECT v.kind, v.key, v.version, v.known_from AS at, o.person, o.kind AS operation,
               (SELECT string_agg(i.file_name, ', ' ORDER BY i.import_no) FROM inbox_applied p JOIN inbox_file i USING (province_code, import_no) WHERE p.province_code = @provinceCode AND p.operation_no = v.operation_no) AS files,
               (v.row - '{province_code,recipient_id,version,known_from,known_to,operation_no}'::text[])::text AS row
          FROM version v JOIN operation o ON o.province_code = @provinceCode AND o.operation_no = v.operation_no
         ORDER BY v.known_from, v.operation_no, v.kind DESC, v.key, v.version;
        """;

    const string Numbers = """
        -- PersonStore.Numbers: each number once, the present one first.
        SELECT tail, figures, valid_from, valid_to, at, is_current, source FROM (
            SELECT DISTINCT ON (id_number_tag) id_number_tail AS tail, length(id_number_cipher) - 28 AS figures, valid_from, valid_to, at, is_current, source
              FROM person_number WHERE province_code = @provinceCode AND recipient_id = @recipientId
             ORDER BY id_number_tag, is_current DESC, source <> '' DESC, at DESC) n
         ORDER BY is_current DESC, at DESC;
        """;

    const string Changes = """
        -- PersonStore.Changes
        SELECT kind, event_on, known_on, why, source, person, at FROM person_change WHERE province_code = @provinceCode AND recipient_id = @recipientId ORDER BY at, operation_no, kind;
        """;

    const string InsertNumbers = """
        -- PersonStore.InsertNumbers: a number that stands with the same dates and source is not written again.
        INSERT INTO person_identifier (province_code, recipient_id, identifier_no, id_number_key, id_number_cipher, id_number_tag, id_number_tail, figures, valid_from, valid_to, source, person, at, operation_no)
        SELECT @provinceCode, n.recipient_id,
               (SELECT coalesce(max(i.identifier_no), 0) FROM person_identifier i WHERE i.province_code = @provinceCode AND i.recipient_id = n.recipient_id) + row_number() OVER (PARTITION BY n.recipient_id ORDER BY n.place),
               n.key, n.cipher, n.tag, n.tail, n.figures, n.valid_from, n.valid_to, n.source, @person, @at, @operationNo
          FROM unnest(@recipients, @keys, @ciphers, @tags, @tails, @figures, @froms, @tos, @sources) WITH ORDINALITY AS n (recipient_id, key, cipher, tag, tail, figures, valid_from, valid_to, source, place)
         WHERE NOT EXISTS (SELECT FROM person_identifier i WHERE i.province_code = @provinceCode AND i.recipient_id = n.recipient_id AND i.id_number_tag = n.tag
                              AND (i.valid_from, i.valid_to, i.source) IS NOT DISTINCT FROM (n.valid_from, n.valid_to, n.source));
        """;

    const string InsertChanges = """
        -- PersonStore.InsertChanges
        INSERT INTO person_change (province_code, recipient_id, operation_no, kind, event_on, known_on, why, source, person, at)
        SELECT @provinceCode, n.recipient_id, @operationNo, n.kind, n.event_on, n.known_on, n.why, n.source, @person, @at
          FROM unnest(@recipients, @kinds, @eventOns, @knownOns, @whys, @sources) AS n (recipient_id, kind, event_on, known_on, why, source);
        """;

    /// <summary>People by person_id; who is not there is missing in the answer.</summary>
    public static Task<IReadOnlyList<StoredPerson>> ByKeyAsync(DatabaseSession session, short provinceCode, IReadOnlyCollection<string> personIds, CancellationToken cancel) =>
        session.QueryAsync<StoredPerson>(ByKey, new { provinceCode, personIds = personIds.ToArray() }, cancel);

    /// <summary>Everybody who belongs to these households by the state known last.</summary>
    public static Task<IReadOnlyList<StoredPerson>> OfHouseholdsAsync(DatabaseSession session, short provinceCode, IReadOnlyCollection<string> households, CancellationToken cancel) =>
        session.QueryAsync<StoredPerson>(OfHouseholds, new { provinceCode, households = households.ToArray() }, cancel);

    /// <summary>Everybody of a commune by the state known last.</summary>
    public static Task<IReadOnlyList<StoredPerson>> OfCommuneAsync(DatabaseSession session, short provinceCode, int communeId, CancellationToken cancel) =>
        session.QueryAsync<StoredPerson>(OfCommune, new { provinceCode, communeId }, cancel);

    /// <summary>Who has or had a number with one of these tags. One number may lead to several people.</summary>
    public static async Task<ILookup<string, string>> ByNumberAsync(DatabaseSession session, short provinceCode, IReadOnlyCollection<byte[]> tags, CancellationToken cancel) =>
        (await session.QueryAsync<(byte[] Tag, int RecipientId, string PersonId)>(ByNumber, new { provinceCode, tags = tags.ToArray() }, cancel))
            .ToLookup(row => Convert.ToHexString(row.Tag), row => row.PersonId, StringComparer.Ordinal);

    /// <summary>Every version of every row of a person, in the order in which they became known.</summary>
    public static Task<IReadOnlyList<PersonVersion>> VersionsAsync(DatabaseSession session, short provinceCode, int recipientId, CancellationToken cancel) =>
        session.QueryAsync<PersonVersion>(Versions, new { provinceCode, recipientId }, cancel);

    public static Task<IReadOnlyList<PersonNumber>> NumbersAsync(DatabaseSession session, short provinceCode, int recipientId, CancellationToken cancel) =>
        session.QueryAsync<PersonNumber>(Numbers, new { provinceCode, recipientId }, cancel);

    public static Task<IReadOnlyList<PersonChange>> ChangesAsync(DatabaseSession session, short provinceCode, int recipientId, CancellationToken cancel) =>
        session.QueryAsync<PersonChange>(Changes, new { provinceCode, recipientId }, cancel);

    /// <summary>Declares numbers; how many were new.</summary>
    public static Task<int> InsertNumbersAsync(DatabaseSession session, short provinceCode, IReadOnlyList<DeclaredNumber> numbers, (string Person, Instant At, long OperationNo) by, CancellationToken cancel) =>
        session.ExecuteAsync(InsertNumbers, new
        {
            provinceCode, recipients = numbers.Select(one => one.RecipientId).ToArray(), keys = numbers.Select(one => one.Number.Key).ToArray(), ciphers = numbers.Select(one => one.Number.Cipher).ToArray(),
            tags = numbers.Select(one => one.Number.Tag).ToArray(), tails = numbers.Select(one => one.Number.Tail).ToArray(), figures = numbers.Select(one => one.Figures).ToArray(),
            froms = numbers.Select(one => Day(one.ValidFrom)).ToArray(), tos = numbers.Select(one => Day(one.ValidTo)).ToArray(), sources = numbers.Select(one => one.Source).ToArray(),
            person = by.Person, at = by.At, operationNo = by.OperationNo,
        }, cancel);

    /// <summary>Records why people's records changed.</summary>
    public static Task InsertChangesAsync(DatabaseSession session, short provinceCode, IReadOnlyList<NotedChange> changes, (string Person, Instant At, long OperationNo) by, CancellationToken cancel) =>
        changes.Count == 0 ? Task.CompletedTask : session.ExecuteAsync(InsertChanges, new
        {
            provinceCode, recipients = changes.Select(one => one.RecipientId).ToArray(), kinds = changes.Select(one => one.Kind).ToArray(), eventOns = changes.Select(one => Day(one.EventOn)).ToArray(),
            knownOns = changes.Select(one => Day(one.KnownOn)).ToArray(), whys = changes.Select(one => one.Why).ToArray(), sources = changes.Select(one => one.Source).ToArray(),
            person = by.Person, at = by.At, operationNo = by.OperationNo,
        }, cancel);

    static DateOnly? Day(LocalDate? day) => day is { } known ? new DateOnly(known.Year, known.Month, known.Day) : null;
}
