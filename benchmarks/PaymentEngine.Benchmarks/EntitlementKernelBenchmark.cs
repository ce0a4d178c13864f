using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using BenchmarkDotNet.Attributes;
using NodaTime;
using PaymentEngine.App.Generation;
using PaymentEngine.Core;
using PaymentEngine.Core.Entitlements;
using PaymentEngine.Core.Law;
using PaymentEngine.Messages.LawFiles;

namespace PaymentEngine.Benchmarks;

/// <summary>The kernel beside its limit (touching the bytes of its own columns) and beside the rule functions, a person each.</summary>
/// <remarks>A generated province, its month of changes included, on the list of November 2026, with the months from December 2025 compared. What was listed is what was known before the
/// decrees of October 2026, so nearly every row has a difference for July to October: the dear case, not the steady one.</remarks>
[MemoryDiagnoser]
[InProcess]
[SuppressMessage("Performance", "CA1822:Mark members as static", Justification = "BenchmarkDotNet measures instance methods.")]
public class EntitlementKernelBenchmark
{
    /// <summary>People of the register; those that are left to the rules are not in the columns, and the times of limit and kernel are a person of the register alike.</summary>
    public const int Recipients = 300_000;

    /// <summary>The rules are asked for one person in so many: they take a thousand times longer.</summary>
    const int SampleEvery = 100;

    static readonly YearMonth listMonth = new(2026, 11);
    static readonly YearMonth countsFrom = new(2025, 12);
    static readonly LocalDate beforeTheDecrees = new(2026, 9, 25);
    static readonly LocalDate asOf = new(2026, 10, 25);

    // The benchmarks run in one process one after another: they share the register, which takes longer to make than they take.
    static readonly CompiledLaw law = new(LawFiles.LoadEmbedded(), []);
    static readonly List<(RegisterPerson Person, IReadOnlyList<ListedComponent> Listed)> sample = [];
    static readonly GeneratedRegister register = GeneratedRegister.Of(Recipients, seed: 1, listMonth.Plus(-1));
    static readonly EntitlementColumns columns = Filled();
    static readonly KernelSums sums = new(columns.Rows);

    static EntitlementColumns Filled()
    {
        var filled = new EntitlementColumns(DenseLaw.Compile(countsFrom, listMonth, month => law.Of(month, asOf, "40")));
        foreach (var person in register.People)
        {
            var listed = Before(person);
            if (filled.Add(person, listMonth.Plus(-1), listed, register.Find) == HandOver.None && filled.People % SampleEvery == 0) sample.Add((person, listed));
        }

        var bytes = filled.Rows * 3L * sizeof(int);
        for (var column = 0; column < filled.InputColumns; column++) bytes += filled.InputColumn(column).Length;
        Console.WriteLine($"{register.People.Count} people, {filled.People} in the columns, {filled.Rows} rows, {bytes} bytes a pass, {sample.Count} people for the rules");
        return filled;
    }

    /// <summary>Reads every byte of every column the kernel reads.</summary>
    [Benchmark(OperationsPerInvoke = Recipients)]
    public ulong TouchInputs() => Touched();

    static ulong Touched()
    {
        var seen = Vector256<ulong>.Zero;
        for (var column = 0; column < columns.InputColumns; column++)
        {
            var bytes = columns.InputColumn(column);
            var words = MemoryMarshal.Cast<byte, Vector256<ulong>>(bytes);
            foreach (var word in words) seen ^= word;
            foreach (var rest in bytes[(words.Length * Vector256<byte>.Count)..]) seen ^= Vector256.Create((ulong)rest);
        }

        return seen[0] ^ seen[1] ^ seen[2] ^ seen[3];
    }

    /// <summary>Reads every byte of every column and writes every byte of the sums: the limit.</summary>
    [Benchmark(Baseline = true, OperationsPerInvoke = Recipients)]
    public ulong Touch()
    {
        sums.DueVnd.Fill(1);
        sums.ArrearsVnd.Fill(2);
        sums.ExcessVnd.Fill(3);
        return Touched();
    }

    [Benchmark(OperationsPerInvoke = Recipients)]
    public void Kernel() => EntitlementKernel.Compute(columns, sums);

    /// <summary>The rule functions alone: what is due in each of the months, without comparing and without the sentences of arrears.</summary>
    [Benchmark(OperationsPerInvoke = Recipients / SampleEvery)]
    public long RulesDue()
    {
        var due = 0L;
        foreach (var (person, _) in sample)
        {
            for (var month = countsFrom; month <= listMonth; month = month.Plus(1)) due += EntitlementCalculator.ForMonth(person, law.Of(month, asOf, "40"), register.Find).Total.Amount;
        }

        return due;
    }

    /// <summary>What the kernel answers, by the rules: the list with its comparison, and the sentences that come with it.</summary>
    [Benchmark(OperationsPerInvoke = Recipients / SampleEvery)]
    public int RulesList()
    {
        var lines = 0;
        foreach (var (person, listed) in sample)
            lines += MonthList.For(person, listMonth, countsFrom, listMonth.Plus(-1), month => law.Of(month, asOf, "40"), listed, register.Find).Lines.Count;
        return lines;
    }

    /// <summary>The memory as the lists up to October would have left it with what was known before the decrees; new people have none.</summary>
    static IReadOnlyList<ListedComponent> Before(RegisterPerson person)
    {
        MonthLaw LawOf(YearMonth month) => law.Of(month, beforeTheDecrees, "40");
        var now = EntitlementCalculator.ForMonth(person, LawOf(listMonth.Plus(-1)), register.Find).Components;
        var then = EntitlementCalculator.ForMonth(person, LawOf(countsFrom), register.Find).Components;
        // As known before the decrees no level changed within the months: the same at both ends is the same between them.
        return now.Select(Sum).SequenceEqual(then.Select(Sum))
            ? [.. now.Select(component => new ListedComponent(component.AwardId, component.Component, 1, [new ListedRange(countsFrom, null, component.Amount)]))]
            : MonthList.For(person, listMonth.Plus(-1), countsFrom, null, LawOf, [], register.Find).NextListed;

        static (string, string, long) Sum(DueComponent component) => (component.AwardId, component.Component, component.Amount.Amount);
    }
}
