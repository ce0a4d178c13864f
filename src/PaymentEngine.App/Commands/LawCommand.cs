using System.CommandLine;
using NodaTime;
using NodaTime.Text;
using PaymentEngine.App.CommandLine;
using PaymentEngine.App.Files;
using PaymentEngine.App.Operations;
using PaymentEngine.Core;
using PaymentEngine.Core.Law;
using PaymentEngine.Messages.LawFiles;

namespace PaymentEngine.App.Commands;

/// <summary><c>payengine law …</c>: look at the law, check files, load a decree, approve it, ask what it would cost.</summary>
static class LawCommand
{
    public static Command Create(CommandContext context)
    {
        var law = new Command("law", context.Text("Các con số của luật: xem, kiểm tra, nạp văn bản mới, duyệt, tính thử", "The law's numbers: show, check, load a decree, approve, simulate"));
        law.Add(Show(context));
        law.Add(Check(context));
        law.Add(Load(context));
        law.Add(Pending(context));
        law.Add(Approve(context));
        law.Add(Reject(context));
        law.Add(Simulate(context));
        return law;
    }

    static Command Show(CommandContext context)
    {
        var code = new Argument<string?>("code") { Arity = ArgumentArity.ZeroOrOne, Description = context.Text("Mã, hoặc phần đầu của mã: BTXH_STD, NCC.TB.A, HTXH", "A code, or its beginning: BTXH_STD, NCC.TB.A, HTXH") };
        var month = new Option<string?>("--month") { HelpName = "M", Description = context.Text("Chỉ giá trị tính cho tháng này", "Only what counts for this month") };
        var asOf = new Option<string?>("--as-of") { HelpName = "D", Description = context.Text("Theo những gì biết đến ngày D (mặc định: hôm nay)", "As known on day D (default: today)") };
        return new Command("show", context.Text("Giá trị, từ tháng nào, biết từ ngày nào, theo văn bản nào", "Values: from which month, known since when, by which act")) { code, month, asOf }
            .Answers(context, async (parse, cancel) =>
            {
                YearMonth? wanted = null;
                if (parse.GetValue(month) is { } text)
                {
                    if (!Months.Parse(text).TryGet(out var parsed)) return NotAMonth(text);
                    wanted = parsed;
                }

                var day = DayOf(parse.GetValue(asOf), context);
                if (!day.TryGet(out var known)) return Answer.Refused(day.Problems);
                var law = await StandingAsync(context, cancel);
                return law.TryGet(out var book) ? LawPaper.Values(context, book, parse.GetValue(code), wanted, known) : Answer.Refused(law.Problems);
            });
    }

    static Command Check(CommandContext context)
    {
        var paths = new Argument<string[]>("paths") { Arity = ArgumentArity.ZeroOrMore, Description = context.Text("Tệp của một văn bản, hoặc thư mục luật đầy đủ; không có: luật trong chương trình", "Files of a decree, or a whole law folder; none: the law in the program") };
        return new Command("check", context.Text("Kiểm tra mà không ghi gì", "Check and store nothing")) { paths }
            .Answers(context, async (parse, cancel) =>
            {
                var named = parse.GetValue(paths) ?? [];
                if (named.Length == 0) return Answer.From(LawFiles.Load(LawFiles.ReadEmbedded()), book => LawPaper.Sound(context, book));
                var read = LawPaths.Read(context.Files, named);
                if (!read.TryGet(out var files)) return Answer.Refused(read.Problems);
                // A folder with the lists of banks, holidays and provinces is a whole law; anything else is a decree beside the law there is.
                if (files.ContainsKey("banks.csv") || files.ContainsKey("provinces.csv")) return Answer.From(LawFiles.Load(files), book => LawPaper.Sound(context, book));
                var law = await StandingAsync(context, cancel);
                if (!law.TryGet(out var standing)) return Answer.Refused(law.Problems);
                var digest = Convert.ToHexStringLower(LawFiles.DigestOf(files.Values));
                return Answer.From(LawFiles.ReadRows(files).Then(rows => LawAmendment.Apply(standing, rows, digest)),
                    amended => LawPaper.Load(context, new LawLoadView(null, digest, "checked", null, amended.Changes)));
            });
    }

    static Command Load(CommandContext context)
    {
        var paths = Draft(context);
        return new Command("load", context.Text("Nạp các tệp của một văn bản; có hiệu lực khi người khác duyệt", "Load the files of a decree; they count once another person approves")) { paths }
            .Answers(context, (parse, cancel) =>
            {
                var read = LawPaths.Read(context.Files, parse.GetRequiredValue(paths));
                return read.TryGet(out var files)
                    ? context.AsCallerAsync(async (database, caller) => Answer.From(await new Laws(database, context.Clock, context.Law).LoadAsync(caller, files, cancel), view => LawPaper.Load(context, view)), cancel)
                    : Task.FromResult(Answer.Refused(read.Problems));
            });
    }

    static Command Pending(CommandContext context)
    {
        var load = new Argument<int?>("load") { Arity = ArgumentArity.ZeroOrOne, Description = context.Text("Số lần nạp: xem từng thay đổi của nó", "Number of a load: see each of its changes") };
        var all = new Option<bool>("--all") { Description = context.Text("Cả những lần nạp đã duyệt hoặc từ chối", "Approved and rejected loads too") };
        return new Command("pending", context.Text("Các lần nạp đang chờ duyệt", "Loads that wait for approval")) { load, all }
            .Answers(context, (parse, cancel) => context.AsCallerAsync(async (database, caller) =>
            {
                var laws = new Laws(database, context.Clock, context.Law);
                if (parse.GetValue(load) is { } loadNo) return Answer.From(await laws.ShowAsync(caller, loadNo, cancel), view => LawPaper.Load(context, view));
                return Answer.From(await laws.LoadsAsync(caller, cancel), loads => LawPaper.Loads(context, [.. loads.Where(one => parse.GetValue(all) || one.Decision is null)]));
            }, cancel));
    }

    static Command Approve(CommandContext context)
    {
        var load = new Argument<int>("load") { Description = context.Text("Số lần nạp", "Number of the load") };
        var digest = new Option<string?>("--digest") { HelpName = "H", Description = context.Text("Mã nội dung đã đọc (law pending); nội dung khác thì từ chối", "Digest that was read (law pending); any other content is refused") };
        return new Command("approve", context.Text("Duyệt lần nạp của người khác", "Approve a load brought by somebody else")) { load, digest }
            .Answers(context, (parse, cancel) => context.AsCallerAsync(async (database, caller) =>
                Answer.From(await new Laws(database, context.Clock, context.Law).ApproveAsync(caller, parse.GetRequiredValue(load), parse.GetValue(digest), cancel), view => LawPaper.Load(context, view)), cancel));
    }

    static Command Reject(CommandContext context)
    {
        var load = new Argument<int>("load") { Description = context.Text("Số lần nạp", "Number of the load") };
        var remark = new Option<string>("--remark") { HelpName = "TEXT", Required = true, Description = context.Text("Vì sao; được lưu giữ", "Why; it is kept") };
        return new Command("reject", context.Text("Từ chối một lần nạp, hoặc rút lần nạp của mình", "Reject a load, or take an own one back")) { load, remark }
            .Answers(context, (parse, cancel) => context.AsCallerAsync(async (database, caller) =>
                Answer.From(await new Laws(database, context.Clock, context.Law).RejectAsync(caller, parse.GetRequiredValue(load), parse.GetRequiredValue(remark), cancel), view => LawPaper.Load(context, view)), cancel));
    }

    static Command Simulate(CommandContext context)
    {
        var paths = Draft(context);
        var month = new Option<string>("--month") { HelpName = "M", Required = true, Description = context.Text("Tháng so sánh", "The month compared") };
        return new Command("simulate", context.Text("Tính thử một dự thảo trên danh sách hiện có: chi phí, số người tăng, giảm; không thay đổi gì", "What a draft would cost on the register: sums, people up and down; changes nothing")) { paths, month }
            .Answers(context, (parse, cancel) =>
            {
                var text = parse.GetRequiredValue(month);
                if (!Months.Parse(text).TryGet(out var wanted)) return Task.FromResult(NotAMonth(text));
                var read = LawPaths.Read(context.Files, parse.GetRequiredValue(paths));
                if (!read.TryGet(out var files)) return Task.FromResult(Answer.Refused(read.Problems));
                return context.AsCallerAsync(async (database, caller) =>
                {
                    Progress? progress = null;
                    var simulated = await new LawSimulations(database, context.Clock, context.Law).SimulateAsync(caller, files, wanted,
                        (done, total) => (progress ??= context.Output.Progress(context.Text($"Tính thử {wanted.Text()}", $"Simulating {wanted.Text()}"), total)).Report(done), cancel);
                    progress?.Dispose();
                    return Answer.From(simulated, found => LawPaper.Simulation(context, found));
                }, cancel);
            });
    }

    static Argument<string[]> Draft(CommandContext context) =>
        new("files") { Arity = ArgumentArity.OneOrMore, Description = context.Text("Các tệp CSV của một văn bản (dạng như trong law/), hoặc thư mục chứa chúng", "CSV files of one decree (formed as in law/), or a folder of them") };

    /// <summary>The law of the store for a person who is logged in; else the program's own.</summary>
    static async Task<Result<LawBook>> StandingAsync(CommandContext context, CancellationToken cancel)
    {
        if (!context.HasStore || SessionFile.Read(context.Settings.Session.Value) is null) return context.Law;
        var opened = await context.OpenDatabaseAsync(cancel);
        if (!opened.TryGet(out var database)) return Result<LawBook>.Refuse(opened.Problems);
        await using (database)
        {
            var caller = await context.FindCallerAsync(database, cancel);
            if (!caller.IsOk) return context.Law;
            return (await new Laws(database, context.Clock, context.Law).StandingAsync(caller.Value, cancel)).Select(law => law.Book);
        }
    }

    static Answer NotAMonth(string text) => Answer.Refused(new Problem("usage.month", $"'{text}' is not a month.", "Use YYYY-MM, for example 2026-11."));

    static Result<LocalDate> DayOf(string? text, CommandContext context)
    {
        if (text is null) return context.Clock.GetCurrentInstant().WithOffset(Offset.FromHours(7)).Date;
        var parsed = LocalDatePattern.Iso.Parse(text);
        return parsed.Success ? parsed.Value : new Problem("usage.day", $"'{text}' is not a day.", "Use YYYY-MM-DD.");
    }
}
