using System.Globalization;
using NodaTime;
using PaymentEngine.App.CommandLine;
using PaymentEngine.App.Files;
using PaymentEngine.App.Keys;
using PaymentEngine.Core;
using PaymentEngine.Core.Payments;
using PaymentEngine.Core.Reconciliation;
using PaymentEngine.Messages;
using PaymentEngine.Messages.Iso20022;
using PaymentEngine.Postgres;

namespace PaymentEngine.App.Operations;

/// <summary>What became of a bank's file: <c>applied</c>, <c>known</c> (the same bytes came before), or <c>parked</c> (a person must decide first).</summary>
public sealed record BankImport
{
    public required string File { get; init; }
    public required string Sha256 { get; init; }
    public required string Outcome { get; init; }
    public string? Message { get; init; }
    public int ImportNo { get; init; }
    public int Entries { get; init; }
    public int Facts { get; init; }
    public int Matched { get; init; }
    public int Paid { get; init; }
    public int Returned { get; init; }
    public int Rejected { get; init; }
    public int Suspense { get; init; }
    public int Ended { get; init; }
    public int Cases { get; init; }
    public int Findings { get; init; }
    public IReadOnlyList<BankFinding> FirstFindings { get; init; } = [];

    /// <summary>When the same bytes came before.</summary>
    public Instant? KnownSince { get; init; }
    public Problem? Problem { get; init; }

    /// <summary>A booked statement was in it: refused payments may be proven never taken now.</summary>
    public bool HasStatement { get; init; }
}

/// <summary>What a reconciliation found.</summary>
public sealed record Reconciliation(int Proven, int ToCash, long ToCashVnd);

/// <summary>Answers of banks taken in, and what follows from them by itself.</summary>
/// <param name="database">The database.</param>
/// <param name="clock">Days are days in Viet Nam by it.</param>
/// <param name="files">The disk.</param>
/// <param name="archive">Keeps every received file by its hash, byte for byte, before anything of it is read.</param>
/// <param name="cipher">Finds whose account a statement is about.</param>
public sealed class BankImports(Database database, IClock clock, IFiles files, Archive archive, AccountCipher cipher)
{
    static readonly DateTimeZone Zone = DateTimeZoneProviders.Tzdb["Asia/Ho_Chi_Minh"];
    static readonly ReasonPolicy Policy = CodeLists.ReasonPolicy;
    static readonly BankingCalendar Calendar = BankingCalendars.VietNam;
    static readonly BankProfile Profile = BankProfiles.Generic;
    readonly OrderedLines ordered = new();

    static readonly BankTrust Trust = new(Profile.SettledStatusCountsAsPaid, Profile.NotificationIsFinal, Profile.SilenceInPartMeansAccepted);

    /// <summary>Takes files in, one after another, each whole or not at all; then reconciles what their statements prove.</summary>
    /// <param name="caller">A reconciler of the whole province.</param>
    /// <param name="paths">The files; in any order, any number of times.</param>
    /// <param name="cancel">Cancels between and within files; a file half taken leaves nothing.</param>
    /// <param name="listProfile">Whose result lists they are; null: found by their titles.</param>
    public async Task<Result<IReadOnlyList<BankImport>>> ImportAsync(Caller caller, IReadOnlyList<string> paths, CancellationToken cancel, BankProfile? listProfile = null)
    {
        if ((caller.Lacks(Role.Reconciler) ?? caller.LacksProvince()) is { } refused) return refused;
        foreach (var path in paths)
            if (files.WhyUnreadable(path) is { } unreadable) return unreadable;
        var results = new List<BankImport>();
        foreach (var path in paths)
        {
            var kept = archive.Keep(path);
            if (!kept.TryGet(out var file)) return Result<IReadOnlyList<BankImport>>.Refuse(kept.Problems);
            results.Add(await ImportOneAsync(caller, Path.GetFileName(path), file, listProfile, cancel));
        }

        if (results.Any(one => one.HasStatement)) await ReconcileAsync(caller, null, cancel);
        return results;
    }

    async Task<BankImport> ImportOneAsync(Caller caller, string name, KeptFile file, BankProfile? listProfile, CancellationToken cancel)
    {
        var hex = file.Hex;
        await using var session = await database.RunAsync(cancel);
        if (await FactStore.FindAsync(session, caller.ProvinceCode, file.Sha256, cancel) is { } before) return Known(before, name, hex);

        // Read outside any transaction; nothing of it counts before the one transaction below.
        var receivedAt = clock.GetCurrentInstant();
        var reading = new AnswerReading(Trust, receivedAt, Policy);
        Result<BankFileTotals> totals;
        using (var bytes = new BufferedStream(archive.Open(file.StoredAs), 1 << 16)) totals = BankAnswerFile.Read(bytes, name, reading, Profile.StampOffset, listProfile);
        return await session.InTransactionAsync(() => TakeAsync(session, caller, name, hex, new ReceivedFile(file.Sha256, name, Head(reading)?.Name, Head(reading)?.MessageId, Sender(reading), file.SizeBytes, file.StoredAs),
            reading, totals.IsOk ? null : totals.Problems[0].In(name, totals.Problems[0].At?.Line), receivedAt, cancel), cancel: cancel);
    }

    async Task<BankImport> TakeAsync(DatabaseSession session, Caller caller, string name, string hex, ReceivedFile received, AnswerReading reading, Problem? unreadable, Instant at, CancellationToken cancel)
    {
        var province = caller.ProvinceCode;
        var today = at.InZone(Zone).Date;
        await FactStore.LockAsync(session, province, cancel);
        if (await FactStore.FindAsync(session, province, received.Sha256, cancel) is { } before) return Known(before, name, hex);
        var start = await OperationLog.BeginAsync(session, province, $"bank.import {hex}", "bank.import", received.Sha256, caller.UserName, at, cancel);
        var book = new OrderBook(session, province, ordered);
        var accounts = new Dictionary<int, byte[]>();
        var parked = unreadable ?? await ParkedAsync(session, province, name, received, reading, book, accounts, cancel);
        var importNo = await FactStore.ReceiveAsync(session, province, received, parked is null ? null : $"{parked.Code}: {parked.Message}", at, start.OperationNo, cancel);
        var result = new BankImport
        {
            File = name, Sha256 = hex, Outcome = parked is null ? "applied" : "parked", Message = Head(reading)?.Version, ImportNo = importNo, Entries = reading.Entries, Problem = parked,
            Findings = reading.FindingCount, FirstFindings = reading.Findings.Take(20).ToList(),
        };
        if (parked is not null)
        {
            await CompleteAsync(session, province, start.OperationNo, result, received, 0, 0, [], at, cancel);
            return result;
        }

        foreach (var statement in reading.Statements)
            if (statement.IsBooked && accounts.TryGetValue(statement.No, out var tag)) await FactStore.InsertStatementAsync(session, province, importNo, statement, tag, cancel);
        var tally = new Tally(book);
        var facts = (int)await FactStore.CopyAsync(session, province, today.ToYearMonth().Key(), importNo, tally.Count(AnswerMatching.Facts(reading, book)), cancel);
        await FactStore.ClassifyAsync(session, province, importNo, tally.Classified, caller.UserName, at, start.OperationNo, cancel);
        var outcomes = new AnswerOutcomes(session, province, Policy, Calendar, Profile, at, today, start.OperationNo);
        foreach (var fact in tally.Waiting)
        {
            outcomes.Add(new NewCase
            {
                Kind = "suspense", ImportNo = importNo, EntryNo = fact.EntryNo, DetailNo = fact.DetailNo, AmountVnd = fact.AmountVnd ?? 0, ReasonCode = fact.ReasonCode,
                NextAction = "match_by_hand", Owner = Role.Reconciler, DueOn = Calendar.Plus(today, CaseRules.SuspenseDays),
            });
        }

        foreach (var file in tally.Files.OrderBy(file => (file.Order.Month, file.Order.FileNo))) await outcomes.FoldAsync(file, importNo, cancel);
        await outcomes.SaveAsync(cancel);
        result = result with
        {
            Facts = facts, Matched = tally.Matched, Paid = tally.Paid, Returned = tally.Returned, Rejected = tally.Rejected, Suspense = tally.Waiting.Count, Ended = outcomes.Ended,
            Cases = outcomes.CasesOpened, HasStatement = reading.Statements.Any(statement => statement.IsBooked),
        };
        await FactStore.AppliedAsync(session, province, importNo, reading.Entries, facts, tally.Waiting.Count,
            JsonText.Write(reading.Findings.Take(100).Select(finding => new { code = finding.Code, message = finding.Message, line = finding.Line })), at, start.OperationNo, cancel);
        await CompleteAsync(session, province, start.OperationNo, result, received, tally.CreditVnd, tally.DebitVnd, outcomes.Moves, at, cancel);
        return result;
    }

    /// <summary>Why the file must wait for a person; fills in which of its statements is about which account of ours.</summary>
    async Task<Problem?> ParkedAsync(DatabaseSession session, short province, string name, ReceivedFile received, AnswerReading reading, OrderBook book, Dictionary<int, byte[]> accounts, CancellationToken cancel)
    {
        if (received is { Message: { } message, MessageId: { } messageId }
            && await FactStore.FindMessageAsync(session, province, received.Sender, message, messageId, cancel) is { } other)
        {
            return new Problem("bank_file.same_id_other_bytes", $"The bank sent message {messageId} before with other bytes ({other.FileName}).",
                "Ask the bank which of the two counts. The earlier one stays applied; this one is kept and changes nothing.").In(name);
        }

        if (reading.Statements.Count > 0)
        {
            var ours = await FactStore.AccountsAsync(session, province, cancel);
            foreach (var statement in reading.Statements)
            {
                if (statement.Account is not { } account) continue;
                foreach (var bin in ours.Select(one => one.DebtorBin).Distinct(StringComparer.Ordinal))
                {
                    var tag = cipher.AccountTag(bin, account);
                    if (ours.Any(one => one.DebtorBin == bin && one.AccountTag.AsSpan().SequenceEqual(tag))) accounts[statement.No] = tag;
                }
            }

            // One statement about a foreign account parks the whole file: none of its entries may be taken for ours.
            if (reading.Statements.FirstOrDefault(statement => !accounts.ContainsKey(statement.No)) is { } foreign)
            {
                return new Problem("bank_file.wrong_account", $"The statement is about an account that no payer of ours has ({Tail(foreign.Account)}).",
                    "Check that the file is from our bank; a new account of a payer is entered in the register first, then import again under a new message.").In(name);
            }
        }

        await book.LoadAsync(reading.Observations, cancel);
        return AnswerMatching.Parked(reading, book) is { } why
            ? new Problem("bank_file.not_as_sent", $"The file is parked: {why}.", "Ask the bank; the file is kept and nothing of it was applied.").In(name)
            : null;
    }

    /// <summary>Looks again at what statements prove, and sends to cash what has had its time: only account reasons, only with a proven end. Nothing else ever becomes cash.</summary>
    /// <param name="caller">A reconciler of the whole province.</param>
    /// <param name="run">One run, or null for all.</param>
    /// <param name="cancel">Cancels before anything is kept.</param>
    public async Task<Result<Reconciliation>> ReconcileAsync(Caller caller, RunId? run, CancellationToken cancel)
    {
        if ((caller.Lacks(Role.Reconciler) ?? caller.LacksProvince()) is { } refused) return refused;
        var at = clock.GetCurrentInstant();
        var today = at.InZone(Zone).Date;
        var province = caller.ProvinceCode;
        var (month, runNo) = run is { } one ? (one.Month.Key(), one.RunNo) : (0, 0);
        await using var session = await database.RunAsync(cancel);
        return await session.InTransactionAsync<Result<Reconciliation>>(async () =>
        {
            await FactStore.LockAsync(session, province, cancel);
            var book = new OrderBook(session, province, ordered);
            // What happened before makes a reconciliation this one: repeated with nothing new it has nothing to do.
            var last = await OutcomeStore.LastOperationAsync(session, province, cancel);
            var probe = new AnswerOutcomes(session, province, Policy, Calendar, Profile, at, today, 0);
            // Open cases are few beside a month's orders, and the server may not know yet how few.
            await session.PlanForFewAsync(cancel);
            var provable = new List<(int Month, int FileNo)>();
            foreach (var file in await OutcomeStore.UnprovenAsync(session, province, month, runNo, cancel))
            {
                var (since, tag, execution) = await book.DaysAsync(file.Month, file.FileNo, cancel);
                if (await probe.CompleteAsync(tag, since, execution, cancel)) provable.Add(file);
            }

            var candidates = await OutcomeStore.CashCandidatesAsync(session, province, month, runNo, today, cancel);
            await session.PlanAsUsualAsync(cancel);
            if (provable.Count == 0 && candidates.Count == 0) return new Reconciliation(0, 0, 0);
            var key = string.Create(CultureInfo.InvariantCulture, $"bank.reconcile {run?.ToString() ?? "all"} {today.ToDateOnly():yyyy-MM-dd} after {last}");
            var start = await OperationLog.BeginAsync(session, province, key, "bank.reconcile", OperationLog.RequestHash(key), caller.UserName, at, cancel);
            var outcomes = new AnswerOutcomes(session, province, Policy, Calendar, Profile, at, today, start.OperationNo);
            foreach (var (fileMonth, fileNo) in provable) await outcomes.FoldAsync(await book.LoadAsync(fileMonth, fileNo, cancel), 0, cancel);
            var cash = new List<SentAttempt>();
            foreach (var group in candidates.GroupBy(candidate => (candidate.FileMonth, candidate.FileNo)).OrderBy(group => group.Key))
                await ToCashAsync(session, province, outcomes, await book.LoadAsync(group.Key.FileMonth, group.Key.FileNo, cancel), group.ToList(), cash, cancel);
            if (outcomes.Ended == 0 && cash.Count == 0 && outcomes.Moves.Count == 0)
            {
                await OperationLog.CompleteAsync(session, province, start.OperationNo, "{}", JsonText.Write(new { proven = 0, to_cash = 0 }), at, cancel);
                return new Reconciliation(0, 0, 0);
            }

            await outcomes.SaveAsync(cancel);
            if (cash.Count > 0)
            {
                await OutcomeStore.InsertCashAsync(session, province, cash, cancel);
                await OutcomeStore.CloseCasesAsync(session, province, [.. cash.Select(attempt => (attempt, "rejected")), .. cash.Select(attempt => (attempt, "returned"))], "to_cash", at, cancel);
            }

            var found = new Reconciliation(outcomes.Ended, cash.Count, cash.Sum(attempt => attempt.AmountVnd));
            await OperationLog.CompleteAsync(session, province, start.OperationNo, JsonText.Write(found), JsonText.Write(new
            {
                proven = found.Proven, to_cash = found.ToCash, to_cash_vnd = found.ToCashVnd,
                members = Convert.ToHexStringLower(OperationLog.RequestHash(cash.Select(attempt => string.Create(CultureInfo.InvariantCulture, $"{attempt.Month}-{attempt.RunNo}-{attempt.LineNo}:{attempt.AmountVnd}")))),
            }), at, cancel);
            return found;
        }, cancel: cancel);
    }

    static async Task ToCashAsync(DatabaseSession session, short province, AnswerOutcomes outcomes, SentFile file, List<CashCandidate> candidates, List<SentAttempt> cash, CancellationToken cancel)
    {
        var folded = await outcomes.FoldAsync(file, 0, cancel);
        var attempts = candidates.Select(one => new FactRow(FactTarget.Attempt, one.Month, one.RunNo, one.LineNo, one.Attempt))
            .Select(row => file.TryFind(row, out var place) ? place : -1).Where(place => place >= 0).ToList();
        var words = (await FactStore.WordsAsync(session, province, attempts.Select(place => file.Attempts[place]).ToList(), cancel)).ToLookup(word => word.No);
        for (var i = 0; i < attempts.Count; i++)
        {
            var attempt = file.Attempts[attempts[i]];
            var view = BankViews.Of(folded.Evidence[attempts[i]]);
            // Every reason the bank gave must allow cash, not only the first; and evidence that disagrees blocks it.
            var codes = AnswerOutcomes.Codes(attempt, file, words[i], folded.Refusals).ToList();
            if (view is not (BankView.Rejected or BankView.Returned) || !attempt.Ended || !attempt.IsLatest || codes.Count == 0 || !codes.All(code => Policy.For(code).MayBecomeCash)) continue;
            cash.Add(attempt);
            outcomes.Move(attempt, file.Order.FileNo, Place.Returned, Place.CashDue);
        }
    }

    static Task CompleteAsync(DatabaseSession session, short province, long operationNo, BankImport result, ReceivedFile received, long creditVnd, long debitVnd,
        IReadOnlyList<(SentAttempt Attempt, int FileNo, Place From, Place To)> moves, Instant at, CancellationToken cancel)
    {
        var events = JsonText.Write(new
        {
            file_sha256 = result.Sha256, message = received.Message, outcome = result.Outcome, import_no = result.ImportNo, entries = result.Entries, facts = result.Facts, matched = result.Matched,
            suspense = result.Suspense, ended = result.Ended, credit_vnd = creditVnd, debit_vnd = debitVnd, moved = moves.Count, moved_vnd = moves.Sum(move => move.Attempt.AmountVnd),
            members = Convert.ToHexStringLower(OperationLog.RequestHash(moves.Select(move => string.Create(CultureInfo.InvariantCulture,
                $"{move.Attempt.Month}-{move.Attempt.RunNo}-{move.Attempt.LineNo}:{(int)move.From}>{(int)move.To}:{move.Attempt.AmountVnd}")))),
        });
        return OperationLog.CompleteAsync(session, province, operationNo, JsonText.Write(new { import_no = result.ImportNo, outcome = result.Outcome }), events, at, cancel);
    }

    static BankImport Known(KnownFile before, string name, string hex) => new()
    {
        File = name, Sha256 = hex, Outcome = before.Parked is not null || before.IsRegisterFile ? "parked" : "known", ImportNo = before.ImportNo, KnownSince = before.ReceivedAt,
        Problem = before.Parked is { } parked
            ? new Problem(parked.Split(':')[0], $"The same file came before and is parked: {parked}", "A person must decide about it first; ask the bank.").In(name)
            : before.IsRegisterFile ? new Problem("bank_file.register_file", $"This is a file of the register; it came in as {before.FileName}.", "Give the bank's answer: pain.002, camt.052, camt.053 or camt.054.").In(name)
            : null,
    };

    static BankFileHeader? Head(AnswerReading reading) => reading.Headers.Count > 0 ? reading.Headers[0] : null;

    static string Sender(AnswerReading reading) => Head(reading) is { } head ? string.Join('|', head.SenderHints) : "";

    static string Tail(string? account) => account is null ? "no account" : account.Length <= 4 ? account : "…" + account[^4..];

    /// <summary>Counts facts as they pass into the store.</summary>
    sealed class Tally(OrderBook book)
    {
        readonly HashSet<SentFile> files = [];

        public IReadOnlyCollection<SentFile> Files => files;

        public List<BankFact> Waiting { get; } = [];

        public List<BankFact> Classified { get; } = [];

        public int Matched { get; private set; }

        public int Paid { get; private set; }

        public int Returned { get; private set; }

        public int Rejected { get; private set; }

        public long CreditVnd { get; private set; }

        public long DebitVnd { get; private set; }

        public IEnumerable<BankFact> Count(IEnumerable<BankFact> facts)
        {
            foreach (var fact in facts)
            {
                if (book.FileOf(fact.Row) is { } file)
                {
                    files.Add(file);
                    Matched++;
                    if (fact.Evidence is Evidence.ReturnBooked or Evidence.PartBooked or Evidence.ReturnAnnounced) Returned++;
                    if (fact.Evidence == Evidence.Rejected) Rejected++;
                    if (fact.Evidence is Evidence.DebitBooked or Evidence.Settled or Evidence.Credited) Paid++;
                }

                if (fact.WantsCase) Waiting.Add(fact);
                if (fact.Rule is MatchRule.Funding or MatchRule.Charge or MatchRule.Interest) Classified.Add(fact);
                if (fact.Evidence is Evidence.ReturnBooked or Evidence.PartBooked) CreditVnd += fact.AmountVnd ?? 0;
                if (fact.Evidence == Evidence.DebitBooked) DebitVnd += fact.AmountVnd ?? 0;
                yield return fact;
            }
        }
    }
}
