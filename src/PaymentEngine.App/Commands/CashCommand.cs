using System.CommandLine;
using NodaTime;
using NodaTime.Text;
using PaymentEngine.App.CommandLine;
using PaymentEngine.App.Operations;
using PaymentEngine.Core;
using PaymentEngine.Core.CashPayouts;
using PaymentEngine.Core.Money;
using PaymentEngine.Postgres;

namespace PaymentEngine.App.Commands;

/// <summary><c>payengine cash …</c>: what is due in cash, printed lists, results that come back.</summary>
static class CashCommand
{
    public static Command Create(CommandContext context)
    {
        var month = new Option<string?>("--month") { HelpName = "YYYY-MM", Description = context.Text("Tháng đánh số danh sách; mặc định tháng này", "Month the lists are numbered in; default: this month") };
        var commune = new Option<string?>("--commune") { HelpName = "C", Description = context.Text("Mã một xã; không có là tất cả", "Code of one commune; none is all") };
        var folder = new Option<string?>("--out") { HelpName = "D", Description = context.Text("Thư mục ghi danh sách (CSV và trang in)", "Folder for the lists (CSV and a printable page)") };
        var list = new Argument<string>("list") { Description = context.Text("Danh sách, ví dụ 40-2611-C0007", "The list, for example 40-2611-C0007") };
        var again = new Option<string?>("--list") { HelpName = "LIST", Description = context.Text("In lại một danh sách đã có", "Write a printed list again") };
        var files = new Argument<string[]>("FILE")
        {
            Description = context.Text("Danh sách trả về, cột result, paid_on đã điền", "Returned lists with their columns result and paid_on filled in"), Arity = ArgumentArity.OneOrMore,
        };
        var on = new Option<string?>("--on") { HelpName = "YYYY-MM-DD", Description = context.Text("Ngày kết thúc danh sách; mặc định hôm nay", "Day the list ended; default: today") };
        return new Command("cash", context.Text("Chi trả bằng tiền mặt: danh sách, in, kết quả", "Cash payouts: lists, printing, results"))
        {
            new Command("list", context.Text("Tiền mặt theo xã và các danh sách đã in", "Cash by commune, and the printed lists")).Answers(context, (_, cancel) => ListAsync(context, cancel)),
            new Command("print", context.Text("In danh sách cho những khoản đang chờ", "Print lists of what is due")) { month, commune, folder, again }
                .Answers(context, (parse, cancel) => PrintAsync(context, parse.GetValue(month), parse.GetValue(commune), parse.GetValue(folder), parse.GetValue(again), cancel)),
            new Command("confirm", context.Text("Nhập kết quả của danh sách trả về", "Take the results of returned lists in, each whole or not at all")) { files }
                .Answers(context, (parse, cancel) => ConfirmAsync(context, parse.GetRequiredValue(files), cancel)),
            new Command("close", context.Text("Kết thúc danh sách: dòng chưa có kết quả chuyển sang danh sách sau", "End a list: lines without a result go to the next one")) { list, on }
                .Answers(context, (parse, cancel) => CloseAsync(context, parse.GetRequiredValue(list), parse.GetValue(on), cancel)),
        };
    }

    static CashPayouts Operations(CommandContext context, Database database) => new(database, context.Clock, context.Files);

    static Task<Answer> ListAsync(CommandContext context, CancellationToken cancel) => context.AsCallerAsync(async (database, caller) =>
    {
        var communes = await Operations(context, database).CommunesAsync(caller, cancel);
        var lists = await Operations(context, database).ListsAsync(caller, null, cancel);
        return Answer.Of(new
        {
            communes = communes.Select(row => new { commune = row.CommuneCode, name = row.Name, due = row.Due, due_vnd = row.DueVnd, listed = row.Listed, listed_vnd = row.ListedVnd, paid = row.Paid, paid_vnd = row.PaidVnd }),
            lists = lists.Select(row => new { list = Id(caller, row).ToString(), commune = row.CommuneCode, items = row.Items, sum_vnd = row.SumVnd, paid = row.Paid, uncollected = row.Uncollected, open = row.Items - row.Paid - row.Uncollected }),
        }, output =>
        {
            var due = new TextTable(new TextColumn(context.Text("Xã", "Commune")), new TextColumn(context.Text("Chờ in", "Due"), true), new TextColumn(context.Text("Số tiền chờ", "Sum due"), true),
                new TextColumn(context.Text("Trên danh sách", "On lists"), true), new TextColumn(context.Text("Đã chi", "Paid"), true), new TextColumn(context.Text("Số tiền đã chi", "Sum paid"), true));
            foreach (var row in communes) due.Row($"{row.CommuneCode} {row.Name}", ViText.Count(row.Due), Money(row.DueVnd), ViText.Count(row.Listed), ViText.Count(row.Paid), Money(row.PaidVnd));
            output.Table(due);
            if (lists.Count == 0) return;
            var printed = new TextTable(new TextColumn(context.Text("Danh sách", "List")), new TextColumn(context.Text("Xã", "Commune")), new TextColumn(context.Text("Số dòng", "Lines"), true),
                new TextColumn(context.Text("Số tiền", "Sum"), true), new TextColumn(context.Text("Đã chi", "Paid"), true), new TextColumn(context.Text("Chưa nhận", "Uncollected"), true), new TextColumn(context.Text("Chưa có kết quả", "No result"), true));
            foreach (var row in lists) printed.Row(Id(caller, row).ToString(), row.CommuneName, ViText.Count(row.Items), Money(row.SumVnd), ViText.Count(row.Paid), ViText.Count(row.Uncollected), ViText.Count(row.Items - row.Paid - row.Uncollected));
            output.Table(printed);
        });
    }, cancel);

    static Task<Answer> PrintAsync(CommandContext context, string? monthText, string? commune, string? folder, string? again, CancellationToken cancel)
    {
        if (folder is null) return Task.FromResult(Answer.Refused(new Problem("usage.option_missing", "--out is missing.", "Name the folder for the lists: --out D.")));
        var month = monthText is null ? Today(context).ToYearMonth() : Months.Parse(monthText);
        if (!month.IsOk) return Task.FromResult(Answer.Refused(month.Problems, ExitCode.WrongUsage));
        var list = again is null ? default(CashListId) : CashListId.Parse(again);
        if (!list.IsOk) return Task.FromResult(Answer.Refused(list.Problems, ExitCode.WrongUsage));
        return context.AsCallerAsync(async (database, caller) =>
        {
            if (again is not null) return Answer.From(await Operations(context, database).WriteAsync(caller, list.Value, folder, cancel), written => Printed(context, [written]));
            return Answer.From(await Operations(context, database).PrintAsync(caller, month.Value, commune, folder, cancel), written => Printed(context, written));
        }, cancel);
    }

    static Answer Printed(CommandContext context, IReadOnlyList<PrintedCashList> lists) => Answer.Of(
        new { lists = lists.Select(list => new { list = list.Id.ToString(), commune = list.CommuneCode, items = list.Items, sum_vnd = list.Sum, csv = list.CsvFile, page = list.PageFile }) }, output =>
        {
            if (lists.Count == 0)
            {
                output.Line(context.Text("Không có khoản nào chờ chi tiền mặt.", "Nothing is due in cash."));
                return;
            }

            var table = new TextTable(new TextColumn(context.Text("Danh sách", "List")), new TextColumn(context.Text("Xã", "Commune")), new TextColumn(context.Text("Số dòng", "Lines"), true), new TextColumn(context.Text("Số tiền", "Sum"), true), new TextColumn(context.Text("Trang in", "Page")));
            foreach (var list in lists) table.Row(list.Id.ToString(), list.CommuneName, ViText.Count(list.Items), ViText.Money(list.Sum), list.PageFile);
            output.Table(table);
            output.Line(context.Text($"{ViText.Count(lists.Count)} danh sách · {ViText.Count(lists.Sum(list => list.Items))} người · {Money(lists.Sum(list => list.Sum.Amount))}",
                $"{ViText.Count(lists.Count)} lists · {ViText.Count(lists.Sum(list => list.Items))} people · {Money(lists.Sum(list => list.Sum.Amount))}"));
            output.Talk(context.Text("Tiếp theo: payengine cash confirm TỆP", "Next: payengine cash confirm FILE"));
        });

    static Task<Answer> ConfirmAsync(CommandContext context, string[] files, CancellationToken cancel) => context.AsCallerAsync(async (database, caller) =>
    {
        var results = await Operations(context, database).ConfirmAsync(caller, files, cancel);
        if (results is [var only]) return Answer.From(only, said => Confirmed(context, said));
        var problems = results.SelectMany(one => one.Problems).ToList();
        var answer = Answer.Of(new { files = files.Zip(results, (file, one) => one.IsOk ? Json(file, one.Value) : (object)new { file, problems = one.Problems.Select(JsonText.Of) }) }, output =>
        {
            var table = new TextTable(new TextColumn(context.Text("Danh sách", "List")), new TextColumn(context.Text("Đã chi", "Paid"), true), new TextColumn(context.Text("Số tiền", "Sum"), true),
                new TextColumn(context.Text("Chưa nhận", "Uncollected"), true), new TextColumn(context.Text("Số tiền", "Sum"), true), new TextColumn(context.Text("Đã biết", "Known"), true));
            foreach (var (file, one) in files.Zip(results))
            {
                if (!one.TryGet(out var said)) table.Row(Path.GetFileName(file), context.Text("bị từ chối", "refused"), "", "", "", "");
                else table.Row(Path.GetFileName(file), ViText.Count(said.Paid), ViText.Money(said.PaidSum), ViText.Count(said.Uncollected), ViText.Money(said.UncollectedSum), ViText.Count(said.KnownBefore));
            }

            output.Table(table);
            if (problems.Count > 0) output.Problems(problems);
        });
        return problems.Count > 0 ? answer with { Exit = Answer.Refused(problems).Exit } : answer;
    }, cancel);

    static object Json(string file, CashConfirmation said) =>
        new { file, paid = said.Paid, paid_vnd = said.PaidSum, uncollected = said.Uncollected, uncollected_vnd = said.UncollectedSum, known_before = said.KnownBefore };

    static Task<Answer> CloseAsync(CommandContext context, string listText, string? onText, CancellationToken cancel)
    {
        var list = CashListId.Parse(listText);
        if (!list.IsOk) return Task.FromResult(Answer.Refused(list.Problems, ExitCode.WrongUsage));
        var day = Today(context);
        if (onText is not null)
        {
            var parsed = LocalDatePattern.Iso.Parse(onText);
            if (!parsed.Success) return Task.FromResult(Answer.Refused(new Problem("usage.date", $"'{onText}' is not a day.", "Use YYYY-MM-DD.")));
            day = parsed.Value;
        }

        return context.AsCallerAsync(async (database, caller) => Answer.From(await Operations(context, database).CloseAsync(caller, list.Value, day, cancel), said => Confirmed(context, said)), cancel);
    }

    static Answer Confirmed(CommandContext context, CashConfirmation said) => Answer.Of(
        new { paid = said.Paid, paid_vnd = said.PaidSum, uncollected = said.Uncollected, uncollected_vnd = said.UncollectedSum, known_before = said.KnownBefore },
        output => output.Line(context.Text(
            $"Đã chi {ViText.Count(said.Paid)} khoản, {ViText.Money(said.PaidSum)}; chưa nhận {ViText.Count(said.Uncollected)}, {ViText.Money(said.UncollectedSum)} (sang danh sách sau); đã biết từ trước {ViText.Count(said.KnownBefore)}.",
            $"Paid {ViText.Count(said.Paid)}, {ViText.Money(said.PaidSum)}; uncollected {ViText.Count(said.Uncollected)}, {ViText.Money(said.UncollectedSum)} (to the next list); known before {ViText.Count(said.KnownBefore)}.")));

    static LocalDate Today(CommandContext context) => context.Clock.GetCurrentInstant().InZone(DateTimeZoneProviders.Tzdb["Asia/Ho_Chi_Minh"]).Date;

    static CashListId Id(Caller caller, CashListHead row) => new(caller.ProvinceCode, Months.FromKey(row.Month), row.ListNo);

    static string Money(long vnd) => ViText.Money(new Vnd(vnd));
}
