using System.Text;
using System.Xml;
using System.Xml.Schema;
using PaymentEngine.Core;

namespace PaymentEngine.Messages.Iso20022;

/// <summary>
/// A forward-only walk over the elements of a message: by local name, in any order, unknown elements passed over. No tree is ever built, no
/// DTD or outside thing is ever fetched, and memory does not depend on the file.
/// </summary>
sealed class BankXml : IDisposable
{
    readonly XmlReader reader = null!;
    readonly IXmlLineInfo? place;
    readonly BankXmlLimits limits;
    readonly ElementNames names;
    readonly WordCache words = new();
    readonly int linesBefore, depthMax, attributesMax;
    readonly char[] text = new char[4096];
    XmlNodeType node;
    int depth;
    bool counting;

    // Nodes passed; the stream below asks for it to see whether the parser gets on.
    long steps;

    static BankXml() => Encoding.RegisterProvider(CodePagesEncodingProvider.Instance); // windows-1252, where a file declares it

    /// <summary>Begins to read a document; nothing is fetched yet.</summary>
    /// <param name="document">Its bytes.</param>
    /// <param name="limits">What it may cost.</param>
    /// <param name="schemas">Validates while reading; faults go to <paramref name="invalid"/>.</param>
    /// <param name="invalid">Message, line, and whether it is an error.</param>
    /// <param name="linesBefore">Lines of the file before this document.</param>
    /// <param name="encoding">Instead of what the document declares; null to believe it.</param>
    public BankXml(Stream document, BankXmlLimits limits, XmlSchemaSet? schemas = null, Action<string, int, bool>? invalid = null, int linesBefore = 0, Encoding? encoding = null)
    {
        this.limits = limits;
        this.linesBefore = linesBefore;
        (depthMax, attributesMax) = (limits.Depth, limits.Attributes);
        var guard = new GuardedStream(document, limits, this);
        names = new ElementNames(limits.StrangeNames, () => Line);
        var settings = new XmlReaderSettings
        {
            DtdProcessing = DtdProcessing.Prohibit, XmlResolver = null, IgnoreComments = true, IgnoreProcessingInstructions = true,
            IgnoreWhitespace = true, CloseInput = false, MaxCharactersInDocument = limits.Bytes, MaxCharactersFromEntities = 1024, NameTable = names,
        };
        if (schemas is not null)
        {
            settings.ValidationType = ValidationType.Schema;
            settings.Schemas = schemas;
            settings.ValidationFlags = XmlSchemaValidationFlags.ReportValidationWarnings; // no schemaLocation is followed
            settings.ValidationEventHandler += (_, e) => invalid?.Invoke(e.Message, e.Exception.LineNumber, e.Severity == XmlSeverityType.Error);
        }

        // Characters instead of bytes: only then the parser leaves the declared encoding alone.
        reader = encoding is null ? XmlReader.Create(guard, settings) : XmlReader.Create(new StreamReader(guard, encoding, true, -1, leaveOpen: true), settings);
        place = (IXmlLineInfo)reader;
    }

    public string Name => reader.LocalName;

    public string Namespace => reader.NamespaceURI;

    public int Depth => depth;

    public XmlNodeType Node => node;

    public bool IsEmpty => reader.IsEmptyElement;

    public XmlNameTable NameTable => names;

    /// <summary>True when the schema that the reader was given declares this element.</summary>
    public bool IsDeclared => reader.SchemaInfo?.SchemaElement is not null;

    /// <summary>Line of the file, from 1.</summary>
    public int Line => linesBefore + Math.Max(1, place?.LineNumber ?? 0);

    /// <summary>Elements since <see cref="CountStrangers"/> whose name no message of the standard has.</summary>
    public int Strangers { get; private set; }

    public string? FirstStranger { get; private set; }

    public int FirstStrangerLine { get; private set; }

    public string? Attribute(string name) => reader.GetAttribute(name);

    /// <summary>All attributes of this element.</summary>
    public IEnumerable<(string Name, string Namespace, string Value)> Attributes()
    {
        for (var more = reader.MoveToFirstAttribute(); more; more = reader.MoveToNextAttribute()) yield return (reader.LocalName, reader.NamespaceURI, reader.Value);
        reader.MoveToElement();
    }

    /// <summary>The text of the node here, whole.</summary>
    public string Value() => Bounded(reader.Value);

    /// <summary>Moves to the next node of any kind; false at the end of the document.</summary>
    public bool Next() => Advance();

    /// <summary>Begins or ends to count elements that the standard does not have.</summary>
    public void CountStrangers(bool count)
    {
        counting = count;
        if (!count) return;
        (Strangers, FirstStranger, FirstStrangerLine) = (0, null, 0);
    }

    /// <summary>Moves to the next element anywhere; false at the end of the document.</summary>
    public bool NextElement()
    {
        while (Advance())
        {
            if (node == XmlNodeType.Element) return true;
        }

        return false;
    }

    /// <summary>Moves to the next child of the element at <paramref name="parentDepth"/>, over whatever was left unread; false at its end.</summary>
    public bool NextChild(int parentDepth)
    {
        if (node == XmlNodeType.Element && depth == parentDepth && reader.IsEmptyElement) return false;
        while (Step())
        {
            if (node == XmlNodeType.Element)
            {
                Check();
                if (depth == parentDepth + 1) return true;
            }
            else if (node == XmlNodeType.EndElement && reader.Depth == parentDepth)
            {
                depth = parentDepth;
                return false;
            }
        }

        return false;
    }

    /// <summary>The text of this element without surrounding blanks; null when it is empty, because an empty element says nothing.</summary>
    public string? Text()
    {
        var whole = Enter() switch
        {
            Inside.OneText => Rest(Bounded(reader.Value)),
            Inside.Other => Mixed(null),
            _ => null,
        };
        if (whole is null || whole.Length == 0) return null;
        if (!char.IsWhiteSpace(whole[0]) && !char.IsWhiteSpace(whole[^1])) return whole;
        var trimmed = whole.Trim();
        return trimmed.Length == 0 ? null : trimmed;
    }

    /// <summary>The same for an element with few different texts (codes, ids of files): a text that came shortly before is the same object.</summary>
    public string? Word()
    {
        var characters = Characters();
        return characters.IsEmpty ? null : words.Find(characters);
    }

    /// <summary>The characters of this element's text without surrounding blanks, empty when there are none; they stand until the next step.</summary>
    public ReadOnlySpan<char> Characters()
    {
        var inside = Enter();
        if (inside != Inside.OneText) return inside == Inside.Nothing ? default : Mixed(null).AsSpan().Trim();
        var read = reader.ReadValueChunk(text, 0, text.Length);
        if (read == text.Length) return Rest(Whole(read)).AsSpan().Trim();
        steps++;
        reader.Read();
        if (reader.NodeType != XmlNodeType.EndElement) return Mixed(new string(text, 0, read)).AsSpan().Trim();
        node = XmlNodeType.EndElement;
        return Trimmed(text.AsSpan(0, read));
    }

    enum Inside : byte { Nothing, OneText, Other }

    /// <summary>Steps into this element. The first thing in it is text as a rule, and nothing else.</summary>
    Inside Enter()
    {
        if (reader.IsEmptyElement) return Inside.Nothing;
        steps++;
        reader.Read();
        var first = reader.NodeType;
        if (first == XmlNodeType.Text) return Inside.OneText;
        if (first != XmlNodeType.EndElement) return Inside.Other;
        node = XmlNodeType.EndElement;
        return Inside.Nothing;
    }

    /// <summary>After the first text of an element: its end as a rule.</summary>
    string? Rest(string whole)
    {
        steps++;
        reader.Read();
        if (reader.NodeType != XmlNodeType.EndElement) return Mixed(whole);
        node = XmlNodeType.EndElement;
        return whole;
    }

    /// <summary>A text that fills the buffer and goes on.</summary>
    string Whole(int read)
    {
        var built = new StringBuilder();
        while (true)
        {
            built.Append(text, 0, read);
            if (built.Length > limits.TextLength) throw TextTooLong();
            if (read < text.Length) return built.ToString(); // the parser fills the room as long as there is text
            read = reader.ReadValueChunk(text, 0, text.Length);
        }
    }

    /// <summary>A text in several pieces (comments, CDATA, or elements where none belong). The parser stands behind the first.</summary>
    string? Mixed(string? first)
    {
        var (own, built) = (depth, new StringBuilder(first));
        do
        {
            Arrive();
            if (node == XmlNodeType.EndElement && depth == own) break;
            if (node is not (XmlNodeType.Text or XmlNodeType.CDATA or XmlNodeType.SignificantWhitespace) || depth != own + 1) continue;
            built.Append(reader.Value);
            if (built.Length > limits.TextLength) throw TextTooLong();
        }
        while (Step());
        return built.Length == 0 ? null : built.ToString();
    }

    /// <summary>The text of the first leaf with text below this element, whatever lies between: <c>Dt</c> or <c>DtTm</c>, <c>Cd</c> or <c>Prtry</c>, or plain text.</summary>
    public ReadOnlySpan<char> DeepCharacters()
    {
        if (reader.IsEmptyElement) return default;
        var (own, length) = (depth, 0);
        string? longer = null;
        var done = false;
        while (Advance())
        {
            if (node == XmlNodeType.EndElement && depth == own) break;
            if (node is not (XmlNodeType.Text or XmlNodeType.CDATA))
            {
                done |= length > 0;
                continue;
            }

            if (done) continue;
            var read = reader.ReadValueChunk(text, length, text.Length - length);
            length += read;
            if (length == text.Length)
            {
                longer = read == length ? Whole(length) : new string(text);
                done = true;
            }
            else if (Trimmed(text.AsSpan(0, length)).IsEmpty)
            {
                length = 0;
            }
        }

        return longer is null ? Trimmed(text.AsSpan(0, length)) : longer.AsSpan().Trim();
    }

    public string? DeepText()
    {
        var characters = DeepCharacters();
        return characters.IsEmpty ? null : new string(characters);
    }

    /// <summary>The same for an element with few different texts.</summary>
    public string? DeepWord()
    {
        var characters = DeepCharacters();
        return characters.IsEmpty ? null : words.Find(characters);
    }

    string Bounded(string whole) => whole.Length <= limits.TextLength ? whole : throw TextTooLong();

    BankXmlRefused TextTooLong() => Refuse("bank_file.text_too_long", $"A text has more than {limits.TextLength} characters.");

    bool Advance()
    {
        if (!Step()) return false;
        Arrive();
        return true;
    }

    void Arrive()
    {
        node = reader.NodeType;
        if (node == XmlNodeType.Element) Check();
        else depth = reader.Depth;
    }

    /// <summary>To the next node; of an element <see cref="Check"/> must be asked, and <see cref="depth"/> is not yet known.</summary>
    bool Step()
    {
        steps++;
        if (reader.Read())
        {
            node = reader.NodeType;
            return true;
        }

        node = XmlNodeType.None;
        return false;
    }

    /// <summary>Arrives at an element: how deep it is, and whether that and its attributes are within the limits.</summary>
    void Check()
    {
        depth = reader.Depth;
        if (depth > depthMax || reader.AttributeCount > attributesMax || (counting && names.HasStrangers)) LookCloser();
    }

    void LookCloser()
    {
        if (depth > depthMax) throw Refuse("bank_file.too_deep", $"Elements are nested more than {depthMax} deep.");
        if (reader.AttributeCount > attributesMax) throw Refuse("bank_file.too_many_attributes", $"An element has {reader.AttributeCount} attributes.");
        if (names.IsStranger(reader.LocalName)) CountStranger();
    }

    /// <summary>Without surrounding blanks; a text between two signs of ASCII has none.</summary>
    static ReadOnlySpan<char> Trimmed(ReadOnlySpan<char> characters) =>
        characters.Length > 0 && characters[0] is > ' ' and <= '~' && characters[^1] is > ' ' and <= '~' ? characters : characters.Trim();

    void CountStranger()
    {
        if (Strangers++ > 0) return;
        FirstStranger = reader.LocalName;
        FirstStrangerLine = Line;
    }

    BankXmlRefused Refuse(string code, string message) =>
        new(new Problem(code, message, "This is not a message of a bank. Ask the sender.").In(null, Line));

    static Problem NotInItsEncoding(DecoderFallbackException e) =>
        new("bank_file.encoding", $"The file is not in the encoding it declares: {e.Message}", "Ask the bank for the file again, in UTF-8.");

    /// <summary>Runs a walk and turns what makes a file unreadable into a problem with its line; anything else is a bug and passes.</summary>
    /// <param name="walk">Reads.</param>
    /// <param name="linesBefore">Lines of the file before the document that was being read when it stopped.</param>
    /// <param name="linesGiven">Lines given to the parser by then: as near as a fault of the encoding can be placed.</param>
    public static Problem? Guard(Action walk, Func<int>? linesBefore = null, Func<int>? linesGiven = null)
    {
        try
        {
            walk();
            return null;
        }
        catch (BankXmlRefused refused)
        {
            return refused.Problem.At is null ? refused.Problem.In(null, (linesBefore?.Invoke() ?? 0) + 1) : refused.Problem;
        }
        catch (XmlException e) when (e.Message.Contains("DTD", StringComparison.Ordinal))
        {
            // This exception alone carries no place; a DOCTYPE can only stand before the message.
            return new Problem("bank_file.doctype", "The file has a DOCTYPE, which no bank message has.", "Do not open it elsewhere. Ask the sender.")
                .In(null, (linesBefore?.Invoke() ?? 0) + Math.Max(1, e.LineNumber));
        }
        catch (XmlException e)
        {
            return new Problem("bank_file.not_well_formed", $"The file is not well-formed XML: {e.Message}", "Ask the bank for the file again; it may have been cut off.")
                .In(null, (linesBefore?.Invoke() ?? 0) + Math.Max(1, e.LineNumber));
        }
        catch (DecoderFallbackException e)
        {
            return NotInItsEncoding(e).In(null, (linesGiven ?? linesBefore)?.Invoke() + 1 ?? 1);
        }
    }

    public void Dispose() => reader.Dispose();

    /// <summary>Counts what the parser pulls: over the whole document, and for one node, so that one huge attribute or comment cannot fill memory.</summary>
    sealed class GuardedStream(Stream inner, BankXmlLimits limits, BankXml owner) : ForwardReadStream
    {
        // A character has at most four bytes, and the parser reads ahead by less than 64 KB.
        readonly long textMax = (4L * limits.TextLength) + 65_536;
        readonly long tagMax = limits.TagBytes + 65_536L;
        long total, node, at = -1;

        public override int Read(Span<byte> buffer)
        {
            var read = inner.Read(buffer);
            total += read;
            if (at != owner.steps) (at, node) = (owner.steps, 0);
            node += read;
            if (total > limits.Bytes) throw TooLarge($"The file has more than {limits.Bytes} bytes.");
            // A long text that nobody reads is passed over in one step of the parser.
            var nodeMax = owner.reader?.NodeType is XmlNodeType.Text or XmlNodeType.CDATA ? textMax : tagMax;
            if (node > nodeMax) throw TooLarge($"One text, comment or attribute has more than {nodeMax} bytes.");
            return read;
        }

        BankXmlRefused TooLarge(string message) => new(new Problem("bank_file.too_large", message, "Ask the bank to split the file.").In(null, owner.Line));

        // The parser looks at both only to choose its buffer: 8 KB for a long file, else 4 KB.
        public override bool CanSeek => true;
        public override long Length => inner is DocumentStream documents ? documents.LeftAtMost : long.MaxValue;
    }
}

/// <summary>Carries a refusal out of the depths of a walk to <see cref="BankXml.Guard"/>; never seen outside.</summary>
sealed class BankXmlRefused(Problem problem) : Exception(problem.Message)
{
    public Problem Problem { get; } = problem;
}
