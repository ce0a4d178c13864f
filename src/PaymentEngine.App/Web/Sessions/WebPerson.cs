using System.Security.Claims;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http;
using PaymentEngine.App.Operations;

namespace PaymentEngine.App.Web.Sessions;

/// <summary>Who sends a request, proven by a session.</summary>
/// <param name="Caller">As the operations take them.</param>
/// <param name="Token">Of the session.</param>
/// <param name="ByCookie">The browser sends it by itself, so that unsafe requests need the form's token too; false: a program sends it in a header.</param>
public sealed record WebPerson(Caller Caller, string Token, bool ByCookie)
{
    /// <summary>Names the session without being its token: for limits, forms and tickets.</summary>
    public string Key { get; } = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes("payengine.web " + Token)))[..32];
}

/// <summary>The person and the language of a request.</summary>
public static class WebPeople
{
    internal const string LanguageCookie = "payengine-lang";

    /// <summary>Who sends the request; null when nobody is logged in, and on routes for everybody.</summary>
    public static WebPerson? Person(this HttpContext http) => http.Features.Get<WebPerson>();

    internal static void Is(this HttpContext http, WebPerson person)
    {
        http.Features.Set(person);
        // What forms are bound to.
        http.User = new ClaimsPrincipal(new ClaimsIdentity([new Claim(ClaimTypes.NameIdentifier, person.Key)], "session"));
    }

    /// <summary>Vietnamese unless English was chosen; programs choose by <c>Accept-Language</c>.</summary>
    public static bool IsEnglish(this HttpContext http) => http.Request.Path.StartsWithSegments("/api/v1", StringComparison.Ordinal)
        ? http.Request.Headers.AcceptLanguage.ToString().StartsWith("en", StringComparison.OrdinalIgnoreCase) || http.Request.Query["lang"] == "en" : http.Request.Cookies[LanguageCookie] == "en";
}
