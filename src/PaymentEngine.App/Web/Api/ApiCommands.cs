using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using NodaTime;
using PaymentEngine.App.CommandLine;
using PaymentEngine.App.Operations;
using PaymentEngine.App.Web.Guard;
using PaymentEngine.Core;
using PaymentEngine.Messages;

namespace PaymentEngine.App.Web.Api;

/// <summary>A file that an operation wrote.</summary>
/// <param name="Name">As it is fetched.</param>
/// <param name="Path">Where it stands.</param>
/// <param name="Bytes">How many.</param>
/// <param name="Sha256">Of its bytes.</param>
public sealed record ApiFile(string Name, string Path, long Bytes, byte[] Sha256)
{
    public string Type => System.IO.Path.GetExtension(Name) switch
    {
        ".pdf" => "application/pdf", ".html" => "text/html; charset=utf-8", ".csv" => "text/csv; charset=utf-8", ".json" => "application/json; charset=utf-8", ".xml" => "application/xml",
        ".xlsx" => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", ".txt" or ".key" => "text/plain; charset=utf-8", _ => "application/octet-stream",
    };
}

/// <summary>What an operation answered, as the API says it.</summary>
/// <param name="Status">Of HTTP.</param>
/// <param name="Json">The command's <c>--json</c>; null: refused.</param>
/// <param name="Problems">Why it was refused.</param>
/// <param name="Files">What it wrote.</param>
public sealed record ApiOutcome(int Status, JsonNode? Json, IReadOnlyList<Problem> Problems, IReadOnlyList<ApiFile> Files);

/// <summary>Does what a request asks: the very command of the command line, with the request's person, language and files.</summary>
static class ApiCommands
{
    static readonly Offset VietNam = Offset.FromHours(7);

    /// <summary>The words of the command that a request is.</summary>
    /// <returns>Refused where a value is not whole: <c>usage.content_hash</c>.</returns>
    public static Result<IReadOnlyList<string>> Words(ApiOperation operation, ApiRequest request, Instant now, string home)
    {
        var (options, arguments) = (new List<string>(), new List<string>());
        foreach (var parameter in operation.Parameters)
        {
            var values = request.Of(parameter.Name);
            if (parameter.Name == "content_hash" && values is [var hash] && !ApiRoutes.IsDigest(hash)) return ApiRoutes.NotADigest;
            if (operation.ThisMonth && values.Count == 0)
            {
                var today = now.WithOffset(VietNam).Date;
                values = [new YearMonth(today.Year, today.Month).Text()];
            }

            switch (parameter.Kind)
            {
                case ApiKind.Upload:
                    values = [.. request.Uploads.Where(upload => upload.Parameter == parameter.Name).Select(upload => upload.Path)];
                    if (operation.TakesFolder && values.Count > 0 && !parameter.IsOption) values = [Path.GetDirectoryName(values[0])!];
                    break;
                case ApiKind.Secret when values is [var secret]:
                    var file = request.Place(parameter.Name);
                    using (var writer = new StreamWriter(file, new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite })) writer.Write(secret);
                    values = [file];
                    break;
                case ApiKind.Form:
                    // A command whose file must be gets its first form when none is asked for.
                    var form = values is [var asked] ? asked == "true" ? operation.Forms[0] : asked : IsNeeded(parameter) ? operation.Forms[0] : null;
                    values = form is null ? [] : [request.Place($"{NameOf(operation)}.{form}")];
                    break;
                case ApiKind.Boolean:
                    if (values is ["true"]) options.Add(parameter.Symbol.Name);
                    continue;
            }

            // What a text begins with makes it no option and no command: an option's value stands in its own word, arguments stand behind the double dash.
            if (parameter.IsOption) options.AddRange(values.Select(value => $"{parameter.Symbol.Name}={value}"));
            else arguments.AddRange(values);
        }

        if (operation.WritesFolder is { } folder)
        {
            var symbol = ApiOperation.Commands[operation.Command].Options.First(option => ApiOperation.NameOf(option) == folder);
            options.Add($"{symbol.Name}={(operation.KeepsFolder ? Kept(home, request) : request.Place("files"))}");
        }

        return Result<IReadOnlyList<string>>.Ok([.. operation.Command.Split(' '), .. options, .. arguments.Count > 0 ? ["--"] : Array.Empty<string>(), .. arguments]);
    }

    /// <summary>Does it.</summary>
    public static async Task<ApiOutcome> DoAsync(WebParts parts, ApiOperation operation, ApiRequest request, Caller caller, bool isEnglish, Action<ProgressStep>? progress, CancellationToken cancel)
    {
        var made = Words(operation, request, parts.Now, parts.Home);
        if (!made.TryGet(out var words)) return Refused(operation, made.Problems);
        var answer = operation.Instead is { } instead ? await instead(parts, caller, request, isEnglish, cancel) : await PayEngine.AnswerAsync(words, takes => parts.CommandContext(caller, isEnglish, takes, progress), cancel);
        if (answer.Problems.Count > 0) return Refused(operation, [.. answer.Problems.Select(problem => Local(problem, [request.Folder, parts.Home]))]);
        var json = JsonSerializer.SerializeToNode(answer.Json, JsonText.Options);
        return new ApiOutcome(StatusCodes.Status200OK, Local(json, [request.Folder, parts.Home]), [], Files(operation, request, parts.Home));
    }

    /// <summary>SHA-256 of a file's bytes.</summary>
    public static byte[] Sha256(string path)
    {
        using var bytes = File.OpenRead(path);
        return SHA256.HashData(bytes);
    }

    static ApiOutcome Refused(ApiOperation operation, IReadOnlyList<Problem> problems)
    {
        // What was looked for by its number and is not there, or not the asker's, is no fault in the request's words.
        var sought = operation.Parameters.Any(one => one.InPath);
        var said = sought ? Refusals.OfSought(problems) : problems;
        return new ApiOutcome(sought && said[0].Code.EndsWith(".unknown", StringComparison.Ordinal) ? StatusCodes.Status404NotFound : Refusals.StatusOf(said[0]), null, said, []);
    }

    static IReadOnlyList<ApiFile> Files(ApiOperation operation, ApiRequest request, string home)
    {
        var folder = operation.WritesFolder is null ? Path.Combine(request.Folder, "own") : operation.KeepsFolder ? Kept(home, request) : Path.Combine(request.Folder, "own", "files");
        if ((operation.WritesFolder is null && operation.Writes.Count == 0) || !Directory.Exists(folder)) return [];
        return [.. Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories).Select(path => (Name: Path.GetRelativePath(folder, path).Replace('/', '~'), Path: path)).OrderBy(one => one.Name, StringComparer.Ordinal)
            .Select(one => new ApiFile(one.Name, one.Path, new FileInfo(one.Path).Length, Sha256(one.Path)))];
    }

    /// <summary>What the program keeps by itself stands in its home, under the name of the run or month it belongs to.</summary>
    static string Kept(string home, ApiRequest request) => Path.Combine(home, "outbox", request.Of("run") is [var run] && run.All(one => char.IsAsciiLetterOrDigit(one) || one == '-') ? run : "other");

    static bool IsNeeded(ApiParameter parameter) => parameter.Symbol is System.CommandLine.Option { Required: true };

    static string NameOf(ApiOperation operation) => operation.Command.Replace(' ', '-');

    /// <summary>Where a file stood for a moment on the machine is nobody's business: it is told by its name.</summary>
    static JsonNode? Local(JsonNode? node, string[] places)
    {
        switch (node)
        {
            case JsonObject members:
                foreach (var (name, value) in members.ToList())
                {
                    if (value is JsonValue text && text.TryGetValue<string>(out var said)) members[name] = Local(said, places);
                    else Local(value, places);
                }

                break;
            case JsonArray items:
                for (var i = 0; i < items.Count; i++)
                {
                    if (items[i] is JsonValue text && text.TryGetValue<string>(out var said)) items[i] = Local(said, places);
                    else Local(items[i], places);
                }

                break;
        }

        return node;
    }

    static Problem Local(Problem problem, string[] places) => problem with
    {
        Message = Local(problem.Message, places), Remedy = Local(problem.Remedy, places), At = problem.At is { File: { } file } at ? at with { File = Path.GetFileName(file) } : problem.At,
    };

    static string Local(string text, string[] places)
    {
        foreach (var place in places)
        {
            for (int from; place.Length > 1 && (from = text.IndexOf(place + "/", StringComparison.Ordinal)) >= 0;)
            {
                var to = from;
                while (to < text.Length && text[to] is not (' ' or '\'' or '"' or ':' or ';' or ',' or ')')) to++;
                text = text[..from] + Path.GetFileName(text[from..to].TrimEnd('.', '/')) + text[to..];
            }
        }

        return text;
    }
}
