using NodaTime;
using PaymentEngine.Core.Payments;

namespace PaymentEngine.Core.Reconciliation;

/// <summary>How many payments, and their sum in đồng.</summary>
public readonly record struct CountAndSum(int Items, long SumVnd)
{
    public CountAndSum With(long amountVnd) => new(Items + 1, SumVnd + amountVnd);
}

/// <summary>What does not agree.</summary>
public enum ThreeWayFinding : byte
{
    /// <summary>The bank refused it, and the statement shows its debit without a return.</summary>
    RefusedButDebited,

    /// <summary>The bank took it, its day and the days of proof are past, and no debit stands.</summary>
    AcceptedNotDebited,

    /// <summary>The money came back although no debit was seen.</summary>
    ReturnedNotDebited,

    /// <summary>Less came back than went out.</summary>
    ReturnedShort,

    /// <summary>The same payment was debited or returned more than once.</summary>
    BookedTwice,

    /// <summary>The bank says nothing and the statement shows nothing, though day and days of proof are past.</summary>
    NothingHeard,

    /// <summary>The debit of the batch is neither its sum nor its sum without the refused.</summary>
    BatchDebitUnexplained,
}

/// <summary>One difference: a payment, or a batch (<see cref="Row"/> says which).</summary>
public readonly record struct ThreeWayDifference(ThreeWayFinding Finding, FactRow Row, string Id, long AmountVnd);

/// <summary>Our file, the bank's status and the statement's money, held against each other (F118). All sums in đồng.</summary>
public sealed record ThreeWayCheck
{
    public required string MessageId { get; init; }
    public CountAndSum Sent { get; init; }

    // File ↔ status.
    public CountAndSum Accepted { get; init; }
    public CountAndSum Refused { get; init; }
    public CountAndSum NoStatus { get; init; }

    // Status ↔ money.
    public CountAndSum AcceptedDebited { get; init; }
    public CountAndSum AcceptedNotDebited { get; init; }
    public CountAndSum RefusedDebited { get; init; }
    public CountAndSum RefusedNotDebited { get; init; }
    public CountAndSum NoStatusDebited { get; init; }
    public CountAndSum NoStatusNotDebited { get; init; }

    // File ↔ money.
    public CountAndSum Debited { get; init; }
    public CountAndSum NotDebited { get; init; }
    public CountAndSum Returned { get; init; }
    public IReadOnlyList<ThreeWayDifference> Differences { get; init; } = [];

    /// <summary>Holds one file against what was said and booked.</summary>
    /// <param name="file">What we sent.</param>
    /// <param name="evidence">Of each attempt, by its place in the file.</param>
    /// <param name="debits">Of each batch, by its place in the file.</param>
    /// <param name="provinceCode">The tenant, for the ids.</param>
    /// <param name="isPast">Whether an execution date and the days of proof after it are past.</param>
    /// <param name="showsDebits">The bank tells of debits: of one that sends neither statements nor notifications none is missed.</param>
    public static ThreeWayCheck Of(SentFile file, Evidence[] evidence, BatchDebit[] debits, short provinceCode, Func<LocalDate, bool> isPast, bool showsDebits = true)
    {
        const Evidence AcceptingWords = Evidence.FileAcknowledged | Evidence.Accepted | Evidence.Pending | Evidence.InSettlement | Evidence.Settled | Evidence.Credited | Evidence.SilenceMeansAccepted;
        const Evidence RefusingWords = Evidence.Rejected | Evidence.CancelledByBank;
        const Evidence Back = Evidence.ReturnBooked | Evidence.PartBooked;
        var check = new ThreeWayCheck { MessageId = file.Order.MessageId };
        var differences = new List<ThreeWayDifference>();
        var execution = file.Batches.ToDictionary(batch => batch.Order.BatchNo, batch => batch.ExecutionDate);
        for (var i = 0; i < evidence.Length; i++)
        {
            var (attempt, seen) = (file.Attempts[i], evidence[i]);
            var vnd = attempt.AmountVnd;
            var (accepted, refused, debited, returned) = ((seen & AcceptingWords) != 0, (seen & RefusingWords) != 0, (seen & Evidence.DebitBooked) != 0, (seen & Back) != 0);
            check = check with
            {
                Sent = check.Sent.With(vnd),
                Accepted = accepted && !refused ? check.Accepted.With(vnd) : check.Accepted,
                Refused = refused ? check.Refused.With(vnd) : check.Refused,
                NoStatus = !accepted && !refused ? check.NoStatus.With(vnd) : check.NoStatus,
                AcceptedDebited = accepted && !refused && debited ? check.AcceptedDebited.With(vnd) : check.AcceptedDebited,
                AcceptedNotDebited = accepted && !refused && !debited ? check.AcceptedNotDebited.With(vnd) : check.AcceptedNotDebited,
                RefusedDebited = refused && debited ? check.RefusedDebited.With(vnd) : check.RefusedDebited,
                RefusedNotDebited = refused && !debited ? check.RefusedNotDebited.With(vnd) : check.RefusedNotDebited,
                NoStatusDebited = !accepted && !refused && debited ? check.NoStatusDebited.With(vnd) : check.NoStatusDebited,
                NoStatusNotDebited = !accepted && !refused && !debited ? check.NoStatusNotDebited.With(vnd) : check.NoStatusNotDebited,
                Debited = debited ? check.Debited.With(vnd) : check.Debited,
                NotDebited = debited ? check.NotDebited : check.NotDebited.With(vnd),
                Returned = returned ? check.Returned.With(vnd) : check.Returned,
            };
            var past = isPast(execution[attempt.BatchNo]);
            ThreeWayFinding? finding = (seen & (Evidence.SecondDebit | Evidence.SecondReturn)) != 0 ? ThreeWayFinding.BookedTwice
                : refused && debited && !returned ? ThreeWayFinding.RefusedButDebited
                : (seen & Back) == Evidence.PartBooked ? ThreeWayFinding.ReturnedShort
                : returned && !debited && showsDebits ? ThreeWayFinding.ReturnedNotDebited
                : accepted && !refused && !debited && past && showsDebits ? ThreeWayFinding.AcceptedNotDebited
                : !accepted && !refused && !debited && !returned && past ? ThreeWayFinding.NothingHeard
                : null;
            if (finding is { } one) differences.Add(new(one, attempt.Row, new InstructionId(provinceCode, Months.FromKey(attempt.Month), attempt.RunNo, attempt.LineNo, attempt.Attempt).ToString(), vnd));
        }

        for (var i = 0; i < debits.Length; i++)
            if (debits[i] is BatchDebit.Unexplained or BatchDebit.Exceeded) differences.Add(new(ThreeWayFinding.BatchDebitUnexplained, Matching.BatchRow(file.Batches[i].Order), file.Batches[i].Order.BatchId, file.Batches[i].Order.SumVnd));
        return check with { Differences = differences };
    }
}
