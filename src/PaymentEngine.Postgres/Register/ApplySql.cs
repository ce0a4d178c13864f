namespace PaymentEngine.Postgres.Register;

/// <summary>The statements of <see cref="RegisterStore.ApplyAsync"/>, in their order: what others point at comes first.</summary>
/// <remarks>Each kind in two steps: a temporary table "to_…" with the number, the version and the outcome of each staged row, then the insert.
/// Outcome: 0 unchanged, 1 new, 2 changed, 3 superseded by a later word on the same key in the same import.</remarks>
static class ApplySql
{
    public const string Begin = """
        -- ApplySql.Begin
        CREATE TEMPORARY TABLE applied (file_no smallint NOT NULL, outcome int NOT NULL) ON COMMIT DROP;
        CREATE TEMPORARY TABLE notice (communes_made bigint NOT NULL, deaths_withdrawn bigint NOT NULL) ON COMMIT DROP;
        """;

    public const string Notices = """
        -- ApplySql.Notices
        SELECT coalesce(sum(communes_made), 0)::bigint AS communes_made, coalesce(sum(deaths_withdrawn), 0)::bigint AS deaths_withdrawn FROM notice;
        """;

    const string Areas = """
        -- ApplySql.Areas
        CREATE TEMPORARY TABLE to_area ON COMMIT DROP AS
        WITH word AS (
            SELECT DISTINCT ON (commune_code) row_no FROM stage_area ORDER BY commune_code, valid_from DESC NULLS LAST, row_no DESC
        ), first AS (SELECT commune_code, min(row_no) AS row_no FROM stage_area GROUP BY commune_code)
        SELECT s.row_no, s.file_no, c.version,
               coalesce(c.commune_id, (SELECT coalesce(max(commune_id), 0) FROM area WHERE province_code = @provinceCode)
                   + row_number() OVER (PARTITION BY w.row_no IS NULL, c.commune_id IS NULL ORDER BY f.row_no))::int AS commune_id,
               CASE WHEN w.row_no IS NULL THEN 3 WHEN c.commune_id IS NULL THEN 1
                    WHEN (c.name, c.valid_from, c.valid_to, c.successors) IS DISTINCT FROM (s.name, s.valid_from, s.valid_to, s.successors) THEN 2 ELSE 0 END AS outcome
          FROM stage_area s JOIN first f USING (commune_code)
          LEFT JOIN word w ON w.row_no = s.row_no
          LEFT JOIN area c ON c.province_code = @provinceCode AND c.commune_code = s.commune_code AND c.known_to = 'infinity';
        INSERT INTO area (province_code, commune_id, version, commune_code, name, valid_from, valid_to, successors, known_from, operation_no)
        SELECT @provinceCode, t.commune_id, coalesce(t.version, 0) + 1, s.commune_code, s.name, s.valid_from, s.valid_to, s.successors, @at, @operationNo
          FROM to_area t JOIN stage_area s USING (row_no) WHERE t.outcome IN (1, 2) ORDER BY t.commune_id;
        INSERT INTO applied SELECT file_no, outcome FROM to_area;

        -- A commune that people name must have its number before its name is known.
        WITH missing AS (
            SELECT DISTINCT s.commune_code FROM stage_person s
             WHERE NOT EXISTS (SELECT FROM area a WHERE a.province_code = @provinceCode AND a.commune_code = s.commune_code AND a.version = 1)
        ), made AS (
            INSERT INTO area (province_code, commune_id, version, commune_code, name, known_from, operation_no)
            SELECT @provinceCode, (SELECT coalesce(max(commune_id), 0) FROM area WHERE province_code = @provinceCode) + row_number() OVER (ORDER BY commune_code), 1,
                   commune_code, commune_code, @at, @operationNo
              FROM missing RETURNING 1
        )
        INSERT INTO notice SELECT count(*), 0 FROM made;
        """;

    const string Payers = """
        -- ApplySql.Payers
        CREATE TEMPORARY TABLE to_payer ON COMMIT DROP AS
        WITH word AS (
            SELECT DISTINCT ON (payer_code) row_no FROM stage_payer ORDER BY payer_code, valid_from DESC NULLS LAST, row_no DESC
        ), first AS (SELECT payer_code, min(row_no) AS row_no FROM stage_payer GROUP BY payer_code)
        SELECT s.row_no, s.file_no, c.version,
               coalesce(c.payer_no, (SELECT coalesce(max(payer_no), 0) FROM payer WHERE province_code = @provinceCode)
                   + row_number() OVER (PARTITION BY w.row_no IS NULL, c.payer_no IS NULL ORDER BY f.row_no))::int AS payer_no,
               CASE WHEN w.row_no IS NULL THEN 3 WHEN c.payer_no IS NULL THEN 1
                    WHEN (c.name, c.short_name, c.kind, c.programmes, c.commune_codes, c.counts_from, c.debtor_bin, c.account_tag, c.account_name, c.customer_no, c.valid_from, c.valid_to)
                         IS DISTINCT FROM
                         (s.name, s.short_name, s.kind, s.programmes, s.commune_codes, s.counts_from, s.debtor_bin, s.account_tag, s.account_name, s.customer_no, s.valid_from, s.valid_to)
                    THEN 2 ELSE 0 END AS outcome
          FROM stage_payer s JOIN first f USING (payer_code)
          LEFT JOIN word w ON w.row_no = s.row_no
          LEFT JOIN payer c ON c.province_code = @provinceCode AND c.payer_code = s.payer_code AND c.known_to = 'infinity';
        INSERT INTO payer (province_code, payer_no, version, payer_code, name, short_name, kind, programmes, commune_codes, counts_from, debtor_bin, account_key, account_cipher,
                           account_tag, account_tail, account_name, customer_no, valid_from, valid_to, known_from, operation_no)
        SELECT @provinceCode, t.payer_no, coalesce(t.version, 0) + 1, s.payer_code, s.name, s.short_name, s.kind, s.programmes, s.commune_codes, s.counts_from, s.debtor_bin,
               s.account_key, s.account_cipher, s.account_tag, s.account_tail, s.account_name, s.customer_no, s.valid_from, s.valid_to, @at, @operationNo
          FROM to_payer t JOIN stage_payer s USING (row_no) WHERE t.outcome IN (1, 2) ORDER BY t.payer_no;
        INSERT INTO applied SELECT file_no, outcome FROM to_payer;
        """;

    const string Recipients = """
        -- ApplySql.Recipients: name, birth, identity number and death are those of the row known last, as the law's rules read them;
        -- a death that the last word no longer has is withdrawn.
        CREATE TEMPORARY TABLE to_recipient ON COMMIT DROP AS
        WITH word AS (
            SELECT DISTINCT ON (person_id) person_id, row_no FROM stage_person ORDER BY person_id, recorded_on DESC NULLS LAST, facts_from DESC, row_no DESC
        ), first AS (SELECT person_id, min(row_no) AS row_no FROM stage_person GROUP BY person_id)
        SELECT w.person_id, w.row_no, s.death, c.version, c.death AS death_before,
               coalesce(c.recipient_id, (SELECT last_number('recipient', @provinceCode))
                   + row_number() OVER (PARTITION BY c.recipient_id IS NULL ORDER BY f.row_no))::int AS recipient_id,
               CASE WHEN c.recipient_id IS NULL THEN 1
                    WHEN (c.id_number_tag, c.full_name, c.sex, c.birth_year, c.birth_month, c.birth_day, c.death)
                         IS DISTINCT FROM (s.id_number_tag, s.full_name, s.sex, s.birth_year, s.birth_month, s.birth_day, s.death) THEN 2 ELSE 0 END AS outcome
          FROM word w JOIN stage_person s USING (row_no) JOIN first f ON f.person_id = w.person_id
          LEFT JOIN recipient c ON c.province_code = @provinceCode AND c.person_id = w.person_id AND c.known_to = 'infinity';
        ANALYZE to_recipient;
        INSERT INTO recipient (province_code, recipient_id, version, person_id, id_number_key, id_number_cipher, id_number_tag, id_number_tail, full_name, sex,
                               birth_year, birth_month, birth_day, death, known_from, operation_no)
        SELECT @provinceCode, t.recipient_id, coalesce(t.version, 0) + 1, s.person_id, s.id_number_key, s.id_number_cipher, s.id_number_tag, s.id_number_tail, s.full_name, s.sex,
               s.birth_year, s.birth_month, s.birth_day, t.death, @at, @operationNo
          FROM to_recipient t JOIN stage_person s USING (row_no) WHERE t.outcome IN (1, 2) ORDER BY t.recipient_id;
        INSERT INTO notice SELECT 0, count(*) FROM to_recipient WHERE death_before IS NOT NULL AND death IS NULL;
        """;

    const string FactColumns = """
        recorded_on, home_province, special_area, household_id, spouse_id, poverty, supporter, alone, other_income, other_income_vnd, disability,
        disability_cert_on, studying, study_broken, hamlet, address, phone, contact, in_facility
        """;

    static readonly string Facts = $"""
        -- ApplySql.Facts
        CREATE TEMPORARY TABLE to_fact ON COMMIT DROP AS
        WITH word AS (
            SELECT DISTINCT ON (person_id, facts_from) row_no FROM stage_person ORDER BY person_id, facts_from, recorded_on DESC NULLS LAST, row_no DESC
        )
        SELECT s.row_no, s.file_no, s.facts_from, r.recipient_id, a.commune_id, r.row_no = s.row_no AS speaks_for_person, r.outcome AS person_outcome,
               CASE WHEN w.row_no IS NULL THEN 3 WHEN c.recipient_id IS NULL THEN 1
                    WHEN ROW(c.commune_id, {Of("c", FactColumns)}) IS DISTINCT FROM ROW(a.commune_id, {Of("s", FactColumns)}) THEN 2 ELSE 0 END AS outcome
          FROM stage_person s
          JOIN to_recipient r USING (person_id)
          JOIN area a ON a.province_code = @provinceCode AND a.commune_code = s.commune_code AND a.version = 1
          LEFT JOIN word w ON w.row_no = s.row_no
          LEFT JOIN dated_fact c ON c.province_code = @provinceCode AND c.recipient_id = r.recipient_id AND c.facts_from = s.facts_from AND c.known_to = 'infinity';
        ANALYZE to_fact;
        INSERT INTO dated_fact (province_code, recipient_id, version, facts_from, commune_id, {FactColumns}, known_from, operation_no)
        SELECT @provinceCode, t.recipient_id,
               coalesce((SELECT max(version) FROM dated_fact o WHERE o.province_code = @provinceCode AND o.recipient_id = t.recipient_id), 0)
                 + row_number() OVER (PARTITION BY t.recipient_id ORDER BY t.facts_from),
               t.facts_from, t.commune_id, {Of("s", FactColumns)}, @at, @operationNo
          FROM to_fact t JOIN stage_person s USING (row_no) WHERE t.outcome IN (1, 2) ORDER BY t.recipient_id, t.facts_from;
        -- A row whose month-facts stand already can still change the person: a death, a corrected name.
        INSERT INTO applied SELECT file_no, CASE WHEN outcome = 0 AND speaks_for_person AND person_outcome = 2 THEN 2 ELSE outcome END FROM to_fact;
        """;

    const string AwardColumns = """
        programme, category, category_no, variant_no, recorded_on, filed_on, decision_no, decided_on, board_on, event_on, first_month, last_month, end_reason,
        on_roll_since, converted_from, degree_pct, class, special, at_home, valid_exam, full_time, seniority_units, decoration, martyrs, service_half_years, deceased_id,
        deceased_category, deceased_pct, deceased_on, relation, children, children_births, pregnant, about_person_id, treatment_days, declared_wage_vnd, suspended_from, suspended_to,
        suspend_reason, released_on, reapplied_on, reviewed_on, review_result
        """;

    static readonly string Awards = $"""
        -- ApplySql.Awards
        CREATE TEMPORARY TABLE award_number ON COMMIT DROP AS
        SELECT f.award_id, coalesce(c.award_no, (SELECT last_number('award', @provinceCode))
                   + row_number() OVER (PARTITION BY c.award_no IS NULL ORDER BY f.row_no))::int AS award_no
          FROM (SELECT award_id, min(row_no) AS row_no FROM stage_award GROUP BY award_id) f
          LEFT JOIN award c ON c.province_code = @provinceCode AND c.award_id = f.award_id AND c.version = 1;
        ANALYZE award_number;
        CREATE TEMPORARY TABLE to_award ON COMMIT DROP AS
        WITH word AS (
            SELECT DISTINCT ON (award_id, facts_from) row_no FROM stage_award ORDER BY award_id, facts_from, recorded_on DESC NULLS LAST, row_no DESC
        )
        SELECT s.row_no, s.file_no, s.facts_from, n.award_no, r.recipient_id,
               CASE WHEN w.row_no IS NULL THEN 3 WHEN c.award_no IS NULL THEN 1
                    WHEN ROW({Of("c", AwardColumns)}) IS DISTINCT FROM ROW({Of("s", AwardColumns)}) THEN 2 ELSE 0 END AS outcome
          FROM stage_award s
          JOIN award_number n USING (award_id)
          JOIN recipient r ON r.province_code = @provinceCode AND r.person_id = s.person_id AND r.version = 1
          LEFT JOIN word w ON w.row_no = s.row_no
          LEFT JOIN award c ON c.province_code = @provinceCode AND c.award_no = n.award_no AND c.facts_from = s.facts_from AND c.known_to = 'infinity';
        ANALYZE to_award;
        INSERT INTO award (province_code, award_no, version, award_id, recipient_id, facts_from, {AwardColumns}, known_from, operation_no)
        SELECT @provinceCode, t.award_no,
               coalesce((SELECT max(version) FROM award o WHERE o.province_code = @provinceCode AND o.award_no = t.award_no), 0)
                 + row_number() OVER (PARTITION BY t.award_no ORDER BY t.facts_from),
               s.award_id, t.recipient_id, t.facts_from, {Of("s", AwardColumns)}, @at, @operationNo
          FROM to_award t JOIN stage_award s USING (row_no) WHERE t.outcome IN (1, 2) ORDER BY t.award_no, t.facts_from;
        INSERT INTO applied SELECT file_no, outcome FROM to_award;
        """;

    const string PayeeColumns = "payee_ref, payee_name, basis, basis_no, basis_on, basis_issuer, valid_to, channel, wish, wish_on, pay_commune, pay_point, at_home";

    static readonly string Payees = $"""
        -- ApplySql.Payees: a right is known by person, scope, role and first day; its account is compared by tag, bank, kind and holder.
        CREATE TEMPORARY TABLE to_payee ON COMMIT DROP AS
        SELECT s.row_no, s.file_no, r.recipient_id, a.award_no, p.version,
               coalesce(p.payee_no, (SELECT last_number('payee', @provinceCode))
                   + row_number() OVER (PARTITION BY p.payee_no IS NULL ORDER BY s.row_no))::int AS payee_no,
               CASE WHEN s.account_tag IS NULL THEN NULL
                    WHEN c.payee_no IS NOT NULL AND (c.kind, c.bank_bin, c.account_tag, c.holder_name) = (s.channel, s.bank_bin, s.account_tag, s.holder_name) THEN c.version
                    ELSE coalesce((SELECT max(h.version) FROM channel h WHERE h.province_code = @provinceCode AND h.payee_no = p.payee_no), 0) + 1 END AS channel_version,
               s.account_tag IS NOT NULL
                   AND (c.payee_no IS NULL OR (c.kind, c.bank_bin, c.account_tag, c.holder_name) IS DISTINCT FROM (s.channel, s.bank_bin, s.account_tag, s.holder_name)) AS new_channel,
               CASE WHEN p.payee_no IS NULL THEN 1
                    WHEN (p.channel_version IS NULL) <> (s.account_tag IS NULL) THEN 2
                    WHEN s.account_tag IS NOT NULL AND (c.version IS DISTINCT FROM p.channel_version
                         OR (c.kind, c.bank_bin, c.account_tag, c.holder_name) IS DISTINCT FROM (s.channel, s.bank_bin, s.account_tag, s.holder_name)) THEN 2
                    WHEN ROW({Of("p", PayeeColumns)}) IS DISTINCT FROM ROW({Of("s", PayeeColumns)}) THEN 2 ELSE 0 END AS outcome
          FROM stage_payee s
          JOIN recipient r ON r.province_code = @provinceCode AND r.person_id = s.person_id AND r.version = 1
          LEFT JOIN award a ON a.province_code = @provinceCode AND a.award_id = s.award_id AND a.version = 1
          LEFT JOIN payee p ON p.province_code = @provinceCode AND p.known_to = 'infinity' AND p.recipient_id = r.recipient_id AND p.role = s.role
               AND coalesce(p.award_no, 0) = coalesce(a.award_no, 0) AND coalesce(p.programme, 0) = coalesce(s.programme, 0)
               AND coalesce(p.valid_from, '-infinity') = coalesce(s.valid_from, '-infinity')
          LEFT JOIN channel c ON c.province_code = @provinceCode AND c.payee_no = p.payee_no AND c.programme IS NULL AND c.known_to = 'infinity';
        ANALYZE to_payee;
        INSERT INTO channel (province_code, payee_no, version, kind, bank_bin, account_key, account_cipher, account_tag, account_tail, holder_name, known_from, operation_no)
        SELECT @provinceCode, t.payee_no, t.channel_version, s.channel, s.bank_bin, s.account_key, s.account_cipher, s.account_tag, s.account_tail, s.holder_name, @at, @operationNo
          FROM to_payee t JOIN stage_payee s USING (row_no) WHERE t.new_channel ORDER BY t.payee_no;
        INSERT INTO payee (province_code, payee_no, version, recipient_id, award_no, programme, role, valid_from, channel_version, {PayeeColumns}, known_from, operation_no)
        SELECT @provinceCode, t.payee_no, coalesce(t.version, 0) + 1, t.recipient_id, t.award_no, s.programme, s.role, s.valid_from, t.channel_version, {Of("s", PayeeColumns)}, @at, @operationNo
          FROM to_payee t JOIN stage_payee s USING (row_no) WHERE t.outcome IN (1, 2) ORDER BY t.payee_no;
        INSERT INTO applied SELECT file_no, outcome FROM to_payee;
        """;

    const string Standards = """
        -- ApplySql.Standards
        CREATE TEMPORARY TABLE to_standard ON COMMIT DROP AS
        SELECT s.row_no, s.file_no, c.version,
               coalesce(c.standard_no, (SELECT coalesce(max(standard_no), 0) FROM local_standard WHERE province_code = @provinceCode)
                   + row_number() OVER (PARTITION BY c.standard_no IS NULL ORDER BY s.row_no))::int AS standard_no,
               CASE WHEN c.standard_no IS NULL THEN 1
                    WHEN (c.amount_vnd, c.valid_to, c.source, c.status) IS DISTINCT FROM (s.amount_vnd, s.valid_to, s.source, s.status) THEN 2 ELSE 0 END AS outcome
          FROM stage_standard s
          LEFT JOIN local_standard c ON c.province_code = @provinceCode AND c.home_province = s.home_province AND c.standard_code = s.standard_code
               AND c.valid_from = s.valid_from AND c.known_to = 'infinity';
        INSERT INTO local_standard (province_code, standard_no, version, home_province, standard_code, amount_vnd, valid_from, valid_to, source, status, known_from, operation_no)
        SELECT @provinceCode, t.standard_no, coalesce(t.version, 0) + 1, s.home_province, s.standard_code, s.amount_vnd, s.valid_from, s.valid_to, s.source, s.status, @at, @operationNo
          FROM to_standard t JOIN stage_standard s USING (row_no) WHERE t.outcome IN (1, 2) ORDER BY t.standard_no;
        INSERT INTO applied SELECT file_no, outcome FROM to_standard;
        """;

    const string RecoupmentColumns = "decided_on, from_month, monthly_vnd, recorded_on";

    static readonly string Recoupments = $"""
        -- ApplySql.Recoupments: a decision is known by person, scope and number.
        CREATE TEMPORARY TABLE to_recoupment ON COMMIT DROP AS
        SELECT s.row_no, s.file_no, r.recipient_id, a.award_no, c.version,
               coalesce(c.recoupment_no, (SELECT coalesce(max(recoupment_no), 0) FROM recoupment_decision WHERE province_code = @provinceCode)
                   + row_number() OVER (PARTITION BY c.recoupment_no IS NULL ORDER BY s.row_no))::int AS recoupment_no,
               CASE WHEN c.recoupment_no IS NULL THEN 1
                    WHEN ROW({Of("c", RecoupmentColumns)}) IS DISTINCT FROM ROW({Of("s", RecoupmentColumns)}) THEN 2 ELSE 0 END AS outcome
          FROM stage_recoupment s
          JOIN recipient r ON r.province_code = @provinceCode AND r.person_id = s.person_id AND r.version = 1
          LEFT JOIN award a ON a.province_code = @provinceCode AND a.award_id = s.award_id AND a.version = 1
          LEFT JOIN recoupment_decision c ON c.province_code = @provinceCode AND c.recipient_id = r.recipient_id AND coalesce(c.award_no, 0) = coalesce(a.award_no, 0)
               AND c.decision_no = s.decision_no AND c.known_to = 'infinity';
        INSERT INTO recoupment_decision (province_code, recoupment_no, version, recipient_id, award_no, decision_no, {RecoupmentColumns}, known_from, operation_no)
        SELECT @provinceCode, t.recoupment_no, coalesce(t.version, 0) + 1, t.recipient_id, t.award_no, s.decision_no, {Of("s", RecoupmentColumns)}, @at, @operationNo
          FROM to_recoupment t JOIN stage_recoupment s USING (row_no) WHERE t.outcome IN (1, 2) ORDER BY t.recoupment_no;
        INSERT INTO applied SELECT file_no, outcome FROM to_recoupment;
        """;

    const string Paid = """
        -- ApplySql.Paid: months that other lists have listed, as ranges of equal amount; what is listed already stays, open ranges too.
        CREATE TEMPORARY TABLE last_listed ON COMMIT DROP AS
        SELECT DISTINCT ON (l.award_no, l.component) l.award_no, l.component, l.version, l.from_months, l.to_months, l.amounts_vnd
          FROM listed l
         WHERE l.province_code = @provinceCode AND EXISTS (SELECT FROM stage_paid)
         ORDER BY l.award_no, l.component, l.version DESC;
        CREATE TEMPORARY TABLE to_listed ON COMMIT DROP AS
        SELECT s.row_no, s.file_no, a.award_no, a.recipient_id, s.component, s.month, s.amount_vnd,
               CASE WHEN l.award_no IS NULL THEN 1
                    WHEN EXISTS (SELECT FROM unnest(l.from_months, l.to_months) AS u (f, t) WHERE s.month >= u.f AND (u.t = 0 OR s.month <= u.t)) THEN 0 ELSE 1 END AS outcome
          FROM stage_paid s
          JOIN award a ON a.province_code = @provinceCode AND a.award_id = s.award_id AND a.version = 1
          LEFT JOIN last_listed l ON l.award_no = a.award_no AND l.component = s.component;
        ANALYZE to_listed;
        INSERT INTO listed (province_code, award_no, component, version, recipient_id, from_months, to_months, amounts_vnd, operation_no)
        WITH touched AS (
            SELECT award_no, component, min(recipient_id) AS recipient_id FROM to_listed WHERE outcome = 1 GROUP BY award_no, component
        ), month AS (
            SELECT award_no, component, month / 100 * 12 + month % 100 - 1 AS month_index, amount_vnd FROM to_listed WHERE outcome = 1
            UNION ALL
            SELECT l.award_no, l.component, i, u.v
              FROM last_listed l JOIN touched USING (award_no, component)
             CROSS JOIN LATERAL unnest(l.from_months, l.to_months, l.amounts_vnd) AS u (f, t, v)
             CROSS JOIN LATERAL generate_series(u.f / 100 * 12 + u.f % 100 - 1, u.t / 100 * 12 + u.t % 100 - 1) AS i
             WHERE u.t <> 0
        ), island AS (
            SELECT *, month_index - row_number() OVER (PARTITION BY award_no, component, amount_vnd ORDER BY month_index) AS island FROM month
        ), range AS (
            SELECT award_no, component, amount_vnd, min(month_index) / 12 * 100 + min(month_index) % 12 + 1 AS f, max(month_index) / 12 * 100 + max(month_index) % 12 + 1 AS t
              FROM island GROUP BY award_no, component, amount_vnd, island
            UNION ALL
            SELECT l.award_no, l.component, u.v, u.f, 0
              FROM last_listed l JOIN touched USING (award_no, component)
             CROSS JOIN LATERAL unnest(l.from_months, l.to_months, l.amounts_vnd) AS u (f, t, v)
             WHERE u.t = 0
        )
        SELECT @provinceCode, r.award_no, r.component, coalesce(min(l.version), 0) + 1, min(t.recipient_id), array_agg(r.f ORDER BY r.f), array_agg(r.t ORDER BY r.f),
               array_agg(r.amount_vnd ORDER BY r.f), @operationNo
          FROM range r JOIN touched t USING (award_no, component) LEFT JOIN last_listed l USING (award_no, component)
         GROUP BY r.award_no, r.component ORDER BY r.award_no, r.component;
        INSERT INTO applied SELECT file_no, outcome FROM to_listed;
        """;

    public static IReadOnlyList<string> Steps { get; } = [Areas, Payers, Recipients, Facts, Awards, Payees, Standards, Recoupments, Paid];

    /// <summary>The columns of a list, each of the table with this alias.</summary>
    static string Of(string alias, string columns) => string.Join(", ", columns.Split(',', StringSplitOptions.TrimEntries).Select(column => $"{alias}.{column}"));
}
