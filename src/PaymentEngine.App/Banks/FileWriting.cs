using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using NodaTime;
using PaymentEngine.App.Files;
using PaymentEngine.App.Keys;
using PaymentEngine.Core;
using PaymentEngine.Core.Payments;
using PaymentEngine.Messages;
using PaymentEngine.Messages.Iso20022;
using PaymentEngine.Postgres;

namespace PaymentEngine.App.Banks;

/// <summary>A file that stands whole under its name.</summary>
/// <param name="Announced">What its rows say; its payments are spent.</param>
/// <param name="IsNew">False when it was found there.</param>
public sealed record StandingFile(WrittenFile Content, BatchFile Announced, bool IsNew);

/// <summary>
/// Brings one numbered file to its place: written beside it, fsynced, read back by the reader that knows nothing of the writer, compared, renamed.
/// Whatever an earlier try left behind is adopted when it is right and written again when it is not whole.
/// </summary>
public sealed class FileWriting(DatabaseSession session, IFiles files, RunId run, PaymentFiles content, BankFileRow row, IReadOnlyList<BatchRow> batches, string folder)
{
    const int BufferBytes = 256 * 1024;
    const string Unfinished = ".tmp";

    /// <summary>Where the file stands.</summary>
    public string Path { get; } = System.IO.Path.Combine(folder, row.MsgId + PaymentFileFormats.Extension(content.ProfileOf(batches[0].RouteNo).FileKind));

    BankProfile Profile => content.ProfileOf(batches[0].RouteNo);

    /// <returns><c>export.other_file</c> when another file has its name, <c>export.differs</c> when what was written is not what was approved.</returns>
    public async Task<Result<StandingFile>> EnsureAsync(CancellationToken cancel)
    {
        // A name that ends in .tmp never left this folder: nobody may have taken it for a file.
        files.Delete(Path + Unfinished);
        if (files.Exists(Path)) return await AdoptAsync(cancel);
        StandingFile standing;
        var stream = files.Create(Path + Unfinished);
        await using (stream)
        {
            await using var buffered = new BufferedStream(stream, BufferBytes);
            standing = await BuildAsync(buffered, isNew: true, cancel);
            await buffered.FlushAsync(cancel);
            files.FlushToDisk(stream);
        }

        if (Differences(standing.Content, Path + Unfinished) is { Count: > 0 } problems)
        {
            files.Delete(Path + Unfinished);
            return Result<StandingFile>.Refuse(problems);
        }

        files.Rename(Path + Unfinished, Path);
        files.FlushFolder(folder);
        return standing;
    }

    /// <summary>Puts manifest and signature beside the file; those that stand there already must be right.</summary>
    /// <param name="manifest">The manifest's bytes.</param>
    /// <param name="certificate">Signs; null: the signature is made elsewhere and attached later.</param>
    /// <param name="now">Stands in the signature.</param>
    /// <param name="attached">SHA-256 of the signatures that were attached to the file, lower-case hexadecimal: one of them may stand there too.</param>
    public Problem? EnsureManifest(byte[] manifest, X509Certificate2? certificate, Instant now, IReadOnlyList<string> attached)
    {
        var manifestPath = System.IO.Path.Combine(folder, row.MsgId + Manifest.Extension);
        var signaturePath = System.IO.Path.Combine(folder, row.MsgId + Manifest.SignatureExtension);
        if (row.ManifestSha256 is { } known && !known.AsSpan().SequenceEqual(SHA256.HashData(manifest))) return Other(manifestPath);
        if (files.Exists(manifestPath) && !ReadAll(manifestPath).AsSpan().SequenceEqual(manifest)) return Other(manifestPath);
        Put(manifestPath, () => manifest);
        if (files.Exists(signaturePath))
        {
            var fits = certificate is not null && ManifestSignature.Fits(ReadAll(signaturePath), manifest, certificate);
            return fits || attached.Contains(Sha256Of(files, signaturePath)) ? null : Other(signaturePath);
        }

        if (certificate is not null) Put(signaturePath, () => ManifestSignature.Sign(manifest, certificate, now));
        return null;
    }

    /// <summary>Puts a signature that was made elsewhere beside a manifest.</summary>
    /// <returns>False when another one stands there.</returns>
    public static bool Attach(IFiles files, string signaturePath, byte[] signature)
    {
        if (files.Exists(signaturePath)) return Sha256Of(files, signaturePath) == Convert.ToHexStringLower(SHA256.HashData(signature));
        Put(files, signaturePath, signature);
        return true;
    }

    /// <summary>Reads and hashes a file of ours that stands in a folder.</summary>
    public static string Sha256Of(IFiles files, string path)
    {
        using var stream = files.Read(path);
        return Convert.ToHexStringLower(SHA256.HashData(stream));
    }

    /// <summary>The rows fix every byte, so what stands there is right exactly when it has the hash of the file made again.</summary>
    async Task<Result<StandingFile>> AdoptAsync(CancellationToken cancel)
    {
        var again = await BuildAsync(Stream.Null, isNew: false, cancel);
        if (row.Sha256 is { } known && Convert.ToHexStringLower(known) != again.Content.Sha256)
            throw new InvalidOperationException($"{row.MsgId} made again has other bytes than when it was sealed.");
        if (Sha256Of(files, Path) != again.Content.Sha256) return Other(Path);
        if (Differences(again.Content, Path) is { Count: > 0 } problems) return Result<StandingFile>.Refuse(problems);
        return again;
    }

    async Task<StandingFile> BuildAsync(Stream output, bool isNew, CancellationToken cancel)
    {
        StandingFile? built = null;
        await BankFileStore.ReadFileAsync(session, run, row.FileNo, orders =>
        {
            var file = content.Of(row, batches, orders);
            built = new(PaymentFileFormats.Write(output, file, Profile), file, isNew);
        }, cancel);
        return built!;
    }

    /// <summary>What a file says when it is read by itself, against the rows that were stored before it was written. Anything here stops the release.</summary>
    List<Problem> Differences(WrittenFile written, string path)
    {
        using var stream = files.Read(path);
        using var buffered = new BufferedStream(stream, BufferBytes);
        // A message is hashed as it is read; the parts of a workbook are not read in the order of its bytes.
        using var hashing = Profile.FileKind == FileKind.Pain001 ? new HashingStream(buffered) : null;
        var read = PaymentFileFormats.ReadBack(hashing as Stream ?? buffered, Profile);
        if (!read.TryGet(out var found)) return [.. read.Problems];
        var sha256 = hashing?.Sha256() ?? Sha256Of(files, path);
        var problems = new List<Problem>();
        Compare("bytes", sha256, written.Sha256);
        Compare("message", found.MessageVersion ?? Profile.MessageVersion, Profile.MessageVersion);
        // A list may have no place for the id of its file; the file's name has it.
        Compare("MsgId", found.MessageId ?? row.MsgId, row.MsgId);
        Compare("business header", found.Header, Profile is { FileKind: FileKind.Pain001, Envelope: EnvelopeKind.Head001 } ? $"{row.MsgId} {Profile.MessageVersion}" : null);
        Compare("count", found.Count, row.Items);
        Compare("sum", found.Sum, row.SumVnd);
        Compare("list hash", found.ListHash, Convert.ToHexStringLower(row.ListHash));
        if (row.Sha256 is { } known) Compare("sealed bytes", sha256, Convert.ToHexStringLower(known));
        if (found.Batches is not { } inFile) return problems;
        Compare("batches", string.Join(", ", inFile.Select(batch => $"{batch.BatchId} {batch.ExecutionDate} {batch.Count} {batch.Sum}")),
            string.Join(", ", batches.Select(batch => $"{batch.PmtInfId} {NodaTime.Text.LocalDatePattern.Iso.Format(batch.ExecutionDate)} {batch.Items} {batch.SumVnd}")));
        using var again = files.Read(path);
        using var checkedAgain = new BufferedStream(again, BufferBytes);
        problems.AddRange(OurSchema.Check(checkedAgain, Profile.MessageVersion));
        return problems;

        void Compare<T>(string what, T is_, T shouldBe)
        {
            if (!EqualityComparer<T>.Default.Equals(is_, shouldBe))
                problems.Add(new Problem("fault.export_differs", $"{row.MsgId} read back: {what} is {is_}, and {shouldBe} was approved.", "The file was not released. This is a fault of the program or of the disk."));
        }
    }

    void Put(string path, Func<byte[]> bytes)
    {
        if (!files.Exists(path)) Put(files, path, bytes());
    }

    static void Put(IFiles files, string path, byte[] bytes)
    {
        files.Delete(path + Unfinished);
        using (var stream = files.Create(path + Unfinished))
        {
            stream.Write(bytes);
            files.FlushToDisk(stream);
        }

        files.Rename(path + Unfinished, path);
        files.FlushFolder(System.IO.Path.GetDirectoryName(path)!);
    }

    byte[] ReadAll(string path)
    {
        using var stream = files.Read(path);
        using var bytes = new MemoryStream();
        stream.CopyTo(bytes);
        return bytes.ToArray();
    }

    static Problem Other(string path) => new("not_allowed.other_file", $"{path} is there already and is not the file that belongs there.",
        "Nothing that counts is overwritten. Look who put or changed it; export into another folder, or move it away.");
}
