using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using NodaTime;

namespace PaymentEngine.Core.Reconciliation;

/// <summary>What makes one booking this booking, in whatever message it is reported (profile §10).</summary>
public static class EventKey
{
    /// <summary>The first eight bytes of a hash over account, days, amount, side, reference and occurrence; never 0.</summary>
    /// <param name="account">The account as the bank writes it.</param>
    /// <param name="booked">Booking day.</param>
    /// <param name="valued">Value day.</param>
    /// <param name="amountVnd">Đồng.</param>
    /// <param name="isCredit">Money came in.</param>
    /// <param name="reference">AcctSvcrRef, else NtryRef, else EndToEndId, else the text.</param>
    /// <param name="occurrence">Which of several equal ones in one statement, from 1: two equal payments on one day are two payments.</param>
    public static ulong Of(string? account, LocalDate? booked, LocalDate? valued, long amountVnd, bool isCredit, string? reference, int occurrence)
    {
        var text = string.Create(CultureInfo.InvariantCulture, $"{account}|{Day(booked)}|{Day(valued)}|{amountVnd}|{(isCredit ? 'C' : 'D')}|{reference}|{occurrence}");
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(Encoding.UTF8.GetBytes(text), hash);
        return NotZero(System.Buffers.Binary.BinaryPrimitives.ReadUInt64BigEndian(hash));
    }

    /// <summary>The key of a status: its words have no booking, so it is itself by file, place and content.</summary>
    public static ulong OfStatus(string? messageId, int entryNo) => Of(messageId, null, null, entryNo, false, "status", 1);

    static int Day(LocalDate? day) => day is { } known ? (known.Year * 10_000) + (known.Month * 100) + known.Day : 0;

    // Zero stands for "none yet" in the fold.
    static ulong NotZero(ulong key) => key == 0 ? 1 : key;
}
