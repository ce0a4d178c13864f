using System.Globalization;
using CsvHelper;
using PaymentEngine.Core.CashPayouts;

namespace PaymentEngine.Messages.Csv;

/// <summary>A cash list as CSV, with empty result columns to fill in; read back by <see cref="Spreadsheets.CashResultReader"/>.</summary>
public static class CashListFile
{
    internal static readonly string[] Columns =
        ["stt", "receipt_code", "payment_id", "full_name", "birth", "id_tail", "address", "payee_name", "programme", "amount_vnd", "result", "paid_on", "receiver", "remark"];

    /// <summary>Writes the list: UTF-8 with a byte order mark (spreadsheets need it), LF, text that cannot start a formula.</summary>
    public static void Write(Stream stream, CashList list)
    {
        using var csv = CsvWriter.Create(stream, new CsvWriterOptions { NewLine = "\n", WriteByteOrderMark = true }, leaveOpen: true);
        foreach (var column in Columns) csv.WriteField(column);
        csv.EndRecord();
        foreach (var line in list.Lines)
        {
            csv.WriteField(line.LineNo.ToString(CultureInfo.InvariantCulture));
            csv.WriteField(line.ReceiptCode);
            csv.WriteField(line.Payment.ToString());
            csv.WriteField(SpreadsheetSafeText.Guard(line.RecipientName));
            csv.WriteField(line.Birth.ToString());
            csv.WriteField(line.IdTail ?? "");
            csv.WriteField(SpreadsheetSafeText.Guard(line.Place));
            csv.WriteField(SpreadsheetSafeText.Guard(line.PayeeName));
            csv.WriteField(line.Programme.ToString().ToUpperInvariant());
            csv.WriteField(line.Amount.ToString());
            for (var i = 0; i < 4; i++) csv.WriteField("");
            csv.EndRecord();
        }
    }
}
