using System.Globalization;
using System.Text;
using NodaTime;
using PaymentEngine.Core;
using PaymentEngine.Core.Money;
using PaymentEngine.Core.Payments;
using PaymentEngine.Core.Reconciliation;
using PaymentEngine.Messages;
using PaymentEngine.Messages.Csv;
using PaymentEngine.Messages.Iso20022;
using PaymentEngine.Tests.Iso20022;
using PaymentEngine.Tests.Spreadsheets;

namespace PaymentEngine.Tests.Abuse;

/// <summary>Abuse case 21: sums at the edges of the numbers a machine counts with.</summary>
public sealed class AmountLimitTests
{
    /// <summary>The edges, and one more.</summary>
    static readonly long[] Edges = [(1L << 31) - 1, 1L << 31, (1L << 32) + 1, (1L << 53) - 1, 1L << 53, (1L << 53) + 1, long.MaxValue - 1, long.MaxValue];

    [Fact]
    public void AbuseCase21_Overflow_of_amounts_and_totals_is_refused_and_never_wrapped()
    {
        // Arithmetic: exact up to the last đồng, and an exception behind it.
        foreach (var edge in Edges)
        {
            Assert.Equal(edge.ToString(CultureInfo.InvariantCulture), new Vnd(edge).ToString());
            Assert.Equal(new Vnd(edge), new Vnd(edge - 1) + new Vnd(1));
        }

        Assert.Throws<OverflowException>(() => new Vnd(long.MaxValue) + new Vnd(1));
        Assert.Throws<OverflowException>(() => new Vnd(long.MinValue) - new Vnd(1));
        Assert.Throws<OverflowException>(() => -new Vnd(long.MinValue));
        Assert.Throws<OverflowException>(() => new Vnd(long.MaxValue / 2) * 3);
        Assert.Throws<OverflowException>(() => new Vnd(long.MaxValue) * Coefficient.Parse("1.5").Value);
        Assert.Throws<OverflowException>(() => Enumerable.Range(0, 3).Aggregate(Vnd.Zero, (sum, _) => sum + new Vnd(1L << 62)));
        Assert.Throws<OverflowException>(() => new CountAndSum(1, long.MaxValue).With(1));

        // At the door: digits only, at most fifteen, so that no province's total can pass 2^63.
        foreach (var edge in Edges)
        {
            using var reading = RegisterFiles.ReadPeople(new MemoryStream(Encoding.UTF8.GetBytes(FormattableString.Invariant($"person_id,full_name,birth,province_code,commune_code,other_income_vnd\nP1,An,1950,40,40001,{edge}\n"))), "people.csv");
            var rows = reading.Select(row => row.Value).ToList();
            if (edge < 1_000_000_000_000_000) Assert.Equal(edge, Assert.Single(rows).OtherIncomeVnd);
            else Assert.Equal(RegisterRefusals.AmountMalformed, Assert.Single(reading.Refusals.Kept).Code);
        }

        // A single payment: over the cap of its programme it is held whatever else is said of it.
        var rules = RunRules.OfProgram.Outliers;
        foreach (var (programme, cap) in rules.Caps)
        {
            Assert.Null(rules.Unusual(cap, cap, Vnd.Zero, programme, null, new YearMonth(2026, 11)));
            foreach (var edge in Edges) Assert.Equal(HoldReasons.OverCap, rules.Unusual(new Vnd(edge), Vnd.Zero, new Vnd(edge), programme, null, new YearMonth(2026, 11)));
        }

        // A file: the total of what is written is checked while it is written, and the one that is read is told apart from what it says.
        var half = new Vnd(1L << 62);
        var wrapped = PaymentListTests.FileOf(PaymentListTests.Payment(1, 1)) with { Count = 2, Sum = new Vnd(long.MinValue) };
        var batch = wrapped.Batches[0] with { Count = 2, Sum = new Vnd(long.MinValue), Payments = [PaymentListTests.Payment(1, half.Amount), PaymentListTests.Payment(2, half.Amount)] };
        Assert.ThrowsAny<Exception>(() =>
        {
            using var stream = new MemoryStream();
            Pain001Writer.Write(stream, wrapped with { Batches = [batch] }, BankProfiles.Generic);
        });

        // A bank's file: sums are kept as decimals of any size that fits; a total that fits nowhere is a refusal or a finding, never another number.
        foreach (var amount in new[] { "2147483648", "9007199254740993", "9223372036854775807", "9223372036854775808", "99999999999999999999", new string('9', 40), "1E+30", "-1" })
        {
            var recorded = new Recorded();
            var read = BankMessageReader.Read(new MemoryStream(Encoding.UTF8.GetBytes(
                $"<Document xmlns=\"urn:iso:std:iso:20022:tech:xsd:camt.053.001.08\"><BkToCstmrStmt><GrpHdr><MsgId>S</MsgId></GrpHdr><Stmt><Id>1</Id>{Entry(amount)}{Entry(amount)}</Stmt></BkToCstmrStmt></Document>")), recorded);
            if (!read.IsOk)
            {
                Assert.All(read.Problems, problem => Assert.StartsWith("bank_file.", problem.Code, StringComparison.Ordinal));
                continue;
            }

            Assert.All(recorded.Entries, entry => Assert.True(entry.Amount is null || entry.Amount.Value.Value.ToString(CultureInfo.InvariantCulture) == amount || read.Value.Findings.Count > 0, amount));
        }

        static string Entry(string amount) => $"<Ntry><Amt Ccy=\"VND\">{amount}</Amt><CdtDbtInd>CRDT</CdtDbtInd><Sts>BOOK</Sts></Ntry>";
    }
}
