using NodaTime;
using PaymentEngine.Core.Money;
using PaymentEngine.Core.Reconciliation;

namespace PaymentEngine.Messages.Iso20022;

/// <summary>A bank's answer to a recall (camt.055) of payments of one batch.</summary>
public sealed record RecallAnswerFile
{
    public required string MessageId { get; init; }
    public required OffsetDateTime CreatedAt { get; init; }
    public required string BankBic { get; init; }
    public required string PayerName { get; init; }

    /// <summary>Conf: <c>CNCL</c> all done, <c>RJCR</c> all refused, <c>PDCR</c> pending, <c>PECR</c> some done.</summary>
    public required string Confirmation { get; init; }
    public required string OriginalMessageId { get; init; }
    public required string OriginalBatchId { get; init; }
    public string OriginalMessageName { get; init; } = Pain001Writer.MessageVersion;

    /// <summary>Pulled while writing.</summary>
    public required IEnumerable<RecalledPayment> Payments { get; init; }
}

/// <summary>The answer about one payment.</summary>
/// <param name="CaseId">The case of our recall; null where the bank does not give it back.</param>
/// <param name="Status">TxCxlSts: <c>ACCR</c> agreed, <c>RJCR</c> refused, <c>PDCR</c> pending.</param>
/// <param name="Reason">Why it is refused: codes/cancellation-rejection.csv.</param>
public readonly record struct RecalledPayment(string? CaseId, string? EndToEndId, string? InstructionId, string Status, BankReason? Reason, Vnd Amount);

/// <summary>Writes camt.029.001.09, the simulated bank's answer to a recall; streaming. Agreed is not yet money: the credit comes with the statement.</summary>
public static class Camt029Writer
{
    public const string MessageVersion = "camt.029.001.09";

    public static void Write(Stream output, RecallAnswerFile answer)
    {
        using var xml = new MessageWriter(output, MessageVersion);
        xml.Start("RsltnOfInvstgtn");
        xml.Line();
        xml.Start("Assgnmt");
        xml.Leaf("Id", answer.MessageId);
        xml.Start("Assgnr");
        xml.Start("Agt");
        xml.Nested("FinInstnId", "BICFI", answer.BankBic);
        xml.End(2);
        xml.Start("Assgne");
        xml.Nested("Pty", "Nm", answer.PayerName);
        xml.End();
        xml.Leaf("CreDtTm", answer.CreatedAt);
        xml.End();
        xml.Line();
        xml.Nested("Sts", "Conf", answer.Confirmation);
        xml.Line();
        xml.Start("CxlDtls");
        xml.Start("OrgnlPmtInfAndSts");
        xml.Leaf("OrgnlPmtInfId", answer.OriginalBatchId);
        xml.Start("OrgnlGrpInf");
        xml.Leaf("OrgnlMsgId", answer.OriginalMessageId);
        xml.Leaf("OrgnlMsgNmId", answer.OriginalMessageName);
        xml.End();
        xml.Line();
        foreach (var payment in answer.Payments)
        {
            xml.Start("TxInfAndSts");
            if (payment.CaseId is { } caseId)
            {
                xml.Start("RslvdCase");
                xml.Leaf("Id", caseId);
                xml.Start("Cretr");
                xml.Nested("Pty", "Nm", answer.PayerName);
                xml.End(2);
            }

            xml.LeafIf("OrgnlInstrId", payment.InstructionId);
            xml.LeafIf("OrgnlEndToEndId", payment.EndToEndId);
            xml.Leaf("TxCxlSts", payment.Status);
            if (payment.Reason is { } reason) Pain002Writer.Reason(xml, "CxlStsRsnInf", reason);
            xml.Amount("OrgnlInstdAmt", payment.Amount.Amount);
            xml.End();
            xml.Line();
        }

        xml.End(2);
        xml.Line();
        xml.End();
        xml.Line();
        xml.Finish();
    }
}
