using System.Security.Cryptography;
using System.Text;
using NodaTime;
using PaymentEngine.Core.Audit;
using PaymentEngine.Postgres.Access;

namespace PaymentEngine.Postgres;

/// <summary>How an operation began: fresh, or already done under the same key with the result it had.</summary>
/// <param name="OperationNo">Number of the operation in its province.</param>
/// <param name="DoneResult">The stored result (JSON) when the same request was done before; null for a fresh one.</param>
/// <param name="OtherRequest">True when the key was used by a request with other content: that is refused.</param>
public readonly record struct OperationStart(long OperationNo, string? DoneResult, bool OtherRequest);

/// <summary>A key that was used by a request with other content: the same key with another body is refused, and nothing of the second is kept.</summary>
public sealed class OperationKeyReusedException(string key) : Exception($"'{key}' was done before with other content.")
{
    public string Key { get; } = key;
}

/// <summary>One row an operation, one audit block an operation, in the transaction that does the work.</summary>
/// <remarks>After a lost connection the key tells whether the work was done: present = done, absent = not done and safe to repeat (trust §5.3).</remarks>
public static class OperationLog
{
    const string Insert = """
        -- OperationLog.Begin
        INSERT INTO operation (province_code, key, kind, request_hash, person, epoch, at)
        SELECT @provinceCode, @key, @kind, @requestHash, @person, t.epoch, @at FROM tenant t WHERE t.province_code = @provinceCode
        ON CONFLICT (province_code, key) DO NOTHING
        RETURNING operation_no;
        """;

    const string Find = """
        -- OperationLog.Find
        SELECT o.operation_no AS OperationNo, o.request_hash AS RequestHash, r.result::text AS Result
          FROM operation o LEFT JOIN operation_result r USING (province_code, operation_no)
         WHERE o.province_code = @provinceCode AND o.key = @key;
        """;

    const string Count = """
        -- OperationLog.Count: how often a step was taken: under its key, and with a number behind it.
        SELECT count(*)::int FROM operation WHERE province_code = @provinceCode AND (key = @key OR (starts_with(key, @key || ' ') AND substr(key, length(@key) + 2) ~ '^[0-9]+$'));
        """;

    const string LockChain = """
        -- OperationLog.LockChain: taken last, just before the commit, so that no work waits for it.
        SELECT pg_advisory_xact_lock(hashtextextended('payengine.audit', @provinceCode));
        """;

    const string LastBlock = """
        -- OperationLog.LastBlock
        SELECT block_no AS BlockNo, encode(hash, 'hex') AS Hash, at AS At FROM audit_block WHERE province_code = @provinceCode ORDER BY block_no DESC LIMIT 1;
        """;

    const string InsertResult = """
        -- OperationLog.InsertResult
        INSERT INTO operation_result (province_code, operation_no, result) VALUES (@provinceCode, @operationNo, @result::jsonb);
        """;

    const string TakeCovered = """
        -- OperationLog.TakeCovered: the digests of all rows that name this operation.
        SELECT table_name AS TableName, items AS Items, digests AS Digests FROM take_covered_rows(@provinceCode, @operationNo);
        """;

    const string InsertBlock = """
        -- OperationLog.InsertBlock
        INSERT INTO audit_block (province_code, block_no, operation_no, previous_hash, covers, events, hash, at)
        VALUES (@provinceCode, @blockNo, @operationNo, decode(@previousHash, 'hex'), @covers, @events, decode(@hash, 'hex'), @at);
        """;

    const string InsertJump = """
        -- OperationLog.InsertJump
        INSERT INTO clock_jump (province_code, block_no, operation_no, previous_at, at) VALUES (@provinceCode, @blockNo, @operationNo, @previousAt, @at);
        """;

    /// <summary>How far a clock may lie behind the block before without being called a jump: clocks of two machines differ by seconds.</summary>
    public static readonly Duration ClockBackMax = Duration.FromMinutes(5);

    /// <summary>The hash a request is known by: SHA-256 over its parts, each ended by a zero byte.</summary>
    public static byte[] RequestHash(params IEnumerable<string> parts) =>
        SHA256.HashData(Encoding.UTF8.GetBytes(string.Concat(parts.Select(part => part + "\0"))));

    /// <summary>Opens an operation as the first statement of its transaction.</summary>
    /// <param name="session">A session inside the transaction that will do the work.</param>
    /// <param name="provinceCode">The tenant.</param>
    /// <param name="key">What makes this request this request: <c>run.approve 40-2611-001 level 1</c>.</param>
    /// <param name="kind">The kind of operation, for reports: <c>run.approve</c>.</param>
    /// <param name="requestHash">See <see cref="RequestHash"/>.</param>
    /// <param name="person">User name of the caller.</param>
    /// <param name="at">Time by the program's clock.</param>
    /// <param name="cancel">Cancels before the transaction commits.</param>
    /// <exception cref="OperationKeyReusedException">The key was used by a request with other content.</exception>
    /// <exception cref="OtherGlassException">The person needed an exception that was granted for something else.</exception>
    public static async Task<OperationStart> BeginAsync(DatabaseSession session, short provinceCode, string key, string kind, byte[] requestHash, string person, Instant at,
        CancellationToken cancel = default)
    {
        var start = await BeginOrTellAsync(session, provinceCode, key, kind, requestHash, person, at, cancel);
        return start.OtherRequest ? throw new OperationKeyReusedException(key) : start;
    }

    /// <summary>The same for a caller that has words of its own for another content under the same key, and asks <see cref="OperationStart.OtherRequest"/>.</summary>
    public static Task<OperationStart> BeginOrTellAsync(DatabaseSession session, short provinceCode, string key, string kind, byte[] requestHash, string person, Instant at,
        CancellationToken cancel = default) => StartAsync(session, provinceCode, key, kind, requestHash, person, at, key, cancel);

    /// <summary>As <see cref="BeginAsync"/>, for a key that does not name the run it is about.</summary>
    public static async Task<OperationStart> BeginAboutAsync(DatabaseSession session, short provinceCode, string key, string kind, byte[] requestHash, string person, Instant at, string about, CancellationToken cancel)
    {
        var start = await StartAsync(session, provinceCode, key, kind, requestHash, person, at, $"{key} {about}", cancel);
        return start.OtherRequest ? throw new OperationKeyReusedException(key) : start;
    }

    static async Task<OperationStart> StartAsync(DatabaseSession session, short provinceCode, string key, string kind, byte[] requestHash, string person, Instant at, string subjects, CancellationToken cancel)
    {
        InsideTransaction(session);
        await GlassStore.HoldToSubjectAsync(session, subjects, cancel);
        var fresh = await session.FindAsync<long?>(Insert, new { provinceCode, key, kind, requestHash, person, at = at.ToDateTimeUtc() }, cancel);
        if (fresh is { } operationNo) return new OperationStart(operationNo, null, false);
        var known = await session.SingleAsync<(long OperationNo, byte[] RequestHash, string? Result)>(Find, new { provinceCode, key }, cancel);
        return new OperationStart(known.OperationNo, known.Result, !known.RequestHash.AsSpan().SequenceEqual(requestHash));
    }

    /// <summary>How often an operation of this key was done, with the numbered ones after it: <c>run.submit R</c>, <c>run.submit R 2</c> …</summary>
    public static Task<int> CountAsync(DatabaseSession session, short provinceCode, string key, CancellationToken cancel = default) => session.SingleAsync<int>(Count, new { provinceCode, key }, cancel);

    /// <summary>Closes an operation as the last statements before the commit: its result and its block in the audit chain.</summary>
    /// <param name="session">The session of the operation.</param>
    /// <param name="provinceCode">The tenant.</param>
    /// <param name="operationNo">From <see cref="BeginAsync"/>.</param>
    /// <param name="resultJson">What the caller is told, kept for a repeated request.</param>
    /// <param name="eventsJson">Canonical JSON of what happened: counts, sums and digests of bulk steps; events of people one by one.</param>
    /// <param name="at">Time by the program's clock.</param>
    /// <param name="cancel">Cancels before the transaction commits.</param>
    public static async Task CompleteAsync(DatabaseSession session, short provinceCode, long operationNo, string resultJson, string eventsJson, Instant at, CancellationToken cancel = default)
    {
        InsideTransaction(session);
        eventsJson = await GlassStore.RecordUseAsync(session, provinceCode, operationNo, eventsJson, cancel);
        await session.ExecuteAsync(LockChain, new { provinceCode }, cancel);
        // PostgreSQL keeps microseconds: the hash must be the same when it is read back.
        at = Instant.FromUnixTimeTicks(at.ToUnixTimeTicks() / 10 * 10);
        var last = await session.FindAsync<(long BlockNo, string Hash, DateTime At)?>(LastBlock, new { provinceCode }, cancel);
        var blockNo = (last?.BlockNo ?? 0) + 1;
        await session.ExecuteAsync(InsertResult, new { provinceCode, operationNo, result = resultJson }, cancel);
        if (last is { } before && Instant.FromDateTimeUtc(DateTime.SpecifyKind(before.At, DateTimeKind.Utc)) - at > ClockBackMax)
            await session.ExecuteAsync(InsertJump, new { provinceCode, blockNo, operationNo, previousAt = before.At, at = at.ToDateTimeUtc() }, cancel);
        var covered = await session.QueryAsync<(string TableName, long Items, byte[]? Digests)>(TakeCovered, new { provinceCode, operationNo }, cancel);
        var block = new AuditBlock(provinceCode, blockNo, operationNo, at, CoveredSets.Write(covered.GroupBy(part => part.TableName)
            .Select(table => CoveredSets.Of(table.Key, table.Sum(part => part.Items), [.. table.Select(part => part.Digests)]))), eventsJson, last?.Hash ?? AuditBlock.Beginning, "");
        await session.ExecuteAsync(InsertBlock, new
        {
            provinceCode, operationNo, blockNo, previousHash = block.PreviousHash, covers = block.Covers, events = eventsJson, hash = block.ComputedHash, at = at.ToDateTimeUtc(),
        }, cancel);
    }

    static void InsideTransaction(DatabaseSession session)
    {
        if (session.Transaction is null) throw new InvalidOperationException("An operation lives in the transaction of its work.");
    }
}
