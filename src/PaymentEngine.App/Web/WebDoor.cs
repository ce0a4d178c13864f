using System.Net;
using System.Net.Security;
using System.Security.Authentication;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Console;
using PaymentEngine.App.CommandLine;
using PaymentEngine.App.Web.Access;
using PaymentEngine.App.Web.Api;
using PaymentEngine.App.Web.Guard;
using PaymentEngine.App.Web.Pages.Cash;
using PaymentEngine.App.Web.Pages.Runs;
using PaymentEngine.App.Web.Passkeys;
using PaymentEngine.App.Web.Sessions;
using PaymentEngine.Postgres;

namespace PaymentEngine.App.Web;

/// <summary>The web door: pages for people and the API, thin before the same operations as the command line. Takes no settings from files or the environment but those it is given.</summary>
public sealed class WebDoor : IAsyncDisposable
{
    readonly WebApplication application;
    readonly WebDoorSettings settings;

    WebDoor(WebApplication application, WebDoorSettings settings) => (this.application, this.settings) = (application, settings);

    /// <summary>Every endpoint, for the test that asks each for its rule.</summary>
    public IReadOnlyList<Endpoint> Endpoints => [.. ((IEndpointRouteBuilder)application).DataSources.SelectMany(source => source.Endpoints)];

    /// <summary>The address people type, once the door is open.</summary>
    public Uri Url => new(settings.Url(Port));

    /// <summary>The port it listens on, once the door is open.</summary>
    public int Port => new Uri(application.Services.GetRequiredService<IServer>().Features.GetRequiredFeature<IServerAddressesFeature>().Addresses.First()).Port;

    /// <summary>Puts the door together. It is not open yet.</summary>
    /// <param name="settings">Where it stands.</param>
    /// <param name="context">Clock, settings, law.</param>
    /// <param name="database">The store; the caller disposes it after the door.</param>
    /// <param name="logging">Where log lines go; null: JSON lines on standard error.</param>
    /// <exception cref="InvalidOperationException">A route has no rule, or plain HTTP is asked for beyond this machine.</exception>
    public static WebDoor Build(WebDoorSettings settings, CommandContext context, Database database, Action<ILoggingBuilder>? logging = null)
    {
        if (!settings.IsSecure && !settings.IsLoopback) throw new InvalidOperationException("Without TLS the door opens on this machine alone.");
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions { ApplicationName = typeof(WebDoor).Assembly.GetName().Name, ContentRootPath = AppContext.BaseDirectory, EnvironmentName = Environments.Production });
        builder.WebHost.UseKestrel(kestrel => Listen(kestrel, settings));
        builder.Logging.SetMinimumLevel(LogLevel.Warning).AddFilter("PaymentEngine", LogLevel.Information)
            // That a page with a form is not cached is what we say ourselves, and the keys of forms stand in the key folder like all others.
            .AddFilter("Microsoft.AspNetCore.Antiforgery", LogLevel.Error).AddFilter("Microsoft.AspNetCore.DataProtection", LogLevel.Error);
        (logging ?? ToStandardError)(builder.Logging);
        var services = builder.Services;
        // The program decides when it stops (Program.cs), not the host.
        services.AddSingleton<IHostLifetime, NoLifetime>();
        services.AddSingleton(settings).AddSingleton(settings.Limits).AddSingleton(context.Clock).AddSingleton(database).AddSingleton(new WebParts(context, database))
            .AddSingleton<SessionCookie>().AddSingleton<RequestRates>().AddSingleton<UploadQuota>().AddSingleton<PasskeyCeremonies>().AddSingleton<PersonTickets>()
            .AddSingleton<ApiJobs>().AddSingleton<ApiRepeats>().AddSingleton<LongActs>();
        var keys = Path.Combine(context.Settings.Keys.Value, "web");
        // One after the other: a folder made on the way to another would be open to others.
        foreach (var folder in new[] { context.Settings.Keys.Value, keys }) Directory.CreateDirectory(folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        services.AddDataProtection().SetApplicationName("payengine").PersistKeysToFileSystem(new DirectoryInfo(keys));
        services.AddHostFiltering(filter => (filter.AllowedHosts, filter.AllowEmptyHosts, filter.IncludeFailureMessage) = ([.. settings.Hosts], false, false));
        services.AddAntiforgery(forms =>
        {
            forms.Cookie.Name = settings.IsSecure ? "__Host-payengine-form" : "payengine-form";
            forms.Cookie.SameSite = SameSiteMode.Strict;
            forms.Cookie.HttpOnly = true;
            forms.Cookie.SecurePolicy = settings.IsSecure ? CookieSecurePolicy.Always : CookieSecurePolicy.None;
            forms.Cookie.Path = "/";
            forms.HeaderName = ApiRoutes.FormTokenHeader;
            forms.SuppressXFrameOptionsHeader = true; // said for every answer by RequestGuard
        });
        services.Configure<FormOptions>(forms =>
        {
            forms.ValueCountLimit = settings.Limits.FormKeysMax;
            forms.ValueLengthLimit = settings.Limits.FormValueMax;
            forms.KeyLengthLimit = 128;
            // Only routes that take files let multipart through; see AccessGate.
            forms.MultipartBodyLengthLimit = settings.Limits.UploadMax;
        });
        services.AddRazorPages(pages => pages.RootDirectory = "/Web/Pages");
        services.AddRouting();
        // Vietnamese goes out as it is; what means something to HTML is escaped whatever the script.
        services.AddSingleton(Refusals.Html);

        var application = builder.Build();
        application.UseMiddleware<RequestGuard>();
        application.UseHostFiltering();
        application.UseRouting();
        application.UseMiddleware<CrossSiteGuard>();
        application.UseMiddleware<SessionGate>();
        application.UseMiddleware<AccessGate>();
        ApiRoutes.Map(application);
        PasskeyRoutes.Map(application);
        AssetRoutes.Map(application);
        RunDocuments.Map(application);
        CashDocuments.Map(application);
        application.MapRazorPages().RequireRule();
        application.UseEndpoints(_ => { });
        var door = new WebDoor(application, settings);
        if (WebRoutes.Differences(door.Endpoints) is { Count: > 0 } differences) throw new InvalidOperationException(string.Join("; ", differences));
        return door;
    }

    /// <summary>Opens the door, having looked whether the database behind it is the one that its files and heads know: a closed fence is in the log, and what it stops stays stopped.</summary>
    public async Task OpenAsync(CancellationToken cancel = default)
    {
        var parts = application.Services.GetRequiredService<WebParts>();
        if (await parts.ProvinceAsync(cancel) is { } province && await parts.Doorway.BeforeAsync(province, cancel) is { } closed)
            DoorLog.FenceClosed(application.Services.GetRequiredService<ILogger<WebDoor>>(), closed.Message, closed.Remedy);
        await application.StartAsync(cancel);
    }

    /// <summary>Answers what has begun, then closes.</summary>
    public Task CloseAsync() => application.StopAsync(TimeSpan.FromSeconds(10));

    public ValueTask DisposeAsync() => application.DisposeAsync();

    static void Listen(KestrelServerOptions kestrel, WebDoorSettings settings)
    {
        var limits = settings.Limits;
        kestrel.AddServerHeader = false;
        kestrel.AllowSynchronousIO = false;
        kestrel.Limits.MaxRequestBodySize = limits.BodyMax;
        kestrel.Limits.MaxRequestHeadersTotalSize = limits.HeadersMax;
        kestrel.Limits.MaxRequestHeaderCount = limits.HeaderCountMax;
        kestrel.Limits.MaxRequestLineSize = limits.RequestLineMax;
        kestrel.Limits.RequestHeadersTimeout = limits.HeadersWithin;
        kestrel.Limits.KeepAliveTimeout = TimeSpan.FromMinutes(1);
        kestrel.Limits.MinRequestBodyDataRate = new MinDataRate(limits.BodyBytesPerSecondMin, limits.BodyGrace);
        kestrel.Limits.MaxConcurrentConnections = limits.ConnectionsMax;
        kestrel.Listen(settings.Address, settings.Port, listen =>
        {
            listen.Protocols = settings.IsSecure ? HttpProtocols.Http1AndHttp2 : HttpProtocols.Http1;
            if (settings.Certificate is { } certificate) listen.UseHttps(certificate, tls =>
            {
                tls.SslProtocols = SslProtocols.Tls12 | SslProtocols.Tls13;
                // Where the platform leaves suites to its own settings (Windows), those of its administrator count.
                if (!OperatingSystem.IsWindows()) tls.OnAuthenticate = (_, options) => options.CipherSuitesPolicy = new CipherSuitesPolicy(Suites);
            });
        });
    }

    /// <summary>Suites with forward secrecy that authenticate what they encipher, the strongest first; nothing else is offered.</summary>
    static readonly TlsCipherSuite[] Suites =
    [
        TlsCipherSuite.TLS_AES_256_GCM_SHA384, TlsCipherSuite.TLS_CHACHA20_POLY1305_SHA256, TlsCipherSuite.TLS_AES_128_GCM_SHA256,
        TlsCipherSuite.TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384, TlsCipherSuite.TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384, TlsCipherSuite.TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256,
        TlsCipherSuite.TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256, TlsCipherSuite.TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256, TlsCipherSuite.TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256,
    ];

    static void ToStandardError(ILoggingBuilder logging)
    {
        logging.AddConsole(console => (console.FormatterName, console.LogToStandardErrorThreshold) = (MaskedJsonFormatter.FormatterName, LogLevel.Trace));
        logging.AddConsoleFormatter<MaskedJsonFormatter, ConsoleFormatterOptions>();
    }

    sealed class NoLifetime : IHostLifetime
    {
        public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
