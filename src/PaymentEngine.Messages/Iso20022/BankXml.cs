using System.Text;
using System.Xml;
using System.Xml.Schema;
using PaymentEngine.Core;

namespace PaymentEngine.Messages.Iso20022;

/// <summary>What a bank's file may cost us before it is refused. Files are hostile until read.</summary>
/// <param name="Bytes">Of the whole file.</param>
/// <param name="Depth">Of nested elements.</param>
/// <param name="TextLength">Characters of one text.</param>
public sealed record BankXmlLimits(long Bytes = 8L * 1024 * 1024 * 1024, int Depth = 64, int TextLength = 1024 * 1024);

/// <summary>
/// A forward-only walk over the elements of a message: by local name, in any order, unknown elements passed over. No tree is ever built, no
/// DTD or outside thing is ever fetched, and memory does not depend on the file.
/// </summary>
sealed class BankXml : IDisposable
{
    readonly XmlReader reader;
    readonly IXmlLineInfo place;
    readonly GuardedStream guard;
    readonly BankXmlLimits limits;
    readonly int linesBefore;
    readonly char[] chunk = new char[4096];

    static BankXml() => Encoding.RegisterProvider(CodePagesEncodingProvider.Instance); // windows-1252, where a file declares it

    public BankXml(Stream document, BankXmlLimits limits, XmlSchemaSet? schemas = null, Action<string, int, bool>? invalid = null, int linesBefore = 0)
    {
        this.limits = limits;
        this.linesBefore = linesBefore;
        guard = new GuardedStream(document, limits);
        var settings = new XmlReaderSettings
        {
            DtdProcessing = DtdProcessing.Prohibit, XmlResolver = null, IgnoreComments = true, IgnoreProcessingInstructions = true,
            IgnoreWhitespace = true, CloseInput = false, MaxCharactersInDocument = limits.Bytes, MaxCharactersFromEntities = 1024,
        };
        if (schemas is not null)
        {
            settings.ValidationType = ValidationType.Schema;
            settings.Schemas = schemas;
            settings.ValidationFlags = XmlSchemaValidationFlags.ReportValidationWarnings; // no schemaLocation is followed
            settings.ValidationEventHandler += (_, e) => invalid?.Invoke(e.Message, e.Exception.LineNumber, e.Severity == XmlSeverityType.Error);
        }

        reader = XmlReader.Create(guard, settings);
        place = (IXmlLineInfo)reader;
    }

    public string Name => reader.LocalName;

    public string Namespace => reader.NamespaceURI;

    public int Depth => reader.Depth;

    /// <summary>True when the schema that the reader was given declares this element.</summary>
    public bool IsDeclared => reader.SchemaInfo?.SchemaElement is not null;

    /// <summary>Line of the file, from 1.</summary>
    public int Line => linesBefore + place.LineNumber;

    public string? Attribute(string name) => reader.GetAttribute(name);

    /// <summary>Moves to the next element anywhere; false at the end of the document.</summary>
    public bool NextElement()
    {
        while (Advance())
        {
            if (reader.NodeType == XmlNodeType.Element) return true;
        }

        return false;
    }

    /// <summary>Moves to the next child of the element at <paramref name="parentDepth"/>, over whatever was left unread; false at its end.</summary>
    public bool NextChild(int parentDepth)
    {
        if (reader.NodeType == XmlNodeType.Element && reader.Depth == parentDepth && reader.IsEmptyElement) return false;
        while (Advance())
        {
            if (reader.NodeType == XmlNodeType.EndElement && reader.Depth == parentDepth) return false;
            if (reader.NodeType == XmlNodeType.Element && reader.Depth == parentDepth + 1) return true;
        }

        return false;
    }

    /// <summary>The text of this element without surrounding blanks; null when it is empty, because an empty element says nothing.</summary>
    public string? Text()
    {
        if (reader.IsEmptyElement) return null;
        var depth = reader.Depth;
        string? single = null;
        StringBuilder? built = null;
        while (Advance())
        {
            if (reader.NodeType == XmlNodeType.EndElement && reader.Depth == depth) break;
            if (reader.NodeType is not (XmlNodeType.Text or XmlNodeType.CDATA or XmlNodeType.SignificantWhitespace) || reader.Depth != depth + 1) continue;
            int read;
            while ((read = reader.ReadValueChunk(chunk, 0, chunk.Length)) > 0)
            {
                if (single is null && built is null && read < chunk.Length) single = new string(chunk, 0, read);
                else
                {
                    built ??= new StringBuilder(single);
                    built.Append(chunk, 0, read);
                    if (built.Length > limits.TextLength) throw Refuse("bank_file.text_too_long", $"A text has more than {limits.TextLength} characters.");
                }
            }
        }

        var text = (built?.ToString() ?? single)?.Trim();
        return string.IsNullOrEmpty(text) ? null : text;
    }

    /// <summary>The text of the first leaf below this element, whatever lies between: <c>Dt</c> or <c>DtTm</c>, <c>Cd</c> or <c>Prtry</c>, or plain text.</summary>
    public string? DeepText(out string leaf)
    {
        leaf = Name;
        if (reader.IsEmptyElement) return null;
        var depth = reader.Depth;
        string? found = null;
        while (Advance())
        {
            if (reader.NodeType == XmlNodeType.EndElement && reader.Depth == depth) break;
            if (found is not null) continue;
            if (reader.NodeType == XmlNodeType.Element)
            {
                leaf = Name;
            }
            else if (reader.NodeType is XmlNodeType.Text or XmlNodeType.CDATA)
            {
                var read = reader.ReadValueChunk(chunk, 0, chunk.Length);
                found = new string(chunk, 0, read).Trim();
                if (found.Length == 0) found = null;
            }
        }

        return found;
    }

    bool Advance()
    {
        guard.NodeBegins();
        var before = Math.Max(1, Line);
        try
        {
            if (!reader.Read()) return false;
        }
        catch (XmlException e) when (e.Message.Contains("DTD", StringComparison.Ordinal))
        {
            // This exception alone carries no place: the last node before it is named.
            throw new BankXmlRefused(new Problem("bank_file.doctype", "The file has a DOCTYPE, which no bank message has.", "Do not open it elsewhere. Ask the sender.").In(null, before));
        }

        if (reader.Depth > limits.Depth) throw Refuse("bank_file.too_deep", $"Elements are nested more than {limits.Depth} deep.");
        return true;
    }

    BankXmlRefused Refuse(string code, string message) =>
        new(new Problem(code, message, "This is not a message of a bank. Ask the sender.").In(null, Line));

    /// <summary>Runs a walk and turns what makes a file unreadable into a problem with its line; anything else is a bug and passes.</summary>
    public static Problem? Guard(Action walk, int linesBefore = 0)
    {
        try
        {
            walk();
            return null;
        }
        catch (BankXmlRefused refused)
        {
            return refused.Problem;
        }
        catch (XmlException e)
        {
            return new Problem("bank_file.not_well_formed", $"The file is not well-formed XML: {e.Message}", "Ask the bank for the file again; it may have been cut off.")
                .In(null, linesBefore + e.LineNumber);
        }
        catch (DecoderFallbackException e)
        {
            return new Problem("bank_file.not_well_formed", $"The file is not in the encoding it declares: {e.Message}", "Ask the bank for the file again.");
        }
    }

    public void Dispose() => reader.Dispose();

    /// <summary>Counts what the parser pulls: over the whole file, and for one node, so that one huge attribute or comment cannot fill memory.</summary>
    sealed class GuardedStream(Stream inner, BankXmlLimits limits) : Stream
    {
        readonly long nodeMax = (4L * limits.TextLength) + 65_536;
        long total, node;

        public void NodeBegins() => node = 0;

        public override int Read(Span<byte> buffer)
        {
            var read = inner.Read(buffer);
            total += read;
            node += read;
            if (total > limits.Bytes) throw TooLarge($"The file has more than {limits.Bytes} bytes.");
            if (node > nodeMax) throw TooLarge($"One text, comment or attribute has more than {nodeMax} bytes.");
            return read;
        }

        static BankXmlRefused TooLarge(string message) => new(new Problem("bank_file.too_large", message, "Ask the bank to split the file."));

        public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));
        public override bool CanRead => true;
        public override bool CanSeek => false;
        public override bool CanWrite => false;
        public override long Length => throw new NotSupportedException();
        public override long Position { get => total; set => throw new NotSupportedException(); }

        public override void Flush()
        {
        }

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }
}

/// <summary>Carries a refusal out of the depths of a walk to <see cref="BankXml.Guard"/>; never seen outside.</summary>
sealed class BankXmlRefused(Problem problem) : Exception(problem.Message)
{
    public Problem Problem { get; } = problem;
}
