using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using NodaTime;
using PaymentEngine.App.CommandLine;
using PaymentEngine.App.Web.Api;
using PaymentEngine.Tests.House;

namespace PaymentEngine.Tests.Web;

public class ApiTableTests
{
    [Fact]
    public void Every_command_is_an_operation_of_the_API_or_says_why_it_is_not()
    {
        var offered = ApiTable.Operations.Select(operation => operation.Command).ToHashSet(StringComparer.Ordinal);
        Assert.DoesNotContain(ApiOperation.Commands.Keys, command => !offered.Contains(command) && !ApiTable.NotRemote.ContainsKey(command));
        Assert.DoesNotContain(ApiTable.NotRemote.Keys, command => offered.Contains(command) || !ApiOperation.Commands.ContainsKey(command));
        Assert.All(ApiTable.NotRemote.Values, reason => Assert.True(reason.Length > 10));
    }

    [Fact]
    public void What_an_operation_names_is_there()
    {
        foreach (var operation in ApiTable.Operations)
        {
            var command = ApiOperation.Commands[operation.Command];
            var symbols = command.Arguments.Select(ApiOperation.NameOf).Concat(command.Options.Select(ApiOperation.NameOf)).Concat(command.Options.Select(option => option.Name)).ToHashSet(StringComparer.Ordinal);
            foreach (var name in operation.Uploads.Concat(operation.Writes).Concat(operation.Secrets).Concat(operation.Withheld).Concat(operation.Names.Values).Append(operation.WritesFolder).OfType<string>())
                Assert.True(symbols.Contains(name), $"{operation.Command}: {name}");
            foreach (var part in operation.Pattern.Split('/').Where(part => part.StartsWith('{')))
                Assert.True(operation.Parameters.Any(one => one.InPath && $"{{{one.Name}}}" == part), $"{operation.Verb} {operation.Pattern}: {part} is no parameter of {operation.Command}: {string.Join(", ", operation.Parameters.Select(one => one.Name))}");
            Assert.Equal(operation.Parameters.Count, operation.Parameters.Select(one => one.Name).Distinct().Count());
            Assert.All(operation.Required, name => Assert.Contains(operation.Parameters, one => one.Name == name));
            Assert.True(operation.Verb == "POST" || operation.Uploads.Count == 0, operation.Pattern);
            Assert.True(operation.Verb is "GET" or "POST");
            Assert.Equal(operation.Writes.Count > 0, operation.Forms.Count > 0);
        }
    }

    /// <summary>What a command takes as the place of a file or folder comes with the request, or goes to a place of our choosing, or is not taken: no request names a path of the machine.</summary>
    [Fact]
    public void No_request_names_a_place_on_the_machine()
    {
        string[] places = ["F", "D", "FILE", "OUT", "F…", "C", "S"];
        var found = new List<string>();
        foreach (var operation in ApiTable.Operations)
            foreach (var one in operation.Parameters.Where(one => one.Kind == ApiKind.Text))
            {
                var help = one.Symbol switch { System.CommandLine.Option option => option.HelpName, System.CommandLine.Argument argument => argument.HelpName ?? argument.Name, _ => null } ?? "";
                var says = one.En.Contains("file", StringComparison.OrdinalIgnoreCase) || one.En.Contains("folder", StringComparison.OrdinalIgnoreCase);
                if (help.StartsWith("F.", StringComparison.Ordinal) || (places.Contains(help) && help is not ("C" or "S")) || (says && one.Name is not ("msgid" or "purpose")) || one.Name is "out" or "path" or "paths" or "folder" or "files") found.Add($"{operation.Command} {one.Name} ({help}): {one.En}");
            }

        // A day, and sentences in which the word stands for something else.
        Assert.Equal([], found.Where(one => !Known.Any(known => one.StartsWith(known, StringComparison.Ordinal))));
    }

    static readonly string[] Known =
        ["run plan as_of (D): Computed", "law show as_of (D): As known", "run send file (MSGID)", "bank profile show id (ID): The profile's id", "bank verify fingerprint (F): SHA-256", "audit exports sha256 (H)", "audit exports number (40-E12)"];

    [Fact]
    public void What_reads_is_a_GET_unless_it_takes_files_or_takes_long()
    {
        foreach (var operation in ApiTable.Operations)
        {
            if (operation.Route.Rule.Command is { Changes: true }) Assert.True(operation.Verb == "POST", operation.Command);
            else if (operation.Verb == "POST") Assert.True(operation.Uploads.Count > 0 || operation.IsLong || operation.WritesFolder is not null || operation.Command is "audit head export", operation.Command);
        }
    }

    /// <summary>schemas/api/openapi.json is what we promise; <c>PAYENGINE_UPDATE_GOLDEN=1</c> draws it anew.</summary>
    [Fact]
    public void The_description_is_the_golden_one()
    {
        var path = Path.Combine(Repository.Root, "schemas/api/openapi.json");
        var drawn = ApiDescription.Document().ToJsonString(new JsonSerializerOptions(JsonText.Options) { WriteIndented = true, NewLine = "\n" }) + "\n";
        if (Environment.GetEnvironmentVariable("PAYENGINE_UPDATE_GOLDEN") == "1")
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            File.WriteAllText(path, drawn);
        }

        Assert.Equal(File.ReadAllText(path), drawn);
    }

    [Fact]
    public void The_description_holds_together()
    {
        var document = ApiDescription.Document();
        var ids = new HashSet<string>(StringComparer.Ordinal);
        foreach (var (pattern, path) in document["paths"]!.AsObject())
            foreach (var (verb, described) in path!.AsObject())
            {
                var operation = described!.AsObject();
                Assert.True(ids.Add((string)operation["operationId"]!), $"{verb} {pattern}");
                Assert.NotEmpty((string)operation["summary"]!);
                Assert.NotEmpty((string)operation["description"]!);
                var inPath = operation["parameters"]!.AsArray().Where(one => (string?)one!["in"] == "path").Select(one => (string)one!["name"]!);
                Assert.Equal(pattern.Split('/').Where(part => part.StartsWith('{')).Select(part => part[1..^1]).Order(StringComparer.Ordinal), inPath.Order(StringComparer.Ordinal));
                Assert.NotEmpty(operation["responses"]!.AsObject());
            }

        Assert.Equal("3.1.1", (string)document["openapi"]!);
        foreach (var reference in References(document)) Assert.True(Find(document, reference) is not null, reference);

        static IEnumerable<string> References(JsonNode? node) => node switch
        {
            JsonObject members => members.SelectMany(one => one.Key == "$ref" ? [(string)one.Value!] : References(one.Value)),
            JsonArray items => items.SelectMany(References),
            _ => [],
        };

        static JsonNode? Find(JsonNode document, string reference) => reference.TrimStart('#', '/').Split('/').Aggregate((JsonNode?)document, (at, part) => at?[part]);
    }

    [Fact]
    public void The_page_shows_every_operation_in_both_languages()
    {
        foreach (var page in new[] { ApiDescription.Page(true), ApiDescription.Page(false) })
        {
            Assert.All(ApiTable.Operations, operation => Assert.Contains($"<code>{operation.Verb} {operation.Pattern}</code>", page, StringComparison.Ordinal));
            Assert.DoesNotMatch("<script|<style|style=\"|\\son[a-z]+=\"", page);
        }

        Assert.NotEqual(ApiDescription.Page(true), ApiDescription.Page(false));
    }

    static async Task<(IReadOnlyList<string> Words, string Codes)> WordsAsync(string command, string body, string route = "")
    {
        var operation = ApiTable.Operations.First(one => one.Command == command && one.Verb == "POST");
        var http = new DefaultHttpContext();
        (http.Request.Method, http.Request.ContentType) = ("POST", "application/json");
        http.Request.Body = new MemoryStream(System.Text.Encoding.UTF8.GetBytes(body));
        foreach (var pair in route.Split(';', StringSplitOptions.RemoveEmptyEntries)) http.Request.RouteValues[pair.Split('=')[0]] = pair.Split('=')[1];
        var read = await ApiRequest.ReadAsync(http, operation, 1000);
        if (!read.TryGet(out var request)) return ([], string.Join(' ', read.Problems.Select(problem => $"{problem.Code}:{problem.At?.Field}")));
        using (request)
        {
            var words = ApiCommands.Words(operation, request, Instant.FromUtc(2026, 11, 5, 0, 0), "/home");
            return words.IsOk ? (words.Value!, "") : ([], words.Problems[0].Code);
        }
    }

    /// <summary>Whatever a text begins with, it stays the value it was sent as.</summary>
    [Theory]
    [InlineData("--json")]
    [InlineData("-x")]
    [InlineData("@/etc/passwd")]
    [InlineData("--")]
    [InlineData("a=b:c")]
    public async Task A_text_is_never_an_option_nor_a_file_of_words(string hostile)
    {
        var note = await WordsAsync("case note", JsonSerializer.Serialize(new { text = hostile }), "case=7");
        Assert.Equal(["case", "note", "--", "7", hostile], note.Words);
        var free = await WordsAsync("case free", JsonSerializer.Serialize(new { reason = hostile }), "case=7");
        Assert.Equal(["case", "free", $"--reason={hostile}", "--", "7"], free.Words);
        var parsed = ApiOperation.Commands["case free"].Parse(free.Words.Skip(2).ToArray(), new System.CommandLine.ParserConfiguration { ResponseFileTokenReplacer = null });
        Assert.Empty(parsed.Errors);
        Assert.Equal(hostile, parsed.GetValue<string>("--reason"));
        var noted = ApiOperation.Commands["case note"].Parse(note.Words.Skip(2).ToArray(), new System.CommandLine.ParserConfiguration { ResponseFileTokenReplacer = null });
        Assert.Empty(noted.Errors);
        Assert.Equal(hostile, noted.GetValue<string>("text"));
    }

    [Theory]
    [InlineData("case note", """{"text":"a","more":1}""", "usage.unknown_field:more")]
    [InlineData("case note", """{"text":"a","text":"b"}""", "usage.body:")]
    [InlineData("case note", """{"text":7}""", "usage.value:text")]
    [InlineData("case note", """{"text":"a\u0000b"}""", "usage.value:text")]
    [InlineData("case note", """{"text":""}""", "usage.value:text")]
    [InlineData("case note", "[]", "usage.body:")]
    [InlineData("case note", "{}", "usage.missing:text")]
    [InlineData("run approve", """{"content_hash":"ab","total_vnd":1}""", "usage.content_hash")]
    [InlineData("run approve", """{"total_vnd":"1"}""", "usage.value:total_vnd")]
    [InlineData("run approve", """{"total_vnd":1.5}""", "usage.value:total_vnd")]
    [InlineData("run approve", """{"content_hash":"ab","total_vnd":1,"sign_with":"/etc/key.pem"}""", "usage.unknown_field:sign_with")]
    [InlineData("run export", """{"out":"/tmp/x"}""", "usage.unknown_field:out")]
    [InlineData("run expect", """{"expect":"/etc/passwd"}""", "usage.value:expect")]
    public async Task A_body_that_is_not_what_the_operation_takes_is_refused_with_its_field(string command, string body, string codes) =>
        Assert.Equal(codes, (await WordsAsync(command, body, command.StartsWith("case", StringComparison.Ordinal) ? "case=7" : "run=40-2611-001")).Codes);
}
