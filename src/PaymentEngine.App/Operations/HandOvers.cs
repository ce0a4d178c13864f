using System.Globalization;
using NodaTime;
using PaymentEngine.App.Banks;
using PaymentEngine.App.CommandLine;
using PaymentEngine.App.Files;
using PaymentEngine.App.Operations.Access;
using PaymentEngine.App.Operations.Approvals;
using PaymentEngine.App.Operations.Audit;
using PaymentEngine.Core;
using PaymentEngine.Core.Money;
using PaymentEngine.Core.Payments;
using PaymentEngine.Messages;
using PaymentEngine.Postgres;
using PaymentEngine.Postgres.Audit;

namespace PaymentEngine.App.Operations;

/// <summary>A file after a hand-over, a taking back or a withdrawal.</summary>
/// <param name="IsNew">False when that had been done before this call.</param>
public sealed record HandedFile(string MsgId, int Items, Vnd SumVnd, string Evidence, bool IsNew);

/// <summary>What was handed over.</summary>
public sealed record HandedRun(string Run, IReadOnlyList<HandedFile> Files, bool AllSent);

/// <summary>A way to a bank for one operation.</summary>
/// <param name="WithManifest">Manifest and signature go before each file.</param>
/// <param name="TakesAway">The bank takes files away as it loads them.</param>
public sealed record WayToBank(IBankChannel Channel, bool WithManifest, bool TakesAway);

/// <summary>Sealed files to the bank: the intent is stored, then the act, then its outcome. What happened in between is never guessed.</summary>
/// <param name="database">The store.</param>
/// <param name="files">The disk.</param>
/// <param name="archive">Keeps every byte that leaves.</param>
/// <param name="clock">The clock.</param>
public sealed class HandOvers(Database database, IFiles files, Archive archive, IClock clock)
{
    static readonly BankingCalendar Calendar = BankingCalendars.VietNam;

    /// <summary>Sends the sealed files of a run that have not been sent, each by the channel that is set for its bank.</summary>
    /// <param name="caller">A maker or an approver of the whole province.</param>
    /// <param name="run">A run whose files are sealed.</param>
    /// <param name="channels">The channels of this process.</param>
    /// <param name="from">The folder with the sealed files; null: where the export put them.</param>
    /// <param name="cancel">Stops between files.</param>
    public Task<Result<HandedRun>> SendAsync(Caller caller, RunId run, BankChannels channels, string? from = null, CancellationToken cancel = default) =>
        EachAsync(caller, run, null, async file =>
        {
            var way = await WayAsync(file, channels, cancel);
            return way.TryGet(out var found) ? await SendOneAsync(caller, run, file, found, from, cancel) : Result<HandedFile>.Refuse(way.Problems);
        }, cancel);

    /// <summary>Sends the sealed files of a run that have not been sent, by one channel. A file whose sending was interrupted is looked for in the channel; when it is not there, a person must say.</summary>
    /// <param name="caller">A maker or an approver of the whole province.</param>
    /// <param name="run">A run whose files are sealed.</param>
    /// <param name="channel">The way to the bank.</param>
    /// <param name="from">The folder with the sealed files; null: where the export put them.</param>
    /// <param name="cancel">Stops between files.</param>
    public Task<Result<HandedRun>> SendAsync(Caller caller, RunId run, IBankChannel channel, string? from = null, CancellationToken cancel = default) =>
        EachAsync(caller, run, null, file => SendOneAsync(caller, run, file, new(channel, WithManifest: false, TakesAway: false), from, cancel), cancel);

    async Task<Result<HandedFile>> SendOneAsync(Caller caller, RunId run, FileAtHand file, WayToBank way, string? from, CancellationToken cancel)
    {
        var (row, state, channel) = (file.Row, file.State, way.Channel);
        if (state.Sent) return Handed(row, "", isNew: false);
        var sealedPath = from is null ? file.Path : Path.Combine(Path.GetFullPath(from), file.Name);
        var sha256 = Convert.ToHexStringLower(row.Sha256!);
        try
        {
            var move = HandOver.Next(state.Step, await channel.LookAsync(file.Name, sha256, cancel));
            if (move == HandOverMove.NameTaken)
                return new Problem("not_allowed.name_taken", $"{channel.Name} holds another file named {file.Name}.", "It is never overwritten. Ask the bank's desk what it is.");
            if (move == HandOverMove.StaysInDoubt)
            {
                return new Problem("not_allowed.in_doubt", $"The sending of {row.MsgId} was interrupted, and {channel.Name} does not hold it: the bank may have taken it, or never got it.",
                    "Ask the bank. Then: payengine run send --recorded \"who said so\" when it has the file, or --not-sent \"who said so\" when it has not.");
            }

            if (move == HandOverMove.Send)
            {
                if (CutOff.WhyNotSent(row.MsgId, file.FirstExecution, clock.GetCurrentInstant(), file.Profile, Calendar) is { } tooLate) return tooLate;
                if (await ApprovalSignatures.WhyNotAsync(file.Session, run, null, cancel) is { } broken) return broken;
                var kept = Keep(sealedPath, file, way.WithManifest);
                if (!kept.IsOk) return Result<HandedFile>.Refuse(kept.Problems);
            }

            var handOverNo = state.InDoubt ? state.HandOverNo : await IntendAsync(file.Session, caller, run, row, state, channel.Name, cancel);
            if (move == HandOverMove.Proven)
            {
                var found = $"Found in {channel.Name} as {file.Name}, SHA-256 {sha256}.";
                await EndAsync(file.Session, caller, run, row, handOverNo, SendOutcome.Sent, found, cancel);
                return Handed(row, found, isNew: true);
            }

            return await ActAsync(caller, run, file, way, handOverNo, sealedPath!, sha256, cancel);
        }
        catch (ChannelException fault)
        {
            return fault.Problem;
        }
    }

    /// <summary>The act itself, after its intent stands. Until the file is given its name it is certain that the bank has it not.</summary>
    async Task<Result<HandedFile>> ActAsync(Caller caller, RunId run, FileAtHand file, WayToBank way, int handOverNo, string sealedPath, string sha256, CancellationToken cancel)
    {
        var (row, channel) = (file.Row, way.Channel);
        SendReport report;
        try
        {
            if (way.WithManifest)
            {
                // Before the file, so that whoever finds it finds its company too. A name that holds the same bytes already is left.
                foreach (var beside in new[] { file.ManifestOf(sealedPath), file.SignatureOf(sealedPath) }) await BringAndShowAsync(channel, beside, cancel);
            }

            await channel.BringAsync(sealedPath, file.Name, sha256, cancel);
            report = await channel.AppearAsync(file.Name, sha256, cancel);
        }
        catch (Exception stopped) when (stopped is ChannelException or OperationCanceledException)
        {
            var evidence = stopped is ChannelException said ? said.Problem.Message : "Stopped by the person before the file was in the channel.";
            await EndAsync(file.Session, caller, run, row, handOverNo, SendOutcome.Refused, evidence, CancellationToken.None);
            if (stopped is ChannelException fault) return fault.Problem;
            throw;
        }

        // Whatever became of it is written down, also when the person has stopped meanwhile.
        await EndAsync(file.Session, caller, run, row, handOverNo, report.Outcome, report.Evidence, CancellationToken.None);
        return report.Outcome switch
        {
            SendOutcome.Sent => Handed(row, report.Evidence, isNew: true),
            SendOutcome.Refused => new Problem("neighbour.bank_channel", $"{row.MsgId} was not handed over by {channel.Name}: {report.Evidence}", "It is certain that the bank has it not. Look at the channel, then do this again."),
            _ => new Problem("neighbour.bank_channel_unknown", $"Nobody can know yet whether {row.MsgId} reached the bank by {channel.Name}: {report.Evidence}",
                "Do this again: the program looks into the channel, and never sends a second time by itself. When nothing is there, ask the bank."),
        };
    }

    async Task BringAndShowAsync(IBankChannel channel, string path, CancellationToken cancel)
    {
        var (name, sha256) = (Path.GetFileName(path), FileWriting.Sha256Of(files, path));
        if (await channel.LookAsync(name, sha256, cancel) is var there && there == InChannel.SameBytes) return;
        if (there == InChannel.OtherBytes)
            throw new ChannelException(new Problem("not_allowed.name_taken", $"{channel.Name} holds another file named {name}.", "It is never overwritten. Ask the bank's desk what it is."), isPassing: false);
        await channel.BringAsync(path, name, sha256, cancel);
        if (await channel.AppearAsync(name, sha256, cancel) is { Outcome: not SendOutcome.Sent } report)
            throw new ChannelException(new Problem("neighbour.bank_channel", $"{name} did not get into {channel.Name}: {report.Evidence}", "The payment file itself was not sent. Do this again."), isPassing: true);
    }

    /// <summary>Records that a person handed the files over (memory stick, portal), or that an interrupted sending did arrive.</summary>
    /// <param name="caller">A maker or an approver of the whole province.</param>
    /// <param name="run">A run whose files are sealed.</param>
    /// <param name="evidence">Who says so and how: kept with the outcome.</param>
    /// <param name="msgId">One file; null: all.</param>
    /// <param name="cancel">Stops between files.</param>
    public Task<Result<HandedRun>> RecordAsync(Caller caller, RunId run, string evidence, string? msgId = null, CancellationToken cancel = default) =>
        Said(evidence) is { } empty ? Task.FromResult<Result<HandedRun>>(empty) : EachAsync(caller, run, msgId, async file =>
        {
            var (row, state) = (file.Row, file.State);
            if (state.Sent) return Handed(row, "", isNew: false);
            if (file.Path is not null && files.Exists(file.Path))
            {
                var kept = Keep(file.Path, file, withManifest: false);
                if (!kept.IsOk) return Result<HandedFile>.Refuse(kept.Problems);
            }

            var handOverNo = state.InDoubt ? state.HandOverNo : await IntendAsync(file.Session, caller, run, row, state, "recorded", cancel);
            await EndAsync(file.Session, caller, run, row, handOverNo, SendOutcome.Sent, evidence, cancel);
            return Handed(row, evidence, isNew: true);
        }, cancel);

    /// <summary>Records that an interrupted sending did not arrive, so that the identical file may be sent.</summary>
    /// <param name="caller">A maker or an approver of the whole province.</param>
    /// <param name="run">A run with files in doubt.</param>
    /// <param name="evidence">Who says so and how.</param>
    /// <param name="msgId">One file; null: all in doubt.</param>
    /// <param name="cancel">Stops between files.</param>
    public Task<Result<HandedRun>> RecordNotSentAsync(Caller caller, RunId run, string evidence, string? msgId = null, CancellationToken cancel = default) =>
        Said(evidence) is { } empty ? Task.FromResult<Result<HandedRun>>(empty) : EachAsync(caller, run, msgId, async file =>
        {
            var (row, state) = (file.Row, file.State);
            if (!state.InDoubt) return Handed(row, "", isNew: false);
            if (await HandOverStore.AnsweredAsync(file.Session, run, row.FileNo, cancel))
                return new Problem("not_allowed.bank_has_answered", $"A bank has already answered about {row.MsgId}: it did arrive.", "Record it: payengine run send --recorded.");
            await EndAsync(file.Session, caller, run, row, state.HandOverNo, SendOutcome.Refused, evidence, cancel);
            return Handed(row, evidence, isNew: true);
        }, cancel);

    /// <summary>Takes a file that was handed over back out of its channel, while the bank has not taken it. It is sealed again: it may be sent later or withdrawn.</summary>
    /// <param name="caller">A maker or an approver of the whole province.</param>
    /// <param name="run">The run.</param>
    /// <param name="msgId">The file.</param>
    /// <param name="channels">The channels of this process; the file must have been sent by the one that is set now.</param>
    /// <param name="way">The channel, where the file was sent by one that was named with the command; null: the one that is set.</param>
    /// <param name="cancel">Stops before the act.</param>
    /// <returns><c>not_allowed.not_handed_over</c>, <c>not_allowed.bank_has_answered</c>, <c>not_allowed.other_channel</c>, <c>not_allowed.bank_keeps_files</c>,
    /// <c>not_allowed.bank_has_it</c> or the channel's own trouble; then nothing is changed.</returns>
    public Task<Result<HandedRun>> CancelAsync(Caller caller, RunId run, string msgId, BankChannels channels, WayToBank? way = null, CancellationToken cancel = default) =>
        EachAsync(caller, run, msgId, async file =>
        {
            const string recall = "It can only be recalled at the bank: ask its desk, with the MsgId.";
            var (row, state) = (file.Row, file.State);
            var found = way is null ? await WayAsync(file, channels, cancel) : way;
            if (!found.TryGet(out var by)) return Result<HandedFile>.Refuse(found.Problems);
            if (!state.Sent && !state.InDoubt)
                return new Problem("not_allowed.not_handed_over", $"{row.MsgId} was not handed over: there is nothing to take back.", "A sealed file that must not be sent is withdrawn: payengine run withdraw R MSGID --reason ….");
            if (await HandOverStore.AnsweredAsync(file.Session, run, row.FileNo, cancel))
                return new Problem("not_allowed.bank_has_answered", $"A bank has already answered about {row.MsgId}: it has it.", recall);
            if (await HandOverStore.ChannelAsync(file.Session, run, row.FileNo, cancel) is var sentBy && sentBy != by.Channel.Name)
                return new Problem("not_allowed.other_channel", $"{row.MsgId} was handed over by {sentBy}, not by {by.Channel.Name}.", recall);
            if (!by.TakesAway)
            {
                return new Problem("not_allowed.bank_keeps_files", $"Nobody has said that the bank takes files away from {by.Channel.Name} as it loads them: one that still lies there may be loaded all the same.",
                    recall + " If the bank does take them away, say so: payengine bank channel set … --takes-away.");
            }

            try
            {
                var sha256 = Convert.ToHexStringLower(row.Sha256!);
                var outcome = await by.Channel.SetAsideAsync(file.Name, sha256, cancel);
                if (outcome == TakeBackOutcome.Gone) return new Problem("not_allowed.bank_has_it", $"{file.Name} is no longer in {by.Channel.Name}: the bank has taken it.", recall);
                if (outcome == TakeBackOutcome.OtherBytes) return new Problem("not_allowed.name_taken", $"{by.Channel.Name} holds another file named {file.Name}.", "It was left. Ask the bank's desk what it is.");
                if (outcome == TakeBackOutcome.Unknown) return new Problem("neighbour.bank_channel_unknown", $"The session with {by.Channel.Name} was lost while {file.Name} was being taken back.", "Do this again: the program looks.");
                var evidence = $"Taken back out of {by.Channel.Name} by {caller.UserName}: it lay there with the same bytes, SHA-256 {sha256}.";
                await EndAsync(file.Session, caller, run, row, state.HandOverNo, "recovered", evidence, CancellationToken.None);
                await by.Channel.ClearAsideAsync(file.Name, cancel);
                return Handed(row, evidence, isNew: true);
            }
            catch (ChannelException fault)
            {
                return fault.Problem;
            }
        }, cancel);

    /// <summary>Withdraws a file that was numbered or sealed and never reached the bank: it will not be sent, and the next export writes its list again under a new id.</summary>
    /// <param name="caller">A maker or an approver of the whole province.</param>
    /// <param name="run">The run.</param>
    /// <param name="msgId">The file.</param>
    /// <param name="reason">Why; it is kept.</param>
    /// <param name="cancel">Stops before the decision.</param>
    /// <returns><c>not_allowed.may_be_at_bank</c> when it was handed over or is in doubt, or a bank has answered about it.</returns>
    public Task<Result<HandedRun>> WithdrawAsync(Caller caller, RunId run, string msgId, string reason, CancellationToken cancel = default) =>
        Said(reason) is not null
            ? Task.FromResult<Result<HandedRun>>(new Problem("usage.reason_missing", "A file is withdrawn with a reason.", "Say why: --reason \"…\"."))
            : EachAsync(caller, run, msgId, async file =>
            {
                var (row, state) = (file.Row, file.State);
                if (state.Sent || state.InDoubt || await HandOverStore.AnsweredAsync(file.Session, run, row.FileNo, cancel))
                {
                    return new Problem("not_allowed.may_be_at_bank", $"{row.MsgId} {(state.InDoubt ? "may have been" : "was")} handed over: another file with its payments could pay twice.",
                        "Take it back out of the channel first (payengine run cancel R MSGID), or let the bank say that it has it not (payengine run send R --not-sent …).");
                }

                await OperateAsync(file.Session, caller, run, $"file.withdraw {row.MsgId}", "file.withdraw", [row.MsgId, reason],
                    (at, operationNo) => WithdrawalStore.WithdrawAsync(file.Session, run, row.FileNo, caller.UserName, reason.Trim(), at, operationNo, cancel),
                    new { msg_id = row.MsgId, items = row.Items, sum_vnd = row.SumVnd, reason = reason.Trim() }, cancel);
                // Nobody shall take it for a file to be sent. Its rows give the same bytes again at any time.
                if (file.Path is { } path)
                {
                    foreach (var lying in new[] { path, file.ManifestOf(path), file.SignatureOf(path) }.Where(files.Exists))
                    {
                        files.Delete(lying + Withdrawn);
                        files.Rename(lying, lying + Withdrawn);
                    }
                }

                return Handed(row, reason.Trim(), isNew: true);
            }, cancel, mayBeUnsealed: true);

    const string Withdrawn = ".withdrawn";

    /// <summary>A file of the run with what an operation on it wants to know.</summary>
    sealed record FileAtHand(DatabaseSession Session, RunId Run, BankFileRow Row, HandOverState State, string? Path, LocalDate FirstExecution, string BankBin, BankProfile Profile)
    {
        /// <summary>Its name, on our disk and at the bank.</summary>
        public string Name => Row.MsgId + PaymentFileFormats.Extension(Profile.FileKind);

        public string ManifestOf(string path) => System.IO.Path.Combine(System.IO.Path.GetDirectoryName(path)!, Row.MsgId + Manifest.Extension);

        public string SignatureOf(string path) => System.IO.Path.Combine(System.IO.Path.GetDirectoryName(path)!, Row.MsgId + Manifest.SignatureExtension);
    }

    async Task<Result<WayToBank>> WayAsync(FileAtHand file, BankChannels channels, CancellationToken cancel)
    {
        if (await ChannelStore.FindAsync(file.Session, file.Run.ProvinceCode, file.BankBin, cancel) is not { } settings)
        {
            return new Problem("not_allowed.no_channel", $"No channel is set for {BankDirectory.Find(file.BankBin)?.ShortName ?? "bank"} ({file.BankBin}), to which {file.Row.MsgId} goes.",
                $"Set it (payengine bank channel set {file.BankBin} folder|sftp|hand …), or name a folder: --to-folder D.");
        }

        return channels.Of(settings).Select(channel => new WayToBank(channel, settings.WithManifest, settings.TakesAway));
    }

    async Task<Result<HandedRun>> EachAsync(Caller caller, RunId run, string? msgId, Func<FileAtHand, Task<Result<HandedFile>>> hand, CancellationToken cancel, bool mayBeUnsealed = false)
    {
        if ((caller.Lacks(AccessRules.RunSend) ?? caller.LacksProof(clock.GetCurrentInstant())) is { } lacking) return lacking;
        if (run.ProvinceCode != caller.ProvinceCode) return RunProblems.Unknown(run);
        await using var session = await database.RunAsync(caller.Scope, cancel);
        if (!await BankFileStore.TryLockAsync(session, run, cancel)) return RunProblems.InWork(run);
        try
        {
            if (await FenceStore.WhyClosedAsync(session, run.ProvinceCode, cancel) is { } closed) return closed;
            var step = await BankFileStore.StateAsync(session, run, cancel);
            if (step is not { Step: "sealed" or "handed_over" or "closed" } && !(mayBeUnsealed && step is { Step: "approved" }))
                return new Problem("not_allowed.run_not_sealed", $"Run {run} has no sealed files yet.", "Write them first: payengine run export.");
            var rows = (await BankFileStore.FilesAsync(session, run, cancel)).Where(row => msgId is null || row.MsgId == msgId).ToList();
            if (msgId is not null && rows.Count == 0)
            {
                return await WithdrawalStore.IsWithdrawnAsync(session, run, msgId, cancel)
                    ? new Problem("not_allowed.withdrawn", $"{msgId} was withdrawn.", $"Its payments are written again by: payengine run export {run} --out D.")
                    : new Problem("run.file_unknown", $"Run {run} has no file {msgId}.", $"Its files stand on the certificate: payengine run certificate {run}.");
            }

            if (!mayBeUnsealed && rows.FirstOrDefault(row => row.Sha256 is null) is { } unsealed)
                return new Problem("not_allowed.run_not_sealed", $"{unsealed.MsgId} of run {run} is numbered and not written yet.", "Write it first: payengine run export.");
            var states = (await HandOverStore.StatesAsync(session, run, cancel)).ToDictionary(state => state.FileNo);
            var paths = await BankFileStore.PathsAsync(session, run, cancel);
            var batches = (await BankFileStore.BatchesAsync(session, run, cancel)).ToLookup(batch => batch.FileNo);
            var routes = (await BankFileStore.RoutesAsync(session, run, cancel)).ToDictionary(route => route.RouteNo);
            var handed = new List<HandedFile>();
            foreach (var row in rows)
            {
                cancel.ThrowIfCancellationRequested();
                // A file holds payments of one route: of one paying bank, by one profile, as the plan froze it.
                var route = routes[batches[row.FileNo].First().RouteNo];
                var done = await hand(new(session, run, row, states[row.FileNo], paths.GetValueOrDefault(row.FileNo), batches[row.FileNo].Min(batch => batch.ExecutionDate), route.DebtorBin,
                    PaymentProfiles.Of(route.Profile, route.ProfileContent)));
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
        await RegisterAsync(session, caller, run, row, SealedStep.Intended, handOverNo, channel, null, cancel);
        await OperateAsync(session, caller, run, Key("file.intend", row, handOverNo), "file.intend", [row.MsgId, channel],
            (at, operationNo) => HandOverStore.IntendAsync(session, run, row.FileNo, handOverNo, channel, caller.UserName, at, operationNo, cancel),
            new { msg_id = row.MsgId, hand_over = handOverNo, channel, items = row.Items, sum_vnd = row.SumVnd, sha256 = Convert.ToHexStringLower(row.Sha256!) }, cancel);
        return handOverNo;
    }

    Task EndAsync(DatabaseSession session, Caller caller, RunId run, BankFileRow row, int handOverNo, SendOutcome outcome, string evidence, CancellationToken cancel) =>
        EndAsync(session, caller, run, row, handOverNo, outcome switch { SendOutcome.Sent => "sent", SendOutcome.Refused => "refused", _ => "unknown" }, evidence, cancel);

    async Task EndAsync(DatabaseSession session, Caller caller, RunId run, BankFileRow row, int handOverNo, string word, string evidence, CancellationToken cancel)
    {
        await RegisterAsync(session, caller, run, row, word, handOverNo, null, evidence, cancel);
        await OperateAsync(session, caller, run, Key("file." + word, row, handOverNo), "file." + word, [row.MsgId, evidence],
            (at, operationNo) => HandOverStore.EndAsync(session, run, row.FileNo, handOverNo, word, evidence, at, operationNo, cancel),
            new { msg_id = row.MsgId, hand_over = handOverNo, outcome = word, evidence }, cancel);
    }

    /// <summary>Outside the database before it is inside: a copy of the database that is put back later is told what has left.</summary>
    Task RegisterAsync(DatabaseSession session, Caller caller, RunId run, BankFileRow row, string step, int handOverNo, string? channel, string? evidence, CancellationToken cancel) =>
        SealedFiles.Of(database, files, run.ProvinceCode).AddAsync(session, run, row, step, Convert.ToHexStringLower(row.Sha256!), null, (handOverNo, channel, evidence), caller.UserName, clock.GetCurrentInstant(), cancel);

    /// <summary>Takes up hand-overs that the register of sealed files knows and this database does not: what was intended, and what became of it.</summary>
    /// <param name="caller">An administrator, whose fence it is.</param>
    /// <param name="run">A run whose files stand as they were sealed.</param>
    /// <param name="lines">The run's lines of the register, in order.</param>
    /// <param name="cancel">Stops between lines; the same call goes on later.</param>
    internal async Task<Result<int>> AdoptAsync(Caller caller, RunId run, IReadOnlyList<SealedEntry> lines, CancellationToken cancel)
    {
        if (caller.Lacks(Role.Administrator) is { } lacking) return lacking;
        await using var session = await database.RunAsync(caller.Scope, cancel);
        if (!await BankFileStore.TryLockAsync(session, run, cancel)) return RunProblems.InWork(run);
        try
        {
            var adopted = 0;
            foreach (var line in lines.Where(line => line.Step != SealedStep.Sealed))
            {
                var row = (await BankFileStore.FilesAsync(session, run, cancel)).FirstOrDefault(row => row.MsgId == line.MsgId && row.Sha256 is not null && Convert.ToHexStringLower(row.Sha256) == line.Sha256);
                if (row is null) return new Problem("fence.other_bytes", $"Run {run} has no file {line.MsgId} with the bytes that were handed over.", "Adopt its files first: payengine audit fence adopt.");
                var state = (await HandOverStore.StatesAsync(session, run, cancel)).First(state => state.FileNo == row.FileNo);
                if (line.Step == SealedStep.Intended ? state.HandOverNo >= line.HandOverNo : state.HandOverNo > line.HandOverNo || (state.HandOverNo == line.HandOverNo && !state.InDoubt && line.Step != SealedStep.Recovered)) continue;
                var evidence = $"{line.Evidence} (register of sealed files, line {line.No.ToString(CultureInfo.InvariantCulture)}, by {line.Person})";
                if (line.Step == SealedStep.Intended)
                {
                    await OperateAsync(session, caller, run, Key("file.intend", row, line.HandOverNo), "file.intend", [row.MsgId, line.Channel ?? ""],
                        (at, operationNo) => HandOverStore.IntendAsync(session, run, row.FileNo, line.HandOverNo, line.Channel ?? "register", line.Person, at, operationNo, cancel),
                        new { msg_id = row.MsgId, hand_over = line.HandOverNo, channel = line.Channel, items = row.Items, sum_vnd = row.SumVnd, sha256 = line.Sha256, adopted_line = line.No }, cancel);
                }
                else
                {
                    await OperateAsync(session, caller, run, Key("file." + line.Step, row, line.HandOverNo), "file." + line.Step, [row.MsgId, evidence],
                        (at, operationNo) => HandOverStore.EndAsync(session, run, row.FileNo, line.HandOverNo, line.Step, evidence, at, operationNo, cancel),
                        new { msg_id = row.MsgId, hand_over = line.HandOverNo, outcome = line.Step, evidence, adopted_line = line.No }, cancel);
                }

                adopted++;
            }

            await StepAsync(session, caller, run, cancel);
            return adopted;
        }
        finally
        {
            await BankFileStore.UnlockAsync(session, run);
        }
    }

    /// <summary>The run's own step once every file was sent; true when it stands.</summary>
    async Task<bool> StepAsync(DatabaseSession session, Caller caller, RunId run, CancellationToken cancel)
    {
        if ((await HandOverStore.StatesAsync(session, run, cancel)).Any(state => !state.Sent) || (await WithdrawalStore.UnrenewedAsync(session, run, cancel)).Count > 0) return false;
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
            var start = await OperationLog.BeginAboutAsync(session, run.ProvinceCode, key, kind, OperationLog.RequestHash(request), caller.UserName, now, run.ToString(), cancel);
            if (start.DoneResult is not null) return;
            await work(now, start.OperationNo);
            await OperationLog.CompleteAsync(session, run.ProvinceCode, start.OperationNo, JsonText.Write(said), JsonText.Write(said), now, cancel);
        }, cancel: cancel);

    /// <summary>Keeps the bytes that leave, when they are those that were sealed: file, and manifest and signature where they lie beside it.</summary>
    Result<bool> Keep(string? path, FileAtHand file, bool withManifest)
    {
        if (path is null || !files.Exists(path))
            return new Problem("run.sealed_file_missing", $"The sealed file {file.Row.MsgId} is not at {path ?? "any known place"}.", "Export the run again (the bytes are the same), or name the folder: --from.");
        var changed = new Problem("not_allowed.sealed_file_changed", $"{path} no longer has the bytes that were sealed.",
            "Do not send it. Find out who changed it; export the run into another folder: the bytes are the same.");
        if (!FileWriting.Sha256Of(files, path).Equals(Convert.ToHexStringLower(file.Row.Sha256!), StringComparison.Ordinal)) return changed;
        var (manifest, signature) = (file.ManifestOf(path), file.SignatureOf(path));
        if (withManifest && (!files.Exists(manifest) || !files.Exists(signature)))
        {
            return new Problem("not_allowed.not_signed", $"{file.Row.MsgId} goes to the bank with its manifest and signature, and {(files.Exists(manifest) ? "the signature" : "the manifest")} is not beside it.",
                "Sign it (payengine run sign R --attach …), or export the run again.");
        }

        var kept = archive.Keep(path);
        if (!kept.IsOk) return Result<bool>.Refuse(kept.Problems);
        if (!kept.Value.Sha256.AsSpan().SequenceEqual(file.Row.Sha256)) return changed;
        foreach (var beside in new[] { manifest, signature }.Where(files.Exists))
            if (archive.Keep(beside) is { IsOk: false } refused) return Result<bool>.Refuse(refused.Problems);
        return true;
    }

    static Problem? Said(string evidence) => evidence.Trim().Length > 0 ? null
        : new Problem("usage.evidence_missing", "A record of a hand-over says who, when and how.", "For example: --recorded \"Bà Hoa, Agribank Vinh, 2/11 9h, ký nhận\".");

    static HandedFile Handed(BankFileRow row, string evidence, bool isNew) => new(row.MsgId, row.Items, row.SumVnd, evidence, isNew);

    static string Key(string kind, BankFileRow row, int handOverNo) => string.Create(CultureInfo.InvariantCulture, $"{kind} {row.MsgId} {handOverNo}");
}
