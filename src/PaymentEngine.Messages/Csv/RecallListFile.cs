using System.Globalization;
using CsvHelper;
using NodaTime.Text;
using PaymentEngine.Core.Payments;

namespace PaymentEngine.Messages.Csv;

/// <summary>A recall as a list for a bank that takes no message: ASCII, commas, CRLF, one payment a row, every cell text.</summary>
public static class RecallListFile
{
    static readonly string[] Columns =
        ["STT", "MaThuHoi", "MaLenhChi", "TepLenhChi", "LoLenhChi", "NgayThucHien", "SoTien", "SoTaiKhoan", "TenNguoiHuong", "NganHangHuong", "MaLyDo", "LyDo"];

    /// <summary>Writes the list; the same recall gives the same bytes.</summary>
    public static void Write(Stream stream, RecallFile recall)
    {
        using var csv = CsvWriter.Create(stream, new CsvWriterOptions { NewLine = "\r\n", WriteByteOrderMark = false }, leaveOpen: true);
        foreach (var column in Columns) csv.WriteField(column);
        csv.EndRecord();
        for (var i = 0; i < recall.Payments.Count; i++)
        {
            var payment = recall.Payments[i];
            csv.WriteField((i + 1).ToString(CultureInfo.InvariantCulture));
            csv.WriteField(recall.Id.Payment(i + 1));
            csv.WriteField(payment.Id.ToString());
            csv.WriteField(recall.OriginalMessageId);
            csv.WriteField(payment.BatchId);
            csv.WriteField(LocalDatePattern.Iso.Format(payment.ExecutionDate));
            csv.WriteField(payment.Amount.Amount.ToString(CultureInfo.InvariantCulture));
            csv.WriteField(payment.CreditorAccount);
            csv.WriteField(SpreadsheetSafeText.Guard(payment.CreditorName));
            csv.WriteField(SpreadsheetSafeText.Guard(BankText.Text(payment.CreditorBank, 70).Text));
            csv.WriteField(RecallReasons.Code(recall.Reason));
            csv.WriteField(BankText.Text(RecallReasons.Vietnamese(recall.Reason), 70).Text);
            csv.EndRecord();
        }
    }
}
