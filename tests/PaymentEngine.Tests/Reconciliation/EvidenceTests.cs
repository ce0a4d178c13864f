using FsCheck;
using FsCheck.Fluent;
using PaymentEngine.Core.Payments;
using PaymentEngine.Core.Reconciliation;

namespace PaymentEngine.Tests.Reconciliation;

public class EvidenceTests
{
    [Fact]
    public void Every_set_of_evidence_has_a_view()
    {
        for (var set = 0; set < 65_536; set++) Assert.InRange(BankViews.Of((Evidence)set), BankView.Silent, BankView.Contradicted);
    }

    [Fact]
    public void More_evidence_never_makes_a_bank_silent_again()
    {
        for (var set = 1; set < 65_536; set++) Assert.NotEqual(BankView.Silent, BankViews.Of((Evidence)set));
    }

    [Fact]
    public void A_return_that_is_booked_is_returned_whatever_was_said_before()
    {
        for (var set = 0; set < 65_536; set++)
        {
            var seen = (Evidence)set | Evidence.ReturnBooked;
            if ((seen & (Evidence.SecondDebit | Evidence.SecondReturn)) == 0) Assert.Equal(BankView.Returned, BankViews.Of(seen));
        }
    }

    [Theory]
    [InlineData(1_000, 1_000, 0, BatchDebit.Unrefused)]
    [InlineData(900, 1_000, 100, BatchDebit.Unrefused)]
    [InlineData(1_000, 1_000, 100, BatchDebit.All)]
    [InlineData(950, 1_000, 100, BatchDebit.Unexplained)]
    [InlineData(1_100, 1_000, 0, BatchDebit.Unexplained)]
    public void A_batch_debit_says_which_payments_it_took(long debited, long batch, long refused, BatchDebit says) => Assert.Equal(says, BatchDebits.Of(debited, debited, batch, Refused(refused)).Says);

    [Fact]
    public void Without_a_booking_a_batch_debit_says_nothing() => Assert.Equal(BatchDebit.None, BatchDebits.Of(null, 0, 1_000, []).Says);

    static RefusedPayment[] Refused(long sum) => sum == 0 ? [] : [new(new(false, 1), sum)];

    [Fact]
    public void A_group_that_is_accepted_settles_nobody_it_does_not_name()
    {
        var file = new ReportFold();
        file.Add(new FoldedFact(Evidence.Settled, EvidenceLevel.File, 0, 1, 10));
        Assert.Equal(BankView.AtBank, BankViews.Of(new AttemptFold().With(new ReportFold(), file)));
    }

    [Fact]
    public void The_lowest_level_that_has_a_word_decides()
    {
        var file = new ReportFold();
        file.Add(new FoldedFact(Evidence.Rejected, EvidenceLevel.File, 0, 1, 20));
        Assert.Equal(BankView.Rejected, BankViews.Of(new AttemptFold().With(new ReportFold(), file)));
        var own = new AttemptFold();
        own.Add(new FoldedFact(Evidence.InSettlement, EvidenceLevel.Transaction, 0, 2, 10));
        Assert.Equal(BankView.AtBank, BankViews.Of(own.With(new ReportFold(), file)));
    }

    [Fact]
    public void Of_two_reports_of_one_level_the_later_counts_whichever_came_first()
    {
        var (accepted, rejected) = (new FoldedFact(Evidence.Accepted, EvidenceLevel.Transaction, 0, 1, 20), new FoldedFact(Evidence.Rejected, EvidenceLevel.Transaction, 0, 2, 10));
        foreach (var order in (FoldedFact[][])[[accepted, rejected], [rejected, accepted], [rejected, accepted, rejected]])
        {
            var fold = new AttemptFold();
            foreach (var fact in order) fold.Add(fact);
            Assert.Equal(BankView.AtBank, BankViews.Of(fold.With(new ReportFold(), new ReportFold())));
        }
    }

    [Fact]
    public void The_same_booking_in_two_statements_is_one_and_two_bookings_are_two()
    {
        var fold = new AttemptFold();
        fold.Add(new FoldedFact(Evidence.DebitBooked, EvidenceLevel.Statement, 5, 7, 10));
        fold.Add(new FoldedFact(Evidence.DebitBooked, EvidenceLevel.Statement, 5, 7, 11));
        Assert.Equal(BankView.Paid, BankViews.Of(fold.With(new ReportFold(), new ReportFold())));
        fold.Add(new FoldedFact(Evidence.DebitBooked, EvidenceLevel.Statement, 5, 8, 12));
        Assert.Equal(BankView.Contradicted, BankViews.Of(fold.With(new ReportFold(), new ReportFold())));
    }

    [Fact]
    public void The_order_in_which_a_bank_tells_its_story_does_not_matter()
    {
        var facts = from bit in Gen.Choose(0, 15)
                    from level in Gen.Choose(1, 3)
                    from key in Gen.Choose(1, 3)
                    from at in Gen.Choose(1, 5)
                    select new FoldedFact((Evidence)(1 << bit), (EvidenceLevel)level, 100, (ulong)key, at);
        Prop.ForAll(facts.ArrayOf().ToArbitrary(), Gen.Choose(0, int.MaxValue).ToArbitrary(), (story, seed) =>
        {
            var random = new Core.SeededRandom((ulong)seed);
            var shuffled = story.Concat(story).OrderBy(_ => random.NextUInt64()).ToArray();
            return Fold(story) == Fold(shuffled);
        }).QuickCheckThrowOnFailure();

        static Evidence Fold(IEnumerable<FoldedFact> story)
        {
            var fold = new AttemptFold();
            foreach (var fact in story) fold.Add(fact);
            return fold.With(new ReportFold(), new ReportFold());
        }
    }

    [Fact]
    public void Legal_moves_are_listed_once_and_never_stay_in_place()
    {
        Assert.Equal(Places.LegalMoves.Count, Places.LegalMoves.Select(move => (move.From, move.To)).Distinct().Count());
        Assert.DoesNotContain(Places.LegalMoves, move => move.From == move.To || move.To == Place.Unlisted);
        Assert.Equal(Enum.GetValues<Place>(), Places.All.Select(place => place.Place));
    }

    [Fact]
    public void A_doubt_ends_by_evidence_alone()
    {
        foreach (var happened in Enum.GetValues<OwnEvent>())
            Assert.Equal(happened switch { OwnEvent.ProveHandedOver => OwnStep.HandedOver, OwnEvent.ProveNotSent or OwnEvent.TakeBack => OwnStep.Sealed, _ => null }, AttemptLife.Next(OwnStep.InDoubt, happened));
    }

    [Theory]
    [InlineData(BankView.Contradicted, false, Place.Disputed)]
    [InlineData(BankView.Paid, true, Place.Disputed)]
    [InlineData(BankView.Returned, true, Place.Returned)]
    [InlineData(BankView.Paid, false, Place.PaidByAccount)]
    [InlineData(BankView.Rejected, false, Place.InTransit)]
    [InlineData(BankView.Silent, false, Place.InTransit)]
    public void A_handed_over_order_is_where_its_evidence_puts_it(BankView view, bool hasEnd, Place place) =>
        Assert.Equal(place, Places.Of(false, new AttemptStanding(false, hasEnd, OwnStep.HandedOver, view, false, false)));
}
