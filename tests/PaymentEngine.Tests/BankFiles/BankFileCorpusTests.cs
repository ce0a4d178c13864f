using System.Globalization;
using System.Security.Cryptography;
using PaymentEngine.Core.Payments;
using PaymentEngine.Core.Reconciliation;
using PaymentEngine.Messages.Iso20022;
using PaymentEngine.Tests.Iso20022;

namespace PaymentEngine.Tests.BankFiles;

/// <summary>The streaming reader against a plain tree reader written from the rules alone (expected.py), on every message file of our own.</summary>
public class BankFileCorpusTests
{
    [Theory]
    [MemberData(nameof(BankFileCorpus.Names), MemberType = typeof(BankFileCorpus))]
    public void The_reader_says_what_stands_in_the_file(string file)
    {
        var expected = BankFileCorpus.Expected[file];
        var seen = new SeenRows();
        var totals = BankMessageReader.Read(new MemoryStream(BankFileCorpus.Bytes(file)), seen).Value;

        Assert.Equal(expected.Messages, totals.Messages.Select(message => message.Version));
        Assert.Equal(expected.Rows, seen.Rows);
        Assert.Equal((expected.Entries, expected.Transactions, expected.Returns, expected.Rejects), (totals.Entries, totals.Transactions, totals.Returns, totals.Rejects));
        Assert.Equal(expected.Rejected, new ExpectedRejects(totals.RejectedFiles, totals.RejectedBatches, totals.RejectedTransactions));
        Assert.Equal(
            expected.Sums.OrderBy(sum => sum.Key, StringComparer.Ordinal).Select(sum => (sum.Key, sum.Value.Credit, sum.Value.Debit)),
            totals.Sums.Select(sum => (sum.Key, Text(sum.Value.Credit), Text(sum.Value.Debit))));
        Assert.Equal(
            expected.Findings.OrderBy(finding => finding.Key, StringComparer.Ordinal).Select(finding => (finding.Key, finding.Value)),
            totals.Findings.Where(finding => Judged.Contains(finding.Code)).GroupBy(finding => finding.Code)
                .OrderBy(finding => finding.Key, StringComparer.Ordinal).Select(finding => (finding.Key, finding.Count())));
    }

    // What the oracle decides too; the reader has further findings of its own.
    static readonly HashSet<string> Judged = new(StringComparer.Ordinal)
    {
        "amount.fraction_of_dong", "amount.malformed", "amount.no_currency", "entry.details_differ", "entry.status_missing", "header.count_differs", "header.sum_differs",
        "message.dialect", "message.namespace_differs", "message.version_unknown", "statement.balance_differs", "statement.reversals_turned",
    };

    [Fact]
    public void The_expectations_are_about_these_very_files_and_cover_every_one()
    {
        Assert.True(BankFileCorpus.Expected.Count >= 150);
        Assert.Equal(BankFileCorpus.FileNames, BankFileCorpus.Expected.Keys.Order(StringComparer.Ordinal));
        Assert.Equal(BankFileCorpus.FileNames, BankFileCorpus.Index.Select(row => row[0]).Order(StringComparer.Ordinal));
        foreach (var (name, expected) in BankFileCorpus.Expected) Assert.Equal(expected.Sha256, Convert.ToHexStringLower(SHA256.HashData(BankFileCorpus.Bytes(name))));
        foreach (var row in BankFileCorpus.Index) Assert.Equal(row[1].Split(' '), BankFileCorpus.Expected[row[0]].Messages);
    }

    [Theory]
    [InlineData("pain.002", 12)]
    [InlineData("camt.052", 10)]
    [InlineData("camt.053", 14)]
    [InlineData("camt.054", 11)]
    [InlineData("camt.029", 5)]
    [InlineData("camt.055", 2)]
    [InlineData("camt.056", 4)]
    [InlineData("pacs.002", 2)]
    [InlineData("pacs.004", 4)]
    [InlineData("pain.001", 6)]
    public void Every_message_stands_in_the_corpus_in_its_versions(string message, int versions) =>
        Assert.True(versions <= BankFileCorpus.Expected.Values.SelectMany(file => file.Messages).Where(name => name.StartsWith(message + ".", StringComparison.Ordinal)).Distinct().Count());

    /// <summary>The index says which files the official schema calls valid, and the program's own check agrees.</summary>
    [OfficialSchemaFact]
    public void The_files_called_valid_are_valid_by_the_official_schema_and_the_others_are_not()
    {
        var schemas = new SchemaFolder(OfficialSchemas.Find()!);
        Assert.All(BankFileCorpus.Index, row =>
        {
            var valid = schemas.IsValid(new MemoryStream(BankFileCorpus.Bytes(row[0])), row[1].Split(' ')[0], _ => { });
            if (row[2] != "none") Assert.Equal(row[2] == "yes", valid);
        });
    }

    static string Text(decimal value) => value.ToString(CultureInfo.InvariantCulture);

    /// <summary>Writes down what the reader shows in the form of expected.py's rows.</summary>
    sealed class SeenRows : IBankMessageVisitor
    {
        public List<string> Rows { get; } = [];

        void Add(params string?[] cells) => Rows.Add(string.Join('|', cells.Select(cell => string.IsNullOrEmpty(cell) ? "-" : cell)));

        static string? Sum(BankAmount? amount) => amount is { } known ? $"{Text(known.Value)} {known.Currency}" : null;

        static string? Side(bool? isCredit) => isCredit is { } credit ? credit ? "CRDT" : "DBIT" : null;

        static string Why(params BankReason?[] reasons) =>
            string.Join(';', reasons.Where(reason => reason is not null).Select(reason => $"{reason!.Code}:{reason.Proprietary}:{reason.Text}"));

        public void Status(StatusReport report)
        {
            var why = Why([.. report.Reasons]);
            if (report.Level == EvidenceLevel.Transaction)
                Add("transaction", report.Status, report.OriginalMessageId, report.OriginalBatchId, report.InstructionId, report.EndToEndId, report.Uetr, why);
            else if (report.Status is null) return; // a level without a word of its own
            else if (report.Level == EvidenceLevel.Batch) Add("batch", report.Status, report.OriginalMessageId, report.OriginalBatchId, why);
            else Add("group", report.Status, report.OriginalMessageId, why);
        }

        public void Detail(BankEntry entry, EntryDetail detail) =>
            Add("detail", Sum(detail.Amount), Side(detail.IsCredit), detail.EndToEndId, detail.InstructionId, detail.Uetr, detail.BatchId, detail.AccountServicerRef,
                Why(detail.ReturnReason), detail.RemittanceText, detail.CreditorName, detail.CreditorAccount);

        public void Entry(BankEntry entry) =>
            Add("entry", Sum(entry.Amount), Side(entry.IsCredit), entry.Status, entry.BookingDate?.ToString("uuuu-MM-dd", CultureInfo.InvariantCulture),
                string.Join('/', new[] { entry.Code.Family, entry.Code.SubFamily }.Where(part => part is not null)), entry.Code.Proprietary,
                entry.BatchId, entry.EntryRef, entry.AccountServicerRef, entry.Text);

        public void Resolution(Resolution resolution)
        {
            if (resolution.Level == EvidenceLevel.Transaction)
                Add("answer", resolution.Status, resolution.OriginalBatchId, resolution.InstructionId, resolution.EndToEndId, resolution.Uetr, Why([.. resolution.Reasons]));
            else if (resolution.Status is null) return;
            else if (resolution.Level == EvidenceLevel.Batch) Add("answer to batch", resolution.Status, resolution.OriginalBatchId);
            else if (resolution.OriginalMessageId is not null) Add("answer to group", resolution.Status, resolution.OriginalMessageId);
            else Add("case", resolution.Status, resolution.CaseId);
        }

        public void AnnouncedReturn(AnnouncedReturn announced) =>
            Add("return", Sum(announced.Amount), announced.InstructionId, announced.EndToEndId, announced.TransactionId, announced.Uetr, Why([.. announced.Reasons]));

        public void RecallRequest(RecallRequest request) =>
            Add("recall", Sum(request.Amount), request.InstructionId, request.EndToEndId, request.TransactionId, request.Uetr, Why([.. request.Reasons]));

        public void Instructed(string? endToEndId, BankAmount? amount, int line) => Add("order", Sum(amount), endToEndId);
    }
}
