using NodaTime;
using PaymentEngine.Core.Money;
using PaymentEngine.Core.Reconciliation;

namespace PaymentEngine.Messages.Iso20022;

/// <summary>What a bank says about one account over a period: a statement (camt.053), a notification (camt.054) or a report in the course of the day (camt.052).</summary>
/// <remarks>Balances and totals stand before the entries in the message, so they are announced by the caller and asserted while the entries are written.</remarks>
public sealed record AccountStatementFile
{
    public required string MessageId { get; init; }
    public required OffsetDateTime CreatedAt { get; init; }
    public required string StatementId { get; init; }

    /// <summary>Counts statements of the account without a gap.</summary>
    public required int SequenceNo { get; init; }
    public required string Account { get; init; }
    public required string BankBic { get; init; }
    public required LocalDate From { get; init; }
    public required LocalDate To { get; init; }

    /// <summary>Time of day at which the period begins and ends: a bank may cut a day in two.</summary>
    public LocalTime FromTime { get; init; } = LocalTime.Midnight;
    public LocalTime ToTime { get; init; } = new(23, 59, 59);

    /// <summary>CpyDplctInd: <c>CODU</c> or <c>DUPL</c> of a statement that is sent once more; null of an ordinary one.</summary>
    public string? CopyDuplicate { get; init; }

    /// <summary>Booked balance before the first entry; only in a camt.053. May be negative.</summary>
    public Vnd OpeningBalance { get; init; }
    public required int CreditCount { get; init; }
    public required Vnd Credits { get; init; }
    public required int DebitCount { get; init; }
    public required Vnd Debits { get; init; }

    /// <summary>What a bank that counts wrongly adds to the totals of its debits; 0 of a careful one.</summary>
    public Vnd TotalsWrongBy { get; init; }

    /// <summary>Pulled while writing.</summary>
    public required IEnumerable<StatementEntry> Entries { get; init; }

    public Vnd ClosingBalance => OpeningBalance + Credits - Debits;
}

public sealed record StatementEntry
{
    public required string EntryRef { get; init; }
    public required Vnd Amount { get; init; }
    public required bool IsCredit { get; init; }
    public string Status { get; init; } = "BOOK";
    public required LocalDate BookingDate { get; init; }
    public required LocalDate ValueDate { get; init; }
    public string? AccountServicerRef { get; init; }
    public required BankTransactionCode Code { get; init; }
    public string? BatchMessageId { get; init; }
    public string? BatchId { get; init; }
    public int? BatchCount { get; init; }
    public string? Text { get; init; }

    /// <summary>Pulled while writing; empty for a batch debit without details.</summary>
    public IEnumerable<StatementDetail> Details { get; init; } = [];
}

public sealed record StatementDetail
{
    public string? EndToEndId { get; init; }
    public string? InstructionId { get; init; }

    /// <summary>Unknown to versions before the eighth, where it is left out.</summary>
    public string? Uetr { get; init; }
    public string? BatchId { get; init; }
    public string? AccountServicerRef { get; init; }
    public required Vnd Amount { get; init; }

    /// <summary>AmtDtls/InstdAmt: the sum of the payment that came back, where less did.</summary>
    public Vnd? InstructedAmount { get; init; }

    /// <summary>Chrgs: what the bank kept for itself.</summary>
    public Vnd? Charges { get; init; }
    public required bool IsCredit { get; init; }
    public BankTransactionCode? Code { get; init; }
    public BankReason? ReturnReason { get; init; }
    public string? CreditorName { get; init; }
    public string? CreditorAccount { get; init; }

    /// <summary>At most 140 characters.</summary>
    public string? RemittanceText { get; init; }

    /// <summary>AddtlTxInf, at most 500 characters: where banks without codes say why.</summary>
    public string? Text { get; init; }
}

/// <summary>Bank transaction codes of the simulated bank.</summary>
public static class StatementCodes
{
    /// <summary>A domestic transfer out.</summary>
    public static readonly BankTransactionCode DomesticTransfer = new("PMNT", "ICDT", "DMCT", null);

    /// <summary>A transfer of ours that came back.</summary>
    public static readonly BankTransactionCode Returned = new("PMNT", "ICDT", "RRTN", null);

    /// <summary>A domestic credit received: funding.</summary>
    public static readonly BankTransactionCode DomesticCredit = new("PMNT", "RCDT", "DMCT", null);

    public static readonly BankTransactionCode Charges = new("ACMT", "MDOP", "CHRG", null);
}
