using System.CommandLine;
using System.Globalization;
using PaymentEngine.App.CommandLine;
using PaymentEngine.App.Operations;
using PaymentEngine.Core;
using PaymentEngine.Core.Money;
using PaymentEngine.Postgres;

namespace PaymentEngine.App.Commands;

/// <summary><c>payengine claim …</c>: what was listed too much and has not come back.</summary>
static class ClaimCommand
{
    public static Command Create(CommandContext context)
    {
        var all = new Option<bool>("--all") { Description = context.Text("Cả những khoản đã xong", "Settled ones too") };
        var number = new Argument<int>("claim") { Description = context.Text("Số của khoản, như trong claim list", "Number of the claim, as in claim list") };
        var recovered = new Option<string?>("--recovered") { HelpName = "SUM", Description = context.Text("Số tiền đã nộp lại", "Sum that was paid back") };
        var writtenOff = new Option<string?>("--written-off") { HelpName = "SUM", Description = context.Text("Số tiền được quyết định không thu nữa (người duyệt ghi)", "Sum an authority decided not to ask for (an approver records it)") };
        var evidence = new Option<string?>("--evidence") { HelpName = "TEXT", Description = context.Text("Số và ngày của phiếu thu, giấy nộp tiền hoặc quyết định", "Number and day of the receipt or decision") };
        return new Command("claim", context.Text("Khoản phải thu hồi: đã lập danh sách quá mức, nhất là sau khi chết", "Claims: listed too much, above all after a death"))
        {
            new Command("list", context.Text("Các khoản chưa xong, gấp nhất trước", "Outstanding claims, the most urgent first")) { all }
                .Answers(context, (parse, cancel) => context.AsCallerAsync(async (database, caller) => ClaimPaper.List(context, await Operations(context, database).ListAsync(caller, parse.GetValue(all), cancel)), cancel)),
            new Command("show", context.Text("Một khoản và diễn biến của nó", "One claim and its story")) { number }
                .Answers(context, (parse, cancel) => context.AsCallerAsync(async (database, caller) =>
                    Answer.From(await Operations(context, database).ShowAsync(caller, parse.GetValue(number), cancel), view => ClaimPaper.One(context, caller.ProvinceCode, view)), cancel)),
            new Command("record", context.Text("Ghi số đã nộp lại hoặc được xóa nợ", "Record what was paid back or written off")) { number, recovered, writtenOff, evidence }
                .Answers(context, (parse, cancel) => RecordAsync(context, parse.GetValue(number), parse.GetValue(recovered), parse.GetValue(writtenOff), parse.GetValue(evidence), cancel)),
        };
    }

    static Claims Operations(CommandContext context, Database database) => new(database, context.Clock);

    static Task<Answer> RecordAsync(CommandContext context, int number, string? recovered, string? writtenOff, string? evidence, CancellationToken cancel)
    {
        if ((recovered is null) == (writtenOff is null))
            return Task.FromResult(Answer.Refused(new Problem("usage.claim_entry", "An entry is either --recovered SUM or --written-off SUM.", "Give one of the two.")));
        var text = recovered ?? writtenOff!;
        var digits = text.Replace(".", "", StringComparison.Ordinal);
        if (!long.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var vnd))
            return Task.FromResult(Answer.Refused(new Problem("usage.sum", $"'{text}' is not a sum of whole đồng.", "Type digits, with or without dots: 1.500.000.")));
        return context.AsCallerAsync(async (database, caller) => Answer.From(
            await Operations(context, database).RecordAsync(caller, number, recovered is null ? ClaimEntry.WrittenOff : ClaimEntry.Recovered, new Vnd(vnd), evidence ?? "", cancel),
            view => ClaimPaper.One(context, caller.ProvinceCode, view)), cancel);
    }
}
