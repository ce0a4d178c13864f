using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using NodaTime;

namespace PaymentEngine.App.Keys;

/// <summary>The six figures of an authenticator app (TOTP, RFC 6238): HMAC-SHA-1 over half minutes since 1970, as every such app computes it.</summary>
public static class TimedCode
{
    /// <summary>Bytes of a secret: what RFC 4226 §4 recommends.</summary>
    public const int SecretBytes = 20;

    /// <summary>A code lasts so many seconds.</summary>
    public const int StepSeconds = 30;

    public const int Figures = 6;

    /// <summary>A telephone's clock may be one code early or late.</summary>
    const int StepsOff = 1;

    const string Letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

    /// <summary>The number of the half minute of <paramref name="at"/>.</summary>
    public static long StepOf(Instant at) => at.ToUnixTimeSeconds() / StepSeconds;

    /// <summary>The code of one half minute.</summary>
    public static string Of(ReadOnlySpan<byte> secret, long step)
    {
        Span<byte> counter = stackalloc byte[8];
        System.Buffers.Binary.BinaryPrimitives.WriteInt64BigEndian(counter, step);
        Span<byte> hash = stackalloc byte[HMACSHA1.HashSizeInBytes];
#pragma warning disable CA5350 // RFC 6238 over SHA-1 is what authenticator apps speak; as a keyed hash it is not touched by SHA-1's collisions (RFC 6194 §3.3).
        HMACSHA1.HashData(secret, counter, hash);
#pragma warning restore CA5350
        var number = System.Buffers.Binary.BinaryPrimitives.ReadInt32BigEndian(hash[(hash[^1] & 15)..]) & int.MaxValue;
        return (number % 1_000_000).ToString("000000", CultureInfo.InvariantCulture);
    }

    /// <summary>The half minute whose code this is: that of <paramref name="at"/> or a neighbour; null when it is none of them. All are compared, in constant time.</summary>
    public static long? Find(ReadOnlySpan<byte> secret, string code, Instant at)
    {
        var typed = Encoding.UTF8.GetBytes(code);
        long? found = null;
        for (var step = StepOf(at) - StepsOff; step <= StepOf(at) + StepsOff; step++)
            if (CryptographicOperations.FixedTimeEquals(Encoding.ASCII.GetBytes(Of(secret, step)), typed)) found = step;
        return found;
    }

    /// <summary>What an app takes from a picture or a link: <c>otpauth://totp/…</c>.</summary>
    public static string Uri(string userName, short provinceCode, ReadOnlySpan<byte> secret) =>
        string.Create(CultureInfo.InvariantCulture, $"otpauth://totp/PaymentEngine%20{provinceCode:00}:{System.Uri.EscapeDataString(userName)}?secret={Base32(secret)}&issuer=PaymentEngine%20{provinceCode:00}&algorithm=SHA1&digits={Figures}&period={StepSeconds}");

    /// <summary>RFC 4648 §6, without padding.</summary>
    public static string Base32(ReadOnlySpan<byte> bytes)
    {
        var text = new StringBuilder();
        var (held, bits) = (0, 0);
        foreach (var one in bytes)
        {
            held = (held << 8) | one;
            for (bits += 8; bits >= 5; bits -= 5) text.Append(Letters[(held >> (bits - 5)) & 31]);
            held &= (1 << bits) - 1;
        }

        if (bits > 0) text.Append(Letters[(held << (5 - bits)) & 31]);
        return text.ToString();
    }

    /// <summary>The bytes of <paramref name="text"/>, blanks between groups left out; null when it is not Base32.</summary>
    public static byte[]? FromBase32(string text)
    {
        var bytes = new List<byte>();
        var (held, bits) = (0, 0);
        foreach (var letter in text.Where(letter => letter is not (' ' or '=')))
        {
            var value = Letters.IndexOf(char.ToUpperInvariant(letter), StringComparison.Ordinal);
            if (value < 0) return null;
            held = ((held << 5) | value) & 0xfff;
            bits += 5;
            if (bits < 8) continue;
            bits -= 8;
            bytes.Add((byte)((held >> bits) & 0xff));
        }

        return [.. bytes];
    }
}
