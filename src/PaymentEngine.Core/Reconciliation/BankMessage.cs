using NodaTime;
using PaymentEngine.Core.Money;

namespace PaymentEngine.Core.Reconciliation;

/// <summary>A sum in any currency as a bank reports it, exact (at most 18 figures, 5 after the point in ISO 20022). Our own sums are <see cref="Vnd"/>.</summary>
public readonly record struct BankAmount(string Currency, decimal Value)
{
    /// <summary>The sum in đồng; null for another currency or a fraction of a đồng, which does not exist.</summary>
    public Vnd? Vnd => Currency == "VND" && decimal.IsInteger(Value) && Value <= long.MaxValue ? new Vnd((long)Value) : null;
}

/// <summary>What is odd about a bank's file without making it unreadable. The code never changes.</summary>
/// <param name="Line">In the file, from 1.</param>
public readonly record struct BankFinding(string Code, string Message, int Line);

/// <summary>Who sent a message and what it calls itself (GrpHdr).</summary>
/// <param name="Name">Kind of message, by its content: <c>camt.053</c>.</param>
/// <param name="Version">Full name where the namespace gives one: <c>camt.053.001.08</c>; else <paramref name="Name"/>.</param>
/// <param name="CreatedAt">CreDtTm; a stamp without zone is in the bank's (by profile Viet Nam time).</param>
/// <param name="SenderHints">BICs, names and ids that the header gives for sender and recipient.</param>
public sealed record BankFileHeader(string Name, string Version, string? MessageId, string? CreatedAtText, Instant? CreatedAt, IReadOnlyList<string> SenderHints);

/// <summary>Why a bank refused or returned: a code of the external lists, a code of its own, or words. All are kept.</summary>
public sealed record BankReason(string? Code, string? Proprietary, string? Text);

/// <summary>A status a bank reports (pain.002): of a file, of a batch, or of one payment.</summary>
public sealed record StatusReport
{
    /// <summary><see cref="EvidenceLevel.File"/>, <see cref="EvidenceLevel.Batch"/> or <see cref="EvidenceLevel.Transaction"/>.</summary>
    public required EvidenceLevel Level { get; init; }

    /// <summary>The batch's number in the file from 1; 0 for the file itself, and for a payment outside any batch.</summary>
    public int BatchNo { get; init; }

    /// <summary>The payment's number in its batch, from 1; 0 for a batch or file.</summary>
    public int TransactionNo { get; init; }
    public string? OriginalMessageId { get; init; }

    /// <summary>OrgnlMsgNmId: not to be trusted, except to drop reports about something else.</summary>
    public string? OriginalMessageName { get; init; }
    public string? OriginalBatchId { get; init; }
    public string? InstructionId { get; init; }
    public string? EndToEndId { get; init; }
    public string? Uetr { get; init; }
    public string? AccountServicerRef { get; init; }

    /// <summary>RJCT, ACSC, PART …, as it came; null when the report gives none at this level.</summary>
    public string? Status { get; init; }
    public IReadOnlyList<BankReason> Reasons { get; init; } = [];

    /// <summary>The bank says that the payment came back; only a result list can. The money is proven by its booking.</summary>
    public bool IsReturn { get; init; }
    public long? OriginalCount { get; init; }
    public decimal? OriginalSum { get; init; }

    /// <summary>The amount and account of the original payment, where the report repeats them.</summary>
    public BankAmount? Amount { get; init; }
    public string? CreditorAccount { get; init; }

    /// <summary>NbOfTxsPerSts: how many payments have which status.</summary>
    public IReadOnlyList<(string Status, long Count)> CountsByStatus { get; init; } = [];

    /// <summary>How many payments (of a batch or file) the report names: a RJCT that names none is about all of them.</summary>
    public int Listed { get; init; }

    /// <summary>OrgnlTxId: the id between banks, in a report that a bank passed on (pacs.002).</summary>
    public string? OriginalTransactionId { get; init; }
    public int Line { get; init; }
}

/// <summary>Bank transaction code: what kind of booking (BkTxCd).</summary>
public sealed record BankTransactionCode(string? Domain, string? Family, string? SubFamily, string? Proprietary)
{
    public static readonly BankTransactionCode None = new(null, null, null, null);

    /// <summary>Sub-families that say: a payment of ours came back (RRTN return, RPCR recall, ARET clearing-house return).</summary>
    public bool SaysReturned => SubFamily is "RRTN" or "RPCR" or "ARET";
}

public sealed record BankBalance(string Code, BankAmount Amount, bool IsCredit, LocalDate? Date);

/// <summary>One account's statement, report or notification in a camt message.</summary>
public sealed record BankStatement
{
    /// <summary>Number in the file, from 1.</summary>
    public required int No { get; init; }
    public string? Id { get; set; }

    /// <summary>ElctrncSeqNb: a gap means that a statement is missing.</summary>
    public string? SequenceNo { get; set; }
    public string? Account { get; set; }
    public string? Currency { get; set; }
    public string? ServicerBic { get; set; }
    public string? From { get; set; }
    public string? To { get; set; }

    /// <summary>CpyDplctInd: CODU, COPY, DUPL; null for an original.</summary>
    public string? CopyDuplicate { get; set; }
    public IReadOnlyList<BankBalance> Balances { get; set; } = [];

    /// <summary>Entries with a reversal flag must be turned round to have their real side. Known at the statement's end: its balances decide where only one reading
    /// fits them, else the bank's profile does.</summary>
    public bool ReversalsTurned { get; set; }

    /// <summary>There are such entries, and the balances hold under exactly one reading: <see cref="ReversalsTurned"/> is no assumption of a profile.</summary>
    public bool ReversalsProven { get; set; }
    public int Line { get; init; }
}

/// <summary>One booking on an account (Ntry). Its details come one by one and are never held together.</summary>
public sealed record BankEntry
{
    /// <summary>Number in the file, from 1.</summary>
    public required int No { get; init; }
    public required BankStatement Statement { get; init; }
    public string? EntryRef { get; set; }
    public string? AccountServicerRef { get; set; }
    public BankAmount? Amount { get; set; }

    /// <summary>CRDT: money came in. Null when the file does not say.</summary>
    public bool? IsCredit { get; set; }

    /// <summary>RvslInd says why, not which way: the side above is the real one unless <see cref="BankStatement.ReversalsTurned"/> says otherwise at the statement's end.</summary>
    public bool IsReversal { get; set; }

    /// <summary>BOOK, PDNG, INFO, FUTR as it came. Only BOOK moves money; null counts as booked in a camt.053 only.</summary>
    public string? Status { get; set; }
    public LocalDate? BookingDate { get; set; }
    public LocalDate? ValueDate { get; set; }
    public BankTransactionCode Code { get; set; } = BankTransactionCode.None;

    /// <summary>Btch/MsgId, PmtInfId and NbOfTxs: the entry settles this batch as a whole.</summary>
    public string? BatchMessageId { get; set; }
    public string? BatchId { get; set; }
    public long? BatchCount { get; set; }
    public decimal Charges { get; set; }

    /// <summary>AddtlNtryInf.</summary>
    public string? Text { get; set; }

    /// <summary>Details seen so far; all of them once the entry is reported as complete.</summary>
    public int Details { get; set; }
    public decimal DetailSum { get; set; }
    public int Line { get; init; }
}

/// <summary>One payment inside a booking (TxDtls). An id that the bank gives as NOTPROVIDED is null.</summary>
public sealed record EntryDetail
{
    /// <summary>Number in the entry, from 1.</summary>
    public required int No { get; init; }
    public string? MessageId { get; set; }
    public string? BatchId { get; set; }
    public string? InstructionId { get; set; }
    public string? EndToEndId { get; set; }
    public string? Uetr { get; set; }
    public string? TransactionId { get; set; }
    public string? AccountServicerRef { get; set; }
    public string? ClearingRef { get; set; }

    /// <summary>All Refs/Prtry/Ref, joined by blanks: references of the bank's own kind.</summary>
    public string? ProprietaryRef { get; set; }

    /// <summary>TxDtls/Amt, else AmtDtls/TxAmt, else InstdAmt. The entry's amount is the truth.</summary>
    public BankAmount? Amount { get; set; }
    public bool? IsCredit { get; set; }
    public BankTransactionCode Code { get; set; } = BankTransactionCode.None;

    /// <summary>RtrInf; null when the detail carries none.</summary>
    public BankReason? ReturnReason { get; set; }
    public string? DebtorName { get; set; }
    public string? DebtorAccount { get; set; }
    public string? CreditorName { get; set; }
    public string? CreditorAccount { get; set; }

    /// <summary>All RmtInf/Ustrd, joined by blanks.</summary>
    public string? RemittanceText { get; set; }

    /// <summary>RmtInf/Strd/CdtrRefInf: the reference of a structured remittance.</summary>
    public string? CreditorRef { get; set; }

    /// <summary>AddtlTxInf.</summary>
    public string? Text { get; set; }
    public int Line { get; init; }

    /// <summary>True when the message itself says that this credit is a payment come back: RtrInf, or a return code on the credit side.</summary>
    public bool IsReturn(BankEntry entry) =>
        (ReturnReason is not null || Code.SaysReturned || entry.Code.SaysReturned) && (IsCredit ?? entry.IsCredit) != false;
}

/// <summary>Takes what a bank's file says, in the order of the file. Every method may be left out.</summary>
public interface IBankMessageVisitor
{
    void Header(BankFileHeader header)
    {
    }

    /// <summary>A payment's status as it comes; a batch's after its payments; the file's last.</summary>
    void Status(StatusReport report)
    {
    }

    /// <summary>A statement, before its first entry; balances that stand behind the entries come with its end.</summary>
    void StatementBegins(BankStatement statement)
    {
    }

    /// <summary>A detail, with its entry as far as it has been read.</summary>
    void Detail(BankEntry entry, EntryDetail detail)
    {
    }

    /// <summary>An entry, complete, after its details.</summary>
    void Entry(BankEntry entry)
    {
    }

    void StatementEnds(BankStatement statement)
    {
    }

    /// <summary>An answer to a recall (camt.029): a payment's as it comes, a batch's after its payments, the message's own last.</summary>
    void Resolution(Resolution resolution)
    {
    }

    /// <summary>A return between banks that our bank passed on (pacs.004).</summary>
    void AnnouncedReturn(AnnouncedReturn announced)
    {
    }

    /// <summary>A request to give a payment back that our bank passed on (camt.056).</summary>
    void RecallRequest(RecallRequest request)
    {
    }

    /// <summary>One instructed payment of a pain.001.</summary>
    void Instructed(string? endToEndId, BankAmount? amount, int line)
    {
    }

    void Finding(BankFinding finding)
    {
    }
}
