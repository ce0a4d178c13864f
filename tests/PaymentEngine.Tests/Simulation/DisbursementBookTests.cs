using FsCheck;
using FsCheck.Fluent;
using PaymentEngine.Core;
using PaymentEngine.Core.Payments;
using PaymentEngine.Core.Reconciliation;
using PaymentEngine.Messages;

namespace PaymentEngine.Tests.Simulation;

/// <summary>10,000 disbursements under random stories. A failure prints the seed and the shortest story that shows it.</summary>
public class DisbursementBookTests
{
    const int Files = 20;
    const int PaymentsEach = 500;

    [Fact]
    public void After_every_event_of_any_story_each_dong_is_in_one_place_and_nobody_is_paid_twice_in_silence() =>
        Prop.ForAll(BookEvent.Stories(40), story => Story(new BookRules(), Files, PaymentsEach, story)).Check(Config.QuickThrowOnFailure.WithMaxTest(12));

    [Fact]
    public void Long_stories_of_a_few_payments_reach_every_place()
    {
        var reached = new HashSet<Place>();
        var (taken, refused) = (0, 0);
        Prop.ForAll(BookEvent.Stories(150), story => Story(new BookRules(), 3, 4, story, book =>
        {
            reached.UnionWith(book.Lines.Select(line => line.Place));
            refused += book.Refused;
            taken += story.Length - book.Refused;
        })).Check(Config.QuickThrowOnFailure.WithMaxTest(300));
        Assert.Superset(new HashSet<Place> { Place.Ordered, Place.InTransit, Place.Disputed, Place.PaidByAccount, Place.Returned, Place.CashDue, Place.OnCashList, Place.PaidInCash, Place.GivenBack }, reached);
        Assert.True(taken > 1_000 && refused > 100, $"{taken} events taken, {refused} refused");
    }

    /// <summary>The same facts in any order and any number of times: the same evidence, states and balances.</summary>
    /// <remarks>One thing remembers the order: an end that some facts proved before others took the proof back. It is never hidden: the payment is disputed, with a case.</remarks>
    [Fact]
    public void The_same_facts_in_any_order_and_repeated_give_the_same_states_and_balances() =>
        Prop.ForAll(BookEvent.Stories(30), Gen.Choose(0, int.MaxValue).ToArbitrary(), (story, seed) =>
        {
            var facts = story.Where(one => one.Kind is >= BookEventKind.Status and <= BookEventKind.StatementsComplete).ToArray();
            var random = new SeededRandom((ulong)seed);
            var shuffled = facts.Concat(facts.Where(_ => random.Chance(4_000))).ToArray();
            for (var at = shuffled.Length - 1; at > 0; at--)
            {
                var other = random.Below(at + 1);
                (shuffled[at], shuffled[other]) = (shuffled[other], shuffled[at]);
            }

            // A batch's debit is named by its sum, so that the same event is the same fact whatever came before.
            var (one, two) = (Told(facts), Told(shuffled));
            foreach (var (left, right) in one.Lines.Zip(two.Lines))
            {
                Assert.Equal(left.Attempts[0].Evidence, right.Attempts[0].Evidence);
                if (left.Attempts[0].HasEnd == right.Attempts[0].HasEnd) Assert.Equal(left.Place, right.Place);
                else Assert.All(new[] { (Book: one, Line: left), (Book: two, Line: right) }.Where(side => side.Line.Attempts[0].HasEnd), side =>
                {
                    Assert.Equal(Place.Disputed, side.Line.Place);
                    Assert.NotEqual(CaseKinds.None, side.Book.CasesOf(side.Line.Attempts[0]));
                });
            }

            if (one.Lines.Zip(two.Lines).All(pair => pair.First.Attempts[0].HasEnd == pair.Second.Attempts[0].HasEnd))
                foreach (var place in Enum.GetValues<Place>()) Assert.Equal(one.Posted(place), two.Posted(place));
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(150));

    static DisbursementBook Told(IEnumerable<BookEvent> facts)
    {
        var book = new DisbursementBook(new BookRules(), 4, 6);
        for (var file = 0; file < 4; file++) book.Take(new BookEvent(BookEventKind.HandOver, file, 0, 0, 1));
        foreach (var fact in facts) book.Take(fact.Kind == BookEventKind.BatchDebit ? fact with { Code = 3 } : fact);
        return book;
    }

    /// <summary>Stories that random ones found once. Refused by the file, proven never taken by complete statements, acknowledged after all, then debited in part and refused again one by one.</summary>
    [Fact]
    public void An_end_that_a_later_debit_may_disprove_is_disputed() => Story(new BookRules(), 3, 4,
    [
        new(BookEventKind.FileStatus, 1, 9, 23, 7), new(BookEventKind.Returned, 2, 3, 19, 5), new(BookEventKind.StatementsComplete, 4, 1, 16, 9), new(BookEventKind.PayAgain, 2, 6, 18, 4),
        new(BookEventKind.FileStatus, 5, 4, 6, 9), new(BookEventKind.StatusOfMany, 5, 8, 6, 9), new(BookEventKind.BatchDebit, 5, 8, 0, 10), new(BookEventKind.StatusOfMany, 5, 3, 9, 10),
    ], book => Assert.Contains(book.Lines, line => line.Place == Place.Disputed));

    /// <summary>The same, but the one refused later was refused before the other by its report: no line of refusals fits the debit. A place that does not look at that would let the money out twice.</summary>
    [Fact]
    public void An_end_under_a_debit_that_fits_nobody_is_disputed()
    {
        BookEvent[] story =
        [
            new(BookEventKind.FileStatus, 1, 0, 23, 7), new(BookEventKind.StatementsComplete, 1, 0, 0, 8), new(BookEventKind.FileStatus, 1, 0, 6, 8), new(BookEventKind.StatusOfMany, 1, 1, 0, 9),
            new(BookEventKind.BatchDebit, 1, 0, 0, 10), new(BookEventKind.StatusOfMany, 1, 3, 0, 2),
        ];
        Story(new BookRules(), 3, 4, story, book => Assert.Equal(Place.Disputed, book.Files[1].Attempts[3].Line.Place));
        var blind = new BookRules { PlaceOf = standing => Places.Of(held: false, standing with { Seen = standing.Seen & ~Evidence.DebitUnclear }) };
        Assert.ThrowsAny<Xunit.Sdk.XunitException>(() => Story(blind, 3, 4, story));
    }

    /// <summary>The refusal that proved an end is taken back, and a return is only announced: the credit must be booked before anything goes out again.</summary>
    [Fact]
    public void An_end_whose_refusal_was_taken_back_is_not_borne_by_an_announced_return() => Story(new BookRules(), 3, 4,
    [
        new(BookEventKind.FileStatus, 3, 7, 23, 9), new(BookEventKind.StatementsComplete, 3, 7, 15, 8), new(BookEventKind.BatchStatus, 3, 7, 19, 6), new(BookEventKind.StatusOfMany, 3, 0, 23, 3),
        new(BookEventKind.BatchDebit, 3, 6, 18, 6), new(BookEventKind.ReturnAnnounced, 3, 5, 10, 2), new(BookEventKind.StatusOfMany, 3, 3, 9, 2),
    ], book => Assert.Contains(book.Lines, line => line.Place == Place.Disputed));

    /// <summary>Of every code of the lists, every made-up one and none: one class, one first step; and cash by itself only for an account that cannot be credited.</summary>
    [Fact]
    public void The_reason_policy_answers_every_code_and_lets_few_become_cash() =>
        Prop.ForAll(Gen.OneOf(Gen.Elements(CodeLists.ReasonPolicy.Rules.Select(rule => (string?)rule.Code).ToArray()), ArbMap.Default.GeneratorFor<string?>()).ToArbitrary(), code =>
        {
            var rule = CodeLists.ReasonPolicy.For(code);
            var known = code is not null && CodeLists.ReasonPolicy.Knows(code);
            return Enum.IsDefined(rule.Class) && rule.First != ReasonAction.None && (known || !rule.MayBecomeCash)
                && (!rule.MayBecomeCash || (rule.Class == ReasonClass.AccountCannotBeCredited && rule.Guard == RepayGuard.MoneyBackIfReturn));
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(2_000));

    /// <summary>Tells a story and looks at everything that must hold after each event; the first break is thrown.</summary>
    internal static void Story(BookRules rules, int files, int paymentsEach, IEnumerable<BookEvent> story, Action<DisbursementBook>? atEnd = null)
    {
        var book = new DisbursementBook(rules, files, paymentsEach);
        foreach (var happened in story)
        {
            book.Take(happened);
            var broken = BookChecks.Broken(book);
            Assert.True(broken.Count == 0, $"after {happened}:\n{string.Join('\n', broken.Take(10))}");
        }

        atEnd?.Invoke(book);
    }
}
