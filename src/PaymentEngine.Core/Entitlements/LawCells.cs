using System.Collections.Frozen;
using PaymentEngine.Core.Law;

namespace PaymentEngine.Core.Entitlements;

/// <summary>What a fact that is neither age nor time does to the amounts of a cell.</summary>
enum CellCondition : byte
{
    None,

    /// <summary>k2 whose studies were broken off: only under 20/2021/NĐ-CP.</summary>
    StudyBroken,

    /// <summary>k8 with another monthly allowance: an income under 20/2021/NĐ-CP, none under 335/2026/NĐ-CP (Điều 5.8 of both).</summary>
    OtherMonthly,

    /// <summary>HTXH of a household that is neither poor nor near-poor: from 75 only (176/2025/NĐ-CP, Điều 2).</summary>
    NotPoor,
}

/// <summary>One cell of the dense tables: a rate group with everything but age and month that decides its amount.</summary>
/// <param name="Group">The rate group of the law files.</param>
/// <param name="Degree">Loss of capacity in per cent; null where no degree divides the group.</param>
/// <param name="Base">The group without which this supplement is not paid; null for an allowance that stands by itself.</param>
/// <param name="Condition">What else decides.</param>
/// <param name="IsAged">An age chooses the rate, so the cell is as wide as there are age bands.</param>
readonly record struct LawCell(string Group, int? Degree, string? Base, CellCondition Condition, bool IsAged)
{
    /// <summary>VND for one unit in the month; null when the month has no rate for it.</summary>
    /// <param name="law">The law of the month.</param>
    /// <param name="ageInMonths">Ignored by cells that are not aged.</param>
    public MonthRate? RateIn(MonthLaw law, int ageInMonths)
    {
        if (Base is not null && Of(law, Base) is null) return null;
        if (!IsAged) return Of(law, Group);
        if (Condition == CellCondition.StudyBroken && SocialDecrees.IsOf2026(law)) return null;
        if (Condition == CellCondition.OtherMonthly && !SocialDecrees.IsOf2026(law)) return null;
        if (Group == LawCells.SocialPension)
            return Condition == CellCondition.NotPoor && ageInMonths < SocialPensionRules.FullAgeMonths ? null : law.Rate(Group, ageInMonths);
        // In the month of reaching the last age limit the rate before it still counts: payment stops from the month after (Điều 8 of both decrees).
        return law.Rate(Group, ageInMonths) ?? law.Rate(Group, ageInMonths - 1);
    }

    MonthRate? Of(MonthLaw law, string group) => Degree is { } degree ? law.Rate(group, degree) : law.Rate(group);
}

/// <summary>All cells the kernel knows and their slots, the numbers under which columns name them. Slot 0 pays nothing.</summary>
static class LawCells
{
    public const string SocialPension = "HTXH";

    /// <summary>The slot of a component that is not due by any rule and stands in the columns because it was listed.</summary>
    public const ushort Nothing = 0;

    /// <summary>Room of an aged cell: one amount an age band.</summary>
    public const int BandsMax = 32;

    public const int DegreeMax = 100;

    static readonly LawCell[] cells = All();
    static readonly ushort[] slots = Slots();
    static readonly FrozenDictionary<LawCell, ushort> slotOf = cells.Zip(slots).ToFrozenDictionary(pair => pair.First, pair => pair.Second);

    public static ReadOnlySpan<LawCell> Cells => cells;

    /// <summary>The slot of each of <see cref="Cells"/>.</summary>
    public static ReadOnlySpan<ushort> SlotOfEach => slots;

    /// <summary>From this slot on cells are aged.</summary>
    public static ushort FirstAged { get; } = slots[Array.FindIndex(cells, cell => cell.IsAged)];

    /// <summary>Does an age choose among the rates of the group?</summary>
    public static bool IsAged(string group) => slotOf.ContainsKey(new LawCell(group, null, null, CellCondition.None, true));

    /// <summary>How many amounts a table of one period has.</summary>
    public static int Slotted { get; } = slots[^1] + BandsMax;

    /// <summary>The number of a cell in the columns.</summary>
    /// <exception cref="KeyNotFoundException">No such cell: the columns were filled by a rule that the tables do not have.</exception>
    public static ushort SlotOf(string group, int? degree = null, string? ofBase = null) => slotOf[new LawCell(group, degree, ofBase, CellCondition.None, false)];

    /// <summary>The number of an aged cell in the columns.</summary>
    public static ushort AgedSlotOf(string group, CellCondition condition = CellCondition.None) => slotOf[new LawCell(group, null, null, condition, true)];

    static ushort[] Slots()
    {
        var next = Nothing + 1;
        return Array.ConvertAll(cells, cell =>
        {
            var slot = (ushort)next;
            next += cell.IsAged ? BandsMax : 1;
            return slot;
        });
    }

    static LawCell[] All()
    {
        var all = new List<LawCell>();
        foreach (var allowance in (string[])["NCC.TB.A", "NCC.TB.B"])
        {
            ByDegree(allowance, null);
            foreach (var supplement in (string[])["NCC.TB.PC81", "NCC.TB.PCDB81", "NCC.TB.PV81", "NCC.TB.PVDB81"]) ByDegree(supplement, allowance);
        }

        foreach (var (category, supplements) in ((string, string[])[])[("NCC.BB", ["PC81", "PCDB81", "PV81", "PVDB81"]), ("NCC.CDHH", ["PC81", "PCDB81", "PV81"]), ("NCC.CDHH.CON", [])])
        {
            ByDegree(category, null);
            foreach (var supplement in supplements) ByDegree($"{category}.{supplement}", category);
        }

        foreach (var deceased in (string[])["NCC.TB", "NCC.BB", "NCC.CDHH"])
        {
            ByDegree($"{deceased}.TUAT", null);
            ByDegree($"{deceased}.TUATND", $"{deceased}.TUAT");
        }

        foreach (var group in (string[])["NCC.BMVNAH", "NCC.AHLLVT", "NCC.TIENKN.THOATLY", "NCC.TIENKN.KHONGTHOATLY", "NCC.TIENKN45", "NCC.TUDAY", "NCC.GDCM.KNC", "NCC.GDCM.HCKC",
            "NCC.LIETSI.VCTAIGIA", "BTXH.K4", "BTXH.CS.MANGTHAI1", "BTXH.CS.MANGTHAI2", "BTXH.CS.HOGD"]) Plain(group, null);
        foreach (var supplement in (string[])["NCC.BMVNAH.PC", "NCC.BMVNAH.PV", "NCC.LIETSI.TUATND"]) Plain(supplement, "NCC.BMVNAH");
        Plain("NCC.TIENKN.THOATLY.PC", "NCC.TIENKN.THOATLY");
        foreach (var decoration in (string[])["NCC.GDCM.KNC", "NCC.GDCM.HCKC"]) Plain("NCC.GDCM.ND", decoration);
        foreach (var level in (string[])["NCC.LIETSI.TUAT1", "NCC.LIETSI.TUAT2", "NCC.LIETSI.TUAT3"])
        {
            Plain(level, null);
            Plain("NCC.LIETSI.TUATND", level);
        }

        foreach (var activist in (string[])["NCC.TIENKN", "NCC.TIENKN45"])
        {
            Plain($"{activist}.TUAT", null);
            Plain($"{activist}.TUATND", $"{activist}.TUAT");
        }

        foreach (var group in (string[])["BTXH.K1", "BTXH.K2", "BTXH.K3", "BTXH.K5A", "BTXH.K5B", "BTXH.K5C", "BTXH.K5D", "BTXH.K6.DBN", "BTXH.K6.N", "BTXH.K7", "BTXH.K8", SocialPension,
            "BTXH.CS.NUOITRE", "BTXH.CS.NCT", "BTXH.CS.NHAN", "BTXH.COSO"]) Aged(group, CellCondition.None);
        Aged("BTXH.K2", CellCondition.StudyBroken);
        Aged("BTXH.K8", CellCondition.OtherMonthly);
        Aged(SocialPension, CellCondition.NotPoor);
        return [.. all];

        void ByDegree(string group, string? ofBase)
        {
            for (var degree = 0; degree <= DegreeMax; degree++) all.Add(new LawCell(group, degree, ofBase, CellCondition.None, false));
        }

        void Plain(string group, string? ofBase) => all.Add(new LawCell(group, null, ofBase, CellCondition.None, false));

        void Aged(string group, CellCondition condition) => all.Add(new LawCell(group, null, null, condition, true));
    }
}
