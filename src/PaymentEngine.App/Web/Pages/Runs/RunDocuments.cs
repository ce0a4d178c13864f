using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using PaymentEngine.App.Operations;
using PaymentEngine.App.Web.Access;
using PaymentEngine.App.Web.Guard;
using PaymentEngine.App.Web.Sessions;
using PaymentEngine.Core;
using PaymentEngine.Core.Payments;
using PaymentEngine.Messages.Paper;

namespace PaymentEngine.App.Web.Pages.Runs;

/// <summary>Files and papers of a run, to be kept.</summary>
static class RunDocuments
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/runs/{run}/files/{name}", FileAsync).RequireRule();
        routes.MapGet("/runs/{run}/papers/approval.{form}", ApprovalAsync).RequireRule();
        routes.MapGet("/runs/{run}/papers/certificate.{form}", CertificateAsync).RequireRule();
    }

    static async Task FileAsync(HttpContext http, WebParts parts, string run, string name)
    {
        var caller = http.Person()!.Caller;
        if (!RunId.Parse(run).TryGet(out var id))
        {
            await Refusals.WriteAsync(http, StatusCodes.Status404NotFound, [Refusals.NotThere]);
            return;
        }

        var found = await new RunFiles(parts.Database).FetchAsync(caller, id, name, http.RequestAborted);
        if (!found.TryGet(out var file))
        {
            await Papers.RefuseAsync(http, found.Problems);
            return;
        }

        // The payment file names everybody in it; the manifest and its signature name nobody.
        if (file.Name == file.Of.Name) await parts.Doorway.ExportedAsync(caller, "page run file", file.Of.Items, [file.Of.Sha256!]);
        await Papers.SendAsync(http, "application/octet-stream", file.Name, file.Bytes);
    }

    static Task ApprovalAsync(HttpContext http, WebParts parts, string run, string form) => PaperAsync(http, parts, run, form, "approval", async (caller, id) =>
    {
        if (!parts.Keys.TryGet(out var keys)) return Result<PaperDocument>.Refuse(parts.Keys.Problems);
        return (await new ApprovalPapers(parts.Database, keys).OfAsync(caller, id, http.RequestAborted)).Select(made => made.Paper);
    });

    static Task CertificateAsync(HttpContext http, WebParts parts, string run, string form) => PaperAsync(http, parts, run, form, "certificate", async (caller, id) =>
    {
        var found = await new Certificates(parts.Database, parts.Clock, parts.Context.Files).OfAsync(caller, id, http.RequestAborted);
        return found.Select(certificate => Certificates.Paper(certificate with { Fingerprint = parts.Keys.TryGet(out var keys) ? keys.Fingerprint() : null }));
    });

    static async Task PaperAsync(HttpContext http, WebParts parts, string run, string form, string name, Func<Caller, RunId, Task<Result<PaperDocument>>> make)
    {
        if (!RunId.Parse(run).TryGet(out var id) || !Papers.IsForm(form))
        {
            await Refusals.WriteAsync(http, StatusCodes.Status404NotFound, [Refusals.NotThere]);
            return;
        }

        var made = await make(http.Person()!.Caller, id);
        if (!made.TryGet(out var paper)) await Papers.RefuseAsync(http, made.Problems);
        else await Papers.WriteAsync(http, parts, paper, $"{id}-{name}", form);
    }
}
