using System.CommandLine;
using PaymentEngine.App.Banks;
using PaymentEngine.App.CommandLine;
using PaymentEngine.App.Keys;
using PaymentEngine.App.Operations;
using PaymentEngine.Core;
using PaymentEngine.Core.Payments;

namespace PaymentEngine.App.Commands;

/// <summary><c>payengine run export R --out D</c> and <c>payengine run send R</c>: the files to the bank and their hand-over.</summary>
static class RunFileCommands
{
    public static Command Export(CommandContext context)
    {
        var run = new Argument<string>("run") { HelpName = "R|YYYY-MM", Description = context.Text("Đợt chi trả, ví dụ 40-2611-001, hoặc một tháng: mọi đợt đã duyệt của tháng", "The run, for example 40-2611-001, or a month: every approved run of it") };
        var folder = new Option<string>("--out") { HelpName = "D", Required = true, Description = context.Text("Thư mục nhận các tệp; của một tháng: mỗi đợt một thư mục con", "Folder for the files; of a month: a folder for each run in it") };
        return new Command("export", context.Text("Ghi tệp lệnh chi của đợt đã duyệt, kèm bản kê có chữ ký", "Write the payment files of an approved run, with signed manifests")) { run, folder }
            .Answers(context, (parse, cancel) => ExportAsync(context, parse.GetRequiredValue(run), parse.GetRequiredValue(folder), cancel));
    }

    public static Command Send(CommandContext context)
    {
        var run = Run(context);
        var folder = new Option<string?>("--to-folder") { HelpName = "D", Description = context.Text("Thư mục của ngân hàng", "The bank's folder") };
        var recorded = new Option<string?>("--recorded") { HelpName = "…", Description = context.Text("Đã trao tệp bằng cách khác: ai, lúc nào, cách nào", "It was handed over by hand: who, when, how") };
        var notSent = new Option<string?>("--not-sent") { HelpName = "…", Description = context.Text("Lần gửi dở dang không tới ngân hàng: ai xác nhận", "An interrupted sending did not arrive: who says so") };
        var from = new Option<string?>("--from") { HelpName = "D", Description = context.Text("Thư mục có tệp đã niêm phong (mặc định: nơi đã ghi)", "Folder with the sealed files (default: where they were written)") };
        var file = new Option<string?>("--file") { HelpName = "MSGID", Description = context.Text("Chỉ một tệp", "One file only") };
        return new Command("send", context.Text("Trao tệp đã niêm phong cho ngân hàng", "Hand the sealed files over to the bank")) { run, folder, recorded, notSent, from, file }
            .Answers(context, (parse, cancel) => SendAsync(context, parse.GetRequiredValue(run), parse.GetValue(folder), parse.GetValue(recorded), parse.GetValue(notSent), parse.GetValue(from), parse.GetValue(file), cancel));
    }

    static Argument<string> Run(CommandContext context) => new("run") { Description = context.Text("Đợt chi trả, ví dụ 40-2611-001", "The run, for example 40-2611-001") };

    static Task<Answer> ExportAsync(CommandContext context, string text, string folder, CancellationToken cancel)
    {
        var month = Months.Parse(text);
        var run = RunId.Parse(text);
        if (!month.IsOk && !run.IsOk)
            return Task.FromResult(Answer.Refused([.. run.Problems.Select(problem => problem with { Remedy = problem.Remedy + " A month is written 2026-11." })], ExitCode.WrongUsage));
        return context.AsCallerAsync(async (database, caller) =>
        {
            var keys = KeyFolder.Open(context.Settings.Keys.Value, context.Clock);
            if (!keys.IsOk) return Answer.Refused(keys.Problems);
            using var progress = context.Output.Progress(context.Text("Ghi lệnh chi", "Writing payments"), null);
            var exports = new Exports(database, context.Files, keys.Value, context.Clock);
            return month.IsOk
                ? Answer.From(await exports.ExportMonthAsync(caller, month.Value, folder, progress.Add, cancel), done => Answer.Of(
                    new { month = text, folder = Path.GetFullPath(folder), items = done.Sum(one => one.Items), sum_vnd = done.Sum(one => one.SumVnd.Amount), runs = done.Select(Json) }, output => Say(context, done, output)))
                : Answer.From(await exports.ExportAsync(caller, run.Value, folder, progress.Add, cancel), done => Answer.Of(Json(done), output => Say(context, [done], output)));
        }, cancel);
    }

    static object Json(ExportedRun done) => new
    {
        run = done.Run, folder = done.Folder, items = done.Items, sum_vnd = done.SumVnd,
        files = done.Files.Select(file => new
        {
            msg_id = file.MsgId, path = file.Path, items = file.Items, sum_vnd = file.SumVnd, bytes = file.Bytes, sha256 = file.Sha256, list_hash = file.ListHash,
            execution_date = file.ExecutionDate, written = file.Written,
        }),
    };

    static void Say(CommandContext context, IReadOnlyList<ExportedRun> runs, Output output)
    {
        var table = new TextTable(new TextColumn(context.Text("Tệp", "File")), new TextColumn(context.Text("Số lệnh", "Payments"), true), new TextColumn(context.Text("Số tiền", "Sum"), true),
            new TextColumn(context.Text("Ngày thực hiện", "Execution date")), new TextColumn("SHA-256"));
        foreach (var file in runs.SelectMany(run => run.Files)) table.Row(Path.GetFileName(file.Path), ViText.Count(file.Items), ViText.Money(file.SumVnd), ViText.Date(file.ExecutionDate), file.Sha256[..16] + "…");
        output.Table(table);
        foreach (var done in runs) output.Line(context.Text($"{done.Run}: {ViText.Count(done.Items)} lệnh chi, {ViText.Money(done.SumVnd)}, trong {done.Folder}", $"{done.Run}: {ViText.Count(done.Items)} payments, {ViText.Money(done.SumVnd)}, in {done.Folder}"));
    }

    static Task<Answer> SendAsync(CommandContext context, string runText, string? folder, string? recorded, string? notSent, string? from, string? file, CancellationToken cancel)
    {
        var run = RunId.Parse(runText);
        if (!run.IsOk) return Task.FromResult(Answer.Refused(run.Problems, ExitCode.WrongUsage));
        if (new[] { folder, recorded, notSent }.Count(way => way is not null) != 1)
        {
            return Task.FromResult(Answer.Refused(new Problem("usage.one_way", "A file is sent into a folder, or recorded as handed over, or recorded as not sent.",
                "Give one of --to-folder D, --recorded \"…\", --not-sent \"…\".")));
        }

        return context.AsCallerAsync(async (database, caller) =>
        {
            var operations = new HandOvers(database, context.Files, context.Clock);
            var handed = folder is not null ? await operations.SendAsync(caller, run.Value, new FolderChannel(context.Files, Path.GetFullPath(folder)), from, cancel)
                : recorded is not null ? await operations.RecordAsync(caller, run.Value, recorded, file, cancel)
                : await operations.RecordNotSentAsync(caller, run.Value, notSent!, file, cancel);
            return Answer.From(handed, done => Answer.Of(new
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
        }, cancel);
    }
}
