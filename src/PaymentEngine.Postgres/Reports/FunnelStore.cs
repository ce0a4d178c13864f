using NodaTime;

namespace PaymentEngine.Postgres.Reports;

/// <summary>What a report of the funnel asks the store for.</summary>
/// <param name="Day">The day it is about: what holds on it.</param>
/// <param name="RegisterMonth">Month of that day, as a key: awards and facts that hold in it.</param>
/// <param name="Known">End of the day up to which the register's knowledge counts, exclusive.</param>
/// <param name="KnownOn">That day, for rows that say when an office recorded them.</param>
/// <param name="Booked">End of the day up to which postings count, exclusive.</param>
/// <param name="Since">First list month of the cumulative count, as a key.</param>
/// <param name="From">First list month of the period.</param>
/// <param name="To">Last list month of both.</param>
/// <param name="Communes">Numbers of communes people live in on that day; null: everybody.</param>
/// <param name="MonthlyCategories">Categories that are paid by the month: one-time benefits put nobody on the rolls.</param>
/// <param name="NumberOverhead">Bytes of a sealed identity number beyond its figures: whether it has 12 or 9 is asked without opening it.</param>
public sealed record FunnelScope(short ProvinceCode, LocalDate Day, int RegisterMonth, Instant Known, LocalDate KnownOn, Instant Booked, int Since, int From, int To, int[]? Communes, string[] MonthlyCategories, int NumberOverhead);

/// <summary>One record of the register as the funnel needs it. Reused row by row: keep nothing of it.</summary>
public sealed class FunnelRow
{
    public int RecipientId { get; set; }
    public string PersonId { get; set; } = "";
    public string FullName { get; set; } = "";
    public short Sex { get; set; }
    public short BirthYear { get; set; }
    public short BirthMonth { get; set; }
    public short BirthDay { get; set; }
    public bool IsDead { get; set; }
    public int NumberDigits { get; set; }

    /// <summary>0: not recorded.</summary>
    public int CommuneId { get; set; }
    public bool HasLeftProvince { get; set; }
    public bool IsMerged { get; set; }

    /// <summary>Bit n: a running award of programme n + 1.</summary>
    public int Programmes { get; set; }
    public bool IsSuspended { get; set; }
    public bool HasPayee { get; set; }
    public bool PayeeExpired { get; set; }
    public bool HasAccount { get; set; }
    public bool WantsAccount { get; set; }
    public bool ChannelIsAccount { get; set; }
    public bool IsVerified { get; set; }
    public bool HasDeclined { get; set; }

    /// <summary>A bank's last word on the account: 1 verified, 2 another holder, 3 closed, 4 not found; 0: not asked or not answered.</summary>
    public short Answer { get; set; }

    /// <summary>Why a sum is held, or the bank's code of a return; null: neither.</summary>
    public string? Detail { get; set; }

    /// <summary>1000 where listed before the period, + 16 × programme + place.</summary>
    public int[] Keys { get; set; } = [];
    public long[] Sums { get; set; } = [];
    public long[] Payments { get; set; } = [];
}

/// <summary>A sum by programme and place.</summary>
public sealed record BookedRow(bool InPeriod, short Programme, short Place, long Payments, long SumVnd);

/// <summary>The funnel's rows and what they are held against. One statement a question, whatever the size of the province.</summary>
public static class FunnelStore
{
    const string PeopleSql = """
        -- FunnelStore.People: one row a record of the register, as it was known at a moment; places by the moves that were booked by then, as member_move has them.
        WITH done AS MATERIALIZED (
            SELECT operation_no FROM operation WHERE province_code = @provinceCode AND at < @booked
        ), fact AS (
            -- Where the person lives in the month; of facts that all begin later the first.
            SELECT DISTINCT ON (recipient_id) recipient_id, commune_id, home_province FROM dated_fact
             WHERE province_code = @provinceCode AND known_from < @known AND known_to >= @known AND (recorded_on IS NULL OR recorded_on <= @knownOn)
             ORDER BY recipient_id, facts_from <= @registerMonth DESC, CASE WHEN facts_from <= @registerMonth THEN -facts_from ELSE facts_from END, recorded_on DESC NULLS LAST, version DESC
        ), merged AS (
            SELECT merged_id AS recipient_id FROM duplicate_decision WHERE province_code = @provinceCode AND is_same AND at < @known
        ), award_now AS (
            SELECT DISTINCT ON (award_no) recipient_id, programme, category, first_month, last_month, decided_on, suspended_from, suspended_to FROM award
             WHERE province_code = @provinceCode AND known_from < @known AND known_to >= @known AND (recorded_on IS NULL OR recorded_on <= @knownOn) AND facts_from <= @registerMonth
             ORDER BY award_no, facts_from DESC, recorded_on DESC NULLS LAST, version DESC
        ), award_of AS (
            SELECT recipient_id, bit_or(1 << (programme - 1)) AS programmes,
                   bool_and(coalesce(suspended_from <= @registerMonth AND (suspended_to IS NULL OR suspended_to >= @registerMonth), false)) AS is_suspended
              FROM award_now
             WHERE (programme = 4 OR category = ANY (@monthlyCategories)) AND (first_month IS NULL OR first_month <= @registerMonth) AND (last_month IS NULL OR last_month >= @registerMonth)
               AND (decided_on IS NULL OR decided_on <= @day)
             GROUP BY recipient_id
        ), listing AS MATERIALIZED (
            SELECT DISTINCT p.run_month, p.run_no FROM posting p JOIN done o ON o.operation_no = p.operation_no
             WHERE p.province_code = @provinceCode AND p.from_place = 0 AND p.run_month BETWEEN @since AND @to
        ), kept AS (
            -- Moves that are kept payment by payment. Each leads on from the place before it: the sum of the steps is how far the payment has come.
            SELECT m.run_month, m.run_no, m.line_no, sum(m.to_place - m.from_place) AS steps,
                   sum((m.to_place = 3)::int - (m.from_place = 3)::int) AS at3, sum((m.to_place = 4)::int - (m.from_place = 4)::int) AS at4,
                   sum((m.to_place = 8)::int - (m.from_place = 8)::int) AS at8, sum((m.to_place = 9)::int - (m.from_place = 9)::int) AS at9,
                   sum((m.from_place = 3 AND m.to_place = 4)::int - (m.from_place = 4 AND m.to_place = 3)::int) AS sent, sum((m.from_place = 8 AND m.to_place = 9)::int) AS printed
              FROM posting_member m JOIN done o ON o.operation_no = m.operation_no
             WHERE m.province_code = @provinceCode AND m.run_month BETWEEN @since AND @to
             GROUP BY m.run_month, m.run_no, m.line_no
        ), listed_payment AS MATERIALIZED (
            -- A file or list moves as a whole and keeps no members: who left place 4 or 9 had come there (-at4, -at9). Only who may stand there still, or before it, is looked up.
            SELECT d.recipient_id, d.programme, d.amount_vnd, d.hold_reason, d.month, d.run_no, d.line_no, b.place + coalesce(k.steps, 0) + greatest(-k.at4, 0) + greatest(-k.at9, 0) AS place,
                   coalesce(k.sent, 0) + greatest(-k.at4, 0) AS sent, coalesce(k.printed, 0) + greatest(-k.at9, 0) AS printed,
                   (b.place = 3)::int + coalesce(k.at3, 0) + coalesce(k.at4, 0) > 0 AS may_be_sent, (b.place = 8)::int + coalesce(k.at8, 0) + coalesce(k.at9, 0) > 0 AS may_be_printed
              FROM listing l
              JOIN disbursement d ON d.province_code = @provinceCode AND d.month = l.run_month AND d.run_no = l.run_no
              LEFT JOIN attempt a ON a.province_code = @provinceCode AND a.month = d.month AND a.run_no = d.run_no AND a.line_no = d.line_no AND a.attempt = 1
             CROSS JOIN LATERAL (SELECT CASE WHEN d.hold_reason IS NOT NULL THEN 1 WHEN a.kind = 1 THEN 3 WHEN a.kind = 2 THEN 8 ELSE 2 END AS place) b
              LEFT JOIN kept k ON k.run_month = d.month AND k.run_no = d.run_no AND k.line_no = d.line_no
             WHERE d.amount_vnd > 0
        ), sent AS (
            SELECT k.month, k.run_no, k.line_no, sum(h.sent) AS sent
              FROM listed_payment k
              JOIN attempt a ON a.province_code = @provinceCode AND a.month = k.month AND a.run_no = k.run_no AND a.line_no = k.line_no AND a.kind = 1
              JOIN batch b ON b.province_code = @provinceCode AND b.month = a.carried_month AND b.origin_month = a.month AND b.origin_run = a.run_no AND b.route_no = a.route_no AND a.line_no BETWEEN b.line_from AND b.line_to
              JOIN bank_file f ON f.province_code = @provinceCode AND f.month = b.month AND f.file_no = b.file_no AND f.run_no = a.carried_run
              JOIN (SELECT month, file_no, operation_no, 1 AS sent FROM hand_over WHERE province_code = @provinceCode
                    UNION ALL
                    SELECT month, file_no, operation_no, -1 FROM hand_over_outcome WHERE province_code = @provinceCode AND outcome IN ('refused', 'recovered')) h ON h.month = b.month AND h.file_no = b.file_no
              JOIN done o ON o.operation_no = h.operation_no
             WHERE k.may_be_sent
             GROUP BY k.month, k.run_no, k.line_no
        ), printed AS (
            SELECT k.month, k.run_no, k.line_no, count(*) AS printed
              FROM listed_payment k
              JOIN cash_line c ON c.province_code = @provinceCode AND c.origin_month = k.month AND c.origin_run = k.run_no AND c.line_no = k.line_no
              JOIN cash_list l ON l.province_code = @provinceCode AND l.month = c.month AND l.list_no = c.list_no
              JOIN done o ON o.operation_no = l.operation_no
             WHERE k.may_be_printed
             GROUP BY k.month, k.run_no, k.line_no
        ), stood AS (
            SELECT k.recipient_id, k.programme, k.amount_vnd, k.hold_reason, k.month AS run_month, k.run_no, k.line_no,
                   (k.place + CASE WHEN k.may_be_sent THEN coalesce(s.sent, 0) - k.sent ELSE 0 END + CASE WHEN k.may_be_printed THEN coalesce(p.printed, 0) - k.printed ELSE 0 END)::int AS place
              FROM listed_payment k
              LEFT JOIN sent s ON k.may_be_sent AND s.month = k.month AND s.run_no = k.run_no AND s.line_no = k.line_no
              LEFT JOIN printed p ON k.may_be_printed AND p.month = k.month AND p.run_no = k.run_no AND p.line_no = k.line_no
        ), ended AS (
            SELECT e.month, e.run_no, e.line_no, e.attempt, e.reason_code FROM attempt_end e JOIN done o ON o.operation_no = e.operation_no WHERE e.province_code = @provinceCode AND e.month BETWEEN @since AND @to
        ), proof AS (
            -- An account that two persons accepted with the names compared, and one that a payment reached; a bank's own answer below.
            SELECT c.payee_no, s.channel_version FROM account_change c JOIN account_change_step s USING (province_code, change_no)
             WHERE c.province_code = @provinceCode AND s.step = 'applied' AND s.at < @known
            UNION
            SELECT a.payee_no, a.channel_version FROM stood t
              JOIN attempt a ON a.province_code = @provinceCode AND a.month = t.run_month AND a.run_no = t.run_no AND a.line_no = t.line_no
              LEFT JOIN ended e ON e.month = a.month AND e.run_no = a.run_no AND e.line_no = a.line_no AND e.attempt = a.attempt
             WHERE t.place = 6 AND a.kind = 1 AND e.attempt IS NULL
        ), answered AS (
            -- The last word of a bank on an account and its holder, by then.
            SELECT DISTINCT ON (q.account_tag, q.holder_name) q.account_tag, q.holder_name, a.state
              FROM account_asked q JOIN account_answer a USING (province_code, inquiry_no, row_no)
             WHERE q.province_code = @provinceCode AND a.at < @known
             ORDER BY q.account_tag, q.holder_name, a.at DESC, a.inquiry_no DESC, a.row_no DESC, a.answer_no DESC
        ), owned AS (
            -- What a bank has said of the account goes before every other proof.
            SELECT p.recipient_id, p.role IN (1, 2, 6) AS is_own, coalesce(p.valid_from <= @day, true) AND coalesce(p.valid_to >= @day, true) AS is_valid, p.valid_to < @day AS is_over,
                   p.channel_version IS NOT NULL AS has_account, p.channel, CASE WHEN p.wish_on > @day THEN 0 ELSE p.wish END AS wish, coalesce(n.state = 1, v.payee_no IS NOT NULL) AS is_proven, n.state
              FROM payee p
              LEFT JOIN proof v ON v.payee_no = p.payee_no AND v.channel_version = p.channel_version
              LEFT JOIN channel c ON c.province_code = p.province_code AND c.payee_no = p.payee_no AND c.version = p.channel_version
              LEFT JOIN answered n ON n.account_tag = c.account_tag AND n.holder_name = c.holder_name
             WHERE p.province_code = @provinceCode AND p.known_from < @known AND p.known_to >= @known
        ), right_of AS (
            -- The person's own money decides; a carer's or household's account only where there is no other right.
            SELECT recipient_id,
                   coalesce(bool_or(is_valid) FILTER (WHERE is_own), bool_or(is_valid)) AS has_payee,
                   bool_or(is_over) AS payee_expired,
                   coalesce(bool_or(is_valid AND has_account) FILTER (WHERE is_own), bool_or(is_valid AND has_account)) AS has_account,
                   coalesce(bool_or(is_valid AND has_account AND wish = 1) FILTER (WHERE is_own), bool_or(is_valid AND has_account AND wish = 1)) AS wants_account,
                   coalesce(bool_or(is_valid AND has_account AND wish = 1 AND channel < 4) FILTER (WHERE is_own), bool_or(is_valid AND has_account AND wish = 1 AND channel < 4)) AS channel_is_account,
                   coalesce(bool_or(is_valid AND has_account AND wish = 1 AND is_proven) FILTER (WHERE is_own), bool_or(is_valid AND has_account AND wish = 1 AND is_proven)) AS is_verified,
                   coalesce(bool_or(is_valid AND has_account AND wish = 2) FILTER (WHERE is_own), bool_or(is_valid AND has_account AND wish = 2)) AS has_declined,
                   coalesce(max(state) FILTER (WHERE is_own AND is_valid AND wish = 1), max(state) FILTER (WHERE is_valid AND wish = 1)) AS answer
              FROM owned GROUP BY recipient_id
        ), sums AS (
            SELECT t.recipient_id, CASE WHEN t.run_month < @from THEN 1000 ELSE 0 END + 16 * t.programme + t.place AS key, sum(t.amount_vnd)::bigint AS sum_vnd, count(*) AS payments,
                   min(CASE t.place WHEN 1 THEN t.hold_reason WHEN 7 THEN e.reason_code END) FILTER (WHERE t.run_month >= @from) AS detail
              FROM stood t
              LEFT JOIN ended e ON t.place = 7 AND e.month = t.run_month AND e.run_no = t.run_no AND e.line_no = t.line_no
             GROUP BY t.recipient_id, CASE WHEN t.run_month < @from THEN 1000 ELSE 0 END + 16 * t.programme + t.place
        ), money AS (
            SELECT recipient_id, array_agg(key) AS keys, array_agg(sum_vnd) AS sums, array_agg(payments) AS payments, min(detail) AS detail FROM sums GROUP BY recipient_id
        )
        SELECT r.recipient_id, r.person_id, r.full_name, r.sex, r.birth_year, r.birth_month, r.birth_day, coalesce(r.death <= @day, false), coalesce(length(r.id_number_cipher) - @numberOverhead, 0),
               coalesce(f.commune_id, 0), coalesce(f.home_province <> @homeProvince, false), g.recipient_id IS NOT NULL, coalesce(w.programmes, 0), coalesce(w.is_suspended, false),
               coalesce(h.has_payee, false), coalesce(h.payee_expired, false), coalesce(h.has_account, false), coalesce(h.wants_account, false), coalesce(h.channel_is_account, false), coalesce(h.is_verified, false),
               coalesce(h.has_declined, false), coalesce(h.answer, 0)::smallint, m.detail, m.keys, m.sums, m.payments
          FROM recipient r
          LEFT JOIN fact f ON f.recipient_id = r.recipient_id
          LEFT JOIN merged g ON g.recipient_id = r.recipient_id
          LEFT JOIN award_of w ON w.recipient_id = r.recipient_id
          LEFT JOIN right_of h ON h.recipient_id = r.recipient_id
          LEFT JOIN money m ON m.recipient_id = r.recipient_id
         WHERE r.province_code = @provinceCode AND r.known_from < @known AND r.known_to >= @known AND (@communes::int[] IS NULL OR f.commune_id = ANY (@communes));
        """;

    // Records by their first version: not the road the rows come by.
    const string Records = """
        -- FunnelStore.Records
        SELECT count(*) FROM recipient WHERE province_code = @provinceCode AND version = 1 AND known_from < @known;
        """;

    const string Ledger = """
        -- FunnelStore.Ledger: by postings, which know no person.
        SELECT b.run_month >= @from AS in_period, b.programme, b.place, sum(b.items)::bigint AS payments, sum(b.sum_vnd)::bigint AS sum_vnd
          FROM (SELECT p.run_month, p.programme, p.to_place AS place, p.items, p.sum_vnd, p.operation_no FROM posting p WHERE p.province_code = @provinceCode AND p.run_month BETWEEN @since AND @to
                UNION ALL
                SELECT p.run_month, p.programme, p.from_place, -p.items, -p.sum_vnd, p.operation_no FROM posting p WHERE p.province_code = @provinceCode AND p.run_month BETWEEN @since AND @to AND p.from_place <> 0) b
          JOIN operation o ON o.province_code = @provinceCode AND o.operation_no = b.operation_no AND o.at < @booked
         GROUP BY b.run_month >= @from, b.programme, b.place HAVING sum(b.items) <> 0 OR sum(b.sum_vnd) <> 0;
        """;

    const string Certificate = """
        -- FunnelStore.Certificate: today's places by what happened to each payment, the road that certificates take.
        SELECT true AS in_period, programme, place, sum(items)::bigint AS payments, sum(sum_vnd)::bigint AS sum_vnd
          FROM certificate WHERE province_code = @provinceCode AND month BETWEEN @from AND @to
         GROUP BY programme, place;
        """;

    const string CommunesSql = """
        -- FunnelStore.Communes: as they were named then.
        SELECT DISTINCT ON (commune_id) commune_id, commune_code, name FROM area
         WHERE province_code = @provinceCode AND known_from < @known AND known_to >= @known ORDER BY commune_id, version DESC;
        """;

    const string Span = """
        -- FunnelStore.Span
        SELECT (SELECT min(known_from) FROM recipient WHERE province_code = @provinceCode AND version = 1) AS first, (SELECT max(at) FROM operation WHERE province_code = @provinceCode) AS last;
        """;

    /// <summary>When the register's first record became known, and when something was done last; null: never.</summary>
    public static async Task<(Instant? First, Instant? Last)> SpanAsync(DatabaseSession session, short provinceCode, CancellationToken cancel)
    {
        (Instant?, Instant?) span = default;
        await session.ReadAsync(Span, async reader =>
        {
            if (!await reader.ReadAsync(cancel)) return;
            Instant? At(int column) => reader.IsDBNull(column) ? null : Instant.FromDateTimeUtc(reader.GetDateTime(column));
            span = (At(0), At(1));
        }, new { provinceCode }, cancel);
        return span;
    }

    /// <summary>Code and name of each commune by its number, as known then.</summary>
    public static async Task<IReadOnlyDictionary<int, (string Code, string Name)>> CommunesAsync(DatabaseSession session, short provinceCode, Instant known, CancellationToken cancel) =>
        (await session.QueryAsync<(int Id, string Code, string Name)>(CommunesSql, new { provinceCode, known }, cancel)).ToDictionary(row => row.Id, row => (row.Code, row.Name));

    public static Task<long> RecordsAsync(DatabaseSession session, FunnelScope scope, CancellationToken cancel) => session.SingleAsync<long>(Records, new { scope.ProvinceCode, scope.Known }, cancel);

    public static Task<IReadOnlyList<BookedRow>> LedgerAsync(DatabaseSession session, FunnelScope scope, CancellationToken cancel) =>
        session.QueryAsync<BookedRow>(Ledger, new { scope.ProvinceCode, scope.Since, scope.From, scope.To, scope.Booked }, cancel);

    public static Task<IReadOnlyList<BookedRow>> CertificateAsync(DatabaseSession session, FunnelScope scope, CancellationToken cancel) =>
        session.QueryAsync<BookedRow>(Certificate, new { scope.ProvinceCode, scope.From, scope.To }, cancel);

    /// <summary>Every record within the scope, one by one in no order; <paramref name="take"/> keeps nothing of the row.</summary>
    public static Task PeopleAsync(DatabaseSession session, FunnelScope scope, Action<FunnelRow> take, CancellationToken cancel)
    {
        var row = new FunnelRow();
        return session.ReadAsync(PeopleSql, async reader =>
        {
            while (await reader.ReadAsync(cancel))
            {
                row.RecipientId = reader.GetInt32(0);
                row.PersonId = reader.GetString(1);
                row.FullName = reader.GetString(2);
                (row.Sex, row.BirthYear, row.BirthMonth, row.BirthDay) = (reader.GetInt16(3), reader.GetInt16(4), reader.GetInt16(5), reader.GetInt16(6));
                (row.IsDead, row.NumberDigits, row.CommuneId, row.HasLeftProvince, row.IsMerged) = (reader.GetBoolean(7), reader.GetInt32(8), reader.GetInt32(9), reader.GetBoolean(10), reader.GetBoolean(11));
                (row.Programmes, row.IsSuspended, row.HasPayee, row.PayeeExpired) = (reader.GetInt32(12), reader.GetBoolean(13), reader.GetBoolean(14), reader.GetBoolean(15));
                (row.HasAccount, row.WantsAccount, row.ChannelIsAccount, row.IsVerified, row.HasDeclined) = (reader.GetBoolean(16), reader.GetBoolean(17), reader.GetBoolean(18), reader.GetBoolean(19), reader.GetBoolean(20));
                row.Answer = reader.GetInt16(21);
                row.Detail = reader.IsDBNull(22) ? null : reader.GetString(22);
                (row.Keys, row.Sums, row.Payments) = reader.IsDBNull(23) ? ([], [], []) : (reader.GetFieldValue<int[]>(23), reader.GetFieldValue<long[]>(24), reader.GetFieldValue<long[]>(25));
                take(row);
            }
        }, new
        {
            scope.ProvinceCode, scope.Day, scope.RegisterMonth, scope.Known, scope.KnownOn, scope.Booked, scope.Since, scope.From, scope.To, scope.Communes, scope.MonthlyCategories, scope.NumberOverhead,
            homeProvince = scope.ProvinceCode.ToString("00", System.Globalization.CultureInfo.InvariantCulture),
        }, cancel);
    }
}
