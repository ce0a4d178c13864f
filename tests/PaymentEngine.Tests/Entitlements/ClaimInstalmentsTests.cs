using NodaTime;
using PaymentEngine.Core.Entitlements;
using PaymentEngine.Core.Money;

namespace PaymentEngine.Tests.Entitlements;

/// <summary>Paying a claim back in parts.</summary>
public class ClaimInstalmentsTests
{
    static readonly LocalDate First = new(2027, 1, 31);

    [Theory]
    [InlineData(810_000, 3, new long[] { 270_000, 270_000, 270_000 })]
    [InlineData(1_000_000, 3, new long[] { 333_000, 333_000, 334_000 })]
    [InlineData(1_001, 2, new long[] { 500, 501 })]
    [InlineData(7, 1, new long[] { 7 })]
    public void Equal_parts_come_out_to_the_dong(long sum, int count, long[] parts)
    {
        var plan = ClaimInstalments.Equal(new Vnd(sum), count, First);
        Assert.Equal(parts, plan.Select(part => part.Amount.Amount));
        Assert.Equal(sum, ClaimInstalments.Sum(plan).Amount);
    }

    [Fact]
    public void Parts_are_due_on_the_same_day_of_each_month_or_its_last() =>
        Assert.Equal([First, new LocalDate(2027, 2, 28), new LocalDate(2027, 3, 31)], ClaimInstalments.Equal(new Vnd(3_000), 3, First).Select(part => part.DueOn));

    [Fact]
    public void What_the_claim_has_lost_serves_the_oldest_part_first_and_a_part_is_late_after_its_day()
    {
        var plan = ClaimInstalments.Equal(new Vnd(900_000), 3, First);
        var standing = ClaimInstalments.Standing(plan, new Vnd(500_000));
        Assert.Equal([(300_000L, true), (100_000L, false), (0L, false)], standing.Select(part => (part.Paid.Amount, part.IsPaid)));
        Assert.Equal([false, true, false], standing.Select(part => part.IsLate(new LocalDate(2027, 3, 1))));
        Assert.Equal([false, false, false], standing.Select(part => part.IsLate(new LocalDate(2027, 2, 28))));
        // A later list found more: no part covers it, and none counts as paid.
        Assert.All(ClaimInstalments.Standing(plan, new Vnd(1_500_000)), part => Assert.Equal(0, part.Paid.Amount));
    }

    [Fact]
    public void A_plan_of_more_parts_than_dong_or_of_none_is_a_fault_of_the_caller()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => ClaimInstalments.Equal(new Vnd(2), 3, First));
        Assert.Throws<ArgumentOutOfRangeException>(() => ClaimInstalments.Equal(new Vnd(2), 0, First));
    }
}
