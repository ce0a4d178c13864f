using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using NodaTime;
using PaymentEngine.Core;

namespace PaymentEngine.App.Web;

/// <summary>The certificate of the web door: the office's own, or one made here and kept in the key folder.</summary>
public static class WebCertificates
{
    /// <summary>The self-signed one, in the key folder: key and certificate.</summary>
    public const string FileName = "web-tls.pem";

    /// <summary>Browsers take a certificate of 398 days at most.</summary>
    const int Days = 397;

    const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    /// <summary>Reads a certificate with its private key.</summary>
    /// <param name="certificateFile">PEM with the chain, or PKCS #12 (<c>.pfx</c>, <c>.p12</c>).</param>
    /// <param name="keyFile">PEM; null when the key stands in the certificate's file.</param>
    /// <param name="password">Of a PKCS #12 file.</param>
    /// <param name="now">The clock.</param>
    /// <returns><c>web.certificate</c> when it cannot be read, has no key or is over; <c>web.key_open_to_others</c>.</returns>
    public static Result<X509Certificate2> Read(string certificateFile, string? keyFile, string? password, Instant now)
    {
        foreach (var file in new[] { certificateFile, keyFile }.OfType<string>())
            if (!File.Exists(file)) return new Problem("usage.file", $"There is no file {file}.", "Name the certificate with --tls-cert and its key with --tls-key.");
        var secret = keyFile ?? certificateFile;
        if ((File.GetUnixFileMode(secret) & (UnixFileMode.GroupRead | UnixFileMode.OtherRead | UnixFileMode.GroupWrite | UnixFileMode.OtherWrite)) != 0)
            return new Problem("web.key_open_to_others", $"Other users may reach {secret}.", $"Run: chmod 600 {secret}");
        try
        {
            var certificate = Path.GetExtension(certificateFile) is ".pfx" or ".p12" ? X509CertificateLoader.LoadPkcs12FromFile(certificateFile, password) : X509Certificate2.CreateFromPemFile(certificateFile, keyFile);
            return !certificate.HasPrivateKey ? Unfit($"{certificateFile} holds no private key.") : certificate.NotAfter.ToUniversalTime() <= now.ToDateTimeUtc() ? Unfit($"The certificate {certificate.Subject} is over.") : certificate;
        }
        catch (CryptographicException malformed)
        {
            return Unfit($"{certificateFile} is no certificate with its key: {malformed.Message}");
        }

        static Problem Unfit(string what) => new("web.certificate", what, "Name a PEM certificate with --tls-cert and its key with --tls-key, or a PKCS #12 file with --tls-cert F.pfx and --tls-password-file F.");
    }

    /// <summary>The self-signed certificate of a host, made anew when there is none, it is for another host, or it ends within a month.</summary>
    public static X509Certificate2 SelfSigned(string keyFolder, string host, IPAddress address, Instant now)
    {
        var path = Path.Combine(keyFolder, FileName);
        if (File.Exists(path))
        {
            var kept = X509Certificate2.CreateFromPemFile(path);
            if (kept.MatchesHostname(host) && kept.NotAfter.ToUniversalTime() > (now + Duration.FromDays(30)).ToDateTimeUtc()) return kept;
            kept.Dispose();
        }

        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=PaymentEngine web", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        if (IPAddress.TryParse(host.Trim('[', ']'), out var literal)) names.AddIpAddress(literal);
        else names.AddDnsName(host);
        if (!address.Equals(IPAddress.Any) && !address.Equals(IPAddress.IPv6Any) && !address.Equals(literal)) names.AddIpAddress(address);
        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.DigitalSignature, critical: true));
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid("1.3.6.1.5.5.7.3.1")], critical: false));
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(false, false, 0, critical: true));
        using var made = request.CreateSelfSigned((now - Duration.FromDays(1)).ToDateTimeOffset(), (now + Duration.FromDays(Days)).ToDateTimeOffset());
        var beside = path + ".new";
        File.Delete(beside);
        using (var file = new FileStream(beside, new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, UnixCreateMode = OwnerOnly }))
        {
            file.Write(System.Text.Encoding.ASCII.GetBytes(made.ExportCertificatePem() + "\n" + key.ExportPkcs8PrivateKeyPem() + "\n"));
            file.Flush(flushToDisk: true);
        }

        File.Move(beside, path, overwrite: true);
        return X509Certificate2.CreateFromPemFile(path);
    }
}
