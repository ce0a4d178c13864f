using PaymentEngine.Core.Payments;
using PaymentEngine.Core.Reconciliation;
using PaymentEngine.Postgres;

namespace PaymentEngine.App.Operations.Cases;

/// <summary>The way back to cash, the same for timers and for people: only from a proven end, never against evidence that disagrees, and by itself only when every reason the bank gave allows it.</summary>
static class CashFallback
{
    /// <summary>Gathers those of a file's ended payments that may go to the cash list, with the move of their money.</summary>
    /// <param name="session">Inside the operation's transaction, under the lock of the answers.</param>
    /// <param name="province">The tenant.</param>
    /// <param name="outcomes">Gathers the moves.</param>
    /// <param name="rules">How reasons are read.</param>
    /// <param name="file">The file the payments stand in.</param>
    /// <param name="candidates">Payments of the file.</param>
    /// <param name="isDecided">Two persons have decided: the reasons are not asked again, the proof is.</param>
    /// <param name="cash">Takes the payments that go.</param>
    /// <param name="cancel">Cancels the reading.</param>
    public static async Task SelectAsync(DatabaseSession session, short province, AnswerOutcomes outcomes, ReasonRules rules, SentFile file, IReadOnlyList<CashCandidate> candidates, bool isDecided, List<SentAttempt> cash,
        CancellationToken cancel)
    {
        var folded = await outcomes.FoldAsync(file, 0, cancel);
        var attempts = candidates.Select(one => new FactRow(FactTarget.Attempt, one.Month, one.RunNo, one.LineNo, one.Attempt))
            .Select(row => file.TryFind(row, out var place) ? place : -1).Where(place => place >= 0).ToList();
        var words = (await FactStore.WordsAsync(session, province, attempts.Select(place => file.Attempts[place]).ToList(), 0, 0, cancel)).ToLookup(word => word.No);
        for (var i = 0; i < attempts.Count; i++)
        {
            var attempt = file.Attempts[attempts[i]];
            var view = folded.ViewOf(attempts[i]);
            // An end that the evidence no longer bears is a dispute, whatever the view: nobody decides it into cash.
            if (!BankViews.BearsEnd(view, folded.Evidence[attempts[i]], handedOver: true)) continue;
            if (isDecided && !(attempt.Ended && attempt.IsLatest && (view is BankView.Rejected or BankView.Returned or BankView.CancelledByBank))) continue;
            // Every reason the bank gave must allow cash and be surely read, not only the first; and evidence that disagrees blocks it.
            if (!isDecided && !NextAttempts.MayBecomeCash(view, attempt.Ended, attempt.IsLatest, CaseRules.Counting(AnswerOutcomes.Reasons(attempt, words[i], folded.Refusals, rules.For(file.Order.Profile))).ToList())) continue;

            cash.Add(attempt);
            outcomes.Move(attempt, file.Order.FileNo, Place.Returned, Place.CashDue);
        }
    }
}
