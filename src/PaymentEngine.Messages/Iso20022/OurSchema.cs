using System.Collections.Concurrent;
using System.Reflection;
using System.Xml;
using System.Xml.Schema;
using PaymentEngine.Core;

namespace PaymentEngine.Messages.Iso20022;

/// <summary>Our usage-profile schemas (schemas/iso20022), one for each message and version we write: everything written is checked against its own before it is released.</summary>
public static class OurSchema
{
    const int FaultsMax = 20;

    static readonly ConcurrentDictionary<string, Lazy<XmlSchemaSet>> Loaded = new(StringComparer.Ordinal);

    /// <summary>Checks a message of ours while streaming it; no problems means valid.</summary>
    /// <param name="file">The bytes.</param>
    /// <param name="message">The version it must be in, for example <c>pain.001.001.09</c>.</param>
    /// <exception cref="ArgumentException">There is no schema of ours for the message: it is none that we write.</exception>
    public static IReadOnlyList<Problem> Check(Stream file, string message)
    {
        var schema = Loaded.GetOrAdd(message, name => new Lazy<XmlSchemaSet>(() => Load(name))).Value;
        var code = message.StartsWith("pain.001", StringComparison.Ordinal) ? "pain001.not_in_profile" : "bank_message.not_in_profile";
        var faults = new List<Problem>();
        var refusal = BankXml.Guard(() =>
        {
            using var xml = new BankXml(file, new(), schema, (fault, line, _) =>
            {
                if (faults.Count < FaultsMax) faults.Add(new Problem(code, fault, "Do not send the file. This is a fault of the program.").In(null, line));
            });
            while (xml.NextElement())
            {
            }
        });
        if (refusal is not null) faults.Add(refusal);
        return faults;
    }

    /// <summary>Checks a pain.001.001.09.</summary>
    public static IReadOnlyList<Problem> CheckPain001(Stream file) => Check(file, Pain001Writer.MessageVersion);

    static XmlSchemaSet Load(string message)
    {
        using var stream = Assembly.GetExecutingAssembly().GetManifestResourceStream($"iso20022/payengine.{message}.xsd")
            ?? throw new ArgumentException($"There is no schema of ours for {message}.", nameof(message));
        using var reader = XmlReader.Create(stream);
        var set = new XmlSchemaSet { XmlResolver = null };
        set.Add(null, reader);
        // A message may stand in an envelope behind its business header: both have a schema of ours too.
        foreach (var around in (string[])[BusinessHeader.Version, "envelope"])
        {
            using var more = Assembly.GetExecutingAssembly().GetManifestResourceStream($"iso20022/payengine.{around}.xsd")!;
            using var aroundReader = XmlReader.Create(more);
            set.Add(null, aroundReader);
        }

        set.Compile();
        return set;
    }
}
