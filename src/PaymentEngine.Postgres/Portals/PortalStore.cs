using NodaTime;
using PaymentEngine.Core.Portals;
using PaymentEngine.Postgres.Register;

namespace PaymentEngine.Postgres.Portals;

/// <summary>A procedure as it stands on some day.</summary>
public sealed record StoredProcedure(string ProcedureCode, LocalDate ValidFrom, int Version, string Name, short Subject, short WorkingDays, string Source);

/// <summary>A file of applications that came in.</summary>
public sealed record StoredInbox(int InboxNo, string Portal, string FileName, byte[] Sha256, Instant At);

/// <summary>What a row of a file came to.</summary>
public sealed record StoredInboxRow(int Line, string? CaseId, short Result, string? Code, string? Reason);

/// <summary>A content of an application, by its digest, with whether somebody decided on it.</summary>
public sealed record KnownContent(string CaseId, int CaseNo, int ContentNo, byte[] Digest, short State);

/// <summary>A content to be stored.</summary>
/// <param name="CaseNo">The case; several contents of one case are numbered on.</param>
/// <param name="ContentNo">From 1.</param>
/// <param name="IsNew">The case itself is new.</param>
/// <param name="Line">Its line in the file.</param>
/// <param name="Application">What the portal says.</param>
/// <param name="Number">The person's number, sealed; null: not given.</param>
/// <param name="Procedure">The procedure of its day.</param>
/// <param name="DueOn">Last day of the term.</param>
/// <param name="Digest">Of all of it.</param>
public sealed record NewContent(int CaseNo, int ContentNo, bool IsNew, int Line, PortalApplication Application, SealedNumber? Number, StoredProcedure Procedure, LocalDate DueOn, byte[] Digest);

/// <summary>An application as it stands now.</summary>
public sealed record StoredPortalCase
{
    public int CaseNo { get; init; }
    public string Portal { get; init; } = "";
    public string CaseId { get; init; } = "";
    public string ProcedureCode { get; init; } = "";
    public string ProcedureName { get; init; } = "";
    public short Subject { get; init; }
    public short WorkingDays { get; init; }
    public byte[]? IdNumberTag { get; init; }
    public string? IdNumberTail { get; init; }
    public string FullName { get; init; } = "";
    public string? CommuneCode { get; init; }
    public DateTime SubmittedAt { get; init; }
    public DateTime EventAt { get; init; }
    public LocalDate DueOn { get; init; }
    public string? Note { get; init; }
    public int StepNo { get; init; }
    public short State { get; init; }
    public DateTime HappenedAt { get; init; }
    public string? Reason { get; init; }
    public Instant At { get; init; }

    /// <summary>Who took the last step; null: nobody yet.</summary>
    public string? Worker { get; init; }

    /// <summary>A content that waits for a decision; null: none.</summary>
    public int? DifferingNo { get; init; }

    /// <summary>See <see cref="PortalDelivery"/>.</summary>
    public int Delivery { get; init; }

    public string? ReceiptReason { get; init; }
}

/// <summary>A step with who took it.</summary>
public sealed record StoredPortalStep(int StepNo, short Step, short State, DateTime HappenedAt, string? Reason, string Person, Instant At, string? OutboxFile, short? Receipt, string? ReceiptReason);

/// <summary>A content of an application.</summary>
public sealed record StoredPortalContent(int ContentNo, string ProcedureCode, string? IdNumberTail, string FullName, string? CommuneCode, DateTime SubmittedAt, DateTime EventAt, LocalDate DueOn, string? Note, string FileName, int Line, bool? IsTaken, string? DecidedBy, string? Reason);

/// <summary>A status file of ours.</summary>
public sealed record StoredOutbox(int OutboxNo, string Portal, string FileName, int Items, byte[] Sha256, string Person, Instant At, int Acknowledged, int Refused);

/// <summary>A row of a status file.</summary>
public sealed record StoredOutboxRow(int Line, int CaseNo, int StepNo, string CaseId, string ProcedureCode, short State, DateTime HappenedAt, LocalDate DueOn, string? Reason);

/// <summary>The exchange with case-handling portals as stored. Set-based: a file is a handful of statements, whatever its length.</summary>
public static class PortalStore
{
    const string Lock = """
        -- PortalStore.Lock: numbers of cases and files are given one after the other.
        SELECT pg_advisory_xact_lock(hashtextextended('payengine.portals', @provinceCode));
        """;

    const string Procedures = """
        -- PortalStore.Procedures
        SELECT DISTINCT ON (procedure_code, valid_from) procedure_code, valid_from, version, name, subject, working_days, source
          FROM portal_procedure WHERE province_code = @provinceCode ORDER BY procedure_code, valid_from, version DESC;
        """;

    const string InsertProcedure = """
        -- PortalStore.InsertProcedure
        INSERT INTO portal_procedure (province_code, procedure_code, valid_from, version, name, subject, working_days, source, person, at, operation_no)
        VALUES (@provinceCode, @code, @validFrom, @version, @name, @subject, @workingDays, @source, @person, @at, @operationNo);
        """;

    const string FindInbox = """
        -- PortalStore.FindInbox
        SELECT inbox_no, portal, file_name, sha256, at FROM portal_inbox WHERE province_code = @provinceCode AND sha256 = @sha256;
        """;

    const string InsertInbox = """
        -- PortalStore.InsertInbox
        INSERT INTO portal_inbox (province_code, inbox_no, portal, file_name, sha256, person, at, operation_no)
        VALUES (@provinceCode, (SELECT coalesce(max(inbox_no), 0) + 1 FROM portal_inbox WHERE province_code = @provinceCode), @portal, @fileName, @sha256, @person, @at, @operationNo) RETURNING inbox_no;
        """;

    const string Known = """
        -- PortalStore.Known: every content of these applications.
        SELECT c.case_id, c.case_no, n.content_no, n.digest, s.state
          FROM portal_case c
          JOIN portal_content n USING (province_code, case_no)
          JOIN LATERAL (SELECT state FROM portal_step x WHERE x.province_code = c.province_code AND x.case_no = c.case_no ORDER BY step_no DESC LIMIT 1) s ON true
         WHERE c.province_code = @provinceCode AND c.portal = @portal AND c.case_id = ANY (@caseIds) ORDER BY c.case_no, n.content_no;
        """;

    const string NextCase = """
        -- PortalStore.NextCase
        SELECT coalesce(max(case_no), 0) + 1 FROM portal_case WHERE province_code = @provinceCode;
        """;

    const string InsertContents = """
        -- PortalStore.InsertContents: new applications with their first step, and other contents of known ones.
        INSERT INTO portal_case (province_code, case_no, portal, case_id, inbox_no)
        SELECT @provinceCode, n.case_no, @portal, n.case_id, @inboxNo FROM unnest(@caseNos, @caseIds, @news) AS n (case_no, case_id, is_new) WHERE n.is_new = 1;
        INSERT INTO portal_content (province_code, case_no, content_no, digest, procedure_code, procedure_name, subject, working_days, id_number_key, id_number_cipher, id_number_tag, id_number_tail, full_name, commune_code,
                                    submitted_at, event_at, due_on, note, inbox_no, line)
        SELECT @provinceCode, n.case_no, n.content_no, n.digest, n.procedure_code, n.procedure_name, n.subject, n.working_days, n.key, n.cipher, n.tag, n.tail, n.full_name, nullif(n.commune_code, ''),
               n.submitted_at::timestamp, n.event_at::timestamp, n.due_on::date, nullif(n.note, ''), @inboxNo, n.line
          FROM unnest(@caseNos, @contentNos, @digests, @procedureCodes, @procedureNames, @subjects, @workingDays, @keys, @ciphers, @tags, @tails, @fullNames, @communeCodes, @submittedAts, @eventAts, @dueOns, @notes, @lines)
            AS n (case_no, content_no, digest, procedure_code, procedure_name, subject, working_days, key, cipher, tag, tail, full_name, commune_code, submitted_at, event_at, due_on, note, line);
        INSERT INTO portal_step (province_code, case_no, step_no, from_state, step, state, happened_at, person, at, operation_no)
        SELECT @provinceCode, n.case_no, 1, 0, 1, 1, n.event_at::timestamp, @person, @at, @operationNo FROM unnest(@caseNos, @news, @eventAts) AS n (case_no, is_new, event_at) WHERE n.is_new = 1;
        """;

    const string InsertInboxRows = """
        -- PortalStore.InsertInboxRows
        INSERT INTO portal_inbox_row (province_code, inbox_no, line, case_id, result, code, reason)
        SELECT @provinceCode, @inboxNo, n.line, nullif(n.case_id, ''), n.result, nullif(n.code, ''), nullif(n.reason, '') FROM unnest(@lines, @caseIds, @results, @codes, @reasons) AS n (line, case_id, result, code, reason);
        """;

    const string InboxRows = """
        -- PortalStore.InboxRows
        SELECT line, case_id, result, code, reason FROM portal_inbox_row WHERE province_code = @provinceCode AND inbox_no = @inboxNo ORDER BY line;
        """;

    const string Columns = """
        case_no, portal, case_id, procedure_code, procedure_name, subject, working_days, id_number_tag, id_number_tail, full_name, commune_code, submitted_at, event_at, due_on, note, step_no, state, happened_at, reason, at, worker, differing_no, delivery, receipt_reason
          FROM portal_case_now WHERE province_code = @provinceCode
        """;

    const string Cases = $"""
        -- PortalStore.Cases
        SELECT {Columns} AND (@portal IS NULL OR portal = @portal) AND (@state = 0 OR state = @state) AND (NOT @open OR state IN (1, 2, 4)) AND (@dueBefore::date IS NULL OR (state IN (1, 2, 4) AND due_on < @dueBefore)) AND (NOT @differing OR differing_no IS NOT NULL)
         ORDER BY due_on, case_no;
        """;

    const string Case = $"""
        -- PortalStore.Case
        SELECT {Columns} AND case_id = @caseId AND (@portal IS NULL OR portal = @portal) ORDER BY case_no;
        """;

    const string Compared = $"""
        -- PortalStore.Compared: everything of a portal that is not over, and whatever the portal names.
        SELECT {Columns} AND portal = @portal AND (state NOT IN (6, 7) OR case_id = ANY (@caseIds)) ORDER BY case_no;
        """;

    const string Steps = """
        -- PortalStore.Steps
        SELECT s.step_no, s.step, s.state, s.happened_at, s.reason, s.person, s.at, b.file_name AS outbox_file, r.result AS receipt, r.reason AS receipt_reason
          FROM portal_step s
          LEFT JOIN portal_outbox_row o USING (province_code, case_no, step_no)
          LEFT JOIN portal_outbox b ON b.province_code = o.province_code AND b.outbox_no = o.outbox_no
          LEFT JOIN LATERAL (SELECT x.result, coalesce(x.reason, x.code) AS reason FROM portal_receipt x WHERE x.province_code = o.province_code AND x.outbox_no = o.outbox_no AND x.line = o.line ORDER BY x.receipt_no DESC LIMIT 1) r ON true
         WHERE s.province_code = @provinceCode AND s.case_no = @caseNo ORDER BY s.step_no;
        """;

    const string Contents = """
        -- PortalStore.Contents
        SELECT n.content_no, n.procedure_code, n.id_number_tail, n.full_name, n.commune_code, n.submitted_at, n.event_at, n.due_on, n.note, i.file_name, n.line, CASE WHEN n.content_no = 1 THEN true ELSE d.is_taken END AS is_taken, d.person AS decided_by, d.reason
          FROM portal_content n JOIN portal_inbox i USING (province_code, inbox_no)
          LEFT JOIN portal_content_decision d ON d.province_code = n.province_code AND d.case_no = n.case_no AND d.content_no = n.content_no
         WHERE n.province_code = @provinceCode AND n.case_no = @caseNo ORDER BY n.content_no;
        """;

    const string InsertStep = """
        -- PortalStore.InsertStep: of two people who take a step at once the key lets one.
        INSERT INTO portal_step (province_code, case_no, step_no, from_state, step, state, happened_at, reason, person, at, operation_no)
        VALUES (@provinceCode, @caseNo, @stepNo, @fromState, @step, @state, @happenedAt::timestamp, nullif(@reason, ''), @person, @at, @operationNo) ON CONFLICT DO NOTHING;
        """;

    const string InsertDecision = """
        -- PortalStore.InsertDecision
        INSERT INTO portal_content_decision (province_code, case_no, content_no, is_taken, reason, person, at, operation_no)
        VALUES (@provinceCode, @caseNo, @contentNo, @isTaken, @reason, @person, @at, @operationNo) ON CONFLICT DO NOTHING;
        """;

    const string Unsent = """
        -- PortalStore.Unsent: steps of ours the portal has not been told; the first one is told by the receipt.
        SELECT (row_number() OVER (ORDER BY s.case_no, s.step_no) + 1)::int AS line, s.case_no, s.step_no, c.case_id, c.procedure_code, s.state, s.happened_at, c.due_on, s.reason
          FROM portal_step s JOIN portal_case_now c USING (province_code, case_no)
         WHERE s.province_code = @provinceCode AND c.portal = @portal AND s.step_no > 1
           AND NOT EXISTS (SELECT FROM portal_outbox_row o WHERE o.province_code = s.province_code AND o.case_no = s.case_no AND o.step_no = s.step_no)
         ORDER BY s.case_no, s.step_no;
        """;

    const string NextOutbox = """
        -- PortalStore.NextOutbox
        SELECT coalesce(max(outbox_no), 0) + 1 FROM portal_outbox WHERE province_code = @provinceCode;
        """;

    const string InsertOutbox = """
        -- PortalStore.InsertOutbox
        INSERT INTO portal_outbox (province_code, outbox_no, portal, file_name, items, sha256, person, at, operation_no) VALUES (@provinceCode, @outboxNo, @portal, @fileName, cardinality(@lines), @sha256, @person, @at, @operationNo);
        INSERT INTO portal_outbox_row (province_code, outbox_no, line, case_no, step_no) SELECT @provinceCode, @outboxNo, n.line, n.case_no, n.step_no FROM unnest(@lines, @caseNos, @stepNos) AS n (line, case_no, step_no);
        """;

    const string Outboxes = """
        -- PortalStore.Outboxes
        SELECT b.outbox_no, b.portal, b.file_name, b.items, b.sha256, b.person, b.at, coalesce(r.acknowledged, 0)::int AS acknowledged, coalesce(r.refused, 0)::int AS refused
          FROM portal_outbox b
          LEFT JOIN LATERAL (SELECT count(*) FILTER (WHERE result <> 4) AS acknowledged, count(*) FILTER (WHERE result = 4) AS refused
                               FROM (SELECT DISTINCT ON (line) result FROM portal_receipt x WHERE x.province_code = b.province_code AND x.outbox_no = b.outbox_no ORDER BY line, receipt_no DESC) latest) r ON true
         WHERE b.province_code = @provinceCode ORDER BY b.outbox_no;
        """;

    // Content and due day are those of the time the file was written: a decision on a later content must not change its bytes.
    const string OutboxRows = """
        -- PortalStore.OutboxRows
        SELECT o.line, o.case_no, o.step_no, c.case_id, n.procedure_code, s.state, s.happened_at, n.due_on, s.reason
          FROM portal_outbox_row o
          JOIN portal_outbox b USING (province_code, outbox_no)
          JOIN portal_case c USING (province_code, case_no)
          JOIN portal_step s ON s.province_code = o.province_code AND s.case_no = o.case_no AND s.step_no = o.step_no
          JOIN LATERAL (SELECT x.procedure_code, x.due_on FROM portal_content x
                         WHERE x.province_code = o.province_code AND x.case_no = o.case_no
                           AND (x.content_no = 1 OR EXISTS (SELECT FROM portal_content_decision y WHERE y.province_code = x.province_code AND y.case_no = x.case_no AND y.content_no = x.content_no AND y.is_taken AND y.operation_no < b.operation_no))
                         ORDER BY x.content_no DESC LIMIT 1) n ON true
         WHERE o.province_code = @provinceCode AND (@outboxNo = 0 OR o.outbox_no = @outboxNo) AND (@sha256::bytea IS NULL OR b.sha256 = @sha256) ORDER BY o.outbox_no, o.line;
        """;

    const string FindOutbox = """
        -- PortalStore.FindOutbox
        SELECT outbox_no FROM portal_outbox WHERE province_code = @provinceCode AND sha256 = @sha256;
        """;

    const string InsertReceipts = """
        -- PortalStore.InsertReceipts: a receipt that says what the last one said is not written again.
        INSERT INTO portal_receipt (province_code, outbox_no, line, receipt_no, result, code, reason, person, at, operation_no)
        SELECT @provinceCode, n.outbox_no, n.line, coalesce(r.receipt_no, 0) + 1, n.result, nullif(n.code, ''), nullif(n.reason, ''), @person, @at, @operationNo
          FROM unnest(@outboxNos, @lines, @results, @codes, @reasons) AS n (outbox_no, line, result, code, reason)
          LEFT JOIN LATERAL (SELECT * FROM portal_receipt x WHERE x.province_code = @provinceCode AND x.outbox_no = n.outbox_no AND x.line = n.line ORDER BY receipt_no DESC LIMIT 1) r ON true
         WHERE (r.result, coalesce(r.code, ''), coalesce(r.reason, '')) IS DISTINCT FROM (n.result, n.code, n.reason);
        """;

    const string InsertReconciliation = """
        -- PortalStore.InsertReconciliation
        INSERT INTO portal_reconciliation (province_code, reconciliation_no, portal, file_name, sha256, same, differing, only_theirs, only_ours, person, at, operation_no)
        VALUES (@provinceCode, (SELECT coalesce(max(reconciliation_no), 0) + 1 FROM portal_reconciliation WHERE province_code = @provinceCode), @portal, @fileName, @sha256, @same, @differing, @onlyTheirs, @onlyOurs, @person, @at, @operationNo)
        RETURNING reconciliation_no;
        """;

    const string Moves = """
        -- PortalStore.Moves
        SELECT from_state, step, to_state FROM portal_move ORDER BY 1, 2;
        """;

    public static Task LockAsync(DatabaseSession session, short provinceCode, CancellationToken cancel) => session.ExecuteAsync(Lock, new { provinceCode }, cancel);

    /// <summary>Every procedure with its first days.</summary>
    public static Task<IReadOnlyList<StoredProcedure>> ProceduresAsync(DatabaseSession session, short provinceCode, CancellationToken cancel) => session.QueryAsync<StoredProcedure>(Procedures, new { provinceCode }, cancel);

    public static Task InsertProcedureAsync(DatabaseSession session, short provinceCode, PortalProcedure procedure, int version, (string Person, Instant At, long OperationNo) by, CancellationToken cancel) => session.ExecuteAsync(InsertProcedure, new
    {
        provinceCode, code = procedure.Code, validFrom = procedure.ValidFrom, version, name = procedure.Name, subject = (short)procedure.Subject, workingDays = (short)procedure.WorkingDays, source = procedure.Source, person = by.Person, at = by.At, operationNo = by.OperationNo,
    }, cancel);

    /// <summary>The file of these bytes, when it came before.</summary>
    public static Task<StoredInbox?> FindInboxAsync(DatabaseSession session, short provinceCode, byte[] sha256, CancellationToken cancel) => session.FindAsync<StoredInbox>(FindInbox, new { provinceCode, sha256 }, cancel);

    public static Task<int> InsertInboxAsync(DatabaseSession session, short provinceCode, string portal, string fileName, byte[] sha256, (string Person, Instant At, long OperationNo) by, CancellationToken cancel) =>
        session.SingleAsync<int>(InsertInbox, new { provinceCode, portal, fileName, sha256, person = by.Person, at = by.At, operationNo = by.OperationNo }, cancel);

    /// <summary>What is known of these applications, every content of each.</summary>
    public static Task<IReadOnlyList<KnownContent>> KnownAsync(DatabaseSession session, short provinceCode, string portal, string[] caseIds, CancellationToken cancel) => session.QueryAsync<KnownContent>(Known, new { provinceCode, portal, caseIds }, cancel);

    public static Task<int> NextCaseAsync(DatabaseSession session, short provinceCode, CancellationToken cancel) => session.SingleAsync<int>(NextCase, new { provinceCode }, cancel);

    /// <summary>Stores contents, with the cases and first steps of new ones.</summary>
    public static Task InsertContentsAsync(DatabaseSession session, short provinceCode, string portal, int inboxNo, IReadOnlyList<NewContent> contents, (string Person, Instant At, long OperationNo) by, CancellationToken cancel) =>
        contents.Count == 0 ? Task.CompletedTask : session.ExecuteAsync(InsertContents, new
        {
            provinceCode, portal, inboxNo, person = by.Person, at = by.At, operationNo = by.OperationNo,
            caseNos = contents.Select(one => one.CaseNo).ToArray(), caseIds = contents.Select(one => one.Application.CaseId).ToArray(), news = contents.Select(one => one.IsNew ? 1 : 0).ToArray(), contentNos = contents.Select(one => one.ContentNo).ToArray(),
            digests = contents.Select(one => one.Digest).ToArray(), procedureCodes = contents.Select(one => one.Procedure.ProcedureCode).ToArray(), procedureNames = contents.Select(one => one.Procedure.Name).ToArray(), subjects = contents.Select(one => one.Procedure.Subject).ToArray(),
            workingDays = contents.Select(one => one.Procedure.WorkingDays).ToArray(), keys = contents.Select(one => one.Number?.Key).ToArray(), ciphers = contents.Select(one => one.Number?.Cipher).ToArray(), tags = contents.Select(one => one.Number?.Tag).ToArray(),
            tails = contents.Select(one => one.Number?.Tail).ToArray(), fullNames = contents.Select(one => one.Application.FullName).ToArray(), communeCodes = contents.Select(one => one.Application.CommuneCode ?? "").ToArray(),
            submittedAts = contents.Select(one => Text(one.Application.SubmittedAt)).ToArray(), eventAts = contents.Select(one => Text(one.Application.EventAt)).ToArray(), dueOns = contents.Select(one => NodaTime.Text.LocalDatePattern.Iso.Format(one.DueOn)).ToArray(),
            notes = contents.Select(one => one.Application.Note ?? "").ToArray(), lines = contents.Select(one => one.Line).ToArray(),
        }, cancel);

    public static Task InsertInboxRowsAsync(DatabaseSession session, short provinceCode, int inboxNo, IReadOnlyList<StoredInboxRow> rows, CancellationToken cancel) => session.ExecuteAsync(InsertInboxRows, new
    {
        provinceCode, inboxNo, lines = rows.Select(row => row.Line).ToArray(), caseIds = rows.Select(row => row.CaseId ?? "").ToArray(), results = rows.Select(row => row.Result).ToArray(), codes = rows.Select(row => row.Code ?? "").ToArray(), reasons = rows.Select(row => row.Reason ?? "").ToArray(),
    }, cancel);

    /// <summary>What each row of a file came to, by line.</summary>
    public static Task<IReadOnlyList<StoredInboxRow>> InboxRowsAsync(DatabaseSession session, short provinceCode, int inboxNo, CancellationToken cancel) => session.QueryAsync<StoredInboxRow>(InboxRows, new { provinceCode, inboxNo }, cancel);

    /// <summary>Applications, the most urgent first.</summary>
    /// <param name="session">The caller's eyes.</param>
    /// <param name="provinceCode">The tenant.</param>
    /// <param name="portal">Null: of every portal.</param>
    /// <param name="state">0: in any state.</param>
    /// <param name="open">Only those whose term runs.</param>
    /// <param name="dueBefore">Only those whose term runs and ended before this day; null: all.</param>
    /// <param name="differing">Only those with a content to decide on.</param>
    /// <param name="cancel">Cancels the statement.</param>
    public static Task<IReadOnlyList<StoredPortalCase>> CasesAsync(DatabaseSession session, short provinceCode, string? portal, short state, bool open, LocalDate? dueBefore, bool differing, CancellationToken cancel) =>
        session.QueryAsync<StoredPortalCase>(Cases, new { provinceCode, portal, state, open, dueBefore, differing }, cancel);

    /// <summary>The applications with an id: one for each portal at most.</summary>
    public static Task<IReadOnlyList<StoredPortalCase>> CaseAsync(DatabaseSession session, short provinceCode, string caseId, string? portal, CancellationToken cancel) => session.QueryAsync<StoredPortalCase>(Case, new { provinceCode, caseId, portal }, cancel);

    /// <summary>What is held against a portal's list.</summary>
    public static Task<IReadOnlyList<StoredPortalCase>> ComparedAsync(DatabaseSession session, short provinceCode, string portal, string[] caseIds, CancellationToken cancel) => session.QueryAsync<StoredPortalCase>(Compared, new { provinceCode, portal, caseIds }, cancel);

    /// <summary>The trace of an application.</summary>
    public static Task<IReadOnlyList<StoredPortalStep>> StepsAsync(DatabaseSession session, short provinceCode, int caseNo, CancellationToken cancel) => session.QueryAsync<StoredPortalStep>(Steps, new { provinceCode, caseNo }, cancel);

    /// <summary>Everything the portal said of an application.</summary>
    public static Task<IReadOnlyList<StoredPortalContent>> ContentsAsync(DatabaseSession session, short provinceCode, int caseNo, CancellationToken cancel) => session.QueryAsync<StoredPortalContent>(Contents, new { provinceCode, caseNo }, cancel);

    /// <summary>Takes a step; false when somebody else took one meanwhile.</summary>
    public static async Task<bool> InsertStepAsync(DatabaseSession session, short provinceCode, int caseNo, int stepNo, PortalState from, PortalStep step, PortalState state, LocalDateTime happenedAt, string? reason, (string Person, Instant At, long OperationNo) by, CancellationToken cancel) =>
        await session.ExecuteAsync(InsertStep, new { provinceCode, caseNo, stepNo, fromState = (short)from, step = (short)step, state = (short)state, happenedAt = Text(happenedAt), reason = reason ?? "", person = by.Person, at = by.At, operationNo = by.OperationNo }, cancel) == 1;

    /// <summary>Decides on a content; false when somebody else did meanwhile.</summary>
    public static async Task<bool> InsertDecisionAsync(DatabaseSession session, short provinceCode, int caseNo, int contentNo, bool isTaken, string reason, (string Person, Instant At, long OperationNo) by, CancellationToken cancel) =>
        await session.ExecuteAsync(InsertDecision, new { provinceCode, caseNo, contentNo, isTaken, reason, person = by.Person, at = by.At, operationNo = by.OperationNo }, cancel) == 1;

    /// <summary>What the portal has not been told yet, in the order of a file.</summary>
    public static Task<IReadOnlyList<StoredOutboxRow>> UnsentAsync(DatabaseSession session, short provinceCode, string portal, CancellationToken cancel) => session.QueryAsync<StoredOutboxRow>(Unsent, new { provinceCode, portal }, cancel);

    public static Task<int> NextOutboxAsync(DatabaseSession session, short provinceCode, CancellationToken cancel) => session.SingleAsync<int>(NextOutbox, new { provinceCode }, cancel);

    public static Task InsertOutboxAsync(DatabaseSession session, short provinceCode, int outboxNo, string portal, string fileName, byte[] sha256, IReadOnlyList<StoredOutboxRow> rows, (string Person, Instant At, long OperationNo) by, CancellationToken cancel) => session.ExecuteAsync(InsertOutbox, new
    {
        provinceCode, outboxNo, portal, fileName, sha256, lines = rows.Select(row => row.Line).ToArray(), caseNos = rows.Select(row => row.CaseNo).ToArray(), stepNos = rows.Select(row => row.StepNo).ToArray(), person = by.Person, at = by.At, operationNo = by.OperationNo,
    }, cancel);

    /// <summary>Our status files with how far they are acknowledged.</summary>
    public static Task<IReadOnlyList<StoredOutbox>> OutboxesAsync(DatabaseSession session, short provinceCode, CancellationToken cancel) => session.QueryAsync<StoredOutbox>(Outboxes, new { provinceCode }, cancel);

    /// <summary>The rows of one of our files, as they were when it was written.</summary>
    public static Task<IReadOnlyList<StoredOutboxRow>> OutboxRowsAsync(DatabaseSession session, short provinceCode, int outboxNo, byte[]? sha256, CancellationToken cancel) => session.QueryAsync<StoredOutboxRow>(OutboxRows, new { provinceCode, outboxNo, sha256 }, cancel);

    /// <summary>The number of our file with these bytes.</summary>
    public static Task<int?> FindOutboxAsync(DatabaseSession session, short provinceCode, byte[] sha256, CancellationToken cancel) => session.FindAsync<int?>(FindOutbox, new { provinceCode, sha256 }, cancel);

    /// <summary>Stores receipts; how many said something new.</summary>
    public static Task<int> InsertReceiptsAsync(DatabaseSession session, short provinceCode, IReadOnlyList<(int OutboxNo, PortalReceipt Receipt)> receipts, (string Person, Instant At, long OperationNo) by, CancellationToken cancel) => session.ExecuteAsync(InsertReceipts, new
    {
        provinceCode, outboxNos = receipts.Select(one => one.OutboxNo).ToArray(), lines = receipts.Select(one => one.Receipt.Line).ToArray(), results = receipts.Select(one => (short)one.Receipt.Result).ToArray(), codes = receipts.Select(one => one.Receipt.Code ?? "").ToArray(),
        reasons = receipts.Select(one => one.Receipt.Reason ?? "").ToArray(), person = by.Person, at = by.At, operationNo = by.OperationNo,
    }, cancel);

    public static Task<int> InsertReconciliationAsync(DatabaseSession session, short provinceCode, string portal, string fileName, byte[] sha256, int same, int differing, int onlyTheirs, int onlyOurs, (string Person, Instant At, long OperationNo) by, CancellationToken cancel) =>
        session.SingleAsync<int>(InsertReconciliation, new { provinceCode, portal, fileName, sha256, same, differing, onlyTheirs, onlyOurs, person = by.Person, at = by.At, operationNo = by.OperationNo }, cancel);

    /// <summary>The steps the database lets through.</summary>
    public static Task<IReadOnlyList<(short From, short Step, short To)>> MovesAsync(DatabaseSession session, CancellationToken cancel) => session.QueryAsync<(short From, short Step, short To)>(Moves, null, cancel);

    static string Text(LocalDateTime at) => NodaTime.Text.LocalDateTimePattern.CreateWithInvariantCulture("uuuu-MM-dd'T'HH:mm:ss").Format(at);
}
