using NodaTime;

namespace PaymentEngine.Postgres.Audit;

/// <summary>A signed head as it is kept.</summary>
public sealed record StoredHead(int HeadNo, long BlockNo, string BlockHash, string Content, byte[] Signature, DateTime At);

/// <summary>What happened since a head.</summary>
public sealed record SinceHead(bool HasOccasion, Instant LastAt);

/// <summary>Signed heads, and signatures over bundles: kept once, so that what was signed stays the same bytes.</summary>
public static class HeadStore
{
    const string Columns = "head_no AS HeadNo, block_no AS BlockNo, encode(block_hash, 'hex') AS BlockHash, content AS Content, signature AS Signature, at AS At";

    const string Last = $"""
        -- HeadStore.Last
        SELECT {Columns} FROM audit_head WHERE province_code = @provinceCode ORDER BY head_no DESC LIMIT 1;
        """;

    const string FirstFrom = $"""
        -- HeadStore.FirstFrom
        SELECT {Columns} FROM audit_head WHERE province_code = @provinceCode AND block_no >= @blockNo ORDER BY head_no LIMIT 1;
        """;

    const string Since = """
        -- HeadStore.Since
        SELECT EXISTS (SELECT FROM audit_block b JOIN operation o USING (province_code, operation_no) WHERE b.province_code = @provinceCode AND b.block_no > @blockNo AND o.kind = ANY (@kinds)) AS HasOccasion,
               (SELECT b.at FROM audit_block b WHERE b.province_code = @provinceCode AND b.block_no > @blockNo ORDER BY b.block_no DESC LIMIT 1) AS LastAt;
        """;

    const string Insert = """
        -- HeadStore.Insert
        INSERT INTO audit_head (province_code, head_no, block_no, block_hash, content, signature, at) VALUES (@provinceCode, @HeadNo, @BlockNo, decode(@BlockHash, 'hex'), @Content, @Signature, @At);
        """;

    const string Lock = """
        -- HeadStore.Lock
        SELECT pg_advisory_xact_lock(hashtextextended('payengine.audit_head', @provinceCode));
        """;

    const string FindBundle = """
        -- HeadStore.FindBundle
        SELECT signature FROM bundle_signature WHERE province_code = @provinceCode AND sums_sha256 = @sums;
        """;

    const string InsertBundle = """
        -- HeadStore.InsertBundle: of two programs that sign the same bundle the first stands.
        INSERT INTO bundle_signature (province_code, sums_sha256, signature, at) VALUES (@provinceCode, @sums, @signature, @at) ON CONFLICT DO NOTHING;
        """;

    public static Task<StoredHead?> LastAsync(DatabaseSession session, short provinceCode, CancellationToken cancel = default) => session.FindAsync<StoredHead>(Last, new { provinceCode }, cancel);

    /// <summary>The first head that covers a block.</summary>
    public static Task<StoredHead?> FirstFromAsync(DatabaseSession session, short provinceCode, long blockNo, CancellationToken cancel = default) =>
        session.FindAsync<StoredHead>(FirstFrom, new { provinceCode, blockNo }, cancel);

    /// <summary>What happened since a block; null: nothing.</summary>
    public static async Task<SinceHead?> SinceAsync(DatabaseSession session, short provinceCode, long blockNo, string[] kinds, CancellationToken cancel = default)
    {
        var (hasOccasion, lastAt) = await session.SingleAsync<(bool, DateTime?)>(Since, new { provinceCode, blockNo, kinds }, cancel);
        return lastAt is { } at ? new(hasOccasion, Instant.FromDateTimeUtc(DateTime.SpecifyKind(at, DateTimeKind.Utc))) : null;
    }

    public static Task InsertAsync(DatabaseSession session, short provinceCode, StoredHead head, CancellationToken cancel = default) =>
        session.ExecuteAsync(Insert, new { provinceCode, head.HeadNo, head.BlockNo, head.BlockHash, head.Content, head.Signature, head.At }, cancel);

    /// <summary>One head after the other.</summary>
    public static Task LockAsync(DatabaseSession session, short provinceCode, CancellationToken cancel = default) => session.ExecuteAsync(Lock, new { provinceCode }, cancel);

    /// <summary>The signature over a bundle's list of digests, made once: the given one is kept when there is none yet.</summary>
    public static async Task<byte[]> BundleSignatureAsync(DatabaseSession session, short provinceCode, byte[] sums, Func<byte[]> sign, Instant at, CancellationToken cancel = default)
    {
        if (await session.FindAsync<byte[]>(FindBundle, new { provinceCode, sums }, cancel) is { } known) return known;
        await session.ExecuteAsync(InsertBundle, new { provinceCode, sums, signature = sign(), at = at.ToDateTimeUtc() }, cancel);
        return await session.SingleAsync<byte[]>(FindBundle, new { provinceCode, sums }, cancel);
    }
}
