using System.CommandLine;
using PaymentEngine.App.Banks;
using PaymentEngine.App.CommandLine;
using PaymentEngine.App.Files;
using PaymentEngine.App.Keys;
using PaymentEngine.App.Operations;
using PaymentEngine.Core;
using PaymentEngine.Core.Payments;

namespace PaymentEngine.App.Commands;

/// <summary><c>payengine bank recall ID… --reason DUPL --out D</c>: asks banks to take payments back.</summary>
static class RecallCommand
{
    public static Command Create(CommandContext context)
    {
        var ids = new Argument<string[]>("ID") { Arity = ArgumentArity.OneOrMore, Description = context.Text("Mã lệnh chi (18 ký tự)", "Payment ids (18 characters)") };
        var reason = new Option<string>("--reason")
        {
            HelpName = "CODE", Required = true,
            Description = context.Text("DUPL chi trùng · AM09 sai số tiền · AC03 sai tài khoản · TECH lỗi của ta · UPAY không đúng đối tượng · FRAD gian lận",
                "DUPL paid twice · AM09 wrong amount · AC03 wrong account · TECH our fault · UPAY not entitled · FRAD fraud"),
        };
        var folder = new Option<string>("--out") { HelpName = "D", Required = true, Description = context.Text("Thư mục nhận đề nghị thu hồi", "Folder for the recalls") };
        var send = new Option<bool>("--send") { Description = context.Text("Gửi luôn theo kênh đã đặt của ngân hàng (bank channel)", "Send it by the bank's set channel (bank channel)") };
        var recorded = new Option<string?>("--recorded") { HelpName = "…", Description = context.Text("Đã trao bằng cách khác: ai, lúc nào, cách nào", "It was handed over by hand: who, when, how") };
        return new Command("recall", context.Text("Đề nghị ngân hàng thu hồi lệnh chi: camt.055, hoặc danh sách kèm công văn", "Ask the bank to take payments back: camt.055, or a list with a letter")) { ids, reason, folder, send, recorded }
            .Answers(context, (parse, cancel) => RecallAsync(context, parse.GetRequiredValue(ids), parse.GetRequiredValue(reason), parse.GetRequiredValue(folder), parse.GetValue(send), parse.GetValue(recorded), cancel));
    }

    static Task<Answer> RecallAsync(CommandContext context, string[] texts, string reasonText, string folder, bool send, string? recorded, CancellationToken cancel)
    {
        if (send && recorded is not null) return Task.FromResult(Answer.Refused(new Problem("usage.one_way", "A recall is sent by the bank's channel, or recorded as handed over.", "Give one of --send and --recorded.")));
        var (parsed, reason) = (texts.Select(InstructionId.Parse).ToList(), RecallReasons.Parse(reasonText));
        if (parsed.SelectMany(id => id.Problems).Concat(reason.Problems).ToList() is { Count: > 0 } problems) return Task.FromResult(Answer.Refused(problems, ExitCode.WrongUsage));
        return context.AsCallerAsync(async (database, caller) =>
        {
            var keys = KeyFolder.Open(context.Settings.Keys.Value, context.Clock);
            if (!keys.TryGet(out var folderOfKeys)) return Answer.Refused(keys.Problems);
            var recalling = new Recalls(database, context.Files, folderOfKeys, context.Clock) { Archive = new Archive(context.Files, Path.Combine(context.Settings.Home.Value, "archive")) };
            var made = await recalling.RecallAsync(caller, [.. parsed.Select(id => id.Value)], reason.Value, folder, cancel);
            if (made.IsOk && (send || recorded is not null))
            {
                var channels = send ? new BankChannels(context.Files, Path.Combine(context.Settings.Home.Value, "channels")) : null;
                var handed = new List<MadeRecall>();
                foreach (var one in made.Value)
                {
                    var sent = await recalling.HandOverAsync(caller, one, channels, recorded, cancel);
                    if (!sent.TryGet(out var done)) return Answer.Refused(sent.Problems);
                    handed.Add(done);
                }

                made = handed;
            }

            return Answer.From(made, recalls => Answer.Of(new
            {
                recalls = recalls.Select(one => new
                {
                    recall_id = one.RecallId, form = one.Form, reason = one.Reason, original_msg_id = one.OriginalMsgId, items = one.Items, sum_vnd = one.SumVnd, sha256 = one.Sha256, files = one.Paths, is_new = one.IsNew, handed_over = one.HandedOver,
                }),
            }, output =>
            {
                foreach (var one in recalls)
                {
                    output.Line(context.Text(
                        $"{one.RecallId} ({one.Reason}): {ViText.Count(one.Items)} lệnh chi của tệp {one.OriginalMsgId}, {ViText.Money(one.SumVnd)}{(one.IsNew ? "" : ", đã lập trước đây")}",
                        $"{one.RecallId} ({one.Reason}): {ViText.Count(one.Items)} payments of {one.OriginalMsgId}, {ViText.Money(one.SumVnd)}{(one.IsNew ? "" : ", made before")}"));
                    foreach (var path in one.Paths) output.Line($"  {path}");
                    if (one.HandedOver is { } evidence)
                        output.Line(evidence.Length == 0 ? context.Text("  đã trao ngân hàng trước đây", "  handed over before") : context.Text($"  đã trao ngân hàng: {evidence}", $"  handed over: {evidence}"));
                }

                output.Line(context.Text("Đề nghị thu hồi chưa phải là tiền: mỗi khoản có một việc chờ ngân hàng trả lời (payengine case list).",
                    "A recall is not money: each payment has a case that waits for the bank's answer (payengine case list)."));
            }));
        }, cancel);
    }
}
