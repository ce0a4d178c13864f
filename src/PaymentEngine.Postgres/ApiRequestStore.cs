using NodaTime;

namespace PaymentEngine.Postgres;

/// <summary>A request that a program has sent under a key.</summary>
/// <param name="RequestHash">SHA-256 of all it says.</param>
/// <param name="Job">By which the work it began is looked up.</param>
/// <param name="Status">Of the answer; null: it has none yet.</param>
/// <param name="Answer">Sealed.</param>
public sealed record StoredApiRequest(byte[] RequestHash, string Job, int? Status, byte[]? Answer);

/// <summary>The idempotency keys of the API.</summary>
public static class ApiRequestStore
{
    const string TryHold = """
        -- ApiRequestStore.TryHold
        -- A lock of the session, not of a transaction: the work behind it has transactions of its own. Whoever dies gives it back by dying.
        SELECT pg_try_advisory_lock(hashtextextended(format('api_request %s %s %s', @provinceCode, @userName, @key), 0));
        """;

    const string LetGo = """
        -- ApiRequestStore.LetGo
        SELECT pg_advisory_unlock(hashtextextended(format('api_request %s %s %s', @provinceCode, @userName, @key), 0));
        """;

    const string Begin = """
        -- ApiRequestStore.Begin: the first request under a key stands; a second one is told what it was.
        INSERT INTO api_request (province_code, user_name, request_key, request_hash, job, begun_at) VALUES (@provinceCode, @userName, @key, @requestHash, @job, @at) ON CONFLICT DO NOTHING;
        """;

    const string Find = """
        -- ApiRequestStore.Find
        SELECT request_hash AS RequestHash, job AS Job, status AS Status, answer AS Answer FROM api_request WHERE province_code = @provinceCode AND user_name = @userName AND request_key = @key;
        """;

    const string FindJob = """
        -- ApiRequestStore.FindJob
        SELECT request_hash AS RequestHash, job AS Job, status AS Status, answer AS Answer FROM api_request WHERE province_code = @provinceCode AND job = @job AND user_name = @userName;
        """;

    const string End = """
        -- ApiRequestStore.End
        UPDATE api_request SET status = @status, answer = @answer WHERE province_code = @provinceCode AND user_name = @userName AND request_key = @key AND status IS NULL;
        """;

    const string Forget = """
        -- ApiRequestStore.Forget: a few at a time, by whoever comes; no sweep is needed.
        SELECT forget_api_requests(@provinceCode, @before);
        """;

    /// <summary>Takes the lock of a key on this session; false: another request under it is being worked on.</summary>
    public static Task<bool> TryHoldAsync(DatabaseSession session, short provinceCode, string userName, string key, CancellationToken cancel) =>
        session.SingleAsync<bool>(TryHold, new { provinceCode, userName, key }, cancel);

    /// <summary>Gives the lock back.</summary>
    public static Task<bool> LetGoAsync(DatabaseSession session, short provinceCode, string userName, string key) =>
        session.SingleAsync<bool>(LetGo, new { provinceCode, userName, key }, CancellationToken.None);

    /// <summary>Takes a key, or finds who has taken it before.</summary>
    public static async Task<StoredApiRequest> BeginAsync(DatabaseSession session, short provinceCode, string userName, string key, byte[] requestHash, string job, Instant at, Instant forgetBefore, CancellationToken cancel)
    {
        await session.ExecuteAsync(Forget, new { provinceCode, before = forgetBefore }, cancel);
        await session.ExecuteAsync(Begin, new { provinceCode, userName, key, requestHash, job, at }, cancel);
        return await session.SingleAsync<StoredApiRequest>(Find, new { provinceCode, userName, key }, cancel);
    }

    /// <summary>The request under a key, or null.</summary>
    public static Task<StoredApiRequest?> FindAsync(DatabaseSession session, short provinceCode, string userName, string key, CancellationToken cancel) =>
        session.FindAsync<StoredApiRequest>(Find, new { provinceCode, userName, key }, cancel);

    /// <summary>The request behind a job of this user, or null.</summary>
    public static Task<StoredApiRequest?> FindJobAsync(DatabaseSession session, short provinceCode, string userName, string job, CancellationToken cancel) =>
        session.FindAsync<StoredApiRequest>(FindJob, new { provinceCode, userName, job }, cancel);

    /// <summary>Keeps the answer; the first one stands.</summary>
    public static Task EndAsync(DatabaseSession session, short provinceCode, string userName, string key, int status, byte[] answer, CancellationToken cancel) =>
        session.ExecuteAsync(End, new { provinceCode, userName, key, status, answer }, cancel);
}
