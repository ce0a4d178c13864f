using System.Text;
using PaymentEngine.App.CommandLine;
using PaymentEngine.Core;
using PaymentEngine.Core.Reconciliation;
using PaymentEngine.Messages.Iso20022;

namespace PaymentEngine.Tests.Iso20022;

/// <summary>The forms in which banks really send their files, and those that are refused. All samples are our own.</summary>
public class BankFileFormsTests
{
    const string Space = "urn:iso:std:iso:20022:tech:xsd:pain.002.001.10";

    static string Report(string space = Space, string prefix = "", string text = "Đã đóng", string status = "RJCT")
    {
        var (p, declared) = prefix.Length == 0 ? ("", "xmlns") : (prefix + ":", "xmlns:" + prefix);
        var name = space.Length == 0 ? "" : $" {declared}=\"{space}\"";
        return $"<{p}Document{name}><{p}CstmrPmtStsRpt><{p}GrpHdr><{p}MsgId>M1</{p}MsgId><{p}CreDtTm>2026-11-24T08:00:00</{p}CreDtTm></{p}GrpHdr>"
            + $"<{p}OrgnlPmtInfAndSts><{p}OrgnlPmtInfId>B</{p}OrgnlPmtInfId><{p}TxInfAndSts><{p}OrgnlEndToEndId>E1</{p}OrgnlEndToEndId><{p}TxSts>{status}</{p}TxSts>"
            + $"<{p}StsRsnInf><{p}Rsn><{p}Cd>AC04</{p}Cd></{p}Rsn><{p}AddtlInf>{text}</{p}AddtlInf></{p}StsRsnInf></{p}TxInfAndSts></{p}OrgnlPmtInfAndSts></{p}CstmrPmtStsRpt></{p}Document>";
    }

    static string Statement(string entries, string balances = "", string space = "urn:iso:std:iso:20022:tech:xsd:camt.053.001.02") =>
        $"<Document xmlns=\"{space}\"><BkToCstmrStmt><GrpHdr><MsgId>S</MsgId></GrpHdr><Stmt><Id>1</Id>{balances}{entries}</Stmt></BkToCstmrStmt></Document>";

    static Result<BankFileTotals> Read(byte[] bytes, out Recorded recorded, BankXmlLimits? limits = null)
    {
        recorded = new Recorded();
        return BankMessageReader.Read(new MemoryStream(bytes), recorded, limits);
    }

    static Result<BankFileTotals> Read(string text, out Recorded recorded, BankXmlLimits? limits = null) => Read(Encoding.UTF8.GetBytes(text), out recorded, limits);

    static void IsRead(byte[] bytes, string version = "pain.002.001.10", string text = "Đã đóng")
    {
        var totals = Read(bytes, out var recorded).Value;
        Assert.Equal(version, totals.Messages.Single().Version);
        Assert.Equal(("E1", "RJCT"), (recorded.Reports[0].EndToEndId, recorded.Reports[0].Status));
        Assert.Equal(text, recorded.Reports[0].Reasons[0].Text);
    }

    [Fact]
    public void With_and_without_mark_declaration_or_prefix_in_any_declared_encoding_it_is_the_same_report()
    {
        IsRead(Encoding.UTF8.GetBytes(Report()));
        IsRead([0xEF, 0xBB, 0xBF, .. Encoding.UTF8.GetBytes("<?xml version=\"1.0\"?>\r\n" + Report(prefix: "n0"))]);
        IsRead([.. Encoding.Unicode.GetPreamble(), .. Encoding.Unicode.GetBytes("<?xml version=\"1.0\" encoding=\"UTF-16\"?>" + Report())]);
        IsRead([.. Encoding.BigEndianUnicode.GetPreamble(), .. Encoding.BigEndianUnicode.GetBytes(Report())]);
        IsRead(Encoding.Latin1.GetBytes("<?xml version=\"1.0\" encoding=\"ISO-8859-1\"?>" + Report(text: "fermé")), text: "fermé");
        IsRead([.. Encoding.ASCII.GetBytes("<?xml version=\"1.0\" encoding=\"windows-1252\"?>" + Report(text: "a#b").Split('#')[0]), 0x80, .. Encoding.ASCII.GetBytes(Report(text: "a#b").Split('#')[1])], text: "a€b");
        IsRead(Encoding.UTF8.GetBytes("\n  \n<?xml version=\"1.0\" encoding=\"UTF-8\"?>" + Report()));
    }

    [Fact]
    public void A_text_is_whole_wherever_the_parser_has_to_fetch_more()
    {
        // The parser takes 64 KB at a time: texts of one, two and three bytes a character lie across its edge at every place.
        const string Text = "Tài khoản đã đóng €";
        for (var padding = 65_100; padding < 65_560; padding++)
            IsRead(Encoding.UTF8.GetBytes($"<!--{new string('x', padding)}-->" + Report(text: Text)), text: Text);
    }

    [Theory]
    [InlineData(4095)]
    [InlineData(4096)]
    [InlineData(4097)]
    [InlineData(200_000)]
    public void A_code_or_id_of_any_length_is_kept_whole(int length)
    {
        var word = new string('A', length - 1) + "Z";
        Assert.True(Read(Report(status: word), out var recorded).IsOk);
        Assert.Equal(word, recorded.Reports[0].Status);
        Assert.True(Read(Statement($"<Ntry><Sts><Cd> {word}</Cd></Sts></Ntry>"), out recorded).IsOk);
        Assert.Equal(word, recorded.Entries[0].Status);
    }

    [Fact]
    public void A_text_in_pieces_is_one_text()
    {
        Read(Report(text: "a<!-- x -->b<![CDATA[<c>]]>&amp;&#100;<x>no</x> "), out var recorded);
        Assert.Equal("ab<c>&d", recorded.Reports[0].Reasons[0].Text);
        Read(Report(status: "<!-- x -->AC<![CDATA[S]]>C"), out recorded);
        Assert.Equal("ACSC", recorded.Reports[0].Status);
        Read(Statement("<Ntry><Sts> <Cd>BO<!-- x -->OK</Cd></Sts><AddtlNtryInf/><NtryRef>  </NtryRef><AcctSvcrRef></AcctSvcrRef><Amt Ccy=\"VND\">1</Amt></Ntry>"), out recorded);
        Assert.Equal(("BOOK", null, null, null, 1m), (recorded.Entries[0].Status, recorded.Entries[0].Text, recorded.Entries[0].EntryRef, recorded.Entries[0].AccountServicerRef, recorded.Entries[0].Amount!.Value.Value));
    }

    [Theory]
    [InlineData("", "pain.002", "message.version_unknown")]
    [InlineData("http://bank.example/de/pain.002.001.03.ch.02.xsd", "pain.002.001.03", "message.dialect")]
    [InlineData("urn:iso:std:iso:20022:tech:xsd:camt.053.001.02", "pain.002", "message.namespace_differs")]
    public void Another_namespace_is_a_finding_and_no_refusal(string space, string version, string finding)
    {
        IsRead(Encoding.UTF8.GetBytes(Report(space)), version);
        Assert.Contains(Read(Report(space), out _).Value.Findings, f => f.Code == finding);
    }

    [Fact]
    public void Envelopes_are_looked_through() =>
        IsRead(Encoding.UTF8.GetBytes($"<e:Envelope xmlns:e=\"urn:soap\"><AppHdr><BizMsgIdr>1</BizMsgIdr></AppHdr><e:Body>{Report()}</e:Body></e:Envelope>"));

    [Fact]
    public void Several_documents_in_one_file_are_read_one_after_the_other_with_lines_of_the_file()
    {
        var filler = string.Concat(Enumerable.Repeat("<!-- filler -->\n", 9_000));
        var declared = "<?xml version=\"1.0\"?>\n";
        var totals = Read(declared + filler + Report() + "\n" + declared + Report(status: "ACSC") + declared + Report(), out var recorded).Value;
        Assert.Equal((3, 3, 2), (totals.Messages.Count, totals.Transactions, totals.RejectedTransactions));
        Assert.Equal([9_002, 9_004, 9_005], recorded.Reports.Where(r => r.Level == EvidenceLevel.Transaction).Select(r => r.Line));
    }

    [Fact]
    public void A_declaration_in_a_comment_a_CDATA_section_or_an_instruction_is_no_new_document()
    {
        const string Declared = "<?xml version=\"1.0\"?>\n";
        var odd = $"<!-- {Declared} --><!--<![CDATA[--><?note {Declared.TrimEnd()[..^2]} -- ]] ?><!----><!-- ]]> -- <!> <!- -->".Replace(" -- <", " <", StringComparison.Ordinal);
        var inText = Report(text: $"<![CDATA[thu ]] tra ve <!-- {Declared} <?xml version='1.0' ?> ]]>");
        var file = Encoding.UTF8.GetBytes(Declared + odd + inText + odd + "\n" + Declared + odd + inText + "\uFEFF" + Declared + Report(status: "ACSC"));
        foreach (var piece in (int[])[1, 2, 3, 7, 8, 9, 10, 63, 4_096, 1 << 20])
        {
            using var stream = new InPieces(file, piece);
            var recorded = new Recorded();
            var read = BankMessageReader.Read(stream, recorded);
            Assert.True(read.IsOk, $"in pieces of {piece}: {string.Join(' ', read.Problems)}");
            Assert.Equal((3, 3, 2), (read.Value.Messages.Count, read.Value.Transactions, read.Value.RejectedTransactions));
        }

        // What opens and never closes takes the rest of the file with it, and nothing of it counts.
        foreach (var open in (string[])["<!-- ", "<![CDATA[", "<?note "])
            Assert.Equal("bank_file.not_well_formed", Assert.Single(Read(Declared + Report().Replace("<GrpHdr>", "<GrpHdr>" + open, StringComparison.Ordinal) + Declared + Report(), out _).Problems).Code);
        // And many of them cost no more than one look.
        var many = Declared + string.Concat(Enumerable.Repeat("<!---->", 50_000)) + string.Concat(Enumerable.Repeat("<?n ?>", 50_000)) + Report();
        Assert.Equal(1, Read(many, out _).Value.Transactions);
    }

    /// <summary>A file that comes a few bytes at a time.</summary>
    sealed class InPieces(byte[] bytes, int piece) : MemoryStream(bytes)
    {
        public override int Read(Span<byte> buffer) => base.Read(buffer[..Math.Min(buffer.Length, piece)]);

        public override int Read(byte[] buffer, int offset, int count) => base.Read(buffer, offset, Math.Min(count, piece));
    }

    [Fact]
    public void The_next_document_is_found_wherever_its_beginning_falls()
    {
        // The parser takes 8,192 bytes at a time: the declaration, with a mark or without, is moved over that border byte by byte.
        var first = "<?xml version=\"1.0\"?>" + Report();
        var length = Encoding.UTF8.GetByteCount(first);
        foreach (var mark in (string[])["", "\uFEFF"])
        {
            for (var at = 8_192 - 12; at <= 8_192 + 12; at++)
            {
                var totals = Read($"{first.Replace("<TxInfAndSts>", "<TxInfAndSts>" + new string(' ', at - length), StringComparison.Ordinal)}{mark}<?xml version=\"1.0\"?>{Report()}", out var recorded).Value;
                Assert.Equal((2, 2), (totals.Messages.Count, totals.Transactions));
                Assert.Equal(["E1", "E1"], recorded.Reports.Where(report => report.EndToEndId is not null).Select(report => report.EndToEndId));
            }
        }
    }

    [Fact]
    public void A_name_is_kept_as_it_is_however_like_another_it_is()
    {
        foreach (var name in (string[])["Cd", "Ccy", "Ntry", "BIC", "Ustrd", "TxDtls", "PmtInfId", "EndToEndId", "AcctSvcrRef", "OrgnlPmtInfAndSts"])
        {
            var names = new ElementNames(10_000, () => 1);
            Assert.Same(string.Intern(name), names.Add(name));
            for (var at = 0; at < name.Length; at++)
            {
                var other = string.Concat(name.AsSpan(0, at), "q", name.AsSpan(at + 1));
                var shorter = name.Remove(at, 1);
                Assert.Equal(other, names.Add(other.ToCharArray(), 0, other.Length));
                Assert.Equal(shorter, names.Add(shorter));
                Assert.True(names.IsStranger(other), other);
            }
        }
    }

    [Fact]
    public void What_is_no_bank_message_is_refused_with_its_line()
    {
        void Refused(string text, string code, int? line = null, BankXmlLimits? limits = null)
        {
            var problem = Assert.Single(Read(text, out _, limits).Problems);
            Assert.Equal(code, problem.Code);
            if (line is not null) Assert.Equal(line, problem.At!.Line);
        }

        Refused("<?xml version=\"1.0\"?>\n<!DOCTYPE x [<!ENTITY a \"b\">]>\n" + Report(), "bank_file.doctype", 1);
        Refused(Report()[..^12], "bank_file.not_well_formed", 1);
        Refused("<?xml version=\"1.0\"?>\n" + Report() + "\n\n<?xml version=\"1.0\"?>\n" + Report()[..^12], "bank_file.not_well_formed", 5);
        Refused("<?xml version=\"1.0\"?>\n" + Report() + "\n<?xml version=\"1.0\"?>\n<html/>", "bank_file.unknown_message", 3);
        Refused("", "bank_file.not_well_formed");
        Refused("<html><body>404</body></html>", "bank_file.unknown_message", 1);
        Refused(Report().Replace("<OrgnlEndToEndId>", string.Concat(Enumerable.Repeat("<a>", 100_000)), StringComparison.Ordinal), "bank_file.too_deep");
        Refused(Report(text: new string('x', 1_100_000)), "bank_file.text_too_long");
        Assert.Equal(1_000_000, Read(Report(text: new string('đ', 1_000_000)), out var longest).Value.Transactions * longest.Reports[0].Reasons[0].Text!.Length);
        Refused(Report(text: "a") + "<!--" + new string('x', 5_000_000) + "-->", "bank_file.too_large");
        Refused(Report(), "bank_file.too_large", limits: new(Bytes: 200));
        Refused("<?xml version=\"1.0\" encoding=\"UTF-8\"?>" + Report(text: "&nbsp;"), "bank_file.not_well_formed");
    }

    [Fact]
    public void Amounts_are_read_exactly_and_a_fraction_of_a_dong_is_a_finding()
    {
        static string Entry(string amount, string currency = "VND") => $"<Ntry><Amt Ccy=\"{currency}\">{amount}</Amt><CdtDbtInd>CRDT</CdtDbtInd><Sts>BOOK</Sts></Ntry>";
        var text = Statement(Entry("1500000.00") + Entry(" +0007 ") + Entry(".38", "EUR") + Entry("0.10") + Entry("1,5") + Entry("-3") + Entry("1e3"));
        var totals = Read(text, out var recorded).Value;
        Assert.Equal([1_500_000L, 7L, null, null, null, null, null], recorded.Entries.Select(e => e.Amount?.Vnd?.Amount));
        Assert.Equal(0.38m, recorded.Entries[2].Amount!.Value.Value);
        Assert.Equal(1, totals.Findings.Count(f => f.Code == "amount.fraction_of_dong"));
        Assert.Equal(3, totals.Findings.Count(f => f.Code == "amount.malformed"));
    }

    [Fact]
    public void A_statement_that_does_not_add_up_or_has_no_status_is_read_with_findings()
    {
        static string Balance(string code, int amount) => $"<Bal><Tp><CdOrPrtry><Cd>{code}</Cd></CdOrPrtry></Tp><Amt Ccy=\"VND\">{amount}</Amt><CdtDbtInd>CRDT</CdtDbtInd><Dt><Dt>2026-11-24</Dt></Dt></Bal>";
        const string Entry = "<Ntry><Amt Ccy=\"VND\">10</Amt><CdtDbtInd>CRDT</CdtDbtInd><RvslInd>true</RvslInd>{0}</Ntry>";
        string[] Codes(int closing, string status) =>
            [.. Read(Statement(Entry.Replace("{0}", status, StringComparison.Ordinal), Balance("OPBD", 100) + Balance("CLBD", closing)), out _).Value.Findings.Select(f => f.Code)];

        Assert.Empty(Codes(110, "<Sts>BOOK</Sts>"));
        Assert.Equal(["statement.reversals_turned"], Codes(90, "<Sts><Cd>BOOK</Cd></Sts>"));
        Assert.Equal(["statement.balance_differs"], Codes(120, "<Sts>BOOK</Sts>"));
        Assert.Equal(["statement.balance_differs"], Codes(110, "<Sts>PDNG</Sts>"));
        Assert.Equal(["entry.status_missing"], Codes(110, ""));
    }

    [Fact]
    public void Details_that_do_not_explain_the_entry_are_a_finding_unless_charges_do()
    {
        static string Entry(string charges, string details) =>
            $"<Ntry><Amt Ccy=\"VND\">90</Amt><CdtDbtInd>CRDT</CdtDbtInd><Sts>BOOK</Sts>{charges}<NtryDtls>{details}</NtryDtls></Ntry>";
        const string Direct = "<TxDtls><Amt Ccy=\"VND\">60</Amt></TxDtls>", Nested = "<TxDtls><AmtDtls><TxAmt><Amt Ccy=\"VND\">40</Amt></TxAmt></AmtDtls></TxDtls>";
        Assert.Equal(["entry.details_differ"], Read(Statement(Entry("", Direct + Nested)), out _).Value.Findings.Select(f => f.Code));
        Assert.Empty(Read(Statement(Entry("<Chrgs><TtlChrgsAndTaxAmt Ccy=\"VND\">10</TtlChrgsAndTaxAmt></Chrgs>", Direct + Nested)), out _).Value.Findings);
    }

    [Fact]
    public async Task The_command_answers_with_counts_and_exact_sums()
    {
        var path = Path.Combine(Path.GetTempPath(), $"payengine-bank-read-{Environment.ProcessId}.xml");
        await File.WriteAllTextAsync(path, Statement("<Ntry><Amt Ccy=\"VND\">1500000</Amt><CdtDbtInd>DBIT</CdtDbtInd><Sts>BOOK</Sts></Ntry>"));
        try
        {
            using var output = new StringWriter();
            string[] args = ["bank", "read", path, "--json"];
            var context = new CommandContext(args, NodaTime.SystemClock.Instance, Settings.From(_ => null), output, TextWriter.Null);
            Assert.Equal(ExitCode.Done, await PayEngine.RunAsync(args, context, CancellationToken.None));
            using var json = System.Text.Json.JsonDocument.Parse(output.ToString());
            Assert.Equal("camt.053.001.02", json.RootElement.GetProperty("message").GetString());
            Assert.Equal(1, json.RootElement.GetProperty("entries").GetInt32());
            Assert.Equal("1500000", json.RootElement.GetProperty("sums").GetProperty("VND").GetProperty("debit").GetString());
            Assert.Equal(System.Text.Json.JsonValueKind.Null, json.RootElement.GetProperty("schema_valid").ValueKind);
            Assert.Equal(1, json.RootElement.GetProperty("files").GetArrayLength());
        }
        finally
        {
            File.Delete(path);
        }
    }
}
