using NodaTime;
using PaymentEngine.Core;
using PaymentEngine.Core.Audit;

namespace PaymentEngine.Postgres.Audit;

/// <summary>A fence that stands or stood.</summary>
/// <param name="FenceNo">Its number.</param>
/// <param name="Epoch">The epoch that began with it.</param>
/// <param name="Reason">Why it was closed.</param>
/// <param name="Person">Who closed it; <c>system</c> when the program noticed by itself.</param>
/// <param name="At">When.</param>
/// <param name="Lifters">Who has said that it may be lifted: two persons lift it.</param>
public sealed record StoredFence(int FenceNo, int Epoch, string Reason, string Person, DateTime At, string[] Lifters)
{
    /// <summary>Two persons lift a fence.</summary>
    public const int LiftersNeeded = 2;

    public bool IsLifted => Lifters.Length >= LiftersNeeded;
}

/// <summary>What somebody decided about a difference that cannot be adopted.</summary>
public sealed record FenceDecision(string Item, string Person, string Reason);

/// <summary>A file as the database knows it: sealed or not, handed over or not.</summary>
public sealed record FileStanding(string MsgId, string Run, string? Sha256, int Intents, bool Sent);

/// <summary>The fence: after a restore or a failover nothing leaves until what lies outside the database agrees with it (trust §5.3).</summary>
public static class FenceStore
{
    const string Standing = """
        -- FenceStore.Standing
        SELECT f.fence_no AS FenceNo, f.epoch AS Epoch, f.reason AS Reason, f.person AS Person, f.at AS At,
               coalesce((SELECT array_agg(l.person ORDER BY l.at, l.person) FROM fence_lift l WHERE l.province_code = f.province_code AND l.fence_no = f.fence_no), '{}') AS Lifters
          FROM fence f WHERE f.province_code = @provinceCode ORDER BY f.fence_no DESC LIMIT 1;
        """;

    const string Raise = """
        -- FenceStore.Raise
        UPDATE tenant SET epoch = greatest(epoch, @seen) + 1 WHERE province_code = @provinceCode RETURNING epoch;
        """;

    const string Insert = """
        -- FenceStore.Insert
        INSERT INTO fence (province_code, fence_no, epoch, reason, person, at, operation_no)
        SELECT @provinceCode, coalesce(max(fence_no), 0) + 1, @epoch, @reason, @person, @at, @operationNo FROM fence WHERE province_code = @provinceCode RETURNING fence_no;
        """;

    const string Lift = """
        -- FenceStore.Lift
        INSERT INTO fence_lift (province_code, fence_no, person, reason, at, operation_no) VALUES (@provinceCode, @fenceNo, @person, @reason, @at, @operationNo);
        """;

    const string Decide = """
        -- FenceStore.Decide
        INSERT INTO fence_decision (province_code, fence_no, item, person, reason, at, operation_no) VALUES (@provinceCode, @fenceNo, @item, @person, @reason, @at, @operationNo);
        """;

    const string Decisions = """
        -- FenceStore.Decisions
        SELECT item AS Item, person AS Person, reason AS Reason FROM fence_decision WHERE province_code = @provinceCode ORDER BY item, at, person;
        """;

    const string FilesSql = """
        -- FenceStore.Files
        SELECT f.msg_id AS MsgId, f.province_code || '-' || substr(f.month::text, 3) || '-' || lpad(f.run_no::text, 3, '0') AS Run, encode(s.sha256, 'hex') AS Sha256,
               (SELECT count(*)::int FROM hand_over h WHERE h.province_code = f.province_code AND h.month = f.month AND h.file_no = f.file_no) AS Intents,
               EXISTS (SELECT FROM hand_over_outcome o WHERE o.province_code = f.province_code AND o.month = f.month AND o.file_no = f.file_no AND o.outcome = 'sent') AS Sent
          FROM bank_file f LEFT JOIN bank_file_seal s USING (province_code, month, file_no)
         WHERE f.province_code = @provinceCode ORDER BY f.msg_id;
        """;

    const string Tenants = """
        -- FenceStore.Tenants
        SELECT province_code FROM tenant ORDER BY province_code;
        """;

    const string Epoch = """
        -- FenceStore.Epoch
        SELECT epoch FROM tenant WHERE province_code = @provinceCode;
        """;

    /// <summary>The last fence; null when there was never one.</summary>
    public static Task<StoredFence?> LastAsync(DatabaseSession session, short provinceCode, CancellationToken cancel = default) => session.FindAsync<StoredFence>(Standing, new { provinceCode }, cancel);

    /// <summary>Why nothing may leave now; null when nothing stands in the way.</summary>
    /// <returns><c>not_allowed.fence</c></returns>
    public static async Task<Problem?> WhyClosedAsync(DatabaseSession session, short provinceCode, CancellationToken cancel = default) =>
        await LastAsync(session, provinceCode, cancel) is { IsLifted: false } fence
            ? new Problem("not_allowed.fence", FormattableString.Invariant($"The fence is closed since {fence.At:yyyy-MM-dd HH:mm} UTC (epoch {fence.Epoch}): {fence.Reason}"),
                "Nothing is sealed, sent, recalled or printed until sealed files, heads and database agree: payengine audit fence check; then adopt or decide what differs, and two persons lift it: payengine audit fence lift.")
            : null;

    /// <summary>Begins a new epoch behind a closed fence, as one operation with its block. Within a transaction.</summary>
    /// <param name="session">A session in a transaction.</param>
    /// <param name="provinceCode">The tenant.</param>
    /// <param name="kind"><c>db.restore</c>, <c>fence.raise</c>, <c>fence.close</c>.</param>
    /// <param name="reason">Why.</param>
    /// <param name="person">Who; <c>system</c> when the program noticed by itself.</param>
    /// <param name="seen">The highest epoch that has left a trace outside the database: the new one is above it.</param>
    /// <param name="at">By the program's clock.</param>
    /// <param name="cancel">Cancels before the commit.</param>
    /// <returns>The number of the fence.</returns>
    public static async Task<int> CloseAsync(DatabaseSession session, short provinceCode, string kind, string reason, string person, int seen, Instant at, CancellationToken cancel = default)
    {
        var epoch = await session.SingleAsync<int>(Raise, new { provinceCode, seen }, cancel);
        var start = await OperationLog.BeginAsync(session, provinceCode, FormattableString.Invariant($"{kind} epoch {epoch} {at.ToUnixTimeTicks()}"), kind, OperationLog.RequestHash(kind, reason), person, at, cancel);
        var fenceNo = await session.SingleAsync<int>(Insert, new { provinceCode, epoch, reason, person, at = at.ToDateTimeUtc(), operationNo = start.OperationNo }, cancel);
        var said = System.Text.Json.JsonSerializer.Serialize(new { fence = fenceNo, epoch, reason }, Plain);
        await OperationLog.CompleteAsync(session, provinceCode, start.OperationNo, said, said, at, cancel);
        return fenceNo;
    }

    static readonly System.Text.Json.JsonSerializerOptions Plain = new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>One person says that the fence may be lifted; the key refuses the same person twice.</summary>
    public static Task LiftAsync(DatabaseSession session, short provinceCode, int fenceNo, string person, string reason, Instant at, long operationNo, CancellationToken cancel = default) =>
        session.ExecuteAsync(Lift, new { provinceCode, fenceNo, person, reason, at = at.ToDateTimeUtc(), operationNo }, cancel);

    /// <summary>One person's word on a difference.</summary>
    public static Task DecideAsync(DatabaseSession session, short provinceCode, int fenceNo, string item, string person, string reason, Instant at, long operationNo, CancellationToken cancel = default) =>
        session.ExecuteAsync(Decide, new { provinceCode, fenceNo, item, person, reason, at = at.ToDateTimeUtc(), operationNo }, cancel);

    /// <summary>All decisions: what was settled behind an earlier fence stays settled.</summary>
    public static Task<IReadOnlyList<FenceDecision>> DecisionsAsync(DatabaseSession session, short provinceCode, CancellationToken cancel = default) =>
        session.QueryAsync<FenceDecision>(Decisions, new { provinceCode }, cancel);

    /// <summary>Every file the database knows.</summary>
    public static Task<IReadOnlyList<FileStanding>> FilesAsync(DatabaseSession session, short provinceCode, CancellationToken cancel = default) => session.QueryAsync<FileStanding>(FilesSql, new { provinceCode }, cancel);

    /// <summary>The provinces of this database.</summary>
    public static Task<IReadOnlyList<short>> TenantsAsync(DatabaseSession session, CancellationToken cancel = default) => session.QueryAsync<short>(Tenants, null, cancel);

    /// <summary>The life of the database: it rises with every restore and failover.</summary>
    public static Task<int> EpochAsync(DatabaseSession session, short provinceCode, CancellationToken cancel = default) => session.FindAsync<int>(Epoch, new { provinceCode }, cancel);
}

/// <summary>Jumps of the clock, and who has looked at them.</summary>
public static class ClockStore
{
    const string Open = """
        -- ClockStore.Open
        SELECT j.block_no AS BlockNo, j.previous_at AS PreviousAt, j.at AS At, o.kind AS Kind, o.person AS Person FROM clock_jump j JOIN operation o USING (province_code, operation_no)
         WHERE j.province_code = @provinceCode AND NOT EXISTS (SELECT FROM clock_confirmation c WHERE c.province_code = j.province_code AND c.block_no = j.block_no) ORDER BY j.block_no;
        """;

    const string Confirm = """
        -- ClockStore.Confirm
        INSERT INTO clock_confirmation (province_code, block_no, person, reason, at, operation_no)
        SELECT @provinceCode, unnest(@blocks), @person, @reason, @at, @operationNo;
        """;

    /// <summary>Jumps that no administrator has looked at yet.</summary>
    public static Task<IReadOnlyList<ClockJump>> OpenAsync(DatabaseSession session, short provinceCode, CancellationToken cancel = default) => session.QueryAsync<ClockJump>(Open, new { provinceCode }, cancel);

    /// <summary>Why nothing can be approved now: orders and days of approvals would not be to be trusted. Null: the clock has not jumped, or somebody has looked.</summary>
    /// <returns><c>not_allowed.clock_jump</c></returns>
    public static async Task<Problem?> WhyNotApprovedAsync(DatabaseSession session, short provinceCode, CancellationToken cancel = default) =>
        await OpenAsync(session, provinceCode, cancel) is [var jump, ..]
            ? new Problem("not_allowed.clock_jump", FormattableString.Invariant($"The clock went back from {jump.PreviousAt:yyyy-MM-dd HH:mm:ss} to {jump.At:yyyy-MM-dd HH:mm:ss} UTC at block {jump.BlockNo} ({jump.Kind}, {jump.Person})."),
                "Nothing is approved until an administrator has set the clocks right and says so: payengine audit clock confirm --reason \"…\".")
            : null;

    public static Task ConfirmAsync(DatabaseSession session, short provinceCode, long[] blocks, string person, string reason, Instant at, long operationNo, CancellationToken cancel = default) =>
        session.ExecuteAsync(Confirm, new { provinceCode, blocks, person, reason, at = at.ToDateTimeUtc(), operationNo }, cancel);
}

/// <summary>A block older than the one before it.</summary>
public sealed record ClockJump(long BlockNo, DateTime PreviousAt, DateTime At, string Kind, string Person);
