using System.Globalization;
using System.Security.Cryptography.X509Certificates;
using NodaTime;
using NodaTime.Text;
using PaymentEngine.App.Files;
using PaymentEngine.App.Keys;
using PaymentEngine.Core;
using PaymentEngine.Core.Money;
using PaymentEngine.Messages;
using PaymentEngine.Messages.Iso20022;

namespace PaymentEngine.App.Banks;

/// <summary>Who signed a file's manifest.</summary>
/// <param name="Subject">Of the certificate.</param>
/// <param name="Fingerprint">SHA-256 of the certificate, lower-case hexadecimal.</param>
/// <param name="Compared">True when it is the certificate, or was issued by the certificate, that the reader named; false when the reader named none.</param>
public sealed record VerifiedSigner(string Subject, string Fingerprint, Instant? SignedAt, bool Compared);

/// <summary>A payment file held against its manifest.</summary>
public sealed record VerifiedFile
{
    public required string File { get; init; }
    public ManifestContent? Manifest { get; init; }
    public IReadOnlyList<VerifiedSigner> Signers { get; init; } = [];

    /// <summary>What does not fit, each with its place; empty when the file may be loaded.</summary>
    public required IReadOnlyList<Problem> Problems { get; init; }
}

/// <summary>The certificate a reader trusts: a file of it, or its fingerprint from paper; both null: none is named, and the signer's is only shown.</summary>
public sealed record TrustedSigner(X509Certificate2? Certificate, string? Fingerprint);

/// <summary>The bank's side of a release: payment files checked against their manifests and signatures, with nothing but the files themselves. Needs no database and no key of ours.</summary>
/// <remarks>What the manifest says is computed anew from the file: hash, size, counts, sums, list hash, account hash total. What it does not prove: that an account is the right person's.</remarks>
public sealed class FileVerification(IFiles files, TrustedSigner trusted)
{
    const string Remedy = "Do not load the file. Ask the sender, by another way than this one came.";
    static readonly string[] PaymentFiles = [".xml", ".csv", ".xlsx"];

    /// <summary>Checks one file (payment file or manifest), or every one of a folder.</summary>
    /// <returns>Every file with what does not fit; <c>file.missing</c> or <c>bank_verify.nothing</c> when there is none.</returns>
    public Result<IReadOnlyList<VerifiedFile>> Verify(string path)
    {
        var named = new List<string>();
        if (Directory.Exists(path))
        {
            var names = files.List(path);
            named.AddRange(names.Where(IsPaymentFile).Select(name => Path.Combine(path, name)));
            // A manifest whose file is missing is a fault too: a file was lost on the way.
            named.AddRange(names.Where(IsManifest).Where(name => !PaymentFiles.Any(extension => names.Contains(Base(name) + extension))).Select(name => Path.Combine(path, name)));
            if (named.Count == 0) return new Problem("bank_verify.nothing", $"{path} holds no payment file and no manifest.", "Name the folder with the files as they came.").In(path);
        }
        else
        {
            if (files.WhyUnreadable(path) is { } unreadable) return unreadable;
            named.Add(path);
        }

        var verified = named.Select(VerifyOne).ToList();
        return Result<IReadOnlyList<VerifiedFile>>.Ok(verified.Select(one => one with { Problems = [.. one.Problems, .. Again(one, verified)] }).ToList());
    }

    VerifiedFile VerifyOne(string path)
    {
        var manifestPath = IsManifest(path) ? path : Path.ChangeExtension(path, null) + Manifest.Extension;
        var problems = new List<Problem>();
        if (!files.Exists(manifestPath))
            return new() { File = path, Problems = [Wrong("no_manifest", $"The file has no manifest ({Path.GetFileName(manifestPath)}) beside it.", path)] };
        var bytes = Small(manifestPath, ManifestReader.BytesMax);
        var read = ManifestReader.Read(bytes ?? [], manifestPath);
        if (!read.TryGet(out var manifest)) return new() { File = path, Problems = read.Problems };
        var signers = Signers(manifestPath, bytes!, problems);
        if (manifest.ApprovedBy.All(approval => approval.Person == manifest.PreparedBy))
            problems.Add(Wrong("one_person", $"The manifest says that {manifest.PreparedBy} prepared and approved the file.", manifestPath));
        // Only the name counts, never a folder: the manifest comes from outside.
        if (manifest.File != Path.GetFileName(manifest.File) || !IsPaymentFile(manifest.File))
            problems.Add(Wrong("file_name", $"The manifest names the file '{manifest.File}', which is no name of a payment file.", manifestPath));
        else if (Path.Combine(Path.GetDirectoryName(path) ?? "", manifest.File) is var file && !files.Exists(file))
            problems.Add(Wrong("no_file", $"The manifest's file {manifest.File} is not beside it.", manifestPath));
        else if (!IsManifest(path) && Path.GetFileName(path) != manifest.File)
            problems.Add(Wrong("file_name", $"The manifest beside it is about {manifest.File}.", path));
        else
            Content(file, manifest, problems);
        return new() { File = path, Manifest = manifest, Signers = signers, Problems = problems };
    }

    void Content(string path, ManifestContent manifest, List<Problem> problems)
    {
        var name = Path.GetFileName(path);
        Compare("bytes", files.Size(path).ToString(CultureInfo.InvariantCulture), manifest.Bytes.ToString(CultureInfo.InvariantCulture), "bytes");
        Compare("hash", FileWriting.Sha256Of(files, path), manifest.Sha256, "SHA-256");
        if (manifest.Batches.Sum(batch => (long)batch.Count) != manifest.Count || manifest.Batches.Sum(batch => batch.Sum.Amount) != manifest.Sum.Amount)
            problems.Add(Wrong("manifest_sums", "The manifest's batches do not add up to its own count and sum.", path));
        if (Path.GetExtension(path) == ".xml") Pain001(path, manifest, problems, Compare);
        else PaymentList(path, manifest, problems, Compare);

        void Compare(string code, string found, string said, string what)
        {
            if (found != said) problems.Add(Wrong(code, $"{what}: the file has {found}, its manifest says {said}.", name));
        }
    }

    void Pain001(string path, ManifestContent manifest, List<Problem> problems, Action<string, string, string, string> compare)
    {
        using var stream = new BufferedStream(files.Read(path), 1 << 16);
        var read = Pain001Reader.ReadBack(stream);
        if (!read.TryGet(out var found))
        {
            problems.AddRange(read.Problems.Select(problem => (problem with { Remedy = Remedy }).In(Path.GetFileName(path), problem.At?.Line)));
            return;
        }

        compare("message", found.MessageVersion, manifest.Message, "message");
        compare("msg_id", found.MessageId ?? "none", manifest.MessageId, "MsgId");
        if (found.Header is { } header) compare("header", header, $"{manifest.MessageId} {manifest.Message}", "business header");
        compare("created_at", found.CreatedAt ?? "none", manifest.CreatedAt, "CreDtTm");
        compare("count", Text(found.Count), Text(manifest.Count), "payments");
        compare("sum", Text(found.Sum.Amount), Text(manifest.Sum.Amount), "sum in đồng");
        compare("list_hash", found.ListHash, manifest.ListHash, "list hash");
        compare("account_hash_total", Text(found.AccountHashTotal), Text(manifest.AccountHashTotal), "account hash total");
        compare("batch", Text(found.Batches.Count), Text(manifest.Batches.Count), "batches");
        foreach (var (batch, said) in found.Batches.Zip(manifest.Batches))
        {
            compare("batch", batch.BatchId ?? "none", said.BatchId, "PmtInfId");
            compare("batch", $"{batch.ExecutionDate}, {Text(batch.Count)} of {Text(batch.Sum.Amount)}", $"{LocalDatePattern.Iso.Format(said.ExecutionDate)}, {Text(said.Count)} of {Text(said.Sum.Amount)}", $"batch {said.BatchId}");
            compare("debtor_account", Tail(batch.DebtorAccount), Tail(said.DebtorAccount), $"last figures of the debtor account of batch {said.BatchId}");
        }
    }

    /// <summary>A spreadsheet's rows are read by the layout of the profile it was written by: the very version, since another may read other columns.</summary>
    void PaymentList(string path, ManifestContent manifest, List<Problem> problems, Action<string, string, string, string> compare)
    {
        if (BankProfiles.Find(manifest.BankProfile) is not { } profile || profile.Version != manifest.BankProfileVersion || PaymentFileFormats.Extension(profile.FileKind) != Path.GetExtension(path))
        {
            problems.Add(Wrong("profile", $"The file was written by version {Text(manifest.BankProfileVersion)} of the bank profile '{manifest.BankProfile}', which is not here: its rows cannot be read.", Path.GetFileName(path))
                with { Remedy = "Use the sender's release of this program, or its profile file in the folder named by PAYENGINE_PROFILES." });
            return;
        }

        using var stream = new BufferedStream(files.Read(path), 1 << 16);
        var read = PaymentFileFormats.ReadBack(stream, profile);
        if (!read.TryGet(out var found))
        {
            problems.AddRange(read.Problems.Select(problem => (problem with { Remedy = Remedy }).In(Path.GetFileName(path), problem.At?.Line)));
            return;
        }

        compare("msg_id", found.MessageId ?? manifest.MessageId, manifest.MessageId, "MsgId");
        compare("count", Text(found.Count), Text(manifest.Count), "payments");
        compare("sum", Text(found.Sum.Amount), Text(manifest.Sum.Amount), "sum in đồng");
        compare("list_hash", found.ListHash, manifest.ListHash, "list hash");
        compare("account_hash_total", Text(found.AccountHashTotal), Text(manifest.AccountHashTotal), "account hash total");
    }

    List<VerifiedSigner> Signers(string manifestPath, byte[] manifest, List<Problem> problems)
    {
        var path = manifestPath[..^Manifest.Extension.Length] + Manifest.SignatureExtension;
        if (!files.Exists(path))
        {
            problems.Add(Wrong("no_signature", $"The manifest has no signature ({Path.GetFileName(path)}) beside it.", manifestPath));
            return [];
        }

        var read = ManifestSignature.Read(Small(path, ManifestSignature.BytesMax) ?? [], manifest, trusted.Certificate);
        if (!read.TryGet(out var signers))
        {
            problems.AddRange(read.Problems.Select(problem => (problem with { Remedy = Remedy }).In(path)));
            return [];
        }

        var found = new List<VerifiedSigner>();
        foreach (var signer in signers)
        {
            using (signer)
            {
                var fingerprint = Fingerprints.Of(signer.Certificate);
                var (at, compared) = (signer.SignedAt?.ToDateTimeUtc(), false);
                if (at is { } signed && (signer.Certificate.NotBefore.ToUniversalTime() > signed || signer.Certificate.NotAfter.ToUniversalTime() < signed))
                    problems.Add(Wrong("certificate_time", $"The certificate {signer.Certificate.Subject} was not valid when it was signed with ({InstantPattern.General.Format(signer.SignedAt!.Value)}).", path));
                if (trusted.Fingerprint is not null || trusted.Certificate is not null)
                {
                    compared = trusted.Fingerprint is { } wanted ? wanted == fingerprint : IssuedBy(signer, trusted.Certificate!);
                    if (!compared)
                        problems.Add(Wrong("other_signer", $"The signature is by {signer.Certificate.Subject}, fingerprint {fingerprint}, which is not the certificate you named.", path));
                }

                found.Add(new(signer.Certificate.Subject, fingerprint, signer.SignedAt, compared));
            }
        }

        return found;
    }

    /// <summary>The very certificate, or one that it issued. Nothing is asked of a network, so a revocation is not seen.</summary>
    static bool IssuedBy(ManifestSigner signer, X509Certificate2 named)
    {
        if (signer.Certificate.RawData.AsSpan().SequenceEqual(named.RawData)) return true;
        using var chain = new X509Chain();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.CustomTrustStore.Add(named);
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        chain.ChainPolicy.DisableCertificateDownloads = true;
        if (signer.SignedAt is { } at) chain.ChainPolicy.VerificationTime = at.ToDateTimeUtc();
        return chain.Build(signer.Certificate);
    }

    /// <summary>Two files of a folder with one list: the second would pay everybody twice.</summary>
    static IEnumerable<Problem> Again(VerifiedFile one, List<VerifiedFile> all)
    {
        foreach (var other in all.TakeWhile(other => !ReferenceEquals(other, one)))
        {
            if (other.Manifest?.ListHash is { } hash && hash == one.Manifest?.ListHash) yield return Wrong("same_list", $"It pays the same list as {Path.GetFileName(other.File)}.", one.File);
            else if (other.Manifest?.MessageId is { } id && id == one.Manifest?.MessageId) yield return Wrong("same_id", $"It has the MsgId of {Path.GetFileName(other.File)}.", one.File);
        }
    }

    byte[]? Small(string path, int bytesMax)
    {
        // One byte more than allowed is enough to see that it is too much.
        using var stream = files.Read(path);
        var bytes = new byte[bytesMax + 1];
        var read = stream.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false);
        return bytes[..read];
    }

    static bool IsPaymentFile(string name) => PaymentFiles.Contains(Path.GetExtension(name));

    static bool IsManifest(string name) => name.EndsWith(Manifest.Extension, StringComparison.Ordinal);

    static string Base(string manifest) => manifest[..^Manifest.Extension.Length];

    static string Tail(string? account) => account is null ? "none" : account.Length <= 4 ? account : account[^4..];

    static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);

    static Problem Wrong(string code, string message, string path) => new Problem("bank_verify." + code, message, Remedy).In(path);
}
