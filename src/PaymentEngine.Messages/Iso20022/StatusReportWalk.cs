using PaymentEngine.Core.Reconciliation;

namespace PaymentEngine.Messages.Iso20022;

/// <summary>Reads pain.002 (and pacs.002, which has the same shape without batches): payments as they come, then their batch, the file last.</summary>
sealed class StatusReportWalk(BankElements elements, string name, string version)
{
    readonly BankXml xml = elements.Xml;
    StatusReport file = new() { Level = EvidenceLevel.File };
    int batches, loose, listed;

    public void Read()
    {
        var groups = 0;
        for (var depth = xml.Depth; xml.NextChild(depth);)
        {
            switch (xml.Name)
            {
                case "GrpHdr": elements.ReadHeader(name, version); break;
                case "OrgnlGrpInfAndSts" or "OrgnlGrpInf":
                    // A second group in one report is told apart by its message id; the first is complete by then.
                    if (groups++ > 0) elements.Visitor.Status(file with { Listed = listed });
                    file = ReadOriginal(new StatusReport { Level = EvidenceLevel.File, Line = xml.Line });
                    break;
                case "OrgnlPmtInfAndSts": ReadBatch(); break;
                case "TxInfAndSts": ReadTransaction(null, 0, ++loose); break;
            }
        }

        elements.Visitor.Status(file with { Listed = listed });
    }

    /// <summary>What group and batch have in common: ids, counts, status, reasons.</summary>
    StatusReport ReadOriginal(StatusReport report)
    {
        var reasons = new List<BankReason>();
        var counts = new List<(string, long)>();
        for (var depth = xml.Depth; xml.NextChild(depth);)
        {
            report = ReadField(report, reasons, counts);
        }

        return report with { Reasons = reasons, CountsByStatus = counts };
    }

    StatusReport ReadField(StatusReport report, List<BankReason> reasons, List<(string, long)> counts)
    {
        switch (xml.Name)
        {
            case "OrgnlMsgId": return report with { OriginalMessageId = xml.Text() };
            case "OrgnlMsgNmId": return report with { OriginalMessageName = xml.Text() };
            case "OrgnlPmtInfId": return report with { OriginalBatchId = xml.Text() };
            case "OrgnlNbOfTxs": return report with { OriginalCount = Whole() };
            case "OrgnlCtrlSum": return report with { OriginalSum = elements.Number(xml.Text()) };
            case "GrpSts" or "PmtInfSts": return report with { Status = xml.Text() };
            case "StsRsnInf":
                reasons.Add(elements.Reason());
                return report;
            case "NbOfTxsPerSts":
                string? status = null;
                long? count = null;
                for (var depth = xml.Depth; xml.NextChild(depth);)
                {
                    if (xml.Name == "DtldSts") status = xml.Text();
                    else if (xml.Name == "DtldNbOfTxs") count = Whole();
                }

                if (status is not null && count is { } known) counts.Add((status, known));
                return report;
            default: return report;
        }
    }

    void ReadBatch()
    {
        var report = new StatusReport { Level = EvidenceLevel.Batch, BatchNo = ++batches, Line = xml.Line };
        var reasons = new List<BankReason>();
        var counts = new List<(string, long)>();
        var transactions = 0;
        for (var depth = xml.Depth; xml.NextChild(depth);)
        {
            if (xml.Name == "TxInfAndSts") ReadTransaction(report.OriginalBatchId, report.BatchNo, ++transactions);
            else report = ReadField(report, reasons, counts);
        }

        elements.Visitor.Status(report with
        {
            OriginalMessageId = file.OriginalMessageId, OriginalMessageName = file.OriginalMessageName, Reasons = reasons, CountsByStatus = counts, Listed = transactions,
        });
    }

    void ReadTransaction(string? batchId, int batchNo, int transactionNo)
    {
        listed++;
        var line = xml.Line;
        string? instruction = null, endToEnd = null, uetr = null, servicer = null, status = null, account = null, messageId = null;
        BankAmount? amount = null;
        List<BankReason>? reasons = null;
        for (var depth = xml.Depth; xml.NextChild(depth);)
        {
            switch (xml.Name)
            {
                case "OrgnlInstrId": instruction = BankElements.Given(xml.Text()); break;
                case "OrgnlEndToEndId": endToEnd = BankElements.Given(xml.Text()); break;
                case "OrgnlUETR": uetr = xml.Text(); break;
                case "TxSts": status = xml.Text(); break;
                case "AcctSvcrRef": servicer = BankElements.Given(xml.Text()); break;
                case "StsRsnInf": (reasons ??= []).Add(elements.Reason()); break;
                case "OrgnlGrpInf":
                    for (var group = xml.Depth; xml.NextChild(group);)
                    {
                        if (xml.Name == "OrgnlMsgId") messageId = xml.Text();
                    }

                    break;
                case "OrgnlTxRef":
                    for (var original = xml.Depth; xml.NextChild(original);)
                    {
                        if (xml.Name == "CdtrAcct") account = elements.Account();
                        else if (xml.Name == "IntrBkSttlmAmt") amount ??= elements.Amount();
                        else if (xml.Name == "Amt")
                        {
                            for (var amounts = xml.Depth; xml.NextChild(amounts);)
                            {
                                if (xml.Name == "InstdAmt") amount = elements.Amount();
                            }
                        }
                    }

                    break;
            }
        }

        elements.Visitor.Status(new StatusReport
        {
            Level = EvidenceLevel.Transaction, BatchNo = batchNo, TransactionNo = transactionNo, OriginalMessageId = messageId ?? file.OriginalMessageId,
            OriginalMessageName = file.OriginalMessageName, OriginalBatchId = batchId, InstructionId = instruction, EndToEndId = endToEnd, Uetr = uetr,
            AccountServicerRef = servicer, Status = status, Reasons = reasons ?? (IReadOnlyList<BankReason>)[], Amount = amount, CreditorAccount = account, Line = line,
        });
    }

    long? Whole()
    {
        var number = elements.Number(xml.Text());
        return number is >= 0 and < 1_000_000_000_000_000 ? (long)number : null;
    }
}
