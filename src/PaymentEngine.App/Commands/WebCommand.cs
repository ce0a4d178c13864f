using System.CommandLine;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using PaymentEngine.App.CommandLine;
using PaymentEngine.App.Keys;
using PaymentEngine.App.Web;
using PaymentEngine.Core;

namespace PaymentEngine.App.Commands;

/// <summary><c>payengine web</c>: pages and API, until it is stopped.</summary>
static class WebCommand
{
    const string ListenByDefault = "127.0.0.1:8080";

    public static Command Create(CommandContext context)
    {
        var listen = new Option<string>("--listen") { HelpName = "ADDR:PORT", DefaultValueFactory = _ => ListenByDefault, Description = context.Text("Địa chỉ và cổng; ngoài máy này thì phải có TLS", "Address and port; beyond this machine TLS is needed") };
        var host = new Option<string?>("--host") { HelpName = "NAME", Description = context.Text("Tên trên thanh địa chỉ; chỉ tên này được trả lời, khóa truy cập gắn với nó", "The name in the address bar: the only one answered, and the one passkeys are bound to") };
        var certificate = new Option<string?>("--tls-cert") { HelpName = "F.pem|pfx", Description = context.Text("Chứng thư TLS: PEM, hoặc PKCS #12 (.pfx)", "TLS certificate: PEM, or PKCS #12 (.pfx)") };
        var key = new Option<string?>("--tls-key") { HelpName = "F", Description = context.Text("Khóa riêng (PEM), nếu không nằm trong tệp chứng thư", "Private key (PEM), where it is not in the certificate's file") };
        var password = new Option<string?>("--tls-password-file") { HelpName = "F", Description = context.Text("Mật khẩu của tệp PKCS #12", "Password of the PKCS #12 file") };
        var selfSigned = new Option<bool>("--tls-self-signed") { Description = context.Text("Tự tạo chứng thư, giữ trong thư mục khóa; trình duyệt sẽ cảnh báo", "Make a certificate, kept in the key folder; browsers will warn") };
        return new Command("web", context.Text("Trang web và API, cho đến khi dừng (Ctrl-C)", "Web pages and API, until stopped (Ctrl-C)")) { listen, host, certificate, key, password, selfSigned }
            .Answers(context, (parse, cancel) => OpenAsync(context, new Asked(parse.GetRequiredValue(listen), parse.GetValue(host), parse.GetValue(certificate), parse.GetValue(key), parse.GetValue(password), parse.GetValue(selfSigned)), cancel));
    }

    sealed record Asked(string Listen, string? Host, string? Certificate, string? Key, string? PasswordFile, bool SelfSigned);

    static async Task<Answer> OpenAsync(CommandContext context, Asked asked, CancellationToken cancel)
    {
        var settled = Settle(context, asked);
        if (!settled.TryGet(out var settings)) return Answer.Refused(settled.Problems);
        return await context.WithDatabaseAsync(async database =>
        {
            await using var door = WebDoor.Build(settings, context, database);
            try
            {
                await door.OpenAsync(cancel);
            }
            catch (IOException taken) when (taken.InnerException is Microsoft.AspNetCore.Connections.AddressInUseException)
            {
                return Answer.Refused(new Problem("web.address_in_use", $"{asked.Listen} is in use by another program.", "Stop it, or name another port with --listen ADDR:PORT."));
            }

            context.Output.Talk(context.Text($"Đang mở tại {door.Url} (Ctrl-C để dừng).", $"Open at {door.Url} (Ctrl-C to stop)."));
            if (!settings.IsSecure) context.Output.Talk(context.Text("Không có TLS: chỉ máy này vào được.", "Without TLS: this machine alone can reach it."));
            if (!settings.HasPasskeys) context.Output.Talk(context.Text("Khóa truy cập (passkey) cần một tên: --host TÊN.", "Passkeys need a name: --host NAME."));
            await Task.Delay(Timeout.InfiniteTimeSpan, cancel).ContinueWith(_ => { }, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
            await door.CloseAsync();
            return Answer.Said(context.Text("Đã đóng.", "Closed."));
        }, cancel);
    }

    /// <summary>Reads the flags.</summary>
    /// <returns><c>usage.listen</c>, <c>usage.host</c>, <c>usage.tls</c>, <c>not_allowed.plain_http</c>, or what is wrong with the certificate.</returns>
    static Result<WebDoorSettings> Settle(CommandContext context, Asked asked)
    {
        var listen = asked.Listen.StartsWith("localhost:", StringComparison.OrdinalIgnoreCase) ? "127.0.0.1" + asked.Listen["localhost".Length..] : asked.Listen;
        if (!IPEndPoint.TryParse(listen, out var place) || !listen.Contains(':', StringComparison.Ordinal) || listen.EndsWith(']'))
            return new Problem("usage.listen", $"'{asked.Listen}' is not an address with a port.", "Use for example 127.0.0.1:8080, 0.0.0.0:443 or [::1]:8080.");
        if (asked.Host is { } name && Uri.CheckHostName(name) is UriHostNameType.Unknown or UriHostNameType.Basic) return new Problem("usage.host", $"'{name}' is not the name of a host.", "Use a name without scheme and port, for example chitra.tinh.gov.vn.");
        if (asked.SelfSigned && asked.Certificate is not null) return new Problem("usage.tls", "Either a certificate is given or one is made.", "Leave --tls-self-signed or --tls-cert out.");
        if (asked.Certificate is null && (asked.Key is not null || asked.PasswordFile is not null)) return new Problem("usage.tls", "A key was given without its certificate.", "Add --tls-cert F.");
        var loopback = IPAddress.IsLoopback(place.Address);
        if (!loopback && asked.Certificate is null && !asked.SelfSigned)
            return new Problem("not_allowed.plain_http", $"{asked.Listen} can be reached from other machines, and passwords would cross the network in the clear.", "Add --tls-cert F --tls-key F, or --tls-self-signed; or listen on 127.0.0.1.");
        var any = place.Address.Equals(IPAddress.Any) || place.Address.Equals(IPAddress.IPv6Any);
        if (any && asked.Host is null) return new Problem("usage.host", "Listening on every address, the door has to know the name people type.", "Add --host NAME.");
        var host = asked.Host?.ToLowerInvariant() ?? (loopback ? "localhost" : place.Address.AddressFamily == AddressFamily.InterNetworkV6 ? $"[{place.Address}]" : place.Address.ToString());
        X509Certificate2? certificate = null;
        var now = context.Clock.GetCurrentInstant();
        if (asked.Certificate is { } file)
        {
            string? secret = null;
            if (asked.PasswordFile is { } passwordFile)
            {
                if (!File.Exists(passwordFile)) return new Problem("usage.file", $"There is no file {passwordFile}.", "Name the file that holds the password.");
                secret = File.ReadAllText(passwordFile).TrimEnd('\r', '\n');
            }

            var read = WebCertificates.Read(file, asked.Key, secret, now);
            if (!read.TryGet(out certificate)) return Result<WebDoorSettings>.Refuse(read.Problems);
            if (!certificate.MatchesHostname(host.Trim('[', ']')))
                return new Problem("web.certificate", string.Create(CultureInfo.InvariantCulture, $"The certificate {certificate.Subject} is not for {host}."), "Name the host it is for with --host, or use another certificate.");
        }
        else if (asked.SelfSigned)
        {
            var opened = KeyFolder.Open(context.Settings.Keys.Value, context.Clock);
            if (!opened.IsOk) return Result<WebDoorSettings>.Refuse(opened.Problems);
            certificate = WebCertificates.SelfSigned(opened.Value.Folder, host, place.Address, now);
        }

        return new WebDoorSettings(place.Address, place.Port, certificate, host);
    }
}
