using System.Globalization;
using PaymentEngine.Core;
using PaymentEngine.Core.Money;
using PaymentEngine.Core.Payments;
using PaymentEngine.Messages.Iso20022;

namespace PaymentEngine.Messages.Spreadsheets;

/// <summary>Reads a list of payments back, knowing nothing of its writer: what it says is compared with the approved list before a file is released.</summary>
public static class PaymentListReader
{
    const int ProblemsMax = 20;

    /// <param name="seekable">The file from its start.</param>
    /// <param name="profile">Whose layout it has.</param>
    /// <param name="each">Takes every payment as it comes; a list knows no batches and no purposes.</param>
    /// <returns>The summary; or problems: unreadable, titles that are not the layout's, a row without id, sum, bank or account, a formula, an id that stands twice.</returns>
    public static Result<FileReadBack> ReadBack(Stream seekable, BankProfile profile, Action<Pain001Payment>? each = null)
    {
        var layout = profile.Layout ?? throw new InvalidOperationException($"Profile {profile.Id} has no layout.");
        var problems = new List<Problem>();
        using var list = new ListHash(sorted: false);
        var (rowNo, lastLine) = (0, 0);
        string? messageId = null;
        var rowsBefore = layout.HeaderRows.Count;
        var trailing = new Queue<SheetRow>();
        var refusal = SheetReader.Read(seekable, profile.FileKind == FileKind.Csv ? SheetKind.Text : SheetKind.Xlsx, layout.SheetName, row =>
        {
            lastLine = row.Line;
            if (rowNo++ < rowsBefore) return true;
            if (rowNo == rowsBefore + 1)
            {
                for (var at = 0; at < layout.Columns.Count; at++)
                    if (row[at].Text != layout.Columns[at].Title.Trim()) Add($"Column {at + 1} is \"{row[at].Text}\", and the layout says \"{layout.Columns[at].Title}\".", row.Line);
                return problems.Count == 0;
            }

            // The last rows of the file are the trailer: each row waits until it is known not to be one of them.
            trailing.Enqueue(row);
            if (trailing.Count > layout.Trailer.Count) Take(trailing.Dequeue());
            return problems.Count < ProblemsMax;
        });
        if (refusal is not null) return refusal;
        if (problems.Count == 0 && list.Count == 0) Add("The file has no payment.", lastLine);
        var hash = list.Finish();
        if (list.Repeated is { } repeated) Add($"The id {repeated} stands twice.", lastLine);
        return problems.Count > 0 ? Result<FileReadBack>.Refuse(problems) : new FileReadBack(null, messageId, list.Count, list.Sum, hash, list.AccountHashTotal, null);

        void Take(SheetRow row)
        {
            string? id = null, bank = null, account = null, name = null, text = null;
            Vnd? amount = null;
            for (var at = 0; at < layout.Columns.Count; at++)
            {
                var cell = row[at];
                if (cell.Text.Length > 0 && cell.Text[0] is '=' or '+' or '-' or '@' or '\'') Add($"Column \"{layout.Columns[at].Title}\" begins with {cell.Text[0]}.", row.Line);
                switch (layout.Columns[at].Field)
                {
                    case PaymentField.EndToEndId: id = cell.Text; break;
                    case PaymentField.Remittance:
                        id ??= cell.Text.Split(' ', 2)[0];
                        text = cell.Text;
                        break;
                    case PaymentField.CreditorName: name = cell.Text; break;
                    case PaymentField.Amount: amount = !cell.LostFigures && long.TryParse(cell.Text, NumberStyles.None, CultureInfo.InvariantCulture, out var value) && value > 0 ? new Vnd(value) : null; break;
                    case PaymentField.CreditorAccount: account = cell.Text; break;
                    case PaymentField.CreditorBankBin when profile.CreditorAgent == AgentForm.NapasNumber:
                    case PaymentField.CreditorBic when profile.CreditorAgent == AgentForm.Bic:
                    case PaymentField.CreditorBranchCode when profile.CreditorAgent == AgentForm.BranchCode: bank = cell.Text; break;
                    case PaymentField.CreditorBankName: bank ??= PaymentFileFormats.BankByName(cell.Text); break;
                    case PaymentField.MessageId: messageId ??= cell.Text; break;
                }
            }

            if (amount is not { } vnd || string.IsNullOrEmpty(id) || string.IsNullOrEmpty(bank) || string.IsNullOrEmpty(account)) Add($"Payment {id} lacks a whole sum, a bank or an account.", row.Line);
            else
            {
                list.Add(id, bank, account, vnd);
                each?.Invoke(new("", null, id, vnd, null, "VND", bank, name, account, null, text ?? id, row.Line));
            }
        }

        void Add(string message, int line)
        {
            if (problems.Count < ProblemsMax) problems.Add(new Problem("payment_list.differs", message, "Do not send the file. Export it again.").In(null, line));
        }
    }
}
