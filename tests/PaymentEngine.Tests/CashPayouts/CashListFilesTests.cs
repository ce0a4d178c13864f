using System.IO.Compression;
using System.Text;
using DocumentFormat.OpenXml.Packaging;
using DocumentFormat.OpenXml.Validation;
using NodaTime;
using PaymentEngine.Core.CashPayouts;
using PaymentEngine.Core.Money;
using PaymentEngine.Core.Payments;
using PaymentEngine.Core.Recipients;
using PaymentEngine.Messages;
using PaymentEngine.Messages.Csv;
using PaymentEngine.Messages.Paper;
using PaymentEngine.Messages.Spreadsheets;

namespace PaymentEngine.Tests.CashPayouts;

/// <summary>A cash list on paper, as CSV and as a workbook, and the ways it comes back.</summary>
public class CashListFilesTests
{
    static readonly CashListId Id = new(40, new YearMonth(2026, 11), 7);

    static readonly CashList List = new(Id, "16690", "Xã Một", "Sở Y tế tỉnh Nghệ An", new LocalDate(2026, 11, 2), "thu",
    [
        Line(1, "Nguyễn Thị Phượng Uyển", 810_000), Line(2, "=cmd()", 1_234_567, atHome: true), Line(3, "Trần Văn Đức", 2_700_000, fromBank: true),
    ], new PayPoint("16690", "BD", "Bưu điện văn hóa xã", "Xóm 4", "ngày 5–10", true, new LocalDate(2026, 1, 1), null));

    static CashLine Line(int no, string name, long vnd, bool fromBank = false, bool atHome = false) => new(no, new InstructionId(40, new YearMonth(2026, 11), 1, no, fromBank ? 2 : 1), ReceiptCode.Of(Id, no), name,
        new BirthDate(1950, 3, 0), "0042", "Xóm 5, đường Nguyễn Thị Minh Khai", name, Programme.Btxh, new Vnd(vnd), fromBank, AtHome: atHome);

    static MemoryStream Csv(params string[] lines) => new(Encoding.UTF8.GetBytes("receipt_code,result,paid_on,amount_vnd,receiver,remark\n" + string.Join('\n', lines)));

    [Fact]
    public void The_page_names_the_pay_point_and_every_line_has_its_code_and_a_place_to_sign()
    {
        using var stream = new MemoryStream();
        CashListPage.Write(stream, List);
        var page = Encoding.UTF8.GetString(stream.ToArray());
        Assert.Contains("Điểm chi trả: Bưu điện văn hóa xã, Xóm 4. Thời gian: ngày 5–10", System.Net.WebUtility.HtmlDecode(page), StringComparison.Ordinal);
        Assert.All(List.Lines, line => Assert.Contains(line.ReceiptCode, page, StringComparison.Ordinal));
        Assert.Equal(3, page.Split("class=\"sign\"").Length - 2); // two columns of the head and total are not lines
        Assert.Contains("Chi tại nhà", System.Net.WebUtility.HtmlDecode(page), StringComparison.Ordinal);
        Assert.Contains("Ngân hàng không chi được", System.Net.WebUtility.HtmlDecode(page), StringComparison.Ordinal);
        Assert.Contains("4.744.567", page, StringComparison.Ordinal);
    }

    [Fact]
    public void The_workbook_is_valid_locks_what_was_printed_and_offers_two_results()
    {
        using var stream = new MemoryStream();
        CashListWorkbook.Write(stream, List);
        stream.Position = 0;
        using (var document = SpreadsheetDocument.Open(stream, false)) Assert.Empty(new OpenXmlValidator(DocumentFormat.OpenXml.FileFormatVersions.Office2013).Validate(document).Select(error => error.Description));
        stream.Position = 0;
        using var zip = new ZipArchive(stream);
        using var reader = new StreamReader(zip.GetEntry("xl/worksheets/sheet1.xml")!.Open());
        var sheet = reader.ReadToEnd();
        Assert.Contains("<sheetProtection sheet=\"1\"", sheet, StringComparison.Ordinal);
        Assert.Contains("sqref=\"K2:K4\"><formula1>\"đã chi,chưa nhận\"</formula1>", sheet, StringComparison.Ordinal);
        Assert.Contains("<c r=\"K4\" s=\"3\"/>", sheet, StringComparison.Ordinal);
        Assert.Contains(">'=cmd()<", sheet, StringComparison.Ordinal);
        using var again = new MemoryStream();
        CashListWorkbook.Write(again, List);
        Assert.Equal(stream.ToArray(), again.ToArray());
    }

    [Fact]
    public void A_workbook_filled_in_reads_back_as_its_results()
    {
        // As a spreadsheet saves it: heading lines above, Vietnamese titles, a Vietnamese day.
        using var stream = new MemoryStream();
        using (var rows = new WorkbookRows(stream, "C0007", []))
        {
            rows.Row([OutCell.Of("DANH SÁCH CHI TRẢ 40-2611-C0007")]);
            rows.Row([OutCell.Of("STT"), OutCell.Of("Mã biên nhận"), OutCell.Of("Số tiền (đồng)"), OutCell.Of("Kết quả"), OutCell.Of("Ngày chi"), OutCell.Of("Người ký nhận"), OutCell.Of("Ghi chú")]);
            rows.Row([OutCell.Of("1"), OutCell.Of(ReceiptCode.Of(Id, 1).ToLowerInvariant()), OutCell.Of("810.000"), OutCell.Of("Đã chi"), OutCell.Of("5/11/2026"), OutCell.Of("Nguyễn Văn Nam"), OutCell.Of("")]);
            rows.Row([OutCell.Of("2"), OutCell.Of(ReceiptCode.Of(Id, 2)), OutCell.Of("1234567"), OutCell.Of("chưa nhận"), OutCell.Of("2026-11-06"), OutCell.Of(""), OutCell.Of("đi vắng")]);
            rows.Row([OutCell.Of("3"), OutCell.Of(ReceiptCode.Of(Id, 3)), OutCell.Of("2700000"), OutCell.Of(""), OutCell.Of(""), OutCell.Of(""), OutCell.Of("")]);
            rows.Finish();
        }

        var read = CashResultReader.Read(stream, "C0007.xlsx");
        Assert.True(read.IsOk, string.Join('\n', read.Problems));
        Assert.Equal(
        [
            new CashResultRow(3, ReceiptCode.Of(Id, 1), CashResult.Paid, new LocalDate(2026, 11, 5), "Nguyễn Văn Nam", null, new Vnd(810_000)),
            new CashResultRow(4, ReceiptCode.Of(Id, 2), CashResult.Uncollected, new LocalDate(2026, 11, 6), null, "đi vắng", new Vnd(1_234_567)),
        ], read.Value);
    }

    [Fact]
    public void A_CSV_as_printed_reads_back_without_results()
    {
        using var stream = new MemoryStream();
        CashListFile.Write(stream, List);
        var read = CashResultReader.Read(stream, "C0007.csv");
        Assert.True(read.IsOk, string.Join('\n', read.Problems));
        Assert.Empty(read.Value);
    }

    [Fact]
    public void Every_bad_row_is_told_with_its_place_and_nothing_is_half_read()
    {
        var one = ReceiptCode.Of(Id, 1);
        var read = CashResultReader.Read(Csv($"{one},paid,2026-11-05,810000,,", $"{one},paid,2026-11-05,,,", $"{one[..^1]}?,paid,2026-11-05,,,", $"{ReceiptCode.Of(Id, 2)},maybe,05.11.2026,1.2x,,", $"{ReceiptCode.Of(Id, 3)},,2026-11-05,,,"), "back.csv");
        Assert.Equal(
        [
            ("cash_results.twice", 3, "receipt_code"), ("receipt.malformed", 4, "receipt_code"), ("cash_results.unknown_result", 5, "result"), ("cash_results.date_malformed", 5, "paid_on"),
            ("cash_results.amount_malformed", 5, "amount_vnd"), ("cash_results.result_missing", 6, "result"),
        ], read.Problems.Select(problem => (problem.Code, problem.At!.Line!.Value, problem.At.Column!)));
        Assert.All(read.Problems, problem => Assert.Equal("back.csv", problem.At!.File));
    }

    [Theory]
    [InlineData("", "cash_results.empty")]
    [InlineData("a,b,c\n1,2,3\n", "cash_results.column_missing")]
    [InlineData("receipt_code,result\nx,paid\n", "cash_results.column_missing")]
    [InlineData("receipt_code,result,paid_on\n\"x,paid,2026-11-05\n", "spreadsheet.unreadable")]
    public void A_file_that_is_no_cash_list_is_refused(string text, string code) =>
        Assert.Equal(code, Assert.Single(CashResultReader.Read(new MemoryStream(Encoding.UTF8.GetBytes(text)), "x.csv").Problems).Code);

    [Fact]
    public void A_broken_workbook_is_refused() =>
        Assert.Equal("spreadsheet.unreadable", Assert.Single(CashResultReader.Read(new MemoryStream([.. "PK\u0003\u0004 not a zip"u8]), "x.xlsx").Problems).Code);

    [Fact]
    public void Pay_points_are_read_whole_or_not_at_all()
    {
        var good = PayPointsFile.Read(new MemoryStream(Encoding.UTF8.GetBytes("commune_code,point_code,name,address,opening,is_usual,valid_from,valid_to\n16690,bd,Bưu điện,Xóm 4,ngày 5–10,yes,2026-11-01,\n16690,UB,Trụ sở xã,,,no,2026-11-01,2027-01-31\n")), "p.csv");
        Assert.True(good.IsOk, string.Join('\n', good.Problems));
        Assert.Equal(("BD", true, 2), (good.Value[0].Point.Code, good.Value[0].Point.IsUsual, good.Value[0].Line));
        var bad = PayPointsFile.Read(new MemoryStream(Encoding.UTF8.GetBytes("commune_code,point_code,name,is_usual,valid_from,valid_to\n,a b,,perhaps,soon,\n16690,A,Một,yes,2026-11-01,2026-10-01\n16690,A,Một,yes,2026-11-01,\n16690,A,Hai,no,2026-11-01,\n16690,B,Ba,yes,2026-12-01,\n")), "p.csv");
        Assert.Equal(
        [
            ("pay_point.cell", 2, "commune_code"), ("pay_point.cell", 2, "point_code"), ("pay_point.cell", 2, "name"), ("pay_point.cell", 2, "is_usual"), ("pay_point.cell", 2, "valid_from"), ("pay_point.cell", 3, "valid_to"), ("pay_point.twice", 5, "point_code"),
        ], bad.Problems.Select(problem => (problem.Code, problem.At!.Line!.Value, problem.At.Column!)));
        var two = PayPointsFile.Read(new MemoryStream(Encoding.UTF8.GetBytes("commune_code,point_code,name,is_usual,valid_from,valid_to\n16690,A,Một,yes,2026-11-01,2026-12-31\n16690,B,Hai,yes,2026-12-31,\n")), "p.csv");
        Assert.Equal(("pay_point.two_usual", 3), (Assert.Single(two.Problems).Code, two.Problems[0].At!.Line!.Value));
    }
}
