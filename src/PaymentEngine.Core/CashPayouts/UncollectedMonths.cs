using NodaTime;
using PaymentEngine.Core.Recipients;

namespace PaymentEngine.Core.CashPayouts;

/// <summary>When money that nobody collected asks for a decision.</summary>
/// <remarks>
/// Law: 20/2021/NĐ-CP, Điều 8 and 335/2026/NĐ-CP, Điều 9: not collected for three months in a row or longer, a BTXH allowance is suspended, by a decision of the authority.
/// No text read says so of NCC (one province suspends after a year) or of the social pension; for them nothing is proposed.
/// The acts do not name the first suspended month; taken is the month after the last one listed, because what is listed stays the person's (335/2026/NĐ-CP, Điều 28; an interpretation).
/// </remarks>
public static class UncollectedMonths
{
    /// <summary>Months in a row that ask for a suspension.</summary>
    public const int SuspensionMonths = 3;

    /// <summary>The article a proposal names.</summary>
    public const string Citation = "335/2026/NĐ-CP, Điều 9; 20/2021/NĐ-CP, Điều 8";

    /// <summary>Programmes whose acts suspend for this.</summary>
    public static readonly IReadOnlyList<Programme> SuspendedProgrammes = [Programme.Btxh];

    /// <summary>Working days the authority has to decide (335/2026/NĐ-CP, Điều 9).</summary>
    public const int DecisionDays = 7;

    /// <summary>The months in a row that ask for a suspension now, oldest first; empty when there are fewer than three.</summary>
    /// <param name="uncollected">Months of an award's regular lines that were offered in cash and not collected, in any order.</param>
    /// <param name="after">Months up to this one do not count: the last one that was collected, or that a refused proposal was about. Null: all count.</param>
    public static IReadOnlyList<YearMonth> Streak(IEnumerable<YearMonth> uncollected, YearMonth? after)
    {
        var streak = new List<YearMonth>();
        foreach (var month in uncollected.Where(month => !(month <= after)).Distinct().Order())
        {
            if (streak.Count > 0 && streak[^1].Plus(1) != month) streak.Clear();
            streak.Add(month);
        }

        return streak.Count >= SuspensionMonths ? streak : [];
    }

    /// <summary>Whether a sum listed for a month has waited as long as the authority's rule says.</summary>
    /// <param name="listed">The list month of the payment.</param>
    /// <param name="today">The day that asks.</param>
    /// <param name="months">Of the rule, 1 to 120.</param>
    public static bool IsUnclaimed(YearMonth listed, LocalDate today, int months) => listed.Plus(months) <= today.ToYearMonth();
}
