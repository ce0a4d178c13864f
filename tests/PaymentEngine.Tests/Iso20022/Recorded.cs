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
    public List<Resolution> Resolutions { get; } = [];
    public List<AnnouncedReturn> Announced { get; } = [];
    public List<RecallRequest> Requests { get; } = [];
    public List<BankFinding> Findings { get; } = [];

    public void Header(BankFileHeader header) => Headers.Add(header);

    public void Status(StatusReport report) => Reports.Add(report);

    public void StatementEnds(BankStatement statement) => Statements.Add(statement);

    public void Entry(BankEntry entry) => Entries.Add(entry);

    public void Detail(BankEntry entry, EntryDetail detail) => Details.Add((entry, detail));

    public void Resolution(Resolution resolution) => Resolutions.Add(resolution);

    public void AnnouncedReturn(AnnouncedReturn announced) => Announced.Add(announced);

    public void RecallRequest(RecallRequest request) => Requests.Add(request);

    public void Finding(BankFinding finding) => Findings.Add(finding);
}
