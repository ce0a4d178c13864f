using NodaTime;
using PaymentEngine.App.Keys;

namespace PaymentEngine.Tests.Keys;

public class TimedCodeTests
{
    /// <summary>The values of RFC 6238, appendix B, in their last six figures.</summary>
    [Theory]
    [InlineData(59, "287082")]
    [InlineData(1111111109, "081804")]
    [InlineData(1111111111, "050471")]
    [InlineData(1234567890, "005924")]
    [InlineData(2000000000, "279037")]
    [InlineData(20000000000, "353130")]
    public void Codes_are_those_of_RFC_6238(long seconds, string code) =>
        Assert.Equal(code, TimedCode.Of("12345678901234567890"u8, TimedCode.StepOf(Instant.FromUnixTimeSeconds(seconds))));

    [Fact]
    public void A_code_is_found_within_half_a_minute_either_way_and_nowhere_else()
    {
        var secret = "12345678901234567890"u8;
        var at = Instant.FromUnixTimeSeconds(1111111111);
        var step = TimedCode.StepOf(at);
        for (var off = -3; off <= 3; off++) Assert.Equal(Math.Abs(off) <= 1 ? step + off : null, TimedCode.Find(secret, TimedCode.Of(secret, step + off), at));
        foreach (var wrong in (string[])["", "0", "0504711", "05047", "o50471", "٠٥٠٤٧١"]) Assert.Null(TimedCode.Find(secret, wrong, at));
    }

    [Theory]
    [InlineData("", "")]
    [InlineData("f", "MY")]
    [InlineData("foobar", "MZXW6YTBOI")]
    public void Base32_is_that_of_RFC_4648(string text, string encoded)
    {
        var bytes = System.Text.Encoding.ASCII.GetBytes(text);
        Assert.Equal(encoded, TimedCode.Base32(bytes));
        Assert.Equal(bytes, TimedCode.FromBase32(encoded));
        Assert.Null(TimedCode.FromBase32(encoded + "1"));
    }
}
