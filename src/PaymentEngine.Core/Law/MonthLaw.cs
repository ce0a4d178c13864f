using System.Collections.Concurrent;
using System.Collections.Frozen;
using NodaTime;
using PaymentEngine.Core.Money;
using PaymentEngine.Core.Recipients;

namespace PaymentEngine.Core.Law;

/// <summary>The law of one month in one province as known on one day: every rate with its amount, ready to be looked up.</summary>
public sealed class MonthLaw
{
    readonly FrozenDictionary<string, MonthRate[]> groups;
    readonly FrozenDictionary<string, MonthStandard> standards;
    readonly FrozenDictionary<string, LawParameter> parameters;
    readonly IReadOnlyList<LocalStandard> local;
    readonly ConcurrentDictionary<(YearMonth Month, string ProvinceCode), MonthLaw> others = new();

    MonthLaw(LawBook book, YearMonth month, LocalDate asOf, string provinceCode, IReadOnlyList<LocalStandard> local,
        FrozenDictionary<string, MonthRate[]> groups, FrozenDictionary<string, MonthStandard> standards, FrozenDictionary<string, LawParameter> parameters)
    {
        Book = book;
        Month = month;
        AsOf = asOf;
        ProvinceCode = provinceCode;
        this.local = local;
        this.groups = groups;
        this.standards = standards;
        this.parameters = parameters;
    }

    public LawBook Book { get; }

    public YearMonth Month { get; }

    /// <summary>The day of knowledge, for the law and for the register alike.</summary>
    public LocalDate AsOf { get; }

    public string ProvinceCode { get; }

    /// <summary>All rates of the month, in no particular order.</summary>
    public IEnumerable<MonthRate> Rates => groups.Values.SelectMany(rates => rates);

    /// <summary>The only rate of a group that neither degree nor age divides; null when the month knows none.</summary>
    public MonthRate? Rate(string group) => groups.TryGetValue(group, out var rates) ? rates[0] : null;

    /// <summary>The rate of a group for a degree in per cent (NCC) or an age in months (BTXH, HTXH); null when none covers it.</summary>
    public MonthRate? Rate(string group, int degreeOrAge)
    {
        if (!groups.TryGetValue(group, out var rates)) return null;
        // Rates stand in ascending order of their bounds. The tables with one row per cent are found by arithmetic, the bands by a short walk.
        if (rates.Length > 16 && degreeOrAge - rates[0].Row.From is { } at && at >= 0 && at < rates.Length && rates[at].Covers(degreeOrAge)) return rates[at];
        foreach (var rate in rates)
        {
            if (rate.Covers(degreeOrAge)) return rate;
        }

        return null;
    }

    /// <summary>Does the month know any rate of the group?</summary>
    public bool Knows(string group) => groups.ContainsKey(group);

    public MonthStandard? Standard(string standardCode) => standards.GetValueOrDefault(standardCode);

    public LawParameter? Parameter(string parameterCode) => parameters.GetValueOrDefault(parameterCode);

    /// <summary>The law of another month in the same province, known on the same day: a lump sum on death counts at the rates of the month of death.</summary>
    public MonthLaw Of(YearMonth month) => Of(month, ProvinceCode);

    /// <summary>The law of the same month in another province: a funeral is supported at the level of the place where the deceased lived.</summary>
    public MonthLaw In(string provinceCode) => Of(Month, provinceCode);

    MonthLaw Of(YearMonth month, string provinceCode) => month == Month && provinceCode == ProvinceCode
        ? this
        : others.GetOrAdd((month, provinceCode), static (other, law) => Compile(law.Book, other.Month, law.AsOf, other.ProvinceCode, law.local), this);

    /// <summary>A one-time benefit at the rate of a day; null when the law files know none for it.</summary>
    /// <param name="benefitCode">As in law/one-time.</param>
    /// <param name="day">The day that decides the rate: the death, the event or the decision.</param>
    public OneTimeRate? OneTime(string benefitCode, LocalDate day)
    {
        var law = Of(day.ToYearMonth());
        var level = OwnOf(Book, law.Month, AsOf, ProvinceCode, local).GetValueOrDefault(benefitCode);
        // The province's own row stands in place of the national one only where it gives more.
        var national = OneTimeOf(benefitCode, null, law, level);
        var own = OneTimeOf(benefitCode, ProvinceCode, law, level);
        return own is not null && (national is null || own.Amount > national.Amount) ? own : national;
    }

    /// <summary>A benefit declared by a formula as it counts for the month; null when it does not.</summary>
    public LawProgramme? Programme(string programmeCode)
    {
        LawProgramme? found = null;
        foreach (var row in Book.Programmes)
        {
            if (row.ProgrammeCode == programmeCode && row.Place is null && row.CountsFor(Month, AsOf) && (found is null || row.IsNewerThan(found))) found = row;
        }

        return found;
    }

    static OneTimeRate? OneTimeOf(string benefitCode, string? place, MonthLaw law, LocalStandard? level)
    {
        OneTimeBenefit? found = null;
        foreach (var row in law.Book.OneTimeBenefits)
        {
            if (row.BenefitCode == benefitCode && row.Place == place && row.CountsFor(law.Month, law.AsOf) && (found is null || row.IsNewerThan(found))) found = row;
        }

        return found is null ? null : OneTimeRate.Of(found, law, level);
    }

    /// <summary>The same tables under another day of knowledge; the caller knows that no act came into force between the two.</summary>
    internal MonthLaw KnownOn(LocalDate asOf) => asOf == AsOf ? this : new MonthLaw(Book, Month, asOf, ProvinceCode, local, groups, standards, parameters);

    internal static MonthLaw Compile(LawBook book, YearMonth month, LocalDate asOf, string provinceCode, IReadOnlyList<LocalStandard> local)
    {
        var own = OwnOf(book, month, asOf, provinceCode, local);
        var standards = LawBook.Counting(book.Standards, null, month, asOf)
            .ToFrozenDictionary(row => row.StandardCode, row => Higher(row, own.GetValueOrDefault(row.StandardCode)), StringComparer.Ordinal);
        var rates = new Dictionary<string, MonthRate>(StringComparer.Ordinal);
        foreach (var row in LawBook.Counting(book.Rates, null, month, asOf).Concat(LawBook.Counting(book.Rates, provinceCode, month, asOf)))
        {
            // The province's own row stands in place of the national one only where it gives more.
            if (Compile(row, standards, own.GetValueOrDefault(row.RateCode)) is { } rate && !(rates.TryGetValue(row.RateCode, out var national) && national.Amount >= rate.Amount))
                rates[row.RateCode] = rate;
        }

        var groups = rates.Values
            .GroupBy(rate => rate.Row.Group, StringComparer.Ordinal)
            .ToFrozenDictionary(group => group.Key, group => group.OrderBy(rate => rate.Row.From ?? 0).ToArray(), StringComparer.Ordinal);
        var parameters = LawBook.Counting(book.Parameters, null, month, asOf)
            .ToFrozenDictionary(row => row.ParameterCode, StringComparer.Ordinal);
        return new MonthLaw(book, month, asOf, provinceCode, local, groups, standards, parameters);
    }

    /// <summary>The province's own standards and levels of the month by code: those of the law's rows, and those of its register, which stand before them.</summary>
    static Dictionary<string, LocalStandard> OwnOf(LawBook book, YearMonth month, LocalDate asOf, string provinceCode, IReadOnlyList<LocalStandard> local)
    {
        var first = month.OnDayOfMonth(1);
        var found = new Dictionary<string, LocalStandard>(StringComparer.Ordinal);
        foreach (var row in LawBook.Counting(book.Standards, provinceCode, month, asOf))
            found[row.StandardCode] = new LocalStandard(provinceCode, row.StandardCode, row.Amount, row.AppliesFrom, row.AppliesTo, row.Source, row.Status);
        foreach (var row in local)
        {
            if (row.ProvinceCode != provinceCode || row.ValidFrom > first || row.ValidTo < first) continue;
            if (!found.TryGetValue(row.StandardCode, out var other) || row.ValidFrom >= other.ValidFrom) found[row.StandardCode] = row;
        }

        return found;
    }

    static MonthStandard Higher(LawStandard national, LocalStandard? local)
    {
        // Only the social standards are floors a province may raise; the NCC standard and the base salary are the same everywhere.
        var mayBeRaised = national.StandardCode is StandardCodes.SocialProtection or StandardCodes.SocialPension;
        return mayBeRaised && local is not null && local.Amount > national.Amount
            ? new MonthStandard(national.StandardCode, local.Amount, local.Source, local.Status)
            : new MonthStandard(national.StandardCode, national.Amount, national.Source, national.Status);
    }

    static MonthRate? Compile(LawRate row, FrozenDictionary<string, MonthStandard> standards, LocalStandard? level)
    {
        if (row.Amount is { } amount) return new MonthRate(row, amount, null, row.Source, row.Status, false);
        // A coefficient without its standard pays nothing: there is no rule for the month.
        if (row.Coefficient is not { } coefficient || !standards.TryGetValue(row.StandardCode ?? "", out var standard)) return null;
        var product = standard.Amount * coefficient;
        if (level is not null && level.Amount > product)
            return new MonthRate(row, level.Amount, standard, $"{row.Source}; {level.Source}", LawStatus.Weakest(row.Status, level.Status), true);
        return new MonthRate(row, product, standard, $"{row.Source}; {standard.Citation}", LawStatus.Weakest(row.Status, standard.Status), false);
    }
}

/// <summary>The standards of law/standards.</summary>
public static class StandardCodes
{
    public const string Merit = "NCC_STD";
    public const string SocialProtection = "BTXH_STD";
    public const string SocialPension = "SOCIAL_PENSION";
    public const string BaseSalary = "BASE_SALARY";
}
