using NodaTime;
using PaymentEngine.Core.Law;
using PaymentEngine.Core.Recipients;

namespace PaymentEngine.Core.Entitlements;

/// <summary>The reasons for which nothing is due. A zero always says why.</summary>
public static class NotDue
{
    public static readonly Explanation NoFacts = Make("no_facts", "Sổ chưa có thông tin của người này cho tháng này.",
        "The register has no facts of this person for this month.", "");

    public static readonly Explanation NoAward = Make("no_award", "Không có quyết định hưởng nào cho tháng này.",
        "No award holds for this month.", "");

    public static readonly Explanation NotStarted = Make("not_started", "Chưa đến tháng bắt đầu hưởng.",
        "The first month of the award is not reached.", "131/2021/NĐ-CP; 20/2021/NĐ-CP, Điều 8; 335/2026/NĐ-CP, Điều 8; 176/2025/NĐ-CP");

    public static readonly Explanation StartUnknown = Make("start_unknown", "Sổ không ghi ngày ký quyết định hoặc tháng bắt đầu hưởng.",
        "The register says neither when the decision was signed nor the first month.", "");

    public static readonly Explanation Ended = Make("ended", "Đã thôi hưởng.", "The award has ended.", "131/2021/NĐ-CP; 20/2021/NĐ-CP, Điều 8; 335/2026/NĐ-CP, Điều 8");

    public static readonly Explanation DeathMerit = Make("death", "Đã chết: thôi hưởng từ tháng sau tháng chết.",
        "Dead: payment stops from the month after the death.", "131/2021/NĐ-CP, Điều 121, 125", LawStatus.Interpretation);

    public static readonly Explanation DeathSocial = Make("death", "Đã chết: thôi hưởng từ tháng sau tháng chết.",
        "Dead: payment stops from the month after the death.", "20/2021/NĐ-CP, Điều 8; 335/2026/NĐ-CP, Điều 8, 31.2");

    public static readonly Explanation DeathOfCaredFor = Make("death_of_cared_for", "Người được chăm sóc đã chết: thôi hưởng từ tháng sau.",
        "The person cared for is dead: payment stops from the next month.", "20/2021/NĐ-CP, Điều 8; 335/2026/NĐ-CP, Điều 8");

    /// <summary>Is nothing due because the holder, or the person cared for, is dead?</summary>
    internal static bool IsDeath(Explanation why) => why.Rule == DeathMerit.Rule || why.Rule == DeathOfCaredFor.Rule;

    /// <summary>Suspended, by the reason the register gives.</summary>
    public static Explanation SuspendedFor(SuspendReason reason) => reason switch
    {
        SuspendReason.Prison => SuspendedPrison,
        SuspendReason.Detained => SuspendedDetained,
        SuspendReason.Missing or SuspendReason.Abroad => SuspendedAbsent,
        SuspendReason.FraudCheck => SuspendedFraudCheck,
        SuspendReason.Uncollected => SuspendedUncollected,
        SuspendReason.RefusesCheck => SuspendedRefusal,
        _ => Suspended,
    };

    public static readonly Explanation Suspended = Make("suspended", "Đang tạm dừng.", "Suspended.",
        "131/2021/NĐ-CP, Điều 118, 119; 20/2021/NĐ-CP, Điều 8; 335/2026/NĐ-CP, Điều 9");

    public static readonly Explanation SuspendedPrison = Make("suspended", "Tạm đình chỉ trong thời gian chấp hành hình phạt tù; hưởng lại từ tháng sau tháng ra tù, khi có đơn.",
        "Suspended while serving a prison sentence; resumes the month after release, on request.", "131/2021/NĐ-CP, Điều 118.1a, 119.1a", LawStatus.Interpretation);

    public static readonly Explanation SuspendedDetained = Make("suspended", "Tạm dừng trong thời gian bị giam, giữ từ 01 tháng.",
        "Suspended while detained for a month or more.", "20/2021/NĐ-CP, Điều 8");

    public static readonly Explanation SuspendedAbsent = Make("suspended", "Tạm đình chỉ vì mất tích hoặc xuất cảnh trái phép; hưởng lại từ tháng sau tháng có đơn.",
        "Suspended while missing or gone abroad unlawfully; resumes the month after the request.", "131/2021/NĐ-CP, Điều 118, 119");

    public static readonly Explanation SuspendedFraudCheck = Make("suspended", "Tạm đình chỉ để kiểm tra hồ sơ; nếu không sai phạm thì được trả lại từ tháng tạm đình chỉ.",
        "Suspended while the file is checked; if cleared, paid back from the month of the suspension.", "131/2021/NĐ-CP, Điều 118, 119");

    public static readonly Explanation SuspendedUncollected = Make("suspended", "Tạm dừng vì không nhận tiền từ 03 tháng liên tục; rà soát không thay đổi thì được trả đủ các tháng tạm dừng.",
        "Suspended after three months in a row not collected; if a review finds nothing changed, the suspended months are paid.", "20/2021/NĐ-CP, Điều 8; 335/2026/NĐ-CP, Điều 9");

    public static readonly Explanation SuspendedRefusal = Make("suspended", "Tạm dừng vì từ chối rà soát; sau 03 tháng mà vẫn từ chối thì thôi hưởng.",
        "Suspended for refusing the review; refusing for three more months ends it.", "20/2021/NĐ-CP, Điều 8; 335/2026/NĐ-CP, Điều 9");

    public static readonly Explanation StoppedFromSuspension = Make("ended_after_suspension", "Rà soát kết luận không còn đủ điều kiện: thôi hưởng từ tháng tạm dừng.",
        "The review found no right any more: stopped from the month of the suspension.", "131/2021/NĐ-CP, Điều 119; 335/2026/NĐ-CP, Điều 9.4");

    /// <summary>A one-time benefit stands on the list of its own month.</summary>
    public static Explanation OnceFor(YearMonth month) => Make("once", $"Khoản một lần, thuộc tháng {ViText.Month(month)}.", $"A one-time benefit of {month.Text()}.", "");

    public static readonly Explanation OtherMonthOfYear = Make("other_month", "Khoản trả mỗi năm một lần, không phải tháng này.", "A yearly benefit, not of this month.", "");

    public static readonly Explanation DurationOver = Make("duration_over", "Đã hưởng đủ số tháng của chương trình.", "The longest number of months of the programme is over.", "");

    public static readonly Explanation OtherRound = Make("other_round", "Trợ cấp ưu đãi giáo dục trả thành hai kỳ trong năm học, không phải tháng này.",
        "The education allowance is paid in two rounds of the school year, not in this month.", "131/2021/NĐ-CP, Điều 98");

    public static readonly Explanation DegreeOutsideBand = Make("degree_outside_band", "Tỷ lệ tổn thương không thuộc mức của khoản này.", "The degree is outside the band of this benefit.",
        "75/2021/NĐ-CP, Phụ lục VI");

    public static readonly Explanation ShortTreatment = Make("short_treatment", "Điều trị dưới 03 ngày: không thuộc diện bị thương nặng.", "Treated for less than three days: not a serious injury.",
        "20/2021/NĐ-CP, Điều 13; 335/2026/NĐ-CP, Điều 12.2");

    public static readonly Explanation NothingAtDeath = Make("nothing_at_death", "Người đã mất không hưởng trợ cấp hằng tháng trong tháng chết: không có trợ cấp một lần.",
        "The deceased received no monthly allowance in the month of death: no lump sum.", "131/2021/NĐ-CP, Điều 121.2");

    public static readonly Explanation RemarriedSpouseLeavesNothing = Make("remarried_spouse", "Vợ hoặc chồng liệt sĩ tái giá chết: không có trợ cấp một lần và mai táng phí.",
        "A remarried spouse of a martyr leaves neither lump sum nor funeral allowance.", "Pháp lệnh 02/2020/UBTVQH14, Điều 16.10");

    public static readonly Explanation FuneralBySocialInsurance = Make("funeral_by_social_insurance", "Người đã mất hưởng lương hưu hoặc trợ cấp BHXH hằng tháng: mai táng phí do BHXH trả.",
        "The deceased had a pension or monthly social insurance: social insurance pays the funeral.", "Pháp lệnh 02/2020/UBTVQH14, Điều 6.4; Luật BHXH 41/2024/QH15, Điều 85");

    public static readonly Explanation FuneralOnce = Make("funeral_once", "Chỉ trả một mai táng phí, mức cao nhất; khoản này thấp hơn.", "One funeral allowance is paid, the highest; this one is lower.",
        "Pháp lệnh 02/2020/UBTVQH14, Điều 6.4; 20/2021/NĐ-CP, Điều 11; 335/2026/NĐ-CP, Điều 11");

    public static readonly Explanation FuneralToAnother = Make("funeral_to_another", "Chỉ trả một mai táng phí cho một người chết; đã quyết định trả cho người khác trước.",
        "One funeral allowance is paid for one deceased; it was decided for somebody else before.", "Pháp lệnh 02/2020/UBTVQH14, Điều 6.4; 20/2021/NĐ-CP, Điều 11; 335/2026/NĐ-CP, Điều 11", LawStatus.Interpretation);

    public static readonly Explanation FuneralNotCovered = Make("funeral_not_covered", "Theo sổ, người đã mất không thuộc đối tượng được hỗ trợ mai táng này.",
        "By the register the deceased is not among those this funeral support is for.", "20/2021/NĐ-CP, Điều 11; 335/2026/NĐ-CP, Điều 11, 31.3", LawStatus.Interpretation);

    public static readonly Explanation IncomeTest = Make("income_test", "Con khuyết tật đã trưởng thành có thu nhập từ 0,6 lần mức chuẩn; sổ không cho thấy khuyết tật từ trước 18 tuổi.",
        "A disabled adult child whose income reaches 0.6 × the standard; the register shows no disability before 18.", "131/2021/NĐ-CP, Điều 121.4", LawStatus.Interpretation);

    /// <summary>The law files know no rate for this category, class, degree or age in this month.</summary>
    public static readonly Explanation NoRule = Make("no_rule", "Luật không có mức nào cho trường hợp này trong tháng này.",
        "The law files have no rate for this case in this month.", "");

    public static readonly Explanation UnknownCategory = Make("unknown_category", "Mã đối tượng không có trong luật.", "The category is not one of the law files.", "");

    public static readonly Explanation Age = Make("age", "Không thuộc độ tuổi của nhóm này trong tháng này.", "The age is outside this group in this month.",
        "20/2021/NĐ-CP, Điều 5; 335/2026/NĐ-CP, Điều 5; 176/2025/NĐ-CP, Điều 2");

    public static readonly Explanation Poverty = Make("poverty", "Hộ không còn là hộ nghèo hoặc cận nghèo theo yêu cầu của nhóm này.",
        "The household is not poor (or near-poor) as the group requires.", "20/2021/NĐ-CP, Điều 5; 335/2026/NĐ-CP, Điều 5; 176/2025/NĐ-CP, Điều 2");

    public static readonly Explanation HasSupporter = Make("supporter", "Có người có nghĩa vụ và quyền phụng dưỡng.", "Somebody is bound to support the person.",
        "20/2021/NĐ-CP, Điều 5.5; 335/2026/NĐ-CP, Điều 5.5");

    public static readonly Explanation OtherIncome = Make("other_income", "Có lương hưu, trợ cấp BHXH hoặc thu nhập khác mà nhóm này loại trừ.",
        "Has a pension or other income that excludes this benefit.", "20/2021/NĐ-CP, Điều 5; 335/2026/NĐ-CP, Điều 5; 176/2025/NĐ-CP, Điều 2");

    public static readonly Explanation Area = Make("area", "Xã không thuộc vùng đặc biệt khó khăn.", "The commune is not a specially difficult area.",
        "20/2021/NĐ-CP, Điều 5.5b, 5.7; 335/2026/NĐ-CP, Điều 5.7");

    public static readonly Explanation Disability = Make("disability", "Không có mức độ khuyết tật mà khoản này yêu cầu.", "Without the degree of disability this benefit requires.",
        "20/2021/NĐ-CP, Điều 5.6, 20.2; 335/2026/NĐ-CP, Điều 5.6, 17.2");

    public static readonly Explanation NotStudying = Make("not_studying", "Không còn đi học theo yêu cầu.", "Not in the studies the benefit requires.",
        "Pháp lệnh 02/2020/UBTVQH14, Điều 6.5; 20/2021/NĐ-CP, Điều 5.2; 335/2026/NĐ-CP, Điều 5.2");

    public static readonly Explanation NoChild = Make("no_child", "Không có con thuộc diện tính hưởng trong tháng này.", "No child counts in this month.",
        "20/2021/NĐ-CP, Điều 5.4, 20.2; 335/2026/NĐ-CP, Điều 5.4, 17.2");

    public static readonly Explanation InFacility = Make("in_facility", "Đang được nuôi dưỡng tại cơ sở: không hưởng trợ cấp hằng tháng.",
        "Lives in a residential facility: no monthly allowance.", "20/2021/NĐ-CP, Điều 25.5; 335/2026/NĐ-CP, Điều 22.1");

    public static readonly Explanation NotInFacility = Make("not_in_facility", "Không ở cơ sở trợ giúp xã hội.", "Does not live in a residential facility.",
        "20/2021/NĐ-CP, Điều 25.1; 335/2026/NĐ-CP, Điều 22.1");

    public static readonly Explanation SpouseHasShare = Make("spouse_share", "Cả vợ và chồng là người khuyết tật: chỉ một suất, đã trả cho người kia.",
        "Both spouses are disabled: one share, paid to the other.", "20/2021/NĐ-CP, Điều 20.2a; 335/2026/NĐ-CP, Điều 17.2a");

    public static readonly Explanation PensionAge = Make("pension_age", "Vợ hoặc chồng chưa đủ tuổi nghỉ hưu.", "The spouse has not reached pension age.",
        "Bộ luật Lao động 45/2019/QH14, Điều 169.2", LawStatus.UnverifiedFromMemory);

    public static readonly Explanation DeceasedDegree = Make("deceased_degree", "Người đã mất có tỷ lệ tổn thương dưới 61%: không có tuất hằng tháng.",
        "The deceased had less than 61 %: no monthly survivor allowance.", "Pháp lệnh 02/2020/UBTVQH14; 131/2021/NĐ-CP, Điều 121");

    public static readonly Explanation MotherInstead = Make("mother_instead", "Đã hưởng trợ cấp Bà mẹ Việt Nam anh hùng: không hưởng tuất liệt sĩ.",
        "Receives the Heroic Mother's allowance: no martyr survivor allowance.", "Pháp lệnh 02/2020/UBTVQH14, Điều 18.1");

    public static readonly Explanation HigherElsewhere = Make("higher_elsewhere", "Hưởng mức cao hơn theo quyết định khác.",
        "A higher amount is paid under another award.", "20/2021/NĐ-CP, Điều 6.2; 335/2026/NĐ-CP, Điều 6.2, 31.1");

    public static readonly Explanation NoLonger = Make("no_longer", "Khoản này không được hưởng trong tháng này theo thông tin hiện nay.",
        "As known now, this component is not due for the month.", "131/2021/NĐ-CP; 20/2021/NĐ-CP, Điều 6, 8; 335/2026/NĐ-CP, Điều 6, 8");

    /// <summary>A fact without which the rule cannot be decided is empty in the register.</summary>
    public static Explanation Missing(string column) =>
        Make("missing." + column, $"Sổ thiếu thông tin để tính: {column}.", $"The register lacks a fact the rule needs: {column}.", "");

    public static readonly Explanation AlreadyListed = Make("already_listed", "Tháng này đã lập danh sách đủ số.", "This month was already listed in full.", "");

    static Explanation Make(string rule, string vi, string en, string citation, string status = LawStatus.Verified) =>
        new(vi, en, "not_due." + rule, citation, status);
}
