using System.Globalization;
using System.Text;
using NodaTime;
using PaymentEngine.Core.Law;
using PaymentEngine.Core.Money;
using PaymentEngine.Core.Recipients;

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
        (ExplanationNotes.CertificateUnread, "Hưởng từ tháng được cấp giấy xác nhận khuyết tật; chưa đối chiếu được quy định này với 147/2025/NĐ-CP.",
            "Due from the month of the disability certificate; whether 147/2025/NĐ-CP kept this rule was not read.", "20/2021/NĐ-CP, Điều 8; 147/2025/NĐ-CP, Điều 5", LawStatus.Unverified),
        (ExplanationNotes.NoAgeLimit, "Từ tháng 7/2026 không còn giới hạn 22 tuổi khi việc học không gián đoạn.",
            "From July 2026 there is no age limit of 22 while studies go on unbroken.", "335/2026/NĐ-CP, Điều 5.2, 32.3", LawStatus.Interpretation),
        (ExplanationNotes.StudyingChildren, "Tính cả con từ đủ 16 tuổi đang đi học.", "Children from 16 who study are counted.", "Điều 5.4", null),
        (ExplanationNotes.HighestMartyrLevel, "Từ 03 liệt sĩ trở lên cùng một mức cao nhất.", "Three martyrs or more have one level, the highest.", "75/2021/NĐ-CP, Phụ lục I, mục 3", null),
        (ExplanationNotes.HouseholdGoesOn, "Người đứng tên đã mất: hộ vẫn được hỗ trợ, cần người nhận khác.",
            "The holder has died: the household goes on, another receiver is needed.", null, LawStatus.Interpretation),
        (ExplanationNotes.IncomeTested, "Thu nhập dưới 0,6 lần mức chuẩn.", "Income below 0.6 × the standard.", "131/2021/NĐ-CP, Điều 121.4", null),
        (ExplanationNotes.LaterDecision, "Hai quyết định cùng loại trong một tháng: trả theo quyết định sau, không trả hai lần.",
            "Two decisions of one kind in one month: the later is paid, no month twice.", null, LawStatus.Interpretation),
        (ExplanationNotes.PensionAgeReached, "Đã đủ tuổi nghỉ hưu.", "Pension age is reached.", "Bộ luật Lao động 45/2019/QH14, Điều 169.2", LawStatus.UnverifiedFromMemory),
        (ExplanationNotes.SecondAllowance, "Vừa là thương binh vừa là bệnh binh: trợ cấp thứ hai từ tháng ra quyết định.",
            "War invalid and sick soldier: the second allowance from the month of its decision.", "131/2021/NĐ-CP, Điều 45.3", null),
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
            // Điều 6.2 and Điều 8 are articles of the decree of the rate: of 20/2021/NĐ-CP or of 335/2026/NĐ-CP, by month.
            if (note.Citation is { } article) citation += article.StartsWith("Điều", StringComparison.Ordinal) ? $"; {rate.Row.Instrument}, {article}" : $"; {article}";
            if (note.Status is not null) status = LawStatus.Weakest(status, note.Status);
        }

        var doubt = Doubt(status);
        return new Explanation(vi.Append(doubt.Vi).ToString(), en.Append(doubt.En).ToString(), rate.Row.RateCode, citation, status);
    }

    /// <summary>The same sentence with what is not paid besides.</summary>
    public static Explanation WithLost(Explanation why, IReadOnlyList<Offer> lost) => why with
    {
        Vi = $"{why.Vi} Không trả thêm: {string.Join("; ", lost.Select(offer => $"{offer.NameVi} ({MoneyVi(offer.Amount)})"))}.",
        En = $"{why.En} Not paid besides: {string.Join("; ", lost.Select(offer => $"{offer.NameEn} ({MoneyEn(offer.Amount)})"))}.",
    };

    /// <summary>More is due for a past month than was listed.</summary>
    public static Explanation Arrears(Programme programme, YearMonth month, Vnd due, Vnd listed, Explanation? why)
    {
        var vi = listed.IsZero
            ? $"Truy lĩnh tháng {ViText.Month(month)}: được hưởng {MoneyVi(due)}, chưa lập danh sách."
            : $"Truy lĩnh tháng {ViText.Month(month)}: được hưởng {MoneyVi(due)}, đã lập danh sách {MoneyVi(listed)}, còn thiếu {MoneyVi(due - listed)}.";
        var en = listed.IsZero
            ? $"Arrears of {month.Text()}: {MoneyEn(due)} is due, nothing was listed."
            : $"Arrears of {month.Text()}: {MoneyEn(due)} is due, {MoneyEn(listed)} was listed, {MoneyEn(due - listed)} is missing.";
        return new Explanation(Join(vi, why?.Vi), Join(en, why?.En), "arrears", Cited(why, programme == Programme.Ncc ? "131/2021/NĐ-CP, Điều 183.2; 44/2022/TT-BTC, Điều 15.2a" : ListsOf(programme)), why?.Status ?? LawStatus.Verified);
    }

    /// <summary>Less is due for a past month than was listed; this list takes back a part or all of the difference.</summary>
    public static Explanation Recoupment(Programme programme, YearMonth month, Vnd due, Vnd listed, Vnd taken, Explanation? why, RecoupmentDecision? decision)
    {
        var vi = $"Thu hồi của tháng {ViText.Month(month)}: được hưởng {MoneyVi(due)}, đã lập danh sách {MoneyVi(listed)}; khấu trừ {MoneyVi(taken)} trong kỳ này{ByVi(decision)}.";
        var en = $"Recoupment of {month.Text()}: {MoneyEn(due)} is due, {MoneyEn(listed)} was listed; {MoneyEn(taken)} is taken off this list{ByEn(decision)}.";
        return new Explanation(Join(vi, why?.Vi), Join(en, why?.En), "recoupment", Cited(why, programme == Programme.Ncc ? "44/2022/TT-BTC, Điều 15.1" : ListsOf(programme)), why?.Status ?? LawStatus.Verified);
    }

    /// <summary>Less is due for a past month than was listed, and this list takes nothing, or not all of it: there is too little on it, or a decision says so.</summary>
    public static Explanation Outstanding(Programme programme, YearMonth month, Vnd due, Vnd listed, Vnd left, Explanation? why, RecoupmentDecision? decision)
    {
        var vi = $"Phải thu hồi của tháng {ViText.Month(month)}: được hưởng {MoneyVi(due)}, đã lập danh sách {MoneyVi(listed)}; còn phải thu hồi {MoneyVi(left)}{ByVi(decision)}.";
        var en = $"To be recouped of {month.Text()}: {MoneyEn(due)} is due, {MoneyEn(listed)} was listed; {MoneyEn(left)} is still to be recouped{ByEn(decision)}.";
        return new Explanation(Join(vi, why?.Vi), Join(en, why?.En), "outstanding", Cited(why, programme == Programme.Ncc ? "44/2022/TT-BTC, Điều 15.1" : ListsOf(programme)), why?.Status ?? LawStatus.Verified);
    }

    static string ByVi(RecoupmentDecision? decision) =>
        decision is null ? "" : $", theo Quyết định {decision.DecisionNo}: mỗi tháng không quá {MoneyVi(decision.Monthly)} từ tháng {ViText.Month(decision.FromMonth)}";

    static string ByEn(RecoupmentDecision? decision) =>
        decision is null ? "" : $", by decision {decision.DecisionNo}: at most {MoneyEn(decision.Monthly)} a month from {decision.FromMonth.Text()}";

    /// <summary>Where the list of a month holds increases, decreases and arrears: 20/2021/NĐ-CP, Điều 34; 335/2026/NĐ-CP, Điều 28.</summary>
    static string ListsOf(Programme programme) => programme is Programme.Btxh or Programme.Htxh ? "20/2021/NĐ-CP, Điều 34; 335/2026/NĐ-CP, Điều 28" : "";

    static string Cited(Explanation? why, string article) => why is not { Citation.Length: > 0 } ? article : article.Length == 0 ? why.Citation : $"{why.Citation}; {article}";

    /// <summary>A figure that no text of the act stands behind says so in the sentence.</summary>
    public static (string Vi, string En) Doubt(string status) => LawStatus.IsUnverified(status)
        ? ($" Con số hoặc cách tính chưa đối chiếu với văn bản ({status}).", $" The figure or the method was not compared with the act ({status}).")
        : ("", "");

    static string Join(string first, string? second) => second is null ? first : $"{first} {second}";

    public static string CoefficientVi(Coefficient coefficient) => coefficient.ToString().Replace('.', ',');
}
