using Microsoft.AspNetCore.Mvc;
using NodaTime;
using PaymentEngine.App.Operations;
using PaymentEngine.App.Operations.Access;
using PaymentEngine.App.Web.Api;
using PaymentEngine.Core;

namespace PaymentEngine.App.Web.Pages.Runs;

/// <summary>The runs of a month, and the planning of new ones: it goes on whether this page is looked at or not.</summary>
public sealed class RunsPage(WebParts parts, LongActs acts) : WebPage(parts)
{
    static readonly TimeSpan Patience = TimeSpan.FromSeconds(3);

    public string Month { get; private set; } = "";

    public string NextMonth { get; private set; } = "";

    public string LastMonth { get; private set; } = "";

    public IReadOnlyList<RunView> Runs { get; private set; } = [];

    /// <summary>A plan of this month that is being made.</summary>
    public LongAct? Planning { get; private set; }

    public string Payer { get; private set; } = "";

    public bool MayPlan => Caller.Lacks(AccessRules.RunPlan) is null;

    public async Task<IActionResult> OnGetAsync([FromQuery] string? month, [FromQuery] string? done)
    {
        var wanted = ApiRoutes.MonthOf(Parts, month);
        if (!wanted.TryGet(out var of)) return Refused(wanted.Problems);
        if (acts.Find(Key(of)) is { } act)
        {
            if (act.IsOver) return await OverAsync(of, act);
            Planning = act;
            Response.Headers["Refresh"] = "2";
        }

        await LoadAsync(of);
        if (done == "plan") Done = Text("Đã lập xong bản nháp. Tiếp theo: mở từng đợt, kiểm tra, rồi trình duyệt.", "The drafts are planned. Next: open each, check it, then submit it.");
        return Page();
    }

    public async Task<IActionResult> OnPostAsync([FromForm] string? month, [FromForm] string? payer)
    {
        var wanted = ApiRoutes.MonthOf(Parts, month);
        if (!wanted.TryGet(out var of)) return Refused(wanted.Problems);
        var (caller, code) = (Caller, string.IsNullOrWhiteSpace(payer) ? null : payer.Trim());
        Payer = code ?? "";
        var act = acts.Begin(Key(of), caller, async act =>
        {
            var planned = await Parts.Runs.PlanAsync(caller, of, code, null, step => act.Tell(step.Run.ToString(), step.Done, step.Total), CancellationToken.None);
            return planned.Select(views => views is [var only] ? $"/runs/{only.Id}?done=plan" : $"/runs?month={of.Text()}&done=plan");
        });
        await Task.WhenAny(act.Outcome, Task.Delay(Patience, HttpContext.RequestAborted));
        return act.IsOver ? await OverAsync(of, act) : Redirect($"/runs?month={of.Text()}");
    }

    /// <summary>How long the plan still takes at its rate so far, in words.</summary>
    public string Left(LongAct act) => act.Left(Parts.Now) is { } left ? ViText.Span(left, IsEnglish ? "en" : "vi") : "–";

    /// <summary>People planned a second so far.</summary>
    public string Rate(LongAct act) => (Parts.Now - act.StartedAt).TotalSeconds is var seconds and > 0 ? ViText.Count((long)(act.Progress.Done / seconds)) : "–";

    string Key(YearMonth month) => $"{Caller.ProvinceCode} plan {month.Text()}";

    async Task<IActionResult> OverAsync(YearMonth month, LongAct act)
    {
        acts.Forget(Key(month), act);
        var outcome = await act.Outcome;
        if (outcome.TryGet(out var address)) return Redirect(address);
        await LoadAsync(month);
        return Refused(outcome.Problems);
    }

    async Task LoadAsync(YearMonth of)
    {
        (Month, NextMonth, LastMonth) = (of.Text(), of.PlusMonths(1).Text(), of.PlusMonths(-1).Text());
        // No run yet is an empty list, and no refusal.
        if ((await Parts.Runs.ShowMonthAsync(Caller, of, HttpContext.RequestAborted)).TryGet(out var runs)) Runs = runs;
    }
}
