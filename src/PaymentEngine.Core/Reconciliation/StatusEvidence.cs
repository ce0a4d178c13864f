namespace PaymentEngine.Core.Reconciliation;

/// <summary>What a status code of a report (pain.002) is evidence of. External lists ExternalPaymentTransactionStatus1Code and ExternalPaymentGroupStatus1Code.</summary>
public static class StatusEvidence
{
    /// <summary>One bit of evidence, or none for a code that says nothing about the payment, is not known, or does not belong to credit transfers.</summary>
    /// <param name="code">As it came; null where the report gives no status.</param>
    /// <param name="level">Accepting words about a batch or file only acknowledge it: they never settle a payment they do not name.</param>
    /// <param name="settledCountsAsPaid">Whether ACSC and ACWP count before the statement shows the debit (bank profile).</param>
    /// <param name="silenceInPartMeansAccepted">Whether a PART report accepts what it does not name (bank profile).</param>
    /// <param name="finding">Why a person should look at the code; null when it is an ordinary one.</param>
    public static Evidence Of(string? code, EvidenceLevel level, bool settledCountsAsPaid, bool silenceInPartMeansAccepted, out string? finding)
    {
        finding = null;
        if (code is null) return Evidence.None;
        var single = level == EvidenceLevel.Transaction;
        if (!single && code == "PART") return silenceInPartMeansAccepted ? Evidence.FileAcknowledged : Evidence.None;
        var evidence = single ? BankStatuses.EvidenceOf(code) : BankStatuses.EvidenceOfGroup(code);
        if (evidence != Evidence.None) return evidence == Evidence.Settled && !settledCountsAsPaid ? Evidence.InSettlement : evidence;
        switch (code)
        {
            // Answers of a payee check say nothing about money.
            case "RCVC" or "RVNA" or "RVNC": return Evidence.None;
            case "RVCM" or "RVMC" or "RVNM":
                finding = $"Status {code}: the payee's data and the account do not match well.";
                return Evidence.None;
            case "BLCK":
                finding = "Status BLCK: accepted earlier, now neither credited nor given back. Ask the bank.";
                return Evidence.None;
            default:
                finding = $"Status {code} is not one that a credit transfer can have here; it changes nothing.";
                return Evidence.None;
        }
    }
}
