using PaymentEngine.Core.Reconciliation;

namespace PaymentEngine.Messages.Iso20022;

/// <summary>Reads camt.052, .053 and .054: statement by statement, entry by entry, detail by detail, with none held longer than needed.</summary>
sealed class StatementWalk(BankElements elements, string name, string version)
{
    readonly BankXml xml = elements.Xml;
    int statements, entries;

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
        var sums = new StatementSums();
        var begun = false;
        for (var depth = xml.Depth; xml.NextChild(depth);)
        {
            switch (xml.Name)
            {
                case "Id": statement.Id = xml.Text(); break;
                case "ElctrncSeqNb": statement.SequenceNo = xml.Text(); break;
                case "CpyDplctInd": statement.CopyDuplicate = xml.Text(); break;
                case "FrToDt":
                    for (var inner = xml.Depth; xml.NextChild(inner);)
                    {
                        if (xml.Name is "FrDtTm" or "FrDt") statement.From = xml.Text();
                        else if (xml.Name is "ToDtTm" or "ToDt") statement.To = xml.Text();
                    }

                    break;
                case "Acct": ReadAccount(statement); break;
                case "Bal":
                    if (ReadBalance() is { } balance) balances.Add(balance);
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
        sums.Compare(elements, statement);
        elements.Visitor.StatementEnds(statement);
    }

    void ReadAccount(BankStatement statement)
    {
        for (var depth = xml.Depth; xml.NextChild(depth);)
        {
            if (xml.Name == "Id") statement.Account = xml.DeepText(out _);
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
        string? code = null;
        BankAmount? amount = null;
        bool? credit = null;
        NodaTime.LocalDate? date = null;
        for (var depth = xml.Depth; xml.NextChild(depth);)
        {
            switch (xml.Name)
            {
                case "Tp": code = xml.DeepText(out _); break;
                case "Amt": amount = elements.Amount(); break;
                case "CdtDbtInd": credit = elements.Side(); break;
                case "Dt": date = elements.Day(); break;
            }
        }

        return code is not null && amount is { } known && credit is { } side ? new(code, known, side, date) : null;
    }

    BankEntry ReadEntry(BankStatement statement)
    {
        var entry = new BankEntry { No = ++entries, Statement = statement, Line = xml.Line };
        for (var depth = xml.Depth; xml.NextChild(depth);)
        {
            switch (xml.Name)
            {
                case "NtryRef": entry.EntryRef = xml.Text(); break;
                case "AcctSvcrRef": entry.AccountServicerRef = BankElements.Given(xml.Text()); break;
                case "Amt": entry.Amount = elements.Amount(); break;
                case "CdtDbtInd": entry.IsCredit = elements.Side(); break;
                case "RvslInd": entry.IsReversal = xml.Text() is "true" or "1"; break;
                case "Sts": entry.Status = xml.DeepText(out _); break;
                case "BookgDt": entry.BookingDate = elements.Day(); break;
                case "ValDt": entry.ValueDate = elements.Day(); break;
                case "BkTxCd": entry.Code = elements.TransactionCode(); break;
                case "Chrgs": entry.Charges += ReadCharges(); break;
                case "AddtlNtryInf": entry.Text = xml.Text(); break;
                case "NtryDtls": ReadDetails(entry); break;
            }
        }

        if (entry.Amount is null || entry.IsCredit is null) elements.Find("entry.incomplete", "An entry lacks its amount or its side.", entry.Line);
        if (entry.Status is null) elements.Find("entry.status_missing", "An entry has no status" + (name == "camt.053" ? ": read as booked." : "."), entry.Line);
        if (entry is { Details: > 0, Amount: { } amount } && entry.DetailSum != 0 && entry.DetailSum != amount.Value && Math.Abs(entry.DetailSum - amount.Value) != entry.Charges)
        {
            elements.Find("entry.details_differ", $"The details add up to {BankElements.Show(entry.DetailSum)}, the entry is {BankElements.Show(amount.Value)}.", entry.Line);
        }

        elements.Visitor.Entry(entry);
        return entry;
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
            if (xml.Name == "Btch")
            {
                for (var batch = xml.Depth; xml.NextChild(batch);)
                {
                    if (xml.Name == "MsgId") entry.BatchMessageId = xml.Text();
                    else if (xml.Name == "PmtInfId") entry.BatchId = xml.Text();
                    else if (xml.Name == "NbOfTxs") entry.BatchCount = elements.Number(xml.Text()) is >= 0 and < 1_000_000_000 and var count ? (long)count : null;
                }
            }
            else if (xml.Name == "TxDtls")
            {
                var detail = ReadDetail(++entry.Details);
                // A detail in another currency says nothing about the entry's sum.
                if (detail.Amount is { } amount && (entry.Amount is null || amount.Currency == entry.Amount.Value.Currency)) entry.DetailSum += amount.Value;
                elements.Visitor.Detail(entry, detail);
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
                case "RtrInf": detail.ReturnReason = elements.Reason(); break;
                case "AddtlTxInf": detail.Text = xml.Text(); break;
                case "AmtDtls":
                    for (var kinds = xml.Depth; xml.NextChild(kinds);)
                    {
                        var kind = xml.Name;
                        if (kind is not ("TxAmt" or "InstdAmt")) continue;
                        for (var amounts = xml.Depth; xml.NextChild(amounts);)
                        {
                            if (xml.Name != "Amt") continue;
                            if (kind == "TxAmt") transacted = elements.Amount();
                            else instructed = elements.Amount();
                        }
                    }

                    break;
                case "RltdPties":
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

                    break;
                case "RmtInf":
                    for (var remittance = xml.Depth; xml.NextChild(remittance);)
                    {
                        if (xml.Name == "Ustrd") detail.RemittanceText = BankElements.Joined(detail.RemittanceText, xml.Text());
                    }

                    break;
            }
        }

        detail.Amount ??= transacted ?? instructed;
        return detail;
    }

    void ReadReferences(EntryDetail detail)
    {
        for (var depth = xml.Depth; xml.NextChild(depth);)
        {
            switch (xml.Name)
            {
                case "MsgId": detail.MessageId = BankElements.Given(xml.Text()); break;
                case "PmtInfId": detail.BatchId = BankElements.Given(xml.Text()); break;
                case "InstrId": detail.InstructionId = BankElements.Given(xml.Text()); break;
                case "EndToEndId": detail.EndToEndId = BankElements.Given(xml.Text()); break;
                case "UETR": detail.Uetr = xml.Text(); break;
                case "TxId": detail.TransactionId = BankElements.Given(xml.Text()); break;
                case "AcctSvcrRef": detail.AccountServicerRef = BankElements.Given(xml.Text()); break;
                case "ClrSysRef": detail.ClearingRef = xml.Text(); break;
            }
        }
    }
}
