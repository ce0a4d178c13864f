using System.Globalization;
using Microsoft.AspNetCore.Mvc;
using NodaTime;
using NodaTime.Text;
using PaymentEngine.App.Commands;
using PaymentEngine.App.Operations.Access;
using PaymentEngine.App.Operations.Cases;
using PaymentEngine.Core;
using PaymentEngine.Core.Payments;
using PaymentEngine.Postgres.Cases;

namespace PaymentEngine.App.Web.Pages.Cases;

/// <summary>The worklist: filters in the address, a page at a time by key, many taken or sent to cash at once.</summary>
public sealed class WorklistPage(WebParts parts) : WebPage(parts)
{
    const int RowsDefault = 50;

    /// <summary>So many cases one press of a button may take: as many as the largest page shows.</summary>
    const int BulkMax = 200;

    static readonly string[] KindsInOrder = ["rejected", "returned", "contradicted", "deceased", "held", "suspense", "paid_twice", "bank_short", "claim", "cancelled", "recall", "last_attempt", "cash_correction", "suspension", "acknowledgement_late", "status_late", "debit_late"];

    public IReadOnlyList<CaseRow> Rows { get; private set; } = [];

    public CaseSums All { get; private set; } = new(0, 0, 0);

    /// <summary>Number of the first row over the whole list (STT).</summary>
    public int FirstNo { get; private set; } = 1;

    /// <summary>The address of the next page; null on the last.</summary>
    public string? Next { get; private set; }

    public string State { get; private set; } = "open";

    public string Kind { get; private set; } = "";

    public string Reason { get; private set; } = "";

    public string Commune { get; private set; } = "";

    public string Bank { get; private set; } = "";

    public string Owner { get; private set; } = "";

    public string Run { get; private set; } = "";

    public bool StuckOnly { get; private set; }

    public bool DueToday { get; private set; }

    public IReadOnlyList<(string Code, string Words)> Kinds => [.. KindsInOrder.Select(kind => (kind, CasePaper.Kind(Words, kind)))];

    public bool MayTake => Caller.Lacks(AccessRules.CaseTake) is null;

    public bool MaySendToCash => Caller.Lacks(AccessRules.CaseCash) is null;

    public string StateOf(CaseRow one) => one.IsOpen ? CasePaper.Action(Words, one.NextAction) : CasePaper.How(Words, one.ClosedHow!);

    /// <summary>The bank's code, or why a sum is held.</summary>
    public string ReasonOf(CaseRow one) => one is { Kind: "held", ReasonCode: { } reason } ? Text(HoldReasons.Words(reason).Vi, HoldReasons.Words(reason).En) : one.ReasonCode ?? "–";

    public string OwnerOf(CaseRow one) => one.TakenBy ?? one.Desk ?? CasePaper.Owner(Words, one.Owner);

    public int AgeOf(CaseRow one) => Period.DaysBetween(Day(one.OpenedAt), Today);

    public async Task<IActionResult> OnGetAsync([FromQuery] string? done)
    {
        Done = int.TryParse(done, NumberStyles.None, CultureInfo.InvariantCulture, out var count) ? Text($"Đã làm cho {count} việc.", $"Done for {count} cases.") : null;
        return await LoadAsync() is { } problems ? Refused(problems) : Page();
    }

    /// <param name="what">The button: <c>take</c> or <c>cash</c>.</param>
    /// <param name="cases">Numbers of the cases that were marked.</param>
    public async Task<IActionResult> OnPostAsync([FromForm(Name = "do")] string? what, [FromForm(Name = "case")] int[]? cases)
    {
        var marked = (cases ?? []).Distinct().ToList();
        Problem? wrong = what is not ("take" or "cash") ? new Problem("usage.button", "The form does not say what to do.", "Open the page again and use one of its buttons.")
            : marked.Count == 0 ? new Problem("usage.no_case", "No case is marked.", "Mark the cases, then press the button.")
            : marked.Count > BulkMax ? new Problem("usage.many_cases", $"{marked.Count} cases are marked.", $"Mark at most {BulkMax} at a time.")
            : what == "take" ? Caller.Lacks(AccessRules.CaseTake) : Caller.Lacks(AccessRules.CaseCash);
        var problems = new List<Problem>();
        if (wrong is not null) problems.Add(wrong);
        var done = 0;
        var repairs = new CaseRepairs(Parts.Database, Parts.Clock);
        foreach (var number in wrong is null ? marked : [])
        {
            var acted = what == "take" ? await Parts.Cases.TakeAsync(Caller, number, HttpContext.RequestAborted) : await repairs.CashAsync(Caller, number, HttpContext.RequestAborted);
            if (acted.IsOk) done++;
            else if (acted.Problems[0].Code == "not_allowed.step_up" && done == 0) return ToConfirm(With());
            else problems.AddRange(acted.Problems);
        }

        if (problems.Count == 0) return Redirect(With(("done", done.ToString(CultureInfo.InvariantCulture)), ("after", null), ("stt", null)));
        IsPartDone = done > 0;
        if (IsPartDone) Done = Text($"Đã làm cho {done} việc.", $"Done for {done} cases.");
        await LoadAsync();
        return Refused(problems);
    }

    async Task<IReadOnlyList<Problem>?> LoadAsync()
    {
        (State, Kind, Reason, Commune, Bank, Owner, Run) = (Asked("state"), Asked("kind"), Asked("reason"), Asked("commune"), Asked("bank"), Asked("owner"), Asked("run"));
        if (State.Length == 0) State = "open";
        (StuckOnly, DueToday) = (Asked("stuck") == "1", Asked("due") == "today");
        var filter = new CaseFilter(State, Reason: Or(Reason), Bank: Or(Bank), Commune: Or(Commune), Kind: Or(Kind), DueBy: DueToday ? Today : null, Owner: Owner is "" or "me" ? null : Owner)
        {
            Owners = Owner == "me" ? [Caller.UserName, .. Caller.Roles] : null,
        };
        if (Run.Length > 0)
        {
            var parsed = RunId.Parse(Run);
            if (!parsed.TryGet(out var id)) return parsed.Problems;
            filter = filter with { Month = id.Month.Key(), RunNo = id.RunNo };
        }

        (LocalDate, int)? after = null;
        // 2026-11-24.815 is the last case of the page before, by due day and number.
        if (Asked("after").Split('.') is [var day, var number] && LocalDatePattern.Iso.Parse(day) is { Success: true } due && int.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out var caseNo))
        {
            after = (due.Value, caseNo);
            FirstNo = int.TryParse(Asked("stt"), NumberStyles.None, CultureInfo.InvariantCulture, out var first) && first > 0 ? first : 1;
        }

        var rows = int.TryParse(Asked("rows"), NumberStyles.None, CultureInfo.InvariantCulture, out var wanted) ? Math.Clamp(wanted, 1, Casework.PageMax) : RowsDefault;
        var found = await Parts.Cases.PageAsync(Caller, filter, StuckOnly, after, rows, HttpContext.RequestAborted);
        if (!found.TryGet(out var page)) return found.Problems;
        (Rows, All) = (page.Rows, page.All);
        if (page.HasMore && Rows is [.., var last])
            Next = With(("after", string.Create(CultureInfo.InvariantCulture, $"{LocalDatePattern.Iso.Format(last.DueOn)}.{last.CaseNo}")), ("stt", (FirstNo + Rows.Count).ToString(CultureInfo.InvariantCulture)));
        return null;
    }

    string Asked(string name) => Request.Query[name].ToString().Trim();

    static string? Or(string text) => text.Length == 0 ? null : text;
}
