using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using NodaTime;
using PaymentEngine.Core;

namespace PaymentEngine.App.Keys;

/// <summary>A private key with its certificate in a file that a person names: PKCS #12 (.p12, .pfx), or PEM with both, the key plain or encrypted.</summary>
public static class SigningKeyFile
{
    /// <summary>A key file has a few KB.</summary>
    const int BytesMax = 256 * 1024;

    /// <summary>Opens the file. Dispose the certificate.</summary>
    /// <param name="path">The file; only its owner may be able to read it.</param>
    /// <param name="password">Of the file; null: it has none.</param>
    /// <param name="now">The certificate must be valid then.</param>
    /// <returns><c>file.missing</c>, <c>keys.open_to_others</c>, <c>signing_key.malformed</c> (also: wrong password), <c>signing_key.no_key</c> or <c>signing_key.not_valid_now</c>.</returns>
    public static Result<X509Certificate2> Open(string path, string? password, Instant now)
    {
        if (!File.Exists(path)) return new Problem("file.missing", $"There is no file {path}.", "Check the name and the folder.").In(path);
        if (!OperatingSystem.IsWindows() && (File.GetUnixFileMode(path) & ~(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute)) != 0)
            return new Problem("keys.open_to_others", $"Other users may read the key file {path}.", $"Run: chmod 600 {path}").In(path);
        if (new FileInfo(path).Length > BytesMax) return Malformed(path, "it is too large for a key");
        X509Certificate2 certificate;
        try
        {
            var bytes = File.ReadAllBytes(path);
            if (bytes.AsSpan().IndexOf("-----BEGIN "u8) >= 0)
            {
                var pem = System.Text.Encoding.UTF8.GetString(bytes);
                certificate = password is null ? X509Certificate2.CreateFromPem(pem, pem) : X509Certificate2.CreateFromEncryptedPem(pem, pem, password);
            }
            else
            {
                certificate = X509CertificateLoader.LoadPkcs12(bytes, password, X509KeyStorageFlags.EphemeralKeySet);
            }
        }
        catch (CryptographicException malformed)
        {
            return Malformed(path, malformed.Message);
        }

        if (!certificate.HasPrivateKey) return Gone(certificate, new Problem("signing_key.no_key", $"{path} holds a certificate and no private key.", "Give the file with both.").In(path));
        var at = now.ToDateTimeUtc();
        if (certificate.NotBefore.ToUniversalTime() > at || certificate.NotAfter.ToUniversalTime() < at)
            return Gone(certificate, new Problem("signing_key.not_valid_now", $"The certificate of {path} is valid from {Text(certificate.NotBefore)} to {Text(certificate.NotAfter)}.", "Sign with a certificate that is valid today.").In(path));
        return certificate;
    }

    static Problem Gone(X509Certificate2 certificate, Problem problem)
    {
        certificate.Dispose();
        return problem;
    }

    static Problem Malformed(string path, string why) => new Problem("signing_key.malformed", $"{path} is not a key with its certificate, or its password is another: {why}",
        "Give a .p12 or .pfx file, or a PEM file with certificate and private key; the password: --sign-password-file F.").In(path);

    static string Text(DateTime day) => day.ToUniversalTime().ToString("yyyy-MM-dd", System.Globalization.CultureInfo.InvariantCulture);
}
