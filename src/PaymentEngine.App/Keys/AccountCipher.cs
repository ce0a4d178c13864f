using System.Security.Cryptography;
using System.Text;
using PaymentEngine.Core;
using PaymentEngine.Core.Recipients;

namespace PaymentEngine.App.Keys;

/// <summary>What a cipher text holds; bound to it, so that one kind cannot be put in the other's column.</summary>
public enum SecretKind : byte
{
    /// <summary>An account or wallet number. Its tag is over the bank's BIN and the number.</summary>
    Account = 1,

    /// <summary>A personal identity number.</summary>
    IdNumber = 2,

    /// <summary>The secret of an authenticator app.</summary>
    AuthenticatorSecret = 3,
}

/// <summary>A secret as it stands in the database.</summary>
/// <param name="Key">Number of the data key.</param>
/// <param name="Cipher">12 bytes nonce, cipher text as long as the plain text, 16 bytes seal.</param>
/// <param name="Tag">16 bytes: the same for the same plain text, and tells nothing else without the tag key.</param>
/// <param name="Tail">The last four characters.</param>
public readonly record struct SealedSecret(short Key, byte[] Cipher, byte[] Tag, string Tail);

/// <summary>AES-256-GCM with a random nonce for secrecy, HMAC-SHA256 cut to 16 bytes for equality (sharing, duplicates, look-up). For one flow at a time.</summary>
/// <remarks>Random 96-bit nonces are safe for 2³² texts a key (NIST SP 800-38D §8.3): a nation's accounts for centuries.</remarks>
public sealed class AccountCipher : IDisposable
{
    public const int NonceBytes = 12;
    public const int SealBytes = 16;
    public const int TagBytes = 16;

    /// <summary>What a cipher text is longer than its plain text.</summary>
    public const int Overhead = NonceBytes + SealBytes;

    /// <summary>Longest plain text in bytes; accounts have 19 at most, identity numbers 12.</summary>
    public const int PlainBytesMax = 64;

    readonly Dictionary<short, AesGcm> keys;
    readonly byte[] tagKey;
    // Nonces are drawn a page at a time: one call to the system's generator for 341 of them.
    readonly byte[] nonces = new byte[NonceBytes * 341];
    int nextNonce = int.MaxValue;

    internal AccountCipher(IEnumerable<KeyValuePair<short, byte[]>> dataKeys, byte[] tagKey)
    {
        keys = dataKeys.ToDictionary(key => key.Key, key => new AesGcm(key.Value, SealBytes));
        CurrentKey = keys.Keys.Max();
        this.tagKey = tagKey;
    }

    /// <summary>The number of the key that <see cref="Encrypt(SecretKind, ReadOnlySpan{byte}, Span{byte})"/> uses.</summary>
    public short CurrentKey { get; }

    /// <summary>An account with everything its row keeps.</summary>
    public SealedSecret Seal(string bankBin, AccountNumber account)
    {
        Span<byte> plain = stackalloc byte[PlainBytesMax];
        var cipher = Encrypt(SecretKind.Account, plain[..Encoding.UTF8.GetBytes(account.Text, plain)]);
        return new SealedSecret(CurrentKey, cipher, AccountTag(bankBin, account.Text), account.Tail);
    }

    /// <summary>An identity number with everything its row keeps.</summary>
    public SealedSecret SealIdNumber(string idNumber)
    {
        Span<byte> plain = stackalloc byte[PlainBytesMax];
        plain = plain[..Encoding.UTF8.GetBytes(idNumber, plain)];
        var tag = new byte[TagBytes];
        Tag(SecretKind.IdNumber, plain, tag);
        return new SealedSecret(CurrentKey, Encrypt(SecretKind.IdNumber, plain), tag, idNumber.Length <= 4 ? idNumber : idNumber[^4..]);
    }

    /// <summary>The equality tag of an account at a bank.</summary>
    public byte[] AccountTag(string bankBin, string account)
    {
        // The BIN has six figures always, so the two parts cannot run into each other.
        Span<byte> plain = stackalloc byte[PlainBytesMax * 2];
        var length = Encoding.UTF8.GetBytes(bankBin, plain);
        plain[length++] = (byte)'/';
        length += Encoding.UTF8.GetBytes(account, plain[length..]);
        var tag = new byte[TagBytes];
        Tag(SecretKind.Account, plain[..length], tag);
        return tag;
    }

    /// <summary>Enciphers into <paramref name="cipher"/>, which is <see cref="Overhead"/> bytes longer than the plain text. Allocates nothing.</summary>
    public void Encrypt(SecretKind kind, ReadOnlySpan<byte> plain, Span<byte> cipher)
    {
        if (cipher.Length != plain.Length + Overhead) throw new ArgumentException("The cipher text is 28 bytes longer than the plain text.", nameof(cipher));
        if (nextNonce > nonces.Length - NonceBytes)
        {
            RandomNumberGenerator.Fill(nonces);
            nextNonce = 0;
        }
        var nonce = cipher[..NonceBytes];
        nonces.AsSpan(nextNonce, NonceBytes).CopyTo(nonce);
        nextNonce += NonceBytes;
        keys[CurrentKey].Encrypt(nonce, plain, cipher[NonceBytes..^SealBytes], cipher[^SealBytes..], [(byte)kind]);
    }

    /// <summary>Enciphers into a new array.</summary>
    public byte[] Encrypt(SecretKind kind, ReadOnlySpan<byte> plain)
    {
        var cipher = new byte[plain.Length + Overhead];
        Encrypt(kind, plain, cipher);
        return cipher;
    }

    /// <summary>Deciphers into <paramref name="plain"/> and gives the length. Allocates nothing.</summary>
    /// <exception cref="CryptographicException">The text was changed, is of another kind, or its key is not in the key folder.</exception>
    public int Decrypt(SecretKind kind, short key, ReadOnlySpan<byte> cipher, Span<byte> plain)
    {
        if (!keys.TryGetValue(key, out var opened)) throw new CryptographicException(FormattableString.Invariant($"The key folder holds no data key {key}."));
        var length = cipher.Length - Overhead;
        opened.Decrypt(cipher[..NonceBytes], cipher[NonceBytes..^SealBytes], cipher[^SealBytes..], plain[..length], [(byte)kind]);
        return length;
    }

    /// <summary>Deciphers into text.</summary>
    /// <exception cref="CryptographicException">As above.</exception>
    public string Decrypt(SecretKind kind, short key, ReadOnlySpan<byte> cipher)
    {
        Span<byte> plain = stackalloc byte[Math.Max(cipher.Length - Overhead, 0)];
        return Encoding.UTF8.GetString(plain[..Decrypt(kind, key, cipher, plain)]);
    }

    /// <summary>The keyed tag of a plain text, 16 bytes. Allocates nothing.</summary>
    public void Tag(SecretKind kind, ReadOnlySpan<byte> plain, Span<byte> tag)
    {
        Span<byte> said = stackalloc byte[1 + plain.Length];
        said[0] = (byte)kind;
        plain.CopyTo(said[1..]);
        Span<byte> whole = stackalloc byte[HMACSHA256.HashSizeInBytes];
        HMACSHA256.HashData(tagKey, said, whole);
        whole[..TagBytes].CopyTo(tag);
    }

    public void Dispose()
    {
        foreach (var key in keys.Values) key.Dispose();
    }
}
