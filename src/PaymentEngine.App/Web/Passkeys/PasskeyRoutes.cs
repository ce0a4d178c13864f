using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using PaymentEngine.App.Operations.Users;
using PaymentEngine.App.Web.Access;
using PaymentEngine.App.Web.Api;
using PaymentEngine.App.Web.Guard;
using PaymentEngine.App.Web.Sessions;
using PaymentEngine.Core;

namespace PaymentEngine.App.Web.Passkeys;

/// <summary>The two halves of each ceremony, as the pages' script asks for them: the options, then the authenticator's answer.</summary>
static class PasskeyRoutes
{
    sealed record LogInAsked(string User, string Return);

    sealed record LogInAnswer(string User, string Return, string Ticket, string Credential);

    sealed record ConfirmAsked(string Return);

    sealed record ConfirmAnswer(string Return, string Ticket, string Credential);

    sealed record RegisterAsked(string Name);

    sealed record RegisterAnswer(string Name, string Ticket, string Credential);

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapPost("/login/passkey/options", LogInOptionsAsync).RequireRule();
        routes.MapPost("/login/passkey", LogInAsync).RequireRule();
        routes.MapPost("/confirm/passkey/options", ConfirmOptionsAsync).RequireRule();
        routes.MapPost("/confirm/passkey", ConfirmAsync).RequireRule();
        routes.MapPost("/account/passkeys/options", RegisterOptionsAsync).RequireRule();
        routes.MapPost("/account/passkeys", RegisterAsync).RequireRule();
    }

    static async Task LogInOptionsAsync(HttpContext http, WebParts parts, PasskeyCeremonies passkeys)
    {
        if (await AskedAsync<LogInAsked>(http) is null) return;
        if (await parts.ProvinceAsync(http.RequestAborted) is not { } province) await RefuseAsync(http, UserSessions.NoSession);
        // Without a list of credentials: the options tell nobody who has one.
        else await OptionsAsync(http, await passkeys.ToProveAsync(http, CeremonyKind.LogIn, province, null, ""));
    }

    static async Task LogInAsync(HttpContext http, WebParts parts, PasskeyCeremonies passkeys, RequestRates rates, SessionCookie cookie)
    {
        if (await AskedAsync<LogInAnswer>(http) is not { } answer) return;
        if (rates.WaitOfProof(http, answer.User) is { } wait)
        {
            await SessionGate.TooManyAsync(http, wait);
            return;
        }

        if (await parts.ProvinceAsync(http.RequestAborted) is not { } province)
        {
            await RefuseAsync(http, UserSessions.NoSession);
            return;
        }

        var proven = await passkeys.ProveAsync(http, CeremonyKind.LogIn, province, "", answer.Ticket, answer.Credential, answer.User, http.RequestAborted);
        if (!proven.TryGet(out var passkey))
        {
            await RefuseAsync(http, proven.Problems[0]);
            return;
        }

        await OpenedAsync(http, cookie, await parts.Users.OpenByPasskeyAsync(passkey.UserName, Door.Web, http.RequestAborted), answer.Return);
    }

    static async Task ConfirmOptionsAsync(HttpContext http, PasskeyCeremonies passkeys)
    {
        if (await AskedAsync<ConfirmAsked>(http) is null) return;
        var person = http.Person()!;
        await OptionsAsync(http, await passkeys.ToProveAsync(http, CeremonyKind.Confirm, person.Caller.ProvinceCode, person.Caller.UserName, person.Key));
    }

    static async Task ConfirmAsync(HttpContext http, WebParts parts, PasskeyCeremonies passkeys, RequestRates rates, SessionCookie cookie)
    {
        if (await AskedAsync<ConfirmAnswer>(http) is not { } answer) return;
        var person = http.Person()!;
        if (rates.WaitOfProof(http, person.Caller.UserName) is { } wait)
        {
            await SessionGate.TooManyAsync(http, wait);
            return;
        }

        var proven = await passkeys.ProveAsync(http, CeremonyKind.Confirm, person.Caller.ProvinceCode, person.Key, answer.Ticket, answer.Credential, person.Caller.UserName, http.RequestAborted);
        if (!proven.IsOk)
        {
            await RefuseAsync(http, proven.Problems[0]);
            return;
        }

        await OpenedAsync(http, cookie, await parts.Users.StepUpAsync(person.Caller.ProvinceCode, person.Token, null, Door.Web, http.RequestAborted), answer.Return);
    }

    static async Task RegisterOptionsAsync(HttpContext http, WebParts parts, PasskeyCeremonies passkeys)
    {
        if (await AskedAsync<RegisterAsked>(http) is null) return;
        var person = http.Person()!;
        if (person.Caller.LacksProof(parts.Now) is { } lacks) await RefuseAsync(http, lacks);
        else await OptionsAsync(http, await passkeys.ToRegisterAsync(http, person.Caller, person.Key));
    }

    static async Task RegisterAsync(HttpContext http, WebParts parts, PasskeyCeremonies passkeys)
    {
        if (await AskedAsync<RegisterAnswer>(http) is not { } answer) return;
        var person = http.Person()!;
        var added = person.Caller.LacksProof(parts.Now) is { } lacks ? lacks
            : await passkeys.RegisterAsync(http, person.Caller, person.Key, answer.Ticket, answer.Credential, answer.Name, http.RequestAborted);
        if (added.IsOk) await ApiRoutes.WriteAsync(http, new { next = "/account" });
        else await RefuseAsync(http, added.Problems[0]);
    }

    static async Task<T?> AskedAsync<T>(HttpContext http) where T : class
    {
        if (await ApiRoutes.HasTokenAsync(http)) return await ApiRoutes.BodyAsync<T>(http);
        await ApiRoutes.NoTokenAsync(http);
        return null;
    }

    static Task OptionsAsync(HttpContext http, CeremonyOptions options)
    {
        http.Response.ContentType = "application/json; charset=utf-8";
        return http.Response.WriteAsync($$"""{"ticket":{{JsonSerializer.Serialize(options.Ticket)}},"options":{{options.OptionsJson}}}""", http.RequestAborted);
    }

    static Task OpenedAsync(HttpContext http, SessionCookie cookie, Result<OpenedSession> opened, string back)
    {
        if (!opened.TryGet(out var session)) return RefuseAsync(http, opened.Problems[0]);
        cookie.Write(http, session);
        return ApiRoutes.WriteAsync(http, new { next = LocalAddress.Or(back, "/") });
    }

    static Task RefuseAsync(HttpContext http, Problem problem) => Refusals.WriteAsync(http, Refusals.StatusOf(problem), [problem]);
}
