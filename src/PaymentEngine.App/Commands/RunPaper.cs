using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using NodaTime;
using PaymentEngine.App.CommandLine;
using PaymentEngine.App.Commands.Access;
using PaymentEngine.App.Operations;
using PaymentEngine.Core;
using PaymentEngine.Core.Entitlements;
using PaymentEngine.Core.Money;
using PaymentEngine.Core.Payments;
using PaymentEngine.Core.Recipients;
using PaymentEngine.Postgres;

namespace PaymentEngine.App.Commands;

/// <summary>A run on paper and screen: sums by programme, the difference with its bridge, holds, warnings, the total last, the next command.</summary>
static class RunPaper
{
    static readonly Offset VietNam = Offset.FromHours(7);

    public static Answer Run(CommandContext context, RunView view) => Answer.Of(Json(view), output => Write(context, output, view));

    /// <summary>All runs of a month, each in short, and the month's total; a month of one run is that run.</summary>
    public static Answer Month(CommandContext context, YearMonth month, IReadOnlyList<RunView> views) => Answer.Of(
        new { month, content_hash = ContentHash(views), runs = views.Select(Json), listed_vnd = Standing(views).Sum(view => view.Total?.ListedVnd ?? 0), recipients = Standing(views).Sum(view => view.Total?.Recipients ?? 0) }, output =>
        {
            if (views.Count == 1)
            {
                Write(context, output, views[0]);
                return;
            }

            var table = new TextTable(new TextColumn(context.Text("Đợt", "Run")), new TextColumn(context.Text("Đơn vị chi trả", "Payer")), new TextColumn(context.Text("Trạng thái", "State")),
                new TextColumn(context.Text("Người", "People"), true), new TextColumn(context.Text("Tổng tiền", "Total"), true), new TextColumn(context.Text("Giữ lại", "Held"), true));
            foreach (var view in views)
                table.Row(view.Id.ToString(), view.Run.PayerName, State(context, view.Run), ViText.Count(view.Total?.Recipients ?? 0), ViText.Money(new Vnd(view.Total?.DeclaredVnd ?? 0)), ViText.Count(view.Total?.Held ?? 0));
            output.Table(table);
            foreach (var warning in Standing(views).Select(view => OpenBefore(context, view)).OfType<string>()) output.Line(warning);
            output.Line(TotalLine(context, context.Text($"Tháng {ViText.Month(month)}", $"Month {month.Text()}"), Standing(views)));
            if (ContentHash(views) is { } hash) output.Line(context.Text($"Mã nội dung của tháng: {hash}", $"Content hash of the month: {hash}"));
            foreach (var next in views.Select(Next).OfType<string>().Take(3)) output.Talk(context.Text($"Tiếp theo: {next}", $"Next: {next}"));
        });

    /// <summary>What approves several runs at once binds to: SHA-256 over <c>run|content hash</c>, a line each, of the runs that stand; null when none is planned to its end.</summary>
    public static string? ContentHash(IEnumerable<RunView> views)
    {
        var lines = Standing(views).Where(view => view.Total is not null).OrderBy(view => view.Id.RunNo).Select(view => $"{view.Id}|{Convert.ToHexStringLower(view.Total!.ContentHash)}\n").ToList();
        return lines.Count == 0 ? null : Convert.ToHexStringLower(SHA256.HashData(Encoding.ASCII.GetBytes(string.Concat(lines))));
    }

    /// <summary>What a step has changed: from which state to which, who, when; the next command.</summary>
    public static Answer Step(CommandContext context, RunView view, string? before) => Answer.Of(Json(view), output =>
    {
        var last = view.Steps[^1];
        var time = ViText.Time(last.At.WithOffset(VietNam).LocalDateTime);
        output.Line(view.AlreadyDone
            ? context.Text($"Đã xong trước đó: đợt {view.Id} {State(context, view.Run)}, {last.Person}, {time}.", $"Already done: run {view.Id} is {State(context, view.Run)}, {last.Person}, {time}.")
            : context.Text($"Đợt {view.Id}: {(before is null ? "" : StateWord(context, before) + " → ")}{State(context, view.Run)}, {last.Person}, {time}. Người lập: {view.Run.MadeBy}.",
                $"Run {view.Id}: {(before is null ? "" : StateWord(context, before) + " → ")}{State(context, view.Run)}, {last.Person}, {time}. Made by {view.Run.MadeBy}."));
        if (view is { Run.Step: "submitted", Total: { } waiting } && view.LevelsOfContent is [.., var level])
            output.Line(context.Text($"Cấp duyệt {level.Level}/{waiting.ApprovalLevels}: {level.Person}, {ViText.Time(level.At.WithOffset(VietNam).LocalDateTime)}; còn {waiting.ApprovalLevels - level.Level} cấp, người khác duyệt.",
                $"Level {level.Level} of {waiting.ApprovalLevels}: {level.Person}, {ViText.Time(level.At.WithOffset(VietNam).LocalDateTime)}; {waiting.ApprovalLevels - level.Level} to go, by another person."));
        if (view.Total is not null && !view.Run.Voided) output.Line(TotalLine(context, context.Text("Tổng", "Total"), [view]));
        Talk(context, output, view);
    });

    /// <summary>The difference with the people behind each cause.</summary>
    public static Answer Difference(CommandContext context, RunView view, IReadOnlyList<DifferencePerson> people, string? file, int most) => Answer.Of(
        new
        {
            run = view.Id.ToString(), compared_with = Previous(view.Run), difference = view.Difference.Select(Json),
            people = people.Select(one => new { programme = ProgrammeCode(one.Programme), cause = one.Cause, person_id = one.PersonId, commune_id = one.CommuneId, before_vnd = one.BeforeVnd, now_vnd = one.NowVnd }),
        }, output =>
        {
            WriteDifference(context, output, view);
            if (file is not null)
            {
                output.Line(context.Text($"{ViText.Count(people.Count)} dòng đã ghi vào {file}.", $"{ViText.Count(people.Count)} rows are written to {file}."));
                return;
            }

            var table = new TextTable(new TextColumn(context.Text("Chương trình", "Programme")), new TextColumn(context.Text("Lý do", "Cause")), new TextColumn(context.Text("Mã người", "Person")),
                new TextColumn(context.Text("Trước", "Before"), true), new TextColumn(context.Text("Nay", "Now"), true));
            foreach (var one in people) table.Row(ProgrammeCode(one.Programme), Cause(context, one.Cause).Words, one.PersonId, ViText.Money(new Vnd(one.BeforeVnd)), ViText.Money(new Vnd(one.NowVnd)));
            output.Table(table);
            output.Line(context.Text($"Hiển thị tối đa {most} người cho mỗi lý do; tất cả: --out F.csv", $"At most {most} people for each cause; all of them: --out F.csv"));
        });

    /// <summary>Causes behind which there are lists of people.</summary>
    public static readonly IReadOnlyList<string> ListedCauses = ["new", "stopped", "raised", "lowered", "arrears", "recouped", "moved", "other_payee", "other_account"];

    public static string ProgrammeCode(short programme) => ((Programme)programme).ToString().ToUpperInvariant();

    static IEnumerable<RunView> Standing(IEnumerable<RunView> views) => views.Where(view => !view.Run.Voided);

    static void Write(CommandContext context, Output output, RunView view)
    {
        var run = view.Run;
        output.Line(context.Text($"Đợt {view.Id} · {run.PayerName} · tháng {ViText.Month(Months.FromKey(run.Month))} · {State(context, run)}",
            $"Run {view.Id} · {run.PayerName} · {Months.FromKey(run.Month).Text()} · {State(context, run)}"));
        output.Line(context.Text($"Người lập {run.MadeBy}, {ViText.Time(run.PlannedAt.WithOffset(VietNam).LocalDateTime)}; tính theo những gì biết đến {ViText.Date(run.LawKnownOn)}; ngày chi {ViText.Date(run.ExecutionFrom)}–{ViText.Date(run.ExecutionTo)}",
            $"Made by {run.MadeBy}, {ViText.Time(run.PlannedAt.WithOffset(VietNam).LocalDateTime)}; as known on {ViText.Date(run.LawKnownOn)}; execution {ViText.Date(run.ExecutionFrom)}–{ViText.Date(run.ExecutionTo)}"));
        if (KindWords(context, run.Kind) is { } kind) output.Line($"{kind}{(run.Reason is null ? "" : $": {run.Reason}")}");
        if (view.AlreadyDone) output.Line(context.Text("Đã lập xong trước đó; không có gì thay đổi. Muốn lập lại thì trả lại đợt này trước.", "Planned before; nothing was changed. To plan again, return this run first."));
        if (view.Resumed) output.Line(context.Text("Lần lập trước dừng giữa chừng; đã làm tiếp phần còn lại.", "An earlier plan had stopped half-way; the rest is done now."));
        foreach (var step in view.Steps.Where(step => step.Step != "planned"))
            output.Line($"  {ViText.Time(step.At.WithOffset(VietNam).LocalDateTime)}  {StateWord(context, step.Step)}  {step.Person}{(step.Remark is null ? "" : $": {step.Remark}")}");
        if (view.Total is not { } total || run.Voided)
        {
            if (!run.Voided) output.Line(context.Text($"Đang lập: {run.PartitionsDone}/{run.Partitions} phần.", $"Being planned: {run.PartitionsDone} of {run.Partitions} partitions."));
            Talk(context, output, view);
            return;
        }

        var table = new TextTable(new TextColumn(context.Text("Chương trình", "Programme")), new TextColumn(context.Text("Người", "People"), true), new TextColumn(context.Text("Tổng tiền", "Total"), true),
            new TextColumn(context.Text("Qua tài khoản", "By account"), true), new TextColumn(context.Text("Tiền mặt", "Cash"), true), new TextColumn(context.Text("Giữ lại", "Held"), true));
        foreach (var one in view.Programmes)
            table.Row(ProgrammeCode(one.Programme), ViText.Count(one.Recipients), ViText.Money(new Vnd(one.ListedVnd)), $"{ViText.Count(one.BankItems)} · {ViText.Money(new Vnd(one.BankVnd))}",
                $"{ViText.Count(one.CashItems)} · {ViText.Money(new Vnd(one.CashVnd))}", $"{ViText.Count(one.HeldItems)} · {ViText.Money(new Vnd(one.HeldVnd))}");
        output.Table(table);
        if (run.Kind != RunKinds.Regularisation) WriteDifference(context, output, view);
        foreach (var hold in view.Holds)
        {
            var (vi, en) = HoldReasons.Words(hold.Reason);
            output.Line(context.Text($"Giữ lại: {vi}: {ViText.Count(hold.Items)} khoản, {ViText.Money(new Vnd(hold.SumVnd))}", $"Held: {en}: {ViText.Count(hold.Items)}, {ViText.Money(new Vnd(hold.SumVnd))}"));
        }

        foreach (var warning in Warnings(context, view, total)) output.Line(warning);
        output.Line(context.Text($"Mã nội dung: {Convert.ToHexStringLower(total.ContentHash)}", $"Content hash: {Convert.ToHexStringLower(total.ContentHash)}"));
        output.Line(TotalLine(context, run.Step == "planned" ? context.Text("Kế hoạch", "Plan") : State(context, run), [view]));
        Talk(context, output, view);
    }

    static void WriteDifference(CommandContext context, Output output, RunView view)
    {
        if (view.Run.Kind != RunKinds.Regular)
        {
            output.Line(context.Text("Đợt ngoài kỳ: không so với tháng trước.", "An off-cycle run: not compared with the month before."));
            return;
        }

        output.Line(Previous(view.Run) is { } before ? context.Text($"So với đợt {before}:", $"Against run {before}:") : context.Text("Đợt đầu tiên của đơn vị này: ai cũng là mới.", "The payer's first run: everybody is new."));
        var table = new TextTable(new TextColumn(context.Text("Chương trình", "Programme")), new TextColumn(""), new TextColumn(context.Text("Lý do", "Cause")),
            new TextColumn(context.Text("Người", "People"), true), new TextColumn(context.Text("Số tiền", "Sum"), true));
        foreach (var row in view.Difference)
        {
            if (row.Items == 0 && row.Cause is not ("last_month" or "this_month")) continue;
            var (sign, words) = Cause(context, row.Cause);
            table.Row(ProgrammeCode(row.Programme), sign, words, ViText.Count(row.Items), ViText.Money(new Vnd(row.SumVnd)));
        }

        output.Table(table);
    }

    internal static IEnumerable<string> Warnings(CommandContext context, RunView view, RunTotal total)
    {
        if (OpenBefore(context, view) is { } open) yield return open;
        if (view.Rules.PreviousMustBeClosed && view.NotClosedBefore.Count > 0)
            yield return context.Text($"Chú ý: {string.Join(", ", view.NotClosedBefore)} chưa đóng; đóng trước khi trình (payengine run close), hoặc trình với --previous-open \"lý do\".",
                $"Note: {string.Join(", ", view.NotClosedBefore)} not closed; close before submitting (payengine run close), or submit with --previous-open \"why\".");
        foreach (var exception in view.Exceptions.Where(one => one.ContentHash.AsSpan().SequenceEqual(total.ContentHash)))
            yield return context.Text($"NGOẠI LỆ: trình khi {string.Join(", ", exception.OpenRuns)} chưa đóng; {exception.Person}: {exception.Reason}", $"EXCEPTION: submitted while {string.Join(", ", exception.OpenRuns)} not closed; {exception.Person}: {exception.Reason}");
        foreach (var glass in view.Glasses) yield return BreakGlassCommand.Line(context, glass);
        foreach (var conflict in view.Conflicts)
        {
            var (vi, en) = RunConflicts.Words(conflict.Code);
            var some = string.Join(", ", conflict.People) + (conflict.People.Length < conflict.Items ? " …" : "");
            yield return conflict.IsHard ? context.Text($"XUNG ĐỘT, không trình được: {vi}: {ViText.Count(conflict.Items)} người, {ViText.Money(new Vnd(conflict.SumVnd))}: {some}", $"CONFLICT, cannot be submitted: {en}: {ViText.Count(conflict.Items)} people, {ViText.Money(new Vnd(conflict.SumVnd))}: {some}")
                : context.Text($"Chú ý: {vi}: {ViText.Count(conflict.Items)} người, {ViText.Money(new Vnd(conflict.SumVnd))}: {some}", $"Note: {en}: {ViText.Count(conflict.Items)} people, {ViText.Money(new Vnd(conflict.SumVnd))}: {some}");
        }

        if (view.Controls.Count > 0)
        {
            var differing = view.Controls.Count(row => (row.People, row.SumVnd) != (row.HeldPeople, row.HeldVnd));
            yield return differing == 0 ? context.Text($"Số kiểm soát đã khai: {ViText.Count(view.Controls.Count)} dòng, đều khớp.", $"Declared control totals: {ViText.Count(view.Controls.Count)} rows, all agree.")
                : context.Text($"SỐ KIỂM SOÁT KHÔNG KHỚP: {ViText.Count(differing)} / {ViText.Count(view.Controls.Count)} dòng; không trình được.", $"CONTROL TOTALS DIFFER: {ViText.Count(differing)} of {ViText.Count(view.Controls.Count)} rows; it cannot be submitted.");
        }

        foreach (var cover in view.Uncovered)
            yield return context.Text($"Chú ý: nguồn {cover.Fund} trên tài khoản {ViText.Money(cover.AtBank)}, kể cả đợt này phải chi {ViText.Money(cover.Committed)}; còn thiếu {ViText.Money(cover.Lacking)}{(cover.MustCover ? ", chưa đủ thì không ghi được tệp" : "")}.",
                $"Note: fund {cover.Fund} has {ViText.Money(cover.AtBank)} on the account, with this run {ViText.Money(cover.Committed)} is to leave it; {ViText.Money(cover.Lacking)} lacking{(cover.MustCover ? ", no file is written before it is there" : "")}.");
        foreach (var level in view.LevelsOfContent)
            yield return context.Text($"Cấp duyệt {level.Level}/{total.ApprovalLevels}: {level.Person} ({level.Role}), {ViText.Time(level.At.WithOffset(VietNam).LocalDateTime)}", $"Level {level.Level} of {total.ApprovalLevels}: {level.Person} ({level.Role}), {ViText.Time(level.At.WithOffset(VietNam).LocalDateTime)}");
        if (total.ApprovalLevels > 1 && view.Run.Step is null or "planned" or "submitted")
            yield return context.Text($"Cần {total.ApprovalLevels} cấp duyệt của {total.ApprovalLevels} người: {string.Join(", ", view.Rules.Approvals.Take(total.ApprovalLevels).Select(level => level.Role))}.",
                $"Needs {total.ApprovalLevels} approvals by {total.ApprovalLevels} people: {string.Join(", ", view.Rules.Approvals.Take(total.ApprovalLevels).Select(level => level.Role))}.");
        if (total.UnverifiedLines > 0)
            yield return context.Text($"Chú ý: {ViText.Count(total.UnverifiedLines)} dòng dùng mức chưa kiểm chứng với văn bản (law/README §11).", $"Note: {ViText.Count(total.UnverifiedLines)} lines use figures not verified against the act (law/README §11).");
        if (total.LeftToRecoupVnd > 0)
            yield return context.Text($"Còn phải thu hồi sau đợt này: {ViText.Money(new Vnd(total.LeftToRecoupVnd))}.", $"Still to be taken back after this run: {ViText.Money(new Vnd(total.LeftToRecoupVnd))}.");
        foreach (var claim in view.Claims)
            yield return claim.Cause == (short)ClaimCause.Death
                ? context.Text($"  Đã lập danh sách sau khi chết: {ViText.Count(claim.Claims)} khoản, {ViText.Money(new Vnd(claim.SumVnd))} (khi duyệt, mỗi khoản thành một việc phải thu hồi: payengine claim list).",
                    $"  Listed after a death: {ViText.Count(claim.Claims)}, {ViText.Money(new Vnd(claim.SumVnd))} (approval makes each a claim: payengine claim list).")
                : context.Text($"  Đã lập danh sách quá mức vì lý do khác: {ViText.Count(claim.Claims)} khoản, {ViText.Money(new Vnd(claim.SumVnd))}.",
                    $"  Listed too much for another reason: {ViText.Count(claim.Claims)}, {ViText.Money(new Vnd(claim.SumVnd))}.");
        if (view.Findings is not { } found) yield break;
        if (found.SharedAccounts > 0)
            yield return context.Text($"Chú ý: {ViText.Count(found.SharedAccounts)} tài khoản nhận cho hơn {view.Rules.Outliers.SharedAccountWarn} người.", $"Note: {ViText.Count(found.SharedAccounts)} accounts serve more than {view.Rules.Outliers.SharedAccountWarn} recipients.");
        if (found.ExpiredRights > 0)
            yield return context.Text($"Quyền nhận thay hết hạn, chi tiền mặt cho người hưởng: {ViText.Count(found.ExpiredRights)}.", $"Right to receive has ended, cash to the recipient: {ViText.Count(found.ExpiredRights)}.");
        if (found.AccountWithoutWish > 0)
            yield return context.Text($"Có tài khoản nhưng chưa đăng ký nhận qua tài khoản: {ViText.Count(found.AccountWithoutWish)}.", $"An account but no recorded wish: {ViText.Count(found.AccountWithoutWish)}.");
        if (found.PeopleWithout > 0 && view.Run.Kind == RunKinds.Regular)
            yield return context.Text($"Không có khoản nào trong tháng: {ViText.Count(found.PeopleWithout)} người (lý do: payengine entitlement).", $"Nothing due this month: {ViText.Count(found.PeopleWithout)} people (reasons: payengine entitlement).");
    }

    static string? OpenBefore(CommandContext context, RunView view) => view.OpenBefore.Count == 0 ? null : context.Text(
        $"CHÚ Ý: {string.Join(", ", view.OpenBefore)} của tháng trước chưa được duyệt. Những gì đợt đó chi cũng nằm trong đợt {view.Id} như truy lĩnh; chỉ một trong hai được duyệt. Hãy duyệt hoặc trả lại đợt đó, rồi trả lại và lập lại đợt này.",
        $"WARNING: {string.Join(", ", view.OpenBefore)} of an earlier month waits for approval. What it pays stands in run {view.Id} too, as arrears, and only one of the two can be approved. Approve or return it, then return this one and plan it again.");

    static string TotalLine(CommandContext context, string label, IEnumerable<RunView> views)
    {
        var all = views.ToList();
        long Items(params string[] causes) => all.Sum(view => view.Difference.Where(row => causes.Contains(row.Cause)).Sum(row => (long)row.Items));
        return context.Text(
            $"{label}: {ViText.Count(all.Sum(view => (long)(view.Total?.Recipients ?? 0)))} người · {ViText.Money(new Vnd(all.Sum(view => view.Total?.DeclaredVnd ?? 0)))} · +{ViText.Count(Items("new"))} −{ViText.Count(Items("stopped"))} ~{ViText.Count(Items("raised", "lowered"))}",
            $"{label}: {ViText.Count(all.Sum(view => (long)(view.Total?.Recipients ?? 0)))} people · {ViText.Money(new Vnd(all.Sum(view => view.Total?.DeclaredVnd ?? 0)))} · +{ViText.Count(Items("new"))} −{ViText.Count(Items("stopped"))} ~{ViText.Count(Items("raised", "lowered"))}");
    }

    static void Talk(CommandContext context, Output output, RunView view)
    {
        if (Next(view) is { } next) output.Talk(context.Text($"Tiếp theo: {next}", $"Next: {next}"));
    }

    static string? Next(RunView view) => (view.Run.Voided, view.Run.Step) switch
    {
        (true, _) => $"payengine run plan {Months.FromKey(view.Run.Month).Text()}",
        (_, null) => $"payengine run plan {Months.FromKey(view.Run.Month).Text()}",
        (_, "planned") => string.Create(CultureInfo.InvariantCulture, $"payengine run submit {view.Id} --confirm-count {view.Total?.Recipients} --confirm-total {view.Total?.DeclaredVnd}"),
        (_, "submitted") => string.Create(CultureInfo.InvariantCulture, $"payengine run approve {view.Id} --confirm-total {view.Total?.DeclaredVnd}"),
        (_, "approved") => $"payengine run export {view.Id}",
        _ => null,
    };

    internal static string? KindWords(CommandContext context, string kind) => kind switch
    {
        RunKinds.Supplementary => context.Text("Đợt ngoài kỳ, truy lĩnh", "Off-cycle run for arrears"),
        RunKinds.OneOff => context.Text("Đợt ngoài kỳ, trợ cấp một lần", "Off-cycle run of one-time benefits"),
        RunKinds.Regularisation => context.Text("Đợt bổ sung: chi lại những khoản lỗi, không lập danh sách mới.", "A regularisation run: it pays again what failed and lists nothing new."),
        _ => null,
    };

    internal static string State(CommandContext context, StoredRun run) => StateWord(context, run.Voided ? "returned" : run.Step ?? "planning");

    internal static string StateWord(CommandContext context, string step) => step switch
    {
        "planning" => context.Text("Đang lập", "Being planned"),
        "planned" => context.Text("Nháp", "Draft"),
        "submitted" => context.Text("Chờ duyệt", "Waiting for approval"),
        "returned" => context.Text("Đã trả lại", "Returned"),
        "approved" => context.Text("Đã duyệt", "Approved"),
        "sealed" => context.Text("Đã đóng tệp", "Sealed"),
        "handed_over" => context.Text("Đã giao ngân hàng", "Handed over"),
        "closed" => context.Text("Đã đóng", "Closed"),
        _ => step,
    };

    internal static (string Sign, string Words) Cause(CommandContext context, string cause) => cause switch
    {
        "last_month" => ("", context.Text("tháng trước", "last month")),
        "new" => ("+", context.Text("mới", "new")),
        "stopped" => ("-", context.Text("dừng", "stopped")),
        "raised" => ("~", context.Text("tăng", "raised")),
        "lowered" => ("~", context.Text("giảm", "lowered")),
        "arrears" => ("+", context.Text("truy lĩnh tháng này", "arrears this month")),
        "arrears_before" => ("-", context.Text("truy lĩnh tháng trước", "arrears last month")),
        "recouped" => ("-", context.Text("thu hồi tháng này", "recouped this month")),
        "recouped_before" => ("+", context.Text("thu hồi tháng trước", "recouped last month")),
        "this_month" => ("=", context.Text("tháng này", "this month")),
        "moved" => ("", context.Text("chuyển xã", "moved")),
        "other_payee" => ("", context.Text("đổi người nhận", "other payee")),
        "other_account" => ("", context.Text("đổi tài khoản hoặc hình thức", "other account or channel")),
        _ => ("", cause),
    };

    internal static string? Previous(StoredRun run) => run is { PreviousMonth: { } month, PreviousRun: { } number } ? new RunId(run.ProvinceCode, Months.FromKey(month), number).ToString() : null;

    static object Json(DifferenceRow row) => new { programme = ProgrammeCode(row.Programme), cause = row.Cause, in_bridge = row.InBridge, people = row.Items, sum_vnd = row.SumVnd };

    internal static object Json(RunView view) => new
    {
        run = view.Id.ToString(), kind = view.Run.Kind, reason = view.Run.Reason, payer = view.Run.PayerCode, month = Months.FromKey(view.Run.Month), state = view.Run.Voided ? "returned" : view.Run.Step ?? "planning",
        made_by = view.Run.MadeBy, planned_at = view.Run.PlannedAt, known_on = view.Run.LawKnownOn, execution_from = view.Run.ExecutionFrom, execution_to = view.Run.ExecutionTo,
        compared_with = Previous(view.Run), open_before = view.OpenBefore.Select(run => run.ToString()), already_done = view.AlreadyDone, resumed = view.Resumed,
        content_hash = view.Total is null ? null : Convert.ToHexStringLower(view.Total.ContentHash),
        recipients = view.Total?.Recipients, disbursements = view.Total?.Disbursements, lines = view.Total?.Lines, listed_vnd = view.Total?.ListedVnd, declared_vnd = view.Total?.DeclaredVnd,
        bank_items = view.Total?.BankAttempts, bank_vnd = view.Total?.BankVnd, cash_items = view.Total?.CashAttempts, cash_vnd = view.Total?.CashVnd,
        held_items = view.Total?.Held, held_vnd = view.Total?.HeldVnd, arrears_vnd = view.Total?.ArrearsVnd, recouped_vnd = view.Total?.RecoupedVnd,
        left_to_recoup_vnd = view.Total?.LeftToRecoupVnd, claims = view.Claims.Select(claim => new { cause = ClaimPaper.CauseCode(claim.Cause), claims = claim.Claims, sum_vnd = claim.SumVnd }), unverified_lines = view.Total?.UnverifiedLines,
        programmes = view.Programmes.Select(one => new { programme = ProgrammeCode(one.Programme), recipients = one.Recipients, listed_vnd = one.ListedVnd, bank_items = one.BankItems, bank_vnd = one.BankVnd, cash_items = one.CashItems, cash_vnd = one.CashVnd, held_items = one.HeldItems, held_vnd = one.HeldVnd }),
        difference = view.Difference.Select(Json), holds = view.Holds.Select(hold => new { reason = hold.Reason, items = hold.Items, sum_vnd = hold.SumVnd }),
        findings = view.Findings, rules_version = view.Run.RulesVersion, approval_levels = view.Total?.ApprovalLevels,
        levels = view.LevelsOfContent.Select(level => new { level = level.Level, role = level.Role, person = level.Person, at = level.At }),
        conflicts = view.Conflicts.Select(conflict => new { code = conflict.Code, hard = conflict.IsHard, people = conflict.Items, sum_vnd = conflict.SumVnd, some = conflict.People }),
        control_totals = view.Controls.Select(row => new { programme = row.Programme is { } of ? ProgrammeCode(of) : null, commune = row.CommuneCode, people = row.People, sum_vnd = row.SumVnd, held_people = row.HeldPeople, held_vnd = row.HeldVnd, place = row.Place }),
        uncovered_funds = view.Uncovered.Select(cover => new { fund = cover.Fund, must_cover = cover.MustCover, at_bank_vnd = cover.AtBank, committed_vnd = cover.Committed, lacking_vnd = cover.Lacking }),
        not_closed_before = view.NotClosedBefore.Select(run => run.ToString()), break_glass = view.Glasses.Select(one => new { number = one.GlassNo, role = one.Role, communes = one.CommuneCodes, asked_by = one.AskedBy, granted_by = one.GrantedBy, ends_at = one.EndsAt, uses = one.Uses, reason = one.Reason }), exceptions = view.Exceptions.Select(one => new { open_runs = one.OpenRuns, reason = one.Reason, person = one.Person, at = one.At }),
        steps = view.Steps.Select(step => new { step = step.Step, level = step.Level, person = step.Person, at = step.At, remark = step.Remark }), next = Next(view),
    };
}
