using PaymentEngine.App.Operations;
using PaymentEngine.ServiceTests.Access;

namespace PaymentEngine.ServiceTests.Abuse;

/// <summary>Abuse case 14: the officer of a merged commune keeps what was theirs. Territory is dated, mergers are data, and an open session loses it with the next request.</summary>
[Collection(PostgresCollection.Name)]
public sealed class AbuseCase14Tests(ScratchCluster cluster)
{
    [PostgresFact]
    public async Task AbuseCase14_a_merger_in_mid_month_ends_the_right_in_an_open_session_and_the_successor_is_nobody_s_until_it_is_given()
    {
        await using var world = await AccessWorld.OpenAsync(cluster);
        await world.AddAsync("xa", [Role.CommuneOfficer], [1]);
        Assert.Equal(0, (await world.GiveAsync("xa", "case", "show", "1001")).Exit);
        var absent = await world.KnockAsync("xa", "case", "show", "9999");

        // The commune of the session merges into the second one; its last day is yesterday.
        await world.EndAsync(AccessWorld.OwnCommune, 1, AccessWorld.OtherCommune, "2026-11-04");
        foreach (var number in new[] { "1001", "1002" })
        {
            var said = await world.KnockAsync("xa", "case", "show", number);
            Assert.Equal((absent.Exit, absent.Code, absent.Words.Replace("9999", number, StringComparison.Ordinal)), (said.Exit, said.Code, said.Words));
        }

        Assert.Equal("case.unknown", (await world.KnockAsync("xa", "case", "take", "1001")).Code);
        Assert.Contains("\"cases\":[]", (await world.GiveAsync("xa", "case", "list")).Printed.Replace(" ", "", StringComparison.Ordinal).Replace("\n", "", StringComparison.Ordinal), StringComparison.Ordinal);

        // The ended commune is not given anew; the successor is, by an administrator, not about themselves.
        Assert.Equal("user.commune_ended", (await world.KnockAsync("administrator", "user", "territory", "xa", "--give", AccessWorld.OwnCommune, "--reason", "quyết định 12")).Code);
        Assert.Equal("not_allowed.role", (await world.KnockAsync("xa", "user", "territory", "xa", "--give", AccessWorld.OtherCommune, "--reason", "tự giao cho mình")).Code);
        var given = await world.GiveAsync("administrator", "user", "territory", "xa", "--give", AccessWorld.OtherCommune, "--until", "2026-11-30", "--reason", "quyết định 12");
        Assert.True(given.Exit == 0, given.Printed);
        Assert.Equal(0, (await world.GiveAsync("xa", "case", "show", "1002")).Exit);
        Assert.Equal("case.unknown", (await world.KnockAsync("xa", "case", "show", "1001")).Code);

        // A right with a last day ends by itself, and one that is taken at once.
        world.Cash.Runs.Clock.Now = NodaTime.Instant.FromUtc(2026, 11, 30, 18, 0);
        await world.Cash.Runs.RunAsync("UPDATE app_session SET last_used_at = '2026-11-30 17:30+00'");
        Assert.Equal("case.unknown", (await world.KnockAsync("xa", "case", "show", "1002")).Code);
    }

    [PostgresFact]
    public async Task AbuseCase14_a_code_that_a_successor_took_over_is_another_unit()
    {
        await using var world = await AccessWorld.OpenAsync(cluster);
        await world.AddAsync("xa", [Role.CommuneOfficer], [2]);
        Assert.Equal(0, (await world.GiveAsync("xa", "case", "show", "1002")).Exit);
        // The commune ends, and the next day a larger one begins under its code.
        await world.Cash.Runs.SqlAsync("""
            INSERT INTO area_unit (province_code, code, first_day, version, last_day, kind, name, parent_code, successors, source, is_withdrawn, person, at, operation_no)
            VALUES (40, '16693', '2000-01-01', 1, '2026-11-04', 7, 'Xã Hai cũ', '40', '16693', 'nghị quyết sáp nhập', false, 'test', '2026-01-01', 1),
                   (40, '16693', '2026-11-05', 1, 'infinity', 7, 'Xã Hai mới', '40', '', 'nghị quyết sáp nhập', false, 'test', '2026-01-01', 1);
            """);
        Assert.Equal("case.unknown", (await world.KnockAsync("xa", "case", "show", "1002")).Code);
        Assert.Equal(0, (await world.GiveAsync("administrator", "user", "territory", "xa", "--give", "16693", "--reason", "quyết định 15")).Exit);
        Assert.Equal(0, (await world.GiveAsync("xa", "case", "show", "1002")).Exit);
    }
}
