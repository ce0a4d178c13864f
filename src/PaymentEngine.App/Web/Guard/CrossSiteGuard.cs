using Microsoft.AspNetCore.Http;
using PaymentEngine.Core;

namespace PaymentEngine.App.Web.Guard;

/// <summary>Refuses what another site's page makes a browser send: by <c>Sec-Fetch-Site</c> and <c>Origin</c>, before the form's own token is looked at.</summary>
sealed class CrossSiteGuard(RequestDelegate next)
{
    public Task InvokeAsync(HttpContext http)
    {
        var request = http.Request;
        if (HttpMethods.IsGet(request.Method) || HttpMethods.IsHead(request.Method)) return next(http);
        var site = request.Headers["Sec-Fetch-Site"].ToString();
        var foreign = site.Length > 0 && site is not ("same-origin" or "none");
        var origin = request.Headers.Origin.ToString();
        // A browser that was told to keep its referrer says "null" of its own page; what it says of the site counts then.
        foreign |= origin.Length > 0 && !(origin == "null" && site == "same-origin") && !origin.Equals($"{request.Scheme}://{request.Host.Value}", StringComparison.OrdinalIgnoreCase);
        return foreign
            ? Refusals.WriteAsync(http, StatusCodes.Status403Forbidden, [new Problem("not_allowed.other_site", "The request comes from another site.", "Open the page here and send it from there.")])
            : next(http);
    }
}
