using NodaTime;
using PaymentEngine.Core;
using PaymentEngine.Core.Entitlements;
using PaymentEngine.Core.Law;
using PaymentEngine.Core.Money;
using PaymentEngine.Core.Recipients;
using PaymentEngine.Messages.LawFiles;

namespace PaymentEngine.Tests.Entitlements;

/// <summary>Short words for the people and months the examples speak of.</summary>
static class Cases
{
    public static readonly LawBook Law = LawFiles.LoadEmbedded();

    /// <summary>The day on which everything in the law files is known.</summary>
    public static readonly LocalDate Now = new(2026, 11, 21);

    public static YearMonth Month(string text) => Months.Parse(text).Value;

    public static LocalDate Day(string text) => NodaTime.Text.LocalDatePattern.Iso.Parse(text).Value;

    public static MonthLaw LawOf(string month, LocalDate? asOf = null, params LocalStandard[] local) => Law.Compile(Month(month), asOf ?? Now, "40", local);

    public static PersonFacts Person(string birth = "1960-05-05", string id = "p1") => new()
    {
        PersonId = id,
        FullName = "Nguyễn Thị Mẫu",
        Birth = BirthDate.Parse(birth).Value,
        ProvinceCode = "40",
        CommuneCode = "17329",
    };

    /// <summary>An award decided long ago, so that the start rules are met unless the test says otherwise.</summary>
    public static Award Ncc(string category, string id = "a1") => Award(Programme.Ncc, category, id);

    public static Award Btxh(string category, string id = "a1") => Award(Programme.Btxh, category, id);

    public static Award Htxh(string decidedOn, string id = "h1") => Award(Programme.Htxh, "HTXH", id) with { DecidedOn = Day(decidedOn) };

    public static RegisterPerson With(this PersonFacts facts, params Award[] awards) => new(facts.PersonId, [facts], awards);

    public static MonthEntitlement Due(this RegisterPerson person, string month, LocalDate? asOf = null, params RegisterPerson[] others) =>
        EntitlementCalculator.ForMonth(person, LawOf(month, asOf), Finder([person, .. others]));

    public static Func<string, RegisterPerson?> Finder(params RegisterPerson[] people) => id => people.FirstOrDefault(person => person.PersonId == id);

    /// <summary>The list of a month, with what was listed before.</summary>
    public static PersonMonthList List(this RegisterPerson person, string month, IReadOnlyList<ListedComponent> listed, string? countsFrom = null, string? listedThrough = null,
        LocalDate? asOf = null, params RegisterPerson[] others) =>
        MonthList.For(person, Month(month), Month(countsFrom ?? month), listedThrough is null ? null : Month(listedThrough),
            m => Law.Compile(m, asOf ?? Now, "40", []), listed, Finder([person, .. others]));

    public static ListedComponent Listed(string awardId, string component, string from, string? to, long amount, int version = 1) =>
        new(awardId, component, version, [new ListedRange(Month(from), to is null ? null : Month(to), new Vnd(amount))]);

    public static long Of(this MonthEntitlement due, string component) => due.Components.Where(c => c.Component == component).Sum(c => c.Amount.Amount);

    public static long To(this MonthEntitlement due, PayeeRole role) => due.Components.Where(c => c.PayeeRole == role).Sum(c => c.Amount.Amount);

    public static long Total(this PersonMonthList list, LineKind kind) => list.Lines.Where(line => line.Kind == kind).Sum(line => line.Amount.Amount);

    static Award Award(Programme programme, string category, string id) => new()
    {
        AwardId = id,
        PersonId = "p1",
        Programme = programme,
        Category = category,
        DecidedOn = new LocalDate(2015, 3, 20),
    };
}
