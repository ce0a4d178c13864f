using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.Playwright;
using PaymentEngine.ServiceTests.Audit;

namespace PaymentEngine.ServiceTests.Web;

/// <summary>Pages in a real browser before two told months: every page with the accessibility engine, in both languages, at two widths; the way of a month without script; what goes over the line.</summary>
[Collection(TwoMonthsCollection.Name)]
public sealed class BrowserTests(AuditWorld months, BrowserTests.Shared shared) : IClassFixture<BrowserTests.Shared>
{
    /// <summary>A name that would run, break a tag or end an attribute wherever it is not escaped.</summary>
    const string Hostile = "<script>window.struck=1</script>\"'><img src=x onerror=window.struck=1>&amp;Nguyễn";

    /// <summary>Bytes of a first visit: the page, its style sheet and script.</summary>
    const int FirstViewMax = 100_000;

    /// <summary>Bytes of a page when its style sheet is there already.</summary>
    const int LaterMax = 30_000;

    static readonly string[] Rules = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"];

    /// <summary>One door and one browser for all tests of this class: opening both takes longer than most of them.</summary>
    public sealed class Shared : IAsyncLifetime
    {
        BrowserWorld? world;

        internal async Task<BrowserWorld> OfAsync(AuditWorld months) => world ??= await BrowserWorld.OpenAsync(months);

        public Task InitializeAsync() => Task.CompletedTask;

        public async Task DisposeAsync()
        {
            if (world is not null) await world.DisposeAsync();
        }
    }

    /// <summary>Every page there is, as somebody of the office opens it.</summary>
    static async Task<IReadOnlyList<(string Name, string Path)>> PagesAsync(BrowserWorld world)
    {
        await using var session = await world.Database.RunAsync(default);
        var rejected = await session.SingleAsync<int>("SELECT min(case_no) FROM payment_case WHERE kind IN ('rejected', 'returned')");
        var run = await session.SingleAsync<int>("SELECT min(run_no) FROM run WHERE month = 202611");
        var list = await session.SingleAsync<int>("SELECT min(list_no) FROM cash_list WHERE month = 202611");
        var person = await session.SingleAsync<string>("SELECT r.person_id FROM payment_case c JOIN disbursement d USING (province_code, month, run_no, line_no) JOIN recipient r ON r.province_code = d.province_code AND r.recipient_id = d.recipient_id AND r.known_to = 'infinity' WHERE c.kind = 'returned' ORDER BY c.case_no LIMIT 1");
        return
        [
            ("start", "/"), ("runs", "/runs?month=2026-11"), ("run", FormattableString.Invariant($"/runs/40-2611-{run:000}")), ("cases", "/cases?state=all"), ("cases-none", "/cases?reason=NONE"),
            ("case", FormattableString.Invariant($"/cases/{rejected}")), ("case-none", "/cases/999999"), ("people", "/people"), ("people-found", "/people?q=nguyen"), ("people-wrong", "/people?q=9"), ("person", "/people/" + person), ("cash", "/cash"), ("cash-list", FormattableString.Invariant($"/cash/lists/40-2611-C{list:0000}")), ("answers", "/answers"), ("account", "/account"), ("confirm", "/confirm"), ("logout", "/logout"),
        ];
    }

    [AxeFact]
    public async Task No_page_has_a_fault_that_the_accessibility_engine_sees_and_none_is_heavy()
    {
        var world = await shared.OfAsync(months);
        var axe = await File.ReadAllTextAsync(BrowserWorld.Axe);
        var faults = new List<string>();
        var pages = await PagesAsync(world);
        foreach (var english in new[] { false, true })
        {
            var page = await world.LogInAsync("lan", english: english);
            var heard = new List<string>();
            page.Console += (_, line) => { if (line.Type == "error") heard.Add(line.Text); };
            foreach (var (name, path) in pages)
            {
                var answer = await page.GotoAsync(path);
                var bytes = (await answer!.BodyAsync()).Length;
                if (bytes > LaterMax) faults.Add($"{path}: {bytes} bytes");
                faults.AddRange(await FaultsAsync(page, axe, $"{path} {(english ? "en" : "vi")}"));
                Assert.Equal(english ? "en" : "vi", await page.GetAttributeAsync("html", "lang"));
                // Nothing is wider than the window: what is wide scrolls in its own box.
                await page.SetViewportSizeAsync(360, 740);
                if (await page.EvaluateAsync<int>("document.documentElement.scrollWidth") > 360) faults.Add($"{path}: {await page.EvaluateAsync<int>("document.documentElement.scrollWidth")} wide at 360");
                if (!english) await page.ScreenshotAsync(new PageScreenshotOptions { Path = Path.Combine(BrowserWorld.Screens, name + "-360.png"), FullPage = true });
                await page.SetViewportSizeAsync(1366, 768);
                if (!english) await page.ScreenshotAsync(new PageScreenshotOptions { Path = Path.Combine(BrowserWorld.Screens, name + "-1366.png"), FullPage = true });
            }

            // The policy of the pages stops nothing that a page needs; what is not there may be said.
            faults.AddRange(heard.Where(line => !line.StartsWith("Failed to load resource", StringComparison.Ordinal)));
            await page.Context.CloseAsync();
        }

        var nobody = await world.OpenAsync();
        var answers = new List<IResponse>();
        nobody.Response += (_, one) => answers.Add(one);
        await nobody.GotoAsync("/login");
        var first = 0;
        // What is announced is what travels: a style sheet is packed.
        foreach (var one in answers.ToList()) first += int.TryParse(one.Headers.GetValueOrDefault("content-length"), out var size) ? size : (await one.BodyAsync()).Length;
        faults.AddRange(await FaultsAsync(nobody, axe, "/login"));
        if (first > FirstViewMax) faults.Add($"first view: {first} bytes");
        Assert.True(faults.Count == 0, string.Join('\n', faults));
    }

    [BrowserFact]
    public async Task A_month_goes_from_plan_to_hand_over_without_script()
    {
        var world = await shared.OfAsync(months);
        var lan = await world.LogInAsync("lan", script: false);
        await lan.GotoAsync("/runs?month=2026-12");
        await lan.FillAsync("#payer", "all");
        await PressAsync(lan, "Lập danh sách tháng");
        for (var i = 0; i < 40 && !Regex.IsMatch(lan.Url, "done=plan|/runs/40-2612-"); i++)
        {
            await Task.Delay(500);
            await lan.GotoAsync("/runs?month=2026-12");
        }

        await lan.GotoAsync("/runs?month=2026-12");
        await lan.ClickAsync("tbody th a");
        var run = Regex.Match(lan.Url, "/runs/(40-2612-[0-9]{3})").Groups[1].Value;
        Assert.NotEqual("", run);
        Assert.Contains("Chưa trình", await lan.InnerTextAsync(".tasks"), StringComparison.Ordinal);
        var (people, total) = (await CellAsync(lan, 1), await CellAsync(lan, 2));

        // A wrong total is refused above the form, with what was typed still there.
        await lan.FillAsync("#people", people);
        await lan.FillAsync("#total", "1");
        if (await lan.Locator("#previous").CountAsync() > 0) await lan.FillAsync("#previous", "tháng trước còn khoản chưa xong");
        await PressAsync(lan, "Trình duyệt");
        Assert.StartsWith("Lỗi: ", await lan.TitleAsync(), StringComparison.Ordinal);
        Assert.Equal(people, await lan.InputValueAsync("#people"));
        await lan.FillAsync("#total", total);
        await PressAsync(lan, "Trình duyệt");
        Assert.Contains("một người khác duyệt", await lan.InnerTextAsync(".done"), StringComparison.Ordinal);
        Assert.Contains("người lập không duyệt đợt của mình", await lan.InnerTextAsync("main"), StringComparison.Ordinal);

        var minh = await world.LogInAsync("minh", script: false);
        await minh.ClickAsync($"a[href='/runs/{run}']");
        var button = minh.Locator("form[action='/runs/" + run + "'] button");
        Assert.Contains(total.Replace(" ₫", "", StringComparison.Ordinal) + " đồng cho " + people + " người", await button.InnerTextAsync(), StringComparison.Ordinal);
        await minh.FillAsync("#total", total);
        await button.ClickAsync();
        Assert.Contains("Đã duyệt", await minh.InnerTextAsync(".done"), StringComparison.Ordinal);

        await lan.GotoAsync($"/runs/{run}");
        await PressAsync(lan, "Ghi tệp cho");
        for (var i = 0; i < 40 && lan.Url.EndsWith("/steps", StringComparison.Ordinal); i++)
        {
            await Task.Delay(500);
            await lan.ReloadAsync();
        }

        Assert.Contains("đã đóng, chưa gửi", await lan.InnerTextAsync("main"), StringComparison.Ordinal);
        await lan.FillAsync("#send-total", "5");
        await lan.FillAsync("#send-words", "Lan giao tận tay quầy 3, 9 giờ");
        await PressAsync(lan, "Ghi nhận đã trao tay");
        Assert.StartsWith("Lỗi: ", await lan.TitleAsync(), StringComparison.Ordinal);
        await lan.FillAsync("#send-total", await lan.InnerTextAsync("#files ~ .scroll tfoot td >> nth=2"));
        await lan.FillAsync("#send-words", "Lan giao tận tay quầy 3, 9 giờ");
        await PressAsync(lan, "Ghi nhận đã trao tay");
        Assert.Contains("Đã gửi chưa phải là đã chi", await lan.InnerTextAsync(".done"), StringComparison.Ordinal);
        Assert.Contains("đang ở ngân hàng", await lan.InnerTextAsync("main"), StringComparison.Ordinal);
    }

    [BrowserFact]
    public async Task What_is_typed_comes_out_as_text_and_a_case_is_taken_noted_and_found_again()
    {
        var world = await shared.OfAsync(months);
        var page = await world.LogInAsync("lan");
        await using (var session = await world.Database.OwnerAsync(default)) await session.ExecuteAsync("UPDATE recipient SET full_name = @Hostile WHERE known_to = 'infinity' AND recipient_id NOT IN (SELECT d.recipient_id FROM payment_case c JOIN disbursement d USING (province_code, month, run_no, line_no) WHERE c.kind = 'returned')", new { Hostile });
        await page.GotoAsync("/cases?state=all&kind=returned&commune=" + Uri.EscapeDataString(Hostile));
        Assert.Equal(Hostile, await page.InputValueAsync("#commune"));
        await page.GotoAsync("/cases?state=free");
        Assert.Contains("<script>window.struck=1</script>", await page.InnerTextAsync("tbody"), StringComparison.Ordinal);
        await page.CheckAsync("tbody input >> nth=0");
        await PressAsync(page, "Nhận các việc đã chọn");
        Assert.Contains("Đã làm cho 1 việc", await page.InnerTextAsync(".done"), StringComparison.Ordinal);
        await page.GotoAsync("/cases?state=taken&owner=me");
        await page.ClickAsync("tbody th a");
        await page.FillAsync("#note", Hostile);
        await PressAsync(page, "Ghi");
        Assert.Contains(Hostile, await page.InnerTextAsync(".story"), StringComparison.Ordinal);
        Assert.Null(await page.EvaluateAsync<int?>("window.struck ?? null"));
    }

    [BrowserFact]
    public async Task A_person_is_found_without_marks_and_their_page_says_where_the_money_is()
    {
        var world = await shared.OfAsync(months);
        var page = await world.LogInAsync("lan");
        await using var session = await world.Database.RunAsync(default);
        var (name, id) = await session.SingleAsync<(string, string)>("SELECT r.full_name, r.person_id FROM payment_case c JOIN disbursement d USING (province_code, month, run_no, line_no) JOIN recipient r ON r.province_code = d.province_code AND r.recipient_id = d.recipient_id AND r.known_to = 'infinity' WHERE c.kind = 'returned' AND r.full_name NOT LIKE '<%' ORDER BY c.case_no LIMIT 1");
        var bare = App.Operations.Register.PersonPages.BareName(name);
        Assert.Matches("^[a-z ]+$", bare);
        foreach (var typed in new[] { bare, bare.ToUpperInvariant(), string.Join(' ', bare.Split(' ').Skip(1)) })
        {
            await page.GotoAsync("/people");
            await page.FillAsync("#q", typed);
            await page.PressAsync("#q", "Enter");
            Assert.Contains(name, await page.InnerTextAsync("tbody"), StringComparison.Ordinal);
        }

        await page.ClickAsync($"a[href='/people/{id}']");
        var text = await page.TextContentAsync("main") ?? "";
        Assert.Contains("Ngân hàng báo: tiền bị trả lại", text, StringComparison.Ordinal);
        Assert.Contains("Danh sách được duyệt", text, StringComparison.Ordinal);
        // A key leads to its person at once, also one that looks like an old identity number.
        await page.GotoAsync("/people");
        await page.FillAsync("#q", id);
        await page.PressAsync("#q", "Enter");
        await page.WaitForURLAsync($"**/people/{id}");
        await page.GotoAsync("/people?q=9");
        Assert.StartsWith("Lỗi: ", await page.TitleAsync(), StringComparison.Ordinal);
    }

    /// <summary>Presses the button whose words begin like this.</summary>
    static Task PressAsync(IPage page, string words) => page.Locator("main button", new PageLocatorOptions { HasTextRegex = new Regex("^\\s*" + Regex.Escape(words)) }).First.ClickAsync();

    /// <summary>A figure of the overview's foot.</summary>
    static async Task<string> CellAsync(IPage page, int column) => (await page.InnerTextAsync($"#overview ~ .scroll tfoot >> nth=0 >> td >> nth={column - 1}")).Trim();

    static async Task<IEnumerable<string>> FaultsAsync(IPage page, string axe, string where)
    {
        await page.EvaluateAsync(axe);
        var found = await page.EvaluateAsync<JsonElement>("rules => axe.run(document, { runOnly: { type: 'tag', values: rules } }).then(found => found.violations.map(one => one.id + ': ' + one.help + ' ' + one.nodes.slice(0, 3).map(node => node.target.join(' ')).join(', ')))", Rules);
        return [.. found.EnumerateArray().Select(one => $"{where}: {one.GetString()}")];
    }
}
