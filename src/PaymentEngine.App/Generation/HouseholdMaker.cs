using System.Globalization;
using System.Text;
using NodaTime;
using PaymentEngine.Core;
using PaymentEngine.Core.Recipients;

namespace PaymentEngine.App.Generation;

/// <summary>Makes the households of one commune. Every award's facts make it payable for the first list month.</summary>
/// <remarks>Decisions are at least three months old and recorded_on is empty (known since they were signed), so nothing of them is arrears in the first month.</remarks>
sealed partial class HouseholdMaker(GenerationOptions options, ProvinceProfile profile, GeneratedCommune commune, SeededRandom random, long lastIndex)
{
    readonly List<GeneratedPerson> household = [];
    string householdId = "";

    /// <summary>The number of the last person made.</summary>
    public long LastIndex { get; private set; } = lastIndex;

    YearMonth Month => options.Month;

    /// <summary>The last month in which a decision of the generated register was signed.</summary>
    YearMonth LastDecided => Month.Plus(-3);

    /// <summary>Makes the next household, with at most <paramref name="recipientsMax"/> recipients (at least one).</summary>
    public IReadOnlyList<GeneratedPerson> Next(int recipientsMax)
    {
        household.Clear();
        householdId = string.Create(CultureInfo.InvariantCulture, $"{commune.Code}-H{LastIndex + 1:0000000}");
        if (options.WithPoor && random.Chance(profile.PoorPerTenThousand)) PoorWithoutAward();

        // Of 10,000 recipients: NCC by the province's share; the rest by the usual shape of the social roll after the elderly moved to the social pension.
        if (random.Chance(profile.MeritPerTenThousand)) Merit();
        else Social(recipientsMax);
        return household;
    }

    void PoorWithoutAward()
    {
        var person = Add(AgeMonths(20, 64));
        person.Facts = person.Facts with { Poverty = random.Chance(5_000) ? Poverty.Poor : Poverty.Near };
    }

    /// <summary>Adds a person of an age (in months, reached in the first list month) to the household.</summary>
    GeneratedPerson Add(int ageMonths, Sex? sexWanted = null, bool exactBirth = false)
    {
        var index = ++LastIndex;
        var sex = sexWanted ?? (random.Chance(ageMonths > 70 * 12 ? 6_000 : 5_000) ? Sex.Female : Sex.Male);
        var born = Month.Plus(-ageMonths);
        var day = (byte)random.Between(1, CalendarSystem.Iso.GetDaysInMonth(born.Year, born.Month));
        var draw = random.Below(10_000);
        // Of the old about 15 % are known by year only, 1 % by month. Whoever is known by year counts as born in December, so the year before is written: the age stays reached.
        var birth = exactBirth || ageMonths < 55 * 12 ? new BirthDate((short)born.Year, (byte)born.Month, day)
            : draw < 1_500 ? new BirthDate((short)(born.Year - 1), 0, 0)
            : draw < 1_600 ? new BirthDate((short)born.Year, (byte)born.Month, 0)
            : new BirthDate((short)born.Year, (byte)born.Month, day);

        var name = VietnameseNames.Person(random, sex);
        var hamlet = string.Create(CultureInfo.InvariantCulture, $"Xóm {random.Between(1, 14)}");
        var person = new GeneratedPerson(index, new PersonFacts
        {
            PersonId = string.Create(CultureInfo.InvariantCulture, $"{options.ProvinceCode}-{index:0000000}"),
            IdNumber = random.Chance(profile.WithIdentityPerTenThousand) ? Identity(index, sex, birth.Year) : null,
            FullName = random.Chance(200) ? name.Normalize(NormalizationForm.FormD) : name, // a few files come decomposed
            Sex = sex,
            Birth = birth,
            ProvinceCode = options.ProvinceCode,
            CommuneCode = commune.Code,
            SpecialArea = commune.IsSpecialArea,
            HouseholdId = householdId,
            Poverty = random.Below(10_000) switch { < 800 => Poverty.Poor, < 1_800 => Poverty.Near, _ => Poverty.None },
            OtherIncome = OtherIncome.None,
            Hamlet = hamlet,
            Address = $"{hamlet}, {commune.Kind.ToLowerInvariant()} {commune.Name}",
            Phone = ageMonths > 16 * 12 && random.Chance(6_000) ? Phone() : null,
        });
        household.Add(person);
        return person;
    }

    // Unique by the number of the person: 611,953 has no factor in common with 1,000,000, so two people who share province, sex and year never share the last six digits below a million people.
    string Identity(long index, Sex sex, int year)
    {
        if (year < 1945 && random.Chance(300)) return string.Create(CultureInfo.InvariantCulture, $"1{index % 100_000_000:00000000}");
        var prefix = random.Chance(9_400) ? profile.IdentityPrefix : random.Pick<string>(["001", "042", "079", "030", "066"]);
        var century = ((year / 100) - 19) * 2 + (sex == Sex.Female ? 1 : 0);
        return string.Create(CultureInfo.InvariantCulture, $"{prefix}{century}{year % 100:00}{index * 611_953 % 1_000_000:000000}");
    }

    string Phone() => string.Create(CultureInfo.InvariantCulture, $"{random.Pick<string>(["097", "098", "036", "038", "091", "094", "090", "086"])}{random.Below(10_000_000):0000000}");

    Award Award(GeneratedPerson person, Programme programme, string category) => new()
    {
        AwardId = string.Create(CultureInfo.InvariantCulture, $"{person.Facts.PersonId}-{person.Awards.Count + 1}"),
        PersonId = person.Facts.PersonId,
        Programme = programme,
        Category = category,
    };

    /// <summary>The award with the number of its decision, which is signed in a month from <paramref name="from"/> to three months before the first list month.</summary>
    Award Decided(Award award, YearMonth from)
    {
        var month = MonthBetween(from, LastDecided);
        var day = Day(month);
        return award with
        {
            DecidedOn = day,
            FiledOn = award.Programme == Programme.Ncc ? null : day.PlusDays(-random.Between(7, 30)),
            DecisionNo = string.Create(CultureInfo.InvariantCulture, $"{random.Between(1, 4_999)}/QĐ-{(award.Programme == Programme.Ncc ? "SNV" : "UBND")}"),
        };
    }

    YearMonth MonthBetween(YearMonth from, YearMonth to) => from >= to ? to : Months.FromIndex(random.Between(from.Index(), to.Index()));

    LocalDate Day(YearMonth month) => month.OnDayOfMonth(random.Between(1, 28));

    LocalDate DayBetween(int fromYear, int toYear) => Day(Months.FromIndex(random.Between(fromYear * 12, (toYear * 12) + 11)));

    int AgeMonths(int fromYears, int toYears) => random.Between((fromYears * 12) + 1, (toYears * 12) + 11);
}
