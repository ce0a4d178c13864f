using System.Text;
using PaymentEngine.Core;

namespace PaymentEngine.Messages.Iso20022;

/// <summary>
/// The documents of a file one after the other: some banks put several XML documents into one file, or several files into one packed file. The cut
/// is the XML declaration of the next document; inside a comment, a CDATA section or another instruction the same signs are only text. Files in UTF-16 come out as UTF-8.
/// </summary>
sealed class DocumentStream : ForwardReadStream
{
    // A declaration this near to the start is the document's own (after a byte order mark).
    const int OwnDeclarationMax = 16;

    // A declaration with its blank and the byte order mark before it, and what opens a CDATA section, are nine bytes: they may lie across two fillings.
    const int HeldBack = 8;
    static ReadOnlySpan<byte> Declaration => "<?xml"u8;

    static ReadOnlySpan<byte> Mark => [0xEF, 0xBB, 0xBF];

    readonly byte[] buffer = new byte[65_536];
    readonly UnpackedStream unpacked;
    readonly BankXmlLimits limits;
    Stream inner;
    int from, to;
    long given;
    int linesGiven;
    bool ended, begun, utf16;
    Within within;
    int skip;
    Utf8Watch watch;

    /// <summary>Where a byte of a document stands: in its markup and texts, or where anything may be written.</summary>
    enum Within : byte { Document, Comment, CData, Instruction }

    /// <param name="file">The bytes from the start, packed or not; it stays open.</param>
    /// <param name="limits">What unpacking may cost.</param>
    /// <exception cref="BankXmlRefused">A packed file that cannot be unpacked.</exception>
    public DocumentStream(Stream file, BankXmlLimits limits)
    {
        System.Text.Encoding.RegisterProvider(CodePagesEncodingProvider.Instance);
        this.limits = limits;
        inner = unpacked = new UnpackedStream(file, limits);
    }

    /// <summary>Lines of the file before this document.</summary>
    public int LinesBefore { get; private set; }

    /// <summary>Lines given out so far.</summary>
    public int LinesGiven => linesGiven;

    /// <summary>Bytes given out, of all documents.</summary>
    public long BytesGiven { get; private set; }

    /// <summary>Blanks stand before the declaration of the file's first document, where XML allows none.</summary>
    public bool DeclaredLate { get; private set; }

    /// <summary>At most so many bytes are left, as far as that is known.</summary>
    public long LeftAtMost => ended ? to - from : long.MaxValue;

    /// <summary>How the document that begins now is encoded.</summary>
    public DeclaredEncoding Encoding { get; private set; }

    /// <summary>The document, read to its end, declares one encoding and is in another.</summary>
    public bool IsUtf8AfterAll => Encoding.MayBeUtf8 && watch.IsUtf8;

    /// <summary>Moves to the next document, over blanks; false when nothing is left.</summary>
    /// <exception cref="BankXmlRefused">It declares an encoding nobody knows.</exception>
    public bool Next()
    {
        given = 0;
        watch = default;
        (within, skip) = (Within.Document, 0);
        long blanks = 0;
        while (true)
        {
            Fill(buffer.Length);
            if (!begun) FromUtf16();
            while (from < to && buffer[from] is (byte)' ' or (byte)'\t' or (byte)'\r' or (byte)'\n')
            {
                if (buffer[from++] == (byte)'\n') linesGiven++;
                blanks++;
            }

            if (blanks > limits.TagBytes)
                throw new BankXmlRefused(new Problem("bank_file.too_large", $"More than {limits.TagBytes} blanks stand where a message should begin.", "Ask the sender for the file again.").In(null, linesGiven + 1));

            LinesBefore = linesGiven;
            if (from == to && !ended) continue;
            if (from < to)
            {
                Fill(buffer.Length);
                DeclaredLate = blanks > 0 && BytesGiven == 0 && buffer.AsSpan(from, to - from).StartsWith(Declaration);
                Encoding = DeclaredEncoding.Of(buffer.AsSpan(from, to - from), utf16);
                return true;
            }

            if (!unpacked.NextPart()) return false;
            (inner, ended, begun, utf16) = (unpacked, false, false, false);
        }
    }

    void FromUtf16()
    {
        begun = true;
        if (DeclaredEncoding.Utf16(buffer.AsSpan(from, to - from)) is not { } encoding) return;
        utf16 = true;
        // What stands in the buffer goes through the change too.
        var start = new Joined(buffer.AsSpan(from, to - from).ToArray(), unpacked);
        inner = System.Text.Encoding.CreateTranscodingStream(start, encoding, new UTF8Encoding(false), leaveOpen: true);
        (from, to, ended) = (0, 0, false);
        Fill(buffer.Length);
        if (buffer.AsSpan(from, to - from).StartsWith(Mark)) from += Mark.Length;
    }

    void Fill(int wanted)
    {
        if (to - from >= wanted) return;
        buffer.AsSpan(from, to - from).CopyTo(buffer);
        (from, to) = (0, to - from);
        while (!ended && to < wanted)
        {
            var read = inner.Read(buffer, to, buffer.Length - to);
            if (read == 0) ended = true;
            to += read;
        }
    }

    public override int Read(Span<byte> target)
    {
        if (to - from <= HeldBack) Fill(HeldBack + 1);
        var window = buffer.AsSpan(from, to - from);
        var length = OfThisDocument(window, Math.Min(target.Length, ended ? window.Length : Math.Max(0, window.Length - HeldBack)));
        window = window[..length];
        window.CopyTo(target);
        if (Encoding.MayBeUtf8) watch.Add(window);
        linesGiven += window.Count((byte)'\n');
        from += length;
        given += length;
        BytesGiven += length;
        return length;
    }

    /// <summary>How many of the first bytes of a window belong to this document, up to the declaration of the next; notes where the last of them stands.</summary>
    /// <param name="window">What is known of the file; a little beyond the length, for what begins within it.</param>
    /// <param name="length">The most bytes that can be given out.</param>
    int OfThisDocument(ReadOnlySpan<byte> window, int length)
    {
        // What opens or closes must begin before the length; no longer sign than this ends behind it.
        var near = window[..Math.Min(window.Length, length + HeldBack)];
        var at = skip;
        // Found once and kept until they are passed: a file full of one of them is still looked through once.
        var (bang, question) = (-1, -1);
        while (at < length)
        {
            if (within != Within.Document)
            {
                var end = within switch { Within.Comment => "-->"u8, Within.CData => "]]>"u8, _ => "?>"u8 };
                var found = near[at..].IndexOf(end);
                if (found < 0 || at + found >= length) at = length;
                else (at, within) = (at + found + end.Length, Within.Document);
                continue;
            }

            bang = NextOf("<!"u8, near, bang, at);
            question = NextOf("<?"u8, near, question, at);
            at = Math.Min(bang, question);
            if (at >= length)
            {
                // The mark of a declaration that begins a little further on is no part of this document either.
                if (question - Mark.Length < length && Declares(near[question..]) && near[..question].EndsWith(Mark)) at = length = question - Mark.Length;
                break;
            }

            var rest = near[at..];
            if (rest.StartsWith("<!--"u8)) (at, within) = (at + 4, Within.Comment);
            else if (rest.StartsWith("<![CDATA["u8)) (at, within) = (at + 9, Within.CData);
            else if (rest[1] == (byte)'!') at += 2;
            else if (given + at > OwnDeclarationMax && Declares(rest))
            {
                length = at >= Mark.Length && window[(at - Mark.Length)..].StartsWith(Mark) ? at - Mark.Length : at;
                break;
            }
            else (at, within) = (at + 2, Within.Instruction);
        }

        skip = at > length && at < int.MaxValue ? at - length : 0;
        return length;
    }

    static bool Declares(ReadOnlySpan<byte> text) =>
        text.StartsWith(Declaration) && text.Length > Declaration.Length && text[Declaration.Length] is (byte)' ' or (byte)'\t' or (byte)'\r' or (byte)'\n';

    static int NextOf(ReadOnlySpan<byte> sign, ReadOnlySpan<byte> window, int known, int at)
    {
        if (known >= at) return known;
        var found = at < window.Length ? window[at..].IndexOf(sign) : -1;
        return found < 0 ? int.MaxValue : at + found;
    }

    /// <summary>Bytes already taken, then the rest.</summary>
    sealed class Joined(byte[] first, Stream rest) : ForwardReadStream
    {
        int at;

        public override int Read(Span<byte> target)
        {
            if (at == first.Length) return rest.Read(target);
            var length = Math.Min(target.Length, first.Length - at);
            first.AsSpan(at, length).CopyTo(target);
            at += length;
            return length;
        }
    }
}
