using NodaTime;
using PaymentEngine.Core.Audit;

namespace PaymentEngine.Postgres.Audit;

/// <summary>An operation as an auditor reads it.</summary>
/// <param name="OperationNo">Its number.</param>
/// <param name="Key">What made this request this request.</param>
/// <param name="Kind">The kind of operation.</param>
/// <param name="Person">Who.</param>
/// <param name="Epoch">The life of the database it was done in: it rises with every restore.</param>
/// <param name="At">When, by the program's clock.</param>
public sealed record StoredOperation(long OperationNo, string Key, string Kind, string Person, int Epoch, DateTime At);

/// <summary>The audit chain as it is stored. Written by <see cref="OperationLog"/> alone.</summary>
public static class BlockStore
{
    const string Select = "SELECT province_code, block_no, operation_no, at, covers, events, encode(previous_hash, 'hex'), encode(hash, 'hex') FROM audit_block";

    const string Blocks = $"""
        -- BlockStore.Blocks
        {Select} WHERE province_code = @provinceCode AND block_no > @after AND block_no <= @upTo ORDER BY block_no;
        """;

    const string Last = """
        -- BlockStore.Last
        SELECT block_no AS BlockNo, encode(hash, 'hex') AS Hash FROM audit_block WHERE province_code = @provinceCode ORDER BY block_no DESC LIMIT 1;
        """;

    const string HashOf = """
        -- BlockStore.HashOf
        SELECT encode(hash, 'hex') FROM audit_block WHERE province_code = @provinceCode AND block_no = @blockNo;
        """;

    const string WithoutBlock = """
        -- BlockStore.WithoutBlock: an operation has one block, a block one operation (its foreign key).
        SELECT o.operation_no AS OperationNo, o.key AS Key, o.kind AS Kind, o.person AS Person, o.epoch AS Epoch, o.at AS At FROM operation o
         WHERE o.province_code = @provinceCode AND (SELECT count(*) FROM audit_block b WHERE b.province_code = o.province_code AND b.operation_no = o.operation_no) <> 1
         ORDER BY o.operation_no LIMIT 1;
        """;

    const string CoveredTables = """
        -- BlockStore.CoveredTables
        SELECT c.relname FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid
         WHERE t.tgname = 'cover_rows' AND c.relnamespace = 'public'::regnamespace AND NOT c.relispartition ORDER BY c.relname COLLATE "C";
        """;

    const string RowsByOperation = """
        -- BlockStore.RowsByOperation
        SELECT operation_no AS OperationNo, items AS Items, digests AS Digests FROM rows_by_operation(@provinceCode, @table);
        """;

    /// <summary>Every block in order, until <paramref name="take"/> says no.</summary>
    public static Task ReadAsync(DatabaseSession session, short provinceCode, Func<AuditBlock, bool> take, long after = 0, long upTo = long.MaxValue, CancellationToken cancel = default) =>
        session.ReadAsync(Blocks, async reader =>
        {
            while (await reader.ReadAsync(cancel))
            {
                var block = new AuditBlock(reader.GetInt16(0), reader.GetInt64(1), reader.GetInt64(2), Instant.FromDateTimeUtc(DateTime.SpecifyKind(reader.GetDateTime(3), DateTimeKind.Utc)),
                    reader.GetString(4), reader.GetString(5), reader.GetString(6), reader.GetString(7));
                if (!take(block)) return;
            }
        }, new { provinceCode, after, upTo }, cancel);

    /// <summary>The last block; null before the first.</summary>
    public static async Task<(long BlockNo, string Hash)?> LastAsync(DatabaseSession session, short provinceCode, CancellationToken cancel = default) =>
        await session.FindAsync<(long BlockNo, string Hash)?>(Last, new { provinceCode }, cancel);

    /// <summary>The hash of a block; null when there is none of this number.</summary>
    public static Task<string?> HashOfAsync(DatabaseSession session, short provinceCode, long blockNo, CancellationToken cancel = default) =>
        session.FindAsync<string>(HashOf, new { provinceCode, blockNo }, cancel);

    /// <summary>The first operation that has not exactly one block.</summary>
    public static Task<StoredOperation?> WithoutBlockAsync(DatabaseSession session, short provinceCode, CancellationToken cancel = default) =>
        session.FindAsync<StoredOperation>(WithoutBlock, new { provinceCode }, cancel);

    /// <summary>The tables whose rows are covered by blocks.</summary>
    public static Task<IReadOnlyList<string>> CoveredTablesAsync(DatabaseSession session, CancellationToken cancel = default) => session.QueryAsync<string>(CoveredTables, null, cancel);

    /// <summary>The sets of one table by operation, from the rows as they stand.</summary>
    public static async Task<IReadOnlyDictionary<long, CoveredSet>> RowsByOperationAsync(DatabaseSession session, short provinceCode, string table, CancellationToken cancel = default) =>
        (await session.QueryAsync<(long OperationNo, long Items, byte[]? Digests)>(RowsByOperation, new { provinceCode, table }, cancel))
        .ToDictionary(row => row.OperationNo, row => CoveredSets.Of(table, row.Items, [row.Digests]));
}
