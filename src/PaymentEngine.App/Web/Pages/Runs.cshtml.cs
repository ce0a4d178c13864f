using Microsoft.AspNetCore.Mvc;
using NodaTime;
using PaymentEngine.App.Operations;
using PaymentEngine.App.Web.Api;
using PaymentEngine.Core;

namespace PaymentEngine.App.Web.Pages;

/// <summary>The runs of a month.</summary>
public sealed class RunsPage(WebParts parts) : WebPage(parts)
{
    public string Month { get; private set; } = "";

    public IReadOnlyList<RunView> Runs { get; private set; } = [];

    public async Task<IActionResult> OnGetAsync([FromQuery] string? month)
    {
        var wanted = ApiRoutes.MonthOf(Parts, month);
        if (!wanted.TryGet(out var of)) return Refused(wanted.Problems);
        Month = of.Text();
        // No run yet is an empty list, and no refusal.
        if ((await Parts.Runs.ShowMonthAsync(Caller, of, HttpContext.RequestAborted)).TryGet(out var runs)) Runs = runs;
        return Page();
    }
}
