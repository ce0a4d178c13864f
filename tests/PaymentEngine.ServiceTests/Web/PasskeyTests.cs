using System.Text.Json;
using NodaTime;
using PaymentEngine.App.Operations;
using PaymentEngine.App.Operations.Users;

namespace PaymentEngine.ServiceTests.Web;

[Collection(RegisterCollection.Name)]
public sealed class PasskeyTests(ScratchCluster scratch)
{
    [PostgresFact]
    public async Task A_passkey_is_registered_after_a_fresh_proof_logs_in_and_proves_again()
    {
        await using var world = await OpenAsync();
        using var browser = await world.LogInAsync("lan");
        using var key = new SoftAuthenticator();
        await RegisterAsync(browser, key);
        var page = await browser.GetAsync("/account");
        Assert.Contains("điện thoại", page.Text, StringComparison.Ordinal);

        using var other = world.Open();
        await other.GetAsync("/login");
        var logged = await LogInAsync(other, key);
        Assert.True(logged.Status == 200, logged.Text);
        Assert.Equal("/runs", logged.Json.GetProperty("next").GetString());
        Assert.Equal(200, (await other.GetAsync("/account")).Status);

        world.Office.Clock.Now += UserSessions.ProofLasts;
        Assert.Equal("not_allowed.step_up", (await other.PostJsonAsync("/account/passkeys/options", new { name = "x" })).Json.GetProperty("code").GetString());
        var before = other.SessionToken;
        var confirmed = await ConfirmAsync(other, key);
        Assert.True(confirmed.Status == 200, confirmed.Text);
        Assert.NotEqual(before, other.SessionToken);
        await other.GetAsync("/account");
        Assert.Equal(200, (await other.PostJsonAsync("/account/passkeys/options", new { name = "x" })).Status);

        // Renamed, then removed: it proves nothing any more, and is nobody else's either.
        Assert.Contains("khóa USB", (await other.PostAsync("/account", ("do", "rename"), ("number", "1"), ("passkeyName", "khóa USB"))).Text, StringComparison.Ordinal);
        Assert.DoesNotContain("khóa USB", (await other.PostAsync("/account", ("do", "remove"), ("number", "1"))).Text, StringComparison.Ordinal);
        Assert.Equal("not_allowed.passkey", CodeOf(await LogInAsync(other, key)));
        Assert.Equal("not_allowed.passkey", CodeOf(await TryRegisterAsync(other, key)));
        Assert.Equal(["passkey.add", "passkey.remove"], await world.Office.RowsAsync<string>("SELECT kind FROM operation WHERE kind LIKE 'passkey.%' ORDER BY operation_no"));
    }

    [PostgresFact]
    public async Task A_passkey_of_another_site_person_or_time_proves_nothing()
    {
        await using var world = await OpenAsync();
        using var browser = await world.LogInAsync("lan");
        using var key = new SoftAuthenticator();

        // Registration: another origin, another domain, a person who was not verified, a question of another session.
        using var elsewhere = new SoftAuthenticator("evil.example");
        Assert.Equal("not_allowed.passkey", CodeOf(await TryRegisterAsync(browser, key, origin: "https://evil.example")));
        Assert.Equal("not_allowed.passkey", CodeOf(await TryRegisterAsync(browser, elsewhere)));
        key.Verifies = false;
        Assert.Equal("not_allowed.passkey", CodeOf(await TryRegisterAsync(browser, key)));
        key.Verifies = true;
        using var mai = await world.LogInAsync("mai");
        await mai.GetAsync("/account");
        var hers = (await mai.PostJsonAsync("/account/passkeys/options", new { name = "x" })).Json;
        Assert.Equal("not_allowed.passkey_challenge", CodeOf(await browser.PostJsonAsync("/account/passkeys", new { name = "x", ticket = hers.GetProperty("ticket").GetString(), credential = key.Create(hers.GetProperty("options"), browser.Origin) })));
        await RegisterAsync(browser, key);

        using var other = world.Open();
        await other.GetAsync("/login");
        Assert.Equal("not_allowed.passkey", CodeOf(await LogInAsync(other, key, user: "mai")));
        Assert.Equal("not_allowed.passkey", CodeOf(await LogInAsync(other, key, origin: "https://evil.example")));
        key.Verifies = false;
        Assert.Equal("not_allowed.passkey", CodeOf(await LogInAsync(other, key)));
        key.Verifies = true;

        // One answer to one question: sent twice it proves nothing, nor does an answer to a question that is too old or was for something else.
        var (ticket, options) = await AskAsync(other, "/login/passkey/options", new { user = "lan", @return = "/" });
        var answer = new { user = "lan", @return = "/", ticket, credential = key.Get(options, other.Origin) };
        Assert.Equal(200, (await other.PostJsonAsync("/login/passkey", answer)).Status);
        using var thief = world.Open();
        await thief.GetAsync("/login");
        Assert.Equal("not_allowed.passkey_challenge", CodeOf(await thief.PostJsonAsync("/login/passkey", answer)));
        (ticket, options) = await AskAsync(thief, "/login/passkey/options", new { user = "lan", @return = "/" });
        world.Office.Clock.Now += Duration.FromMinutes(6);
        Assert.Equal("not_allowed.passkey_challenge", CodeOf(await thief.PostJsonAsync("/login/passkey", new { user = "lan", @return = "/", ticket, credential = key.Get(options, thief.Origin) })));
        await other.GetAsync("/confirm");
        (ticket, options) = await AskAsync(other, "/confirm/passkey/options", new { @return = "/" });
        await other.GetAsync("/login");
        Assert.Equal("not_allowed.passkey_challenge", CodeOf(await other.PostJsonAsync("/login/passkey", new { user = "lan", @return = "/", ticket, credential = key.Get(options, other.Origin) })));
        Assert.Equal("not_allowed.passkey_challenge", CodeOf(await other.PostJsonAsync("/login/passkey", new { user = "lan", @return = "/", ticket = "made up", credential = "{}" })));

        // A copy of the authenticator is behind in its counter.
        key.Counter -= 3;
        Assert.Equal("not_allowed.passkey", CodeOf(await LogInAsync(thief, key)));
        // Who is not a user any more comes in by no key.
        key.Counter += 10;
        await world.Office.SqlAsync("UPDATE app_user SET valid_to = '2026-10-01' WHERE user_name = 'lan'");
        Assert.Equal("not_allowed.session", CodeOf(await LogInAsync(thief, key)));
        Assert.Null(thief.SessionToken);
    }

    async Task<WebWorld> OpenAsync()
    {
        var world = await WebWorld.OpenAsync(scratch, new App.Web.RequestLimits { ProofsOfName = 100, ProofsOfAddress = 100 });
        await world.AddPeopleAsync(("lan", Role.Maker), ("mai", Role.Maker));
        await world.EnrolAsync("lan");
        await world.EnrolAsync("mai");
        return world;
    }

    static async Task RegisterAsync(Browser browser, SoftAuthenticator key)
    {
        var answer = await TryRegisterAsync(browser, key);
        Assert.True(answer.Status == 200, answer.Text);
    }

    static async Task<WebAnswer> TryRegisterAsync(Browser browser, SoftAuthenticator key, string? origin = null)
    {
        await browser.GetAsync("/account");
        var (ticket, options) = await AskAsync(browser, "/account/passkeys/options", new { name = "điện thoại" });
        return await browser.PostJsonAsync("/account/passkeys", new { name = "điện thoại", ticket, credential = key.Create(options, origin ?? browser.Origin) });
    }

    static async Task<WebAnswer> LogInAsync(Browser browser, SoftAuthenticator key, string user = "lan", string? origin = null)
    {
        await browser.GetAsync("/login");
        var (ticket, options) = await AskAsync(browser, "/login/passkey/options", new { user, @return = "/runs" });
        // The question names nobody's keys: who asks learns nothing.
        Assert.Equal(0, options.GetProperty("allowCredentials").GetArrayLength());
        return await browser.PostJsonAsync("/login/passkey", new { user, @return = "/runs", ticket, credential = key.Get(options, origin ?? browser.Origin) });
    }

    static async Task<WebAnswer> ConfirmAsync(Browser browser, SoftAuthenticator key)
    {
        await browser.GetAsync("/confirm");
        var (ticket, options) = await AskAsync(browser, "/confirm/passkey/options", new { @return = "/" });
        return await browser.PostJsonAsync("/confirm/passkey", new { @return = "/", ticket, credential = key.Get(options, browser.Origin) });
    }

    static async Task<(string Ticket, JsonElement Options)> AskAsync(Browser browser, string path, object body)
    {
        var asked = await browser.PostJsonAsync(path, body);
        Assert.True(asked.Status == 200, asked.Text);
        return (asked.Json.GetProperty("ticket").GetString()!, asked.Json.GetProperty("options"));
    }

    static string? CodeOf(WebAnswer answer) => answer.Status == 200 ? "ok" : answer.Json.GetProperty("code").GetString();
}
