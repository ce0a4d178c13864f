using System.Globalization;
using NodaTime;
using PaymentEngine.App.Files;
using PaymentEngine.App.Keys;
using PaymentEngine.App.Operations;
using PaymentEngine.Core.Money;
using PaymentEngine.Core.Payments;
using PaymentEngine.Core.Reconciliation;
using PaymentEngine.Core.Recipients;
using PaymentEngine.Messages.Iso20022;
using PaymentEngine.Postgres;
using PaymentEngine.ServiceTests.Runs;

namespace PaymentEngine.ServiceTests.Answers;

/// <summary>One file of a few payments handed over on 2 November 2026, to be executed on the 3rd, and a bank that answers as a test says.</summary>
sealed class AnswerWorld : IAsyncDisposable
{
    public const short Province = 40;
    public const string Account = "1234567890";
    public const string MessageId = "B40261102-000001-01";
    public const string BatchId = MessageId + "-001";

    readonly string home = Directory.CreateTempSubdirectory("pe-answers-").FullName;
    readonly AccountCipher cipher;
    int files;

    AnswerWorld(Database database, int payments)
    {
        (Database, Payments) = (database, payments);
        cipher = KeyFolder.Open(Path.Combine(home, "keys"), Clock).Value.OpenCipher();
    }

    public Database Database { get; }

    public int Payments { get; }

    public StandingClock Clock { get; } = new(Instant.FromUtc(2026, 11, 6, 3, 0));

    public Caller Reconciler { get; } = new(Province, "reconciler", "Người đối soát", new HashSet<string> { Role.Reconciler }, null) { ProvenUntil = Instant.MaxValue };

    readonly DiskFiles disk = new(new ActionCounter());

    public BankImports Imports => new(Database, Clock, disk, new Archive(disk, Path.Combine(home, "archive")), cipher);

    public long Sum => Enumerable.Range(1, Payments).Sum(Amount);

    /// <summary>Đồng of payment 1, 2, 3 …: all different, so that no test passes by a lucky amount.</summary>
    public static long Amount(int line) => 500_000 + (line * 1_000);

    public static string Id(int line) => new InstructionId(Province, new YearMonth(2026, 11), 1, line, 1).ToString();

    public static async Task<AnswerWorld> OpenAsync(ScratchCluster cluster, int payments = 4, bool handedOver = true, string profile = "generic")
    {
        var world = new AnswerWorld(await cluster.OpenCloneAsync(), payments);
        var sealedAccount = world.cipher.Seal("970415", AccountNumber.Parse(Account).Value);
        await using var session = await world.Database.OwnerAsync(default);
        await session.ExecuteAsync("""
            INSERT INTO tenant (province_code, name, created_at) VALUES (40, 'Nghệ An', '2026-01-01');
            INSERT INTO operation (province_code, key, kind, request_hash, person, epoch, at) VALUES (40, 'seed', 'seed', sha256('seed'), 'seed', 1, '2026-01-01');
            INSERT INTO area (province_code, commune_id, version, commune_code, name, known_from, operation_no)
            VALUES (40, 1, 1, '16690', 'Xã Một', '2026-01-01', 1), (40, 2, 1, '16693', 'Xã Hai', '2026-01-01', 1);
            INSERT INTO payer (province_code, payer_no, version, payer_code, name, short_name, kind, programmes, commune_codes, counts_from, debtor_bin,
                               account_key, account_cipher, account_tag, account_tail, account_name, known_from, operation_no)
            VALUES (40, 1, 1, 'SO', 'Sở Y tế', 'SYT', 'department', '{2}', '{}', 202611, '970415', 1, '\x00', @tag, '7890', 'SO Y TE', '2026-01-01', 1);
            -- The second payee wants to be paid in the second commune.
            INSERT INTO payee (province_code, payee_no, version, recipient_id, payee_name, role, channel, wish, pay_commune, known_from, operation_no)
            SELECT 40, n, 1, n, 'Nguyễn Văn ' || n, 1, 1, 1, CASE WHEN n = 2 THEN '16693' END, '2026-01-01', 1 FROM generate_series(1, @n) n;
            SELECT open_month(202611);
            INSERT INTO run (province_code, month, run_no, payer_no, payer_version, kind, law_hash, known_at, law_known_on, execution_from, execution_to, planned_at, made_by, operation_no)
            VALUES (40, 202611, 1, 1, 1, 'regular', sha256('law'), '2026-10-24', '2026-10-24', '2026-11-02', '2026-11-13', '2026-10-24', 'maker', 1);
            INSERT INTO run_step (province_code, month, run_no, step_no, step, level, person, made_by, content_hash, at, operation_no)
            VALUES (40, 202611, 1, 1, 'planned', NULL, 'maker', 'maker', sha256('c'), '2026-10-24', 1), (40, 202611, 1, 2, 'approved', 1, 'approver', 'maker', sha256('c'), '2026-10-25', 1);
            INSERT INTO disbursement (province_code, month, run_no, line_no, recipient_id, payee_no, payee_version, payee_role, programme, commune_id, gross_vnd, recouped_vnd, amount_vnd)
            SELECT 40, 202611, 1, n, n, n, 1, 1, 2, 1, 500000 + n * 1000, 0, 500000 + n * 1000 FROM generate_series(1, @n) n;
            INSERT INTO explanation (province_code, month, run_no, explanation_no, sentence_vi, sentence_en, rule, citation, status) VALUES (40, 202611, 1, 1, 'thử', 'test', 'test', 'test', 'verified');
            INSERT INTO line (province_code, month, award_no, component, for_month, kind, listed_version, run_no, line_no, amount_vnd, explanation_no)
            SELECT 40, 202611, n, 'tro_cap', 202611, 1, 0, 1, n, 500000 + n * 1000, 1 FROM generate_series(1, @n) n;
            INSERT INTO run_total SELECT 40, 202611, 1, sha256('c'), @n, @n, @n, @n, 0, 0, @sum, @sum, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0;
            INSERT INTO attempt (province_code, month, run_no, line_no, attempt, kind, amount_vnd, payee_no, channel_version, route_no, pay_commune_id, carried_month, carried_run)
            SELECT 40, 202611, 1, n, 1, 1, 500000 + n * 1000, n, 1, 1, 1, 202611, 1 FROM generate_series(1, @n) n;
            INSERT INTO bank_file (province_code, month, file_no, run_no, profile, msg_id, numbered_at, items, sum_vnd, list_hash, list_hash_plain, operation_no)
            VALUES (40, 202611, 1, 1, @profile, @messageId, '2026-11-02 01:00Z', @n, @sum, sha256('l'), sha256('p'), 1);
            INSERT INTO batch (province_code, month, file_no, batch_no, pmt_inf_id, route_no, origin_month, origin_run, line_from, line_to, execution_date, items, sum_vnd)
            VALUES (40, 202611, 1, 1, @batchId, 1, 202611, 1, 1, @n, '2026-11-03', @n, @sum);
            INSERT INTO bank_file_seal (province_code, month, file_no, size_bytes, sha256, manifest_sha256, sealed_at, operation_no) VALUES (40, 202611, 1, 1, sha256('f'), sha256('m'), '2026-11-02 01:00Z', 1);
            INSERT INTO posting (province_code, month, operation_no, run_month, run_no, programme, commune_id, from_place, to_place, items, sum_vnd, digest)
            SELECT 40, 202611, 1, 202611, 1, 2, 1, 0, 3, count(*), sum(amount_vnd), sha256(convert_to(string_agg('202611-1-' || line_no || ':' || amount_vnd, ',' ORDER BY line_no), 'UTF8')) FROM disbursement;
            """, new { tag = sealedAccount.Tag, n = payments, sum = world.Sum, messageId = MessageId, batchId = BatchId, profile });
        if (handedOver)
        {
            await session.ExecuteAsync("""
                INSERT INTO hand_over (province_code, month, file_no, hand_over_no, channel, person, intended_at, operation_no) VALUES (40, 202611, 1, 1, 'folder', 'maker', '2026-11-02 02:00Z', 1);
                INSERT INTO hand_over_outcome (province_code, month, file_no, hand_over_no, outcome, evidence, at, operation_no) VALUES (40, 202611, 1, 1, 'sent', 'folder', '2026-11-02 02:00Z', 1);
                INSERT INTO posting (province_code, month, operation_no, run_month, run_no, file_no, programme, commune_id, from_place, to_place, items, sum_vnd, digest)
                SELECT 40, 202611, 1, 202611, 1, 1, 2, 1, 3, 4, count(*), sum(amount_vnd), sha256(convert_to(string_agg('202611-1-' || line_no || ':' || amount_vnd, ',' ORDER BY line_no), 'UTF8')) FROM disbursement;
                """);
        }

        return world;
    }

    /// <summary>A pain.002 that names some payments, made at an hour of 3 November.</summary>
    public string Report(int hour, params (string Id, string Status, string? Reason)[] payments) => Report(hour, Payments, payments);

    public string Report(int hour, int originalCount, params (string Id, string Status, string? Reason)[] payments) => Write(stream => Pain002Writer.Write(stream, new StatusReportFile
    {
        MessageId = $"R{hour}", CreatedAt = new LocalDateTime(2026, 11, 3, hour, 0).WithOffset(Offset.FromHours(7)), BankBic = "ICBVVNVX", OriginalMessageId = MessageId, OriginalCount = originalCount,
        OriginalSum = new Vnd(Sum),
        Batches =
        [
            new BatchStatus
            {
                OriginalBatchId = BatchId,
                Payments = payments.Select(one => new PaymentStatus(one.Id, one.Id, one.Status, one.Reason is { } code ? new BankReason(code, null, null) : null, null, null)),
            },
        ],
    }));

    /// <summary>A pain.002 that refuses the whole file.</summary>
    public string Refusal(string reason) => Write(stream => Pain002Writer.Write(stream, new StatusReportFile
    {
        MessageId = "REFUSAL", CreatedAt = new LocalDateTime(2026, 11, 3, 8, 0).WithOffset(Offset.FromHours(7)), BankBic = "ICBVVNVX", OriginalMessageId = MessageId, Status = "RJCT",
        Reasons = [new BankReason(reason, null, null)], Batches = [],
    }));

    /// <summary>A booked statement over some days of November.</summary>
    public string Statement(int from, int to, params StatementEntry[] entries) => Statement(Account, $"S{from}-{to}-{entries.Length}", from, to, entries);

    public string Statement(string account, string id, int from, int to, params StatementEntry[] entries) => Write(stream => Camt053Writer.Write(stream, File(account, id, from, to, entries)));

    /// <summary>A statement with a number of its own.</summary>
    public string Numbered(int number, int from, int to, params StatementEntry[] entries) =>
        Write(stream => Camt053Writer.Write(stream, File(Account, string.Create(CultureInfo.InvariantCulture, $"Q{number}-{from}-{to}-{entries.Length}"), from, to, entries) with { SequenceNo = number }));

    /// <summary>A statement in which nothing is booked, with the balance it opens and closes with.</summary>
    public string Balances(int from, int to, long balanceVnd) => Write(stream => Camt053Writer.Write(stream, File(Account, string.Create(CultureInfo.InvariantCulture, $"B{from}-{to}"), from, to, []) with { OpeningBalance = new Vnd(balanceVnd) }));

    /// <summary>A pain.002 that refuses one payment in words.</summary>
    public string Words(int hour, string id, string? code, string text) => Write(stream => Pain002Writer.Write(stream, new StatusReportFile
    {
        MessageId = $"W{hour}", CreatedAt = new LocalDateTime(2026, 11, 3, hour, 0).WithOffset(Offset.FromHours(7)), BankBic = "ICBVVNVX", OriginalMessageId = MessageId, OriginalCount = Payments, OriginalSum = new Vnd(Sum),
        Batches = [new BatchStatus { OriginalBatchId = BatchId, Payments = [new PaymentStatus(id, id, "RJCT", new BankReason(code, null, text), null, null)] }],
    }));

    /// <summary>Gives payee n the account 1000000n at Vietcombank, held by NGUYEN VAN n.</summary>
    public async Task AddAccountsAsync()
    {
        await using var session = await Database.OwnerAsync(default);
        for (var n = 1; n <= Payments; n++)
        {
            var held = cipher.Seal("970436", AccountNumber.Parse(PayeeAccount(n)).Value);
            await session.ExecuteAsync("""
                INSERT INTO channel (province_code, payee_no, version, kind, bank_bin, account_key, account_cipher, account_tag, account_tail, holder_name, known_from, operation_no)
                VALUES (40, @n, 1, 1, '970436', @key, @cipher, @tag, @tail, @name, '2026-01-01', 1);
                """, new { n, key = held.Key, cipher = held.Cipher, tag = held.Tag, tail = held.Tail, name = HolderName(n) });
        }
    }

    public static string PayeeAccount(int line) => string.Create(CultureInfo.InvariantCulture, $"1000000{line}");

    public static string HolderName(int line) => "NGUYEN VAN " + (char)('A' + line - 1);

    /// <summary>A notification over one day.</summary>
    public string Notification(int day, params StatementEntry[] entries) => Write(stream => Camt054Writer.Write(stream, File(Account, $"N{day}", day, day, entries)));

    /// <summary>A report in the course of one day.</summary>
    public string Intraday(int day, params StatementEntry[] entries) => Write(stream => Camt052Writer.Write(stream, File(Account, $"I{day}", day, day, entries)));

    static AccountStatementFile File(string account, string id, int from, int to, StatementEntry[] entries) => new()
    {
        MessageId = id, CreatedAt = new LocalDateTime(2026, 11, to, 18, 0).WithOffset(Offset.FromHours(7)), StatementId = id, SequenceNo = to, Account = account, BankBic = "ICBVVNVX",
        From = new LocalDate(2026, 11, from), To = new LocalDate(2026, 11, to), OpeningBalance = new Vnd(100_000_000),
        CreditCount = entries.Count(one => one.IsCredit), Credits = new Vnd(entries.Where(one => one.IsCredit).Sum(one => one.Amount.Amount)),
        DebitCount = entries.Count(one => !one.IsCredit), Debits = new Vnd(entries.Where(one => !one.IsCredit).Sum(one => one.Amount.Amount)), Entries = entries,
    };

    /// <summary>The batch's debit on a day.</summary>
    public static StatementEntry Debit(long amountVnd, int day = 3) => new()
    {
        EntryRef = $"D{day}", Amount = new Vnd(amountVnd), IsCredit = false, BookingDate = new LocalDate(2026, 11, day), ValueDate = new LocalDate(2026, 11, day), Code = StatementCodes.DomesticTransfer,
        BatchMessageId = MessageId, BatchId = BatchId,
    };

    /// <summary>A booking that names nothing of ours.</summary>
    public static StatementEntry Unnamed(bool credit, long amountVnd, int day, string? reference = null, params StatementDetail[] details) => new()
    {
        EntryRef = string.Create(CultureInfo.InvariantCulture, $"U{day}-{amountVnd}"), Amount = new Vnd(amountVnd), IsCredit = credit, BookingDate = new LocalDate(2026, 11, day), ValueDate = new LocalDate(2026, 11, day),
        AccountServicerRef = reference, Code = credit ? StatementCodes.Returned : StatementCodes.DomesticTransfer, Details = details,
    };

    /// <summary>A credit that names one payment.</summary>
    public static StatementEntry Return(string id, long amountVnd, string? reason, int day = 5) => new()
    {
        EntryRef = $"C{day}-{id}", Amount = new Vnd(amountVnd), IsCredit = true, BookingDate = new LocalDate(2026, 11, day), ValueDate = new LocalDate(2026, 11, day), Code = StatementCodes.Returned,
        Details = [new StatementDetail { EndToEndId = id, Amount = new Vnd(amountVnd), IsCredit = true, ReturnReason = reason is null ? null : new BankReason(reason, null, null) }],
    };

    /// <summary>A booked statement over any days, for what comes after November.</summary>
    public string StatementOf(LocalDate from, LocalDate to, params StatementEntry[] entries) => Write(stream => Camt053Writer.Write(stream, File(Account, $"S{from:uuuuMMdd}-{to:uuuuMMdd}", 1, 1, entries) with
    {
        CreatedAt = to.At(new LocalTime(18, 0)).WithOffset(Offset.FromHours(7)), From = from, To = to, SequenceNo = Period.DaysBetween(new LocalDate(2026, 10, 31), to),
    }));

    string Write(Action<Stream> write)
    {
        var path = Path.Combine(home, string.Create(CultureInfo.InvariantCulture, $"{++files:000}.xml"));
        using var stream = System.IO.File.Create(path);
        write(stream);
        return path;
    }

    public async Task<IReadOnlyList<BankImport>> ImportAsync(params string[] paths)
    {
        var imported = await Imports.ImportAsync(Reconciler, paths, default);
        Assert.True(imported.IsOk, string.Join('\n', imported.Problems));
        return imported.Value;
    }

    public async Task<Reconciliation> ReconcileAsync()
    {
        var found = await Imports.ReconcileAsync(Reconciler, null, default);
        Assert.True(found.IsOk, string.Join('\n', found.Problems));
        return found.Value;
    }

    public async Task<IReadOnlyList<T>> RowsAsync<T>(string sql)
    {
        await using var session = await Database.OwnerAsync(default);
        return await session.QueryAsync<T>(sql);
    }

    /// <summary>Place, end and open cases of every payment, as text: <c>1: returned, ended rejected, case rejected</c>.</summary>
    public async Task<string> StateAsync()
    {
        await LedgerClosesAsync();
        return string.Join('\n', await RowsAsync<string>("""
            SELECT p.line_no || ': ' || pl.code || coalesce(', ended ' || (SELECT string_agg(e.how, '+' ORDER BY e.attempt) FROM attempt_end e WHERE e.line_no = p.line_no), '')
                   || coalesce(', case ' || (SELECT string_agg(c.kind, '+' ORDER BY c.kind) FROM payment_case c WHERE c.line_no = p.line_no AND c.closed_at IS NULL), '')
              FROM position p JOIN place pl USING (place) ORDER BY p.line_no
            """));
    }

    /// <summary>What the postings add up to is what the facts say, place by place.</summary>
    public async Task LedgerClosesAsync()
    {
        var facts = await RowsAsync<string>("SELECT place || ' ' || sum(items) || ' ' || sum(sum_vnd) FROM certificate GROUP BY place HAVING sum(items) > 0 ORDER BY place");
        var postings = await RowsAsync<string>("SELECT place || ' ' || sum(items) || ' ' || sum(sum_vnd) FROM ledger_balance GROUP BY place HAVING sum(items) <> 0 ORDER BY place");
        Assert.Equal(facts, postings);
    }

    public async ValueTask DisposeAsync()
    {
        cipher.Dispose();
        await Database.DisposeAsync();
        Directory.Delete(home, recursive: true);
    }
}
