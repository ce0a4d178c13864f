using NodaTime;
using PaymentEngine.Core.Money;
using PaymentEngine.Core.Reconciliation;

namespace PaymentEngine.Messages.Iso20022;

/// <summary>Writes camt.053.001.08, the statement of the simulated bank, with balances that add up; streaming.</summary>
public static class Camt053Writer
{
    public const string MessageVersion = "camt.053.001.08";

    /// <exception cref="InvalidOperationException">The entries are not what was announced.</exception>
    public static void Write(Stream output, AccountStatementFile file) => CamtWriter.Write(output, file, MessageVersion, "BkToCstmrStmt", "Stmt", balances: true);
}

/// <summary>Writes camt.054.001.08, the simulated bank's notification of debits and credits; streaming.</summary>
public static class Camt054Writer
{
    public const string MessageVersion = "camt.054.001.08";

    /// <exception cref="InvalidOperationException">The entries are not what was announced.</exception>
    public static void Write(Stream output, AccountStatementFile file) => CamtWriter.Write(output, file, MessageVersion, "BkToCstmrDbtCdtNtfctn", "Ntfctn", balances: false);
}

/// <summary>What statements and notifications have in common.</summary>
static class CamtWriter
{
    public static void Write(Stream output, AccountStatementFile file, string version, string root, string container, bool balances)
    {
        using var xml = new MessageWriter(output, version);
        xml.Start(root);
        xml.Line();
        xml.Start("GrpHdr");
        xml.Leaf("MsgId", file.MessageId);
        xml.Leaf("CreDtTm", file.CreatedAt);
        xml.End();
        xml.Line();
        xml.Start(container);
        xml.Leaf("Id", file.StatementId);
        xml.Leaf("ElctrncSeqNb", file.SequenceNo);
        xml.Leaf("CreDtTm", file.CreatedAt);
        xml.Start("FrToDt");
        xml.Leaf("FrDtTm", (file.From + LocalTime.Midnight).WithOffset(file.CreatedAt.Offset));
        xml.Leaf("ToDtTm", (file.To + new LocalTime(23, 59, 59)).WithOffset(file.CreatedAt.Offset));
        xml.End();
        xml.Start("Acct");
        xml.Start("Id");
        xml.Nested("Othr", "Id", file.Account);
        xml.End();
        xml.Leaf("Ccy", "VND");
        xml.Start("Svcr");
        xml.Nested("FinInstnId", "BICFI", file.BankBic);
        xml.End(2);
        xml.Line();
        if (balances)
        {
            Balance(xml, "OPBD", file.OpeningBalance, file.From);
            Balance(xml, "CLBD", file.ClosingBalance, file.To);
        }

        xml.Start("TxsSummry");
        Total(xml, "TtlCdtNtries", file.CreditCount, file.Credits);
        Total(xml, "TtlDbtNtries", file.DebitCount, file.Debits);
        xml.End();
        xml.Line();

        var (creditCount, debitCount, credits, debits) = (0, 0, Vnd.Zero, Vnd.Zero);
        foreach (var entry in file.Entries)
        {
            WriteEntry(xml, entry);
            if (entry.IsCredit) (creditCount, credits) = (creditCount + 1, credits + entry.Amount);
            else (debitCount, debits) = (debitCount + 1, debits + entry.Amount);
        }

        if ((creditCount, debitCount, credits, debits) != (file.CreditCount, file.DebitCount, file.Credits, file.Debits))
        {
            throw new InvalidOperationException($"{file.MessageId}: the entries are not what was announced.");
        }

        xml.End();
        xml.Line();
        xml.End();
        xml.Line();
        xml.Finish();
    }

    static void Balance(MessageWriter xml, string code, Vnd amount, LocalDate day)
    {
        xml.Start("Bal");
        xml.Start("Tp");
        xml.Nested("CdOrPrtry", "Cd", code);
        xml.End();
        xml.Amount("Amt", Math.Abs(amount.Amount));
        xml.Leaf("CdtDbtInd", Side(amount.Amount >= 0));
        xml.Start("Dt");
        xml.Leaf("Dt", day);
        xml.End(2);
        xml.Line();
    }

    static void Total(MessageWriter xml, string name, int count, Vnd sum)
    {
        xml.Start(name);
        xml.Leaf("NbOfNtries", count);
        xml.Leaf("Sum", sum.Amount);
        xml.End();
    }

    static void WriteEntry(MessageWriter xml, StatementEntry entry)
    {
        xml.Start("Ntry");
        xml.Leaf("NtryRef", entry.EntryRef);
        xml.Amount("Amt", entry.Amount.Amount);
        xml.Leaf("CdtDbtInd", Side(entry.IsCredit));
        xml.Nested("Sts", "Cd", entry.Status);
        Day(xml, "BookgDt", entry.BookingDate);
        Day(xml, "ValDt", entry.ValueDate);
        xml.LeafIf("AcctSvcrRef", entry.AccountServicerRef);
        Code(xml, entry.Code);
        xml.Start("NtryDtls");
        if (entry.BatchId is not null || entry.BatchMessageId is not null)
        {
            xml.Start("Btch");
            xml.LeafIf("MsgId", entry.BatchMessageId);
            xml.LeafIf("PmtInfId", entry.BatchId);
            if (entry.BatchCount is { } count) xml.Leaf("NbOfTxs", count);
            xml.End();
        }

        xml.Line();
        foreach (var detail in entry.Details) WriteDetail(xml, detail);
        xml.End();
        xml.LeafIf("AddtlNtryInf", entry.Text);
        xml.End();
        xml.Line();
    }

    static void WriteDetail(MessageWriter xml, StatementDetail detail)
    {
        xml.Start("TxDtls");
        xml.Start("Refs");
        xml.LeafIf("AcctSvcrRef", detail.AccountServicerRef);
        xml.LeafIf("PmtInfId", detail.BatchId);
        xml.LeafIf("InstrId", detail.InstructionId);
        xml.LeafIf("EndToEndId", detail.EndToEndId);
        xml.End();
        xml.Amount("Amt", detail.Amount.Amount);
        xml.Leaf("CdtDbtInd", Side(detail.IsCredit));
        if (detail.Code is { } code) Code(xml, code);
        if (detail.CreditorName is not null || detail.CreditorAccount is not null)
        {
            xml.Start("RltdPties");
            if (detail.CreditorName is { } name)
            {
                xml.Start("Cdtr");
                xml.Nested("Pty", "Nm", name);
                xml.End();
            }

            if (detail.CreditorAccount is { } account)
            {
                xml.Start("CdtrAcct");
                xml.Start("Id");
                xml.Nested("Othr", "Id", account);
                xml.End(2);
            }

            xml.End();
        }

        if (detail.RemittanceText is { } text) xml.Nested("RmtInf", "Ustrd", text);
        if (detail.ReturnReason is { } reason) Pain002Writer.Reason(xml, "RtrInf", reason);
        xml.End();
        xml.Line();
    }

    static void Code(MessageWriter xml, BankTransactionCode code)
    {
        xml.Start("BkTxCd");
        if (code is { Domain: { } domain, Family: { } family, SubFamily: { } sub })
        {
            xml.Start("Domn");
            xml.Leaf("Cd", domain);
            xml.Start("Fmly");
            xml.Leaf("Cd", family);
            xml.Leaf("SubFmlyCd", sub);
            xml.End(2);
        }

        if (code.Proprietary is { } proprietary) xml.Nested("Prtry", "Cd", proprietary);
        xml.End();
    }

    static void Day(MessageWriter xml, string name, LocalDate day)
    {
        xml.Start(name);
        xml.Leaf("Dt", day);
        xml.End();
    }

    static string Side(bool credit) => credit ? "CRDT" : "DBIT";
}
