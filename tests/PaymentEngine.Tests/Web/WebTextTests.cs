using System.Text.Json;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using NodaTime;
using PaymentEngine.App.Web;
using PaymentEngine.App.Web.Guard;

namespace PaymentEngine.Tests.Web;

public class WebTextTests
{
    [Theory]
    [InlineData("/runs/40-2611-001?most=20", "/runs/40-2611-001?most=20")]
    [InlineData("/", "/")]
    [InlineData("//evil.example", "/x")]
    [InlineData("/\\evil.example", "/x")]
    [InlineData("/%2F%2Fevil.example", "/x")]
    [InlineData("/%09//evil.example", "/%09//evil.example")]
    [InlineData("https://evil.example/", "/x")]
    [InlineData("javascript:alert(1)", "/x")]
    [InlineData("/a\nb", "/x")]
    [InlineData("", "/x")]
    [InlineData(null, "/x")]
    public void A_way_back_is_an_address_of_this_site(string? asked, string expected) => Assert.Equal(expected, LocalAddress.Or(asked, "/x"));

    [Theory]
    [InlineData("account 0011004567890 of person", "account …7890 of person")]
    [InlineData("cccd 040 199 001 234", "cccd …1234")]
    [InlineData("19036789 012", "…9012")]
    [InlineData("run 40-2611-001 in 12345 ms on 2026-11-22", "run 40-2611-001 in 12345 ms on 2026-11-22")]
    public void Figures_of_accounts_and_people_are_masked(string text, string expected) => Assert.Equal(expected, MaskedJsonFormatter.Masked(text));

    [Fact]
    public void A_log_line_is_one_line_whatever_is_in_it()
    {
        using var writer = new StringWriter();
        var entry = new LogEntry<string>(LogLevel.Error, "PaymentEngine.Test", new EventId(2), "a\r\n{\"forged\":1}\u001b[31m\u2028 tài khoản 0011004567890", new InvalidOperationException("x\n079199001234"), (state, _) => state);
        new MaskedJsonFormatter(new FixedClock()).Write(entry, null, writer);
        var line = writer.ToString().TrimEnd('\n');
        Assert.DoesNotContain('\n', line);
        Assert.DoesNotContain('\u001b', line);
        Assert.DoesNotContain("0011004567890", line, StringComparison.Ordinal);
        Assert.DoesNotContain("079199001234", line, StringComparison.Ordinal);
        using var document = JsonDocument.Parse(line);
        Assert.Equal("2026-11-22T01:00:00Z", document.RootElement.GetProperty("at").GetString());
    }

    sealed class FixedClock : IClock
    {
        public Instant GetCurrentInstant() => Instant.FromUtc(2026, 11, 22, 1, 0);
    }
}
