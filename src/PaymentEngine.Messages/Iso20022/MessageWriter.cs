using System.Globalization;
using System.Text;
using System.Xml;
using NodaTime;
using NodaTime.Text;
using PaymentEngine.Core.Payments;

namespace PaymentEngine.Messages.Iso20022;

/// <summary>How every message of ours is laid out: UTF-8 without mark, LF, a declaration, one default namespace, one transaction a line.</summary>
sealed class MessageWriter : IDisposable
{
    static readonly OffsetDateTimePattern Stamp = OffsetDateTimePattern.CreateWithInvariantCulture("uuuu-MM-dd'T'HH:mm:sso<+HH:mm>");
    static readonly LocalDatePattern Day = LocalDatePattern.Iso;
    readonly XmlWriter xml;
    readonly BusinessHeader? header;
    string space;
    readonly char[] number = new char[24];

    /// <param name="output">Stays open.</param>
    /// <param name="message">Name and version, for example <c>pain.001.001.09</c>.</param>
    /// <param name="header">Stands before the message in an envelope around both; null: the message alone.</param>
    public MessageWriter(Stream output, string message, BusinessHeader? header = null)
    {
        this.header = header;
        xml = XmlWriter.Create(output, new XmlWriterSettings
        {
            Encoding = new UTF8Encoding(false), Indent = false, NewLineChars = "\n", NewLineHandling = NewLineHandling.None,
            CloseOutput = false, CheckCharacters = true, OmitXmlDeclaration = true,
        });
        xml.WriteRaw("<?xml version=\"1.0\" encoding=\"UTF-8\"?>"); // XmlWriter alone would write the name in small letters
        Line();
        if (header is not null) Before(header, message);
        space = Space(message);
        Start("Document");
        Line();
    }

    static string Space(string message) => "urn:iso:std:iso:20022:tech:xsd:" + message;

    void Before(BusinessHeader head, string message)
    {
        space = BusinessHeader.EnvelopeSpace;
        Start(BusinessHeader.Envelope);
        Line();
        space = Space(BusinessHeader.Version);
        Start("AppHdr");
        Start("Fr");
        Start("OrgId");
        Leaf("Nm", head.PayerName);
        End(2);
        Start("To");
        Start("FIId");
        Start("FinInstnId");
        if (head.BankForm == AgentForm.Bic) Leaf("BICFI", head.Bank);
        else
        {
            Start("ClrSysMmbId");
            Nested("ClrSysId", "Cd", "VN");
            Leaf("MmbId", head.Bank);
            End();
        }

        End(3);
        Leaf("BizMsgIdr", head.MessageId);
        Leaf("MsgDefIdr", message);
        Leaf("CreDt", head.CreatedAt);
        End();
        Line();
    }

    /// <summary>Ends a line between elements, never inside a text.</summary>
    public void Line() => xml.WriteWhitespace("\n");

    public void Start(string name) => xml.WriteStartElement(name, space);

    public void End() => xml.WriteEndElement();

    public void End(int times)
    {
        for (var i = 0; i < times; i++) xml.WriteEndElement();
    }

    public void Leaf(string name, string text)
    {
        Start(name);
        xml.WriteString(text);
        End();
    }

    public void LeafIf(string name, string? text)
    {
        if (text is not null) Leaf(name, text);
    }

    public void Leaf(string name, long value)
    {
        Start(name);
        Number(value);
        End();
    }

    public void Leaf(string name, LocalDate day) => Leaf(name, Day.Format(day));

    public void Leaf(string name, OffsetDateTime stamp) => Leaf(name, Stamp.Format(stamp));

    /// <summary>An amount of đồng: whole figures, with its currency.</summary>
    public void Amount(string name, long value)
    {
        Start(name);
        xml.WriteAttributeString("Ccy", "VND");
        Number(value);
        End();
    }

    /// <summary>The same with the figures as text.</summary>
    public void Amount(string name, string figures)
    {
        Start(name);
        xml.WriteAttributeString("Ccy", "VND");
        xml.WriteString(figures);
        End();
    }

    /// <summary>One text inside a chain of elements, all opened and closed here: <c>Nested("Purp", "Cd", "SSBE")</c>.</summary>
    public void Nested(string outer, string inner, string text)
    {
        Start(outer);
        Leaf(inner, text);
        End();
    }

    void Number(long value)
    {
        value.TryFormat(number, out var length, default, CultureInfo.InvariantCulture);
        xml.WriteChars(number, 0, length);
    }

    /// <summary>Brings everything written so far into the stream. Between two elements whole elements may then be written to the stream itself.</summary>
    public void Flush() => xml.Flush();

    /// <summary>Closes the document: everything still open, and the last line.</summary>
    public void Finish()
    {
        xml.WriteEndElement();
        Line();
        if (header is not null)
        {
            xml.WriteEndElement();
            Line();
        }

        xml.Flush();
    }

    public void Dispose() => xml.Dispose();
}
