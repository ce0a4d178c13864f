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

    /// <summary>The words of who held it, or what the plan's reason leaves open: the flag on the account.</summary>
    public string? Remark { get; init; }

    /// <summary>Null: held by the plan.</summary>
    public string? Person { get; init; }
    public Instant At { get; init; }

    /// <summary>The role whose task it is.</summary>
    public string Owner { get; init; } = "";

    /// <summary>Who sits at that desk, or else all who hold the role in the commune, with commas; null: nobody.</summary>
    public string? OwnerNames { get; init; }
    public LocalDate DueOn { get; init; }

    /// <summary>1 by account, 2 cash; null where nobody can be paid yet.</summary>
    public short? Kind { get; init; }
    public int RecipientId { get; init; }
    public short PayeeRole { get; init; }

    /// <summary>The payee of the list; 0: the recipient, for whom no right is recorded.</summary>
    public int PayeeNo { get; init; }

    /// <summary>The last request; 0: nobody has asked.</summary>
    public short RequestNo { get; init; }

    /// <summary>What was asked for: one of <see cref="HoldWay"/>.</summary>
    public short? AskedWay { get; init; }

    /// <summary>The payee it was asked for; null: whoever the register's rules choose.</summary>
    public int? AskedPayee { get; init; }
    public string? AskedBy { get; init; }
    public string? AskedWhy { get; init; }
    public string? ReleasedBy { get; init; }
    public Instant? ReleasedAt { get; init; }

    /// <summary>The request the release rests on, which a later one may ask to change.</summary>
    public short? ReleasedRequest { get; init; }

    /// <summary>Released after approval: 1 by account, 2 in cash.</summary>
    public short? ReleasedKind { get; init; }

    /// <summary>Who turned a released sum that waited for an account to cash or to the budget; null: nobody.</summary>
    public string? RedirectedBy { get; init; }

    /// <summary>Released to be paid by account, and no attempt has been made or planned: another way may still be chosen.</summary>
    public bool IsOpen { get; init; }

    /// <summary>Somebody has asked and nobody has answered.</summary>
    public bool IsAsked => RequestNo > 0 && (ReleasedBy is null || (IsOpen && RequestNo > ReleasedRequest));

    /// <summary><c>held</c>, <c>release_asked</c> or <c>released</c>.</summary>
    public string State => ReleasedBy is not null ? "released" : RequestNo > 0 ? "release_asked" : "held";
}

/// <summary>A payee of a person, as the register has it.</summary>
public sealed record NamedPayee(int PayeeNo, string PayeeName, short Role, LocalDate? ValidFrom, LocalDate? ValidTo);

/// <summary>A hold that is released, and how its sum goes.</summary>
/// <param name="Kind">1 by account, 2 in cash; 0 in a draft, which has its attempt back.</param>
/// <param name="PayeeNo">Who takes it; 0: the recipient.</param>
public sealed record HoldToRelease(StoredHold Hold, short RequestNo, short Kind = 0, int PayeeNo = 0, int PayCommuneId = 0);

/// <summary>Holds of a run (khoản tạm giữ): written by the plan or by a person, released by people. Every one has an owner and a due day.</summary>
public static class HoldStore
{
    const string Holds = """
        -- HoldStore.Holds: with what the person got in the run before.
        SELECT h.line_no, h.hold_no, r.person_id, r.full_name, h.programme, h.commune_id, area_name(h.province_code, g.commune_code, h.month, g.name) AS commune_name, h.amount_vnd, b.before_vnd,
               h.reason, h.remark, h.person, h.at, h.owner,
               coalesce(dc.user_name, dp.user_name, (SELECT string_agg(u.user_name, ', ' ORDER BY u.user_name) FROM app_user u
                                                      WHERE u.province_code = h.province_code AND h.owner = ANY (u.roles) AND u.valid_to = 'infinity'
                                                        AND (u.communes IS NULL OR h.commune_id = ANY (u.communes)))) AS owner_names,
               h.due_on, h.kind, h.recipient_id, coalesce(d.payee_role, 1) AS payee_role, h.payee_no,
               coalesce(q.request_no, 0::smallint) AS request_no, q.way AS asked_way, q.payee_no AS asked_payee, q.person AS asked_by, q.reason AS asked_why,
               l.person AS released_by, l.at AS released_at, l.request_no AS released_request, l.kind AS released_kind, t.person AS redirected_by,
               coalesce(l.kind = 1 AND NOT EXISTS (SELECT FROM attempt a WHERE a.province_code = h.province_code AND a.month = h.month AND a.run_no = h.run_no AND a.line_no = h.line_no)
                        AND NOT EXISTS (SELECT FROM run_repayment p WHERE p.province_code = h.province_code AND p.origin_month = h.month AND p.origin_run = h.run_no AND p.line_no = h.line_no), false) AS is_open
          FROM run_hold h
          JOIN recipient r ON r.province_code = h.province_code AND r.recipient_id = h.recipient_id AND r.known_to = 'infinity'
          LEFT JOIN disbursement d ON d.province_code = h.province_code AND d.month = h.month AND d.run_no = h.run_no AND d.line_no = h.line_no
          LEFT JOIN area g ON g.province_code = h.province_code AND g.commune_id = h.commune_id AND g.known_to = 'infinity'
          LEFT JOIN case_desk_now dc ON dc.province_code = h.province_code AND dc.role = h.owner AND dc.commune_id = h.commune_id
          LEFT JOIN case_desk_now dp ON dp.province_code = h.province_code AND dp.role = h.owner AND dp.commune_id = 0
          -- As a set, because a run may hold thousands and people have no index in a month.
          LEFT JOIN (SELECT x.recipient_id, x.programme, sum(x.amount_vnd)::bigint AS before_vnd FROM disbursement x
                      WHERE x.province_code = @provinceCode AND x.month = @previousMonth AND x.run_no = @previousRun
                        AND x.recipient_id IN (SELECT recipient_id FROM run_hold WHERE province_code = @provinceCode AND month = @month AND run_no = @runNo)
                      GROUP BY x.recipient_id, x.programme) b ON b.recipient_id = h.recipient_id AND b.programme = h.programme
          LEFT JOIN LATERAL (SELECT * FROM run_hold_request x WHERE (x.province_code, x.month, x.run_no, x.line_no, x.hold_no) = (h.province_code, h.month, h.run_no, h.line_no, h.hold_no)
                              ORDER BY x.request_no DESC LIMIT 1) q ON true
          LEFT JOIN run_hold_release l ON (l.province_code, l.month, l.run_no, l.line_no, l.hold_no) = (h.province_code, h.month, h.run_no, h.line_no, h.hold_no)
          LEFT JOIN run_hold_redirect t ON (t.province_code, t.month, t.run_no, t.line_no, t.hold_no) = (h.province_code, h.month, h.run_no, h.line_no, h.hold_no)
         WHERE h.province_code = @provinceCode AND h.month = @month AND h.run_no = @runNo AND (@personId IS NULL OR r.person_id = @personId) AND (@programme IS NULL OR h.programme = @programme)
         ORDER BY h.reason, h.amount_vnd DESC, h.line_no, h.hold_no;
        """;

    const string AwardsOfLine = """
        -- HoldStore.AwardsOfLine
        SELECT DISTINCT a.award_id FROM line l JOIN award a ON a.province_code = l.province_code AND a.award_no = l.award_no AND a.version = 1
         WHERE l.province_code = @provinceCode AND l.month = @month AND l.run_no = @runNo AND l.line_no = @lineNo AND l.amount_vnd > 0 ORDER BY a.award_id;
        """;

    const string Payees = """
        -- HoldStore.Payees
        SELECT payee_no, payee_name, role, valid_from, valid_to FROM payee WHERE province_code = @provinceCode AND recipient_id = @recipientId AND known_to = 'infinity' ORDER BY payee_no;
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
               @reason, @remark, @person, @at, 'maker', @dueOn, d.recipient_id, d.programme, d.commune_id, d.amount_vnd, a.kind, d.payee_no, a.channel_version, a.route_no, a.pay_commune_id, @operationNo
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
        INSERT INTO run_hold_request (province_code, month, run_no, line_no, hold_no, request_no, way, payee_no, person, reason, at, operation_no)
        SELECT @provinceCode, @month, @runNo, line_no, hold_no, request_no, @way, @payeeNo, @person, @reason, @at, @operationNo FROM unnest(@lineNos, @holdNos, @requestNos) AS hold (line_no, hold_no, request_no);
        """;

    const string InsertRelease = """
        -- HoldStore.InsertRelease: where two are wanted the store refuses one.
        INSERT INTO run_hold_release (province_code, month, run_no, line_no, hold_no, request_no, asked_by, person, two_people, after_approval, kind, payee_no, pay_commune_id, at, operation_no)
        SELECT q.province_code, q.month, q.run_no, q.line_no, q.hold_no, q.request_no, q.person, @person, @twoPeople, @afterApproval, CASE WHEN @afterApproval THEN hold.kind END, CASE WHEN @afterApproval THEN hold.payee_no END, CASE WHEN @afterApproval THEN hold.pay_commune_id END, @at, @operationNo
          FROM run_hold_request q JOIN unnest(@lineNos, @holdNos, @requestNos, @kinds, @payees, @communes) AS hold (line_no, hold_no, request_no, kind, payee_no, pay_commune_id) USING (line_no, hold_no, request_no)
         WHERE q.province_code = @provinceCode AND q.month = @month AND q.run_no = @runNo;
        """;

    const string InsertRedirect = """
        -- HoldStore.InsertRedirect
        INSERT INTO run_hold_redirect (province_code, month, run_no, line_no, hold_no, request_no, asked_by, person, payee_no, pay_commune_id, at, operation_no)
        SELECT q.province_code, q.month, q.run_no, q.line_no, q.hold_no, q.request_no, q.person, @person, hold.payee_no, hold.pay_commune_id, @at, @operationNo
          FROM run_hold_request q JOIN unnest(@lineNos, @holdNos, @requestNos, @payees, @communes) AS hold (line_no, hold_no, request_no, payee_no, pay_commune_id) USING (line_no, hold_no, request_no)
         WHERE q.province_code = @provinceCode AND q.month = @month AND q.run_no = @runNo;
        """;

    const string InsertKeptBack = """
        -- HoldStore.InsertKeptBack: a draft's disbursement has the very attempt again that its hold kept back.
        INSERT INTO attempt (province_code, month, run_no, line_no, attempt, kind, amount_vnd, payee_no, channel_version, route_no, pay_commune_id, carried_month, carried_run)
        SELECT h.province_code, h.month, h.run_no, h.line_no, 1, h.kind, h.amount_vnd, h.payee_no, h.channel_version, h.route_no, h.pay_commune_id, h.month, h.run_no
          FROM run_hold h JOIN unnest(@lineNos, @holdNos) AS hold (line_no, hold_no) USING (line_no, hold_no)
         WHERE h.province_code = @provinceCode AND h.month = @month AND h.run_no = @runNo;
        """;

    const string InsertCash = """
        -- HoldStore.InsertCash: after approval only cash is an attempt at once, because a bank's file is written by a run.
        INSERT INTO attempt (province_code, month, run_no, line_no, attempt, kind, amount_vnd, payee_no, pay_commune_id, carried_month, carried_run)
        SELECT h.province_code, h.month, h.run_no, h.line_no, 1, 2, h.amount_vnd, hold.payee_no, hold.pay_commune_id, h.month, h.run_no
          FROM run_hold h JOIN unnest(@lineNos, @holdNos, @kinds, @payees, @communes) AS hold (line_no, hold_no, kind, payee_no, pay_commune_id) USING (line_no, hold_no)
         WHERE h.province_code = @provinceCode AND h.month = @month AND h.run_no = @runNo AND hold.kind = 2;
        """;

    const string Moved = """
        -- HoldStore.Moved: places 1 held, 2 open, 8 cash due.
        INSERT INTO moved (run_month, run_no, line_no, programme, commune_id, from_place, to_place, amount_vnd)
        SELECT h.month, h.run_no, h.line_no, h.programme, h.commune_id, @fromPlace, CASE WHEN hold.kind = 2 THEN 8 ELSE 2 END, h.amount_vnd
          FROM run_hold h JOIN unnest(@lineNos, @holdNos, @kinds) AS hold (line_no, hold_no, kind) USING (line_no, hold_no)
         WHERE h.province_code = @provinceCode AND h.month = @month AND h.run_no = @runNo;
        """;

    const string TurnCases = """
        -- HoldStore.TurnCases: cash that is due is its own list's business; what goes by account waits, with a new term, for the next regularisation run.
        UPDATE payment_case c SET closed_at = CASE WHEN hold.kind = 2 THEN @at END, closed_how = CASE WHEN hold.kind = 2 THEN @closedHow END,
               next_action = CASE WHEN hold.kind = 2 THEN c.next_action ELSE 'repay' END, owner = CASE WHEN hold.kind = 2 THEN c.owner ELSE @owner END, due_on = CASE WHEN hold.kind = 2 THEN c.due_on ELSE @dueOn END
          FROM unnest(@lineNos, @kinds) AS hold (line_no, kind)
         WHERE c.province_code = @provinceCode AND c.month = @month AND c.run_no = @runNo AND c.line_no = hold.line_no AND c.kind = 'held' AND c.closed_at IS NULL;
        """;

    const string OpenCases = """
        -- HoldStore.OpenCases: what a list holds is somebody's case from its approval on; the case stands on the desk of the hold's role, in its commune.
        INSERT INTO payment_case (province_code, case_no, kind, month, run_no, line_no, commune_id, amount_vnd, reason_code, next_action, owner, opened_at, due_on, operation_no)
        SELECT h.province_code, (SELECT last_number('payment_case', @provinceCode)) + row_number() OVER (ORDER BY h.line_no), 'held', h.month, h.run_no, h.line_no,
               h.commune_id, h.amount_vnd, h.reason, CASE WHEN h.kind IS NULL THEN 'correct_register' ELSE 'decide_hold' END, split_part(h.owner, ' ', 1), @at, h.due_on, @operationNo
          FROM (SELECT DISTINCT ON (line_no) * FROM run_hold WHERE province_code = @provinceCode AND month = @month AND run_no = @runNo ORDER BY line_no, hold_no DESC) h
          JOIN disbursement d ON (d.province_code, d.month, d.run_no, d.line_no) = (h.province_code, h.month, h.run_no, h.line_no) AND d.hold_reason IS NOT NULL;
        """;

    /// <summary>Keeps what a partition of a plan holds, with the attempt it keeps back where there is one.</summary>
    internal static Task WritePlannedAsync(DatabaseSession session, RunId run, IReadOnlyList<(int LineNo, int RecipientId, PlannedDisbursement Disbursement)> held, Instant at, LocalDate dueOn, CancellationToken cancel) =>
        held.Count == 0 ? Task.CompletedTask : session.CopyInAsync("COPY run_hold (province_code, month, run_no, line_no, hold_no, reason, remark, at, owner, due_on, recipient_id, programme, commune_id, amount_vnd, kind, payee_no, channel_version, route_no, pay_commune_id) FROM STDIN (FORMAT BINARY) -- HoldStore.Planned", async rows =>
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
                if (one.HoldRemark is { } remark) rows.Write(remark);
                else rows.WriteNull();
                rows.Write(at.ToDateTimeUtc());
                rows.Write("maker");
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

    const string ReportedDead = """
        -- HoldStore.ReportedDead: whom a bank has called dead in a case that is open: the right its account belongs to, and the recipient where the money was their own.
        SELECT DISTINCT a.payee_no AS PayeeNo, CASE WHEN d.payee_role = 1 THEN d.recipient_id END AS RecipientId
          FROM payment_case c
          JOIN attempt a ON a.province_code = c.province_code AND a.month = c.month AND a.run_no = c.run_no AND a.line_no = c.line_no AND a.attempt = c.attempt
          JOIN disbursement d ON d.province_code = c.province_code AND d.month = c.month AND d.run_no = c.run_no AND d.line_no = c.line_no
         WHERE c.province_code = @provinceCode AND c.kind = 'deceased' AND c.closed_at IS NULL;
        """;

    /// <summary>Whom banks have called dead (MD07) in cases that nobody has settled yet.</summary>
    public static async Task<ReportedDeaths> ReportedDeadAsync(DatabaseSession session, short provinceCode, CancellationToken cancel)
    {
        var rows = await session.QueryAsync<(int PayeeNo, int? RecipientId)>(ReportedDead, new { provinceCode }, cancel);
        return rows.Count == 0 ? ReportedDeaths.None : new(rows.Select(row => row.PayeeNo).Where(payee => payee != 0).ToHashSet(), rows.Where(row => row.RecipientId is not null).Select(row => row.RecipientId!.Value).ToHashSet());
    }

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

    /// <summary>The awards whose lines are on a held disbursement.</summary>
    public static Task<IReadOnlyList<string>> AwardsAsync(DatabaseSession session, StoredRun run, int lineNo, CancellationToken cancel = default) =>
        session.QueryAsync<string>(AwardsOfLine, new { run.ProvinceCode, run.Month, run.RunNo, lineNo }, cancel);

    /// <summary>The payees of a person, as the register has them now.</summary>
    public static Task<IReadOnlyList<NamedPayee>> PayeesAsync(DatabaseSession session, short provinceCode, int recipientId, CancellationToken cancel = default) =>
        session.QueryAsync<NamedPayee>(Payees, new { provinceCode, recipientId }, cancel);

    /// <summary>Keeps who asks that holds be released, which way, and why.</summary>
    public static Task AskAsync(DatabaseSession session, StoredRun run, IReadOnlyList<HoldToRelease> holds, HoldWay way, int? payeeNo, (string Person, string Reason, Instant At, long OperationNo) by, CancellationToken cancel) =>
        session.ExecuteAsync(InsertRequest, new { run.ProvinceCode, run.Month, run.RunNo, lineNos = Lines(holds), holdNos = Numbers(holds), requestNos = Requests(holds), way = (short)way, payeeNo, person = by.Person, reason = by.Reason, at = by.At, operationNo = by.OperationNo }, cancel);

    /// <summary>Releases holds of a draft that were asked for: their disbursements get the attempts that were kept back. The caller says anew what the draft holds.</summary>
    public static async Task ReleaseInDraftAsync(DatabaseSession session, StoredRun run, IReadOnlyList<HoldToRelease> holds, (string Person, Instant At, long OperationNo) by, CancellationToken cancel)
    {
        await session.ExecuteAsync(InsertRelease, Key(run, holds, by, twoPeople: false, afterApproval: false), cancel);
        await session.ExecuteAsync(Redraw, new { run.ProvinceCode, run.Month, run.RunNo, lineNos = Lines(holds), hold = (string?)null }, cancel);
        await session.ExecuteAsync(InsertKeptBack, new { run.ProvinceCode, run.Month, run.RunNo, lineNos = Lines(holds), holdNos = Numbers(holds) }, cancel);
    }

    /// <summary>Releases holds of an approved list, or turns released ones that wait for an account to cash: cash becomes due, what goes by account waits open for the next regularisation run. Their cases follow.</summary>
    /// <param name="session">Inside the operation's transaction, under the lock of what moves money.</param>
    /// <param name="run">The run that holds.</param>
    /// <param name="holds">With kind, payee and commune.</param>
    /// <param name="isRedirect">They were released before and are open.</param>
    /// <param name="twoPeople">The rules, or the way, want two.</param>
    /// <param name="closedHow">How the cases of cash end: <c>released</c> or <c>given_back</c>.</param>
    /// <param name="case_">Whose desk the case of a sum that waits for an account lies on, and until when.</param>
    /// <param name="by">Who, when, in which operation.</param>
    /// <param name="cancel">Stops between statements.</param>
    public static async Task ReleaseListedAsync(DatabaseSession session, StoredRun run, IReadOnlyList<HoldToRelease> holds, bool isRedirect, bool twoPeople, string closedHow, (string Owner, LocalDate DueOn) case_, (string Person, Instant At, long OperationNo) by, CancellationToken cancel)
    {
        var key = Key(run, holds, by, twoPeople, afterApproval: true);
        await session.ExecuteAsync(isRedirect ? InsertRedirect : InsertRelease, key, cancel);
        await session.ExecuteAsync(InsertCash, key, cancel);
        await PostingStore.CreateMovedAsync(session, cancel);
        await session.ExecuteAsync(Moved, new { run.ProvinceCode, run.Month, run.RunNo, lineNos = Lines(holds), holdNos = Numbers(holds), kinds = Kinds(holds), fromPlace = isRedirect ? 2 : 1 }, cancel);
        await PostingStore.PostAsync(session, run.ProvinceCode, by.OperationNo, keepMembers: true, cancel);
        await session.ExecuteAsync(TurnCases, new { run.ProvinceCode, run.Month, run.RunNo, lineNos = Lines(holds), kinds = Kinds(holds), at = by.At, closedHow, owner = case_.Owner, dueOn = case_.DueOn }, cancel);
    }

    /// <summary>Opens a case for everything a list holds. Inside the approval's transaction, under the lock of the claims' cases.</summary>
    internal static Task OpenCasesAsync(DatabaseSession session, RunId run, Instant at, long operationNo, CancellationToken cancel) =>
        session.ExecuteAsync(OpenCases, new { run.ProvinceCode, month = run.Month.Key(), run.RunNo, at, operationNo }, cancel);

    static object Key(StoredRun run, IReadOnlyList<HoldToRelease> holds, (string Person, Instant At, long OperationNo) by, bool twoPeople, bool afterApproval) => new
    {
        run.ProvinceCode, run.Month, run.RunNo, lineNos = Lines(holds), holdNos = Numbers(holds), requestNos = Requests(holds), kinds = Kinds(holds), payees = holds.Select(one => one.PayeeNo).ToArray(),
        communes = holds.Select(one => one.PayCommuneId).ToArray(), person = by.Person, twoPeople, afterApproval, at = by.At, operationNo = by.OperationNo,
    };

    static int[] Lines(IReadOnlyList<HoldToRelease> holds) => [.. holds.Select(one => one.Hold.LineNo)];

    static short[] Numbers(IReadOnlyList<HoldToRelease> holds) => [.. holds.Select(one => one.Hold.HoldNo)];

    static short[] Requests(IReadOnlyList<HoldToRelease> holds) => [.. holds.Select(one => one.RequestNo)];

    static short[] Kinds(IReadOnlyList<HoldToRelease> holds) => [.. holds.Select(one => one.Kind)];
}
