using System.CommandLine;
using NodaTime;
using PaymentEngine.App.CommandLine;
using PaymentEngine.App.Files;
using PaymentEngine.App.Operations;
using PaymentEngine.Core;
using PaymentEngine.Core.Payments;
using PaymentEngine.Messages;

namespace PaymentEngine.App.Commands;

/// <summary><c>payengine run rules show|load|approve</c>: levels of approval and what is unusual, as data.</summary>
static class RunRulesCommand
{
    static readonly Offset VietNam = Offset.FromHours(7);

    public static Command Create(CommandContext context)
    {
        var rules = new Command("rules", context.Text("Quy tắc của các đợt: cấp duyệt theo số tiền, mức bất thường; một người nạp, người khác duyệt", "The rules of runs: levels of approval by sum, what is unusual; one person loads, another approves"));
        rules.Add(Show(context));
        rules.Add(Load(context));
        rules.Add(Approve(context));
        return rules;
    }

    static Command Show(CommandContext context)
    {
        var file = new Option<string?>("--out") { HelpName = "F.json", Description = context.Text("Ghi bản đang có hiệu lực thành tệp để sửa", "Write the version that counts into a file to be edited") };
        return new Command("show", context.Text("Bản đang có hiệu lực và các bản trước", "The version that counts, and those before it")) { file }
            .Answers(context, (parse, cancel) => context.AsCallerAsync(async (database, caller) =>
            {
                var path = parse.GetValue(file);
                if (path is not null && context.Files.Exists(path)) return Answer.Refused(new Problem("file.exists", $"{path} is there already.", "Name a new file; files are never overwritten.").In(path));
                return Answer.From(await new RunRuleVersions(database, context.Clock).ListAsync(caller, cancel), views =>
                {
                    if (path is not null)
                    {
                        var place = Path.GetFullPath(path);
                        context.Files.WriteBeside(place, stream => stream.Write(System.Text.Encoding.UTF8.GetBytes(RunRulesFile.Write(views.Single(view => view.IsStanding).Rules))));
                        context.Files.Appear(place);
                        context.Files.FlushFolder(Path.GetDirectoryName(place)!);
                    }

                    return Say(context, views, path);
                });
            }, cancel));
    }

    static Command Load(CommandContext context)
    {
        var file = new Argument<string>("file") { Description = context.Text("Tệp JSON như run rules show --out ghi ra", "A JSON file as run rules show --out writes it") };
        return new Command("load", context.Text("Nạp bản mới; có hiệu lực khi người khác duyệt", "Load the next version; it counts when another person approves it")) { file }
            .Answers(context, (parse, cancel) => context.AsCallerAsync(async (database, caller) =>
            {
                var path = parse.GetRequiredValue(file);
                if (context.Files.WhyUnreadable(path) is { } unreadable) return Answer.Refused(unreadable);
                return Answer.From(await new RunRuleVersions(database, context.Clock).LoadAsync(caller, await File.ReadAllBytesAsync(path, cancel), path, cancel), view => Say(context, view));
            }, cancel));
    }

    static Command Approve(CommandContext context)
    {
        var version = new Argument<int>("version") { Description = context.Text("Số bản, như run rules show in ra", "The version, as run rules show prints it") };
        return new Command("approve", context.Text("Duyệt bản người khác nạp; các đợt lập từ nay theo bản này", "Approve a version somebody else loaded; plans from now on are judged by it")) { version }
            .Answers(context, (parse, cancel) => context.AsCallerAsync(async (database, caller) =>
                Answer.From(await new RunRuleVersions(database, context.Clock).ApproveAsync(caller, parse.GetRequiredValue(version), cancel), view => Say(context, view)), cancel));
    }

    static Answer Say(CommandContext context, RunRulesView view) => Answer.Of(Json(view), output =>
    {
        Write(context, output, view);
        if (view.Stored is { ApprovedBy: null }) output.Talk(context.Text($"Tiếp theo, người khác: payengine run rules approve {view.Version}", $"Next, another person: payengine run rules approve {view.Version}"));
    });

    static Answer Say(CommandContext context, IReadOnlyList<RunRulesView> views, string? path) => Answer.Of(new { versions = views.Select(Json), written = path }, output =>
    {
        foreach (var view in views.Where(view => !view.IsStanding)) output.Line(Head(context, view));
        Write(context, output, views.Single(view => view.IsStanding));
        if (path is not null) output.Line(context.Text($"Đã ghi vào {path}.", $"Written to {path}."));
    });

    static void Write(CommandContext context, Output output, RunRulesView view)
    {
        output.Line(Head(context, view));
        for (var i = 0; i < view.Rules.Approvals.Count; i++)
        {
            var level = view.Rules.Approvals[i];
            output.Line(level.From.IsZero ? context.Text($"  Cấp duyệt {i + 1}: {level.Role}, mọi đợt", $"  Level {i + 1}: {level.Role}, every run")
                : context.Text($"  Cấp duyệt {i + 1}: {level.Role}, đợt từ {ViText.Money(level.From)}", $"  Level {i + 1}: {level.Role}, runs of {ViText.Money(level.From)} and more"));
        }

        WriteOutliers(context, output, view.Rules.Outliers);
        output.Line(view.Rules.PreviousMustBeClosed ? context.Text("  Đợt trước phải đóng xong mới trình đợt sau (hoặc có lý do)", "  The run before is closed first (or there is a reason)") : context.Text("  Không đòi đợt trước đã đóng", "  The run before need not be closed"));
        output.Line(context.Text($"  Hai người mới bỏ giữ được: {Reasons(context, view.Rules.ReleasedByTwo)}", $"  Released by two people: {Reasons(context, view.Rules.ReleasedByTwo)}"));
        output.Line(context.Text($"  Quyết định khoản giữ trong {view.Rules.HoldDays} ngày làm việc của ngân hàng", $"  Holds are decided within {view.Rules.HoldDays} banking days"));
    }

    internal static void WriteOutliers(CommandContext context, Output output, OutlierRules rules)
    {
        output.Line(context.Text($"  Giữ khi tăng hơn {rules.JumpPercent} % so với thường lệ và trên {ViText.Money(rules.JumpFrom)}", $"  Held: more than {rules.JumpPercent} % above the usual sum, and above {ViText.Money(rules.JumpFrom)}"));
        foreach (var (programme, cap) in rules.Caps.OrderBy(one => one.Key))
            output.Line(context.Text($"  Giữ khi {programme.ToString().ToUpperInvariant()} trên {ViText.Money(cap)}", $"  Held: {programme.ToString().ToUpperInvariant()} above {ViText.Money(cap)}"));
        output.Line(context.Text($"  Giữ khi truy lĩnh quá {rules.ArrearsMonthsMax} tháng trước", $"  Held: arrears of more than {rules.ArrearsMonthsMax} months ago"));
        output.Line(context.Text($"  Một tài khoản: báo khi nhận cho hơn {rules.SharedAccountWarn} người, giữ khi hơn {rules.SharedAccountMax}; từ {rules.UnrelatedAccountFrom} người thì giữ khi họ không liên quan với nhau", $"  One account: told when it serves more than {rules.SharedAccountWarn} people, held when more than {rules.SharedAccountMax}; from {rules.UnrelatedAccountFrom} people on held when they have nothing to do with each other"));
        if (rules.VerifiedAccountsOnly) output.Line(context.Text("  Chỉ chi vào tài khoản ngân hàng đã xác nhận", "  Paid only to accounts that their bank has confirmed"));
    }

    static string Head(CommandContext context, RunRulesView view) => view.Stored is not { } stored
        ? context.Text($"Bản 0: của chương trình{(view.IsStanding ? ", đang có hiệu lực" : "")}", $"Version 0: the program's own{(view.IsStanding ? ", counts now" : "")}")
        : context.Text($"Bản {stored.Version}: {stored.Person} nạp {Time(stored.At)}; {(stored.ApprovedBy is null ? "chờ duyệt" : $"{stored.ApprovedBy} duyệt {Time(stored.ApprovedAt!.Value)}")}{(view.IsStanding ? ", đang có hiệu lực" : "")}",
            $"Version {stored.Version}: loaded by {stored.Person} {Time(stored.At)}; {(stored.ApprovedBy is null ? "waits for approval" : $"approved by {stored.ApprovedBy} {Time(stored.ApprovedAt!.Value)}")}{(view.IsStanding ? ", counts now" : "")}");

    static string Time(Instant at) => ViText.Time(at.WithOffset(VietNam).LocalDateTime);

    static string Reasons(CommandContext context, IEnumerable<string> reasons) => string.Join(", ", reasons.Select(reason => context.Text(HoldReasons.Words(reason).Vi, HoldReasons.Words(reason).En)));

    static object Json(RunRulesView view) => new
    {
        version = view.Version, counts = view.IsStanding, loaded_by = view.Stored?.Person, approved_by = view.Stored?.ApprovedBy, sha256 = view.Stored is null ? null : Convert.ToHexStringLower(view.Stored.Sha256), rules = Json(view.Rules),
    };

    internal static object Json(RunRules rules) => new
    {
        approvals = rules.Approvals.Select(level => new { role = level.Role, from_vnd = level.From.Amount }), jump_percent = rules.Outliers.JumpPercent, jump_from_vnd = rules.Outliers.JumpFrom.Amount,
        caps = rules.Outliers.Caps.OrderBy(cap => cap.Key).Select(cap => new { programme = cap.Key.ToString().ToUpperInvariant(), vnd = cap.Value.Amount }), arrears_months_max = rules.Outliers.ArrearsMonthsMax,
        shared_account_warn = rules.Outliers.SharedAccountWarn, shared_account_max = rules.Outliers.SharedAccountMax, unrelated_account_from = rules.Outliers.UnrelatedAccountFrom, verified_accounts_only = rules.Outliers.VerifiedAccountsOnly, previous_must_be_closed = rules.PreviousMustBeClosed, released_by_two = rules.ReleasedByTwo, hold_days = rules.HoldDays,
    };
}
