using NodaTime;
using PaymentEngine.Core;
using PaymentEngine.Core.CashPayouts;
using PaymentEngine.Core.Money;
using PaymentEngine.Core.Payments;
using PaymentEngine.Core.Recipients;

namespace PaymentEngine.Postgres.Cash;

/// <summary>A cash payout waiting for a list.</summary>
/// <param name="PointCode">The counter where the payee is paid that day; empty where the commune has declared none.</param>
public sealed record CashDue(int Month, int RunNo, int LineNo, short Attempt, long AmountVnd, int PayCommuneId, short Programme, int CommuneId, string PointCode);

/// <summary>How many payouts wait in a commune, and on which lists others stand.</summary>
public sealed record CashCommune(int CommuneId, string CommuneCode, string Name, int Due, long DueVnd, int Listed, long ListedVnd, int Paid, long PaidVnd);

/// <summary>A list of the store with how far its results are.</summary>
/// <param name="PointCode">The counter; empty where the commune had declared none. Its name and address are those of the day of printing.</param>
/// <param name="HandedBackVnd">Of the uncollected sum, what the cashier has handed back.</param>
public sealed record CashListHead(int Month, int ListNo, int CommuneId, string CommuneCode, string CommuneName, DateTime PrintedAt, string PrintedBy, int Items, long SumVnd, int Paid, int Uncollected,
    string PointCode, string? PointName, string? PointAddress, string? PointOpening, long PaidVnd, long UncollectedVnd, long HandedBackVnd)
{
    /// <summary>Cash of people who did not come that is still in the cashier's hands.</summary>
    public long InHandVnd => UncollectedVnd - HandedBackVnd;
}

/// <summary>Cash that the cashier of a list handed back.</summary>
public sealed record CashHandedBack(string Voucher, long AmountVnd, LocalDate OnDate, string Person);

/// <summary>A line on a printed list, with its result when it has one.</summary>
public sealed record CashLineState(int Month, int ListNo, int CashLineNo, int CommuneId, string ReceiptCode, long AmountVnd, DateTime PrintedAt, short Attempt, string? Result, DateOnly? PaidOn);

/// <summary>Cash payouts: what is due, what stands on a printed list, what came back.</summary>
public static class CashStore
{
    const string Due = """
        -- CashStore.Due: live cash attempts of approved runs that stand on no list yet, by the counter the payee names today, else by the commune's usual one.
        -- Who waits is found first; counters are looked up once a commune and once a wish, not once a person.
        WITH waiting AS MATERIALIZED (
            SELECT a.province_code, a.month, a.run_no, a.line_no, a.attempt, a.amount_vnd, a.pay_commune_id, a.payee_no
              FROM attempt a
             WHERE a.province_code = @provinceCode AND a.kind = 2
               AND (@communes::int[] IS NULL OR a.pay_commune_id = ANY (@communes))
               AND EXISTS (SELECT FROM run_step s WHERE s.province_code = a.province_code AND s.month = a.month AND s.run_no = a.run_no AND s.step = 'approved')
               AND NOT EXISTS (SELECT FROM attempt_end e WHERE e.province_code = a.province_code AND e.month = a.month AND e.run_no = a.run_no AND e.line_no = a.line_no AND e.attempt = a.attempt)
               AND NOT EXISTS (SELECT FROM cash_line c WHERE c.province_code = a.province_code AND c.origin_month = a.month AND c.origin_run = a.run_no AND c.line_no = a.line_no AND c.attempt = a.attempt)
               AND NOT EXISTS (SELECT FROM given_back g WHERE g.province_code = a.province_code AND g.month = a.month AND g.run_no = a.run_no AND g.line_no = a.line_no AND g.attempt = a.attempt)
               -- Whom the bank has paid after all, or may have, is not called to the counter before somebody has concluded the case.
               AND NOT EXISTS (SELECT FROM payment_case k WHERE k.province_code = a.province_code AND k.month = a.month AND k.run_no = a.run_no AND k.line_no = a.line_no AND k.kind IN ('paid_twice', 'contradicted') AND k.closed_at IS NULL)
        ), counter AS MATERIALIZED (
            SELECT commune_id, point_code, name, is_usual FROM pay_point_now WHERE province_code = @provinceCode AND valid_from <= @today AND coalesce(valid_to, 'infinity') >= @today
        ), wish AS MATERIALIZED (
            SELECT w.*, p.pay_point FROM waiting w LEFT JOIN payee p ON p.province_code = w.province_code AND p.payee_no = w.payee_no AND p.known_to = 'infinity' AND p.pay_point IS NOT NULL
        ), named AS (
            SELECT DISTINCT ON (w.pay_commune_id, w.pay_point) w.pay_commune_id, w.pay_point, n.point_code
              FROM (SELECT DISTINCT pay_commune_id, pay_point FROM wish WHERE pay_point IS NOT NULL) w JOIN counter n ON n.commune_id = w.pay_commune_id AND (n.point_code = upper(w.pay_point) OR lower(n.name) = lower(w.pay_point))
             ORDER BY w.pay_commune_id, w.pay_point, n.point_code = upper(w.pay_point) DESC, n.point_code
        ), usual AS (
            SELECT DISTINCT ON (commune_id) commune_id, point_code FROM counter WHERE is_usual ORDER BY commune_id, point_code
        )
        SELECT w.month, w.run_no, w.line_no, w.attempt, w.amount_vnd, w.pay_commune_id, d.programme, d.commune_id, coalesce(n.point_code, u.point_code, '') AS point_code
          FROM wish w
          JOIN disbursement d USING (province_code, month, run_no, line_no)
          LEFT JOIN named n ON n.pay_commune_id = w.pay_commune_id AND n.pay_point = w.pay_point
          LEFT JOIN usual u ON u.commune_id = w.pay_commune_id
         ORDER BY w.pay_commune_id, coalesce(n.point_code, u.point_code, '') COLLATE "C", w.month, w.run_no, w.line_no;
        """;

    const string StageLines = """
        -- CashStore.StageLines
        CREATE TEMPORARY TABLE new_cash_line (list_no int, commune_id int, point_code text, cash_line_no int, origin_month int, origin_run int, line_no int, attempt smallint, amount_vnd bigint,
            receipt_code text, programme smallint, home_commune int) ON COMMIT DROP;
        """;

    const string InsertLists = """
        -- CashStore.InsertLists
        INSERT INTO cash_list (province_code, month, list_no, commune_id, point_code, printed_at, printed_by, items, sum_vnd, operation_no)
        SELECT @provinceCode, @month, list_no, commune_id, point_code, @printedAt, @printedBy, count(*), sum(amount_vnd), @operationNo FROM new_cash_line GROUP BY list_no, commune_id, point_code;
        INSERT INTO cash_line (province_code, month, list_no, cash_line_no, origin_month, origin_run, line_no, attempt, amount_vnd, receipt_code)
        SELECT @provinceCode, @month, list_no, cash_line_no, origin_month, origin_run, line_no, attempt, amount_vnd, receipt_code FROM new_cash_line;
        INSERT INTO moved (run_month, run_no, line_no, programme, commune_id, list_month, list_no, from_place, to_place, amount_vnd)
        SELECT origin_month, origin_run, line_no, programme, home_commune, @month, list_no, 8, 9, amount_vnd FROM new_cash_line;
        """;

    const string LockLists = """
        -- CashStore.LockLists: one printing at a time in a month, so that numbers have no holes.
        SELECT pg_advisory_xact_lock(hashtextextended('payengine.cash_list', @provinceCode::bigint * 1000000 + @month));
        """;

    const string NextListNo = """
        -- CashStore.NextListNo
        SELECT last_number('cash_list', @provinceCode, @month) + 1;
        """;

    const string Communes = """
        -- CashStore.Communes
        WITH state AS (
            SELECT a.pay_commune_id, a.amount_vnd, c.list_no IS NOT NULL AS listed, r.result
              FROM attempt a
              LEFT JOIN cash_line c ON c.province_code = a.province_code AND c.origin_month = a.month AND c.origin_run = a.run_no AND c.line_no = a.line_no AND c.attempt = a.attempt
              LEFT JOIN cash_outcome r ON r.province_code = c.province_code AND r.month = c.month AND r.list_no = c.list_no AND r.cash_line_no = c.cash_line_no
             WHERE a.province_code = @provinceCode AND a.kind = 2
               AND EXISTS (SELECT FROM run_step s WHERE s.province_code = a.province_code AND s.month = a.month AND s.run_no = a.run_no AND s.step = 'approved')
               AND NOT EXISTS (SELECT FROM given_back b WHERE b.province_code = a.province_code AND b.month = a.month AND b.run_no = a.run_no AND b.line_no = a.line_no AND b.attempt = a.attempt)
        )
        SELECT g.commune_id, g.commune_code, g.name, count(*) FILTER (WHERE NOT listed)::int AS due, coalesce(sum(amount_vnd) FILTER (WHERE NOT listed), 0)::bigint AS due_vnd,
               count(*) FILTER (WHERE listed AND result IS NULL)::int AS listed, coalesce(sum(amount_vnd) FILTER (WHERE listed AND result IS NULL), 0)::bigint AS listed_vnd,
               count(*) FILTER (WHERE result = 'paid')::int AS paid, coalesce(sum(amount_vnd) FILTER (WHERE result = 'paid'), 0)::bigint AS paid_vnd
          FROM state JOIN area g ON g.province_code = @provinceCode AND g.commune_id = pay_commune_id AND g.known_to = 'infinity'
         GROUP BY g.commune_id, g.commune_code, g.name ORDER BY g.commune_code;
        """;

    const string Heads = """
        -- CashStore.Heads
        SELECT l.month, l.list_no, l.commune_id, g.commune_code, area_name(l.province_code, g.commune_code, l.month, g.name) AS commune_name, l.printed_at, l.printed_by, l.items, l.sum_vnd, coalesce(r.paid, 0)::int AS paid, coalesce(r.uncollected, 0)::int AS uncollected,
               l.point_code, p.name AS point_name, p.address AS point_address, p.opening AS point_opening, coalesce(r.paid_vnd, 0)::bigint AS paid_vnd, coalesce(r.uncollected_vnd, 0)::bigint AS uncollected_vnd,
               coalesce((SELECT sum(h.amount_vnd) FROM cash_handed_back h WHERE h.province_code = l.province_code AND h.month = l.month AND h.list_no = l.list_no), 0)::bigint AS handed_back_vnd
          FROM cash_list l
          JOIN area g ON g.province_code = l.province_code AND g.commune_id = l.commune_id AND g.known_to = 'infinity'
          LEFT JOIN LATERAL (SELECT name, address, opening FROM pay_point p WHERE p.province_code = l.province_code AND p.commune_id = l.commune_id AND p.point_code = l.point_code AND p.at <= l.printed_at
                              ORDER BY p.version DESC LIMIT 1) p ON true
          LEFT JOIN LATERAL (SELECT count(*) FILTER (WHERE r.result = 'paid') AS paid, count(*) FILTER (WHERE r.result = 'uncollected') AS uncollected,
                                    sum(c.amount_vnd) FILTER (WHERE r.result = 'paid') AS paid_vnd, sum(c.amount_vnd) FILTER (WHERE r.result = 'uncollected') AS uncollected_vnd
                               FROM cash_outcome r JOIN cash_line c USING (province_code, month, list_no, cash_line_no)
                              WHERE r.province_code = l.province_code AND r.month = l.month AND r.list_no = l.list_no) r ON true
         WHERE l.province_code = @provinceCode AND (@month = 0 OR l.month = @month) AND (@listNo = 0 OR l.list_no = @listNo)
         ORDER BY l.month, l.list_no;
        """;

    const string Lines = """
        -- CashStore.Lines: names and addresses as known when the list was printed, so that it prints the same again.
        SELECT c.cash_line_no, c.origin_month, c.origin_run, c.line_no, c.attempt, c.receipt_code, r.full_name, r.birth_year, r.birth_month, r.birth_day, r.id_number_tail,
               CASE WHEN starts_with(f.address, f.hamlet) THEN f.address ELSE concat_ws(', ', f.hamlet, f.address) END AS place, coalesce(p.payee_name, r.full_name) AS payee_name, d.programme, c.amount_vnd, py.name AS payer_name,
               coalesce(p.at_home, false) AS at_home, EXISTS (SELECT FROM attempt b WHERE b.province_code = c.province_code AND b.month = c.origin_month AND b.run_no = c.origin_run AND b.line_no = c.line_no
                                                                AND b.attempt < c.attempt AND b.kind = 1) AS from_bank
          FROM cash_line c
          JOIN cash_list l USING (province_code, month, list_no)
          JOIN disbursement d ON d.province_code = c.province_code AND d.month = c.origin_month AND d.run_no = c.origin_run AND d.line_no = c.line_no
          JOIN run n ON n.province_code = d.province_code AND n.month = d.month AND n.run_no = d.run_no
          JOIN payer py ON py.province_code = n.province_code AND py.payer_no = n.payer_no AND py.version = n.payer_version
          JOIN recipient r ON r.province_code = d.province_code AND r.recipient_id = d.recipient_id AND r.known_from <= l.printed_at AND r.known_to > l.printed_at
          JOIN attempt a ON a.province_code = c.province_code AND a.month = c.origin_month AND a.run_no = c.origin_run AND a.line_no = c.line_no AND a.attempt = c.attempt
          -- The payee of the list, or the one people decided for when a hold was released.
          LEFT JOIN payee p ON p.province_code = a.province_code AND p.payee_no = a.payee_no
               AND CASE WHEN a.payee_no = d.payee_no THEN p.version = d.payee_version ELSE p.known_from <= l.printed_at AND p.known_to > l.printed_at END
          LEFT JOIN LATERAL (SELECT hamlet, address FROM dated_fact f WHERE f.province_code = d.province_code AND f.recipient_id = d.recipient_id AND f.facts_from <= c.month
                              AND f.known_from <= l.printed_at AND f.known_to > l.printed_at ORDER BY f.facts_from DESC, f.version DESC LIMIT 1) f ON true
         WHERE c.province_code = @provinceCode AND c.month = @month AND c.list_no = @listNo
         ORDER BY c.cash_line_no;
        """;

    const string LineStates = """
        -- CashStore.LineStates: the list or the receipt codes follow.
        SELECT c.month, c.list_no, c.cash_line_no, l.commune_id, c.receipt_code, c.amount_vnd, l.printed_at, c.attempt, r.result, r.paid_on
          FROM cash_line c JOIN cash_list l USING (province_code, month, list_no)
          -- One look-up a line: while results pour in nobody has counted them, and a join would be planned for an empty table.
          LEFT JOIN LATERAL (SELECT x.result, x.paid_on FROM cash_outcome x WHERE (x.province_code, x.month, x.list_no, x.cash_line_no) = (c.province_code, c.month, c.list_no, c.cash_line_no) LIMIT 1) r ON true
         WHERE c.province_code = @provinceCode 
        """;

    const string StageResults = """
        -- CashStore.StageResults
        CREATE TEMPORARY TABLE IF NOT EXISTS new_result (month int, list_no int, cash_line_no int, result text, paid_on date, receiver text, remark text) ON COMMIT DELETE ROWS;
        TRUNCATE new_result;
        """;

    const string ApplyResults = """
        -- CashStore.ApplyResults: an uncollected payout ends, and the next attempt waits for the next list.
        INSERT INTO cash_result (province_code, month, list_no, cash_line_no, result, paid_on, receiver, remark, person, at, operation_no)
        SELECT @provinceCode, month, list_no, cash_line_no, result, paid_on, receiver, remark, @person, @at, @operationNo FROM new_result;
        INSERT INTO attempt_end (province_code, month, run_no, line_no, attempt, how, proof, reason_code, ended_on, operation_no)
        SELECT @provinceCode, c.origin_month, c.origin_run, c.line_no, c.attempt, 'uncollected', 'cash list ' || c.month || '/' || c.list_no || ' line ' || c.cash_line_no, NULL, n.paid_on, @operationNo
          FROM new_result n JOIN cash_line c ON c.province_code = @provinceCode AND c.month = n.month AND c.list_no = n.list_no AND c.cash_line_no = n.cash_line_no
         WHERE n.result = 'uncollected';
        INSERT INTO attempt (province_code, month, run_no, line_no, attempt, kind, amount_vnd, payee_no, pay_commune_id, carried_month, carried_run)
        SELECT @provinceCode, a.month, a.run_no, a.line_no, a.attempt + 1, 2, a.amount_vnd, a.payee_no, a.pay_commune_id, a.carried_month, a.carried_run
          FROM new_result n JOIN cash_line c ON c.province_code = @provinceCode AND c.month = n.month AND c.list_no = n.list_no AND c.cash_line_no = n.cash_line_no
          JOIN attempt a ON a.province_code = c.province_code AND a.month = c.origin_month AND a.run_no = c.origin_run AND a.line_no = c.line_no AND a.attempt = c.attempt
         WHERE n.result = 'uncollected' AND a.attempt < 26;
        INSERT INTO moved (run_month, run_no, line_no, programme, commune_id, list_month, list_no, from_place, to_place, amount_vnd)
        SELECT d.month, d.run_no, d.line_no, d.programme, d.commune_id, n.month, n.list_no, 9, CASE n.result WHEN 'paid' THEN 10 ELSE 8 END, c.amount_vnd
          FROM new_result n JOIN cash_line c ON c.province_code = @provinceCode AND c.month = n.month AND c.list_no = n.list_no AND c.cash_line_no = n.cash_line_no
          JOIN disbursement d ON d.province_code = c.province_code AND d.month = c.origin_month AND d.run_no = c.origin_run AND d.line_no = c.line_no;
        """;

    // A payment's id has 26 letters. The last one waits like every other and is somebody's case from the first day: once it ends nothing can follow.
    const string OpenLastAttempts = """
        -- CashStore.OpenLastAttempts: a case for each payment whose last try begins; where it is paid, its case is over.
        UPDATE payment_case p SET closed_at = @at, closed_how = 'answered'
          FROM cash_line c JOIN cash_outcome r USING (province_code, month, list_no, cash_line_no)
         WHERE c.province_code = @provinceCode AND c.receipt_code = ANY (@codes) AND c.attempt = 26 AND r.result = 'paid' AND p.province_code = c.province_code AND p.kind = 'last_attempt' AND p.closed_at IS NULL
           AND p.month = c.origin_month AND p.run_no = c.origin_run AND p.line_no = c.line_no;
        INSERT INTO payment_case (province_code, case_no, kind, month, run_no, line_no, attempt, commune_id, amount_vnd, next_action, owner, opened_at, due_on, operation_no)
        SELECT c.province_code, (SELECT last_number('payment_case', @provinceCode)) + row_number() OVER (ORDER BY c.origin_month, c.origin_run, c.line_no), 'last_attempt',
               c.origin_month, c.origin_run, c.line_no, 26, d.commune_id, d.amount_vnd, 'decide_last_attempt', @owner, @at, @dueOn, @operationNo
          FROM cash_line c
          JOIN disbursement d ON d.province_code = c.province_code AND d.month = c.origin_month AND d.run_no = c.origin_run AND d.line_no = c.line_no
         WHERE c.province_code = @provinceCode AND c.receipt_code = ANY (@codes) AND c.attempt = 25
           AND EXISTS (SELECT FROM attempt n WHERE n.province_code = c.province_code AND n.month = c.origin_month AND n.run_no = c.origin_run AND n.line_no = c.line_no AND n.attempt = 26)
        ON CONFLICT DO NOTHING;
        """;

    /// <summary>Opens a case for each payment whose 26th and last try begins with these results, and closes those of payments that were paid at last.</summary>
    public static Task OpenLastAttemptsAsync(DatabaseSession session, short provinceCode, IEnumerable<string> receiptCodes, string owner, LocalDate dueOn, Instant at, long operationNo, CancellationToken cancel) =>
        session.ExecuteAsync(OpenLastAttempts, new { provinceCode, codes = receiptCodes.ToArray(), owner, dueOn, at = at.ToDateTimeUtc(), operationNo }, cancel);

    /// <summary>Payouts that wait for a list, in list order; of the given communes, or of all. The day says which counters are open.</summary>
    /// <remarks>In a transaction. The lists of a province are a third of it: taken for a handful, their rows would be multiplied.</remarks>
    public static async Task<IReadOnlyList<CashDue>> DueAsync(DatabaseSession session, short provinceCode, IReadOnlyList<int>? communes, LocalDate today, CancellationToken cancel)
    {
        await session.PlanForSetsAsync(cancel);
        var due = await session.QueryAsync<CashDue>(Due, new { provinceCode, communes = communes?.ToArray(), today }, cancel);
        await session.PlanAsUsualAsync(cancel);
        return due;
    }

    public static Task<IReadOnlyList<CashCommune>> CommunesAsync(DatabaseSession session, short provinceCode, CancellationToken cancel) =>
        session.QueryAsync<CashCommune>(Communes, new { provinceCode }, cancel);

    /// <summary>Lists of a month (0: all), or one list (0: all).</summary>
    public static Task<IReadOnlyList<CashListHead>> HeadsAsync(DatabaseSession session, short provinceCode, int month, int listNo, CancellationToken cancel) =>
        session.QueryAsync<CashListHead>(Heads, new { provinceCode, month, listNo }, cancel);

    /// <summary>Prints what is due: one list a commune and counter, lines numbered, receipt codes given, money moved to the lists. Inside the operation's transaction.</summary>
    /// <returns>First and last number of the new lists.</returns>
    public static async Task<(int First, int Last)> PrintAsync(DatabaseSession session, short provinceCode, YearMonth month, IReadOnlyList<CashDue> due, Instant printedAt, string printedBy,
        long operationNo, CancellationToken cancel)
    {
        await session.ExecuteAsync(LockLists, new { provinceCode, month = month.Key() }, cancel);
        var first = await session.SingleAsync<int>(NextListNo, new { provinceCode, month = month.Key() }, cancel);
        await session.ExecuteAsync(StageLines, null, cancel);
        await PostingStore.CreateMovedAsync(session, cancel);
        var listNo = first - 1;
        await session.CopyInAsync("COPY new_cash_line FROM STDIN (FORMAT binary)", async importer =>
        {
            var (commune, point, lineNo) = (int.MinValue, "", 0);
            foreach (var payout in due)
            {
                if (payout.PayCommuneId != commune || payout.PointCode != point) (commune, point, lineNo, listNo) = (payout.PayCommuneId, payout.PointCode, 0, listNo + 1);
                lineNo++;
                await importer.StartRowAsync(cancel);
                await importer.WriteAsync(listNo, cancel);
                await importer.WriteAsync(commune, cancel);
                await importer.WriteAsync(point, cancel);
                await importer.WriteAsync(lineNo, cancel);
                await importer.WriteAsync(payout.Month, cancel);
                await importer.WriteAsync(payout.RunNo, cancel);
                await importer.WriteAsync(payout.LineNo, cancel);
                await importer.WriteAsync(payout.Attempt, cancel);
                await importer.WriteAsync(payout.AmountVnd, cancel);
                await importer.WriteAsync(ReceiptCode.Of(new CashListId(provinceCode, month, listNo), lineNo), cancel);
                await importer.WriteAsync(payout.Programme, cancel);
                await importer.WriteAsync(payout.CommuneId, cancel);
            }
        }, cancel);
        await session.ExecuteAsync(InsertLists, new { provinceCode, month = month.Key(), printedAt = printedAt.ToDateTimeUtc(), printedBy, operationNo }, cancel);
        await PostingStore.PostAsync(session, provinceCode, operationNo, keepMembers: false, cancel);
        await session.ExecuteAsync("SELECT refresh_cash_statistics() -- CashStore.Print", null, cancel);
        return (first, listNo);
    }

    /// <summary>A list with its lines, as it was printed. Inside a transaction.</summary>
    public static async Task<CashList?> LoadAsync(DatabaseSession session, CashListId id, DateTimeZone zone, CancellationToken cancel)
    {
        await session.PlanForFewAsync(cancel);
        var heads = await HeadsAsync(session, id.ProvinceCode, id.Month.Key(), id.ListNo, cancel);
        if (heads is not [var head]) return null;
        var rows = await session.QueryAsync<LineRow>(Lines, new { provinceCode = id.ProvinceCode, month = id.Month.Key(), listNo = id.ListNo }, cancel);
        var lines = rows.Select(row => new CashLine(row.CashLineNo, new InstructionId(id.ProvinceCode, Months.FromKey(row.OriginMonth), row.OriginRun, row.LineNo, row.Attempt), row.ReceiptCode, row.FullName,
            new BirthDate(row.BirthYear, (byte)row.BirthMonth, (byte)row.BirthDay), row.IdNumberTail, row.Place, row.PayeeName, (Programme)row.Programme, new Vnd(row.AmountVnd), row.FromBank, row.Attempt > 1 && !row.FromBank, row.AtHome)).ToList();
        var payers = string.Join(", ", rows.Select(row => row.PayerName).Distinct().Order(StringComparer.Ordinal));
        return new CashList(id, head.CommuneCode, head.CommuneName, payers, Instant.FromDateTimeUtc(head.PrintedAt).InZone(zone).Date, head.PrintedBy, lines,
            head.PointName is null ? null : new PayPoint(head.CommuneCode, head.PointCode, head.PointName, head.PointAddress ?? "", head.PointOpening ?? "", false, default, null));
    }

    /// <summary>The printed lines of receipt codes, or all lines of one list.</summary>
    public static Task<IReadOnlyList<CashLineState>> LineStatesAsync(DatabaseSession session, short provinceCode, IReadOnlyList<string> codes, CashListId? list, CancellationToken cancel) =>
        list is { } id
            ? session.QueryAsync<CashLineState>(LineStates + "AND c.month = @month AND c.list_no = @listNo", new { provinceCode, month = id.Month.Key(), listNo = id.ListNo }, cancel)
            : session.QueryAsync<CashLineState>(LineStates + "AND c.receipt_code = ANY (@codes)", new { provinceCode, codes = codes.ToArray() }, cancel);

    /// <summary>Records results: paid ones are paid in cash, uncollected ones end and wait for the next list. Inside the operation's transaction.</summary>
    public static async Task RecordAsync(DatabaseSession session, short provinceCode, IReadOnlyList<(CashLineState Line, CashResult Result, LocalDate PaidOn, string? Receiver, string? Remark)> results,
        string person, Instant at, long operationNo, CancellationToken cancel)
    {
        await session.ExecuteAsync(StageResults, null, cancel);
        await PostingStore.CreateMovedAsync(session, cancel);
        await session.CopyInAsync("COPY new_result FROM STDIN (FORMAT binary)", async importer =>
        {
            foreach (var (line, result, paidOn, receiver, remark) in results)
            {
                await importer.StartRowAsync(cancel);
                await importer.WriteAsync(line.Month, cancel);
                await importer.WriteAsync(line.ListNo, cancel);
                await importer.WriteAsync(line.CashLineNo, cancel);
                await importer.WriteAsync(result == CashResult.Paid ? "paid" : "uncollected", cancel);
                await importer.WriteAsync(paidOn.ToDateOnly(), cancel);
                await importer.WriteAsync(receiver, cancel);
                await importer.WriteAsync(remark, cancel);
            }
        }, cancel);
        await session.ExecuteAsync("ANALYZE new_result -- CashStore.Analyse: a few hundred rows must not be taken for a whole province", null, cancel);
        await session.ExecuteAsync(ApplyResults, new { provinceCode, person, at = at.ToDateTimeUtc(), operationNo }, cancel);
        await PostingStore.PostAsync(session, provinceCode, operationNo, keepMembers: true, cancel);
    }

    const string InsertHandedBack = """
        -- CashStore.InsertHandedBack
        INSERT INTO cash_handed_back (province_code, month, list_no, voucher, amount_vnd, on_date, person, at, operation_no)
        VALUES (@provinceCode, @month, @listNo, @voucher, @amountVnd, @onDate, @person, @at, @operationNo);
        """;

    const string HandedBack = """
        -- CashStore.HandedBack
        SELECT voucher, amount_vnd, on_date, person FROM cash_handed_back WHERE province_code = @provinceCode AND month = @month AND list_no = @listNo ORDER BY on_date, voucher COLLATE "C";
        """;

    /// <summary>Records that cash of a list's uncollected lines was handed back. Inside the operation's transaction.</summary>
    public static Task InsertHandedBackAsync(DatabaseSession session, CashListId list, CashHandedBack handedBack, Instant at, long operationNo, CancellationToken cancel) =>
        session.ExecuteAsync(InsertHandedBack, new
        {
            provinceCode = list.ProvinceCode, month = list.Month.Key(), listNo = list.ListNo, handedBack.Voucher, handedBack.AmountVnd, handedBack.OnDate, handedBack.Person, at = at.ToDateTimeUtc(), operationNo,
        }, cancel);

    /// <summary>What the cashier of a list has handed back, oldest first.</summary>
    public static Task<IReadOnlyList<CashHandedBack>> HandedBackAsync(DatabaseSession session, CashListId list, CancellationToken cancel) =>
        session.QueryAsync<CashHandedBack>(HandedBack, new { provinceCode = list.ProvinceCode, month = list.Month.Key(), listNo = list.ListNo }, cancel);

    sealed record LineRow(int CashLineNo, int OriginMonth, int OriginRun, int LineNo, short Attempt, string ReceiptCode, string FullName, short BirthYear, short BirthMonth, short BirthDay,
        string? IdNumberTail, string Place, string PayeeName, short Programme, long AmountVnd, string PayerName, bool AtHome, bool FromBank);
}
