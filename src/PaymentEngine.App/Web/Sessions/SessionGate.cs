using System.Globalization;
using Microsoft.AspNetCore.Http;
using PaymentEngine.App.Web.Access;
using PaymentEngine.App.Web.Guard;
using PaymentEngine.Core;

namespace PaymentEngine.App.Web.Sessions;

/// <summary>Finds the person behind a request, within the limits of its address and its session. Routes for everybody ask for nobody.</summary>
sealed class SessionGate(RequestDelegate next, WebParts parts, SessionCookie cookie, RequestRates rates)
{
    public async Task InvokeAsync(HttpContext http)
    {
        if (rates.WaitOfAddress(http) is { } wait)
        {
            await TooManyAsync(http, wait);
            return;
        }

        var isPublic = http.GetEndpoint()?.Metadata.GetMetadata<EndpointRules>()?.ByVerb.Values.All(route => route.Rule.IsPublic) == true;
        if (!isPublic && cookie.Read(http.Request) is { } sent)
        {
            var found = await parts.Users.CallerOfAsync(sent.Province, sent.Token, http.RequestAborted);
            if (found.TryGet(out var caller)) http.Is(new WebPerson(caller, sent.Token, sent.ByCookie));
            else if (sent.ByCookie) cookie.Delete(http);
        }

        if (http.Person() is { } person && rates.WaitOfSession(person) is { } pause)
        {
            await TooManyAsync(http, pause);
            return;
        }

        await next(http);
    }

    /// <summary>429 with the seconds to wait.</summary>
    public static Task TooManyAsync(HttpContext http, TimeSpan wait)
    {
        var seconds = Math.Max(1, (int)Math.Ceiling(wait.TotalSeconds)).ToString(CultureInfo.InvariantCulture);
        http.Response.Headers.RetryAfter = seconds;
        return Refusals.WriteAsync(http, StatusCodes.Status429TooManyRequests, [new Problem("not_allowed.too_many", "There were too many requests in a short time.", $"Wait {seconds} seconds, then go on.")]);
    }
}
