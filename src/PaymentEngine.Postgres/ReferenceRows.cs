using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Npgsql;
using NpgsqlTypes;
using PaymentEngine.Core.Payments;
using PaymentEngine.Core.Reconciliation;

namespace PaymentEngine.Postgres;

/// <summary>Core's tables as rows: places, legal moves, the view of every set of evidence, the reason policy. The rows follow the program, written by the owner when their hash differs.</summary>
/// <param name="reasons">The policy of this program; null leaves its rows as they are.</param>
public sealed class ReferenceRows(ReasonPolicy? reasons)
{
    const string Hashes = """
        -- ReferenceRows.Hashes
        SELECT name, sha256 FROM reference_rows;
        """;

    const string Record = """
        -- ReferenceRows.Record
        INSERT INTO reference_rows (name, sha256) VALUES ($1, $2) ON CONFLICT (name) DO UPDATE SET sha256 = excluded.sha256;
        """;

    static readonly Lazy<byte[]> StatesHash = new(() =>
    {
        var views = new byte[65_536];
        for (var i = 0; i < views.Length; i++) views[i] = (byte)BankViews.Of((Evidence)i);
        return SHA256.HashData(views);
    });

    static readonly Lazy<byte[]> PlacesHash = new(() => SHA256.HashData(Encoding.UTF8.GetBytes(string.Concat(
        Places.All.Select(row => $"{row.Place}|{row.Code}|{row.Vi}|{row.En}\n").Concat(Places.LegalMoves.Select(row => $"{row.From}|{row.To}|{row.Cause}\n"))))));

    readonly byte[]? reasonsHash = reasons is null ? null : SHA256.HashData(Encoding.UTF8.GetBytes(string.Concat(reasons.Rules.Select(rule => $"{rule}|{rule.MayBecomeCash}\n"))));

    /// <summary>Whether the rows are this program's: one query.</summary>
    public async Task<bool> AreCurrentAsync(NpgsqlConnection connection, CancellationToken cancel)
    {
        var known = await KnownAsync(connection, cancel);
        return Is(known, "evidence_state", StatesHash.Value) && Is(known, "place", PlacesHash.Value) && (reasonsHash is null || Is(known, "reason_policy", reasonsHash));
    }

    /// <summary>Brings the rows to this program's, as <c>payengine_owner</c>, in one transaction.</summary>
    public async Task SyncAsync(NpgsqlConnection connection, CancellationToken cancel)
    {
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        await RunAsync("SET LOCAL ROLE payengine_owner");
        await RunAsync("SELECT pg_advisory_xact_lock(hashtext('payengine.reference_rows'))");
        var known = await KnownAsync(connection, cancel);
        if (!Is(known, "place", PlacesHash.Value))
        {
            foreach (var (place, code, vi, en) in Places.All)
                await RunAsync("INSERT INTO place (place, code, name_vi, name_en) VALUES ($1, $2, $3, $4) ON CONFLICT (place) DO UPDATE SET code = excluded.code, name_vi = excluded.name_vi, name_en = excluded.name_en",
                    (short)place, code, vi, en);
            foreach (var (from, to, cause) in Places.LegalMoves)
                await RunAsync("INSERT INTO legal_move (from_place, to_place, cause) VALUES ($1, $2, $3) ON CONFLICT (from_place, to_place) DO UPDATE SET cause = excluded.cause", (short)from, (short)to, cause);
            // A move that a posting has made stays known, also when a later program would not make it: the store refuses its removal.
            await RunAsync("DELETE FROM legal_move m WHERE NOT EXISTS (SELECT FROM unnest($1::smallint[], $2::smallint[]) AS k (from_place, to_place) WHERE k.from_place = m.from_place AND k.to_place = m.to_place)",
                Places.LegalMoves.Select(move => (short)move.From).ToArray(), Places.LegalMoves.Select(move => (short)move.To).ToArray());
            await RunAsync(Record, "place", PlacesHash.Value);
        }

        if (!Is(known, "evidence_state", StatesHash.Value))
        {
            await RunAsync("DELETE FROM evidence_state");
            await using (var importer = await connection.BeginBinaryImportAsync("COPY evidence_state (evidence, view) FROM STDIN (FORMAT BINARY)", cancel))
            {
                for (var i = 0; i < 65_536; i++)
                {
                    importer.StartRow();
                    importer.Write(i, NpgsqlDbType.Integer);
                    importer.Write((short)BankViews.Of((Evidence)i), NpgsqlDbType.Smallint);
                }

                await importer.CompleteAsync(cancel);
            }

            await RunAsync(Record, "evidence_state", StatesHash.Value);
        }

        if (reasons is not null && !Is(known, "reason_policy", reasonsHash!))
        {
            await RunAsync("DELETE FROM reason_policy");
            var rules = reasons.Rules.ToList();
            await RunAsync("INSERT INTO reason_policy (code, fault, action, next_action, auto_retries, guard, may_become_cash) SELECT * FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::smallint[], $6::text[], $7::boolean[])",
                rules.Select(rule => rule.Code).ToArray(), rules.Select(rule => rule.Fault).ToArray(), rules.Select(rule => Snake(rule.First.ToString())).ToArray(),
                rules.Select(rule => Snake(rule.Then.ToString())).ToArray(), rules.Select(rule => (short)rule.AutoRetries).ToArray(), rules.Select(rule => Snake(rule.Guard.ToString())).ToArray(),
                rules.Select(rule => rule.MayBecomeCash).ToArray());
            await RunAsync(Record, "reason_policy", reasonsHash!);
        }

        await transaction.CommitAsync(cancel);

        async Task RunAsync(string sql, params object[] values)
        {
            await using var command = new NpgsqlCommand(sql, connection, transaction);
            foreach (var value in values) command.Parameters.Add(new NpgsqlParameter { Value = value });
            await command.ExecuteNonQueryAsync(cancel);
        }
    }

    static async Task<Dictionary<string, byte[]>> KnownAsync(NpgsqlConnection connection, CancellationToken cancel)
    {
        var known = new Dictionary<string, byte[]>(StringComparer.Ordinal);
        await using var command = new NpgsqlCommand(Hashes, connection);
        await using var reader = await command.ExecuteReaderAsync(cancel);
        while (await reader.ReadAsync(cancel)) known.Add(reader.GetString(0), reader.GetFieldValue<byte[]>(1));
        return known;
    }

    static bool Is(Dictionary<string, byte[]> known, string name, byte[] hash) => known.TryGetValue(name, out var stands) && stands.AsSpan().SequenceEqual(hash);

    /// <summary><c>FixAndRetry</c> as the code lists write it: <c>fix_and_retry</c>.</summary>
    static string Snake(string name) => string.Concat(name.Select((letter, i) => char.IsUpper(letter) ? $"{(i > 0 ? "_" : "")}{char.ToLower(letter, CultureInfo.InvariantCulture)}" : letter.ToString()));
}
