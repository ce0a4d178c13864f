using System.Globalization;

namespace PaymentEngine.Core.Reconciliation;

/// <summary>From what a file said to facts about what we ordered.</summary>
public static class AnswerMatching
{
    /// <summary>Why the file must wait for a person before anything of it counts; null when it may be applied.</summary>
    /// <remarks>Profile §8: counts and sums that differ from ours, or a report in which nothing is ours.</remarks>
    public static string? Parked(AnswerReading reading, IBankVoices voices, IOrderBook book)
    {
        var statuses = 0;
        var ours = 0;
        string? first = null;
        foreach (var seen in reading.Observations)
        {
            if (seen.IsMoney) continue;
            statuses++;
            var match = Matching.OfStatus(seen, voices, book);
            if (match.Row.Target != FactTarget.Suspense) ours++;
            else first ??= seen.MessageId ?? seen.BatchId;
            var (count, sum, what) = match.Row.Target switch
            {
                FactTarget.File when book.File(seen.MessageId!) is { } file => (file.Items, file.SumVnd, file.MessageId),
                FactTarget.Batch when book.File(seen.BatchId!) is { } file && file.Batches.FirstOrDefault(batch => batch.BatchId == seen.BatchId) is { } batch => (batch.Items, batch.SumVnd, batch.BatchId),
                _ => (0, 0L, ""),
            };
            if (what.Length == 0) continue;
            if (seen.OriginalCount is { } originalCount && originalCount != count)
                return string.Create(CultureInfo.InvariantCulture, $"the report speaks of {originalCount} payments in {what}, we sent {count}");
            if (seen.OriginalSum is { } originalSum && originalSum != sum)
                return string.Create(CultureInfo.InvariantCulture, $"the report speaks of {originalSum} đồng in {what}, we sent {sum}");
        }

        return statuses > 0 && ours == 0 ? $"the report is about a file we did not send ({first ?? "no id"})" : null;
    }

    /// <summary>The facts of the file, in its order.</summary>
    public static IEnumerable<BankFact> Facts(AnswerReading reading, IBankVoices voices, IOrderBook book)
    {
        var all = reading.Observations;
        for (var start = 0; start < all.Count;)
        {
            var end = start + 1;
            while (end < all.Count && all[end].EntryNo == all[start].EntryNo) end++;
            // The entry of a booking with details stands behind them.
            var entryBatch = all[end - 1] is { IsMoney: true, DetailNo: 0, HasDetails: true } entry && !Matching.IsCredit(entry, voices.TrustOf(entry.StatementNo))
                ? BatchOfEntry(all, start, end - 1, entry, book) : null;
            for (var i = start; i < end; i++)
            {
                var seen = all[i];
                if (seen is { HasDetails: true })
                {
                    if (entryBatch is null) continue;
                    var fits = seen.AmountVnd is { } vnd && vnd <= entryBatch.SumVnd;
                    yield return Fact(seen, voices, book, new Match(fits ? Matching.BatchRow(entryBatch) : FactRow.Suspense, fits ? MatchRule.BatchId : MatchRule.OtherAmount, Evidence.DebitBooked));
                    continue;
                }

                var match = seen.IsMoney ? Matching.OfMoney(seen, voices.TrustOf(seen.StatementNo), book) : Matching.OfStatus(seen, voices, book);
                // A detail without any id is explained by the batch that its entry settles.
                var explained = entryBatch is not null && match is { Row.Target: FactTarget.Suspense, Rule: MatchRule.Unknown };
                yield return Fact(seen, voices, book, explained ? match with { Evidence = Evidence.None } : match, explained);
            }

            start = end;
        }
    }

    /// <summary>The batch that a debit with details settles: named by the entry, or the one batch in which all its details stand.</summary>
    static OrderedBatch? BatchOfEntry(IReadOnlyList<Observation> all, int start, int end, in Observation entry, IOrderBook book)
    {
        if (entry.AmountVnd is not { } amount || entry.SaysReturned) return null;
        if (Matching.BatchFor(entry.BatchId, entry.MessageId, amount, book) is { } named) return named;
        long sum = 0;
        OrderedPayment one = default;
        for (var i = start; i < end; i++)
        {
            if (all[i].Id is not { } id || id.ProvinceCode != book.ProvinceCode || !book.TryFind(id, out var payment) || all[i].AmountVnd != payment.AmountVnd) return null;
            if (i > start && (payment.FileMonth, payment.FileNo, payment.BatchNo) != (one.FileMonth, one.FileNo, one.BatchNo)) return null;
            one = payment;
            sum += payment.AmountVnd;
        }

        return sum == amount && all[start].Id is { } first ? book.FileOf(first)?.Batches.FirstOrDefault(batch => batch.BatchNo == one.BatchNo) : null;
    }

    static BankFact Fact(in Observation seen, IBankVoices voices, IOrderBook book, in Match match, bool explained = false)
    {
        var waits = match.Row.Target == FactTarget.Suspense && !explained;
        var wantsCase = waits && match.Rule is MatchRule.Unknown or MatchRule.OtherAmount or MatchRule.NeverSent or MatchRule.CreditTakenBack or MatchRule.Several
            && (seen.IsMoney || seen.Level == EvidenceLevel.Transaction || match.Evidence != Evidence.None);
        return new BankFact(seen.EntryNo, seen.DetailNo, match.Row, match.Rule, match.Evidence, seen.Level, seen.AmountVnd, seen.ReasonCode, seen.ReasonText,
            seen.EventKey, seen.EventDate, seen.ReportedAt, wantsCase && waits)
        {
            BankReference = Reference(seen, voices, book), StatementNo = seen.StatementNo, Unnamed = waits ? seen.Unnamed : null,
        };
    }

    /// <summary>The bank's reference with the bank before it; none where nobody knows which bank speaks.</summary>
    static string? Reference(in Observation seen, IBankVoices voices, IOrderBook book)
    {
        if (seen.BankReference is not { } reference) return null;
        var bank = seen.IsMoney ? voices.BankOf(seen.StatementNo) : seen.Id is { } id ? book.FileOf(id)?.BankBin ?? "" : "";
        return bank.Length == 0 ? null : $"{bank}:{reference}";
    }
}
