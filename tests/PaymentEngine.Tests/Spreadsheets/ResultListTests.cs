using System.IO.Compression;
using System.Text;
using NodaTime;
using PaymentEngine.Core;
using PaymentEngine.Core.Payments;
using PaymentEngine.Core.Reconciliation;
using PaymentEngine.Messages;
using PaymentEngine.Messages.Iso20022;
using PaymentEngine.Messages.Spreadsheets;

namespace PaymentEngine.Tests.Spreadsheets;

public class ResultListTests
{
    static readonly string One = PaymentListTests.Payment(1, 1).EndToEndId.ToString();
    static readonly string Two = PaymentListTests.Payment(2, 1).EndToEndId.ToString();
    static readonly string Three = PaymentListTests.Payment(3, 1).EndToEndId.ToString();
    static readonly BankProfile Bank = BankProfiles.Find("vbsp")!;
    const string Titles = "STT;Mã lệnh chi;Số tài khoản;Số tiền;KẾT QUẢ CHI;Lý do không chi được;Ngày trả\n";

    sealed class Seen : IBankMessageVisitor
    {
        public List<StatusReport> Reports { get; } = [];

        public List<BankFinding> Findings { get; } = [];

        public BankFileHeader? Head { get; private set; }

        public void Header(BankFileHeader header) => Head = header;

        public void Status(StatusReport report) => Reports.Add(report);

        public void Finding(BankFinding finding) => Findings.Add(finding);
    }

    static Result<BankFileTotals> Read(string text, Seen seen, params BankProfile[] candidates) => Read(Encoding.UTF8.GetBytes(text), SheetKind.Text, seen, candidates);

    static Result<BankFileTotals> Read(byte[] bytes, SheetKind kind, Seen seen, params BankProfile[] candidates) =>
        ResultListReader.Read(new MemoryStream(bytes), kind, candidates.Length > 0 ? candidates : [.. BankProfiles.All], seen);

    [Fact]
    public void A_list_is_known_by_its_titles_and_each_row_is_a_status()
    {
        var seen = new Seen();
        var totals = Read($"Ngân hàng trả kết quả;;;;;;\n{Titles}1;{One};0123456789;500.000;Đã chi;;24/11/2026\n2;{Two};0123456788;700000;không chi được;Tài khoản đã đóng;25/11/2026\n3;{Three};;1;HOÀN TRẢ;SAI TÊN;\n;Tổng cộng;;;;;\n", seen);
        Assert.True(totals.IsOk, string.Join("; ", totals.Problems));
        Assert.Equal(["ACSC", "RJCT", "ACSC"], seen.Reports.Select(report => report.Status));
        Assert.Equal([One, Two, Three], seen.Reports.Select(report => report.EndToEndId));
        Assert.Equal(["AC04"], seen.Reports[1].Reasons.Select(reason => reason.Code));
        Assert.Equal("Tài khoản đã đóng", seen.Reports[1].Reasons[0].Text);
        Assert.Equal(500_000, seen.Reports[0].Amount!.Value.Value);
        Assert.True(seen.Reports[2].IsReturn);
        Assert.Equal((3, 1, 1), (totals.Value.Transactions, totals.Value.RejectedTransactions, totals.Value.Returns));
        Assert.Equal("result-list.vbsp", seen.Head!.Version);
        Assert.StartsWith("LIST-", seen.Head.MessageId, StringComparison.Ordinal);
        Assert.Equal(new LocalDate(2026, 11, 25), seen.Head.CreatedAt!.Value.InUtc().Date.PlusDays(1));
    }

    [Fact]
    public void A_list_in_the_workbook_form_of_Excel_97_is_read_like_the_others()
    {
        var bytes = OldWorkbook.Of("KQ", ["Ngân hàng trả kết quả"], [.. Titles.TrimEnd('\n').Split(';')],
            ["1", One, "0123456789", 500_000d, "Đã chi", "", "24/11/2026"], ["2", Two, "0123456788", "700.000", "không chi được", "Tài khoản đã đóng", "25/11/2026"]);
        var seen = new Seen();
        using var stream = new MemoryStream(bytes);
        Assert.Equal(SheetKind.Xls, SheetReader.KindOf(stream, "ket-qua.xls"));
        var totals = Read(bytes, SheetKind.Xls, seen);
        Assert.True(totals.IsOk, string.Join("; ", totals.Problems));
        Assert.Equal([(One, "ACSC", 500_000m), (Two, "RJCT", 700_000m)], seen.Reports.Select(report => (report.EndToEndId!, report.Status!, (decimal)report.Amount!.Value.Value)));
        // An account that was kept as a number has lost its zeros, or its last figures, before it came here.
        var lost = Read(OldWorkbook.Of("KQ", [.. Titles.TrimEnd('\n').Split(';')], ["1", One, 12345678901234567890d, 500_000d, "Đã chi", "", "24/11/2026"]), SheetKind.Xls, new Seen());
        Assert.Equal("result_list.cell", Assert.Single(lost.Problems).Code);
        // Cut before its rows, or with a chain of sectors that bites its tail: never a fault of ours, and never read for ever.
        for (var length = 0; length < bytes.Length; length += 97) Assert.False(Read(bytes[..length], SheetKind.Xls, new Seen()).IsOk && length < 1_536);
        var loop = (byte[])bytes.Clone();
        loop[512 + 8] = 2;
        Assert.NotEqual(3, Read(loop, SheetKind.Xls, new Seen()) is { IsOk: true } read ? read.Value.Transactions : 0);
    }

    [Fact]
    public void A_total_below_the_list_is_passed_over_and_told()
    {
        var seen = new Seen();
        Assert.True(Read($"{Titles}1;{One};;500000;Đã chi;;\n;;;500000;;;\n", seen).IsOk);
        Assert.Equal("result_list.row_passed_over", Assert.Single(seen.Findings).Code);
    }

    [Fact]
    public void Every_bad_row_is_told_with_its_line_and_column_and_nothing_is_shown()
    {
        var seen = new Seen();
        var read = Read($"{Titles}1;P40261100300000ZZZ;;500000;Đã chi;;\n2;{Two};;700,5;Đã chi;;\n3;{Three};;1;Hình như rồi;;\n4;{One};;1;Đã chi;;31/02/2026\n5;{One};;1;Đã chi;;\n6;{One};;1;Đã chi;;\n", seen);
        Assert.Equal([2, 3, 4, 5, 7], read.Problems.Select(problem => problem.At!.Line!.Value));
        Assert.Equal(["Mã lệnh chi", "Số tiền", "Kết quả chi", "Ngày trả", "Mã lệnh chi"], read.Problems.Select(problem => problem.At!.Column));
        Assert.Contains("Hình như rồi", read.Problems[2].Message, StringComparison.Ordinal);
        Assert.Null(seen.Head);
        Assert.Empty(seen.Reports);
    }

    [Fact]
    public void A_table_of_nobody_is_refused_and_one_of_two_banks_asks_which()
    {
        Assert.Equal("result_list.unknown", Read("a;b\n1;2\n", new()).Problems[0].Code);
        Assert.Equal("result_list.unknown", Read("", new()).Problems[0].Code);
        Assert.Equal("result_list.empty", Read(Titles, new()).Problems[0].Code);
        var text = $"{Titles}1;{One};;500000;Đã chi;;\n";
        Assert.Equal("result_list.ambiguous", Read(text, new(), Bank, Bank with { Id = "twin" }).Problems[0].Code);
        Assert.True(Read(text, new(), Bank).IsOk);
    }

    [Theory]
    [InlineData("vietinbank")]
    [InlineData("vietcombank")]
    [InlineData("mb")]
    public void A_workbook_of_results_is_read_with_numbers_and_texts(string id)
    {
        var profile = BankProfiles.Find(id)!;
        var bytes = Workbook(profile, (One, "500000", "Thành công"), (Two, "700000", "Từ chối"));
        var seen = new Seen();
        var totals = Read(bytes, SheetKind.Xlsx, seen);
        Assert.True(totals.IsOk, string.Join("; ", totals.Problems));
        Assert.Equal([One, Two], seen.Reports.Select(report => report.EndToEndId));
        Assert.Equal(["ACSC", "RJCT"], seen.Reports.Select(report => report.Status));
    }

    internal static byte[] Workbook(BankProfile profile, params (string Id, string Amount, string Status)[] results)
    {
        using var stream = new MemoryStream();
        var rows = new WorkbookRows(stream, "Ket qua", []);
        rows.Row([.. profile.Results!.Columns.Select(column => OutCell.Of(column.Title))]);
        foreach (var (id, amount, status) in results)
        {
            rows.Row([.. profile.Results.Columns.Select(column => column.Field switch
            {
                ResultField.EndToEndId => OutCell.Of(id),
                ResultField.Remittance => OutCell.Of($"CT DI {id} TRO CAP"),
                ResultField.Amount => new OutCell(amount, CellKind.Number),
                ResultField.Status => OutCell.Of(status),
                _ => OutCell.Of(""),
            })]);
        }

        rows.Finish();
        return stream.ToArray();
    }

    [Fact]
    public void The_list_comes_back_with_a_column_of_errors()
    {
        var text = $"{Titles}1;{Two};;700,5;Đã chi;=1+1;\n2;{One};;500000;Đã chi;;\n";
        var problems = Read(text, new()).Problems;
        using var output = new MemoryStream();
        Assert.Null(ResultListErrors.Write(new MemoryStream(Encoding.UTF8.GetBytes(text)), SheetKind.Text, output, problems));
        var rows = PaymentListTests.Rows(output.ToArray(), FileKind.Csv);
        Assert.Equal("Lỗi / Error", rows[0][^1]);
        Assert.Contains("700,5", rows[1][^1], StringComparison.Ordinal);
        Assert.Equal("'=1+1", rows[1][5]);
        Assert.Equal("", rows[2][^1]);
    }

    [Fact]
    public void A_broken_or_hostile_workbook_is_a_refusal()
    {
        Assert.Equal("spreadsheet.unreadable", Read("PK\u0003\u0004 nothing behind it"u8.ToArray(), SheetKind.Xlsx, new()).Problems[0].Code);
        Assert.Equal("spreadsheet.unreadable", Read([0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1, 0, 0], SheetKind.Xls, new()).Problems[0].Code);
        using var bomb = new MemoryStream();
        using (var zip = new ZipArchive(bomb, ZipArchiveMode.Create, leaveOpen: true))
        {
            using var part = zip.CreateEntry("xl/worksheets/sheet1.xml", CompressionLevel.Fastest).Open();
            var zeros = new byte[1 << 20];
            for (var i = 0; i < 30; i++) part.Write(zeros);
        }

        var refused = SheetReader.Read(bomb, SheetKind.Xlsx, null, _ => true, new SheetLimits(UnpackedBytesMax: 10_000_000));
        Assert.Equal("file.too_large", refused!.Code);
        Assert.Equal("file.too_large", SheetReader.Read(new MemoryStream(new byte[100]), SheetKind.Text, null, _ => true, new SheetLimits(BytesMax: 10))!.Code);
        Assert.Equal("spreadsheet.unreadable", Read("a,\"b", new()).Problems[0].Code);
    }
}
