using System.CommandLine;
using System.Globalization;
using PaymentEngine.App.Banks;
using PaymentEngine.App.CommandLine;
using PaymentEngine.App.Operations;
using PaymentEngine.Core;
using PaymentEngine.Messages;
using PaymentEngine.Postgres;

namespace PaymentEngine.App.Commands;

/// <summary><c>payengine bank channel set|list</c>: where the files to each paying bank go.</summary>
static class BankChannelCommand
{
    public static Command Create(CommandContext context) =>
        new("channel", context.Text("Kênh gửi tệp tới từng ngân hàng chi: thư mục, SFTP, trao tay", "The way files go to each paying bank: folder, SFTP, by hand")) { Set(context), List(context) };

    static Command Set(CommandContext context)
    {
        var bank = new Argument<string>("BIN") { Description = context.Text("Số NAPAS sáu chữ số của ngân hàng chi, ví dụ 970405", "The paying bank's NAPAS number, six figures, for example 970405") };
        var kind = new Argument<string>("KIND") { Description = "folder|sftp|hand" };
        var folder = new Option<string?>("--folder") { HelpName = "D", Description = context.Text("Thư mục ở đây, hoặc trên máy chủ SFTP", "The folder here, or on the SFTP server") };
        var host = new Option<string?>("--host") { HelpName = "H", Description = context.Text("Máy chủ SFTP", "The SFTP server") };
        var port = new Option<int>("--port") { HelpName = "N", DefaultValueFactory = _ => 22, Description = context.Text("Cổng", "Port") };
        var user = new Option<string?>("--user") { HelpName = "U", Description = context.Text("Tên đăng nhập", "Login") };
        var key = new Option<string?>("--key") { HelpName = "F", Description = context.Text("Khóa riêng của tên đăng nhập ấy, không mật khẩu, chỉ chủ đọc được", "Private key of that login, without a passphrase, for its owner alone") };
        var hostKey = new Option<string?>("--host-key") { HelpName = "KEY|F", Description = context.Text("Khóa công khai của máy chủ, được ghim: dòng ngân hàng đã trao, hoặc tệp có dòng ấy", "The server's public key, pinned: the line the bank gave you, or a file with it") };
        var takesAway = new Option<bool>("--takes-away") { Description = context.Text("Ngân hàng lấy tệp đi khi nạp: tệp còn đó là chưa nạp", "The bank takes files away as it loads them: one still there is not loaded") };
        var withManifest = new Option<bool>("--with-manifest") { Description = context.Text("Gửi kèm bản kê và chữ ký", "Manifest and signature go with each file") };
        var tries = Number("--tries", "N", ChannelPolicy.Default.Tries, context.Text("Số lần thử bước được phép lặp", "Tries of a step that may be repeated"));
        var timeOut = Number("--time-out", "S", ChannelPolicy.Default.TimeOutSeconds, context.Text("Giây cho một lần thử", "Seconds a try may take"));
        var breakAfter = Number("--break-after", "N", ChannelPolicy.Default.BreakAfter, context.Text("Sau bao nhiêu lần hỏng thì để yên", "Failures after which the channel is left alone"));
        var breakFor = Number("--break-for", "S", ChannelPolicy.Default.BreakSeconds, context.Text("Để yên bao nhiêu giây", "Seconds for which it is left alone"));
        return new Command("set", context.Text("Đặt kênh của một ngân hàng; phiên bản trước được giữ", "Set a bank's channel; the version before is kept"))
        {
            bank, kind, folder, host, port, user, key, hostKey, takesAway, withManifest, tries, timeOut, breakAfter, breakFor,
        }.Answers(context, (parse, cancel) => context.AsCallerAsync(async (database, caller) =>
        {
            var isSftp = parse.GetRequiredValue(kind) == ChannelKind.Sftp;
            string? pinned = null;
            if (parse.GetValue(hostKey) is { } given)
            {
                var read = BankChannelSettings.HostKey(context.Files.Exists(given) && context.Files.Size(given) < 64 * 1024 ? await File.ReadAllTextAsync(given, cancel) : given);
                if (!read.TryGet(out pinned)) return Answer.Refused(read.Problems);
            }

            var here = parse.GetValue(folder);
            var wanted = new StoredChannel
            {
                BankBin = parse.GetRequiredValue(bank), Kind = parse.GetRequiredValue(kind), Folder = here is not null && !isSftp ? Path.GetFullPath(here) : here,
                Host = parse.GetValue(host), Port = isSftp ? parse.GetValue(port) : null, Login = parse.GetValue(user), KeyFile = parse.GetValue(key) is { } path ? Path.GetFullPath(path) : null, HostKey = pinned,
                TakesAway = parse.GetValue(takesAway), WithManifest = parse.GetValue(withManifest),
                Tries = parse.GetValue(tries), TimeOutSeconds = parse.GetValue(timeOut), BreakAfter = parse.GetValue(breakAfter), BreakSeconds = parse.GetValue(breakFor),
            };
            return Answer.From(await new BankChannelSettings(database, context.Clock).SetAsync(caller, wanted, cancel), set => Say(context, [set.Channel], set.IsNew));
        }, cancel));
    }

    static Command List(CommandContext context) => new Command("list", context.Text("Kênh đang dùng của mỗi ngân hàng", "The standing channel of each bank"))
        .Answers(context, (_, cancel) => context.AsCallerAsync(async (database, caller) =>
            Answer.From(await new BankChannelSettings(database, context.Clock).ListAsync(caller, cancel), all => Say(context, all, isNew: null)), cancel));

    static Option<int> Number(string name, string help, int otherwise, string description) => new(name) { HelpName = help, DefaultValueFactory = _ => otherwise, Description = description };

    static Answer Say(CommandContext context, IReadOnlyList<StoredChannel> channels, bool? isNew) => Answer.Of(new
    {
        is_new = isNew,
        channels = channels.Select(one => new
        {
            bank = one.BankBin, version = one.Version, kind = one.Kind, folder = one.Folder, host = one.Host, port = one.Port, user = one.Login, key_file = one.KeyFile, host_key = one.HostKey,
            host_key_fingerprint = one.HostKey is { } key ? Fingerprints.OfHostKey(key) : null, takes_away = one.TakesAway, with_manifest = one.WithManifest,
            tries = one.Tries, time_out_seconds = one.TimeOutSeconds, break_after = one.BreakAfter, break_seconds = one.BreakSeconds, set_by = one.Person, set_at = one.At,
        }),
    }, output =>
    {
        if (channels.Count == 0) output.Line(context.Text("Chưa đặt kênh nào.", "No channel is set."));
        foreach (var one in channels)
        {
            output.Line($"{BankDirectory.Find(one.BankBin)?.ShortName ?? one.BankBin} ({one.BankBin}): {Where(context, one)}");
            output.Line(context.Text($"  phiên bản {one.Version.ToString(CultureInfo.InvariantCulture)}, {one.Person} đặt{(isNew == false ? "; không có gì mới" : "")}", $"  version {one.Version.ToString(CultureInfo.InvariantCulture)}, set by {one.Person}{(isNew == false ? "; nothing new" : "")}"));
            if (one.HostKey is { } key) output.Line(context.Text($"  khóa máy chủ đã ghim: {Fingerprints.OfHostKey(key)}", $"  pinned host key: {Fingerprints.OfHostKey(key)}"));
        }
    });

    static string Where(CommandContext context, StoredChannel one) => one.Kind switch
    {
        ChannelKind.Hand => context.Text("trao tay, có ghi nhận", "by hand, recorded"),
        ChannelKind.Folder => context.Text($"thư mục {one.Folder}", $"folder {one.Folder}"),
        _ => string.Create(CultureInfo.InvariantCulture, $"sftp {one.Login}@{one.Host}:{one.Port} {one.Folder}"),
    };
}
