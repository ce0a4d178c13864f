using Microsoft.AspNetCore.Mvc;
using PaymentEngine.App.Banks;
using PaymentEngine.App.Files;
using PaymentEngine.App.Operations;
using PaymentEngine.App.Operations.Access;
using PaymentEngine.App.Web.Guard;
using PaymentEngine.Core;
using PaymentEngine.Core.Payments;

namespace PaymentEngine.App.Web.Pages.Runs;

/// <summary>The steps of a run besides its approval: each a form that calls the operation of the command of that name. What is refused is shown on the run's page, above its form, with what was typed.</summary>
public sealed class RunStepsPage(WebParts parts, LongActs acts) : RunSheet(parts)
{
    /// <summary>Writing the files of a province takes some seconds: so long a page waits before it shows how far the writing is.</summary>
    static readonly TimeSpan Patience = TimeSpan.FromSeconds(3);

    public async Task<IActionResult> OnGetAsync(string run)
    {
        if (!RunId.Parse(run).TryGet(out var id)) return Refused([Refusals.NotThere]);
        if (acts.Find(Key(id)) is not { } act) return Redirect($"/runs/{id}");
        if (act.IsOver) return await OverAsync(run, id, act);
        Writing = act;
        Response.Headers["Refresh"] = "2";
        return await LoadAsync(run) ?? Page();
    }

    /// <param name="run">The run.</param>
    /// <param name="what">The button: <c>submit</c>, <c>return</c>, <c>export</c>, <c>send</c>, <c>record</c>, <c>reconcile</c>, <c>close</c>.</param>
    /// <param name="people">Recipients, as the maker counts them.</param>
    /// <param name="total">The total, as it was read.</param>
    /// <param name="words">Why, or what the hand-over rests on.</param>
    /// <param name="previous">Why it is submitted although a run before is open.</param>
    public async Task<IActionResult> OnPostAsync(string run, [FromForm(Name = "do")] string? what, [FromForm] string? people, [FromForm] string? total, [FromForm] string? words, [FromForm] string? previous)
    {
        if (!RunId.Parse(run).TryGet(out var id)) return Refused([Refusals.NotThere]);
        var cancel = HttpContext.RequestAborted;
        Typed = new Dictionary<string, string>(StringComparer.Ordinal) { ["people"] = people ?? "", ["total"] = total ?? "", ["words"] = words ?? "", ["previous"] = previous ?? "" };
        // Whose run it is not is told before anything of the form is looked at.
        if (await LoadAsync(run) is { } unseen) return unseen;
        if (RuleOf(what) is { } rule && Caller.Lacks(rule) is { } lacks) return Refused([lacks]);
        IReadOnlyList<Problem> problems;
        switch (what)
        {
            case "submit":
                problems = Figures(people) is not { } count || count > int.MaxValue ? [new Problem("usage.people", "The number of people is not a number.", "Type how many people the list has, in figures.", new SourceLocation(Field: "people"))]
                    : Figures(total) is not { } sum ? [NoTotal]
                    : (await Parts.Runs.SubmitAsync(Caller, id, (int)count, sum, string.IsNullOrWhiteSpace(previous) ? null : previous, cancel)).Problems;
                break;
            case "return":
                problems = (await Parts.Runs.ReturnAsync(Caller, id, words ?? "", cancel)).Problems;
                break;
            case "export":
                return await ExportAsync(run, id);
            case "send" or "record":
                // Handing over cannot be taken back: the sum is typed once more, as at the approval.
                problems = Figures(total) != View!.Total?.BankVnd ? [new Problem("usage.total", $"The files carry {ViText.Money(new Core.Money.Vnd(View.Total?.BankVnd ?? 0))}; that is not what was typed.", "Read the sum of the files and type it.", new SourceLocation(Field: "total"))]
                    : await SendAsync(id, what == "record" ? words ?? "" : null, cancel);
                break;
            case "reconcile":
                problems = (await ReconcileAsync(id, cancel)).Problems;
                break;
            case "close":
                problems = Figures(total) != View!.Total?.ListedVnd && Figures(total) != View.Total?.DeclaredVnd ? [NoTotal]
                    : (await new Certificates(Parts.Database, Parts.Clock, Parts.Context.Files).CloseAsync(Caller, id, cancel)).Problems;
                break;
            default:
                problems = [new Problem("usage.button", "The form does not say what to do.", "Open the page again and use one of its buttons.")];
                break;
        }

        if (problems.Count == 0) return Redirect($"/runs/{id}?done={(what == "record" ? "send" : what)}");
        if (problems[0].Code == "not_allowed.step_up") return ToConfirm($"/runs/{id}");
        Problems = problems;
        return await LoadAsync(run) ?? Refused(problems);
    }

    static AccessRule? RuleOf(string? what) => what switch
    {
        "submit" => AccessRules.RunSubmit,
        "return" => AccessRules.RunReturn,
        "export" => AccessRules.RunExport,
        "send" or "record" => AccessRules.RunSend,
        "reconcile" => AccessRules.Reconcile,
        "close" => AccessRules.RunClose,
        _ => null,
    };

    static Problem NoTotal => new("usage.total", "The total is not the one of this run, in đồng.", "Read the run's total and type it, in figures.", new SourceLocation(Field: "total"));

    static string Key(RunId run) => $"export {run}";

    async Task<IActionResult> ExportAsync(string run, RunId id)
    {
        var caller = Caller;
        var of = View!.Total?.BankAttempts ?? 0;
        var act = acts.Begin(Key(id), caller, async act =>
        {
            if (!Parts.Keys.TryGet(out var keys)) return Result<string>.Refuse(Parts.Keys.Problems);
            var written = 0L;
            // The request may be over long before the files are.
            var exported = await new Exports(Parts.Database, Parts.Context.Files, keys, Parts.Clock).ExportAsync(caller, id, Parts.Folder("files", id.ToString()), more => act.Tell("files", Interlocked.Add(ref written, more), of), CancellationToken.None);
            return exported.Select(_ => $"/runs/{id}?done=export");
        });
        await Task.WhenAny(act.Outcome, Task.Delay(Patience, HttpContext.RequestAborted));
        return act.IsOver ? await OverAsync(run, id, act) : Redirect($"/runs/{id}/steps");
    }

    async Task<IActionResult> OverAsync(string run, RunId id, LongAct act)
    {
        acts.Forget(Key(id), act);
        var outcome = await act.Outcome;
        if (outcome.TryGet(out var address)) return Redirect(address);
        if (outcome.Problems[0].Code == "not_allowed.step_up") return ToConfirm($"/runs/{id}");
        Problems = outcome.Problems;
        return await LoadAsync(run) ?? Refused(outcome.Problems);
    }

    async Task<IReadOnlyList<Problem>> SendAsync(RunId id, string? recorded, CancellationToken cancel)
    {
        var handOvers = new HandOvers(Parts.Database, Parts.Context.Files, new Archive(Parts.Context.Files, Parts.Folder("archive")), Parts.Clock);
        if (recorded is not null) return (await handOvers.RecordAsync(Caller, id, recorded, null, cancel)).Problems;
        return (await handOvers.SendAsync(Caller, id, new BankChannels(Parts.Context.Files, Parts.Folder("channels")), null, cancel)).Problems;
    }

    async Task<Result<Reconciliation>> ReconcileAsync(RunId id, CancellationToken cancel)
    {
        if (!Parts.Keys.TryGet(out var keys)) return Result<Reconciliation>.Refuse(Parts.Keys.Problems);
        using var cipher = keys.OpenCipher();
        return await new BankImports(Parts.Database, Parts.Clock, Parts.Context.Files, new Archive(Parts.Context.Files, Parts.Folder("archive")), cipher).ReconcileAsync(Caller, id, cancel);
    }
}
