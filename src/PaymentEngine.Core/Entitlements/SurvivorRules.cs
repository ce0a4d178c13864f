using PaymentEngine.Core.Recipients;

namespace PaymentEngine.Core.Entitlements;

/// <summary>NCC: survivor allowances (trợ cấp tuất), their limits and the nurturing allowance.</summary>
/// <remarks>Law: Pháp lệnh 02/2020/UBTVQH14, Điều 6.5, 6.6, 16; 131/2021/NĐ-CP, Điều 121, 125.</remarks>
static class SurvivorRules
{
    const string SurvivorKind = "tuat";
    internal const string NurturingKind = "tuat_nuoi_duong";
    const string MartyrCategory = "LIETSI.TN";
    const int MajorityMonths = 18 * 12;

    /// <summary>From this loss of capacity a deceased leaves a monthly survivor allowance, and an adult child counts as disabled (131/2021/NĐ-CP, Điều 121.4).</summary>
    public const int DegreeMin = 61;

    /// <summary>Thân nhân liệt sĩ: one level for one, two, three or more martyrs (Phụ lục I, mục 3.1 to 3.4).</summary>
    /// <remarks>Several awards, one per martyr, are one level: the martyrs are counted together and paid under the first award.</remarks>
    public static Explanation? MartyrsRelative(MonthCase month, Award award, List<Offer> offers)
    {
        if (ChildNoLonger(month, award) is { } reason) return reason;
        var martyrs = 0;
        foreach (var other in month.Awards)
        {
            var row = other.Row!;
            if (row.Programme != Programme.Ncc || row.Category is not (MartyrCategory or "BMVNAH") || EntitlementCalculator.WhyNotHeld(month, other) is not null) continue;
            if (row.Category == "BMVNAH") return NotDue.MotherInstead;
            if (martyrs == 0 && row.AwardId != award.AwardId) return NotDue.HigherElsewhere;
            martyrs += Math.Max(row.Martyrs ?? 1, 1);
        }

        var group = martyrs switch { 1 => "NCC.LIETSI.TUAT1", 2 => "NCC.LIETSI.TUAT2", _ => "NCC.LIETSI.TUAT3" };
        var notes = (martyrs > 3 ? ExplanationNotes.HighestMartyrLevel : ExplanationNotes.None) | ChildNotes(month, award);
        if (!MeritRules.Add(month, award, group, null, offers, notes: notes)) return NotDue.NoRule;
        Nurturing(month, award, "NCC.LIETSI.TUATND", offers);
        return null;
    }

    /// <summary>Vợ hoặc chồng liệt sĩ tái giá, meeting Điều 16.10 (Phụ lục I, mục 3.5).</summary>
    public static Explanation? RemarriedSpouse(MonthCase month, Award award, List<Offer> offers) =>
        MeritRules.Add(month, award, "NCC.LIETSI.VCTAIGIA", null, offers) ? null : NotDue.NoRule;

    /// <summary>Survivors of war invalids, sick soldiers and exposed people from 61 %, and of activists before the August 1945 uprising.</summary>
    public static Explanation? Survivor(MonthCase month, Award award, List<Offer> offers)
    {
        if (award.DeceasedCategory is not { } category) return NotDue.Missing("deceased_category");
        if (!LeavesAllowance(category)) return NotDue.NoRule;
        var hasDegree = LeavesByDegree(category);
        if (hasDegree && award.DeceasedPct is null) return NotDue.Missing("deceased_pct");
        if (hasDegree && award.DeceasedPct < DegreeMin) return NotDue.DeceasedDegree;
        if (ChildNoLonger(month, award) is { } reason) return reason;
        var notes = ExplanationNotes.None;
        if (hasDegree && award.Relation == Relation.Spouse)
        {
            // Spouses of these three need pension age; parents do not (law/README.md §1.2; Labour Code Điều 169.2).
            if (PensionAge.ParameterOf(month.Facts.Sex) is not { } parameter) return NotDue.Missing("sex");
            if (PensionAge.IsReached(parameter, month.Facts.Birth, month.Law) is not { } isReached) return NotDue.NoRule;
            if (!isReached) return NotDue.PensionAge;
            notes = month.BirthNote | ExplanationNotes.PensionAgeReached;
        }

        if (!MeritRules.Add(month, award, $"NCC.{category}.TUAT", hasDegree ? award.DeceasedPct : null, offers, notes: notes | ChildNotes(month, award))) return NotDue.NoRule;
        Nurturing(month, award, $"NCC.{category}.TUATND", offers);
        return null;
    }

    /// <summary>Does a deceased of this category leave a monthly survivor allowance, from <see cref="DegreeMin"/> on or whatever the degree?</summary>
    internal static bool LeavesAllowance(string? category) => LeavesByDegree(category) || category is "TIENKN" or "TIENKN45";

    /// <summary>Is the allowance a deceased of this category leaves a matter of degree?</summary>
    internal static bool LeavesByDegree(string? category) => category is "TB" or "BB" or "CDHH";

    /// <summary>The nurturing allowance on top, for those who live alone or are orphans of both parents (Điều 6.6).</summary>
    public static void Nurturing(MonthCase month, Award award, string group, List<Offer> offers)
    {
        if (month.Facts.Alone is Aloneness.Alone or Aloneness.OrphanOfBoth) MeritRules.Add(month, award, group, award.DeceasedPct, offers);
    }

    /// <summary>The nurturing allowance is paid once (Điều 6.6).</summary>
    public static void NurturingOnce(List<Offer> offers) => MeritRules.KeepHighest(offers, NurturingKind, ExplanationNotes.NurturingOnce);

    /// <summary>How many survivor shares are paid: one per deceased (6.5d); of several deceased at most two (6.5a);
    /// beside one martyr one of several (6.5b); beside two or more martyrs none (6.5c).</summary>
    public static void LimitShares(List<Offer> offers)
    {
        var shares = offers.FindAll(IsShare);
        if (shares.Count == 0) return;
        var perDeceased = new List<Offer>();
        foreach (var share in shares)
        {
            var same = perDeceased.FindIndex(other => Deceased(other) == Deceased(share));
            if (same < 0) perDeceased.Add(share);
            else if (share.Amount > perDeceased[same].Amount) perDeceased[same] = share;
        }

        var martyr = offers.FindIndex(offer => offer.Award.Category == MartyrCategory && offer.Kind == SurvivorKind);
        var shareMax = martyr < 0 ? 2 : offers[martyr].Rate!.Row.Group == "NCC.LIETSI.TUAT1" ? 1 : 0;
        // Stable: of equal amounts the award that stands first in the register is paid.
        var kept = perDeceased.OrderByDescending(share => share.Amount.Amount).Take(shareMax).ToList();
        if (kept.Count == shares.Count) return;
        var lost = shares.FindAll(share => !kept.Contains(share));
        offers.RemoveAll(lost.Contains);
        // The sentence of the first sum that is paid names the shares that are not; the others say only that there is a limit.
        var isFirst = true;
        for (var i = 0; i < offers.Count; i++)
        {
            if (!IsShare(offers[i]) && offers[i] is not { Kind: SurvivorKind, Award.Category: MartyrCategory }) continue;
            offers[i] = offers[i].InPlaceOf(isFirst ? lost : [], ExplanationNotes.SharesLimited);
            isFirst = false;
        }
    }

    static bool IsShare(Offer offer) => offer.Award is { Programme: Programme.Ncc, Category: "SURVIVOR" } && offer.Kind == SurvivorKind;

    static string Deceased(Offer share) => share.Award.DeceasedId ?? share.Award.AwardId;

    /// <summary>A child is due to the month of turning 18, longer while studying without a break (6.5đ) or when disabled from 61 % (131/2021/NĐ-CP, Điều 121.4).</summary>
    static Explanation? ChildNoLonger(MonthCase month, Award award)
    {
        if (award.Relation != Relation.Child || month.AgeInMonths <= MajorityMonths) return null;
        if (award.DegreePct >= DegreeMin) return FailsIncomeTest(month, award) ? NotDue.IncomeTest : null;
        return month.Facts is { Studying: true, StudyBroken: not true } ? null : NotDue.NotStudying;
    }

    /// <summary>Disabled after 18: only with an income below 0.6 × the standard (131/2021/NĐ-CP, Điều 121.4). Disabled earlier: without a test.</summary>
    /// <remarks>When the disability began is read from the event, the medical board or the certificate, whichever is earliest; a register without any of them
    /// shows no disability before 18, and the income is tested. An income that is not known does not fail.</remarks>
    static bool FailsIncomeTest(MonthCase month, Award award)
    {
        if (WasDisabledAsChild(month, award) || month.Facts.OtherIncomeVnd is not { } income) return false;
        return month.Law.Parameter("CHILD_INCOME_TEST") is { } test && month.Law.Standard(Law.StandardCodes.Merit) is { } standard && income * 100 >= standard.Amount.Amount * test.Value;
    }

    static bool WasDisabledAsChild(MonthCase month, Award award)
    {
        foreach (var day in (NodaTime.LocalDate?[])[award.EventOn, award.BoardOn, month.Facts.DisabilityCertificateOn])
        {
            if (day is { } known && month.Facts.Birth.AgeInMonths(known.ToYearMonth()) < MajorityMonths) return true;
        }

        return false;
    }

    static ExplanationNotes ChildNotes(MonthCase month, Award award) =>
        award.Relation == Relation.Child && month.AgeInMonths > MajorityMonths && award.DegreePct >= DegreeMin && month.Facts.OtherIncomeVnd is not null && !WasDisabledAsChild(month, award)
            ? ExplanationNotes.IncomeTested
            : ExplanationNotes.None;
}
