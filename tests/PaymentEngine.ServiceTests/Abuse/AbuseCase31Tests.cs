using NodaTime;
using PaymentEngine.App.Keys;
using PaymentEngine.App.Operations;
using PaymentEngine.App.Operations.Users;
using PaymentEngine.Core;
using PaymentEngine.ServiceTests.Runs;

namespace PaymentEngine.ServiceTests.Abuse;

/// <summary>A stolen session and a shared password approve nothing.</summary>
[Collection(PostgresCollection.Name)]
public sealed class AbuseCase31Tests(ScratchCluster cluster) : IDisposable
{
    readonly string folder = Directory.CreateTempSubdirectory("pe-stolen-").FullName;

    [PostgresFact]
    public async Task AbuseCase31_Stolen_session_and_shared_password()
    {
        await using var world = await RunWorld.OpenAsync(cluster);
        await world.AddPeopleAsync(1, 3);
        var sessions = new UserSessions(world.Database, world.Clock, () => KeyFolder.Open(folder, world.Clock));
        const string password = "bốn từ rời rạc";
        Assert.True((await new UserAdministration(world.Database, world.Clock).AddAsync(null, new NewUser("minh", "Trần Văn Minh", password, [Role.Administrator, Role.Approver], []), RunWorld.Province, default)).IsOk);
        var first = (await sessions.LoginAsync("minh", password, null)).Value;
        var secret = (await sessions.BeginAuthenticatorAsync(await CallerAsync(first))).Value.Secret;
        Assert.True((await sessions.ConfirmAuthenticatorAsync(await CallerAsync(first), Code())).IsOk);
        var view = (await world.Runs.PlanAsync(world.Maker, world.November, null)).Value[0];
        Assert.True((await world.Runs.SubmitAsync(world.Maker, view.Id, view.Total!.Recipients, view.Total.DeclaredVnd)).IsOk);
        var hash = Convert.ToHexStringLower(view.Total.ContentHash);

        // The password that somebody was told opens no door once there is a second factor, and the session opened before approves nothing.
        Assert.Equal("not_allowed.second_factor", (await sessions.LoginAsync("minh", password, null)).Problems[0].Code);
        Assert.Equal("not_allowed.step_up", await ApproveAsync(first));

        // An old session, whose second factor was shown ten minutes ago.
        world.Clock.Now += Duration.FromMinutes(1);
        var proven = (await sessions.LoginAsync("minh", password, Code())).Value;
        world.Clock.Now += UserSessions.ProofLasts;
        Assert.Equal("not_allowed.step_up", await ApproveAsync(proven));

        // The owner shows it again: the token somebody copied is over, and so is the code that was read over the shoulder.
        var fresh = (await sessions.StepUpAsync(RunWorld.Province, proven.Token, Code())).Value;
        Assert.Equal("not_allowed.session", (await sessions.CallerOfAsync(RunWorld.Province, proven.Token, default)).Problems[0].Code);
        Assert.Equal("not_allowed.code_used", (await sessions.StepUpAsync(RunWorld.Province, fresh.Token, Code())).Problems[0].Code);
        Assert.Equal("ok", await ApproveAsync(fresh));

        // The captured request given again approves nothing more; for another content it is refused.
        Assert.True((await world.Runs.ApproveAsync(await CallerAsync(fresh), view.Id, view.Total.DeclaredVnd, hash)).Value.AlreadyDone);
        Assert.Equal(1, Assert.Single(await world.RowsAsync<int>("SELECT count(*)::int FROM run_step WHERE step = 'approved'")));
        await world.AddPeopleAsync(4, 6);
        world.Clock.Now += Duration.FromDays(31);
        var back = (await sessions.LoginAsync("minh", password, Code())).Value;
        var next = (await world.Runs.PlanAsync(world.Maker, world.November.PlusMonths(1), null)).Value[0];
        Assert.True((await world.Runs.SubmitAsync(world.Maker, next.Id, next.Total!.Recipients, next.Total.DeclaredVnd, "tháng trước chưa đóng")).IsOk);
        Assert.Equal("not_allowed.other_content", (await world.Runs.ApproveAsync(await CallerAsync(back), next.Id, next.Total.DeclaredVnd, hash)).Problems[0].Code);

        // Signed out everywhere: no session of any door lives on.
        Assert.True(await sessions.LogoutEverywhereAsync(await CallerAsync(back)) >= 1);
        foreach (var token in (string[])[first.Token, fresh.Token, back.Token]) Assert.False((await sessions.CallerOfAsync(RunWorld.Province, token, default)).IsOk);

        string Code() => TimedCode.Of(secret, TimedCode.StepOf(world.Clock.Now));
        async Task<Caller> CallerAsync(OpenedSession session) => (await sessions.CallerOfAsync(RunWorld.Province, session.Token, default)).Value;
        async Task<string> ApproveAsync(OpenedSession session) => await world.Runs.ApproveAsync(await CallerAsync(session), view.Id, view.Total.DeclaredVnd, hash) is { IsOk: false } refused ? refused.Problems[0].Code : "ok";
    }

    public void Dispose() => Directory.Delete(folder, recursive: true);
}
