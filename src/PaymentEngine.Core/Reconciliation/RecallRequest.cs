namespace PaymentEngine.Core.Reconciliation;

/// <summary>A request to give a payment back that our bank passed on (camt.056). Information: it moves nothing and answers nothing.</summary>
public sealed record RecallRequest
{
    /// <summary>Number in the message, from 1; 0 for a request about a whole group.</summary>
    public required int No { get; init; }
    public string? CancellationId { get; init; }
    public string? CaseId { get; init; }
    public string? OriginalMessageId { get; init; }
    public string? InstructionId { get; init; }
    public string? EndToEndId { get; init; }
    public string? TransactionId { get; init; }
    public string? Uetr { get; init; }
    public BankAmount? Amount { get; init; }

    /// <summary>CxlRsnInf (codes of ExternalCancellationReason1Code).</summary>
    public IReadOnlyList<BankReason> Reasons { get; init; } = [];
    public int Line { get; init; }
}
