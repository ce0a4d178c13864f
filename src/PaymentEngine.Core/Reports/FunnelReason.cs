namespace PaymentEngine.Core.Reports;

/// <summary>Why a person stands on a step and not on the next; one for each person (F132).</summary>
public enum FunnelReason : byte
{
    // Outside.
    MergedRecord = 1, Dead, LeftProvince, NoRunningAward,

    // On the rolls, information not complete.
    NoNumber, OldNumber, NoDayOfBirth, NoSex, NoCommune,

    // Information complete, no account.
    NoPayee, PayeeExpired, NoAccount,

    // An account and no wish.
    WishUnknown, WishDeclined,

    // The wish, and the account not proven.
    ChannelIsCash, NotVerified, NameDiffers, AccountRefused,

    // Proven, or on its first payment, and not paid by account in the period.
    Held, Disputed, Returned, PartlyInCash, InCash, GivenBack, UnderWay, NotSent, Suspended, NotListed,

    // Paid by account.
    ByAccount, ByAccountInformationMissing, ByAccountAccountMissing, ByAccountWishMissing,
}

/// <summary>Who takes the next step.</summary>
public enum FunnelActor : byte { Nobody, Commune, AccountEditor, Maker, Reconciler, CashOfficer, Bank }

/// <summary>Words of a reason: why, what is done next, by whom.</summary>
public sealed record FunnelReasonWords(FunnelReason Reason, string Code, string Vi, string En, FunnelActor Actor, string NextVi, string NextEn);

/// <summary>Codes and words of the reasons: total, each with its next action and who acts.</summary>
public static class FunnelReasons
{
    /// <summary>By number of the reason. Codes are contract: they stand in figures that people keep.</summary>
    public static readonly IReadOnlyList<FunnelReasonWords> All =
    [
        new(FunnelReason.MergedRecord, "merged", "hồ sơ đã gộp vào hồ sơ khác", "record merged into another", FunnelActor.Nobody, "không", "none"),
        new(FunnelReason.Dead, "dead", "đã mất", "dead", FunnelActor.Commune, "giải quyết mai táng phí, khoản còn lại cho thân nhân", "settle the funeral benefit and what is left for the heirs"),
        new(FunnelReason.LeftProvince, "left_province", "đã chuyển sang tỉnh khác", "moved to another province", FunnelActor.Commune, "chuyển hồ sơ cho nơi đến", "hand the file to the new place"),
        new(FunnelReason.NoRunningAward, "no_award", "không có quyết định đang hưởng", "no running award", FunnelActor.Commune, "xét nếu thuộc diện hưởng", "look whether a benefit is due"),
        new(FunnelReason.NoNumber, "no_number", "chưa có số định danh", "no identity number", FunnelActor.Commune, "đối chiếu với công an, ghi số định danh", "exchange with the police and record the number"),
        new(FunnelReason.OldNumber, "old_number", "mới có số CMND cũ", "an old number only", FunnelActor.Commune, "đối chiếu với công an, ghi số 12 chữ số", "exchange with the police and record the number of 12 digits"),
        new(FunnelReason.NoDayOfBirth, "no_day_of_birth", "chưa rõ ngày sinh", "day of birth not known", FunnelActor.Commune, "đối chiếu dân cư, bổ sung ngày sinh", "take the day of birth from the population database"),
        new(FunnelReason.NoSex, "no_sex", "chưa ghi giới tính", "sex not recorded", FunnelActor.Commune, "bổ sung giới tính", "record the sex"),
        new(FunnelReason.NoCommune, "no_commune", "chưa ghi xã cư trú", "commune not recorded", FunnelActor.Commune, "bổ sung nơi cư trú", "record the commune"),
        new(FunnelReason.NoPayee, "no_payee", "chưa ghi ai được nhận tiền", "nobody recorded to receive", FunnelActor.Commune, "ghi người nhận (chính người hưởng, người giám hộ hay người được ủy quyền)", "record who receives (the person, a guardian or an authorised person)"),
        new(FunnelReason.PayeeExpired, "payee_expired", "quyền nhận thay đã hết hạn", "the right to receive has ended", FunnelActor.Commune, "gia hạn giấy ủy quyền hoặc ghi người nhận khác", "renew the authorisation or record another payee"),
        new(FunnelReason.NoAccount, "no_account", "chưa có tài khoản", "no account", FunnelActor.Commune, "hướng dẫn mở tài khoản hoặc ghi tài khoản đã có", "help to open an account, or record the one there is"),
        new(FunnelReason.WishUnknown, "wish_unknown", "chưa hỏi nguyện vọng", "wish not asked", FunnelActor.Commune, "hỏi và ghi nguyện vọng", "ask and record the wish"),
        new(FunnelReason.WishDeclined, "wish_declined", "không muốn nhận qua tài khoản", "does not want it", FunnelActor.Commune, "tôn trọng; hỏi lại kỳ rà soát sau", "respect it; ask again at the next review"),
        new(FunnelReason.ChannelIsCash, "channel_is_cash", "muốn nhận qua tài khoản nhưng hình thức còn là tiền mặt", "wants the account, but the channel is still cash", FunnelActor.AccountEditor, "đổi hình thức chi sang tài khoản", "change the channel to the account"),
        new(FunnelReason.NotVerified, "not_verified", "tài khoản chưa xác minh", "account not verified", FunnelActor.AccountEditor, "gửi ngân hàng xác minh chủ tài khoản", "have the bank verify the holder"),
        new(FunnelReason.NameDiffers, "name_differs", "ngân hàng báo tên chủ tài khoản khác", "the bank names another holder", FunnelActor.AccountEditor, "đối chiếu tên, sửa hoặc đổi tài khoản", "compare the names; correct or change the account"),
        new(FunnelReason.AccountRefused, "account_refused", "ngân hàng báo tài khoản không dùng được", "the bank says that the account cannot be used", FunnelActor.Commune, "hỏi người hưởng tài khoản đúng", "ask the person for the right account"),
        new(FunnelReason.Held, "held", "khoản chi bị giữ lại", "the payment is held", FunnelActor.Maker, "xem lý do giữ, bỏ giữ hoặc nộp trả (payengine run holds)", "look into the hold; release or give back (payengine run holds)"),
        new(FunnelReason.Disputed, "disputed", "ngân hàng báo tin trái ngược", "the bank's words contradict each other", FunnelActor.Reconciler, "giải quyết tranh chấp (payengine case list)", "settle the dispute (payengine case list)"),
        new(FunnelReason.Returned, "returned", "ngân hàng từ chối hoặc trả lại", "rejected or returned by the bank", FunnelActor.AccountEditor, "sửa tài khoản, chi lại (payengine case list)", "correct the account and pay again (payengine case list)"),
        new(FunnelReason.PartlyInCash, "partly_in_cash", "một phần nhận tiền mặt", "a part goes in cash", FunnelActor.AccountEditor, "ghi tài khoản cho phần còn nhận tiền mặt", "record the account for the part that goes in cash"),
        new(FunnelReason.InCash, "in_cash", "kỳ này nhận tiền mặt", "paid in cash this period", FunnelActor.AccountEditor, "kiểm tra tài khoản để kỳ sau chi qua tài khoản", "check the account, so that the next list goes by it"),
        new(FunnelReason.GivenBack, "given_back", "tiền đã nộp trả ngân sách", "the sum was given back", FunnelActor.Commune, "liên hệ người hưởng", "find the person"),
        new(FunnelReason.UnderWay, "under_way", "đang ở ngân hàng", "at the bank", FunnelActor.Bank, "chờ ngân hàng trả lời", "wait for the bank's answer"),
        new(FunnelReason.NotSent, "not_sent", "đã lập danh sách, chưa gửi ngân hàng", "listed, not sent to the bank", FunnelActor.Maker, "xuất và gửi tệp lệnh chi", "export and send the file"),
        new(FunnelReason.Suspended, "suspended", "đang tạm dừng hưởng", "suspended", FunnelActor.Commune, "xác minh để hưởng lại hoặc thôi hưởng", "verify, then restore or end the award"),
        new(FunnelReason.NotListed, "not_listed", "kỳ này không có khoản chi", "nothing listed in the period", FunnelActor.Maker, "lập danh sách chi, hoặc xem vì sao không có", "plan the run, or see why nothing is due"),
        new(FunnelReason.ByAccount, "by_account", "đã nhận qua tài khoản", "paid by account", FunnelActor.Nobody, "không", "none"),
        new(FunnelReason.ByAccountInformationMissing, "by_account_information_missing", "đã nhận qua tài khoản, thông tin còn thiếu", "paid by account, information not complete", FunnelActor.Commune, "bổ sung số định danh, ngày sinh", "complete number and day of birth"),
        new(FunnelReason.ByAccountAccountMissing, "by_account_account_missing", "đã nhận qua tài khoản, nay không còn tài khoản ghi trong sổ", "paid by account, no account recorded any more", FunnelActor.Commune, "ghi lại tài khoản", "record the account again"),
        new(FunnelReason.ByAccountWishMissing, "by_account_wish_missing", "đã nhận qua tài khoản, nay không ghi nguyện vọng", "paid by account, no wish recorded any more", FunnelActor.Commune, "hỏi và ghi nguyện vọng", "ask and record the wish"),
    ];

    static readonly Dictionary<FunnelReason, FunnelReasonWords> ByReason = All.ToDictionary(words => words.Reason);

    public static FunnelReasonWords Of(FunnelReason reason) => ByReason[reason];

    /// <summary>Who acts, in words.</summary>
    public static (string Vi, string En) Words(FunnelActor actor) => actor switch
    {
        FunnelActor.Commune => ("cán bộ xã", "commune officer"),
        FunnelActor.AccountEditor => ("cán bộ quản lý tài khoản", "account editor"),
        FunnelActor.Maker => ("người lập danh sách", "maker"),
        FunnelActor.Reconciler => ("người đối soát", "reconciler"),
        FunnelActor.CashOfficer => ("cán bộ chi tiền mặt", "cash officer"),
        FunnelActor.Bank => ("ngân hàng", "bank"),
        _ => ("–", "–"),
    };
}
