using System.CommandLine;
using System.Security.Cryptography.X509Certificates;
using PaymentEngine.App.Banks;
using PaymentEngine.App.CommandLine;
using PaymentEngine.App.Files;
using PaymentEngine.App.Keys;
using PaymentEngine.App.Operations;
using PaymentEngine.Core;
using PaymentEngine.Core.Payments;
using PaymentEngine.Messages;
using PaymentEngine.Postgres;

namespace PaymentEngine.App.Commands;

/// <summary><c>payengine run export|sign|send|cancel|withdraw|extend R</c>: the files to the bank, their signatures and their hand-over.</summary>
static class RunFileCommands
{
    public static Command Export(CommandContext context)
    {
        var run = new Argument<string>("run") { HelpName = "R|YYYY-MM", Description = context.Text("Đợt chi trả, ví dụ 40-2611-001, hoặc một tháng: mọi đợt đã duyệt của tháng", "The run, for example 40-2611-001, or a month: every approved run of it") };
        var folder = new Option<string>("--out") { HelpName = "D", Required = true, Description = context.Text("Thư mục nhận các tệp; của một tháng: mỗi đợt một thư mục con", "Folder for the files; of a month: a folder for each run in it") };
        var key = new Option<string?>("--sign-with") { HelpName = "F", Description = context.Text("Ký bằng khóa trong tệp này (.p12, .pfx, .pem) thay cho khóa của chương trình", "Sign with the key in this file (.p12, .pfx, .pem) instead of the program's") };
        var password = new Option<string?>("--sign-password-file") { HelpName = "F", Description = context.Text("Tệp có mật khẩu của khóa ký", "File with the password of that key") };
        var unsigned = new Option<bool>("--unsigned") { Description = context.Text("Không ký: chữ ký làm nơi khác, gắn sau (run sign)", "Leave the manifests unsigned: signed elsewhere, attached later (run sign)") };
        return new Command("export", context.Text("Ghi tệp lệnh chi của đợt đã duyệt, kèm bản kê có chữ ký; tệp đã rút được ghi lại với ngày mới", "Write the payment files of an approved run, with signed manifests; withdrawn ones again, for another day")) { run, folder, key, password, unsigned }
            .Answers(context, (parse, cancel) => ExportAsync(context, parse.GetRequiredValue(run), parse.GetRequiredValue(folder), parse.GetValue(key), parse.GetValue(password), parse.GetValue(unsigned), cancel));
    }

    public static Command Sign(CommandContext context)
    {
        var run = Run(context);
        var attach = new Option<string[]>("--attach") { HelpName = "F…", Required = true, AllowMultipleArgumentsPerToken = true, Description = context.Text("Chữ ký CMS tách rời trên bản kê (.p7s)", "Detached CMS signatures over manifests (.p7s)") };
        return new Command("sign", context.Text("Gắn chữ ký làm nơi khác vào bản kê của đợt", "Attach signatures made elsewhere to the manifests of a run")) { run, attach }
            .Answers(context, (parse, cancel) => WithRunAsync(context, parse.GetRequiredValue(run), async (database, caller, id) =>
                Answer.From(await new Signatures(database, context.Files, context.Clock).AttachAsync(caller, id, [.. parse.GetRequiredValue(attach).Select(Path.GetFullPath)], cancel), attached => Answer.Of(new
                {
                    run = id.ToString(),
                    signatures = attached.Select(one => new { msg_id = one.MsgId, path = one.Path, subject = one.Subject, fingerprint = one.Fingerprint, signed_at = one.SignedAt, is_new = one.IsNew }),
                }, output =>
                {
                    foreach (var one in attached)
                        output.Line(context.Text($"{one.MsgId}: chữ ký của {one.Subject}, dấu vân tay {one.Fingerprint}{(one.IsNew ? "" : " (đã gắn trước)")}", $"{one.MsgId}: signed by {one.Subject}, fingerprint {one.Fingerprint}{(one.IsNew ? "" : " (attached before)")}"));
                })), cancel));
    }

    public static Command Send(CommandContext context)
    {
        var run = Run(context);
        var folder = new Option<string?>("--to-folder") { HelpName = "D", Description = context.Text("Vào thư mục này thay cho kênh đã đặt của ngân hàng", "Into this folder instead of the bank's set channel") };
        var recorded = new Option<string?>("--recorded") { HelpName = "…", Description = context.Text("Đã trao tệp bằng cách khác: ai, lúc nào, cách nào", "It was handed over by hand: who, when, how") };
        var notSent = new Option<string?>("--not-sent") { HelpName = "…", Description = context.Text("Lần gửi dở dang không tới ngân hàng: ai xác nhận", "An interrupted sending did not arrive: who says so") };
        var from = new Option<string?>("--from") { HelpName = "D", Description = context.Text("Thư mục có tệp đã niêm phong (mặc định: nơi đã ghi)", "Folder with the sealed files (default: where they were written)") };
        var file = new Option<string?>("--file") { HelpName = "MSGID", Description = context.Text("Chỉ một tệp", "One file only") };
        return new Command("send", context.Text("Trao tệp đã niêm phong cho ngân hàng, theo kênh đã đặt (bank channel)", "Hand the sealed files over to the bank, by its set channel (bank channel)")) { run, folder, recorded, notSent, from, file }
            .Answers(context, (parse, cancel) => SendAsync(context, parse.GetRequiredValue(run), parse.GetValue(folder), parse.GetValue(recorded), parse.GetValue(notSent), parse.GetValue(from), parse.GetValue(file), cancel));
    }

    public static Command Cancel(CommandContext context)
    {
        var (run, file) = (Run(context), MsgId(context));
        var folder = new Option<string?>("--from-folder") { HelpName = "D", Description = context.Text("Thư mục đã trao tệp (nếu không theo kênh đã đặt); ngân hàng phải lấy tệp đi khi nạp", "The folder it was handed over by (if not by the set channel); the bank must take files away as it loads them") };
        return new Command("cancel", context.Text("Lấy lại tệp đã trao khi ngân hàng chưa lấy đi", "Take back a file that was handed over, while the bank has not taken it")) { run, file, folder }
            .Answers(context, (parse, cancel) => WithRunAsync(context, parse.GetRequiredValue(run), async (database, caller, id) =>
            {
                // Who names the folder says that the bank empties it.
                var way = parse.GetValue(folder) is { } named ? new WayToBank(new FolderChannel(context.Files, Path.GetFullPath(named)), WithManifest: false, TakesAway: true) : null;
                return Say(context, await HandOversOf(context, database).CancelAsync(caller, id, parse.GetRequiredValue(file), Channels(context), way, cancel));
            }, cancel));
    }

    public static Command Withdraw(CommandContext context)
    {
        var (run, file, reason) = (Run(context), MsgId(context), Reason(context));
        return new Command("withdraw", context.Text("Rút tệp chưa trao; lần ghi sau cho danh sách ấy mã và ngày mới", "Withdraw a file that was never handed over; the next export gives its list a new id and day")) { run, file, reason }
            .Answers(context, (parse, cancel) => WithRunAsync(context, parse.GetRequiredValue(run), async (database, caller, id) =>
                Say(context, await HandOversOf(context, database).WithdrawAsync(caller, id, parse.GetRequiredValue(file), parse.GetRequiredValue(reason), cancel)), cancel));
    }

    public static Command Extend(CommandContext context)
    {
        var run = Run(context);
        var reason = new Option<string?>("--reason") { HelpName = "TEXT", Description = context.Text("Người lập xin ngày mới: vì sao", "A maker asks for new days: why") };
        var approve = new Option<bool>("--approve") { Description = context.Text("Người khác duyệt các ngày đang chờ", "Another person approves the days that wait") };
        return new Command("extend", context.Text("Ngày thực hiện mới cho đợt đã duyệt mà quá hạn; hai người, danh sách giữ nguyên", "New execution days for an approved run whose days are over; two people, the list stays")) { run, reason, approve }
            .Answers(context, (parse, cancel) =>
            {
                if (parse.GetValue(approve) == parse.GetValue(reason) is not null)
                    return Task.FromResult(Answer.Refused(new Problem("usage.one_step", "New days are asked for, or approved.", "Give --reason \"…\" (a maker) or --approve (another person, an approver).")));
                return WithRunAsync(context, parse.GetRequiredValue(run), async (database, caller, id) =>
                {
                    var windows = new RunWindows(database, context.Clock, BankingCalendars.VietNam);
                    var step = parse.GetValue(approve) ? await windows.ApproveAsync(caller, id, cancel) : await windows.AskAsync(caller, id, parse.GetValue(reason)!, cancel);
                    return Answer.From(step, view => Answer.Of(new
                    {
                        run = view.Run, execution_from = view.ExecutionFrom, execution_to = view.ExecutionTo, asked_by = view.AskedBy, approved_by = view.ApprovedBy, is_new = view.IsNew,
                    }, output => output.Line(view.ApprovedBy is null
                        ? context.Text($"Đợt {view.Run}: xin thực hiện từ {ViText.Date(view.ExecutionFrom)} đến {ViText.Date(view.ExecutionTo)} ({view.AskedBy}); chờ người khác duyệt.", $"Run {view.Run}: execution from {ViText.Date(view.ExecutionFrom)} to {ViText.Date(view.ExecutionTo)} asked for by {view.AskedBy}; waits for another person.")
                        : context.Text($"Đợt {view.Run}: thực hiện từ {ViText.Date(view.ExecutionFrom)} đến {ViText.Date(view.ExecutionTo)}, {view.ApprovedBy} duyệt.", $"Run {view.Run}: execution from {ViText.Date(view.ExecutionFrom)} to {ViText.Date(view.ExecutionTo)}, approved by {view.ApprovedBy}."))));
                }, cancel);
            });
    }

    static Argument<string> MsgId(CommandContext context) => new("MSGID") { Description = context.Text("Tệp, ví dụ B40261102-000001-01", "The file, for example B40261102-000001-01") };

    static Option<string> Reason(CommandContext context) => new("--reason") { HelpName = "TEXT", Required = true, Description = context.Text("Vì sao; được lưu giữ", "Why; it is kept") };

    static HandOvers HandOversOf(CommandContext context, Database database) => new(database, context.Files, new Archive(context.Files, Path.Combine(context.Settings.Home.Value, "archive")), context.Clock);

    static BankChannels Channels(CommandContext context) => new(context.Files, Path.Combine(context.Settings.Home.Value, "channels"));

    static Task<Answer> WithRunAsync(CommandContext context, string runText, Func<Database, Caller, RunId, Task<Answer>> work, CancellationToken cancel)
    {
        var run = RunId.Parse(runText);
        return run.IsOk ? context.AsCallerAsync((database, caller) => work(database, caller, run.Value), cancel) : Task.FromResult(Answer.Refused(run.Problems, ExitCode.WrongUsage));
    }

    static Argument<string> Run(CommandContext context) => new("run") { Description = context.Text("Đợt chi trả, ví dụ 40-2611-001", "The run, for example 40-2611-001") };

    static async Task<Answer> ExportAsync(CommandContext context, string text, string folder, string? keyFile, string? passwordFile, bool unsigned, CancellationToken cancel)
    {
        var month = Months.Parse(text);
        var run = RunId.Parse(text);
        if (!month.IsOk && !run.IsOk)
            return Answer.Refused([.. run.Problems.Select(problem => problem with { Remedy = problem.Remedy + " A month is written 2026-11." })], ExitCode.WrongUsage);
        if (unsigned && keyFile is not null) return Answer.Refused(new Problem("usage.one_signature", "Manifests are signed with a key, or left unsigned.", "Give one of --sign-with and --unsigned."));
        if (passwordFile is not null && context.Files.WhyUnreadable(passwordFile) is { } unreadable) return Answer.Refused(unreadable);
        var password = passwordFile is null ? null : (await File.ReadAllTextAsync(passwordFile, cancel)).TrimEnd('\r', '\n');
        var opened = keyFile is null ? default(Result<X509Certificate2>?) : SigningKeyFile.Open(Path.GetFullPath(keyFile), password, context.Clock.GetCurrentInstant());
        if (opened is { IsOk: false }) return Answer.Refused(opened.Value.Problems);
        using var signer = opened?.Value;
        return await context.AsCallerAsync(async (database, caller) =>
        {
            var keys = KeyFolder.Open(context.Settings.Keys.Value, context.Clock);
            if (!keys.IsOk) return Answer.Refused(keys.Problems);
            using var progress = context.Output.Progress(context.Text("Ghi lệnh chi", "Writing payments"), null);
            var exports = new Exports(database, context.Files, keys.Value, context.Clock) { Signer = signer, Unsigned = unsigned };
            return month.IsOk
                ? Answer.From(await exports.ExportMonthAsync(caller, month.Value, folder, progress.Add, cancel), done => Answer.Of(
                    new { month = text, folder = Path.GetFullPath(folder), items = done.Sum(one => one.Items), sum_vnd = done.Sum(one => one.SumVnd.Amount), runs = done.Select(Json) }, output => Say(context, done, output)))
                : Answer.From(await exports.ExportAsync(caller, run.Value, folder, progress.Add, cancel), done => Answer.Of(Json(done), output => Say(context, [done], output)));
        }, cancel);
    }

    const int FindingsShown = 20;

    static string Words(CommandContext context, string code) => code switch
    {
        "name_cut" => context.Text("tên chủ tài khoản dài quá, đã cắt bớt", "the holder's name was too long and was cut"),
        "name_characters_replaced" => context.Text("tên có ký tự ngân hàng không nhận, đã thay bằng dấu cách", "the name has signs no bank takes; blanks stand in their place"),
        "account_not_at_bank" => context.Text("số tài khoản không đúng dạng của ngân hàng", "no account number of that bank"),
        _ => code,
    };

    static object Json(ExportedRun done) => new
    {
        run = done.Run, folder = done.Folder, items = done.Items, sum_vnd = done.SumVnd,
        files = done.Files.Select(file => new
        {
            msg_id = file.MsgId, path = file.Path, items = file.Items, sum_vnd = file.SumVnd, bytes = file.Bytes, sha256 = file.Sha256, list_hash = file.ListHash,
            execution_date = file.ExecutionDate, written = file.Written,
        }),
        findings = done.Findings.Select(finding => new { payment = finding.Payment, code = finding.Code, message = finding.Message }), finding_count = done.FindingCount,
        uncovered_funds = done.Uncovered.Select(cover => new { fund = cover.Fund, at_bank_vnd = cover.AtBank, on_its_way_vnd = cover.Committed, lacking_vnd = cover.Lacking }),
    };

    static void Say(CommandContext context, IReadOnlyList<ExportedRun> runs, Output output)
    {
        var table = new TextTable(new TextColumn(context.Text("Tệp", "File")), new TextColumn(context.Text("Số lệnh", "Payments"), true), new TextColumn(context.Text("Số tiền", "Sum"), true),
            new TextColumn(context.Text("Ngày thực hiện", "Execution date")), new TextColumn("SHA-256"));
        foreach (var file in runs.SelectMany(run => run.Files)) table.Row(Path.GetFileName(file.Path), ViText.Count(file.Items), ViText.Money(file.SumVnd), ViText.Date(file.ExecutionDate), file.Sha256[..16] + "…");
        output.Table(table);
        foreach (var done in runs) output.Line(context.Text($"{done.Run}: {ViText.Count(done.Items)} lệnh chi, {ViText.Money(done.SumVnd)}, trong {done.Folder}", $"{done.Run}: {ViText.Count(done.Items)} payments, {ViText.Money(done.SumVnd)}, in {done.Folder}"));
        if (runs.Sum(run => run.FindingCount) is var noticed && noticed > 0)
        {
            var findings = new TextTable(new TextColumn(context.Text("Lệnh chi", "Payment")), new TextColumn(context.Text("Lưu ý", "Finding")));
            foreach (var finding in runs.SelectMany(run => run.Findings).Take(FindingsShown)) findings.Row(finding.Payment, Words(context, finding.Code));
            output.Table(findings);
            output.Line(noticed > FindingsShown ? context.Text($"! {ViText.Count(noticed)} lưu ý, trên đây là {ViText.Count(FindingsShown)} đầu tiên; --json có thêm.", $"! {ViText.Count(noticed)} findings, the first {ViText.Count(FindingsShown)} above; more by --json.")
                : context.Text($"! {ViText.Count(noticed)} lưu ý; tệp vẫn được ghi.", $"! {ViText.Count(noticed)} findings; the files are written all the same."));
        }

        foreach (var cover in runs.SelectMany(run => run.Uncovered))
        {
            output.Line(context.Text($"! Nguồn {cover.Fund}: trên tài khoản {ViText.Money(cover.AtBank)}, đang trên đường chi {ViText.Money(cover.Committed)}; còn thiếu {ViText.Money(cover.Lacking)}.",
                $"! Fund {cover.Fund}: {ViText.Money(cover.AtBank)} on the account, {ViText.Money(cover.Committed)} on its way out; {ViText.Money(cover.Lacking)} lacking."));
        }
    }

    static Task<Answer> SendAsync(CommandContext context, string runText, string? folder, string? recorded, string? notSent, string? from, string? file, CancellationToken cancel)
    {
        var run = RunId.Parse(runText);
        if (!run.IsOk) return Task.FromResult(Answer.Refused(run.Problems, ExitCode.WrongUsage));
        if (new[] { folder, recorded, notSent }.Count(way => way is not null) > 1)
        {
            return Task.FromResult(Answer.Refused(new Problem("usage.one_way", "A file is sent by its bank's channel or into a folder, or recorded as handed over, or recorded as not sent.",
                "Give at most one of --to-folder D, --recorded \"…\", --not-sent \"…\".")));
        }

        return context.AsCallerAsync(async (database, caller) =>
        {
            var operations = HandOversOf(context, database);
            return Say(context, folder is not null ? await operations.SendAsync(caller, run.Value, new FolderChannel(context.Files, Path.GetFullPath(folder)), from, cancel)
                : recorded is not null ? await operations.RecordAsync(caller, run.Value, recorded, file, cancel)
                : notSent is not null ? await operations.RecordNotSentAsync(caller, run.Value, notSent, file, cancel)
                : await operations.SendAsync(caller, run.Value, Channels(context), from, cancel));
        }, cancel);
    }

    static Answer Say(CommandContext context, Result<HandedRun> handed) => Answer.From(handed, done => Answer.Of(new
    {
        run = done.Run, all_sent = done.AllSent,
        files = done.Files.Select(one => new { msg_id = one.MsgId, items = one.Items, sum_vnd = one.SumVnd, evidence = one.Evidence, is_new = one.IsNew }),
    }, output =>
    {
        foreach (var one in done.Files)
        {
            output.Line(one.IsNew ? $"{one.MsgId}: {ViText.Count(one.Items)} · {ViText.Money(one.SumVnd)} · {one.Evidence}"
                : context.Text($"{one.MsgId}: không có gì mới", $"{one.MsgId}: nothing new"));
        }

        output.Line(done.AllSent ? context.Text($"Mọi tệp của đợt {done.Run} đã trao ngân hàng.", $"All files of run {done.Run} are handed over.")
            : context.Text($"Đợt {done.Run} còn tệp chưa trao.", $"Run {done.Run} has files that are not handed over."));
    }));
}
