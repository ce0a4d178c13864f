using NodaTime;

namespace PaymentEngine.Postgres;

/// <summary>What a balance is told apart by. <see cref="Bank"/>: the bank the sum was listed for; none where it was listed for cash or held.</summary>
public enum LedgerKey : byte { Run = 1, Month, Programme, Fund, Payer, Commune, Bank }

/// <summary>What stands in one place, for one value of each key asked for.</summary>
public sealed record LedgerBalance(string[] Keys, short Place, long Items, long SumVnd);

/// <summary>A posting with the operation that made it. <see cref="Month"/> is the period it is booked in, <see cref="RunMonth"/> the list it points back to.</summary>
public sealed record LedgerPosting
{
    public long PostingNo { get; init; }
    public int Month { get; init; }
    public int RunMonth { get; init; }
    public int RunNo { get; init; }
    public long OperationNo { get; init; }
    public string Kind { get; init; } = "";
    public string Person { get; init; } = "";
    public Instant At { get; init; }
    public int? FileNo { get; init; }
    public int? ListMonth { get; init; }
    public int? ListNo { get; init; }
    public short Programme { get; init; }
    public int CommuneId { get; init; }
    public string CommuneCode { get; init; } = "";
    public string CommuneName { get; init; } = "";
    public short FromPlace { get; init; }
    public short ToPlace { get; init; }
    public int Items { get; init; }
    public long SumVnd { get; init; }
    public byte[] Digest { get; init; } = [];
}

/// <summary>One move of one disbursement.</summary>
public sealed record LedgerMove(long OperationNo, string Kind, string Person, Instant At, int? FileNo, int? ListMonth, int? ListNo, short FromPlace, short ToPlace, long AmountVnd);

/// <summary>A period of the ledger: what was booked in it, and its close.</summary>
public sealed record LedgerPeriod(int Month, int Postings, long Items, long SumVnd, string? ClosedBy, Instant? ClosedAt, byte[]? Digest);

/// <summary>What stood in a place that is not final when a period closed.</summary>
public sealed record CarriedBalance(int RunMonth, int RunNo, short Programme, int CommuneId, string CommuneCode, short Place, long Items, long SumVnd);

/// <summary>A total declared from books that are not ours, beside the ledger's own figure for the period.</summary>
public sealed record DeclaredTotal(short Programme, string What, int Items, long SumVnd, string Source, string Person, long LedgerItems, long LedgerVnd);

/// <summary>A stop of all postings.</summary>
public sealed record WriteStop(int StopNo, string Findings, string Person, Instant At);

/// <summary>The ledger: balances and postings to look at, periods that close, totals declared, the stop while an invariant is broken. Postings are written by <see cref="PostingStore"/>.</summary>
public static class LedgerStore
{
    /// <summary>SQLSTATE with which the store refuses a posting while writing is stopped.</summary>
    public const string Stopped = "PE126";

    const string OfRuns = "(@month = 0 OR m.run_month = @month) AND (@runNo = 0 OR m.run_no = @runNo)";

    static string Expression(LedgerKey key) => key switch
    {
        LedgerKey.Run => "lpad(m.province_code::text, 2, '0') || '-' || right(m.run_month::text, 4) || '-' || lpad(m.run_no::text, 3, '0')",
        LedgerKey.Month => "m.run_month::text",
        LedgerKey.Programme => "m.programme::text",
        LedgerKey.Fund => "coalesce(f.fund_code, '')",
        LedgerKey.Payer => "(SELECT p.payer_code || ' ' || p.name FROM payer p WHERE p.province_code = r.province_code AND p.payer_no = r.payer_no AND p.version = r.payer_version)",
        LedgerKey.Commune => "coalesce((SELECT g.commune_code || ' ' || g.name FROM area g WHERE g.province_code = m.province_code AND g.commune_id = m.commune_id AND g.known_to = 'infinity'), m.commune_id::text)",
        _ => "coalesce(c.bank_bin, '')",
    };

    // Of postings; a bank is known by the payment only, so by bank their members are summed.
    static string Balances(IReadOnlyList<LedgerKey> by)
    {
        var ofMembers = by.Contains(LedgerKey.Bank);
        var (items, sum, source) = ofMembers ? ("1", "m.amount_vnd", "member_move") : ("m.items", "m.sum_vnd", "posting");
        var line = ofMembers ? ", m.line_no" : "";
        return $"""
            -- LedgerStore.Balances
            WITH moved AS (
                SELECT m.province_code, m.run_month, m.run_no{line}, m.programme, m.commune_id, m.to_place AS place, {items}::bigint AS items, {sum} AS sum_vnd, m.operation_no FROM {source} m WHERE m.province_code = @provinceCode AND {OfRuns}
                UNION ALL
                SELECT m.province_code, m.run_month, m.run_no{line}, m.programme, m.commune_id, m.from_place, -{items}::bigint, -{sum}, m.operation_no FROM {source} m WHERE m.province_code = @provinceCode AND {OfRuns} AND m.from_place <> 0
            )
            SELECT ARRAY[{string.Join(", ", by.Select(Expression))}]::text[] AS keys, m.place, sum(m.items)::bigint AS items, sum(m.sum_vnd)::bigint AS sum_vnd
              FROM moved m
              JOIN operation o ON o.province_code = m.province_code AND o.operation_no = m.operation_no
              JOIN run r ON r.province_code = m.province_code AND r.month = m.run_month AND r.run_no = m.run_no
              {(by.Contains(LedgerKey.Fund) ? "LEFT JOIN fund f ON f.province_code = r.province_code AND f.payer_no = r.payer_no AND m.programme = ANY (f.programmes) AND r.month BETWEEN f.from_month AND coalesce(f.to_month, 999912)" : "")}
              {(ofMembers ? """
                  LEFT JOIN attempt a ON a.province_code = m.province_code AND a.month = m.run_month AND a.run_no = m.run_no AND a.line_no = m.line_no AND a.attempt = 1
                  LEFT JOIN channel c ON c.province_code = a.province_code AND c.payee_no = a.payee_no AND c.version = a.channel_version
                  """ : "")}
             WHERE o.at < @before
             GROUP BY 1, 2 HAVING sum(m.items) <> 0 OR sum(m.sum_vnd) <> 0
             ORDER BY 1, 2;
            """;
    }

    const string Postings = """
        -- LedgerStore.Postings
        SELECT m.posting_no, m.month, m.run_month, m.run_no, m.operation_no, o.kind, o.person, o.at, m.file_no, m.list_month, m.list_no, m.programme, m.commune_id,
               coalesce(g.commune_code, '') AS commune_code, coalesce(g.name, '') AS commune_name, m.from_place, m.to_place, m.items, m.sum_vnd, m.digest
          FROM posting m
          JOIN operation o ON o.province_code = m.province_code AND o.operation_no = m.operation_no
          LEFT JOIN area g ON g.province_code = m.province_code AND g.commune_id = m.commune_id AND g.known_to = 'infinity'
         WHERE m.province_code = @provinceCode AND (@month = 0 OR m.run_month = @month) AND (@runNo = 0 OR m.run_no = @runNo) AND (@period = 0 OR m.month = @period)
         ORDER BY m.operation_no, m.posting_no;
        """;

    const string Moves = """
        -- LedgerStore.Moves
        SELECT m.operation_no, o.kind, o.person, o.at, m.file_no, m.list_month, m.list_no, m.from_place, m.to_place, m.amount_vnd
          FROM member_move m JOIN operation o ON o.province_code = m.province_code AND o.operation_no = m.operation_no
         WHERE m.province_code = @provinceCode AND m.run_month = @month AND m.run_no = @runNo AND m.line_no = @lineNo
         ORDER BY m.operation_no, m.from_place;
        """;

    const string Periods = """
        -- LedgerStore.Periods
        SELECT coalesce(p.month, c.month) AS month, coalesce(p.postings, 0)::int AS postings, coalesce(p.items, 0)::bigint AS items, coalesce(p.sum_vnd, 0)::bigint AS sum_vnd,
               c.person AS closed_by, c.at AS closed_at, c.digest
          FROM (SELECT month, count(*) AS postings, sum(items) AS items, sum(sum_vnd) AS sum_vnd FROM posting WHERE province_code = @provinceCode GROUP BY month) p
          FULL JOIN (SELECT * FROM period_close WHERE province_code = @provinceCode) c ON c.month = p.month
         ORDER BY 1;
        """;

    const string OpenRuns = """
        -- LedgerStore.OpenRuns: approved runs of a month, or of an earlier one, that are not closed.
        SELECT r.month, r.run_no FROM run r
         WHERE r.province_code = @provinceCode AND r.month <= @month
           AND EXISTS (SELECT FROM run_step s WHERE s.province_code = r.province_code AND s.month = r.month AND s.run_no = r.run_no AND s.step = 'approved')
           AND NOT EXISTS (SELECT FROM run_step s WHERE s.province_code = r.province_code AND s.month = r.month AND s.run_no = r.run_no AND s.step IN ('closed', 'voided'))
         ORDER BY r.month, r.run_no;
        """;

    /// <summary>The digest of a period: SHA-256 over all its postings in their order. <c>verify</c> recomputes it.</summary>
    internal const string PeriodDigest = """
        sha256(convert_to(coalesce(string_agg(concat_ws('|', p.posting_no, p.operation_no, p.run_month, p.run_no, coalesce(p.file_no, 0), coalesce(p.list_month, 0), coalesce(p.list_no, 0), p.programme, p.commune_id,
                          p.from_place, p.to_place, p.items, p.sum_vnd, encode(p.digest, 'hex')), E'\n' ORDER BY p.posting_no), ''), 'UTF8'))
        """;

    const string ClosePeriod = $"""
        -- LedgerStore.ClosePeriod
        INSERT INTO period_close (province_code, month, postings, items, sum_vnd, digest, person, at, operation_no)
        SELECT @provinceCode, @month, count(*), coalesce(sum(p.items), 0), coalesce(sum(p.sum_vnd), 0), {PeriodDigest}, @person, @at, @operationNo
          FROM posting p WHERE p.province_code = @provinceCode AND p.month = @month;
        """;

    /// <summary>What stands in places that are not final after the postings of all periods up to one.</summary>
    internal const string OpenBalances = """
        SELECT run_month, run_no, programme, commune_id, place, sum(items)::bigint AS items, sum(sum_vnd)::bigint AS sum_vnd
          FROM (SELECT run_month, run_no, programme, commune_id, to_place AS place, items, sum_vnd FROM posting WHERE province_code = @provinceCode AND month <= @month
                UNION ALL
                SELECT run_month, run_no, programme, commune_id, from_place, -items, -sum_vnd FROM posting WHERE province_code = @provinceCode AND month <= @month AND from_place <> 0) b
         WHERE place NOT IN (6, 10, 11) GROUP BY run_month, run_no, programme, commune_id, place HAVING sum(items) <> 0
        """;

    const string KeepBalances = $"""
        -- LedgerStore.KeepBalances
        INSERT INTO period_balance (province_code, month, run_month, run_no, programme, commune_id, place, items, sum_vnd)
        SELECT @provinceCode, @month, b.* FROM ({OpenBalances}) b;
        """;

    const string CarriedBalances = """
        -- LedgerStore.CarriedBalances
        SELECT b.run_month, b.run_no, b.programme, b.commune_id, coalesce(g.commune_code, '') AS commune_code, b.place, b.items, b.sum_vnd
          FROM period_balance b LEFT JOIN area g ON g.province_code = b.province_code AND g.commune_id = b.commune_id AND g.known_to = 'infinity'
         WHERE b.province_code = @provinceCode AND b.month = @month ORDER BY b.run_month, b.run_no, b.programme, g.commune_code, b.place;
        """;

    const string Declare = """
        -- LedgerStore.Declare
        INSERT INTO declared_total (province_code, month, programme, what, version, items, sum_vnd, source, person, at, operation_no)
        SELECT @provinceCode, @month, @programme, @what, coalesce(max(version), 0) + 1, @items, @sumVnd, @source, @person, @at, @operationNo
          FROM declared_total WHERE province_code = @provinceCode AND month = @month AND programme = @programme AND what = @what;
        """;

    const string Declared = """
        -- LedgerStore.Declared: what came into a place in the period less what left it; listed is what came from nowhere.
        SELECT d.programme, d.what, d.items, d.sum_vnd, d.source, d.person, coalesce(l.items, 0)::bigint AS ledger_items, coalesce(l.sum_vnd, 0)::bigint AS ledger_vnd
          FROM (SELECT DISTINCT ON (programme, what) * FROM declared_total WHERE province_code = @provinceCode AND month = @month ORDER BY programme, what, version DESC) d
          LEFT JOIN LATERAL (
                SELECT sum(CASE WHEN d.what = 'listed' OR p.to_place = w.place THEN p.items ELSE -p.items END) AS items, sum(CASE WHEN d.what = 'listed' OR p.to_place = w.place THEN p.sum_vnd ELSE -p.sum_vnd END) AS sum_vnd
                  FROM (SELECT CASE d.what WHEN 'listed' THEN 0 WHEN 'paid_by_account' THEN 6 WHEN 'paid_in_cash' THEN 10 ELSE 11 END AS place) w
                  JOIN posting p ON p.province_code = @provinceCode AND p.month = @month AND p.programme = d.programme AND w.place IN (p.from_place, p.to_place)) l ON true
         ORDER BY d.programme, d.what;
        """;

    const string StandingStop = """
        -- LedgerStore.StandingStop
        SELECT s.stop_no, s.findings::text AS findings, s.person, s.at FROM write_stop s
         WHERE s.province_code = @provinceCode AND NOT EXISTS (SELECT FROM write_resume r WHERE r.province_code = s.province_code AND r.stop_no = s.stop_no) ORDER BY s.stop_no LIMIT 1;
        """;

    const string Stop = """
        -- LedgerStore.Stop
        INSERT INTO write_stop (province_code, stop_no, findings, person, at, operation_no)
        SELECT @provinceCode, coalesce(max(stop_no), 0) + 1, @findings::jsonb, @person, @at, @operationNo FROM write_stop WHERE province_code = @provinceCode RETURNING stop_no;
        """;

    const string Resume = """
        -- LedgerStore.Resume
        INSERT INTO write_resume (province_code, stop_no, reason, person, at, operation_no) VALUES (@provinceCode, @stopNo, @reason, @person, @at, @operationNo);
        """;

    /// <summary>What stands in each place, told apart by the keys, by operations before a moment.</summary>
    /// <param name="month">List month, or 0 for all.</param>
    /// <param name="runNo">One run of the month, or 0.</param>
    public static Task<IReadOnlyList<LedgerBalance>> BalancesAsync(DatabaseSession session, short provinceCode, IReadOnlyList<LedgerKey> by, int month, int runNo, Instant before, CancellationToken cancel) =>
        session.QueryAsync<LedgerBalance>(Balances(by), new { provinceCode, month, runNo, before }, cancel);

    /// <summary>Postings of a run, of a list month (run 0) or of a period, in the order in which they were made; 0 is all.</summary>
    public static Task<IReadOnlyList<LedgerPosting>> PostingsAsync(DatabaseSession session, short provinceCode, int month, int runNo, int period, CancellationToken cancel) =>
        session.QueryAsync<LedgerPosting>(Postings, new { provinceCode, month, runNo, period }, cancel);

    /// <summary>Every move of one disbursement: where its money was, and which operation moved it.</summary>
    public static Task<IReadOnlyList<LedgerMove>> MovesAsync(DatabaseSession session, short provinceCode, int month, int runNo, int lineNo, CancellationToken cancel) =>
        session.QueryAsync<LedgerMove>(Moves, new { provinceCode, month, runNo, lineNo }, cancel);

    public static Task<IReadOnlyList<LedgerPeriod>> PeriodsAsync(DatabaseSession session, short provinceCode, CancellationToken cancel) =>
        session.QueryAsync<LedgerPeriod>(Periods, new { provinceCode }, cancel);

    /// <summary>Approved runs up to a month that are not closed.</summary>
    public static Task<IReadOnlyList<(int Month, int RunNo)>> OpenRunsAsync(DatabaseSession session, short provinceCode, int month, CancellationToken cancel) =>
        session.QueryAsync<(int, int)>(OpenRuns, new { provinceCode, month }, cancel);

    /// <summary>Closes a period inside the operation's transaction: its digest, and what stands in places that are not final.</summary>
    public static async Task CloseAsync(DatabaseSession session, short provinceCode, int month, string person, Instant at, long operationNo, CancellationToken cancel)
    {
        await session.ExecuteAsync(ClosePeriod, new { provinceCode, month, person, at, operationNo }, cancel);
        await session.ExecuteAsync(KeepBalances, new { provinceCode, month }, cancel);
    }

    public static Task<IReadOnlyList<CarriedBalance>> CarriedAsync(DatabaseSession session, short provinceCode, int month, CancellationToken cancel) =>
        session.QueryAsync<CarriedBalance>(CarriedBalances, new { provinceCode, month }, cancel);

    /// <summary>Writes a declared total; a later one for the same programme and place takes its place.</summary>
    public static Task DeclareAsync(DatabaseSession session, short provinceCode, int month, short programme, string what, int items, long sumVnd, string source, string person, Instant at, long operationNo,
        CancellationToken cancel) =>
        session.ExecuteAsync(Declare, new { provinceCode, month, programme, what, items, sumVnd, source, person, at, operationNo }, cancel);

    /// <summary>What was declared for a period, each beside the ledger's own figure.</summary>
    public static Task<IReadOnlyList<DeclaredTotal>> DeclaredAsync(DatabaseSession session, short provinceCode, int month, CancellationToken cancel) =>
        session.QueryAsync<DeclaredTotal>(Declared, new { provinceCode, month }, cancel);

    /// <summary>The stop that stands, or null.</summary>
    public static Task<WriteStop?> StandingStopAsync(DatabaseSession session, short provinceCode, CancellationToken cancel) => session.FindAsync<WriteStop>(StandingStop, new { provinceCode }, cancel);

    /// <summary>Stops all postings.</summary>
    public static Task<int> StopAsync(DatabaseSession session, short provinceCode, string findingsJson, string person, Instant at, long operationNo, CancellationToken cancel) =>
        session.SingleAsync<int>(Stop, new { provinceCode, findings = findingsJson, person, at, operationNo }, cancel);

    /// <summary>Lets postings go on.</summary>
    public static Task ResumeAsync(DatabaseSession session, short provinceCode, int stopNo, string reason, string person, Instant at, long operationNo, CancellationToken cancel) =>
        session.ExecuteAsync(Resume, new { provinceCode, stopNo, reason, person, at, operationNo }, cancel);
}
