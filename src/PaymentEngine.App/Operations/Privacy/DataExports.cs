using System.Globalization;
using System.Security.Cryptography;
using NodaTime;
using PaymentEngine.App.CommandLine;
using PaymentEngine.App.Files;
using PaymentEngine.App.Operations.Access;
using PaymentEngine.Core;
using PaymentEngine.Postgres;
using PaymentEngine.Postgres.Privacy;

namespace PaymentEngine.App.Operations.Privacy;

/// <summary>An export that may be written: its intent is in the chain. Whatever writes people into a file takes one, so that nothing leaves without it.</summary>
public sealed record DataExport(short ProvinceCode, int ExportNo, string Person, string FullName, Instant At, string Command, string Purpose)
{
    static readonly DateTimeZone Zone = DateTimeZoneProviders.Tzdb["Asia/Ho_Chi_Minh"];

    /// <summary>As it stands in the file: <c>40-E12</c>.</summary>
    public string Number => string.Create(CultureInfo.InvariantCulture, $"{ProvinceCode}-E{ExportNo}");

    /// <summary>What every file and every page says: which export, who, when, what for.</summary>
    public string Mark => $"Bản xuất {Number} · {FullName} ({Person}) · {ViText.Time(At.InZone(Zone).LocalDateTime)} · mục đích: {Purpose}";
}

/// <summary>Personal data taken out as files (Law 91/2025/QH15: purpose, log of processing; trust §4.3 case 33): a right of its own beside that to read, a purpose, a number in the file, and the file's digest in the chain.</summary>
/// <remarks>The intent is kept before a byte is written, what was written after it. An intent without files is a file that never came to be, or one that left with a crash: an auditor sees it.</remarks>
public sealed class DataExports(Database database, IFiles files, IClock clock)
{
    const int PurposeMin = 8, PurposeMax = 200, RowsMax = 500;

    /// <summary>Asks whether the caller may take people out, and keeps that they begin to.</summary>
    /// <param name="caller">Holds the role <c>exporter</c> beside the right to read what is written.</param>
    /// <param name="command">The command: <c>report paylist</c>.</param>
    /// <param name="purpose">What for, in the caller's words; null: not said.</param>
    /// <param name="cancel">Cancels before it is kept.</param>
    /// <returns>Refused: <c>not_allowed.role</c>, <c>usage.purpose_missing</c>, <c>usage.purpose</c>.</returns>
    public async Task<Result<DataExport>> BeginAsync(Caller caller, string command, string? purpose, CancellationToken cancel = default)
    {
        if (WhyNot(caller, purpose) is { } refused) return refused;
        var at = Instant.FromUnixTimeTicks(clock.GetCurrentInstant().ToUnixTimeTicks() / 10 * 10);
        await using var session = await database.RunAsync(caller.Scope, cancel);
        return await session.InTransactionAsync<Result<DataExport>>(async () =>
        {
            var number = await DataExportStore.NextAsync(session, caller.ProvinceCode, cancel);
            var export = new DataExport(caller.ProvinceCode, number, caller.UserName, caller.FullName, at, command, purpose!.Trim());
            var start = await OperationLog.BeginAsync(session, caller.ProvinceCode, $"data.export {export.Number}", "data.export", OperationLog.RequestHash(command, export.Purpose), caller.UserName, at, cancel);
            await DataExportStore.InsertAsync(session, caller.ProvinceCode, number, caller.UserName, at, command, export.Purpose, start.OperationNo, cancel);
            var said = JsonText.Write(new { export = export.Number, command, purpose = export.Purpose });
            await OperationLog.CompleteAsync(session, caller.ProvinceCode, start.OperationNo, said, said, at, cancel);
            return export;
        }, result => result.IsOk, cancel: cancel);
    }

    /// <summary>Why a person may not take people out, or has not said what for; null when they may. Exit code 4 or 2.</summary>
    public static Problem? WhyNot(Caller caller, string? purpose)
    {
        if (caller.Lacks(Role.Exporter) is { } lacks)
            return lacks with { Message = $"{caller.UserName} may read this and may not take it out as a file: that is the right of an {Role.Exporter}." };
        if (string.IsNullOrWhiteSpace(purpose)) return new Problem("usage.purpose_missing", "Personal data leave as a file only with a purpose.", "Say what the file is for: --purpose \"…\". It is kept and stands in the file.");
        return purpose.Trim().Length is < PurposeMin or > PurposeMax || purpose.Any(char.IsControl)
            ? new Problem("usage.purpose", $"'{purpose.Trim()}' says no purpose: {PurposeMin} to {PurposeMax} letters on one line.", "Say what the file is for and who gets it: --purpose \"…\".") : null;
    }

    /// <summary>Keeps what was written: name, rows and SHA-256 of each file, read back from the disk.</summary>
    /// <param name="caller">Who began it.</param>
    /// <param name="export">From <see cref="BeginAsync"/>.</param>
    /// <param name="written">The files with their rows of people.</param>
    public async Task<IReadOnlyList<(string Name, string Sha256)>> EndAsync(Caller caller, DataExport export, params IReadOnlyList<(string Path, long Rows)> written)
    {
        var digests = written.Select(file =>
        {
            using var stream = files.Read(file.Path);
            return (Name: Path.GetFileName(file.Path), file.Rows, Sha256: SHA256.HashData(stream));
        }).ToList();
        var at = clock.GetCurrentInstant();
        await using var session = await database.RunAsync(caller.Scope, CancellationToken.None);
        await session.InTransactionAsync(async () =>
        {
            var start = await OperationLog.BeginAsync(session, caller.ProvinceCode, $"data.exported {export.Number}", "data.exported", OperationLog.RequestHash(digests.Select(file => Convert.ToHexString(file.Sha256))), caller.UserName, at);
            await DataExportStore.InsertFilesAsync(session, caller.ProvinceCode, export.ExportNo, [.. digests.Select(file => (file.Name, file.Rows, file.Sha256))], at, start.OperationNo, CancellationToken.None);
            var said = JsonText.Write(new { export = export.Number, files = digests.Select(file => new { rows = file.Rows, sha256 = Convert.ToHexStringLower(file.Sha256) }) });
            await OperationLog.CompleteAsync(session, caller.ProvinceCode, start.OperationNo, said, said, at);
        });
        return [.. digests.Select(file => (file.Name, Convert.ToHexStringLower(file.Sha256)))];
    }

    /// <summary>Which export a file is, by its digest or the number it carries; or the list.</summary>
    /// <param name="caller">An auditor or administrator of the whole province.</param>
    /// <param name="sha256">First figures of the file's SHA-256, at least eight; null: any.</param>
    /// <param name="number">The number in the file; null: any.</param>
    /// <param name="person">Who took it; null: anybody.</param>
    /// <param name="from">Since then; null: ever.</param>
    /// <param name="everything">Files to banks, police and portals too.</param>
    /// <param name="cancel">Cancels the question.</param>
    public async Task<Result<IReadOnlyList<LeftFile>>> FindAsync(Caller caller, string? sha256, string? number, string? person, Instant? from, bool everything, CancellationToken cancel = default)
    {
        if (caller.Lacks(AccessRules.AuditExports) is { } lacking) return lacking;
        sha256 = sha256?.Trim().ToLowerInvariant();
        if (sha256 is not null && (sha256.Length is < 8 or > 64 || !sha256.All(char.IsAsciiHexDigit)))
            return new Problem("usage.sha256", "A SHA-256 is given by its first 8 to 64 hexadecimal figures.", "Take it of the file that was found: sha256sum FILE.");
        await using var session = await database.RunAsync(caller.Scope, cancel);
        return Result<IReadOnlyList<LeftFile>>.Ok(await DataExportStore.FindAsync(session, caller.ProvinceCode, sha256, number?.Trim(), person, from, everything, RowsMax, cancel));
    }
}
