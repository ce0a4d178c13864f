using System.Reflection;
using System.Xml;
using System.Xml.Schema;
using PaymentEngine.Core;

namespace PaymentEngine.Messages.Iso20022;

/// <summary>Our usage-profile schemas (schemas/iso20022), against which everything we write is checked before it is released.</summary>
public static class OurSchema
{
    const int FaultsMax = 20;

    static readonly Lazy<XmlSchemaSet> Pain001 = new(() => Load("payengine.pain.001.001.09.xsd"));

    /// <summary>Checks a pain.001.001.09 of ours while streaming it; no problems means valid.</summary>
    public static IReadOnlyList<Problem> CheckPain001(Stream file)
    {
        var faults = new List<Problem>();
        var refusal = BankXml.Guard(() =>
        {
            using var xml = new BankXml(file, new(), Pain001.Value, (message, line, _) =>
            {
                if (faults.Count < FaultsMax) faults.Add(new Problem("pain001.not_in_profile", message, "Do not send the file. This is a fault of the program.").In(null, line));
            });
            while (xml.NextElement())
            {
            }
        });
        if (refusal is not null) faults.Add(refusal);
        return faults;
    }

    static XmlSchemaSet Load(string name)
    {
        using var stream = Assembly.GetExecutingAssembly().GetManifestResourceStream("iso20022/" + name)!;
        using var reader = XmlReader.Create(stream);
        var set = new XmlSchemaSet { XmlResolver = null };
        set.Add(null, reader);
        set.Compile();
        return set;
    }
}
