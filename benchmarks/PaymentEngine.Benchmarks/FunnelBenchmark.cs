using System.Diagnostics;
using System.Globalization;
using NodaTime;
using PaymentEngine.App.Operations;
using PaymentEngine.App.Operations.Reports;
using PaymentEngine.Core;
using PaymentEngine.Core.Reports;
using PaymentEngine.Postgres;

namespace PaymentEngine.Benchmarks;

/// <summary>The funnel over a real store: the private cluster of a home that a demonstration has filled (<c>payengine demo --recipients 300000</c>).</summary>
static class FunnelBenchmark
{
    /// <param name="home">The folder of the cluster (<c>PAYENGINE_HOME</c>).</param>
    public static async Task PrintAsync(string home)
    {
        var opened = await Database.OpenAsync(home, "", new ActionCounter(), null, CancellationToken.None);
        if (!opened.TryGet(out var database))
        {
            Console.WriteLine(string.Join('\n', opened.Problems));
            return;
        }

        await using (database)
        {
            var reports = new CashlessReports(database, SystemClock.Instance);
            var auditor = new Caller(40, "benchmark", "Đo", new HashSet<string> { Role.Auditor }, null);
            foreach (var round in (int[])[1, 2, 3])
            {
                await TimeAsync($"funnel, whole province, today ({round})", async () => Said(await reports.FunnelAsync(auditor, new FunnelRequest())));
                await TimeAsync($"funnel, crossed by group, sex, age, commune ({round})", async () => Said(await reports.FunnelAsync(auditor, new FunnelRequest(Cross: Enum.GetValues<FunnelDimension>()))));
                await TimeAsync($"people of step=account ({round})", async () => (await reports.PeopleAsync(auditor, new FunnelRequest(), new FunnelFigure(Step: FunnelStep.Account))).Value.People.Count);
            }
        }
    }

    static long Said(Result<FunnelView> asked)
    {
        if (asked.TryGet(out var view)) return view.Holds ? view.Report.Total.People : throw new InvalidOperationException(string.Join('\n', view.Ties.Where(tie => !tie.Holds)));
        throw new InvalidOperationException(string.Join('\n', asked.Problems));
    }

    static async Task TimeAsync(string what, Func<Task<long>> work)
    {
        var (cpu, watch) = (Environment.CpuUsage.TotalTime, Stopwatch.StartNew());
        var rows = await work();
        var (seconds, busy) = (watch.Elapsed.TotalSeconds, (Environment.CpuUsage.TotalTime - cpu).TotalSeconds);
        using var process = Process.GetCurrentProcess();
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{what,-58} {rows,9:N0} people {seconds,7:0.00} s, {busy,6:0.00} s of this process; {process.PeakWorkingSet64 / 1e6:0} MB highest so far"));
    }
}
