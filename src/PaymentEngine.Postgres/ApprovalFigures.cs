using PaymentEngine.Core.Law;
using PaymentEngine.Core.Payments;
using PaymentEngine.Core;

namespace PaymentEngine.Postgres;

/// <summary>What a run lists in one commune.</summary>
public sealed record CommuneFigure(string CommuneCode, string CommuneName, int People, long SumVnd, long BankVnd, long CashVnd, long HeldVnd);

/// <summary>What a run orders for accounts at one bank; null: cash or held.</summary>
public sealed record BankFigure(string? BankBin, int Items, long SumVnd);

/// <summary>A sentence of the law that nobody has held against its text, with the lines that rest on it.</summary>
public sealed record UnverifiedFigure(string Rule, string Citation, string Status, int Lines, long SumVnd);

/// <summary>Figures that only the approval paper shows, set-based over the rows of a run.</summary>
public static class ApprovalFigures
{
    const string Communes = """
        -- ApprovalFigures.Communes
        SELECT g.commune_code, area_name(@provinceCode, g.commune_code, @month, g.name) AS commune_name, count(DISTINCT d.recipient_id)::int AS people, sum(d.amount_vnd)::bigint AS sum_vnd,
               coalesce(sum(d.amount_vnd) FILTER (WHERE d.hold_reason IS NULL AND a.kind = 1), 0)::bigint AS bank_vnd, coalesce(sum(d.amount_vnd) FILTER (WHERE d.hold_reason IS NULL AND a.kind = 2), 0)::bigint AS cash_vnd,
               coalesce(sum(d.amount_vnd) FILTER (WHERE d.hold_reason IS NOT NULL), 0)::bigint AS held_vnd
          FROM disbursement d
          JOIN area g ON g.province_code = d.province_code AND g.commune_id = d.commune_id AND g.known_to = 'infinity'
          LEFT JOIN attempt a ON (a.province_code, a.month, a.run_no, a.line_no) = (d.province_code, d.month, d.run_no, d.line_no) AND a.attempt = 1
         WHERE d.province_code = @provinceCode AND d.month = @month AND d.run_no = @runNo
         GROUP BY g.commune_code, g.name ORDER BY g.commune_code COLLATE "C";
        """;

    const string Banks = """
        -- ApprovalFigures.Banks
        SELECT c.bank_bin, count(*)::int AS items, sum(d.amount_vnd)::bigint AS sum_vnd
          FROM disbursement d
          LEFT JOIN attempt a ON (a.province_code, a.month, a.run_no, a.line_no) = (d.province_code, d.month, d.run_no, d.line_no) AND a.attempt = 1 AND a.kind = 1 AND d.hold_reason IS NULL
          LEFT JOIN channel c ON c.province_code = a.province_code AND c.payee_no = a.payee_no AND c.version = a.channel_version
         WHERE d.province_code = @provinceCode AND d.month = @month AND d.run_no = @runNo AND d.amount_vnd > 0
         GROUP BY c.bank_bin ORDER BY c.bank_bin COLLATE "C" NULLS LAST;
        """;

    const string Unverified = """
        -- ApprovalFigures.Unverified
        SELECT e.rule, e.citation, e.status, count(*)::int AS lines, sum(l.amount_vnd)::bigint AS sum_vnd
          FROM line l
          JOIN explanation e ON (e.province_code, e.month, e.run_no, e.explanation_no) = (l.province_code, l.month, l.run_no, l.explanation_no)
         WHERE l.province_code = @provinceCode AND l.month = @month AND l.run_no = @runNo AND e.status = ANY (@unverified)
         GROUP BY e.rule, e.citation, e.status ORDER BY sum(l.amount_vnd) DESC, e.rule, e.citation;
        """;

    /// <summary>By commune, in the order of their codes.</summary>
    public static Task<IReadOnlyList<CommuneFigure>> CommunesAsync(DatabaseSession session, RunId run, CancellationToken cancel = default) => session.QueryAsync<CommuneFigure>(Communes, Key(run), cancel);

    /// <summary>By bank of the payees' accounts, cash and held sums last.</summary>
    public static Task<IReadOnlyList<BankFigure>> BanksAsync(DatabaseSession session, RunId run, CancellationToken cancel = default) => session.QueryAsync<BankFigure>(Banks, Key(run), cancel);

    /// <summary>Sentences that rest on figures nobody has verified, by what they add up to.</summary>
    public static Task<IReadOnlyList<UnverifiedFigure>> UnverifiedAsync(DatabaseSession session, RunId run, CancellationToken cancel = default) =>
        session.QueryAsync<UnverifiedFigure>(Unverified, new { run.ProvinceCode, month = run.Month.Key(), run.RunNo, unverified = new[] { LawStatus.DerivedUnverified, LawStatus.Unverified, LawStatus.UnverifiedFromMemory } }, cancel);

    static object Key(RunId run) => new { run.ProvinceCode, month = run.Month.Key(), run.RunNo };
}
