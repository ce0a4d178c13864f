using NodaTime;
using PaymentEngine.Core.Payments;

namespace PaymentEngine.Core.Reconciliation;

/// <summary>One attempt as it stands in a file to a bank.</summary>
/// <param name="Month">Month key of the run that listed it.</param>
/// <param name="CommuneId">Commune of the disbursement.</param>
/// <param name="IsLatest">No later attempt of the disbursement exists: this one says where its money is.</param>
/// <param name="Ended">Its proven end, where there is one.</param>
public readonly record struct SentAttempt(int Month, int RunNo, int LineNo, short Attempt, short BatchNo, long AmountVnd, short Programme, int CommuneId, bool IsLatest, bool Ended)
{
    public FactRow Row => new(FactTarget.Attempt, Month, RunNo, LineNo, Attempt);
}

/// <summary>A batch of the file with the day on which the bank was to execute it.</summary>
public sealed record SentBatch(OrderedBatch Order, LocalDate ExecutionDate);

/// <summary>A file to a bank with its attempts: the unit in which answers are folded, because a batch stands in one file and a report is about one file.</summary>
public sealed class SentFile
{
    readonly Dictionary<FactRow, int> places;

    public SentFile(OrderedFile order, bool handedOver, LocalDate since, byte[] accountTag, IReadOnlyList<SentBatch> batches, IReadOnlyList<SentAttempt> attempts)
    {
        (Order, HandedOver, Since, AccountTag, Batches, Attempts) = (order, handedOver, since, accountTag, batches, attempts);
        places = new(attempts.Count);
        for (var i = 0; i < attempts.Count; i++) places.Add(attempts[i].Row, i);
    }

    public OrderedFile Order { get; }

    /// <summary>Our own record of the hand-over exists, and was not refused.</summary>
    public bool HandedOver { get; }

    /// <summary>Day from which the bank could have taken the money: of the hand-over, else of the numbering.</summary>
    public LocalDate Since { get; }

    /// <summary>Equality tag of the account that pays.</summary>
    public byte[] AccountTag { get; }

    public IReadOnlyList<SentBatch> Batches { get; }

    public IReadOnlyList<SentAttempt> Attempts { get; }

    public bool TryFind(FactRow row, out int place) => places.TryGetValue(row, out place);
}

/// <summary>What the facts about a file add up to, for each of its attempts.</summary>
public sealed class FileFold
{
    readonly SentFile file;
    readonly AttemptFold[] attempts;
    readonly Dictionary<short, int> batchPlaces = [];
    readonly ReportFold[] batches;
    ReportFold whole;

    public FileFold(SentFile file)
    {
        this.file = file;
        attempts = new AttemptFold[file.Attempts.Count];
        batches = new ReportFold[file.Batches.Count];
        for (var i = 0; i < batches.Length; i++) batchPlaces.Add(file.Batches[i].Order.BatchNo, i);
    }

    /// <summary>Adds a fact, in any order and any number of times. A fact about another file is passed over.</summary>
    public void Add(FactRow row, in FoldedFact fact)
    {
        switch (row.Target)
        {
            case FactTarget.Attempt:
                if (file.TryFind(row, out var place)) attempts[place].Add(fact);
                break;
            case FactTarget.Batch:
                if (batchPlaces.TryGetValue(row.Part, out var batch)) batches[batch].Add(fact);
                break;
            case FactTarget.File:
                whole.Add(fact);
                break;
        }
    }

    /// <summary>The evidence of each attempt as it now stands, and what each batch's booking says.</summary>
    public (Evidence[] Evidence, BatchDebit[] Debits, bool[] OnStatement) Result()
    {
        var evidence = new Evidence[attempts.Length];
        var sums = new long[batches.Length];
        var refused = new List<RefusedPayment>?[batches.Length];
        var places = new RefusalPlace[attempts.Length];
        for (var i = 0; i < attempts.Length; i++)
        {
            var batch = batchPlaces[file.Attempts[i].BatchNo];
            evidence[i] = attempts[i].With(batches[batch], whole);
            sums[batch] += file.Attempts[i].AmountVnd;
            if (!BatchDebits.IsRefused(evidence[i])) continue;
            places[i] = RefusalPlace.Of(evidence[i], attempts[i].RefusedFirstAt(batches[batch], whole));
            (refused[batch] ??= []).Add(new(places[i], file.Attempts[i].AmountVnd));
        }

        var readings = new BatchDebitReading[batches.Length];
        var onStatement = new bool[batches.Length];
        for (var i = 0; i < batches.Length; i++)
        {
            readings[i] = BatchDebits.Of(batches[i].DebitedVnd, batches[i].LargestDebitVnd, sums[i], refused[i] ?? []);
            onStatement[i] = batches[i].DebitIsOnStatement;
        }

        for (var i = 0; i < attempts.Length; i++) evidence[i] = readings[batchPlaces[file.Attempts[i].BatchNo]].Apply(evidence[i], places[i]);
        return (evidence, [.. readings.Select(reading => reading.Says)], onStatement);
    }

    public int BatchPlace(short batchNo) => batchPlaces[batchNo];

    /// <summary>Whether two persons confirmed the bank's refusal of an attempt, by its place in the file.</summary>
    public bool IsRefusalConfirmed(int place) => attempts[place].RefusalConfirmed;
}

/// <summary>What an answer changed for one attempt.</summary>
/// <param name="No">Place of the attempt in its file.</param>
/// <param name="NewEnd">The end that is proven now and was not before.</param>
public readonly record struct AttemptChange(int No, Evidence Before, Evidence After, AttemptEnding? NewEnd, Place From, Place To)
{
    /// <summary>The settlement that stood before; null: none did.</summary>
    public Settlement? SettledBefore { get; init; }

    /// <summary>The settlement that stands now. A new fact makes one void.</summary>
    public Settlement? SettledAfter { get; init; }
}

/// <summary>What follows from a file's evidence, before and after some facts were added.</summary>
public static class Answers
{
    /// <param name="file">The file and its attempts.</param>
    /// <param name="before">Evidence of each attempt before.</param>
    /// <param name="after">Evidence of each attempt after.</param>
    /// <param name="money">What each batch's money proves, by the batch's place in the file.</param>
    /// <param name="batchPlace">Place of a batch number.</param>
    /// <param name="refusalConfirmed">Whether two persons confirmed the refusal of an attempt, by its place in the file.</param>
    /// <param name="lookAgain">Attempts that stand in the answer although their evidence stays: a further reason was given.</param>
    /// <param name="settled">The settlement of an attempt that stood before, and the one that stands now; null: nothing of the file was ever settled.</param>
    public static List<AttemptChange> Changes(SentFile file, Evidence[] before, Evidence[] after, IReadOnlyList<BatchMoney> money, Func<short, int> batchPlace, Func<int, bool> refusalConfirmed, IReadOnlySet<int> lookAgain,
        Func<int, (Settlement? Before, Settlement? After)>? settled = null)
    {
        var changes = new List<AttemptChange>();
        var step = file.HandedOver ? OwnStep.HandedOver : OwnStep.Sealed;
        for (var i = 0; i < after.Length; i++)
        {
            var attempt = file.Attempts[i];
            var end = attempt.Ended ? null : Proof.Of(after[i], money[batchPlace(attempt.BatchNo)], refusalConfirmed(i));
            var (stood, stands) = settled?.Invoke(i) ?? default;
            if (before[i] == after[i] && end is null && stood == stands && !lookAgain.Contains(i)) continue;
            var from = Places.Of(held: false, AttemptStanding.OfBank(before[i], attempt.Ended, step, stood?.As));
            var to = Places.Of(held: false, AttemptStanding.OfBank(after[i], attempt.Ended || end is not null, step, stands?.As));
            changes.Add(new AttemptChange(i, before[i], after[i], end, from, to) { SettledBefore = stood, SettledAfter = stands });
        }

        return changes;
    }
}
