using System.Globalization;
using System.Text;
using NodaTime;
using NodaTime.Text;
using PaymentEngine.App.Files;

namespace PaymentEngine.App.Banks;

/// <summary>One answer that the simulated bank sent.</summary>
/// <param name="File">Its name in the folder of answers.</param>
/// <param name="Message">Version of the message: <c>camt.053.001.08</c>.</param>
/// <param name="MessageId">As in the message.</param>
/// <param name="Note">What is wrong with it or what it repeats; null of an ordinary answer.</param>
public sealed record SimulatedAnswer(string File, string Message, string MessageId, string? Note);

/// <summary>How answers leave the simulated bank: in which order of names, which characters, which envelope, and how often.</summary>
sealed class SimulatedMail(IFiles files, string folder, ulong seed, BankScenario scenario)
{
    const int BufferBytes = 256 * 1024;
    static readonly InstantPattern Stamp = InstantPattern.CreateWithInvariantCulture("uuuu-MM-dd'T'HH:mm:ss'Z'");
    readonly List<SimulatedAnswer> sent = [];

    public IReadOnlyList<SimulatedAnswer> Sent => sent;

    public string PathOf(SimulatedAnswer answer) => Path.Combine(folder, answer.File);

    /// <summary>Sends an answer; with <see cref="BankScenario.Duplicate"/> the same bytes come once more.</summary>
    /// <param name="stem">The name without ending; its order follows kind and day, unless the scenario disorders it.</param>
    /// <param name="head">What an envelope says of the message.</param>
    /// <param name="habit">The bank's.</param>
    /// <param name="note">Null of an ordinary answer.</param>
    /// <param name="write">Writes the message; called once for each copy.</param>
    public void Send(string stem, AnswerHead head, BankHabit habit, string? note, Action<Stream> write)
    {
        Write(stem, head, note, path => Dressed(path, head, habit, write));
        if (scenario.Has(BankScenario.Duplicate)) Write(stem + "-again", head, "the same bytes once more", path => Dressed(path, head, habit, write));
    }

    /// <summary>Sends a spreadsheet as text; its name is all it is known by.</summary>
    public void SendList(string stem, Action<Stream> write)
    {
        Write(stem, new("result-list", "", "", default), null, Plain, ".csv");
        if (scenario.Has(BankScenario.Duplicate)) Write(stem + "-again", new("result-list", "", "", default), "the same bytes once more", Plain, ".csv");

        void Plain(string path)
        {
            using var stream = files.Create(path);
            using var buffered = new BufferedStream(stream, BufferBytes);
            write(buffered);
        }
    }

    /// <summary>Sends an answer that declares UTF-8 and is written in Latin-1: nobody can read it.</summary>
    public void SendUnreadable(string stem, AnswerHead head, Action<Stream> write) => Write(stem + "-unreadable", head, "declares UTF-8 and is Latin-1", path =>
    {
        using var stream = files.Create(path);
        using var buffered = new BufferedStream(stream, BufferBytes);
        using var text = Encoding.CreateTranscodingStream(buffered, Encoding.Latin1, Encoding.UTF8, leaveOpen: true);
        write(text);
    });

    void Write(string stem, AnswerHead head, string? note, Action<string> write, string extension = ".xml")
    {
        if (scenario.Has(BankScenario.Disorder)) stem = string.Create(CultureInfo.InvariantCulture, $"{(SimulatedOutcomes.Hash(stem) ^ seed) & 0xFFFFFFFF:x8}-{stem}");
        var answer = new SimulatedAnswer(stem + extension, head.Message, head.MessageId, note);
        var path = PathOf(answer);
        files.Delete(path);
        write(path);
        sent.Add(answer);
    }

    void Dressed(string path, AnswerHead head, BankHabit habit, Action<Stream> write)
    {
        using var stream = files.Create(path);
        using var buffered = new BufferedStream(stream, BufferBytes);
        if (habit is { Encoding: EncodingHabit.Utf8, Envelope: EnvelopeHabit.None })
        {
            write(buffered);
            return;
        }

        var (encoding, name, hasMark) = habit.Encoding switch
        {
            EncodingHabit.Utf16 => (new UnicodeEncoding(bigEndian: false, byteOrderMark: true), "UTF-16", true),
            EncodingHabit.Latin1 => (WithReferences(Encoding.Latin1), "ISO-8859-1", false),
            EncodingHabit.Windows1252 => (WithReferences(CodePagesEncodingProvider.Instance.GetEncoding(1252)!), "windows-1252", false),
            _ => ((Encoding)new UTF8Encoding(true), "UTF-8", habit.Encoding == EncodingHabit.Utf8WithMark),
        };
        if (hasMark) buffered.Write(encoding.GetPreamble());
        using var text = Encoding.CreateTranscodingStream(buffered, encoding, Encoding.UTF8, leaveOpen: true);
        var (before, after) = Envelope(head, habit.Envelope);
        text.Write(Encoding.UTF8.GetBytes($"<?xml version=\"1.0\" encoding=\"{name}\"?>\n{before}"));
        write(new WithoutDeclaration(text));
        text.Write(Encoding.UTF8.GetBytes(after));
    }

    static (string Before, string After) Envelope(AnswerHead head, EnvelopeHabit habit) => habit switch
    {
        EnvelopeHabit.BusinessHeader => (
            "<BizMsgEnvlp xmlns=\"urn:swift:xsd:envelope\"><AppHdr xmlns=\"urn:iso:std:iso:20022:tech:xsd:head.001.001.02\">"
            + $"<Fr><FIId><FinInstnId><BICFI>{head.BankBic}</BICFI></FinInstnId></FIId></Fr><To><OrgId><Nm>KHACH HANG</Nm></OrgId></To>"
            + $"<BizMsgIdr>{head.MessageId}</BizMsgIdr><MsgDefIdr>{head.Message}</MsgDefIdr><CreDt>{Stamp.Format(head.CreatedAt.ToInstant())}</CreDt></AppHdr>\n", "</BizMsgEnvlp>\n"),
        EnvelopeHabit.Soap => ("<soap:Envelope xmlns:soap=\"http://schemas.xmlsoap.org/soap/envelope/\"><soap:Body>\n", "</soap:Body></soap:Envelope>\n"),
        _ => ("", ""),
    };

    /// <summary>A letter that the encoding lacks is written as a character reference, as XML writers do.</summary>
    static Encoding WithReferences(Encoding encoding)
    {
        var own = (Encoding)encoding.Clone();
        own.EncoderFallback = new ReferenceFallback();
        return own;
    }

    /// <summary>Passes on everything behind the first line, which our writers end after their XML declaration.</summary>
    sealed class WithoutDeclaration(Stream inner) : Stream
    {
        bool begun;

        public override bool CanRead => false;
        public override bool CanSeek => false;
        public override bool CanWrite => true;
        public override long Length => throw new NotSupportedException("A message is written from its beginning to its end.");
        public override long Position { get => throw new NotSupportedException("A message is written from its beginning to its end."); set => throw new NotSupportedException("A message is written from its beginning to its end."); }

        public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

        public override void Write(ReadOnlySpan<byte> bytes)
        {
            if (!begun)
            {
                var end = bytes.IndexOf((byte)'\n');
                if (end < 0) return;
                begun = true;
                bytes = bytes[(end + 1)..];
            }

            inner.Write(bytes);
        }

        public override void Flush() => inner.Flush();

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException("A message is written here, not read.");

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException("A message is written from its beginning to its end.");

        public override void SetLength(long value) => throw new NotSupportedException("A message is written from its beginning to its end.");
    }

    sealed class ReferenceFallback : EncoderFallback
    {
        public override int MaxCharCount => 10;

        public override EncoderFallbackBuffer CreateFallbackBuffer() => new Buffer();

        sealed class Buffer : EncoderFallbackBuffer
        {
            string text = "";
            int next;

            public override int Remaining => text.Length - next;

            public override bool Fallback(char charUnknown, int index) => Begin(charUnknown);

            public override bool Fallback(char charUnknownHigh, char charUnknownLow, int index) => Begin(char.ConvertToUtf32(charUnknownHigh, charUnknownLow));

            bool Begin(int value)
            {
                (text, next) = (string.Create(CultureInfo.InvariantCulture, $"&#x{value:X};"), 0);
                return true;
            }

            public override char GetNextChar() => next < text.Length ? text[next++] : '\0';

            public override bool MovePrevious()
            {
                if (next == 0) return false;
                next--;
                return true;
            }
        }
    }
}

/// <summary>What an envelope repeats of the message in it.</summary>
readonly record struct AnswerHead(string Message, string MessageId, string BankBic, OffsetDateTime CreatedAt);
