using NodaTime;
using PaymentEngine.Core.Recipients;

namespace PaymentEngine.App.Generation;

/// <summary>People who come onto the roll in the first list month.</summary>
sealed partial class HouseholdMaker
{
    /// <summary>A person whose decision is signed on a day of this month: social pension, disability, or a survivor of somebody who died last month.</summary>
    public GeneratedPerson NewThisMonth(LocalDate decided, LocalDate recorded)
    {
        household.Clear();
        householdId = string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{commune.Code}-H{LastIndex + 1:0000000}");
        var draw = random.Below(100);
        if (draw < 60) NewPensioner();
        else if (draw < 90) Disabled(recipientsMax: 1);
        else Survivor();

        var person = household[0];
        person.Facts = person.Facts with { RecordedOn = recorded };
        for (var i = 0; i < person.Awards.Count; i++)
        {
            var award = person.Awards[i];
            person.Awards[i] = award with
            {
                DecidedOn = decided,
                FiledOn = award.Programme == Programme.Ncc ? null : decided.PlusDays(-random.Between(7, 20)),
                RecordedOn = recorded,
                DeceasedOn = award.DeceasedOn is null ? null : decided.PlusMonths(-1),
            };
        }

        if (person.Facts.DisabilityCertificateOn is not null) person.Facts = person.Facts with { DisabilityCertificateOn = decided.PlusDays(-2) };
        for (var i = 0; i < person.Payees.Count; i++) person.Payees[i] = person.Payees[i] with { From = decided, WishOn = person.Payees[i].WishOn is null ? null : decided };
        return person;
    }

    void NewPensioner()
    {
        var person = Add(AgeMonths(76, 77));
        person.Awards.Add(Decided(Award(person, Programme.Htxh, "HTXH"), Month));
        PaidAsOld(person);
    }
}
