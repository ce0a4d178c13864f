using Microsoft.AspNetCore.Mvc;
using PaymentEngine.App.Web.Api;
using PaymentEngine.App.Web.Guard;
using PaymentEngine.Core;
using PaymentEngine.Core.Payments;

namespace PaymentEngine.App.Web.Pages.Runs;

/// <summary>A run's page, and its approval: bound to the digest this page showed and the total that was typed.</summary>
public sealed class RunPage(WebParts parts) : RunSheet(parts)
{
    public async Task<IActionResult> OnGetAsync(string run, [FromQuery(Name = "done")] string? done)
    {
        Done = DoneWords(done);
        return await LoadAsync(run) ?? Page();
    }

    public async Task<IActionResult> OnPostAsync(string run, [FromForm] string? digest, [FromForm] string? total)
    {
        if (!RunId.Parse(run).TryGet(out var id)) return Refused([Refusals.NotThere]);
        Problem? wrong = !ApiRoutes.IsDigest(digest) ? ApiRoutes.NotADigest
            : Figures(total) is null ? new Problem("usage.total", "The total is not a sum in đồng.", "Type the total you have read, in figures.", new SourceLocation(Field: "total")) : null;
        if (wrong is null)
        {
            var approved = await Parts.Runs.ApproveAsync(Caller, id, Figures(total)!.Value, digest, cancel: HttpContext.RequestAborted);
            if (approved.IsOk) return Redirect($"/runs/{id}?done=approve");
            if (approved.Problems[0].Code == "not_allowed.step_up") return ToConfirm($"/runs/{id}");
            Problems = approved.Problems;
        }
        else
        {
            Problems = [wrong];
        }

        Typed = new Dictionary<string, string>(StringComparer.Ordinal) { ["total"] = total ?? "" };
        return await LoadAsync(run) ?? Refused(Problems);
    }
}
