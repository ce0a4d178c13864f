using NodaTime;
using PaymentEngine.Core;
using PaymentEngine.Core.Payments;
using PaymentEngine.Core.Reconciliation;

namespace PaymentEngine.Tests.Simulation;

/// <summary>
/// Disbursements in memory: their attempts, the facts banks told, the postings. It decides nothing itself: every step, view, proof, place and guard is the product's
/// (<see cref="BookRules"/>). What must always hold is looked at after each event by <see cref="BookChecks"/>.
/// </summary>
sealed class DisbursementBook
{
    public const int Month = 202611;

    /// <summary>What the codes of an event mean: statuses and reasons as banks give them, known and unknown.</summary>
    static readonly string?[] Reasons = ["AC04", "AC01", "AC07", "BE01", "AC06", "AM05", "MD07", "MS03", "AM04", "DU01", "ZZ99", null];
    static readonly string[] Statuses = ["RJCT", "RJCT", "ACCP", "ACSP", "ACSC", "ACCC", "PDNG", "CANC", "ACTC", "RCVD", "ZZZZ"];

    readonly BookRules rules;
    readonly long[] posted = new long[12];
    readonly int[] postedItems = new int[12];

    public DisbursementBook(BookRules rules, int files, int paymentsEach)
    {
        this.rules = rules;
        for (var line = 1; line <= files * paymentsEach; line++) Lines.Add(new BookLine(line, 500_000 + (line % 97 * 1_000)));
        for (var no = 1; no <= files; no++) NewFile([.. Lines.Skip((no - 1) * paymentsEach).Take(paymentsEach)]);
        foreach (var line in Lines) Move(line, Place.Ordered);
    }

    public List<BookLine> Lines { get; } = [];

    public List<BookFile> Files { get; } = [];

    /// <summary>What went wrong while events were taken: moves that are not legal.</summary>
    public List<string> Faults { get; } = [];

    public int Refused { get; private set; }

    public (int Items, long Sum) Posted(Place place) => (postedItems[(int)place], posted[(int)place]);

    /// <summary>Takes an event; false where it cannot happen now, and then nothing has changed.</summary>
    public bool Take(BookEvent happened)
    {
        var file = Files[happened.File % Files.Count];
        var attempt = file.Attempts[happened.At % file.Attempts.Count];
        var status = Statuses[happened.Code % Statuses.Length];
        var reason = Reasons[happened.Code % Reasons.Length];
        var done = happened.Kind switch
        {
            BookEventKind.HandOver => Step(file, OwnEvent.HandOver),
            BookEventKind.LoseTrack => Step(file, OwnEvent.LoseTrack),
            BookEventKind.ProveHandedOver => Step(file, OwnEvent.ProveHandedOver),
            // What a bank has answered about it has: it neither was not sent nor lies in the channel.
            BookEventKind.ProveNotSent => file.Facts.Count == 0 && Step(file, OwnEvent.ProveNotSent),
            BookEventKind.TakeBack => file.Facts.Count == 0 && Step(file, OwnEvent.TakeBack),
            BookEventKind.Status => Said(file, [Word(attempt, status, happened.Hour, reason)]),
            BookEventKind.StatusOfMany => Said(file, [.. file.Attempts.Where((_, at) => at % 7 == happened.At % 7).Select(one => Word(one, "RJCT", happened.Hour, reason))]),
            BookEventKind.BatchStatus => Said(file, [new(Batch(file), Fact(StatusEvidence.Of(status, EvidenceLevel.Batch, true, false, out _), EvidenceLevel.Batch, 0, 1, happened.Hour), reason)]),
            BookEventKind.FileStatus => Said(file, [new(File(file), Fact(StatusEvidence.Of(status, EvidenceLevel.File, true, false, out _), EvidenceLevel.File, 0, 1, happened.Hour), reason)]),
            BookEventKind.BatchDebit => DebitOf(file, happened.Code) > 0 && Said(file, [new(Batch(file), Fact(Evidence.DebitBooked, EvidenceLevel.Statement, DebitOf(file, happened.Code), 7, happened.Hour), null)]),
            BookEventKind.SingleDebit => Said(file, [Money(attempt, Evidence.DebitBooked, EvidenceLevel.Statement, 11, happened.Hour, null)]),
            BookEventKind.SecondDebit => Said(file, [Money(attempt, Evidence.DebitBooked, EvidenceLevel.Statement, 12, happened.Hour, null)]),
            BookEventKind.Notification => Said(file, [Money(attempt, Evidence.DebitBooked, EvidenceLevel.Notification, 11, happened.Hour, null)]),
            BookEventKind.Returned => Said(file, [Money(attempt, Evidence.ReturnBooked, EvidenceLevel.Statement, 21, happened.Hour, reason)]),
            BookEventKind.PartReturned => Said(file, [Money(attempt, Evidence.PartBooked, EvidenceLevel.Statement, 21, happened.Hour, reason)]),
            BookEventKind.SecondReturn => Said(file, [Money(attempt, Evidence.ReturnBooked, EvidenceLevel.Statement, 22, happened.Hour, reason)]),
            BookEventKind.ReturnAnnounced => Said(file, [Money(attempt, Evidence.ReturnAnnounced, EvidenceLevel.Notification, 21, happened.Hour, reason)]),
            BookEventKind.StatementsComplete => Complete(file),
            BookEventKind.ToldAgain => file.Facts.Count > 0 && Said(file, [file.Facts[happened.At % file.Facts.Count], file.Facts[happened.Code % file.Facts.Count]]),
            BookEventKind.Reconcile => ToCash(file),
            BookEventKind.PayAgain => PayAgain(file, happened.Code % 2 == 0),
            BookEventKind.PrintCash => PrintCash(file),
            BookEventKind.CashPaid => OnList(file, happened.At) is { } paid && Cash(paid, line => line.Cash = CashStanding.Paid),
            BookEventKind.Settle => SettleDispute(attempt, happened.Code % 2 == 0 ? SettledAs.Paid : SettledAs.Returned, $"person {happened.Code % 3}", $"person {happened.Hour % 3}"),
            BookEventKind.CashCorrected => file.Attempts.FirstOrDefault(one => one.Line.Place == Place.PaidInCash) is { } wrong && Cash(wrong.Line, Uncollected),
            BookEventKind.CashUncollected => OnList(file, happened.At) is { } rest && Cash(rest, Uncollected),
            _ => file.Attempts.FirstOrDefault(one => one.Line.Place == Place.CashDue) is { } due && Cash(due.Line, line => line.Cash = CashStanding.GivenBack),
        };
        if (!done) Refused++;
        return done;
    }

    /// <summary>The reasons that count for an attempt: its own, else its batch's, else its file's (the product's order; here each of one code).</summary>
    public List<ReadReason> ReasonsOf(BookAttempt attempt) =>
        [.. CodesOf(attempt).Select(code => rules.Reason(code)).Select(rule => new ReadReason(rule, 100, rule.MayBecomeCash, null))];

    public static IReadOnlyList<string?> CodesOf(BookAttempt attempt)
    {
        var file = attempt.File;
        foreach (var target in (FactTarget[])[FactTarget.Attempt, FactTarget.Batch, FactTarget.File])
        {
            var said = file.Facts.Where(told => told.Row.Target == target && (target != FactTarget.Attempt || told.Row == attempt.Row) && told.Fact.Evidence != Evidence.DebitBooked && told.Fact.Evidence != Evidence.None
                && (told.Fact.Evidence & (Evidence.Rejected | Evidence.CancelledByBank | Evidence.ReturnBooked | Evidence.PartBooked | Evidence.ReturnAnnounced)) != 0).Select(told => told.Reason).Distinct().ToList();
            if (said.Count > 0) return said;
        }

        return [];
    }

    public CaseKinds CasesOf(BookAttempt attempt)
    {
        var deceased = CodesOf(attempt).Any(code => rules.Reason(code).Class == ReasonClass.Deceased);
        return StandingOf(attempt) is { } stands ? CaseRules.Open(attempt.Evidence, attempt.HasEnd, deceased, stands.Says, attempt.Line.Latest != attempt) : rules.Cases(attempt.Evidence, attempt.HasEnd, deceased);
    }

    /// <summary>The settlement that counts for an attempt now; null: none.</summary>
    public BookSettlement? StandingOf(BookAttempt attempt)
    {
        if (attempt.Settlements.Count == 0) return null;
        var digest = attempt.Facts().Digest();
        return attempt.Settlements.FindLast(one => rules.Stands(one.Says, attempt.Evidence, digest));
    }

    BankView ViewOf(BookAttempt attempt) => StandingOf(attempt) is { } stands ? Settlements.ViewOf(attempt.Evidence, stands.Says) : rules.View(attempt.Evidence);

    /// <summary>Two persons settle what the evidence leaves open.</summary>
    bool SettleDispute(BookAttempt attempt, SettledAs wanted, string proposer, string approver)
    {
        if (rules.WhyNotSettle(attempt.Evidence, attempt.HasEnd, attempt.File.Step, attempt.Line.Latest != attempt, wanted, StandingOf(attempt)?.Says) is not null || rules.WhyNotApprove(proposer, approver) is not null) return false;
        var facts = attempt.Facts();
        attempt.Settlements.Add(new BookSettlement(new Settlement(wanted, attempt.Evidence, facts.Digest(), Settlements.BankOwesVnd(wanted, attempt.Evidence, facts, attempt.Line.Amount)), proposer, approver, attempt.Bookings()));
        if (wanted == SettledAs.Returned) attempt.Ending ??= AttemptEnding.Returned;
        if (attempt.Line.Latest == attempt) Settle(attempt.Line);
        return true;
    }

    bool Step(BookFile file, OwnEvent happened)
    {
        if (rules.Next(file.Step, happened) is not { } next) return false;
        file.Step = next;
        foreach (var attempt in file.Attempts) Settle(attempt.Line);
        return true;
    }

    bool Said(BookFile file, IReadOnlyList<BookFact> told)
    {
        foreach (var fact in told) file.Facts.Add(fact with { Fact = rules.Take(fact.Row, fact.Told) });
        Fold(file);
        return true;
    }

    bool Complete(BookFile file)
    {
        file.StatementsComplete = true;
        Fold(file);
        return true;
    }

    /// <summary>Folds all facts of a file, ends what is proven, and posts what changed its place.</summary>
    void Fold(BookFile file)
    {
        var sent = file.AsSent();
        var fold = new FileFold(sent);
        foreach (var told in file.Facts) fold.Add(told.Row, told.Fact);
        var (evidence, debits, onStatement) = fold.Result();
        var money = new BatchMoney(debits[0], onStatement[0], file.StatementsComplete && debits[0] == BatchDebit.None);
        // The product's own difference, which the operations use, gives the same ends and places as the single decisions.
        var changes = Answers.Changes(sent, [.. file.Attempts.Select(one => one.Evidence)], evidence, [money], _ => 0, _ => false, new HashSet<int>()).ToDictionary(change => change.No);
        for (var at = 0; at < file.Attempts.Count; at++)
        {
            var attempt = file.Attempts[at];
            var proven = attempt.HasEnd ? null : rules.ProvenEnd(evidence[at], money);
            if (rules.ProvenEnd == Plain.ProvenEnd && changes.GetValueOrDefault(at).NewEnd != proven) Faults.Add($"line {attempt.Line.No}: the difference says another end");
            attempt.Evidence = evidence[at];
            attempt.Ending ??= proven;
            if (attempt.Line.Latest == attempt) Settle(attempt.Line);
        }
    }

    static readonly BookRules Plain = new();

    bool ToCash(BookFile file)
    {
        var any = false;
        foreach (var attempt in file.Attempts)
        {
            var reasons = attempt.Line.Latest == attempt ? ReasonsOf(attempt) : [];
            if (rules.KeepsFromCash(CasesOf(attempt))) continue;
            if (!rules.MayBecomeCash(ViewOf(attempt), attempt.HasEnd, attempt.Line.Latest == attempt, reasons)) continue;
            attempt.SettledWhenFollowed = StandingOf(attempt)?.Says.As;
            attempt.Line.CashAfter(attempt, bySelf: true);
            Settle(attempt.Line);
            any = true;
        }

        return any;
    }

    bool PayAgain(BookFile file, bool decided)
    {
        var again = file.Attempts.Where(attempt => rules.WhyNotRepay(FactsOf(attempt, decided)) is null).Take(5).ToList();
        if (again.Count == 0) return false;
        foreach (var attempt in again) attempt.SettledWhenFollowed = StandingOf(attempt)?.Says.As;
        NewFile([.. again.Select(attempt => attempt.Line)]);
        foreach (var attempt in again) Settle(attempt.Line);
        return true;
    }

    /// <summary>What a person who asks about the case of an attempt is told by the program.</summary>
    CaseFacts FactsOf(BookAttempt attempt, bool decided)
    {
        var kinds = CasesOf(attempt);
        var failed = CaseRules.Each(kinds).Select(CaseRules.Code).FirstOrDefault(CaseWork.IsFailedPayment) ?? "contradicted";
        var reason = ReasonsOf(attempt).Select(one => one.Rule).OrderByDescending(CaseRules.Strictness).FirstOrDefault() ?? rules.Reason(null);
        return new CaseFacts(1, failed, reason, attempt.HasEnd, attempt.Line.Latest == attempt, (kinds & (CaseKinds.Contradicted | CaseKinds.PaidTwice)) != 0, attempt.No, HasOtherAccount: attempt.Line.No % 2 == 0, decided,
            new LocalDate(2026, 11, 6));
    }

    bool PrintCash(BookFile file)
    {
        var due = file.Attempts.Select(attempt => attempt.Line).Where(line => line.Place == Place.CashDue).Distinct().ToList();
        foreach (var line in due) Cash(line, one => one.Cash = CashStanding.Listed);
        return due.Count > 0;
    }

    static BookLine? OnList(BookFile file, int at)
    {
        var listed = file.Attempts.Select(attempt => attempt.Line).Where(line => line.Place == Place.OnCashList).Distinct().ToList();
        return listed.Count == 0 ? null : listed[at % listed.Count];
    }

    static void Uncollected(BookLine line)
    {
        line.CashEnds++;
        line.Cash = CashStanding.Due;
    }

    bool Cash(BookLine line, Action<BookLine> happened)
    {
        happened(line);
        Settle(line);
        return true;
    }

    void Settle(BookLine line) => Move(line, PlaceOf(line));

    /// <summary>The place by the facts, whatever was posted.</summary>
    public Place PlaceOf(BookLine line) => line.Cash switch
    {
        CashStanding.GivenBack => Place.GivenBack,
        { } cash => rules.PlaceOf(new AttemptStanding(true, false, OwnStep.Approved, BankView.Silent, cash == CashStanding.Listed, cash == CashStanding.Paid)),
        null => rules.PlaceOf(new AttemptStanding(false, line.Latest!.HasEnd, line.Latest.File.Step, rules.View(line.Latest.Evidence), false, false) { Seen = line.Latest.Evidence, Settled = StandingOf(line.Latest)?.Says.As }),
    };

    void Move(BookLine line, Place to)
    {
        var from = line.Place;
        if (from == to) return;
        if (Places.CauseOf(from, to) is null) Faults.Add($"line {line.No}: {from} → {to} is no legal move");
        line.Place = to;
        for (var times = rules.Book((from, to, line.Amount)); times > 0; times--)
        {
            (posted[(int)from], postedItems[(int)from]) = (posted[(int)from] - line.Amount, postedItems[(int)from] - 1);
            (posted[(int)to], postedItems[(int)to]) = (posted[(int)to] + line.Amount, postedItems[(int)to] + 1);
        }
    }

    void NewFile(IReadOnlyList<BookLine> lines)
    {
        var file = new BookFile(Files.Count + 1);
        foreach (var line in lines)
        {
            var attempt = new BookAttempt(line, file, (short)(line.Attempts.Count + 1));
            line.Attempts.Add(attempt);
            file.Attempts.Add(attempt);
        }

        Files.Add(file);
    }

    static long DebitOf(BookFile file, int choice)
    {
        var all = file.Attempts.Sum(attempt => attempt.Line.Amount);
        var refused = file.Attempts.Where(attempt => BatchDebits.IsRefused(attempt.Evidence)).Sum(attempt => attempt.Line.Amount);
        return choice % 4 == 3 ? all : choice % 8 == 6 ? all - refused - 1_000 : all - refused;
    }

    static BookFact Word(BookAttempt attempt, string status, int hour, string? reason) =>
        new(attempt.Row, Fact(StatusEvidence.Of(status, EvidenceLevel.Transaction, settledCountsAsPaid: true, silenceInPartMeansAccepted: false, out _), EvidenceLevel.Transaction, 0, 1, hour), reason);

    static BookFact Money(BookAttempt attempt, Evidence evidence, EvidenceLevel level, ulong key, int hour, string? reason) => new(attempt.Row, Fact(evidence, level, attempt.Line.Amount, key, hour), reason);

    static FoldedFact Fact(Evidence evidence, EvidenceLevel level, long amountVnd, ulong key, int hour) => new(evidence, level, amountVnd, key, hour);

    static FactRow Batch(BookFile file) => new(FactTarget.Batch, Month, 0, file.No, 1);

    static FactRow File(BookFile file) => new(FactTarget.File, Month, 0, file.No, 0);
}

enum CashStanding : byte { Due, Listed, Paid, GivenBack }

/// <summary>A disbursement.</summary>
sealed class BookLine(int no, long amount)
{
    public int No => no;

    public long Amount => amount;

    public List<BookAttempt> Attempts { get; } = [];

    /// <summary>The latest attempt is a cash payout, and stands so; null: it is an order.</summary>
    public CashStanding? Cash { get; set; }

    public int CashEnds { get; set; }

    /// <summary>The attempt after which cash came, and whether no person decided it.</summary>
    public (BookAttempt After, bool BySelf)? CashCause { get; private set; }

    /// <summary>Where the postings say that its money is.</summary>
    public Place Place { get; set; } = Place.Unlisted;

    /// <summary>The latest attempt through a bank, while none in cash came after it.</summary>
    public BookAttempt? Latest => Cash is null ? Attempts[^1] : null;

    public void CashAfter(BookAttempt attempt, bool bySelf)
    {
        Cash = CashStanding.Due;
        CashCause = (attempt, bySelf);
        attempt.Followed = attempt.File.Facts.Count;
    }
}

sealed class BookAttempt
{
    public BookAttempt(BookLine line, BookFile file, short no)
    {
        (Line, File, No) = (line, file, no);
        if (line.Attempts.Count > 0) line.Attempts[^1].Followed = line.Attempts[^1].File.Facts.Count;
    }

    public BookLine Line { get; }

    public BookFile File { get; }

    public short No { get; }

    public Evidence Evidence { get; set; }

    public AttemptEnding? Ending { get; set; }

    public bool HasEnd => Ending is not null;

    /// <summary>What two persons agreed on, oldest first.</summary>
    public List<BookSettlement> Settlements { get; } = [];

    /// <summary>As what it stood settled when the next attempt was made.</summary>
    public SettledAs? SettledWhenFollowed { get; set; }

    /// <summary>What was said and booked about it alone.</summary>
    public AttemptFacts Facts()
    {
        var facts = new AttemptFacts();
        foreach (var told in File.Facts.Where(told => told.Row == Row)) facts.Add(told.Fact);
        return facts;
    }

    /// <summary>How many bookings on statements name it, as the bank told them.</summary>
    public int Bookings() => File.Facts.Where(told => told.Row == Row && told.Told.Level == EvidenceLevel.Statement).Select(told => (told.Told.Evidence, told.Told.EventKey)).Distinct().Count();

    /// <summary>How many facts of its file were known when the next attempt was made; null: none was made.</summary>
    public int? Followed { get; set; }

    public FactRow Row => new(FactTarget.Attempt, DisbursementBook.Month, 1, Line.No, No);
}

/// <summary>A dispute that two persons settled.</summary>
/// <param name="Bookings">How many bookings named the payment then.</param>
sealed record BookSettlement(Settlement Says, string Proposer, string Approver, int Bookings);

/// <param name="Fact">As the book took it.</param>
sealed record BookFact(FactRow Row, FoldedFact Fact, string? Reason)
{
    /// <summary>As the bank told it.</summary>
    public FoldedFact Told { get; init; } = Fact;
}

sealed class BookFile(int no)
{
    public int No => no;

    public OwnStep Step { get; set; } = OwnStep.Sealed;

    public List<BookAttempt> Attempts { get; } = [];

    public List<BookFact> Facts { get; } = [];

    public bool StatementsComplete { get; set; }

    public SentFile AsSent()
    {
        var sum = Attempts.Sum(attempt => attempt.Line.Amount);
        var batch = new OrderedBatch(DisbursementBook.Month, no, 1, "B", Attempts.Count, sum);
        return new SentFile(new OrderedFile(DisbursementBook.Month, no, "F", Attempts.Count, sum, [batch]), Step is OwnStep.HandedOver or OwnStep.InDoubt, new LocalDate(2026, 11, 2), [], [new SentBatch(batch, new LocalDate(2026, 11, 3))],
            [.. Attempts.Select(attempt => new SentAttempt(DisbursementBook.Month, 1, attempt.Line.No, attempt.No, 1, attempt.Line.Amount, 2, 1, attempt.Line.Latest == attempt, attempt.HasEnd))]);
    }
}
