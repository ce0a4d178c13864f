using PaymentEngine.App.CommandLine;
using PaymentEngine.App.Operations;
using PaymentEngine.Core;
using PaymentEngine.Core.Money;
using PaymentEngine.Core.Reconciliation;

namespace PaymentEngine.App.Commands;

/// <summary>What a reconciliation did, and how our files, the banks' statuses and the statements' money agree.</summary>
static class ThreeWayPaper
{
    const int ShownMax = 50;

    public static Answer Say(CommandContext context, Reconciliation found, IReadOnlyList<ThreeWayCheck> checks) => Answer.Of(new
    {
        proven = found.Proven, to_cash = found.ToCash, to_cash_vnd = found.ToCashVnd, late_raised = found.Late.Raised, late_closed = found.Late.Closed,
        files = checks.Select(one => new
        {
            msg_id = one.MessageId, agrees = one.Differences.Count == 0, sent = Pair(one.Sent),
            file_status = new { accepted = Pair(one.Accepted), refused = Pair(one.Refused), no_status = Pair(one.NoStatus) },
            status_money = new
            {
                accepted_debited = Pair(one.AcceptedDebited), accepted_not_debited = Pair(one.AcceptedNotDebited), refused_debited = Pair(one.RefusedDebited), refused_not_debited = Pair(one.RefusedNotDebited),
                no_status_debited = Pair(one.NoStatusDebited), no_status_not_debited = Pair(one.NoStatusNotDebited),
            },
            file_money = new { debited = Pair(one.Debited), not_debited = Pair(one.NotDebited), returned = Pair(one.Returned) },
            differences = one.Differences.Select(difference => new { finding = Code(difference.Finding), id = difference.Id, amount_vnd = difference.AmountVnd }),
        }),
    }, output =>
    {
        Reconciled(context, output, found);
        foreach (var one in checks)
        {
            output.Line();
            output.Line(context.Text($"Tệp {one.MessageId}: đã gửi {Text(one.Sent)}", $"File {one.MessageId}: sent {Text(one.Sent)}"));
            output.Line(context.Text($"  Tệp ↔ trạng thái: nhận {Text(one.Accepted)}; từ chối {Text(one.Refused)}; chưa trả lời {Text(one.NoStatus)}",
                $"  File ↔ status: accepted {Text(one.Accepted)}; refused {Text(one.Refused)}; no status {Text(one.NoStatus)}"));
            output.Line(context.Text($"  Trạng thái ↔ tiền: nhận và đã ghi nợ {Text(one.AcceptedDebited)}, chưa ghi nợ {Text(one.AcceptedNotDebited)}; từ chối mà ghi nợ {Text(one.RefusedDebited)}, không ghi nợ {Text(one.RefusedNotDebited)}; chưa trả lời mà ghi nợ {Text(one.NoStatusDebited)}",
                $"  Status ↔ money: accepted and debited {Text(one.AcceptedDebited)}, not debited {Text(one.AcceptedNotDebited)}; refused but debited {Text(one.RefusedDebited)}, not debited {Text(one.RefusedNotDebited)}; no status but debited {Text(one.NoStatusDebited)}"));
            output.Line(context.Text($"  Tệp ↔ tiền: ghi nợ {Text(one.Debited)}; không ghi nợ {Text(one.NotDebited)}; đã trả lại {Text(one.Returned)}",
                $"  File ↔ money: debited {Text(one.Debited)}; not debited {Text(one.NotDebited)}; returned {Text(one.Returned)}"));
            foreach (var difference in one.Differences.Take(ShownMax)) output.Line($"    {difference.Id}\t{ViText.Money(new Vnd(difference.AmountVnd))}\t{Words(context, difference.Finding)}");
            if (one.Differences.Count > ShownMax) output.Line(context.Text($"    … và {ViText.Count(one.Differences.Count - ShownMax)} chỗ nữa; xem hết bằng --json", $"    … and {ViText.Count(one.Differences.Count - ShownMax)} more; see all with --json"));
            if (one.Differences.Count == 0) output.Line(context.Text("    Ba bên khớp nhau.", "    The three agree."));
        }
    });

    /// <summary>What a look at the statements found.</summary>
    public static void Reconciled(CommandContext context, Output output, Reconciliation found)
    {
        output.Line(context.Text(
            $"Đã chứng minh kết thúc: {ViText.Count(found.Proven)}. Chuyển sang tiền mặt: {ViText.Count(found.ToCash)} khoản, {ViText.Money(new Vnd(found.ToCashVnd))}.",
            $"Proven ended: {ViText.Count(found.Proven)}. Sent to cash: {ViText.Count(found.ToCash)}, {ViText.Money(new Vnd(found.ToCashVnd))}."));
        if (found.Late != new LateAnswersFound(0, 0))
            output.Line(context.Text($"Ngân hàng trả lời trễ: {ViText.Count(found.Late.Raised)} việc mới, {ViText.Count(found.Late.Closed)} việc đã xong.", $"Late answers: {ViText.Count(found.Late.Raised)} new cases, {ViText.Count(found.Late.Closed)} closed."));
    }

    static object Pair(CountAndSum one) => new { items = one.Items, sum_vnd = one.SumVnd };

    static string Text(CountAndSum one) => $"{ViText.Count(one.Items)} ({ViText.Money(new Vnd(one.SumVnd))})";

    static string Code(ThreeWayFinding finding) => finding switch
    {
        ThreeWayFinding.RefusedButDebited => "refused_but_debited",
        ThreeWayFinding.AcceptedNotDebited => "accepted_not_debited",
        ThreeWayFinding.ReturnedNotDebited => "returned_not_debited",
        ThreeWayFinding.ReturnedShort => "returned_short",
        ThreeWayFinding.BookedTwice => "booked_twice",
        ThreeWayFinding.NothingHeard => "nothing_heard",
        _ => "batch_debit_unexplained",
    };

    static string Words(CommandContext context, ThreeWayFinding finding) => finding switch
    {
        ThreeWayFinding.RefusedButDebited => context.Text("ngân hàng từ chối nhưng đã ghi nợ", "refused, but debited"),
        ThreeWayFinding.AcceptedNotDebited => context.Text("ngân hàng nhận nhưng quá hạn chưa ghi nợ", "accepted, and not debited in time"),
        ThreeWayFinding.ReturnedNotDebited => context.Text("đã trả lại nhưng chưa thấy ghi nợ", "returned, and no debit was seen"),
        ThreeWayFinding.ReturnedShort => context.Text("trả lại thiếu", "less came back than went out"),
        ThreeWayFinding.BookedTwice => context.Text("ghi nợ hoặc trả lại hơn một lần", "booked more than once"),
        ThreeWayFinding.NothingHeard => context.Text("quá hạn, không có tin gì", "nothing heard in time"),
        _ => context.Text("ghi nợ lô khác với tổng của lô", "the batch's debit is not its sum"),
    };
}
