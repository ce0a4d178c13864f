namespace PaymentEngine.Core.Reconciliation;

/// <summary>One word of a bank that carries a reference of its own.</summary>
/// <param name="Row">What it is about; suspense for one that names nothing of ours.</param>
/// <param name="TargetVnd">Đồng of the payment or batch it is about; 0 in suspense.</param>
public readonly record struct ReferenceWord(int ImportNo, int EntryNo, int DetailNo, string Reference, FactRow Row, Evidence Evidence, EvidenceLevel Level, long AmountVnd, long TargetVnd);

/// <summary>A payment of an entry that is about several.</summary>
public readonly record struct MatchPart(FactRow Row, long AmountVnd, Evidence Evidence);

/// <summary>What an entry in suspense is about, as the bank's reference tells.</summary>
/// <param name="Row">The payment or batch; suspense when it is about several payments.</param>
/// <param name="Parts">The payments of a lump return; else empty.</param>
public sealed record ReferenceLink(int ImportNo, int EntryNo, int DetailNo, FactRow Row, Evidence Evidence, IReadOnlyList<MatchPart> Parts);

/// <summary>
/// Ties entries that name nothing of ours to what another word of the bank says under the same reference: details in a notification and the total in the statement,
/// a return that names only the bank's reference of our debit.
/// </summary>
/// <remarks>
/// A function of all words with the reference: it is asked again whenever one of them comes, and a tie that no longer follows is undone by a contra decision.
/// So the order in which the files come does not matter (docs/decisions/0010).
/// </remarks>
public static class ReferenceLinks
{
    const Evidence Returns = Evidence.ReturnAnnounced | Evidence.ReturnBooked | Evidence.PartBooked;

    /// <summary>The ties that follow from all words with one reference.</summary>
    public static IEnumerable<ReferenceLink> Of(IReadOnlyCollection<ReferenceWord> words)
    {
        var named = words.Where(word => word.Row.Target is FactTarget.Attempt or FactTarget.Batch).ToList();
        foreach (var entry in words.Where(word => word.Row.Target == FactTarget.Suspense && word.Level is EvidenceLevel.Statement or EvidenceLevel.Notification && word.AmountVnd > 0))
        {
            if (entry.Evidence == Evidence.DebitBooked && OfDebit(entry, named) is { } debit) yield return debit;
            else if ((entry.Evidence & Returns) != 0 && OfCredit(entry, named) is { } credit) yield return credit;
        }
    }

    static ReferenceLink? OfDebit(in ReferenceWord entry, List<ReferenceWord> named)
    {
        var batches = named.Where(word => word.Row.Target == FactTarget.Batch && word.Evidence == Evidence.DebitBooked).Select(word => (word.Row, word.TargetVnd)).Distinct().ToList();
        if (batches.Count > 0) return batches.Count == 1 && entry.AmountVnd <= batches[0].TargetVnd ? Tie(entry, batches[0].Row, Evidence.DebitBooked) : null;
        var payments = Payments(named);
        return payments.Count == 1 && entry.AmountVnd == payments[0].Vnd ? Tie(entry, payments[0].Row, Evidence.DebitBooked) : null;
    }

    static ReferenceLink? OfCredit(in ReferenceWord entry, List<ReferenceWord> named)
    {
        var returns = named.Where(word => word.Row.Target == FactTarget.Attempt && (word.Evidence & Returns) != 0)
            .GroupBy(word => word.Row).Select(group => (Row: group.Key, Vnd: group.Max(word => word.AmountVnd), Whole: group.First().TargetVnd)).OrderBy(one => one.Row.Month).ThenBy(one => one.Row.RunNo).ThenBy(one => one.Row.No).ToList();
        if (returns.Count > 0)
        {
            // The total of returns that were told one by one.
            if (returns.Sum(one => one.Vnd) != entry.AmountVnd) return null;
            if (returns.Count == 1) return Tie(entry, returns[0].Row, Back(entry.Evidence, returns[0].Vnd, returns[0].Whole));
            var open = entry.Evidence;
            return new ReferenceLink(entry.ImportNo, entry.EntryNo, entry.DetailNo, FactRow.Suspense, entry.Evidence,
                [.. returns.Select(one => new MatchPart(one.Row, one.Vnd, Back(open, one.Vnd, one.Whole)))]);
        }

        var payments = Payments(named);
        return payments.Count == 1 && entry.AmountVnd <= payments[0].Vnd ? Tie(entry, payments[0].Row, Back(entry.Evidence, entry.AmountVnd, payments[0].Vnd)) : null;
    }

    static List<(FactRow Row, long Vnd)> Payments(List<ReferenceWord> named) =>
        named.Where(word => word.Row.Target == FactTarget.Attempt).Select(word => (word.Row, word.TargetVnd)).Distinct().ToList();

    /// <summary>What a credit of an amount is evidence of for a payment: all of it back, a part, or only told.</summary>
    public static Evidence Back(Evidence open, long amountVnd, long paymentVnd) =>
        open == Evidence.ReturnAnnounced ? Evidence.ReturnAnnounced : amountVnd >= paymentVnd ? Evidence.ReturnBooked : Evidence.PartBooked;

    static ReferenceLink Tie(in ReferenceWord entry, FactRow row, Evidence evidence) => new(entry.ImportNo, entry.EntryNo, entry.DetailNo, row, evidence, []);
}
