using NodaTime;

namespace PaymentEngine.Postgres.Register;

/// <summary>A person found by what was typed, told apart by birth, commune and the last figures of the number.</summary>
public sealed record FoundPerson
{
    public int RecipientId { get; init; }
    public string PersonId { get; init; } = "";
    public string FullName { get; init; } = "";
    public short BirthYear { get; init; }
    public short BirthMonth { get; init; }
    public short BirthDay { get; init; }
    public LocalDate? Death { get; init; }
    public string? IdNumberTail { get; init; }
    public string CommuneCode { get; init; } = "";
    public string CommuneName { get; init; } = "";
}

/// <summary>An award (quyết định hưởng) as it stands now.</summary>
public sealed record PersonAward(string AwardId, short Programme, string Category, string? DecisionNo, LocalDate? DecidedOn, int? FirstMonth, int? LastMonth, string? EndReason);

/// <summary>A right to receive (người nhận) as it stands now, with its account by the last figures.</summary>
public sealed record PersonPayee(string PayeeName, short Role, string? Basis, string? BasisNo, LocalDate? BasisOn, LocalDate? ValidFrom, LocalDate? ValidTo, short Channel, short Wish, LocalDate? WishOn, string? BankBin, string? AccountTail, string? HolderName);

/// <summary>One amount of a list with the sentence that explains it.</summary>
public sealed record PersonLine(int Month, int RunNo, int LineNo, short Programme, string Component, int ForMonth, short Kind, long AmountVnd, string SentenceVi, string SentenceEn, string Citation, string Status);

/// <summary>A payment and the place its money is in.</summary>
/// <param name="Place">See <c>Place</c> of Core.</param>
/// <param name="Kind">Of its latest attempt: 1 by account, 2 cash; null: none yet.</param>
public sealed record PersonPayment(int Month, int RunNo, int LineNo, short Programme, long AmountVnd, short Place, short? Kind, string? HoldReason);

/// <summary>Something that happened to a payment.</summary>
/// <param name="What"><c>planned</c>, <c>approved</c>, <c>handed_over</c>, <c>bank</c>, <c>ended</c>, <c>printed</c>, <c>paid</c>, <c>uncollected</c>.</param>
/// <param name="Who">The person, or the file that said it.</param>
/// <param name="Evidence">Of a bank's word: its bit.</param>
public sealed record PersonPaymentEvent(int Month, int RunNo, int LineNo, short? Attempt, string What, Instant At, string Who, int Evidence, string? Detail);

/// <summary>One person for a page: found by what was typed; awards, rights, amounts with their sentences, payments with what happened to them. Every question is about one person or a handful of names.</summary>
public static class PersonPageStore
{
    const string Columns = """
        SELECT r.recipient_id, r.person_id, r.full_name, r.birth_year, r.birth_month, r.birth_day, r.death, r.id_number_tail, a.commune_code, a.name AS commune_name
          FROM recipient r
          JOIN LATERAL (SELECT commune_id FROM dated_fact f WHERE f.province_code = r.province_code AND f.recipient_id = r.recipient_id AND f.known_to = 'infinity'
                         ORDER BY f.recorded_on DESC NULLS LAST, f.facts_from DESC LIMIT 1) f ON true
          JOIN area a ON a.province_code = r.province_code AND a.commune_id = f.commune_id AND a.known_to = 'infinity'
         WHERE r.province_code = @provinceCode AND r.known_to = 'infinity'
        """;

    const string ByName = $"""
        -- PersonPageStore.ByName: a name that begins or ends like this, by its two indexes; everybody of a province.
        {Columns} AND (bare_name(r.full_name) LIKE @begins OR reverse(bare_name(r.full_name)) LIKE @ends)
           AND (@commune::text IS NULL OR a.commune_code = @commune)
         ORDER BY reverse(split_part(reverse(bare_name(r.full_name)), ' ', 1)), bare_name(r.full_name), r.recipient_id LIMIT @most OFFSET @skip;
        """;

    // Under row security an index on what a name looks like is not used before the policy is asked, so single communes are read by their own index.
    const string ByNameInCommunes = $"""
        -- PersonPageStore.ByNameInCommunes: a name with these letters anywhere, of people who live in some communes.
        {Columns} AND r.recipient_id IN (SELECT f.recipient_id FROM dated_fact f WHERE f.province_code = @provinceCode AND f.commune_id = ANY (@communes) AND f.known_to = 'infinity')
           AND a.commune_id = ANY (@communes) AND bare_name(r.full_name) LIKE @holds
           AND (@commune::text IS NULL OR a.commune_code = @commune)
         ORDER BY reverse(split_part(reverse(bare_name(r.full_name)), ' ', 1)), bare_name(r.full_name), r.recipient_id LIMIT @most OFFSET @skip;
        """;

    const string ByKeys = $"""
        -- PersonPageStore.ByKeys
        {Columns} AND r.person_id = ANY (@keys) ORDER BY r.recipient_id LIMIT @most OFFSET @skip;
        """;

    const string ByTail = $"""
        -- PersonPageStore.ByTail: the last four figures of an identity number or of an account in use.
        {Columns} AND (r.id_number_tail = @tail OR r.recipient_id IN (
               SELECT p.recipient_id FROM channel c JOIN payee p ON p.province_code = c.province_code AND p.payee_no = c.payee_no AND p.channel_version = c.version AND p.known_to = 'infinity'
                WHERE c.province_code = @provinceCode AND c.account_tail = @tail))
           AND (@commune::text IS NULL OR a.commune_code = @commune)
         ORDER BY reverse(split_part(reverse(bare_name(r.full_name)), ' ', 1)), bare_name(r.full_name), r.recipient_id LIMIT @most OFFSET @skip;
        """;

    const string Awards = """
        -- PersonPageStore.Awards
        SELECT DISTINCT ON (award_no) award_id AS AwardId, programme AS Programme, category AS Category, decision_no AS DecisionNo, decided_on AS DecidedOn, first_month AS FirstMonth, last_month AS LastMonth, end_reason AS EndReason
          FROM award WHERE province_code = @provinceCode AND recipient_id = @recipientId AND known_to = 'infinity' ORDER BY award_no, facts_from DESC;
        """;

    const string Payees = """
        -- PersonPageStore.Payees
        SELECT p.payee_name AS PayeeName, p.role AS Role, p.basis AS Basis, p.basis_no AS BasisNo, p.basis_on AS BasisOn, p.valid_from AS ValidFrom, p.valid_to AS ValidTo, p.channel AS Channel, p.wish AS Wish, p.wish_on AS WishOn,
               c.bank_bin AS BankBin, c.account_tail AS AccountTail, c.holder_name AS HolderName
          FROM payee p LEFT JOIN channel c ON c.province_code = p.province_code AND c.payee_no = p.payee_no AND c.version = p.channel_version
         WHERE p.province_code = @provinceCode AND p.recipient_id = @recipientId AND p.known_to = 'infinity' ORDER BY p.payee_no;
        """;

    // Lines are kept by award: a person's few awards find their few lines in each month.
    const string OfPerson = """
        SELECT l.province_code, l.month, l.run_no, l.line_no, l.component, l.for_month, l.kind, l.amount_vnd, l.explanation_no
          FROM line l WHERE l.province_code = @provinceCode AND l.month >= @since
           AND l.award_no IN (SELECT w.award_no FROM award w WHERE w.province_code = @provinceCode AND w.recipient_id = @recipientId)
        """;

    const string Lines = $"""
        -- PersonPageStore.Lines
        SELECT l.month AS Month, l.run_no AS RunNo, l.line_no AS LineNo, d.programme AS Programme, l.component AS Component, l.for_month AS ForMonth, l.kind AS Kind, l.amount_vnd AS AmountVnd,
               x.sentence_vi AS SentenceVi, x.sentence_en AS SentenceEn, x.citation AS Citation, x.status AS Status
          FROM ({OfPerson}) l
          JOIN disbursement d ON d.province_code = l.province_code AND d.month = l.month AND d.run_no = l.run_no AND d.line_no = l.line_no
          JOIN explanation x ON x.province_code = l.province_code AND x.month = l.month AND x.run_no = l.run_no AND x.explanation_no = l.explanation_no
         ORDER BY l.month DESC, l.run_no, l.line_no, l.kind, l.for_month, l.component;
        """;

    const string Payments = $"""
        -- PersonPageStore.Payments: where the money of each is.
        SELECT d.month AS Month, d.run_no AS RunNo, d.line_no AS LineNo, d.programme AS Programme, d.amount_vnd AS AmountVnd, p.place::smallint AS Place, p.kind AS Kind, d.hold_reason AS HoldReason
          FROM (SELECT DISTINCT province_code, month, run_no, line_no FROM ({OfPerson}) l) l
          JOIN disbursement d ON d.province_code = l.province_code AND d.month = l.month AND d.run_no = l.run_no AND d.line_no = l.line_no
          JOIN LATERAL (SELECT p.place, p.kind FROM position p WHERE p.province_code = d.province_code AND p.month = d.month AND p.run_no = d.run_no AND p.line_no = d.line_no) p ON true
         ORDER BY d.month DESC, d.run_no, d.line_no;
        """;

    const string Events = $"""
        -- PersonPageStore.Events: what happened to each payment of a person, and who said it.
        WITH mine AS MATERIALIZED (SELECT DISTINCT province_code, month, run_no, line_no FROM ({OfPerson}) l),
        tries AS MATERIALIZED (
            SELECT a.* FROM mine m JOIN attempt a ON a.province_code = m.province_code AND a.month = m.month AND a.run_no = m.run_no AND a.line_no = m.line_no
        ), filed AS MATERIALIZED (
            SELECT t.month, t.run_no, t.line_no, t.attempt, b.month AS file_month, b.file_no, b.batch_no, f.msg_id
              FROM tries t
              JOIN bank_file f ON f.province_code = t.province_code AND f.month = t.carried_month AND f.run_no = t.carried_run
              JOIN batch b ON b.province_code = f.province_code AND b.month = f.month AND b.file_no = f.file_no AND b.origin_month = t.month AND b.origin_run = t.run_no AND b.route_no = t.route_no AND t.line_no BETWEEN b.line_from AND b.line_to
             WHERE t.kind = 1
        )
        SELECT m.month AS Month, m.run_no AS RunNo, m.line_no AS LineNo, NULL::smallint AS Attempt, s.step AS What, s.at AS At, s.person AS Who, 0 AS Evidence, NULL::text AS Detail
          FROM mine m JOIN run_step s ON s.province_code = m.province_code AND s.month = m.month AND s.run_no = m.run_no AND s.step IN ('planned', 'approved')
        UNION ALL
        SELECT f.month, f.run_no, f.line_no, f.attempt, 'handed_over', o.at, h.person, 0, f.msg_id
          FROM filed f JOIN hand_over_outcome o ON o.province_code = @provinceCode AND o.month = f.file_month AND o.file_no = f.file_no AND o.outcome = 'sent'
          JOIN hand_over h ON h.province_code = o.province_code AND h.month = o.month AND h.file_no = o.file_no AND h.hand_over_no = o.hand_over_no
        UNION ALL
        SELECT t.month, t.run_no, t.line_no, t.attempt, 'bank', b.reported_at, i.file_name, b.evidence, b.reason_code
          FROM tries t
          JOIN bank_fact b ON b.province_code = t.province_code AND b.month >= @since AND b.target = 1 AND b.target_month = t.month AND b.target_run = t.run_no AND b.target_no = t.line_no AND b.target_part = t.attempt
          JOIN inbox_file i ON i.province_code = b.province_code AND i.import_no = b.import_no
         WHERE b.evidence <> 0
        UNION ALL
        SELECT f.month, f.run_no, f.line_no, f.attempt, 'bank', b.reported_at, i.file_name, b.evidence, b.reason_code
          FROM filed f
          JOIN bank_fact b ON b.province_code = @provinceCode AND b.month >= @since AND b.target = 2 AND b.target_month = f.file_month AND b.target_no = f.file_no AND b.target_part = f.batch_no
          JOIN inbox_file i ON i.province_code = b.province_code AND i.import_no = b.import_no
         WHERE b.evidence <> 0
        UNION ALL
        SELECT t.month, t.run_no, t.line_no, t.attempt, 'ended', o.at, o.person, 0, e.how || ': ' || e.proof
          FROM tries t JOIN attempt_end e ON e.province_code = t.province_code AND e.month = t.month AND e.run_no = t.run_no AND e.line_no = t.line_no AND e.attempt = t.attempt
          JOIN operation o ON o.province_code = e.province_code AND o.operation_no = e.operation_no
        UNION ALL
        SELECT t.month, t.run_no, t.line_no, t.attempt, 'printed', c.printed_at, c.printed_by, 0, l.receipt_code
          FROM tries t JOIN cash_line l ON l.province_code = t.province_code AND l.origin_month = t.month AND l.origin_run = t.run_no AND l.line_no = t.line_no AND l.attempt = t.attempt
          JOIN cash_list c ON c.province_code = l.province_code AND c.month = l.month AND c.list_no = l.list_no
        UNION ALL
        SELECT t.month, t.run_no, t.line_no, t.attempt, r.result, r.at, r.person, 0, r.paid_on::text
          FROM tries t JOIN cash_line l ON l.province_code = t.province_code AND l.origin_month = t.month AND l.origin_run = t.run_no AND l.line_no = t.line_no AND l.attempt = t.attempt
          JOIN cash_result r ON r.province_code = l.province_code AND r.month = l.month AND r.list_no = l.list_no AND r.cash_line_no = l.cash_line_no
        ORDER BY 6, 4 NULLS FIRST, 5;
        """;

    /// <summary>People whose name begins or ends like this.</summary>
    /// <param name="session">Of the whole province.</param>
    /// <param name="provinceCode">The tenant.</param>
    /// <param name="bare">Letters without marks, small, blanks between words: nothing a pattern would read as its own.</param>
    /// <param name="commune">Code of a commune, or null.</param>
    /// <param name="skip">So many are passed over.</param>
    /// <param name="most">At most so many.</param>
    /// <param name="cancel">Cancels the question.</param>
    public static Task<IReadOnlyList<FoundPerson>> ByNameAsync(DatabaseSession session, short provinceCode, string bare, string? commune, int skip, int most, CancellationToken cancel) =>
        session.QueryAsync<FoundPerson>(ByName, new { provinceCode, begins = bare + "%", ends = new string([.. bare.Reverse()]) + "%", commune, skip, most }, cancel);

    /// <summary>People of some communes whose name has these letters anywhere.</summary>
    public static Task<IReadOnlyList<FoundPerson>> ByNameAsync(DatabaseSession session, short provinceCode, string bare, IReadOnlyList<int> communes, string? commune, int skip, int most, CancellationToken cancel) =>
        session.QueryAsync<FoundPerson>(ByNameInCommunes, new { provinceCode, holds = "%" + bare + "%", communes = communes.ToArray(), commune, skip, most }, cancel);

    public static Task<IReadOnlyList<FoundPerson>> ByKeysAsync(DatabaseSession session, short provinceCode, IReadOnlyList<string> keys, int most, CancellationToken cancel) =>
        session.QueryAsync<FoundPerson>(ByKeys, new { provinceCode, keys = keys.ToArray(), skip = 0, most }, cancel);

    public static Task<IReadOnlyList<FoundPerson>> ByTailAsync(DatabaseSession session, short provinceCode, string tail, string? commune, int skip, int most, CancellationToken cancel) =>
        session.QueryAsync<FoundPerson>(ByTail, new { provinceCode, tail, commune, skip, most }, cancel);

    public static Task<IReadOnlyList<PersonAward>> AwardsAsync(DatabaseSession session, short provinceCode, int recipientId, CancellationToken cancel) => session.QueryAsync<PersonAward>(Awards, new { provinceCode, recipientId }, cancel);

    public static Task<IReadOnlyList<PersonPayee>> PayeesAsync(DatabaseSession session, short provinceCode, int recipientId, CancellationToken cancel) => session.QueryAsync<PersonPayee>(Payees, new { provinceCode, recipientId }, cancel);

    /// <summary>Amounts listed for a person in lists of a month (yyyymm) and later.</summary>
    public static Task<IReadOnlyList<PersonLine>> LinesAsync(DatabaseSession session, short provinceCode, int recipientId, int since, CancellationToken cancel) => session.QueryAsync<PersonLine>(Lines, new { provinceCode, recipientId, since }, cancel);

    /// <summary>Payments of those lists, each with the place of its money.</summary>
    public static Task<IReadOnlyList<PersonPayment>> PaymentsAsync(DatabaseSession session, short provinceCode, int recipientId, int since, CancellationToken cancel) => session.QueryAsync<PersonPayment>(Payments, new { provinceCode, recipientId, since }, cancel);

    /// <summary>What happened to those payments, in its order.</summary>
    public static Task<IReadOnlyList<PersonPaymentEvent>> EventsAsync(DatabaseSession session, short provinceCode, int recipientId, int since, CancellationToken cancel) => session.QueryAsync<PersonPaymentEvent>(Events, new { provinceCode, recipientId, since }, cancel);
}
