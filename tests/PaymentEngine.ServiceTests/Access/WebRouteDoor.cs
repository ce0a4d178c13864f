using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.Extensions.Logging;
using PaymentEngine.App.CommandLine;
using PaymentEngine.App.Operations.Access;
using PaymentEngine.App.Web;
using PaymentEngine.App.Web.Access;

namespace PaymentEngine.ServiceTests.Access;

/// <summary>Every route of the web door as a door: pages are knocked at with a cookie, the API with a bearer token.</summary>
sealed class WebRouteDoor : IAccessDoor, IAsyncDisposable
{
    readonly AccessWorld world;
    readonly WebDoor door;
    readonly HttpClient client;

    WebRouteDoor(AccessWorld world, WebDoor door)
    {
        (this.world, this.door) = (world, door);
        client = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false }) { BaseAddress = new Uri($"http://127.0.0.1:{door.Port}/") };
    }

    public string Kind => "route";

    public IEnumerable<(string Name, AccessRule Rule)> Doors => WebRoutes.All.Select(route => (NameOf(route), RuleOf(route)));

    public IEnumerable<string> Named => WebRoutes.All.Where(route => route.Pattern.Contains("{run}", StringComparison.Ordinal) && route.Verb == "GET").Select(NameOf);

    public static async Task<WebRouteDoor> OpenAsync(AccessWorld world)
    {
        var settings = Settings.From(name => name switch { "PAYENGINE_HOME" => Path.Combine(world.Folder, "home"), "PAYENGINE_KEYS" => Path.Combine(world.Folder, "keys"), _ => null });
        var context = new CommandContext([], world.Cash.Runs.Clock, settings, TextWriter.Null, TextWriter.Null);
        // The limits have their own test: here everybody knocks everywhere.
        var limits = new RequestLimits { RequestsOfAddress = 1_000_000, RequestsOfSession = 1_000_000 };
        var door = WebDoor.Build(new WebDoorSettings(IPAddress.Loopback, 0, null, "localhost") { Limits = limits }, context, world.Cash.Runs.Database, logging => logging.ClearProviders());
        await door.OpenAsync();
        return new WebRouteDoor(world, door);
    }

    public async Task<Knocked> KnockAsync(string name, string user, Whose whose)
    {
        var route = WebRoutes.All.First(one => NameOf(one) == name);
        var path = Regex.Replace(route.Pattern, "{[a-z_]+}", found => found.Value is "{run}" ? CommandDoor.Of(world, found.Value, whose) : "x");
        using var request = new HttpRequestMessage(new HttpMethod(route.Verb), path);
        if (route.Takes is { } type) request.Content = new StringContent(type == WebRoutes.Json ? "{}" : "", Encoding.UTF8, type);
        var token = "40." + AccessWorld.TokenOf(user);
        if (path.StartsWith("/api/", StringComparison.Ordinal)) request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        else request.Headers.Add("Cookie", "payengine-loopback=" + token);
        using var answer = await client.SendAsync(request);
        var text = await answer.Content.ReadAsStringAsync();
        Assert.True((int)answer.StatusCode < 500, $"{name} by {user}: {text}");
        if ((int)answer.StatusCode < 400) return new Knocked(0, "", "");
        var (code, words) = answer.Content.Headers.ContentType?.MediaType == "application/problem+json" ? OfProblem(text) : (Regex.Match(text, "<code>([a-z_.]+)</code>").Groups[1].Value, Regex.Match(text, "<div class=\"problem\".*?</div>", RegexOptions.Singleline).Value);
        return new Knocked(code.StartsWith("not_allowed", StringComparison.Ordinal) ? ExitCode.NotAllowed : ExitCode.Refused, code, words);
    }

    public async ValueTask DisposeAsync()
    {
        client.Dispose();
        await door.CloseAsync();
        await door.DisposeAsync();
    }

    static string NameOf(WebRoute route) => $"{route.Verb} {route.Pattern}";

    /// <summary>The rule of a route: the row of its command, or its own.</summary>
    static AccessRule RuleOf(WebRoute route) => route.Rule.Command is { NeedsPerson: true } command ? command
        : new AccessRule(NameOf(route), route.Rule.Roles, route.Rule.IsPublic ? Reach.Anybody : Reach.Own, route.Verb != "GET", false, false);

    static (string Code, string Words) OfProblem(string text)
    {
        using var document = JsonDocument.Parse(text);
        return (document.RootElement.GetProperty("code").GetString()!, string.Join('\n', document.RootElement.GetProperty("problems").EnumerateArray().Select(one => $"{one.GetProperty("message").GetString()} {one.GetProperty("remedy").GetString()}")));
    }
}
