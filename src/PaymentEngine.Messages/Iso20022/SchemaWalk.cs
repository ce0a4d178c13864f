using System.Xml;
using System.Xml.Schema;

namespace PaymentEngine.Messages.Iso20022;

/// <summary>Holds the message in a document against a schema, streaming. Envelopes around it are not the schema's and are passed over.</summary>
static class SchemaWalk
{
    // As many texts of a file may be as long as the reader allows: the validator wants each whole.
    static readonly BankXmlLimits limits = new();

    /// <summary>Reads the document to its end.</summary>
    /// <param name="documents">Stands at a document.</param>
    /// <param name="schemaOf">The schema for a message in a namespace, found on a line, with the namespace it has itself; null when there is none.</param>
    /// <param name="fault">Takes the first fault of every message with its line in the file.</param>
    /// <returns>Whether anything in the document is in a namespace of the standard's messages.</returns>
    public static bool Read(DocumentStream documents, Func<string, int, (XmlSchemaSet Set, string Namespace)?> schemaOf, Action<string, int> fault)
    {
        using var xml = new BankXml(documents, limits with { Bytes = Math.Max(1, limits.Bytes - documents.BytesGiven) }, linesBefore: documents.LinesBefore, encoding: documents.Encoding.Override);
        var declared = false;
        while (xml.NextElement())
        {
            if (xml.Name != "Document" || !xml.Namespace.StartsWith("urn:iso:std:iso:20022:tech:xsd:", StringComparison.Ordinal)) continue;
            declared = true;
            if (schemaOf(xml.Namespace, xml.Line) is not var (set, space)) continue;
            var first = true;
            var line = 0;
            var validator = new XmlSchemaValidator(xml.NameTable, set, new XmlNamespaceManager(xml.NameTable), XmlSchemaValidationFlags.None) { XmlResolver = null };
            validator.ValidationEventHandler += (_, e) =>
            {
                if (first && e.Severity == XmlSeverityType.Error) fault(e.Message, line);
                first &= e.Severity != XmlSeverityType.Error;
            };
            validator.Initialize();
            ReadElement(xml, validator, (space, xml.Namespace), ref line);
            validator.EndValidation();
        }

        return declared;
    }

    static void ReadElement(BankXml xml, XmlSchemaValidator validator, (string Used, string Written) space, ref int line)
    {
        var root = xml.Depth;
        do
        {
            line = xml.Line;
            switch (xml.Node)
            {
                case XmlNodeType.Element:
                    validator.ValidateElement(xml.Name, xml.Namespace == space.Written ? space.Used : xml.Namespace, null);
                    foreach (var (name, attributeSpace, value) in xml.Attributes())
                    {
                        // Declarations of namespaces, and hints where a schema would be: no part of the content, and nothing is fetched.
                        if (attributeSpace is not ("http://www.w3.org/2000/xmlns/" or "http://www.w3.org/2001/XMLSchema-instance")) validator.ValidateAttribute(name, attributeSpace, value, null);
                    }

                    validator.ValidateEndOfAttributes(null);
                    if (!xml.IsEmpty) break;
                    validator.ValidateEndElement(null);
                    if (xml.Depth == root) return;
                    break;
                case XmlNodeType.EndElement:
                    validator.ValidateEndElement(null);
                    if (xml.Depth == root) return;
                    break;
                case XmlNodeType.Text or XmlNodeType.CDATA:
                    validator.ValidateText(xml.Value());
                    break;
                case XmlNodeType.SignificantWhitespace:
                    validator.ValidateWhitespace(xml.Value());
                    break;
            }
        }
        while (xml.Next());
    }
}
