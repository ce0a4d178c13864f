using NodaTime;
using PaymentEngine.Core;
using PaymentEngine.Core.Recipients;

namespace PaymentEngine.App.Generation;

/// <summary>Bảo trợ xã hội and hưu trí xã hội: elderly people, disabled people with the household that cares for them, orphans with a guardian, single parents.</summary>
sealed partial class HouseholdMaker
{
    static readonly YearMonth pensionBegan = new(2025, 7);

    void Social(int recipientsMax)
    {
        var draw = random.Below(1_000);
        if (draw < 560) SocialPension();
        else if (draw < 880) Disabled(recipientsMax);
        else if (draw < 926) PoorElderly();
        else if (draw < 953) SingleParent();
        else if (draw < 966) Orphans(recipientsMax);
        else if (draw < 980) SmallChild();
        else if (draw < 988) WithHiv();
        else if (draw < 991) StudyingFormerOrphan();
        else if (draw < 994 && recipientsMax >= 2) TakenInElder();
        else if (draw < 997) InFacility();
        else SocialPension();
    }

    void SocialPension()
    {
        var draw = random.Below(100);
        // From 80 the old allowance went on as the social pension; 75 to 79 and the poor from 70 applied for it.
        var (age, converted, poor) = draw < 45 ? (AgeMonths(82, 100), true, false) : draw < 92 ? (AgeMonths(76, 79), false, false) : (AgeMonths(71, 74), false, true);
        var person = Add(age);
        if (poor) person.Facts = person.Facts with { Poverty = random.Chance(5_000) ? Poverty.Poor : Poverty.Near };
        var award = Award(person, Programme.Htxh, "HTXH");
        person.Awards.Add(converted
            ? award with { ConvertedFrom = "k5c", FirstMonth = pensionBegan, OnRollSince = MonthBetween(Month.Plus(80 * 12 - age), new YearMonth(2025, 6)) }
            : Decided(award, Later(pensionBegan, Month.Plus(((poor ? 70 : 75) * 12) - age))));
        PaidAsOld(person);
    }

    void Disabled(int recipientsMax)
    {
        var draw = random.Below(100);
        var age = draw < 15 ? AgeMonths(2, 14) : draw < 75 ? AgeMonths(17, 58) : AgeMonths(61, 88);
        var isChild = age < 16 * 12;
        var isExtreme = random.Chance(2_500);
        var hasSupport = isExtreme && recipientsMax >= 2 && random.Chance(6_000);
        var person = Add(age, exactBirth: isChild);
        var certificate = MonthBetween(Later(new YearMonth(2013, 1), Month.Plus(12 - age)), LastDecided.Plus(-1));
        person.Facts = person.Facts with
        {
            Disability = isExtreme ? Disability.ExtremelySevere : Disability.Severe,
            DisabilityCertificateOn = Day(certificate),
        };
        person.Awards.Add(Decided(Award(person, Programme.Btxh, "k6"), certificate.Plus(1)));

        if (hasSupport)
        {
            // The household's own support is money of the carer, who also takes the disabled person's: one account for two.
            var carer = Add(AgeMonths(isChild ? 25 : 30, isChild ? 45 : 65));
            carer.Awards.Add(Decided(Award(carer, Programme.Btxh, "CS.HOGD"), certificate.Plus(1)) with { AboutPersonId = person.Facts.PersonId });
            var account = OwnAccount(carer.Index, carer.Facts.FullName);
            PaidTo(carer, carer.Facts.FullName, carer.Facts.PersonId, PayeeRole.Household, account, null);
            PaidTo(person, carer.Facts.FullName, carer.Facts.PersonId, PayeeRole.Guardian, account, null, "Quyết định cử người giám hộ");
        }
        else if (isChild || random.Chance(isExtreme ? 8_000 : 1_500)) PaidThroughRelative(person);
        else PaidToSelf(person);
    }

    void PoorElderly()
    {
        var person = Add(random.Chance(6_000) ? AgeMonths(62, 74) : AgeMonths(76, 92));
        person.Facts = person.Facts with { Poverty = Poverty.Poor, Supporter = Supporter.None, Alone = random.Chance(6_000) ? Aloneness.Alone : Aloneness.No };
        person.Awards.Add(Decided(Award(person, Programme.Btxh, "k5a"), Later(new YearMonth(2021, 7), Month.Plus(-6))));
        PaidAsOld(person);
    }

    void SingleParent()
    {
        var person = Add(AgeMonths(26, 48), random.Chance(9_000) ? Sex.Female : Sex.Male);
        person.Facts = person.Facts with { Poverty = random.Chance(5_000) ? Poverty.Poor : Poverty.Near };
        var births = Enumerable.Range(0, random.Between(1, 3)).Select(_ => Day(Month.Plus(-random.Between(14, 170)))).Order().ToList();
        var award = Decided(Award(person, Programme.Btxh, "k4"), Month.Plus(-30));
        person.Awards.Add(random.Chance(7_000) ? award with { ChildrenBirths = births } : award with { Children = births.Count });
        PaidToSelf(person);
    }

    void Orphans(int recipientsMax)
    {
        var count = Math.Min(recipientsMax, random.Between(1, 3));
        var withFoster = recipientsMax > count && random.Chance(5_000);
        var guardianName = VietnameseNames.Person(random, random.Chance(7_000) ? Sex.Female : Sex.Male);
        var account = OwnAccount(LastIndex + 1, guardianName);
        string? guardianId = null;
        var children = new List<GeneratedPerson>();
        for (var i = 0; i < count; i++)
        {
            var child = Add(random.Between(20, 180), exactBirth: true);
            child.Facts = child.Facts with { Alone = Aloneness.OrphanOfBoth };
            child.Awards.Add(Decided(Award(child, Programme.Btxh, "k1"), Later(Month.Plus(-40), Months.FromIndex(child.Facts.Birth.MonthIndex + 6))));
            children.Add(child);
        }

        if (withFoster)
        {
            var foster = Add(AgeMonths(35, 62));
            (guardianName, guardianId) = (foster.Facts.FullName, foster.Facts.PersonId);
            foster.Awards.Add(Decided(Award(foster, Programme.Btxh, "CS.NUOITRE"), children[0].Awards[0].DecidedOn!.Value.ToYearMonth()) with { AboutPersonId = children[0].Facts.PersonId });
            account = OwnAccount(foster.Index, guardianName);
            PaidTo(foster, guardianName, guardianId, PayeeRole.Foster, account, null);
        }

        foreach (var child in children) PaidTo(child, guardianName, guardianId, PayeeRole.Guardian, account, null, "Quyết định cử người giám hộ");
    }

    void SmallChild()
    {
        var child = Add(random.Between(8, 33), exactBirth: true);
        child.Facts = child.Facts with { Poverty = random.Chance(5_000) ? Poverty.Poor : Poverty.Near, SpecialArea = true };
        child.Awards.Add(Decided(Award(child, Programme.Btxh, "k7"), Months.FromIndex(child.Facts.Birth.MonthIndex + 1)));
        PaidThroughRelative(child);
    }

    void WithHiv()
    {
        var isChild = random.Chance(1_200);
        var person = Add(isChild ? AgeMonths(3, 14) : AgeMonths(22, 55), exactBirth: isChild);
        person.Facts = person.Facts with { Poverty = Poverty.Poor };
        person.Awards.Add(Decided(Award(person, Programme.Btxh, isChild ? "k3" : "k8"), Month.Plus(-24)));
        if (isChild) PaidThroughRelative(person);
        else PaidToSelf(person);
    }

    void StudyingFormerOrphan()
    {
        var person = Add(AgeMonths(17, 20), exactBirth: true);
        person.Facts = person.Facts with { Studying = true, StudyBroken = false, Alone = Aloneness.OrphanOfBoth };
        person.Awards.Add(Decided(Award(person, Programme.Btxh, "k2"), Month.Plus(-10)) with { OnRollSince = Month.Plus(-60) });
        PaidToSelf(person);
    }

    void TakenInElder()
    {
        var elder = Add(AgeMonths(66, 90));
        elder.Facts = elder.Facts with { Poverty = Poverty.Poor, Supporter = Supporter.None, Alone = Aloneness.Alone };
        elder.Awards.Add(Decided(Award(elder, Programme.Btxh, "k5d"), Month.Plus(-30)));
        var carer = Add(AgeMonths(35, 60));
        carer.Awards.Add(Decided(Award(carer, Programme.Btxh, "CS.NCT"), elder.Awards[0].DecidedOn!.Value.ToYearMonth()) with { AboutPersonId = elder.Facts.PersonId });
        var account = OwnAccount(carer.Index, carer.Facts.FullName);
        PaidTo(carer, carer.Facts.FullName, carer.Facts.PersonId, PayeeRole.Carer, account, null);
        PaidTo(elder, carer.Facts.FullName, carer.Facts.PersonId, PayeeRole.Authorised, account, null, "Giấy ủy quyền");
    }

    void InFacility()
    {
        var person = Add(random.Chance(3_000) ? AgeMonths(5, 14) : AgeMonths(20, 85), exactBirth: true);
        person.Facts = person.Facts with { InFacility = true };
        person.Awards.Add(Decided(Award(person, Programme.Btxh, "COSO"), Month.Plus(-36)));
        // One facility a commune, one account for all who live in it: lawful sharing.
        var name = $"Cơ sở trợ giúp xã hội {commune.Name}";
        PaidTo(person, name, $"{commune.Code}-CS", PayeeRole.Facility, FacilityAccount(name), null, "Quyết định tiếp nhận");
    }

    static YearMonth Later(YearMonth left, YearMonth right) => left > right ? left : right;
}
