using System.CommandLine;
using System.Globalization;
using PaymentEngine.App.CommandLine;
using PaymentEngine.App.Keys;
using PaymentEngine.App.Operations.Secrets;
using PaymentEngine.Core;
using PaymentEngine.Postgres;

namespace PaymentEngine.App.Commands;

/// <summary><c>payengine keys …</c>: the keys of the installation and what is sealed with them.</summary>
static class KeysCommand
{
    public static Command Create(CommandContext context)
    {
        var number = new Argument<short>("number") { Description = context.Text("Số của khóa dữ liệu", "Number of the data key") };
        var reason = new Option<string>("--reason") { Required = true, HelpName = "TEXT", Description = context.Text("Lý do; được lưu", "Why; it is kept") };
        var signing = new Option<bool>("--signing") { Description = context.Text("Khóa ký thay vì khóa dữ liệu", "The signing key instead of a data key") };
        return new Command("keys", context.Text("Khóa mã hóa và khóa ký của hệ thống", "Encryption and signing keys of the installation"))
        {
            new Command("show", context.Text("Các khóa và số lượng đã mã hóa bằng từng khóa", "The keys, and how much is sealed with each")).AsCaller(context, async (_, database, caller, cancel) => Answer.From(await Changes(context, database).ShowAsync(caller, cancel), view => Show(context, view))),
            new Command("add", context.Text("Thêm khóa dữ liệu mới; từ nay ghi bằng khóa đó", "Add a data key; it writes from now on")) { reason, signing }.AsCaller(context, async (parse, database, caller, cancel) => parse.GetValue(signing)
                ? Answer.From(await Changes(context, database).ChangeSigningAsync(caller, parse.GetRequiredValue(reason), cancel), fingerprint => Answer.Of(new { fingerprint }, output => output.Line(context.Text(
                    $"Khóa ký mới. Dấu vân tay (SHA-256): {fingerprint}. Hãy công bố nó; chứng thư cũ vẫn nằm trong thư mục khóa.", $"A new signing key. Fingerprint (SHA-256): {fingerprint}. Publish it; the old certificate stays in the key folder."))))
                : Answer.From(await Changes(context, database).AddAsync(caller, parse.GetRequiredValue(reason), cancel), key => Answer.Of(new { key }, output => output.Line(context.Text(
                    $"Khóa dữ liệu {key} đã có. Mã hóa lại những gì cũ hơn: payengine keys recipher.", $"Data key {key} is there. Seal what is older anew: payengine keys recipher."))))),
            new Command("recipher", context.Text("Mã hóa lại mọi số tài khoản, số định danh bằng khóa đang ghi", "Seal every account and identity number anew under the key that writes")) { reason }.AsCaller(context, async (parse, database, caller, cancel) =>
                Answer.From(await Changes(context, database).RecipherAsync(caller, parse.GetRequiredValue(reason), cancel), done => Answer.Of(new { key = done.Key, columns = done.Columns.Select(one => new { table = one.Column.Table, column = one.Column.Column, items = one.Items }) }, output =>
                {
                    foreach (var (column, items) in done.Columns) output.Line($"{column.Table}.{column.Column}: {ViText.Count(items)}");
                    output.Line(context.Text($"Mọi thứ nằm dưới khóa {done.Key}.", $"Everything is under key {done.Key}."));
                }))),
            new Command("remove", context.Text("Hủy khóa không còn dùng; bản sao lưu cũ vẫn cần nó", "Destroy a key that is no longer used; older backups still need it")) { number, reason }.AsCaller(context, async (parse, database, caller, cancel) =>
                Answer.From(await Changes(context, database).RemoveAsync(caller, parse.GetRequiredValue(number), parse.GetRequiredValue(reason), cancel), _ => Answer.Said(context.Text(
                    $"Đã hủy khóa {parse.GetRequiredValue(number)}.", $"Data key {parse.GetRequiredValue(number)} is destroyed.")))),
        };
    }

    static KeyChanges Changes(CommandContext context, Database database) => new(database, () => KeyFolder.Open(context.Settings.Keys.Value, context.Clock), context.Clock);

    static Answer Show(CommandContext context, KeysView view) => Answer.Of(new
    {
        folder = view.Folder, writes = view.Writes, data_keys = view.DataKeys, sealed_texts = view.Sealed.Select(one => new { table = one.Table, column = one.Column, key = one.Key, items = one.Items }), fingerprint = view.Fingerprint, signs_until = view.SignsUntil,
    }, output =>
    {
        output.Line(context.Text($"Thư mục khóa: {view.Folder}. Khóa dữ liệu: {string.Join(", ", view.DataKeys)}; đang ghi: {view.Writes}.", $"Key folder: {view.Folder}. Data keys: {string.Join(", ", view.DataKeys)}; writing: {view.Writes}."));
        var table = new TextTable(new TextColumn(context.Text("Bảng", "Table")), new TextColumn(context.Text("Cột", "Column")), new TextColumn(context.Text("Khóa", "Key")), new TextColumn(context.Text("Số lượng", "Items"), true));
        foreach (var one in view.Sealed) table.Row(one.Table, one.Column, one.Key.ToString(CultureInfo.InvariantCulture), ViText.Count(one.Items));
        output.Table(table);
        output.Line(context.Text($"Dấu vân tay chứng thư ký (SHA-256): {view.Fingerprint}", $"Fingerprint of the signing certificate (SHA-256): {view.Fingerprint}"));
    });
}
