using System.Buffers.Binary;
using System.Globalization;
using NodaTime;
using NpgsqlTypes;
using PaymentEngine.Core;
using PaymentEngine.Core.Reconciliation;

namespace PaymentEngine.Postgres;

/// <summary>A file of a bank that was received before.</summary>
public sealed record KnownFile
{
    public int ImportNo { get; init; }
    public string FileName { get; init; } = "";
    public Instant ReceivedAt { get; init; }
    public string? Parked { get; init; }
    public bool Applied { get; init; }

    /// <summary>It came in as a file of the register, not of a bank.</summary>
    public bool IsRegisterFile { get; init; }

    /// <summary>Where its bytes are kept, below the archive folder.</summary>
    public string StoredAs { get; init; } = "";
}

/// <summary>A received file as its row keeps it.</summary>
public sealed record ReceivedFile(byte[] Sha256, string FileName, string? Message, string? MessageId, string Sender, long SizeBytes, string StoredAs);

/// <summary>What banks said: the inbox, the statements, the facts. Everything here is only ever inserted.</summary>
public static class FactStore
{
    const string Lock = """
        -- FactStore.Lock: answers of a province are applied one after another, whichever program brings them; what moves its money waits here too.
        SELECT pg_advisory_xact_lock(hashtextextended('payengine.places', @provinceCode));
        """;

    const string Find = """
        -- FactStore.Find
        SELECT i.import_no, i.file_name, i.received_at, i.parked, a.import_no IS NOT NULL AS applied, i.kind = 'register' AS is_register_file, i.stored_as
          FROM inbox_file i LEFT JOIN inbox_applied a USING (province_code, import_no)
         WHERE i.province_code = @provinceCode AND i.sha256 = @sha256;
        """;

    const string FindMessage = """
        -- FactStore.FindMessage
        SELECT import_no, file_name, received_at, parked, true AS applied FROM inbox_file
         WHERE province_code = @provinceCode AND kind = 'bank' AND parked IS NULL AND sender = @sender AND message = @message AND message_id = @messageId;
        """;

    const string Receive = """
        -- FactStore.Receive
        INSERT INTO inbox_file (province_code, import_no, sha256, kind, file_name, message, message_id, sender, size_bytes, stored_as, parked, received_at, operation_no)
        SELECT @provinceCode, coalesce(max(import_no), 0) + 1, @sha256, 'bank', @fileName, @message, @messageId, @sender, @sizeBytes, @storedAs, @parked, @receivedAt, @operationNo
          FROM inbox_file WHERE province_code = @provinceCode
        RETURNING import_no;
        """;

    const string InsertStatement = """
        -- FactStore.InsertStatement
        INSERT INTO statement (province_code, import_no, statement_no, statement_id, account_tag, sequence_no, from_date, to_date, opening_vnd, closing_vnd, currency)
        VALUES (@provinceCode, @importNo, @statementNo, @statementId, @accountTag, @sequenceNo, @fromDate, @toDate, @openingVnd, @closingVnd, @currency);
        """;

    const string OpenMonth = """
        -- FactStore.OpenMonth
        SELECT open_month(@month);
        """;

    const string Classify = """
        -- FactStore.Classify: what its code explains is decided at once and leaves the suspense.
        INSERT INTO match (province_code, import_no, entry_no, detail_no, decision, rule, person, at, operation_no)
        SELECT @provinceCode, @importNo, c.entry_no, c.detail_no, c.decision, 'bank transaction code', @person, @at, @operationNo
          FROM unnest(@entries, @details, @decisions) AS c (entry_no, detail_no, decision);
        """;

    const string Applied = """
        -- FactStore.Applied
        INSERT INTO inbox_applied (province_code, import_no, entries, facts, suspense, findings, applied_at, operation_no)
        VALUES (@provinceCode, @importNo, @entries, @facts, @suspense, @findings::jsonb, @at, @operationNo);
        """;

    // A later decision replaces the suspense of a fact; facts that found their row by themselves are never decided again. What a decision or a corrected file of
    // this very operation added or took away is told apart: 0 stood and stands, 1 is new, 2 stands no longer.
    const string Replaced = "LEFT JOIN inbox_replaced x ON x.province_code = f.province_code AND x.import_no = f.import_no";

    const string PhaseOfFact = "(CASE WHEN x.operation_no = @operationNo THEN 2 WHEN f.import_no = @importNo AND (f.level = 6) = @confirming THEN 1 ELSE 0 END)::smallint";

    const string PhaseOfMatch = """
        (CASE WHEN u.operation_no = @operationNo OR x.operation_no = @operationNo THEN 2 WHEN m.operation_no = @operationNo OR (f.import_no = @importNo AND NOT @confirming) THEN 1 ELSE 0 END)::smallint
        """;

    const string MatchedFact = $"""
        JOIN bank_fact f ON f.province_code = m.province_code AND f.import_no = m.import_no AND f.entry_no = m.entry_no AND f.detail_no = m.detail_no
          LEFT JOIN match_undo u ON u.province_code = m.province_code AND u.import_no = m.import_no AND u.entry_no = m.entry_no AND u.detail_no = m.detail_no AND u.version = m.version
          {Replaced}
        """;

    // Undone, or replaced: it counts only for what stood before the operation that did so.
    const string Stands = "(u.operation_no IS NULL OR (u.operation_no = @operationNo AND m.operation_no <> @operationNo)) AND (x.operation_no IS NULL OR x.operation_no = @operationNo)";

    const string AttemptFacts = $"""
        -- FactStore.AttemptFacts
        SELECT {PhaseOfFact}, f.target_no, f.target_part, f.evidence, f.level, coalesce(f.amount_vnd, 0), f.event_key, f.reported_at, coalesce(f.reason_code, f.reason_text) IS NOT NULL
          FROM bank_fact f {Replaced}
         WHERE f.province_code = @provinceCode AND f.target = 1 AND f.target_month = @month AND f.target_run = @runNo AND f.target_no BETWEEN @lineFrom AND @lineTo
           AND (x.operation_no IS NULL OR x.operation_no = @operationNo)
        UNION ALL
        SELECT {PhaseOfMatch}, m.target_no, m.target_part, coalesce(m.evidence, f.evidence), f.level, coalesce(f.amount_vnd, 0), f.event_key, f.reported_at, coalesce(f.reason_code, f.reason_text) IS NOT NULL
          FROM match m {MatchedFact}
         WHERE m.province_code = @provinceCode AND m.decision = 'attempt' AND m.target_month = @month AND m.target_run = @runNo AND m.target_no BETWEEN @lineFrom AND @lineTo AND {Stands}
        UNION ALL
        SELECT {PhaseOfMatch}, p.target_no, p.target_part, p.evidence, f.level, p.amount_vnd, f.event_key, f.reported_at, coalesce(f.reason_code, f.reason_text) IS NOT NULL
          FROM match_part p
          JOIN match m ON m.province_code = p.province_code AND m.import_no = p.import_no AND m.entry_no = p.entry_no AND m.detail_no = p.detail_no AND m.version = p.version
          {MatchedFact}
         WHERE p.province_code = @provinceCode AND p.target_month = @month AND p.target_run = @runNo AND p.target_no BETWEEN @lineFrom AND @lineTo AND {Stands};
        """;

    const string FileFacts = $"""
        -- FactStore.FileFacts
        SELECT {PhaseOfFact}, f.target, f.target_part, f.evidence, f.level, coalesce(f.amount_vnd, 0), f.event_key, f.reported_at, f.reason_code, f.reason_text
          FROM bank_fact f {Replaced}
         WHERE f.province_code = @provinceCode AND f.target IN (2, 3) AND f.target_month = @month AND f.target_run IS NULL AND f.target_no = @fileNo
           AND (x.operation_no IS NULL OR x.operation_no = @operationNo)
        UNION ALL
        SELECT {PhaseOfMatch}, 2::smallint, m.target_part, coalesce(m.evidence, f.evidence), f.level, coalesce(f.amount_vnd, 0), f.event_key, f.reported_at, f.reason_code, f.reason_text
          FROM match m {MatchedFact}
         WHERE m.province_code = @provinceCode AND m.decision = 'batch' AND m.target_month = @month AND m.target_no = @fileNo AND {Stands};
        """;

    const string Words = $"""
        -- FactStore.Words: what was said about single payments that failed.
        SELECT w.no, {PhaseOfFact} AS phase, f.evidence, f.level, f.amount_vnd, f.reason_code, f.reason_text, f.event_date
          FROM unnest(@nos, @months, @runs, @lines, @attempts) AS w (no, month, run_no, line_no, attempt)
          JOIN bank_fact f ON f.province_code = @provinceCode AND f.target = 1 AND f.target_month = w.month AND f.target_run = w.run_no AND f.target_no = w.line_no AND f.target_part = w.attempt
          {Replaced}
         WHERE f.evidence IN (64, 128, 512, 2048, 4096, 8192) AND (x.operation_no IS NULL OR x.operation_no = @operationNo)
        UNION ALL
        SELECT w.no, {PhaseOfMatch}, coalesce(m.evidence, f.evidence), f.level, f.amount_vnd, f.reason_code, f.reason_text, f.event_date
          FROM unnest(@nos, @months, @runs, @lines, @attempts) AS w (no, month, run_no, line_no, attempt)
          JOIN match m ON m.province_code = @provinceCode AND m.decision = 'attempt' AND m.target_month = w.month AND m.target_run = w.run_no AND m.target_no = w.line_no AND m.target_part = w.attempt
          {MatchedFact}
         WHERE {Stands}
        UNION ALL
        SELECT w.no, {PhaseOfMatch}, p.evidence, f.level, p.amount_vnd, f.reason_code, f.reason_text, f.event_date
          FROM unnest(@nos, @months, @runs, @lines, @attempts) AS w (no, month, run_no, line_no, attempt)
          JOIN match_part p ON p.province_code = @provinceCode AND p.target_month = w.month AND p.target_run = w.run_no AND p.target_no = w.line_no AND p.target_part = w.attempt
          JOIN match m ON m.province_code = p.province_code AND m.import_no = p.import_no AND m.entry_no = p.entry_no AND m.detail_no = p.detail_no AND m.version = p.version
          {MatchedFact}
         WHERE {Stands};
        """;

    const string StatementsOf = """
        -- FactStore.StatementsOf
        SELECT from_date, to_date, opening_vnd, closing_vnd, sequence_no FROM statement s
         WHERE province_code = @provinceCode AND account_tag = @accountTag AND from_date IS NOT NULL AND to_date IS NOT NULL AND to_date >= @since
           AND NOT EXISTS (SELECT FROM inbox_replaced x WHERE x.province_code = s.province_code AND x.import_no = s.import_no);
        """;

    // Only bookings of a whole batch and returns are looked at: few beside the payments of a statement.
    const string OtherAmounts = """
        -- FactStore.OtherAmounts: a booking that another message of another rank tells with another amount. The bookings of this message are looked up one by one.
        WITH told AS MATERIALIZED (
            SELECT target, target_month, target_run, target_no, target_part, level, amount_vnd, evidence = 512 AS is_debit
              FROM bank_fact WHERE province_code = @provinceCode AND month = @month AND import_no = @importNo AND level <= 2 AND (target = 2 OR (target = 1 AND evidence IN (2048, 4096, 8192)))
        ), other AS MATERIALIZED (
            SELECT t.target, t.target_month, t.target_run, t.target_no, t.target_part, t.is_debit, o.import_no,
                   CASE WHEN t.level = 1 THEN t.amount_vnd ELSE o.amount_vnd END AS statement_vnd, CASE WHEN t.level = 1 THEN o.amount_vnd ELSE t.amount_vnd END AS notified_vnd
              FROM told t
              JOIN bank_fact o ON o.province_code = @provinceCode AND o.target_month = t.target_month AND o.target_run IS NOT DISTINCT FROM t.target_run AND o.target_no = t.target_no AND o.target_part = t.target_part
                   AND o.target = t.target AND o.level <= 2 AND o.level <> t.level AND (o.evidence = 512) = t.is_debit AND o.evidence <> 0 AND o.amount_vnd <> t.amount_vnd
             -- Several bookings of one batch add up: only a lone one on both sides is compared.
             WHERE (SELECT count(DISTINCT n.event_key) FROM bank_fact n WHERE n.province_code = @provinceCode AND n.target_month = t.target_month AND n.target_run IS NOT DISTINCT FROM t.target_run AND n.target_no = t.target_no
                       AND n.target_part = t.target_part AND n.target = t.target AND n.level = o.level AND (n.evidence = 512) = t.is_debit AND n.evidence <> 0) = 1
        )
        SELECT DISTINCT ON (o.target, o.target_month, o.target_run, o.target_no, o.target_part, o.is_debit)
               o.target, o.target_month AS month, coalesce(o.target_run, 0) AS run_no, o.target_no AS no, o.target_part AS part, o.statement_vnd, o.notified_vnd, i.file_name AS other_file
          FROM other o
          JOIN inbox_file i ON i.province_code = @provinceCode AND i.import_no = o.import_no
         WHERE NOT EXISTS (SELECT FROM inbox_replaced x WHERE x.province_code = @provinceCode AND x.import_no = o.import_no)
         ORDER BY o.target, o.target_month, o.target_run, o.target_no, o.target_part, o.is_debit, o.import_no
         LIMIT 100;
        """;

    const string OpenDebits = """
        -- FactStore.OpenDebits: a booked debit that nobody has explained may be any payment's.
        SELECT EXISTS (SELECT FROM bank_fact f
                        WHERE f.province_code = @provinceCode AND f.target = 0 AND f.target_month IS NULL AND f.level = 1 AND f.evidence = 512 AND (f.event_date IS NULL OR f.event_date >= @since)
                          AND NOT EXISTS (SELECT FROM inbox_replaced x WHERE x.province_code = f.province_code AND x.import_no = f.import_no)
                          AND NOT EXISTS (SELECT FROM live_match m WHERE m.province_code = f.province_code AND m.import_no = f.import_no AND m.entry_no = f.entry_no AND m.detail_no = f.detail_no));
        """;

    const string Accounts = """
        -- FactStore.Accounts: every account a payer of ours has or had.
        SELECT DISTINCT ON (debtor_bin, account_tag) debtor_bin, account_tag, account_key, account_cipher
          FROM (SELECT debtor_bin, account_tag, account_key, account_cipher FROM payer WHERE province_code = @provinceCode
                UNION ALL
                SELECT debtor_bin, account_tag, account_key, account_cipher FROM payer_route WHERE province_code = @provinceCode) a;
        """;

    /// <summary>Waits until no other answer of the province is being applied; held to the end of the transaction.</summary>
    public static Task LockAsync(DatabaseSession session, short provinceCode, CancellationToken cancel) => session.ExecuteAsync(Lock, new { provinceCode = (long)provinceCode }, cancel);

    public static Task<KnownFile?> FindAsync(DatabaseSession session, short provinceCode, byte[] sha256, CancellationToken cancel) =>
        session.FindAsync<KnownFile>(Find, new { provinceCode, sha256 }, cancel);

    /// <summary>The file that brought this message id of this sender before, if any.</summary>
    public static Task<KnownFile?> FindMessageAsync(DatabaseSession session, short provinceCode, string sender, string message, string messageId, CancellationToken cancel) =>
        session.FindAsync<KnownFile>(FindMessage, new { provinceCode, sender, message, messageId }, cancel);

    /// <summary>Gives a received file its number.</summary>
    public static Task<int> ReceiveAsync(DatabaseSession session, short provinceCode, ReceivedFile file, string? parked, Instant receivedAt, long operationNo, CancellationToken cancel) =>
        session.SingleAsync<int>(Receive, new
        {
            provinceCode, sha256 = file.Sha256, fileName = file.FileName, message = file.Message, messageId = file.MessageId, sender = file.Sender, sizeBytes = file.SizeBytes,
            storedAs = file.StoredAs, parked, receivedAt, operationNo,
        }, cancel);

    public static Task<IReadOnlyList<(string DebtorBin, byte[] AccountTag, short AccountKey, byte[] AccountCipher)>> AccountsAsync(DatabaseSession session, short provinceCode, CancellationToken cancel) =>
        session.QueryAsync<(string, byte[], short, byte[])>(Accounts, new { provinceCode }, cancel);

    public static Task InsertStatementAsync(DatabaseSession session, short provinceCode, int importNo, StatementSeen seen, byte[] accountTag, CancellationToken cancel) =>
        session.ExecuteAsync(InsertStatement, new
        {
            provinceCode, importNo, statementNo = seen.No, statementId = seen.Id ?? "", accountTag, sequenceNo = seen.SequenceNo, fromDate = seen.From, toDate = seen.To,
            openingVnd = seen.OpeningVnd, closingVnd = seen.ClosingVnd, currency = seen.Currency,
        }, cancel);

    /// <summary>Loads the facts of a file into the month of its arrival, as they come.</summary>
    public static async Task<long> CopyAsync(DatabaseSession session, short provinceCode, int month, int importNo, IEnumerable<BankFact> facts, CancellationToken cancel)
    {
        await session.ExecuteAsync(OpenMonth, new { month }, cancel);
        var copy = string.Create(CultureInfo.InvariantCulture,
            $"COPY bank_fact_{month} (province_code, month, import_no, entry_no, detail_no, target, target_month, target_run, target_no, target_part, evidence, level, amount_vnd, reason_code, reason_text, event_key, event_date, reported_at, rule, bank_ref) FROM STDIN (FORMAT BINARY)");
        return await session.CopyInAsync(copy, importer =>
        {
            var key = new byte[8];
            foreach (var fact in facts)
            {
                cancel.ThrowIfCancellationRequested();
                var row = fact.Row;
                importer.StartRow();
                importer.Write(provinceCode, NpgsqlDbType.Smallint);
                importer.Write(month, NpgsqlDbType.Integer);
                importer.Write(importNo, NpgsqlDbType.Integer);
                importer.Write(fact.EntryNo, NpgsqlDbType.Integer);
                importer.Write(fact.DetailNo, NpgsqlDbType.Integer);
                importer.Write((short)row.Target, NpgsqlDbType.Smallint);
                if (row.Target == FactTarget.Suspense)
                {
                    for (var i = 0; i < 4; i++) importer.WriteNull();
                }
                else
                {
                    importer.Write(row.Month, NpgsqlDbType.Integer);
                    if (row.Target == FactTarget.Attempt) importer.Write(row.RunNo, NpgsqlDbType.Integer);
                    else importer.WriteNull();
                    importer.Write(row.No, NpgsqlDbType.Integer);
                    if (row.Target == FactTarget.File) importer.WriteNull();
                    else importer.Write(row.Part, NpgsqlDbType.Smallint);
                }

                importer.Write((int)fact.Evidence, NpgsqlDbType.Integer);
                importer.Write((short)fact.Level, NpgsqlDbType.Smallint);
                if (fact.AmountVnd is { } amount) importer.Write(amount, NpgsqlDbType.Bigint);
                else importer.WriteNull();
                Text(fact.ReasonCode);
                Text(fact.ReasonText);
                BinaryPrimitives.WriteUInt64BigEndian(key, fact.EventKey);
                importer.Write(key, NpgsqlDbType.Bytea);
                if (fact.EventDate is { } day) importer.Write(new DateOnly(day.Year, day.Month, day.Day), NpgsqlDbType.Date);
                else importer.WriteNull();
                importer.Write(fact.ReportedAt.ToDateTimeUtc(), NpgsqlDbType.TimestampTz);
                importer.Write((short)fact.Rule, NpgsqlDbType.Smallint);
                Text(fact.BankReference);

                void Text(string? text)
                {
                    // A zero byte cannot stand in PostgreSQL's text.
                    if (text is null) importer.WriteNull();
                    else importer.Write(text.Replace('\0', ' '), NpgsqlDbType.Text);
                }
            }

            return Task.CompletedTask;
        }, cancel);
    }

    /// <summary>Records that bookings are funding, charges or interest by their code.</summary>
    public static Task ClassifyAsync(DatabaseSession session, short provinceCode, int importNo, IReadOnlyList<BankFact> facts, string person, Instant at, long operationNo, CancellationToken cancel) =>
        facts.Count == 0 ? Task.CompletedTask : session.ExecuteAsync(Classify, new
        {
            provinceCode, importNo, person, at, operationNo, entries = facts.Select(fact => fact.EntryNo).ToArray(), details = facts.Select(fact => fact.DetailNo).ToArray(),
            decisions = facts.Select(fact => fact.Rule switch { MatchRule.Funding => "funding", MatchRule.Charge => "charge", _ => "interest" }).ToArray(),
        }, cancel);

    public static Task AppliedAsync(DatabaseSession session, short provinceCode, int importNo, int entries, int facts, int suspense, string findingsJson, Instant at, long operationNo,
        CancellationToken cancel) =>
        session.ExecuteAsync(Applied, new { provinceCode, importNo, entries, facts, suspense, findings = findingsJson, at, operationNo }, cancel);

    /// <summary>All facts about a file, its batches and its attempts; told apart by whether they came with one import.</summary>
    /// <param name="session">Session of the operation.</param>
    /// <param name="provinceCode">The tenant.</param>
    /// <param name="file">The file.</param>
    /// <param name="importNo">The import whose facts are new; 0 for none.</param>
    /// <param name="operationNo">The operation whose decisions are new, and which may have undone others; 0 for none.</param>
    /// <param name="confirming">New is what two persons confirmed of the import, not what it said when it came.</param>
    /// <param name="add">Takes each fact, with the code and words of a fact about a batch or file; the flag says that a fact about an attempt has a reason.</param>
    /// <param name="cancel">Cancels the reading.</param>
    public static async Task ReadAsync(DatabaseSession session, short provinceCode, SentFile file, int importNo, long operationNo, bool confirming, Action<FactPhase, FactRow, FoldedFact, (string? Code, string? Text), bool> add,
        CancellationToken cancel)
    {
        await session.ReadAsync(FileFacts, async reader =>
        {
            while (await reader.ReadAsync(cancel))
            {
                var part = reader.IsDBNull(2) ? (short)0 : reader.GetInt16(2);
                add((FactPhase)reader.GetInt16(0), new FactRow((FactTarget)reader.GetInt16(1), file.Order.Month, 0, file.Order.FileNo, part), Fact(reader),
                    (reader.IsDBNull(8) ? null : reader.GetString(8), reader.IsDBNull(9) ? null : reader.GetString(9)), false);
            }
        }, new { provinceCode, month = file.Order.Month, fileNo = file.Order.FileNo, importNo, operationNo, confirming }, cancel);

        // One range for each run that listed payments of this file.
        foreach (var run in file.Attempts.GroupBy(attempt => (attempt.Month, attempt.RunNo)).OrderBy(group => group.Key))
        {
            await session.ReadAsync(AttemptFacts, async reader =>
            {
                while (await reader.ReadAsync(cancel))
                    add((FactPhase)reader.GetInt16(0), new FactRow(FactTarget.Attempt, run.Key.Month, run.Key.RunNo, reader.GetInt32(1), reader.GetInt16(2)), Fact(reader), default, reader.GetBoolean(8));
            }, new { provinceCode, importNo, operationNo, confirming, month = run.Key.Month, runNo = run.Key.RunNo, lineFrom = run.Min(attempt => attempt.LineNo), lineTo = run.Max(attempt => attempt.LineNo) }, cancel);
        }

        static FoldedFact Fact(Npgsql.NpgsqlDataReader reader) => new((Evidence)reader.GetInt32(3), (EvidenceLevel)reader.GetInt16(4), reader.GetInt64(5),
            BinaryPrimitives.ReadUInt64BigEndian(reader.GetFieldValue<byte[]>(6).AsSpan(0, 8)), Instant.FromDateTimeUtc(reader.GetDateTime(7)).ToUnixTimeTicks());
    }

    /// <summary>What was said about some attempts that failed: reasons, amounts, days. <c>No</c> is the place in the list.</summary>
    public static Task<IReadOnlyList<FailureWord>> WordsAsync(DatabaseSession session, short provinceCode, IReadOnlyList<SentAttempt> attempts, int importNo, long operationNo, CancellationToken cancel, bool confirming = false) =>
        session.QueryAsync<FailureWord>(Words, new
        {
            provinceCode, importNo, operationNo, confirming, nos = Enumerable.Range(0, attempts.Count).ToArray(), months = attempts.Select(one => one.Month).ToArray(), runs = attempts.Select(one => one.RunNo).ToArray(),
            lines = attempts.Select(one => one.LineNo).ToArray(), attempts = attempts.Select(one => one.Attempt).ToArray(),
        }, cancel);

    /// <summary>Whether a booked debit since a day still waits in suspense: then no payment is proven never taken by the absence of its own debit.</summary>
    public static Task<bool> HasOpenDebitsAsync(DatabaseSession session, short provinceCode, LocalDate since, CancellationToken cancel) =>
        session.SingleAsync<bool>(OpenDebits, new { provinceCode, since }, cancel);

    /// <summary>Bookings of an import that another message tells with another amount; the statement's counts.</summary>
    public static Task<IReadOnlyList<OtherAmount>> OtherAmountsAsync(DatabaseSession session, short provinceCode, int month, int importNo, CancellationToken cancel) =>
        session.QueryAsync<OtherAmount>(OtherAmounts, new { provinceCode, month, importNo }, cancel);

    public static async Task<IReadOnlyList<Proof.StatementDays>> StatementsAsync(DatabaseSession session, short provinceCode, byte[] accountTag, LocalDate since, CancellationToken cancel) =>
        (await session.QueryAsync<(LocalDate From, LocalDate To, long? Opening, long? Closing, long? SequenceNo)>(StatementsOf, new { provinceCode, accountTag, since }, cancel))
            .Select(row => new Proof.StatementDays(row.From, row.To, row.Opening, row.Closing, row.SequenceNo)).ToList();
}

/// <summary>One booking with two amounts: on the statement, and in a notification.</summary>
public sealed record OtherAmount
{
    public short Target { get; init; }
    public int Month { get; init; }
    public int RunNo { get; init; }
    public int No { get; init; }
    public short Part { get; init; }
    public long StatementVnd { get; init; }
    public long NotifiedVnd { get; init; }

    /// <summary>The file that told it before.</summary>
    public string OtherFile { get; init; } = "";
}

/// <summary>When a fact counts, seen from one operation.</summary>
public enum FactPhase : short
{
    /// <summary>It stood before and stands after.</summary>
    Stands = 0,

    /// <summary>It counts from this operation on.</summary>
    New = 1,

    /// <summary>This operation took it away: a contra decision, or a corrected file.</summary>
    Gone = 2,
}

/// <summary>One thing said about an attempt that failed.</summary>
public sealed record FailureWord
{
    public int No { get; init; }
    public short Phase { get; init; }
    public int Evidence { get; init; }
    public short Level { get; init; }
    public long? AmountVnd { get; init; }
    public string? ReasonCode { get; init; }
    public string? ReasonText { get; init; }
    public LocalDate? EventDate { get; init; }
}
