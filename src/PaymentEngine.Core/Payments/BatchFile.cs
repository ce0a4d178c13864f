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

    /// <summary>The payer's bank as the profile wants it named (<see cref="BankProfile.DebtorAgent"/>): its BIC, NAPAS number or branch code; null where it has none.</summary>
    public string? DebtorBic { get; init; }
    public string? DebtorBankBin { get; init; }
    public string? DebtorBranchCode { get; init; }

    /// <summary>The payer's ids for a profile that wants one (<see cref="BankProfile.DebtorId"/>): mã số thuế, mã đơn vị có quan hệ với ngân sách.</summary>
    public string? DebtorTaxCode { get; init; }
    public string? DebtorBudgetUnitCode { get; init; }

    /// <summary>UltmtDbtr: whose programme it is, where that is not the holder of the account; null writes none.</summary>
    public string? UltimateDebtorName { get; init; }
    public required string CategoryPurpose { get; init; }

    /// <summary>SvcLvl code of the channel; null writes none.</summary>
    public string? ServiceLevel { get; init; }
    public required int Count { get; init; }
    public required Vnd Sum { get; init; }

    /// <summary>Pulled once, while writing: a batch is never held in memory.</summary>
    public required IEnumerable<PaymentInstruction> Payments { get; init; }

    /// <summary>How the payer's bank is written for a profile.</summary>
    /// <exception cref="InvalidOperationException">The batch lacks the code this bank wants.</exception>
    public string DebtorAgentFor(BankProfile profile) => (profile.DebtorAgent switch
    {
        AgentForm.Bic => DebtorBic,
        AgentForm.NapasNumber => DebtorBankBin,
        _ => DebtorBranchCode,
    }) ?? throw new InvalidOperationException($"{BatchId}: the payer's bank has no {profile.DebtorAgent} for profile {profile.Id}.");

    /// <summary>The id of the payer that a profile wants; null where it wants none.</summary>
    /// <exception cref="InvalidOperationException">The batch lacks the id this bank wants.</exception>
    public string? DebtorIdFor(BankProfile profile) => profile.DebtorId switch
    {
        DebtorIdKind.None => null,
        DebtorIdKind.TaxCode => DebtorTaxCode ?? throw new InvalidOperationException($"{BatchId}: the payer has no tax code for profile {profile.Id}."),
        _ => DebtorBudgetUnitCode ?? throw new InvalidOperationException($"{BatchId}: the payer has no budget unit code for profile {profile.Id}."),
    };
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
