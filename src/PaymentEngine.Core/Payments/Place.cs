using PaymentEngine.Core.Reconciliation;

namespace PaymentEngine.Core.Payments;

/// <summary>The eleven places a listed đồng can be. Listed is the sum of the eleven, per run, programme, commune and bank; each is a sum over disbursements.</summary>
/// <remarks><see cref="Unlisted"/> is no place: it is where a sum comes from when its list is approved, so that listing is a posting too.</remarks>
public enum Place : byte
{
    Unlisted = 0,
    Held = 1,
    Open = 2,
    Ordered = 3,
    InTransit = 4,
    Disputed = 5,
    PaidByAccount = 6,
    Returned = 7,
    CashDue = 8,
    OnCashList = 9,
    PaidInCash = 10,
    GivenBack = 11,
}

/// <summary>Where the latest attempt of a disbursement stands, as far as its place depends on it.</summary>
public readonly record struct AttemptStanding(bool IsCash, bool HasEnd, OwnStep Step, BankView View, bool OnPrintedList, bool PaidInCash, bool GivenBack = false)
{
    /// <summary>All evidence behind the view: whether it bears an end that was proven (<see cref="BankViews.BearsEnd"/>) hangs on more than the view.</summary>
    public Evidence Seen { get; init; }

    /// <summary>As what two persons settled it, while that stands (<see cref="Settlement.StandsOn"/>); null: nobody did.</summary>
    public SettledAs? Settled { get; init; }

    /// <summary>How a payment order stands by its evidence.</summary>
    public static AttemptStanding OfBank(Evidence evidence, bool hasEnd, OwnStep step, SettledAs? settled = null) =>
        new(IsCash: false, hasEnd, step, BankViews.Of(evidence), OnPrintedList: false, PaidInCash: false) { Seen = evidence, Settled = settled };
}

/// <summary>Names of the places, the moves between them, and the place a disbursement is in.</summary>
public static class Places
{
    public static readonly IReadOnlyList<(Place Place, string Code, string Vi, string En)> All =
    [
        (Place.Unlisted, "unlisted", "chưa lập danh sách", "not listed"),
        (Place.Held, "held", "tạm giữ có lý do", "held with a reason"),
        (Place.Open, "open", "chưa có lần chi", "open, no attempt yet"),
        (Place.Ordered, "ordered", "đã có lệnh chi", "ordered"),
        (Place.InTransit, "in_transit", "đang ở ngân hàng", "in transit"),
        (Place.Disputed, "disputed", "thông tin trái ngược", "disputed"),
        (Place.PaidByAccount, "paid_by_account", "đã chi qua tài khoản", "paid by account"),
        (Place.Returned, "returned", "bị trả lại, chưa chi lại", "returned, not yet paid again"),
        (Place.CashDue, "cash_due", "chờ chi tiền mặt", "cash due"),
        (Place.OnCashList, "on_cash_list", "trên danh sách tiền mặt", "on a cash list"),
        (Place.PaidInCash, "paid_in_cash", "đã chi tiền mặt", "paid in cash"),
        (Place.GivenBack, "given_back", "nộp trả ngân sách", "given back"),
    ];

    /// <summary>Every move a posting may make, with what causes it. Repeated as rows of the store; a posting that is not here cannot be written.</summary>
    public static readonly IReadOnlyList<(Place From, Place To, string Cause)> LegalMoves =
    [
        (Place.Unlisted, Place.Held, "list approved, person held"),
        (Place.Unlisted, Place.Open, "list approved, no attempt yet"),
        (Place.Unlisted, Place.Ordered, "list approved, payment order"),
        (Place.Unlisted, Place.CashDue, "list approved, cash payout"),
        (Place.Held, Place.Open, "hold lifted"),
        (Place.Held, Place.Ordered, "hold lifted, payment order"),
        (Place.Held, Place.CashDue, "hold lifted, cash payout"),
        (Place.Held, Place.GivenBack, "given back by decision"),
        (Place.Open, Place.Ordered, "payment order"),
        (Place.Open, Place.CashDue, "cash payout"),
        (Place.Open, Place.Held, "held"),
        (Place.Open, Place.GivenBack, "given back by decision"),
        (Place.Ordered, Place.InTransit, "file handed over"),
        (Place.Ordered, Place.Returned, "order cancelled before hand-over"),
        // A bank's word can come before the record of our own hand-over.
        (Place.Ordered, Place.PaidByAccount, "bank evidence before the hand-over was recorded"),
        (Place.Ordered, Place.Disputed, "bank evidence before the hand-over was recorded"),
        (Place.InTransit, Place.Ordered, "hand-over proven not to have happened"),
        (Place.InTransit, Place.PaidByAccount, "paid"),
        (Place.InTransit, Place.Returned, "proven back or never taken"),
        (Place.InTransit, Place.Disputed, "evidence disagrees"),
        (Place.Disputed, Place.PaidByAccount, "dispute settled: paid"),
        (Place.Disputed, Place.Returned, "dispute settled: returned"),
        (Place.Disputed, Place.InTransit, "dispute settled: open at the bank"),
        // Before the hand-over is recorded: what made it paid or disputed holds no longer, and the file has still not left as far as we know.
        (Place.Disputed, Place.Ordered, "what a bank said before the hand-over holds no longer"),
        (Place.PaidByAccount, Place.Ordered, "what a bank said before the hand-over holds no longer"),
        (Place.PaidByAccount, Place.Returned, "returned after paid"),
        (Place.PaidByAccount, Place.Disputed, "evidence disagrees"),
        (Place.PaidByAccount, Place.InTransit, "a later report takes paid back"),
        (Place.Returned, Place.CashDue, "cash fallback"),
        (Place.Returned, Place.Ordered, "paid again"),
        (Place.Returned, Place.Disputed, "evidence disagrees"),
        (Place.Returned, Place.PaidByAccount, "dispute settled anew: paid"),
        (Place.Returned, Place.GivenBack, "given back by decision"),
        (Place.CashDue, Place.OnCashList, "cash list printed"),
        (Place.CashDue, Place.GivenBack, "given back by decision"),
        (Place.CashDue, Place.Ordered, "paid again by account"),
        (Place.OnCashList, Place.PaidInCash, "paid in cash"),
        (Place.PaidInCash, Place.CashDue, "cash result corrected by two persons"),
        (Place.OnCashList, Place.CashDue, "uncollected, next list"),
        (Place.OnCashList, Place.GivenBack, "uncollected, given back"),
        (Place.GivenBack, Place.CashDue, "claimed after it was given back"),
    ];

    /// <summary>Why a posting may move money from one place to another, or null: a pair that is not listed cannot happen.</summary>
    public static string? CauseOf(Place from, Place to) => Causes.GetValueOrDefault((from, to));

    static readonly Dictionary<(Place, Place), string> Causes = LegalMoves.ToDictionary(move => (move.From, move.To), move => move.Cause);

    /// <summary>The places in which a sum stays unless something new is told about it; what stands elsewhere is carried over at a close.</summary>
    public static bool IsFinal(Place place) => place is Place.PaidByAccount or Place.PaidInCash or Place.GivenBack;

    /// <summary>The place of a listed disbursement, from its latest attempt (null: it has none) and whether it is held.</summary>
    public static Place Of(bool held, AttemptStanding? latest) => latest switch
    {
        null => held ? Place.Held : Place.Open,
        { IsCash: true, HasEnd: true } => Place.Returned,
        { IsCash: true, PaidInCash: true } => Place.PaidInCash,
        { IsCash: true, OnPrintedList: true } => Place.OnCashList,
        { IsCash: true, GivenBack: true } => Place.GivenBack,
        { IsCash: true } => Place.CashDue,
        // Two persons have said what the evidence leaves open; it counts while no new fact comes.
        { Settled: SettledAs.Paid } => Place.PaidByAccount,
        { Settled: SettledAs.Returned, HasEnd: true } => Place.Returned,
        // Evidence that disagrees blocks paying again, also after an end was proven.
        { View: BankView.Contradicted } => Place.Disputed,
        // What proved the end has been taken back (accepted after all, the file that said it replaced, a debit that may hold it after all): nobody pays again on such an end.
        { HasEnd: true } one => BankViews.BearsEnd(one.View, one.Seen, one.Step is OwnStep.HandedOver or OwnStep.InDoubt) ? Place.Returned : Place.Disputed,
        { View: BankView.Paid } => Place.PaidByAccount,
        { View: not BankView.Silent } => Place.InTransit,
        { Step: OwnStep.HandedOver or OwnStep.InDoubt } => Place.InTransit,
        _ => Place.Ordered,
    };
}
