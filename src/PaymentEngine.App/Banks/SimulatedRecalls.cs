using NodaTime;
using PaymentEngine.Core;
using PaymentEngine.Core.Payments;
using PaymentEngine.Core.Reconciliation;
using PaymentEngine.Messages.Iso20022;

namespace PaymentEngine.App.Banks;

/// <summary>How the simulated bank answers recalls (camt.055): half are agreed and credited two banking days later, the others refused, left open, or never answered (camt.029).</summary>
sealed class SimulatedRecalls(SimulatedMail mail, string tag, ulong seed, BankingCalendar calendar)
{
    static readonly Offset VietNam = Offset.FromHours(7);

    /// <summary>Why a recall is refused (codes/cancellation-rejection.csv): no funds left, the payee refuses, the payee does not answer.</summary>
    static readonly string[] Refusals = ["AM04", "CUST", "NOAS"];

    /// <summary>What comes back after a recall says so.</summary>
    static readonly BankReason Recalled = new("FOCR", null, null);

    readonly Dictionary<string, Asked> asked = new(StringComparer.Ordinal);

    /// <summary>Takes a recall message; of two recalls of one payment the first counts.</summary>
    public void Add(Camt055ReadBack message)
    {
        foreach (var request in message.Requests)
            if (request.EndToEndId is { } id) asked.TryAdd(id, new Asked(message, request, DayOf(message)));
    }

    /// <summary>What becomes of a payment that was recalled, and the word of the bank about it.</summary>
    /// <param name="payment">As instructed.</param>
    /// <param name="batch">Its batch.</param>
    /// <param name="outcome">What would have become of it.</param>
    /// <param name="executedOn">The day it was to be debited.</param>
    public (SimulatedOutcome Outcome, string? Answer) Of(Pain001Payment payment, Pain001Batch batch, SimulatedOutcome outcome, LocalDate executedOn)
    {
        if (!asked.TryGetValue(payment.EndToEndId!, out var one)) return (outcome, null);
        one.Payment = payment;
        one.Batch = batch;
        // What never left or is on its way back cannot be called back.
        if (outcome.Rejected is not null || outcome.Returned is not null) return (outcome, one.Say("RJCR", new("ARDT", null, null)));
        var random = SeededRandom.For(seed, SimulatedOutcomes.Hash("recall" + payment.EndToEndId));
        switch (random.Below(10))
        {
            case < 5:
                var credited = calendar.Plus(LocalDate.Max(one.Day, executedOn), 2);
                return (new SimulatedOutcome(null, Recalled, credited, payment.Amount!.Value), one.Say("ACCR", null));
            case < 8: return (outcome, one.Say("RJCR", new(random.Pick(Refusals), null, null)));
            case 8: return (outcome, one.Say("PDCR", null));
            default: return (outcome, "no answer");
        }
    }

    /// <summary>One camt.029 a recall message and batch, on the banking day after it.</summary>
    public void Write()
    {
        var no = 0;
        foreach (var group in asked.Values.Where(one => one.Status is not null).GroupBy(one => (one.Message.MessageId, BatchId: one.Batch!.BatchId!)).OrderBy(group => group.Key.MessageId, StringComparer.Ordinal).ThenBy(group => group.Key.BatchId, StringComparer.Ordinal))
        {
            var first = group.First();
            var statuses = group.Select(one => one.Status!).Distinct(StringComparer.Ordinal).ToList();
            var answer = new RecallAnswerFile
            {
                MessageId = string.Create(System.Globalization.CultureInfo.InvariantCulture, $"TL{++no:0000}{tag}-{first.Message.MessageId}"), CreatedAt = (calendar.OnOrAfter(first.Day.PlusDays(1)) + new LocalTime(10, 0)).WithOffset(VietNam),
                BankBic = first.Batch!.DebtorAgent!, PayerName = first.Batch.DebtorName ?? "KHACH HANG", Confirmation = statuses is [var all] ? all == "ACCR" ? "CNCL" : all : "PECR",
                OriginalMessageId = first.Message.OriginalMessageId ?? "NOTPROVIDED", OriginalBatchId = group.Key.BatchId,
                Payments = [.. group.Select(one => new RecalledPayment(one.Request.CancellationId, one.Payment!.EndToEndId, one.Payment.InstructionId, one.Status!, one.Reason, one.Payment.Amount!.Value))],
            };
            mail.Send("camt029-" + answer.MessageId, new(Camt029Writer.MessageVersion, answer.MessageId, answer.BankBic, answer.CreatedAt), BankHabit.Usual, null, output => Camt029Writer.Write(output, answer));
        }
    }

    static LocalDate DayOf(Camt055ReadBack message) => NodaTime.Text.OffsetDateTimePattern.ExtendedIso.Parse(message.CreatedAt ?? "") is { Success: true } made
        ? made.Value.Date
        : throw new InvalidOperationException("A recall of ours says when it was made.");

    sealed class Asked(Camt055ReadBack message, ReadRecall request, LocalDate day)
    {
        public Camt055ReadBack Message => message;

        public ReadRecall Request => request;

        public LocalDate Day => day;

        public Pain001Payment? Payment { get; set; }

        public Pain001Batch? Batch { get; set; }

        public string? Status { get; private set; }

        public BankReason? Reason { get; private set; }

        public string Say(string status, BankReason? reason)
        {
            (Status, Reason) = (status, reason);
            return reason?.Code is { } code ? $"{status} {code}" : status;
        }
    }
}
