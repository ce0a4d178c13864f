using NodaTime;

namespace PaymentEngine.Postgres.Reports;

/// <summary>One line of a pay list: a payment that an approved list holds, in the columns offices use (law/README.md §4.4, from practice).</summary>
public sealed record PayListRow
{
    public int RunNo { get; init; }
    public int LineNo { get; init; }
    public string PersonId { get; init; } = "";
    public string FullName { get; init; } = "";
    public short BirthYear { get; init; }
    public string? IdTail { get; init; }
    public string CommuneCode { get; init; } = "";
    public string CommuneName { get; init; } = "";
    public short Programme { get; init; }

    /// <summary>Codes as in the law's tables, separated by commas.</summary>
    public string Categories { get; init; } = "";
    public long MonthlyVnd { get; init; }
    public long SupplementVnd { get; init; }
    public long CarerVnd { get; init; }
    public long ArrearsVnd { get; init; }
    public long OneOffVnd { get; init; }

    /// <summary>Above zero: what was taken back.</summary>
    public long RecoveredVnd { get; init; }

    /// <summary>What is to be paid.</summary>
    public long TotalVnd { get; init; }
    public string? PayeeName { get; init; }
    public short PayeeRole { get; init; }

    /// <summary>Null: in cash, or held without a way.</summary>
    public string? BankBin { get; init; }
    public string? AccountTail { get; init; }
    public string? HoldReason { get; init; }
}

/// <summary>Pay lists of approved runs.</summary>
public static class PayListStore
{
    // One or many communes, one month: the lines are summed once, by payment.
    const string Rows = """
        -- PayListStore.Rows: names as the run knew them.
        WITH approved AS (
            SELECT r.run_no, r.known_at FROM run r
             WHERE r.province_code = @provinceCode AND r.month = @month
               AND EXISTS (SELECT FROM run_step s WHERE s.province_code = r.province_code AND s.month = r.month AND s.run_no = r.run_no AND s.step = 'approved')
               AND NOT EXISTS (SELECT FROM run_step s WHERE s.province_code = r.province_code AND s.month = r.month AND s.run_no = r.run_no AND s.step = 'voided')
        ), parts AS (
            SELECT l.run_no, l.line_no,
                   coalesce(sum(l.amount_vnd) FILTER (WHERE l.kind = 1 AND l.component NOT LIKE 'phu_cap%' AND l.component NOT IN ('nguoi_phuc_vu', 'cham_soc')), 0)::bigint AS monthly,
                   coalesce(sum(l.amount_vnd) FILTER (WHERE l.kind = 1 AND l.component LIKE 'phu_cap%'), 0)::bigint AS supplement,
                   coalesce(sum(l.amount_vnd) FILTER (WHERE l.kind = 1 AND l.component IN ('nguoi_phuc_vu', 'cham_soc')), 0)::bigint AS carer,
                   coalesce(sum(l.amount_vnd) FILTER (WHERE l.kind = 2), 0)::bigint AS arrears,
                   coalesce(sum(l.amount_vnd) FILTER (WHERE l.kind = 4), 0)::bigint AS one_off,
                   coalesce(-sum(l.amount_vnd) FILTER (WHERE l.kind = 3), 0)::bigint AS recovered,
                   string_agg(DISTINCT a.category, ', ' ORDER BY a.category) AS categories
              FROM line l
              JOIN award a ON a.province_code = l.province_code AND a.award_no = l.award_no AND a.version = 1
             WHERE l.province_code = @provinceCode AND l.month = @month
             GROUP BY l.run_no, l.line_no
        )
        SELECT d.run_no, d.line_no, r.person_id, r.full_name, r.birth_year, r.id_number_tail AS id_tail, g.commune_code, g.name AS commune_name, d.programme, coalesce(p.categories, '') AS categories,
               coalesce(p.monthly, 0) AS monthly_vnd, coalesce(p.supplement, 0) AS supplement_vnd, coalesce(p.carer, 0) AS carer_vnd, coalesce(p.arrears, 0) AS arrears_vnd, coalesce(p.one_off, 0) AS one_off_vnd,
               coalesce(p.recovered, 0) AS recovered_vnd, d.amount_vnd AS total_vnd, y.payee_name, d.payee_role, c.bank_bin, c.account_tail, d.hold_reason
          FROM approved v
          JOIN disbursement d ON d.province_code = @provinceCode AND d.month = @month AND d.run_no = v.run_no
          JOIN recipient r ON r.province_code = d.province_code AND r.recipient_id = d.recipient_id AND r.known_from <= v.known_at AND r.known_to > v.known_at
          LEFT JOIN parts p ON p.run_no = d.run_no AND p.line_no = d.line_no
          LEFT JOIN (SELECT DISTINCT ON (commune_id) commune_id, commune_code, name FROM area WHERE province_code = @provinceCode ORDER BY commune_id, version DESC) g ON g.commune_id = d.commune_id
          LEFT JOIN payee y ON y.province_code = d.province_code AND y.payee_no = d.payee_no AND y.version = d.payee_version
          LEFT JOIN attempt t ON t.province_code = d.province_code AND t.month = d.month AND t.run_no = d.run_no AND t.line_no = d.line_no AND t.attempt = 1 AND t.kind = 1
          LEFT JOIN channel c ON c.province_code = t.province_code AND c.payee_no = t.payee_no AND c.version = t.channel_version
         WHERE @communes::int[] IS NULL OR d.commune_id = ANY (@communes)
         ORDER BY g.commune_code, d.programme, r.person_id, d.run_no, d.line_no;
        """;

    const string Listed = """
        -- PayListStore.Listed: by the totals that were approved.
        SELECT count(*) AS runs, coalesce(sum(t.disbursements), 0)::bigint AS payments, coalesce(sum(t.listed_vnd), 0)::bigint AS sum_vnd
          FROM run_total t
         WHERE t.province_code = @provinceCode AND t.month = @month
           AND EXISTS (SELECT FROM run_step s WHERE s.province_code = t.province_code AND s.month = t.month AND s.run_no = t.run_no AND s.step = 'approved')
           AND NOT EXISTS (SELECT FROM run_step s WHERE s.province_code = t.province_code AND s.month = t.month AND s.run_no = t.run_no AND s.step = 'voided');
        """;

    /// <summary>Payments of the month's approved runs, by commune, programme and person.</summary>
    /// <param name="communes">Communes they were listed in; null: all.</param>
    public static Task<IReadOnlyList<PayListRow>> RowsAsync(DatabaseSession session, short provinceCode, int month, int[]? communes, CancellationToken cancel) =>
        session.QueryAsync<PayListRow>(Rows, new { provinceCode, month, communes }, cancel);

    /// <summary>How many runs are approved, their payments and sum.</summary>
    public static Task<(long Runs, long Payments, long SumVnd)> ListedAsync(DatabaseSession session, short provinceCode, int month, CancellationToken cancel) =>
        session.SingleAsync<(long Runs, long Payments, long SumVnd)>(Listed, new { provinceCode, month }, cancel);
}
