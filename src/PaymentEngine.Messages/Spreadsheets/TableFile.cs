using PaymentEngine.Core.Payments;
using PaymentEngine.Messages.Csv;

namespace PaymentEngine.Messages.Spreadsheets;

/// <summary>A table for people's own spreadsheets: CSV (UTF-8 behind a byte order mark, comma) or XLSX, by the name of the file. The same bytes for the same rows on any machine.</summary>
/// <remarks>No cell is a formula: a text that a spreadsheet would run (<c>= + - @</c>, tab) is set behind an apostrophe in CSV, and in XLSX every text stands as text.</remarks>
public static class TableFile
{
    /// <summary>True for a name that says which form is meant: <c>.csv</c> or <c>.xlsx</c>.</summary>
    public static bool IsNamed(string path) => IsWorkbook(path) || path.EndsWith(".csv", StringComparison.OrdinalIgnoreCase);

    /// <summary>Heading of the column that names the export.</summary>
    public const string ExportColumn = "Bản xuất";

    static bool IsWorkbook(string path) => path.EndsWith(".xlsx", StringComparison.OrdinalIgnoreCase);

    /// <param name="output">Taken from here on; not closed.</param>
    /// <param name="path">Its ending says the form.</param>
    /// <param name="sheetName">Of the workbook.</param>
    /// <param name="headings">With whether the column holds whole numbers.</param>
    /// <param name="rows">A text a column; numbers in figures without separators.</param>
    public static void Write(Stream output, string path, string sheetName, IReadOnlyList<(string Title, bool IsNumber)> headings, IEnumerable<IReadOnlyList<string>> rows) => Write(output, path, sheetName, headings, rows, null);

    /// <summary>The same for people's data that are taken out: the number of the export stands in a last column of every row, and what it is in full at the foot of every printed sheet of a workbook.</summary>
    /// <param name="export">Number and full mark of the export; null: none, as for what names nobody.</param>
    public static void Write(Stream output, string path, string sheetName, IReadOnlyList<(string Title, bool IsNumber)> headings, IEnumerable<IReadOnlyList<string>> rows, (string Number, string Mark)? export)
    {
        var isWorkbook = IsWorkbook(path);
        if (export is { } of)
        {
            headings = [.. headings, (ExportColumn, false)];
            rows = rows.Select(row => (IReadOnlyList<string>)[.. row, of.Number]);
        }

        using IRowWriter writer = isWorkbook
            ? new WorkbookRows(output, sheetName, headings.Select(heading => Math.Max(heading.Title.Length, 14)), null, export?.Mark)
            : new TextRows(output, TextEncoding.Utf8Mark, ',', LineEnd.CrLf);
        writer.Row([.. headings.Select(heading => OutCell.Of(heading.Title))]);
        foreach (var row in rows)
            writer.Row([.. row.Select((text, at) => new OutCell(isWorkbook || headings[at].IsNumber ? text : SpreadsheetSafeText.Guard(text), headings[at].IsNumber ? CellKind.Number : CellKind.Text))]);
        writer.Finish();
    }
}
