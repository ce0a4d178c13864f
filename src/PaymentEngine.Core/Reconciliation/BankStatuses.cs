namespace PaymentEngine.Core.Reconciliation;

/// <summary>What a status code of pain.002 is evidence of.</summary>
public static class BankStatuses
{
    /// <summary>The evidence about one payment that its status gives; none for a code that says nothing about the money, or that nobody knows.</summary>
    /// <remarks>Codes: ISO 20022 external payment transaction status. PATC and RCVD are the bank's receipt only.</remarks>
    public static Evidence EvidenceOf(string? status) => status switch
    {
        "RCVD" or "PATC" or "ACTC" => Evidence.FileAcknowledged,
        "ACCP" or "ACFC" or "ACFW" or "ACWC" => Evidence.Accepted,
        "PDNG" => Evidence.Pending,
        "ACSP" or "ACPD" => Evidence.InSettlement,
        "ACSC" or "ACWP" => Evidence.Settled,
        "ACCC" or "CPUC" => Evidence.Credited,
        "RJCT" => Evidence.Rejected,
        "CANC" => Evidence.CancelledByBank,
        _ => Evidence.None,
    };

    /// <summary>The evidence about a file or batch. PART says nothing by itself: the levels below do.</summary>
    public static Evidence EvidenceOfGroup(string? status) => status switch
    {
        "RCVD" or "ACTC" or "ACCP" or "ACWC" or "PDNG" or "ACSP" or "ACSC" or "ACCC" => Evidence.FileAcknowledged,
        "RJCT" => Evidence.Rejected,
        _ => Evidence.None,
    };
}
