using PaymentEngine.Core.Recipients;

namespace PaymentEngine.Core.Entitlements;

/// <summary>NCC: the monthly allowances of people with meritorious services (người có công). Allowances and supplements add (Pháp lệnh 02/2020/UBTVQH14, Điều 6).</summary>
/// <remarks>Amounts are the tables of 75/2021/NĐ-CP as amended by 55/2023, 77/2024 and 321/2026, never a coefficient times the standard.</remarks>
static class MeritRules
{
    public const string CarerKind = "nguoi_phuc_vu";

    /// <summary>Thương binh, người hưởng chính sách như thương binh (class A), thương binh loại B: 75/2021/NĐ-CP, Phụ lục I mục 6, Phụ lục II and III.</summary>
    public static Explanation? WarInvalid(MonthCase month, Award award, List<Offer> offers)
    {
        if (award.DegreePct is not { } degree) return NotDue.Missing("degree_pct");
        if (award.Class == InvalidClass.None) return NotDue.Missing("class");
        if (!Add(month, award, award.Class == InvalidClass.A ? "NCC.TB.A" : "NCC.TB.B", degree, offers)) return NotDue.NoRule;
        SupplementAndCarer(month, award, degree, award.Special == true, "NCC.TB.PC81", "NCC.TB.PCDB81", "NCC.TB.PV81", "NCC.TB.PVDB81", offers);
        return null;
    }

    /// <summary>Bệnh binh: Phụ lục I, mục 7.1; from 41 %.</summary>
    public static Explanation? SickSoldier(MonthCase month, Award award, List<Offer> offers)
    {
        if (award.DegreePct is not { } degree) return NotDue.Missing("degree_pct");
        if (!Add(month, award, "NCC.BB", degree, offers)) return NotDue.NoRule;
        SupplementAndCarer(month, award, degree, award.Special == true, "NCC.BB.PC81", "NCC.BB.PCDB81", "NCC.BB.PV81", "NCC.BB.PVDB81", offers);
        return null;
    }

    /// <summary>Người hoạt động kháng chiến bị nhiễm chất độc hóa học: Phụ lục I, mục 8.1.</summary>
    /// <remarks>Paid at the 81 % level without a valid medical-board record: no carer, no special supplement (131/2021/NĐ-CP, Điều 58.3).</remarks>
    public static Explanation? Exposed(MonthCase month, Award award, List<Offer> offers)
    {
        if (award.DegreePct is not { } degree) return NotDue.Missing("degree_pct");
        if (!Add(month, award, "NCC.CDHH", degree, offers)) return NotDue.NoRule;
        var isExamined = award.ValidExam != false;
        SupplementAndCarer(month, award, degree, award.Special == true && isExamined,
            "NCC.CDHH.PC81", "NCC.CDHH.PCDB81", isExamined ? "NCC.CDHH.PV81" : null, isExamined ? "NCC.CDHH.PV81" : null, offers);
        return null;
    }

    /// <summary>Con đẻ còn sống của người nhiễm chất độc hóa học: Phụ lục I, mục 8.2; from 61 %.</summary>
    public static Explanation? ChildOfExposed(MonthCase month, Award award, List<Offer> offers) =>
        award.DegreePct is not { } degree ? NotDue.Missing("degree_pct") : Add(month, award, "NCC.CDHH.CON", degree, offers) ? null : NotDue.NoRule;

    /// <summary>Bà mẹ Việt Nam anh hùng: allowance, supplement, carer at home, and the nurturing allowance of martyrs' relatives if she lives alone
    /// (Pháp lệnh 02/2020/UBTVQH14, Điều 18.1; Phụ lục I, mục 4).</summary>
    public static Explanation? HeroicMother(MonthCase month, Award award, List<Offer> offers)
    {
        if (!Add(month, award, "NCC.BMVNAH", null, offers)) return NotDue.NoRule;
        Add(month, award, "NCC.BMVNAH.PC", null, offers);
        if (LivesAtHome(month, award)) Add(month, award, "NCC.BMVNAH.PV", null, offers, PayeeRole.Carer);
        SurvivorRules.Nurturing(month, award, "NCC.LIETSI.TUATND", offers);
        return null;
    }

    /// <summary>Anh hùng lực lượng vũ trang, anh hùng lao động thời kỳ kháng chiến: Phụ lục I, mục 5.</summary>
    public static Explanation? Hero(MonthCase month, Award award, List<Offer> offers) => Add(month, award, "NCC.AHLLVT", null, offers) ? null : NotDue.NoRule;

    /// <summary>Người hoạt động cách mạng trước 01/01/1945: full-time with a supplement for each seniority unit, or not (Phụ lục I, mục 1.1).</summary>
    public static Explanation? ActivistBefore1945(MonthCase month, Award award, List<Offer> offers)
    {
        if (award.FullTime is not { } isFullTime) return NotDue.Missing("full_time");
        if (!Add(month, award, isFullTime ? "NCC.TIENKN.THOATLY" : "NCC.TIENKN.KHONGTHOATLY", null, offers)) return NotDue.NoRule;
        if (isFullTime && award.SeniorityUnits is > 0 and { } units) Add(month, award, "NCC.TIENKN.THOATLY.PC", null, offers, times: units);
        return null;
    }

    /// <summary>Người hoạt động cách mạng từ 01/01/1945 đến khởi nghĩa tháng Tám: Phụ lục I, mục 2.1.</summary>
    public static Explanation? ActivistOf1945(MonthCase month, Award award, List<Offer> offers) => Add(month, award, "NCC.TIENKN45", null, offers) ? null : NotDue.NoRule;

    /// <summary>Người bị địch bắt tù, đày: Phụ lục I, mục 9.</summary>
    public static Explanation? Prisoner(MonthCase month, Award award, List<Offer> offers) => Add(month, award, "NCC.TUDAY", null, offers) ? null : NotDue.NoRule;

    /// <summary>Người có công giúp đỡ cách mạng, by decoration; the nurturing allowance if alone (Phụ lục I, mục 10). The Resistance Medal (HC) is a lump sum.</summary>
    public static Explanation? Helper(MonthCase month, Award award, List<Offer> offers)
    {
        var group = award.Decoration switch { "KNC" => "NCC.GDCM.KNC", "HCKC" => "NCC.GDCM.HCKC", _ => null };
        if (group is null) return NotDue.Missing("decoration");
        if (!Add(month, award, group, null, offers)) return NotDue.NoRule;
        SurvivorRules.Nurturing(month, award, "NCC.GDCM.ND", offers);
        return null;
    }

    /// <summary>Of several carer allowances only the highest is paid (Pháp lệnh 02/2020/UBTVQH14, Điều 6.3).</summary>
    public static void CarerOnce(List<Offer> offers) => KeepHighest(offers, CarerKind, ExplanationNotes.HighestCarer);

    /// <summary>Keeps the highest NCC offer of a kind; of equals the first.</summary>
    internal static void KeepHighest(List<Offer> offers, string kind, ExplanationNotes note)
    {
        var best = -1;
        var lost = new List<Offer>();
        for (var i = 0; i < offers.Count; i++)
        {
            if (offers[i].Kind != kind || offers[i].Award.Programme != Programme.Ncc) continue;
            if (best < 0) best = i;
            else if (offers[i].Amount <= offers[best].Amount) lost.Add(offers[i]);
            else
            {
                lost.Add(offers[best]);
                best = i;
            }
        }

        if (lost.Count == 0) return;
        offers[best] = offers[best].InPlaceOf(lost, note);
        offers.RemoveAll(lost.Contains);
    }

    /// <summary>From 81 %: the special supplement in place of the ordinary one, and a carer for those at home (Điều 24.1d, 27.1d of the Ordinance).</summary>
    static void SupplementAndCarer(MonthCase month, Award award, int degree, bool isSpecial,
        string ordinary, string special, string? carer, string? specialCarer, List<Offer> offers)
    {
        if (isSpecial) Add(month, award, special, degree, offers, notes: ExplanationNotes.InsteadOfOrdinary);
        else Add(month, award, ordinary, degree, offers);
        if ((isSpecial ? specialCarer : carer) is { } group && LivesAtHome(month, award)) Add(month, award, group, degree, offers, PayeeRole.Carer);
    }

    /// <summary>The carer allowance needs the register to say that the person lives at home; silence does not pay it.</summary>
    static bool LivesAtHome(MonthCase month, Award award) => award.AtHome == true && month.Facts.InFacility != true;

    internal static bool Add(MonthCase month, Award award, string group, int? degree, List<Offer> offers,
        PayeeRole role = PayeeRole.Self, int times = 1, ExplanationNotes notes = ExplanationNotes.None)
    {
        var rate = degree is { } pct ? month.Law.Rate(group, pct) : month.Law.Rate(group);
        if (rate is null) return false;
        offers.Add(new Offer(award, rate, times, role, notes));
        return true;
    }
}
