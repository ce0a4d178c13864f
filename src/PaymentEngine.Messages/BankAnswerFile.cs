using PaymentEngine.Core;
using PaymentEngine.Core.Payments;
using PaymentEngine.Core.Reconciliation;
using PaymentEngine.Messages.Iso20022;
using PaymentEngine.Messages.Spreadsheets;

namespace PaymentEngine.Messages;

/// <summary>One door for whatever a bank answers with: an ISO 20022 message, or a result list in CSV, XLSX or XLS.</summary>
public static class BankAnswerFile
{
    /// <summary>Reads the file to its end and shows its content to the visitor.</summary>
    /// <param name="seekable">The bytes, from the start.</param>
    /// <param name="name">The file's name: a text is a list when it ends in .csv or .txt.</param>
    /// <param name="visitor">Takes the content.</param>
    /// <param name="message">Reads a message; a list is read here.</param>
    /// <param name="profile">Whose list it is; null: found by its titles. A message says itself whose it is.</param>
    /// <returns>What was counted; or why the file cannot be taken. The visitor may have seen a part of a message by then; of a list it has seen nothing.</returns>
    public static Result<BankFileTotals> Read(Stream seekable, string name, IBankMessageVisitor visitor, Func<Stream, Result<BankFileTotals>> message, BankProfile? profile = null) =>
        SheetReader.KindOf(seekable, name) is { } kind ? ResultListReader.Read(seekable, kind, profile is null ? BankProfiles.All : [profile], visitor) : message(seekable);

    /// <inheritdoc cref="Read(Stream, string, IBankMessageVisitor, Func{Stream, Result{BankFileTotals}}, BankProfile?)"/>
    public static Result<BankFileTotals> Read(Stream seekable, string name, IBankMessageVisitor visitor, BankReadingRules rules, BankProfile? profile = null) =>
        Read(seekable, name, visitor, stream => BankMessageReader.Read(stream, visitor, rules: rules), profile);
}
