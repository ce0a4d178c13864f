using System.Globalization;
using Microsoft.AspNetCore.Http;
using PaymentEngine.App.Operations.Users;

namespace PaymentEngine.App.Web.Sessions;

/// <summary>The session's token on its way: in a cookie that no script reads and no other site sends, or in a program's <c>Authorization: Bearer</c>. Written as <c>40.token</c>.</summary>
public sealed class SessionCookie(WebDoorSettings settings)
{
    const int TokenLength = 64;

    /// <summary>A browser takes a <c>__Host-</c> name only with Secure, for this host alone, and for the whole of it.</summary>
    public string Name => settings.IsSecure ? "__Host-payengine" : "payengine-loopback";

    public void Write(HttpContext http, OpenedSession session) => http.Response.Cookies.Append(Name, Text(session.ProvinceCode, session.Token), Options);

    public void Delete(HttpContext http) => http.Response.Cookies.Delete(Name, Options);

    /// <summary>The province and token of a request; null when it has none or it is not formed as one.</summary>
    public (short Province, string Token, bool ByCookie)? Read(HttpRequest request)
    {
        const string bearer = "Bearer ";
        var header = request.Headers.Authorization.ToString();
        if (header.StartsWith(bearer, StringComparison.OrdinalIgnoreCase) && request.Path.StartsWithSegments("/api", StringComparison.Ordinal)) return Parse(header[bearer.Length..].Trim(), false);
        return request.Cookies[Name] is { } cookie ? Parse(cookie, true) : null;
    }

    public static string Text(short province, string token) => string.Create(CultureInfo.InvariantCulture, $"{province:00}.{token}");

    CookieOptions Options => new() { HttpOnly = true, Secure = settings.IsSecure, SameSite = SameSiteMode.Strict, Path = "/", IsEssential = true };

    static (short, string, bool)? Parse(string text, bool byCookie)
    {
        var dot = text.IndexOf('.', StringComparison.Ordinal);
        return dot is > 0 and < 4 && text.Length == dot + 1 + TokenLength && short.TryParse(text.AsSpan(0, dot), NumberStyles.None, CultureInfo.InvariantCulture, out var province)
            && text[(dot + 1)..].All(char.IsAsciiHexDigitLower) ? (province, text[(dot + 1)..], byCookie) : null;
    }
}
