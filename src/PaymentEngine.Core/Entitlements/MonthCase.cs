using NodaTime;
using PaymentEngine.Core.Law;
using PaymentEngine.Core.Money;
using PaymentEngine.Core.Recipients;

namespace PaymentEngine.Core.Entitlements;

/// <summary>One person in one month: the facts that hold, the law that counts, and who else can be asked.</summary>
sealed record MonthCase(RegisterPerson Person, PersonFacts Facts, List<AwardOfMonth> Awards, MonthLaw Law, Func<string, RegisterPerson?> Others)
{
    public YearMonth Month => Law.Month;

    /// <summary>The case of a person, or null when the register had no facts of the month.</summary>
    public static MonthCase? Of(RegisterPerson person, MonthLaw law, Func<string, RegisterPerson?> others) =>
        FactsOfMonth.Of(person, law.Month, law.AsOf) is { } facts
            ? new MonthCase(person, facts, FactsOfMonth.AwardsOf(person, law.Month, law.AsOf), law, others)
            : null;

    public int AgeInMonths => Facts.Birth.AgeInMonths(Law.Month);

    /// <summary>The note to state when an age decided and the birth date is not known to the month.</summary>
    public ExplanationNotes BirthNote => Facts.Birth.IsYearOnly ? ExplanationNotes.BirthAssumed : ExplanationNotes.None;

    /// <summary>The facts of another person of the register in this month.</summary>
    public (PersonFacts Facts, bool IsAlive)? Other(string? personId)
    {
        if (personId is null || Others(personId) is not { } other || FactsOfMonth.Of(other, Month, Law.AsOf) is not { } facts) return null;
        return (facts, !(FactsOfMonth.DeathOf(other, Law.AsOf) is { } death && Month > death.ToYearMonth()));
    }
}

/// <summary>What one rule offers for one award before the rules of combination choose: a rate, a number of times, whose money.</summary>
readonly record struct Offer(Award Award, MonthRate Rate, int Times, PayeeRole Role, ExplanationNotes Notes)
{
    public Vnd Amount => Rate.Amount * Times;

    public string Kind => Rate.Row.BenefitKind;

    public DueComponent ToComponent() => new(Award.AwardId, Award.Programme, Kind, Role, Amount, Rate.Explain(Times, Notes));
}

/// <summary>A rule of law: adds what it offers for one award in one month, or says why it offers nothing.</summary>
delegate Explanation? Rule(MonthCase month, Award award, List<Offer> offers);
