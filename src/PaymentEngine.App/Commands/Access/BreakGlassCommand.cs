using System.CommandLine;
using NodaTime;
using PaymentEngine.App.CommandLine;
using PaymentEngine.App.Operations.Access;
using PaymentEngine.Core;
using PaymentEngine.Postgres.Access;

namespace PaymentEngine.App.Commands.Access;

/// <summary><c>payengine breakglass …</c>: exceptions by two people, for a while, for one run or one case.</summary>
static class BreakGlassCommand
{
    public static Command Create(CommandContext context)
    {
        var role = new Option<string?>("--role") { HelpName = "R", Description = context.Text("Vai trò cần mượn", "The role to lend") };
        var commune = new Option<string[]>("--commune") { AllowMultipleArgumentsPerToken = true, HelpName = "C", Description = context.Text("Mã xã cần mượn", "Codes of the communes to lend") };
        var subject = new Option<string>("--for") { Required = true, HelpName = "R|\"case N\"", Description = context.Text("Cho đợt hay việc nào: 40-2611-001, hoặc \"case 12\"", "For which run or case: 40-2611-001, or \"case 12\"") };
        var hours = new Option<int>("--hours") { HelpName = "N", DefaultValueFactory = _ => 4, Description = context.Text("Trong mấy giờ, nhiều nhất 24", "For how many hours, at most 24") };
        var reason = new Option<string>("--reason") { Required = true, HelpName = "TEXT", Description = context.Text("Vì sao không thể chờ", "Why it cannot wait") };
        var number = new Argument<int>("number") { Description = context.Text("Số của ngoại lệ", "Number of the exception") };
        return new Command("breakglass", context.Text("Ngoại lệ khẩn cấp: người này xin, người khác cho, có hạn, mọi việc đều được ghi", "Emergency exceptions: asked by one, granted by another, for a while, every use written down"))
        {
            new Command("ask", context.Text("Xin một vai trò hoặc xã, cho một đợt hay một việc", "Ask for a role or communes, for one run or one case")) { role, commune, subject, hours, reason }
                .Answers(context, (parse, cancel) => context.AsCallerAsync(async (database, caller) => Answer.From(await new BreakGlasses(database, context.Clock).AskAsync(caller, new(
                    parse.GetValue(role)?.Replace('-', '_'), [.. (parse.GetValue(commune) ?? []).SelectMany(text => text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)).Distinct()],
                    parse.GetRequiredValue(subject), parse.GetValue(hours), parse.GetRequiredValue(reason)), cancel), one => Say(context, [one])), cancel)),
            new Command("grant", context.Text("Cho người khác (quản trị hoặc người duyệt cấp trên)", "Grant somebody else's (administrator or chief approver)")) { number }
                .Answers(context, (parse, cancel) => context.AsCallerAsync(async (database, caller) => Answer.From(await new BreakGlasses(database, context.Clock).GrantAsync(caller, parse.GetValue(number), cancel), one => Say(context, [one])), cancel)),
            new Command("list", context.Text("Các ngoại lệ: ai xin, ai cho, đến bao giờ, đã dùng mấy lần", "Exceptions: who asked, who granted, until when, how often used"))
                .Answers(context, (_, cancel) => context.AsCallerAsync(async (database, caller) => Answer.From(await new BreakGlasses(database, context.Clock).ListAsync(caller, cancel), all => Say(context, all)), cancel)),
            new Command("end", context.Text("Kết thúc ngay", "End one at once")) { number }
                .Answers(context, (parse, cancel) => context.AsCallerAsync(async (database, caller) => Answer.From(await new BreakGlasses(database, context.Clock).EndAsync(caller, parse.GetValue(number), cancel), one => Say(context, [one])), cancel)),
        };
    }

    /// <summary>One exception in a line: what, for what, by whom, until when.</summary>
    internal static string Line(CommandContext context, ListedGlass one) => context.Text(
        $"Ngoại lệ {one.GlassNo}: {What(one)} cho {one.Subject}; {one.AskedBy} xin, {one.GrantedBy ?? "chưa ai"} cho; đến {Time(one.EndsAt)}; đã dùng {one.Uses}. Lý do: {one.Reason}",
        $"Exception {one.GlassNo}: {What(one)} for {one.Subject}; asked by {one.AskedBy}, granted by {one.GrantedBy ?? "nobody yet"}; until {Time(one.EndsAt)}; used {one.Uses}. Reason: {one.Reason}");

    static Answer Say(CommandContext context, IReadOnlyList<ListedGlass> all) => Answer.Of(new
    {
        exceptions = all.Select(one => new
        {
            number = one.GlassNo, asked_by = one.AskedBy, role = one.Role, communes = one.CommuneCodes, subject = one.Subject, reason = one.Reason, asked_at = one.AskedAt, ends_at = one.EndsAt,
            granted_by = one.GrantedBy, granted_at = one.GrantedAt, ended_by = one.EndedBy, ended_at = one.EndedAt, uses = one.Uses, stands = BreakGlasses.Stands(one, context.Clock.GetCurrentInstant()),
        }),
    }, output =>
    {
        if (all.Count == 0) output.Line(context.Text("Không có ngoại lệ nào.", "There is no exception."));
        foreach (var one in all) output.Line(Line(context, one) + (one.EndedAt is { } ended ? context.Text($" Đã kết thúc {Time(ended)} ({one.EndedBy}).", $" Ended {Time(ended)} ({one.EndedBy}).") : ""));
    });

    static string What(ListedGlass one) => one.Role ?? string.Join(", ", one.CommuneCodes ?? []);

    static string Time(Instant at) => ViText.Time(at.WithOffset(Offset.FromHours(7)).LocalDateTime);
}
