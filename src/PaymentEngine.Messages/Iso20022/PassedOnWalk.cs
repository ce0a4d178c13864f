using PaymentEngine.Core.Reconciliation;

namespace PaymentEngine.Messages.Iso20022;

/// <summary>Reads messages between banks that a bank passed on to its customer: pacs.004 (a payment comes back) and camt.056 (somebody asks for one back); and camt.055, our own recall, which
/// has the shape of the latter.</summary>
sealed class PassedOnWalk(BankElements elements, string name, string version)
{
    readonly BankXml xml = elements.Xml;
    readonly bool isReturn = name == "pacs.004";
    string? messageId, caseId;
    IReadOnlyList<BankReason> groupReasons = [];
    long? announced;
    decimal? announcedSum;
    decimal sum;
    int transactions, headerLine;
    bool wholeGroup;

    public void Read()
    {
        headerLine = xml.Line;
        for (var depth = xml.Depth; xml.NextChild(depth);)
        {
            switch (xml.Name)
            {
                case "GrpHdr" or "Assgnmt":
                    headerLine = xml.Line;
                    elements.ReadHeader(name, version, TakeCount);
                    break;
                case "CtrlData":
                    for (var data = xml.Depth; xml.NextChild(data);) TakeCount(xml.Name);
                    break;
                case "Case": caseId = elements.TextOf("Id"); break;
                case "OrgnlGrpInf" or "OrgnlGrpInfAndRtr": ReadGroup(); break;
                case "TxInf": ReadTransaction(); break;
                case "Undrlyg":
                    for (var underlying = xml.Depth; xml.NextChild(underlying);)
                    {
                        if (xml.Name == "OrgnlGrpInfAndCxl") ReadGroup();
                        else if (xml.Name == "TxInf") ReadTransaction();
                        else if (xml.Name == "OrgnlPmtInfAndCxl")
                        {
                            for (var batch = xml.Depth; xml.NextChild(batch);)
                            {
                                if (xml.Name == "TxInf") ReadTransaction();
                            }
                        }
                    }

                    break;
            }
        }

        if (announced is { } count && count != transactions && !(wholeGroup && transactions == 0))
            elements.Find("header.count_differs", $"NbOfTxs says {count}, but there are {transactions} payments.", headerLine);
        if (announcedSum is { } control && transactions > 0 && control != sum)
            elements.Find("header.sum_differs", $"The header says {BankElements.Show(control)}, but the payments add up to {BankElements.Show(sum)}.", headerLine);
    }

    bool TakeCount(string inside)
    {
        switch (inside)
        {
            case "NbOfTxs": announced = elements.Count(); return true;
            case "CtrlSum": announcedSum = elements.Number(xml.Text()); return true;
            case "TtlRtrdIntrBkSttlmAmt": announcedSum ??= elements.Amount()?.Value; return true;
            case "GrpRtr": wholeGroup = xml.Word() is "true" or "1"; return true;
            default: return false;
        }
    }

    void ReadGroup()
    {
        var line = xml.Line;
        List<BankReason>? reasons = null;
        for (var depth = xml.Depth; xml.NextChild(depth);)
        {
            switch (xml.Name)
            {
                case "OrgnlMsgId": messageId = xml.Word(); break;
                case "GrpCxl" or "GrpRtr": wholeGroup |= xml.Word() is "true" or "1"; break;
                case "Case": caseId = elements.TextOf("Id") ?? caseId; break;
                case "RtrRsnInf": elements.AddReason(ref reasons); break;
                case "CxlRsnInf": elements.AddReason(ref reasons, CodeKind.RecallRequestReason); break;
            }
        }

        groupReasons = reasons ?? groupReasons;
        if (!wholeGroup) return;
        if (isReturn) elements.Visitor.AnnouncedReturn(new AnnouncedReturn { No = 0, OriginalMessageId = messageId, Reasons = groupReasons, Line = line });
        else elements.Visitor.RecallRequest(new RecallRequest { No = 0, CaseId = caseId, OriginalMessageId = messageId, Reasons = groupReasons, Line = line });
    }

    void ReadTransaction()
    {
        var (line, own, theirCase) = (xml.Line, messageId, caseId);
        string? id = null, instruction = null, endToEnd = null, transaction = null, uetr = null, account = null;
        BankAmount? amount = null, original = null, repeated = null;
        NodaTime.LocalDate? settled = null;
        List<BankReason>? reasons = null;
        for (var depth = xml.Depth; xml.NextChild(depth);)
        {
            switch (xml.Name)
            {
                case "RtrId" or "CxlId": id = elements.Id(); break;
                case "Case": theirCase = elements.TextOf("Id") ?? theirCase; break;
                case "OrgnlGrpInf": own = elements.TextOf("OrgnlMsgId") ?? own; break;
                case "OrgnlInstrId": instruction = elements.Id(); break;
                case "OrgnlEndToEndId": endToEnd = elements.Id(); break;
                case "OrgnlTxId": transaction = elements.Id(); break;
                case "OrgnlUETR" or "UETR": uetr = elements.Id(); break;
                case "OrgnlIntrBkSttlmAmt": original = elements.Amount(); break;
                case "OrgnlInstdAmt": original ??= elements.Amount(); break;
                case "RtrdIntrBkSttlmAmt": amount = elements.Amount(); break;
                case "IntrBkSttlmDt": settled = elements.Day(); break;
                case "RtrRsnInf": elements.AddReason(ref reasons); break;
                case "CxlRsnInf": elements.AddReason(ref reasons, CodeKind.RecallRequestReason); break;
                case "OrgnlTxRef": elements.ReadOriginal(ref repeated, ref account); break;
            }
        }

        transactions++;
        if (isReturn)
        {
            sum += amount?.Value ?? 0;
            elements.Visitor.AnnouncedReturn(new AnnouncedReturn
            {
                No = transactions, ReturnId = id, OriginalMessageId = own, InstructionId = instruction, EndToEndId = endToEnd, TransactionId = transaction, Uetr = uetr,
                Amount = amount, OriginalAmount = original ?? repeated, SettlementDate = settled, Reasons = reasons ?? groupReasons, Line = line,
            });
            return;
        }

        sum += (original ?? repeated)?.Value ?? 0;
        elements.Visitor.RecallRequest(new RecallRequest
        {
            No = transactions, CancellationId = id, CaseId = theirCase, OriginalMessageId = own, InstructionId = instruction, EndToEndId = endToEnd, TransactionId = transaction,
            Uetr = uetr, Amount = original ?? repeated, Reasons = reasons ?? groupReasons, Line = line,
        });
    }
}
