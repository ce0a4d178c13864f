using NodaTime;
using PaymentEngine.Core.Reconciliation;

namespace PaymentEngine.Messages.Iso20022;

/// <summary>Reads camt.052, .053 and .054: statement by statement, entry by entry, detail by detail, with none held longer than needed.</summary>
sealed class StatementWalk(BankElements elements, string name, string version)
{
    // A statement has a dozen balances; a hostile one would have a million.
    const int BalancesMax = 1000;
    readonly BankXml xml = elements.Xml;
    int statements, entries;

    // Of the entry that is being read: its details by the side they say, and what it says about its batch.
    decimal creditDetails, debitDetails, plainDetails, charges;
    BankAmount? batchSum;

    public void Read()
    {
        for (var depth = xml.Depth; xml.NextChild(depth);)
        {
            if (xml.Name == "GrpHdr") elements.ReadHeader(name, version);
            else if (xml.Name is "Stmt" or "Ntfctn" or "Rpt") ReadStatement();
        }
    }

    void ReadStatement()
    {
        var statement = new BankStatement { No = ++statements, Line = xml.Line };
        var balances = new List<BankBalance>();
        var sums = new StatementSums(name == "camt.053");
        var (begun, page) = (false, (string?)null);
        for (var depth = xml.Depth; xml.NextChild(depth);)
        {
            switch (xml.Name)
            {
                case "Id": statement.Id = xml.Text(); break;
                case "ElctrncSeqNb": statement.SequenceNo = xml.Text(); break;
                case "LglSeqNb": statement.SequenceNo ??= xml.Text(); break;
                case "CpyDplctInd":
                    statement.CopyDuplicate = xml.Word();
                    elements.Find("statement.copy", $"The statement is marked {FileFindings.Short(statement.CopyDuplicate ?? "")}: the same was or will be sent as an original.");
                    break;
                case "StmtPgntn":
                    if (elements.ReadPage(out page) is false) elements.Find("statement.more_pages", $"This is page {page} of the statement, and more pages follow.");
                    break;
                case "FrToDt":
                    for (var inner = xml.Depth; xml.NextChild(inner);)
                    {
                        if (xml.Name is "FrDtTm" or "FrDt") statement.From = xml.Text();
                        else if (xml.Name is "ToDtTm" or "ToDt") statement.To = xml.Text();
                    }

                    break;
                case "Acct": ReadAccount(statement); break;
                case "Bal":
                    if (ReadBalance() is { } balance && balances.Count < BalancesMax) balances.Add(balance);
                    break;
                case "TxsSummry": sums.ReadSummary(elements); break;
                case "Ntry":
                    if (!begun)
                    {
                        begun = true;
                        statement.Balances = balances.ToArray();
                        elements.Visitor.StatementBegins(statement);
                    }

                    sums.Add(ReadEntry(statement));
                    break;
            }
        }

        statement.Balances = balances;
        if (!begun) elements.Visitor.StatementBegins(statement);
        var opening = balances.Find(balance => balance.Code is "OPBD" or "PRCD");
        var closing = balances.FindLast(balance => balance.Code == "CLBD");
        sums.Compare(elements, statement, opening, closing);
        elements.Findings.Compare(statement, name, opening, closing, elements.Number(statement.SequenceNo) is { } no && decimal.IsInteger(no) ? no : null, page is not (null or "1"));
        elements.Visitor.StatementEnds(statement);
    }

    void ReadAccount(BankStatement statement)
    {
        for (var depth = xml.Depth; xml.NextChild(depth);)
        {
            if (xml.Name == "Id") statement.Account = xml.DeepText();
            else if (xml.Name == "Ccy") statement.Currency = xml.Text();
            else if (xml.Name == "Svcr")
            {
                for (var agent = xml.Depth; xml.NextChild(agent);)
                {
                    if (xml.Name != "FinInstnId") continue;
                    for (var institution = xml.Depth; xml.NextChild(institution);)
                    {
                        if (xml.Name is "BIC" or "BICFI") statement.ServicerBic = xml.Text();
                    }
                }
            }
        }
    }

    BankBalance? ReadBalance()
    {
        var line = xml.Line;
        var (code, proprietary) = ((string?)null, false);
        BankAmount? amount = null;
        bool? credit = null;
        LocalDate? date = null;
        for (var depth = xml.Depth; xml.NextChild(depth);)
        {
            switch (xml.Name)
            {
                case "Tp": (code, proprietary) = ReadBalanceType(); break;
                case "Amt": amount = elements.Amount(); break;
                case "CdtDbtInd": credit = elements.Side(); break;
                case "Dt": date = elements.Day(); break;
            }
        }

        if (!proprietary) elements.Findings.Check(CodeKind.BalanceType, code, line);
        if (code is not null && amount is { } known && credit is { } side) return new(code, known, side, date);
        elements.Find("balance.incomplete", "A balance lacks its type, its amount or its side.", line);
        return null;
    }

    /// <summary>Tp/CdOrPrtry/Cd; the oldest versions have Tp/Cd. A bank's own type (Prtry) is no code of the standard.</summary>
    (string? Code, bool Proprietary) ReadBalanceType()
    {
        var (code, proprietary) = ((string?)null, false);
        for (var depth = xml.Depth; xml.NextChild(depth);)
        {
            if (xml.Name == "CdOrPrtry")
            {
                for (var choice = xml.Depth; xml.NextChild(choice);)
                {
                    if (code is not null) continue;
                    proprietary = xml.Name == "Prtry";
                    code = xml.DeepWord();
                }
            }
            else if (xml.Name is "Cd" or "Prtry")
            {
                proprietary = xml.Name == "Prtry";
                code ??= xml.DeepWord();
            }
        }

        return (code, proprietary);
    }

    BankEntry ReadEntry(BankStatement statement)
    {
        var entry = new BankEntry { No = ++entries, Statement = statement, Line = xml.Line };
        (creditDetails, debitDetails, plainDetails, charges, batchSum) = (0, 0, 0, 0, null);
        for (var depth = xml.Depth; xml.NextChild(depth);)
        {
            switch (xml.Name)
            {
                case "NtryRef": entry.EntryRef = xml.Text(); break;
                case "AcctSvcrRef": entry.AccountServicerRef = elements.Id(); break;
                case "Amt": entry.Amount = elements.Amount(); break;
                case "CdtDbtInd": entry.IsCredit = elements.Side(); break;
                case "RvslInd": entry.IsReversal = xml.Characters() is "true" or "1"; break;
                case "Sts": entry.Status = xml.DeepWord(); break;
                case "BookgDt": entry.BookingDate = elements.Day(); break;
                case "ValDt": entry.ValueDate = elements.Day(); break;
                case "BkTxCd": entry.Code = elements.TransactionCode(); break;
                case "Chrgs": entry.Charges += ReadCharges(); break;
                case "AddtlNtryInf": entry.Text = BankElements.Joined(entry.Text, xml.Text()); break;
                case "NtryDtls": ReadDetails(entry); break;
            }
        }

        Compare(entry);
        elements.Visitor.Entry(entry);
        return entry;
    }

    /// <summary>What an entry says about itself that cannot all be true.</summary>
    void Compare(BankEntry entry)
    {
        if (entry.Amount is null || entry.IsCredit is null) elements.Find("entry.incomplete", "An entry lacks its amount or its side.", entry.Line);
        if (entry.Status is null) elements.Find("entry.status_missing", "An entry has no status" + (name == "camt.053" ? ": read as booked." : "."), entry.Line);
        else elements.Findings.Check(CodeKind.EntryStatus, entry.Status, entry.Line);
        if (entry.Details == 0) return;
        // A detail on the other side than its entry takes away from it.
        entry.DetailSum = plainDetails + (entry.IsCredit == false ? debitDetails - creditDetails : creditDetails - debitDetails);
        if (entry.Amount is { } amount)
        {
            var difference = Math.Abs(entry.DetailSum - amount.Value);
            if (difference != 0 && plainDetails + creditDetails + debitDetails != 0 && difference != entry.Charges && difference != charges && difference != entry.Charges + charges)
                elements.Find("entry.details_differ", $"The details add up to {BankElements.Show(entry.DetailSum)}, the entry is {BankElements.Show(amount.Value)}.", entry.Line);
            if (batchSum is { } announced && announced != amount && Math.Abs(announced.Value - amount.Value) != entry.Charges)
                elements.Find("entry.batch_sum_differs", $"The batch is announced with {BankElements.Show(announced.Value)}, the entry is {BankElements.Show(amount.Value)}.", entry.Line);
        }

        // One detail can stand for the whole batch: it says nothing about a count.
        if (entry.BatchCount is { } count && entry.Details > 1 && count != entry.Details)
            elements.Find("entry.batch_count_differs", $"The batch is announced with {count} payments, {entry.Details} details are here.", entry.Line);
    }

    /// <summary>The total of charges, with or without records.</summary>
    decimal ReadCharges()
    {
        decimal total = 0, records = 0;
        for (var depth = xml.Depth; xml.NextChild(depth);)
        {
            if (xml.Name == "TtlChrgsAndTaxAmt") total = elements.Amount()?.Value ?? 0;
            else if (xml.Name == "Amt") records += elements.Amount()?.Value ?? 0;
            else if (xml.Name == "Rcrd")
            {
                for (var record = xml.Depth; xml.NextChild(record);)
                {
                    if (xml.Name == "Amt") records += elements.Amount()?.Value ?? 0;
                }
            }
        }

        return total != 0 ? total : records;
    }

    void ReadDetails(BankEntry entry)
    {
        for (var depth = xml.Depth; xml.NextChild(depth);)
        {
            if (xml.Name == "TxDtls")
            {
                var detail = ReadDetail(++entry.Details);
                // A detail in another currency says nothing about the entry's sum.
                if (detail.Amount is { } amount && (entry.Amount is null || amount.Currency == entry.Amount.Value.Currency))
                {
                    if (detail.IsCredit is not { } credit) plainDetails += amount.Value;
                    else if (credit) creditDetails += amount.Value;
                    else debitDetails += amount.Value;
                }

                elements.Visitor.Detail(entry, detail);
            }
            else if (xml.Name == "Btch")
            {
                for (var batch = xml.Depth; xml.NextChild(batch);)
                {
                    if (xml.Name == "MsgId") entry.BatchMessageId = elements.SharedId();
                    else if (xml.Name == "PmtInfId") entry.BatchId = elements.SharedId();
                    else if (xml.Name == "NbOfTxs") entry.BatchCount = elements.Count();
                    else if (xml.Name == "TtlAmt") batchSum = elements.Amount();
                }
            }
        }
    }

    EntryDetail ReadDetail(int no)
    {
        var detail = new EntryDetail { No = no, Line = xml.Line };
        BankAmount? transacted = null, instructed = null;
        for (var depth = xml.Depth; xml.NextChild(depth);)
        {
            switch (xml.Name)
            {
                case "Refs": ReadReferences(detail); break;
                case "Amt": detail.Amount = elements.Amount(); break;
                case "CdtDbtInd": detail.IsCredit = elements.Side(); break;
                case "BkTxCd": detail.Code = elements.TransactionCode(); break;
                case "Chrgs": charges += ReadCharges(); break;
                case "RtrInf":
                    var line = xml.Line;
                    detail.ReturnReason = elements.Reason();
                    elements.Findings.Check(CodeKind.Reason, detail.ReturnReason.Code, line);
                    break;
                case "AddtlTxInf": detail.Text = BankElements.Joined(detail.Text, xml.Text()); break;
                case "AmtDtls": ReadAmounts(ref transacted, ref instructed); break;
                case "RltdPties": ReadParties(detail); break;
                case "RmtInf": ReadRemittance(detail); break;
            }
        }

        detail.Amount ??= transacted ?? instructed;
        return detail;
    }

    void ReadAmounts(ref BankAmount? transacted, ref BankAmount? instructed)
    {
        for (var kinds = xml.Depth; xml.NextChild(kinds);)
        {
            var isTransacted = xml.Name == "TxAmt";
            if (!isTransacted && xml.Name != "InstdAmt") continue;
            for (var amounts = xml.Depth; xml.NextChild(amounts);)
            {
                if (xml.Name != "Amt") continue;
                if (isTransacted) transacted = elements.Amount();
                else instructed = elements.Amount();
            }
        }
    }

    void ReadParties(EntryDetail detail)
    {
        for (var parties = xml.Depth; xml.NextChild(parties);)
        {
            switch (xml.Name)
            {
                case "Dbtr": detail.DebtorName = elements.PartyName(); break;
                case "DbtrAcct": detail.DebtorAccount = elements.Account(); break;
                case "Cdtr": detail.CreditorName = elements.PartyName(); break;
                case "CdtrAcct": detail.CreditorAccount = elements.Account(); break;
            }
        }
    }

    void ReadRemittance(EntryDetail detail)
    {
        for (var remittance = xml.Depth; xml.NextChild(remittance);)
        {
            if (xml.Name == "Ustrd") detail.RemittanceText = BankElements.Joined(detail.RemittanceText, xml.Text());
            else if (xml.Name == "Strd")
            {
                for (var structured = xml.Depth; xml.NextChild(structured);)
                {
                    if (xml.Name != "CdtrRefInf") continue;
                    for (var reference = xml.Depth; xml.NextChild(reference);)
                    {
                        if (xml.Name is "Ref" or "CdtrRef") detail.CreditorRef = BankElements.Joined(detail.CreditorRef, xml.Text());
                    }
                }
            }
        }
    }

    void ReadReferences(EntryDetail detail)
    {
        for (var depth = xml.Depth; xml.NextChild(depth);)
        {
            switch (xml.Name)
            {
                case "MsgId": detail.MessageId = elements.SharedId(); break;
                case "PmtInfId": detail.BatchId = elements.SharedId(); break;
                case "InstrId": detail.InstructionId = elements.Id(); break;
                case "EndToEndId": detail.EndToEndId = elements.Id(); break;
                case "UETR": detail.Uetr = elements.Id(); break;
                case "TxId": detail.TransactionId = elements.Id(); break;
                case "AcctSvcrRef": detail.AccountServicerRef = elements.Id(); break;
                case "ClrSysRef": detail.ClearingRef = elements.Id(); break;
                case "Prtry":
                    for (var own = xml.Depth; xml.NextChild(own);)
                    {
                        if (xml.Name == "Ref") detail.ProprietaryRef = BankElements.Joined(detail.ProprietaryRef, xml.Text());
                    }

                    break;
            }
        }
    }
}
