using System.CommandLine;
using NodaTime;
using PaymentEngine.App.CommandLine;
using PaymentEngine.App.Keys;
using PaymentEngine.App.Operations;
using PaymentEngine.Core;
using PaymentEngine.Core.Money;
using PaymentEngine.Core.Payments;
using PaymentEngine.Core.Recipients;
using PaymentEngine.Messages;
using PaymentEngine.Postgres;

namespace PaymentEngine.App.Commands;

/// <summary><c>payengine run hold|release-hold|holds|outliers</c>: one person is held with a reason, the rest goes on.</summary>
static class RunHoldCommands
{
    const int HoldsShown = 50;
    static readonly Offset VietNam = Offset.FromHours(7);

    public static Command Hold(CommandContext context)
    {
        var (run, person, programme) = (RunArgument(context), Person(context), ProgrammeOption(context));
        var reason = new Option<string>("--reason") { HelpName = "TEXT", Required = true, Description = context.Text("Vì sao giữ lại; được lưu và in trên tờ trình", "Why; it is kept and printed on the approval paper") };
        return new Command("hold", context.Text("Giữ lại một người trong bản nháp, có lý do; những người khác vẫn được chi. Trình và duyệt cũ hết hiệu lực", "Hold one person of a draft with a reason; the others are paid. A submission or approval of the old content is void")) { run, person, programme, reason }
            .Answers(context, (parse, cancel) => AskAsync(context, parse.GetRequiredValue(run), parse.GetValue(programme), (operations, caller, id, of) =>
                operations.HoldAsync(caller, id, parse.GetRequiredValue(person), of, parse.GetRequiredValue(reason), cancel), cancel));
    }

    public static Command Release(CommandContext context)
    {
        var (run, person, programme) = (RunArgument(context), Person(context), ProgrammeOption(context));
        var reason = new Option<string?>("--reason") { HelpName = "TEXT", Description = context.Text("Người lập xin bỏ giữ: vì sao", "A maker asks: why") };
        var cash = new Option<bool>("--cash") { Description = context.Text("Sau khi duyệt: chi tiền mặt thay vì qua tài khoản", "After approval: in cash instead of by account") };
        var payee = new Option<int?>("--payee") { HelpName = "N", Description = context.Text("Sau khi duyệt: chi cho người nhận số N trong sổ", "After approval: to payee N of the register") };
        var giveBack = new Option<bool>("--give-back") { Description = context.Text("Sau khi duyệt: không chi, nộp trả ngân sách", "After approval: not paid, given back to the budget") };
        var approve = new Option<bool>("--approve") { Description = context.Text("Người khác duyệt việc bỏ giữ đang chờ", "Another person approves the release that waits") };
        var decision = new Option<string?>("--decision") { HelpName = "TEXT", Description = context.Text("Số và ngày quyết định nộp trả (đi với --approve)", "Number and day of the decision to give back (with --approve)") };
        return new Command("release-hold", context.Text("Bỏ giữ: trong bản nháp thì chi ngay đợt này; sau khi duyệt thì theo sổ lúc đó: tiền mặt, vào đợt chi bổ sung, hoặc nộp trả", "Release a hold: a draft pays it now; after approval as the register says then: cash, the next regularisation run, or given back")) { run, person, programme, reason, cash, payee, giveBack, approve, decision }
            .Answers(context, (parse, cancel) =>
            {
                var isApproval = parse.GetValue(approve);
                if (isApproval == parse.GetValue(reason) is not null)
                    return Task.FromResult(Answer.Refused(new Problem("usage.one_step", "A release is asked for, or approved.", "Give --reason \"…\" (a maker) or --approve (another person, an approver).")));
                if (isApproval ? parse.GetValue(cash) || parse.GetValue(giveBack) || parse.GetValue(payee) is not null : parse.GetValue(decision) is not null)
                    return Task.FromResult(Answer.Refused(new Problem("usage.one_step", "Who asks says which way the sum goes; who approves names the decision.", "Give --cash, --payee or --give-back with --reason, and --decision with --approve.")));
                if (parse.GetValue(cash) && parse.GetValue(giveBack)) return Task.FromResult(Answer.Refused(new Problem("usage.one_way", "A sum goes one way.", "Give --cash or --give-back.")));
                var way = parse.GetValue(cash) ? HoldWay.Cash : parse.GetValue(giveBack) ? HoldWay.GiveBack : HoldWay.AsDue;
                return AskAsync(context, parse.GetRequiredValue(run), parse.GetValue(programme), (operations, caller, id, of) => isApproval
                    ? operations.ApproveReleaseAsync(caller, id, parse.GetRequiredValue(person), of, parse.GetValue(decision), cancel)
                    : operations.ReleaseAsync(caller, id, parse.GetRequiredValue(person), of, parse.GetValue(reason)!, way, parse.GetValue(payee), cancel), cancel);
            });
    }

    public static Command Holds(CommandContext context)
    {
        var run = RunArgument(context);
        return new Command("holds", context.Text("Những khoản bị giữ lại của đợt: ai, vì sao, ai phụ trách, hạn nào", "What a run holds: who, why, whose task, until when")) { run }
            .Answers(context, (parse, cancel) => AskAsync(context, parse.GetRequiredValue(run), null, (operations, caller, id, _) => operations.ListAsync(caller, id, cancel: cancel), cancel));
    }

    public static Command Outliers(CommandContext context)
    {
        var run = RunArgument(context);
        return new Command("outliers", context.Text("Những khoản bất thường của đợt và quy tắc đã giữ chúng", "Unusual sums of a run, and the rules that hold them")) { run }
            .Answers(context, (parse, cancel) => AskAsync(context, parse.GetRequiredValue(run), null, (operations, caller, id, _) => operations.ListAsync(caller, id, HoldReasons.Outliers, cancel), cancel, withRules: true));
    }

    static Argument<string> RunArgument(CommandContext context) => new("run") { Description = context.Text("Đợt chi trả, ví dụ 40-2611-001", "The run, for example 40-2611-001") };

    static Option<string> Person(CommandContext context) => new("--person") { HelpName = "ID", Required = true, Description = context.Text("Mã người hưởng", "Code of the recipient") };

    static Option<string?> ProgrammeOption(CommandContext context) => new("--programme") { HelpName = "P", Description = context.Text("Chỉ một chương trình: NCC, BTXH, HTXH, KHAC", "One programme only: NCC, BTXH, HTXH, KHAC") };

    internal static Result<Programme?> ProgrammeOf(string? text) => text is null ? Result<Programme?>.Ok(null)
        : Enum.GetValues<Programme>().Where(one => one.ToString().Equals(text, StringComparison.OrdinalIgnoreCase)).Select(one => (Programme?)one).FirstOrDefault() is { } found ? Result<Programme?>.Ok(found)
        : new Problem("usage.programme", $"'{text}' is not a programme.", "Use NCC, BTXH, HTXH or KHAC.");

    static Task<Answer> AskAsync(CommandContext context, string text, string? programme, Func<PaymentHolds, Caller, RunId, Programme?, Task<Result<HoldsView>>> ask, CancellationToken cancel, bool withRules = false)
    {
        var run = RunId.Parse(text);
        if (!run.IsOk) return Task.FromResult(Answer.Refused(run.Problems, ExitCode.WrongUsage));
        var of = ProgrammeOf(programme);
        if (!of.IsOk) return Task.FromResult(Answer.Refused(of.Problems));
        return context.AsCallerAsync(async (database, caller) =>
            Answer.From(await ask(new PaymentHolds(database, context.Clock, BankingCalendars.VietNam) { Keys = () => KeyFolder.Open(context.Settings.Keys.Value, context.Clock) }, caller, run.Value, of.Value), view => Say(context, view, withRules)), cancel);
    }

    static Answer Say(CommandContext context, HoldsView view, bool withRules) => Answer.Of(new
    {
        run = view.Id.ToString(), state = view.Run.Step, content_hash = view.Total is null ? null : Convert.ToHexStringLower(view.Total.ContentHash), changed = view.IsNew, approvals_void = view.IsRedrawn,
        rules = withRules ? RunRulesCommand.Json(view.Rules) : null, rules_version = view.Run.RulesVersion,
        holds = view.Holds.Select(hold => new
        {
            person_id = hold.PersonId, name = hold.FullName, programme = RunPaper.ProgrammeCode(hold.Programme), commune = hold.CommuneName, amount_vnd = hold.AmountVnd, before_vnd = hold.BeforeVnd,
            reason = hold.Reason, remark = hold.Remark, held_by = hold.Person, at = hold.At, owner = hold.Owner, owner_names = hold.OwnerNames, due_on = hold.DueOn, way = hold.Kind switch { 1 => "account", 2 => "cash", _ => null },
            exit = HoldReasons.Exit(hold.Reason).En, state = hold.State, asked_way = hold.AskedWay is { } asked ? WayCode(asked) : null, asked_payee = hold.AskedPayee, goes = hold.ReleasedKind switch { 1 when hold.RedirectedBy is null => "account", null => null, _ => "cash" },
            waits_for_run = hold.IsOpen, redirected_by = hold.RedirectedBy, asked_by = hold.AskedBy, asked_why = hold.AskedWhy, released_by = hold.ReleasedBy, released_at = hold.ReleasedAt,
        }),
    }, output =>
    {
        if (withRules)
        {
            output.Line(context.Text($"Quy tắc của đợt {view.Id} (bản {view.Run.RulesVersion}):", $"Rules of run {view.Id} (version {view.Run.RulesVersion}):"));
            RunRulesCommand.WriteOutliers(context, output, view.Rules.Outliers);
        }

        var table = new TextTable(new TextColumn(context.Text("Mã người", "Person")), new TextColumn(context.Text("Họ tên", "Name")), new TextColumn(context.Text("Chương trình", "Programme")), new TextColumn(context.Text("Xã", "Commune")),
            new TextColumn(context.Text("Số tiền", "Sum"), true), new TextColumn(context.Text("Tháng trước", "Last month"), true), new TextColumn(context.Text("Lý do", "Reason")), new TextColumn(context.Text("Phụ trách", "Owner")),
            new TextColumn(context.Text("Hạn", "Due")), new TextColumn(context.Text("Trạng thái", "State")));
        foreach (var hold in view.Holds.Take(HoldsShown))
        {
            var words = HoldReasons.Words(hold.Reason);
            table.Row(hold.PersonId, hold.FullName, RunPaper.ProgrammeCode(hold.Programme), hold.CommuneName ?? "", ViText.Money(new Vnd(hold.AmountVnd)), hold.BeforeVnd is { } before ? ViText.Money(new Vnd(before)) : "–",
                context.Text(words.Vi, words.En) + (hold.Remark is null ? "" : hold.Person is null ? $" ({hold.Remark})" : $" ({hold.Person}: {hold.Remark})"), $"{CasePaper.Owner(context, hold.Owner)}{(hold.OwnerNames is { } names ? ": " + names : "")}", ViText.Date(hold.DueOn), State(context, hold));
        }

        output.Table(table);
        if (view.Holds.Count > HoldsShown) output.Line(context.Text($"Hiển thị {HoldsShown} / {ViText.Count(view.Holds.Count)}; tất cả: --json", $"Showing {HoldsShown} of {ViText.Count(view.Holds.Count)}; all of them: --json"));
        var standing = view.Holds.Where(hold => hold.ReleasedBy is null).ToList();
        output.Line(context.Text($"Đang giữ: {ViText.Count(standing.Count)} khoản, {ViText.Money(new Vnd(standing.Sum(hold => hold.AmountVnd)))}.", $"Held: {ViText.Count(standing.Count)}, {ViText.Money(new Vnd(standing.Sum(hold => hold.AmountVnd)))}."));
        foreach (var reason in standing.Select(hold => hold.Reason).Distinct())
            output.Line(context.Text($"  {HoldReasons.Words(reason).Vi}: {HoldReasons.Exit(reason).Vi}.", $"  {HoldReasons.Words(reason).En}: {HoldReasons.Exit(reason).En}."));
        if (view is { IsRedrawn: true, Total: { } total })
        {
            output.Line(context.Text($"Nội dung đợt đã đổi, mã mới {Convert.ToHexStringLower(total.ContentHash)[..16]}…; trình và duyệt trước đó không còn hiệu lực.", $"The run has another content now, hash {Convert.ToHexStringLower(total.ContentHash)[..16]}…; an earlier submission or approval is void."));
            output.Talk(context.Text($"Tiếp theo: payengine run submit {view.Id} --confirm-count {total.Recipients} --confirm-total {total.ListedVnd}", $"Next: payengine run submit {view.Id} --confirm-count {total.Recipients} --confirm-total {total.ListedVnd}"));
        }
        else if (view.Holds.FirstOrDefault(hold => hold.IsAsked) is { } waiting)
        {
            var approval = $"payengine run release-hold {view.Id} --person {waiting.PersonId} --approve{(waiting.AskedWay == (short)HoldWay.GiveBack ? " --decision \"…\"" : "")}";
            output.Talk(context.Text($"Tiếp theo, người khác: {approval}", $"Next, another person: {approval}"));
        }
        else if (view.Holds.Any(hold => hold.IsOpen))
        {
            output.Talk(context.Text("Tiếp theo: payengine run plan YYYY-MM --regularise, chi lại qua tài khoản", "Next: payengine run plan YYYY-MM --regularise pays them by account"));
        }
    });

    static string WayCode(short way) => (HoldWay)way switch { HoldWay.Cash => "cash", HoldWay.GiveBack => "give_back", _ => "as_due" };

    static string State(CommandContext context, StoredHold hold)
    {
        var asked = hold.RequestNo == 0 ? ""
            : $"{hold.AskedBy}: {hold.AskedWhy}" + (HoldWay?)hold.AskedWay switch { HoldWay.Cash => context.Text(", tiền mặt", ", in cash"), HoldWay.GiveBack => context.Text(", nộp trả", ", given back"), _ => "" }
                + (hold.AskedPayee is { } payee ? context.Text($", cho người nhận {payee}", $", to payee {payee}") : "");
        if (hold.ReleasedBy is null) return hold.RequestNo == 0 ? context.Text("đang giữ", "held") : context.Text($"xin bỏ giữ: {asked}", $"release asked: {asked}");
        var goes = hold switch
        {
            { AskedWay: (short)HoldWay.GiveBack, IsAsked: false } => context.Text("; nộp trả ngân sách", "; given back to the budget") + (hold.RedirectedBy is { } other ? $" ({other})" : ""),
            { RedirectedBy: { } other } => context.Text($"; {other} chuyển sang tiền mặt", $"; turned to cash by {other}"),
            { IsOpen: true } => context.Text("; chờ đợt chi bổ sung", "; waits for a regularisation run"),
            { ReleasedKind: 2 } => context.Text("; tiền mặt", "; in cash"),
            _ => "",
        };
        var waits = hold.IsAsked ? context.Text("; xin đổi cách chi", "; another way is asked for") : "";
        return context.Text($"đã bỏ giữ: {hold.ReleasedBy}, {ViText.Time(hold.ReleasedAt!.Value.WithOffset(VietNam).LocalDateTime)} ({asked}){goes}{waits}", $"released: {hold.ReleasedBy}, {ViText.Time(hold.ReleasedAt!.Value.WithOffset(VietNam).LocalDateTime)} ({asked}){goes}{waits}");
    }
}
