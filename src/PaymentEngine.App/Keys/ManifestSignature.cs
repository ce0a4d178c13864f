using System.Security.Cryptography;
using System.Security.Cryptography.Pkcs;
using System.Security.Cryptography.X509Certificates;
using NodaTime;

namespace PaymentEngine.App.Keys;

/// <summary>A detached CMS signature (RFC 5652) over a manifest, which <c>openssl cms -verify</c> checks with nothing of ours.</summary>
public static class ManifestSignature
{
    /// <summary>Signs; the certificate travels inside, so that it can be compared with the published fingerprint.</summary>
    public static byte[] Sign(byte[] manifest, X509Certificate2 certificate, Instant at)
    {
        var signed = new SignedCms(new ContentInfo(manifest), detached: true);
        var signer = new CmsSigner(SubjectIdentifierType.IssuerAndSerialNumber, certificate) { DigestAlgorithm = new Oid("2.16.840.1.101.3.4.2.1"), IncludeOption = X509IncludeOption.EndCertOnly };
        signer.SignedAttributes.Add(new Pkcs9SigningTime(at.ToDateTimeUtc()));
        signed.ComputeSignature(signer, silent: true);
        return signed.Encode();
    }

    /// <summary>True when the signature fits the manifest and was made with this certificate's key.</summary>
    public static bool Fits(byte[] signature, byte[] manifest, X509Certificate2 certificate)
    {
        try
        {
            var signed = new SignedCms(new ContentInfo(manifest), detached: true);
            signed.Decode(signature);
            signed.CheckSignature(verifySignatureOnly: true);
            return signed.SignerInfos.Count == 1 && signed.SignerInfos[0].Certificate is { } signer && signer.RawData.AsSpan().SequenceEqual(certificate.RawData);
        }
        catch (CryptographicException)
        {
            return false;
        }
    }
}
