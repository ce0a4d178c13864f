using PaymentEngine.App.Files;
using PaymentEngine.App.Keys;
using PaymentEngine.App.Operations.Access;
using PaymentEngine.App.Operations.Privacy;
using PaymentEngine.Core;
using PaymentEngine.Messages.Csv;
using PaymentEngine.Postgres;
using PaymentEngine.Postgres.Register;

namespace PaymentEngine.App.Operations;

/// <summary>One file that was written.</summary>
public sealed record ExportedRegisterFile(RegisterFileKind Kind, string Path, long Rows);

/// <summary>The register out, as the files it comes in by: importing them again changes nothing.</summary>
/// <remarks>The files hold accounts and identity numbers in clear, so only account editors of the whole province who are exporters too may have them.
/// What is listed (paid.csv) is the engine's own memory and does not leave by this door.</remarks>
public sealed class RegisterExports(Database database, IFiles files, AccountCipher cipher)
{
    /// <summary>Writes areas, payers, people, awards, payees, recoupments and local standards as known now, all read at one moment.</summary>
    /// <param name="caller">Account editor of the whole province who may take people out (<see cref="Role.Exporter"/>).</param>
    /// <param name="folder">Made when missing; a file of the same name in it is never overwritten.</param>
    /// <param name="dataExport">What the files are known by: each ends with a record that names it, which an import passes over.</param>
    /// <param name="cancel">Stops between rows.</param>
    public async Task<Result<IReadOnlyList<ExportedRegisterFile>>> ExportAsync(Caller caller, string folder, DataExport dataExport, CancellationToken cancel = default)
    {
        if (caller.Lacks(AccessRules.RegisterExport) is { } not) return not;
        RegisterFileKind[] kinds = [.. RegisterFiles.Kinds.Where(kind => kind != RegisterFileKind.Paid)];
        if (kinds.Select(kind => Place(folder, kind)).FirstOrDefault(files.Exists) is { } there)
            return new Problem("file.exists", $"{there} is there already.", "Name an empty folder; files are never overwritten.", new SourceLocation(there));

        files.MakeFolder(folder);
        await using var session = await database.RunAsync(caller.Scope, cancel);
        // One picture for all files: what an import changes meanwhile is in none of them.
        return await session.InTransactionAsync(async () =>
        {
            var export = new RegisterExport(session, caller.ProvinceCode);
            var written = new List<ExportedRegisterFile>();
            try
            {
                foreach (var kind in kinds)
                {
                    var place = Place(folder, kind);
                    using var stream = files.CreateBeside(place);
                    written.Add(new ExportedRegisterFile(kind, place, await WriteAsync(export, kind, stream, dataExport.Mark, cancel)));
                }
            }
            catch
            {
                foreach (var kind in kinds) files.Discard(Place(folder, kind));
                throw;
            }
            foreach (var one in written) files.Appear(one.Path);
            files.FlushFolder(folder);
            return Result<IReadOnlyList<ExportedRegisterFile>>.Ok(written);
        }, System.Data.IsolationLevel.RepeatableRead, cancel);
    }

    async Task<long> WriteAsync(RegisterExport export, RegisterFileKind kind, Stream stream, string mark, CancellationToken cancel) => kind switch
    {
        RegisterFileKind.Areas => await RowsAsync(stream, RegisterFilesWriter.Areas(stream), mark, write => export.AreasAsync(write, cancel)),
        RegisterFileKind.Payers => await RowsAsync(stream, RegisterFilesWriter.Payers(stream), mark, write => export.PayersAsync(write, Account, cancel)),
        RegisterFileKind.People => await RowsAsync(stream, RegisterFilesWriter.People(stream), mark, write => export.PeopleAsync(write, IdNumber, cancel)),
        RegisterFileKind.Awards => await RowsAsync(stream, RegisterFilesWriter.Awards(stream), mark, write => export.AwardsAsync(write, cancel)),
        RegisterFileKind.Payees => await RowsAsync(stream, RegisterFilesWriter.Payees(stream), mark, write => export.PayeesAsync(write, Account, cancel)),
        RegisterFileKind.Recoupments => await RowsAsync(stream, RegisterFilesWriter.Recoupments(stream), mark, write => export.RecoupmentsAsync(write, cancel)),
        RegisterFileKind.LocalStandards => await RowsAsync(stream, RegisterFilesWriter.LocalStandards(stream), mark, write => export.LocalStandardsAsync(write, cancel)),
        _ => throw new InvalidOperationException($"{kind} is not exported."),
    };

    async Task<long> RowsAsync<T>(Stream stream, RegisterWriter<T> writer, string mark, Func<Action<T>, Task> each)
    {
        using (writer)
        {
            await each(writer.Write);
            writer.Mark(mark);
            writer.Flush();
            files.FlushToDisk(stream);
            return writer.RowsWritten;
        }
    }

    // What was erased has no text any more.
    string Account(short key, byte[] text) => text.Length == 0 ? "" : cipher.Decrypt(SecretKind.Account, key, text);

    string IdNumber(short key, byte[] text) => cipher.Decrypt(SecretKind.IdNumber, key, text);

    static string Place(string folder, RegisterFileKind kind) => Path.Combine(folder, RegisterFiles.FileName(kind));
}
