using NodaTime;
using PaymentEngine.Core.Recipients;

namespace PaymentEngine.Core.Entitlements;

/// <summary>How a month stands to a suspension (tạm dừng, tạm đình chỉ).</summary>
public enum SuspensionState : byte { None, Suspended, Restored }

/// <summary>Suspensions and what restores a month of them.</summary>
/// <remarks>Law: 131/2021/NĐ-CP, Điều 118, 119 (NCC); 20/2021/NĐ-CP, Điều 8 and 335/2026/NĐ-CP, Điều 9 (BTXH).
/// Suspending is a person's decision; the engine follows what the register says of it.</remarks>
public static class Suspensions
{
    public static SuspensionState Of(AwardOfMonth award, YearMonth month)
    {
        // The row recorded last knows how an episode ended; the row of the month knows that there was one.
        var latest = Of(award.Latest, month);
        return latest != SuspensionState.None || award.Row is null ? latest : Of(award.Row, month);
    }

    static SuspensionState Of(Award row, YearMonth month)
    {
        if (row.SuspendedFrom is not { } from || month < from || Resumes(row) is { } resumes && month >= resumes) return SuspensionState.None;
        return IsPaidBack(row) ? SuspensionState.Restored : SuspensionState.Suspended;
    }

    /// <summary>The first month after the suspension, or null while it lasts.</summary>
    /// <remarks>131/2021/NĐ-CP, Điều 119.1a: after prison the month after release, on request; missing or abroad, the month after the request.</remarks>
    static YearMonth? Resumes(Award row) => row switch
    {
        { SuspendedTo: { } last } => last.Plus(1),
        { SuspendReason: SuspendReason.Prison, ReleasedOn: { } released, ReappliedOn: not null } => released.ToYearMonth().Plus(1),
        { SuspendReason: SuspendReason.Missing or SuspendReason.Abroad, ReappliedOn: { } request } => request.ToYearMonth().Plus(1),
        _ => null,
    };

    /// <summary>Nothing changed: the suspended months are paid (335/2026/NĐ-CP, Điều 9.4; 20/2021/NĐ-CP, Điều 6.1b).
    /// Cleared of fraud: paid back from the month of the suspension (131/2021/NĐ-CP, Điều 118, 119).</summary>
    static bool IsPaidBack(Award row) => row.SuspendReason switch
    {
        SuspendReason.Prison or SuspendReason.Missing or SuspendReason.Abroad or SuspendReason.Detained => false,
        SuspendReason.FraudCheck => row.ReviewResult is ReviewResult.Cleared or ReviewResult.Unchanged,
        _ => row.ReviewResult is ReviewResult.Unchanged or ReviewResult.Changed or ReviewResult.Cleared,
    };
}
