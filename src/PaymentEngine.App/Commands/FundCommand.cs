using System.CommandLine;
using System.Globalization;
using NodaTime;
using NodaTime.Text;
using PaymentEngine.App.CommandLine;
using PaymentEngine.App.Operations;
using PaymentEngine.Core;
using PaymentEngine.Core.Funds;
using PaymentEngine.Core.Money;
using PaymentEngine.Core.Recipients;

namespace PaymentEngine.App.Commands;

/// <summary><c>payengine fund …</c>: whose money it is, where it stands, and the statement of the year (nguồn kinh phí, quyết toán).</summary>
static class FundCommand
{
    public static Command Create(CommandContext context)
    {
        var fund = new Command("fund", context.Text("Nguồn kinh phí: khai báo, rút, chuyển, nộp trả, số dư, quyết toán năm", "Funds: declare, draw, transfer, return, balances, year-end statement"));
        fund.Add(new Command("list", context.Text("Các nguồn đã khai báo", "Declared funds")).Answers(context, (_, cancel) => WithAsync(context, async (funds, caller) => Answer.From(await funds.BooksAsync(caller, cancel), books => List(context, books)), cancel)));
        fund.Add(Declare(context));
        fund.Add(Move(context));
        fund.Add(Undo(context));
        fund.Add(new Command("match", context.Text("Khớp các lần chuyển với sao kê", "Tie movements to the statement entries that show them")).Answers(context, (_, cancel) => WithAsync(context, async (funds, caller) => Answer.From(await funds.MatchAsync(caller, cancel), found => Matched(context, found)), cancel)));
        fund.Add(Show(context));
        fund.Add(Year(context));
        return fund;
    }

    internal static Task<Answer> WithAsync(CommandContext context, Func<Funds, Caller, Task<Answer>> work, CancellationToken cancel) =>
        context.AsCallerAsync((database, caller) => work(new Funds(database, context.Clock, context.Files), caller), cancel);

    static Command Declare(CommandContext context)
    {
        var code = new Argument<string>("code") { Description = context.Text("Mã nguồn, ví dụ TW-NCC-2026", "Code of the fund, for example TW-NCC-2026") };
        var name = new Option<string>("--name") { Required = true, HelpName = "N", Description = context.Text("Tên nguồn", "Its name") };
        var chapter = new Option<string>("--chapter") { Required = true, HelpName = "C", Description = context.Text("Chương ngân sách, ba chữ số", "Chapter of the budget, three figures") };
        var payer = new Option<string>("--payer") { Required = true, HelpName = "P", Description = context.Text("Mã đơn vị chi trả trong payers.csv", "Payer's code in payers.csv") };
        var programmes = new Option<string?>("--programmes") { HelpName = "NCC,BTXH", Description = context.Text("Chương trình được chi; không có: chi phí quản lý", "What it pays; none: the management cost, for fees") };
        var from = new Option<string>("--from") { Required = true, HelpName = "YYYY-MM", Description = context.Text("Từ tháng danh sách", "First list month") };
        var to = new Option<string?>("--to") { HelpName = "YYYY-MM", Description = context.Text("Đến tháng danh sách", "Last list month") };
        var mustCover = new Option<bool>("--must-cover") { Description = context.Text("Không xuất tệp khi nguồn chưa đủ (mặc định: chỉ cảnh báo)", "Refuse an export it does not cover (default: warn)") };
        var source = new Option<string>("--source") { Required = true, HelpName = "S", Description = context.Text("Quyết định giao dự toán", "The decision that grants it") };
        return new Command("declare", context.Text("Khai báo một nguồn kinh phí", "Declare a fund")) { code, name, chapter, payer, programmes, from, to, mustCover, source }
            .Answers(context, (parse, cancel) =>
            {
                var problems = new List<Problem>();
                var fromMonth = Take(Months.Parse(parse.GetRequiredValue(from)), problems);
                var toMonth = parse.GetValue(to) is { } last ? Take(Months.Parse(last), problems) : (YearMonth?)null;
                var pays = Take(ProgrammeList(parse.GetValue(programmes)), problems);
                if (parse.GetRequiredValue(chapter) is not { Length: 3 } three || !three.All(char.IsAsciiDigit)) problems.Add(new Problem("usage.chapter", $"'{parse.GetRequiredValue(chapter)}' is no chapter.", "A chapter has three figures, for example 424."));
                if (Code(parse.GetRequiredValue(code)) is { } badCode) problems.Add(badCode);
                if (problems.Count > 0) return Task.FromResult(Answer.Refused(problems, ExitCode.WrongUsage));
                var declared = new Fund(parse.GetRequiredValue(code), parse.GetRequiredValue(name), parse.GetRequiredValue(chapter), 0, pays ?? [], fromMonth, toMonth, parse.GetValue(mustCover), parse.GetRequiredValue(source));
                return WithAsync(context, async (funds, caller) => Answer.From(await funds.DeclareAsync(caller, declared, parse.GetRequiredValue(payer), cancel), done => Answer.Of(Json(done),
                    output => output.Line(context.Text($"Đã khai báo nguồn {done.Code}: {done.Name}.", $"Declared fund {done.Code}: {done.Name}.")))), cancel);
            });
    }

    static Command Move(CommandContext context)
    {
        var fund = new Argument<string>("fund") { Description = context.Text("Mã nguồn", "Code of the fund") };
        var from = new Option<string>("--from") { Required = true, HelpName = "treasury|bank|PROVIDER", Description = context.Text("Từ Kho bạc, tài khoản chi trả hay tổ chức chi trả", "From the Treasury, the paying account or a provider") };
        var to = new Option<string>("--to") { Required = true, HelpName = "treasury|bank|fee:PROVIDER|PROVIDER", Description = context.Text("Đến đâu", "Where it went") };
        var amount = new Option<long>("--amount") { Required = true, HelpName = "VND", Description = context.Text("Số tiền, đồng", "Sum in đồng") };
        var month = new Option<string>("--month") { Required = true, HelpName = "YYYY-MM", Description = context.Text("Cho tháng danh sách", "The list month it is for") };
        var on = new Option<string>("--on") { Required = true, HelpName = "YYYY-MM-DD", Description = context.Text("Ngày chứng từ", "Day of the voucher") };
        var voucher = new Option<string>("--voucher") { Required = true, HelpName = "V", Description = context.Text("Số chứng từ", "The voucher's number") };
        var command = new Command("move", context.Text("Ghi một lần rút dự toán, chuyển tiền, chuyển lại, nộp trả hoặc trả phí", "Book a draw-down, transfer, give-back, return or fee")) { fund, from, to, amount, month, on, voucher };
        return command.Answers(context, (parse, cancel) =>
        {
            var problems = new List<Problem>();
            var (fromPlace, fromProvider) = Place(parse.GetRequiredValue(from));
            var (toPlace, toProvider) = Place(parse.GetRequiredValue(to));
            var list = Take(Months.Parse(parse.GetRequiredValue(month)), problems);
            var day = Take(Day(parse.GetRequiredValue(on)), problems);
            if (parse.GetValue(amount) <= 0) problems.Add(new Problem("usage.amount", "A movement has a sum above zero.", "Undo a movement with: payengine fund undo N."));
            if (parse.GetRequiredValue(voucher).Trim().Length == 0) problems.Add(new Problem("usage.voucher", "A movement has a voucher.", "Give its number: --voucher."));
            if (fromProvider is not null && toProvider is not null) problems.Add(new Problem("usage.fund_move", "Money does not move from provider to provider.", "Book it back to the bank or the Treasury first."));
            if (problems.Count > 0) return Task.FromResult(Answer.Refused(problems, ExitCode.WrongUsage));
            var movement = new FundMovement(0, parse.GetRequiredValue(fund), list, fromPlace, toPlace, fromProvider ?? toProvider, new Vnd(parse.GetValue(amount)), day, parse.GetRequiredValue(voucher).Trim(), null);
            return WithAsync(context, async (funds, caller) => Answer.From(await funds.MoveAsync(caller, movement, cancel), done => Booked(context, done)), cancel);
        });
    }

    static Command Undo(CommandContext context)
    {
        var no = new Argument<int>("no") { Description = context.Text("Số thứ tự của lần chuyển", "Number of the movement") };
        var on = new Option<string>("--on") { Required = true, HelpName = "YYYY-MM-DD", Description = context.Text("Ngày bút toán đảo", "Day of the contra entry") };
        var voucher = new Option<string>("--voucher") { Required = true, HelpName = "V", Description = context.Text("Số chứng từ", "The voucher's number") };
        return new Command("undo", context.Text("Ghi bút toán đảo cho một lần chuyển", "Take a movement back by a contra entry")) { no, on, voucher }.Answers(context, (parse, cancel) =>
        {
            var day = Day(parse.GetRequiredValue(on));
            return day.IsOk
                ? WithAsync(context, async (funds, caller) => Answer.From(await funds.UndoAsync(caller, parse.GetRequiredValue(no), day.Value, parse.GetRequiredValue(voucher), cancel), done => Booked(context, done)), cancel)
                : Task.FromResult(Answer.Refused(day.Problems, ExitCode.WrongUsage));
        });
    }

    static Command Show(CommandContext context)
    {
        var fund = new Argument<string?>("fund") { Arity = ArgumentArity.ZeroOrOne, Description = context.Text("Mã nguồn; không có: tất cả", "Code of a fund; none: all") };
        return new Command("show", context.Text("Tiền của nguồn đang ở đâu", "Where a fund's money is")) { fund }
            .Answers(context, (parse, cancel) => WithAsync(context, async (funds, caller) => Answer.From(await funds.BooksAsync(caller, cancel), books => FundPaper.Balances(context, books, parse.GetValue(fund))), cancel));
    }

    static Command Year(CommandContext context)
    {
        var year = new Argument<int>("year") { Description = context.Text("Năm ngân sách", "Budget year") };
        var output = new Option<string?>("--out") { HelpName = "F.html", Description = context.Text("Ghi trang in", "Write a printable page") };
        return new Command("year", context.Text("Báo cáo quyết toán năm theo nguồn và chương", "Year-end funds statement by fund and chapter")) { year, output }
            .Answers(context, (parse, cancel) => WithAsync(context, async (funds, caller) => Answer.From(await funds.BooksAsync(caller, cancel), books => FundPaper.Year(context, books, parse.GetRequiredValue(year), parse.GetValue(output))), cancel));
    }

    static Answer List(CommandContext context, FundBooks books) => Answer.Of(new { funds = books.Funds.Select(Json) }, output =>
    {
        if (books.Funds.Count == 0) output.Line(context.Text("Chưa khai báo nguồn nào.", "No fund is declared."));
        var table = new TextTable(new TextColumn(context.Text("Nguồn", "Fund")), new TextColumn(context.Text("Tên", "Name")), new TextColumn(context.Text("Chương", "Chapter")), new TextColumn(context.Text("Chi cho", "Pays")),
            new TextColumn(context.Text("Từ tháng", "From")), new TextColumn(context.Text("Đến", "To")), new TextColumn(context.Text("Căn cứ", "Source")));
        foreach (var fund in books.Funds)
            table.Row(fund.Code, fund.Name, fund.Chapter, fund.Programmes.Count == 0 ? context.Text("phí dịch vụ", "fees") : string.Join(", ", fund.Programmes.Select(FundPaper.Word)), ViText.Month(fund.From), fund.To is { } to ? ViText.Month(to) : "–", fund.Source);
        if (books.Funds.Count > 0) output.Table(table);
    });

    static Answer Booked(CommandContext context, FundMovement done) => Answer.Of(FundPaper.Json(done), output => output.Line(context.Text(
        $"Lần chuyển {done.No.ToString(CultureInfo.InvariantCulture)} của {done.Fund}: {FundPaper.Move(context, done)}, {ViText.Money(done.Amount)}, ngày {ViText.Date(done.On)}, chứng từ {done.Voucher}.",
        $"Movement {done.No.ToString(CultureInfo.InvariantCulture)} of {done.Fund}: {FundPaper.Move(context, done)}, {ViText.Money(done.Amount)}, {ViText.Date(done.On)}, voucher {done.Voucher}.")));

    static Answer Matched(CommandContext context, (int Tied, IReadOnlyList<FundMovement> Unseen) found) => Answer.Of(new { tied = found.Tied, unseen = found.Unseen.Select(FundPaper.Json) }, output =>
    {
        output.Line(context.Text($"Đã khớp {ViText.Count(found.Tied)} lần chuyển với sao kê; còn {ViText.Count(found.Unseen.Count)} chưa thấy trên sao kê.", $"Tied {ViText.Count(found.Tied)} movements to statements; {ViText.Count(found.Unseen.Count)} stand on no statement yet."));
        foreach (var movement in found.Unseen) output.Line($"  {movement.No.ToString(CultureInfo.InvariantCulture)}  {movement.Fund}  {FundPaper.Move(context, movement)}  {ViText.Money(movement.Amount)}  {ViText.Date(movement.On)}  {movement.Voucher}");
    });

    static (FundPlace Place, string? Provider) Place(string text) => text switch
    {
        "treasury" => (FundPlace.Treasury, null),
        "bank" => (FundPlace.PayingBank, null),
        _ when text.StartsWith("fee:", StringComparison.Ordinal) => (FundPlace.Fee, text[4..]),
        _ => (FundPlace.Provider, text),
    };

    internal static Result<IReadOnlyList<Programme>> ProgrammeList(string? text)
    {
        var found = new List<Programme>();
        foreach (var word in (text ?? "").Split([',', ';'], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            if (!Enum.TryParse<Programme>(word, ignoreCase: true, out var programme) || !Enum.IsDefined(programme) || char.IsAsciiDigit(word[0])) return new Problem("usage.programme", $"'{word}' is no programme.", "Programmes: NCC, BTXH, HTXH, KHAC.");
            found.Add(programme);
        }

        return Result<IReadOnlyList<Programme>>.Ok([.. found.Distinct().Order()]);
    }

    internal static Result<LocalDate> Day(string text) => LocalDatePattern.Iso.Parse(text) is { Success: true } parsed ? parsed.Value : new Problem("usage.date", $"'{text}' is not a day.", "Use YYYY-MM-DD.");

    internal static T? Take<T>(Result<T> result, List<Problem> problems)
    {
        if (result.TryGet(out var value)) return value;
        problems.AddRange(result.Problems);
        return default;
    }

    /// <summary>Why a code is none.</summary>
    internal static Problem? Code(string code) =>
        code.Length is >= 1 and <= 32 && char.IsAsciiLetterOrDigit(code[0]) && code.All(c => char.IsAsciiDigit(c) || char.IsAsciiLetterUpper(c) || c is '.' or '-') ? null
            : new Problem("usage.code", $"'{code}' is no code.", "Use up to 32 capital letters, digits, dots and hyphens.");

    static object Json(Fund fund) => new
    {
        fund = fund.Code, name = fund.Name, chapter = fund.Chapter, programmes = fund.Programmes.Select(FundPaper.Word), from = fund.From.Text(), to = fund.To?.Text(), must_cover = fund.MustCover, source = fund.Source,
    };
}
