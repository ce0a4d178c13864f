using System.Globalization;
using NodaTime;
using PaymentEngine.App.CommandLine;
using PaymentEngine.App.Files;
using PaymentEngine.App.Keys;
using PaymentEngine.App.Operations.Access;
using PaymentEngine.App.Operations.Cases;
using PaymentEngine.Core;
using PaymentEngine.Core.Money;
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
public sealed record Reconciliation(int Proven, int ToCash, long ToCashVnd)
{
    /// <summary>Answers that are late, or have come at last.</summary>
    public LateAnswersFound Late { get; init; } = new(0, 0);
}

/// <summary>Answers of banks taken in, and what follows from them by itself.</summary>
/// <param name="database">The database.</param>
/// <param name="clock">Days are days in Viet Nam by it.</param>
/// <param name="files">The disk.</param>
/// <param name="archive">Keeps every received file by its hash, byte for byte, before anything of it is read.</param>
/// <param name="cipher">Finds whose account a statement is about.</param>
public sealed class BankImports(Database database, IClock clock, IFiles files, Archive archive, AccountCipher cipher)
{
    static readonly DateTimeZone Zone = DateTimeZoneProviders.Tzdb["Asia/Ho_Chi_Minh"];
    static readonly BankingCalendar Calendar = BankingCalendars.VietNam;
    readonly OrderedLines ordered = new();

    /// <summary>Takes files in, one after another, each whole or not at all; then reconciles what their statements prove.</summary>
    /// <param name="caller">A reconciler of the whole province; or a bank's own account, whose files are about this bank alone or wait for a person. What follows from statements is then left to the next reconciliation.</param>
    /// <param name="paths">The files; in any order, any number of times.</param>
    /// <param name="cancel">Cancels between and within files; a file half taken leaves nothing.</param>
    /// <param name="listProfile">Whose result lists they are; null: found by their titles.</param>
    public async Task<Result<IReadOnlyList<BankImport>>> ImportAsync(Caller caller, IReadOnlyList<string> paths, CancellationToken cancel, BankProfile? listProfile = null)
    {
        if ((IsBank(caller) ? null : caller.Lacks(AccessRules.BankImport)) is { } refused) return refused;
        foreach (var path in paths)
            if (files.WhyUnreadable(path) is { } unreadable) return unreadable;
        var results = new List<BankImport>();
        foreach (var path in paths)
        {
            var kept = archive.Keep(path);
            if (!kept.TryGet(out var file)) return Result<IReadOnlyList<BankImport>>.Refuse(kept.Problems);
            results.Add(await ImportOneAsync(caller, Path.GetFileName(path), file, listProfile, cancel));
        }

        if (IsBank(caller)) return results;
        if (results.Any(one => one.HasStatement)) await ReconcileAsync(caller, null, cancel);
        else await new LateAnswerCases(database, clock).RaiseAsync(caller, cancel);
        return results;
    }

    async Task<BankImport> ImportOneAsync(Caller caller, string name, KeptFile file, BankProfile? listProfile, CancellationToken cancel)
    {
        var hex = file.Hex;
        await using var session = await database.RunAsync(caller.Scope, cancel);
        if (await FactStore.FindAsync(session, caller.ProvinceCode, file.Sha256, cancel) is { } before) return Known(before, name, hex);

        // Read outside any transaction; nothing of it counts before the one transaction below.
        var receivedAt = clock.GetCurrentInstant();
        var (reading, unreadable) = Read(name, file.StoredAs, receivedAt, listProfile);
        return await session.InTransactionAsync(() => TakeAsync(session, caller, name, hex, new ReceivedFile(file.Sha256, name, Head(reading)?.Name, Head(reading)?.MessageId, Sender(reading), file.SizeBytes, file.StoredAs),
            reading, unreadable, null, receivedAt, cancel), cancel: cancel);
    }

    (AnswerReading Reading, Problem? Unreadable) Read(string name, string storedAs, Instant receivedAt, BankProfile? listProfile)
    {
        var reading = new AnswerReading(BankTrust.Of(BankProfiles.Generic), receivedAt, ReasonRules.Policy);
        using var bytes = new BufferedStream(archive.Open(storedAs), 1 << 16);
        var totals = BankAnswerFile.Read(bytes, name, reading, new BankReadingRules(BankProfiles.Generic.StampOffset, BankProfiles.Generic.ReversalTurnsSide), listProfile);
        return (reading, totals.IsOk ? null : totals.Problems[0].In(name, totals.Problems[0].At?.Line));
    }

    /// <summary>Lets a parked file in after all: a statement that the bank corrected takes the place of the earlier one, whose facts then count no longer.</summary>
    /// <param name="caller">A reconciler of the whole province.</param>
    /// <param name="importNo">The number the file was given when it came.</param>
    /// <param name="why">What the bank said; it is kept.</param>
    /// <param name="cancel">Cancels before anything is kept.</param>
    public async Task<Result<BankImport>> AcceptAsync(Caller caller, int importNo, string why, CancellationToken cancel)
    {
        if (caller.Lacks(AccessRules.BankAccept) is { } refused) return refused;
        if (string.IsNullOrWhiteSpace(why)) return new Problem("usage.why_missing", "A parked file is let in with a reason.", "Say what the bank answered: --why \"…\".");
        BankImport taken;
        await using (var session = await database.RunAsync(caller.Scope, cancel))
        {
            if (await MatchStore.ReceivedAsync(session, caller.ProvinceCode, importNo, cancel) is not { } file)
                return new Problem("bank_file.unknown", string.Create(CultureInfo.InvariantCulture, $"No file was received under number {importNo}."), "The number stands in the answer of bank import.");
            if (file.Applied) return new Problem("not_allowed.applied", string.Create(CultureInfo.InvariantCulture, $"File {importNo} ({file.FileName}) counts already."), "Nothing is left to do.");
            if (file.Parked is not { } parked || !Acceptable.Contains(parked.Split(':')[0]))
            {
                return new Problem("not_allowed.not_acceptable", string.Create(CultureInfo.InvariantCulture, $"File {importNo} ({file.FileName}) cannot be let in: {file.Parked ?? "it is no answer of a bank"}."),
                    "Only a corrected statement or a message sent again with other bytes can take the place of an earlier one. Ask the bank for a right file.");
            }

            var at = clock.GetCurrentInstant();
            var (reading, unreadable) = Read(file.FileName, file.StoredAs, at, null);
            var hash = Path.GetFileName(file.StoredAs);
            var result = await session.InTransactionAsync(() => TakeAsync(session, caller, file.FileName, hash,
                new ReceivedFile([], file.FileName, Head(reading)?.Name, Head(reading)?.MessageId, Sender(reading), 0, file.StoredAs), reading, unreadable, new Acceptance(importNo, why.Trim()), at, cancel),
                answer => answer.Problem is null, cancel: cancel);
            if (result.Problem is { } problem) return problem;
            taken = result;
        }

        if (taken.HasStatement) await ReconcileAsync(caller, null, cancel);
        return taken;
    }

    static readonly HashSet<string> Acceptable = ["bank_file.same_id_other_bytes", "bank_file.corrected_statement"];

    /// <summary>Whether a person's yes can let in a file parked for this reason.</summary>
    public static bool CanBeAccepted(string problemCode) => Acceptable.Contains(problemCode);

    /// <summary>A person's yes to a parked file.</summary>
    sealed record Acceptance(int ImportNo, string Why);

    async Task<BankImport> TakeAsync(DatabaseSession session, Caller caller, string name, string hex, ReceivedFile received, AnswerReading reading, Problem? unreadable, Acceptance? accepted, Instant at, CancellationToken cancel)
    {
        var province = caller.ProvinceCode;
        var today = at.InZone(Zone).Date;
        await FactStore.LockAsync(session, province, cancel);
        if (accepted is null && await FactStore.FindAsync(session, province, received.Sha256, cancel) is { } before) return Known(before, name, hex);
        var start = accepted is null
            ? await OperationLog.BeginAsync(session, province, $"bank.import {hex}", "bank.import", received.Sha256, caller.UserName, at, cancel)
            : await OperationLog.BeginAsync(session, province, $"bank.accept {hex}", "bank.accept", OperationLog.RequestHash(hex, accepted.Why), caller.UserName, at, cancel);
        var book = new OrderBook(session, province, ordered);
        var voices = new BankVoices();
        var replaced = new SortedSet<int>();
        var parked = unreadable ?? await ParkedAsync(session, province, name, received, reading, book, voices, accepted?.ImportNo ?? 0, replaced, cancel) ?? (IsBank(caller) ? OfAnotherBank(reading, book, voices, caller.BankBin!, name) : null);
        if (accepted is not null && parked is not null) return new BankImport { File = name, Sha256 = hex, Outcome = "parked", Problem = parked, ImportNo = accepted.ImportNo };
        var importNo = accepted?.ImportNo ?? await FactStore.ReceiveAsync(session, province, received, parked is null ? null : $"{parked.Code}: {parked.Message}", at, start.OperationNo, cancel);
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

        var touched = new HashSet<SentFile>();
        if (accepted is not null) await ReplaceAsync(session, province, accepted, replaced, book, touched, caller.UserName, at, start.OperationNo, cancel);
        foreach (var statement in reading.Statements)
            if (statement.IsBooked && voices.AccountTagOf(statement.No) is { } tag) await FactStore.InsertStatementAsync(session, province, importNo, statement, tag, cancel);
        var tally = new Tally(book);
        var facts = (int)await FactStore.CopyAsync(session, province, today.ToYearMonth().Key(), importNo, tally.Count(AnswerMatching.Facts(reading, voices, book)), cancel);
        await FactStore.ClassifyAsync(session, province, importNo, tally.Classified, caller.UserName, at, start.OperationNo, cancel);
        var reasons = await ReasonRules.LoadAsync(session, province, cancel);
        var suspenseDueOn = Calendar.Plus(today, reasons.Terms.Suspense);
        var outcomes = new AnswerOutcomes(session, province, reasons, Calendar, at, today, start.OperationNo);
        var tied = await new ReferenceTies(session, province, book, suspenseDueOn, caller.UserName, at, start.OperationNo).TieAsync(importNo, touched, cancel);
        foreach (var fact in tally.Waiting)
        {
            var entry = new EntryNumber(importNo, fact.EntryNo, fact.DetailNo);
            if (fact.Unnamed is { } said)
                await MatchStore.InsertDetailAsync(session, province, entry, voices.AccountTagOf(fact.StatementNo), said, said.PartyAccount is { } party ? [.. await TagsAsync(session, province, party, cancel)] : null, cancel);
            if (tied.Contains(entry)) continue;
            outcomes.Add(new NewCase
            {
                Kind = "suspense", ImportNo = importNo, EntryNo = fact.EntryNo, DetailNo = fact.DetailNo, AmountVnd = fact.AmountVnd ?? 0, ReasonCode = fact.ReasonCode,
                NextAction = "match_by_hand", Owner = Role.Reconciler, DueOn = suspenseDueOn,
            });
        }

        foreach (var file in tally.Files.Union(touched).OrderBy(file => (file.Order.Month, file.Order.FileNo))) await outcomes.FoldAsync(file, importNo, cancel);
        await outcomes.SaveAsync(cancel);
        foreach (var other in await FactStore.OtherAmountsAsync(session, province, today.ToYearMonth().Key(), importNo, cancel)) reading.Finding(Differs(province, book, other));
        result = result with
        {
            Findings = reading.FindingCount, FirstFindings = reading.Findings.Where(finding => finding.Code == AmountsDiffer).Concat(reading.Findings.Where(finding => finding.Code != AmountsDiffer)).Take(20).ToList(),
            Facts = facts, Matched = tally.Matched, Paid = tally.Paid, Returned = tally.Returned, Rejected = tally.Rejected, Suspense = tally.Waiting.Count(fact => !tied.Contains(new(importNo, fact.EntryNo, fact.DetailNo))), Ended = outcomes.Ended,
            Cases = outcomes.CasesOpened, HasStatement = reading.Statements.Any(statement => statement.IsBooked),
        };
        await FactStore.AppliedAsync(session, province, importNo, reading.Entries, facts, result.Suspense,
            JsonText.Write(reading.Findings.Take(100).Select(finding => new { code = finding.Code, message = finding.Message, line = finding.Line })), at, start.OperationNo, cancel);
        await CompleteAsync(session, province, start.OperationNo, result, received, tally.CreditVnd, tally.DebitVnd, outcomes.Moves, at, cancel);
        return result;
    }

    const string AmountsDiffer = "booking.amounts_differ";

    static BankFinding Differs(short province, OrderBook book, OtherAmount other)
    {
        var row = new FactRow((FactTarget)other.Target, other.Month, other.Target == (short)FactTarget.Attempt ? other.RunNo : 0, other.No, other.Part);
        var what = row.Target == FactTarget.Attempt ? new InstructionId(province, Months.FromKey(row.Month), row.RunNo, row.No, row.Part).ToString()
            : book.FileOf(row)?.Batches.FirstOrDefault(batch => batch.Order.BatchNo == row.Part)?.Order.BatchId ?? "a batch of ours";
        return new(AmountsDiffer, $"{what}: the statement says {ViText.Money(new Vnd(other.StatementVnd))}, the notification {ViText.Money(new Vnd(other.NotifiedVnd))} (the other one stands in {other.OtherFile}). The statement counts; ask the bank.", 0);
    }

    /// <summary>From this operation on the facts of the replaced files count no longer; notes every file of ours that they were about.</summary>
    static async Task ReplaceAsync(DatabaseSession session, short province, Acceptance accepted, SortedSet<int> replaced, OrderBook book, HashSet<SentFile> touched, string person, Instant at, long operationNo, CancellationToken cancel)
    {
        await MatchStore.AcceptAsync(session, province, accepted.ImportNo, person, accepted.Why, at, operationNo, cancel);
        foreach (var earlier in replaced)
        {
            foreach (var row in await MatchStore.TargetsAsync(session, province, earlier, cancel))
                if (await book.LoadAsync(row, cancel) is { } file) touched.Add(file);
            await MatchStore.ReplaceAsync(session, province, earlier, accepted.ImportNo, at, operationNo, cancel);
        }
    }

    /// <summary>The tags an account has at each bank that may keep it: the bank's answer does not say which.</summary>
    async Task<IReadOnlyList<byte[]>> TagsAsync(DatabaseSession session, short province, string account, CancellationToken cancel)
    {
        banks ??= await MatchStore.BanksAsync(session, province, cancel);
        return [.. banks.Select(bank => cipher.AccountTag(bank, account.Length > 64 ? account[..64] : account))];
    }

    IReadOnlyList<string>? banks;

    /// <summary>Finds which account of ours a statement is about, as its bank writes accounts; false when it is none, or when nobody can tell which.</summary>
    bool Recognise(StatementSeen statement, IReadOnlyList<(string DebtorBin, byte[] AccountTag, short AccountKey, byte[] AccountCipher)> ours, BankVoices voices)
    {
        if (statement.Account is not { Length: <= 64 } account) return false;
        foreach (var bin in ours.Select(one => one.DebtorBin).Distinct(StringComparer.Ordinal))
        {
            var tag = cipher.AccountTag(bin, account);
            if (!ours.Any(one => one.DebtorBin == bin && one.AccountTag.AsSpan().SequenceEqual(tag))) continue;
            voices.Add(statement.No, tag, bin);
            return true;
        }

        var written = ours.Where(one => BankProfiles.ForBank(one.DebtorBin).StatementAccountForm is var form && form != StatementAccountForm.AsIs
            && form.Of(cipher.Decrypt(SecretKind.Account, one.AccountKey, one.AccountCipher)) == account).ToList();
        if (written.Count != 1) return false;
        voices.Add(statement.No, written[0].AccountTag, written[0].DebtorBin);
        return true;
    }

    /// <summary>Why the file must wait for a person; fills in which of its statements is about which account of ours, and which earlier files it takes the place of once a person says so.</summary>
    async Task<Problem?> ParkedAsync(DatabaseSession session, short province, string name, ReceivedFile received, AnswerReading reading, OrderBook book, BankVoices voices, int acceptedImportNo, SortedSet<int> replaced,
        CancellationToken cancel)
    {
        if (received is { Message: { } message, MessageId: { } messageId }
            && await FactStore.FindMessageAsync(session, province, received.Sender, message, messageId, cancel) is { } other)
        {
            if (acceptedImportNo != 0) replaced.Add(other.ImportNo);
            else
            return new Problem("bank_file.same_id_other_bytes", $"The bank sent message {messageId} before with other bytes ({other.FileName}).",
                "Ask the bank which of the two counts. The earlier one stays applied; this one is kept and changes nothing until somebody lets it in: payengine bank accept.").In(name);
        }

        if (reading.Statements.Count > 0)
        {
            var ours = await FactStore.AccountsAsync(session, province, cancel);
            StatementSeen? foreign = null;
            // One statement about a foreign account parks the whole file: none of its entries may be taken for ours.
            foreach (var statement in reading.Statements)
                if (!Recognise(statement, ours, voices)) foreign ??= statement;
            if (foreign is null && reading.Statements.FirstOrDefault(one => one.ServicerBic is { } bic && BankDirectory.OfBic(bic) is { Count: > 0 } bins && !bins.Contains(voices.BankOf(one.No))) is { } forged)
            {
                return new Problem("bank_file.other_sender", $"The statement of account {Tail(forged.Account)} says that {forged.ServicerBic} keeps the account, and {BankName(voices.BankOf(forged.No))} does.",
                    "Ask the bank that keeps the account whether it sent this. The file is kept and changes nothing.").In(name);
            }

            if (foreign is not null)
            {
                return new Problem("bank_file.wrong_account", $"The statement is about an account that no payer of ours has ({Tail(foreign.Account)}).",
                    "Check that the file is from our bank; a new account of a payer is entered in the register first, then import again under a new message.").In(name);
            }
        }

        if (await CorrectionAsync(session, province, name, reading, voices, acceptedImportNo, replaced, cancel) is { } correction) return correction;
        await book.LoadAsync(reading.Observations, cancel);
        var parties = new Dictionary<string, IReadOnlyList<byte[]>>(StringComparer.Ordinal);
        foreach (var seen in reading.Observations)
            if (seen is { IsMoney: true, IsBooked: true, Id: null, Unnamed.PartyAccount: { } party } && !parties.ContainsKey(party)) parties[party] = await TagsAsync(session, province, party, cancel);
        await book.LoadByAccountAsync(reading.Observations, account => parties[account], AroundDay, cancel);
        if (OtherSender(reading, book) is { } impostor)
        {
            return new Problem("bank_file.other_sender", $"The report says that it is from {impostor.Said}, and it is about payments that went to {BankName(impostor.Bank)}.",
                "Ask the bank that has the payments whether it sent this. The file is kept and changes nothing.").In(name);
        }

        await CompareAccountsAsync(reading, book, cancel);
        return AnswerMatching.Parked(reading, voices, book) is { } why
            ? new Problem("bank_file.not_as_sent", $"The file is parked: {why}.", "Ask the bank; the file is kept and nothing of it was applied.").In(name)
            : null;
    }

    /// <summary>A report whose header names a bank we know, and speaks of a file that went to another one: what it says of its sender, and whose file it is. Null where the header names no bank we know.</summary>
    static (string Said, string Bank)? OtherSender(AnswerReading reading, OrderBook book)
    {
        if (Head(reading) is not { Name: "pain.002" } head) return null;
        var said = head.SenderHints.Where(hint => BankDirectory.OfBic(hint).Count > 0).ToList();
        if (said.Count == 0) return null;
        var bins = said.SelectMany(BankDirectory.OfBic).ToHashSet(StringComparer.Ordinal);
        foreach (var seen in reading.Observations)
        {
            var file = seen.Id is { } id ? book.FileOf(id) : (seen.BatchId ?? seen.MessageId) is { } named ? book.File(named) : null;
            if (file is { BankBin.Length: > 0 } && !bins.Contains(file.BankBin)) return (string.Join(", ", said), file.BankBin);
        }

        return null;
    }

    /// <summary>A bank's own account that holds no role of the office.</summary>
    static bool IsBank(Caller caller) => caller is { BankBin: not null, Communes: null } && caller.Roles.All(role => role == Role.Bank);

    /// <summary>A bank speaks of what it was given and of accounts it keeps; of anything else somebody else must be asked.</summary>
    static Problem? OfAnotherBank(AnswerReading reading, OrderBook book, BankVoices voices, string bank, string name)
    {
        var other = reading.Statements.Select(statement => voices.BankOf(statement.No)).FirstOrDefault(bin => bin != bank);
        foreach (var seen in reading.Observations)
        {
            var file = seen.Id is { } id ? book.FileOf(id) : (seen.BatchId ?? seen.MessageId) is { } named ? book.File(named) : null;
            if (file is { BankBin.Length: > 0 } && file.BankBin != bank) other ??= file.BankBin;
        }

        return other is null ? null : new Problem("bank_file.other_bank", $"{BankName(bank)} sent it, and it speaks of what concerns {(other.Length > 0 ? BankName(other) : "an account of no payer of ours")}.",
            "Ask both banks. The file is kept and changes nothing.").In(name);
    }

    static string BankName(string bin) => BankDirectory.Find(bin) is { } bank ? $"{bank.ShortName} ({bin})" : bin;

    /// <summary>Notes which statuses repeat their payment with another account than the one it was sent to.</summary>
    async Task CompareAccountsAsync(AnswerReading reading, OrderBook book, CancellationToken cancel)
    {
        var repeated = reading.RepeatedAccounts.Where(one => one.Payment.ProvinceCode == book.ProvinceCode).ToList();
        if (repeated.Count == 0) return;
        foreach (var (no, key, sealedAccount) in await book.AccountsAsync([.. repeated.Select(one => one.Payment)], cancel))
            if (!Matching.IsSameAccount(repeated[no].Account, cipher.Decrypt(SecretKind.Account, key, sealedAccount))) reading.SaysOtherAccount(repeated[no].Place);
    }

    /// <summary>A statement that the bank sent before under the same number, or marks as a copy with other content: it takes the place of the earlier one once a person says so.
    /// Notes a missing number as a finding; while it is missing nothing is proven never taken (Proof.Complete).</summary>
    static async Task<Problem?> CorrectionAsync(DatabaseSession session, short province, string name, AnswerReading reading, BankVoices voices, int acceptedImportNo, SortedSet<int> replaced, CancellationToken cancel)
    {
        foreach (var statement in reading.Statements.Where(one => one.IsBooked))
        {
            if (voices.AccountTagOf(statement.No) is not { } tag) continue;
            var isCopy = statement.CopyDuplicate is "CODU" or "DUPL";
            var earlier = await MatchStore.SameNumberAsync(session, province, tag, acceptedImportNo, statement, isCopy, cancel);
            if (earlier.Count > 0)
            {
                if (acceptedImportNo == 0)
                {
                    return new Problem("bank_file.corrected_statement", $"The bank sent statement {statement.Id ?? statement.SequenceNo?.ToString(CultureInfo.InvariantCulture) ?? "without a number"} before with other content.",
                        "Ask the bank whether this one takes its place. If it does: payengine bank accept. Until then the earlier one counts.").In(name);
                }

                foreach (var (importNo, _, _, _) in earlier)
                {
                    if (await MatchStore.StatementsOfImportAsync(session, province, importNo, cancel) > reading.Statements.Count(one => one.IsBooked))
                    {
                        return new Problem("not_allowed.replaces_more", string.Create(CultureInfo.InvariantCulture, $"File {importNo} holds statements that this file does not correct."),
                            "Ask the bank for a file with all statements of the earlier one.").In(name);
                    }

                    replaced.Add(importNo);
                }
            }

            if (statement.To is not { } to) continue;
            await BalancesAsync(session, province, reading, voices, statement, tag, cancel);
            if (statement.SequenceNo is not { } number) continue;
            if (await MatchStore.SequenceBeforeAsync(session, province, tag, number, cancel) is var (last, lastTo)
                && Proof.IsGap(new(lastTo, lastTo, null, null, last), new(to, to, null, null, number))
                && reading.Statements.All(other => other.SequenceNo != number - 1 || !voices.AccountTagOf(other.No).AsSpan().SequenceEqual(tag)))
            {
                reading.Finding(new("statement.gap", string.Create(CultureInfo.InvariantCulture,
                    $"Statement {number} follows {last}: {(number - last == 2 ? $"number {number - 1} is" : $"numbers {last + 1} to {number - 1} are")} missing. Ask the bank; until it comes no payment is proven never taken."), 0));
            }
        }

        return null;
    }

    /// <summary>Notes where a statement does not take over the balance of the stored one before it, or the stored one after it does not take over its own: one between them is missing,
    /// or one of them is wrong. Proof.Complete takes neither for a run without a gap.</summary>
    static async Task BalancesAsync(DatabaseSession session, short province, AnswerReading reading, BankVoices voices, StatementSeen statement, byte[] tag, CancellationToken cancel)
    {
        if (statement is not { From: { } from, To: { } to }) return;
        var own = reading.Statements.Where(one => one.IsBooked && one.No != statement.No && voices.AccountTagOf(one.No) is { } other && other.AsSpan().SequenceEqual(tag)).ToList();
        foreach (var (isLater, otherFrom, otherTo, opening, closing) in await MatchStore.BesideDaysAsync(session, province, tag, from, to, cancel))
        {
            // Another statement of this file stands between the two: the reader has compared them.
            if (own.Exists(one => isLater ? one.From > to && one.To < otherFrom : one.To < from && one.From > otherTo)) continue;
            var (left, right) = isLater ? (statement.ClosingVnd, opening) : (closing, statement.OpeningVnd);
            if (left is not { } handed || right is not { } taken || handed == taken) continue;
            reading.Finding(new("statement.balance_gap", string.Create(CultureInfo.InvariantCulture,
                $"The statement {(isLater ? $"from {ViText.Date(otherFrom)}, which came before this one," : $"from {ViText.Date(from)}")} opens with {ViText.Money(new Vnd(taken))}, and the one before it, to {ViText.Date(isLater ? to : otherTo)}, closed with {ViText.Money(new Vnd(handed))}: one between them is missing, or one is wrong. Ask the bank; until it is settled no payment is proven never taken across them."), 0));
        }
    }

    /// <summary>The days on which a payment may have been executed that is booked on a day: banks move dates over week-ends and holidays.</summary>
    static (LocalDate From, LocalDate To) AroundDay(LocalDate day)
    {
        var from = day;
        for (var i = 0; i < 3;) if (Calendar.IsBankingDay(from = from.PlusDays(-1))) i++;
        return (from, Calendar.Plus(day, 3));
    }

    /// <summary>Looks again at what statements prove, and sends to cash what has had its time: only account reasons, only with a proven end. Nothing else ever becomes cash.</summary>
    /// <param name="caller">A reconciler of the whole province.</param>
    /// <param name="run">One run, or null for all.</param>
    /// <param name="cancel">Cancels before anything is kept.</param>
    public async Task<Result<Reconciliation>> ReconcileAsync(Caller caller, RunId? run, CancellationToken cancel)
    {
        // Accounts whose wait is over come first: who can be paid again by account is not sent to cash.
        var settled = await new CaseRepairs(database, clock).SettleAsync(caller, cancel);
        if (!settled.IsOk) return Result<Reconciliation>.Refuse(settled.Problems);
        var proven = await ProveAsync(caller, run, cancel);
        if (!proven.TryGet(out var found)) return proven;
        var late = await new LateAnswerCases(database, clock).RaiseAsync(caller, cancel);
        return late.Select(answers => found with { Late = answers });
    }

    async Task<Result<Reconciliation>> ProveAsync(Caller caller, RunId? run, CancellationToken cancel)
    {
        if (caller.Lacks(AccessRules.Reconcile) is { } refused) return refused;
        var at = clock.GetCurrentInstant();
        var today = at.InZone(Zone).Date;
        var province = caller.ProvinceCode;
        var (month, runNo) = run is { } one ? (one.Month.Key(), one.RunNo) : (0, 0);
        await using var session = await database.RunAsync(caller.Scope, cancel);
        return await session.InTransactionAsync<Result<Reconciliation>>(async () =>
        {
            await FactStore.LockAsync(session, province, cancel);
            var book = new OrderBook(session, province, ordered);
            // What happened before makes a reconciliation this one: repeated with nothing new it has nothing to do.
            var last = await OutcomeStore.LastOperationAsync(session, province, cancel);
            var rules = await ReasonRules.LoadAsync(session, province, cancel);
            var probe = new AnswerOutcomes(session, province, rules, Calendar, at, today, 0);
            // Open cases are few beside a month's orders, and the server may not know yet how few.
            await session.PlanForFewAsync(cancel);
            var provable = new List<(int Month, int FileNo)>();
            foreach (var file in await OutcomeStore.UnprovenAsync(session, province, month, runNo, cancel))
            {
                var (since, tag, execution, profile) = await book.DaysAsync(file.Month, file.FileNo, cancel);
                if (await probe.CompleteAsync(tag, since, execution, ReasonRules.ProfileOf(profile).ProofDays, cancel)) provable.Add(file);
            }

            var candidates = await OutcomeStore.CashCandidatesAsync(session, province, month, runNo, today, cancel);
            await session.PlanAsUsualAsync(cancel);
            if (provable.Count == 0 && candidates.Count == 0) return new Reconciliation(0, 0, 0);
            var key = string.Create(CultureInfo.InvariantCulture, $"bank.reconcile {run?.ToString() ?? "all"} {today.ToDateOnly():yyyy-MM-dd} after {last}");
            var start = await OperationLog.BeginAsync(session, province, key, "bank.reconcile", OperationLog.RequestHash(key), caller.UserName, at, cancel);
            var outcomes = new AnswerOutcomes(session, province, rules, Calendar, at, today, start.OperationNo);
            foreach (var (fileMonth, fileNo) in provable) await outcomes.FoldAsync(await book.LoadAsync(fileMonth, fileNo, cancel), 0, cancel);
            var cash = new List<SentAttempt>();
            foreach (var group in candidates.GroupBy(candidate => (candidate.FileMonth, candidate.FileNo)).OrderBy(group => group.Key))
                await CashFallback.SelectAsync(session, province, outcomes, rules, await book.LoadAsync(group.Key.FileMonth, group.Key.FileNo, cancel), group.ToList(), isDecided: false, cash, cancel);
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
        File = name, Sha256 = hex, Outcome = (before.Parked is not null && !before.Applied) || before.IsRegisterFile ? "parked" : "known", ImportNo = before.ImportNo, KnownSince = before.ReceivedAt,
        Problem = before is { Parked: { } parked, Applied: false }
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
