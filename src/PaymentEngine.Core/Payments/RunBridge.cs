using PaymentEngine.Core.Money;

namespace PaymentEngine.Core.Payments;

/// <summary>What a person is listed for in one run and programme, as the bridge compares it.</summary>
/// <param name="Regular">The month itself.</param>
/// <param name="Arrears">Arrears and one-off benefits: of this list only.</param>
/// <param name="Recouped">Taken back, as a positive sum: of this list only.</param>
public readonly record struct ListedSums(Vnd Regular, Vnd Arrears, Vnd Recouped)
{
    public Vnd Net => Regular + Arrears - Recouped;
}

/// <summary>One step of the bridge. Sums are never negative: the cause says which way they count.</summary>
public readonly record struct BridgeStep(string Cause, int People, Vnd Sum);

/// <summary>The bridge from the total of the run before to this run's, cause by cause (F51): it closes to the đồng or it is no bridge.</summary>
/// <param name="Before">The total of the run before.</param>
/// <param name="Steps">In the order of <see cref="Causes"/>; causes without people may be left out.</param>
/// <param name="Now">The total of this run.</param>
public sealed record RunBridge(Vnd Before, IReadOnlyList<BridgeStep> Steps, Vnd Now)
{
    /// <summary>Causes in the order of the paper, and which way each counts. Arrears and recoupments belong to one list only, so those of both lists stand in it.</summary>
    public static readonly IReadOnlyList<(string Cause, int Sign)> Causes =
        [("new", 1), ("stopped", -1), ("raised", 1), ("lowered", -1), ("arrears", 1), ("arrears_before", -1), ("recouped", -1), ("recouped_before", 1)];

    /// <summary>Whether the steps lead from the one total to the other, exactly.</summary>
    public bool Closes => Steps.Aggregate(Before, (sum, step) => SignOf(step.Cause) > 0 ? sum + step.Sum : sum - step.Sum) == Now;

    public static int SignOf(string cause) => Causes.First(one => one.Cause == cause).Sign;

    /// <summary>The bridge over several programmes, or runs: the rows of each cause together.</summary>
    /// <param name="rows">Causes with people and sums; <c>last_month</c> and <c>this_month</c> are the two ends. Causes beside the bridge (moved, other account) are passed over.</param>
    public static RunBridge Of(IEnumerable<BridgeStep> rows)
    {
        var all = rows.ToList();
        Vnd Sum(string cause) => new(all.Where(row => row.Cause == cause).Sum(row => row.Sum.Amount));
        return new RunBridge(Sum("last_month"),
            [.. Causes.Select(one => new BridgeStep(one.Cause, all.Where(row => row.Cause == one.Cause).Sum(row => row.People), Sum(one.Cause))).Where(step => step.People > 0)], Sum("this_month"));
    }

    /// <summary>Compares two lists person by person: the rule that the store's statement repeats over sets.</summary>
    /// <param name="people">What each person was listed for before and is listed for now.</param>
    public static RunBridge Between(IEnumerable<(ListedSums Before, ListedSums Now)> people)
    {
        var rows = new List<BridgeStep>();
        foreach (var (before, now) in people)
        {
            rows.Add(new BridgeStep("last_month", 1, before.Net));
            rows.Add(new BridgeStep("this_month", 1, now.Net));
            if (before.Regular.IsZero && now.Regular > Vnd.Zero) rows.Add(new BridgeStep("new", 1, now.Regular));
            else if (now.Regular.IsZero && before.Regular > Vnd.Zero) rows.Add(new BridgeStep("stopped", 1, before.Regular));
            else if (now.Regular > before.Regular) rows.Add(new BridgeStep("raised", 1, now.Regular - before.Regular));
            else if (now.Regular < before.Regular) rows.Add(new BridgeStep("lowered", 1, before.Regular - now.Regular));
            if (!now.Arrears.IsZero) rows.Add(new BridgeStep("arrears", 1, now.Arrears));
            if (!before.Arrears.IsZero) rows.Add(new BridgeStep("arrears_before", 1, before.Arrears));
            if (!now.Recouped.IsZero) rows.Add(new BridgeStep("recouped", 1, now.Recouped));
            if (!before.Recouped.IsZero) rows.Add(new BridgeStep("recouped_before", 1, before.Recouped));
        }

        return Of(rows);
    }
}
