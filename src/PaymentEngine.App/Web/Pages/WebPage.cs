using System.Globalization;
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
    static readonly DateTimeZone Zone = DateTimeZoneProviders.Tzdb["Asia/Ho_Chi_Minh"];

    /// <summary>Figures of the largest sum there can be, with room for dots.</summary>
    const int FiguresMax = 18;

    protected WebParts Parts => parts;

    /// <summary>Who is logged in; a page for everybody does not ask.</summary>
    public WebPerson? Person => HttpContext.Person();

    /// <summary>The caller of a page that is not for everybody.</summary>
    protected Caller Caller => HttpContext.Person()!.Caller;

    /// <summary>Today in Viet Nam.</summary>
    public LocalDate Today => parts.Now.InZone(Zone).Date;

    public bool IsEnglish => HttpContext.IsEnglish();

    /// <summary>The database holds a demonstration: people must not take it for the real one.</summary>
    public bool IsPractice => parts.IsPractice;

    public CommandContext Words => parts.Words(HttpContext);

    /// <summary>What was refused, shown above the form it concerns.</summary>
    public IReadOnlyList<Problem> Problems { get; protected set; } = [];

    /// <summary>Of several things that were asked for together some were done.</summary>
    public bool IsPartDone { get; protected set; }

    /// <summary>What was done, in words.</summary>
    public string? Done { get; protected set; }

    /// <summary>The corners of the house this person may enter: address and name. A corner without a page, or not theirs, is not named.</summary>
    public IEnumerable<(string Address, string Name)> Corners => new[]
    {
        ("/", Text("Trang đầu", "Start")),
        ("/runs", Text("Đợt chi trả", "Runs")),
        ("/cases", Text("Việc phải xử lý", "Cases")),
        ("/people", Text("Người hưởng", "People")),
        ("/cash", Text("Tiền mặt", "Cash")),
        ("/answers", Text("Ngân hàng trả lời", "Bank answers")),
        ("/reports", Text("Báo cáo", "Reports")),
        ("/law", Text("Pháp luật", "Law")),
        ("/account", Text("Tài khoản của tôi", "My account")),
    }.Where(one => MayOpen(one.Item1));

    /// <summary>Whether the person may read the page of a pattern; the operation behind it asks again.</summary>
    public bool MayOpen(string pattern, string verb = "GET") => WebRoutes.RulesOf(pattern)?.ByVerb.GetValueOrDefault(verb) is { } route && route.Rule.Refuses(Person?.Caller) is null;

    /// <summary>Whether this page lies in a corner.</summary>
    public bool IsAt(string address) => address == "/" ? HttpContext.Request.Path == "/" : HttpContext.Request.Path.StartsWithSegments(address, StringComparison.Ordinal);

    /// <summary>Whether the person holds one of the roles.</summary>
    public bool Has(params string[] roles) => Caller.Lacks(roles) is null;

    /// <summary>The session's second factor is not fresh: a grave act will ask for it.</summary>
    public bool LacksProof => Caller.LacksProof(parts.Now) is not null;

    /// <summary>The text in the reader's language.</summary>
    public string Text(string vi, string en) => IsEnglish ? en : vi;

    public static string Time(Instant at) => ViText.Time(at.InZone(Zone).LocalDateTime);

    /// <summary>The day in Viet Nam.</summary>
    public static LocalDate Day(Instant at) => at.InZone(Zone).Date;

    /// <summary>The address of this page with some of its filters changed; an empty value takes a filter away.</summary>
    public string With(params (string Name, string? Value)[] changed)
    {
        var values = HttpContext.Request.Query.Where(one => changed.All(other => other.Name != one.Key) && one.Key != "done").Select(one => (one.Key, Value: one.Value.ToString()))
            .Concat(changed.Select(one => (Key: one.Name, Value: one.Value ?? ""))).Where(one => one.Value.Length > 0).ToList();
        return HttpContext.Request.Path + (values.Count == 0 ? "" : "?" + string.Join('&', values.Select(one => $"{Uri.EscapeDataString(one.Key)}={Uri.EscapeDataString(one.Value)}")));
    }

    /// <summary>A sum or count as people type it: dots, spaces and the sign of the đồng are forgiven. Null when it is none.</summary>
    public static long? Figures(string? typed)
    {
        var bare = (typed ?? "").Replace(".", "", StringComparison.Ordinal).Replace(" ", "", StringComparison.Ordinal).Replace("\u00a0", "", StringComparison.Ordinal).Replace("₫", "", StringComparison.Ordinal).Replace("đ", "", StringComparison.Ordinal);
        return bare.Length is > 0 and <= FiguresMax && long.TryParse(bare, NumberStyles.None, CultureInfo.InvariantCulture, out var figures) ? figures : null;
    }

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
