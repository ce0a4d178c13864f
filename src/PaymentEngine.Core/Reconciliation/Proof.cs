using NodaTime;

namespace PaymentEngine.Core.Reconciliation;

/// <summary>How an attempt through a bank can end without being paid.</summary>
public enum AttemptEnding : byte { Rejected = 1, Returned, Cancelled }

/// <summary>What is known about the money of a batch, as far as a payment of it may be proven never taken.</summary>
/// <param name="Debit">What the booked debits say.</param>
/// <param name="OnStatement">The debits stand on a booked statement (camt.053), or on notifications that the bank's profile calls final.</param>
/// <param name="StatementsComplete">Booked statements without a gap reach from the hand-over to k banking days after the execution date.</param>
public readonly record struct BatchMoney(BatchDebit Debit, bool OnStatement, bool StatementsComplete);

/// <summary>When an attempt is proven back or proven never taken. Nothing else ends it, and no timer does.</summary>
public static class Proof
{
    /// <summary>How the proof of an end reads that stands on a confirmed result list; the invariants look for it.</summary>
    public const string ConfirmedByTwo = "result list of a bank without statements, confirmed by two persons";

    /// <summary>The proven end of an attempt, or null while nothing proves one.</summary>
    /// <param name="evidence">All evidence of the attempt, its batch's booking included.</param>
    /// <param name="batch">What is known about the money of its batch.</param>
    /// <param name="refusalConfirmed">Two persons confirmed the refusal on the result list of a bank that sends no statements.</param>
    public static AttemptEnding? Of(Evidence evidence, in BatchMoney batch, bool refusalConfirmed = false)
    {
        switch (BankViews.Of(evidence))
        {
            case BankView.Returned: return AttemptEnding.Returned; // a booked credit matched to the attempt
            case BankView.Rejected when NeverTaken(evidence, batch, refusalConfirmed): return AttemptEnding.Rejected;
            case BankView.CancelledByBank when NeverTaken(evidence, batch, refusalConfirmed): return AttemptEnding.Cancelled;
            // Refused, and nothing was ever taken: that the bank speaks of a return as well takes nothing from the proof.
            case BankView.ReturnAnnounced when BatchDebits.IsRefused(evidence) && !BankViews.IsMoneyOut(evidence) && NeverTaken(evidence, batch, refusalConfirmed):
                return (evidence & Evidence.Rejected) != 0 ? AttemptEnding.Rejected : AttemptEnding.Cancelled;
            default: return null;
        }
    }

    /// <summary>The batch's debit is its sum minus exactly the refused, or complete statements hold no debit for it, or two persons confirmed what a bank without statements wrote.</summary>
    static bool NeverTaken(Evidence evidence, in BatchMoney batch, bool refusalConfirmed) => (evidence & Evidence.DebitBooked) == 0
        && ((batch.Debit == BatchDebit.Unrefused && batch.OnStatement) || (batch.Debit == BatchDebit.None && (batch.StatementsComplete || refusalConfirmed)));

    /// <summary>A booked statement of our account, by the days it covers.</summary>
    public readonly record struct StatementDays(LocalDate From, LocalDate To, long? OpeningVnd, long? ClosingVnd, long? SequenceNo = null);

    /// <summary>Whether a statement is missing between two that follow each other, by their numbers. A bank may begin anew with 1, and may number by the day.</summary>
    public static bool IsGap(in StatementDays earlier, in StatementDays later) =>
        earlier.SequenceNo is { } number && later.SequenceNo is { } following && following > number + 1 && following - number != Period.DaysBetween(earlier.To, later.To);

    /// <summary>Whether booked statements cover every banking day of a span without a gap in days or balances.</summary>
    /// <param name="statements">All statements of the account, in any order, also repeated.</param>
    /// <param name="from">Day of the hand-over.</param>
    /// <param name="to">k banking days after the execution date.</param>
    /// <param name="isBankingDay">Days on which a bank books.</param>
    public static bool Complete(IEnumerable<StatementDays> statements, LocalDate from, LocalDate to, Func<LocalDate, bool> isBankingDay)
    {
        var ordered = statements.Where(one => one.To >= from && one.From <= to).Distinct().OrderBy(one => one.From).ThenBy(one => one.To).ThenBy(one => one.SequenceNo).ToList();
        var next = from;
        StatementDays? last = null;
        foreach (var statement in ordered)
        {
            while (next < statement.From)
            {
                if (isBankingDay(next)) return false;
                next = next.PlusDays(1);
            }

            // Two statements that follow each other must hand the balance over: otherwise one between them is missing.
            if (last is { } before && statement.From > before.To && before.ClosingVnd is { } closing && statement.OpeningVnd is { } opening && closing != opening) return false;
            if (last is { } earlier && IsGap(earlier, statement)) return false;
            if (last is null || statement.To >= last.Value.To) last = statement;
            if (statement.To >= next) next = statement.To.PlusDays(1);
        }

        while (next <= to)
        {
            if (isBankingDay(next)) return false;
            next = next.PlusDays(1);
        }

        return ordered.Count > 0;
    }
}
