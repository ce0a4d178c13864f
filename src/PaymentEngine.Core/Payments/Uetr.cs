using System.Security.Cryptography;
using System.Text;
using NodaTime;

namespace PaymentEngine.Core.Payments;

/// <summary>
/// The UETR of an attempt, for banks that want one: a UUID in the form of version 4 that is the payment's id written another way. The same attempt has the same
/// UETR in every file, and the UETR alone leads back to the attempt.
/// </summary>
/// <remarks>
/// Of the 128 bits six are the version's and the variant's. The other 122 are, from the first: 54 bits of check, the first of SHA-256 over
/// <c>payengine.uetr:</c> and the 18 characters of the id; then the id's parts: province (7), year of the century (7), month (4), run (15), line (30),
/// attempt (5). A UETR of another program passes the check once in 2^54.
/// </remarks>
public static class Uetr
{
    /// <summary>36 characters, figures and small letters.</summary>
    public const int Length = 36;

    const string Figures = "0123456789abcdef";
    const int CheckBits = 54;
    const int IdBits = 68;
    const ulong LowBits = 0x3FFF_FFFF_FFFF_FFFF;

    static ReadOnlySpan<byte> Salt => "payengine.uetr:"u8;

    /// <summary>The UETR of an attempt.</summary>
    public static string Of(in InstructionId id)
    {
        Span<byte> text = stackalloc byte[InstructionId.Length];
        id.Write(text);
        Span<byte> uetr = stackalloc byte[Length];
        Write(id, text, uetr);
        return Encoding.ASCII.GetString(uetr);
    }

    /// <summary>Writes the 36 ASCII characters of the UETR of an attempt whose id is written already.</summary>
    public static void Write(in InstructionId id, ReadOnlySpan<byte> idText, Span<byte> into)
    {
        var payload = ((UInt128)Check(idText) << IdBits) | Packed(id);
        var high = ((ulong)(payload >> 74) << 16) | 0x4000UL | ((ulong)(payload >> 62) & 0xFFFUL);
        var low = 0x8000_0000_0000_0000UL | (ulong)(payload & LowBits);
        var at = 0;
        for (var figure = 0; figure < 32; figure++)
        {
            if (figure is 8 or 12 or 16 or 20) into[at++] = (byte)'-';
            var word = figure < 16 ? high : low;
            into[at++] = (byte)Figures[(int)((word >> (60 - (4 * (figure & 15)))) & 15)];
        }
    }

    /// <summary>The attempt a UETR of ours names; null for a UETR of anybody else. Capital letters are forgiven.</summary>
    public static InstructionId? Read(ReadOnlySpan<char> text)
    {
        text = text.Trim();
        if (text.Length != Length) return null;
        ulong high = 0, low = 0;
        var figure = 0;
        for (var at = 0; at < Length; at++)
        {
            if (at is 8 or 13 or 18 or 23)
            {
                if (text[at] != '-') return null;
                continue;
            }

            if (!char.IsAsciiHexDigit(text[at])) return null;
            var value = (ulong)Convert.ToInt32(text[at].ToString(), 16);
            if (figure++ < 16) high = (high << 4) | value;
            else low = (low << 4) | value;
        }

        if ((high & 0xF000) != 0x4000 || low >> 62 != 2) return null;
        var payload = ((UInt128)(high >> 16) << 74) | ((UInt128)(high & 0xFFF) << 62) | (low & LowBits);
        var (province, year, month, attempt) = (Part(payload, 61, 7), Part(payload, 54, 7), Part(payload, 50, 4), Part(payload, 0, 5));
        if (province is < 1 or > 99 || year > 99 || month is < 1 or > 12 || attempt is < 1 or > InstructionId.AttemptMax) return null;
        var id = new InstructionId((short)province, new YearMonth(2000 + year, month), Part(payload, 35, 15), Part(payload, 5, 30), attempt);
        Span<byte> idText = stackalloc byte[InstructionId.Length];
        id.Write(idText);
        return Check(idText) == (ulong)(payload >> IdBits) ? id : null;
    }

    static int Part(UInt128 payload, int from, int bits) => (int)(uint)((payload >> from) & ((1u << bits) - 1));

    static UInt128 Packed(in InstructionId id) =>
        ((UInt128)id.ProvinceCode << 61) | ((UInt128)(id.Month.Year % 100) << 54) | ((UInt128)id.Month.Month << 50) | ((UInt128)id.RunNo << 35) | ((UInt128)id.LineNo << 5) | (UInt128)id.Attempt;

    static ulong Check(ReadOnlySpan<byte> idText)
    {
        Span<byte> salted = stackalloc byte[Salt.Length + InstructionId.Length];
        Salt.CopyTo(salted);
        idText.CopyTo(salted[Salt.Length..]);
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(salted, hash);
        return System.Buffers.Binary.BinaryPrimitives.ReadUInt64BigEndian(hash) >> (64 - CheckBits);
    }
}
