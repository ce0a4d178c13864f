using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using PaymentEngine.Core.Money;

namespace PaymentEngine.Core.Payments;

/// <summary>
/// The hash that binds a file to its approved list: SHA-256 over the lines <c>EndToEndId|bank|account|amount</c> (LF after each), sorted by
/// EndToEndId; beside it count, sum and the account hash total, which a person can compare on the bank's screen.
/// </summary>
/// <remarks>
/// A list given in order is hashed as it streams. A file of several batches interleaves ids, so its lines are kept and sorted at the end; such
/// a file is small (the profile's limits).
/// </remarks>
public sealed class ListHash(bool sorted) : IDisposable
{
    const long AccountModulus = 10_000_000_000;
    readonly IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    readonly List<string> lines = [];
    readonly byte[] last = new byte[64];
    byte[] buffer = new byte[256];
    int lastLength;
    long accountHashTotal;
    bool finished;

    public int Count { get; private set; }

    public Vnd Sum { get; private set; }

    /// <summary>The sum of the last nine figures of all creditor accounts, modulo 10^10 (the idea of the entry hash of other countries' payment files).</summary>
    public long AccountHashTotal => accountHashTotal;

    /// <summary>False once a line came before its place in a list that was announced as sorted.</summary>
    public bool InOrder { get; private set; } = true;

    /// <summary>An EndToEndId that came twice in a list that was not announced as sorted; known after <see cref="Finish"/>.</summary>
    public string? Repeated { get; private set; }

    public void Add(ReadOnlySpan<char> endToEndId, ReadOnlySpan<char> bank, ReadOnlySpan<char> account, Vnd amount)
    {
        var size = endToEndId.Length + bank.Length + account.Length;
        if (buffer.Length < (size * 3) + 32) buffer = new byte[(size * 3) + 32];
        var idLength = Encoding.UTF8.GetBytes(endToEndId, buffer);
        var at = idLength;
        buffer[at++] = (byte)'|';
        at += Encoding.UTF8.GetBytes(bank, buffer.AsSpan(at));
        buffer[at++] = (byte)'|';
        at += Encoding.UTF8.GetBytes(account, buffer.AsSpan(at));
        buffer[at++] = (byte)'|';
        Utf8Formatter.TryFormat(amount.Amount, buffer.AsSpan(at), out var written);
        at += written;
        buffer[at++] = (byte)'\n';

        if (sorted)
        {
            var id = buffer.AsSpan(0, Math.Min(idLength, last.Length));
            if (Count > 0 && id.SequenceCompareTo(last.AsSpan(0, lastLength)) <= 0) InOrder = false;
            id.CopyTo(last);
            lastLength = id.Length;
            hash.AppendData(buffer.AsSpan(0, at));
        }
        else
        {
            lines.Add(Encoding.UTF8.GetString(buffer, 0, at));
        }

        Count++;
        Sum += amount;
        accountHashTotal = (accountHashTotal + LastFigures(account)) % AccountModulus;
    }

    /// <summary>The hash in lower-case hexadecimal. Ends the list.</summary>
    public string Finish()
    {
        if (finished) throw new InvalidOperationException("A list hash is finished once.");
        finished = true;
        lines.Sort(StringComparer.Ordinal);
        var before = "";
        foreach (var line in lines)
        {
            hash.AppendData(Encoding.UTF8.GetBytes(line));
            var id = line[..line.IndexOf('|', StringComparison.Ordinal)];
            if (id == before) Repeated = id;
            before = id;
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    /// <summary>The last nine figures of an account number as a number; letters are passed over.</summary>
    static long LastFigures(ReadOnlySpan<char> account)
    {
        long number = 0, place = 1;
        for (int i = account.Length - 1, taken = 0; i >= 0 && taken < 9; i--)
        {
            if (!char.IsAsciiDigit(account[i])) continue;
            number += (account[i] - '0') * place;
            place *= 10;
            taken++;
        }

        return number;
    }

    public void Dispose() => hash.Dispose();
}
