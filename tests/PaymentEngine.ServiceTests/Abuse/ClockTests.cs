using NodaTime;
using PaymentEngine.App.Files;
using PaymentEngine.App.Operations;
using PaymentEngine.App.Operations.Audit;
using PaymentEngine.Core;
using PaymentEngine.Postgres;
using PaymentEngine.ServiceTests.Runs;

namespace PaymentEngine.ServiceTests.Abuse;

[Collection(PostgresCollection.Name)]
public sealed class ClockTests(ScratchCluster cluster)
{
    [PostgresFact]
    public async Task AbuseCase24_A_clock_that_goes_back_a_day_in_the_middle_of_a_run_blocks_its_approval_until_an_administrator_has_looked()
    {
        await using var world = await RunWorld.OpenAsync(cluster);
        await world.AddPeopleAsync(1, 3);
        var run = await world.PlanAsync();
        world.Clock.Now -= Duration.FromDays(1);
        Assert.True((await world.Runs.SubmitAsync(world.Maker, run.Id, 3, run.Total!.ListedVnd)).IsOk);
        world.Clock.Now += Duration.FromDays(1);
        Assert.Equal("not_allowed.clock_jump", Assert.Single((await world.Runs.ApproveSeenAsync(world.Approver, run.Id, run.Total.ListedVnd)).Problems).Code);

        var administrator = world.Approver with { UserName = "quan", Roles = new HashSet<string> { Role.Administrator } };
        var fences = new Fences(world.Database, new DiskFiles(new ActionCounter()), world.Clock, null);
        Assert.Equal("not_allowed.role", Assert.Single((await fences.ConfirmClockAsync(world.Maker, "đã chỉnh")).Problems).Code);
        Assert.Equal(1, (await fences.ConfirmClockAsync(administrator, "Máy chủ đã chạy sai ngày, đã chỉnh")).Value);
        Assert.True((await world.Runs.ApproveSeenAsync(world.Approver, run.Id, run.Total.ListedVnd)).IsOk);
    }
}
