using NodaTime;
using PaymentEngine.Core.Law;
using PaymentEngine.Core.Money;
using PaymentEngine.Core.Recipients;
using PovertyStatus = PaymentEngine.Core.Recipients.Poverty;

namespace PaymentEngine.Core.Entitlements;

/// <summary>Who died, as far as an award says: a person of the register, or only what the award itself tells of them.</summary>
readonly record struct DeceasedPerson(RegisterPerson? Person, LocalDate? Day, string Key);

/// <summary>Benefits on a death: the lump sum to the relatives and the funeral allowance to whoever buries.</summary>
/// <remarks>Law: Pháp lệnh 02/2020/UBTVQH14, Điều 6.4, 16.10; 131/2021/NĐ-CP, Điều 121; 75/2021/NĐ-CP, Điều 13.1; Luật BHXH 41/2024/QH15, Điều 85, 141.13;
/// 20/2021/NĐ-CP, Điều 11, 14, 25.3; 335/2026/NĐ-CP, Điều 11, 12.3, 22.7, 31.3.</remarks>
static class DeathRules
{
    public const string LumpSumCode = "NCC.CHET.3THANG";
    public const string MeritFuneral = "NCC.MAITANG";
    public const string ProtectionFuneral = "BTXH.MAITANG";
    public const string FacilityFuneral = "BTXH.MAITANG.COSO";
    public const string EmergencyFuneral = "BTXH.KC.MAITANG";
    public const string PensionFuneral = "HTXH.MAITANG";
    const string RemarriedSpouse = "LIETSI.VCTAIGIA";

    public static bool IsFuneral(string benefit) => benefit is MeritFuneral or ProtectionFuneral or FacilityFuneral or EmergencyFuneral or PensionFuneral;

    /// <summary>The deceased of an award: the person deceased_id names; without one, the holder if the holder is dead.</summary>
    public static DeceasedPerson DeceasedOf(MonthCase month, Award award)
    {
        RegisterPerson? person = null;
        if (award.DeceasedId is { } id) person = id == month.Person.PersonId ? month.Person : month.Others(id);
        else if (FactsOfMonth.DeathOf(month.Person, month.Law.AsOf) is { } own && (award.DeceasedOn is null || award.DeceasedOn == own)) person = month.Person;
        var day = (person is null ? null : FactsOfMonth.DeathOf(person, month.Law.AsOf)) ?? award.DeceasedOn ?? (award.DeceasedId is null && person is null ? award.EventOn : null);
        return new(person, day, person?.PersonId ?? award.DeceasedId ?? (day is { } known ? $"{known.Year}-{known.DayOfYear}" : ""));
    }

    /// <summary>Trợ cấp một lần: 3 × (monthly allowance + supplement) of the month of death, without the carer allowance (131/2021/NĐ-CP, Điều 121.2);
    /// not for the remarried spouse of a martyr (Pháp lệnh 02/2020/UBTVQH14, Điều 16.10).</summary>
    public static Explanation? LumpSum(MonthCase month, Award award, List<Offer> offers)
    {
        var deceased = DeceasedOf(month, award);
        if (deceased.Day is not { } day) return NotDue.Missing("deceased_on");
        if (month.Law.OneTime(LumpSumCode, day) is not { Row.Multiple: { } multiple } rate) return NotDue.NoRule;
        var law = month.Law.Of(day.ToYearMonth());
        var received = deceased.Person is { } person ? EntitlementCalculator.MonthlyOffers(person, law, month.Others) : ByAward(award, law);
        if (received is null) return NotDue.Missing("deceased_category");
        var counted = received.FindAll(static offer => offer.Award.Programme == Programme.Ncc && offer.Kind != MeritRules.CarerKind && offer.Sum is null);
        if (counted.Exists(static offer => offer.Award.Category == RemarriedSpouse))
        {
            counted.RemoveAll(static offer => offer.Award.Category == RemarriedSpouse);
            if (counted.Count == 0) return NotDue.RemarriedSpouseLeavesNothing;
        }

        if (counted.Count == 0) return NotDue.NothingAtDeath;
        var (sum, status) = (Vnd.Zero, rate.Status);
        foreach (var offer in counted)
        {
            sum += offer.Amount;
            status = LawStatus.Weakest(status, offer.Rate!.Status);
            // Only for war invalids does an act name the supplement; for survivors it does not name the benefit: settled by Điều 121.2 (law/README.md §1.5).
            var isNamed = offer.Award.Category == "TB" || (offer.Kind == "tro_cap" && offer.Award.Category != "LIETSI.TN");
            if (!isNamed) status = LawStatus.Weakest(status, LawStatus.Interpretation);
        }

        var of = day.ToYearMonth();
        var vi = $"{Sentences.CoefficientVi(multiple)} × ({string.Join(" + ", counted.Select(offer => Sentences.MoneyVi(offer.Amount)))})";
        var en = $"{multiple} × ({string.Join(" + ", counted.Select(offer => Sentences.MoneyEn(offer.Amount)))})";
        offers.Add(OneOffRules.Of(award, rate, sum * multiple, vi, en, $"Theo trợ cấp và phụ cấp của tháng chết {ViText.Month(of)}; không tính trợ cấp người phục vụ.",
            $"By the allowance and supplement of the month of death {of.Text()}; without the carer allowance.", status));
        return null;
    }

    /// <summary>Mai táng phí: one only. Social insurance goes first (Pháp lệnh 02/2020/UBTVQH14, Điều 6.4); of several decided for one holder the highest, of several holders the first.</summary>
    public static Explanation? Funeral(MonthCase month, Award award, string benefit, List<Offer> offers)
    {
        var (rate, reason) = FuneralRate(month, award, benefit);
        if (rate is null) return reason;
        // Of two relatives the one decided first: the acts give one allowance and do not say to whom.
        foreach (var rival in month.Person.FuneralsOfOthers)
        {
            var named = rival with { DeceasedId = FuneralAwards.DeceasedOf(rival) };
            if (named.DeceasedId == FuneralAwards.DeceasedOf(award) && FuneralAwards.IsBefore(rival, award) && FactsOfMonth.IsKnown(rival, month.Law.AsOf) && FuneralRate(month, named, rival.Category).Rate is not null)
                return NotDue.FuneralToAnother;
        }

        var own = DeceasedOf(month, award).Key;
        var lost = new List<Offer>();
        var isAfter = false;
        foreach (var other in month.Awards)
        {
            var row = other.Row!;
            if (row.AwardId == award.AwardId)
            {
                isAfter = true;
                continue;
            }

            if (!IsFuneral(row.Category) || DeceasedOf(month, row).Key != own || FuneralRate(month, row, row.Category).Rate is not { Amount: { } theirs } rival) continue;
            // Of equal sums the award that stands first in the register is paid.
            if (theirs > rate.Amount!.Value || (theirs == rate.Amount!.Value && !isAfter)) return NotDue.FuneralOnce;
            lost.Add(OneOffRules.Of(row, rival, theirs, "", ""));
        }

        var (vi, en) = OneOffRules.Terms(rate);
        var offer = OneOffRules.Of(award, rate, rate.Amount!.Value, vi, en);
        offers.Add(lost.Count == 0 ? offer : offer.InPlaceOf(lost, ExplanationNotes.None));
        return null;
    }

    static (OneTimeRate? Rate, Explanation? Reason) FuneralRate(MonthCase month, Award award, string benefit)
    {
        var deceased = DeceasedOf(month, award);
        var day = deceased.Day ?? (benefit == EmergencyFuneral ? award.EventOn : null);
        if (day is not { } death) return (null, NotDue.Missing("deceased_on"));
        var facts = deceased.Person is { } person ? FactsOfMonth.Of(person, death.ToYearMonth(), month.Law.AsOf) : null;
        if (facts is { OtherIncome: OtherIncome.Pension or OtherIncome.BhxhMonthly }) return (null, NotDue.FuneralBySocialInsurance);
        // A resident is buried by the facility: 50 × in place of 20 × (20/2021/NĐ-CP, Điều 25.3; 335/2026/NĐ-CP, Điều 22.7).
        if (benefit == ProtectionFuneral && facts?.InFacility == true) benefit = FacilityFuneral;
        if (benefit == FacilityFuneral && facts?.InFacility == false) return (null, NotDue.NotInFacility);
        if (facts is not null && WhyNotCovered(month, deceased.Person!, facts, death, benefit) is { } reason) return (null, reason);
        return month.Law.In(facts?.ProvinceCode ?? month.Law.ProvinceCode).OneTime(benefit, death) is { Amount: not null } rate ? (rate, null) : (null, NotDue.NoRule);
    }

    /// <summary>Does the register contradict that the deceased is one of those the funeral allowance is for?</summary>
    static Explanation? WhyNotCovered(MonthCase month, RegisterPerson person, PersonFacts facts, LocalDate death, string benefit)
    {
        if (benefit is EmergencyFuneral or FacilityFuneral) return null;
        var awards = FactsOfMonth.AwardsOf(person, death.ToYearMonth(), month.Law.AsOf);
        if (benefit == MeritFuneral)
        {
            var merit = awards.FindAll(static award => award.Row!.Programme == Programme.Ncc && !IsFuneral(award.Row.Category) && award.Row.Category != LumpSumCode);
            return merit.Count > 0 && merit.TrueForAll(static award => award.Row!.Category == RemarriedSpouse) ? NotDue.RemarriedSpouseLeavesNothing : null;
        }

        var programme = benefit == PensionFuneral ? Programme.Htxh : Programme.Btxh;
        var law = month.Law.Of(death.ToYearMonth());
        var isWidened = death >= SocialDecrees.InForce2026;
        if (EntitlementCalculator.MonthlyOffers(person, law, month.Others).Exists(offer => offer.Award.Programme == programme)) return null;
        // 335/2026/NĐ-CP, Điều 11, 31.3: also who qualified and had applied, but died before the decision.
        if (isWidened && awards.Exists(award => award.Row!.Programme == programme && award.Row.FiledOn <= death && !(award.Row.DecidedOn <= death))) return null;
        if (programme == Programme.Btxh && IsCoveredByAge(facts, death, isWidened)) return null;
        return NotDue.FuneralNotCovered;
    }

    /// <summary>20/2021/NĐ-CP, Điều 11: from 80 on a survivor's benefit of social insurance or another monthly benefit. 335/2026/NĐ-CP, Điều 11: from 75;
    /// from 70 in a poor or near-poor household on a survivor's benefit.</summary>
    static bool IsCoveredByAge(PersonFacts facts, LocalDate death, bool isWidened)
    {
        var years = facts.Birth.AgeInMonths(death.ToYearMonth()) / 12;
        return facts.OtherIncome switch
        {
            OtherIncome.BhxhSurvivor => years >= (isWidened ? 75 : 80) || (isWidened && years >= 70 && facts.Poverty is PovertyStatus.Poor or PovertyStatus.Near),
            OtherIncome.OtherMonthly => years >= (isWidened ? 75 : 80),
            _ => false,
        };
    }

    /// <summary>What a deceased who is not in the register received, by the facts of the award alone: category, degree, class, special wound.</summary>
    static List<Offer>? ByAward(Award award, MonthLaw law)
    {
        if (award.DeceasedCategory is not { } category) return null;
        var facts = new PersonFacts { PersonId = award.DeceasedId ?? "", FullName = "", Birth = new BirthDate(1900, 0, 0), ProvinceCode = law.ProvinceCode, CommuneCode = "" };
        var held = new Award
        {
            AwardId = award.AwardId, PersonId = facts.PersonId, Programme = Programme.Ncc, Category = category, FirstMonth = new YearMonth(1900, 1), DegreePct = award.DeceasedPct ?? award.DegreePct,
            Class = award.Class, Special = award.Special, ValidExam = award.ValidExam, FullTime = award.FullTime, SeniorityUnits = award.SeniorityUnits, Decoration = award.Decoration, Martyrs = award.Martyrs,
        };
        return EntitlementCalculator.MonthlyOffers(new RegisterPerson(facts.PersonId, [facts], [held]), law, static _ => null);
    }
}
