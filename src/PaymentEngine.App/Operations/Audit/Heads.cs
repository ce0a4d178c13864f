using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using NodaTime;
using PaymentEngine.App.Banks;
using PaymentEngine.App.CommandLine;
using PaymentEngine.App.Files;
using PaymentEngine.App.Keys;
using PaymentEngine.Core;
using PaymentEngine.Core.Audit;
using PaymentEngine.Postgres;
using PaymentEngine.Postgres.Audit;

namespace PaymentEngine.App.Operations.Audit;

/// <summary>A signed head of the chain.</summary>
/// <param name="HeadNo">Its number, without a gap among the exported ones.</param>
/// <param name="BlockNo">The last block then.</param>
/// <param name="BlockHash">Its hash.</param>
/// <param name="Path">Where it was written; null: only in the database, no folder is set.</param>
/// <param name="Fingerprint">SHA-256 of the certificate whose key signed it.</param>
/// <param name="IsNew">False when nothing happened since the last one.</param>
public sealed record ExportedHead(int HeadNo, long BlockNo, string BlockHash, string? Path, string Fingerprint, bool IsNew);

/// <summary>Heads of the chain, signed and put where the database's administrator has no right: whoever writes the chain anew or puts an old copy back is found against them.</summary>
/// <remarks>A head is one line of JSON and a detached CMS signature beside it; <c>previous_sha256</c> is the digest of the head before. Nothing is ever overwritten.
/// <c>openssl cms -verify -binary -inform DER -in X.p7s -content X.json -certfile signing.crt -noverify</c> checks one with nothing of ours.</remarks>
public sealed class Heads(Database database, IFiles files, string keyFolder, IClock clock)
{
    /// <summary>File name ending of a head; its signature has <see cref="SignatureExtension"/>.</summary>
    public const string Extension = ".head.json";

    public const string SignatureExtension = ".head.p7s";

    static readonly DateTimeZone Zone = DateTimeZoneProviders.Tzdb["Asia/Ho_Chi_Minh"];

    /// <summary>After these a head is exported by itself.</summary>
    static readonly string[] Occasions = ["run.seal", "run.hand_over", "file.sent", "recall.sent", "run.close", "run.approve", "ledger.close", "cash.print", "db.restore", "fence.close", "fence.raise", "fence.lift"];

    /// <summary>Exports a head when something happened that asks for one: a sealing, a hand-over, a close, or the first operation of a day.</summary>
    /// <param name="provinceCode">The tenant.</param>
    /// <param name="folder">Where heads go; null: the head is kept in the database alone, for bundles.</param>
    /// <param name="cancel">Stops before it is made.</param>
    public async Task<Result<ExportedHead>?> AtOccasionAsync(short provinceCode, string? folder, CancellationToken cancel = default)
    {
        await using var session = await database.RunAsync(cancel);
        var last = await HeadStore.LastAsync(session, provinceCode, cancel);
        var since = await HeadStore.SinceAsync(session, provinceCode, last?.BlockNo ?? 0, Occasions, cancel);
        if (since is null) return null;
        var today = since.LastAt.InZone(Zone).Date;
        var isFirstOfDay = last is null || Instant.FromDateTimeUtc(DateTime.SpecifyKind(last.At, DateTimeKind.Utc)).InZone(Zone).Date < today;
        return since.HasOccasion || (isFirstOfDay && folder is not null) ? await ExportAsync(session, provinceCode, folder, cancel) : default(Result<ExportedHead>?);
    }

    /// <summary>Signs the head as it stands and writes it. Nothing new is made when no block came since the last head, which is then written where it is missing.</summary>
    /// <param name="provinceCode">The tenant.</param>
    /// <param name="folder">Made when it is not there; null: kept in the database alone.</param>
    /// <param name="cancel">Stops before it is made.</param>
    /// <returns><c>audit.no_block</c> when nothing happened yet; <c>audit.head_other</c> when a file of that name holds something else; trouble with the folder as <c>file.unwritable</c>.</returns>
    public async Task<Result<ExportedHead>> ExportAsync(short provinceCode, string? folder, CancellationToken cancel = default)
    {
        await using var session = await database.RunAsync(cancel);
        return await ExportAsync(session, provinceCode, folder, cancel);
    }

    async Task<Result<ExportedHead>> ExportAsync(DatabaseSession session, short provinceCode, string? folder, CancellationToken cancel)
    {
        var opened = KeyFolder.Open(keyFolder, clock);
        if (!opened.TryGet(out var keys)) return Result<ExportedHead>.Refuse(opened.Problems);
        using var certificate = keys.SigningCertificate();
        var fingerprint = Fingerprints.Of(certificate);
        var made = await session.InTransactionAsync<Result<(StoredHead Head, bool IsNew)>>(async () =>
        {
            await HeadStore.LockAsync(session, provinceCode, cancel);
            if (await BlockStore.LastAsync(session, provinceCode, cancel) is not { } block) return new Problem("audit.no_block", "Nothing happened yet: the chain has no block.", "Export a head after the first operation.");
            var last = await HeadStore.LastAsync(session, provinceCode, cancel);
            if (last is not null && last.BlockNo == block.BlockNo && last.BlockHash == block.Hash) return (last, false);
            // After a restore the folder knows more heads than the database: the numbers go on behind both.
            var outside = folder is null ? null : LastOf(files, folder, provinceCode);
            var (no, previous) = outside is not null && outside.HeadNo > (last?.HeadNo ?? 0) ? (outside.HeadNo + 1, outside.Sha256) : ((last?.HeadNo ?? 0) + 1, last is null ? AuditBlock.Beginning : Sha256(last.Content));
            var now = clock.GetCurrentInstant();
            var content = JsonText.Write(new
            {
                audit_head = 1, province = provinceCode, head = no, epoch = await FenceStore.EpochAsync(session, provinceCode, cancel), block = block.BlockNo, hash = block.Hash, at = now, previous_sha256 = previous,
                certificate_sha256 = fingerprint,
            }) + "\n";
            var head = new StoredHead(no, block.BlockNo, block.Hash, content, ManifestSignature.Sign(Encoding.UTF8.GetBytes(content), certificate, now), now.ToDateTimeUtc());
            await HeadStore.InsertAsync(session, provinceCode, head, cancel);
            return (head, true);
        }, result => result.IsOk, cancel: cancel);
        if (!made.TryGet(out var one)) return Result<ExportedHead>.Refuse(made.Problems);
        if (folder is null) return new ExportedHead(one.Head.HeadNo, one.Head.BlockNo, one.Head.BlockHash, null, fingerprint, one.IsNew);
        try
        {
            files.MakeFolder(folder);
            var path = Path.Combine(folder, NameOf(provinceCode, one.Head.HeadNo));
            var pem = certificate.ExportCertificatePem() + "\n";
            if ((Put(path + SignatureExtension, one.Head.Signature) ?? Put(path + Extension, Encoding.UTF8.GetBytes(one.Head.Content)) ?? Put(Path.Combine(folder, $"signing-{fingerprint[..16]}.crt"), Encoding.ASCII.GetBytes(pem))) is { } other) return other;
            files.FlushFolder(folder);
            return new ExportedHead(one.Head.HeadNo, one.Head.BlockNo, one.Head.BlockHash, path + Extension, fingerprint, one.IsNew);
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
        {
            return new Problem("file.unwritable", $"The head cannot be written to {folder}: {refused.Message}", "Give the program the right to make files there (never to change them), then: payengine audit head export --to FOLDER.").In(folder);
        }
    }

    /// <summary>The heads of a folder, their signatures and their chain checked.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="provinceCode">The tenant.</param>
    /// <param name="fingerprint">The certificate that must have signed, as published; null: the one each head names, which proves only that they belong together.</param>
    /// <returns>The heads with their places, or the first that is wrong: <c>audit.head_malformed</c>, <c>audit.head_signature</c>, <c>audit.head_signer</c>, <c>audit.head_gap</c>.</returns>
    public static Result<IReadOnlyList<KnownHead>> Read(IFiles files, string folder, short provinceCode, string? fingerprint)
    {
        var heads = new List<KnownHead>();
        string? previous = null;
        var expected = 0;
        foreach (var name in files.List(folder).Where(name => name.EndsWith(Extension, StringComparison.Ordinal) && name.StartsWith(string.Create(CultureInfo.InvariantCulture, $"{provinceCode:00}-"), StringComparison.Ordinal)))
        {
            var path = Path.Combine(folder, name);
            var bytes = ReadAll(files, path);
            if (Parse(bytes) is not { } head || head.Province != provinceCode || name != NameOf(provinceCode, head.HeadNo) + Extension)
                return Wrong("audit.head_malformed", path, "is not a head of this province under its own name");
            var signaturePath = path[..^Extension.Length] + SignatureExtension;
            if (!files.Exists(signaturePath)) return Wrong("audit.head_signature", path, "has no signature beside it");
            if (!ManifestSignature.Read(ReadAll(files, signaturePath), bytes).TryGet(out var signers)) return Wrong("audit.head_signature", path, "does not fit its signature: one of the two was changed");
            var signer = signers.Count == 1 ? Fingerprints.Of(signers[0].Certificate) : "";
            foreach (var one in signers) one.Dispose();
            if (signer != head.Certificate || (fingerprint is not null && signer != fingerprint)) return Wrong("audit.head_signer", path, $"was signed by the certificate {signer}, which is not the one that is named or trusted");
            // The first exported head may have followed one that was kept in the database alone.
            if (previous is not null && (head.HeadNo == expected ? head.Previous != previous : head.HeadNo < expected)) return Wrong("audit.head_gap", path, "does not follow the head before it");
            (previous, expected) = (Convert.ToHexStringLower(SHA256.HashData(bytes)), head.HeadNo + 1);
            heads.Add(new(head.BlockNo, head.Hash, path));
        }

        return heads;

        static Problem Wrong(string code, string path, string what) => new Problem(code, $"{path} {what}.", "Look who can write into this folder. Heads are kept where nobody who owns the database can change them.").In(path);
    }

    /// <summary>The last head of a folder, for the check at every start; null when there is none that can be read.</summary>
    public static LastHead? LastOf(IFiles files, string folder, short provinceCode)
    {
        var name = files.List(folder).LastOrDefault(name => name.EndsWith(Extension, StringComparison.Ordinal) && name.StartsWith(string.Create(CultureInfo.InvariantCulture, $"{provinceCode:00}-"), StringComparison.Ordinal));
        if (name is null) return null;
        var bytes = ReadAll(files, Path.Combine(folder, name));
        return Parse(bytes) is { } head ? new(head.HeadNo, head.Epoch, head.BlockNo, head.Hash, Convert.ToHexStringLower(SHA256.HashData(bytes)), Path.Combine(folder, name)) : null;
    }

    /// <summary>Reads a head; null when it is none.</summary>
    public static HeadContent? Parse(byte[] bytes)
    {
        try
        {
            using var document = JsonDocument.Parse(bytes);
            var root = document.RootElement;
            return new(root.GetProperty("province").GetInt16(), root.GetProperty("head").GetInt32(), root.GetProperty("epoch").GetInt32(), root.GetProperty("block").GetInt64(), root.GetProperty("hash").GetString()!,
                root.GetProperty("previous_sha256").GetString()!, root.GetProperty("certificate_sha256").GetString()!);
        }
        catch (Exception malformed) when (malformed is JsonException or KeyNotFoundException or InvalidOperationException or FormatException)
        {
            return null;
        }
    }

    /// <summary>The name of a head's files without their endings.</summary>
    public static string NameOf(short provinceCode, int headNo) => string.Create(CultureInfo.InvariantCulture, $"{provinceCode:00}-{headNo:000000}");

    Problem? Put(string path, byte[] bytes)
    {
        if (files.Exists(path))
        {
            return ReadAll(files, path).AsSpan().SequenceEqual(bytes) ? null
                : new Problem("audit.head_other", $"{path} is there already with another content.", "A head is never overwritten. Look who put it there; name another folder until it is settled.").In(path);
        }

        files.WriteBeside(path, stream => stream.Write(bytes));
        files.Appear(path);
        return null;
    }

    static byte[] ReadAll(IFiles files, string path)
    {
        using var stream = files.Read(path);
        using var bytes = new MemoryStream();
        stream.CopyTo(bytes);
        return bytes.ToArray();
    }

    static string Sha256(string content) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(content)));
}

/// <summary>What a head says.</summary>
public sealed record HeadContent(short Province, int HeadNo, int Epoch, long BlockNo, string Hash, string Previous, string Certificate);

/// <summary>The last head of a folder.</summary>
public sealed record LastHead(int HeadNo, int Epoch, long BlockNo, string Hash, string Sha256, string Path);
