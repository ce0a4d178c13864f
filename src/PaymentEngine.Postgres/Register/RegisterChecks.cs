using PaymentEngine.Core.Entitlements;

namespace PaymentEngine.Postgres.Register;

/// <summary>A staged row that cannot be applied, or looks wrong. The words for it are found at the edge, by its code.</summary>
/// <param name="Code">Stable code of the problem.</param>
/// <param name="FileNo">File of the command, from 1.</param>
/// <param name="Line">Line of the file.</param>
/// <param name="Column">Column at fault.</param>
/// <param name="Shown">The key it is about; never a number of an account or identity.</param>
public sealed record StagedFault(string Code, short FileNo, int Line, string Column, string Shown);

/// <summary>What staged rows say about each other and about the store: set-based, every bad row found.</summary>
public static class RegisterChecks
{
    /// <summary>Faults kept with their places; a file with more is wrong as a whole.</summary>
    public const int FaultsMax = 10_000;

    // The register grows by hundreds of thousands of rows between two looks of the server at its statistics; a plan made for an empty table
    // would walk it once a staged row. Hashes and sorts are right for sets of any size, and those of a province fit into this memory.
    const string ForSets = """
        -- RegisterChecks.ForSets
        SET LOCAL enable_nestloop = off; SET LOCAL work_mem = '64MB';
        """;

    const string Pointers = """
        -- RegisterChecks.Pointers: persons and awards that rows point at, in the files or in the store.
        WITH holder AS (
            SELECT DISTINCT ON (award_id) award_id, person_id
              FROM (SELECT a.award_id, r.person_id, 0 AS staged
                      FROM award a JOIN recipient r ON r.province_code = a.province_code AND r.recipient_id = a.recipient_id AND r.version = 1
                     WHERE a.province_code = @provinceCode AND a.version = 1
                    UNION ALL
                    SELECT award_id, person_id, row_no FROM stage_award) known
             ORDER BY award_id, staged
        ), pointed AS (
            SELECT file_no, line, person_id, 'person_id' AS field FROM stage_award
            UNION ALL SELECT file_no, line, about_person_id, 'about_person_id' FROM stage_award WHERE about_person_id IS NOT NULL
            UNION ALL SELECT file_no, line, person_id, 'person_id' FROM stage_payee
            UNION ALL SELECT file_no, line, person_id, 'person_id' FROM stage_recoupment
            UNION ALL SELECT file_no, line, person_id, 'person_id' FROM stage_paid
        ), of_award AS (
            SELECT file_no, line, award_id, person_id, 'person_id' AS field FROM stage_award
            UNION ALL SELECT file_no, line, award_id, person_id, 'award_id' FROM stage_payee WHERE award_id IS NOT NULL
            UNION ALL SELECT file_no, line, award_id, person_id, 'award_id' FROM stage_recoupment WHERE award_id IS NOT NULL
            UNION ALL SELECT file_no, line, award_id, person_id, 'award_id' FROM stage_paid
        )
        SELECT * FROM (
            SELECT 'person.unknown' AS code, file_no, line, field AS column, p.person_id AS shown
              FROM pointed p
             WHERE @peopleWhole AND NOT EXISTS (SELECT FROM stage_person s WHERE s.person_id = p.person_id)
               AND NOT EXISTS (SELECT FROM recipient r WHERE r.province_code = @provinceCode AND r.person_id = p.person_id AND r.version = 1)
            UNION ALL
            SELECT CASE WHEN h.award_id IS NULL THEN 'award.unknown' ELSE 'award.other_person' END, o.file_no, o.line, o.field, o.award_id
              FROM of_award o LEFT JOIN holder h USING (award_id)
             WHERE h.person_id IS DISTINCT FROM o.person_id AND (@awardsWhole OR h.award_id IS NOT NULL)) fault
         ORDER BY file_no, line LIMIT @faultsMax;
        """;

    const string Twice = """
        -- RegisterChecks.Twice: one row in two files of the command; within a file the reader has refused it.
        SELECT 'row.twice' AS code, file_no, line, field AS column, shown FROM (
            SELECT file_no, line, 'person_id' AS field, person_id AS shown, min(file_no) OVER (PARTITION BY person_id, facts_from, recorded_on) AS first_file FROM stage_person
            UNION ALL SELECT file_no, line, 'award_id', award_id, min(file_no) OVER (PARTITION BY award_id, facts_from, recorded_on) FROM stage_award
            UNION ALL SELECT file_no, line, 'person_id', person_id, min(file_no) OVER (PARTITION BY person_id, award_id, programme, role, valid_from) FROM stage_payee
            UNION ALL SELECT file_no, line, 'person_id', person_id, min(file_no) OVER (PARTITION BY person_id, award_id, decision_no) FROM stage_recoupment
            UNION ALL SELECT file_no, line, 'award_id', award_id, min(file_no) OVER (PARTITION BY award_id, component, month) FROM stage_paid
            UNION ALL SELECT file_no, line, 'commune_code', commune_code, min(file_no) OVER (PARTITION BY commune_code, valid_from) FROM stage_area
            UNION ALL SELECT file_no, line, 'payer_code', payer_code, min(file_no) OVER (PARTITION BY payer_code, valid_from) FROM stage_payer
            UNION ALL SELECT file_no, line, 'standard_code', standard_code, min(file_no) OVER (PARTITION BY home_province, standard_code, valid_from) FROM stage_standard) keyed
         WHERE file_no <> first_file
         ORDER BY file_no, line LIMIT @faultsMax;
        """;

    const string Terms = """
        -- RegisterChecks.Terms: two rights of the same scope and role on one day would leave it open who gets the money.
        WITH term AS (
            SELECT row_no, file_no, line, person_id, coalesce(award_id, '') AS award_id, coalesce(programme, 0) AS programme, role,
                   coalesce(valid_from, '-infinity') AS valid_from, coalesce(valid_to, 'infinity') AS valid_to
              FROM stage_payee
        ), stored AS (
            SELECT r.person_id, coalesce(a.award_id, '') AS award_id, coalesce(p.programme, 0) AS programme, p.role,
                   coalesce(p.valid_from, '-infinity') AS valid_from, coalesce(p.valid_to, 'infinity') AS valid_to
              FROM payee p
              JOIN recipient r ON r.province_code = p.province_code AND r.recipient_id = p.recipient_id AND r.version = 1
              LEFT JOIN award a ON a.province_code = p.province_code AND a.award_no = p.award_no AND a.version = 1
             WHERE p.province_code = @provinceCode AND p.known_to = 'infinity' AND r.person_id IN (SELECT person_id FROM stage_payee)
        ), every AS (
            SELECT row_no, person_id, award_id, programme, role, valid_from, valid_to FROM term
            UNION ALL
            SELECT 0, s.* FROM stored s
             WHERE NOT EXISTS (SELECT FROM term t WHERE (t.person_id, t.award_id, t.programme, t.role, t.valid_from) = (s.person_id, s.award_id, s.programme, s.role, s.valid_from))
        )
        SELECT DISTINCT 'payee.overlap' AS code, t.file_no, t.line, 'from' AS column, t.person_id AS shown
          FROM term t JOIN every e USING (person_id, award_id, programme, role)
         WHERE e.row_no < t.row_no AND t.valid_from <= e.valid_to AND e.valid_from <= t.valid_to
         ORDER BY file_no, line LIMIT @faultsMax;
        """;

    const string Paid = """
        -- RegisterChecks.Paid: other lists end where ours begin, and a month that is listed keeps its amount.
        WITH programme_of AS (
            SELECT award_id, programme FROM award WHERE province_code = @provinceCode AND known_to = 'infinity'
            UNION SELECT award_id, programme FROM stage_award
        ), first_list AS (
            SELECT programme, min(month) AS month FROM run_programme WHERE province_code = @provinceCode AND NOT voided GROUP BY programme
        ), range AS (
            SELECT a.award_id, l.component, u.from_month, u.to_month, u.amount_vnd
              FROM (SELECT DISTINCT ON (award_no, component) * FROM listed WHERE province_code = @provinceCode ORDER BY award_no, component, version DESC) l
              JOIN award a ON a.province_code = l.province_code AND a.award_no = l.award_no AND a.version = 1
             CROSS JOIN LATERAL unnest(l.from_months, l.to_months, l.amounts_vnd) AS u (from_month, to_month, amount_vnd)
        )
        SELECT * FROM (
            SELECT 'paid.conflict' AS code, s.file_no, s.line, 'amount_vnd' AS column, s.award_id AS shown
              FROM stage_paid s JOIN range r USING (award_id, component)
             WHERE s.month >= r.from_month AND (r.to_month = 0 OR s.month <= r.to_month) AND s.amount_vnd <> r.amount_vnd
            UNION ALL
            SELECT DISTINCT 'paid.after_first_list', s.file_no, s.line, 'month', s.award_id
              FROM stage_paid s JOIN programme_of p USING (award_id) JOIN first_list f USING (programme)
             WHERE s.month >= f.month
               AND NOT EXISTS (SELECT FROM range r WHERE (r.award_id, r.component) = (s.award_id, s.component)
                                  AND s.month >= r.from_month AND (r.to_month = 0 OR s.month <= r.to_month))) fault
         ORDER BY file_no, line LIMIT @faultsMax;
        """;

    const string Funerals = """
        -- RegisterChecks.Funerals: one funeral allowance for a deceased. One that stands in the store comes first; of two new ones the one decided first.
        WITH every AS (
            SELECT row_no, file_no, line, award_id, person_id, coalesce(deceased_id, person_id) AS deceased, decided_on, first_month, last_month, facts_from, recorded_on FROM stage_award WHERE category = ANY (@funerals)
            UNION ALL
            SELECT 0, 0::smallint, 0, a.award_id, r.person_id, coalesce(a.deceased_id, r.person_id), a.decided_on, a.first_month, a.last_month, a.facts_from, a.recorded_on
              FROM award a JOIN recipient r ON r.province_code = a.province_code AND r.recipient_id = a.recipient_id AND r.version = 1
             WHERE a.province_code = @provinceCode AND a.known_to = 'infinity' AND a.category = ANY (@funerals) AND NOT EXISTS (SELECT FROM stage_award s WHERE s.award_id = a.award_id)
        ), claimed AS (
            SELECT * FROM (SELECT DISTINCT ON (award_id) * FROM every ORDER BY award_id, recorded_on DESC NULLS LAST, facts_from DESC, row_no DESC) latest
             WHERE NOT coalesce(last_month < coalesce(first_month, extract(year FROM decided_on)::int * 100 + extract(month FROM decided_on)::int), false)
        )
        SELECT DISTINCT 'funeral.second' AS code, l.file_no, l.line, 'deceased_id' AS column, l.deceased AS shown
          FROM claimed l JOIN claimed o USING (deceased)
         WHERE l.row_no > 0 AND o.person_id <> l.person_id
           AND (o.row_no = 0 OR (coalesce(o.decided_on, 'infinity'), o.award_id COLLATE "C") < (coalesce(l.decided_on, 'infinity'), l.award_id COLLATE "C"))
         ORDER BY file_no, line LIMIT @faultsMax;
        """;

    // A row that only repeats what is stored is no new word on where somebody lives: a death or a correction must not wait for a merger to be followed.
    const string Communes = """
        -- RegisterChecks.Communes: against the tree of administrative units, where it knows the communes of the row's province (schemas/import/area-units.md). A row's month is its facts_from; without one any term will do.
        WITH unit AS (
            SELECT u.code, u.first_day, u.last_day, coalesce(d.parent_code, u.parent_code) AS province
              FROM area_unit_now u
              LEFT JOIN (SELECT DISTINCT code, parent_code FROM area_unit_now WHERE province_code = @provinceCode AND kind <= 6) d ON d.code = u.parent_code
             WHERE u.province_code = @provinceCode AND u.kind >= 7
        ), said AS (
            SELECT DISTINCT home_province, commune_code, facts_from FROM stage_person WHERE EXISTS (SELECT FROM unit)
        ), wrong AS (
            SELECT s.* FROM said s
             WHERE s.home_province IN (SELECT province FROM unit)
               AND NOT EXISTS (SELECT FROM unit u WHERE u.code = s.commune_code AND (s.facts_from = 0
                                  OR (u.first_day < make_date(s.facts_from / 100, s.facts_from % 100, 1) + interval '1 month' AND u.last_day >= make_date(s.facts_from / 100, s.facts_from % 100, 1))))
        )
        SELECT 'commune_code.not_on_date' AS code, s.file_no, s.line, 'commune_code' AS column, s.commune_code AS shown
          FROM stage_person s JOIN wrong w USING (home_province, commune_code, facts_from)
         WHERE NOT EXISTS (SELECT FROM recipient r
                             JOIN dated_fact f ON f.province_code = r.province_code AND f.recipient_id = r.recipient_id AND f.known_to = 'infinity'
                             JOIN area a ON a.province_code = f.province_code AND a.commune_id = f.commune_id AND a.version = 1
                            WHERE r.province_code = @provinceCode AND r.version = 1 AND r.person_id = s.person_id AND f.facts_from = s.facts_from AND a.commune_code = s.commune_code)
         ORDER BY s.file_no, s.line LIMIT @faultsMax;
        """;

    const string Doubts = """
        -- RegisterChecks.Doubts: what looks wrong and is taken all the same.
        SELECT * FROM (
            SELECT DISTINCT 'id_number.shared' AS code, s.file_no, s.line, 'id_number' AS column, s.person_id AS shown
              FROM stage_person s
              JOIN (SELECT id_number_tag, min(person_id) AS first, max(person_id) AS last
                      FROM (SELECT id_number_tag, person_id FROM stage_person WHERE id_number_tag IS NOT NULL
                            UNION ALL
                            SELECT id_number_tag, person_id FROM recipient WHERE province_code = @provinceCode AND known_to = 'infinity' AND id_number_tag IS NOT NULL) carried
                     GROUP BY id_number_tag) shared USING (id_number_tag)
             WHERE shared.first <> shared.last) doubt
         ORDER BY file_no, line LIMIT @faultsMax;
        """;

    /// <summary>Every staged row that cannot be applied, by file and line; empty when all can. Within a transaction, whose later statements are planned for sets too.</summary>
    /// <param name="session">The session with the staged rows.</param>
    /// <param name="provinceCode">The tenant.</param>
    /// <param name="peopleWhole">No row of a people file was refused; otherwise rows that point at an unknown person are not blamed for it.</param>
    /// <param name="awardsWhole">The same of awards files.</param>
    /// <param name="cancel">Cancels the statement.</param>
    public static async Task<IReadOnlyList<StagedFault>> FaultsAsync(DatabaseSession session, short provinceCode, bool peopleWhole, bool awardsWhole, CancellationToken cancel)
    {
        if (!session.IsInTransaction) throw new InvalidOperationException("The checks set how the transaction's statements are planned.");
        await session.ExecuteAsync(ForSets, cancel: cancel);
        var faults = new List<StagedFault>();
        foreach (var check in new[] { Pointers, Twice, Terms, Paid, Funerals, Communes })
            faults.AddRange(await session.QueryAsync<StagedFault>(check, new { provinceCode, peopleWhole, awardsWhole, faultsMax = FaultsMax, funerals = FuneralAwards.Codes.ToArray() }, cancel));
        return [.. faults.OrderBy(fault => fault.FileNo).ThenBy(fault => fault.Line)];
    }

    /// <summary>Rows that look wrong and are taken all the same.</summary>
    public static Task<IReadOnlyList<StagedFault>> DoubtsAsync(DatabaseSession session, short provinceCode, CancellationToken cancel) =>
        session.QueryAsync<StagedFault>(Doubts, new { provinceCode, faultsMax = FaultsMax }, cancel);
}
