using System.CommandLine;
using PaymentEngine.App.CommandLine;
using PaymentEngine.App.Operations;
using PaymentEngine.Core;
using PaymentEngine.Core.Money;
using PaymentEngine.Core.Reconciliation;

namespace PaymentEngine.App.Commands;

/// <summary><c>payengine bank confirm [IMPORT]</c>: two persons confirm the result list of a bank that sends no statements.</summary>
static class BankConfirmCommand
{
    public static Command Create(CommandContext context)
    {
        var import = new Argument<int?>("IMPORT") { Arity = ArgumentArity.ZeroOrOne, Description = context.Text("Số của danh sách, như bank import in ra; không có là xem danh sách nào đang chờ", "Number of the list, as bank import prints it; none shows the lists that wait") };
        var why = new Option<string?>("--why") { HelpName = "W", Description = context.Text("Đã đối chiếu với giấy tờ nào của ngân hàng; được lưu giữ", "What of the bank's it was held against; it is kept") };
        return new Command("confirm", context.Text("Hai người xác nhận danh sách kết quả của ngân hàng không có sao kê", "Two persons confirm the result list of a bank without statements")) { import, why }
            .Answers(context, (parse, cancel) => context.AsCallerAsync(async (database, caller) =>
            {
                var confirmations = new ListConfirmations(database, context.Clock);
                return parse.GetValue(import) is { } number
                    ? Answer.From(await confirmations.ConfirmAsync(caller, number, parse.GetValue(why) ?? "", cancel), one => Say(context, one))
                    : Answer.From(await confirmations.WaitingAsync(caller, cancel), waiting => Say(context, waiting));
            }, cancel));
    }

    static object Json(ListConfirmation one) => new
    {
        import_no = one.ImportNo, file = one.FileName, profile = one.Profile, first = one.First, second = one.Second, paid = Json(one.Paid), refused = Json(one.Refused), returned = Json(one.Returned), open = Json(one.Open),
        ended = one.Ended, cases = one.Cases, already_done = one.AlreadyDone,
    };

    static object Json(CountAndSum sum) => new { items = sum.Items, sum_vnd = sum.SumVnd };

    static Answer Say(CommandContext context, ListConfirmation one) => Answer.Of(Json(one), output =>
    {
        output.Table(Table(context, [one]));
        output.Line(one.AlreadyDone ? context.Text($"{one.First} và {one.Second} đã xác nhận danh sách này trước đây.", $"{one.First} and {one.Second} confirmed this list before.")
            : one.Second is null ? context.Text($"Đã ghi nhận xác nhận thứ nhất. Chưa chứng minh gì cho tới khi người thứ hai xác nhận: payengine bank confirm {one.ImportNo} --why \"…\"",
                $"The first confirmation is recorded. It proves nothing until a second person confirms: payengine bank confirm {one.ImportNo} --why \"…\"")
            : context.Text($"Hai người đã xác nhận. Kết thúc được chứng minh: {ViText.Count(one.Ended)}; việc mới: {ViText.Count(one.Cases)}.",
                $"Two persons have confirmed it. Proven ends: {ViText.Count(one.Ended)}; new cases: {ViText.Count(one.Cases)}."));
    });

    static Answer Say(CommandContext context, IReadOnlyList<ListConfirmation> waiting) => Answer.Of(new { lists = waiting.Select(Json) }, output =>
    {
        if (waiting.Count == 0) output.Line(context.Text("Không có danh sách nào chờ xác nhận.", "No list waits for a confirmation."));
        else output.Table(Table(context, waiting));
    });

    static TextTable Table(CommandContext context, IReadOnlyList<ListConfirmation> lists)
    {
        var table = new TextTable(new TextColumn(context.Text("Số", "No"), true), new TextColumn(context.Text("Danh sách", "List")), new TextColumn(context.Text("Ngân hàng", "Bank")), new TextColumn(context.Text("Đã chi", "Paid"), true),
            new TextColumn(context.Text("Từ chối", "Refused"), true), new TextColumn(context.Text("Đã hoàn trả", "Returned"), true), new TextColumn(context.Text("Chưa xong", "Open"), true), new TextColumn(context.Text("Người thứ nhất", "First")));
        foreach (var one in lists) table.Row(ViText.Count(one.ImportNo), one.FileName, one.Profile, Text(one.Paid), Text(one.Refused), Text(one.Returned), Text(one.Open), one.First ?? "–");
        return table;

        static string Text(CountAndSum sum) => sum.Items == 0 ? "–" : $"{ViText.Count(sum.Items)}: {ViText.Money(new Vnd(sum.SumVnd))}";
    }
}
