using System.CommandLine;
using NodaTime;
using PaymentEngine.App.CommandLine;
using PaymentEngine.App.Files;
using PaymentEngine.App.Keys;
using PaymentEngine.App.Operations;
using PaymentEngine.Core;
using PaymentEngine.Core.Money;
using PaymentEngine.Core.Payments;
using PaymentEngine.Messages;
using PaymentEngine.Messages.Spreadsheets;
using PaymentEngine.Postgres;

namespace PaymentEngine.App.Commands;

/// <summary><c>payengine bank import FILE…</c>, <c>payengine reconcile [R]</c> and <c>payengine case list</c>: answers in, and what follows from them.</summary>
static class BankImportCommand
{
    static readonly DateTimeZone Zone = DateTimeZoneProviders.Tzdb["Asia/Ho_Chi_Minh"];

    /// <summary>The verb <c>import</c> of <c>bank</c>.</summary>
    public static Command Create(CommandContext context)
    {
        var files = new Argument<string[]>("FILE")
        {
            Description = context.Text("Tệp ngân hàng trả lời: pain.002, camt.052, camt.053, camt.054, CSV, XLSX", "Answers of a bank: pain.002, camt.052, camt.053, camt.054, CSV, XLSX"), Arity = ArgumentArity.OneOrMore,
        };
        var profile = new Option<string?>("--profile") { HelpName = "ID", Description = context.Text("Danh sách kết quả của ngân hàng nào (mặc định: theo tiêu đề cột)", "Whose result list it is (default: by its titles)") };
        var errors = new Option<string?>("--errors") { HelpName = "OUT", Description = context.Text("Danh sách có lỗi được ghi lại vào tệp này, thêm cột lỗi", "A list with errors is written into this file with a column that says them") };
        var command = new Command("import", context.Text("Nhập tệp trả lời của ngân hàng và đối soát; nhập lại không sao", "Take a bank's answers in and reconcile; again does no harm")) { files, profile, errors };
        return command.Answers(context, (parse, cancel) => WithImportsAsync(context, async (imports, caller) =>
        {
            var named = ResultLists.ProfileOf(parse.GetValue(profile));
            if (!named.TryGet(out var known)) return Answer.Refused(named.Problems, ExitCode.WrongUsage);
            var paths = parse.GetRequiredValue(files);
            if (parse.GetValue(errors) is { } outPath)
            {
                if (paths.Length != 1) return Answer.Refused(new Problem("usage.errors_of_one", "--errors gives one list back.", "Import one file with it."), ExitCode.WrongUsage);
                var given = ResultLists.GiveBack(context.Files, paths[0], outPath, known);
                if (!given.TryGet(out var count)) return Answer.Refused(given.Problems);
                if (count > 0) context.Output.Talk(context.Text($"{ViText.Count(count)} lỗi, ghi theo từng dòng vào {outPath}", $"{ViText.Count(count)} errors, written beside their rows into {outPath}"));
            }

            return Answer.From(await imports.ImportAsync(caller, paths, cancel, known), results => Say(context, results));
        }, cancel));
    }

    /// <summary>The verb <c>accept</c> of <c>bank</c>.</summary>
    public static Command CreateAccept(CommandContext context)
    {
        var import = new Argument<int>("IMPORT") { Description = context.Text("Số của tệp đang chờ, như bank import in ra", "Number of the parked file, as bank import prints it") };
        var why = new Option<string>("--why") { HelpName = "W", Required = true, Description = context.Text("Ngân hàng trả lời thế nào; được lưu giữ", "What the bank answered; it is kept") };
        return new Command("accept", context.Text("Nhận tệp đang chờ: sao kê ngân hàng đã sửa thay cho bản trước", "Let a parked file in: a corrected statement takes the place of the earlier one")) { import, why }
            .Answers(context, (parse, cancel) => WithImportsAsync(context, async (imports, caller) =>
                Answer.From(await imports.AcceptAsync(caller, parse.GetRequiredValue(import), parse.GetRequiredValue(why), cancel), taken => Say(context, [taken])), cancel));
    }

    /// <summary>The command <c>reconcile</c>.</summary>
    public static Command CreateReconcile(CommandContext context)
    {
        var run = new Argument<string?>("R") { Arity = ArgumentArity.ZeroOrOne, Description = context.Text("Đợt chi trả, ví dụ 40-2611-001; không có là mọi đợt", "A run, for example 40-2611-001; none is every run") };
        var command = new Command("reconcile", context.Text("Xét lại bằng chứng từ sao kê; khoản đủ điều kiện chuyển sang tiền mặt", "Look again at what statements prove; send to cash what has had its time")) { run };
        return command.Answers(context, async (parse, cancel) =>
        {
            RunId? id = null;
            if (parse.GetValue(run) is { } text)
            {
                var parsed = RunId.Parse(text);
                if (!parsed.IsOk) return Answer.Refused(parsed.Problems, ExitCode.WrongUsage);
                id = parsed.Value;
            }

            if (id is not { } one) return await WithImportsAsync(context, async (imports, caller) => Answer.From(await imports.ReconcileAsync(caller, null, cancel), found => ThreeWayPaper.Say(context, found, [])), cancel);
            return await context.AsCallerAsync(async (database, caller) =>
            {
                // Who may look but not reconcile still sees whether the three agree.
                var found = new Reconciliation(0, 0, 0);
                if (caller.Roles.Contains(Role.Reconciler))
                {
                    var keys = KeyFolder.Open(context.Settings.Keys.Value, context.Clock);
                    if (!keys.TryGet(out var folder)) return Answer.Refused(keys.Problems);
                    using var cipher = folder.OpenCipher();
                    var imports = new BankImports(database, context.Clock, context.Files, new Archive(context.Files, Path.Combine(context.Settings.Home.Value, "archive")), cipher);
                    var reconciled = await imports.ReconcileAsync(caller, one, cancel);
                    if (!reconciled.TryGet(out found!)) return Answer.Refused(reconciled.Problems);
                }

                return Answer.From(await new ThreeWayChecks(database, context.Clock).OfAsync(caller, one, cancel), checks => ThreeWayPaper.Say(context, found, checks));
            }, cancel);
        });
    }

    internal static Task<Answer> WithImportsAsync(CommandContext context, Func<BankImports, Caller, Task<Answer>> work, CancellationToken cancel) => context.AsCallerAsync(async (database, caller) =>
    {
        var keys = KeyFolder.Open(context.Settings.Keys.Value, context.Clock);
        if (!keys.TryGet(out var folder)) return Answer.Refused(keys.Problems);
        using var cipher = folder.OpenCipher();
        return await work(new BankImports(database, context.Clock, context.Files, new Archive(context.Files, Path.Combine(context.Settings.Home.Value, "archive")), cipher), caller);
    }, cancel);

    internal static Answer Say(CommandContext context, IReadOnlyList<BankImport> results)
    {
        var json = new
        {
            files = results.Select(one => new
            {
                file = one.File, sha256 = one.Sha256, outcome = one.Outcome, message = one.Message, import_no = one.ImportNo, entries = one.Entries, facts = one.Facts, matched = one.Matched, paid = one.Paid,
                returned = one.Returned, rejected = one.Rejected, suspense = one.Suspense, ended = one.Ended, cases = one.Cases, known_since = one.KnownSince,
                problem = one.Problem is null ? null : JsonText.Of(one.Problem),
                findings = one.FirstFindings.Select(finding => new { code = finding.Code, message = finding.Message, line = finding.Line }), finding_count = one.Findings,
            }),
        };
        var answer = Answer.Of(json, output =>
        {
            var table = new TextTable(new TextColumn(context.Text("Tệp", "File")), new TextColumn(context.Text("Loại", "Message")), new TextColumn(context.Text("Kết quả", "Outcome")),
                new TextColumn(context.Text("Mục", "Entries"), true), new TextColumn(context.Text("Đã khớp", "Matched"), true), new TextColumn(context.Text("Trả lại", "Returned"), true),
                new TextColumn(context.Text("Từ chối", "Rejected"), true), new TextColumn(context.Text("Chưa khớp", "Suspense"), true), new TextColumn(context.Text("Lưu ý", "Findings"), true));
            foreach (var one in results)
            {
                var outcome = one.Outcome switch
                {
                    "applied" => context.Text("đã nhập", "applied"),
                    "known" => context.Text($"đã nhận ngày {ViText.Date(one.KnownSince!.Value.InZone(Zone).Date)}", $"received before, on {ViText.Date(one.KnownSince!.Value.InZone(Zone).Date)}"),
                    _ => context.Text("chờ người xử lý", "parked"),
                };
                table.Row(one.File, one.Message ?? "–", outcome, ViText.Count(one.Entries), ViText.Count(one.Matched), ViText.Count(one.Returned), ViText.Count(one.Rejected), ViText.Count(one.Suspense), ViText.Count(one.Findings));
            }

            output.Table(table);
            var parked = results.Where(one => one.Problem is not null).Select(one => one.Problem!).ToList();
            if (parked.Count > 0) output.Problems(parked);
            foreach (var one in results.Where(one => one.ImportNo > 0 && one.Problem is { } problem && BankImports.CanBeAccepted(problem.Code)))
                output.Line($"{one.File}: payengine bank accept {one.ImportNo} --why \"…\"");
            foreach (var one in results.Where(IsWithoutStatements))
            {
                output.Line(context.Text($"{one.File}: ngân hàng này không có sao kê; danh sách chỉ chứng minh khi hai người xác nhận: payengine bank confirm {one.ImportNo} --why \"…\"",
                    $"{one.File}: this bank sends no statements; its list proves once two persons have confirmed it: payengine bank confirm {one.ImportNo} --why \"…\""));
            }
        });
        return results.Any(one => one.Problem is not null) ? answer with { Exit = ExitCode.Refused } : answer;
    }

    static bool IsWithoutStatements(BankImport one) => one is { Outcome: "applied", Message: { } message } && message.StartsWith(ResultListReader.MessageName + ".", StringComparison.Ordinal)
        && BankProfiles.Find(message[(ResultListReader.MessageName.Length + 1)..]) is { SendsStatements: false };
}
