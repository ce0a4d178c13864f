using PaymentEngine.Core;
using PaymentEngine.Core.Entitlements;
using PaymentEngine.Core.Law;
using PaymentEngine.Core.Recipients;
using static PaymentEngine.Tests.Entitlements.Cases;

namespace PaymentEngine.Tests.Entitlements;

public class EntitlementKernelTests
{
    /// <summary>The rule functions, one award at a time, say which rate each component has; combined by the kernel, they must come to what the rule functions
    /// say of the whole person, component by component.</summary>
    [Theory]
    [InlineData("2023-06")]
    [InlineData("2025-05")]
    [InlineData("2026-06")]
    [InlineData("2026-07")]
    public void The_kernel_says_what_the_rules_say(string month)
    {
        var law = LawOf(month);
        var dense = new DenseRates(law);
        var random = new SeededRandom(20261121);
        var people = Enumerable.Range(0, 3_000).Select(_ => Anyone(random)).ToList();
        var (offsets, rates, times, folds) = (new List<int> { 0 }, new List<ushort>(), new List<byte>(), new List<FoldRule>());
        var keys = new List<(string Award, string Component)>();
        foreach (var person in people)
        {
            foreach (var award in person.Awards)
            {
                foreach (var due in EntitlementCalculator.ForMonth(person with { Awards = [award] }, law, Finder(person)).Components)
                {
                    var rate = dense.IndexOf(due.Explanation.Rule);
                    rates.Add(rate);
                    times.Add((byte)(due.Amount.Amount / dense.AmountsVnd[rate]));
                    folds.Add(EntitlementKernel.FoldOf(due.Programme, award.Category, due.Component)!.Value);
                    keys.Add((due.AwardId, due.Component));
                }
            }

            offsets.Add(rates.Count);
        }

        var result = new long[rates.Count];
        var total = EntitlementKernel.Compute(offsets.ToArray(), rates.ToArray(), times.ToArray(), folds.ToArray(), dense.AmountsVnd, result);

        Assert.Equal(result.Sum(), total);
        for (var i = 0; i < people.Count; i++)
        {
            var expected = EntitlementCalculator.ForMonth(people[i], law, Finder(people[i])).Components.Select(c => (c.AwardId, c.Component, c.Amount.Amount)).Order();
            var actual = Enumerable.Range(offsets[i], offsets[i + 1] - offsets[i]).Where(at => result[at] != 0).Select(at => (keys[at].Award, keys[at].Component, result[at])).Order();
            Assert.Equal(expected, actual);
        }
    }

    [Fact]
    public void Columns_of_different_lengths_are_a_bug_and_throw() =>
        Assert.Throws<ArgumentException>(() => EntitlementKernel.Compute([0, 2], [1], [1], [FoldRule.Adds], [5, 6], new long[1]));

    static RegisterPerson Anyone(SeededRandom random)
    {
        var facts = Person($"{random.Between(1930, 2022)}-{random.Between(1, 12):00}-15") with
        {
            Disability = (Disability)random.Between(1, 3),
            Poverty = (Poverty)random.Between(1, 3),
            SpecialArea = random.Chance(5000),
            Studying = true,
        };
        string[] social = ["k1", "k2", "k3", "k4", "k5a", "k5b", "k5c", "k5d", "k6", "k7", "k8"];
        var awards = new List<Award>();
        for (var i = random.Below(4); i > 0; i--) awards.Add(Btxh(random.Pick(social), $"b{i}") with { Children = random.Between(1, 4) });
        if (random.Chance(3000)) awards.Add(Htxh("2025-07-01"));
        if (random.Chance(3000)) awards.Add(Merit(random, "TB", "n1"));
        if (random.Chance(3000)) awards.Add(Merit(random, "CDHH", "n2"));
        if (random.Chance(2000)) awards.Add(Merit(random, "BB", "n3"));
        if (random.Chance(2000)) awards.Add(Ncc("TIENKN", "n4") with { FullTime = true, SeniorityUnits = random.Between(1, 9) });
        return facts.With([.. awards]);
    }

    static Award Merit(SeededRandom random, string category, string id) => Ncc(category, id) with
    {
        Class = random.Chance(5000) ? InvalidClass.A : InvalidClass.B,
        DegreePct = random.Between(21, 100),
        AtHome = random.Chance(7000),
        Special = random.Chance(3000),
        ValidExam = random.Chance(8000),
    };
}
