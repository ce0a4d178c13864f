using PaymentEngine.Core.Entitlements;
using PaymentEngine.Core.Money;
using PaymentEngine.Core.Recipients;
using static PaymentEngine.Tests.Entitlements.Cases;

namespace PaymentEngine.Tests.Entitlements;

/// <summary>Instalments by decision: no more than one a list, never below zero, and nothing forgotten.</summary>
public class RecoupmentTests
{
    // The degree was corrected back to January: 500,000 listed too much in each of three months; 750,000 is due each month.
    static readonly RegisterPerson Corrected = (Person("1990-01-01") with { Disability = Disability.Severe }).With(Btxh("k6"));
    static readonly ListedComponent[] Memory = [Listed("a1", "tro_cap", "2026-01", null, 1_250_000)];

    static RecoupmentDecision Decision(long monthly, string from = "2026-04", string decided = "2026-03-20", string? award = null) =>
        new("p1", award, "15/QĐ-UBND", Day(decided), Month(from), new Vnd(monthly), null);

    static PersonMonthList Listing(string month, IReadOnlyList<ListedComponent> memory, params RecoupmentDecision[] decisions) =>
        MonthList.For(Corrected, Month(month), Month("2026-01"), Month(month).PlusMonths(-1), m => Cases.Law.Compile(m, Day(month + "-24"), "40", []), memory, Finder(Corrected), decisions);

    [Fact]
    public void A_list_takes_one_instalment_and_the_rest_stays_outstanding()
    {
        var first = Listing("2026-04", Memory, Decision(200_000));
        Assert.Equal(750_000, first.Total(LineKind.Regular));
        Assert.Equal(-200_000, first.Total(LineKind.Recoupment));
        Assert.Equal(1_300_000, first.LeftToRecoup.Amount);
        Assert.Equal(1_300_000, first.Outstanding.Sum(excess => excess.Amount.Amount));
        Assert.Contains("15/QĐ-UBND", first.Lines.Single(line => line.Kind == LineKind.Recoupment).Explanation.Vi);
        Assert.Contains("200.000", first.Lines.Single(line => line.Kind == LineKind.Recoupment).Explanation.Vi);

        var (list, months) = (first, 1);
        for (var month = Month("2026-05"); !list.LeftToRecoup.IsZero; month = month.PlusMonths(1), months++)
        {
            list = Listing(Core.Months.Text(month), list.NextListed, Decision(200_000));
            Assert.True(list.Lines.Sum(line => line.Amount.Amount) >= 0);
        }

        Assert.Equal(8, months); // 1,500,000 / 200,000: seven whole instalments and one of 100,000
        Assert.Equal(-100_000, list.Total(LineKind.Recoupment));
    }

    [Fact]
    public void Nothing_is_taken_before_the_first_month_of_the_decision()
    {
        var list = Listing("2026-04", Memory, Decision(200_000, "2026-06"));
        Assert.Equal(0, list.Total(LineKind.Recoupment));
        Assert.Equal(1_500_000, list.LeftToRecoup.Amount);
    }

    [Fact]
    public void A_decision_that_is_not_known_yet_does_not_count() =>
        Assert.Equal(-750_000, Listing("2026-04", Memory, Decision(200_000, decided: "2026-04-28")).Total(LineKind.Recoupment));

    [Fact]
    public void An_instalment_above_what_is_due_takes_what_is_due() =>
        Assert.Equal(-750_000, Listing("2026-04", Memory, Decision(900_000)).Total(LineKind.Recoupment));

    [Fact]
    public void A_decision_for_the_award_goes_before_one_for_the_person_and_of_another_award_does_not_count()
    {
        Assert.Equal(-100_000, Listing("2026-04", Memory, Decision(100_000, award: "a1"), Decision(200_000, decided: "2026-03-25")).Total(LineKind.Recoupment));
        Assert.Equal(-750_000, Listing("2026-04", Memory, Decision(100_000, award: "a9")).Total(LineKind.Recoupment));
    }
}
