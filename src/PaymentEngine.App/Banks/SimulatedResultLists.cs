using System.Globalization;
using System.Text;
using NodaTime;
using NodaTime.Text;
using PaymentEngine.Core.Payments;
using PaymentEngine.Core.Reconciliation;
using PaymentEngine.Messages.Iso20022;

namespace PaymentEngine.App.Banks;

/// <summary>The result lists (danh sách kết quả) of a simulated bank whose portal gives spreadsheets back, as text with commas in the columns of its profile.</summary>
sealed class SimulatedResultLists(SimulatedMail mail, string tag, BankHabit habit)
{
    /// <summary>What a bank without a word for a status says instead.</summary>
    static readonly Dictionary<ResultStatus, ResultStatus[]> Instead = new()
    {
        [ResultStatus.Settled] = [ResultStatus.Credited, ResultStatus.Accepted], [ResultStatus.Returned] = [ResultStatus.Rejected], [ResultStatus.Rejected] = [ResultStatus.Cancelled],
    };

    readonly ResultListLayout layout = habit.ResultList!;

    /// <summary>A list of all payments on the day of execution, and one of what came back on each day on which something did.</summary>
    public void Write(Pain001ReadBack message, IReadOnlyList<AnsweredBatch> batches, LocalDate executedOn)
    {
        var all = batches.SelectMany(batch => batch.Payments).ToList();
        var no = 0;
        Send(executedOn, [.. all.Select(one => Row(message, one.Payment, one.Outcome.Rejected is null ? ResultStatus.Settled : ResultStatus.Rejected, one.Outcome.Rejected, executedOn))]);
        foreach (var day in all.Where(one => one.Outcome.Returned is not null).GroupBy(one => one.Outcome.ReturnedOn).OrderBy(group => group.Key))
            Send(day.Key, [.. day.Select(one => Row(message, one.Payment, ResultStatus.Returned, one.Outcome.Returned, day.Key))]);

        void Send(LocalDate day, List<string[]> rows) => mail.SendList(
            string.Create(CultureInfo.InvariantCulture, $"results-RL{++no}{tag}-{message.MessageId}-{day.Year % 100:00}{day.Month:00}{day.Day:00}"), output =>
            {
                output.Write(Encoding.UTF8.GetPreamble());
                using var text = new StreamWriter(output, new UTF8Encoding(false), leaveOpen: true) { NewLine = "\r\n" };
                text.WriteLine(Line(layout.Columns.Select(column => column.Title)));
                foreach (var row in rows) text.WriteLine(Line(row));
            });
    }

    string[] Row(Pain001ReadBack message, Pain001Payment payment, ResultStatus status, BankReason? reason, LocalDate day) => [.. layout.Columns.Select(column => column.Field switch
    {
        ResultField.EndToEndId => payment.EndToEndId!,
        ResultField.Remittance => payment.RemittanceText ?? payment.EndToEndId!,
        ResultField.Amount => payment.Amount!.Value.Amount.ToString(CultureInfo.InvariantCulture),
        ResultField.CreditorAccount => payment.CreditorAccount ?? "",
        ResultField.Status => Word(status),
        ResultField.Reason => reason is null ? "" : SimulatedReasons.Say(reason, habit, SimulatedOutcomes.Hash(payment.EndToEndId!)) is var said ? said.Code ?? said.Proprietary ?? said.Text ?? "" : "",
        ResultField.Date => LocalDatePattern.CreateWithInvariantCulture(layout.DatePattern).Format(day),
        ResultField.BankReference => SimulatedAccount.DebitReference(payment),
        ResultField.MessageId => message.MessageId!,
        ResultField.BatchId => payment.BatchId,
        _ => "",
    })];

    string Word(ResultStatus status) => layout.Statuses.FirstOrDefault(word => word.Status == status)?.Word
        ?? Instead.GetValueOrDefault(status, []).Select(other => layout.Statuses.FirstOrDefault(word => word.Status == other)?.Word).FirstOrDefault(word => word is not null)
        ?? "";

    static string Line(IEnumerable<string> cells) => string.Join(',', cells.Select(cell => cell.Any(c => c is ',' or '"' or '\r' or '\n') ? $"\"{cell.Replace("\"", "\"\"", StringComparison.Ordinal)}\"" : cell));
}
