using NodaTime;
using PaymentEngine.Core;
using PaymentEngine.Core.Payments;

namespace PaymentEngine.Postgres;

/// <summary>A withdrawn file whose list has not been written again.</summary>
public sealed record UnrenewedFile(int FileNo, string MsgId, short RouteNo, int Items);

/// <summary>Sealed files that never left the house: withdrawn, and their lists written again with other bytes. Keys say that of one list there is one live file.</summary>
public static class WithdrawalStore
{
    const string InsertWithdrawal = """
        -- WithdrawalStore.Withdraw
        INSERT INTO bank_file_withdrawal (province_code, month, file_no, list_hash_plain, renewal, person, reason, at, operation_no)
        SELECT province_code, month, file_no, list_hash_plain, renewal, @person, @reason, @at, @operationNo
          FROM bank_file WHERE province_code = @provinceCode AND month = @month AND file_no = @fileNo;
        """;

    const string Unrenewed = """
        -- WithdrawalStore.Unrenewed
        SELECT f.file_no AS FileNo, f.msg_id AS MsgId,
               (SELECT b.route_no FROM batch b WHERE b.province_code = f.province_code AND b.month = f.month AND b.file_no = f.file_no AND b.batch_no = 1) AS RouteNo, f.items AS Items
          FROM bank_file f JOIN bank_file_withdrawal w USING (province_code, month, file_no)
         WHERE f.province_code = @provinceCode AND f.month = @month AND f.run_no = @runNo
           AND NOT EXISTS (SELECT FROM bank_file n WHERE n.province_code = f.province_code AND n.list_hash_plain = f.list_hash_plain AND n.renewal = f.renewal + 1)
         ORDER BY f.file_no;
        """;

    const string FindWithdrawn = """
        -- WithdrawalStore.IsWithdrawn
        SELECT EXISTS (SELECT FROM bank_file JOIN bank_file_withdrawal USING (province_code, month, file_no)
                        WHERE province_code = @provinceCode AND month = @month AND run_no = @runNo AND msg_id = @msgId);
        """;

    // The same orders in the same batches; another file number, id, moment and day.
    const string Renew = """
        -- WithdrawalStore.Renew
        INSERT INTO bank_file (province_code, month, file_no, run_no, profile, msg_id, numbered_at, items, sum_vnd, list_hash, list_hash_plain, renewal, operation_no)
        SELECT province_code, month, @fileNo, run_no, profile, @msgId, @at, items, sum_vnd, list_hash, list_hash_plain, renewal + 1, @operationNo
          FROM bank_file WHERE province_code = @provinceCode AND month = @month AND file_no = @oldFileNo;
        INSERT INTO run_partition (province_code, month, run_no, stage, partition_no, commune_from, commune_to, recipient_from, recipient_to, people)
        SELECT province_code, month, run_no, 'export', @fileNo, 0, 0, 0, 0, items
          FROM bank_file WHERE province_code = @provinceCode AND month = @month AND file_no = @fileNo;
        INSERT INTO batch (province_code, month, file_no, batch_no, pmt_inf_id, route_no, origin_month, origin_run, line_from, line_to, execution_date, items, sum_vnd)
        SELECT province_code, month, @fileNo, batch_no, @msgId || substr(pmt_inf_id, length(@oldMsgId) + 1), route_no, origin_month, origin_run, line_from, line_to, @executionDate, items, sum_vnd
          FROM batch WHERE province_code = @provinceCode AND month = @month AND file_no = @oldFileNo;
        """;

    /// <summary>Withdraws a file; the store refuses a second time.</summary>
    public static Task WithdrawAsync(DatabaseSession session, RunId run, int fileNo, string person, string reason, Instant at, long operationNo, CancellationToken cancel) =>
        session.ExecuteAsync(InsertWithdrawal, new { provinceCode = run.ProvinceCode, month = run.Month.Key(), fileNo, person, reason, at, operationNo }, cancel);

    /// <summary>The withdrawn files of a run whose orders stand in no file now.</summary>
    public static Task<IReadOnlyList<UnrenewedFile>> UnrenewedAsync(DatabaseSession session, RunId run, CancellationToken cancel) =>
        session.QueryAsync<UnrenewedFile>(Unrenewed, new { provinceCode = run.ProvinceCode, month = run.Month.Key(), runNo = run.RunNo }, cancel);

    /// <summary>Whether a file of the run was withdrawn.</summary>
    public static Task<bool> IsWithdrawnAsync(DatabaseSession session, RunId run, string msgId, CancellationToken cancel) =>
        session.SingleAsync<bool>(FindWithdrawn, new { provinceCode = run.ProvinceCode, month = run.Month.Key(), runNo = run.RunNo, msgId }, cancel);

    /// <summary>Numbers the list of a withdrawn file anew.</summary>
    /// <param name="session">Session of the operation, inside its transaction, with the month's numbers locked.</param>
    /// <param name="run">The run.</param>
    /// <param name="old">The withdrawn file.</param>
    /// <param name="fileNo">Its new number in the month.</param>
    /// <param name="msgId">Its new id.</param>
    /// <param name="executionDate">The day on which the bank is to execute it.</param>
    /// <param name="at">Stands in the file as CreDtTm.</param>
    /// <param name="operationNo">The operation.</param>
    /// <param name="cancel">Cancels before the commit.</param>
    public static Task RenewAsync(DatabaseSession session, RunId run, UnrenewedFile old, int fileNo, string msgId, LocalDate executionDate, Instant at, long operationNo, CancellationToken cancel) =>
        session.ExecuteAsync(Renew, new
        {
            provinceCode = run.ProvinceCode, month = run.Month.Key(), oldFileNo = old.FileNo, oldMsgId = old.MsgId, fileNo, msgId, executionDate, at, operationNo,
        }, cancel);
}
