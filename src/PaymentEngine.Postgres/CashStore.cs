using NodaTime;
using PaymentEngine.Core;
using PaymentEngine.Core.CashPayouts;
using PaymentEngine.Core.Money;
using PaymentEngine.Core.Payments;
using PaymentEngine.Core.Recipients;

namespace PaymentEngine.Postgres;

/// <summary>A cash payout waiting for a list.</summary>
public sealed record CashDue(int Month, int RunNo, int LineNo, short Attempt, long AmountVnd, int PayCommuneId, short Programme, int CommuneId);

/// <summary>How many payouts wait in a commune, and on which lists others stand.</summary>
public sealed record CashCommune(int CommuneId, string CommuneCode, string Name, int Due, long DueVnd, int Listed, long ListedVnd, int Paid, long PaidVnd);

/// <summary>A list of the store with how far its results are.</summary>
public sealed record CashListHead(int Month, int ListNo, int CommuneId, string CommuneCode, string CommuneName, DateTime PrintedAt, string PrintedBy, int Items, long SumVnd, int Paid, int Uncollected);

/// <summary>A line on a printed list, with its result when it has one.</summary>
public sealed record CashLineState(int Month, int ListNo, int CashLineNo, int CommuneId, string ReceiptCode, long AmountVnd, DateTime PrintedAt, string? Result, DateOnly? PaidOn);

/// <summary>Cash payouts: what is due, what stands on a printed list, what came back.</summary>
public static class CashStore
{
    const string Due = """
        -- CashStore.Due: live cash attempts of approved runs that stand on no list yet.
        SELECT a.month, a.run_no, a.line_no, a.attempt, a.amount_vnd, a.pay_commune_id, d.programme, d.commune_id
          FROM attempt a
          JOIN disbursement d USING (province_code, month, run_no, line_no)
         WHERE a.province_code = @provinceCode AND a.kind = 2
           AND (@communes::int[] IS NULL OR a.pay_commune_id = ANY (@communes))
           AND EXISTS (SELECT FROM run_step s WHERE s.province_code = a.province_code AND s.month = a.month AND s.run_no = a.run_no AND s.step = 'approved')
           AND NOT EXISTS (SELECT FROM attempt_end e WHERE e.province_code = a.province_code AND e.month = a.month AND e.run_no = a.run_no AND e.line_no = a.line_no AND e.attempt = a.attempt)
           AND NOT EXISTS (SELECT FROM cash_line c WHERE c.province_code = a.province_code AND c.origin_month = a.month AND c.origin_run = a.run_no AND c.line_no = a.line_no AND c.attempt = a.attempt)
         ORDER BY a.pay_commune_id, a.month, a.run_no, a.line_no;
        """;

    const string StageLines = """
        -- CashStore.StageLines
        CREATE TEMPORARY TABLE new_cash_line (list_no int, commune_id int, cash_line_no int, origin_month int, origin_run int, line_no int, attempt smallint, amount_vnd bigint,
            receipt_code text, programme smallint, home_commune int) ON COMMIT DROP;
        """;

    const string InsertLists = """
        -- CashStore.InsertLists
        INSERT INTO cash_list (province_code, month, list_no, commune_id, printed_at, printed_by, items, sum_vnd, operation_no)
        SELECT @provinceCode, @month, list_no, commune_id, @printedAt, @printedBy, count(*), sum(amount_vnd), @operationNo FROM new_cash_line GROUP BY list_no, commune_id;
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
        SELECT coalesce(max(list_no), 0) + 1 FROM cash_list WHERE province_code = @provinceCode AND month = @month;
        """;

    const string Communes = """
        -- CashStore.Communes
        WITH state AS (
            SELECT a.pay_commune_id, a.amount_vnd, c.list_no IS NOT NULL AS listed, r.result
              FROM attempt a
              LEFT JOIN cash_line c ON c.province_code = a.province_code AND c.origin_month = a.month AND c.origin_run = a.run_no AND c.line_no = a.line_no AND c.attempt = a.attempt
              LEFT JOIN cash_result r ON r.province_code = c.province_code AND r.month = c.month AND r.list_no = c.list_no AND r.cash_line_no = c.cash_line_no
             WHERE a.province_code = @provinceCode AND a.kind = 2
               AND EXISTS (SELECT FROM run_step s WHERE s.province_code = a.province_code AND s.month = a.month AND s.run_no = a.run_no AND s.step = 'approved')
        )
        SELECT g.commune_id, g.commune_code, g.name, count(*) FILTER (WHERE NOT listed)::int AS due, coalesce(sum(amount_vnd) FILTER (WHERE NOT listed), 0)::bigint AS due_vnd,
               count(*) FILTER (WHERE listed AND result IS NULL)::int AS listed, coalesce(sum(amount_vnd) FILTER (WHERE listed AND result IS NULL), 0)::bigint AS listed_vnd,
               count(*) FILTER (WHERE result = 'paid')::int AS paid, coalesce(sum(amount_vnd) FILTER (WHERE result = 'paid'), 0)::bigint AS paid_vnd
          FROM state JOIN area g ON g.province_code = @provinceCode AND g.commune_id = pay_commune_id AND g.known_to = 'infinity'
         GROUP BY g.commune_id, g.commune_code, g.name ORDER BY g.commune_code;
        """;

    const string Heads = """
        -- CashStore.Heads
        SELECT l.month, l.list_no, l.commune_id, g.commune_code, g.name AS commune_name, l.printed_at, l.printed_by, l.items, l.sum_vnd,
               count(*) FILTER (WHERE r.result = 'paid')::int AS paid, count(*) FILTER (WHERE r.result = 'uncollected')::int AS uncollected
          FROM cash_list l
          JOIN area g ON g.province_code = l.province_code AND g.commune_id = l.commune_id AND g.known_to = 'infinity'
          LEFT JOIN cash_result r ON r.province_code = l.province_code AND r.month = l.month AND r.list_no = l.list_no
         WHERE l.province_code = @provinceCode AND (@month = 0 OR l.month = @month) AND (@listNo = 0 OR l.list_no = @listNo)
         GROUP BY l.month, l.list_no, l.commune_id, g.commune_code, g.name, l.printed_at, l.printed_by, l.items, l.sum_vnd
         ORDER BY l.month, l.list_no;
        """;

    const string Lines = """
        -- CashStore.Lines: names and addresses as known when the list was printed, so that it prints the same again.
        SELECT c.cash_line_no, c.origin_month, c.origin_run, c.line_no, c.attempt, c.receipt_code, r.full_name, r.birth_year, r.birth_month, r.birth_day, r.id_number_tail,
               CASE WHEN starts_with(f.address, f.hamlet) THEN f.address ELSE concat_ws(', ', f.hamlet, f.address) END AS place, coalesce(p.payee_name, r.full_name) AS payee_name, d.programme, c.amount_vnd, py.name AS payer_name
          FROM cash_line c
          JOIN cash_list l USING (province_code, month, list_no)
          JOIN disbursement d ON d.province_code = c.province_code AND d.month = c.origin_month AND d.run_no = c.origin_run AND d.line_no = c.line_no
          JOIN run n ON n.province_code = d.province_code AND n.month = d.month AND n.run_no = d.run_no
          JOIN payer py ON py.province_code = n.province_code AND py.payer_no = n.payer_no AND py.version = n.payer_version
          JOIN recipient r ON r.province_code = d.province_code AND r.recipient_id = d.recipient_id AND r.known_from <= l.printed_at AND r.known_to > l.printed_at
          LEFT JOIN payee p ON p.province_code = d.province_code AND p.payee_no = d.payee_no AND p.version = d.payee_version
          LEFT JOIN LATERAL (SELECT hamlet, address FROM dated_fact f WHERE f.province_code = d.province_code AND f.recipient_id = d.recipient_id AND f.facts_from <= c.month
                              AND f.known_from <= l.printed_at AND f.known_to > l.printed_at ORDER BY f.facts_from DESC, f.version DESC LIMIT 1) f ON true
         WHERE c.province_code = @provinceCode AND c.month = @month AND c.list_no = @listNo
         ORDER BY c.cash_line_no;
        """;

    const string LineStates = """
        -- CashStore.LineStates: the list or the receipt codes follow.
        SELECT c.month, c.list_no, c.cash_line_no, l.commune_id, c.receipt_code, c.amount_vnd, l.printed_at, r.result, r.paid_on
          FROM cash_line c JOIN cash_list l USING (province_code, month, list_no)
          -- One look-up a line: while results pour in nobody has counted them, and a join would be planned for an empty table.
          LEFT JOIN LATERAL (SELECT x.result, x.paid_on FROM cash_result x WHERE (x.province_code, x.month, x.list_no, x.cash_line_no) = (c.province_code, c.month, c.list_no, c.cash_line_no) LIMIT 1) r ON true
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

    /// <summary>Payouts that wait for a list, in list order; of the given communes, or of all.</summary>
    public static Task<IReadOnlyList<CashDue>> DueAsync(DatabaseSession session, short provinceCode, IReadOnlyList<int>? communes, CancellationToken cancel) =>
        session.QueryAsync<CashDue>(Due, new { provinceCode, communes = communes?.ToArray() }, cancel);

    public static Task<IReadOnlyList<CashCommune>> CommunesAsync(DatabaseSession session, short provinceCode, CancellationToken cancel) =>
        session.QueryAsync<CashCommune>(Communes, new { provinceCode }, cancel);

    /// <summary>Lists of a month (0: all), or one list (0: all).</summary>
    public static Task<IReadOnlyList<CashListHead>> HeadsAsync(DatabaseSession session, short provinceCode, int month, int listNo, CancellationToken cancel) =>
        session.QueryAsync<CashListHead>(Heads, new { provinceCode, month, listNo }, cancel);

    /// <summary>Prints what is due: one list a commune, lines numbered, receipt codes given, money moved to the lists. Inside the operation's transaction.</summary>
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
            var (commune, lineNo) = (int.MinValue, 0);
            foreach (var payout in due)
            {
                if (payout.PayCommuneId != commune) (commune, lineNo, listNo) = (payout.PayCommuneId, 0, listNo + 1);
                lineNo++;
                await importer.StartRowAsync(cancel);
                await importer.WriteAsync(listNo, cancel);
                await importer.WriteAsync(commune, cancel);
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
            new BirthDate(row.BirthYear, (byte)row.BirthMonth, (byte)row.BirthDay), row.IdNumberTail, row.Place, row.PayeeName, (Programme)row.Programme, new Vnd(row.AmountVnd), row.Attempt > 1)).ToList();
        var payers = string.Join(", ", rows.Select(row => row.PayerName).Distinct().Order(StringComparer.Ordinal));
        return new CashList(id, head.CommuneCode, head.CommuneName, payers, Instant.FromDateTimeUtc(head.PrintedAt).InZone(zone).Date, head.PrintedBy, lines);
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

    sealed record LineRow(int CashLineNo, int OriginMonth, int OriginRun, int LineNo, short Attempt, string ReceiptCode, string FullName, short BirthYear, short BirthMonth, short BirthDay,
        string? IdNumberTail, string Place, string PayeeName, short Programme, long AmountVnd, string PayerName);
}
