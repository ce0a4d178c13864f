using System.Buffers;
using System.Text;
using PaymentEngine.Core.Payments;
using PaymentEngine.Core.Recipients;

namespace PaymentEngine.Messages.Csv;

/// <summary>Writes register files: the columns in their own order, UTF-8, line feed, quotes only where a cell needs them. The same rows give the same bytes everywhere.</summary>
/// <remarks>Cells that could start a formula in a spreadsheet are guarded by <see cref="SpreadsheetSafeText"/>; reading takes the guard off again.</remarks>
public static class RegisterFilesWriter
{
    public static RegisterWriter<PersonFacts> People(Stream stream) => new(RegisterFiles.People, stream);

    public static RegisterWriter<Award> Awards(Stream stream) => new(RegisterFiles.Awards, stream);

    public static RegisterWriter<Payee> Payees(Stream stream) => new(RegisterFiles.Payees, stream);

    public static RegisterWriter<PaidComponent> Paid(Stream stream) => new(RegisterFiles.Paid, stream);

    public static RegisterWriter<RecoupmentDecision> Recoupments(Stream stream) => new(RegisterFiles.Recoupments, stream);

    public static RegisterWriter<LocalStandard> LocalStandards(Stream stream) => new(RegisterFiles.LocalStandards, stream);

    public static RegisterWriter<Area> Areas(Stream stream) => new(RegisterFiles.Areas, stream);

    public static RegisterWriter<PayerRow> Payers(Stream stream) => new(RegisterFiles.Payers, stream);
}

/// <summary>One register file being written; the header is written at once, and disposing writes the rest and closes the stream.</summary>
public sealed class RegisterWriter<T> : IDisposable
{
    readonly RegisterFileFormat<T> format;
    readonly RegisterRowWriter row;

    internal RegisterWriter(RegisterFileFormat<T> format, Stream stream)
    {
        this.format = format;
        row = new RegisterRowWriter(stream);
        foreach (var column in format.Columns) row.Put(column.Name);
        row.End(format.Columns.Count);
    }

    public long RowsWritten { get; private set; }

    public void Write(T value)
    {
        format.Write(row, value);
        row.End(format.Columns.Count);
        RowsWritten++;
    }

    /// <summary>A last record that says which export the file is; reading passes it over.</summary>
    public void Mark(string text)
    {
        row.Put($"{RegisterFiles.ExportMark}{text}");
        for (var i = 1; i < format.Columns.Count; i++) row.Put("");
        row.End(format.Columns.Count);
    }

    /// <summary>Brings all rows to the stream, which may then be brought to the disk.</summary>
    public void Flush() => row.Flush();

    /// <summary>Closes the stream too.</summary>
    public void Dispose() => row.Dispose();
}

/// <summary>The cells of a row being written.</summary>
sealed class RegisterRowWriter(Stream stream) : IDisposable
{
    // A semicolon or tab too: somebody's spreadsheet separates by it.
    static readonly SearchValues<char> quoted = SearchValues.Create(",;\t\"\r\n");

    readonly StreamWriter writer = new(stream, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false), bufferSize: 1 << 16) { NewLine = "\n" };
    int cells;

    /// <summary>Writes the next cell; null or empty leaves it empty.</summary>
    public void Put(string? text)
    {
        if (cells++ > 0) writer.Write(',');
        if (string.IsNullOrEmpty(text)) return;

        text = SpreadsheetSafeText.Guard(text);
        if (!NeedsQuotes(text))
        {
            writer.Write(text);
            return;
        }

        writer.Write('"');
        writer.Write(text.Replace("\"", "\"\"", StringComparison.Ordinal));
        writer.Write('"');
    }

    /// <summary>Ends the row. A row with another number of cells than columns is a bug of its format and throws.</summary>
    public void End(int columnsCount)
    {
        if (cells != columnsCount) throw new InvalidOperationException($"A row of {columnsCount} columns was written with {cells} cells.");
        writer.Write('\n');
        cells = 0;
    }

    public void Flush() => writer.Flush();

    public void Dispose() => writer.Dispose();

    static bool NeedsQuotes(string text) => text.AsSpan().ContainsAny(quoted) || text[0] == ' ' || text[^1] == ' ';
}
