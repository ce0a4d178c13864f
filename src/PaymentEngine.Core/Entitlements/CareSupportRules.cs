using PaymentEngine.Core.Recipients;

namespace PaymentEngine.Core.Entitlements;

/// <summary>BTXH: support for care and upbringing (hỗ trợ kinh phí chăm sóc, nuôi dưỡng). Money of the carer, the household or the facility, paid beside every group.</summary>
/// <remarks>Law: 20/2021/NĐ-CP, Điều 20, 25; 335/2026/NĐ-CP, Điều 17, 22.</remarks>
static class CareSupportRules
{
    public const string CareKind = "cham_soc";
    public const string FacilityKind = "nuoi_duong";
    const int NursingMonths = 36;

    public static PayeeRole RoleOf(string category) => category switch
    {
        "CS.NUOITRE" => PayeeRole.Foster,
        "CS.NCT" or "CS.NHAN" => PayeeRole.Carer,
        "CS.HOGD" => PayeeRole.Household,
        "COSO" => PayeeRole.Facility,
        _ => PayeeRole.Self,
    };

    /// <summary>CS.NUOITRE: taking in a child of khoản 1, by the child's age (20/2021, Điều 20.1; 335/2026, Điều 17.1).</summary>
    public static Explanation? FosterCarer(MonthCase month, Award award, List<Offer> offers)
    {
        if (month.Other(award.AboutPersonId) is not { } child) return NotDue.Missing("about_person_id");
        if (child.Facts.InFacility == true) return NotDue.InFacility;
        return child.IsAlive ? ByAgeOf(month, award, "BTXH.CS.NUOITRE", child.Facts, offers) : NotDue.DeathOfCaredFor;
    }

    /// <summary>CS.NCT: taking in an elderly person of the last point of khoản 5 (20.1b; 17.1b).</summary>
    public static Explanation? CarerOfElderly(MonthCase month, Award award, List<Offer> offers)
    {
        if (month.Other(award.AboutPersonId) is not { } elder) return NotDue.Missing("about_person_id");
        if (elder.Facts.InFacility == true) return NotDue.InFacility;
        return elder.IsAlive ? ByAgeOf(month, award, "BTXH.CS.NCT", elder.Facts, offers) : NotDue.DeathOfCaredFor;
    }

    /// <summary>CS.NHAN: a household or person taking in an extremely severely disabled person, more for a child (20.2d; 17.2d).</summary>
    public static Explanation? TakingIn(MonthCase month, Award award, List<Offer> offers)
    {
        if (month.Other(award.AboutPersonId) is not { } about) return NotDue.Missing("about_person_id");
        if (!about.IsAlive) return NotDue.DeathOfCaredFor;
        if (about.Facts.InFacility == true) return NotDue.InFacility;
        return about.Facts.Disability is Disability.None or Disability.Severe ? NotDue.Disability : ByAgeOf(month, award, "BTXH.CS.NHAN", about.Facts, offers);
    }

    /// <summary>CS.HOGD: the household that itself cares for an extremely severely disabled member (20.2c; 17.2c).</summary>
    public static Explanation? Household(MonthCase month, Award award, List<Offer> offers)
    {
        if (month.Other(award.AboutPersonId ?? award.PersonId) is not { } member) return NotDue.Missing("about_person_id");
        if (!member.IsAlive) return NotDue.DeathOfCaredFor;
        if (member.Facts.Disability is Disability.None or Disability.Severe) return NotDue.Disability;
        if (member.Facts.InFacility == true) return NotDue.InFacility;
        if (month.Law.Rate("BTXH.CS.HOGD") is not { } rate) return NotDue.NoRule;
        offers.Add(new Offer(award, rate, 1, PayeeRole.Household, ExplanationNotes.None));
        return null;
    }

    /// <summary>CS.MANGTHAI: a disabled person pregnant or nursing children under 36 months; the higher rate when both or two children (20.2a-b; 17.2a-b).</summary>
    public static Explanation? PregnantOrNursing(MonthCase month, Award award, List<Offer> offers)
    {
        if (month.Facts.Disability == Disability.None) return NotDue.Disability;
        var children = SocialProtectionRules.ChildrenBelow(award, month, NursingMonths);
        if (children is null && award.Pregnant is null) return NotDue.Missing("children");
        var shares = (children ?? 0) + (award.Pregnant == true ? 1 : 0);
        if (shares == 0) return NotDue.NoChild;
        if (month.Law.Rate(shares == 1 ? "BTXH.CS.MANGTHAI1" : "BTXH.CS.MANGTHAI2") is not { } rate) return NotDue.NoRule;
        if (SpouseHasTheShare(month, rate.Amount.Amount)) return NotDue.SpouseHasShare;
        offers.Add(new Offer(award, rate, 1, PayeeRole.Self, ExplanationNotes.None));
        return null;
    }

    /// <summary>COSO: kept in a social-assistance facility, by age (20/2021, Điều 25.1; 335/2026, Điều 22.1).</summary>
    public static Explanation? Facility(MonthCase month, Award award, List<Offer> offers) =>
        month.Facts.InFacility == false ? NotDue.NotInFacility : ByAgeOf(month, award, "BTXH.COSO", month.Facts, offers);

    static Explanation? ByAgeOf(MonthCase month, Award award, string group, PersonFacts about, List<Offer> offers)
    {
        if (!month.Law.Knows(group)) return NotDue.NoRule;
        if (SocialProtectionRules.ByAge(month.Law, group, about.Birth) is not { } found) return NotDue.Age;
        offers.Add(new Offer(award, found.Rate, 1, RoleOf(award.Category), found.Notes));
        return null;
    }

    /// <summary>One share for a couple of whom both are disabled: the higher, of equals the one whose person_id comes first.</summary>
    static bool SpouseHasTheShare(MonthCase month, long ownVnd)
    {
        if (month.Facts.SpouseId is not { } spouseId || month.Others(spouseId) is not { } spouse) return false;
        // The spouse is asked without the spouse's spouse, so that the question ends.
        if (MonthCase.Of(spouse, month.Law, static _ => null) is not { } other) return false;
        var offers = new List<Offer>();
        foreach (var award in other.Awards)
        {
            if (award.Row is { Programme: Programme.Btxh, Category: "CS.MANGTHAI" }) EntitlementCalculator.Offered(other, award, offers);
        }

        if (offers.Count == 0) return false;
        var theirsVnd = offers.Max(offer => offer.Amount.Amount);
        return theirsVnd > ownVnd || (theirsVnd == ownVnd && string.CompareOrdinal(spouseId, month.Person.PersonId) < 0);
    }
}
