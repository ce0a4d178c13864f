using System.Text.Encodings.Web;
using System.Text.Unicode;
using Microsoft.AspNetCore.Http;
using PaymentEngine.App.CommandLine;
using PaymentEngine.App.Web.Sessions;
using PaymentEngine.Core;

namespace PaymentEngine.App.Web.Guard;

/// <summary>Answers that say no: a page for people, problem details (RFC 9457) for programs. Neither shows anything of the inside.</summary>
static class Refusals
{
    /// <summary>One answer for what is not there and what is not the asker's.</summary>
    public static Problem NotThere => new("web.not_there", "There is no such page.", "Start at the first page.");

    /// <summary>The refusals of something that was looked for by its number: "not yours" reads as "not there", whatever the operation says.</summary>
    public static IReadOnlyList<Problem> OfSought(IReadOnlyList<Problem> problems) => problems.Any(problem => problem.Code is "not_allowed.territory" or "run.unknown") ? [NotThere] : problems;

    /// <summary>Escapes what means something to HTML, and leaves letters of any language alone.</summary>
    public static HtmlEncoder Html { get; } = HtmlEncoder.Create(UnicodeRanges.All);

    public static bool WantsJson(HttpContext http) =>
        http.Request.Path.StartsWithSegments("/api", StringComparison.Ordinal) || http.Request.ContentType?.StartsWith("application/json", StringComparison.OrdinalIgnoreCase) == true;

    /// <summary>The status a problem's code asks for, as <see cref="ExitCode.For"/> reads it.</summary>
    public static int StatusOf(Problem problem) => problem.Code switch
    {
        "not_allowed.session" or "not_allowed.login" or "not_allowed.code" => StatusCodes.Status401Unauthorized,
        "run.unknown" or "run.none" or "web.not_there" => StatusCodes.Status404NotFound,
        _ => ExitCode.For(problem) switch
        {
            ExitCode.WrongUsage => StatusCodes.Status400BadRequest,
            ExitCode.NotAllowed => StatusCodes.Status403Forbidden,
            ExitCode.NeighbourSilent => StatusCodes.Status503ServiceUnavailable,
            ExitCode.OurFault => StatusCodes.Status500InternalServerError,
            _ => StatusCodes.Status422UnprocessableEntity,
        },
    };

    /// <summary>Writes the refusal; nothing when the answer has begun.</summary>
    public static async Task WriteAsync(HttpContext http, int status, IReadOnlyList<Problem> problems, string? reference = null)
    {
        if (http.Response.HasStarted) return;
        http.Response.StatusCode = status;
        // What may be left of a body is not read: the connection ends with this answer.
        if (status is StatusCodes.Status413PayloadTooLarge or StatusCodes.Status408RequestTimeout) http.Response.Headers.Connection = "close";
        if (WantsJson(http))
        {
            http.Response.ContentType = "application/problem+json; charset=utf-8";
            await http.Response.WriteAsync(JsonText.Write(new
            {
                type = TypeOf(problems[0]), title = problems[0].Message, status, code = problems[0].Code, detail = problems[0].Remedy, reference, problems = problems.Select(JsonText.Of),
            }));
            return;
        }

        http.Response.ContentType = "text/html; charset=utf-8";
        if (!HttpMethods.IsHead(http.Request.Method)) await http.Response.WriteAsync(Page(http, problems, reference));
    }

    /// <summary>The type of a problem (RFC 9457): its code, which stays; what it means stands on the page of the API (docs/api.md).</summary>
    static string TypeOf(Problem problem) => "urn:payengine:problem:" + problem.Code;

    static string Page(HttpContext http, IReadOnlyList<Problem> problems, string? reference)
    {
        var html = Html;
        string Text(string vi, string en) => html.Encode(http.IsEnglish() ? en : vi);
        var told = string.Concat(problems.Select(problem => $"<p><strong>{html.Encode(problem.Message)}</strong> {html.Encode(problem.Remedy)} <code>{html.Encode(problem.Code)}</code></p>\n"));
        var number = reference is null ? "" : $"<p>{Text("Số tham chiếu", "Reference")}: <strong>{html.Encode(reference)}</strong></p>\n";
        return $"""
            <!doctype html>
            <html lang="{(http.IsEnglish() ? "en" : "vi")}">
            <head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>{Text("Không thực hiện được", "This was not done")} · PaymentEngine</title><link rel="stylesheet" href="{AssetRoutes.Address("site.css")}"></head>
            <body><main id="main"><h1>{Text("Không thực hiện được", "This was not done")}</h1>
            <div class="problem" role="alert">{told}</div>
            {number}<p><a href="/">{Text("Về trang đầu", "To the first page")}</a></p></main></body>
            </html>

            """;
    }
}
