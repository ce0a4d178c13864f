using System.IO.Compression;
using System.Net;
using System.Net.Sockets;
using System.Text;
using PaymentEngine.Core;
using PaymentEngine.Core.Reconciliation;
using PaymentEngine.Messages.Iso20022;

namespace PaymentEngine.Tests.BankFiles;

/// <summary>
/// Files made to do harm: each is refused with a problem, or read with findings, and nothing else comes out. What a reading allocates is bounded,
/// which repeats on every machine; a watchdog stands behind for a reading that would never end.
/// </summary>
public class HostileFileTests
{
    const long AllocatedMax = 100L << 20;
    static readonly TimeSpan Watchdog = TimeSpan.FromSeconds(60);

    const string Space = "urn:iso:std:iso:20022:tech:xsd:";
    const string ReportBegins = $"<Document xmlns=\"{Space}pain.002.001.10\"><CstmrPmtStsRpt><GrpHdr><MsgId>M</MsgId><CreDtTm>2026-11-24T08:00:00</CreDtTm></GrpHdr><OrgnlPmtInfAndSts><OrgnlPmtInfId>B</OrgnlPmtInfId>";
    const string ReportEnds = "</OrgnlPmtInfAndSts></CstmrPmtStsRpt></Document>";
    const string StatementBegins = $"<Document xmlns=\"{Space}camt.053.001.02\"><BkToCstmrStmt><GrpHdr><MsgId>S</MsgId><CreDtTm>2026-11-24T08:00:00</CreDtTm></GrpHdr><Stmt><Id>1</Id>";
    const string StatementEnds = "</Stmt></BkToCstmrStmt></Document>";
    const string Item = "<TxInfAndSts><OrgnlEndToEndId>E1</OrgnlEndToEndId><TxSts>RJCT</TxSts></TxInfAndSts>";

    sealed class Nobody : IBankMessageVisitor;

    static string Report(string inside) => ReportBegins + inside + ReportEnds;

    static string Statement(string inside) => StatementBegins + inside + StatementEnds;

    static string Entry(string amount = "1", string currency = "VND", string more = "") =>
        $"<Ntry><Amt Ccy=\"{currency}\">{amount}</Amt><CdtDbtInd>CRDT</CdtDbtInd><Sts>BOOK</Sts>{more}</Ntry>";

    static MemoryStream Bytes(string text) => new MemoryStream(Encoding.UTF8.GetBytes(text));

    /// <summary>Reads on a thread of its own and holds the reading to its bounds.</summary>
    static async Task<Result<BankFileTotals>> Read(Stream input, BankXmlLimits? limits = null, long allocatedMax = AllocatedMax)
    {
        var (result, allocated) = await Task.Run(() =>
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            var read = BankMessageReader.Read(input, new Nobody(), limits);
            return (read, GC.GetAllocatedBytesForCurrentThread() - before);
        }).WaitAsync(Watchdog);
        Assert.InRange(allocated, 0, allocatedMax);
        foreach (var problem in result.Problems)
        {
            Assert.StartsWith("bank_file.", problem.Code, StringComparison.Ordinal);
            Assert.False(string.IsNullOrWhiteSpace(problem.Message));
            Assert.False(string.IsNullOrWhiteSpace(problem.Remedy));
            Assert.True(problem.Message.Length < 1_000, "A refusal does not repeat the file.");
        }

        return result;
    }

    static async Task Refused(Stream input, string code, BankXmlLimits? limits = null) =>
        Assert.Equal(code, Assert.Single((await Read(input, limits)).Problems).Code);

    static Task Refused(string text, string code, BankXmlLimits? limits = null) => Refused(Bytes(text), code, limits);

    /// <summary>Not well-formed, or not in the encoding it declares: the same to the reader of the message.</summary>
    static async Task IsNoXml(Stream input) =>
        Assert.Contains(Assert.Single((await Read(input)).Problems).Code, (string[])["bank_file.not_well_formed", "bank_file.encoding", "bank_file.encoding_unknown"]);

    static async Task<BankFileTotals> IsRead(string text) => (await Read(Bytes(text))).Value;

    [Fact]
    public async Task A_file_without_an_end_is_refused_at_the_limit()
    {
        using var endless = new RepeatedStream(StatementBegins, Entry());
        await Refused(endless, "bank_file.too_large", new BankXmlLimits(Bytes: 5_000_000));
        Assert.InRange(endless.Taken, 5_000_000, 5_000_000 + (1 << 20));
    }

    [Fact]
    public async Task Statements_batches_balances_and_reasons_without_an_end_take_no_memory()
    {
        var limits = new BankXmlLimits(Bytes: 3_000_000);
        await Refused(new RepeatedStream(StatementBegins, "<Bal><Tp><CdOrPrtry><Cd>CLBD</Cd></CdOrPrtry></Tp><Amt Ccy=\"VND\">1</Amt><CdtDbtInd>CRDT</CdtDbtInd></Bal>"), "bank_file.too_large", limits);
        await Refused(new RepeatedStream(ReportBegins, "<StsRsnInf><Rsn><Cd>AC04</Cd></Rsn></StsRsnInf>"), "bank_file.too_large", limits);
        await Refused(new RepeatedStream(ReportBegins, "<NbOfTxsPerSts><DtldNbOfTxs>1</DtldNbOfTxs><DtldSts>RJCT</DtldSts></NbOfTxsPerSts>"), "bank_file.too_large", limits);
        await Refused(new RepeatedStream(StatementBegins + "<Ntry><NtryDtls><TxDtls><RmtInf>", "<Ustrd>0123456789</Ustrd>"), "bank_file.too_large", limits);
        await Refused(new RepeatedStream(ReportBegins.Replace("<OrgnlPmtInfAndSts>", "<OrgnlGrpInfAndSts>", StringComparison.Ordinal), "<StsRsnInf/>"), "bank_file.too_large", limits);
    }

    [Fact]
    public async Task Two_hundred_thousand_nested_elements_are_refused_at_the_sixty_fifth() =>
        await Refused(new RepeatedStream(ReportBegins, "<a>", 200_000, string.Concat(Enumerable.Repeat("</a>", 200_000)) + ReportEnds), "bank_file.too_deep");

    [Theory]
    [InlineData("<!DOCTYPE Document SYSTEM \"file:///etc/passwd\">")]
    [InlineData("<!DOCTYPE Document [<!ENTITY x SYSTEM \"file:///etc/passwd\">]>")]
    [InlineData("<!DOCTYPE Document [<!ENTITY % x SYSTEM \"http://127.0.0.1:9/x.dtd\"> %x;]>")]
    [InlineData("<!DOCTYPE lolz [<!ENTITY a \"aaaaaaaaaa\"><!ENTITY b \"&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;\"><!ENTITY c \"&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;\">]>")]
    [InlineData("<!DOCTYPE Document>")]
    [InlineData("\n\n<!-- before --><!DOCTYPE Document PUBLIC \"-//X\" \"http://127.0.0.1:9/x\">")]
    public async Task A_document_type_is_refused_whatever_it_says(string doctype)
    {
        await Refused("<?xml version=\"1.0\"?>" + doctype + Report(Item.Replace("E1", "&x;", StringComparison.Ordinal)), "bank_file.doctype");
        // Also in the second document of a file.
        await Refused("<?xml version=\"1.0\"?>" + Report(Item) + "<?xml version=\"1.0\"?>" + doctype + Report(Item), "bank_file.doctype");
    }

    [Fact]
    public async Task Nothing_is_fetched_from_the_network()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var address = $"http://127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}/x";
        await Refused($"<!DOCTYPE Document SYSTEM \"{address}\">" + Report(Item), "bank_file.doctype");
        var include = $"<xi:include xmlns:xi=\"http://www.w3.org/2001/XInclude\" href=\"{address}\"/>";
        var located = Report(include + Item).Replace("<Document ", $"<?xml-stylesheet href=\"{address}\"?><Document xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\" xsi:schemaLocation=\"{Space}pain.002.001.10 {address}\" ", StringComparison.Ordinal);
        Assert.Equal(1, (await IsRead(located)).Transactions);
        Assert.False(listener.Pending());
    }

    [Fact]
    public async Task A_text_of_two_megabytes_is_refused_where_it_is_read_and_where_it_is_not()
    {
        var text = new string('x', 2 << 20);
        await Refused(Report(Item.Replace("E1", text, StringComparison.Ordinal)), "bank_file.text_too_long");
        await Refused(Report($"<StsRsnInf><AddtlInf>{text}</AddtlInf></StsRsnInf>"), "bank_file.text_too_long");
        foreach (var outside in (string[])[Report($"<Unknown>{text}</Unknown>"), Report($"<![CDATA[{text}]]>"), Report($"<!--{text}-->"), Report($"<?x {text}?>"), Report($"<A a=\"{text}\"/>"), Report($"<A{text}/>"), Report(new string(' ', 5 << 20))])
            await Read(Bytes(outside)); // refused or passed over, within the bounds
    }

    [Fact]
    public async Task A_million_attributes_and_as_many_namespaces_are_refused()
    {
        Assert.NotEmpty((await Read(new RepeatedStream(ReportBegins + "<A", "", 0, " " + string.Join(' ', Enumerable.Range(0, 1_000_000).Select(i => $"a{i}=\"\"")) + "/>" + ReportEnds))).Problems);
        Assert.NotEmpty((await Read(Bytes(ReportBegins + "<A " + string.Join(' ', Enumerable.Range(0, 1_000_000).Select(i => $"xmlns:n{i}=\"u\"")) + "/>" + ReportEnds))).Problems);
        await Read(new RepeatedStream(ReportBegins, $"<b:A xmlns:b=\"urn:{new string('n', 500)}\"/>", 2_000, ReportEnds));
    }

    [Fact]
    public async Task Different_names_without_an_end_take_no_memory()
    {
        // Names are kept for the length of a file: a file of nothing but new names is not a bank's.
        var names = string.Concat(Enumerable.Range(0, 300_000).Select(i => $"<n{i}/>"));
        await Read(Bytes(Report(names)));
    }

    [Fact]
    public async Task The_same_attribute_twice_is_not_XML() => await Refused(Statement("<Ntry><Amt Ccy=\"VND\" Ccy=\"USD\">1</Amt></Ntry>"), "bank_file.not_well_formed");

    [Theory]
    [InlineData("")]
    [InlineData("   \r\n\t ")]
    [InlineData("\uFEFF")]
    [InlineData("<?xml version=\"1.0\"?>")]
    [InlineData("<?xml version=\"1.0\" encoding=\"UTF-8\"?><?xml version=\"1.0\" encoding=\"UTF-8\"?>")]
    [InlineData("no XML at all")]
    [InlineData("%PDF-1.7 1 0 obj")]
    [InlineData("{\"status\":\"RJCT\"}")]
    [InlineData("<")]
    [InlineData("<Document")]
    [InlineData("<a><b></a></b>")]
    [InlineData("<a/><b/>")]
    [InlineData("<a>&#xD800;</a>")]
    [InlineData("<a>&#0;</a>")]
    [InlineData("<a>&nbsp;</a>")]
    [InlineData("<a>]]></a>")]
    [InlineData("<a b=c/>")]
    [InlineData("<?xml version=\"9.9\"?><a/>")]
    [InlineData("<?xml version=\"1.0\" encoding=\"x-none\"?><a/>")]
    public async Task What_is_not_XML_is_refused(string text) => await IsNoXml(Bytes(text));

    [Theory]
    [InlineData("<html><body>404 Not Found</body></html>")]
    [InlineData("<Document xmlns=\"urn:iso:std:iso:20022:tech:xsd:pain.008.001.02\"><CstmrDrctDbtInitn/></Document>")]
    [InlineData("<Document/>")]
    [InlineData("<soap:Envelope xmlns:soap=\"http://schemas.xmlsoap.org/soap/envelope/\"><soap:Body><soap:Fault/></soap:Body></soap:Envelope>")]
    public async Task Another_root_is_refused(string text) => await Refused(text, "bank_file.unknown_message");

    [Fact]
    public async Task Bytes_that_are_no_text_are_refused()
    {
        byte[] begins = [.. Encoding.UTF8.GetBytes(Report("<TxInfAndSts><OrgnlEndToEndId>")[..^ReportEnds.Length])];
        byte[] ends = [.. Encoding.UTF8.GetBytes("</OrgnlEndToEndId></TxInfAndSts>" + ReportEnds)];
        foreach (var bad in (byte[][])[[0], [0, 0, 0, 0], [0xFF], [0xC0, 0xAF], [0xE2, 0x82], [0xED, 0xA0, 0x80], [0xF4, 0x90, 0x80, 0x80], [0x01], [0x0B], [0x1F], [0x80]])
            await IsNoXml(new MemoryStream([.. begins, .. bad, .. ends]));

        var unpaired = Encoding.Unicode.GetBytes(Report(Item.Replace("E1", "E#1", StringComparison.Ordinal)));
        var place = unpaired.AsSpan().IndexOf(Encoding.Unicode.GetBytes("#"));
        (unpaired[place], unpaired[place + 1]) = (0x00, 0xD8);
        await IsNoXml(new MemoryStream([0xFF, 0xFE, .. unpaired]));
        Assert.NotEmpty((await Read(new MemoryStream([0xFF, 0xFE, 0, 0, .. Encoding.UTF32.GetBytes("<a/>")]))).Problems);
        Assert.NotEmpty((await Read(new MemoryStream([0xFE, 0xFF, 0x3C]))).Problems); // half a character
    }

    [Fact]
    public async Task Random_bytes_are_refused()
    {
        var random = new SeededRandom(20261122);
        for (var file = 0; file < 200; file++)
        {
            var bytes = new byte[random.Below(5_000)];
            for (var i = 0; i < bytes.Length; i++) bytes[i] = (byte)random.Below(256);
            Assert.NotEmpty((await Read(new MemoryStream(bytes))).Problems);
        }
    }

    [Fact]
    public async Task Numbers_that_fit_in_nothing_are_findings()
    {
        foreach (var number in (string[])["1" + new string('0', 30), new string('9', 400), "9999999999999999999999999", "0." + new string('0', 30) + "1", "-1", "1e30", "NaN", "Infinity", "0x10", "١٢٣", "1 000", "--1", "+", ".", ""])
        {
            var statement = await IsRead(Statement(
                $"<ElctrncSeqNb>{number}</ElctrncSeqNb><Bal><Tp><CdOrPrtry><Cd>OPBD</Cd></CdOrPrtry></Tp><Amt Ccy=\"VND\">{number}</Amt><CdtDbtInd>CRDT</CdtDbtInd></Bal>"
                + $"<TxsSummry><TtlCdtNtries><NbOfNtries>{number}</NbOfNtries><Sum>{number}</Sum></TtlCdtNtries></TxsSummry>"
                + Entry(number, more: $"<Chrgs><TtlChrgsAndTaxAmt Ccy=\"VND\">{number}</TtlChrgsAndTaxAmt></Chrgs><NtryDtls><Btch><NbOfTxs>{number}</NbOfTxs></Btch><TxDtls><AmtDtls><TxAmt><Amt Ccy=\"VND\">{number}</Amt></TxAmt></AmtDtls></TxDtls></NtryDtls>")));
            Assert.Equal((1, 1), (statement.Entries, statement.Transactions));
            Assert.Equal(1, (await IsRead(Report($"<OrgnlNbOfTxs>{number}</OrgnlNbOfTxs><OrgnlCtrlSum>{number}</OrgnlCtrlSum><NbOfTxsPerSts><DtldNbOfTxs>{number}</DtldNbOfTxs><DtldSts>RJCT</DtldSts></NbOfTxsPerSts>" + Item))).Transactions);
            var orders = $"<Document xmlns=\"{Space}pain.001.001.09\"><CstmrCdtTrfInitn><GrpHdr><MsgId>M</MsgId><NbOfTxs>{number}</NbOfTxs><CtrlSum>{number}</CtrlSum></GrpHdr><PmtInf><CdtTrfTxInf><Amt><InstdAmt Ccy=\"VND\">{number}</InstdAmt></Amt></CdtTrfTxInf></PmtInf></CstmrCdtTrfInitn></Document>";
            Assert.Equal(1, (await IsRead(orders)).Transactions);
        }
    }

    [Fact]
    public async Task Sums_past_every_number_do_not_break_the_reading()
    {
        var huge = new string('9', 25);
        foreach (var text in (string[])[
            StatementBegins + string.Concat(Enumerable.Repeat(Entry(huge), 9_000)) + StatementEnds,
            Statement(Entry(more: "<NtryDtls>" + string.Concat(Enumerable.Repeat($"<TxDtls><AmtDtls><TxAmt><Amt Ccy=\"VND\">{huge}</Amt></TxAmt></AmtDtls></TxDtls>", 9_000)) + "</NtryDtls>")),
            Statement(Entry(more: string.Concat(Enumerable.Repeat($"<Chrgs><TtlChrgsAndTaxAmt Ccy=\"VND\">{huge}</TtlChrgsAndTaxAmt></Chrgs>", 9_000)))),
            $"<Document xmlns=\"{Space}pain.001.001.09\"><CstmrCdtTrfInitn><PmtInf>" + string.Concat(Enumerable.Repeat($"<CdtTrfTxInf><Amt><InstdAmt Ccy=\"VND\">{huge}</InstdAmt></Amt></CdtTrfTxInf>", 9_000)) + "</PmtInf></CstmrCdtTrfInitn></Document>",
            $"<Document xmlns=\"{Space}pacs.004.001.09\"><PmtRtr>" + string.Concat(Enumerable.Repeat($"<TxInf><RtrdIntrBkSttlmAmt Ccy=\"VND\">{huge}</RtrdIntrBkSttlmAmt></TxInf>", 9_000)) + "</PmtRtr></Document>"])
            await Read(Bytes(text)); // refused or read: never an exception
    }

    [Theory]
    [InlineData("0000-01-01")]
    [InlineData("9999-12-31")]
    [InlineData("10000-01-01")]
    [InlineData("-0001-01-01")]
    [InlineData("2026-02-30")]
    [InlineData("2026-13-01")]
    [InlineData("26-11-24")]
    [InlineData("2026-11-24T25:61:61")]
    [InlineData("9999-12-31T23:59:59-18:00")]
    [InlineData("0001-01-01T00:00:00+14:00")]
    [InlineData("2026-11-24T08:00:00+99:99")]
    [InlineData("2026-11-24T08:00:00.123456789123456789Z")]
    [InlineData("yesterday")]
    public async Task A_day_that_is_none_is_a_finding(string day)
    {
        var text = Statement($"<FrToDt><FrDtTm>{day}</FrDtTm><ToDtTm>{day}</ToDtTm></FrToDt>" + Entry(more: $"<BookgDt><Dt>{day}</Dt></BookgDt><ValDt><DtTm>{day}</DtTm></ValDt>"))
            .Replace("2026-11-24T08:00:00<", day + "<", StringComparison.Ordinal);
        Assert.Equal(1, (await IsRead(text)).Entries);
    }

    [Fact]
    public async Task A_million_findings_are_counted_and_a_thousand_kept()
    {
        using var file = new RepeatedStream(StatementBegins, "<Ntry/>", 50_000, StatementEnds);
        var totals = (await Read(file)).Value;
        Assert.Equal(50_000, totals.Entries);
        Assert.True(totals.FindingCount >= 50_000);
        Assert.InRange(totals.Findings.Count, 1, 1_000);
    }

    /// <summary>Every file of ours, cut off at every twentieth of its length.</summary>
    [Theory]
    [MemberData(nameof(BankFileCorpus.Names), MemberType = typeof(BankFileCorpus))]
    public async Task A_file_cut_off_is_refused(string file)
    {
        var bytes = BankFileCorpus.Bytes(file);
        for (var part = 0; part < 20; part++)
        {
            var cut = bytes[..(bytes.Length * part / 20)];
            // A cut between two documents of a file leaves a whole one; anywhere else nothing is whole.
            var result = await Read(new MemoryStream(cut));
            Assert.True(!result.IsOk || BankFileCorpus.Expected[file].Messages.Length > 1, $"cut after {cut.Length} bytes");
        }
    }

    [Fact]
    public async Task A_thousand_to_one_bomb_is_refused_before_it_unfolds()
    {
        using var gzip = new MemoryStream();
        using (var packing = new GZipStream(gzip, CompressionLevel.SmallestSize, leaveOpen: true))
        {
            new RepeatedStream(StatementBegins, new string(' ', 1000), 50_000, StatementEnds).CopyTo(packing);
        }

        Assert.InRange(50_000_000 / gzip.Length, 500, 2_000);
        gzip.Position = 0;
        await Refused(gzip, "bank_file.packed_too_large");

        using var zip = new MemoryStream();
        using (var archive = new ZipArchive(zip, ZipArchiveMode.Create, leaveOpen: true))
        {
            using var entry = archive.CreateEntry("a.xml", CompressionLevel.SmallestSize).Open();
            new RepeatedStream(StatementBegins, Entry(), 100_000, StatementEnds).CopyTo(entry);
        }

        zip.Position = 0;
        Assert.NotEmpty((await Read(zip)).Problems);
    }

    [Fact]
    public async Task A_packed_file_that_is_broken_is_refused()
    {
        using var gzip = new MemoryStream();
        using (var packing = new GZipStream(gzip, CompressionLevel.Fastest, leaveOpen: true)) packing.Write(Encoding.UTF8.GetBytes(Report(Item)));
        var bytes = gzip.ToArray();
        Assert.True((await Read(new MemoryStream(bytes))).IsOk);
        for (var length = 2; length < bytes.Length - 8; length += 7) Assert.NotEmpty((await Read(new MemoryStream(bytes[..length]))).Problems);
        for (var place = 0; place < bytes.Length; place += 3)
        {
            var broken = bytes.ToArray();
            broken[place] ^= 0x55;
            await Read(new MemoryStream(broken)); // refused, or a byte that does not matter
        }

        Assert.NotEmpty((await Read(new MemoryStream([(byte)'P', (byte)'K', 3, 4, .. bytes]))).Problems);
        Assert.NotEmpty((await Read(new MemoryStream([0x1F, 0x8B]))).Problems);
    }

    [Fact]
    public async Task The_problem_names_the_line_of_the_fault()
    {
        var filler = string.Concat(Enumerable.Repeat("\n", 500));
        var problem = Assert.Single((await Read(Bytes(ReportBegins + filler + "<a></b>" + ReportEnds))).Problems);
        Assert.Equal(501, problem.At!.Line);
    }
}
