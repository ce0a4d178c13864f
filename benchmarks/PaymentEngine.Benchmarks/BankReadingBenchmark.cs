using System.Diagnostics;
using System.Globalization;
using System.Xml;
using BenchmarkDotNet.Attributes;
using PaymentEngine.Core.Reconciliation;
using PaymentEngine.Messages.Iso20022;

namespace PaymentEngine.Benchmarks;

/// <summary>Reading a bank's answer, every field that matching, sums and findings need, beside its limit: the parser alone over the same file.</summary>
[MemoryDiagnoser]
[InProcess]
public class BankReadingBenchmark
{
    /// <summary>Payments in each file.</summary>
    public const int Payments = 100_000;

    sealed class Nobody : IBankMessageVisitor;

    /// <summary>The message that is read: <see cref="BankFiles.Kinds"/>.</summary>
    [ParamsSource(nameof(Kinds))]
    public string Kind { get; set; } = "";

    public static IEnumerable<string> Kinds => BankFiles.Kinds;

    string path = "";

    [GlobalSetup]
    public void WriteFile() => path = BankFiles.Write(Kind, Payments);

    [GlobalCleanup]
    public void DeleteFile() => File.Delete(path);

    /// <summary>A bare XmlReader with the same settings, asked for nothing.</summary>
    [Benchmark(Baseline = true, OperationsPerInvoke = Payments)]
    public int Parser() => Bare(path);

    [Benchmark(OperationsPerInvoke = Payments)]
    public int Reader() => Read(path);

    static int Bare(string path)
    {
        using var file = File.OpenRead(path);
        var settings = new XmlReaderSettings
        {
            DtdProcessing = DtdProcessing.Prohibit, XmlResolver = null, IgnoreComments = true, IgnoreProcessingInstructions = true, IgnoreWhitespace = true, CloseInput = false,
        };
        using var reader = XmlReader.Create(file, settings);
        var nodes = 0;
        while (reader.Read()) nodes++;
        return nodes;
    }

    static int Read(string path)
    {
        using var file = File.OpenRead(path);
        return BankMessageReader.Read(file, new Nobody()).Value.Transactions;
    }

    /// <summary>Reads one large file of each kind once and prints what it took, and the most memory this process ever had.</summary>
    public static void PrintLarge(int payments)
    {
        foreach (var kind in BankFiles.Kinds)
        {
            var path = BankFiles.Write(kind, payments);
            try
            {
                var watch = Stopwatch.StartNew();
                var read = Read(path);
                watch.Stop();
                using var process = Process.GetCurrentProcess();
                Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
                    $"{kind,-15} {payments} payments, {new FileInfo(path).Length} bytes, {read} transactions, {watch.Elapsed.TotalSeconds:0.0} s, peak of the process {process.PeakWorkingSet64 / 1048576} MB"));
            }
            finally
            {
                File.Delete(path);
            }
        }
    }
}
