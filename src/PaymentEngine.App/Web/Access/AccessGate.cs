using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using PaymentEngine.App.Web.Guard;
using PaymentEngine.App.Web.Sessions;
using PaymentEngine.Core;

namespace PaymentEngine.App.Web.Access;

/// <summary>Applies the rule of a route before the route is run. What has no rule is a fault of ours and is not run.</summary>
sealed class AccessGate(RequestDelegate next, UploadQuota quota)
{
    public async Task InvokeAsync(HttpContext http)
    {
        if (http.GetEndpoint() is not { } endpoint)
        {
            await Refusals.WriteAsync(http, StatusCodes.Status404NotFound, [Refusals.NotThere]);
            return;
        }

        if (endpoint.Metadata.GetMetadata<EndpointRules>() is not { } rules)
        {
            // Routing answers a verb that no route of the pattern takes with an endpoint of its own, which is no route.
            if (endpoint is RouteEndpoint) throw new InvalidOperationException($"{endpoint.DisplayName} has no rule.");
            await next(http);
            return;
        }

        var verb = HttpMethods.IsHead(http.Request.Method) ? HttpMethods.Get : http.Request.Method;
        if (!rules.ByVerb.TryGetValue(verb, out var route))
        {
            http.Response.Headers.Allow = string.Join(", ", rules.ByVerb.Keys);
            await Refusals.WriteAsync(http, StatusCodes.Status405MethodNotAllowed, [new Problem("usage.verb", $"{verb} is not taken here.", $"Use {string.Join(" or ", rules.ByVerb.Keys)}.")]);
            return;
        }

        if (route.Rule.Refuses(http.Person()?.Caller) is { } refused)
        {
            // A person who opens a page without a session is led to the door and back; programs are told.
            if (refused.Code == "not_allowed.session" && verb == HttpMethods.Get && !Refusals.WantsJson(http))
            {
                http.Response.Redirect("/login?return=" + Uri.EscapeDataString(http.Request.Path + http.Request.QueryString));
                return;
            }

            await Refusals.WriteAsync(http, Refusals.StatusOf(refused), [refused]);
            return;
        }

        if (route.Takes is { } type && !TypeIs(http.Request.ContentType, type))
        {
            await Refusals.WriteAsync(http, StatusCodes.Status415UnsupportedMediaType, [new Problem("usage.content_type", $"The body is not {type}.", $"Send it as {type}.")]);
            return;
        }

        if (BringsFiles(http.Request.ContentType) && http.Person() is { } person && quota.Take(person.Caller, http.Request.ContentLength) is { } full)
        {
            await Refusals.WriteAsync(http, StatusCodes.Status413PayloadTooLarge, [full]);
            return;
        }

        // Read here, within its limits: what is too much is said as that, and not as a form without its token.
        if (route.Takes == WebRoutes.Form) await http.Request.ReadFormAsync(http.RequestAborted);
        await next(http);
    }

    static bool BringsFiles(string? contentType) => contentType is not null
        && (contentType.StartsWith("multipart/form-data", StringComparison.OrdinalIgnoreCase) || contentType.StartsWith("application/octet-stream", StringComparison.OrdinalIgnoreCase));

    static bool TypeIs(string? contentType, string wanted) =>
        contentType is not null && wanted.Split(", ").Contains(contentType.Split(';', 2)[0].Trim(), StringComparer.OrdinalIgnoreCase);
}
