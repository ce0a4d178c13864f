using PaymentEngine.Core;
using PaymentEngine.Core.Payments;

namespace PaymentEngine.Postgres;

/// <summary>One cause of a run's difference from the run before, for one programme. Sums are never negative: the cause says which way they count.</summary>
/// <param name="InBridge">Part of the bridge that closes to the đồng; otherwise said beside it (moved, other account, other payee).</param>
public sealed record DifferenceRow(short Programme, string Cause, bool InBridge, int Items, long SumVnd);

/// <summary>One person behind a cause: regular sum before and now; for arrears and recoupments the sums of the month.</summary>
public sealed record DifferencePerson(short Programme, string Cause, string PersonId, string FullName, int CommuneId, string? CommuneName, long BeforeVnd, long NowVnd);

/// <summary>The difference of a run from the regular run before it (F51), set-based over lines and disbursements.</summary>
/// <remarks>The bridge, per programme: last month + new − stopped + raised − lowered + (arrears − arrears before) − (recouped − recouped before) = this month.
/// New, stopped, raised and lowered compare the regular sums of a person and programme; arrears and recoupments belong to one list only, so both months' stand in it.</remarks>
public static class RunDifferences
{
    // Payees and accounts of a person are compared as sets by the sum of 64-bit fingerprints: hashing 300,000 pairs is quick, sorting them is not.
    // The first eight bytes of an account's tag are as good as random.
    const string Compared = """
        WITH mine AS (
            SELECT d.programme, d.recipient_id, coalesce(sum(l.amount_vnd) FILTER (WHERE l.kind = 1), 0)::bigint AS regular,
                   coalesce(sum(l.amount_vnd) FILTER (WHERE l.kind IN (2, 4)), 0)::bigint AS arrears, coalesce(-sum(l.amount_vnd) FILTER (WHERE l.kind = 3), 0)::bigint AS recouped
              FROM line l JOIN disbursement d USING (province_code, month, run_no, line_no)
             WHERE l.province_code = @provinceCode AND l.month = @month AND l.run_no = @runNo
             GROUP BY d.programme, d.recipient_id
        ), before AS (
            SELECT d.programme, d.recipient_id, coalesce(sum(l.amount_vnd) FILTER (WHERE l.kind = 1), 0)::bigint AS regular,
                   coalesce(sum(l.amount_vnd) FILTER (WHERE l.kind IN (2, 4)), 0)::bigint AS arrears, coalesce(-sum(l.amount_vnd) FILTER (WHERE l.kind = 3), 0)::bigint AS recouped
              FROM line l JOIN disbursement d USING (province_code, month, run_no, line_no)
             WHERE l.province_code = @provinceCode AND l.month = @previousMonth AND l.run_no = @previousRun
               AND d.programme IN (SELECT p.programme FROM run_programme p WHERE p.province_code = @provinceCode AND p.month = @month AND p.run_no = @runNo)
             GROUP BY d.programme, d.recipient_id
        ), compared AS (
            SELECT programme, recipient_id, coalesce(m.regular, 0) AS regular, coalesce(m.arrears, 0) AS arrears, coalesce(m.recouped, 0) AS recouped,
                   coalesce(b.regular, 0) AS regular_before, coalesce(b.arrears, 0) AS arrears_before, coalesce(b.recouped, 0) AS recouped_before,
                   m.recipient_id IS NOT NULL AS is_now, b.recipient_id IS NOT NULL AS was_before
              FROM mine m FULL JOIN before b USING (programme, recipient_id)
        ), way_now AS (
            SELECT d.programme, d.recipient_id, min(d.commune_id) AS commune_id, sum(d.amount_vnd) AS amount_vnd, sum(hashint8extended(d.payee_no, 0)) AS payees,
                   sum(coalesce(('x' || encode(substring(c.account_tag FROM 1 FOR 8), 'hex'))::bit(64)::bigint, 0)) AS accounts
              FROM disbursement d
              LEFT JOIN attempt a ON (a.province_code, a.month, a.run_no, a.line_no) = (d.province_code, d.month, d.run_no, d.line_no) AND a.attempt = 1
              LEFT JOIN channel c ON c.province_code = a.province_code AND c.payee_no = a.payee_no AND c.version = a.channel_version
             WHERE d.province_code = @provinceCode AND d.month = @month AND d.run_no = @runNo
             GROUP BY d.programme, d.recipient_id
        ), way_before AS (
            SELECT d.programme, d.recipient_id, min(d.commune_id) AS commune_id, sum(d.amount_vnd) AS amount_vnd, sum(hashint8extended(d.payee_no, 0)) AS payees,
                   sum(coalesce(('x' || encode(substring(c.account_tag FROM 1 FOR 8), 'hex'))::bit(64)::bigint, 0)) AS accounts
              FROM disbursement d
              LEFT JOIN attempt a ON (a.province_code, a.month, a.run_no, a.line_no) = (d.province_code, d.month, d.run_no, d.line_no) AND a.attempt = 1
              LEFT JOIN channel c ON c.province_code = a.province_code AND c.payee_no = a.payee_no AND c.version = a.channel_version
             WHERE d.province_code = @provinceCode AND d.month = @previousMonth AND d.run_no = @previousRun
             GROUP BY d.programme, d.recipient_id
        ), ways AS (
            SELECT n.programme, n.recipient_id, n.amount_vnd, b.amount_vnd AS before_vnd,
                   CASE WHEN n.commune_id <> b.commune_id THEN 'moved' END AS moved,
                   CASE WHEN n.payees <> b.payees THEN 'other_payee' WHEN n.accounts <> b.accounts THEN 'other_account' END AS other
              FROM way_now n JOIN way_before b USING (programme, recipient_id)
        )
        """;

    const string Insert = $"""
        -- RunDifferences.Insert
        {Compared}
        INSERT INTO run_difference (province_code, month, run_no, programme, cause, in_bridge, items, sum_vnd)
        SELECT @provinceCode, @month, @runNo, programme, cause, true, items, sum_vnd
          FROM (SELECT programme,
                       count(*) FILTER (WHERE was_before) AS last_n, coalesce(sum(regular_before + arrears_before - recouped_before), 0) AS last_vnd,
                       count(*) FILTER (WHERE regular > 0 AND regular_before = 0) AS new_n, coalesce(sum(regular) FILTER (WHERE regular_before = 0), 0) AS new_vnd,
                       count(*) FILTER (WHERE regular = 0 AND regular_before > 0) AS stopped_n, coalesce(sum(regular_before) FILTER (WHERE regular = 0), 0) AS stopped_vnd,
                       count(*) FILTER (WHERE regular > regular_before AND regular_before > 0) AS raised_n,
                       coalesce(sum(regular - regular_before) FILTER (WHERE regular > regular_before AND regular_before > 0), 0) AS raised_vnd,
                       count(*) FILTER (WHERE regular < regular_before AND regular > 0) AS lowered_n,
                       coalesce(sum(regular_before - regular) FILTER (WHERE regular < regular_before AND regular > 0), 0) AS lowered_vnd,
                       count(*) FILTER (WHERE arrears > 0) AS arrears_n, coalesce(sum(arrears), 0) AS arrears_vnd,
                       count(*) FILTER (WHERE arrears_before > 0) AS arrears_before_n, coalesce(sum(arrears_before), 0) AS arrears_before_vnd,
                       count(*) FILTER (WHERE recouped > 0) AS recouped_n, coalesce(sum(recouped), 0) AS recouped_vnd,
                       count(*) FILTER (WHERE recouped_before > 0) AS recouped_before_n, coalesce(sum(recouped_before), 0) AS recouped_before_vnd,
                       count(*) FILTER (WHERE is_now) AS this_n, coalesce(sum(regular + arrears - recouped), 0) AS this_vnd
                  FROM compared GROUP BY programme) c,
               LATERAL (VALUES ('last_month', last_n, last_vnd), ('new', new_n, new_vnd), ('stopped', stopped_n, stopped_vnd), ('raised', raised_n, raised_vnd), ('lowered', lowered_n, lowered_vnd),
                               ('arrears', arrears_n, arrears_vnd), ('arrears_before', arrears_before_n, arrears_before_vnd), ('recouped', recouped_n, recouped_vnd),
                               ('recouped_before', recouped_before_n, recouped_before_vnd), ('this_month', this_n, this_vnd)) AS one (cause, items, sum_vnd)
        UNION ALL
        SELECT @provinceCode, @month, @runNo, programme, cause, false, count(*), sum(amount_vnd)
          FROM ways, LATERAL (VALUES (moved), (other)) AS one (cause) WHERE cause IS NOT NULL
         GROUP BY programme, cause;
        """;

    const string Rows = """
        -- RunDifferences.Rows
        SELECT programme, cause, in_bridge, items, sum_vnd FROM run_difference
         WHERE province_code = @provinceCode AND month = @month AND run_no = @runNo
         ORDER BY programme, array_position(ARRAY['last_month', 'new', 'stopped', 'raised', 'lowered', 'arrears', 'arrears_before', 'recouped', 'recouped_before', 'this_month',
                                                  'moved', 'other_payee', 'other_account'], cause);
        """;

    const string PeopleBehind = $"""
        -- RunDifferences.People
        {Compared}
        SELECT programme, cause, r.person_id, r.full_name, coalesce(w.commune_id, b.commune_id) AS commune_id, area_name(@provinceCode, g.commune_code, @month, g.name) AS commune_name, before_vnd::bigint AS before_vnd, now_vnd::bigint AS now_vnd
          FROM (SELECT programme, recipient_id, cause, before_vnd, now_vnd,
                       row_number() OVER (PARTITION BY programme, cause ORDER BY abs(now_vnd - before_vnd) DESC, recipient_id) AS at
                  FROM (SELECT programme, recipient_id, CASE WHEN regular_before = 0 AND regular > 0 THEN 'new' WHEN regular = 0 AND regular_before > 0 THEN 'stopped'
                                                             WHEN regular > regular_before THEN 'raised' WHEN regular < regular_before THEN 'lowered' END AS cause,
                               regular_before AS before_vnd, regular AS now_vnd FROM compared
                        UNION ALL SELECT programme, recipient_id, 'arrears', arrears_before, arrears FROM compared WHERE arrears > 0
                        UNION ALL SELECT programme, recipient_id, 'recouped', recouped_before, recouped FROM compared WHERE recouped > 0
                        UNION ALL SELECT programme, recipient_id, moved, before_vnd, amount_vnd FROM ways WHERE moved IS NOT NULL
                        UNION ALL SELECT programme, recipient_id, other, before_vnd, amount_vnd FROM ways WHERE other IS NOT NULL) caused
                 WHERE cause IS NOT NULL) numbered
          LEFT JOIN way_now w USING (programme, recipient_id)
          LEFT JOIN way_before b USING (programme, recipient_id)
          JOIN recipient r ON r.province_code = @provinceCode AND r.recipient_id = numbered.recipient_id AND r.known_to = 'infinity'
          LEFT JOIN area g ON g.province_code = @provinceCode AND g.commune_id = coalesce(w.commune_id, b.commune_id) AND g.known_to = 'infinity'
         WHERE at <= @most
         ORDER BY programme, cause, at;
        """;

    /// <summary>Computes and keeps the difference of a finished plan.</summary>
    internal static Task WriteAsync(DatabaseSession session, StoredRun run, CancellationToken cancel) => session.ExecuteAsync(Insert, Parameters(run, 0), cancel);

    /// <summary>The kept difference, by programme and cause.</summary>
    public static Task<IReadOnlyList<DifferenceRow>> OfAsync(DatabaseSession session, RunId run, CancellationToken cancel = default) =>
        session.QueryAsync<DifferenceRow>(Rows, new { run.ProvinceCode, month = run.Month.Key(), run.RunNo }, cancel);

    /// <summary>The people behind each cause, those with the greatest change first.</summary>
    /// <param name="session">A session of the run role; the operation has checked the caller's scope.</param>
    /// <param name="run">The run.</param>
    /// <param name="most">At most so many for each programme and cause.</param>
    /// <param name="cancel">Stops the statement.</param>
    public static Task<IReadOnlyList<DifferencePerson>> PeopleAsync(DatabaseSession session, StoredRun run, int most, CancellationToken cancel = default) =>
        session.QueryAsync<DifferencePerson>(PeopleBehind, Parameters(run, most), cancel);

    static object Parameters(StoredRun run, int most) => new { run.ProvinceCode, run.Month, run.RunNo, previousMonth = run.PreviousMonth ?? 0, previousRun = run.PreviousRun ?? 0, most };
}
