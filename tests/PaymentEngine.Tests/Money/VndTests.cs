using FsCheck;
using FsCheck.Fluent;
using PaymentEngine.Core.Money;

namespace PaymentEngine.Tests.Money;

public class VndTests
{
    [Fact]
    public void A_standard_amount_times_a_coefficient_is_exact() => Assert.Equal(new Vnd(810_000), new Vnd(540_000) * Coefficient.Parse("1.5").Value);

    [Fact]
    public void A_product_that_is_not_a_whole_sum_is_a_bug_not_a_rounding() =>
        Assert.Throws<ArithmeticException>(() => new Vnd(1) * new Coefficient(150));

    [Fact]
    public void Sums_that_do_not_fit_throw_and_never_wrap()
    {
        Assert.Throws<OverflowException>(() => new Vnd(long.MaxValue) + new Vnd(1));
        Assert.Throws<OverflowException>(() => new Vnd(long.MinValue) - new Vnd(1));
        Assert.Throws<OverflowException>(() => new Vnd(long.MaxValue) * 2);
        Assert.Throws<OverflowException>(() => new Vnd(long.MaxValue) * new Coefficient(200));
        Assert.Throws<OverflowException>(() => -new Vnd(long.MinValue));
    }

    [Fact]
    public void Adding_and_taking_away_is_nothing() =>
        Prop.ForAll<int, int>((left, right) => new Vnd(left) + new Vnd(right) - new Vnd(right) == new Vnd(left)).QuickCheckThrowOnFailure();

    [Theory]
    [InlineData("1.5", 150)]
    [InlineData("2", 200)]
    [InlineData("31.0", 3100)]
    [InlineData("0.25", 25)]
    public void A_coefficient_is_read_in_hundredths(string text, int hundredths) => Assert.Equal(hundredths, Coefficient.Parse(text).Value.Hundredths);

    [Theory]
    [InlineData("1,5")]
    [InlineData("-1")]
    [InlineData("1.555")]
    [InlineData("")]
    [InlineData("NaN")]
    public void What_is_not_a_coefficient_is_refused(string text) => Assert.Equal("coefficient.malformed", Coefficient.Parse(text).Problems[0].Code);
}
