using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using NodaTime;
using PaymentEngine.App.Keys;
using PaymentEngine.Core.Recipients;

namespace PaymentEngine.Tests.Keys;

public sealed class AccountCipherTests : IDisposable
{
    readonly string folder = Directory.CreateTempSubdirectory("payengine-keys-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    KeyFolder Keys() => KeyFolder.Open(folder, SystemClock.Instance).Value;

    static AccountNumber Account(string text) => AccountNumber.Parse(text).Value;

    [Fact]
    public void An_account_comes_back_from_its_cipher_text_after_the_keys_were_read_again()
    {
        SealedSecret secret;
        using (var cipher = Keys().OpenCipher()) secret = cipher.Seal("970436", Account("0011002233445"));
        using var again = Keys().OpenCipher();
        Assert.Equal("0011002233445", again.Decrypt(SecretKind.Account, secret.Key, secret.Cipher));
        Assert.Equal("3445", secret.Tail);
        Assert.DoesNotContain("0011002233445", System.Text.Encoding.ASCII.GetString(secret.Cipher));
    }

    [Fact]
    public void The_same_account_has_the_same_tag_and_never_the_same_cipher_text()
    {
        using var cipher = Keys().OpenCipher();
        var (first, second) = (cipher.Seal("970436", Account("0011002233445")), cipher.Seal("970436", Account("0011002233445")));
        Assert.Equal(first.Tag, second.Tag);
        Assert.NotEqual(first.Cipher, second.Cipher);
        Assert.NotEqual(first.Tag, cipher.Seal("970415", Account("0011002233445")).Tag);
        Assert.NotEqual(cipher.SealIdNumber("040051000123").Tag, cipher.AccountTag("", "040051000123"));
    }

    [Fact]
    public void More_accounts_than_one_page_of_nonces_have_all_different_nonces()
    {
        using var cipher = Keys().OpenCipher();
        var nonces = Enumerable.Range(0, 2000).Select(_ => Convert.ToHexString(cipher.Encrypt(SecretKind.Account, "0011002233445"u8)[..AccountCipher.NonceBytes])).ToHashSet();
        Assert.Equal(2000, nonces.Count);
    }

    [Fact]
    public void A_changed_byte_another_kind_or_a_missing_key_is_refused()
    {
        using var cipher = Keys().OpenCipher();
        var secret = cipher.SealIdNumber("040051000123");
        Assert.ThrowsAny<CryptographicException>(() => cipher.Decrypt(SecretKind.Account, secret.Key, secret.Cipher));
        Assert.ThrowsAny<CryptographicException>(() => cipher.Decrypt(SecretKind.IdNumber, 7, secret.Cipher));
        secret.Cipher[14] ^= 1;
        Assert.ThrowsAny<CryptographicException>(() => cipher.Decrypt(SecretKind.IdNumber, secret.Key, secret.Cipher));
    }

    [Fact]
    public void A_second_data_key_writes_and_the_first_still_reads()
    {
        SealedSecret old;
        using (var cipher = Keys().OpenCipher()) old = cipher.Seal("970436", Account("0011002233445"));
        var next = Path.Combine(folder, "data-2.key");
        File.WriteAllText(next, Convert.ToBase64String(RandomNumberGenerator.GetBytes(32)));
        File.SetUnixFileMode(next, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        using var both = Keys().OpenCipher();
        Assert.Equal(2, both.Seal("970436", Account("0011002233445")).Key);
        Assert.Equal("0011002233445", both.Decrypt(SecretKind.Account, old.Key, old.Cipher));
        Assert.Equal(old.Tag, both.AccountTag("970436", "0011002233445"));
    }

    [Fact]
    public void Keys_that_other_users_may_read_are_refused_with_the_command_that_mends_it()
    {
        Keys();
        File.SetUnixFileMode(Path.Combine(folder, "tag.key"), UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead);
        var refused = KeyFolder.Open(folder, SystemClock.Instance);
        Assert.Equal("keys.open_to_others", refused.Problems[0].Code);
        Assert.Contains("chmod 600", refused.Problems[0].Remedy);
    }

    [Fact]
    public void Keys_are_tried_and_those_of_another_database_or_a_cut_folder_are_found()
    {
        SealedSecret stored;
        var keys = Keys();
        using (var cipher = keys.OpenCipher()) stored = cipher.Seal("970436", Account("0011002233445"));
        Assert.Null(keys.Try(null));
        Assert.Null(keys.Try((stored.Key, stored.Cipher)));
        Assert.Equal("keys.foreign", keys.Try((7, stored.Cipher))!.Code);

        File.Delete(Path.Combine(folder, "data-1.key"));
        Assert.Equal("keys.foreign", Keys().Try((stored.Key, stored.Cipher))!.Code);

        File.Delete(Path.Combine(folder, "signing.pem"));
        Assert.Equal("keys.broken", Keys().Try(null)!.Code);
    }

    [Fact]
    public void The_signing_certificate_signs_and_its_public_half_lies_beside_it()
    {
        using var certificate = Keys().SigningCertificate();
        using var key = certificate.GetECDsaPrivateKey()!;
        using var handedOut = X509Certificate2.CreateFromPem(File.ReadAllText(Path.Combine(folder, "signing.crt")));
        using var check = handedOut.GetECDsaPublicKey()!;
        Assert.True(check.VerifyData("head"u8, key.SignData("head"u8, HashAlgorithmName.SHA256), HashAlgorithmName.SHA256));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Path.Combine(folder, "signing.pem")));
    }
}
