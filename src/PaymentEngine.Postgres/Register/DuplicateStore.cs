using NodaTime;

namespace PaymentEngine.Postgres.Register;

/// <summary>A record as the search for duplicates needs it, without its numbers.</summary>
public sealed record SearchedPerson(int RecipientId, string PersonId, string FullName, short Sex, short BirthYear, short BirthMonth, short BirthDay, string CommuneCode, string? HouseholdId, bool IsNew);

/// <summary>A pair of the queue with what a person needs to decide it. Numbers are shown by their last figures only.</summary>
public sealed record StoredPair
{
    public int PairNo { get; init; }
    public int FirstId { get; init; }
    public int SecondId { get; init; }
    public short Rule { get; init; }
    public short Score { get; init; }
    public short Number { get; init; }
    public short Name { get; init; }
    public short Birth { get; init; }
    public Instant FoundAt { get; init; }
    public string FirstPerson { get; init; } = "";
    public string FirstName { get; init; } = "";
    public string FirstBirth { get; init; } = "";
    public string FirstCommune { get; init; } = "";
    public string? FirstTail { get; init; }
    public string? FirstAwards { get; init; }
    public string SecondPerson { get; init; } = "";
    public string SecondName { get; init; } = "";
    public string SecondBirth { get; init; } = "";
    public string SecondCommune { get; init; } = "";
    public string? SecondTail { get; init; }
    public string? SecondAwards { get; init; }

    /// <summary>The last decision; null: none yet.</summary>
    public bool? IsSame { get; init; }
    public int? DecisionNo { get; init; }
    public string? KeptPerson { get; init; }
    public int? FromMonth { get; init; }
    public string? Reason { get; init; }
    public string? DecidedBy { get; init; }
    public Instant? DecidedAt { get; init; }
}

/// <summary>The queue of records that may be one person, and what people decided.</summary>
public static class DuplicateStore
{
    const string Lock = """
        -- DuplicateStore.Lock: searches and decisions of a province one after another.
        SELECT pg_advisory_xact_lock(hashtextextended('payengine.duplicates', @provinceCode));
        """;

    const string SearchedTo = """
        -- DuplicateStore.SearchedTo
        SELECT known_to FROM duplicate_search WHERE province_code = @provinceCode ORDER BY search_no DESC LIMIT 1;
        """;

    // Records that were merged into another are out: whatever they look like is settled.
    const string People = """
        -- DuplicateStore.People: each with the commune and household known last, and whether something of it is newer than the last search.
        SELECT r.recipient_id, r.person_id, r.full_name, r.sex, r.birth_year, r.birth_month, r.birth_day, a.commune_code, f.household_id,
               (@searchedTo::timestamptz IS NULL OR r.known_from > @searchedTo OR coalesce(c.newest > @searchedTo, false) OR coalesce(i.newest > @searchedTo, false)) AS is_new
          FROM recipient r
          JOIN (SELECT DISTINCT ON (recipient_id) recipient_id, commune_id, household_id FROM dated_fact
                 WHERE province_code = @provinceCode AND known_to = 'infinity' ORDER BY recipient_id, recorded_on DESC NULLS LAST, facts_from DESC) f USING (recipient_id)
          JOIN area a ON a.province_code = r.province_code AND a.commune_id = f.commune_id AND a.version = 1
          LEFT JOIN (SELECT p.recipient_id, max(c.known_from) AS newest FROM channel c JOIN payee p ON p.province_code = c.province_code AND p.payee_no = c.payee_no AND p.version = 1
                      WHERE c.province_code = @provinceCode AND c.known_to = 'infinity' GROUP BY p.recipient_id) c USING (recipient_id)
          LEFT JOIN (SELECT recipient_id, max(at) AS newest FROM person_identifier WHERE province_code = @provinceCode GROUP BY recipient_id) i USING (recipient_id)
         WHERE r.province_code = @provinceCode AND r.known_to = 'infinity'
           AND NOT EXISTS (SELECT FROM duplicate_decision d WHERE d.province_code = r.province_code AND d.merged_id = r.recipient_id AND d.is_same)
         ORDER BY is_new, r.recipient_id;
        """;

    const string Numbers = """
        -- DuplicateStore.Numbers: every number a person ever had, each once.
        SELECT DISTINCT ON (recipient_id, id_number_tag) recipient_id, id_number_key, id_number_cipher FROM person_number
         WHERE province_code = @provinceCode AND length(id_number_cipher) > 0 AND (@recipients::int[] IS NULL OR recipient_id = ANY (@recipients)) ORDER BY recipient_id, id_number_tag, at;
        """;

    const string Accounts = """
        -- DuplicateStore.Accounts
        SELECT DISTINCT p.recipient_id, c.account_tag
          FROM payee p JOIN channel c ON c.province_code = p.province_code AND c.payee_no = p.payee_no AND c.version = p.channel_version
         WHERE p.province_code = @provinceCode AND p.known_to = 'infinity' AND p.role = 1;
        """;

    const string InsertPairs = """
        -- DuplicateStore.InsertPairs: a pair that was found before keeps its row.
        INSERT INTO duplicate_pair (province_code, pair_no, first_id, second_id, rule, score, number, name, birth, at, operation_no)
        SELECT @provinceCode, (SELECT coalesce(max(pair_no), 0) FROM duplicate_pair WHERE province_code = @provinceCode) + row_number() OVER (ORDER BY n.place), n.first_id, n.second_id, n.rule, n.score, n.number, n.name, n.birth, @at, @operationNo
          FROM unnest(@firsts, @seconds, @rules, @scores, @numbers, @names, @births) WITH ORDINALITY AS n (first_id, second_id, rule, score, number, name, birth, place)
         WHERE NOT EXISTS (SELECT FROM duplicate_pair p WHERE p.province_code = @provinceCode AND p.first_id = n.first_id AND p.second_id = n.second_id);
        """;

    const string InsertSearch = """
        -- DuplicateStore.InsertSearch
        INSERT INTO duplicate_search (province_code, search_no, known_to, records, new_records, comparisons, crowded, found, person, at, operation_no)
        VALUES (@provinceCode, (SELECT coalesce(max(search_no), 0) + 1 FROM duplicate_search WHERE province_code = @provinceCode), @knownTo, @records, @newRecords, @comparisons, @crowded, @found, @person, @at, @operationNo);
        """;

    const string Pairs = """
        -- DuplicateStore.Pairs: the surest first.
        SELECT p.pair_no, p.first_id, p.second_id, p.rule, p.score, p.number, p.name, p.birth, p.at AS found_at,
               l.person_id AS first_person, l.full_name AS first_name, l.birth_year || CASE WHEN l.birth_month > 0 THEN '-' || lpad(l.birth_month::text, 2, '0') ELSE '' END || CASE WHEN l.birth_day > 0 THEN '-' || lpad(l.birth_day::text, 2, '0') ELSE '' END AS first_birth,
               lc.commune AS first_commune, l.id_number_tail AS first_tail, (SELECT string_agg(DISTINCT w.category, ', ') FROM award w WHERE w.province_code = p.province_code AND w.recipient_id = p.first_id AND w.known_to = 'infinity') AS first_awards,
               r.person_id AS second_person, r.full_name AS second_name, r.birth_year || CASE WHEN r.birth_month > 0 THEN '-' || lpad(r.birth_month::text, 2, '0') ELSE '' END || CASE WHEN r.birth_day > 0 THEN '-' || lpad(r.birth_day::text, 2, '0') ELSE '' END AS second_birth,
               rc.commune AS second_commune, r.id_number_tail AS second_tail, (SELECT string_agg(DISTINCT w.category, ', ') FROM award w WHERE w.province_code = p.province_code AND w.recipient_id = p.second_id AND w.known_to = 'infinity') AS second_awards,
               d.is_same, d.decision_no, k.person_id AS kept_person, d.from_month, d.reason, d.person AS decided_by, d.at AS decided_at
          FROM duplicate_pair p
          JOIN recipient l ON l.province_code = p.province_code AND l.recipient_id = p.first_id AND l.known_to = 'infinity'
          JOIN recipient r ON r.province_code = p.province_code AND r.recipient_id = p.second_id AND r.known_to = 'infinity'
          CROSS JOIN LATERAL (SELECT g.name AS commune FROM dated_fact f JOIN area g ON g.province_code = f.province_code AND g.commune_id = f.commune_id AND g.known_to = 'infinity'
                               WHERE f.province_code = p.province_code AND f.recipient_id = p.first_id AND f.known_to = 'infinity' ORDER BY f.facts_from DESC LIMIT 1) lc
          CROSS JOIN LATERAL (SELECT g.name AS commune FROM dated_fact f JOIN area g ON g.province_code = f.province_code AND g.commune_id = f.commune_id AND g.known_to = 'infinity'
                               WHERE f.province_code = p.province_code AND f.recipient_id = p.second_id AND f.known_to = 'infinity' ORDER BY f.facts_from DESC LIMIT 1) rc
          LEFT JOIN LATERAL (SELECT * FROM duplicate_decision d WHERE d.province_code = p.province_code AND d.pair_no = p.pair_no ORDER BY d.decision_no DESC LIMIT 1) d ON true
          LEFT JOIN recipient k ON k.province_code = p.province_code AND k.recipient_id = d.kept_id AND k.version = 1
         WHERE p.province_code = @provinceCode AND (@pairNo = 0 OR p.pair_no = @pairNo) AND (@recipientId = 0 OR p.first_id = @recipientId OR p.second_id = @recipientId) AND (@all OR d.decision_no IS NULL)
         ORDER BY d.decision_no IS NOT NULL, p.score DESC, p.pair_no LIMIT @rowsMax;
        """;

    const string OpenCount = """
        -- DuplicateStore.OpenCount
        SELECT count(*) FROM duplicate_pair p WHERE p.province_code = @provinceCode
           AND NOT EXISTS (SELECT FROM duplicate_decision d WHERE d.province_code = p.province_code AND d.pair_no = p.pair_no);
        """;

    const string Decide = """
        -- DuplicateStore.Decide
        INSERT INTO duplicate_decision (province_code, pair_no, decision_no, is_same, kept_id, merged_id, from_month, reason, person, at, operation_no)
        VALUES (@provinceCode, @pairNo, @decisionNo, @isSame, @keptId, @mergedId, @fromMonth, @reason, @person, @at, @operationNo);
        """;

    const string MergedInto = """
        -- DuplicateStore.MergedInto
        SELECT r.person_id FROM duplicate_decision d JOIN recipient r ON r.province_code = d.province_code AND r.recipient_id = d.kept_id AND r.version = 1
         WHERE d.province_code = @provinceCode AND d.merged_id = @recipientId AND d.is_same;
        """;

    // An award of a programme is listed up to the last approved list of that programme at most.
    const string LastListed = """
        -- DuplicateStore.LastListed: the last month any approved list of the programmes of these people was made for; 0 when there is none.
        SELECT coalesce(max(rp.month), 0) FROM run_programme rp
         WHERE rp.province_code = @provinceCode AND NOT rp.voided
           AND EXISTS (SELECT FROM run_step s WHERE s.province_code = rp.province_code AND s.month = rp.month AND s.run_no = rp.run_no AND s.step = 'approved')
           AND EXISTS (SELECT FROM award a WHERE a.province_code = rp.province_code AND a.recipient_id = ANY (@recipients) AND a.programme = rp.programme);
        """;

    const string CopyNumbers = """
        -- DuplicateStore.CopyNumbers: the numbers of the merged record are old numbers of the one that is kept.
        INSERT INTO person_identifier (province_code, recipient_id, identifier_no, id_number_key, id_number_cipher, id_number_tag, id_number_tail, figures, valid_from, valid_to, source, person, at, operation_no)
        SELECT @provinceCode, @keptId, (SELECT coalesce(max(identifier_no), 0) FROM person_identifier WHERE province_code = @provinceCode AND recipient_id = @keptId) + row_number() OVER (ORDER BY n.at, n.id_number_tag),
               n.id_number_key, n.id_number_cipher, n.id_number_tag, n.id_number_tail, length(n.id_number_cipher) - 28, n.valid_from, n.valid_to, @source, @person, @at, @operationNo
          FROM (SELECT DISTINCT ON (id_number_tag) * FROM person_number WHERE province_code = @provinceCode AND recipient_id = @mergedId ORDER BY id_number_tag, at DESC) n
         WHERE NOT EXISTS (SELECT FROM person_number o WHERE o.province_code = @provinceCode AND o.recipient_id = @keptId AND o.id_number_tag = n.id_number_tag);
        """;

    public static Task LockAsync(DatabaseSession session, short provinceCode, CancellationToken cancel) => session.ExecuteAsync(Lock, new { provinceCode }, cancel);

    /// <summary>Up to which moment the register was searched; null: never.</summary>
    public static Task<Instant?> SearchedToAsync(DatabaseSession session, short provinceCode, CancellationToken cancel) => session.FindAsync<Instant?>(SearchedTo, new { provinceCode }, cancel);

    /// <summary>All records that are not merged into another: first those the last search knew, then the new ones.</summary>
    public static Task<IReadOnlyList<SearchedPerson>> PeopleAsync(DatabaseSession session, short provinceCode, Instant? searchedTo, CancellationToken cancel) =>
        session.QueryAsync<SearchedPerson>(People, new { provinceCode, searchedTo }, cancel);

    /// <summary>Every number each person ever had: of all, or of some.</summary>
    /// <param name="open">Deciphers an identity number, from its key's number and cipher text.</param>
    public static async Task<IReadOnlyDictionary<int, List<string>>> NumbersAsync(DatabaseSession session, short provinceCode, Func<short, byte[], string> open, CancellationToken cancel, int[]? recipients = null)
    {
        var numbers = new Dictionary<int, List<string>>();
        await session.ReadAsync(Numbers, async reader =>
        {
            while (await reader.ReadAsync(cancel))
            {
                if (!numbers.TryGetValue(reader.GetInt32(0), out var of)) numbers.Add(reader.GetInt32(0), of = []);
                of.Add(open(reader.GetInt16(1), reader.GetFieldValue<byte[]>(2)));
            }
        }, new { provinceCode, recipients }, cancel);
        return numbers;
    }

    /// <summary>The first half of the equality tag of each account a person is paid to in their own name.</summary>
    public static async Task<IReadOnlyDictionary<int, List<ulong>>> AccountsAsync(DatabaseSession session, short provinceCode, CancellationToken cancel)
    {
        var accounts = new Dictionary<int, List<ulong>>();
        await session.ReadAsync(Accounts, async reader =>
        {
            while (await reader.ReadAsync(cancel))
            {
                if (!accounts.TryGetValue(reader.GetInt32(0), out var of)) accounts.Add(reader.GetInt32(0), of = []);
                of.Add(BitConverter.ToUInt64(reader.GetFieldValue<byte[]>(1)));
            }
        }, new { provinceCode }, cancel);
        return accounts;
    }

    /// <summary>Puts pairs into the queue that are not in it; their number.</summary>
    public static Task<int> InsertPairsAsync(DatabaseSession session, short provinceCode, IReadOnlyList<(int First, int Second, short Rule, short Score, short Number, short Name, short Birth)> pairs, Instant at, long operationNo, CancellationToken cancel) =>
        session.ExecuteAsync(InsertPairs, new
        {
            provinceCode, firsts = pairs.Select(pair => pair.First).ToArray(), seconds = pairs.Select(pair => pair.Second).ToArray(), rules = pairs.Select(pair => pair.Rule).ToArray(), scores = pairs.Select(pair => pair.Score).ToArray(),
            numbers = pairs.Select(pair => pair.Number).ToArray(), names = pairs.Select(pair => pair.Name).ToArray(), births = pairs.Select(pair => pair.Birth).ToArray(), at, operationNo,
        }, cancel);

    public static Task InsertSearchAsync(DatabaseSession session, short provinceCode, (Instant KnownTo, int Records, int NewRecords, long Comparisons, int Crowded, int Found) search, (string Person, Instant At, long OperationNo) by, CancellationToken cancel) =>
        session.ExecuteAsync(InsertSearch, new { provinceCode, knownTo = search.KnownTo, records = search.Records, newRecords = search.NewRecords, comparisons = search.Comparisons, crowded = search.Crowded, found = search.Found, person = by.Person, at = by.At, operationNo = by.OperationNo }, cancel);

    /// <summary>Pairs as these eyes see them: undecided ones, or all; or one (0: all); or those of one person (0: all).</summary>
    public static Task<IReadOnlyList<StoredPair>> PairsAsync(DatabaseSession session, short provinceCode, int pairNo, bool all, int rowsMax, CancellationToken cancel, int recipientId = 0) =>
        session.QueryAsync<StoredPair>(Pairs, new { provinceCode, pairNo, all, rowsMax, recipientId }, cancel);

    public static Task<long> OpenCountAsync(DatabaseSession session, short provinceCode, CancellationToken cancel) => session.SingleAsync<long>(OpenCount, new { provinceCode }, cancel);

    public static Task DecideAsync(DatabaseSession session, short provinceCode, (int PairNo, int DecisionNo, bool IsSame, int? KeptId, int? MergedId, int? FromMonth, string Reason) decision, (string Person, Instant At, long OperationNo) by, CancellationToken cancel) =>
        session.ExecuteAsync(Decide, new
        {
            provinceCode, pairNo = decision.PairNo, decisionNo = decision.DecisionNo, isSame = decision.IsSame, keptId = decision.KeptId, mergedId = decision.MergedId, fromMonth = decision.FromMonth, reason = decision.Reason,
            person = by.Person, at = by.At, operationNo = by.OperationNo,
        }, cancel);

    /// <summary>The person_id of the record this one was merged into; null: it stands for itself.</summary>
    public static Task<string?> MergedIntoAsync(DatabaseSession session, short provinceCode, int recipientId, CancellationToken cancel) => session.FindAsync<string>(MergedInto, new { provinceCode, recipientId }, cancel);

    /// <summary>The last month for which a list with a programme of these people was approved, as a key; 0 when there is none.</summary>
    public static Task<int> LastListedAsync(DatabaseSession session, short provinceCode, int[] recipients, CancellationToken cancel) => session.SingleAsync<int>(LastListed, new { provinceCode, recipients }, cancel);

    /// <summary>Gives the kept record the numbers of the merged one.</summary>
    public static Task CopyNumbersAsync(DatabaseSession session, short provinceCode, int keptId, int mergedId, string source, (string Person, Instant At, long OperationNo) by, CancellationToken cancel) =>
        session.ExecuteAsync(CopyNumbers, new { provinceCode, keptId, mergedId, source, person = by.Person, at = by.At, operationNo = by.OperationNo }, cancel);
}
