using System.Globalization;
using NodaTime;
using PaymentEngine.App.Files;
using PaymentEngine.Core;
using PaymentEngine.Core.Money;
using PaymentEngine.Core.Payments;
using PaymentEngine.Core.Reconciliation;
using PaymentEngine.Messages.Iso20022;

namespace PaymentEngine.App.Banks;

/// <summary>What the simulated bank did: counts and sums, for people and for tests.</summary>
public sealed record SimulationSummary(
    IReadOnlyList<string> Files, int Payments, Vnd Sum, int Rejected, Vnd RejectedSum, int Returned, Vnd ReturnedSum, LocalDate FirstDay, LocalDate LastDay);

/// <summary>
/// A bank for practice and tests: reads the files we send, knowing nothing of our database, and writes what a bank writes: status reports, notifications of
/// returns, statements day by day whose balances add up. The same files, seed, scenario and day give the same bytes.
/// </summary>
/// <remarks>One file's payments are in memory at a time; of all others only what was rejected or comes back.</remarks>
public sealed class SimulatedBank(IFiles files, ulong seed, BankScenario scenario, BankingCalendar calendar)
{
    const int BufferBytes = 256 * 1024;
    static readonly Offset VietNam = Offset.FromHours(7);

    readonly SimulatedOutcomes outcomes = new(seed, scenario, calendar);
    readonly string tag = (seed & 0xFFFF).ToString("x4", CultureInfo.InvariantCulture);
    readonly SortedDictionary<string, SimulatedAccount> accounts = new(StringComparer.Ordinal);
    readonly List<string> written = [];
    int payments, rejected, returned;
    Vnd sum, rejectedSum, returnedSum;

    /// <summary>Takes every pain.001 of a folder, in the order of their names, and writes the answers into another.</summary>
    /// <param name="folder">Our files; anything that does not end in .xml is passed over.</param>
    /// <param name="outFolder">Answers of an earlier simulation with the same names are replaced.</param>
    /// <param name="receivedOn">The day the bank takes the files; null: the day each was made.</param>
    /// <returns>The reader's refusals when a file is not a pain.001; <c>simulation.no_files</c> when there is none.</returns>
    public Result<SimulationSummary> Answer(string folder, string outFolder, LocalDate? receivedOn)
    {
        var names = files.List(folder).Where(name => name.EndsWith(".xml", StringComparison.Ordinal)).ToList();
        if (names.Count == 0) return new Problem("simulation.no_files", $"There is no file to a bank in {folder}.", "Export or send a run into it first.");
        files.MakeFolder(outFolder);
        foreach (var name in names)
        {
            var taken = new List<Pain001Payment>();
            using var stream = files.Read(Path.Combine(folder, name));
            using var buffered = new BufferedStream(stream, BufferBytes);
            var read = Pain001Reader.ReadBack(buffered, taken.Add);
            if (!read.TryGet(out var message)) return Result<SimulationSummary>.Refuse([.. read.Problems.Select(problem => problem with { At = new SourceLocation(name, problem.At?.Line) })]);
            Take(message, taken, outFolder, receivedOn);
        }

        var firstDay = accounts.Values.Min(account => account.FirstDay);
        var lastDay = accounts.Values.Max(account => account.LastDay(calendar));
        foreach (var account in accounts.Values) WriteStatements(account, outFolder);
        files.FlushFolder(outFolder);
        return new SimulationSummary(written, payments, sum, rejected, rejectedSum, returned, returnedSum, firstDay, lastDay);
    }

    void Take(Pain001ReadBack message, List<Pain001Payment> taken, string outFolder, LocalDate? receivedOn)
    {
        var madeOn = NodaTime.Text.OffsetDateTimePattern.ExtendedIso.Parse(message.CreatedAt ?? "") is { Success: true } made ? made.Value.Date : throw new InvalidOperationException("A file of ours says when it was made.");
        var day = calendar.OnOrAfter(receivedOn ?? madeOn);
        var answered = new List<AnsweredBatch>();
        var lookup = taken.ToLookup(payment => payment.BatchId);
        var executedOn = day;
        foreach (var batch in message.Batches)
        {
            var wanted = NodaTime.Text.LocalDatePattern.Iso.Parse(batch.ExecutionDate ?? "") is { Success: true } date ? date.Value : day;
            executedOn = calendar.OnOrAfter(LocalDate.Max(day, wanted));
            var account = Account(batch);
            var answer = new AnsweredBatch(batch.BatchId!, batch.Count, batch.Sum, [.. lookup[batch.BatchId!].Select(payment => (payment, outcomes.Of(payment.EndToEndId!, executedOn)))]);
            answered.Add(answer);
            var refused = answer.Rejected.ToList();
            var refusedSum = new Vnd(refused.Sum(payment => payment.Payment.Amount!.Value.Amount));
            payments += batch.Count;
            sum += batch.Sum;
            rejected += refused.Count;
            rejectedSum += refusedSum;
            var debitsAll = refused.Count > 0 && outcomes.DebitsRejected(answer.BatchId);
            account.Take(day, executedOn, message.MessageId!, answer.BatchId, debitsAll ? batch.Count : batch.Count - refused.Count, debitsAll ? batch.Sum : batch.Sum - refusedSum, batch.Sum);
            foreach (var (payment, outcome) in answer.Payments.Where(payment => payment.Outcome.Returned is not null))
            {
                returned++;
                returnedSum += payment.Amount!.Value;
                account.Return(outcome.ReturnedOn, payment, outcome.Returned!);
            }
        }

        if (scenario != BankScenario.Silent) Report(message, answered, day, executedOn, outFolder);
    }

    SimulatedAccount Account(Pain001Batch batch)
    {
        if (accounts.TryGetValue(batch.DebtorAccount!, out var known)) return known;
        var random = SeededRandom.For(seed, SimulatedOutcomes.Hash(batch.DebtorAccount!));
        return accounts[batch.DebtorAccount!] = new SimulatedAccount(batch.DebtorAccount!, batch.DebtorAgent!, new Vnd(random.Between(10, 900) * 100_000L));
    }

    /// <summary>The acknowledgement in the morning; the rejected payments, or every payment, in the course of the execution day.</summary>
    void Report(Pain001ReadBack message, List<AnsweredBatch> batches, LocalDate day, LocalDate executedOn, string outFolder)
    {
        Write(outFolder, "pain002", "ACK", message.MessageId!, output => Pain002Writer.Write(output, Head("ACK", day, new LocalTime(9, 5), "ACTC", [])));
        if (scenario == BankScenario.Full)
        {
            Write(outFolder, "pain002", "RP1", message.MessageId!, output => Pain002Writer.Write(output, Head("RP1", executedOn, new LocalTime(10, 0), null, All("ACSP"))));
            Write(outFolder, "pain002", "RP2", message.MessageId!, output => Pain002Writer.Write(output, Head("RP2", executedOn, new LocalTime(16, 0), null, All("ACSC"))));
        }
        else if (batches.Any(batch => batch.Rejected.Any()))
        {
            Write(outFolder, "pain002", "RP1", message.MessageId!, output => Pain002Writer.Write(output, Head("RP1", executedOn, new LocalTime(15, 0), "PART",
                batches.Where(batch => batch.Rejected.Any()).Select(batch => Batch(batch, "PART", batch.Rejected.Select(payment => Status(payment.Payment, "RJCT", payment.Outcome.Rejected)))))));
        }

        StatusReportFile Head(string kind, LocalDate on, LocalTime at, string? status, IEnumerable<BatchStatus> said) => new()
        {
            MessageId = $"{kind}{tag}-{message.MessageId}",
            CreatedAt = (on + at).WithOffset(VietNam),
            BankBic = message.Batches[0].DebtorAgent!,
            OriginalMessageId = message.MessageId!,
            OriginalCount = message.Count,
            OriginalSum = message.Sum,
            Status = status,
            Batches = said,
        };

        IEnumerable<BatchStatus> All(string accepted) => batches.Select(batch => Batch(batch, null,
            batch.Payments.Select(payment => payment.Outcome.Rejected is { } reason ? Status(payment.Payment, "RJCT", reason) : Status(payment.Payment, accepted, null))));

        static BatchStatus Batch(AnsweredBatch batch, string? status, IEnumerable<PaymentStatus> said) =>
            new() { OriginalBatchId = batch.BatchId, OriginalCount = batch.Count, OriginalSum = batch.Sum, Status = status, Payments = said };

        static PaymentStatus Status(Pain001Payment payment, string status, BankReason? reason) =>
            new(payment.EndToEndId!, payment.InstructionId, status, reason, payment.Amount, null);
    }

    /// <summary>One statement a banking day without a gap, from the day of the funding to some days after the last movement; a notification on days with returns.</summary>
    void WriteStatements(SimulatedAccount account, string outFolder)
    {
        var balance = account.OpeningBalance;
        var last = account.LastDay(calendar);
        for (var day = account.FirstDay; day <= last; day = calendar.OnOrAfter(day.PlusDays(1)))
        {
            var entries = account.EntriesOf(day);
            var statement = Statement(account, "ST", day, new LocalTime(19, 0), entries, balance);
            Write(outFolder, "camt053", "ST", statement.StatementId, output => Camt053Writer.Write(output, statement));
            balance = statement.ClosingBalance;
            var returns = entries.Where(entry => entry.Code == StatementCodes.Returned).ToList();
            if (returns.Count == 0) continue;
            var notice = Statement(account, "NT", day, new LocalTime(17, 30), returns, Vnd.Zero);
            Write(outFolder, "camt054", "NT", notice.StatementId, output => Camt054Writer.Write(output, notice));
        }
    }

    AccountStatementFile Statement(SimulatedAccount account, string kind, LocalDate day, LocalTime at, List<StatementEntry> entries, Vnd opening)
    {
        var (credits, debits) = (entries.Where(entry => entry.IsCredit).ToList(), entries.Where(entry => !entry.IsCredit).ToList());
        var id = string.Create(CultureInfo.InvariantCulture, $"{kind}{tag}-{SimulatedOutcomes.Hash(account.Number) & 0xFFFFFF:x6}-{day.Year % 100:00}{day.Month:00}{day.Day:00}");
        return new AccountStatementFile
        {
            MessageId = id,
            StatementId = id,
            CreatedAt = (day + at).WithOffset(VietNam),
            // Counts days, so that what is simulated on one account in two goes is in order too.
            SequenceNo = Period.DaysBetween(new LocalDate(2020, 1, 1), day),
            Account = account.Number,
            BankBic = account.BankBic,
            From = day,
            To = day,
            OpeningBalance = opening,
            CreditCount = credits.Count,
            Credits = new Vnd(credits.Sum(entry => entry.Amount.Amount)),
            DebitCount = debits.Count,
            Debits = new Vnd(debits.Sum(entry => entry.Amount.Amount)),
            Entries = entries,
        };
    }

    /// <summary>File names sort by kind and then by day or file, never by what is in them.</summary>
    void Write(string outFolder, string kind, string part, string id, Action<Stream> write)
    {
        var path = Path.Combine(outFolder, $"{kind}-{(id.StartsWith(part, StringComparison.Ordinal) ? id : part + tag + "-" + id)}.xml");
        files.Delete(path);
        using var stream = files.Create(path);
        using (var buffered = new BufferedStream(stream, BufferBytes)) write(buffered);
        written.Add(path);
    }

    sealed record AnsweredBatch(string BatchId, int Count, Vnd Sum, List<(Pain001Payment Payment, SimulatedOutcome Outcome)> Payments)
    {
        public IEnumerable<(Pain001Payment Payment, SimulatedOutcome Outcome)> Rejected => Payments.Where(payment => payment.Outcome.Rejected is not null);
    }
}
