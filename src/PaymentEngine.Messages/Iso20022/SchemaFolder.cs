using System.Xml;
using System.Xml.Schema;
using PaymentEngine.Core.Reconciliation;

namespace PaymentEngine.Messages.Iso20022;

/// <summary>A folder with official schemas (<c>camt.053.001.08.xsd</c> …), which are not ours to ship. Validity is a finding, never a gate.</summary>
public sealed class SchemaFolder(string path)
{
    const string Official = "urn:iso:std:iso:20022:tech:xsd:";
    readonly Dictionary<string, XmlSchemaSet> sets = new(StringComparer.Ordinal);

    /// <summary>Validates every message of a file while streaming it. The first fault of each goes to <paramref name="fault"/>.</summary>
    /// <param name="file">From its start.</param>
    /// <param name="version">The first message of the file: <c>camt.053.001.08</c>.</param>
    /// <param name="fault">Takes the findings; one says so when the folder lacks a message's version and the nearest it has is used.</param>
    /// <returns>Null when the folder has no schema of a message in any version, or the file cannot be read at all.</returns>
    public bool? IsValid(Stream file, string version, Action<BankFinding> fault)
    {
        if (Nearest(version) is null) return null;
        var (valid, unknown, more) = (true, false, true);
        DocumentStream? documents = null;
        while (more)
        {
            var declared = false;
            var refusal = BankXml.Guard(() =>
            {
                documents ??= new DocumentStream(file, new());
                more = documents.Next();
                if (more && documents.DeclaredLate) Fault("Blanks stand before the XML declaration.", 1);
                if (more) declared = SchemaWalk.Read(documents, SchemaOf, Fault);
            });
            if (refusal is not null) return null;
            if (!more || declared) continue;
            fault(new("schema.invalid", $"Nothing in the file belongs to {version}: another namespace.", documents!.LinesBefore + 1));
            valid = false;
        }

        return !valid ? false : unknown ? null : true;

        void Fault(string message, int line)
        {
            valid = false;
            fault(new("schema.invalid", message, line));
        }

        (XmlSchemaSet Set, string Namespace)? SchemaOf(string space, int line)
        {
            if (!space.StartsWith(Official, StringComparison.Ordinal)) return null;
            var written = space[Official.Length..];
            var used = Nearest(written);
            unknown |= used is null;
            if (used is null) return null;
            if (used != written) fault(new("schema.other_version", $"There is no schema of {FileFindings.Short(written)} here; the message is compared with {used}.", line));
            return (SetFor(used), Official + used);
        }
    }

    /// <summary>This version, else the next newer one, else the newest older one: a newer schema forgives more.</summary>
    string? Nearest(string version)
    {
        if (version.Length != "camt.053.001.08".Length || version.Any(c => !char.IsAsciiLetterOrDigit(c) && c != '.') || !Directory.Exists(path)) return null;
        if (File.Exists(Path.Combine(path, version + ".xsd"))) return version;
        var there = Directory.GetFiles(path, version[..^3] + ".*.xsd").Select(Path.GetFileNameWithoutExtension).OfType<string>().Where(name => name.Length == version.Length).Order(StringComparer.Ordinal).ToList();
        return there.Find(name => string.CompareOrdinal(name, version) > 0) ?? there.LastOrDefault();
    }

    XmlSchemaSet SetFor(string version)
    {
        if (sets.TryGetValue(version, out var known)) return known;
        using var reader = XmlReader.Create(Path.Combine(path, version + ".xsd"), new XmlReaderSettings { DtdProcessing = DtdProcessing.Prohibit, XmlResolver = null });
        var set = new XmlSchemaSet { XmlResolver = null };
        set.Add(null, reader);
        set.Compile();
        return sets[version] = set;
    }
}
