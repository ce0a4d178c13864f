using Dapper;
using Npgsql;

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
        TRUNCATE moved;
        """;

    const string Post = """
        -- PostingStore.Post
        INSERT INTO posting (province_code, month, operation_no, run_month, run_no, file_no, list_month, list_no, programme, commune_id, from_place, to_place, items, sum_vnd, digest)
        SELECT @provinceCode, @openMonth, @operationNo, run_month, run_no, file_no, list_month, list_no, programme, commune_id, from_place, to_place,
               count(*), sum(amount_vnd), sha256(convert_to(string_agg(run_month || '-' || run_no || '-' || line_no || ':' || amount_vnd, ',' ORDER BY run_month, run_no, line_no), 'UTF8'))
          FROM moved WHERE amount_vnd > 0 AND from_place <> to_place
         GROUP BY run_month, run_no, file_no, list_month, list_no, programme, commune_id, from_place, to_place
         ORDER BY run_month, run_no, file_no, list_month, list_no, programme, commune_id, from_place, to_place;
        """;

    const string Members = """
        -- PostingStore.Members
        INSERT INTO posting_member (province_code, month, operation_no, run_month, run_no, line_no, from_place, to_place, amount_vnd)
        SELECT @provinceCode, @openMonth, @operationNo, run_month, run_no, line_no, from_place, to_place, amount_vnd
          FROM moved WHERE amount_vnd > 0 AND from_place <> to_place;
        """;

    /// <summary>Makes the temporary table <c>moved</c> of this session empty and ready.</summary>
    public static Task CreateMovedAsync(NpgsqlConnection connection, NpgsqlTransaction transaction, CancellationToken cancel = default) =>
        connection.ExecuteAsync(new CommandDefinition(CreateMoved, null, transaction, cancellationToken: cancel));

    /// <summary>Writes the postings of what stands in <c>moved</c>; moves within one place are none. A move that is not legal is refused by the store.</summary>
    /// <param name="connection">Connection of the operation.</param>
    /// <param name="transaction">Its transaction.</param>
    /// <param name="provinceCode">The tenant.</param>
    /// <param name="openMonth">Month key the postings are booked in: the run's own, or the open one for an event after its close.</param>
    /// <param name="operationNo">The operation that moves the money.</param>
    /// <param name="keepMembers">True where the members cannot be recomputed from a whole run, file or list: single people's events.</param>
    /// <param name="cancel">Cancels before the commit.</param>
    /// <returns>Number of postings written.</returns>
    public static async Task<int> PostAsync(NpgsqlConnection connection, NpgsqlTransaction transaction, short provinceCode, int openMonth, long operationNo, bool keepMembers,
        CancellationToken cancel = default)
    {
        var postings = await connection.ExecuteAsync(new CommandDefinition(Post, new { provinceCode, openMonth, operationNo }, transaction, cancellationToken: cancel));
        if (keepMembers) await connection.ExecuteAsync(new CommandDefinition(Members, new { provinceCode, openMonth, operationNo }, transaction, cancellationToken: cancel));
        return postings;
    }
}
