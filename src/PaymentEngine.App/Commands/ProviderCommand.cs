using System.CommandLine;
using NodaTime;
using PaymentEngine.App.CommandLine;
using PaymentEngine.App.Operations;
using PaymentEngine.Core;
using PaymentEngine.Core.Funds;
using PaymentEngine.Core.Money;
using PaymentEngine.Core.Recipients;
using PaymentEngine.Postgres;

namespace PaymentEngine.App.Commands;

/// <summary><c>payengine provider …</c>: who pays out for us, on which contract, its report and its settlement (tổ chức dịch vụ chi trả).</summary>
static class ProviderCommand
{
    static readonly string[] Kinds = ["bank", "post", "wallet", "desk"];

    public static Command Create(CommandContext context)
    {
        var provider = new Command("provider", context.Text("Tổ chức dịch vụ chi trả: hợp đồng, phí, báo cáo tháng, quyết toán", "Providers: contracts, fees, monthly report, settlement"));
        provider.Add(new Command("list", context.Text("Tổ chức, hợp đồng và mức phí", "Providers, contracts and fees")).Answers(context, (_, cancel) => FundCommand.WithAsync(context, async (funds, caller) => Answer.From(await funds.BooksAsync(caller, cancel), books => List(context, books)), cancel)));
        provider.Add(Declare(context));
        provider.Add(Contract(context));
        provider.Add(Fee(context));
        provider.Add(Report(context));
        provider.Add(Settle(context));
        return provider;
    }

    static Command Declare(CommandContext context)
    {
        var code = new Argument<string>("code") { Description = context.Text("Mã tổ chức, ví dụ BUUDIEN-NA", "Code of the provider, for example BUUDIEN-NA") };
        var name = new Option<string>("--name") { Required = true, HelpName = "N", Description = context.Text("Tên", "Its name") };
        var kind = new Option<string>("--kind") { Required = true, HelpName = "bank|post|wallet|desk", Description = context.Text("Ngân hàng, bưu điện, ví, quầy của đơn vị", "Bank, post, wallet, or the payer's own desk") };
        return new Command("declare", context.Text("Khai báo một tổ chức chi trả", "Declare a provider")) { code, name, kind }.Answers(context, (parse, cancel) =>
        {
            if (FundCommand.Code(parse.GetRequiredValue(code)) is { } badCode) return Task.FromResult(Answer.Refused(badCode, ExitCode.WrongUsage));
            if (!Kinds.Contains(parse.GetRequiredValue(kind))) return Task.FromResult(Answer.Refused(new Problem("usage.provider_kind", $"'{parse.GetRequiredValue(kind)}' is no kind of provider.", $"Kinds: {string.Join(", ", Kinds)}."), ExitCode.WrongUsage));
            var declared = new StoredProvider(parse.GetRequiredValue(code), parse.GetRequiredValue(name), parse.GetRequiredValue(kind));
            return FundCommand.WithAsync(context, async (funds, caller) => Answer.From(await funds.DeclareAsync(caller, declared, cancel), done => Answer.Of(new { provider = done.Code, name = done.Name, kind = done.Kind },
                output => output.Line(context.Text($"Đã khai báo tổ chức chi trả {done.Code}: {done.Name}.", $"Declared provider {done.Code}: {done.Name}.")))), cancel);
        });
    }

    static Command Contract(CommandContext context)
    {
        var no = new Argument<string>("no") { Description = context.Text("Số hợp đồng", "Number of the contract") };
        var provider = new Option<string>("--provider") { Required = true, HelpName = "P" };
        var programmes = new Option<string>("--programmes") { Required = true, HelpName = "NCC,BTXH,HTXH", Description = context.Text("Chương trình", "Programmes") };
        var communes = new Option<string?>("--communes") { HelpName = "40001;40002", Description = context.Text("Mã xã; không có: cả tỉnh", "Commune codes; none: the whole province") };
        var from = new Option<string>("--from") { Required = true, HelpName = "YYYY-MM-DD" };
        var to = new Option<string?>("--to") { HelpName = "YYYY-MM-DD" };
        return new Command("contract", context.Text("Khai báo hợp đồng: chi ở đâu, chương trình nào, từ ngày nào", "Declare a contract: where, what for, how long")) { no, provider, programmes, communes, from, to }.Answers(context, (parse, cancel) =>
        {
            var problems = new List<Problem>();
            var pays = FundCommand.Take(FundCommand.ProgrammeList(parse.GetRequiredValue(programmes)), problems);
            var first = FundCommand.Take(FundCommand.Day(parse.GetRequiredValue(from)), problems);
            var last = parse.GetValue(to) is { } text ? FundCommand.Take(FundCommand.Day(text), problems) : (LocalDate?)null;
            if (pays is { Count: 0 }) problems.Add(new Problem("usage.programme", "A contract is for a programme.", "Programmes: NCC, BTXH, HTXH, KHAC."));
            if (last < first) problems.Add(new Problem("usage.date", "The contract ends before it begins.", "Correct --from or --to."));
            if (problems.Count > 0) return Task.FromResult(Answer.Refused(problems, ExitCode.WrongUsage));
            var declared = new ProviderContract(parse.GetRequiredValue(no), parse.GetRequiredValue(provider), pays!, [], first, last);
            var codes = (parse.GetValue(communes) ?? "").Split([';', ','], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
            return FundCommand.WithAsync(context, async (funds, caller) => Answer.From(await funds.DeclareAsync(caller, declared, codes, cancel), done => Answer.Of(
                new { contract = done.No, provider = done.Provider, programmes = done.Programmes.Select(FundPaper.Word), communes = done.CommuneIds.Count, from = done.From, to = done.To },
                output => output.Line(context.Text($"Đã khai báo hợp đồng {done.No} với {done.Provider}.", $"Declared contract {done.No} with {done.Provider}.")))), cancel);
        });
    }

    static Command Fee(CommandContext context)
    {
        var contract = new Argument<string>("contract") { Description = context.Text("Số hợp đồng", "Number of the contract") };
        var programme = new Option<string>("--programme") { Required = true, HelpName = "BTXH" };
        var from = new Option<string>("--from") { Required = true, HelpName = "YYYY-MM" };
        var percent = new Option<decimal?>("--percent") { HelpName = "0.75", Description = context.Text("Phần trăm số đã chi, đến ba số lẻ", "Per cent of what was paid, to three decimals") };
        var each = new Option<long?>("--each") { HelpName = "VND", Description = context.Text("Hoặc số đồng mỗi lượt chi", "Or đồng for each payout") };
        var source = new Option<string>("--source") { Required = true, HelpName = "S", Description = context.Text("Quyết định quy định mức phí", "The decision that sets it") };
        return new Command("fee", context.Text("Khai báo mức phí của hợp đồng", "Declare the fee of a contract")) { contract, programme, from, percent, each, source }.Answers(context, (parse, cancel) =>
        {
            var problems = new List<Problem>();
            var pays = FundCommand.Take(FundCommand.ProgrammeList(parse.GetRequiredValue(programme)), problems);
            var month = FundCommand.Take(Months.Parse(parse.GetRequiredValue(from)), problems);
            var share = parse.GetValue(percent) * 1000;
            if (pays is not null and not { Count: 1 }) problems.Add(new Problem("usage.programme", "A fee is for one programme.", "Declare one for each."));
            if ((share is null) == (parse.GetValue(each) is null)) problems.Add(new Problem("usage.fee", "A fee is a share or a sum each.", "Give either --percent or --each."));
            if (share is { } thousandths && (!decimal.IsInteger(thousandths) || thousandths is < 1 or > 10_000)) problems.Add(new Problem("usage.fee", $"{parse.GetValue(percent)} per cent is no fee here.", "From 0.001 to 10 per cent, with at most three decimals."));
            if (parse.GetValue(each) <= 0) problems.Add(new Problem("usage.fee", "A fee is above zero.", "Leave it out where there is none."));
            if (problems.Count > 0) return Task.FromResult(Answer.Refused(problems, ExitCode.WrongUsage));
            var declared = new ProviderFee(parse.GetRequiredValue(contract), pays![0], month, (int?)share, parse.GetValue(each) is { } sum ? new Vnd(sum) : null, parse.GetRequiredValue(source));
            return FundCommand.WithAsync(context, async (funds, caller) => Answer.From(await funds.DeclareAsync(caller, declared, cancel), done => Answer.Of(
                new { contract = done.Contract, programme = FundPaper.Word(done.Programme), from = done.From.Text(), per_100000 = done.Per100000, each_vnd = done.Each, source = done.Source },
                output => output.Line(context.Text($"Đã khai báo phí của hợp đồng {done.Contract} cho {FundPaper.Word(done.Programme)} từ {ViText.Month(done.From)}.", $"Declared the fee of {done.Contract} for {FundPaper.Word(done.Programme)} from {ViText.Month(done.From)}.")))), cancel);
        });
    }

    static Command Report(CommandContext context)
    {
        var provider = new Argument<string>("provider");
        var file = new Argument<string>("file") { Description = context.Text("CSV: list, paid_items, paid_vnd, unpaid_items, unpaid_vnd", "CSV: list, paid_items, paid_vnd, unpaid_items, unpaid_vnd") };
        var month = new Option<string>("--month") { Required = true, HelpName = "YYYY-MM", Description = context.Text("Tháng của các danh sách", "Month of the lists") };
        var on = new Option<string?>("--on") { HelpName = "YYYY-MM-DD", Description = context.Text("Ngày nhận báo cáo; mặc định hôm nay", "Day it came; default: today") };
        return new Command("report", context.Text("Nhận báo cáo tháng của tổ chức chi trả (hạn ngày 20), đối chiếu với danh sách", "Take a provider's monthly report in (due on the 20th), held against the lists")) { provider, file, month, on }.Answers(context, (parse, cancel) =>
        {
            var problems = new List<Problem>();
            var list = FundCommand.Take(Months.Parse(parse.GetRequiredValue(month)), problems);
            var day = parse.GetValue(on) is { } text ? FundCommand.Take(FundCommand.Day(text), problems) : context.Clock.GetCurrentInstant().InZone(DateTimeZoneProviders.Tzdb["Asia/Ho_Chi_Minh"]).Date;
            if (problems.Count > 0) return Task.FromResult(Answer.Refused(problems, ExitCode.WrongUsage));
            return FundCommand.WithAsync(context, async (funds, caller) => Answer.From(await funds.ReportAsync(caller, parse.GetRequiredValue(provider), list, parse.GetRequiredValue(file), day, cancel), taken => Answer.Of(new
            {
                provider = taken.Provider, month = taken.Month.Text(), lists = taken.Lists, paid_items = taken.PaidItems, paid_vnd = taken.Paid, unpaid_items = taken.UnpaidItems, unpaid_vnd = taken.Unpaid, left_vnd = taken.Left, late = taken.IsLate,
            }, output =>
            {
                output.Line(context.Text($"Báo cáo của {taken.Provider} tháng {ViText.Month(taken.Month)} khớp với {ViText.Count(taken.Lists)} danh sách: đã chi {ViText.Count(taken.PaidItems)}, {ViText.Money(taken.Paid)}; chưa chi {ViText.Count(taken.UnpaidItems)}, {ViText.Money(taken.Unpaid)}.",
                    $"The report of {taken.Provider} for {ViText.Month(taken.Month)} agrees with {ViText.Count(taken.Lists)} lists: paid {ViText.Count(taken.PaidItems)}, {ViText.Money(taken.Paid)}; unpaid {ViText.Count(taken.UnpaidItems)}, {ViText.Money(taken.Unpaid)}."));
                output.Line(context.Text($"Theo sổ còn giữ {ViText.Money(taken.Left)}: chuyển lại hoặc nộp trả, ghi bằng payengine fund move.", $"By the books it still holds {ViText.Money(taken.Left)}: have it given back or returned, and book it with payengine fund move."));
                if (taken.IsLate) output.Line(context.Text("Báo cáo đến sau ngày 20.", "The report came after the 20th."));
            })), cancel);
        });
    }

    static Command Settle(CommandContext context)
    {
        var provider = new Argument<string>("provider");
        var month = new Option<string>("--month") { Required = true, HelpName = "YYYY-MM" };
        var path = new Option<string?>("--out") { HelpName = "F.html", Description = context.Text("Ghi biên bản in", "Write the settlement paper") };
        return new Command("settle", context.Text("Quyết toán với tổ chức chi trả: nhận, chi, còn, phí", "Settle with a provider: received, paid, left, fee")) { provider, month, path }.Answers(context, (parse, cancel) =>
        {
            var list = Months.Parse(parse.GetRequiredValue(month));
            return list.IsOk
                ? FundCommand.WithAsync(context, async (funds, caller) => Answer.From(await funds.SettleAsync(caller, parse.GetRequiredValue(provider), list.Value, cancel), settled => FundPaper.Settlement(context, settled, parse.GetValue(path))), cancel)
                : Task.FromResult(Answer.Refused(list.Problems, ExitCode.WrongUsage));
        });
    }

    static Answer List(CommandContext context, FundBooks books) => Answer.Of(new
    {
        providers = books.Providers.Select(one => new
        {
            provider = one.Code, name = one.Name, kind = one.Kind,
            contracts = books.Contracts.Where(contract => contract.Provider == one.Code).Select(contract => new
            {
                contract = contract.No, programmes = contract.Programmes.Select(FundPaper.Word), communes = contract.CommuneIds.Count, from = contract.From, to = contract.To,
                fees = books.Fees.Where(fee => fee.Contract == contract.No).Select(fee => new { programme = FundPaper.Word(fee.Programme), from = fee.From.Text(), per_100000 = fee.Per100000, each_vnd = fee.Each, source = fee.Source }),
            }),
        }),
    }, output =>
    {
        if (books.Providers.Count == 0) output.Line(context.Text("Chưa khai báo tổ chức chi trả nào.", "No provider is declared."));
        foreach (var one in books.Providers)
        {
            output.Line($"{one.Code}  {one.Name}");
            foreach (var contract in books.Contracts.Where(contract => contract.Provider == one.Code))
            {
                output.Line($"  {contract.No}: {string.Join(", ", contract.Programmes.Select(FundPaper.Word))}, {(contract.CommuneIds.Count == 0 ? context.Text("cả tỉnh", "whole province") : context.Text($"{ViText.Count(contract.CommuneIds.Count)} xã", $"{ViText.Count(contract.CommuneIds.Count)} communes"))}, {ViText.Date(contract.From)} – {(contract.To is { } end ? ViText.Date(end) : "…")}");
            }
        }
    });
}
