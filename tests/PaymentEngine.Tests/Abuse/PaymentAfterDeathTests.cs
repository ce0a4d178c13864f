using NodaTime;
using PaymentEngine.Core;
using PaymentEngine.Core.Entitlements;
using PaymentEngine.Core.Recipients;
using PaymentEngine.Core.Reconciliation;
using PaymentEngine.Messages;
using static PaymentEngine.Tests.Entitlements.Cases;

namespace PaymentEngine.Tests.Abuse;

/// <summary>Abuse case 4, what the law and the rules of money say of it; a bank's word of a death is in the service tests.</summary>
public sealed class PaymentAfterDeathTests
{
    public static TheoryData<string> Deaths => [.. Enumerable.Range(0, 12).Select(day => new LocalDate(2026, 10, 26).PlusDays(day).ToString("uuuu-MM-dd", System.Globalization.CultureInfo.InvariantCulture))];

    /// <summary>A month is never split: that of the death is due whole, the next not at all (20/2021/NĐ-CP, Điều 8(2); 176/2025/NĐ-CP for the social pension).</summary>
    [Theory]
    [MemberData(nameof(Deaths))]
    public void AbuseCase04_Payment_after_death_on_each_day_around_the_edge_of_a_month_is_not_due_and_what_was_listed_too_much_is_a_claim(string death)
    {
        var day = Day(death);
        foreach (var award in new[] { Btxh("k5a"), Htxh("2025-07-15"), Ncc("AHLLVT") })
        {
            var holder = (Person("1940-05-05") with { Poverty = Core.Recipients.Poverty.Poor, Supporter = Supporter.None }).With(award);
            var dead = (Person("1940-05-05") with { Poverty = Core.Recipients.Poverty.Poor, Supporter = Supporter.None, Death = day }).With(award);
            var alive = holder.Due("2026-11").Total.Amount;
            Assert.True(alive > 0, award.Category);
            for (var month = new YearMonth(2026, 9); month <= new YearMonth(2026, 12); month = month.Plus(1))
            {
                var due = dead.Due(month.Text(), new LocalDate(2026, 12, 20));
                if (month <= day.ToYearMonth()) Assert.True(due.Total.Amount > 0, $"{award.Category} {death} {month.Text()}");
                else Assert.True(due.Total.IsZero && NotDue.IsDeath(due.Zero!), $"{award.Category} {death} {month.Text()}");
            }

            // Known late: November and December were listed before anybody said that she had died.
            var listed = Listed(award.AwardId, holder.Due("2026-11").Components[0].Component, "2026-07", null, alive);
            var january = dead.List("2027-01", [listed], "2026-07", "2026-12", new LocalDate(2026, 12, 24));
            var after = january.Outstanding.Where(one => one.IsAfterDeath).Select(one => one.ForMonth).Order().ToList();
            var expected = new[] { new YearMonth(2026, 11), new YearMonth(2026, 12) }.Where(month => month > day.ToYearMonth()).ToList();
            Assert.Equal(expected, after);
            Assert.All(january.Outstanding.Where(one => one.IsAfterDeath), one => Assert.Equal(alive, one.Amount.Amount));
        }
    }

    [Fact]
    public void AbuseCase04_Payment_after_death_a_bank_that_says_MD07_opens_a_check_and_nothing_of_it_becomes_cash_by_itself()
    {
        var rule = CodeLists.ReasonPolicy.For("MD07");
        Assert.Equal(ReasonClass.Deceased, rule.Class);
        Assert.False(rule.MayBecomeCash);
        Assert.NotEqual(ReasonAction.PayCash, rule.First);
        Assert.NotEqual(ReasonAction.PayCash, rule.Then);
    }
}
