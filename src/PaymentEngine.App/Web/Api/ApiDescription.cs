using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using PaymentEngine.App.Operations.Access;
using PaymentEngine.App.Web.Access;
using PaymentEngine.App.Web.Guard;

namespace PaymentEngine.App.Web.Api;

/// <summary>The API described: OpenAPI 3.1, drawn from the table of operations (schemas/api/openapi.json is its golden copy), and the same as a page.</summary>
static class ApiDescription
{
    /// <summary>Additive within v1: the third figure counts additions.</summary>
    public const string Version = "1.0.0";

    static readonly string[] RefusedBy = ["4XX", "5XX"];

    /// <summary>The whole description. A new document at each call: whoever has it may change it.</summary>
    public static JsonObject Document() => new()
    {
        ["openapi"] = "3.1.1",
        ["info"] = new JsonObject
        {
            ["title"] = "PaymentEngine API", ["version"] = Version, ["license"] = new JsonObject { ["name"] = "Apache-2.0", ["identifier"] = "Apache-2.0" },
            ["description"] = "The operations of the command line over HTTP: each operation is a command, its answer the command's JSON. Sums are whole đồng (integers), months YYYY-MM, days YYYY-MM-DD, instants UTC with Z. "
                + "Texts are Vietnamese; Accept-Language: en gives English. Within /v1 only additions are made. See docs/api.md.\n\n"
                + "Các thao tác của dòng lệnh qua HTTP: mỗi thao tác là một lệnh, câu trả lời là JSON của lệnh ấy. Số tiền là đồng nguyên.",
        },
        ["servers"] = new JsonArray(new JsonObject { ["url"] = "/" }),
        ["security"] = new JsonArray(new JsonObject { ["bearer"] = new JsonArray() }),
        ["paths"] = Paths(),
        ["components"] = Components(),
    };

    static JsonObject Paths()
    {
        var paths = new JsonObject
        {
            ["/api/v1/sessions"] = new JsonObject
            {
                ["post"] = Own("open_session", "A service account proves itself by its key and gets a token", "Tài khoản dịch vụ chứng minh mình bằng khóa và nhận thẻ phiên", Body(new JsonObject { ["name"] = Of("string"), ["key"] = Of("string") }, ["name", "key"]), isPublic: true),
            },
            ["/api/v1/session"] = new JsonObject { ["get"] = Own("session", "Who I am, what I may, until when the second factor counts", "Tôi là ai, được làm gì, yếu tố thứ hai còn hiệu lực đến lúc nào", null) },
            ["/api/v1/session/confirm"] = new JsonObject
            {
                ["post"] = Own("confirm_session", "Shows the second factor again; the answer has a new token, the old one is over", "Xác nhận lại yếu tố thứ hai; trả về thẻ mới, thẻ cũ hết hiệu lực", Body(new JsonObject { ["code"] = Of("string") }, ["code"])),
            },
            ["/api/v1/session/close"] = new JsonObject { ["post"] = Own("close_session", "Ends the session", "Kết thúc phiên", Body([], [])) },
            ["/api/v1/jobs/{job}"] = new JsonObject { ["get"] = Own("job", "How far a long operation is, and what it answered", "Việc dài đã đến đâu và kết quả", null, "job", schema: "Job") },
            ["/api/v1/jobs/{job}/events"] = new JsonObject { ["get"] = Own("job_events", "The same whenever it changes, as server-sent events named by the state", "Cũng vậy, mỗi khi thay đổi (server-sent events)", null, "job", type: "text/event-stream") },
            ["/api/v1/jobs/{job}/files/{file}"] = new JsonObject { ["get"] = Own("job_file", "A file that an operation wrote; kept for an hour; ranges are answered", "Tệp mà thao tác đã ghi; giữ một giờ; trả lời từng đoạn", null, "job", "file", type: "application/octet-stream") },
        };
        paths["/api/v1/bank/files"] = new JsonObject { ["get"] = Own("bank_files", "Payment files handed over to the caller's bank; limit and cursor as elsewhere", "Các tệp lệnh chi đã trao cho ngân hàng của người gọi", null) };
        foreach (var (part, en, vi) in new[] { ("", "The sealed bytes of a file", "Tệp đã niêm phong"), ("/manifest", "Its manifest", "Bản kê"), ("/signature", "The detached CMS signature over the manifest", "Chữ ký CMS tách rời trên bản kê") })
            paths["/api/v1/bank/files/{msgid}" + part] = new JsonObject { ["get"] = Own("bank_file" + part.Replace('/', '_'), en, vi, null, "msgid", type: "application/octet-stream") };
        foreach (var operation in ApiTable.Operations)
        {
            if (paths[operation.Pattern] is not JsonObject path) paths[operation.Pattern] = path = [];
            path[operation.Verb == "GET" ? "get" : "post"] = Of(operation);
        }

        return paths;
    }

    static JsonObject Of(ApiOperation operation)
    {
        var (vi, en) = operation.Summary;
        var rule = operation.Route.Rule.Command ?? new AccessRule("", operation.Route.Rule.Roles, Reach.Own, true, true, true);
        var parameters = new JsonArray();
        foreach (var parameter in operation.Parameters.Where(one => one.InPath || operation.Verb == "GET"))
            parameters.Add(new JsonObject
            {
                ["name"] = parameter.Name, ["in"] = parameter.InPath ? "path" : "query", ["required"] = parameter.IsRequired, ["description"] = Both(parameter.Vi, parameter.En), ["schema"] = Schema(parameter),
            });
        if (operation.Page is not null)
        {
            parameters.Add(Ref("parameters", "Limit"));
            parameters.Add(Ref("parameters", "Cursor"));
        }

        if (operation.Verb == "GET") parameters.Add(Ref("parameters", "IfNoneMatch"));
        else parameters.Add(Ref("parameters", "IdempotencyKey"));
        var responses = new JsonObject();
        var json = Content("application/json", new JsonObject { ["type"] = "object", ["description"] = $"As payengine {operation.Command} --json says it" + (operation.Page is { } list ? $"; '{list}' in pages, with total and next_cursor." : ".") });
        if (operation.IsLong) responses["202"] = Ref("responses", "Accepted");
        else
        {
            if (operation is { Verb: "GET", Forms.Count: > 0 }) foreach (var form in operation.Forms) json[new ApiFile("x." + form, "", 0, []).Type.Split(';')[0]] = new JsonObject { ["schema"] = new JsonObject { ["type"] = "string", ["format"] = "binary" } };
            responses["200"] = new JsonObject { ["description"] = "Done.", ["content"] = json };
        }

        if (operation.Verb == "GET") responses["304"] = new JsonObject { ["description"] = "As it was." };
        foreach (var status in RefusedBy) responses[status] = Ref("responses", "Refused");
        var described = new JsonObject
        {
            ["operationId"] = IdOf(operation), ["tags"] = new JsonArray(operation.Pattern.Split('/')[3]), ["summary"] = en, ["description"] = vi, ["x-command"] = operation.Command,
            ["x-roles"] = new JsonArray([.. rule.Roles.Select(role => (JsonNode)role)]), ["x-reach"] = rule.Reach.ToString().ToLowerInvariant(), ["x-second-factor"] = operation.AsksProof, ["parameters"] = parameters,
        };
        if (operation.Verb == "POST") described["requestBody"] = RequestBody(operation);
        described["responses"] = responses;
        return described;
    }

    static JsonObject RequestBody(ApiOperation operation)
    {
        var said = operation.Parameters.Where(one => !one.InPath).ToList();
        var content = new JsonObject();
        if (said.All(one => one.Kind != ApiKind.Upload || !one.IsRequired)) content["application/json"] = Members([.. said.Where(one => one.Kind != ApiKind.Upload)]);
        if (operation.Uploads.Count > 0)
        {
            content["multipart/form-data"] = Members(said);
            content["application/octet-stream"] = new JsonObject { ["schema"] = new JsonObject { ["type"] = "string", ["format"] = "binary", ["description"] = "One file as it is; its name in Content-Disposition, everything else in the query." } };
        }

        return new JsonObject { ["required"] = true, ["content"] = content };
    }

    static JsonObject Members(IReadOnlyList<ApiParameter> said)
    {
        var (properties, required, example) = (new JsonObject(), new JsonArray(), new JsonObject());
        foreach (var parameter in said)
        {
            var schema = Schema(parameter);
            schema["description"] = Both(parameter.Vi, parameter.En);
            properties[parameter.Name] = schema;
            if (!parameter.IsRequired) continue;
            required.Add(parameter.Name);
            if (parameter.Kind != ApiKind.Upload) example[parameter.Name] = Example(parameter);
        }

        var members = new JsonObject { ["schema"] = new JsonObject { ["type"] = "object", ["properties"] = properties, ["required"] = required, ["additionalProperties"] = false } };
        if (example.Count > 0) members["example"] = example;
        return members;
    }

    static JsonObject Schema(ApiParameter parameter)
    {
        var one = parameter.Kind switch
        {
            ApiKind.Integer => new JsonObject { ["type"] = "integer", ["format"] = "int64" },
            ApiKind.Decimal => Of("number"),
            ApiKind.Boolean => Of("boolean"),
            ApiKind.Upload => new JsonObject { ["type"] = "string", ["format"] = "binary" },
            ApiKind.Form when parameter.Values is ["true"] => Of("boolean"),
            ApiKind.Form => new JsonObject { ["type"] = "string", ["enum"] = new JsonArray([.. parameter.Values.Select(value => (JsonNode)value)]) },
            ApiKind.Secret => new JsonObject { ["type"] = "string", ["format"] = "password" },
            _ => Of("string"),
        };
        return parameter.IsMany ? new JsonObject { ["type"] = "array", ["items"] = one } : one;
    }

    static JsonNode Example(ApiParameter parameter)
    {
        JsonNode one = parameter.Kind switch
        {
            ApiKind.Integer => parameter.Name.Contains("total", StringComparison.Ordinal) || parameter.Name.Contains("amount", StringComparison.Ordinal) || parameter.Name.Contains("sum", StringComparison.Ordinal) ? 178_231_500_000 : 1,
            ApiKind.Decimal => 0.75m,
            ApiKind.Boolean => true,
            _ => parameter.Name switch
            {
                "content_hash" => "0000000000000000000000000000000000000000000000000000000000000000", "run" => "40-2611-001", "month" => "2026-11", "on" or "from" or "to" or "until" or "basis_on" => "2026-11-05", "person" => "P000001",
                "reason" or "why" or "remark" or "evidence" or "text" => "Theo biên bản ngày 05/11/2026", _ => "…",
            },
        };
        return parameter.IsMany ? new JsonArray(one) : one;
    }

    static JsonObject Components() => new()
    {
        ["securitySchemes"] = new JsonObject { ["bearer"] = new JsonObject { ["type"] = "http", ["scheme"] = "bearer", ["description"] = "The token of POST /api/v1/sessions, or of payengine login." } },
        ["parameters"] = new JsonObject
        {
            ["IdempotencyKey"] = new JsonObject
            {
                ["name"] = ApiRepeats.Header, ["in"] = "header", ["required"] = true, ["schema"] = new JsonObject { ["type"] = "string", ["minLength"] = 1, ["maxLength"] = 128 },
                ["description"] = "One for each thing to be done. The same key with the same content is answered alike and done once; with other content it is refused (409 request.key_reused). Known for 30 days.",
            },
            ["Limit"] = new JsonObject { ["name"] = "limit", ["in"] = "query", ["schema"] = new JsonObject { ["type"] = "integer", ["minimum"] = 1, ["maximum"] = ApiAnswers.RowsMax, ["default"] = ApiAnswers.RowsUsual }, ["description"] = "Rows of a page." },
            ["Cursor"] = new JsonObject { ["name"] = "cursor", ["in"] = "query", ["schema"] = Of("string"), ["description"] = "next_cursor of the page before, unchanged." },
            ["IfNoneMatch"] = new JsonObject { ["name"] = "If-None-Match", ["in"] = "header", ["schema"] = Of("string"), ["description"] = "The ETag of an earlier answer: 304 when nothing changed." },
        },
        ["responses"] = new JsonObject
        {
            ["Accepted"] = new JsonObject
            {
                ["description"] = "It goes on: look at Location.", ["headers"] = new JsonObject { ["Location"] = new JsonObject { ["schema"] = Of("string") } },
                ["content"] = Content("application/json", new JsonObject { ["type"] = "object", ["required"] = new JsonArray("job", "location", "events"), ["properties"] = new JsonObject { ["job"] = Of("string"), ["location"] = Of("string"), ["events"] = Of("string") } }),
            },
            ["Refused"] = new JsonObject { ["description"] = "Refused; nothing is half-applied. 400 wrong request, 401 no session, 403 not allowed, 404 not there or not yours, 409 the key, 413 too large, 415 another content type, 422 refused by the operation, 429 too often, 503 the database does not answer; 409 and 429 say Retry-After where waiting helps.", ["content"] = new JsonObject { ["application/problem+json"] = new JsonObject { ["schema"] = Ref("schemas", "Problem") } } },
        },
        ["schemas"] = new JsonObject
        {
            ["Problem"] = new JsonObject
            {
                ["type"] = "object", ["required"] = new JsonArray("type", "title", "status", "code", "detail", "problems"),
                ["properties"] = new JsonObject
                {
                    ["type"] = Described("urn:payengine:problem: and the code."), ["title"] = Described("What is wrong."), ["status"] = Of("integer"), ["code"] = Described("Stable: never changes its meaning."), ["detail"] = Described("What to do."),
                    ["reference"] = new JsonObject { ["type"] = new JsonArray("string", "null"), ["description"] = "Of a fault: by which the log is searched." },
                    ["problems"] = new JsonObject
                    {
                        ["type"] = "array", ["items"] = new JsonObject
                        {
                            ["type"] = "object", ["required"] = new JsonArray("code", "message", "remedy"),
                            ["properties"] = new JsonObject { ["code"] = Of("string"), ["message"] = Of("string"), ["remedy"] = Of("string"), ["file"] = OrNull("string"), ["line"] = OrNull("integer"), ["column"] = OrNull("string"), ["field"] = OrNull("string") },
                        },
                    },
                },
            },
            ["Job"] = new JsonObject
            {
                ["type"] = "object", ["required"] = new JsonArray("job", "state"),
                ["properties"] = new JsonObject
                {
                    ["job"] = Of("string"), ["command"] = Of("string"), ["state"] = new JsonObject { ["enum"] = new JsonArray("running", "done", "refused", "interrupted") }, ["seconds"] = Of("integer"),
                    ["progress"] = new JsonObject { ["type"] = new JsonArray("object", "null"), ["properties"] = new JsonObject { ["label"] = Of("string"), ["done"] = Of("integer"), ["total"] = OrNull("integer"), ["per_second"] = OrNull("integer"), ["seconds_left"] = OrNull("integer") } },
                    ["status"] = OrNull("integer"), ["answer"] = new JsonObject(), ["problems"] = new JsonObject(), ["files"] = new JsonObject(),
                },
            },
        },
    };

    static JsonObject Own(string id, string en, string vi, JsonObject? body, string? first = null, string? second = null, string type = "application/json", string? schema = null, bool isPublic = false)
    {
        var parameters = new JsonArray();
        foreach (var name in new[] { first, second }.OfType<string>()) parameters.Add(new JsonObject { ["name"] = name, ["in"] = "path", ["required"] = true, ["schema"] = Of("string") });
        var own = new JsonObject { ["operationId"] = id, ["tags"] = new JsonArray(first is null ? "session" : "jobs"), ["summary"] = en, ["description"] = vi, ["parameters"] = parameters };
        if (isPublic) own["security"] = new JsonArray();
        if (body is not null) own["requestBody"] = body;
        own["responses"] = new JsonObject { ["200"] = new JsonObject { ["description"] = "Done.", ["content"] = Content(type, schema is null ? Of(type == "application/json" ? "object" : "string") : Ref("schemas", schema)) }, ["401"] = Ref("responses", "Refused"), ["429"] = Ref("responses", "Refused") };
        if (first is not null) own["responses"]!["404"] = Ref("responses", "Refused");
        return own;
    }

    static JsonObject Body(JsonObject properties, string[] required) => new()
    {
        ["required"] = true, ["content"] = Content("application/json", new JsonObject { ["type"] = "object", ["properties"] = properties, ["required"] = new JsonArray([.. required.Select(one => (JsonNode)one)]), ["additionalProperties"] = false }),
    };

    static JsonObject Content(string type, JsonObject schema) => new() { [type] = new JsonObject { ["schema"] = schema } };

    static JsonObject Of(string type) => new() { ["type"] = type };

    static JsonObject OrNull(string type) => new() { ["type"] = new JsonArray(type, "null") };

    static JsonObject Described(string description) => new() { ["type"] = "string", ["description"] = description };

    static JsonObject Ref(string kind, string name) => new() { ["$ref"] = $"#/components/{kind}/{name}" };

    static string Both(string vi, string en) => en.Length == 0 ? vi : $"{en} / {vi}";

    static string IdOf(ApiOperation operation) => (operation.Verb.ToLowerInvariant() + operation.Pattern["/api/v1".Length..]).Replace("{", "by_", StringComparison.Ordinal).Replace("}", "", StringComparison.Ordinal).Replace('/', '_').Replace('-', '_');

    /// <summary>The description for people: every operation with what it takes, who may, and an example.</summary>
    public static string Page(bool isEnglish)
    {
        var html = Refusals.Html;
        string Text(string vi, string en) => html.Encode(isEnglish ? en : vi);
        var page = new StringBuilder();
        page.Append(CultureInfo.InvariantCulture, $"""
            <!doctype html>
            <html lang="{(isEnglish ? "en" : "vi")}">
            <head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>API · PaymentEngine</title><link rel="stylesheet" href="/assets/site.css"></head>
            <body><main id="main"><h1>PaymentEngine API {Version}</h1>
            <p>{Text("Mô tả cho máy:", "For machines:")} <a href="/api/v1/openapi.json">OpenAPI 3.1</a>. {Text("Mỗi POST cần Idempotency-Key. Số tiền là đồng nguyên.", "Each POST needs an Idempotency-Key. Sums are whole đồng.")}</p>

            """);
        foreach (var group in ApiTable.Operations.GroupBy(operation => operation.Pattern.Split('/')[3]))
        {
            page.Append(CultureInfo.InvariantCulture, $"<h2 id=\"{html.Encode(group.Key)}\">{html.Encode(group.Key)}</h2>\n");
            foreach (var operation in group)
            {
                var roles = operation.Route.Rule.Roles;
                var who = roles.Count == 0 ? Text("ai đã đăng nhập", "whoever is logged in") : html.Encode(string.Join(", ", roles));
                page.Append(CultureInfo.InvariantCulture, $"<h3><code>{operation.Verb} {html.Encode(operation.Pattern)}</code></h3>\n<p>{Text(operation.Summary.Vi, operation.Summary.En)}{(operation.IsLong ? " " + Text("(202: việc dài)", "(202: a long operation)") : "")}. {Text("Ai:", "Who:")} {who}.</p>\n");
                var said = operation.Parameters;
                if (said.Count > 0)
                {
                    page.Append(CultureInfo.InvariantCulture, $"<table><thead><tr><th scope=\"col\">{Text("Tên", "Name")}</th><th scope=\"col\">{Text("Loại", "Kind")}</th><th scope=\"col\">{Text("Là gì", "What it is")}</th></tr></thead><tbody>\n");
                    foreach (var one in said) page.Append(CultureInfo.InvariantCulture, $"<tr><td><code>{html.Encode(one.Name)}</code>{(one.IsRequired ? " *" : "")}</td><td>{(one.InPath ? "path, " : "")}{one.Kind.ToString().ToLowerInvariant()}{(one.IsMany ? "[]" : "")}{(one.Values.Count > 0 ? ": " + html.Encode(string.Join(" | ", one.Values)) : "")}</td><td>{Text(one.Vi, one.En)}</td></tr>\n");
                    page.Append("</tbody></table>\n");
                }

                if (operation.Verb == "POST" && Members([.. said.Where(one => !one.InPath)])["example"] is { } example) page.Append(CultureInfo.InvariantCulture, $"<pre>{html.Encode(example.ToJsonString(CommandLine.JsonText.Options))}</pre>\n");
            }
        }

        return page.Append("</main></body>\n</html>\n").ToString();
    }
}
