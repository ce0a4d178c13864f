using System.CommandLine;
using PaymentEngine.App.CommandLine;
using PaymentEngine.App.Files;
using PaymentEngine.App.Operations.Cash;
using PaymentEngine.Core;
using PaymentEngine.Core.CashPayouts;
using PaymentEngine.Core.Money;
using PaymentEngine.Postgres.Cash;

namespace PaymentEngine.App.Commands.Cash;

/// <summary><c>payengine cash corrections …</c>: payouts recorded as paid that were not made, taken back by two persons.</summary>
static class CorrectionCommand
{
    public static Command Create(CommandContext context)
    {
        var all = new Option<bool>("--all") { Description = context.Text("Cả những đề nghị đã quyết định", "Decided ones too") };
        var receipt = new Argument<string>("receipt") { Description = context.Text("Mã biên nhận trên danh sách", "Receipt code on the list") };
        var evidence = new Option<string>("--evidence") { HelpName = "TEXT", Required = true, Description = context.Text("Căn cứ: biên bản số, ngày", "What it rests on: the minutes, by number and day") };
        var file = new Option<string?>("--file") { HelpName = "FILE", Description = context.Text("Bản giấy tờ; được giữ nguyên từng byte", "The paper itself; kept byte for byte") };
        var number = new Argument<int>("correction") { Description = context.Text("Số của đề nghị", "Number of the proposal") };
        var accept = new Option<string?>("--accept") { HelpName = "DECISION", Description = context.Text("Sửa: khoản chi lại chờ chi tiền mặt; số và ngày quyết định", "Take it back: the sum is due in cash again; number and day of the decision") };
        var refuse = new Option<string?>("--refuse") { HelpName = "REASON", Description = context.Text("Không sửa; lý do", "Leave it; the reason") };
        var command = new Command("corrections", context.Text("Kết quả ghi nhầm là đã chi, hai người sửa lại", "Results recorded as paid by mistake, taken back by two persons"))
        {
            all,
            new Command("propose", context.Text("Đề nghị sửa một dòng ghi là đã chi", "Propose to take back a line recorded as paid")) { receipt, evidence, file }
                .Answers(context, (parse, cancel) =>
                {
                    (string, KeptFile)? paper = null;
                    if (parse.GetValue(file) is { } path)
                    {
                        var kept = new Archive(context.Files, Path.Combine(context.Settings.Home.Value, "archive")).Keep(path);
                        if (!kept.TryGet(out var bytes)) return Task.FromResult(Answer.Refused(kept.Problems));
                        paper = (Path.GetFileName(path), bytes);
                    }

                    return context.AsCallerAsync(async (database, caller) =>
                        Answer.From(await new CashCorrections(database, context.Clock).ProposeAsync(caller, parse.GetRequiredValue(receipt), parse.GetRequiredValue(evidence), paper, cancel), one => Said(context, caller.ProvinceCode, one)), cancel);
                }),
            new Command("decide", context.Text("Quyết định một đề nghị (người khác người lập)", "Decide a proposal (somebody else than who proposed it)")) { number, accept, refuse }
                .Answers(context, (parse, cancel) =>
                {
                    var (yes, no) = (parse.GetValue(accept), parse.GetValue(refuse));
                    return (yes is null) == (no is null)
                        ? Task.FromResult(Answer.Refused(new Problem("usage.decision", "A decision is either --accept DECISION or --refuse REASON.", "Give one of the two.")))
                        : context.AsCallerAsync(async (database, caller) =>
                            Answer.From(await new CashCorrections(database, context.Clock).DecideAsync(caller, parse.GetValue(number), yes is not null, yes ?? no!, cancel), one => Said(context, caller.ProvinceCode, one)), cancel);
                }),
        };
        return command.Answers(context, (parse, cancel) => context.AsCallerAsync(async (database, caller) => Listed(context, caller.ProvinceCode, await new CashCorrections(database, context.Clock).ListAsync(caller, parse.GetValue(all), cancel)), cancel));
    }

    static Answer Said(CommandContext context, short provinceCode, StoredCashCorrection one) => Answer.Of(Json(provinceCode, one), output =>
    {
        output.Line($"{one.CorrectionNo} · {one.ReceiptCode} · {one.FullName} ({one.PersonId}) · {ViText.Money(new Vnd(one.AmountVnd))} · {Outcome(context, one)}");
        if (one.Accepted is null)
            output.Talk(context.Text($"Tiếp theo, người duyệt: payengine cash corrections decide {one.CorrectionNo} --accept \"SỐ QĐ, NGÀY\"", $"Next, an approver: payengine cash corrections decide {one.CorrectionNo} --accept \"DECISION, DAY\""));
        if (one.Accepted == true)
            output.Talk(context.Text("Khoản chi lại chờ in danh sách: payengine cash print. Tiền mặt trong tay người chi tăng lên: payengine cash show.", "The sum is due again: payengine cash print. The cashier has that much more in hand: payengine cash show."));
    });

    static Answer Listed(CommandContext context, short provinceCode, IReadOnlyList<StoredCashCorrection> corrections) => Answer.Of(new { corrections = corrections.Select(one => Json(provinceCode, one)) }, output =>
    {
        if (corrections.Count == 0)
        {
            output.Line(context.Text("Không có kết quả nào chờ sửa.", "No result waits for a correction."));
            return;
        }

        var table = new TextTable(new TextColumn(context.Text("Số", "No"), true), new TextColumn(context.Text("Danh sách", "List")), new TextColumn(context.Text("Biên nhận", "Receipt")), new TextColumn(context.Text("Họ tên", "Name")),
            new TextColumn(context.Text("Số tiền", "Sum"), true), new TextColumn(context.Text("Ghi đã chi", "Recorded paid")), new TextColumn(context.Text("Người đề nghị", "Proposed by")), new TextColumn(context.Text("Kết luận", "Outcome")));
        foreach (var one in corrections)
            table.Row(ViText.Count(one.CorrectionNo), List(provinceCode, one), one.ReceiptCode, one.FullName, ViText.Money(new Vnd(one.AmountVnd)), $"{ViText.Date(one.PaidOn)}, {one.PaidBy}", one.ProposedBy, Outcome(context, one));
        output.Table(table);
    });

    static string List(short provinceCode, StoredCashCorrection one) => new CashListId(provinceCode, Months.FromKey(one.Month), one.ListNo).ToString();

    static string Outcome(CommandContext context, StoredCashCorrection one) => one.Accepted switch
    {
        null => context.Text($"chờ quyết định ({one.Ground})", $"to be decided ({one.Ground})"),
        true => context.Text($"đã sửa, {one.DecidedBy}: {one.Decision}", $"taken back, {one.DecidedBy}: {one.Decision}"),
        false => context.Text($"không sửa, {one.DecidedBy}: {one.Decision}", $"left as it is, {one.DecidedBy}: {one.Decision}"),
    };

    static object Json(short provinceCode, StoredCashCorrection one) => new
    {
        correction = one.CorrectionNo, list = List(provinceCode, one), receipt_code = one.ReceiptCode, person_id = one.PersonId, full_name = one.FullName, sum_vnd = one.AmountVnd, paid_on = one.PaidOn, paid_by = one.PaidBy,
        takes_back_operation = one.PaidByOperation, case_no = one.CaseNo, evidence = one.Ground, file = one.FileName, file_sha256 = one.FileSha256 is { } digest ? Convert.ToHexStringLower(digest) : null, proposed_by = one.ProposedBy,
        accepted = one.Accepted, decision = one.Decision, decided_by = one.DecidedBy,
    };
}
