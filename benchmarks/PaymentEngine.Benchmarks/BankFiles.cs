using System.Globalization;
using System.Text;

namespace PaymentEngine.Benchmarks;

/// <summary>Bank answers of any size in the form in which banks send them, written to a file once: same number, same bytes.</summary>
static class BankFiles
{
    /// <summary>What is measured: status reports, statements with one entry a payment, notifications with a detail an entry, and one batch entry with all payments as details.</summary>
    public static readonly string[] Kinds = ["pain.002", "camt.053", "camt.054", "camt.054-batch"];

    /// <summary>Writes the file.</summary>
    /// <returns>Its path in the temporary folder.</returns>
    public static string Write(string kind, int payments)
    {
        var path = Path.Combine(Path.GetTempPath(), string.Create(CultureInfo.InvariantCulture, $"payengine-benchmark-{kind}-{payments}.xml"));
        using var file = new StreamWriter(path, false, new UTF8Encoding(false), 1 << 16);
        file.NewLine = "\n";
        file.WriteLine("<?xml version=\"1.0\" encoding=\"UTF-8\"?>");
        switch (kind)
        {
            case "pain.002": Reports(file, payments); break;
            case "camt.053": Statement(file, "camt.053.001.08", "BkToCstmrStmt", "Stmt", payments, 0); break;
            case "camt.054": Statement(file, "camt.054.001.08", "BkToCstmrDbtCdtNtfctn", "Ntfctn", payments, 1); break;
            default: Statement(file, "camt.054.001.08", "BkToCstmrDbtCdtNtfctn", "Ntfctn", 1, payments); break;
        }

        return path;
    }

    static string Id(int no) => string.Create(CultureInfo.InvariantCulture, $"P402611001{no:0000000}A");

    static void Reports(StreamWriter file, int payments)
    {
        file.WriteLine("<Document xmlns=\"urn:iso:std:iso:20022:tech:xsd:pain.002.001.10\"><CstmrPmtStsRpt><GrpHdr><MsgId>NH20261124001</MsgId><CreDtTm>2026-11-24T17:05:09+07:00</CreDtTm></GrpHdr>");
        file.WriteLine("<OrgnlGrpInfAndSts><OrgnlMsgId>B40261121-000007-01</OrgnlMsgId><OrgnlMsgNmId>pain.001.001.09</OrgnlMsgNmId><GrpSts>PART</GrpSts></OrgnlGrpInfAndSts>");
        file.WriteLine("<OrgnlPmtInfAndSts><OrgnlPmtInfId>B40261121-000007-01-001</OrgnlPmtInfId>");
        for (var no = 0; no < payments; no++)
        {
            var id = Id(no);
            file.Write($"<TxInfAndSts><StsId>S{id}</StsId><OrgnlInstrId>{id}</OrgnlInstrId><OrgnlEndToEndId>{id}</OrgnlEndToEndId>");
            file.Write(no % 50 == 0 ? "<TxSts>RJCT</TxSts><StsRsnInf><Rsn><Cd>AC04</Cd></Rsn><AddtlInf>Tài khoản đã đóng</AddtlInf></StsRsnInf>" : "<TxSts>ACSC</TxSts>");
            file.WriteLine("<AcctSvcrRef>FT26328" + id[^8..] + "</AcctSvcrRef><OrgnlTxRef><Amt><InstdAmt Ccy=\"VND\">500000</InstdAmt></Amt></OrgnlTxRef></TxInfAndSts>");
        }

        file.WriteLine("</OrgnlPmtInfAndSts></CstmrPmtStsRpt></Document>");
    }

    static void Statement(StreamWriter file, string version, string root, string statement, int entries, int details)
    {
        file.WriteLine($"<Document xmlns=\"urn:iso:std:iso:20022:tech:xsd:{version}\"><{root}><GrpHdr><MsgId>NH20261124002</MsgId><CreDtTm>2026-11-24T17:05:09+07:00</CreDtTm></GrpHdr>");
        file.WriteLine($"<{statement}><Id>1</Id><ElctrncSeqNb>328</ElctrncSeqNb><CreDtTm>2026-11-24T17:05:09+07:00</CreDtTm><Acct><Id><Othr><Id>1500201000123</Id></Othr></Id><Ccy>VND</Ccy></Acct>");
        for (var no = 0; no < entries; no++)
        {
            var id = Id(no);
            var sum = (Math.Max(1, details) * 500_000L).ToString(CultureInfo.InvariantCulture);
            file.WriteLine($"<Ntry><NtryRef>{no}</NtryRef><Amt Ccy=\"VND\">{sum}</Amt><CdtDbtInd>DBIT</CdtDbtInd><Sts><Cd>BOOK</Cd></Sts><BookgDt><Dt>2026-11-24</Dt></BookgDt><ValDt><Dt>2026-11-24</Dt></ValDt>"
                + $"<AcctSvcrRef>FT26328{id[^8..]}</AcctSvcrRef><BkTxCd><Domn><Cd>PMNT</Cd><Fmly><Cd>ICDT</Cd><SubFmlyCd>DMCT</SubFmlyCd></Fmly></Domn></BkTxCd>");
            if (details == 0)
            {
                file.WriteLine($"<AddtlNtryInf>{id} TRO CAP THANG 11</AddtlNtryInf></Ntry>");
                continue;
            }

            file.WriteLine($"<NtryDtls>{(details > 1 ? $"<Btch><PmtInfId>B40261121-000007-01-001</PmtInfId><NbOfTxs>{details.ToString(CultureInfo.InvariantCulture)}</NbOfTxs></Btch>" : "")}");
            for (var detail = 0; detail < details; detail++)
            {
                var own = Id(no + detail);
                file.WriteLine($"<TxDtls><Refs><AcctSvcrRef>FT26328{own[^8..]}</AcctSvcrRef><PmtInfId>B40261121-000007-01-001</PmtInfId><InstrId>{own}</InstrId><EndToEndId>{own}</EndToEndId></Refs>"
                    + "<Amt Ccy=\"VND\">500000</Amt><CdtDbtInd>DBIT</CdtDbtInd><RltdPties><Cdtr><Pty><Nm>NGUYEN THI HOA</Nm></Pty></Cdtr><CdtrAcct><Id><Othr><Id>0123" + own[^9..] + "</Id></Othr></Id></CdtrAcct></RltdPties>"
                    + $"<RmtInf><Ustrd>{own} TRO CAP THANG 11</Ustrd></RmtInf></TxDtls>");
            }

            file.WriteLine("</NtryDtls></Ntry>");
        }

        file.WriteLine($"</{statement}></{root}></Document>");
    }
}
