using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Net.Http.Headers;
using PaymentEngine.Core;

namespace PaymentEngine.App.Web.Api;

/// <summary>A file that came with a request, in the request's own folder.</summary>
/// <param name="Parameter">Whose it is.</param>
/// <param name="Path">Where it stands.</param>
/// <param name="Sha256">Of its bytes.</param>
public sealed record ApiUpload(string Parameter, string Path, byte[] Sha256);

/// <summary>What a request says, read whole and within its limits: texts by parameter, files in a folder of its own that only the program's user can open.</summary>
sealed class ApiRequest : IDisposable
{
    /// <summary>Files of one request: a register comes as four, law as some dozen.</summary>
    const int FilesMax = 200;

    /// <summary>A form's field that is no file.</summary>
    const int FieldMax = 16 * 1024;

    static readonly JsonDocumentOptions Strict = new() { MaxDepth = 4, AllowDuplicateProperties = false };

    readonly List<ApiUpload> uploads = [];
    readonly SortedDictionary<string, IReadOnlyList<string>> texts = new(StringComparer.Ordinal);
    readonly SortedDictionary<string, string> digested = new(StringComparer.Ordinal);

    /// <summary>The folder of this request; it goes with it unless a job keeps it.</summary>
    public string Folder { get; } = Directory.CreateTempSubdirectory("payengine-request-").FullName;

    /// <summary>Somebody else deletes the folder.</summary>
    public bool IsKept { get; set; }

    public IReadOnlyList<ApiUpload> Uploads => uploads;

    /// <summary>The values of a parameter; empty: it was not said.</summary>
    public IReadOnlyList<string> Of(string name) => texts.GetValueOrDefault(name) ?? [];

    /// <summary>SHA-256 over the verb, the address and everything that was said: what an idempotency key stands for.</summary>
    public byte[] Digest(HttpContext http) => SHA256.HashData(Encoding.UTF8.GetBytes($"{http.Request.Method}\n{http.Request.Path}\n" + string.Concat(digested.Select(one => $"{one.Key}\n{one.Value}\n"))));

    /// <summary>Reads a request.</summary>
    /// <param name="http">Path, query and body.</param>
    /// <param name="operation">What it may say.</param>
    /// <param name="uploadMax">Bytes of all files together.</param>
    /// <returns>Every refusal with its field: <c>usage.unknown_field</c>, <c>usage.body</c>, <c>usage.value</c>, <c>usage.missing</c>, <c>usage.file_name</c>, <c>usage.content_digest</c>, <c>usage.too_large</c>.</returns>
    public static async Task<Result<ApiRequest>> ReadAsync(HttpContext http, ApiOperation operation, long uploadMax)
    {
        var request = new ApiRequest();
        var problems = new List<Problem>();
        try
        {
            foreach (var parameter in operation.Parameters.Where(one => one.InPath))
                if (http.Request.RouteValues[parameter.Name] is string { Length: > 0 } value) request.Take(parameter, [value.Replace("%2F", "/", StringComparison.OrdinalIgnoreCase)], problems); // the one sign that routing leaves as it came
            var body = operation.Parameters.Where(one => !one.InPath).ToDictionary(one => one.Name, StringComparer.Ordinal);
            var paging = operation.Page is not null;
            // Where files come as raw bytes there is no other place for the rest but the query.
            var byQuery = operation.Verb == "GET" || IsRaw(http);
            foreach (var (name, values) in http.Request.Query)
            {
                if (name is "lang" || (paging && name is "limit" or "cursor")) continue;
                if (!byQuery || !body.TryGetValue(name, out var parameter) || parameter.Kind is ApiKind.Upload or ApiKind.Secret) problems.Add(Unknown(name, byQuery ? body.Keys : []));
                else request.Take(parameter, [.. values.Select(value => value ?? "")], problems);
            }

            if (operation.Verb != "GET") await request.BodyAsync(http, body, uploadMax, problems);
            foreach (var parameter in operation.Parameters.Where(one => one.IsRequired && one.Kind != ApiKind.Form))
                if (problems.Count == 0 && request.Of(parameter.Name).Count == 0 && request.uploads.All(upload => upload.Parameter != parameter.Name))
                    problems.Add(new Problem("usage.missing", $"'{parameter.Name}' is missing.", parameter.Kind == ApiKind.Upload ? "Send the file as a part of that name (multipart/form-data)." : $"Send it: {parameter.En}", new SourceLocation(Field: parameter.Name)));
        }
        catch
        {
            request.Dispose();
            throw;
        }

        if (problems.Count == 0) return request;
        request.Dispose();
        return Result<ApiRequest>.Refuse(problems);
    }

    public void Dispose()
    {
        if (!IsKept && Directory.Exists(Folder)) Directory.Delete(Folder, recursive: true);
    }

    /// <summary>A file of the request that holds a secret or a result: in the folder of the request.</summary>
    public string Place(string name)
    {
        var folder = Path.Combine(Folder, "own");
        Directory.CreateDirectory(folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        return Path.Combine(folder, name);
    }

    static bool IsRaw(HttpContext http) => http.Request.ContentType?.StartsWith("application/octet-stream", StringComparison.OrdinalIgnoreCase) == true;

    async Task BodyAsync(HttpContext http, Dictionary<string, ApiParameter> body, long uploadMax, List<Problem> problems)
    {
        var type = http.Request.ContentType ?? "";
        if (type.StartsWith("application/json", StringComparison.OrdinalIgnoreCase))
        {
            await JsonAsync(http, body, problems);
            return;
        }

        // Only here, where files are taken and the rule let the person through, may a body be large.
        if (http.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } limit) limit.MaxRequestBodySize = uploadMax;
        if (IsRaw(http))
        {
            var parameter = body.Values.FirstOrDefault(one => one.Kind == ApiKind.Upload)!;
            var named = ContentDispositionHeaderValue.TryParse(http.Request.Headers.ContentDisposition.ToString(), out var said) ? said.FileNameStar.Value ?? said.FileName.Value : null;
            await KeepAsync(parameter, named?.Trim('"'), http.Request.Body, DigestOf(http.Request.Headers["Content-Digest"].ToString()), problems, http.RequestAborted);
            return;
        }

        if (!MediaTypeHeaderValue.TryParse(type, out var media) || HeaderUtilities.RemoveQuotes(media.Boundary).Value is not { Length: > 0 and <= 200 } boundary)
        {
            problems.Add(new Problem("usage.body", "The form has no boundary.", "Send multipart/form-data as RFC 7578 has it."));
            return;
        }

        var reader = new MultipartReader(boundary, http.Request.Body) { HeadersCountLimit = 8, HeadersLengthLimit = 4 * 1024 };
        for (var parts = 0; await NextAsync(reader, problems, http.RequestAborted) is { } part; parts++)
        {
            if (parts >= FilesMax)
            {
                problems.Add(new Problem("usage.too_large", $"More than {FilesMax} parts.", "Send them in several requests."));
                return;
            }

            if (!ContentDispositionHeaderValue.TryParse(part.ContentDisposition, out var disposition) || disposition.Name.Value?.Trim('"') is not { Length: > 0 } name || !body.TryGetValue(name, out var parameter))
            {
                problems.Add(Unknown(disposition?.Name.Value?.Trim('"') ?? "", body.Keys));
                return;
            }

            if (parameter.Kind == ApiKind.Upload)
            {
                await KeepAsync(parameter, (disposition.FileNameStar.Value ?? disposition.FileName.Value)?.Trim('"'), part.Body, DigestOf(part.Headers?.GetValueOrDefault("Content-Digest").ToString()), problems, http.RequestAborted);
                if (problems.Count > 0) return;
                continue;
            }

            var text = new byte[FieldMax + 1];
            var read = await part.Body.ReadAtLeastAsync(text, text.Length, throwOnEndOfStream: false, http.RequestAborted);
            if (read > FieldMax) problems.Add(new Problem("usage.value", $"'{name}' is longer than {FieldMax} bytes.", "Say it shorter.", new SourceLocation(Field: name)));
            else Take(parameter, [.. Of(name), Encoding.UTF8.GetString(text, 0, read)], problems);
        }
    }

    static async Task<MultipartSection?> NextAsync(MultipartReader reader, List<Problem> problems, CancellationToken cancel)
    {
        try
        {
            return await reader.ReadNextSectionAsync(cancel);
        }
        catch (IOException broken) when (broken is not BadHttpRequestException)
        {
            problems.Add(new Problem("usage.body", "The form ends in the middle of a part.", "Send it again, whole."));
            return null;
        }
    }

    async Task JsonAsync(HttpContext http, Dictionary<string, ApiParameter> body, List<Problem> problems)
    {
        JsonDocument document;
        try
        {
            document = await JsonDocument.ParseAsync(http.Request.Body, Strict, http.RequestAborted);
        }
        catch (JsonException)
        {
            problems.Add(NotAnObject(body.Keys));
            return;
        }

        using (document)
        {
            if (document.RootElement.ValueKind != JsonValueKind.Object)
            {
                problems.Add(NotAnObject(body.Keys));
                return;
            }

            foreach (var property in document.RootElement.EnumerateObject())
            {
                if (!body.TryGetValue(property.Name, out var parameter)) problems.Add(Unknown(property.Name, body.Keys));
                else if (parameter.Kind == ApiKind.Upload) problems.Add(new Problem("usage.value", $"'{property.Name}' is a file.", "Send it as a part of a form (multipart/form-data).", new SourceLocation(Field: property.Name)));
                else if (property.Value.ValueKind == JsonValueKind.Null) continue;
                else
                {
                    var values = parameter.IsMany && property.Value.ValueKind == JsonValueKind.Array ? [.. property.Value.EnumerateArray()] : new[] { property.Value };
                    var said = values.Select(value => Text(parameter, value)).ToList();
                    if (said.Contains(null)) problems.Add(NotOfItsKind(parameter));
                    else Take(parameter, [.. said.Select(one => one!)], problems);
                }
            }
        }
    }

    /// <summary>The words of a JSON value of the parameter's kind; null when it is of another.</summary>
    static string? Text(ApiParameter parameter, JsonElement value) => (parameter.Kind, value.ValueKind) switch
    {
        (ApiKind.Integer, JsonValueKind.Number) => value.TryGetInt64(out var number) ? number.ToString(CultureInfo.InvariantCulture) : null,
        (ApiKind.Decimal, JsonValueKind.Number) => value.TryGetDecimal(out var number) ? number.ToString(CultureInfo.InvariantCulture) : null,
        (ApiKind.Boolean, JsonValueKind.True) => "true",
        (ApiKind.Boolean, JsonValueKind.False) => "false",
        (ApiKind.Form, JsonValueKind.True) when parameter.Values is ["true"] => "true",
        (ApiKind.Text or ApiKind.Secret or ApiKind.Form, JsonValueKind.String) => value.GetString(),
        _ => null,
    };

    void Take(ApiParameter parameter, IReadOnlyList<string> values, List<Problem> problems)
    {
        if (values.Count > 1 && !parameter.IsMany) problems.Add(new Problem("usage.value", $"'{parameter.Name}' was said {values.Count} times.", "Say it once.", new SourceLocation(Field: parameter.Name)));
        else if (values.Any(value => value.Length == 0 || value.Contains('\0', StringComparison.Ordinal)) || !values.All(value => Fits(parameter, value))) problems.Add(NotOfItsKind(parameter));
        else if (parameter.Values.Count > 0 && values.Any(value => !parameter.Values.Contains(value)))
            problems.Add(new Problem("usage.value", $"'{parameter.Name}' is none of {string.Join(", ", parameter.Values)}.", "Use one of them.", new SourceLocation(Field: parameter.Name)));
        else
        {
            texts[parameter.Name] = values;
            // A digest of a password would be a thing to guess it by: that one was said is all that counts of it.
            digested[parameter.Name] = parameter.Kind == ApiKind.Secret ? "said" : string.Join('\0', values);
        }
    }

    static bool Fits(ApiParameter parameter, string value) => parameter.Kind switch
    {
        ApiKind.Integer => long.TryParse(value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out _),
        ApiKind.Decimal => decimal.TryParse(value, NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out _),
        ApiKind.Boolean => value is "true" or "false",
        // What ends the line of a file would begin another.
        ApiKind.Secret => !value.Contains('\n', StringComparison.Ordinal) && !value.Contains('\r', StringComparison.Ordinal),
        _ => true,
    };

    async Task KeepAsync(ApiParameter parameter, string? named, Stream bytes, byte[]? announced, List<Problem> problems, CancellationToken cancel)
    {
        var at = new SourceLocation(Field: parameter.Name);
        var name = named is null ? parameter.Name : Path.GetFileName(named.Replace('\\', '/'));
        if (name.Length is 0 or > 120 || name.StartsWith('.') || name.StartsWith('-') || name.Any(char.IsControl))
        {
            problems.Add(new Problem("usage.file_name", $"The file of '{parameter.Name}' has no name that a file can have.", "Name it by letters and figures, 120 at most, with its ending.", at));
            return;
        }

        if (!parameter.IsMany && uploads.Any(upload => upload.Parameter == parameter.Name))
        {
            problems.Add(new Problem("usage.value", $"'{parameter.Name}' is one file.", "Send one.", at));
            return;
        }

        var folder = Path.Combine(Folder, parameter.Name);
        Directory.CreateDirectory(folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        var path = Path.Combine(folder, name);
        if (File.Exists(path))
        {
            problems.Add(new Problem("usage.file_name", $"Two files are called '{name}'.", "Give each its own name.", at));
            return;
        }

        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        await using (var file = new FileStream(path, new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite, Options = FileOptions.Asynchronous }))
        {
            var buffer = new byte[64 * 1024];
            for (int read; (read = await bytes.ReadAsync(buffer, cancel)) > 0;)
            {
                hash.AppendData(buffer, 0, read);
                await file.WriteAsync(buffer.AsMemory(0, read), cancel);
            }
        }

        var sha256 = hash.GetHashAndReset();
        if (announced is not null && !CryptographicOperations.FixedTimeEquals(announced, sha256))
        {
            problems.Add(new Problem("usage.content_digest", $"'{name}' arrived with another SHA-256 than its Content-Digest says.", "Send it again; nothing was taken.", at));
            return;
        }

        uploads.Add(new ApiUpload(parameter.Name, path, sha256));
        digested[$"{parameter.Name}/{name}"] = Convert.ToHexStringLower(sha256);
    }

    /// <summary>The SHA-256 of a Content-Digest (RFC 9530): <c>sha-256=:…:</c>; null when none is said.</summary>
    static byte[]? DigestOf(string? header)
    {
        const string begin = "sha-256=:";
        if (string.IsNullOrEmpty(header)) return null;
        var from = header.IndexOf(begin, StringComparison.OrdinalIgnoreCase);
        var to = from < 0 ? -1 : header.IndexOf(':', from + begin.Length);
        var bytes = new byte[SHA256.HashSizeInBytes];
        // Said and not readable is a digest that nothing has.
        return to > 0 && Convert.TryFromBase64String(header[(from + begin.Length)..to], bytes, out var written) && written == bytes.Length ? bytes : new byte[SHA256.HashSizeInBytes];
    }

    static Problem NotAnObject(IEnumerable<string> names) =>
        new("usage.body", "The body is not the JSON object this operation takes.", names.Any() ? $"Send an object with {string.Join(", ", names)}, each once at most and nothing else." : "Send {}.");

    static Problem NotOfItsKind(ApiParameter parameter) => new("usage.value", $"'{parameter.Name}' is not {parameter.Kind switch
    {
        ApiKind.Integer => "a whole number", ApiKind.Decimal => "a number", ApiKind.Boolean => "true or false", _ => "a text",
    }}.", parameter.Kind == ApiKind.Integer ? "Sums are whole đồng, without dots and quotes." : "Send it as the description has it.", new SourceLocation(Field: parameter.Name));

    static Problem Unknown(string name, IEnumerable<string> known) =>
        new("usage.unknown_field", $"'{name}' is not taken here.", known.Any() ? $"What is taken: {string.Join(", ", known)}." : "Nothing is taken but what the address says.", new SourceLocation(Field: name));
}
