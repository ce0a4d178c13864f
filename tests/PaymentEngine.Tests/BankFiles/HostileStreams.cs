using System.Text;
using PaymentEngine.Messages;

namespace PaymentEngine.Tests.BankFiles;

/// <summary>Bytes that are made while they are read, so that a file of any size costs the test nothing. Counts what was taken.</summary>
/// <param name="head">Comes once.</param>
/// <param name="body">Comes again and again.</param>
/// <param name="times">How often; null for ever.</param>
/// <param name="tail">Comes once, at the end.</param>
sealed class RepeatedStream(string head, string body, long? times = null, string tail = "") : ForwardReadStream
{
    readonly byte[] repeated = Encoding.UTF8.GetBytes(body);
    byte[] current = Encoding.UTF8.GetBytes(head);
    long left = times ?? long.MaxValue;
    int at;
    bool ended;

    public long Taken { get; private set; }

    public override int Read(Span<byte> buffer)
    {
        var filled = 0;
        while (filled < buffer.Length)
        {
            if (at == current.Length)
            {
                if (left > 0) (current, left, at) = (repeated, left - 1, 0);
                else if (!ended) (current, ended, at) = (Encoding.UTF8.GetBytes(tail), true, 0);
                else break;
                continue;
            }

            var length = Math.Min(buffer.Length - filled, current.Length - at);
            current.AsSpan(at, length).CopyTo(buffer[filled..]);
            filled += length;
            at += length;
        }

        Taken += filled;
        return filled;
    }
}
