using NodaTime;
using PaymentEngine.Core.Money;
using PaymentEngine.Core.Recipients;

namespace PaymentEngine.Core.Payments;

/// <summary>One level of approval (cấp duyệt): who gives it, and from which total of a run on it is needed.</summary>
/// <param name="Role">The role its approver holds.</param>
/// <param name="From">Needed for runs that list at least this much.</param>
public sealed record ApprovalLevel(string Role, Vnd From);

/// <summary>What is so unusual that a person looks before it is paid (F52). A sum that is met is held, and the rest of the run goes on.</summary>
public sealed record OutlierRules
{
    /// <summary>Held when the sum exceeds the usual one by more than this, in per cent: 200 is more than three times. The usual one is last month's, or this month's regular lines of somebody new.</summary>
    public required int JumpPercent { get; init; }

    /// <summary>No sum up to this is held as a jump.</summary>
    public required Vnd JumpFrom { get; init; }

    /// <summary>Held when a disbursement of the programme is greater, whatever was paid before. A programme that is not named has no cap.</summary>
    public required IReadOnlyDictionary<Programme, Vnd> Caps { get; init; }

    /// <summary>Held when arrears of a month further back than this are on the list.</summary>
    public required int ArrearsMonthsMax { get; init; }

    /// <summary>An account that serves more recipients than this is told to the approver.</summary>
    public required int SharedAccountWarn { get; init; }

    /// <summary>Money for an account that serves more recipients than this is held; a facility's account serves as many as live there.</summary>
    public required int SharedAccountMax { get; init; }

    /// <summary>From so many recipients on an account is asked whether its people belong together; money of those who do not is held (<see cref="Recipients.Accounts.AccountSharing"/>).</summary>
    public int UnrelatedAccountFrom { get; init; } = 3;

    /// <summary>Money goes only to accounts that their bank has confirmed (F21); otherwise an unconfirmed account is told to the approver and paid.</summary>
    public bool VerifiedAccountsOnly { get; init; }

    /// <summary>Why a sum of a person is unusual, the gravest first; null when it is not.</summary>
    /// <param name="amount">What the disbursement would pay.</param>
    /// <param name="oneOff">Of it, one-off benefits: each rests on a decision of its own and is no jump.</param>
    /// <param name="usual">Last month's sum of the programme, or this month's regular lines.</param>
    /// <param name="programme">The programme.</param>
    /// <param name="oldestArrears">The earliest month arrears are listed for; null when there are none.</param>
    /// <param name="month">The list month.</param>
    public string? Unusual(Vnd amount, Vnd oneOff, Vnd usual, Programme programme, YearMonth? oldestArrears, YearMonth month)
    {
        if (Caps.TryGetValue(programme, out var cap) && amount > cap) return HoldReasons.OverCap;
        var rest = amount - oneOff;
        // In whole numbers: rest > usual × (100 + jump) / 100, without a division that would have to round.
        if (rest > JumpFrom && rest.Amount * 100L > usual.Amount * (100L + JumpPercent)) return HoldReasons.AmountOutlier;
        return oldestArrears is { } oldest && month.Index() - oldest.Index() > ArrearsMonthsMax ? HoldReasons.OldArrears : null;
    }
}

/// <summary>The rules a run is judged by, beside the law: data of the office, loaded by one person and approved by another. No act gives these figures.</summary>
public sealed record RunRules
{
    /// <summary>The levels, the first one first. Thresholds never fall.</summary>
    public required IReadOnlyList<ApprovalLevel> Approvals { get; init; }

    public required OutlierRules Outliers { get; init; }

    /// <summary>A run is submitted by a checker who neither made nor changed it: maker, checker and approver are three people. Otherwise its maker may submit it.</summary>
    public bool CheckedByAnother { get; init; }

    /// <summary>A run is submitted only when the payer's run before it is closed, or with a reason that the approver reads (F63).</summary>
    public required bool PreviousMustBeClosed { get; init; }

    /// <summary>Holds of these reasons are released after approval by two people.</summary>
    public required IReadOnlyList<string> ReleasedByTwo { get; init; }

    /// <summary>Banking days within which somebody decides about a hold.</summary>
    public required int HoldDays { get; init; }

    /// <summary>What the program does where the office has loaded no rules of its own: one approver whatever the sum, because no act says otherwise; caps above
    /// everything the acts pay at once; about two monthly sums of the highest ordinary benefit pass as common arrears.</summary>
    public static RunRules OfProgram { get; } = new()
    {
        Approvals = [new ApprovalLevel("approver", Vnd.Zero)],
        Outliers = new OutlierRules
        {
            JumpPercent = 200, JumpFrom = new Vnd(20_000_000), ArrearsMonthsMax = 24, SharedAccountWarn = 5, SharedAccountMax = 10,
            Caps = new Dictionary<Programme, Vnd>
            {
                [Programme.Ncc] = new(200_000_000), [Programme.Btxh] = new(60_000_000), [Programme.Htxh] = new(60_000_000),
            },
        },
        PreviousMustBeClosed = true,
        ReleasedByTwo = [HoldReasons.AmountOutlier, HoldReasons.OverCap, HoldReasons.OldArrears, HoldReasons.SharedAccount, HoldReasons.UnrelatedPeople, HoldReasons.ByPerson, HoldReasons.BankSaysDeceased],
        HoldDays = 5,
    };

    /// <summary>How many approvals, by as many people, a run of this total needs; at least one.</summary>
    public int LevelsFor(Vnd total) => Math.Max(1, Approvals.Count(level => total >= level.From));
}
