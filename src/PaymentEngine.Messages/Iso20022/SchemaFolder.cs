using System.Xml;
using System.Xml.Schema;
using PaymentEngine.Core;
using PaymentEngine.Core.Reconciliation;

namespace PaymentEngine.Messages.Iso20022;

/// <summary>A folder with official schemas (<c>camt.053.001.08.xsd</c> …), which are not ours to ship. Validity is a finding, never a gate.</summary>
public sealed class SchemaFolder(string path)
{
    readonly Dictionary<string, XmlSchemaSet?> sets = new(StringComparer.Ordinal);

    /// <summary>Validates a file while streaming it. The first fault of each document goes to <paramref name="fault"/>.</summary>
    /// <param name="version">The message the file holds: <c>camt.053.001.08</c>.</param>
    /// <returns>Null when the folder has no schema for this version, or the file cannot be read at all.</returns>
    public bool? IsValid(Stream file, string version, Action<BankFinding> fault)
    {
        if (SetFor(version) is not { } set) return null;
        var valid = true;
        using var documents = new DocumentStream(file);
        while (documents.Next())
        {
            var (first, declared) = (true, false);
            var refusal = BankXml.Guard(() =>
            {
                using var xml = new BankXml(documents, new(), set, (message, line, isError) =>
                {
                    // A warning is about elements the schema leaves open: envelopes and supplementary data.
                    if (!isError) return;
                    if (first) fault(new("schema.invalid", message, documents.LinesBefore + line));
                    first = valid = false;
                });
                while (xml.NextElement()) declared |= xml.IsDeclared;
            });
            if (refusal is not null) return null;
            if (declared) continue;
            fault(new("schema.invalid", $"Nothing in the file belongs to {version}: another namespace.", documents.LinesBefore + 1));
            valid = false;
        }

        return valid;
    }

    XmlSchemaSet? SetFor(string version)
    {
        if (sets.TryGetValue(version, out var known)) return known;
        var file = Path.Combine(path, version + ".xsd");
        XmlSchemaSet? set = null;
        if (File.Exists(file))
        {
            using var reader = XmlReader.Create(file, new XmlReaderSettings { DtdProcessing = DtdProcessing.Prohibit, XmlResolver = null });
            set = new XmlSchemaSet { XmlResolver = null };
            set.Add(null, reader);
            set.Compile();
        }

        return sets[version] = set;
    }
}
