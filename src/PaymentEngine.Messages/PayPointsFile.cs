using System.Text.RegularExpressions;
using NodaTime;
using NodaTime.Text;
using PaymentEngine.Core;
using PaymentEngine.Core.CashPayouts;
using PaymentEngine.Messages.Spreadsheets;

namespace PaymentEngine.Messages;

/// <summary>Reads pay-points.csv (also as a workbook): the counters of communes. Columns: schemas/import/pay-points.md.</summary>
public static partial class PayPointsFile
{
    const int ProblemsMax = 200;
    const int RowsMax = 100_000;
    static readonly string[] Required = ["commune_code", "point_code", "name", "valid_from"];
    static readonly string[] Columns = [.. Required, "address", "opening", "is_usual", "valid_to"];

    /// <returns>All rows with their lines; or every fault with its line and column: <c>column.missing</c>, <c>column.unknown</c>, <c>pay_point.cell</c>, <c>pay_point.twice</c>, <c>pay_point.two_usual</c>, <c>file.empty</c>.</returns>
    public static Result<IReadOnlyList<(PayPoint Point, int Line)>> Read(Stream seekable, string file)
    {
        var problems = new List<Problem>();
        var rows = new List<(PayPoint Point, int Line)>();
        Dictionary<string, int>? places = null;
        var unreadable = SheetReader.Read(seekable, SheetReader.KindOf(seekable, file) ?? SheetKind.Text, null, row =>
        {
            if (row.IsEmpty) return true;
            if (places is null)
            {
                places = [];
                for (var at = 0; at < row.Cells.Count; at++)
                {
                    var title = row[at].Text.ToLowerInvariant();
                    if (title.Length == 0) continue;
                    if (!Columns.Contains(title)) Bad("column.unknown", row.Line, title, $"'{row[at].Text}' is no column of pay points.", $"Columns: {string.Join(", ", Columns)}.");
                    else if (!places.TryAdd(title, at)) Bad("column.unknown", row.Line, title, $"'{title}' stands there twice.", "Keep one of the two.");
                }

                foreach (var missing in Required.Where(one => !places.ContainsKey(one))) Bad("column.missing", row.Line, missing, $"There is no column '{missing}'.", "Add it; see schemas/import/pay-points.md.");
                return problems.Count == 0;
            }

            var before = problems.Count;
            string Text(string column) => places.TryGetValue(column, out var at) ? row[at].Text.Trim() : "";
            var (commune, code, name) = (Text("commune_code"), Text("point_code").ToUpperInvariant(), Text("name"));
            if (commune.Length == 0) Bad("pay_point.cell", row.Line, "commune_code", "The commune is missing.", "Write its code, as in the register's areas.");
            if (!PointCode().IsMatch(code)) Bad("pay_point.cell", row.Line, "point_code", $"'{code}' is not the code of a pay point.", "Use 1 to 16 capital letters, figures, dots or hyphens; the register's column pay_point names it.");
            if (name.Length == 0) Bad("pay_point.cell", row.Line, "name", "The name is missing.", "Write what people call it.");
            var usual = Text("is_usual").ToLowerInvariant() switch { "" or "no" or "0" or "false" or "không" => (bool?)false, "yes" or "1" or "true" or "có" => true, _ => null };
            if (usual is null) Bad("pay_point.cell", row.Line, "is_usual", $"'{Text("is_usual")}' is neither yes nor no.", "Write yes for the point of those who name none, else no.");
            var (from, to) = (Day("valid_from", true), Day("valid_to", false));
            if (to < from) Bad("pay_point.cell", row.Line, "valid_to", "It ends before it begins.", "Correct one of the two days.");
            if (problems.Count > before) return problems.Count < ProblemsMax;
            if (rows.FindIndex(other => other.Point.CommuneCode == commune && other.Point.Code == code) is var twice and >= 0)
                Bad("pay_point.twice", row.Line, "point_code", $"{code} of commune {commune} stands on line {rows[twice].Line} too.", "Keep one row a point.");
            else rows.Add((new PayPoint(commune, code, name, Text("address"), Text("opening"), usual!.Value, from!.Value, to), row.Line));
            return problems.Count < ProblemsMax;

            LocalDate? Day(string column, bool required)
            {
                var text = Text(column);
                if (text.Length == 0 && !required) return null;
                if (places.TryGetValue(column, out var at) && row[at].Day is { } day) return day;
                if (LocalDatePattern.Iso.Parse(text) is { Success: true } read) return read.Value;
                Bad("pay_point.cell", row.Line, column, $"'{text}' is not a day.", "Use YYYY-MM-DD.");
                return null;
            }
        }, new SheetLimits(RowsMax: RowsMax));
        if (unreadable is not null) return unreadable.In(file, unreadable.At?.Line);
        if (problems.Count == 0)
        {
            foreach (var (point, other) in PayPoint.Contested(rows.ConvertAll(row => row.Point)))
                Bad("pay_point.two_usual", rows.Find(row => row.Point == point).Line, "is_usual", $"{point.Code} and {other.Code} of commune {point.CommuneCode} are both the usual point on the same days.", "Leave yes at one of them, or end the other before.");
        }

        if (problems.Count == 0 && rows.Count == 0) return new Problem("file.empty", "The file has no pay point.", "Give a row for each point.").In(file);
        return problems.Count > 0 ? Result<IReadOnlyList<(PayPoint Point, int Line)>>.Refuse(problems) : rows;

        void Bad(string code, int line, string column, string message, string remedy)
        {
            if (problems.Count < ProblemsMax) problems.Add(new Problem(code, message, remedy).In(file, line, column));
        }
    }

    [GeneratedRegex("^[A-Z0-9][A-Z0-9.-]{0,15}$")]
    private static partial Regex PointCode();
}
