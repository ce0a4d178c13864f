using PaymentEngine.Core.Payments;

namespace PaymentEngine.Messages.Iso20022;

/// <summary>Writes camt.055.001.08 (customer payment cancellation request): the bank is asked to take payments back. The same recall gives the same bytes.</summary>
public static class Camt055Writer
{
    public const string MessageVersion = "camt.055.001.08";

    /// <summary>Writes the message: one request for each payment with an id of its own, under the batch in which the payment was sent.</summary>
    /// <exception cref="InvalidOperationException">Payments out of order or none, or a text that must not reach a bank: a bug before this point.</exception>
    public static void Write(Stream output, RecallFile recall, BankProfile profile)
    {
        Require(recall.Payments.Count is >= 1 and <= RecallFile.PaymentsMax, $"{recall.Id} has {recall.Payments.Count} payments.");
        var original = Pain001Version.Find(recall.OriginalMessage) ?? throw new InvalidOperationException($"{recall.OriginalMessageId} was no message but {recall.OriginalMessage}.");
        using var xml = new MessageWriter(output, MessageVersion, BusinessHeader.Of(recall, profile));
        xml.Start("CstmrPmtCxlReq");
        xml.Line();
        xml.Start("Assgnmt");
        xml.Leaf("Id", recall.Id.ToString());
        xml.Start("Assgnr");
        xml.Start("Pty");
        xml.Leaf("Nm", Clean(recall.PayerName, 70));
        if (recall.CustomerNumber is { } customer) Pain001Writer.WriteOrganisationId(xml, Clean(customer, 35), "Cd", profile.CustomerNumberScheme);
        xml.End(2);
        xml.Start("Assgne");
        xml.Start("Agt");
        // The names of this message are those of the versions from 2019 on, whatever the payments were sent in.
        Pain001Writer.WriteAgent(xml, profile.DebtorAgent, recall.BankAgent, Pain001Version.All[^1]);
        xml.End(2);
        xml.Leaf("CreDtTm", recall.CreatedAt);
        xml.End();
        xml.Line();
        xml.Start("CtrlData");
        xml.Leaf("NbOfTxs", recall.Payments.Count);
        xml.Leaf("CtrlSum", recall.Sum.Amount);
        xml.End();
        xml.Line();
        xml.Start("Undrlyg");
        xml.Line();
        string? batch = null, before = null;
        for (var i = 0; i < recall.Payments.Count; i++)
        {
            var payment = recall.Payments[i];
            var id = payment.Id.ToString();
            if (payment.BatchId != batch)
            {
                Require(batch is null || string.CompareOrdinal(batch, payment.BatchId) < 0, $"{recall.Id}: {payment.BatchId} stands after {batch}.");
                if (batch is not null) EndBatch(xml);
                (batch, before) = (payment.BatchId, null);
                xml.Start("OrgnlPmtInfAndCxl");
                xml.Leaf("OrgnlPmtInfId", batch);
                xml.Start("OrgnlGrpInf");
                xml.Leaf("OrgnlMsgId", recall.OriginalMessageId);
                xml.Leaf("OrgnlMsgNmId", recall.OriginalMessage);
                xml.Leaf("OrgnlCreDtTm", recall.OriginalCreatedAt);
                xml.End();
                xml.Line();
            }

            Require(before is null || string.CompareOrdinal(before, id) < 0, $"{recall.Id}: {id} stands after {before}.");
            before = id;
            xml.Start("TxInf");
            xml.Leaf("CxlId", recall.Id.Payment(i + 1));
            xml.Leaf("OrgnlInstrId", id);
            xml.Leaf("OrgnlEndToEndId", id);
            if (profile.WritesUetr && original.TakesUetr) xml.Leaf("OrgnlUETR", Uetr.Of(payment.Id));
            xml.Amount("OrgnlInstdAmt", payment.Amount.Amount);
            xml.Start("OrgnlReqdExctnDt");
            xml.Leaf("Dt", payment.ExecutionDate);
            xml.End();
            xml.Start("CxlRsnInf");
            xml.Nested("Rsn", "Cd", RecallReasons.Code(recall.Reason));
            xml.End(2);
            xml.Line();
        }

        EndBatch(xml);
        xml.End();
        xml.Line();
        xml.End();
        xml.Line();
        xml.Finish();
    }

    static void EndBatch(MessageWriter xml)
    {
        xml.End();
        xml.Line();
    }

    static string Clean(string text, int lengthMax)
    {
        Require(text.Length <= lengthMax && BankText.IsClean(text), "A name has not been made ready for a bank.");
        return text;
    }

    static void Require(bool holds, string otherwise)
    {
        if (!holds) throw new InvalidOperationException(otherwise);
    }
}
