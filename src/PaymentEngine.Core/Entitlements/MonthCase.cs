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

/// <summary>What one rule offers for one award before the rules of combination choose: a rate taken a number of times, or a sum computed by a rule of its own.</summary>
/// <param name="Rate">The rate of the month; null for a computed sum.</param>
readonly record struct Offer(Award Award, MonthRate? Rate, int Times, PayeeRole Role, ExplanationNotes Notes)
{
    /// <summary>A computed sum: one-off, yearly, or of a programme whose formula is not a rate.</summary>
    public ComputedSum? Sum { get; init; }

    /// <summary>Offers that are not paid because this one is.</summary>
    public IReadOnlyList<Offer>? Lost { get; init; }

    public Vnd Amount => Sum is { } sum ? sum.Amount : Rate!.Amount * Times;

    public string Kind => Sum is { } sum ? sum.Component : Rate!.Row.BenefitKind;

    public bool IsOneOff => Sum is { IsOneOff: true };

    public string NameVi => Sum is { } sum ? sum.NameVi : Rate!.Row.NameVi;

    public string NameEn => Sum is { } sum ? sum.NameEn : Rate!.Row.NameEn;

    public DueComponent ToComponent()
    {
        // The sentence of a rate is shared by all people of its class; only who lost something gets one of their own.
        var why = Sum is { } sum ? sum.Why : Rate!.Explain(Times, Notes);
        if (Lost is { Count: > 0 }) why = Sentences.WithLost(why, Lost);
        return new(Award.AwardId, Award.Programme, Kind, Role, Amount, why) { IsOneOff = IsOneOff };
    }

    /// <summary>This offer, paid in place of others.</summary>
    public Offer InPlaceOf(IEnumerable<Offer> lost, ExplanationNotes note) =>
        this with { Notes = Notes | note, Lost = [.. Lost ?? [], .. lost.SelectMany(other => (IEnumerable<Offer>)[other, .. other.Lost ?? []])] };
}

/// <summary>A sum that a rule computed itself, with its sentence.</summary>
/// <param name="Component">The benefit or programme code.</param>
/// <param name="IsOneOff">Due for this month alone.</param>
sealed record ComputedSum(string Component, string NameVi, string NameEn, Vnd Amount, Explanation Why, bool IsOneOff);

/// <summary>A rule of law: adds what it offers for one award in one month, or says why it offers nothing.</summary>
delegate Explanation? Rule(MonthCase month, Award award, List<Offer> offers);
