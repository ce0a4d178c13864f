using NodaTime;

namespace PaymentEngine.Core.Entitlements;

/// <summary>A sum on which the kernel and the rule functions do not agree. A bug: nothing computed beside it may be trusted.</summary>
/// <param name="Sum">due, arrears, excess or one_off.</param>
/// <param name="RulesVnd">By the rule functions, which say why.</param>
/// <param name="KernelVnd">By the kernel.</param>
public sealed record KernelDifference(string PersonId, string AwardId, string Component, string Sum, long RulesVnd, long KernelVnd)
{
    public override string ToString() => $"{PersonId}, {AwardId} {Component}: {Sum} is {RulesVnd} by the rules and {KernelVnd} by the kernel";
}

/// <summary>Computes people a second time, by the kernel, and compares every component with the lines the rule functions made.</summary>
public sealed class KernelProof(DenseLaw law)
{
    readonly EntitlementColumns columns = new(law);
    readonly List<(string PersonId, PersonMonthList List)> expected = [];
    readonly int[] handedOver = new int[Enum.GetValues<HandOver>().Length];
    KernelSums sums = new(0);

    /// <summary>The months and the province of the tables.</summary>
    public DenseLaw Law => law;

    /// <summary>People compared so far.</summary>
    public int Compared { get; private set; }

    /// <summary>How many people were left to the rules for a reason; of <see cref="HandOver.None"/>, how many were not.</summary>
    public int HandedOver(HandOver reason) => handedOver[(int)reason];

    /// <summary>Adds a person with the list the rules made of exactly these facts.</summary>
    /// <param name="person">Every row the register has of the person.</param>
    /// <param name="listedThrough">The last month of an approved regular list.</param>
    /// <param name="listed">The memory of this person's components.</param>
    /// <param name="others">Finds the person an award is about.</param>
    /// <param name="byRules">What <see cref="MonthList.For"/> said.</param>
    public HandOver Add(RegisterPerson person, YearMonth? listedThrough, IReadOnlyList<ListedComponent> listed, Func<string, RegisterPerson?> others, PersonMonthList byRules)
    {
        var reason = columns.Add(person, listedThrough, listed, others);
        handedOver[(int)reason]++;
        if (reason == HandOver.None) expected.Add((person.PersonId, byRules));
        return reason;
    }

    /// <summary>Computes everybody added since the last comparison and says what differs.</summary>
    public IReadOnlyList<KernelDifference> Compare()
    {
        if (sums.DueVnd.Length < columns.Rows) sums = new KernelSums(columns.Rows);
        EntitlementKernel.Compute(columns, sums);
        var differences = new List<KernelDifference>();
        for (var i = 0; i < expected.Count; i++) Compare(expected[i].PersonId, expected[i].List, columns.PersonOffsets[i], columns.PersonOffsets[i + 1], differences);
        Compared += expected.Count;
        columns.Clear();
        expected.Clear();
        return differences;
    }

    void Compare(string personId, PersonMonthList list, int from, int to, List<KernelDifference> differences)
    {
        var rules = new Dictionary<(string AwardId, string Component, string Sum), long>();
        foreach (var line in list.Lines)
        {
            var (sum, amount) = line.Kind switch
            {
                LineKind.Regular => ("due", line.Amount.Amount),
                LineKind.Arrears => ("arrears", line.Amount.Amount),
                LineKind.Recoupment => ("excess", -line.Amount.Amount),
                _ => ("one_off", line.Amount.Amount),
            };
            Count(line.AwardId, line.Component, sum, amount);
        }

        // What could not be taken back is the rest of the same excess.
        foreach (var left in list.Outstanding) Count(left.AwardId, left.Component, "excess", left.Amount.Amount);
        for (var row = from; row < to; row++)
        {
            var (award, component) = columns.KeyOf(row);
            Check(award, component, "due", sums.DueVnd[row]);
            Check(award, component, "arrears", sums.ArrearsVnd[row]);
            Check(award, component, "excess", sums.ExcessVnd[row]);
        }

        foreach (var ((award, component, sum), vnd) in rules) differences.Add(new KernelDifference(personId, award, component, sum, vnd, 0));

        void Count(string award, string component, string sum, long vnd) => rules[(award, component, sum)] = rules.GetValueOrDefault((award, component, sum)) + vnd;

        void Check(string award, string component, string sum, long kernelVnd)
        {
            rules.Remove((award, component, sum), out var rulesVnd);
            if (rulesVnd != kernelVnd) differences.Add(new KernelDifference(personId, award, component, sum, rulesVnd, kernelVnd));
        }
    }
}
