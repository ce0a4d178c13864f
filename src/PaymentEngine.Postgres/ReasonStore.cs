using NodaTime;

namespace PaymentEngine.Postgres;

/// <summary>A rule that a person proposed for words or a code of a bank, and what became of it.</summary>
public sealed record StoredReasonRule
{
    public int RuleNo { get; init; }

    /// <summary>Id of the bank profile it is for; empty: every bank.</summary>
    public string Profile { get; init; } = "";

    /// <summary><c>text</c> or <c>code</c>.</summary>
    public string Kind { get; init; } = "";
    public string Said { get; init; } = "";
    public string Code { get; init; } = "";
    public string Why { get; init; } = "";
    public string MadeBy { get; init; } = "";
    public Instant At { get; init; }

    /// <summary><c>approved</c> or <c>rejected</c>; null while it waits.</summary>
    public string? Decision { get; init; }
    public string? DecidedBy { get; init; }
    public string? Remark { get; init; }
}

/// <summary>What banks gave as a reason for payments whose case is open, by what they wrote.</summary>
public sealed record SaidReason
{
    public string Profile { get; init; } = "";
    public string? Code { get; init; }
    public string? Text { get; init; }
    public int Payments { get; init; }
    public long SumVnd { get; init; }

    /// <summary>One fact that says it, as <c>import/entry</c> or <c>import/entry/detail</c>.</summary>
    public string Fact { get; init; } = "";
}

/// <summary>An open case that a new rule may decide otherwise.</summary>
public sealed record CaseToReview(int CaseNo, string Kind, int Month, int RunNo, int LineNo, short Attempt, string? ReasonCode);

/// <summary>Rules that persons made for banks' words and codes.</summary>
public static class ReasonStore
{
    const string Rules = """
        -- ReasonStore.Rules
        SELECT r.rule_no, r.profile, r.kind, r.said, r.code, r.why, r.made_by, r.at, d.decision, d.person AS decided_by, d.remark
          FROM reason_rule r LEFT JOIN reason_rule_decision d ON d.province_code = r.province_code AND d.rule_no = r.rule_no
         WHERE r.province_code = @provinceCode ORDER BY r.rule_no;
        """;

    const string Propose = """
        -- ReasonStore.Propose
        INSERT INTO reason_rule (province_code, rule_no, profile, kind, said, code, why, made_by, at, operation_no)
        VALUES (@provinceCode, @ruleNo, @profile, @kind, @said, @code, @why, @person, @at, @operationNo);
        """;

    const string Decide = """
        -- ReasonStore.Decide
        INSERT INTO reason_rule_decision (province_code, rule_no, decision, person, made_by, remark, at, operation_no)
        VALUES (@provinceCode, @ruleNo, @decision, @person, @madeBy, @remark, @at, @operationNo);
        """;

    const string Lock = """
        -- ReasonStore.Lock: rules get their numbers one after another.
        SELECT pg_advisory_xact_lock(hashtextextended('payengine.reasons', @provinceCode));
        """;

    const string Said = """
        -- ReasonStore.Said: what stands behind the open cases of failed payments, grouped by the bank's own words.
        WITH open AS (
            SELECT DISTINCT month, run_no, line_no, attempt FROM payment_case
             WHERE province_code = @provinceCode AND closed_at IS NULL AND line_no IS NOT NULL AND kind IN ('rejected', 'returned', 'cancelled', 'deceased')
        ), word AS (
            SELECT o.month, o.run_no, o.line_no, o.attempt, f.reason_code, f.reason_text, f.import_no, f.entry_no, f.detail_no, a.amount_vnd,
                   (SELECT x.profile FROM attempt_batch ab JOIN bank_file x ON x.province_code = ab.province_code AND x.month = ab.file_month AND x.file_no = ab.file_no
                     WHERE ab.province_code = @provinceCode AND ab.month = o.month AND ab.run_no = o.run_no AND ab.line_no = o.line_no AND ab.attempt = o.attempt LIMIT 1) AS profile
              FROM open o
              JOIN attempt a ON a.province_code = @provinceCode AND a.month = o.month AND a.run_no = o.run_no AND a.line_no = o.line_no AND a.attempt = o.attempt
              JOIN decided_fact d ON d.province_code = @provinceCode AND d.target = 1 AND d.target_month = o.month AND d.target_run = o.run_no AND d.target_no = o.line_no AND d.target_part = o.attempt
              JOIN bank_fact f ON f.province_code = d.province_code AND f.import_no = d.import_no AND f.entry_no = d.entry_no AND f.detail_no = d.detail_no
             WHERE d.evidence IN (64, 128, 2048, 4096, 8192) AND (f.reason_code IS NOT NULL OR f.reason_text IS NOT NULL)
        )
        SELECT coalesce(profile, '') AS profile, reason_code AS code, reason_text AS text, count(DISTINCT (month, run_no, line_no, attempt))::int AS payments,
               sum(amount_vnd)::bigint AS sum_vnd,
               min(import_no || '/' || entry_no || CASE WHEN detail_no > 0 THEN '/' || detail_no ELSE '' END) AS fact
          FROM word GROUP BY 1, 2, 3 ORDER BY payments DESC, text, code;
        """;

    const string WordsOf = """
        -- ReasonStore.WordsOf
        SELECT f.reason_code AS Code, f.reason_text AS Text FROM bank_fact f
         WHERE f.province_code = @provinceCode AND f.import_no = @importNo AND f.entry_no = @entryNo AND f.detail_no = @detailNo;
        """;

    const string Review = """
        -- ReasonStore.Review: open cases of failed payments; few beside the orders of a month.
        SELECT case_no, kind, month, run_no, line_no, attempt, reason_code FROM payment_case
         WHERE province_code = @provinceCode AND closed_at IS NULL AND line_no IS NOT NULL AND kind IN ('rejected', 'returned', 'cancelled', 'deceased')
         ORDER BY case_no;
        """;

    /// <summary>Every rule, decided or waiting, by number.</summary>
    public static Task<IReadOnlyList<StoredReasonRule>> RulesAsync(DatabaseSession session, short provinceCode, CancellationToken cancel) =>
        session.QueryAsync<StoredReasonRule>(Rules, new { provinceCode }, cancel);

    /// <summary>Held to the end of the transaction.</summary>
    public static Task LockAsync(DatabaseSession session, short provinceCode, CancellationToken cancel) => session.ExecuteAsync(Lock, new { provinceCode = (long)provinceCode }, cancel);

    public static Task ProposeAsync(DatabaseSession session, short provinceCode, int ruleNo, string profile, string kind, string said, string code, string why, string person, Instant at, long operationNo, CancellationToken cancel) =>
        session.ExecuteAsync(Propose, new { provinceCode, ruleNo, profile, kind, said, code, why, person, at, operationNo }, cancel);

    /// <summary>Approves or rejects; the store refuses that a rule is approved by who made it.</summary>
    public static Task DecideAsync(DatabaseSession session, short provinceCode, StoredReasonRule rule, bool approved, string person, string? remark, Instant at, long operationNo, CancellationToken cancel) =>
        session.ExecuteAsync(Decide, new { provinceCode, ruleNo = rule.RuleNo, decision = approved ? "approved" : "rejected", person, madeBy = rule.MadeBy, remark, at, operationNo }, cancel);

    public static Task<IReadOnlyList<SaidReason>> SaidAsync(DatabaseSession session, short provinceCode, CancellationToken cancel) =>
        session.QueryAsync<SaidReason>(Said, new { provinceCode }, cancel);

    /// <summary>The code and words of one fact; null when there is none.</summary>
    public static Task<(string? Code, string? Text)?> WordsOfAsync(DatabaseSession session, short provinceCode, int importNo, int entryNo, int detailNo, CancellationToken cancel) =>
        session.FindAsync<(string?, string?)?>(WordsOf, new { provinceCode, importNo, entryNo, detailNo }, cancel);

    public static Task<IReadOnlyList<CaseToReview>> ReviewAsync(DatabaseSession session, short provinceCode, CancellationToken cancel) =>
        session.QueryAsync<CaseToReview>(Review, new { provinceCode }, cancel);
}
