using System.Data;
using NodaTime;
using PaymentEngine.App.Operations.Access;
using PaymentEngine.Core;
using PaymentEngine.Core.Reports;
using PaymentEngine.Postgres;
using PaymentEngine.Postgres.Reports;

namespace PaymentEngine.App.Operations.Reports;

/// <summary>A pay list (danh sách chi trả) of a month with its own checks.</summary>
public sealed record PayList(YearMonth Month, string? CommuneCode, IReadOnlyList<PayListRow> Rows, IReadOnlyList<ReportTie> Ties, string Province)
{
    public bool Holds => Ties.All(tie => tie.Holds);
}

/// <summary>Lists of who is paid what, in the columns offices use (F135). Their form is from practice: no act read here gives the columns (law/README.md §4.4).</summary>
public sealed class PayLists(Database database, IClock clock)
{
    /// <summary>The pay list of a month, of one commune or of all the caller sees.</summary>
    /// <returns><c>commune.unknown</c>, <c>not_allowed.territory</c>, <c>not_allowed.role</c>, <c>not_allowed.state</c> (nothing approved).</returns>
    public async Task<Result<PayList>> OfAsync(Caller caller, YearMonth month, string? communeCode, CancellationToken cancel = default)
    {
        if (caller.Lacks(AccessRules.ReportPaylist) is { } lacking) return lacking;
        await using var session = await database.RunAsync(caller.Scope, cancel);
        return await session.InTransactionAsync<Result<PayList>>(async () =>
        {
            var communes = caller.Communes?.ToArray();
            if (communeCode is not null)
            {
                var named = (await FunnelStore.CommunesAsync(session, caller.ProvinceCode, clock.GetCurrentInstant(), cancel)).Where(one => one.Value.Code == communeCode).Select(one => one.Key).ToArray();
                if (named.Length == 0) return CashlessReports.UnknownCommune(communeCode);
                communes = communes is null ? named : [.. named.Intersect(communes)];
                if (communes.Length == 0) return CashlessReports.UnknownCommune(communeCode);
            }

            var (runs, payments, sum) = await PayListStore.ListedAsync(session, caller.ProvinceCode, month.Key(), cancel);
            if (runs == 0) return new Problem("not_allowed.state", $"No run of {month.Text()} is approved: nothing is listed yet.", $"See where they stand: payengine run show {month.Text()}.");
            await session.PlanForSetsAsync(cancel);
            var rows = await PayListStore.RowsAsync(session, caller.ProvinceCode, month.Key(), communes, cancel);
            var total = rows.Sum(row => row.TotalVnd);
            ReportTie[] ties =
            [
                new("parts", "cộng các cột − thu hồi = tổng cộng", "columns − recovered = total", rows.Sum(row => row.MonthlyVnd + row.SupplementVnd + row.CarerVnd + row.ArrearsVnd + row.OneOffVnd - row.RecoveredVnd), total, true),
                new("rows", "dòng có các cột không bằng tổng của dòng", "rows whose columns are not their total", rows.Count(row => row.MonthlyVnd + row.SupplementVnd + row.CarerVnd + row.ArrearsVnd + row.OneOffVnd - row.RecoveredVnd != row.TotalVnd), 0),
                new("approved_sum", "tổng cộng = số đã duyệt", "total = what was approved", total, communes is null ? sum : null, true),
                new("approved_payments", "số dòng = số khoản đã duyệt", "rows = payments approved", rows.Count, communes is null ? payments : null),
            ];
            return new PayList(month, communeCode, rows, ties, (await PeopleStore.FindTenantAsync(session, cancel))?.Name ?? "");
        }, IsolationLevel.RepeatableRead, cancel);
    }
}
