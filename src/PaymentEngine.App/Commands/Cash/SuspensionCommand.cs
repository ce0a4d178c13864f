using System.CommandLine;
using NodaTime;
using PaymentEngine.App.CommandLine;
using PaymentEngine.App.Operations.Cash;
using PaymentEngine.Core;
using PaymentEngine.Core.CashPayouts;
using PaymentEngine.Core.Money;
using PaymentEngine.Postgres.Cash;

namespace PaymentEngine.App.Commands.Cash;

/// <summary><c>payengine cash suspensions …</c>: awards nobody collected for three months in a row.</summary>
static class SuspensionCommand
{
    public static Command Create(CommandContext context)
    {
        var all = new Option<bool>("--all") { Description = context.Text("Cả những đề nghị đã quyết định", "Decided ones too") };
        var number = new Argument<int>("proposal") { Description = context.Text("Số của đề nghị", "Number of the proposal") };
        var accept = new Option<string?>("--accept") { HelpName = "DECISION", Description = context.Text("Tạm dừng; số và ngày quyết định", "Suspend; number and day of the decision") };
        var refuse = new Option<string?>("--refuse") { HelpName = "REASON", Description = context.Text("Không tạm dừng; lý do", "Do not suspend; the reason") };
        var command = new Command("suspensions", context.Text("Đề nghị tạm dừng trợ cấp không ai nhận ba tháng liền", "Suspensions proposed for awards nobody collected three months in a row"))
        {
            all,
            new Command("propose", context.Text("Tìm và lập đề nghị; làm lại không sao", "Search and propose; again does no harm"))
                .Answers(context, (_, cancel) => context.AsCallerAsync(async (database, caller) => Answer.From(await new UncollectedSuspensions(database, context.Clock).ProposeAsync(caller, cancel), made => Proposed(context, made)), cancel)),
            new Command("decide", context.Text("Quyết định một đề nghị (người khác người lập)", "Decide a proposal (somebody else than who proposed it)")) { number, accept, refuse }
                .Answers(context, (parse, cancel) => DecideAsync(context, parse.GetValue(number), parse.GetValue(accept), parse.GetValue(refuse), cancel)),
        };
        return command.Answers(context, (parse, cancel) => context.AsCallerAsync(async (database, caller) => Listed(context, await new UncollectedSuspensions(database, context.Clock).ListAsync(caller, parse.GetValue(all), cancel)), cancel));
    }

    static Task<Answer> DecideAsync(CommandContext context, int number, string? accept, string? refuse, CancellationToken cancel)
    {
        if ((accept is null) == (refuse is null)) return Task.FromResult(Answer.Refused(new Problem("usage.decision", "A decision is either --accept DECISION or --refuse REASON.", "Give one of the two.")));
        return context.AsCallerAsync(async (database, caller) => Answer.From(await new UncollectedSuspensions(database, context.Clock).DecideAsync(caller, number, accept is not null, accept ?? refuse!, cancel), one => Answer.Of(Json(one), output =>
        {
            output.Line($"{one.ProposalNo} · {one.FullName} ({one.PersonId}) · {one.AwardId} · {Outcome(context, one)}");
            if (one.SuspendedFrom is { } from)
                output.Line(context.Text($"Tạm dừng từ tháng {ViText.Month(Months.FromKey(from))}. Các tháng đã lập danh sách vẫn chờ người nhận.", $"Suspended from {Months.FromKey(from).Text()}. What is listed already stays the person's."));
        })), cancel);
    }

    static Answer Proposed(CommandContext context, ProposedSuspensions made) => Answer.Of(new { made = made.Made.Select(Json), overtaken = made.Overtaken, still_open = made.StillOpen }, output =>
    {
        if (made.Made.Count > 0) Table(context, output, made.Made);
        output.Line(context.Text($"Đề nghị mới {ViText.Count(made.Made.Count)}, không còn đúng {ViText.Count(made.Overtaken)}, đang chờ từ trước {ViText.Count(made.StillOpen)}.",
            $"New proposals {ViText.Count(made.Made.Count)}, overtaken {ViText.Count(made.Overtaken)}, open from before {ViText.Count(made.StillOpen)}."));
        if (made.Made.Count > 0) output.Talk(context.Text("Tiếp theo, người duyệt: payengine cash suspensions decide SỐ --accept \"SỐ QĐ, NGÀY\"", "Next, an approver: payengine cash suspensions decide NUMBER --accept \"DECISION, DAY\""));
    });

    static Answer Listed(CommandContext context, IReadOnlyList<StoredSuspension> proposals) => Answer.Of(new { citation = UncollectedMonths.Citation, proposals = proposals.Select(Json) }, output =>
    {
        if (proposals.Count == 0) output.Line(context.Text("Không có đề nghị tạm dừng nào.", "No suspension is proposed."));
        else Table(context, output, proposals);
    });

    static void Table(CommandContext context, Output output, IReadOnlyList<StoredSuspension> proposals)
    {
        var table = new TextTable(new TextColumn(context.Text("Số", "No"), true), new TextColumn(context.Text("Mã người", "Person")), new TextColumn(context.Text("Họ tên", "Name")), new TextColumn(context.Text("Xã", "Commune")), new TextColumn(context.Text("Quyết định hưởng", "Award")),
            new TextColumn(context.Text("Tháng chưa nhận", "Uncollected")), new TextColumn(context.Text("Số tiền", "Sum"), true), new TextColumn(context.Text("Hạn", "Due")), new TextColumn(context.Text("Kết luận", "Outcome")));
        foreach (var one in proposals)
        {
            table.Row(ViText.Count(one.ProposalNo), one.PersonId, one.FullName, one.CommuneName ?? "–", one.AwardId, $"{Month(context, one.Months[0])}–{Month(context, one.Months[^1])}", ViText.Money(new Vnd(one.AmountVnd)),
                one.DueOn is { } due ? ViText.Date(due) : "–", Outcome(context, one));
        }

        output.Table(table);
    }

    static string Month(CommandContext context, int key) => context.Lang == "en" ? Months.FromKey(key).Text() : ViText.Month(Months.FromKey(key));

    static string Outcome(CommandContext context, StoredSuspension one) => one.Outcome switch
    {
        null => context.Text("chờ quyết định", "to be decided"),
        "accepted" => context.Text($"tạm dừng, {one.Decision}", $"suspended, {one.Decision}"),
        "refused" => context.Text($"không tạm dừng: {one.Decision}", $"not suspended: {one.Decision}"),
        _ => context.Text("không còn đúng", "overtaken"),
    };

    static object Json(StoredSuspension one) => new
    {
        proposal = one.ProposalNo, person_id = one.PersonId, full_name = one.FullName, award_id = one.AwardId, commune = one.CommuneName, months = one.Months.Select(Months.FromKey), sum_vnd = one.AmountVnd, proposed_by = one.ProposedBy,
        due_on = one.DueOn, outcome = one.Outcome, decision = one.Decision, suspended_from = one.SuspendedFrom is { } from ? (YearMonth?)Months.FromKey(from) : null, decided_by = one.DecidedBy,
    };
}
