using System.Globalization;
using System.Text;
using CsvHelper;
using NodaTime.Text;
using PaymentEngine.Core;
using PaymentEngine.Core.CashPayouts;
using PaymentEngine.Core.Money;

namespace PaymentEngine.Messages.Csv;

/// <summary>A cash list as CSV: printed for the commune with empty result columns, and read back with them filled in.</summary>
public static class CashListFile
{
    public const int BytesMax = 64 << 20;
    const int ProblemsMax = 1000;

    static readonly string[] Columns =
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

    /// <summary>Reads results: <c>receipt_code</c>, <c>result</c> (paid or uncollected; empty = not decided yet), <c>paid_on</c>; <c>amount_vnd</c>,
    /// <c>receiver</c> and <c>remark</c> when there. Every bad row is told; nothing is half read.</summary>
    public static Result<IReadOnlyList<CashResultRow>> ReadResults(Stream stream, string fileName)
    {
        var problems = new List<Problem>();
        var rows = new List<CashResultRow>();
        var seen = new Dictionary<string, int>(StringComparer.Ordinal);
        try
        {
            using var csv = CsvReader.Create(stream, new CsvReaderOptions { HasHeader = false, TrimWhitespace = true, TrackLineNumbers = true, FieldCountMismatch = CsvFieldCountHandling.Allow });
            if (!csv.Read())
                return new Problem("cash_results.empty", "The file is empty.", "Return the cash list with its result columns filled in.", new SourceLocation(fileName));
            var header = Enumerable.Range(0, csv.FieldCount).Select(i => csv.GetString(i).Trim().ToLowerInvariant()).ToArray();
            foreach (var needed in (string[])["receipt_code", "result", "paid_on"])
            {
                if (!header.Contains(needed))
                    problems.Add(new Problem("cash_results.column_missing", $"There is no column '{needed}'.", $"Use the printed list's columns: {string.Join(", ", Columns)}.", new SourceLocation(fileName, 1, needed)));
            }

            if (problems.Count > 0) return Result<IReadOnlyList<CashResultRow>>.Refuse(problems);
            int Column(string name) => Array.IndexOf(header, name);
            var (receipt, result, paidOn, amount, receiver, remark) = (Column("receipt_code"), Column("result"), Column("paid_on"), Column("amount_vnd"), Column("receiver"), Column("remark"));
            while (csv.Read() && problems.Count < ProblemsMax)
            {
                var line = (int)csv.LineNumber;
                string Field(int column) => column < 0 || column >= csv.FieldCount ? "" : csv.GetString(column).Trim();
                if (Field(result).Length == 0) continue;
                var code = ReceiptCode.Parse(Field(receipt));
                if (!code.IsOk) problems.Add(code.Problems[0].In(fileName, line, "receipt_code"));
                CashResult? said = Field(result).ToLowerInvariant() switch { "paid" or "đã chi" or "da chi" => CashResult.Paid, "uncollected" or "chưa nhận" or "chua nhan" => CashResult.Uncollected, _ => null };
                if (said is null)
                    problems.Add(new Problem("cash_results.unknown_result", $"'{Field(result)}' is not a result.", "Write paid (đã chi) or uncollected (chưa nhận), or leave it empty.", new SourceLocation(fileName, line, "result")));
                var day = LocalDatePattern.Iso.Parse(Field(paidOn));
                if (!day.Success)
                    problems.Add(new Problem("cash_results.date_malformed", $"'{Field(paidOn)}' is not a day.", "Write the day of the payout as YYYY-MM-DD.", new SourceLocation(fileName, line, "paid_on")));
                Vnd? sum = null;
                if (Field(amount).Length > 0)
                {
                    if (long.TryParse(Field(amount), NumberStyles.None, CultureInfo.InvariantCulture, out var vnd)) sum = new Vnd(vnd);
                    else problems.Add(new Problem("cash_results.amount_malformed", $"'{Field(amount)}' is not an amount.", "Leave the amount as printed: digits only.", new SourceLocation(fileName, line, "amount_vnd")));
                }

                if (!code.IsOk || said is null || !day.Success) continue;
                if (seen.TryGetValue(code.Value, out var first))
                {
                    problems.Add(new Problem("cash_results.twice", $"Receipt {code.Value} stands twice, first in line {first}.", "Keep one of the two lines.", new SourceLocation(fileName, line, "receipt_code")));
                    continue;
                }

                seen.Add(code.Value, line);
                rows.Add(new CashResultRow(line, code.Value, said.Value, day.Value, Empty(SpreadsheetSafeText.Unguard(Field(receiver))), Empty(SpreadsheetSafeText.Unguard(Field(remark))), sum));
            }
        }
        catch (CsvFormatException unreadable)
        {
            return new Problem("cash_results.unreadable", "The file cannot be read as CSV.", "Save it as CSV UTF-8 with commas.", new SourceLocation(fileName, (int)unreadable.LineNumber));
        }
        catch (DecoderFallbackException)
        {
            return new Problem("cash_results.encoding", "The file is not UTF-8.", "Save it as CSV UTF-8.", new SourceLocation(fileName));
        }

        return problems.Count > 0 ? Result<IReadOnlyList<CashResultRow>>.Refuse(problems) : rows;
    }

    static string? Empty(string text) => text.Length == 0 ? null : text;
}
