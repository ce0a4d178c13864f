using PaymentEngine.Core.Money;
using PaymentEngine.Core.Recipients;
using PovertyStatus = PaymentEngine.Core.Recipients.Poverty;

namespace PaymentEngine.Core.Entitlements;

/// <summary>HTXH: the social pension (trợ cấp hưu trí xã hội). Luật BHXH 41/2024/QH15, Điều 21-23; 176/2025/NĐ-CP; 335/2026/NĐ-CP, Điều 31.</summary>
static class SocialPensionRules
{
    /// <summary>From 75 whatever the household, from 70 only in a poor or near-poor one (Luật BHXH 41/2024/QH15, Điều 21).</summary>
    internal const int FullAgeMonths = 75 * 12;

    /// <summary>From 75, or from 70 in a poor or near-poor household, without a pension or monthly social insurance that reaches the level.</summary>
    public static Explanation? SocialPension(MonthCase month, Award award, List<Offer> offers)
    {
        if (!month.Law.Knows("HTXH")) return NotDue.NoRule;
        var age = month.AgeInMonths;
        if (month.Law.Rate("HTXH", age) is not { } rate) return NotDue.Age;
        if (age < FullAgeMonths && month.Facts.Poverty == PovertyStatus.None) return NotDue.Poverty;
        var notes = month.BirthNote;
        if (month.Facts.OtherIncome is OtherIncome.Pension or OtherIncome.BhxhMonthly or OtherIncome.BhxhSurvivor)
        {
            // Lower than the level does not exclude; whether the level or only the difference is due is an open point of law/README.md §11.3.
            if (month.Facts.OtherIncomeVnd is not { } income || income >= rate.Amount.Amount) return NotDue.OtherIncome;
            notes |= ExplanationNotes.IncomeBelowLevel;
        }

        offers.Add(new Offer(award, rate, 1, PayeeRole.Self, notes));
        return null;
    }

    /// <summary>Entitled to both a social allowance and the social pension: the higher, not both (335/2026/NĐ-CP, Điều 31.1). Of equals the pension.</summary>
    /// <remarks>Support for care is not an allowance of the person and stays beside either.</remarks>
    public static void HigherOfPensionAndProtection(List<Offer> offers)
    {
        var pension = offers.FindIndex(static offer => offer.Award.Programme == Programme.Htxh && !offer.IsOneOff);
        if (pension < 0) return;
        var protection = Vnd.Zero;
        foreach (var offer in offers)
        {
            if (SocialProtectionRules.IsOwnGroup(offer)) protection += offer.Amount;
        }

        if (protection.IsZero) return;
        Predicate<Offer> isLost = protection > offers[pension].Amount ? static offer => offer.Award.Programme == Programme.Htxh && !offer.IsOneOff : SocialProtectionRules.IsOwnGroup;
        var lost = offers.FindAll(isLost);
        offers.RemoveAll(isLost);
        // Two groups may be paid beside each other: the first of them says what is not.
        var isFirst = true;
        for (var i = 0; i < offers.Count; i++)
        {
            if (offers[i].IsOneOff || (offers[i].Award.Programme != Programme.Htxh && !SocialProtectionRules.IsOwnGroup(offers[i]))) continue;
            offers[i] = offers[i].InPlaceOf(isFirst ? lost : [], ExplanationNotes.HigherOfPensionAndProtection);
            isFirst = false;
        }
    }
}
