using System.Globalization;
using NodaTime;
using PaymentEngine.App.CommandLine;
using PaymentEngine.App.Operations.Access;
using PaymentEngine.App.Operations.Cases;
using PaymentEngine.Core;
using PaymentEngine.Core.Payments;
using PaymentEngine.Core.Reconciliation;
using PaymentEngine.Messages;
using PaymentEngine.Postgres;

namespace PaymentEngine.App.Operations;

/// <summary>What a look at the clocks found.</summary>
/// <param name="Raised">Cases opened now.</param>
/// <param name="Closed">Cases closed now, because the answer has come.</param>
public sealed record LateAnswersFound(int Raised, int Closed);

/// <summary>Cases about answers of banks that are late (F86): opened once for each cause, closed by themselves when the answer comes. A clock never changes what a payment is.</summary>
public sealed class LateAnswerCases(Database database, IClock clock)
{
    static readonly BankingCalendar Calendar = BankingCalendars.VietNam;
    static readonly DateTimeZone Zone = DateTimeZoneProviders.Tzdb["Asia/Ho_Chi_Minh"];

    /// <summary>Looks at every file that was handed over. Repeated with nothing new it does nothing.</summary>
    /// <param name="caller">A reconciler of the whole province.</param>
    /// <param name="cancel">Cancels before anything is kept.</param>
    public async Task<Result<LateAnswersFound>> RaiseAsync(Caller caller, CancellationToken cancel = default)
    {
        if (caller.Lacks(AccessRules.Reconcile) is { } lacking) return lacking;
        var (at, province) = (clock.GetCurrentInstant(), caller.ProvinceCode);
        var today = at.InZone(Zone).Date;
        await using var session = await database.RunAsync(caller.Scope, cancel);
        return await session.InTransactionAsync<Result<LateAnswersFound>>(async () =>
        {
            await FactStore.LockAsync(session, province, cancel);
            var (toOpen, toClose) = await FilesAsync(session, province, at, cancel);
            // The profile of each entry's bank is not known to its case: the generic one's patience counts.
            var old = await DeadlineStore.OldSuspenseAsync(session, province, OpenedBefore(today), cancel);
            var matched = await DeadlineStore.MatchedSuspenseAsync(session, province, cancel);
            if (toOpen.Count == 0 && toClose.Count == 0 && old.Count == 0 && matched == 0) return new LateAnswersFound(0, 0);
            var last = await OutcomeStore.LastOperationAsync(session, province, cancel);
            var key = string.Create(CultureInfo.InvariantCulture, $"bank.deadlines after {last}");
            var start = await OperationLog.BeginAsync(session, province, key, "bank.deadlines", OperationLog.RequestHash(key), caller.UserName, at, cancel);
            var raised = 0;
            var dueOn = Calendar.Plus(today, (await Casework.TermsAsync(session, province, cancel)).Decide);
            foreach (var (file, late, fileVnd) in toOpen)
            {
                // The sum of the file, not of what is missing just now: the same whatever the order in which the other answers came.
                if (await DeadlineStore.OpenAsync(session, province, file, AnswerDeadlines.Code(late.Kind), fileVnd, "ask_bank", Role.Reconciler, dueOn, at, start.OperationNo, cancel)) raised++;
            }

            foreach (var (file, kind) in toClose) await DeadlineStore.CloseAsync(session, province, file, kind, at, cancel);
            if (old.Count > 0) raised += await DeadlineStore.OpenOldSuspenseAsync(session, province, old, "ask_bank", Role.Reconciler, dueOn, at, start.OperationNo, cancel);
            var closed = toClose.Count + (matched > 0 ? await DeadlineStore.CloseMatchedSuspenseAsync(session, province, at, cancel) : 0);
            var found = new LateAnswersFound(raised, closed);
            await OperationLog.CompleteAsync(session, province, start.OperationNo, JsonText.Write(found), JsonText.Write(new
            {
                raised = found.Raised, closed = found.Closed,
                files = toOpen.Select(one => new { file_no = one.File.FileNo, month = one.File.Month, kind = AnswerDeadlines.Code(one.Late.Kind), items = one.Late.Items, sum_vnd = one.Late.SumVnd }),
            }), at, cancel);
            return found;
        }, result => result is { IsOk: true } && result.Value != new LateAnswersFound(0, 0), cancel: cancel);
    }

    static async Task<(List<(HandedOverFile File, LateAnswer Late, long FileVnd)> ToOpen, List<(HandedOverFile File, string Kind)> ToClose)> FilesAsync(DatabaseSession session, short province, Instant at, CancellationToken cancel)
    {
        var (toOpen, toClose) = (new List<(HandedOverFile, LateAnswer, long)>(), new List<(HandedOverFile, string)>());
        var book = new OrderBook(session, province, new OrderedLines());
        foreach (var file in await DeadlineStore.HandedOverAsync(session, province, cancel))
        {
            var profile = BankProfiles.Find(file.Profile) ?? BankProfiles.Generic;
            var due = AnswerDeadlines.Due(new(file.SentAt, file.LastExecution), at, profile, Calendar);
            // What was raised and closed before is not asked about again: then there is nothing to read of this file.
            if (Each(due).All(kind => file.Kinds.Contains(AnswerDeadlines.Code(kind))) && file.OpenKinds.Length == 0) continue;
            var sent = await book.LoadAsync(file.Month, file.FileNo, cancel);
            var fold = new FileFold(sent);
            await FactStore.ReadAsync(session, province, sent, 0, 0, false, (_, row, fact, _, _) => fold.Add(row, fact), cancel);
            var evidence = fold.Result().Evidence;
            var run = new RunId(province, Months.FromKey(file.Month), file.RunNo);
            var missing = AnswerDeadlines.Missing(due, await HandOverStore.AnsweredAsync(session, run, file.FileNo, cancel), evidence.Select((seen, i) => (seen, sent.Attempts[i].AmountVnd)));
            toOpen.AddRange(missing.Where(late => !file.Kinds.Contains(AnswerDeadlines.Code(late.Kind))).Select(late => (file, late, sent.Order.SumVnd)));
            toClose.AddRange(file.OpenKinds.Where(kind => missing.All(late => AnswerDeadlines.Code(late.Kind) != kind)).Select(kind => (file, kind)));
        }

        return (toOpen, toClose);
    }

    static IEnumerable<LateAnswers> Each(LateAnswers due) =>
        new[] { LateAnswers.Acknowledgement, LateAnswers.FinalStatus, LateAnswers.Debit }.Where(kind => due.HasFlag(kind));

    /// <summary>The end of the last day since which more than the banking days of patience have passed.</summary>
    static Instant OpenedBefore(LocalDate today)
    {
        var day = today;
        while (Calendar.Plus(day, BankProfiles.Generic.SuspenseDays) >= today) day = day.PlusDays(-1);
        return Zone.AtStartOfDay(day.PlusDays(1)).ToInstant();
    }
}
