using PaymentEngine.Core.Reconciliation;

namespace PaymentEngine.Messages.Iso20022;

/// <summary>Reads pain.002 (and pacs.002, which has the same shape without batches): payments as they come, then their batch, the file last.</summary>
sealed class StatusReportWalk(BankElements elements, string name, string version)
{
    // Statuses of one level that are counted apart; the standard has two dozen.
    const int StatusesMax = 100;
    readonly BankXml xml = elements.Xml;
    readonly StatusCounts inFile = new(), inBatch = new();
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
                case "OrgnlGrpInfAndSts" or "OrgnlGrpInf" or "OrgnlGrpRefInfAndSts":
                    // A second group in one report is told apart by its message id; the first is complete by then.
                    if (groups++ > 0) Report(file with { Listed = listed }, inFile);
                    file = ReadOriginal(new StatusReport { Level = EvidenceLevel.File, Line = xml.Line });
                    break;
                case "OrgnlPmtInfAndSts" or "OrgnlPmtInf": ReadBatch(); break;
                case "TxInfAndSts": ReadTransaction(null, 0, ++loose); break;
            }
        }

        Report(file with { Listed = listed }, inFile);
    }

    void Report(StatusReport report, StatusCounts seen)
    {
        elements.Findings.Check(CodeKind.GroupStatus, report.Status, report.Line);
        seen.Compare(elements, report);
        seen.Clear();
        elements.Visitor.Status(report);
    }

    /// <summary>What group and batch have in common: ids, counts, status, reasons.</summary>
    StatusReport ReadOriginal(StatusReport report)
    {
        List<BankReason>? reasons = null;
        var counts = new List<(string, long)>();
        for (var depth = xml.Depth; xml.NextChild(depth);) report = ReadField(report, ref reasons, counts);
        return report with { Reasons = reasons ?? (IReadOnlyList<BankReason>)[], CountsByStatus = counts };
    }

    StatusReport ReadField(StatusReport report, ref List<BankReason>? reasons, List<(string, long)> counts)
    {
        switch (xml.Name)
        {
            case "OrgnlMsgId": return report with { OriginalMessageId = xml.Word() };
            case "OrgnlMsgNmId": return report with { OriginalMessageName = xml.Word() };
            case "OrgnlPmtInfId": return report with { OriginalBatchId = xml.Word() };
            case "OrgnlNbOfTxs": return report with { OriginalCount = elements.Count() };
            case "OrgnlCtrlSum": return report with { OriginalSum = elements.Number(xml.Text()) };
            case "GrpSts" or "PmtInfSts": return report with { Status = xml.Word() };
            case "StsRsnInf":
                elements.AddReason(ref reasons);
                return report;
            case "NbOfTxsPerSts":
                string? status = null;
                long? count = null;
                for (var depth = xml.Depth; xml.NextChild(depth);)
                {
                    if (xml.Name == "DtldSts") status = xml.Word();
                    else if (xml.Name == "DtldNbOfTxs") count = elements.Count();
                }

                if (status is not null && count is { } known && counts.Count < StatusesMax) counts.Add((status, known));
                return report;
            default: return report;
        }
    }

    void ReadBatch()
    {
        var report = new StatusReport { Level = EvidenceLevel.Batch, BatchNo = ++batches, Line = xml.Line };
        List<BankReason>? reasons = null;
        var counts = new List<(string, long)>();
        var transactions = 0;
        for (var depth = xml.Depth; xml.NextChild(depth);)
        {
            if (xml.Name == "TxInfAndSts") ReadTransaction(report.OriginalBatchId, report.BatchNo, ++transactions);
            else report = ReadField(report, ref reasons, counts);
        }

        Report(report with
        {
            OriginalMessageId = file.OriginalMessageId, OriginalMessageName = file.OriginalMessageName, Reasons = reasons ?? (IReadOnlyList<BankReason>)[], CountsByStatus = counts,
            Listed = transactions,
        }, inBatch);
    }

    void ReadTransaction(string? batchId, int batchNo, int transactionNo)
    {
        listed++;
        var line = xml.Line;
        string? instruction = null, endToEnd = null, transaction = null, uetr = null, servicer = null, status = null, account = null, messageId = null;
        BankAmount? amount = null;
        List<BankReason>? reasons = null;
        for (var depth = xml.Depth; xml.NextChild(depth);)
        {
            switch (xml.Name)
            {
                case "OrgnlInstrId": instruction = elements.Id(); break;
                case "OrgnlEndToEndId": endToEnd = elements.Id(); break;
                case "OrgnlTxId": transaction = elements.Id(); break;
                case "OrgnlUETR" or "UETR": uetr = elements.Id(); break;
                case "TxSts": status = xml.Word(); break;
                case "AcctSvcrRef": servicer = elements.Id(); break;
                case "StsRsnInf": elements.AddReason(ref reasons); break;
                case "OrgnlGrpInf": messageId = elements.TextOf("OrgnlMsgId"); break;
                case "OrgnlTxRef": elements.ReadOriginal(ref amount, ref account); break;
            }
        }

        elements.Findings.Check(CodeKind.PaymentStatus, status, line);
        if (status is not null)
        {
            inFile.Add(status);
            if (batchNo > 0) inBatch.Add(status);
        }

        elements.Visitor.Status(new StatusReport
        {
            Level = EvidenceLevel.Transaction, BatchNo = batchNo, TransactionNo = transactionNo, OriginalMessageId = messageId ?? file.OriginalMessageId,
            OriginalMessageName = file.OriginalMessageName, OriginalBatchId = batchId, InstructionId = instruction, EndToEndId = endToEnd, Uetr = uetr,
            OriginalTransactionId = transaction, AccountServicerRef = servicer, Status = status, Reasons = reasons ?? (IReadOnlyList<BankReason>)[], Amount = amount,
            CreditorAccount = account, Line = line,
        });
    }

    /// <summary>How many payments of a level were listed with which status.</summary>
    sealed class StatusCounts
    {
        readonly List<(string Status, int Count)> counts = [];

        public void Add(string status)
        {
            for (var i = 0; i < counts.Count; i++)
            {
                if (counts[i].Status != status) continue;
                counts[i] = (status, counts[i].Count + 1);
                return;
            }

            if (counts.Count < StatusesMax) counts.Add((status, 1));
        }

        public void Clear() => counts.Clear();

        /// <summary>NbOfTxsPerSts against what the report lists. A bank that lists only the refused announces the others too: no finding.</summary>
        public void Compare(BankElements elements, StatusReport report)
        {
            if (report.CountsByStatus.Count == 0) return;
            long announced = 0;
            foreach (var (status, count) in report.CountsByStatus)
            {
                announced += count;
                var seen = counts.Find(one => one.Status == status).Count;
                if (seen != count && (seen > 0 || (status == "RJCT" && report.Status != "RJCT")))
                    elements.Find("status.counts_differ", $"{count} payments with status {FileFindings.Short(status)} announced, {seen} listed.", report.Line);
            }

            if (report.OriginalCount is { } all && all != announced)
                elements.Find("status.counts_differ", $"The announced statuses are of {announced} payments, the original had {all}.", report.Line);
        }
    }
}
