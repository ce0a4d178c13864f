using PaymentEngine.Core;
using PaymentEngine.Core.Payments;

namespace PaymentEngine.Postgres;

/// <summary>A run with its payer and steps, as a certificate and a close need it.</summary>
public sealed record RunHead(int Month, int RunNo, string Kind, string PayerName, string MadeBy, DateTime PlannedAt, byte[] ContentHash, long ListedVnd, int Disbursements, long RecoupedVnd, int UnverifiedLines,
    string Step, string? ApprovedBy, DateTime? ApprovedAt, long? ClosedByOperation, DateTime? ClosedAt);

/// <summary>What stands in one place.</summary>
public sealed record PlaceSum(short Programme, int CommuneId, string CommuneCode, string CommuneName, string? BankBin, short Place, int Items, long SumVnd);

/// <summary>What was listed, wherever it is now.</summary>
public sealed record ListedSum(short Programme, int CommuneId, string CommuneCode, string CommuneName, string? BankBin, int Items, long SumVnd);

/// <summary>One file of a run with its fingerprints.</summary>
public sealed record CertifiedFile(int FileNo, string MsgId, int Items, long SumVnd, byte[]? Sha256);

/// <summary>Claims that stand beside the identity, never inside it.</summary>
public sealed record Claim(string Kind, int Items, long SumVnd);

/// <summary>A dispute of a run's payment that two persons settled, as it stands: no statement says so.</summary>
/// <param name="SettledAs"><c>paid</c> or <c>returned</c>.</param>
public sealed record SettledDispute(int LineNo, short Attempt, string SettledAs, long AmountVnd, long BankOwesVnd, string Ground, string MadeBy, string Person, DateTime At);

/// <summary>What a result list, confirmed by two persons, says about payments of a run: there is no statement behind it.</summary>
public sealed record ConfirmedList(int ImportNo, string FileName, string FirstPerson, string SecondPerson, DateTime ConfirmedAt, int Paid, long PaidVnd, int Refused, long RefusedVnd, int Returned, long ReturnedVnd);

/// <summary>A sum of a run carried over at its close.</summary>
public sealed record CarriedSum(short Programme, int CommuneId, string CommuneCode, string CommuneName, short Place, int ToMonth, int Items, long SumVnd, string Owner, DateOnly DueOn);

/// <summary>Why a run cannot be closed yet: a place that still holds money on its way, or an entry in suspense.</summary>
public sealed record CloseObstacle(string What, int Items, long SumVnd);

/// <summary>The certificate of a run: where each listed đồng is, by two roads, and what the close carries over.</summary>
public static class CertificateStore
{
    const string Head = """
        -- CertificateStore.Head
        SELECT r.month, r.run_no, r.kind, p.name AS payer_name, r.made_by, r.planned_at, t.content_hash, t.listed_vnd, t.disbursements, t.recouped_vnd, t.unverified_lines, s.step,
               a.person AS approved_by, a.at AS approved_at, c.operation_no AS closed_by_operation, c.at AS closed_at
          FROM run r
          JOIN run_total t USING (province_code, month, run_no)
          JOIN run_state s USING (province_code, month, run_no)
          JOIN payer p ON p.province_code = r.province_code AND p.payer_no = r.payer_no AND p.version = r.payer_version
          LEFT JOIN LATERAL (SELECT person, at FROM run_step x WHERE x.province_code = r.province_code AND x.month = r.month AND x.run_no = r.run_no AND x.step = 'approved' ORDER BY step_no DESC LIMIT 1) a ON true
          LEFT JOIN run_step c ON c.province_code = r.province_code AND c.month = r.month AND c.run_no = r.run_no AND c.step = 'closed'
         WHERE r.province_code = @provinceCode AND r.month = @month AND r.run_no = @runNo;
        """;

    const string Fold = """
        -- CertificateStore.Fold: where every disbursement of the run is, folded once for the figures and for what is carried over.
        CREATE TEMPORARY TABLE folded_position ON COMMIT DROP AS
            SELECT province_code, month, run_no, line_no, programme, commune_id, amount_vnd, place FROM position WHERE province_code = @provinceCode AND month = @month AND run_no = @runNo;
        ANALYZE folded_position;
        """;

    static string Positions(string source) => $"""
        -- CertificateStore.Positions: by programme, commune and the bank the sum was listed for (null: listed for cash, or held).
        SELECT p.programme, p.commune_id, g.commune_code, area_name(@provinceCode, g.commune_code, @month, g.name) AS commune_name, ch.bank_bin, p.place, count(*)::int AS items, sum(p.amount_vnd)::bigint AS sum_vnd
          FROM {source} p
          JOIN area g ON g.province_code = p.province_code AND g.commune_id = p.commune_id AND g.known_to = 'infinity'
          LEFT JOIN attempt a ON a.province_code = p.province_code AND a.month = p.month AND a.run_no = p.run_no AND a.line_no = p.line_no AND a.attempt = 1
          LEFT JOIN channel ch ON ch.province_code = a.province_code AND ch.payee_no = a.payee_no AND ch.version = a.channel_version
         WHERE p.province_code = @provinceCode AND p.month = @month AND p.run_no = @runNo
         GROUP BY p.programme, p.commune_id, g.commune_code, g.name, ch.bank_bin, p.place
         ORDER BY p.programme, g.commune_code, ch.bank_bin, p.place;
        """;

    const string Listed = """
        -- CertificateStore.Listed: what a run listed, by programme, commune and the bank it was listed for; nothing of where it is.
        SELECT d.programme, d.commune_id, g.commune_code, area_name(@provinceCode, g.commune_code, @month, g.name) AS commune_name, ch.bank_bin, count(*)::int AS items, sum(d.amount_vnd)::bigint AS sum_vnd
          FROM disbursement d
          JOIN area g ON g.province_code = d.province_code AND g.commune_id = d.commune_id AND g.known_to = 'infinity'
          LEFT JOIN attempt a ON a.province_code = d.province_code AND a.month = d.month AND a.run_no = d.run_no AND a.line_no = d.line_no AND a.attempt = 1
          LEFT JOIN channel ch ON ch.province_code = a.province_code AND ch.payee_no = a.payee_no AND ch.version = a.channel_version
         WHERE d.province_code = @provinceCode AND d.month = @month AND d.run_no = @runNo AND d.amount_vnd > 0
         GROUP BY d.programme, d.commune_id, g.commune_code, g.name, ch.bank_bin;
        """;

    const string Ledger = """
        -- CertificateStore.Ledger: up to an operation, so that a closed run's figures stay what they were.
        SELECT m.programme, m.commune_id, g.commune_code, area_name(@provinceCode, g.commune_code, @month, g.name) AS commune_name, NULL AS bank_bin, m.place, sum(m.items)::int AS items, sum(m.sum_vnd)::bigint AS sum_vnd
          FROM (SELECT programme, commune_id, to_place AS place, items, sum_vnd FROM posting
                 WHERE province_code = @provinceCode AND run_month = @month AND run_no = @runNo AND operation_no <= @upTo
                UNION ALL
                SELECT programme, commune_id, from_place, -items, -sum_vnd FROM posting
                 WHERE province_code = @provinceCode AND run_month = @month AND run_no = @runNo AND operation_no <= @upTo AND from_place <> 0) m
          JOIN area g ON g.province_code = @provinceCode AND g.commune_id = m.commune_id AND g.known_to = 'infinity'
         GROUP BY m.programme, m.commune_id, g.commune_code, g.name, m.place HAVING sum(m.items) <> 0 OR sum(m.sum_vnd) <> 0
         ORDER BY m.programme, g.commune_code, m.place;
        """;

    const string Files = """
        -- CertificateStore.Files
        SELECT f.file_no, f.msg_id, f.items, f.sum_vnd, s.sha256
          FROM standing_file f LEFT JOIN bank_file_seal s USING (province_code, month, file_no)
         WHERE f.province_code = @provinceCode AND f.month = @month AND f.run_no = @runNo ORDER BY f.file_no;
        """;

    const string Claims = """
        -- CertificateStore.Claims: what is outstanding.
        SELECT kind, count(*)::int AS items, sum(left_vnd)::bigint AS sum_vnd FROM payment_claim_now
         WHERE province_code = @provinceCode AND month = @month AND run_no = @runNo AND left_vnd > 0 GROUP BY kind ORDER BY kind;
        """;

    const string Confirmed = """
        -- CertificateStore.Confirmed: what stands on no statement but on a list and the word of two persons.
        SELECT i.import_no, i.file_name, s.first_person, s.person AS second_person, s.at AS confirmed_at,
               count(*) FILTER (WHERE f.evidence IN (16, 32))::int AS paid, coalesce(sum(t.amount_vnd) FILTER (WHERE f.evidence IN (16, 32)), 0)::bigint AS paid_vnd,
               count(*) FILTER (WHERE f.evidence IN (64, 128))::int AS refused, coalesce(sum(t.amount_vnd) FILTER (WHERE f.evidence IN (64, 128)), 0)::bigint AS refused_vnd,
               count(*) FILTER (WHERE f.evidence IN (4096, 8192))::int AS returned, coalesce(sum(coalesce(f.amount_vnd, t.amount_vnd)) FILTER (WHERE f.evidence IN (4096, 8192)), 0)::bigint AS returned_vnd
          FROM bank_fact f
          JOIN list_second_confirmation s ON s.province_code = f.province_code AND s.import_no = f.import_no
          JOIN inbox_file i ON i.province_code = f.province_code AND i.import_no = f.import_no
          JOIN attempt t ON t.province_code = f.province_code AND t.month = f.target_month AND t.run_no = f.target_run AND t.line_no = f.target_no AND t.attempt = f.target_part
         WHERE f.province_code = @provinceCode AND f.level = 6 AND f.target = 1 AND f.target_month = @month AND f.target_run = @runNo
           AND NOT EXISTS (SELECT FROM inbox_replaced r WHERE r.province_code = f.province_code AND r.import_no = f.import_no)
         GROUP BY i.import_no, i.file_name, s.first_person, s.person, s.at ORDER BY i.import_no;
        """;

    const string Settled = """
        -- CertificateStore.Settled: what stands on the word of two persons, on the evidence as it is.
        SELECT s.line_no, s.attempt, s.settled_as, t.amount_vnd, s.bank_owes_vnd, s.ground, s.made_by, a.person, a.at
          FROM bound_settlement b
          JOIN settlement s USING (province_code, month, run_no, line_no, attempt, settlement_no)
          JOIN settlement_answer a USING (province_code, month, run_no, line_no, attempt, settlement_no)
          JOIN attempt t USING (province_code, month, run_no, line_no, attempt)
         WHERE b.province_code = @provinceCode AND b.month = @month AND b.run_no = @runNo
           AND b.evidence = (SELECT e.evidence FROM attempt_evidence e WHERE e.province_code = b.province_code AND e.month = b.month AND e.run_no = b.run_no AND e.line_no = b.line_no AND e.attempt = b.attempt)
         ORDER BY s.line_no, s.attempt;
        """;

    const string Carried = """
        -- CertificateStore.Carried
        SELECT c.programme, c.commune_id, g.commune_code, area_name(@provinceCode, g.commune_code, @month, g.name) AS commune_name, c.place, c.to_month, c.items, c.sum_vnd, c.owner, c.due_on
          FROM carry_over c JOIN area g ON g.province_code = c.province_code AND g.commune_id = c.commune_id AND g.known_to = 'infinity'
         WHERE c.province_code = @provinceCode AND c.month = @month AND c.run_no = @runNo ORDER BY c.programme, g.commune_code, c.place;
        """;

    const string Suspense = """
        -- CertificateStore.Suspense: entries of booked statements that nobody has matched or classified yet.
        SELECT 'suspense' AS what, count(*)::int AS items, coalesce(sum(f.amount_vnd), 0)::bigint AS sum_vnd
          FROM decided_fact f
          JOIN payment_case c ON c.province_code = f.province_code AND c.import_no = f.import_no AND c.entry_no = f.entry_no AND c.detail_no = f.detail_no
         WHERE f.province_code = @provinceCode AND f.target = 0 AND f.decision IS NULL AND f.level = 1 AND c.closed_at IS NULL;
        """;

    const string Carry = """
        -- CertificateStore.Carry: what is held, open, returned, cash due or on a list goes over to the next month on the same disbursement.
        INSERT INTO carry_over (province_code, month, run_no, programme, commune_id, place, to_month, items, sum_vnd, owner, due_on, operation_no, digest)
        SELECT @provinceCode, @month, @runNo, c.programme, c.commune_id, c.place, @toMonth, c.items, c.sum_vnd,
               CASE WHEN c.place IN (8, 9) THEN 'cash_officer ' ELSE 'maker ' END || c.commune_id, @dueOn, @operationNo, p.digest
          FROM (SELECT programme, commune_id, place, sum(items) AS items, sum(sum_vnd) AS sum_vnd
                  FROM unnest(@programmes, @communes, @places, @items, @sums) AS folded (programme, commune_id, place, items, sum_vnd)
                 WHERE place IN (1, 2, 7, 8, 9) GROUP BY programme, commune_id, place) c
          JOIN (SELECT programme, commune_id, place, sha256(convert_to(string_agg(month || '-' || run_no || '-' || line_no || ':' || amount_vnd, ',' ORDER BY line_no), 'UTF8')) AS digest
                  FROM folded_position WHERE place IN (1, 2, 7, 8, 9) GROUP BY programme, commune_id, place) p USING (programme, commune_id, place);
        """;

    const string Close = """
        -- CertificateStore.Close
        INSERT INTO run_step (province_code, month, run_no, step_no, step, person, made_by, content_hash, at, operation_no)
        SELECT province_code, month, run_no, max(step_no) + 1, 'closed', @person, min(made_by), @contentHash, @at, @operationNo
          FROM run_step WHERE province_code = @provinceCode AND month = @month AND run_no = @runNo GROUP BY province_code, month, run_no;
        """;

    public static Task<RunHead?> HeadAsync(DatabaseSession session, short provinceCode, int month, int runNo, CancellationToken cancel) =>
        session.FindAsync<RunHead>(Head, new { provinceCode, month, runNo }, cancel);

    /// <summary>The fold of what happened: a sum over disbursements.</summary>
    public static Task<IReadOnlyList<PlaceSum>> PositionsAsync(DatabaseSession session, short provinceCode, int month, int runNo, CancellationToken cancel) =>
        session.QueryAsync<PlaceSum>(Positions("position"), new { provinceCode, month, runNo }, cancel);

    /// <summary>The same before a close, which keeps the fold until the transaction ends.</summary>
    public static async Task<IReadOnlyList<PlaceSum>> FoldAsync(DatabaseSession session, RunId run, CancellationToken cancel)
    {
        var scope = new { run.ProvinceCode, month = run.Month.Key(), run.RunNo };
        await session.PlanForSetsAsync(cancel);
        await session.ExecuteAsync(Fold, scope, cancel);
        return await session.QueryAsync<PlaceSum>(Positions("folded_position"), scope, cancel);
    }

    /// <summary>What a run listed, apart from where it is now.</summary>
    public static Task<IReadOnlyList<ListedSum>> ListedAsync(DatabaseSession session, RunId run, CancellationToken cancel) =>
        session.QueryAsync<ListedSum>(Listed, new { run.ProvinceCode, month = run.Month.Key(), run.RunNo }, cancel);

    /// <summary>The other road: what the postings add up to, up to and with an operation.</summary>
    public static Task<IReadOnlyList<PlaceSum>> LedgerAsync(DatabaseSession session, short provinceCode, int month, int runNo, long upTo, CancellationToken cancel) =>
        session.QueryAsync<PlaceSum>(Ledger, new { provinceCode, month, runNo, upTo }, cancel);

    public static Task<IReadOnlyList<CertifiedFile>> FilesAsync(DatabaseSession session, short provinceCode, int month, int runNo, CancellationToken cancel) =>
        session.QueryAsync<CertifiedFile>(Files, new { provinceCode, month, runNo }, cancel);

    public static Task<IReadOnlyList<Claim>> ClaimsAsync(DatabaseSession session, short provinceCode, int month, int runNo, CancellationToken cancel) =>
        session.QueryAsync<Claim>(Claims, new { provinceCode, month, runNo }, cancel);

    /// <summary>Disputes about payments of the run that two persons settled, as they stand now.</summary>
    public static Task<IReadOnlyList<SettledDispute>> SettledAsync(DatabaseSession session, short provinceCode, int month, int runNo, CancellationToken cancel) =>
        session.QueryAsync<SettledDispute>(Settled, new { provinceCode, month, runNo }, cancel);

    /// <summary>The result lists of banks without statements, confirmed by two persons, that say what became of payments of the run.</summary>
    public static Task<IReadOnlyList<ConfirmedList>> ConfirmedAsync(DatabaseSession session, short provinceCode, int month, int runNo, CancellationToken cancel) =>
        session.QueryAsync<ConfirmedList>(Confirmed, new { provinceCode, month, runNo }, cancel);

    public static Task<IReadOnlyList<CarriedSum>> CarriedAsync(DatabaseSession session, short provinceCode, int month, int runNo, CancellationToken cancel) =>
        session.QueryAsync<CarriedSum>(Carried, new { provinceCode, month, runNo }, cancel);

    /// <summary>Entries of the accounts that are still in suspense.</summary>
    public static Task<CloseObstacle> SuspenseAsync(DatabaseSession session, short provinceCode, CancellationToken cancel) =>
        session.SingleAsync<CloseObstacle>(Suspense, new { provinceCode }, cancel);

    /// <summary>Writes the carried sums and the closing step, inside the operation's transaction.</summary>
    /// <param name="folded">Where each sum stands, as this transaction has just folded it (<see cref="FoldAsync"/>).</param>
    public static async Task CloseAsync(DatabaseSession session, short provinceCode, int month, int runNo, IReadOnlyList<PlaceSum> folded, int toMonth, DateOnly dueOn, byte[] contentHash, string person, DateTime at,
        long operationNo, CancellationToken cancel)
    {
        await session.ExecuteAsync(Carry, new
        {
            provinceCode, month, runNo, toMonth, dueOn, operationNo, programmes = folded.Select(row => row.Programme).ToArray(), communes = folded.Select(row => row.CommuneId).ToArray(),
            places = folded.Select(row => row.Place).ToArray(), items = folded.Select(row => row.Items).ToArray(), sums = folded.Select(row => row.SumVnd).ToArray(),
        }, cancel);
        await session.ExecuteAsync(Close, new { provinceCode, month, runNo, person, contentHash, at, operationNo }, cancel);
    }
}
