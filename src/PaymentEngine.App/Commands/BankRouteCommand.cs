using System.CommandLine;
using PaymentEngine.App.CommandLine;
using PaymentEngine.App.Keys;
using PaymentEngine.App.Operations;
using PaymentEngine.Core;
using PaymentEngine.Core.Money;
using PaymentEngine.Core.Recipients;
using PaymentEngine.Messages;
using PaymentEngine.Postgres;

namespace PaymentEngine.App.Commands;

/// <summary><c>payengine bank route load|show</c>: which of a payer's accounts pays which creditor banks.</summary>
static class BankRouteCommand
{
    public static Command Create(CommandContext context)
    {
        var file = new Argument<string>("FILE") { Description = context.Text("routes.csv (hoặc XLSX): mỗi dòng một tài khoản chi và phần nó chi", "routes.csv (or XLSX): a row for each account and what it pays") };
        var load = new Command("load", context.Text("Nạp bảng tuyến chi; thay bảng cũ của các đơn vị có trong tệp", "Load routes; they replace those of the payers in the file")) { file };
        var show = new Command("show", context.Text("Bảng tuyến chi đang dùng", "The routes that stand"));
        return new Command("route", context.Text("Tuyến chi: tài khoản nào chi cho ngân hàng nào", "Routes: which account pays which bank"))
        {
            load.Answers(context, (parse, cancel) => context.AsCallerAsync(async (database, caller) =>
            {
                var keys = KeyFolder.Open(context.Settings.Keys.Value, context.Clock);
                if (!keys.TryGet(out var folder)) return Answer.Refused(keys.Problems);
                using var cipher = folder.OpenCipher();
                return Answer.From(await new PayerRoutes(database, context.Files, context.Clock).LoadAsync(caller, parse.GetRequiredValue(file), cipher, cancel), tables => Say(context, tables));
            }, cancel)),
            show.Answers(context, (_, cancel) => context.AsCallerAsync(async (database, caller) => Answer.From(await new PayerRoutes(database, context.Files, context.Clock).ShowAsync(caller, cancel), tables => Say(context, tables)), cancel)),
        };
    }

    static Answer Say(CommandContext context, IReadOnlyList<StoredRouteTable> tables) => Answer.Of(new
    {
        payers = tables.Select(table => new
        {
            payer = table.PayerCode, table_no = table.TableNo, made_by = table.MadeBy, loaded_at = table.LoadedAt,
            routes = table.Routes.Select(route => new
            {
                place = route.Place, programmes = route.Programmes.Select(number => ((Programme)number).ToString()), creditor_banks = route.CreditorBins, amount_from_vnd = route.AmountFromVnd, amount_to_vnd = route.AmountToVnd,
                channel = route.Channel, profile = route.Profile ?? BankProfiles.ForBank(route.DebtorBin).Id, debtor_bank = route.DebtorBin, account_tail = route.AccountTail, valid_from = route.ValidFrom, valid_to = route.ValidTo,
            }),
        }),
    }, output =>
    {
        if (tables.Count == 0)
        {
            output.Line(context.Text("Chưa có tuyến chi: mỗi đơn vị chi từ tài khoản của mình trong payers.csv.", "No routes: each payer pays from its own account of payers.csv."));
            return;
        }

        var table = new TextTable(new TextColumn(context.Text("Đơn vị", "Payer")), new TextColumn(context.Text("Thứ tự", "Place"), true), new TextColumn(context.Text("Ngân hàng nhận", "Creditor banks")),
            new TextColumn(context.Text("Số tiền", "Sums")), new TextColumn(context.Text("Kênh", "Channel")), new TextColumn(context.Text("Tài khoản chi", "Debtor account")), new TextColumn(context.Text("Hồ sơ", "Profile")));
        foreach (var payer in tables)
        {
            foreach (var route in payer.Routes)
            {
                table.Row(payer.PayerCode, ViText.Count(route.Place), route.CreditorBins.Length == 0 ? context.Text("mọi ngân hàng", "every bank") : string.Join(", ", route.CreditorBins.Select(Name)),
                    route.AmountFromVnd is null && route.AmountToVnd is null ? context.Text("mọi số tiền", "every sum") : $"{Sum(route.AmountFromVnd)} – {Sum(route.AmountToVnd)}", route.Channel ?? "–",
                    $"{Name(route.DebtorBin)} …{route.AccountTail}", route.Profile ?? BankProfiles.ForBank(route.DebtorBin).Id);
            }
        }

        output.Table(table);
    });

    static string Name(string bin) => BankDirectory.Find(bin)?.ShortName ?? bin;

    static string Sum(long? vnd) => vnd is { } sum ? ViText.Money(new Vnd(sum)) : "…";
}
