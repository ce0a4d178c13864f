using NodaTime;
using PaymentEngine.Core;
using PaymentEngine.Core.Payments;
using PaymentEngine.Core.Reconciliation;
using PaymentEngine.Messages;
using PaymentEngine.Postgres;

namespace PaymentEngine.App.Operations;

/// <summary>Our files, the banks' statuses and the statements' money of one run, held against each other file by file (F118). Reads only.</summary>
public sealed class ThreeWayChecks(Database database, IClock clock)
{
    static readonly DateTimeZone Zone = DateTimeZoneProviders.Tzdb["Asia/Ho_Chi_Minh"];

    /// <param name="caller">A reconciler, approver or auditor of the whole province.</param>
    /// <param name="run">The run whose files are looked at.</param>
    /// <param name="cancel">Cancels the reading.</param>
    public async Task<Result<IReadOnlyList<ThreeWayCheck>>> OfAsync(Caller caller, RunId run, CancellationToken cancel)
    {
        if ((caller.Lacks(Role.Reconciler, Role.Approver, Role.Auditor) ?? caller.LacksProvince()) is { } refused) return refused;
        var today = clock.GetCurrentInstant().InZone(Zone).Date;
        var province = caller.ProvinceCode;
        await using var session = await database.RunAsync(caller.Scope, cancel);
        var book = new OrderBook(session, province, new OrderedLines());
        var checks = new List<ThreeWayCheck>();
        foreach (var (month, fileNo) in await book.FilesOfAsync(run, cancel))
        {
            var file = await book.LoadAsync(month, fileNo, cancel);
            var fold = new FileFold(file);
            await FactStore.ReadAsync(session, province, file, 0, 0, false, (_, row, fact, _, _) => fold.Add(row, fact), cancel);
            var (evidence, debits, _) = fold.Result();
            var profile = ReasonRules.ProfileOf(file.Order.Profile);
            checks.Add(ThreeWayCheck.Of(file, evidence, debits, province, day => BankingCalendars.VietNam.Plus(day, profile.ProofDays) < today, profile.SendsStatements || profile.SendsNotifications));
        }

        return checks;
    }
}
