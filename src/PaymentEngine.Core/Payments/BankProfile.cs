using NodaTime;
using PaymentEngine.Core.Money;

namespace PaymentEngine.Core.Payments;

/// <summary>How the payee's bank is named in a message.</summary>
public enum CreditorAgentForm : byte
{
    /// <summary>The BIC of 8 or 11 characters (BICFI).</summary>
    Bic,

    /// <summary>The NAPAS number of six figures as clearing member id.</summary>
    NapasNumber,

    /// <summary>The branch code of eight figures as clearing member id.</summary>
    BranchCode,
}

/// <summary>Everything one bank wants differently. Data, never code: adding a bank is adding a file.</summary>
public sealed record BankProfile
{
    public required string Id { get; init; }

    /// <summary>Counts up with every change; a file says by which version it was made.</summary>
    public required int Version { get; init; }

    /// <summary>Message version to write, for example <c>pain.001.001.09</c>.</summary>
    public required string MessageVersion { get; init; }
    public required CreditorAgentForm CreditorAgent { get; init; }
    public required int NameLengthMax { get; init; }
    public required int RemittanceLengthMax { get; init; }
    public required int MessageIdLengthMax { get; init; }

    /// <summary>BtchBookg: one debit a batch (true) or one a payment.</summary>
    public required bool BatchBooking { get; init; }

    /// <summary>ChrgBr, <c>DEBT</c>: the benefit arrives whole; null writes none.</summary>
    public string? ChargeBearer { get; init; }

    /// <summary>CtgyPurp of a batch whose programme has no code of its own.</summary>
    public required string CategoryPurpose { get; init; }

    /// <summary>SvcLvl code of transfers inside the bank, of low value, of high value, and instant ones; null writes none.</summary>
    public string? ServiceLevelInside { get; init; }
    public string? ServiceLevelLowValue { get; init; }
    public string? ServiceLevelHighValue { get; init; }
    public string? ServiceLevelInstant { get; init; }

    /// <summary>Largest payment, in đồng, on the fast and low-value channel.</summary>
    public required Vnd LowValueMax { get; init; }
    public required Vnd PaymentMax { get; init; }
    public required int TransactionsPerFileMax { get; init; }
    public required int TransactionsPerBatchMax { get; init; }
    public required int BatchesPerFileMax { get; init; }
    public required long FileBytesMax { get; init; }

    /// <summary>Whether payments that a PART report does not name are accepted.</summary>
    public required bool SilenceInPartMeansAccepted { get; init; }

    /// <summary>Whether a status report ACSC counts as paid before the statement shows it.</summary>
    public required bool SettledStatusCountsAsPaid { get; init; }

    /// <summary>Whether a booked camt.054 is final, without waiting for the statement.</summary>
    public required bool NotificationIsFinal { get; init; }

    /// <summary>Banking days of unbroken statements after the execution date that prove a payment was never taken.</summary>
    public required int ProofDays { get; init; }

    /// <summary>The zone of the bank's stamps that carry none.</summary>
    public required Offset StampOffset { get; init; }

    /// <summary>How the payee's bank is written for this profile: the <c>bank</c> of the list hash.</summary>
    /// <exception cref="InvalidOperationException">The payment lacks the code this bank wants: routing let through what it must not.</exception>
    public string AgentOf(in PaymentInstruction payment) => (CreditorAgent switch
    {
        CreditorAgentForm.Bic => payment.Bic,
        CreditorAgentForm.NapasNumber => payment.BankBin,
        _ => payment.MemberId,
    }) ?? throw new InvalidOperationException($"{payment.EndToEndId}: bank {payment.BankBin} has no {CreditorAgent} for profile {Id}.");
}
