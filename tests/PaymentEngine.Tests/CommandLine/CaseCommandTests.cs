using System.Text.Json;
using NodaTime;
using PaymentEngine.App.CommandLine;

namespace PaymentEngine.Tests.CommandLine;

/// <summary>What is wrong with a request about cases is said before anything is asked of the store.</summary>
public class CaseCommandTests
{
    [Theory]
    [InlineData("usage.time", "case", "contact", "1", "--channel", "phone", "--outcome", "reached", "--when", "hôm qua")]
    [InlineData("usage.decision", "case", "decide", "1", "--cash", "--repay", "--evidence", "công văn 1")]
    [InlineData("usage.decision", "case", "decide", "1", "--evidence", "công văn 1")]
    [InlineData("usage.claim_entry", "case", "claim", "1", "--evidence", "phiếu thu 1")]
    [InlineData("usage.sum", "case", "claim", "1", "--recovered", "1,5", "--evidence", "phiếu thu 1")]
    [InlineData("usage.date", "case", "list", "--due", "31/12/2026")]
    [InlineData("usage.run", "case", "list", "--run", "12")]
    [InlineData("usage.bank", "case", "list", "--bank", "Ngân hàng Sao Hỏa")]
    [InlineData("usage.desk", "case", "desk", "set", "--role", "reconciler")]
    [InlineData("usage.channel", "case", "correct", "1", "--bank", "970436", "--account", "1234567", "--holder", "A", "--source", "b", "--channel", "pigeon")]
    [InlineData("usage.case_without_regularise", "run", "plan", "2026-11", "--case", "1")]
    [InlineData("usage.as_of", "run", "plan", "2026-11", "--regularise", "--as-of", "2026-11-01")]
    public async Task Wrong_usage_is_said_before_the_store_is_asked(string code, params string[] args)
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        string[] all = [.. args, "--json"];
        Assert.Equal(ExitCode.WrongUsage, await PayEngine.RunAsync(all, new CommandContext(all, SystemClock.Instance, Settings.From(_ => null), output, error), CancellationToken.None));
        using var said = JsonDocument.Parse(output.ToString());
        Assert.Equal(code, said.RootElement.GetProperty("problems")[0].GetProperty("code").GetString());
    }
}
