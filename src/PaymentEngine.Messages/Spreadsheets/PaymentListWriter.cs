using System.Globalization;
using NodaTime;
using NodaTime.Text;
using PaymentEngine.Core;
using PaymentEngine.Core.Money;
using PaymentEngine.Core.Payments;
using PaymentEngine.Messages.Iso20022;

namespace PaymentEngine.Messages.Spreadsheets;

/// <summary>Writes payments as rows by the layout of a bank's profile (CSV or XLSX), streaming, the same bytes for the same batch on any machine.</summary>
public static class PaymentListWriter
{
    const string DayPattern = "dd/MM/yyyy";

    /// <summary>Writes the file. Payments are pulled one at a time; counts and sums announced by the batch record are asserted.</summary>
    /// <exception cref="InvalidOperationException">What was pulled is not what was announced, is out of order, or holds something that must not reach a bank:
    /// a bug before this point. The bytes written so far are worthless.</exception>
    public static WrittenFile Write(Stream output, BatchFile file, BankProfile profile)
    {
        var layout = profile.Layout ?? throw new InvalidOperationException($"Profile {profile.Id} has no layout.");
        Require(file.Batches.Count >= 1 && file.Batches.Count <= profile.BatchesPerFileMax, $"{file.MessageId} has {file.Batches.Count} batches.");
        Require(file.Count <= profile.TransactionsPerFileMax, $"{file.MessageId} has {file.Count} payments, more than the bank takes in a file.");
        Require(file.Batches.All(batch => batch.ExecutionDate == file.Batches[0].ExecutionDate && batch.DebtorAccount == file.Batches[0].DebtorAccount), $"{file.MessageId} has two days or two debtor accounts, and a list says them once.");

        using var hashing = new HashingStream(output);
        using var list = new ListHash(sorted: file.Batches.Count == 1);
        using (IRowWriter rows = profile.FileKind == FileKind.Csv
            ? new TextRows(hashing, layout.Encoding!.Value, layout.Separator!.Value, layout.LineEnd!.Value)
            : new WorkbookRows(hashing, layout.SheetName!, layout.Columns.Select(column => Math.Max(column.Title.Length, column.LengthMax))))
        {
            foreach (var row in layout.HeaderRows) rows.Row([.. row.Select(cell => OutCell.Of(Filled(cell, file)))]);
            rows.Row([.. layout.Columns.Select(column => OutCell.Of(column.Title))]);
            var cells = new OutCell[layout.Columns.Count];
            var rowNo = 0;
            foreach (var batch in file.Batches)
            {
                var (count, sum, before) = (0, Vnd.Zero, "");
                foreach (var payment in batch.Payments)
                {
                    var id = payment.EndToEndId.ToString();
                    Require(string.CompareOrdinal(before, id) < 0, $"{id} stands after {before} in {batch.BatchId}.");
                    before = id;
                    Require(payment.Amount.Amount >= 1 && payment.Amount <= profile.PaymentMax, $"{id}: {payment.Amount} is no amount to pay.");
                    rowNo++;
                    for (var at = 0; at < cells.Length; at++) cells[at] = Cell(layout.Columns[at], file, batch, payment, id, rowNo, profile);
                    rows.Row(cells);
                    list.Add(id, profile.AgentOf(payment), payment.CreditorAccount, payment.Amount);
                    count++;
                    sum += payment.Amount;
                }

                Require(count == batch.Count && sum == batch.Sum, $"{batch.BatchId} announced {batch.Count} payments of {batch.Sum}, but {count} of {sum} came.");
            }

            foreach (var row in layout.Trailer) rows.Row([.. row.Select(cell => OutCell.Of(Filled(cell, file)))]);
            rows.Finish();
        }

        hashing.Flush();
        Require(list.Count == file.Count && list.Sum == file.Sum, $"{file.MessageId} announced {file.Count} payments of {file.Sum}, but {list.Count} of {list.Sum} came.");
        Require(hashing.ByteCount <= profile.FileBytesMax, $"{file.MessageId} has {hashing.ByteCount} bytes, more than the bank takes.");
        var listHash = list.Finish();
        Require(list.Repeated is null, $"{list.Repeated} stands twice in {file.MessageId}.");
        return new(file.MessageId + PaymentFileFormats.Extension(profile.FileKind), hashing.ByteCount, hashing.Sha256(), list.Count, list.Sum, listHash, list.AccountHashTotal);
    }

    static OutCell Cell(SpreadsheetColumn column, BatchFile file, PaymentBatch batch, in PaymentInstruction payment, string id, int rowNo, BankProfile profile)
    {
        var text = column.Field switch
        {
            PaymentField.RowNo => rowNo.ToString(CultureInfo.InvariantCulture),
            PaymentField.EndToEndId => id,
            PaymentField.Amount => payment.Amount.Amount.ToString(CultureInfo.InvariantCulture),
            PaymentField.CreditorAccount => payment.CreditorAccount,
            PaymentField.CreditorName => CellText.Of(payment.CreditorName, column.LengthMax, column.UpperCase, column.Accents),
            PaymentField.CreditorBankBin => payment.BankBin,
            PaymentField.CreditorBic => payment.Bic ?? throw new InvalidOperationException($"{id}: bank {payment.BankBin} has no BIC."),
            PaymentField.CreditorBranchCode => payment.MemberId ?? throw new InvalidOperationException($"{id}: bank {payment.BankBin} has no branch code."),
            PaymentField.CreditorBankName => CellText.Of(PaymentFileFormats.BankName(payment.BankBin), column.LengthMax, column.UpperCase, column.Accents),
            PaymentField.Remittance => Remittance(id, payment.RemittanceText, Math.Min(column.LengthMax, profile.RemittanceLengthMax), column, profile.RemittanceCharacters),
            PaymentField.ExecutionDate => Day(batch.ExecutionDate, column.Text),
            PaymentField.DebtorAccount => batch.DebtorAccount,
            PaymentField.DebtorName => CellText.Of(batch.DebtorName, column.LengthMax, column.UpperCase, column.Accents),
            PaymentField.MessageId => file.MessageId,
            PaymentField.BatchId => batch.BatchId,
            PaymentField.Constant => column.Text!,
            _ => "",
        };
        Require(text.Length <= column.LengthMax, $"{id}: column \"{column.Title}\" takes {column.LengthMax} characters.");
        Require(text.Length > 0 || column.Field == PaymentField.Empty, $"{id}: column \"{column.Title}\" would be empty.");
        Require(text.Length == 0 || text[0] is not ('=' or '+' or '-' or '@'), $"{id}: column \"{column.Title}\" would begin like a formula.");
        return new(text, column.Kind);
    }

    /// <summary>The id, then as much of the text as the bank's field holds, in the signs it takes.</summary>
    static string Remittance(string id, string text, int lengthMax, SpreadsheetColumn column, string? characters)
    {
        var plain = characters is null ? text : string.Concat(text.Select(c => char.IsAsciiLetterOrDigit(c) || characters.Contains(c, StringComparison.Ordinal) ? c : ' '));
        var words = lengthMax > id.Length + 1 ? CellText.Of(plain, lengthMax - id.Length - 1, column.UpperCase, column.Accents) : "";
        return words.Length == 0 ? id : $"{id} {words}";
    }

    static string Filled(string cell, BatchFile file)
    {
        if (!cell.Contains('{', StringComparison.Ordinal)) return cell;
        var batch = file.Batches[0];
        return cell.Replace("{count}", file.Count.ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal).Replace("{sum}", file.Sum.Amount.ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal)
            .Replace("{debtorAccount}", batch.DebtorAccount, StringComparison.Ordinal).Replace("{debtorName}", batch.DebtorName, StringComparison.Ordinal)
            .Replace("{executionDate}", Day(batch.ExecutionDate, null), StringComparison.Ordinal).Replace("{messageId}", file.MessageId, StringComparison.Ordinal)
            .Replace("{customerNumber}", file.CustomerNumber ?? "", StringComparison.Ordinal);
    }

    static string Day(LocalDate day, string? pattern) => LocalDatePattern.CreateWithInvariantCulture(pattern ?? DayPattern).Format(day);

    static void Require(bool holds, string otherwise)
    {
        if (!holds) throw new InvalidOperationException(otherwise);
    }
}
