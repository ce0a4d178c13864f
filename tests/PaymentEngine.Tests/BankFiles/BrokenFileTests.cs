using PaymentEngine.Core;
using PaymentEngine.Core.Reconciliation;
using PaymentEngine.Messages.Iso20022;

namespace PaymentEngine.Tests.BankFiles;

/// <summary>Every file of ours broken in several ways: a problem comes out or a reading with findings, never an exception, and never more memory than a small file is worth.</summary>
public class BrokenFileTests
{
    const int VariantsPerFile = 12;
    const long AllocatedMax = 64L << 20;

    sealed class Nobody : IBankMessageVisitor;

    [Theory]
    [MemberData(nameof(BankFileCorpus.Names), MemberType = typeof(BankFileCorpus))]
    public void A_broken_file_is_refused_or_read(string file)
    {
        var place = BankFileCorpus.FileNames.ToList().IndexOf(file);
        var bytes = BankFileCorpus.Bytes(file);
        for (var variant = 0; variant < VariantsPerFile; variant++)
        {
            var seed = (ulong)((place * VariantsPerFile) + variant);
            var other = BankFileCorpus.Bytes(BankFileCorpus.FileNames[(int)(((seed * 31) + 7) % (ulong)BankFileCorpus.FileNames.Count)]);
            var broken = new FileMutator(seed).Mutate(bytes, other);
            Result<BankFileTotals> whole, pieces;
            var before = GC.GetAllocatedBytesForCurrentThread();
            try
            {
                whole = BankMessageReader.Read(new MemoryStream(broken), new Nobody());
                pieces = BankMessageReader.Read(new PiecewiseStream(broken, seed), new Nobody());
            }
            catch (Exception e)
            {
                throw new Xunit.Sdk.XunitException($"{file}, seed {seed}: {e}");
            }

            Assert.True(GC.GetAllocatedBytesForCurrentThread() - before < AllocatedMax, $"{file}, seed {seed}: too much memory");
            // Where a broken file is refused, the parser's words and line depend on how much of it was at hand.
            Assert.True(whole.IsOk == pieces.IsOk && (!whole.IsOk || Outcome(whole) == Outcome(pieces)), $"{file}, seed {seed}: {Outcome(whole)} as a whole, {Outcome(pieces)} in pieces");
        }
    }

    /// <summary>What an unbroken file says does not depend on how its bytes arrive.</summary>
    [Theory]
    [MemberData(nameof(BankFileCorpus.Names), MemberType = typeof(BankFileCorpus))]
    public void A_file_that_comes_in_pieces_is_the_same_file(string file)
    {
        var bytes = BankFileCorpus.Bytes(file);
        Assert.Equal(Outcome(BankMessageReader.Read(new MemoryStream(bytes), new Nobody())), Outcome(BankMessageReader.Read(new PiecewiseStream(bytes, 1), new Nobody())));
    }

    static string Outcome(Result<BankFileTotals> read) => read.TryGet(out var totals)
        ? string.Join(' ', totals.Messages.Select(message => message.Version)) + $" {totals.Entries} {totals.Transactions} {totals.Returns} {totals.Rejects} {totals.FindingCount} "
            + string.Join(' ', totals.Sums.Select(sum => $"{sum.Key}:{sum.Value.Credit}:{sum.Value.Debit}"))
        : string.Join(' ', read.Problems.Select(problem => $"{problem.Code}@{problem.At?.Line}"));
}
