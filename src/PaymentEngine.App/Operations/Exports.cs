using System.Globalization;
using System.Security.Cryptography.X509Certificates;
using NodaTime;
using PaymentEngine.App.Banks;
using PaymentEngine.App.CommandLine;
using PaymentEngine.App.Files;
using PaymentEngine.App.Keys;
using PaymentEngine.App.Operations.Access;
using PaymentEngine.App.Operations.Approvals;
using PaymentEngine.App.Operations.Audit;
using PaymentEngine.Core;
using PaymentEngine.Core.Money;
using PaymentEngine.Core.Payments;
using PaymentEngine.Messages;
using PaymentEngine.Messages.Iso20022;
using PaymentEngine.Postgres;
using PaymentEngine.Postgres.Audit;

namespace PaymentEngine.App.Operations;

/// <summary>A file as it lies in the folder.</summary>
/// <param name="Written">False when it was there already, with the bytes it must have.</param>
public sealed record ExportedFile(string MsgId, string Path, int Items, Vnd SumVnd, long Bytes, string Sha256, string ListHash, LocalDate ExecutionDate, bool Written);

/// <summary>All files of a run.</summary>
public sealed record ExportedRun(string Run, string Folder, int Items, Vnd SumVnd, IReadOnlyList<ExportedFile> Files)
{
    /// <summary>Funds whose money on the paying account did not cover what was on its way out when the files were numbered.</summary>
    public IReadOnlyList<FundCover> Uncovered { get; init; } = [];

    /// <summary>What a person should know about single payments, names that were cut above all: the first thousand.</summary>
    public IReadOnlyList<PaymentFinding> Findings { get; init; } = [];

    public int FindingCount { get; init; }
}

/// <summary>Files to banks, by the protocol of the export: numbered and stored, written beside its place and read back, renamed, sealed. Stopped anywhere, the same call goes on.</summary>
public sealed class Exports(Database database, IFiles files, KeyFolder keys, IClock clock)
{
    /// <summary>Signs the manifests; null: the key of the key folder. It stays its owner's to dispose.</summary>
    public X509Certificate2? Signer { get; init; }

    /// <summary>Manifests are left unsigned: their signature is made elsewhere and attached (<see cref="Signatures"/>).</summary>
    public bool Unsigned { get; init; }

    const int ProblemsMax = 20;

    /// <summary>Runs whose files are written side by side.</summary>
    const int RunsAtOnce = 2;

    /// <summary>Writes exactly the approved payment orders of a run into <paramref name="folder"/>, each file with its manifest and signature. Files that lie there already and are right stay.</summary>
    /// <param name="caller">A maker or an approver of the whole province.</param>
    /// <param name="run">An approved run.</param>
    /// <param name="folder">Made when it is not there.</param>
    /// <param name="progress">Told how many payments have been written since the last call.</param>
    /// <param name="cancel">Stops between actions; the same call goes on later.</param>
    public Task<Result<ExportedRun>> ExportAsync(Caller caller, RunId run, string folder, Action<long>? progress = null, CancellationToken cancel = default) =>
        ExportAsync(caller, run, folder, progress, null, null, cancel);

    /// <summary>Takes up files that left the house before this database was put back: the approved orders are numbered again as they were, and stand only when ids and bytes are the same.</summary>
    /// <param name="caller">An administrator, whose fence it is.</param>
    /// <param name="run">An approved run without files.</param>
    /// <param name="sealedBefore">The run's files as the register of sealed files knows them.</param>
    /// <param name="cancel">Stops between actions; the same call goes on later.</param>
    /// <returns><c>fence.other_ids</c> or <c>fence.other_bytes</c> when the database no longer holds what was sealed; then nothing of the file in question is kept.</returns>
    internal Task<Result<ExportedRun>> AdoptAsync(Caller caller, RunId run, IReadOnlyList<SealedEntry> sealedBefore, CancellationToken cancel) =>
        ExportAsync(caller, run, Path.GetDirectoryName(sealedBefore[0].Path)!, null, null, sealedBefore, cancel);

    /// <summary>The files of a month: of every approved run that was not voided, each in a folder of its own below <paramref name="folder"/>.</summary>
    /// <param name="caller">A maker or an approver of the whole province.</param>
    /// <param name="month">The list month.</param>
    /// <param name="folder">Made when it is not there.</param>
    /// <param name="progress">Told how many payments have been written since the last call, from several flows at once.</param>
    /// <param name="cancel">Stops between actions; the same call goes on later.</param>
    /// <returns><c>not_allowed.month_not_approved</c> when no run of the month is approved; else as for single runs.</returns>
    public async Task<Result<IReadOnlyList<ExportedRun>>> ExportMonthAsync(Caller caller, YearMonth month, string folder, Action<long>? progress = null, CancellationToken cancel = default)
    {
        if (caller.Lacks(AccessRules.RunExport) is { } lacking) return lacking;
        IReadOnlyList<RunId> runs;
        await using (var session = await database.RunAsync(caller.Scope, cancel)) runs = await BankFileStore.ApprovedOfMonthAsync(session, caller.ProvinceCode, month, cancel);
        return runs.Count > 0 ? await ExportAllAsync(caller, runs, run => Path.Combine(folder, run.ToString()), progress, cancel)
            : new Problem("not_allowed.month_not_approved", $"No run of {month.Text()} is approved.", $"See what stands: payengine run show {month.Text()}. Only an approved list goes to a bank.");
    }

    /// <summary>The files of several runs: numbered run by run, so that ids do not depend on who is faster; written side by side.</summary>
    /// <param name="caller">A maker or an approver of the whole province.</param>
    /// <param name="runs">Approved runs.</param>
    /// <param name="folderOf">The folder of each run.</param>
    /// <param name="progress">Told how many payments have been written since the last call, from several flows at once.</param>
    /// <param name="cancel">Stops between actions; the same call goes on later.</param>
    async Task<Result<IReadOnlyList<ExportedRun>>> ExportAllAsync(Caller caller, IReadOnlyList<RunId> runs, Func<RunId, string> folderOf, Action<long>? progress = null, CancellationToken cancel = default)
    {
        var writing = new List<Task<Result<ExportedRun>>>();
        foreach (var run in runs)
        {
            var numbered = new TaskCompletionSource();
            writing.Add(ExportAsync(caller, run, folderOf(run), progress, numbered.SetResult, null, cancel));
            await Task.WhenAny(numbered.Task, writing[^1]);
            if (writing.Count(one => !one.IsCompleted) >= RunsAtOnce) await Task.WhenAny(writing.Where(one => !one.IsCompleted));
        }

        var exported = await Task.WhenAll(writing);
        var problems = exported.SelectMany(one => one.Problems).ToList();
        return problems.Count > 0 ? Result<IReadOnlyList<ExportedRun>>.Refuse(problems) : Result<IReadOnlyList<ExportedRun>>.Ok([.. exported.Select(one => one.Value)]);
    }

    async Task<Result<ExportedRun>> ExportAsync(Caller caller, RunId run, string folder, Action<long>? progress, Action? numbered, IReadOnlyList<SealedEntry>? adopted, CancellationToken cancel)
    {
        if (((adopted is null ? caller.Lacks(AccessRules.RunExport) : caller.Lacks(Role.Administrator)) ?? caller.LacksProvince()) is { } lacking) return lacking;
        if (run.ProvinceCode != caller.ProvinceCode) return RunProblems.Unknown(run);
        await using var session = await database.RunAsync(caller.Scope, cancel);
        if (!await BankFileStore.TryLockAsync(session, run, cancel)) return RunProblems.InWork(run);
        try
        {
            if (adopted is null && await FenceStore.WhyClosedAsync(session, run.ProvinceCode, cancel) is { } closed) return closed;
            return await ExportLockedAsync(session, caller, run, Path.GetFullPath(folder), progress, numbered, adopted, cancel);
        }
        finally
        {
            await BankFileStore.UnlockAsync(session, run);
        }
    }

    async Task<Result<ExportedRun>> ExportLockedAsync(DatabaseSession session, Caller caller, RunId run, string folder, Action<long>? progress, Action? whenNumbered, IReadOnlyList<SealedEntry>? adopted, CancellationToken cancel)
    {
        if (await BankFileStore.LoadAsync(session, run, cancel) is not { } stored) return RunProblems.Unknown(run);
        var approvals = await ApprovedAsync(session, run, stored, cancel);
        if (!approvals.IsOk) return Result<ExportedRun>.Refuse(approvals.Problems);
        if (await ApprovalSignatures.WhyNotAsync(session, run, keys, cancel) is { } broken) return broken;
        using var cipher = keys.OpenCipher();
        var opened = PaymentFiles.Open(run, stored, await BankFileStore.RoutesAsync(session, run, cancel), cipher);
        if (!opened.TryGet(out var content)) return Result<ExportedRun>.Refuse(opened.Problems);

        // Once numbered the files are what they are; until then money that is not there can still hold them (F60, F161).
        var isNew = (await BankFileStore.FilesAsync(session, run, cancel)).Count == 0;
        IReadOnlyList<FundCover> uncovered = isNew ? [.. (await Funds.CoverAsync(session, run, cancel)).Where(cover => !cover.Lacking.IsZero)] : [];
        if (adopted is null && uncovered.FirstOrDefault(cover => cover.MustCover) is { } lacking)
            return new Problem("not_allowed.fund_not_covered", $"Fund {lacking.Fund} has {ViText.Money(lacking.AtBank)} on the paying account; {ViText.Money(lacking.Committed)} is on its way out of it.",
                $"Draw {ViText.Money(lacking.Lacking)} and book it (payengine fund move), then export.");

        var numbered = await NumberAsync(session, caller, run, stored, content, adopted, cancel);
        if (!numbered.IsOk) return Result<ExportedRun>.Refuse(numbered.Problems);
        var renewed = await RenewAsync(session, caller, run, stored, content, cancel);
        if (!renewed.IsOk) return Result<ExportedRun>.Refuse(renewed.Problems);
        whenNumbered?.Invoke();
        var batches = (await BankFileStore.BatchesAsync(session, run, cancel)).ToLookup(batch => batch.FileNo);
        files.MakeFolder(folder);
        var exported = new List<ExportedFile>();
        foreach (var row in await BankFileStore.FilesAsync(session, run, cancel))
        {
            cancel.ThrowIfCancellationRequested();
            var writing = new FileWriting(session, files, run, content, row, [.. batches[row.FileNo]], folder);
            var written = await writing.EnsureAsync(cancel);
            if (!written.TryGet(out var file)) return Result<ExportedRun>.Refuse(written.Problems);
            using var own = Unsigned || Signer is not null ? null : keys.SigningCertificate();
            var manifest = Manifest.Write(file.Content, file.Announced, content.ProfileOf(batches[row.FileNo].First().RouteNo), run.ToString(), stored.MadeBy,
                approvals.Value.Select(approval => new ManifestApproval(approval.Person, approval.At)));
            var attached = await SignatureStore.AttachedAsync(session, run, row.FileNo, cancel);
            if (adopted is not null && !adopted.Any(entry => entry.MsgId == row.MsgId && entry.Sha256 == file.Content.Sha256))
                return new Problem("fence.other_bytes", $"{row.MsgId} made again from this database has other bytes than the register of sealed files says.", "The file cannot be adopted. Find the newer copy of the database; else two persons decide: payengine audit fence decide.");
            if (writing.EnsureManifest(manifest, Unsigned ? null : Signer ?? own, clock.GetCurrentInstant(), attached) is { } differs) return differs;
            await SealAsync(session, caller, run, row, file.Content, manifest, writing.Path, cancel);
            await BankFileStore.RememberPathAsync(session, run, row.FileNo, writing.Path, cancel);
            exported.Add(new(row.MsgId, writing.Path, row.Items, row.SumVnd, file.Content.Bytes, file.Content.Sha256, file.Content.ListHash, batches[row.FileNo].First().ExecutionDate, file.IsNew));
            progress?.Invoke(row.Items);
        }

        await StepAsync(session, caller, run, stored, cancel);
        return new ExportedRun(run.ToString(), folder, exported.Sum(file => file.Items), new Vnd(exported.Sum(file => file.SumVnd.Amount)), exported) { Uncovered = uncovered, Findings = content.Findings, FindingCount = content.FindingCount };
    }

    /// <summary>The approvals, when they bind the content as it stands.</summary>
    static async Task<Result<IReadOnlyList<Approval>>> ApprovedAsync(DatabaseSession session, RunId run, RunToExport stored, CancellationToken cancel)
    {
        var state = await BankFileStore.StateAsync(session, run, cancel);
        if (state is not { Step: "approved" or "sealed" or "handed_over" or "closed" } || !state.Value.ContentHash.AsSpan().SequenceEqual(stored.ContentHash))
            return new Problem("not_allowed.run_not_approved", $"Run {run} is {state?.Step ?? "not finished"}: only an approved list goes to a bank.", "Have it approved by another person: payengine run approve.");
        var approvals = await BankFileStore.ApprovalsAsync(session, run, stored.ContentHash, cancel);
        return approvals.Count > 0
            ? Result<IReadOnlyList<Approval>>.Ok(approvals)
            : new Problem("not_allowed.run_not_approved", $"No approval of run {run} is for the list as it stands.", "Have it approved again: payengine run approve.");
    }

    /// <summary>Cuts the run into files and stores their ids, ranges, counts, sums and list hashes, once, before a byte is written.</summary>
    Task<Result<bool>> NumberAsync(DatabaseSession session, Caller caller, RunId run, RunToExport stored, PaymentFiles content, IReadOnlyList<SealedEntry>? adopted, CancellationToken cancel) =>
        session.InTransactionAsync<Result<bool>>(async () =>
        {
            var at = Instant.FromUnixTimeSeconds(clock.GetCurrentInstant().ToUnixTimeSeconds());
            // What is adopted is numbered as of the second in which it was numbered first: that second stands in the file.
            var now = adopted?[0].NumberedAt ?? at;
            var start = await OperationLog.BeginOrTellAsync(session, run.ProvinceCode, $"run.number {run}", "run.number",
                OperationLog.RequestHash(run.ToString(), Convert.ToHexStringLower(stored.ContentHash)), caller.UserName, at, cancel);
            if (start.OtherRequest) throw new InvalidOperationException($"{run} was numbered with another content than the one approved.");
            if (start.DoneResult is not null) return true;

            // What was approved is what is sent: the rows are hashed once more as they stand now.
            var rows = await RunStore.FindAsync(session, run, cancel) ?? throw new InvalidOperationException($"{run} was there and is not.");
            if (!(await RunSteps.RecomputeHashAsync(session, rows, cancel)).AsSpan().SequenceEqual(stored.ContentHash))
                return new Problem("not_allowed.content_changed", $"The rows of run {run} are not those that were approved.", "Nothing was written. Find out who changed them: payengine verify.");
            var ended = await BankFileStore.EndedOrdersAsync(session, run, cancel);
            if (ended > 0) return new Problem("not_allowed.ended_orders", $"{ended} payment orders of run {run} have already ended.", "Nothing was written: payengine verify shows what stands; report it.");
            var cut = await CutAsync(session, run, content, cancel);
            if (!cut.TryGet(out var planned)) return Result<bool>.Refuse(cut.Problems);
            // The orders the run carries, its own and those it makes again, against what the plan said of itself: I3 begins before the file.
            var own = planned.SelectMany(file => file.File.Batches).ToList();
            if (own.Sum(batch => batch.Count) != stored.BankAttempts || own.Sum(batch => batch.Sum.Amount) != stored.BankVnd.Amount)
                throw new InvalidOperationException($"{run} was approved with {stored.BankAttempts} payment orders of {stored.BankVnd}, and holds others.");

            var same = await BankFileStore.SameListsAsync(session, run, [.. planned.Select(file => Convert.FromHexString(file.PlainHash))], cancel);
            if (same.Count > 0) return new Problem("not_allowed.same_list", $"The same list already stands in {string.Join(", ", same)}.", "A list is paid once. Look for the run that carries it.");
            var fileNo = await BankFileStore.NextFileNoAsync(session, run, PaymentFiles.DayOf(now), cancel);
            var days = new List<LocalDate>();
            foreach (var (file, hash, plainHash) in planned)
            {
                var execution = ExecutionDate(stored, content.ProfileOf(file.RouteNo), now);
                if (!execution.TryGet(out var day)) return Result<bool>.Refuse(execution.Problems);
                days.Add(day);
                var msgId = new MessageId(run.ProvinceCode, PaymentFiles.DayOf(now), fileNo, 1);
                var row = new BankFileRow(fileNo, content.ProfileOf(file.RouteNo).Id, msgId.ToString(), now, file.Count, file.Sum, Convert.FromHexString(hash), Convert.FromHexString(plainHash), null, null, null);
                await BankFileStore.InsertAsync(session, run, row, file.Batches.Select((batch, index) => new BatchRow(fileNo, index + 1, msgId.Batch(index + 1), batch.RouteNo,
                    batch.Origin.Month.Key(), batch.Origin.RunNo, batch.LineFrom, batch.LineTo, day, batch.Count, batch.Sum)), start.OperationNo, cancel);
                fileNo++;
                if (adopted is not null && !adopted.Any(entry => entry.MsgId == row.MsgId))
                    return new Problem("fence.other_ids", $"Numbered again as of {now}, run {run} would have a file {row.MsgId}, and the register of sealed files knows {string.Join(", ", adopted.Select(entry => entry.MsgId))}.",
                        "Adopt the runs of a day in the order in which they were sealed; if that is not it, two persons decide: payengine audit fence decide.");
            }

            var said = JsonText.Write(new
            {
                run = run.ToString(), files = planned.Count, items = planned.Sum(file => file.File.Count), sum_vnd = planned.Sum(file => file.File.Sum.Amount), execution_dates = days.Distinct().Order(),
                list_hashes = planned.Select(file => file.Hash),
            });
            await OperationLog.CompleteAsync(session, run.ProvinceCode, start.OperationNo, said, said, at, cancel);
            return true;
        }, result => result.IsOk, cancel: cancel);

    /// <summary>Numbers the lists of withdrawn files anew: the same orders and batches, another day and id, so other bytes.</summary>
    Task<Result<bool>> RenewAsync(DatabaseSession session, Caller caller, RunId run, RunToExport stored, PaymentFiles content, CancellationToken cancel) =>
        session.InTransactionAsync<Result<bool>>(async () =>
        {
            var withdrawn = await WithdrawalStore.UnrenewedAsync(session, run, cancel);
            if (withdrawn.Count == 0) return true;
            var now = Instant.FromUnixTimeSeconds(clock.GetCurrentInstant().ToUnixTimeSeconds());
            var fileNo = await BankFileStore.NextFileNoAsync(session, run, PaymentFiles.DayOf(now), cancel);
            foreach (var old in withdrawn)
            {
                var day = ExecutionDate(stored, content.ProfileOf(old.RouteNo), now);
                if (!day.IsOk) return Result<bool>.Refuse(day.Problems);
                if (!MessageId.Parse(old.MsgId).TryGet(out var oldId)) throw new InvalidOperationException($"{old.MsgId} is not a message id of ours.");
                // The last two figures count files with other bytes; the sequence stays that of the list.
                var msgId = oldId with { Date = PaymentFiles.DayOf(now), Attempt = oldId.Attempt + 1 };
                // The list of another month may have had this number on this day.
                msgId = msgId with { Attempt = Math.Max(msgId.Attempt, await BankFileStore.LastAttemptAsync(session, msgId, cancel) + 1) };
                var start = await OperationLog.BeginAsync(session, run.ProvinceCode, $"file.renew {old.MsgId}", "file.renew", OperationLog.RequestHash(run.ToString(), old.MsgId), caller.UserName, now, cancel);
                if (start.DoneResult is not null) throw new InvalidOperationException($"{old.MsgId} was renewed by somebody else while this program had the lock.");
                await WithdrawalStore.RenewAsync(session, run, old, fileNo++, msgId.ToString(), day.Value, now, start.OperationNo, cancel);
                var said = JsonText.Write(new { run = run.ToString(), withdrawn = old.MsgId, msg_id = msgId.ToString(), items = old.Items, execution_date = day.Value });
                await OperationLog.CompleteAsync(session, run.ProvinceCode, start.OperationNo, said, said, now, cancel);
            }

            return true;
        }, result => result.IsOk, cancel: cancel);

    static Result<LocalDate> ExecutionDate(RunToExport stored, BankProfile profile, Instant now) =>
        Batching.ExecutionDate(stored.ExecutionFrom, stored.ExecutionTo, CutOff.FirstDay(now, profile, BankingCalendars.VietNam), BankingCalendars.VietNam);

    /// <summary>The files of the run with their list hashes, with and without the attempt letters. Every account is deciphered and every name checked before anything is stored.</summary>
    static async Task<Result<List<(PlannedFile File, string Hash, string PlainHash)>>> CutAsync(DatabaseSession session, RunId run, PaymentFiles content, CancellationToken cancel)
    {
        var problems = new List<Problem>();
        var hashes = new List<(string Hash, string Plain)>();
        IReadOnlyList<PlannedFile> planned = [];
        await BankFileStore.ReadOrdersAsync(session, run, orders =>
        {
            ListHash? hash = null, plain = null;
            var batching = new Batching(route => BatchLimits.Of(content.ProfileOf(route)));
            foreach (var order in orders)
            {
                cancel.ThrowIfCancellationRequested();
                var made = content.InstructionOf(order);
                if (!made.TryGet(out var payment))
                {
                    problems.AddRange(made.Problems);
                    if (problems.Count >= ProblemsMax) break;
                    continue;
                }

                if (batching.Add(new(order.RouteNo, order.Origin, order.LineNo, order.Amount)))
                {
                    EndList();
                    (hash, plain) = (new ListHash(sorted: true), new ListHash(sorted: true));
                }

                var (id, agent) = (payment.EndToEndId.ToString(), content.ProfileOf(order.RouteNo).AgentOf(payment));
                hash!.Add(id, agent, payment.CreditorAccount, payment.Amount);
                // The same list twice is refused whatever the letters of its first attempts; a later attempt has its guard in the chain of attempts, and the same people may lawfully be paid again.
                plain!.Add(order.Attempt == 1 ? id.AsSpan(0, InstructionId.Length - 2) : id, agent, payment.CreditorAccount, payment.Amount);
            }

            EndList();
            planned = batching.Finish();

            void EndList()
            {
                if (hash is null || plain is null) return;
                if (!hash.InOrder || !plain.InOrder) throw new InvalidOperationException($"{run}: the orders of a file are not in the order of their ids.");
                hashes.Add((hash.Finish(), plain.Finish()));
                hash.Dispose();
                plain.Dispose();
            }
        }, cancel);
        return problems.Count > 0
            ? Result<List<(PlannedFile, string, string)>>.Refuse(problems)
            : Result<List<(PlannedFile, string, string)>>.Ok([.. planned.Zip(hashes, (file, hash) => (file, hash.Hash, hash.Plain))]);
    }

    async Task SealAsync(DatabaseSession session, Caller caller, RunId run, BankFileRow row, WrittenFile written, byte[] manifest, string path, CancellationToken cancel)
    {
        if (row.Sha256 is not null) return;
        // Outside the database first: whatever becomes of the commit, the register knows that this file exists.
        await SealedFiles.Of(database, files, run.ProvinceCode).AddAsync(session, run, row, SealedStep.Sealed, written.Sha256, path, (0, null, null), caller.UserName, clock.GetCurrentInstant(), cancel);
        await session.InTransactionAsync(async () =>
        {
            var now = clock.GetCurrentInstant();
            var start = await OperationLog.BeginOrTellAsync(session, run.ProvinceCode, $"file.seal {row.MsgId}", "file.seal", OperationLog.RequestHash(row.MsgId, written.Sha256), caller.UserName, now, cancel);
            if (start.DoneResult is not null || start.OtherRequest) throw new InvalidOperationException($"{row.MsgId} was sealed by somebody else while this program had the lock.");
            var manifestHash = System.Security.Cryptography.SHA256.HashData(manifest);
            await BankFileStore.SealAsync(session, run, row.FileNo, written.Bytes, Convert.FromHexString(written.Sha256), manifestHash, now, start.OperationNo, cancel);
            var said = JsonText.Write(new
            {
                msg_id = row.MsgId, run = run.ToString(), items = row.Items, sum_vnd = row.SumVnd, bytes = written.Bytes, sha256 = written.Sha256, list_hash = written.ListHash,
                manifest_sha256 = Convert.ToHexStringLower(manifestHash),
            });
            await OperationLog.CompleteAsync(session, run.ProvinceCode, start.OperationNo, said, said, now, cancel);
        }, cancel: cancel);
    }

    /// <summary>The run's own step, once all its files are sealed.</summary>
    Task StepAsync(DatabaseSession session, Caller caller, RunId run, RunToExport stored, CancellationToken cancel) =>
        session.InTransactionAsync(async () =>
        {
            var now = clock.GetCurrentInstant();
            var start = await OperationLog.BeginAsync(session, run.ProvinceCode, $"run.seal {run}", "run.seal",
                OperationLog.RequestHash(run.ToString(), Convert.ToHexStringLower(stored.ContentHash)), caller.UserName, now, cancel);
            if (start.DoneResult is not null) return;
            if (await BankFileStore.UnsealedAsync(session, run, cancel) > 0) throw new InvalidOperationException($"{run} has files that are not sealed.");
            await RunSteps.AddAsync(session, run, "sealed", null, caller.UserName, stored.ContentHash, null, start.OperationNo, now, cancel);
            var said = JsonText.Write(new { run = run.ToString(), content_hash = Convert.ToHexStringLower(stored.ContentHash) });
            await OperationLog.CompleteAsync(session, run.ProvinceCode, start.OperationNo, said, said, now, cancel);
        }, cancel: cancel);
}

/// <summary>Refusals that several operations on a run share.</summary>
static class RunProblems
{
    public static Problem Unknown(RunId run) => new("run.unknown", $"There is no run {run} with a finished plan.", $"See the runs of the month: payengine run show {run.Month.Text()}.");

    public static Problem InWork(RunId run) => new("not_allowed.files_in_work", string.Create(CultureInfo.InvariantCulture, $"Another program is working on the files of run {run}."), "Wait until it has ended, then do this again.");
}
