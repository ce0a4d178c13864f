namespace PaymentEngine.Core.Reconciliation;

/// <summary>What a bank answers to a recall.</summary>
public enum RecallAnswer : byte
{
    /// <summary>No code, or one that is no answer to a recall.</summary>
    Unknown,

    /// <summary>The money will come back (ACCR, CNCL). A promise: only the booked credit is money.</summary>
    Agreed,

    /// <summary>It will not (RJCR).</summary>
    Refused,

    /// <summary>Not decided yet (PDCR), or decided for a part (PACR): the payments below say which.</summary>
    Pending,
}

/// <summary>A bank's answer to a recall (camt.029): for one payment, a batch, or the whole message.</summary>
public sealed record Resolution
{
    /// <summary><see cref="EvidenceLevel.File"/>, <see cref="EvidenceLevel.Batch"/> or <see cref="EvidenceLevel.Transaction"/>.</summary>
    public required EvidenceLevel Level { get; init; }

    /// <summary>The case that is answered: the nearest RslvdCase, whose id is ours when we asked with camt.055.</summary>
    public string? CaseId { get; init; }

    /// <summary>The payment's number in the message, from 1; 0 for a batch or the message.</summary>
    public int TransactionNo { get; init; }
    public string? OriginalMessageId { get; init; }
    public string? OriginalBatchId { get; init; }
    public string? InstructionId { get; init; }
    public string? EndToEndId { get; init; }
    public string? TransactionId { get; init; }
    public string? Uetr { get; init; }

    /// <summary>TxCxlSts, PmtInfCxlSts, GrpCxlSts or Conf as it came: the lowest that the message gives for this payment.</summary>
    public string? Status { get; init; }

    /// <summary>CxlStsRsnInf: why not (codes of ExternalPaymentCancellationRejection1Code).</summary>
    public IReadOnlyList<BankReason> Reasons { get; init; } = [];

    /// <summary>The original amount, where the answer repeats it.</summary>
    public BankAmount? Amount { get; init; }
    public int Line { get; init; }

    /// <summary>What the status means.</summary>
    public RecallAnswer Answer => AnswerOf(Status);

    /// <summary>CNCL, RJCR, PDCR confirm a case; ACCR, RJCR, PDCR, PACR answer for a payment, batch or file. Any other code is no answer to a recall.</summary>
    public static RecallAnswer AnswerOf(string? status) => status switch
    {
        "ACCR" or "CNCL" => RecallAnswer.Agreed,
        "RJCR" => RecallAnswer.Refused,
        "PDCR" or "PACR" => RecallAnswer.Pending,
        _ => RecallAnswer.Unknown,
    };
}
