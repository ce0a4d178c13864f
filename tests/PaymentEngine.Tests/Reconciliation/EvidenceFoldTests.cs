using FsCheck;
using FsCheck.Fluent;
using NodaTime;
using PaymentEngine.Core;
using PaymentEngine.Core.Payments;
using PaymentEngine.Core.Reconciliation;

namespace PaymentEngine.Tests.Reconciliation;

public class EvidenceFoldTests
{
    const int Payments = 5;

    static readonly SentFile File = new(
        new OrderedFile(202611, 1, "B40261102-000001-01", Payments, 1500, [new OrderedBatch(202611, 1, 1, "B40261102-000001-01-001", Payments, 1500)]), handedOver: true, new LocalDate(2026, 11, 2), [],
        [new SentBatch(new OrderedBatch(202611, 1, 1, "B40261102-000001-01-001", Payments, 1500), new LocalDate(2026, 11, 3))],
        [.. Enumerable.Range(1, Payments).Select(line => new SentAttempt(202611, 1, line, 1, 1, line * 100, 2, 1, true, false))]);

    static readonly Gen<(FactRow Row, FoldedFact Fact)> SomeFact =
        from target in Gen.Elements(FactTarget.Attempt, FactTarget.Attempt, FactTarget.Attempt, FactTarget.Batch, FactTarget.File)
        from isMoney in Gen.Elements(true, false, false)
        from line in Gen.Choose(1, Payments)
        from evidence in isMoney && target != FactTarget.File
            ? target == FactTarget.Batch ? Gen.Constant(Evidence.DebitBooked) : Gen.Elements(Evidence.DebitBooked, Evidence.ReturnBooked, Evidence.PartBooked, Evidence.ReturnAnnounced)
            : Gen.Elements(Evidence.None, Evidence.FileAcknowledged, Evidence.Accepted, Evidence.Pending, Evidence.InSettlement, Evidence.Rejected)
        from level in Gen.Choose(1, 2)
        from amount in Gen.Elements(1500L, 1400L, 1300L, 1200L, 100L)
        from key in Gen.Choose(1, 3)
        from at in Gen.Choose(1, 4)
        let said = isMoney && target != FactTarget.File ? (EvidenceLevel)level : target == FactTarget.Attempt ? EvidenceLevel.Transaction : target == FactTarget.Batch ? EvidenceLevel.Batch : EvidenceLevel.File
        let row = target == FactTarget.Attempt ? new FactRow(target, 202611, 1, line, 1) : new FactRow(target, 202611, 0, 1, target == FactTarget.Batch ? (short)1 : (short)0)
        select (row, new FoldedFact(evidence, said, amount, (ulong)key, at));

    [Fact]
    public void The_order_in_which_a_bank_tells_its_story_and_how_often_does_not_matter() =>
        Prop.ForAll(SomeFact.ListOf().ToArbitrary(), Gen.Choose(0, int.MaxValue).ToArbitrary(), (facts, seed) =>
        {
            var random = new SeededRandom((ulong)seed);
            var again = facts.Concat(facts.Where(_ => random.Chance(5_000))).ToList();
            for (var i = again.Count - 1; i > 0; i--)
            {
                var other = random.Below(i + 1);
                (again[i], again[other]) = (again[other], again[i]);
            }

            var (one, two) = (Fold(facts), Fold(again));
            return one.Evidence.SequenceEqual(two.Evidence) && one.Debits.SequenceEqual(two.Debits)
                && one.Evidence.Select(BankViews.Of).SequenceEqual(two.Evidence.Select(BankViews.Of));
        }).QuickCheckThrowOnFailure();

    // The table of profile §10, as far as evidence of single payments says it.
    [Theory]
    [InlineData(Evidence.Rejected | Evidence.DebitBooked, BankView.Contradicted)]
    [InlineData(Evidence.Rejected | Evidence.DebitBooked | Evidence.ReturnBooked, BankView.Returned)]
    [InlineData(Evidence.DebitBooked, BankView.Paid)]
    [InlineData(Evidence.InSettlement, BankView.AtBank)]
    [InlineData(Evidence.DebitBooked | Evidence.ReturnAnnounced, BankView.ReturnAnnounced)]
    [InlineData(Evidence.DebitBooked | Evidence.ReturnAnnounced | Evidence.ReturnBooked, BankView.Returned)]
    [InlineData(Evidence.ReturnBooked, BankView.Returned)]
    [InlineData(Evidence.Credited | Evidence.DebitBooked | Evidence.ReturnBooked, BankView.Returned)]
    [InlineData(Evidence.DebitBooked | Evidence.PartBooked, BankView.Returned)]
    [InlineData(Evidence.DebitBooked | Evidence.ReturnBooked | Evidence.SecondReturn, BankView.Contradicted)]
    [InlineData(Evidence.DebitBooked | Evidence.SecondDebit, BankView.Contradicted)]
    [InlineData(Evidence.CancelledByBank | Evidence.DebitBooked, BankView.Contradicted)]
    public void When_the_sources_disagree(Evidence seen, BankView view) => Assert.Equal(view, BankViews.Of(seen));

    [Fact]
    public void The_batch_debit_tells_the_refused_from_the_paid()
    {
        var rejected = (new FactRow(FactTarget.Attempt, 202611, 1, 2, 1), new FoldedFact(Evidence.Rejected, EvidenceLevel.Transaction, 0, 9, 1));
        var (evidence, debits, onStatement) = Fold([rejected, Debit(1300, EvidenceLevel.Statement)]);
        Assert.Equal([BankView.Paid, BankView.Rejected, BankView.Paid, BankView.Paid, BankView.Paid], evidence.Select(BankViews.Of));
        Assert.Equal(AttemptEnding.Rejected, Proof.Of(evidence[1], new BatchMoney(debits[0], onStatement[0], false)));
        Assert.Null(Proof.Of(evidence[0], new BatchMoney(debits[0], onStatement[0], false)));

        (evidence, debits, onStatement) = Fold([rejected, Debit(1500, EvidenceLevel.Statement)]);
        Assert.Equal(BankView.Contradicted, BankViews.Of(evidence[1]));
        Assert.Null(Proof.Of(evidence[1], new BatchMoney(debits[0], onStatement[0], true)));

        (evidence, debits, onStatement) = Fold([rejected, Debit(1400, EvidenceLevel.Statement)]);
        Assert.Equal(BatchDebit.Unexplained, debits[0]);
        Assert.Null(Proof.Of(evidence[1], new BatchMoney(debits[0], onStatement[0], true)));

        (evidence, debits, onStatement) = Fold([rejected, Debit(1300, EvidenceLevel.Notification)]);
        Assert.Null(Proof.Of(evidence[1], new BatchMoney(debits[0], onStatement[0], false))); // a notification is not the statement
    }

    /// <summary>A bank refuses 2, takes the money of the others, refuses 3 a day later and books it back: nobody else's payment is thrown into doubt, in whatever order the files come.</summary>
    [Fact]
    public void What_is_refused_after_the_debit_was_taken_by_it_and_the_others_stay_paid()
    {
        static (FactRow, FoldedFact) Refused(int line, long at) => (new FactRow(FactTarget.Attempt, 202611, 1, line, 1), new FoldedFact(Evidence.Rejected, EvidenceLevel.Transaction, 0, 9, at));
        var back = (new FactRow(FactTarget.Attempt, 202611, 1, 3, 1), new FoldedFact(Evidence.ReturnBooked, EvidenceLevel.Statement, 300, 21, 40));
        (FactRow, FoldedFact)[] told = [Refused(2, 10), Debit(1300, EvidenceLevel.Statement), Refused(3, 30), Refused(2, 30)];
        foreach (var story in ((FactRow, FoldedFact)[][])[told, [.. told.Reverse()]])
        {
            var (evidence, debits, onStatement) = Fold(story);
            Assert.Equal([BankView.Paid, BankView.Rejected, BankView.Contradicted, BankView.Paid, BankView.Paid], evidence.Select(BankViews.Of));
            Assert.Equal(AttemptEnding.Rejected, Proof.Of(evidence[1], new BatchMoney(debits[0], onStatement[0], false)));

            (evidence, debits, onStatement) = Fold([.. story, back]);
            Assert.Equal([BankView.Paid, BankView.Rejected, BankView.Returned, BankView.Paid, BankView.Paid], evidence.Select(BankViews.Of));
            Assert.Equal(AttemptEnding.Returned, Proof.Of(evidence[2], new BatchMoney(debits[0], onStatement[0], false)));
        }

        // Taken although it was refused first, and given back: the debit left out the other one.
        Assert.Equal([BankView.Paid, BankView.Rejected, BankView.Returned, BankView.Paid, BankView.Paid], Fold([Refused(3, 1), Refused(2, 10), Debit(1300, EvidenceLevel.Statement), back]).Evidence.Select(BankViews.Of));
    }

    /// <summary>A bank takes a batch without its refused one, and one payment once more on a booking of its own: the others stay paid, and of the refused nothing is proven any more.</summary>
    [Fact]
    public void A_second_debit_of_one_payment_throws_nobody_else_into_doubt()
    {
        var rejected = (new FactRow(FactTarget.Attempt, 202611, 1, 2, 1), new FoldedFact(Evidence.Rejected, EvidenceLevel.Transaction, 0, 9, 1));
        // The entry names the payment, so that it also counts for the batch it stands in.
        (FactRow, FoldedFact)[] Again(int line, long amount, ulong key) =>
        [
            (new FactRow(FactTarget.Attempt, 202611, 1, line, 1), new FoldedFact(Evidence.DebitBooked, EvidenceLevel.Statement, amount, key, 3)),
            (new FactRow(FactTarget.Batch, 202611, 0, 1, 1), new FoldedFact(Evidence.DebitBooked, EvidenceLevel.Statement, amount, key, 3)),
        ];
        var (evidence, debits, onStatement) = Fold([rejected, Debit(1300, EvidenceLevel.Statement), .. Again(3, 300, 31), .. Again(3, 300, 32)]);
        Assert.Equal([BankView.Paid, BankView.Rejected, BankView.Contradicted, BankView.Paid, BankView.Paid], evidence.Select(BankViews.Of));
        Assert.Equal(BatchDebit.Exceeded, debits[0]);
        Assert.Equal(Evidence.Rejected | Evidence.DebitUnclear, evidence[1]);
        Assert.Null(Proof.Of(evidence[1], new BatchMoney(debits[0], onStatement[0], true)));
        // The second booking may be the refused one's, and then it says so.
        Assert.Equal(BatchDebit.All, Fold([rejected, Debit(1300, EvidenceLevel.Statement), .. Again(2, 200, 31)]).Debits[0]);
    }

    /// <summary>A sum that fits no line of refusals may hold any of them: an end that was proven before is disputed, and what was never ended waits.</summary>
    [Fact]
    public void A_debit_that_nobody_can_explain_takes_the_ground_from_an_end()
    {
        var rejected = (new FactRow(FactTarget.Attempt, 202611, 1, 2, 1), new FoldedFact(Evidence.Rejected, EvidenceLevel.Transaction, 0, 9, 1));
        var (evidence, _, _) = Fold([rejected, Debit(1400, EvidenceLevel.Statement)]);
        Assert.Equal(Evidence.Rejected | Evidence.DebitUnclear, evidence[1]);
        Assert.Equal(Evidence.None, evidence[0]);
        Assert.Equal(CaseKinds.Contradicted, CaseRules.Open(evidence[1], hasEnd: true, saysDeceased: false));
        Assert.Equal(CaseKinds.Rejected, CaseRules.Open(evidence[1], hasEnd: false, saysDeceased: false));
        Assert.Equal(Place.Disputed, Places.Of(false, new AttemptStanding(false, true, OwnStep.HandedOver, BankView.Rejected, false, false) { Seen = evidence[1] }));
        Assert.Equal(Place.Returned, Places.Of(false, new AttemptStanding(false, true, OwnStep.HandedOver, BankView.Returned, false, false) { Seen = evidence[1] | Evidence.ReturnBooked }));
        Assert.Equal(Place.InTransit, Places.Of(false, new AttemptStanding(false, false, OwnStep.HandedOver, BankView.Rejected, false, false) { Seen = evidence[1] }));
    }

    [Fact]
    public void Statements_prove_only_without_a_gap_in_days_or_balances()
    {
        static Proof.StatementDays Days(int from, int to, long? opening = null, long? closing = null) => new(new(2026, 11, from), new(2026, 11, to), opening, closing);
        bool Complete(params Proof.StatementDays[] statements) => Proof.Complete(statements, new(2026, 11, 5), new(2026, 11, 10), day => day.DayOfWeek < IsoDayOfWeek.Saturday);
        Assert.False(Complete());
        Assert.True(Complete(Days(5, 10)));
        Assert.True(Complete(Days(9, 12), Days(5, 6), Days(5, 6)));   // a week-end between, out of order, one twice
        Assert.False(Complete(Days(5, 6), Days(10, 10)));              // Monday the 9th is missing
        Assert.False(Complete(Days(5, 9)));
        Assert.True(Complete(Days(5, 6, 100, 80), Days(9, 10, 80, 70)));
        Assert.False(Complete(Days(5, 6, 100, 80), Days(9, 10, 75, 70))); // something was booked in between
    }

    [Fact]
    public void The_strictest_of_several_reasons_decides_whatever_their_order()
    {
        var policy = PaymentEngine.Messages.CodeLists.ReasonPolicy;
        Assert.Equal("MD07", CaseRules.Strictest(["AC04", "MD07"], policy).Code);
        Assert.Equal("MD07", CaseRules.Strictest(["MD07", "AM05", "AC04"], policy).Code);
        Assert.Equal("ZZ99", CaseRules.Strictest(["AC04", "ZZ99"], policy).Code);
        Assert.False(CaseRules.Strictest([], policy).MayBecomeCash);
    }

    static (FactRow, FoldedFact) Debit(long amountVnd, EvidenceLevel level) => (new FactRow(FactTarget.Batch, 202611, 0, 1, 1), new FoldedFact(Evidence.DebitBooked, level, amountVnd, 7, 2));

    static (Evidence[] Evidence, BatchDebit[] Debits, bool[] OnStatement) Fold(IEnumerable<(FactRow Row, FoldedFact Fact)> facts)
    {
        var fold = new FileFold(File);
        foreach (var (row, fact) in facts) fold.Add(row, fact);
        return fold.Result();
    }
}
