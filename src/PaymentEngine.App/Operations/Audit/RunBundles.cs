using System.Globalization;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using NodaTime;
using PaymentEngine.App.Banks;
using PaymentEngine.App.Files;
using PaymentEngine.App.Keys;
using PaymentEngine.Core;
using PaymentEngine.Core.Audit;
using PaymentEngine.Core.Payments;
using PaymentEngine.Messages;
using PaymentEngine.Messages.LawFiles;
using PaymentEngine.Postgres;
using PaymentEngine.Postgres.Audit;
using PaymentEngine.Postgres.Privacy;

namespace PaymentEngine.App.Operations.Audit;

/// <summary>A bundle as it was written.</summary>
/// <param name="Run">The run.</param>
/// <param name="Folder">Where.</param>
/// <param name="Files">How many files.</param>
/// <param name="Bytes">Their size together.</param>
/// <param name="Fingerprint">SHA-256 of the certificate whose key signed the list of digests and the head: compare it with the one on paper.</param>
/// <param name="Recipients">People whose data are inside.</param>
/// <param name="SumsSha256">Digest of SHA256SUMS: the same run gives the same one.</param>
public sealed record WrittenBundle(RunId Run, string Folder, int Files, long Bytes, string Fingerprint, int Recipients, string SumsSha256);

/// <summary>All that proves a run, in a folder that needs no server: F139 F140. The same run gives the same bytes, as long as nothing more happens to it.</summary>
public sealed class RunBundles(Database database, IFiles files, KeyFolder keys, string archiveFolder, IClock clock)
{
    public const string Sums = "SHA256SUMS";
    public const string Signature = "SHA256SUMS.p7s";
    public const string Check = "SHA256SUMS.check";
    public const string Certificate = "signing.crt";
    public const string Guide = "VERIFY.md";
    public const string RunFile = "csv/run.csv";
    public const string Links = "chain/links.csv";
    public const string OperationsFile = "chain/operations.csv";

    /// <summary>Writes the bundle of an approved run into a new or empty folder.</summary>
    /// <param name="caller">An auditor, an approver or a reconciler of the whole province.</param>
    /// <param name="run">The run.</param>
    /// <param name="folder">Made when it is not there; must be empty.</param>
    /// <param name="cancel">Stops between files.</param>
    /// <returns><c>run.unknown</c>, <c>not_allowed.state</c>, <c>audit.folder_not_empty</c>, <c>audit.file_not_at_hand</c>; then nothing is left behind.</returns>
    public async Task<Result<WrittenBundle>> WriteAsync(Caller caller, RunId run, string folder, CancellationToken cancel = default)
    {
        if ((caller.Lacks(Role.Auditor, Role.Approver, Role.ChiefApprover, Role.Reconciler) ?? caller.LacksProvince()) is { } lacking) return lacking;
        if (run.ProvinceCode != caller.ProvinceCode) return RunProblems.Unknown(run);
        folder = Path.GetFullPath(folder);
        if (File.Exists(folder) || files.List(folder).Count > 0) return new Problem("audit.folder_not_empty", $"{folder} is not an empty folder.", "Name a new folder: a bundle is never mixed with other files.").In(folder);
        await using var session = await database.RunAsync(cancel);
        if (await ErasureStore.HasErasedAsync(session, run, cancel))
            return new Problem("not_allowed.erased", $"Somebody of run {run} was erased: a bundle written now could not prove the list that was approved.", "Use the bundle that was written before; payengine audit verify --database proves the rest.");
        var content = await session.InTransactionAsync(() => ContentAsync(session, run, cancel), System.Data.IsolationLevel.RepeatableRead, cancel);
        if (!content.TryGet(out var parts)) return Result<WrittenBundle>.Refuse(content.Problems);

        using var certificate = keys.SigningCertificate();
        var (lastBlock, recipients, bundle) = parts;
        var head = await HeadAsync(session, run.ProvinceCode, lastBlock, cancel);
        if (!head.TryGet(out var signed)) return Result<WrittenBundle>.Refuse(head.Problems);
        bundle[$"head/{Heads.NameOf(run.ProvinceCode, signed.HeadNo)}{Heads.Extension}"] = Encoding.UTF8.GetBytes(signed.Content);
        bundle[$"head/{Heads.NameOf(run.ProvinceCode, signed.HeadNo)}{Heads.SignatureExtension}"] = signed.Signature;
        bundle[Certificate] = Encoding.ASCII.GetBytes(certificate.ExportCertificatePem() + "\n");
        await ChainAsync(session, run.ProvinceCode, bundle, signed.BlockNo, cancel);
        var fingerprint = Fingerprints.Of(certificate);
        bundle[Guide] = Encoding.UTF8.GetBytes(BundleGuide.Text(run, fingerprint, Heads.NameOf(run.ProvinceCode, signed.HeadNo), bundle.Keys.Where(name => name.StartsWith("sent/", StringComparison.Ordinal) && name.EndsWith(Manifest.Extension, StringComparison.Ordinal)).Order(StringComparer.Ordinal)));
        var sums = SumsOf(bundle.Select(file => (file.Key, file.Value)));
        var sumsHash = SHA256.HashData(sums);
        var signature = await HeadStore.BundleSignatureAsync(session, run.ProvinceCode, sumsHash, () => ManifestSignature.Sign(sums, certificate, clock.GetCurrentInstant()), clock.GetCurrentInstant(), cancel);
        bundle[Sums] = sums;
        bundle[Signature] = signature;
        bundle[Check] = CheckOf(sums, signature);
        foreach (var (name, bytes) in bundle)
        {
            cancel.ThrowIfCancellationRequested();
            var path = Path.Combine(folder, name);
            files.MakeFolder(Path.GetDirectoryName(path)!);
            files.WriteBeside(path, stream => stream.Write(bytes));
            files.Appear(path);
        }

        files.FlushFolder(folder);
        return new WrittenBundle(run, folder, bundle.Count, bundle.Values.Sum(bytes => (long)bytes.Length), fingerprint, recipients, Convert.ToHexStringLower(sumsHash));
    }

    /// <summary>The list of digests, as <c>sha256sum</c> writes and checks it; names in ordinal order.</summary>
    internal static byte[] SumsOf(IEnumerable<(string Name, byte[] Bytes)> of) =>
        Encoding.UTF8.GetBytes(string.Concat(of.OrderBy(file => file.Name, StringComparer.Ordinal).Select(file => $"{Convert.ToHexStringLower(SHA256.HashData(file.Bytes))}  {file.Name}\n")));

    /// <summary>The list and its signature cannot stand in the list: their digests stand here, with the digest of those two lines, so that a flipped byte of any of the three is told apart.</summary>
    internal static byte[] CheckOf(byte[] sums, byte[] signature)
    {
        var two = SumsOf([(Sums, sums), (Signature, signature)]);
        return [.. two, .. Encoding.ASCII.GetBytes($"# {Convert.ToHexStringLower(SHA256.HashData(two))}\n")];
    }

    async Task<Result<(long LastBlock, int Recipients, SortedDictionary<string, byte[]> Files)>> ContentAsync(DatabaseSession session, RunId run, CancellationToken cancel)
    {
        if (await RunStore.FindAsync(session, run, cancel) is not { ContentHash: not null } stored) return RunProblems.Unknown(run);
        if (stored.Step is not ("approved" or "sealed" or "handed_over" or "closed") || stored.Voided)
            return new Problem("not_allowed.state", $"Run {run} is {(stored.Voided ? "returned" : stored.Step ?? "not finished")}: nothing of it is listed yet.", "Have it approved first; a bundle proves what was approved, sent and paid.");
        var bundle = new SortedDictionary<string, byte[]>(StringComparer.Ordinal);
        var tables = await BundleStore.TablesAsync(session, run, cancel);
        foreach (var table in tables) bundle[$"csv/{table.Name}.csv"] = BundleCsv.Write(table.Columns, table.Rows);
        var total = await BundleStore.TotalAsync(session, run, cancel);
        var constants = await BundleStore.ConstantsAsync(session, stored, cancel);
        bundle[RunFile] = BundleCsv.Write(["name", "value"], new (string, string?)[]
        {
            ("run", run.ToString()), ("payer_name", stored.PayerName), ("made_by", stored.MadeBy), ("payer_code", constants.PayerCode), ("programmes", constants.Programmes), ("month", Number(constants.Month)),
            ("execution_from", constants.ExecutionFrom), ("execution_to", constants.ExecutionTo), ("law_hash", constants.LawHash), ("routes_digest", constants.Routes), ("kind", constants.Kind),
            ("rules_version", Number(constants.RulesVersion)), ("repayments_digest", constants.Repayments),
        }.Concat(total.Select(pair => (pair.Key, (string?)pair.Value))).Select(pair => (IReadOnlyList<string>)[pair.Item1, pair.Item2 ?? ""]));

        var row = tables.Single(table => table.Name == "files");
        var paths = await BankFileStore.PathsAsync(session, run, cancel);
        foreach (var cells in row.Rows.Select(cells => row.Columns.Zip(cells).ToDictionary(pair => pair.First, pair => pair.Second)))
        {
            if (cells["sha256"].Length == 0 || cells["withdrawn"].Length > 0) continue;
            if (SentFile(cells, paths.GetValueOrDefault(int.Parse(cells["file_no"], CultureInfo.InvariantCulture)), bundle) is { } missing) return missing;
        }

        var received = await BundleStore.ReceivedAsync(session, run, cancel);
        var listed = new List<IReadOnlyList<string>>();
        foreach (var file in received)
        {
            if (Bytes(Path.Combine(archiveFolder, file.StoredAs), file.Sha256) is not { } bytes)
                return new Problem("audit.file_not_at_hand", $"{file.FileName}, received as import {file.ImportNo}, does not lie in the archive {archiveFolder} with the digest {file.Sha256}.", "Put the archive back from its own backup, or make the bundle on the machine that took the file in.");
            var name = string.Create(CultureInfo.InvariantCulture, $"received/{file.ImportNo:00000}{SafeExtension(file.FileName)}");
            bundle[name] = bytes;
            listed.Add([Number(file.ImportNo), file.FileName, file.Sha256, name]);
        }

        bundle["csv/received.csv"] = BundleCsv.Write(["import_no", "file_name", "sha256", "file"], listed);
        foreach (var (name, bytes) in LawFiles.ReadEmbedded()) bundle[$"law/release/{name}"] = bytes;
        foreach (var (loadNo, name, bytes) in await BundleStore.LawBytesAsync(session, run, cancel)) bundle[$"law/load-{Number(loadNo)}/{name}"] = bytes;

        var operations = await BundleStore.OperationsAsync(session, run, cancel);
        bundle[OperationsFile] = BundleCsv.Write(["block_no", "operation_no", "kind", "person", "epoch", "at", "key"], operations.Select(one => (IReadOnlyList<string>)[Number(one.BlockNo), Number(one.Operation.OperationNo), one.Operation.Kind,
            one.Operation.Person, Number(one.Operation.Epoch), NodaTime.Text.InstantPattern.ExtendedIso.Format(Instant.FromDateTimeUtc(DateTime.SpecifyKind(one.Operation.At, DateTimeKind.Utc))), one.Operation.Key]));
        var wanted = operations.Select(one => one.BlockNo).ToHashSet();
        if (wanted.Count == 0) return new Problem("audit.no_block", $"No block of the chain belongs to run {run}.", "Run payengine audit verify --database.");
        await BlockStore.ReadAsync(session, run.ProvinceCode, block =>
        {
            if (wanted.Contains(block.BlockNo)) bundle[BlockName(block.BlockNo)] = Encoding.UTF8.GetBytes(block.Content);
            return true;
        }, wanted.Min() - 1, wanted.Max(), cancel);
        return (wanted.Max(), int.Parse(total["recipients"], CultureInfo.InvariantCulture), bundle);
    }

    /// <summary>The file as it was sent, its manifest and the signature over it.</summary>
    Problem? SentFile(Dictionary<string, string> cells, string? exported, SortedDictionary<string, byte[]> bundle)
    {
        var (msgId, sha256, manifestSha256) = (cells["msg_id"], cells["sha256"], cells["manifest_sha256"]);
        var beside = exported is null ? null : Path.GetDirectoryName(exported);
        var again = $"Export the run again (the bytes are the same): payengine run export, then make the bundle.";
        if ((exported is null ? null : Bytes(exported, sha256)) is not { } sent && (Bytes(Kept(sha256), sha256) is not { } kept || (sent = kept) is null))
            return new Problem("audit.file_not_at_hand", $"{msgId} lies neither at {exported ?? "any known place"} nor in the archive with the bytes that were sealed.", again);
        if ((beside is null ? null : Bytes(Path.Combine(beside, msgId + Manifest.Extension), manifestSha256)) is not { } manifest && (Bytes(Kept(manifestSha256), manifestSha256) is not { } old || (manifest = old) is null))
            return new Problem("audit.file_not_at_hand", $"The manifest of {msgId} lies neither beside the file nor in the archive.", again);
        bundle[$"sent/{msgId}{(exported is null ? ".xml" : Path.GetExtension(exported))}"] = sent;
        bundle[$"sent/{msgId}{Manifest.Extension}"] = manifest;
        if (beside is not null && Path.Combine(beside, msgId + Manifest.SignatureExtension) is var signature && files.Exists(signature)) bundle[$"sent/{msgId}{Manifest.SignatureExtension}"] = ReadAll(signature);
        return null;
    }

    /// <summary>The links from the first block of the run to the head: of the blocks between that are not the run's only the digest of their content is told.</summary>
    static async Task ChainAsync(DatabaseSession session, short province, SortedDictionary<string, byte[]> bundle, long headBlock, CancellationToken cancel)
    {
        var first = bundle.Keys.Where(name => name.StartsWith("chain/block-", StringComparison.Ordinal)).Select(BlockNoOf).Min();
        var links = new List<IReadOnlyList<string>>();
        await BlockStore.ReadAsync(session, province, block =>
        {
            links.Add([Number(block.BlockNo), block.PreviousHash, block.ContentHash, block.Hash]);
            return true;
        }, first - 1, headBlock, cancel);
        bundle[Links] = BundleCsv.Write(["block_no", "previous", "content_sha256", "hash"], links);
    }

    /// <summary>The first signed head that covers the run's last block; made when there is none yet.</summary>
    async Task<Result<StoredHead>> HeadAsync(DatabaseSession session, short province, long lastBlock, CancellationToken cancel)
    {
        if (await HeadStore.FirstFromAsync(session, province, lastBlock, cancel) is { } known) return known;
        var made = await new Heads(database, files, keys.Folder, clock).ExportAsync(province, null, cancel);
        return made.IsOk ? await HeadStore.FirstFromAsync(session, province, lastBlock, cancel) ?? throw new InvalidOperationException("A head was made and does not cover the last block.") : Result<StoredHead>.Refuse(made.Problems);
    }

    internal static string BlockName(long blockNo) => string.Create(CultureInfo.InvariantCulture, $"chain/block-{blockNo:000000000}.txt");

    internal static long BlockNoOf(string name) => long.TryParse(name.AsSpan("chain/block-".Length, 9), NumberStyles.None, CultureInfo.InvariantCulture, out var no) ? no : 0;

    string Kept(string sha256) => Path.Combine(archiveFolder, sha256[..2], sha256);

    byte[]? Bytes(string path, string sha256)
    {
        if (!files.Exists(path)) return null;
        var bytes = ReadAll(path);
        return Convert.ToHexStringLower(SHA256.HashData(bytes)) == sha256 ? bytes : null;
    }

    byte[] ReadAll(string path)
    {
        using var stream = files.Read(path);
        using var bytes = new MemoryStream();
        stream.CopyTo(bytes);
        return bytes.ToArray();
    }

    // The name a bank gave its file is told in the table; on the disk it has a name of ours.
    static string SafeExtension(string fileName)
    {
        var extension = Path.GetExtension(fileName).ToLowerInvariant();
        return extension.Length is > 1 and <= 6 && extension.AsSpan(1).IndexOfAnyExceptInRange('a', 'z') < 0 ? extension : ".bin";
    }

    static string Number(long number) => number.ToString(CultureInfo.InvariantCulture);
}
