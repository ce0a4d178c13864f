using System.Text.Json;
using NodaTime;
using PaymentEngine.App.Operations;
using PaymentEngine.Postgres;

namespace PaymentEngine.ServiceTests;

[Collection(PostgresCollection.Name)]
public sealed class PeopleTests(ScratchCluster scratch)
{
    static readonly CancellationToken Never = CancellationToken.None;

    sealed class SetClock : IClock
    {
        public Instant Now { get; set; } = Instant.FromUtc(2026, 11, 21, 1, 0);

        public Instant GetCurrentInstant() => Now;
    }

    static NewUser User(string name, params string[] roles) => new(name, "Nguyễn Thị " + name, "mat-khau-thu", roles, []);

    [PostgresFact]
    public async Task The_first_user_is_an_administrator_and_later_ones_are_added_by_one_only()
    {
        await using var database = await scratch.OpenCloneAsync();
        var people = new People(database, new SetClock());
        Assert.Equal("user.first_administrator", (await people.AddAsync(null, User("an", Role.Maker), 40, Never)).Problems[0].Code);
        Assert.True((await people.AddAsync(null, User("an", Role.Administrator), 40, Never)).IsOk);
        Assert.Equal("not_allowed.session", (await people.AddAsync(null, User("binh", Role.Maker), null, Never)).Problems[0].Code);
        var an = (await people.CallerOfAsync(40, (await people.LoginAsync("an", "mat-khau-thu", Never)).Value.Token, Never)).Value;
        Assert.True((await people.AddAsync(an, User("binh", Role.Maker), null, Never)).IsOk);
        var binh = (await people.CallerOfAsync(40, (await people.LoginAsync("binh", "mat-khau-thu", Never)).Value.Token, Never)).Value;
        Assert.Equal("not_allowed.role", (await people.AddAsync(binh, User("chi", Role.Maker), null, Never)).Problems[0].Code);
        Assert.Equal("user.exists", (await people.AddAsync(an, User("binh", Role.Maker), null, Never)).Problems[0].Code);
        Assert.Equal(2, (await people.ListAsync(an, Never)).Value.Count);
    }

    [PostgresFact]
    public async Task Five_wrong_passwords_lock_a_user_for_a_quarter_of_an_hour()
    {
        await using var database = await scratch.OpenCloneAsync();
        var clock = new SetClock();
        var people = new People(database, clock);
        await people.AddAsync(null, User("an", Role.Administrator), 40, Never);
        for (var i = 0; i < 5; i++) Assert.Equal("not_allowed.login", (await people.LoginAsync("an", "sai-mat-khau", Never)).Problems[0].Code);
        Assert.Equal("not_allowed.locked", (await people.LoginAsync("an", "mat-khau-thu", Never)).Problems[0].Code);
        clock.Now += Duration.FromMinutes(15);
        Assert.True((await people.LoginAsync("an", "mat-khau-thu", Never)).IsOk);
        Assert.Equal("not_allowed.login", (await people.LoginAsync("nobody", "mat-khau-thu", Never)).Problems[0].Code);
    }

    [PostgresFact]
    public async Task A_session_ends_by_logout_by_idleness_and_by_its_time()
    {
        await using var database = await scratch.OpenCloneAsync();
        var clock = new SetClock();
        var people = new People(database, clock);
        await people.AddAsync(null, User("an", Role.Administrator), 40, Never);
        async Task<string> Login() => (await people.LoginAsync("an", "mat-khau-thu", Never)).Value.Token;
        async Task<bool> Lives(string token) => (await people.CallerOfAsync(40, token, Never)).IsOk;

        var closed = await Login();
        Assert.True(await people.LogoutAsync(40, closed, Never));
        Assert.False(await Lives(closed));

        var idle = await Login();
        clock.Now += People.SessionIdleMax;
        Assert.False(await Lives(idle));

        var long_ = await Login();
        for (var hour = 1; hour < 12; hour++)
        {
            clock.Now += Duration.FromHours(1);
            Assert.True(await Lives(long_));
        }
        clock.Now += Duration.FromHours(1);
        Assert.False(await Lives(long_));
    }

    [PostgresFact]
    public async Task The_real_program_keeps_a_session_for_its_owner_alone_and_answers_with_the_exit_codes_of_the_contract()
    {
        var folder = Directory.CreateTempSubdirectory("pe-session-").FullName;
        try
        {
            var environment = new Dictionary<string, string>
            {
                ["PAYENGINE_HOME"] = folder, ["PAYENGINE_DB"] = await scratch.CloneAsync(), ["PAYENGINE_SESSION"] = Path.Combine(folder, "an.session"),
            };
            var password = Path.Combine(folder, "password");
            await File.WriteAllTextAsync(password, "mat-khau-thu\n");
            var nobody = await TheProgram.RunAsync(environment, "user", "list", "--json");
            Assert.Equal(4, nobody.Exit);
            Assert.Equal("not_allowed.session", JsonDocument.Parse(nobody.Out).RootElement.GetProperty("problems")[0].GetProperty("code").GetString());
            Assert.Equal(2, (await TheProgram.RunAsync(environment, "user", "add", "an")).Exit);
            Assert.Equal(3, (await TheProgram.RunAsync(environment, "user", "add", "AN", "--role", "administrator", "--province", "40", "--password-file", password)).Exit);
            var added = await TheProgram.RunAsync(environment, "user", "add", "an", "--role", "administrator", "--province", "40", "--password-file", password);
            Assert.True(added.Exit == 0, added.Error);
            Assert.Equal(0, (await TheProgram.RunAsync(environment, "login", "an", "--password-file", password)).Exit);
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(environment["PAYENGINE_SESSION"]));
            Assert.Equal(0, (await TheProgram.RunAsync(environment, "user", "list", "--json")).Exit);
            // A session file that others may read proves nobody.
            File.SetUnixFileMode(environment["PAYENGINE_SESSION"], UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.OtherRead);
            Assert.Equal(4, (await TheProgram.RunAsync(environment, "user", "list")).Exit);
            environment["PAYENGINE_CRASH_AT"] = "1";
            Assert.Equal(137, (await TheProgram.RunAsync(environment, "login", "an", "--password-file", password)).Exit);
            environment["PAYENGINE_DB"] = "Host=127.0.0.1;Port=1;Username=x;Database=x";
            environment.Remove("PAYENGINE_CRASH_AT");
            Assert.Equal(5, (await TheProgram.RunAsync(environment, "user", "list")).Exit);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
