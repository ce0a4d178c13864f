using PaymentEngine.Core.Recipients;

namespace PaymentEngine.Core.Entitlements;

/// <summary>How a component behaves beside the person's other components of the month.</summary>
public enum FoldRule : byte
{
    /// <summary>Adds to everything: NCC allowances and supplements, support for care.</summary>
    Adds = 0,

    /// <summary>BTXH khoản 1, 2, 3, 7: of the groups only the highest.</summary>
    Group = 1,

    /// <summary>BTXH khoản 5, 6, 8: of the groups only the highest, but beside the poor single parent's.</summary>
    GroupBesideParent = 2,

    /// <summary>BTXH khoản 4: the poor single parent.</summary>
    SingleParent = 3,

    /// <summary>NCC carer allowance: once, the highest.</summary>
    Carer = 4,

    /// <summary>HTXH: instead of the BTXH groups unless they are higher.</summary>
    SocialPension = 5,
}

/// <summary>The columns a computation fills, one entry a row: whole đồng. Made once and used for every partition.</summary>
public sealed class KernelSums(int rows)
{
    readonly int[] dueVnd = new int[rows];
    readonly int[] arrearsVnd = new int[rows];
    readonly int[] excessVnd = new int[rows];

    /// <summary>Due for the list month.</summary>
    public Span<int> DueVnd => dueVnd;

    /// <summary>Due and not listed, over the months before the list month, each at its own rate.</summary>
    public Span<int> ArrearsVnd => arrearsVnd;

    /// <summary>Listed and not due, over the months before the list month; positive.</summary>
    public Span<int> ExcessVnd => excessVnd;
}

/// <summary>The bulk path: what is due for the list month and what the months before differ from their lists, over columns and without an allocation.</summary>
/// <remarks>
/// Ages, starts, ends, deaths, suspensions, amounts, the rules of combination and the comparison with what was listed are decided here; survivor shares, one-time benefits
/// and everything else of <see cref="HandOver"/> stays with the rule functions. <see cref="EntitlementCalculator"/> is its oracle in the tests, and in a run that asks for both.
/// A row whose age band, suspension and neighbours do not change within the months is a few multiplications a period; only the others walk from month to month.
/// </remarks>
public static class EntitlementKernel
{
    /// <summary>The fold of a component by its award's programme and category and its own kind.</summary>
    /// <remarks>Survivor shares add here: where their number is limited, the person is handed over (<see cref="HandOver.SurvivorShares"/>).</remarks>
    public static FoldRule FoldOf(Programme programme, string? category, string component) => (programme, category, component) switch
    {
        (Programme.Ncc, _, MeritRules.CarerKind) => FoldRule.Carer,
        (Programme.Btxh, "k4", _) => FoldRule.SingleParent,
        (Programme.Btxh, _, _) when SocialProtectionRules.IsPaidBesideParent(category) => FoldRule.GroupBesideParent,
        (Programme.Btxh, "k1" or "k2" or "k3" or "k7", _) => FoldRule.Group,
        (Programme.Htxh, _, _) => FoldRule.SocialPension,
        _ => FoldRule.Adds,
    };

    /// <summary>Computes every row of the columns, with vectors where the machine has them.</summary>
    /// <param name="columns">The facts, filled for the months of one law.</param>
    /// <param name="sums">Filled; at least as long as the columns.</param>
    /// <exception cref="ArgumentException">The sums are shorter than the columns.</exception>
    public static void Compute(EntitlementColumns columns, KernelSums sums) => Compute(columns, sums, KernelRows.HasVectors);

    /// <summary>The same, row by row when <paramref name="withVectors"/> is false.</summary>
    internal static void Compute(EntitlementColumns columns, KernelSums sums, bool withVectors)
    {
        if (sums.DueVnd.Length < columns.Rows) throw new ArgumentException("The sums are shorter than the columns.", nameof(sums));
        var rows = new KernelRows(columns, sums);
        for (var row = withVectors ? rows.ComputeVectors() : 0; row < columns.Rows; row++) rows.ComputeRow(row);
        var offsets = columns.PersonOffsets;
        foreach (var person in columns.FoldedPeople) rows.Walk(offsets[person], offsets[person + 1]);
    }
}
