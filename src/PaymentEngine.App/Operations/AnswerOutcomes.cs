using NodaTime;
using NodaTime.Text;
using PaymentEngine.Core;
using PaymentEngine.Core.Payments;
using PaymentEngine.Core.Reconciliation;
using PaymentEngine.Postgres;
using PaymentEngine.Postgres.Cases;

namespace PaymentEngine.App.Operations;

/// <summary>What follows from answers within one operation: ends, cases and moves are gathered file by file and saved together.</summary>
sealed class AnswerOutcomes(DatabaseSession session, short provinceCode, ReasonRules reasons, BankingCalendar calendar, Instant at, LocalDate today, long operationNo)
{
    const string Superseded = "superseded", BySettlement = "settlement";

    readonly List<ProvenEnd> ends = [];
    readonly List<NewCase> cases = [];
    readonly List<(SentAttempt Attempt, string Kind, string How)> closed = [];
    readonly List<(SentAttempt Attempt, int FileNo, Place From, Place To)> moves = [];
    readonly Dictionary<string, IReadOnlyList<Proof.StatementDays>> statements = new(StringComparer.Ordinal);
    readonly Dictionary<LocalDate, bool> openDebits = [];
    readonly Dictionary<SentFile, FoldedFile> folded = [];

    /// <summary>What two persons confirmed of an import is new, not what it said when it came.</summary>
    public bool Confirming { get; init; }

    public int Changed { get; private set; }

    public int Ended => ends.Count;

    public int CasesOpened { get; private set; }

    public IReadOnlyList<(SentAttempt Attempt, int FileNo, Place From, Place To)> Moves => moves;

    public void Add(NewCase one) => cases.Add(one);

    public void Move(SentAttempt attempt, int fileNo, Place from, Place to) => moves.Add((attempt, fileNo, from, to));

    /// <summary>Folds all that is known about a file, with and without one import (0: none), and gathers what follows from the difference; once a file.</summary>
    public async Task<FoldedFile> FoldAsync(SentFile file, int importNo, CancellationToken cancel)
    {
        if (folded.TryGetValue(file, out var already)) return already;
        var profile = ReasonRules.ProfileOf(file.Order.Profile);
        var fold = new FileFold(file);
        var fresh = new List<(FactRow Row, FoldedFact Fact)>();
        var gone = new List<(FactRow Row, FoldedFact Fact)>();
        var lookAgain = new HashSet<int>();
        var refusals = new List<Refusal>();
        var settled = await SettledAsync(file, cancel);
        await FactStore.ReadAsync(session, provinceCode, file, importNo, operationNo, Confirming, (phase, row, fact, reason, hasReason) =>
        {
            if (phase == FactPhase.New) fresh.Add((row, fact));
            else if (phase == FactPhase.Gone) gone.Add((row, fact));
            else fold.Add(row, fact);
            // Of the facts of a whole file hardly any is asked for its place.
            var isAskedAgain = phase != FactPhase.Stands && hasReason;
            if ((isAskedAgain || settled.Count > 0) && file.TryFind(row, out var place))
            {
                if (isAskedAgain) lookAgain.Add(place);
                if (settled.TryGetValue(place, out var bound)) bound.Add(phase, fact);
            }
            if ((reason.Code ?? reason.Text) is not null && fact.Evidence == Evidence.Rejected) refusals.Add(new(row, reason.Code, reason.Text, phase));
        }, cancel);
        var before = fold.Result();
        if (gone.Count > 0)
        {
            // What was taken away cannot be taken out of a fold: the facts before are folded anew.
            var whole = new FileFold(file);
            await FactStore.ReadAsync(session, provinceCode, file, importNo, operationNo, Confirming, (phase, row, fact, _, _) =>
            {
                if (phase != FactPhase.New) whole.Add(row, fact);
            }, cancel);
            before = whole.Result();
        }

        foreach (var (row, fact) in fresh) fold.Add(row, fact);
        var after = fresh.Count == 0 && gone.Count == 0 ? before : fold.Result();

        var money = new BatchMoney[file.Batches.Count];
        var refused = new bool[file.Batches.Count];
        for (var i = 0; i < after.Evidence.Length; i++)
            refused[fold.BatchPlace(file.Attempts[i].BatchNo)] |= !file.Attempts[i].Ended && BatchDebits.IsRefused(after.Evidence[i]);
        for (var i = 0; i < money.Length; i++)
        {
            var complete = refused[i] && after.Debits[i] == BatchDebit.None && await CompleteAsync(file.AccountTag, file.Since, file.Batches[i].ExecutionDate, profile.ProofDays, cancel);
            money[i] = new BatchMoney(after.Debits[i], after.OnStatement[i] || profile.NotificationIsFinal, complete);
        }

        var changes = Answers.Changes(file, before.Evidence, after.Evidence, money, fold.BatchPlace, fold.IsRefusalConfirmed, lookAgain,
            settled.Count == 0 ? null : no => settled.TryGetValue(no, out var bound) ? (bound.Before(before.Evidence[no]), bound.After(after.Evidence[no])) : default);
        Changed += changes.Count(change => change.Before != change.After || change.NewEnd is not null);
        foreach (var change in changes)
        {
            var attempt = file.Attempts[change.No];
            if (attempt.IsLatest && change.From != change.To) moves.Add((attempt, file.Order.FileNo, change.From, change.To));
        }

        await FollowAsync(file, changes, refusals, money, fold, importNo, cancel);
        var standing = settled.Select(one => (one.Key, Stands: one.Value.After(after.Evidence[one.Key]))).Where(one => one.Stands is not null).ToDictionary(one => one.Key, one => one.Stands!);
        return folded[file] = new FoldedFile(after.Evidence, refusals) { Settled = standing };
    }

    /// <summary>The facts about one attempt as they stand: what a settlement is bound to.</summary>
    public async Task<AttemptFacts> FactsAsync(SentFile file, FactRow row, CancellationToken cancel)
    {
        var facts = new AttemptFacts();
        await FactStore.ReadAsync(session, provinceCode, file, 0, operationNo, false, (phase, of, fact, _, _) =>
        {
            if (of == row && phase != FactPhase.Gone) facts.Add(fact);
        }, cancel);
        return facts;
    }

    /// <summary>Gathers what follows once two persons have settled an attempt: its end where it needs one, the dispute's cases closed, what is open now, and its money moved.</summary>
    /// <param name="file">The file it stands in.</param>
    /// <param name="row">The attempt.</param>
    /// <param name="settlement">What was agreed, on the evidence as it is.</param>
    /// <param name="proof">What an end says that rests on it.</param>
    /// <param name="cancel">Cancels the reading.</param>
    public async Task SettleAsync(SentFile file, FactRow row, Settlement settlement, string proof, CancellationToken cancel)
    {
        var known = await FoldAsync(file, 0, cancel);
        if (!file.TryFind(row, out var place)) throw new InvalidOperationException($"{row} does not stand in file {file.Order.FileNo}.");
        var (attempt, evidence, stood) = (file.Attempts[place], known.Evidence[place], known.Settled.GetValueOrDefault(place));
        var step = file.HandedOver ? OwnStep.HandedOver : OwnStep.Sealed;
        var endsNow = settlement.As == SettledAs.Returned && !attempt.Ended;
        var from = Places.Of(held: false, AttemptStanding.OfBank(evidence, attempt.Ended, step, stood?.As));
        var to = Places.Of(held: false, AttemptStanding.OfBank(evidence, attempt.Ended || endsNow, step, settlement.As));
        if (attempt.IsLatest && from != to) moves.Add((attempt, file.Order.FileNo, from, to));
        var reading = reasons.For(file.Order.Profile);
        var said = (await FactStore.WordsAsync(session, provinceCode, [attempt], 0, operationNo, cancel)).ToList();
        var rule = CaseRules.Deciding(Reasons(attempt, said, known.Refusals, reading), reading.Policy).Rule;
        var reason = rule.Code.Length > 0 ? rule.Code : null;
        var deceased = rule.Class == ReasonClass.Deceased;
        var before = CaseRules.Open(evidence, attempt.Ended, deceased, stood, !attempt.IsLatest);
        var after = CaseRules.Open(evidence, attempt.Ended || endsNow, deceased, settlement, !attempt.IsLatest);
        var another = OtherDebt(stood, settlement);
        foreach (var kind in CaseRules.Each(before & (~after | another))) closed.Add((attempt, CaseRules.Code(kind), BySettlement));
        foreach (var kind in CaseRules.Each(after & (~before | another)))
        {
            var (action, owner, days) = CaseRules.Task(kind, rule, ReasonRules.ProfileOf(file.Order.Profile), reasons.Terms);
            cases.Add(new NewCase
            {
                Kind = CaseRules.Code(kind), Attempt = attempt, AmountVnd = kind == CaseKinds.BankShort ? settlement.BankOwesVnd : attempt.AmountVnd, ReasonCode = reason, NextAction = action, Owner = OwnerText(owner),
                DueOn = calendar.Plus(today, days),
            });
        }

        if (endsNow) ends.Add(new ProvenEnd(attempt, AttemptEnding.Returned, proof, reason, today));
    }

    // A debt of the bank of another sum is another claim: the one ends, the other begins.
    static CaseKinds OtherDebt(Settlement? before, Settlement? after) => (before?.BankOwesVnd ?? 0) != (after?.BankOwesVnd ?? 0) ? CaseKinds.BankShort : CaseKinds.None;

    /// <summary>The settlements of a file's attempts, with the facts each must be held against; nearly always none.</summary>
    async Task<Dictionary<int, BoundFacts>> SettledAsync(SentFile file, CancellationToken cancel)
    {
        var found = new Dictionary<int, BoundFacts>();
        foreach (var one in await SettlementStore.ApprovedAsync(session, provinceCode, [.. file.Attempts.Select(attempt => (attempt.Month, attempt.RunNo)).Distinct()], cancel))
        {
            if (!file.TryFind(one.Row, out var place)) continue;
            if (!found.TryGetValue(place, out var bound)) found[place] = bound = new BoundFacts();
            bound.Approved.Add(one.AsCore());
        }

        return found;
    }

    /// <summary>Whether booked statements are complete from the hand-over to k banking days after the execution date, and none of their debits is unexplained.</summary>
    public async Task<bool> CompleteAsync(byte[] accountTag, LocalDate since, LocalDate executionDate, int proofDays, CancellationToken cancel)
    {
        var key = Convert.ToHexString(accountTag);
        if (!statements.TryGetValue(key, out var known))
            statements[key] = known = await FactStore.StatementsAsync(session, provinceCode, accountTag, new LocalDate(2000, 1, 1), cancel);
        if (!Proof.Complete(known, calendar.OnOrAfter(since), calendar.Plus(executionDate, proofDays), calendar.IsBankingDay)) return false;
        if (!openDebits.TryGetValue(since, out var open)) openDebits[since] = open = await FactStore.HasOpenDebitsAsync(session, provinceCode, since, cancel);
        return !open;
    }

    async Task FollowAsync(SentFile file, List<AttemptChange> changes, List<Refusal> refusals, BatchMoney[] money, FileFold fold, int importNo, CancellationToken cancel)
    {
        // Ordinary progress opens nothing and asks for no reasons: only what failed or disagrees is looked at one by one.
        var failed = changes.Where(change => change.NewEnd is not null
            || CaseRules.Open(change.Before, file.Attempts[change.No].Ended, false, change.SettledBefore, !file.Attempts[change.No].IsLatest) != CaseKinds.None
            || CaseRules.Open(change.After, file.Attempts[change.No].Ended, false, change.SettledAfter, !file.Attempts[change.No].IsLatest) != CaseKinds.None).ToList();
        if (failed.Count == 0) return;
        var words = (await FactStore.WordsAsync(session, provinceCode, failed.Select(change => file.Attempts[change.No]).ToList(), importNo, operationNo, cancel, Confirming)).ToLookup(word => word.No);
        for (var i = 0; i < failed.Count; i++)
        {
            var change = failed[i];
            var attempt = file.Attempts[change.No];
            var said = words[i].ToList();
            var reading = reasons.For(file.Order.Profile);
            var ruleBefore = CaseRules.Deciding(Reasons(attempt, said.Where(word => word.Phase != (short)FactPhase.New), refusals.Where(one => one.Phase != FactPhase.New), reading), reading.Policy).Rule;
            said.RemoveAll(word => word.Phase == (short)FactPhase.Gone);
            var rule = CaseRules.Deciding(Reasons(attempt, said, refusals.Where(one => one.Phase != FactPhase.Gone), reading), reading.Policy).Rule;
            var endsNow = change.NewEnd is not null;
            var kindsBefore = CaseRules.Open(change.Before, attempt.Ended, ruleBefore.Class == ReasonClass.Deceased, change.SettledBefore, !attempt.IsLatest);
            var kinds = CaseRules.Open(change.After, attempt.Ended || endsNow, rule.Class == ReasonClass.Deceased, change.SettledAfter, !attempt.IsLatest);
            // The sum went out again with a later attempt, and its case with it: that this one failed is nobody's task any more.
            if (!attempt.IsLatest) kinds &= ~(CaseKinds.Rejected | CaseKinds.Returned | CaseKinds.Cancelled);
            var reason = rule.Code.Length > 0 ? rule.Code : null;
            var another = OtherDebt(change.SettledBefore, change.SettledAfter);
            foreach (var kind in CaseRules.Each(kindsBefore & (~kinds | another))) closed.Add((attempt, CaseRules.Code(kind), Superseded));
            foreach (var kind in CaseRules.Each(endsNow ? kinds : kinds & (~kindsBefore | another)))
            {
                var (action, owner, days) = CaseRules.Task(kind, rule, ReasonRules.ProfileOf(file.Order.Profile), reasons.Terms);
                var amount = kind != CaseKinds.BankShort ? attempt.AmountVnd
                    : change.SettledAfter is { BankOwesVnd: > 0 and var owed } ? owed
                    : attempt.AmountVnd - said.Where(word => word.Evidence == (int)Evidence.PartBooked).Select(word => word.AmountVnd ?? 0).DefaultIfEmpty(0).Max();
                cases.Add(new NewCase { Kind = CaseRules.Code(kind), Attempt = attempt, AmountVnd = amount, ReasonCode = reason, NextAction = action, Owner = OwnerText(owner), DueOn = calendar.Plus(today, days), HappenedOn = said.Max(word => word.EventDate) });
            }

            if (change.NewEnd is not { } ending) continue;
            var batch = file.Batches[fold.BatchPlace(attempt.BatchNo)];
            var returnedOn = said.Where(word => word.Evidence is (int)Evidence.ReturnBooked or (int)Evidence.PartBooked).Min(word => word.EventDate);
            var (debit, complete) = (money[fold.BatchPlace(attempt.BatchNo)].Debit, money[fold.BatchPlace(attempt.BatchNo)].StatementsComplete);
            var booked = said.Any(word => word.Evidence is (int)Evidence.ReturnBooked or (int)Evidence.PartBooked && word.Level != (short)EvidenceLevel.ConfirmedList);
            var proof = ending == AttemptEnding.Returned ? booked ? $"booked return of {LocalDatePattern.Iso.Format(returnedOn ?? today)}" : $"return: {Proof.ConfirmedByTwo}"
                : debit == BatchDebit.Unrefused ? $"batch {batch.Order.BatchId}: its debit is its sum without exactly the refused"
                : complete ? $"batch {batch.Order.BatchId}: complete statements hold no debit"
                : $"batch {batch.Order.BatchId}: {Proof.ConfirmedByTwo}";
            ends.Add(new ProvenEnd(attempt, ending, proof, reason, ending == AttemptEnding.Returned ? returnedOn ?? today : today));
        }
    }

    /// <summary>The reasons that count for an attempt: its own, else those of its refused batch, else of its refused file. Words that nobody knows do not hide a reason above them.</summary>
    public static IReadOnlyCollection<ReadReason> Reasons(SentAttempt attempt, IEnumerable<FailureWord> words, IEnumerable<Refusal> refusals, ReasonReading reading)
    {
        var own = words.Where(word => (word.ReasonCode ?? word.ReasonText) is not null && word.Evidence != (int)Evidence.DebitBooked).Select(word => reading.Of(word.ReasonCode, word.ReasonText)).ToList();
        if (own.Exists(Says)) return own;
        var above = refusals.ToList();
        var batch = above.Where(one => one.Row.Target == FactTarget.Batch && one.Row.Part == attempt.BatchNo).Select(one => reading.Of(one.Code, one.Text)).ToList();
        if (batch.Exists(Says)) return batch;
        var file = above.Where(one => one.Row.Target == FactTarget.File).Select(one => reading.Of(one.Code, one.Text)).ToList();
        return file.Exists(Says) ? file : own.Count > 0 ? own : batch.Count > 0 ? batch : file;

        static bool Says(ReadReason reason) => !reason.IsUnmapped || reason.Rule.Code.Length > 0;
    }

    /// <summary>Reads the reasons of some open cases anew, and gathers another case where their rule is another now.</summary>
    /// <returns>How many cases are decided anew.</returns>
    public async Task<int> ReviewAsync(SentFile file, IReadOnlyList<CaseToReview> open, CancellationToken cancel)
    {
        var fold = await FoldAsync(file, 0, cancel);
        var reading = reasons.For(file.Order.Profile);
        var places = open.Select(one => file.TryFind(new FactRow(FactTarget.Attempt, one.Month, one.RunNo, one.LineNo, one.Attempt), out var place) ? place : -1).ToList();
        var words = (await FactStore.WordsAsync(session, provinceCode, places.Where(place => place >= 0).Select(place => file.Attempts[place]).ToList(), 0, operationNo, cancel)).ToLookup(word => word.No);
        var (redecided, no) = (0, 0);
        for (var i = 0; i < open.Count; i++)
        {
            if (places[i] < 0) continue;
            var attempt = file.Attempts[places[i]];
            var rule = CaseRules.Deciding(Reasons(attempt, words[no++], fold.Refusals, reading), reading.Policy).Rule;
            var kinds = CaseRules.Open(fold.Evidence[places[i]], attempt.Ended, rule.Class == ReasonClass.Deceased, fold.Settled.GetValueOrDefault(places[i]), !attempt.IsLatest);
            var stays = CaseRules.Each(kinds).Any(kind => CaseRules.Code(kind) == open[i].Kind);
            if ((stays && (open[i].ReasonCode ?? "") == rule.Code) || cases.Exists(one => one.Attempt is { } taken && taken.Row == attempt.Row)) continue;
            redecided++;
            closed.Add((attempt, open[i].Kind, Superseded));
            foreach (var kind in CaseRules.Each(kinds).Where(kind => kind is not (CaseKinds.Contradicted or CaseKinds.PaidTwice or CaseKinds.BankShort)))
            {
                var (action, owner, days) = CaseRules.Task(kind, rule, ReasonRules.ProfileOf(file.Order.Profile), reasons.Terms);
                cases.Add(new NewCase
                {
                    Kind = CaseRules.Code(kind), Attempt = attempt, AmountVnd = attempt.AmountVnd, ReasonCode = rule.Code.Length > 0 ? rule.Code : null, NextAction = action, Owner = OwnerText(owner),
                    DueOn = calendar.Plus(today, days),
                });
            }
        }

        return redecided;
    }

    /// <summary>Writes what was gathered: ends before the attempts that stand on them, cases, postings.</summary>
    public async Task SaveAsync(CancellationToken cancel)
    {
        await OutcomeStore.EndAsync(session, provinceCode, ends, operationNo, cancel);
        foreach (var how in closed.GroupBy(one => one.How, StringComparer.Ordinal))
            await OutcomeStore.CloseCasesAsync(session, provinceCode, [.. how.Select(one => (one.Attempt, one.Kind))], how.Key, at, cancel);
        // Claims are few; they are looked at only where this may have changed one. One that ends does so before another of the same kind begins.
        if (closed.Exists(one => one.Kind is "paid_twice" or "bank_short")) await PaymentClaimStore.FollowAsync(session, provinceCode, at, operationNo, cancel);
        CasesOpened += await OutcomeStore.OpenCasesAsync(session, provinceCode, cases, at, operationNo, cancel);
        if (moves.Count > 0)
        {
            await PostingStore.CreateMovedAsync(session, cancel);
            await OutcomeStore.MoveAsync(session, moves, cancel);
            await PostingStore.PostAsync(session, provinceCode, operationNo, keepMembers: true, cancel);
        }

        if (cases.Exists(IsClaim)) await PaymentClaimStore.FollowAsync(session, provinceCode, at, operationNo, cancel);

        static bool IsClaim(NewCase one) => one.Kind is "paid_twice" or "bank_short";
    }

    public static string OwnerText(CaseOwner owner) => owner switch
    {
        CaseOwner.AccountEditor => Role.AccountEditor,
        CaseOwner.CommuneOfficer => Role.CommuneOfficer,
        _ => Role.Reconciler,
    };
}

/// <summary>A file's evidence by attempt, and the reasons given for its batches or for itself.</summary>
sealed record FoldedFile(Evidence[] Evidence, IReadOnlyList<Refusal> Refusals)
{
    /// <summary>The settlements that stand, by the place of the attempt.</summary>
    public IReadOnlyDictionary<int, Settlement> Settled { get; init; } = new Dictionary<int, Settlement>();

    /// <summary>What the evidence about an attempt adds up to, with what two persons settled.</summary>
    public BankView ViewOf(int place) => Settlements.ViewOf(Evidence[place], Settled.GetValueOrDefault(place));
}

/// <summary>Approved settlements of one attempt, the latest first, and the facts they are held against, before and after an operation.</summary>
sealed class BoundFacts
{
    readonly AttemptFacts before = new();
    readonly AttemptFacts after = new();

    public List<Settlement> Approved { get; } = [];

    public void Add(FactPhase phase, in FoldedFact fact)
    {
        if (phase != FactPhase.New) before.Add(fact);
        if (phase != FactPhase.Gone) after.Add(fact);
    }

    public Settlement? Before(Evidence evidence) => Standing(evidence, before.Digest());

    public Settlement? After(Evidence evidence) => Standing(evidence, after.Digest());

    Settlement? Standing(Evidence evidence, byte[] digest) => Approved.Find(one => one.StandsOn(evidence, digest));
}

/// <summary>A reason given for a refused batch or file.</summary>
sealed record Refusal(FactRow Row, string? Code, string? Text, FactPhase Phase);
