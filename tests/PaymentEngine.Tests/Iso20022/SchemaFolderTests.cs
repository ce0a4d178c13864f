using System.Text;
using PaymentEngine.Core.Reconciliation;
using PaymentEngine.Messages.Iso20022;

namespace PaymentEngine.Tests.Iso20022;

/// <summary>Messages against the official schemas: a finding, never a gate.</summary>
public class SchemaFolderTests
{
    static string Report(string version, string status = "<TxSts>RJCT</TxSts>", string space = "urn:iso:std:iso:20022:tech:xsd:") =>
        $"<?xml version=\"1.0\"?>\n<Document xmlns=\"{space}{version}\"><CstmrPmtStsRpt><GrpHdr><MsgId>M1</MsgId><CreDtTm>2026-11-24T08:00:00</CreDtTm></GrpHdr><OrgnlGrpInfAndSts><OrgnlMsgId>B</OrgnlMsgId>"
        + $"<OrgnlMsgNmId>pain.001</OrgnlMsgNmId></OrgnlGrpInfAndSts><OrgnlPmtInfAndSts><OrgnlPmtInfId>B-1</OrgnlPmtInfId>\n<TxInfAndSts>{status}</TxInfAndSts></OrgnlPmtInfAndSts></CstmrPmtStsRpt></Document>\n";

    static (bool? Valid, List<BankFinding> Findings) Check(string text, string version, string? folder = null)
    {
        var findings = new List<BankFinding>();
        return (new SchemaFolder(folder ?? OfficialSchemas.Find()!).IsValid(new MemoryStream(Encoding.UTF8.GetBytes(text)), version, findings.Add), findings);
    }

    [OfficialSchemaFact]
    public void The_first_error_is_named_by_its_line()
    {
        Assert.Equal((true, 0), (Check(Report("pain.002.001.10"), "pain.002.001.10").Valid, Check(Report("pain.002.001.10"), "pain.002.001.10").Findings.Count));
        var (valid, findings) = Check(Report("pain.002.001.10", "<TxSts>TOOLONG</TxSts><Sts/>"), "pain.002.001.10");
        Assert.False(valid);
        Assert.Equal(("schema.invalid", 3), (findings.Single().Code, findings.Single().Line));
        Assert.Contains("TxSts", findings.Single().Message, StringComparison.Ordinal);
    }

    [OfficialSchemaFact]
    public void A_version_without_a_schema_is_compared_with_the_nearest_and_a_finding_says_so()
    {
        // The folder has pain.002 in 03 and from 10 on.
        Assert.Equal((true, "schema.other_version"), (Check(Report("pain.002.001.09"), "pain.002.001.09").Valid, Check(Report("pain.002.001.09"), "pain.002.001.09").Findings.Single().Code));
        Assert.Contains("pain.002.001.10", Check(Report("pain.002.001.09"), "pain.002.001.09").Findings.Single().Message, StringComparison.Ordinal);
        Assert.Contains("pain.002.001.15", Check(Report("pain.002.001.99"), "pain.002.001.99").Findings[0].Message, StringComparison.Ordinal);
        Assert.False(Check(Report("pain.002.001.09", "<Nonsense/>"), "pain.002.001.09").Valid);
    }

    [OfficialSchemaFact]
    public void Envelopes_are_passed_over_and_every_message_is_compared_with_its_own_schema()
    {
        var right = Report("pain.002.001.10")[22..];
        Assert.True(Check($"<Saa:DataPDU xmlns:Saa=\"urn:swift:saa:xsd:saa.2.0\"><Saa:Body><AppHdr xmlns=\"urn:iso:std:iso:20022:tech:xsd:head.001.001.01\"/>{right}</Saa:Body></Saa:DataPDU>", "pain.002.001.10").Valid);
        var (valid, findings) = Check(Report("pain.002.001.10") + Report("pain.002.001.03"), "pain.002.001.10");
        Assert.Equal((true, 0), (valid, findings.Count));
        (valid, findings) = Check(Report("pain.002.001.10") + Report("pain.002.001.03", "<Nonsense/>"), "pain.002.001.10");
        Assert.Equal((false, 6), (valid, findings.Single().Line));
    }

    [OfficialSchemaFact]
    public void A_dialect_is_not_valid_and_without_a_schema_nothing_is_said()
    {
        Assert.False(Check(Report("pain.002.001.03.ch.02.xsd", space: "http://bank.example/de/"), "pain.002.001.03").Valid);
        Assert.Null(Check(Report("pain.002.001.10"), "pain.002.001.10", Path.GetTempPath()).Valid);
        Assert.Null(Check(Report("pain.002.001.10"), "pain.002").Valid);
    }
}
