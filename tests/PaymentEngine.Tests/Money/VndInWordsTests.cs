using PaymentEngine.Core.Money;

namespace PaymentEngine.Tests.Money;

public class VndInWordsTests
{
    [Theory]
    [InlineData(0, "Không đồng")]
    [InlineData(5, "Năm đồng")]
    [InlineData(10, "Mười đồng")]
    [InlineData(15, "Mười lăm đồng")]
    [InlineData(21, "Hai mươi mốt đồng")]
    [InlineData(24, "Hai mươi tư đồng")]
    [InlineData(105, "Một trăm linh năm đồng")]
    [InlineData(540_000, "Năm trăm bốn mươi nghìn đồng")]
    [InlineData(1_500_000, "Một triệu năm trăm nghìn đồng")]
    [InlineData(9_000_005, "Chín triệu không trăm linh năm đồng")]
    [InlineData(1_000_000_001, "Một tỷ không trăm linh một đồng")]
    [InlineData(15_210_000, "Mười lăm triệu hai trăm mười nghìn đồng")]
    [InlineData(178_231_500_000, "Một trăm bảy mươi tám tỷ hai trăm ba mươi mốt triệu năm trăm nghìn đồng")]
    public void A_sum_is_spelled_as_on_a_form(long amount, string words) => Assert.Equal(words, VndInWords.Of(new Vnd(amount)));
}
