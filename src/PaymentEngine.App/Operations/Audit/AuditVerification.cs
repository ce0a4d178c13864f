using System.Globalization;
using System.Security.Cryptography;
using PaymentEngine.App.Files;
using PaymentEngine.Core;
using PaymentEngine.Core.Audit;
using PaymentEngine.Core.Payments;
using PaymentEngine.Postgres;
using PaymentEngine.Postgres.Audit;
using PaymentEngine.Postgres.Privacy;

namespace PaymentEngine.App.Operations.Audit;

/// <summary>What a verification of the database looked at and what it found.</summary>
/// <param name="Blocks">Blocks of the chain.</param>
/// <param name="Sets">Sets of rows that blocks cover, counted and digested anew.</param>
/// <param name="Rows">Rows in them.</param>
/// <param name="Runs">Runs whose rows were hashed anew.</param>
/// <param name="Files">Files that were hashed anew.</param>
/// <param name="FilesNotAtHand">Files whose bytes do not lie here: another machine keeps them.</param>
/// <param name="Heads">Exported heads compared.</param>
/// <param name="Broken">What does not agree, each with its place; the first comes first.</param>
public sealed record VerifiedDatabase(long Blocks, int Sets, long Rows, int Runs, int Files, int FilesNotAtHand, int Heads, IReadOnlyList<Problem> Broken)
{
    /// <summary>Rows that are not what was written because a person was erased, by the operation that did it: provably so, by digests from before and after.</summary>
    public IReadOnlyList<(long OperationNo, long Rows)> Erased { get; init; } = [];
}

/// <summary>The database against its own audit chain and against what lies outside it: chain, operations, rows, runs, files, heads.</summary>
public sealed class AuditVerification(Database database, IFiles files, string archiveFolder)
{
    const int BrokenMax = 50;
    const string Remedy = "Rows were changed past the program. Keep the database as it is; compare with a backup, and have it looked into before anything is approved or sent.";

    /// <summary>Recomputes everything.</summary>
    /// <param name="caller">An auditor or an administrator.</param>
    /// <param name="headsFolder">Exported heads; null: none are compared, and a tail that was cut off cannot be seen.</param>
    /// <param name="fingerprint">The certificate that must have signed the heads; null: the one they name.</param>
    /// <param name="cancel">Stops between two looks.</param>
    public async Task<Result<VerifiedDatabase>> VerifyAsync(Caller caller, string? headsFolder, string? fingerprint, CancellationToken cancel = default)
    {
        if (caller.Lacks(Role.Auditor, Role.Administrator) is { } lacking) return lacking;
        var province = caller.ProvinceCode;
        IReadOnlyList<KnownHead> heads = [];
        if (headsFolder is not null)
        {
            if (!Directory.Exists(headsFolder)) return new Problem("audit.no_heads", $"There is no folder {headsFolder}.", "Name the folder to which heads are exported: --heads FOLDER.");
            var read = Heads.Read(files, headsFolder, province, fingerprint);
            if (!read.TryGet(out var known)) return Result<VerifiedDatabase>.Refuse(read.Problems);
            heads = known;
        }

        await using var session = await database.RunAsync(cancel);
        return await session.InTransactionAsync<Result<VerifiedDatabase>>(async () => await VerifyAsync(session, province, heads, cancel), System.Data.IsolationLevel.RepeatableRead, cancel);
    }

    async Task<VerifiedDatabase> VerifyAsync(DatabaseSession session, short province, IReadOnlyList<KnownHead> heads, CancellationToken cancel)
    {
        var broken = new List<Problem>();
        // Heads that were lost with a restored copy, and about which two persons have decided, accuse nobody any more.
        var settled = (await FenceStore.DecisionsAsync(session, province, cancel)).GroupBy(one => one.Item).Where(item => item.Select(one => one.Person).Distinct().Count() >= StoredFence.LiftersNeeded).Select(item => item.Key).ToList();
        var follower = new ChainFollower(heads.Where(head => !settled.Exists(item => Fences.IsHeadOf(item, head))));
        var covered = new Dictionary<(string Table, long OperationNo), (CoveredSet Set, long BlockNo)>();
        var contentOf = new Dictionary<string, (string Hash, long BlockNo)>();
        var chainBroken = false;
        await BlockStore.ReadAsync(session, province, block =>
        {
            if (follower.Next(block) is { } hole)
            {
                broken.Add(hole.Problem);
                chainBroken = true;
                return false;
            }

            if (CoveredSets.Read(block.Covers) is not { } sets)
            {
                broken.Add(new Problem("audit.covers_malformed", Text($"What block {block.BlockNo} covers cannot be read."), Remedy).In("audit_block"));
                return true;
            }

            foreach (var set in sets) covered[(set.Table, block.OperationNo)] = (set, block.BlockNo);
            if (ContentOf(block.Events) is var (run, hash)) contentOf[run] = (hash, block.BlockNo);
            return true;
        }, cancel: cancel);
        if (!chainBroken && follower.End() is { } cut) broken.Add(cut.Problem);
        if (!chainBroken && await BlockStore.WithoutBlockAsync(session, province, cancel) is { } single)
            broken.Add(new Problem("audit.operation_without_block", Text($"Operation {single.OperationNo} ({single.Kind}, {single.Person}) has not exactly one block."), Remedy).In("operation"));

        // Past a broken block nothing is known to hold: what is covered is compared for the part of the chain that does.
        var (setCount, rowCount) = (0, 0L);
        foreach (var table in await BlockStore.CoveredTablesAsync(session, cancel))
        {
            var standing = await BlockStore.RowsByOperationAsync(session, province, table, cancel);
            foreach (var (operationNo, set) in standing.OrderBy(pair => pair.Key))
            {
                (setCount, rowCount) = (setCount + 1, rowCount + set.Rows);
                if (broken.Count >= BrokenMax) break;
                if (!covered.Remove((table, operationNo), out var said))
                {
                    if (!chainBroken) broken.Add(new Problem("audit.rows_uncovered", Text($"{table}: {set.Rows} rows name operation {operationNo}, whose block covers none of this table: they were put in past the program."), Remedy).In(table));
                }
                else if (said.Set.Rows != set.Rows)
                {
                    broken.Add(new Problem("audit.rows_counted", Text($"{table}: {set.Rows} rows name operation {operationNo}, block {said.BlockNo} covers {said.Set.Rows}: rows were deleted or put in."), Remedy).In(table));
                }
                else if (said.Set.Sha256 != set.Sha256)
                {
                    broken.Add(new Problem("audit.rows_changed", Text($"{table}: {(set.Rows == 1 ? "the row" : $"one of the {set.Rows} rows")} of operation {operationNo} {await KeysAsync(session, province, table, operationNo, cancel)} is not what block {said.BlockNo} covers: it was changed."), Remedy).In(table));
                }
            }

            foreach (var ((_, operationNo), said) in covered.Where(pair => pair.Key.Table == table).OrderBy(pair => pair.Key.OperationNo).ToList())
            {
                if (broken.Count < BrokenMax) broken.Add(new Problem("audit.rows_missing", Text($"{table}: block {said.BlockNo} covers {said.Set.Rows} rows of operation {operationNo}, and none is there: they were deleted."), Remedy).In(table));
            }
        }

        var runs = await RunsAsync(session, province, contentOf, broken, cancel);
        var (fileCount, away) = await FilesAsync(session, province, broken, cancel);
        return new VerifiedDatabase(follower.LastBlock, setCount, rowCount, runs, fileCount, away, heads.Count, broken) { Erased = await ErasureStore.SummaryAsync(session, province, cancel) };
    }

    static async Task<string> KeysAsync(DatabaseSession session, short province, string table, long operationNo, CancellationToken cancel)
    {
        var keys = await AuditStore.KeysAsync(session, province, table, operationNo, cancel);
        return keys.Count == 0 ? "" : "(" + string.Join("; ", keys) + (keys.Count >= AuditStore.KeysShown ? "; …" : "") + ")";
    }

    /// <summary>The rows of every planned run, hashed anew: against the plan's own word, and against the block of the plan.</summary>
    static async Task<int> RunsAsync(DatabaseSession session, short province, Dictionary<string, (string Hash, long BlockNo)> contentOf, List<Problem> broken, CancellationToken cancel)
    {
        var count = 0;
        foreach (var run in await AuditStore.PlannedRunsAsync(session, province, cancel))
        {
            if (broken.Count >= BrokenMax) break;
            if (await RunStore.FindAsync(session, run, cancel) is not { ContentHash: not null } stored) continue;
            count++;
            var planned = Convert.ToHexStringLower(stored.ContentHash);
            if (contentOf.TryGetValue(run.ToString(), out var said) && said.Hash != planned)
            {
                broken.Add(new Problem("audit.run_hash", $"run_total: run {run} says content {planned}, block {said.BlockNo.ToString(CultureInfo.InvariantCulture)} says {said.Hash}.", Remedy).In("run_total"));
                continue;
            }

            if (Convert.ToHexStringLower(await RunSteps.RecomputeHashAsync(session, stored, cancel)) is var stands && stands != planned)
                broken.Add(new Problem("audit.run_changed", $"disbursement, line or attempt: the rows of run {run} hash to {stands}, and {planned} was planned. {await AuditStore.ChangedPartitionAsync(session, stored, cancel)}", Remedy).In("disbursement"));
            if (stored.Voided) continue;
            foreach (var wrong in await AuditStore.AttemptsOffAsync(session, run, cancel))
                broken.Add(new Problem("audit.attempt_changed", $"attempt: {wrong} of run {run} is not for the amount of its disbursement.", Remedy).In("attempt"));
        }

        return count;
    }

    /// <summary>Files that came in or went out, as far as their bytes lie here.</summary>
    async Task<(int Count, int Away)> FilesAsync(DatabaseSession session, short province, List<Problem> broken, CancellationToken cancel)
    {
        var (count, away) = (0, 0);
        foreach (var file in await AuditStore.FilesAsync(session, province, cancel))
        {
            cancel.ThrowIfCancellationRequested();
            // What left and what came in is kept in the archive under its digest; a sealed file may still lie where the export put it.
            var kept = Path.Combine(archiveFolder, file.Sha256[..2], file.Sha256);
            var path = files.Exists(kept) ? kept : file.Path is not null && files.Exists(file.Path) ? file.Path : null;
            if (path is null)
            {
                away++;
                continue;
            }

            count++;
            using var stream = files.Read(path);
            var stands = Convert.ToHexStringLower(SHA256.HashData(stream));
            if (stands != file.Sha256 && broken.Count < BrokenMax)
                broken.Add(new Problem("audit.file_changed", $"{file.Name}: the bytes at {path} hash to {stands}, and the database knows {file.Sha256}.", "Put the file back from its own backup (or export the run again: the bytes are the same); keep the changed one as evidence.").In(path));
        }

        return (count, away);
    }

    static (string Run, string Hash)? ContentOf(string events)
    {
        try
        {
            using var document = System.Text.Json.JsonDocument.Parse(events);
            var root = document.RootElement;
            return root.ValueKind == System.Text.Json.JsonValueKind.Object && root.TryGetProperty("step", out var step) && step.GetString() == "planned" && root.TryGetProperty("content_hash", out var hash)
                ? (root.GetProperty("run").GetString()!, hash.GetString()!) : null;
        }
        catch (System.Text.Json.JsonException)
        {
            return null;
        }
    }

    static string Text(FormattableString text) => FormattableString.Invariant(text);
}
