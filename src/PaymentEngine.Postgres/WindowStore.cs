using NodaTime;
using PaymentEngine.Core;
using PaymentEngine.Core.Payments;

namespace PaymentEngine.Postgres;

/// <summary>A window of execution dates asked for after the approved one.</summary>
/// <param name="ApprovedBy">Null while it waits.</param>
public sealed record StoredWindow(int WindowNo, LocalDate ExecutionFrom, LocalDate ExecutionTo, string AskedBy, string Reason, string? ApprovedBy);

/// <summary>Windows of execution dates approved anew: the list stays as it was approved, its days move.</summary>
public static class WindowStore
{
    const string Latest = """
        -- WindowStore.Latest
        SELECT w.window_no AS WindowNo, w.execution_from AS ExecutionFrom, w.execution_to AS ExecutionTo, w.asked_by AS AskedBy, w.reason AS Reason, a.person AS ApprovedBy
          FROM run_window w LEFT JOIN run_window_approval a USING (province_code, month, run_no, window_no)
         WHERE w.province_code = @provinceCode AND w.month = @month AND w.run_no = @runNo ORDER BY w.window_no DESC LIMIT 1;
        """;

    const string Ask = """
        -- WindowStore.Ask
        INSERT INTO run_window (province_code, month, run_no, window_no, execution_from, execution_to, content_hash, asked_by, reason, at, operation_no)
        VALUES (@provinceCode, @month, @runNo, @windowNo, @from, @to, @contentHash, @person, @reason, @at, @operationNo);
        """;

    const string Approve = """
        -- WindowStore.Approve: the keys bind it to what was asked and by whom; the store refuses who asked and who made the run.
        INSERT INTO run_window_approval (province_code, month, run_no, window_no, person, asked_by, made_by, content_hash, at, operation_no)
        SELECT w.province_code, w.month, w.run_no, w.window_no, @person, w.asked_by, r.made_by, w.content_hash, @at, @operationNo
          FROM run_window w JOIN run r USING (province_code, month, run_no)
         WHERE w.province_code = @provinceCode AND w.month = @month AND w.run_no = @runNo AND w.window_no = @windowNo;
        """;

    /// <summary>The window asked for last, or null.</summary>
    public static Task<StoredWindow?> LatestAsync(DatabaseSession session, RunId run, CancellationToken cancel) =>
        session.FindAsync<StoredWindow>(Latest, new { provinceCode = run.ProvinceCode, month = run.Month.Key(), runNo = run.RunNo }, cancel);

    public static Task AskAsync(DatabaseSession session, RunId run, int windowNo, LocalDate from, LocalDate to, byte[] contentHash, string person, string reason, Instant at, long operationNo, CancellationToken cancel) =>
        session.ExecuteAsync(Ask, new { provinceCode = run.ProvinceCode, month = run.Month.Key(), runNo = run.RunNo, windowNo, from, to, contentHash, person, reason, at, operationNo }, cancel);

    public static Task ApproveAsync(DatabaseSession session, RunId run, int windowNo, string person, Instant at, long operationNo, CancellationToken cancel) =>
        session.ExecuteAsync(Approve, new { provinceCode = run.ProvinceCode, month = run.Month.Key(), runNo = run.RunNo, windowNo, person, at, operationNo }, cancel);
}
