using NodaTime;
using PaymentEngine.Core.Payments;

namespace PaymentEngine.Core.Reconciliation;

/// <summary>What a bank transaction code says about a booking that names nothing of ours.</summary>
public enum BookingClass : byte { Other, Charge, Interest, Sweep, CreditTransferIn }

/// <summary>One word of a bank's file, reduced to what matching needs: small, because a file can hold hundreds of thousands.</summary>
public struct Observation
{
    /// <summary>Number of the entry or status in the file, from 1; number of the detail in its entry, 0 for the entry itself.</summary>
    public int EntryNo { get; set; }
    public int DetailNo { get; set; }
    public EvidenceLevel Level { get; set; }

    /// <summary>A booking; otherwise a status.</summary>
    public bool IsMoney { get; set; }

    /// <summary>Details follow this entry: it speaks for its batch only, and each detail for itself.</summary>
    public bool HasDetails { get; set; }

    /// <summary>The statement or notification it stands in, from 1; 0 for a status.</summary>
    public int StatementNo { get; set; }

    /// <summary>Our id, read from the references or found in the text.</summary>
    public InstructionId? Id { get; set; }
    public MatchRule IdRule { get; set; }
    public string? BatchId { get; set; }
    public string? MessageId { get; set; }

    /// <summary>Of a status: its code as it came. What it is evidence of, the profile of the bank says.</summary>
    public string? StatusCode { get; set; }

    /// <summary>What a word is evidence of whatever the bank: an answer about a recall (camt.029), a return told beforehand (pacs.004, a result list); else none.</summary>
    public Evidence Status { get; set; }
    public string? ReasonCode { get; set; }
    public string? ReasonText { get; set; }
    public long? AmountVnd { get; set; }

    /// <summary>Of a status: it repeats the payment with another currency, with a part of a đồng, or to another account than we sent.</summary>
    public bool IsNotAsSent { get; set; }
    public bool IsCredit { get; set; }
    public bool IsBooked { get; set; }
    public bool SaysReturned { get; set; }

    /// <summary>RvslInd: whether it turns the side, the profile of the bank says.</summary>
    public bool IsReversal { get; set; }

    /// <summary>The bank's own reference of the booking (AcctSvcrRef).</summary>
    public string? BankReference { get; set; }

    /// <summary>What else the bank said about a booking that names nothing of ours; null for others.</summary>
    public UnnamedBooking? Unnamed { get; set; }
    public BookingClass Class { get; set; }
    public ulong EventKey { get; set; }
    public LocalDate? EventDate { get; set; }
    public Instant ReportedAt { get; set; }

    /// <summary>Of a batch or file: what the report says it held.</summary>
    public long? OriginalCount { get; set; }
    public decimal? OriginalSum { get; set; }
}

/// <summary>What the bank said about a booking without an id of ours.</summary>
/// <param name="PartyName">Of the other side.</param>
/// <param name="PartyAccount">Of the other side, as the bank writes it.</param>
/// <param name="SaidId">An EndToEndId that is none of ours.</param>
/// <param name="Remittance">RmtInf/Ustrd.</param>
public sealed record UnnamedBooking(string? PartyName, string? PartyAccount, string? SaidId, string? Remittance);

/// <summary>A statement (camt.053) as far as its completeness is proof.</summary>
/// <param name="Account">As the bank writes it.</param>
public sealed record StatementSeen(int No, string? Id, string? Account, string? ServicerBic, long? SequenceNo, LocalDate? From, LocalDate? To, long? OpeningVnd, long? ClosingVnd, string Currency, bool IsBooked)
{
    /// <summary>CpyDplctInd as it came; null for an original.</summary>
    public string? CopyDuplicate { get; init; }
}
