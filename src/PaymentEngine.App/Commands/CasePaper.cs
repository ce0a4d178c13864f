using NodaTime;
using PaymentEngine.App.CommandLine;
using PaymentEngine.App.Commands.Access;
using PaymentEngine.App.Operations;
using PaymentEngine.App.Operations.Accounts;
using PaymentEngine.App.Operations.Cases;
using PaymentEngine.Core;
using PaymentEngine.Core.Money;
using PaymentEngine.Core.Payments;
using PaymentEngine.Core.Reconciliation;
using PaymentEngine.Messages;
using PaymentEngine.Postgres.Cases;

namespace PaymentEngine.App.Commands;

/// <summary>Cases on the screen: the worklist, one case with its story, what an act has changed, the first page.</summary>
static class CasePaper
{
    static readonly DateTimeZone Zone = DateTimeZoneProviders.Tzdb["Asia/Ho_Chi_Minh"];

    public static Answer List(CommandContext context, short provinceCode, IReadOnlyList<CaseRow> cases) => Answer.Of(new { cases = cases.Select(one => Json(provinceCode, one)) }, output =>
    {
        if (cases.Count == 0)
        {
            output.Line(context.Text("Không có việc nào đang chờ.", "Nothing is waiting."));
            return;
        }

        var today = Today(context);
        var table = new TextTable(new TextColumn(context.Text("Số", "No"), true), new TextColumn(context.Text("Tuổi (ngày)", "Age (days)"), true), new TextColumn(context.Text("Loại", "Kind")),
            new TextColumn(context.Text("Lý do", "Reason")), new TextColumn(context.Text("Số tiền", "Amount"), true), new TextColumn(context.Text("Xã", "Commune")), new TextColumn(context.Text("Ngân hàng", "Bank")),
            new TextColumn(context.Text("Việc tiếp theo", "Next action")), new TextColumn(context.Text("Người xử lý", "Owner")), new TextColumn(context.Text("Hạn", "Due")));
        foreach (var one in cases)
        {
            var due = one.IsOpen ? ViText.Date(one.DueOn) + (one.DueOn < today ? context.Text(" quá hạn", " overdue") : "") : context.Text("đã đóng", "closed");
            table.Row(ViText.Count(one.CaseNo), ViText.Count(Period.DaysBetween(Day(one.OpenedAt), today)), Kind(context, one.Kind), one.ReasonCode ?? "–", ViText.Money(new Vnd(one.AmountVnd)), one.CommuneName ?? "–",
                Bank(one.BankBin) ?? "–", one.IsOpen ? Action(context, one.NextAction) : How(context, one.ClosedHow!), one.TakenBy ?? one.Desk ?? Owner(context, one.Owner), due);
        }

        output.Table(table);
        output.Line(context.Text($"{ViText.Count(cases.Count)} việc · {ViText.Money(new Vnd(cases.Sum(one => one.AmountVnd)))} · quá hạn {ViText.Count(cases.Count(one => one.IsOpen && one.DueOn < today))}",
            $"{ViText.Count(cases.Count)} cases · {ViText.Money(new Vnd(cases.Sum(one => one.AmountVnd)))} · overdue {ViText.Count(cases.Count(one => one.IsOpen && one.DueOn < today))}"));
    });

    public static Answer One(CommandContext context, short provinceCode, CaseView view, IReadOnlyList<PaymentClaimEvent> claim) => Answer.Of(Json(provinceCode, view, claim), output =>
    {
        var one = view.Case;
        output.Line(Head(context, one));
        if (Payment(provinceCode, one) is { } id) output.Line(context.Text($"Lệnh chi {id} · {one.FullName} ({one.PersonId}) · {one.CommuneName}", $"Payment {id} · {one.FullName} ({one.PersonId}) · {one.CommuneName}"));
        if (one is { Kind: "held", Month: { } heldMonth, RunNo: { } heldRun })
        {
            var run = new RunId(provinceCode, Months.FromKey(heldMonth), heldRun);
            output.Line(context.Text($"Đợt {run} · {one.FullName} ({one.PersonId}) · {one.CommuneName}", $"Run {run} · {one.FullName} ({one.PersonId}) · {one.CommuneName}"));
            if (one is { IsOpen: true, NextAction: not "await_run", ReasonCode: { } reason })
            {
                var (vi, en) = one.NextAction == "repay" ? ("đã bỏ giữ, chi trong đợt bổ sung: payengine case repay", "released, paid in a regularisation run: payengine case repay") : HoldReasons.Exit(reason);
                output.Line(context.Text($"Lối ra: {vi}{(one.NextAction == "repay" ? $" {one.CaseNo}" : "")}. payengine run release-hold {run} --person {one.PersonId} --reason …", $"The way out: {en}{(one.NextAction == "repay" ? $" {one.CaseNo}" : "")}. payengine run release-hold {run} --person {one.PersonId} --reason …"));
            }
        }

        if (one.HappenedOn is { } happened) output.Line(context.Text($"Xảy ra ngày {ViText.Date(happened)}; ta biết ngày {ViText.Date(Day(one.OpenedAt))}", $"Happened on {ViText.Date(happened)}; known to us on {ViText.Date(Day(one.OpenedAt))}"));
        if (view.Payment is { } payment)
        {
            if (payment.PayeeName is { } payee && payee != one.FullName) output.Line(context.Text($"Người nhận tiền: {payee}", $"Payee: {payee}"));
            output.Line(payment.IsEnded ? context.Text($"Kết thúc đã chứng minh ({payment.EndedHow}): {payment.Proof}", $"Proven end ({payment.EndedHow}): {payment.Proof}")
                : context.Text("Chưa chứng minh được tiền đã về hoặc chưa từng bị trừ: cần sao kê.", "Not proven yet that the money came back or was never taken: statements are needed."));
            if (payment.HasOtherAccount) output.Line(context.Text($"Tài khoản mới trong sổ: {Bank(payment.BankBin)} …{payment.AccountTail}, {payment.HolderName}", $"The register's account now: {Bank(payment.BankBin)} …{payment.AccountTail}, {payment.HolderName}"));
            if (payment.RepaidRun is { } run) output.Line(context.Text($"Chi lại trong đợt {new RunId(provinceCode, Months.FromKey(payment.RepaidMonth!.Value), run)}", $"Paid again in run {new RunId(provinceCode, Months.FromKey(payment.RepaidMonth!.Value), run)}"));
        }

        if (view.Attempts.Count > 0)
        {
            var attempts = new TextTable(new TextColumn(context.Text("Lần chi", "Attempt")), new TextColumn(context.Text("Cách", "Way")), new TextColumn(context.Text("Kết thúc", "End")));
            foreach (var attempt in view.Attempts)
                attempts.Row(((char)('A' + attempt.Attempt - 1)).ToString(), attempt.Kind == 2 ? context.Text("tiền mặt", "cash") : $"{Bank(attempt.BankBin)} …{attempt.AccountTail}", attempt.EndedHow is null ? "–" : $"{attempt.EndedHow}: {attempt.Proof}");
            output.Table(attempts);
        }

        foreach (var change in view.Changes)
        {
            var state = change.State switch
            {
                "proposed" => context.Text("chờ người thứ hai duyệt", "waits for a second person"),
                "approved" => context.Text($"{change.ApprovedBy} đã duyệt, dùng từ {ViText.Date(change.UsableOn!.Value)}", $"approved by {change.ApprovedBy}, used from {ViText.Date(change.UsableOn!.Value)}"),
                "applied" => context.Text($"{change.ApprovedBy} đã duyệt, đã vào sổ", $"approved by {change.ApprovedBy}, in the register"),
                "rejected" => context.Text("bị từ chối", "rejected"),
                _ => context.Text("bỏ: sổ đã đổi trước đó", "dropped: the register changed first"),
            };
            output.Line(context.Text($"Tài khoản đề nghị: {Bank(change.BankBin)} …{change.AccountTail}, {change.HolderName}; khớp tên {change.NameScore}/100 với {change.ExpectedName} ({NameRuleWords.Of(context, change.NameRule)}){(change.OverrideReason is { } why ? $" (vẫn nhận: {why})" : "")}; {change.MadeBy}; {state}",
                $"Proposed account: {Bank(change.BankBin)} …{change.AccountTail}, {change.HolderName}; name fits {change.NameScore}/100 with {change.ExpectedName} ({NameRuleWords.Of(context, change.NameRule)}){(change.OverrideReason is { } reason ? $" (taken all the same: {reason})" : "")}; {change.MadeBy}; {state}"));
        }

        foreach (var decision in view.Decisions)
            output.Line(context.Text($"Quyết định {decision.DecisionNo}: {Decision(context, decision.Decision)} – {decision.Evidence}; {decision.MadeBy}; {(decision.Answer is null ? "chờ người duyệt" : decision.Answer == "approved" ? $"{decision.AnsweredBy} đã duyệt" : $"{decision.AnsweredBy} từ chối: {decision.Remark}")}",
                $"Decision {decision.DecisionNo}: {Decision(context, decision.Decision)} – {decision.Evidence}; {decision.MadeBy}; {(decision.Answer is null ? "waits for an approver" : decision.Answer == "approved" ? $"approved by {decision.AnsweredBy}" : $"rejected by {decision.AnsweredBy}: {decision.Remark}")}"));
        foreach (var settled in view.Settlements)
        {
            output.Line(context.Text($"Kết luận {(char)('A' + settled.Attempt - 1)}{settled.SettlementNo}: {SettledWord(context, settled.SettledAs)} – {settled.Ground}{Paper(settled)}; {settled.MadeBy}; {(settled.Answer is null ? "chờ người duyệt" : settled.Answer == "approved" ? $"{settled.AnsweredBy} đã duyệt" : $"{settled.AnsweredBy} từ chối: {settled.Remark}")}{Owes(context, settled)}",
                $"Settlement {(char)('A' + settled.Attempt - 1)}{settled.SettlementNo}: {SettledWord(context, settled.SettledAs)} – {settled.Ground}{Paper(settled)}; {settled.MadeBy}; {(settled.Answer is null ? "waits for an approver" : settled.Answer == "approved" ? $"approved by {settled.AnsweredBy}" : $"rejected by {settled.AnsweredBy}: {settled.Remark}")}{Owes(context, settled)}"));
        }

        if (one.IsOpen && (one.Kind == "contradicted" || (one.Kind == "paid_twice" && view.Payment is { IsLatest: true })) && view.Settlements.All(settled => settled.Answer is not null))
        {
            output.Line(context.Text($"Lối ra: tệp sửa của ngân hàng, hoặc hai người kết luận: payengine case settle {one.CaseNo} --as paid|returned --evidence \"…\"",
                $"The way out: the bank's corrected file, or two persons settle it: payengine case settle {one.CaseNo} --as paid|returned --evidence \"…\""));
        }

        foreach (var other in view.Beside) output.Line(context.Text($"Cùng khoản chi: {Head(context, other)}", $"The same payment: {Head(context, other)}"));
        if (view.OnTheirWay.Count > 0)
        {
            output.Line(context.Text($"Khoản khác cho cùng người nhận còn đang đi: {ViText.Count(view.OnTheirWay.Count)}, {ViText.Money(new Vnd(view.OnTheirWay.Sum(way => way.AmountVnd)))}",
                $"Other payments to the same payee on their way: {ViText.Count(view.OnTheirWay.Count)}, {ViText.Money(new Vnd(view.OnTheirWay.Sum(way => way.AmountVnd)))}"));
            foreach (var way in view.OnTheirWay) output.Line($"  {WayId(provinceCode, way)}  {ViText.Money(new Vnd(way.AmountVnd))}  {Stop(context, provinceCode, way)}");
        }

        foreach (var one2 in claim)
            output.Line(context.Text($"Khoản đòi: {ClaimWord(context, one2.Event)} {ViText.Money(new Vnd(one2.SumVnd))}, còn {ViText.Money(new Vnd(one2.LeftVnd))}; {one2.Evidence}", $"Claim: {ClaimWord(context, one2.Event)} {ViText.Money(new Vnd(one2.SumVnd))}, left {ViText.Money(new Vnd(one2.LeftVnd))}; {one2.Evidence}"));
        foreach (var done in view.Events)
        {
            output.Line($"  {Time(done.At)}  {done.Person}  {Event(context, done.Event)}{(done.ToPerson is null ? "" : " → " + done.ToPerson)}{(done.Channel is null ? "" : $" {done.Channel}, {done.Outcome}")}{(done.Remark is null ? "" : ": " + done.Remark)}"
                + (done.HappenedAt == done.At ? "" : context.Text($" (lúc {Time(done.HappenedAt)})", $" (at {Time(done.HappenedAt)})")));
        }

        if (view.Roads is { } roads)
        {
            output.Line(context.Text($"Sửa tài khoản: {Road(roads.Correct, "được")}", $"Correct the account: {Road(roads.Correct, "open")}"));
            output.Line(context.Text($"Chi lại qua tài khoản: {Road(roads.Repay, "được")}", $"Pay again by account: {Road(roads.Repay, "open")}")
                + (roads.RetriesLeft > 0 ? context.Text($" (còn {roads.RetriesLeft} lần thử lại)", $" ({roads.RetriesLeft} retries left)") : ""));
            output.Line(context.Text($"Tiền mặt: {Road(roads.Cash, "được")}", $"Cash: {Road(roads.Cash, "open")}"));
            output.Line(roads.Fallback is null ? context.Text("Hết hạn: không tự làm gì, con người quyết định.", "When the term is over: nothing by itself, a person decides.")
                : context.Text($"Hết hạn {ViText.Date(one.DueOn)}: tự chuyển sang tiền mặt nếu tiền đã chứng minh là về.", $"When the term is over ({ViText.Date(one.DueOn)}): cash by itself, once the money is proven back."));
        }
    });

    /// <summary>What acts have changed, and what was refused.</summary>
    public static Answer Done(CommandContext context, short provinceCode, IReadOnlyList<CaseView> views, IReadOnlyList<Problem> problems)
    {
        if (views.Count == 0) return Answer.Refused(problems);
        var answer = Answer.Of(views is [var only] && problems.Count == 0 ? Json(provinceCode, only, []) : new { cases = views.Select(view => Json(provinceCode, view, [])), problems = problems.Select(JsonText.Of) }, output =>
        {
            foreach (var view in views)
            {
                if (view.AlreadyDone) output.Line(context.Text("Đã làm trước đó; không có gì thay đổi.", "Done before; nothing was changed."));
                output.Line(Head(context, view.Case));
                foreach (var other in view.Beside) output.Line(context.Text($"Cùng khoản chi: {Head(context, other)}", $"The same payment: {Head(context, other)}"));
                if (view.Case.IsOpen && view.Settlements.Any(one => one.Answer is null))
                    output.Talk(context.Text($"Tiếp theo, người duyệt: payengine case approve {view.Case.CaseNo} | payengine case reject {view.Case.CaseNo} --remark \"…\"", $"Next, an approver: payengine case approve {view.Case.CaseNo} | payengine case reject {view.Case.CaseNo} --remark \"…\""));
                if (view.Case.IsOpen && view.Roads?.Repay is null && view.Roads is not null) output.Talk(context.Text($"Tiếp theo: payengine case repay {view.Case.CaseNo}", $"Next: payengine case repay {view.Case.CaseNo}"));
            }

            if (problems.Count > 0) output.Problems(problems);
        });
        return problems.Count > 0 ? answer with { Exit = Answer.Refused(problems).Exit } : answer;
    }

    public static Answer Desks(CommandContext context, IReadOnlyList<CaseDesk> desks) => Answer.Of(new { desks = desks.Select(desk => new { role = desk.Role, commune = desk.CommuneCode, user = desk.UserName }) }, output =>
    {
        if (desks.Count == 0)
        {
            output.Line(context.Text("Chưa phân công bàn nào: việc thuộc về ai giữ vai trò đó ở địa bàn.", "No desk is named: a case belongs to whoever holds its role there."));
            return;
        }

        var table = new TextTable(new TextColumn(context.Text("Vai trò", "Role")), new TextColumn(context.Text("Xã", "Commune")), new TextColumn(context.Text("Người", "Person")));
        foreach (var desk in desks) table.Row(Owner(context, desk.Role), desk.CommuneCode is null ? context.Text("mọi xã khác", "every other commune") : $"{desk.CommuneCode} {desk.CommuneName}", desk.UserName ?? "–");
        output.Table(table);
    });

    public static Answer Terms(CommandContext context, CaseTerms terms) => Answer.Of(terms.All.ToDictionary(one => one.Name + "_days", one => one.Days), output =>
    {
        var table = new TextTable(new TextColumn(context.Text("Thời hạn", "Term")), new TextColumn(context.Text("Ngày ngân hàng", "Banking days"), true), new TextColumn(context.Text("Là", "Is")));
        foreach (var (name, days) in terms.All) table.Row(name, ViText.Count(days), Term(context, name));
        output.Table(table);
    });

    static string Term(CommandContext context, string name) => name switch
    {
        "account_wait" => context.Text("từ lúc duyệt đến lúc dùng tài khoản mới", "from the approval of a new account to its use"),
        "idle" => context.Text("việc đã nhận mà không ai động đến: từ đó là bị kẹt", "a taken case that nobody has touched is stuck then"),
        "ask_payee" => context.Text("hỏi người nhận tài khoản khác; sau đó tiền mặt, nếu chính sách cho phép", "asking the payee for another account; then cash, where the policy allows it"),
        "fix_and_retry" => context.Text("sửa tài khoản theo sổ; sau đó như trên", "correcting an account against the register; then as above"),
        "retry_later" => context.Text("chi lại như cũ, không trước khi sao kê chứng minh lần trước đã kết thúc", "trying again as it was, not before statements prove the first try's end"),
        "decide" => context.Text("điều con người quyết định, điều hỏi ngân hàng", "what a person decides, what is asked of a bank"),
        "bank_short" => context.Text("đòi ngân hàng phần trả thiếu", "asking a bank for what came back short"),
        "suspense" => context.Text("tìm khoản khớp cho một bút toán", "finding what an entry is for"),
        _ => context.Text("từ lúc in danh sách tiền mặt đến lúc có đủ kết quả", "from the printing of a cash list to all its results"),
    };

    /// <summary>The first page: what waits for the reader, what is stuck.</summary>
    public static Answer Start(CommandContext context, Caller caller, StartPage page) => Answer.Of(new
    {
        person = caller.UserName, stuck = Stuck(page),
        cases = new { open = page.Cases.Open, open_vnd = page.Cases.OpenVnd, mine = page.Cases.Mine, for_me = page.Cases.ForMe, due_today = page.Cases.DueToday, overdue = page.Cases.Overdue, overdue_vnd = page.Cases.OverdueVnd, idle = page.Cases.Idle },
        waiting = page.Steps.Select(Json),
        break_glass = page.Glasses.Select(one => new { number = one.GlassNo, asked_by = one.AskedBy, granted_by = one.GrantedBy, role = one.Role, communes = one.CommuneCodes, subject = one.Subject, ends_at = one.EndsAt }),
    }, output =>
    {
        output.Line(context.Text($"{caller.FullName} ({caller.UserName}) · {ViText.Date(Today(context))}", $"{caller.FullName} ({caller.UserName}) · {ViText.Date(Today(context))}"));
        var cases = page.Cases;
        output.Line(Stuck(page) == 0 ? context.Text("Bị kẹt: 0", "Stuck: 0")
            : context.Text($"Bị kẹt: {ViText.Count(Stuck(page))} (quá hạn {ViText.Count(cases.Overdue)} việc, {ViText.Money(new Vnd(cases.OverdueVnd))}; nhận mà bỏ đó {ViText.Count(cases.Idle)}; bước quá ngày {ViText.Count(page.Steps.Count(step => step.Stuck))}). Xem: payengine case list --stuck",
                $"Stuck: {ViText.Count(Stuck(page))} ({ViText.Count(cases.Overdue)} cases past their term, {ViText.Money(new Vnd(cases.OverdueVnd))}; {ViText.Count(cases.Idle)} taken and left; {ViText.Count(page.Steps.Count(step => step.Stuck))} steps past their day). See: payengine case list --stuck"));
        output.Line(context.Text($"Việc đang mở: {ViText.Count(cases.Open)}, {ViText.Money(new Vnd(cases.OpenVnd))} · của tôi {ViText.Count(cases.Mine)} · chờ tôi nhận {ViText.Count(cases.ForMe)} · đến hạn hôm nay {ViText.Count(cases.DueToday)}",
            $"Open cases: {ViText.Count(cases.Open)}, {ViText.Money(new Vnd(cases.OpenVnd))} · mine {ViText.Count(cases.Mine)} · waiting for me {ViText.Count(cases.ForMe)} · due today {ViText.Count(cases.DueToday)}"));
        foreach (var glass in page.Glasses) output.Line(BreakGlassCommand.Line(context, glass));
        WriteSteps(context, output, page.Steps);
    });

    /// <summary>What was done by itself, and the steps whose last day is today or over.</summary>
    public static Answer Due(CommandContext context, Reconciliation found, StartPage page)
    {
        var today = Today(context);
        var due = page.Steps.Where(step => step.DueOn <= today).ToList();
        return Answer.Of(new
        {
            proven = found.Proven, to_cash = found.ToCash, to_cash_vnd = found.ToCashVnd, late_raised = found.Late.Raised, late_closed = found.Late.Closed,
            cases_due_today = page.Cases.DueToday, cases_overdue = page.Cases.Overdue, due = due.Select(Json),
        }, output =>
        {
            ThreeWayPaper.Reconciled(context, output, found);
            output.Line(context.Text($"Việc đến hạn hôm nay: {ViText.Count(page.Cases.DueToday)}; quá hạn: {ViText.Count(page.Cases.Overdue)}.", $"Cases due today: {ViText.Count(page.Cases.DueToday)}; overdue: {ViText.Count(page.Cases.Overdue)}."));
            WriteSteps(context, output, due);
        });
    }

    /// <summary>Steps that wait, each with whose it is, its last day and the command.</summary>
    public static void WriteSteps(CommandContext context, Output output, IReadOnlyList<WaitingStep> steps)
    {
        if (steps.Count == 0) return;
        var today = Today(context);
        var table = new TextTable(new TextColumn(context.Text("Đang chờ", "Waiting")), new TextColumn(context.Text("Đối tượng", "What")), new TextColumn(context.Text("Số", "Items"), true), new TextColumn(context.Text("Số tiền", "Sum"), true),
            new TextColumn(context.Text("Người xử lý", "Owner")), new TextColumn(context.Text("Hạn", "Due")), new TextColumn(context.Text("Lệnh", "Command")));
        foreach (var step in steps)
        {
            table.Row(Step(context, step.What), step.Subject, ViText.Count(step.Items), step.SumVnd == 0 ? "–" : ViText.Money(new Vnd(step.SumVnd)), Owner(context, step.Owner),
                ViText.Date(step.DueOn) + (step.DueOn < today ? context.Text(" quá hạn", " overdue") : ""), Command(step));
        }

        output.Table(table);
    }

    public static object Json(WaitingStep step) => new
    {
        what = step.What, subject = step.Subject, items = step.Items, sum_vnd = step.SumVnd, stuck = step.Stuck, owner = step.Owner, due_on = step.DueOn, command = Command(step),
    };

    internal static int Stuck(StartPage page) => page.Cases.Stuck + page.Steps.Count(step => step.Stuck);

    internal static string Step(CommandContext context, string what) => what switch
    {
        "run_to_submit" => context.Text("đợt chờ trình", "run to submit"),
        "run_to_approve" => context.Text("đợt chờ duyệt", "run to approve"),
        "run_to_export" => context.Text("đợt chờ xuất tệp", "run to export"),
        "window_over" => context.Text("đợt đã qua ngày chi", "run whose days are over"),
        "file_to_send" => context.Text("tệp chờ gửi", "file to send"),
        "file_in_doubt" => context.Text("tệp chưa rõ đã tới ngân hàng", "file of which nobody knows whether the bank has it"),
        "instalment_late" => context.Text("kỳ trả dần chưa trả", "instalment not paid"),
        "give_back_to_decide" => context.Text("bảng đề nghị nộp trả chờ quyết định", "proposal to give back to decide"),
        "cash_list_late" => context.Text("danh sách tiền mặt chưa trả đủ kết quả", "cash lists without all results"),
        "portal_case_late" => context.Text("hồ sơ một cửa quá hạn", "portal applications past their term"),
        "account_to_approve" or "asked_account_to_approve" => context.Text("tài khoản chờ duyệt", "account to approve"),
        "settlement_to_answer" => context.Text("kết luận chờ duyệt", "settlement to answer"),
        "correction_to_decide" => context.Text("kết quả tiền mặt chờ sửa", "cash result to correct"),
        _ => context.Text("quyết định chờ duyệt", "decision to answer"),
    };

    static string Command(WaitingStep step) => step.What switch
    {
        "run_to_submit" or "run_to_approve" => $"payengine run show {step.Subject}",
        "run_to_export" => $"payengine run export {step.Subject} --out D",
        "window_over" => $"payengine run extend {step.Subject}",
        "correction_to_decide" => "payengine cash corrections",
        "file_to_send" or "file_in_doubt" => $"payengine run send {step.Run}",
        "instalment_late" => $"payengine claim show {step.Subject}",
        "give_back_to_decide" => $"payengine cash unclaimed show {step.Subject}",
        "cash_list_late" => "payengine cash list",
        "asked_account_to_approve" => $"payengine account approve {step.Subject}",
        "portal_case_late" => "payengine portal list --overdue",
        _ => $"payengine case show {step.Subject}",
    };

    static object Json(short provinceCode, CaseRow one) => new
    {
        case_no = one.CaseNo, kind = one.Kind, payment = Payment(provinceCode, one), import_no = one.ImportNo, entry_no = one.EntryNo, file_no = one.FileNo, claim_no = one.ClaimNo, reason = one.ReasonCode, amount_vnd = one.AmountVnd,
        commune = one.CommuneName, commune_code = one.CommuneCode, bank = one.BankBin, person_id = one.PersonId, next_action = one.NextAction, owner = one.Owner, desk = one.Desk, opened_at = one.OpenedAt, happened_on = one.HappenedOn,
        due_on = one.DueOn, taken_by = one.TakenBy, closed_at = one.ClosedAt, closed_how = one.ClosedHow,
    };

    static object Json(short provinceCode, CaseView view, IReadOnlyList<PaymentClaimEvent> claim) => new
    {
        @case = Json(provinceCode, view.Case), already_done = view.AlreadyDone,
        payment = view.Payment is not { } payment ? null : new
        {
            ended = payment.IsEnded, ended_how = payment.EndedHow, proof = payment.Proof, latest = payment.IsLatest, disputed = payment.IsDisputed, bank_attempts = payment.BankAttempts, other_account = payment.HasOtherAccount,
            repaid_in = payment.RepaidRun is { } run ? new RunId(provinceCode, Months.FromKey(payment.RepaidMonth!.Value), run).ToString() : null,
        },
        roads = view.Roads is not { } roads ? null : new
        {
            correct = roads.Correct is null ? null : JsonText.Of(roads.Correct), repay = roads.Repay is null ? null : JsonText.Of(roads.Repay), cash = roads.Cash is null ? null : JsonText.Of(roads.Cash), retries_left = roads.RetriesLeft,
            fallback = roads.Fallback,
        },
        attempts = view.Attempts.Select(attempt => new { attempt = ((char)('A' + attempt.Attempt - 1)).ToString(), way = attempt.Kind == 2 ? "cash" : "account", bank = attempt.BankBin, account_tail = attempt.AccountTail, ended_how = attempt.EndedHow, proof = attempt.Proof }),
        changes = view.Changes.Select(change => new
        {
            change_no = change.ChangeNo, state = change.State, bank = change.BankBin, account_tail = change.AccountTail, holder = change.HolderName, expected = change.ExpectedName, holder_form = change.HolderForm, expected_form = change.ExpectedForm, name_rule = change.NameRule, name_score = change.NameScore, override_reason = change.OverrideReason,
            source = change.Source, made_by = change.MadeBy, approved_by = change.ApprovedBy, usable_on = change.UsableOn,
        }),
        decisions = view.Decisions.Select(decision => new { decision_no = decision.DecisionNo, decision = decision.Decision, evidence = decision.Evidence, made_by = decision.MadeBy, answer = decision.Answer, answered_by = decision.AnsweredBy, remark = decision.Remark }),
        settlements = view.Settlements.Select(one => new
        {
            attempt = ((char)('A' + one.Attempt - 1)).ToString(), settlement_no = one.SettlementNo, settled_as = one.SettledAs, evidence = one.Ground, file = one.FileName, file_sha256 = one.FileSha256 is { } digest ? Convert.ToHexStringLower(digest) : null,
            bank_owes_vnd = one.BankOwesVnd, made_by = one.MadeBy, answer = one.Answer, answered_by = one.AnsweredBy, remark = one.Remark,
        }),
        beside = view.Beside.Select(other => Json(provinceCode, other)),
        on_their_way = view.OnTheirWay.Select(way => new { payment = WayId(provinceCode, way), amount_vnd = way.AmountVnd, handed_over = way.HandedOver }),
        claim = claim.Select(one => new { claim_no = one.ClaimNo, @event = one.Event, sum_vnd = one.SumVnd, left_vnd = one.LeftVnd, evidence = one.Evidence, person = one.Person, at = one.At }),
        events = view.Events.Select(done => new
        {
            no = done.EventNo, @event = done.Event, person = done.Person, at = done.At, happened_at = done.HappenedAt, channel = done.Channel, outcome = done.Outcome, to_person = done.ToPerson, remark = done.Remark,
        }),
    };

    static string Head(CommandContext context, CaseRow one)
    {
        var state = one.IsOpen
            ? context.Text($"{Action(context, one.NextAction)}; {one.TakenBy ?? one.Desk ?? Owner(context, one.Owner)}; hạn {ViText.Date(one.DueOn)}", $"{Action(context, one.NextAction)}; {one.TakenBy ?? one.Desk ?? Owner(context, one.Owner)}; due {ViText.Date(one.DueOn)}")
            : context.Text($"đã đóng: {How(context, one.ClosedHow!)}", $"closed: {How(context, one.ClosedHow!)}");
        return context.Text($"Việc {one.CaseNo} · {Kind(context, one.Kind)} · {one.ReasonCode ?? "không rõ lý do"} · {ViText.Money(new Vnd(one.AmountVnd))} · {state}",
            $"Case {one.CaseNo} · {Kind(context, one.Kind)} · {one.ReasonCode ?? "no reason"} · {ViText.Money(new Vnd(one.AmountVnd))} · {state}");
    }

    static string Road(Problem? why, string open) => why is null ? open : $"– {why.Message} → {why.Remedy}";

    internal static string? Payment(short provinceCode, CaseRow one) => one is { Month: { } month, RunNo: { } run, LineNo: { } line, Attempt: { } attempt }
        ? new InstructionId(provinceCode, Months.FromKey(month), run, line, attempt).ToString() : null;

    internal static string? Bank(string? bin) => bin is null ? null : BankDirectory.Find(bin)?.ShortName ?? bin;

    static LocalDate Day(Instant at) => at.InZone(Zone).Date;

    static LocalDate Today(CommandContext context) => Day(context.Clock.GetCurrentInstant());

    static string Time(Instant at) => ViText.Time(at.InZone(Zone).LocalDateTime);

    internal static string SettledWord(CommandContext context, string settled) => settled == "paid" ? context.Text("đã chi cho người nhận", "paid") : context.Text("chưa chi, được chi lại", "returned");

    static string Paper(StoredSettlement settled) => settled.FileName is null ? "" : $" ({settled.FileName})";

    static string Owes(CommandContext context, StoredSettlement settled) => settled.BankOwesVnd == 0 ? ""
        : context.Text($"; ngân hàng còn nợ {ViText.Money(new Vnd(settled.BankOwesVnd))}", $"; the bank owes {ViText.Money(new Vnd(settled.BankOwesVnd))}");

    static string WayId(short provinceCode, PaymentOnItsWay way) => new InstructionId(provinceCode, Months.FromKey(way.Month), way.RunNo, way.LineNo, way.Attempt).ToString();

    static string Stop(CommandContext context, short provinceCode, PaymentOnItsWay way) => way.HandedOver
        ? context.Text($"thu hồi: payengine bank recall {WayId(provinceCode, way)} --reason UPAY --out D", $"recall it: payengine bank recall {WayId(provinceCode, way)} --reason UPAY --out D")
        : context.Text("chưa gửi ngân hàng; rút tệp lại: payengine run withdraw", "not with the bank yet; withdraw its file: payengine run withdraw");

    internal static string Decision(CommandContext context, string decision) => decision == "cash" ? context.Text("chi tiền mặt", "cash") : context.Text("chi lại qua tài khoản", "pay again by account");

    static string ClaimWord(CommandContext context, string said) => said switch
    {
        "found" => context.Text("phát sinh", "found"),
        "ceased" => context.Text("không còn", "ceased"),
        "recovered" => context.Text("đã thu", "recovered"),
        _ => context.Text("không đòi nữa", "written off"),
    };

    /// <summary>A role in the reader's words.</summary>
    public static string Owner(CommandContext context, string role) => role switch
    {
        Role.Maker => context.Text("người lập", "maker"),
        Role.Approver => context.Text("người duyệt", "approver"),
        Role.AccountEditor => context.Text("người sửa tài khoản", "account editor"),
        Role.CashOfficer => context.Text("cán bộ chi tiền mặt", "cash officer"),
        Role.Reconciler => context.Text("người đối soát", "reconciler"),
        Role.CommuneOfficer => context.Text("cán bộ xã", "commune officer"),
        _ => role,
    };

    internal static string How(CommandContext context, string how) => how switch
    {
        "to_cash" => context.Text("sang tiền mặt", "to cash"),
        "paid_again" => context.Text("chi lại", "paid again"),
        "superseded" => context.Text("thông tin mới hơn", "newer evidence"),
        "answered" => context.Text("đã có trả lời", "answered"),
        "resolved" => context.Text("đã giải quyết", "resolved"),
        "settled" => context.Text("đã thu xong", "settled"),
        "released" => context.Text("đã bỏ giữ", "released"),
        "given_back" => context.Text("nộp trả ngân sách", "given back to the budget"),
        "settlement" => context.Text("hai người đã kết luận", "settled by two persons"),
        "corrected" => context.Text("đã sửa kết quả", "the result was corrected"),
        "refused" => context.Text("không chấp nhận", "refused"),
        _ => how,
    };

    internal static string Event(CommandContext context, string said) => said switch
    {
        "taken" => context.Text("nhận việc", "took it"),
        "given" => context.Text("giao", "gave it"),
        "freed" => context.Text("lấy lại việc", "freed it"),
        "note" => context.Text("ghi chú", "note"),
        "contact" => context.Text("liên hệ", "contact"),
        "escalated" => context.Text("chuyển người duyệt", "escalated"),
        "account_proposed" => context.Text("đề nghị tài khoản", "proposed an account"),
        "account_approved" => context.Text("duyệt tài khoản", "approved the account"),
        "account_rejected" => context.Text("từ chối tài khoản", "rejected the account"),
        "account_applied" => context.Text("tài khoản vào sổ", "the account is in the register"),
        "account_dropped" => context.Text("bỏ tài khoản đề nghị: sổ đã đổi", "dropped the account: the register changed"),
        "decision_proposed" => context.Text("đề nghị quyết định", "proposed a decision"),
        "decision_approved" => context.Text("duyệt quyết định", "approved the decision"),
        "decision_rejected" => context.Text("từ chối quyết định", "rejected the decision"),
        "paid_again" => context.Text("chi lại", "paid again"),
        "to_cash" => context.Text("chuyển tiền mặt", "sent to cash"),
        "claimed" => context.Text("ghi khoản đòi", "recorded on the claim"),
        "resolved" => context.Text("giải quyết", "resolved"),
        "settlement_proposed" => context.Text("đề nghị kết luận", "proposed a settlement"),
        "settlement_approved" => context.Text("duyệt kết luận", "approved the settlement"),
        "settlement_rejected" => context.Text("từ chối kết luận", "rejected the settlement"),
        "correction_proposed" => context.Text("đề nghị sửa kết quả chi tiền mặt", "proposed to correct the cash result"),
        "correction_approved" => context.Text("duyệt sửa kết quả", "approved the correction"),
        "correction_rejected" => context.Text("không sửa kết quả", "refused the correction"),
        _ => said,
    };

    internal static string Kind(CommandContext context, string kind) => kind switch
    {
        "rejected" => context.Text("ngân hàng từ chối", "rejected"),
        "returned" => context.Text("bị trả lại", "returned"),
        "cancelled" => context.Text("đã hủy", "cancelled"),
        "contradicted" => context.Text("thông tin trái ngược", "contradicted"),
        "paid_twice" => context.Text("chi hai lần", "paid twice"),
        "bank_short" => context.Text("ngân hàng trả thiếu", "bank short"),
        "deceased" => context.Text("báo đã mất", "deceased"),
        "suspense" => context.Text("khoản chưa khớp", "suspense"),
        "claim" => context.Text("phải thu hồi", "claim"),
        "recall" => context.Text("đã đề nghị thu hồi", "recalled"),
        "held" => context.Text("tạm giữ có lý do", "held with a reason"),
        "cash_correction" => context.Text("sửa kết quả chi tiền mặt", "cash result to be corrected"),
        "last_attempt" => context.Text("lần chi cuối cùng", "the last attempt"),
        "suspension" => context.Text("không ai nhận ba tháng liền", "uncollected three months in a row"),
        "suspense_old" => context.Text("khoản chưa khớp quá lâu", "suspense too long"),
        "acknowledgement_late" => context.Text("chưa xác nhận nhận tệp", "no acknowledgement"),
        "status_late" => context.Text("chưa có kết quả cuối cùng", "no final status"),
        "debit_late" => context.Text("sao kê chưa ghi nợ", "no booked debit"),
        _ => kind,
    };

    internal static string Action(CommandContext context, string action) => action switch
    {
        "ask_bank" => context.Text("hỏi ngân hàng", "ask the bank"),
        "claim_on_payee" => context.Text("thu hồi từ người nhận", "claim from the payee"),
        "claim_after_death" => context.Text("thu hồi từ thân nhân hoặc người nhận", "claim from the relatives or the payee"),
        "claim_on_bank" => context.Text("đòi ngân hàng phần thiếu", "claim the rest from the bank"),
        "stop_deceased" => context.Text("xác minh người đã mất", "verify the death"),
        "ask_beneficiary" => context.Text("hỏi người nhận tài khoản mới", "ask the payee for an account"),
        "fix_and_retry" => context.Text("sửa tài khoản, chi lại", "correct the account, pay again"),
        "retry_later" => context.Text("chi lại sau", "try again later"),
        "match_by_hand" => context.Text("tìm khoản khớp", "match by hand"),
        "await_recall_answer" => context.Text("chờ ngân hàng trả lời thu hồi", "wait for the bank's answer to the recall"),
        "decide_suspension" => context.Text("quyết định tạm dừng: cash suspensions decide", "decide the suspension: cash suspensions decide"),
        "approve_account" => context.Text("duyệt tài khoản mới", "approve the new account"),
        "await_account" => context.Text("chờ tài khoản mới dùng được", "wait until the new account may be used"),
        "answer_decision" => context.Text("trả lời quyết định", "answer the decision"),
        "answer_settlement" => context.Text("duyệt kết luận", "answer the settlement"),
        "decide_correction" => context.Text("quyết định sửa kết quả: cash corrections decide", "decide the correction: cash corrections decide"),
        "decide_last_attempt" => context.Text("quyết định: chi, hoặc nộp trả ngân sách", "decide: pay it, or give it back"),
        "await_run" => context.Text("chờ duyệt đợt bổ sung", "wait for the regularisation run"),
        "repay" => context.Text("chi lại trong đợt bổ sung", "pay again in a regularisation run"),
        "decide_hold" => context.Text("bỏ giữ hoặc nộp trả (run release-hold)", "release it or give it back (run release-hold)"),
        "correct_register" => context.Text("bổ sung người nhận, tài khoản hoặc thông tin trong sổ", "complete the payee, the account or the facts in the register"),
        _ => context.Text("người có trách nhiệm quyết định", "a person decides"),
    };
}
