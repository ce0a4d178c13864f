using Microsoft.Extensions.Logging;
using Microsoft.Playwright;
using NodaTime;
using PaymentEngine.App.CommandLine;
using PaymentEngine.App.Demonstration;
using PaymentEngine.App.Keys;
using PaymentEngine.App.Web;
using PaymentEngine.Postgres;
using PaymentEngine.ServiceTests.Audit;
using PaymentEngine.ServiceTests.Runs;
using PaymentEngine.Tests.House;

namespace PaymentEngine.ServiceTests.Web;

/// <summary>A test in a real browser: needs the system's Chromium; skips with a reason on a laptop without it, and fails in CI.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class BrowserFactAttribute : FactAttribute
{
    public BrowserFactAttribute()
    {
        Skip = new PostgresFactAttribute().Skip;
        if (Skip is null && BrowserWorld.Chromium is null && Environment.GetEnvironmentVariable("CI") != "true") Skip = "There is no Chromium on this machine (scripts/chromium.sh installs it).";
    }
}

/// <summary>The accessibility engine is fetched by npm; without it the test skips with a reason, and fails in CI.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class AxeFactAttribute : FactAttribute
{
    public AxeFactAttribute()
    {
        Skip = new BrowserFactAttribute().Skip;
        if (Skip is null && !File.Exists(BrowserWorld.Axe) && Environment.GetEnvironmentVariable("CI") != "true") Skip = "axe-core is not here: run npm ci --ignore-scripts in tests/PaymentEngine.ServiceTests/browser (scripts/node.sh installs npm).";
    }
}

/// <summary>A door before a copy of two told months, and a browser in front of it.</summary>
sealed class BrowserWorld : IAsyncDisposable
{
    readonly AuditWorld months;
    readonly string home;
    readonly IPlaywright playwright;

    BrowserWorld(AuditWorld months, string home, Database database, StandingClock clock, WebDoor door, IPlaywright playwright, IBrowser browser) =>
        (this.months, this.home, Database, Clock, Door, this.playwright, Chrome) = (months, home, database, clock, door, playwright, browser);

    public static string? Chromium { get; } = new[] { "chromium", "chromium-browser", "google-chrome-stable", "google-chrome" }
        .SelectMany(name => (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator).Where(folder => folder.Length > 0).Select(folder => Path.Combine(folder, name))).FirstOrDefault(File.Exists);

    /// <summary>Where npm puts the accessibility engine.</summary>
    public static string Axe => Path.Combine(Repository.Root, "tests", "PaymentEngine.ServiceTests", "browser", "node_modules", "axe-core", "axe.min.js");

    /// <summary>Pictures of pages, kept as output of the build.</summary>
    public static string Screens => Path.Combine(Repository.Root, "artifacts", "screens");

    public Database Database { get; }

    public StandingClock Clock { get; }

    public WebDoor Door { get; }

    public IBrowser Chrome { get; }

    public string Home => home;

    public static async Task<BrowserWorld> OpenAsync(AuditWorld months)
    {
        var (home, database) = await months.CopyAwayAsync();
        // The day after the story's last: the list of December is made.
        var clock = new StandingClock(Instant.FromUtc(2026, 11, 20, 2, 0));
        var settings = Settings.From(name => name == "PAYENGINE_HOME" ? home : null);
        var context = new CommandContext([], clock, settings, TextWriter.Null, TextWriter.Null);
        var limits = new RequestLimits { RequestsOfSession = 5_000, RequestsOfAddress = 10_000, ProofsOfAddress = 1_000, ProofsOfName = 1_000 };
        var door = WebDoor.Build(new WebDoorSettings(System.Net.IPAddress.Loopback, 0, null, "localhost") { Limits = limits }, context, database, logging => logging.AddProvider(new LinesOfLog()));
        await door.OpenAsync();
        var playwright = await Playwright.CreateAsync();
        var browser = await playwright.Chromium.LaunchAsync(new BrowserTypeLaunchOptions
        {
            ExecutablePath = Chromium, Args = ["--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu", "--disable-background-networking", "--disable-component-update", "--disable-sync", "--disable-quic", "--no-first-run", "--proxy-server=127.0.0.1:9", "--proxy-bypass-list=localhost"],
        });
        Directory.CreateDirectory(Screens);
        return new BrowserWorld(months, home, database, clock, door, playwright, browser);
    }

    /// <summary>A window of somebody who is nobody yet.</summary>
    public async Task<IPage> OpenAsync(bool script = true, bool english = false, int width = 1366, int height = 768)
    {
        var context = await Chrome.NewContextAsync(new BrowserNewContextOptions { BaseURL = Door.Url.ToString(), JavaScriptEnabled = script, Locale = "vi-VN", ViewportSize = new ViewportSize { Width = width, Height = height } });
        context.SetDefaultTimeout(20_000);
        var page = await context.NewPageAsync();
        if (english) await page.GotoAsync("/language/en?return=%2Flogin");
        return page;
    }

    /// <summary>Somebody of the demonstration, logged in through the page with password and code.</summary>
    public async Task<IPage> LogInAsync(string name, bool script = true, bool english = false, int width = 1366, int height = 768)
    {
        var page = await OpenAsync(script, english, width, height);
        await page.GotoAsync("/login");
        await page.FillAsync("#name", name);
        await page.FillAsync("#password", File.ReadAllText(DemoPeople.PasswordFile(People, name)).Trim());
        await page.FillAsync("#code", NextCode(name));
        await page.ClickAsync("form button");
        Assert.Equal("/", new Uri(page.Url).AbsolutePath);
        return page;
    }

    /// <summary>Shows the second factor again where a page asked for it; the page leads back.</summary>
    public async Task ConfirmAsync(IPage page, string name)
    {
        if (!page.Url.Contains("/confirm", StringComparison.Ordinal)) return;
        await page.FillAsync("#code", NextCode(name));
        await page.ClickAsync("form button:not([hidden])");
    }

    /// <summary>The next code of somebody's app; the clock goes on, since each counts once.</summary>
    public string NextCode(string name)
    {
        Clock.Now += Duration.FromSeconds(30);
        var uri = File.ReadAllText(DemoPeople.AuthenticatorFile(People, name));
        var secret = uri[(uri.IndexOf("secret=", StringComparison.Ordinal) + "secret=".Length)..].Split('&')[0].Trim();
        return TimedCode.Of(TimedCode.FromBase32(secret), TimedCode.StepOf(Clock.Now));
    }

    string People => Path.Combine(months.Home, "demo", "people");

    public async ValueTask DisposeAsync()
    {
        await Chrome.DisposeAsync();
        playwright.Dispose();
        await Door.CloseAsync();
        await Door.DisposeAsync();
        await Database.DisposeAsync();
        Directory.Delete(home, recursive: true);
    }
}
