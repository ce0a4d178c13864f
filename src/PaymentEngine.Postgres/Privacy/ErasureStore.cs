using NodaTime;
using PaymentEngine.Core;
using PaymentEngine.Core.Payments;

namespace PaymentEngine.Postgres.Privacy;

/// <summary>Somebody who gets nothing any more, and the last month a list of ours held them in.</summary>
/// <param name="LastMonth">As 202611, of the list or of the run that paid it later; null: never listed.</param>
public sealed record EndedPerson(int RecipientId, string PersonId, int? LastMonth);

/// <summary>What stands against erasing a person.</summary>
/// <param name="RunningAwards">Awards that have not ended.</param>
/// <param name="OpenCases">Cases about their payments that are open.</param>
/// <param name="OpenDrafts">Runs with them that are not decided yet.</param>
/// <param name="OpenErasure">An erasure that waits for its second person; null: none.</param>
/// <param name="IsErased">It was done before.</param>
public sealed record ErasureObstacles(int RunningAwards, int OpenCases, int OpenDrafts, int? OpenErasure, bool IsErased);

/// <summary>An erasure that was asked for.</summary>
/// <param name="IsApproved">The answer of the second person; null: it waits.</param>
public sealed record StoredErasure(int ErasureNo, int RecipientId, string PersonId, string Ground, LocalDate DueOn, string Reason, string AskedBy, DateTime At, bool? IsApproved, string? AnsweredBy, DateTime? AnsweredAt, long Rows);

/// <summary>Erasure of who a person was, with what was paid left as it is: each row that is emptied leaves its digests, so that the audit chain can be followed over it (docs/personal-data.md).</summary>
public static class ErasureStore
{
    /// <summary>What stands where a name was.</summary>
    public const string Erased = "đã xóa";

    const string Ended = """
        -- ErasureStore.Ended: people without a running award, a page by the register's key, with the last month of any list. Lines are found by their awards, month by month on the key.
        WITH ended AS (
            SELECT r.province_code, r.recipient_id, r.person_id FROM recipient r
             WHERE r.province_code = @provinceCode AND r.known_to = 'infinity' AND (@after::text IS NULL OR r.person_id > @after) AND (@personId::text IS NULL OR r.person_id = @personId)
               AND (r.death IS NOT NULL OR @personId::text IS NOT NULL OR NOT EXISTS (
                   SELECT FROM (SELECT DISTINCT ON (a.award_no) a.last_month FROM award a WHERE a.province_code = r.province_code AND a.recipient_id = r.recipient_id AND a.known_to = 'infinity' ORDER BY a.award_no, a.facts_from DESC) now_
                    WHERE now_.last_month IS NULL OR now_.last_month >= @month))
               AND (@personId::text IS NOT NULL OR NOT EXISTS (SELECT FROM erasure e JOIN erasure_answer x USING (province_code, erasure_no) WHERE e.province_code = r.province_code AND e.recipient_id = r.recipient_id AND x.is_approved))
             ORDER BY r.person_id LIMIT @rowsMax)
        SELECT e.recipient_id, e.person_id, paid.last_month FROM ended e
          LEFT JOIN LATERAL (
            SELECT max(greatest(l.month, t.carried_month)) AS last_month FROM (SELECT DISTINCT award_no FROM award a WHERE a.province_code = e.province_code AND a.recipient_id = e.recipient_id) own
              JOIN line l ON l.province_code = e.province_code AND l.award_no = own.award_no
              LEFT JOIN attempt t ON (t.province_code, t.month, t.run_no, t.line_no) = (l.province_code, l.month, l.run_no, l.line_no)) paid ON true
         ORDER BY e.person_id;
        """;

    const string Obstacles = """
        -- ErasureStore.Obstacles
        WITH own AS (SELECT DISTINCT award_no FROM award WHERE province_code = @provinceCode AND recipient_id = @recipientId),
             lines AS (SELECT DISTINCT l.month, l.run_no, l.line_no FROM own JOIN line l ON l.province_code = @provinceCode AND l.award_no = own.award_no)
        SELECT (SELECT count(*)::int FROM (SELECT DISTINCT ON (a.award_no) a.last_month FROM award a WHERE a.province_code = @provinceCode AND a.recipient_id = @recipientId AND a.known_to = 'infinity' ORDER BY a.award_no, a.facts_from DESC) now_
                 WHERE (now_.last_month IS NULL OR now_.last_month >= @month) AND NOT EXISTS (SELECT FROM recipient r WHERE r.province_code = @provinceCode AND r.recipient_id = @recipientId AND r.known_to = 'infinity' AND r.death IS NOT NULL)) AS running_awards,
               (SELECT count(*)::int FROM payment_case c WHERE c.province_code = @provinceCode AND c.closed_at IS NULL AND ((c.month, c.run_no, c.line_no) IN (SELECT * FROM lines)
                   OR c.claim_no IN (SELECT k.claim_no FROM claim k WHERE k.province_code = @provinceCode AND k.recipient_id = @recipientId))) AS open_cases,
               (SELECT count(DISTINCT (l.month, l.run_no))::int FROM lines l WHERE NOT EXISTS (SELECT FROM run_step s WHERE (s.province_code, s.month, s.run_no) = (@provinceCode, l.month, l.run_no) AND s.step IN ('approved', 'voided'))) AS open_drafts,
               (SELECT e.erasure_no FROM erasure e LEFT JOIN erasure_answer x USING (province_code, erasure_no) WHERE e.province_code = @provinceCode AND e.recipient_id = @recipientId AND x.person IS NULL LIMIT 1) AS open_erasure,
               EXISTS (SELECT FROM erasure e JOIN erasure_answer x USING (province_code, erasure_no) WHERE e.province_code = @provinceCode AND e.recipient_id = @recipientId AND x.is_approved) AS is_erased;
        """;

    const string Insert = """
        -- ErasureStore.Insert
        INSERT INTO erasure (province_code, erasure_no, recipient_id, ground, due_on, reason, asked_by, at, operation_no)
        SELECT @provinceCode, coalesce(max(erasure_no), 0) + 1, @recipientId, @ground, @dueOn, @reason, @person, @at, @operationNo FROM erasure WHERE province_code = @provinceCode RETURNING erasure_no;
        """;

    const string InsertAnswer = """
        -- ErasureStore.InsertAnswer
        INSERT INTO erasure_answer (province_code, erasure_no, is_approved, asked_by, person, remark, at, operation_no) VALUES (@provinceCode, @erasureNo, @isApproved, @askedBy, @person, @remark, @at, @operationNo);
        """;

    const string List = """
        -- ErasureStore.List
        SELECT e.erasure_no, e.recipient_id, r.person_id, e.ground, e.due_on, e.reason, e.asked_by, e.at, x.is_approved, x.person AS answered_by, x.at AS answered_at,
               (SELECT count(*) FROM erased_row k WHERE k.province_code = e.province_code AND k.erasure_no = e.erasure_no) AS rows
          FROM erasure e LEFT JOIN erasure_answer x ON x.province_code = e.province_code AND x.erasure_no = e.erasure_no JOIN recipient r ON r.province_code = e.province_code AND r.recipient_id = e.recipient_id AND r.version = 1
         WHERE e.province_code = @provinceCode AND (@erasureNo = 0 OR e.erasure_no = @erasureNo) ORDER BY e.erasure_no DESC LIMIT @rowsMax;
        """;

    const string Erase = """
        -- ErasureStore.Erase
        SELECT table_name AS TableName, items AS Items FROM erase_person(@provinceCode, @erasureNo, @operationNo);
        """;

    const string Partitions = """
        -- ErasureStore.Partitions: parts of runs whose content hash names the person's accounts.
        SELECT DISTINCT l.month AS Month, l.run_no AS RunNo, l.line_no >> @shift AS PartitionNo
          FROM (SELECT DISTINCT award_no FROM award WHERE province_code = @provinceCode AND recipient_id = @recipientId) own JOIN line l ON l.province_code = @provinceCode AND l.award_no = own.award_no ORDER BY 1, 2, 3;
        """;

    const string InsertPartition = """
        -- ErasureStore.InsertPartition
        INSERT INTO erased_partition (province_code, operation_no, erasure_no, month, run_no, partition_no, digest_before, digest_after)
        VALUES (@provinceCode, @operationNo, @erasureNo, @month, @runNo, @partitionNo, @before, @after);
        """;

    const string ErasedParts = """
        -- ErasureStore.ErasedParts
        SELECT partition_no AS PartitionNo, digest_before AS Before, digest_after AS After FROM erased_partition
         WHERE province_code = @provinceCode AND month = @month AND run_no = @runNo ORDER BY operation_no DESC;
        """;

    const string Summary = """
        -- ErasureStore.Summary
        SELECT operation_no AS OperationNo, count(*) AS Rows FROM erased_row WHERE province_code = @provinceCode GROUP BY 1 ORDER BY 1;
        """;

    /// <summary>A page of people who get nothing any more, by the register's key; or one person, whatever they get.</summary>
    public static Task<IReadOnlyList<EndedPerson>> EndedAsync(DatabaseSession session, short provinceCode, int month, string? after, string? personId, int rowsMax, CancellationToken cancel) =>
        session.QueryAsync<EndedPerson>(Ended, new { provinceCode, month, after, personId, rowsMax }, cancel);

    public static Task<ErasureObstacles> ObstaclesAsync(DatabaseSession session, short provinceCode, int recipientId, int month, CancellationToken cancel) =>
        session.SingleAsync<ErasureObstacles>(Obstacles, new { provinceCode, recipientId, month }, cancel);

    /// <summary>Keeps that an erasure is asked for.</summary>
    /// <returns>Its number.</returns>
    public static Task<int> AskAsync(DatabaseSession session, short provinceCode, int recipientId, (string Ground, LocalDate DueOn, string Reason) what, string person, Instant at, long operationNo, CancellationToken cancel) =>
        session.SingleAsync<int>(Insert, new { provinceCode, recipientId, ground = what.Ground, dueOn = what.DueOn, reason = what.Reason, person, at, operationNo }, cancel);

    /// <summary>Keeps the second person's answer.</summary>
    public static Task AnswerAsync(DatabaseSession session, short provinceCode, StoredErasure erasure, bool isApproved, string person, string? remark, Instant at, long operationNo, CancellationToken cancel) =>
        session.ExecuteAsync(InsertAnswer, new { provinceCode, erasureNo = erasure.ErasureNo, isApproved, askedBy = erasure.AskedBy, person, remark, at, operationNo }, cancel);

    /// <summary>Erasures, the latest first; one of them by its number.</summary>
    public static Task<IReadOnlyList<StoredErasure>> ListAsync(DatabaseSession session, short provinceCode, int erasureNo, int rowsMax, CancellationToken cancel) =>
        session.QueryAsync<StoredErasure>(List, new { provinceCode, erasureNo, rowsMax }, cancel);

    /// <summary>Empties what names the person, and keeps the digests of rows and of parts of runs from before and after.</summary>
    /// <param name="session">Of the owner, inside the transaction that keeps the second person's answer.</param>
    /// <param name="provinceCode">The tenant.</param>
    /// <param name="erasure">What was decided.</param>
    /// <param name="operationNo">The operation of the answer.</param>
    /// <param name="cancel">Cancels before the commit.</param>
    /// <returns>Rows emptied, table by table.</returns>
    public static async Task<IReadOnlyList<(string TableName, long Items)>> EraseAsync(DatabaseSession session, short provinceCode, StoredErasure erasure, long operationNo, CancellationToken cancel)
    {
        if (session.Transaction is null) throw new InvalidOperationException("An erasure lives in the transaction of its decision.");
        var parts = await session.QueryAsync<(int Month, int RunNo, int PartitionNo)>(Partitions, new { provinceCode, recipientId = erasure.RecipientId, shift = RunContent.PartitionShift }, cancel);
        var before = new List<byte[]>();
        foreach (var part in parts) before.Add(await DigestAsync(session, provinceCode, part, cancel));
        var emptied = await session.QueryAsync<(string TableName, long Items)>(Erase, new { provinceCode, erasureNo = erasure.ErasureNo, operationNo }, cancel);
        for (var i = 0; i < parts.Count; i++)
        {
            var after = await DigestAsync(session, provinceCode, parts[i], cancel);
            if (!after.AsSpan().SequenceEqual(before[i]))
                await session.ExecuteAsync(InsertPartition, new { provinceCode, operationNo, erasureNo = erasure.ErasureNo, month = parts[i].Month, runNo = parts[i].RunNo, partitionNo = parts[i].PartitionNo, before = before[i], after }, cancel);
        }

        return emptied;
    }

    static async Task<byte[]> DigestAsync(DatabaseSession session, short provinceCode, (int Month, int RunNo, int PartitionNo) part, CancellationToken cancel) =>
        (await RunContent.RecomputeAsync(session, new RunId(provinceCode, Months.FromKey(part.Month), part.RunNo), [part.PartitionNo], part.PartitionNo, cancel)).Single().Digest;

    /// <summary>Digests of a run's parts as they were planned: what an erasure changed is led back over its recorded digests, anything else stays what it is.</summary>
    internal static async Task<IReadOnlyList<(int PartitionNo, byte[] Digest)>> AsPlannedAsync(DatabaseSession session, RunId run, IReadOnlyList<(int PartitionNo, byte[] Digest)> stands, CancellationToken cancel)
    {
        var erased = await session.QueryAsync<(int PartitionNo, byte[] Before, byte[] After)>(ErasedParts, new { run.ProvinceCode, month = run.Month.Key(), run.RunNo }, cancel);
        if (erased.Count == 0) return stands;
        return [.. stands.Select(part =>
        {
            // The latest first: each leads to what stood before it.
            var digest = part.Digest;
            foreach (var step in erased.Where(step => step.PartitionNo == part.PartitionNo && step.After.AsSpan().SequenceEqual(digest))) digest = step.Before;
            return (part.PartitionNo, digest);
        })];
    }

    /// <summary>Whether somebody of a run was erased: its bundle was written before, or tells less now.</summary>
    public static async Task<bool> HasErasedAsync(DatabaseSession session, RunId run, CancellationToken cancel) =>
        (await session.QueryAsync<(int PartitionNo, byte[] Before, byte[] After)>(ErasedParts, new { run.ProvinceCode, month = run.Month.Key(), run.RunNo }, cancel)).Count > 0;

    /// <summary>How many rows each erasure has emptied, by its operation.</summary>
    public static Task<IReadOnlyList<(long OperationNo, long Rows)>> SummaryAsync(DatabaseSession session, short provinceCode, CancellationToken cancel) =>
        session.QueryAsync<(long OperationNo, long Rows)>(Summary, new { provinceCode }, cancel);
}
