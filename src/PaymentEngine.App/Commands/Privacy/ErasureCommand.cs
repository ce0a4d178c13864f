using System.CommandLine;
using PaymentEngine.App.CommandLine;
using PaymentEngine.App.Operations.Privacy;
using PaymentEngine.Core;
using PaymentEngine.Postgres.Privacy;

namespace PaymentEngine.App.Commands.Privacy;

/// <summary><c>payengine people retention</c>, <c>people erase …</c>: whose data need not be kept, and erasing who they were.</summary>
static class ErasureCommand
{
    public static Command Retention(CommandContext context)
    {
        var after = new Option<string?>("--after") { HelpName = "PERSON", Description = context.Text("Tiếp theo mã người này", "Go on after this key") };
        var all = new Option<bool>("--all") { Description = context.Text("Cả người chưa đến hạn", "Those too whose day has not come") };
        return new Command("retention", context.Text("Những người không còn phải lưu dữ liệu (10 năm sau năm chi cuối; chưa từng chi: ngay)", "Whose data need not be kept (10 years after the year of the last payment; never paid: at once)")) { after, all }
            .AsCaller(context, async (parse, database, caller, cancel) => Answer.From(await new Erasures(database, context.Clock).RetentionAsync(caller, parse.GetValue(after), parse.GetValue(all), cancel), page => Answer.Of(new
            {
                on = page.Today, next = page.Next, people = page.People.Select(one => new { person_id = one.PersonId, ground = one.Ground, due_on = one.DueOn, last_month = one.LastMonth }),
            }, output =>
            {
                if (page.People.Count == 0) output.Line(context.Text("Trang này không có ai đến hạn.", "Nobody on this page is due."));
                else
                {
                    var table = new TextTable(new TextColumn(context.Text("Mã người", "Person")), new TextColumn(context.Text("Căn cứ", "Ground")), new TextColumn(context.Text("Chi lần cuối", "Last paid")), new TextColumn(context.Text("Xóa được từ", "May be erased from")));
                    foreach (var one in page.People) table.Row(one.PersonId, Ground(context, one.Ground), one.LastMonth ?? "–", ViText.Date(one.DueOn));
                    output.Table(table);
                }

                if (page.Next is { } next) output.Line(context.Text($"Trang sau: --after {next}", $"Next page: --after {next}"));
            })));
    }

    public static Command Erase(CommandContext context)
    {
        var person = new Argument<string>("person") { Description = context.Text("Mã người", "The register's key") };
        var reason = new Option<string>("--reason") { Required = true, HelpName = "TEXT", Description = context.Text("Yêu cầu của người đó hoặc quy định; được lưu giữ", "The person's request, or the rule; it is kept") };
        var (approved, rejected) = (Number(context), Number(context));
        var remark = new Option<string>("--remark") { Required = true, HelpName = "TEXT", Description = context.Text("Vì sao không", "Why not") };
        var command = new Command("erase", context.Text("Xóa dữ liệu nhận dạng của một người, giữ dấu vết tiền; hai người", "Erase who a person was and keep the trail of the money; two persons"))
        {
            new Command("ask", context.Text("Đề nghị xóa", "Ask for it")) { person, reason }
                .AsCaller(context, async (parse, database, caller, cancel) => Answer.From(await new Erasures(database, context.Clock).AskAsync(caller, parse.GetRequiredValue(person), parse.GetRequiredValue(reason), cancel), asked => Answer.Of(Json(asked), output =>
                    output.Line(context.Text($"Đề nghị xóa {asked.ErasureNo}: {asked.PersonId}, {Ground(context, asked.Ground)}. Người khác duyệt: payengine people erase approve {asked.ErasureNo}",
                        $"Erasure {asked.ErasureNo}: {asked.PersonId}, {Ground(context, asked.Ground)}. Another person approves: payengine people erase approve {asked.ErasureNo}"))))),
            new Command("approve", context.Text("Duyệt và xóa ngay; không hoàn lại được", "Approve: erased at once, for good")) { approved }
                .AsCaller(context, async (parse, database, caller, cancel) => Answer.From(await new Erasures(database, context.Clock).DecideAsync(caller, parse.GetValue(approved), true, null, cancel), done => Answer.Of(new
                {
                    erasure = done.Erasure.ErasureNo, person_id = done.Erasure.PersonId, operation = done.OperationNo, emptied = done.Emptied, stays = done.Stays,
                }, output =>
                {
                    output.Line(context.Text($"Đã xóa dữ liệu nhận dạng của {done.Erasure.PersonId} (thao tác {done.OperationNo}): {string.Join(", ", done.Emptied.Where(table => table.Value > 0).Select(table => $"{table.Key} {ViText.Count(table.Value)}"))}.",
                        $"Erased who {done.Erasure.PersonId} was (operation {done.OperationNo}): {string.Join(", ", done.Emptied.Where(table => table.Value > 0).Select(table => $"{table.Key} {ViText.Count(table.Value)}"))}."));
                    output.Line(context.Text("Số tiền, ngày, trạng thái và chuỗi nhật ký giữ nguyên. Không xóa được (docs/personal-data.md):", "Sums, dates, states and the audit chain stay. Not erased (docs/personal-data.md):"));
                    foreach (var one in done.Stays) output.Line("  " + one);
                }))),
            new Command("reject", context.Text("Không xóa", "Do not erase")) { rejected, remark }
                .AsCaller(context, async (parse, database, caller, cancel) => Answer.From(await new Erasures(database, context.Clock).DecideAsync(caller, parse.GetValue(rejected), false, parse.GetRequiredValue(remark), cancel), done =>
                    Answer.Said(context.Text($"Đề nghị xóa {done.Erasure.ErasureNo} bị bác; không có gì thay đổi.", $"Erasure {done.Erasure.ErasureNo} is rejected; nothing was changed.")))),
        };
        return command.AsCaller(context, async (_, database, caller, cancel) => Answer.From(await new Erasures(database, context.Clock).ListAsync(caller, cancel), list => Answer.Of(new { erasures = list.Select(Json) }, output =>
        {
            if (list.Count == 0)
            {
                output.Line(context.Text("Chưa có đề nghị xóa nào.", "Nobody asked for an erasure."));
                return;
            }

            var table = new TextTable(new TextColumn(context.Text("Số", "No."), true), new TextColumn(context.Text("Mã người", "Person")), new TextColumn(context.Text("Căn cứ", "Ground")), new TextColumn(context.Text("Đề nghị", "Asked by")), new TextColumn(context.Text("Quyết định", "Decided")), new TextColumn(context.Text("Số dòng", "Rows"), true));
            foreach (var one in list)
                table.Row(ViText.Count(one.ErasureNo), one.PersonId, Ground(context, one.Ground), one.AskedBy, one.IsApproved switch { null => context.Text("chờ", "waits"), true => context.Text($"đã xóa, {one.AnsweredBy}", $"erased, {one.AnsweredBy}"), _ => context.Text($"bác, {one.AnsweredBy}", $"rejected, {one.AnsweredBy}") }, ViText.Count(one.Rows));
            output.Table(table);
        })));
    }

    static object Json(StoredErasure one) => new { erasure = one.ErasureNo, person_id = one.PersonId, ground = one.Ground, due_on = one.DueOn, reason = one.Reason, asked_by = one.AskedBy, approved = one.IsApproved, decided_by = one.AnsweredBy, rows = one.Rows };

    static string Ground(CommandContext context, string ground) => ground == "never_paid" ? context.Text("chưa từng chi", "never paid") : context.Text("hết hạn lưu chứng từ", "retention over");

    static Argument<int> Number(CommandContext context) => new("erasure") { Description = context.Text("Số của đề nghị", "Number of the erasure") };
}
