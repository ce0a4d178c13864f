using System.Buffers;
using System.Globalization;
using System.IO.Compression;
using System.Text;
using ExcelDataReader;
using NodaTime;
using PaymentEngine.Core;

namespace PaymentEngine.Messages.Spreadsheets;

/// <summary>What kind of table a file holds.</summary>
public enum SheetKind : byte { Text, Xlsx, Xls }

/// <summary>One cell as it was found.</summary>
/// <param name="Content">Its text; of a number its figures; of a day <c>2026-11-24</c>; null where there is nothing.</param>
/// <param name="Day">Of a cell that holds a day.</param>
/// <param name="LostFigures">A number of sixteen figures or more: the spreadsheet has replaced the last ones by zeros.</param>
public readonly record struct SheetCell(string? Content, LocalDate? Day = null, bool LostFigures = false)
{
    /// <summary>Its text; empty where there is nothing, also where the row ends before it.</summary>
    public string Text => Content ?? "";
}

/// <summary>One row, with its line in the file or its number in the sheet, from 1.</summary>
public readonly record struct SheetRow(int Line, IReadOnlyList<SheetCell> Cells)
{
    public SheetCell this[int at] => at < Cells.Count ? Cells[at] : default;

    public bool IsEmpty => Cells.All(cell => cell.Text.Length == 0);
}

/// <summary>What a table may cost.</summary>
public sealed record SheetLimits(long BytesMax = 200_000_000, long UnpackedBytesMax = 1_000_000_000, int RowsMax = 1_100_000, int ColumnsMax = 200, int CellLengthMax = 5_000);

/// <summary>Reads tables that others make, row by row: text with comma, semicolon or tab, XLSX, and XLS of old. Limits come first; a broken or hostile file is a refusal.</summary>
public static class SheetReader
{
    static SheetReader() => Encoding.RegisterProvider(CodePagesEncodingProvider.Instance);

    /// <summary>The kind of table by its first bytes, else by its name; null for anything that is no table, such as XML.</summary>
    public static SheetKind? KindOf(Stream seekable, string name)
    {
        Span<byte> first = stackalloc byte[8];
        seekable.Position = 0;
        var length = seekable.ReadAtLeast(first, first.Length, throwOnEndOfStream: false);
        seekable.Position = 0;
        if (first[..length].StartsWith("PK\u0003\u0004"u8)) return HoldsMessages(seekable) ? null : SheetKind.Xlsx;
        if (first[..length].StartsWith<byte>([0xD0, 0xCF, 0x11, 0xE0])) return SheetKind.Xls;
        return Path.GetExtension(name).ToUpperInvariant() is ".CSV" or ".TXT" or ".TSV" or ".XLSX" or ".XLS" ? SheetKind.Text : null;
    }

    /// <summary>A zip file whose first file is an XML file that no workbook has: a bank's messages, packed.</summary>
    static bool HoldsMessages(Stream seekable)
    {
        Span<byte> start = stackalloc byte[30 + 256];
        var length = seekable.ReadAtLeast(start, start.Length, throwOnEndOfStream: false);
        seekable.Position = 0;
        if (length < 30) return false;
        var name = Encoding.Latin1.GetString(start[30..Math.Min(length, 30 + start[26])]);
        return name.EndsWith(".xml", StringComparison.OrdinalIgnoreCase) && !name.StartsWith('[')
            && !new[] { "_rels/", "docProps/", "xl/", "customXml/" }.Any(folder => name.StartsWith(folder, StringComparison.OrdinalIgnoreCase));
    }

    /// <summary>Shows every row to <paramref name="take"/> until it answers false.</summary>
    /// <param name="sheetName">The sheet of a workbook; null for the first.</param>
    /// <returns>Null; or <c>spreadsheet.unreadable</c>, <c>spreadsheet.sheet_missing</c>, <c>file.too_large</c>.</returns>
    public static Problem? Read(Stream seekable, SheetKind kind, string? sheetName, Func<SheetRow, bool> take, SheetLimits? limits = null)
    {
        limits ??= new();
        if (seekable.Length > limits.BytesMax) return TooLarge($"{ViText.Bytes(seekable.Length)}, and at most {ViText.Bytes(limits.BytesMax)} are read");
        seekable.Position = 0;
        try
        {
            if (kind == SheetKind.Text) return ReadText(seekable, take, limits);
            if (kind == SheetKind.Xlsx && Unpacked(seekable, limits.UnpackedBytesMax) is { } bomb) return bomb;
            seekable.Position = 0;
            return ReadWorkbook(seekable, kind, sheetName, take, limits);
        }
        catch (LimitException e)
        {
            return TooLarge(e.Message);
        }
        catch (Exception e) when (e is not (OutOfMemoryException or OperationCanceledException or InvalidOperationException))
        {
            // The library answers a broken workbook with whatever it stumbled over.
            return new Problem("spreadsheet.unreadable", $"The file cannot be read as {(kind == SheetKind.Text ? "text" : kind == SheetKind.Xlsx ? "an XLSX workbook" : "an XLS workbook")}: {e.Message}",
                "Open it with a spreadsheet program and save it again, or ask the bank for it again. A workbook with a password must be opened first.");
        }
    }

    /// <summary>Bytes that one packed byte may become, once more than <see cref="UnpackedFreely"/> have come out: rows of figures pack to a tenth or a thirtieth.</summary>
    const int PackedRatio = 200;
    const int UnpackedFreely = 64 << 20;

    static Problem? ReadWorkbook(Stream seekable, SheetKind kind, string? sheetName, Func<SheetRow, bool> take, SheetLimits limits)
    {
        using var reader = kind == SheetKind.Xlsx
            ? ExcelReaderFactory.CreateOpenXmlReader(seekable, new ExcelReaderConfiguration { LeaveOpen = true })
            : ExcelReaderFactory.CreateBinaryReader(seekable, new ExcelReaderConfiguration { LeaveOpen = true });
        var names = new List<string>();
        while (sheetName is not null && !string.Equals(reader.Name, sheetName, StringComparison.OrdinalIgnoreCase))
        {
            names.Add(reader.Name);
            if (!reader.NextResult())
                return new Problem("spreadsheet.sheet_missing", $"The workbook has no sheet '{sheetName}'; it has {string.Join(", ", names)}.", "Give the file with that sheet, or name the right one in the profile.");
        }

        for (var line = 1; reader.Read(); line++)
        {
            if (line > limits.RowsMax) throw new LimitException($"more than {ViText.Count(limits.RowsMax)} rows");
            if (reader.FieldCount > limits.ColumnsMax) throw new LimitException($"more than {limits.ColumnsMax} columns");
            var cells = new SheetCell[reader.FieldCount];
            for (var at = 0; at < cells.Length; at++) cells[at] = Cell(reader.GetValue(at), limits);
            if (!take(new(reader.Depth + 1, cells))) return null;
        }

        return null;
    }

    static SheetCell Cell(object? value, SheetLimits limits) => value switch
    {
        null => default,
        string text => new(text.Length <= limits.CellLengthMax ? text.Trim() : throw new LimitException($"a cell of more than {ViText.Count(limits.CellLengthMax)} characters")),
        double number when double.IsInteger(number) && Math.Abs(number) < 1e15 => new(((long)number).ToString(CultureInfo.InvariantCulture)),
        double number => new(number.ToString("R", CultureInfo.InvariantCulture), null, Math.Abs(number) >= 1e15),
        DateTime day => new(LocalDate.FromDateTime(day).ToString("uuuu-MM-dd", CultureInfo.InvariantCulture), LocalDate.FromDateTime(day)),
        bool flag => new(flag ? "TRUE" : "FALSE"),
        IFormattable other => new(other.ToString(null, CultureInfo.InvariantCulture)),
        _ => new(value.ToString() ?? ""),
    };

    /// <summary>A workbook is unpacked once for nothing: what it says of its own sizes is not to be believed.</summary>
    static Problem? Unpacked(Stream seekable, long bytesMax)
    {
        using var zip = new ZipArchive(seekable, ZipArchiveMode.Read, leaveOpen: true);
        if (zip.Entries.Count > 1_000) return TooLarge($"{zip.Entries.Count} parts");
        var buffer = ArrayPool<byte>.Shared.Rent(1 << 16);
        try
        {
            var total = 0L;
            foreach (var entry in zip.Entries)
            {
                using var part = entry.Open();
                for (int read; (read = part.Read(buffer)) > 0;)
                {
                    if ((total += read) > bytesMax) return TooLarge($"more than {ViText.Bytes(bytesMax)} when it is unpacked");
                    if (total > UnpackedFreely && total / PackedRatio > seekable.Length) return TooLarge($"more than {PackedRatio} bytes for each packed one");
                }
            }

            return null;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    static Problem? ReadText(Stream seekable, Func<SheetRow, bool> take, SheetLimits limits)
    {
        using var text = new StreamReader(seekable, EncodingOf(seekable), detectEncodingFromByteOrderMarks: true, bufferSize: 1 << 16, leaveOpen: true);
        var rows = new TextTable(text, limits);
        for (var count = 1; rows.Next() is { } row; count++)
        {
            if (count > limits.RowsMax) throw new LimitException($"more than {ViText.Count(limits.RowsMax)} rows");
            if (!take(row)) return null;
        }

        return null;
    }

    /// <summary>UTF-8 where the bytes are; a mark of UTF-16 is seen by the reader itself; else Windows-1258, the code page of Viet Nam.</summary>
    static Encoding EncodingOf(Stream seekable)
    {
        var decoder = new UTF8Encoding(false, throwOnInvalidBytes: true).GetDecoder();
        var bytes = new byte[1 << 16];
        var chars = new char[bytes.Length + 16];
        try
        {
            var first = true;
            for (int read; (read = seekable.Read(bytes)) > 0; first = false)
            {
                if (first && read >= 2 && (bytes[0], bytes[1]) is (0xFF, 0xFE) or (0xFE, 0xFF)) return Encoding.Unicode;
                decoder.GetChars(bytes, 0, read, chars, 0, flush: false);
            }

            decoder.GetChars([], 0, 0, chars, 0, flush: true);
            return Encoding.UTF8;
        }
        catch (DecoderFallbackException)
        {
            return Encoding.GetEncoding(1258);
        }
        finally
        {
            seekable.Position = 0;
        }
    }

    static Problem TooLarge(string what) => new("file.too_large", $"The file has {what}.", "Split it, or check that it is the right file.");

    sealed class LimitException(string message) : Exception(message);

    /// <summary>Cells of a text, apart by the separator that stands most often in the first line; quotes by RFC 4180.</summary>
    sealed class TextTable(TextReader text, SheetLimits limits)
    {
        readonly StringBuilder cell = new();
        char separator;
        int line = 1;

        public SheetRow? Next()
        {
            if (separator == '\0') separator = FirstSeparator();
            if (text.Peek() < 0) return null;
            var (cells, began, quoted, wasQuoted) = (new List<SheetCell>(), line, false, false);
            cell.Clear();
            while (true)
            {
                var next = text.Read();
                if (next == '\n') line++;
                if (quoted)
                {
                    if (next < 0) throw new InvalidDataException($"the quote opened on line {began} is not closed");
                    if (next != '"') Put((char)next);
                    else if (text.Peek() == '"') Put((char)text.Read());
                    else quoted = false;
                }
                else if (next is '\n' or < 0 || next == separator)
                {
                    if (cells.Count == limits.ColumnsMax) throw new LimitException($"more than {limits.ColumnsMax} columns on line {began}");
                    cells.Add(new(cell.ToString().Trim().Normalize(NormalizationForm.FormC)));
                    cell.Clear();
                    wasQuoted = false;
                    if (next != separator) return new(began, cells);
                }
                else if (next == '"' && cell.Length == 0 && !wasQuoted) (quoted, wasQuoted) = (true, true);
                else if (next != '\r') Put((char)next);
            }
        }

        void Put(char c)
        {
            if (cell.Length == limits.CellLengthMax) throw new LimitException($"a cell of more than {ViText.Count(limits.CellLengthMax)} characters on line {line}");
            cell.Append(c);
        }

        /// <summary>The separator of the whole table is decided by its first line, which is read ahead.</summary>
        char FirstSeparator()
        {
            var firstLine = new StringBuilder();
            for (int next; firstLine.Length < 20_000 && (next = text.Read()) >= 0;)
            {
                firstLine.Append((char)next);
                if (next == '\n' && firstLine.ToString().AsSpan().IndexOfAny(',', ';', '\t') >= 0) break;
            }

            text = new Joined(firstLine.ToString(), text);
            var (commas, semicolons, tabs) = (0, 0, 0);
            foreach (var c in firstLine.ToString())
            {
                if (c == ',') commas++;
                else if (c == ';') semicolons++;
                else if (c == '\t') tabs++;
            }

            return semicolons > commas && semicolons >= tabs ? ';' : tabs > commas ? '\t' : ',';
        }
    }

    /// <summary>A text read ahead, and the rest of it.</summary>
    sealed class Joined(string first, TextReader rest) : TextReader
    {
        int at;

        public override int Peek() => at < first.Length ? first[at] : rest.Peek();

        public override int Read() => at < first.Length ? first[at++] : rest.Read();
    }
}
