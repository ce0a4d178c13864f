using PaymentEngine.Core;
using PaymentEngine.Core.Payments;
using PaymentEngine.Core.Reconciliation;
using PaymentEngine.Messages;
using Xunit.Sdk;

namespace PaymentEngine.Tests.Simulation;

/// <summary>Tests of the tests: a known bug of the money path is put into one decision, and the stories must find it.</summary>
public class SeededBugTests
{
    static ReasonPolicy Policy => CodeLists.ReasonPolicy;

    static readonly Dictionary<string, BookRules> Bugs = new(StringComparer.Ordinal)
    {
        ["a duplicate is treated as a wrong account"] = new() { Reason = code => Policy.For(code is "AM05" or "DU01" ? "AC04" : code) },
        ["a death is treated as a wrong account"] = new() { Reason = code => Policy.For(code == "MD07" ? "AC04" : code) },
        ["a blocked account is treated as a closed one"] = new() { Reason = code => Policy.For(code == "AC06" ? "AC04" : code) },
        ["an unknown code is guessed"] = new() { Reason = code => Policy.For(code is "ZZ99" or null ? "AC01" : code) },
        ["cash without a proven end"] = new() { MayBecomeCash = (view, _, isLatest, reasons) => NextAttempts.MayBecomeCash(view, true, isLatest, reasons) },
        // Two guards stand before it, the view and the open case: both must fall for the bug to be one.
        ["cash although the evidence disagrees"] = new() { MayBecomeCash = (_, hasEnd, isLatest, reasons) => NextAttempts.MayBecomeCash(BankView.Rejected, hasEnd, isLatest, reasons), KeepsFromCash = _ => false },
        ["one of several reasons is enough for cash"] = new() { MayBecomeCash = (view, hasEnd, isLatest, reasons) => NextAttempts.MayBecomeCash(view, hasEnd, isLatest, [.. reasons.OrderByDescending(reason => reason.MayBecomeCash).Take(1)]) },
        ["paid again while the last attempt lives"] = new() { WhyNotRepay = facts => CaseWork.WhyNotRepay(facts with { IsEnded = true }) },
        ["paid again a second time after the same end"] = new() { WhyNotRepay = facts => CaseWork.WhyNotRepay(facts with { IsLatest = true }) },
        ["a refusal is proof enough that nothing was taken"] = new() { ProvenEnd = (evidence, money) => BankViews.Of(evidence) == BankView.Rejected ? AttemptEnding.Rejected : Proof.Of(evidence, money) },
        ["a debit that nobody can explain counts as explained"] = new() { ProvenEnd = (evidence, money) => Proof.Of(evidence, money.Debit == BatchDebit.Unexplained ? money with { Debit = BatchDebit.Unrefused } : money),
            PlaceOf = standing => Places.Of(held: false, standing with { Seen = standing.Seen & ~Evidence.DebitUnclear }), Cases = (evidence, hasEnd, deceased) => CaseRules.Open(evidence & ~Evidence.DebitUnclear, hasEnd, deceased) },
        ["no debit is proof while statements are missing"] = new() { ProvenEnd = (evidence, money) => Proof.Of(evidence, money with { StatementsComplete = true }) },
        ["an announced return is taken for the money"] = new() { ProvenEnd = (evidence, money) => (evidence & Evidence.ReturnAnnounced) != 0 ? AttemptEnding.Returned : Proof.Of(evidence, money) },
        ["a second debit is not seen"] = new() { View = evidence => BankViews.Of(evidence & ~Evidence.SecondDebit) },
        ["a second return is not seen"] = new() { View = evidence => BankViews.Of(evidence & ~Evidence.SecondReturn) },
        ["refused and debited counts as refused"] = new() { View = evidence => (evidence & Evidence.Rejected) != 0 && (evidence & Evidence.ReturnBooked) == 0 ? BankView.Rejected : BankViews.Of(evidence) },
        ["a return after paid is ignored"] = new() { View = evidence => (evidence & Evidence.DebitBooked) != 0 ? BankViews.Of(evidence & ~(Evidence.ReturnBooked | Evidence.PartBooked)) : BankViews.Of(evidence) },
        ["in settlement counts as paid"] = new() { View = evidence => BankViews.Of((evidence & Evidence.InSettlement) != 0 ? evidence | Evidence.Settled : evidence) },
        ["every booking has the same key"] = new() { Take = (_, fact) => fact with { EventKey = 7 } },
        ["paid after an end stays returned"] = new() { PlaceOf = standing => standing is { HasEnd: true, View: BankView.Paid } ? Place.Returned : Places.Of(false, standing) },
        ["accepted after an end stays returned"] = new() { PlaceOf = standing => standing is { HasEnd: true, View: BankView.AtBank } ? Place.Returned : Places.Of(false, standing) },
        ["a dispute is shown as paid"] = new() { PlaceOf = standing => standing.View == BankView.Contradicted ? Place.PaidByAccount : Places.Of(false, standing) },
        ["a refusal without proof is shown as returned"] = new() { PlaceOf = standing => standing is { IsCash: false, View: BankView.Rejected } ? Place.Returned : Places.Of(false, standing) },
        ["paid twice opens no case"] = new() { Cases = (evidence, hasEnd, deceased) => CaseRules.Open(evidence, hasEnd, deceased) & ~(CaseKinds.PaidTwice | CaseKinds.Contradicted) },
        ["a return opens no case"] = new() { Cases = (evidence, hasEnd, deceased) => CaseRules.Open(evidence, hasEnd, deceased) & ~CaseKinds.Returned },
        ["a cancelled order opens no case"] = new() { Cases = (evidence, hasEnd, deceased) => CaseRules.Open(evidence, hasEnd, deceased) & ~CaseKinds.Cancelled },
        ["one person settles alone"] = new() { WhyNotApprove = (_, _) => null },
        ["a settlement outlasts a new fact"] = new() { Stands = (_, _, _) => true },
        ["settled as paid stays returned"] = new() { PlaceOf = standing => standing.Settled == SettledAs.Paid ? Place.Returned : Places.Of(false, standing) },
        ["settled as paid is paid again"] = new() { WhyNotRepay = facts => CaseWork.WhyNotRepay(facts.Kind == "contradicted" && !facts.IsDisputed ? facts with { Kind = "returned", IsEnded = true } : facts) },
        ["a posting is lost"] = new() { Book = move => move.To == Place.Returned ? 0 : 1 },
        ["a posting is made twice"] = new() { Book = move => move.To == Place.PaidInCash ? 2 : 1 },
    };

    public static TheoryData<string> Names => [.. Bugs.Keys.Order(StringComparer.Ordinal)];

    /// <summary>Sixty stories from fixed seeds; a bug that survives all of them is one that these tests would let through.</summary>
    [Theory]
    [MemberData(nameof(Names))]
    public void A_seeded_bug_is_found(string bug)
    {
        for (ulong seed = 1; seed <= 60; seed++)
        {
            try
            {
                DisbursementBookTests.Story(Bugs[bug], 3, 4, Drawn(seed));
            }
            catch (XunitException)
            {
                return;
            }
        }

        Assert.Fail($"'{bug}' was not found.");
    }

    /// <summary>The same stories break nothing without a bug: what finds it is the bug.</summary>
    [Fact]
    public void Without_a_bug_the_same_stories_hold()
    {
        for (ulong seed = 1; seed <= 60; seed++) DisbursementBookTests.Story(new BookRules(), 3, 4, Drawn(seed));
    }

    static IEnumerable<BookEvent> Drawn(ulong seed)
    {
        var random = SeededRandom.For(seed, 31);
        var kinds = Enum.GetValues<BookEventKind>();
        for (var i = 0; i < 200; i++)
        {
            // Facts about few payments, so that they meet; own steps at the beginning, as in life.
            var kind = i < 3 ? BookEventKind.HandOver : kinds[random.Below(kinds.Length)];
            yield return new BookEvent(kind, i < 3 ? i : random.Below(4), random.Below(10), random.Below(24), 1 + random.Below(12));
        }
    }
}
