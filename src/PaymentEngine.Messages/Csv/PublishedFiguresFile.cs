using System.Globalization;
using System.Text;
using CsvHelper;
using PaymentEngine.Core;
using PaymentEngine.Core.Reports;

namespace PaymentEngine.Messages.Csv;

/// <summary>A table of published figures with what each must tie to: UTF-8 CSV, columns <c>figure,value,unit,must,about,as_of,source</c> in any order (docs/reports.md).</summary>
public static class PublishedFiguresFile
{
    static readonly string[] Columns = ["figure", "value", "unit", "must", "about", "as_of", "source"];
    /// <summary>A report has some dozens of figures.</summary>
    public const int BytesMax = 1_000_000;
    const int RowsMax = 1_000;
    const int ProblemsMax = 200;
    const int DecimalsMax = 4;

    /// <summary>Reads a file, every bad cell told with its line and column: <c>figures.*</c>.</summary>
    public static Result<IReadOnlyList<PublishedFigure>> Parse(byte[] bytes, string file)
    {
        if (bytes.Length > BytesMax) return new Problem("file.too_large", "The file has more than 1 MB.", "Give the figures of one report: a row for each.").In(file);
        var problems = new List<Problem>();
        var figures = new List<PublishedFigure>();
        try
        {
            // Decoded strictly: a lost letter in a name would tie to nothing.
            _ = new UTF8Encoding(false, throwOnInvalidBytes: true).GetCharCount(bytes);
            using var csv = CsvReader.Create(new MemoryStream(bytes), new CsvReaderOptions { HasHeader = false, TrimWhitespace = true, TrackLineNumbers = true, FieldCountMismatch = CsvFieldCountHandling.Allow });
            if (!csv.Read()) return new Problem("figures.empty", "The file has no rows.", $"Begin it with a row of columns: {string.Join(',', Columns)}.").In(file, 1);
            var header = Enumerable.Range(0, csv.FieldCount).Select(at => csv.GetString(at).Trim().TrimStart('\uFEFF').ToLowerInvariant()).ToList();
            if (header.Count != Columns.Length || Columns.Any(column => !header.Contains(column)))
                return new Problem("figures.columns", $"The columns are {string.Join(',', header)}.", $"They are {string.Join(',', Columns)}, in any order.").In(file, 1);
            while (csv.Read() && problems.Count < ProblemsMax)
            {
                var line = (int)csv.LineNumber;
                if (figures.Count == RowsMax) return new Problem("figures.too_many", $"The file has more than {RowsMax} rows.", "Give the figures of one report.").In(file, line);
                if (csv.FieldCount != header.Count)
                {
                    problems.Add(new Problem("figures.columns", $"The row has {csv.FieldCount} cells, not {header.Count}.", "Write every column in every row; put a text with a comma between quotation marks.").In(file, line));
                    continue;
                }

                figures.Add(Row(column => SpreadsheetSafeText.Unguard(csv.GetString(header.IndexOf(column)).Trim().Normalize(NormalizationForm.FormC)), file, line, problems));
            }
        }
        catch (CsvFormatException unreadable)
        {
            return new Problem("figures.malformed", "The file cannot be read as CSV.", "Save it as CSV UTF-8 with commas.").In(file, (int)unreadable.LineNumber);
        }
        catch (DecoderFallbackException)
        {
            return new Problem("figures.malformed", "The file is not UTF-8.", "Save it as CSV UTF-8.").In(file);
        }

        if (problems.Count == 0) CheckNames(figures, file, problems);
        if (problems.Count == 0 && figures.Count == 0) return new Problem("figures.empty", "The file has a header and no figures.", "Write a row for each published number.").In(file, 2);
        return problems.Count == 0 ? figures : Result<IReadOnlyList<PublishedFigure>>.Refuse(problems);
    }

    static PublishedFigure Row(Func<string, string> cell, string file, int line, List<Problem> problems)
    {
        void Refuse(string code, string column, string what, string remedy) => problems.Add(new Problem(code, what, remedy).In(file, line, column));
        var (name, unitText, valueText) = (cell("figure"), cell("unit"), cell("value"));
        if (!FigureRelation.IsName(name)) Refuse("figures.name", "figure", $"'{name}' is no name of a figure.", "Begin with a small letter; then small letters, figures and _, at most 40.");
        FigureUnit? unit = unitText switch { "persons" => FigureUnit.Persons, "records" => FigureUnit.Records, "vnd" => FigureUnit.Vnd, "percent" => FigureUnit.Percent, _ => null };
        if (unit is null) Refuse("figures.unit", "unit", $"'{unitText}' is no unit.", "Use persons, records, vnd or percent.");
        if (cell("source").Length == 0) Refuse("figures.source", "source", "A published figure has a source.", "Say where the number was published.");
        var must = new List<FigureRelation>();
        foreach (var text in cell("must").Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            var relation = FigureRelation.Parse(text);
            if (relation.IsOk) must.Add(relation.Value);
            else problems.AddRange(relation.Problems.Select(problem => problem.In(file, line, "must")));
        }

        decimal? value = null;
        if (valueText.Length > 0 && unit is { } of) value = Number(valueText, of, Refuse);
        var point = valueText.IndexOf('.', StringComparison.Ordinal);
        return new PublishedFigure(name, value, point < 0 ? 0 : valueText.Length - point - 1, unit ?? FigureUnit.Persons, must, cell("about"), cell("as_of"), cell("source"), line);
    }

    static decimal? Number(string text, FigureUnit unit, Action<string, string, string, string> refuse)
    {
        var isNumber = decimal.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var value) && text[^1] != '.' && text[0] != '.' && text.Length <= 20;
        if (unit == FigureUnit.Percent)
        {
            if (!isNumber) refuse("figures.number", "value", $"'{text}' is no percentage.", "Write figures with a point before the decimals and no % sign: 6.5.");
            else if (value > 100) refuse("figures.above_100", "value", $"{text} % is more than the whole.", "A share is of a whole that holds its part: at most 100.");
            else if (text.Length - text.IndexOf('.', StringComparison.Ordinal) - 1 > DecimalsMax && text.Contains('.', StringComparison.Ordinal)) refuse("figures.number", "value", $"'{text}' has more than {DecimalsMax} decimals.", "Write the percentage as it was published.");
            else return value;
            return null;
        }

        if (isNumber && text.Contains('.', StringComparison.Ordinal))
        {
            // 14.301 is 14,301 in Viet Nam and a fraction elsewhere: nobody guesses here.
            if (text.Split('.') is [_, { Length: 3 }]) refuse("figures.number", "value", $"'{text}' has a separator, or is a fraction: it cannot be told which.", $"Write figures only: {text.Replace(".", "", StringComparison.Ordinal)}.");
            else refuse("figures.fraction", "value", unit == FigureUnit.Vnd ? $"'{text}' is a fraction of a đồng." : $"'{text}' is a fraction of a {(unit == FigureUnit.Persons ? "person" : "record")}: nobody can be divided.", "Write the whole number that was published; a share is of unit percent.");
            return null;
        }

        if (isNumber && text.Length <= 15) return value;
        refuse("figures.number", "value", $"'{text}' is no whole number.", "Write figures only, without separators and sign; leave it empty when the number was not published.");
        return null;
    }

    static void CheckNames(List<PublishedFigure> figures, string file, List<Problem> problems)
    {
        var byName = new Dictionary<string, PublishedFigure>(StringComparer.Ordinal);
        foreach (var figure in figures)
            if (!byName.TryAdd(figure.Name, figure)) problems.Add(new Problem("figures.twice", $"'{figure.Name}' stands in line {byName[figure.Name].Line} too.", "Give each figure a name of its own.").In(file, figure.Line, "figure"));
        foreach (var figure in figures)
            foreach (var relation in figure.Must) CheckRelation(figure, relation, byName, file, problems);
    }

    static void CheckRelation(PublishedFigure figure, FigureRelation relation, Dictionary<string, PublishedFigure> byName, string file, List<Problem> problems)
    {
        void Refuse(string code, string what, string remedy) => problems.Add(new Problem(code, what, remedy).In(file, figure.Line, "must"));
        var known = true;
        foreach (var name in relation.Names.Where(name => !byName.ContainsKey(name)))
        {
            known = false;
            Refuse("figures.unknown_name", $"'{name}' is no figure of this file.", "Name figures of the column figure; one whose number was not published is a row with an empty value.");
        }

        if (!known) return;
        if (relation.Names.Contains(figure.Name)) Refuse("figures.itself", $"'{figure.Name}' is held against itself.", "Name other figures.");
        var units = relation.Names.Select(name => byName[name].Unit).Distinct().ToList();
        if (relation.Over is not null)
        {
            if (figure.Unit != FigureUnit.Percent || units.Count > 1 || units[0] == FigureUnit.Percent) Refuse("figures.units", $"'{relation}' is a share of two counts of one unit, and '{figure.Name}' must be a percentage.", "Give the figure the unit percent, and part and whole the same unit.");
        }
        else if (units.Count > 1 || units[0] != figure.Unit) Refuse("figures.units", $"'{figure.Name}' and '{relation}' are not of one unit.", "Add and compare figures of one unit only.");
    }
}
