using PaymentEngine.Core.Law;

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

    public static readonly Explanation Suspended = Make("suspended", "Đang tạm dừng.", "Suspended.",
        "131/2021/NĐ-CP, Điều 118, 119; 20/2021/NĐ-CP, Điều 8; 335/2026/NĐ-CP, Điều 9");

    /// <summary>The law files know no rate for this category, class, degree or age in this month.</summary>
    public static readonly Explanation NoRule = Make("no_rule", "Luật không có mức nào cho trường hợp này trong tháng này.",
        "The law files have no rate for this case in this month.", "");

    public static readonly Explanation UnknownCategory = Make("unknown_category", "Mã đối tượng không có trong luật.", "The category is not one of the law files.", "");

    public static readonly Explanation NotMonthly = Make("not_monthly", "Khoản này không trả hằng tháng.", "This benefit is not a monthly one.", "");

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
