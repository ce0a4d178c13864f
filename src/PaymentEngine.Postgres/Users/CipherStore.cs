using NpgsqlTypes;

namespace PaymentEngine.Postgres.Users;

/// <summary>A column of cipher texts with the column that numbers their key.</summary>
public sealed record CipherColumn(string Table, string KeyColumn, string Column);

/// <summary>How many cipher texts of a column a key has sealed.</summary>
public sealed record CipherCount(string Table, string Column, short Key, long Items);

/// <summary>The cipher texts of the database as such: which columns hold them, under which keys, and putting them under another key.</summary>
/// <remarks>A text of no length was erased and belongs to no key. Names of tables and columns come from the catalogue, never from a person.</remarks>
public static class CipherStore
{
    const string Columns = """
        -- CipherStore.Columns: every column named …_cipher has a neighbour …_key.
        SELECT c.relname AS table, replace(a.attname, '_cipher', '_key') AS key_column, a.attname AS column
          FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
         WHERE c.relkind IN ('r', 'p') AND NOT c.relispartition AND c.relnamespace = 'public'::regnamespace AND a.attname LIKE '%\_cipher'
         ORDER BY 1, 3;
        """;

    /// <summary>All columns of cipher texts, as the catalogue has them.</summary>
    public static Task<IReadOnlyList<CipherColumn>> ColumnsAsync(DatabaseSession session, CancellationToken cancel) => session.QueryAsync<CipherColumn>(Columns, null, cancel);

    /// <summary>The keys in use, column by column.</summary>
    public static async Task<IReadOnlyList<CipherCount>> CountsAsync(DatabaseSession session, CancellationToken cancel)
    {
        var found = new List<CipherCount>();
        foreach (var column in await ColumnsAsync(session, cancel))
        {
            found.AddRange(await session.QueryAsync<CipherCount>($"-- CipherStore.Counts\nSELECT '{column.Table}' AS table, '{column.Column}' AS column, {column.KeyColumn} AS key, count(*) AS items FROM {column.Table} WHERE length({column.Column}) > 0 GROUP BY {column.KeyColumn} ORDER BY 3", null, cancel));
        }

        return found;
    }

    /// <summary>Puts every cipher text of a column that is under another key under <paramref name="key"/>, all of them or none: nobody writes the table meanwhile, and no other column is touched.</summary>
    /// <param name="session">Of the owner, inside a transaction: append-only tables are rewritten by nobody else.</param>
    /// <param name="column">The column.</param>
    /// <param name="key">The key that writes now.</param>
    /// <param name="again">Opens a text with its key and seals it with the new one.</param>
    /// <param name="cancel">Cancels before the commit.</param>
    /// <returns>How many texts there were.</returns>
    public static async Task<long> RecipherAsync(DatabaseSession session, CipherColumn column, short key, Func<short, byte[], byte[]> again, CancellationToken cancel)
    {
        if (session.Transaction is null) throw new InvalidOperationException("Texts are put under another key in one transaction.");
        await session.ExecuteAsync($"-- CipherStore.Lock\nLOCK TABLE {column.Table} IN SHARE ROW EXCLUSIVE MODE", null, cancel);
        var rows = new List<(uint Block, ushort Offset, byte[] Cipher)>();
        await session.ReadAsync($"-- CipherStore.Read\nSELECT ctid, {column.KeyColumn}, {column.Column} FROM {column.Table} WHERE length({column.Column}) > 0 AND {column.KeyColumn} <> {key}", async reader =>
        {
            while (await reader.ReadAsync(cancel))
            {
                var place = reader.GetFieldValue<NpgsqlTid>(0);
                rows.Add((place.BlockNumber, place.OffsetNumber, again(reader.GetInt16(1), reader.GetFieldValue<byte[]>(2))));
            }
        }, null, cancel);
        if (rows.Count == 0) return 0;
        await session.ExecuteAsync("-- CipherStore.Stage\nCREATE TEMPORARY TABLE reciphered (place tid NOT NULL, cipher bytea NOT NULL) ON COMMIT DROP", null, cancel);
        await session.CopyInAsync("COPY reciphered (place, cipher) FROM STDIN (FORMAT BINARY) -- CipherStore.Copy", async copy =>
        {
            foreach (var (block, offset, cipher) in rows)
            {
                await copy.StartRowAsync(cancel);
                await copy.WriteAsync(new NpgsqlTid(block, offset), NpgsqlDbType.Tid, cancel);
                await copy.WriteAsync(cipher, NpgsqlDbType.Bytea, cancel);
            }
        }, cancel);
        // The triggers that keep these tables append-only rest for the length of this one statement, under the lock.
        var written = 0;
        foreach (var statement in (string[])
                 [
                     $"-- CipherStore.TriggersRest\nALTER TABLE {column.Table} DISABLE TRIGGER USER",
                     $"-- CipherStore.Write\nUPDATE {column.Table} t SET {column.KeyColumn} = {key}, {column.Column} = r.cipher FROM reciphered r WHERE t.ctid = r.place",
                     $"-- CipherStore.TriggersBack\nALTER TABLE {column.Table} ENABLE TRIGGER USER",
                     "-- CipherStore.Unstage\nDROP TABLE reciphered",
                 ]) written = Math.Max(written, await session.ExecuteAsync(statement, null, cancel));
        return written == rows.Count ? written : throw new InvalidOperationException($"{rows.Count} texts of {column.Table} were read and {written} written.");
    }
}
