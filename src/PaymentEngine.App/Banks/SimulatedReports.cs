using NodaTime;
using PaymentEngine.Core.Payments;
using PaymentEngine.Core.Reconciliation;
using PaymentEngine.Messages.Iso20022;

namespace PaymentEngine.App.Banks;

/// <summary>A batch of ours with what the simulated bank did about it.</summary>
/// <param name="Refused">The batch was refused as a whole.</param>
sealed record AnsweredBatch(Pain001Batch Batch, bool Refused, IReadOnlyList<(Pain001Payment Payment, SimulatedOutcome Outcome)> Payments)
{
    public IEnumerable<(Pain001Payment Payment, SimulatedOutcome Outcome)> Rejected => Payments.Where(payment => payment.Outcome.Rejected is not null);
}

/// <summary>The status reports (pain.002) of the simulated bank about one file, as its habit has them.</summary>
sealed class SimulatedReports(SimulatedMail mail, string tag, BankScenario scenario, BankHabit habit, BankingCalendar calendar)
{
    static readonly Offset VietNam = Offset.FromHours(7);

    /// <summary>An accented line, in which a wrong encoding shows.</summary>
    static readonly BankReason Accented = new(null, null, "Ngân hàng đã nhận tệp và trả lời");

    bool isFirst = true;

    /// <summary>The acknowledgement in the morning; what became of the payments in the course of the execution day; second thoughts the day after.</summary>
    public void Write(Pain001ReadBack message, IReadOnlyList<AnsweredBatch> batches, LocalDate day, LocalDate executedOn)
    {
        if (habit.Status == StatusHabit.None) return;
        if (!scenario.Has(BankScenario.LostAcknowledgement)) Say("ACK", day, new LocalTime(9, 5), "ACTC", []);
        var refused = batches.Where(batch => batch.Refused).Select(batch => Batch(batch, "RJCT", [], SimulatedOutcomes.NotFunded)).ToList();
        switch (habit.Status)
        {
            case StatusHabit.GroupOnly:
                Say("RP1", executedOn, new LocalTime(16, 0), refused.Count == 0 ? habit.SettledSent ? "ACSC" : "ACSP" : refused.Count == batches.Count ? "RJCT" : "PART", refused);
                break;
            case StatusHabit.PerItem:
                Say("RP1", executedOn, new LocalTime(10, 0), null, [.. refused, .. All("ACSP")]);
                if (habit.SettledSent) Say("RP2", executedOn, new LocalTime(16, 0), null, [.. refused, .. All("ACSC")]);
                break;
            default:
                List<BatchStatus> named = [.. refused, .. Named(payment => !payment.SettledFirst, "RJCT")];
                if (named.Count > 0) Say("RP1", executedOn, new LocalTime(15, 0), "PART", named);
                var settled = Named(payment => payment.SettledFirst, "ACSC");
                if (settled.Count > 0) Say("RP2", executedOn, new LocalTime(16, 0), "PART", settled);
                break;
        }

        var regretted = Named(payment => payment.SettledFirst, "RJCT");
        if (regretted.Count > 0) Say("RP3", calendar.OnOrAfter(executedOn.PlusDays(1)), new LocalTime(9, 0), "PART", regretted);

        void Say(string kind, LocalDate on, LocalTime at, string? status, IReadOnlyList<BatchStatus> said)
        {
            var report = new StatusReportFile
            {
                MessageId = $"{kind}{tag}-{message.MessageId}",
                CreatedAt = (on + at).WithOffset(VietNam),
                BankBic = message.Batches[0].DebtorAgent!,
                OriginalMessageId = message.MessageId!,
                OriginalMessageName = message.MessageVersion,
                OriginalCount = message.Count,
                OriginalSum = message.Sum,
                Status = status,
                Batches = said,
            };
            if (isFirst && scenario.Has(BankScenario.WrongTotals))
                Send("W" + kind, report with { MessageId = "W" + report.MessageId, OriginalCount = message.Count + 1 }, "counts one payment more than the file has");
            if (isFirst && scenario.Has(BankScenario.WrongEncoding))
            {
                report = report with { Reasons = [Accented] };
                mail.SendUnreadable(Stem(kind), Head(report), output => Pain002Writer.Write(output, report, habit.ReportVersion));
            }

            isFirst = false;
            Send(kind, report, null);
            if (scenario.Has(BankScenario.Duplicate)) Send(kind, report with { CreatedAt = report.CreatedAt.PlusMinutes(1) }, "the same message id with other bytes", "-other");
        }

        void Send(string kind, StatusReportFile report, string? note, string suffix = "") =>
            mail.Send(Stem(kind) + suffix, Head(report), habit, note, output => Pain002Writer.Write(output, report, habit.ReportVersion));

        string Stem(string kind) => $"pain002-{kind}{tag}-{message.MessageId}";

        AnswerHead Head(StatusReportFile report) => new(Pain002Writer.VersionName(habit.ReportVersion), report.MessageId, report.BankBic, report.CreatedAt);

        IEnumerable<BatchStatus> All(string accepted) => batches.Where(batch => !batch.Refused).Select(batch => Batch(batch, null,
            batch.Payments.Select(payment => payment.Outcome is { Rejected: { } reason, SettledFirst: false } ? Status(payment.Payment, "RJCT", reason) : Status(payment.Payment, accepted, null))));

        List<BatchStatus> Named(Func<SimulatedOutcome, bool> wanted, string status) => !habit.NamesRejected ? [] :
        [
            .. batches.Where(batch => !batch.Refused && batch.Rejected.Any(payment => wanted(payment.Outcome)))
                .Select(batch => Batch(batch, "PART", [.. batch.Rejected.Where(payment => wanted(payment.Outcome)).Select(payment => Status(payment.Payment, status, status == "RJCT" ? payment.Outcome.Rejected : null))])),
        ];
    }

    static BatchStatus Batch(AnsweredBatch batch, string? status, IEnumerable<PaymentStatus> said, BankReason? reason = null) => new()
    {
        OriginalBatchId = batch.Batch.BatchId!, OriginalCount = batch.Batch.Count, OriginalSum = batch.Batch.Sum, Status = status, Payments = said, Reasons = reason is null ? [] : [reason],
    };

    /// <summary>A status names the payment by the id this bank gives back. A report has no free text of ours, so a bank that keeps texts alone keeps our ids here.</summary>
    PaymentStatus Status(Pain001Payment payment, string status, BankReason? reason)
    {
        var said = reason is null ? null : SimulatedReasons.Say(reason, habit, SimulatedOutcomes.Hash(payment.EndToEndId!));
        var reference = habit.Id == IdHabit.BankReference && status != "RJCT" ? SimulatedAccount.DebitReference(payment) : null;
        return habit.Id switch
        {
            IdHabit.InstructionId => new(null, payment.InstructionId, status, said, payment.Amount, null),
            IdHabit.Uetr => new(null, null, status, said, payment.Amount, null, payment.Uetr),
            _ => new(payment.EndToEndId, payment.InstructionId, status, said, payment.Amount, reference),
        };
    }
}
