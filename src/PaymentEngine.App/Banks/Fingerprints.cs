using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace PaymentEngine.App.Banks;

/// <summary>Short forms of keys that people compare by telephone or on paper.</summary>
public static class Fingerprints
{
    /// <summary>As <c>ssh-keygen -l</c> prints it.</summary>
    /// <param name="hostKey">Type and base64.</param>
    /// <exception cref="FormatException">It is not such a key.</exception>
    public static string OfHostKey(string hostKey) => "SHA256:" + Convert.ToBase64String(SHA256.HashData(Convert.FromBase64String(hostKey.Split(' ')[1]))).TrimEnd('=');

    /// <summary>SHA-256 of a certificate in lower-case hexadecimal: as <c>openssl x509 -fingerprint -sha256</c> prints it, without its colons.</summary>
    public static string Of(X509Certificate2 certificate) => Convert.ToHexStringLower(SHA256.HashData(certificate.RawData));
}
