using System.CommandLine;
using System.Globalization;
using NodaTime;
using PaymentEngine.App.CommandLine;
using PaymentEngine.App.Demonstration;
using PaymentEngine.Core;
using PaymentEngine.Core.Money;
using PaymentEngine.Core.Payments;

namespace PaymentEngine.App.Commands;

/// <summary><c>payengine demo</c>: a whole month of a generated province, start to certificate.</summary>
static class DemoCommand
{
    const int RecipientsDefault = 10_000;

    public static Command Create(CommandContext context)
    {
        var recipients = new Option<int>("--recipients") { HelpName = "N", DefaultValueFactory = _ => RecipientsDefault, Description = context.Text("Số người hưởng được tạo", "People with an award to generate") };
        var month = new Option<string?>("--month") { HelpName = "YYYY-MM", Description = context.Text("Tháng chi trả; mặc định tháng gần nhất đã qua ngày 20", "The month to pay; default: the last one whose 20th has passed") };
        var seed = new Option<ulong>("--seed") { HelpName = "S", DefaultValueFactory = _ => 1, Description = context.Text("Số gieo: cùng số, cùng câu chuyện", "Seed: the same seed tells the same story") };
        var folder = new Option<string?>("--dir") { HelpName = "D", Description = context.Text("Thư mục để lại mọi tệp", "Folder in which all files are left") };
        return new Command("demo", context.Text("Xem một tháng chi trả từ đầu đến cuối với dữ liệu giả", "Watch a month being paid from start to end, with generated data")) { recipients, month, seed, folder }
            .Answers(context, (parse, cancel) => RunAsync(context, parse.GetValue(recipients), parse.GetValue(month), parse.GetValue(seed), parse.GetValue(folder), cancel));
    }

    static async Task<Answer> RunAsync(CommandContext context, int recipients, string? monthText, ulong seed, string? folder, CancellationToken cancel)
    {
        var month = monthText is null ? LastPaid(context.Clock.GetCurrentInstant()) : Months.Parse(monthText);
        if (!month.IsOk) return Answer.Refused(month.Problems);
        var options = new DemonstrationOptions(recipients, month.Value, seed, folder ?? Path.Combine(context.Settings.Home.Value, "demo", month.Value.Text()));
        context.Output.Talk(context.Text($"PaymentEngine: hai tháng chi trả của một tỉnh giả lập, {ViText.Count(recipients)} người hưởng, số gieo {seed}.",
            $"PaymentEngine: two months of a generated province, {ViText.Count(recipients)} recipients, seed {seed}."));
        return Answer.From(await new Demonstration.Demonstration(context, options).RunAsync(cancel), summary => Say(context, summary));
    }

    // The list of a month is final when the payer reports, by the 20th.
    static YearMonth LastPaid(Instant now)
    {
        var today = now.InZone(DateTimeZoneProviders.Tzdb["Asia/Ho_Chi_Minh"]).Date;
        return today.Day > 20 ? today.ToYearMonth() : today.ToYearMonth().Plus(-1);
    }

    static Answer Say(CommandContext context, DemonstrationSummary summary)
    {
        var holds = summary.Invariants.All(finding => finding.Holds) && summary.Certificates.All(certificate => certificate.Closes);
        return Answer.Of(new
        {
            recipients = summary.Options.Recipients,
            month = summary.Options.Month,
            seed = summary.Options.Seed,
            folder = summary.Folder,
            stages = summary.Stages.Select(stage => new { month = stage.Month?.Text(), stage = stage.En, seconds = Math.Round(stage.Seconds, 2), items = stage.Items }),
            runs = summary.Runs.Select(run => new { run = run.Id.ToString(), people = run.Total!.Recipients, listed_vnd = run.Total.ListedVnd, bank = run.Total.BankAttempts, cash = run.Total.CashAttempts, held = run.Total.Held }),
            certificates = summary.Certificates.Select(certificate => new
            {
                run = certificate.Run.ToString(), closed = certificate.AtClose, closes = certificate.Closes, listed_vnd = certificate.Listed,
                places = Places.All.Skip(1).Select(place => new { place = place.Code, items = certificate.In(place.Place).Items, sum_vnd = certificate.In(place.Place).Sum }),
            }),
            invariants = summary.Invariants.Select(finding => new { id = finding.Id, holds = finding.Holds }),
            cash_lists = summary.CashLists,
            seconds = Math.Round(summary.Seconds, 1),
            peak_client_bytes = summary.PeakClientBytes,
        }, output =>
        {
            foreach (var run in summary.Runs.Where(run => run.Run.Month == summary.Options.Month.Key())) Difference(context, output, run);
            var table = new TextTable([new TextColumn(context.Text("Nơi của tiền", "Where the money is")), .. summary.Certificates.Select(certificate => new TextColumn(certificate.Run.ToString(), true))]);
            foreach (var place in Places.All.Skip(1).Where(place => summary.Certificates.Any(certificate => certificate.In(place.Place).Items > 0)))
                table.Row([context.Text(place.Vi, place.En), .. summary.Certificates.Select(certificate => ViText.Money(certificate.In(place.Place).Sum))]);
            table.Row([context.Text("Cộng", "Sum"), .. summary.Certificates.Select(certificate => ViText.Money(certificate.Placed))]);
            table.Row([context.Text("Đã lập danh sách", "Listed"), .. summary.Certificates.Select(certificate => ViText.Money(certificate.Listed))]);
            table.Row([context.Text("Đợt", "Run"), .. summary.Certificates.Select(certificate => certificate.AtClose ? context.Text("đã đóng, khớp", "closed, adds up") : certificate.Closes ? context.Text("còn mở, khớp", "open, adds up") : context.Text("KHÔNG KHỚP", "DOES NOT ADD UP"))]);
            output.Table(table);
            output.Line(context.Text($"Thời gian {Seconds(summary.Seconds)}; bộ nhớ chương trình cao nhất {ViText.Bytes(summary.PeakClientBytes)}. Từng bước:", $"Time {Seconds(summary.Seconds)}; peak client memory {ViText.Bytes(summary.PeakClientBytes)}. Step by step:"));
            var steps = new TextTable(new TextColumn(context.Text("Tháng", "Month")), new TextColumn(context.Text("Bước", "Step")), new TextColumn(context.Text("Số lượng", "Items"), true), new TextColumn(context.Text("Giây", "Seconds"), true));
            foreach (var stage in summary.Stages) steps.Row(stage.Month is { } month ? ViText.Month(month) : "", context.Text(stage.Vi, stage.En), ViText.Count(stage.Items), Seconds(stage.Seconds));
            output.Table(steps);
            foreach (var broken in summary.Invariants.Where(finding => !finding.Holds)) output.Line($"{broken.Id}: {context.Text(broken.Vi, broken.En)}: {broken.Violations[0]}");
            output.Line(holds ? context.Text($"Mọi đồng đều có chỗ: {summary.Invariants.Count} bất biến đều giữ.", $"Every đồng has its place: all {summary.Invariants.Count} invariants hold.")
                : context.Text("CÓ BẤT BIẾN KHÔNG GIỮ.", "AN INVARIANT IS BROKEN."));
            output.Line(context.Text($"Mọi tệp ở {summary.Folder}", $"All files are in {summary.Folder}"));
            output.Talk(context.Text($"Tiếp theo: payengine login {DemoPeople.MakerName} --password-file {DemoPeople.PasswordFile(Path.Combine(summary.Folder, "people"), DemoPeople.MakerName)}",
                $"Next: payengine login {DemoPeople.MakerName} --password-file {DemoPeople.PasswordFile(Path.Combine(summary.Folder, "people"), DemoPeople.MakerName)}"));
        }) with { Exit = holds ? ExitCode.Done : ExitCode.OurFault };
    }

    static void Difference(CommandContext context, Output output, Operations.RunView run)
    {
        var table = new TextTable(new TextColumn(context.Text($"Chênh lệch so với tháng trước, {run.Id}", $"Difference from last month, {run.Id}")), new TextColumn(context.Text("Số lượng", "Items"), true), new TextColumn(context.Text("Số tiền", "Sum"), true));
        foreach (var cause in run.Difference.GroupBy(row => row.Cause))
            table.Row(Cause(context, cause.Key), ViText.Count(cause.Sum(row => row.Items)), ViText.Money(new Vnd(cause.Sum(row => row.SumVnd))));
        output.Table(table);
    }

    static string Cause(CommandContext context, string cause) => cause switch
    {
        "last_month" => context.Text("  Tháng trước", "  Last month"),
        "new" => context.Text("+ mới", "+ new"),
        "stopped" => context.Text("- dừng", "- stopped"),
        "raised" => context.Text("~ tăng mức", "~ raised"),
        "lowered" => context.Text("~ giảm mức", "~ lowered"),
        "arrears" => context.Text("+ truy lĩnh tháng này", "+ arrears this month"),
        "arrears_before" => context.Text("- truy lĩnh tháng trước", "- arrears of last month"),
        "recouped" => context.Text("- thu hồi tháng này", "- recouped this month"),
        "recouped_before" => context.Text("+ thu hồi tháng trước", "+ recouped last month"),
        "moved" => context.Text("~ chuyển xã", "~ moved"),
        "other_account" => context.Text("~ đổi tài khoản", "~ other account"),
        "other_payee" => context.Text("~ đổi người nhận", "~ other payee"),
        _ => context.Text("= Tháng này", "= This month"),
    };

    static string Seconds(double seconds) => ViText.Decimal((decimal)seconds, 1);
}
