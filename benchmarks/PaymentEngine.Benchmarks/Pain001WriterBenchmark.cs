using System.Security.Cryptography;
using NodaTime;
using PaymentEngine.Core;
using PaymentEngine.Core.Money;
using PaymentEngine.Core.Payments;
using PaymentEngine.Messages;
using PaymentEngine.Messages.Iso20022;
using PaymentEngine.Tests.Iso20022;

namespace PaymentEngine.Benchmarks;

/// <summary>A pain.001.001.09 into memory-backed files: beside its limit, write(2) of the same bytes, and beside XmlWriter called for each element. Times are a payment.</summary>
/// <remarks>What hashing costs is shown by itself: SHA-256 of the bytes and of the approved list cannot be left out when a file is released, however it is written.</remarks>
static class Pain001WriterBenchmark
{
    /// <summary>Payments of the file.</summary>
    const int Payments = 100_000;

    const int PaymentsPerBatch = 10_000;
    const int ChunkBytes = 256 * 1024;

    static readonly string[] banks = ["970405", "970407", "970415", "970418", "970422", "970436", "970449", "970423"];
    static readonly BankProfile profile = BankProfiles.Generic with { TransactionsPerFileMax = 10_000_000, TransactionsPerBatchMax = 10_000_000, BatchesPerFileMax = 999, FileBytesMax = long.MaxValue };
    static readonly PaymentInstruction[] payments = Made();
    static readonly byte[] bytes = Written();

    // Memory-backed where the system has such a folder: the limit is then the system call and the copy, not a disk.
    static readonly string path = Path.Combine(Directory.Exists("/dev/shm") ? "/dev/shm" : Path.GetTempPath(), $"payengine-benchmark-{Environment.ProcessId}.xml");

    static PaymentInstruction[] Made()
    {
        string[] families = ["Nguyễn", "Trần", "Lê", "Phạm", "Hoàng", "Phan", "Vũ", "Đặng", "Bùi", "Đỗ"], middles = ["Thị", "Văn", "Thị Hồng", "Đức", "Thị Ngọc", "Xuân"], given = ["Hường", "Lan", "Dũng", "Phượng", "Thắng", "Ánh", "Quỳnh"];
        var random = new SeededRandom(1);
        var made = new PaymentInstruction[Payments];
        for (var i = 0; i < made.Length; i++)
        {
            made[i] = new(new InstructionId(40, new YearMonth(2026, 11), 3, i, 1), new Vnd(500_000 + (1_000 * random.Below(8_000))), random.Pick(banks), null, null,
                BankText.Name($"{random.Pick(families)} {random.Pick(middles)} {random.Pick(given)}", 70).Text, string.Concat(Enumerable.Range(0, 13).Select(_ => (char)('0' + random.Below(10)))), "SSBE", "TRO CAP T11/2026");
        }

        return made;
    }

    static BatchFile File()
    {
        var message = new MessageId(40, new LocalDate(2026, 10, 26), 7, 1);
        var batches = Enumerable.Range(0, Payments / PaymentsPerBatch).Select(no => new ArraySegment<PaymentInstruction>(payments, no * PaymentsPerBatch, PaymentsPerBatch)).Select((part, no) => new PaymentBatch
        {
            BatchId = message.Batch(no + 1), ExecutionDate = new LocalDate(2026, 11, 2), DebtorName = "SO Y TE TINH NGHE AN", DebtorAccount = "3601000000012", DebtorBic = "VBAAVNVX", CategoryPurpose = "SSBE",
            ServiceLevel = "NURG", Count = part.Count, Sum = part.Aggregate(Vnd.Zero, (sum, payment) => sum + payment.Amount), Payments = part,
        }).ToList();
        return new()
        {
            MessageId = message.ToString(), CreatedAt = new LocalDateTime(2026, 10, 26, 9, 0).WithOffset(Offset.FromHours(7)), PayerName = "SO Y TE TINH NGHE AN", CustomerNumber = "KH000123", Count = Payments,
            Sum = batches.Aggregate(Vnd.Zero, (sum, batch) => sum + batch.Sum), Batches = batches,
        };
    }

    static readonly BatchFile file = File();

    static byte[] Written()
    {
        using var ours = new MemoryStream();
        Pain001Writer.WriteBytes(ours, File(), profile, null);
        using var plain = new MemoryStream();
        PlainPain001.Write(plain, File(), profile);
        if (!ours.GetBuffer().AsSpan(0, (int)ours.Length).SequenceEqual(plain.GetBuffer().AsSpan(0, (int)plain.Length))) throw new InvalidOperationException("The two writers disagree.");
        Console.WriteLine($"{Payments} payments, {ours.Length} bytes ({ours.Length / Payments} a payment), the same bytes from both writers");
        return ours.ToArray();
    }

    static FileStream Open() => new(path, FileMode.Create, FileAccess.Write, FileShare.None, bufferSize: 0);

    /// <summary>The same bytes, a quarter of a megabyte at a time: the limit.</summary>
    static void Write2()
    {
        using var output = Open();
        for (var at = 0; at < bytes.Length; at += ChunkBytes) output.Write(bytes, at, Math.Min(ChunkBytes, bytes.Length - at));
    }

    static void Writer()
    {
        using var output = Open();
        Pain001Writer.WriteBytes(output, file, profile, null);
    }

    /// <summary>As files are released: with SHA-256 of the bytes, and the hash of the list (sorted, since it has several batches).</summary>
    static void WriterHashed()
    {
        using var output = Open();
        Pain001Writer.Write(output, file, profile);
    }

    static void PlainXmlWriter()
    {
        using var output = Open();
        PlainPain001.Write(output, file, profile);
    }

    /// <summary>Measures, and prints each rate beside the limit and beside XmlWriter.</summary>
    public static void Print()
    {
        new Rounds(Payments, warmups: 4, count: 21).Print(
            ("write(2)", Write2),
            ("writer", Writer),
            ("writer into nowhere", () => Pain001Writer.WriteBytes(Stream.Null, file, profile, null)),
            ("writer with SHA-256 and list hash", WriterHashed),
            ("SHA-256 of the bytes", () => SHA256.HashData(bytes)),
            ("XmlWriter", PlainXmlWriter));
        System.IO.File.Delete(path);
    }
}

/// <summary>A million payments through the writer, pulled one by one: what the process takes of memory.</summary>
static class Pain001Memory
{
    public static void Print(int count)
    {
        var profile = BankProfiles.Generic with { TransactionsPerFileMax = count, TransactionsPerBatchMax = count, FileBytesMax = long.MaxValue };
        var message = new MessageId(40, new LocalDate(2026, 10, 26), 7, 1);
        var batch = new PaymentBatch
        {
            BatchId = message.Batch(1), ExecutionDate = new LocalDate(2026, 11, 2), DebtorName = "SO Y TE TINH NGHE AN", DebtorAccount = "3601000000012", DebtorBic = "VBAAVNVX", CategoryPurpose = "SSBE", ServiceLevel = "NURG",
            Count = count, Sum = new Vnd(500_000L * count), Payments = Pulled(count),
        };
        using var output = Stream.Null;
        var written = Pain001Writer.Write(output, new()
        {
            MessageId = message.ToString(), CreatedAt = new LocalDateTime(2026, 10, 26, 9, 0).WithOffset(Offset.FromHours(7)), PayerName = "SO Y TE TINH NGHE AN", CustomerNumber = "KH000123", Count = count,
            Sum = batch.Sum, Batches = [batch],
        }, profile);
        using var self = System.Diagnostics.Process.GetCurrentProcess();
        Console.WriteLine(FormattableString.Invariant($"{written.Count} payments, {written.Bytes} bytes, hashed: peak of the whole process {self.PeakWorkingSet64 / 1_000_000} MB, managed heap now {GC.GetTotalMemory(false) / 1_000_000} MB"));
    }

    static IEnumerable<PaymentInstruction> Pulled(int count)
    {
        for (var line = 0; line < count; line++)
        {
            // Texts are made for each payment, as they are when rows come out of the database.
            yield return new(new InstructionId(40, new YearMonth(2026, 11), 3, line, 1), new Vnd(500_000), "970436", null, null, string.Concat("NGUYEN THI ", line % 2 == 0 ? "HUONG" : "LAN"),
                line.ToString("0000000000000", System.Globalization.CultureInfo.InvariantCulture), "SSBE", "TRO CAP T11/2026");
        }
    }
}
