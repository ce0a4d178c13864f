using System.CommandLine;
using System.Globalization;
using NodaTime;
using PaymentEngine.App.CommandLine;
using PaymentEngine.App.Files;
using PaymentEngine.App.Operations;
using PaymentEngine.Core;
using PaymentEngine.Core.Money;
using PaymentEngine.Core.Payments;
using PaymentEngine.Core.Recipients;
using PaymentEngine.Messages.Spreadsheets;
using PaymentEngine.Postgres;

namespace PaymentEngine.App.Commands;

/// <summary><c>payengine ledger …</c> and <c>payengine verify</c>: where the money is by the postings, periods and their close, and the proof that it all holds.</summary>
static class LedgerCommand
{
    static readonly IReadOnlyDictionary<string, LedgerKey> Keys = new Dictionary<string, LedgerKey>(StringComparer.Ordinal)
    {
        ["run"] = LedgerKey.Run, ["month"] = LedgerKey.Month, ["programme"] = LedgerKey.Programme, ["fund"] = LedgerKey.Fund, ["payer"] = LedgerKey.Payer, ["commune"] = LedgerKey.Commune, ["bank"] = LedgerKey.Bank,
    };

    public static Command Create(CommandContext context)
    {
        var ledger = new Command("ledger", context.Text("Sổ bút toán: số dư, bút toán, kỳ sổ, đóng kỳ", "The ledger: balances, postings, periods, close"));
        ledger.Add(Balances(context));
        ledger.Add(Postings(context));
        ledger.Add(new Command("periods", context.Text("Các kỳ sổ, kỳ nào đã đóng", "The periods, and which are closed"))
            .Answers(context, (_, cancel) => WithAsync(context, async (operations, caller) => Answer.From(await operations.PeriodsAsync(caller, cancel), periods => LedgerPaper.Periods(context, periods)), cancel)));
        ledger.Add(Declare(context));
        ledger.Add(Close(context));
        ledger.Add(Resume(context));
        return ledger;
    }

    static Task<Answer> WithAsync(CommandContext context, Func<Ledger, Caller, Task<Answer>> work, CancellationToken cancel) =>
        context.AsCallerAsync((database, caller) => work(new Ledger(database, context.Clock), caller), cancel);

    static Command Balances(CommandContext context)
    {
        var by = new Option<string?>("--by") { HelpName = "K,K", Description = context.Text("Tách theo: run, month, programme, fund, payer, commune, bank (ngân hàng lúc lập danh sách)", "Apart by: run, month, programme, fund, payer, commune, bank (the one the sum was listed for)") };
        var month = new Option<string?>("--month") { HelpName = "YYYY-MM", Description = context.Text("Một tháng danh sách", "One list month") };
        var run = new Option<string?>("--run") { HelpName = "R", Description = context.Text("Một đợt", "One run") };
        var asOf = new Option<string?>("--as-of") { HelpName = "YYYY-MM-DD", Description = context.Text("Theo bút toán ghi đến hết ngày này", "By the postings made up to the end of this day") };
        var file = OutOption(context);
        return new Command("balances", context.Text("Mỗi đồng đã lập danh sách đang ở đâu, theo bút toán", "Where each listed đồng is, by the postings")) { by, month, run, asOf, file }.Answers(context, (parse, cancel) =>
        {
            var problems = new List<Problem>();
            var keys = new List<LedgerKey>();
            foreach (var word in (parse.GetValue(by) ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
            {
                if (Keys.TryGetValue(word, out var key) && !keys.Contains(key)) keys.Add(key);
                else problems.Add(new Problem("usage.ledger_key", $"'{word}' is nothing that balances are told apart by, or stands twice.", $"Use: {string.Join(", ", Keys.Keys)}."));
            }

            var listMonth = MonthOf(parse.GetValue(month), problems);
            var id = RunOf(parse.GetValue(run), problems);
            var day = parse.GetValue(asOf) is { } text ? FundCommand.Take(FundCommand.Day(text), problems) : (LocalDate?)null;
            var path = PathOf(parse.GetValue(file), problems);
            if (listMonth is not null && id is not null) problems.Add(new Problem("usage.options_exclude", "--month and --run exclude each other.", "A run has its month in its number."));
            if (problems.Count > 0) return Task.FromResult(Answer.Refused(problems, ExitCode.WrongUsage));
            return WithAsync(context, async (operations, caller) => Answer.From(await operations.BalancesAsync(caller, keys, listMonth, id, day, cancel), found =>
            {
                var table = LedgerPaper.BalanceTable(context, keys, found);
                return Written(context, path, table) ?? LedgerPaper.Balances(context, keys, found, day);
            }), cancel);
        });
    }

    static Command Postings(CommandContext context)
    {
        var run = new Argument<string?>("run") { Arity = ArgumentArity.ZeroOrOne, Description = context.Text("Một đợt, ví dụ 40-2611-001", "One run, for example 40-2611-001") };
        var line = new Option<int?>("--line") { HelpName = "N", Description = context.Text("Đường đi của một khoản chi: số dòng trong đợt", "The way of one payment: its line in the run") };
        var month = new Option<string?>("--month") { HelpName = "YYYY-MM", Description = context.Text("Một tháng danh sách", "One list month") };
        var period = new Option<string?>("--period") { HelpName = "YYYY-MM", Description = context.Text("Ghi trong một kỳ sổ", "Booked in one period") };
        var file = OutOption(context);
        return new Command("postings", context.Text("Các bút toán: thao tác nào chuyển tiền từ đâu đến đâu", "The postings: which operation moved money from where to where")) { run, line, month, period, file }.Answers(context, (parse, cancel) =>
        {
            var problems = new List<Problem>();
            var id = RunOf(parse.GetValue(run), problems);
            var listMonth = MonthOf(parse.GetValue(month), problems);
            var booked = MonthOf(parse.GetValue(period), problems);
            var path = PathOf(parse.GetValue(file), problems);
            if (parse.GetValue(line) is not null && id is null) problems.Add(new Problem("usage.run_missing", "A line is one of a run.", "Name the run: payengine ledger postings 40-2611-001 --line 7."));
            if (listMonth is not null && id is not null) problems.Add(new Problem("usage.options_exclude", "--month and a run exclude each other.", "A run has its month in its number."));
            if (problems.Count > 0) return Task.FromResult(Answer.Refused(problems, ExitCode.WrongUsage));
            return WithAsync(context, async (operations, caller) => parse.GetValue(line) is { } no
                ? Answer.From(await operations.MovesAsync(caller, id!.Value, no, cancel), moves => Written(context, path, LedgerPaper.MoveTable(context, moves)) ?? LedgerPaper.Moves(context, id.Value, no, moves))
                : Answer.From(await operations.PostingsAsync(caller, listMonth, id, booked, cancel), found => Written(context, path, LedgerPaper.PostingTable(context, caller.ProvinceCode, found)) ?? LedgerPaper.Postings(context, caller.ProvinceCode, found)), cancel);
        });
    }

    static Command Declare(CommandContext context)
    {
        var month = new Argument<string>("month") { Description = context.Text("Kỳ sổ, ví dụ 2026-11", "The period, for example 2026-11") };
        var programme = new Option<string>("--programme") { Required = true, HelpName = "NCC|BTXH|HTXH|KHAC", Description = context.Text("Chương trình", "Programme") };
        var what = new Option<string>("--what") { Required = true, HelpName = "listed|paid_by_account|paid_in_cash|given_back", Description = context.Text("Số nào", "Which total") };
        var items = new Option<int>("--items") { Required = true, HelpName = "N", Description = context.Text("Số khoản", "Payments") };
        var sum = new Option<long>("--sum") { Required = true, HelpName = "VND", Description = context.Text("Số tiền, đồng", "Sum in đồng") };
        var source = new Option<string>("--source") { Required = true, HelpName = "S", Description = context.Text("Sổ, chứng từ ghi số này", "The book or paper it stands on") };
        return new Command("declare", context.Text("Khai số tổng theo sổ khác, để đối chiếu khi đóng kỳ", "Declare a total from other books; the close compares")) { month, programme, what, items, sum, source }.Answers(context, (parse, cancel) =>
        {
            var problems = new List<Problem>();
            var period = MonthOf(parse.GetRequiredValue(month), problems);
            var of = FundCommand.Take(FundCommand.ProgrammeList(parse.GetRequiredValue(programme)), problems);
            if (of is { Count: not 1 }) problems.Add(new Problem("usage.programme", "A total is of one programme.", "Programmes: NCC, BTXH, HTXH, KHAC."));
            if (problems.Count > 0) return Task.FromResult(Answer.Refused(problems, ExitCode.WrongUsage));
            return WithAsync(context, async (operations, caller) => Answer.From(await operations.DeclareAsync(caller, period!.Value, of![0], parse.GetRequiredValue(what), parse.GetRequiredValue(items), new Vnd(parse.GetRequiredValue(sum)),
                parse.GetRequiredValue(source), cancel), total => LedgerPaper.Declared(context, period.Value, total)), cancel);
        });
    }

    static Command Close(CommandContext context)
    {
        var month = new Argument<string>("month") { Description = context.Text("Kỳ sổ, ví dụ 2026-11", "The period, for example 2026-11") };
        return new Command("close", context.Text("Đóng một kỳ sổ; từ đó không ghi gì vào kỳ ấy nữa", "Close a period; nothing is booked in it any more")) { month }.Answers(context, (parse, cancel) =>
        {
            var period = Months.Parse(parse.GetRequiredValue(month));
            return period.IsOk
                ? WithAsync(context, async (operations, caller) => Answer.From(await operations.CloseAsync(caller, period.Value, cancel), closed => LedgerPaper.Closed(context, closed)), cancel)
                : Task.FromResult(Answer.Refused(period.Problems, ExitCode.WrongUsage));
        });
    }

    static Command Resume(CommandContext context)
    {
        var reason = new Option<string>("--reason") { Required = true, HelpName = "T", Description = context.Text("Đã sai gì và sửa thế nào", "What was wrong and how it was put right") };
        return new Command("resume", context.Text("Cho ghi tiếp sau khi bất biến giữ trở lại", "Let postings go on once the invariants hold again")) { reason }
            .Answers(context, (parse, cancel) => WithAsync(context, async (operations, caller) => Answer.From(await operations.ResumeAsync(caller, parse.GetRequiredValue(reason), cancel), stop => Answer.Of(new { stop = stop.StopNo, resumed = true },
                output => output.Line(context.Text("Bất biến giữ trở lại; tiền lại được ghi chuyển.", "The invariants hold again; money is moved again.")))), cancel));
    }

    /// <summary><c>payengine verify [R]</c>.</summary>
    public static Command Verify(CommandContext context)
    {
        var run = new Argument<string?>("run") { Arity = ArgumentArity.ZeroOrOne, Description = context.Text("Một đợt, ví dụ 40-2611-001; không có là tất cả", "One run, for example 40-2611-001; none is everything") };
        return new Command("verify", context.Text("Kiểm tra mọi bất biến trên cơ sở dữ liệu; mã thoát 3 khi có cái không giữ", "Check every invariant over the database; exit 3 when one does not hold")) { run }.Answers(context, (parse, cancel) =>
        {
            var problems = new List<Problem>();
            var id = RunOf(parse.GetValue(run), problems);
            return problems.Count > 0
                ? Task.FromResult(Answer.Refused(problems, ExitCode.WrongUsage))
                : WithAsync(context, async (operations, caller) => Answer.From(await operations.ExamineAsync(caller, id, cancel), found => LedgerPaper.Examined(context, found)), cancel);
        });
    }

    static Option<string?> OutOption(CommandContext context) => new("--out") { HelpName = "F.csv|F.xlsx", Description = context.Text("Ghi thành bảng tính", "Write it as a spreadsheet") };

    static Answer? Written(CommandContext context, string? path, LedgerTable table)
    {
        if (path is null) return null;
        context.Files.MakeFolder(Path.GetDirectoryName(path)!);
        context.Files.Replace(path, stream => TableFile.Write(stream, path, "So but toan", table.Headings, table.Rows));
        return Answer.Of(new { file = path, rows = table.Rows.Count }, output => output.Line(context.Text($"Đã ghi {ViText.Count(table.Rows.Count)} dòng vào {path}.", $"Wrote {ViText.Count(table.Rows.Count)} rows to {path}.")));
    }

    static string? PathOf(string? text, List<Problem> problems)
    {
        if (text is null) return null;
        if (!TableFile.IsNamed(text)) problems.Add(new Problem("usage.table_form", $"'{Path.GetFileName(text)}' says neither CSV nor XLSX.", "End the name in .csv or .xlsx."));
        return Path.GetFullPath(text);
    }

    static YearMonth? MonthOf(string? text, List<Problem> problems)
    {
        if (text is null) return null;
        var parsed = Months.Parse(text);
        problems.AddRange(parsed.Problems);
        return parsed.IsOk ? parsed.Value : null;
    }

    static RunId? RunOf(string? text, List<Problem> problems)
    {
        if (text is null) return null;
        var parsed = RunId.Parse(text);
        problems.AddRange(parsed.Problems);
        return parsed.IsOk ? parsed.Value : null;
    }
}
