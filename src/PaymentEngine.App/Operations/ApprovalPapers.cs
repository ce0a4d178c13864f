using NodaTime;
using PaymentEngine.App.Banks;
using PaymentEngine.App.Keys;
using PaymentEngine.Core;
using PaymentEngine.Core.Entitlements;
using PaymentEngine.Core.Money;
using PaymentEngine.Core.Payments;
using PaymentEngine.Messages.Paper;
using PaymentEngine.Postgres;

namespace PaymentEngine.App.Operations;

/// <summary>The approval paper of a run (tờ trình duyệt chi, F51): what is listed, how it differs from the month before and why, what is held, what the approver must know, and the hash that is approved.</summary>
public sealed class ApprovalPapers(Database database, KeyFolder keys)
{
    /// <summary>More held people than this are in the list of holds, not on the paper.</summary>
    const int HoldsPrinted = 500;

    /// <summary>More people than this behind one cause of one programme are in the list of the difference, not on the paper.</summary>
    const int DifferencePrinted = 100;
    static readonly Offset VietNam = Offset.FromHours(7);

    /// <summary>The paper of a run with a finished plan.</summary>
    /// <param name="caller">Anybody whose territory holds the run.</param>
    /// <param name="run">The run.</param>
    /// <param name="cancel">Stops between statements.</param>
    public async Task<Result<(RunView View, PaperDocument Paper)>> OfAsync(Caller caller, RunId run, CancellationToken cancel = default)
    {
        await using var session = await database.RunOfPayerAsync(caller.Scope, cancel);
        var found = await PaymentRuns.FindAsync(session, caller, run, cancel);
        if (!found.TryGet(out var stored)) return Result<(RunView, PaperDocument)>.Refuse(found.Problems);
        if (stored.Voided || stored.ContentHash is null)
            return new Problem("not_allowed.state", $"Run {run} {(stored.Voided ? "was returned" : "is not planned to its end")}: there is nothing to approve.", $"See the runs of the month: payengine run show {run.Month.Text()}.");
        var view = await PaymentRuns.ViewAsync(session, stored, cancel);
        var holds = await HoldStore.OfAsync(session, stored, cancel: cancel);
        var changed = stored.Kind == RunKinds.Regular && stored.PreviousRun is not null ? await RunDifferences.PeopleAsync(session, stored, DifferencePrinted, cancel) : [];
        using var certificate = keys.SigningCertificate();
        return (view, Paper(view, view.Total!, holds, changed, await ApprovalFigures.CommunesAsync(session, run, cancel), await ApprovalFigures.BanksAsync(session, run, cancel), await ApprovalFigures.UnverifiedAsync(session, run, cancel),
            Fingerprints.Of(certificate)));
    }

    static PaperDocument Paper(RunView view, RunTotal total, IReadOnlyList<StoredHold> holds, IReadOnlyList<DifferencePerson> changed, IReadOnlyList<CommuneFigure> communes, IReadOnlyList<BankFigure> banks, IReadOnlyList<UnverifiedFigure> unverified, string fingerprint)
    {
        var run = view.Run;
        var tables = new List<PaperTable>
        {
            new("Theo chương trình", ["Chương trình", "Người*", "Tổng (đồng)*", "Khoản qua tài khoản*", "Qua tài khoản (đồng)*", "Khoản tiền mặt*", "Tiền mặt (đồng)*", "Khoản giữ lại*", "Giữ lại (đồng)*"],
                [.. view.Programmes.Select(one => (IReadOnlyList<PaperCell>)[Certificates.ProgrammeName(one.Programme), one.Recipients, one.ListedVnd, one.BankItems, one.BankVnd, one.CashItems, one.CashVnd, one.HeldItems, one.HeldVnd])],
                ["Cộng", total.Recipients, total.ListedVnd, total.BankAttempts, total.BankVnd, total.CashAttempts, total.CashVnd, total.Held, total.HeldVnd]),
        };
        if (run.Kind == RunKinds.Regular) AddDifference(tables, view);
        tables.Add(new("Theo ngân hàng nhận", ["Ngân hàng (BIN)", "Số khoản*", "Số tiền (đồng)*"], [.. banks.Select(bank => (IReadOnlyList<PaperCell>)[Certificates.BankName(bank.BankBin), bank.Items, bank.SumVnd])],
            ["Cộng", banks.Sum(bank => bank.Items), banks.Sum(bank => bank.SumVnd)]));
        tables.Add(new("Theo xã", ["Xã", "Người*", "Tổng (đồng)*", "Qua tài khoản*", "Tiền mặt*", "Giữ lại*"],
            [.. communes.Select(one => (IReadOnlyList<PaperCell>)[$"{one.CommuneCode} {one.CommuneName}", one.People, one.SumVnd, one.BankVnd, one.CashVnd, one.HeldVnd])],
            ["Cộng", "", communes.Sum(one => one.SumVnd), communes.Sum(one => one.BankVnd), communes.Sum(one => one.CashVnd), communes.Sum(one => one.HeldVnd)]));
        AddHolds(tables, view, holds);
        AddChanged(tables, view, changed);
        AddWarnings(tables, view, total, unverified);
        AddPeople(tables, view, total);
        return new PaperDocument($"TỜ TRÌNH DUYỆT CHI {view.Id}", view.Id.ToString(), run.PayerName)
        {
            Sub = $"Tháng chi trả {ViText.Month(Months.FromKey(run.Month))}{KindName(run.Kind)}. Lập: {run.MadeBy}, {Time(run.PlannedAt)}; tính theo những gì biết đến {ViText.Date(run.LawKnownOn)}; ngày chi {ViText.Date(run.ExecutionFrom)}–{ViText.Date(run.ExecutionTo)}.",
            Foot = $"Mã nội dung: {Convert.ToHexStringLower(total.ContentHash)}",
            Mark = run.Step is "planned" or "submitted" ? "BẢN NHÁP – CHƯA DUYỆT" : null,
            Sentences = [.. Sentences(view, total)],
            Tables = [.. tables.Select((table, at) => table with { Heading = string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{at + 1}. {table.Heading}") })],
            Closing =
            [
                $"Mã nội dung được duyệt (SHA-256): {Convert.ToHexStringLower(total.ContentHash)}. Người, tài khoản, số tiền, chương trình, khoản giữ và ngày chi thay đổi thì mã này đổi và mọi lần trình, duyệt trước hết hiệu lực.",
                $"Mã luật áp dụng (SHA-256): {Convert.ToHexStringLower(run.LawHash)}. Quy tắc của đợt: bản {run.RulesVersion}.",
                $"Dấu vân tay chứng thư ký tệp lệnh chi (SHA-256): {fingerprint}.",
            ],
            Signatures = ["Người lập", .. view.Rules.Approvals.Take(total.ApprovalLevels).Select((level, at) => total.ApprovalLevels == 1 ? "Người duyệt" : $"Cấp duyệt {at + 1}")],
        };
    }

    static IEnumerable<string> Sentences(RunView view, RunTotal total)
    {
        yield return $"Đề nghị duyệt chi {ViText.Money(new Vnd(total.ListedVnd))} ({VndInWords.Of(new Vnd(total.ListedVnd))}) cho {ViText.Count(total.Recipients)} người, {ViText.Count(total.Disbursements)} khoản chi; trong đó giữ lại {ViText.Count(total.Held)} khoản, {ViText.Money(new Vnd(total.HeldVnd))}.";
        if (view.Run.Reason is { } reason) yield return $"Lý do chi ngoài kỳ: {reason}.";
        if (view.Run.Kind != RunKinds.Regular) yield break;
        if (view.Run is { PreviousMonth: { } month, PreviousRun: { } number })
        {
            var bridge = Bridge(view.Difference);
            yield return bridge.Closes
                ? $"So với đợt {new RunId(view.Run.ProvinceCode, Months.FromKey(month), number)}: từ {ViText.Money(bridge.Before)} đến {ViText.Money(bridge.Now)}, cầu nối khớp đến từng đồng."
                : throw new InvalidOperationException($"The difference of {view.Id} does not lead from {bridge.Before} to {bridge.Now}.");
        }
        else
        {
            yield return "Đợt đầu tiên của đơn vị này: không có tháng trước để so.";
        }
    }

    /// <summary>The bridge over the run's programmes.</summary>
    internal static RunBridge Bridge(IEnumerable<DifferenceRow> rows) => RunBridge.Of(rows.Where(row => row.InBridge).Select(row => new BridgeStep(row.Cause, row.Items, new Vnd(row.SumVnd))));

    static void AddDifference(List<PaperTable> tables, RunView view)
    {
        var rows = new List<IReadOnlyList<PaperCell>>();
        foreach (var programme in view.Difference.Where(row => row.InBridge).GroupBy(row => row.Programme))
        {
            var bridge = Bridge(programme);
            rows.Add([Certificates.ProgrammeName(programme.Key), "", "Tháng trước", programme.First(row => row.Cause == "last_month").Items, bridge.Before]);
            rows.AddRange(bridge.Steps.Select(step => (IReadOnlyList<PaperCell>)["", RunBridge.SignOf(step.Cause) > 0 ? "+" : "−", CauseName(step.Cause), step.People, step.Sum]));
            rows.Add(["", "=", "Tháng này", programme.First(row => row.Cause == "this_month").Items, bridge.Now]);
        }

        tables.Add(new("Cầu nối từ tháng trước", ["Chương trình", "Dấu", "Nguyên nhân", "Người*", "Số tiền (đồng)*"], rows));
        var beside = view.Difference.Where(row => !row.InBridge).ToList();
        if (beside.Count > 0)
            tables.Add(new("Thay đổi không làm đổi tổng", ["Chương trình", "Thay đổi", "Người*", "Số tiền tháng này (đồng)*"],
                [.. beside.Select(row => (IReadOnlyList<PaperCell>)[Certificates.ProgrammeName(row.Programme), CauseName(row.Cause), row.Items, row.SumVnd])]));
    }

    /// <summary>Who is behind each cause, those with the greatest change first.</summary>
    static void AddChanged(List<PaperTable> tables, RunView view, IReadOnlyList<DifferencePerson> changed)
    {
        foreach (var people in changed.GroupBy(one => (one.Programme, one.Cause)))
        {
            var all = view.Difference.Where(row => row.Programme == people.Key.Programme && row.Cause == people.Key.Cause).Sum(row => row.Items);
            var name = $"{CauseName(people.Key.Cause)}, {Certificates.ProgrammeName(people.Key.Programme)}";
            tables.Add(new(people.Count() < all ? $"{name}: {people.Count()} trong {ViText.Count(all)} người, thay đổi lớn nhất trước (tất cả: payengine run diff {view.Id} --out F.csv)" : $"{name}: {ViText.Count(all)} người",
                ["Mã người#", "Họ tên", "Xã", "Trước (đồng)*", "Nay (đồng)*"],
                [.. people.Select(one => (IReadOnlyList<PaperCell>)[one.PersonId, one.FullName, one.CommuneName ?? "", one.BeforeVnd, one.NowVnd])]));
        }
    }

    static void AddHolds(List<PaperTable> tables, RunView view, IReadOnlyList<StoredHold> holds)
    {
        if (view.Holds.Count == 0 && holds.Count == 0) return;
        tables.Add(new("Giữ lại, theo lý do", ["Lý do", "Số khoản*", "Số tiền (đồng)*"], [.. view.Holds.Select(hold => (IReadOnlyList<PaperCell>)[HoldReasons.Words(hold.Reason).Vi, hold.Items, hold.SumVnd])],
            ["Cộng", view.Holds.Sum(hold => hold.Items), view.Holds.Sum(hold => hold.SumVnd)]));
        var standing = holds.Where(hold => hold.ReleasedBy is null).OrderByDescending(hold => HoldReasons.Outliers.Contains(hold.Reason) || hold.Reason == HoldReasons.ByPerson).ThenByDescending(hold => hold.AmountVnd).ToList();
        if (standing.Count > 0)
            tables.Add(new(standing.Count > HoldsPrinted ? $"Người bị giữ lại ({HoldsPrinted} trong {ViText.Count(standing.Count)}; tất cả: payengine run holds)" : "Người bị giữ lại",
                ["Mã người#", "Họ tên", "Chương trình", "Xã", "Số tiền (đồng)*", "Tháng trước (đồng)*", "Lý do", "Phụ trách", "Hạn"],
                [.. standing.Take(HoldsPrinted).Select(hold => (IReadOnlyList<PaperCell>)[hold.PersonId, hold.FullName, Certificates.ProgrammeName(hold.Programme), hold.CommuneName ?? "", hold.AmountVnd, hold.BeforeVnd is { } before ? before : "–",
                    HoldReasons.Words(hold.Reason).Vi + (hold.Remark is null ? "" : hold.Person is null ? $" ({hold.Remark})" : $" ({hold.Person}: {hold.Remark})"), Certificates.OwnerName(hold.Owner), ViText.Date(hold.DueOn)])]));
        var released = holds.Where(hold => hold.ReleasedBy is not null).ToList();
        if (released.Count > 0)
            tables.Add(new("Đã bỏ giữ trong đợt này", ["Mã người#", "Họ tên", "Số tiền (đồng)*", "Lý do giữ", "Ai xin, vì sao", "Ai quyết định"],
                [.. released.Select(hold => (IReadOnlyList<PaperCell>)[hold.PersonId, hold.FullName, hold.AmountVnd, HoldReasons.Words(hold.Reason).Vi, $"{hold.AskedBy}: {hold.AskedWhy}", hold.ReleasedBy!])]));
    }

    static void AddWarnings(List<PaperTable> tables, RunView view, RunTotal total, IReadOnlyList<UnverifiedFigure> unverified)
    {
        var rows = new List<IReadOnlyList<PaperCell>>();
        foreach (var conflict in view.Conflicts)
            rows.Add([(conflict.IsHard ? "Xung đột: " : "") + RunConflicts.Words(conflict.Code).Vi, conflict.Items, conflict.SumVnd, string.Join(", ", conflict.People) + (conflict.People.Length < conflict.Items ? " …" : "")]);
        foreach (var exception in view.Exceptions.Where(one => one.ContentHash.AsSpan().SequenceEqual(total.ContentHash)))
            rows.Add(["Ngoại lệ: đợt trước chưa đóng", exception.OpenRuns.Length, "", $"{string.Join(", ", exception.OpenRuns)}; {exception.Person}: {exception.Reason}"]);
        foreach (var glass in view.Glasses)
            rows.Add([$"Ngoại lệ khẩn cấp {glass.GlassNo}: {glass.Role ?? string.Join(", ", glass.CommuneCodes ?? [])}", glass.Uses, "", $"{glass.AskedBy} xin, {glass.GrantedBy ?? "chưa ai"} cho, đến {Time(glass.EndsAt)}: {glass.Reason}"]);
        foreach (var row in view.Controls) rows.Add([(row.People, row.SumVnd) == (row.HeldPeople, row.HeldVnd) ? "Số kiểm soát khớp" : "SỐ KIỂM SOÁT KHÔNG KHỚP", row.People, row.SumVnd, $"{row.Place}{(row.CommuneCode is null ? "" : $", xã {row.CommuneCode}")}"]);
        foreach (var cover in view.Uncovered) rows.Add([$"Nguồn {cover.Fund} không đủ", "", cover.Lacking, cover.MustCover ? "không ghi được tệp lệnh chi khi chưa đủ" : "ghi tệp lệnh chi sẽ cảnh báo"]);
        foreach (var claim in view.Claims) rows.Add([claim.Cause == (short)ClaimCause.Death ? "Đã lập danh sách sau khi chết, phải thu hồi" : "Đã lập danh sách quá mức, phải thu hồi", claim.Claims, claim.SumVnd, "khi duyệt, mỗi khoản thành một việc"]);
        if (total.SharedAccounts > 0) rows.Add([$"Tài khoản nhận cho hơn {view.Rules.Outliers.SharedAccountWarn} người", total.SharedAccounts, "", ""]);
        if (total.ExpiredRights > 0) rows.Add(["Quyền nhận thay hết hạn, chi tiền mặt cho người hưởng", total.ExpiredRights, "", ""]);
        if (total.AccountWithoutWish > 0) rows.Add(["Có tài khoản nhưng chưa đăng ký nhận qua tài khoản", total.AccountWithoutWish, "", ""]);
        if (rows.Count > 0) tables.Add(new("Người duyệt cần biết", ["Điều", "Số*", "Số tiền (đồng)*", "Chi tiết"], rows));
        if (unverified.Count > 0)
            tables.Add(new("Mức trợ cấp chưa được đối chiếu với văn bản gốc", ["Quy tắc", "Căn cứ", "Tình trạng#", "Số dòng*", "Số tiền (đồng)*"],
                [.. unverified.Select(one => (IReadOnlyList<PaperCell>)[one.Rule, one.Citation, one.Status, one.Lines, one.SumVnd])], ["Cộng", "", "", unverified.Sum(one => one.Lines), unverified.Sum(one => one.SumVnd)]));
    }

    static void AddPeople(List<PaperTable> tables, RunView view, RunTotal total)
    {
        var rows = view.Steps.Select(step => (IReadOnlyList<PaperCell>)[StepName(step.Step), step.Person, Time(step.At), step.Remark ?? "", Convert.ToHexStringLower(step.ContentHash)[..16]])
            .Concat(view.Levels.Select(level => (IReadOnlyList<PaperCell>)[$"Duyệt cấp {level.Level}/{total.ApprovalLevels} ({level.Role})", level.Person, Time(level.At), "", Convert.ToHexStringLower(level.ContentHash)[..16]])).ToList();
        var given = view.LevelsOfContent.Count;
        if (view.Run.Step is "planned" or "submitted")
            rows.AddRange(view.Rules.Approvals.Skip(given).Take(total.ApprovalLevels - given).Select((level, at) => (IReadOnlyList<PaperCell>)[$"Còn cần: duyệt cấp {given + at + 1}/{total.ApprovalLevels}", level.Role, "", "người khác với người lập và các cấp kia", ""]));
        tables.Add(new("Ai lập, ai trình, ai duyệt", ["Việc", "Người", "Lúc", "Ghi chú", "Mã nội dung#"], rows));
    }

    static string Time(Instant at) => ViText.Time(at.WithOffset(VietNam).LocalDateTime);

    static string KindName(string kind) => kind switch
    {
        RunKinds.Supplementary => ", đợt ngoài kỳ (truy lĩnh)",
        RunKinds.OneOff => ", đợt ngoài kỳ (trợ cấp một lần)",
        RunKinds.Regularisation => ", đợt chi lại",
        _ => "",
    };

    static string StepName(string step) => step switch
    {
        "planned" => "Lập, sửa", "submitted" => "Trình", "returned" => "Trả lại", "approved" => "Duyệt", "sealed" => "Đóng tệp", "handed_over" => "Giao ngân hàng", "closed" => "Đóng đợt", _ => step,
    };

    static string CauseName(string cause) => cause switch
    {
        "new" => "Mới", "stopped" => "Dừng", "raised" => "Tăng", "lowered" => "Giảm", "arrears" => "Truy lĩnh, một lần tháng này", "arrears_before" => "Truy lĩnh, một lần tháng trước", "recouped" => "Thu hồi tháng này",
        "recouped_before" => "Thu hồi tháng trước", "moved" => "Chuyển xã", "other_payee" => "Đổi người nhận", "other_account" => "Đổi tài khoản hoặc hình thức", _ => cause,
    };
}
