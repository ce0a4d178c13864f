using System.Globalization;
using System.Text;
using PaymentEngine.Core.Law;
using PaymentEngine.Core.Money;

namespace PaymentEngine.Core.Entitlements;

/// <summary>The words of explanations, Vietnamese and English side by side.</summary>
static class Sentences
{
    static readonly (ExplanationNotes Note, string Vi, string En, string? Citation, string? Status)[] Notes =
    [
        (ExplanationNotes.BirthAssumed, "Chưa biết đủ ngày sinh: tính tuổi theo tháng muộn nhất có thể.",
            "The birth date is not fully known: the latest possible month was taken.", null, null),
        (ExplanationNotes.HighestGroup, "Thuộc nhiều nhóm: chỉ hưởng một mức, mức cao nhất.",
            "In several groups: one amount is paid, the highest.", "Điều 6.2", null),
        (ExplanationNotes.SingleParentBesides, "Người đơn thân nghèo nuôi con được hưởng thêm mức này cùng với nhóm khác.",
            "The poor single parent gets this beside the other group.", "Điều 6.2", null),
        (ExplanationNotes.HighestCarer, "Trợ cấp người phục vụ chỉ trả một suất, mức cao nhất.",
            "The carer allowance is paid once, the highest.", "Pháp lệnh 02/2020/UBTVQH14, Điều 6.3", null),
        (ExplanationNotes.InsteadOfOrdinary, "Thay cho phụ cấp thông thường.", "In place of the ordinary supplement.",
            "Pháp lệnh 02/2020/UBTVQH14, Điều 24.1d, 27.1d", null),
        (ExplanationNotes.HigherOfPensionAndProtection, "Đủ điều kiện cả trợ cấp xã hội và trợ cấp hưu trí xã hội: hưởng mức cao hơn.",
            "Entitled to both a social allowance and the social pension: the higher is paid.", "335/2026/NĐ-CP, Điều 31.1", null),
        (ExplanationNotes.SinceCertificate, "Hưởng từ tháng được cấp giấy xác nhận khuyết tật.",
            "Due from the month of the disability certificate.", "20/2021/NĐ-CP, Điều 8", LawStatus.Interpretation),
        (ExplanationNotes.LastMonthOfAge, "Tháng đạt giới hạn tuổi vẫn được hưởng; thôi hưởng từ tháng sau.",
            "The age limit is reached this month; payment stops from the next one.", "Điều 8", LawStatus.Interpretation),
        (ExplanationNotes.NurturingOnce, "Trợ cấp nuôi dưỡng chỉ trả một suất.", "The nurturing allowance is paid once.",
            "Pháp lệnh 02/2020/UBTVQH14, Điều 6.6", null),
        (ExplanationNotes.SharesLimited, "Số suất tuất theo giới hạn của luật.", "The number of survivor shares is limited by law.",
            "Pháp lệnh 02/2020/UBTVQH14, Điều 6.5", null),
        (ExplanationNotes.Converted, "Chuyển tiếp từ trợ cấp người từ đủ 80 tuổi, không lập hồ sơ mới.",
            "Continues the allowance of people from 80 without a new file.", "Luật BHXH 41/2024/QH15, Điều 139.3", LawStatus.UnverifiedFromMemory),
        (ExplanationNotes.Restored, "Tháng tạm dừng được trả lại sau khi rà soát.", "A suspended month, paid after the review.", null, null),
        (ExplanationNotes.IncomeBelowLevel, "Lương hưu hoặc trợ cấp BHXH thấp hơn mức này: trả đủ mức.",
            "Pension or social-insurance income is below the level: the level is paid in full.", "176/2025/NĐ-CP, Điều 2", LawStatus.Interpretation),
    ];

    public static string MoneyVi(Vnd amount) => ViText.Money(amount);

    public static string MoneyEn(Vnd amount) => "VND " + amount.Amount.ToString("N0", CultureInfo.InvariantCulture);

    /// <summary>One rate, taken a number of times.</summary>
    public static Explanation Due(MonthRate rate, int times, ExplanationNotes notes)
    {
        var total = rate.Amount * times;
        var vi = new StringBuilder(rate.Row.NameVi).Append(": ");
        var en = new StringBuilder(rate.Row.NameEn).Append(": ");
        if (times != 1)
        {
            vi.Append(CultureInfo.InvariantCulture, $"{times} × ");
            en.Append(CultureInfo.InvariantCulture, $"{times} × ");
        }

        if (rate is { Standard: { } standard, Row.Coefficient: { } coefficient, IsLocalLevel: false })
        {
            vi.Append(CultureInfo.InvariantCulture, $"hệ số {CoefficientVi(coefficient)} × mức chuẩn {MoneyVi(standard.Amount)} = {MoneyVi(total)}.");
            en.Append(CultureInfo.InvariantCulture, $"coefficient {coefficient} × standard {MoneyEn(standard.Amount)} = {MoneyEn(total)}.");
        }
        else
        {
            vi.Append(times == 1 ? $"{MoneyVi(rate.Amount)}." : $"{MoneyVi(rate.Amount)} = {MoneyVi(total)}.");
            en.Append(times == 1 ? $"{MoneyEn(rate.Amount)}." : $"{MoneyEn(rate.Amount)} = {MoneyEn(total)}.");
            if (rate.IsLocalLevel)
            {
                vi.Append(" Mức của địa phương cao hơn mức chung.");
                en.Append(" The province's own level is higher than the national one.");
            }
        }

        var (citation, status) = (rate.Citation, rate.Status);
        foreach (var note in Notes)
        {
            if ((notes & note.Note) == 0) continue;
            vi.Append(' ').Append(note.Vi);
            en.Append(' ').Append(note.En);
            if (note.Citation is not null) citation += "; " + note.Citation;
            if (note.Status is not null) status = LawStatus.Weakest(status, note.Status);
        }

        return new Explanation(vi.ToString(), en.ToString(), rate.Row.RateCode, citation, status);
    }

    /// <summary>More is due for a past month than was listed.</summary>
    public static Explanation Arrears(Vnd due, Vnd listed, Explanation? why)
    {
        var vi = listed.IsZero
            ? $"Truy lĩnh: tháng này được hưởng {MoneyVi(due)}, chưa lập danh sách."
            : $"Truy lĩnh: tháng này được hưởng {MoneyVi(due)}, đã lập danh sách {MoneyVi(listed)}, còn thiếu {MoneyVi(due - listed)}.";
        var en = listed.IsZero
            ? $"Arrears: {MoneyEn(due)} is due for this month, nothing was listed."
            : $"Arrears: {MoneyEn(due)} is due for this month, {MoneyEn(listed)} was listed, {MoneyEn(due - listed)} is missing.";
        return new Explanation(Join(vi, why?.Vi), Join(en, why?.En), "arrears", why?.Citation ?? "", why?.Status ?? LawStatus.Verified);
    }

    /// <summary>Less is due for a past month than was listed; this list takes back a part or all of the difference.</summary>
    public static Explanation Recoupment(Vnd due, Vnd listed, Vnd taken, Explanation? why)
    {
        var vi = $"Thu hồi: tháng này được hưởng {MoneyVi(due)}, đã lập danh sách {MoneyVi(listed)}; khấu trừ {MoneyVi(taken)} trong kỳ này.";
        var en = $"Recoupment: {MoneyEn(due)} is due for this month, {MoneyEn(listed)} was listed; {MoneyEn(taken)} is taken off this list.";
        return new Explanation(Join(vi, why?.Vi), Join(en, why?.En), "recoupment", why?.Citation ?? "", why?.Status ?? LawStatus.Verified);
    }

    static string Join(string first, string? second) => second is null ? first : $"{first} {second}";

    static string CoefficientVi(Coefficient coefficient) => coefficient.ToString().Replace('.', ',');
}
