using System.Diagnostics;
using System.Globalization;
using NodaTime;
using PaymentEngine.Core.Money;
using PaymentEngine.Core.Payments;
using PaymentEngine.Core.Reconciliation;
using PaymentEngine.Messages;
using PaymentEngine.Messages.Spreadsheets;

namespace PaymentEngine.Benchmarks;

/// <summary>Lists to and from banks: seconds, bytes allocated and the process's highest memory for so many rows, beside writing the same bytes to a file.</summary>
static class SpreadsheetShare
{
    sealed class Counter : IBankMessageVisitor
    {
        public int Count { get; private set; }

        public void Status(StatusReport report) => Count++;
    }

    public static void Print(int rows)
    {
        var folder = Directory.CreateTempSubdirectory("payengine-spreadsheets-").FullName;
        foreach (var id in (string[])["viettel-money", "vietcombank"])
        {
            var profile = BankProfiles.Find(id)! with { TransactionsPerFileMax = rows, TransactionsPerBatchMax = rows, FileBytesMax = 2_000_000_000 };
            var path = Path.Combine(folder, id + PaymentFileFormats.Extension(profile.FileKind));
            Measure($"{profile.FileKind} out", () =>
            {
                using var stream = new FileStream(path, FileMode.Create, FileAccess.Write, FileShare.None, 1 << 18);
                PaymentFileFormats.Write(stream, FileOf(rows), profile);
                return stream.Length;
            });
            var bytes = File.ReadAllBytes(path);
            Measure("  the same bytes by write(2)", () =>
            {
                using var stream = new FileStream(path + ".copy", FileMode.Create, FileAccess.Write, FileShare.None, 0);
                stream.Write(bytes);
                return stream.Length;
            });
            bytes = [];
            Measure($"{profile.FileKind} read back", () =>
            {
                using var stream = new BufferedStream(File.OpenRead(path), 1 << 18);
                var back = PaymentFileFormats.ReadBack(stream, profile);
                return back.IsOk && back.Value.Count == rows ? stream.Length : throw new InvalidOperationException(back.Problems[0].ToString());
            });
            var answer = Path.Combine(folder, id + "-result" + PaymentFileFormats.Extension(profile.FileKind));
            WriteAnswer(answer, profile, rows);
            Measure($"{profile.FileKind} result list in", () =>
            {
                using var stream = new BufferedStream(File.OpenRead(answer), 1 << 18);
                var counter = new Counter();
                var read = ResultListReader.Read(stream, SheetReader.KindOf(stream, answer)!.Value, [profile], counter);
                return read.IsOk && counter.Count == rows ? stream.Length : throw new InvalidOperationException(string.Join("; ", read.Problems.Take(3)));
            });
        }

        Directory.Delete(folder, recursive: true);
    }

    static void WriteAnswer(string path, BankProfile profile, int rows)
    {
        using var stream = new FileStream(path, FileMode.Create, FileAccess.Write);
        using IRowWriter table = profile.FileKind == FileKind.Csv ? new TextRows(stream, TextEncoding.Utf8, ',', LineEnd.Lf) : new WorkbookRows(stream, "Ket qua", []);
        table.Row([.. profile.Results!.Columns.Select(column => OutCell.Of(column.Title))]);
        for (var line = 1; line <= rows; line++)
        {
            var payment = Payment(line);
            table.Row([.. profile.Results.Columns.Select(column => OutCell.Of(column.Field switch
            {
                ResultField.EndToEndId => payment.EndToEndId.ToString(),
                ResultField.Remittance => $"{payment.EndToEndId} TRO CAP",
                ResultField.Amount => payment.Amount.Amount.ToString(CultureInfo.InvariantCulture),
                ResultField.CreditorAccount => payment.CreditorAccount,
                ResultField.Status => line % 50 == 0 ? "Từ chối" : "Thành công",
                ResultField.Reason => line % 50 == 0 ? "Tài khoản đã đóng" : "",
                _ => "",
            }))]);
        }

        table.Finish();
    }

    static BatchFile FileOf(int rows)
    {
        var message = new MessageId(40, new LocalDate(2026, 11, 21), 7, 1);
        var sum = Vnd.Zero;
        for (var line = 1; line <= rows; line++) sum += Payment(line).Amount;
        return new BatchFile
        {
            MessageId = message.ToString(), CreatedAt = new LocalDateTime(2026, 11, 21, 8, 30).WithOffset(Offset.FromHours(7)), PayerName = "SO Y TE TINH NGHE AN", Count = rows, Sum = sum,
            Batches = [new PaymentBatch
            {
                BatchId = message.Batch(1), ExecutionDate = new LocalDate(2026, 11, 24), DebtorName = "SO Y TE TINH NGHE AN", DebtorAccount = "3601000000012", CategoryPurpose = "SSBE", Count = rows, Sum = sum,
                Payments = Enumerable.Range(1, rows).Select(Payment),
            }],
        };
    }

    static PaymentInstruction Payment(int line) => new(new InstructionId(40, new YearMonth(2026, 11), 3, line, 1), new Vnd(500_000 + (line % 97 * 1_000)), "970405", "VBAAVNVX", null,
        "NGUYEN THI HUONG GIANG", string.Create(CultureInfo.InvariantCulture, $"00{line:00000000000}"), "SSBE", "TRO CAP T11/2026");

    static void Measure(string what, Func<long> work)
    {
        GC.Collect();
        var before = GC.GetTotalAllocatedBytes(precise: true);
        var watch = Stopwatch.StartNew();
        var bytes = work();
        var seconds = watch.Elapsed.TotalSeconds;
        var allocated = GC.GetTotalAllocatedBytes(precise: true) - before;
        using var process = Process.GetCurrentProcess();
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{what,-28} {bytes / 1e6,8:0.0} MB {seconds,8:0.000} s {bytes / 1e6 / seconds,8:0} MB/s {allocated / 1e6,9:0} MB allocated {process.PeakWorkingSet64 / 1e6,8:0} MB highest so far"));
    }
}
