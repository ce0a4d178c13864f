using System.IO.Compression;
using System.Net;
using System.Text;
using PaymentEngine.App.Files;
using PaymentEngine.App.Paper;
using PaymentEngine.Core;
using PaymentEngine.Core.Money;
using PaymentEngine.Core.Payments;
using PaymentEngine.Messages.Paper;
using PaymentEngine.Postgres;

namespace PaymentEngine.Tests.Paper;

/// <summary>One document on paper and in a spreadsheet: the same words and figures, what a draft is marked with, what stands on every sheet.</summary>
public sealed class PaperDocumentTests
{
    static readonly PaperDocument Draft = new("TỜ TRÌNH THỬ", "40-2611-001", "Sở Y tế tỉnh Nghệ An")
    {
        Sub = "Tháng chi trả 11/2026", Foot = "Mã nội dung: 0f0f", Mark = "BẢN NHÁP", Sentences = ["Đề nghị duyệt chi."],
        Tables = [new("Theo xã", ["Xã", "Người*", "Tổng (đồng)*"], [["=Xã Một", 3, new Vnd(2_430_000)], ["Xã Hai", 1, new Vnd(810_000)]], ["Cộng", 4, new Vnd(3_240_000)])],
        Closing = ["Hết."], Signatures = ["Người lập", "Người duyệt"],
    };

    static string Page(PaperDocument document)
    {
        using var stream = new MemoryStream();
        document.WritePage(stream);
        return WebUtility.HtmlDecode(Encoding.UTF8.GetString(stream.ToArray()));
    }

    static string Workbook(PaperDocument document)
    {
        using var stream = new MemoryStream();
        document.WriteWorkbook(stream);
        stream.Position = 0;
        using var zip = new ZipArchive(stream);
        return string.Concat(zip.Entries.Where(entry => entry.FullName.EndsWith(".xml", StringComparison.Ordinal)).Select(entry => new StreamReader(entry.Open()).ReadToEnd()));
    }

    [Fact]
    public void A_draft_carries_its_mark_and_every_sheet_its_digest_until_it_is_neither()
    {
        var page = Page(Draft);
        Assert.Contains("<div class=\"mark\" aria-hidden=\"true\">BẢN NHÁP</div>", page, StringComparison.Ordinal);
        Assert.Contains("@bottom-center { content: \"Mã nội dung: 0f0f\"", page, StringComparison.Ordinal);
        Assert.Contains("display: table-header-group", page, StringComparison.Ordinal);
        var approved = Page(Draft with { Mark = null, Foot = null });
        Assert.DoesNotContain("mark", approved, StringComparison.Ordinal);
        Assert.DoesNotContain("@bottom-center", approved, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => Page(Draft with { Foot = "\"; } body { display: none" }));
    }

    [Fact]
    public void The_workbook_says_what_the_page_says_with_numbers_as_numbers()
    {
        var book = Workbook(Draft);
        foreach (var said in (string[])["BẢN NHÁP", "TỜ TRÌNH THỬ", "Mã nội dung: 0f0f", "Người duyệt", "=Xã Một"]) Assert.Contains(said, WebUtility.HtmlDecode(book), StringComparison.Ordinal);
        Assert.Contains("<v>3240000</v>", book, StringComparison.Ordinal);
        Assert.DoesNotContain("<f>", book, StringComparison.Ordinal);
    }

    [Fact]
    public void A_certificate_that_does_not_close_says_so_across_every_sheet()
    {
        var paper = new CertificatePaper(RunId.Parse("40-2611-001").Value, "Sở Y tế", false, "lap", "01/11/2026", "duyet", "02/11/2026", "", "ab", new Vnd(10), true, 2,
            [("đã chi qua tài khoản", 1, new Vnd(10))], [], [], [], [("M1", 1, new Vnd(10), "cd")], [], []) { Confirmed = [("kq.csv", 1, new Vnd(10), 0, Vnd.Zero, 0, Vnd.Zero, "a, b")] };
        var whole = CertificatePage.Of(paper);
        Assert.Null(whole.Mark);
        Assert.Equal(["", "Theo chương trình", "Theo ngân hàng nhận", "Theo xã", "Tệp gửi ngân hàng", "Không có sao kê: theo danh sách kết quả của ngân hàng, hai người xác nhận"], whole.Tables.Select(table => table.Heading));
        Assert.Contains(whole.Closing, sentence => sentence.Contains("derived-unverified", StringComparison.Ordinal));
        Assert.Equal("KHÔNG KHỚP", CertificatePage.Of(paper with { Closes = false }).Mark);
    }

    [PrintedFact]
    public async Task A_document_of_several_sheets_is_printed()
    {
        var folder = Directory.CreateTempSubdirectory("pe-document-");
        try
        {
            var pdf = Path.Combine(folder.FullName, "F.pdf");
            var longer = Draft with { Tables = [Draft.Tables[0] with { Rows = [.. Enumerable.Range(1, 90).Select(n => (IReadOnlyList<PaperCell>)[$"Xã {n}", n, new Vnd(n)])] }] };
            var printed = await new PaperPrinter(new DiskFiles(new ActionCounter()), "").WriteAsync(longer.WritePage, pdf);
            Assert.True(printed.IsOk, string.Join('\n', printed.Problems));
            Assert.True(System.Text.RegularExpressions.Regex.Count(Encoding.Latin1.GetString(await File.ReadAllBytesAsync(pdf)), @"/Type /Page\b(?!s)") >= 3);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }
}
