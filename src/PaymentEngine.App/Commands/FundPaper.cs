using System.Globalization;
using NodaTime;
using NodaTime.Text;
using PaymentEngine.App.CommandLine;
using PaymentEngine.App.Files;
using PaymentEngine.App.Operations;
using PaymentEngine.Core;
using PaymentEngine.Core.Funds;
using PaymentEngine.Core.Money;
using PaymentEngine.Core.Recipients;
using PaymentEngine.Messages.Paper;

namespace PaymentEngine.App.Commands;

/// <summary>How funds and settlements are shown and printed.</summary>
static class FundPaper
{
    /// <summary>Balances with the terms of the identity, and the movements below.</summary>
    public static Answer Balances(CommandContext context, FundBooks books, string? wanted)
    {
        var funds = books.Funds.Where(fund => wanted is null || fund.Code == wanted).ToList();
        if (wanted is not null && funds.Count == 0) return Answer.Refused(new Problem("fund.unknown", $"There is no fund {wanted}.", "See payengine fund list."));
        var balances = funds.ConvertAll(fund => books.BalanceOf(fund.Code));
        var movements = books.Movements.Where(one => wanted is null || one.Movement.Fund == wanted).ToList();
        return Answer.Of(new { funds = balances.Select(Json), movements = movements.Select(one => Json(one.Movement, one.Entry)) }, output =>
        {
            var table = new TextTable([new TextColumn(context.Text("Nguồn", "Fund")), .. new[]
            {
                context.Text("Đã rút", "Drawn"), context.Text("Nộp trả", "Returned"), context.Text("Ở ngân hàng", "At the bank"), context.Text("Ở tổ chức chi trả", "At providers"), context.Text("Chi tài khoản", "By account"),
                context.Text("Chi tiền mặt", "In cash"), context.Text("Phí", "Fees"), context.Text("Đang trên đường", "On its way"),
            }.Select(title => new TextColumn(title, true))]);
            foreach (var balance in balances)
            {
                table.Row(balance.Fund, Money(balance.Drawn), Money(balance.Returned), Money(balance.AtBank), Money(balance.WithProviders), Money(balance.PaidByAccount), Money(balance.PaidInCash), Money(balance.Fees), Money(balance.Committed));
            }

            output.Table(table);
            foreach (var balance in balances)
            {
                foreach (var (place, provider, sum) in balance.Overdrawn)
                {
                    output.Line(context.Text($"! {balance.Fund}: {(place == FundPlace.PayingBank ? "tài khoản chi trả" : provider)} đã chi nhiều hơn số nhận {ViText.Money(-sum)}: còn thiếu một lần chuyển.",
                        $"! {balance.Fund}: {(place == FundPlace.PayingBank ? "the paying account" : provider)} has paid {ViText.Money(-sum)} more than it got: a movement is missing."));
                }
            }

            foreach (var one in movements)
            {
                output.Line($"  {one.Movement.No.ToString(CultureInfo.InvariantCulture)}  {ViText.Date(one.Movement.On)}  {one.Movement.Fund}  {Move(context, one.Movement)}  {ViText.Money(one.Movement.Amount)}  {one.Movement.Voucher}"
                    + (one.Entry is null ? "" : context.Text($"  sao kê {one.Entry}", $"  statement {one.Entry}")));
            }
        });
    }

    /// <summary>The statement of a year: what each fund got, paid and has left, for the lists of its months.</summary>
    public static Answer Year(CommandContext context, FundBooks books, int year, string? path)
    {
        if (year is < 2021 or > 2100) return Answer.Refused(new Problem("usage.year", $"{year.ToString(CultureInfo.InvariantCulture)} is no budget year here.", "Years from 2021 on."), ExitCode.WrongUsage);
        var rows = books.Funds.Where(fund => fund.From.Year <= year && (fund.To is null || fund.To.Value.Year >= year)).Select(fund => (Fund: fund,
            Balance: FundBook.Balance(fund.Code, books.Movements.Select(one => one.Movement).Where(movement => movement.Month.Year == year), books.Uses.Where(use => use.Month.Year == year)))).ToList();
        if (path is not null)
        {
            context.Files.MakeFolder(Path.GetDirectoryName(Path.GetFullPath(path))!);
            context.Files.Replace(path, stream => FundsStatementPage.Write(stream, year, rows));
        }

        return Answer.Of(new { year, funds = rows.Select(row => new { chapter = row.Fund.Chapter, balance = Json(row.Balance) }), page = path }, output =>
        {
            var table = new TextTable([new TextColumn(context.Text("Chương", "Chapter")), new TextColumn(context.Text("Nguồn", "Fund")), .. FundsStatementPage.Columns.Select(column => new TextColumn(context.Text(column.Vi, column.En), true))]);
            foreach (var (fund, balance) in rows) table.Row([fund.Chapter, fund.Code, .. FundsStatementPage.Terms(balance).Select(Money)]);
            output.Table(table);
            if (path is not null) output.Line(path);
        });
    }

    /// <summary>What is settled with a provider.</summary>
    public static Answer Settlement(CommandContext context, ProviderSettlement settled, string? path)
    {
        if (path is not null)
        {
            context.Files.MakeFolder(Path.GetDirectoryName(Path.GetFullPath(path))!);
            context.Files.Replace(path, stream => ProviderSettlementPage.Write(stream, settled.Provider.Name, settled.Month, settled.Lists, [.. settled.Fees.Select(fee => new SettlementLine(Word(fee.Programme), fee.Contract, fee.Items, fee.Paid, Rate(fee.Fee), fee.Sum))],
                settled.Received, settled.GivenBack, settled.Holds));
        }

        return Answer.Of(new
        {
            provider = settled.Provider.Code, month = settled.Month.Text(), received_vnd = settled.Received, given_back_vnd = settled.GivenBack, holds_vnd = settled.Holds, fee_vnd = settled.FeeSum,
            fees = settled.Fees.Select(fee => new { contract = fee.Contract, programme = Word(fee.Programme), items = fee.Items, paid_vnd = fee.Paid, rate = fee.Fee is null ? null : Rate(fee.Fee), fee_vnd = fee.Sum }),
            lists = settled.Lists.Select(list => new { list = list.List, paid_items = list.PaidItems, paid_vnd = list.Paid, unpaid_items = list.UncollectedItems, unpaid_vnd = list.Uncollected, open_items = list.OpenItems, open_vnd = list.Open }),
            page = path,
        }, output =>
        {
            var table = new TextTable(new TextColumn(context.Text("Hợp đồng", "Contract")), new TextColumn(context.Text("Chương trình", "Programme")), new TextColumn(context.Text("Lượt chi", "Payouts"), true), new TextColumn(context.Text("Đã chi", "Paid"), true),
                new TextColumn(context.Text("Mức phí", "Rate")), new TextColumn(context.Text("Phí", "Fee"), true));
            foreach (var fee in settled.Fees) table.Row(fee.Contract, Word(fee.Programme), ViText.Count(fee.Items), Money(fee.Paid), fee.Fee is null ? context.Text("chưa khai báo", "not declared") : Rate(fee.Fee), Money(fee.Sum));
            output.Table(table);
            output.Line(context.Text($"Đã nhận {Money(settled.Received)}, chuyển lại {Money(settled.GivenBack)}, đang giữ {Money(settled.Holds)}; phí {Money(settled.FeeSum)} (không trừ vào trợ cấp).",
                $"Received {Money(settled.Received)}, gave back {Money(settled.GivenBack)}, holds {Money(settled.Holds)}; fee {Money(settled.FeeSum)} (never out of a benefit)."));
            if (path is not null) output.Line(path);
        });
    }

    /// <summary>What a movement is, in words.</summary>
    public static string Move(CommandContext context, FundMovement movement)
    {
        var undone = movement.Undoes is not null;
        var legal = FundMovement.Legal.First(one => undone ? (one.From, one.To) == (movement.To, movement.From) : (one.From, one.To) == (movement.From, movement.To));
        var words = context.Text(legal.Vi, legal.En) + (movement.Provider is null ? "" : $" {movement.Provider}");
        return undone ? context.Text($"đảo lần {movement.Undoes}: {words}", $"contra of {movement.Undoes}: {words}") : words;
    }

    public static string Word(Programme programme) => programme.ToString().ToUpperInvariant();

    public static object Json(FundMovement movement) => Json(movement, null);

    static string Rate(ProviderFee? fee) => fee switch
    {
        null => "–",
        { Each: { } each } => ViText.Money(each),
        _ => $"{ViText.Decimal(fee.Per100000!.Value / 1000m, 3)} %",
    };

    static object Json(FundMovement movement, string? entry) => new
    {
        movement = movement.No, fund = movement.Fund, month = movement.Month.Text(), from = movement.From.ToString(), to = movement.To.ToString(), provider = movement.Provider, amount_vnd = movement.Amount,
        on = LocalDatePattern.Iso.Format(movement.On), voucher = movement.Voucher, undoes = movement.Undoes, statement_entry = entry,
    };

    static object Json(FundBalance balance) => new
    {
        fund = balance.Fund, drawn_vnd = balance.Drawn, returned_vnd = balance.Returned, at_bank_vnd = balance.AtBank, at_providers = balance.AtProviders.ToDictionary(pair => pair.Key, pair => pair.Value.Amount),
        paid_by_account_vnd = balance.PaidByAccount, paid_in_cash_vnd = balance.PaidInCash, fees_vnd = balance.Fees, listed_vnd = balance.Listed, unpaid_vnd = balance.Unpaid, on_its_way_vnd = balance.Committed,
        holds = balance.Holds, overdrawn = balance.Overdrawn.Select(one => new { place = one.Place.ToString(), provider = one.Provider, sum_vnd = one.Sum }),
    };

    static string Money(Vnd sum) => ViText.Money(sum);
}
