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

/// <summary>A payment's status. The ids are those the bank gives back; a bank may give none of ours but its own reference.</summary>
/// <param name="Uetr">Unknown to versions before the tenth, where it is left out.</param>
public readonly record struct PaymentStatus(string? EndToEndId, string? InstructionId, string Status, BankReason? Reason, Vnd? Amount, string? AccountServicerRef, string? Uetr = null);

/// <summary>Writes pain.002, the simulated bank's answer to a file, streaming; in the versions .03, .10 and .14 that banks use side by side.</summary>
public static class Pain002Writer
{
    public const string MessageVersion = "pain.002.001.10";

    /// <param name="output">Stays open.</param>
    /// <param name="report">Its payments are pulled while writing.</param>
    /// <param name="version">3, 10 or 14.</param>
    public static void Write(Stream output, StatusReportFile report, int version = 10)
    {
        using var xml = new MessageWriter(output, VersionName(version));
        xml.Start("CstmrPmtStsRpt");
        xml.Line();
        xml.Start("GrpHdr");
        xml.Leaf("MsgId", report.MessageId);
        xml.Leaf("CreDtTm", report.CreatedAt);
        xml.Start("DbtrAgt");
        xml.Nested("FinInstnId", version < 4 ? "BIC" : "BICFI", report.BankBic);
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
        foreach (var batch in report.Batches) WriteBatch(xml, batch, withUetr: version >= 10);
        xml.End();
        xml.Line();
        xml.Finish();
    }

    /// <summary><c>pain.002.001.10</c> of 10.</summary>
    public static string VersionName(int version) => version is 3 or 10 or 14
        ? string.Create(System.Globalization.CultureInfo.InvariantCulture, $"pain.002.001.{version:00}")
        : throw new ArgumentOutOfRangeException(nameof(version), version, "pain.002 is written in the versions 3, 10 and 14.");

    static void WriteBatch(MessageWriter xml, BatchStatus batch, bool withUetr)
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
            xml.LeafIf("OrgnlEndToEndId", payment.EndToEndId);
            if (withUetr) xml.LeafIf("OrgnlUETR", payment.Uetr);
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
