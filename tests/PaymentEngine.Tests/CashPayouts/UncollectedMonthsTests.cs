using NodaTime;
using PaymentEngine.Core.CashPayouts;
using PaymentEngine.Core.Recipients;

namespace PaymentEngine.Tests.CashPayouts;

/// <summary>When nobody coming asks for a decision.</summary>
public class UncollectedMonthsTests
{
    static YearMonth[] Months(params int[] of2027) => [.. of2027.Select(month => new YearMonth(2026 + ((month - 1) / 12), 1 + ((month - 1) % 12)))];

    [Theory]
    [InlineData(new[] { 11, 12 }, 0, new int[0])]
    [InlineData(new[] { 11, 12, 13 }, 0, new[] { 11, 12, 13 })]
    [InlineData(new[] { 13, 11, 12, 12 }, 0, new[] { 11, 12, 13 })]
    [InlineData(new[] { 9, 10, 12, 13 }, 0, new int[0])]
    [InlineData(new[] { 9, 11, 12, 13, 14 }, 0, new[] { 11, 12, 13, 14 })]
    [InlineData(new[] { 9, 10, 11, 13 }, 0, new int[0])]
    [InlineData(new[] { 10, 11, 12, 13 }, 10, new[] { 11, 12, 13 })]
    [InlineData(new[] { 10, 11, 12, 13 }, 11, new int[0])]
    public void Three_months_in_a_row_ask_and_a_gap_or_a_collected_month_begins_anew(int[] uncollected, int after, int[] streak) =>
        Assert.Equal(Months(streak), UncollectedMonths.Streak(Months(uncollected), after == 0 ? null : Months(after)[0]));

    [Fact]
    public void Only_the_programme_whose_acts_say_so_is_suspended() => Assert.Equal([Programme.Btxh], UncollectedMonths.SuspendedProgrammes);

    [Theory]
    [InlineData("2027-10-31", false)]
    [InlineData("2027-11-01", true)]
    [InlineData("2028-01-01", true)]
    public void A_sum_is_unclaimed_once_the_rules_months_are_over(string today, bool unclaimed) =>
        Assert.Equal(unclaimed, UncollectedMonths.IsUnclaimed(new YearMonth(2026, 11), NodaTime.Text.LocalDatePattern.Iso.Parse(today).Value, 12));
}
