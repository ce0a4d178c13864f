using PaymentEngine.Core.Reconciliation;

namespace PaymentEngine.Messages.Iso20022;

/// <summary>Reads camt.029, a bank's answer to a recall: payments as they come, then their batch or group, the message's own word last.</summary>
sealed class ResolutionWalk(BankElements elements, string name, string version)
{
    readonly BankXml xml = elements.Xml;
    string? caseId, confirmation;
    int transactions;

    public void Read()
    {
        var line = xml.Line;
        var header = false;
        for (var depth = xml.Depth; xml.NextChild(depth);)
        {
            switch (xml.Name)
            {
                case "Assgnmt":
                    header = true;
                    elements.ReadHeader(name, version);
                    break;
                case "GrpHdr":
                    header = true;
                    elements.ReadHeader(name, version);
                    break;
                case "RslvdCase": caseId = elements.TextOf("Id"); break;
                case "Sts":
                    for (var status = xml.Depth; xml.NextChild(status);)
                    {
                        if (xml.Name != "Conf") continue;
                        confirmation = xml.Word();
                        elements.Findings.Check(CodeKind.RecallStatus, confirmation, xml.Line);
                    }

                    break;
                case "CxlDtls": ReadDetails(); break;
            }
        }

        if (!header) elements.Visitor.Header(new(name, version, null, null, null, []));
        elements.Visitor.Resolution(new Resolution { Level = EvidenceLevel.File, CaseId = caseId, Status = confirmation, Line = line });
    }

    void ReadDetails()
    {
        Resolution? group = null;
        for (var depth = xml.Depth; xml.NextChild(depth);)
        {
            switch (xml.Name)
            {
                case "OrgnlGrpInfAndSts": group = ReadGroup(); break;
                case "OrgnlPmtInfAndSts": ReadBatch(group); break;
                case "TxInfAndSts": ReadTransaction(null, null, group); break;
            }
        }

        if (group is not null) elements.Visitor.Resolution(group);
    }

    Resolution ReadGroup()
    {
        var group = new Resolution { Level = EvidenceLevel.File, CaseId = caseId, Line = xml.Line };
        List<BankReason>? reasons = null;
        for (var depth = xml.Depth; xml.NextChild(depth);)
        {
            switch (xml.Name)
            {
                case "RslvdCase": group = group with { CaseId = elements.TextOf("Id") ?? group.CaseId }; break;
                case "OrgnlMsgId": group = group with { OriginalMessageId = xml.Word() }; break;
                case "GrpCxlSts": group = group with { Status = Checked(xml.Word()) }; break;
                case "CxlStsRsnInf": elements.AddReason(ref reasons, CodeKind.RecallReason); break;
            }
        }

        return reasons is null ? group : group with { Reasons = reasons };
    }

    void ReadBatch(Resolution? group)
    {
        var batch = new Resolution { Level = EvidenceLevel.Batch, CaseId = group?.CaseId ?? caseId, OriginalMessageId = group?.OriginalMessageId, Line = xml.Line };
        List<BankReason>? reasons = null;
        for (var depth = xml.Depth; xml.NextChild(depth);)
        {
            switch (xml.Name)
            {
                case "RslvdCase": batch = batch with { CaseId = elements.TextOf("Id") ?? batch.CaseId }; break;
                case "OrgnlPmtInfId": batch = batch with { OriginalBatchId = xml.Word() }; break;
                case "OrgnlGrpInf": batch = batch with { OriginalMessageId = elements.TextOf("OrgnlMsgId") ?? batch.OriginalMessageId }; break;
                case "PmtInfCxlSts": batch = batch with { Status = Checked(xml.Word()) }; break;
                case "CxlStsRsnInf": elements.AddReason(ref reasons, CodeKind.RecallReason); break;
                case "TxInfAndSts": ReadTransaction(batch, reasons, group); break;
            }
        }

        elements.Visitor.Resolution(reasons is null ? batch : batch with { Reasons = reasons });
    }

    void ReadTransaction(Resolution? batch, List<BankReason>? batchReasons, Resolution? group)
    {
        var above = batch ?? group;
        var (line, answered, messageId) = (xml.Line, above?.CaseId ?? caseId, above?.OriginalMessageId);
        string? instruction = null, endToEnd = null, transaction = null, uetr = null, status = null, account = null;
        BankAmount? amount = null;
        List<BankReason>? reasons = null;
        for (var depth = xml.Depth; xml.NextChild(depth);)
        {
            switch (xml.Name)
            {
                case "RslvdCase": answered = elements.TextOf("Id") ?? answered; break;
                case "OrgnlGrpInf": messageId = elements.TextOf("OrgnlMsgId") ?? messageId; break;
                case "OrgnlInstrId": instruction = elements.Id(); break;
                case "OrgnlEndToEndId": endToEnd = elements.Id(); break;
                case "OrgnlTxId": transaction = elements.Id(); break;
                case "OrgnlUETR" or "UETR": uetr = elements.Id(); break;
                case "TxCxlSts": status = Checked(xml.Word()); break;
                case "CxlStsRsnInf": elements.AddReason(ref reasons, CodeKind.RecallReason); break;
                case "OrgnlInstdAmt" or "OrgnlIntrBkSttlmAmt": amount = elements.Amount(); break;
                case "OrgnlTxRef": elements.ReadOriginal(ref amount, ref account); break;
            }
        }

        elements.Visitor.Resolution(new Resolution
        {
            Level = EvidenceLevel.Transaction, TransactionNo = ++transactions, CaseId = answered, OriginalMessageId = messageId, OriginalBatchId = batch?.OriginalBatchId,
            InstructionId = instruction, EndToEndId = endToEnd, TransactionId = transaction, Uetr = uetr, Amount = amount, Line = line,
            // The lowest level that has a word decides for this payment.
            Status = status ?? batch?.Status ?? group?.Status ?? confirmation,
            Reasons = reasons ?? batchReasons ?? group?.Reasons ?? [],
        });
    }

    string? Checked(string? status)
    {
        elements.Findings.Check(CodeKind.RecallStatus, status, xml.Line);
        return status;
    }
}
