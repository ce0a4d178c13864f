using System.Globalization;
using NodaTime;
using PaymentEngine.Core.Money;
using PaymentEngine.Core.Payments;
using PaymentEngine.Core.Reconciliation;
using PaymentEngine.Messages.Iso20022;

namespace PaymentEngine.App.Banks;

/// <summary>A payer's account at the simulated bank: what was booked on it, day by day.</summary>
sealed class SimulatedAccount(string number, string bankBic, Vnd openingBalance)
{
    /// <summary>Banking days of statements after the last movement: enough to prove for any bank profile that nothing more was taken.</summary>
    const int QuietDays = 5;

    readonly SortedDictionary<LocalDate, Vnd> funding = [];
    readonly SortedDictionary<LocalDate, List<StatementEntry>> debits = [];
    readonly SortedDictionary<LocalDate, SortedDictionary<string, StatementEntry>> returns = [];

    public string Number => number;

    public string BankBic => bankBic;

    public Vnd OpeningBalance => openingBalance;

    public LocalDate FirstDay => funding.Keys.First();

    public LocalDate LastDay(BankingCalendar calendar) =>
        calendar.Plus(debits.Keys.Concat(returns.Keys).Append(FirstDay).Max(), QuietDays);

    /// <summary>A batch: the Treasury funds it on the day it arrives, the debit follows on the day of execution.</summary>
    public void Take(LocalDate day, LocalDate executedOn, string messageId, string batchId, int debitedCount, Vnd debitedSum, Vnd fundedSum)
    {
        funding[day] = funding.GetValueOrDefault(day) + fundedSum;
        if (debitedCount == 0) return;
        var onDay = debits.TryGetValue(executedOn, out var known) ? known : debits[executedOn] = [];
        onDay.Add(new StatementEntry
        {
            EntryRef = "", Amount = debitedSum, IsCredit = false, BookingDate = executedOn, ValueDate = executedOn, AccountServicerRef = "DB" + batchId,
            Code = StatementCodes.DomesticTransfer, BatchMessageId = messageId, BatchId = batchId, BatchCount = debitedCount, Text = "CHI TRO CAP THEO LO",
        });
    }

    /// <summary>A payment that came back.</summary>
    public void Return(LocalDate day, Pain001Payment payment, BankReason reason)
    {
        var onDay = returns.TryGetValue(day, out var known) ? known : returns[day] = new(StringComparer.Ordinal);
        var reference = "RT" + payment.EndToEndId;
        onDay.Add(reference, new StatementEntry
        {
            EntryRef = "", Amount = payment.Amount!.Value, IsCredit = true, BookingDate = day, ValueDate = day, AccountServicerRef = reference, Code = StatementCodes.Returned,
            Text = "HOAN TRA LENH CHI",
            Details =
            [
                new StatementDetail
                {
                    EndToEndId = payment.EndToEndId, InstructionId = payment.InstructionId, BatchId = payment.BatchId, AccountServicerRef = reference, Amount = payment.Amount!.Value,
                    IsCredit = true, Code = StatementCodes.Returned, ReturnReason = reason, CreditorName = payment.CreditorName, CreditorAccount = payment.CreditorAccount,
                    RemittanceText = payment.RemittanceText,
                },
            ],
        });
    }

    /// <summary>The entries of a day in the order a statement shows them: money in, batches out, what came back.</summary>
    public List<StatementEntry> EntriesOf(LocalDate day)
    {
        var entries = new List<StatementEntry>();
        if (funding.TryGetValue(day, out var funded))
        {
            entries.Add(new StatementEntry
            {
                EntryRef = "", Amount = funded, IsCredit = true, BookingDate = day, ValueDate = day,
                AccountServicerRef = string.Create(CultureInfo.InvariantCulture, $"FN{day.Year % 100:00}{day.Month:00}{day.Day:00}{funded.Amount % 1_000_000:000000}"),
                Code = StatementCodes.DomesticCredit, Text = "KHO BAC CAP KINH PHI CHI TRO CAP",
            });
        }

        if (debits.TryGetValue(day, out var out_)) entries.AddRange(out_);
        if (returns.TryGetValue(day, out var back)) entries.AddRange(back.Values);
        return [.. entries.Select((entry, index) => entry with { EntryRef = (index + 1).ToString(CultureInfo.InvariantCulture) })];
    }
}
