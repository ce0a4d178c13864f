namespace PaymentEngine.Core.Reports;

/// <summary>The steps of the cashless programme, in their order. A person stands on one: the last that is reached with all before it, or <see cref="PaidByAccount"/> when the ledger says so.</summary>
public enum FunnelStep : byte { Outside, Registered, Information, Account, Wish, Verified, PaidByAccount }

/// <summary>What each step asks for, held apart from the step a person stands on: somebody can have an account and still stand where the information is not complete.</summary>
[Flags]
public enum FunnelConditions : byte
{
    None = 0,

    /// <summary>A number of 12 digits, a day of birth, the sex, the commune: the mark <em>đủ</em> of the record (F14).</summary>
    Information = 1,

    /// <summary>An account is recorded for somebody who has the right to receive on that day.</summary>
    Account = 2,

    /// <summary>And the wish to be paid by it (law/README.md §10: an account is not a wish).</summary>
    Wish = 4,

    /// <summary>And it is proven to be theirs: by the bank's answer, by two persons with the names compared, or by a payment that arrived.</summary>
    Verified = 8,

    /// <summary>Everything that reached the person in the period reached the account, and something did.</summary>
    PaidByAccount = 16,
}

/// <summary>Codes and words of the steps.</summary>
public static class FunnelSteps
{
    /// <summary>In order, those outside first. Codes are contract: they stand in figures that people keep.</summary>
    public static readonly IReadOnlyList<(FunnelStep Step, string Code, string Vi, string En)> All =
    [
        (FunnelStep.Outside, "outside", "Ngoài diện", "Outside"),
        (FunnelStep.Registered, "all", "Đang hưởng (tất cả)", "On the rolls (all)"),
        (FunnelStep.Information, "information", "Đủ thông tin", "Information complete"),
        (FunnelStep.Account, "account", "Có tài khoản", "Has an account"),
        (FunnelStep.Wish, "wish", "Muốn nhận qua tài khoản", "Wants to be paid by it"),
        (FunnelStep.Verified, "verified", "Tài khoản đã xác minh", "Account verified"),
        (FunnelStep.PaidByAccount, "paid", "Đã nhận qua tài khoản", "Paid by account"),
    ];

    /// <summary>What a step asks for beyond the one before it; nothing for being on the rolls.</summary>
    public static FunnelConditions Condition(FunnelStep step) => step switch
    {
        FunnelStep.Information => FunnelConditions.Information,
        FunnelStep.Account => FunnelConditions.Account,
        FunnelStep.Wish => FunnelConditions.Wish,
        FunnelStep.Verified => FunnelConditions.Verified,
        FunnelStep.PaidByAccount => FunnelConditions.PaidByAccount,
        _ => FunnelConditions.None,
    };

    public static string Code(FunnelStep step) => All[(int)step].Code;
}
