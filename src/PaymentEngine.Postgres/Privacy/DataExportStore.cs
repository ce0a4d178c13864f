using NodaTime;

namespace PaymentEngine.Postgres.Privacy;

/// <summary>A file of personal data that left.</summary>
/// <param name="Number">Of the export, as it stands in the file: <c>40-E12</c>; of a file that has a number of its own, that.</param>
/// <param name="Command">The command it left by.</param>
/// <param name="Rows">Rows of people; null where nobody counted.</param>
/// <param name="Sha256">Lower-case hexadecimal; null: begun, and no file of it is known to have been finished.</param>
public sealed record LeftFile(string Number, string Person, DateTime At, string Command, string Purpose, string? FileName, long? Rows, string? Sha256);

/// <summary>Exports of personal data: who took what out, when and what for.</summary>
public static class DataExportStore
{
    const string Lock = """
        -- DataExportStore.Lock
        SELECT pg_advisory_xact_lock(hashtextextended('payengine.export', @provinceCode));
        """;

    const string Next = """
        -- DataExportStore.Next
        SELECT coalesce(max(export_no), 0) + 1 FROM data_export WHERE province_code = @provinceCode;
        """;

    const string InsertExport = """
        -- DataExportStore.Insert
        INSERT INTO data_export (province_code, export_no, person, at, command, purpose, operation_no) VALUES (@provinceCode, @exportNo, @person, @at, @command, @purpose, @operationNo);
        """;

    const string InsertFile = """
        -- DataExportStore.InsertFile
        INSERT INTO data_export_file (province_code, export_no, file_no, file_name, rows, sha256, at, operation_no)
        VALUES (@provinceCode, @exportNo, @fileNo, @name, @rows, @sha256, @at, @operationNo);
        """;

    const string Find = """
        -- DataExportStore.Find: exports, and files with people in them that have a number of their own.
        SELECT * FROM (
            SELECT e.province_code || '-E' || e.export_no AS number, e.person, e.at, e.command, e.purpose, f.file_name, f.rows, encode(f.sha256, 'hex') AS sha256
              FROM data_export e LEFT JOIN data_export_file f USING (province_code, export_no) WHERE e.province_code = @provinceCode
            UNION ALL
            SELECT province_code || '-X' || exchange_no, person, at, 'people exchange export', 'đối chiếu với cơ sở dữ liệu dân cư', file_name, people, encode(sha256, 'hex') FROM population_exchange WHERE province_code = @provinceCode
            UNION ALL
            SELECT province_code || '-K' || inquiry_no, person, at, 'account verify request', 'ngân hàng xác nhận tài khoản', file_name, accounts, encode(sha256, 'hex') FROM account_inquiry WHERE province_code = @provinceCode
            UNION ALL
            SELECT province_code || '-H' || outbox_no, person, at, 'portal send', 'trả kết quả hồ sơ', file_name, items, encode(sha256, 'hex') FROM portal_outbox WHERE province_code = @provinceCode
            UNION ALL
            SELECT f.msg_id, h.person, s.sealed_at, 'run export', 'tệp lệnh chi gửi ngân hàng', f.msg_id, f.items, encode(s.sha256, 'hex') FROM bank_file_seal s JOIN bank_file f USING (province_code, month, file_no)
              JOIN operation h ON h.province_code = s.province_code AND h.operation_no = s.operation_no WHERE s.province_code = @provinceCode) known
         WHERE (@sha256::text IS NULL OR starts_with(sha256, @sha256)) AND (@number::text IS NULL OR number = @number) AND (@person::text IS NULL OR person = @person) AND (@from::timestamptz IS NULL OR at >= @from)
           AND (@everything OR @sha256::text IS NOT NULL OR @number::text IS NOT NULL OR number LIKE '%-E%')
         ORDER BY at DESC, number LIMIT @rowsMax;
        """;

    /// <summary>The number of the next export; nobody else takes it while the transaction lasts.</summary>
    public static async Task<int> NextAsync(DatabaseSession session, short provinceCode, CancellationToken cancel)
    {
        await session.ExecuteAsync(Lock, new { provinceCode }, cancel);
        return await session.SingleAsync<int>(Next, new { provinceCode }, cancel);
    }

    /// <summary>Keeps that an export begins.</summary>
    public static Task InsertAsync(DatabaseSession session, short provinceCode, int exportNo, string person, Instant at, string command, string purpose, long operationNo, CancellationToken cancel) =>
        session.ExecuteAsync(InsertExport, new { provinceCode, exportNo, person, at, command, purpose, operationNo }, cancel);

    /// <summary>Keeps what was written.</summary>
    public static async Task InsertFilesAsync(DatabaseSession session, short provinceCode, int exportNo, IReadOnlyList<(string Name, long Rows, byte[] Sha256)> files, Instant at, long operationNo, CancellationToken cancel)
    {
        for (var i = 0; i < files.Count; i++)
            await session.ExecuteAsync(InsertFile, new { provinceCode, exportNo, fileNo = i + 1, name = files[i].Name, rows = files[i].Rows, sha256 = files[i].Sha256, at, operationNo }, cancel);
    }

    /// <summary>Files that left, the latest first.</summary>
    /// <param name="session">Of the whole province.</param>
    /// <param name="provinceCode">The tenant.</param>
    /// <param name="sha256">First figures of the digest of a file that was found; null: any.</param>
    /// <param name="number">As it stands in a file; null: any.</param>
    /// <param name="person">Who took it; null: anybody.</param>
    /// <param name="from">Since then; null: ever.</param>
    /// <param name="everything">Files to banks, police and portals too, which have numbers of their own.</param>
    /// <param name="rowsMax">At most so many.</param>
    /// <param name="cancel">Cancels the reading.</param>
    public static Task<IReadOnlyList<LeftFile>> FindAsync(DatabaseSession session, short provinceCode, string? sha256, string? number, string? person, Instant? from, bool everything, int rowsMax, CancellationToken cancel) =>
        session.QueryAsync<LeftFile>(Find, new { provinceCode, sha256, number, person, from = from?.ToDateTimeUtc(), everything, rowsMax }, cancel);
}
