using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.Filters;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using NodaTime;
using PaymentEngine.App.CommandLine;
using PaymentEngine.App.Operations;
using PaymentEngine.App.Web.Access;
using PaymentEngine.App.Web.Guard;
using PaymentEngine.App.Web.Sessions;
using PaymentEngine.Core;

namespace PaymentEngine.App.Web.Pages;

/// <summary>A page: its person, its words, what was refused. Its address is checked before it by its rule, its forms by their token.</summary>
public abstract class WebPage(WebParts parts) : PageModel
{
    static readonly Offset VietNam = Offset.FromHours(7);

    protected WebParts Parts => parts;

    /// <summary>Who is logged in; a page for everybody does not ask.</summary>
    public WebPerson? Person => HttpContext.Person();

    /// <summary>The caller of a page that is not for everybody.</summary>
    protected Caller Caller => HttpContext.Person()!.Caller;

    public bool IsEnglish => HttpContext.IsEnglish();

    public CommandContext Words => parts.Words(HttpContext);

    /// <summary>What was refused, shown above the form it concerns.</summary>
    public IReadOnlyList<Problem> Problems { get; protected set; } = [];

    /// <summary>What was done, in words.</summary>
    public string? Done { get; protected set; }

    /// <summary>The text in the reader's language.</summary>
    public string Text(string vi, string en) => IsEnglish ? en : vi;

    public static string Time(Instant at) => ViText.Time(at.WithOffset(VietNam).LocalDateTime);

    /// <summary>What stands around every operation, as at the command line: the fence before what a page does, the log of whose data it shows before it is sent, the head after.</summary>
    public sealed override async Task OnPageHandlerExecutionAsync(PageHandlerExecutingContext context, PageHandlerExecutionDelegate next)
    {
        var (caller, acts, cancel) = (Person?.Caller, !HttpMethods.IsGet(Request.Method) && !HttpMethods.IsHead(Request.Method), HttpContext.RequestAborted);
        var log = HttpContext.RequestServices.GetRequiredService<ILogger<WebPage>>();
        if (acts && caller is not null && await parts.Doorway.BeforeAsync(caller.ProvinceCode, cancel) is { } closed) DoorLog.FenceClosed(log, closed.Message, closed.Remedy);
        var handled = await next();
        if (caller is null || handled is { Exception: not null, ExceptionHandled: false }) return;
        var stopped = await parts.Doorway.ShownAsync(caller, $"{Request.Method} {HttpContext.GetEndpoint()?.Metadata.GetMetadata<EndpointRules>()?.Pattern}", ShownPeople.Of(this));
        if (stopped is not null)
        {
            await Refusals.WriteAsync(HttpContext, Refusals.StatusOf(stopped), [stopped]);
            handled.Result = new EmptyResult();
        }

        if (acts && await parts.Doorway.AfterAsync(caller.ProvinceCode, cancel) is { Count: > 0 } unexported) DoorLog.HeadNotExported(log, string.Join(" ", unexported));
    }

    /// <summary>The page again with what was refused, under the status of the refusal.</summary>
    protected PageResult Refused(IReadOnlyList<Problem> problems)
    {
        Problems = problems;
        var page = Page();
        page.StatusCode = Refusals.StatusOf(problems[0]);
        return page;
    }

    /// <summary>To the second factor and back.</summary>
    protected static RedirectResult ToConfirm(string back) => new("/confirm?return=" + Uri.EscapeDataString(back));
}
