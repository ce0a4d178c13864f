using NodaTime;
using PaymentEngine.Core.Money;

namespace PaymentEngine.Core.Payments;

/// <summary>One credit transfer as the bank gets it (CdtTrfTxInf). Texts have passed <see cref="BankText"/>.</summary>
/// <param name="BankBin">NAPAS number of the payee's bank, six figures.</param>
/// <param name="Bic">BIC of the payee's bank, where the profile wants it.</param>
/// <param name="MemberId">Branch code of eight figures, where the profile wants it.</param>
/// <param name="PurposeCode">Purp code of the programme (SSBE, BENE, PENS …).</param>
/// <param name="RemittanceText">What follows the id in the remittance text; may be empty. Nothing that reveals illness or poverty.</param>
public readonly record struct PaymentInstruction(
    InstructionId EndToEndId, Vnd Amount, string BankBin, string? Bic, string? MemberId, string CreditorName, string CreditorAccount,
    string PurposeCode, string RemittanceText);

/// <summary>One PmtInf: the payments of one debtor account, day, purpose and channel, in the order of their ids.</summary>
public sealed record PaymentBatch
{
    public required string BatchId { get; init; }
    public required LocalDate ExecutionDate { get; init; }
    public required string DebtorName { get; init; }
    public required string DebtorAccount { get; init; }
    public required string DebtorBic { get; init; }
    public required string CategoryPurpose { get; init; }

    /// <summary>SvcLvl code of the channel; null writes none.</summary>
    public string? ServiceLevel { get; init; }
    public required int Count { get; init; }
    public required Vnd Sum { get; init; }

    /// <summary>Pulled once, while writing: a batch is never held in memory.</summary>
    public required IEnumerable<PaymentInstruction> Payments { get; init; }
}

/// <summary>A file to a bank: what the approved batch record says it must contain. Count and sum are asserted while it is written.</summary>
public sealed record BatchFile
{
    public required string MessageId { get; init; }

    /// <summary>CreDtTm, from the batch record and not from the clock, so that a file written again is the same bytes.</summary>
    public required OffsetDateTime CreatedAt { get; init; }
    public required string PayerName { get; init; }

    /// <summary>The payer's customer number at the bank; null where the bank wants none.</summary>
    public string? CustomerNumber { get; init; }
    public required int Count { get; init; }
    public required Vnd Sum { get; init; }
    public required IReadOnlyList<PaymentBatch> Batches { get; init; }

    public string FileName => MessageId + ".xml";
}
