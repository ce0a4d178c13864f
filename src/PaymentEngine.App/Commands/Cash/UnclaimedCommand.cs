using System.CommandLine;
using PaymentEngine.App.CommandLine;
using PaymentEngine.App.Operations;
using PaymentEngine.App.Operations.Cash;
using PaymentEngine.Core;
using PaymentEngine.Core.Money;
using PaymentEngine.Core.Payments;
using PaymentEngine.Core.Recipients;
using PaymentEngine.Messages.Paper;
using PaymentEngine.Postgres.Cash;

namespace PaymentEngine.App.Commands.Cash;

/// <summary><c>payengine cash unclaimed …</c>: sums nobody collected that go back to the budget.</summary>
static class UnclaimedCommand
{
    public static Command Create(CommandContext context)
    {
        var programme = new Argument<string>("programme") { Description = "NCC, BTXH, HTXH, KHAC" };
        var months = new Option<int>("--months") { HelpName = "N", Description = context.Text("Số tháng kể từ tháng lập danh sách", "Months from the list month") };
        var source = new Option<string?>("--source") { HelpName = "TEXT", Description = context.Text("Văn bản quy định: số, ngày", "The act: number and day") };
        var number = new Argument<int>("proposal") { Description = context.Text("Số của bảng đề nghị", "Number of the proposal") };
        var accept = new Option<string?>("--accept") { HelpName = "DECISION", Description = context.Text("Nộp trả; số và ngày quyết định", "Give back; number and day of the decision") };
        var refuse = new Option<string?>("--refuse") { HelpName = "REASON", Description = context.Text("Không nộp trả; lý do", "Do not give back; the reason") };
        var payment = new Argument<string>("payment") { Description = context.Text("Mã khoản chi như trên danh sách", "The payment's id as on its list") };
        var decision = new Option<string?>("--decision") { HelpName = "DECISION", Description = context.Text("Số và ngày quyết định chi lại", "Number and day of the decision to pay after all") };
        var paper = new Option<string?>("--out") { HelpName = "F", Description = context.Text("Bảng để ký: tệp .html hoặc .pdf", "The paper to be signed: .html or .pdf") };
        return new Command("unclaimed", context.Text("Tiền không ai nhận: thời hạn, đề nghị nộp trả ngân sách, quyết định, người đến nhận sau", "Sums nobody collected: the rule, giving back to the budget, the person who comes after all"))
        {
            new Command("rule", context.Text("Đặt thời hạn của một chương trình (quản trị)", "Set a programme's rule (administrator)")) { programme, months, source }
                .Answers(context, (parse, cancel) => RuleAsync(context, parse.GetRequiredValue(programme), parse.GetValue(months), parse.GetValue(source), cancel)),
            new Command("rules", context.Text("Thời hạn đã đặt", "The rules that stand"))
                .Answers(context, (_, cancel) => With(context, async (sums, caller) => Rules(context, await sums.RulesAsync(caller, cancel)), cancel)),
            new Command("propose", context.Text("Lập bảng đề nghị nộp trả", "Propose to give back what has waited long enough"))
                .Answers(context, (_, cancel) => With(context, async (sums, caller) => Answer.From(await sums.ProposeAsync(caller, cancel), made => Proposed(context, caller.ProvinceCode, made)), cancel)),
            new Command("list", context.Text("Các bảng đề nghị", "Proposals"))
                .Answers(context, (_, cancel) => With(context, async (sums, caller) => Answer.From(await sums.ListAsync(caller, cancel), list => List(context, list)), cancel)),
            new Command("show", context.Text("Một bảng đề nghị với từng khoản", "One proposal with its payments")) { number, paper }
                .Answers(context, (parse, cancel) => ShowAsync(context, parse.GetValue(number), parse.GetValue(paper), cancel)),
            new Command("decide", context.Text("Quyết định một bảng đề nghị (người khác người lập)", "Decide a proposal (somebody else than who proposed it)")) { number, accept, refuse }
                .Answers(context, (parse, cancel) => DecideAsync(context, parse.GetValue(number), parse.GetValue(accept), parse.GetValue(refuse), cancel)),
            new Command("reclaim", context.Text("Chi lại khoản đã nộp trả, theo quyết định", "Pay after all what was given back, by a decision")) { payment, decision }
                .Answers(context, (parse, cancel) => ReclaimAsync(context, parse.GetRequiredValue(payment), parse.GetValue(decision), cancel)),
        };
    }

    static Task<Answer> With(CommandContext context, Func<UnclaimedSums, Caller, Task<Answer>> work, CancellationToken cancel) => context.AsCallerAsync((database, caller) => work(new UnclaimedSums(database, context.Clock), caller), cancel);

    static Task<Answer> RuleAsync(CommandContext context, string programmeText, int months, string? source, CancellationToken cancel) => Enum.TryParse<Programme>(programmeText, ignoreCase: true, out var programme) && Enum.IsDefined(programme) && !char.IsAsciiDigit(programmeText[0])
        ? With(context, async (sums, caller) => Answer.From(await sums.SetRuleAsync(caller, programme, months, source ?? "", cancel), rules => Rules(context, rules)), cancel)
        : Task.FromResult(Answer.Refused(new Problem("usage.programme", $"'{programmeText}' is not a programme.", "Use NCC, BTXH, HTXH or KHAC.")));

    static Task<Answer> DecideAsync(CommandContext context, int number, string? accept, string? refuse, CancellationToken cancel) => (accept is null) == (refuse is null)
        ? Task.FromResult(Answer.Refused(new Problem("usage.decision", "A decision is either --accept DECISION or --refuse REASON.", "Give one of the two.")))
        : With(context, async (sums, caller) => Answer.From(await sums.DecideAsync(caller, number, accept is not null, accept ?? refuse!, cancel), view => View(context, caller.ProvinceCode, view)), cancel);

    static Task<Answer> ShowAsync(CommandContext context, int number, string? file, CancellationToken cancel) => With(context, async (sums, caller) =>
    {
        var shown = await sums.ShowAsync(caller, number, cancel);
        if (file is null || !shown.TryGet(out var view)) return Answer.From(shown, seen => View(context, caller.ProvinceCode, seen));
        var path = Path.GetFullPath(file);
        void Page(Stream stream) => GiveBackPage.Write(stream, view.GiveBack.GiveBackNo, string.Join(", ", view.Lines.Select(line => line.PayerName).Distinct()), view.GiveBack.AsOf, view.GiveBack.Accepted is true ? view.GiveBack.Decision : null,
            [.. view.Lines.Select(line => new GiveBackPageLine(UnclaimedSums.Payment(caller.ProvinceCode, line).ToString(), line.FullName, line.PersonId, line.CommuneName ?? "", Name(line.Programme), Months.FromKey(line.Month), line.RuleMonths == 0 ? $"khoản giữ lại, {line.RuleSource}" : $"{line.RuleMonths} tháng, {line.RuleSource}", new Vnd(line.AmountVnd)))]);
        var printed = await context.Printer.WriteAsync(Page, path, cancel);
        return Answer.From(printed, _ => Answer.Of(new { file = path }, output => output.Line(path)));
    }, cancel);

    static Task<Answer> ReclaimAsync(CommandContext context, string text, string? decision, CancellationToken cancel)
    {
        var payment = InstructionId.Parse(text);
        return payment.IsOk ? With(context, async (sums, caller) => Answer.From(await sums.ReclaimAsync(caller, payment.Value, decision ?? "", cancel), view => View(context, caller.ProvinceCode, view)), cancel)
            : Task.FromResult(Answer.Refused(payment.Problems, ExitCode.WrongUsage));
    }

    static Answer Rules(CommandContext context, IReadOnlyList<UnclaimedRule> rules) => Answer.Of(new { rules = rules.Select(rule => new { programme = Name(rule.Programme), months = rule.Months, source = rule.Source, version = rule.Version, person = rule.Person }) }, output =>
    {
        if (rules.Count == 0)
        {
            output.Line(context.Text("Chưa đặt thời hạn: không khoản nào được đề nghị nộp trả.", "No rule: nothing is proposed."));
            return;
        }

        var table = new TextTable(new TextColumn(context.Text("Chương trình", "Programme")), new TextColumn(context.Text("Số tháng", "Months"), true), new TextColumn(context.Text("Căn cứ", "Source")), new TextColumn(context.Text("Người đặt", "Set by")));
        foreach (var rule in rules) table.Row(Name(rule.Programme), ViText.Count(rule.Months), rule.Source, rule.Person);
        output.Table(table);
    });

    static Answer Proposed(CommandContext context, short provinceCode, ProposedGiveBack made)
    {
        var beside = context.Text($"Chưa đến hạn {ViText.Count(made.NotYet)} khoản; chương trình chưa có thời hạn {ViText.Count(made.WithoutRule)} khoản.", $"Not yet due {ViText.Count(made.NotYet)}; of programmes without a rule {ViText.Count(made.WithoutRule)}.");
        return Answer.Of(new { give_back = made.Made is { } view ? Json(provinceCode, view) : null, not_yet = made.NotYet, without_rule = made.WithoutRule }, output =>
        {
            if (made.Made is { } proposal) Write(context, output, provinceCode, proposal);
            else output.Line(context.Text("Không có khoản nào để đề nghị nộp trả.", "Nothing is to be given back."));
            output.Line(beside);
        });
    }

    static Answer List(CommandContext context, IReadOnlyList<StoredGiveBack> proposals) => Answer.Of(new { give_backs = proposals.Select(Json) }, output =>
    {
        var table = new TextTable(new TextColumn(context.Text("Số", "No"), true), new TextColumn(context.Text("Ngày", "Day")), new TextColumn(context.Text("Số khoản", "Payments"), true), new TextColumn(context.Text("Số tiền", "Sum"), true),
            new TextColumn(context.Text("Người lập", "Proposed by")), new TextColumn(context.Text("Kết luận", "Outcome")), new TextColumn(context.Text("Đã chi lại", "Claimed after all"), true));
        foreach (var one in proposals)
            table.Row(ViText.Count(one.GiveBackNo), ViText.Date(one.AsOf), ViText.Count(one.Items), Money(one.SumVnd), one.ProposedBy, Outcome(context, one), ViText.Count(one.Reclaimed));
        output.Table(table);
    });

    static Answer View(CommandContext context, short provinceCode, GiveBackView view) => Answer.Of(Json(provinceCode, view), output => Write(context, output, provinceCode, view));

    static void Write(CommandContext context, Output output, short provinceCode, GiveBackView view)
    {
        var one = view.GiveBack;
        output.Line(context.Text($"Bảng đề nghị nộp trả ngân sách {one.GiveBackNo} · {ViText.Date(one.AsOf)} · {ViText.Count(one.Items)} khoản · {Money(one.SumVnd)} · {Outcome(context, one)}",
            $"Proposal {one.GiveBackNo} to give back · {ViText.Date(one.AsOf)} · {ViText.Count(one.Items)} payments · {Money(one.SumVnd)} · {Outcome(context, one)}"));
        var table = new TextTable(new TextColumn(context.Text("Mã khoản chi", "Payment")), new TextColumn(context.Text("Mã người", "Person")), new TextColumn(context.Text("Họ tên", "Name")), new TextColumn(context.Text("Xã", "Commune")), new TextColumn(context.Text("Chương trình", "Programme")),
            new TextColumn(context.Text("Tháng", "Month")), new TextColumn(context.Text("Số tiền", "Sum"), true), new TextColumn(context.Text("Thời hạn", "Rule")), new TextColumn(context.Text("Chi lại", "Claimed after all")));
        foreach (var line in view.Lines)
        {
            table.Row(UnclaimedSums.Payment(provinceCode, line).ToString(), line.PersonId, line.FullName, line.CommuneName ?? "–", Name(line.Programme), context.Lang == "en" ? Months.FromKey(line.Month).Text() : ViText.Month(Months.FromKey(line.Month)), Money(line.AmountVnd),
                line.RuleMonths == 0 ? context.Text($"khoản giữ lại, {line.RuleSource}", $"held sum, {line.RuleSource}") : context.Text($"{line.RuleMonths} tháng, {line.RuleSource}", $"{line.RuleMonths} months, {line.RuleSource}"), line.Reclaimed ?? "");
        }

        output.Table(table);
        if (one.Accepted is null) output.Talk(context.Text($"Tiếp theo, người duyệt: payengine cash unclaimed decide {one.GiveBackNo} --accept \"SỐ QĐ, NGÀY\"", $"Next, an approver: payengine cash unclaimed decide {one.GiveBackNo} --accept \"DECISION, DAY\""));
    }

    static object Json(StoredGiveBack one) => new
    {
        give_back = one.GiveBackNo, as_of = one.AsOf, items = one.Items, sum_vnd = one.SumVnd, proposed_by = one.ProposedBy, accepted = one.Accepted, decision = one.Decision, decided_by = one.DecidedBy, reclaimed = one.Reclaimed, reclaimed_vnd = one.ReclaimedVnd,
    };

    static object Json(short provinceCode, GiveBackView view) => new
    {
        proposal = Json(view.GiveBack),
        payments = view.Lines.Select(line => new
        {
            payment = UnclaimedSums.Payment(provinceCode, line).ToString(), person_id = line.PersonId, commune = line.CommuneName, programme = Name(line.Programme), month = Months.FromKey(line.Month), sum_vnd = line.AmountVnd,
            rule_months = line.RuleMonths, rule_source = line.RuleSource, reclaimed = line.Reclaimed,
        }),
    };

    static string Outcome(CommandContext context, StoredGiveBack one) => one.Accepted switch
    {
        null => context.Text("chờ quyết định", "to be decided"),
        true => context.Text($"nộp trả, {one.Decision}", $"given back, {one.Decision}"),
        false => context.Text($"không nộp trả: {one.Decision}", $"refused: {one.Decision}"),
    };

    static string Name(short programme) => ((Programme)programme).ToString().ToUpperInvariant();

    static string Money(long vnd) => ViText.Money(new Vnd(vnd));
}
