using NodaTime;
using PaymentEngine.Core.Reconciliation;

namespace PaymentEngine.Postgres;

/// <summary>One entry, detail or status of a received file.</summary>
public readonly record struct EntryNumber(int ImportNo, int EntryNo, int DetailNo)
{
    public override string ToString() => DetailNo > 0 ? FormattableString.Invariant($"{ImportNo}/{EntryNo}/{DetailNo}") : FormattableString.Invariant($"{ImportNo}/{EntryNo}");
}

/// <summary>An entry as the person sees it who must say what it is.</summary>
public sealed record SuspenseEntry
{
    public int ImportNo { get; init; }
    public int EntryNo { get; init; }
    public int DetailNo { get; init; }
    public string FileName { get; init; } = "";
    public short Target { get; init; }
    public int Evidence { get; init; }
    public short Level { get; init; }
    public short? Rule { get; init; }
    public long AmountVnd { get; init; }
    public LocalDate? EventDate { get; init; }
    public string? ReasonCode { get; init; }
    public string? Text { get; init; }
    public string? PartyName { get; init; }
    public string? PartyTail { get; init; }
    public string? SaidId { get; init; }
    public byte[]? AccountTag { get; init; }
    public int? CaseNo { get; init; }
    public Instant? OpenedAt { get; init; }
    public LocalDate? DueOn { get; init; }
    public string? Owner { get; init; }
    public string? TakenBy { get; init; }

    /// <summary>The decision that stands; null while there is none.</summary>
    public string? Decision { get; init; }
    public string? DecisionRule { get; init; }
    public short Version { get; init; }

    public EntryNumber Number => new(ImportNo, EntryNo, DetailNo);

    public bool IsMoney => Level <= 2 && Evidence != 0;

    public bool IsCredit => (Evidence & (int)(Core.Reconciliation.Evidence.ReturnAnnounced | Core.Reconciliation.Evidence.ReturnBooked | Core.Reconciliation.Evidence.PartBooked)) != 0;
}

/// <summary>A payment that may be what an entry is about.</summary>
public sealed record NearPayment
{
    public int Month { get; init; }
    public int RunNo { get; init; }
    public int LineNo { get; init; }
    public short Attempt { get; init; }
    public long AmountVnd { get; init; }
    public string HolderName { get; init; } = "";
    public LocalDate ExecutionDate { get; init; }
    public bool SameAccount { get; init; }

    public FactRow Row => new(FactTarget.Attempt, Month, RunNo, LineNo, Attempt);
}

/// <summary>A batch whose debit no statement has shown yet.</summary>
public sealed record OpenBatch(int Month, int FileNo, int BatchNo, string PmtInfId, LocalDate ExecutionDate, long SumVnd, long RefusedVnd);

/// <summary>A decision about an entry, to be stored.</summary>
public sealed record NewMatch(EntryNumber Entry, string Decision, FactRow Row, Evidence? Evidence, IReadOnlyList<MatchPart> Parts, string Rule, string? Why);

/// <summary>A decision that stands.</summary>
public sealed record StandingMatch
{
    public int ImportNo { get; init; }
    public int EntryNo { get; init; }
    public int DetailNo { get; init; }
    public short Version { get; init; }
    public string Decision { get; init; } = "";
    public string Rule { get; init; } = "";
    public int? TargetMonth { get; init; }
    public int? TargetRun { get; init; }
    public int? TargetNo { get; init; }
    public short? TargetPart { get; init; }
    public int? Evidence { get; init; }

    public FactRow Row => Decision switch
    {
        "attempt" => new(FactTarget.Attempt, TargetMonth!.Value, TargetRun!.Value, TargetNo!.Value, TargetPart!.Value),
        "batch" => new(FactTarget.Batch, TargetMonth!.Value, 0, TargetNo!.Value, TargetPart!.Value),
        _ => FactRow.Suspense,
    };
}

/// <summary>Entries in suspense, decisions about them and their contra decisions.</summary>
public static class MatchStore
{
    /// <summary>The rule under which ties by the bank's reference are stored: the program makes and undoes them.</summary>
    public const string ByReference = "bank reference";

    const string SuspenseColumns = """
        SELECT f.import_no, f.entry_no, f.detail_no, i.file_name, f.target, f.evidence, f.level, f.rule, coalesce(f.amount_vnd, 0) AS amount_vnd, f.event_date, f.reason_code,
               coalesce(f.reason_text, s.remittance) AS text, s.party_name, s.party_tail, s.said_id, s.account_tag, c.case_no, c.opened_at, c.due_on, c.owner, c.taken_by,
               m.decision, m.rule AS decision_rule,
               coalesce((SELECT max(v.version) FROM match v WHERE v.province_code = f.province_code AND v.import_no = f.import_no AND v.entry_no = f.entry_no AND v.detail_no = f.detail_no), 0)::smallint AS version
          FROM bank_fact f
          JOIN inbox_file i ON i.province_code = f.province_code AND i.import_no = f.import_no
          LEFT JOIN suspense_detail s ON s.province_code = f.province_code AND s.import_no = f.import_no AND s.entry_no = f.entry_no AND s.detail_no = f.detail_no
          LEFT JOIN payment_case c ON c.province_code = f.province_code AND c.import_no = f.import_no AND c.entry_no = f.entry_no AND c.detail_no = f.detail_no
          LEFT JOIN live_match m ON m.province_code = f.province_code AND m.import_no = f.import_no AND m.entry_no = f.entry_no AND m.detail_no = f.detail_no
        """;

    const string Suspense = $"""
        -- MatchStore.Suspense: what waits, the oldest first.
        {SuspenseColumns}
         WHERE f.province_code = @provinceCode AND f.target = 0 AND c.case_no IS NOT NULL AND c.closed_at IS NULL
         ORDER BY c.opened_at, f.import_no, f.entry_no, f.detail_no;
        """;

    const string Entry = $"""
        -- MatchStore.Entry
        {SuspenseColumns}
         WHERE f.province_code = @provinceCode AND f.import_no = @importNo AND f.entry_no = @entryNo AND f.detail_no = @detailNo;
        """;

    const string Insert = """
        -- MatchStore.Insert: the version after the last; the key refuses it while another decision stands.
        INSERT INTO match (province_code, import_no, entry_no, detail_no, version, decision, target_month, target_run, target_no, target_part, evidence, rule, why, person, at, operation_no)
        SELECT @provinceCode, @importNo, @entryNo, @detailNo,
               coalesce((SELECT max(version) FROM match WHERE province_code = @provinceCode AND import_no = @importNo AND entry_no = @entryNo AND detail_no = @detailNo), 0) + 1,
               @decision, @month, @run, @no, @part, @evidence, @rule, @why, @person, @at, @operationNo
        RETURNING version;
        """;

    const string InsertParts = """
        -- MatchStore.InsertParts
        INSERT INTO match_part (province_code, import_no, entry_no, detail_no, version, target_month, target_run, target_no, target_part, amount_vnd, evidence)
        SELECT @provinceCode, @importNo, @entryNo, @detailNo, @version, p.month, p.run_no, p.line_no, p.attempt, p.amount_vnd, p.evidence
          FROM unnest(@months, @runs, @lines, @attempts, @amounts, @evidences) AS p (month, run_no, line_no, attempt, amount_vnd, evidence);
        """;

    const string Undo = """
        -- MatchStore.Undo
        INSERT INTO match_undo (province_code, import_no, entry_no, detail_no, version, why, person, at, operation_no)
        VALUES (@provinceCode, @importNo, @entryNo, @detailNo, @version, @why, @person, @at, @operationNo);
        """;

    const string Standing = """
        -- MatchStore.Standing
        SELECT import_no, entry_no, detail_no, version, decision, rule, target_month, target_run, target_no, target_part, evidence FROM live_match
         WHERE province_code = @provinceCode AND import_no = @importNo AND entry_no = @entryNo AND detail_no = @detailNo;
        """;

    const string Parts = """
        -- MatchStore.Parts
        SELECT target_month, target_run, target_no, target_part, amount_vnd, evidence FROM match_part
         WHERE province_code = @provinceCode AND import_no = @importNo AND entry_no = @entryNo AND detail_no = @detailNo AND version = @version
         ORDER BY target_month, target_run, target_no;
        """;

    const string CloseCases = """
        -- MatchStore.CloseCases: of entries that are in suspense no longer.
        UPDATE payment_case p SET closed_at = @at, closed_how = @how
          FROM unnest(@imports, @entries, @details) AS c (import_no, entry_no, detail_no)
         WHERE p.province_code = @provinceCode AND p.closed_at IS NULL AND p.import_no = c.import_no AND p.entry_no = c.entry_no AND p.detail_no = c.detail_no;
        """;

    const string ReopenCase = """
        -- MatchStore.ReopenCase: an entry that was tied at once never had one.
        UPDATE payment_case SET closed_at = NULL, closed_how = NULL, due_on = @dueOn
         WHERE province_code = @provinceCode AND import_no = @importNo AND entry_no = @entryNo AND detail_no = @detailNo AND closed_at IS NOT NULL;
        INSERT INTO payment_case (province_code, case_no, kind, import_no, entry_no, detail_no, amount_vnd, reason_code, next_action, owner, opened_at, due_on, operation_no)
        SELECT f.province_code, (SELECT last_number('payment_case', @provinceCode)) + 1, 'suspense', f.import_no, f.entry_no, f.detail_no, coalesce(f.amount_vnd, 0), f.reason_code,
               'match_by_hand', 'reconciler', @at, @dueOn, @operationNo
          FROM bank_fact f
         WHERE f.province_code = @provinceCode AND f.import_no = @importNo AND f.entry_no = @entryNo AND f.detail_no = @detailNo
        ON CONFLICT DO NOTHING;
        """;

    // The references that an import brought or that it meets; few have an entry in suspense, and only those are asked about.
    const string ReferenceWords = """
        -- MatchStore.ReferenceWords
        WITH wanted AS MATERIALIZED (
            SELECT DISTINCT s.bank_ref FROM bank_fact s
             WHERE s.province_code = @provinceCode AND s.target = 0 AND s.bank_ref IS NOT NULL AND s.level <= 2 AND s.evidence IN (512, 2048, 4096)
               AND (s.import_no = @importNo
                    OR EXISTS (SELECT FROM bank_fact n WHERE n.province_code = s.province_code AND n.bank_ref = s.bank_ref AND n.import_no = @importNo))
        )
        SELECT f.import_no, f.entry_no, f.detail_no, f.bank_ref, f.target, coalesce(f.target_month, 0), coalesce(f.target_run, 0), coalesce(f.target_no, 0), coalesce(f.target_part, 0::smallint),
               f.evidence, f.level, coalesce(f.amount_vnd, 0)
          FROM wanted w
          JOIN bank_fact f ON f.province_code = @provinceCode AND f.bank_ref = w.bank_ref
         WHERE NOT EXISTS (SELECT FROM inbox_replaced x WHERE x.province_code = f.province_code AND x.import_no = f.import_no);
        """;

    const string InsertDetails = """
        -- MatchStore.InsertDetails
        INSERT INTO suspense_detail (province_code, import_no, entry_no, detail_no, account_tag, party_name, party_tags, party_tail, said_id, remittance)
        VALUES (@provinceCode, @importNo, @entryNo, @detailNo, @accountTag, @partyName, @partyTags, @partyTail, @saidId, @remittance);
        """;

    const string Near = """
        -- MatchStore.Near: payments of an amount executed between two days.
        SELECT a.month, a.run_no, a.line_no, a.attempt, a.amount_vnd, c.holder_name, b.execution_date,
               coalesce(c.account_tag = ANY((SELECT s.party_tags FROM suspense_detail s WHERE s.province_code = @provinceCode AND s.import_no = @importNo AND s.entry_no = @entryNo AND s.detail_no = @detailNo)::bytea[]), false) AS same_account
          FROM batch b
          JOIN standing_file f ON f.province_code = b.province_code AND f.month = b.month AND f.file_no = b.file_no
          JOIN attempt a ON a.province_code = b.province_code AND a.month = b.origin_month AND a.run_no = b.origin_run AND a.route_no = b.route_no AND a.line_no BETWEEN b.line_from AND b.line_to
                        AND a.kind = 1 AND a.carried_month = f.month AND a.carried_run = f.run_no AND a.amount_vnd = @amountVnd
          JOIN channel c ON c.province_code = a.province_code AND c.payee_no = a.payee_no AND c.version = a.channel_version
         WHERE b.province_code = @provinceCode AND b.execution_date BETWEEN @from AND @to
         ORDER BY same_account DESC, a.month, a.run_no, a.line_no, a.attempt;
        """;

    const string Expected = """
        -- MatchStore.Expected: payments whose money is expected back: returned by word, or refused although debited.
        SELECT DISTINCT a.month, a.run_no, a.line_no, a.attempt, a.amount_vnd, '' AS holder_name, c.due_on AS execution_date, false AS same_account
          FROM payment_case c
          JOIN attempt a ON a.province_code = c.province_code AND a.month = c.month AND a.run_no = c.run_no AND a.line_no = c.line_no AND a.attempt = c.attempt AND a.kind = 1
         WHERE c.province_code = @provinceCode AND c.closed_at IS NULL AND c.kind IN ('rejected', 'returned', 'contradicted')
           AND NOT EXISTS (SELECT FROM attempt_end e WHERE e.province_code = a.province_code AND e.month = a.month AND e.run_no = a.run_no AND e.line_no = a.line_no AND e.attempt = a.attempt)
         ORDER BY a.month, a.run_no, a.line_no, a.attempt LIMIT @most;
        """;

    const string OpenBatches = """
        -- MatchStore.OpenBatches: handed over, and no statement shows their debit yet.
        SELECT b.month AS Month, b.file_no AS FileNo, b.batch_no AS BatchNo, b.pmt_inf_id AS PmtInfId, b.execution_date AS ExecutionDate, b.sum_vnd AS SumVnd,
               coalesce((SELECT sum(c.amount_vnd) FROM payment_case c WHERE c.province_code = b.province_code AND c.closed_at IS NULL AND c.kind IN ('rejected', 'cancelled', 'deceased')
                           AND c.month = b.origin_month AND c.run_no = b.origin_run AND c.line_no BETWEEN b.line_from AND b.line_to), 0)::bigint AS RefusedVnd
          FROM batch b JOIN handed_file h ON h.province_code = b.province_code AND h.month = b.month AND h.file_no = b.file_no
         WHERE b.province_code = @provinceCode AND b.execution_date BETWEEN @from AND @to
           AND NOT EXISTS (SELECT FROM decided_fact d WHERE d.province_code = b.province_code AND d.target = 2 AND d.target_month = b.month AND d.target_no = b.file_no AND d.target_part = b.batch_no
                              AND d.level = 1 AND d.evidence = 512)
         ORDER BY b.month, b.file_no, b.batch_no LIMIT 200;
        """;

    const string Targets = """
        -- MatchStore.Targets: all that the facts of an import and the decisions about them are about.
        SELECT DISTINCT target, target_month, coalesce(target_run, 0), target_no, coalesce(target_part, 0::smallint) FROM decided_fact
         WHERE province_code = @provinceCode AND import_no = @importNo AND target IN (1, 2, 3);
        """;

    const string Replace = """
        -- MatchStore.Replace
        INSERT INTO inbox_replaced (province_code, import_no, by_import_no, operation_no) VALUES (@provinceCode, @importNo, @byImportNo, @operationNo);
        UPDATE payment_case SET closed_at = @at, closed_how = 'replaced' WHERE province_code = @provinceCode AND import_no = @importNo AND closed_at IS NULL;
        """;

    const string Accept = """
        -- MatchStore.Accept
        INSERT INTO inbox_accepted (province_code, import_no, person, why, at, operation_no) VALUES (@provinceCode, @importNo, @person, @why, @at, @operationNo);
        """;

    const string SameNumber = """
        -- MatchStore.SameNumber: statements of an account with a number, that still count, near some days.
        SELECT s.import_no AS ImportNo, s.statement_id AS StatementId, s.from_date AS FromDate, s.to_date AS ToDate FROM statement s
         WHERE s.province_code = @provinceCode AND s.account_tag = @accountTag AND s.import_no <> @importNo
           AND (s.sequence_no = @sequenceNo OR (@isCopy AND s.statement_id = @statementId))
           AND (s.from_date IS NULL OR @to::date IS NULL OR s.from_date <= @to) AND (s.to_date IS NULL OR @from::date IS NULL OR s.to_date >= @from)
           AND NOT EXISTS (SELECT FROM inbox_replaced x WHERE x.province_code = s.province_code AND x.import_no = s.import_no);
        """;

    const string SequenceBefore = """
        -- MatchStore.SequenceBefore: the statement of an account with the last number before this one.
        SELECT s.sequence_no, s.to_date FROM statement s
         WHERE s.to_date IS NOT NULL AND s.province_code = @provinceCode AND s.account_tag = @accountTag AND s.sequence_no < @sequenceNo
           AND NOT EXISTS (SELECT FROM inbox_replaced x WHERE x.province_code = s.province_code AND x.import_no = s.import_no)
         ORDER BY s.sequence_no DESC LIMIT 1;
        """;

    const string BesideDays = """
        -- MatchStore.BesideDays: the statement of an account that ends last before some days, and the one that begins first after them.
        (SELECT false AS is_later, s.from_date, s.to_date, s.opening_vnd, s.closing_vnd FROM statement s
          WHERE s.province_code = @provinceCode AND s.account_tag = @accountTag AND s.to_date < @from
            AND NOT EXISTS (SELECT FROM inbox_replaced x WHERE x.province_code = s.province_code AND x.import_no = s.import_no)
          ORDER BY s.to_date DESC, s.sequence_no DESC NULLS LAST LIMIT 1)
        UNION ALL
        (SELECT true, s.from_date, s.to_date, s.opening_vnd, s.closing_vnd FROM statement s
          WHERE s.province_code = @provinceCode AND s.account_tag = @accountTag AND s.from_date > @to
            AND NOT EXISTS (SELECT FROM inbox_replaced x WHERE x.province_code = s.province_code AND x.import_no = s.import_no)
          ORDER BY s.from_date, s.sequence_no NULLS LAST LIMIT 1);
        """;

    const string StatementsOfImport = """
        -- MatchStore.StatementsOfImport
        SELECT count(*)::int FROM statement WHERE province_code = @provinceCode AND import_no = @importNo;
        """;

    const string Received = """
        -- MatchStore.Received: a file by the number it was given.
        SELECT i.import_no, i.file_name, i.received_at, i.parked, a.import_no IS NOT NULL AS applied, i.kind = 'register' AS is_register_file, i.stored_as
          FROM inbox_file i LEFT JOIN inbox_applied a USING (province_code, import_no)
         WHERE i.province_code = @provinceCode AND i.import_no = @importNo;
        """;

    const string Banks = """
        -- MatchStore.Banks: every bank that keeps an account of a payee.
        SELECT DISTINCT bank_bin FROM channel WHERE province_code = @provinceCode ORDER BY 1;
        """;

    public static Task<IReadOnlyList<SuspenseEntry>> SuspenseAsync(DatabaseSession session, short provinceCode, CancellationToken cancel) =>
        session.QueryAsync<SuspenseEntry>(Suspense, new { provinceCode }, cancel);

    public static Task<SuspenseEntry?> EntryAsync(DatabaseSession session, short provinceCode, EntryNumber entry, CancellationToken cancel) =>
        session.FindAsync<SuspenseEntry>(Entry, new { provinceCode, entry.ImportNo, entry.EntryNo, entry.DetailNo }, cancel);

    public static Task<StandingMatch?> StandingAsync(DatabaseSession session, short provinceCode, EntryNumber entry, CancellationToken cancel) =>
        session.FindAsync<StandingMatch>(Standing, new { provinceCode, entry.ImportNo, entry.EntryNo, entry.DetailNo }, cancel);

    public static async Task<IReadOnlyList<MatchPart>> PartsAsync(DatabaseSession session, short provinceCode, StandingMatch match, CancellationToken cancel) =>
        [.. (await session.QueryAsync<(int Month, int Run, int Line, short Attempt, long AmountVnd, int Evidence)>(Parts, new { provinceCode, match.ImportNo, match.EntryNo, match.DetailNo, match.Version }, cancel))
            .Select(row => new MatchPart(new FactRow(FactTarget.Attempt, row.Month, row.Run, row.Line, row.Attempt), row.AmountVnd, (Evidence)row.Evidence))];

    /// <summary>Stores a decision. The store refuses it while another one stands.</summary>
    public static async Task InsertAsync(DatabaseSession session, short provinceCode, NewMatch match, string person, Instant at, long operationNo, CancellationToken cancel)
    {
        var row = match.Row;
        var hasRow = row.Target != FactTarget.Suspense;
        var version = await session.SingleAsync<short>(Insert, new
        {
            provinceCode, match.Entry.ImportNo, match.Entry.EntryNo, match.Entry.DetailNo, match.Decision, month = hasRow ? row.Month : (int?)null, run = row.Target == FactTarget.Attempt ? row.RunNo : (int?)null,
            no = hasRow ? row.No : (int?)null, part = hasRow ? row.Part : (short?)null, evidence = (int?)match.Evidence, match.Rule, match.Why, person, at, operationNo,
        }, cancel);
        if (match.Parts.Count == 0) return;
        await session.ExecuteAsync(InsertParts, new
        {
            provinceCode, match.Entry.ImportNo, match.Entry.EntryNo, match.Entry.DetailNo, version, months = match.Parts.Select(part => part.Row.Month).ToArray(),
            runs = match.Parts.Select(part => part.Row.RunNo).ToArray(), lines = match.Parts.Select(part => part.Row.No).ToArray(), attempts = match.Parts.Select(part => part.Row.Part).ToArray(),
            amounts = match.Parts.Select(part => part.AmountVnd).ToArray(), evidences = match.Parts.Select(part => (int)part.Evidence).ToArray(),
        }, cancel);
    }

    /// <summary>The contra decision of the one that stands.</summary>
    public static Task UndoAsync(DatabaseSession session, short provinceCode, StandingMatch match, string why, string person, Instant at, long operationNo, CancellationToken cancel) =>
        session.ExecuteAsync(Undo, new { provinceCode, match.ImportNo, match.EntryNo, match.DetailNo, match.Version, why, person, at, operationNo }, cancel);

    public static Task CloseCasesAsync(DatabaseSession session, short provinceCode, IReadOnlyCollection<EntryNumber> entries, string how, Instant at, CancellationToken cancel) =>
        entries.Count == 0 ? Task.CompletedTask : session.ExecuteAsync(CloseCases, new
        {
            provinceCode, how, at, imports = entries.Select(one => one.ImportNo).ToArray(), entries = entries.Select(one => one.EntryNo).ToArray(), details = entries.Select(one => one.DetailNo).ToArray(),
        }, cancel);

    public static Task ReopenCaseAsync(DatabaseSession session, short provinceCode, EntryNumber entry, LocalDate dueOn, Instant at, long operationNo, CancellationToken cancel) =>
        session.ExecuteAsync(ReopenCase, new { provinceCode, entry.ImportNo, entry.EntryNo, entry.DetailNo, dueOn, at, operationNo }, cancel);

    /// <summary>All words with the references that an import brought or met, where an entry in suspense has one of them. What they are about has no amount yet.</summary>
    public static async Task<List<ReferenceWord>> ReferenceWordsAsync(DatabaseSession session, short provinceCode, int importNo, CancellationToken cancel)
    {
        var words = new List<ReferenceWord>();
        await session.ReadAsync(ReferenceWords, async reader =>
        {
            while (await reader.ReadAsync(cancel))
                words.Add(new ReferenceWord(reader.GetInt32(0), reader.GetInt32(1), reader.GetInt32(2), reader.GetString(3),
                    new FactRow((FactTarget)reader.GetInt16(4), reader.GetInt32(5), reader.GetInt32(6), reader.GetInt32(7), reader.GetInt16(8)), (Evidence)reader.GetInt32(9), (EvidenceLevel)reader.GetInt16(10), reader.GetInt64(11), 0));
        }, new { provinceCode, importNo }, cancel);
        return words;
    }

    public static async Task InsertDetailAsync(DatabaseSession session, short provinceCode, EntryNumber entry, byte[]? accountTag, UnnamedBooking said, byte[][]? partyTags, CancellationToken cancel)
    {
        var account = said.PartyAccount;
        await session.ExecuteAsync(InsertDetails, new
        {
            provinceCode, entry.ImportNo, entry.EntryNo, entry.DetailNo, accountTag, partyName = Clean(said.PartyName), partyTags, partyTail = account is null ? null : account.Length <= 4 ? account : account[^4..],
            saidId = Clean(said.SaidId), remittance = Clean(said.Remittance),
        }, cancel);

        static string? Clean(string? text) => text?.Replace('\0', ' ');
    }

    /// <summary>Payments of an amount executed between two days; those to the entry's own account first.</summary>
    public static Task<IReadOnlyList<NearPayment>> NearAsync(DatabaseSession session, short provinceCode, EntryNumber entry, long amountVnd, LocalDate from, LocalDate to, CancellationToken cancel) =>
        session.QueryAsync<NearPayment>(Near, new { provinceCode, entry.ImportNo, entry.EntryNo, entry.DetailNo, amountVnd, from, to }, cancel);

    /// <summary>Payments whose money is expected back, at most so many.</summary>
    public static Task<IReadOnlyList<NearPayment>> ExpectedAsync(DatabaseSession session, short provinceCode, int most, CancellationToken cancel) =>
        session.QueryAsync<NearPayment>(Expected, new { provinceCode, most }, cancel);

    public static Task<IReadOnlyList<OpenBatch>> OpenBatchesAsync(DatabaseSession session, short provinceCode, LocalDate from, LocalDate to, CancellationToken cancel) =>
        session.QueryAsync<OpenBatch>(OpenBatches, new { provinceCode, from, to }, cancel);

    /// <summary>All that an import's facts are about.</summary>
    public static async Task<IReadOnlyList<FactRow>> TargetsAsync(DatabaseSession session, short provinceCode, int importNo, CancellationToken cancel) =>
        [.. (await session.QueryAsync<(int Target, int Month, int Run, int No, short Part)>(Targets, new { provinceCode, importNo }, cancel))
            .Select(row => new FactRow((FactTarget)row.Target, row.Month, row.Run, row.No, row.Part))];

    /// <summary>From this operation on nothing of an import counts; its open cases close.</summary>
    public static Task ReplaceAsync(DatabaseSession session, short provinceCode, int importNo, int byImportNo, Instant at, long operationNo, CancellationToken cancel) =>
        session.ExecuteAsync(Replace, new { provinceCode, importNo, byImportNo, at, operationNo }, cancel);

    public static Task AcceptAsync(DatabaseSession session, short provinceCode, int importNo, string person, string why, Instant at, long operationNo, CancellationToken cancel) =>
        session.ExecuteAsync(Accept, new { provinceCode, importNo, person, why, at, operationNo }, cancel);

    /// <summary>Earlier statements that one with this number, or a copy with this id, corrects.</summary>
    public static Task<IReadOnlyList<(int ImportNo, string StatementId, LocalDate? FromDate, LocalDate? ToDate)>> SameNumberAsync(DatabaseSession session, short provinceCode, byte[] accountTag, int importNo, StatementSeen seen,
        bool isCopy, CancellationToken cancel) =>
        session.QueryAsync<(int, string, LocalDate?, LocalDate?)>(SameNumber, new
        {
            provinceCode, accountTag, importNo, sequenceNo = seen.SequenceNo, statementId = seen.Id ?? "", isCopy, from = seen.From, to = seen.To,
        }, cancel);

    /// <summary>The highest number of an account's statements below one, with the statement's last day; null when there is none.</summary>
    public static Task<(long SequenceNo, LocalDate To)?> SequenceBeforeAsync(DatabaseSession session, short provinceCode, byte[] accountTag, long sequenceNo, CancellationToken cancel) =>
        session.FindAsync<(long, LocalDate)?>(SequenceBefore, new { provinceCode, accountTag, sequenceNo }, cancel);

    /// <summary>The stored statements of an account next before and next after some days.</summary>
    public static Task<IReadOnlyList<(bool IsLater, LocalDate From, LocalDate To, long? OpeningVnd, long? ClosingVnd)>> BesideDaysAsync(DatabaseSession session, short provinceCode, byte[] accountTag, LocalDate from, LocalDate to,
        CancellationToken cancel) => session.QueryAsync<(bool, LocalDate, LocalDate, long?, long?)>(BesideDays, new { provinceCode, accountTag, from, to }, cancel);

    public static Task<int> StatementsOfImportAsync(DatabaseSession session, short provinceCode, int importNo, CancellationToken cancel) =>
        session.SingleAsync<int>(StatementsOfImport, new { provinceCode, importNo }, cancel);

    public static Task<KnownFile?> ReceivedAsync(DatabaseSession session, short provinceCode, int importNo, CancellationToken cancel) =>
        session.FindAsync<KnownFile>(Received, new { provinceCode, importNo }, cancel);

    public static Task<IReadOnlyList<string>> BanksAsync(DatabaseSession session, short provinceCode, CancellationToken cancel) => session.QueryAsync<string>(Banks, new { provinceCode }, cancel);
}
