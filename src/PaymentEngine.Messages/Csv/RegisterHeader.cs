using CsvHelper;
using PaymentEngine.Core;

namespace PaymentEngine.Messages.Csv;

/// <summary>The header row: which cell of a row belongs to which column.</summary>
static class RegisterHeader
{
    /// <summary>Finds the columns of a file in its header. Order is free and case does not matter; every name must be known, once, and the required ones there.</summary>
    public static bool Read(CsvReader csv, RegisterFileFormat format, string fileName, RegisterLimits limits, RegisterProblems refusals, out int[] places)
    {
        var columns = format.Columns;
        places = new int[columns.Count];
        Array.Fill(places, -1);
        if (csv.FieldCount > limits.ColumnsMax)
        {
            refusals.Add(new Problem(RegisterRefusals.ColumnsTooMany, $"The header has {csv.FieldCount} columns; at most {limits.ColumnsMax} are read.", "Check the separator and the file.").In(fileName, (int)csv.LineNumber));
            return false;
        }

        var before = refusals.Count;
        var names = Names(csv);
        // Said once instead of one refusal a column: the files were mixed up, not the columns.
        if (columns.Any(column => column.Required && !names.Contains(column.Name, StringComparer.OrdinalIgnoreCase)) && RegisterFiles.Recognise(names).TryGet(out var kind) && kind != format.Kind)
        {
            refusals.Add(new Problem(RegisterRefusals.FileOtherKind, $"This is {RegisterFiles.FileName(kind)} by its columns, and {format.FileName} is wanted here.",
                $"Give {format.FileName}; {RegisterFiles.FileName(kind)} goes where it is asked for.").In(fileName, (int)csv.LineNumber));
            return false;
        }

        for (var i = 0; i < names.Count; i++)
        {
            var name = names[i];
            var column = columns.FirstOrDefault(c => string.Equals(c.Name, name, StringComparison.OrdinalIgnoreCase));
            if (column is null) refusals.Add(Unknown(name, columns).In(fileName, (int)csv.LineNumber, Short(name)));
            else if (places[column.Ordinal] >= 0) refusals.Add(new Problem(RegisterRefusals.ColumnTwice, $"The column {column.Name} is there twice.", "Keep one of them.").In(fileName, (int)csv.LineNumber, column.Name));
            else places[column.Ordinal] = i;
        }

        foreach (var column in columns)
            if (column.Required && places[column.Ordinal] < 0)
                refusals.Add(new Problem(RegisterRefusals.ColumnMissing, $"The column {column.Name} is missing.", "Add it; it may not be empty in any row.").In(fileName, (int)csv.LineNumber, column.Name));

        return refusals.Count == before;
    }

    public static IReadOnlyList<string> Names(CsvReader csv) =>
        [.. Enumerable.Range(0, csv.FieldCount).Select(i => csv.GetString(i).Trim(' ', '\u00A0', '\uFEFF', '\t'))];

    static Problem Unknown(string name, IReadOnlyList<RegisterColumn> columns)
    {
        var nearest = columns.Select(c => (c.Name, Distance: Distance(name.ToLowerInvariant(), c.Name))).MinBy(c => c.Distance);
        var hint = nearest.Distance <= Math.Max(2, name.Length / 3) ? $"Did you mean {nearest.Name}? " : "";
        return new Problem(RegisterRefusals.ColumnUnknown, name.Length == 0 ? "A column has no name." : $"'{Short(name)}' is not a column of this file.",
            $"{hint}Known columns: {string.Join(", ", columns.Select(c => c.Name))}.");
    }

    static string Short(string name) => name.Length <= 40 ? name : name[..40] + "…";

    // Levenshtein's distance; names are short and the header is read once.
    static int Distance(string a, string b)
    {
        if (a.Length > 60) return a.Length;
        var row = Enumerable.Range(0, b.Length + 1).ToArray();
        for (var i = 1; i <= a.Length; i++)
        {
            var diagonal = row[0];
            row[0] = i;
            for (var j = 1; j <= b.Length; j++)
            {
                var replace = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.Min(replace, Math.Min(row[j], row[j - 1]) + 1);
            }
        }

        return row[b.Length];
    }
}
