using System.CommandLine;
using NodaTime;
using PaymentEngine.App.CommandLine;
using PaymentEngine.App.Commands.Privacy;
using PaymentEngine.App.Commands.Register;
using PaymentEngine.App.Files;
using PaymentEngine.App.Keys;
using PaymentEngine.App.Operations;
using PaymentEngine.App.Operations.Privacy;
using PaymentEngine.App.Operations.Register;
using PaymentEngine.Core;
using PaymentEngine.Messages.Csv;
using PaymentEngine.Postgres;

namespace PaymentEngine.App.Commands;

/// <summary><c>payengine register import FILE… | check FILE… | export --out D</c>.</summary>
static class RegisterCommand
{
    public static Command Create(CommandContext context)
    {
        var register = new Command("register", context.Text("Danh sách đối tượng: nhập, kiểm tra, xuất", "The register: import, check, export"));

        var imported = Paths(context);
        var import = new Command("import", context.Text(
            "Nhập các tệp danh sách (people, awards, payees, paid, local-standards, areas, payers): tất cả hoặc không gì cả",
            "Import register files (people, awards, payees, paid, local-standards, areas, payers): all of them or nothing")) { imported };
        register.Add(import.Answers(context, (parse, cancel) => ImportAsync(context, parse.GetRequiredValue(imported), cancel)));

        var checkedPaths = Paths(context);
        var check = new Command("check", context.Text("Kiểm tra các tệp mà không ghi gì; không cần cơ sở dữ liệu", "Check files and store nothing; needs no database")) { checkedPaths };
        register.Add(check.Answers(context, (parse, cancel) => CheckAsync(context, parse.GetRequiredValue(checkedPaths), cancel)));

        var folder = new Option<string>("--out", "-o") { Required = true, Description = context.Text("Thư mục ghi tệp", "The folder to write into") };
        var purpose = ExportFiles.Purpose(context);
        var export = new Command("export", context.Text("Xuất danh sách hiện có ra các tệp cùng dạng (có số tài khoản: account_editor kèm exporter)",
            "Write the register as it is into files of the same form (account numbers in clear: account_editor who is an exporter too)")) { folder, purpose };
        register.Add(export.Answers(context, (parse, cancel) => ExportAsync(context, parse.GetRequiredValue(folder), parse.GetValue(purpose), cancel)));
        return register;
    }

    static Argument<string[]> Paths(CommandContext context) =>
        new("files") { Arity = ArgumentArity.OneOrMore, Description = context.Text("Các tệp CSV; loại tệp nhận ra theo dòng tiêu đề", "CSV files; what each is is known by its header") };

    static Task<Answer> ImportAsync(CommandContext context, string[] paths, CancellationToken cancel) => context.AsCallerAsync(async (database, caller) =>
    {
        var keys = KeyFolder.Open(context.Settings.Keys.Value, context.Clock);
        if (!keys.IsOk) return Answer.Refused(keys.Problems);
        using var cipher = keys.Value.OpenCipher();
        var registers = new Registers(database, new Archive(context.Files, Path.Combine(context.Settings.Home.Value, "archive")), cipher);
        using var progress = new FileProgress(context);
        var receipt = await registers.ImportAsync(caller, paths, context.Clock, progress.Report, cancel);
        if (!receipt.TryGet(out var imported)) return Answer.Refused(receipt.Problems);
        progress.Dispose();
        // What came in is looked through at once for people the register has already; the pairs wait in a queue (payengine people duplicates).
        var duplicates = imported.VersionsStored > 0 ? await new Duplicates(database, cipher, context.Clock).SearchAsync(caller, cancel: cancel) : (Result<DuplicateSearchDone>?)null;
        if (duplicates is { IsOk: false } refused) return Answer.Refused(refused.Problems);
        return Answer.Of(new { imported.ProvinceCode, imported.Files, imported.VersionsStored, imported.CommunesMade, imported.DeathsWithdrawn, imported.KnownFrom, Duplicates = duplicates?.Value }, output =>
        {
            Say(output, imported);
            if (duplicates is { } searched) DuplicateCommand.Say(output, searched.Value);
        });
    }, cancel);

    static async Task<Answer> CheckAsync(CommandContext context, string[] paths, CancellationToken cancel)
    {
        if (!context.HasStore) return Checked(await Registers.CheckAsync(null, paths, context.Files, null, null, cancel));
        return await context.WithDatabaseAsync(async database =>
        {
            // Nobody learns from a check what is in the register without having logged in.
            var caller = await context.FindCallerAsync(database, cancel);
            if (!caller.IsOk) return Checked(await Registers.CheckAsync(null, paths, context.Files, null, null, cancel));
            var keys = KeyFolder.Open(context.Settings.Keys.Value, context.Clock);
            if (!keys.IsOk) return Answer.Refused(keys.Problems);
            using var cipher = keys.Value.OpenCipher();
            return Checked(await Registers.CheckAsync(caller.Value, paths, context.Files, database, cipher, cancel));
        }, cancel);
    }

    static Task<Answer> ExportAsync(CommandContext context, string folder, string? purpose, CancellationToken cancel) => context.AsCallerAsync(async (database, caller) =>
    {
        var keys = KeyFolder.Open(context.Settings.Keys.Value, context.Clock);
        if (!keys.IsOk) return Answer.Refused(keys.Problems);
        using var cipher = keys.Value.OpenCipher();
        var exports = new DataExports(database, context.Files, context.Clock);
        var begun = await exports.BeginAsync(caller, "register export", purpose, cancel);
        if (!begun.TryGet(out var export)) return Answer.Refused(begun.Problems);
        var made = await new RegisterExports(database, context.Files, cipher).ExportAsync(caller, folder, export, cancel);
        if (!made.TryGet(out var written)) return Answer.Refused(made.Problems);
        await exports.EndAsync(caller, export, [.. written.Select(file => (file.Path, file.Rows))]);
        return Answer.Of(new { export = export.Number, files = written }, output =>
        {
            var table = new TextTable(new TextColumn(output.Text("Tệp", "File")), new TextColumn(output.Text("Số dòng", "Rows"), true));
            foreach (var file in written) table.Row(file.Path, ViText.Count(file.Rows));
            output.Table(table);
            output.Line(export.Mark);
        }) with { Exported = ((int)written.Max(file => (long)file.Rows), [.. written.Select(file => $"{Path.GetFileName(file.Path)} {file.Rows}")]) };
    }, cancel);

    static Answer Checked(Result<RegisterCheck> result) => Answer.From(result, check => Answer.Of(check, output =>
    {
        var table = new TextTable(new TextColumn(output.Text("Tệp", "File")), new TextColumn(output.Text("Loại", "Kind")), new TextColumn(output.Text("Số dòng", "Rows"), true), new TextColumn(output.Text("Lưu ý", "Notices")));
        foreach (var file in check.Files) table.Row(file.File, NameOf(file.Kind), ViText.Count(file.Rows), Notices(file.Notices));
        output.Table(table);
        output.Line(check.AgainstStore
            ? output.Text("Không có lỗi, đối chiếu cả với danh sách trong cơ sở dữ liệu.", "No faults, held against the register in the database too.")
            : output.Text("Không có lỗi giữa các tệp này (chưa đối chiếu với cơ sở dữ liệu).", "No faults among these files (not held against a database)."));
    }));

    static void Say(Output output, RegisterReceipt receipt)
    {
        var table = new TextTable(new TextColumn(output.Text("Tệp", "File")), new TextColumn(output.Text("Loại", "Kind")), new TextColumn(output.Text("Số dòng", "Rows"), true),
            new TextColumn(output.Text("Mới", "New"), true), new TextColumn(output.Text("Thay đổi", "Changed"), true), new TextColumn(output.Text("Như cũ", "Unchanged"), true),
            new TextColumn(output.Text("Bị thay thế", "Superseded"), true), new TextColumn(output.Text("Lưu ý", "Notices")));
        foreach (var file in receipt.Files.Where(file => file.ImportedBefore is null))
            table.Row(file.File, NameOf(file.Kind), ViText.Count(file.Rows), ViText.Count(file.New), ViText.Count(file.Changed), ViText.Count(file.Unchanged), ViText.Count(file.Superseded), Notices(file.Notices));
        if (table.Rows.Count > 0) output.Table(table);
        foreach (var file in receipt.Files)
            if (file.ImportedBefore is { } before)
                output.Line(output.Text($"{file.File}: đã nhập ngày {Day(before)}, lần này không thay đổi gì.", $"{file.File}: already imported on {Day(before)}; nothing changed now."));
        if (receipt.CommunesMade > 0)
            output.Line(output.Text($"{ViText.Count(receipt.CommunesMade)} xã chưa có trong areas.csv: tạm lấy mã làm tên.", $"{ViText.Count(receipt.CommunesMade)} communes are in no areas.csv yet: their code stands as their name."));
        if (receipt.DeathsWithdrawn > 0)
            output.Line(output.Text($"{ViText.Count(receipt.DeathsWithdrawn)} người trước đây ghi là đã chết, nay không còn ghi.", $"{ViText.Count(receipt.DeathsWithdrawn)} people were known as dead and no longer are."));
        if (table.Rows.Count > 0 && receipt.VersionsStored == 0)
            output.Line(output.Text("Các tệp không có gì mới: danh sách giữ nguyên.", "The files bring nothing new: the register stays as it was."));
    }

    static string Day(Instant at) => ViText.Time(at.InZone(DateTimeZoneProviders.Tzdb["Asia/Ho_Chi_Minh"]).LocalDateTime);

    static string Notices(IReadOnlyDictionary<string, long> notices) => string.Join("; ", notices.Select(notice => $"{notice.Key} × {ViText.Count(notice.Value)}"));

    static string NameOf(RegisterFileKind kind) => Path.GetFileNameWithoutExtension(RegisterFiles.FileName(kind));

    /// <summary>A bar for each file in turn.</summary>
    sealed class FileProgress(CommandContext context) : IDisposable
    {
        Progress? bar;
        string? shown;

        public void Report(string file, long rows)
        {
            if (shown != file)
            {
                bar?.Dispose();
                bar = context.Output.Progress(file, null);
                shown = file;
            }
            bar!.Report(rows);
        }

        public void Dispose() => bar?.Dispose();
    }
}
