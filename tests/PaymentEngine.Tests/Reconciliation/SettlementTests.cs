using FsCheck;
using FsCheck.Fluent;
using PaymentEngine.Core.Payments;
using PaymentEngine.Core.Reconciliation;

namespace PaymentEngine.Tests.Reconciliation;

/// <summary>When two persons may settle a dispute, over every set of evidence, and what is so once they have.</summary>
public class SettlementTests
{
    static readonly byte[] Digest = new AttemptFacts().Digest();

    static IEnumerable<(Evidence Evidence, bool HasEnd, OwnStep Step)> Standings() =>
        from bits in Enumerable.Range(0, 65_536)
        from hasEnd in new[] { false, true }
        from step in new[] { OwnStep.Sealed, OwnStep.HandedOver }
        select ((Evidence)bits, hasEnd, step);

    static Place PlaceOf(Evidence evidence, bool hasEnd, OwnStep step, SettledAs? settled) => Places.Of(false, AttemptStanding.OfBank(evidence, hasEnd, step, settled));

    [Fact]
    public void Only_what_is_disputed_is_settled_and_every_dispute_has_an_exit()
    {
        foreach (var (evidence, hasEnd, step) in Standings())
        {
            var disputed = PlaceOf(evidence, hasEnd, step, null) == Place.Disputed;
            foreach (var isFollowed in (bool[])[false, true])
            {
                var (paid, returned) = (Settlements.WhyNot(evidence, hasEnd, step, isFollowed, SettledAs.Paid, null), Settlements.WhyNot(evidence, hasEnd, step, isFollowed, SettledAs.Returned, null));
                if (disputed) Assert.Null(returned);
                else Assert.Equal(("not_allowed.nothing_disputed", "not_allowed.nothing_disputed"), (paid?.Code, returned?.Code));
            }
        }
    }

    [Fact]
    public void Settled_as_paid_is_final_and_settled_as_returned_opens_the_ordinary_roads()
    {
        foreach (var (evidence, hasEnd, step) in Standings().Where(one => Settlements.IsDisputed(one.Evidence, one.HasEnd, one.Step)))
        {
            Assert.Equal(Place.PaidByAccount, PlaceOf(evidence, hasEnd, step, SettledAs.Paid));
            Assert.Equal(Place.Returned, PlaceOf(evidence, hasEnd: true, step, SettledAs.Returned));
            Assert.NotNull(Places.CauseOf(Place.Disputed, Place.PaidByAccount));
            var (asPaid, asReturned) = (new Settlement(SettledAs.Paid, evidence, Digest, 0), new Settlement(SettledAs.Returned, evidence, Digest, 0));
            // No case of a failed payment: no road leads to paying it again.
            Assert.Equal(CaseKinds.None, CaseRules.Open(evidence, hasEnd, false, asPaid));
            Assert.Equal(CaseKinds.PaidTwice, CaseRules.Open(evidence, hasEnd, false, asPaid, isFollowed: true));
            Assert.Equal(CaseKinds.Returned, CaseRules.Open(evidence, true, false, asReturned));
            Assert.Equal(CaseKinds.Deceased, CaseRules.Open(evidence, true, saysDeceased: true, asReturned));
            Assert.Equal(CaseKinds.BankShort, CaseRules.Open(evidence, hasEnd, false, asPaid with { BankOwesVnd = 1 }));
        }
    }

    [Fact]
    public void What_statements_show_back_as_often_as_it_left_is_never_settled_as_paid()
    {
        Assert.Equal("not_allowed.money_is_back", Why(Evidence.DebitBooked | Evidence.ReturnBooked | Evidence.SecondReturn));
        Assert.Equal("not_allowed.money_is_back", Why(Evidence.SecondDebit | Evidence.DebitBooked | Evidence.ReturnBooked | Evidence.SecondReturn));
        // Taken twice and given back once: one of the two is with the payee.
        Assert.Null(Why(Evidence.SecondDebit | Evidence.DebitBooked | Evidence.ReturnBooked));
        Assert.Null(Why(Evidence.SecondDebit | Evidence.DebitBooked));
        Assert.Null(Why(Evidence.Rejected | Evidence.DebitBooked));

        static string? Why(Evidence evidence) => Settlements.WhyNot(evidence, false, OwnStep.HandedOver, false, SettledAs.Paid, null)?.Code;
    }

    [Fact]
    public void The_same_outcome_is_settled_once_and_another_one_may_take_its_place()
    {
        const Evidence Twice = Evidence.DebitBooked | Evidence.SecondDebit;
        var paid = new Settlement(SettledAs.Paid, Twice, Digest, 0);
        Assert.Equal("not_allowed.settled_already", Settlements.WhyNot(Twice, false, OwnStep.HandedOver, false, SettledAs.Paid, paid)?.Code);
        Assert.Null(Settlements.WhyNot(Twice, false, OwnStep.HandedOver, false, SettledAs.Returned, paid));
        Assert.Equal("not_allowed.own_settlement", Settlements.WhyNotApprove("lan", "lan")?.Code);
        Assert.Null(Settlements.WhyNotApprove("lan", "hoa"));
        // What was paid again and counts as paid is a claim already.
        Assert.Equal("not_allowed.claim_open", Settlements.WhyNot(Evidence.DebitBooked, true, OwnStep.HandedOver, true, SettledAs.Paid, null)?.Code);
    }

    static FoldedFact Booked(Evidence evidence, ulong key, long amount = 500_000, EvidenceLevel level = EvidenceLevel.Statement) => new(evidence, level, amount, key, 7);

    [Fact]
    public void A_settlement_stands_while_the_facts_are_what_it_was_bound_to()
    {
        var facts = Of(Booked(Evidence.DebitBooked, 1), Booked(Evidence.DebitBooked, 2));
        var settlement = new Settlement(SettledAs.Paid, Evidence.DebitBooked | Evidence.SecondDebit, facts.Digest(), 0);
        Assert.True(settlement.StandsOn(settlement.Evidence, facts.Digest()));
        // The same bits, and a third debit: another set of facts.
        Assert.False(settlement.StandsOn(settlement.Evidence, Of(Booked(Evidence.DebitBooked, 1), Booked(Evidence.DebitBooked, 2), Booked(Evidence.DebitBooked, 3)).Digest()));
        // The same facts, and the booking of the batch says otherwise.
        Assert.False(settlement.StandsOn(settlement.Evidence | Evidence.Rejected, facts.Digest()));
        // The same booking told again, in another message too, is no new fact; a later report is one.
        Assert.True(settlement.StandsOn(settlement.Evidence, Of(Booked(Evidence.DebitBooked, 2), Booked(Evidence.DebitBooked, 1, level: EvidenceLevel.Notification), Booked(Evidence.DebitBooked, 1)).Digest()));
        Assert.NotEqual(facts.Digest(), Of(Booked(Evidence.DebitBooked, 1), Booked(Evidence.DebitBooked, 2), new FoldedFact(Evidence.Rejected, EvidenceLevel.Transaction, 0, 0, 9)).Digest());
        // A booking that was notified and now stands on a statement is news: the bank took it for certain.
        Assert.NotEqual(Of(Booked(Evidence.DebitBooked, 3, level: EvidenceLevel.Notification)).Digest(), Of(Booked(Evidence.DebitBooked, 3, level: EvidenceLevel.Notification), Booked(Evidence.DebitBooked, 3)).Digest());
        Assert.Equal(facts.Digest(), Of(Booked(Evidence.DebitBooked, 1), Booked(Evidence.DebitBooked, 2), new FoldedFact(Evidence.None, EvidenceLevel.Transaction, 0, 0, 9)).Digest());
    }

    [Fact]
    public void What_the_bank_took_beyond_the_settlement_is_its_debt()
    {
        var twice = Of(Booked(Evidence.DebitBooked, 1), Booked(Evidence.DebitBooked, 2));
        var halfBack = Of(Booked(Evidence.DebitBooked, 1), Booked(Evidence.DebitBooked, 2), Booked(Evidence.PartBooked, 3, 200_000));
        Assert.Equal(500_000, Settlements.BankOwesVnd(SettledAs.Paid, Evidence.DebitBooked | Evidence.SecondDebit, twice, 500_000));
        Assert.Equal(1_000_000, Settlements.BankOwesVnd(SettledAs.Returned, Evidence.DebitBooked | Evidence.SecondDebit, twice, 500_000));
        Assert.Equal(300_000, Settlements.BankOwesVnd(SettledAs.Paid, Evidence.DebitBooked | Evidence.SecondDebit, halfBack, 500_000));
        // The debit of the whole batch has no fact at the payment.
        Assert.Equal(500_000, Settlements.BankOwesVnd(SettledAs.Returned, Evidence.Rejected | Evidence.DebitBooked, Of(), 500_000));
        Assert.Equal(0, Settlements.BankOwesVnd(SettledAs.Paid, Evidence.Rejected | Evidence.DebitBooked, Of(), 500_000));
        Assert.Equal(0, Settlements.BankOwesVnd(SettledAs.Returned, Evidence.Rejected | Evidence.Settled, Of(), 500_000));
    }

    [Fact]
    public void Neither_order_nor_repetition_of_the_facts_matters()
    {
        var fact = from evidence in Gen.Elements(Evidence.None, Evidence.DebitBooked, Evidence.ReturnBooked, Evidence.Rejected, Evidence.Accepted)
                   from level in Gen.Elements(EvidenceLevel.Statement, EvidenceLevel.Notification, EvidenceLevel.Transaction)
                   from key in Gen.Choose(1, 4)
                   select new FoldedFact(evidence, level, 500_000, (ulong)key, key * 10L);
        var stories = from length in Gen.Choose(0, 12)
                      from facts in Gen.ArrayOf(fact, length)
                      select facts;
        Prop.ForAll(stories.ToArbitrary(), told =>
        {
            var (one, two) = (Of(told), Of([.. told.AsEnumerable().Reverse(), .. told]));
            Assert.Equal(one.Digest(), two.Digest());
            Assert.Equal((one.DebitedVnd, one.ReturnedVnd), (two.DebitedVnd, two.ReturnedVnd));
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(300));
    }

    static AttemptFacts Of(params FoldedFact[] told)
    {
        var facts = new AttemptFacts();
        foreach (var fact in told) facts.Add(fact);
        return facts;
    }
}
