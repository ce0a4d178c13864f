using PaymentEngine.Core;
using PaymentEngine.Core.Reconciliation;

namespace PaymentEngine.Messages.Iso20022;

/// <summary>Counts what passes to the visitor behind it.</summary>
sealed class CountingVisitor(IBankMessageVisitor inner) : IBankMessageVisitor
{
    const int FindingsMax = 1000;
    readonly List<BankFileHeader> messages = [];
    readonly List<BankFinding> findings = [];
    readonly SortedDictionary<string, (decimal Credit, decimal Debit)> sums = new(StringComparer.Ordinal);
    int entries, transactions, returns, rejectedFiles, rejectedBatches, rejectedTransactions, findingCount;

    public void Header(BankFileHeader header)
    {
        messages.Add(header);
        inner.Header(header);
    }

    public void Status(StatusReport report)
    {
        if (report.Level == EvidenceLevel.Transaction) transactions++;
        if (report.IsReturn) returns++;
        if (report.Status == "RJCT")
        {
            if (report.Level == EvidenceLevel.Transaction) rejectedTransactions++;
            else if (report.Level == EvidenceLevel.Batch) rejectedBatches++;
            else rejectedFiles++;
        }

        inner.Status(report);
    }

    public void StatementBegins(BankStatement statement) => inner.StatementBegins(statement);

    public void Detail(BankEntry entry, EntryDetail detail)
    {
        transactions++;
        if (detail.IsReturn(entry)) returns++;
        inner.Detail(entry, detail);
    }

    public void Entry(BankEntry entry)
    {
        entries++;
        if (entry.Details == 0 && entry.Code.SaysReturned && entry.IsCredit == true) returns++;
        if (entry.Amount is { } amount && entry.IsCredit is { } credit) Add(amount, credit);
        inner.Entry(entry);
    }

    public void StatementEnds(BankStatement statement) => inner.StatementEnds(statement);

    public void Instructed(string? endToEndId, BankAmount? amount, int line)
    {
        transactions++;
        if (amount is { } known) Add(known, credit: false);
        inner.Instructed(endToEndId, amount, line);
    }

    public void Finding(BankFinding finding)
    {
        findingCount++;
        if (findings.Count < FindingsMax) findings.Add(finding);
        inner.Finding(finding);
    }

    void Add(BankAmount amount, bool credit)
    {
        var (credits, debits) = sums.GetValueOrDefault(amount.Currency);
        sums[amount.Currency] = credit ? (credits + amount.Value, debits) : (credits, debits + amount.Value);
    }

    public BankFileTotals Totals() => new()
    {
        Messages = messages, Entries = entries, Transactions = transactions, Sums = sums, Returns = returns, RejectedFiles = rejectedFiles,
        RejectedBatches = rejectedBatches, RejectedTransactions = rejectedTransactions, Findings = findings, FindingCount = findingCount,
    };
}
