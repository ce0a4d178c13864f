using System.Globalization;
using NodaTime;
using PaymentEngine.Core;
using PaymentEngine.Core.Payments;

namespace PaymentEngine.Postgres;

/// <summary>One disbursement that was held, and what became of the hold.</summary>
public sealed record StoredHold
{
    public int LineNo { get; init; }
    public short HoldNo { get; init; }
    public string PersonId { get; init; } = "";
    public string FullName { get; init; } = "";
    public short Programme { get; init; }
    public int CommuneId { get; init; }
    public string? CommuneName { get; init; }
    public long AmountVnd { get; init; }

    /// <summary>Listed for the person and programme in the run compared with; null where there was none.</summary>
    public long? BeforeVnd { get; init; }

    /// <summary>One of <see cref="HoldReasons"/>.</summary>
    public string Reason { get; init; } = "";

    /// <summary>The words of who held it; null: held by the plan.</summary>
    public string? Remark { get; init; }
    public string? Person { get; init; }
    public Instant At { get; init; }
    public string Owner { get; init; } = "";
    public LocalDate DueOn { get; init; }

    /// <summary>1 by account, 2 cash; null where nobody can be paid yet.</summary>
    public short? Kind { get; init; }
    public string? AskedBy { get; init; }
    public string? AskedWhy { get; init; }
    public string? ReleasedBy { get; init; }
    public Instant? ReleasedAt { get; init; }

    /// <summary><c>held</c>, <c>release_asked</c> or <c>released</c>.</summary>
    public string State => ReleasedBy is not null ? "released" : AskedBy is not null ? "release_asked" : "held";
}

/// <summary>Holds of a run (khoản tạm giữ): written by the plan or by a person, released by people. Every one has an owner and a due day.</summary>
public static class HoldStore
{
    const string Holds = """
        -- HoldStore.Holds: with what the person got in the run before.
        SELECT h.line_no, h.hold_no, r.person_id, r.full_name, h.programme, h.commune_id, g.name AS commune_name, h.amount_vnd,
               (SELECT sum(b.amount_vnd)::bigint FROM disbursement b
                 WHERE b.province_code = h.province_code AND b.month = @previousMonth AND b.run_no = @previousRun AND b.recipient_id = h.recipient_id AND b.programme = h.programme) AS before_vnd,
               h.reason, h.remark, h.person, h.at, h.owner, h.due_on, h.kind, q.person AS asked_by, q.reason AS asked_why, l.person AS released_by, l.at AS released_at
          FROM run_hold h
          JOIN recipient r ON r.province_code = h.province_code AND r.recipient_id = h.recipient_id AND r.known_to = 'infinity'
          LEFT JOIN area g ON g.province_code = h.province_code AND g.commune_id = h.commune_id AND g.known_to = 'infinity'
          LEFT JOIN run_hold_request q ON (q.province_code, q.month, q.run_no, q.line_no, q.hold_no) = (h.province_code, h.month, h.run_no, h.line_no, h.hold_no)
          LEFT JOIN run_hold_release l ON (l.province_code, l.month, l.run_no, l.line_no, l.hold_no) = (h.province_code, h.month, h.run_no, h.line_no, h.hold_no)
         WHERE h.province_code = @provinceCode AND h.month = @month AND h.run_no = @runNo AND (@personId IS NULL OR r.person_id = @personId) AND (@programme IS NULL OR h.programme = @programme)
         ORDER BY h.reason, h.amount_vnd DESC, h.line_no, h.hold_no;
        """;

    const string Payable = """
        -- HoldStore.Payable: what a run would pay a person.
        SELECT d.line_no FROM disbursement d
          JOIN recipient r ON r.province_code = d.province_code AND r.recipient_id = d.recipient_id AND r.known_to = 'infinity'
         WHERE d.province_code = @provinceCode AND d.month = @month AND d.run_no = @runNo AND r.person_id = @personId AND d.amount_vnd > 0 AND d.hold_reason IS NULL
           AND (@programme IS NULL OR d.programme = @programme)
         ORDER BY d.line_no;
        """;

    const string InsertByPerson = """
        -- HoldStore.InsertByPerson: the hold keeps the attempt that the plan had made.
        INSERT INTO run_hold (province_code, month, run_no, line_no, hold_no, reason, remark, person, at, owner, due_on, recipient_id, programme, commune_id, amount_vnd,
                              kind, payee_no, channel_version, route_no, pay_commune_id, operation_no)
        SELECT d.province_code, d.month, d.run_no, d.line_no, 1 + coalesce((SELECT max(h.hold_no) FROM run_hold h WHERE (h.province_code, h.month, h.run_no, h.line_no) = (d.province_code, d.month, d.run_no, d.line_no)), 0),
               @reason, @remark, @person, @at, 'maker ' || d.commune_id, @dueOn, d.recipient_id, d.programme, d.commune_id, d.amount_vnd, a.kind, d.payee_no, a.channel_version, a.route_no, a.pay_commune_id, @operationNo
          FROM disbursement d
          JOIN attempt a ON (a.province_code, a.month, a.run_no, a.line_no) = (d.province_code, d.month, d.run_no, d.line_no) AND a.attempt = 1
         WHERE d.province_code = @provinceCode AND d.month = @month AND d.run_no = @runNo AND d.line_no = ANY (@lineNos);
        """;

    const string Redraw = """
        -- HoldStore.Redraw
        SELECT redraw_disbursement(@provinceCode, @month, @runNo, line_no, @hold) FROM unnest(@lineNos) AS line (line_no);
        """;

    const string InsertRequest = """
        -- HoldStore.InsertRequest
        INSERT INTO run_hold_request (province_code, month, run_no, line_no, hold_no, person, reason, at, operation_no)
        SELECT @provinceCode, @month, @runNo, line_no, hold_no, @person, @reason, @at, @operationNo FROM unnest(@lineNos, @holdNos) AS hold (line_no, hold_no);
        """;

    const string InsertRelease = """
        -- HoldStore.InsertRelease: where two are wanted the store refuses one.
        INSERT INTO run_hold_release (province_code, month, run_no, line_no, hold_no, asked_by, person, two_people, after_approval, at, operation_no)
        SELECT q.province_code, q.month, q.run_no, q.line_no, q.hold_no, q.person, @person, @twoPeople, @afterApproval, @at, @operationNo
          FROM run_hold_request q JOIN unnest(@lineNos, @holdNos) AS hold (line_no, hold_no) ON q.line_no = hold.line_no AND q.hold_no = hold.hold_no
         WHERE q.province_code = @provinceCode AND q.month = @month AND q.run_no = @runNo;
        """;

    const string InsertKeptBack = """
        -- HoldStore.InsertKeptBack: the attempt that the hold kept back becomes the first one; after approval only cash, because a bank's file is written by a run.
        INSERT INTO attempt (province_code, month, run_no, line_no, attempt, kind, amount_vnd, payee_no, channel_version, route_no, pay_commune_id, carried_month, carried_run)
        SELECT h.province_code, h.month, h.run_no, h.line_no, 1, h.kind, h.amount_vnd, h.payee_no, h.channel_version, h.route_no, h.pay_commune_id, h.month, h.run_no
          FROM run_hold h JOIN unnest(@lineNos, @holdNos) AS hold (line_no, hold_no) USING (line_no, hold_no)
         WHERE h.province_code = @provinceCode AND h.month = @month AND h.run_no = @runNo AND (h.kind = 2 OR @bankToo);
        """;

    const string Moved = """
        -- HoldStore.Moved: places 1 held, 2 open, 8 cash due.
        INSERT INTO moved (run_month, run_no, line_no, programme, commune_id, from_place, to_place, amount_vnd)
        SELECT h.month, h.run_no, h.line_no, h.programme, h.commune_id, 1, CASE WHEN h.kind = 2 THEN 8 ELSE 2 END, h.amount_vnd
          FROM run_hold h JOIN unnest(@lineNos, @holdNos) AS hold (line_no, hold_no) USING (line_no, hold_no)
         WHERE h.province_code = @provinceCode AND h.month = @month AND h.run_no = @runNo;
        """;

    const string CloseCases = """
        -- HoldStore.CloseCases: cash that is due is its own list's business; what goes by account waits for the next regularisation run.
        UPDATE payment_case c SET closed_at = CASE WHEN h.kind = 2 THEN @at END, closed_how = CASE WHEN h.kind = 2 THEN 'released' END, next_action = CASE WHEN h.kind = 2 THEN c.next_action ELSE 'repay' END
          FROM run_hold h JOIN unnest(@lineNos, @holdNos) AS hold (line_no, hold_no) USING (line_no, hold_no)
         WHERE h.province_code = @provinceCode AND h.month = @month AND h.run_no = @runNo
           AND c.province_code = h.province_code AND c.month = h.month AND c.run_no = h.run_no AND c.line_no = h.line_no AND c.kind = 'held' AND c.closed_at IS NULL;
        """;

    const string OpenCases = """
        -- HoldStore.OpenCases: what a list holds is somebody's case from its approval on.
        INSERT INTO payment_case (province_code, case_no, kind, month, run_no, line_no, commune_id, amount_vnd, reason_code, next_action, owner, opened_at, due_on, operation_no)
        SELECT h.province_code, (SELECT coalesce(max(case_no), 0) FROM payment_case WHERE province_code = @provinceCode) + row_number() OVER (ORDER BY h.line_no), 'held', h.month, h.run_no, h.line_no,
               h.commune_id, h.amount_vnd, h.reason, CASE WHEN h.kind IS NULL THEN 'correct_register' ELSE 'decide_hold' END, h.owner, @at, h.due_on, @operationNo
          FROM (SELECT DISTINCT ON (line_no) * FROM run_hold WHERE province_code = @provinceCode AND month = @month AND run_no = @runNo ORDER BY line_no, hold_no DESC) h
          JOIN disbursement d ON (d.province_code, d.month, d.run_no, d.line_no) = (h.province_code, h.month, h.run_no, h.line_no) AND d.hold_reason IS NOT NULL;
        """;

    /// <summary>Keeps what a partition of a plan holds, with the attempt it keeps back where there is one.</summary>
    internal static Task WritePlannedAsync(DatabaseSession session, RunId run, IReadOnlyList<(int LineNo, int RecipientId, PlannedDisbursement Disbursement)> held, Instant at, LocalDate dueOn, CancellationToken cancel) =>
        held.Count == 0 ? Task.CompletedTask : session.CopyInAsync("COPY run_hold (province_code, month, run_no, line_no, hold_no, reason, at, owner, due_on, recipient_id, programme, commune_id, amount_vnd, kind, payee_no, channel_version, route_no, pay_commune_id) FROM STDIN (FORMAT BINARY) -- HoldStore.Planned", async rows =>
        {
            foreach (var (lineNo, recipientId, one) in held)
            {
                await rows.StartRowAsync(cancel);
                rows.Write(run.ProvinceCode);
                rows.Write(run.Month.Key());
                rows.Write(run.RunNo);
                rows.Write(lineNo);
                rows.Write((short)1);
                rows.Write(one.HoldReason!);
                rows.Write(at.ToDateTimeUtc());
                rows.Write(string.Create(CultureInfo.InvariantCulture, $"maker {one.CommuneId}"));
                rows.Write(dueOn.ToDateOnly());
                rows.Write(recipientId);
                rows.Write((short)one.Programme);
                rows.Write(one.CommuneId);
                rows.Write(one.Amount.Amount);
                if (one.KeptBack is { } way) rows.Write((short)(way.IsBank ? 1 : 2));
                else rows.WriteNull();
                rows.Write(one.PayeeNo);
                if (one.KeptBack?.RouteNo is { } routeNo)
                {
                    rows.Write(one.Right!.Account!.Version);
                    rows.Write(routeNo);
                }
                else
                {
                    rows.WriteNull();
                    rows.WriteNull();
                }

                if (one.KeptBack is { } kept) rows.Write(kept.PayCommuneId);
                else rows.WriteNull();
            }
        }, cancel);

    /// <summary>Holds of a run, released ones too, by reason and sum; of one person or of all.</summary>
    public static Task<IReadOnlyList<StoredHold>> OfAsync(DatabaseSession session, StoredRun run, string? personId = null, short? programme = null, CancellationToken cancel = default) =>
        session.QueryAsync<StoredHold>(Holds, new { run.ProvinceCode, run.Month, run.RunNo, previousMonth = run.PreviousMonth ?? 0, previousRun = run.PreviousRun ?? 0, personId, programme }, cancel);

    /// <summary>Lines of a run that would pay a person: neither held nor netted to nothing.</summary>
    public static Task<IReadOnlyList<int>> PayableAsync(DatabaseSession session, StoredRun run, string personId, short? programme, CancellationToken cancel = default) =>
        session.QueryAsync<int>(Payable, new { run.ProvinceCode, run.Month, run.RunNo, personId, programme }, cancel);

    /// <summary>Holds lines of a draft: the attempts they had go into the holds. The caller says anew what the draft holds (<see cref="RunSteps.RedrawAsync"/>).</summary>
    public static async Task HoldAsync(DatabaseSession session, StoredRun run, int[] lineNos, (string Person, string Remark, Instant At, long OperationNo) by, LocalDate dueOn, CancellationToken cancel)
    {
        var written = await session.ExecuteAsync(InsertByPerson, new
        {
            run.ProvinceCode, run.Month, run.RunNo, lineNos, reason = HoldReasons.ByPerson, remark = by.Remark, person = by.Person, at = by.At, operationNo = by.OperationNo, dueOn,
        }, cancel);
        if (written != lineNos.Length) throw new InvalidOperationException($"{written} of {lineNos.Length} lines of {run.Id} could be held: some have no attempt.");
        await session.ExecuteAsync(Redraw, new { run.ProvinceCode, run.Month, run.RunNo, lineNos, hold = HoldReasons.ByPerson }, cancel);
    }

    /// <summary>Keeps who asks that holds be released, and why.</summary>
    public static Task AskAsync(DatabaseSession session, StoredRun run, IReadOnlyList<StoredHold> holds, (string Person, string Reason, Instant At, long OperationNo) by, CancellationToken cancel) =>
        session.ExecuteAsync(InsertRequest, new { run.ProvinceCode, run.Month, run.RunNo, lineNos = Lines(holds), holdNos = Numbers(holds), person = by.Person, reason = by.Reason, at = by.At, operationNo = by.OperationNo }, cancel);

    /// <summary>Releases holds that were asked for. In a draft their disbursements get the attempts that were kept back; after approval cash becomes due, and what goes by account waits open for the next run.</summary>
    public static async Task ReleaseAsync(DatabaseSession session, StoredRun run, IReadOnlyList<StoredHold> holds, bool twoPeople, bool afterApproval, (string Person, Instant At, long OperationNo) by, CancellationToken cancel)
    {
        var key = new { run.ProvinceCode, run.Month, run.RunNo, lineNos = Lines(holds), holdNos = Numbers(holds), person = by.Person, twoPeople, afterApproval, at = by.At, operationNo = by.OperationNo, bankToo = !afterApproval, hold = (string?)null };
        await session.ExecuteAsync(InsertRelease, key, cancel);
        if (!afterApproval) await session.ExecuteAsync(Redraw, key, cancel);
        await session.ExecuteAsync(InsertKeptBack, key, cancel);
        if (!afterApproval) return;
        await PostingStore.CreateMovedAsync(session, cancel);
        await session.ExecuteAsync(Moved, key, cancel);
        await PostingStore.PostAsync(session, run.ProvinceCode, by.OperationNo, keepMembers: true, cancel);
        await session.ExecuteAsync(CloseCases, key, cancel);
    }

    /// <summary>Opens a case for everything a list holds. Inside the approval's transaction, under the lock of the claims' cases.</summary>
    internal static Task OpenCasesAsync(DatabaseSession session, RunId run, Instant at, long operationNo, CancellationToken cancel) =>
        session.ExecuteAsync(OpenCases, new { run.ProvinceCode, month = run.Month.Key(), run.RunNo, at, operationNo }, cancel);

    static int[] Lines(IReadOnlyList<StoredHold> holds) => [.. holds.Select(hold => hold.LineNo)];

    static short[] Numbers(IReadOnlyList<StoredHold> holds) => [.. holds.Select(hold => hold.HoldNo)];
}
