using NodaTime;
using PaymentEngine.Core.Recipients;

namespace PaymentEngine.Core.Entitlements;

/// <summary>How a month stands to a suspension (tạm dừng, tạm đình chỉ).</summary>
public enum SuspensionState : byte { None, Suspended, Restored }

/// <summary>Suspensions and what restores a month of them.</summary>
/// <remarks>Law: 131/2021/NĐ-CP, Điều 118, 119 (NCC); 20/2021/NĐ-CP, Điều 8 and 335/2026/NĐ-CP, Điều 9 (BTXH).
/// Suspending is a person's decision; the engine follows what the register says of it. A month is never split: the month in which a suspension begins is
/// suspended (the text does not say whether the month of a prison judgment is due).</remarks>
public static class Suspensions
{
    public static SuspensionState Of(AwardOfMonth award, YearMonth month)
    {
        // The row recorded last knows how an episode ended; the row of the month knows that there was one.
        var latest = Of(award.Latest, month);
        return latest != SuspensionState.None || award.Row is null ? latest : Of(award.Row, month);
    }

    /// <summary>Why the month is suspended: the reason of the register with its article.</summary>
    public static Explanation WhyNot(AwardOfMonth award, YearMonth month)
    {
        var row = Of(award.Latest, month) == SuspensionState.Suspended ? award.Latest : award.Row ?? award.Latest;
        return row.ReviewResult == ReviewResult.Ended ? NotDue.StoppedFromSuspension : NotDue.SuspendedFor(row.SuspendReason);
    }

    /// <summary>The months that a row takes away, last null while they go on; null when none is, because nothing was suspended or all of it is paid back.</summary>
    /// <remarks>The months of which <see cref="Of(AwardOfMonth, YearMonth)"/> says suspended by this row, as one range: the bulk path keeps it in two columns.</remarks>
    internal static (YearMonth From, YearMonth? Last)? LostMonths(Award row)
    {
        if (row.SuspendedFrom is not { } from) return null;
        if (row.ReviewResult == ReviewResult.Ended) return (from, null);
        return IsPaidBack(row) ? null : (from, LastOf(row));
    }

    static SuspensionState Of(Award row, YearMonth month)
    {
        if (row.SuspendedFrom is not { } from || month < from) return SuspensionState.None;
        // No longer eligible: stopped from the suspension on, whatever end was noted for it (335/2026/NĐ-CP, Điều 9.4).
        if (row.ReviewResult == ReviewResult.Ended) return SuspensionState.Suspended;
        if (LastOf(row) is { } last && month > last) return SuspensionState.None;
        return IsPaidBack(row) ? SuspensionState.Restored : SuspensionState.Suspended;
    }

    /// <summary>The last month of the suspension, or null while it lasts.</summary>
    /// <remarks>131/2021/NĐ-CP, Điều 119.1a: after prison the month after release, on request; missing or abroad, the month after the request.
    /// A review that restores ends it too (335/2026/NĐ-CP, Điều 9.4).</remarks>
    static YearMonth? LastOf(Award row) => row switch
    {
        { SuspendedTo: { } last } => last,
        { SuspendReason: SuspendReason.Prison, ReleasedOn: { } released, ReappliedOn: not null } => released.ToYearMonth(),
        { SuspendReason: SuspendReason.Missing or SuspendReason.Abroad, ReappliedOn: { } request } => request.ToYearMonth(),
        { ReviewedOn: { } reviewed } when IsPaidBack(row) => reviewed.ToYearMonth(),
        _ => null,
    };

    /// <summary>Nothing changed, or only the level: the suspended months are paid at what is due now (335/2026/NĐ-CP, Điều 9.4; 20/2021/NĐ-CP, Điều 6.1b).
    /// Cleared of fraud, or found entitled to another level: paid back from the month of the suspension (131/2021/NĐ-CP, Điều 118, 119).
    /// Prison, detention, absence: those months are lost.</summary>
    static bool IsPaidBack(Award row) => row.SuspendReason switch
    {
        SuspendReason.Prison or SuspendReason.Missing or SuspendReason.Abroad or SuspendReason.Detained => false,
        _ => row.ReviewResult is ReviewResult.Unchanged or ReviewResult.Changed or ReviewResult.Cleared,
    };
}
