using PaymentEngine.Core;

namespace PaymentEngine.Messages.Csv;

/// <summary>Problems found while reading: all are counted, by code too, and the first ones are kept with their places.</summary>
/// <remarks>Memory stays bounded however bad a file is. Grouping equal problems for display is the caller's work.</remarks>
public sealed class RegisterProblems(int keptMax = RegisterProblems.KeptMaxDefault)
{
    public const int KeptMaxDefault = 10_000;

    readonly List<Problem> kept = [];
    readonly SortedDictionary<string, long> countByCode = new(StringComparer.Ordinal);

    /// <summary>The first problems in the order they were met.</summary>
    public IReadOnlyList<Problem> Kept => kept;

    /// <summary>All problems, kept or not.</summary>
    public long Count { get; private set; }

    public IReadOnlyDictionary<string, long> CountByCode => countByCode;

    public void Add(Problem problem)
    {
        Count++;
        countByCode[problem.Code] = countByCode.GetValueOrDefault(problem.Code) + 1;
        if (kept.Count < keptMax) kept.Add(problem);
    }
}
