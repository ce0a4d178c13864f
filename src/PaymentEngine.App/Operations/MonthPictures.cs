using NodaTime;
using PaymentEngine.App.Operations.Access;
using PaymentEngine.App.Operations.Cases;
using PaymentEngine.Core;
using PaymentEngine.Core.Payments;
using PaymentEngine.Postgres;
using PaymentEngine.Postgres.Cases;

namespace PaymentEngine.App.Operations;

/// <summary>A month as a picture: at which steps its runs stand, in which places its money is.</summary>
/// <param name="Runs">By step; empty for a caller of single communes, whose runs are listed one by one.</param>
/// <param name="Places">By place, by the ledger; empty where the caller does not work with money.</param>
public sealed record MonthPicture(YearMonth Month, IReadOnlyList<RunsAtStep> Runs, IReadOnlyList<LedgerBalance> Places);

/// <summary>The month in a few figures, whatever the number of payers.</summary>
public sealed class MonthPictures(Database database, IClock clock)
{
    /// <summary>The picture of a month.</summary>
    /// <param name="caller">Anybody of the office.</param>
    /// <param name="month">A list month; null: the latest there is a run of, else the present one.</param>
    /// <param name="cancel">Cancels the question.</param>
    public async Task<Result<MonthPicture>> OfAsync(Caller caller, YearMonth? month, CancellationToken cancel = default)
    {
        if (caller.Lacks(AccessRules.Status) is { } lacks) return lacks;
        await using var session = await database.RunOfPayerAsync(caller.Scope, cancel);
        var last = await StartStore.LastMonthAsync(session, caller.ProvinceCode, cancel);
        var of = month ?? (last > 0 ? Months.FromKey(last) : clock.GetCurrentInstant().InZone(Casework.Zone).Date.ToYearMonth());
        var runs = caller.Communes is null ? await StartStore.RunsAsync(session, caller.ProvinceCode, of.Key(), cancel) : [];
        var places = await new Ledger(database, clock).BalancesAsync(caller, [], of, null, null, cancel);
        return new MonthPicture(of, runs, places.TryGet(out var found) ? found : []);
    }
}
