using System.Collections.Concurrent;
using System.Text.RegularExpressions;
using NodaTime;
using PaymentEngine.Core.Money;
using PaymentEngine.Core.Reconciliation;

namespace PaymentEngine.Core.Payments;

/// <summary>How a bank is named in a message.</summary>
public enum AgentForm : byte
{
    /// <summary>The BIC of 8 or 11 characters (BICFI).</summary>
    Bic,

    /// <summary>The NAPAS number of six figures as clearing member id.</summary>
    NapasNumber,

    /// <summary>The branch code of eight figures as clearing member id.</summary>
    BranchCode,
}

/// <summary>What a bank loads.</summary>
public enum FileKind : byte
{
    /// <summary>ISO 20022 pain.001.</summary>
    Pain001,

    /// <summary>Text with one payment a row, by <see cref="BankProfile.Layout"/>.</summary>
    Csv,

    /// <summary>A workbook with one payment a row, by <see cref="BankProfile.Layout"/>.</summary>
    Xlsx,
}

/// <summary>Which id of the payer a bank wants beside its name (Dbtr/Id).</summary>
public enum DebtorIdKind : byte { None, TaxCode, BudgetUnitCode }

/// <summary>The level of a status report (pain.002) that a bank sends.</summary>
public enum StatusLevel : byte { File, Batch, Transaction }

/// <summary>An id of ours that a bank gives back, or the place where it does.</summary>
public enum GivenBackId : byte
{
    EndToEndId,
    InstrId,
    Uetr,

    /// <summary>Our id stands inside a free text.</summary>
    Text,

    /// <summary>The bank's own reference, told by an earlier answer.</summary>
    BankReference,
}

/// <summary>The envelope around a message.</summary>
public enum EnvelopeKind : byte { None, Head001 }

/// <summary>What a bank wants signed.</summary>
public enum SignatureKind : byte { None, DetachedCms }

/// <summary>How a bank is asked to take a payment back.</summary>
public enum RecallForm : byte
{
    None,

    /// <summary>A message, camt.055.</summary>
    Camt055,

    /// <summary>A list for the bank's desk.</summary>
    List,
}

/// <summary>A field of a profile that nobody has read in a paper of the bank, and why it says what it says.</summary>
public sealed record AssumedField(string Field, string Why);

/// <summary>Words of a bank that mean a known reason.</summary>
/// <param name="Phrase">As the bank writes it; compared without marks and case.</param>
/// <param name="Code">A code of codes/reason-codes.csv.</param>
public sealed record ReturnPhrase(string Phrase, string Code);

/// <summary>
/// Everything one bank wants differently. Data, never code: adding a bank is adding a file. Terms of ISO 20022 pain.001, pain.002 and camt where they have one;
/// how a profile file looks and what is refused in it: docs/bank-profiles.md.
/// </summary>
public sealed record BankProfile
{
    /// <summary>Short name in lower case: <c>agribank</c>.</summary>
    public required string Id { get; init; }

    /// <summary>Counts up with every change; a file says by which version it was made.</summary>
    public required int Version { get; init; }

    /// <summary>The bank's name for people.</summary>
    public required string Name { get; init; }

    /// <summary>NAPAS numbers of the paying bank or wallet; empty in the generic profile, which stands in for every bank without its own.</summary>
    public required IReadOnlyList<string> BankBins { get; init; }

    /// <summary>The fields that are assumed. Empty only when all of them were read in a paper of the bank.</summary>
    public required IReadOnlyList<AssumedField> Assumed { get; init; }
    public required FileKind FileKind { get; init; }

    /// <summary>The rows of a spreadsheet to the bank; null for pain.001.</summary>
    public required SpreadsheetLayout? Layout { get; init; }

    /// <summary>The rows of a result list from the bank; null when it sends none.</summary>
    public required ResultListLayout? Results { get; init; }

    /// <summary>Message version to write, for example <c>pain.001.001.09</c>.</summary>
    public required string MessageVersion { get; init; }

    /// <summary>How the payee's bank is named (CdtrAgt), and the payer's own (DbtrAgt).</summary>
    public required AgentForm CreditorAgent { get; init; }
    public required AgentForm DebtorAgent { get; init; }

    /// <summary>Which id of the payer is written (Dbtr/Id/OrgId/Othr).</summary>
    public required DebtorIdKind DebtorId { get; init; }

    /// <summary>SchmeNm/Cd of the customer number: <c>CUST</c> or <c>BANK</c>.</summary>
    public required string CustomerNumberScheme { get; init; }

    /// <summary>Most characters of a name, of the remittance text, of a message id.</summary>
    public required int NameLengthMax { get; init; }
    public required int RemittanceLengthMax { get; init; }
    public required int MessageIdLengthMax { get; init; }

    /// <summary>Characters beside letters, figures and blank that the remittance text may have; null: <c>/ - ? : ( ) . , ' +</c>.</summary>
    public required string? RemittanceCharacters { get; init; }

    /// <summary>Whether a UETR is written (not in pain.001.001.03).</summary>
    public required bool WritesUetr { get; init; }

    /// <summary>BtchBookg: one debit a batch (true) or one a payment.</summary>
    public required bool BatchBooking { get; init; }

    /// <summary>ChrgBr, <c>DEBT</c>: the benefit arrives whole; null writes none.</summary>
    public required string? ChargeBearer { get; init; }

    /// <summary>CtgyPurp of a batch whose programme has no code of its own.</summary>
    public required string CategoryPurpose { get; init; }

    /// <summary>PmtTpInf/InstrPrty, <c>NORM</c> or <c>HIGH</c>; null writes none.</summary>
    public required string? InstructionPriority { get; init; }

    /// <summary>PmtTpInf/LclInstrm/Prtry; null writes none.</summary>
    public required string? LocalInstrument { get; init; }

    /// <summary>SvcLvl code of transfers inside the bank, of low value, of high value, and instant ones; null writes none.</summary>
    public required string? ServiceLevelInside { get; init; }
    public required string? ServiceLevelLowValue { get; init; }
    public required string? ServiceLevelHighValue { get; init; }
    public required string? ServiceLevelInstant { get; init; }

    /// <summary>Largest payment, in đồng, on the fast and low-value channel.</summary>
    public required Vnd LowValueMax { get; init; }
    public required Vnd PaymentMax { get; init; }
    public required int TransactionsPerFileMax { get; init; }
    public required int TransactionsPerBatchMax { get; init; }
    public required int BatchesPerFileMax { get; init; }
    public required long FileBytesMax { get; init; }

    /// <summary>Until when, on the bank's own clock (<see cref="StampOffset"/>), a file of a day is still taken that day.</summary>
    public required LocalTime CutOff { get; init; }

    /// <summary>How many calendar days ahead an execution date may lie.</summary>
    public required int DaysAheadMax { get; init; }

    /// <summary>The levels of status report the bank sends; empty: it sends no pain.002.</summary>
    public required IReadOnlyList<StatusLevel> StatusLevels { get; init; }

    /// <summary>Whether it sends camt.054 (and camt.052), and camt.053.</summary>
    public required bool SendsNotifications { get; init; }
    public required bool SendsStatements { get; init; }

    /// <summary>Whether it ever sends ACSC.</summary>
    public required bool SettledStatusSent { get; init; }

    /// <summary>Whether payments that a PART report does not name are accepted.</summary>
    public required bool SilenceInPartMeansAccepted { get; init; }

    /// <summary>Whether a status report ACSC counts as paid before the statement shows it.</summary>
    public required bool SettledStatusCountsAsPaid { get; init; }

    /// <summary>Whether a booked camt.054 is final, without waiting for the statement.</summary>
    public required bool NotificationIsFinal { get; init; }

    /// <summary>Whether RvslInd turns the side of an entry; by the standard it does not.</summary>
    public required bool ReversalTurnsSide { get; init; }

    /// <summary>Which of our ids come back, and where.</summary>
    public required IReadOnlyList<GivenBackId> IdsGivenBack { get; init; }

    /// <summary>The bank's words for reasons, and its own codes for them (own code → code of codes/reason-codes.csv).</summary>
    public required IReadOnlyList<ReturnPhrase> ReturnPhrases { get; init; }
    public required IReadOnlyDictionary<string, string> ProprietaryCodes { get; init; }

    /// <summary>A regular expression that the whole of an account number at this bank fits; null: any account number.</summary>
    public required string? AccountPattern { get; init; }

    /// <summary>How the bank writes the payer's account in statements.</summary>
    public required StatementAccountForm StatementAccountForm { get; init; }

    /// <summary>Banking days after the execution date within which returns still come as a matter of course.</summary>
    public required int LateReturnDays { get; init; }
    public required EnvelopeKind Envelope { get; init; }
    public required SignatureKind SignatureKind { get; init; }
    public required RecallForm Recall { get; init; }

    /// <summary>Banking hours without an acknowledgement after which a task is raised (profile §10, Clocks). None of the clocks changes a state.</summary>
    public required int AcknowledgementHours { get; init; }

    /// <summary>Banking days after the execution date: without a final status, without a booked debit.</summary>
    public required int FinalStatusDays { get; init; }
    public required int DebitDays { get; init; }

    /// <summary>Banking days an unmatched entry may wait in suspense.</summary>
    public required int SuspenseDays { get; init; }

    /// <summary>Banking days since the booked debit without a return after which a payment counts as confirmed.</summary>
    public required int ConfirmedDays { get; init; }

    /// <summary>Banking days of unbroken statements after the execution date that prove a payment was never taken.</summary>
    public required int ProofDays { get; init; }

    /// <summary>By how many đồng a booked amount may differ from ours and still be taken for it.</summary>
    public required Vnd ToleranceVnd { get; init; }

    /// <summary>The zone of the bank's stamps that carry none.</summary>
    public required Offset StampOffset { get; init; }

    static readonly ConcurrentDictionary<string, Regex> AccountPatterns = new(StringComparer.Ordinal);

    /// <summary>Whether an account number can be one of this bank (<see cref="AccountPattern"/>). It cannot say that the account exists.</summary>
    /// <param name="account">The whole number.</param>
    public bool TakesAccount(string account) => AccountPattern is not { } pattern
        || AccountPatterns.GetOrAdd(pattern, static text => new Regex($@"\A(?:{text})\z", RegexOptions.NonBacktracking | RegexOptions.CultureInvariant)).IsMatch(account);

    /// <summary>How the payee's bank is written for this profile: the <c>bank</c> of the list hash.</summary>
    /// <exception cref="InvalidOperationException">The payment lacks the code this bank wants: routing let through what it must not.</exception>
    public string AgentOf(in PaymentInstruction payment) => (CreditorAgent switch
    {
        AgentForm.Bic => payment.Bic,
        AgentForm.NapasNumber => payment.BankBin,
        _ => payment.MemberId,
    }) ?? throw new InvalidOperationException($"{payment.EndToEndId}: bank {payment.BankBin} has no {CreditorAgent} for profile {Id}.");
}
