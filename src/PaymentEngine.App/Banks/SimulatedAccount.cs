using System.Globalization;
using NodaTime;
using PaymentEngine.Core.Money;
using PaymentEngine.Core.Payments;
using PaymentEngine.Core.Reconciliation;
using PaymentEngine.Messages.Iso20022;

namespace PaymentEngine.App.Banks;

/// <summary>A payer's account at the simulated bank: what was booked on it, day by day.</summary>
sealed class SimulatedAccount(string number, string bankBic, Vnd openingBalance, BankHabit habit)
{
    /// <summary>Banking days of statements after the last movement: enough to prove for any bank profile that nothing more was taken.</summary>
    const int QuietDays = 5;

    readonly SortedDictionary<LocalDate, Vnd> funding = [];
    readonly SortedDictionary<LocalDate, List<StatementEntry>> debits = [];
    readonly SortedDictionary<LocalDate, SortedDictionary<string, StatementEntry>> returns = [];

    public string Number => number;

    public string BankBic => bankBic;

    public Vnd OpeningBalance => openingBalance;

    public BankHabit Habit => habit;

    public LocalDate FirstDay => funding.Keys.First();

    /// <summary>The first day on which something came back; without one, the first day.</summary>
    public LocalDate FirstReturnDay => returns.Count > 0 ? returns.Keys.First() : FirstDay;

    public LocalDate LastDay(BankingCalendar calendar) =>
        calendar.Plus(debits.Keys.Concat(returns.Keys).Append(FirstDay).Max(), QuietDays);

    /// <summary>A batch: the Treasury funds it on the day it arrives, the debit follows on the day of execution.</summary>
    /// <param name="day">The day it arrives.</param>
    /// <param name="executedOn">The day of execution.</param>
    /// <param name="messageId">Of the file.</param>
    /// <param name="batchId">Of the batch.</param>
    /// <param name="debited">The payments that leave the account.</param>
    /// <param name="debitedSum">Their sum.</param>
    /// <param name="fundedSum">The sum of the batch.</param>
    public void Take(LocalDate day, LocalDate executedOn, string messageId, string batchId, IReadOnlyList<Pain001Payment> debited, Vnd debitedSum, Vnd fundedSum)
    {
        funding[day] = funding.GetValueOrDefault(day) + fundedSum;
        if (debited.Count == 0) return;
        var onDay = debits.TryGetValue(executedOn, out var known) ? known : debits[executedOn] = [];
        if (habit.SingleDebits)
        {
            onDay.AddRange(debited.Select(payment => new StatementEntry
            {
                EntryRef = "", Amount = payment.Amount!.Value, IsCredit = false, BookingDate = executedOn, ValueDate = executedOn, AccountServicerRef = DebitReference(payment),
                Code = StatementCodes.DomesticTransfer, Text = "CHI TRO CAP", Details = [Detail(payment, payment.Amount!.Value, isCredit: false, DebitReference(payment))],
            }));
            return;
        }

        onDay.Add(new StatementEntry
        {
            EntryRef = "", Amount = debitedSum, IsCredit = false, BookingDate = executedOn, ValueDate = executedOn, AccountServicerRef = "DB" + batchId,
            Code = StatementCodes.DomesticTransfer, BatchMessageId = messageId, BatchId = batchId, BatchCount = debited.Count, Text = "CHI TRO CAP THEO LO",
            // Kept only where they are told: of a batch in one sum nobody asks for its payments.
            Details = habit.DetailsInNotification ? [.. debited.Select(payment => Detail(payment, payment.Amount!.Value, isCredit: false, DebitReference(payment)))] : [],
        });
    }

    /// <summary>A payment that came back, whole or less a charge.</summary>
    public void Return(LocalDate day, Pain001Payment payment, BankReason reason, Vnd sum)
    {
        var onDay = returns.TryGetValue(day, out var known) ? known : returns[day] = new(StringComparer.Ordinal);
        var reference = "RT" + HexOf(payment);
        var said = SimulatedReasons.Say(reason, habit, SimulatedOutcomes.Hash(payment.EndToEndId!));
        var whole = payment.Amount!.Value;
        // A bank without codes says why in the text of the booking, where a return has no field of its own.
        var detail = Detail(payment, sum, isCredit: true, habit.Id == IdHabit.BankReference ? DebitReference(payment) : reference) with
        {
            Code = StatementCodes.Returned, ReturnReason = said.Code is null && said.Proprietary is null ? null : said, Text = said.Code is null && said.Proprietary is null ? said.Text : null,
            InstructedAmount = sum == whole ? null : whole, Charges = sum == whole ? null : whole - sum,
        };
        onDay.Add(reference, new StatementEntry
        {
            EntryRef = "", Amount = sum, IsCredit = true, BookingDate = day, ValueDate = day, AccountServicerRef = reference, Code = StatementCodes.Returned,
            Text = "HOAN TRA LENH CHI", Details = [detail],
        });
    }

    /// <summary>The bank's own reference of the debit of a payment.</summary>
    public static string DebitReference(Pain001Payment payment) => "FT" + HexOf(payment);

    /// <summary>A payment as the account messages show it, with the id that this bank gives back and no other.</summary>
    StatementDetail Detail(Pain001Payment payment, Vnd amount, bool isCredit, string reference)
    {
        var detail = new StatementDetail
        {
            Amount = amount, IsCredit = isCredit, AccountServicerRef = reference, EndToEndId = "NOTPROVIDED", CreditorName = payment.CreditorName, CreditorAccount = payment.CreditorAccount,
            RemittanceText = WithoutId(payment),
        };
        return habit.Id switch
        {
            IdHabit.All => detail with
            {
                EndToEndId = payment.EndToEndId, InstructionId = payment.InstructionId, BatchId = payment.BatchId, RemittanceText = payment.RemittanceText,
            },
            IdHabit.InstructionId => detail with { InstructionId = payment.InstructionId },
            IdHabit.Uetr => detail with { Uetr = payment.Uetr },
            IdHabit.Text => detail with { RemittanceText = Cut($"IBFT {reference}.{payment.EndToEndId}{WithoutId(payment)?.Replace(" ", "", StringComparison.Ordinal)}", 140) },
            _ => detail,
        };
    }

    static string? WithoutId(Pain001Payment payment) =>
        payment.RemittanceText?.Replace(payment.EndToEndId!, "", StringComparison.Ordinal).Trim() is { Length: > 0 } rest ? rest : null;

    static string Cut(string text, int length) => text.Length <= length ? text : text[..length];

    static string HexOf(Pain001Payment payment) => SimulatedOutcomes.Hash(payment.EndToEndId!).ToString("x16", CultureInfo.InvariantCulture);

    /// <summary>The bookings of a day in the order a statement shows them: money in, payments out, what came back.</summary>
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
        return entries;
    }
}
