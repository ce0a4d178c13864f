namespace PaymentEngine.Core.Reconciliation;

/// <summary>The kinds of evidence an attempt can have. A set: it has no order and no repetition.</summary>
[Flags]
public enum Evidence
{
    None = 0,
    FileAcknowledged = 1,
    Accepted = 2,
    Pending = 4,
    InSettlement = 8,
    Settled = 16,
    Credited = 32,
    Rejected = 64,
    CancelledByBank = 128,
    SilenceMeansAccepted = 256,
    DebitBooked = 512,
    SecondDebit = 1024,
    ReturnAnnounced = 2048,
    ReturnBooked = 4096,
    PartBooked = 8192,
    SecondReturn = 16384,
    RecallAgreed = 32768,

    /// <summary>Told by no bank: the debit of its batch is a sum that nobody can explain, so that it may hold this refused payment. It changes no view; it keeps anybody from paying again.</summary>
    DebitUnclear = 65536,
}

/// <summary>What the bank's evidence adds up to (kết luận từ thông tin ngân hàng).</summary>
public enum BankView : byte { Silent = 1, AtBank, Paid, Rejected, CancelledByBank, ReturnAnnounced, Returned, Contradicted }

public static class BankViews
{
    const Evidence MoneyOut = Evidence.DebitBooked | Evidence.Settled | Evidence.Credited;

    /// <summary>What all the evidence about an attempt adds up to. Total: every set of the 65,536 has an answer; <see cref="Evidence.DebitUnclear"/> changes none.</summary>
    public static BankView Of(Evidence seen) => seen switch
    {
        _ when HasAny(seen, Evidence.SecondDebit | Evidence.SecondReturn) => BankView.Contradicted,
        _ when HasAny(seen, Evidence.ReturnBooked | Evidence.PartBooked) => BankView.Returned, // also weeks after it was paid
        _ when HasAny(seen, Evidence.Rejected) && HasAny(seen, MoneyOut) => BankView.Contradicted,
        _ when HasAny(seen, Evidence.ReturnAnnounced) => BankView.ReturnAnnounced,
        _ when HasAny(seen, Evidence.Rejected) => BankView.Rejected,
        _ when HasAny(seen, Evidence.CancelledByBank) => HasAny(seen, MoneyOut) ? BankView.Contradicted : BankView.CancelledByBank,
        _ when HasAny(seen, MoneyOut) => BankView.Paid, // which status codes count is said by the bank's profile
        _ when HasAny(seen, Evidence.FileAcknowledged | Evidence.Accepted | Evidence.Pending | Evidence.InSettlement | Evidence.SilenceMeansAccepted | Evidence.RecallAgreed) => BankView.AtBank,
        _ => BankView.Silent,
    };

    /// <summary>Some evidence says that the money left, whether or not other evidence says that it came back.</summary>
    public static bool IsMoneyOut(Evidence seen) => HasAny(seen, MoneyOut);

    /// <summary>Whether what is known still bears an end that was proven once: the same rule as in the view <c>position</c>.</summary>
    /// <param name="view">What the evidence adds up to.</param>
    /// <param name="seen">All evidence of the attempt.</param>
    /// <param name="handedOver">The bank has its file, or may have it.</param>
    public static bool BearsEnd(BankView view, Evidence seen, bool handedOver) => view switch
    {
        BankView.Returned => true,
        BankView.Rejected or BankView.CancelledByBank => !HasAny(seen, Evidence.DebitUnclear),
        // Announced only: nothing was ever taken of what the bank refused. Of anything else the credit must be booked.
        BankView.ReturnAnnounced => BatchDebits.IsRefused(seen) && !HasAny(seen, MoneyOut | Evidence.DebitUnclear),
        BankView.Silent => !handedOver,
        _ => false,
    };

    static bool HasAny(Evidence seen, Evidence any) => (seen & any) != 0;
}
