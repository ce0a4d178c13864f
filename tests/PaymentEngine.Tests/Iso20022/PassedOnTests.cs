using System.Text;
using NodaTime;
using PaymentEngine.Core;
using PaymentEngine.Core.Reconciliation;
using PaymentEngine.Messages;
using PaymentEngine.Messages.Iso20022;

namespace PaymentEngine.Tests.Iso20022;

/// <summary>Answers to recalls (camt.029), and messages between banks that a bank passed on (pacs.002, pacs.004, camt.056).</summary>
public class PassedOnTests
{
    const string Ours = "P402611001000001AX";

    static Recorded Read(string text, out BankFileTotals totals)
    {
        var recorded = new Recorded();
        totals = BankMessageReader.Read(new MemoryStream(Encoding.UTF8.GetBytes(text)), recorded).Value;
        return recorded;
    }

    static string Message(string version, string root, string content) => $"<Document xmlns=\"urn:iso:std:iso:20022:tech:xsd:{version}\"><{root}>{content}</{root}></Document>";

    const string Assignment = "<Assgnmt><Id>R1</Id><Assgnr><Pty><Nm>AGRIBANK</Nm></Pty></Assgnr><Assgne><Agt><FinInstnId><BICFI>VBAAVNVX</BICFI></FinInstnId></Agt></Assgne><CreDtTm>2026-11-24T08:00:00</CreDtTm></Assgnmt>";

    [Theory]
    [InlineData("camt.029.001.03", "<OrgnlInstrId>I1</OrgnlInstrId>", "")]
    [InlineData("camt.029.001.09", "<OrgnlUETR>8a562c67-ca16-48ba-b074-65581be6f001</OrgnlUETR>", "8a562c67-ca16-48ba-b074-65581be6f001")]
    [InlineData("camt.029.001.11", "<UETR>8a562c67-ca16-48ba-b074-65581be6f001</UETR>", "8a562c67-ca16-48ba-b074-65581be6f001")]
    public void An_answer_to_a_recall_is_read_at_its_lowest_level(string version, string id, string uetr)
    {
        var read = Read(Message(version, "RsltnOfInvstgtn", Assignment + "<RslvdCase><Id>CASE-1</Id><Cretr><Pty><Nm>X</Nm></Pty></Cretr></RslvdCase><Sts><Conf>PDCR</Conf></Sts><CxlDtls>"
            + "<OrgnlPmtInfAndSts><OrgnlPmtInfId>B-001</OrgnlPmtInfId><OrgnlGrpInf><OrgnlMsgId>B</OrgnlMsgId><OrgnlMsgNmId>pain.001</OrgnlMsgNmId></OrgnlGrpInf>"
            + $"<TxInfAndSts><CxlStsId>1</CxlStsId>{id}<OrgnlEndToEndId>E1</OrgnlEndToEndId><TxCxlSts>ACCR</TxCxlSts><OrgnlInstdAmt Ccy=\"VND\">500000</OrgnlInstdAmt></TxInfAndSts>"
            + "<TxInfAndSts><OrgnlEndToEndId>E2</OrgnlEndToEndId><TxCxlSts>RJCR</TxCxlSts><CxlStsRsnInf><Rsn><Cd>CUST</Cd></Rsn><AddtlInf>Không đồng ý</AddtlInf></CxlStsRsnInf></TxInfAndSts>"
            + "</OrgnlPmtInfAndSts><TxInfAndSts><OrgnlEndToEndId>NOTPROVIDED</OrgnlEndToEndId></TxInfAndSts></CxlDtls>"), out var totals);

        Assert.Equal((version, 3, 0, "R1"), (totals.Messages[0].Version, totals.Transactions, totals.FindingCount, totals.Messages[0].MessageId));
        Assert.Equal(["AGRIBANK", "VBAAVNVX"], totals.Messages[0].SenderHints);
        var payments = read.Resolutions.Where(one => one.Level == EvidenceLevel.Transaction).ToList();
        Assert.Equal([RecallAnswer.Agreed, RecallAnswer.Refused, RecallAnswer.Pending], payments.Select(one => one.Answer));
        Assert.Equal(("E1", "B", "B-001", "CASE-1", 500_000L), (payments[0].EndToEndId, payments[0].OriginalMessageId, payments[0].OriginalBatchId, payments[0].CaseId, payments[0].Amount!.Value.Vnd!.Value.Amount));
        Assert.Equal(uetr, payments[0].Uetr ?? "");
        Assert.Equal(new BankReason("CUST", null, "Không đồng ý"), Assert.Single(payments[1].Reasons));
        Assert.Null(payments[2].EndToEndId);
        Assert.Equal(("CASE-1", "PDCR"), (read.Resolutions[^1].CaseId, read.Resolutions[^1].Status));
    }

    [Fact]
    public void An_answer_without_payments_is_about_its_case_and_an_unknown_code_is_kept()
    {
        var read = Read(Message("camt.029.001.09", "RsltnOfInvstgtn", Assignment + "<RslvdCase><Id>CASE-2</Id></RslvdCase><Sts><Conf>CNCL</Conf></Sts>"), out var totals);
        Assert.Equal(("CASE-2", RecallAnswer.Agreed, 0), (read.Resolutions.Single().CaseId, read.Resolutions.Single().Answer, totals.Transactions));

        read = Read(Message("camt.029.001.09", "RsltnOfInvstgtn", Assignment + "<Sts><Conf>\nIPAY</Conf></Sts>"), out totals);
        Assert.Equal(("IPAY", RecallAnswer.Unknown), (read.Resolutions.Single().Status, read.Resolutions.Single().Answer));
        Assert.Equal(("resolution.unknown_code", 2), (totals.Findings.Single().Code, totals.Findings.Single().Line));
    }

    [Theory]
    [InlineData("pacs.004.001.02", "")]
    [InlineData("pacs.004.001.11", "<OrgnlUETR>8a562c67-ca16-48ba-b074-65581be6f001</OrgnlUETR>")]
    public void A_return_between_banks_is_announced_and_its_header_is_checked(string version, string uetr)
    {
        string Text(int count, int sum) => Message(version, "PmtRtr", $"<GrpHdr><MsgId>R9</MsgId><CreDtTm>2026-11-24T08:00:00+07:00</CreDtTm><NbOfTxs>{count}</NbOfTxs><TtlRtrdIntrBkSttlmAmt Ccy=\"VND\">{sum}</TtlRtrdIntrBkSttlmAmt></GrpHdr>"
            + $"<OrgnlGrpInf><OrgnlMsgId>B</OrgnlMsgId><OrgnlMsgNmId>pacs.008</OrgnlMsgNmId></OrgnlGrpInf><TxInf><RtrId>1</RtrId><OrgnlInstrId>I1</OrgnlInstrId><OrgnlEndToEndId>{Ours}</OrgnlEndToEndId>"
            + $"<OrgnlTxId>T1</OrgnlTxId>{uetr}<OrgnlIntrBkSttlmAmt Ccy=\"VND\">500000</OrgnlIntrBkSttlmAmt><RtrdIntrBkSttlmAmt Ccy=\"VND\">490000</RtrdIntrBkSttlmAmt>"
            + "<IntrBkSttlmDt>2026-11-24</IntrBkSttlmDt><RtrRsnInf><Rsn><Cd>AC04</Cd></Rsn></RtrRsnInf></TxInf>");
        var one = Read(Text(1, 490_000), out var totals).Announced.Single();
        Assert.Equal((1, 1, 0), (totals.Returns, totals.Transactions, totals.FindingCount));
        Assert.Equal((Ours, "I1", "T1", "B", "1"), (one.EndToEndId, one.InstructionId, one.TransactionId, one.OriginalMessageId, one.ReturnId));
        Assert.Equal((490_000m, 500_000m, new LocalDate(2026, 11, 24), "AC04"), (one.Amount!.Value.Value, one.OriginalAmount!.Value.Value, one.SettlementDate, one.Reasons.Single().Code));

        Read(Text(2, 500_000), out totals);
        Assert.Equal(["header.count_differs", "header.sum_differs"], totals.Findings.Select(finding => finding.Code));
    }

    [Fact]
    public void A_return_of_a_whole_group_names_no_payment()
    {
        var read = Read(Message("pacs.004.001.02", "PmtRtr", "<GrpHdr><MsgId>R9</MsgId><NbOfTxs>3</NbOfTxs><GrpRtr>true</GrpRtr></GrpHdr>"
            + "<OrgnlGrpInf><OrgnlMsgId>B</OrgnlMsgId><RtrRsnInf><Rsn><Cd>AC04</Cd></Rsn></RtrRsnInf></OrgnlGrpInf>"), out var totals);
        Assert.Equal((0, "B", 0, 0), (read.Announced.Single().No, read.Announced.Single().OriginalMessageId, totals.Transactions, totals.FindingCount));
    }

    [Theory]
    [InlineData("camt.056.001.01")]
    [InlineData("camt.056.001.10")]
    public void A_request_to_give_back_is_information(string version)
    {
        var read = Read(Message(version, "FIToFIPmtCxlReq", Assignment + "<Case><Id>C1</Id></Case><CtrlData><NbOfTxs>2</NbOfTxs></CtrlData><Undrlyg><TxInf><CxlId>X1</CxlId><OrgnlEndToEndId>E1</OrgnlEndToEndId>"
            + "<OrgnlIntrBkSttlmAmt Ccy=\"VND\">500000</OrgnlIntrBkSttlmAmt><CxlRsnInf><Rsn><Cd>DUPL</Cd></Rsn></CxlRsnInf></TxInf></Undrlyg>"), out var totals);
        var request = read.Requests.Single();
        Assert.Equal(("X1", "C1", "E1", 500_000m, "DUPL"), (request.CancellationId, request.CaseId, request.EndToEndId, request.Amount!.Value.Value, request.Reasons.Single().Code));
        Assert.Equal((1, 0, "header.count_differs"), (totals.Transactions, totals.Rejects, totals.Findings.Single().Code));
    }

    [Fact]
    public void What_a_bank_passes_on_is_evidence_of_a_promise_and_never_of_money()
    {
        var id = Core.Payments.InstructionId.Parse(IdOf(1)).Value;
        Observation[] Seen(string text)
        {
            var reading = new AnswerReading(default, Instant.FromUnixTimeSeconds(0), CodeLists.ReasonPolicy);
            Assert.True(BankMessageReader.Read(new MemoryStream(Encoding.UTF8.GetBytes(text)), reading).IsOk);
            return [.. reading.Observations];
        }

        string Answer(string status) => Message("camt.029.001.09", "RsltnOfInvstgtn", Assignment + $"<CxlDtls><TxInfAndSts><OrgnlEndToEndId>{id}</OrgnlEndToEndId><TxCxlSts>{status}</TxCxlSts>"
            + "<CxlStsRsnInf><Rsn><Cd>AM04</Cd></Rsn></CxlStsRsnInf></TxInfAndSts></CxlDtls>");
        var agreed = Seen(Answer("ACCR"))[0];
        Assert.Equal((id, Evidence.RecallAgreed, false, EvidenceLevel.Notification, null), (agreed.Id!.Value, agreed.Status, agreed.IsMoney, agreed.Level, agreed.ReasonCode));
        Assert.Equal("camt.029 ACCR AM04", agreed.ReasonText);
        Assert.Equal(Evidence.None, Seen(Answer("RJCR"))[0].Status);

        var returned = Seen(Message("pacs.004.001.09", "PmtRtr", $"<TxInf><OrgnlEndToEndId>{id}</OrgnlEndToEndId><RtrdIntrBkSttlmAmt Ccy=\"VND\">5</RtrdIntrBkSttlmAmt><RtrRsnInf><Rsn><Cd>MD07</Cd></Rsn></RtrRsnInf></TxInf>"))[0];
        Assert.Equal((id, Evidence.ReturnAnnounced, "MD07", 5L), (returned.Id!.Value, returned.Status, returned.ReasonCode, returned.AmountVnd));
        var asked = Seen(Message("camt.056.001.10", "FIToFIPmtCxlReq", $"<Undrlyg><TxInf><OrgnlEndToEndId>{id}</OrgnlEndToEndId></TxInf></Undrlyg>"))[0];
        Assert.Equal((id, Evidence.None), (asked.Id!.Value, asked.Status));

        var fold = new AttemptFold();
        fold.Add(new FoldedFact(Evidence.DebitBooked, EvidenceLevel.Statement, 5, 1, 0));
        fold.Add(new FoldedFact(agreed.Status, agreed.Level, 0, 2, 0));
        Assert.Equal(BankView.Paid, BankViews.Of(fold.With(default, default)));
        fold.Add(new FoldedFact(returned.Status, returned.Level, 5, 3, 0));
        Assert.Equal(BankView.ReturnAnnounced, BankViews.Of(fold.With(default, default)));
    }

    static string IdOf(int line) => new Core.Payments.InstructionId(40, new YearMonth(2026, 11), 1, line, 1).ToString();

    [Fact]
    public void A_status_between_banks_is_read_like_a_report()
    {
        var read = Read(Message("pacs.002.001.10", "FIToFIPmtStsRpt", "<GrpHdr><MsgId>S</MsgId></GrpHdr><TxInfAndSts><OrgnlEndToEndId>E1</OrgnlEndToEndId><OrgnlTxId>T1</OrgnlTxId><TxSts>RJCT</TxSts></TxInfAndSts>"), out var totals);
        Assert.Equal(("E1", "T1", "RJCT", 1), (read.Reports[0].EndToEndId, read.Reports[0].OriginalTransactionId, read.Reports[0].Status, totals.Rejects));
    }
}
