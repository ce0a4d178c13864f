using System.CommandLine;
using PaymentEngine.App.CommandLine;
using PaymentEngine.App.Generation;
using PaymentEngine.Core;
using PaymentEngine.Messages.Csv;
using NodaTime;

namespace PaymentEngine.App.Commands;

/// <summary><c>payengine generate</c>: a register of any size from a seed, as files.</summary>
static class GenerateCommand
{
    static readonly DateTimeZone vietNam = DateTimeZoneProviders.Tzdb["Asia/Ho_Chi_Minh"];

    public static Command Create(CommandContext context)
    {
        var recipients = new Option<int>("--recipients", "-n")
        {
            Description = context.Text("Số người hưởng (có ít nhất một quyết định)", "Recipients (people with at least one award)"), DefaultValueFactory = _ => 10_000,
        };
        var seed = new Option<ulong>("--seed") { Description = context.Text("Số gốc: cùng số, cùng dữ liệu", "Same seed, same data"), DefaultValueFactory = _ => 1 };
        var folder = new Option<DirectoryInfo>("--out", "-o") { Description = context.Text("Thư mục ghi tệp", "Folder for the files"), Required = true };
        var province = new Option<string>("--province") { Description = context.Text("Tỉnh: 40 Nghệ An (mặc định) hoặc 38 Thanh Hóa", "Province: 40 Nghệ An (default) or 38 Thanh Hóa"), DefaultValueFactory = _ => "40" };
        var month = new Option<string?>("--month") { Description = context.Text("Tháng danh sách đầu tiên, YYYY-MM (mặc định: tháng này)", "First list month, YYYY-MM (default: this month)") };
        var rate = new Option<int?>("--account-rate") { Description = context.Text("Phần trăm người nhận qua tài khoản (mặc định: số đã công bố của tỉnh)", "Per cent paid by account (default: the province's published share)") };
        var changes = new Option<bool>("--changes") { Description = context.Text("Chỉ ghi biến động của tháng sau, vào cùng dạng tệp", "Only the changes of the next month, in files of the same form") };
        var poor = new Option<bool>("--with-poor") { Description = context.Text("Thêm người nghèo, cận nghèo không có trợ cấp", "Add poor and near-poor people without an award") };

        var generate = new Command("generate", context.Text("Tạo danh sách thử (người, quyết định, người nhận) từ một số gốc", "Generate a register (people, awards, payees) from a seed"))
        {
            recipients, seed, folder, province, month, rate, changes, poor,
        };
        return generate.Answers(context, (parse, cancel) => Task.FromResult(Generate(
            context, parse.GetValue(recipients), parse.GetValue(seed), parse.GetValue(month), parse.GetValue(province)!, parse.GetValue(rate),
            parse.GetValue(poor), parse.GetValue(changes), parse.GetValue(folder)!.FullName, cancel)));
    }

    static Answer Generate(CommandContext context, int recipients, ulong seed, string? monthText, string province, int? rate, bool poor, bool changes, string folder, CancellationToken cancel)
    {
        var month = monthText is null ? context.Clock.GetCurrentInstant().InZone(vietNam).Date.ToYearMonth() : Months.Parse(monthText);
        var options = month.Then(m => new GenerationOptions(recipients, seed, m) { ProvinceCode = province, AccountRatePercent = rate, WithPoor = poor }.Checked());
        return Answer.From(options, chosen =>
        {
            // A register of real people may lie there: what is made up never takes its place.
            var names = ((RegisterFileKind[])[RegisterFileKind.People, RegisterFileKind.Awards, RegisterFileKind.Payees]).Select(kind => Path.Combine(folder, RegisterFiles.FileName(kind)));
            if (names.FirstOrDefault(context.Files.Exists) is { } there) return Answer.Refused(new Problem("file.exists", $"{there} is there already.", "Name an empty folder; files are never overwritten.").In(there));
            context.Files.MakeFolder(folder);
            using var progress = context.Output.Progress(context.Text("Tạo danh sách", "Generating"), chosen.Recipients);
            Stream Create(string name) => context.Files.Create(Path.Combine(folder, name));
            var made = changes
                ? ProvinceGenerator.NextMonthChanges(chosen, Create, progress.Report, cancel)
                : ProvinceGenerator.Generate(chosen, Create, progress.Report, cancel);
            return Said(chosen, made, folder, changes);
        });
    }

    static Answer Said(GenerationOptions options, GenerationSummary made, string folder, bool changes)
    {
        var shown = changes ? options.Month.Plus(1) : options.Month;
        return Answer.Of(
            new
            {
                folder, month = shown.Text(), seed = options.Seed, province_code = options.ProvinceCode, changes,
                recipients = made.Recipients, people_rows = made.People, award_rows = made.Awards, payee_rows = made.Payees, paid_by_account = made.PaidByAccount, communes = made.Communes,
            },
            output =>
            {
                output.Line(changes
                    ? output.Text($"Biến động cho danh sách tháng {shown.Text()}:", $"Changes for the list of {shown.Text()}:")
                    : output.Text($"Danh sách cho tháng {shown.Text()}: {ViText.Count(made.Recipients)} người hưởng ở {made.Communes} xã, {ViText.Count(made.PaidByAccount)} nhận qua tài khoản.",
                        $"Register for {shown.Text()}: {ViText.Count(made.Recipients)} recipients in {made.Communes} communes, {ViText.Count(made.PaidByAccount)} paid by account."));
                output.Line(output.Text(
                    $"  people.csv {ViText.Count(made.People)} dòng · awards.csv {ViText.Count(made.Awards)} dòng · payees.csv {ViText.Count(made.Payees)} dòng",
                    $"  people.csv {ViText.Count(made.People)} rows · awards.csv {ViText.Count(made.Awards)} rows · payees.csv {ViText.Count(made.Payees)} rows"));
                output.Line(output.Text($"  trong {folder}", $"  in {folder}"));
            });
    }
}
