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
/// A list given in order is hashed as it streams. A file of several batches may interleave ids, so its lines are kept, and sorted at the end if they must be; such
/// a file is small (the profile's limits).
/// </remarks>
public sealed class ListHash(bool sorted) : IDisposable
{
    const long AccountModulus = 10_000_000_000;

    /// <summary>Three bars, the longest amount with its sign, and the end of the line.</summary>
    const int AmountRoom = 24;
    readonly IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    readonly List<(int From, int Length, int IdLength)> lines = [];
    readonly byte[] last = new byte[64];
    byte[] block = new byte[16 * 1024];
    int used;
    int lastLength;
    long accountHashTotal;
    bool finished;

    public int Count { get; private set; }

    public Vnd Sum { get; private set; }

    /// <summary>The sum of the last nine figures of all creditor accounts, modulo 10^10 (the idea of the entry hash of other countries' payment files).</summary>
    public long AccountHashTotal => accountHashTotal;

    /// <summary>False once a line came before its place. A list that was announced as sorted is worthless then.</summary>
    public bool InOrder { get; private set; } = true;

    /// <summary>An EndToEndId that came twice in a list that was not announced as sorted; known after <see cref="Finish"/>.</summary>
    public string? Repeated { get; private set; }

    /// <summary>Adds a line.</summary>
    public void Add(ReadOnlySpan<char> endToEndId, ReadOnlySpan<char> bank, ReadOnlySpan<char> account, Vnd amount)
    {
        var line = Room((3 * (endToEndId.Length + bank.Length + account.Length)) + AmountRoom);
        var idLength = Encoding.UTF8.GetBytes(endToEndId, line);
        var at = idLength;
        line[at++] = (byte)'|';
        at += Encoding.UTF8.GetBytes(bank, line[at..]);
        line[at++] = (byte)'|';
        var accountFrom = at;
        at += Encoding.UTF8.GetBytes(account, line[at..]);
        Add(line, idLength, accountFrom, at, amount);
    }

    /// <summary>Adds a line whose texts are UTF-8 already, as they go into a file.</summary>
    public void Add(ReadOnlySpan<byte> endToEndId, ReadOnlySpan<byte> bank, ReadOnlySpan<byte> account, Vnd amount)
    {
        var line = Room(endToEndId.Length + bank.Length + account.Length + AmountRoom);
        endToEndId.CopyTo(line);
        var at = endToEndId.Length;
        line[at++] = (byte)'|';
        bank.CopyTo(line[at..]);
        at += bank.Length;
        line[at++] = (byte)'|';
        var accountFrom = at;
        account.CopyTo(line[at..]);
        Add(line, endToEndId.Length, accountFrom, at + account.Length, amount);
    }

    // Lines are hashed a block at a time: a call of the hash costs more than a line.
    Span<byte> Room(int bytes)
    {
        if (used + bytes > block.Length)
        {
            if (sorted)
            {
                hash.AppendData(block.AsSpan(0, used));
                used = 0;
                if (bytes > block.Length) block = new byte[bytes];
            }
            else
            {
                Array.Resize(ref block, Math.Max(2 * block.Length, used + bytes));
            }
        }

        return block.AsSpan(used);
    }

    void Add(Span<byte> line, int idLength, int accountFrom, int accountTo, Vnd amount)
    {
        var at = accountTo;
        line[at++] = (byte)'|';
        Utf8Formatter.TryFormat(amount.Amount, line[at..], out var written);
        at += written;
        line[at++] = (byte)'\n';
        var id = line[..Math.Min(idLength, last.Length)];
        if (Count > 0 && id.SequenceCompareTo(last.AsSpan(0, lastLength)) <= 0) InOrder = false;
        id.CopyTo(last);
        lastLength = id.Length;
        if (!sorted) lines.Add((used, at, idLength));
        used += at;

        Count++;
        Sum += amount;
        accountHashTotal = (accountHashTotal + LastFigures(line[accountFrom..accountTo])) % AccountModulus;
    }

    /// <summary>The hash in lower-case hexadecimal. Ends the list.</summary>
    public string Finish()
    {
        if (finished) throw new InvalidOperationException("A list hash is finished once.");
        finished = true;
        if (sorted || InOrder) hash.AppendData(block.AsSpan(0, used));
        else AppendSorted();
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    void AppendSorted()
    {
        lines.Sort((left, right) => block.AsSpan(left.From, left.Length).SequenceCompareTo(block.AsSpan(right.From, right.Length)));
        ReadOnlySpan<byte> before = default;
        foreach (var (from, length, idLength) in lines)
        {
            hash.AppendData(block.AsSpan(from, length));
            var id = block.AsSpan(from, idLength);
            if (id.SequenceEqual(before)) Repeated = Encoding.UTF8.GetString(id);
            before = id;
        }
    }

    /// <summary>The last nine figures of an account number as a number; letters are passed over.</summary>
    static long LastFigures(ReadOnlySpan<byte> account)
    {
        long number = 0, place = 1;
        for (int i = account.Length - 1, taken = 0; i >= 0 && taken < 9; i--)
        {
            if (account[i] is < (byte)'0' or > (byte)'9') continue;
            number += (account[i] - '0') * place;
            place *= 10;
            taken++;
        }

        return number;
    }

    public void Dispose() => hash.Dispose();
}
