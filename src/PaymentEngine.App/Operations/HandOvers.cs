using System.Globalization;
using NodaTime;
using PaymentEngine.App.Banks;
using PaymentEngine.App.CommandLine;
using PaymentEngine.App.Files;
using PaymentEngine.Core;
using PaymentEngine.Core.Money;
using PaymentEngine.Core.Payments;
using PaymentEngine.Postgres;

namespace PaymentEngine.App.Operations;

/// <summary>A file after a hand-over.</summary>
/// <param name="IsNew">False when it had been handed over before this call.</param>
public sealed record HandedFile(string MsgId, int Items, Vnd SumVnd, string Evidence, bool IsNew);

/// <summary>What was handed over.</summary>
public sealed record HandedRun(string Run, IReadOnlyList<HandedFile> Files, bool AllSent);

/// <summary>Sealed files to the bank: the intent is stored, then the act, then its outcome. What happened in between is never guessed.</summary>
public sealed class HandOvers(Database database, IFiles files, IClock clock)
{
    /// <summary>Sends the sealed files of a run that have not been sent. A file whose sending was interrupted is looked for in the channel; when it is not there, a person must say.</summary>
    /// <param name="caller">A maker or an approver of the whole province.</param>
    /// <param name="run">A run whose files are sealed.</param>
    /// <param name="channel">The way to the bank.</param>
    /// <param name="from">The folder with the sealed files; null: where the export put them.</param>
    /// <param name="cancel">Stops between files.</param>
    public Task<Result<HandedRun>> SendAsync(Caller caller, RunId run, IBankChannel channel, string? from = null, CancellationToken cancel = default) =>
        EachAsync(caller, run, null, async (session, row, state, path) =>
        {
            var sealedPath = from is null ? path : Path.Combine(Path.GetFullPath(from), row.MsgId + ".xml");
            var sha256 = Convert.ToHexStringLower(row.Sha256!);
            var (name, move) = (row.MsgId + ".xml", HandOver.Next(state.Step, state.Sent ? InChannel.Nothing : channel.Look(row.MsgId + ".xml", sha256)));
            if (move == HandOverMove.AlreadySent) return Handed(row, "", isNew: false);
            if (move == HandOverMove.NameTaken)
                return new Problem("not_allowed.name_taken", $"{channel.Name} holds another file named {name}.", "It is never overwritten. Ask the bank's desk what it is.");
            if (move == HandOverMove.StaysInDoubt)
            {
                return new Problem("not_allowed.in_doubt", $"The sending of {row.MsgId} was interrupted, and {channel.Name} does not hold it: the bank may have taken it, or never got it.",
                    "Ask the bank. Then: payengine run send --recorded \"who said so\" when it has the file, or --not-sent \"who said so\" when it has not.");
            }

            if (move == HandOverMove.Send && Changed(sealedPath, sha256, row.MsgId) is { } changed) return changed;
            var handOverNo = state.InDoubt ? state.HandOverNo : await IntendAsync(session, caller, run, row, state, channel.Name, cancel);
            var (outcome, evidence) = move == HandOverMove.Proven ? (SendOutcome.Sent, $"Found in {channel.Name} as {name}, SHA-256 {sha256}.") : channel.Send(sealedPath!, name, sha256);
            await EndAsync(session, caller, run, row, handOverNo, outcome, evidence, cancel);
            return outcome == SendOutcome.Sent
                ? Handed(row, evidence, isNew: true)
                : new Problem("neighbour.bank_channel", $"{row.MsgId} was not handed over by {channel.Name}: {evidence}", "Look at the folder, then do this again.");
        }, cancel);

    /// <summary>Records that a person handed the files over (memory stick, portal), or that an interrupted sending did arrive.</summary>
    /// <param name="caller">A maker or an approver of the whole province.</param>
    /// <param name="run">A run whose files are sealed.</param>
    /// <param name="evidence">Who says so and how: kept with the outcome.</param>
    /// <param name="msgId">One file; null: all.</param>
    /// <param name="cancel">Stops between files.</param>
    public Task<Result<HandedRun>> RecordAsync(Caller caller, RunId run, string evidence, string? msgId = null, CancellationToken cancel = default) =>
        Said(evidence) is { } empty ? Task.FromResult<Result<HandedRun>>(empty) : EachAsync(caller, run, msgId, async (session, row, state, path) =>
        {
            if (state.Sent) return Handed(row, "", isNew: false);
            if (path is not null && files.Exists(path) && Changed(path, Convert.ToHexStringLower(row.Sha256!), row.MsgId) is { } changed) return changed;
            var handOverNo = state.InDoubt ? state.HandOverNo : await IntendAsync(session, caller, run, row, state, "recorded", cancel);
            await EndAsync(session, caller, run, row, handOverNo, SendOutcome.Sent, evidence, cancel);
            return Handed(row, evidence, isNew: true);
        }, cancel);

    /// <summary>Records that an interrupted sending did not arrive, so that the identical file may be sent.</summary>
    /// <param name="caller">A maker or an approver of the whole province.</param>
    /// <param name="run">A run with files in doubt.</param>
    /// <param name="evidence">Who says so and how.</param>
    /// <param name="msgId">One file; null: all in doubt.</param>
    /// <param name="cancel">Stops between files.</param>
    public Task<Result<HandedRun>> RecordNotSentAsync(Caller caller, RunId run, string evidence, string? msgId = null, CancellationToken cancel = default) =>
        Said(evidence) is { } empty ? Task.FromResult<Result<HandedRun>>(empty) : EachAsync(caller, run, msgId, async (session, row, state, _) =>
        {
            if (!state.InDoubt) return Handed(row, "", isNew: false);
            if (await HandOverStore.AnsweredAsync(session, run, row.FileNo, cancel))
                return new Problem("not_allowed.bank_has_answered", $"A bank has already answered about {row.MsgId}: it did arrive.", "Record it: payengine run send --recorded.");
            await EndAsync(session, caller, run, row, state.HandOverNo, SendOutcome.Refused, evidence, cancel);
            return Handed(row, evidence, isNew: true);
        }, cancel);

    async Task<Result<HandedRun>> EachAsync(Caller caller, RunId run, string? msgId, Func<DatabaseSession, BankFileRow, HandOverState, string?, Task<Result<HandedFile>>> hand, CancellationToken cancel)
    {
        if ((caller.Lacks(Role.Maker, Role.Approver) ?? caller.LacksProvince()) is { } lacking) return lacking;
        if (run.ProvinceCode != caller.ProvinceCode) return RunProblems.Unknown(run);
        await using var session = await database.RunAsync(cancel);
        if (!await BankFileStore.TryLockAsync(session, run, cancel)) return RunProblems.InWork(run);
        try
        {
            if (await BankFileStore.StateAsync(session, run, cancel) is not { Step: "sealed" or "handed_over" or "closed" })
                return new Problem("not_allowed.run_not_sealed", $"Run {run} has no sealed files yet.", "Write them first: payengine run export.");
            var rows = (await BankFileStore.FilesAsync(session, run, cancel)).Where(row => msgId is null || row.MsgId == msgId).ToList();
            if (msgId is not null && rows.Count == 0) return new Problem("run.file_unknown", $"Run {run} has no file {msgId}.", $"Its files stand on the certificate: payengine run certificate {run}.");
            var states = (await HandOverStore.StatesAsync(session, run, cancel)).ToDictionary(state => state.FileNo);
            var paths = await BankFileStore.PathsAsync(session, run, cancel);
            var handed = new List<HandedFile>();
            foreach (var row in rows)
            {
                cancel.ThrowIfCancellationRequested();
                var done = await hand(session, row, states[row.FileNo], paths.GetValueOrDefault(row.FileNo));
                if (!done.TryGet(out var file)) return Result<HandedRun>.Refuse(done.Problems);
                handed.Add(file);
            }

            return new HandedRun(run.ToString(), handed, await StepAsync(session, caller, run, cancel));
        }
        finally
        {
            await BankFileStore.UnlockAsync(session, run);
        }
    }

    async Task<int> IntendAsync(DatabaseSession session, Caller caller, RunId run, BankFileRow row, HandOverState state, string channel, CancellationToken cancel)
    {
        var handOverNo = state.HandOverNo + 1;
        await OperateAsync(session, caller, run, Key("file.intend", row, handOverNo), "file.intend", [row.MsgId, channel],
            (at, operationNo) => HandOverStore.IntendAsync(session, run, row.FileNo, handOverNo, channel, caller.UserName, at, operationNo, cancel),
            new { msg_id = row.MsgId, hand_over = handOverNo, channel, items = row.Items, sum_vnd = row.SumVnd, sha256 = Convert.ToHexStringLower(row.Sha256!) }, cancel);
        return handOverNo;
    }

    Task EndAsync(DatabaseSession session, Caller caller, RunId run, BankFileRow row, int handOverNo, SendOutcome outcome, string evidence, CancellationToken cancel)
    {
        var word = outcome switch { SendOutcome.Sent => "sent", SendOutcome.Refused => "refused", _ => "unknown" };
        return OperateAsync(session, caller, run, Key("file." + word, row, handOverNo), "file." + word, [row.MsgId, evidence],
            (at, operationNo) => HandOverStore.EndAsync(session, run, row.FileNo, handOverNo, word, evidence, at, operationNo, cancel),
            new { msg_id = row.MsgId, hand_over = handOverNo, outcome = word, evidence }, cancel);
    }

    /// <summary>The run's own step once every file was sent; true when it stands.</summary>
    async Task<bool> StepAsync(DatabaseSession session, Caller caller, RunId run, CancellationToken cancel)
    {
        if ((await HandOverStore.StatesAsync(session, run, cancel)).Any(state => !state.Sent)) return false;
        if (await BankFileStore.StateAsync(session, run, cancel) is not { Step: "sealed" } state) return true;
        await OperateAsync(session, caller, run, $"run.hand_over {run}", "run.hand_over", [run.ToString()],
            (at, operationNo) => RunSteps.AddAsync(session, run, "handed_over", null, caller.UserName, state.ContentHash, null, operationNo, at, cancel), new { run = run.ToString() }, cancel);
        return true;
    }

    /// <summary>One decision with its key, its block and its rows; done before means done.</summary>
    Task OperateAsync(DatabaseSession session, Caller caller, RunId run, string key, string kind, IEnumerable<string> request, Func<Instant, long, Task> work, object said, CancellationToken cancel) =>
        session.InTransactionAsync(async () =>
        {
            await FactStore.LockAsync(session, run.ProvinceCode, cancel);
            var now = clock.GetCurrentInstant();
            var start = await OperationLog.BeginAsync(session, run.ProvinceCode, key, kind, OperationLog.RequestHash(request), caller.UserName, now, cancel);
            if (start.DoneResult is not null) return;
            await work(now, start.OperationNo);
            await OperationLog.CompleteAsync(session, run.ProvinceCode, start.OperationNo, JsonText.Write(said), JsonText.Write(said), now, cancel);
        }, cancel: cancel);

    Problem? Changed(string? path, string sha256, string msgId)
    {
        if (path is null || !files.Exists(path))
            return new Problem("run.sealed_file_missing", $"The sealed file {msgId} is not at {path ?? "any known place"}.", "Export the run again (the bytes are the same), or name the folder: --from.");
        return FileWriting.Sha256Of(files, path) == sha256 ? null
            : new Problem("not_allowed.sealed_file_changed", $"{path} no longer has the bytes that were sealed.", "Do not send it. Find out who changed it; export the run into another folder: the bytes are the same.");
    }

    static Problem? Said(string evidence) => evidence.Trim().Length > 0 ? null
        : new Problem("usage.evidence_missing", "A record of a hand-over says who, when and how.", "For example: --recorded \"Bà Hoa, Agribank Vinh, 2/11 9h, ký nhận\".");

    static HandedFile Handed(BankFileRow row, string evidence, bool isNew) => new(row.MsgId, row.Items, row.SumVnd, evidence, isNew);

    static string Key(string kind, BankFileRow row, int handOverNo) => string.Create(CultureInfo.InvariantCulture, $"{kind} {row.MsgId} {handOverNo}");
}
