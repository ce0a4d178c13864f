using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;
using PaymentEngine.App.CommandLine;
using PaymentEngine.App.Web.Guard;
using PaymentEngine.Core;

namespace PaymentEngine.App.Web.Api;

/// <summary>How the API answers: JSON with a mark by which it is known again, a page of a list, a file with its digest.</summary>
static class ApiAnswers
{
    /// <summary>Rows of a page, unless the request says fewer or more.</summary>
    public const int RowsUsual = 100;

    /// <summary>The most that one page holds.</summary>
    public const int RowsMax = 1_000;

    /// <summary>The files of an answer, each with the address to fetch it from.</summary>
    public static object? FilesJson(string job, IReadOnlyList<ApiFile> files) =>
        files.Count == 0 ? null : files.Select(file => new { name = file.Name, bytes = file.Bytes, sha256 = Convert.ToHexStringLower(file.Sha256), location = $"/api/v1/jobs/{job}/files/{Uri.EscapeDataString(file.Name)}" });

    /// <summary>Cuts the list of an answer to one page and says where the next begins.</summary>
    /// <returns><c>usage.limit</c>, <c>usage.cursor</c>.</returns>
    public static Problem? Cut(HttpContext http, ApiOperation operation, JsonNode? json)
    {
        if (operation.Page is not { } list || json is not JsonObject answer || answer[list] is not JsonArray rows) return null;
        var limit = RowsUsual;
        if (http.Request.Query["limit"] is { Count: > 0 } said && (said.Count != 1 || !int.TryParse(said[0], NumberStyles.None, CultureInfo.InvariantCulture, out limit) || limit is < 1 or > RowsMax))
            return new Problem("usage.limit", "The limit is no number of rows.", string.Create(CultureInfo.InvariantCulture, $"Use 1 to {RowsMax}."), new SourceLocation(Field: "limit"));
        var from = 0;
        if (http.Request.Query["cursor"] is { Count: > 0 } cursor)
        {
            if (cursor.Count != 1 || Read(cursor[0]) is not var (digest, at)) return NoCursor;
            // The row behind which the page begins may have moved, or gone: then the count of rows before it decides.
            // Of rows that say the same the nearest to where it stood is meant.
            from = Enumerable.Range(0, rows.Count).Where(i => Digest(rows[i]) == digest).OrderBy(i => Math.Abs(i + 1 - at)).Select(i => (int?)(i + 1)).FirstOrDefault() ?? Math.Min(at, rows.Count);
        }

        var page = new JsonArray();
        for (var i = from; i < rows.Count && page.Count < limit; i++) page.Add(rows[i]?.DeepClone());
        var next = from + page.Count;
        answer["total"] = rows.Count;
        answer["next_cursor"] = next < rows.Count ? Write(Digest(rows[next - 1]), next) : null;
        answer[list] = page;
        return null;
    }

    /// <summary>JSON with its ETag; 304 when the asker has it already.</summary>
    public static async Task JsonAsync(HttpContext http, int status, JsonNode? json)
    {
        var bytes = Encoding.UTF8.GetBytes(json is null ? "null" : json.ToJsonString(JsonText.Options));
        if (HttpMethods.IsGet(http.Request.Method) && status == StatusCodes.Status200OK)
        {
            var mark = new EntityTagHeaderValue($"\"{Convert.ToHexStringLower(SHA256.HashData(bytes))[..32]}\"");
            http.Response.GetTypedHeaders().ETag = mark;
            if (http.Request.GetTypedHeaders().IfNoneMatch.Any(one => one.Compare(mark, useStrongComparison: false) || one == EntityTagHeaderValue.Any))
            {
                http.Response.StatusCode = StatusCodes.Status304NotModified;
                return;
            }
        }

        http.Response.StatusCode = status;
        http.Response.ContentType = "application/json; charset=utf-8";
        http.Response.ContentLength = bytes.Length;
        await http.Response.Body.WriteAsync(bytes, http.RequestAborted);
    }

    /// <summary>A file, whole or in ranges, with the SHA-256 of the whole (<c>Repr-Digest</c>, RFC 9530; <c>Digest</c> for older programs) and, when it is whole, of what is sent (<c>Content-Digest</c>).</summary>
    public static Task FileAsync(HttpContext http, ApiFile file)
    {
        var digest = Convert.ToBase64String(file.Sha256);
        http.Response.Headers["Repr-Digest"] = $"sha-256=:{digest}:";
        http.Response.Headers["Digest"] = $"SHA-256={digest}";
        if (http.Request.Headers.Range.Count == 0) http.Response.Headers["Content-Digest"] = $"sha-256=:{digest}:";
        // A page of paper is saved, not opened as a page of this site.
        return TypedResults.PhysicalFile(file.Path, file.Type, file.Name, entityTag: new EntityTagHeaderValue($"\"{Convert.ToHexStringLower(file.Sha256)[..32]}\""), enableRangeProcessing: true).ExecuteAsync(http);
    }

    public static Task RefuseAsync(HttpContext http, ApiOutcome outcome) => Refusals.WriteAsync(http, outcome.Status, outcome.Problems);

    static Problem NoCursor => new("usage.cursor", "This is no cursor of this list.", "Send next_cursor of the page before, unchanged; or none for the first page.", new SourceLocation(Field: "cursor"));

    static string Digest(JsonNode? row) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(row is null ? "" : Key(row))))[..16];

    /// <summary>What a row is known by: its number, where it begins with one; else all it says.</summary>
    static string Key(JsonNode row) => row is JsonObject members && members.FirstOrDefault() is { Key: { } name, Value: JsonValue value } && value.GetValueKind() == JsonValueKind.Number ? $"{name}={value.ToJsonString()}" : row.ToJsonString();

    static string Write(string digest, int at) => Convert.ToBase64String(Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"1.{digest}.{at}"))).TrimEnd('=').Replace('+', '-').Replace('/', '_');

    static (string Digest, int At)? Read(string? cursor)
    {
        if (cursor is not { Length: > 0 and < 100 }) return null;
        var padded = cursor.Replace('-', '+').Replace('_', '/');
        padded += new string('=', (4 - padded.Length % 4) % 4);
        var bytes = new byte[80];
        if (!Convert.TryFromBase64String(padded, bytes, out var written)) return null;
        return Encoding.ASCII.GetString(bytes, 0, written).Split('.') is ["1", { Length: 16 } digest, var at] && int.TryParse(at, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? (digest, number) : null;
    }
}
