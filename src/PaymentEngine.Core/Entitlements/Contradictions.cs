using NodaTime;
using PaymentEngine.Core.Recipients;

namespace PaymentEngine.Core.Entitlements;

/// <summary>An award row and a row of its holder's facts that cannot be true together.</summary>
/// <param name="Award">The row of awards.csv.</param>
/// <param name="AwardColumn">Its column at fault.</param>
/// <param name="Facts">The row of people.csv.</param>
/// <param name="FactsColumn">Its column at fault.</param>
/// <param name="Problem">What is wrong and what to do, without a place: which of the two rows came last is for the caller to say.</param>
public sealed record Contradiction(Award Award, string AwardColumn, PersonFacts Facts, string FactsColumn, Problem Problem);

/// <summary>Facts of a person's rows that cannot be true together. A single row's own contradictions are refused where it is read.</summary>
public static class Contradictions
{
    /// <summary>Heroic Mothers are women (Pháp lệnh 02/2020/UBTVQH14, Điều 18.1).</summary>
    const string HeroicMother = "BMVNAH";

    /// <summary>What contradicts itself in the months asked for, as known on a day; each award row once.</summary>
    public static IReadOnlyList<Contradiction> Of(RegisterPerson person, YearMonth first, YearMonth last, LocalDate asOf)
    {
        var found = new List<Contradiction>();
        for (var month = first; month <= last; month = month.Plus(1)) Add(person, month, asOf, found);
        return found;
    }

    /// <summary>What contradicts itself in any month, by everything the register knows.</summary>
    public static IReadOnlyList<Contradiction> Ever(RegisterPerson person)
    {
        // Between two of these months no row begins to speak, so nothing new can contradict itself.
        var beginnings = new SortedSet<YearMonth>();
        foreach (var facts in person.Facts)
        {
            if (facts.FactsFrom is { } from) beginnings.Add(from);
            foreach (var row in person.Awards)
            {
                if (StartMonths.Of(row, facts) is { } start) beginnings.Add(start);
            }
        }

        foreach (var row in person.Awards)
        {
            if (row.FactsFrom is { } from) beginnings.Add(from);
        }

        var found = new List<Contradiction>();
        foreach (var month in beginnings) Add(person, month, LocalDate.MaxIsoValue, found);
        return found;
    }

    /// <summary>Could this award row and these facts contradict each other in some month? Cheap and generous, to find the few people to look at.</summary>
    public static bool AreSuspect(Award row, bool isMale, bool isInFacility, int earliestBirthIndex) =>
        (row.AtHome == true && isInFacility) || (isMale && (row.Pregnant == true || row.Category == HeroicMother)) || StartIndex(row) < earliestBirthIndex;

    /// <summary>The earliest month the person can have been born in, as <see cref="Months.Index"/>: January where only the year is known.</summary>
    public static int EarliestBirthIndex(BirthDate birth) => birth.IsYearOnly ? birth.Year * 12 : birth.MonthIndex;

    static void Add(RegisterPerson person, YearMonth month, LocalDate asOf, List<Contradiction> found)
    {
        if (FactsOfMonth.Of(person, month, asOf) is not { } facts || FactsOfMonth.DeathOf(person, asOf)?.ToYearMonth() < month) return;
        foreach (var award in FactsOfMonth.AwardsOf(person, month, asOf))
        {
            if (award.Latest.LastMonth < month || found.Exists(known => known.Award == award.Row)) continue;
            if (Find(award.Row!, facts, month) is { } contradiction) found.Add(contradiction);
        }
    }

    static Contradiction? Find(Award row, PersonFacts facts, YearMonth month)
    {
        if (row.AtHome == true && facts.InFacility == true && !(StartMonths.Of(row, facts) > month))
            return new(row, "at_home", facts, "in_facility", new Problem("award.at_home_in_facility", $"The award says that the person lives at home, the person's facts of {month.Text()} that they live in a facility.",
                "Correct at_home from that month on (a new row with facts_from), or in_facility of the person."));
        if (row.Pregnant == true && facts.Sex == Sex.Male)
            return new(row, "pregnant", facts, "sex", new Problem("award.pregnant_man", "The award says pregnant, the person's sex is M.", "Correct one of the two."));
        if (row.Category == HeroicMother && facts.Sex == Sex.Male)
            return new(row, "category", facts, "sex", new Problem("award.mother_man", "The award is a Heroic Mother's (BMVNAH), the person's sex is M.", "Correct the category or the sex."));
        if (StartIndex(row) < EarliestBirthIndex(facts.Birth))
            return new(row, row.FirstMonth is null ? "decided_on" : "first_month", facts, "birth", new Problem("award.before_birth", $"The award begins before its holder was born ({facts.Birth}).",
                "Correct first_month or decided_on of the award, or birth of the person."));
        return null;
    }

    static int? StartIndex(Award row) => (row.FirstMonth ?? row.DecidedOn?.ToYearMonth())?.Index();
}
