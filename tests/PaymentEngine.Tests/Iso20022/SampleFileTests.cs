using System.Globalization;
using System.Security.Cryptography;
using PaymentEngine.Core.Reconciliation;
using PaymentEngine.Messages.Iso20022;

namespace PaymentEngine.Tests.Iso20022;

/// <summary>The eight files made by others, against the counts and sums in their index.</summary>
public class SampleFileTests
{
    sealed class Silent : IBankMessageVisitor;

    [SamplesFact]
    public void The_eight_samples_give_the_counts_and_sums_of_their_index()
    {
        var folder = OfficialSchemas.FindSamples()!;
        var rows = File.ReadAllLines(Path.Combine(folder, "index.csv"));
        var columns = rows[0].Split(',');
        Assert.Equal(8, rows.Length - 1);
        foreach (var row in rows[1..])
        {
            // The columns that are compared stand before the only quoted ones.
            var cells = row.Split(',');
            string Cell(string name) => cells[Array.IndexOf(columns, name)];
            using var file = File.OpenRead(Path.Combine(folder, Cell("file")));
            using var hashing = new PaymentEngine.Messages.HashingStream(file);
            var totals = BankMessageReader.Read(hashing, new Silent()).Value;

            Assert.Equal(Cell("message"), totals.Messages.Single().Version);
            Assert.Equal(Cell("entries"), totals.Entries.ToString(CultureInfo.InvariantCulture));
            Assert.Equal(Cell("transactions"), totals.Transactions.ToString(CultureInfo.InvariantCulture));
            Assert.Equal(Cell("returns"), totals.Returns.ToString(CultureInfo.InvariantCulture));
            // The index counts rejects of all levels together; the lowest level with one is a part of that.
            Assert.Equal(Cell("rejects"), (totals.RejectedFiles + totals.RejectedBatches + totals.RejectedTransactions).ToString(CultureInfo.InvariantCulture));
            var (credit, debit) = totals.Sums.GetValueOrDefault(Cell("currencies"));
            Assert.Equal(Cell("sum_amount"), Cell("sum_amount").Length == 0 ? "" : debit.ToString(CultureInfo.InvariantCulture));
            Assert.Equal(Cell("sum_credit"), Cell("sum_credit").Length == 0 ? "" : credit.ToString(CultureInfo.InvariantCulture));
            Assert.Equal(Cell("sum_debit"), Cell("sum_debit").Length == 0 ? "" : debit.ToString(CultureInfo.InvariantCulture));
            Assert.Equal(row[^64..], hashing.Sha256());
        }
    }
}
