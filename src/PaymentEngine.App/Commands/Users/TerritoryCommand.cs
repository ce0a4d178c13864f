using System.CommandLine;
using NodaTime;
using NodaTime.Text;
using PaymentEngine.App.CommandLine;
using PaymentEngine.App.Operations.Access;
using PaymentEngine.Core;
using PaymentEngine.Postgres.Access;

namespace PaymentEngine.App.Commands.Users;

/// <summary><c>payengine user territory NAME</c>: in which communes a person acts, by days.</summary>
static class TerritoryCommand
{
    public static Command Create(CommandContext context)
    {
        var name = new Argument<string>("name") { Description = context.Text("Tên đăng nhập", "User name") };
        var give = new Option<string[]>("--give") { AllowMultipleArgumentsPerToken = true, HelpName = "C,C", Description = context.Text("Giao thêm các xã này", "Give these communes") };
        var take = new Option<string[]>("--take") { AllowMultipleArgumentsPerToken = true, HelpName = "C,C", Description = context.Text("Thôi giao các xã này", "Take these communes") };
        var until = new Option<string?>("--until") { HelpName = "YYYY-MM-DD", Description = context.Text("Ngày cuối của xã được giao", "Last day of what is given") };
        var reason = new Option<string?>("--reason") { HelpName = "TEXT", Description = context.Text("Căn cứ; được lưu giữ", "Why; it is kept") };
        return new Command("territory", context.Text("Địa bàn của một người theo ngày; giao thêm hoặc thôi giao", "A person's communes by days; give or take some")) { name, give, take, until, reason }
            .Answers(context, (parse, cancel) =>
            {
                var (given, taken) = (Parts(parse.GetValue(give)), Parts(parse.GetValue(take)));
                if (given.Count > 0 && taken.Count > 0) return Task.FromResult(Answer.Refused(new Problem("usage.territory", "Communes are given or taken, one of the two.", "Give two commands.")));
                LocalDate? last = null;
                if (parse.GetValue(until) is { } text)
                {
                    var day = LocalDatePattern.Iso.Parse(text);
                    if (!day.Success) return Task.FromResult(Answer.Refused(new Problem("usage.date", $"'{text}' is not a day.", "Use YYYY-MM-DD.")));
                    last = day.Value;
                }

                return context.AsCallerAsync(async (database, caller) =>
                {
                    var territories = new Territories(database, context.Clock);
                    var userName = parse.GetRequiredValue(name);
                    var rows = given.Count + taken.Count == 0 ? await territories.ListAsync(caller, userName, cancel)
                        : await territories.ChangeAsync(caller, userName, given.Count > 0 ? given : taken, given.Count > 0, last, parse.GetValue(reason) ?? "", cancel);
                    return Answer.From(rows, all => Shown(context, userName, all));
                }, cancel);
            });
    }

    static Answer Shown(CommandContext context, string user, IReadOnlyList<TerritoryRow> rows) => Answer.Of(new
    {
        user, communes = rows.Select(row => new { commune = row.CommuneCode, name = row.Name, from = row.ValidFrom, to = row.ValidTo, source = row.Source, given_by = row.Person, ended_by = row.EndedBy, stands = row.Stands }),
    }, output =>
    {
        if (rows.Count == 0) output.Line(context.Text($"{user} không có xã nào.", $"{user} has no commune."));
        var table = new TextTable(new TextColumn(context.Text("Xã", "Commune")), new TextColumn(context.Text("Tên", "Name")), new TextColumn(context.Text("Từ", "From")), new TextColumn(context.Text("Đến", "To")),
            new TextColumn(context.Text("Còn", "Stands")), new TextColumn(context.Text("Căn cứ", "Why")));
        foreach (var row in rows) table.Row(row.CommuneCode, row.Name, Day(row.ValidFrom), row.ValidTo is { } to ? Day(to) : "", row.Stands ? context.Text("có", "yes") : context.Text("hết", "ended"), row.Source);
        if (rows.Count > 0) output.Table(table);
    });

    static string Day(Instant at) => ViText.Date(at.WithOffset(Offset.FromHours(7)).Date);

    static List<string> Parts(string[]? given) => (given ?? []).SelectMany(text => text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)).Distinct().ToList();
}
