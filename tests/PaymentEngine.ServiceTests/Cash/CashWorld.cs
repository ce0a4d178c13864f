using NodaTime;
using PaymentEngine.App.Files;
using PaymentEngine.App.Operations;
using PaymentEngine.App.Operations.Cash;
using PaymentEngine.App.Paper;
using PaymentEngine.Core;
using PaymentEngine.Postgres;
using PaymentEngine.ServiceTests.Runs;

namespace PaymentEngine.ServiceTests.Cash;

/// <summary>Six people of whom the even ones are paid in cash: 2 and 4 in the first commune, 6 in the second; and somebody who pays out.</summary>
sealed class CashWorld : IAsyncDisposable
{
    readonly DiskFiles disk = new(new ActionCounter());

    public required RunWorld Runs { get; init; }

    public string Folder { get; } = Directory.CreateTempSubdirectory("pe-cash-").FullName;

    public Caller Cashier { get; } = new(RunWorld.Province, "thu", "Người chi", new HashSet<string> { Role.CashOfficer }, null) { ProvenUntil = Instant.MaxValue };

    public Caller Administrator { get; } = new(RunWorld.Province, "quan", "Quản trị", new HashSet<string> { Role.Administrator }, null) { ProvenUntil = Instant.MaxValue };

    public CashPayouts Cash => new(Runs.Database, Runs.Clock, disk, new PaperPrinter(disk, ""));

    public PayPoints Points => new(Runs.Database, Runs.Clock, disk);

    public UncollectedSuspensions Suspensions => new(Runs.Database, Runs.Clock);

    public UnclaimedSums Unclaimed => new(Runs.Database, Runs.Clock);

    public static async Task<CashWorld> OpenAsync(ScratchCluster cluster)
    {
        var world = new CashWorld { Runs = await RunWorld.OpenAsync(cluster) };
        await world.Runs.AddPeopleAsync(1, 6);
        return world;
    }

    /// <summary>Prints what is due on a day of a month.</summary>
    public async Task<IReadOnlyList<PrintedCashList>> PrintAsync(Instant at)
    {
        Runs.Clock.Now = at;
        var printed = await Cash.PrintAsync(Cashier, at.InUtc().Date.ToYearMonth(), null, Folder, pdf: false, default);
        Assert.True(printed.IsOk, string.Join('\n', printed.Problems));
        return printed.Value;
    }

    /// <summary>Fills a list in: every line with a result on a day; null leaves it open.</summary>
    public static string Fill(PrintedCashList list, string day, Func<int, string?> result)
    {
        var lines = File.ReadAllLines(list.CsvFile);
        for (var i = 1; i < lines.Length; i++)
            if (result(i) is { } said) lines[i] = lines[i][..^4] + $",{said},{day},,";
        var path = Path.ChangeExtension(list.CsvFile, ".returned.csv");
        File.WriteAllLines(path, lines);
        return path;
    }

    public async Task<Result<CashConfirmation>> ConfirmAsync(string path) => Assert.Single(await Cash.ConfirmAsync(Cashier, [path], null, default));

    /// <summary>November, December and January are listed; each time everybody's cash is printed and nobody comes.</summary>
    public async Task ThreeMonthsNobodyCameAsync()
    {
        for (var month = new YearMonth(2026, 11); month <= new YearMonth(2027, 1); month = month.Plus(1))
        {
            Runs.Clock.Now = month.Plus(-1).OnDayOfMonth(24).AtStartOfDayInZone(DateTimeZone.Utc).ToInstant();
            await Runs.ApprovedAsync(month);
            var at = month.OnDayOfMonth(5).AtMidnight().InUtc().ToInstant();
            foreach (var list in await PrintAsync(at))
            {
                var confirmed = await ConfirmAsync(Fill(list, FormattableString.Invariant($"{month.Text()}-05"), _ => "uncollected"));
                Assert.True(confirmed.IsOk, string.Join('\n', confirmed.Problems));
            }
        }

        Runs.Clock.Now = Instant.FromUtc(2027, 1, 15, 3, 0);
    }

    /// <summary>What does not hold; the world's own seed has no block in the chain.</summary>
    public async Task HoldsAsync() =>
        Assert.Empty((await Invariants.CheckAsync(Runs.Database, RunWorld.Province, 0, 0, default)).Where(finding => !finding.Holds && finding.Id != "I14.chain").Select(finding => $"{finding.Id}: {string.Join("; ", finding.Violations)}"));

    public async ValueTask DisposeAsync()
    {
        await Runs.DisposeAsync();
        Directory.Delete(Folder, recursive: true);
    }
}
