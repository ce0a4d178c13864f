using System.CommandLine;
using System.Globalization;
using NodaTime.Text;
using PaymentEngine.App.CommandLine;
using PaymentEngine.App.Keys;
using PaymentEngine.App.Operations;
using PaymentEngine.Core;
using PaymentEngine.Core.Entitlements;
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
        var toBank = new Option<string?>("--to") { HelpName = "person|bank", Description = context.Text("Gửi người hưởng hoặc gia đình (mặc định), hay các ngân hàng đã ghi có", "To the person or family (default), or to the banks that credited it") };
        var outFile = new Option<string?>("--out") { HelpName = "F", Description = context.Text("Tệp .html hoặc .pdf", "The file, .html or .pdf") };
        var count = new Option<int?>("--count") { HelpName = "N", Description = context.Text("Số lần nộp bằng nhau, mỗi tháng một lần", "Equal parts, one a month") };
        var first = new Option<string?>("--first") { HelpName = "YYYY-MM-DD", Description = context.Text("Hạn lần đầu", "Day of the first part") };
        var plan = new Option<string?>("--plan") { HelpName = "DAY:SUM,…", Description = context.Text("Từng lần, ví dụ 2027-01-15:500000,2027-02-15:310000", "Each part, for example 2027-01-15:500000,2027-02-15:310000") };
        var agreement = new Option<string?>("--agreement") { HelpName = "TEXT", Description = context.Text("Số, ngày biên bản hoặc quyết định cho nộp dần", "Number and day of the minutes or decision") };
        return new Command("claim", context.Text("Khoản phải thu hồi: đã lập danh sách quá mức, nhất là sau khi chết", "Claims: listed too much, above all after a death"))
        {
            new Command("list", context.Text("Các khoản chưa xong, gấp nhất trước", "Outstanding claims, the most urgent first")) { all }
                .Answers(context, (parse, cancel) => context.AsCallerAsync(async (database, caller) => ClaimPaper.List(context, await Operations(context, database).ListAsync(caller, parse.GetValue(all), cancel)), cancel)),
            new Command("show", context.Text("Một khoản và diễn biến của nó", "One claim and its story")) { number }
                .Answers(context, (parse, cancel) => context.AsCallerAsync(async (database, caller) =>
                    Answer.From(await Operations(context, database).ShowAsync(caller, parse.GetValue(number), cancel), view => ClaimPaper.One(context, caller.ProvinceCode, view)), cancel)),
            new Command("record", context.Text("Ghi số đã nộp lại hoặc được xóa nợ", "Record what was paid back or written off")) { number, recovered, writtenOff, evidence }
                .Answers(context, (parse, cancel) => RecordAsync(context, parse.GetValue(number), parse.GetValue(recovered), parse.GetValue(writtenOff), parse.GetValue(evidence), cancel)),
            new Command("instalments", context.Text("Thỏa thuận nộp dần: hạn của việc theo lần chưa nộp", "Agree on instalments: the case is due with the first part not paid")) { number, count, first, plan, agreement }
                .Answers(context, (parse, cancel) => AgreeAsync(context, parse.GetValue(number), parse.GetValue(count), parse.GetValue(first), parse.GetValue(plan), parse.GetValue(agreement), cancel)),
            new Command("letter", context.Text("Công văn thu hồi: gửi người hưởng, gia đình hoặc ngân hàng", "The letter that asks for it: to the person, the family or the bank")) { number, toBank, outFile }
                .Answers(context, (parse, cancel) => LetterAsync(context, parse.GetValue(number), parse.GetValue(toBank), parse.GetValue(outFile), cancel)),
            new Command("balance", context.Text("Sổ các khoản phải thu hồi: tìm thấy, còn lại, đã thu, xóa nợ", "Accounts of claims: found, outstanding, taken back, written off"))
                .Answers(context, (_, cancel) => context.AsCallerAsync(async (database, caller) => ClaimPaper.Balances(context, await Operations(context, database).BalancesAsync(caller, cancel)), cancel)),
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

    static Task<Answer> AgreeAsync(CommandContext context, int number, int? count, string? firstText, string? planText, string? agreement, CancellationToken cancel)
    {
        if ((planText is null) == (count is null && firstText is null))
            return Task.FromResult(Answer.Refused(new Problem("usage.plan", "A plan is either --plan DAY:SUM,… or --count N --first DAY.", "Give one of the two.")));
        Func<Vnd, Result<IReadOnlyList<ClaimInstalment>>> parts;
        if (planText is null)
        {
            if (count is not (>= 1 and <= ClaimInstalments.CountMax) || firstText is null || LocalDatePattern.Iso.Parse(firstText) is not { Success: true } first)
                return Task.FromResult(Answer.Refused(new Problem("usage.plan", "Equal parts need --count and --first.", $"Give --count 1 to {ClaimInstalments.CountMax} and --first YYYY-MM-DD.")));
            parts = sum => sum.Amount < count ? new Problem("claim.plan_part", "More parts than đồng.", "Give fewer parts.") : Result<IReadOnlyList<ClaimInstalment>>.Ok(ClaimInstalments.Equal(sum, count.Value, first.Value));
        }
        else
        {
            var read = new List<ClaimInstalment>();
            foreach (var part in planText.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
            {
                var at = part.IndexOf(':', StringComparison.Ordinal);
                if (at < 0 || LocalDatePattern.Iso.Parse(part[..at]) is not { Success: true } day || !long.TryParse(part[(at + 1)..].Replace(".", "", StringComparison.Ordinal), NumberStyles.None, CultureInfo.InvariantCulture, out var vnd))
                    return Task.FromResult(Answer.Refused(new Problem("usage.plan", $"'{part}' is not a day and a sum.", "Write each part as 2027-01-15:500000, with commas between.")));
                read.Add(new(day.Value, new Vnd(vnd)));
            }

            if (read.Count is 0 or > ClaimInstalments.CountMax) return Task.FromResult(Answer.Refused(new Problem("usage.plan", $"{read.Count} parts are no plan.", $"Give 1 to {ClaimInstalments.CountMax} parts.")));
            parts = _ => read;
        }

        return context.AsCallerAsync(async (database, caller) => Answer.From(await Operations(context, database).AgreeAsync(caller, number, parts, agreement ?? "", cancel), view => ClaimPaper.One(context, caller.ProvinceCode, view)), cancel);
    }

    static Task<Answer> LetterAsync(CommandContext context, int number, string? to, string? file, CancellationToken cancel)
    {
        if (to is not (null or "person" or "bank")) return Task.FromResult(Answer.Refused(new Problem("usage.letter_to", $"'{to}' gets no letter.", "Write --to person or --to bank.")));
        if (file is null) return Task.FromResult(Answer.Refused(new Problem("usage.option_missing", "--out is missing.", "Name the file: --out letter.pdf or letter.html.")));
        return context.AsCallerAsync(async (database, caller) =>
        {
            if (!KeyFolder.Open(context.Settings.Keys.Value, context.Clock).TryGet(out var keys)) return Answer.Refused(KeyFolder.Open(context.Settings.Keys.Value, context.Clock).Problems);
            return Answer.From(await new ClaimLetters(database, keys, context.Printer).WriteAsync(caller, number, to == "bank", Path.GetFullPath(file), cancel), letters => Answer.Of(
                new { letters = letters.Select(letter => new { claim = letter.ClaimNo, to = letter.To, sum_vnd = letter.Sum, file = letter.File }) },
                output =>
                {
                    foreach (var letter in letters) output.Line($"{letter.To}: {ViText.Money(letter.Sum)}, {letter.File}");
                }));
        }, cancel);
    }
}
