using System.Globalization;
using Microsoft.AspNetCore.Mvc;
using NodaTime;
using PaymentEngine.App.Commands;
using PaymentEngine.App.Operations;
using PaymentEngine.App.Operations.Access;
using PaymentEngine.App.Operations.Accounts;
using PaymentEngine.App.Operations.Cases;
using PaymentEngine.App.Web.Guard;
using PaymentEngine.Core;
using PaymentEngine.Core.Money;
using PaymentEngine.Core.Payments;
using PaymentEngine.Core.Recipients;
using PaymentEngine.Core.Reconciliation;
using PaymentEngine.Messages;
using PaymentEngine.Postgres.Cases;

namespace PaymentEngine.App.Web.Pages.Cases;

/// <summary>Something that happened about a case, whoever said it.</summary>
/// <param name="Who">The person, or what said so.</param>
public sealed record CaseMoment(Instant At, string Who, string What);

/// <summary>A case: what happened, in its order; what comes next, first; the roads out that are open, and why others are not.</summary>
public sealed class CasePage(WebParts parts) : WebPage(parts)
{
    /// <summary>Spaces, dots and dashes between the figures of an account are how people write it down.</summary>
    static readonly char[] BetweenFigures = [' ', '.', '-', '\u00a0'];

    public CaseView? View { get; private set; }

    public string Number { get; private set; } = "";

    /// <summary>What was typed into the form that was refused, by field.</summary>
    public IReadOnlyDictionary<string, string> Typed { get; private set; } = new Dictionary<string, string>(StringComparer.Ordinal);

    public CaseRow Case => View!.Case;

    public string? PaymentId => CasePaper.Payment(Caller.ProvinceCode, Case);

    public RunId? Run => Case is { Month: { } month, RunNo: { } run } ? new RunId(Caller.ProvinceCode, Months.FromKey(month), run) : null;

    public AccountChange? Proposed => View!.Changes.FirstOrDefault(change => change.State == "proposed");

    public bool IsMine => Case.TakenBy == Caller.UserName;

    public bool MayTake => Case is { IsOpen: true, TakenBy: null } && Caller.Lacks(AccessRules.CaseTake) is null;

    public bool MayNote => Case.IsOpen && Caller.Lacks(AccessRules.CaseNote) is null;

    public bool MayFree => Case is { IsOpen: true, TakenBy: not null } && (IsMine || Has(Role.Approver, Role.Administrator));

    public bool MayCorrect => Case.IsOpen && View!.Roads is { Correct: null } && Proposed is null && Caller.Lacks(AccessRules.CaseCorrect) is null;

    public bool MayAnswerAccount => Case.IsOpen && Proposed is { } change && change.MadeBy != Caller.UserName && Caller.Lacks(AccessRules.CaseApprove) is null;

    public bool MayTakeBack => Case.IsOpen && Proposed is { } change && change.MadeBy == Caller.UserName;

    public CaseDecision? WaitingDecision => View!.Decisions.FirstOrDefault(decision => decision.Answer is null);

    public bool MayAnswerDecision => Case.IsOpen && WaitingDecision is { } decision && decision.MadeBy != Caller.UserName && Has(Role.Approver);

    public bool MayCash => Case.IsOpen && View!.Roads is { Cash: null } && Caller.Lacks(AccessRules.CaseCash) is null;

    public bool MayRepay => Case.IsOpen && View!.Roads is { Repay: null } && Caller.Lacks(AccessRules.CaseRepay) is null;

    public bool MayDecide => Case.IsOpen && View!.Roads is not null && WaitingDecision is null && Caller.Lacks(AccessRules.CaseDecide) is null;

    public bool MayEscalate => Case.IsOpen && Caller.Lacks(AccessRules.CaseEscalate) is null;

    public bool IsSettledByPeople => Case.IsOpen && (Case.Kind == "contradicted" || (Case.Kind == "paid_twice" && View!.Payment is { IsLatest: true }));

    public bool MaySettle => IsSettledByPeople && View!.Settlements.All(one => one.Answer is not null) && Caller.Lacks(AccessRules.CaseSettle) is null;

    public bool MayAnswerSettlement => Case.IsOpen && View!.Settlements.Any(one => one.Answer is null && one.MadeBy != Caller.UserName) && Has(Role.Approver);

    public bool MayResolve => Case.IsOpen && View!.Roads is null && !IsSettledByPeople && Caller.Lacks(AccessRules.CaseResolve) is null;

    public string Kept(string field) => Typed.GetValueOrDefault(field, "");

    public string? Wrong(string field) => Problems.Any(problem => problem.At?.Field == field) ? "true" : null;

    /// <summary>What the playbook says of the reason: who acts and how, in a sentence.</summary>
    public string NextWords => Case.IsOpen ? CasePaper.Action(Words, Case.NextAction) : CasePaper.How(Words, Case.ClosedHow!);

    public string? BankName(string? bin) => CasePaper.Bank(bin);

    public static string Letter(short attempt) => ((char)('A' + attempt - 1)).ToString();

    public string ChangeState(AccountChange change) => change.State switch
    {
        "proposed" => Text("chờ người thứ hai duyệt", "waits for a second person"),
        "approved" => Text($"{change.ApprovedBy} đã duyệt, dùng từ {ViText.Date(change.UsableOn!.Value)}", $"approved by {change.ApprovedBy}, used from {ViText.Date(change.UsableOn!.Value)}"),
        "applied" => Text($"{change.ApprovedBy} đã duyệt, đã vào sổ", $"approved by {change.ApprovedBy}, in the register"),
        "rejected" => Text("bị từ chối", "rejected"),
        _ => Text("bỏ: sổ đã đổi trước đó", "dropped: the register changed first"),
    };

    /// <summary>Everything that happened, in its order: what the bank said by the day we learnt of it, what people did.</summary>
    public IEnumerable<CaseMoment> Story()
    {
        var opened = new CaseMoment(Case.OpenedAt, Text("bằng chứng", "evidence"), Text($"Việc mở ra: {CasePaper.Kind(Words, Case.Kind)}{(Case.ReasonCode is null ? "" : $", mã {Case.ReasonCode}")}{(Case.HappenedOn is { } day ? $"; xảy ra ngày {ViText.Date(day)}" : "")}",
            $"The case opened: {CasePaper.Kind(Words, Case.Kind)}{(Case.ReasonCode is null ? "" : $", code {Case.ReasonCode}")}{(Case.HappenedOn is { } on ? $"; it happened on {ViText.Date(on)}" : "")}"));
        var done = View!.Events.Select(one => new CaseMoment(one.At, one.Person, CasePaper.Event(Words, one.Event) + (one.ToPerson is null ? "" : " → " + one.ToPerson) + (one.Channel is null ? "" : $" {one.Channel}, {one.Outcome}") + (one.Remark is null ? "" : ": " + one.Remark)));
        var closed = Case is { ClosedAt: { } at, ClosedHow: { } how } ? [new CaseMoment(at, "", Text("Đã đóng: ", "Closed: ") + CasePaper.How(Words, how))] : Array.Empty<CaseMoment>();
        return new[] { opened }.Concat(done).Concat(closed).OrderBy(one => one.At);
    }

    public async Task<IActionResult> OnGetAsync(string number, [FromQuery] string? done)
    {
        Done = DoneWords(done);
        return await LoadAsync(number) ?? Page();
    }

    /// <param name="number">The case.</param>
    /// <param name="what">The button.</param>
    public async Task<IActionResult> OnPostAsync(string number, [FromForm(Name = "do")] string? what)
    {
        Typed = Request.Form.Where(field => field.Key is not ("do" or "__RequestVerificationToken")).ToDictionary(field => field.Key, field => field.Value.ToString(), StringComparer.Ordinal);
        if (await LoadAsync(number) is { } unseen) return unseen;
        var back = $"/cases/{Case.CaseNo}";
        if (what == "repay")
        {
            var month = Day(Parts.Now).ToYearMonth();
            var planned = Caller.Lacks(AccessRules.CaseRepay) is { } lacks ? lacks : await Parts.Runs.RegulariseAsync(Caller, month, null, [Case.CaseNo], HttpContext.RequestAborted);
            if (planned.TryGet(out var views)) return Redirect(views is [var run] ? $"/runs/{run.Id}?done=plan" : $"/runs?month={month.Text()}&done=plan");
            return await ToldAsync(number, back, planned.Problems);
        }

        var acted = await ActAsync(what, Case.CaseNo, HttpContext.RequestAborted);
        return acted.IsOk ? Redirect($"{back}?done={what}") : await ToldAsync(number, back, acted.Problems);
    }

    async Task<IActionResult> ToldAsync(string number, string back, IReadOnlyList<Problem> problems)
    {
        if (problems[0].Code == "not_allowed.step_up") return ToConfirm(back);
        await LoadAsync(number);
        return Refused(problems);
    }

    async Task<Result<CaseView>> ActAsync(string? what, int caseNo, CancellationToken cancel)
    {
        var (cases, repairs, settlements) = (Parts.Cases, new CaseRepairs(Parts.Database, Parts.Clock), new CaseSettlements(Parts.Database, Parts.Clock));
        return what switch
        {
            "take" => Caller.Lacks(AccessRules.CaseTake) is { } lacks ? lacks : await cases.TakeAsync(Caller, caseNo, cancel),
            "free" => Caller.Lacks(AccessRules.CaseFree) is { } lacks ? lacks : await cases.FreeAsync(Caller, caseNo, Kept("why"), cancel),
            "give" => Caller.Lacks(AccessRules.CaseGive) is { } lacks ? lacks : await cases.GiveAsync(Caller, caseNo, Kept("to").Trim(), Kept("why"), cancel),
            "note" => Caller.Lacks(AccessRules.CaseNote) is { } lacks ? lacks : await cases.NoteAsync(Caller, caseNo, Kept("note"), cancel),
            "correct" => await CorrectAsync(repairs, caseNo, cancel),
            "approve-account" => Caller.Lacks(AccessRules.CaseApprove) is { } lacks ? lacks : await repairs.ApproveAsync(Caller, caseNo, cancel),
            "reject-account" => Caller.Lacks(AccessRules.CaseReject) is { } lacks ? lacks : await repairs.RejectAsync(Caller, caseNo, Kept("why"), cancel),
            "cash" => Caller.Lacks(AccessRules.CaseCash) is { } lacks ? lacks : await repairs.CashAsync(Caller, caseNo, cancel),
            "decide-cash" or "decide-repay" => Caller.Lacks(AccessRules.CaseDecide) is { } lacks ? lacks : await repairs.DecideAsync(Caller, caseNo, what["decide-".Length..], Kept("evidence"), cancel),
            "approve-decision" => Caller.Lacks(AccessRules.CaseApprove) is { } lacks ? lacks : await repairs.AnswerDecisionAsync(Caller, caseNo, null, cancel),
            "reject-decision" => Caller.Lacks(AccessRules.CaseReject) is { } lacks ? lacks : await repairs.AnswerDecisionAsync(Caller, caseNo, Kept("why"), cancel),
            "settle-paid" => Caller.Lacks(AccessRules.CaseSettle) is { } lacks ? lacks : await settlements.ProposeAsync(Caller, caseNo, SettledAs.Paid, Kept("evidence"), null, cancel),
            "settle-returned" => Caller.Lacks(AccessRules.CaseSettle) is { } lacks ? lacks : await settlements.ProposeAsync(Caller, caseNo, SettledAs.Returned, Kept("evidence"), null, cancel),
            "approve-settlement" => Caller.Lacks(AccessRules.CaseApprove) is { } lacks ? lacks : await settlements.AnswerAsync(Caller, caseNo, null, cancel),
            "reject-settlement" => Caller.Lacks(AccessRules.CaseReject) is { } lacks ? lacks : await settlements.AnswerAsync(Caller, caseNo, Kept("why"), cancel),
            "escalate" => Caller.Lacks(AccessRules.CaseEscalate) is { } lacks ? lacks : await cases.EscalateAsync(Caller, caseNo, Kept("why"), cancel),
            "resolve" => Caller.Lacks(AccessRules.CaseResolve) is { } lacks ? lacks : await cases.ResolveAsync(Caller, caseNo, Kept("why"), cancel),
            _ => new Problem("usage.button", "The form does not say what to do.", "Open the page again and use one of its buttons."),
        };
    }

    async Task<Result<CaseView>> CorrectAsync(CaseRepairs repairs, int caseNo, CancellationToken cancel)
    {
        if (Caller.Lacks(AccessRules.CaseCorrect) is { } lacks) return lacks;
        if (!Parts.Keys.TryGet(out var keys)) return Result<CaseView>.Refuse(Parts.Keys.Problems);
        using var cipher = keys.OpenCipher();
        var account = string.Concat(Kept("account").Split(BetweenFigures, StringSplitOptions.RemoveEmptyEntries));
        var corrected = new CorrectedAccount(Kept("bank").Trim(), account, Kept("holder"), Kept("source"), string.IsNullOrWhiteSpace(Kept("override")) ? null : Kept("override"));
        return await repairs.CorrectAsync(Caller, caseNo, corrected, cipher, cancel);
    }

    async Task<IActionResult?> LoadAsync(string number)
    {
        Number = number;
        if (!int.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out var caseNo)) return Refused([Refusals.NotThere]);
        var found = await Parts.Cases.ShowAsync(Caller, caseNo, HttpContext.RequestAborted);
        if (!found.TryGet(out var view)) return Refused(found.Problems.Any(problem => problem.Code == "case.unknown") ? [Refusals.NotThere] : found.Problems);
        View = view;
        return null;
    }

    string? DoneWords(string? done) => done switch
    {
        "take" => Text("Bạn đã nhận việc này.", "You have taken this case."),
        "free" or "give" => Text("Đã chuyển việc.", "The case was passed on."),
        "note" => Text("Đã ghi.", "Noted."),
        "correct" => Text("Đã đề nghị tài khoản. Tiếp theo: người thứ hai duyệt, rồi chờ đến ngày dùng được.", "The account is proposed. Next: a second person approves it, then its wait runs."),
        "approve-account" => Text("Đã duyệt tài khoản; dùng sau thời gian chờ.", "The account is approved; it is used after its wait."),
        "reject-account" or "reject-decision" or "reject-settlement" => Text("Đã từ chối.", "Rejected."),
        "cash" => Text("Đã chuyển sang danh sách tiền mặt.", "Sent to the cash list."),
        "decide-cash" or "decide-repay" or "settle-paid" or "settle-returned" => Text("Đã đề nghị. Tiếp theo: người duyệt trả lời.", "Proposed. Next: an approver answers."),
        "approve-decision" or "approve-settlement" => Text("Đã duyệt.", "Approved."),
        "escalate" => Text("Đã chuyển lên người duyệt.", "Laid on the approver's desk."),
        "resolve" => Text("Đã đóng việc.", "The case is closed."),
        _ => null,
    };
}
