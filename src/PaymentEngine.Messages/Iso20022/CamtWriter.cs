using NodaTime;
using PaymentEngine.Core.Money;
using PaymentEngine.Core.Reconciliation;

namespace PaymentEngine.Messages.Iso20022;

/// <summary>Writes camt.053, the statement of the simulated bank, with balances that add up; streaming.</summary>
public static class Camt053Writer
{
    public const string MessageVersion = "camt.053.001.08";

    /// <param name="output">Stays open.</param>
    /// <param name="file">Its entries are pulled while writing.</param>
    /// <param name="version">2, 8 or 13.</param>
    /// <exception cref="InvalidOperationException">The entries are not what was announced.</exception>
    public static void Write(Stream output, AccountStatementFile file, int version = 8) => CamtWriter.Write(output, file, "camt.053", version, "BkToCstmrStmt", "Stmt", balances: true);
}

/// <summary>Writes camt.054, the simulated bank's notification of debits and credits; streaming.</summary>
public static class Camt054Writer
{
    public const string MessageVersion = "camt.054.001.08";

    /// <inheritdoc cref="Camt053Writer.Write"/>
    public static void Write(Stream output, AccountStatementFile file, int version = 8) => CamtWriter.Write(output, file, "camt.054", version, "BkToCstmrDbtCdtNtfctn", "Ntfctn", balances: false);
}

/// <summary>Writes camt.052, what the simulated bank reports in the course of a day, without balances; streaming.</summary>
public static class Camt052Writer
{
    public const string MessageVersion = "camt.052.001.08";

    /// <inheritdoc cref="Camt053Writer.Write"/>
    public static void Write(Stream output, AccountStatementFile file, int version = 8) => CamtWriter.Write(output, file, "camt.052", version, "BkToCstmrAcctRpt", "Rpt", balances: false);
}

/// <summary>What statements, reports and notifications have in common, and in what their versions differ.</summary>
sealed class CamtWriter
{
    /// <summary>Version 2 names banks by BIC, writes a status and parties directly, and a detail's amount in AmtDtls only.</summary>
    readonly bool old;
    readonly MessageWriter xml;

    CamtWriter(MessageWriter xml, int version) => (this.xml, old) = (xml, version < 4);

    public static void Write(Stream output, AccountStatementFile file, string message, int version, string root, string container, bool balances)
    {
        if (version is not (2 or 8 or 13)) throw new ArgumentOutOfRangeException(nameof(version), version, message + " is written in the versions 2, 8 and 13.");
        using var xml = new MessageWriter(output, string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{message}.001.{version:00}"));
        new CamtWriter(xml, version).Write(file, root, container, balances);
    }

    void Write(AccountStatementFile file, string root, string container, bool balances)
    {
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
        xml.Leaf("FrDtTm", (file.From + file.FromTime).WithOffset(file.CreatedAt.Offset));
        xml.Leaf("ToDtTm", (file.To + file.ToTime).WithOffset(file.CreatedAt.Offset));
        xml.End();
        xml.LeafIf("CpyDplctInd", file.CopyDuplicate);
        xml.Start("Acct");
        xml.Start("Id");
        xml.Nested("Othr", "Id", file.Account);
        xml.End();
        xml.Leaf("Ccy", "VND");
        xml.Start("Svcr");
        xml.Nested("FinInstnId", old ? "BIC" : "BICFI", file.BankBic);
        xml.End(2);
        xml.Line();
        if (balances)
        {
            Balance("OPBD", file.OpeningBalance, file.From);
            Balance("CLBD", file.ClosingBalance, file.To);
        }

        xml.Start("TxsSummry");
        Total("TtlCdtNtries", file.CreditCount, file.Credits);
        Total("TtlDbtNtries", file.DebitCount, file.Debits + file.TotalsWrongBy);
        xml.End();
        xml.Line();

        var (creditCount, debitCount, credits, debits) = (0, 0, Vnd.Zero, Vnd.Zero);
        foreach (var entry in file.Entries)
        {
            WriteEntry(entry);
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

    void Balance(string code, Vnd amount, LocalDate day)
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

    void Total(string name, int count, Vnd sum)
    {
        xml.Start(name);
        xml.Leaf("NbOfNtries", count);
        xml.Leaf("Sum", sum.Amount);
        xml.End();
    }

    void WriteEntry(StatementEntry entry)
    {
        xml.Start("Ntry");
        xml.Leaf("NtryRef", entry.EntryRef);
        xml.Amount("Amt", entry.Amount.Amount);
        xml.Leaf("CdtDbtInd", Side(entry.IsCredit));
        if (old) xml.Leaf("Sts", entry.Status);
        else xml.Nested("Sts", "Cd", entry.Status);
        Day("BookgDt", entry.BookingDate);
        Day("ValDt", entry.ValueDate);
        xml.LeafIf("AcctSvcrRef", entry.AccountServicerRef);
        Code(entry.Code);
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
        foreach (var detail in entry.Details) WriteDetail(detail);
        xml.End();
        xml.LeafIf("AddtlNtryInf", entry.Text);
        xml.End();
        xml.Line();
    }

    void WriteDetail(StatementDetail detail)
    {
        xml.Start("TxDtls");
        xml.Start("Refs");
        xml.LeafIf("AcctSvcrRef", detail.AccountServicerRef);
        xml.LeafIf("PmtInfId", detail.BatchId);
        xml.LeafIf("InstrId", detail.InstructionId);
        xml.LeafIf("EndToEndId", detail.EndToEndId);
        if (!old) xml.LeafIf("UETR", detail.Uetr);
        xml.End();
        if (!old)
        {
            xml.Amount("Amt", detail.Amount.Amount);
            xml.Leaf("CdtDbtInd", Side(detail.IsCredit));
        }

        if (old || detail.InstructedAmount is not null)
        {
            xml.Start("AmtDtls");
            if (detail.InstructedAmount is { } instructed) AmountOf("InstdAmt", instructed);
            if (old) AmountOf("TxAmt", detail.Amount);
            xml.End();
        }

        if (detail.Code is { } code) Code(code);
        if (detail.Charges is { } charges)
        {
            xml.Start("Chrgs");
            xml.Amount("TtlChrgsAndTaxAmt", charges.Amount);
            if (old) xml.Amount("Amt", charges.Amount);
            xml.End();
        }

        if (detail.CreditorName is not null || detail.CreditorAccount is not null)
        {
            xml.Start("RltdPties");
            if (detail.CreditorName is { } name)
            {
                xml.Start("Cdtr");
                if (old) xml.Leaf("Nm", name);
                else xml.Nested("Pty", "Nm", name);
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
        xml.LeafIf("AddtlTxInf", detail.Text);
        xml.End();
        xml.Line();
    }

    void AmountOf(string name, Vnd amount)
    {
        xml.Start(name);
        xml.Amount("Amt", amount.Amount);
        xml.End();
    }

    void Code(BankTransactionCode code)
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

    void Day(string name, LocalDate day)
    {
        xml.Start(name);
        xml.Leaf("Dt", day);
        xml.End();
    }

    static string Side(bool credit) => credit ? "CRDT" : "DBIT";
}
