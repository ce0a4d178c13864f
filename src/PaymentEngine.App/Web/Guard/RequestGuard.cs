using System.Diagnostics;
using System.Security.Cryptography;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Logging;
using PaymentEngine.App.CommandLine;
using PaymentEngine.App.Web.Access;
using PaymentEngine.App.Web.Sessions;
using PaymentEngine.Core;

namespace PaymentEngine.App.Web.Guard;

/// <summary>Stands first: the headers of every answer, one log line a request, and the page of a fault: a reference number and nothing of the inside.</summary>
sealed partial class RequestGuard(RequestDelegate next, WebDoorSettings settings, ILogger<RequestGuard> log)
{
    const string SecurityPolicy = "default-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; object-src 'none'";
    const string Permissions = "accelerometer=(), camera=(), geolocation=(), gyroscope=(), microphone=(), payment=(), usb=(), publickey-credentials-create=(self), publickey-credentials-get=(self)";

    /// <summary>Letters that are not mistaken for one another when read out; without figures, which logs mask.</summary>
    const string ReferenceLetters = "BCDFGHJKLMNPQRSTVWXZ";

    public async Task InvokeAsync(HttpContext http)
    {
        var watch = Stopwatch.StartNew();
        var reference = NewReference();
        Headers(http);
        try
        {
            await AnswerAsync(http, reference);
        }
        finally
        {
            // The pattern and never the address itself: an address may name a person.
            var route = http.GetEndpoint()?.Metadata.GetMetadata<EndpointRules>()?.Pattern ?? "-";
            Answered(log, http.Request.Method, route, http.Response.StatusCode, watch.ElapsedMilliseconds, http.Person()?.Caller.UserName ?? "-", reference);
        }
    }

    async Task AnswerAsync(HttpContext http, string reference)
    {
        try
        {
            if (http.Request.ContentLength > BodyMax(http))
            {
                await Refusals.WriteAsync(http, StatusCodes.Status413PayloadTooLarge, [TooLarge()], reference);
                return;
            }

            if (WebRoutes.TakesFiles(http.Request.Path) && http.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } size) size.MaxRequestBodySize = settings.Limits.UploadMax;

            await next(http);
            // A bare status of the framework gets words.
            if (http.Response is { HasStarted: false, StatusCode: >= 400, ContentType: null, ContentLength: null }) await Refusals.WriteAsync(http, http.Response.StatusCode, [WordsOf(http.Response.StatusCode)], reference);
        }
        catch (BadHttpRequestException bad)
        {
            await Refusals.WriteAsync(http, bad.StatusCode, [bad.StatusCode == StatusCodes.Status413PayloadTooLarge ? TooLarge() : WordsOf(bad.StatusCode)], reference);
        }
        catch (InvalidDataException)
        {
            // The framework's word for a form with too many or too long fields.
            await Refusals.WriteAsync(http, StatusCodes.Status413PayloadTooLarge, [TooLarge()], reference);
        }
        catch (OperationCanceledException) when (http.RequestAborted.IsCancellationRequested)
        {
            // Nobody waits for the answer any more.
        }
        catch (Exception fault)
        {
            Failed(log, fault, reference);
            if (http.Response.HasStarted)
            {
                // Half an answer is not completed with words of an error: the connection ends.
                http.Abort();
                return;
            }

            http.Response.Clear();
            Headers(http);
            var problem = Harmless(Faults.ProblemOf(fault), reference);
            await Refusals.WriteAsync(http, Refusals.StatusOf(problem), [problem], reference);
        }
    }

    void Headers(HttpContext http)
    {
        var headers = http.Response.Headers;
        headers.ContentSecurityPolicy = SecurityPolicy;
        headers.XContentTypeOptions = "nosniff";
        headers.XFrameOptions = "DENY";
        // Not "no-referrer": with it a browser names no origin for our own forms either.
        headers["Referrer-Policy"] = "same-origin";
        headers["Cross-Origin-Opener-Policy"] = "same-origin";
        headers["Cross-Origin-Resource-Policy"] = "same-origin";
        headers["Cross-Origin-Embedder-Policy"] = "require-corp";
        headers["Permissions-Policy"] = Permissions;
        // Whatever is not said otherwise is somebody's: no cache keeps it.
        headers.CacheControl = "no-store";
        if (settings.IsSecure) headers.StrictTransportSecurity = "max-age=31536000";
    }

    /// <summary>A number that a person can read out, and the log is searched by.</summary>
    public static string NewReference() => RandomNumberGenerator.GetString(ReferenceLetters, 8);

    /// <summary>A fault in words for outside: the database's own stay in the log. What a person can act on is said, a fault gets its number.</summary>
    public static Problem Harmless(Problem problem, string reference) => problem.Code.Split('.')[0] switch
    {
        "fault" => new Problem(problem.Code, "The program failed at this.", $"Try again. If it repeats, tell the administrator the reference number {reference}."),
        "neighbour" => new Problem(problem.Code, "The database does not answer.", "Try again in a minute: what was committed stands."),
        _ => problem,
    };

    /// <summary>Files may be large where the API takes them. Whether this route does, and this person may, is asked before a byte is read; elsewhere the server's own limit stays that of a form.</summary>
    long BodyMax(HttpContext http) => WebRoutes.TakesFiles(http.Request.Path) || (http.Request.Path.StartsWithSegments("/api/v1", StringComparison.Ordinal) && http.Request.ContentType is { } type
        && (type.StartsWith("multipart/form-data", StringComparison.OrdinalIgnoreCase) || type.StartsWith("application/octet-stream", StringComparison.OrdinalIgnoreCase))) ? settings.Limits.UploadMax : settings.Limits.BodyMax;

    Problem TooLarge() => new("usage.too_large", FormattableString.Invariant($"The request is larger than {settings.Limits.BodyMax} bytes or has more fields than a form here."), "Send less.");

    static Problem WordsOf(int status) => status switch
    {
        StatusCodes.Status404NotFound => Refusals.NotThere,
        StatusCodes.Status405MethodNotAllowed => new Problem("usage.verb", "This verb is not taken here.", "See the header Allow."),
        StatusCodes.Status408RequestTimeout => new Problem("usage.slow", "The request arrived too slowly.", "Send it again."),
        _ => new Problem("usage.request", "The request is not one of this program's pages.", "Open the page again and send its form from there."),
    };

    [LoggerMessage(1, LogLevel.Information, "{Verb} {Route} {Status}, {Milliseconds} ms, {Person} {Reference}")]
    static partial void Answered(ILogger log, string verb, string route, int status, long milliseconds, string person, string reference);

    [LoggerMessage(2, LogLevel.Error, "Fault {Reference}")]
    static partial void Failed(ILogger log, Exception fault, string reference);
}
