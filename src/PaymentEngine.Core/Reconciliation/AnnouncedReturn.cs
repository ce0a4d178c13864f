using NodaTime;

namespace PaymentEngine.Core.Reconciliation;

/// <summary>A return between banks that our bank passed on (pacs.004). It announces: the money is back when our account's statement shows the credit.</summary>
public sealed record AnnouncedReturn
{
    /// <summary>Number in the message, from 1; 0 where the message returns a whole group without naming its payments.</summary>
    public required int No { get; init; }
    public string? ReturnId { get; init; }
    public string? OriginalMessageId { get; init; }
    public string? InstructionId { get; init; }
    public string? EndToEndId { get; init; }
    public string? TransactionId { get; init; }
    public string? Uetr { get; init; }

    /// <summary>RtrdIntrBkSttlmAmt: what comes back.</summary>
    public BankAmount? Amount { get; init; }

    /// <summary>OrgnlIntrBkSttlmAmt: what was paid.</summary>
    public BankAmount? OriginalAmount { get; init; }

    /// <summary>Day of settlement between the banks.</summary>
    public LocalDate? SettlementDate { get; init; }
    public IReadOnlyList<BankReason> Reasons { get; init; } = [];
    public int Line { get; init; }
}
