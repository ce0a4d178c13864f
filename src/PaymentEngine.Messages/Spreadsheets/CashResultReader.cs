using System.Globalization;
using NodaTime;
using NodaTime.Text;
using PaymentEngine.Core;
using PaymentEngine.Core.CashPayouts;
using PaymentEngine.Core.Money;

namespace PaymentEngine.Messages.Spreadsheets;

/// <summary>Reads a returned cash list, CSV or workbook, with its result columns filled in; its titles may stand below some lines of heading.</summary>
public static class CashResultReader
{
    /// <summary>A commune's list is some hundred kilobytes; a province's in one file still fits.</summary>
    public const int BytesMax = 64 << 20;
    const int ProblemsMax = 1000;
    const int HeadingRowsMax = 15;

    enum Column : byte { Receipt, Result, PaidOn, Amount, Receiver, Remark }

    /// <summary>What a column may be called: as in the CSV, as in the workbook and on the page. The first three columns must be there.</summary>
    static readonly (Column Column, string[] Titles)[] Titles =
    [
        (Column.Receipt, ["receipt_code", "mã biên nhận"]), (Column.Result, ["result", "kết quả"]), (Column.PaidOn, ["paid_on", "ngày chi"]),
        (Column.Amount, ["amount_vnd", "số tiền (đồng)", "số tiền"]), (Column.Receiver, ["receiver", "người ký nhận"]), (Column.Remark, ["remark", "ghi chú"]),
    ];

    static readonly LocalDatePattern Vietnamese = LocalDatePattern.CreateWithInvariantCulture("d/M/uuuu");

    /// <summary>Reads results. A row without one is not decided yet. Every bad row is told; nothing is half read.</summary>
    /// <param name="seekable">The file.</param>
    /// <param name="fileName">Its name, for messages and to know a CSV by.</param>
    /// <returns>The rows; or <c>cash_results.…</c>, <c>receipt.malformed</c>, <c>spreadsheet.unreadable</c>, <c>file.too_large</c> with their places.</returns>
    public static Result<IReadOnlyList<CashResultRow>> Read(Stream seekable, string fileName)
    {
        if (SheetReader.KindOf(seekable, fileName) is not { } kind)
            return new Problem("cash_results.no_list", "The file is no table.", "Return the cash list as CSV or as a workbook (.xlsx).", new SourceLocation(fileName));
        var problems = new List<Problem>();
        var rows = new List<CashResultRow>();
        var seen = new Dictionary<string, int>(StringComparer.Ordinal);
        int[]? columns = null;
        var anything = false;
        var refused = SheetReader.Read(seekable, kind, null, row =>
        {
            if (row.IsEmpty) return true;
            anything = true;
            if (columns is null)
            {
                columns = ColumnsOf(row);
                return columns is not null || row.Line < HeadingRowsMax;
            }

            if (Row(row, columns, fileName, problems) is { } read)
            {
                if (seen.TryGetValue(read.ReceiptCode, out var first)) problems.Add(new Problem("cash_results.twice", $"Receipt {read.ReceiptCode} stands twice, first in line {first}.", "Keep one of the two lines.").In(fileName, row.Line, "receipt_code"));
                else
                {
                    seen.Add(read.ReceiptCode, row.Line);
                    rows.Add(read);
                }
            }

            return problems.Count < ProblemsMax;
        }, new SheetLimits(BytesMax: BytesMax, RowsMax: 1_000_000));
        if (refused is not null) return refused.In(fileName, refused.At?.Line);
        if (!anything) return new Problem("cash_results.empty", "The file is empty.", "Return the cash list with its result columns filled in.", new SourceLocation(fileName));
        if (columns is null)
        {
            return new Problem("cash_results.column_missing", "There is no row of titles with 'receipt_code', 'result' and 'paid_on' (Mã biên nhận, Kết quả, Ngày chi).",
                $"Use the printed list's columns: {string.Join(", ", Csv.CashListFile.Columns)}.", new SourceLocation(fileName, 1));
        }

        return problems.Count > 0 ? Result<IReadOnlyList<CashResultRow>>.Refuse(problems) : rows;
    }

    /// <summary>Where each column stands, -1 for one that is not there; null when this is not the row of titles.</summary>
    static int[]? ColumnsOf(SheetRow row)
    {
        var titles = row.Cells.Select(cell => cell.Text.ToLowerInvariant()).ToList();
        int[] found = [.. Titles.Select(one => titles.FindIndex(title => one.Titles.Contains(title, StringComparer.Ordinal)))];
        return found[(int)Column.Receipt] >= 0 && found[(int)Column.Result] >= 0 && found[(int)Column.PaidOn] >= 0 ? found : null;
    }

    /// <summary>One row; null when it has no result, or a fault that was added to <paramref name="problems"/>.</summary>
    static CashResultRow? Row(SheetRow row, int[] columns, string fileName, List<Problem> problems)
    {
        SheetCell Cell(Column column) => columns[(int)column] < 0 ? default : row[columns[(int)column]];
        string Field(Column column) => Cell(column).Text.Trim();
        void Bad(string code, string message, string remedy, string column) => problems.Add(new Problem(code, message, remedy).In(fileName, row.Line, column));

        if (Field(Column.Result).Length == 0)
        {
            // A day without a result is a slip of the pen, and would otherwise be lost in silence.
            if (Field(Column.PaidOn).Length > 0) Bad("cash_results.result_missing", "The line has a day and no result.", "Write paid (đã chi) or uncollected (chưa nhận), or take the day away.", "result");
            return null;
        }

        var before = problems.Count;
        var code = ReceiptCode.Parse(Field(Column.Receipt));
        if (!code.IsOk) problems.Add(code.Problems[0].In(fileName, row.Line, "receipt_code"));
        CashResult? said = Field(Column.Result).ToLowerInvariant() switch { "paid" or CashListWorkbook.Paid or "da chi" => CashResult.Paid, "uncollected" or CashListWorkbook.Uncollected or "chua nhan" => CashResult.Uncollected, _ => null };
        if (said is null) Bad("cash_results.unknown_result", $"'{Field(Column.Result)}' is not a result.", "Write paid (đã chi) or uncollected (chưa nhận), or leave it empty.", "result");
        var day = Day(Cell(Column.PaidOn));
        if (day is null) Bad("cash_results.date_malformed", $"'{Field(Column.PaidOn)}' is not a day.", "Write the day of the payout as 2026-11-25 or 25/11/2026.", "paid_on");
        Vnd? amount = null;
        if (Field(Column.Amount) is { Length: > 0 } text)
        {
            if (long.TryParse(text.Replace(".", "", StringComparison.Ordinal), NumberStyles.None, CultureInfo.InvariantCulture, out var vnd)) amount = new Vnd(vnd);
            else Bad("cash_results.amount_malformed", $"'{text}' is not an amount.", "Leave the amount as printed.", "amount_vnd");
        }

        return problems.Count > before ? null
            : new CashResultRow(row.Line, code.Value, said!.Value, day!.Value, Text(Field(Column.Receiver)), Text(Field(Column.Remark)), amount);
    }

    static LocalDate? Day(SheetCell cell) => cell.Day ?? (LocalDatePattern.Iso.Parse(cell.Text.Trim()) is { Success: true } iso ? iso.Value : Vietnamese.Parse(cell.Text.Trim()) is { Success: true } written ? written.Value : null);

    static string? Text(string text) => text.Length == 0 ? null : Csv.SpreadsheetSafeText.Unguard(text);
}
