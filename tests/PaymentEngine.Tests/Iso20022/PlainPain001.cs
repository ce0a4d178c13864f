using System.Globalization;
using System.Text;
using System.Xml;
using PaymentEngine.Core.Payments;

namespace PaymentEngine.Tests.Iso20022;

/// <summary>
/// pain.001 by XmlWriter alone, one call an element: the oracle of the fast writer. It shares no code with it and knows the versions by itself, so that the
/// two can only agree on the bytes. Also compiled into the benchmarks, as what a careful conventional program does.
/// </summary>
static class PlainPain001
{
    public static void Write(Stream output, BatchFile file, BankProfile profile)
    {
        var old = profile.MessageVersion == "pain.001.001.03";
        var space = "urn:iso:std:iso:20022:tech:xsd:" + profile.MessageVersion;
        using var xml = XmlWriter.Create(output, new XmlWriterSettings { Encoding = new UTF8Encoding(false), OmitXmlDeclaration = true, NewLineHandling = NewLineHandling.None, CloseOutput = false });
        xml.WriteRaw("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
        Open("Document");
        xml.WriteWhitespace("\n");
        Open("CstmrCdtTrfInitn");
        xml.WriteWhitespace("\n");
        Open("GrpHdr");
        Text("MsgId", file.MessageId);
        Text("CreDtTm", file.CreatedAt.ToString("uuuu-MM-dd'T'HH:mm:sso<+HH:mm>", CultureInfo.InvariantCulture));
        Text("NbOfTxs", file.Count.ToString(CultureInfo.InvariantCulture));
        Text("CtrlSum", file.Sum.Amount.ToString(CultureInfo.InvariantCulture));
        Open("InitgPty");
        Text("Nm", file.PayerName);
        if (file.CustomerNumber is { } customer) Organisation(customer, "Cd", profile.CustomerNumberScheme);
        Close(2);
        xml.WriteWhitespace("\n");
        foreach (var batch in file.Batches)
        {
            Open("PmtInf");
            Text("PmtInfId", batch.BatchId);
            Text("PmtMtd", "TRF");
            Text("BtchBookg", profile.BatchBooking ? "true" : "false");
            Text("NbOfTxs", batch.Count.ToString(CultureInfo.InvariantCulture));
            Text("CtrlSum", batch.Sum.Amount.ToString(CultureInfo.InvariantCulture));
            Open("PmtTpInf");
            if (profile.InstructionPriority is { } priority) Text("InstrPrty", priority);
            if (batch.ServiceLevel is { } level) Within("SvcLvl", "Cd", level);
            if (profile.LocalInstrument is { } instrument) Within("LclInstrm", "Prtry", instrument);
            Within("CtgyPurp", "Cd", batch.CategoryPurpose);
            Close(1);
            var day = batch.ExecutionDate.ToString("uuuu-MM-dd", CultureInfo.InvariantCulture);
            if (old) Text("ReqdExctnDt", day);
            else Within("ReqdExctnDt", "Dt", day);
            Open("Dbtr");
            Text("Nm", batch.DebtorName);
            if (profile.DebtorId == DebtorIdKind.TaxCode) Organisation(batch.DebtorTaxCode!, "Cd", "TXID");
            else if (profile.DebtorId == DebtorIdKind.BudgetUnitCode) Organisation(batch.DebtorBudgetUnitCode!, "Prtry", "MDVQHNS");
            Close(1);
            Open("DbtrAcct");
            Open("Id");
            Open("Othr");
            Text("Id", batch.DebtorAccount);
            Within("SchmeNm", "Cd", "BBAN");
            Close(2);
            Text("Ccy", "VND");
            Close(1);
            Open("DbtrAgt");
            Agent(profile.DebtorAgent, profile.DebtorAgent == AgentForm.Bic ? batch.DebtorBic! : profile.DebtorAgent == AgentForm.NapasNumber ? batch.DebtorBankBin! : batch.DebtorBranchCode!);
            Close(1);
            if (batch.UltimateDebtorName is { } owner) Within("UltmtDbtr", "Nm", owner);
            if (profile.ChargeBearer is { } bearer) Text("ChrgBr", bearer);
            xml.WriteWhitespace("\n");
            foreach (var payment in batch.Payments)
            {
                var id = payment.EndToEndId.ToString();
                Open("CdtTrfTxInf");
                Open("PmtId");
                Text("InstrId", id);
                Text("EndToEndId", id);
                if (profile.WritesUetr && !old) Text("UETR", Uetr.Of(payment.EndToEndId));
                Close(1);
                Open("Amt");
                Open("InstdAmt");
                xml.WriteAttributeString("Ccy", "VND");
                xml.WriteString(payment.Amount.Amount.ToString(CultureInfo.InvariantCulture));
                Close(2);
                Open("CdtrAgt");
                Agent(profile.CreditorAgent, profile.CreditorAgent == AgentForm.Bic ? payment.Bic! : profile.CreditorAgent == AgentForm.NapasNumber ? payment.BankBin : payment.MemberId!);
                Close(1);
                Within("Cdtr", "Nm", payment.CreditorName);
                Open("CdtrAcct");
                Open("Id");
                Within("Othr", "Id", payment.CreditorAccount);
                Close(2);
                Within("Purp", "Cd", payment.PurposeCode);
                var text = payment.RemittanceText.Length == 0 ? id : $"{id} {payment.RemittanceText}";
                Within("RmtInf", "Ustrd", text.Length <= profile.RemittanceLengthMax ? text : text[..profile.RemittanceLengthMax].TrimEnd(' ', '/'));
                Close(1);
                xml.WriteWhitespace("\n");
            }

            Close(1);
            xml.WriteWhitespace("\n");
        }

        Close(1);
        xml.WriteWhitespace("\n");
        Close(1);
        xml.WriteWhitespace("\n");

        void Open(string name) => xml.WriteStartElement(name, space);

        void Close(int times)
        {
            for (var i = 0; i < times; i++) xml.WriteEndElement();
        }

        void Text(string name, string text) => xml.WriteElementString(name, space, text);

        void Within(string outer, string inner, string text)
        {
            Open(outer);
            Text(inner, text);
            Close(1);
        }

        void Organisation(string id, string schemeElement, string scheme)
        {
            Open("Id");
            Open("OrgId");
            Open("Othr");
            Text("Id", id);
            Within("SchmeNm", schemeElement, scheme);
            Close(3);
        }

        void Agent(AgentForm form, string agent)
        {
            Open("FinInstnId");
            if (form == AgentForm.Bic)
            {
                Text(old ? "BIC" : "BICFI", agent);
            }
            else
            {
                Open("ClrSysMmbId");
                Within("ClrSysId", "Cd", "VN");
                Text("MmbId", agent);
                Close(1);
            }

            Close(1);
        }
    }
}
