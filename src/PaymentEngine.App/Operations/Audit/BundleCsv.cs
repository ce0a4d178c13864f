using System.Text;

namespace PaymentEngine.App.Operations.Audit;

/// <summary>The tables of a bundle: UTF-8, comma, LF, quotes where needed, a header. A text that a spreadsheet would take for a formula has an apostrophe before it.</summary>
static class BundleCsv
{
    const string Formula = "=+-@\t\r";

    public static byte[] Write(IReadOnlyList<string> columns, IEnumerable<IReadOnlyList<string>> rows)
    {
        var text = new StringBuilder();
        Line(columns);
        foreach (var row in rows) Line(row);
        return new UTF8Encoding(false).GetBytes(text.ToString());

        void Line(IReadOnlyList<string> cells)
        {
            for (var i = 0; i < cells.Count; i++)
            {
                if (i > 0) text.Append(',');
                var cell = cells[i];
                // A negative sum is a number and stays one.
                if (cell.Length > 0 && (cell[0] == '\'' || (Formula.Contains(cell[0], StringComparison.Ordinal) && !long.TryParse(cell, System.Globalization.NumberStyles.AllowLeadingSign, System.Globalization.CultureInfo.InvariantCulture, out _)))) cell = "'" + cell;
                if (cell.AsSpan().IndexOfAny(",\"\n\r") >= 0) text.Append('"').Append(cell.Replace("\"", "\"\"", StringComparison.Ordinal)).Append('"');
                else text.Append(cell);
            }

            text.Append('\n');
        }
    }

    /// <summary>Reads what <see cref="Write"/> wrote: rows by column name. Null when it is something else.</summary>
    public static IReadOnlyList<IReadOnlyDictionary<string, string>>? Read(byte[] bytes)
    {
        var rows = Split(Encoding.UTF8.GetString(bytes));
        if (rows is not [var header, ..]) return null;
        var read = new List<IReadOnlyDictionary<string, string>>(rows.Count - 1);
        foreach (var row in rows.Skip(1))
        {
            if (row.Count != header.Count) return null;
            var cells = new Dictionary<string, string>(row.Count, StringComparer.Ordinal);
            for (var i = 0; i < row.Count; i++)
                if (!cells.TryAdd(header[i], row[i].StartsWith('\'') ? row[i][1..] : row[i])) return null;
            read.Add(cells);
        }

        return read;
    }

    static List<List<string>>? Split(string text)
    {
        var (rows, row, cell) = (new List<List<string>>(), new List<string>(), new StringBuilder());
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] == '"' && cell.Length == 0)
            {
                for (i++; ; i++)
                {
                    if (i >= text.Length) return null;
                    if (text[i] != '"') cell.Append(text[i]);
                    else if (i + 1 < text.Length && text[i + 1] == '"') cell.Append(text[i++]);
                    else break;
                }
            }
            else if (text[i] is ',' or '\n')
            {
                row.Add(cell.ToString());
                cell.Clear();
                if (text[i] == ',') continue;
                rows.Add(row);
                row = [];
            }
            else
            {
                cell.Append(text[i]);
            }
        }

        return row.Count == 0 && cell.Length == 0 ? rows : null;
    }
}
