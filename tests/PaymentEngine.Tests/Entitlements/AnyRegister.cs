using NodaTime;
using PaymentEngine.Core;
using PaymentEngine.Core.Entitlements;
using PaymentEngine.Core.Money;
using PaymentEngine.Core.Recipients;

namespace PaymentEngine.Tests.Entitlements;

/// <summary>People no register should hold, and some it does: every category beside every other, facts known and unknown, changed, suspended, dead, listed right and wrong.</summary>
sealed class AnyRegister(SeededRandom random)
{
    static readonly string[] merit =
        ["TB", "TB", "BB", "CDHH", "CDHH.CON", "BMVNAH", "AHLLVT", "TIENKN", "TIENKN45", "LIETSI.TN", "LIETSI.TN", "LIETSI.VCTAIGIA", "TUDAY", "GDCM", "GIAODUC", "HDKC", "SURVIVOR", "SURVIVOR", "NOBODY"];

    static readonly string[] social =
        ["k1", "k2", "k3", "k4", "k5a", "k5b", "k5c", "k5d", "k6", "k6", "k7", "k8", "CS.NUOITRE", "CS.NCT", "CS.MANGTHAI", "CS.HOGD", "CS.NHAN", "COSO", "k9"];

    /// <summary>Ages at which the law changes something, in years.</summary>
    static readonly int[] edges = [0, 3, 4, 16, 18, 22, 55, 60, 70, 75, 80];

    /// <summary>A person, and somebody their awards may be about.</summary>
    public (RegisterPerson Person, RegisterPerson Other) Next(YearMonth around)
    {
        var other = new RegisterPerson("p2", FactRows("p2", around), []);
        var awards = new List<Award>();
        for (var i = random.Below(4); i >= 0; i--) AddAward(awards, $"a{i}", around);
        return (new RegisterPerson("p1", FactRows("p1", around), awards), other);
    }

    /// <summary>A memory: what one to three components of the person have been listed with.</summary>
    public IReadOnlyList<ListedComponent> Memory(RegisterPerson person, YearMonth first, YearMonth listMonth, Func<YearMonth, MonthEntitlement> due)
    {
        if (random.Chance(2_000)) return [];
        var memory = new List<ListedComponent>();
        // Mostly what the law gave in some month, open ever since: the steady state of a register.
        foreach (var component in due(first.Plus(random.Below(listMonth.Index() - first.Index() + 1))).Components)
        {
            if (memory.Exists(one => one.AwardId == component.AwardId && one.Component == component.Component) || random.Chance(1_500)) continue;
            var from = first.Plus(random.Below(4));
            var amount = random.Chance(7_000) ? component.Amount.Amount : component.Amount.Amount + (random.Between(-3, 3) * 90_000);
            if (amount <= 0) continue;
            List<ListedRange> ranges = [new(from, random.Chance(8_000) ? null : from.Plus(random.Below(8)), new Vnd(amount))];
            if (ranges[0].To is { } to && random.Chance(5_000)) ranges.Add(new ListedRange(to.Plus(random.Between(1, 2)), null, new Vnd(amount + 10_000)));
            memory.Add(new ListedComponent(component.AwardId, component.Component, 1, ranges));
        }

        if (person.Awards.Count > 0 && random.Chance(500)) memory.Add(Cases.Listed(person.Awards[0].AwardId, "cham_soc", first.Text(), null, 500_000));
        return memory;
    }

    List<PersonFacts> FactRows(string id, YearMonth around)
    {
        var facts = new PersonFacts
        {
            PersonId = id,
            FullName = "Nguyễn Thị Mẫu",
            Birth = Birth(around),
            ProvinceCode = random.Chance(9_900) ? "40" : "38",
            CommuneCode = "17329",
            Sex = (Sex)random.Below(3),
            FactsFrom = random.Chance(8_000) ? null : around.Plus(random.Between(-14, 2)),
            RecordedOn = random.Chance(9_000) ? null : Day(around.Plus(random.Between(-3, 1))),
            Poverty = (Poverty)random.Below(4),
            Supporter = (Supporter)random.Below(4),
            Alone = (Aloneness)random.Below(4),
            OtherIncome = random.Chance(7_000) ? OtherIncome.None : (OtherIncome)random.Below(7),
            OtherIncomeVnd = random.Chance(1_000) ? random.Between(1, 20) * 100_000 : null,
            Disability = (Disability)random.Below(4),
            DisabilityCertificateOn = random.Chance(5_000) ? Day(around.Plus(random.Between(-60, 0))) : null,
            SpecialArea = Maybe(),
            Studying = Maybe(),
            StudyBroken = Maybe(),
            InFacility = random.Chance(8_000) ? false : Maybe(),
            SpouseId = random.Chance(500) ? "p2" : null,
            Death = random.Chance(1_000) ? Day(around.Plus(random.Between(-14, 1))) : null,
        };
        if (random.Chance(9_200)) return [facts];
        return [facts, facts with { FactsFrom = around.Plus(random.Between(-16, 1)), Poverty = Poverty.None, Disability = Disability.ExtremelySevere, RecordedOn = random.Chance(5_000) ? null : Day(around) }];
    }

    // Half of all births lie where an age limit falls near the months asked for.
    BirthDate Birth(YearMonth around)
    {
        var month = random.Chance(5_000) ? around.Plus(-(random.Pick(edges) * 12) - random.Between(-15, 15)) : new YearMonth(random.Between(1925, 2024), random.Between(1, 12));
        return random.Below(10) switch
        {
            0 => new BirthDate((short)month.Year, 0, 0),
            1 => new BirthDate((short)month.Year, (byte)month.Month, 0),
            _ => new BirthDate((short)month.Year, (byte)month.Month, (byte)random.Between(1, 28)),
        };
    }

    void AddAward(List<Award> awards, string id, YearMonth around)
    {
        var programme = random.Pick<Programme>([Programme.Ncc, Programme.Ncc, Programme.Btxh, Programme.Btxh, Programme.Htxh]);
        var decided = random.Chance(3_000) ? around.Plus(random.Between(-14, 1)) : new YearMonth(random.Between(2012, 2025), random.Between(1, 12));
        var category = programme switch { Programme.Ncc => random.Pick(merit), Programme.Btxh => random.Pick(social), _ => "HTXH" };
        var award = new Award
        {
            AwardId = id,
            PersonId = "p1",
            Programme = programme,
            Category = category,
            DecidedOn = random.Chance(9_700) ? Day(decided) : null,
            FiledOn = random.Chance(3_000) ? Day(decided.Plus(-1)) : null,
            FactsFrom = random.Chance(9_000) ? null : around.Plus(random.Between(-14, 2)),
            RecordedOn = random.Chance(9_000) ? null : Day(around.Plus(random.Between(-3, 1))),
            BoardOn = random.Chance(5_000) ? Day(decided.Plus(-random.Below(30))) : null,
            EventOn = random.Chance(5_000) ? Day(decided.Plus(-random.Between(1, 300))) : null,
            FirstMonth = random.Chance(1_500) ? around.Plus(random.Between(-20, 2)) : null,
            LastMonth = random.Chance(1_500) ? around.Plus(random.Between(-14, 14)) : null,
            OnRollSince = random.Chance(3_000) ? decided : null,
            DegreePct = random.Chance(9_500) ? random.Chance(3_000) ? random.Between(78, 84) : random.Between(15, 100) : null,
            Class = (InvalidClass)random.Below(3),
            Special = Maybe(),
            AtHome = Maybe(),
            ValidExam = Maybe(),
            FullTime = Maybe(),
            SeniorityUnits = random.Below(9),
            Decoration = random.Pick<string>(["KNC", "HCKC", "HC", "HCKC"]),
            Martyrs = random.Chance(7_000) ? random.Between(1, 4) : null,
            DeceasedId = "d1",
            DeceasedCategory = random.Pick<string>(["TB", "BB", "CDHH", "TIENKN", "TIENKN45", "TUDAY"]),
            DeceasedPct = random.Chance(8_000) ? random.Between(55, 100) : null,
            DeceasedOn = random.Chance(7_000) ? Day(around.Plus(-random.Between(1, 400))) : null,
            Relation = (Relation)random.Below(6),
            Children = random.Chance(8_000) ? random.Below(5) : null,
            ChildrenBirths = random.Chance(8_000) ? [] : [Day(around.Plus(-random.Between(1, 300))), Day(around.Plus(-random.Between(1, 200)))],
            Pregnant = Maybe(),
            AboutPersonId = random.Chance(8_500) ? "p2" : null,
        };
        if (random.Chance(2_000))
        {
            award = award with
            {
                SuspendedFrom = around.Plus(random.Between(-14, 1)),
                SuspendedTo = random.Chance(5_000) ? around.Plus(random.Between(-10, 4)) : null,
                SuspendReason = (SuspendReason)random.Below(8),
                ReleasedOn = random.Chance(5_000) ? Day(around.Plus(-random.Below(5))) : null,
                ReappliedOn = random.Chance(5_000) ? Day(around.Plus(-random.Below(5))) : null,
                ReviewedOn = random.Chance(5_000) ? Day(around.Plus(-random.Below(5))) : null,
                ReviewResult = (ReviewResult)random.Below(5),
            };
        }

        awards.Add(award);
        if (random.Chance(800))
        {
            awards.Add(award with
            {
                FactsFrom = around.Plus(random.Between(-16, 2)),
                RecordedOn = random.Chance(3_000) ? null : Day(around.Plus(-1)),
                DegreePct = random.Between(21, 100),
                LastMonth = random.Chance(7_000) ? award.LastMonth : around,
                SuspendedFrom = random.Chance(7_000) ? award.SuspendedFrom : null,
            });
        }
    }

    LocalDate Day(YearMonth month) => month.OnDayOfMonth(random.Between(1, 28));

    bool? Maybe() => random.Below(3) switch { 0 => true, 1 => false, _ => null };
}
