using NodaTime;
using PaymentEngine.App.Operations;
using PaymentEngine.Core;

namespace PaymentEngine.ServiceTests.Runs;

public sealed class PaymentRunTests
{
    // 1.5 × 540,000 from 2026-07-01 (335/2026/NĐ-CP).
    const long SevereVnd = 810_000;

    [Fact]
    public async Task Ten_people_are_planned_approved_and_their_money_has_a_place()
    {
        await using var world = await RunWorld.OpenAsync();
        await world.AddPeopleAsync(1, 10);

        var view = await world.ApprovedAsync();

        Assert.Equal("40-2611-001", view.Id.ToString());
        Assert.Equal("approved", view.Run.Step);
        Assert.Equal((10, 10 * SevereVnd, 5, 5, 0), (view.Total!.Recipients, view.Total.ListedVnd, view.Total.BankAttempts, view.Total.CashAttempts, view.Total.Held));
        Assert.Equal(10, (await world.RowsAsync<int>("SELECT award_no FROM listed")).Count);
        Assert.Equal([(3, 5, 5 * SevereVnd), (8, 5, 5 * SevereVnd)],
            await world.RowsAsync<(int, int, long)>("SELECT place::int, sum(items)::int, sum(sum_vnd)::bigint FROM certificate GROUP BY place ORDER BY place"));
        Assert.Equal(await world.RowsAsync<(int, int, long)>("SELECT place::int, sum(items)::int, sum(sum_vnd)::bigint FROM certificate GROUP BY place ORDER BY place"),
            await world.RowsAsync<(int, int, long)>("SELECT place::int, sum(items)::int, sum(sum_vnd)::bigint FROM ledger_balance GROUP BY place ORDER BY place"));
    }
}
