using System.Globalization;
using System.Text;
using CsvHelper;
using PaymentEngine.Core;
using PaymentEngine.Core.Money;
using PaymentEngine.Core.Payments;
using PaymentEngine.Core.Recipients;

namespace PaymentEngine.Messages.Csv;

/// <summary>Control totals that an office declares of a run (F58): UTF-8, columns <c>programme,commune,people,sum_vnd</c> in any order; an empty programme or commune is all of them.</summary>
public static class ControlTotalsFile
{
    static readonly string[] Columns = ["programme", "commune", "people", "sum_vnd"];
    const int BytesMax = 5_000_000;
    const int ProblemsMax = 200;

    /// <summary>Reads a file, every bad row told with its line: <c>control.*</c>.</summary>
    public static Result<IReadOnlyList<ControlTotal>> Parse(byte[] bytes, string file)
    {
        if (bytes.Length > BytesMax) return new Problem("file.too_large", "The file has more than 5 MB.", "Give the control totals of one run: a row for each programme and commune.").In(file);
        var problems = new List<Problem>();
        var totals = new List<ControlTotal>();
        try
        {
            using var csv = CsvReader.Create(new MemoryStream(bytes), new CsvReaderOptions { HasHeader = false, TrimWhitespace = true, TrackLineNumbers = true, FieldCountMismatch = CsvFieldCountHandling.Allow });
            if (!csv.Read()) return new Problem("control.empty", "The file has no rows.", $"Begin it with a row of columns: {string.Join(',', Columns)}.").In(file, 1);
            var header = Enumerable.Range(0, csv.FieldCount).Select(at => csv.GetString(at).Trim().TrimStart('\uFEFF').ToLowerInvariant()).ToList();
            if (header.Count != Columns.Length || Columns.Any(column => !header.Contains(column)))
                return new Problem("control.columns", $"The columns are {string.Join(',', header)}.", $"They are {string.Join(',', Columns)}, in any order.").In(file, 1);
            var seen = new HashSet<(Programme?, string?)>();
            while (csv.Read() && problems.Count < ProblemsMax)
            {
                var line = (int)csv.LineNumber;
                if (csv.FieldCount != header.Count)
                {
                    problems.Add(new Problem("control.columns", $"The row has {csv.FieldCount} cells, not {header.Count}.", "Write every column in every row.").In(file, line));
                    continue;
                }

                string Cell(string column) => csv.GetString(header.IndexOf(column)).Trim();
                Programme? programme = Cell("programme") is not { Length: > 0 } code ? null : Enum.TryParse<Programme>(code, ignoreCase: true, out var known) && Enum.IsDefined(known) && !char.IsAsciiDigit(code[0]) ? known : default(Programme);
                var commune = Cell("commune") is { Length: > 0 } text ? text : null;
                var isPeople = int.TryParse(Cell("people"), NumberStyles.None, CultureInfo.InvariantCulture, out var people);
                var isSum = long.TryParse(Cell("sum_vnd"), NumberStyles.None, CultureInfo.InvariantCulture, out var sum);
                if (programme == default(Programme)) problems.Add(new Problem("control.programme", $"'{Cell("programme")}' is not a programme.", "Use NCC, BTXH, HTXH or KHAC; leave it empty for all of them.").In(file, line, "programme"));
                if (!isPeople) problems.Add(new Problem("control.number", $"'{Cell("people")}' is not a number of people.", "Write figures only.").In(file, line, "people"));
                if (!isSum) problems.Add(new Problem("control.number", $"'{Cell("sum_vnd")}' is not a sum in đồng.", "Write figures only, without separators.").In(file, line, "sum_vnd"));
                if (!seen.Add((programme, commune))) problems.Add(new Problem("control.twice", "The same programme and commune stand in an earlier row.", "Keep one of the two.").In(file, line));
                totals.Add(new ControlTotal(programme, commune, people, new Vnd(sum), string.Create(CultureInfo.InvariantCulture, $"{Path.GetFileName(file)}:{line}")));
            }
        }
        catch (CsvFormatException unreadable)
        {
            return new Problem("control.malformed", "The file cannot be read as CSV.", "Save it as CSV UTF-8 with commas.").In(file, (int)unreadable.LineNumber);
        }
        catch (DecoderFallbackException)
        {
            return new Problem("control.malformed", "The file is not UTF-8.", "Save it as CSV UTF-8.").In(file);
        }

        if (problems.Count == 0 && totals.Count == 0) return new Problem("control.empty", "The file declares nothing.", "Write a row for the run, a programme or a commune.").In(file, 2);
        return problems.Count == 0 ? totals : Result<IReadOnlyList<ControlTotal>>.Refuse(problems);
    }
}
