using System.Globalization;
using System.IO.Compression;
using System.Net;
using System.Net.Sockets;
using System.Text;
using PaymentEngine.Core;
using PaymentEngine.Messages;
using PaymentEngine.Messages.Csv;
using PaymentEngine.Messages.Iso20022;
using PaymentEngine.Messages.Spreadsheets;
using PaymentEngine.Tests.BankFiles;
using PaymentEngine.Tests.Iso20022;

namespace PaymentEngine.Tests.Abuse;

/// <summary>Abuse cases 17 and 18: files that fetch, multiply, unpack without end or want to be put somewhere else, against every reader of XML and of packed files.</summary>
public sealed class HostileXmlTests
{
    const long AllocatedMax = 100L << 20;

    // A reading takes milliseconds; this only ends one that never would, on a machine that is busy with other things.
    static readonly TimeSpan Watchdog = TimeSpan.FromSeconds(60);

    const string Report = "<Document xmlns=\"urn:iso:std:iso:20022:tech:xsd:pain.002.001.10\"><CstmrPmtStsRpt><GrpHdr><MsgId>M</MsgId><CreDtTm>2026-11-24T08:00:00</CreDtTm></GrpHdr><OrgnlPmtInfAndSts><TxInfAndSts><OrgnlEndToEndId>VALUE</OrgnlEndToEndId><TxSts>RJCT</TxSts></TxInfAndSts></OrgnlPmtInfAndSts></CstmrPmtStsRpt></Document>";
    const string Statement = "<Document xmlns=\"urn:iso:std:iso:20022:tech:xsd:camt.053.001.08\"><BkToCstmrStmt><GrpHdr><MsgId>S</MsgId><CreDtTm>2026-11-24T08:00:00</CreDtTm></GrpHdr><Stmt><Id>VALUE</Id></Stmt></BkToCstmrStmt></Document>";
    const string Order = "<Document xmlns=\"urn:iso:std:iso:20022:tech:xsd:pain.001.001.09\"><CstmrCdtTrfInitn><GrpHdr><MsgId>VALUE</MsgId></GrpHdr></CstmrCdtTrfInitn></Document>";
    const string Recall = "<Document xmlns=\"urn:iso:std:iso:20022:tech:xsd:camt.055.001.08\"><CstmrPmtCxlReq><Assgnmt><Id>VALUE</Id></Assgnmt></CstmrPmtCxlReq></Document>";
    const string Sheet = "<worksheet xmlns=\"http://schemas.openxmlformats.org/spreadsheetml/2006/main\"><sheetData><row r=\"1\"><c r=\"A1\" t=\"inlineStr\"><is><t>VALUE</t></is></c></row></sheetData></worksheet>";

    sealed record Seen(IReadOnlyList<Problem> Problems, string Said);

    /// <summary>Every reader of XML that takes what others send: bytes in, what came out.</summary>
    static readonly (string Name, string Document, Func<byte[], Seen> Read)[] Readers =
    [
        ("status report", Report, BankMessage), ("statement", Statement, BankMessage), ("payment order among answers", Order, BankMessage),
        ("our own order read back", Order, bytes => { var said = new StringBuilder(); var read = Pain001Reader.ReadBack(new MemoryStream(bytes), payment => said.Append(payment)); return new(read.IsOk ? [] : read.Problems, said.ToString()); }),
        ("our own recall read back", Recall, bytes => { var read = Camt055Reader.ReadBack(new MemoryStream(bytes)); return new(read.IsOk ? [] : read.Problems, read.IsOk ? read.Value.ToString()! : ""); }),
        ("workbook", Sheet, bytes =>
        {
            var said = new StringBuilder();
            var problem = SheetReader.Read(new MemoryStream(Workbook(bytes)), SheetKind.Xlsx, null, row => { foreach (var cell in row.Cells) said.Append(cell.Text); return true; });
            return new(problem is null ? [] : [problem], said.ToString());
        }),
    ];

    static Seen BankMessage(byte[] bytes)
    {
        var recorded = new Recorded();
        var read = BankMessageReader.Read(new MemoryStream(bytes), recorded);
        return new(read.IsOk ? [] : read.Problems, string.Join(' ', recorded.Reports.Select(one => $"{one.EndToEndId} {string.Join(' ', one.Reasons.Select(reason => reason.Text))}")));
    }

    static byte[] Workbook(byte[] sheet)
    {
        using var packed = new MemoryStream();
        using (var zip = new ZipArchive(packed, ZipArchiveMode.Create, leaveOpen: true))
        {
            void Put(string name, byte[] bytes)
            {
                using var entry = zip.CreateEntry(name).Open();
                entry.Write(bytes);
            }

            Put("[Content_Types].xml", "<Types xmlns=\"http://schemas.openxmlformats.org/package/2006/content-types\"><Default Extension=\"xml\" ContentType=\"application/xml\"/></Types>"u8.ToArray());
            Put("xl/workbook.xml", "<workbook xmlns=\"http://schemas.openxmlformats.org/spreadsheetml/2006/main\" xmlns:r=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships\"><sheets><sheet name=\"A\" sheetId=\"1\" r:id=\"rId1\"/></sheets></workbook>"u8.ToArray());
            Put("xl/_rels/workbook.xml.rels", "<Relationships xmlns=\"http://schemas.openxmlformats.org/package/2006/relationships\"><Relationship Id=\"rId1\" Type=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet\" Target=\"worksheets/sheet1.xml\"/></Relationships>"u8.ToArray());
            Put("xl/worksheets/sheet1.xml", sheet);
        }

        return packed.ToArray();
    }

    static IEnumerable<(string How, Func<string, string> Of)> Attacks(string address, string canary)
    {
        static string Lols() => "<!DOCTYPE lolz [<!ENTITY a0 \"aaaaaaaaaa\">" + string.Concat(Enumerable.Range(1, 12).Select(level => $"<!ENTITY a{level} \"{string.Concat(Enumerable.Repeat($"&a{level - 1};", 10))}\">")) + "]>";
        string With(string doctype, string document, string value) => "<?xml version=\"1.0\"?>" + doctype + document.Replace("VALUE", value, StringComparison.Ordinal);
        yield return ("entity of a file", document => With($"<!DOCTYPE d [<!ENTITY x SYSTEM \"file://{canary}\">]>", document, "&x;"));
        yield return ("entity of the network", document => With($"<!DOCTYPE d [<!ENTITY x SYSTEM \"{address}\">]>", document, "&x;"));
        yield return ("parameter entity", document => With($"<!DOCTYPE d [<!ENTITY % x SYSTEM \"{address}\"> %x;]>", document, "A"));
        yield return ("document type of the network", document => With($"<!DOCTYPE d SYSTEM \"{address}\">", document, "A"));
        yield return ("public document type", document => With($"<!DOCTYPE d PUBLIC \"-//X\" \"{address}\">", document, "A"));
        yield return ("billion laughs", document => With(Lols(), document, "&a12;"));
        yield return ("entity that names itself", document => With("<!DOCTYPE d [<!ENTITY a \"&b;\"><!ENTITY b \"&a;\">]>", document, "&a;"));
        yield return ("XInclude", document => With("", document, $"<xi:include xmlns:xi=\"http://www.w3.org/2001/XInclude\" href=\"{address}\"/><xi:include xmlns:xi=\"http://www.w3.org/2001/XInclude\" parse=\"text\" href=\"file://{canary}\"/>"));
        yield return ("schema location", document =>
        {
            var root = document.IndexOf(' ', StringComparison.Ordinal);
            return With($"<?xml-stylesheet href=\"{address}\"?>", document[..root] + $" xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\" xsi:schemaLocation=\"urn:x {address}\" xsi:noNamespaceSchemaLocation=\"{address}\"" + document[root..], "A");
        });
        yield return ("fifty thousand nested", document => With("", document, string.Concat(Enumerable.Repeat("<a>", 50_000)) + string.Concat(Enumerable.Repeat("</a>", 50_000))));
        yield return ("a hundred thousand attributes", document => With("", document, "<a " + string.Concat(Enumerable.Range(0, 100_000).Select(no => string.Create(CultureInfo.InvariantCulture, $"b{no}=\"\" "))) + "/>"));
    }

    [Fact]
    public async Task AbuseCase17_XXE_billion_laughs_external_DTD_XInclude_and_schemaLocation_reach_nothing_and_cost_nothing()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var address = $"http://127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}/x";
        var folder = Directory.CreateTempSubdirectory("pe-canary-").FullName;
        const string Sung = "TIENG-CHIM-HOANG-YEN";
        try
        {
            var canary = Path.Combine(folder, "canary");
            await File.WriteAllTextAsync(canary, Sung);
            var tried = 0;
            foreach (var (name, document, read) in Readers)
            {
                foreach (var (how, of) in Attacks(address, canary))
                {
                    var bytes = Encoding.UTF8.GetBytes(of(document));
                    var (seen, allocated) = await Task.Run(() =>
                    {
                        var before = GC.GetAllocatedBytesForCurrentThread();
                        return (read(bytes), GC.GetAllocatedBytesForCurrentThread() - before);
                    }).WaitAsync(Watchdog);
                    Assert.True(allocated < AllocatedMax, $"{name}, {how}: {allocated} bytes");
                    Assert.DoesNotContain(Sung, seen.Said + string.Join(' ', seen.Problems), StringComparison.Ordinal);
                    Assert.True(seen.Said.Length < 1_000_000, $"{name}, {how}");
                    if (of(document).Contains("<!DOCTYPE", StringComparison.Ordinal)) Assert.True(seen.Problems.Count > 0, $"{name}, {how}: a document type was taken");
                    Assert.All(seen.Problems, problem => Assert.True(problem.Message.Length is > 0 and < 1_000 && problem.Remedy.Length > 0, $"{name}, {how}: {problem}"));
                    tried++;
                }
            }

            Assert.Equal(66, tried);
            Assert.False(listener.Pending(), "Somebody asked the network.");
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    /// <summary>A gigabyte of blanks in a megabyte: one packed piece a thousand times over, which a packer of one run would write the same way.</summary>
    static byte[] Gigabyte(bool gzip)
    {
        var blanks = new byte[1 << 20];
        blanks.AsSpan().Fill((byte)' ');
        using var piece = new MemoryStream();
        if (gzip)
        {
            using (var packing = new GZipStream(piece, CompressionLevel.SmallestSize, leaveOpen: true)) packing.Write(blanks);
            return [.. Enumerable.Repeat(piece.ToArray(), 1_024).SelectMany(bytes => bytes)];
        }

        using (var packing = new DeflateStream(piece, CompressionLevel.SmallestSize, leaveOpen: true))
        {
            packing.Write(blanks);
            packing.Flush(); // a whole block that leans on nothing before it
            var block = piece.ToArray();
            return [.. Enumerable.Repeat(block, 1_024).SelectMany(bytes => bytes), 0x03, 0x00];
        }
    }

    /// <summary>A zip whose directory says what it likes of sizes and names.</summary>
    static byte[] Zip(params (string Name, byte[] Packed, uint SaidSize)[] files)
    {
        using var bytes = new MemoryStream();
        using var writer = new BinaryWriter(bytes);
        var places = new List<uint>();
        foreach (var (name, packed, size) in files)
        {
            places.Add((uint)bytes.Position);
            writer.Write(0x04034B50u);
            foreach (var word in (ushort[])[20, 0, 8, 0, 0]) writer.Write(word);
            foreach (var word in (uint[])[0, (uint)packed.Length, size]) writer.Write(word);
            foreach (var word in (ushort[])[(ushort)Encoding.UTF8.GetByteCount(name), 0]) writer.Write(word);
            writer.Write(Encoding.UTF8.GetBytes(name));
            writer.Write(packed);
        }

        var directory = (uint)bytes.Position;
        for (var at = 0; at < files.Length; at++)
        {
            var (name, packed, size) = files[at];
            writer.Write(0x02014B50u);
            foreach (var word in (ushort[])[20, 20, 0, 8, 0, 0]) writer.Write(word);
            foreach (var word in (uint[])[0, (uint)packed.Length, size]) writer.Write(word);
            foreach (var word in (ushort[])[(ushort)Encoding.UTF8.GetByteCount(name), 0, 0, 0, 0]) writer.Write(word);
            writer.Write(0u);
            writer.Write(places[at]);
            writer.Write(Encoding.UTF8.GetBytes(name));
        }

        var length = (uint)bytes.Position - directory;
        writer.Write(0x06054B50u);
        foreach (var word in (ushort[])[0, 0, (ushort)files.Length, (ushort)files.Length]) writer.Write(word);
        writer.Write(length);
        writer.Write(directory);
        writer.Write((ushort)0);
        return bytes.ToArray();
    }

    static byte[] Deflated(byte[] bytes)
    {
        using var packed = new MemoryStream();
        using (var packing = new DeflateStream(packed, CompressionLevel.Fastest)) packing.Write(bytes);
        return packed.ToArray();
    }

    [Fact]
    public async Task AbuseCase18_A_decompression_bomb_a_thousand_entries_and_names_that_climb_out_are_refused_and_write_nothing()
    {
        var report = Encoding.UTF8.GetBytes(Report.Replace("VALUE", "E1", StringComparison.Ordinal));
        var bomb = Gigabyte(gzip: false);
        Assert.InRange(bomb.Length, 1, 4 << 20);
        var sheet = Workbook(Encoding.UTF8.GetBytes(Sheet));
        Assert.Contains("VALUE", Readers[^1].Read(Encoding.UTF8.GetBytes(Sheet)).Said, StringComparison.Ordinal);
        (string How, Func<IReadOnlyList<Problem>> Read)[] bombs =
        [
            ("gzip of a gigabyte", () => BankMessage([.. Gigabyte(gzip: true)]).Problems),
            ("zip of a gigabyte", () => BankMessage(Zip(("a.xml", bomb, 1u << 30))).Problems),
            ("zip that says it is small", () => BankMessage(Zip(("a.xml", bomb, 1_000))).Problems),
            ("ten thousand entries", () => BankMessage(Zip([.. Enumerable.Range(0, 10_000).Select(no => ($"{no}.xml", Deflated(report), (uint)report.Length))])).Problems),
            ("a thousand and one entries", () => BankMessage(Zip([.. Enumerable.Range(0, 1_001).Select(no => ($"{no}.xml", Deflated(report), (uint)report.Length))])).Problems),
            ("workbook of a gigabyte", () => Sheets(Zip(WorkbookParts(bomb, 1u << 30)))),
            ("workbook that says it is small", () => Sheets(Zip(WorkbookParts(bomb, 1_000)))),
        ];
        foreach (var (how, read) in bombs)
        {
            var (problems, allocated) = await Task.Run(() =>
            {
                var before = GC.GetAllocatedBytesForCurrentThread();
                return (read(), GC.GetAllocatedBytesForCurrentThread() - before);
            }).WaitAsync(Watchdog);
            Assert.True(problems.Count > 0, $"{how} was taken");
            Assert.True(allocated < AllocatedMax, $"{how}: {allocated} bytes");
        }

        // A name in a packed file is only a name: the parts are read under no name, and nothing is put anywhere.
        var outside = Path.Combine(Path.GetTempPath(), "pe-zip-slip-" + Environment.ProcessId.ToString(CultureInfo.InvariantCulture) + ".xml");
        var here = Directory.GetFileSystemEntries(Directory.GetCurrentDirectory()).Order(StringComparer.Ordinal).ToList();
        var recorded = new Recorded();
        var climbing = new[] { "../../" + Path.GetFileName(outside), outside, "..\\..\\" + Path.GetFileName(outside), "/etc/cron.d/pe", "a/../../../" + Path.GetFileName(outside) };
        Assert.True(BankMessageReader.Read(new MemoryStream(Zip([.. climbing.Select(name => (name, Deflated(report), (uint)report.Length))])), recorded).IsOk);
        Assert.Equal(climbing.Length, recorded.Reports.Count(one => one.EndToEndId == "E1"));
        Assert.False(File.Exists(outside) || File.Exists("/etc/cron.d/pe"));
        Assert.Equal(here, Directory.GetFileSystemEntries(Directory.GetCurrentDirectory()).Order(StringComparer.Ordinal));
        Assert.True(sheet.Length > 0);

        static IReadOnlyList<Problem> Sheets(byte[] bytes) => SheetReader.Read(new MemoryStream(bytes), SheetKind.Xlsx, null, _ => true) is { } problem ? [problem] : [];

        static (string, byte[], uint)[] WorkbookParts(byte[] packedSheet, uint said)
        {
            var parts = new List<(string, byte[], uint)>();
            using var zip = new ZipArchive(new MemoryStream(Workbook("<x/>"u8.ToArray())));
            foreach (var entry in zip.Entries)
            {
                using var content = new MemoryStream();
                using (var stream = entry.Open()) stream.CopyTo(content);
                parts.Add(entry.FullName.EndsWith("sheet1.xml", StringComparison.Ordinal) ? (entry.FullName, packedSheet, said) : (entry.FullName, Deflated(content.ToArray()), (uint)content.Length));
            }

            return [.. parts];
        }
    }
}
