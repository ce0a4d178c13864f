using System.Globalization;
using NodaTime;
using PaymentEngine.App.CommandLine;
using PaymentEngine.App.Operations;
using PaymentEngine.Core;
using PaymentEngine.Core.CashPayouts;
using PaymentEngine.Core.Money;
using PaymentEngine.Core.Payments;
using PaymentEngine.Core.Recipients;
using PaymentEngine.Messages;
using PaymentEngine.Postgres;

namespace PaymentEngine.App.Commands;

/// <summary>A table on its way to a spreadsheet: headings with whether they hold numbers, and rows of text.</summary>
sealed record LedgerTable(IReadOnlyList<(string Title, bool IsNumber)> Headings, IReadOnlyList<IReadOnlyList<string>> Rows);

/// <summary>What the ledger commands print, write and answer.</summary>
static class LedgerPaper
{
    static readonly DateTimeZone Zone = DateTimeZoneProviders.Tzdb["Asia/Ho_Chi_Minh"];

    static string Figures(long number) => number.ToString(CultureInfo.InvariantCulture);

    static string PlaceName(CommandContext context, short place) => context.Text(Places.All[place].Vi, Places.All[place].En);

    static string KeyTitle(CommandContext context, LedgerKey key) => key switch
    {
        LedgerKey.Run => context.Text("Đợt", "Run"), LedgerKey.Month => context.Text("Tháng", "Month"), LedgerKey.Programme => context.Text("Chương trình", "Programme"), LedgerKey.Fund => context.Text("Nguồn", "Fund"),
        LedgerKey.Payer => context.Text("Đơn vị chi trả", "Payer"), LedgerKey.Commune => context.Text("Xã", "Commune"), _ => context.Text("Ngân hàng", "Bank"),
    };

    static string Word(LedgerKey key) => key.ToString().ToLowerInvariant();

    /// <summary>A key's value for people: names of banks and programmes, months with a hyphen; a hyphen where there is none.</summary>
    static string Name(LedgerKey key, string value) => (key, value) switch
    {
        (_, "") => "–",
        (LedgerKey.Programme, _) => ProgrammeWord(short.Parse(value, CultureInfo.InvariantCulture)),
        (LedgerKey.Month, _) => Months.FromKey(int.Parse(value, CultureInfo.InvariantCulture)).Text(),
        (LedgerKey.Bank, _) => BankDirectory.Find(value) is { } bank ? $"{bank.ShortName} ({value})" : value,
        _ => value,
    };

    static string ProgrammeWord(short programme) => FundPaper.Word((Programme)programme);

    static string When(Instant at) => ViText.Time(at.InZone(Zone).LocalDateTime);

    static string Where(short province, LedgerPosting posting) =>
        posting.ListNo is { } list ? new CashListId(province, Months.FromKey(posting.ListMonth!.Value), list).ToString() : posting.FileNo is { } file ? Figures(file) : "";

    public static LedgerTable BalanceTable(CommandContext context, IReadOnlyList<LedgerKey> by, IReadOnlyList<LedgerBalance> rows) => new(
        [.. by.Select(key => (KeyTitle(context, key), false)), (context.Text("Nơi", "Place"), false), (context.Text("Số khoản", "Payments"), true), (context.Text("Số tiền (đồng)", "Sum (VND)"), true)],
        [.. rows.Select(row => (IReadOnlyList<string>)[.. row.Keys.Select((value, at) => Name(by[at], value)), PlaceName(context, row.Place), Figures(row.Items), Figures(row.SumVnd)])]);

    public static Answer Balances(CommandContext context, IReadOnlyList<LedgerKey> by, IReadOnlyList<LedgerBalance> rows, LocalDate? asOf) => Answer.Of(new
    {
        as_of = asOf,
        balances = rows.Select(row => new { keys = by.Select((key, at) => (Word(key), row.Keys[at])).ToDictionary(pair => pair.Item1, pair => pair.Item2), place = Places.All[row.Place].Code, items = row.Items, sum_vnd = row.SumVnd }),
        listed_vnd = rows.Sum(row => row.SumVnd),
    }, output =>
    {
        if (asOf is { } day) output.Line(context.Text($"Theo bút toán ghi đến hết ngày {ViText.Date(day)}.", $"By the postings made up to the end of {ViText.Date(day)}."));
        var table = new TextTable([.. by.Select(key => new TextColumn(KeyTitle(context, key))), new TextColumn(context.Text("Nơi", "Place")), new TextColumn(context.Text("Số khoản", "Payments"), true), new TextColumn(context.Text("Số tiền", "Sum"), true)]);
        foreach (var row in rows) table.Row([.. row.Keys.Select((value, at) => Name(by[at], value)), PlaceName(context, row.Place), ViText.Count(row.Items), ViText.Money(new Vnd(row.SumVnd))]);
        table.Row([.. by.Select(_ => ""), context.Text("Đã lập danh sách", "Listed"), ViText.Count(rows.Sum(row => row.Items)), ViText.Money(new Vnd(rows.Sum(row => row.SumVnd)))]);
        output.Table(table);
    });

    public static LedgerTable PostingTable(CommandContext context, short province, IReadOnlyList<LedgerPosting> rows) => new(
        [("No", true), (context.Text("Kỳ", "Period"), false), (context.Text("Đợt", "Run"), false), (context.Text("Thao tác", "Operation"), false), (context.Text("Người", "Person"), false), (context.Text("Lúc", "At"), false),
            (context.Text("Tệp, danh sách", "File, list"), false), (context.Text("Chương trình", "Programme"), false), (context.Text("Xã", "Commune"), false), (context.Text("Từ", "From"), false), (context.Text("Đến", "To"), false),
            (context.Text("Số khoản", "Payments"), true), (context.Text("Số tiền (đồng)", "Sum (VND)"), true), ("SHA-256", false)],
        [.. rows.Select(row => (IReadOnlyList<string>)[Figures(row.PostingNo), Months.FromKey(row.Month).Text(), new RunId(province, Months.FromKey(row.RunMonth), row.RunNo).ToString(), $"{Figures(row.OperationNo)} {row.Kind}", row.Person, When(row.At),
            Where(province, row), ProgrammeWord(row.Programme), $"{row.CommuneCode} {row.CommuneName}", PlaceName(context, row.FromPlace), PlaceName(context, row.ToPlace), Figures(row.Items), Figures(row.SumVnd), Convert.ToHexStringLower(row.Digest)])]);

    public static Answer Postings(CommandContext context, short province, IReadOnlyList<LedgerPosting> rows) => Answer.Of(new
    {
        postings = rows.Select(row => new
        {
            posting = row.PostingNo, period = Months.FromKey(row.Month), run = new RunId(province, Months.FromKey(row.RunMonth), row.RunNo).ToString(), operation = row.OperationNo, kind = row.Kind, person = row.Person, at = row.At,
            file_no = row.FileNo, list = row.ListNo is null ? null : Where(province, row), programme = ProgrammeWord(row.Programme), commune = row.CommuneCode, from = Places.All[row.FromPlace].Code, to = Places.All[row.ToPlace].Code,
            items = row.Items, sum_vnd = row.SumVnd, digest = Convert.ToHexStringLower(row.Digest),
        }),
    }, output =>
    {
        if (rows.Count == 0)
        {
            output.Line(context.Text("Chưa có bút toán nào.", "There is no posting."));
            return;
        }

        var table = new TextTable(new TextColumn(context.Text("Kỳ", "Period")), new TextColumn(context.Text("Đợt", "Run")), new TextColumn(context.Text("Thao tác", "Operation")), new TextColumn(context.Text("Người", "Person")),
            new TextColumn(context.Text("Tệp, danh sách", "File, list")), new TextColumn(context.Text("Chương trình", "Programme")), new TextColumn(context.Text("Xã", "Commune")), new TextColumn(context.Text("Từ", "From")), new TextColumn(context.Text("Đến", "To")),
            new TextColumn(context.Text("Số khoản", "Payments"), true), new TextColumn(context.Text("Số tiền", "Sum"), true));
        foreach (var row in rows)
        {
            // A late event stands in another period than its list: it points back to it.
            table.Row(Months.FromKey(row.Month).Text(), new RunId(province, Months.FromKey(row.RunMonth), row.RunNo).ToString(), row.Kind, row.Person, Where(province, row), ProgrammeWord(row.Programme), row.CommuneName,
                PlaceName(context, row.FromPlace), PlaceName(context, row.ToPlace), ViText.Count(row.Items), ViText.Money(new Vnd(row.SumVnd)));
        }

        output.Table(table);
    });

    public static LedgerTable MoveTable(CommandContext context, IReadOnlyList<LedgerMove> rows) => new(
        [(context.Text("Lúc", "At"), false), (context.Text("Thao tác", "Operation"), false), (context.Text("Người", "Person"), false), (context.Text("Từ", "From"), false), (context.Text("Đến", "To"), false), (context.Text("Số tiền (đồng)", "Sum (VND)"), true)],
        [.. rows.Select(row => (IReadOnlyList<string>)[When(row.At), $"{Figures(row.OperationNo)} {row.Kind}", row.Person, PlaceName(context, row.FromPlace), PlaceName(context, row.ToPlace), Figures(row.AmountVnd)])]);

    public static Answer Moves(CommandContext context, RunId run, int line, IReadOnlyList<LedgerMove> rows) => Answer.Of(new
    {
        run = run.ToString(), line,
        moves = rows.Select(row => new { operation = row.OperationNo, kind = row.Kind, person = row.Person, at = row.At, from = Places.All[row.FromPlace].Code, to = Places.All[row.ToPlace].Code, amount_vnd = row.AmountVnd }),
    }, output =>
    {
        var table = new TextTable(new TextColumn(context.Text("Lúc", "At")), new TextColumn(context.Text("Thao tác", "Operation")), new TextColumn(context.Text("Người", "Person")), new TextColumn(context.Text("Từ", "From")), new TextColumn(context.Text("Đến", "To")),
            new TextColumn(context.Text("Số tiền", "Sum"), true));
        foreach (var row in rows) table.Row(When(row.At), row.Kind, row.Person, PlaceName(context, row.FromPlace), PlaceName(context, row.ToPlace), ViText.Money(new Vnd(row.AmountVnd)));
        output.Table(table);
    });

    public static Answer Periods(CommandContext context, IReadOnlyList<LedgerPeriod> periods) => Answer.Of(new { periods = periods.Select(Json) }, output =>
    {
        if (periods.Count == 0)
        {
            output.Line(context.Text("Chưa có bút toán nào.", "There is no posting."));
            return;
        }

        var table = new TextTable(new TextColumn(context.Text("Kỳ", "Period")), new TextColumn(context.Text("Bút toán", "Postings"), true), new TextColumn(context.Text("Tiền đã ghi chuyển", "Moved"), true), new TextColumn(context.Text("Đã đóng", "Closed")));
        foreach (var period in periods)
        {
            table.Row(Months.FromKey(period.Month).Text(), ViText.Count(period.Postings), ViText.Money(new Vnd(period.SumVnd)),
                period.ClosedAt is { } at ? context.Text($"{When(at)}, {period.ClosedBy}", $"{When(at)} by {period.ClosedBy}") : context.Text("đang mở", "open"));
        }

        output.Table(table);
    });

    static object Json(LedgerPeriod period) => new
    {
        period = Months.FromKey(period.Month), postings = period.Postings, items = period.Items, sum_vnd = period.SumVnd, closed_by = period.ClosedBy, closed_at = period.ClosedAt,
        digest = period.Digest is null ? null : Convert.ToHexStringLower(period.Digest),
    };

    static object Json(DeclaredTotal total) => new
    {
        programme = ProgrammeWord(total.Programme), what = total.What, items = total.Items, sum_vnd = total.SumVnd, source = total.Source, person = total.Person, ledger_items = total.LedgerItems, ledger_vnd = total.LedgerVnd,
        agrees = (total.Items, total.SumVnd) == (total.LedgerItems, total.LedgerVnd),
    };

    public static Answer Declared(CommandContext context, YearMonth period, DeclaredTotal total) => Answer.Of(new { period, declared = Json(total) }, output => output.Line(
        (total.Items, total.SumVnd) == (total.LedgerItems, total.LedgerVnd)
            ? context.Text($"{ProgrammeWord(total.Programme)} {total.What} kỳ {ViText.Month(period)}: {ViText.Count(total.Items)} khoản, {ViText.Money(new Vnd(total.SumVnd))}; sổ bút toán cũng vậy.",
                $"{ProgrammeWord(total.Programme)} {total.What} of {ViText.Month(period)}: {ViText.Count(total.Items)} payments, {ViText.Money(new Vnd(total.SumVnd))}; the ledger agrees.")
            : context.Text($"{ProgrammeWord(total.Programme)} {total.What} kỳ {ViText.Month(period)}: khai {ViText.Count(total.Items)} khoản, {ViText.Money(new Vnd(total.SumVnd))}; sổ bút toán có {ViText.Count(total.LedgerItems)}, {ViText.Money(new Vnd(total.LedgerVnd))}. Kỳ chưa đóng được.",
                $"{ProgrammeWord(total.Programme)} {total.What} of {ViText.Month(period)}: declared {ViText.Count(total.Items)} payments, {ViText.Money(new Vnd(total.SumVnd))}; the ledger has {ViText.Count(total.LedgerItems)}, {ViText.Money(new Vnd(total.LedgerVnd))}. The period cannot close yet.")));

    public static Answer Closed(CommandContext context, LedgerPeriodView view) => Answer.Of(new
    {
        period = Json(view.Period), already_done = view.AlreadyDone, declared = view.Declared.Select(Json),
        carried = view.Carried.Select(balance => new
        {
            run_month = Months.FromKey(balance.RunMonth), run_no = balance.RunNo, programme = ProgrammeWord(balance.Programme), commune = balance.CommuneCode, place = Places.All[balance.Place].Code, items = balance.Items, sum_vnd = balance.SumVnd,
        }),
    }, output =>
    {
        var (month, closed) = (ViText.Month(Months.FromKey(view.Period.Month)), view.Period);
        output.Line(view.AlreadyDone ? context.Text($"Kỳ {month} đã đóng trước đây.", $"Period {month} was closed before.")
            : context.Text($"Đã đóng kỳ {month}: {ViText.Count(closed.Postings)} bút toán, {ViText.Money(new Vnd(closed.SumVnd))} đã ghi chuyển.", $"Closed period {month}: {ViText.Count(closed.Postings)} postings, {ViText.Money(new Vnd(closed.SumVnd))} moved."));
        output.Line($"SHA-256 {Convert.ToHexStringLower(closed.Digest!)}");
        foreach (var place in view.Carried.GroupBy(balance => balance.Place).OrderBy(group => group.Key))
            output.Line(context.Text($"Chuyển sang kỳ sau, {Places.All[place.Key].Vi}: {ViText.Count(place.Sum(one => one.Items))} khoản, {ViText.Money(new Vnd(place.Sum(one => one.SumVnd)))}.",
                $"Carried over, {Places.All[place.Key].En}: {ViText.Count(place.Sum(one => one.Items))} payments, {ViText.Money(new Vnd(place.Sum(one => one.SumVnd)))}."));
        output.Line(view.Declared.Count == 0 ? context.Text("Không có số tổng nào được khai để đối chiếu.", "No total was declared to compare with.")
            : context.Text($"{ViText.Count(view.Declared.Count)} số tổng được khai đều khớp.", $"{ViText.Count(view.Declared.Count)} declared totals agree."));
    });

    public static Answer Examined(CommandContext context, LedgerExamination found)
    {
        var exit = found.Holds ? ExitCode.Done : ExitCode.Refused;
        return Answer.Of(new
        {
            holds = found.Holds, stopped = found.Stop is not null,
            invariants = found.Findings.Select(finding => new { id = finding.Id, holds = finding.Holds, says = context.Text(finding.Vi, finding.En), violations = finding.Violations }),
        }, output =>
        {
            var table = new TextTable(new TextColumn("I"), new TextColumn(context.Text("Bất biến", "Invariant")), new TextColumn(context.Text("Kết quả", "Result")));
            foreach (var finding in found.Findings) table.Row(finding.Id, context.Text(finding.Vi, finding.En), finding.Holds ? context.Text("giữ", "holds") : context.Text("KHÔNG GIỮ", "BROKEN"));
            output.Table(table);
            foreach (var finding in found.Findings.Where(finding => !finding.Holds))
            {
                output.Line(context.Text($"{finding.Id} không giữ:", $"{finding.Id} is broken:"));
                foreach (var violation in finding.Violations) output.Line($"  {violation}");
            }

            output.Line(found.Holds ? context.Text($"{found.Findings.Count} bất biến đều giữ.", $"All {found.Findings.Count} invariants hold.") : context.Text("Có bất biến không giữ.", "An invariant is broken."));
            if (found.Stop is not { } stop) return;
            output.Line(context.Text($"Việc ghi chuyển tiền đã DỪNG từ {When(stop.At)}: không thao tác nào chuyển được đồng nào cho đến khi bất biến giữ trở lại và người duyệt cho ghi tiếp (payengine ledger resume).",
                $"Money is STOPPED since {When(stop.At)}: no operation moves a đồng until the invariants hold again and an approver lets it go on (payengine ledger resume)."));
        }) with { Exit = exit };
    }
}
