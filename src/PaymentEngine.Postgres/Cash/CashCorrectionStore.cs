using NodaTime;

namespace PaymentEngine.Postgres.Cash;

/// <summary>A line of a cash list that was recorded as paid, with its payment.</summary>
public sealed record PaidCashLine
{
    public int Month { get; init; }
    public int ListNo { get; init; }
    public int CashLineNo { get; init; }
    public int ListCommuneId { get; init; }
    public string ReceiptCode { get; init; } = "";
    public string? Result { get; init; }
    public LocalDate? PaidOn { get; init; }
    public string? PaidBy { get; init; }
    public long? PaidByOperation { get; init; }
    public int OriginMonth { get; init; }
    public int OriginRun { get; init; }
    public int LineNo { get; init; }
    public short Attempt { get; init; }
    public long AmountVnd { get; init; }
    public short Programme { get; init; }
    public int CommuneId { get; init; }

    /// <summary>A correction waits or stands.</summary>
    public bool IsCorrected { get; init; }
}

/// <summary>A correction of a cash result: proposed by one person, decided by another.</summary>
public sealed record StoredCashCorrection
{
    public int CorrectionNo { get; init; }
    public int Month { get; init; }
    public int ListNo { get; init; }
    public int CashLineNo { get; init; }
    public int ListCommuneId { get; init; }
    public string ReceiptCode { get; init; } = "";
    public string PersonId { get; init; } = "";
    public string FullName { get; init; } = "";
    public long AmountVnd { get; init; }
    public LocalDate PaidOn { get; init; }
    public string PaidBy { get; init; } = "";
    public long PaidByOperation { get; init; }
    public int CaseNo { get; init; }
    public string Ground { get; init; } = "";
    public string? FileName { get; init; }
    public byte[]? FileSha256 { get; init; }
    public string ProposedBy { get; init; } = "";
    public Instant At { get; init; }

    /// <summary>Null: not decided.</summary>
    public bool? Accepted { get; init; }
    public string? Decision { get; init; }
    public string? DecidedBy { get; init; }
}

/// <summary>Cash results that were recorded wrongly (sửa kết quả chi tiền mặt). The result stays; a correction by two persons says that it counts no longer, and its money is due again.</summary>
public static class CashCorrectionStore
{
    const string Line = """
        -- CashCorrectionStore.Line: by its receipt code.
        SELECT c.month, c.list_no, c.cash_line_no, l.commune_id AS list_commune_id, c.receipt_code, r.result, r.paid_on, r.person AS paid_by, r.operation_no AS paid_by_operation, c.origin_month, c.origin_run, c.line_no, c.attempt,
               c.amount_vnd, d.programme, d.commune_id,
               EXISTS (SELECT FROM cash_correction x LEFT JOIN cash_correction_decision y USING (province_code, correction_no)
                        WHERE x.province_code = c.province_code AND x.month = c.month AND x.list_no = c.list_no AND x.cash_line_no = c.cash_line_no AND y.accepted IS NOT FALSE) AS is_corrected
          FROM cash_line c
          JOIN cash_list l USING (province_code, month, list_no)
          JOIN disbursement d ON d.province_code = c.province_code AND d.month = c.origin_month AND d.run_no = c.origin_run AND d.line_no = c.line_no
          LEFT JOIN cash_result r ON r.province_code = c.province_code AND r.month = c.month AND r.list_no = c.list_no AND r.cash_line_no = c.cash_line_no
         WHERE c.province_code = @provinceCode AND c.receipt_code = @receiptCode;
        """;

    const string List = """
        -- CashCorrectionStore.List: undecided first, then the newest.
        SELECT x.correction_no, x.month, x.list_no, x.cash_line_no, x.commune_id AS list_commune_id, c.receipt_code, p.person_id, p.full_name, c.amount_vnd, r.paid_on, r.person AS paid_by, x.paid_by_operation, x.case_no, x.ground,
               x.file_name, x.file_sha256, x.proposed_by, x.at, y.accepted, y.decision, y.person AS decided_by
          FROM cash_correction x
          JOIN cash_line c USING (province_code, month, list_no, cash_line_no)
          JOIN cash_result r USING (province_code, month, list_no, cash_line_no)
          JOIN disbursement d ON d.province_code = c.province_code AND d.month = c.origin_month AND d.run_no = c.origin_run AND d.line_no = c.line_no
          JOIN recipient p ON p.province_code = d.province_code AND p.recipient_id = d.recipient_id AND p.known_to = 'infinity'
          LEFT JOIN cash_correction_decision y ON y.province_code = x.province_code AND y.correction_no = x.correction_no
         WHERE x.province_code = @provinceCode AND (@correctionNo = 0 OR x.correction_no = @correctionNo) AND (@all OR y.accepted IS NULL)
         ORDER BY y.accepted IS NOT NULL, x.correction_no DESC;
        """;

    const string CaseOf = """
        -- CashCorrectionStore.CaseOf: the open case that a proposal made.
        SELECT case_no FROM payment_case WHERE province_code = @provinceCode AND kind = 'cash_correction' AND month = @OriginMonth AND run_no = @OriginRun AND line_no = @LineNo AND attempt = @Attempt AND closed_at IS NULL;
        """;

    const string Insert = """
        -- CashCorrectionStore.Insert
        INSERT INTO cash_correction (province_code, correction_no, month, list_no, cash_line_no, paid_by_operation, case_no, commune_id, ground, file_name, file_sha256, proposed_by, at, operation_no)
        SELECT @provinceCode, last_number('cash_correction', @provinceCode) + 1, @Month, @ListNo, @CashLineNo, @PaidByOperation, @caseNo, @ListCommuneId, @ground, @fileName, @fileSha256, @person, @at, @operationNo
        RETURNING correction_no;
        """;

    const string Decide = """
        -- CashCorrectionStore.Decide
        INSERT INTO cash_correction_decision (province_code, correction_no, accepted, decision, person, proposed_by, at, operation_no)
        SELECT province_code, correction_no, @accepted, @decision, @person, proposed_by, @at, @operationNo FROM cash_correction WHERE province_code = @provinceCode AND correction_no = @correctionNo;
        """;

    const string TakeBack = """
        -- CashCorrectionStore.TakeBack: the payout ends as uncollected, the next one waits for a list; the posting is of the same list as the one it takes back.
        INSERT INTO attempt_end (province_code, month, run_no, line_no, attempt, how, proof, reason_code, ended_on, operation_no)
        VALUES (@provinceCode, @OriginMonth, @OriginRun, @LineNo, @Attempt, 'uncollected', @proof, NULL, @today, @operationNo);
        INSERT INTO attempt (province_code, month, run_no, line_no, attempt, kind, amount_vnd, payee_no, pay_commune_id, carried_month, carried_run)
        SELECT province_code, month, run_no, line_no, attempt + 1, 2, amount_vnd, payee_no, pay_commune_id, carried_month, carried_run
          FROM attempt WHERE province_code = @provinceCode AND month = @OriginMonth AND run_no = @OriginRun AND line_no = @LineNo AND attempt = @Attempt;
        INSERT INTO moved (run_month, run_no, line_no, programme, commune_id, list_month, list_no, from_place, to_place, amount_vnd)
        VALUES (@OriginMonth, @OriginRun, @LineNo, @Programme, @CommuneId, @Month, @ListNo, 10, 8, @AmountVnd);
        """;

    /// <summary>A line of a printed list; null when no list has the code.</summary>
    public static Task<PaidCashLine?> LineAsync(DatabaseSession session, short provinceCode, string receiptCode, CancellationToken cancel) =>
        session.FindAsync<PaidCashLine>(Line, new { provinceCode, receiptCode }, cancel);

    /// <summary>Corrections that wait, or all; of one number, or of any (0).</summary>
    public static Task<IReadOnlyList<StoredCashCorrection>> ListAsync(DatabaseSession session, short provinceCode, int correctionNo, bool all, CancellationToken cancel) =>
        session.QueryAsync<StoredCashCorrection>(List, new { provinceCode, correctionNo, all }, cancel);

    /// <summary>Number of the case that a proposal about a line has opened.</summary>
    public static Task<int> CaseOfAsync(DatabaseSession session, short provinceCode, PaidCashLine line, CancellationToken cancel) =>
        session.SingleAsync<int>(CaseOf, new { provinceCode, line.OriginMonth, line.OriginRun, line.LineNo, line.Attempt }, cancel);

    /// <summary>Keeps a proposal. Its number.</summary>
    public static Task<int> ProposeAsync(DatabaseSession session, short provinceCode, PaidCashLine line, int caseNo, string ground, string? fileName, byte[]? fileSha256, (string Person, Instant At, long OperationNo) by, CancellationToken cancel) =>
        session.SingleAsync<int>(Insert, new
        {
            provinceCode, line.Month, line.ListNo, line.CashLineNo, line.PaidByOperation, caseNo, line.ListCommuneId, ground, fileName, fileSha256, person = by.Person, at = by.At.ToDateTimeUtc(), operationNo = by.OperationNo,
        }, cancel);

    /// <summary>Keeps the decision; the store refuses an acceptance by who proposed it.</summary>
    public static Task DecideAsync(DatabaseSession session, short provinceCode, int correctionNo, bool accepted, string decision, (string Person, Instant At, long OperationNo) by, CancellationToken cancel) =>
        session.ExecuteAsync(Decide, new { provinceCode, correctionNo, accepted, decision, person = by.Person, at = by.At.ToDateTimeUtc(), operationNo = by.OperationNo }, cancel);

    /// <summary>Takes the money back out of its final place: it is due in cash again. Booked in the open period when the run is closed.</summary>
    public static async Task TakeBackAsync(DatabaseSession session, short provinceCode, PaidCashLine line, string proof, LocalDate today, long operationNo, CancellationToken cancel)
    {
        await PostingStore.CreateMovedAsync(session, cancel);
        await session.ExecuteAsync(TakeBack, new { provinceCode, line.OriginMonth, line.OriginRun, line.LineNo, line.Attempt, line.Programme, line.CommuneId, line.Month, line.ListNo, line.AmountVnd, proof, today, operationNo }, cancel);
        await PostingStore.PostAsync(session, provinceCode, operationNo, keepMembers: true, cancel);
    }
}
