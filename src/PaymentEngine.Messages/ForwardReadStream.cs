namespace PaymentEngine.Messages;

/// <summary>A stream that is read once, from its beginning to its end. A subclass says where the bytes come from; everything else a stream can be asked for is refused.</summary>
public abstract class ForwardReadStream : Stream
{
    const string Why = "These bytes are read once, from the beginning to the end.";

    public abstract override int Read(Span<byte> buffer);

    public sealed override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override bool CanRead => true;
    public override bool CanSeek => false;
    public override bool CanWrite => false;
    public override long Length => throw new NotSupportedException(Why);
    public override long Position { get => throw new NotSupportedException(Why); set => throw new NotSupportedException(Why); }

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException(Why);

    public override void SetLength(long value) => throw new NotSupportedException(Why);

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException(Why);
}
