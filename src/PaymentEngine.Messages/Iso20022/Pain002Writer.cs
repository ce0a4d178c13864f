using NodaTime;
using PaymentEngine.Core.Money;
using PaymentEngine.Core.Reconciliation;

namespace PaymentEngine.Messages.Iso20022;

/// <summary>A status report as a bank sends it. Levels that have nothing to say are left out, as banks do.</summary>
public sealed record StatusReportFile
{
    public required string MessageId { get; init; }
    public required OffsetDateTime CreatedAt { get; init; }
    public required string BankBic { get; init; }
    public required string OriginalMessageId { get; init; }
    public string OriginalMessageName { get; init; } = Pain001Writer.MessageVersion;
    public long? OriginalCount { get; init; }
    public Vnd? OriginalSum { get; init; }
    public string? Status { get; init; }
    public IReadOnlyList<BankReason> Reasons { get; init; } = [];
    public required IEnumerable<BatchStatus> Batches { get; init; }
}

public sealed record BatchStatus
{
    public required string OriginalBatchId { get; init; }
    public long? OriginalCount { get; init; }
    public Vnd? OriginalSum { get; init; }
    public string? Status { get; init; }
    public IReadOnlyList<BankReason> Reasons { get; init; } = [];

    /// <summary>Pulled while writing.</summary>
    public required IEnumerable<PaymentStatus> Payments { get; init; }
}

public readonly record struct PaymentStatus(string EndToEndId, string? InstructionId, string Status, BankReason? Reason, Vnd? Amount, string? AccountServicerRef);

/// <summary>Writes pain.002.001.10: the simulated bank's answer to a file, streaming.</summary>
public static class Pain002Writer
{
    public const string MessageVersion = "pain.002.001.10";

    public static void Write(Stream output, StatusReportFile report)
    {
        using var xml = new MessageWriter(output, MessageVersion);
        xml.Start("CstmrPmtStsRpt");
        xml.Line();
        xml.Start("GrpHdr");
        xml.Leaf("MsgId", report.MessageId);
        xml.Leaf("CreDtTm", report.CreatedAt);
        xml.Start("DbtrAgt");
        xml.Nested("FinInstnId", "BICFI", report.BankBic);
        xml.End(2);
        xml.Line();
        xml.Start("OrgnlGrpInfAndSts");
        xml.Leaf("OrgnlMsgId", report.OriginalMessageId);
        xml.Leaf("OrgnlMsgNmId", report.OriginalMessageName);
        Original(xml, report.OriginalCount, report.OriginalSum);
        xml.LeafIf("GrpSts", report.Status);
        foreach (var reason in report.Reasons) Reason(xml, "StsRsnInf", reason);
        xml.End();
        xml.Line();
        foreach (var batch in report.Batches) WriteBatch(xml, batch);
        xml.End();
        xml.Line();
        xml.Finish();
    }

    static void WriteBatch(MessageWriter xml, BatchStatus batch)
    {
        xml.Start("OrgnlPmtInfAndSts");
        xml.Leaf("OrgnlPmtInfId", batch.OriginalBatchId);
        Original(xml, batch.OriginalCount, batch.OriginalSum);
        xml.LeafIf("PmtInfSts", batch.Status);
        foreach (var reason in batch.Reasons) Reason(xml, "StsRsnInf", reason);
        xml.Line();
        foreach (var payment in batch.Payments)
        {
            xml.Start("TxInfAndSts");
            xml.LeafIf("OrgnlInstrId", payment.InstructionId);
            xml.Leaf("OrgnlEndToEndId", payment.EndToEndId);
            xml.Leaf("TxSts", payment.Status);
            if (payment.Reason is { } reason) Reason(xml, "StsRsnInf", reason);
            xml.LeafIf("AcctSvcrRef", payment.AccountServicerRef);
            if (payment.Amount is { } amount)
            {
                xml.Start("OrgnlTxRef");
                xml.Start("Amt");
                xml.Amount("InstdAmt", amount.Amount);
                xml.End(2);
            }

            xml.End();
            xml.Line();
        }

        xml.End();
        xml.Line();
    }

    static void Original(MessageWriter xml, long? count, Vnd? sum)
    {
        if (count is { } transactions) xml.Leaf("OrgnlNbOfTxs", transactions);
        if (sum is { } total) xml.Leaf("OrgnlCtrlSum", total.Amount);
    }

    /// <summary>StsRsnInf and RtrInf alike: code or proprietary code, then text in pieces of the 105 characters that the element holds.</summary>
    internal static void Reason(MessageWriter xml, string element, BankReason reason)
    {
        xml.Start(element);
        if (reason.Code is not null) xml.Nested("Rsn", "Cd", reason.Code);
        else if (reason.Proprietary is not null) xml.Nested("Rsn", "Prtry", reason.Proprietary);
        for (var rest = reason.Text ?? ""; rest.Length > 0; rest = rest.Length > 105 ? rest[105..] : "") xml.Leaf("AddtlInf", rest.Length > 105 ? rest[..105] : rest);
        xml.End();
    }
}
