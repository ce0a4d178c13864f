using System.Text;

namespace PaymentEngine.Tests.BankFiles;

/// <summary>Bytes that are made while they are read, so that a file of any size costs the test nothing. Counts what was taken.</summary>
/// <param name="head">Comes once.</param>
/// <param name="body">Comes again and again.</param>
/// <param name="times">How often; null for ever.</param>
/// <param name="tail">Comes once, at the end.</param>
sealed class RepeatedStream(string head, string body, long? times = null, string tail = "") : Stream
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

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));
    public override bool CanRead => true;
    public override bool CanSeek => false;
    public override bool CanWrite => false;
    public override long Length => throw new NotSupportedException();
    public override long Position { get => Taken; set => throw new NotSupportedException(); }

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
}
