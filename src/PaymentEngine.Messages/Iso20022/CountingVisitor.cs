using PaymentEngine.Core.Reconciliation;

namespace PaymentEngine.Messages.Iso20022;

/// <summary>Counts what passes to the visitor behind it.</summary>
sealed class CountingVisitor(IBankMessageVisitor inner) : IBankMessageVisitor
{
    const int FindingsMax = 1000, CurrenciesMax = 1000;
    readonly List<BankFileHeader> messages = [];
    readonly List<BankFinding> findings = [];
    readonly List<Sum> sums = [];
    int entries, transactions, returns, rejectedFiles, rejectedBatches, rejectedTransactions, findingCount;

    public int Messages => messages.Count;

    public int UnknownElements { get; set; }

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

    public void Resolution(Resolution resolution)
    {
        if (resolution.Level == EvidenceLevel.Transaction) transactions++;
        inner.Resolution(resolution);
    }

    public void AnnouncedReturn(AnnouncedReturn announced)
    {
        if (announced.No > 0) transactions++;
        returns++;
        inner.AnnouncedReturn(announced);
    }

    public void RecallRequest(RecallRequest request)
    {
        if (request.No > 0) transactions++;
        inner.RecallRequest(request);
    }

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
        // One or two currencies in any real file.
        Sum? of = null;
        foreach (var one in sums)
        {
            if (one.Currency != amount.Currency) continue;
            of = one;
            break;
        }

        if (of is null)
        {
            if (sums.Count >= CurrenciesMax) return;
            sums.Add(of = new Sum(amount.Currency));
        }

        if (credit) of.Credit += amount.Value;
        else of.Debit += amount.Value;
    }

    public BankFileTotals Totals() => new()
    {
        Messages = messages, Entries = entries, Transactions = transactions,
        Sums = new SortedDictionary<string, (decimal, decimal)>(sums.ToDictionary(sum => sum.Currency, sum => (sum.Credit, sum.Debit), StringComparer.Ordinal), StringComparer.Ordinal),
        Returns = returns, RejectedFiles = rejectedFiles, RejectedBatches = rejectedBatches, RejectedTransactions = rejectedTransactions, Findings = findings, FindingCount = findingCount,
        UnknownElements = UnknownElements,
    };

    sealed class Sum(string currency)
    {
        public string Currency => currency;
        public decimal Credit { get; set; }
        public decimal Debit { get; set; }
    }
}
