using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using NodaTime;
using NodaTime.Text;
using PaymentEngine.App.CommandLine;
using PaymentEngine.App.Commands;
using PaymentEngine.App.Operations.Users;
using PaymentEngine.App.Web.Access;
using PaymentEngine.App.Web.Guard;
using PaymentEngine.App.Web.Sessions;
using PaymentEngine.Core;
using PaymentEngine.Core.Payments;

namespace PaymentEngine.App.Web.Api;

/// <summary>The API: the operations as JSON, refusals as problem details. A program proves itself by <c>Authorization: Bearer</c>; a page's script by the session cookie and the form's token in a header.</summary>
static class ApiRoutes
{
    public const string FormTokenHeader = "X-Form-Token";

    static readonly Offset VietNam = Offset.FromHours(7);

    static readonly JsonSerializerOptions Strict = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower, UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow, RespectNullableAnnotations = true, RespectRequiredConstructorParameters = true,
        AllowDuplicateProperties = false, MaxDepth = 8, NumberHandling = JsonNumberHandling.Strict,
    };

    /// <summary>What an approval binds to.</summary>
    /// <param name="ContentHash">The digest that was read, 64 hexadecimal figures.</param>
    /// <param name="TotalVnd">The total that was read, in đồng.</param>
    sealed record Approval(string ContentHash, long TotalVnd);

    sealed record ServiceLogin(string Name, string Key);

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapPost("/api/v1/sessions", OpenAsync).RequireRule();
        routes.MapGet("/api/v1/session", SessionAsync).RequireRule();
        routes.MapPost("/api/v1/session/close", CloseAsync).RequireRule();
        routes.MapGet("/api/v1/runs", RunsAsync).RequireRule();
        routes.MapGet("/api/v1/runs/{run}", RunAsync).RequireRule();
        routes.MapPost("/api/v1/runs/{run}/approve", ApproveAsync).RequireRule();
    }

    /// <summary>The content hash as a page or a program must send it: whole, so that what is approved is named and not guessed.</summary>
    public static bool IsDigest(string? text) => text is { Length: 64 } && text.All(char.IsAsciiHexDigitLower);

    /// <summary>Whether an unsafe request of a browser carries the form's token; a program's does not need one, since no browser sends its header by itself.</summary>
    public static async Task<bool> HasTokenAsync(HttpContext http) =>
        http.Person() is { ByCookie: false } || await http.RequestServices.GetRequiredService<IAntiforgery>().IsRequestValidAsync(http);

    public static Task NoTokenAsync(HttpContext http) =>
        Refusals.WriteAsync(http, StatusCodes.Status400BadRequest, [new Problem("usage.form_token", $"The request does not carry the token of a page of this session ({FormTokenHeader}).", "Open the page again and send it from there.")]);

    /// <summary>A body of exactly this shape; null after the refusal was written.</summary>
    public static async Task<T?> BodyAsync<T>(HttpContext http) where T : class
    {
        try
        {
            if (await JsonSerializer.DeserializeAsync<T>(http.Request.Body, Strict, http.RequestAborted) is { } body) return body;
        }
        catch (JsonException)
        {
            // Said below: the parser's words show its inside.
        }

        await Refusals.WriteAsync(http, StatusCodes.Status400BadRequest, [new Problem("usage.body", "The body is not the JSON object this route takes.", $"Send {string.Join(", ", typeof(T).GetProperties().Select(one => JsonNamingPolicy.SnakeCaseLower.ConvertName(one.Name)))}, each once and nothing else.")]);
        return null;
    }

    static async Task OpenAsync(HttpContext http, WebParts parts, RequestRates rates)
    {
        if (await BodyAsync<ServiceLogin>(http) is not { } login) return;
        if (rates.WaitOfProof(http, login.Name) is { } wait)
        {
            await SessionGate.TooManyAsync(http, wait);
            return;
        }

        await AnswerAsync(http, await parts.Users.LoginServiceAsync(login.Name, login.Key, Door.Api, http.RequestAborted), session =>
            new { user = session.UserName, token = SessionCookie.Text(session.ProvinceCode, session.Token), expires_at = session.ExpiresAt });
    }

    static Task SessionAsync(HttpContext http)
    {
        var caller = http.Person()!.Caller;
        return WriteAsync(http, new { user = caller.UserName, name = caller.FullName, roles = caller.Roles.Order(StringComparer.Ordinal), whole_province = caller.Communes is null, proven_until = caller.ProvenUntil });
    }

    static async Task CloseAsync(HttpContext http, WebParts parts)
    {
        if (!await HasTokenAsync(http))
        {
            await NoTokenAsync(http);
            return;
        }

        var person = http.Person()!;
        await parts.Users.LogoutAsync(person.Caller.ProvinceCode, person.Token, Door.Api, http.RequestAborted);
        await WriteAsync(http, new { closed = true });
    }

    static async Task RunsAsync(HttpContext http, WebParts parts, string? month)
    {
        var wanted = MonthOf(parts, month);
        if (!wanted.TryGet(out var of))
        {
            await Refusals.WriteAsync(http, StatusCodes.Status400BadRequest, wanted.Problems);
            return;
        }

        var found = await parts.Runs.ShowMonthAsync(http.Person()!.Caller, of, http.RequestAborted);
        await AnswerAsync(http, found, views => new { month = of, runs = views.Select(RunPaper.Json) });
    }

    static async Task RunAsync(HttpContext http, WebParts parts, string run)
    {
        if (!RunId.Parse(run).TryGet(out var id))
        {
            await Refusals.WriteAsync(http, StatusCodes.Status404NotFound, [Refusals.NotThere]);
            return;
        }

        await AnswerAsync(http, await parts.Runs.ShowAsync(http.Person()!.Caller, id, http.RequestAborted), RunPaper.Json);
    }

    static async Task ApproveAsync(HttpContext http, WebParts parts, string run)
    {
        if (!await HasTokenAsync(http))
        {
            await NoTokenAsync(http);
            return;
        }

        if (!RunId.Parse(run).TryGet(out var id))
        {
            await Refusals.WriteAsync(http, StatusCodes.Status404NotFound, [Refusals.NotThere]);
            return;
        }

        if (await BodyAsync<Approval>(http) is not { } approval) return;
        if (!IsDigest(approval.ContentHash))
        {
            await Refusals.WriteAsync(http, StatusCodes.Status400BadRequest, [NotADigest]);
            return;
        }

        var caller = http.Person()!.Caller;
        var log = http.RequestServices.GetRequiredService<ILogger<WebDoor>>();
        if (await parts.Doorway.BeforeAsync(caller.ProvinceCode, http.RequestAborted) is { } closed) DoorLog.FenceClosed(log, closed.Message, closed.Remedy);
        var approved = await parts.Runs.ApproveAsync(caller, id, approval.TotalVnd, approval.ContentHash, cancel: http.RequestAborted);
        if (approved.IsOk && await parts.Doorway.AfterAsync(caller.ProvinceCode, http.RequestAborted) is { Count: > 0 } unexported) DoorLog.HeadNotExported(log, string.Join(" ", unexported));
        await AnswerAsync(http, approved, RunPaper.Json);
    }

    public static Problem NotADigest => new("usage.content_hash", "An approval names the content hash that was read, 64 hexadecimal figures.", "Read the run and send its content_hash.");

    /// <summary>A list month; without one that of today in Viet Nam.</summary>
    public static Result<YearMonth> MonthOf(WebParts parts, string? month)
    {
        var today = parts.Now.WithOffset(VietNam).Date;
        if (string.IsNullOrEmpty(month)) return new YearMonth(today.Year, today.Month);
        return Months.Parse(month).TryGet(out var of) ? of : new Problem("usage.month", "This is not a month.", "Use YYYY-MM, for example 2026-11.");
    }

    static Task AnswerAsync<T>(HttpContext http, Result<T> result, Func<T, object> say) =>
        result.TryGet(out var value) ? WriteAsync(http, say(value)) : RefuseAsync(http, Refusals.OfSought(result.Problems));

    static Task RefuseAsync(HttpContext http, IReadOnlyList<Problem> problems) => Refusals.WriteAsync(http, Refusals.StatusOf(problems[0]), problems);

    public static Task WriteAsync(HttpContext http, object said)
    {
        http.Response.ContentType = "application/json; charset=utf-8";
        return http.Response.WriteAsync(JsonText.Write(said), http.RequestAborted);
    }
}
