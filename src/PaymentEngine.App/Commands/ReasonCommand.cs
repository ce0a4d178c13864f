using System.CommandLine;
using PaymentEngine.App.CommandLine;
using PaymentEngine.App.Operations;
using PaymentEngine.Core;
using PaymentEngine.Core.Money;
using PaymentEngine.Postgres;

namespace PaymentEngine.App.Commands;

/// <summary><c>payengine reason …</c>: what banks gave as reasons, how it is read, and rules for what nobody can read yet.</summary>
static class ReasonCommand
{
    public static Command Create(CommandContext context) =>
        new("reason", context.Text("Lý do ngân hàng nêu: xem, đọc thử, đặt quy tắc, duyệt", "Reasons that banks give: list, read, propose a rule, approve it"))
        {
            List(context), Read(context), Decide(context), Settle(context, "approve"), Settle(context, "reject"),
        };

    static Command List(CommandContext context)
    {
        var unmapped = new Option<bool>("--unmapped") { Description = context.Text("Chỉ lời mà chưa quy tắc nào đọc được", "Only what no rule can read yet") };
        var rules = new Option<bool>("--rules") { Description = context.Text("Các quy tắc do người đặt, kể cả đang chờ duyệt", "The rules that persons made, waiting ones too") };
        return new Command("list", context.Text("Lời của ngân hàng sau những việc đang mở, nhiều nhất trước", "What banks said behind open cases, the commonest first")) { unmapped, rules }
            .Answers(context, (parse, cancel) => context.AsCallerAsync(async (database, caller) =>
            {
                var decisions = new ReasonDecisions(database, context.Clock);
                return parse.GetValue(rules)
                    ? Answer.From(await decisions.RulesAsync(caller, cancel), found => Say(context, found))
                    : Answer.From(await decisions.ListAsync(caller, parse.GetValue(unmapped), cancel), found => Say(context, found));
            }, cancel));
    }

    /// <summary>Reads a text by the program's own phrases: no store is needed.</summary>
    static Command Read(CommandContext context)
    {
        var text = new Argument<string>("TEXT") { Description = context.Text("Lời của ngân hàng", "Words of a bank") };
        return new Command("read", context.Text("Đọc thử một câu: mã lý do, độ tin cậy, quy tắc", "Read a sentence: code, confidence, rule")) { text }
            .Answers(context, parse =>
            {
                var read = ReasonDecisions.Read(parse.GetRequiredValue(text));
                return Answer.Of(new { code = read.IsUnmapped ? null : read.Rule.Code, meaning = read.IsUnmapped ? null : read.Rule.Meaning, confidence = read.Confidence, may_become_cash = read.MayBecomeCash, rule = read.By?.Source, phrase = read.By?.Phrase },
                    output => output.Line(read.IsUnmapped ? context.Text("Chưa quy tắc nào đọc được câu này: người có trách nhiệm quyết định.", "No rule reads this: a person decides.")
                        : context.Text($"{read.Rule.Code} ({read.Rule.Meaning}), tin cậy {read.Confidence}/100, theo “{read.By?.Phrase}”.", $"{read.Rule.Code} ({read.Rule.Meaning}), confidence {read.Confidence} of 100, by \"{read.By?.Phrase}\".")));
            });
    }

    static Command Decide(CommandContext context)
    {
        var said = new Argument<string>("TEXT") { Description = context.Text("Lời hoặc mã riêng của ngân hàng, hoặc khoản có lời đó (7/12)", "Words or an own code of the bank, or an entry that says them (7/12)") };
        var code = new Option<string>("--code") { HelpName = "C", Required = true, Description = context.Text("Mã lý do, ví dụ AC04", "Reason code, for example AC04") };
        var own = new Option<bool>("--own-code") { Description = context.Text("Đó là mã riêng của ngân hàng, không phải câu chữ", "It is a code of the bank's own, not words") };
        var bank = new Option<string?>("--bank") { HelpName = "PROFILE", Description = context.Text("Chỉ cho ngân hàng này; không có là mọi ngân hàng", "For this bank only; none: every bank") };
        var why = new Option<string>("--why") { HelpName = "W", Required = true, Description = context.Text("Căn cứ; được lưu giữ", "On what ground; it is kept") };
        return new Command("decide", context.Text("Đề nghị quy tắc; có hiệu lực khi người khác duyệt", "Propose a rule; it counts once another person approves")) { said, code, own, bank, why }
            .Answers(context, (parse, cancel) => context.AsCallerAsync(async (database, caller) => Answer.From(await new ReasonDecisions(database, context.Clock).ProposeAsync(caller, parse.GetRequiredValue(said), parse.GetValue(own),
                parse.GetRequiredValue(code), parse.GetValue(bank), parse.GetRequiredValue(why), cancel), view => Say(context, view)), cancel));
    }

    static Command Settle(CommandContext context, string verb)
    {
        var approve = verb == "approve";
        var rule = new Argument<int>("RULE") { Description = context.Text("Số quy tắc", "Number of the rule") };
        var remark = new Option<string>("--remark") { HelpName = "TEXT", Description = context.Text("Vì sao; được lưu giữ", "Why; it is kept"), Required = !approve };
        var command = new Command(verb, approve ? context.Text("Duyệt quy tắc do người khác đặt; các việc liên quan được xét lại", "Approve a rule that somebody else proposed; its cases are decided anew")
            : context.Text("Từ chối một quy tắc, hoặc rút quy tắc của mình", "Reject a rule, or take an own one back")) { rule };
        if (!approve) command.Add(remark);
        return command.Answers(context, (parse, cancel) => context.AsCallerAsync(async (database, caller) =>
        {
            var decisions = new ReasonDecisions(database, context.Clock);
            return Answer.From(approve ? await decisions.ApproveAsync(caller, parse.GetRequiredValue(rule), cancel) : await decisions.RejectAsync(caller, parse.GetRequiredValue(rule), parse.GetValue(remark) ?? "", cancel), view => Say(context, view));
        }, cancel));
    }

    static Answer Say(CommandContext context, IReadOnlyList<SaidAndRead> found) => Answer.Of(new
    {
        reasons = found.Select(one => new
        {
            bank = one.Said.Profile, said_code = one.Said.Code, said_text = one.Said.Text, payments = one.Said.Payments, sum_vnd = one.Said.SumVnd, entry = one.Said.Fact, code = one.Read.IsUnmapped ? null : one.Read.Rule.Code,
            confidence = one.Read.Confidence, may_become_cash = one.Read.MayBecomeCash, rule = one.Read.By?.Source,
        }),
    }, output =>
    {
        if (found.Count == 0)
        {
            output.Line(context.Text("Không có lời nào đang chờ.", "Nothing waits."));
            return;
        }

        var table = new TextTable(new TextColumn(context.Text("Ngân hàng ghi", "The bank says")), new TextColumn(context.Text("Khoản chi", "Payments"), true), new TextColumn(context.Text("Số tiền", "Sum"), true),
            new TextColumn(context.Text("Đọc là", "Read as")), new TextColumn(context.Text("Tin cậy", "Confidence"), true), new TextColumn(context.Text("Khoản", "Entry")));
        foreach (var one in found)
        {
            var said = string.Join(" ", new[] { one.Said.Code, one.Said.Text }.Where(part => part is not null));
            table.Row(said.Length > 100 ? said[..100] + "…" : said, ViText.Count(one.Said.Payments), ViText.Money(new Vnd(one.Said.SumVnd)), one.Read.IsUnmapped ? "–" : one.Read.Rule.Code, ViText.Count(one.Read.Confidence), one.Said.Fact);
        }

        output.Table(table);
    });

    static Answer Say(CommandContext context, IReadOnlyList<StoredReasonRule> rules) => Answer.Of(new
    {
        rules = rules.Select(one => new { rule = one.RuleNo, state = one.Decision ?? "pending", kind = one.Kind, said = one.Said, code = one.Code, bank = one.Profile, why = one.Why, made_by = one.MadeBy, decided_by = one.DecidedBy, remark = one.Remark }),
    }, output =>
    {
        if (rules.Count == 0)
        {
            output.Line(context.Text("Chưa ai đặt quy tắc nào.", "Nobody has made a rule yet."));
            return;
        }

        var table = new TextTable(new TextColumn(context.Text("Số", "No"), true), new TextColumn(context.Text("Lời hoặc mã", "Words or code")), new TextColumn(context.Text("Nghĩa là", "Means")), new TextColumn(context.Text("Ngân hàng", "Bank")),
            new TextColumn(context.Text("Người đặt", "Made by")), new TextColumn(context.Text("Tình trạng", "State")));
        foreach (var one in rules) table.Row(ViText.Count(one.RuleNo), one.Said, one.Code, one.Profile.Length > 0 ? one.Profile : context.Text("mọi ngân hàng", "every bank"), one.MadeBy, State(context, one.Decision ?? "pending"));
        output.Table(table);
    });

    static Answer Say(CommandContext context, ReasonRuleView view) => Answer.Of(
        new { rule = view.RuleNo, state = view.State, kind = view.Kind, said = view.Said, code = view.Code, bank = view.Profile, made_by = view.MadeBy, touches = view.Touches, redecided = view.Redecided, already_done = view.AlreadyDone },
        output =>
        {
            output.Line(context.Text($"Quy tắc {view.RuleNo}: “{view.Said}” nghĩa là {view.Code}; {State(context, view.State)}.", $"Rule {view.RuleNo}: \"{view.Said}\" means {view.Code}; {State(context, view.State)}."));
            if (view.State == "pending") output.Line(context.Text($"Liên quan {ViText.Count(view.Touches)} khoản chi đang có việc. Người khác duyệt: payengine reason approve {view.RuleNo}", $"It touches {ViText.Count(view.Touches)} payments with an open case. Somebody else approves: payengine reason approve {view.RuleNo}"));
            if (view.State == "approved") output.Line(context.Text($"Đã xét lại {ViText.Count(view.Redecided)} việc.", $"{ViText.Count(view.Redecided)} cases were decided anew."));
        });

    static string State(CommandContext context, string state) => state switch { "approved" => context.Text("đã duyệt", "approved"), "rejected" => context.Text("đã từ chối", "rejected"), _ => context.Text("chờ người khác duyệt", "waits for another person") };
}
