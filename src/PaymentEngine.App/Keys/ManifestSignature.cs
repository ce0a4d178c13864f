using System.Security.Cryptography;
using System.Security.Cryptography.Pkcs;
using System.Security.Cryptography.X509Certificates;
using NodaTime;
using PaymentEngine.Core;

namespace PaymentEngine.App.Keys;

/// <summary>One who signed.</summary>
/// <param name="Certificate">Dispose it.</param>
/// <param name="SignedAt">As the signer's own clock says; null when the signature does not say.</param>
public sealed record ManifestSigner(X509Certificate2 Certificate, Instant? SignedAt) : IDisposable
{
    public void Dispose() => Certificate.Dispose();
}

/// <summary>A detached CMS signature (RFC 5652) over a manifest, which <c>openssl cms -verify</c> checks with nothing of ours.</summary>
public static class ManifestSignature
{
    /// <summary>A signature with a chain of certificates has some 10 KB; a larger file is none.</summary>
    public const int BytesMax = 256 * 1024;

    const string Sha256 = "2.16.840.1.101.3.4.2.1";

    /// <summary>SHA-256, SHA-384, SHA-512: what older ones bind can be made again.</summary>
    static readonly string[] SoundDigests = [Sha256, "2.16.840.1.101.3.4.2.2", "2.16.840.1.101.3.4.2.3"];

    /// <summary>Signs; the certificate travels inside, so that it can be compared with the published fingerprint.</summary>
    public static byte[] Sign(byte[] manifest, X509Certificate2 certificate, Instant at)
    {
        var signed = new SignedCms(new ContentInfo(manifest), detached: true);
        var signer = new CmsSigner(SubjectIdentifierType.IssuerAndSerialNumber, certificate) { DigestAlgorithm = new Oid(Sha256), IncludeOption = X509IncludeOption.EndCertOnly };
        signer.SignedAttributes.Add(new Pkcs9SigningTime(at.ToDateTimeUtc()));
        signed.ComputeSignature(signer, silent: true);
        return signed.Encode();
    }

    /// <summary>Who signed these very bytes.</summary>
    /// <param name="signature">The file as it came.</param>
    /// <param name="manifest">The bytes it must fit.</param>
    /// <param name="extra">A certificate to look among, for a signature that does not carry its own; null: none.</param>
    /// <returns>The signers, all of whose signatures fit; or <c>signature.malformed</c>, <c>signature.not_detached</c>, <c>signature.weak</c>, <c>signature.no_certificate</c>,
    /// <c>signature.does_not_fit</c>. Whether a signer is to be trusted is another question.</returns>
    public static Result<IReadOnlyList<ManifestSigner>> Read(byte[] signature, byte[] manifest, X509Certificate2? extra = null)
    {
        const string again = "Ask whoever signed for a detached CMS signature (DER) over exactly this manifest: openssl cms -sign -binary -outform DER.";
        var signed = new SignedCms(new ContentInfo(manifest), detached: true);
        try
        {
            var alone = new SignedCms();
            alone.Decode(signature);
            if (alone.ContentInfo.Content.Length > 0) return new Problem("signature.not_detached", "The signature carries content of its own: what it signs is not this manifest.", again);
            signed.Decode(signature);
        }
        catch (CryptographicException malformed)
        {
            return new Problem("signature.malformed", $"The file is not a CMS signature in DER: {malformed.Message}", again);
        }

        if (signed.SignerInfos.Count == 0) return new Problem("signature.malformed", "The file is signed by nobody.", again);
        try
        {
            signed.CheckSignature(extra is null ? [] : [extra], verifySignatureOnly: true);
        }
        catch (CryptographicException wrong)
        {
            return signed.SignerInfos.Cast<SignerInfo>().Any(one => one.Certificate is null && extra is null)
                ? new Problem("signature.no_certificate", "The signature does not carry its certificate.", "Name the certificate: --cert FILE; or ask for a signature that carries it.")
                : new Problem("signature.does_not_fit", $"The signature is not one over this manifest: {wrong.Message}", again);
        }

        var signers = new List<ManifestSigner>();
        foreach (var one in signed.SignerInfos)
        {
            if (!SoundDigests.Contains(one.DigestAlgorithm.Value)) return new Problem("signature.weak", $"The signature uses the digest {one.DigestAlgorithm.FriendlyName ?? one.DigestAlgorithm.Value}.", "Sign with SHA-256 or a longer one.");
            if ((one.Certificate ?? extra) is not { } certificate) return new Problem("signature.no_certificate", "The signature does not carry its certificate.", "Name the certificate: --cert FILE.");
            var time = one.SignedAttributes.Cast<CryptographicAttributeObject>().SelectMany(attribute => attribute.Values.Cast<AsnEncodedData>()).OfType<Pkcs9SigningTime>().FirstOrDefault();
            signers.Add(new(X509CertificateLoader.LoadCertificate(certificate.RawData), time is null ? null : Instant.FromDateTimeUtc(DateTime.SpecifyKind(time.SigningTime, DateTimeKind.Utc))));
        }

        return signers;
    }

    /// <summary>True when the signature fits the manifest and was made with this certificate's key.</summary>
    public static bool Fits(byte[] signature, byte[] manifest, X509Certificate2 certificate)
    {
        if (!Read(signature, manifest, certificate).TryGet(out var signers)) return false;
        var fits = signers.Count == 1 && signers[0].Certificate.RawData.AsSpan().SequenceEqual(certificate.RawData);
        foreach (var signer in signers) signer.Dispose();
        return fits;
    }
}
