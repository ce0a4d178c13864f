using System.CommandLine;
using NodaTime;
using NodaTime.Text;
using PaymentEngine.App.CommandLine;
using PaymentEngine.App.Commands.Privacy;
using PaymentEngine.App.Operations;
using PaymentEngine.App.Operations.Areas;
using PaymentEngine.App.Operations.Privacy;
using PaymentEngine.Postgres;
using PaymentEngine.Core;
using PaymentEngine.Core.Areas;
using PaymentEngine.Messages.Spreadsheets;
using PaymentEngine.App.Files;

namespace PaymentEngine.App.Commands.Areas;

/// <summary><c>payengine area …</c>: administrative units with their terms, from one day to another.</summary>
static class AreaCommand
{
    const int NamedOnScreen = 20;

    public static Command Create(CommandContext context) => new("area", context.Text("Đơn vị hành chính theo ngày: cây, sáp nhập, chia tách, số liệu theo đơn vị cũ và mới", "Administrative units by date: the tree, mergers, divisions, sums by old and new units"))
    {
        Import(context), Divide(context), Show(context), Tree(context), Map(context), Check(context), Sums(context), Moves(context),
    };

    static Command Import(CommandContext context)
    {
        var path = Path(context, "area-units.csv");
        return new Command("import", context.Text("Nhập huyện, xã có thời hạn và đơn vị kế tiếp: tất cả hoặc không gì cả", "Take districts and communes with terms and successors in: all rows or none")) { path }
            .Answers(context, (parse, cancel) => WithAsync(context, async (trees, caller) => Taken(context, await trees.ImportAsync(caller, parse.GetRequiredValue(path), cancel)), cancel));
    }

    static Command Divide(CommandContext context)
    {
        var path = Path(context, "area-divisions.csv");
        return new Command("divide", context.Text("Khi một xã chia cho nhiều xã: thôn, danh sách người về đâu", "Where parts of a divided commune went: hamlets, lists of people")) { path }
            .Answers(context, (parse, cancel) => WithAsync(context, async (trees, caller) => Taken(context, await trees.DivideAsync(caller, parse.GetRequiredValue(path), cancel)), cancel));
    }

    static Command Show(CommandContext context)
    {
        var (code, on) = (Code(context), On(context));
        return new Command("show", context.Text("Một mã: là đơn vị nào ngày ấy, các thời hạn, từ đâu ra, thành gì", "One code: its unit of a day, its terms, what it came from and became")) { code, on }.Answers(context, (parse, cancel) =>
            DayAsync(context, parse.GetValue(on), (trees, caller, day) => trees.ShowAsync(caller, parse.GetRequiredValue(code), day, cancel), card => Card(context, card), cancel));
    }

    static Command Tree(CommandContext context)
    {
        var code = new Argument<string?>("code") { Arity = ArgumentArity.ZeroOrOne, Description = context.Text("Mã đơn vị; bỏ trống: các tỉnh", "Code of a unit; left out: the provinces") };
        var on = On(context);
        return new Command("tree", context.Text("Các đơn vị trực thuộc trong một ngày", "The units under one on a day")) { code, on }.Answers(context, (parse, cancel) =>
            DayAsync(context, parse.GetValue(on), (trees, caller, day) => trees.TreeAsync(caller, parse.GetValue(code), day, cancel), found => Answer.Of(new
            {
                of = found.Of is { } of ? Json(of) : null, units = found.Units.Select(one => new { code = one.Unit.Code, name = one.Unit.Name, kind = Word(context, one.Unit.Kind), below = one.Below }),
            }, output =>
            {
                if (found.Of is { } of) output.Line($"{of.Code} {of.Name}");
                var table = new TextTable(new TextColumn(context.Text("Mã", "Code")), new TextColumn(context.Text("Tên", "Name")), new TextColumn(context.Text("Loại", "Kind")), new TextColumn(context.Text("Trực thuộc", "Below"), true));
                foreach (var (unit, below) in found.Units) table.Row(unit.Code, unit.Name, Word(context, unit.Kind), ViText.Count(below));
                output.Table(table);
                if (found.Units.Count == 0) output.Line(context.Text("Không có đơn vị trực thuộc trong ngày ấy.", "No unit stands under it on that day."));
            }), cancel));
    }

    static Command Map(CommandContext context)
    {
        var (code, on) = (Code(context), On(context));
        var from = new Option<string?>("--from") { HelpName = "YYYY-MM-DD", Description = context.Text("Mã được ghi cho ngày nào; mặc định ngày đầu tiên có mã", "The day the code was written for; default: the first day of the code") };
        var hamlet = new Option<string?>("--hamlet") { HelpName = "H", Description = context.Text("Thôn, xóm, bản, tổ dân phố", "Hamlet") };
        return new Command("map", context.Text("Mã cũ (hoặc mới) là đơn vị nào trong một ngày khác", "Which unit a code is on another day")) { code, from, on, hamlet }.Answers(context, (parse, cancel) =>
        {
            var written = LocalDate.MinIsoValue;
            if (parse.GetValue(from) is { } text && !Day(text).TryGet(out written)) return Task.FromResult(Answer.Refused(Day(text).Problems, ExitCode.WrongUsage));
            return DayAsync(context, parse.GetValue(on), (trees, caller, day) => trees.MapAsync(caller, parse.GetRequiredValue(code), written, day, parse.GetValue(hamlet), cancel),
                mapping => Answer.Of(new { outcome = mapping.Outcome.ToString(), unit = mapping.Unit is { } unit ? Json(unit) : null, candidates = mapping.Candidates.Select(Json), path = mapping.Path.Select(Json) }, output => Say(context, output, mapping)), cancel);
        });
    }

    static Command Check(CommandContext context)
    {
        var (on, list) = (On(context), new Option<bool>("--list") { Description = context.Text("Nêu từng người chưa rõ thuộc xã nào", "Name the people no commune can be told for") });
        return new Command("check", context.Text("Kiểm tra cây, và danh sách đối tượng so với cây", "Hold the tree against itself, and the register against the tree")) { on, list }.Answers(context, (parse, cancel) =>
            DayAsync(context, parse.GetValue(on), (trees, caller, day) => trees.CheckAsync(caller, day, cancel), found => Checked(context, found, parse.GetValue(list)), cancel));
    }

    static Command Sums(CommandContext context)
    {
        var month = new Argument<string>("month") { Description = context.Text("Tháng chi trả, YYYY-MM", "List month, YYYY-MM") };
        var on = On(context);
        var path = new Option<string?>("--out") { HelpName = "F.csv|F.xlsx", Description = context.Text("Ghi ra tệp", "Write it to a file") };
        return new Command("sums", context.Text("Số chi của một tháng theo đơn vị của tháng ấy và theo đơn vị của ngày khác; hai bảng cùng tổng", "A month's payments under its own units and under those of another day; both tables have one total")) { month, on, path }.Answers(context, (parse, cancel) =>
        {
            if (!Months.Parse(parse.GetRequiredValue(month)).TryGet(out var list)) return Task.FromResult(Answer.Refused(Months.Parse(parse.GetRequiredValue(month)).Problems, ExitCode.WrongUsage));
            var to = parse.GetValue(path);
            if (to is not null && !TableFile.IsNamed(to)) return Task.FromResult(Answer.Refused(new Problem("file.form", $"'{System.IO.Path.GetFileName(to)}' says no form.", "Name a file that ends in .csv or .xlsx."), ExitCode.WrongUsage));
            return DayAsync(context, parse.GetValue(on), (trees, caller, day) => trees.SumsAsync(caller, list, day, cancel), found =>
            {
                if (to is not null) context.Files.Replace(to, stream => Write(context, stream, to, found));
                return Summed(context, found, to);
            }, cancel);
        });
    }

    static Command Moves(CommandContext context)
    {
        var on = On(context);
        var path = new Option<string>("--out") { Required = true, HelpName = "moves.csv" };
        var purpose = ExportFiles.Purpose(context);
        return new Command("moves", context.Text("Lập tệp chuyển xã cho người có xã đã sáp nhập (dùng với people moves)", "Write the moves a merger asks for (for people moves)")) { on, path, purpose }.AsCaller(context, async (parse, database, caller, cancel) =>
        {
            var trees = new AreaTrees(database, context.Clock, context.Files);
            var day = parse.GetValue(on) is { } text ? Day(text) : trees.Today;
            if (!day.IsOk) return Answer.Refused(day.Problems, ExitCode.WrongUsage);
            return Answer.From(await MovesAsync(context, database, trees, caller, day.Value, parse.GetRequiredValue(path), parse.GetValue(purpose), cancel), done => Answer.Of(done, output =>
            {
                output.Line(context.Text($"{done.File}: {ViText.Count(done.People)} người. Ghi nhận bằng: payengine people moves {done.File}", $"{done.File}: {ViText.Count(done.People)} people. Apply with: payengine people moves {done.File}"));
                if (done.Undecided > 0) output.Line(context.Text($"Chưa rõ về xã nào: {ViText.Count(done.Undecided)} người (payengine area check --list).", $"No commune can be told for {ViText.Count(done.Undecided)} people (payengine area check --list)."));
            }) with { Exported = (done.People, [done.File]) });
        });
    }

    static async Task<Result<AreaMoves>> MovesAsync(CommandContext context, Database database, AreaTrees trees, Caller caller, LocalDate day, string path, string? purpose, CancellationToken cancel)
    {
        var exports = new DataExports(database, context.Files, context.Clock);
        var begun = await exports.BeginAsync(caller, "area moves", purpose, cancel);
        if (!begun.TryGet(out var export)) return Result<AreaMoves>.Refuse(begun.Problems);
        var written = await trees.MovesAsync(caller, day, path, export, cancel);
        if (written.IsOk) await exports.EndAsync(caller, export, (System.IO.Path.GetFullPath(path), written.Value.People));
        return written;
    }

    static Answer Taken(CommandContext context, Result<AreasTaken> result) => Answer.From(result, done => Answer.Of(done, output =>
    {
        output.Line(context.Text($"{done.File}: {ViText.Count(done.Rows)} dòng · {ViText.Count(done.Applied)} ghi nhận · {ViText.Count(done.Unchanged)} đã có.", $"{done.File}: {ViText.Count(done.Rows)} rows · {ViText.Count(done.Applied)} applied · {ViText.Count(done.Unchanged)} known before."));
        if (done.Renamed > 0) output.Line(context.Text($"Xã của danh sách đối tượng có tên, thời hạn theo cây: {ViText.Count(done.Renamed)}.", $"Communes of the register named after the tree: {ViText.Count(done.Renamed)}."));
        WriteFindings(context, output, done.Findings);
    }));

    static Answer Card(CommandContext context, AreaCard card) => Answer.Of(new
    {
        code = card.Code, on = card.Day, unit = card.Unit is { } unit ? Json(unit) : null, above = card.Above.Select(Json), below = card.Below.Select(Json),
        terms = card.Terms.Select(term => new { term = Json(term), from = card.Tree.PredecessorsOf(term).Select(Json), became = card.Tree.SuccessorsOf(term).Select(Json) }),
        divisions = card.Divisions.Select(part => new { on = part.On, hamlet = part.Hamlet, people = part.People, to = part.ToCode }),
    }, output =>
    {
        output.Line(card.Unit is { } on ? context.Text($"Ngày {ViText.Date(card.Day)}: {Full(on)}{Above(card.Above)}", $"On {ViText.Date(card.Day)}: {Full(on)}{Above(card.Above)}")
            : context.Text($"Ngày {ViText.Date(card.Day)} không có đơn vị nào mang mã {card.Code}.", $"On {ViText.Date(card.Day)} no unit has the code {card.Code}."));
        if (card.Below.Count > 0) output.Line(context.Text($"Trực thuộc: {ViText.Count(card.Below.Count)} đơn vị (payengine area tree {card.Code}).", $"Units below: {ViText.Count(card.Below.Count)} (payengine area tree {card.Code})."));
        var table = new TextTable(new TextColumn(context.Text("Từ", "From")), new TextColumn(context.Text("Đến", "To")), new TextColumn(context.Text("Tên", "Name")), new TextColumn(context.Text("Loại", "Kind")), new TextColumn(context.Text("Thuộc", "Under")),
            new TextColumn(context.Text("Từ các đơn vị", "Came from")), new TextColumn(context.Text("Thành", "Became")), new TextColumn(context.Text("Nguồn", "Source")));
        foreach (var term in card.Terms)
            table.Row(term.ValidFrom is { } from ? ViText.Date(from) : "–", term.ValidTo is { } to ? ViText.Date(to) : "–", term.Name, Word(context, term.Kind), term.ParentCode ?? "–",
                string.Join("; ", card.Tree.PredecessorsOf(term).Select(Full)), string.Join("; ", card.Tree.SuccessorsOf(term).Select(Full)), term.Source);
        output.Table(table);
        foreach (var part in card.Divisions)
            output.Line(context.Text($"Từ {ViText.Date(part.On)}: {Part(context, part.Hamlet, part.People)} → {part.ToCode}", $"From {ViText.Date(part.On)}: {Part(context, part.Hamlet, part.People)} → {part.ToCode}"));

        static string Above(IReadOnlyList<AreaUnit> above) => above.Count == 0 ? "" : ", " + string.Join(", ", above.Select(Full));
    });

    // A province that imports only its present communes has a finding for each: a few say it all, --json has every one.
    static void WriteFindings(CommandContext context, Output output, IReadOnlyList<Problem> findings)
    {
        foreach (var finding in findings.Take(3)) output.Line(context.Text($"Cần xem: {finding}", $"To be looked at: {finding}"));
        if (findings.Count > 3) output.Line(context.Text($"… và {ViText.Count(findings.Count - 3)} việc như thế.", $"… and {ViText.Count(findings.Count - 3)} more."));
    }

    static string Part(CommandContext context, string? hamlet, int people) => hamlet is null ? context.Text($"{ViText.Count(people)} người theo danh sách", $"{ViText.Count(people)} people by list")
        : hamlet.Length == 0 ? context.Text("phần còn lại", "the rest") : hamlet;

    static void Say(CommandContext context, Output output, AreaMapping mapping)
    {
        var road = string.Join(" → ", mapping.Path.Select(Full));
        output.Line(mapping.Outcome switch
        {
            AreaOutcome.Same => context.Text($"{Full(mapping.Unit!)}: cùng đơn vị.", $"{Full(mapping.Unit!)}: the same unit."),
            AreaOutcome.Undecided => context.Text($"{road}: có thể là {string.Join(" hoặc ", mapping.Candidates.Select(Full))}. Cần biết thôn (--hamlet) hoặc danh sách: payengine area divide area-divisions.csv.",
                $"{road}: may be {string.Join(" or ", mapping.Candidates.Select(Full))}. Say the hamlet (--hamlet), or give a list: payengine area divide area-divisions.csv."),
            AreaOutcome.NoUnit => context.Text($"{road}: cây không cho biết đơn vị của ngày ấy.", $"{road}: the tree names no unit of that day."),
            _ => context.Text($"{road}", $"{road}"),
        });
    }

    static Answer Checked(CommandContext context, AreaCheckResult found, bool list) => Answer.Of(new
    {
        on = found.Day, communes = found.Communes, districts = found.Districts, has_tree = found.HasTree, clean = found.IsClean, findings = found.Findings.Select(one => new { one.Code, one.Message, one.Remedy }),
        not_in_tree = found.NotInTree.Select(Of), ended = found.Ended.Select(Of), old_provinces = found.OldProvinces.Select(Of),
        undecided = found.Undecided.Select(one => new { commune = one.Of.CommuneCode, candidates = one.Of.Mapping.Candidates.Select(unit => unit.Code), people = one.People.Count, persons = list ? one.People.Select(person => person.PersonId) : null }),
    }, output =>
    {
        output.Line(found.HasTree ? context.Text($"Ngày {ViText.Date(found.Day)}: {ViText.Count(found.Communes)} xã, {ViText.Count(found.Districts)} huyện trong cây.", $"On {ViText.Date(found.Day)}: {ViText.Count(found.Communes)} communes, {ViText.Count(found.Districts)} districts in the tree.")
            : context.Text("Chưa nhập cây đơn vị hành chính: mã xã của danh sách không được kiểm tra (payengine area import area-units.csv).", "No tree of communes is known: the register's codes are not checked (payengine area import area-units.csv)."));
        WriteFindings(context, output, found.Findings);
        Rows(context.Text("Mã xã không có trong cây", "Codes the tree does not know"), found.NotInTree, _ => context.Text("sửa mã, hoặc nhập đơn vị", "correct the code, or import the unit"));
        Rows(context.Text("Xã đã sáp nhập, đã rõ xã mới", "Communes that ended, the new one known"), found.Ended, one => $"→ {(one.Mapping.Unit is { } unit ? Full(unit) : context.Text("theo thôn, danh sách", "by hamlet, by list"))}; payengine area moves");
        Rows(context.Text("Xã đã chia tách, chưa rõ ai về đâu", "Divided communes, nobody has said who went where"), [.. found.Undecided.Select(one => one.Of with { People = one.People.Count })], one => $"{string.Join(" | ", one.Mapping.Candidates.Select(Full))}; payengine area divide");
        if (list)
            foreach (var (of, people) in found.Undecided)
                foreach (var person in people) output.Line($"  {of.CommuneCode}  {person.PersonId}  {person.FullName}  {person.Hamlet ?? "–"}");
        Rows(context.Text("Mã tỉnh của trước sáp nhập", "Province codes of before a merger"), found.OldProvinces, one => $"{one.HomeProvince} → {Full(one.Province!)}");
        if (found.IsClean) output.Line(context.Text("Mọi mã xã của danh sách có trong cây và đang có hiệu lực.", "Every code of the register is in the tree and stands."));

        void Rows(string title, IReadOnlyList<AreaOfPeople> rows, Func<AreaOfPeople, string> then)
        {
            if (rows.Count == 0) return;
            output.Line(title + ":");
            var table = new TextTable(new TextColumn(context.Text("Mã", "Code")), new TextColumn(context.Text("Tên", "Name")), new TextColumn(context.Text("Người", "People"), true), new TextColumn(context.Text("Việc cần làm", "What to do")));
            foreach (var row in rows) table.Row(row.CommuneCode, row.CommuneName, ViText.Count(row.People), then(row));
            output.Table(table);
        }
    });

    static object Of(AreaOfPeople one) => new { commune = one.CommuneCode, name = one.CommuneName, province = one.HomeProvince, people = one.People, outcome = one.Mapping.Outcome.ToString(), unit = one.Mapping.Unit?.Code, province_now = one.Province?.Code };

    static Answer Summed(CommandContext context, AreaMonth found, string? path) => Answer.Of(new
    {
        month = found.Month.Text(), ties = found.Ties, own = Json(found.Own), other = Json(found.Other), unplaced = found.Unplaced, file = path,
    }, output =>
    {
        foreach (var sums in found.Own.Day == found.Other.Day ? [found.Own] : new[] { found.Own, found.Other })
        {
            output.Line(context.Text($"Chi trả {ViText.Month(found.Month)}, theo đơn vị hành chính ngày {ViText.Date(sums.Day)}:", $"Payments of {ViText.Month(found.Month)}, under the units of {ViText.Date(sums.Day)}:"));
            var table = new TextTable(new TextColumn(context.Text("Mã", "Code")), new TextColumn(context.Text("Tên", "Name")), new TextColumn(context.Text("Thuộc", "Under")), new TextColumn(context.Text("Người", "People"), true), new TextColumn(context.Text("Khoản", "Payments"), true), new TextColumn(context.Text("Số tiền", "Sum"), true));
            foreach (var row in sums.Rows) table.Row(row.Code, row.Name, row.Above ?? "–", ViText.Count(row.People), ViText.Count(row.Items), ViText.Money(row.Sum));
            foreach (var group in ByCode(sums)) table.Row(group.Code, context.Text($"(chưa rõ đơn vị) {group.Name}", $"(no unit) {group.Name}"), string.Join(" | ", group.Candidates), ViText.Count(group.People), ViText.Count(group.Items), ViText.Money(group.Sum));
            table.Row("", context.Text("Cộng", "Total"), "", ViText.Count(sums.People), ViText.Count(sums.Items), ViText.Money(sums.Sum));
            output.Table(table);
        }

        foreach (var person in found.Unplaced.Take(NamedOnScreen)) output.Line(context.Text($"Chưa rõ đơn vị: {person.PersonId} {person.FullName}, {person.CommuneCode} {person.CommuneName}{(person.Hamlet is { } of ? ", " + of : "")}, {ViText.Money(new Core.Money.Vnd(person.SumVnd))}", $"No unit: {person.PersonId} {person.FullName}, {person.CommuneCode} {person.CommuneName}{(person.Hamlet is { } at ? ", " + at : "")}, {ViText.Money(new Core.Money.Vnd(person.SumVnd))}"));
        if (found.Unplaced.Count > NamedOnScreen) output.Line(context.Text($"… và {ViText.Count(found.Unplaced.Count - NamedOnScreen)} người nữa (--json).", $"… and {ViText.Count(found.Unplaced.Count - NamedOnScreen)} more people (--json)."));
        output.Line(found.Ties ? context.Text("Hai bảng cùng tổng.", "Both tables have one total.") : context.Text("CẢNH BÁO: hai bảng khác tổng.", "WARNING: the tables have different totals."));
        if (path is not null) output.Line(path);
    });

    /// <summary>What could not be placed, by code: hamlets and lists of one code are one line.</summary>
    static IEnumerable<(string Code, string Name, IReadOnlyList<string> Candidates, int People, int Items, Core.Money.Vnd Sum)> ByCode(AreaSumsOnDay sums) => sums.Undecided.GroupBy(one => (one.Group.CommuneCode, one.Group.CommuneName)).Select(group =>
        (group.Key.CommuneCode, group.Key.CommuneName, (IReadOnlyList<string>)[.. group.SelectMany(one => one.Mapping.Candidates).Select(unit => unit.Code).Distinct().Order(StringComparer.Ordinal)], group.Sum(one => one.Group.People), group.Sum(one => one.Group.Items),
            new Core.Money.Vnd(group.Sum(one => one.Group.Sum.Amount))));

    static object Json(AreaSumsOnDay sums) => new
    {
        on = sums.Day, people = sums.People, items = sums.Items, sum_vnd = sums.Sum, ties = sums.Ties, rows = sums.Rows.Select(row => new { code = row.Code, name = row.Name, under = row.Above, people = row.People, items = row.Items, sum_vnd = row.Sum }),
        undecided = ByCode(sums).Select(one => new { code = one.Code, name = one.Name, candidates = one.Candidates, people = one.People, items = one.Items, sum_vnd = one.Sum }),
    };

    static void Write(CommandContext context, Stream stream, string path, AreaMonth found)
    {
        static string Number(long value) => value.ToString(System.Globalization.CultureInfo.InvariantCulture);
        TableFile.Write(stream, path, "Don vi hanh chinh", [("units_of", false), ("code", false), ("name", false), ("under", false), ("people", true), ("payments", true), ("sum_vnd", true)],
            new[] { found.Own, found.Other }.DistinctBy(sums => sums.Day).SelectMany(sums => (IEnumerable<IReadOnlyList<string>>)
            [
                .. sums.Rows.Select(row => (IReadOnlyList<string>)[LocalDatePattern.Iso.Format(sums.Day), row.Code, row.Name, row.Above ?? "", Number(row.People), Number(row.Items), Number(row.Sum.Amount)]),
                .. ByCode(sums).Select(one => (IReadOnlyList<string>)[LocalDatePattern.Iso.Format(sums.Day), one.Code, context.Text($"(chưa rõ đơn vị) {one.Name}", $"(no unit) {one.Name}"), string.Join(" | ", one.Candidates), Number(one.People), Number(one.Items), Number(one.Sum.Amount)]),
                [LocalDatePattern.Iso.Format(sums.Day), "", context.Text("Cộng", "Total"), "", Number(sums.People), Number(sums.Items), Number(sums.Sum.Amount)],
            ]));
    }

    static object Json(AreaUnit unit) => new { code = unit.Code, name = unit.Name, kind = unit.Kind.ToString(), parent = unit.ParentCode, valid_from = unit.ValidFrom, valid_to = unit.ValidTo, successors = unit.Successors, source = unit.Source };

    static string Full(AreaUnit unit) => $"{unit.Code} {unit.Name}";

    static string Word(CommandContext context, AreaKind kind) => kind switch
    {
        AreaKind.Province => context.Text("tỉnh", "province"),
        AreaKind.City => context.Text("thành phố", "city"),
        AreaKind.RuralDistrict => context.Text("huyện", "rural district"),
        AreaKind.UrbanDistrict => context.Text("quận", "urban district"),
        AreaKind.Town => context.Text("thị xã", "town"),
        AreaKind.ProvincialCity => context.Text("thành phố thuộc tỉnh", "provincial city"),
        AreaKind.Commune => context.Text("xã", "commune"),
        AreaKind.Ward => context.Text("phường", "ward"),
        AreaKind.Township => context.Text("thị trấn", "township"),
        AreaKind.SpecialZone => context.Text("đặc khu", "special zone"),
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, null),
    };

    static Argument<string> Path(CommandContext context, string name) => new("file") { Description = context.Text($"Tệp {name} (CSV hoặc XLSX)", $"The file {name} (CSV or XLSX)") };

    static Argument<string> Code(CommandContext context) => new("code") { Description = context.Text("Mã đơn vị: tỉnh 2 số, huyện 3, xã 5", "Code of a unit: province 2 digits, district 3, commune 5") };

    static Option<string?> On(CommandContext context) => new("--on") { HelpName = "YYYY-MM-DD", Description = context.Text("Ngày; mặc định hôm nay", "The day; default: today") };

    static Result<LocalDate> Day(string text) => LocalDatePattern.Iso.Parse(text) is { Success: true } parsed ? parsed.Value : new Problem("usage.date", $"'{text}' is not a day.", "Use YYYY-MM-DD.");

    static Task<Answer> DayAsync<T>(CommandContext context, string? on, Func<AreaTrees, Caller, LocalDate, Task<Result<T>>> ask, Func<T, Answer> say, CancellationToken cancel)
    {
        var day = default(LocalDate);
        if (on is not null && !Day(on).TryGet(out day)) return Task.FromResult(Answer.Refused(Day(on).Problems, ExitCode.WrongUsage));
        return WithAsync(context, async (trees, caller) => Answer.From(await ask(trees, caller, on is null ? trees.Today : day), say), cancel);
    }

    static Task<Answer> WithAsync(CommandContext context, Func<AreaTrees, Caller, Task<Answer>> work, CancellationToken cancel) =>
        context.AsCallerAsync((database, caller) => work(new AreaTrees(database, context.Clock, context.Files), caller), cancel);
}
