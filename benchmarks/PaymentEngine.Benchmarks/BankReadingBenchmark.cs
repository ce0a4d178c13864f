using System.Diagnostics;
using System.Globalization;
using System.Xml;
using PaymentEngine.Core.Reconciliation;
using PaymentEngine.Messages.Iso20022;

namespace PaymentEngine.Benchmarks;

/// <summary>Reading a bank's answer, every field that matching, sums and findings need, beside its limit: the parser alone over the same file. Times are a payment.</summary>
static class BankReadingBenchmark
{
    /// <summary>Payments in each file: some megabytes, so that a round is over before the machine is another one.</summary>
    const int Payments = 10_000;

    sealed class Nobody : IBankMessageVisitor;

    public static void Print()
    {
        foreach (var kind in BankFiles.Kinds)
        {
            var path = BankFiles.Write(kind, Payments);
            new Rounds(Payments, warmups: 25, count: 61).Print(($"{kind}: parser", () => Bare(path)), ($"{kind}: reader", () => Read(path)));
            File.Delete(path);
        }
    }

    /// <summary>A bare XmlReader with the same settings, asked for nothing.</summary>
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
