using NodaTime;

namespace PaymentEngine.Postgres.Cases;

/// <summary>What has become of a claim of a payment.</summary>
public sealed record PaymentClaimEvent(int ClaimNo, int Version, string Event, long SumVnd, long LeftVnd, string Evidence, string Person, Instant At);

/// <summary>Claims of payments (paid twice: on the payee; came back short: on the bank). They follow the evidence: found when it says so, gone when it no longer does. Beside the places, never inside.</summary>
public static class PaymentClaimStore
{
    // What the evidence says is owed now. A payment was paid twice when it was paid after its end and the sum was paid again, in cash or by account.
    const string Owed = """
        SELECT DISTINCT ON (c.kind, c.month, c.run_no, c.line_no, c.attempt) c.kind, c.month, c.run_no, c.line_no, c.attempt, c.commune_id, c.amount_vnd, c.case_no
          FROM payment_case c
         WHERE c.province_code = @provinceCode AND c.kind IN ('paid_twice', 'bank_short') AND coalesce(c.closed_how, '') NOT IN ('superseded', 'settlement')
           AND (c.kind = 'bank_short'
                OR EXISTS (SELECT FROM cash_line l JOIN cash_outcome r USING (province_code, month, list_no, cash_line_no)
                            WHERE l.province_code = c.province_code AND l.origin_month = c.month AND l.origin_run = c.run_no AND l.line_no = c.line_no AND l.attempt > c.attempt AND r.result = 'paid')
                OR (EXISTS (SELECT FROM attempt n WHERE n.province_code = c.province_code AND n.month = c.month AND n.run_no = c.run_no AND n.line_no = c.line_no AND n.attempt > c.attempt AND n.kind = 1)
                    AND 6 = (SELECT m.to_place FROM posting_member m WHERE m.province_code = c.province_code AND m.run_month = c.month AND m.run_no = c.run_no AND m.line_no = c.line_no ORDER BY m.operation_no DESC LIMIT 1)))
         ORDER BY c.kind, c.month, c.run_no, c.line_no, c.attempt, c.case_no DESC
        """;

    const string Insert = $"""
        -- PaymentClaimStore.Insert
        INSERT INTO payment_claim (province_code, claim_no, kind, month, run_no, line_no, attempt, commune_id, operation_no)
        SELECT @provinceCode, (SELECT last_number('payment_claim', @provinceCode)) + row_number() OVER (ORDER BY o.month, o.run_no, o.line_no, o.attempt, o.kind), o.kind, o.month, o.run_no,
               o.line_no, o.attempt, o.commune_id, @operationNo
          FROM ({Owed}) o
         WHERE NOT EXISTS (SELECT FROM payment_claim c WHERE c.province_code = @provinceCode AND (c.kind, c.month, c.run_no, c.line_no, c.attempt) = (o.kind, o.month, o.run_no, o.line_no, o.attempt));
        """;

    const string Find = $"""
        -- PaymentClaimStore.Find: owed for the first time, or again.
        INSERT INTO payment_claim_event (province_code, claim_no, version, event, sum_vnd, left_vnd, evidence, person, at, operation_no)
        SELECT c.province_code, c.claim_no, coalesce(n.version, 0) + 1, 'found', o.amount_vnd - coalesce(p.settled_vnd, 0), o.amount_vnd - coalesce(p.settled_vnd, 0), 'case ' || o.case_no, w.person, @at, @operationNo
          FROM ({Owed}) o
          JOIN payment_claim c ON c.province_code = @provinceCode AND (c.kind, c.month, c.run_no, c.line_no, c.attempt) = (o.kind, o.month, o.run_no, o.line_no, o.attempt)
          JOIN operation w ON w.province_code = @provinceCode AND w.operation_no = @operationNo
          LEFT JOIN payment_claim_now n ON n.province_code = c.province_code AND n.claim_no = c.claim_no
          LEFT JOIN LATERAL (SELECT sum(e.sum_vnd)::bigint AS settled_vnd FROM payment_claim_event e WHERE e.province_code = c.province_code AND e.claim_no = c.claim_no AND e.event IN ('recovered', 'written_off')) p ON true
         WHERE (n.version IS NULL OR n.event = 'ceased') AND o.amount_vnd > coalesce(p.settled_vnd, 0);
        """;

    const string Cease = $"""
        -- PaymentClaimStore.Cease: the evidence no longer says so.
        INSERT INTO payment_claim_event (province_code, claim_no, version, event, sum_vnd, left_vnd, evidence, person, at, operation_no)
        SELECT n.province_code, n.claim_no, n.version + 1, 'ceased', n.left_vnd, 0, 'the evidence changed', w.person, @at, @operationNo
          FROM payment_claim_now n
          JOIN operation w ON w.province_code = @provinceCode AND w.operation_no = @operationNo
         WHERE n.province_code = @provinceCode AND n.left_vnd > 0
           AND NOT EXISTS (SELECT FROM ({Owed}) o WHERE (o.kind, o.month, o.run_no, o.line_no, o.attempt) = (n.kind, n.month, n.run_no, n.line_no, n.attempt));
        """;

    const string Changes = $"""
        -- PaymentClaimStore.Changes: is there anything to follow?
        SELECT EXISTS (SELECT FROM ({Owed}) o LEFT JOIN payment_claim_now n ON n.province_code = @provinceCode AND (n.kind, n.month, n.run_no, n.line_no, n.attempt) = (o.kind, o.month, o.run_no, o.line_no, o.attempt)
                        WHERE n.version IS NULL OR n.event = 'ceased')
            OR EXISTS (SELECT FROM payment_claim_now n WHERE n.province_code = @provinceCode AND n.left_vnd > 0
                          AND NOT EXISTS (SELECT FROM ({Owed}) o WHERE (o.kind, o.month, o.run_no, o.line_no, o.attempt) = (n.kind, n.month, n.run_no, n.line_no, n.attempt)));
        """;

    const string Left = """
        -- PaymentClaimStore.Left
        SELECT left_vnd FROM payment_claim_now WHERE province_code = @provinceCode AND kind = @kind AND month = @month AND run_no = @runNo AND line_no = @lineNo AND attempt = @attempt;
        """;

    const string Record = """
        -- PaymentClaimStore.Record
        INSERT INTO payment_claim_event (province_code, claim_no, version, event, sum_vnd, left_vnd, evidence, person, at, operation_no)
        SELECT n.province_code, n.claim_no, n.version + 1, @event, @sumVnd, n.left_vnd - @sumVnd, @evidence, @person, @at, @operationNo
          FROM payment_claim_now n
         WHERE n.province_code = @provinceCode AND n.kind = @kind AND n.month = @month AND n.run_no = @runNo AND n.line_no = @lineNo AND n.attempt = @attempt
        RETURNING left_vnd;
        """;

    const string Events = """
        -- PaymentClaimStore.Events
        SELECT e.claim_no, e.version, e.event, e.sum_vnd, e.left_vnd, e.evidence, e.person, e.at
          FROM payment_claim c JOIN payment_claim_event e USING (province_code, claim_no)
         WHERE c.province_code = @provinceCode AND c.kind = @kind AND c.month = @month AND c.run_no = @runNo AND c.line_no = @lineNo AND c.attempt = @attempt ORDER BY e.version;
        """;

    /// <summary>Brings the claims to what the evidence says now. Repeated with nothing new it adds nothing.</summary>
    /// <param name="session">Inside the operation's transaction, under the lock of the answers.</param>
    /// <param name="provinceCode">The tenant.</param>
    /// <param name="at">Time by the program's clock.</param>
    /// <param name="operationNo">The operation that changed the evidence, or looks after it; its person stands in the claim's story.</param>
    /// <param name="cancel">Cancels before the commit.</param>
    public static async Task FollowAsync(DatabaseSession session, short provinceCode, Instant at, long operationNo, CancellationToken cancel)
    {
        var key = new { provinceCode, at = at.ToDateTimeUtc(), operationNo };
        await session.ExecuteAsync(Insert, key, cancel);
        await session.ExecuteAsync(Find, key, cancel);
        await session.ExecuteAsync(Cease, key, cancel);
    }

    /// <summary>Whether the claims lag behind the evidence.</summary>
    public static Task<bool> LagAsync(DatabaseSession session, short provinceCode, CancellationToken cancel) => session.SingleAsync<bool>(Changes, new { provinceCode }, cancel);

    /// <summary>Outstanding of a payment's claim; null when there is none.</summary>
    public static Task<long?> LeftAsync(DatabaseSession session, short provinceCode, string kind, int month, int runNo, int lineNo, short attempt, CancellationToken cancel) =>
        session.FindAsync<long?>(Left, new { provinceCode, kind, month, runNo, lineNo, attempt }, cancel);

    /// <summary>Records what came back or was written off. What is left.</summary>
    public static Task<long> RecordAsync(DatabaseSession session, short provinceCode, (string Kind, int Month, int RunNo, int LineNo, short Attempt) claim, string @event, long sumVnd, string evidence, string person, Instant at,
        long operationNo, CancellationToken cancel) => session.SingleAsync<long>(Record, new
        {
            provinceCode, kind = claim.Kind, month = claim.Month, runNo = claim.RunNo, lineNo = claim.LineNo, attempt = claim.Attempt, @event, sumVnd, evidence, person, at = at.ToDateTimeUtc(), operationNo,
        }, cancel);

    public static Task<IReadOnlyList<PaymentClaimEvent>> EventsAsync(DatabaseSession session, short provinceCode, string kind, int month, int runNo, int lineNo, short attempt, CancellationToken cancel) =>
        session.QueryAsync<PaymentClaimEvent>(Events, new { provinceCode, kind, month, runNo, lineNo, attempt }, cancel);
}
