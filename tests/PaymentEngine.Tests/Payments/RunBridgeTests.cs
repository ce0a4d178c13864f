using FsCheck;
using FsCheck.Fluent;
using PaymentEngine.Core;
using PaymentEngine.Core.Money;
using PaymentEngine.Core.Payments;

namespace PaymentEngine.Tests.Payments;

public sealed class RunBridgeTests
{
    [Fact]
    public void The_bridge_closes_to_the_dong_whatever_changed() => Prop.ForAll<int>(seed =>
    {
        var random = new SeededRandom(unchecked((ulong)seed));
        var people = Enumerable.Range(0, random.Below(40)).Select(_ => (Any(random), Any(random))).ToList();
        var bridge = RunBridge.Between(people);
        Assert.True(bridge.Closes);
        Assert.Equal(people.Sum(person => person.Item1.Net.Amount), bridge.Before.Amount);
        Assert.Equal(people.Sum(person => person.Item2.Net.Amount), bridge.Now.Amount);
        Assert.All(bridge.Steps, step => Assert.True(step.Sum >= Vnd.Zero && step.People > 0));
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void A_person_stands_under_one_cause_of_the_regular_sum()
    {
        static ListedSums Regular(long vnd) => new(new Vnd(vnd), Vnd.Zero, Vnd.Zero);
        var bridge = RunBridge.Between([(Regular(0), Regular(500)), (Regular(500), Regular(0)), (Regular(500), Regular(700)), (Regular(500), Regular(450)), (Regular(500), Regular(500)), (default, default)]);
        Assert.Equal([("new", 1, 500L), ("stopped", 1, 500L), ("raised", 1, 200L), ("lowered", 1, 50L)], bridge.Steps.Select(step => (step.Cause, step.People, step.Sum.Amount)));
    }

    [Fact]
    public void A_bridge_with_a_dong_too_few_does_not_close() =>
        Assert.False(new RunBridge(new Vnd(100), [new BridgeStep("new", 1, new Vnd(50))], new Vnd(151)).Closes);

    static ListedSums Any(SeededRandom random)
    {
        if (random.Below(4) == 0) return default;
        var regular = new Vnd(random.Below(3) == 0 ? 0 : 100_000 * random.Below(30));
        var arrears = new Vnd(random.Below(3) == 0 ? 37_000 * random.Below(20) : 0);
        // A list never nets a person below zero.
        return new ListedSums(regular, arrears, new Vnd(random.Below(3) == 0 ? Math.Min(regular.Amount + arrears.Amount, 41_000 * random.Below(20)) : 0));
    }
}
