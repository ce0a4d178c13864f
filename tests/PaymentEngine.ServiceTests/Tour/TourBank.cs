using System.Globalization;
using NodaTime;
using NodaTime.Text;
using PaymentEngine.Core.Money;
using PaymentEngine.Core.Payments;
using PaymentEngine.Core.Reconciliation;
using PaymentEngine.Messages;
using PaymentEngine.Messages.Iso20022;

namespace PaymentEngine.ServiceTests.Tour;

/// <summary>
/// A bank that does with each payment what the scenario says, and tells it as banks do: a status report (pain.002) of what it refuses, a statement (camt.053) each banking day whose balances follow one another.
/// It reads our files and knows nothing of our database.
/// </summary>
sealed class TourBank(string name, string bic, string answers)
{
    /// <summary>What the payee's bank keeps of a payment that comes back short, in đồng.</summary>
    public const long Charge = 11_000;

    static readonly Vnd Opening = new(5_000_000_000);

    readonly SortedDictionary<LocalDate, List<StatementEntry>> booked = [];
    readonly List<(Pain001ReadBack File, IReadOnlyList<Pain001Payment> Payments)> taken = [];

    public string Name => name;

    /// <summary>The files it has loaded, in order.</summary>
    public IReadOnlyList<(Pain001ReadBack File, IReadOnlyList<Pain001Payment> Payments)> Taken => taken;

    string Account => taken[0].File.Batches[0].DebtorAccount!;

    /// <summary>Loads a payment file.</summary>
    public (Pain001ReadBack File, IReadOnlyList<Pain001Payment> Payments) Take(string path)
    {
        var payments = new List<Pain001Payment>();
        using var stream = File.OpenRead(path);
        var read = Pain001Reader.ReadBack(stream, payments.Add);
        Assert.True(read.IsOk, string.Join('\n', read.Problems));
        taken.Add((read.Value, payments));
        return taken[^1];
    }

    /// <summary>Executes a file: debits each batch in one sum without what is refused, and books what comes back the days after.</summary>
    public void Execute(Pain001ReadBack file, IReadOnlyList<Pain001Payment> payments, IReadOnlyDictionary<string, TourFailure> failures)
    {
        foreach (var batch in file.Batches)
        {
            var day = LocalDatePattern.Iso.Parse(batch.ExecutionDate!).Value;
            var failed = payments.Where(one => one.BatchId == batch.BatchId && failures.ContainsKey(one.EndToEndId!)).Select(one => failures[one.EndToEndId!]).ToList();
            var refused = failed.Where(one => one.IsRefused).Sum(one => one.Amount.Amount);
            Book(day, new StatementEntry
            {
                EntryRef = "D" + batch.BatchId, Amount = new Vnd(batch.Sum.Amount - refused), IsCredit = false, BookingDate = day, ValueDate = day, Code = StatementCodes.DomesticTransfer, BatchMessageId = file.MessageId, BatchId = batch.BatchId,
                BatchCount = batch.Count - failed.Count(one => one.IsRefused),
            });
            foreach (var one in failed.Where(one => one.IsSentBack)) SendBack(one, BankingCalendars.VietNam.Plus(day, 1));
        }
    }

    /// <summary>Books a payment that came back, of a short one what is left.</summary>
    public void SendBack(TourFailure one, LocalDate day)
    {
        var sum = one.IsShort ? one.Amount - new Vnd(Charge) : one.Amount;
        Book(day, new StatementEntry
        {
            EntryRef = "C" + one.Payment, Amount = sum, IsCredit = true, BookingDate = day, ValueDate = day, Code = StatementCodes.Returned,
            Details =
            [
                new StatementDetail
                {
                    EndToEndId = one.Payment.ToString(), Amount = sum, IsCredit = true, ReturnReason = new BankReason(one.Reason, null, null), InstructedAmount = one.IsShort ? one.Amount : null,
                    Charges = one.IsShort ? new Vnd(Charge) : null,
                },
            ],
        });
    }

    /// <summary>The status report of a file: taken, and what is refused of it.</summary>
    /// <returns>The report's path below the answers.</returns>
    public string Report(Pain001ReadBack file, IReadOnlyList<Pain001Payment> payments, IReadOnlyDictionary<string, TourFailure> failures, LocalDate day)
    {
        var refused = payments.Where(one => failures.GetValueOrDefault(one.EndToEndId!) is { IsRefused: true }).ToList();
        return Write($"{name}-{file.MessageId}-status.xml", stream => Pain002Writer.Write(stream, new StatusReportFile
        {
            MessageId = $"{name}-{file.MessageId}", CreatedAt = day.At(new LocalTime(8, 0)).WithOffset(Offset.FromHours(7)), BankBic = bic, OriginalMessageId = file.MessageId!, OriginalMessageName = file.MessageVersion,
            OriginalCount = file.Count, OriginalSum = file.Sum, Status = refused.Count > 0 ? "PART" : "ACTC",
            Batches = refused.GroupBy(one => one.BatchId).Select(batch => new BatchStatus
            {
                OriginalBatchId = batch.Key, Payments = batch.Select(one => new PaymentStatus(one.EndToEndId, one.InstructionId, "RJCT", new BankReason(failures[one.EndToEndId!].Reason, null, null), null, null)),
            }),
        }));
    }

    /// <summary>The statements of some days, one each.</summary>
    /// <returns>Their paths below the answers.</returns>
    public IReadOnlyList<string> Statements(params IEnumerable<LocalDate> days) => [.. days.Select(day =>
    {
        var entries = booked.GetValueOrDefault(day) ?? [];
        var (credits, debits) = (entries.Where(one => one.IsCredit).ToList(), entries.Where(one => !one.IsCredit).ToList());
        var id = $"{name}-{Text(day)}";
        return Write(id + ".xml", stream => Camt053Writer.Write(stream, new AccountStatementFile
        {
            MessageId = id, CreatedAt = day.At(new LocalTime(18, 0)).WithOffset(Offset.FromHours(7)), StatementId = id, SequenceNo = BankingDays(day), Account = Account, BankBic = bic, From = day, To = day,
            OpeningBalance = Opening + new Vnd(booked.Where(one => one.Key < day).SelectMany(one => one.Value).Sum(one => one.IsCredit ? one.Amount.Amount : -one.Amount.Amount)),
            CreditCount = credits.Count, Credits = Sum(credits), DebitCount = debits.Count, Debits = Sum(debits), Entries = entries,
        }));
    })];

    static Vnd Sum(List<StatementEntry> entries) => new(entries.Sum(one => one.Amount.Amount));

    /// <summary>Statements are numbered by banking days of the year.</summary>
    static int BankingDays(LocalDate day)
    {
        var (count, other) = (1, new LocalDate(day.Year, 1, 1));
        while ((other = BankingCalendars.VietNam.Plus(other, 1)) <= day) count++;
        return count;
    }

    static string Text(LocalDate day) => LocalDatePattern.Iso.Format(day);

    void Book(LocalDate day, StatementEntry entry)
    {
        if (!booked.TryGetValue(day, out var entries)) booked[day] = entries = [];
        entries.Add(entry);
    }

    string Write(string file, Action<Stream> write)
    {
        Directory.CreateDirectory(answers);
        using var stream = File.Create(Path.Combine(answers, file));
        write(stream);
        return "answers/" + file;
    }
}
