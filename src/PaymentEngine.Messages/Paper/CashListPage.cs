using PaymentEngine.Core;
using PaymentEngine.Core.CashPayouts;
using PaymentEngine.Core.Money;
using PaymentEngine.Core.Recipients;

namespace PaymentEngine.Messages.Paper;

/// <summary>The printable cash list of a commune: one line a payment with its receipt code and a place to sign, total in figures and words.</summary>
public static class CashListPage
{
    public static void Write(Stream stream, CashList list) =>
        new PaperPage($"DANH SÁCH CHI TRẢ BẰNG TIỀN MẶT {list.Id}", list.Id.ToString(), list.PayerName)
            .Sub($"{list.CommuneName} ({list.CommuneCode}), {ViText.Count(list.Lines.Count)} khoản, {ViText.Money(list.Total)}, in ngày {ViText.Date(list.PrintedOn)}, người lập: {list.PrintedBy}")
            .Subs(list.Point is { } point ? $"Điểm chi trả: {point.Name}{(point.Address.Length > 0 ? $", {point.Address}" : "")}{(point.Opening.Length > 0 ? $". Thời gian: {point.Opening}" : "")}" : null)
            .Table(["STT*", "Họ và tên", "Năm sinh", "Số định danh", "Địa chỉ", "Người nhận tiền", "Chương trình", "Số tiền (đồng)*", "Mã biên nhận#", "Ký nhận_", "Ghi chú"],
                list.Lines.Select(line => (IReadOnlyList<string>)
                [
                    ViText.Count(line.LineNo), line.RecipientName, line.Birth.Year.ToString(System.Globalization.CultureInfo.InvariantCulture), line.IdTail is null ? "" : $"…{line.IdTail}", line.Place, line.PayeeName,
                    ProgrammeName(line.Programme), ViText.Count(line.Amount.Amount), line.ReceiptCode, "", line.Remark,
                ]),
                ["", "Tổng cộng", "", "", "", "", "", ViText.Count(list.Total.Amount), "", "", ""])
            .Paragraph($"Bằng chữ: {VndInWords.Of(list.Total)}./.")
            .Signatures("Người lập", "Kế toán", "Thủ trưởng đơn vị", "Người chi tiền")
            .Save(stream);

    static string ProgrammeName(Programme programme) => programme switch
    {
        Programme.Ncc => "Người có công",
        Programme.Btxh => "Bảo trợ xã hội",
        Programme.Htxh => "Hưu trí xã hội",
        _ => "Chương trình khác",
    };
}
