using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Routing.Patterns;
using PaymentEngine.App.Operations;
using PaymentEngine.App.Web;
using PaymentEngine.App.Web.Access;

namespace PaymentEngine.ServiceTests.Web;

[Collection(RegisterCollection.Name)]
public sealed class WebDoorTests(ScratchCluster scratch)
{
    [PostgresFact]
    public async Task Every_route_has_a_rule_and_one_without_is_named()
    {
        await using var world = await WebWorld.OpenAsync(scratch);
        Assert.Empty(WebRoutes.Differences(world.Door.Endpoints));
        Assert.True(world.Door.Endpoints.Count >= 15);
        Assert.All(WebRoutes.All.Where(route => route.Rule.IsPublic), route => Assert.True(route.Rule.Reason.Length > 0, route.Pattern));
        Assert.All(WebRoutes.All.Where(route => route.Verb != "GET"), route => Assert.True(route.Takes is not null, route.Pattern));
        var forgotten = new RouteEndpoint(_ => Task.CompletedTask, RoutePatternFactory.Parse("/export/everything"), 0, new EndpointMetadataCollection(new HttpMethodMetadata(["GET"])), "forgotten");
        Assert.Equal(["/export/everything has no rule"], WebRoutes.Differences([.. world.Door.Endpoints, forgotten]));
    }

    [PostgresFact]
    public async Task Every_answer_carries_the_security_headers_and_names_no_server()
    {
        await using var world = await WebWorld.OpenAsync(scratch);
        using var browser = world.Open();
        foreach (var (path, status) in new[] { ("/login", 200), ("/", 302), ("/assets/site.css", 200), ("/assets/passkey.js", 200), ("/assets/none.js", 404), ("/nothing", 404), ("/api/v1/runs", 401), ("/api/v1/nothing", 404), ("/language/en?return=%2Flogin", 302) })
        {
            var answer = await browser.GetAsync(path);
            Assert.True(answer.Status == status, $"{path}: {answer.Status} {answer.Text}");
            Assert.Equal("default-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; object-src 'none'", answer.Header("Content-Security-Policy"));
            Assert.Equal("nosniff", answer.Header("X-Content-Type-Options"));
            Assert.Equal("same-origin", answer.Header("Referrer-Policy"));
            Assert.Equal("same-origin", answer.Header("Cross-Origin-Opener-Policy"));
            Assert.Equal("same-origin", answer.Header("Cross-Origin-Resource-Policy"));
            Assert.Contains("geolocation=()", answer.Header("Permissions-Policy"), StringComparison.Ordinal);
            Assert.StartsWith(path.StartsWith("/assets/", StringComparison.Ordinal) && status == 200 ? "public, max-age=3600" : "no-store", answer.Header("Cache-Control"), StringComparison.Ordinal);
            Assert.Equal("", answer.Header("Server"));
            Assert.Equal("", answer.Header("X-Powered-By"));
            Assert.Equal("", answer.Header("Strict-Transport-Security"));
        }

        // Nothing inline: the policy would stop it, so no page may need it.
        var login = await browser.GetAsync("/login");
        Assert.DoesNotMatch("<script(?![^>]*src=)|<style|style=\"|\\son[a-z]+=\"", login.Text);
        Assert.Contains("<html lang=\"en\">", login.Text, StringComparison.Ordinal);
        Assert.Contains("<label for=\"password\">", login.Text, StringComparison.Ordinal);
    }

    [PostgresFact]
    public async Task Under_TLS_the_cookie_is_bound_to_the_host_and_old_protocols_are_refused()
    {
        await using var world = await WebWorld.OpenAsync(scratch, secure: true);
        await world.AddPeopleAsync(("lan", Role.Maker));
        using var browser = world.Open();
        var page = await browser.GetAsync("/login");
        Assert.Equal("max-age=31536000", page.Header("Strict-Transport-Security"));
        Assert.Matches("__Host-payengine-form=[^;]+; path=/; secure; samesite=strict; httponly", page.Header("Set-Cookie"));
        var answer = await browser.PostAsync("/login", ("name", "lan"), ("password", WebWorld.Password), ("return", "/runs"));
        Assert.Equal(302, answer.Status);
        Assert.Matches("__Host-payengine=40\\.[0-9a-f]{64}; path=/; secure; samesite=strict; httponly$", answer.Header("Set-Cookie"));
        using var socket = new TcpClient();
        await socket.ConnectAsync("127.0.0.1", world.Door.Port);
        using var tls = new SslStream(socket.GetStream(), false, (_, shown, _, _) => shown is not null);
#pragma warning disable SYSLIB0039, CA5397 // The old protocol is asked for to see it refused.
        await Assert.ThrowsAnyAsync<Exception>(() => tls.AuthenticateAsClientAsync(new SslClientAuthenticationOptions { TargetHost = "localhost", EnabledSslProtocols = SslProtocols.Tls11 }));
#pragma warning restore SYSLIB0039, CA5397
        if (OperatingSystem.IsWindows()) return;
        // A suite without authenticated encipherment or forward secrecy is none of those offered; one of them is taken.
        async Task<TlsCipherSuite> AgreedAsync(params TlsCipherSuite[] offered)
        {
            using var line = new TcpClient();
            await line.ConnectAsync("127.0.0.1", world.Door.Port);
            using var asked = new SslStream(line.GetStream(), false, (_, shown, _, _) => shown is not null);
            await asked.AuthenticateAsClientAsync(new SslClientAuthenticationOptions { TargetHost = "localhost", EnabledSslProtocols = SslProtocols.Tls12, CipherSuitesPolicy = new CipherSuitesPolicy(offered) });
            return asked.NegotiatedCipherSuite;
        }

        await Assert.ThrowsAnyAsync<Exception>(() => AgreedAsync(TlsCipherSuite.TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA384, TlsCipherSuite.TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA384, TlsCipherSuite.TLS_RSA_WITH_AES_256_GCM_SHA384));
        Assert.Contains("GCM", (await AgreedAsync(TlsCipherSuite.TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384, TlsCipherSuite.TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384)).ToString(), StringComparison.Ordinal);
    }

    [PostgresFact]
    public async Task Requests_for_another_host_from_another_site_or_without_the_forms_token_are_refused()
    {
        await using var world = await WebWorld.OpenAsync(scratch);
        using var browser = world.Open();
        Assert.Equal(400, (await browser.GetAsync("/login", ("Host", "evil.example"))).Status);
        await browser.GetAsync("/login");
        (string, string)[] form = [("name", "an"), ("password", "x")];
        Assert.Equal(401, (await browser.PostAsync("/login", form, [("Origin", browser.Origin), ("Sec-Fetch-Site", "same-origin")])).Status);
        Assert.Equal(401, (await browser.PostAsync("/login", form, [("Origin", "null"), ("Sec-Fetch-Site", "same-origin")])).Status);
        foreach (var foreign in new[] { ("Origin", "https://evil.example"), ("Origin", "null"), ("Origin", browser.Origin + "0"), ("Sec-Fetch-Site", "cross-site"), ("Sec-Fetch-Site", "same-site") })
        {
            var refused = await browser.PostAsync("/login", form, [foreign]);
            Assert.True(refused.Status == 403 && refused.Text.Contains("not_allowed.other_site", StringComparison.Ordinal), foreign.ToString());
        }

        browser.ForgetToken();
        Assert.Equal(400, (await browser.PostAsync("/login", form)).Status);
        Assert.Equal("usage.form_token", (await browser.PostJsonAsync("/login/passkey/options", new { user = "an", @return = "/" })).Json.GetProperty("code").GetString());
    }

    [PostgresFact]
    public async Task Verbs_types_and_bodies_that_are_not_declared_are_refused()
    {
        await using var world = await WebWorld.OpenAsync(scratch, new RequestLimits { BodyMax = 8_000 });
        using var browser = world.Open();
        await browser.GetAsync("/login");
        foreach (var verb in new[] { "PUT", "DELETE", "PATCH", "TRACE", "OPTIONS" })
        {
            var refused = await browser.SendAsync(new HttpRequestMessage(new HttpMethod(verb), "/login"));
            Assert.True(refused.Status == 405, $"{verb}: {refused.Status}");
            Assert.Equal("GET, POST", refused.Header("Allow"));
        }

        Assert.Equal(405, (await browser.SendAsync(new HttpRequestMessage(HttpMethod.Post, "/assets/site.css"))).Status);
        Assert.Equal(415, (await browser.SendAsync(new HttpRequestMessage(HttpMethod.Post, "/login") { Content = new StringContent("a=b") })).Status);
        Assert.Equal(415, (await browser.SendAsync(new HttpRequestMessage(HttpMethod.Post, "/login") { Content = new MultipartFormDataContent { { new StringContent("an"), "name" } } })).Status);
        Assert.Equal(415, (await browser.SendAsync(new HttpRequestMessage(HttpMethod.Post, "/api/v1/sessions") { Content = new FormUrlEncodedContent([]) })).Status);
        foreach (var body in new[] { "", "[]", "{", "{\"name\":\"an\"}", "{\"name\":\"an\",\"key\":\"x\",\"more\":1}", "{\"name\":\"an\",\"name\":\"binh\",\"key\":\"x\"}", "{\"name\":null,\"key\":\"x\"}" })
        {
            var refused = await browser.PostJsonAsync("/api/v1/sessions", body);
            Assert.True(refused.Status == 400 && refused.Json.GetProperty("code").GetString() == "usage.body", body);
            Assert.StartsWith("application/problem+json", refused.Header("Content-Type"), StringComparison.Ordinal);
        }

        // A body too large is refused by its announced length, before a byte of it is read; one without a length while it is read.
        Assert.Equal("413", await RawAsync(world, "POST /login HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: 900000000\r\n\r\n"));
        var chunk = new string('a', 0x2000);
        Assert.Equal("413", await RawAsync(world, $"POST /api/v1/sessions HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n2000\r\n{chunk}\r\n2000\r\n{chunk}\r\n0\r\n\r\n"));
        Assert.Equal("431", await RawAsync(world, $"GET /login HTTP/1.1\r\nHost: localhost\r\nX-Long: {new string('a', 20_000)}\r\n\r\n"));
        Assert.Equal("431", await RawAsync(world, $"GET /login HTTP/1.1\r\nHost: localhost\r\n{string.Concat(Enumerable.Range(0, 60).Select(i => $"X-{i}: a\r\n"))}\r\n"));
        Assert.Equal("414", await RawAsync(world, $"GET /login?{new string('a', 5_000)} HTTP/1.1\r\nHost: localhost\r\n\r\n"));
        Assert.Equal(413, (await browser.PostAsync("/login", [.. Enumerable.Range(0, 80).Select(i => ($"f{i}", "x"))])).Status);
    }

    [PostgresFact]
    public async Task A_request_that_does_not_arrive_is_not_waited_for()
    {
        await using var world = await WebWorld.OpenAsync(scratch, new RequestLimits { HeadersWithin = TimeSpan.FromMilliseconds(300), BodyBytesPerSecondMin = 10_000, BodyGrace = TimeSpan.FromMilliseconds(1_001) });
        var head = RawAsync(world, "GET /login HTTP/1.1\r\nHost: loc");
        var body = RawAsync(world, "POST /api/v1/sessions HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 5000\r\n\r\n{");
        Assert.Equal(["408", "408"], await Task.WhenAll(head, body));
    }

    [PostgresFact]
    public async Task Proofs_are_limited_by_name_and_by_address_and_requests_by_session()
    {
        await using var world = await WebWorld.OpenAsync(scratch, new RequestLimits { ProofsOfName = 3, ProofsOfAddress = 5, RequestsOfSession = 4 });
        await world.AddPeopleAsync(("lan", Role.Maker));
        using var browser = await world.LogInAsync("lan");
        for (var i = 0; i < 4; i++) Assert.Equal(200, (await browser.GetAsync("/logout")).Status);
        var many = await browser.GetAsync("/logout");
        Assert.Equal(429, many.Status);
        Assert.InRange(int.Parse(many.Header("Retry-After"), System.Globalization.CultureInfo.InvariantCulture), 1, 60);

        using var other = world.Open();
        await other.GetAsync("/login");
        for (var i = 0; i < 3; i++) Assert.Equal(401, (await other.PostAsync("/login", ("name", "nobody"), ("password", "x"))).Status);
        Assert.Equal(429, (await other.PostAsync("/login", ("name", "nobody"), ("password", "x"))).Status);
        Assert.Equal(429, (await other.PostAsync("/login", ("name", "somebody"), ("password", "x"))).Status);
        Assert.Contains("429", world.Log.All, StringComparison.Ordinal);
    }

    [PostgresFact]
    public async Task A_fault_shows_its_number_and_nothing_of_the_inside()
    {
        await using var world = await WebWorld.OpenAsync(scratch);
        await world.AddPeopleAsync(("lan", Role.Maker));
        using var browser = await world.LogInAsync("lan");
        await world.Office.SqlAsync("ALTER TABLE payment_case RENAME TO payment_case_away");
        var page = await browser.GetAsync("/");
        Assert.Equal(500, page.Status);
        Assert.DoesNotMatch("payment_case|SELECT|42P01|Npgsql|Exception| at PaymentEngine", page.Text);
        Assert.Equal("no-store", page.Header("Cache-Control"));
        Assert.NotEqual("", page.Header("Content-Security-Policy"));
        var reference = System.Text.RegularExpressions.Regex.Match(page.Text, "<strong>([B-Z]{8})</strong>").Groups[1].Value;
        Assert.Matches("Fault " + reference, world.Log.All);
        Assert.Contains("payment_case", world.Log.All, StringComparison.Ordinal);
    }

    [PostgresFact]
    public async Task Plain_HTTP_beyond_this_machine_is_not_opened()
    {
        await using var world = await WebWorld.OpenAsync(scratch);
        var context = new App.CommandLine.CommandContext([], world.Office.Clock, App.CommandLine.Settings.From(_ => null), TextWriter.Null, TextWriter.Null);
        Assert.Throws<InvalidOperationException>(() => WebDoor.Build(new WebDoorSettings(System.Net.IPAddress.Any, 0, null, "localhost"), context, world.Office.Database));
    }

    /// <summary>The status of the answer to these very bytes.</summary>
    static async Task<string> RawAsync(WebWorld world, string request)
    {
        using var socket = new TcpClient();
        await socket.ConnectAsync("127.0.0.1", world.Door.Port);
        var stream = socket.GetStream();
        await stream.WriteAsync(Encoding.ASCII.GetBytes(request.Replace("Host: localhost\r\n", $"Host: localhost:{world.Door.Port}\r\n", StringComparison.Ordinal)));
        var answer = new byte[4096];
        var read = await stream.ReadAsync(answer);
        return Encoding.ASCII.GetString(answer, 0, read).Split(' ') is [_, var status, ..] ? status : "closed";
    }
}
