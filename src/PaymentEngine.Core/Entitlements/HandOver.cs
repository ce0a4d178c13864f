namespace PaymentEngine.Core.Entitlements;

/// <summary>Why a person is computed by the rule functions and not by the kernel. Decided while the columns are filled, never later.</summary>
public enum HandOver : byte
{
    /// <summary>Nothing stands against the kernel.</summary>
    None,

    /// <summary>A fact or an award changes within the months that are compared.</summary>
    FactsChange,

    /// <summary>The facts are of another province than the tables.</summary>
    OtherProvince,

    /// <summary>A one-time, yearly or education benefit.</summary>
    OneOff,

    /// <summary>A benefit declared by a formula (law/programmes).</summary>
    DeclaredProgramme,

    /// <summary>Several survivor levels, or a survivor level beside a Heroic Mother's: shares are limited (Pháp lệnh 02/2020/UBTVQH14, Điều 6.5, 18.1).</summary>
    SurvivorShares,

    /// <summary>A disabled adult child whose income may have to be tested (131/2021/NĐ-CP, Điều 121.4).</summary>
    IncomeTest,

    /// <summary>A pension or social insurance of a known amount, which is compared with the level of each month.</summary>
    IncomeBelowLevel,

    /// <summary>Two decisions for the same thing: the later is paid.</summary>
    TwoDecisions,

    /// <summary>The number of children that count changes within the months that are compared.</summary>
    ChildrenChange,

    /// <summary>A couple has one share of the support for pregnancy and nursing.</summary>
    SpouseShare,

    /// <summary>Two rows of one award know of a suspension.</summary>
    TwoSuspensions,

    /// <summary>A number is beyond the columns: a degree above 100, more children than a byte holds, more components than a person ever had, a sum of the months that 32 bits do not hold.</summary>
    BeyondColumns,

    /// <summary>What was listed is older than the months that are compared, is not one range with one amount a period, or holds the list month already.</summary>
    IrregularMemory,
}
