using System.CommandLine;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using NodaTime;
using PaymentEngine.App.CommandLine;
using PaymentEngine.App.Keys;
using PaymentEngine.App.Web;
using PaymentEngine.Core;
using PaymentEngine.Messages.LawFiles;
using PaymentEngine.Postgres;
using PaymentEngine.Postgres.Cluster;

namespace PaymentEngine.App.Commands;

/// <summary><c>payengine doctor</c>: what this installation stands on, and what to do where something is missing. Changes nothing and starts nothing.</summary>
static class DoctorCommand
{
    /// <summary>How grave a finding is: a fault ends with exit 5, a note is only told.</summary>
    enum Health
    {
        Good,
        Note,
        Fault,
    }

    sealed record Finding(string Name, Health Health, string Seen, string Remedy = "");

    public static Command Create(CommandContext context) =>
        new Command("doctor", context.Text("Kiểm tra máy, cơ sở dữ liệu, khóa, bảng luật; chỉ cách khắc phục", "Check machine, database, keys and law tables; say what to do"))
            .Answers(context, (_, cancel) => AnswerAsync(context, cancel));

    static async Task<Answer> AnswerAsync(CommandContext context, CancellationToken cancel)
    {
        var (database, sample) = await DatabaseAsync(context, cancel);
        List<Finding> findings = [Runtime(), Formats(context), Disk(context), Postgres(context), .. database, Sftp(context), Print(context), Keys(context, sample), .. Web(context), Heads(context), Schemas(context), Law(context)];
        var exit = findings.Any(finding => finding.Health == Health.Fault) ? ExitCode.NeighbourSilent : ExitCode.Done;
        return Answer.Of(new
        {
            healthy = exit == ExitCode.Done,
            findings = findings.Select(finding => new { name = finding.Name, health = finding.Health, seen = finding.Seen, remedy = finding.Remedy }),
            settings = context.Settings.All.Select(setting => new { name = setting.Name, value = Masked(setting), origin = setting.Origin }),
        }, output =>
        {
            var table = new TextTable(new TextColumn(""), new TextColumn(context.Text("Mục", "Item")), new TextColumn(context.Text("Thấy", "Seen")), new TextColumn(context.Text("Cách khắc phục", "Remedy")));
            foreach (var finding in findings) table.Row(Word(context, finding.Health), finding.Name, finding.Seen, finding.Remedy);
            output.Table(table);
            var settings = new TextTable(new TextColumn(context.Text("Thiết lập", "Setting")), new TextColumn(context.Text("Giá trị", "Value")), new TextColumn(context.Text("Từ đâu", "Origin")));
            foreach (var setting in context.Settings.All) settings.Row(setting.Name, Masked(setting), setting.IsDefault ? context.Text("mặc định", "default") : setting.Origin);
            output.Table(settings);
        }) with { Exit = exit };
    }

    static string Word(CommandContext context, Health health) => health switch
    {
        Health.Good => context.Text("tốt", "good"), Health.Note => context.Text("lưu ý", "note"), _ => context.Text("LỖI", "FAULT"),
    };

    static string Masked(Setting setting) => setting.Name == "PAYENGINE_DB" && setting.Value.Length > 0 ? DatabaseLook.WithoutPassword(setting.Value) : setting.Value;

    static Finding Runtime() => new(".NET", Health.Good, $"{RuntimeInformation.FrameworkDescription}, {RuntimeInformation.OSDescription}, {RuntimeInformation.ProcessArchitecture}");

    /// <summary>Language data of the machine: our own formats do not need it, upper and lower case and sorting do.</summary>
    static Finding Formats(CommandContext context)
    {
        var culture = CultureInfo.GetCultureInfo("vi-VN");
        var right = 1_234_567.ToString("N0", culture) == "1.234.567" && new DateOnly(2026, 11, 21).ToString("dd/MM/yyyy", culture) == "21/11/2026"
            && "Ẩn".Normalize(NormalizationForm.FormD).Length == 4;
        var name = context.Text("Dữ liệu ngôn ngữ (ICU)", "Language data (ICU)");
        return right
            ? new Finding(name, Health.Good, "vi-VN: 1.234.567 · 21/11/2026")
            : new Finding(name, Health.Fault, context.Text("vi-VN không đúng", "vi-VN is wrong"), "Install ICU (libicu) and unset DOTNET_SYSTEM_GLOBALIZATION_INVARIANT.");
    }

    /// <summary>The client that carries files to banks with an SFTP channel.</summary>
    static Finding Sftp(CommandContext context)
    {
        var name = context.Text("Gửi tệp qua SFTP", "Sending by SFTP");
        return (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator).Select(folder => Path.Combine(folder, "sftp")).FirstOrDefault(File.Exists) is { } found
            ? new Finding(name, Health.Good, found)
            : new Finding(name, Health.Note, context.Text("chưa có sftp", "no sftp program"), "Install your system's OpenSSH client, if a bank takes files by SFTP: payengine bank channel.");
    }

    /// <summary>The browser that prints papers as PDF.</summary>
    static Finding Print(CommandContext context)
    {
        var name = context.Text("In PDF", "Printing PDF");
        return context.Printer.Missing() is { } missing
            ? new Finding(name, Health.Note, context.Text("chưa có Chromium", "no Chromium"), missing.Remedy)
            : new Finding(name, Health.Good, context.Printer.Browser!);
    }

    static Finding Disk(CommandContext context)
    {
        // A province's month is some 200 MB of rows, as much log, and its files.
        const long bytesMin = 2_000_000_000;
        var name = context.Text("Đĩa trống", "Disk space");
        var folder = context.Settings.Home.Value;
        while (!Directory.Exists(folder)) folder = Path.GetDirectoryName(folder) ?? "/";
        var free = new DriveInfo(folder).AvailableFreeSpace;
        return new Finding(name, free >= bytesMin ? Health.Good : Health.Note, $"{ViText.Bytes(free)} ({folder})", free >= bytesMin ? "" : context.Text("Cần ít nhất 2 GB cho một tháng của một tỉnh.", "A month of a province needs 2 GB at least."));
    }

    static Finding Postgres(CommandContext context)
    {
        var found = PostgresTools.Find();
        if (found.Count > 0) return new Finding("PostgreSQL", Health.Good, string.Join(", ", found.Select(tools => $"{tools.Version} ({tools.Folder})")));
        return context.Settings.Database.Value.Length > 0
            ? new Finding("PostgreSQL", Health.Note, context.Text("không có trên máy này (dùng máy chủ)", "not on this machine (a server is used)"), context.Text("Chỉ cần cho db backup và restore. ", "Needed for db backup and restore only. ") + PostgresTools.HowToInstall)
            : new Finding("PostgreSQL", Health.Fault, context.Text("không có", "missing"), PostgresTools.HowToInstall);
    }

    static async Task<(IReadOnlyList<Finding> Findings, StoredSecret? Sample)> DatabaseAsync(CommandContext context, CancellationToken cancel)
    {
        var name = context.Text("Cơ sở dữ liệu", "Database");
        PrivateCluster? cluster = null;
        if (context.Settings.Database.Value.Length == 0)
        {
            cluster = new PrivateCluster(context.Settings.Home.Value);
            if (cluster.CheckSockets() is { } foreign) return ([new Finding(name, Health.Fault, foreign.Message, foreign.Remedy)], null);
            var state = cluster.State();
            if (!state.IsRunning)
            {
                return ([new Finding(name, Health.Good, state.IsMade ? context.Text("cụm riêng đã dừng; lệnh đầu tiên cần sẽ khởi động", "private cluster stopped; the first command that needs it starts it")
                    : context.Text("cụm riêng chưa tạo; lệnh đầu tiên cần sẽ tạo", "private cluster not made; the first command that needs it makes it"))], null);
            }
        }

        var looked = await DatabaseLook.TakeAsync(cluster, context.Settings.Database.Value, cancel);
        if (!looked.TryGet(out var look)) return ([new Finding(name, Health.Fault, looked.Problems[0].Message, context.Text("Kiểm tra PAYENGINE_DB và máy chủ.", looked.Problems[0].Remedy))], null);
        if (look is null) return ([new Finding(name, Health.Good, context.Text("chưa có bảng; lệnh đầu tiên cần sẽ tạo", "no tables yet; the first command that needs them makes them"))], null);
        var where = cluster is null ? context.Text("máy chủ", "server") : context.Text("cụm riêng đang chạy", "private cluster running");
        List<Finding> findings = [look.Missing.TryGet(out var missing)
            ? new Finding(name, Health.Good, string.Create(CultureInfo.InvariantCulture, $"{where}, PostgreSQL {look.ServerVersion}, {Migrations.Known.Count - missing}/{Migrations.Known.Count} {context.Text("tệp cấu trúc", "migrations")}"))
            : new Finding(name, Health.Fault, look.Missing.Problems[0].Message, look.Missing.Problems[0].Remedy)];
        if (look.ReadAlerts > 0)
        {
            findings.Add(new Finding(context.Text("Đọc dữ liệu cá nhân", "Reading of personal data"), Health.Note, context.Text($"{ViText.Count(look.ReadAlerts)} lần vượt ngưỡng trong tuần", $"{ViText.Count(look.ReadAlerts)} times over a limit this week"),
                context.Text("Kiểm toán hoặc quản trị xem: payengine audit alerts.", "An auditor or administrator looks: payengine audit alerts.")));
        }

        if (cluster is not null)
        {
            findings.Add(new Finding(context.Text("Khóa và dữ liệu", "Keys and data"), Health.Note, context.Text("cùng một người dùng hệ điều hành", "under one OS user"),
                context.Text("Đủ cho một văn phòng và bản dùng thử, không chống được người có quyền root; khi cần, dùng PAYENGINE_DB và PAYENGINE_KEYS ở nơi khác.", "Good for an office and a demo, not against root; otherwise use PAYENGINE_DB and another PAYENGINE_KEYS.")));
        }
        return (findings, look.Sample);
    }

    static Finding Keys(CommandContext context, StoredSecret? sample)
    {
        var name = context.Text("Khóa mã hóa", "Keys");
        var folder = context.Settings.Keys.Value;
        if (!File.Exists(Path.Combine(folder, "tag.key")) && sample is not null)
            return new Finding(name, Health.Fault, context.Text($"không có trong {folder}, mà cơ sở dữ liệu đã có số tài khoản", $"none in {folder}, and the database holds accounts"),
                context.Text("Đặt lại thư mục khóa của cơ sở dữ liệu này, hoặc chỉ tới nó bằng PAYENGINE_KEYS.", "Put back the key folder that belongs to this database, or name it in PAYENGINE_KEYS."));
        if (!File.Exists(Path.Combine(folder, "tag.key"))) return new Finding(name, Health.Good, context.Text("chưa có; được tạo khi cần lần đầu", "none yet; made at the first need"));
        // Not only looked at but used: a key that was cut or exchanged is found today and not on the day of the payment.
        var opened = KeyFolder.Open(folder, context.Clock);
        if (!opened.TryGet(out var keys)) return new Finding(name, Health.Fault, opened.Problems[0].Message, opened.Problems[0].Remedy);
        return keys.Try(sample is null ? null : (sample.Key, sample.Cipher)) is { } broken
            ? new Finding(name, Health.Fault, broken.Message, broken.Remedy)
            : new Finding(name, Health.Good, context.Text($"{folder}, 0700/0600, đã thử mã hóa, giải mã và ký", $"{folder}, 0700/0600, tried: seal, open, sign"), context.Text("Cất một bản riêng, không cùng chỗ với bản sao lưu dữ liệu.", "Keep a copy elsewhere, apart from the backups."));
    }

    /// <summary>Heads of the audit chain prove something only where whoever owns the database cannot change them.</summary>
    static Finding Heads(CommandContext context)
    {
        var name = context.Text("Đầu chuỗi nhật ký", "Heads of the audit chain");
        if (context.HeadsFolder is not { } folder)
            return new Finding(name, Health.Note, context.Text("không xuất đi đâu: cắt đuôi nhật ký hay đặt lại bản cũ có thể không thấy", "exported nowhere: a tail that is cut off or an old copy put back may not be seen"),
                context.Text("Đặt PAYENGINE_HEADS tới thư mục mà người quản trị cơ sở dữ liệu không sửa được (máy khác, chỉ được thêm).", "Name a folder in PAYENGINE_HEADS in which the database's administrator can change nothing (another machine, add only)."));
        var below = Path.GetFullPath(folder) + Path.DirectorySeparatorChar;
        string[] owned = context.Settings.Database.Value.Length > 0 ? [context.Settings.Home.Value] : [context.Settings.Home.Value, new PrivateCluster(context.Settings.Home.Value).Place.Data];
        if (owned.Any(place => below.StartsWith(Path.GetFullPath(place) + Path.DirectorySeparatorChar, StringComparison.Ordinal)))
            return new Finding(name, Health.Note, context.Text($"{folder} nằm cùng chỗ với dữ liệu", $"{folder} lies with the data"), context.Text("Đặt PAYENGINE_HEADS ở nơi người quản trị cơ sở dữ liệu không sửa được.", "Name a folder elsewhere, which the database's administrator cannot change."));
        return Directory.Exists(folder) ? new Finding(name, Health.Good, folder)
            : new Finding(name, Health.Note, context.Text($"{folder} chưa có", $"{folder} is not there yet"), context.Text("Được tạo khi xuất lần đầu: payengine audit head export.", "It is made with the first export: payengine audit head export."));
    }

    /// <summary>The certificate of the web door that was made here; nothing to tell without one.</summary>
    static IEnumerable<Finding> Web(CommandContext context)
    {
        var path = Path.Combine(context.Settings.Keys.Value, WebCertificates.FileName);
        if (!File.Exists(path)) yield break;
        var name = context.Text("Chứng thư của trang web", "Certificate of the web door");
        var looked = WebCertificates.Read(path, null, null, context.Clock.GetCurrentInstant());
        if (!looked.TryGet(out var certificate))
        {
            yield return new Finding(name, Health.Note, looked.Problems[0].Message, context.Text("payengine web --tls-self-signed tạo chứng thư mới.", "payengine web --tls-self-signed makes a new one."));
            yield break;
        }

        using (certificate)
        {
            var ends = LocalDate.FromDateTime(certificate.NotAfter.ToUniversalTime());
            yield return new Finding(name, Health.Note, context.Text($"tự ký, đến {ViText.Date(ends)} ({path})", $"self-signed, until {ViText.Date(ends)} ({path})"),
                context.Text("Trình duyệt cảnh báo; dùng chứng thư của cơ quan: --tls-cert F --tls-key F.", "Browsers warn about it; use the office's own: --tls-cert F --tls-key F."));
        }
    }

    static Finding Schemas(CommandContext context)
    {
        var name = context.Text("Lược đồ ISO 20022 chính thức", "Official ISO 20022 schemas");
        var folder = context.Settings.Schemas.Value;
        var count = Directory.Exists(folder) ? Directory.EnumerateFiles(folder, "*.xsd", SearchOption.AllDirectories).Count() : 0;
        return count > 0
            ? new Finding(name, Health.Good, string.Create(CultureInfo.InvariantCulture, $"{count} XSD, {folder}"))
            : new Finding(name, Health.Note, context.Text("không có: schema_valid là null", "none: schema_valid is null"),
                context.Text("Tải từ iso20022.org hoặc ngân hàng, đặt PAYENGINE_XSD tới thư mục đó.", "Download them from iso20022.org or the bank and name the folder in PAYENGINE_XSD."));
    }

    /// <summary>Rows of the law tables whose status says that nobody has compared them with the official text.</summary>
    static Finding Law(CommandContext context)
    {
        var (rows, unverified) = LawReview.Count();
        var name = context.Text("Bảng luật", "Law tables");
        var seen = context.Text($"{ViText.Count(rows)} dòng, {ViText.Count(unverified)} chưa đối chiếu", $"{ViText.Count(rows)} rows, {ViText.Count(unverified)} unverified");
        return new Finding(name, unverified > 0 ? Health.Note : Health.Good, seen, unverified > 0 ? context.Text("Đối chiếu với văn bản gốc; đợt chi có dùng sẽ nói rõ trên giấy duyệt.", "Compare them with the official text; a run that uses one says so on its approval paper.") : "");
    }
}
