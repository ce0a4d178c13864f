using System.Collections.Frozen;
using NodaTime;
using PaymentEngine.Core.Law;
using PaymentEngine.Core.Recipients;

namespace PaymentEngine.Core.Entitlements;

/// <summary>What is due to a person for a month: each award's own rule, then the rules of combination.</summary>
/// <remarks>Adding a rule is one function of the shape <see cref="Rule"/> and one line in a table here.</remarks>
public static class EntitlementCalculator
{
    static readonly FrozenDictionary<string, Rule> Merit = new Dictionary<string, Rule>(StringComparer.Ordinal)
    {
        ["TB"] = MeritRules.WarInvalid,
        ["BB"] = MeritRules.SickSoldier,
        ["CDHH"] = MeritRules.Exposed,
        ["CDHH.CON"] = MeritRules.ChildOfExposed,
        ["BMVNAH"] = MeritRules.HeroicMother,
        ["AHLLVT"] = MeritRules.Hero,
        ["TIENKN"] = MeritRules.ActivistBefore1945,
        ["TIENKN45"] = MeritRules.ActivistOf1945,
        ["TUDAY"] = MeritRules.Prisoner,
        ["GDCM"] = MeritRules.Helper,
        ["LIETSI.TN"] = SurvivorRules.MartyrsRelative,
        ["LIETSI.VCTAIGIA"] = SurvivorRules.RemarriedSpouse,
        ["SURVIVOR"] = SurvivorRules.Survivor,
        ["GIAODUC"] = EducationRules.Education,
    }.ToFrozenDictionary(StringComparer.Ordinal);

    static readonly FrozenDictionary<string, Rule> SocialProtection = new Dictionary<string, Rule>(StringComparer.Ordinal)
    {
        ["k1"] = SocialProtectionRules.ChildWithoutParents,
        ["k2"] = SocialProtectionRules.StudyingFormerChild,
        ["k3"] = SocialProtectionRules.ChildWithHiv,
        ["k4"] = SocialProtectionRules.SingleParent,
        ["k5a"] = SocialProtectionRules.PoorElderly,
        ["k5b"] = SocialProtectionRules.ElderlyInSpecialArea,
        ["k5c"] = SocialProtectionRules.ElderlyWithoutPension,
        ["k5d"] = SocialProtectionRules.ElderlyTakenIn,
        ["k6"] = SocialProtectionRules.Disabled,
        ["k7"] = SocialProtectionRules.SmallChildInSpecialArea,
        ["k8"] = SocialProtectionRules.AdultWithHiv,
        ["CS.NUOITRE"] = CareSupportRules.FosterCarer,
        ["CS.NCT"] = CareSupportRules.CarerOfElderly,
        ["CS.MANGTHAI"] = CareSupportRules.PregnantOrNursing,
        ["CS.HOGD"] = CareSupportRules.Household,
        ["CS.NHAN"] = CareSupportRules.TakingIn,
        ["COSO"] = CareSupportRules.Facility,
    }.ToFrozenDictionary(StringComparer.Ordinal);

    static readonly FrozenDictionary<string, Rule> SocialPension = new Dictionary<string, Rule>(StringComparer.Ordinal)
    {
        ["HTXH"] = SocialPensionRules.SocialPension,
    }.ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>What is due to the person for the month of <paramref name="law"/>, as law and register were known on its day.</summary>
    /// <param name="person">Every row the register has of the person.</param>
    /// <param name="law">The law of the month in the province the person lives in.</param>
    /// <param name="others">Finds the person an award is about, or a spouse; null when not in the register.</param>
    public static MonthEntitlement ForMonth(RegisterPerson person, MonthLaw law, Func<string, RegisterPerson?> others)
    {
        if (MonthCase.Of(person, law, others) is not { } month) return new([], NotDue.NoFacts);
        var offers = new List<Offer>();
        Explanation? firstReason = null;
        foreach (var award in month.Awards)
        {
            var reason = Offered(month, award, offers);
            firstReason ??= reason;
        }

        Combine(offers, month.Awards);
        if (offers.Count == 0) return new([], firstReason ?? NotDue.NoAward);
        var components = new DueComponent[offers.Count];
        for (var i = 0; i < components.Length; i++) components[i] = offers[i].ToComponent();
        return new(components, null);
    }

    /// <summary>The monthly offers of a person for the month of <paramref name="law"/>, combined: what a lump sum on death is a multiple of.</summary>
    internal static List<Offer> MonthlyOffers(RegisterPerson person, MonthLaw law, Func<string, RegisterPerson?> others)
    {
        var offers = new List<Offer>();
        if (MonthCase.Of(person, law, others) is not { } month) return offers;
        foreach (var award in month.Awards)
        {
            // One-off benefits and declared programmes are no allowance that a lump sum counts.
            if (OneOffRules.BenefitOf(award.Row!, law.Book) is null && !law.Book.IsProgramme(award.Row!.Category)) Offered(month, award, offers);
        }

        offers.RemoveAll(static offer => offer.IsOneOff);
        Combine(offers, month.Awards);
        return offers;
    }

    /// <summary>Whose money a component is, also when it is no longer due.</summary>
    public static PayeeRole RoleOf(string category, string component) => component switch
    {
        MeritRules.CarerKind => PayeeRole.Carer,
        CareSupportRules.FacilityKind => PayeeRole.Facility,
        CareSupportRules.CareKind => CareSupportRules.RoleOf(category),
        _ => PayeeRole.Self,
    };

    /// <summary>Why an award does not count in the month whatever its rule says: unknown, dead, not started, ended, suspended. Null when it holds.</summary>
    internal static Explanation? WhyNotHeld(MonthCase month, AwardOfMonth award)
    {
        var row = award.Row!;
        // The month of death is due in full: Điều 8 of both BTXH decrees; NCC by 131/2021/NĐ-CP, Điều 125, read the other way round.
        // The support of a household is the household's: the death of its head does not end it, the death of the member cared for does (CareSupportRules.Household).
        if (FactsOfMonth.DeathOf(month.Person, month.Law.AsOf) is { } day && month.Month > day.ToYearMonth() && !IsOfHousehold(month, row))
            return row.Programme == Programme.Ncc ? NotDue.DeathMerit : NotDue.DeathSocial;
        if (FirstMonth(month, award.AwardId) is not { } first) return NotDue.StartUnknown;
        if (month.Month < first) return NotDue.NotStarted;
        if (award.Latest.LastMonth is { } last && month.Month > last) return NotDue.Ended;
        return Suspensions.Of(award, month.Month) == SuspensionState.Suspended ? Suspensions.WhyNot(award, month.Month) : null;
    }

    /// <summary>Support whose member cared for is somebody else than the holder of the decision.</summary>
    internal static bool IsOfHousehold(MonthCase month, Award row) => row is { Programme: Programme.Btxh, Category: "CS.HOGD", AboutPersonId: { } about } && about != month.Person.PersonId;

    /// <summary>What one award offers by its own rule, or why nothing.</summary>
    internal static Explanation? Offered(MonthCase month, AwardOfMonth award, List<Offer> offers)
    {
        var row = award.Row!;
        if (OneOffRules.BenefitOf(row, month.Law.Book) is { } benefit) return OneOffRules.Offered(month, award, benefit, offers);
        if (month.Law.Book.IsProgramme(row.Category)) return ProgrammeRules.Offered(month, award, offers);
        if (RuleOf(row) is not { } rule) return NotDue.UnknownCategory;
        if (WhyNotHeld(month, award) is { } held) return held;

        var before = offers.Count;
        var reason = rule(month, row, offers);
        var notes = NotesOf(month, award);
        if (notes != ExplanationNotes.None)
        {
            for (var i = before; i < offers.Count; i++) offers[i] = offers[i] with { Notes = offers[i].Notes | notes };
        }

        return reason;
    }

    static Rule? RuleOf(Award row) => row.Programme switch
    {
        Programme.Ncc => Merit.GetValueOrDefault(row.Category),
        Programme.Btxh => SocialProtection.GetValueOrDefault(row.Category),
        Programme.Htxh => SocialPension.GetValueOrDefault(row.Category),
        _ => null,
    };

    /// <summary>The earliest first month over the rows of the award: a later re-examination does not move its start (131/2021/NĐ-CP, Điều 45.1c).</summary>
    internal static YearMonth? FirstMonth(MonthCase month, string awardId)
    {
        YearMonth? earliest = null;
        foreach (var row in month.Person.Awards)
        {
            if (row.AwardId != awardId || row.FactsFrom > month.Month || !FactsOfMonth.IsKnown(row, month.Law.AsOf)) continue;
            var start = row is { FirstMonth: null, Category: "TB" or "BB" } && StartMonths.IsSecondOfInvalidAndSick(row, Known(month)) ? row.DecidedOn?.ToYearMonth() : StartMonths.Of(row, month.Facts);
            if (start is not null && !(start >= earliest)) earliest = start;
        }

        return earliest;
    }

    static List<Award> Known(MonthCase month)
    {
        var known = new List<Award>(month.Person.Awards.Count);
        foreach (var row in month.Person.Awards)
        {
            if (FactsOfMonth.IsKnown(row, month.Law.AsOf)) known.Add(row);
        }

        return known;
    }

    static ExplanationNotes NotesOf(MonthCase month, AwardOfMonth award)
    {
        var row = award.Row!;
        var notes = Suspensions.Of(award, month.Month) == SuspensionState.Restored ? ExplanationNotes.Restored : ExplanationNotes.None;
        if (row is { Category: "k6", FirstMonth: null, DecidedOn: { } decided } && month.Month < decided.ToYearMonth())
            notes |= StartMonths.RestsOnUnreadProcedure(row) ? ExplanationNotes.CertificateUnread : ExplanationNotes.SinceCertificate;
        if (row.Category is "TB" or "BB" && StartMonths.IsSecondOfInvalidAndSick(row, month.Person.Awards)) notes |= ExplanationNotes.SecondAllowance;
        if (IsOfHousehold(month, row) && FactsOfMonth.DeathOf(month.Person, month.Law.AsOf) is { } death && month.Month > death.ToYearMonth()) notes |= ExplanationNotes.HouseholdGoesOn;
        if (row is { Programme: Programme.Htxh, ConvertedFrom: not null, DecidedOn: null }) notes |= ExplanationNotes.Converted;
        return notes;
    }

    static void Combine(List<Offer> offers, List<AwardOfMonth> awards)
    {
        if (offers.Count < 2) return;
        if (awards.Count > 1) DecisionRules.LaterOfTwo(offers);
        SurvivorRules.LimitShares(offers);
        SurvivorRules.NurturingOnce(offers);
        MeritRules.CarerOnce(offers);
        SocialProtectionRules.HighestGroup(offers);
        SocialPensionRules.HigherOfPensionAndProtection(offers);
    }
}
