using NodaTime;
using PaymentEngine.Core.Reconciliation;
using PaymentEngine.Messages;

namespace PaymentEngine.Tests.Reconciliation;

public class AnswerReadingTests
{
    /// <summary>What a rejected payment is rejected for, and what else the bank said, when it gives several reasons at once.</summary>
    [Theory]
    [InlineData("AC04", null, "AC04")]
    [InlineData("MD07", "AC04 | MD07", "AC04", "MD07")] // a death is not lost behind a closed account
    [InlineData("AM05", "AC04 | AM05", "AC04", "AM05")]
    [InlineData("AC06", "AC04 | AC06", "AC04", "AC06")]
    [InlineData("9999", null, "own:9999")]
    [InlineData(null, "AC04", "own:AC04")] // the bank's own word is never read as a code of the list: a person decides
    [InlineData(null, null)]
    public void Of_several_reasons_the_one_that_forbids_most_decides_and_none_is_lost(string? code, string? text, params string[] given)
    {
        var reading = new AnswerReading(default, Instant.FromUtc(2026, 11, 3, 3, 0), CodeLists.ReasonPolicy);
        reading.Status(new StatusReport
        {
            Level = EvidenceLevel.Transaction, Status = "RJCT", EndToEndId = "X",
            Reasons = [.. given.Select(one => one.StartsWith("own:", StringComparison.Ordinal) ? new BankReason(null, one[4..], null) : new BankReason(one, null, null))],
        });
        Assert.Equal((code, text), (reading.Observations.Single().ReasonCode, reading.Observations.Single().ReasonText));
    }
}
