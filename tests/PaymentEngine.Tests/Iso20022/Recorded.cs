using PaymentEngine.Core.Reconciliation;

namespace PaymentEngine.Tests.Iso20022;

/// <summary>Keeps all that a reader shows.</summary>
sealed class Recorded : IBankMessageVisitor
{
    public List<BankFileHeader> Headers { get; } = [];
    public List<StatusReport> Reports { get; } = [];
    public List<BankStatement> Statements { get; } = [];
    public List<BankEntry> Entries { get; } = [];
    public List<(BankEntry Entry, EntryDetail Detail)> Details { get; } = [];
    public List<BankFinding> Findings { get; } = [];

    public void Header(BankFileHeader header) => Headers.Add(header);

    public void Status(StatusReport report) => Reports.Add(report);

    public void StatementEnds(BankStatement statement) => Statements.Add(statement);

    public void Entry(BankEntry entry) => Entries.Add(entry);

    public void Detail(BankEntry entry, EntryDetail detail) => Details.Add((entry, detail));

    public void Finding(BankFinding finding) => Findings.Add(finding);
}
