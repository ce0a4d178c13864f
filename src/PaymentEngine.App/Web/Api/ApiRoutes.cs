using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using NodaTime;
using NodaTime.Text;
using PaymentEngine.App.CommandLine;
using PaymentEngine.App.Operations.Users;
using PaymentEngine.App.Web.Access;
using PaymentEngine.App.Web.Guard;
using PaymentEngine.App.Web.Sessions;
using PaymentEngine.Core;

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

    /// <summary>Seconds after which a request that is being worked on is asked for again.</summary>
    const string AskAgainAfter = "2";

    static readonly TimeSpan EventsEvery = TimeSpan.FromMilliseconds(500);

    sealed record ServiceLogin(string Name, string Key);

    sealed record Proof(string Code);

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapPost("/api/v1/sessions", OpenAsync).RequireRule();
        routes.MapGet("/api/v1/session", SessionAsync).RequireRule();
        routes.MapPost("/api/v1/session/close", CloseAsync).RequireRule();
        routes.MapPost("/api/v1/session/confirm", ConfirmAsync).RequireRule();
        routes.MapGet("/api/v1/jobs/{job}", JobAsync).RequireRule();
        routes.MapGet("/api/v1/jobs/{job}/events", EventsAsync).RequireRule();
        routes.MapGet("/api/v1/jobs/{job}/files/{file}", JobFileAsync).RequireRule();
        routes.MapGet("/api/v1/openapi.json", DescriptionAsync).RequireRule();
        routes.MapGet("/api", PageAsync).RequireRule();
        BankRoutes.Map(routes);
        foreach (var operation in ApiTable.Operations)
        {
            RequestDelegate answer = operation.Verb == "GET" ? http => ReadAsync(http, operation) : http => ActAsync(http, operation);
            routes.MapMethods(operation.Pattern, [operation.Verb], answer).RequireRule();
        }
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

    /// <summary>The second factor again: the session goes on under a new token.</summary>
    static async Task ConfirmAsync(HttpContext http, WebParts parts, RequestRates rates, SessionCookie cookie)
    {
        if (!await HasTokenAsync(http))
        {
            await NoTokenAsync(http);
            return;
        }

        if (await BodyAsync<Proof>(http) is not { } proof) return;
        var person = http.Person()!;
        if (rates.WaitOfProof(http, person.Caller.UserName) is { } wait)
        {
            await SessionGate.TooManyAsync(http, wait);
            return;
        }

        var confirmed = await parts.Users.StepUpAsync(person.Caller.ProvinceCode, person.Token, proof.Code, Door.Api, http.RequestAborted);
        if (confirmed.TryGet(out var session) && person.ByCookie) cookie.Write(http, session);
        await AnswerAsync(http, confirmed, opened => new
        {
            user = opened.UserName, token = person.ByCookie ? null : SessionCookie.Text(opened.ProvinceCode, opened.Token), expires_at = opened.ExpiresAt, proven_until = opened.ProvenUntil,
        });
    }

    /// <summary>What reads: the command's answer, a page of it, or the file it writes.</summary>
    static async Task ReadAsync(HttpContext http, ApiOperation operation)
    {
        var (parts, limits) = (http.RequestServices.GetRequiredService<WebParts>(), http.RequestServices.GetRequiredService<WebDoorSettings>().Limits);
        var read = await ApiRequest.ReadAsync(http, operation, limits.UploadMax);
        if (!read.TryGet(out var request))
        {
            await RefuseAsync(http, read.Problems);
            return;
        }

        using (request)
        {
            var outcome = await ApiCommands.DoAsync(parts, operation, request, http.Person()!.Caller, http.IsEnglish(), null, http.RequestAborted);
            if (outcome.Problems.Count > 0) await ApiAnswers.RefuseAsync(http, outcome);
            else if (outcome.Files is [var file]) await ApiAnswers.FileAsync(http, file);
            else if (ApiAnswers.Cut(http, operation, outcome.Json) is { } wrong) await RefuseAsync(http, [wrong]);
            else await ApiAnswers.JsonAsync(http, outcome.Status, outcome.Json);
        }
    }

    /// <summary>What acts: once for each key, whatever is repeated; and in a job where it may take long.</summary>
    static async Task ActAsync(HttpContext http, ApiOperation operation)
    {
        var services = http.RequestServices;
        var (parts, limits, jobs, repeats) = (services.GetRequiredService<WebParts>(), services.GetRequiredService<WebDoorSettings>().Limits, services.GetRequiredService<ApiJobs>(), services.GetRequiredService<ApiRepeats>());
        var (caller, isEnglish) = (http.Person()!.Caller, http.IsEnglish());
        if (!await HasTokenAsync(http))
        {
            await NoTokenAsync(http);
            return;
        }

        var keyed = ApiRepeats.KeyOf(http);
        if (!keyed.TryGet(out var key))
        {
            await RefuseAsync(http, keyed.Problems);
            return;
        }

        var read = await ApiRequest.ReadAsync(http, operation, limits.UploadMax);
        if (!read.TryGet(out var request))
        {
            await RefuseAsync(http, read.Problems);
            return;
        }

        using (request)
        {
            var taken = await repeats.TakeAsync(caller, key, request.Digest(http), http.RequestAborted);
            if (taken.Before is { } before) await AgainAsync(http, operation, taken.Job!, before);
            else if (taken.Job is { } running && operation.IsLong && jobs.Find(running, caller) is not null) await PlaceAsync(http, running);
            else if (taken.Refused is { } refused)
            {
                if (refused.Code == "request.in_progress") http.Response.Headers.RetryAfter = AskAgainAfter;
                await Refusals.WriteAsync(http, StatusCodes.Status409Conflict, [refused]);
            }
            else await DoAsync(http, operation, request, taken.Held!);
        }

        async Task DoAsync(HttpContext to, ApiOperation what, ApiRequest asked, HeldKey held)
        {
            var job = new ApiJob(held.Job, what, caller, asked);
            if (what.IsLong)
            {
                if (jobs.IsFull)
                {
                    await ApiRepeats.LetGoAsync(held);
                    to.Response.Headers.RetryAfter = "30";
                    await Refusals.WriteAsync(to, StatusCodes.Status429TooManyRequests, [new Problem("not_allowed.too_many", "Too many long operations go on at once.", "Send it again in half a minute.")]);
                    return;
                }

                jobs.Begin(job, cancel => ApiCommands.DoAsync(parts, what, asked, caller, isEnglish, job.Tell, cancel), outcome => repeats.EndAsync(held, outcome));
                await PlaceAsync(to, job.Id);
                return;
            }

            ApiOutcome done;
            try
            {
                // Once it acts it is not stopped by an asker who hangs up: the answer is kept under the key.
                done = await ApiCommands.DoAsync(parts, what, asked, caller, isEnglish, null, CancellationToken.None);
                if (done.Files.Count > 0)
                {
                    jobs.Keep(job, done);
                    if (done.Json is JsonObject told) told["files"] = JsonSerializer.SerializeToNode(ApiAnswers.FilesJson(job.Id, done.Files), JsonText.Options);
                }
            }
            catch
            {
                await ApiRepeats.LetGoAsync(held);
                throw;
            }

            await repeats.EndAsync(held, done);
            if (done.Problems.Count > 0) await ApiAnswers.RefuseAsync(to, done);
            else await ApiAnswers.JsonAsync(to, done.Status, done.Json);
        }
    }

    /// <summary>The answer that was given before.</summary>
    static Task AgainAsync(HttpContext http, ApiOperation operation, string job, ApiOutcome before)
    {
        http.Response.Headers["Idempotency-Replayed"] = "true";
        return operation.IsLong ? PlaceAsync(http, job) : before.Problems.Count > 0 ? ApiAnswers.RefuseAsync(http, before) : ApiAnswers.JsonAsync(http, before.Status, before.Json);
    }

    /// <summary>202 with the place to look.</summary>
    static Task PlaceAsync(HttpContext http, string job)
    {
        http.Response.Headers.Location = "/api/v1/jobs/" + job;
        return ApiAnswers.JsonAsync(http, StatusCodes.Status202Accepted, new JsonObject { ["job"] = job, ["location"] = "/api/v1/jobs/" + job, ["events"] = $"/api/v1/jobs/{job}/events" });
    }

    static async Task JobAsync(HttpContext http, ApiJobs jobs, ApiRepeats repeats, string job)
    {
        if (await StateAsync(http, jobs, repeats, job) is { } state) await ApiAnswers.JsonAsync(http, StatusCodes.Status200OK, state);
        else await Refusals.WriteAsync(http, StatusCodes.Status404NotFound, [Refusals.NotThere]);
    }

    /// <summary>A job as this process or, by its kept answer, another one knows it.</summary>
    static async Task<JsonNode?> StateAsync(HttpContext http, ApiJobs jobs, ApiRepeats repeats, string id)
    {
        var caller = http.Person()!.Caller;
        if (jobs.Find(id, caller) is { } job) return JsonSerializer.SerializeToNode(job.Json(), JsonText.Options);
        var (isKnown, outcome) = await repeats.FindJobAsync(caller, id, http.RequestAborted);
        if (!isKnown) return null;
        return JsonSerializer.SerializeToNode(new
        {
            job = id, state = outcome is null ? "interrupted" : outcome.Problems.Count == 0 ? "done" : "refused", status = outcome?.Status, answer = outcome?.Json, problems = outcome is { Problems.Count: > 0 } ? outcome.Problems.Select(JsonText.Of) : null,
        }, JsonText.Options);
    }

    /// <summary>The state of a job whenever it changes, as server-sent events named by it; the last one is its end.</summary>
    static async Task EventsAsync(HttpContext http, ApiJobs jobs, ApiRepeats repeats, string job)
    {
        if (await StateAsync(http, jobs, repeats, job) is null)
        {
            await Refusals.WriteAsync(http, StatusCodes.Status404NotFound, [Refusals.NotThere]);
            return;
        }

        await TypedResults.ServerSentEvents(Steps(http.RequestAborted)).ExecuteAsync(http);

        async IAsyncEnumerable<SseItem<string>> Steps([EnumeratorCancellation] CancellationToken cancel)
        {
            var last = "";
            while (await StateAsync(http, jobs, repeats, job) is { } state)
            {
                var (name, text) = ((string)state["state"]!, state.ToJsonString(JsonText.Options));
                if (text != last) yield return new SseItem<string>(last = text, name);
                if (name != "running") yield break;
                await Task.Delay(EventsEvery, cancel);
            }
        }
    }

    static async Task JobFileAsync(HttpContext http, ApiJobs jobs, string job, string file)
    {
        if (jobs.Find(job, http.Person()!.Caller)?.Outcome?.Files.FirstOrDefault(one => one.Name == file) is { } found) await ApiAnswers.FileAsync(http, found);
        else await Refusals.WriteAsync(http, StatusCodes.Status404NotFound, [Refusals.NotThere]);
    }

    static Task DescriptionAsync(HttpContext http) => ApiAnswers.JsonAsync(http, StatusCodes.Status200OK, ApiDescription.Document());

    static Task PageAsync(HttpContext http)
    {
        http.Response.ContentType = "text/html; charset=utf-8";
        return http.Response.WriteAsync(ApiDescription.Page(http.IsEnglish()), http.RequestAborted);
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
