using System.Text;
using NodaTime;
using PaymentEngine.Core.Reconciliation;
using PaymentEngine.Messages.Iso20022;

namespace PaymentEngine.Tests.Iso20022;

/// <summary>Every oddity of a bank's file has a code of its own and the line where it stands; the file is read all the same.</summary>
public class BankFileFindingsTests
{
    const string Space = "urn:iso:std:iso:20022:tech:xsd:";

    static string Entry(int amount = 10, string side = "CRDT", string rest = "<Sts>BOOK</Sts>", string currency = "VND") =>
        $"<Ntry><Amt Ccy=\"{currency}\">{amount}</Amt><CdtDbtInd>{side}</CdtDbtInd>{rest}</Ntry>\n";

    static string Balance(string code, int amount, string choice = "Cd") =>
        $"<Bal><Tp><CdOrPrtry><{choice}>{code}</{choice}></CdOrPrtry></Tp><Amt Ccy=\"VND\">{Math.Abs(amount)}</Amt><CdtDbtInd>{(amount < 0 ? "DBIT" : "CRDT")}</CdtDbtInd></Bal>\n";

    static string Statement(string content, string account = "123") => $"<Stmt>\n<Acct><Id><Othr><Id>{account}</Id></Othr></Id></Acct>{content}</Stmt>";

    static string Camt053(params string[] statements) => $"<Document xmlns=\"{Space}camt.053.001.08\"><BkToCstmrStmt><GrpHdr><MsgId>S</MsgId></GrpHdr>\n{string.Concat(statements)}</BkToCstmrStmt></Document>";

    static string Pain002(string content, string version = "pain.002.001.10") => $"<Document xmlns=\"{Space}{version}\"><CstmrPmtStsRpt>\n{content}</CstmrPmtStsRpt></Document>";

    static List<BankFinding> Findings(string text, out Recorded recorded, BankReadingRules? rules = null)
    {
        recorded = new Recorded();
        var totals = BankMessageReader.Read(new MemoryStream(Encoding.UTF8.GetBytes(text)), recorded, rules: rules).Value;
        Assert.Equal(recorded.Findings, totals.Findings);
        return recorded.Findings;
    }

    static void Finds(string code, int line, string text) => Assert.Equal([(code, line)], Findings(text, out _).Select(finding => (finding.Code, finding.Line)));

    [Fact]
    public void Counts_and_sums_that_a_statement_announces()
    {
        const string Right = "<TtlCdtNtries><NbOfNtries>1</NbOfNtries><Sum>10</Sum></TtlCdtNtries><TtlDbtNtries><NbOfNtries>1</NbOfNtries><Sum>4.0</Sum></TtlDbtNtries>";
        string Summary(string all) => Camt053(Statement($"<TxsSummry>{all}{Right}</TxsSummry>" + Entry() + Entry(4, "DBIT")));
        Assert.Empty(Findings(Summary("<TtlNtries><NbOfNtries>2</NbOfNtries><Sum>14</Sum><TtlNetNtry><Amt>6</Amt><CdtDbtInd>CRDT</CdtDbtInd></TtlNetNtry></TtlNtries>"), out _));
        Finds("statement.count_differs", 2, Summary("<TtlNtries><NbOfNtries>3</NbOfNtries></TtlNtries>"));
        Finds("statement.sum_differs", 2, Summary("<TtlNtries><Sum>6</Sum></TtlNtries>"));
        Finds("statement.sum_differs", 2, Summary("<TtlNtries><TtlNetNtryAmt>7</TtlNetNtryAmt></TtlNtries>"));
    }

    [Fact]
    public void How_reversal_flags_are_meant_is_decided_by_the_balances_and_else_by_the_profile()
    {
        var turning = new BankReadingRules(Offset.FromHours(7), ReversalTurnsSide: true);
        (string? Finding, bool Turned) Read(string balances, BankReadingRules? rules)
        {
            var found = Findings(Camt053(Statement(balances + Entry(rest: "<RvslInd>true</RvslInd><Sts>BOOK</Sts>"))), out var recorded, rules);
            return (found.SingleOrDefault().Code, recorded.Statements.Single().ReversalsTurned);
        }

        var (up, down) = (Balance("OPBD", 100) + Balance("CLBD", 110), Balance("PRCD", 100) + Balance("CLBD", 90));
        Assert.Equal((null, false), Read(up, null));
        Assert.Equal(("statement.reversals_as_written", false), Read(up, turning));
        Assert.Equal(("statement.reversals_turned", true), Read(down, null));
        Assert.Equal(("statement.reversals_turned", true), Read(down, turning));
        Assert.Equal((null, false), Read("", null));
        Assert.Equal((null, true), Read("", turning));
        Assert.Equal(("statement.balance_differs", true), Read(Balance("OPBD", 5) + Balance("CLBD", 6), turning));
    }

    [Fact]
    public void A_reversal_that_is_turned_counts_on_its_other_side()
    {
        var reading = new AnswerReading(default, Instant.FromUnixTimeSeconds(0), Messages.CodeLists.ReasonPolicy);
        var text = Camt053(Statement(Balance("OPBD", 100) + Entry(7, "DBIT") + Entry(rest: "<RvslInd>1</RvslInd><Sts>BOOK</Sts>") + Entry(3) + Balance("CLBD", 86)));
        Assert.True(BankMessageReader.Read(new MemoryStream(Encoding.UTF8.GetBytes(text)), reading).IsOk);
        Assert.Equal([(7L, false), (10L, false), (3L, true)], reading.Observations.Select(seen => (seen.AmountVnd!.Value, seen.IsCredit)));
    }

    [Fact]
    public void Statements_that_do_not_follow_one_another()
    {
        static string Numbered(string no, int opening, int closing, string account = "123", string more = "") =>
            Statement($"<ElctrncSeqNb>{no}</ElctrncSeqNb>{more}{Balance("OPBD", opening)}{Balance("CLBD", closing)}{(opening == closing ? "" : Entry(closing - opening))}", account);
        Assert.Empty(Findings(Camt053(Numbered("1", 0, 10), Numbered("7", 5, 6, "456"), Numbered("2", 10, 20)), out _));
        Assert.Equal(["statement.sequence_gap", "statement.opening_differs"], Findings(Camt053(Numbered("1", 0, 10), Numbered("3", 12, 20)), out _).Select(one => one.Code));
        Assert.Equal(["statement.sequence_repeated"], Findings(Camt053(Numbered("1", 0, 10), Numbered("1", 0, 10)), out _).Select(one => one.Code));
        Assert.Equal(["statement.sequence_malformed"], Findings(Camt053(Numbered("1/2026", 0, 10)), out _).Select(one => one.Code));
        Assert.Equal(["statement.copy"], Findings(Camt053(Numbered("1", 0, 10), Numbered("1", 0, 10, more: "<CpyDplctInd>DUPL</CpyDplctInd>")), out var copied).Select(one => one.Code));
        Assert.Equal("DUPL", copied.Statements[1].CopyDuplicate);
        Assert.Equal(["statement.more_pages"], Findings(Camt053(Numbered("1", 0, 10, more: "<StmtPgntn><PgNb>1</PgNb><LastPgInd>false</LastPgInd></StmtPgntn>"),
            Numbered("1", 10, 20, more: "<StmtPgntn><PgNb>2</PgNb><LastPgInd>true</LastPgInd></StmtPgntn>")), out _).Select(one => one.Code));
        Assert.Equal("message.more_pages", Findings(Camt053().Replace("</GrpHdr>", "<MsgPgntn><PgNb>1</PgNb><LastPgInd>false</LastPgInd></MsgPgntn></GrpHdr>", StringComparison.Ordinal), out _).Single().Code);
    }

    [Fact]
    public void Entries_and_their_details()
    {
        static string Details(string details, string batch = "") => Entry(10, "DBIT", $"<Sts><Cd>BOOK</Cd></Sts><NtryDtls>{batch}{details}</NtryDtls>");
        static string Detail(int amount, string side = "DBIT", string rest = "") => $"<TxDtls><Amt Ccy=\"VND\">{amount}</Amt><CdtDbtInd>{side}</CdtDbtInd>{rest}</TxDtls>";
        Assert.Empty(Findings(Camt053(Statement(Details(Detail(12) + Detail(2, "CRDT")))), out var recorded));
        Assert.Equal(10, recorded.Entries.Single().DetailSum);
        Assert.Empty(Findings(Camt053(Statement(Details(Detail(8, rest: "<Chrgs><Rcrd><Amt Ccy=\"VND\">2</Amt></Rcrd></Chrgs>")))), out _));
        Finds("entry.details_differ", 3, Camt053(Statement(Details(Detail(6) + Detail(5)))));
        Finds("entry.batch_count_differs", 3, Camt053(Statement(Details(Detail(6) + Detail(4), "<Btch><PmtInfId>B</PmtInfId><NbOfTxs>3</NbOfTxs></Btch>"))));
        Finds("entry.batch_sum_differs", 3, Camt053(Statement(Details(Detail(10), "<Btch><TtlAmt Ccy=\"VND\">11</TtlAmt></Btch>"))));
        Assert.Empty(Findings(Camt053(Statement(Entry(10, "DBIT", "<Sts>BOOK</Sts><NtryDtls><Btch><PmtInfId>B</PmtInfId><NbOfTxs>3</NbOfTxs><TtlAmt Ccy=\"VND\">10</TtlAmt></Btch></NtryDtls>"))), out var batch));
        Assert.Equal(("B", 3L, 0), (batch.Entries.Single().BatchId, batch.Entries.Single().BatchCount, batch.Entries.Single().Details));
        Finds("entry.incomplete", 3, Camt053(Statement(Entry(side: "?"))));
        Finds("entry.status_missing", 3, Camt053(Statement(Entry(rest: ""))));
    }

    [Fact]
    public void Codes_that_no_list_has_are_kept_and_named_once()
    {
        Finds("entry.unknown_status", 3, Camt053(Statement(Entry(rest: "<Sts>DONE</Sts>") + Entry(rest: "<Sts>DONE</Sts>"))));
        Finds("balance.unknown_type", 3, Camt053(Statement(Balance("XXXX", 1))));
        Assert.Empty(Findings(Camt053(Statement(Balance("Số dư", 1, "Prtry"))), out _));
        Finds("status.unknown_code", 2, Pain002("<OrgnlGrpInfAndSts><GrpSts>RVMC</GrpSts></OrgnlGrpInfAndSts>"));
        var report = Pain002("<OrgnlPmtInfAndSts><TxInfAndSts><TxSts>WXYZ</TxSts><StsRsnInf><Rsn><Cd>ZZ99</Cd></Rsn></StsRsnInf></TxInfAndSts>\n<TxInfAndSts><TxSts>WXYZ</TxSts></TxInfAndSts></OrgnlPmtInfAndSts>");
        Assert.Equal([("reason.unknown_code", 2), ("status.unknown_code", 2)], Findings(report, out var recorded).Select(one => (one.Code, one.Line)));
        Assert.Equal(["WXYZ", "WXYZ"], recorded.Reports.Where(one => one.Level == EvidenceLevel.Transaction).Select(one => one.Status));
        Assert.Equal("ZZ99", recorded.Reports[0].Reasons.Single().Code);
    }

    [Fact]
    public void Counts_by_status_against_what_is_listed()
    {
        static string Report(string counts, string status = "PART", int original = 3) => Pain002($"<OrgnlGrpInfAndSts><OrgnlNbOfTxs>{original}</OrgnlNbOfTxs><GrpSts>{status}</GrpSts>{counts}</OrgnlGrpInfAndSts>\n"
            + "<OrgnlPmtInfAndSts><TxInfAndSts><TxSts>RJCT</TxSts></TxInfAndSts></OrgnlPmtInfAndSts>");
        static string Count(string status, int count) => $"<NbOfTxsPerSts><DtldNbOfTxs>{count}</DtldNbOfTxs><DtldSts>{status}</DtldSts></NbOfTxsPerSts>";
        Assert.Empty(Findings(Report(Count("ACSC", 2) + Count("RJCT", 1)), out _));
        Finds("status.counts_differ", 2, Report(Count("ACSC", 1) + Count("RJCT", 2)));
        Finds("status.counts_differ", 2, Report(Count("ACSC", 1) + Count("RJCT", 1)));
        Assert.Empty(Findings(Pain002("<OrgnlPmtInfAndSts><OrgnlNbOfTxs>2</OrgnlNbOfTxs><PmtInfSts>RJCT</PmtInfSts>" + Count("RJCT", 2) + "</OrgnlPmtInfAndSts>"), out _));
    }

    [Fact]
    public void Amounts_in_another_currency_are_named_once_each()
    {
        Finds("amount.other_currency", 3, Camt053(Statement(Entry(currency: "EUR") + Entry(currency: "EUR") + Entry())));
        Finds("amount.no_currency", 3, Camt053(Statement(Entry().Replace(" Ccy=\"VND\"", "", StringComparison.Ordinal))));
    }

    [Fact]
    public void Elements_the_standard_does_not_have_are_counted()
    {
        var text = Pain002("<GrpHdr><MsgId>1</MsgId></GrpHdr>\n<BankOnly><Deep/></BankOnly><OrgnlPmtInfAndSts><TxInfAndSts><BankOnly/></TxInfAndSts></OrgnlPmtInfAndSts>");
        Finds("message.unknown_elements", 3, text);
        Assert.Equal(3, BankMessageReader.Read(new MemoryStream(Encoding.UTF8.GetBytes(text)), new Recorded()).Value.UnknownElements);
        Assert.Empty(Findings($"<ns:Outer xmlns:ns=\"urn:x\"><ns:Around/>{Pain002("<GrpHdr/>")}</ns:Outer>", out _));
    }

    [Fact]
    public void Versions_and_envelopes_that_say_something_else()
    {
        Finds("message.version_newer", 1, Pain002("", "pain.002.001.42"));
        static string Enveloped(string message, string more = "") =>
            $"<BizMsgEnvlp><AppHdr xmlns=\"{Space}head.001.001.02\"><Fr><FIId><FinInstnId><BICFI>VBAAVNVX</BICFI></FinInstnId></FIId></Fr><BizMsgIdr>1</BizMsgIdr><MsgDefIdr>{message}</MsgDefIdr>{more}</AppHdr>\n{Pain002("<GrpHdr><MsgId>1</MsgId></GrpHdr>")}</BizMsgEnvlp>";
        Assert.Empty(Findings(Enveloped("pain.002.001.10"), out var recorded));
        Assert.Equal(["VBAAVNVX"], recorded.Headers.Single().SenderHints);
        Finds("envelope.message_differs", 2, Enveloped("pain.002.001.03"));
        Finds("envelope.possible_duplicate", 1, Enveloped("pain.002.001.10", "<PssblDplct>true</PssblDplct>"));
        Finds("envelope.copy", 1, Enveloped("pain.002.001.10", "<CpyDplct>DUPL</CpyDplct>"));
    }

    [Fact]
    public void Stamps_without_a_zone_are_in_the_zone_of_the_profile()
    {
        static Instant? Created(string stamp, int hours)
        {
            Findings(Pain002($"<GrpHdr><CreDtTm>{stamp}</CreDtTm></GrpHdr>"), out var recorded, new(Offset.FromHours(hours)));
            return recorded.Headers.Single().CreatedAt;
        }

        Assert.Equal(Instant.FromUtc(2026, 11, 24, 1, 0), Created("2026-11-24T08:00:00", 7));
        Assert.Equal(Instant.FromUtc(2026, 11, 24, 0, 0), Created("2026-11-24T08:00:00", 8));
        Assert.Equal(Instant.FromUtc(2026, 11, 24, 8, 0), Created("2026-11-24T08:00:00Z", 7));
        Finds("stamp.malformed", 2, Pain002("<GrpHdr><CreDtTm>24/11/2026</CreDtTm></GrpHdr>"));
    }

    [Fact]
    public void References_of_the_banks_own_and_structured_ones_are_kept()
    {
        Findings(Camt053(Statement(Entry(rest: "<Sts>BOOK</Sts><NtryDtls><TxDtls><Refs><UETR>U</UETR><Prtry><Tp>1</Tp><Ref>A</Ref></Prtry><Prtry><Tp>2</Tp><Ref>B</Ref></Prtry></Refs>"
            + "<RmtInf><Ustrd>x</Ustrd><Strd><CdtrRefInf><Ref>RF18</Ref></CdtrRefInf></Strd></RmtInf></TxDtls></NtryDtls>"))), out var recorded);
        var detail = recorded.Details.Single().Detail;
        Assert.Equal(("U", "A B", "x", "RF18"), (detail.Uetr, detail.ProprietaryRef, detail.RemittanceText, detail.CreditorRef));
    }
}
