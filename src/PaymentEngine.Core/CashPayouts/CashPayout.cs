using NodaTime;
using PaymentEngine.Core.Money;
using PaymentEngine.Core.Payments;
using PaymentEngine.Core.Recipients;

namespace PaymentEngine.Core.CashPayouts;

/// <summary>One line of a printed cash list, as the paying officer and the recipient see it.</summary>
/// <param name="LineNo">Number on the list (STT), from 1.</param>
/// <param name="Payment">The payment's id with its attempt: the same figures as in bank files.</param>
/// <param name="ReceiptCode">See <see cref="CashPayouts.ReceiptCode"/>.</param>
/// <param name="RecipientName">Who has the right.</param>
/// <param name="Birth">As precisely as known.</param>
/// <param name="IdTail">Last four figures of the identity number, or null: the full number does not go on paper.</param>
/// <param name="Place">Hamlet and address.</param>
/// <param name="PayeeName">Who takes the money.</param>
/// <param name="Programme">NCC, BTXH or HTXH.</param>
/// <param name="Amount">To be paid out.</param>
/// <param name="FromBank">True when a bank could not deliver it: an earlier attempt was a payment order.</param>
/// <param name="FromList">True when it stood on an earlier list and nobody came.</param>
/// <param name="AtHome">True when the money is brought to the payee's home.</param>
public sealed record CashLine(int LineNo, InstructionId Payment, string ReceiptCode, string RecipientName, BirthDate Birth, string? IdTail, string Place, string PayeeName,
    Programme Programme, Vnd Amount, bool FromBank, bool FromList = false, bool AtHome = false)
{
    /// <summary>What the cashier should know of the line, in Vietnamese; empty for most.</summary>
    public string Remark => string.Join("; ", new[] { AtHome ? "Chi tại nhà" : "", FromBank ? "Ngân hàng không chi được" : FromList ? "Kỳ trước chưa nhận" : "" }.Where(text => text.Length > 0));
}

/// <summary>A printed list with its head.</summary>
/// <param name="Point">The counter it is for, as it was on the day of printing; null where the commune had declared none.</param>
public sealed record CashList(CashListId Id, string CommuneCode, string CommuneName, string PayerName, LocalDate PrintedOn, string PrintedBy, IReadOnlyList<CashLine> Lines, PayPoint? Point = null)
{
    public Vnd Total => Lines.Aggregate(Vnd.Zero, (sum, line) => sum + line.Amount);
}

/// <summary>How a line of a cash list ended.</summary>
public enum CashResult : byte { Paid = 1, Uncollected }

/// <summary>One result as written on the returned list.</summary>
/// <param name="FileLine">Line in the file, for messages.</param>
/// <param name="ReceiptCode">Which line of which list.</param>
/// <param name="Result">Paid, or nobody came.</param>
/// <param name="PaidOn">Day of the payout or of the attempt.</param>
/// <param name="Receiver">Who signed.</param>
/// <param name="Remark">Free text.</param>
/// <param name="Amount">Amount as the returned list has it, to be compared; null when the column is absent.</param>
public sealed record CashResultRow(int FileLine, string ReceiptCode, CashResult Result, LocalDate PaidOn, string? Receiver, string? Remark, Vnd? Amount);
