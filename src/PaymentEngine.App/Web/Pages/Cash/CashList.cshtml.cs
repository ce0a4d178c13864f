using Microsoft.AspNetCore.Mvc;
using PaymentEngine.App.Operations.Access;
using PaymentEngine.App.Operations.Cash;
using PaymentEngine.App.Web.Guard;
using PaymentEngine.Core;
using PaymentEngine.Core.CashPayouts;
using PaymentEngine.Core.Money;

namespace PaymentEngine.App.Web.Pages.Cash;

/// <summary>One printed list: its papers, its results, its end, and cash handed back.</summary>
public sealed class CashListPage(WebParts parts) : WebPage(parts)
{
    public CashListBalance? View { get; private set; }

    public string List { get; private set; } = "";

    public bool MayFetch => Caller.Lacks(AccessRules.CashPrint) is null;

    public bool MayClose => View is { } view && CashPage.OpenOf(view.Head) > 0 && Caller.Lacks(AccessRules.CashClose) is null;

    public bool MayHandBack => View is { Head.InHandVnd: > 0 } && Caller.Lacks(AccessRules.CashHandback) is null;

    public async Task<IActionResult> OnGetAsync(string list, [FromQuery] string? done)
    {
        Done = done switch { "close" => Text("Danh sách đã kết thúc; dòng chưa có kết quả chuyển sang danh sách sau.", "The list is ended; lines without a result go to the next one."), "handback" => Text("Đã ghi tiền nộp lại.", "The cash handed back is recorded."), _ => null };
        return await LoadAsync(list) ?? Page();
    }

    /// <param name="list">The list.</param>
    /// <param name="what">The button: <c>close</c> or <c>handback</c>.</param>
    /// <param name="total">Lines without a result as they were read, or the sum handed back.</param>
    /// <param name="voucher">Of cash handed back.</param>
    public async Task<IActionResult> OnPostAsync(string list, [FromForm(Name = "do")] string? what, [FromForm] string? total, [FromForm] string? voucher)
    {
        if (await LoadAsync(list) is { } unseen) return unseen;
        var (cancel, id) = (HttpContext.RequestAborted, CashListId.Parse(list).Value);
        var payouts = new CashPayouts(Parts.Database, Parts.Clock, Parts.Context.Files, Parts.Context.Printer);
        var problems = what switch
        {
            "close" => Caller.Lacks(AccessRules.CashClose) is { } lacks ? [lacks]
                : Figures(total) != CashPage.OpenOf(View!.Head) ? [new Problem("usage.total", "That is not the number of lines without a result.", "Read it and type it.", new SourceLocation(Field: "close-total"))]
                : (await payouts.CloseAsync(Caller, id, Today, cancel)).Problems,
            "handback" => Caller.Lacks(AccessRules.CashHandback) is { } lacks ? [lacks]
                : Figures(total) is not { } sum ? [new Problem("usage.sum", "The sum is not a sum in đồng.", "Type it in figures.", new SourceLocation(Field: "sum"))]
                : (await payouts.HandBackAsync(Caller, id, new Vnd(sum), voucher ?? "", Today, cancel)).Problems,
            _ => (IReadOnlyList<Problem>)[new Problem("usage.button", "The form does not say what to do.", "Open the page again and use one of its buttons.")],
        };
        if (problems.Count == 0) return Redirect($"/cash/lists/{id}?done={what}");
        return problems[0].Code == "not_allowed.step_up" ? ToConfirm($"/cash/lists/{id}") : Refused(problems);
    }

    async Task<IActionResult?> LoadAsync(string list)
    {
        List = list;
        if (!CashListId.Parse(list).TryGet(out var id)) return Refused([Refusals.NotThere]);
        var found = await new CashPayouts(Parts.Database, Parts.Clock, Parts.Context.Files, Parts.Context.Printer).ShowAsync(Caller, id, HttpContext.RequestAborted);
        if (!found.TryGet(out var view)) return Refused([Refusals.NotThere]);
        View = view;
        return null;
    }
}
