using System.Globalization;
using NodaTime;
using PaymentEngine.App.CommandLine;
using PaymentEngine.Core;
using PaymentEngine.Core.Money;
using PaymentEngine.Core.Payments;
using PaymentEngine.Core.Reconciliation;
using PaymentEngine.Messages;
using PaymentEngine.Messages.Spreadsheets;
using PaymentEngine.Postgres;

namespace PaymentEngine.App.Operations;

/// <summary>A result list, what it says, and who confirmed it.</summary>
/// <param name="Second">Null while a second person has not confirmed it: until then it proves nothing.</param>
/// <param name="Open">Payments that are still on their way by the list: no confirmation ends those.</param>
/// <param name="Ended">Payments proven never taken or back now.</param>
public sealed record ListConfirmation(int ImportNo, string FileName, string Profile, string? First, string? Second, CountAndSum Paid, CountAndSum Refused, CountAndSum Returned, CountAndSum Open, int Ended = 0, int Cases = 0,
    bool AlreadyDone = false);

/// <summary>What proves the end of a payment at a bank that sends no statements: its result list, confirmed by two persons. The one way in.</summary>
public sealed class ListConfirmations(Database database, IClock clock)
{
    static readonly DateTimeZone Zone = DateTimeZoneProviders.Tzdb["Asia/Ho_Chi_Minh"];
    static readonly BankingCalendar Calendar = BankingCalendars.VietNam;

    /// <summary>Lists of banks without statements that one or two persons have still to confirm.</summary>
    /// <param name="caller">A reconciler, approver or auditor of the whole province.</param>
    /// <param name="cancel">Cancels the question.</param>
    public async Task<Result<IReadOnlyList<ListConfirmation>>> WaitingAsync(Caller caller, CancellationToken cancel)
    {
        if ((caller.Lacks(Role.Reconciler, Role.Approver, Role.Auditor) ?? caller.LacksProvince()) is { } refused) return refused;
        await using var session = await database.RunAsync(caller.Scope, cancel);
        var waiting = new List<ListConfirmation>();
        foreach (var list in await ConfirmationStore.WaitingAsync(session, caller.ProvinceCode, cancel))
        {
            var rows = await ConfirmationStore.RowsAsync(session, caller.ProvinceCode, list.ImportNo, cancel);
            if (rows.Count > 0 && rows.All(row => !ReasonRules.ProfileOf(row.Profile).SendsStatements)) waiting.Add(View(list, rows));
        }

        return waiting;
    }

    /// <summary>Confirms a result list. The second person's word makes it proof: what it says was carried out is paid, what it says was refused was never taken, what it says came back is back.</summary>
    /// <param name="caller">A reconciler of the whole province.</param>
    /// <param name="importNo">The number the list was given when it came.</param>
    /// <param name="why">What this person held it against: the bank's letter, its portal, a telephone call; it is kept.</param>
    /// <param name="cancel">Cancels before anything is kept.</param>
    /// <returns><c>bank_file.unknown</c>, <c>usage.why_missing</c>; <c>not_allowed.not_applied</c>, <c>not_allowed.no_result_list</c>, <c>not_allowed.bank_sends_statements</c>,
    /// <c>not_allowed.own_confirmation</c>; <c>result_list.other_amount</c>, <c>result_list.nothing_ours</c>.</returns>
    public async Task<Result<ListConfirmation>> ConfirmAsync(Caller caller, int importNo, string why, CancellationToken cancel)
    {
        if ((caller.Lacks(Role.Reconciler) ?? caller.LacksProvince()) is { } refused) return refused;
        if (string.IsNullOrWhiteSpace(why)) return new Problem("usage.why_missing", "A list is confirmed by what it was held against.", "Say it: --why \"bảng kê có dấu của ngân hàng số 12/2026\".");
        // The store keeps microseconds: what is kept must be what was asked with.
        var at = Instant.FromUnixTimeTicks(clock.GetCurrentInstant().ToUnixTimeTicks() / 10 * 10);
        var province = caller.ProvinceCode;
        await using var session = await database.RunAsync(caller.Scope, cancel);
        return await session.InTransactionAsync<Result<ListConfirmation>>(async () =>
        {
            await FactStore.LockAsync(session, province, cancel);
            if (await ConfirmationStore.FindAsync(session, province, importNo, cancel) is not { } list)
                return new Problem("bank_file.unknown", string.Create(CultureInfo.InvariantCulture, $"No file was received under number {importNo}."), "The number stands in the answer of bank import; lists that wait: payengine bank confirm.");
            var what = string.Create(CultureInfo.InvariantCulture, $"File {importNo} ({list.FileName})");
            if (list.Message != ResultListReader.MessageName)
                return new Problem("not_allowed.no_result_list", $"{what} is no result list of a bank: {list.Message ?? "nobody could read it"}.", "Only a list in which the bank names each payment can be confirmed. A message proves by itself, or not at all.");
            if (!list.Applied || list.Replaced)
                return new Problem("not_allowed.not_applied", $"{what} does not count: {(list.Replaced ? "a later file took its place" : "it is parked")}.", "Confirm the list that counts: payengine bank confirm.");
            var rows = await ConfirmationStore.RowsAsync(session, province, importNo, cancel);
            var view = View(list, rows);
            if (list.SecondPerson is not null) return view with { AlreadyDone = true };
            if (rows.Count == 0) return new Problem("result_list.nothing_ours", $"{what} names no payment of ours.", "See what waits in suspense: payengine match list.");
            if (rows.FirstOrDefault(row => row.AmountVnd is { } said && (IsReturn(row) ? said > row.OrderedVnd : said != row.OrderedVnd)) is { } other)
            {
                return new Problem("result_list.other_amount", $"{what} says {ViText.Money(new Vnd(other.AmountVnd!.Value))} about {Id(province, other)}, which was {ViText.Money(new Vnd(other.OrderedVnd))}.",
                    "Ask the bank for a right list; one with other amounts proves nothing.", new SourceLocation(list.FileName, null, null, null));
            }

            if (rows.FirstOrDefault(row => ReasonRules.ProfileOf(row.Profile).SendsStatements) is { } proven)
            {
                return new Problem("not_allowed.bank_sends_statements", $"{what} is about {Id(province, proven)}, and its bank sends statements (profile {proven.Profile}): they prove what was taken and what came back.",
                    "Import the statements; if the bank sends none after all, correct \"sendsStatements\" in its profile.");
            }

            var book = new OrderBook(session, province, new OrderedLines());
            var files = new List<SentFile>();
            foreach (var row in rows)
                if (await book.LoadAsync(row.Row, cancel) is { } file && !files.Contains(file)) files.Add(file);
            if (list.FirstPerson is null)
            {
                var first = await BeginAsync("first");
                await ConfirmationStore.FirstAsync(session, province, importNo, caller.UserName, why.Trim(), at, first, cancel);
                return await CompleteAsync(first, view with { First = caller.UserName });
            }

            if (list.FirstPerson == caller.UserName)
            {
                return new Problem("not_allowed.own_confirmation", string.Create(CultureInfo.InvariantCulture, $"{caller.UserName} confirmed list {importNo} already; one person's word is not enough."),
                    "Have a colleague hold it against the bank's papers and confirm it too.");
            }

            var second = await BeginAsync("second");
            await ConfirmationStore.SecondAsync(session, province, importNo, caller.UserName, list.FirstPerson, why.Trim(), at.InZone(Zone).Date.ToYearMonth().Key(), at, second, cancel);
            var outcomes = new AnswerOutcomes(session, province, await ReasonRules.LoadAsync(session, province, cancel), Calendar, at, at.InZone(Zone).Date, second) { Confirming = true };
            foreach (var file in files.OrderBy(file => (file.Order.Month, file.Order.FileNo))) await outcomes.FoldAsync(file, importNo, cancel);
            await outcomes.SaveAsync(cancel);
            return await CompleteAsync(second, view with { Second = caller.UserName, Ended = outcomes.Ended, Cases = outcomes.CasesOpened });

            async Task<long> BeginAsync(string which) => (await OperationLog.BeginAsync(session, province, string.Create(CultureInfo.InvariantCulture, $"bank.confirm {importNo} {which}"), "bank.confirm",
                OperationLog.RequestHash(which, caller.UserName, why), caller.UserName, at, cancel)).OperationNo;

            async Task<Result<ListConfirmation>> CompleteAsync(long operationNo, ListConfirmation done)
            {
                var said = JsonText.Write(new
                {
                    import_no = importNo, first = done.First, second = done.Second, why, paid = done.Paid.Items, paid_vnd = done.Paid.SumVnd, refused = done.Refused.Items, refused_vnd = done.Refused.SumVnd,
                    returned = done.Returned.Items, returned_vnd = done.Returned.SumVnd, ended = done.Ended,
                });
                await OperationLog.CompleteAsync(session, province, operationNo, said, said, at, cancel);
                return done;
            }
        }, result => result is { IsOk: true, Value.AlreadyDone: false }, cancel: cancel);
    }

    static bool IsReturn(ListRow row) => row.Evidence == (int)Evidence.ReturnAnnounced;

    static string Id(short province, ListRow row) => new InstructionId(province, Months.FromKey(row.Month), row.RunNo, row.LineNo, row.Attempt).ToString();

    static ListConfirmation View(ReceivedList list, IReadOnlyList<ListRow> rows)
    {
        CountAndSum paid = default, refused = default, returned = default, open = default;
        foreach (var row in rows)
        {
            switch ((Evidence)row.Evidence)
            {
                // In a result list this is the word for "carried out", which the profile does not count as paid by itself.
                case Evidence.InSettlement or Evidence.Settled or Evidence.Credited: paid = paid.With(row.OrderedVnd); break;
                case Evidence.Rejected or Evidence.CancelledByBank: refused = refused.With(row.OrderedVnd); break;
                case Evidence.ReturnAnnounced: returned = returned.With(row.AmountVnd ?? row.OrderedVnd); break;
                default: open = open.With(row.OrderedVnd); break;
            }
        }

        return new ListConfirmation(list.ImportNo, list.FileName, string.Join(", ", rows.Select(row => row.Profile).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)), list.FirstPerson, list.SecondPerson, paid, refused, returned, open);
    }
}
