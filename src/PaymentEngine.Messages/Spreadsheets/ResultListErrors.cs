using PaymentEngine.Core;
using PaymentEngine.Core.Payments;

namespace PaymentEngine.Messages.Spreadsheets;

/// <summary>Gives a table back as it came with one more column that says what is wrong in each row, so that it can be corrected in the program it was made with.</summary>
public static class ResultListErrors
{
    const string Title = "Lỗi / Error";

    /// <summary>Why the table cannot be read at all; null when it can.</summary>
    public static Problem? WhyUnreadable(Stream seekable, SheetKind kind) => SheetReader.Read(seekable, kind, null, _ => true);

    /// <summary>Writes the table with its errors: text as text, a workbook as a workbook of texts.</summary>
    /// <param name="seekable">The table as it came.</param>
    /// <param name="output">Where the table with errors goes.</param>
    /// <param name="problems">What was found; problems without a line stand in the first row.</param>
    /// <returns>Null, or why the table cannot be read.</returns>
    public static Problem? Write(Stream seekable, SheetKind kind, Stream output, IEnumerable<Problem> problems)
    {
        var byLine = problems.ToLookup(problem => problem.At?.Line ?? 1, problem => problem.Message + " " + problem.Remedy);
        var width = 0;
        var refused = SheetReader.Read(seekable, kind, null, row =>
        {
            width = Math.Max(width, row.Cells.Count);
            return true;
        });
        if (refused is not null) return refused;
        using IRowWriter rows = kind == SheetKind.Text
            ? new TextRows(output, TextEncoding.Utf8Mark, ',', LineEnd.CrLf)
            : new WorkbookRows(output, "Loi", Enumerable.Repeat(18, width).Append(60));
        var nextLine = 1;
        refused = SheetReader.Read(seekable, kind, null, row =>
        {
            // Rows keep their numbers: a text's empty lines and a sheet's gaps stay where they were.
            for (; kind != SheetKind.Text && nextLine < row.Line; nextLine++) rows.Row([]);
            nextLine = row.Line + 1;
            var cells = new List<OutCell>(width + 1);
            for (var at = 0; at < width; at++) cells.Add(OutCell.Of(SafeText(row[at].Text)));
            var said = string.Join(" | ", byLine[row.Line]);
            cells.Add(OutCell.Of(said.Length > 0 ? SafeText(said) : row.Line == 1 ? Title : ""));
            rows.Row(cells);
            return true;
        });
        if (refused is null) rows.Finish();
        return refused;
    }

    /// <summary>A cell of somebody else's table that begins like a formula is shown and not run.</summary>
    static string SafeText(string text) => Csv.SpreadsheetSafeText.Guard(new string([.. text.Where(c => c is '\t' or >= ' ')]));
}
