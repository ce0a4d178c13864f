namespace PaymentEngine.Postgres;

/// <summary>Postings: money moving between the places it can be. One row for each operation × run × file or list × programme × commune × move.</summary>
/// <remarks>An operation fills the temporary table <c>moved</c> (<see cref="CreateMovedAsync"/>) with one row per disbursement that changed its place,
/// set-based or by COPY, then calls <see cref="PostAsync"/> once. The digest of a posting is SHA-256 over its members,
/// <c>month-run-line:amount</c> in order, joined by commas; <c>verify</c> recomputes it.</remarks>
public static class PostingStore
{
    const string CreateMoved = """
        -- PostingStore.CreateMoved
        CREATE TEMPORARY TABLE IF NOT EXISTS moved (
            run_month int NOT NULL, run_no int NOT NULL, line_no int NOT NULL, programme smallint NOT NULL, commune_id int NOT NULL,
            file_no int, list_month int, list_no int, from_place smallint NOT NULL, to_place smallint NOT NULL, amount_vnd bigint NOT NULL
        ) ON COMMIT DELETE ROWS;
        CREATE TEMPORARY TABLE IF NOT EXISTS booked (run_month int NOT NULL, run_no int NOT NULL, book_month int NOT NULL) ON COMMIT DELETE ROWS;
        TRUNCATE moved, booked;
        """;

    const string OpenBookMonths = """
        -- PostingStore.OpenBookMonths: a run books in its own month until it is closed, then in the newest month of the province, at least the next one; never in a closed period.
        INSERT INTO booked (run_month, run_no, book_month)
        SELECT r.month, r.run_no,
               greatest(CASE WHEN NOT EXISTS (SELECT FROM run_step s WHERE s.province_code = r.province_code AND s.month = r.month AND s.run_no = r.run_no AND s.step = 'closed') THEN r.month
                             ELSE greatest((SELECT max(month) FROM run WHERE province_code = @provinceCode), CASE WHEN r.month % 100 = 12 THEN r.month + 89 ELSE r.month + 1 END) END,
                        (SELECT CASE WHEN max(c.month) % 100 = 12 THEN max(c.month) + 89 ELSE max(c.month) + 1 END FROM period_close c WHERE c.province_code = @provinceCode))
          FROM run r WHERE r.province_code = @provinceCode AND (r.month, r.run_no) IN (SELECT DISTINCT run_month, run_no FROM moved);
        SELECT open_month(book_month) FROM (SELECT DISTINCT book_month FROM booked) months;
        """;

    const string Post = """
        -- PostingStore.Post
        INSERT INTO posting (province_code, month, operation_no, run_month, run_no, file_no, list_month, list_no, programme, commune_id, from_place, to_place, items, sum_vnd, digest)
        SELECT @provinceCode, book_month, @operationNo, run_month, run_no, file_no, list_month, list_no, programme, commune_id, from_place, to_place,
               count(*), sum(amount_vnd), sha256(convert_to(string_agg(run_month || '-' || run_no || '-' || line_no || ':' || amount_vnd, ',' ORDER BY run_month, run_no, line_no), 'UTF8'))
          FROM moved JOIN booked USING (run_month, run_no) WHERE amount_vnd > 0 AND from_place <> to_place
         GROUP BY book_month, run_month, run_no, file_no, list_month, list_no, programme, commune_id, from_place, to_place
         ORDER BY book_month, run_month, run_no, file_no, list_month, list_no, programme, commune_id, from_place, to_place;
        """;

    const string Members = """
        -- PostingStore.Members
        INSERT INTO posting_member (province_code, month, operation_no, run_month, run_no, line_no, from_place, to_place, amount_vnd, file_no, list_month, list_no)
        SELECT @provinceCode, book_month, @operationNo, run_month, run_no, line_no, from_place, to_place, amount_vnd, file_no, list_month, list_no
          FROM moved JOIN booked USING (run_month, run_no) WHERE amount_vnd > 0 AND from_place <> to_place;
        """;

    /// <summary>Makes the temporary table <c>moved</c> of this session empty and ready.</summary>
    public static Task CreateMovedAsync(DatabaseSession session, CancellationToken cancel = default) => session.ExecuteAsync(CreateMoved, null, cancel);

    /// <summary>Writes the postings of what stands in <c>moved</c>; moves within one place are none. A move that is not legal is refused by the store.</summary>
    /// <remarks>A posting is booked in the month of its run while that is open; after the run's close in the open month, and points back. The store refuses a posting
    /// into a closed period, money that leaves a place where it is not, and every posting while an invariant is broken (<see cref="LedgerStore"/>).</remarks>
    /// <param name="session">Session of the operation, inside its transaction.</param>
    /// <param name="provinceCode">The tenant.</param>
    /// <param name="operationNo">The operation that moves the money.</param>
    /// <param name="keepMembers">True where the members cannot be recomputed from a whole run, file or list: single people's events.</param>
    /// <param name="cancel">Cancels before the commit.</param>
    /// <returns>Number of postings written.</returns>
    public static async Task<int> PostAsync(DatabaseSession session, short provinceCode, long operationNo, bool keepMembers, CancellationToken cancel = default)
    {
        await session.ExecuteAsync(OpenBookMonths, new { provinceCode }, cancel);
        var postings = await session.ExecuteAsync(Post, new { provinceCode, operationNo }, cancel);
        if (keepMembers) await session.ExecuteAsync(Members, new { provinceCode, operationNo }, cancel);
        return postings;
    }
}
