using PaymentEngine.Core;
using PaymentEngine.Core.Money;
using PaymentEngine.Core.Payments;

namespace PaymentEngine.Messages.Paper;

/// <summary>The letter that goes with a recall to the bank's desk (công văn đề nghị thu hồi lệnh chi), to be signed.</summary>
public static class RecallPage
{
    /// <summary>Writes the letter; the same recall gives the same bytes.</summary>
    public static void Write(Stream stream, RecallFile recall) =>
        new PaperPage($"ĐỀ NGHỊ THU HỒI LỆNH CHI {recall.Id}", recall.Id.ToString(), recall.PayerName)
            .Sub($"Kính gửi: {recall.BankName}. Ngày lập: {ViText.Date(recall.CreatedAt.Date)}")
            .Paragraph($"Đề nghị ngân hàng thu hồi {ViText.Count(recall.Payments.Count)} lệnh chi dưới đây, tổng số tiền {ViText.Money(recall.Sum)} ({VndInWords.Of(recall.Sum)}), đã gửi trong tệp {recall.OriginalMessageId}"
                + $"{(recall.CustomerNumber is { } customer ? $", mã khách hàng {customer}" : "")}. Lý do: {RecallReasons.Vietnamese(recall.Reason)} ({RecallReasons.Code(recall.Reason)}).")
            .Table(["STT*", "Mã thu hồi#", "Mã lệnh chi#", "Lô#", "Ngày thực hiện", "Tài khoản hưởng#", "Tên người hưởng", "Ngân hàng hưởng", "Số tiền (đồng)*"],
                recall.Payments.Select((payment, i) => (IReadOnlyList<string>)
                [
                    ViText.Count(i + 1), recall.Id.Payment(i + 1), payment.Id.ToString(), payment.BatchId, ViText.Date(payment.ExecutionDate), payment.CreditorAccount, payment.CreditorName, payment.CreditorBank,
                    ViText.Count(payment.Amount.Amount),
                ]),
                ["", "Tổng cộng", "", "", "", "", "", "", ViText.Count(recall.Sum.Amount)])
            .Paragraph("Tiền thu hồi xin ghi có vào tài khoản đã trích, kèm mã lệnh chi trong nội dung. Lệnh nào không thu hồi được, xin trả lời bằng văn bản, nêu lý do.")
            .Signatures("Người lập", "Kế toán trưởng", "Thủ trưởng đơn vị")
            .Save(stream);
}
