using NodaTime;
using PaymentEngine.Core.Recipients;

namespace PaymentEngine.Core.Entitlements;

/// <summary>Facts of a person's rows that cannot be true together. A single row's own contradictions are refused where it is read.</summary>
public static class Contradictions
{
    /// <summary>What contradicts itself in the months asked for, as known on a day; each with the award row to look at.</summary>
    public static IReadOnlyList<(Award Row, Problem Problem)> Of(RegisterPerson person, YearMonth first, YearMonth last, LocalDate asOf)
    {
        List<(Award, Problem)>? found = null;
        for (var month = first; month <= last; month = month.Plus(1))
        {
            if (FactsOfMonth.Of(person, month, asOf) is not { } facts) continue;
            foreach (var award in FactsOfMonth.AwardsOf(person, month, asOf))
            {
                if (ProblemOf(award.Row!, facts, month) is not { } problem) continue;
                found ??= [];
                if (!found.Exists(known => known.Item1 == award.Row)) found.Add((award.Row!, problem));
            }
        }

        return found is null ? [] : found;
    }

    static Problem? ProblemOf(Award row, PersonFacts facts, YearMonth month)
    {
        if (row.LastMonth < month) return null;
        if (row.AtHome == true && facts.InFacility == true)
            return new Problem("award.at_home_in_facility", $"The award says that the person lives at home, the person's facts of {month.Text()} that they live in a facility.",
                "Correct at_home from that month on (a new row with facts_from), or in_facility of the person.");
        if (row.Pregnant == true && facts.Sex == Sex.Male)
            return new Problem("award.pregnant_man", "The award says pregnant, the person's sex is M.", "Correct one of the two.");
        if (row.Category == "k6" && facts.DisabilityCertificateOn is { } certificate && facts.Birth.AgeInMonths(certificate.ToYearMonth()) < 0)
            return new Problem("person.certificate_before_birth", "The disability certificate is older than the person.", "Correct birth or disability_certificate_on.");
        return null;
    }
}
