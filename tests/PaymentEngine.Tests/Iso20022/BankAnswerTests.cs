using System.Text;
using System.Xml;
using System.Xml.Schema;
using NodaTime;
using PaymentEngine.Core.Money;
using PaymentEngine.Core.Reconciliation;
using PaymentEngine.Messages.Iso20022;

namespace PaymentEngine.Tests.Iso20022;

/// <summary>What the simulated bank writes is valid, and our reader gets out of it what was put in.</summary>
public class BankAnswerTests
{
    static readonly OffsetDateTime Created = new LocalDateTime(2026, 11, 24, 17, 5, 9).WithOffset(Offset.FromHours(7));
    static readonly LocalDate Day = new(2026, 11, 24);

    static StatusReportFile Report(int payments = 3) => new()
    {
        MessageId = "NH-20261124-001", CreatedAt = Created, BankBic = "VBAAVNVX", OriginalMessageId = "B40261121-000007-01", OriginalCount = payments,
        OriginalSum = new Vnd(payments * 500_000L), Status = "PART",
        Batches =
        [
            new BatchStatus
            {
                OriginalBatchId = "B40261121-000007-01-001", OriginalCount = payments, Status = "PART",
                Payments = Enumerable.Range(1, payments).Select(no => no % 3 == 0
                    ? new PaymentStatus($"E{no}", $"I{no}", "RJCT", new("AC04", null, "Tài khoản đã đóng & " + new string('x', 120)), new Vnd(500_000), null)
                    : new PaymentStatus($"E{no}", null, "ACSC", null, new Vnd(500_000), "REF" + no)),
            },
            new BatchStatus { OriginalBatchId = "B40261121-000007-01-002", Status = "RJCT", Reasons = [new("AM04", null, null), new(null, "X1", "Hết tiền")], Payments = [] },
        ],
    };

    static AccountStatementFile Statement(int details = 2) => new()
    {
        MessageId = "SK-20261124", CreatedAt = Created, StatementId = "SK-20261124-1", SequenceNo = 228, Account = "3601000000012", BankBic = "VBAAVNVX", From = Day, To = Day,
        OpeningBalance = new Vnd(1_000_000), CreditCount = 1, Credits = new Vnd(500_000), DebitCount = 1, Debits = new Vnd(details * 500_000L),
        Entries =
        [
            new StatementEntry
            {
                EntryRef = "1", Amount = new Vnd(details * 500_000L), IsCredit = false, BookingDate = Day, ValueDate = Day, AccountServicerRef = "FT1", Code = StatementCodes.DomesticTransfer,
                BatchMessageId = "B40261121-000007-01", BatchId = "B40261121-000007-01-001", BatchCount = details,
                Details = Enumerable.Range(1, details).Select(no => new StatementDetail { EndToEndId = $"E{no}", Amount = new Vnd(500_000), IsCredit = false }),
            },
            new StatementEntry
            {
                EntryRef = "2", Amount = new Vnd(500_000), IsCredit = true, BookingDate = Day, ValueDate = Day.PlusDays(1), Code = StatementCodes.Returned, Text = "Hoàn tiền",
                Details =
                [
                    new StatementDetail
                    {
                        EndToEndId = "E2", InstructionId = "E2", BatchId = "B40261121-000007-01-001", Amount = new Vnd(500_000), IsCredit = true, ReturnReason = new("AC06", null, "Phong tỏa"),
                        CreditorName = "NGUYEN VAN A", CreditorAccount = "0123456789", RemittanceText = "E2 TRO CAP",
                    },
                ],
            },
        ],
    };

    static RecallAnswerFile Recalled() => new()
    {
        MessageId = "TL-1", CreatedAt = Created, BankBic = "VBAAVNVX", PayerName = "SO NOI VU", Confirmation = "RJCR", OriginalMessageId = "B40261121-000007-01", OriginalBatchId = "B40261121-000007-01-001",
        Payments = [new("R1", "E1", "I1", "ACCR", null, new Vnd(500_000)), new(null, "E2", null, "RJCR", new("AM04", null, "Không còn tiền"), new Vnd(500_000))],
    };

    static byte[] Written(Action<Stream> write)
    {
        using var stream = new MemoryStream();
        write(stream);
        return stream.ToArray();
    }

    static Recorded Read(byte[] bytes, out BankFileTotals totals)
    {
        var recorded = new Recorded();
        totals = BankMessageReader.Read(new MemoryStream(bytes), recorded).Value;
        return recorded;
    }

    [Fact]
    public void A_status_report_is_read_at_all_three_levels()
    {
        var read = Read(Written(s => Pain002Writer.Write(s, Report())), out var totals);
        Assert.Equal(["Transaction", "Transaction", "Transaction", "Batch", "Batch", "File"], read.Reports.Select(r => r.Level.ToString()));
        var rejected = read.Reports[2];
        Assert.Equal(("E3", "I3", "RJCT", "B40261121-000007-01-001", 1, 3), (rejected.EndToEndId, rejected.InstructionId, rejected.Status, rejected.OriginalBatchId, rejected.BatchNo, rejected.TransactionNo));
        Assert.Equal("AC04", rejected.Reasons.Single().Code);
        Assert.StartsWith("Tài khoản đã đóng & xxx", rejected.Reasons[0].Text, StringComparison.Ordinal);
        Assert.Equal(new Vnd(500_000), rejected.Amount!.Value.Vnd);
        Assert.Equal("B40261121-000007-01", rejected.OriginalMessageId);
        Assert.Equal((3, "PART"), (read.Reports[3].Listed, read.Reports[3].Status));
        Assert.Equal((0, "RJCT", 2), (read.Reports[4].Listed, read.Reports[4].Status, read.Reports[4].Reasons.Count));
        Assert.Equal(("PART", 3L, 1_500_000m, 3), (read.Reports[5].Status, read.Reports[5].OriginalCount, read.Reports[5].OriginalSum, read.Reports[5].Listed));
        Assert.Equal(Created.ToInstant(), read.Headers.Single().CreatedAt);
        Assert.Equal(["VBAAVNVX"], read.Headers[0].SenderHints);
        Assert.Equal((3, 1, 1, 1), (totals.Transactions, totals.RejectedTransactions, totals.RejectedBatches, totals.Rejects));
        Assert.Empty(totals.Findings);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_statement_and_a_notification_are_read_with_batch_details_and_return(bool notification)
    {
        var read = Read(Written(s => { if (notification) Camt054Writer.Write(s, Statement()); else Camt053Writer.Write(s, Statement()); }), out var totals);
        Assert.Empty(totals.Findings);
        Assert.Equal((2, 3, 1), (totals.Entries, totals.Transactions, totals.Returns));
        Assert.Equal((500_000m, 1_000_000m), totals.Sums["VND"]);
        var statement = read.Statements.Single();
        Assert.Equal(("3601000000012", "228", "VBAAVNVX", "VND"), (statement.Account, statement.SequenceNo, statement.ServicerBic, statement.Currency));
        Assert.Equal(notification ? 0 : 2, statement.Balances.Count);
        var debit = read.Entries[0];
        Assert.Equal((false, "BOOK", "B40261121-000007-01-001", 2L, "FT1", Day), (debit.IsCredit, debit.Status, debit.BatchId, debit.BatchCount, debit.AccountServicerRef, debit.BookingDate));
        Assert.Equal((2, 1_000_000m), (debit.Details, debit.DetailSum));
        var (entry, back) = read.Details[2];
        Assert.Equal(new BankReason("AC06", null, "Phong tỏa"), back.ReturnReason);
        Assert.True(back.IsReturn(entry));
        Assert.Equal(("E2", "NGUYEN VAN A", "0123456789", "E2 TRO CAP"), (back.EndToEndId, back.CreditorName, back.CreditorAccount, back.RemittanceText));
        Assert.Equal("Hoàn tiền", read.Entries[1].Text);
    }

    [Fact]
    public void Entries_that_were_not_announced_are_not_written() =>
        Assert.Throws<InvalidOperationException>(() => Written(s => Camt053Writer.Write(s, Statement() with { Debits = new Vnd(1) })));

    [Fact]
    public void Of_a_hundred_thousand_details_of_one_entry_none_is_kept_once_it_was_shown()
    {
        var bytes = Written(s => Camt054Writer.Write(s, Statement(100_000)));
        var watching = new Watching();
        Assert.Equal(100_001, BankMessageReader.Read(new MemoryStream(bytes), watching).Value.Transactions);
        Assert.Equal((4, 0), (watching.Looks, watching.Alive));
    }

    /// <summary>Looks now and then whether details shown long before are still held by anyone.</summary>
    sealed class Watching : IBankMessageVisitor
    {
        readonly List<WeakReference> shown = [];

        public int Looks { get; private set; }

        public int Alive { get; private set; }

        public void Detail(BankEntry entry, EntryDetail detail)
        {
            shown.Add(new WeakReference(detail));
            if (shown.Count != 25_000) return;
            GC.Collect();
            Looks++;
            Alive += shown.SkipLast(10).Count(one => one.IsAlive);
            shown.Clear();
        }
    }

    [OfficialSchemaFact]
    public void What_the_simulated_bank_writes_is_valid_against_the_official_schemas()
    {
        foreach (var (version, bytes) in new[]
        {
            (Pain002Writer.MessageVersion, Written(s => Pain002Writer.Write(s, Report()))), (Camt053Writer.MessageVersion, Written(s => Camt053Writer.Write(s, Statement()))),
            (Camt054Writer.MessageVersion, Written(s => Camt054Writer.Write(s, Statement()))),
            (Camt029Writer.MessageVersion, Written(s => Camt029Writer.Write(s, Recalled()))),
            (Camt053Writer.MessageVersion, Written(s => Camt053Writer.Write(s, Statement() with { Entries = [], CreditCount = 0, DebitCount = 0, Credits = Vnd.Zero, Debits = Vnd.Zero, OpeningBalance = new Vnd(-5) }))),
        })
        {
            var faults = new List<string>();
            var settings = new XmlReaderSettings { ValidationType = ValidationType.Schema, DtdProcessing = DtdProcessing.Prohibit };
            settings.ValidationFlags |= XmlSchemaValidationFlags.ReportValidationWarnings;
            settings.ValidationEventHandler += (_, e) => faults.Add($"{version}: {e.Message}");
            settings.Schemas.Add(null, Path.Combine(OfficialSchemas.Find()!, version + ".xsd"));
            using var reader = XmlReader.Create(new MemoryStream(bytes), settings);
            while (reader.Read())
            {
            }

            Assert.Empty(faults);
        }
    }
}
