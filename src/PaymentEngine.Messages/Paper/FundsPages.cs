using System.Globalization;
using NodaTime;
using PaymentEngine.Core;
using PaymentEngine.Core.Funds;
using PaymentEngine.Core.Money;

namespace PaymentEngine.Messages.Paper;

/// <summary>The year-end funds statement (báo cáo quyết toán kinh phí) by chapter and fund, for printing.</summary>
public static class FundsStatementPage
{
    /// <summary>The terms of a fund's identity, in the order of <see cref="Terms"/>.</summary>
    public static readonly IReadOnlyList<(string Vi, string En)> Columns =
    [
        ("Đã rút", "Drawn"), ("Nộp trả", "Returned"), ("Đã lập danh sách", "Listed"), ("Chi qua tài khoản", "Paid by account"), ("Chi tiền mặt", "Paid in cash"), ("Phí dịch vụ", "Fees"), ("Còn ở ngân hàng", "At the bank"),
        ("Còn ở tổ chức chi trả", "At providers"), ("Đã lập, chưa chi", "Listed, not paid"),
    ];

    public static IReadOnlyList<Vnd> Terms(FundBalance balance) =>
        [balance.Drawn, balance.Returned, balance.Listed, balance.PaidByAccount, balance.PaidInCash, balance.Fees, balance.AtBank, balance.WithProviders, balance.Unpaid];

    public static void Write(Stream stream, int year, IReadOnlyList<(Fund Fund, FundBalance Balance)> rows)
    {
        var text = year.ToString(CultureInfo.InvariantCulture);
        var page = new PaperPage($"BÁO CÁO QUYẾT TOÁN KINH PHÍ CHI TRẢ NĂM {text}", $"quyet-toan-{text}", "Đơn vị chi trả");
        page.Paragraph("Đơn vị: đồng. Đã rút trừ nộp trả = chi qua tài khoản + chi tiền mặt + phí dịch vụ + còn ở ngân hàng + còn ở tổ chức chi trả.");
        foreach (var chapter in rows.GroupBy(row => row.Fund.Chapter).OrderBy(group => group.Key, StringComparer.Ordinal))
        {
            page.Heading($"Chương {chapter.Key}");
            page.Table(["Nguồn", "Tên", .. Columns.Select(column => column.Vi + "*")],
                chapter.Select(row => (IReadOnlyList<string>)[row.Fund.Code, row.Fund.Name, .. Terms(row.Balance).Select(sum => ViText.Count(sum.Amount))]),
                ["Cộng", "", .. Enumerable.Range(0, Columns.Count).Select(at => ViText.Count(chapter.Sum(row => Terms(row.Balance)[at].Amount)))]);
        }

        page.Signatures("Người lập", "Kế toán trưởng", "Thủ trưởng đơn vị");
        page.Save(stream);
    }
}

/// <summary>One programme of a settlement as it is printed.</summary>
public sealed record SettlementLine(string Programme, string Contract, int Items, Vnd Paid, string Rate, Vnd Fee);

/// <summary>The settlement paper with a provider (biên bản quyết toán với tổ chức dịch vụ chi trả).</summary>
public static class ProviderSettlementPage
{
    public static void Write(Stream stream, string provider, YearMonth month, IReadOnlyList<KnownList> lists, IReadOnlyList<SettlementLine> fees, Vnd received, Vnd givenBack, Vnd holds)
    {
        var page = new PaperPage($"BIÊN BẢN QUYẾT TOÁN CHI TRẢ THÁNG {ViText.Month(month)}", $"quyet-toan-{month.Year.ToString(CultureInfo.InvariantCulture)}-{month.Month.ToString("00", CultureInfo.InvariantCulture)}", "Đơn vị chi trả");
        page.Sub($"với {provider}");
        page.Heading("1. Danh sách chi tiền mặt");
        page.Table(["Danh sách#", "Đã chi, lượt*", "Đã chi, đồng*", "Chưa nhận, lượt*", "Chưa nhận, đồng*", "Chưa có kết quả, đồng*"],
            lists.Select(list => (IReadOnlyList<string>)[list.List, ViText.Count(list.PaidItems), ViText.Count(list.Paid.Amount), ViText.Count(list.UncollectedItems), ViText.Count(list.Uncollected.Amount), ViText.Count(list.Open.Amount)]),
            ["Cộng", ViText.Count(lists.Sum(list => list.PaidItems)), ViText.Count(lists.Sum(list => list.Paid.Amount)), ViText.Count(lists.Sum(list => list.UncollectedItems)), ViText.Count(lists.Sum(list => list.Uncollected.Amount)),
                ViText.Count(lists.Sum(list => list.Open.Amount))]);
        page.Heading("2. Tiền nhận và còn giữ");
        page.Table(["Khoản", "Đồng*"], [["Đã nhận cho tháng này", ViText.Count(received.Amount)], ["Đã chuyển lại, nộp trả", ViText.Count(givenBack.Amount)], ["Đang giữ theo sổ, mọi tháng", ViText.Count(holds.Amount)]]);
        page.Heading("3. Phí dịch vụ chi trả (chi từ kinh phí quản lý, không trừ vào trợ cấp)");
        page.Table(["Chương trình", "Hợp đồng", "Lượt chi*", "Đã chi, đồng*", "Mức phí", "Phí, đồng*"],
            fees.Select(fee => (IReadOnlyList<string>)[fee.Programme, fee.Contract, ViText.Count(fee.Items), ViText.Count(fee.Paid.Amount), fee.Rate, ViText.Count(fee.Fee.Amount)]),
            ["Cộng", "", ViText.Count(fees.Sum(fee => fee.Items)), ViText.Count(fees.Sum(fee => fee.Paid.Amount)), "", ViText.Count(fees.Sum(fee => fee.Fee.Amount))]);
        page.Signatures("Đại diện đơn vị chi trả", "Đại diện tổ chức chi trả");
        page.Save(stream);
    }
}
