using NodaTime;
using PaymentEngine.Core.Law;
using PaymentEngine.Core.Money;
using PaymentEngine.Core.Recipients;

namespace PaymentEngine.Core.Entitlements;

/// <summary>What those left behind could claim after a death: a notice for the clerk, never a payment. A claim needs a request and a decision (131/2021/NĐ-CP, Điều 121-125).</summary>
static class DeathClaims
{
    /// <summary>The reason why nothing is due to a dead person, with the claims their death opens; the same reason when it opens none.</summary>
    public static Explanation Explain(Explanation zero, RegisterPerson person, MonthLaw law, Func<string, RegisterPerson?> others)
    {
        if (zero.Rule != NotDue.DeathMerit.Rule || FactsOfMonth.DeathOf(person, law.AsOf) is not { } day || MonthCase.Of(person, law.Of(day.ToYearMonth()), others) is not { } month) return zero;
        var (vi, en) = (new List<string>(), new List<string>());
        var citations = new List<string>();
        foreach (var (code, programme) in Benefits)
        {
            if (month.Awards.Exists(award => award.Row!.Category == code)) continue;
            if (!month.Awards.Exists(award => award.Row!.Programme == programme)) continue;
            var claim = new Award { AwardId = "", PersonId = person.PersonId, Programme = programme, Category = code, DeceasedId = person.PersonId, DecidedOn = day };
            var offers = new List<Offer>();
            if (code == DeathRules.LumpSumCode) DeathRules.LumpSum(month, claim, offers);
            else DeathRules.Funeral(month, claim, code, offers);
            foreach (var offer in offers)
            {
                vi.Add($"{offer.NameVi}: {Sentences.MoneyVi(offer.Amount)}");
                en.Add($"{offer.NameEn}: {Sentences.MoneyEn(offer.Amount)}");
                citations.Add(offer.Sum!.Why.Citation);
            }
        }

        foreach (var offer in Survivors(month))
        {
            var from = day.ToYearMonth().Plus(1);
            vi.Add($"thân nhân đủ điều kiện: {offer.NameVi}, {Sentences.MoneyVi(offer.Amount)} mỗi tháng từ tháng {ViText.Month(from)}");
            en.Add($"relatives who qualify: {offer.NameEn}, {Sentences.MoneyEn(offer.Amount)} a month from {from.Text()}");
            citations.Add(offer.Rate!.Citation);
        }

        return vi.Count == 0 ? zero : zero with
        {
            Vi = $"{zero.Vi} Thân nhân hoặc người lo mai táng có thể đề nghị — {string.Join("; ", vi)}.",
            En = $"{zero.En} Relatives or whoever buried could claim — {string.Join("; ", en)}.",
            Citation = string.Join("; ", citations.Prepend(zero.Citation).Distinct(StringComparer.Ordinal)),
        };
    }

    // Of the funeral allowances only one can be claimed; the rules show the one of each programme the deceased stood in.
    static readonly (string Code, Programme Programme)[] Benefits =
    [
        (DeathRules.LumpSumCode, Programme.Ncc), (DeathRules.MeritFuneral, Programme.Ncc), (DeathRules.ProtectionFuneral, Programme.Btxh), (DeathRules.PensionFuneral, Programme.Htxh),
    ];

    /// <summary>The survivor allowance of the month after the death, one for each category of the deceased that leaves one.</summary>
    static List<Offer> Survivors(MonthCase month)
    {
        var offers = new List<Offer>();
        var law = month.Law.Of(month.Month.Plus(1));
        foreach (var award in month.Awards)
        {
            var row = award.Row!;
            if (row.Programme != Programme.Ncc || EntitlementCalculator.WhyNotHeld(month, award) is not null) continue;
            var isByDegree = SurvivorRules.LeavesByDegree(row.Category);
            if (!SurvivorRules.LeavesAllowance(row.Category) || (isByDegree && !(row.DegreePct >= SurvivorRules.DegreeMin))) continue;
            var rate = isByDegree ? law.Rate($"NCC.{row.Category}.TUAT", row.DegreePct!.Value) : law.Rate($"NCC.{row.Category}.TUAT");
            if (rate is not null) offers.Add(new Offer(row, rate, 1, PayeeRole.Self, ExplanationNotes.None));
        }

        return offers;
    }
}
