using System.CommandLine;
using PaymentEngine.App.CommandLine;
using PaymentEngine.App.Files;
using PaymentEngine.App.Keys;
using PaymentEngine.App.Operations;
using PaymentEngine.Core;
using PaymentEngine.Core.Payments;
using PaymentEngine.Messages.Paper;

namespace PaymentEngine.App.Commands;

/// <summary><c>payengine run paper R --out F</c>, and how a document of a run becomes a file: a page, a PDF or a workbook, by the name it is given.</summary>
static class RunPaperFiles
{
    const string Page = ".html", Printed = ".pdf", Workbook = ".xlsx";

    public static Command Approval(CommandContext context)
    {
        var run = new Argument<string>("run") { Description = context.Text("Đợt chi trả, ví dụ 40-2611-001", "The run, for example 40-2611-001") };
        var file = Out(context, required: true);
        return new Command("paper", context.Text("Tờ trình duyệt: tổng hợp, cầu nối từ tháng trước, khoản giữ, điều cần biết, mã nội dung", "The approval paper: totals, the bridge from last month, holds, what to know, the content hash")) { run, file }
            .Answers(context, (parse, cancel) =>
            {
                var id = RunId.Parse(parse.GetRequiredValue(run));
                if (!id.IsOk) return Task.FromResult(Answer.Refused(id.Problems, ExitCode.WrongUsage));
                var path = parse.GetRequiredValue(file)!;
                if (WhyNot(context, path) is { } not) return Task.FromResult(Answer.Refused(not));
                return context.AsCallerAsync(async (database, caller) =>
                {
                    var keys = KeyFolder.Open(context.Settings.Keys.Value, context.Clock);
                    if (!keys.IsOk) return Answer.Refused(keys.Problems);
                    var made = await new ApprovalPapers(database, keys.Value).OfAsync(caller, id.Value, cancel);
                    if (!made.TryGet(out var paper)) return Answer.Refused(made.Problems);
                    if (await WriteAsync(context, paper.Paper, path, cancel) is { } failed) return Answer.Refused(failed);
                    return Answer.Of(new { run = id.Value.ToString(), file = Path.GetFullPath(path), content_hash = Convert.ToHexStringLower(paper.View.Total!.ContentHash), listed_vnd = paper.View.Total.ListedVnd },
                        output => output.Line(context.Text($"Tờ trình đợt {id.Value} đã ghi vào {path}; mã nội dung {Convert.ToHexStringLower(paper.View.Total.ContentHash)[..16]}…", $"The paper of run {id.Value} is written to {path}; content {Convert.ToHexStringLower(paper.View.Total.ContentHash)[..16]}…")));
                }, cancel);
            });
    }

    internal static Option<string?> Out(CommandContext context, bool required = false) =>
        new("--out") { HelpName = "F.pdf|html|xlsx", Required = required, Description = context.Text("Ghi thành PDF, trang in (HTML) hoặc bảng tính, theo đuôi tệp", "Write a PDF, a printable page (HTML) or a workbook, by the file's ending") };

    /// <summary>Why no document can be written under a name; asked before anything is decided.</summary>
    internal static Problem? WhyNot(CommandContext context, string path)
    {
        if (!Is(path, Page) && !Is(path, Printed) && !Is(path, Workbook)) return new Problem("usage.paper", $"'{Path.GetFileName(path)}' does not say which form is meant.", $"Name the file F{Printed}, F{Page} or F{Workbook}.").In(path);
        if (context.Files.Exists(path)) return new Problem("file.exists", $"{path} is there already.", "Name a new file; files are never overwritten.").In(path);
        return Is(path, Printed) ? context.Printer.Missing() : null;
    }

    /// <summary>Writes a document in the form its name says; why not, or null.</summary>
    internal static async Task<Problem?> WriteAsync(CommandContext context, PaperDocument document, string path, CancellationToken cancel)
    {
        cancel.ThrowIfCancellationRequested();
        var place = Path.GetFullPath(path);
        if (!Is(path, Workbook)) return await context.Printer.WriteAsync(document.WritePage, place, cancel) is { IsOk: false } failed ? failed.Problems[0] : null;
        context.Files.MakeFolder(Path.GetDirectoryName(place)!);
        context.Files.Replace(place, document.WriteWorkbook);
        return null;
    }

    static bool Is(string path, string form) => path.EndsWith(form, StringComparison.OrdinalIgnoreCase);
}
