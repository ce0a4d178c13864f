using System.CommandLine;
using NodaTime;
using PaymentEngine.App.CommandLine;
using PaymentEngine.App.Commands.Privacy;
using PaymentEngine.App.Operations.Privacy;
using PaymentEngine.App.Files;
using PaymentEngine.App.Operations.Reports;
using PaymentEngine.Core;
using PaymentEngine.Core.Reports;
using PaymentEngine.Messages.Csv;
using PaymentEngine.Messages.Spreadsheets;

namespace PaymentEngine.App.Commands.Reports;

/// <summary><c>payengine report …</c>: the cashless funnel, the people behind its figures, and published figures held against each other.</summary>
static class ReportCommand
{
    /// <summary>People shown on the screen; a file has all of them.</summary>
    const int PeopleShown = 50;

    /// <summary>Rows of a printed list: about 120 pages, a dozen seconds of printing.</summary>
    const int PrintedMax = 5_000;

    public static Command Create(CommandContext context) => new("report", context.Text("Báo cáo: phễu chi trả qua tài khoản, người của từng số, kiểm tra số đã công bố", "Reports: the cashless funnel, the people of a figure, published figures checked"))
    {
        Funnel(context), People(context), PayListCommand.Create(context), Check(context),
    };

    sealed record BasisOptions(Option<string?> Month, Option<string?> From, Option<string?> Since, Option<string?> AsOf, Option<string?> KnownOn, Option<string?> Area)
    {
        public void AddTo(Command command)
        {
            foreach (var option in (Option<string?>[])[Month, From, Since, AsOf, KnownOn, Area]) command.Add(option);
        }

        public FunnelRequest Read(ParseResult parse, List<Problem> problems)
        {
            YearMonth? MonthOf(Option<string?> option) => parse.GetValue(option) is { } text && Months.Parse(text) is var parsed && Kept(parsed, problems) ? parsed.Value : null;
            LocalDate? DayOf(Option<string?> option) => parse.GetValue(option) is { } text && FundCommand.Day(text) is var parsed && Kept(parsed, problems) ? parsed.Value : null;
            var area = parse.GetValue(Area);
            if (area is not null && (area.Length != 5 || !area.All(char.IsAsciiDigit))) problems.Add(new Problem("usage.area", $"'{area}' is no commune's code.", "A commune's code has 5 digits, for example 17001."));
            return new FunnelRequest(MonthOf(From), MonthOf(Month), MonthOf(Since), DayOf(AsOf), DayOf(KnownOn), area);
        }

        static bool Kept<T>(Result<T> parsed, List<Problem> problems)
        {
            problems.AddRange(parsed.Problems);
            return parsed.IsOk;
        }
    }

    static BasisOptions Basis(CommandContext context) => new(
        new("--month") { HelpName = "YYYY-MM", Description = context.Text("Tháng danh sách cuối của kỳ (mặc định: tháng của ngày báo cáo)", "Last list month of the period (default: the month of the day)") },
        new("--from") { HelpName = "YYYY-MM", Description = context.Text("Tháng danh sách đầu của kỳ (mặc định: một tháng)", "First list month of the period (default: one month)") },
        new("--since") { HelpName = "YYYY-MM", Description = context.Text("Lũy kế từ tháng (mặc định: tháng 1 của năm ấy)", "Cumulative from this month (default: January of that year)") },
        new("--as-of") { HelpName = "YYYY-MM-DD", Description = context.Text("Tính đến hết ngày này, theo điều biết và ghi sổ đến hết ngày này (mặc định: hôm nay)", "As of the end of this day, by what was known and booked then (default: today)") },
        new("--known-on") { HelpName = "YYYY-MM-DD", Description = context.Text("Sổ đối tượng theo điều biết đến hết ngày này: lấy cả điều sửa lại về sau", "The register as known at the end of this later day: corrections since are taken in") },
        new("--area") { HelpName = "CODE", Description = context.Text("Người của một xã, mã 5 chữ số", "People of one commune, 5 digits") });

    static Command Funnel(CommandContext context)
    {
        var basis = Basis(context);
        var by = new Option<string?>("--by") { HelpName = "D,D", Description = context.Text("Tách theo group, sex, age, commune; nhiều thứ thì thêm bảng chéo (mặc định: group,sex,age từng bảng)", "Broken down by group, sex, age, commune; several add a crossed table (default: group, sex and age apart)") };
        var file = new Option<string?>("--out", "-o") { HelpName = "F.pdf|html|xlsx|csv", Description = context.Text("Ghi ra tệp mới: PDF, trang in, bảng tính, hoặc CSV mỗi dòng một số có khóa", "Write a new file: PDF, page, workbook, or CSV with a figure and its key a row") };
        var command = new Command("funnel", context.Text("Phễu: tất cả → đủ thông tin → có tài khoản → muốn → đã xác minh → đã nhận qua tài khoản", "The funnel: all → information → account → wants it → verified → paid by account")) { by, file };
        basis.AddTo(command);
        return command.Answers(context, (parse, cancel) =>
        {
            var problems = new List<Problem>();
            var request = basis.Read(parse, problems);
            var dimensions = Dimensions(parse.GetValue(by), problems);
            var path = parse.GetValue(file);
            if (problems.Count > 0) return Task.FromResult(Answer.Refused(problems, ExitCode.WrongUsage));
            if (path is not null && WhyNot(context, path) is { } not) return Task.FromResult(Answer.Refused(not));
            return context.AsCallerAsync(async (database, caller) =>
            {
                var asked = await new CashlessReports(database, context.Clock).FunnelAsync(caller, request with { Cross = dimensions }, cancel);
                if (!asked.TryGet(out var view)) return Answer.Refused(asked.Problems);
                IReadOnlyList<FunnelDimension> shown = dimensions.Count > 0 ? dimensions : [FunnelDimension.Group, FunnelDimension.Sex, FunnelDimension.Age];
                if (path is not null)
                {
                    if (IsTable(path, ".csv")) Write(context, path, FunnelPaper.Columns, FunnelPaper.Figures(context.Text, view).Select(FunnelPaper.Cells));
                    // On paper every commune stands too: a province has about 130.
                    else if (await RunPaperFiles.WriteAsync(context, FunnelPaper.Document(view, [.. shown.Append(FunnelDimension.Commune).Distinct()]), path, cancel) is { } failed) return Answer.Refused(failed);
                }

                return FunnelPaper.Say(context.Text, view, shown, path is null ? null : Path.GetFullPath(path));
            }, cancel);
        });
    }

    static Command People(CommandContext context)
    {
        var basis = Basis(context);
        var figure = new Argument<string>("figure") { HelpName = "KEY", Description = context.Text("Khóa in bên cạnh một số, ví dụ step=account,reason=wish_unknown; \"\" là mọi hồ sơ", "The key beside a figure, for example step=account,reason=wish_unknown; \"\" is every record") };
        var file = new Option<string?>("--out", "-o") { HelpName = "F.csv|xlsx|pdf|html", Description = context.Text("Ghi cả danh sách ra tệp mới", "Write the whole list to a new file") };
        var purpose = ExportFiles.Purpose(context);
        var command = new Command("people", context.Text("Đúng những người mà một số của phễu đếm", "Exactly the people a figure of the funnel counts")) { figure, file, purpose };
        basis.AddTo(command);
        return command.Answers(context, (parse, cancel) =>
        {
            var problems = new List<Problem>();
            var request = basis.Read(parse, problems);
            var wanted = FunnelFigure.Parse(parse.GetRequiredValue(figure));
            problems.AddRange(wanted.Problems);
            var path = parse.GetValue(file);
            if (problems.Count > 0) return Task.FromResult(Answer.Refused(problems, ExitCode.WrongUsage));
            if (path is not null && WhyNot(context, path) is { } not) return Task.FromResult(Answer.Refused(not));
            return context.AsCallerAsync(async (database, caller) =>
            {
                var asked = await new CashlessReports(database, context.Clock).PeopleAsync(caller, request, wanted.Value, cancel);
                if (!asked.TryGet(out var found)) return Answer.Refused(asked.Problems);
                var exports = new DataExports(database, context.Files, context.Clock);
                var begun = path is null ? (Result<DataExport>?)null : await exports.BeginAsync(caller, "report people", parse.GetValue(purpose), cancel);
                if (begun is { IsOk: false } refused) return Answer.Refused(refused.Problems);
                var export = begun?.Value;
                if (path is not null && (IsTable(path, ".csv") || IsTable(path, ".xlsx"))) Write(context, path, FunnelPaper.PeopleColumns, found.People.Select((one, at) => FunnelPaper.Cells(context.Text, one, at + 1)), export);
                else if (path is not null)
                {
                    if (found.People.Count > PrintedMax)
                        return Answer.Refused(new Problem("report.too_long", $"{ViText.Count(found.People.Count)} people do not go on paper.", $"Up to {ViText.Count(PrintedMax)} are printed: narrow the figure (commune=…), or write .csv or .xlsx."));
                    if (await RunPaperFiles.WriteAsync(context, ExportFiles.Marked(FunnelPaper.Document(found), export!), path, cancel) is { } failed) return Answer.Refused(failed);
                }

                if (export is not null) await exports.EndAsync(caller, export, (Path.GetFullPath(path!), found.People.Count));
                return Listed(context, found, path is null ? null : Path.GetFullPath(path));
            }, cancel);
        });
    }

    static Answer Listed(CommandContext context, FunnelPeople found, string? written) => Answer.Of(new
    {
        figure = found.Figure.ToString(), as_of = found.Basis.AsOf, people = found.People.Count, listed_vnd = found.People.Sum(one => one.Money.Listed.Amount), file = written,
        list = written is not null ? null : found.People.Select(one => new
        {
            person_id = one.PersonId, name = one.FullName, commune = one.Person.CommuneCode, group = RecipientGroups.Code(one.Person.Group), step = FunnelSteps.Code(one.Person.Standing.Step), reason = FunnelReasons.Of(one.Person.Standing.Reason).Code, detail = one.Detail,
            next = FunnelReasons.Of(one.Person.Standing.Reason).NextEn, who = FunnelReasons.Words(FunnelReasons.Of(one.Person.Standing.Reason).Actor).En, listed_vnd = one.Money.Listed, by_account_vnd = one.Money.ByAccount, in_cash_vnd = one.Money.InCash,
        }),
    }, output =>
    {
        output.Line(context.Text($"{ViText.Count(found.People.Count)} người{(found.Figure.ToString() is { Length: > 0 } khoa ? $" của số {khoa}" : "")}, ngày {ViText.Date(found.Basis.AsOf)}.", $"{ViText.Count(found.People.Count)} people{(found.Figure.ToString() is { Length: > 0 } key ? $" of the figure {key}" : "")}, on {ViText.Date(found.Basis.AsOf)}."));
        if (written is not null)
        {
            output.Line(context.Text($"Đã ghi {written}.", $"Wrote {written}."));
            return;
        }

        var table = new TextTable(new TextColumn(context.Text("Mã người", "Person")), new TextColumn(context.Text("Họ tên", "Name")), new TextColumn(context.Text("Xã", "Commune")), new TextColumn(context.Text("Bước", "Step")), new TextColumn(context.Text("Lý do", "Reason")),
            new TextColumn(context.Text("Việc tiếp theo", "Next")), new TextColumn(context.Text("Ai làm", "Who")), new TextColumn(context.Text("Đã lập danh sách", "Listed"), true), new TextColumn(context.Text("Qua tài khoản", "By account"), true));
        foreach (var one in found.People.Take(PeopleShown))
        {
            var cells = FunnelPaper.Cells(context.Text, one, 1);
            table.Row(cells[1], cells[2], $"{cells[5]} {cells[6]}", cells[8], cells[9] + (cells[10].Length > 0 ? $" ({cells[10]})" : ""), cells[11], cells[12], ViText.Money(one.Money.Listed), ViText.Money(one.Money.ByAccount));
        }

        output.Table(table);
        if (found.People.Count > PeopleShown) output.Line(context.Text($"… và {ViText.Count(found.People.Count - PeopleShown)} người nữa; cả danh sách: --out F.xlsx", $"… and {ViText.Count(found.People.Count - PeopleShown)} more; all of them: --out F.xlsx"));
    });

    static Command Check(CommandContext context)
    {
        var file = new Argument<string>("FILE") { Description = context.Text("CSV: figure,value,unit,must,about,as_of,source (docs/reports.md)", "CSV: figure,value,unit,must,about,as_of,source (docs/reports.md)") };
        return new Command("check", context.Text("Các số đã công bố: số nào khớp, số nào không, số nào không kiểm tra được; mã thoát 3 khi có số không khớp", "Published figures: which tie, which do not, which nobody can check; exit 3 when one does not")) { file }.Answers(context, parse =>
        {
            var path = parse.GetRequiredValue(file);
            if (context.Files.WhyUnreadable(path) is { } unreadable) return Answer.Refused(unreadable);
            using var bytes = new MemoryStream();
            // One byte beyond the limit is enough to refuse the rest unread.
            using (var stream = context.Files.Read(path)) Take(stream, bytes);
            var parsed = PublishedFiguresFile.Parse(bytes.ToArray(), Path.GetFileName(path));
            return parsed.TryGet(out var figures) ? PublishedPaper.Say(context, figures) : Answer.Refused(parsed.Problems);
        });
    }

    static void Take(Stream stream, MemoryStream into)
    {
        var buffer = new byte[1 << 16];
        while (into.Length <= PublishedFiguresFile.BytesMax && stream.Read(buffer) is var read && read > 0) into.Write(buffer, 0, read);
    }

    static List<FunnelDimension> Dimensions(string? text, List<Problem> problems)
    {
        var found = new List<FunnelDimension>();
        foreach (var word in (text ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            var at = Array.FindIndex(Enum.GetValues<FunnelDimension>(), one => FunnelReport.Code(one) == word);
            if (at < 0 || found.Contains((FunnelDimension)at)) problems.Add(new Problem("usage.by", $"'{word}' is nothing a funnel is broken down by, or stands twice.", "Use group, sex, age, commune."));
            else found.Add((FunnelDimension)at);
        }

        return found;
    }

    internal static bool IsTable(string path, string form) => path.EndsWith(form, StringComparison.OrdinalIgnoreCase);

    internal static Problem? WhyNot(CommandContext context, string path)
    {
        if (!IsTable(path, ".csv") && !IsTable(path, ".xlsx") && !IsTable(path, ".pdf") && !IsTable(path, ".html"))
            return new Problem("usage.paper", $"'{Path.GetFileName(path)}' does not say which form is meant.", "Name the file F.csv, F.xlsx, F.pdf or F.html.").In(path);
        if (!IsTable(path, ".csv")) return RunPaperFiles.WhyNot(context, path);
        return context.Files.Exists(path) ? new Problem("file.exists", $"{path} is there already.", "Name a new file; files are never overwritten.").In(path) : null;
    }

    internal static void Write(CommandContext context, string path, (string Title, bool IsNumber)[] columns, IEnumerable<IReadOnlyList<string>> rows, DataExport? export = null)
    {
        var place = Path.GetFullPath(path);
        context.Files.MakeFolder(Path.GetDirectoryName(place)!);
        context.Files.Replace(place, stream => TableFile.Write(stream, place, "Bao cao", columns, rows, export is null ? null : (export.Number, export.Mark)));
    }
}
