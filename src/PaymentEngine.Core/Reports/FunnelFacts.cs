using PaymentEngine.Core.Payments;
using PaymentEngine.Core.Recipients;

namespace PaymentEngine.Core.Reports;

/// <summary>What a bank said of an account when it was asked before the first payment.</summary>
public enum AccountAnswer : byte { None, Verified, NameDiffers, Refused }

/// <summary>What is known of one record of the register on the day of a report, as far as the funnel asks.</summary>
public readonly record struct FunnelFacts
{
    public bool IsMerged { get; init; }
    public bool IsDead { get; init; }
    public bool HasLeftProvince { get; init; }
    public bool HasAward { get; init; }

    /// <summary>Every running award is suspended in the month.</summary>
    public bool IsSuspended { get; init; }

    /// <summary>12: số định danh; 9: CMND; 0: none.</summary>
    public int NumberDigits { get; init; }
    public bool BirthIsExact { get; init; }
    public Sex Sex { get; init; }
    public bool HasCommune { get; init; }
    public bool HasPayee { get; init; }
    public bool PayeeExpired { get; init; }

    /// <summary>Of a right that is valid on the day. What follows asks for this as well.</summary>
    public bool HasAccount { get; init; }
    public bool WantsAccount { get; init; }
    public bool IsVerified { get; init; }

    /// <summary>The channel of a right with account and wish is the account (bank, wallet, Mobile Money) and not cash.</summary>
    public bool ChannelIsAccount { get; init; }
    public bool HasDeclined { get; init; }
    public AccountAnswer Answer { get; init; }

    /// <summary>Bit n: something that was listed in the period stands in place n (<see cref="Place"/>).</summary>
    public int Places { get; init; }

    public bool StandsIn(Place place) => (Places & (1 << (int)place)) != 0;

    /// <summary>The conditions the person has, whatever the step.</summary>
    public FunnelConditions Conditions =>
        (IsInformationComplete ? FunnelConditions.Information : 0)
        | (HasAccount ? FunnelConditions.Account : 0)
        | (HasAccount && WantsAccount ? FunnelConditions.Wish : 0)
        | (HasAccount && WantsAccount && IsVerified ? FunnelConditions.Verified : 0)
        | (IsPaidByAccount ? FunnelConditions.PaidByAccount : 0);

    bool IsInformationComplete => NumberDigits == 12 && BirthIsExact && Sex != Sex.Unknown && HasCommune;

    bool IsPaidByAccount => StandsIn(Place.PaidByAccount) && !StandsInCash;

    bool StandsInCash => StandsIn(Place.CashDue) || StandsIn(Place.OnCashList) || StandsIn(Place.PaidInCash);

    /// <summary>The one step and the one reason.</summary>
    /// <remarks>Paid by account is a fact of the ledger and goes before every gap of the record; the gap is then the reason. Everybody else stands at the last step before
    /// the first condition that is missing. Of several reasons on one step the first of their order counts: the one without which the others cannot be solved.</remarks>
    public FunnelStanding Standing
    {
        get
        {
            if (IsMerged) return new(FunnelStep.Outside, FunnelReason.MergedRecord);
            if (IsDead) return new(FunnelStep.Outside, FunnelReason.Dead);
            if (HasLeftProvince) return new(FunnelStep.Outside, FunnelReason.LeftProvince);
            if (!HasAward) return new(FunnelStep.Outside, FunnelReason.NoRunningAward);
            if (IsPaidByAccount) return new(FunnelStep.PaidByAccount, Gap());
            if (!IsInformationComplete) return new(FunnelStep.Registered, Missing());
            if (!HasAccount) return new(FunnelStep.Information, !HasPayee ? PayeeExpired ? FunnelReason.PayeeExpired : FunnelReason.NoPayee : FunnelReason.NoAccount);
            if (!WantsAccount) return new(FunnelStep.Account, HasDeclined ? FunnelReason.WishDeclined : FunnelReason.WishUnknown);
            return IsVerified ? new(FunnelStep.Verified, Unpaid() ?? (IsSuspended ? FunnelReason.Suspended : FunnelReason.NotListed)) : new(FunnelStep.Wish, Unproven());
        }
    }

    FunnelReason Gap() =>
        !IsInformationComplete ? FunnelReason.ByAccountInformationMissing
        : !HasAccount ? FunnelReason.ByAccountAccountMissing
        : !WantsAccount ? FunnelReason.ByAccountWishMissing
        : FunnelReason.ByAccount;

    FunnelReason Missing() =>
        NumberDigits == 0 ? FunnelReason.NoNumber
        : NumberDigits != 12 ? FunnelReason.OldNumber
        : !BirthIsExact ? FunnelReason.NoDayOfBirth
        : Sex == Sex.Unknown ? FunnelReason.NoSex
        : FunnelReason.NoCommune;

    // A first payment proves the account when it arrives: while it is held or on its way, that is what the person waits for.
    FunnelReason Unproven() => Answer switch
    {
        AccountAnswer.NameDiffers => FunnelReason.NameDiffers,
        AccountAnswer.Refused => FunnelReason.AccountRefused,
        _ => !ChannelIsAccount ? FunnelReason.ChannelIsCash : Unpaid() is { } money and not (FunnelReason.InCash or FunnelReason.GivenBack) ? money : FunnelReason.NotVerified,
    };

    FunnelReason? Unpaid() =>
        StandsIn(Place.Held) ? FunnelReason.Held
        : StandsIn(Place.Disputed) ? FunnelReason.Disputed
        : StandsIn(Place.Returned) ? FunnelReason.Returned
        : StandsIn(Place.PaidByAccount) ? FunnelReason.PartlyInCash
        : StandsInCash ? ChannelIsAccount ? FunnelReason.InCash : FunnelReason.ChannelIsCash
        : StandsIn(Place.InTransit) ? FunnelReason.UnderWay
        : StandsIn(Place.Ordered) || StandsIn(Place.Open) ? FunnelReason.NotSent
        : StandsIn(Place.GivenBack) ? FunnelReason.GivenBack
        : null;
}

/// <summary>Where a person stands, and why not further.</summary>
public readonly record struct FunnelStanding(FunnelStep Step, FunnelReason Reason);
