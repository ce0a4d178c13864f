using PaymentEngine.Core;
using PaymentEngine.Core.Payments;

namespace PaymentEngine.Postgres;

/// <summary>A conflict of a run: what cannot be right (hard), or what its approver must know (soft).</summary>
/// <param name="People">Some of the people, by their codes.</param>
public sealed record StoredConflict(string Code, bool IsHard, int Items, long SumVnd, string[] People);

/// <summary>Declared and held figures of one row of the control totals.</summary>
public sealed record ControlRow(short? Programme, string? CommuneCode, int People, long SumVnd, string Place, int HeldPeople, long HeldVnd);

/// <summary>Conflicts and control totals of runs, found set-based over the rows of a finished plan.</summary>
public static class ConflictStore
{
    // Held disbursements are out of the run's way: holding one of two ends a conflict between them.
    const string Insert = """
        -- ConflictStore.Insert
        WITH paid AS (
            SELECT d.recipient_id, d.programme, d.commune_id, d.amount_vnd, d.hold_reason
              FROM disbursement d WHERE d.province_code = @provinceCode AND d.month = @month AND d.run_no = @runNo AND d.amount_vnd > 0
        ), person AS (
            SELECT p.recipient_id, sum(p.amount_vnd) AS amount_vnd, min(p.commune_id) AS commune_id, r.person_id, r.id_number_tag, lower(r.full_name) COLLATE "C" AS name, r.birth_year, r.birth_month, r.birth_day
              FROM paid p
              JOIN recipient r ON r.province_code = @provinceCode AND r.recipient_id = p.recipient_id AND r.known_from <= @knownAt AND r.known_to > @knownAt
             WHERE p.hold_reason IS NULL
             GROUP BY p.recipient_id, r.person_id, r.id_number_tag, r.full_name, r.birth_year, r.birth_month, r.birth_day
        ), found AS (
            SELECT 'duplicate_person' AS code, true AS is_hard, recipient_id, amount_vnd, person_id
              FROM person JOIN (SELECT id_number_tag FROM person WHERE id_number_tag IS NOT NULL GROUP BY id_number_tag HAVING count(*) > 1) same USING (id_number_tag)
            UNION ALL
            SELECT 'alike_people', false, recipient_id, amount_vnd, person_id
              FROM person JOIN (SELECT name, birth_year, birth_month, birth_day, commune_id FROM person WHERE birth_day > 0 GROUP BY name, birth_year, birth_month, birth_day, commune_id HAVING count(*) > 1) same
                     USING (name, birth_year, birth_month, birth_day, commune_id)
            UNION ALL
            SELECT 'other_run', false, p.recipient_id, p.amount_vnd, p.person_id
              FROM person p
             WHERE @offCycle AND EXISTS (SELECT FROM disbursement o JOIN run_programme x ON (x.province_code, x.month, x.run_no, x.programme) = (o.province_code, o.month, o.run_no, o.programme)
                                          WHERE o.province_code = @provinceCode AND o.month = @month AND o.run_no <> @runNo AND o.recipient_id = p.recipient_id AND NOT x.voided AND NOT x.regular)
            UNION ALL
            -- An account that its bank has not confirmed is told from the first question to a bank on: before that it would be all of them.
            SELECT 'account_unverified', false, d.recipient_id, d.amount_vnd, r.person_id
              FROM attempt a
              JOIN disbursement d ON (d.province_code, d.month, d.run_no, d.line_no) = (a.province_code, a.month, a.run_no, a.line_no)
              JOIN recipient r ON r.province_code = d.province_code AND r.recipient_id = d.recipient_id AND r.known_from <= @knownAt AND r.known_to > @knownAt
              JOIN channel c ON c.province_code = a.province_code AND c.payee_no = a.payee_no AND c.version = a.channel_version
             WHERE a.province_code = @provinceCode AND a.month = @month AND a.run_no = @runNo AND a.attempt = 1 AND a.kind = 1 AND EXISTS (SELECT FROM account_inquiry i WHERE i.province_code = @provinceCode AND i.at <= @knownAt)
               AND NOT EXISTS (SELECT FROM account_check_now k WHERE k.province_code = c.province_code AND k.account_tag = c.account_tag AND k.state = 1 AND k.holder_name = c.holder_name)
        )
        INSERT INTO run_conflict (province_code, month, run_no, content_hash, code, is_hard, items, sum_vnd, people)
        SELECT @provinceCode, @month, @runNo, @contentHash, code, bool_or(is_hard), count(*)::int, sum(amount_vnd)::bigint, (array_agg(person_id ORDER BY person_id))[1:10]
          FROM found GROUP BY code
        ON CONFLICT DO NOTHING;
        """;

    const string Of = """
        -- ConflictStore.Of: those of the content as it stands.
        SELECT c.code, c.is_hard, c.items, c.sum_vnd, c.people
          FROM run_conflict c JOIN run_total t USING (province_code, month, run_no, content_hash)
         WHERE c.province_code = @provinceCode AND c.month = @month AND c.run_no = @runNo ORDER BY c.is_hard DESC, c.code;
        """;

    const string InsertControl = """
        -- ConflictStore.InsertControl
        INSERT INTO run_control (province_code, month, run_no, control_no, row_no, programme, commune_code, people, sum_vnd, place, person, at, operation_no)
        SELECT @provinceCode, @month, @runNo, 1 + coalesce((SELECT max(control_no) FROM run_control c WHERE (c.province_code, c.month, c.run_no) = (@provinceCode, @month, @runNo)), 0),
               row_no, nullif(programme, 0), nullif(commune_code, ''), people, sum_vnd, place, @person, @at, @operationNo
          FROM unnest(@programmes, @communes, @people, @sums, @places) WITH ORDINALITY AS row (programme, commune_code, people, sum_vnd, place, row_no);
        """;

    const string Controls = """
        -- ConflictStore.Controls: the last declaration, each row beside what the run holds.
        WITH declared AS (
            SELECT c.* FROM run_control c
             WHERE c.province_code = @provinceCode AND c.month = @month AND c.run_no = @runNo
               AND c.control_no = (SELECT max(control_no) FROM run_control x WHERE x.province_code = @provinceCode AND x.month = @month AND x.run_no = @runNo)
        ), cell AS (
            SELECT d.programme, g.commune_code, d.recipient_id, sum(d.amount_vnd) AS sum_vnd
              FROM disbursement d JOIN area g ON g.province_code = d.province_code AND g.commune_id = d.commune_id AND g.known_to = 'infinity'
             WHERE d.province_code = @provinceCode AND d.month = @month AND d.run_no = @runNo AND EXISTS (SELECT FROM declared)
             GROUP BY d.programme, g.commune_code, d.recipient_id
        ), held AS (
            SELECT programme, commune_code, count(DISTINCT recipient_id)::int AS people, sum(sum_vnd)::bigint AS sum_vnd FROM cell GROUP BY GROUPING SETS ((), (programme), (commune_code), (programme, commune_code))
        )
        SELECT c.programme, c.commune_code, c.people, c.sum_vnd, c.place, coalesce(h.people, 0) AS held_people, coalesce(h.sum_vnd, 0) AS held_vnd
          FROM declared c LEFT JOIN held h ON h.programme IS NOT DISTINCT FROM c.programme AND h.commune_code IS NOT DISTINCT FROM c.commune_code
         ORDER BY c.row_no;
        """;

    /// <summary>Finds the conflicts of a draft as it stands, and keeps them with its hash.</summary>
    internal static Task WriteAsync(DatabaseSession session, StoredRun run, byte[] contentHash, CancellationToken cancel) =>
        session.ExecuteAsync(Insert, new { run.ProvinceCode, run.Month, run.RunNo, run.KnownAt, contentHash, offCycle = run.Kind != "regular" }, cancel);

    /// <summary>The conflicts of a run as it stands, hard ones first.</summary>
    public static Task<IReadOnlyList<StoredConflict>> OfAsync(DatabaseSession session, RunId run, CancellationToken cancel = default) =>
        session.QueryAsync<StoredConflict>(Of, new { run.ProvinceCode, month = run.Month.Key(), run.RunNo }, cancel);

    /// <summary>Keeps what an office declares of a run; an earlier declaration counts no longer.</summary>
    public static Task DeclareAsync(DatabaseSession session, RunId run, IReadOnlyList<ControlTotal> totals, string person, long operationNo, NodaTime.Instant at, CancellationToken cancel = default) =>
        session.ExecuteAsync(InsertControl, new
        {
            run.ProvinceCode, month = run.Month.Key(), run.RunNo, person, operationNo, at, programmes = totals.Select(one => (short)(one.Programme ?? 0)).ToArray(),
            communes = totals.Select(one => one.CommuneCode ?? "").ToArray(), people = totals.Select(one => one.People).ToArray(), sums = totals.Select(one => one.Sum.Amount).ToArray(), places = totals.Select(one => one.Place).ToArray(),
        }, cancel);

    /// <summary>The last declaration of a run, each row beside what the run holds; empty when there is none.</summary>
    public static Task<IReadOnlyList<ControlRow>> ControlsAsync(DatabaseSession session, RunId run, CancellationToken cancel = default) =>
        session.QueryAsync<ControlRow>(Controls, new { run.ProvinceCode, month = run.Month.Key(), run.RunNo }, cancel);
}
