using NodaTime;
using PaymentEngine.Core;
using PaymentEngine.Core.Payments;

namespace PaymentEngine.Postgres;

/// <summary>A payment order as a recall needs it: where it was sent, what is known of it, and the payee's account as stored.</summary>
public sealed record OrderToRecall
{
    public int Month { get; init; }
    public int RunNo { get; init; }
    public int LineNo { get; init; }
    public short Attempt { get; init; }
    public long AmountVnd { get; init; }
    public short Programme { get; init; }
    public int CommuneId { get; init; }
    public int FileMonth { get; init; }
    public int FileNo { get; init; }
    public int FileRunNo { get; init; }
    public string MsgId { get; init; } = "";
    public short RouteNo { get; init; }
    public Instant NumberedAt { get; init; }
    public short BatchNo { get; init; }
    public string PmtInfId { get; init; } = "";
    public LocalDate ExecutionDate { get; init; }

    /// <summary>A hand-over of its file is recorded as sent.</summary>
    public bool Sent { get; init; }

    /// <summary>How the attempt ended, where that is proven.</summary>
    public string? EndedHow { get; init; }

    /// <summary>A value of Core's <c>BankView</c>.</summary>
    public short BankView { get; init; }
    public string BankBin { get; init; } = "";
    public short AccountKey { get; init; }
    public byte[] AccountCipher { get; init; } = [];
    public byte[] AccountTag { get; init; } = [];
    public string HolderName { get; init; } = "";

    /// <summary>The recall it stands in already; null for none.</summary>
    public int? RecallNo { get; init; }
    public string? RecallReason { get; init; }

    public InstructionId IdIn(short provinceCode) => new(provinceCode, Months.FromKey(Month), RunNo, LineNo, Attempt);
}

/// <summary>A recall as stored.</summary>
public sealed record StoredRecall
{
    public int RecallNo { get; init; }
    public string RecallId { get; init; } = "";
    public string Form { get; init; } = "";
    public int Month { get; init; }
    public int FileNo { get; init; }
    public string Reason { get; init; } = "";
    public Instant MadeAt { get; init; }
    public int Items { get; init; }
    public long SumVnd { get; init; }
    public byte[] Sha256 { get; init; } = [];
}

/// <summary>Recalls (thu hồi lệnh chi): numbered and stored before a byte leaves; a payment stands in one at most.</summary>
public static class RecallStore
{
    const string Order = """
        SELECT a.month, a.run_no, a.line_no, a.attempt, a.amount_vnd, d.programme, d.commune_id, f.month AS file_month, f.file_no, f.run_no AS file_run_no, f.msg_id, b.route_no, f.numbered_at,
               b.batch_no::smallint AS batch_no, b.pmt_inf_id, b.execution_date, s.ended_how, s.bank_view::smallint AS bank_view, c.bank_bin, c.account_key, c.account_cipher, c.account_tag, c.holder_name, p.recall_no, r.reason AS recall_reason,
               EXISTS (SELECT FROM hand_over_outcome o WHERE o.province_code = f.province_code AND o.month = f.month AND o.file_no = f.file_no AND o.outcome = 'sent'
                   AND NOT EXISTS (SELECT FROM hand_over_outcome w WHERE w.province_code = o.province_code AND w.month = o.month AND w.file_no = o.file_no AND w.hand_over_no = o.hand_over_no AND w.outcome = 'recovered')) AS sent
          FROM attempt a
          JOIN attempt_batch ab ON ab.province_code = a.province_code AND ab.month = a.month AND ab.run_no = a.run_no AND ab.line_no = a.line_no AND ab.attempt = a.attempt
          JOIN batch b ON b.province_code = ab.province_code AND b.month = ab.file_month AND b.file_no = ab.file_no AND b.batch_no = ab.batch_no
          JOIN standing_file f ON f.province_code = b.province_code AND f.month = b.month AND f.file_no = b.file_no
          JOIN disbursement d ON d.province_code = a.province_code AND d.month = a.month AND d.run_no = a.run_no AND d.line_no = a.line_no
          JOIN channel c ON c.province_code = a.province_code AND c.payee_no = a.payee_no AND c.version = a.channel_version
          JOIN attempt_state s ON s.province_code = a.province_code AND s.month = a.month AND s.run_no = a.run_no AND s.line_no = a.line_no AND s.attempt = a.attempt
          LEFT JOIN recall_payment p ON p.province_code = a.province_code AND p.month = a.month AND p.run_no = a.run_no AND p.line_no = a.line_no AND p.attempt = a.attempt
          LEFT JOIN recall r ON r.province_code = p.province_code AND r.recall_no = p.recall_no
        """;

    const string FindOrder = $"""
        -- RecallStore.FindOrder
        {Order}
         WHERE a.province_code = @provinceCode AND a.month = @month AND a.run_no = @runNo AND a.line_no = @lineNo AND a.attempt = @attempt AND a.kind = 1;
        """;

    const string OrdersOf = $"""
        -- RecallStore.OrdersOf: the payments of a recall, in their places.
        {Order}
         WHERE p.province_code = @provinceCode AND p.recall_no = @recallNo ORDER BY p.place;
        """;

    const string Find = """
        -- RecallStore.Find
        SELECT recall_no, recall_id, form, month, file_no, reason, made_at, items, sum_vnd, sha256 FROM recall WHERE province_code = @provinceCode AND recall_no = @recallNo;
        """;

    const string Next = """
        -- RecallStore.Next
        SELECT coalesce(max(recall_no), 0) + 1 FROM recall WHERE province_code = @provinceCode;
        """;

    const string Insert = """
        -- RecallStore.Insert
        INSERT INTO recall (province_code, recall_no, recall_id, form, month, file_no, reason, made_at, person, items, sum_vnd, sha256, operation_no)
        VALUES (@provinceCode, @recallNo, @recallId, @form, @month, @fileNo, @reason, @madeAt, @person, @items, @sumVnd, @sha256, @operationNo);
        INSERT INTO recall_payment (province_code, month, run_no, line_no, attempt, recall_no, place, amount_vnd)
        SELECT @provinceCode, o.month, o.run_no, o.line_no, o.attempt, @recallNo, o.place, o.amount_vnd
          FROM unnest(@months, @runs, @lines, @attempts, @amounts) WITH ORDINALITY AS o (month, run_no, line_no, attempt, amount_vnd, place);
        """;

    /// <summary>A payment order in its file; null when no file holds it.</summary>
    public static Task<OrderToRecall?> FindOrderAsync(DatabaseSession session, InstructionId id, CancellationToken cancel) =>
        session.FindAsync<OrderToRecall>(FindOrder, new { provinceCode = id.ProvinceCode, month = id.Month.Key(), runNo = id.RunNo, lineNo = id.LineNo, attempt = (short)id.Attempt }, cancel);

    /// <summary>The payments of a recall.</summary>
    public static Task<IReadOnlyList<OrderToRecall>> OrdersAsync(DatabaseSession session, short provinceCode, int recallNo, CancellationToken cancel) =>
        session.QueryAsync<OrderToRecall>(OrdersOf, new { provinceCode, recallNo }, cancel);

    public static Task<StoredRecall> RecallAsync(DatabaseSession session, short provinceCode, int recallNo, CancellationToken cancel) =>
        session.SingleAsync<StoredRecall>(Find, new { provinceCode, recallNo }, cancel);

    /// <summary>The number of the next recall; the caller holds the province's lock.</summary>
    const string Sendings = """
        -- RecallStore.Sendings
        SELECT count(*)::int AS tries, coalesce(bool_or(outcome = 'sent'), false) AS is_sent FROM recall_sending WHERE province_code = @provinceCode AND recall_no = @recallNo;
        """;

    const string InsertSending = """
        -- RecallStore.InsertSending
        INSERT INTO recall_sending (province_code, recall_no, sending_no, channel, outcome, evidence, person, at, operation_no)
        VALUES (@provinceCode, @recallNo, @sendingNo, @channel, @outcome, @evidence, @person, @at, @operationNo);
        """;

    /// <summary>How often a recall was brought to the bank, and whether it arrived.</summary>
    public static Task<(int Tries, bool IsSent)> SendingsAsync(DatabaseSession session, short provinceCode, int recallNo, CancellationToken cancel) =>
        session.SingleAsync<(int, bool)>(Sendings, new { provinceCode, recallNo }, cancel);

    /// <summary>Keeps what became of one try.</summary>
    public static Task InsertSendingAsync(DatabaseSession session, short provinceCode, int recallNo, int sendingNo, string channel, string outcome, string evidence, string person, Instant at, long operationNo, CancellationToken cancel) =>
        session.ExecuteAsync(InsertSending, new { provinceCode, recallNo, sendingNo, channel, outcome, evidence, person, at, operationNo }, cancel);

    public static Task<int> NextNoAsync(DatabaseSession session, short provinceCode, CancellationToken cancel) => session.SingleAsync<int>(Next, new { provinceCode }, cancel);

    /// <summary>Stores a recall with its payments in their places.</summary>
    public static Task InsertAsync(DatabaseSession session, short provinceCode, StoredRecall recall, IReadOnlyList<OrderToRecall> orders, string person, long operationNo, CancellationToken cancel) =>
        session.ExecuteAsync(Insert, new
        {
            provinceCode, recallNo = recall.RecallNo, recallId = recall.RecallId, form = recall.Form, month = recall.Month, fileNo = recall.FileNo, reason = recall.Reason, madeAt = recall.MadeAt, person,
            items = recall.Items, sumVnd = recall.SumVnd, sha256 = recall.Sha256, operationNo, months = orders.Select(order => order.Month).ToArray(), runs = orders.Select(order => order.RunNo).ToArray(),
            lines = orders.Select(order => order.LineNo).ToArray(), attempts = orders.Select(order => order.Attempt).ToArray(), amounts = orders.Select(order => order.AmountVnd).ToArray(),
        }, cancel);
}
