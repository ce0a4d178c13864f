using System.CommandLine;
using PaymentEngine.App.CommandLine;
using PaymentEngine.App.Operations;
using PaymentEngine.App.Operations.Cash;
using PaymentEngine.Core;

namespace PaymentEngine.App.Commands.Cash;

/// <summary><c>payengine cash points …</c>: the counters of communes.</summary>
static class PayPointCommand
{
    public static Command Create(CommandContext context)
    {
        var file = new Argument<string>("FILE") { Description = context.Text("pay-points.csv hoặc XLSX; cột: schemas/import/pay-points.md", "pay-points.csv or XLSX; columns: schemas/import/pay-points.md") };
        var points = new Command("points", context.Text("Điểm chi trả của các xã", "Pay points of communes"))
        {
            new Command("load", context.Text("Nhập điểm chi trả; điểm không có trong tệp giữ nguyên", "Take pay points in; points not in the file stay")) { file }
                .Answers(context, (parse, cancel) => context.AsCallerAsync(async (database, caller) =>
                    Answer.From(await new PayPoints(database, context.Clock, context.Files).LoadAsync(caller, parse.GetRequiredValue(file), cancel), loaded => Loaded(context, loaded)), cancel)),
        };
        return points.Answers(context, (_, cancel) => context.AsCallerAsync(async (database, caller) => Shown(context, await new PayPoints(database, context.Clock, context.Files).ShowAsync(caller, cancel)), cancel));
    }

    static Answer Loaded(CommandContext context, LoadedPayPoints loaded) => Answer.Of(new { @new = loaded.New, changed = loaded.Changed, unchanged = loaded.Unchanged }, output => output.Line(context.Text(
        $"Điểm chi trả: mới {ViText.Count(loaded.New)}, thay đổi {ViText.Count(loaded.Changed)}, như cũ {ViText.Count(loaded.Unchanged)}.", $"Pay points: new {ViText.Count(loaded.New)}, changed {ViText.Count(loaded.Changed)}, unchanged {ViText.Count(loaded.Unchanged)}.")));

    static Answer Shown(CommandContext context, PayPointBook book) => Answer.Of(new
    {
        points = book.Points.Select(point => new
        {
            commune = point.CommuneCode, point = point.PointCode, version = point.Version, name = point.Name, address = point.Address, opening = point.Opening, is_usual = point.IsUsual, valid_from = point.ValidFrom, valid_to = point.ValidTo,
            payees = point.Payees,
        }),
        unknown = book.Unknown.Select(one => new { commune = one.PayCommune, point = one.PayPoint, payees = one.Payees }),
    }, output =>
    {
        if (book.Points.Count == 0) output.Line(context.Text("Chưa khai báo điểm chi trả: mỗi xã một danh sách.", "No pay points: one list a commune."));
        else
        {
            var table = new TextTable(new TextColumn(context.Text("Xã", "Commune")), new TextColumn(context.Text("Điểm", "Point")), new TextColumn(context.Text("Tên", "Name")), new TextColumn(context.Text("Địa chỉ", "Address")),
                new TextColumn(context.Text("Thời gian", "Opening")), new TextColumn(context.Text("Mặc định", "Usual")), new TextColumn(context.Text("Từ", "From")), new TextColumn(context.Text("Đến", "To")), new TextColumn(context.Text("Người chọn", "Payees"), true));
            foreach (var point in book.Points)
            {
                table.Row($"{point.CommuneCode} {point.CommuneName}", point.PointCode, point.Name, point.Address, point.Opening, point.IsUsual ? context.Text("có", "yes") : "", ViText.Date(point.ValidFrom),
                    point.ValidTo is { } to ? ViText.Date(to) : "–", ViText.Count(point.Payees));
            }

            output.Table(table);
        }

        if (book.Unknown.Count == 0) return;
        var unknown = new TextTable(new TextColumn(context.Text("Xã", "Commune")), new TextColumn(context.Text("Điểm chưa khai báo", "Point not declared")), new TextColumn(context.Text("Người chọn", "Payees"), true));
        foreach (var one in book.Unknown) unknown.Row(one.PayCommune ?? "–", one.PayPoint, ViText.Count(one.Payees));
        output.Table(unknown);
        output.Talk(context.Text("Người chọn điểm chưa khai báo nhận tiền ở điểm mặc định của xã.", "Who names a point that is not declared is paid at the commune's usual one."));
    });
}
