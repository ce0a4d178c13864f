using NodaTime;
using PaymentEngine.App.Keys;
using PaymentEngine.App.Operations;
using PaymentEngine.Core;
using PaymentEngine.Core.Payments;

namespace PaymentEngine.ServiceTests.Runs;

/// <summary>What the worlds of these tests sign with, and an approver who reads a run and approves what was read.</summary>
static class ReadAndApproved
{
    static readonly Lazy<KeyFolder> Folder = new(() =>
    {
        var folder = Directory.CreateTempSubdirectory("pe-signing-").FullName;
        var keys = KeyFolder.Open(folder, new StandingClock(Instant.FromUtc(2020, 1, 1, 0, 0))).Value;
        AppDomain.CurrentDomain.ProcessExit += (_, _) => Directory.Delete(folder, recursive: true);
        return keys;
    });

    /// <summary>One key folder for all worlds without one of their own. Its certificate is valid at the days of the tests.</summary>
    public static Result<KeyFolder> Keys() => Result<KeyFolder>.Ok(Folder.Value);

    /// <summary>Reads the run and approves the content that was read.</summary>
    public static async Task<Result<RunView>> ApproveSeenAsync(this PaymentRuns runs, Caller approver, RunId run, long confirmedVnd)
    {
        var read = await runs.ShowAsync(approver, run);
        return await runs.ApproveAsync(approver, run, confirmedVnd, read.IsOk && read.Value.Total is { } total ? Convert.ToHexStringLower(total.ContentHash) : "00000000");
    }
}
