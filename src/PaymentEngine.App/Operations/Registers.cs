using System.Globalization;
using System.Security.Cryptography;
using NodaTime;
using PaymentEngine.App.CommandLine;
using PaymentEngine.App.Files;
using PaymentEngine.App.Keys;
using PaymentEngine.App.Operations.Access;
using PaymentEngine.Core;
using PaymentEngine.Messages.Csv;
using PaymentEngine.Postgres;
using PaymentEngine.Postgres.Register;

namespace PaymentEngine.App.Operations;

/// <summary>The register (danh sách đối tượng): files in, files out. Everything that can be asked of it.</summary>
/// <remarks>
/// The files of one import are one unit, applied whole or not at all (trust §5.3.4): first the bytes are kept and their digests noted in the inbox, then the rows are
/// read and staged outside any transaction, then one transaction checks and applies them. Killed at any point, the same command again does it all.
/// </remarks>
public sealed class Registers(Database database, Archive archive, AccountCipher cipher)
{
    const string Kind = "register.import";

    /// <summary>An import of so many new versions changes what the planner should know.</summary>
    const int AnalyseFromVersions = 5_000;

    /// <summary>Brings register files into the store. The same bytes a second time change nothing.</summary>
    /// <param name="caller">Maker, account editor or administrator of the whole province.</param>
    /// <param name="paths">The files; their kinds are recognised by their headers, and their order does not matter.</param>
    /// <param name="clock">Its time is from when the new versions are known.</param>
    /// <param name="progress">Told the file and how many of its rows were read.</param>
    /// <param name="cancel">Stops between rows; nothing is applied then.</param>
    /// <returns>The receipt, or every bad row of every file.</returns>
    public async Task<Result<RegisterReceipt>> ImportAsync(Caller caller, IReadOnlyList<string> paths, IClock clock, Action<string, long>? progress = null, CancellationToken cancel = default)
    {
        if (MayImport(caller) is { } not) return not;
        var kept = new List<(string Name, KeptFile File)>();
        foreach (var path in paths)
        {
            var file = archive.Keep(path);
            if (!file.TryGet(out var found)) return Result<RegisterReceipt>.Refuse(file.Problems);
            if (kept.All(other => other.File.Hex != found.Hex)) kept.Add((path, found));
        }

        // Only register files are noted as such: a bank's answer named here by mistake must still count as new when it is imported as what it is.
        var recognised = Recognise(kept.Select(one => (one.Name, (Func<Stream>)(() => archive.Open(one.File.StoredAs)))).ToList());
        if (!recognised.TryGet(out var all)) return Result<RegisterReceipt>.Refuse(recognised.Problems);
        await using var session = await database.RunAsync(caller.Scope, cancel);
        var at = clock.GetCurrentInstant();
        var inbox = await ReceiveAsync(session, caller, kept, at, cancel);
        var hexOf = all.Zip(kept).ToDictionary(pair => pair.First, pair => pair.Second.File.Hex);
        var fresh = all.Where(file => inbox[hexOf[file]].AppliedAt is null).ToList();
        if (fresh.Count == 0) return Receipt(caller, all, hexOf, inbox, [], new RegisterNotices(0, 0), at);

        var stage = new RegisterStage(session);
        var refused = await StageAsync(stage, caller.ProvinceCode, fresh, progress, cancel);
        var unit = Convert.ToHexStringLower(SHA256.HashData(fresh.Select(file => hexOf[file]).Order(StringComparer.Ordinal).SelectMany(Convert.FromHexString).ToArray()));
        var answer = await session.InTransactionAsync(async () =>
        {
            var store = new RegisterStore(session, caller.ProvinceCode);
            var operation = await OperationLog.BeginAsync(session, caller.ProvinceCode, $"{Kind} {unit}", Kind, OperationLog.RequestHash(unit), caller.UserName, at, cancel);
            await store.LockAsync(cancel);
            var faults = await FaultsAsync(session, caller.ProvinceCode, fresh, cancel);
            if (refused.Count + faults.Count > 0) return Result<RegisterReceipt>.Refuse([.. refused, .. faults]);
            if (operation.DoneResult is not null)
                return new Problem("import.at_once", "Another import has just applied these files.", "Give the command again; it will say so.");

            await NoteDoubtsAsync(session, caller.ProvinceCode, fresh, cancel);
            var (applied, notices) = await store.ApplyAsync(operation.OperationNo, at, cancel);
            var receipt = Receipt(caller, all, hexOf, inbox, applied, notices, at);
            foreach (var file in receipt.Files.Where(file => file.ImportedBefore is null))
            {
                if (file.New + file.Changed + file.Unchanged + file.Superseded != file.Rows)
                    throw new InvalidOperationException(string.Create(CultureInfo.InvariantCulture, $"{file.File}: {file.Rows} rows were read and {file.New} + {file.Changed} + {file.Unchanged} + {file.Superseded} accounted for."));
                await RegisterInbox.AppliedAsync(session, caller.ProvinceCode, operation.OperationNo, inbox[file.Sha256].ImportNo, checked((int)file.Rows), checked((int)(file.New + file.Changed)),
                    JsonText.Write(new { file.Kind, file.New, file.Changed, file.Unchanged, file.Superseded, file.Notices }), at, cancel);
            }
            var json = JsonText.Write(Events(receipt));
            await OperationLog.CompleteAsync(session, caller.ProvinceCode, operation.OperationNo, json, json, at, cancel);
            return receipt;
        }, result => result.IsOk, cancel: cancel);
        if (answer.IsOk && answer.Value.VersionsStored >= AnalyseFromVersions)
        {
            await using var owner = await database.OwnerAsync(cancel);
            await RegisterStore.AnalyseAsync(owner, cancel);
        }
        return answer;
    }

    /// <summary>Reads and checks register files; nothing is stored.</summary>
    /// <param name="database">The store to hold the rows against, or null for the files alone.</param>
    public static async Task<Result<RegisterCheck>> CheckAsync(Caller? caller, IReadOnlyList<string> paths, IFiles files, Database? database, AccountCipher? cipher, CancellationToken cancel = default)
    {
        foreach (var path in paths)
            if (files.WhyUnreadable(path) is { } unreadable) return unreadable;
        var recognised = Recognise(paths.Select(path => (path, (Func<Stream>)(() => files.Read(path)))).ToList());
        if (!recognised.TryGet(out var all)) return Result<RegisterCheck>.Refuse(recognised.Problems);
        var againstStore = caller is not null && database is not null && cipher is not null;
        var problems = new List<Problem>();
        if (againstStore)
        {
            await using var session = await database!.RunAsync(cancel);
            problems.AddRange(await StageAsync(new RegisterStage(session), cipher!, caller!.ProvinceCode, all, null, cancel));
            problems.AddRange(await session.InTransactionAsync(async () =>
            {
                await NoteDoubtsAsync(session, caller.ProvinceCode, all, cancel);
                return await FaultsAsync(session, caller.ProvinceCode, all, cancel);
            }, cancel: cancel));
        }
        else
        {
            problems.AddRange(RegisterFilesCheck.Of(all));
        }
        return problems.Count > 0 ? Result<RegisterCheck>.Refuse(problems)
            : new RegisterCheck([.. all.Select(file => new RegisterCheckedFile(file.Name, file.Kind, file.Rows, file.Notices))], againstStore);
    }

    static Problem? MayImport(Caller caller) => caller.Lacks(AccessRules.RegisterImport);

    /// <summary>Notes the arrival of all files in a transaction of its own, before any of their rows is read.</summary>
    static async Task<Dictionary<string, InboxEntry>> ReceiveAsync(DatabaseSession session, Caller caller, List<(string Name, KeptFile File)> kept, Instant at, CancellationToken cancel)
    {
        var digests = kept.Select(one => one.File.Sha256).ToArray();
        var known = await RegisterInbox.FindAsync(session, caller.ProvinceCode, digests, cancel);
        if (known.Count < digests.Length)
        {
            var newcomers = kept.Where(one => known.All(entry => !entry.Sha256.AsSpan().SequenceEqual(one.File.Sha256))).ToList();
            await session.InTransactionAsync(async () =>
            {
                var arrived = string.Join(' ', newcomers.Select(one => one.File.Hex).Order(StringComparer.Ordinal));
                var unit = Convert.ToHexStringLower(OperationLog.RequestHash(arrived));
                var operation = await OperationLog.BeginAsync(session, caller.ProvinceCode, $"register.receive {unit}", "register.receive", OperationLog.RequestHash(arrived), caller.UserName, at, cancel);
                if (operation.DoneResult is not null) return;
                foreach (var (name, file) in newcomers)
                    await RegisterInbox.ReceiveAsync(session, caller.ProvinceCode, operation.OperationNo, new ArrivedFile(file.Sha256, Path.GetFileName(name), file.SizeBytes, file.StoredAs), at, cancel);
                var json = JsonText.Write(new { files = newcomers.Select(one => new { sha256 = one.File.Hex, bytes = one.File.SizeBytes }) });
                await OperationLog.CompleteAsync(session, caller.ProvinceCode, operation.OperationNo, json, json, at, cancel);
            }, cancel: cancel);
            known = await RegisterInbox.FindAsync(session, caller.ProvinceCode, digests, cancel);
        }
        return known.ToDictionary(entry => Convert.ToHexStringLower(entry.Sha256));
    }

    static Result<IReadOnlyList<IncomingFile>> Recognise(IReadOnlyList<(string Name, Func<Stream> Open)> files)
    {
        var recognised = files.Select((file, place) => IncomingFile.Recognise((short)(place + 1), file.Name, file.Open)).ToList();
        var problems = recognised.SelectMany(one => one.Problems).ToList();
        return problems.Count > 0 ? Result<IReadOnlyList<IncomingFile>>.Refuse(problems) : Result<IReadOnlyList<IncomingFile>>.Ok(recognised.ConvertAll(one => one.Value));
    }

    Task<IReadOnlyList<Problem>> StageAsync(RegisterStage stage, short provinceCode, IReadOnlyList<IncomingFile> files, Action<string, long>? progress, CancellationToken cancel) =>
        StageAsync(stage, cipher, provinceCode, files, progress, cancel);

    static async Task<IReadOnlyList<Problem>> StageAsync(RegisterStage stage, AccountCipher cipher, short provinceCode, IReadOnlyList<IncomingFile> files, Action<string, long>? progress, CancellationToken cancel)
    {
        await stage.OpenAsync(cancel);
        var staging = new RegisterStaging(stage, cipher, provinceCode, progress);
        foreach (var kind in RegisterFiles.Kinds)
            foreach (var file in files.Where(file => file.Kind == kind)) await staging.ReadAsync(file, cancel);
        await stage.AnalyseAsync(cancel);
        return [.. files.SelectMany(file => file.Refusals)];
    }

    static async Task<IReadOnlyList<Problem>> FaultsAsync(DatabaseSession session, short provinceCode, IReadOnlyList<IncomingFile> files, CancellationToken cancel)
    {
        // A refused person would be missed by all who point at them: that is said once, at the person's own row.
        bool Whole(RegisterFileKind kind) => files.Where(file => file.Kind == kind).All(file => file.Refusals.Count == 0);
        var faults = await RegisterChecks.FaultsAsync(session, provinceCode, Whole(RegisterFileKind.People), Whole(RegisterFileKind.Awards), cancel);
        string NameOf(short fileNo) => files.Single(file => file.FileNo == fileNo).Name;
        return
        [
            .. faults.Select(fault => RegisterFaults.Of(fault, NameOf(fault.FileNo))),
            .. (await RegisterContradictions.FindAsync(session, provinceCode, cancel)).Select(found => found.Problem.In(NameOf(found.At.FileNo), found.At.Line, found.Column)),
        ];
    }

    static RegisterReceipt Receipt(Caller caller, IReadOnlyList<IncomingFile> all, Dictionary<IncomingFile, string> hexOf, Dictionary<string, InboxEntry> inbox,
        IReadOnlyList<AppliedRows> applied, RegisterNotices notices, Instant at)
    {
        var files = all.Select(file =>
        {
            var did = applied.SingleOrDefault(one => one.FileNo == file.FileNo) ?? new AppliedRows(file.FileNo, 0, 0, 0, 0);
            return new RegisterFileReceipt(file.Name, file.Kind, hexOf[file], file.Rows, did.New, did.Changed, did.Unchanged, did.Superseded, file.Notices, inbox[hexOf[file]].AppliedAt);
        }).ToList();
        return new RegisterReceipt(caller.ProvinceCode, files, files.Sum(file => file.New + file.Changed), notices.CommunesMade, notices.DeathsWithdrawn, at);
    }

    static object Events(RegisterReceipt receipt) => new
    {
        files = receipt.Files.Where(file => file.ImportedBefore is null).Select(file => new { file.Sha256, file.Kind, file.Rows, file.New, file.Changed, file.Unchanged, file.Superseded }),
        receipt.CommunesMade,
        receipt.DeathsWithdrawn,
    };

    static async Task NoteDoubtsAsync(DatabaseSession session, short provinceCode, IReadOnlyList<IncomingFile> files, CancellationToken cancel)
    {
        foreach (var same in (await RegisterChecks.DoubtsAsync(session, provinceCode, cancel)).GroupBy(doubt => (doubt.FileNo, doubt.Code)))
            files.Single(file => file.FileNo == same.Key.FileNo).Notices[same.Key.Code] = same.LongCount();
    }
}
