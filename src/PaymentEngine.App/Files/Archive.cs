using System.Globalization;
using System.Security.Cryptography;
using PaymentEngine.Core;

namespace PaymentEngine.App.Files;

/// <summary>A file kept byte for byte.</summary>
/// <param name="Sha256">Digest of the bytes; also its name.</param>
/// <param name="SizeBytes">Bytes.</param>
/// <param name="StoredAs">Path below the archive folder.</param>
public sealed record KeptFile(byte[] Sha256, long SizeBytes, string StoredAs)
{
    /// <summary>The digest as <c>sha256sum</c> prints it.</summary>
    public string Hex => Convert.ToHexStringLower(Sha256);
}

/// <summary>Everything that came in, byte for byte, named by its SHA-256: the same bytes are kept once. After a crash at any point there is the whole file or none.</summary>
public sealed class Archive(IFiles files, string folder)
{
    const int BufferBytes = 1 << 16;
    static int arrivals;

    /// <summary>Keeps the bytes of a file; what is there already stays.</summary>
    public Result<KeptFile> Keep(string path)
    {
        if (files.WhyUnreadable(path) is { } unreadable) return unreadable;
        files.MakeFolder(folder);
        // Copied first and named after: the digest is that of the very bytes that are kept, also when somebody writes into the file meanwhile.
        // Two programs may receive at once: each writes into a file of its own.
        var arriving = Path.Combine(folder, string.Create(CultureInfo.InvariantCulture, $"arriving-{Environment.ProcessId}-{Interlocked.Increment(ref arrivals)}.tmp"));
        files.Delete(arriving);
        long size = 0;
        byte[] digest;
        using (var source = files.Read(path))
        using (var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256))
        using (var target = files.Create(arriving))
        {
            var buffer = new byte[BufferBytes];
            for (int read; (read = source.Read(buffer)) > 0; size += read)
            {
                hash.AppendData(buffer, 0, read);
                target.Write(buffer, 0, read);
            }
            digest = hash.GetHashAndReset();
            files.FlushToDisk(target);
        }
        var name = Convert.ToHexStringLower(digest);
        var storedAs = Path.Combine(name[..2], name);
        var place = Path.Combine(folder, storedAs);
        if (files.Exists(place))
        {
            files.Delete(arriving);
            return new KeptFile(digest, size, storedAs);
        }
        files.MakeFolder(Path.GetDirectoryName(place)!);
        try
        {
            files.Rename(arriving, place);
        }
        catch (IOException) when (files.Exists(place))
        {
            files.Delete(arriving); // Another program has just kept the same bytes.
        }
        files.FlushFolder(Path.GetDirectoryName(place)!);
        return new KeptFile(digest, size, storedAs);
    }

    /// <summary>Opens a kept file.</summary>
    public Stream Open(string storedAs) => files.Read(Path.Combine(folder, storedAs));
}
