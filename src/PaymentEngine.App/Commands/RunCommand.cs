using System.CommandLine;
using System.Globalization;
using NodaTime;
using NodaTime.Text;
using PaymentEngine.App.CommandLine;
using PaymentEngine.App.Commands.Privacy;
using PaymentEngine.App.Files;
using PaymentEngine.App.Keys;
using PaymentEngine.App.Operations;
using PaymentEngine.App.Operations.Privacy;
using PaymentEngine.Core;
using PaymentEngine.Core.Payments;
using PaymentEngine.Messages;
using PaymentEngine.Messages.Csv;
using PaymentEngine.Messages.Spreadsheets;
using PaymentEngine.Postgres;

namespace PaymentEngine.App.Commands;

/// <summary><c>payengine run …</c>: plan, look, compare, submit, approve, return, certificate, close.</summary>
static class RunCommand
{
    const int PeopleShown = 10;

    public static Command Create(CommandContext context)
    {
        var run = new Command("run", context.Text("Đợt chi trả: lập, xem, so sánh, trình, duyệt, trả lại", "Payment runs: plan, show, compare, submit, approve, return"));
        run.Add(Plan(context));
        run.Add(Show(context));
        run.Add(Difference(context));
        run.Add(Submit(context));
        run.Add(RunApprovalCommands.Approve(context));
        run.Add(RunApprovalCommands.Statement(context));
        run.Add(RunApprovalCommands.Signatures(context));
        run.Add(Return(context));
        run.Add(Expect(context));
        run.Add(RunHoldCommands.Hold(context));
        run.Add(RunHoldCommands.Release(context));
        run.Add(RunHoldCommands.Holds(context));
        run.Add(RunHoldCommands.Outliers(context));
        run.Add(RunRulesCommand.Create(context));
        run.Add(RunPaperFiles.Approval(context));
        run.Add(RunFileCommands.Export(context));
        run.Add(RunFileCommands.Sign(context));
        run.Add(RunFileCommands.Send(context));
        run.Add(RunFileCommands.Cancel(context));
        run.Add(RunFileCommands.Withdraw(context));
        run.Add(RunFileCommands.Extend(context));
        run.Add(RunCloseCommands.Certificate(context));
        run.Add(RunCloseCommands.Close(context));
        return run;
    }

    static Command Plan(CommandContext context)
    {
        var month = new Argument<string>("month") { Description = context.Text("Tháng của danh sách, ví dụ 2026-11", "The list month, for example 2026-11") };
        var payers = new Option<string?>("--payers", "--payer") { HelpName = "CODE|all", Description = context.Text("Mã đơn vị chi trả, hoặc all: mỗi đơn vị một đợt", "Code of the payer, or all: a run for each") };
        var asOf = new Option<string?>("--as-of") { HelpName = "D", Description = context.Text("Tính theo những gì biết đến ngày D (mặc định: hôm nay)", "Computed with what was known on day D (default: today)") };
        var regularise = new Option<bool>("--regularise") { Description = context.Text("Đợt bổ sung: chi lại những khoản lỗi đã chứng minh tiền về", "A regularisation run: pay again what failed and is proven back") };
        var cases = new Option<int[]>("--case") { HelpName = "N", AllowMultipleArgumentsPerToken = true, Description = context.Text("Chỉ những việc này (đi với --regularise)", "Only these cases (with --regularise)") };
        var offCycle = new Option<string?>("--off-cycle") { HelpName = "supplementary|one-off", Description = context.Text("Đợt ngoài kỳ: truy lĩnh cho người bị sót, hoặc chỉ trợ cấp một lần", "A run beside the month's list: arrears of those it left out, or one-time benefits alone") };
        offCycle.AcceptOnlyFromAmong("supplementary", "one-off");
        var programme = new Option<string[]>("--programme") { HelpName = "P", AllowMultipleArgumentsPerToken = true, Description = context.Text("Chương trình của đợt ngoài kỳ: NCC, BTXH, HTXH, KHAC", "Programmes of the off-cycle run: NCC, BTXH, HTXH, KHAC") };
        var reason = new Option<string?>("--reason") { HelpName = "TEXT", Description = context.Text("Vì sao không chờ đợt tháng sau", "Why it does not wait for the next list") };
        var expected = new Expected(context);
        return new Command("plan", context.Text("Lập danh sách tháng thành bản nháp đóng băng; dừng giữa chừng thì chạy lại để làm tiếp", "Compute the month into a frozen draft; run it again to go on after a stop")) { month, payers, asOf, regularise, cases, offCycle, programme, reason, expected.Count, expected.Sum, expected.File }
            .Answers(context, (parse, cancel) =>
            {
                if (Month(parse.GetRequiredValue(month), out var wanted) is { } wrong) return Refused(wrong);
                if (parse.GetValue(cases) is { Length: > 0 } && !parse.GetValue(regularise)) return Refused(new Problem("usage.case_without_regularise", "--case goes with --regularise.", "Add --regularise, or leave --case out."));
                if (parse.GetValue(regularise))
                {
                    if (parse.GetValue(offCycle) is not null || expected.Of(parse) is not null)
                        return Refused(new Problem("usage.regularise_alone", "A regularisation run pays again what failed: it has no kind and no control totals of its own.", "Leave --off-cycle and --expect out."));
                    if (parse.GetValue(asOf) is not null) return Refused(new Problem("usage.as_of", "A regularisation run computes nothing anew: it has no --as-of.", "Leave --as-of out."));
                    return context.AsCallerAsync(async (database, caller) => Answer.From(await Runs(context, database)
                        .RegulariseAsync(caller, wanted, parse.GetValue(payers), parse.GetValue(cases) is { Length: > 0 } some ? some : null, cancel), views => RunPaper.Month(context, wanted, views)), cancel);
                }

                LocalDate? known = null;
                if (parse.GetValue(asOf) is { } text)
                {
                    var day = LocalDatePattern.Iso.Parse(text);
                    if (!day.Success) return Refused(new Problem("usage.day", $"'{text}' is not a day.", "Use YYYY-MM-DD."));
                    known = day.Value;
                }

                var kind = parse.GetValue(offCycle) switch { "supplementary" => RunKinds.Supplementary, "one-off" => RunKinds.OneOff, _ => null };
                if (kind is null && (parse.GetValue(programme) is { Length: > 0 } || parse.GetValue(reason) is not null))
                    return Refused(new Problem("usage.off_cycle", "A programme and a reason belong to an off-cycle run; the month's list has all programmes of its payer.", "Add --off-cycle supplementary or --off-cycle one-off, or leave them out."));
                if (kind is not null && known is not null) return Refused(new Problem("usage.off_cycle", "An off-cycle run is computed with what is known today.", "Leave --as-of out."));
                var programmes = (parse.GetValue(programme) ?? []).Select(RunHoldCommands.ProgrammeOf).ToList();
                if (programmes.FirstOrDefault(one => !one.IsOk) is { IsOk: false } unknown) return Task.FromResult(Answer.Refused(unknown.Problems));
                var control = expected.Of(parse);
                if (control is { IsOk: false }) return Task.FromResult(Answer.Refused(control.Value.Problems));
                if (control is not null && parse.GetValue(payers) == PaymentRuns.AllPayers)
                    return Refused(new Problem("usage.one_payer", "Control totals are declared of one run.", "Name the payer with --payer CODE, or declare for each run afterwards: payengine run expect R …."));
                return context.AsCallerAsync(async (database, caller) =>
                {
                    Progress? progress = null;
                    var runs = Runs(context, database);
                    void Tell(PlanProgress step) => (progress ??= context.Output.Progress(context.Text($"Lập danh sách {wanted.Text()}", $"Planning {wanted.Text()}"), step.Total)).Report(step.Done);
                    var planned = kind is null ? await runs.PlanAsync(caller, wanted, parse.GetValue(payers), known, Tell, cancel)
                        : (await runs.PlanOffCycleAsync(caller, wanted, parse.GetValue(payers), new OffCycleRequest(kind, [.. programmes.Select(one => one.Value!.Value).Distinct()], parse.GetValue(reason) ?? ""), Tell, cancel)).Select(view => (IReadOnlyList<RunView>)[view]);
                    progress?.Dispose();
                    runs.KernelTally?.Tell(context.Output);
                    if (control is { } declared && planned.TryGet(out var drafts) && drafts is [{ } draft] && await runs.ExpectAsync(caller, draft.Id, declared.Value, cancel) is { IsOk: false } differs)
                        return Answer.Refused([.. differs.Problems.Select(problem => problem with { Message = $"{problem.Message} The draft {draft.Id} stands and cannot be submitted like this." })]);
                    return Answer.From(planned, views => RunPaper.Month(context, wanted, views));
                }, cancel);
            });
    }

    static Command Show(CommandContext context)
    {
        var run = RunArgument(context);
        return new Command("show", context.Text("Đợt chi trả đang ở đâu, gồm những gì, bước tiếp theo", "Where a run stands, what it holds, what comes next")) { run }
            .Answers(context, (parse, cancel) => context.AsCallerAsync(async (database, caller) =>
            {
                var text = parse.GetRequiredValue(run);
                if (Months.Parse(text).TryGet(out var month)) return Answer.From(await Runs(context, database).ShowMonthAsync(caller, month, cancel), views => RunPaper.Month(context, month, views));
                return RunId.Parse(text).TryGet(out var id) ? Answer.From(await Runs(context, database).ShowAsync(caller, id, cancel), view => RunPaper.Run(context, view)) : NotARun(text);
            }, cancel));
    }

    static Command Difference(CommandContext context)
    {
        var run = RunArgument(context);
        var most = new Option<int>("--most") { HelpName = "N", DefaultValueFactory = _ => PeopleShown, Description = context.Text("Số người hiện cho mỗi lý do", "People shown for each cause") };
        var list = new Option<string?>("--list") { HelpName = "KIND", Description = context.Text("Chỉ một lý do: ", "One cause only: ") + string.Join(", ", RunPaper.ListedCauses) };
        list.AcceptOnlyFromAmong([.. RunPaper.ListedCauses]);
        var file = new Option<string?>("--out") { HelpName = "F.csv|xlsx", Description = context.Text("Ghi tất cả những người có thay đổi vào tệp CSV hoặc bảng tính", "Write everybody with a change into a CSV file or a workbook") };
        var purpose = ExportFiles.Purpose(context);
        return new Command("diff", context.Text("So với tháng trước: ai mới, dừng, tăng, giảm, truy lĩnh, chuyển, đổi tài khoản", "Against last month: new, stopped, raised, lowered, arrears, moved, other account")) { run, most, list, file, purpose }
            .Answers(context, (parse, cancel) => context.AsCallerAsync(async (database, caller) =>
            {
                var text = parse.GetRequiredValue(run);
                if (!RunId.Parse(text).TryGet(out var id)) return NotARun(text);
                var path = parse.GetValue(file);
                if (path is not null && !TableFile.IsNamed(path)) return Answer.Refused(new Problem("usage.table", $"'{Path.GetFileName(path)}' does not say which form is meant.", "Name the file F.csv or F.xlsx.").In(path));
                if (path is not null && context.Files.Exists(path))
                    return Answer.Refused(new Problem("file.exists", $"{path} is there already.", "Name a new file; files are never overwritten.").In(path));
                if (path is not null && DataExports.WhyNot(caller, parse.GetValue(purpose)) is { } not) return Answer.Refused(not);
                var asked = await Runs(context, database).DifferenceAsync(caller, id, path is null ? parse.GetValue(most) : int.MaxValue, cancel);
                if (!asked.TryGet(out var found)) return Answer.Refused(asked.Problems);
                var people = parse.GetValue(list) is { } cause ? [.. found.People.Where(one => one.Cause == cause)] : found.People;
                if (path is null) return RunPaper.Difference(context, found.View, people, path, parse.GetValue(most));
                var exports = new DataExports(database, context.Files, context.Clock);
                var begun = await exports.BeginAsync(caller, "run diff", parse.GetValue(purpose), cancel);
                if (!begun.TryGet(out var export)) return Answer.Refused(begun.Problems);
                WriteTable(context, path, people, export);
                await exports.EndAsync(caller, export, (Path.GetFullPath(path), people.Count));
                return RunPaper.Difference(context, found.View, people, path, parse.GetValue(most)) with { Exported = (people.Count, [export.Number]) };
            }, cancel));
    }

    static Command Submit(CommandContext context)
    {
        var run = RunArgument(context);
        var count = new Option<int?>("--confirm-count") { HelpName = "N", Description = context.Text("Số người theo người lập", "Number of people as the maker counts them") };
        var total = ConfirmTotal(context);
        var previous = new Option<string?>("--previous-open") { HelpName = "TEXT", Description = context.Text("Đợt trước chưa đóng mà vẫn trình: vì sao; người duyệt đọc và quyết định", "Submitted although the run before is not closed: why; the approver reads and decides") };
        return new Command("submit", context.Text("Trình duyệt; số người và tổng tiền khai phải khớp", "Hand to the approver; declared count and total must match")) { run, count, total, previous }
            .Answers(context, (parse, cancel) => context.AsCallerAsync(async (database, caller) =>
            {
                var text = parse.GetRequiredValue(run);
                if (!RunId.Parse(text).TryGet(out var id)) return NotARun(text);
                if (Asked(context, parse.GetValue(count), "--confirm-count", context.Text("Số người: ", "Number of people: ")) is not { } people) return Unconfirmed("--confirm-count");
                if (Asked(context, parse.GetValue(total), "--confirm-total", context.Text("Tổng tiền (đồng): ", "Total (đồng): ")) is not { } sum) return Unconfirmed("--confirm-total");
                return Answer.From(await Runs(context, database).SubmitAsync(caller, id, (int)people, sum, parse.GetValue(previous), cancel), view => RunPaper.Step(context, view, "planned"));
            }, cancel));
    }

    static Command Expect(CommandContext context)
    {
        var run = RunArgument(context);
        var expected = new Expected(context);
        return new Command("expect", context.Text("Khai số kiểm soát đếm ở nơi khác; khác với đợt thì không trình được", "Declare control totals counted elsewhere; a run that differs cannot be submitted")) { run, expected.Count, expected.Sum, expected.File }
            .Answers(context, (parse, cancel) =>
            {
                var text = parse.GetRequiredValue(run);
                if (!RunId.Parse(text).TryGet(out var id)) return Task.FromResult(NotARun(text));
                var control = expected.Of(parse) ?? Result<IReadOnlyList<ControlTotal>>.Ok([]);
                if (!control.TryGet(out var totals)) return Task.FromResult(Answer.Refused(control.Problems));
                return context.AsCallerAsync(async (database, caller) => Answer.From(await Runs(context, database).ExpectAsync(caller, id, totals, cancel), view => RunPaper.Run(context, view)), cancel);
            });
    }

    /// <summary>The three options by which control totals are declared.</summary>
    sealed class Expected(CommandContext context)
    {
        public Option<int?> Count { get; } = new("--expect-count") { HelpName = "N", Description = context.Text("Số người phải có, đếm ở nơi khác", "People the run must hold, counted elsewhere") };

        public Option<long?> Sum { get; } = new("--expect-sum") { HelpName = "VND", Description = context.Text("Tổng tiền phải có, bằng đồng", "The total it must hold, in đồng") };

        public Option<string?> File { get; } = new("--expect") { HelpName = "F.csv", Description = context.Text("Tệp CSV: programme,commune,people,sum_vnd", "A CSV file: programme,commune,people,sum_vnd") };

        /// <summary>What is declared; null when nothing is.</summary>
        public Result<IReadOnlyList<ControlTotal>>? Of(ParseResult parse)
        {
            var (count, sum, file) = (parse.GetValue(Count), parse.GetValue(Sum), parse.GetValue(File));
            if (count is null && sum is null && file is null) return null;
            if ((count is null) != (sum is null) || (file is not null && count is not null))
                return new Problem("usage.expect", "Control totals are a count and a sum, or a file.", "Give --expect-count N with --expect-sum VND, or --expect F.csv.");
            if (count < 0 || sum < 0) return new Problem("usage.expect", "Control totals are not negative.", "Give figures from 0 up.");
            if (file is null) return Result<IReadOnlyList<ControlTotal>>.Ok([new ControlTotal(null, null, count!.Value, new Core.Money.Vnd(sum!.Value), "--expect-count, --expect-sum")]);
            if (context.Files.WhyUnreadable(file) is { } unreadable) return unreadable;
            return ControlTotalsFile.Parse(System.IO.File.ReadAllBytes(file), file);
        }
    }

    static Command Return(CommandContext context)
    {
        var run = RunArgument(context);
        var remark = new Option<string>("--remark") { HelpName = "TEXT", Required = true, Description = context.Text("Vì sao trả lại; được lưu giữ", "Why; it is kept") };
        return new Command("return", context.Text("Trả lại người lập; tháng có thể lập lại", "Send back to the maker; the month can be planned again")) { run, remark }
            .Answers(context, (parse, cancel) => context.AsCallerAsync(async (database, caller) =>
            {
                var text = parse.GetRequiredValue(run);
                return RunId.Parse(text).TryGet(out var id)
                    ? Answer.From(await Runs(context, database).ReturnAsync(caller, id, parse.GetRequiredValue(remark), cancel), view => RunPaper.Step(context, view, null))
                    : NotARun(text);
            }, cancel));
    }

    internal static PaymentRuns Runs(CommandContext context, Database database) => new(database, context.Clock, context.Law, BankingCalendars.VietNam) { KernelTally = KernelTally.Wanted(context.Settings), Keys = () => KeyFolder.Open(context.Settings.Keys.Value, context.Clock) };

    internal static Argument<string> RunArgument(CommandContext context) =>
        new("run") { Description = context.Text("Đợt, ví dụ 40-2611-001, hoặc tháng 2026-11 (show, approve)", "A run, for example 40-2611-001, or a month 2026-11 (show, approve)") };

    internal static Option<long?> ConfirmTotal(CommandContext context) =>
        new("--confirm-total") { HelpName = "VND", Description = context.Text("Tổng tiền đã đọc, bằng đồng, chỉ gồm chữ số", "The total that was read, in đồng, digits only") };

    static Problem? Month(string text, out YearMonth month) => Months.Parse(text).TryGet(out month) ? null : new Problem("usage.month", $"'{text}' is not a month.", "Use YYYY-MM, for example 2026-11.");

    static Task<Answer> Refused(Problem problem) => Task.FromResult(Answer.Refused(problem));

    internal static Answer NotARun(string text) => Answer.Refused(new Problem("usage.run", $"'{text}' is not a run.", "Use province-yyMM-run, for example 40-2611-003, as payengine run show 2026-11 prints it."));

    /// <summary>The figure of the flag, or the one a person types: reading and typing a total is what makes a grave step hard to do by accident.</summary>
    internal static long? Asked(CommandContext context, long? given, string flag, string question)
    {
        if (given is not null || Console.IsInputRedirected || !context.ErrorIsTerminal || context.Json) return given;
        context.Error.Write($"{question}");
        context.Error.Flush();
        var digits = (Console.ReadLine() ?? "").Replace(".", "", StringComparison.Ordinal).Replace(" ", "", StringComparison.Ordinal);
        return long.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var typed) ? typed : null;
    }

    internal static Answer Unconfirmed(string flag) => Answer.Refused(new Problem("usage.unconfirmed", $"This step wants {flag}.", $"Read the run, then give its figure: {flag} N (digits only)."));

    static void WriteTable(CommandContext context, string path, IReadOnlyList<DifferencePerson> people, DataExport export)
    {
        var place = Path.GetFullPath(path);
        context.Files.WriteBeside(place, stream => TableFile.Write(stream, path, "difference",
            [("programme", false), ("cause", false), ("person_id", false), ("commune_id", true), ("before_vnd", true), ("now_vnd", true)],
            people.Select(one => (IReadOnlyList<string>)[RunPaper.ProgrammeCode(one.Programme), one.Cause, one.PersonId, one.CommuneId.ToString(CultureInfo.InvariantCulture), one.BeforeVnd.ToString(CultureInfo.InvariantCulture),
                one.NowVnd.ToString(CultureInfo.InvariantCulture)]), (export.Number, export.Mark)));
        context.Files.Appear(place);
        context.Files.FlushFolder(Path.GetDirectoryName(place)!);
    }
}
