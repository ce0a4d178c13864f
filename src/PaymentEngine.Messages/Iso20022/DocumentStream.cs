namespace PaymentEngine.Messages.Iso20022;

/// <summary>
/// The documents of a file one after the other: some banks put several XML documents into one file. The cut is the XML declaration of the next.
/// </summary>
sealed class DocumentStream(Stream inner) : Stream
{
    // A declaration this near to the start is the document's own (after a byte order mark).
    const int OwnDeclarationMax = 16;
    static ReadOnlySpan<byte> Declaration => "<?xml"u8;

    readonly byte[] buffer = new byte[65_536];
    int from, to;
    long given;
    int linesGiven;
    bool ended;

    /// <summary>Lines of the file before this document.</summary>
    public int LinesBefore { get; private set; }

    /// <summary>Moves to the next document, over blanks; false when nothing is left.</summary>
    public bool Next()
    {
        given = 0;
        while (true)
        {
            while (from < to && buffer[from] is (byte)' ' or (byte)'\t' or (byte)'\r' or (byte)'\n')
            {
                if (buffer[from++] == (byte)'\n') linesGiven++;
            }

            LinesBefore = linesGiven;
            if (from < to) return true;
            Fill();
            if (from == to) return false;
        }
    }

    void Fill()
    {
        buffer.AsSpan(from, to - from).CopyTo(buffer);
        (from, to) = (0, to - from);
        while (!ended && to < buffer.Length)
        {
            var read = inner.Read(buffer, to, buffer.Length - to);
            if (read == 0) ended = true;
            to += read;
            if (to > Declaration.Length + 1) break;
        }
    }

    public override int Read(Span<byte> target)
    {
        if (to - from <= Declaration.Length) Fill();
        var window = buffer.AsSpan(from, to - from);
        var length = ended ? window.Length : Math.Max(0, window.Length - Declaration.Length);
        for (var at = 0; at < window.Length;)
        {
            var found = window[at..].IndexOf(Declaration);
            if (found < 0) break;
            at += found;
            var blank = at + Declaration.Length < window.Length && window[at + Declaration.Length] is (byte)' ' or (byte)'\t' or (byte)'\r' or (byte)'\n';
            if (given + at > OwnDeclarationMax && blank)
            {
                length = at;
                break;
            }

            at++;
        }

        length = Math.Min(length, target.Length);
        window[..length].CopyTo(target);
        linesGiven += window[..length].Count((byte)'\n');
        from += length;
        given += length;
        return length;
    }

    public override int Read(byte[] target, int offset, int count) => Read(target.AsSpan(offset, count));
    public override bool CanRead => true;
    public override bool CanSeek => false;
    public override bool CanWrite => false;
    public override long Length => throw new NotSupportedException();
    public override long Position { get => given; set => throw new NotSupportedException(); }

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] target, int offset, int count) => throw new NotSupportedException();
}
