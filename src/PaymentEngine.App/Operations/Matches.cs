using System.Globalization;
using NodaTime;
using PaymentEngine.App.CommandLine;
using PaymentEngine.App.Operations.Access;
using PaymentEngine.App.Operations.Cases;
using PaymentEngine.Core;
using PaymentEngine.Core.Money;
using PaymentEngine.Core.Payments;
using PaymentEngine.Core.Reconciliation;
using PaymentEngine.Messages;
using PaymentEngine.Postgres;

namespace PaymentEngine.App.Operations;

/// <summary>What a person says an entry in suspense is: payments of ours, one of our batches, or something of the account's own.</summary>
/// <param name="To">One payment, or the several of a lump return.</param>
/// <param name="Batch">PmtInfId of a batch.</param>
/// <param name="As"><c>funding</c>, <c>charge</c>, <c>interest</c> or <c>other</c>.</param>
public sealed record MatchDecision(IReadOnlyList<InstructionId> To, string? Batch, string? As);

/// <summary>What a decision, or its contra decision, changed.</summary>
/// <param name="Decision">What stands now; null after a contra decision.</param>
/// <param name="AlreadyDone">This was decided before in the same words; nothing changed now.</param>
public sealed record MatchOutcome(EntryNumber Entry, string? Decision, int Payments, int Ended, int Cases, bool AlreadyDone = false);

/// <summary>What may be behind an entry; a person confirms it with <c>match decide</c>.</summary>
/// <param name="Kind"><c>account</c>, <c>name</c>, <c>phrase</c>, <c>lump</c>, <c>batch</c> or <c>batch_parts</c>.</param>
/// <param name="To">Ids of payments, or one PmtInfId.</param>
public sealed record MatchProposal(EntryNumber Entry, string Kind, IReadOnlyList<string> To, long AmountVnd);

/// <summary>Entries in suspense: who looks at them, since when, what they may be, and what a person decided (F119). The one way in.</summary>
public sealed class Matches(Database database, IClock clock)
{
    /// <summary>Entries that one question for proposals looks at, the oldest first.</summary>
    public const int ProposedMax = 100;

    static readonly DateTimeZone Zone = DateTimeZoneProviders.Tzdb["Asia/Ho_Chi_Minh"];
    static readonly BankingCalendar Calendar = BankingCalendars.VietNam;

    /// <summary>What waits, the oldest first.</summary>
    public async Task<Result<IReadOnlyList<SuspenseEntry>>> ListAsync(Caller caller, CancellationToken cancel)
    {
        if (caller.Lacks(AccessRules.MatchList) is { } refused) return refused;
        await using var session = await database.DeskAsync(caller.Scope, cancel);
        return Result<IReadOnlyList<SuspenseEntry>>.Ok(await MatchStore.SuspenseAsync(session, caller.ProvinceCode, cancel));
    }

    /// <summary>What may be behind what waits. Nothing is decided or stored: the same question gives the same proposals while nothing else comes.</summary>
    /// <param name="caller">A reconciler of the whole province.</param>
    /// <param name="entry">One entry, or null for the oldest <see cref="ProposedMax"/>.</param>
    /// <param name="cancel">Cancels the search.</param>
    public async Task<Result<IReadOnlyList<MatchProposal>>> ProposeAsync(Caller caller, EntryNumber? entry, CancellationToken cancel)
    {
        if (caller.Lacks(AccessRules.MatchPropose) is { } refused) return refused;
        var province = caller.ProvinceCode;
        await using var session = await database.RunAsync(caller.Scope, cancel);
        var waiting = (await MatchStore.SuspenseAsync(session, province, cancel)).Where(one => one.IsMoney && one.AmountVnd > 0 && one.Decision is null && (entry is null || one.Number == entry)).ToList();
        if (entry is { } wanted && waiting.Count == 0) return Unknown(wanted);
        var rules = await ReasonRules.LoadAsync(session, province, cancel);
        var bankOfAccount = (await FactStore.AccountsAsync(session, province, cancel)).ToLookup(account => Convert.ToHexString(account.AccountTag), account => account.DebtorBin);
        var expected = waiting.Exists(one => one.IsCredit) ? await MatchStore.ExpectedAsync(session, province, MatchProposals.CandidatesMax + 1, cancel) : [];
        var proposals = new List<MatchProposal>();
        foreach (var one in waiting.Take(ProposedMax))
        {
            var before = proposals.Count;
            var day = one.EventDate ?? one.OpenedAt!.Value.InZone(Zone).Date;
            var near = await MatchStore.NearAsync(session, province, one.Number, one.AmountVnd, Back(day, 3), Calendar.Plus(day, 3), cancel);
            if (near.Where(payment => payment.SameAccount).ToList() is { Count: 1 } byAccount) Add("account", byAccount.Select(payment => payment.Row));
            else if (one.PartyName is { } name && near.Where(payment => MatchProposals.SameName(payment.HolderName, name)).ToList() is { Count: 1 } byName) Add("name", byName.Select(payment => payment.Row));
            else if (one.IsCredit && near.Count == 1 && ReasonsOf(one).Of(one.ReasonCode, one.Text) is { IsUnmapped: false }) Add("phrase", near.Select(payment => payment.Row));
            if (proposals.Count > before) continue;
            if (one.IsCredit)
            {
                if (MatchProposals.OnlyCombination([.. expected.Select(payment => payment.AmountVnd)], one.AmountVnd) is { } lump) Add("lump", lump.Select(i => expected[i].Row));
                continue;
            }

            var batches = await MatchStore.OpenBatchesAsync(session, province, Back(day, 3), Calendar.Plus(day, 3), cancel);
            var whole = batches.Where(batch => one.AmountVnd == batch.SumVnd || one.AmountVnd == batch.SumVnd - batch.RefusedVnd).ToList();
            if (whole.Count == 1) proposals.Add(new(one.Number, "batch", [whole[0].PmtInfId], one.AmountVnd));
            if (whole.Count > 0) continue;
            // Several debits for one batch: this entry and others of the same days that nobody has explained.
            var debits = waiting.Where(other => !other.IsCredit && other.EventDate is { } on && on >= Back(day, 3) && on <= Calendar.Plus(day, 3)).ToList();
            var parts = batches.Where(batch => MatchProposals.OnlyCombination([.. debits.Select(debit => debit.AmountVnd)], batch.SumVnd - batch.RefusedVnd) is { } found && found.Any(i => debits[i].Number == one.Number)).ToList();
            if (parts.Count == 1) proposals.Add(new(one.Number, "batch_parts", [parts[0].PmtInfId], one.AmountVnd));

            // Words are those of the bank that keeps the account of the statement.
            ReasonReading ReasonsOf(SuspenseEntry said) => rules.For((said.AccountTag is { } tag && bankOfAccount[Convert.ToHexString(tag)].FirstOrDefault() is { } bin ? BankProfiles.ForBank(bin) : BankProfiles.Generic).Id);

            void Add(string kind, IEnumerable<FactRow> rows) =>
                proposals.Add(new(one.Number, kind, [.. rows.Select(row => new InstructionId(province, Months.FromKey(row.Month), row.RunNo, row.No, row.Part).ToString())], one.AmountVnd));
        }

        return proposals;
    }

    /// <summary>Says what an entry is. Money decided to a payment has the consequences that an automatic match has: evidence, ends, cases, postings.</summary>
    /// <param name="caller">A reconciler of the whole province.</param>
    /// <param name="number">The entry.</param>
    /// <param name="decision">Exactly one of its three.</param>
    /// <param name="why">On what ground; it is kept.</param>
    /// <param name="cancel">Cancels before anything is kept.</param>
    public async Task<Result<MatchOutcome>> DecideAsync(Caller caller, EntryNumber number, MatchDecision decision, string why, CancellationToken cancel)
    {
        if (caller.Lacks(AccessRules.MatchDecide) is { } refused) return refused;
        if (string.IsNullOrWhiteSpace(why)) return new Problem("usage.why_missing", "A decision about an entry needs its ground.", "Say on what ground: --why \"…\".");
        if ((decision.To.Count > 0 ? 1 : 0) + (decision.Batch is null ? 0 : 1) + (decision.As is null ? 0 : 1) != 1)
            return new Problem("usage.match_target", "A decision says one thing: which payments, which batch, or what else the entry is.", "Give --to ID, or --batch B, or --as funding|charge|interest|other.");
        if (decision.As is not (null or "funding" or "charge" or "interest" or "other"))
            return new Problem("usage.match_as", $"'{decision.As}' is not something an entry can be.", "Use funding, charge, interest or other.");
        var at = Now();
        var province = caller.ProvinceCode;
        await using var session = await database.RunAsync(caller.Scope, cancel);
        return await session.InTransactionAsync<Result<MatchOutcome>>(async () =>
        {
            await FactStore.LockAsync(session, province, cancel);
            var found = await EntryAsync(session, province, number, cancel);
            if (!found.TryGet(out var entry)) return Result<MatchOutcome>.Refuse(found.Problems);
            var book = new OrderBook(session, province, new OrderedLines());
            var made = decision.As is { } kind ? new NewMatch(number, kind, FactRow.Suspense, null, [], "by hand", why.Trim()) : null;
            if (made is null)
            {
                var targeted = await TargetAsync(book, entry, decision, why.Trim(), cancel);
                if (!targeted.TryGet(out made)) return Result<MatchOutcome>.Refuse(targeted.Problems);
            }

            if (entry.Decision is { } stands)
            {
                var standing = (await MatchStore.StandingAsync(session, province, number, cancel))!;
                if (stands == made.Decision && standing.Row == made.Row && (await MatchStore.PartsAsync(session, province, standing, cancel)).SequenceEqual(made.Parts)) return new MatchOutcome(number, stands, 0, 0, 0, AlreadyDone: true);
                return new Problem("not_allowed.match_decided", $"Entry {number} was decided before ({stands}, {entry.DecisionRule}).", $"Take that back first: payengine match undo {number} --why \"…\".");
            }

            var start = await OperationLog.BeginAsync(session, province, string.Create(CultureInfo.InvariantCulture, $"match.decide {number} {entry.Version + 1}"), "match.decide",
                OperationLog.RequestHash(number.ToString(), made.Decision, made.Row.ToString(), string.Join(' ', made.Parts), why), caller.UserName, at, cancel);
            await MatchStore.InsertAsync(session, province, made, caller.UserName, at, start.OperationNo, cancel);
            await MatchStore.CloseCasesAsync(session, province, [number], "matched", at, cancel);
            return await FollowAsync(session, caller, book, entry, made.Decision, [made.Row, .. made.Parts.Select(part => part.Row)], why, at, start.OperationNo, cancel);
        }, result => result is { IsOk: true, Value.AlreadyDone: false }, cancel: cancel);
    }

    /// <summary>The contra decision: what was decided counts no longer, and the entry waits again. An end that was proven by it stands; what then disagrees opens a case.</summary>
    public async Task<Result<MatchOutcome>> UndoAsync(Caller caller, EntryNumber number, string why, CancellationToken cancel)
    {
        if (caller.Lacks(AccessRules.MatchUndo) is { } refused) return refused;
        if (string.IsNullOrWhiteSpace(why)) return new Problem("usage.why_missing", "A decision is taken back with a reason.", "Say why: --why \"…\".");
        var at = Now();
        var province = caller.ProvinceCode;
        await using var session = await database.RunAsync(caller.Scope, cancel);
        return await session.InTransactionAsync<Result<MatchOutcome>>(async () =>
        {
            await FactStore.LockAsync(session, province, cancel);
            var found = await EntryAsync(session, province, number, cancel);
            if (!found.TryGet(out var entry)) return Result<MatchOutcome>.Refuse(found.Problems);
            if (await MatchStore.StandingAsync(session, province, number, cancel) is not { } standing)
                return new Problem("not_allowed.match_undecided", $"Nothing is decided about entry {number}.", "Nothing is left to do: payengine match list.");
            var parts = await MatchStore.PartsAsync(session, province, standing, cancel);
            var book = new OrderBook(session, province, new OrderedLines());
            var start = await OperationLog.BeginAsync(session, province, string.Create(CultureInfo.InvariantCulture, $"match.undo {number} {standing.Version}"), "match.undo",
                OperationLog.RequestHash(number.ToString(), why), caller.UserName, at, cancel);
            await MatchStore.UndoAsync(session, province, standing, why.Trim(), caller.UserName, at, start.OperationNo, cancel);
            await MatchStore.ReopenCaseAsync(session, province, number, Calendar.Plus(at.InZone(Zone).Date, (await Casework.TermsAsync(session, province, cancel)).Suspense), at, start.OperationNo, cancel);
            var outcome = await FollowAsync(session, caller, book, entry, null, [standing.Row, .. parts.Select(part => part.Row)], why, at, start.OperationNo, cancel);
            return outcome;
        }, result => result.IsOk, cancel: cancel);
    }

    /// <summary>Folds every file that the decision is about, and keeps what follows.</summary>
    static async Task<MatchOutcome> FollowAsync(DatabaseSession session, Caller caller, OrderBook book, SuspenseEntry entry, string? decision, IReadOnlyList<FactRow> rows, string why, Instant at, long operationNo, CancellationToken cancel)
    {
        var province = caller.ProvinceCode;
        var outcomes = new AnswerOutcomes(session, province, await ReasonRules.LoadAsync(session, province, cancel), Calendar, at, at.InZone(Zone).Date, operationNo);
        var files = new List<SentFile>();
        foreach (var row in rows)
            if (await book.LoadAsync(row, cancel) is { } file && !files.Contains(file)) files.Add(file);
        foreach (var file in files.OrderBy(file => (file.Order.Month, file.Order.FileNo))) await outcomes.FoldAsync(file, 0, cancel);
        await outcomes.SaveAsync(cancel);
        var said = JsonText.Write(new
        {
            entry = entry.Number.ToString(), decision = decision ?? "undone", amount_vnd = entry.AmountVnd, why, to = rows.Where(row => row.Target != FactTarget.Suspense).Select(row => row.ToString()),
            ended = outcomes.Ended, moved = outcomes.Moves.Count,
        });
        await OperationLog.CompleteAsync(session, province, operationNo, said, said, at, cancel);
        return new MatchOutcome(entry.Number, decision, rows.Count(row => row.Target == FactTarget.Attempt), outcomes.Ended, outcomes.CasesOpened);
    }

    static async Task<Result<NewMatch>> TargetAsync(OrderBook book, SuspenseEntry entry, MatchDecision decision, string why, CancellationToken cancel)
    {
        var open = (Evidence)entry.Evidence;
        if (decision.Batch is { } batchId)
        {
            var holds = await book.FindAsync(batchId, cancel);
            if (holds?.Batches.FirstOrDefault(one => one.Order.BatchId == batchId)?.Order is not { } batch)
                return new Problem("match.unknown_batch", $"There is no batch '{batchId}' of ours.", "Give the PmtInfId as it stands in the file, for example B40261102-000001-01-001.");
            if (open != Evidence.DebitBooked || entry.Level > 2) return new Problem("match.not_a_debit", $"Entry {entry.Number} is no debit: it cannot be what the bank took for a batch.", "Decide it to the payments that came back: --to ID.");
            return entry.AmountVnd > batch.SumVnd
                ? new Problem("match.larger", $"Entry {entry.Number} is {ViText.Money(new Vnd(entry.AmountVnd))}, more than the batch ({ViText.Money(new Vnd(batch.SumVnd))}).", "Ask the bank what else it debited.")
                : new NewMatch(entry.Number, "batch", Matching.BatchRow(batch), Evidence.DebitBooked, [], "by hand", why);
        }

        var payments = new List<(FactRow Row, long Vnd, long ToleranceVnd)>();
        foreach (var id in decision.To.Distinct())
        {
            var row = FactRow.Of(id);
            if (id.ProvinceCode != book.ProvinceCode || await book.LoadAsync(row, cancel) is not { } file || !file.TryFind(row, out var place))
                return new Problem("match.unknown_payment", $"{id} is no payment in a file of ours.", "Give the id as it stands on the payment list.");
            payments.Add((row, file.Attempts[place].AmountVnd, ReasonRules.ProfileOf(file.Order.Profile).ToleranceVnd.Amount));
        }

        var sum = payments.Sum(payment => payment.Vnd);
        if (entry.Level > 2)
        {
            return payments.Count == 1 ? new NewMatch(entry.Number, "attempt", payments[0].Row, null, [], "by hand", why)
                : new Problem("match.one_payment", $"{entry.Number} is a status: it is about one payment.", "Give one --to ID.");
        }

        if (payments.Count > 1)
        {
            if (!entry.IsCredit) return new Problem("match.several_debits", $"Entry {entry.Number} is a debit: several payments are debited together only as a batch.", "Give --batch B.");
            if (sum != entry.AmountVnd)
            {
                return new Problem("match.other_sum", $"The payments are {ViText.Money(new Vnd(sum))} together, the entry is {ViText.Money(new Vnd(entry.AmountVnd))}.",
                    "A lump return is split only when its payments make up the whole of it. Ask the bank for the details.");
            }

            return new NewMatch(entry.Number, "group", FactRow.Suspense, open, [.. payments.OrderBy(one => (one.Row.Month, one.Row.RunNo, one.Row.No)).Select(one => new MatchPart(one.Row, one.Vnd, ReferenceLinks.Back(open, one.Vnd, one.Vnd)))], "by hand", why);
        }

        var (target, vnd, tolerance) = payments[0];
        if (!entry.IsCredit)
        {
            return Math.Abs(entry.AmountVnd - vnd) > tolerance
                ? new Problem("match.other_amount", $"The payment is {ViText.Money(new Vnd(vnd))}, the debit {ViText.Money(new Vnd(entry.AmountVnd))}.", "A debit is a payment only when it is its amount. Ask the bank what it debited.")
                : new NewMatch(entry.Number, "attempt", target, Evidence.DebitBooked, [], "by hand", why);
        }

        return entry.AmountVnd > vnd + tolerance
            ? new Problem("match.larger", $"The payment is {ViText.Money(new Vnd(vnd))}, the credit {ViText.Money(new Vnd(entry.AmountVnd))}.", "More cannot come back than went out. Name all its payments, or classify it: --as other.")
            : new NewMatch(entry.Number, "attempt", target, ReferenceLinks.Back(open, entry.AmountVnd + tolerance, vnd), [], "by hand", why);
    }

    static async Task<Result<SuspenseEntry>> EntryAsync(DatabaseSession session, short province, EntryNumber number, CancellationToken cancel)
    {
        if (await MatchStore.EntryAsync(session, province, number, cancel) is not { } entry) return Unknown(number);
        return entry.Target == (short)FactTarget.Suspense ? entry
            : new Problem("not_allowed.match_found", $"Entry {number} found its payment by itself.", "Only what waits in suspense is decided: payengine match list.");
    }

    static Problem Unknown(EntryNumber number) => new("match.unknown_entry", $"No entry {number} waits in suspense.", "See what waits: payengine match list.");

    static LocalDate Back(LocalDate day, int bankingDays)
    {
        for (var i = 0; i < bankingDays;) if (Calendar.IsBankingDay(day = day.PlusDays(-1))) i++;
        return day;
    }

    // The store keeps microseconds: what is kept must be what was asked with.
    Instant Now() => Instant.FromUnixTimeTicks(clock.GetCurrentInstant().ToUnixTimeTicks() / 10 * 10);
}
