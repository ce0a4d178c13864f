using System.Globalization;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using NodaTime;
using PaymentEngine.App.Operations;
using PaymentEngine.Tests.House;

namespace PaymentEngine.ServiceTests.Web;

/// <summary>The API as a program uses it: over the real door, with bearer tokens, keys and files.</summary>
[Collection(PostgresCollection.Name)]
public sealed class ApiTests(ScratchCluster scratch)
{
    static readonly (string, string) English = ("Accept-Language", "en");

    [PostgresFact]
    public async Task A_list_is_planned_read_submitted_and_approved_by_programs_each_thing_once()
    {
        await using var world = await WebWorld.OpenAsync(scratch);
        await world.AddPeopleAsync(("maker", Role.Maker), ("approver", Role.Approver), ("auditor", Role.Auditor));
        foreach (var name in new[] { "maker", "approver", "auditor" }) await world.EnrolAsync(name);
        await world.Office.AddPeopleAsync(1, 12);
        var (maker, approver, auditor) = (await TokenAsync(world, "maker"), await TokenAsync(world, "approver"), await TokenAsync(world, "auditor"));
        using var program = world.Open(cookies: false);

        // Without a key nothing is done; with one it is done once, however often it is asked.
        var keyless = await program.PostJsonAsync("/api/v1/runs", new { month = "2026-11" }, maker, English);
        Assert.Equal((400, "usage.idempotency_key"), (keyless.Status, Code(keyless)));
        Assert.Equal("urn:payengine:problem:usage.idempotency_key", keyless.Json.GetProperty("type").GetString());
        var twice = await Task.WhenAll(Enumerable.Range(0, 2).Select(_ => program.PostJsonAsync("/api/v1/runs", new { month = "2026-11" }, maker, Key("plan"))));
        Assert.All(twice, one => Assert.True(one.Status == 202 || (one.Status == 409 && one.Header("Retry-After") == "2"), one.Text));
        var place = twice.First(one => one.Status == 202).Location!;
        var job = await EndAsync(program, place, maker);
        Assert.Equal("done", job.GetProperty("state").GetString());
        var run = job.GetProperty("answer").GetProperty("runs")[0];
        var id = run.GetProperty("run").GetString()!;
        var again = await program.PostJsonAsync("/api/v1/runs", new { month = "2026-11" }, maker, Key("plan"));
        Assert.Equal((202, place, "true"), (again.Status, again.Location, again.Header("Idempotency-Replayed")));
        var other = await program.PostJsonAsync("/api/v1/runs", new { month = "2026-12" }, maker, Key("plan"));
        Assert.Equal((409, "request.key_reused"), (other.Status, Code(other)));
        Assert.Equal(1, Assert.Single(await world.Office.RowsAsync<long>("SELECT count(*) FROM run WHERE month = 202611")));
        // Its progress and end as events; another's job is as one that is not there.
        var events = await program.GetAsync(place + "/events", maker);
        Assert.Matches("event: done\ndata: \\{\"job\":\"[0-9a-f]{32}\",\"command\":\"run plan\"", events.Text);
        Assert.Equal(404, (await program.GetAsync(place, approver)).Status);

        // The same answer is known by its mark.
        var shown = await program.GetAsync($"/api/v1/runs/{id}", maker);
        Assert.Equal((200, "planned"), (shown.Status, shown.Json.GetProperty("state").GetString()));
        Assert.Equal(304, (await program.GetAsync($"/api/v1/runs/{id}", maker, ("If-None-Match", shown.Header("ETag")))).Status);
        Assert.Equal(id, (await program.GetAsync("/api/v1/runs?month=2026-11&limit=1", maker)).Json.GetProperty("runs")[0].GetProperty("run").GetString());
        foreach (var (query, code) in new[] { ("?month=2026-11&limit=0", "usage.limit"), ("?month=2026-11&cursor=abc", "usage.cursor"), ("?months=2026-11", "usage.unknown_field") })
            Assert.Equal((400, code), ((await program.GetAsync("/api/v1/runs" + query, maker)).Status, Code(await program.GetAsync("/api/v1/runs" + query, maker))));

        var total = shown.Json.GetProperty("declared_vnd").GetInt64();
        var hash = shown.Json.GetProperty("content_hash").GetString()!;
        var count = shown.Json.GetProperty("recipients").GetInt32();
        var wrong = await program.PostJsonAsync($"/api/v1/runs/{id}/submit", new { confirm_count = count, confirm_total = total + 1 }, maker, Key("submit-wrong"));
        Assert.Equal(422, wrong.Status);
        Assert.StartsWith("application/problem+json", wrong.Header("Content-Type"), StringComparison.Ordinal);
        var submitted = await program.PostJsonAsync($"/api/v1/runs/{id}/submit", new { confirm_count = count, confirm_total = total }, maker, Key("submit"));
        Assert.True(submitted.Status == 200, submitted.Text);
        var resubmitted = await program.PostJsonAsync($"/api/v1/runs/{id}/submit", new { confirm_count = count, confirm_total = total }, maker, Key("submit"));
        Assert.Equal((200, submitted.Text, "true"), (resubmitted.Status, resubmitted.Text, resubmitted.Header("Idempotency-Replayed")));
        // The same key is another person's own: it stands for nothing of the first.
        Assert.Equal("not_allowed.role", Code(await program.PostJsonAsync($"/api/v1/runs/{id}/submit", new { confirm_count = count, confirm_total = total }, auditor, Key("submit"))));
        var approved = await program.PostJsonAsync($"/api/v1/runs/{id}/approve", new { content_hash = hash, total_vnd = total }, approver, Key("approve"));
        Assert.True(approved.Status == 200, approved.Text);
        Assert.Equal("approved", (await program.GetAsync($"/api/v1/runs/{id}", maker)).Json.GetProperty("state").GetString());

        // A paper comes as its bytes, whole or in part, with their digest.
        var paper = await program.GetAsync($"/api/v1/runs/{id}/paper?format=html", maker);
        Assert.True(paper.Status == 200, paper.Text);
        var digest = $"sha-256=:{Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(paper.Text)))}:";
        Assert.Equal((digest, digest), (paper.Header("Repr-Digest"), paper.Header("Content-Digest")));
        Assert.Contains(hash, paper.Text, StringComparison.Ordinal);
        var part = await program.GetAsync($"/api/v1/runs/{id}/paper?format=html", maker, ("Range", "bytes=0-14"));
        Assert.Equal((206, "<!DOCTYPE html>"), (part.Status, part.Text));
        Assert.Equal((400, "usage.value"), ((await program.GetAsync($"/api/v1/runs/{id}/paper?format=exe", maker)).Status, Code(await program.GetAsync($"/api/v1/runs/{id}/paper?format=exe", maker))));

        // Who was shown whose data is in the log before the answer; a list of it comes in pages that do not lose a row.
        var person = Assert.Single(await world.Office.RowsAsync<string>("SELECT min(person_id) FROM recipient"));
        foreach (var reader in new[] { maker, approver, approver })
        {
            world.Office.Clock.Now += Duration.FromSeconds(1);
            Assert.Equal(200, (await program.GetAsync($"/api/v1/people/{person}", reader)).Status);
        }

        Assert.Equal("people show", Assert.Single(await world.Office.RowsAsync<string>($"SELECT purpose FROM personal_read WHERE person = 'maker' AND person_id = '{person}' AND kind = 'person'")));
        Assert.Equal(404, (await program.GetAsync("/api/v1/people/P999999", maker)).Status);
        var (rows, cursor) = (0, "");
        do
        {
            world.Office.Clock.Now += Duration.FromSeconds(1);
            var page = await program.GetAsync("/api/v1/audit/reads?limit=1" + (cursor.Length > 0 ? "&cursor=" + cursor : ""), auditor);
            Assert.True(page.Status == 200, page.Text);
            rows += page.Json.GetProperty("reads").GetArrayLength();
            cursor = page.Json.GetProperty("next_cursor").GetString() ?? "";
        }
        while (cursor.Length > 0);
        // Each look at the log is a read itself and stands above: what was below is shown once all the same.
        Assert.Equal(3, rows);
        await world.Office.HoldsAsync();
        Assert.DoesNotMatch("\\d{9,}", world.Log.All);
    }

    [PostgresFact]
    public async Task Files_come_with_the_request_whole_and_nothing_of_the_machine_is_named()
    {
        await using var world = await WebWorld.OpenAsync(scratch);
        await world.AddPeopleAsync(("reconciler", Role.Reconciler), ("maker", Role.Maker));
        foreach (var name in new[] { "reconciler", "maker" }) await world.EnrolAsync(name);
        var (reconciler, maker) = (await TokenAsync(world, "reconciler"), await TokenAsync(world, "maker"));
        using var program = world.Open(cookies: false);
        var bytes = Encoding.UTF8.GetBytes("<Document xmlns=\"urn:iso:std:iso:20022:tech:xsd:pain.002.001.10\"><CstmrPmtStsRpt></CstmrPmtStsRpt></Document>");

        var read = await program.SendAsync(Raw("/api/v1/bank-files/read", bytes, "answer.xml"), reconciler, Key("read"), English);
        Assert.True(read.Status is 200 or 422, read.Text);
        Assert.Contains("answer.xml", read.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("payengine-request", read.Text, StringComparison.Ordinal);
        Assert.DoesNotContain(Path.GetTempPath(), read.Text, StringComparison.Ordinal);
        Assert.Equal(0, Assert.Single(await world.Office.RowsAsync<long>("SELECT count(*) FROM inbox_file")));

        // A digest that is said is kept to.
        var torn = await program.SendAsync(Raw("/api/v1/bank-files/read", bytes, "answer.xml"), reconciler, Key("torn"), ("Content-Digest", "sha-256=:AAAA:"));
        Assert.Equal((400, "usage.content_digest"), (torn.Status, Code(torn)));
        // Who may not take files in is told before a byte is read.
        var kept = await program.SendAsync(Raw("/api/v1/bank-files", bytes, "answer.xml"), maker, Key("import"));
        Assert.Equal((403, "not_allowed.role"), (kept.Status, Code(kept)));
        var named = await program.SendAsync(Raw("/api/v1/bank-files/read", bytes, "../../etc/passwd"), reconciler, Key("named"));
        Assert.DoesNotContain("..", named.Text, StringComparison.Ordinal);

        // The inbox keeps what it refuses; the same file again is known.
        var form = new MultipartFormDataContent { { new ByteArrayContent(bytes), "file", "answer.xml" } };
        var taken = await program.SendAsync(new HttpRequestMessage(HttpMethod.Post, "/api/v1/bank-files") { Content = form }, reconciler, Key("form"));
        Assert.True(taken.Status == 202, taken.Text);
        var job = await EndAsync(program, taken.Location!, reconciler);
        Assert.NotEqual("running", job.GetProperty("state").GetString());
        Assert.DoesNotContain("payengine-request", job.ToString(), StringComparison.Ordinal);
        Assert.Equal(1, Assert.Single(await world.Office.RowsAsync<long>("SELECT count(*) FROM inbox_file")));

        // The description is for everybody; the key of a service account is fetched once and by whoever made it.
        var description = await program.GetAsync("/api/v1/openapi.json");
        Assert.Equal((200, "3.1.1"), (description.Status, description.Json.GetProperty("openapi").GetString()));
        Assert.Contains("POST /api/v1/runs", (await program.GetAsync("/api")).Text, StringComparison.Ordinal);
        await world.EnrolAsync("an");
        var an = await TokenAsync(world, "an");
        var made = await program.PostJsonAsync("/api/v1/service-accounts", new { name = "robot", role = "worker" }, an, Key("robot"));
        Assert.True(made.Status == 200, made.Text);
        var file = Assert.Single(made.Json.GetProperty("files").EnumerateArray());
        var key = await program.GetAsync(file.GetProperty("location").GetString()!, an);
        Assert.Equal((200, file.GetProperty("bytes").GetInt64()), (key.Status, (long)key.Text.Length));
        Assert.Equal(404, (await program.GetAsync(file.GetProperty("location").GetString()!, maker)).Status);
        Assert.Equal(200, (await program.PostJsonAsync("/api/v1/sessions", new { name = "robot", key = key.Text.Trim() })).Status);

        // A bank's program sees its bank's corner and nothing of the office; what it sends that speaks of nothing of ours waits for a person.
        made = await program.PostJsonAsync("/api/v1/service-accounts", new { name = "agribank", role = "bank", bank = "970405" }, an, Key("bank"));
        Assert.True(made.Status == 200, made.Text);
        key = await program.GetAsync(made.Json.GetProperty("files")[0].GetProperty("location").GetString()!, an);
        var opened = await program.PostJsonAsync("/api/v1/sessions", new { name = "agribank", key = key.Text.Trim() });
        var bank = ("Authorization", "Bearer " + opened.Json.GetProperty("token").GetString());
        var files = await program.GetAsync("/api/v1/bank/files?limit=10", bank);
        Assert.Equal((200, 0), (files.Status, files.Json.GetProperty("files").GetArrayLength()));
        Assert.Equal(404, (await program.GetAsync("/api/v1/bank/files/B40261102-000001-01/signature", bank)).Status);
        Assert.Equal(403, (await program.GetAsync("/api/v1/runs", bank)).Status);
        Assert.Equal("not_allowed.role", Code(await program.GetAsync("/api/v1/bank/files", reconciler)));
        var sent = await program.SendAsync(Raw("/api/v1/bank/answers", [.. bytes, (byte)' '], "answer.xml"), bank, Key("answer"));
        Assert.True(sent.Status == 202, sent.Text);
        Assert.Equal("done", (await EndAsync(program, sent.Location!, bank)).GetProperty("state").GetString());
        Assert.Equal(2, Assert.Single(await world.Office.RowsAsync<long>("SELECT count(*) FROM inbox_file")));
        Assert.Equal("agribank", Assert.Single(await world.Office.RowsAsync<string>("SELECT o.person FROM operation o WHERE o.kind = 'bank.import' ORDER BY o.operation_no DESC LIMIT 1")));
    }

    /// <summary>The examples of docs/api.md, in their order: what they send and what they say is answered.</summary>
    [PostgresFact]
    public async Task The_examples_of_the_page_are_answered_as_it_says()
    {
        await using var world = await WebWorld.OpenAsync(scratch);
        await world.AddPeopleAsync(("maker", Role.Maker), ("approver", Role.Approver));
        await world.Office.AddPeopleAsync(1, 12);
        foreach (var name in new[] { "maker", "approver" }) await world.EnrolAsync(name);
        var tokens = new Dictionary<string, (string, string)> { ["maker"] = await TokenAsync(world, "maker"), ["approver"] = await TokenAsync(world, "approver") };
        using var program = world.Open(cookies: false);
        var examples = Regex.Matches(await File.ReadAllTextAsync(Path.Combine(Repository.Root, "docs/api.md")), "```http\n(GET|POST) (\\S+) +as (\\w+)(?:, key (\\S+))?\n(?:(\\{.*\\})\n)?→ (\\d+)(?:[, ]+([a-z_.]+))?\n```");
        Assert.True(examples.Count >= 10, $"{examples.Count} examples");
        JsonElement last = default;
        foreach (Match example in examples)
        {
            var (verb, path, token) = (example.Groups[1].Value, example.Groups[2].Value, tokens[example.Groups[3].Value]);
            var body = Regex.Replace(example.Groups[5].Value, "<([a-z_]+)>", named => last.GetProperty(named.Groups[1].Value).ToString());
            var answer = verb == "GET" ? await program.GetAsync(path, token) : await program.PostJsonAsync(path, body, token, Key(example.Groups[4].Value), English);
            Assert.True(answer.Status.ToString(CultureInfo.InvariantCulture) == example.Groups[6].Value && (answer.Status < 400 || example.Groups[7].Length == 0 || Code(answer) == example.Groups[7].Value), $"{verb} {path}: {answer.Status} {answer.Text}");
            if (answer.Status == 202) Assert.Equal("done", (await EndAsync(program, answer.Location!, token)).GetProperty("state").GetString());
            if (verb == "GET" && path.StartsWith("/api/v1/runs/", StringComparison.Ordinal) && !path.Contains('?', StringComparison.Ordinal)) last = answer.Json;
        }
    }

    static HttpRequestMessage Raw(string path, byte[] bytes, string name) => new(HttpMethod.Post, path)
    {
        Content = new ByteArrayContent(bytes) { Headers = { ContentType = new MediaTypeHeaderValue("application/octet-stream"), ContentDisposition = new ContentDispositionHeaderValue("attachment") { FileName = name } } },
    };

    static (string, string) Key(string key) => ("Idempotency-Key", key);

    static string? Code(WebAnswer answer) => answer.Json.GetProperty("code").GetString();

    static async Task<(string, string)> TokenAsync(WebWorld world, string name)
    {
        using var browser = await world.LogInAsync(name);
        return ("Authorization", "Bearer " + browser.SessionToken);
    }

    static async Task<JsonElement> EndAsync(Browser program, string place, (string, string) token)
    {
        while (true)
        {
            var answer = await program.GetAsync(place, token);
            Assert.True(answer.Status == 200, answer.Text);
            if (answer.Json.GetProperty("state").GetString() != "running") return answer.Json;
            await Task.Delay(20);
        }
    }
}
