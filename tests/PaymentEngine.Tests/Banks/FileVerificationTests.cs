using System.Security.Cryptography;
using System.Security.Cryptography.Pkcs;
using System.Security.Cryptography.X509Certificates;
using NodaTime;
using PaymentEngine.App.Banks;
using PaymentEngine.App.Files;
using PaymentEngine.App.Keys;
using PaymentEngine.Core.Money;
using PaymentEngine.Core.Payments;
using PaymentEngine.Messages;
using PaymentEngine.Messages.Iso20022;
using PaymentEngine.Postgres;

namespace PaymentEngine.Tests.Banks;

/// <summary>The bank's side: three files that hang together, then one thing changed at a time.</summary>
public sealed class FileVerificationTests : IDisposable
{
    static readonly Instant Now = Instant.FromUtc(2026, 11, 2, 1, 30);
    readonly string folder = Directory.CreateTempSubdirectory("pe-verify-").FullName;
    readonly DiskFiles files = new(new ActionCounter());
    readonly X509Certificate2 signer = Certificate("CN=So Noi vu Nghe An");
    readonly string path;

    public FileVerificationTests() => path = Release(1);

    public void Dispose()
    {
        signer.Dispose();
        Directory.Delete(folder, recursive: true);
    }

    string ManifestPath => Path.ChangeExtension(path, "json");

    string SignaturePath => ManifestPath + ".p7s";

    [Fact]
    public void A_file_that_fits_its_manifest_and_signature_may_be_loaded_and_shows_who_signed()
    {
        var one = Assert.Single(Verify(path));
        Assert.Empty(one.Problems);
        Assert.Equal((3, 1_500_000L), (one.Manifest!.Count, one.Manifest.Sum.Amount));
        var shown = Assert.Single(one.Signers);
        Assert.Equal((Fingerprints.Of(signer), false), (shown.Fingerprint, shown.Compared));
        // The manifest names the file as well as the file the manifest; a folder is the same.
        Assert.Empty(Assert.Single(Verify(ManifestPath)).Problems);
        Assert.Empty(Assert.Single(Verify(folder)).Problems);
    }

    [Fact]
    public void Every_changed_byte_of_a_file_is_found()
    {
        var bytes = File.ReadAllBytes(path);
        for (var at = 0; at < bytes.Length; at += 97)
        {
            var changed = (byte[])bytes.Clone();
            changed[at] ^= 1;
            File.WriteAllBytes(path, changed);
            Assert.Contains("bank_verify.hash", Codes(path));
        }
    }

    [Fact]
    public void Every_changed_byte_of_a_manifest_is_found()
    {
        var bytes = File.ReadAllBytes(ManifestPath);
        for (var at = 0; at < bytes.Length; at++)
        {
            var changed = (byte[])bytes.Clone();
            changed[at] ^= 1;
            File.WriteAllBytes(ManifestPath, changed);
            Assert.NotEmpty(Codes(path));
        }
    }

    [Fact]
    public void An_amount_changed_together_with_the_manifests_hash_is_found_by_sum_list_hash_and_signature()
    {
        var text = File.ReadAllText(path).Replace(">500000</InstdAmt>", ">600000</InstdAmt>", StringComparison.Ordinal).Replace(">1500000</CtrlSum>", ">1800000</CtrlSum>", StringComparison.Ordinal);
        File.WriteAllText(path, text);
        var manifest = File.ReadAllText(ManifestPath).Replace(OldHash(), Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(path))), StringComparison.Ordinal);
        File.WriteAllText(ManifestPath, manifest);
        Assert.Equal(["bank_verify.batch", "bank_verify.list_hash", "bank_verify.sum", "signature.does_not_fit"], Codes(path).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void An_account_changed_and_everything_computed_anew_by_somebody_else_shows_another_signer()
    {
        var text = File.ReadAllText(path).Replace("001100000002", "009900000002", StringComparison.Ordinal);
        File.WriteAllText(path, text);
        Resign(Certificate("CN=Somebody else"));
        Assert.Empty(Codes(path));
        Assert.Equal(["bank_verify.other_signer"], Codes(path, new(signer, null)));
        Assert.Equal(["bank_verify.other_signer"], Codes(path, new(null, Fingerprints.Of(signer))));
    }

    [Fact]
    public void The_named_certificate_its_issuer_and_its_fingerprint_are_recognised()
    {
        Assert.True(Assert.Single(Verify(path, new(signer, null))[0].Signers).Compared);
        Assert.True(Assert.Single(Verify(path, new(null, Fingerprints.Of(signer)))[0].Signers).Compared);

        using var authority = Certificate("CN=Authority", isAuthority: true);
        using var issued = Issued(authority);
        Resign(issued);
        Assert.True(Assert.Single(Verify(path, new(authority, null))[0].Signers).Compared);
        Assert.Equal(["bank_verify.other_signer"], Codes(path, new(signer, null)));
    }

    [Fact]
    public void A_signature_over_content_of_its_own_is_refused()
    {
        var signed = new SignedCms(new ContentInfo(File.ReadAllBytes(ManifestPath)), detached: false);
        signed.ComputeSignature(new CmsSigner(signer), silent: true);
        File.WriteAllBytes(SignaturePath, signed.Encode());
        Assert.Equal(["signature.not_detached"], Codes(path));
        var other = new SignedCms(new ContentInfo("other"u8.ToArray()), detached: false);
        other.ComputeSignature(new CmsSigner(signer), silent: true);
        File.WriteAllBytes(SignaturePath, other.Encode());
        Assert.Equal(["signature.not_detached"], Codes(path));
    }

    [Fact]
    public void A_signature_with_a_weak_digest_or_of_another_manifest_or_no_signature_is_refused()
    {
        var weak = new SignedCms(new ContentInfo(File.ReadAllBytes(ManifestPath)), detached: true);
        weak.ComputeSignature(new CmsSigner(signer) { DigestAlgorithm = new Oid("1.3.14.3.2.26") }, silent: true);
        File.WriteAllBytes(SignaturePath, weak.Encode());
        Assert.Equal(["signature.weak"], Codes(path));
        File.Copy(Path.ChangeExtension(Release(2), "json") + ".p7s", SignaturePath, overwrite: true);
        Assert.Equal(["signature.does_not_fit"], Codes(path));
        File.WriteAllText(SignaturePath, "nothing of the kind");
        Assert.Equal(["signature.malformed"], Codes(path));
    }

    [Fact]
    public void What_is_missing_is_named()
    {
        File.Delete(SignaturePath);
        Assert.Equal(["bank_verify.no_signature"], Codes(path));
        File.Delete(path);
        Assert.Contains("bank_verify.no_file", Codes(folder));
        File.Delete(ManifestPath);
        Assert.Equal("bank_verify.nothing", new FileVerification(files, new(null, null)).Verify(folder).Problems[0].Code);
        Assert.Equal("file.missing", new FileVerification(files, new(null, null)).Verify(path).Problems[0].Code);
        File.WriteAllText(path, "<a/>");
        Assert.Equal(["bank_verify.no_manifest"], Codes(path));
    }

    [Fact]
    public void A_manifest_that_points_out_of_its_folder_or_says_that_one_person_did_all_is_refused()
    {
        var text = File.ReadAllText(ManifestPath);
        File.WriteAllText(ManifestPath, text.Replace("\"file\": \"", "\"file\": \"../", StringComparison.Ordinal));
        Assert.Contains("bank_verify.file_name", Codes(path));
        File.WriteAllText(ManifestPath, text.Replace("minh", "lan", StringComparison.Ordinal));
        Assert.Contains("bank_verify.one_person", Codes(path));
        File.WriteAllText(ManifestPath, text.Replace("\"count\": 3,\n  \"created_at\"", "\"count\": 3.5,\n  \"created_at\"", StringComparison.Ordinal));
        Assert.Equal(["manifest.incomplete"], Codes(path));
        File.WriteAllText(ManifestPath, text + text);
        Assert.Equal(["manifest.malformed"], Codes(path));
        File.WriteAllText(ManifestPath, new string(' ', ManifestReader.BytesMax + 1));
        Assert.Equal(["manifest.too_large"], Codes(path));
    }

    [Fact]
    public void The_same_list_twice_in_a_folder_is_found()
    {
        var second = Release(2, listNo: 1);
        Assert.Equal(["bank_verify.same_list"], Codes(folder));
        Assert.Empty(Codes(second));
    }

    IReadOnlyList<VerifiedFile> Verify(string at, TrustedSigner? trusted = null) => new FileVerification(files, trusted ?? new(null, null)).Verify(at).Value;

    List<string> Codes(string at, TrustedSigner? trusted = null) => [.. Verify(at, trusted).SelectMany(file => file.Problems).Select(problem => problem.Code)];

    string OldHash() => ManifestReader.Read(File.ReadAllBytes(ManifestPath)).Value.Sha256;

    /// <summary>Makes manifest and signature anew for the file as it lies there.</summary>
    void Resign(X509Certificate2 certificate)
    {
        using var stream = File.OpenRead(path);
        var read = Pain001Reader.ReadBack(stream).Value;
        var written = new WrittenFile(Path.GetFileName(path), new FileInfo(path).Length, Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(path))), read.Count, read.Sum, read.ListHash, read.AccountHashTotal);
        var manifest = Manifest.Write(written, Batch(1, 1), BankProfiles.Generic, "40-2611-001", "lan", [new("minh", Now)]);
        File.WriteAllBytes(ManifestPath, manifest);
        File.WriteAllBytes(SignaturePath, ManifestSignature.Sign(manifest, certificate, Now));
    }

    string Release(int fileNo, int? listNo = null)
    {
        var file = Batch(fileNo, listNo ?? fileNo);
        var at = Path.Combine(folder, file.FileName);
        WrittenFile written;
        using (var stream = File.Create(at)) written = Pain001Writer.Write(stream, file, BankProfiles.Generic);
        var manifest = Manifest.Write(written, file, BankProfiles.Generic, "40-2611-001", "lan", [new("minh", Now)]);
        File.WriteAllBytes(Path.ChangeExtension(at, "json"), manifest);
        File.WriteAllBytes(Path.ChangeExtension(at, "json") + ".p7s", ManifestSignature.Sign(manifest, signer, Now));
        return at;
    }

    static BatchFile Batch(int fileNo, int listNo)
    {
        var id = new MessageId(40, new LocalDate(2026, 11, 2), fileNo, 1);
        return new BatchFile
        {
            MessageId = id.ToString(), CreatedAt = new LocalDateTime(2026, 11, 2, 8, 30).WithOffset(Offset.FromHours(7)), PayerName = "SO NOI VU", Count = 3, Sum = new Vnd(1_500_000),
            Batches =
            [
                new PaymentBatch
                {
                    BatchId = id.Batch(1), ExecutionDate = new LocalDate(2026, 11, 2), DebtorName = "SO NOI VU", DebtorAccount = "3600201001234", DebtorBic = "VBAAVNVX", CategoryPurpose = "SSBE",
                    Count = 3, Sum = new Vnd(1_500_000),
                    Payments = Enumerable.Range(1, 3).Select(line => new PaymentInstruction(new InstructionId(40, new YearMonth(2026, 11), listNo, line, 1), new Vnd(500_000), "970436", "BFTVVNVX", null,
                        "TRAN THI BUOI", FormattableString.Invariant($"00110000000{line}"), "SSBE", "TRO CAP T11/2026")),
                },
            ],
        };
    }

    static X509Certificate2 Certificate(string name, bool isAuthority = false)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest(name, key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(isAuthority, false, 0, critical: true));
        return request.CreateSelfSigned(Now.ToDateTimeOffset().AddDays(-1), Now.ToDateTimeOffset().AddDays(365));
    }

    static X509Certificate2 Issued(X509Certificate2 authority)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=Token of Nguyen Thi Lan", key, HashAlgorithmName.SHA256);
        using var issued = request.Create(authority, Now.ToDateTimeOffset().AddDays(-1), Now.ToDateTimeOffset().AddDays(100), [1, 2, 3]);
        return issued.CopyWithPrivateKey(key);
    }
}
