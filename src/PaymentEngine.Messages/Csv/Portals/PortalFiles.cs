using PaymentEngine.Core.Portals;

namespace PaymentEngine.Messages.Csv;

/// <summary>The door to files exchanged with case-handling portals (một cửa, cổng dịch vụ công). The same form, limits and refusals as register files (schemas/import/README.md).</summary>
public static class PortalFiles
{
    internal static readonly PortalProceduresFile ProceduresFormat = new();
    internal static readonly PortalApplicationsFile ApplicationsFormat = new();
    internal static readonly PortalStatusesFile StatusesFormat = new();
    internal static readonly PortalReceiptsFile ReceiptsFormat = new();

    static readonly RegisterFileFormat[] formats = [ProceduresFormat, ApplicationsFormat, StatusesFormat, ReceiptsFormat];

    public static IReadOnlyList<RegisterFileKind> Kinds { get; } = [.. formats.Select(format => format.Kind)];

    /// <summary>The usual name of a kind's file: <c>portal-applications.csv</c>.</summary>
    public static string FileName(RegisterFileKind kind) => formats.Single(format => format.Kind == kind).FileName;

    /// <summary>The columns of a kind, in the order they are written.</summary>
    public static IReadOnlyList<RegisterColumn> Columns(RegisterFileKind kind) => formats.Single(format => format.Kind == kind).Columns;

    /// <summary>A state's word in files: <c>in_work</c>.</summary>
    public static string Word(PortalState state) => PortalStatusesFile.States.Of(state) ?? throw new ArgumentOutOfRangeException(nameof(state), state, "A state without a word.");

    public static RegisterReading<PortalProcedure> ReadProcedures(Stream stream, string fileName) => new(ProceduresFormat, Spreadsheets.SheetAsText.Of(stream, fileName), fileName, RegisterLimits.Default);

    public static RegisterReading<PortalApplication> ReadApplications(Stream stream, string fileName) => new(ApplicationsFormat, Spreadsheets.SheetAsText.Of(stream, fileName), fileName, RegisterLimits.Default);

    public static RegisterReading<PortalStatus> ReadStatuses(Stream stream, string fileName) => new(StatusesFormat, Spreadsheets.SheetAsText.Of(stream, fileName), fileName, RegisterLimits.Default);

    public static RegisterReading<PortalReceipt> ReadReceipts(Stream stream, string fileName) => new(ReceiptsFormat, Spreadsheets.SheetAsText.Of(stream, fileName), fileName, RegisterLimits.Default);

    public static RegisterWriter<PortalApplication> WriteApplications(Stream stream) => new(ApplicationsFormat, stream);

    public static RegisterWriter<PortalStatus> WriteStatuses(Stream stream) => new(StatusesFormat, stream);

    public static RegisterWriter<PortalReceipt> WriteReceipts(Stream stream) => new(ReceiptsFormat, stream);
}
