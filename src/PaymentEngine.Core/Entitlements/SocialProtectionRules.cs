using PaymentEngine.Core.Law;
using PaymentEngine.Core.Money;
using PaymentEngine.Core.Recipients;
using PovertyStatus = PaymentEngine.Core.Recipients.Poverty;

namespace PaymentEngine.Core.Entitlements;

/// <summary>BTXH: the groups of monthly social allowance, khoản 1 to 8 of Điều 5, and the choice among them (Điều 6.2).</summary>
/// <remarks>Law: 20/2021/NĐ-CP to the month of June 2026, 335/2026/NĐ-CP from July 2026 (Điều 32.3); the rate rows carry which. A condition the register
/// contradicts stops the allowance; one it does not know of does not, because the award is a decision that has examined it.</remarks>
static class SocialProtectionRules
{
    const int ChildAgeMonths = 16 * 12;
    const int StudyAgeMonths = 22 * 12;

    /// <summary>k1: trẻ em không có nguồn nuôi dưỡng, under 16 (Điều 5.1).</summary>
    public static Explanation? ChildWithoutParents(MonthCase month, Award award, List<Offer> offers) => OwnGroup(month, award, "BTXH.K1", offers);

    /// <summary>k2: from 16, still studying (Điều 5.2): to 22 under 20/2021; without an age limit under 335/2026, if the studies were not broken off.</summary>
    /// <remarks>A decision that was never ended goes on after 22 from July 2026; one that was ended at 22 needs a new decision.</remarks>
    public static Explanation? StudyingFormerChild(MonthCase month, Award award, List<Offer> offers) =>
        month.Facts.Studying == false || (month.Facts.StudyBroken == true && SocialDecrees.IsOf2026(month.Law))
            ? NotDue.NotStudying
            : OwnGroup(month, award, "BTXH.K2", offers, month.AgeInMonths >= StudyAgeMonths ? ExplanationNotes.NoAgeLimit : ExplanationNotes.None);

    /// <summary>k3: trẻ em nhiễm HIV thuộc hộ nghèo, under 16 (Điều 5.3).</summary>
    public static Explanation? ChildWithHiv(MonthCase month, Award award, List<Offer> offers) =>
        MayBePoor(month) ? OwnGroup(month, award, "BTXH.K3", offers) : NotDue.Poverty;

    /// <summary>k4: người đơn thân nghèo, cận nghèo đang nuôi con: the rate for each child that counts (Điều 5.4, 6.1d).</summary>
    public static Explanation? SingleParent(MonthCase month, Award award, List<Offer> offers)
    {
        if (month.Facts.InFacility == true) return NotDue.InFacility;
        if (month.Facts.Poverty == PovertyStatus.None) return NotDue.Poverty;
        var studying = StudyingChildren(award, month);
        if (CountedChildren(month, award) is not { } children) return NotDue.Missing("children");
        if (children == 0) return NotDue.NoChild;
        if (month.Law.Rate("BTXH.K4") is not { } rate) return NotDue.NoRule;
        offers.Add(new Offer(award, rate, children, PayeeRole.Self, studying > 0 ? ExplanationNotes.StudyingChildren : ExplanationNotes.None));
        return null;
    }

    /// <summary>For how many children the single parent is paid in the month; null when the register says nothing of children.</summary>
    /// <remarks>In the month the last child turns 16 the old number still counts (<see cref="ChildrenBelow"/>); a child who studies on is not counted twice.</remarks>
    internal static int? CountedChildren(MonthCase month, Award award) =>
        ChildrenBelow(award, month, ChildAgeMonths) is { } below ? Math.Max(below, CountBetween(award, month, 0, ChildAgeMonths) + StudyingChildren(award, month)) : null;

    /// <summary>Children from 16 who study: to 22 under 20/2021 (Điều 5.4); under 335/2026 without a limit, but only of a parent who was on the roll when it began.</summary>
    /// <remarks>Known when the register gives both the births and the number of children that count now: those beyond the children under 16 are the ones that study.
    /// Births alone count the children under 16.</remarks>
    static int StudyingChildren(Award award, MonthCase month)
    {
        if (award.ChildrenBirths.Count == 0 || award.Children is not { } counted) return 0;
        var isOf2026 = SocialDecrees.IsOf2026(month.Law);
        if (isOf2026 && !((award.OnRollSince ?? award.FirstMonth ?? award.DecidedOn?.ToYearMonth()) < SocialDecrees.Levels2026)) return 0;
        var older = CountBetween(award, month, ChildAgeMonths, isOf2026 ? int.MaxValue : StudyAgeMonths);
        return Math.Clamp(counted - CountBetween(award, month, 0, ChildAgeMonths), 0, older);
    }

    static int CountBetween(Award award, MonthCase month, int fromMonths, int belowMonths)
    {
        var count = 0;
        foreach (var birth in award.ChildrenBirths)
        {
            var age = month.Month.Index() - birth.ToYearMonth().Index();
            if (age >= fromMonths && age < belowMonths) count++;
        }

        return count;
    }

    /// <summary>k5a: người cao tuổi nghèo không có người phụng dưỡng (Điều 5.5a): the age break is 80 under 20/2021, 75 under 335/2026.</summary>
    public static Explanation? PoorElderly(MonthCase month, Award award, List<Offer> offers)
    {
        if (!MayBePoor(month)) return NotDue.Poverty;
        return month.Facts.Supporter == Supporter.Yes ? NotDue.HasSupporter : OwnGroup(month, award, "BTXH.K5A", offers);
    }

    /// <summary>k5b: 75 to under 80, poor or near-poor, special area (20/2021/NĐ-CP, Điều 5.5b), to June 2025.</summary>
    public static Explanation? ElderlyInSpecialArea(MonthCase month, Award award, List<Offer> offers)
    {
        if (month.Facts.Poverty == PovertyStatus.None) return NotDue.Poverty;
        return month.Facts.SpecialArea == false ? NotDue.Area : OwnGroup(month, award, "BTXH.K5B", offers);
    }

    /// <summary>k5c: from 80 without pension or other monthly allowance (20/2021/NĐ-CP, Điều 5.5c), to June 2025.</summary>
    public static Explanation? ElderlyWithoutPension(MonthCase month, Award award, List<Offer> offers) =>
        month.Facts.OtherIncome is OtherIncome.Pension or OtherIncome.BhxhMonthly or OtherIncome.BhxhSurvivor or OtherIncome.OtherMonthly
            ? NotDue.OtherIncome
            : OwnGroup(month, award, "BTXH.K5C", offers);

    /// <summary>k5d: poor elderly person taken in by the community (20/2021, Điều 5.5d; 335/2026, Điều 5.5b).</summary>
    public static Explanation? ElderlyTakenIn(MonthCase month, Award award, List<Offer> offers)
    {
        if (!MayBePoor(month)) return NotDue.Poverty;
        return month.Facts.Supporter == Supporter.Yes ? NotDue.HasSupporter : OwnGroup(month, award, "BTXH.K5D", offers);
    }

    /// <summary>k6: severe or extremely severe disability; children and elderly people get more (Điều 5.6, 6.1e).</summary>
    public static Explanation? Disabled(MonthCase month, Award award, List<Offer> offers) => month.Facts.Disability switch
    {
        Disability.ExtremelySevere => OwnGroup(month, award, "BTXH.K6.DBN", offers),
        Disability.Severe => OwnGroup(month, award, "BTXH.K6.N", offers),
        Disability.None => NotDue.Disability,
        _ => NotDue.Missing("disability"),
    };

    /// <summary>k7: under 3, poor or near-poor, special area (Điều 5.7).</summary>
    public static Explanation? SmallChildInSpecialArea(MonthCase month, Award award, List<Offer> offers)
    {
        if (month.Facts.Poverty == PovertyStatus.None) return NotDue.Poverty;
        return month.Facts.SpecialArea == false ? NotDue.Area : OwnGroup(month, award, "BTXH.K7", offers);
    }

    /// <summary>k8: người nhiễm HIV thuộc hộ nghèo không có thu nhập ổn định (Điều 5.8).</summary>
    public static Explanation? AdultWithHiv(MonthCase month, Award award, List<Offer> offers)
    {
        if (!MayBePoor(month)) return NotDue.Poverty;
        // 20/2021 also counts a monthly social allowance as income (Điều 5.8); 335/2026 no longer does.
        var excludes = month.Facts.OtherIncome is OtherIncome.Wage or OtherIncome.Pension or OtherIncome.BhxhMonthly or OtherIncome.BhxhSurvivor
            || (month.Facts.OtherIncome == OtherIncome.OtherMonthly && !SocialDecrees.IsOf2026(month.Law));
        return excludes
            ? NotDue.OtherIncome
            : OwnGroup(month, award, "BTXH.K8", offers);
    }

    /// <summary>Of several groups one amount, the highest; but the poor single parent also in khoản 5, 6 or 8 gets both (Điều 6.2 of both decrees).</summary>
    public static void HighestGroup(List<Offer> offers)
    {
        var (best, parent, besides, count) = (-1, -1, -1, 0);
        for (var i = 0; i < offers.Count; i++)
        {
            if (!IsOwnGroup(offers[i])) continue;
            count++;
            if (offers[i].Award.Category == "k4")
            {
                if (parent < 0 || offers[i].Amount > offers[parent].Amount) parent = i;
                continue;
            }

            if (best < 0 || offers[i].Amount > offers[best].Amount) best = i;
            if (IsPaidBesideParent(offers[i].Award.Category) && (besides < 0 || offers[i].Amount > offers[besides].Amount)) besides = i;
        }

        if (count < 2) return;
        if (parent >= 0 && besides >= 0 && offers[parent].Amount + offers[besides].Amount >= (best < 0 ? Vnd.Zero : offers[best].Amount))
        {
            var note = count > 2 ? ExplanationNotes.HighestGroup : ExplanationNotes.None;
            Keep(offers, offers[parent] with { Notes = offers[parent].Notes | ExplanationNotes.SingleParentBesides }, parent,
                offers[besides].InPlaceOf(Lost(offers, parent, besides), note), besides);
            return;
        }

        var highest = best < 0 || (parent >= 0 && offers[parent].Amount > offers[best].Amount) ? parent : best;
        Keep(offers, offers[highest].InPlaceOf(Lost(offers, highest, -1), ExplanationNotes.HighestGroup), highest, null, -1);
    }

    /// <summary>Khoản 5, 6 and 8: the groups paid beside the poor single parent's (Điều 6.2).</summary>
    internal static bool IsPaidBesideParent(string? category) => category is "k5a" or "k5b" or "k5c" or "k5d" or "k6" or "k8";

    static List<Offer> Lost(List<Offer> offers, int kept, int keptToo)
    {
        var lost = new List<Offer>();
        for (var i = 0; i < offers.Count; i++)
        {
            if (i != kept && i != keptToo && IsOwnGroup(offers[i])) lost.Add(offers[i]);
        }

        return lost;
    }

    /// <summary>How many of the award's children are below an age, or in the month of reaching it when no other is left; null when the register says nothing.</summary>
    /// <remarks>The number falls in the month the condition changes (20/2021/NĐ-CP, Điều 8); when none is left, payment stops from the month after.</remarks>
    internal static int? ChildrenBelow(Award award, MonthCase month, int ageInMonths)
    {
        if (award.ChildrenBirths.Count == 0) return award.Children;
        var (below, reaching) = (0, 0);
        foreach (var birth in award.ChildrenBirths)
        {
            var age = month.Month.Index() - birth.ToYearMonth().Index();
            if (age < 0) continue;
            if (age < ageInMonths) below++;
            else if (age == ageInMonths) reaching++;
        }

        return below > 0 ? below : reaching;
    }

    /// <summary>The rate of a group for an age; in the month the last age limit is reached, still the rate before it: payment stops from the month after
    /// the condition is lost (Điều 8).</summary>
    internal static (MonthRate Rate, ExplanationNotes Notes)? ByAge(MonthLaw law, string group, BirthDate birth)
    {
        var age = birth.AgeInMonths(law.Month);
        var note = birth.IsYearOnly ? ExplanationNotes.BirthAssumed : ExplanationNotes.None;
        if (law.Rate(group, age) is { } rate) return (rate, note);
        return law.Rate(group, age - 1) is { } last ? (last, note | ExplanationNotes.LastMonthOfAge) : null;
    }

    internal static bool IsOwnGroup(Offer offer) => offer.Sum is null && IsGroup(offer.Award);

    internal static bool IsGroup(Award award) => award.Programme == Programme.Btxh && award.Category.StartsWith('k');

    static Explanation? OwnGroup(MonthCase month, Award award, string group, List<Offer> offers, ExplanationNotes notes = ExplanationNotes.None)
    {
        // A resident of a facility is kept there instead (20/2021, Điều 25.5; 335/2026, Điều 22.1).
        if (month.Facts.InFacility == true) return NotDue.InFacility;
        if (!month.Law.Knows(group)) return NotDue.NoRule;
        if (ByAge(month.Law, group, month.Facts.Birth) is not { } found) return NotDue.Age;
        offers.Add(new Offer(award, found.Rate, 1, PayeeRole.Self, found.Notes | notes));
        return null;
    }

    static bool MayBePoor(MonthCase month) => month.Facts.Poverty is PovertyStatus.Poor or PovertyStatus.Unknown;

    static void Keep(List<Offer> offers, Offer first, int firstAt, Offer? second, int secondAt)
    {
        var kept = new List<Offer>(offers.Count);
        for (var i = 0; i < offers.Count; i++)
        {
            if (i == firstAt) kept.Add(first);
            else if (i == secondAt && second is { } other) kept.Add(other);
            else if (!IsOwnGroup(offers[i])) kept.Add(offers[i]);
        }

        offers.Clear();
        offers.AddRange(kept);
    }
}
