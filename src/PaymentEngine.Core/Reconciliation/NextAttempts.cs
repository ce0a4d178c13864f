namespace PaymentEngine.Core.Reconciliation;

/// <summary>When the sum of a failed attempt goes out again without a person; what a person may do stands in <see cref="CaseWork"/>. The store asks for the proven end once more.</summary>
public static class NextAttempts
{
    /// <summary>By the program itself, in cash: the end is proven, no evidence disagrees, and every reason the bank gave allows it and is surely read.</summary>
    /// <param name="view">What all evidence of the attempt adds up to.</param>
    /// <param name="hasEnd">Its end is proven: the money is back, or was never taken (<see cref="Proof"/>).</param>
    /// <param name="isLatest">No later attempt exists.</param>
    /// <param name="reasons">The reasons that count (<see cref="CaseRules.Counting"/>); none at all allows nothing.</param>
    public static bool MayBecomeCash(BankView view, bool hasEnd, bool isLatest, IReadOnlyCollection<ReadReason> reasons) =>
        (view is BankView.Rejected or BankView.Returned) && hasEnd && isLatest && reasons.Count > 0 && reasons.All(reason => reason.MayBecomeCash);
}
