using System.Globalization;

namespace PaymentEngine.Benchmarks;

/// <summary>Measures ways of doing the same work in turns: every round does each of them once, the limit first, and each is compared with the limit of its own round.</summary>
/// <remarks>
/// On a machine that is shared a neighbour comes and goes within seconds; what is measured one after the other is then measured on two machines. Times are those of the
/// processor, user and system, of the whole process, so that waiting for a turn does not count and the collector's own thread does.
/// </remarks>
sealed class Rounds(int operations, int warmups, int count)
{
    readonly record struct Measured(double Nanoseconds, double OfFirst, double OfLast, double AllocatedBytes);

    /// <summary>Does and prints all: medians an operation, and how many times the rate of the first way (the limit) and of the last each has.</summary>
    public void Print(params (string Name, Action Work)[] ways)
    {
        var measured = ways.Select(_ => new List<Measured>(count)).ToArray();
        for (var round = -warmups; round < count; round++)
        {
            var times = ways.Select(way => Once(way.Work)).ToArray();
            if (round < 0) continue;
            for (var way = 0; way < ways.Length; way++)
            {
                var (nanoseconds, allocated) = times[way];
                measured[way].Add(new(nanoseconds / operations, times[0].Nanoseconds / nanoseconds, times[^1].Nanoseconds / nanoseconds, allocated / operations));
            }
        }

        for (var way = 0; way < ways.Length; way++)
        {
            var all = measured[way];
            var of = all.Select(one => one.OfFirst).ToArray();
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"{ways[way].Name,-36} {Quantile(all.Select(one => one.Nanoseconds), 0.5),8:0.0} ns {Quantile(all.Select(one => one.AllocatedBytes), 0.5),6:0} B | {Quantile(of, 0.5),5:0.00} ({Quantile(of, 0.25):0.00} to {Quantile(of, 0.75):0.00}) | {Quantile(all.Select(one => one.OfLast), 0.5),5:0.0}"));
        }
    }

    static (double Nanoseconds, double AllocatedBytes) Once(Action work)
    {
        var (allocated, before) = (GC.GetTotalAllocatedBytes(), Environment.CpuUsage.TotalTime);
        work();
        return ((Environment.CpuUsage.TotalTime - before).TotalNanoseconds, GC.GetTotalAllocatedBytes() - allocated);
    }

    static double Quantile(IEnumerable<double> values, double part)
    {
        var sorted = values.Order().ToArray();
        return sorted[(int)((sorted.Length - 1) * part)];
    }
}
