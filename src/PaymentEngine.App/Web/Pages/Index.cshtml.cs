using PaymentEngine.App.Operations.Cases;

namespace PaymentEngine.App.Web.Pages;

/// <summary>The first page: who I am, and what waits for me.</summary>
public sealed class IndexPage(WebParts parts) : WebPage(parts)
{
    public StartPage? Start { get; private set; }

    public async Task OnGetAsync()
    {
        var found = await Parts.Cases.StartAsync(Caller, HttpContext.RequestAborted);
        if (found.TryGet(out var start)) Start = start;
        else Problems = found.Problems;
    }
}
