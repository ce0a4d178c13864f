using NodaTime;
using PaymentEngine.Core;
using PaymentEngine.Core.Payments;
using PaymentEngine.Core.Reconciliation;

namespace PaymentEngine.Postgres;

/// <summary>One order of a sealed batch: nothing of it ever changes.</summary>
public readonly record struct OrderedLine(int LineNo, short Attempt, long AmountVnd, short Programme, int CommuneId);

/// <summary>The orders of batches that were read before. A month's statements name the same files day after day; what was ordered stays as it was.</summary>
public sealed class OrderedLines
{
    readonly Dictionary<(int Month, int FileNo, int BatchNo), IReadOnlyList<OrderedLine>> batches = [];

    public IReadOnlyList<OrderedLine>? Find(int month, int fileNo, int batchNo) => batches.GetValueOrDefault((month, fileNo, batchNo));

    public void Keep(int month, int fileNo, int batchNo, IReadOnlyList<OrderedLine> orders) => batches[(month, fileNo, batchNo)] = orders;
}

/// <summary>What we ordered, loaded a file at a time as an answer names it.</summary>
public sealed class OrderBook(DatabaseSession session, short provinceCode, OrderedLines known) : IOrderBook
{
    const string FileById = """
        -- OrderBook.FileById: by MsgId, or by the PmtInfId of one of its batches. A withdrawn file was never sent: what names it waits for a person.
        SELECT month, file_no FROM standing_file WHERE province_code = @provinceCode AND msg_id = @id
        UNION
        SELECT month, file_no FROM batch JOIN standing_file USING (province_code, month, file_no) WHERE province_code = @provinceCode AND pmt_inf_id = @id;
        """;

    const string FilesOfRun = """
        -- OrderBook.FilesOfRun
        SELECT month, file_no FROM standing_file WHERE province_code = @provinceCode AND month = @month AND run_no = @runNo ORDER BY file_no;
        """;

    const string FileByPayment = """
        -- OrderBook.FileByPayment
        SELECT file_month AS month, file_no FROM attempt_batch
         WHERE province_code = @provinceCode AND month = @month AND run_no = @runNo AND line_no = @lineNo AND attempt = @attempt;
        """;

    const string FileHead = """
        -- OrderBook.FileHead
        SELECT f.month, f.file_no, f.run_no, f.msg_id, f.profile, coalesce(a.debtor_bin, p.debtor_bin) AS debtor_bin, f.items, f.sum_vnd,
               (f.numbered_at AT TIME ZONE 'Asia/Ho_Chi_Minh')::date AS numbered_on, coalesce(a.account_tag, p.account_tag) AS account_tag,
               (SELECT min((h.intended_at AT TIME ZONE 'Asia/Ho_Chi_Minh')::date) FROM hand_over h
                 WHERE h.province_code = f.province_code AND h.month = f.month AND h.file_no = f.file_no
                   AND NOT EXISTS (SELECT FROM hand_over_outcome o WHERE o.province_code = h.province_code AND o.month = h.month AND o.file_no = h.file_no
                                      AND o.hand_over_no = h.hand_over_no AND o.outcome IN ('refused', 'recovered'))) AS handed_over_on
          FROM bank_file f
          JOIN run r ON r.province_code = f.province_code AND r.month = f.month AND r.run_no = f.run_no
          JOIN payer p ON p.province_code = r.province_code AND p.payer_no = r.payer_no AND p.version = r.payer_version
          LEFT JOIN LATERAL (SELECT ra.debtor_bin, ra.account_tag
                               FROM batch b JOIN run_route_account ra ON ra.province_code = b.province_code AND ra.month = b.month AND ra.run_no = f.run_no AND ra.route_no = b.route_no
                              WHERE b.province_code = f.province_code AND b.month = f.month AND b.file_no = f.file_no ORDER BY b.batch_no LIMIT 1) a ON true
         WHERE f.province_code = @provinceCode AND f.month = @month AND f.file_no = @fileNo;
        """;

    const string Batches = """
        -- OrderBook.Batches
        SELECT batch_no, pmt_inf_id, route_no, origin_month, origin_run, line_from, line_to, execution_date, items, sum_vnd
          FROM batch WHERE province_code = @provinceCode AND month = @month AND file_no = @fileNo ORDER BY batch_no;
        """;

    const string AttemptsOfBatch = """
        -- OrderBook.AttemptsOfBatch
        SELECT a.line_no, a.attempt, a.amount_vnd, d.programme, d.commune_id
          FROM attempt a
          JOIN disbursement d ON d.province_code = @provinceCode AND d.month = @originMonth AND d.run_no = @originRun AND d.line_no = a.line_no
         WHERE a.province_code = @provinceCode AND a.month = @originMonth AND a.run_no = @originRun AND a.line_no BETWEEN @lineFrom AND @lineTo
           AND a.kind = 1 AND a.route_no = @routeNo AND a.carried_month = @month AND a.carried_run = @runNo
         ORDER BY a.line_no, a.attempt;
        """;

    // Batch by batch in one statement: a range of lines is read by its key, and a file of many batches costs one journey.
    const string EndsOfFile = """
        -- OrderBook.EndsOfFile: what has ended since, and whether another attempt followed.
        SELECT b.batch_no::int AS batch_no, e.line_no, e.attempt,
               EXISTS (SELECT FROM attempt n WHERE n.province_code = e.province_code AND n.month = e.month AND n.run_no = e.run_no AND n.line_no = e.line_no AND n.attempt = e.attempt + 1) AS followed
          FROM batch b
         CROSS JOIN LATERAL (SELECT x.province_code, x.month, x.run_no, x.line_no, x.attempt FROM attempt_end x
                              WHERE x.province_code = b.province_code AND x.month = b.origin_month AND x.run_no = b.origin_run AND x.line_no BETWEEN b.line_from AND b.line_to OFFSET 0) e
         WHERE b.province_code = @provinceCode AND b.month = @month AND b.file_no = @fileNo;
        """;

    // No order can be larger than its batch: the few rows of batches give the bound, never the orders themselves. Where that bound is too coarse to call a credit
    // funding (a small month), the orders of the batches that could hold so large a payment are asked one by one.
    const string Largest = """
        -- OrderBook.Largest
        SELECT coalesce(max(sum_vnd), 0) FROM batch WHERE province_code = @provinceCode;
        """;

    const string AnyFrom = """
        -- OrderBook.AnyFrom: is there an order of at least this sum? Only batches whose own sum reaches it are looked into.
        SELECT EXISTS (SELECT FROM batch b
                         JOIN standing_file f ON f.province_code = b.province_code AND f.month = b.month AND f.file_no = b.file_no
                        CROSS JOIN LATERAL (SELECT 1 FROM attempt a
                                             WHERE a.province_code = b.province_code AND a.month = b.origin_month AND a.run_no = b.origin_run AND a.line_no BETWEEN b.line_from AND b.line_to
                                               AND a.kind = 1 AND a.route_no = b.route_no AND a.carried_month = f.month AND a.carried_run = f.run_no AND a.amount_vnd >= @amountVnd LIMIT 1) found
                        WHERE b.province_code = @provinceCode AND b.sum_vnd >= @amountVnd);
        """;

    // The rights to accounts with one of these tags, the orders to them near the day, and the files they stand in.
    const string ByAccountTag = """
        -- OrderBook.ByAccountTag
        WITH wanted AS (
            SELECT w.no, c.payee_no, c.version, w.amount_vnd, w.day_from, w.day_to
              FROM unnest(@nos, @tags, @amounts, @daysFrom, @daysTo) AS w (no, tag, amount_vnd, day_from, day_to)
              JOIN channel c ON c.province_code = @provinceCode AND c.account_tag = w.tag
        )
        SELECT DISTINCT w.no AS No, a.month AS Month, a.run_no AS RunNo, a.line_no AS LineNo, a.attempt AS Attempt, b.month AS FileMonth, b.file_no AS FileNo
          FROM wanted w
          JOIN attempt a ON a.province_code = @provinceCode AND a.month = ANY(@months) AND a.kind = 1 AND a.payee_no = w.payee_no AND a.channel_version = w.version AND a.amount_vnd = w.amount_vnd
          JOIN attempt_batch ab ON ab.province_code = a.province_code AND ab.month = a.month AND ab.run_no = a.run_no AND ab.line_no = a.line_no AND ab.attempt = a.attempt
          JOIN batch b ON b.province_code = a.province_code AND b.month = ab.file_month AND b.file_no = ab.file_no AND b.batch_no = ab.batch_no
         WHERE b.execution_date BETWEEN w.day_from AND w.day_to;
        """;

    const string AccountsOf = """
        -- OrderBook.AccountsOf: the accounts that payments were sent to.
        SELECT w.no AS No, c.account_key AS Key, c.account_cipher AS Cipher
          FROM unnest(@nos, @ofMonths, @runNos, @lineNos, @attempts) AS w (no, month, run_no, line_no, attempt)
          JOIN attempt a ON a.province_code = @provinceCode AND a.month = ANY(@months) AND a.month = w.month AND a.run_no = w.run_no AND a.line_no = w.line_no AND a.attempt = w.attempt
          JOIN channel c ON c.province_code = a.province_code AND c.payee_no = a.payee_no AND c.version = a.channel_version;
        """;

    const string MonthsNear = """
        -- OrderBook.MonthsNear: the list months of batches executed within some days.
        SELECT DISTINCT origin_month FROM batch WHERE province_code = @provinceCode AND execution_date BETWEEN @from AND @to;
        """;

    readonly Dictionary<FactRow, (SentFile File, int Place)> payments = [];
    readonly Dictionary<string, SentFile?> byId = new(StringComparer.Ordinal);
    readonly Dictionary<(int Month, int FileNo), SentFile> files = [];
    readonly HashSet<FactRow> unknown = [];
    readonly Dictionary<(string Account, long AmountVnd, LocalDate Day), List<FactRow>> byAccount = [];

    public short ProvinceCode => provinceCode;

    /// <summary>The enciphered accounts that some payments were sent to, by their place in the list; a payment that is none of ours has none.</summary>
    public Task<IReadOnlyList<(int No, short Key, byte[] Cipher)>> AccountsAsync(IReadOnlyList<InstructionId> payments, CancellationToken cancel) => session.QueryAsync<(int, short, byte[])>(AccountsOf, new
    {
        provinceCode, nos = Enumerable.Range(0, payments.Count).ToArray(), ofMonths = payments.Select(id => id.Month.Key()).ToArray(), runNos = payments.Select(id => id.RunNo).ToArray(),
        lineNos = payments.Select(id => id.LineNo).ToArray(), attempts = payments.Select(id => (short)id.Attempt).ToArray(), months = payments.Select(id => id.Month.Key()).Distinct().ToArray(),
    }, cancel);

    public long LargestPaymentVnd { get; private set; }

    /// <summary>The files loaded so far.</summary>
    public IReadOnlyDictionary<(int Month, int FileNo), SentFile> Files => files;

    public bool TryFind(InstructionId id, out OrderedPayment payment)
    {
        payment = default;
        if (!payments.TryGetValue(FactRow.Of(id), out var at)) return false;
        var attempt = at.File.Attempts[at.Place];
        payment = new OrderedPayment(attempt.AmountVnd, at.File.Order.Month, at.File.Order.FileNo, attempt.BatchNo);
        return true;
    }

    public IReadOnlyList<FactRow> ByAccount(string account, long amountVnd, LocalDate day) => byAccount.TryGetValue((account, amountVnd, day), out var found) ? found : [];

    public OrderedFile? File(string id) => byId.GetValueOrDefault(id)?.Order;

    public OrderedFile? FileOf(InstructionId id) => payments.TryGetValue(FactRow.Of(id), out var at) ? at.File.Order : null;

    /// <summary>The loaded file in which a fact's row stands; null for suspense.</summary>
    public SentFile? FileOf(FactRow row) => row.Target switch
    {
        FactTarget.Attempt => payments.TryGetValue(row, out var at) ? at.File : null,
        FactTarget.Batch or FactTarget.File => files.GetValueOrDefault((row.Month, row.No)),
        _ => null,
    };

    /// <summary>Loads every file that an answer names. One round trip for each file and for each id that is not ours.</summary>
    public async Task LoadAsync(IReadOnlyList<Observation> observations, CancellationToken cancel)
    {
        long? smallestUnnamedCredit = null;
        foreach (var seen in observations)
        {
            if (seen.MessageId is { } messageId) await LoadByIdAsync(messageId, cancel);
            if (seen.BatchId is { } batchId) await LoadByIdAsync(batchId, cancel);
            if (seen.Id is { } id && id.ProvinceCode == provinceCode) await LoadByPaymentAsync(id, cancel);
            if (seen is not { IsMoney: true, Id: null, Class: BookingClass.CreditTransferIn, AmountVnd: { } amount }) continue;
            smallestUnnamedCredit = Math.Min(amount, smallestUnnamedCredit ?? amount);
        }

        if (smallestUnnamedCredit is { } smallest) LargestPaymentVnd = await LargestAsync(smallest, observations, cancel);
    }

    /// <summary>A bound that no payment exceeds, close enough to tell the unnamed credits of an answer apart: those above it are larger than any payment.</summary>
    async Task<long> LargestAsync(long smallest, IReadOnlyList<Observation> observations, CancellationToken cancel)
    {
        var batches = await session.SingleAsync<long>(Largest, new { provinceCode }, cancel);
        if (batches < smallest) return batches;
        // Asked from the largest credit down: the first that a payment reaches bounds all below it.
        long bound = batches;
        var amounts = observations.Where(seen => seen is { IsMoney: true, Id: null, Class: BookingClass.CreditTransferIn, AmountVnd: not null }).Select(seen => seen.AmountVnd!.Value).Distinct().OrderDescending().ToList();
        foreach (var amount in amounts)
        {
            if (amount > bound) continue;
            if (await session.SingleAsync<bool>(AnyFrom, new { provinceCode, amountVnd = amount }, cancel)) break;
            bound = amount - 1;
        }

        return bound;
    }

    /// <summary>Finds the payments to accounts that an answer names without an id of ours.</summary>
    /// <param name="observations">The bookings of the answer.</param>
    /// <param name="tagsOf">The tags an account number has, at each bank it may be kept at.</param>
    /// <param name="window">The days within which a payment fits a booking of a day.</param>
    /// <param name="cancel">Cancels the reading.</param>
    public async Task LoadByAccountAsync(IReadOnlyList<Observation> observations, Func<string, IReadOnlyList<byte[]>> tagsOf, Func<LocalDate, (LocalDate From, LocalDate To)> window, CancellationToken cancel)
    {
        var wanted = new List<(string Account, long AmountVnd, LocalDate Day)>();
        foreach (var seen in observations)
            if (seen is { IsMoney: true, IsBooked: true, Id: null, AmountVnd: { } amount, EventDate: { } day, Unnamed.PartyAccount: { } account } && !byAccount.ContainsKey((account, amount, day)))
            {
                byAccount[(account, amount, day)] = [];
                wanted.Add((account, amount, day));
            }

        if (wanted.Count == 0) return;
        var days = wanted.Select(one => window(one.Day)).ToList();
        var months = await session.QueryAsync<int>(MonthsNear, new { provinceCode, from = days.Min(day => day.From), to = days.Max(day => day.To) }, cancel);
        if (months.Count == 0) return;
        var asked = wanted.SelectMany((one, no) => tagsOf(one.Account).Select(tag => (No: no, Tag: tag))).ToList();
        var found = await session.QueryAsync<(int No, int Month, int RunNo, int LineNo, short Attempt, int FileMonth, int FileNo)>(ByAccountTag, new
        {
            provinceCode, months = months.ToArray(), nos = asked.Select(one => one.No).ToArray(), tags = asked.Select(one => one.Tag).ToArray(),
            amounts = asked.Select(one => wanted[one.No].AmountVnd).ToArray(), daysFrom = asked.Select(one => Date(days[one.No].From)).ToArray(), daysTo = asked.Select(one => Date(days[one.No].To)).ToArray(),
        }, cancel);
        foreach (var row in found.OrderBy(row => (row.Month, row.RunNo, row.LineNo, row.Attempt)))
        {
            byAccount[wanted[row.No]].Add(new FactRow(FactTarget.Attempt, row.Month, row.RunNo, row.LineNo, row.Attempt));
            await LoadAsync(row.FileMonth, row.FileNo, cancel);
        }

        static DateOnly Date(LocalDate day) => new(day.Year, day.Month, day.Day);
    }

    /// <summary>The files that carry a run's orders, by number.</summary>
    public Task<IReadOnlyList<(int Month, int FileNo)>> FilesOfAsync(RunId run, CancellationToken cancel) =>
        session.QueryAsync<(int, int)>(FilesOfRun, new { provinceCode, month = run.Month.Key(), runNo = run.RunNo }, cancel);

    /// <summary>The file with this MsgId, or of the batch with this PmtInfId, loaded; null when it is not ours.</summary>
    public async Task<SentFile?> FindAsync(string id, CancellationToken cancel)
    {
        await LoadByIdAsync(id, cancel);
        return byId.GetValueOrDefault(id);
    }

    /// <summary>Loads the file that a row of it stands in; null when there is none.</summary>
    public async Task<SentFile?> LoadAsync(FactRow row, CancellationToken cancel)
    {
        if (row.Target is FactTarget.Batch or FactTarget.File) return await LoadAsync(row.Month, row.No, cancel);
        if (row.Target != FactTarget.Attempt) return null;
        if (payments.TryGetValue(row, out var at)) return at.File;
        var found = await session.FindAsync<(int Month, int FileNo)?>(FileByPayment, new { provinceCode, month = row.Month, runNo = row.RunNo, lineNo = row.No, attempt = row.Part }, cancel);
        return found is { } file ? await LoadAsync(file.Month, file.FileNo, cancel) : null;
    }

    async Task LoadByIdAsync(string id, CancellationToken cancel)
    {
        if (byId.ContainsKey(id)) return;
        var found = await session.FindAsync<(int Month, int FileNo)?>(FileById, new { provinceCode, id }, cancel);
        byId[id] = found is { } file ? await LoadAsync(file.Month, file.FileNo, cancel) : null;
    }

    async Task LoadByPaymentAsync(InstructionId id, CancellationToken cancel)
    {
        var row = FactRow.Of(id);
        if (payments.ContainsKey(row) || unknown.Contains(row)) return;
        var found = await session.FindAsync<(int Month, int FileNo)?>(FileByPayment,
            new { provinceCode, month = row.Month, runNo = row.RunNo, lineNo = row.No, attempt = row.Part }, cancel);
        if (found is { } file) await LoadAsync(file.Month, file.FileNo, cancel);
        if (!payments.ContainsKey(row)) unknown.Add(row);
    }

    /// <summary>From when and to which account's statements the money of a file must be looked for, and the last day on which a batch of it was to be executed.</summary>
    public async Task<(LocalDate Since, byte[] AccountTag, LocalDate LastExecution, string Profile)> DaysAsync(int month, int fileNo, CancellationToken cancel)
    {
        var head = await session.SingleAsync<FileRow>(FileHead, new { provinceCode, month, fileNo }, cancel);
        var rows = await session.QueryAsync<BatchRow>(Batches, new { provinceCode, month, fileNo }, cancel);
        return (head.HandedOverOn ?? head.NumberedOn, head.AccountTag, rows.Max(row => row.ExecutionDate), head.Profile);
    }

    /// <summary>Loads one file with its attempts as they stand now.</summary>
    public async Task<SentFile> LoadAsync(int month, int fileNo, CancellationToken cancel)
    {
        if (files.TryGetValue((month, fileNo), out var loaded)) return loaded;
        var head = await session.SingleAsync<FileRow>(FileHead, new { provinceCode, month, fileNo }, cancel);
        var rows = await session.QueryAsync<BatchRow>(Batches, new { provinceCode, month, fileNo }, cancel);
        var ends = (await session.QueryAsync<(int BatchNo, int LineNo, short Attempt, bool Followed)>(EndsOfFile, new { provinceCode, month, fileNo }, cancel))
            .ToDictionary(end => (end.BatchNo, end.LineNo, end.Attempt), end => end.Followed);
        var attempts = new List<SentAttempt>(head.Items);
        foreach (var batch in rows)
        {
            var range = new { provinceCode, month, runNo = head.RunNo, originMonth = batch.OriginMonth, originRun = batch.OriginRun, routeNo = batch.RouteNo, lineFrom = batch.LineFrom, lineTo = batch.LineTo };
            foreach (var line in await OrdersAsync(month, fileNo, batch, range, cancel))
            {
                var ended = ends.TryGetValue((batch.BatchNo, line.LineNo, line.Attempt), out var followed);
                attempts.Add(new SentAttempt(batch.OriginMonth, batch.OriginRun, line.LineNo, line.Attempt, (short)batch.BatchNo, line.AmountVnd, line.Programme, line.CommuneId, !followed, ended));
            }
        }

        var batches = rows.Select(row => new SentBatch(new OrderedBatch(month, fileNo, (short)row.BatchNo, row.PmtInfId, row.Items, row.SumVnd), row.ExecutionDate)).ToList();
        var order = new OrderedFile(month, fileNo, head.MsgId, head.Items, head.SumVnd, batches.Select(batch => batch.Order).ToList()) { Profile = head.Profile, BankBin = head.DebtorBin };
        var file = new SentFile(order, head.HandedOverOn is not null, head.HandedOverOn ?? head.NumberedOn, head.AccountTag, batches, attempts);
        files[(month, fileNo)] = file;
        byId[order.MessageId] = file;
        foreach (var batch in order.Batches) byId[batch.BatchId] = file;
        for (var i = 0; i < attempts.Count; i++) payments[attempts[i].Row] = (file, i);
        return file;
    }

    async Task<IReadOnlyList<OrderedLine>> OrdersAsync(int month, int fileNo, BatchRow batch, object range, CancellationToken cancel)
    {
        if (known.Find(month, fileNo, batch.BatchNo) is { } kept) return kept;
        var orders = new List<OrderedLine>(batch.Items);
        await session.ReadAsync(AttemptsOfBatch, async reader =>
        {
            while (await reader.ReadAsync(cancel)) orders.Add(new OrderedLine(reader.GetInt32(0), reader.GetInt16(1), reader.GetInt64(2), reader.GetInt16(3), reader.GetInt32(4)));
        }, range, cancel);
        known.Keep(month, fileNo, batch.BatchNo, orders);
        return orders;
    }

    sealed record FileRow
    {
        public int RunNo { get; init; }
        public string MsgId { get; init; } = "";
        public string Profile { get; init; } = "";
        public string DebtorBin { get; init; } = "";
        public int Items { get; init; }
        public long SumVnd { get; init; }
        public LocalDate NumberedOn { get; init; }
        public byte[] AccountTag { get; init; } = [];
        public LocalDate? HandedOverOn { get; init; }
    }

    sealed record BatchRow
    {
        public int BatchNo { get; init; }
        public string PmtInfId { get; init; } = "";
        public short RouteNo { get; init; }
        public int OriginMonth { get; init; }
        public int OriginRun { get; init; }
        public int LineFrom { get; init; }
        public int LineTo { get; init; }
        public LocalDate ExecutionDate { get; init; }
        public int Items { get; init; }
        public long SumVnd { get; init; }
    }
}
