using NodaTime;
using PaymentEngine.Core.Payments;

namespace PaymentEngine.Core.Reconciliation;

/// <summary>What a bank's word is about. <see cref="Suspense"/>: nobody knows yet; it waits for a person.</summary>
public enum FactTarget : byte { Suspense = 0, Attempt = 1, Batch = 2, File = 3 }

/// <summary>How a fact found its target, or why it did not.</summary>
public enum MatchRule : byte
{
    /// <summary>EndToEndId, or InstrId where the bank gives only that one.</summary>
    PaymentId,

    /// <summary>Our id with its check character, found inside the bank's free text.</summary>
    IdInText,

    /// <summary>PmtInfId or MsgId of the batch, and an amount it can have.</summary>
    BatchId,

    /// <summary>MsgId of our file.</summary>
    MessageId,

    /// <summary>No id of ours, and no code that explains it.</summary>
    Unknown,

    /// <summary>An id of ours, but an amount that this payment or batch cannot have; or a status that repeats the payment with another amount, currency or account than we sent.</summary>
    OtherAmount,

    /// <summary>An id of ours that we never gave out.</summary>
    NeverSent,

    /// <summary>A debit that takes a credit back: no payment of ours.</summary>
    CreditTakenBack,

    /// <summary>Expected or informed, not booked: no money moved.</summary>
    NotBooked,

    /// <summary>Bank transaction code says funding, charge or interest.</summary>
    Funding,
    Charge,
    Interest,

    /// <summary>UETR: our id written another way.</summary>
    Uetr,

    /// <summary>The bank's own reference, which another word of the bank ties to a payment or batch of ours.</summary>
    BankReference,

    /// <summary>Amount and the payee's account, within three banking days of the execution date; one payment only.</summary>
    AccountAmountDay,

    /// <summary>More than one payment fits: nobody may guess.</summary>
    Several,
}

/// <summary>The row a fact is about.</summary>
/// <param name="Month">Month key (202611) of the attempt's run, or of the file.</param>
/// <param name="RunNo">Of an attempt; 0 for a batch or file.</param>
/// <param name="No">Line number of an attempt, number of a batch's file or of a file.</param>
/// <param name="Part">Attempt, or batch number in its file; 0 for a file.</param>
public readonly record struct FactRow(FactTarget Target, int Month, int RunNo, int No, short Part)
{
    public static readonly FactRow Suspense;

    public static FactRow Of(InstructionId id) => new(FactTarget.Attempt, id.Month.Key(), id.RunNo, id.LineNo, (short)id.Attempt);
}

/// <summary>One thing a bank said, with what it is about.</summary>
/// <param name="EntryNo">Number of the entry or status in its file, from 1.</param>
/// <param name="DetailNo">Number of the detail in its entry, from 1; 0 for the entry itself.</param>
/// <param name="Row">What it is about.</param>
/// <param name="Rule">How that was found.</param>
/// <param name="Evidence">One bit, or none: kept, says nothing.</param>
/// <param name="Level">Where it was said.</param>
/// <param name="AmountVnd">Đồng, as the bank says; null where it gives none.</param>
/// <param name="ReasonCode">Code of the external lists, or the bank's own.</param>
/// <param name="EventKey">The same booking has the same key in camt.052, .053 and .054; never 0.</param>
/// <param name="EventDate">Booking day, where there is one.</param>
/// <param name="ReportedAt">Creation of the report.</param>
/// <param name="WantsCase">Money or a status that waits for a person in suspense.</param>
public readonly record struct BankFact(int EntryNo, int DetailNo, FactRow Row, MatchRule Rule, Evidence Evidence, EvidenceLevel Level, long? AmountVnd,
    string? ReasonCode, string? ReasonText, ulong EventKey, LocalDate? EventDate, Instant ReportedAt, bool WantsCase)
{
    /// <summary>The bank's own reference with the bank's number before it (<c>970415:FT123</c>): references of two banks are never mixed up.</summary>
    public string? BankReference { get; init; }

    /// <summary>The statement it stands in, from 1; 0 for a status.</summary>
    public int StatementNo { get; init; }

    /// <summary>What else the bank said about a booking without an id of ours.</summary>
    public UnnamedBooking? Unnamed { get; init; }
}

/// <summary>A payment we ordered, as far as an answer must fit it.</summary>
public readonly record struct OrderedPayment(long AmountVnd, int FileMonth, int FileNo, int BatchNo);

/// <summary>A batch we sent.</summary>
public sealed record OrderedBatch(int FileMonth, int FileNo, short BatchNo, string BatchId, int Items, long SumVnd);

/// <summary>A file we sent.</summary>
public sealed record OrderedFile(int Month, int FileNo, string MessageId, int Items, long SumVnd, IReadOnlyList<OrderedBatch> Batches)
{
    /// <summary>The bank profile the file was written by.</summary>
    public string Profile { get; init; } = "generic";

    /// <summary>NAPAS number of the bank that pays.</summary>
    public string BankBin { get; init; } = "";
}

/// <summary>What we ordered: the side of matching that is ours. Everything in it is fixed before a bank can answer.</summary>
public interface IOrderBook
{
    /// <summary>The tenant; an id of another province is not ours.</summary>
    short ProvinceCode { get; }

    /// <summary>Đồng of the largest single payment ordered: a larger credit cannot be one payment come back.</summary>
    long LargestPaymentVnd { get; }

    bool TryFind(InstructionId id, out OrderedPayment payment);

    /// <summary>The file with this MsgId, or the file of this PmtInfId; null when it is not ours.</summary>
    OrderedFile? File(string id);

    /// <summary>The file in which a payment of ours stands.</summary>
    OrderedFile? FileOf(InstructionId id);

    /// <summary>Every payment ordered to an account with an amount, whose execution date lies within three banking days of a day. Fixed when we sent the files.</summary>
    /// <param name="account">As the bank writes it.</param>
    IReadOnlyList<FactRow> ByAccount(string account, long amountVnd, LocalDate day) => [];
}
