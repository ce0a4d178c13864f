using System.Globalization;
using PaymentEngine.Core.CashPayouts;
using PaymentEngine.Core.Payments;
using PaymentEngine.Core.Recipients;

namespace PaymentEngine.Messages.Spreadsheets;

/// <summary>A cash list as a workbook to fill in without a connection: what was printed is locked, the result is chosen from a list. The same list gives the same bytes.</summary>
public static class CashListWorkbook
{
    /// <summary>What the result column offers.</summary>
    public const string Paid = "đã chi", Uncollected = "chưa nhận";

    const int FirstOpen = 10;

    static readonly (string Title, int Width)[] Columns =
    [
        ("STT", 4), ("Mã biên nhận", 18), ("Mã khoản chi", 22), ("Họ và tên", 26), ("Ngày sinh", 11), ("Số định danh (4 số cuối)", 12), ("Địa chỉ", 30), ("Người nhận tiền", 26), ("Chương trình", 12), ("Số tiền (đồng)", 14),
        ("Kết quả", 11), ("Ngày chi", 11), ("Người ký nhận", 24), ("Ghi chú", 24),
    ];

    /// <summary>Writes the workbook.</summary>
    public static void Write(Stream stream, CashList list)
    {
        using var rows = new WorkbookRows(stream, list.Id.ToString(), Columns.Select(column => column.Width),
            new SheetForm(FirstOpen, new Dictionary<int, IReadOnlyList<string>> { [FirstOpen] = [Paid, Uncollected] }, list.Lines.Count + 1, list.Id.ToString()));
        rows.Row([.. Columns.Select(column => OutCell.Of(column.Title))]);
        foreach (var line in list.Lines)
        {
            rows.Row(
            [
                new(line.LineNo.ToString(CultureInfo.InvariantCulture), CellKind.Number), OutCell.Of(line.ReceiptCode), OutCell.Of(line.Payment.ToString()), Safe(line.RecipientName), OutCell.Of(line.Birth.ToString()),
                OutCell.Of(line.IdTail ?? ""), Safe(line.Place), Safe(line.PayeeName), OutCell.Of(Name(line.Programme)), new(line.Amount.Amount.ToString(CultureInfo.InvariantCulture), CellKind.Number),
                OutCell.Of(""), OutCell.Of(""), OutCell.Of(""), OutCell.Of(""),
            ]);
        }

        rows.Finish();
    }

    static OutCell Safe(string text) => OutCell.Of(Csv.SpreadsheetSafeText.Guard(new string([.. text.Where(c => c >= ' ')])));

    static string Name(Programme programme) => programme.ToString().ToUpperInvariant();
}
