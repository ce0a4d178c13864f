using System.CommandLine;
using NodaTime;
using NodaTime.Text;
using PaymentEngine.App.CommandLine;
using PaymentEngine.App.Files;
using PaymentEngine.App.Operations;
using PaymentEngine.Core;
using PaymentEngine.Core.Entitlements;
using PaymentEngine.Core.Law;
using PaymentEngine.Core.Money;
using PaymentEngine.Messages.LawFiles;

namespace PaymentEngine.App.Commands;

/// <summary><c>payengine entitlement</c>: amounts with reasons from register files, without a database.</summary>
static class EntitlementCommand
{
    const int MonthsMax = 120;

    public static Command Create(CommandContext context)
    {
        var month = new Option<string?>("--month") { Description = context.Text("Tháng, hoặc từ tháng đến tháng: 2026-11, 2026-07..2026-11", "A month, or a range: 2026-11, 2026-07..2026-11") };
        var from = new Option<string?>("--from") { Description = context.Text("Tháng đầu, cùng với --to, thay cho --month", "First month, with --to, in place of --month") };
        var to = new Option<string?>("--to") { Description = context.Text("Tháng cuối", "Last month") };
        var people = new Option<string>("--people") { Required = true, Description = context.Text("Tệp people.csv", "The file people.csv") };
        var awards = new Option<string>("--awards") { Required = true, Description = context.Text("Tệp awards.csv", "The file awards.csv") };
        var payees = new Option<string?>("--payees") { Description = context.Text("Tệp payees.csv: ai nhận tiền", "The file payees.csv: who takes the money") };
        var paid = new Option<string?>("--paid") { Description = context.Text("Tệp paid.csv: những gì đã lập danh sách; nếu không có, mỗi tháng trước coi như đã lập vào ngày 25 tháng trước nó",
            "The file paid.csv: what was listed; without it each earlier month counts as listed on the 25th of the month before it") };
        var recoupments = new Option<string?>("--recoupments") { Description = context.Text("Tệp recoupments.csv: quyết định thu hồi từng tháng", "The file recoupments.csv: decisions on recoupment by instalments") };
        var local = new Option<string?>("--local-standards") { Description = context.Text("Tệp local-standards.csv: mức của địa phương", "The file local-standards.csv: the provinces' own standards") };
        var decree = new Option<string[]>("--law") { HelpName = "F", Description = context.Text("Tệp của một văn bản chưa có trong chương trình (dạng như trong law/): tính như đã nạp", "Files of a decree the program does not have (formed as in law/): computed as if loaded") };
        var asOf = new Option<string?>("--as-of") { Description = context.Text("Theo những gì đã biết đến ngày này (YYYY-MM-DD); mặc định hôm nay", "As known on this day (YYYY-MM-DD); today by default") };
        var command = new Command("entitlement", context.Text("Tính mức hưởng kèm lý do từ các tệp, không cần cơ sở dữ liệu", "Amounts with reasons from files, without a database"))
            { month, from, to, people, awards, payees, paid, recoupments, local, decree, asOf };
        return command.Answers(context, parse =>
        {
            var months = MonthsOf(parse.GetValue(month), parse.GetValue(from), parse.GetValue(to));
            if (!months.TryGet(out var range)) return Answer.Refused(months.Problems, ExitCode.WrongUsage);
            var day = DayOf(parse.GetValue(asOf), context);
            if (!day.TryGet(out var known)) return Answer.Refused(day.Problems, ExitCode.WrongUsage);
            var request = new PreviewRequest(range.First, range.Last, known, parse.GetRequiredValue(people), parse.GetRequiredValue(awards),
                parse.GetValue(payees), parse.GetValue(paid), parse.GetValue(local), parse.GetValue(recoupments));
            return Answer.From(LawWith(context, parse.GetValue(decree) ?? []).Then(book => EntitlementPreview.Compute(request, context.Files, book)), recipients => Show(recipients, context));
        });
    }

    static Result<LawBook> LawWith(CommandContext context, string[] decree) => decree.Length == 0 ? context.Law
        : LawPaths.Read(context.Files, decree).Then(files => LawFiles.ReadRows(files).Then(rows => LawAmendment.Apply(context.Law, rows, Convert.ToHexStringLower(LawFiles.DigestOf(files.Values)))))
            .Select(amended => amended.Book);

    static Answer Show(IReadOnlyList<PreviewedRecipient> recipients, CommandContext context) => Answer.Of(
        new
        {
            recipients = recipients.Select(recipient => new
            {
                recipient.PersonId,
                total_vnd = recipient.Total,
                lines = recipient.Lines.Select(line => new
                {
                    line.AwardId,
                    line.Component,
                    payee = line.PayeeRole,
                    month = line.ForMonth,
                    kind = line.Kind,
                    amount_vnd = line.Amount,
                    source = line.Explanation.Citation,
                    status = line.Explanation.Status,
                    text = Sentence(line.Explanation, context),
                }),
                zero_reason = recipient.ZeroReason is { } zero ? Sentence(zero, context) : null,
                outstanding = recipient.Outstanding.Select(excess => new
                {
                    excess.AwardId,
                    excess.Component,
                    payee = excess.PayeeRole,
                    month = excess.ForMonth,
                    amount_vnd = excess.Amount,
                    source = excess.Explanation.Citation,
                    text = Sentence(excess.Explanation, context),
                }),
            }),
        },
        output =>
        {
            var table = new TextTable(new TextColumn(context.Text("Người", "Person")), new TextColumn(context.Text("Quyết định", "Award")), new TextColumn(context.Text("Khoản", "Component")),
                new TextColumn(context.Text("Người nhận", "Payee")), new TextColumn(context.Text("Tháng", "Month")), new TextColumn(context.Text("Loại", "Kind")),
                new TextColumn(context.Text("Số tiền", "Amount"), true), new TextColumn(context.Text("Lý do", "Reason")));
            foreach (var recipient in recipients)
            {
                foreach (var line in recipient.Lines)
                {
                    table.Row(recipient.PersonId, line.AwardId, line.Component, Role(line, context), line.ForMonth.Text(), Kind(line.Kind, context), ViText.Money(line.Amount),
                        $"{Sentence(line.Explanation, context)} ({line.Explanation.Citation}; {line.Explanation.Status})");
                }

                if (recipient.ZeroReason is { } zero) table.Row(recipient.PersonId, "", "", "", "", "", ViText.Money(Vnd.Zero), Sentence(zero, context));
                // What must be claimed back is no sum of the list: it stands below it, in brackets.
                foreach (var excess in recipient.Outstanding)
                    table.Row(recipient.PersonId, excess.AwardId, excess.Component, "", excess.ForMonth.Text(), context.Text("còn phải thu hồi", "to be recouped"), $"({ViText.Money(excess.Amount)})", Sentence(excess.Explanation, context));
            }

            output.Table(table);
            var total = recipients.Aggregate(Vnd.Zero, (sum, recipient) => sum + recipient.Total);
            output.Talk(context.Text($"{ViText.Count(recipients.Count)} người, tổng {ViText.Money(total)}.", $"{ViText.Count(recipients.Count)} people, {ViText.Money(total)} in all."));
        });

    static string Sentence(Explanation explanation, CommandContext context) => context.Text(explanation.Vi, explanation.En);

    static string Kind(LineKind kind, CommandContext context) => kind switch
    {
        LineKind.Regular => context.Text("hằng tháng", "regular"),
        LineKind.Arrears => context.Text("truy lĩnh", "arrears"),
        LineKind.Recoupment => context.Text("thu hồi", "recoupment"),
        _ => context.Text("một lần", "one-off"),
    };

    static string Role(EntitlementLine line, CommandContext context) => line.PayeeRole switch
    {
        Core.Recipients.PayeeRole.Self => context.Text("chính người hưởng", "self"),
        Core.Recipients.PayeeRole.Guardian => context.Text("người giám hộ", "guardian"),
        Core.Recipients.PayeeRole.Carer => context.Text("người phục vụ, chăm sóc", "carer"),
        Core.Recipients.PayeeRole.Household => context.Text("hộ gia đình", "household"),
        Core.Recipients.PayeeRole.Foster => context.Text("người nhận nuôi", "foster"),
        Core.Recipients.PayeeRole.Authorised => context.Text("người được ủy quyền", "authorised"),
        Core.Recipients.PayeeRole.Facility => context.Text("cơ sở", "facility"),
        _ => context.Text("người thờ cúng", "worshipper"),
    };

    /// <summary>--month M, --month M..M, or --from M --to M.</summary>
    static Result<(YearMonth First, YearMonth Last)> MonthsOf(string? month, string? from, string? to) => (month, from, to) switch
    {
        ({ } text, null, null) => MonthsOf(text),
        (null, { } first, { } last) when !first.Contains('.') && !last.Contains('.') => MonthsOf($"{first}..{last}"),
        _ => new Problem("usage.month", "The months are given by --month, or by --from and --to.", "Write --month 2026-11, or --from 2026-07 --to 2026-11."),
    };

    static Result<(YearMonth First, YearMonth Last)> MonthsOf(string text)
    {
        var parts = text.Split("..");
        if (parts.Length > 2) return new Problem("usage.month", $"'{text}' is not a month or a range of months.", "Use YYYY-MM or YYYY-MM..YYYY-MM.");
        return Months.Parse(parts[0]).Then(first => Months.Parse(parts[^1]).Then<(YearMonth, YearMonth)>(last =>
            last < first || last.Index() - first.Index() >= MonthsMax
                ? new Problem("usage.month", $"'{text}' is not a range from an earlier to a later month, of at most {MonthsMax} months.", "Write the earlier month first.")
                : (first, last)));
    }

    static Result<LocalDate> DayOf(string? text, CommandContext context)
    {
        // Viet Nam has one time zone, seven hours ahead of UTC, without summer time.
        if (text is null) return context.Clock.GetCurrentInstant().WithOffset(Offset.FromHours(7)).Date;
        var parsed = LocalDatePattern.Iso.Parse(text);
        return parsed.Success ? parsed.Value : new Problem("usage.date", $"'{text}' is not a day.", "Use YYYY-MM-DD, for example 2026-11-21.");
    }
}
