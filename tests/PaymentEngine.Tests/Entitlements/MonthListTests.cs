using PaymentEngine.Core;
using PaymentEngine.Core.Entitlements;
using PaymentEngine.Core.Money;
using PaymentEngine.Core.Recipients;
using static PaymentEngine.Tests.Entitlements.Cases;

namespace PaymentEngine.Tests.Entitlements;

public class MonthListTests
{
    static readonly RegisterPerson Disabled = (Person("1990-01-01") with { Disability = Disability.ExtremelySevere }).With(Btxh("k6"));

    [Fact]
    public void The_steady_month_is_one_regular_line_and_no_new_memory()
    {
        var list = Disabled.List("2026-05", [Listed("a1", "tro_cap", "2026-01", null, 1_000_000)], "2026-01", "2026-04");
        var line = Assert.Single(list.Lines);
        Assert.Equal((LineKind.Regular, 1_000_000L, 0), (line.Kind, line.Amount.Amount, line.ListedVersion));
        Assert.Empty(list.NextListed);
        Assert.True(list.LeftToRecoup.IsZero);
    }

    [Fact]
    public void The_first_month_opens_the_memory()
    {
        var list = Disabled.List("2026-05", []);
        var next = Assert.Single(list.NextListed);
        Assert.Equal(1, next.Version);
        Assert.Equal([new ListedRange(Month("2026-05"), null, new Vnd(1_000_000))], next.Ranges);
    }

    [Fact]
    public void Months_before_the_first_one_the_engine_answers_for_are_not_owed()
    {
        var list = Disabled.List("2026-05", [], "2026-04");
        Assert.Equal(1_000_000, list.Total(LineKind.Arrears));
        Assert.Equal([Month("2026-04"), Month("2026-05")], list.Lines.Select(line => line.ForMonth));
    }

    [Fact]
    public void An_open_range_counts_only_through_the_last_approved_list()
    {
        // April's list was never approved: April is owed in full beside May.
        var list = Disabled.List("2026-05", [Listed("a1", "tro_cap", "2026-01", null, 1_000_000, version: 3)], "2026-01", "2026-03");
        Assert.Equal(1_000_000, list.Total(LineKind.Arrears));
        var arrears = Assert.Single(list.Lines, line => line.Kind == LineKind.Arrears);
        Assert.Equal((Month("2026-04"), 3), (arrears.ForMonth, arrears.ListedVersion));
        // The next version makes a second plan that read version 3 fail on its key, although the ranges look the same.
        Assert.Equal(4, Assert.Single(list.NextListed).Version);
    }

    [Fact]
    public void A_new_rate_closes_the_old_range_and_opens_a_new_one_with_arrears_inside()
    {
        var list = Disabled.List("2026-10", [Listed("a1", "tro_cap", "2026-01", null, 1_000_000)], "2026-01", "2026-09", Day("2026-10-05"));
        Assert.Equal(3 * 80_000, list.Total(LineKind.Arrears));
        Assert.Equal(
            [new ListedRange(Month("2026-01"), Month("2026-06"), new Vnd(1_000_000)), new ListedRange(Month("2026-07"), null, new Vnd(1_080_000))],
            Assert.Single(list.NextListed).Ranges);
    }

    [Fact]
    public void A_late_death_closes_the_range_and_leaves_the_overpaid_months_to_recoup()
    {
        var dead = (Person("1990-01-01") with { Disability = Disability.ExtremelySevere, Death = Day("2026-02-10") }).With(Btxh("k6"));
        var list = dead.List("2026-05", [Listed("a1", "tro_cap", "2026-01", null, 1_000_000)], "2026-01", "2026-04");
        Assert.Empty(list.Lines);
        Assert.Equal(2_000_000, list.LeftToRecoup.Amount);
        Assert.Equal(NotDue.DeathSocial.Rule, list.Zero!.Rule);
        Assert.Equal([(Month("2026-03"), 1_000_000L), (Month("2026-04"), 1_000_000L)], list.Outstanding.Select(excess => (excess.ForMonth, excess.Amount.Amount)));
        Assert.Contains("đã lập danh sách 1.000.000", list.Outstanding[0].Explanation.Vi);
        Assert.Equal([new ListedRange(Month("2026-01"), Month("2026-04"), new Vnd(1_000_000))], Assert.Single(list.NextListed).Ranges);

        var again = dead.List("2026-06", list.NextListed, "2026-01", "2026-05");
        Assert.Equal(2_000_000, again.LeftToRecoup.Amount);
        Assert.Empty(again.NextListed);
    }

    [Fact]
    public void A_recoupment_takes_no_more_than_the_list_has_and_goes_on_the_month_after()
    {
        // The degree was corrected back to January: 500,000 too much in each of three months.
        var person = (Person("1990-01-01") with { Disability = Disability.Severe }).With(Btxh("k6"));
        var memory = new[] { Listed("a1", "tro_cap", "2026-01", null, 1_250_000) };
        var first = person.List("2026-04", memory, "2026-01", "2026-03");
        Assert.Equal(750_000, first.Total(LineKind.Regular));
        Assert.Equal(-750_000, first.Total(LineKind.Recoupment));
        Assert.Equal([(Month("2026-01"), -500_000L), (Month("2026-02"), -250_000L)],
            first.Lines.Where(line => line.Kind == LineKind.Recoupment).Select(line => (line.ForMonth, line.Amount.Amount)));
        Assert.Equal(750_000, first.LeftToRecoup.Amount);

        var second = person.List("2026-05", first.NextListed, "2026-01", "2026-04");
        Assert.Equal(-750_000, second.Total(LineKind.Recoupment));
        Assert.Equal(0, second.LeftToRecoup.Amount);
        var third = person.List("2026-06", second.NextListed, "2026-01", "2026-05");
        Assert.Equal([LineKind.Regular], third.Lines.Select(line => line.Kind));
        Assert.Empty(third.NextListed);
    }

    [Fact]
    public void The_carers_money_does_not_pay_back_what_the_person_got_too_much()
    {
        var invalid = Person().With(Ncc("TB") with { Class = InvalidClass.A, DegreePct = 85, AtHome = true, LastMonth = Month("2025-03") }, Ncc("BMVNAH", "a2") with { AtHome = true });
        var list = invalid.List("2025-05", [Listed("a1", "nguoi_phuc_vu", "2025-04", "2025-04", 2_789_000)], "2025-05", "2025-04");
        var recouped = Assert.Single(list.Lines, line => line.Kind == LineKind.Recoupment);
        Assert.Equal(PayeeRole.Carer, recouped.PayeeRole);
        Assert.Equal(-2_789_000, recouped.Amount.Amount);
        Assert.Equal(0, list.Lines.Where(line => line.PayeeRole == PayeeRole.Carer).Sum(line => line.Amount.Amount));
        Assert.True(list.Lines.Where(line => line.PayeeRole == PayeeRole.Self).Sum(line => line.Amount.Amount) > 0);
    }

    [Fact]
    public void A_list_made_again_after_its_approval_adds_nothing()
    {
        var first = Disabled.List("2026-05", [], "2026-03");
        var again = Disabled.List("2026-05", first.NextListed, "2026-03", "2026-05");
        Assert.Empty(again.Lines);
        Assert.Empty(again.NextListed);
        Assert.Equal(NotDue.AlreadyListed, again.Zero);
    }

    [Fact]
    public void Every_line_and_every_zero_has_a_sentence_in_both_languages_and_every_line_a_citation()
    {
        var list = Disabled.List("2026-10", [Listed("a1", "tro_cap", "2026-01", null, 1_000_000)], "2026-01", "2026-09");
        Assert.All(list.Lines, line =>
        {
            Assert.NotEmpty(line.Explanation.Vi);
            Assert.NotEmpty(line.Explanation.En);
            Assert.NotEmpty(line.Explanation.Citation);
        });
        Assert.Contains("80.000", list.Lines[0].Explanation.Vi);
    }

    /// <summary>Whatever becomes known when, the lists never pay below zero, and in the end memory plus what is left to recoup is exactly what is due.</summary>
    [Fact]
    public void Over_any_history_listed_sums_end_at_what_is_due()
    {
        var laws = new PaymentEngine.Core.Law.CompiledLaw(Cases.Law, []);
        for (ulong seed = 1; seed <= 300; seed++)
        {
            var random = new SeededRandom(seed);
            var (person, memory) = (RandomHistory(random), new List<ListedComponent>());
            var first = Month("2025-01");
            long paid = 0;
            PersonMonthList? last = null;
            for (var i = 0; i < 24; i++)
            {
                var month = first.Plus(i);
                var asOf = ClosingDays.Of(month);
                last = MonthList.For(person, month, first, i == 0 ? null : month.Plus(-1), m => laws.Of(m, asOf, "40"), memory, Finder(person));
                foreach (var group in last.Lines.GroupBy(line => (line.Programme, line.PayeeRole))) Assert.True(group.Sum(line => line.Amount.Amount) >= 0, $"seed {seed}, {month}");
                Assert.Equal(last.Lines.Count, last.Lines.Select(line => (line.AwardId, line.Component, line.ForMonth, line.Kind, line.ListedVersion)).Distinct().Count());
                paid += last.Lines.Sum(line => line.Amount.Amount);
                foreach (var next in last.NextListed)
                {
                    memory.RemoveAll(old => old.AwardId == next.AwardId && old.Component == next.Component);
                    memory.Add(next);
                }
            }

            var end = first.Plus(23);
            long due = 0;
            for (var i = 0; i < 24; i++) due += EntitlementCalculator.ForMonth(person, laws.Of(first.Plus(i), ClosingDays.Of(end), "40"), Finder(person)).Total.Amount;
            Assert.True(paid == due + last!.LeftToRecoup.Amount, $"seed {seed}: paid {paid}, due {due}, left {last.LeftToRecoup}");
            var remembered = memory.Sum(component => Enumerable.Range(0, 24).Sum(i => MonthList.ListedFor(component, first.Plus(i), end).Amount));
            Assert.True(paid == remembered, $"seed {seed}: paid {paid}, remembered {remembered}");
        }
    }

    static RegisterPerson RandomHistory(SeededRandom random)
    {
        var facts = new List<PersonFacts>();
        var awards = new List<Award>();
        for (var i = 0; i < random.Between(1, 4); i++)
        {
            facts.Add(Person("1980-06-01") with
            {
                FactsFrom = i == 0 ? null : Month("2025-01").Plus(random.Below(24)),
                RecordedOn = i == 0 ? null : Day("2025-01-10").PlusDays(random.Below(700)),
                Disability = random.Chance(5000) ? Disability.Severe : Disability.ExtremelySevere,
                Poverty = random.Chance(3000) ? Poverty.None : Poverty.Near,
                Death = random.Chance(1500) ? Day("2025-02-01").PlusDays(random.Below(600)) : null,
            });
        }

        awards.Add(Btxh("k6") with { DecidedOn = Day("2024-06-01").PlusDays(random.Below(600)) });
        if (random.Chance(5000)) awards.Add(Btxh("k4", "a2") with { Children = random.Between(1, 3), DecidedOn = Day("2024-06-01").PlusDays(random.Below(600)) });
        if (random.Chance(5000)) awards.Add(Ncc("TB", "a3") with { Class = InvalidClass.A, DegreePct = random.Between(21, 100), AtHome = true, Special = random.Chance(3000) });
        foreach (var award in awards.ToList())
        {
            if (!random.Chance(6000)) continue;
            awards.Add(award with
            {
                FactsFrom = Month("2025-01").Plus(random.Below(24)),
                RecordedOn = Day("2025-01-10").PlusDays(random.Below(700)),
                DegreePct = award.DegreePct is null ? null : random.Between(21, 100),
                LastMonth = random.Chance(3000) ? Month("2025-01").Plus(random.Below(24)) : null,
                SuspendedFrom = random.Chance(3000) ? Month("2025-01").Plus(random.Below(20)) : null,
                SuspendReason = SuspendReason.RefusesCheck,
                ReviewResult = random.Chance(5000) ? ReviewResult.Unchanged : ReviewResult.None,
            });
        }

        return new RegisterPerson("p1", facts, awards);
    }
}
