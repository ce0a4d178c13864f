using System.Security.Cryptography;
using PaymentEngine.App.Operations.Access;
using PaymentEngine.Core;
using PaymentEngine.Core.Money;
using PaymentEngine.Core.Payments;
using PaymentEngine.Postgres;

namespace PaymentEngine.App.Operations;

/// <summary>A payment file of a run and how far it is.</summary>
/// <param name="Name">The file's name, as it goes to the bank; null: numbered and not written yet.</param>
/// <param name="Step">Numbered and not sealed is <see cref="OwnStep.Approved"/>.</param>
public sealed record RunFileView(string MsgId, string Profile, int Items, Vnd SumVnd, string? Name, long? SizeBytes, string? Sha256, OwnStep Step);

/// <summary>The payment files of a run, as they stand and as they are fetched: bytes that are not the sealed ones are never handed out.</summary>
public sealed class RunFiles(Database database)
{
    /// <summary>The files of a run that stand, in their order.</summary>
    /// <param name="caller">Anybody who may see the run.</param>
    /// <param name="run">The run.</param>
    /// <param name="cancel">Cancels the question.</param>
    public async Task<Result<IReadOnlyList<RunFileView>>> ListAsync(Caller caller, RunId run, CancellationToken cancel = default)
    {
        if (caller.Lacks(AccessRules.RunShow) is { } lacks) return lacks;
        await using var session = await database.RunOfPayerAsync(caller.Scope, cancel);
        var found = await PaymentRuns.FindAsync(session, caller, run, cancel);
        if (!found.IsOk) return Result<IReadOnlyList<RunFileView>>.Refuse(found.Problems);
        var states = (await HandOverStore.StatesAsync(session, run, cancel)).ToDictionary(one => one.FileNo);
        var paths = await BankFileStore.PathsAsync(session, run, cancel);
        return Result<IReadOnlyList<RunFileView>>.Ok([.. (await BankFileStore.FilesAsync(session, run, cancel)).Select(row => new RunFileView(row.MsgId, row.Profile, row.Items, row.SumVnd,
            paths.TryGetValue(row.FileNo, out var path) ? Path.GetFileName(path) : null, row.SizeBytes, row.Sha256 is null ? null : Convert.ToHexStringLower(row.Sha256),
            row.Sha256 is null ? OwnStep.Approved : states.TryGetValue(row.FileNo, out var state) ? state.Step : OwnStep.Sealed))]);
    }

    /// <summary>The bytes of a sealed file, or of its manifest or signature beside it.</summary>
    /// <param name="caller">Who may write the files may fetch them.</param>
    /// <param name="run">The run.</param>
    /// <param name="name">A name of <see cref="ListAsync"/>, alone or with what the export wrote beside it.</param>
    /// <param name="cancel">Cancels the reading.</param>
    /// <returns><c>file.unknown</c>; <c>file.changed</c> when the file is no longer what was sealed.</returns>
    public async Task<Result<(string Name, byte[] Bytes, RunFileView Of)>> FetchAsync(Caller caller, RunId run, string name, CancellationToken cancel = default)
    {
        if (caller.Lacks(AccessRules.RunExport) is { } lacks) return lacks;
        var listed = await ListAsync(caller, run, cancel);
        if (!listed.TryGet(out var files)) return Result<(string, byte[], RunFileView)>.Refuse(listed.Problems);
        await using var session = await database.RunOfPayerAsync(caller.Scope, cancel);
        var paths = await BankFileStore.PathsAsync(session, run, cancel);
        foreach (var path in paths.Values)
        {
            var folder = Path.GetDirectoryName(path)!;
            // Names are compared with those that are there: none is put together from what was asked.
            var beside = Directory.Exists(folder) ? Directory.EnumerateFiles(folder, Path.GetFileNameWithoutExtension(path) + "*").FirstOrDefault(one => Path.GetFileName(one) == name) : null;
            if (beside is null || files.FirstOrDefault(one => one.Name == Path.GetFileName(path)) is not { Sha256: { } sha256 } of) continue;
            var bytes = await File.ReadAllBytesAsync(beside, cancel);
            if (Path.GetFileName(path) == name && Convert.ToHexStringLower(SHA256.HashData(bytes)) != sha256)
                return new Problem("file.changed", $"{name} is no longer the file that was sealed.", "Nothing is handed out. Write the files again from the approved list: payengine run export.");
            return (name, bytes, of);
        }

        return new Problem("file.unknown", $"Run {run} has no written file of this name here.", "Write the files first, or fetch them on the machine where they were written.");
    }
}
