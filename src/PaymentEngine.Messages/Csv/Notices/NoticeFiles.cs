using PaymentEngine.Core.Recipients.Accounts;
using PaymentEngine.Core.Recipients.Notices;
using PaymentEngine.Core.Recipients.Population;

namespace PaymentEngine.Messages.Csv;

/// <summary>The door to files that report what happened to people of the register: deaths, moves, births, numbers, heads of households, answers of the population database.</summary>
/// <remarks>The same form, limits and refusals as register files (schemas/import/README.md). A workbook is read as the CSV its first sheet would be saved as.</remarks>
public static class NoticeFiles
{
    internal static readonly DeathsFile DeathsFormat = new();
    internal static readonly MovesFile MovesFormat = new();
    internal static readonly BirthsFile BirthsFormat = new();
    internal static readonly IdentifiersFile IdentifiersFormat = new();
    internal static readonly HeadsFile HeadsFormat = new();
    internal static readonly PopulationAnswersFile AnswersFormat = new();

    internal static readonly AccountAnswersFile AccountAnswersFormat = new();
    internal static readonly AccountCorrectionsFile AccountCorrectionsFormat = new();

    static readonly RegisterFileFormat[] formats = [DeathsFormat, MovesFormat, BirthsFormat, IdentifiersFormat, HeadsFormat, AnswersFormat, AccountAnswersFormat, AccountCorrectionsFormat];

    public static IReadOnlyList<RegisterFileKind> Kinds { get; } = [.. formats.Select(format => format.Kind)];

    /// <summary>The usual name of a kind's file: <c>deaths.csv</c>.</summary>
    public static string FileName(RegisterFileKind kind) => formats.Single(format => format.Kind == kind).FileName;

    /// <summary>The columns of a kind, in the order they are written.</summary>
    public static IReadOnlyList<RegisterColumn> Columns(RegisterFileKind kind) => formats.Single(format => format.Kind == kind).Columns;

    public static RegisterReading<DeathNotice> ReadDeaths(Stream stream, string fileName) => new(DeathsFormat, Spreadsheets.SheetAsText.Of(stream, fileName), fileName, RegisterLimits.Default);

    public static RegisterReading<MoveNotice> ReadMoves(Stream stream, string fileName) => new(MovesFormat, Spreadsheets.SheetAsText.Of(stream, fileName), fileName, RegisterLimits.Default);

    public static RegisterReading<BirthNotice> ReadBirths(Stream stream, string fileName) => new(BirthsFormat, Spreadsheets.SheetAsText.Of(stream, fileName), fileName, RegisterLimits.Default);

    public static RegisterReading<DeclaredIdentifier> ReadIdentifiers(Stream stream, string fileName) => new(IdentifiersFormat, Spreadsheets.SheetAsText.Of(stream, fileName), fileName, RegisterLimits.Default);

    public static RegisterReading<HouseholdHead> ReadHeads(Stream stream, string fileName) => new(HeadsFormat, Spreadsheets.SheetAsText.Of(stream, fileName), fileName, RegisterLimits.Default);

    public static RegisterReading<PopulationAnswer> ReadAnswers(Stream stream, string fileName) => new(AnswersFormat, Spreadsheets.SheetAsText.Of(stream, fileName), fileName, RegisterLimits.Default);

    public static RegisterReading<AccountAnswer> ReadAccountAnswers(Stream stream, string fileName) => new(AccountAnswersFormat, Spreadsheets.SheetAsText.Of(stream, fileName), fileName, RegisterLimits.Default);

    public static RegisterReading<AccountCorrection> ReadAccountCorrections(Stream stream, string fileName) => new(AccountCorrectionsFormat, Spreadsheets.SheetAsText.Of(stream, fileName), fileName, RegisterLimits.Default);

    /// <summary>Writes moves that the program itself found: those of a merger of communes.</summary>
    public static RegisterWriter<MoveNotice> WriteMoves(Stream stream) => new(MovesFormat, stream);

    /// <summary>Writes an answer file: for tests and benchmarks, and for offices that answer with this program.</summary>
    public static RegisterWriter<PopulationAnswer> WriteAnswers(Stream stream) => new(AnswersFormat, stream);
}
