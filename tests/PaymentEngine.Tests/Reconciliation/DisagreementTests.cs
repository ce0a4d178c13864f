using NodaTime;
using PaymentEngine.Core.Payments;
using PaymentEngine.Core.Reconciliation;
using PaymentEngine.Messages;

namespace PaymentEngine.Tests.Reconciliation;

/// <summary>When the bank's sources disagree: a test for each case of the table, named after it.</summary>
public class DisagreementTests
{
    const long PaymentVnd = 500;
    static readonly InstructionId Ours = new(40, new YearMonth(2026, 11), 1, 7, 1);
    static readonly BankTrust Trust = new(false, false, false);
    static readonly Book Orders = new();

    static FoldedFact Debit(ulong key = 11, EvidenceLevel level = EvidenceLevel.Statement) => new(Evidence.DebitBooked, level, PaymentVnd, key, 1);

    static FoldedFact Return(Evidence evidence = Evidence.ReturnBooked, ulong key = 21) =>
        new(evidence, evidence == Evidence.ReturnAnnounced ? EvidenceLevel.Notification : EvidenceLevel.Statement, PaymentVnd, key, 1);

    static FoldedFact Status(string code, bool settledCounts = false) =>
        new(StatusEvidence.Of(code, EvidenceLevel.Transaction, settledCounts, false, out _), EvidenceLevel.Transaction, 0, 31, 1);

    static Evidence Seen(params FoldedFact[] facts)
    {
        var fold = new AttemptFold();
        foreach (var fact in facts) fold.Add(fact);
        var told = fold.With(default, default);
        fold = new AttemptFold();
        foreach (var fact in Enumerable.Reverse(facts).Concat(facts)) fold.Add(fact);
        Assert.Equal(told, fold.With(default, default)); // in any order, any number of times
        return told;
    }

    static BankView View(params FoldedFact[] facts) => BankViews.Of(Seen(facts));

    /// <summary>The end that the most favourable knowledge of the batch's money would prove.</summary>
    static AttemptEnding? MostProven(params FoldedFact[] facts) =>
        Proof.Of(Seen(facts), new BatchMoney(BatchDebit.Unrefused, OnStatement: true, StatementsComplete: true)) ?? Proof.Of(Seen(facts), new BatchMoney(BatchDebit.None, true, true));

    static Match Booked(long amountVnd, bool credit, EvidenceLevel level = EvidenceLevel.Statement, BankTrust? trust = null, InstructionId? id = null, bool saysReturned = false) =>
        Matching.OfMoney(new Observation { IsMoney = true, IsBooked = true, IsCredit = credit, AmountVnd = amountVnd, Level = level, Id = id, SaysReturned = saysReturned }, trust ?? Trust, Orders);

    [Fact]
    public void Rejected_and_debited_without_a_credit_is_a_conflict_and_is_not_paid_again()
    {
        Assert.Equal(BankView.Contradicted, View(Status("RJCT"), Debit()));
        Assert.Null(MostProven(Status("RJCT"), Debit()));
    }

    [Fact]
    public void Rejected_debited_and_credited_is_returned()
    {
        Assert.Equal(BankView.Returned, View(Status("RJCT"), Debit(), Return()));
        Assert.Equal(AttemptEnding.Returned, MostProven(Status("RJCT"), Debit(), Return()));
    }

    [Fact]
    public void Settled_by_status_without_a_debit_is_not_paid_again_until_a_rejection_comes()
    {
        Assert.Equal(BankView.AtBank, View(Status("ACSC")));
        Assert.Equal(BankView.Paid, View(Status("ACSC", settledCounts: true)));
        Assert.Null(MostProven(Status("ACSC")));
        Assert.Null(MostProven(Status("ACSC", settledCounts: true)));
    }

    [Fact]
    public void A_debit_without_any_report_is_paid() => Assert.Equal(BankView.Paid, View(Debit()));

    [Fact]
    public void A_return_that_only_a_notification_shows_is_announced_and_moves_no_money()
    {
        Assert.Equal(Evidence.ReturnAnnounced, Booked(PaymentVnd, true, EvidenceLevel.Notification, id: Ours).Evidence);
        Assert.Equal(BankView.ReturnAnnounced, View(Debit(), Return(Evidence.ReturnAnnounced)));
        Assert.Null(MostProven(Debit(), Return(Evidence.ReturnAnnounced)));
        Assert.Equal(BankView.Returned, View(Debit(), Return(Evidence.ReturnAnnounced), Return())); // once the statement has it
        Assert.Equal(Evidence.ReturnBooked, Booked(PaymentVnd, true, EvidenceLevel.Notification, Trust with { NotificationIsFinal = true }, Ours).Evidence); // or at once by profile
    }

    [Fact]
    public void A_return_on_the_statement_alone_is_returned()
    {
        Assert.Equal(BankView.Returned, View(Debit(), Return()));
        Assert.Equal(AttemptEnding.Returned, MostProven(Debit(), Return()));
    }

    [Fact]
    public void Where_the_amounts_of_notification_and_statement_differ_the_statement_counts()
    {
        var batch = new ReportFold();
        batch.Add(new FoldedFact(Evidence.DebitBooked, EvidenceLevel.Notification, 900, 1, 1));
        Assert.Equal((900L, false), (batch.DebitedVnd, batch.DebitIsOnStatement));
        batch.Add(new FoldedFact(Evidence.DebitBooked, EvidenceLevel.Statement, 1_000, 1, 1));
        Assert.Equal((1_000L, true), (batch.DebitedVnd, batch.DebitIsOnStatement));
    }

    [Fact]
    public void A_return_seen_before_its_debit_is_returned_and_stays_so_when_the_debit_comes()
    {
        Assert.Equal(BankView.Returned, View(Return()));
        Assert.Equal(BankView.Returned, View(Return(), Debit()));
    }

    [Fact]
    public void A_return_weeks_after_the_payee_was_credited_is_a_late_return()
    {
        Assert.Equal(BankView.Returned, View(Status("ACCC"), Debit(), Return()));
        Assert.Equal(AttemptEnding.Returned, MostProven(Status("ACCC"), Debit(), Return()));
    }

    [Fact]
    public void A_return_smaller_than_the_payment_is_returned_in_part()
    {
        var match = Booked(PaymentVnd - 11, true, id: Ours);
        Assert.Equal((FactTarget.Attempt, Evidence.PartBooked), (match.Row.Target, match.Evidence));
        Assert.Equal(BankView.Returned, View(Debit(), Return(Evidence.PartBooked)));
    }

    [Fact]
    public void A_return_larger_than_the_payment_waits_in_suspense()
    {
        var match = Booked(PaymentVnd + 1, true, id: Ours);
        Assert.Equal((FactTarget.Suspense, MatchRule.OtherAmount), (match.Row.Target, match.Rule));
    }

    [Fact]
    public void A_second_return_blocks_every_further_payment()
    {
        Assert.Equal(BankView.Contradicted, View(Debit(), Return(), Return(key: 22)));
        Assert.Null(MostProven(Debit(), Return(), Return(key: 22)));
        Assert.Equal(BankView.Returned, View(Debit(), Return(), Return())); // the same one told twice
    }

    [Fact]
    public void A_lump_return_without_details_waits_in_suspense_and_with_details_each_payment_has_its_own()
    {
        var lump = Booked(3 * PaymentVnd, true, saysReturned: true);
        Assert.Equal((FactTarget.Suspense, MatchRule.Unknown), (lump.Row.Target, lump.Rule));
        Assert.Equal(FactRow.Of(Ours), Booked(PaymentVnd, true, id: Ours, saysReturned: true).Row);
    }

    [Fact]
    public void A_debit_larger_than_the_batch_without_its_rejects_contradicts_the_rejected_first()
    {
        // 1 000 ordered, 500 rejected: a debit of the whole took the rejected payment too.
        RefusedPayment[] refused = [new(new(CameBack: false, 5), PaymentVnd)];
        var whole = BatchDebits.Of(1_000, 1_000, 1_000, refused);
        Assert.Equal(BatchDebit.All, whole.Says);
        Assert.Equal(BankView.Contradicted, BankViews.Of(whole.Apply(Seen(Status("RJCT")), refused[0].Place)));
        // Any other sum explains nobody, and proves nothing.
        Assert.Equal(BatchDebit.Unexplained, BatchDebits.Of(700, 700, 1_000, refused).Says);
        Assert.Null(Proof.Of(Seen(Status("RJCT")), new BatchMoney(BatchDebit.Unexplained, true, true)));
        Assert.Equal(AttemptEnding.Rejected, Proof.Of(Seen(Status("RJCT")), new BatchMoney(BatchDebits.Of(500, 500, 1_000, refused).Says, true, false)));
    }

    [Fact]
    public void The_same_entry_in_report_notification_and_statement_is_one_event()
    {
        Assert.Equal(BankView.Paid, View(Debit(level: EvidenceLevel.Notification), Debit()));
        Assert.Equal(BankView.Paid, View(Debit(12, EvidenceLevel.Notification), Debit())); // also under another reference: a notification counts no bookings
        Assert.Equal(BankView.Contradicted, View(Debit(), Debit(12)));
    }

    [Fact]
    public void A_statement_told_again_adds_nothing()
    {
        var day = new LocalDate(2026, 11, 24);
        ulong Key(int occurrence) => EventKey.Of("0011002233445", day, day, PaymentVnd, false, "FT26328000001", occurrence);
        Assert.Equal(BankView.Paid, View(Debit(Key(1)), Debit(Key(1))));
        Assert.Equal(BankView.Contradicted, View(Debit(Key(1)), Debit(Key(2)))); // two equal bookings on one day are two
    }

    [Fact]
    public void A_death_is_never_answered_with_cash_whatever_else_the_bank_says()
    {
        var policy = CodeLists.ReasonPolicy;
        foreach (var other in (string[])["AC01", "AC04", "AM04", "MS03", "NARR", "ZZ99"])
        {
            Assert.False(CaseRules.Strictest(["MD07", other], policy).MayBecomeCash);
            Assert.False(CaseRules.Strictest([other, "MD07"], policy).MayBecomeCash);
        }
    }

    sealed class Book : IOrderBook
    {
        public short ProvinceCode => 40;

        public long LargestPaymentVnd => 1_000;

        public bool TryFind(InstructionId id, out OrderedPayment payment)
        {
            payment = new OrderedPayment(PaymentVnd, 202611, 1, 1);
            return id == Ours;
        }

        public OrderedFile? File(string id) => null;

        public OrderedFile? FileOf(InstructionId id) => null;
    }
}
