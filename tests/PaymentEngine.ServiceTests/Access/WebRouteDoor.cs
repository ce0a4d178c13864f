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
using PaymentEngine.App.Web.Api;

namespace PaymentEngine.ServiceTests.Access;

/// <summary>Every route of the web door as a door: pages are knocked at with a cookie, the API with a bearer token.</summary>
sealed class WebRouteDoor : IAccessDoor, IAsyncDisposable
{
    readonly AccessWorld world;
    readonly WebDoor door;
    readonly HttpClient client;

    static readonly string[] Things = ["{run}", "{person}", "{case}", "{list}"];

    int keys;

    WebRouteDoor(AccessWorld world, WebDoor door)
    {
        (this.world, this.door) = (world, door);
        client = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false }) { BaseAddress = new Uri($"http://127.0.0.1:{door.Port}/") };
    }

    public string Kind => "route";

    public IEnumerable<(string Name, AccessRule Rule)> Doors => WebRoutes.All.Select(route => (NameOf(route), RuleOf(route)));

    public IEnumerable<string> Named => WebRoutes.All.Where(route => route.Verb == "GET" && route.Pattern == "/runs/{run}")
        .Concat(ApiTable.Operations.Where(operation => Things.Any(thing => operation.Pattern.Contains(thing, StringComparison.Ordinal)) && CommandDoor.NamesOneThing(operation.Command)).Select(operation => operation.Route)).Select(NameOf);

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
        var operation = ApiTable.Operations.FirstOrDefault(one => one.Verb == route.Verb && one.Pattern == route.Pattern);
        var path = Regex.Replace(route.Pattern, "{([a-z_]+)}", found => Things.Contains(found.Value) || found.Value == "{payee}" ? CommandDoor.Of(world, found.Value, whose) : operation is null ? "x" : Uri.EscapeDataString(MadeUp(operation, found.Groups[1].Value)));
        var said = operation?.Parameters.Where(one => one is { IsRequired: true, InPath: false }).ToList() ?? [];
        if (said.Count > 0 && route.Verb == "GET") path += "?" + string.Join('&', said.Select(one => $"{one.Name}={MadeUp(operation!, one.Name)}"));
        using var request = new HttpRequestMessage(new HttpMethod(route.Verb), path);
        if (route.Verb == "POST") request.Headers.Add("Idempotency-Key", FormattableString.Invariant($"knock-{++keys}"));
        if (operation?.Uploads.Count > 0) request.Content = Form(operation);
        else if (route.Takes is { } type) request.Content = new StringContent(type == WebRoutes.Json ? Body(operation, said) : "", Encoding.UTF8, type);
        var token = "40." + AccessWorld.TokenOf(user);
        if (path.StartsWith("/api/", StringComparison.Ordinal)) request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        else request.Headers.Add("Cookie", "payengine-loopback=" + token);
        using var answer = await client.SendAsync(request);
        var text = await answer.Content.ReadAsStringAsync();
        // Rows of this world are written without the ciphers of a real register: what opens them may fail, but the door let it in.
        if ((int)answer.StatusCode >= 500) return new Knocked(ExitCode.OurFault, "fault", "");
        if (answer.StatusCode == HttpStatusCode.Accepted) return await EndAsync(text, token);
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

    /// <summary>What a long operation came to.</summary>
    async Task<Knocked> EndAsync(string accepted, string token)
    {
        while (true)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, JsonDocument.Parse(accepted).RootElement.GetProperty("location").GetString());
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
            using var answer = await client.SendAsync(request);
            using var job = JsonDocument.Parse(await answer.Content.ReadAsStringAsync());
            if (job.RootElement.GetProperty("state").GetString() is "running")
            {
                await Task.Delay(20);
                continue;
            }

            if (job.RootElement.GetProperty("problems") is not { ValueKind: JsonValueKind.Array } problems) return new Knocked(0, "", "");
            var code = problems[0].GetProperty("code").GetString()!;
            return new Knocked(code.StartsWith("not_allowed", StringComparison.Ordinal) ? ExitCode.NotAllowed : ExitCode.Refused, code, string.Join('\n', problems.EnumerateArray().Select(one => $"{one.GetProperty("message").GetString()} {one.GetProperty("remedy").GetString()}")));
        }
    }

    static MultipartFormDataContent Form(ApiOperation operation)
    {
        var form = new MultipartFormDataContent();
        foreach (var one in operation.Parameters.Where(one => one is { IsRequired: true, InPath: false }))
        {
            if (one.Kind == ApiKind.Upload) form.Add(new StringContent("x"), one.Name, one.Name + ".csv");
            else form.Add(new StringContent(MadeUp(operation, one.Name)), one.Name);
        }

        // A form has one part at least.
        if (!form.Any()) form.Add(new StringContent("x"), operation.Parameters.First(one => one.Kind == ApiKind.Upload).Name, "x.csv");
        return form;
    }

    static string Body(ApiOperation? operation, List<ApiParameter> said) => operation is null ? "{}" : JsonSerializer.Serialize(said.ToDictionary(one => one.Name, one =>
        one.Kind is ApiKind.Integer ? (one.IsMany ? new[] { 99999L } : (object)99999L) : one.IsMany ? new[] { MadeUp(operation, one.Name) } : MadeUp(operation, one.Name)));

    static string MadeUp(ApiOperation operation, string name) => operation.Parameters.First(one => one.Name == name).Kind == ApiKind.Integer ? "99999" : name switch
    {
        "content_hash" => new string('0', 64), "for" => "40-2611-099", "month" => "2026-11", "on" or "from" or "until" or "to" or "basis_on" => "2026-11-05", "programme" => "BTXH", "entry" => "1/1/1", "verdict" => "different",
        _ => "x",
    };

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
