using PaymentEngine.App.CommandLine;
using PaymentEngine.Core.Entitlements;

namespace PaymentEngine.App.Operations;

/// <summary>How many people of a plan the kernel computed beside the rules, and how many it left to them. Counted by several lanes at once.</summary>
public sealed class KernelTally
{
    long compared;
    long leftToRules;

    /// <summary>People of whom kernel and rules said the same, component by component.</summary>
    public long Compared => Interlocked.Read(ref compared);

    /// <summary>People outside the kernel's domain (<see cref="HandOver"/>).</summary>
    public long LeftToRules => Interlocked.Read(ref leftToRules);

    /// <summary>A tally when the settings ask for the proof (<c>PAYENGINE_PROVE_KERNEL=1</c>), else null.</summary>
    public static KernelTally? Wanted(Settings settings) => settings.ProveKernel.Value == "1" ? new KernelTally() : null;

    /// <summary>Says how many people were computed twice.</summary>
    public void Tell(Output output) => output.Talk(output.Text($"Đối chiếu bảng tính nhanh với quy tắc: {Compared} người khớp từng khoản, {LeftToRules} người chỉ tính theo quy tắc.",
        $"Kernel against rules: {Compared} people agree component by component, {LeftToRules} were left to the rules."));

    /// <summary>Compares what a partition gathered; a difference stops the plan, and the partition stays as it was.</summary>
    /// <exception cref="InvalidOperationException">Kernel and rules disagree: one of them is wrong, and nobody may be paid by either.</exception>
    public void Compare(KernelProof proof, int people)
    {
        var before = proof.Compared;
        var differences = proof.Compare();
        if (differences.Count > 0)
            throw new InvalidOperationException($"The kernel and the rules disagree on {differences.Count} sums: {string.Join("; ", differences.Take(5))}.");
        Interlocked.Add(ref compared, proof.Compared - before);
        Interlocked.Add(ref leftToRules, people - (proof.Compared - before));
    }
}
