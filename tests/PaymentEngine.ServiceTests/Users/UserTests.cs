using System.Text.Json;
using NodaTime;
using PaymentEngine.App.CommandLine;
using PaymentEngine.App.Keys;
using PaymentEngine.App.Operations;
using PaymentEngine.App.Operations.Users;
using PaymentEngine.Core;
using PaymentEngine.Postgres;

namespace PaymentEngine.ServiceTests.Users;

[Collection(RegisterCollection.Name)]
public sealed class UserTests(ScratchCluster scratch) : IDisposable
{
    const string Password = "bon-tu-roi-rac";

    static readonly CancellationToken Never = CancellationToken.None;

    readonly string folder = Directory.CreateTempSubdirectory("pe-users-").FullName;

    sealed class SetClock : IClock
    {
        public Instant Now { get; set; } = Instant.FromUtc(2026, 11, 21, 1, 0);

        public Instant GetCurrentInstant() => Now;
    }

    /// <summary>One database with its users, a clock, and what each person carries in their pocket.</summary>
    sealed class Office(Database database, string folder) : IAsyncDisposable
    {
        readonly Dictionary<string, byte[]> secrets = [];

        public SetClock Clock { get; } = new();

        public Database Database => database;

        public UserSessions Sessions => new(database, Clock, () => KeyFolder.Open(Path.Combine(folder, "keys"), Clock));

        public UserAdministration Administration => new(database, Clock);

        public string Code(string name, int later = 0) => TimedCode.Of(secrets[name], TimedCode.StepOf(Clock.Now) + later);

        public Task<Result<OpenedSession>> LoginAsync(string name, string? code = null, string password = Password, string? newPassword = null) => Sessions.LoginAsync(name, password, code, newPassword);

        public async Task<Caller> CallerAsync(Result<OpenedSession> opened)
        {
            Assert.True(opened.IsOk, opened.IsOk ? "" : opened.Problems[0].Message);
            return (await Sessions.CallerOfAsync(40, opened.Value.Token, Never)).Value;
        }

        /// <summary>Sets up the authenticator within the first day and logs in with it, half a minute later.</summary>
        public async Task<Caller> EnrolAsync(string name)
        {
            var caller = await CallerAsync(await LoginAsync(name));
            secrets[name] = (await Sessions.BeginAuthenticatorAsync(caller, Never)).Value.Secret;
            Assert.True((await Sessions.ConfirmAuthenticatorAsync(caller, Code(name), cancel: Never)).IsOk);
            Clock.Now += Duration.FromSeconds(30);
            return await CallerAsync(await LoginAsync(name, Code(name)));
        }

        public async Task<Caller> FirstAsync()
        {
            Assert.True((await Administration.AddAsync(null, User("an", Role.Administrator), 40, Never)).IsOk);
            return await EnrolAsync("an");
        }

        public ValueTask DisposeAsync() => database.DisposeAsync();
    }

    async Task<Office> OpenAsync() => new(await scratch.OpenCloneAsync(), folder);

    static NewUser User(string name, params string[] roles) => new(name, "Nguyễn Thị " + name, Password, roles, []);

    static string CodeOf<T>(Result<T> refused) => refused.IsOk ? "ok" : refused.Problems[0].Code;

    [PostgresFact]
    public async Task The_first_user_is_an_administrator_and_later_ones_are_added_by_one_who_has_just_proven_it()
    {
        await using var office = await OpenAsync();
        Assert.Equal("user.first_administrator", CodeOf(await office.Administration.AddAsync(null, User("an", Role.Maker), 40, Never)));
        Assert.True((await office.Administration.AddAsync(null, User("an", Role.Administrator), 40, Never)).IsOk);
        Assert.Equal("not_allowed.session", CodeOf(await office.Administration.AddAsync(null, User("binh", Role.Maker), null, Never)));
        var unproven = await office.CallerAsync(await office.LoginAsync("an"));
        Assert.Equal("not_allowed.step_up", CodeOf(await office.Administration.AddAsync(unproven, User("binh", Role.Maker), null, Never)));
        var an = await office.EnrolAsync("an");
        Assert.Equal("user.role_unknown", CodeOf(await office.Administration.AddAsync(an, User("binh", Role.Bank), null, Never)));
        Assert.False((await office.Administration.AddAsync(an, User("binh", Role.Maker), null, Never)).Value.IsPending);
        var binh = await office.EnrolAsync("binh");
        Assert.Equal("not_allowed.role", CodeOf(await office.Administration.AddAsync(binh, User("chi", Role.Maker), null, Never)));
        Assert.Equal("user.exists", CodeOf(await office.Administration.AddAsync(an, User("binh", Role.Maker), null, Never)));
        Assert.Equal([true, true], (await office.Administration.ListAsync(an, Never)).Value.Select(user => user.HasSecondFactor));
        office.Clock.Now += UserSessions.ProofLasts;
        Assert.Equal("not_allowed.step_up", CodeOf(await office.Administration.AddAsync(an, User("chi", Role.Maker), null, Never)));
    }

    [PostgresFact]
    public async Task Where_there_are_two_administrators_the_second_confirms_people_and_rights()
    {
        await using var office = await OpenAsync();
        var an = await office.FirstAsync();
        Assert.False((await office.Administration.AddAsync(an, User("binh", Role.Administrator), null, Never)).Value.IsPending);
        var binh = await office.EnrolAsync("binh");

        // An administrator who adds people alone could be every pair of people there is.
        var added = (await office.Administration.AddAsync(an, User("chi", Role.Maker), null, Never)).Value;
        Assert.True(added.IsPending);
        Assert.Equal("not_allowed.login", CodeOf(await office.LoginAsync("chi")));
        Assert.Equal("not_allowed.own_change", CodeOf(await office.Administration.AnswerAsync(an, added.ChangeNo, null, Never)));
        Assert.Equal(["chi"], (await office.Administration.ChangesAsync(binh, false, Never)).Value.Select(change => change.UserName));
        Assert.True((await office.Administration.AnswerAsync(binh, added.ChangeNo, null, Never)).IsOk);
        Assert.Equal("not_allowed.answered", CodeOf(await office.Administration.AnswerAsync(binh, added.ChangeNo, "muộn", Never)));
        var chi = await office.EnrolAsync("chi");

        var asked = (await office.Administration.AskRolesAsync(an, "chi", [Role.Approver], "chuyển việc", Never)).Value;
        Assert.Contains(Role.Maker, chi.Roles);
        Assert.True((await office.Administration.AnswerAsync(binh, asked.ChangeNo, null, Never)).IsOk);
        // Who had the old rights is out, and comes in again with the new ones.
        Assert.Empty(await office.Sessions.SessionsAsync(chi, "", Never));
        Assert.Equal([Role.Approver], (await office.CallerAsync(await office.LoginAsync("chi", office.Code("chi", 1)))).Roles);
        Assert.Equal("not_allowed.own_change", CodeOf(await office.Administration.AskRolesAsync(an, "an", [Role.Approver], "tự cho", Never)));

        // Not through the program either: the constraints hold for every statement of its role.
        await using var session = await office.Database.RunAsync(Never);
        var third = (await office.Administration.AskRolesAsync(an, "chi", [Role.Maker], "chuyển lại", Never)).Value;
        var own = await Assert.ThrowsAsync<Npgsql.PostgresException>(() => session.ExecuteAsync(
            "INSERT INTO user_change_answer (province_code, change_no, user_name, asked_by, answer, person, at, operation_no) SELECT province_code, change_no, user_name, asked_by, 'approved', 'an', now(), operation_no FROM user_change WHERE change_no = @no", new { no = third.ChangeNo }));
        Assert.Equal("second_administrator", own.ConstraintName);
    }

    [PostgresFact]
    public async Task A_recovery_takes_two_administrators_ends_the_old_device_and_asks_for_an_own_password()
    {
        await using var office = await OpenAsync();
        var an = await office.FirstAsync();
        await office.Administration.AddAsync(an, User("lan", Role.Maker), null, Never);
        var lan = await office.EnrolAsync("lan");
        Assert.Equal("not_allowed.one_administrator", CodeOf(await office.Administration.AskRecoveryAsync(an, "lan", "mất điện thoại", Never)));
        await office.Administration.AddAsync(an, User("binh", Role.Administrator), null, Never);
        var binh = await office.EnrolAsync("binh");
        var asked = (await office.Administration.AskRecoveryAsync(an, "lan", "mất điện thoại", Never)).Value;
        Assert.Equal("not_allowed.own_change", CodeOf(await office.Administration.AnswerAsync(an, asked.ChangeNo, null, Never)));
        var once = (await office.Administration.AnswerAsync(binh, asked.ChangeNo, null, Never)).Value.OncePassword!;

        Assert.Empty(await office.Sessions.SessionsAsync(lan, "", Never));
        Assert.Equal("not_allowed.login", CodeOf(await office.LoginAsync("lan", office.Code("lan", 2))));
        Assert.Equal("not_allowed.password_change", CodeOf(await office.LoginAsync("lan", password: once)));
        Assert.Equal("user.password_short", CodeOf(await office.LoginAsync("lan", password: once, newPassword: "ngắn")));
        var back = await office.CallerAsync(await office.LoginAsync("lan", password: once, newPassword: "bốn từ không liền nhau"));
        Assert.Equal("not_allowed.step_up", back.LacksProof(office.Clock.Now)!.Code);
        Assert.Equal("not_allowed.login", CodeOf(await office.LoginAsync("lan", password: once)));
        Assert.True((await office.Sessions.BeginAuthenticatorAsync(back, Never)).IsOk);
        office.Clock.Now += UserAdministration.EnrolWithin;
        Assert.Equal("not_allowed.no_second_factor", CodeOf(await office.LoginAsync("lan", password: "bốn từ không liền nhau")));
    }

    [PostgresFact]
    public async Task Five_wrong_passwords_or_codes_lock_a_user_for_a_quarter_of_an_hour()
    {
        await using var office = await OpenAsync();
        var an = await office.FirstAsync();
        for (var i = 0; i < 3; i++) Assert.Equal("not_allowed.login", CodeOf(await office.LoginAsync("an", office.Code("an", 1), "sai-mat-khau")));
        for (var i = 0; i < 2; i++) Assert.Equal("not_allowed.code", CodeOf(await office.LoginAsync("an", office.Code("an", 700 + i))));
        Assert.Equal("not_allowed.locked", CodeOf(await office.LoginAsync("an", office.Code("an", 1))));
        office.Clock.Now += UserSessions.LockedFor;
        Assert.True((await office.LoginAsync("an", office.Code("an"))).IsOk);
        Assert.Equal("not_allowed.login", CodeOf(await office.LoginAsync("nobody")));
        Assert.Equal(["login", "login_locked", "code_wrong", "code_wrong", "login_wrong"], (await office.Administration.EventsAsync(an, "an", 5, Never)).Value.Select(one => one.Event));
        Assert.Equal(["login_wrong"], (await office.Administration.EventsAsync(an, "nobody", 5, Never)).Value.Select(one => one.Event));
    }

    [PostgresFact]
    public async Task A_code_counts_once_and_none_is_accepted_from_another_time()
    {
        await using var office = await OpenAsync();
        await office.FirstAsync();
        Assert.Equal("not_allowed.second_factor", CodeOf(await office.LoginAsync("an")));
        office.Clock.Now += Duration.FromMinutes(5);
        var code = office.Code("an");
        Assert.True((await office.LoginAsync("an", code)).IsOk);
        Assert.Equal("not_allowed.code_used", CodeOf(await office.LoginAsync("an", code)));
        Assert.Equal("not_allowed.code_used", CodeOf(await office.LoginAsync("an", office.Code("an", -1))));
        Assert.Equal("not_allowed.code", CodeOf(await office.LoginAsync("an", office.Code("an", 2))));
        Assert.True((await office.LoginAsync("an", office.Code("an", 1))).IsOk);
    }

    [PostgresFact]
    public async Task A_step_up_gives_the_session_a_new_token_and_the_old_one_proves_nobody()
    {
        await using var office = await OpenAsync();
        await office.FirstAsync();
        office.Clock.Now += Duration.FromMinutes(5);
        var opened = (await office.LoginAsync("an", office.Code("an"))).Value;
        office.Clock.Now += UserSessions.ProofLasts;
        var stale = (await office.Sessions.CallerOfAsync(40, opened.Token, Never)).Value;
        Assert.Equal("not_allowed.step_up", stale.LacksProof(office.Clock.Now)!.Code);
        Assert.Equal("not_allowed.code", CodeOf(await office.Sessions.StepUpAsync(40, opened.Token, "000000", cancel: Never)));
        var again = (await office.Sessions.StepUpAsync(40, opened.Token, office.Code("an"), cancel: Never)).Value;
        Assert.Null((await office.Sessions.CallerOfAsync(40, again.Token, Never)).Value.LacksProof(office.Clock.Now));
        Assert.Equal("not_allowed.session", CodeOf(await office.Sessions.CallerOfAsync(40, opened.Token, Never)));
        // The working day does not grow by it.
        Assert.Equal(opened.ExpiresAt, again.ExpiresAt);
    }

    [PostgresFact]
    public async Task A_session_ends_by_logout_everywhere_by_idleness_and_by_its_time()
    {
        await using var office = await OpenAsync();
        await office.Administration.AddAsync(null, User("an", Role.Administrator), 40, Never);
        async Task<string> Login() => (await office.LoginAsync("an")).Value.Token;
        async Task<bool> Lives(string token) => (await office.Sessions.CallerOfAsync(40, token, Never)).IsOk;

        var closed = await Login();
        Assert.True(await office.Sessions.LogoutAsync(40, closed, cancel: Never));
        Assert.False(await Lives(closed));

        string[] both = [await Login(), await Login()];
        Assert.Equal(2, (await office.Sessions.SessionsAsync((await office.Sessions.CallerOfAsync(40, both[0], Never)).Value, both[0], Never)).Count);
        Assert.Equal(2, await office.Sessions.LogoutEverywhereAsync((await office.Sessions.CallerOfAsync(40, both[0], Never)).Value, cancel: Never));
        foreach (var token in both) Assert.False(await Lives(token));

        var idle = await Login();
        office.Clock.Now += UserSessions.SessionIdleMax;
        Assert.False(await Lives(idle));

        var long_ = await Login();
        for (var hour = 1; hour < 12; hour++)
        {
            office.Clock.Now += Duration.FromHours(1);
            Assert.True(await Lives(long_));
        }

        office.Clock.Now += Duration.FromHours(1);
        Assert.False(await Lives(long_));
    }

    [PostgresFact]
    public async Task A_service_account_has_a_key_its_role_alone_and_never_a_second_factor()
    {
        await using var office = await OpenAsync();
        var an = await office.FirstAsync();
        Assert.Equal("user.bank", CodeOf(await office.Administration.AddServiceAsync(an, new("vcb", "Vietcombank", Role.Bank, null), Never)));
        Assert.Equal("user.role_unknown", CodeOf(await office.Administration.AddServiceAsync(an, new("vcb", "Vietcombank", Role.Approver, null), Never)));
        var added = (await office.Administration.AddServiceAsync(an, new("vcb", "Vietcombank", Role.Bank, "970436"), Never)).Value;
        Assert.Equal("not_allowed.login", CodeOf(await office.Sessions.LoginServiceAsync("vcb", new string('0', 64), cancel: Never)));
        Assert.Equal("not_allowed.login", CodeOf(await office.LoginAsync("vcb", password: added.Key!)));
        var caller = await office.CallerAsync(await office.Sessions.LoginServiceAsync("vcb", added.Key!, cancel: Never));
        Assert.Equal([Role.Bank], caller.Roles);
        Assert.NotNull(caller.LacksProof(office.Clock.Now));
        Assert.Equal("not_allowed.session", CodeOf(await office.Sessions.BeginAuthenticatorAsync(caller, Never)));
        var renewed = (await office.Administration.RenewKeyAsync(an, "vcb", "định kỳ", Never)).Value;
        Assert.Equal("not_allowed.login", CodeOf(await office.Sessions.LoginServiceAsync("vcb", added.Key!, cancel: Never)));
        var open = (await office.Sessions.LoginServiceAsync("vcb", renewed, cancel: Never)).Value;
        Assert.True((await office.Sessions.CallerOfAsync(40, open.Token, Never)).IsOk);
        Assert.True((await office.Administration.EndAsync(an, "vcb", "hết hợp đồng", Never)).IsOk);
        // The session that is open ends with who it belongs to.
        Assert.Equal("not_allowed.session", CodeOf(await office.Sessions.CallerOfAsync(40, open.Token, Never)));
        Assert.Equal("not_allowed.login", CodeOf(await office.Sessions.LoginServiceAsync("vcb", renewed, cancel: Never)));
        await using var session = await office.Database.RunAsync(Never);
        var mixed = await Assert.ThrowsAsync<Npgsql.PostgresException>(() => session.ExecuteAsync("UPDATE app_user SET roles = '{approver}' WHERE user_name = 'vcb'"));
        Assert.Equal("service_roles", mixed.ConstraintName);
    }

    [PostgresFact]
    public async Task A_changed_password_ends_all_sessions_and_a_common_one_is_refused()
    {
        await using var office = await OpenAsync();
        var an = await office.FirstAsync();
        Assert.Equal("not_allowed.login", CodeOf(await office.Sessions.ChangePasswordAsync(an, "sai-mat-khau", "bốn từ không liền nhau", cancel: Never)));
        Assert.Equal("user.password_same", CodeOf(await office.Sessions.ChangePasswordAsync(an, Password, Password, cancel: Never)));
        foreach (var common in (string[])["123456789012", "aaaaaaaaaaaaaa", "qwertyuiop12", "payengine2026", "Password2026!"])
            Assert.Equal("user.password_common", CodeOf(await office.Sessions.ChangePasswordAsync(an, Password, common, cancel: Never)));
        Assert.True((await office.Sessions.ChangePasswordAsync(an, Password, "bốn từ không liền nhau", cancel: Never)).IsOk);
        Assert.Empty(await office.Sessions.SessionsAsync(an, "", Never));
    }

    [PostgresFact]
    public async Task The_real_program_keeps_a_session_for_its_owner_alone_and_answers_with_the_exit_codes_of_the_contract()
    {
        var environment = new Dictionary<string, string>
        {
            ["PAYENGINE_HOME"] = folder, ["PAYENGINE_DB"] = await scratch.CloneAsync(), ["PAYENGINE_SESSION"] = Path.Combine(folder, "an.session"),
        };
        var password = Path.Combine(folder, "password");
        await File.WriteAllTextAsync(password, Password + "\n");
        var nobody = await TheProgram.RunAsync(environment, "user", "list", "--json");
        Assert.Equal(4, nobody.Exit);
        Assert.Equal("not_allowed.session", JsonDocument.Parse(nobody.Out).RootElement.GetProperty("problems")[0].GetProperty("code").GetString());
        Assert.Equal(2, (await TheProgram.RunAsync(environment, "user", "add", "an")).Exit);
        Assert.Equal(3, (await TheProgram.RunAsync(environment, "user", "add", "AN", "--role", "administrator", "--province", "40", "--password-file", password)).Exit);
        var added = await TheProgram.RunAsync(environment, "user", "add", "an", "--role", "administrator", "--province", "40", "--password-file", password);
        Assert.True(added.Exit == 0, added.Error);
        await Proven.LogInAsync(environment, "an", password);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(environment["PAYENGINE_SESSION"]));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Path.Combine(folder, "an.totp")));
        Assert.Equal(0, (await TheProgram.RunAsync(environment, "user", "list", "--json")).Exit);
        Assert.Equal(4, (await TheProgram.RunAsync(environment, "login", "an", "--password-file", password)).Exit);
        // A session file that others may read proves nobody.
        File.SetUnixFileMode(environment["PAYENGINE_SESSION"], UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.OtherRead);
        Assert.Equal(4, (await TheProgram.RunAsync(environment, "user", "list")).Exit);
        File.SetUnixFileMode(environment["PAYENGINE_SESSION"], UnixFileMode.UserRead | UnixFileMode.UserWrite);
        environment["PAYENGINE_CRASH_AT"] = "1";
        Assert.Equal(137, (await TheProgram.RunAsync(environment, "logout")).Exit);
        environment["PAYENGINE_DB"] = "Host=127.0.0.1;Port=1;Username=x;Database=x";
        environment.Remove("PAYENGINE_CRASH_AT");
        Assert.Equal(5, (await TheProgram.RunAsync(environment, "user", "list")).Exit);
    }

    public void Dispose() => Directory.Delete(folder, recursive: true);
}
