using System.Globalization;
using Microsoft.AspNetCore.Mvc;
using PaymentEngine.App.Operations;
using PaymentEngine.App.Web.Api;
using PaymentEngine.App.Web.Guard;
using PaymentEngine.Core;
using PaymentEngine.Core.Payments;
using PaymentEngine.Postgres;

namespace PaymentEngine.App.Web.Pages;

/// <summary>One run, and its approval: bound to the digest this page showed.</summary>
public sealed class RunPage(WebParts parts) : WebPage(parts)
{
    const int PeopleShown = 20;

    public RunView? View { get; private set; }

    /// <summary>Other accounts first, then the other changes that the approver reads.</summary>
    public IReadOnlyList<DifferencePerson> Changed { get; private set; } = [];

    /// <summary>The digest of the content shown, whole.</summary>
    public string Digest => View?.Total is { } total ? Convert.ToHexStringLower(total.ContentHash) : "";

    /// <summary>Submitted, and this person may be its approver; whether they are is decided by the operation.</summary>
    public bool AsksApproval => View is { Run: { Voided: false, Step: "submitted" }, Total: not null } && Caller.Lacks(Role.Approver, Role.ChiefApprover) is null;

    public bool LacksProof => Caller.LacksProof(Parts.Now) is not null;

    public async Task<IActionResult> OnGetAsync(string run) => await LoadAsync(run) ?? Page();

    public async Task<IActionResult> OnPostAsync(string run, [FromForm] string? digest, [FromForm] string? total)
    {
        if (!RunId.Parse(run).TryGet(out var id)) return Refused([Refusals.NotThere]);
        var typed = (total ?? "").Replace(".", "", StringComparison.Ordinal).Replace(" ", "", StringComparison.Ordinal);
        Problem? wrong = !ApiRoutes.IsDigest(digest) ? ApiRoutes.NotADigest
            : !long.TryParse(typed, NumberStyles.None, CultureInfo.InvariantCulture, out _) ? new Problem("usage.total", "The total is not a sum in đồng.", "Type the total you have read, in figures.", new SourceLocation(Field: "total")) : null;
        if (wrong is null)
        {
            var approved = await Parts.Runs.ApproveAsync(Caller, id, long.Parse(typed, NumberStyles.None, CultureInfo.InvariantCulture), digest, cancel: HttpContext.RequestAborted);
            if (approved.IsOk) return Redirect($"/runs/{id}");
            if (approved.Problems[0].Code == "not_allowed.step_up") return ToConfirm($"/runs/{id}");
            Problems = approved.Problems;
        }
        else
        {
            Problems = [wrong];
        }

        return await LoadAsync(run) ?? Refused(Problems);
    }

    async Task<IActionResult?> LoadAsync(string run)
    {
        if (!RunId.Parse(run).TryGet(out var id)) return Refused([Refusals.NotThere]);
        var found = await Parts.Runs.ShowAsync(Caller, id, HttpContext.RequestAborted);
        if (!found.TryGet(out var view)) return Refused(Refusals.OfSought(found.Problems));
        View = view;
        if (view is { Run: { Kind: RunKinds.Regular, Voided: false, PreviousRun: not null }, Total: not null } && (await Parts.Runs.DifferenceAsync(Caller, id, PeopleShown, HttpContext.RequestAborted)).TryGet(out var difference))
            Changed = [.. difference.People.OrderByDescending(one => one.Cause is "other_account").ThenByDescending(one => one.Cause is "other_payee")];
        return null;
    }
}
