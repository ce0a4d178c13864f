using System.Globalization;
using System.Text;
using CsvHelper;
using PaymentEngine.Core;
using PaymentEngine.Core.Funds;
using PaymentEngine.Core.Money;

namespace PaymentEngine.Messages.Csv;

/// <summary>A provider's monthly report as CSV: one row for each cash list, with what was paid and what was not.</summary>
public static class ProviderReportFile
{
    public const int BytesMax = 8 << 20;
    const int ProblemsMax = 200;

    static readonly string[] Columns = ["list", "paid_items", "paid_vnd", "unpaid_items", "unpaid_vnd"];

    /// <summary>Reads the report; every bad row is told, and nothing is half read.</summary>
    public static Result<IReadOnlyList<ReportedList>> Read(Stream stream, string fileName)
    {
        var problems = new List<Problem>();
        var rows = new List<ReportedList>();
        var seen = new Dictionary<string, int>(StringComparer.Ordinal);
        try
        {
            using var csv = CsvReader.Create(stream, new CsvReaderOptions { HasHeader = false, TrimWhitespace = true, TrackLineNumbers = true, FieldCountMismatch = CsvFieldCountHandling.Allow });
            if (!csv.Read()) return new Problem("provider_report.empty", "The file is empty.", $"Write one row a list with the columns {string.Join(", ", Columns)}.", new SourceLocation(fileName));
            var header = Enumerable.Range(0, csv.FieldCount).Select(i => csv.GetString(i).Trim().ToLowerInvariant()).ToArray();
            foreach (var missing in Columns.Except(header))
                problems.Add(new Problem("provider_report.column_missing", $"There is no column '{missing}'.", $"The columns are {string.Join(", ", Columns)}.", new SourceLocation(fileName, 1, missing)));
            if (problems.Count > 0) return Result<IReadOnlyList<ReportedList>>.Refuse(problems);
            var at = Columns.Select(column => Array.IndexOf(header, column)).ToArray();
            while (csv.Read() && problems.Count < ProblemsMax)
            {
                var line = (int)csv.LineNumber;
                var list = Field(csv, at[0]);
                if (list.Length == 0) continue;
                var numbers = new long[Columns.Length];
                var before = problems.Count;
                for (var i = 1; i < Columns.Length; i++)
                {
                    if (long.TryParse(Field(csv, at[i]), NumberStyles.None, CultureInfo.InvariantCulture, out numbers[i]) && (i % 2 == 0 || numbers[i] <= int.MaxValue)) continue;
                    problems.Add(new Problem("provider_report.number_malformed", $"'{Field(csv, at[i])}' is not a {(i % 2 == 0 ? "sum of đồng" : "count")}.", "Write digits only, without separators.", new SourceLocation(fileName, line, Columns[i])));
                }

                if (seen.TryGetValue(list, out var first))
                    problems.Add(new Problem("provider_report.twice", $"{list} stands twice, first in line {first}.", "Keep one of the two rows.", new SourceLocation(fileName, line, "list")));
                if (problems.Count > before) continue;
                seen.Add(list, line);
                rows.Add(new ReportedList(list, (int)numbers[1], new Vnd(numbers[2]), (int)numbers[3], new Vnd(numbers[4]), line));
            }
        }
        catch (CsvFormatException unreadable)
        {
            return new Problem("provider_report.unreadable", "The file cannot be read as CSV.", "Save it as CSV UTF-8 with commas.", new SourceLocation(fileName, (int)unreadable.LineNumber));
        }
        catch (DecoderFallbackException)
        {
            return new Problem("provider_report.encoding", "The file is not UTF-8.", "Save it as CSV UTF-8.", new SourceLocation(fileName));
        }

        if (problems.Count > 0) return Result<IReadOnlyList<ReportedList>>.Refuse(problems);
        return rows.Count > 0 ? rows : new Problem("provider_report.empty", "The report names no list.", $"Write one row a list with the columns {string.Join(", ", Columns)}.", new SourceLocation(fileName));
    }

    static string Field(CsvReader csv, int column) => column < csv.FieldCount ? csv.GetString(column).Trim() : "";
}
