using NodaTime;

namespace PaymentEngine.Messages.Iso20022;

/// <summary>Payments sent back between banks, as a bank passes the message on to its customer.</summary>
public sealed record PaymentReturnFile
{
    public required string MessageId { get; init; }
    public required OffsetDateTime CreatedAt { get; init; }

    /// <summary>Day on which the banks settle.</summary>
    public required LocalDate SettledOn { get; init; }

    /// <summary>What comes back, with the ids by which the bank knows it.</summary>
    public required IReadOnlyList<StatementDetail> Returns { get; init; }
}

/// <summary>Writes pacs.004.001.09, the return of payments between banks; streaming. It announces money, and only the statement shows it.</summary>
public static class Pacs004Writer
{
    public const string MessageVersion = "pacs.004.001.09";

    public static void Write(Stream output, PaymentReturnFile file)
    {
        using var xml = new MessageWriter(output, MessageVersion);
        xml.Start("PmtRtr");
        xml.Line();
        xml.Start("GrpHdr");
        xml.Leaf("MsgId", file.MessageId);
        xml.Leaf("CreDtTm", file.CreatedAt);
        xml.Leaf("NbOfTxs", file.Returns.Count);
        xml.Nested("SttlmInf", "SttlmMtd", "CLRG");
        xml.End();
        xml.Line();
        foreach (var back in file.Returns)
        {
            xml.Start("TxInf");
            xml.LeafIf("RtrId", back.AccountServicerRef);
            xml.LeafIf("OrgnlInstrId", back.InstructionId);
            xml.LeafIf("OrgnlEndToEndId", back.EndToEndId);
            xml.LeafIf("OrgnlUETR", back.Uetr);
            if (back.InstructedAmount is { } whole) xml.Amount("OrgnlIntrBkSttlmAmt", whole.Amount);
            xml.Amount("RtrdIntrBkSttlmAmt", back.Amount.Amount);
            xml.Leaf("IntrBkSttlmDt", file.SettledOn);
            if (back.ReturnReason is { } reason) Pain002Writer.Reason(xml, "RtrRsnInf", reason);
            else if (back.Text is { } text) Pain002Writer.Reason(xml, "RtrRsnInf", new(null, null, text));
            xml.End();
            xml.Line();
        }

        xml.End();
        xml.Line();
        xml.Finish();
    }
}
