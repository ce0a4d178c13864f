using System.CommandLine;
using System.Globalization;
using NodaTime;
using NodaTime.Text;
using PaymentEngine.App.Banks;
using PaymentEngine.App.CommandLine;
using PaymentEngine.App.Operations;
using PaymentEngine.Core;
using PaymentEngine.Core.Payments;
using PaymentEngine.Messages;
using PaymentEngine.Postgres;

namespace PaymentEngine.App.Commands;

/// <summary><c>payengine bank find ID</c> and <c>payengine bank simulate</c>: where a payment stands in our files, and a bank to practise with.</summary>
static class BankFileCommands
{
    public static Command Find(CommandContext context)
    {
        var id = new Argument<string>("id") { Description = context.Text("Mã lệnh chi (18 ký tự), hoặc mã người hưởng cùng --run", "Payment id (18 characters), or a person's id with --run") };
        var run = new Option<string?>("--run") { HelpName = "R", Description = context.Text("Đợt chi trả của người hưởng", "The run to look for the person in") };
        return new Command("find", context.Text("Khoản chi nằm ở tệp, lô và dòng nào", "Which file, batch and line holds a payment")) { id, run }
            .Answers(context, (parse, cancel) => FindAsync(context, parse.GetRequiredValue(id), parse.GetValue(run), cancel));
    }

    public static Command Simulate(CommandContext context)
    {
        var from = new Option<string>("--in") { HelpName = "D", Required = true, Description = context.Text("Thư mục có tệp lệnh chi", "Folder with files to the bank") };
        var to = new Option<string>("--out") { HelpName = "D", Required = true, Description = context.Text("Thư mục nhận trả lời", "Folder for the answers") };
        var seed = new Option<ulong>("--seed") { HelpName = "S", DefaultValueFactory = _ => 1, Description = context.Text("Cùng số, cùng trả lời", "The same seed gives the same answers") };
        var scenario = new Option<string>("--scenario") { HelpName = "X", DefaultValueFactory = _ => "returns", Description = BankScenarios.WordList };
        var habit = new Option<string>("--habit") { HelpName = "H", DefaultValueFactory = _ => "", Description = BankHabit.WordList };
        var profile = new Option<string?>("--profile") { HelpName = "ID", Description = context.Text("Thói quen theo hồ sơ ngân hàng (mặc định: theo bản kê cạnh tệp)", "Habits of this bank profile (default: that of the manifest beside a file)") };
        var account = new Option<string?>("--account") { HelpName = "NO", Description = context.Text("Tài khoản chi của đơn vị, khi danh sách CSV/XLSX không ghi", "The payer's account, where a CSV or XLSX list does not say it") };
        var date = new Option<string?>("--date") { HelpName = "YYYY-MM-DD", Description = context.Text("Ngày ngân hàng nhận tệp (mặc định: ngày ghi tệp)", "The day the bank takes the files (default: the day they were made)") };
        return new Command("simulate", context.Text("Ngân hàng mô phỏng: đọc tệp lệnh chi, viết trả lời", "Simulated bank: reads our files, writes its answers")) { from, to, seed, scenario, habit, profile, account, date }
            .Answers(context, parse => Simulate(context, parse.GetRequiredValue(from), parse.GetRequiredValue(to), parse.GetValue(seed), parse.GetRequiredValue(scenario), parse.GetRequiredValue(habit), parse.GetValue(profile), parse.GetValue(account), parse.GetValue(date)));
    }

    static Task<Answer> FindAsync(CommandContext context, string text, string? runText, CancellationToken cancel) => context.AsCallerAsync(async (database, caller) =>
    {
        var exports = new PaymentsInFiles(database);
        if (runText is null)
        {
            var id = InstructionId.Parse(text);
            return id.IsOk ? Answer.From(await exports.FindAsync(caller, id.Value, cancel), one => Found(context, [one])) : Answer.Refused(id.Problems);
        }

        var run = RunId.Parse(runText);
        return run.IsOk ? Answer.From(await exports.FindAsync(caller, run.Value, text, cancel), found => Found(context, found)) : Answer.Refused(run.Problems, ExitCode.WrongUsage);
    }, cancel);

    static Answer Found(CommandContext context, IReadOnlyList<OrderInFile> found) => Answer.Of(new
    {
        payments = found.Select(one => new
        {
            person_id = one.PersonId, amount_vnd = one.AmountVnd, msg_id = one.MsgId, pmt_inf_id = one.PmtInfId, place_in_batch = one.PlaceInBatch, line = PaymentsInFiles.LineOf(one),
            execution_date = one.ExecutionDate, bank = one.BankBin, account_tail = one.AccountTail,
        }),
    }, output =>
    {
        foreach (var one in found)
        {
            output.Line(context.Text(
                $"{one.PersonId} {one.FullName}: {ViText.Money(one.AmountVnd)} vào {BankDirectory.Find(one.BankBin)?.ShortName ?? one.BankBin} …{one.AccountTail}",
                $"{one.PersonId} {one.FullName}: {ViText.Money(one.AmountVnd)} to {BankDirectory.Find(one.BankBin)?.ShortName ?? one.BankBin} …{one.AccountTail}"));
            output.Line(context.Text(
                $"  tệp {one.MsgId}, lô {one.PmtInfId}, lệnh thứ {ViText.Count(one.PlaceInBatch)} của lô, dòng {ViText.Count(PaymentsInFiles.LineOf(one))}, thực hiện {ViText.Date(one.ExecutionDate)}",
                $"  file {one.MsgId}, batch {one.PmtInfId}, payment {ViText.Count(one.PlaceInBatch)} of it, line {ViText.Count(PaymentsInFiles.LineOf(one))}, execution {ViText.Date(one.ExecutionDate)}"));
        }
    });

    static Answer Simulate(CommandContext context, string from, string to, ulong seed, string scenarioText, string habits, string? profileId, string? account, string? dateText)
    {
        var scenario = BankScenarios.Parse(scenarioText);
        if (!scenario.IsOk) return Answer.Refused(scenario.Problems, ExitCode.WrongUsage);
        var habit = BankHabit.Usual.With(habits);
        if (!habit.IsOk) return Answer.Refused(habit.Problems, ExitCode.WrongUsage);
        var profile = profileId is null ? null : BankProfiles.Find(profileId);
        if (profileId is not null && profile is null)
        {
            return Answer.Refused([new Problem("usage.profile", $"'{profileId}' is no bank profile.", $"Use one of {string.Join(", ", BankProfiles.All.Select(one => one.Id))}.")], ExitCode.WrongUsage);
        }

        LocalDate? date = null;
        if (dateText is not null)
        {
            var parsed = LocalDatePattern.Iso.Parse(dateText);
            if (!parsed.Success) return Answer.Refused(new Problem("usage.date", $"'{dateText}' is not a day.", "Use YYYY-MM-DD, for example 2026-11-02."));
            date = parsed.Value;
        }

        var answered = new SimulatedBank(context.Files, seed, scenario.Value, BankingCalendars.VietNam, profile, habits, account).Answer(Path.GetFullPath(from), Path.GetFullPath(to), date);
        return Answer.From(answered, done => Answer.Of(new
        {
            files = done.Files, odd = done.Answers.Where(one => one.Note is not null).Select(one => new { file = one.File, note = one.Note }), truth = Path.Combine(Path.GetFullPath(to), SimulatedTruth.FileName),
            payments = done.Payments, sum_vnd = done.Sum, rejected = done.Rejected, rejected_vnd = done.RejectedSum, returned = done.Returned, returned_vnd = done.ReturnedSum,
            first_day = done.FirstDay, last_day = done.LastDay,
        }, output =>
        {
            output.Line(context.Text(
                $"Ngân hàng mô phỏng ({scenarioText}, số {seed.ToString(CultureInfo.InvariantCulture)}): {ViText.Count(done.Payments)} lệnh chi, {ViText.Money(done.Sum)}",
                $"Simulated bank ({scenarioText}, seed {seed.ToString(CultureInfo.InvariantCulture)}): {ViText.Count(done.Payments)} payments, {ViText.Money(done.Sum)}"));
            output.Line(context.Text($"  từ chối {ViText.Count(done.Rejected)} ({ViText.Money(done.RejectedSum)}), trả lại {ViText.Count(done.Returned)} ({ViText.Money(done.ReturnedSum)})",
                $"  rejected {ViText.Count(done.Rejected)} ({ViText.Money(done.RejectedSum)}), returned {ViText.Count(done.Returned)} ({ViText.Money(done.ReturnedSum)})"));
            foreach (var odd in done.Answers.Where(one => one.Note is not null)) output.Line($"  {odd.File}: {odd.Note}");
            output.Line(context.Text($"  {ViText.Count(done.Files.Count)} tệp trả lời, {ViText.Date(done.FirstDay)} – {ViText.Date(done.LastDay)}", $"  {ViText.Count(done.Files.Count)} answers, {ViText.Date(done.FirstDay)} – {ViText.Date(done.LastDay)}"));
            output.Line(context.Text($"  việc đã thật sự xảy ra: {Path.Combine(to, SimulatedTruth.FileName)}", $"  what really happened: {Path.Combine(to, SimulatedTruth.FileName)}"));
        }));
    }
}
