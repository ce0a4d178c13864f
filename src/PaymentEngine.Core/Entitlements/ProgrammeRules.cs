using NodaTime;
using PaymentEngine.Core.Law;
using PaymentEngine.Core.Money;
using PaymentEngine.Core.Recipients;

namespace PaymentEngine.Core.Entitlements;

/// <summary>Benefits declared as data (law/programmes): the formula says how much, the frequency when. A programme of a known kind needs no code.</summary>
static class ProgrammeRules
{
    /// <summary>What an award of a declared programme offers in the month, or why nothing.</summary>
    public static Explanation? Offered(MonthCase month, AwardOfMonth award, List<Offer> offers)
    {
        var row = award.Row!;
        if (month.Law.Programme(row.Category) is not { } programme) return NotDue.NoRule;
        if (WhyNotNow(month, award, programme) is { } reason) return reason;
        return SumOf(month, row, programme, offers);
    }

    static Explanation? WhyNotNow(MonthCase month, AwardOfMonth award, LawProgramme programme)
    {
        if (programme.Frequency == PaymentFrequency.OneOff)
        {
            if (OneOffRules.MonthOf(month, award.Row!) is not { } due) return NotDue.StartUnknown;
            if (award.Latest.LastMonth < due) return NotDue.Ended;
            return month.Month == due ? null : month.Month < due ? NotDue.NotStarted : NotDue.OnceFor(due);
        }

        if (EntitlementCalculator.WhyNotHeld(month, award) is { } held) return held;
        var first = EntitlementCalculator.FirstMonth(month, award.AwardId)!.Value;
        if (programme.Frequency == PaymentFrequency.Monthly)
            return month.Month.Index() - first.Index() >= programme.MonthsMax ? NotDue.DurationOver : null;
        // A decision after the month of its year is paid with the decision, later years in their month.
        var isOfYear = month.Month.Month == programme.PaidInMonth;
        var isFirst = month.Month == first && first.Month > programme.PaidInMonth;
        return isOfYear || isFirst ? null : NotDue.OtherMonthOfYear;
    }

    static Explanation? SumOf(MonthCase month, Award award, LawProgramme programme, List<Offer> offers)
    {
        var law = month.Law;
        switch (programme.Formula)
        {
            case ProgrammeFormula.Table:
                var degreeOrAge = award.DegreePct ?? month.AgeInMonths;
                if (law.Rate(programme.Table!, degreeOrAge) is { } rate)
                    return Add(month, award, programme, rate.Amount, Sentences.MoneyVi(rate.Amount), Sentences.MoneyEn(rate.Amount), rate.Citation, rate.Status, offers);
                if (law.OneTime(programme.Table!, month.Month.OnDayOfMonth(1)) is not { Amount: { } published } once) return NotDue.NoRule;
                var terms = OneOffRules.Terms(once);
                return Add(month, award, programme, published, terms.Vi, terms.En, once.Citation, once.Status, offers);
            case ProgrammeFormula.Fixed:
                return Add(month, award, programme, programme.Amount!.Value, Sentences.MoneyVi(programme.Amount.Value), Sentences.MoneyEn(programme.Amount.Value), "", programme.Status, offers);
            case ProgrammeFormula.Coefficient or ProgrammeFormula.Multiple:
                if (law.Standard(programme.StandardCode!) is not { } standard) return NotDue.NoRule;
                var (product, isRounded) = Rounded(standard.Amount, programme.Factor!.Value, programme.Formula == ProgrammeFormula.Multiple ? programme.RoundToVnd ?? 1 : 1);
                return Add(month, award, programme, product, $"{Sentences.CoefficientVi(programme.Factor.Value)} × {Sentences.MoneyVi(standard.Amount)}{(isRounded ? ", làm tròn" : "")}",
                    $"{programme.Factor.Value} × {Sentences.MoneyEn(standard.Amount)}{(isRounded ? ", rounded" : "")}", standard.Citation, standard.Status, offers);
            default:
                return ShareOfWage(month, award, programme, offers);
        }
    }

    /// <summary>A share of the declared wage between floor and cap. A fraction of a đồng is dropped: the cap and the share are the most that is due.</summary>
    static Explanation? ShareOfWage(MonthCase month, Award award, LawProgramme programme, List<Offer> offers)
    {
        if (award.DeclaredWageVnd is not { } wage) return NotDue.Missing("declared_wage_vnd");
        var share = new Vnd(wage * programme.SharePct!.Value / 100);
        var (vi, en) = ($"{programme.SharePct}% × {Sentences.MoneyVi(new Vnd(wage))}", $"{programme.SharePct}% × {Sentences.MoneyEn(new Vnd(wage))}");
        if (wage * programme.SharePct.Value % 100 != 0) (vi, en) = ($"{vi}, bỏ số lẻ", $"{en}, fraction dropped");
        if (programme is { CapFactor: { } factor, CapStandardCode: { } code })
        {
            if (month.Law.Standard(code) is not { } standard) return NotDue.NoRule;
            var (cap, _) = Rounded(standard.Amount, factor, 1);
            if (share > cap)
            {
                return Add(month, award, programme, cap, $"{Sentences.CoefficientVi(factor)} × {Sentences.MoneyVi(standard.Amount)}", $"{factor} × {Sentences.MoneyEn(standard.Amount)}", standard.Citation, standard.Status,
                    offers, $"Mức tối đa: {vi} là {Sentences.MoneyVi(share)}, cao hơn mức tối đa.", $"The cap: {en} is {Sentences.MoneyEn(share)}, more than the cap.");
            }
        }

        if (programme.Floor is { } floor && share < floor)
        {
            return Add(month, award, programme, floor, Sentences.MoneyVi(floor), Sentences.MoneyEn(floor), "", programme.Status, offers,
                $"Mức tối thiểu: {vi} là {Sentences.MoneyVi(share)}, thấp hơn mức tối thiểu.", $"The floor: {en} is {Sentences.MoneyEn(share)}, less than the floor.");
        }

        return Add(month, award, programme, share, vi, en, "", programme.Status, offers);
    }

    static Explanation? Add(MonthCase month, Award award, LawProgramme programme, Vnd ofUnit, string termsVi, string termsEn, string citation, string status, List<Offer> offers,
        string noteVi = "", string noteEn = "")
    {
        int times;
        switch (programme.Unit)
        {
            case ProgrammeUnit.Martyr: times = Math.Max(award.Martyrs ?? 1, 1); break;
            case ProgrammeUnit.Child:
                if (award.Children is not { } children) return NotDue.Missing("children");
                if (children == 0) return NotDue.NoChild;
                times = children;
                break;
            default: times = 1; break;
        }

        var amount = ofUnit * times;
        if (times != 1) (termsVi, termsEn) = ($"{times} × {Sentences.MoneyVi(ofUnit)}", $"{times} × {Sentences.MoneyEn(ofUnit)}");
        var weakest = LawStatus.Weakest(programme.Status, status);
        var doubt = Sentences.Doubt(weakest);
        var isPlain = termsVi == Sentences.MoneyVi(amount);
        var assumed = programme.Formula == ProgrammeFormula.Table && award.DegreePct is null && month.Facts.Birth.IsYearOnly && month.Law.Knows(programme.Table!)
            ? (Vi: " Chưa biết đủ ngày sinh: tính tuổi theo tháng muộn nhất có thể.", En: " The birth date is not fully known: the latest possible month was taken.")
            : (Vi: "", En: "");
        var why = new Explanation($"{programme.NameVi}: {(isPlain ? "" : $"{termsVi} = ")}{Sentences.MoneyVi(amount)}.{(noteVi.Length == 0 ? "" : " " + noteVi)}{assumed.Vi}{doubt.Vi}",
            $"{programme.NameEn}: {(isPlain ? "" : $"{termsEn} = ")}{Sentences.MoneyEn(amount)}.{(noteEn.Length == 0 ? "" : " " + noteEn)}{assumed.En}{doubt.En}",
            programme.ProgrammeCode, citation.Length == 0 || citation == programme.Source ? programme.Source : $"{programme.Source}; {citation}", weakest);
        offers.Add(new Offer(award, null, 1, PayeeRole.Self, ExplanationNotes.None)
        {
            Sum = new ComputedSum(programme.ProgrammeCode, programme.NameVi, programme.NameEn, amount, why, IsOneOff: programme.Frequency != PaymentFrequency.Monthly),
        });
        return null;
    }

    /// <summary>Half away from zero to whole units of <paramref name="toVnd"/> (law/README.md: rounding to thousands).</summary>
    static (Vnd Sum, bool IsRounded) Rounded(Vnd standard, Coefficient factor, long toVnd)
    {
        var hundredths = checked(standard.Amount * factor.Hundredths);
        var unit = toVnd * 100;
        var sum = (hundredths + (unit / 2)) / unit * toVnd;
        return (new Vnd(sum), sum * 100 != hundredths);
    }
}
