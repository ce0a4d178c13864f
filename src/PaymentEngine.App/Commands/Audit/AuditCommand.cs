using System.CommandLine;
using PaymentEngine.App.CommandLine;
using PaymentEngine.App.Commands.Privacy;
using PaymentEngine.App.Files;
using PaymentEngine.App.Keys;
using PaymentEngine.App.Operations.Audit;
using PaymentEngine.Core;
using PaymentEngine.Core.Payments;
using PaymentEngine.Postgres.Audit;

namespace PaymentEngine.App.Commands.Audit;

/// <summary><c>payengine audit …</c>: the chain and its heads, who read whose data, the proof of a run, the fence after a restore.</summary>
static class AuditCommand
{
    const int ReadsShown = 200;

    public static Command Create(CommandContext context)
    {
        var audit = new Command("audit", context.Text("Kiểm toán: chuỗi nhật ký, bằng chứng của đợt, ai đã xem dữ liệu, hàng rào sau phục hồi", "Audit: the chain of operations, proof of a run, who read data, the fence after a restore"));
        audit.Add(Verify(context));
        audit.Add(Bundle(context));
        audit.Add(Head(context));
        audit.Add(Reads(context));
        audit.Add(ExportListCommand.Exports(context));
        audit.Add(ExportListCommand.Alerts(context));
        audit.Add(FenceCommand.Create(context));
        audit.Add(FenceCommand.Epoch(context));
        audit.Add(FenceCommand.Clock(context));
        return audit;
    }

    static Command Verify(CommandContext context)
    {
        var folder = new Argument<string?>("folder") { Arity = ArgumentArity.ZeroOrOne, Description = context.Text("Thư mục bằng chứng của một đợt (audit bundle)", "The folder of a run's bundle (audit bundle)") };
        var database = new Option<bool>("--database") { Description = context.Text("Kiểm tra cả cơ sở dữ liệu: chuỗi, từng tập dòng, các đợt, các tệp", "Check the whole database: chain, every set of rows, runs, files") };
        var heads = new Option<string?>("--heads") { HelpName = "D", Description = context.Text("Thư mục các đầu chuỗi đã xuất (mặc định: PAYENGINE_HEADS)", "Folder of exported heads (default: PAYENGINE_HEADS)") };
        var fingerprint = new Option<string?>("--fingerprint") { HelpName = "F", Description = context.Text("Dấu vân tay SHA-256 của chứng thư ký, chép từ biên bản hay tờ trình đã in", "SHA-256 fingerprint of the signing certificate, as printed on paper") };
        return new Command("verify", context.Text("Kiểm tra bằng chứng của một đợt (không cần cơ sở dữ liệu), hoặc cả cơ sở dữ liệu", "Check the bundle of a run (no database needed), or the whole database")) { folder, database, heads, fingerprint }
            .Answers(context, async (parse, cancel) =>
            {
                var trusted = parse.GetValue(fingerprint)?.Replace(":", "", StringComparison.Ordinal).Trim().ToLowerInvariant();
                if (trusted is not null && (trusted.Length != 64 || !trusted.All(char.IsAsciiHexDigit)))
                    return Answer.Refused(new Problem("usage.fingerprint", "A fingerprint has 64 hexadecimal figures.", "Copy it from paper; colons and capitals do not matter."));
                if (parse.GetValue(folder) is { } bundle == parse.GetValue(database))
                    return Answer.Refused(new Problem("usage.what_to_verify", "Name the folder of a bundle, or --database.", "payengine audit verify FOLDER, or payengine audit verify --database [--heads FOLDER]."));
                if (parse.GetValue(folder) is { } of) return Answer.From(BundleVerification.Verify(context.Files, of, trusted), verified => Show(context, of, verified));
                var headsFolder = parse.GetValue(heads) is { } named ? Path.GetFullPath(named) : context.HeadsFolder;
                return await context.AsCallerAsync(async (store, caller) => Answer.From(await new AuditVerification(store, context.Files, ArchiveOf(context)).VerifyAsync(caller, headsFolder, trusted, cancel),
                    verified => Show(context, headsFolder, verified)), cancel);
            });
    }

    static Answer Show(CommandContext context, string folder, VerifiedBundle verified) => Answer.Of(new
    {
        run = verified.Run, files = verified.Files, blocks = verified.Blocks, links = verified.Links, listed_vnd = verified.ListedVnd, fingerprint = verified.Fingerprint, fingerprint_named = verified.Pinned,
        whole = verified.Broken.Count == 0, broken = verified.Broken.Select(JsonText.Of),
    }, output =>
    {
        foreach (var one in verified.Broken) output.Line($"{one.Message} {one.Remedy} [{one.Code}]");
        if (verified.Broken.Count > 0)
        {
            output.Line(context.Text($"{folder}: KHÔNG NGUYÊN VẸN.", $"{folder}: NOT WHOLE."));
            return;
        }

        output.Line(context.Text($"{folder}: nguyên vẹn. Đợt {verified.Run}, đã lập danh sách {ViText.Money(new Core.Money.Vnd(verified.ListedVnd))}; {ViText.Count(verified.Files)} tệp, {ViText.Count(verified.Blocks)} khối của đợt, {ViText.Count(verified.Links)} mắt xích đến đầu chuỗi đã ký.",
            $"{folder}: whole. Run {verified.Run} lists {ViText.Money(new Core.Money.Vnd(verified.ListedVnd))}; {ViText.Count(verified.Files)} files, {ViText.Count(verified.Blocks)} blocks of the run, {ViText.Count(verified.Links)} links to the signed head."));
        output.Line(verified.Pinned
            ? context.Text($"Chứng thư ký đúng với dấu vân tay đã cho: {verified.Fingerprint}.", $"Signed by the certificate you named: {verified.Fingerprint}.")
            : context.Text($"Ký bằng chứng thư {verified.Fingerprint}. Hãy so dấu vân tay này với dấu in trên biên bản của tháng và tờ trình duyệt, rồi chạy lại với --fingerprint.",
                $"Signed by the certificate {verified.Fingerprint}. Compare this fingerprint with the one printed on the month's certificate and the approval paper, then run again with --fingerprint."));
    }) with { Exit = verified.Broken.Count == 0 ? ExitCode.Done : ExitCode.Refused };

    static Answer Show(CommandContext context, string? heads, VerifiedDatabase verified) => Answer.Of(new
    {
        blocks = verified.Blocks, sets = verified.Sets, rows = verified.Rows, runs = verified.Runs, files = verified.Files, files_not_at_hand = verified.FilesNotAtHand, heads = verified.Heads, erased = verified.Erased.Select(one => new { operation = one.OperationNo, rows = one.Rows }),
        whole = verified.Broken.Count == 0, broken = verified.Broken.Select(JsonText.Of),
    }, output =>
    {
        output.Line(context.Text(
            $"{ViText.Count(verified.Blocks)} khối, {ViText.Count(verified.Sets)} tập với {ViText.Count(verified.Rows)} dòng, {ViText.Count(verified.Runs)} đợt, {ViText.Count(verified.Files)} tệp ({ViText.Count(verified.FilesNotAtHand)} tệp không có ở máy này), {ViText.Count(verified.Heads)} đầu chuỗi đã xuất.",
            $"{ViText.Count(verified.Blocks)} blocks, {ViText.Count(verified.Sets)} sets of {ViText.Count(verified.Rows)} rows, {ViText.Count(verified.Runs)} runs, {ViText.Count(verified.Files)} files ({ViText.Count(verified.FilesNotAtHand)} not on this machine), {ViText.Count(verified.Heads)} exported heads."));
        foreach (var one in verified.Broken) output.Line($"{one.Message} {one.Remedy} [{one.Code}]");
        foreach (var (operation, rows) in verified.Erased) output.Line(context.Text($"{ViText.Count(rows)} dòng đã xóa dữ liệu nhận dạng theo thao tác {operation}.", $"{ViText.Count(rows)} rows erased by operation {operation}."));
        output.Line(verified.Broken.Count == 0
            ? context.Text("Mọi dòng đúng như chuỗi nhật ký đã ghi.", "Every row is what the chain says.")
            : context.Text($"{ViText.Count(verified.Broken.Count)} CHỖ KHÔNG ĐÚNG; chỗ đầu tiên ở trên cùng.", $"{ViText.Count(verified.Broken.Count)} PLACES ARE BROKEN; the first stands first."));
        if (heads is null) output.Line(context.Text("Không so với đầu chuỗi nào: phần đuôi bị cắt không thể thấy. Đặt PAYENGINE_HEADS hoặc dùng --heads.", "No heads were compared: a tail that was cut off cannot be seen. Set PAYENGINE_HEADS or use --heads."));
    }) with { Exit = verified.Broken.Count == 0 ? ExitCode.Done : ExitCode.Refused };

    static Command Bundle(CommandContext context)
    {
        var run = new Argument<string>("run") { HelpName = "R", Description = context.Text("Đợt chi trả, ví dụ 40-2611-001", "The run, for example 40-2611-001") };
        var folder = new Option<string>("--out") { HelpName = "D", Required = true, Description = context.Text("Thư mục mới", "A new folder") };
        return new Command("bundle", context.Text("Ghi bằng chứng của một đợt vào một thư mục: tự kiểm tra được, không cần máy chủ", "Write the proof of a run into a folder that checks itself, without a server")) { run, folder }
            .Answers(context, (parse, cancel) =>
            {
                var id = RunId.Parse(parse.GetRequiredValue(run));
                if (!id.IsOk) return Task.FromResult(Answer.Refused(id.Problems, ExitCode.WrongUsage));
                return context.AsCallerAsync(async (database, caller) =>
                {
                    var opened = KeyFolder.Open(context.Settings.Keys.Value, context.Clock);
                    if (!opened.TryGet(out var keys)) return Answer.Refused(opened.Problems);
                    var written = await new RunBundles(database, context.Files, keys, ArchiveOf(context), context.Clock).WriteAsync(caller, id.Value, parse.GetRequiredValue(folder), cancel);
                    if (!written.TryGet(out var bundle)) return Answer.Refused(written.Problems);
                    _ = await context.ReadsOf(database).RecordAsync(caller, "export", $"audit bundle {bundle.Run}", bundle.Recipients, [bundle.SumsSha256]);
                    return Answer.Of(new { run = bundle.Run.ToString(), folder = bundle.Folder, files = bundle.Files, bytes = bundle.Bytes, fingerprint = bundle.Fingerprint, sums_sha256 = bundle.SumsSha256 }, output =>
                    {
                        output.Line(context.Text($"Đã ghi bằng chứng của đợt {bundle.Run} vào {bundle.Folder}: {ViText.Count(bundle.Files)} tệp, {ViText.Bytes(bundle.Bytes)}.", $"The proof of run {bundle.Run} stands in {bundle.Folder}: {ViText.Count(bundle.Files)} files, {ViText.Bytes(bundle.Bytes)}."));
                        output.Line(context.Text($"Ký bằng chứng thư {bundle.Fingerprint}. Cách kiểm tra: VERIFY.md trong thư mục. Có tên người: giữ như dữ liệu cá nhân.", $"Signed by the certificate {bundle.Fingerprint}. How to check it: VERIFY.md in the folder. It holds names: keep it as personal data."));
                    });
                }, cancel);
            });
    }

    static Command Head(CommandContext context)
    {
        var head = new Command("head", context.Text("Đầu chuỗi nhật ký đã ký", "Signed heads of the chain"));
        var to = new Option<string?>("--to") { HelpName = "D", Description = context.Text("Thư mục mà người quản trị cơ sở dữ liệu không sửa được (mặc định: PAYENGINE_HEADS)", "A folder in which the database's administrator can change nothing (default: PAYENGINE_HEADS)") };
        head.Add(new Command("export", context.Text("Ký và xuất đầu chuỗi hiện tại", "Sign and export the head as it stands")) { to }.Answers(context, (parse, cancel) => context.AsCallerAsync(async (database, caller) =>
        {
            if (caller.Lacks(Operations.Role.Auditor, Operations.Role.Administrator) is { } lacking) return Answer.Refused(lacking);
            if ((parse.GetValue(to) is { } named ? Path.GetFullPath(named) : context.HeadsFolder) is not { } folder)
                return Answer.Refused(new Problem("usage.heads_folder", "No folder for heads is named.", "Name it with --to, or once for all in PAYENGINE_HEADS."));
            var exported = await new Heads(database, context.Files, context.Settings.Keys.Value, context.Clock).ExportAsync(caller.ProvinceCode, folder, cancel);
            return Answer.From(exported, one => Answer.Of(new { head = one.HeadNo, block = one.BlockNo, hash = one.BlockHash, path = one.Path, fingerprint = one.Fingerprint, is_new = one.IsNew }, output =>
                output.Line(context.Text($"Đầu chuỗi {one.HeadNo}: khối {one.BlockNo}, {one.BlockHash}{(one.IsNew ? "" : " (chưa có gì mới)")}; ký bằng chứng thư {one.Fingerprint}; tại {one.Path}.",
                    $"Head {one.HeadNo}: block {one.BlockNo}, {one.BlockHash}{(one.IsNew ? "" : " (nothing new)")}; signed by certificate {one.Fingerprint}; at {one.Path}."))));
        }, cancel)));
        return head;
    }

    static Command Reads(CommandContext context)
    {
        var person = new Option<string?>("--person") { HelpName = "U", Description = context.Text("Ai đã xem", "Who read") };
        var of = new Option<string?>("--of") { HelpName = "P", Description = context.Text("Xem dữ liệu của ai (mã người)", "Whose data (person_id)") };
        var from = new Option<string?>("--from") { HelpName = "YYYY-MM-DD", Description = context.Text("Từ ngày", "From this day on") };
        return new Command("reads", context.Text("Ai đã xem dữ liệu cá nhân của ai, lúc nào, để làm gì (kiểm toán viên)", "Who read whose personal data, when and what for (auditors)")) { person, of, from }
            .Answers(context, (parse, cancel) =>
            {
                NodaTime.Instant? since = null;
                if (parse.GetValue(from) is { } day)
                {
                    if (NodaTime.Text.LocalDatePattern.Iso.Parse(day) is not { Success: true, Value: var date })
                        return Task.FromResult(Answer.Refused(new Problem("usage.date", $"'{day}' is not a day.", "Write it as 2026-11-21.")));
                    since = date.AtStartOfDayInZone(NodaTime.DateTimeZoneProviders.Tzdb["Asia/Ho_Chi_Minh"]).ToInstant();
                }

                return context.AsCallerAsync(async (database, caller) => Answer.From(
                    await context.ReadsOf(database).FindAsync(caller, new ReadQuery(parse.GetValue(person), parse.GetValue(of), since, ReadsShown), cancel),
                    reads => Answer.Of(new
                    {
                        reads = reads.Select(read => new { person = read.Person, at = read.At, kind = read.Kind, purpose = read.Purpose, people = read.People, of = read.PersonId, people_digest = read.PeopleDigest is null ? null : Convert.ToHexStringLower(read.PeopleDigest) }),
                    }, output =>
                    {
                        var table = new TextTable(new TextColumn(context.Text("Lúc", "At")), new TextColumn(context.Text("Ai", "Who")), new TextColumn(context.Text("Xem gì", "What")), new TextColumn(context.Text("Bằng lệnh", "By")),
                            new TextColumn(context.Text("Số người", "People"), true), new TextColumn(context.Text("Của ai", "Of")));
                        foreach (var read in reads)
                            table.Row(ViText.Time(read.At.WithOffset(NodaTime.Offset.FromHours(7)).LocalDateTime), read.Person, read.Kind, read.Purpose, ViText.Count(read.People), read.PersonId ?? (read.PeopleDigest is { } digest ? Convert.ToHexStringLower(digest)[..16] + "…" : ""));
                        output.Table(table);
                        if (reads.Count == ReadsShown) output.Line(context.Text($"Chỉ in {ReadsShown} lần gần nhất.", $"The latest {ReadsShown} are shown."));
                    })), cancel);
            });
    }

    internal static string ArchiveOf(CommandContext context) => Path.Combine(context.Settings.Home.Value, "archive");
}
