using NodaTime;
using PaymentEngine.Core.Payments;

namespace PaymentEngine.Core.Reconciliation;

/// <summary>An answer of a bank that has not come in its time (profile §10, Clocks). Each gives a task; none changes a state.</summary>
[Flags]
public enum LateAnswers : byte
{
    None = 0,

    /// <summary>Nothing at all was said about the file.</summary>
    Acknowledgement = 1,

    /// <summary>A payment of the file has no final status.</summary>
    FinalStatus = 2,

    /// <summary>A payment of the file that was not refused has no booked debit.</summary>
    Debit = 4,
}

/// <summary>A file that was handed over, as far as its answers are due.</summary>
/// <param name="SentAt">When it was handed over.</param>
/// <param name="LastExecution">The last day on which a batch of it was to be executed.</param>
public sealed record AwaitedFile(Instant SentAt, LocalDate LastExecution);

/// <summary>What is late about a file, and how many payments and how much money wait for it.</summary>
public readonly record struct LateAnswer(LateAnswers Kind, int Items, long SumVnd);

/// <summary>The clocks of answers: by which moment the bank should have said something, and what is missing then.</summary>
public static class AnswerDeadlines
{
    /// <summary>Which answers are overdue by the calendar alone, whether they came or not. What a bank never sends is never awaited.</summary>
    public static LateAnswers Due(AwaitedFile file, Instant at, BankProfile profile, BankingCalendar calendar)
    {
        var (now, sent) = (at.WithOffset(profile.StampOffset).LocalDateTime, file.SentAt.WithOffset(profile.StampOffset).LocalDateTime);
        var due = LateAnswers.None;
        if (profile.StatusLevels.Count > 0 && now > calendar.PlusHours(sent, profile.AcknowledgementHours)) due |= LateAnswers.Acknowledgement;
        // A bank whose reports end with "accepted" never says the last word there: its statements do.
        if (profile.StatusLevels.Count > 0 && profile.SettledStatusSent && now.Date > calendar.Plus(file.LastExecution, profile.FinalStatusDays)) due |= LateAnswers.FinalStatus;
        if ((profile.SendsStatements || profile.SendsNotifications) && now.Date > calendar.Plus(file.LastExecution, profile.DebitDays)) due |= LateAnswers.Debit;
        return due;
    }

    /// <summary>What is missing of a file, of the answers that are due.</summary>
    /// <param name="due">See <see cref="Due"/>.</param>
    /// <param name="answered">Whether any bank has said anything about the file, its batches or its payments.</param>
    /// <param name="payments">Evidence and amount in đồng of each payment of the file.</param>
    public static IReadOnlyList<LateAnswer> Missing(LateAnswers due, bool answered, IEnumerable<(Evidence Evidence, long AmountVnd)> payments)
    {
        var (all, withoutStatus, withoutDebit) = (default(Tally), default(Tally), default(Tally));
        foreach (var (evidence, amount) in payments)
        {
            all.Add(amount);
            var view = BankViews.Of(evidence);
            if (view is BankView.Silent or BankView.AtBank) withoutStatus.Add(amount);
            // Refused or come back: no debit is awaited. Disagreeing evidence has its own case.
            if (view is BankView.Silent or BankView.AtBank or BankView.Paid && (evidence & Evidence.DebitBooked) == 0) withoutDebit.Add(amount);
        }

        var missing = new List<LateAnswer>();
        if (due.HasFlag(LateAnswers.Acknowledgement) && !answered) missing.Add(new(LateAnswers.Acknowledgement, all.Items, all.SumVnd));
        if (due.HasFlag(LateAnswers.FinalStatus) && withoutStatus.Items > 0) missing.Add(new(LateAnswers.FinalStatus, withoutStatus.Items, withoutStatus.SumVnd));
        if (due.HasFlag(LateAnswers.Debit) && withoutDebit.Items > 0) missing.Add(new(LateAnswers.Debit, withoutDebit.Items, withoutDebit.SumVnd));
        return missing;
    }

    /// <summary>Code of a kind in the store.</summary>
    public static string Code(LateAnswers kind) => kind switch
    {
        LateAnswers.Acknowledgement => "acknowledgement_late",
        LateAnswers.FinalStatus => "status_late",
        LateAnswers.Debit => "debit_late",
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "One kind has a code."),
    };

    struct Tally
    {
        public int Items;
        public long SumVnd;

        public void Add(long amount)
        {
            Items++;
            SumVnd += amount;
        }
    }
}
