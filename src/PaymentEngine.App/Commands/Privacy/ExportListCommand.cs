using System.CommandLine;
using NodaTime;
using NodaTime.Text;
using PaymentEngine.App.CommandLine;
using PaymentEngine.App.Commands.Register;
using PaymentEngine.App.Operations.Privacy;
using PaymentEngine.Core;

namespace PaymentEngine.App.Commands.Privacy;

/// <summary><c>payengine audit exports</c>: who took people out as files; <c>payengine audit alerts</c>: who looked at many.</summary>
static class ExportListCommand
{
    public static Command Exports(CommandContext context)
    {
        var sha256 = new Option<string?>("--sha256") { HelpName = "H", Description = context.Text("Tệp bị lộ: mã SHA-256 của nó, từ 8 ký tự đầu", "A file that leaked: its SHA-256, the first 8 figures or more") };
        var number = new Option<string?>("--number") { HelpName = "40-E12", Description = context.Text("Số bản xuất ghi trong tệp", "The number the file carries") };
        var person = new Option<string?>("--person") { HelpName = "U", Description = context.Text("Ai đã xuất", "Who took it") };
        var from = new Option<string?>("--from") { HelpName = "YYYY-MM-DD", Description = context.Text("Từ ngày", "From this day on") };
        var all = new Option<bool>("--all") { Description = context.Text("Cả tệp gửi ngân hàng, công an, cổng dịch vụ công", "Files to banks, police and portals too") };
        return new Command("exports", context.Text("Ai đã lấy dữ liệu cá nhân ra tệp, lúc nào, để làm gì; tìm nguồn của tệp bị lộ", "Who took personal data out as files, when and what for; where a leaked file came from")) { sha256, number, person, from, all }
            .Answers(context, (parse, cancel) =>
            {
                Instant? since = null;
                if (parse.GetValue(from) is { } day)
                {
                    if (LocalDatePattern.Iso.Parse(day) is not { Success: true, Value: var date }) return Task.FromResult(Answer.Refused(new Problem("usage.date", $"'{day}' is not a day.", "Write it as 2026-11-21.")));
                    since = date.AtStartOfDayInZone(DateTimeZoneProviders.Tzdb["Asia/Ho_Chi_Minh"]).ToInstant();
                }

                return context.AsCallerAsync(async (database, caller) => Answer.From(
                    await new DataExports(database, context.Files, context.Clock).FindAsync(caller, parse.GetValue(sha256), parse.GetValue(number), parse.GetValue(person), since, parse.GetValue(all), cancel), found => Answer.Of(new
                    {
                        exports = found.Select(one => new { number = one.Number, person = one.Person, at = At(one.At), command = one.Command, purpose = one.Purpose, file = one.FileName, rows = one.Rows, sha256 = one.Sha256 }),
                    }, output =>
                    {
                        if (found.Count == 0)
                        {
                            output.Line(context.Text("Không có bản xuất nào như vậy.", "There is no such export."));
                            return;
                        }

                        var table = new TextTable(new TextColumn(context.Text("Số", "No.")), new TextColumn(context.Text("Lúc", "At")), new TextColumn(context.Text("Ai", "Who")), new TextColumn(context.Text("Lệnh", "Command")), new TextColumn(context.Text("Mục đích", "Purpose")),
                            new TextColumn(context.Text("Tệp", "File")), new TextColumn(context.Text("Số dòng", "Rows"), true), new TextColumn("SHA-256"));
                        foreach (var one in found)
                            table.Row(one.Number, PeopleCommand.Time(At(one.At)), one.Person, one.Command, one.Purpose, one.FileName ?? context.Text("chưa ghi xong", "not finished"), one.Rows is { } rows ? ViText.Count(rows) : "", one.Sha256 is { } digest ? digest[..16] + "…" : "");
                        output.Table(table);
                    })), cancel);
            });
    }

    public static Command Alerts(CommandContext context)
    {
        var told = new Option<int>("--alert") { Required = true, HelpName = "N", Description = context.Text("Từ bao nhiêu người một ngày thì báo", "People a day from which somebody is told") };
        var stopped = new Option<int>("--stop") { Required = true, HelpName = "N", Description = context.Text("Từ bao nhiêu người một ngày thì dừng", "People a day from which reading stops") };
        var reader = new Argument<string>("user") { Description = context.Text("Người bị dừng hôm nay", "Who was stopped today") };
        var reason = Reason(context);
        var why = Reason(context);
        var command = new Command("alerts", context.Text("Ai đã xem dữ liệu của nhiều người trong một ngày", "Who looked at many people in one day"))
        {
            new Command("limit", context.Text("Đặt ngưỡng báo và ngưỡng dừng (quản trị)", "Set both limits (administrator)")) { told, stopped, reason }
                .AsCaller(context, async (parse, database, caller, cancel) => Answer.From(await new ReadLimits(database, context.Clock).SetAsync(caller, parse.GetValue(told), parse.GetValue(stopped), parse.GetRequiredValue(reason), cancel), limit =>
                    Answer.Said(context.Text($"Từ nay báo từ {ViText.Count(limit.AlertPeople)} người, dừng từ {ViText.Count(limit.StopPeople)} người một ngày.", $"From now on told from {ViText.Count(limit.AlertPeople)} people, stopped from {ViText.Count(limit.StopPeople)} people a day.")))),
            new Command("lift", context.Text("Cho người bị dừng xem tiếp hôm nay: một quản trị và một kiểm toán, hai người", "Let a stopped reader go on today: an administrator and an auditor, two persons")) { reader, why }
                .AsCaller(context, async (parse, database, caller, cancel) => Answer.From(await new ReadLimits(database, context.Clock).LiftAsync(caller, parse.GetRequiredValue(reader), parse.GetRequiredValue(why), cancel), both => Answer.Said(both
                    ? context.Text($"{parse.GetRequiredValue(reader)} được xem tiếp đến hết ngày.", $"{parse.GetRequiredValue(reader)} may read on until the day ends.")
                    : context.Text("Đã ghi; còn cần người thứ hai (quản trị và kiểm toán).", "Kept; the second person is still needed (an administrator and an auditor).")))),
        };
        return command.AsCaller(context, async (_, database, caller, cancel) => Answer.From(await new ReadLimits(database, context.Clock).AlertsAsync(caller, cancel), found => Answer.Of(new
        {
            alert_people = found.Limit.AlertPeople, stop_people = found.Limit.StopPeople,
            alerts = found.Alerts.Select(one => new { reader = one.Reader, day = one.Day, level = one.Level, people = one.People, limit = one.LimitPeople, at = At(one.At), lifted_by = one.LiftedBy }),
        }, output =>
        {
            output.Line(context.Text($"Báo từ {ViText.Count(found.Limit.AlertPeople)} người, dừng từ {ViText.Count(found.Limit.StopPeople)} người một ngày.", $"Told from {ViText.Count(found.Limit.AlertPeople)} people, stopped from {ViText.Count(found.Limit.StopPeople)} people a day."));
            if (found.Alerts.Count == 0)
            {
                output.Line(context.Text("30 ngày qua không ai vượt ngưỡng.", "Nobody passed a limit in the last 30 days."));
                return;
            }

            var table = new TextTable(new TextColumn(context.Text("Ngày", "Day")), new TextColumn(context.Text("Ai", "Who")), new TextColumn(context.Text("Mức", "Level")), new TextColumn(context.Text("Đã xem", "Read"), true), new TextColumn(context.Text("Ngưỡng", "Limit"), true), new TextColumn(context.Text("Cho xem tiếp", "Lifted by")));
            foreach (var one in found.Alerts)
                table.Row(ViText.Date(one.Day), one.Reader, one.Level == "told" ? context.Text("báo", "told") : context.Text("dừng", "stopped"), ViText.Count(one.People), ViText.Count(one.LimitPeople), string.Join(", ", one.LiftedBy));
            output.Table(table);
            output.Talk(context.Text("Đã xem gì: payengine audit reads --person NGƯỜI", "What was read: payengine audit reads --person WHO"));
        })));
    }

    static Option<string> Reason(CommandContext context) => new("--reason") { Required = true, HelpName = "TEXT", Description = context.Text("Vì sao; được lưu giữ", "Why; it is kept") };

    static Instant At(DateTime at) => Instant.FromDateTimeUtc(DateTime.SpecifyKind(at, DateTimeKind.Utc));
}
