using CsvHelper;
using PaymentEngine.Core;
using PaymentEngine.Core.Payments;
using PaymentEngine.Core.Recipients;

namespace PaymentEngine.Messages.Csv;

/// <summary>The door to the register's CSV files: what kind a file is, and its rows, streamed.</summary>
/// <remarks>
/// Read: UTF-8 with or without byte order mark; comma, semicolon or tab; LF or CRLF; quoted cells; columns in any order, names in any case.
/// The stream belongs to the reading and is closed with it. Columns, meanings and refusals: schemas/import/.
/// </remarks>
public static class RegisterFiles
{
    /// <summary>How the record begins by which an export names itself, who took it and what for. No register row begins so.</summary>
    public const string ExportMark = "#payengine-export ";

    internal static ReadOnlySpan<byte> ExportMarkBytes => "#payengine-export "u8;

    internal static readonly PeopleFile People = new();
    internal static readonly AwardsFile Awards = new();
    internal static readonly PayeesFile Payees = new();
    internal static readonly PaidFile Paid = new();
    internal static readonly LocalStandardsFile LocalStandards = new();
    internal static readonly AreasFile Areas = new();
    internal static readonly PayersFile Payers = new();
    internal static readonly RecoupmentsFile Recoupments = new();

    static readonly RegisterFileFormat[] formats = [Areas, Payers, People, Awards, Payees, Recoupments, Paid, LocalStandards];

    /// <summary>The kinds in the order in which they are imported: what others point at comes first.</summary>
    public static IReadOnlyList<RegisterFileKind> Kinds { get; } = [.. formats.Select(format => format.Kind)];

    /// <summary>The usual name of a kind's file: <c>people.csv</c>.</summary>
    public static string FileName(RegisterFileKind kind) => Format(kind).FileName;

    /// <summary>The columns of a kind, in the order they are written.</summary>
    public static IReadOnlyList<RegisterColumn> Columns(RegisterFileKind kind) => Format(kind).Columns;

    public static RegisterReading<PersonFacts> ReadPeople(Stream stream, string fileName, RegisterLimits? limits = null) => new(People, stream, fileName, limits ?? RegisterLimits.Default);

    public static RegisterReading<Award> ReadAwards(Stream stream, string fileName, RegisterLimits? limits = null) => new(Awards, stream, fileName, limits ?? RegisterLimits.Default);

    public static RegisterReading<Payee> ReadPayees(Stream stream, string fileName, RegisterLimits? limits = null) => new(Payees, stream, fileName, limits ?? RegisterLimits.Default);

    public static RegisterReading<PaidComponent> ReadPaid(Stream stream, string fileName, RegisterLimits? limits = null) => new(Paid, stream, fileName, limits ?? RegisterLimits.Default);

    public static RegisterReading<RecoupmentDecision> ReadRecoupments(Stream stream, string fileName, RegisterLimits? limits = null) => new(Recoupments, stream, fileName, limits ?? RegisterLimits.Default);

    public static RegisterReading<LocalStandard> ReadLocalStandards(Stream stream, string fileName, RegisterLimits? limits = null) => new(LocalStandards, stream, fileName, limits ?? RegisterLimits.Default);

    public static RegisterReading<Area> ReadAreas(Stream stream, string fileName, RegisterLimits? limits = null) => new(Areas, stream, fileName, limits ?? RegisterLimits.Default);

    public static RegisterReading<PayerRow> ReadPayers(Stream stream, string fileName, RegisterLimits? limits = null) => new(Payers, stream, fileName, limits ?? RegisterLimits.Default);

    /// <summary>What kind of file has this header: the kind whose required columns are all there and that knows most of the names. Without one, the only kind of which more required
    /// columns are there than missing, and three names at least: whoever reads the file is told which column is missing.</summary>
    public static Result<RegisterFileKind> Recognise(IReadOnlyList<string> header)
    {
        var names = header.ToHashSet(StringComparer.OrdinalIgnoreCase);
        var best = formats
            .Where(format => format.Columns.All(column => !column.Required || names.Contains(column.Name)))
            .Select(format => (format.Kind, Known: format.Columns.Count(column => names.Contains(column.Name))))
            .OrderByDescending(candidate => candidate.Known)
            .FirstOrDefault();
        if (best.Known > 0) return best.Kind;
        var nearly = formats
            .Select(format => (format.Kind, Known: format.Columns.Count(column => names.Contains(column.Name)), Missing: format.Columns.Count(column => column.Required && !names.Contains(column.Name)),
                Present: format.Columns.Count(column => column.Required && names.Contains(column.Name))))
            .Where(candidate => candidate.Known >= 3 && candidate.Present > candidate.Missing)
            .OrderByDescending(candidate => candidate.Known)
            .ToList();
        return nearly.Count == 1 || (nearly.Count > 1 && nearly[0].Known > nearly[1].Known)
            ? nearly[0].Kind
            : new Problem(RegisterRefusals.FileKindUnknown, "The header is not that of a register file.",
                $"The files and the columns each must have: {string.Join("; ", formats.Select(f => $"{f.FileName} ({string.Join(", ", f.Columns.Where(c => c.Required).Select(c => c.Name))})"))}.");
    }

    /// <summary>Reads the header of a file and says its kind; the stream is closed.</summary>
    public static Result<RegisterFileKind> Recognise(Stream stream, string fileName)
    {
        using (stream)
        {
            var opened = RegisterInput.Open(stream, fileName, RegisterLimits.Default);
            if (!opened.TryGet(out var input)) return Result<RegisterFileKind>.Refuse(opened.Problems);

            using var csv = CsvReader.Create(input, new CsvReaderOptions { Separator = input.Separator, HasHeader = false, AllowLineBreaksInQuotes = false, MaxRecordSize = RegisterLimits.Default.RowBytesMax });
            try
            {
                if (!csv.Read()) return RegisterInput.Empty(fileName);
            }
            catch (CsvFormatException)
            {
                return new Problem(RegisterRefusals.RowTooLong, "The header row is too long.", "Look for a missing line break or a wrong file.").In(fileName, 1);
            }

            var recognised = Recognise(RegisterHeader.Names(csv));
            return recognised.IsOk ? recognised : recognised.Problems[0].In(fileName, 1);
        }
    }

    static RegisterFileFormat Format(RegisterFileKind kind) => formats.Single(format => format.Kind == kind);
}
