using NodaTime;
using PaymentEngine.Core.Recipients;

namespace PaymentEngine.Core.Payments;

/// <summary>Why a disbursement is held back: the money is listed, and waits for a person's decision. The rest of the run goes on (F62).</summary>
public static class HoldReasons
{
    /// <summary>A carer, household, foster family or facility is due money, and nobody is recorded who takes it.</summary>
    public const string NoPayee = "no_payee";

    /// <summary>Whoever was recorded to take the money has a right that has ended, or has died, and nobody else is recorded: a guardian's or authorised person's term is over (the recipient may not be able to take it),
    /// or a carer's, household's, foster family's or facility's.</summary>
    public const string PayeeExpired = "payee_expired";

    /// <summary>The recipient's death is known: what is still due goes to the heirs by decision, not to the old account.</summary>
    public const string Deceased = "deceased";

    /// <summary>A bank says that the payee has died (MD07), and nobody has verified it yet: what is so is decided in the register, or by two persons at the case.</summary>
    public const string BankSaysDeceased = "bank_says_deceased";

    /// <summary>Far more than this person usually gets: see <see cref="OutlierRules.JumpPercent"/>.</summary>
    public const string AmountOutlier = "amount_outlier";

    /// <summary>More than the office lets pass for the programme: see <see cref="OutlierRules.Caps"/>.</summary>
    public const string OverCap = "over_cap";

    /// <summary>Arrears for a month long ago: see <see cref="OutlierRules.ArrearsMonthsMax"/>.</summary>
    public const string OldArrears = "old_arrears";

    /// <summary>The account serves too many people: see <see cref="OutlierRules.SharedAccountMax"/>.</summary>
    public const string SharedAccount = "shared_account";

    /// <summary>Facts of the person cannot be true together: see <see cref="Entitlements.Contradictions"/>.</summary>
    public const string Contradicted = "contradicted";

    /// <summary>A person of the office asked for it, with a reason.</summary>
    public const string ByPerson = "by_person";

    /// <summary>What must be taken back is more than any one payee gets now, though not more than all together.</summary>
    public const string RecoupmentAcrossPayees = "recoupment_across_payees";

    /// <summary>No route of the payer serves this bank and sum: see <see cref="RouteTable"/>.</summary>
    public const string NoRoute = "no_route";

    /// <summary>The account cannot be one of its bank, by the account pattern of that bank's profile.</summary>
    public const string AccountNotAtBank = "account_not_at_bank";

    /// <summary>The account serves people who have nothing to do with each other: see <see cref="Recipients.Accounts.AccountSharing"/>.</summary>
    public const string UnrelatedPeople = "unrelated_people";

    /// <summary>A risk flag stands on the account: see <see cref="Recipients.Accounts.AccountFlag"/>. The hold names it.</summary>
    public const string AccountFlagged = "account_flagged";

    /// <summary>The bank has said that the account is closed, not there, or somebody else's.</summary>
    public const string AccountRefused = "account_refused";

    /// <summary>The bank has not said that the account is right, and the rules of runs ask for it: see <see cref="OutlierRules.VerifiedAccountsOnly"/>.</summary>
    public const string AccountUnverified = "account_unverified";

    /// <summary>Every reason, in the order of the words on paper.</summary>
    public static readonly IReadOnlyList<string> All =
        [ByPerson, AmountOutlier, OverCap, OldArrears, SharedAccount, UnrelatedPeople, Contradicted, Deceased, BankSaysDeceased, NoPayee, PayeeExpired, RecoupmentAcrossPayees, NoRoute, AccountNotAtBank, AccountFlagged, AccountRefused,
         AccountUnverified];

    /// <summary>What an outlier rule holds.</summary>
    public static readonly IReadOnlyList<string> Outliers = [AmountOutlier, OverCap, OldArrears, SharedAccount, UnrelatedPeople];

    /// <summary>Whether the hold only waits for somebody's yes: who takes the money, and how, is known. The others end with a change of the register.</summary>
    public static bool IsReleasable(string reason) => reason is ByPerson or AmountOutlier or OverCap or OldArrears or SharedAccount or UnrelatedPeople or BankSaysDeceased;

    /// <summary>What ends the hold, in words: every one can be paid or given back.</summary>
    public static (string Vi, string En) Exit(string reason) => reason switch
    {
        PayeeExpired => ("gia hạn quyền (payee renew) hoặc ghi người nhận khác vào sổ (payees.csv), rồi bỏ giữ; tiền của chính người hưởng cũng có thể chi tiền mặt cho họ (--cash)",
            "renew the right (payee renew) or record who takes it (payees.csv), then release; the recipient's own money may also go to them in cash (--cash)"),
        NoPayee => ("ghi người nhận vào sổ (payees.csv), rồi bỏ giữ", "record who takes it (payees.csv), then release"),
        Deceased => ("nếu còn sống: sửa sổ, rồi bỏ giữ; nếu đã mất: bỏ giữ cho người được ghi nhận (--payee) hoặc nộp trả (--give-back)", "if the person lives, correct the register and release; if not, release to a recorded payee (--payee) or give back (--give-back)"),
        Contradicted => ("sửa thông tin trong sổ, rồi bỏ giữ", "correct the facts in the register, then release"),
        RecoupmentAcrossPayees => ("bỏ giữ cho một người nhận (--payee)", "release to one payee (--payee)"),
        NoRoute => ("bổ sung tuyến chi, rồi bỏ giữ; hoặc chi tiền mặt (--cash)", "complete the routes, then release; or pay in cash (--cash)"),
        AccountFlagged => ("chờ hết hạn hoặc kết thúc cảnh báo (account flag end), rồi bỏ giữ; hoặc chi tiền mặt (--cash)", "wait for the flag's last day or end it (account flag end), then release; or pay in cash (--cash)"),
        AccountRefused => ("đổi tài khoản (account propose) hoặc hỏi lại ngân hàng (account verify), rồi bỏ giữ; hoặc chi tiền mặt (--cash)", "another account (account propose) or ask the bank again (account verify), then release; or pay in cash (--cash)"),
        AccountUnverified => ("hỏi ngân hàng (account verify), rồi bỏ giữ; hoặc chi tiền mặt (--cash)", "ask the bank (account verify), then release; or pay in cash (--cash)"),
        AccountNotAtBank => ("sửa tài khoản trong sổ, rồi bỏ giữ; hoặc chi tiền mặt (--cash)", "correct the account in the register, then release; or pay in cash (--cash)"),
        _ => ("xem xét, rồi bỏ giữ hoặc nộp trả (--give-back)", "look into it, then release or give back (--give-back)"),
    };

    /// <summary>The reason in words, for tables.</summary>
    public static (string Vi, string En) Words(string reason) => reason switch
    {
        NoPayee => ("chưa có người nhận tiền", "nobody recorded to take the money"),
        PayeeExpired => ("quyền nhận thay đã hết hạn", "the right to receive has ended"),
        UnrelatedPeople => ("tài khoản nhận cho những người không liên quan với nhau", "the account serves people who have nothing to do with each other"),
        AccountFlagged => ("tài khoản đang bị cảnh báo", "a risk flag stands on the account"),
        AccountRefused => ("ngân hàng báo tài khoản không đúng", "the bank says that the account is not right"),
        AccountUnverified => ("ngân hàng chưa xác nhận tài khoản", "the bank has not confirmed the account"),
        Deceased => ("người hưởng đã mất", "the recipient has died"),
        BankSaysDeceased => ("ngân hàng báo người nhận đã mất, chưa xác minh", "a bank says that the payee has died; not verified yet"),
        AmountOutlier => ("số tiền tăng bất thường", "far more than usual"),
        OverCap => ("vượt mức trần của chương trình", "above the programme's cap"),
        OldArrears => ("truy lĩnh cho tháng quá xa", "arrears for a month long ago"),
        SharedAccount => ("tài khoản nhận cho quá nhiều người", "the account serves too many people"),
        Contradicted => ("thông tin của người hưởng mâu thuẫn", "the person's facts contradict each other"),
        ByPerson => ("giữ lại theo yêu cầu của cán bộ", "held by a person's decision"),
        RecoupmentAcrossPayees => ("thu hồi vượt phần của một người nhận", "recoupment exceeds one payee's part"),
        NoRoute => ("không tuyến chi nào phục vụ ngân hàng và số tiền này", "no route serves this bank and sum"),
        AccountNotAtBank => ("số tài khoản không đúng dạng của ngân hàng", "no account number of that bank"),
        _ => (reason, reason),
    };
}

/// <summary>What a plan noticed about a disbursement without holding it.</summary>
[Flags]
public enum PlanFindings : byte
{
    None = 0,

    /// <summary>The recipient's own right has ended, and no other is recorded: cash at home.</summary>
    ExpiredRight = 1,

    /// <summary>No right is recorded for the recipient's own money: cash.</summary>
    NoRight = 2,

    /// <summary>An account is there, but the wish to be paid by account is not.</summary>
    AccountWithoutWish = 4,
}

/// <summary>Who takes one component's money.</summary>
/// <param name="Right">The right it goes by; null: the recipient in cash, or nobody when held.</param>
/// <param name="HoldReason">One of <see cref="HoldReasons"/>, or null.</param>
public readonly record struct PayeeChoice(PayeeRight? Right, string? HoldReason, PlanFindings Findings)
{
    /// <summary>The payee of a component of an award in a list month.</summary>
    /// <param name="rights">All rights recorded for the recipient.</param>
    /// <param name="awardId">The award.</param>
    /// <param name="programme">Its programme.</param>
    /// <param name="moneyOf">Whose money the component is (law/README §8): the recipient's own, or a carer's, household's, foster family's, facility's.</param>
    /// <param name="month">The list month.</param>
    /// <remarks>The narrowest scope wins (award, programme, all). Of equals: guardian before authorised person before the recipient, because a
    /// recorded representation is the later decision; then the latest term; then the lowest number, so that the answer never depends on the order of rows.</remarks>
    public static PayeeChoice Of(IReadOnlyList<PayeeRight> rights, string awardId, Programme programme, PayeeRole moneyOf, YearMonth month)
    {
        var isOwnMoney = IsOwnMoney(moneyOf);
        PayeeRight? best = null;
        var (expired, representativeExpired) = (false, false);
        foreach (var right in rights)
        {
            if (right.Covers(awardId, programme) == 0 || !(isOwnMoney ? TakesOwnMoney(right.Role) : right.Role == moneyOf)) continue;
            if (!right.IsValidIn(month))
            {
                expired |= right.HasEndedBefore(month);
                representativeExpired |= right.HasEndedBefore(month) && right.Role != PayeeRole.Self;
                continue;
            }

            if (best is null || IsBefore(right, best, awardId, programme)) best = right;
        }

        if (best?.For(programme, month) is { } chosen)
            return new PayeeChoice(chosen, null, chosen is { Account: not null, Wish: not Wish.Yes } ? PlanFindings.AccountWithoutWish : PlanFindings.None);
        // Somebody had to take it for them, and nobody is recorded to do so any more: it is not handed to a child or a person without capacity because a paper ran out.
        if (isOwnMoney && representativeExpired) return new PayeeChoice(null, HoldReasons.PayeeExpired, PlanFindings.None);
        if (isOwnMoney) return new PayeeChoice(null, null, expired ? PlanFindings.ExpiredRight : PlanFindings.NoRight);
        return new PayeeChoice(null, expired ? HoldReasons.PayeeExpired : HoldReasons.NoPayee, PlanFindings.None);
    }

    /// <summary>True for the recipient's own money, false for money that belongs to somebody who cares for them.</summary>
    public static bool IsOwnMoney(PayeeRole moneyOf) => moneyOf is PayeeRole.Self or PayeeRole.Guardian or PayeeRole.Authorised;

    static bool TakesOwnMoney(PayeeRole role) => role is PayeeRole.Self or PayeeRole.Guardian or PayeeRole.Authorised;

    static bool IsBefore(PayeeRight left, PayeeRight right, string awardId, Programme programme)
    {
        var byScope = left.Covers(awardId, programme) - right.Covers(awardId, programme);
        if (byScope != 0) return byScope > 0;
        var byRole = Rank(left.Role) - Rank(right.Role);
        if (byRole != 0) return byRole < 0;
        var byTerm = (left.From ?? LocalDate.MinIsoValue).CompareTo(right.From ?? LocalDate.MinIsoValue);
        return byTerm != 0 ? byTerm > 0 : left.PayeeNo < right.PayeeNo;
    }

    static int Rank(PayeeRole role) => role switch
    {
        PayeeRole.Guardian => 1, PayeeRole.Authorised => 2, PayeeRole.Self => 3, _ => 0,
    };
}
