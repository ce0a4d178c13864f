using Microsoft.AspNetCore.Html;
using Microsoft.AspNetCore.Mvc;
using NodaTime;
using PaymentEngine.App.Commands;
using PaymentEngine.App.Operations;
using PaymentEngine.App.Operations.Cases;
using PaymentEngine.App.Web.Api;
using PaymentEngine.App.Web.Pictures;
using PaymentEngine.Core;
using PaymentEngine.Core.Money;
using PaymentEngine.Core.Payments;
using PaymentEngine.Messages;
using PaymentEngine.Messages.LawFiles;
using PaymentEngine.Postgres.Cases;

namespace PaymentEngine.App.Web.Pages;

/// <summary>The first page: what waits for me, what is stuck, the month as a picture, the days ahead.</summary>
public sealed class IndexPage(WebParts parts) : WebPage(parts)
{
    /// <summary>Days the calendar looks ahead: the next list and the next report are always among them.</summary>
    const int DaysAhead = 45;

    static readonly string[] StepsInOrder = ["planning", "planned", "submitted", "approved", "sealed", "handed_over", "closed"];

    public StartPage? Start { get; private set; }

    public MonthPicture? Month { get; private set; }

    public IReadOnlyList<OfficeDay> Days { get; private set; } = [];

    /// <summary>Until when on a day each bank takes files.</summary>
    public IReadOnlyList<(string Bank, string Time)> CutOffs { get; private set; } = [];

    public string Roles => string.Join(", ", Caller.Roles.Order(StringComparer.Ordinal).Select(role => CasePaper.Owner(Words, role)));

    public bool IsWholeProvince => Caller.Communes is null;

    public int CommuneCount => Caller.Communes?.Count ?? 0;

    public async Task<IActionResult> OnGetAsync([FromQuery] string? month)
    {
        var cancel = HttpContext.RequestAborted;
        YearMonth? wanted = null;
        if (!string.IsNullOrEmpty(month))
        {
            var parsed = ApiRoutes.MonthOf(Parts, month);
            if (!parsed.TryGet(out var of)) return Refused(parsed.Problems);
            wanted = of;
        }

        var found = await Parts.Cases.StartAsync(Caller, cancel);
        if (found.TryGet(out var start)) Start = start;
        else Problems = found.Problems;
        if ((await new MonthPictures(Parts.Database, Parts.Clock).OfAsync(Caller, wanted, cancel)).TryGet(out var picture)) Month = picture;
        Days = OfficeCalendar.Ahead(Today, DaysAhead, BankingCalendars.VietNam);
        CutOffs = [.. BankProfiles.All.Select(profile => (profile.Name, $"{profile.CutOff.Hour:00}:{profile.CutOff.Minute:00}"))];
        return Page();
    }

    /// <summary>The steps the month's runs stand at.</summary>
    public IReadOnlyList<RunsAtStep> Steps => [.. StepsInOrder.Select(step => Month?.Runs.FirstOrDefault(one => one.Step == step) ?? new RunsAtStep(step, 0, 0, 0)).Where(one => one.Runs > 0 || one.Step != "planning")];

    public IHtmlContent Flow() => Drawings.Flow(Text($"Các đợt của tháng {ViText.Month(Month!.Month)} theo bước", $"The runs of {ViText.Month(Month!.Month)} by step"),
        [.. Steps.Select(step => new FlowStep(RunPaper.StateWord(Words, step.Step), Text($"{ViText.Count(step.Runs)} đợt", $"{ViText.Count(step.Runs)} runs"), step.Runs == 0 ? "–" : ViText.Money(new Vnd(step.SumVnd)), step.Runs > 0))]);

    /// <summary>Where the month's money is, by the ledger.</summary>
    public IReadOnlyList<(string Name, long Items, long SumVnd, string Colour)> Places => [.. Core.Payments.Places.All.Skip(1).Select(place =>
    {
        var found = Month!.Places.FirstOrDefault(one => one.Place == (short)place.Place);
        return (Text(place.Vi, place.En), found?.Items ?? 0, found?.SumVnd ?? 0, ColourOf(place.Place));
    })];

    public IHtmlContent Money() => Drawings.Bars(Text("Tiền của tháng đang ở đâu", "Where the month's money is"), [.. Places.Where(one => one.Items != 0).Select(one => new ChartBar(one.Name, one.SumVnd, ViText.Money(new Vnd(one.SumVnd)), one.Colour))]);

    /// <summary>Finished places are calm, waiting ones amber, and red is for what is wrong.</summary>
    internal static string ColourOf(Place place) => place switch
    {
        Place.PaidByAccount or Place.PaidInCash => Svg.Good,
        Place.Disputed => Svg.Bad,
        Place.Returned or Place.Held => Svg.Wait,
        _ => Svg.Deed,
    };

    /// <summary>Where a waiting step is worked on; null: on the command line.</summary>
    public static string? AddressOf(WaitingStep step) => step.What switch
    {
        "run_to_submit" or "run_to_approve" or "run_to_export" or "window_over" => $"/runs/{step.Subject}",
        "file_to_send" or "file_in_doubt" => $"/runs/{step.Run}",
        "account_to_approve" or "decision_to_answer" or "settlement_to_answer" => $"/cases/{step.Subject}",
        "cash_list_late" => "/cash",
        _ => null,
    };

    public string WordOf(OfficeDay day) => day.Kind switch
    {
        OfficeDayKind.ListCloses => Text($"chốt danh sách tháng {ViText.Month(day.Month)}", $"the list of {ViText.Month(day.Month)} closes"),
        OfficeDayKind.ReportDue => Text($"báo cáo kết quả chi trả tháng {ViText.Month(day.Month)}", $"the report on {ViText.Month(day.Month)} is due"),
        _ => Text("ngân hàng nghỉ", "banks are closed"),
    };
}
