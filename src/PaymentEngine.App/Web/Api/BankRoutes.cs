using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using PaymentEngine.App.CommandLine;
using PaymentEngine.App.Commands;
using PaymentEngine.App.Operations;
using PaymentEngine.App.Operations.BankCorners;
using PaymentEngine.App.Web.Access;
using PaymentEngine.App.Web.Guard;
using PaymentEngine.App.Web.Sessions;
using PaymentEngine.Core;
using PaymentEngine.Core.Payments;
using PaymentEngine.Messages;

namespace PaymentEngine.App.Web.Api;

/// <summary>A bank's own corner: the files handed over to it, and its answers. No command of the office does this.</summary>
static class BankRoutes
{
    public const string Answers = "/api/v1/bank/answers";

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/api/v1/bank/files", ListAsync).RequireRule();
        routes.MapGet("/api/v1/bank/files/{msgid}", (HttpContext http, WebParts parts, string msgid) => FetchAsync(http, parts, msgid, BankPart.File)).RequireRule();
        routes.MapGet("/api/v1/bank/files/{msgid}/manifest", (HttpContext http, WebParts parts, string msgid) => FetchAsync(http, parts, msgid, BankPart.Manifest)).RequireRule();
        routes.MapGet("/api/v1/bank/files/{msgid}/signature", (HttpContext http, WebParts parts, string msgid) => FetchAsync(http, parts, msgid, BankPart.Signature)).RequireRule();
    }

    /// <summary>Takes a bank's answer into the same inbox as every other.</summary>
    public static async Task<Answer> ReceiveAsync(WebParts parts, Caller caller, ApiRequest request, bool isEnglish, CancellationToken cancel)
    {
        if (BankCorner.WhyNot(caller) is { } refused) return Answer.Refused(refused);
        var context = parts.CommandContext(caller, isEnglish, _ => { }, null);
        context.CommandPath = "POST " + Answers;
        return await BankImportCommand.WithImportsAsync(context, async (imports, bank) =>
            Answer.From(await imports.ImportAsync(bank, [.. request.Uploads.Select(upload => upload.Path)], cancel), results => BankImportCommand.Say(context, results)), cancel);
    }

    static async Task ListAsync(HttpContext http, WebParts parts)
    {
        var (limit, before) = (ApiAnswers.RowsUsual, default(string));
        if (http.Request.Query["limit"] is { Count: > 0 } said && (said.Count != 1 || !int.TryParse(said[0], NumberStyles.None, CultureInfo.InvariantCulture, out limit) || limit is < 1 or > BankCorner.RowsMax))
        {
            await RefuseAsync(http, new Problem("usage.limit", "The limit is no number of rows.", string.Create(CultureInfo.InvariantCulture, $"Use 1 to {BankCorner.RowsMax}."), new SourceLocation(Field: "limit")));
            return;
        }

        if (http.Request.Query["cursor"] is { Count: > 0 } cursor && ((before = Read(cursor.ToString())) is null))
        {
            await RefuseAsync(http, new Problem("usage.cursor", "This is no cursor of this list.", "Send next_cursor of the page before, unchanged; or none for the first page.", new SourceLocation(Field: "cursor")));
            return;
        }

        var caller = http.Person()!.Caller;
        var listed = await parts.BankCorner.ListAsync(caller, before, limit, http.RequestAborted);
        if (!listed.TryGet(out var page))
        {
            await RefuseAsync(http, listed.Problems[0]);
            return;
        }

        await ApiAnswers.JsonAsync(http, StatusCodes.Status200OK, JsonSerializer.SerializeToNode(new
        {
            files = page.Files.Select(file => new
            {
                msg_id = file.MsgId, run = new RunId(caller.ProvinceCode, Months.FromKey(file.Month), file.RunNo).ToString(), profile = file.Profile, items = file.Items, sum_vnd = file.SumVnd, bytes = file.SizeBytes,
                sha256 = Convert.ToHexStringLower(file.Sha256), handed_over_at = file.HandedOverAt, location = "/api/v1/bank/files/" + Uri.EscapeDataString(file.MsgId),
            }),
            next_cursor = page.HasMore ? Convert.ToBase64String(Encoding.ASCII.GetBytes(page.Files[^1].MsgId)) : null,
        }, JsonText.Options));
    }

    static async Task FetchAsync(HttpContext http, WebParts parts, string msgid, BankPart part)
    {
        var caller = http.Person()!.Caller;
        var fetched = await parts.BankCorner.FetchAsync(caller, msgid, part, http.RequestAborted);
        if (!fetched.TryGet(out var found))
        {
            await RefuseAsync(http, fetched.Problems[0].Code == "bank_corner.unknown" ? Refusals.NotThere : fetched.Problems[0]);
            return;
        }

        // Whoever fetches a file has the data of everybody in it.
        if (part == BankPart.File) await parts.Doorway.ExportedAsync(caller, "GET /api/v1/bank/files/{msgid}", found.File.Items, [Convert.ToHexStringLower(found.File.Sha256)]);
        var folder = Directory.CreateTempSubdirectory("payengine-bank-").FullName;
        try
        {
            var name = found.File.MsgId + part switch { BankPart.File => ".bin", BankPart.Manifest => Manifest.Extension, _ => ".p7s" };
            var path = Path.Combine(folder, name);
            await File.WriteAllBytesAsync(path, found.Bytes, http.RequestAborted);
            await ApiAnswers.FileAsync(http, new ApiFile(name, path, found.Bytes.Length, SHA256.HashData(found.Bytes)));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    static string? Read(string cursor)
    {
        var bytes = new byte[64];
        return cursor.Length <= 80 && Convert.TryFromBase64String(cursor, bytes, out var written) ? Encoding.ASCII.GetString(bytes, 0, written) : null;
    }

    static Task RefuseAsync(HttpContext http, Problem problem) => Refusals.WriteAsync(http, Refusals.StatusOf(problem), [problem]);
}
