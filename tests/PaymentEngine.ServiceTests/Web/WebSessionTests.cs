using NodaTime;
using PaymentEngine.App.Operations;
using PaymentEngine.App.Operations.Users;
using PaymentEngine.App.Web.Sessions;
using PaymentEngine.ServiceTests.Runs;

namespace PaymentEngine.ServiceTests.Web;

[Collection(RegisterCollection.Name)]
public sealed class WebSessionTests(ScratchCluster scratch)
{
    [PostgresFact]
    public async Task A_login_opens_a_session_a_step_up_renews_it_and_each_way_out_ends_it()
    {
        await using var world = await WebWorld.OpenAsync(scratch);
        await world.AddPeopleAsync(("lan", Role.Maker));
        using var browser = world.Open();
        Assert.Equal("/login?return=%2Fruns%3Fmonth%3D2026-11", (await browser.GetAsync("/runs?month=2026-11")).Location);
        await browser.GetAsync("/login");
        foreach (var (name, password) in new[] { ("lan", "wrong"), ("nobody", WebWorld.Password) })
        {
            var refused = await browser.PostAsync("/login", ("name", name), ("password", password));
            Assert.Equal(401, refused.Status);
            Assert.Contains("not_allowed.login", refused.Text, StringComparison.Ordinal);
            Assert.DoesNotContain("Set-Cookie: payengine-loopback", refused.Text, StringComparison.Ordinal);
        }

        // Without a second factor the first page is the one that sets it up.
        var opened = await browser.PostAsync("/login", ("name", "lan"), ("password", WebWorld.Password), ("return", "/runs"));
        Assert.Equal((302, "/account"), (opened.Status, opened.Location));
        Assert.Matches("payengine-loopback=40\\.[0-9a-f]{64}; path=/; samesite=strict; httponly$", opened.Header("Set-Cookie"));
        // Forms of before the login are no forms of the session.
        Assert.Equal(400, (await browser.PostAsync("/account", ("do", "totp"))).Status);
        await browser.GetAsync("/account");
        var begun = await browser.PostAsync("/account", ("do", "totp"));
        Assert.True(begun.Status == 200, begun.Text);
        var picture = System.Net.WebUtility.HtmlDecode(System.Text.RegularExpressions.Regex.Match(begun.Text, "src=\"(/account/totp.png[^\"]+)\"").Groups[1].Value);
        var png = await browser.GetAsync(picture);
        Assert.Equal(("image/png", "no-store"), (png.Header("Content-Type"), png.Header("Cache-Control")));
        // The picture is for this session: another one, or a made-up ticket, sees nothing.
        Assert.Equal(404, (await browser.GetAsync("/account/totp.png?ticket=abc")).Status);
        using var other = await world.LogInAsync("an");
        Assert.Equal(404, (await other.GetAsync(picture)).Status);

        await world.EnrolAsync("lan");
        await browser.GetAsync("/confirm");
        var before = browser.SessionToken;
        Assert.Equal(401, (await browser.PostAsync("/confirm", ("code", ""))).Status);
        Assert.Equal(401, (await browser.PostAsync("/confirm")).Status);
        Assert.Equal(before, browser.SessionToken);
        var confirmed = await browser.PostAsync("/confirm", ("code", world.NextCode("lan")), ("return", "//evil.example/"));
        Assert.Equal((302, "/"), (confirmed.Status, confirmed.Location));
        Assert.NotEqual(before, browser.SessionToken);
        using var thief = world.Open(cookies: false);
        Assert.Equal(302, (await thief.GetAsync("/account", ("Cookie", "payengine-loopback=" + before))).Status);
        Assert.Equal(200, (await thief.GetAsync("/account", ("Cookie", "payengine-loopback=" + browser.SessionToken))).Status);

        // Logged out here; everywhere; and by standing idle.
        await browser.GetAsync("/logout");
        var kept = browser.SessionToken;
        Assert.Equal("/login", (await browser.PostAsync("/logout")).Location);
        Assert.Null(browser.SessionToken);
        Assert.Equal(302, (await thief.GetAsync("/account", ("Cookie", "payengine-loopback=" + kept))).Status);
        using var desk = await world.LogInAsync("lan");
        using var laptop = await world.LogInAsync("lan");
        await desk.GetAsync("/account");
        Assert.Equal("/login", (await desk.PostAsync("/account", ("do", "everywhere"))).Location);
        Assert.Equal("/login?return=%2Faccount", (await laptop.GetAsync("/account")).Location);
        using var idle = await world.LogInAsync("lan");
        world.Office.Clock.Now += UserSessions.SessionIdleMax + Duration.FromMinutes(1);
        Assert.Equal("/login?return=%2F", (await idle.GetAsync("/")).Location);
    }

    [PostgresFact]
    public async Task A_link_leads_nowhere_but_here()
    {
        await using var world = await WebWorld.OpenAsync(scratch, new App.Web.RequestLimits { ProofsOfName = 100 });
        await world.AddPeopleAsync();
        await world.EnrolAsync("an");
        foreach (var asked in new[] { "https://evil.example/", "//evil.example", "/\\evil.example", "\\\\evil.example", "javascript:alert(1)", "/%2Fevil.example", "/%5Cevil.example", "/\tevil", "runs", "", "/a\r\nLocation: x" })
        {
            using var browser = world.Open();
            var page = await browser.GetAsync("/login?return=" + Uri.EscapeDataString(asked));
            Assert.Contains("name=\"return\" value=\"/\"", page.Text, StringComparison.Ordinal);
            Assert.Equal("/", (await browser.PostAsync("/login", ("name", "an"), ("password", WebWorld.Password), ("code", world.NextCode("an")), ("return", asked))).Location);
            Assert.Equal("/", (await browser.GetAsync("/language/en?return=" + Uri.EscapeDataString(asked))).Location);
        }
    }

    [PostgresFact]
    public async Task A_run_is_approved_over_pages_and_API_by_another_person_with_a_fresh_proof_for_the_content_that_was_read()
    {
        await using var world = await WebWorld.OpenAsync(scratch);
        await world.AddPeopleAsync(("maker", Role.Maker), ("approver", Role.Approver), ("lan", Role.CashOfficer));
        await world.EnrolAsync("maker");
        await world.EnrolAsync("approver");
        await world.Office.AddPeopleAsync(1, 12);
        var run = await world.Office.PlanAsync();
        Assert.True((await world.Office.Runs.SubmitAsync(world.Office.Maker, run.Id, run.Total!.Recipients, run.Total.ListedVnd)).IsOk);
        var digest = Convert.ToHexStringLower(run.Total.ContentHash);
        var total = run.Total.ListedVnd.ToString(System.Globalization.CultureInfo.InvariantCulture);

        // Who made it sees it and cannot approve it: by the page's rule, and with the approver's role by the operation.
        using var maker = await world.LogInAsync("maker");
        var page = await maker.GetAsync($"/runs/{run.Id}");
        Assert.Contains(digest, page.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("name=\"digest\"", page.Text, StringComparison.Ordinal);
        await maker.GetAsync("/confirm");
        Assert.Equal(403, (await maker.PostAsync($"/runs/{run.Id}", ("digest", digest), ("total", total))).Status);
        Assert.Equal("not_allowed.role", (await maker.PostJsonAsync($"/api/v1/runs/{run.Id}/approve", new { content_hash = digest, total_vnd = run.Total.ListedVnd }, ("Idempotency-Key", "approve"))).Json.GetProperty("code").GetString());
        await world.Office.SqlAsync("UPDATE app_user SET roles = '{maker,approver}' WHERE user_name = 'maker'");
        Assert.Contains("not_allowed.own_run", (await maker.PostAsync($"/runs/{run.Id}", ("digest", digest), ("total", total))).Text, StringComparison.Ordinal);

        using var approver = await world.LogInAsync("approver");
        page = await approver.GetAsync($"/runs/{run.Id}");
        Assert.Contains("name=\"digest\" value=\"" + digest, page.Text, StringComparison.Ordinal);
        Assert.Contains(run.Id.ToString(), (await approver.GetAsync("/runs?month=2026-11")).Text, StringComparison.Ordinal);
        Assert.Contains(run.Id.ToString(), (await approver.GetAsync("/")).Text, StringComparison.Ordinal);
        var other = (digest[0] == '0' ? '1' : '0') + digest[1..];
        foreach (var (sent, typed, code) in new[] { (other, total, "not_allowed.other_content"), ("", total, "usage.content_hash"), (digest[..8], total, "usage.content_hash"), (digest, total + "0", "run.total_differs"), (digest, "một triệu", "usage.total") })
        {
            var refused = await approver.PostAsync($"/runs/{run.Id}", ("digest", sent), ("total", typed));
            Assert.True(refused.Status >= 400 && refused.Text.Contains(code, StringComparison.Ordinal), $"{code}: {refused.Status}");
        }

        // The proof of the login is over: the page leads to the second factor, the API says so.
        world.Office.Clock.Now += UserSessions.ProofLasts;
        Assert.Equal("/confirm?return=%2Fruns%2F" + run.Id, (await approver.PostAsync($"/runs/{run.Id}", ("digest", digest), ("total", total))).Location);
        var stale = await approver.PostJsonAsync($"/api/v1/runs/{run.Id}/approve", new { content_hash = digest, total_vnd = run.Total.ListedVnd }, ("Idempotency-Key", "approve"));
        Assert.Equal((403, "not_allowed.step_up"), (stale.Status, stale.Json.GetProperty("code").GetString()));

        // A captured request of the session before the step-up proves nothing: its token is closed.
        var captured = approver.SessionToken!;
        Assert.Equal(302, (await approver.PostAsync("/confirm", ("code", world.NextCode("approver")), ("return", "/"))).Status);
        using var program = world.Open(cookies: false);
        Assert.Equal(401, (await program.PostJsonAsync($"/api/v1/runs/{run.Id}/approve", new { content_hash = digest, total_vnd = run.Total.ListedVnd }, ("Idempotency-Key", "approve"), ("Authorization", "Bearer " + captured))).Status);
        // With the cookie, but without the form's token in the header.
        Assert.Equal(400, (await program.PostJsonAsync($"/api/v1/runs/{run.Id}/approve", new { content_hash = digest, total_vnd = run.Total.ListedVnd }, ("Idempotency-Key", "approve"), ("Cookie", "payengine-loopback=" + approver.SessionToken))).Status);

        await approver.GetAsync($"/runs/{run.Id}");
        Assert.Equal($"/runs/{run.Id}?done=approve", (await approver.PostAsync($"/runs/{run.Id}", ("digest", digest), ("total", total))).Location);
        var shown = await program.GetAsync($"/api/v1/runs/{run.Id}", ("Authorization", "Bearer " + approver.SessionToken));
        Assert.Equal("approved", shown.Json.GetProperty("state").GetString());
        Assert.Equal(1, (await program.GetAsync("/api/v1/runs?month=2026-11", ("Authorization", "Bearer " + approver.SessionToken))).Json.GetProperty("runs").GetArrayLength());
        Assert.Equal("approver", Assert.Single(await world.Office.RowsAsync<string>("SELECT person FROM run_step WHERE step = 'approved'")));
        await world.Office.HoldsAsync();
        // No account or identity number in what the door logged.
        Assert.DoesNotMatch("\\d{9,}", world.Log.All);
    }

    [PostgresFact]
    public async Task What_is_not_yours_is_answered_as_what_is_not_there()
    {
        await using var world = await WebWorld.OpenAsync(scratch);
        await world.AddPeopleAsync(["16693"], ("lan", Role.CommuneOfficer));
        await world.Office.AddPeopleAsync(1, 6);
        var run = await world.Office.PlanAsync();
        using var browser = await world.LogInAsync("lan");
        var own = await browser.GetAsync($"/runs/{run.Id}");
        var none = await browser.GetAsync("/runs/40-2611-077");
        Assert.Equal(none.Status, own.Status);
        Assert.Equal(404, own.Status);
        Assert.DoesNotContain(Convert.ToHexStringLower(run.Total!.ContentHash), own.Text, StringComparison.Ordinal);
        Assert.DoesNotContain(run.Id.ToString(), (await browser.GetAsync("/runs?month=2026-11")).Text, StringComparison.Ordinal);
        Assert.Equal(404, (await browser.GetAsync("/runs/nothing")).Status);
        Assert.Equal(403, (await browser.PostAsync($"/runs/{run.Id}", ("digest", ""), ("total", "1"))).Status);
    }

    [PostgresFact]
    public async Task A_service_account_proves_itself_by_its_key_and_closes_its_session()
    {
        await using var world = await WebWorld.OpenAsync(scratch);
        await world.AddPeopleAsync();
        var an = new Caller(RunWorld.Province, "an", "Nguyễn Thị An", new HashSet<string> { Role.Administrator }, null) { ProvenUntil = Instant.MaxValue };
        var added = await new UserAdministration(world.Office.Database, world.Office.Clock).AddServiceAsync(an, new NewService("robot", "Chương trình nền", Role.Worker, null), default);
        Assert.True(added.IsOk, string.Join('\n', added.Problems));
        using var program = world.Open(cookies: false);
        Assert.Equal(401, (await program.PostJsonAsync("/api/v1/sessions", new { name = "robot", key = "wrong" })).Status);
        var opened = await program.PostJsonAsync("/api/v1/sessions", new { name = "robot", key = added.Value.Key });
        Assert.Equal(200, opened.Status);
        var bearer = ("Authorization", "Bearer " + opened.Json.GetProperty("token").GetString());
        Assert.Equal("robot", (await program.GetAsync("/api/v1/session", bearer)).Json.GetProperty("user").GetString());
        Assert.Equal(403, (await program.GetAsync("/api/v1/runs", bearer)).Status);
        // The header is for programs: pages take the cookie alone.
        Assert.Equal(302, (await program.GetAsync("/account", bearer)).Status);
        Assert.Equal(200, (await program.PostJsonAsync("/api/v1/session/close", "{}", bearer)).Status);
        Assert.Equal(401, (await program.GetAsync("/api/v1/session", bearer)).Status);
    }
}
