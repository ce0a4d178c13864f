using NodaTime;
using PaymentEngine.App.CommandLine;
using PaymentEngine.App.Keys;
using PaymentEngine.App.Operations;
using PaymentEngine.App.Operations.Users;
using PaymentEngine.ServiceTests.Runs;
using static PaymentEngine.ServiceTests.Abuse.AbuseScenes;

namespace PaymentEngine.ServiceTests.Abuse;

/// <summary>A person who holds every role, is signed in and has just shown the second factor: whatever a command refuses then is not refused for want of a right.</summary>
static class SignedIn
{
    const string Password = "co-may-nuoc-xanh-7";

    public static async Task AllRolesAsync(RunWorld world, Settings settings)
    {
        var administrator = Person("dau", Role.Administrator);
        Ok(await new UserAdministration(world.Database, world.Clock).AddAsync(administrator, new NewUser("tatca", "Người có mọi vai", Password, [.. Role.OfPeople], []), RunWorld.Province, default));
        var sessions = new UserSessions(world.Database, world.Clock, () => KeyFolder.Open(settings.Keys.Value, world.Clock));
        var first = Ok(await sessions.LoginAsync("tatca", Password, null));
        var caller = Ok(await sessions.CallerOfAsync(RunWorld.Province, first.Token, default));
        var (secret, _) = Ok(await sessions.BeginAuthenticatorAsync(caller));
        Ok(await sessions.ConfirmAuthenticatorAsync(caller, TimedCode.Of(secret, TimedCode.StepOf(world.Clock.Now))));
        world.Clock.Now += Duration.FromSeconds(TimedCode.StepSeconds);
        SessionFile.Write(settings.Session.Value, Ok(await sessions.LoginAsync("tatca", Password, TimedCode.Of(secret, TimedCode.StepOf(world.Clock.Now)))));
    }
}
