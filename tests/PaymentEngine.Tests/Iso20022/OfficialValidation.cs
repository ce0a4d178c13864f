using System.Collections.Concurrent;
using System.Xml;
using System.Xml.Schema;

namespace PaymentEngine.Tests.Iso20022;

/// <summary>What the official schema of a message says about a file.</summary>
static class OfficialValidation
{
    static readonly ConcurrentDictionary<string, Lazy<XmlSchemaSet>> loaded = new(StringComparer.Ordinal);

    /// <summary>The faults found; empty: valid.</summary>
    public static IReadOnlyList<string> Faults(byte[] file, string message)
    {
        var faults = new List<string>();
        var settings = new XmlReaderSettings
        {
            ValidationType = ValidationType.Schema, DtdProcessing = DtdProcessing.Prohibit,
            Schemas = loaded.GetOrAdd(message, name => new(() =>
            {
                var set = new XmlSchemaSet { XmlResolver = null };
                using var schema = XmlReader.Create(Path.Combine(OfficialSchemas.Find()!, name + ".xsd"));
                set.Add(null, schema);
                set.Compile();
                return set;
            })).Value,
        };
        settings.ValidationFlags |= XmlSchemaValidationFlags.ReportValidationWarnings;
        settings.ValidationEventHandler += (_, e) => faults.Add(e.Message);
        try
        {
            using var reader = XmlReader.Create(new MemoryStream(file), settings);
            while (reader.Read())
            {
            }
        }
        catch (XmlException e)
        {
            faults.Add(e.Message);
        }

        return faults;
    }
}
