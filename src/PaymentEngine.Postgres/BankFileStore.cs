using System.Globalization;
using NodaTime;
using Npgsql;
using NpgsqlTypes;
using PaymentEngine.Core;
using PaymentEngine.Core.Money;
using PaymentEngine.Core.Payments;

namespace PaymentEngine.Postgres;

/// <summary>A run as its export needs it: the payer, the approved window, who made it.</summary>
public sealed record RunToExport(
    string PayerName, LocalDate ExecutionFrom, LocalDate ExecutionTo, string MadeBy, byte[] ContentHash, int BankAttempts, Vnd BankVnd);

/// <summary>A frozen route: profile, codes and channel of the orders that carry its number, and the debtor account they are paid from, as stored (cipher).</summary>
/// <param name="ProfileContent">The profile byte for byte; null in runs planned before it was kept.</param>
public sealed record StoredRoute(
    short RouteNo, string Profile, string CategoryPurpose, string Purpose, string ServiceLevel, byte[]? ProfileContent, string DebtorBin, short AccountKey, byte[] AccountCipher, byte[] AccountTag,
    string AccountName, string? CustomerNo);

/// <summary>An approval that binds: who, when.</summary>
public sealed record Approval(string Person, Instant At);

/// <summary>A payment order with its payee's account as stored.</summary>
public readonly record struct StoredOrder(
    short RouteNo, RunId Origin, int LineNo, int Attempt, Vnd Amount, string BankBin, short AccountKey, byte[] AccountCipher, byte[] AccountTag, string HolderName);

/// <summary>A file row: everything that fixes its bytes besides the orders themselves.</summary>
public sealed record BankFileRow(
    int FileNo, string Profile, string MsgId, Instant NumberedAt, int Items, Vnd SumVnd, byte[] ListHash, byte[] ListHashPlain, long? SizeBytes, byte[]? Sha256, byte[]? ManifestSha256);

/// <summary>A batch row.</summary>
public sealed record BatchRow(
    int FileNo, int BatchNo, string PmtInfId, short RouteNo, int OriginMonth, int OriginRun, int LineFrom, int LineTo, LocalDate ExecutionDate, int Items, Vnd SumVnd);

/// <summary>Where a payment stands in the files of its run.</summary>
/// <param name="PlaceInBatch">1 for the first payment of its batch.</param>
/// <param name="LinesBefore">Payments of the file's earlier batches.</param>
/// <param name="Profile">Id of the bank profile by which the file was written.</param>
/// <param name="ProfileContent">That profile byte for byte; null in runs planned before it was kept.</param>
public sealed record OrderInFile(
    int Month, int RunNo, int LineNo, short Attempt, Vnd AmountVnd, string PersonId, string FullName, string BankBin, string AccountTail, int FileNo, string MsgId, int BatchNo, string PmtInfId,
    LocalDate ExecutionDate, int PlaceInBatch, int LinesBefore, string Profile, byte[]? ProfileContent);

/// <summary>Files to banks: numbered and stored before a byte leaves, sealed once written, found again by arithmetic on the id.</summary>
public static class BankFileStore
{
    const string Load = """
        -- BankFileStore.Load
        SELECT p.name AS PayerName, w.execution_from AS ExecutionFrom, w.execution_to AS ExecutionTo, r.made_by AS MadeBy,
               t.content_hash AS ContentHash, t.bank_attempts AS BankAttempts, t.bank_vnd AS BankVnd
          FROM run r
          JOIN run_total t USING (province_code, month, run_no)
          JOIN approved_window w USING (province_code, month, run_no)
          JOIN payer p ON p.province_code = r.province_code AND p.payer_no = r.payer_no AND p.version = r.payer_version
         WHERE r.province_code = @provinceCode AND r.month = @month AND r.run_no = @runNo;
        """;

    const string State = """
        -- BankFileStore.State
        SELECT step AS Step, content_hash AS ContentHash FROM run_state WHERE province_code = @provinceCode AND month = @month AND run_no = @runNo;
        """;

    const string Approvals = """
        -- BankFileStore.Approvals: those given to the content as it stands.
        SELECT person AS Person, at AS At FROM run_step
         WHERE province_code = @provinceCode AND month = @month AND run_no = @runNo AND step = 'approved' AND content_hash = @contentHash ORDER BY step_no;
        """;

    const string Routes = """
        -- BankFileStore.Routes
        SELECT t.route_no AS RouteNo, t.profile AS Profile, t.category_purpose AS CategoryPurpose, t.purpose AS Purpose, t.service_level AS ServiceLevel, c.content AS ProfileContent,
               a.debtor_bin AS DebtorBin, a.account_key AS AccountKey, a.account_cipher AS AccountCipher, a.account_tag AS AccountTag, a.account_name AS AccountName, a.customer_no AS CustomerNo
          FROM run_route t
          JOIN run_route_account a USING (province_code, month, run_no, route_no)
          LEFT JOIN profile_content c ON c.province_code = t.province_code AND c.sha256 = t.profile_sha256
         WHERE t.province_code = @provinceCode AND t.month = @month AND t.run_no = @runNo ORDER BY t.route_no;
        """;

    // Orders of earlier runs that this run carries are few; the key finds its own. One condition for both would read the attempts of every month.
    const string CarriedOrders = """
        SELECT * FROM attempt
         WHERE province_code = @provinceCode AND month = @month AND run_no = @runNo AND carried_month = @month AND carried_run = @runNo AND kind = 1
         UNION ALL
        SELECT * FROM attempt
         WHERE province_code = @provinceCode AND carried_month = @month AND carried_run = @runNo AND (carried_month <> month OR carried_run <> run_no) AND kind = 1
        """;

    const string EndedOrders = $"""
        -- BankFileStore.EndedOrders: an order that ended before its file exists must never be sent.
        SELECT count(*)::int FROM ({CarriedOrders}) a JOIN attempt_end e USING (province_code, month, run_no, line_no, attempt);
        """;

    const string Files = """
        -- BankFileStore.Files
        SELECT f.file_no AS FileNo, f.profile AS Profile, f.msg_id AS MsgId, f.numbered_at AS NumberedAt, f.items AS Items, f.sum_vnd AS SumVnd, f.list_hash AS ListHash,
               f.list_hash_plain AS ListHashPlain, s.size_bytes AS SizeBytes, s.sha256 AS Sha256, s.manifest_sha256 AS ManifestSha256
          FROM standing_file f LEFT JOIN bank_file_seal s USING (province_code, month, file_no)
         WHERE f.province_code = @provinceCode AND f.month = @month AND f.run_no = @runNo ORDER BY f.file_no;
        """;

    const string Batches = """
        -- BankFileStore.Batches
        SELECT b.file_no AS FileNo, b.batch_no AS BatchNo, b.pmt_inf_id AS PmtInfId, b.route_no AS RouteNo, b.origin_month AS OriginMonth, b.origin_run AS OriginRun,
               b.line_from AS LineFrom, b.line_to AS LineTo, b.execution_date AS ExecutionDate, b.items AS Items, b.sum_vnd AS SumVnd
          FROM batch b JOIN bank_file f USING (province_code, month, file_no)
         WHERE f.province_code = @provinceCode AND f.month = @month AND f.run_no = @runNo ORDER BY b.file_no, b.batch_no;
        """;

    const string ApprovedOfMonth = """
        -- BankFileStore.ApprovedOfMonth: a run that was returned has lost its approval with its programmes.
        SELECT r.run_no FROM run r
         WHERE r.province_code = @provinceCode AND r.month = @month
           AND EXISTS (SELECT FROM run_step s WHERE (s.province_code, s.month, s.run_no) = (r.province_code, r.month, r.run_no) AND s.step = 'approved')
           AND NOT EXISTS (SELECT FROM run_programme x WHERE (x.province_code, x.month, x.run_no) = (r.province_code, r.month, r.run_no) AND x.voided)
         ORDER BY r.run_no;
        """;

    const string LockFileNo = """
        -- BankFileStore.LockFileNo: numbers are given out one after the other, also to two runs at once.
        SELECT pg_advisory_xact_lock(hashtextextended('payengine.file_no', @provinceCode));
        """;

    const string NextFileNo = """
        -- BankFileStore.NextFileNo: after the last of the month, and after the last that was numbered today for any month: the MsgId holds the day and the number, not the month.
        SELECT coalesce(max(file_no), 0) + 1 FROM bank_file WHERE province_code = @provinceCode AND (month = @month OR starts_with(msg_id, @ofToday));
        """;

    const string LastAttempt = """
        -- BankFileStore.LastAttempt
        SELECT coalesce(max(right(msg_id, 2)::int), 0) FROM bank_file WHERE province_code = @provinceCode AND starts_with(msg_id, @prefix);
        """;

    const string SameLists = """
        -- BankFileStore.SameLists
        SELECT msg_id FROM bank_file WHERE province_code = @provinceCode AND list_hash_plain = ANY (@hashes) ORDER BY msg_id;
        """;

    const string InsertFile = """
        -- BankFileStore.InsertFile
        INSERT INTO bank_file (province_code, month, file_no, run_no, profile, msg_id, numbered_at, items, sum_vnd, list_hash, list_hash_plain, operation_no)
        VALUES (@provinceCode, @month, @fileNo, @runNo, @profile, @msgId, @numberedAt, @items, @sumVnd, @listHash, @listHashPlain, @operationNo);
        INSERT INTO run_partition (province_code, month, run_no, stage, partition_no, commune_from, commune_to, recipient_from, recipient_to, people)
        VALUES (@provinceCode, @month, @runNo, 'export', @fileNo, 0, 0, 0, 0, @items);
        """;

    const string InsertBatch = """
        -- BankFileStore.InsertBatch
        INSERT INTO batch (province_code, month, file_no, batch_no, pmt_inf_id, route_no, origin_month, origin_run, line_from, line_to, execution_date, items, sum_vnd)
        VALUES (@provinceCode, @month, @fileNo, @batchNo, @pmtInfId, @routeNo, @originMonth, @originRun, @lineFrom, @lineTo, @executionDate, @items, @sumVnd);
        """;

    const string InsertSeal = """
        -- BankFileStore.InsertSeal
        INSERT INTO bank_file_seal (province_code, month, file_no, size_bytes, sha256, manifest_sha256, sealed_at, operation_no)
        VALUES (@provinceCode, @month, @fileNo, @sizeBytes, @sha256, @manifestSha256, @at, @operationNo);
        """;

    const string EndPartition = """
        -- BankFileStore.EndPartition
        UPDATE run_partition SET done_at = @at, items = f.items, sum_vnd = f.sum_vnd, digest = @sha256
          FROM bank_file f
         WHERE run_partition.province_code = @provinceCode AND run_partition.month = @month AND run_partition.run_no = @runNo AND stage = 'export' AND partition_no = @fileNo
           AND f.province_code = @provinceCode AND f.month = @month AND f.file_no = @fileNo;
        """;

    const string Remember = """
        -- BankFileStore.RememberPath: where the sealed file was put last, so that sending finds it.
        UPDATE run_partition SET summary = jsonb_build_object('path', @path::text)
         WHERE province_code = @provinceCode AND month = @month AND run_no = @runNo AND stage = 'export' AND partition_no = @fileNo AND summary->>'path' IS DISTINCT FROM @path;
        """;

    const string Paths = """
        -- BankFileStore.Paths
        SELECT partition_no AS FileNo, summary->>'path' AS Path FROM run_partition
         WHERE province_code = @provinceCode AND month = @month AND run_no = @runNo AND stage = 'export' AND summary IS NOT NULL;
        """;

    const string Unsealed = """
        -- BankFileStore.Unsealed
        SELECT count(*)::int FROM standing_file f WHERE f.province_code = @provinceCode AND f.month = @month AND f.run_no = @runNo
           AND NOT EXISTS (SELECT FROM bank_file_seal s WHERE s.province_code = f.province_code AND s.month = f.month AND s.file_no = f.file_no);
        """;

    const string Lock = """
        -- BankFileStore.Lock: one program at a time works on the files of a run; a program that dies gives the lock back by dying.
        SELECT pg_try_advisory_lock(hashtextextended('payengine.files ' || @month || '-' || @runNo, @provinceCode));
        """;

    const string Unlock = """
        -- BankFileStore.Unlock
        SELECT pg_advisory_unlock(hashtextextended('payengine.files ' || @month || '-' || @runNo, @provinceCode));
        """;

    // Who stands in which file is arithmetic: the batch of the file, its origin run, its range of lines.
    const string FindInFile = """
        SELECT a.month AS Month, a.run_no AS RunNo, a.line_no AS LineNo, a.attempt AS Attempt, a.amount_vnd AS AmountVnd, r.person_id AS PersonId, r.full_name AS FullName,
               c.bank_bin AS BankBin, c.account_tail AS AccountTail, f.file_no AS FileNo, f.msg_id AS MsgId, b.batch_no AS BatchNo, b.pmt_inf_id AS PmtInfId,
               b.execution_date AS ExecutionDate,
               (SELECT count(*)::int FROM attempt x WHERE x.province_code = a.province_code AND x.month = a.month AND x.run_no = a.run_no AND x.kind = 1 AND x.route_no = a.route_no
                   AND x.carried_month = a.carried_month AND x.carried_run = a.carried_run AND x.line_no BETWEEN b.line_from AND a.line_no) AS PlaceInBatch,
               (SELECT coalesce(sum(y.items), 0)::int FROM batch y WHERE y.province_code = b.province_code AND y.month = b.month AND y.file_no = b.file_no AND y.batch_no < b.batch_no) AS LinesBefore,
               t.profile AS Profile, pc.content AS ProfileContent
          FROM attempt a
          JOIN disbursement d USING (province_code, month, run_no, line_no)
          JOIN recipient r ON r.province_code = d.province_code AND r.recipient_id = d.recipient_id AND r.known_to = 'infinity'
          JOIN channel c ON c.province_code = a.province_code AND c.payee_no = a.payee_no AND c.version = a.channel_version
          JOIN attempt_batch ab ON ab.province_code = a.province_code AND ab.month = a.month AND ab.run_no = a.run_no AND ab.line_no = a.line_no AND ab.attempt = a.attempt
          JOIN batch b ON b.province_code = ab.province_code AND b.month = ab.file_month AND b.file_no = ab.file_no AND b.batch_no = ab.batch_no
          JOIN bank_file f ON f.province_code = b.province_code AND f.month = b.month AND f.file_no = b.file_no
          JOIN run_route t ON t.province_code = f.province_code AND t.month = f.month AND t.run_no = f.run_no AND t.route_no = b.route_no
          LEFT JOIN profile_content pc ON pc.province_code = t.province_code AND pc.sha256 = t.profile_sha256
        """;

    const string FindById = $"""
        -- BankFileStore.FindById
        {FindInFile}
         WHERE a.province_code = @provinceCode AND a.month = @month AND a.run_no = @runNo AND a.line_no = @lineNo AND a.attempt = @attempt;
        """;

    const string FindByPerson = $"""
        -- BankFileStore.FindByPerson
        {FindInFile}
         WHERE a.province_code = @provinceCode AND f.month = @month AND f.run_no = @runNo AND a.carried_month = @month AND a.carried_run = @runNo AND r.person_id = @personId
         ORDER BY a.month, a.run_no, a.line_no, a.attempt;
        """;

    /// <summary>The run with its payer, or null when it does not exist or its plan is not finished.</summary>
    public static Task<RunToExport?> LoadAsync(DatabaseSession session, RunId run, CancellationToken cancel) => session.FindAsync<RunToExport>(Load, Key(run), cancel);

    /// <summary>The latest step of the run and the content it was taken on; null when it has none.</summary>
    public static Task<(string Step, byte[] ContentHash)?> StateAsync(DatabaseSession session, RunId run, CancellationToken cancel) =>
        session.FindAsync<(string, byte[])?>(State, Key(run), cancel);

    public static Task<IReadOnlyList<Approval>> ApprovalsAsync(DatabaseSession session, RunId run, byte[] contentHash, CancellationToken cancel) =>
        session.QueryAsync<Approval>(Approvals, new { provinceCode = run.ProvinceCode, month = run.Month.Key(), runNo = run.RunNo, contentHash }, cancel);

    /// <summary>The approved runs of a month that were not voided, by number.</summary>
    public static async Task<IReadOnlyList<RunId>> ApprovedOfMonthAsync(DatabaseSession session, short provinceCode, YearMonth month, CancellationToken cancel) =>
        [.. (await session.QueryAsync<int>(ApprovedOfMonth, new { provinceCode, month = month.Key() }, cancel)).Select(runNo => new RunId(provinceCode, month, runNo))];

    public static Task<IReadOnlyList<StoredRoute>> RoutesAsync(DatabaseSession session, RunId run, CancellationToken cancel) => session.QueryAsync<StoredRoute>(Routes, Key(run), cancel);

    public static Task<int> EndedOrdersAsync(DatabaseSession session, RunId run, CancellationToken cancel) => session.SingleAsync<int>(EndedOrders, Key(run), cancel);

    public static Task<IReadOnlyList<BankFileRow>> FilesAsync(DatabaseSession session, RunId run, CancellationToken cancel) => session.QueryAsync<BankFileRow>(Files, Key(run), cancel);

    public static Task<IReadOnlyList<BatchRow>> BatchesAsync(DatabaseSession session, RunId run, CancellationToken cancel) => session.QueryAsync<BatchRow>(Batches, Key(run), cancel);

    /// <summary>Takes the lock on a run's files for this session; false when another program has it. To be given back with <see cref="UnlockAsync"/>.</summary>
    public static Task<bool> TryLockAsync(DatabaseSession session, RunId run, CancellationToken cancel) => session.SingleAsync<bool>(Lock, TextKey(run), cancel);

    public static Task UnlockAsync(DatabaseSession session, RunId run) => session.ExecuteAsync(Unlock, TextKey(run));

    /// <summary>All payment orders that a run carries, in the order of the cut, one by one as they arrive.</summary>
    public static Task ReadOrdersAsync(DatabaseSession session, RunId run, Action<IEnumerable<StoredOrder>> read, CancellationToken cancel) =>
        CopyOrdersAsync(session, run.ProvinceCode, string.Create(CultureInfo.InvariantCulture, $"""
            COPY (SELECT a.route_no, a.month, a.run_no, a.line_no, a.attempt, a.amount_vnd, c.bank_bin, c.account_key, c.account_cipher, c.account_tag, c.holder_name
                    FROM ({CarriedOrders.Replace("@provinceCode", Text(run.ProvinceCode), StringComparison.Ordinal).Replace("@month", Text(run.Month.Key()), StringComparison.Ordinal).Replace("@runNo", Text(run.RunNo), StringComparison.Ordinal)}) a
                    JOIN channel c ON c.province_code = a.province_code AND c.payee_no = a.payee_no AND c.version = a.channel_version
                   ORDER BY a.route_no, a.month, a.run_no, a.line_no, a.attempt) TO STDOUT (FORMAT BINARY) -- BankFileStore.ReadOrders
            """), read, cancel);

    // COPY takes no parameters; these are numbers.
    static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);

    /// <summary>The payment orders of one file, batch by batch in the order of their ids.</summary>
    public static Task ReadFileAsync(DatabaseSession session, RunId run, int fileNo, Action<IEnumerable<StoredOrder>> read, CancellationToken cancel) =>
        CopyOrdersAsync(session, run.ProvinceCode, string.Create(CultureInfo.InvariantCulture, $"""
            COPY (SELECT a.route_no, a.month, a.run_no, a.line_no, a.attempt, a.amount_vnd, c.bank_bin, c.account_key, c.account_cipher, c.account_tag, c.holder_name
                    FROM batch b
                    JOIN attempt a ON a.province_code = b.province_code AND a.month = b.origin_month AND a.run_no = b.origin_run AND a.route_no = b.route_no
                                  AND a.line_no BETWEEN b.line_from AND b.line_to AND a.kind = 1 AND a.carried_month = {run.Month.Key()} AND a.carried_run = {run.RunNo}
                    JOIN channel c ON c.province_code = a.province_code AND c.payee_no = a.payee_no AND c.version = a.channel_version
                   WHERE b.province_code = {run.ProvinceCode} AND b.month = {run.Month.Key()} AND b.file_no = {fileNo}
                   ORDER BY b.batch_no, a.line_no, a.attempt) TO STDOUT (FORMAT BINARY) -- BankFileStore.ReadFile
            """), read, cancel);

    /// <summary>The number of the next file of the month; the numbers are locked until the transaction ends.</summary>
    /// <param name="session">Inside a transaction.</param>
    /// <param name="run">The run whose file it is.</param>
    /// <param name="today">The day of its MsgId.</param>
    /// <param name="cancel">Cancels the wait.</param>
    public static async Task<int> NextFileNoAsync(DatabaseSession session, RunId run, LocalDate today, CancellationToken cancel)
    {
        await session.ExecuteAsync(LockFileNo, new { provinceCode = (long)run.ProvinceCode }, cancel);
        var ofToday = new MessageId(run.ProvinceCode, today, 1, 1).ToString()[..MessageId.DayLength];
        return await session.SingleAsync<int>(NextFileNo, new { provinceCode = run.ProvinceCode, month = run.Month.Key(), ofToday }, cancel);
    }

    /// <summary>The highest of the last two figures among the files of a day and sequence; 0 when there is none. Under the lock of <see cref="NextFileNoAsync"/>.</summary>
    public static Task<int> LastAttemptAsync(DatabaseSession session, MessageId id, CancellationToken cancel)
    {
        var text = id.ToString();
        return session.SingleAsync<int>(LastAttempt, new { provinceCode = id.ProvinceCode, prefix = text[..^2] }, cancel);
    }

    /// <summary>The files that already carry one of these lists, whatever the attempt letters.</summary>
    public static Task<IReadOnlyList<string>> SameListsAsync(DatabaseSession session, RunId run, byte[][] hashes, CancellationToken cancel) =>
        session.QueryAsync<string>(SameLists, new { provinceCode = run.ProvinceCode, hashes }, cancel);

    /// <summary>Stores a file with its batches and its share of the stage, before a byte of it is written.</summary>
    public static async Task InsertAsync(DatabaseSession session, RunId run, BankFileRow file, IEnumerable<BatchRow> batches, long operationNo, CancellationToken cancel)
    {
        var (provinceCode, month) = (run.ProvinceCode, run.Month.Key());
        await session.ExecuteAsync(InsertFile, new
        {
            provinceCode, month, fileNo = file.FileNo, runNo = run.RunNo, profile = file.Profile, msgId = file.MsgId, numberedAt = file.NumberedAt, items = file.Items,
            sumVnd = file.SumVnd, listHash = file.ListHash, listHashPlain = file.ListHashPlain, operationNo,
        }, cancel);
        foreach (var batch in batches)
        {
            await session.ExecuteAsync(InsertBatch, new
            {
                provinceCode, month, fileNo = batch.FileNo, batchNo = batch.BatchNo, pmtInfId = batch.PmtInfId, routeNo = batch.RouteNo, originMonth = batch.OriginMonth,
                originRun = batch.OriginRun, lineFrom = batch.LineFrom, lineTo = batch.LineTo, executionDate = batch.ExecutionDate, items = batch.Items, sumVnd = batch.SumVnd,
            }, cancel);
        }
    }

    /// <summary>Records that a file is whole on the disk, and ends its share of the stage.</summary>
    public static async Task SealAsync(DatabaseSession session, RunId run, int fileNo, long sizeBytes, byte[] sha256, byte[] manifestSha256, Instant at, long operationNo, CancellationToken cancel)
    {
        var (provinceCode, month) = (run.ProvinceCode, run.Month.Key());
        await session.ExecuteAsync(InsertSeal, new { provinceCode, month, fileNo, sizeBytes, sha256, manifestSha256, at, operationNo }, cancel);
        await session.ExecuteAsync(EndPartition, new { provinceCode, month, runNo = run.RunNo, fileNo, sha256, at }, cancel);
    }

    /// <summary>Remembers where a sealed file lies.</summary>
    public static Task RememberPathAsync(DatabaseSession session, RunId run, int fileNo, string path, CancellationToken cancel) =>
        session.ExecuteAsync(Remember, new { provinceCode = run.ProvinceCode, month = run.Month.Key(), runNo = run.RunNo, fileNo, path }, cancel);

    /// <summary>Where the sealed files of a run were put last, by file number.</summary>
    public static async Task<IReadOnlyDictionary<int, string>> PathsAsync(DatabaseSession session, RunId run, CancellationToken cancel) =>
        (await session.QueryAsync<(int FileNo, string Path)>(Paths, Key(run), cancel)).ToDictionary(row => row.FileNo, row => row.Path);

    /// <summary>How many files of the run are not sealed yet.</summary>
    public static Task<int> UnsealedAsync(DatabaseSession session, RunId run, CancellationToken cancel) => session.SingleAsync<int>(Unsealed, Key(run), cancel);

    /// <summary>The file, batch and place of a payment, as far as the session's eyes reach.</summary>
    public static Task<OrderInFile?> FindAsync(DatabaseSession session, InstructionId id, CancellationToken cancel) =>
        session.FindAsync<OrderInFile>(FindById, new { provinceCode = id.ProvinceCode, month = id.Month.Key(), runNo = id.RunNo, lineNo = id.LineNo, attempt = (short)id.Attempt }, cancel);

    /// <summary>All payments of a person in the files of a run.</summary>
    public static Task<IReadOnlyList<OrderInFile>> FindAsync(DatabaseSession session, RunId run, string personId, CancellationToken cancel) =>
        session.QueryAsync<OrderInFile>(FindByPerson, new { provinceCode = run.ProvinceCode, month = run.Month.Key(), runNo = run.RunNo, personId }, cancel);

    static object Key(RunId run) => new { provinceCode = run.ProvinceCode, month = run.Month.Key(), runNo = run.RunNo };

    static object TextKey(RunId run) => new
    {
        provinceCode = (long)run.ProvinceCode, month = run.Month.Key().ToString(CultureInfo.InvariantCulture), runNo = run.RunNo.ToString(CultureInfo.InvariantCulture),
    };

    static Task CopyOrdersAsync(DatabaseSession session, short provinceCode, string copy, Action<IEnumerable<StoredOrder>> read, CancellationToken cancel) =>
        session.CopyOutAsync(copy, rows =>
        {
            read(Orders(rows, provinceCode));
            return Task.CompletedTask;
        }, cancel);

    static IEnumerable<StoredOrder> Orders(NpgsqlBinaryExporter rows, short provinceCode)
    {
        while (rows.StartRow() >= 0)
        {
            var route = rows.Read<short>(NpgsqlDbType.Smallint);
            var month = Months.FromKey(rows.Read<int>(NpgsqlDbType.Integer));
            var origin = new RunId(provinceCode, month, rows.Read<int>(NpgsqlDbType.Integer));
            yield return new(route, origin, rows.Read<int>(NpgsqlDbType.Integer), rows.Read<short>(NpgsqlDbType.Smallint), new Vnd(rows.Read<long>(NpgsqlDbType.Bigint)),
                rows.Read<string>(NpgsqlDbType.Text), rows.Read<short>(NpgsqlDbType.Smallint), rows.Read<byte[]>(NpgsqlDbType.Bytea), rows.Read<byte[]>(NpgsqlDbType.Bytea),
                rows.Read<string>(NpgsqlDbType.Text));
        }
    }
}
