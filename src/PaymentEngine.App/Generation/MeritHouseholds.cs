using NodaTime;
using PaymentEngine.Core;
using PaymentEngine.Core.Recipients;

namespace PaymentEngine.App.Generation;

/// <summary>Người có công: one recipient a household; of the wounded and sick from 81 % a carer takes their own allowance.</summary>
sealed partial class HouseholdMaker
{
    void Merit()
    {
        var draw = random.Below(1_000);
        if (draw < 400) WarInvalid();
        else if (draw < 550) SickSoldier();
        else if (draw < 680) Exposed();
        else if (draw < 730) ChildOfExposed();
        else if (draw < 830) MartyrsRelative();
        else if (draw < 950) Survivor();
        else if (draw < 972) With(AgeMonths(68, 88), "TUDAY", 1995);
        else if (draw < 994) With(AgeMonths(72, 95), "GDCM", 1995, award => award with { Decoration = random.Chance(1_000) ? "KNC" : "HCKC" });
        else if (draw < 997) HeroicMother();
        else if (draw < 998) With(AgeMonths(70, 88), "AHLLVT", 1990);
        else if (draw < 999) With(AgeMonths(98, 103), "TIENKN45", 1990);
        else With(AgeMonths(99, 105), "TIENKN", 1988, award => award with { FullTime = true, SeniorityUnits = random.Between(1, 8) });
    }

    void WarInvalid()
    {
        var person = Add(AgeMonths(56, 92), random.Chance(9_300) ? Sex.Male : Sex.Female);
        var degree = Degree(21);
        var award = Decided(Award(person, Programme.Ncc, "TB"), new YearMonth(1990, 1)) with
        {
            DegreePct = degree,
            Class = random.Chance(9_500) ? InvalidClass.A : InvalidClass.B,
            EventOn = DayBetween(1966, 1988),
            BoardOn = DayBetween(1990, 2020),
        };
        Cared(person, award);
        // An exposed war invalid gets both allowances (131/2021/NĐ-CP, Điều 58.1).
        if (random.Chance(500)) Cared(person, ExposedAward(person, Math.Min(degree, 60)));
    }

    void SickSoldier()
    {
        var person = Add(AgeMonths(56, 85), random.Chance(9_600) ? Sex.Male : Sex.Female);
        Cared(person, Decided(Award(person, Programme.Ncc, "BB"), new YearMonth(1990, 1)) with { DegreePct = Degree(41), BoardOn = DayBetween(1990, 2020) });
    }

    void Exposed()
    {
        var person = Add(AgeMonths(64, 88), random.Chance(9_000) ? Sex.Male : Sex.Female);
        Cared(person, ExposedAward(person, Degree(21)));
    }

    Award ExposedAward(GeneratedPerson person, int degree) =>
        Decided(Award(person, Programme.Ncc, "CDHH"), new YearMonth(2006, 1)) with { DegreePct = degree, BoardOn = DayBetween(2006, 2022), ValidExam = true };

    void ChildOfExposed()
    {
        var person = Add(AgeMonths(30, 52));
        var degree = random.Chance(7_500) ? random.Between(61, 80) : random.Between(81, 95);
        person.Awards.Add(Decided(Award(person, Programme.Ncc, "CDHH.CON"), new YearMonth(2008, 1)) with { DegreePct = degree, BoardOn = DayBetween(2008, 2022) });
        PaidThroughRelative(person);
    }

    void MartyrsRelative()
    {
        var isParent = random.Chance(1_500);
        var person = Add(isParent ? AgeMonths(90, 102) : AgeMonths(70, 92), random.Chance(9_000) ? Sex.Female : Sex.Male);
        if (random.Chance(1_000)) person.Facts = person.Facts with { Alone = Aloneness.Alone };
        person.Awards.Add(Decided(Award(person, Programme.Ncc, "LIETSI.TN"), new YearMonth(1990, 1)) with
        {
            Martyrs = random.Below(100) switch { < 92 => 1, < 98 => 2, _ => 3 },
            Relation = isParent ? Relation.Parent : Relation.Spouse,
            DeceasedId = Deceased(person),
            DeceasedOn = DayBetween(1964, 1984),
        });
        PaidAsOld(person);
    }

    void Survivor()
    {
        var person = Add(AgeMonths(63, 90), random.Chance(8_500) ? Sex.Female : Sex.Male);
        if (random.Chance(800)) person.Facts = person.Facts with { Alone = Aloneness.Alone };
        var died = MonthBetween(new YearMonth(2006, 1), Month.Plus(-5));
        person.Awards.Add(Decided(Award(person, Programme.Ncc, "SURVIVOR"), died.Plus(1)) with
        {
            DeceasedId = Deceased(person),
            DeceasedCategory = random.Pick<string>(["TB", "TB", "BB", "CDHH"]),
            DeceasedPct = random.Between(61, 98),
            DeceasedOn = Day(died),
            Relation = random.Chance(9_300) ? Relation.Spouse : Relation.Parent,
        });
        PaidAsOld(person);
    }

    void HeroicMother()
    {
        var person = Add(AgeMonths(88, 104), Sex.Female);
        Cared(person, Decided(Award(person, Programme.Ncc, "BMVNAH"), new YearMonth(1994, 12)));
    }

    void With(int ageMonths, string category, int decidedFromYear, Func<Award, Award>? more = null)
    {
        var person = Add(ageMonths);
        var award = Decided(Award(person, Programme.Ncc, category), new YearMonth(decidedFromYear, 1));
        person.Awards.Add(more?.Invoke(award) ?? award);
        PaidAsOld(person);
    }

    /// <summary>Adds an award that may carry a carer allowance: from 81 % and of Heroic Mothers, at home, somebody else takes it.</summary>
    void Cared(GeneratedPerson person, Award award)
    {
        var isHeavy = award.Category == "BMVNAH" || award.DegreePct >= 81;
        var atHome = isHeavy ? random.Chance(9_300) : (bool?)null;
        award = award with { AtHome = atHome, Special = award.DegreePct >= 81 ? random.Chance(2_500) : null };
        if (atHome == false) person.Facts = person.Facts with { InFacility = true };
        var first = person.Awards.Count == 0;
        person.Awards.Add(award);
        if (first) PaidAsOld(person);
        if (atHome == true) PaidToCarer(person, award);
    }

    int Degree(int lowest)
    {
        var degree = random.Below(100) switch { < 62 => random.Between(21, 40), < 82 => random.Between(41, 60), < 94 => random.Between(61, 80), _ => random.Between(81, 100) };
        return degree >= lowest ? degree : lowest + (degree % 20);
    }

    static string Deceased(GeneratedPerson person) => $"{person.Facts.PersonId}-D";
}
