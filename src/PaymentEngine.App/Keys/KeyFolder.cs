using System.Globalization;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using NodaTime;
using PaymentEngine.Core;

namespace PaymentEngine.App.Keys;

/// <summary>The keys of an installation, in a folder of their own (0700, files 0600) outside the database and its backups: who has the copy has no account numbers.</summary>
/// <remarks>
/// <c>data-N.key</c>: AES-256 keys by number; the highest writes, all read. <c>tag.key</c>: the key of equality tags, never changed, since tags would no
/// longer meet. <c>signing.pem</c>: ECDSA P-256 key and self-signed certificate of manifests and audit heads; <c>signing.crt</c> is its public half to hand out.
/// </remarks>
public sealed class KeyFolder
{
    const UnixFileMode OwnerOnlyFile = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    const UnixFileMode OwnerOnlyFolder = OwnerOnlyFile | UnixFileMode.UserExecute;
    const int KeyBytes = 32;

    readonly byte[] tagKey;
    readonly SortedDictionary<short, byte[]> dataKeys;
    readonly string signingPem;

    KeyFolder(string folder, SortedDictionary<short, byte[]> dataKeys, byte[] tagKey, string signingPem) =>
        (Folder, this.dataKeys, this.tagKey, this.signingPem) = (folder, dataKeys, tagKey, signingPem);

    public string Folder { get; }

    /// <summary>The number of the data key that writes.</summary>
    public short CurrentKey => dataKeys.Keys.Last();

    /// <summary>Reads the keys; makes them at the first start.</summary>
    /// <returns><c>keys.open_to_others</c> when other users may read a file, <c>keys.malformed</c> when a file is not a key.</returns>
    public static Result<KeyFolder> Open(string folder, IClock clock)
    {
        Directory.CreateDirectory(folder, OwnerOnlyFolder);
        if (!DataKeyFiles(folder).Any()) Make(folder, "data-1.key", Convert.ToBase64String(RandomNumberGenerator.GetBytes(KeyBytes)));
        if (!File.Exists(Path.Combine(folder, "tag.key"))) Make(folder, "tag.key", Convert.ToBase64String(RandomNumberGenerator.GetBytes(KeyBytes)));
        if (!File.Exists(Path.Combine(folder, "signing.pem"))) Make(folder, "signing.pem", NewSigningPem(clock.GetCurrentInstant()));
        var problems = Problems(folder);
        if (problems.Count > 0) return Result<KeyFolder>.Refuse(problems);
        try
        {
            var dataKeys = new SortedDictionary<short, byte[]>(DataKeyFiles(folder).ToDictionary(file => file.Number, file => Key(file.Path)));
            var signing = File.ReadAllText(Path.Combine(folder, "signing.pem"));
            using var certificate = X509Certificate2.CreateFromPem(signing, signing);
            // A change of the signing key that was stopped between its two files ends here.
            if (File.Exists(Path.Combine(folder, "signing.crt")) && Archived(folder).Contains(FingerprintOf(Path.Combine(folder, "signing.crt")))) File.Delete(Path.Combine(folder, "signing.crt"));
            if (!File.Exists(Path.Combine(folder, "signing.crt"))) Make(folder, "signing.crt", certificate.ExportCertificatePem() + "\n");
            return new KeyFolder(folder, dataKeys, Key(Path.Combine(folder, "tag.key")), signing);
        }
        catch (Exception malformed) when (malformed is FormatException or CryptographicException)
        {
            return new Problem("keys.malformed", $"A file in {folder} is not a key: {malformed.Message}", "Put the key folder back from its own backup. Without the keys account numbers stay cipher text.");
        }
    }

    /// <summary>What is wrong with the rights of an existing folder and its files; empty when only their owner may read them.</summary>
    public static IReadOnlyList<Problem> Problems(string folder) =>
        new DirectoryInfo(folder).EnumerateFiles("*").Where(file => file.Extension is ".key" or ".pem").Cast<FileSystemInfo>().Prepend(new DirectoryInfo(folder))
            .Where(entry => (entry.UnixFileMode & ~OwnerOnlyFolder) != 0)
            .Select(entry => new Problem("keys.open_to_others", $"Other users may reach {entry.FullName}.", $"Run: chmod {(entry is DirectoryInfo ? "700" : "600")} {entry.FullName}")).ToList();

    /// <summary>Uses every key once: seals and opens, signs and checks, and opens an account of the database when there is one.</summary>
    /// <param name="stored">An account as the database holds it, with the number of its data key; null when there is none.</param>
    /// <returns><c>keys.broken</c> when signing key and certificate do not belong together, <c>keys.foreign</c> when the account cannot be opened; null when all is well.</returns>
    public Problem? Try((short Key, byte[] Cipher)? stored)
    {
        using var cipher = OpenCipher();
        using var certificate = SigningCertificate();
        var trial = "trial"u8.ToArray();
        using var handedOut = X509CertificateLoader.LoadCertificateFromFile(Path.Combine(Folder, "signing.crt"));
        if (!ManifestSignature.Fits(ManifestSignature.Sign(trial, certificate, Instant.FromUtc(2026, 1, 1, 0, 0)), trial, handedOut))
            return new Problem("keys.broken", $"What signing.pem in {Folder} signs does not verify with signing.crt.", "Put the key folder back from its own backup.");
        try
        {
            if (stored is { } account) cipher.Decrypt(SecretKind.Account, account.Key, account.Cipher);
            return null;
        }
        catch (CryptographicException foreign)
        {
            return new Problem("keys.foreign", $"The keys in {Folder} do not open the accounts of this database: {foreign.Message}", "Put back the key folder that belongs to this database, or name it in PAYENGINE_KEYS.");
        }
    }

    /// <summary>A cipher for accounts and identity numbers. For one flow at a time; dispose it.</summary>
    public AccountCipher OpenCipher() => new(dataKeys, tagKey);

    /// <summary>The certificate with its private key, to sign manifests and audit heads (ECDSA P-256). Dispose it.</summary>
    public X509Certificate2 SigningCertificate() => X509Certificate2.CreateFromPem(signingPem, signingPem);

    /// <summary>SHA-256 of the signing certificate, as papers publish it and <c>openssl x509 -fingerprint -sha256</c> prints it, without its colons.</summary>
    public string Fingerprint()
    {
        using var certificate = SigningCertificate();
        return Banks.Fingerprints.Of(certificate);
    }

    /// <summary>Fingerprints (SHA-256, lower-case hexadecimal) of the certificates this installation signs with, or signed with before a change of the key (<c>signing-N.crt</c>).</summary>
    public IReadOnlySet<string> SigningFingerprints() => Directory.EnumerateFiles(Folder, "signing*.crt").Select(FingerprintOf).ToHashSet(StringComparer.Ordinal);

    /// <summary>The numbers of the data keys that are here.</summary>
    public IReadOnlyList<short> DataKeys => [.. dataKeys.Keys];

    /// <summary>Makes a new data key, which writes from the next start on; the others go on reading. Its number.</summary>
    public short AddDataKey()
    {
        var number = (short)(CurrentKey + 1);
        Make(Folder, string.Create(CultureInfo.InvariantCulture, $"data-{number}.key"), Convert.ToBase64String(RandomNumberGenerator.GetBytes(KeyBytes)));
        return number;
    }

    /// <summary>Destroys a data key that nothing is sealed with any more. Older backups of the database need it still.</summary>
    public void RemoveDataKey(short number)
    {
        if (number == CurrentKey) throw new InvalidOperationException("The key that writes is not removed.");
        File.Delete(Path.Combine(Folder, string.Create(CultureInfo.InvariantCulture, $"data-{number}.key")));
    }

    /// <summary>Makes a new signing key with its certificate. The old certificate stays as <c>signing-N.crt</c>, so that what it signed can be checked for ever; the old key is gone.</summary>
    public void ChangeSigningKey(Instant now)
    {
        var number = Directory.EnumerateFiles(Folder, "signing-*.crt").Count() + 1;
        File.Copy(Path.Combine(Folder, "signing.crt"), Path.Combine(Folder, string.Create(CultureInfo.InvariantCulture, $"signing-{number}.crt")));
        var beside = Path.Combine(Folder, ".signing.pem.new");
        File.Delete(beside);
        Make(Folder, ".signing.pem.new", NewSigningPem(now));
        File.Move(beside, Path.Combine(Folder, "signing.pem"), overwrite: true);
        File.Delete(Path.Combine(Folder, "signing.crt"));
    }

    static string FingerprintOf(string certificateFile)
    {
        using var certificate = X509CertificateLoader.LoadCertificateFromFile(certificateFile);
        return Convert.ToHexStringLower(SHA256.HashData(certificate.RawData));
    }

    static HashSet<string> Archived(string folder) => [.. Directory.EnumerateFiles(folder, "signing-*.crt").Select(FingerprintOf)];

    static IEnumerable<(short Number, string Path)> DataKeyFiles(string folder) => Directory.EnumerateFiles(folder, "data-*.key")
        .Select(path => (Number: short.TryParse(Path.GetFileNameWithoutExtension(path)["data-".Length..], NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : (short)0, path))
        .Where(file => file.Number > 0);

    static byte[] Key(string path)
    {
        var key = Convert.FromBase64String(File.ReadAllText(path).Trim());
        return key.Length == KeyBytes ? key : throw new FormatException($"{Path.GetFileName(path)} does not hold 32 bytes.");
    }

    /// <summary>Writes beside the place, brings it to the disk and renames; of two programs that start together the first stands and both read it.</summary>
    static void Make(string folder, string name, string text)
    {
        var beside = Path.Combine(folder, $".{name}.{Environment.ProcessId.ToString(CultureInfo.InvariantCulture)}");
        using (var file = new FileStream(beside, new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write, UnixCreateMode = OwnerOnlyFile }))
        {
            file.Write(System.Text.Encoding.ASCII.GetBytes(text));
            file.Flush(flushToDisk: true);
        }
        try
        {
            File.Move(beside, Path.Combine(folder, name), overwrite: false);
        }
        catch (IOException) when (File.Exists(Path.Combine(folder, name)))
        {
            File.Delete(beside);
        }
    }

    static string NewSigningPem(Instant now)
    {
        // Ten years: bundles are verified years later, against the fingerprint that was published with them.
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=PaymentEngine signing", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.DigitalSignature | X509KeyUsageFlags.NonRepudiation, critical: true));
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(false, false, 0, critical: true));
        using var certificate = request.CreateSelfSigned((now - Duration.FromDays(1)).ToDateTimeOffset(), (now + Duration.FromDays(3653)).ToDateTimeOffset());
        return certificate.ExportCertificatePem() + "\n" + key.ExportPkcs8PrivateKeyPem() + "\n";
    }
}
