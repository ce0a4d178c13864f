using System.Globalization;
using PaymentEngine.Core;
using PaymentEngine.Core.Money;
using PaymentEngine.Core.Payments;
using PaymentEngine.Messages.Spreadsheets;

namespace PaymentEngine.Messages.Paper;

/// <summary>One cell of a table on paper: a text, or a whole number that a spreadsheet can add up.</summary>
public readonly record struct PaperCell(string Text, long? Number)
{
    public static implicit operator PaperCell(string text) => new(text, null);

    public static implicit operator PaperCell(int number) => new("", number);

    public static implicit operator PaperCell(long number) => new("", number);

    public static implicit operator PaperCell(Vnd sum) => new("", sum.Amount);
}

/// <summary>A table with its heading.</summary>
/// <param name="Columns">Titles; one that ends in * is a column of numbers, one that ends in # holds codes to be compared letter by letter.</param>
/// <param name="Total">Stands last; null: none.</param>
public sealed record PaperTable(string Heading, IReadOnlyList<string> Columns, IReadOnlyList<IReadOnlyList<PaperCell>> Rows, IReadOnlyList<PaperCell>? Total = null);

/// <summary>A document that goes to paper as a page and to people's spreadsheets as a workbook, with the same words and figures in both.</summary>
/// <param name="Title">Head of the first page.</param>
/// <param name="Name">Stands at the foot of every page: letters, figures, hyphens.</param>
/// <param name="Agency">Who it is from.</param>
public sealed record PaperDocument(string Title, string Name, string Agency)
{
    /// <summary>Under the title.</summary>
    public string Sub { get; init; } = "";

    /// <summary>Stands at the foot of every page beside the name, and once in a workbook; null: nothing.</summary>
    public string? Foot { get; init; }

    /// <summary>Lies pale across every page, and on the first row of a workbook; null: nothing.</summary>
    public string? Mark { get; init; }

    /// <summary>Sentences before the tables.</summary>
    public IReadOnlyList<string> Sentences { get; init; } = [];

    public IReadOnlyList<PaperTable> Tables { get; init; } = [];

    /// <summary>Sentences after the tables.</summary>
    public IReadOnlyList<string> Closing { get; init; } = [];

    /// <summary>Who signs.</summary>
    public IReadOnlyList<string> Signatures { get; init; } = [];

    /// <summary>The page: HTML that needs nothing from elsewhere; the same document gives the same bytes.</summary>
    public void WritePage(Stream stream)
    {
        var page = new PaperPage(Title, Name, Agency, Foot, Mark);
        if (Sub.Length > 0) page.Sub(Sub);
        foreach (var sentence in Sentences) page.Paragraph(sentence);
        foreach (var table in Tables)
        {
            if (table.Heading.Length > 0) page.Heading(table.Heading);
            page.Table(table.Columns, table.Rows.Select(Texts), table.Total is null ? null : Texts(table.Total));
        }

        foreach (var sentence in Closing) page.Paragraph(sentence);
        if (Signatures.Count > 0) page.Signatures([.. Signatures]);
        page.Save(stream);
    }

    /// <summary>The workbook: one sheet, the tables below each other, numbers as numbers and every text as text.</summary>
    public void WriteWorkbook(Stream stream)
    {
        var columns = Tables.Count == 0 ? 1 : Tables.Max(table => table.Columns.Count);
        using var rows = new WorkbookRows(stream, Name, Enumerable.Range(0, columns).Select(at => Tables.Max(table => at < table.Columns.Count ? WidthOf(table, at) : 0)));
        if (Mark is not null) rows.Row([OutCell.Of(Mark)]);
        rows.Row([OutCell.Of(Agency)]);
        rows.Row([OutCell.Of(Title)]);
        if (Sub.Length > 0) rows.Row([OutCell.Of(Sub)]);
        foreach (var sentence in Sentences) rows.Row([OutCell.Of(sentence)]);
        foreach (var table in Tables)
        {
            rows.Row([]);
            if (table.Heading.Length > 0) rows.Row([OutCell.Of(table.Heading)]);
            rows.Row([.. table.Columns.Select(column => OutCell.Of(column.TrimEnd('*', '#')))]);
            foreach (var row in table.Rows) rows.Row([.. row.Select(Cell)]);
            if (table.Total is not null) rows.Row([.. table.Total.Select(Cell)]);
        }

        foreach (var sentence in Closing) rows.Row([OutCell.Of(sentence)]);
        if (Foot is not null) rows.Row([OutCell.Of(Foot)]);
        if (Signatures.Count > 0)
        {
            rows.Row([]);
            rows.Row([.. Signatures.Select(OutCell.Of)]);
        }

        rows.Finish();
    }

    static int WidthOf(PaperTable table, int at) => Math.Max(table.Columns[at].Length, table.Rows.Count == 0 ? 0 : table.Rows.Max(row => at < row.Count ? row[at].Number is null ? row[at].Text.Length : 14 : 0));

    static OutCell Cell(PaperCell cell) => cell.Number is { } number ? new OutCell(number.ToString(CultureInfo.InvariantCulture), CellKind.Number) : OutCell.Of(cell.Text);

    static IReadOnlyList<string> Texts(IReadOnlyList<PaperCell> row) => [.. row.Select(cell => cell.Number is { } number ? ViText.Count(number) : cell.Text)];
}
