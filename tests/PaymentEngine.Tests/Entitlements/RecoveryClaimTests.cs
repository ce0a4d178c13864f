using NodaTime;
using PaymentEngine.Core;
using PaymentEngine.Core.Entitlements;
using PaymentEngine.Core.Money;

namespace PaymentEngine.Tests.Entitlements;

public class RecoveryClaimTests
{
    static YearMonth Month(string text) => Months.Parse(text).Value;

    static ListedComponent Memory(params (string From, string? To, long Vnd)[] ranges) =>
        new("A1", "tro_cap", 3, [.. ranges.Select(range => new ListedRange(Month(range.From), range.To is null ? null : Month(range.To), new Vnd(range.Vnd)))]);

    static ClaimMonth Of(string month, long vnd) => new(Month(month), new Vnd(vnd));

    [Fact]
    public void A_sum_is_taken_off_the_oldest_months_first()
    {
        var (taken, left) = RecoveryClaims.Take([Of("2026-01", 100), Of("2026-02", 100), Of("2026-03", 100)], new Vnd(150));
        Assert.Equal([Of("2026-01", 100), Of("2026-02", 50)], taken);
        Assert.Equal([Of("2026-02", 50), Of("2026-03", 100)], left);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(101)]
    public void No_more_is_taken_than_is_outstanding(long vnd) => Assert.Throws<ArgumentOutOfRangeException>(() => RecoveryClaims.Take([Of("2026-01", 100)], new Vnd(vnd)));

    [Fact]
    public void The_memory_holds_less_for_the_months_that_came_back_and_the_same_for_all_others()
    {
        var less = RecoveryClaims.Less(Memory(("2026-01", "2026-04", 500), ("2026-05", null, 800)), [Of("2026-02", 500), Of("2026-03", 200), Of("2026-06", 800)]);
        Assert.Equal(4, less.Version);
        Assert.Equal(
            [(Month("2026-01"), Month("2026-01"), 500L), (Month("2026-03"), Month("2026-03"), 300L), (Month("2026-04"), Month("2026-04"), 500L), (Month("2026-05"), Month("2026-05"), 800L), (Month("2026-07"), (YearMonth?)null, 800L)],
            less.Ranges.Select(range => (range.From, range.To, range.Amount.Amount)));
    }

    [Fact]
    public void A_month_that_was_not_listed_cannot_come_back()
    {
        Assert.Throws<ArgumentException>(() => RecoveryClaims.Less(Memory(("2026-01", "2026-02", 500)), [Of("2026-03", 1)]));
        Assert.Throws<ArgumentException>(() => RecoveryClaims.Less(Memory(("2026-01", "2026-02", 500)), [Of("2026-01", 501)]));
    }
}
