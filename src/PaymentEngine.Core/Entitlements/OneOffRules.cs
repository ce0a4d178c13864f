using System.Globalization;
using NodaTime;
using PaymentEngine.Core.Law;
using PaymentEngine.Core.Money;
using PaymentEngine.Core.Recipients;

namespace PaymentEngine.Core.Entitlements;

/// <summary>One-time benefits (trợ cấp một lần): due for one month, that of the decision, at the rate of the day the law names.</summary>
/// <remarks>Law: 75/2021/NĐ-CP, Phụ lục IV and VI; 131/2021/NĐ-CP, Điều 45.2, 121; 20/2021/NĐ-CP, Điều 11-15; 335/2026/NĐ-CP, Điều 11, 12.
/// An award of a one-time benefit is a decision of its own; without one nothing is paid, and <see cref="DeathClaims"/> says what could be claimed.</remarks>
static class OneOffRules
{
    public const string WoundedPrefix = "NCC.1L.THUONG.";

    /// <summary>Ngày điều trị tối thiểu của người bị thương nặng: 20/2021/NĐ-CP, Điều 13; 335/2026/NĐ-CP, Điều 12.2 (law/README.md §2.3).</summary>
    const int TreatmentDaysMin = 3;

    /// <summary>The code of the one-time benefit an award gives; null when it gives none of the law files.</summary>
    /// <remarks>Resistance service (HDKC) and a helper's Resistance Medal (GDCM, HC) are categories of people whose benefit is a lump sum.</remarks>
    public static string? BenefitOf(Award award, LawBook book)
    {
        if (award.Programme == Programme.Ncc && award.Category == "HDKC") return "NCC.1L.HDKC";
        if (award is { Programme: Programme.Ncc, Category: "GDCM", Decoration: "HC" }) return "NCC.1L.GDCM.HC";
        return book.IsOneTime(award.Category) && !book.IsProgramme(award.Category) ? award.Category : null;
    }

    /// <summary>The month a one-time benefit is due for: the decision's; where that is not known, the event's or the death's.</summary>
    public static YearMonth? MonthOf(MonthCase month, Award award) =>
        award.FirstMonth ?? award.DecidedOn?.ToYearMonth() ?? award.EventOn?.ToYearMonth() ?? DeathRules.DeceasedOf(month, award).Day?.ToYearMonth();

    /// <summary>What an award of a one-time benefit offers in the month, or why nothing.</summary>
    public static Explanation? Offered(MonthCase month, AwardOfMonth award, string benefit, List<Offer> offers)
    {
        var row = award.Row!;
        if (MonthOf(month, row) is not { } due) return NotDue.StartUnknown;
        if (award.Latest.LastMonth is { } last && due > last) return NotDue.Ended;
        if (month.Month != due) return month.Month < due ? NotDue.NotStarted : NotDue.OnceFor(due);
        return benefit switch
        {
            DeathRules.LumpSumCode => DeathRules.LumpSum(month, row, offers),
            _ when DeathRules.IsFuneral(benefit) => DeathRules.Funeral(month, row, benefit, offers),
            "NCC.1L.HDKC" => ResistanceService(month, row, benefit, offers),
            "BTXH.KC.THUONG" => SeriousInjury(month, row, benefit, offers),
            _ when benefit.StartsWith(WoundedPrefix, StringComparison.Ordinal) => Wounded(month, row, benefit, offers),
            _ => Plain(month, row, benefit, DecidingDay(row), 1, offers),
        };
    }

    /// <summary>Người bị thương 5–20 %: 4, 6 or 8 times the standard of the month of the decision (131/2021/NĐ-CP, Điều 45.2; 75/2021/NĐ-CP, Phụ lục VI).</summary>
    static Explanation? Wounded(MonthCase month, Award award, string benefit, List<Offer> offers)
    {
        if (award.DegreePct is { } degree && BandOf(benefit) is { } band && (degree < band.From || degree > band.To)) return NotDue.DegreeOutsideBand;
        return Plain(month, award, benefit, DecidingDay(award), 1, offers);
    }

    /// <summary>Người hoạt động kháng chiến: 0.3 × the standard for each year of service, half a year counts half (75/2021/NĐ-CP, Điều 4.4, Phụ lục IV).</summary>
    /// <remarks>The law files have the sum of a year as rounded; whether the act rounds per year or at the end was not settled (law/README.md §11.2).</remarks>
    static Explanation? ResistanceService(MonthCase month, Award award, string benefit, List<Offer> offers)
    {
        if (award.ServiceHalfYears is not { } halves) return NotDue.Missing("service_years");
        if (DecidingDay(award) is not { } day) return NotDue.Missing("decided_on");
        if (month.Law.OneTime(benefit, day) is not { Amount: { } ofYear } rate) return NotDue.NoRule;
        var (sum, remainder) = Math.DivRem(ofYear.Amount * halves, 2);
        if (remainder != 0) return NotDue.NoRule;
        var years = $"{halves / 2}{(halves % 2 == 0 ? "" : ",5")}";
        offers.Add(Of(award, rate, new Vnd(sum), $"{years} năm × {Sentences.MoneyVi(ofYear)}", $"{years.Replace(',', '.')} years × {Sentences.MoneyEn(ofYear)}",
            "Chưa rõ luật làm tròn theo từng năm hay theo tổng: tính theo từng năm.", "The act does not say whether a year or the total is rounded: each year is.", LawStatus.Interpretation));
        return null;
    }

    /// <summary>Người bị thương nặng phải điều trị từ 3 ngày: 10 × the standard (20/2021/NĐ-CP, Điều 13; 335/2026/NĐ-CP, Điều 12.2).</summary>
    static Explanation? SeriousInjury(MonthCase month, Award award, string benefit, List<Offer> offers)
    {
        if (award.TreatmentDays is not { } days) return NotDue.Missing("treatment_days");
        return days < TreatmentDaysMin ? NotDue.ShortTreatment : Plain(month, award, benefit, award.EventOn ?? award.DecidedOn, 1, offers);
    }

    /// <summary>A multiple of a standard or a fixed sum, at the rate of a day.</summary>
    static Explanation? Plain(MonthCase month, Award award, string benefit, LocalDate? day, int times, List<Offer> offers)
    {
        if (day is not { } deciding) return NotDue.Missing("decided_on");
        if (month.Law.OneTime(benefit, deciding) is not { Amount: { } amount } rate) return NotDue.NoRule;
        var (vi, en) = Terms(rate);
        offers.Add(Of(award, rate, amount * times, vi, en));
        return null;
    }

    /// <summary>The figures a rate was made of: multiple × standard where it is one, else the sum itself.</summary>
    internal static (string Vi, string En) Terms(OneTimeRate rate)
    {
        var amount = rate.Amount!.Value;
        if (rate is not { Standard: { } standard, Row.Multiple: { } multiple, IsLocalLevel: false }) return (Sentences.MoneyVi(amount), Sentences.MoneyEn(amount));
        var hundredths = standard.Amount.Amount * multiple.Hundredths;
        var vi = $"{Sentences.CoefficientVi(multiple)} × {Sentences.MoneyVi(standard.Amount)}";
        var en = $"{multiple} × {Sentences.MoneyEn(standard.Amount)}";
        return hundredths == amount.Amount * 100 ? (vi, en) : ($"{vi}, làm tròn", $"{en}, rounded");
    }

    /// <summary>An offer of a one-off sum with its sentence: name: terms = sum.</summary>
    internal static Offer Of(Award award, OneTimeRate rate, Vnd amount, string termsVi, string termsEn, string noteVi = "", string noteEn = "", string? status = null, string? component = null)
    {
        var isPlain = termsVi == Sentences.MoneyVi(amount);
        var vi = $"{rate.Row.NameVi}: {(isPlain ? "" : $"{termsVi} = ")}{Sentences.MoneyVi(amount)}.{Append(noteVi)}{Append(rate.IsLocalLevel ? "Mức của địa phương cao hơn mức chung." : "")}";
        var en = $"{rate.Row.NameEn}: {(isPlain ? "" : $"{termsEn} = ")}{Sentences.MoneyEn(amount)}.{Append(noteEn)}{Append(rate.IsLocalLevel ? "The province's own level is higher than the national one." : "")}";
        var code = component ?? rate.Row.BenefitCode;
        var weakest = status is null ? rate.Status : LawStatus.Weakest(rate.Status, status);
        var doubt = Sentences.Doubt(weakest);
        var why = new Explanation(vi + doubt.Vi, en + doubt.En, code, rate.Citation, weakest);
        return new Offer(award, null, 1, PayeeRole.Self, ExplanationNotes.None) { Sum = new ComputedSum(code, rate.Row.NameVi, rate.Row.NameEn, amount, why, IsOneOff: true) };
    }

    static LocalDate? DecidingDay(Award award) =>
        award.Programme == Programme.Btxh ? award.EventOn ?? award.DecidedOn : award.DecidedOn ?? award.EventOn ?? award.FirstMonth?.OnDayOfMonth(1);

    // The code of the law files ends with the band: NCC.1L.THUONG.5_10.
    static (int From, int To)? BandOf(string benefit)
    {
        var parts = benefit[WoundedPrefix.Length..].Split('_');
        return parts.Length == 2 && int.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out var from) && int.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out var to)
            ? (from, to)
            : null;
    }

    static string Append(string text) => text.Length == 0 ? "" : " " + text;
}
