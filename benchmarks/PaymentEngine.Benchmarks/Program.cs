using System.Globalization;
using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Reports;
using BenchmarkDotNet.Running;
using PaymentEngine.Benchmarks;

if (args is ["share", ..])
{
    KernelShare.Print(20_000);
    return 0;
}

if (args is ["spreadsheets", ..])
{
    SpreadsheetShare.Print(100_000);
    return 0;
}

if (args is ["names", ..])
{
    NameMatchBenchmark.Print();
    return 0;
}

if (args is ["writing-memory", ..])
{
    Pain001Memory.Print(1_000_000);
    return 0;
}

if (args is ["writing", ..])
{
    Pain001WriterBenchmark.Print();
    return 0;
}

if (args is ["reading-large", ..])
{
    BankReadingBenchmark.PrintLarge(args.Length > 1 ? int.Parse(args[1], CultureInfo.InvariantCulture) : 1_000_000);
    return 0;
}

if (args is ["reading", ..])
{
    BankReadingBenchmark.Print();
    return 0;
}

if (args is ["people", ..])
{
    PeopleSearch.Print();
    return 0;
}

if (args is ["funnel", var home])
{
    await FunnelBenchmark.PrintAsync(home);
    return 0;
}

if (args is ["hostile", ..])
{
    HostileFiles.Print();
    return 0;
}

if (args is ["hostile-one", var name])
{
    HostileFiles.Read(name);
    return 0;
}

// Arguments are BenchmarkDotNet's own: --iterationTime 150 --iterationCount 8 for a short measurement.
var summary = BenchmarkRunner.Run<EntitlementKernelBenchmark>(DefaultConfig.Instance.WithArtifactsPath(Path.Combine(Path.GetTempPath(), "payengine-benchmarks")), args);
Print(summary, nameof(EntitlementKernelBenchmark.Touch), nameof(EntitlementKernelBenchmark.TouchInputs), nameof(EntitlementKernelBenchmark.Kernel),
    nameof(EntitlementKernelBenchmark.RulesDue), nameof(EntitlementKernelBenchmark.RulesList));
return 0;

static void Print(Summary summary, string limit, params string[] others)
{
    var kernel = Nanoseconds(summary, nameof(EntitlementKernelBenchmark.Kernel));
    foreach (var name in (string[])[limit, .. others])
    {
        var nanoseconds = Nanoseconds(summary, name);
        if (double.IsNaN(nanoseconds)) continue;
        var text = string.Create(CultureInfo.InvariantCulture,
            $"{name,-12} {nanoseconds,12:0.000} ns a person  {1e3 / nanoseconds,10:0.000} M people/s  rate of the kernel to it {nanoseconds / kernel,10:0.00}");
        Console.WriteLine(text);
    }
}

static double Nanoseconds(Summary summary, string name) =>
    summary.Reports.FirstOrDefault(report => report.BenchmarkCase.Descriptor.WorkloadMethod.Name == name)?.ResultStatistics?.Median ?? double.NaN;
