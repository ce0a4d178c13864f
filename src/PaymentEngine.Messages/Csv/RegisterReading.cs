using System.Collections;
using System.Text;
using CsvHelper;
using PaymentEngine.Core;

namespace PaymentEngine.Messages.Csv;

/// <summary>A row that was read without a refusal.</summary>
/// <param name="Line">The line of the file where it starts, from 1; the header is line 1 of a plain file.</param>
/// <param name="Value">What the row says.</param>
public readonly record struct RegisterRow<T>(int Line, T Value);

/// <summary>A register file being read, row after row. Rows with a fault are not given out; every fault is in <see cref="Refusals"/>.</summary>
/// <remarks>
/// Can be walked once. Only after the walk are counts and problems complete: rows read = accepted + refused.
/// Whether a file with refusals is applied in part is for the caller to say; the product applies whole files only.
/// </remarks>
public sealed class RegisterReading<T> : IEnumerable<RegisterRow<T>>, IDisposable
{
    readonly RegisterFileFormat<T> format;
    readonly RegisterLimits limits;
    readonly Stream stream;
    bool walked;
    int malformedLine;
    CsvMalformedReason malformedReason;

    internal RegisterReading(RegisterFileFormat<T> format, Stream stream, string fileName, RegisterLimits limits)
    {
        this.format = format;
        this.stream = stream;
        this.limits = limits;
        FileName = fileName;
        Refusals = new RegisterProblems(limits.ProblemsKeptMax);
        Warnings = new RegisterProblems(limits.ProblemsKeptMax);
    }

    /// <summary>As it stands in the places of problems.</summary>
    public string FileName { get; }

    public RegisterFileKind Kind => format.Kind;

    /// <summary>Why rows, or the whole file, are not taken.</summary>
    public RegisterProblems Refusals { get; }

    /// <summary>What looks wrong and is taken all the same.</summary>
    public RegisterProblems Warnings { get; }

    /// <summary>Data rows met: the header and empty rows do not count.</summary>
    public long RowsRead { get; private set; }

    public long RowsAccepted { get; private set; }

    public long RowsRefused { get; private set; }

    /// <summary>The walk reached the end of the file and nothing was refused.</summary>
    public bool IsClean { get; private set; }

    public IEnumerator<RegisterRow<T>> GetEnumerator()
    {
        if (walked) throw new InvalidOperationException($"{FileName} was read already; open it again.");
        walked = true;
        return Walk();
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    public void Dispose() => stream.Dispose();

    IEnumerator<RegisterRow<T>> Walk()
    {
        var opened = RegisterInput.Open(stream, FileName, limits);
        if (!opened.TryGet(out var input))
        {
            Refusals.Add(opened.Problems[0]);
            yield break;
        }

        using var csv = CsvReader.Create(input, new CsvReaderOptions
        {
            Separator = input.Separator,
            HasHeader = false,
            SkipEmptyLines = true,
            AllowLineBreaksInQuotes = false, // no cell has a line break, so a quote that is never closed costs one row and not the file
            TrackLineNumbers = true,
            MaxRecordSize = limits.RowBytesMax,
            PoolStrings = true,
            OnMalformedRecord = malformed => (malformedLine, malformedReason) = ((int)malformed.LineNumber, malformed.Reason),
        });

        if (!Next(csv))
        {
            // Nothing but blank lines, or a byte order mark: neither a header nor a reason why there is none.
            if (Refusals.Count == 0) Refusals.Add(RegisterInput.Empty(FileName));
            yield break;
        }

        if (!RegisterHeader.Read(csv, format, FileName, limits, Refusals, out var places)) yield break;

        var row = new RegisterRowFields(csv, format.Columns, places, FileName, limits, Refusals, Warnings);
        var columnsCount = csv.FieldCount;
        var keys = new HashSet<UInt128>();
        while (Next(csv))
        {
            if (IsBlank(csv.RawRecord, (byte)input.Separator) || IsExportMark(csv.RawRecord)) continue;

            RowsRead++;
            row.Start((int)csv.LineNumber);
            if (Shape(csv, row, columnsCount))
            {
                var value = format.Read(row);
                if (!row.IsRefused && !keys.Add(format.KeyOf(value)))
                    row.Refuse(format.Columns[0], RegisterRefusals.RowTwice, $"A row above has the same {format.KeyInWords}.", "Keep one of the two rows; a later state of the facts needs another facts_from or recorded_on.");
                if (!row.IsRefused)
                {
                    RowsAccepted++;
                    yield return new RegisterRow<T>(row.Line, value);
                    continue;
                }
            }

            RowsRefused++;
        }

        if (input.IsCut)
            Refusals.Add(new Problem(RegisterRefusals.FileTooLarge, $"The file is larger than {limits.FileBytesMax} bytes.", "Split it, by commune for example, and import the parts.").In(FileName));
        IsClean = Refusals.Count == 0;
    }

    // Reads one record; a record larger than the limit ends the file, since where the next one starts is not known.
    bool Next(CsvReader csv)
    {
        try
        {
            return csv.Read();
        }
        catch (CsvFormatException tooLong)
        {
            Refusals.Add(new Problem(RegisterRefusals.RowTooLong, $"The row is longer than {limits.RowBytesMax} bytes; the file was not read further.",
                "A register row is far shorter: look for a missing line break or a wrong file.").In(FileName, (int)tooLong.LineNumber));
            return false;
        }
    }

    bool Shape(CsvReader csv, RegisterRowFields row, int columnsCount)
    {
        var raw = csv.RawRecord;
        if (malformedLine == row.Line)
            return row.RefuseWhole(RegisterRefusals.RowQuotes, malformedReason switch
            {
                CsvMalformedReason.UnterminatedQuote or CsvMalformedReason.LineBreakInQuotes => "A quote is opened and not closed on this line.",
                CsvMalformedReason.TextAfterClosingQuote => "Text follows a closing quote.",
                _ => "A quote stands inside a cell that is not quoted.",
            }, "Put the whole cell in double quotes on one line, and write a quote inside it twice: \"\".");
        if (csv.FieldCount != columnsCount)
            return row.RefuseWhole(RegisterRefusals.RowFieldsCount, $"The row has {csv.FieldCount} cells; the header has {columnsCount}.",
                "A cell that holds the separator must stand in double quotes; empty cells at the end keep their separators.");
        if (raw.Length > limits.RowBytesMax)
            return row.RefuseWhole(RegisterRefusals.RowTooLong, $"The row is longer than {limits.RowBytesMax} bytes.", "A register row is far shorter: look for a missing line break or a wrong file.");
        return row.CheckBytes(raw, columnsCount);
    }

    // The record by which an export of ours names itself says nothing of anybody.
    static bool IsExportMark(ReadOnlySpan<byte> raw) => (raw.Length > 0 && raw[0] == (byte)'"' ? raw[1..] : raw).StartsWith(RegisterFiles.ExportMarkBytes);

    static bool IsBlank(ReadOnlySpan<byte> raw, byte separator)
    {
        foreach (var b in raw)
            if (b != separator && b != (byte)' ' && b != (byte)'"') return false;
        return true;
    }
}
