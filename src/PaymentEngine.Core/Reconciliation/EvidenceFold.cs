namespace PaymentEngine.Core.Reconciliation;

/// <summary>Where a fact was said: 1 booked statement (camt.053), 2 notification (camt.054, .052), 3 status of a transaction, 4 of a batch, 5 of a file; 6 a row of a
/// result list that two persons confirmed, of a bank that sends no statements.</summary>
public enum EvidenceLevel : byte { Statement = 1, Notification = 2, Transaction = 3, Batch = 4, File = 5, ConfirmedList = 6 }

/// <summary>One fact, as far as the fold of an attempt, batch or file needs it.</summary>
/// <param name="Evidence">One bit, or none for a fact that is kept but says nothing.</param>
/// <param name="Level">Where it was said.</param>
/// <param name="AmountVnd">Đồng of the booking; 0 where the fact has none.</param>
/// <param name="EventKey">The same booking has the same key in every message that reports it.</param>
/// <param name="ReportedAtTicks">Creation time of the report, in ticks since the Unix epoch.</param>
public readonly record struct FoldedFact(Evidence Evidence, EvidenceLevel Level, long AmountVnd, ulong EventKey, long ReportedAtTicks);

/// <summary>What an attempt's own facts add up to, whatever their order and repetition.</summary>
/// <remarks>Everything kept is a maximum, a union or "two different ones were seen": commutative and idempotent.</remarks>
public struct AttemptFold
{
    const Evidence Accepting = Evidence.FileAcknowledged | Evidence.Accepted | Evidence.Pending | Evidence.InSettlement;
    const Evidence Returns = Evidence.ReturnBooked | Evidence.PartBooked;

    Evidence status;
    Evidence money;
    long acceptedAt;
    long rejectedAt;
    long? refusedFirstAt;
    ulong debitKey;
    ulong returnKey;

    /// <summary>Two persons confirmed that the bank refused or cancelled it.</summary>
    public bool RefusalConfirmed { get; private set; }

    public void Add(in FoldedFact fact)
    {
        if (fact.Level is EvidenceLevel.Statement or EvidenceLevel.Notification)
        {
            money |= fact.Evidence;
            // Only statements count bookings: a notification may name the same booking by another reference.
            if (fact.Level != EvidenceLevel.Statement) return;
            if (fact.Evidence == Evidence.DebitBooked) money |= SecondOf(ref debitKey, fact.EventKey, Evidence.SecondDebit);
            if ((fact.Evidence & Returns) != 0) money |= SecondOf(ref returnKey, fact.EventKey, Evidence.SecondReturn);
            return;
        }

        status |= fact.Evidence;
        RefusalConfirmed |= fact.Level == EvidenceLevel.ConfirmedList && BatchDebits.IsRefused(fact.Evidence);
        if ((fact.Evidence & Accepting) != 0) acceptedAt = Math.Max(acceptedAt, fact.ReportedAtTicks);
        if (fact.Evidence == Evidence.Rejected) rejectedAt = Math.Max(rejectedAt, fact.ReportedAtTicks);
        if (BatchDebits.IsRefused(fact.Evidence)) refusedFirstAt = Math.Min(refusedFirstAt ?? long.MaxValue, fact.ReportedAtTicks);
    }

    /// <summary>The evidence without what the booking of its batch adds.</summary>
    public readonly Evidence With(in ReportFold batch, in ReportFold file)
    {
        // The lowest level that has a word decides (profile §8); money counts always.
        var own = status != 0 ? Latest(status, acceptedAt, rejectedAt) : batch.HasWord ? batch.Word : file.Word;
        return own | money;
    }

    /// <summary>When the level that decides refused it first, in ticks; 0 where it did not.</summary>
    public readonly long RefusedFirstAt(in ReportFold batch, in ReportFold file) => (status != 0 ? refusedFirstAt : batch.HasWord ? batch.RefusedFirstAt : file.RefusedFirstAt) ?? 0;

    /// <summary>Of an accepting and a rejecting report of the same level the later one counts; at the same instant the rejection stands.</summary>
    internal static Evidence Latest(Evidence bits, long acceptedAt, long rejectedAt) =>
        (bits & Evidence.Rejected) != 0 && acceptedAt > rejectedAt ? bits & ~Evidence.Rejected : bits;

    static Evidence SecondOf(ref ulong known, ulong key, Evidence second)
    {
        if (known != 0 && known != key) return second;
        known = key;
        return Evidence.None;
    }
}

/// <summary>What reports and bookings about a whole batch, or reports about a whole file, add up to.</summary>
public struct ReportFold
{
    Evidence bits;
    long acceptedAt;
    long rejectedAt;
    Dictionary<ulong, long>? statementDebits;
    Dictionary<ulong, long>? notifiedDebits;

    /// <summary>When the whole was refused first, in ticks; null where it never was.</summary>
    public long? RefusedFirstAt { get; private set; }

    public readonly bool HasWord => bits != 0;

    public readonly Evidence Word => AttemptFold.Latest(bits, acceptedAt, rejectedAt);

    /// <summary>Đồng debited for the batch, each booking once; by statements where there are any, else by notifications; null when nothing is booked.</summary>
    public readonly long? DebitedVnd => (statementDebits ?? notifiedDebits)?.Values.Sum();

    /// <summary>Đồng of the largest of those bookings.</summary>
    public readonly long LargestDebitVnd => (statementDebits ?? notifiedDebits)?.Values.Max() ?? 0;

    /// <summary>The debits above stand on a booked statement: only there a debit is proof.</summary>
    public readonly bool DebitIsOnStatement => statementDebits is not null;

    public void Add(in FoldedFact fact)
    {
        if (fact.Level is EvidenceLevel.Statement or EvidenceLevel.Notification)
        {
            if (fact.Evidence != Evidence.DebitBooked) return;
            var debits = fact.Level == EvidenceLevel.Statement ? statementDebits ??= [] : notifiedDebits ??= [];
            // The larger of two amounts told for one booking: the order of the files must not matter.
            debits[fact.EventKey] = Math.Max(fact.AmountVnd, debits.GetValueOrDefault(fact.EventKey));
            return;
        }

        if (fact.Evidence == Evidence.None) return;
        if (fact.Evidence == Evidence.Rejected)
        {
            bits |= Evidence.Rejected;
            rejectedAt = Math.Max(rejectedAt, fact.ReportedAtTicks);
            RefusedFirstAt = Math.Min(RefusedFirstAt ?? long.MaxValue, fact.ReportedAtTicks);
            return;
        }

        // An accepting word about a batch or file acknowledges it; it never settles a payment that it does not name.
        bits |= Evidence.FileAcknowledged;
        acceptedAt = Math.Max(acceptedAt, fact.ReportedAtTicks);
    }
}

/// <summary>What the booked debit of a batch says about its payments.</summary>
public enum BatchDebit : byte
{
    /// <summary>Nothing booked.</summary>
    None,

    /// <summary>The batch without exactly those refused first: all others are debited, these were proven never taken.</summary>
    Unrefused,

    /// <summary>The whole batch, the refused included: their money is out until a credit brings it back.</summary>
    All,

    /// <summary>Another sum: it says nothing about single payments; a person must ask the bank.</summary>
    Unexplained,

    /// <summary>More than the batch, and the largest booking alone is the batch or leaves out those refused first: what that one takes is debited, the rest was taken once more from somebody. Of the refused
    /// nothing is proven.</summary>
    Exceeded,
}

/// <summary>Where a refused payment stands in the line of those that a debit can have left out: whose money came back stands last, for it was taken; the others by when they were refused first.</summary>
public readonly record struct RefusalPlace(bool CameBack, long RefusedAtTicks)
{
    public static RefusalPlace Of(Evidence own, long refusedAtTicks) => new((own & (Evidence.ReturnBooked | Evidence.PartBooked)) != 0, refusedAtTicks);

    public bool IsAfter(RefusalPlace other) => CameBack == other.CameBack ? RefusedAtTicks > other.RefusedAtTicks : CameBack;
}

/// <param name="AmountVnd">Đồng of the refused payment.</param>
public readonly record struct RefusedPayment(RefusalPlace Place, long AmountVnd);

/// <summary>What the debit of a batch says, and of whom.</summary>
/// <param name="Says">Of the batch.</param>
/// <param name="LeftOutUpTo">With <see cref="BatchDebit.Unrefused"/> and <see cref="BatchDebit.Exceeded"/>: the last of the refused that the debit left out.</param>
public readonly record struct BatchDebitReading(BatchDebit Says, RefusalPlace? LeftOutUpTo)
{
    /// <summary>The evidence of one payment once its batch's booking is known.</summary>
    /// <param name="own">What was said about it.</param>
    /// <param name="place">Its place among the refused; of no meaning for one that was not refused.</param>
    public Evidence Apply(Evidence own, RefusalPlace place) => Says switch
    {
        BatchDebit.All => own | Evidence.DebitBooked,
        BatchDebit.Unrefused or BatchDebit.Exceeded when !BatchDebits.IsRefused(own) || LeftOutUpTo is not { } last || place.IsAfter(last) => own | Evidence.DebitBooked,
        BatchDebit.Unexplained or BatchDebit.Exceeded when BatchDebits.IsRefused(own) && !place.CameBack => own | Evidence.DebitUnclear,
        _ => own,
    };
}

public static class BatchDebits
{
    /// <summary>Reads a batch's debit. All in đồng.</summary>
    /// <remarks>A bank may refuse a payment after it took the money of all that it had not refused so far: the debit is then the batch without those refused first, and what was refused
    /// later is in it and must come back. Amounts are positive, so that at most one such line fits, and neither order nor repetition of the reports matters.</remarks>
    /// <param name="debitedVnd">What was debited in all; null: nothing is booked.</param>
    /// <param name="largestVnd">The largest of the bookings.</param>
    /// <param name="batchVnd">Sum of the batch.</param>
    /// <param name="refused">The payments of the batch that the bank rejected or cancelled.</param>
    public static BatchDebitReading Of(long? debitedVnd, long largestVnd, long batchVnd, IReadOnlyCollection<RefusedPayment> refused)
    {
        if (debitedVnd is not { } debited) return new(BatchDebit.None, null);
        // Debits beyond the batch are somebody's second ones: they must not take the others out of what the batch's own debit says.
        if (debited > batchVnd)
            return largestVnd <= batchVnd && Of(largestVnd, largestVnd, batchVnd, refused) is { Says: not BatchDebit.Unexplained } alone ? alone with { Says = BatchDebit.Exceeded } : new(BatchDebit.Unexplained, null);
        if (debited == batchVnd) return new(refused.Count == 0 ? BatchDebit.Unrefused : BatchDebit.All, null);
        var leftOutVnd = 0L;
        foreach (var together in refused.GroupBy(one => one.Place).OrderBy(group => group.Key.CameBack).ThenBy(group => group.Key.RefusedAtTicks))
        {
            leftOutVnd += together.Sum(one => one.AmountVnd);
            if (debited == batchVnd - leftOutVnd) return new(BatchDebit.Unrefused, together.Key);
        }

        return new(BatchDebit.Unexplained, null);
    }

    public static bool IsRefused(Evidence own) => (own & (Evidence.Rejected | Evidence.CancelledByBank)) != 0;
}
