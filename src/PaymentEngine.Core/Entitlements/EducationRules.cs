using PaymentEngine.Core.Law;
using PaymentEngine.Core.Recipients;

namespace PaymentEngine.Core.Entitlements;

/// <summary>Ưu đãi giáo dục hằng tháng: a monthly amount that is paid in two rounds a school year (131/2021/NĐ-CP, Điều 98; 75/2021/NĐ-CP, Phụ lục I, mục 11).</summary>
static class EducationRules
{
    /// <summary>From this degree of the parent the first level is due, below it the second.</summary>
    const int FirstLevelFrom = 61;

    // Article 98 names the windows (October to December, March to April); how many school months a round holds was not read.
    static readonly (int PaidIn, int Months)[] Rounds = [(10, 5), (3, 5)];

    /// <summary>The round of the month: so many school months at the amount of the month; nothing in the other months.</summary>
    /// <remarks>The level follows the degree of the parent (degree_pct, or deceased_pct of a parent who died); without one it is the first, as for martyrs' children.</remarks>
    public static Explanation? Education(MonthCase month, Award award, List<Offer> offers)
    {
        if (month.Facts.Studying == false || month.Facts.StudyBroken == true) return NotDue.NotStudying;
        foreach (var (paidIn, months) in Rounds)
        {
            if (month.Month.Month != paidIn) continue;
            var group = (award.DegreePct ?? award.DeceasedPct) < FirstLevelFrom ? "NCC.GIAODUC.2" : "NCC.GIAODUC.1";
            if (month.Law.Rate(group) is not { } rate) return NotDue.NoRule;
            var total = rate.Amount * months;
            var vi = $"{rate.Row.NameVi}: {months} tháng × {Sentences.MoneyVi(rate.Amount)} = {Sentences.MoneyVi(total)}. Trả một lần cho kỳ của năm học; số tháng của kỳ chưa đối chiếu với văn bản.";
            var en = $"{rate.Row.NameEn}: {months} months × {Sentences.MoneyEn(rate.Amount)} = {Sentences.MoneyEn(total)}. One round of the school year; its number of months was not compared with the act.";
            var why = new Explanation(vi, en, rate.Row.RateCode, $"{rate.Citation}; 131/2021/NĐ-CP, Điều 98", LawStatus.Weakest(rate.Status, LawStatus.UnverifiedFromMemory));
            offers.Add(new Offer(award, null, 1, PayeeRole.Self, ExplanationNotes.None) { Sum = new ComputedSum(rate.Row.BenefitKind, rate.Row.NameVi, rate.Row.NameEn, total, why, IsOneOff: true) });
            return null;
        }

        return NotDue.OtherRound;
    }
}
