using PaymentEngine.ServiceTests.Runs;

namespace PaymentEngine.ServiceTests.Access;

/// <summary>Attempts that were refused leave a trace.</summary>
[Collection(PostgresCollection.Name)]
public sealed class RefusedAttemptTests(ScratchCluster cluster)
{
    [PostgresFact]
    public async Task What_somebody_tried_and_may_not_stands_beside_their_logins()
    {
        await using var world = await AccessWorld.OpenAsync(cluster);
        Assert.Equal("not_allowed.role", (await world.KnockAsync("auditor", ["audit", "clock", "confirm", "--reason", "đã chỉnh giờ"])).Code);
        Assert.Equal("not_allowed.role", (await world.KnockAsync("account-editor", ["register", "export", "--out", Path.Combine(world.Folder, "out"), "--purpose", "thử lấy dữ liệu"])).Code);
        Assert.False(Directory.Exists(Path.Combine(world.Folder, "out")));
        // Without a purpose not even an exporter: and the way to say it is told.
        Assert.Equal("usage.purpose_missing", (await world.KnockAsync("province", ["register", "export", "--out", Path.Combine(world.Folder, "out")])).Code);
        var events = await world.Cash.Runs.RowsAsync<string>("SELECT user_name || ' ' || by FROM user_event WHERE event = 'refused' ORDER BY event_no");
        Assert.Equal(["auditor audit clock confirm: not_allowed.role", "account-editor register export: not_allowed.role"], events);
    }
}
