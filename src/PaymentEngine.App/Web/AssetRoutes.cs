using System.IO.Compression;
using System.Security.Cryptography;
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
    /// <summary>Figures of the digest that stand in an asset's address.</summary>
    const int DigestLength = 12;

    static readonly Asset[] Assets = [Asset.Of("site.css", "text/css; charset=utf-8"), Asset.Of("passkey.js", "text/javascript; charset=utf-8")];

    /// <summary>The address of an asset with its digest in it: other bytes have another address, so browsers keep it for good.</summary>
    public static string Address(string name) => "/assets/" + Assets.Single(asset => asset.Name == name).NameWithDigest;

    /// <summary>The coding an asset travels in for what a browser says it takes; null: none.</summary>
    public static string? CodingFor(string accepted)
    {
        var taken = accepted.Split(',', StringSplitOptions.TrimEntries).Where(one => !one.EndsWith(";q=0", StringComparison.Ordinal)).Select(one => one.Split(';')[0].Trim()).ToList();
        return taken.Contains("br") ? "br" : taken.Contains("gzip") ? "gzip" : null;
    }

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/assets/{name}", AssetAsync).RequireRule();
        routes.MapGet("/language/{lang}", Language).RequireRule();
        routes.MapGet("/account/totp.png", PictureAsync).RequireRule();
    }

    static Task AssetAsync(HttpContext http, string name)
    {
        if (Assets.FirstOrDefault(one => one.NameWithDigest == name || one.Name == name) is not { } asset) return Refusals.WriteAsync(http, StatusCodes.Status404NotFound, [Refusals.NotThere]);
        // Under its bare name the bytes change with the next release.
        http.Response.Headers.CacheControl = asset.Name == name ? "public, max-age=3600" : "public, max-age=31536000, immutable";
        http.Response.Headers.Vary = "Accept-Encoding";
        http.Response.ContentType = asset.Type;
        var (coding, bytes) = asset.For(http.Request.Headers.AcceptEncoding.ToString());
        if (coding is not null) http.Response.Headers.ContentEncoding = coding;
        http.Response.ContentLength = bytes.Length;
        return http.Response.Body.WriteAsync(bytes, http.RequestAborted).AsTask();
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

    /// <summary>One resource of the program as it travels: plain, and packed once at the first start.</summary>
    sealed record Asset(string Name, string NameWithDigest, string Type, byte[] Plain, byte[] Gzip, byte[] Brotli)
    {
        public static Asset Of(string name, string type)
        {
            using var stream = typeof(AssetRoutes).Assembly.GetManifestResourceStream("web/" + name) ?? throw new InvalidOperationException($"The program carries no {name}.");
            using var bytes = new MemoryStream();
            stream.CopyTo(bytes);
            var plain = bytes.ToArray();
            var digest = Convert.ToHexStringLower(SHA256.HashData(plain))[..DigestLength];
            return new(name, Path.GetFileNameWithoutExtension(name) + "." + digest + Path.GetExtension(name), type, plain,
                Packed(plain, to => new GZipStream(to, CompressionLevel.SmallestSize)), Packed(plain, to => new BrotliStream(to, CompressionLevel.SmallestSize)));
        }

        /// <summary>The smallest form the browser says it takes, and what it is called; null: as it is.</summary>
        public (string? Coding, byte[] Bytes) For(string accepted) => CodingFor(accepted) switch { "br" => ("br", Brotli), "gzip" => ("gzip", Gzip), _ => (null, Plain) };

        static byte[] Packed(byte[] plain, Func<Stream, Stream> packer)
        {
            using var packed = new MemoryStream();
            using (var stream = packer(packed)) stream.Write(plain);
            return packed.ToArray();
        }
    }
}
