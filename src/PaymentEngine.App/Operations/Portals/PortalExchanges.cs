using System.Globalization;
using System.Security.Cryptography;
using NodaTime;
using PaymentEngine.App.CommandLine;
using PaymentEngine.App.Files;
using PaymentEngine.App.Keys;
using PaymentEngine.App.Operations.Access;
using PaymentEngine.App.Operations.Register;
using PaymentEngine.Core;
using PaymentEngine.Core.Payments;
using PaymentEngine.Core.Portals;
using PaymentEngine.Core.Recipients.Duplicates;
using PaymentEngine.Messages.Csv;
using PaymentEngine.Postgres;
using PaymentEngine.Postgres.Portals;
using PaymentEngine.Postgres.Register;

namespace PaymentEngine.App.Operations.Portals;

/// <summary>What an import of procedures did.</summary>
public sealed record ProceduresTaken(string File, int Rows, int Applied, int Unchanged);

/// <summary>What a file of applications came to. Rows = accepted + same + differing + refused.</summary>
/// <param name="File">Its name.</param>
/// <param name="InboxNo">Its number.</param>
/// <param name="Rows">Data rows.</param>
/// <param name="Accepted">New applications.</param>
/// <param name="Same">Known with the same content.</param>
/// <param name="Differing">Known with another content: they wait for a person.</param>
/// <param name="Refused">Not taken.</param>
/// <param name="TakenBefore">When the same bytes had come before; null now.</param>
/// <param name="Receipt">The acknowledgement file.</param>
public sealed record InboxTaken(string File, int InboxNo, int Rows, int Accepted, int Same, int Differing, int Refused, Instant? TakenBefore, string Receipt);

/// <summary>A status file that was written.</summary>
public sealed record OutboxSent(int OutboxNo, string File, int Rows, string Sha256);

/// <summary>What receipts of the portal said about our files.</summary>
public sealed record ReceiptsTaken(string File, int Rows, int New, int Refused);

/// <summary>What a portal's list came to.</summary>
public sealed record PortalReconciled(int ReconciliationNo, string Portal, string File, IReadOnlyList<PortalComparison> Rows)
{
    public int Count(PortalAgreement agreement) => Rows.Count(row => row.Agreement == agreement);

    public int Differing => Rows.Count(row => row.Agreement is PortalAgreement.WeAreAhead or PortalAgreement.TheyAreAhead or PortalAgreement.Contradicts);
}

/// <summary>A person of the register who has or had the number of an application.</summary>
/// <param name="Person">Who.</param>
/// <param name="NameAgrees">The application's name is theirs.</param>
/// <param name="Changes">What the register took in about them since the application was handed in, and of what it is about.</param>
public sealed record PortalPerson(StoredPerson Person, bool NameAgrees, IReadOnlyList<PersonChange> Changes);

/// <summary>An application with its trace, everything the portal said, and whom of the register it is about.</summary>
public sealed record PortalCaseCard(StoredPortalCase Case, IReadOnlyList<StoredPortalStep> Steps, IReadOnlyList<StoredPortalContent> Contents, IReadOnlyList<PortalPerson> People);

/// <summary>The exchange with case-handling portals (một cửa, cổng dịch vụ công): applications in, receipts back, statuses out, their list against ours. Nothing here changes the register or a payment: an application is followed by the commands that do.</summary>
public sealed class PortalExchanges(Database database, AccountCipher cipher, IClock clock, IFiles files, Archive archive, BankingCalendar calendar)
{
    static readonly DateTimeZone Zone = DateTimeZoneProviders.Tzdb["Asia/Ho_Chi_Minh"];

    /// <summary>The portals a file can come from: the one-stop desk's system, and the national portal.</summary>
    public static readonly IReadOnlyList<string> Portals = ["one_stop", "national"];

    static readonly string[] Workers = [Role.Maker, Role.AccountEditor, Role.Administrator];

    LocalDateTime Now => clock.GetCurrentInstant().InZone(Zone).LocalDateTime;

    /// <summary>Takes in the procedures we answer for, with their terms.</summary>
    public async Task<Result<ProceduresTaken>> ProceduresAsync(Caller caller, string path, CancellationToken cancel = default)
    {
        if (caller.Lacks(AccessRules.PortalProcedures) is { } lacking) return lacking;
        var read = NoticeReading.Read(files, path, PortalFiles.ReadProcedures);
        if (!read.TryGet(out var file)) return Result<ProceduresTaken>.Refuse(read.Problems);
        var at = clock.GetCurrentInstant();
        await using var session = await database.RunAsync(caller.Scope, cancel);
        return await session.InTransactionAsync<Result<ProceduresTaken>>(async () =>
        {
            await PortalStore.LockAsync(session, caller.ProvinceCode, cancel);
            var known = (await PortalStore.ProceduresAsync(session, caller.ProvinceCode, cancel)).ToDictionary(one => (one.ProcedureCode, one.ValidFrom));
            var fresh = file.Rows.Select(row => row.Value).Where(row => known.GetValueOrDefault((row.Code, row.ValidFrom)) is not { } stands
                || (stands.Name, stands.Subject, stands.WorkingDays, stands.Source) != (row.Name, (short)row.Subject, (short)row.WorkingDays, row.Source)).ToList();
            if (fresh.Count > 0)
            {
                var start = await BeginAsync(session, caller, "portal.procedures", file.Sha256, at, cancel);
                foreach (var row in fresh) await PortalStore.InsertProcedureAsync(session, caller.ProvinceCode, row, (known.GetValueOrDefault((row.Code, row.ValidFrom))?.Version ?? 0) + 1, (caller.UserName, at, start), cancel);
                await EndAsync(session, caller, start, new { file = file.Name, sha256 = file.Sha256, rows = file.Rows.Count, applied = fresh.Count }, at, cancel);
            }

            return new ProceduresTaken(file.Name, file.Rows.Count, fresh.Count, file.Rows.Count - fresh.Count);
        }, result => result.IsOk, cancel: cancel);
    }

    /// <summary>Every procedure with its first days and terms.</summary>
    public async Task<IReadOnlyList<StoredProcedure>> ListProceduresAsync(Caller caller, CancellationToken cancel = default)
    {
        await using var session = await database.DeskAsync(caller.Scope, cancel);
        return await PortalStore.ProceduresAsync(session, caller.ProvinceCode, cancel);
    }

    /// <summary>Takes files of applications in, each for itself, and writes a receipt for each: every row is accepted, the same as before, different, or refused with its reason. A file that cannot be read as such leaves nothing.</summary>
    /// <param name="caller">Of the province.</param>
    /// <param name="portal">One of <see cref="Portals"/>.</param>
    /// <param name="path">A file, or a folder whose .csv and .xlsx files are taken in the order of their names.</param>
    /// <param name="receipts">The folder for receipts; they can be written again at any time.</param>
    /// <param name="cancel">Cancels between files.</param>
    public async Task<Result<IReadOnlyList<InboxTaken>>> TakeAsync(Caller caller, string portal, string path, string receipts, CancellationToken cancel = default)
    {
        if (caller.Lacks(AccessRules.PortalTake) is { } lacking) return lacking;
        if (WhyNoPortal(portal) is { } unknown) return unknown;
        var inFolder = files.List(path).Where(name => name.EndsWith(".csv", StringComparison.OrdinalIgnoreCase) || name.EndsWith(".xlsx", StringComparison.OrdinalIgnoreCase)).Select(name => Path.Combine(path, name)).ToList();
        if (inFolder.Count == 0 && files.WhyUnreadable(path) is { } unreadable) return unreadable;
        if (inFolder.Count > 0 && Path.GetFullPath(receipts).TrimEnd('/') == Path.GetFullPath(path).TrimEnd('/'))
            return new Problem("usage.receipts", "Receipts would stand among the files that are taken.", "Name another folder with --receipts.");
        // All files are looked through before one is taken: a refusal leaves nothing of any.
        var (taken, problems) = (new List<InboxTaken>(), new List<Problem>());
        IReadOnlyList<string> all = inFolder.Count > 0 ? inFolder : [path];
        foreach (var file in all)
        {
            if (files.WhyUnreadable(file) is { } locked)
            {
                problems.Add(locked);
                continue;
            }

            using var reading = PortalFiles.ReadApplications(files.Read(file), Path.GetFileName(file));
            var rows = reading.LongCount();
            problems.AddRange(WhyNotReadable(reading, rows));
        }

        if (problems.Count > 0) return Result<IReadOnlyList<InboxTaken>>.Refuse(problems);
        foreach (var file in all)
        {
            var one = await TakeFileAsync(caller, portal, file, receipts, cancel);
            if (!one.TryGet(out var done)) return Result<IReadOnlyList<InboxTaken>>.Refuse(one.Problems);
            taken.Add(done);
        }

        return Result<IReadOnlyList<InboxTaken>>.Ok(taken);
    }

    /// <summary>Why nothing of a file can be relied on: header, encoding, size, no rows. A row's own fault is told in the receipt.</summary>
    static IEnumerable<Problem> WhyNotReadable(RegisterReading<PortalApplication> reading, long rows)
    {
        var refused = reading.Refusals.Kept;
        if (refused.Any(problem => problem.At?.Line is null or 1) || reading.Refusals.Count > refused.Count) return refused.Take(100);
        return rows + refused.Count > 0 ? [] : [new Problem("file.empty", "The file has a header and no rows.", "Give a row for each application.").In(reading.FileName)];
    }

    async Task<Result<InboxTaken>> TakeFileAsync(Caller caller, string portal, string path, string receipts, CancellationToken cancel)
    {
        var kept = archive.Keep(path);
        if (!kept.TryGet(out var bytes)) return Result<InboxTaken>.Refuse(kept.Problems);
        var name = Path.GetFileName(path);
        var at = clock.GetCurrentInstant();
        await using var session = await database.RunAsync(caller.Scope, cancel);
        if (await PortalStore.FindInboxAsync(session, caller.ProvinceCode, bytes.Sha256, cancel) is { } before)
        {
            if (before.Portal != portal) return new Problem("portal.other_portal", $"{name} came before as a file of the portal {before.Portal}.", $"Give --portal {before.Portal}.").In(name);
            return Taken(before.InboxNo, await PortalStore.InboxRowsAsync(session, caller.ProvinceCode, before.InboxNo, cancel), before.At);
        }

        using var reading = PortalFiles.ReadApplications(archive.Open(bytes.StoredAs), name);
        var rows = reading.ToList();
        var refused = reading.Refusals.Kept;
        // Looked at once more: these are the bytes that are kept.
        if (WhyNotReadable(reading, rows.Count).ToList() is { Count: > 0 } unreadable) return Result<InboxTaken>.Refuse(unreadable);
        return await session.InTransactionAsync<Result<InboxTaken>>(async () =>
        {
            await PortalStore.LockAsync(session, caller.ProvinceCode, cancel);
            if (await PortalStore.FindInboxAsync(session, caller.ProvinceCode, bytes.Sha256, cancel) is not null) return new Problem("import.at_once", "Another import has just applied this file.", "Give the command again; it will say so.").In(name);
            var procedures = (await PortalStore.ProceduresAsync(session, caller.ProvinceCode, cancel)).ToLookup(one => one.ProcedureCode, StringComparer.Ordinal);
            var known = (await PortalStore.KnownAsync(session, caller.ProvinceCode, portal, [.. rows.Select(row => row.Value.CaseId)], cancel)).ToLookup(one => one.CaseId, StringComparer.Ordinal);
            var nextCase = await PortalStore.NextCaseAsync(session, caller.ProvinceCode, cancel);
            var (outcomes, contents) = (new List<StoredInboxRow>(), new List<NewContent>());
            foreach (var (line, application) in rows)
            {
                var procedure = procedures[application.ProcedureCode].Where(one => one.ValidFrom <= application.EventAt.Date).MaxBy(one => one.ValidFrom);
                if (procedure is null) Refuse("portal.procedure_unknown", $"No procedure {application.ProcedureCode} is declared for {ViText.Date(application.EventAt.Date)}.", "Declare it: payengine portal procedures portal-procedures.csv.");
                else if (application.EventAt > Now) Refuse("notice.future", "event_at is after now.", "Correct the time; it is read on Viet Nam's clock.");
                else
                {
                    var number = application.IdNumber is { } text ? cipher.SealIdNumber(text) : (SealedSecret?)null;
                    var digest = DigestOf(application, number?.Tag);
                    var contentsOf = known[application.CaseId].ToList();
                    if (contentsOf.Exists(one => one.Digest.AsSpan().SequenceEqual(digest))) outcomes.Add(new StoredInboxRow(line, application.CaseId, (short)PortalResult.Same, null, null));
                    else
                    {
                        var (caseNo, contentNo) = contentsOf.Count == 0 ? (nextCase++, 1) : (contentsOf[0].CaseNo, contentsOf.Max(one => one.ContentNo) + 1);
                        contents.Add(new NewContent(caseNo, contentNo, contentNo == 1, line, application, number is { } secret ? new SealedNumber(secret.Key, secret.Cipher, secret.Tag, secret.Tail) : null, procedure,
                            PortalCases.DueOn(application.EventAt.Date, procedure.WorkingDays, calendar), digest));
                        outcomes.Add(contentNo == 1 ? new StoredInboxRow(line, application.CaseId, (short)PortalResult.Accepted, null, null)
                            : new StoredInboxRow(line, application.CaseId, (short)PortalResult.Differs, "portal.content_differs", "The application came before with other content; the office decides which of the two counts."));
                    }
                }

                void Refuse(string code, string message, string remedy) => outcomes.Add(new StoredInboxRow(line, application.CaseId, (short)PortalResult.Refused, code, $"{message} {remedy}"));
            }

            // A row can have several faults; its receipt is one row and names them all.
            foreach (var row in refused.GroupBy(problem => problem.At!.Line!.Value))
                outcomes.Add(new StoredInboxRow(row.Key, null, (short)PortalResult.Refused, row.First().Code, string.Join(" ", row.Select(problem => $"{problem.At!.Column}: {problem.Message} {problem.Remedy}"))));
            outcomes.Sort((left, right) => left.Line.CompareTo(right.Line));
            var start = await BeginAsync(session, caller, "portal.take", bytes.Hex, at, cancel);
            var inbox = await PortalStore.InsertInboxAsync(session, caller.ProvinceCode, portal, name, bytes.Sha256, (caller.UserName, at, start), cancel);
            await PortalStore.InsertContentsAsync(session, caller.ProvinceCode, portal, inbox, contents, (caller.UserName, at, start), cancel);
            await PortalStore.InsertInboxRowsAsync(session, caller.ProvinceCode, inbox, outcomes, cancel);
            await EndAsync(session, caller, start, new { inbox, portal, file = name, sha256 = bytes.Hex, rows = outcomes.Count, accepted = Count(outcomes, PortalResult.Accepted), refused = Count(outcomes, PortalResult.Refused) }, at, cancel);
            return Result<InboxTaken>.Ok(new InboxTaken(name, inbox, outcomes.Count, 0, 0, 0, 0, null, ""));
        }, result => result.IsOk, cancel: cancel) switch
        {
            { IsOk: true } stored => Taken(stored.Value.InboxNo, await PortalStore.InboxRowsAsync(session, caller.ProvinceCode, stored.Value.InboxNo, cancel), null),
            var refusal => refusal,
        };

        InboxTaken Taken(int inbox, IReadOnlyList<StoredInboxRow> outcomes, Instant? earlier)
        {
            // The receipt is made of what is stored, so that one that was lost is written again the same.
            files.MakeFolder(receipts);
            var receipt = Path.Combine(receipts, $"{Path.GetFileNameWithoutExtension(name)}.receipt.csv");
            files.Replace(receipt, stream =>
            {
                var made = new MemoryStream();
                using (var writer = PortalFiles.WriteReceipts(made))
                    foreach (var row in outcomes) writer.Write(new PortalReceipt(bytes.Hex, row.Line, row.CaseId, (PortalResult)row.Result, row.Code, row.Reason));
                stream.Write(made.ToArray());
            });
            return new InboxTaken(name, inbox, outcomes.Count, Count(outcomes, PortalResult.Accepted), Count(outcomes, PortalResult.Same), Count(outcomes, PortalResult.Differs), Count(outcomes, PortalResult.Refused), earlier, receipt);
        }

        static int Count(IReadOnlyList<StoredInboxRow> rows, PortalResult result) => rows.Count(row => row.Result == (short)result);
    }

    /// <summary>Applications as the caller's eyes see them, the most urgent first.</summary>
    public async Task<Result<IReadOnlyList<StoredPortalCase>>> ListAsync(Caller caller, string? portal, PortalState? state, bool overdue, bool differing, bool all, CancellationToken cancel = default)
    {
        if (portal is not null && WhyNoPortal(portal) is { } unknown) return unknown;
        await using var session = await database.DeskAsync(caller.Scope, cancel);
        return Result<IReadOnlyList<StoredPortalCase>>.Ok(await PortalStore.CasesAsync(session, caller.ProvinceCode, portal, (short)(state ?? 0), !all && state is null && !differing, overdue ? Now.Date : null, differing, cancel));
    }

    /// <summary>One application with its trace, its contents, and whom of the register it is about: whoever has or had its number.</summary>
    public async Task<Result<PortalCaseCard>> ShowAsync(Caller caller, string caseId, string? portal, CancellationToken cancel = default)
    {
        await using var session = await database.DeskAsync(caller.Scope, cancel);
        var found = await FindAsync(session, caller, caseId, portal, cancel);
        if (!found.TryGet(out var one)) return Result<PortalCaseCard>.Refuse(found.Problems);
        var people = new List<PortalPerson>();
        if (one.IdNumberTag is { } tag)
        {
            var keys = (await PersonStore.ByNumberAsync(session, caller.ProvinceCode, [tag], cancel)).SelectMany(number => number).Distinct(StringComparer.Ordinal).ToList();
            var kinds = KindsOf((PortalSubject)one.Subject);
            foreach (var person in await PersonStore.ByKeyAsync(session, caller.ProvinceCode, keys, cancel))
                people.Add(new PortalPerson(person, DuplicateComparison.NameOf(person.FullName, one.FullName) >= NameAgreement.Reordered,
                    [.. (await PersonStore.ChangesAsync(session, caller.ProvinceCode, person.RecipientId, cancel)).Where(change => kinds.Contains(change.Kind) && change.At.InZone(Zone).LocalDateTime >= LocalDateTime.FromDateTime(one.SubmittedAt))]));
        }

        return new PortalCaseCard(one, await PortalStore.StepsAsync(session, caller.ProvinceCode, one.CaseNo, cancel), await PortalStore.ContentsAsync(session, caller.ProvinceCode, one.CaseNo, cancel), people);
    }

    /// <summary>Takes a step of an application. It changes nothing but the application: what was decided is done by the command of its subject.</summary>
    /// <param name="caller">Maker, account editor, commune officer or administrator, of the commune that answers.</param>
    /// <param name="caseId">Mã hồ sơ.</param>
    /// <param name="portal">Needed where two portals use one id.</param>
    /// <param name="step">The step.</param>
    /// <param name="happenedAt">When it happened, Viet Nam time; null: now.</param>
    /// <param name="reason">Required for a refusal; told to the portal.</param>
    /// <param name="cancel">Cancels before the commit.</param>
    public async Task<Result<StoredPortalCase>> StepAsync(Caller caller, string caseId, string? portal, PortalStep step, LocalDateTime? happenedAt, string? reason, CancellationToken cancel = default)
    {
        if (caller.Lacks(AccessRules.PortalStep) is { } lacking) return lacking;
        if (step == PortalStep.Refuse && string.IsNullOrWhiteSpace(reason)) return new Problem("usage.reason_missing", "A refusal says why: the reason goes to who applied.", "Give --reason \"…\".");
        var happened = happenedAt ?? Now;
        if (happened > Now) return new Problem("notice.future", "The step is after now.", "Correct the time; it is read on Viet Nam's clock.");
        return await ActAsync(caller, caseId, portal, $"portal.step {step}", async (session, one, by) =>
        {
            var from = (PortalState)one.State;
            if (PortalCases.Next(from, step) is not { } next)
                return new Problem("portal.step_impossible", $"{caseId} is {PortalFiles.Word(from)}: {StepWord(step)} cannot follow.",
                    PortalCases.StepsFrom(from) is { Count: > 0 } steps ? $"What can: {string.Join(", ", steps.Select(StepWord))}." : "Nothing can: it is over.");
            if (one.DifferingNo is not null && step != PortalStep.Withdraw)
                return new Problem("portal.content_undecided", $"The portal has given {caseId} with another content, and nobody has decided which counts.", $"Look at both: payengine portal show {caseId}; then payengine portal decide {caseId} take|keep --reason \"…\".");
            if (happened < LocalDateTime.FromDateTime(one.HappenedAt)) return new Problem("portal.step_before", $"The step before was on {ViText.Time(LocalDateTime.FromDateTime(one.HappenedAt))}.", "Correct --at.");
            return await PortalStore.InsertStepAsync(session, caller.ProvinceCode, one.CaseNo, one.StepNo + 1, from, step, next, happened, reason?.Trim(), by, cancel) ? null
                : new Problem("portal.step_taken", $"Somebody has just taken a step of {caseId}.", $"See payengine portal show {caseId}.");
        }, new { step = StepWord(step), reason }, cancel);
    }

    /// <summary>Decides whether another content of an application counts.</summary>
    public async Task<Result<StoredPortalCase>> DecideAsync(Caller caller, string caseId, string? portal, bool take, string reason, CancellationToken cancel = default)
    {
        if (caller.Lacks(AccessRules.PortalDecide) is { } lacking) return lacking;
        if (string.IsNullOrWhiteSpace(reason)) return new Problem("usage.reason_missing", "A decision says what was looked at.", "Give --reason \"…\".");
        return await ActAsync(caller, caseId, portal, "portal.decide", async (session, one, by) =>
            one.DifferingNo is not { } content ? new Problem("portal.nothing_differs", $"Nothing of {caseId} waits for a decision.", "See payengine portal list --differing.")
                : await PortalStore.InsertDecisionAsync(session, caller.ProvinceCode, one.CaseNo, content, take, reason.Trim(), by, cancel) ? null
                : new Problem("portal.step_taken", $"Somebody has just decided on {caseId}.", $"See payengine portal show {caseId}."), new { take, reason }, cancel);
    }

    /// <summary>Writes what the portal has not been told yet as the next status file: whole and read back, then stored with its digest, then named.</summary>
    /// <param name="caller">Of the province.</param>
    /// <param name="portal">One of <see cref="Portals"/>.</param>
    /// <param name="folder">The outbox.</param>
    /// <param name="cancel">Cancels before the commit.</param>
    /// <returns>Null when there is nothing to tell.</returns>
    public async Task<Result<OutboxSent?>> SendAsync(Caller caller, string portal, string folder, CancellationToken cancel = default)
    {
        if (caller.Lacks(AccessRules.PortalSend) is { } lacking) return lacking;
        if (WhyNoPortal(portal) is { } unknown) return unknown;
        var at = clock.GetCurrentInstant();
        files.MakeFolder(folder);
        string? path = null;
        try
        {
            await using var session = await database.RunAsync(caller.Scope, cancel);
            var sent = await session.InTransactionAsync<Result<OutboxSent?>>(async () =>
            {
                await PortalStore.LockAsync(session, caller.ProvinceCode, cancel);
                var rows = await PortalStore.UnsentAsync(session, caller.ProvinceCode, portal, cancel);
                if (rows.Count == 0) return Result<OutboxSent?>.Ok(null);
                var number = await PortalStore.NextOutboxAsync(session, caller.ProvinceCode, cancel);
                var name = OutboxName(caller.ProvinceCode, portal, number);
                path = Path.Combine(folder, name);
                if (files.Exists(path)) return new Problem("file.exists", $"{path} is there already.", "Move the file away; files are never overwritten.", new SourceLocation(path));
                var bytes = Bytes(rows);
                files.WriteBeside(path, stream => stream.Write(bytes));
                if (ReadBack(bytes, rows) is { } fault) throw new InvalidOperationException($"{name} does not read back as it was written: {fault}.");
                var sha256 = SHA256.HashData(bytes);
                var start = await BeginAsync(session, caller, "portal.send", Convert.ToHexStringLower(sha256), at, cancel);
                await PortalStore.InsertOutboxAsync(session, caller.ProvinceCode, number, portal, name, sha256, rows, (caller.UserName, at, start), cancel);
                var sent = new OutboxSent(number, path, rows.Count, Convert.ToHexStringLower(sha256));
                await EndAsync(session, caller, start, new { outbox = number, portal, file = name, rows = rows.Count, sha256 = sent.Sha256 }, at, cancel);
                return Result<OutboxSent?>.Ok(sent);
            }, result => result.IsOk, cancel: cancel);
            if (sent.TryGet(out var done) && done is not null) Show(done.File, done.Sha256);
            return sent;
        }
        catch
        {
            if (path is not null) files.Discard(path);
            throw;
        }
    }

    /// <summary>Writes a status file once more, byte for byte: after a crash between the commit and the name, or when the portal has lost it.</summary>
    public async Task<Result<OutboxSent>> AgainAsync(Caller caller, int outboxNo, string folder, CancellationToken cancel = default)
    {
        if (caller.Lacks(AccessRules.PortalSend) is { } lacking) return lacking;
        await using var session = await database.RunAsync(caller.Scope, cancel);
        if ((await PortalStore.OutboxesAsync(session, caller.ProvinceCode, cancel)).FirstOrDefault(one => one.OutboxNo == outboxNo) is not { } outbox)
            return new Problem("portal.outbox_unknown", $"There is no status file {outboxNo}.", "See payengine portal outbox.");
        var rows = await PortalStore.OutboxRowsAsync(session, caller.ProvinceCode, outboxNo, null, cancel);
        var bytes = Bytes(rows);
        if (!SHA256.HashData(bytes).AsSpan().SequenceEqual(outbox.Sha256)) throw new InvalidOperationException($"Status file {outboxNo} comes out with other bytes than were sent.");
        var path = Path.Combine(folder, outbox.FileName);
        if (files.Exists(path)) return new Problem("file.exists", $"{path} is there already.", "Name another folder; files are never overwritten.", new SourceLocation(path));
        files.MakeFolder(folder);
        files.WriteBeside(path, stream => stream.Write(bytes));
        Show(path, Convert.ToHexStringLower(outbox.Sha256));
        return new OutboxSent(outboxNo, path, rows.Count, Convert.ToHexStringLower(outbox.Sha256));
    }

    /// <summary>Our status files with how far they are acknowledged.</summary>
    public async Task<Result<IReadOnlyList<StoredOutbox>>> OutboxesAsync(Caller caller, CancellationToken cancel = default)
    {
        if (caller.LacksProvince() is { } local) return local;
        await using var session = await database.DeskAsync(caller.Scope, cancel);
        return Result<IReadOnlyList<StoredOutbox>>.Ok(await PortalStore.OutboxesAsync(session, caller.ProvinceCode, cancel));
    }

    /// <summary>Takes the portal's receipts for our status files in: every row must be of one of our files, at its line, about its application, or nothing is taken.</summary>
    public async Task<Result<ReceiptsTaken>> ReceiptsAsync(Caller caller, string path, CancellationToken cancel = default)
    {
        if (caller.Lacks(AccessRules.PortalReceipts) is { } lacking) return lacking;
        var read = NoticeReading.Read(files, path, PortalFiles.ReadReceipts);
        if (!read.TryGet(out var file)) return Result<ReceiptsTaken>.Refuse(read.Problems);
        var at = clock.GetCurrentInstant();
        await using var session = await database.RunAsync(caller.Scope, cancel);
        return await session.InTransactionAsync<Result<ReceiptsTaken>>(async () =>
        {
            await PortalStore.LockAsync(session, caller.ProvinceCode, cancel);
            var ours = new Dictionary<string, (int No, IReadOnlyDictionary<int, StoredOutboxRow> Rows)>(StringComparer.Ordinal);
            foreach (var digest in file.Rows.Select(row => row.Value.FileSha256).Distinct(StringComparer.Ordinal))
                if (await PortalStore.FindOutboxAsync(session, caller.ProvinceCode, Convert.FromHexString(digest), cancel) is { } number)
                    ours[digest] = (number, (await PortalStore.OutboxRowsAsync(session, caller.ProvinceCode, number, null, cancel)).ToDictionary(row => row.Line));
            var (receipts, problems) = (new List<(int, PortalReceipt)>(), new List<Problem>());
            foreach (var (line, receipt) in file.Rows)
            {
                if (!ours.TryGetValue(receipt.FileSha256, out var sent)) Bad("file_sha256", "portal.outbox_unknown", "No status file of ours has this digest.", "Is the receipt for another office, or for a file that was changed on its way? See payengine portal outbox.");
                else if (!sent.Rows.TryGetValue(receipt.Line, out var row)) Bad("line", "portal.line_unknown", $"Our file has no row in line {receipt.Line}.", $"Its rows stand in lines 2 to {sent.Rows.Count + 1}.");
                else if (receipt.CaseId is { } id && id != row.CaseId) Bad("case_id", "portal.other_case", $"Line {receipt.Line} of our file is about {row.CaseId}.", "Have the portal make the receipt again.");
                else receipts.Add((sent.No, receipt));

                void Bad(string column, string code, string message, string remedy) => problems.Add(new Problem(code, message, remedy).In(file.Name, line, column));
            }

            if (problems.Count > 0) return Result<ReceiptsTaken>.Refuse(problems);
            var start = await BeginAsync(session, caller, "portal.receipts", file.Sha256, at, cancel);
            var fresh = await PortalStore.InsertReceiptsAsync(session, caller.ProvinceCode, receipts, (caller.UserName, at, start), cancel);
            var refused = receipts.Count(one => one.Item2.Result == PortalResult.Refused);
            await EndAsync(session, caller, start, new { file = file.Name, sha256 = file.Sha256, rows = receipts.Count, fresh, refused }, at, cancel);
            return new ReceiptsTaken(file.Name, receipts.Count, fresh, refused);
        }, result => result.IsOk, cancel: cancel);
    }

    /// <summary>Holds the portal's list against ours: every application of either side once, each with what to do next. Kept as counts; nothing else changes.</summary>
    public async Task<Result<PortalReconciled>> ReconcileAsync(Caller caller, string portal, string path, CancellationToken cancel = default)
    {
        if (caller.Lacks(AccessRules.PortalReconcile) is { } lacking) return lacking;
        if (WhyNoPortal(portal) is { } unknown) return unknown;
        var read = NoticeReading.Read(files, path, PortalFiles.ReadStatuses);
        if (!read.TryGet(out var file)) return Result<PortalReconciled>.Refuse(read.Problems);
        var twice = file.Rows.GroupBy(row => row.Value.CaseId, StringComparer.Ordinal).Where(group => group.Count() > 1).Select(group => group.Last()).ToList();
        if (twice.Count > 0) return Result<PortalReconciled>.Refuse([.. twice.Select(row => new Problem("row.twice", $"{row.Value.CaseId} stands in the list twice, with different states.", "Ask the portal for its last state of each application only.").In(file.Name, row.Line, "case_id"))]);
        var at = clock.GetCurrentInstant();
        await using var session = await database.RunAsync(caller.Scope, cancel);
        return await session.InTransactionAsync<Result<PortalReconciled>>(async () =>
        {
            await PortalStore.LockAsync(session, caller.ProvinceCode, cancel);
            var ours = await PortalStore.ComparedAsync(session, caller.ProvinceCode, portal, [.. file.Rows.Select(row => row.Value.CaseId)], cancel);
            var rows = PortalReconciliation.Compare(ours.Select(one => new OurPortalCase(one.CaseId, (PortalState)one.State, LocalDateTime.FromDateTime(one.HappenedAt), (PortalDelivery)one.Delivery)), file.Rows.Select(row => row.Value));
            var start = await BeginAsync(session, caller, "portal.reconcile", file.Sha256, at, cancel);
            var done = new PortalReconciled(0, portal, file.Name, rows);
            var number = await PortalStore.InsertReconciliationAsync(session, caller.ProvinceCode, portal, file.Name, Convert.FromHexString(file.Sha256), done.Count(PortalAgreement.Same), done.Differing, done.Count(PortalAgreement.OnlyTheirs), done.Count(PortalAgreement.OnlyOurs),
                (caller.UserName, at, start), cancel);
            await EndAsync(session, caller, start, new { reconciliation = number, portal, file = file.Name, sha256 = file.Sha256, same = done.Count(PortalAgreement.Same), differing = done.Differing }, at, cancel);
            return done with { ReconciliationNo = number };
        }, result => result.IsOk, cancel: cancel);
    }

    /// <summary>A step's word on the command line: <c>accept</c>.</summary>
    public static string StepWord(PortalStep step) => step.ToString().ToLowerInvariant();

    async Task<Result<StoredPortalCase>> ActAsync(Caller caller, string caseId, string? portal, string kind, Func<DatabaseSession, StoredPortalCase, (string Person, Instant At, long OperationNo), Task<Problem?>> act, object said, CancellationToken cancel)
    {
        // First with the caller's own eyes: what they cannot see they cannot act on.
        await using (var desk = await database.DeskAsync(caller.Scope, cancel))
            if (await FindAsync(desk, caller, caseId, portal, cancel) is { IsOk: false } unseen) return unseen;
        var at = clock.GetCurrentInstant();
        await using var session = await database.RunAsync(caller.Scope, cancel);
        return await session.InTransactionAsync<Result<StoredPortalCase>>(async () =>
        {
            await PortalStore.LockAsync(session, caller.ProvinceCode, cancel);
            var found = await FindAsync(session, caller, caseId, portal, cancel);
            if (!found.TryGet(out var one)) return found;
            var start = await BeginAsync(session, caller, kind.Split(' ')[0], $"{one.Portal} {caseId} {one.StepNo} {one.DifferingNo} {kind}", at, cancel);
            if (await act(session, one, (caller.UserName, at, start)) is { } refused) return refused;
            await EndAsync(session, caller, start, new { portal = one.Portal, case_id = caseId, said }, at, cancel);
            return await FindAsync(session, caller, caseId, one.Portal, cancel);
        }, result => result.IsOk, cancel: cancel);
    }

    static async Task<Result<StoredPortalCase>> FindAsync(DatabaseSession session, Caller caller, string caseId, string? portal, CancellationToken cancel)
    {
        if (portal is not null && WhyNoPortal(portal) is { } unknown) return unknown;
        return await PortalStore.CaseAsync(session, caller.ProvinceCode, caseId, portal, cancel) switch
        {
            [] => new Problem("portal.case_unknown", $"There is no application {caseId} that you may see.", "See payengine portal list --all; or take the portal's file: payengine portal take FILE."),
            [var one] => one,
            _ => new Problem("portal.case_several", $"Both portals have an application {caseId}.", "Say which: --portal one_stop or --portal national."),
        };
    }

    void Show(string path, string sha256)
    {
        files.Appear(path);
        files.Replace(path + ".sha256", stream => stream.Write(System.Text.Encoding.ASCII.GetBytes($"{sha256}  {Path.GetFileName(path)}\n")));
        files.FlushFolder(Path.GetDirectoryName(Path.GetFullPath(path))!);
    }

    static byte[] Bytes(IReadOnlyList<StoredOutboxRow> rows)
    {
        var bytes = new MemoryStream();
        using (var writer = PortalFiles.WriteStatuses(bytes))
            foreach (var row in rows) writer.Write(StatusOf(row));
        return bytes.ToArray();
    }

    static PortalStatus StatusOf(StoredOutboxRow row) => new(row.CaseId, row.ProcedureCode, (PortalState)row.State, LocalDateTime.FromDateTime(row.HappenedAt), row.DueOn, row.Reason);

    /// <summary>Reads what was written with the reader the portal's files go through; null when it says the same.</summary>
    static string? ReadBack(byte[] bytes, IReadOnlyList<StoredOutboxRow> rows)
    {
        using var reading = PortalFiles.ReadStatuses(new MemoryStream(bytes), "status.csv");
        var read = reading.ToList();
        if (reading.Refusals.Count > 0) return reading.Refusals.Kept[0].ToString();
        if (read.Count != rows.Count) return $"{read.Count} rows of {rows.Count}";
        for (var i = 0; i < rows.Count; i++)
            if (read[i].Value != StatusOf(rows[i]) || read[i].Line != rows[i].Line) return $"line {rows[i].Line}";
        return null;
    }

    static string OutboxName(short province, string portal, int number) => string.Create(CultureInfo.InvariantCulture, $"portal-status-{province:00}-{portal.Replace('_', '-')}-{number:000000}.csv");

    /// <summary>SHA-256 of everything the portal says; the identity number goes in by its keyed tag, so that the digest tells nothing to who guesses numbers.</summary>
    static byte[] DigestOf(PortalApplication application, byte[]? tag) => OperationLog.RequestHash(application.CaseId, application.ProcedureCode, tag is null ? "" : Convert.ToHexString(tag), application.FullName, application.CommuneCode ?? "",
        application.SubmittedAt.ToString("uuuu-MM-dd'T'HH:mm:ss", CultureInfo.InvariantCulture), application.EventAt.ToString("uuuu-MM-dd'T'HH:mm:ss", CultureInfo.InvariantCulture), application.Note ?? "");

    /// <summary>The kinds of changes of a record that answer an application.</summary>
    static string[] KindsOf(PortalSubject subject) => subject switch
    {
        PortalSubject.Death => ["death"],
        PortalSubject.Move => ["move"],
        PortalSubject.Award => ["birth", "correction", "merged", "merged_into"],
        PortalSubject.Payee => ["head", "correction"],
        _ => ["identifier", "death", "move", "head", "birth", "correction"],
    };

    static Problem? WhyNoPortal(string portal) => Portals.Contains(portal) ? null : new Problem("usage.portal", $"'{portal}' is no portal.", $"Portals: {string.Join(", ", Portals)}.");

    static async Task<long> BeginAsync(DatabaseSession session, Caller caller, string kind, string about, Instant at, CancellationToken cancel)
    {
        var hash = OperationLog.RequestHash(about, at.ToString());
        return (await OperationLog.BeginAsync(session, caller.ProvinceCode, $"{kind} {Convert.ToHexStringLower(hash)}", kind, hash, caller.UserName, at, cancel)).OperationNo;
    }

    static Task EndAsync(DatabaseSession session, Caller caller, long operationNo, object said, Instant at, CancellationToken cancel)
    {
        var json = JsonText.Write(said);
        return OperationLog.CompleteAsync(session, caller.ProvinceCode, operationNo, json, json, at, cancel);
    }
}
