using System.CommandLine;
using PaymentEngine.App.CommandLine;
using PaymentEngine.App.Operations;
using PaymentEngine.App.Operations.Register;
using PaymentEngine.Core;

namespace PaymentEngine.App.Commands.Register;

/// <summary><c>payengine people deaths|moves|births|identifiers|heads FILE</c>: what happened to people, from files.</summary>
static class NoticeCommand
{
    public static Command Of(CommandContext context, string name, string description, Func<PeopleNotices, Caller, string, CancellationToken, Task<Result<NoticesApplied>>> apply)
    {
        var path = Path(context);
        return new Command(name, description) { path }.Answers(context, (parse, cancel) => ApplyAsync(context, parse.GetRequiredValue(path), apply, cancel));
    }

    /// <summary>Heads of households: with a file they are named, without one they are listed.</summary>
    public static Command Heads(CommandContext context)
    {
        var path = new Argument<string?>("file") { Arity = ArgumentArity.ZeroOrOne, Description = context.Text("Tệp heads.csv; bỏ trống để xem", "heads.csv; leave out to see them") };
        return new Command("heads", context.Text("Chủ hộ: xem, hoặc ghi nhận từ tệp", "Heads of households: show, or name from a file")) { path }.Answers(context, (parse, cancel) => parse.GetValue(path) is { } file
            ? ApplyAsync(context, file, static (notices, caller, from, stop) => notices.HeadsAsync(caller, from, stop), cancel)
            : PeopleCommand.WithCipherAsync(context, async (database, caller, cipher) =>
            {
                var heads = await new PeopleNotices(database, cipher, context.Clock, context.Files).ListHeadsAsync(caller, cancel);
                return Answer.Of(new { heads }, output =>
                {
                    var table = new TextTable(new TextColumn(context.Text("Hộ", "Household")), new TextColumn(context.Text("Chủ hộ", "Head")), new TextColumn(context.Text("Họ tên", "Name")), new TextColumn(context.Text("Từ ngày", "From")), new TextColumn(context.Text("Nguồn", "Source")));
                    foreach (var head in heads)
                        table.Row(head.HouseholdId, head.PersonId, head.FullName, ViText.Date(head.FromDay), head.IsProposed ? context.Text($"tạm thay, chờ gia đình cử: {head.Source}", $"stands in until the family names one: {head.Source}") : head.Source);
                    output.Table(table);
                });
            }, cancel));
    }

    static Argument<string> Path(CommandContext context) => new("file") { Description = context.Text("Tệp CSV hoặc XLSX", "A CSV or XLSX file") };

    static Task<Answer> ApplyAsync(CommandContext context, string path, Func<PeopleNotices, Caller, string, CancellationToken, Task<Result<NoticesApplied>>> apply, CancellationToken cancel) => PeopleCommand.WithCipherAsync(context, async (database, caller, cipher) =>
        Answer.From(await apply(new PeopleNotices(database, cipher, context.Clock, context.Files), caller, path, cancel), done => Answer.Of(done, output =>
        {
            output.Line(context.Text($"{done.File}: {ViText.Count(done.Rows)} dòng · {ViText.Count(done.Applied)} ghi nhận · {ViText.Count(done.Unchanged)} đã có · {ViText.Count(done.NotOurs)} không thuộc danh sách.",
                $"{done.File}: {ViText.Count(done.Rows)} rows · {ViText.Count(done.Applied)} applied · {ViText.Count(done.Unchanged)} known before · {ViText.Count(done.NotOurs)} not in the register."));
            if (done.Heads > 0) output.Line(context.Text($"Tạm thay chủ hộ: {ViText.Count(done.Heads)} (payengine people heads).", $"Heads of household standing in: {ViText.Count(done.Heads)} (payengine people heads)."));
            if (done.ReceiversEnded > 0) output.Line(context.Text($"Quyền nhận thay chấm dứt vì người nhận mất: {ViText.Count(done.ReceiversEnded)}.", $"Rights to receive ended because the receiver died: {ViText.Count(done.ReceiversEnded)}."));
            if (done.AwardsEnded > 0) output.Line(context.Text($"Quyết định thôi hưởng ở đây vì chuyển tỉnh: {ViText.Count(done.AwardsEnded)}.", $"Awards that end here because another province pays: {ViText.Count(done.AwardsEnded)}."));
            foreach (var note in done.Notes) output.Line(context.Text($"Cần xem: {note}", $"To be looked at: {note}"));
        })), cancel);
}
