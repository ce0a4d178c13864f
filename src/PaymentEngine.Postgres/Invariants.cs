using System.Data;
using NodaTime;
using PaymentEngine.Core;
using PaymentEngine.Core.Audit;
using PaymentEngine.Postgres.Audit;

namespace PaymentEngine.Postgres;

/// <summary>A rule that always holds, as a query for what breaks it.</summary>
/// <param name="Id">Number in the list of invariants (docs/architecture.md).</param>
/// <param name="Vi">What it says, for people.</param>
/// <param name="En">The same in English.</param>
/// <param name="Sql">Returns one text a violation; parameters <c>@provinceCode</c>, <c>@month</c>, <c>@runNo</c> (0: all).</param>
/// <param name="StopsWriting">When it is broken the ledger cannot be trusted, and no posting is written until it holds again. Others are a bank's fault, or a task left undone.</param>
public sealed record Invariant(string Id, string Vi, string En, string Sql, bool StopsWriting = false);

/// <summary>What an invariant found.</summary>
public sealed record InvariantFinding(string Id, string Vi, string En, IReadOnlyList<string> Violations)
{
    /// <summary>See <see cref="Invariant.StopsWriting"/>.</summary>
    public bool StopsWriting { get; init; }

    public bool Holds => Violations.Count == 0;
}

/// <summary>The rules of money as queries over a live database, for <c>payengine verify</c>, tests and the simulation.</summary>
public static class Invariants
{
    const string Runs = "(@month = 0 OR (month = @month AND run_no = @runNo))";
    const int Shown = 20;

    public static readonly IReadOnlyList<Invariant> All =
    [
        new("I1.listed", "Tổng đã lập danh sách bằng tổng mười một nơi", "Listed equals the sum of the eleven places", $"""
            -- Invariants.I1.listed
            SELECT 'run ' || month || '/' || run_no || ': listed ' || listed || ', in places ' || placed FROM (
                SELECT t.province_code, t.month, t.run_no, t.listed_vnd AS listed, coalesce(c.placed, 0) AS placed
                  FROM run_total t LEFT JOIN (SELECT month, run_no, sum(amount_vnd) AS placed FROM checked_position GROUP BY month, run_no) c USING (month, run_no)
                 WHERE t.province_code = @provinceCode
                   AND EXISTS (SELECT FROM run_step s WHERE s.province_code = t.province_code AND s.month = t.month AND s.run_no = t.run_no AND s.step = 'approved')) x
             WHERE {Runs} AND listed <> placed
            """, StopsWriting: true),
        new("I1.ledger", "Sổ bút toán và vị trí từng khoản chi cho cùng số ở mỗi nơi", "Postings and positions give the same figure in each place", $"""
            -- Invariants.I1.ledger
            SELECT 'run ' || month || '/' || run_no || ' programme ' || programme || ' commune ' || commune_id || ' place ' || place || ': postings ' || coalesce(l_items, 0) || '/' || coalesce(l_sum, 0) || ', positions ' || coalesce(p_items, 0) || '/' || coalesce(p_sum, 0)
              FROM (SELECT run_month AS month, run_no, programme, commune_id, place, items AS l_items, sum_vnd AS l_sum FROM ledger_balance WHERE province_code = @provinceCode) l
              FULL JOIN (SELECT month, run_no, programme, commune_id, place, count(*) AS p_items, sum(amount_vnd) AS p_sum FROM checked_position GROUP BY month, run_no, programme, commune_id, place) p USING (month, run_no, programme, commune_id, place)
             WHERE {Runs} AND (coalesce(l_items, 0) <> coalesce(p_items, 0) OR coalesce(l_sum, 0) <> coalesce(p_sum, 0))
            """, StopsWriting: true),
        new("I1.members", "Mỗi bút toán khớp với các khoản của nó (số, tổng, dấu vân tay), và không thiếu bút toán nào", "Each posting fits its members (count, sum, digest), and none is missing", $"""
            -- Invariants.I1.members: what the members of each operation give, against what was posted. A posting that was deleted, changed or put in by hand is named.
            WITH expected AS (
                SELECT m.operation_no, m.run_month, m.run_no, m.file_no, m.list_month, m.list_no, m.programme, m.commune_id, m.from_place, m.to_place, count(*) AS items, sum(m.amount_vnd) AS sum_vnd,
                       sha256(convert_to(string_agg(m.run_month || '-' || m.run_no || '-' || m.line_no || ':' || m.amount_vnd, ',' ORDER BY m.run_month, m.run_no, m.line_no), 'UTF8')) AS digest
                  FROM checked_move m
                 GROUP BY m.operation_no, m.run_month, m.run_no, m.file_no, m.list_month, m.list_no, m.programme, m.commune_id, m.from_place, m.to_place
            ), posted AS (
                SELECT p.operation_no, p.run_month, p.run_no, p.file_no, p.list_month, p.list_no, p.programme, p.commune_id, p.from_place, p.to_place,
                       sum(p.items) AS items, sum(p.sum_vnd) AS sum_vnd, CASE WHEN count(*) = 1 THEN min(encode(p.digest, 'hex')) END AS digest
                  FROM posting p WHERE p.province_code = @provinceCode AND (@month = 0 OR (p.run_month = @month AND p.run_no = @runNo))
                 GROUP BY p.operation_no, p.run_month, p.run_no, p.file_no, p.list_month, p.list_no, p.programme, p.commune_id, p.from_place, p.to_place
            ), differing AS (
                SELECT coalesce(e.operation_no, p.operation_no) AS operation_no, coalesce(e.run_month, p.run_month) AS run_month, coalesce(e.run_no, p.run_no) AS run_no,
                       coalesce(e.programme, p.programme) AS programme, coalesce(e.commune_id, p.commune_id) AS commune_id, coalesce(e.from_place, p.from_place) AS from_place, coalesce(e.to_place, p.to_place) AS to_place,
                       e.items, e.sum_vnd, p.items AS p_items, p.sum_vnd AS p_sum_vnd
                  FROM expected e
                  FULL JOIN posted p ON p.operation_no = e.operation_no AND p.run_month = e.run_month AND p.run_no = e.run_no AND coalesce(p.file_no, 0) = coalesce(e.file_no, 0)
                        AND coalesce(p.list_month, 0) = coalesce(e.list_month, 0) AND coalesce(p.list_no, 0) = coalesce(e.list_no, 0) AND p.programme = e.programme AND p.commune_id = e.commune_id
                        AND p.from_place = e.from_place AND p.to_place = e.to_place
                 WHERE e.items IS DISTINCT FROM p.items OR e.sum_vnd IS DISTINCT FROM p.sum_vnd OR encode(e.digest, 'hex') IS DISTINCT FROM p.digest
            )
            SELECT 'run ' || x.run_month || '/' || x.run_no || ', ' || f.code || ' → ' || t.code || ', programme ' || x.programme || ', commune ' || coalesce(g.commune_code, x.commune_id::text) || ', operation ' || x.operation_no || ' (' || coalesce(o.kind, 'none') || '): '
                   || CASE WHEN p_items IS NULL THEN 'the posting of ' || items || ' payments, ' || sum_vnd || ' đồng is missing'
                           WHEN items IS NULL THEN 'a posting of ' || p_items || ' payments, ' || p_sum_vnd || ' đồng has no members'
                           WHEN (items, sum_vnd) = (p_items, p_sum_vnd) THEN 'the posting of ' || items || ' payments, ' || sum_vnd || ' đồng has another digest than its members'
                           ELSE 'the posting says ' || p_items || ' payments, ' || p_sum_vnd || ' đồng, its members ' || items || ', ' || sum_vnd || ' đồng' END
              FROM differing x
              JOIN place f ON f.place = x.from_place JOIN place t ON t.place = x.to_place
              LEFT JOIN operation o ON o.province_code = @provinceCode AND o.operation_no = x.operation_no
              LEFT JOIN area g ON g.province_code = @provinceCode AND g.commune_id = x.commune_id AND g.known_to = 'infinity'
             ORDER BY x.run_month, x.run_no, x.operation_no, x.programme, x.commune_id, x.from_place
            """, StopsWriting: true),
        new("I2.one_live", "Mỗi khoản chi có nhiều nhất một lần chi đang sống", "A disbursement has at most one live attempt", $"""
            -- Invariants.I2.one_live
            SELECT 'run ' || month || '/' || run_no || ' line ' || line_no || ': ' || count(*) || ' live attempts'
              FROM attempt a WHERE province_code = @provinceCode AND {Runs}
               AND NOT EXISTS (SELECT FROM attempt_end e WHERE e.province_code = a.province_code AND e.month = a.month AND e.run_no = a.run_no AND e.line_no = a.line_no AND e.attempt = a.attempt)
             GROUP BY month, run_no, line_no HAVING count(*) > 1
            """, StopsWriting: true),
        new("I2.lines", "Dòng cộng lại đúng bằng khoản chi", "Lines add up to their disbursement", $"""
            -- Invariants.I2.lines
            SELECT 'run ' || month || '/' || run_no || ' line ' || line_no || ': lines ' || coalesce(l.net, 0) || ', disbursement ' || coalesce(d.amount_vnd, 0)
              FROM (SELECT month, run_no, line_no, sum(amount_vnd) AS net FROM line WHERE province_code = @provinceCode GROUP BY month, run_no, line_no) l
              FULL JOIN (SELECT month, run_no, line_no, amount_vnd FROM disbursement WHERE province_code = @provinceCode) d USING (month, run_no, line_no)
             WHERE {Runs} AND coalesce(l.net, -1) <> coalesce(d.amount_vnd, -1)
            """, StopsWriting: true),
        new("I3.files", "Tệp gửi ngân hàng đúng bằng các lệnh chi đã duyệt của nó", "A bank file holds exactly its approved orders", $"""
            -- Invariants.I3.files
            SELECT 'file ' || f.msg_id || ': says ' || f.items || '/' || f.sum_vnd || ', orders ' || coalesce(o.items, 0) || '/' || coalesce(o.sum_vnd, 0)
              FROM (SELECT *, run_no AS of_run FROM standing_file WHERE province_code = @provinceCode AND {Runs}) f
              LEFT JOIN (SELECT file_month, file_no, count(*) AS items, sum(amount_vnd) AS sum_vnd FROM attempt_batch WHERE province_code = @provinceCode GROUP BY file_month, file_no) o ON o.file_month = f.month AND o.file_no = f.file_no
             WHERE (f.items, f.sum_vnd) IS DISTINCT FROM (o.items::int, o.sum_vnd::bigint)
            """, StopsWriting: true),
        new("I3.withdrawn", "Tệp đã rút chưa từng trao cho ngân hàng", "A withdrawn file was never handed over", $"""
            -- Invariants.I3.withdrawn
            SELECT 'file ' || f.msg_id || ': withdrawn, and the bank has or may have it'
              FROM (SELECT * FROM bank_file WHERE province_code = @provinceCode AND {Runs}) f
              JOIN bank_file_withdrawal w USING (province_code, month, file_no)
              JOIN handed_file h USING (province_code, month, file_no)
            """),
        new("I3.once", "Một lệnh chi chỉ ở trong một tệp", "An order stands in one file only", $"""
            -- Invariants.I3.once
            SELECT 'run ' || month || '/' || run_no || ' line ' || line_no || ' attempt ' || attempt || ': in ' || count(*) || ' batches'
              FROM attempt_batch WHERE province_code = @provinceCode AND {Runs} GROUP BY month, run_no, line_no, attempt HAVING count(*) > 1
            """, StopsWriting: true),
        new("I6.approval", "Người duyệt không phải người lập", "The approver is not the maker", $"""
            -- Invariants.I6.approval
            SELECT 'run ' || month || '/' || run_no || ': approved by its maker ' || person FROM run_step WHERE province_code = @provinceCode AND {Runs} AND step = 'approved' AND person = made_by
            """),
        new("I6.content", "Nội dung đã duyệt là nội dung đã lập", "What was approved is what was planned", $"""
            -- Invariants.I6.content: a draft may be drawn anew and submitted anew; from its approval on every step is for the content that stands.
            SELECT 'run ' || s.month || '/' || s.run_no || ': step ' || s.step || ' has another content hash'
              FROM (SELECT * FROM run_step WHERE province_code = @provinceCode AND {Runs}) s JOIN run_total t USING (province_code, month, run_no) WHERE s.content_hash <> t.content_hash AND s.step IN ('approved', 'sealed', 'handed_over', 'closed')
            """),
        new("I6.levels", "Đủ các cấp duyệt, mỗi cấp một người, cho đúng nội dung", "Every level of approval is given, each by another person, for the very content", $"""
            -- Invariants.I6.levels
            SELECT 'run ' || s.month || '/' || s.run_no || ': ' || (count(DISTINCT a.person) FILTER (WHERE a.person <> s.person) + 1) || ' approvals of ' || t.approval_levels
              FROM (SELECT * FROM run_step WHERE province_code = @provinceCode AND {Runs} AND step = 'approved') s
              JOIN run_total t USING (province_code, month, run_no)
              LEFT JOIN run_approval a ON a.province_code = s.province_code AND a.month = s.month AND a.run_no = s.run_no AND a.content_hash = s.content_hash
             GROUP BY s.month, s.run_no, s.person, t.approval_levels HAVING count(DISTINCT a.person) FILTER (WHERE a.person <> s.person) + 1 < t.approval_levels
            """),
        new("I6.holds", "Khoản giữ lại được bỏ giữ đúng số người theo quy tắc; khoản giữ đã duyệt có người phụ trách và hạn", "Holds are released by as many people as the rules ask, and what an approved list holds is somebody's case", $"""
            -- Invariants.I6.holds
            SELECT 'run ' || month || '/' || run_no || ' line ' || line_no || ': released by ' || person || ' alone' FROM run_hold_release WHERE province_code = @provinceCode AND {Runs} AND two_people AND person = asked_by
            UNION ALL
            SELECT 'run ' || month || '/' || run_no || ' line ' || line_no || ': turned another way by ' || person || ' alone' FROM run_hold_redirect WHERE province_code = @provinceCode AND {Runs} AND person = asked_by
            UNION ALL
            SELECT 'run ' || d.month || '/' || d.run_no || ' line ' || d.line_no || ': held (' || d.hold_reason || ') without a record of the hold'
              FROM (SELECT * FROM disbursement WHERE province_code = @provinceCode AND {Runs} AND hold_reason IS NOT NULL) d
             WHERE EXISTS (SELECT FROM run_hold h WHERE h.province_code = d.province_code AND h.month = d.month AND h.run_no = d.run_no)
               AND NOT EXISTS (SELECT FROM run_hold h WHERE h.province_code = d.province_code AND h.month = d.month AND h.run_no = d.run_no AND h.line_no = d.line_no)
            """),
        new("I6.lists", "Danh sách kết quả không có sao kê chỉ tính khi hai người khác nhau đã xác nhận", "A result list without statements counts only as two different persons confirmed it", $"""
            -- Invariants.I6.lists
            SELECT 'import ' || f.import_no || ' row ' || f.entry_no || ': counts as confirmed, ' || CASE WHEN s.import_no IS NULL OR c.person IS NULL OR c.person = s.person THEN 'and two persons did not' ELSE 'and the list says otherwise' END
              FROM (SELECT *, target_month AS of_month FROM bank_fact WHERE province_code = @provinceCode AND level = 6) f
              LEFT JOIN list_second_confirmation s USING (province_code, import_no)
              LEFT JOIN list_confirmation c USING (province_code, import_no)
              LEFT JOIN bank_fact o ON o.province_code = f.province_code AND o.import_no = f.import_no AND o.entry_no = f.entry_no AND o.detail_no = 0
                   AND (o.target_month, o.target_run, o.target_no, o.target_part) = (f.target_month, f.target_run, f.target_no, f.target_part)
                   AND (f.evidence = o.evidence OR (o.evidence, f.evidence) IN ((8, 16), (2048, 4096), (2048, 8192)))
             WHERE (@month = 0 OR (f.target_month = @month AND f.target_run = @runNo)) AND (s.import_no IS NULL OR c.person IS NULL OR c.person = s.person OR o.import_no IS NULL)
            UNION ALL
            SELECT 'run ' || month || '/' || run_no || ' line ' || line_no || ': ended by a confirmed list, and none names it'
              FROM attempt_end e WHERE province_code = @provinceCode AND {Runs} AND proof LIKE '%{Core.Reconciliation.Proof.ConfirmedByTwo}'
               AND NOT EXISTS (SELECT FROM bank_fact f WHERE f.province_code = e.province_code AND f.target = 1 AND f.target_month = e.month AND f.target_run = e.run_no AND f.target_no = e.line_no AND f.target_part = e.attempt AND f.level = 6)
            """),
        new("I7.ends", "Lần chi kết thúc đúng một lần và có bằng chứng trước lần sau", "An attempt follows the proven end of the one before", $"""
            -- Invariants.I7.ends
            SELECT 'run ' || month || '/' || run_no || ' line ' || line_no || ': attempt ' || attempt || ' without the end of the one before'
              FROM attempt a WHERE province_code = @provinceCode AND {Runs} AND attempt > 1
               AND NOT EXISTS (SELECT FROM attempt_end e WHERE e.province_code = a.province_code AND e.month = a.month AND e.run_no = a.run_no AND e.line_no = a.line_no AND e.attempt = a.attempt - 1)
            """, StopsWriting: true),
        new("I7.settled", "Khoản trái ngược do hai người khác nhau kết luận; đã kết luận là đã chi thì không chi lại", "A dispute is settled by two different persons, and what stands settled as paid is not paid again", $"""
            -- Invariants.I7.settled: an attempt made before the settlement was not made again on it.
            SELECT 'run ' || month || '/' || run_no || ' line ' || line_no || ': settled by ' || person || ' alone' FROM settlement_answer WHERE province_code = @provinceCode AND {Runs} AND answer = 'approved' AND person = made_by
            UNION ALL
            SELECT 'list ' || c.month || '/' || c.list_no || ' line ' || c.cash_line_no || ': corrected by ' || d.person || ' alone' FROM cash_correction_decision d JOIN cash_correction c USING (province_code, correction_no)
             WHERE d.province_code = @provinceCode AND @month = 0 AND d.accepted AND d.person = d.proposed_by
            UNION ALL
            SELECT 'run ' || b.month || '/' || b.run_no || ' line ' || b.line_no || ': attempt ' || b.attempt || ' is settled as paid, and the sum went out again'
              FROM (SELECT * FROM bound_settlement WHERE province_code = @provinceCode AND {Runs} AND settled_as = 'paid') b
              JOIN checked_state s ON s.month = b.month AND s.run_no = b.run_no AND s.line_no = b.line_no AND s.attempt = b.attempt AND s.evidence = b.evidence
              JOIN checked_state n ON n.month = b.month AND n.run_no = b.run_no AND n.line_no = b.line_no AND n.attempt = b.attempt + 1
             WHERE NOT EXISTS (SELECT FROM payment_case c WHERE c.province_code = @provinceCode AND c.kind = 'paid_twice' AND c.month = b.month AND c.run_no = b.run_no AND c.line_no = b.line_no AND c.attempt = b.attempt)
            """, StopsWriting: true),
        new("I10.whole", "Tệp nhận vào đã áp dụng trọn vẹn, hoặc đang chờ người quyết định", "A received file is applied whole, or waits for a person", """
            -- Invariants.I10.whole
            SELECT 'import ' || import_no || ' (' || file_name || '): received but not applied' FROM inbox_file i
             -- A file of the register that was refused is kept and told, and its import is one transaction: nothing of it can be half-applied.
             WHERE province_code = @provinceCode AND @month = 0 AND kind = 'bank' AND parked IS NULL AND NOT EXISTS (SELECT FROM inbox_applied a WHERE a.province_code = i.province_code AND a.import_no = i.import_no)
            """),
        new("I7.paid_again", "Chi lại chỉ trong đợt bổ sung đã duyệt, đúng những khoản đã duyệt", "What is paid again stands in an approved regularisation run, and all of it", $"""
            -- Invariants.I7.paid_again
            SELECT 'run ' || month || '/' || run_no || ' line ' || line_no || ' attempt ' || attempt || ': ' || what FROM (
                SELECT coalesce(a.month, r.origin_month) AS month, coalesce(a.run_no, r.origin_run) AS run_no, coalesce(a.line_no, r.line_no) AS line_no, coalesce(a.attempt, r.attempt) AS attempt,
                       CASE WHEN r.attempt IS NULL THEN 'by account, and no run was approved to carry it' WHEN a.attempt IS NULL THEN 'approved and not made'
                            ELSE 'another sum or account than approved' END AS what
                  FROM (SELECT * FROM attempt WHERE province_code = @provinceCode AND kind = 1 AND (attempt > 1 OR carried_month <> month OR carried_run <> run_no)) a
                  FULL JOIN (SELECT q.* FROM run_repayment q WHERE q.province_code = @provinceCode
                                AND EXISTS (SELECT FROM run_step s WHERE s.province_code = q.province_code AND s.month = q.month AND s.run_no = q.run_no AND s.step = 'approved')) r
                    ON r.origin_month = a.month AND r.origin_run = a.run_no AND r.line_no = a.line_no AND r.attempt = a.attempt
                 WHERE (a.amount_vnd, a.payee_no, a.channel_version, a.route_no, a.carried_month, a.carried_run) IS DISTINCT FROM (r.amount_vnd, r.payee_no, r.channel_version, r.route_no, r.month, r.run_no)) x
             WHERE {Runs}
            """),
        new("I11.amounts", "Số tiền mỗi lần chi bằng khoản chi", "An attempt pays exactly its disbursement", $"""
            -- Invariants.I11.amounts
            SELECT 'run ' || month || '/' || run_no || ' line ' || line_no || ' attempt ' || attempt || ': ' || a.amount_vnd || ' of ' || d.amount_vnd
              FROM (SELECT * FROM attempt WHERE province_code = @provinceCode AND {Runs}) a JOIN disbursement d USING (province_code, month, run_no, line_no) WHERE a.amount_vnd <> d.amount_vnd
            """, StopsWriting: true),
        new("I12.debits", "Sao kê không ghi nợ nhiều hơn đã gửi", "Statements debit no more than was handed over", """
            -- Invariants.I12.debits: what was taken twice and two persons settled is a claim on the bank, and is looked after there.
            SELECT 'file ' || target_month || '/' || target_no || ' batch ' || target_part || ': debited ' || sum(amount_vnd) || ' of ' || b.sum_vnd
              FROM (SELECT target_month, target_no, target_part, event_key, max(amount_vnd) AS amount_vnd FROM decided_fact
                     WHERE province_code = @provinceCode AND target = 2 AND level = 1 AND evidence = 512 GROUP BY 1, 2, 3, 4) f
              JOIN batch b ON b.province_code = @provinceCode AND b.month = f.target_month AND b.file_no = f.target_no AND b.batch_no = f.target_part
              JOIN bank_file k ON k.province_code = b.province_code AND k.month = b.month AND k.file_no = b.file_no
              LEFT JOIN (SELECT ab.file_month, ab.file_no, ab.batch_no, sum(greatest(0, t.debited_vnd - ab.amount_vnd)) AS settled_vnd
                           FROM (SELECT DISTINCT province_code, month, run_no, line_no, attempt FROM bound_settlement WHERE province_code = @provinceCode) s
                           JOIN attempt_batch ab USING (province_code, month, run_no, line_no, attempt)
                          CROSS JOIN LATERAL (SELECT coalesce(sum(e.amount_vnd), 0) AS debited_vnd
                                                FROM (SELECT max(d.amount_vnd) AS amount_vnd FROM decided_fact d
                                                       WHERE d.province_code = ab.province_code AND d.target = 1 AND d.target_month = ab.month AND d.target_run = ab.run_no AND d.target_no = ab.line_no AND d.target_part = ab.attempt
                                                         AND d.level = 1 AND d.evidence = 512 GROUP BY d.event_key) e) t
                          GROUP BY ab.file_month, ab.file_no, ab.batch_no) x ON x.file_month = f.target_month AND x.file_no = f.target_no AND x.batch_no = f.target_part
             WHERE @month = 0 OR (k.month = @month AND k.run_no = @runNo)
             GROUP BY target_month, target_no, target_part, b.sum_vnd HAVING sum(f.amount_vnd) - coalesce(max(x.settled_vnd), 0) > b.sum_vnd
            """),
        new("I13.cash", "Trên danh sách tiền mặt chỉ có lần chi tiền mặt, mỗi lần một dòng", "Only cash payouts stand on cash lists, once each", $"""
            -- Invariants.I13.cash
            SELECT 'list ' || c.month || '/' || c.list_no || ' line ' || c.cash_line_no || ': not a cash payout of this amount'
              FROM cash_line c JOIN attempt a ON a.province_code = c.province_code AND a.month = c.origin_month AND a.run_no = c.origin_run AND a.line_no = c.line_no AND a.attempt = c.attempt
             WHERE c.province_code = @provinceCode AND (@month = 0 OR (a.month = @month AND a.run_no = @runNo)) AND (a.kind <> 2 OR a.amount_vnd <> c.amount_vnd)
            """, StopsWriting: true),
        new("I13.twice", "Vừa chi tiền mặt vừa qua tài khoản thì phải có việc đòi lại", "Paid in cash and by account has an open claim", $"""
            -- Invariants.I13.twice: a cash result that was corrected has ended.
            SELECT 'run ' || month || '/' || run_no || ' line ' || line_no || ': paid in cash, and attempt ' || b.attempt || ' counts as paid'
              FROM (SELECT * FROM checked_state WHERE kind = 1 AND bank_view = 3) b
              JOIN (SELECT DISTINCT month, run_no, line_no FROM checked_state WHERE kind = 2 AND cash_result = 'paid' AND ended_how IS NULL) c USING (month, run_no, line_no)
              LEFT JOIN (SELECT month, run_no, line_no FROM payment_case WHERE province_code = @provinceCode AND kind = 'paid_twice') p USING (month, run_no, line_no)
             WHERE {Runs} AND p.line_no IS NULL
            """),
        new("I15.closed", "Đợt đã đóng không còn tiền trên đường", "A closed run carried over all that was not final", $"""
            -- Invariants.I15.closed: at its close a run's postings stood only in final or carried places, and the carried sums are those.
            WITH closed AS (SELECT province_code, month, run_no, operation_no FROM run_step WHERE province_code = @provinceCode AND {Runs} AND step = 'closed'),
            at_close AS (
                SELECT c.month, c.run_no, m.programme, m.commune_id, m.place, sum(m.items) AS items, sum(m.sum_vnd) AS sum_vnd FROM closed c
                  JOIN LATERAL (SELECT programme, commune_id, to_place AS place, items, sum_vnd FROM posting p WHERE p.province_code = c.province_code AND p.run_month = c.month AND p.run_no = c.run_no AND p.operation_no <= c.operation_no
                                UNION ALL SELECT programme, commune_id, from_place, -items, -sum_vnd FROM posting p WHERE p.province_code = c.province_code AND p.run_month = c.month AND p.run_no = c.run_no AND p.operation_no <= c.operation_no AND from_place <> 0) m ON true
                 GROUP BY c.month, c.run_no, m.programme, m.commune_id, m.place HAVING sum(m.items) <> 0
            )
            SELECT 'run ' || month || '/' || run_no || ' place ' || place || ' commune ' || commune_id || ': ' || a.sum_vnd || ' at close, carried ' || coalesce(o.sum_vnd, 0)
              FROM at_close a LEFT JOIN (SELECT * FROM carry_over WHERE province_code = @provinceCode) o USING (month, run_no, programme, commune_id, place)
             WHERE (place IN (3, 4, 5)) OR (place IN (1, 2, 7, 8, 9) AND (a.items, a.sum_vnd) IS DISTINCT FROM (o.items::bigint, o.sum_vnd::numeric))
            """, StopsWriting: true),
        new("I15.carried", "Khoản chuyển sang tháng sau đúng là các khoản chi đứng ở đó lúc đóng đợt", "What a close carried over stands on exactly the disbursements that stood there", $"""
            -- Invariants.I15.carried: where each disbursement stood at the close, by its moves up to it.
            WITH closed AS (SELECT province_code, month, run_no, operation_no FROM run_step WHERE province_code = @provinceCode AND {Runs} AND step = 'closed'),
            stood AS (
                SELECT m.run_month, m.run_no, m.line_no, m.programme, m.commune_id, x.place, max(m.amount_vnd) AS amount_vnd
                  FROM closed c
                  JOIN checked_move m ON m.run_month = c.month AND m.run_no = c.run_no AND m.operation_no <= c.operation_no
                 CROSS JOIN LATERAL (VALUES (m.to_place, 1), (m.from_place, -1)) x (place, side)
                 WHERE x.place IN (1, 2, 7, 8, 9) GROUP BY m.run_month, m.run_no, m.line_no, m.programme, m.commune_id, x.place HAVING sum(x.side) > 0
            ), summed AS (
                SELECT run_month AS month, run_no, programme, commune_id, place, sha256(convert_to(string_agg(run_month || '-' || run_no || '-' || line_no || ':' || amount_vnd, ',' ORDER BY line_no), 'UTF8')) AS digest
                  FROM stood GROUP BY run_month, run_no, programme, commune_id, place
            )
            SELECT 'run ' || month || '/' || run_no || ' place ' || place || ' commune ' || commune_id || ': carried over other disbursements than stood there'
              FROM summed s JOIN (SELECT * FROM carry_over WHERE province_code = @provinceCode) o USING (month, run_no, programme, commune_id, place)
             WHERE o.digest IS NOT NULL AND o.digest <> s.digest
            """, StopsWriting: true),
        new("I15.period", "Kỳ sổ đã đóng không thay đổi", "A closed period of the ledger has not changed", $"""
            -- Invariants.I15.period
            SELECT 'period ' || c.month || ': closed with ' || c.postings || ' postings, ' || c.sum_vnd || ' đồng; now ' || n.postings || ', ' || n.sum_vnd || ' đồng' || CASE WHEN (c.postings, c.sum_vnd) = (n.postings, n.sum_vnd) THEN ' (another digest)' ELSE '' END
              FROM period_close c
             CROSS JOIN LATERAL (SELECT count(*)::int AS postings, coalesce(sum(p.sum_vnd), 0)::bigint AS sum_vnd, {LedgerStore.PeriodDigest} AS digest FROM posting p WHERE p.province_code = c.province_code AND p.month = c.month) n
             WHERE c.province_code = @provinceCode AND @month = 0 AND (n.postings, n.sum_vnd, n.digest) IS DISTINCT FROM (c.postings, c.sum_vnd, c.digest)
            """, StopsWriting: true),
        new("I17.claims_due", "Mỗi khoản phải thu hồi chưa xong có đúng một việc đang mở, cùng số tiền", "Every outstanding claim has one open case with its sum", """
            -- Invariants.I17.claims_due
            SELECT 'claim ' || n.claim_no || ': outstanding ' || n.amount_vnd || ', open case ' || coalesce(p.amount_vnd::text, 'none')
              FROM (SELECT * FROM claim_now WHERE province_code = @provinceCode) n
              LEFT JOIN (SELECT * FROM payment_case WHERE province_code = @provinceCode AND closed_at IS NULL AND claim_no IS NOT NULL) p USING (claim_no)
             WHERE @month = 0 AND n.amount_vnd <> coalesce(p.amount_vnd, 0)
            """),
        new("I18.found", "Số còn phải thu hồi của đợt bằng các khoản phải thu hồi đợt đó tìm thấy", "What a run leaves to be taken back is what its claims add up to", $"""
            -- Invariants.I18.found: runs planned since claims are tracked.
            SELECT 'run ' || month || '/' || run_no || ': left ' || left_to_recoup_vnd || ', found ' || coalesce(f.sum_vnd, 0) || ' in ' || coalesce(f.items, 0) || ' of ' || s.items
              FROM (SELECT * FROM run_total WHERE province_code = @provinceCode AND {Runs}) t
              JOIN (SELECT month, run_no, sum((summary ->> 'Claims')::int) AS items FROM run_partition WHERE province_code = @provinceCode AND stage = 'plan' AND summary ? 'Claims' GROUP BY month, run_no) s USING (month, run_no)
              LEFT JOIN (SELECT month, run_no, count(*) AS items, sum(amount_vnd) AS sum_vnd FROM claim_found WHERE province_code = @provinceCode GROUP BY month, run_no) f USING (month, run_no)
             WHERE (left_to_recoup_vnd, s.items) IS DISTINCT FROM (coalesce(f.sum_vnd, 0)::bigint, coalesce(f.items, 0))
               AND NOT EXISTS (SELECT FROM run_step r WHERE r.province_code = @provinceCode AND r.month = t.month AND r.run_no = t.run_no AND r.step = 'returned')
            """),
        new("I18.claims", "Mỗi khoản phải thu hồi bằng số danh sách tìm thấy trừ số đã ghi nhận trả lại hoặc xóa nợ", "A claim is what the last list found, less what was paid back or written off since", """
            -- Invariants.I18.claims: by the rows of the plans, not by the claim's own versions.
            WITH found AS (
                SELECT DISTINCT ON (f.award_no, f.component, f.cause) f.* FROM claim_found f
                  JOIN run_step s ON s.province_code = f.province_code AND s.month = f.month AND s.run_no = f.run_no AND s.step = 'approved'
                 WHERE f.province_code = @provinceCode ORDER BY f.award_no, f.component, f.cause, s.operation_no DESC
            ), outstanding AS (
                SELECT f.award_no, f.component, f.cause,
                       f.amount_vnd - coalesce((SELECT sum(e.recorded_vnd) FROM claim c JOIN claim_event e USING (province_code, claim_no)
                                                 WHERE c.province_code = f.province_code AND c.award_no = f.award_no AND c.component = f.component AND c.cause = f.cause AND e.listed_version > f.listed_version), 0) AS amount_vnd
                  FROM found f
            )
            SELECT 'award ' || award_no || ' ' || component || ' cause ' || cause || ': claim ' || coalesce(n.amount_vnd, 0) || ', found less recorded ' || coalesce(o.amount_vnd, 0)
              FROM (SELECT * FROM claim_now WHERE province_code = @provinceCode) n FULL JOIN outstanding o USING (award_no, component, cause)
             WHERE @month = 0 AND (coalesce(n.amount_vnd, 0) <> coalesce(o.amount_vnd, 0) OR n.amount_vnd <> (SELECT coalesce(sum(a), 0) FROM unnest(n.amounts_vnd) a))
            """),
        new("I17.failed_due", "Khoản giữ lại, chưa có lần chi, bị trả lại hoặc trái ngược nào cũng có việc đang mở", "Every held, open, returned or disputed sum has an open case, so somebody's term", $"""
            -- Invariants.I17.failed_due
            SELECT 'run ' || month || '/' || run_no || ' line ' || line_no || ': in place ' || place || ' without an open case' FROM checked_position p
             WHERE place IN (1, 2, 5, 7) AND {Runs}
               AND NOT EXISTS (SELECT FROM payment_case c WHERE c.province_code = @provinceCode AND c.month = p.month AND c.run_no = p.run_no AND c.line_no = p.line_no AND c.closed_at IS NULL AND c.due_on IS NOT NULL AND c.owner <> '')
            """),
        new("I17.payment_claims_due", "Khoản chi hai lần hoặc ngân hàng trả thiếu còn phải đòi thì có việc đang mở", "Every outstanding claim of a payment has an open case", """
            -- Invariants.I17.payment_claims_due
            SELECT 'payment claim ' || n.claim_no || ' (' || n.kind || '): outstanding ' || n.left_vnd || ' without an open case' FROM payment_claim_now n
             WHERE n.province_code = @provinceCode AND (@month = 0 OR (n.month = @month AND n.run_no = @runNo)) AND n.left_vnd > 0
               AND NOT EXISTS (SELECT FROM payment_case c WHERE c.province_code = n.province_code AND c.kind = n.kind AND c.month = n.month AND c.run_no = n.run_no AND c.line_no = n.line_no AND c.attempt = n.attempt AND c.closed_at IS NULL)
            """),
        new("I18.postings", "Bút toán của mỗi khoản phải thu hồi cộng lại đúng số còn phải thu", "The postings of a claim add up to what is outstanding", """
            -- Invariants.I18.postings
            SELECT 'claim ' || n.claim_no || ': outstanding ' || n.amount_vnd || ', postings ' || coalesce(b.sum_vnd, 0)
              FROM (SELECT * FROM claim_now WHERE province_code = @provinceCode) n
              LEFT JOIN (SELECT * FROM claim_balance WHERE province_code = @provinceCode AND account = 'outstanding') b USING (claim_no)
             WHERE @month = 0 AND n.amount_vnd <> coalesce(b.sum_vnd, 0)
            """),
        new("I17.ends_due", "Mỗi việc chưa xong có người phụ trách và hạn", "Every open case has an owner and a due day", """
            -- Invariants.I17.ends_due
            SELECT 'case ' || case_no || ': no owner or no due day' FROM payment_case WHERE province_code = @provinceCode AND @month = 0 AND closed_at IS NULL AND (owner = '' OR due_on IS NULL)
            """),
    ];

    // Two sessions share the work: one folds every move and goes through them, the other folds states and places and asks all else. Temporary tables are one session's own.
    static bool NeedsMoves(Invariant invariant) => invariant.Sql.Contains("checked_move", StringComparison.Ordinal);

    const string ExportSnapshot = """
        -- Invariants.ExportSnapshot
        SELECT pg_export_snapshot();
        """;

    const string Fold = $"""
        -- Invariants.Fold: the states of all attempts and the places of all disbursements, folded once for the queries that look at them.
        CREATE TEMPORARY TABLE checked_state ON COMMIT DROP AS
            SELECT month, run_no, line_no, attempt, kind, bank_view, cash_result, ended_how, evidence FROM attempt_state WHERE province_code = @provinceCode AND {Runs};
        CREATE TEMPORARY TABLE checked_position ON COMMIT DROP AS
            SELECT month, run_no, line_no, programme, commune_id, amount_vnd, place FROM position WHERE province_code = @provinceCode AND {Runs};
        ANALYZE checked_state; ANALYZE checked_position;
        """;

    const string FoldMoves = $"""
        -- Invariants.FoldMoves: every move of every disbursement, for the two queries that go through all of them.
        CREATE TEMPORARY TABLE checked_move ON COMMIT DROP AS
            SELECT m.operation_no, m.run_month, m.run_no, m.line_no, m.file_no, m.list_month, m.list_no, m.programme, m.commune_id, m.from_place, m.to_place, m.amount_vnd
              FROM member_move m WHERE m.province_code = @provinceCode AND (@month = 0 OR (m.run_month = @month AND m.run_no = @runNo));
        ANALYZE checked_move;
        """;

    const string Unchained = """
        -- Invariants.Unchained: an operation without its block.
        SELECT 'operation ' || o.operation_no || ' (' || o.kind || '): no block in the chain' FROM operation o
         WHERE o.province_code = @provinceCode AND NOT EXISTS (SELECT FROM audit_block b WHERE b.province_code = o.province_code AND b.operation_no = o.operation_no);
        """;

    /// <summary>Checks every invariant; of one run, or of everything.</summary>
    /// <param name="database">The store. Two sessions look at one snapshot of it, so that both see the same moment.</param>
    /// <param name="provinceCode">The tenant.</param>
    /// <param name="month">Month key of the run, or 0 for everything.</param>
    /// <param name="runNo">The run, or 0.</param>
    /// <param name="cancel">Stops between two queries.</param>
    public static async Task<IReadOnlyList<InvariantFinding>> CheckAsync(Database database, short provinceCode, int month, int runNo, CancellationToken cancel)
    {
        await using var session = await database.RunAsync(cancel);
        return await session.InTransactionAsync(async () =>
        {
            var snapshot = await session.SingleAsync<string>(ExportSnapshot, null, cancel);
            var beside = CheckBesideAsync(database, snapshot, provinceCode, month, runNo, cancel);
            List<InvariantFinding> findings;
            try
            {
                await session.PlanForSetsAsync(cancel);
                await session.ExecuteAsync(Fold, new { provinceCode, month, runNo }, cancel);
                findings = await QueryAsync(session, All.Where(invariant => !NeedsMoves(invariant)), provinceCode, month, runNo, cancel);
            }
            finally
            {
                // The snapshot ends with this transaction: the other session must be done with it.
                await ((Task)beside).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }

            findings.AddRange(await beside);
            return (IReadOnlyList<InvariantFinding>)[.. findings.OrderBy(finding => Place(finding.Id))];
        }, IsolationLevel.RepeatableRead, cancel);
    }

    static int Place(string id)
    {
        for (var i = 0; i < All.Count; i++)
        {
            if (All[i].Id == id) return i;
        }

        return All.Count;
    }

    static async Task<List<InvariantFinding>> CheckBesideAsync(Database database, string snapshot, short provinceCode, int month, int runNo, CancellationToken cancel)
    {
        await using var session = await database.RunAsync(cancel);
        return await session.InTransactionAsync(async () =>
        {
            // The server's own word (hexadecimal figures and hyphens); it takes no parameter here.
            await session.ExecuteAsync($"-- Invariants.SetSnapshot\nSET TRANSACTION SNAPSHOT '{snapshot}'", null, cancel);
            await session.PlanForSetsAsync(cancel);
            await session.ExecuteAsync(FoldMoves, new { provinceCode, month, runNo }, cancel);
            var findings = await QueryAsync(session, All.Where(NeedsMoves), provinceCode, month, runNo, cancel);
            findings.Add(new InvariantFinding("I14.chain", "Chuỗi nhật ký không đứt, mỗi thao tác có khối của nó", "The audit chain is unbroken and holds every operation", await ChainAsync(session, provinceCode, cancel)) { StopsWriting = true });
            return findings;
        }, IsolationLevel.RepeatableRead, cancel);
    }

    static async Task<List<InvariantFinding>> QueryAsync(DatabaseSession session, IEnumerable<Invariant> invariants, short provinceCode, int month, int runNo, CancellationToken cancel)
    {
        var findings = new List<InvariantFinding>();
        foreach (var invariant in invariants)
        {
            var violations = await session.QueryAsync<string>($"SELECT * FROM ({invariant.Sql}) violation LIMIT {Shown}", new { provinceCode, month, runNo }, cancel);
            findings.Add(new InvariantFinding(invariant.Id, invariant.Vi, invariant.En, violations) { StopsWriting = invariant.StopsWriting });
        }

        return findings;
    }

    static async Task<IReadOnlyList<string>> ChainAsync(DatabaseSession session, short provinceCode, CancellationToken cancel)
    {
        var violations = new List<string>(await session.QueryAsync<string>($"SELECT * FROM ({Unchained.TrimEnd(';', '\n', ' ')}) violation LIMIT {Shown}", new { provinceCode }, cancel));
        var follower = new ChainFollower([]);
        await BlockStore.ReadAsync(session, provinceCode, block =>
        {
            if (follower.Next(block) is not { } broken) return true;
            violations.Add(broken.Problem.Message);
            return false;
        }, cancel: cancel);
        return violations;
    }
}
