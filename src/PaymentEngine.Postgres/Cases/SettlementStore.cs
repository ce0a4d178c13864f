using NodaTime;
using PaymentEngine.Core.Reconciliation;

namespace PaymentEngine.Postgres.Cases;

/// <summary>A settlement of a dispute as it stands in the store: proposed by one person, answered by another.</summary>
public sealed record StoredSettlement
{
    public int Month { get; init; }
    public int RunNo { get; init; }
    public int LineNo { get; init; }
    public short Attempt { get; init; }
    public short SettlementNo { get; init; }
    public int CaseNo { get; init; }

    /// <summary><c>paid</c> or <c>returned</c>.</summary>
    public string SettledAs { get; init; } = "";
    public int Evidence { get; init; }
    public byte[] FactsDigest { get; init; } = [];
    public long BankOwesVnd { get; init; }

    /// <summary>The paper it rests on.</summary>
    public string Ground { get; init; } = "";
    public string? FileName { get; init; }

    /// <summary>SHA-256 of the kept paper.</summary>
    public byte[]? FileSha256 { get; init; }
    public string MadeBy { get; init; } = "";
    public Instant At { get; init; }

    /// <summary><c>approved</c>, <c>rejected</c>; null: nobody has answered.</summary>
    public string? Answer { get; init; }
    public string? AnsweredBy { get; init; }
    public string? Remark { get; init; }

    public FactRow Row => new(FactTarget.Attempt, Month, RunNo, LineNo, Attempt);

    public Settlement AsCore() => new(SettledAs == "paid" ? Core.Reconciliation.SettledAs.Paid : Core.Reconciliation.SettledAs.Returned, (Evidence)Evidence, FactsDigest, BankOwesVnd);
}

/// <summary>Settlements of disputes. Everything here is only ever inserted; whether one stands is asked of the facts (<see cref="Settlement.StandsOn"/>; in the store: bound_settlement).</summary>
public static class SettlementStore
{
    const string Columns = """
        SELECT s.month, s.run_no, s.line_no, s.attempt, s.settlement_no, s.case_no, s.settled_as, s.evidence, s.facts_digest, s.bank_owes_vnd, s.ground, s.file_name, s.file_sha256, s.made_by, s.at,
               a.answer, a.person AS answered_by, a.remark
          FROM settlement s LEFT JOIN settlement_answer a USING (province_code, month, run_no, line_no, attempt, settlement_no)
        """;

    const string OfPayment = $"""
        -- SettlementStore.OfPayment: of every attempt of a payment, oldest first.
        {Columns}
         WHERE s.province_code = @provinceCode AND s.month = @month AND s.run_no = @runNo AND s.line_no = @lineNo ORDER BY s.attempt, s.settlement_no;
        """;

    const string ApprovedOfRuns = $"""
        -- SettlementStore.ApprovedOfRuns: the latest first.
        {Columns}
         WHERE s.province_code = @provinceCode AND (s.month, s.run_no) IN (SELECT * FROM unnest(@months, @runs)) AND a.answer = 'approved'
         ORDER BY s.month, s.run_no, s.line_no, s.attempt, s.settlement_no DESC;
        """;

    const string Insert = """
        -- SettlementStore.Insert
        INSERT INTO settlement (province_code, month, run_no, line_no, attempt, settlement_no, case_no, commune_id, settled_as, evidence, facts_digest, bank_owes_vnd, ground, file_name, file_sha256, made_by, at, operation_no)
        SELECT @provinceCode, @Month, @RunNo, @LineNo, @Attempt, coalesce(max(settlement_no), 0) + 1, @CaseNo, @communeId, @SettledAs, @Evidence, @FactsDigest, @BankOwesVnd, @Ground, @FileName, @FileSha256, @MadeBy, @at, @operationNo
          FROM settlement WHERE province_code = @provinceCode AND month = @Month AND run_no = @RunNo AND line_no = @LineNo AND attempt = @Attempt;
        """;

    const string InsertAnswer = """
        -- SettlementStore.Answer
        INSERT INTO settlement_answer (province_code, month, run_no, line_no, attempt, settlement_no, answer, person, made_by, remark, at, operation_no)
        VALUES (@provinceCode, @Month, @RunNo, @LineNo, @Attempt, @SettlementNo, @answer, @person, @MadeBy, @remark, @at, @operationNo);
        """;

    /// <summary>Every settlement of a payment's attempts, answered or not.</summary>
    public static Task<IReadOnlyList<StoredSettlement>> OfPaymentAsync(DatabaseSession session, short provinceCode, int month, int runNo, int lineNo, CancellationToken cancel) =>
        session.QueryAsync<StoredSettlement>(OfPayment, new { provinceCode, month, runNo, lineNo }, cancel);

    /// <summary>Approved settlements of the payments that some runs listed, the latest of each attempt first; whether one stands is asked of the facts.</summary>
    public static Task<IReadOnlyList<StoredSettlement>> ApprovedAsync(DatabaseSession session, short provinceCode, IReadOnlyCollection<(int Month, int RunNo)> runs, CancellationToken cancel) =>
        session.QueryAsync<StoredSettlement>(ApprovedOfRuns, new { provinceCode, months = runs.Select(run => run.Month).ToArray(), runs = runs.Select(run => run.RunNo).ToArray() }, cancel);

    /// <summary>Keeps a proposal. Its number is the next of the attempt.</summary>
    public static Task ProposeAsync(DatabaseSession session, short provinceCode, StoredSettlement settlement, int communeId, Instant at, long operationNo, CancellationToken cancel) =>
        session.ExecuteAsync(Insert, new
        {
            provinceCode, settlement.Month, settlement.RunNo, settlement.LineNo, settlement.Attempt, settlement.CaseNo, communeId, settlement.SettledAs, settlement.Evidence, settlement.FactsDigest, settlement.BankOwesVnd,
            settlement.Ground, settlement.FileName, settlement.FileSha256, settlement.MadeBy, at = at.ToDateTimeUtc(), operationNo,
        }, cancel);

    /// <summary>Keeps the answer. The store refuses an approval by who proposed it, and a second answer.</summary>
    public static Task AnswerAsync(DatabaseSession session, short provinceCode, StoredSettlement settlement, string answer, string person, string? remark, Instant at, long operationNo, CancellationToken cancel) =>
        session.ExecuteAsync(InsertAnswer, new
        {
            provinceCode, settlement.Month, settlement.RunNo, settlement.LineNo, settlement.Attempt, settlement.SettlementNo, answer, person, settlement.MadeBy, remark, at = at.ToDateTimeUtc(), operationNo,
        }, cancel);
}
