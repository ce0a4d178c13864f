using System.Text;
using System.Xml;
using System.Xml.Schema;
using FsCheck;
using FsCheck.Fluent;
using NodaTime;
using PaymentEngine.Core;
using PaymentEngine.Core.Money;
using PaymentEngine.Core.Payments;
using PaymentEngine.Messages;
using PaymentEngine.Messages.Iso20022;

namespace PaymentEngine.Tests.Iso20022;

public class Pain001Tests
{
    static readonly MessageId Message = new(40, new LocalDate(2026, 11, 21), 7, 1);

    static PaymentInstruction Payment(int line, long amount, string name = "NGUYEN THI HUONG", string account = "0123456789", string text = "TRO CAP THANG 11") =>
        new(new InstructionId(40, new YearMonth(2026, 11), 3, line, 1), new Vnd(amount), "970405", "VBAAVNVX", null, name, account, "SSBE", text);

    static PaymentBatch Batch(int number, string? level, params PaymentInstruction[] payments) => new()
    {
        BatchId = Message.Batch(number), ExecutionDate = new LocalDate(2026, 11, 24), DebtorName = "SO Y TE TINH NGHE AN", DebtorAccount = "3601000000012",
        DebtorBic = "VBAAVNVX", CategoryPurpose = "SSBE", ServiceLevel = level, Count = payments.Length,
        Sum = payments.Aggregate(Vnd.Zero, (sum, p) => sum + p.Amount), Payments = payments,
    };

    static BatchFile File(params PaymentBatch[] batches) => new()
    {
        MessageId = Message.ToString(), CreatedAt = new LocalDateTime(2026, 11, 21, 8, 30).WithOffset(Offset.FromHours(7)), PayerName = "SO Y TE TINH NGHE AN",
        CustomerNumber = "KH000123", Count = batches.Sum(b => b.Count), Sum = batches.Aggregate(Vnd.Zero, (sum, b) => sum + b.Sum), Batches = batches,
    };

    static BatchFile TwoBatches() => File(
        Batch(1, "NURG", Payment(1, 1_500_000), Payment(3, 540_000, "DANG VAN DUC", "00012345678", "")),
        Batch(2, "URGP", Payment(2, 999_999_999_999, "O'BRIEN (A) VA B-1", "VN00X7")));

    static byte[] Write(BatchFile file, out WrittenFile written, BankProfile? profile = null)
    {
        using var stream = new MemoryStream();
        written = Pain001Writer.Write(stream, file, profile ?? BankProfiles.Generic);
        return stream.ToArray();
    }

    static string GoldenPath(string name)
    {
        for (var at = new DirectoryInfo(AppContext.BaseDirectory); at is not null; at = at.Parent)
        {
            if (System.IO.File.Exists(Path.Combine(at.FullName, "PaymentEngine.sln"))) return Path.Combine(at.FullName, "tests", "PaymentEngine.Tests", "Golden", "pain.001", name);
        }

        throw new DirectoryNotFoundException("The tests run inside the checkout.");
    }

    [Fact]
    public void A_file_of_two_batches_is_the_golden_file_byte_for_byte()
    {
        var bytes = Write(TwoBatches(), out _);
        Assert.Equal(System.IO.File.ReadAllText(GoldenPath("two-batches/expected.xml")), Encoding.UTF8.GetString(bytes));
        Assert.Equal(System.IO.File.ReadAllBytes(GoldenPath("two-batches/expected.xml")), bytes);
    }

    [Fact]
    public void Written_again_it_is_the_same_bytes_and_the_hash_is_theirs()
    {
        var bytes = Write(TwoBatches(), out var first);
        Write(TwoBatches(), out var second);
        Assert.Equal(first, second);
        Assert.Equal(Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(bytes)), first.Sha256);
        Assert.Equal(bytes.Length, first.Bytes);
        Assert.Equal("B40261121-000007-01.xml", first.FileName);
    }

    [Fact]
    public void The_list_hash_is_that_of_the_lines_sorted_by_id()
    {
        Write(TwoBatches(), out var written);
        var lines = TwoBatches().Batches.SelectMany(b => b.Payments).Select(p => $"{p.EndToEndId}|970405|{p.CreditorAccount}|{p.Amount}\n").Order(StringComparer.Ordinal);
        Assert.Equal(Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(Encoding.UTF8.GetBytes(string.Concat(lines)))), written.ListHash);
        Assert.Equal(123_456_789 + 12_345_678 + 7, written.AccountHashTotal);
    }

    [Fact]
    public void Written_then_read_is_the_same_batch()
    {
        var lists = (from seed in Gen.Choose(0, int.MaxValue) from count in Gen.Choose(1, 40) select (seed, count)).ToArbitrary();
        Prop.ForAll(lists, list =>
        {
            var random = new SeededRandom((ulong)list.seed);
            var payments = Enumerable.Range(1, list.count).Select(line => Payment(line * (1 + random.Below(3)) + (line * 4), 1 + random.Below(2_000_000_000),
                BankText.Name(random.Pick(["Nguyễn Thị Hường", "Đặng Đức", "Hồ A & B", "Lê 'X' (Y)"]), 70).Text,
                string.Concat(Enumerable.Range(0, random.Between(6, 19)).Select(_ => (char)('0' + random.Below(10)))),
                random.Chance(2_000) ? "" : "TRO CAP")).OrderBy(p => p.EndToEndId.LineNo).DistinctBy(p => p.EndToEndId).ToArray();
            var cut = random.Below(payments.Length);
            var file = cut == 0 ? File(Batch(1, null, payments)) : File(Batch(1, "NURG", payments[..cut]), Batch(2, "URGP", payments[cut..]));
            var bytes = Write(file, out var written);
            var read = new List<Pain001Payment>();
            var back = Pain001Reader.ReadBack(new MemoryStream(bytes), read.Add).Value;
            return back.ListHash == written.ListHash && back.Sum == file.Sum && back.Count == file.Count && back.AccountHashTotal == written.AccountHashTotal
                && back.MessageId == file.MessageId && back.CreatedAt == "2026-11-21T08:30:00+07:00"
                && read.Select(p => (p.EndToEndId, p.InstructionId, p.Amount, p.Bank, p.CreditorName, p.CreditorAccount, p.PurposeCode)).SequenceEqual(
                    payments.Select(p => ((string?)p.EndToEndId.ToString(), (string?)p.EndToEndId.ToString(), (Vnd?)p.Amount, (string?)p.BankBin, (string?)p.CreditorName, (string?)p.CreditorAccount, (string?)p.PurposeCode)))
                && back.Batches.Select(b => b.BatchId).SequenceEqual(file.Batches.Select(b => b.BatchId))
                && OurSchema.CheckPain001(new MemoryStream(bytes)).Count == 0;
        }).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void A_changed_amount_account_or_count_is_noticed_when_read_back()
    {
        var text = Encoding.UTF8.GetString(Write(TwoBatches(), out var written));
        Result<Pain001ReadBack> Read(string changed) => Pain001Reader.ReadBack(new MemoryStream(Encoding.UTF8.GetBytes(changed)));

        Assert.Equal("pain001.sum_differs", Read(text.Replace(">540000<", ">540001<", StringComparison.Ordinal)).Problems[0].Code);
        Assert.NotEqual(written.ListHash, Read(text.Replace("00012345678", "00012345679", StringComparison.Ordinal)).Value.ListHash);
        Assert.Equal("pain001.count_differs", Read(text.Replace("<NbOfTxs>3<", "<NbOfTxs>4<", StringComparison.Ordinal)).Problems[0].Code);
        Assert.Equal("pain001.payment_incomplete", Read(text.Replace("Ccy=\"VND\">540000", "Ccy=\"USD\">540000", StringComparison.Ordinal)).Problems[0].Code);
        Assert.Equal("bank_file.not_well_formed", Read(text[..^20]).Problems[0].Code);
        Assert.Equal("pain001.unknown_message", Read("<a/>").Problems[0].Code);
    }

    [Fact]
    public void What_was_pulled_must_be_what_was_announced()
    {
        var batch = Batch(1, null, Payment(1, 100), Payment(2, 200));
        Assert.Throws<InvalidOperationException>(() => Write(File(batch with { Count = 3 }), out _));
        Assert.Throws<InvalidOperationException>(() => Write(File(batch with { Sum = new Vnd(301) }), out _));
        Assert.Throws<InvalidOperationException>(() => Write(File(batch) with { Count = 1 }, out _));
        Assert.Throws<InvalidOperationException>(() => Write(File(batch) with { Sum = new Vnd(299) }, out _));
        Assert.Throws<InvalidOperationException>(() => Write(File(batch with { Payments = batch.Payments.Reverse() }), out _));
        Assert.Throws<InvalidOperationException>(() => Write(File(Batch(1, null, Payment(1, 1)), Batch(2, null, Payment(1, 1))), out _));
    }

    [Theory]
    [InlineData(0, "A", "0123456")]
    [InlineData(1, "Nguyễn", "0123456")]
    [InlineData(1, "A  B", "0123456")]
    [InlineData(1, "A", "012 456")]
    [InlineData(1_000_000_000_000, "A", "0123456")]
    public void What_a_bank_could_not_read_is_never_written(long amount, string name, string account) =>
        Assert.Throws<InvalidOperationException>(() => Write(File(Batch(1, null, Payment(1, amount, name, account))), out _));

    [Fact]
    public void The_remittance_text_opens_with_the_id_and_is_cut_to_the_banks_field()
    {
        var payment = Payment(1, 100, text: "TRO CAP XA HOI THANG 11 NAM 2026");
        var bytes = Write(File(Batch(1, null, payment)), out _, BankProfiles.Generic with { RemittanceLengthMax = 25 });
        var read = new List<Pain001Payment>();
        Pain001Reader.ReadBack(new MemoryStream(bytes), read.Add);
        Assert.Equal(payment.EndToEndId + " TRO CA", read[0].RemittanceText);
    }

    [Fact]
    public void Our_own_schema_refuses_what_the_profile_does_not_allow()
    {
        var text = Encoding.UTF8.GetString(Write(TwoBatches(), out _));
        Assert.Empty(OurSchema.CheckPain001(new MemoryStream(Encoding.UTF8.GetBytes(text))));
        foreach (var (from, to) in new[]
        {
            (">540000<", ">0540000<"), (">540000<", ">540000.00<"), ("Ccy=\"VND\"", "Ccy=\"USD\""), ("DANG VAN DUC", "Dang Van Duc"), ("DANG VAN DUC", "DANG  DUC"),
            ("DANG VAN DUC", "DANG_DUC"), ("<PmtMtd>TRF<", "<PmtMtd>CHK<"), ("+07:00", ""), ("<BtchBookg>true</BtchBookg>", ""), ("tech:xsd:pain.001.001.09", "tech:xsd:pain.001.001.03"),
        })
        {
            Assert.NotEmpty(OurSchema.CheckPain001(new MemoryStream(Encoding.UTF8.GetBytes(text.Replace(from, to, StringComparison.Ordinal)))));
        }
    }

    [Theory]
    [InlineData("vi-VN")]
    [InlineData("th-TH")]
    [InlineData("tr-TR")]
    [InlineData("ar-SA")]
    public void The_culture_of_the_machine_changes_nothing(string culture)
    {
        var before = Thread.CurrentThread.CurrentCulture;
        Thread.CurrentThread.CurrentCulture = System.Globalization.CultureInfo.GetCultureInfo(culture);
        try
        {
            A_file_of_two_batches_is_the_golden_file_byte_for_byte();
        }
        finally
        {
            Thread.CurrentThread.CurrentCulture = before;
        }
    }

    [OfficialSchemaFact]
    public void What_we_write_is_valid_against_the_official_schema()
    {
        var faults = new List<string>();
        var settings = new XmlReaderSettings { ValidationType = ValidationType.Schema, DtdProcessing = DtdProcessing.Prohibit };
        settings.ValidationEventHandler += (_, e) => faults.Add(e.Message);
        settings.ValidationFlags |= XmlSchemaValidationFlags.ReportValidationWarnings;
        settings.Schemas.Add(null, Path.Combine(OfficialSchemas.Find()!, "pain.001.001.09.xsd"));
        foreach (var profile in new[] { BankProfiles.Generic, BankProfiles.Generic with { CreditorAgent = AgentForm.Bic, ChargeBearer = null } })
        {
            using var reader = XmlReader.Create(new MemoryStream(Write(TwoBatches(), out _, profile)), settings);
            while (reader.Read())
            {
            }
        }

        Assert.Empty(faults);
    }
}
