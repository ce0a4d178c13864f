using PaymentEngine.Core.Areas;
using PaymentEngine.Messages.LawFiles;
using NodaTime;
using NodaTime.Text;

namespace PaymentEngine.Messages.Csv;

/// <summary>The door to files of administrative units. The same form, limits and refusals as register files (schemas/import/README.md); a workbook is read as the CSV its first sheet would be saved as.</summary>
public static class AreaFiles
{
    internal static readonly AreaUnitsFile UnitsFormat = new();
    internal static readonly AreaDivisionsFile DivisionsFormat = new();

    static readonly RegisterFileFormat[] formats = [UnitsFormat, DivisionsFormat];

    static readonly Lazy<IReadOnlyList<AreaUnit>> provinces = new(LoadProvinces);

    public static IReadOnlyList<RegisterFileKind> Kinds { get; } = [.. formats.Select(format => format.Kind)];

    /// <summary>The usual name of a kind's file: <c>area-units.csv</c>.</summary>
    public static string FileName(RegisterFileKind kind) => formats.Single(format => format.Kind == kind).FileName;

    /// <summary>The columns of a kind, in the order they are written.</summary>
    public static IReadOnlyList<RegisterColumn> Columns(RegisterFileKind kind) => formats.Single(format => format.Kind == kind).Columns;

    public static RegisterReading<AreaUnitRow> ReadUnits(Stream stream, string fileName) => new(UnitsFormat, Spreadsheets.SheetAsText.Of(stream, fileName), fileName, RegisterLimits.Default);

    public static RegisterReading<AreaDivisionRow> ReadDivisions(Stream stream, string fileName) => new(DivisionsFormat, Spreadsheets.SheetAsText.Of(stream, fileName), fileName, RegisterLimits.Default);

    /// <summary>Writes the units of a tree as a file that reads back the same.</summary>
    public static RegisterWriter<AreaUnitRow> WriteUnits(Stream stream) => new(UnitsFormat, stream);

    /// <summary>The provinces of every time, from law/provinces.csv: 63 until 30 June 2025, 34 since.</summary>
    public static IReadOnlyList<AreaUnit> Provinces => provinces.Value;

    static List<AreaUnit> LoadProvinces()
    {
        static LocalDate? Day(string text) => text.Length == 0 ? null : LocalDatePattern.Iso.Parse(text).Value;
        return EmbeddedTable.Rows("law/provinces.csv", cell => new AreaUnit(cell("code"), cell("type") == "thành phố" ? AreaKind.City : AreaKind.Province, cell("name_vi"), null, Day(cell("valid_from")), Day(cell("valid_to")),
            // An open row may name itself as what it continues; what a term became is said when it has ended.
            cell("valid_to").Length == 0 || cell("successor_code").Length == 0 ? [] : [cell("successor_code")], $"{cell("source")} ({cell("status")})"));
    }
}
