using NodaTime;
using PaymentEngine.App.Files;
using PaymentEngine.App.Keys;
using PaymentEngine.Core;
using PaymentEngine.Postgres;

namespace PaymentEngine.App.Operations.BankCorners;

/// <summary>One of the things a bank fetches.</summary>
public enum BankPart
{
    /// <summary>The payment file, as it was sealed.</summary>
    File,

    /// <summary>Its manifest.</summary>
    Manifest,

    /// <summary>The detached CMS signature over the manifest.</summary>
    Signature,
}

/// <summary>What a bank's own program may see and fetch: the files that were handed over to it, and no other bank's. Answers come back through <see cref="BankImports"/>.</summary>
public sealed class BankCorner(Database database, IClock clock, Archive archive, Func<Result<KeyFolder>> keys)
{
    /// <summary>The most rows of a page.</summary>
    public const int RowsMax = 1_000;

    /// <summary>The files handed over to the caller's bank, the latest first.</summary>
    /// <param name="caller">A service account with the role of a bank, of one bank.</param>
    /// <param name="before">From behind this id; null: from the first.</param>
    /// <param name="rowsMax">1 to <see cref="RowsMax"/>.</param>
    /// <param name="cancel">Cancels the reading.</param>
    /// <returns>Also whether there are more.</returns>
    public async Task<Result<(IReadOnlyList<FileForBank> Files, bool HasMore)>> ListAsync(Caller caller, string? before, int rowsMax, CancellationToken cancel)
    {
        if (WhyNot(caller) is { } refused) return refused;
        await using var session = await database.RunAsync(caller.Scope, cancel);
        var files = await BankCornerStore.FilesAsync(session, caller.ProvinceCode, caller.BankBin!, null, before, rowsMax + 1, cancel);
        return ([.. files.Take(rowsMax)], files.Count > rowsMax);
    }

    /// <summary>The bytes of a file, its manifest or its signature, as they left.</summary>
    /// <returns><c>bank_corner.unknown</c> alike for what is not there and for another bank's; <c>bank_corner.not_kept</c> when the bytes are not in the archive.</returns>
    public async Task<Result<(FileForBank File, byte[] Bytes)>> FetchAsync(Caller caller, string msgId, BankPart part, CancellationToken cancel)
    {
        if (WhyNot(caller) is { } refused) return refused;
        await using var session = await database.RunAsync(caller.Scope, cancel);
        if (await BankCornerStore.FilesAsync(session, caller.ProvinceCode, caller.BankBin!, msgId, null, 1, cancel) is not [var file])
            return new Problem("bank_corner.unknown", "There is no such file.", "List the files handed over to your bank.");
        if (part == BankPart.Signature && file.SignatureSha256 is null) return await SignAsync(file);
        var bytes = Kept(part switch { BankPart.File => file.Sha256, BankPart.Manifest => file.ManifestSha256, _ => file.SignatureSha256! });
        return bytes is null ? NotKept : (file, bytes);
    }

    /// <summary>The program's own signatures stand beside the files and have no row: the same key says the same of the same bytes.</summary>
    Task<Result<(FileForBank File, byte[] Bytes)>> SignAsync(FileForBank file)
    {
        if (Kept(file.ManifestSha256) is not { } manifest) return Task.FromResult<Result<(FileForBank, byte[])>>(NotKept);
        var opened = keys();
        if (!opened.TryGet(out var folder)) return Task.FromResult(Result<(FileForBank, byte[])>.Refuse(opened.Problems));
        using var certificate = folder.SigningCertificate();
        return Task.FromResult<Result<(FileForBank, byte[])>>((file, ManifestSignature.Sign(manifest, certificate, clock.GetCurrentInstant())));
    }

    byte[]? Kept(byte[] sha256)
    {
        var name = Convert.ToHexStringLower(sha256);
        try
        {
            using var stream = archive.Open(Path.Combine(name[..2], name));
            using var bytes = new MemoryStream();
            stream.CopyTo(bytes);
            // Disks err, and people do: what is given out is what was sealed, or nothing.
            return System.Security.Cryptography.SHA256.HashData(bytes.GetBuffer().AsSpan(0, (int)bytes.Length)).AsSpan().SequenceEqual(sha256) ? bytes.ToArray() : null;
        }
        catch (Exception missing) when (missing is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
    }

    static Problem NotKept => new("bank_corner.not_kept", "The bytes are not in the archive, or no longer what was sealed.", "Ask the office to send the file: the bytes can be written again.");

    /// <summary>Why somebody is no bank's program; null when they are.</summary>
    internal static Problem? WhyNot(Caller caller) => caller.Lacks(Role.Bank)
        ?? (caller.BankBin is null ? new Problem("not_allowed.no_bank", $"{caller.UserName} is a bank's account and names no bank.", "Have an administrator make an account of this bank: payengine user add-service NAME --role bank --bank BIN --out F") : null);
}
