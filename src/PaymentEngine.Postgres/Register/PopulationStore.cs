using NodaTime;

namespace PaymentEngine.Postgres.Register;

/// <summary>An exchange with the population database and how far it is.</summary>
public sealed record StoredExchange
{
    public int ExchangeNo { get; init; }
    public string CommuneCode { get; init; } = "";
    public string CommuneName { get; init; } = "";
    public int People { get; init; }
    public string FileName { get; init; } = "";
    public string Person { get; init; } = "";
    public Instant At { get; init; }
    public long Answered { get; init; }
    public long Matched { get; init; }
    public long Undecided { get; init; }
    public long NotFound { get; init; }
    public long Corrected { get; init; }
    public long Kept { get; init; }
}

/// <summary>A person of an exchange with the last answer and its decision.</summary>
public sealed record StoredAnswer
{
    public int RecipientId { get; init; }
    public string PersonId { get; init; } = "";
    public string FullName { get; init; } = "";
    public string? OurTail { get; init; }

    /// <summary>0: not answered.</summary>
    public int AnswerNo { get; init; }

    /// <summary>1 found, 2 not found, 3 several; 0: not answered.</summary>
    public short Outcome { get; init; }
    public short? IdNumberKey { get; init; }
    public byte[]? IdNumberCipher { get; init; }
    public string? TheirTail { get; init; }
    public string? TheirName { get; init; }
    public string? TheirBirth { get; init; }
    public short TheirSex { get; init; }
    public LocalDate? TheirDeath { get; init; }
    public string? TheirCommune { get; init; }
    public LocalDate? CheckedOn { get; init; }
    public string? Note { get; init; }
    public int Differences { get; init; }

    /// <summary>What was taken over; 0: ours stays; null: not decided.</summary>
    public int? Corrected { get; init; }
    public string? Reason { get; init; }
    public string? DecidedBy { get; init; }
}

/// <summary>An answer to be written.</summary>
public sealed record NewAnswer(int RecipientId, short Outcome, SealedNumber? Number, string? FullName, string? Birth, short Sex, LocalDate? Death, string? CommuneCode, LocalDate CheckedOn, string? Note, int Differences);

/// <summary>What the marks of one record are computed from; the number is cipher text.</summary>
public sealed record QualityRow
{
    public int RecipientId { get; init; }
    public string PersonId { get; init; } = "";
    public string FullName { get; init; } = "";
    public string CommuneCode { get; init; } = "";
    public string CommuneName { get; init; } = "";
    public short? IdNumberKey { get; init; }
    public byte[]? IdNumberCipher { get; init; }
    public short BirthYear { get; init; }
    public short BirthMonth { get; init; }
    public short BirthDay { get; init; }
    public short Sex { get; init; }
    public LocalDate? Death { get; init; }
    public short? Outcome { get; init; }
    public LocalDate? CheckedOn { get; init; }
    public bool? IsUndecided { get; init; }
    public bool HasOpenPair { get; init; }
    public bool SharesNumber { get; init; }
    public bool HasAward { get; init; }
    public bool HasPayee { get; init; }
}

/// <summary>Exchanges with the population database, their answers and decisions, and what the marks of data are computed from.</summary>
public static class PopulationStore
{
    const string Lock = """
        -- PopulationStore.Lock
        SELECT pg_advisory_xact_lock(hashtextextended('payengine.population', @provinceCode));
        """;

    const string Commune = """
        -- PopulationStore.Commune
        SELECT commune_id, name FROM area WHERE province_code = @provinceCode AND commune_code = @communeCode AND known_to = 'infinity';
        """;

    const string NextExchange = """
        -- PopulationStore.NextExchange
        SELECT last_number('population_exchange', @provinceCode) + 1;
        """;

    const string InsertExchange = """
        -- PopulationStore.InsertExchange
        INSERT INTO population_exchange (province_code, exchange_no, commune_id, people, file_name, sha256, person, at, operation_no)
        VALUES (@provinceCode, @exchangeNo, @communeId, @people, @fileName, @sha256, @person, @at, @operationNo);
        INSERT INTO population_asked (province_code, exchange_no, recipient_id) SELECT @provinceCode, @exchangeNo, id FROM unnest(@recipients) AS id;
        """;

    const string Exchanges = """
        -- PopulationStore.Exchanges
        SELECT e.exchange_no, g.commune_code, g.name AS commune_name, e.people, e.file_name, e.person, e.at,
               count(a.answer_no) AS answered, count(*) FILTER (WHERE a.outcome = 1 AND a.differences = 0) AS matched, count(*) FILTER (WHERE a.differences <> 0 AND d.corrected IS NULL) AS undecided,
               count(*) FILTER (WHERE a.outcome > 1) AS not_found, count(*) FILTER (WHERE d.corrected <> 0) AS corrected, count(*) FILTER (WHERE d.corrected = 0) AS kept
          FROM population_exchange e
          JOIN area g ON g.province_code = e.province_code AND g.commune_id = e.commune_id AND g.known_to = 'infinity'
          JOIN population_asked q ON q.province_code = e.province_code AND q.exchange_no = e.exchange_no
          LEFT JOIN LATERAL (SELECT * FROM population_answer a WHERE a.province_code = q.province_code AND a.exchange_no = q.exchange_no AND a.recipient_id = q.recipient_id ORDER BY a.answer_no DESC LIMIT 1) a ON true
          LEFT JOIN population_decision d ON d.province_code = a.province_code AND d.exchange_no = a.exchange_no AND d.recipient_id = a.recipient_id AND d.answer_no = a.answer_no
         WHERE e.province_code = @provinceCode AND (@exchangeNo = 0 OR e.exchange_no = @exchangeNo)
         GROUP BY e.exchange_no, g.commune_code, g.name, e.people, e.file_name, e.person, e.at
         ORDER BY e.exchange_no;
        """;

    const string Answers = """
        -- PopulationStore.Answers: everybody asked about, answered or not.
        SELECT q.recipient_id, r.person_id, r.full_name, r.id_number_tail AS our_tail, coalesce(a.answer_no, 0) AS answer_no, coalesce(a.outcome, 0)::smallint AS outcome, a.id_number_key, a.id_number_cipher, a.id_number_tail AS their_tail,
               a.full_name AS their_name, a.birth AS their_birth, coalesce(a.sex, 0)::smallint AS their_sex, a.death AS their_death, a.commune_code AS their_commune, a.checked_on, a.note, coalesce(a.differences, 0) AS differences,
               d.corrected, d.reason, d.person AS decided_by
          FROM population_asked q
          JOIN recipient r ON r.province_code = q.province_code AND r.recipient_id = q.recipient_id AND r.known_to = 'infinity'
          LEFT JOIN LATERAL (SELECT * FROM population_answer a WHERE a.province_code = q.province_code AND a.exchange_no = q.exchange_no AND a.recipient_id = q.recipient_id ORDER BY a.answer_no DESC LIMIT 1) a ON true
          LEFT JOIN population_decision d ON d.province_code = a.province_code AND d.exchange_no = a.exchange_no AND d.recipient_id = a.recipient_id AND d.answer_no = a.answer_no
         WHERE q.province_code = @provinceCode AND q.exchange_no = @exchangeNo AND (@personIds::text[] IS NULL OR r.person_id = ANY (@personIds))
         ORDER BY r.person_id COLLATE "C";
        """;

    const string InsertAnswers = """
        -- PopulationStore.InsertAnswers
        INSERT INTO population_answer (province_code, exchange_no, recipient_id, answer_no, outcome, id_number_key, id_number_cipher, id_number_tag, id_number_tail, full_name, birth, sex, death, commune_code, checked_on, note,
                                       differences, file_name, person, at, operation_no)
        SELECT @provinceCode, @exchangeNo, n.recipient_id,
               (SELECT coalesce(max(answer_no), 0) + 1 FROM population_answer o WHERE o.province_code = @provinceCode AND o.exchange_no = @exchangeNo AND o.recipient_id = n.recipient_id),
               n.outcome, n.key, n.cipher, n.tag, n.tail, n.full_name, n.birth, n.sex, n.death, n.commune_code, n.checked_on, n.note, n.differences, @fileName, @person, @at, @operationNo
          FROM unnest(@recipients, @outcomes, @keys, @ciphers, @tags, @tails, @names, @births, @sexes, @deaths, @communes, @checkedOns, @notes, @differences)
               AS n (recipient_id, outcome, key, cipher, tag, tail, full_name, birth, sex, death, commune_code, checked_on, note, differences);
        """;

    const string InsertDecisions = """
        -- PopulationStore.InsertDecisions
        INSERT INTO population_decision (province_code, exchange_no, recipient_id, answer_no, corrected, reason, person, at, operation_no)
        SELECT @provinceCode, @exchangeNo, n.recipient_id, n.answer_no, n.corrected, @reason, @person, @at, @operationNo FROM unnest(@recipients, @answers, @corrected) AS n (recipient_id, answer_no, corrected);
        """;

    const string Quality = """
        -- PopulationStore.Quality: everybody with a record of their own, of one commune or of all these eyes see.
        WITH latest AS (
            SELECT DISTINCT ON (recipient_id) recipient_id, commune_id FROM dated_fact
             WHERE province_code = @provinceCode AND known_to = 'infinity' ORDER BY recipient_id, recorded_on DESC NULLS LAST, facts_from DESC
        ), open_pair AS (
            SELECT first_id, second_id FROM duplicate_pair p WHERE p.province_code = @provinceCode
               AND NOT EXISTS (SELECT FROM duplicate_decision d WHERE d.province_code = p.province_code AND d.pair_no = p.pair_no)
        ), in_pair AS (SELECT first_id AS recipient_id FROM open_pair UNION SELECT second_id FROM open_pair),
        merged AS (SELECT merged_id AS recipient_id FROM duplicate_decision WHERE province_code = @provinceCode AND is_same),
        shared AS (
            SELECT r.id_number_tag FROM recipient r WHERE r.province_code = @provinceCode AND r.known_to = 'infinity' AND r.id_number_tag IS NOT NULL AND r.recipient_id NOT IN (SELECT recipient_id FROM merged)
             GROUP BY r.id_number_tag HAVING count(*) > 1
        )
        SELECT r.recipient_id, r.person_id, r.full_name, g.commune_code, g.name AS commune_name, r.id_number_key, r.id_number_cipher, r.birth_year, r.birth_month, r.birth_day, r.sex, r.death,
               s.outcome, s.checked_on, s.is_undecided, i.recipient_id IS NOT NULL AS has_open_pair, h.id_number_tag IS NOT NULL AS shares_number,
               EXISTS (SELECT FROM award w WHERE w.province_code = r.province_code AND w.recipient_id = r.recipient_id AND w.known_to = 'infinity' AND (w.last_month IS NULL OR w.last_month >= @month)) AS has_award,
               EXISTS (SELECT FROM payee p WHERE p.province_code = r.province_code AND p.recipient_id = r.recipient_id AND p.known_to = 'infinity' AND (p.valid_to IS NULL OR p.valid_to >= @today) AND (p.valid_from IS NULL OR p.valid_from <= @today)) AS has_payee
          FROM recipient r
          JOIN latest f USING (recipient_id)
          JOIN area g ON g.province_code = r.province_code AND g.commune_id = f.commune_id AND g.known_to = 'infinity'
          LEFT JOIN population_state s ON s.province_code = r.province_code AND s.recipient_id = r.recipient_id
          LEFT JOIN in_pair i ON i.recipient_id = r.recipient_id
          LEFT JOIN shared h ON h.id_number_tag = r.id_number_tag
         WHERE r.province_code = @provinceCode AND r.known_to = 'infinity' AND (@communeId = 0 OR f.commune_id = @communeId) AND r.recipient_id NOT IN (SELECT recipient_id FROM merged)
         ORDER BY g.commune_code, r.person_id COLLATE "C";
        """;

    public static Task LockAsync(DatabaseSession session, short provinceCode, CancellationToken cancel) => session.ExecuteAsync(Lock, new { provinceCode }, cancel);

    /// <summary>Number and name of a commune by its code; null when there is none.</summary>
    public static Task<(int CommuneId, string Name)?> CommuneAsync(DatabaseSession session, short provinceCode, string communeCode, CancellationToken cancel) =>
        session.FindAsync<(int CommuneId, string Name)?>(Commune, new { provinceCode, communeCode }, cancel);

    public static Task<int> NextExchangeAsync(DatabaseSession session, short provinceCode, CancellationToken cancel) => session.SingleAsync<int>(NextExchange, new { provinceCode }, cancel);

    public static Task InsertExchangeAsync(DatabaseSession session, short provinceCode, int exchangeNo, int communeId, int[] recipients, string fileName, byte[] sha256, (string Person, Instant At, long OperationNo) by, CancellationToken cancel) =>
        session.ExecuteAsync(InsertExchange, new { provinceCode, exchangeNo, communeId, people = recipients.Length, recipients, fileName, sha256, person = by.Person, at = by.At, operationNo = by.OperationNo }, cancel);

    /// <summary>Exchanges as these eyes see them; or one (0: all).</summary>
    public static Task<IReadOnlyList<StoredExchange>> ExchangesAsync(DatabaseSession session, short provinceCode, int exchangeNo, CancellationToken cancel) =>
        session.QueryAsync<StoredExchange>(Exchanges, new { provinceCode, exchangeNo }, cancel);

    /// <summary>Everybody an exchange asked about (null: all, else some), with the last answer.</summary>
    public static Task<IReadOnlyList<StoredAnswer>> AnswersAsync(DatabaseSession session, short provinceCode, int exchangeNo, string[]? personIds, CancellationToken cancel) =>
        session.QueryAsync<StoredAnswer>(Answers, new { provinceCode, exchangeNo, personIds }, cancel);

    public static Task<int> InsertAnswersAsync(DatabaseSession session, short provinceCode, int exchangeNo, IReadOnlyList<NewAnswer> answers, string fileName, (string Person, Instant At, long OperationNo) by, CancellationToken cancel) =>
        session.ExecuteAsync(InsertAnswers, new
        {
            provinceCode, exchangeNo, recipients = answers.Select(one => one.RecipientId).ToArray(), outcomes = answers.Select(one => one.Outcome).ToArray(),
            keys = answers.Select(one => one.Number?.Key).ToArray(), ciphers = answers.Select(one => one.Number?.Cipher).ToArray(), tags = answers.Select(one => one.Number?.Tag).ToArray(), tails = answers.Select(one => one.Number?.Tail).ToArray(),
            names = answers.Select(one => one.FullName).ToArray(), births = answers.Select(one => one.Birth).ToArray(), sexes = answers.Select(one => one.Sex).ToArray(),
            deaths = answers.Select(one => one.Death is { } day ? new DateOnly(day.Year, day.Month, day.Day) : (DateOnly?)null).ToArray(), communes = answers.Select(one => one.CommuneCode).ToArray(),
            checkedOns = answers.Select(one => new DateOnly(one.CheckedOn.Year, one.CheckedOn.Month, one.CheckedOn.Day)).ToArray(), notes = answers.Select(one => one.Note).ToArray(),
            differences = answers.Select(one => one.Differences).ToArray(), fileName, person = by.Person, at = by.At, operationNo = by.OperationNo,
        }, cancel);

    public static Task InsertDecisionsAsync(DatabaseSession session, short provinceCode, int exchangeNo, IReadOnlyList<(int RecipientId, int AnswerNo, int Corrected)> decisions, string reason, (string Person, Instant At, long OperationNo) by, CancellationToken cancel) =>
        session.ExecuteAsync(InsertDecisions, new
        {
            provinceCode, exchangeNo, recipients = decisions.Select(one => one.RecipientId).ToArray(), answers = decisions.Select(one => one.AnswerNo).ToArray(), corrected = decisions.Select(one => one.Corrected).ToArray(),
            reason, person = by.Person, at = by.At, operationNo = by.OperationNo,
        }, cancel);

    /// <summary>What the marks are computed from, of one commune (0: all these eyes see), as of a day.</summary>
    public static Task<IReadOnlyList<QualityRow>> QualityAsync(DatabaseSession session, short provinceCode, int communeId, LocalDate today, CancellationToken cancel) =>
        session.QueryAsync<QualityRow>(Quality, new { provinceCode, communeId, today, month = (today.Year * 100) + today.Month }, cancel);
}
