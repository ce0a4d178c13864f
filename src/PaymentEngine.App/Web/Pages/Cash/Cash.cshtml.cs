using Microsoft.AspNetCore.Mvc;
using NodaTime;
using PaymentEngine.App.Operations.Access;
using PaymentEngine.App.Operations.Cases;
using PaymentEngine.App.Operations.Cash;
using PaymentEngine.App.Web.Api;
using PaymentEngine.Core;
using PaymentEngine.Core.CashPayouts;
using PaymentEngine.Messages;
using PaymentEngine.Postgres.Cash;

namespace PaymentEngine.App.Web.Pages.Cash;

/// <summary>Cash by commune, printed lists, pay-out by the code on a receipt, results that come back as files.</summary>
public class CashPage(WebParts parts) : WebPage(parts)
{
    /// <summary>Lists shown at once: a province prints about 130 a month.</summary>
    public const int ListsMax = 200;

    public IReadOnlyList<CashCommune> Communes { get; private set; } = [];

    public IReadOnlyList<CashListHead> Lists { get; private set; } = [];

    public string Month { get; private set; } = "";

    public string Code { get; protected set; } = "";

    /// <summary>Banking days a printed list may stay out.</summary>
    public int Term { get; private set; }

    public bool MayPrint => Caller.Lacks(AccessRules.CashPrint) is null;

    public bool MayRecord => Caller.Lacks(AccessRules.CashConfirm) is null;

    public CashListId IdOf(CashListHead row) => new(Caller.ProvinceCode, Months.FromKey(row.Month), row.ListNo);

    public static int OpenOf(CashListHead row) => row.Items - row.Paid - row.Uncollected;

    public LocalDate DueOn(CashListHead row) => BankingCalendars.VietNam.Plus(Day(Instant.FromDateTimeUtc(DateTime.SpecifyKind(row.PrintedAt, DateTimeKind.Utc))), Term);

    protected CashPayouts Payouts => new(Parts.Database, Parts.Clock, Parts.Context.Files, Parts.Context.Printer);

    protected async Task LoadAsync(YearMonth? month)
    {
        var cancel = HttpContext.RequestAborted;
        Month = (month ?? Today.ToYearMonth()).Text();
        Communes = await Payouts.CommunesAsync(Caller, cancel);
        Lists = [.. (await Payouts.ListsAsync(Caller, month, cancel)).OrderByDescending(list => list.Month).ThenByDescending(list => list.ListNo).Take(ListsMax)];
        Term = (await Parts.Cases.TermsAsync(Caller, cancel)).TryGet(out var terms) ? terms.CashList : CaseTermsDefault;
    }

    protected string Recorded(CashConfirmation said) => Text($"Đã ghi: đã chi {ViText.Count(said.Paid)} ({ViText.Money(said.PaidSum)}), chưa nhận {ViText.Count(said.Uncollected)} ({ViText.Money(said.UncollectedSum)}), đã biết trước {ViText.Count(said.KnownBefore)}.",
        $"Recorded: paid {ViText.Count(said.Paid)} ({ViText.Money(said.PaidSum)}), uncollected {ViText.Count(said.Uncollected)} ({ViText.Money(said.UncollectedSum)}), known before {ViText.Count(said.KnownBefore)}.");

    static int CaseTermsDefault => Core.Reconciliation.CaseTerms.Default.CashList;
}

/// <summary>The first page of cash.</summary>
public sealed class CashListsPage(WebParts parts) : CashPage(parts)
{
    public async Task<IActionResult> OnGetAsync([FromQuery] string? month, [FromQuery] string? done)
    {
        if (string.IsNullOrEmpty(month)) await LoadAsync(null);
        else if (ApiRoutes.MonthOf(Parts, month).TryGet(out var of)) await LoadAsync(of);
        else return Refused(ApiRoutes.MonthOf(Parts, month).Problems);
        Done = done switch { "print" => Text("Đã in danh sách. Tiếp theo: tải về, chi, rồi nhập kết quả.", "The lists are printed. Next: fetch them, pay out, take the results in."), "none" => Text("Không có khoản nào chờ chi tiền mặt.", "Nothing is due in cash."), _ => null };
        return Page();
    }

    /// <param name="what">The button: <c>print</c>, <c>paid</c> or <c>uncollected</c>.</param>
    /// <param name="month">The month new lists are numbered in.</param>
    /// <param name="commune">Code of one commune; empty: all.</param>
    /// <param name="code">Of a receipt.</param>
    /// <param name="receiver">Who signed.</param>
    public async Task<IActionResult> OnPostAsync([FromForm(Name = "do")] string? what, [FromForm] string? month, [FromForm] string? commune, [FromForm] string? code, [FromForm] string? receiver)
    {
        var cancel = HttpContext.RequestAborted;
        IReadOnlyList<Problem> problems;
        if (what == "print")
        {
            var of = ApiRoutes.MonthOf(Parts, month);
            if (Caller.Lacks(AccessRules.CashPrint) is { } lacks) problems = [lacks];
            else if (!of.TryGet(out var wanted)) problems = of.Problems;
            else
            {
                var printed = await Payouts.PrintAsync(Caller, wanted, string.IsNullOrWhiteSpace(commune) ? null : commune.Trim(), Parts.Folder("cash", wanted.Text()), pdf: false, cancel);
                if (printed.TryGet(out var lists)) return Redirect($"/cash?month={wanted.Text()}&done={(lists.Count == 0 ? "none" : "print")}");
                problems = printed.Problems;
            }
        }
        else if (what is "paid" or "uncollected")
        {
            Code = code ?? "";
            var recorded = await Payouts.RecordAsync(Caller, Code, what == "paid" ? CashResult.Paid : CashResult.Uncollected, Today, receiver, cancel);
            if (recorded.TryGet(out var said))
            {
                // At a counter the next code is typed on the same page.
                (Done, Code) = (Recorded(said), "");
                await LoadAsync(null);
                return Page();
            }

            problems = recorded.Problems;
        }
        else problems = [new Problem("usage.button", "The form does not say what to do.", "Open the page again and use one of its buttons.")];

        if (problems[0].Code == "not_allowed.step_up") return ToConfirm("/cash");
        await LoadAsync(null);
        return Refused(problems);
    }
}
