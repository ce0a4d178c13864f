using System.Globalization;
using PaymentEngine.App.CommandLine;
using PaymentEngine.App.Operations.Reports;
using PaymentEngine.Core;
using PaymentEngine.Core.Recipients;
using PaymentEngine.Core.Reports;
using PaymentEngine.Messages.Paper;

namespace PaymentEngine.App.Commands.Reports;

/// <summary>One figure of a funnel with its key: what CSV and JSON hold, row by row.</summary>
/// <param name="Table">Which table of the report it stands in.</param>
/// <param name="Figure">The key; <c>report people</c> lists exactly these people.</param>
/// <param name="Share">Of those on the rolls in the same row.</param>
/// <param name="Money">Listed for these people in the period; null: the table has none.</param>
sealed record FigureRow(string Table, FunnelFigure Figure, string Name, long People, Share? Share, FunnelMoney? Money);

/// <summary>What <c>report funnel</c> prints, writes and answers: one set of tables for screen, paper and workbook.</summary>
static class FunnelPaper
{
    // Which of two languages: people's own on the screen, Vietnamese on paper, English for programs.
    static readonly Func<string, string, string> Vietnamese = static (vi, _) => vi, English = static (_, en) => en;

    static readonly FunnelStep[] Inside = [FunnelStep.Registered, FunnelStep.Information, FunnelStep.Account, FunnelStep.Wish, FunnelStep.Verified, FunnelStep.PaidByAccount];

    /// <summary>The answer on the screen and for programs; exit 3 when a check does not hold.</summary>
    public static Answer Say(Func<string, string, string> say, FunnelView view, IReadOnlyList<FunnelDimension> by, string? written)
    {
        var answer = Answer.Of(Json(view, written), output =>
        {
            output.Line(Headline(say, view.Basis, view.Province));
            foreach (var table in Tables(say, view, by))
            {
                output.Line();
                output.Line(table.Heading);
                output.Table(Text(table));
            }

            output.Line();
            SayTies(say, output, view);
            if (written is not null) output.Line(say($"Đã ghi {written}.", $"Wrote {written}."));
            else output.Talk(say("Những người của một số: payengine report people KHÓA, với cùng các lựa chọn.", "The people of a figure: payengine report people KEY, with the same options."));
        });
        return view.Holds ? answer : answer with { Exit = ExitCode.Refused };
    }

    static void SayTies(Func<string, string, string> say, Output output, FunnelView view)
    {
        var (held, differ, notCompared) = Counts(view);
        output.Line(say($"Tự kiểm tra: {held} phép khớp, {differ} không khớp, {notCompared} không so được.", $"Own checks: {held} tie, {differ} do not, {notCompared} cannot be made."));
        foreach (var tie in view.Ties.Where(tie => !tie.Holds))
            output.Line(say($"  KHÔNG KHỚP {tie.Vi}: {ViText.Count(tie.Left)} ≠ {ViText.Count(tie.Right!.Value)}, chênh {ViText.Signed(tie.Difference)}", $"  DOES NOT TIE {tie.En}: {ViText.Count(tie.Left)} ≠ {ViText.Count(tie.Right!.Value)}, difference {ViText.Signed(tie.Difference)}"));
        foreach (var tie in view.Ties.Where(tie => tie.Right is null)) output.Line($"  · {say(tie.Vi, tie.En)}");
    }

    static (int Held, int Differ, int NotCompared) Counts(FunnelView view) =>
        (view.Ties.Count(tie => tie.Right is not null && tie.Holds), view.Ties.Count(tie => !tie.Holds), view.Ties.Count(tie => tie.Right is null));

    static string Headline(Func<string, string, string> say, FunnelBasis basis, string province)
    {
        var period = basis.From == basis.To ? ViText.Month(basis.To) : $"{ViText.Month(basis.From)}–{ViText.Month(basis.To)}";
        return say(
            $"{province}{(basis.CommuneCode is { } xa ? $", xã {xa}" : "")}: sổ đối tượng ngày {ViText.Date(basis.AsOf)} theo điều biết đến hết {ViText.Date(basis.KnownOn)}; tiền của danh sách {period} theo bút toán đến hết {ViText.Date(basis.AsOf)}, lũy kế từ {ViText.Month(basis.Since)}.",
            $"{province}{(basis.CommuneCode is { } commune ? $", commune {commune}" : "")}: the register on {ViText.Date(basis.AsOf)} as known at the end of {ViText.Date(basis.KnownOn)}; money of the lists of {period} as booked by the end of {ViText.Date(basis.AsOf)}, cumulative from {ViText.Month(basis.Since)}.");
    }

    /// <summary>The report for paper and workbook, in Vietnamese; marked across every sheet when a check does not hold.</summary>
    public static PaperDocument Document(FunnelView view, IReadOnlyList<FunnelDimension> by)
    {
        var (held, differ, notCompared) = Counts(view);
        return new PaperDocument("BÁO CÁO CHI TRẢ KHÔNG DÙNG TIỀN MẶT", string.Create(CultureInfo.InvariantCulture, $"pheu-{view.Basis.AsOf:yyyyMMdd}"), view.Province)
        {
            Sub = Headline(Vietnamese, view.Basis, view.Province),
            Mark = view.Holds ? null : "KHÔNG KHỚP – CHƯA KÝ",
            Sentences =
            [
                "Mỗi hồ sơ đứng ở đúng một bước, với một lý do và một việc tiếp theo. Người hưởng nhiều chương trình được tính một lần, ở nhóm đứng trước: người có công, bảo trợ xã hội, hưu trí xã hội.",
                "Tỷ lệ làm tròn một chữ số thập phân, nửa làm tròn lên; các tỷ lệ đã làm tròn không cộng lại với nhau.",
            ],
            Tables = [.. Tables(Vietnamese, view, by), TieTable(view)],
            Closing = [$"Tự kiểm tra: {held} phép khớp, {differ} không khớp, {notCompared} không so được."],
            Signatures = ["Người lập", "Thủ trưởng đơn vị"],
        };
    }

    static PaperTable TieTable(FunnelView view) => new("Báo cáo tự kiểm tra", ["Phép kiểm tra", "Báo cáo*", "Đối chiếu*", "Kết quả"],
        [.. view.Ties.Select(tie => (IReadOnlyList<PaperCell>)[tie.Vi, tie.Left, tie.Right is { } right ? right : "–", tie.Right is null ? "không so được" : tie.Holds ? "khớp" : $"KHÔNG KHỚP ({ViText.Signed(tie.Difference)})"])]);

    static IEnumerable<PaperTable> Tables(Func<string, string, string> say, FunnelView view, IReadOnlyList<FunnelDimension> by)
    {
        var report = view.Report;
        string[] money = [say("Đã lập danh sách (đồng)*", "Listed (đồng)*"), say("Qua tài khoản*", "By account*"), say("Tiền mặt*", "In cash*"), say("Nộp trả*", "Given back*"), say("Chưa chi*", "Not paid yet*")];
        var key = say("Khóa#", "Key#");
        yield return new(say("Các bước", "Steps"),
            [say("Bước", "Step"), say("Đứng ở đây*", "Stand here*"), say("Đến được*", "Reached*"), say("Tỷ lệ", "Share"), say("Có điều kiện*", "Have it*"), say("…đứng trước đó*", "…stand earlier*"), say("Nhận mà thiếu*", "Paid without*"), .. money, key],
            [.. FunnelSteps.All.Select(step => Row(say(step.Vi, step.En), report.On(step.Step).People,
                step.Step == FunnelStep.Outside ? "–" : report.Total.Reached(step.Step), step.Step == FunnelStep.Outside ? "–" : Share.Text(Share.Of(report.Total.Reached(step.Step), report.Total.Inside)),
                step.Step <= FunnelStep.Registered ? "–" : report.Has(step.Step), step.Step <= FunnelStep.Registered ? "–" : report.HasEarlier(step.Step), step.Step <= FunnelStep.Registered ? "–" : report.PaidWithout(step.Step),
                Money(report.On(step.Step).Money), $"step={step.Code}"))],
            Row(say("Cộng (mọi hồ sơ)", "All records"), report.Total.People, report.Total.Inside, "", "", "", "", Money(report.Total.Money), ""));
        yield return new(say("Vì sao chưa đến bước sau, việc tiếp theo, ai làm", "Why not further, what is next, who acts"),
            [say("Bước", "Step"), say("Lý do", "Reason"), say("Người*", "People*"), say("Việc tiếp theo", "Next"), say("Ai làm", "Who"), .. money, key],
            [.. FunnelSteps.All.SelectMany(step => report.ReasonsOn(step.Step).Select(row =>
            {
                var words = FunnelReasons.Of(row.Reason);
                var who = FunnelReasons.Words(words.Actor);
                return Row(say(step.Vi, step.En), say(words.Vi, words.En), row.Tally.People, say(words.NextVi, words.NextEn), say(who.Vi, who.En), Money(row.Tally.Money), $"step={step.Code},reason={words.Code}");
            }))],
            Row(say("Cộng", "All"), "", report.Total.People, "", "", Money(report.Total.Money), ""));
        yield return Cumulative(say, report);
        foreach (var dimension in by)
        {
            var (vi, en) = FunnelReport.Words(dimension);
            yield return Broken(say, say($"Theo {vi}", $"By {en}"), [say(Capital(vi), Capital(en))], money, key, report.Rows(dimension).Select(row => ((string[])[Name(say, view, dimension, row.Key)], new FunnelFigure().With(dimension, row.Key), row.Value)), report.Total);
        }

        if (report.Cross.Count > 1)
        {
            yield return Broken(say, say("Theo ", "By ") + string.Join(" × ", report.Cross.Select(one => say(FunnelReport.Words(one).Vi, FunnelReport.Words(one).En))), [.. report.Cross.Select(one => say(Capital(FunnelReport.Words(one).Vi), Capital(FunnelReport.Words(one).En)))],
                money, key, report.Crossed.Select(row => (report.Cross.Select(one => Name(say, view, one, row.Figure.Values[one])).ToArray(), row.Figure, row.Tally)), report.Total);
        }
    }

    static PaperTable Cumulative(Func<string, string, string> say, FunnelReport report)
    {
        IReadOnlyList<PaperCell> Line(FigureSum sum, string name, Func<FunnelMoney, long> of)
        {
            var code = sum.ToString().ToLowerInvariant();
            return [name, report.People(sum, FigureTime.Before), report.People(sum, FigureTime.Period), report.People(sum, FigureTime.New), report.People(sum, FigureTime.Total), of(report.Total.Before), of(report.Total.Money), of(report.Total.Before + report.Total.Money), $"{code}=period"];
        }

        return new(say("Trong kỳ và lũy kế", "Period and cumulative"),
            [say("Khoản", "Sum"), say("Người trước kỳ*", "People before*"), say("Người trong kỳ*", "In the period*"), say("…lần đầu*", "…first time*"), say("Lũy kế người*", "People, cumulative*"),
                say("Tiền trước kỳ*", "Money before*"), say("Tiền trong kỳ*", "Of the period*"), say("Lũy kế tiền*", "Money, cumulative*"), say("Khóa (=before, new, total)#", "Key (=before, new, total)#")],
            [
                Line(FigureSum.Listed, say("Đã lập danh sách", "Listed"), money => money.Listed.Amount), Line(FigureSum.Account, say("Đã chi qua tài khoản", "Paid by account"), money => money.ByAccount.Amount),
                Line(FigureSum.Cash, say("Đã chi tiền mặt", "Paid in cash"), money => money.InCash.Amount),
            ]);
    }

    static PaperTable Broken(Func<string, string, string> say, string heading, string[] names, string[] money, string key, IEnumerable<(string[] Names, FunnelFigure Figure, FunnelTally Tally)> rows, FunnelTally total)
    {
        IReadOnlyList<PaperCell> Line(IEnumerable<string> cells, FunnelTally tally, string figure) =>
            [.. cells.Select(cell => (PaperCell)cell), tally.Stands(FunnelStep.Outside), .. Inside.Select(step => (PaperCell)tally.Reached(step)), Share.Text(Share.Of(tally.Reached(FunnelStep.PaidByAccount), tally.Inside)), .. Money(tally.Money), figure];
        return new(heading, [.. names, .. FunnelSteps.All.Select(step => say(step.Vi, step.En) + "*"), say("Tỷ lệ", "Share"), .. money, key],
            [.. rows.Select(row => Line(row.Names, row.Tally, row.Figure.ToString()))], Line(names.Select((_, at) => at == 0 ? say("Cộng", "All") : ""), total, ""));
    }

    static PaperCell[] Money(FunnelMoney money) => [money.Listed, money.ByAccount, money.InCash, money.GivenBack, money.Elsewhere];

    static IReadOnlyList<PaperCell> Row(PaperCell first, PaperCell second, PaperCell third, PaperCell fourth, PaperCell fifth, PaperCell[] money, string key) => [first, second, third, fourth, fifth, .. money, key];

    static IReadOnlyList<PaperCell> Row(PaperCell first, PaperCell second, PaperCell third, PaperCell fourth, PaperCell fifth, PaperCell sixth, PaperCell seventh, PaperCell[] money, string key) =>
        [first, second, third, fourth, fifth, sixth, seventh, .. money, key];

    static string Capital(string word) => char.ToUpperInvariant(word[0]) + word[1..];

    internal static string Name(Func<string, string, string> say, FunnelView view, FunnelDimension dimension, string value) => dimension switch
    {
        FunnelDimension.Group => RecipientGroups.All.First(group => group.Code == value) is var group ? say(group.Vi, group.En) : value,
        FunnelDimension.Sex => value switch { "M" => say("Nam", "Male"), "F" => say("Nữ", "Female"), _ => say("chưa ghi", "not recorded") },
        FunnelDimension.Age => value,
        _ => value == "unknown" ? say("chưa ghi", "not recorded") : $"{value} {view.Communes.GetValueOrDefault(value)}".TrimEnd(),
    };

    /// <summary>A table of the paper on the screen.</summary>
    internal static TextTable Text(PaperTable table)
    {
        var text = new TextTable([.. table.Columns.Select(column => new TextColumn(column.TrimEnd('*', '#'), column.EndsWith('*')))]);
        foreach (var row in table.Rows.Concat(table.Total is null ? [] : [table.Total])) text.Row([.. row.Select(cell => cell.Number is { } number ? ViText.Count(number) : cell.Text)]);
        return text;
    }

    /// <summary>Every figure with its key.</summary>
    public static IEnumerable<FigureRow> Figures(Func<string, string, string> say, FunnelView view)
    {
        var report = view.Report;
        foreach (var (step, _, vi, en) in FunnelSteps.All)
        {
            yield return new("step", new FunnelFigure(Step: step), say(vi, en), report.On(step).People, null, report.On(step).Money);
            if (step == FunnelStep.Outside) continue;
            yield return new("reached", new FunnelFigure(Reached: step), say(vi, en), report.Total.Reached(step), Share.Of(report.Total.Reached(step), report.Total.Inside), null);
            if (step == FunnelStep.Registered) continue;
            yield return new("has", new FunnelFigure(Has: step), say(vi, en), report.Has(step), Share.Of(report.Has(step), report.Total.Inside), null);
            if (step != FunnelStep.PaidByAccount) yield return new("paid_without", new FunnelFigure(Reached: FunnelStep.PaidByAccount, Lacks: step), say(vi, en), report.PaidWithout(step), null, null);
        }

        foreach (var step in FunnelSteps.All)
            foreach (var (reason, tally) in report.ReasonsOn(step.Step))
                yield return new("reason", new FunnelFigure(Step: step.Step, Reason: reason), say(FunnelReasons.Of(reason).Vi, FunnelReasons.Of(reason).En), tally.People, null, tally.Money);
        foreach (var sum in Enum.GetValues<FigureSum>())
            foreach (var time in Enum.GetValues<FigureTime>())
                yield return new("cumulative", new FunnelFigure(Sum: (sum, time)), $"{sum} {time}".ToLowerInvariant(), report.People(sum, time), null, null);
        foreach (var dimension in Enum.GetValues<FunnelDimension>())
            foreach (var (value, tally) in report.Rows(dimension))
                foreach (var row in Of(FunnelReport.Code(dimension), new FunnelFigure().With(dimension, value), Name(say, view, dimension, value), tally)) yield return row;
        foreach (var (figure, tally) in report.Crossed)
            foreach (var row in Of("crossed", figure, string.Join(" × ", report.Cross.Select(one => Name(say, view, one, figure.Values[one]))), tally)) yield return row;
    }

    static IEnumerable<FigureRow> Of(string table, FunnelFigure figure, string name, FunnelTally tally)
    {
        yield return new(table, figure, name, tally.People, null, tally.Money);
        if (tally.Stands(FunnelStep.Outside) > 0) yield return new(table, figure with { Step = FunnelStep.Outside }, name, tally.Stands(FunnelStep.Outside), null, null);
        foreach (var step in Inside) yield return new(table, figure with { Reached = step }, name, tally.Reached(step), Share.Of(tally.Reached(step), tally.Inside), null);
    }

    /// <summary>Columns of the CSV.</summary>
    public static readonly (string Title, bool IsNumber)[] Columns =
        [("table", false), ("figure", false), ("name", false), ("people", true), ("share_percent", false), ("listed_vnd", true), ("by_account_vnd", true), ("in_cash_vnd", true), ("given_back_vnd", true), ("not_paid_yet_vnd", true)];

    public static IReadOnlyList<string> Cells(FigureRow row) =>
    [
        row.Table, row.Figure.ToString(), row.Name, Number(row.People), row.Share is { } share ? (share.Tenths / 10m).ToString("0.0", CultureInfo.InvariantCulture) : "",
        .. row.Money is { } money ? (string[])[Number(money.Listed.Amount), Number(money.ByAccount.Amount), Number(money.InCash.Amount), Number(money.GivenBack.Amount), Number(money.Elsewhere.Amount)] : ["", "", "", "", ""],
    ];

    static string Number(long number) => number.ToString(CultureInfo.InvariantCulture);

    static object Json(FunnelView view, string? written)
    {
        return new
        {
            as_of = view.Basis.AsOf, known_on = view.Basis.KnownOn, from = view.Basis.From, to = view.Basis.To, since = view.Basis.Since, area = view.Basis.CommuneCode, holds = view.Holds, file = written,
            figures = Figures(English, view).Select(row => new
            {
                table = row.Table, figure = row.Figure.ToString(), name = row.Name, people = row.People, share_tenths_of_percent = row.Share?.Tenths, listed_vnd = row.Money?.Listed, by_account_vnd = row.Money?.ByAccount, in_cash_vnd = row.Money?.InCash,
                given_back_vnd = row.Money?.GivenBack, not_paid_yet_vnd = row.Money?.Elsewhere,
            }),
            ties = view.Ties.Select(tie => new { code = tie.Code, says = tie.En, left = tie.Left, right = tie.Right, holds = tie.Right is null ? (bool?)null : tie.Holds }),
        };
    }

    /// <summary>What a person's row says, for screen and spreadsheet.</summary>
    public static readonly (string Title, bool IsNumber)[] PeopleColumns =
    [
        ("stt", true), ("person_id", false), ("full_name", false), ("birth", false), ("sex", false), ("commune_code", false), ("commune_name", false), ("group", false), ("step", false), ("reason", false), ("detail", false), ("next", false), ("who", false),
        ("listed_vnd", true), ("by_account_vnd", true), ("in_cash_vnd", true),
    ];

    public static IReadOnlyList<string> Cells(Func<string, string, string> say, FunnelListed one, int place)
    {
        var (step, reason) = (FunnelSteps.All[(int)one.Person.Standing.Step], FunnelReasons.Of(one.Person.Standing.Reason));
        var who = FunnelReasons.Words(reason.Actor);
        return
        [
            Number(place), one.PersonId, one.FullName, one.Birth.ToString(), one.Person.Sex switch { Sex.Male => "M", Sex.Female => "F", _ => "" }, one.Person.CommuneCode, one.CommuneName, RecipientGroups.Code(one.Person.Group), say(step.Vi, step.En),
            say(reason.Vi, reason.En), one.Detail ?? "", say(reason.NextVi, reason.NextEn), say(who.Vi, who.En), Number(one.Money.Listed.Amount), Number(one.Money.ByAccount.Amount), Number(one.Money.InCash.Amount),
        ];
    }

    /// <summary>The list of a figure for paper and workbook, in Vietnamese.</summary>
    public static PaperDocument Document(FunnelPeople found)
    {
        IReadOnlyList<PaperCell> Line(FunnelListed one, int at)
        {
            var cells = Cells(Vietnamese, one, at + 1);
return [at + 1, cells[1], $"{cells[2]} ({cells[3]})", $"{cells[5]} {cells[6]}", cells[7], $"{cells[8]}: {cells[9]}" + (cells[10].Length > 0 ? $" ({cells[10]})" : ""), cells[12] == "–" ? "–" : $"{cells[11]} – {cells[12]}", one.Money.Listed, one.Money.ByAccount, one.Money.InCash];
        }

        return new PaperDocument("DANH SÁCH NGƯỜI CỦA MỘT SỐ TRONG BÁO CÁO", string.Create(CultureInfo.InvariantCulture, $"nguoi-{found.Basis.AsOf:yyyyMMdd}"), found.Province)
        {
            Sub = Headline(Vietnamese, found.Basis, found.Province),
            Sentences = [$"Số: {(found.Figure.ToString() is { Length: > 0 } key ? key : "mọi hồ sơ")}. {ViText.Count(found.People.Count)} người."],
            Tables =
            [
                new("", ["STT*", "Mã người#", "Họ và tên (sinh)", "Xã", "Nhóm", "Bước: lý do", "Việc tiếp theo – ai làm", "Đã lập danh sách*", "Qua tài khoản*", "Tiền mặt*"], [.. found.People.Select(Line)],
                    ["", "", "Cộng", "", "", "", "", found.People.Sum(one => one.Money.Listed.Amount), found.People.Sum(one => one.Money.ByAccount.Amount), found.People.Sum(one => one.Money.InCash.Amount)]),
            ],
            Signatures = ["Người lập", "Thủ trưởng đơn vị"],
        };
    }
}
