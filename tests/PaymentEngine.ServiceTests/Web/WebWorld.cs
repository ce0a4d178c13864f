using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.Extensions.Logging;
using NodaTime;
using PaymentEngine.App.CommandLine;
using PaymentEngine.App.Keys;
using PaymentEngine.App.Operations;
using PaymentEngine.App.Operations.Users;
using PaymentEngine.App.Web;
using PaymentEngine.ServiceTests.Runs;

namespace PaymentEngine.ServiceTests.Web;

/// <summary>A real door on loopback before a small province: two communes, one payer, people, and those who work there.</summary>
sealed class WebWorld : IAsyncDisposable
{
    public const string Password = "bon-tu-roi-rac";

    readonly string folder;
    readonly Dictionary<string, byte[]> secrets = [];

    WebWorld(RunWorld office, WebDoor door, Settings settings, string folder, LinesOfLog log) => (Office, Door, this.settings, this.folder, Log) = (office, door, settings, folder, log);

    readonly Settings settings;

    public RunWorld Office { get; }

    public WebDoor Door { get; }

    public LinesOfLog Log { get; }

    public UserSessions Users => new(Office.Database, Office.Clock, () => KeyFolder.Open(settings.Keys.Value, Office.Clock));

    public static async Task<WebWorld> OpenAsync(ScratchCluster cluster, RequestLimits? limits = null, bool secure = false, string host = "localhost")
    {
        var office = await RunWorld.OpenAsync(cluster);
        var folder = Directory.CreateTempSubdirectory("pe-web-").FullName;
        var settings = Settings.From(name => name == "PAYENGINE_HOME" ? folder : null);
        var context = new CommandContext([], office.Clock, settings, TextWriter.Null, TextWriter.Null);
        var keys = KeyFolder.Open(settings.Keys.Value, office.Clock).Value;
        var log = new LinesOfLog();
        // TLS is spoken at the machine's own time, the office's stands still.
        X509Certificate2? certificate = secure ? WebCertificates.SelfSigned(keys.Folder, host, IPAddress.Loopback, SystemClock.Instance.GetCurrentInstant()) : null;
        var door = WebDoor.Build(new WebDoorSettings(IPAddress.Loopback, 0, certificate, host) { Limits = limits ?? new RequestLimits() }, context, office.Database, logging => logging.AddProvider(log));
        await door.OpenAsync();
        return new WebWorld(office, door, settings, folder, log);
    }

    /// <summary>People with a password each: an (administrator), and those named with their role.</summary>
    public async Task AddPeopleAsync(params (string Name, string Role)[] people) => await AddPeopleAsync([], people);

    /// <summary>The same with a territory: codes of communes; none is the whole province.</summary>
    public async Task AddPeopleAsync(string[] communes, params (string Name, string Role)[] people)
    {
        var administration = new UserAdministration(Office.Database, Office.Clock);
        var first = await administration.AddAsync(null, new NewUser("an", "Nguyễn Thị An", Password, [Role.Administrator], []), RunWorld.Province, default);
        Assert.True(first.IsOk, string.Join('\n', first.Problems));
        var an = new Caller(RunWorld.Province, "an", "Nguyễn Thị An", new HashSet<string> { Role.Administrator }, null) { ProvenUntil = Instant.MaxValue };
        foreach (var (name, role) in people)
        {
            var added = await administration.AddAsync(an, new NewUser(name, "Nguyễn Văn " + name, Password, [role], communes), null, default);
            Assert.True(added.IsOk, string.Join('\n', added.Problems));
        }
    }

    /// <summary>Gives somebody an authenticator app.</summary>
    public async Task EnrolAsync(string name)
    {
        var opened = await Users.LoginAsync(name, Password, null);
        var caller = (await Users.CallerOfAsync(RunWorld.Province, opened.Value.Token, default)).Value;
        secrets[name] = (await Users.BeginAuthenticatorAsync(caller)).Value.Secret;
        Assert.True((await Users.ConfirmAuthenticatorAsync(caller, TimedCode.Of(secrets[name], TimedCode.StepOf(Office.Clock.Now)))).IsOk);
    }

    /// <summary>The next code of somebody's app; the clock goes on, since each counts once.</summary>
    public string NextCode(string name)
    {
        Office.Clock.Now += Duration.FromSeconds(30);
        return TimedCode.Of(secrets[name], TimedCode.StepOf(Office.Clock.Now));
    }

    public Browser Open(bool cookies = true) => new(Door, cookies);

    /// <summary>Somebody logged in through the page, with a code where they have an app.</summary>
    public async Task<Browser> LogInAsync(string name)
    {
        var browser = Open();
        await browser.GetAsync("/login");
        var answer = await browser.PostAsync("/login", ("name", name), ("password", Password), ("code", secrets.ContainsKey(name) ? NextCode(name) : ""), ("return", "/"));
        Assert.True(answer.Status == 302, answer.Text);
        return browser;
    }

    public async ValueTask DisposeAsync()
    {
        await Door.CloseAsync();
        await Door.DisposeAsync();
        await Office.DisposeAsync();
        Directory.Delete(folder, recursive: true);
    }
}

/// <summary>What the door's log said.</summary>
sealed class LinesOfLog : ILoggerProvider, ILogger
{
    readonly List<string> lines = [];

    public string All
    {
        get
        {
            lock (lines) return string.Join('\n', lines);
        }
    }

    public ILogger CreateLogger(string categoryName) => this;

    public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        lock (lines) lines.Add(formatter(state, exception) + exception);
    }

    public void Dispose()
    {
    }
}

/// <summary>An answer of the door.</summary>
sealed record WebAnswer(int Status, string Text, HttpResponseMessage Message)
{
    public string? Location => Message.Headers.Location?.OriginalString;

    public string Header(string name) => Message.Headers.TryGetValues(name, out var values) || Message.Content.Headers.TryGetValues(name, out values) ? string.Join(", ", values) : "";

    public JsonElement Json => JsonDocument.Parse(Text).RootElement;
}

/// <summary>A browser without a screen: cookies, forms with their token, no redirect followed by itself.</summary>
sealed class Browser : IDisposable
{
    readonly HttpClient client;
    readonly WebDoor door;
    string token = "";

    public Browser(WebDoor door, bool cookies)
    {
        this.door = door;
        var handler = new SocketsHttpHandler
        {
            AllowAutoRedirect = false, UseCookies = cookies, CookieContainer = Cookies,
            // Whatever the name, the door stands on this machine.
            ConnectCallback = async (_, cancel) =>
            {
                var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
                await socket.ConnectAsync(IPAddress.Loopback, door.Port, cancel);
                return new NetworkStream(socket, ownsSocket: true);
            },
        };
        handler.SslOptions.RemoteCertificateValidationCallback = (_, shown, _, _) => shown?.Subject == "CN=PaymentEngine web";
        client = new HttpClient(handler) { BaseAddress = door.Url };
    }

    public CookieContainer Cookies { get; } = new();

    public string Origin => door.Url.GetLeftPart(UriPartial.Authority);

    public string? SessionToken => Cookies.GetCookies(door.Url).FirstOrDefault(cookie => cookie.Name is "payengine-loopback" or "__Host-payengine")?.Value;

    public Task<WebAnswer> GetAsync(string path, params (string Name, string Value)[] headers) => SendAsync(new HttpRequestMessage(HttpMethod.Get, path), headers);

    /// <summary>Posts a form with the token of the page seen last.</summary>
    public Task<WebAnswer> PostAsync(string path, params (string Name, string Value)[] fields) => PostAsync(path, fields, []);

    public Task<WebAnswer> PostAsync(string path, (string Name, string Value)[] fields, (string Name, string Value)[] headers) => SendAsync(new HttpRequestMessage(HttpMethod.Post, path)
    {
        Content = new FormUrlEncodedContent(fields.Select(field => KeyValuePair.Create(field.Name, field.Value)).Append(KeyValuePair.Create("__RequestVerificationToken", token))),
    }, headers);

    /// <summary>Posts JSON with the token of the page seen last in its header.</summary>
    public Task<WebAnswer> PostJsonAsync(string path, object body, params (string Name, string Value)[] headers) => SendAsync(new HttpRequestMessage(HttpMethod.Post, path)
    {
        Content = new StringContent(body as string ?? JsonSerializer.Serialize(body), Encoding.UTF8, new MediaTypeHeaderValue("application/json")),
    }, [.. headers, ("X-Form-Token", token)]);

    public async Task<WebAnswer> SendAsync(HttpRequestMessage request, params (string Name, string Value)[] headers)
    {
        foreach (var (name, value) in headers.DistinctBy(header => header.Name))
            if (value.Length > 0) Assert.True(request.Headers.TryAddWithoutValidation(name, value));
        var answer = await client.SendAsync(request);
        var text = await answer.Content.ReadAsStringAsync();
        if (Regex.Match(text, "name=\"__RequestVerificationToken\" type=\"hidden\" value=\"([^\"]+)\"") is { Success: true } found) token = found.Groups[1].Value;
        return new WebAnswer((int)answer.StatusCode, text, answer);
    }

    public void ForgetToken() => token = "";

    public void Dispose() => client.Dispose();
}
