using NodaTime;
using PaymentEngine.Core;
using PaymentEngine.Core.Entitlements;
using PaymentEngine.Core.Law;
using PaymentEngine.Core.Recipients;
using static PaymentEngine.Tests.Entitlements.Cases;

namespace PaymentEngine.Tests.Entitlements;

/// <summary>The small spaces, whole: every combination of the facts a rule asks for, in every month from July 2021 to December 2026, as known on the closing day and long after.</summary>
public class KernelSweepTests
{
    static readonly CompiledLaw compiled = new(Cases.Law, []);
    static readonly LocalDate longAfter = new(2027, 1, 15);

    [Fact]
    public void Every_degree_of_the_wounded_and_sick_in_every_month()
    {
        var people = new List<RegisterPerson>();
        foreach (var category in (string[])["TB", "BB", "CDHH", "CDHH.CON"])
        {
            foreach (var invalidClass in category == "TB" ? [InvalidClass.A, InvalidClass.B] : (InvalidClass[])[InvalidClass.None])
            {
                for (var degree = 0; degree <= 100; degree++)
                {
                    // Special wound, home and examination matter from 81 %; two below show that they do not matter there.
                    for (var facts = 0; facts < (degree is 21 or 80 or >= 81 ? 8 : 1); facts++)
                    {
                        people.Add(Person().With(Ncc(category) with
                        {
                            DegreePct = degree, Class = invalidClass, Special = (facts & 1) != 0, AtHome = (facts & 2) != 0, ValidExam = (facts & 4) == 0,
                        }));
                    }
                }
            }
        }

        Sweep(people, expectedPeople: people.Count);
    }

    [Fact]
    public void Every_other_merit_category_in_every_month()
    {
        var people = new List<RegisterPerson>();
        foreach (var alone in Enum.GetValues<Aloneness>())
        {
            var facts = Person("1948-03-01") with { Alone = alone, Sex = Sex.Female };
            foreach (var category in (string[])["AHLLVT", "TIENKN45", "TUDAY", "LIETSI.VCTAIGIA"]) people.Add(facts.With(Ncc(category)));
            foreach (var atHome in (bool?[])[true, false, null]) people.Add(facts.With(Ncc("BMVNAH") with { AtHome = atHome }));
            foreach (var isFullTime in (bool?[])[true, false, null])
                for (var units = 0; units < 10; units++) people.Add(facts.With(Ncc("TIENKN") with { FullTime = isFullTime, SeniorityUnits = units }));
            foreach (var decoration in (string?[])["KNC", "HCKC", null]) people.Add(facts.With(Ncc("GDCM") with { Decoration = decoration }));
            for (var martyrs = 0; martyrs < 5; martyrs++) people.Add(facts.With(Ncc("LIETSI.TN") with { Martyrs = martyrs, DeceasedOn = Day("1972-04-30") }));
            foreach (var deceased in (string[])["TB", "BB", "CDHH", "TIENKN", "TIENKN45", "TUDAY"])
            {
                foreach (var degree in deceased is "TB" or "BB" or "CDHH" ? [55, 60, 61, 80, 81, 100] : (int?[])[null])
                    people.Add(facts.With(Ncc("SURVIVOR") with { DeceasedCategory = deceased, DeceasedPct = degree, DeceasedOn = Day("2015-04-30"), Relation = Relation.Parent }));
            }
        }

        Sweep(people, expectedPeople: people.Count);
    }

    /// <summary>Spouses on the way to the pension age, which rises every January; children on the way to 18.</summary>
    [Fact]
    public void Survivors_at_every_month_of_birth_near_their_age_limits()
    {
        var people = new List<RegisterPerson>();
        var survivor = Ncc("SURVIVOR") with { DeceasedCategory = "TB", DeceasedPct = 81, DeceasedOn = Day("2015-04-30") };
        for (var birth = Month("1960-01"); birth <= Month("1971-12"); birth = birth.Plus(1))
            foreach (var sex in Enum.GetValues<Sex>()) people.Add((Person(birth.Text()) with { Sex = sex }).With(survivor with { Relation = Relation.Spouse }));
        for (var birth = Month("2003-01"); birth <= Month("2008-12"); birth = birth.Plus(1))
            foreach (var isStudying in (bool?[])[true, false]) people.Add((Person(birth.Text()) with { Studying = isStudying }).With(survivor with { Relation = Relation.Child }));
        Sweep(people, expectedPeople: people.Count);
    }

    /// <summary>Every group at the month before, of and after each age limit, for every poverty status, with full and year-only births.</summary>
    [Fact]
    public void Every_group_at_every_age_limit_in_every_month()
    {
        int[] limits = [0, 3, 4, 16, 22, 60, 70, 75, 80];
        string[] categories = ["k1", "k2", "k3", "k5a", "k5b", "k5c", "k5d", "k6", "k7", "k8", "COSO", "HTXH"];
        Sweep(month => Of(month), expectedPeople: null);

        IEnumerable<RegisterPerson> Of(YearMonth month)
        {
            foreach (var limit in limits)
            {
                for (var shift = -1; shift <= 2; shift++)
                {
                    var birth = month.Plus(shift - 1 - (limit * 12));
                    foreach (var text in (string[])[birth.Text(), birth.Text()[..4]])
                    {
                        foreach (var poverty in Enum.GetValues<Poverty>())
                        {
                            var facts = Person(text) with { Poverty = poverty, Studying = true, SpecialArea = true, Disability = Disability.Severe };
                            foreach (var category in categories) yield return facts.With(category == "HTXH" ? Htxh("2019-03-01") : Btxh(category));
                            yield return (facts with { Disability = Disability.ExtremelySevere, StudyBroken = true }).With(Btxh("k6"));
                            yield return (facts with { StudyBroken = true }).With(Btxh("k2"));
                            yield return (facts with { OtherIncome = OtherIncome.OtherMonthly }).With(Btxh("k8"));
                        }
                    }
                }
            }
        }
    }

    /// <summary>Two groups, or a group and the social pension, beside each other: each pair at each age limit.</summary>
    [Fact]
    public void Every_pair_of_groups_at_every_age_limit_in_every_month()
    {
        int[] limits = [3, 4, 16, 22, 60, 75, 80];
        string[] categories = ["k1", "k2", "k3", "k4", "k5a", "k5b", "k5c", "k5d", "k6", "k7", "k8", "HTXH"];
        Sweep(month => Of(month), expectedPeople: null);

        IEnumerable<RegisterPerson> Of(YearMonth month)
        {
            foreach (var limit in limits)
            {
                var facts = Person(month.Plus(-limit * 12).Text()) with { Poverty = Poverty.Poor, Studying = true, SpecialArea = true, Disability = Disability.ExtremelySevere };
                for (var left = 0; left < categories.Length; left++)
                {
                    for (var right = 0; right < categories.Length; right++)
                    {
                        if (left == right) continue;
                        var (one, two) = (Award(categories[left], "a1"), Award(categories[right], "a2"));
                        yield return facts.With(one, two);
                        // A third: the exception of the single parent holds for two of them only.
                        yield return facts.With(one, two, Award("k4", "a3") with { Children = 3 });
                    }
                }
            }
        }

        static Award Award(string category, string id) => category == "HTXH" ? Htxh("2019-03-01", id) : Btxh(category, id) with { Children = 1 };
    }

    [Fact]
    public void Support_for_care_at_every_age_limit_of_the_person_cared_for_in_every_month()
    {
        int[] limits = [0, 4, 16, 60];
        Sweep(month => Of(month), expectedPeople: null, CaredFor);

        IEnumerable<RegisterPerson> Of(YearMonth month)
        {
            foreach (var limit in limits)
            {
                for (var shift = -1; shift <= 2; shift++)
                {
                    // The id of the person cared for says when they were born, see CaredFor.
                    var about = month.Plus(shift - 1 - (limit * 12)).Text();
                    foreach (var category in (string[])["CS.NUOITRE", "CS.NCT", "CS.NHAN", "CS.HOGD"]) yield return Person("1970-01-01").With(Btxh(category) with { AboutPersonId = about });
                    for (var children = 0; children < 3; children++) yield return (Person("1990-01-01") with { Disability = Disability.Severe }).With(Btxh("CS.MANGTHAI") with { Children = children, Pregnant = shift > 0 });
                }
            }
        }

        static RegisterPerson? CaredFor(string birth) => (Person(birth, birth) with { Disability = Disability.ExtremelySevere }).With();
    }

    static void Sweep(List<RegisterPerson> people, int? expectedPeople) => Sweep(_ => people, expectedPeople);

    static void Sweep(Func<YearMonth, IEnumerable<RegisterPerson>> peopleOf, int? expectedPeople, Func<string, RegisterPerson?>? others = null)
    {
        others ??= static _ => null;
        for (var month = new YearMonth(2021, 7); month <= new YearMonth(2026, 12); month = month.Plus(1))
        {
            var people = peopleOf(month).ToList();
            foreach (var asOf in (LocalDate[])[ClosingDays.Of(month), longAfter])
            {
                var law = compiled.Of(month, asOf, "40");
                var proof = new KernelProof(DenseLaw.Compile(month, month, _ => law));
                foreach (var person in people) proof.Add(person, month.Plus(-1), [], others, MonthList.For(person, month, month, month.Plus(-1), _ => law, [], others));
                Assert.Empty(proof.Compare());
                // Nobody of these spaces is left to the rules, or the sweep would show nothing.
                Assert.Equal(expectedPeople ?? people.Count, proof.Compared);
            }
        }
    }
}
