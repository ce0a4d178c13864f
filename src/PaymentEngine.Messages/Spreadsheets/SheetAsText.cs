using System.Text;

namespace PaymentEngine.Messages.Spreadsheets;

/// <summary>A workbook as the CSV text its first sheet would be saved as, so that one reader with one set of refusals serves both. Anything else is passed through as it is.</summary>
static class SheetAsText
{
    /// <param name="stream">Taken from here on: closed when the text was made of it.</param>
    /// <param name="fileName">Its ending helps to tell what it is.</param>
    /// <returns>A stream of UTF-8 CSV; row n of the sheet is line n of the text. A workbook that cannot be read is passed through, and refused by its bytes.</returns>
    public static Stream Of(Stream stream, string fileName)
    {
        if (!stream.CanSeek || SheetReader.KindOf(stream, fileName) is not { } kind || kind == SheetKind.Text) return stream;
        var text = new MemoryStream();
        using (var writer = new StreamWriter(text, new UTF8Encoding(false), leaveOpen: true) { NewLine = "\n" })
        {
            var line = 1;
            var columns = 0;
            var unreadable = SheetReader.Read(stream, kind, null, row =>
            {
                for (; line < row.Line; line++) writer.WriteLine();
                // A sheet ends its rows where their last cell is; a text file has as many cells as its header.
                if (columns == 0) columns = row.Cells.Count;
                for (var at = 0; at < Math.Max(columns, row.Cells.Count); at++)
                {
                    if (at >= columns && row[at].Text.Length == 0) continue;
                    if (at > 0) writer.Write(',');
                    var cell = row[at].Text;
                    writer.Write(cell.AsSpan().IndexOfAny(',', '"', '\n') >= 0 ? $"\"{cell.Replace("\"", "\"\"", StringComparison.Ordinal)}\"" : cell);
                }

                writer.WriteLine();
                line++;
                return true;
            });
            if (unreadable is not null)
            {
                stream.Position = 0;
                return stream;
            }
        }

        stream.Dispose();
        text.Position = 0;
        return text;
    }
}
