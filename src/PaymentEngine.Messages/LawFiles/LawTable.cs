using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Unicode;
using CsvHelper;
using NodaTime;
using NodaTime.Text;
using PaymentEngine.Core;
using PaymentEngine.Core.Law;

namespace PaymentEngine.Messages.LawFiles;

/// <summary>One law file as text cells: rows by line, columns by name, and the checks every row shares.</summary>
sealed class LawTable
{
    // No figure of the law comes near: a larger one is a slip of the hand, and products of it could leave the range of a sum.
    const long AmountMax = 10_000_000_000;

    readonly Dictionary<string, int> columns;
    readonly List<(int Line, string[] Cells)> rows = [];
    readonly List<Problem> problems;

    LawTable(string file, Dictionary<string, int> columns, List<Problem> problems)
    {
        File = file;
        this.columns = columns;
        this.problems = problems;
    }

    public string File { get; }

    public bool Has(string column) => columns.ContainsKey(column);

    public static LawTable? Read(string file, byte[] content, string[] required, List<Problem> problems)
    {
        if (!Utf8.IsValid(content))
        {
            var line = 1 + content.AsSpan(0, FirstNotUtf8(content)).Count((byte)'\n');
            problems.Add(new Problem("law.not_utf8", "The file is not UTF-8: Vietnamese letters would be lost.", "Save it as CSV UTF-8.").In(file, line));
            return null;
        }

        using var reader = CsvReader.Create(new MemoryStream(content), new CsvReaderOptions
        {
            Separator = ',',
            HasHeader = false,
            SkipEmptyLines = true,
            TrackLineNumbers = true,
            OnMalformedRecord = malformed => problems.Add(
                new Problem("law.malformed_row", $"The row is not sound CSV: {malformed.Reason}.", "Check commas and quotes.").In(file, (int)malformed.LineNumber)),
        });
        if (!reader.Read())
        {
            problems.Add(new Problem("law.empty_file", "The law file has no header row.", "Restore the file from the release.").In(file));
            return null;
        }

        var width = reader.FieldCount;
        var columns = new Dictionary<string, int>(StringComparer.Ordinal);
        for (var i = 0; i < width; i++)
        {
            var name = reader.GetString(i).TrimStart('\uFEFF').Trim();
            if (!columns.TryAdd(name, i)) problems.Add(new Problem("law.column_twice", $"The column {name} stands twice in the header.", "Keep one of them.").In(file, 1, name));
        }

        var missing = required.Where(column => !columns.ContainsKey(column)).ToList();
        if (missing.Count > 0)
        {
            problems.Add(new Problem("law.missing_column", $"The law file lacks the column {string.Join(", ", missing)}.", "Add the column; law/README.md says what it holds.").In(file, 1));
            return null;
        }

        var table = new LawTable(file, columns, problems);
        while (reader.Read())
        {
            if (reader.FieldCount != width)
            {
                problems.Add(new Problem("law.malformed_row", $"The row has {reader.FieldCount} cells, the header {width}.", "Check commas and quotes.").In(file, (int)reader.LineNumber));
                continue;
            }

            var cells = new string[width];
            for (var i = 0; i < width; i++) cells[i] = reader.GetString(i);
            table.rows.Add(((int)reader.LineNumber, cells));
        }

        return table;
    }

    static int FirstNotUtf8(ReadOnlySpan<byte> content)
    {
        var at = 0;
        while (at < content.Length && Rune.DecodeFromUtf8(content[at..], out _, out var read) == OperationStatus.Done) at += read;
        return at;
    }

    /// <summary>Reads every row; a row with a problem yields nothing.</summary>
    public List<TRow> Rows<TRow>(Func<Row, TRow> read)
    {
        var found = new List<TRow>(rows.Count);
        foreach (var (line, cells) in rows)
        {
            var row = new Row(this, line, cells);
            var value = read(row);
            if (row.IsSound) found.Add(value);
        }

        return found;
    }

    /// <summary>One row while it is read: a wrong cell is recorded as a problem and read as a harmless value, so that all problems of a file are found at once.</summary>
    public sealed class Row(LawTable table, int line, string[] cells)
    {
        public bool IsSound { get; private set; } = true;

        public SourceLocation At => new(table.File, line);

        public string Text(string column) => cells[table.columns[column]];

        public string Required(string column, string code = "law.missing_value")
        {
            var text = Text(column);
            if (text.Trim().Length == 0) Refuse(column, new Problem(code, $"The value has no {column}.", "Every value of the law says its source, status and dates; see law/README.md."));
            return text;
        }

        public string Source() => Required("source", "law.missing_source");

        public string Status()
        {
            var text = Required("status", "law.missing_status");
            if (text.Length > 0 && !LawStatus.IsKnown(text))
                Refuse("status", new Problem("law.unknown_status", $"'{text}' is not a status.", "Use one of the words of law/README.md."));
            return text;
        }

        public LocalDate Date(string column, string missingCode) => Required(column, missingCode).Length == 0 ? default : OptionalDate(column) ?? default;

        public LocalDate? OptionalDate(string column)
        {
            var text = Text(column);
            if (text.Length == 0) return null;
            var parsed = LocalDatePattern.Iso.Parse(text);
            if (parsed.Success) return parsed.Value;
            Refuse(column, new Problem("law.malformed_date", $"'{text}' is not a date.", "Use YYYY-MM-DD."));
            return null;
        }

        public long? OptionalNumber(string column)
        {
            var text = Text(column);
            if (text.Length == 0) return null;
            if (long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var value) && value < AmountMax) return value;
            Refuse(column, new Problem("law.malformed_number", $"'{text}' is not a whole number.", "Use digits only, at most ten."));
            return null;
        }

        /// <summary>A whole number of at most four figures: degrees, ages in months, parameters.</summary>
        public int? OptionalSmall(string column)
        {
            var number = OptionalNumber(column);
            if (number is null or < 10_000) return (int?)number;
            Refuse(column, new Problem("law.malformed_number", $"'{number}' is too large for {column}.", "Degrees are per cent, ages months."));
            return null;
        }

        public long Number(string column) => Required(column).Length == 0 ? 0 : OptionalNumber(column) ?? 0;

        public void Refuse(string column, Problem problem)
        {
            IsSound = false;
            table.problems.Add(problem.In(table.File, line, column));
        }
    }
}
