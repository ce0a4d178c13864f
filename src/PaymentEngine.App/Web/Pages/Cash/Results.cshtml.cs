using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using PaymentEngine.Core;

namespace PaymentEngine.App.Web.Pages.Cash;

/// <summary>Results of a list as the file that came back: taken whole or not at all, each wrong row named.</summary>
public sealed class CashResultsPage(WebParts parts) : CashPage(parts)
{
    public async Task<IActionResult> OnPostAsync(IFormFile? file)
    {
        var cancel = HttpContext.RequestAborted;
        if (file is null || file.Length == 0)
        {
            await LoadAsync(null);
            return Refused([new Problem("usage.file_missing", "No file was chosen, or it is empty.", "Choose the returned list.", new SourceLocation(Field: "file"))]);
        }

        using var taken = await TakenFile.OfAsync(file, cancel);
        var confirmed = (await Payouts.ConfirmAsync(Caller, [taken.Path], null, cancel))[0];
        if (!confirmed.IsOk && confirmed.Problems[0].Code == "not_allowed.step_up") return ToConfirm("/cash");
        await LoadAsync(null);
        if (!confirmed.TryGet(out var said)) return Refused([.. confirmed.Problems.Select(problem => problem with { Message = problem.At is { Line: { } line } ? FormattableString.Invariant($"{Path.GetFileName(taken.Path)}:{line}: {problem.Message}") : problem.Message, At = null })]);
        Done = Recorded(said);
        return Page();
    }
}
