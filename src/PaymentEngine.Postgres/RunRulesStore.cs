using NodaTime;

namespace PaymentEngine.Postgres;

/// <summary>One version of the rules of runs as it was loaded; it counts once another person has approved it.</summary>
/// <param name="Content">The file as it was given.</param>
/// <param name="ApprovedBy">Null while it waits.</param>
public sealed record StoredRunRules(int Version, string Content, byte[] Sha256, string Person, Instant At, string? ApprovedBy, Instant? ApprovedAt);

/// <summary>The rules of runs, in versions that stay: loaded by one person, approved by another.</summary>
public static class RunRulesStore
{
    const string Select = """
        SELECT r.version, r.content, r.sha256, r.person, r.at, a.person AS approved_by, a.at AS approved_at
          FROM run_rules r LEFT JOIN run_rules_approval a ON a.province_code = r.province_code AND a.version = r.version
         WHERE r.province_code = @provinceCode
        """;

    const string All = $"""
        -- RunRulesStore.All
        {Select} ORDER BY r.version;
        """;

    const string Standing = $"""
        -- RunRulesStore.Standing: the last approved one.
        {Select} AND a.version IS NOT NULL ORDER BY r.version DESC LIMIT 1;
        """;

    const string Find = $"""
        -- RunRulesStore.Find
        {Select} AND r.version = @version;
        """;

    const string Lock = """
        -- RunRulesStore.Lock
        SELECT pg_advisory_xact_lock(hashtextextended('payengine.run_rules', @provinceCode));
        """;

    const string Insert = """
        -- RunRulesStore.Insert
        INSERT INTO run_rules (province_code, version, content, sha256, person, at, operation_no)
        SELECT @provinceCode, coalesce(max(version), 0) + 1, @content, @sha256, @person, @at, @operationNo FROM run_rules WHERE province_code = @provinceCode
        RETURNING version;
        """;

    const string Approve = """
        -- RunRulesStore.Approve: bound to the bytes that were loaded.
        INSERT INTO run_rules_approval (province_code, version, loaded_by, sha256, person, at, operation_no)
        SELECT province_code, version, person, sha256, @person, @at, @operationNo FROM run_rules WHERE province_code = @provinceCode AND version = @version;
        """;

    /// <summary>Versions are given out one at a time, until this transaction ends.</summary>
    public static Task LockAsync(DatabaseSession session, short provinceCode, CancellationToken cancel = default) => session.ExecuteAsync(Lock, new { provinceCode = (long)provinceCode }, cancel);

    public static Task<IReadOnlyList<StoredRunRules>> AllAsync(DatabaseSession session, short provinceCode, CancellationToken cancel = default) => session.QueryAsync<StoredRunRules>(All, new { provinceCode }, cancel);

    /// <summary>The version that counts now; null: the program's own rules.</summary>
    public static Task<StoredRunRules?> StandingAsync(DatabaseSession session, short provinceCode, CancellationToken cancel = default) => session.FindAsync<StoredRunRules>(Standing, new { provinceCode }, cancel);

    public static Task<StoredRunRules?> FindAsync(DatabaseSession session, short provinceCode, int version, CancellationToken cancel = default) => session.FindAsync<StoredRunRules>(Find, new { provinceCode, version }, cancel);

    /// <returns>The version it got.</returns>
    public static Task<int> InsertAsync(DatabaseSession session, short provinceCode, string content, byte[] sha256, string person, Instant at, long operationNo, CancellationToken cancel = default) =>
        session.SingleAsync<int>(Insert, new { provinceCode, content, sha256, person, at, operationNo }, cancel);

    public static Task ApproveAsync(DatabaseSession session, short provinceCode, int version, string person, Instant at, long operationNo, CancellationToken cancel = default) =>
        session.ExecuteAsync(Approve, new { provinceCode, version, person, at, operationNo }, cancel);
}
