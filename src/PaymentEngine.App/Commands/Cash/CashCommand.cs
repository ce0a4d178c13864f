using System.CommandLine;
using System.Globalization;
using NodaTime;
using NodaTime.Text;
using PaymentEngine.App.CommandLine;
using PaymentEngine.App.Operations;
using PaymentEngine.App.Operations.Cases;
using PaymentEngine.App.Operations.Cash;
using PaymentEngine.Core;
using PaymentEngine.Core.CashPayouts;
using PaymentEngine.Core.Money;
using PaymentEngine.Messages;
using PaymentEngine.Postgres;
using PaymentEngine.Postgres.Cash;

namespace PaymentEngine.App.Commands.Cash;

/// <summary><c>payengine cash …</c>: what is due in cash, printed lists, results that come back, counters, and what becomes of money nobody collects.</summary>
static class CashCommand
{
    public static Command Create(CommandContext context)
    {
        var month = new Option<string?>("--month") { HelpName = "YYYY-MM", Description = context.Text("Tháng đánh số danh sách; mặc định tháng này", "Month the lists are numbered in; default: this month") };
        var commune = new Option<string?>("--commune") { HelpName = "C", Description = context.Text("Mã một xã; không có là tất cả", "Code of one commune; none is all") };
        var folder = new Option<string?>("--out") { HelpName = "D", Description = context.Text("Thư mục ghi danh sách (CSV, XLSX và trang in)", "Folder for the lists (CSV, XLSX and a printable page)") };
        var list = new Argument<string>("list") { Description = context.Text("Danh sách, ví dụ 40-2611-C0007", "The list, for example 40-2611-C0007") };
        var again = new Option<string?>("--list") { HelpName = "LIST", Description = context.Text("In lại một danh sách đã có", "Write a printed list again") };
        var pdf = new Option<bool>("--pdf") { Description = context.Text("Cả tệp PDF (cần Chromium)", "The page as PDF too (needs Chromium)") };
        var files = new Argument<string[]>("FILE")
        {
            Description = context.Text("Danh sách trả về (CSV hoặc XLSX), đã điền kết quả và ngày chi", "Returned lists (CSV or XLSX) with result and day filled in"), Arity = ArgumentArity.OneOrMore,
        };
        var of = new Option<string?>("--list") { HelpName = "LIST", Description = context.Text("Số danh sách trên giấy; dòng của danh sách khác bị từ chối", "Number on the paper; a line of another list is refused") };
        var errors = new Option<string?>("--errors") { HelpName = "OUT", Description = context.Text("Tệp có lỗi được ghi lại vào đây, thêm cột lỗi", "A file with errors is written here with a column that says them") };
        var amount = new Option<string?>("--amount") { HelpName = "SUM", Description = context.Text("Số tiền nộp lại", "Sum handed back") };
        var voucher = new Option<string?>("--voucher") { HelpName = "TEXT", Description = context.Text("Số phiếu thu, giấy nộp tiền", "Number of the receipt or deposit slip") };
        var voucherOn = new Option<string?>("--on") { HelpName = "YYYY-MM-DD", Description = context.Text("Ngày trên phiếu; mặc định hôm nay", "Day on it; default: today") };
        var on = new Option<string?>("--on") { HelpName = "YYYY-MM-DD", Description = context.Text("Ngày kết thúc danh sách; mặc định hôm nay", "Day the list ended; default: today") };
        return new Command("cash", context.Text("Chi trả bằng tiền mặt: danh sách, in, kết quả", "Cash payouts: lists, printing, results"))
        {
            new Command("list", context.Text("Tiền mặt theo xã và các danh sách đã in", "Cash by commune, and the printed lists")).Answers(context, (_, cancel) => ListAsync(context, cancel)),
            new Command("print", context.Text("In danh sách cho những khoản đang chờ", "Print lists of what is due")) { month, commune, folder, pdf, again }
                .Answers(context, (parse, cancel) => PrintAsync(context, parse.GetValue(month), parse.GetValue(commune), parse.GetValue(folder), parse.GetValue(pdf), parse.GetValue(again), cancel)),
            new Command("confirm", context.Text("Nhập kết quả của danh sách trả về", "Take the results of returned lists in, each whole or not at all")) { files, of, errors }
                .Answers(context, (parse, cancel) => ConfirmAsync(context, parse.GetRequiredValue(files), parse.GetValue(of), parse.GetValue(errors), cancel)),
            new Command("close", context.Text("Kết thúc danh sách: dòng chưa có kết quả chuyển sang danh sách sau", "End a list: lines without a result go to the next one")) { list, on }
                .Answers(context, (parse, cancel) => CloseAsync(context, parse.GetRequiredValue(list), parse.GetValue(on), cancel)),
            new Command("show", context.Text("Một danh sách: đã chi, chưa nhận, đã nộp lại", "One list: paid, uncollected, handed back")) { list }
                .Answers(context, (parse, cancel) => WithListAsync(context, parse.GetRequiredValue(list), (cash, caller, id) => cash.ShowAsync(caller, id, cancel), cancel)),
            new Command("handback", context.Text("Ghi tiền mặt chưa chi mà người chi đã nộp lại", "Record uncollected cash that the cashier handed back")) { list, amount, voucher, voucherOn }
                .Answers(context, (parse, cancel) => HandBackAsync(context, parse.GetRequiredValue(list), parse.GetValue(amount), parse.GetValue(voucher), parse.GetValue(voucherOn), cancel)),
            PayPointCommand.Create(context),
            CorrectionCommand.Create(context),
            SuspensionCommand.Create(context),
            UnclaimedCommand.Create(context),
        };
    }

    static CashPayouts Operations(CommandContext context, Database database) => new(database, context.Clock, context.Files, context.Printer);

    static Task<Answer> ListAsync(CommandContext context, CancellationToken cancel) => context.AsCallerAsync(async (database, caller) =>
    {
        var communes = await Operations(context, database).CommunesAsync(caller, cancel);
        var lists = await Operations(context, database).ListsAsync(caller, null, cancel);
        var terms = await new Casework(database, context.Clock).TermsAsync(caller, cancel);
        if (!terms.IsOk) return Answer.Refused(terms.Problems);
        var today = Today(context);
        return Answer.Of(new
        {
            communes = communes.Select(row => new { commune = row.CommuneCode, name = row.Name, due = row.Due, due_vnd = row.DueVnd, listed = row.Listed, listed_vnd = row.ListedVnd, paid = row.Paid, paid_vnd = row.PaidVnd }),
            lists = lists.Select(row => new { list = Id(caller, row).ToString(), commune = row.CommuneCode, items = row.Items, point = row.PointCode, sum_vnd = row.SumVnd, paid = row.Paid, uncollected = row.Uncollected, open = Open(row), in_hand_vnd = row.InHandVnd, due_on = DueOn(row), overdue = IsLate(row) }),
        }, output =>
        {
            var due = new TextTable(new TextColumn(context.Text("Xã", "Commune")), new TextColumn(context.Text("Chờ in", "Due"), true), new TextColumn(context.Text("Số tiền chờ", "Sum due"), true),
                new TextColumn(context.Text("Trên danh sách", "On lists"), true), new TextColumn(context.Text("Đã chi", "Paid"), true), new TextColumn(context.Text("Số tiền đã chi", "Sum paid"), true));
            foreach (var row in communes) due.Row($"{row.CommuneCode} {row.Name}", ViText.Count(row.Due), Money(row.DueVnd), ViText.Count(row.Listed), ViText.Count(row.Paid), Money(row.PaidVnd));
            output.Table(due);
            if (lists.Count == 0) return;
            var printed = new TextTable(new TextColumn(context.Text("Danh sách", "List")), new TextColumn(context.Text("Xã", "Commune")), new TextColumn(context.Text("Điểm chi", "Point")), new TextColumn(context.Text("Số dòng", "Lines"), true),
                new TextColumn(context.Text("Số tiền", "Sum"), true), new TextColumn(context.Text("Đã chi", "Paid"), true), new TextColumn(context.Text("Chưa nhận", "Uncollected"), true), new TextColumn(context.Text("Chưa có kết quả", "No result"), true),
                new TextColumn(context.Text("Tiền còn giữ", "Cash in hand"), true), new TextColumn(context.Text("Hạn trả kết quả", "Results due")));
            foreach (var row in lists) printed.Row(Id(caller, row).ToString(), row.CommuneName, row.PointName ?? "–", ViText.Count(row.Items), Money(row.SumVnd), ViText.Count(row.Paid), ViText.Count(row.Uncollected),
                ViText.Count(Open(row)), Money(row.InHandVnd), Open(row) == 0 ? "–" : ViText.Date(DueOn(row)) + (IsLate(row) ? context.Text(" quá hạn", " overdue") : ""));
            output.Table(printed);
            // The sums of a list that never came back reach no other list: somebody must be told.
            var late = lists.Where(IsLate).ToList();
            if (late.Count > 0)
                output.Talk(context.Text($"{ViText.Count(late.Count)} danh sách quá hạn chưa trả đủ kết quả ({ViText.Count(late.Sum(Open))} dòng): nhập kết quả hoặc payengine cash close.",
                    $"{ViText.Count(late.Count)} lists are overdue and lack results ({ViText.Count(late.Sum(Open))} lines): take them in, or payengine cash close."));
        });

        static int Open(CashListHead row) => row.Items - row.Paid - row.Uncollected;

        LocalDate DueOn(CashListHead row) => BankingCalendars.VietNam.Plus(Day(Instant.FromDateTimeUtc(DateTime.SpecifyKind(row.PrintedAt, DateTimeKind.Utc))), terms.Value.CashList);

        bool IsLate(CashListHead row) => Open(row) > 0 && DueOn(row) < today;
    }, cancel);

    static Task<Answer> PrintAsync(CommandContext context, string? monthText, string? commune, string? folder, bool pdf, string? again, CancellationToken cancel)
    {
        if (folder is null) return Task.FromResult(Answer.Refused(new Problem("usage.option_missing", "--out is missing.", "Name the folder for the lists: --out D.")));
        var month = monthText is null ? Today(context).ToYearMonth() : Months.Parse(monthText);
        if (!month.IsOk) return Task.FromResult(Answer.Refused(month.Problems, ExitCode.WrongUsage));
        var list = again is null ? default(CashListId) : CashListId.Parse(again);
        if (!list.IsOk) return Task.FromResult(Answer.Refused(list.Problems, ExitCode.WrongUsage));
        return context.AsCallerAsync(async (database, caller) =>
        {
            if (again is not null) return Answer.From(await Operations(context, database).WriteAsync(caller, list.Value, folder, pdf, cancel), written => Printed(context, [written]));
            return Answer.From(await Operations(context, database).PrintAsync(caller, month.Value, commune, folder, pdf, cancel), written => Printed(context, written));
        }, cancel);
    }

    static Answer Printed(CommandContext context, IReadOnlyList<PrintedCashList> lists) => Answer.Of(
        new { lists = lists.Select(list => new { list = list.Id.ToString(), commune = list.CommuneCode, items = list.Items, point = list.PointName, sum_vnd = list.Sum, csv = list.CsvFile, workbook = list.WorkbookFile, page = list.PageFile, pdf = list.PdfFile }) }, output =>
        {
            if (lists.Count == 0)
            {
                output.Line(context.Text("Không có khoản nào chờ chi tiền mặt.", "Nothing is due in cash."));
                return;
            }

            var table = new TextTable(new TextColumn(context.Text("Danh sách", "List")), new TextColumn(context.Text("Xã", "Commune")), new TextColumn(context.Text("Số dòng", "Lines"), true), new TextColumn(context.Text("Số tiền", "Sum"), true), new TextColumn(context.Text("Trang in", "Page")));
            foreach (var list in lists) table.Row(list.Id.ToString(), list.PointName is null ? list.CommuneName : $"{list.CommuneName}, {list.PointName}", ViText.Count(list.Items), ViText.Money(list.Sum), list.PdfFile ?? list.PageFile);
            output.Table(table);
            output.Line(context.Text($"{ViText.Count(lists.Count)} danh sách · {ViText.Count(lists.Sum(list => list.Items))} người · {Money(lists.Sum(list => list.Sum.Amount))}",
                $"{ViText.Count(lists.Count)} lists · {ViText.Count(lists.Sum(list => list.Items))} people · {Money(lists.Sum(list => list.Sum.Amount))}"));
            output.Talk(context.Text("Tiếp theo: payengine cash confirm TỆP", "Next: payengine cash confirm FILE"));
        }) with { Exported = lists.Count == 0 ? null : (lists.Sum(list => list.Items), [.. lists.Select(list => list.Id.ToString())]) };

    static async Task<Answer> ConfirmAsync(CommandContext context, string[] files, string? listText, string? errors, CancellationToken cancel)
    {
        CashListId? list = null;
        if (listText is not null)
        {
            var parsed = CashListId.Parse(listText);
            if (!parsed.IsOk) return Answer.Refused(parsed.Problems, ExitCode.WrongUsage);
            list = parsed.Value;
        }

        if (errors is not null && files.Length != 1) return Answer.Refused(new Problem("usage.errors_of_one", "--errors gives one list back.", "Return one file with it."), ExitCode.WrongUsage);
        return await context.AsCallerAsync(async (database, caller) =>
        {
            var cash = Operations(context, database);
            var results = await cash.ConfirmAsync(caller, files, list, cancel);
            if (errors is not null && results is [{ IsOk: false } refused])
            {
                if (cash.GiveBackErrors(files[0], errors, refused.Problems) is { IsOk: false } notGiven) return Answer.Refused([.. refused.Problems, .. notGiven.Problems]);
                context.Output.Talk(context.Text($"{ViText.Count(refused.Problems.Count)} lỗi, ghi theo từng dòng vào {errors}", $"{ViText.Count(refused.Problems.Count)} errors, written beside their rows into {errors}"));
            }

            return Told(context, files, results);
        }, cancel);
    }

    static Answer Told(CommandContext context, string[] files, IReadOnlyList<Result<CashConfirmation>> results)
    {
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
    }

    static Task<Answer> WithListAsync(CommandContext context, string listText, Func<CashPayouts, Caller, CashListId, Task<Result<CashListBalance>>> work, CancellationToken cancel)
    {
        var list = CashListId.Parse(listText);
        if (!list.IsOk) return Task.FromResult(Answer.Refused(list.Problems, ExitCode.WrongUsage));
        return context.AsCallerAsync(async (database, caller) => Answer.From(await work(Operations(context, database), caller, list.Value), balance => Shown(context, list.Value, balance)), cancel);
    }

    static Task<Answer> HandBackAsync(CommandContext context, string listText, string? amountText, string? voucher, string? onText, CancellationToken cancel)
    {
        if (!long.TryParse((amountText ?? "").Replace(".", "", StringComparison.Ordinal), NumberStyles.None, CultureInfo.InvariantCulture, out var vnd))
            return Task.FromResult(Answer.Refused(new Problem("usage.sum", $"'{amountText}' is not a sum of whole đồng.", "Type digits, with or without dots: --amount 1.500.000.")));
        var day = Today(context);
        if (onText is not null)
        {
            var parsed = LocalDatePattern.Iso.Parse(onText);
            if (!parsed.Success) return Task.FromResult(Answer.Refused(new Problem("usage.date", $"'{onText}' is not a day.", "Use YYYY-MM-DD.")));
            day = parsed.Value;
        }

        return WithListAsync(context, listText, (cash, caller, id) => cash.HandBackAsync(caller, id, new Vnd(vnd), voucher ?? "", day, cancel), cancel);
    }

    static Answer Shown(CommandContext context, CashListId id, CashListBalance balance)
    {
        var head = balance.Head;
        return Answer.Of(new
        {
            list = id.ToString(), commune = head.CommuneCode, point = head.PointCode, printed_by = head.PrintedBy, items = head.Items, sum_vnd = head.SumVnd, paid = head.Paid, paid_vnd = head.PaidVnd,
            uncollected = head.Uncollected, uncollected_vnd = head.UncollectedVnd, open = head.Items - head.Paid - head.Uncollected, open_vnd = head.SumVnd - head.PaidVnd - head.UncollectedVnd,
            handed_back_vnd = head.HandedBackVnd, in_hand_vnd = head.InHandVnd, already_done = balance.AlreadyDone,
            vouchers = balance.HandedBack.Select(one => new { voucher = one.Voucher, sum_vnd = one.AmountVnd, on = one.OnDate, person = one.Person }),
        }, output =>
        {
            if (balance.AlreadyDone) output.Line(context.Text("Đã ghi trước đó; không có gì thay đổi.", "Recorded before; nothing was changed."));
            output.Line($"{id} · {head.CommuneName}{(head.PointName is { } point ? $", {point}" : "")} · {ViText.Count(head.Items)} · {Money(head.SumVnd)}");
            output.Line(context.Text($"  đã chi {ViText.Count(head.Paid)}, {Money(head.PaidVnd)}; chưa nhận {ViText.Count(head.Uncollected)}, {Money(head.UncollectedVnd)}; chưa có kết quả {ViText.Count(head.Items - head.Paid - head.Uncollected)}, {Money(head.SumVnd - head.PaidVnd - head.UncollectedVnd)}",
                $"  paid {ViText.Count(head.Paid)}, {Money(head.PaidVnd)}; uncollected {ViText.Count(head.Uncollected)}, {Money(head.UncollectedVnd)}; no result {ViText.Count(head.Items - head.Paid - head.Uncollected)}, {Money(head.SumVnd - head.PaidVnd - head.UncollectedVnd)}"));
            foreach (var one in balance.HandedBack) output.Line($"  {ViText.Date(one.OnDate)}  {one.Voucher}  {Money(one.AmountVnd)}  {one.Person}");
            output.Line(context.Text($"  đã nộp lại {Money(head.HandedBackVnd)}, người chi còn giữ {Money(head.InHandVnd)}", $"  handed back {Money(head.HandedBackVnd)}, in the cashier's hands {Money(head.InHandVnd)}"));
        });
    }

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

    static LocalDate Today(CommandContext context) => Day(context.Clock.GetCurrentInstant());

    static LocalDate Day(Instant at) => at.InZone(DateTimeZoneProviders.Tzdb["Asia/Ho_Chi_Minh"]).Date;

    static CashListId Id(Caller caller, CashListHead row) => new(caller.ProvinceCode, Months.FromKey(row.Month), row.ListNo);

    static string Money(long vnd) => ViText.Money(new Vnd(vnd));
}
