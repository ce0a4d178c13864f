using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;
using PaymentEngine.App.Web.Access;
using PaymentEngine.App.Web.Guard;
using PaymentEngine.App.Web.Sessions;
using QRCoder;

namespace PaymentEngine.App.Web;

/// <summary>Style sheet and script, which are resources of the program; the choice of language; the picture of a new authenticator's secret.</summary>
static class AssetRoutes
{
    static readonly Dictionary<string, (string Type, byte[] Bytes)> Assets = new Dictionary<string, (string, byte[])>(StringComparer.Ordinal)
    {
        ["site.css"] = ("text/css; charset=utf-8", Resource("site.css")), ["passkey.js"] = ("text/javascript; charset=utf-8", Resource("passkey.js")),
    };

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/assets/{name}", AssetAsync).RequireRule();
        routes.MapGet("/language/{lang}", Language).RequireRule();
        routes.MapGet("/account/totp.png", PictureAsync).RequireRule();
    }

    static Task AssetAsync(HttpContext http, string name)
    {
        if (!Assets.TryGetValue(name, out var asset)) return Refusals.WriteAsync(http, StatusCodes.Status404NotFound, [Refusals.NotThere]);
        http.Response.Headers.CacheControl = "public, max-age=3600";
        http.Response.ContentType = asset.Type;
        http.Response.ContentLength = asset.Bytes.Length;
        return http.Response.Body.WriteAsync(asset.Bytes, http.RequestAborted).AsTask();
    }

    static void Language(HttpContext http, WebDoorSettings settings, string lang, [FromQuery(Name = "return")] string? back)
    {
        http.Response.Cookies.Append(WebPeople.LanguageCookie, lang == "en" ? "en" : "vi", new CookieOptions { HttpOnly = true, Secure = settings.IsSecure, SameSite = SameSiteMode.Strict, Path = "/", MaxAge = TimeSpan.FromDays(365) });
        http.Response.Redirect(LocalAddress.Or(back, "/"));
    }

    static Task PictureAsync(HttpContext http, PersonTickets tickets, string? ticket)
    {
        if (tickets.Open(http.Person()!, ticket) is not { } secret) return Refusals.WriteAsync(http, StatusCodes.Status404NotFound, [Refusals.NotThere]);
        using var generator = new QRCodeGenerator();
        using var code = generator.CreateQrCode(secret, QRCodeGenerator.ECCLevel.M);
        using var picture = new PngByteQRCode(code);
        var bytes = picture.GetGraphic(5);
        http.Response.ContentType = "image/png";
        http.Response.ContentLength = bytes.Length;
        return http.Response.Body.WriteAsync(bytes, http.RequestAborted).AsTask();
    }

    static byte[] Resource(string name)
    {
        using var stream = typeof(AssetRoutes).Assembly.GetManifestResourceStream("web/" + name) ?? throw new InvalidOperationException($"The program carries no {name}.");
        using var bytes = new MemoryStream();
        stream.CopyTo(bytes);
        return bytes.ToArray();
    }
}
