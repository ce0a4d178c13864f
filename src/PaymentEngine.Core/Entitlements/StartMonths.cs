using NodaTime;
using PaymentEngine.Core.Recipients;

namespace PaymentEngine.Core.Entitlements;

/// <summary>From which month an award counts. Months are never split: the month of the decisive day is due in full.</summary>
public static class StartMonths
{
    /// <summary>The procedure of 147/2025/NĐ-CP begins: whether the month of the certificate still counted under it was not read (law/README.md §11.3).</summary>
    static readonly LocalDate ProcedureOf2025 = new(2025, 7, 1);

    /// <summary>Pháp lệnh 02/2020/UBTVQH14 in force: nothing of it is due before (131/2021/NĐ-CP, Điều 45.1b, 125).</summary>
    static readonly YearMonth OrdinanceOf2020 = new(2021, 7);

    /// <summary>The social pension begins (Luật BHXH 41/2024/QH15, Điều 139.3).</summary>
    static readonly YearMonth SocialPension = new(2025, 7);

    /// <summary>The first month of an award by one of its rows; null when the register has no day to count from.</summary>
    /// <remarks>first_month, where the decision states it, overrides every rule. Where the decisive day is missing, the month of the decision is taken, never an earlier one.</remarks>
    public static YearMonth? Of(Award row, PersonFacts facts)
    {
        if (row.FirstMonth is { } stated) return stated;
        var decided = row.DecidedOn?.ToYearMonth() ?? row.OnRollSince;
        return row.Programme switch
        {
            Programme.Ncc => Merit(row, decided),
            Programme.Btxh => SocialProtection(row, facts, decided),
            _ => decided ?? (row.ConvertedFrom is null ? null : SocialPension),
        };
    }

    /// <summary>NCC: 131/2021/NĐ-CP, Điều 8, 13, 31, 33, 45, 52, 59, 64, 70, 125.</summary>
    static YearMonth? Merit(Award row, YearMonth? decided) => row.Category switch
    {
        // Điều 45.1b: wounded before 01/07/2021, from July 2021; 45.1a: else the month of the medical-board conclusion.
        "TB" when row.EventOn is { } wound && wound.ToYearMonth() < OrdinanceOf2020 => OrdinanceOf2020,
        // Điều 59.2: recognised without a valid medical-board record, the month of the decision.
        "CDHH" or "CDHH.CON" when row.ValidExam == false => decided,
        // Điều 45.1a, 52, 59.1: the month of the conclusion or record.
        "TB" or "BB" or "CDHH" or "CDHH.CON" => row.BoardOn?.ToYearMonth() ?? decided,
        // Điều 125: the month next to the death; a martyr of before 01/07/2021, from July 2021.
        "LIETSI.TN" when row.DeceasedOn is { } death => Later(death.ToYearMonth().Plus(1), OrdinanceOf2020),
        "SURVIVOR" => row.DeceasedOn?.ToYearMonth().Plus(1) ?? decided,
        _ => decided,
    };

    /// <summary>BTXH: 20/2021/NĐ-CP, Điều 8; 335/2026/NĐ-CP, Điều 8, 33.</summary>
    static YearMonth? SocialProtection(Award row, PersonFacts facts, YearMonth? decided)
    {
        if (!FiledUnderOldDecree(row)) return decided;
        return row.Category switch
        {
            "k5b" => AgeReached(facts.Birth, 75),
            "k5c" => AgeReached(facts.Birth, 80),
            "k6" when facts.DisabilityCertificateOn?.ToYearMonth() is { } certificate => decided is { } month && month < certificate ? month : certificate,
            _ => decided,
        };
    }

    /// <summary>335/2026/NĐ-CP, Điều 33: a file received before 05/10/2026 is finished under the old decree.</summary>
    static bool FiledUnderOldDecree(Award row) => (row.FiledOn ?? row.DecidedOn) is not { } day || day < SocialDecrees.InForce2026;

    /// <summary>Does a start before the decision rest on the month of a disability certificate whose rule nobody read for the procedure of 147/2025/NĐ-CP?</summary>
    internal static bool RestsOnUnreadProcedure(Award row) => (row.FiledOn ?? row.DecidedOn) is { } day && day >= ProcedureOf2025 && day < SocialDecrees.InForce2026;

    /// <summary>A war invalid who is also a sick soldier: the second allowance counts from the month of its decision (131/2021/NĐ-CP, Điều 45.3).</summary>
    /// <param name="row">A row of the award asked for.</param>
    /// <param name="awards">All awards of the person known on the day.</param>
    internal static bool IsSecondOfInvalidAndSick(Award row, IReadOnlyList<Award> awards)
    {
        if (row is not { Programme: Programme.Ncc, Category: "TB" or "BB", DecidedOn: { } decided }) return false;
        foreach (var other in awards)
        {
            if (other is { Programme: Programme.Ncc, Category: "TB" or "BB", DecidedOn: { } earlier } && other.Category != row.Category && earlier < decided) return true;
        }

        return false;
    }

    static YearMonth AgeReached(BirthDate birth, int years) => Months.FromIndex(birth.MonthIndex + (years * 12));

    static YearMonth Later(YearMonth left, YearMonth right) => right > left ? right : left;
}
