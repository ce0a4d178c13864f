using System.Text;
using DocumentFormat.OpenXml.Packaging;
using DocumentFormat.OpenXml.Validation;
using NodaTime;
using PaymentEngine.Core;
using PaymentEngine.Core.Money;
using PaymentEngine.Core.Payments;
using PaymentEngine.Core.Reconciliation;
using PaymentEngine.Messages;
using PaymentEngine.Messages.Iso20022;
using PaymentEngine.Messages.Spreadsheets;

namespace PaymentEngine.Tests.Spreadsheets;

public class PaymentListTests
{
    internal static readonly MessageId Message = new(40, new LocalDate(2026, 11, 21), 7, 1);

    public static TheoryData<string> ListProfiles => [.. BankProfiles.All.Where(profile => profile.FileKind != FileKind.Pain001).Select(profile => profile.Id)];

    internal static PaymentInstruction Payment(int line, long amount, string name = "NGUYEN THI HUONG", string account = "0123456789", string bank = "970405") =>
        new(new InstructionId(40, new YearMonth(2026, 11), 3, line, 1), new Vnd(amount), bank, "VBAAVNVX", null, name, account, "SSBE", "TRO CAP T11/2026");

    internal static BatchFile FileOf(params PaymentInstruction[] payments)
    {
        var sum = payments.Aggregate(Vnd.Zero, (total, one) => total + one.Amount);
        return new BatchFile
        {
            MessageId = Message.ToString(), CreatedAt = new LocalDateTime(2026, 11, 21, 8, 30).WithOffset(Offset.FromHours(7)), PayerName = "SO Y TE TINH NGHE AN", CustomerNumber = "KH000123", Count = payments.Length, Sum = sum,
            Batches = [new PaymentBatch
            {
                BatchId = Message.Batch(1), ExecutionDate = new LocalDate(2026, 11, 24), DebtorName = "SO Y TE TINH NGHE AN", DebtorAccount = "3601000000012", DebtorBic = "VBAAVNVX", CategoryPurpose = "SSBE", Count = payments.Length,
                Sum = sum, Payments = payments,
            }],
        };
    }

    static BatchFile ThreePayments() => FileOf(Payment(1, 500_000), Payment(2, 12_345_678, "O'BRIEN (A) VA B-1", "0000001", "970436"), Payment(3, 999_999_999, "-THI =HOA", "VN00X7", "970449"));

    internal static byte[] Write(BatchFile file, BankProfile profile, out WrittenFile written)
    {
        using var stream = new MemoryStream();
        written = PaymentFileFormats.Write(stream, file, profile);
        return stream.ToArray();
    }

    internal static List<string[]> Rows(byte[] bytes, FileKind kind)
    {
        var rows = new List<string[]>();
        Assert.Null(SheetReader.Read(new MemoryStream(bytes), kind == FileKind.Csv ? SheetKind.Text : SheetKind.Xlsx, null, row =>
        {
            rows.Add([.. row.Cells.Select(cell => cell.Text)]);
            return true;
        }));
        return rows;
    }

    [Theory]
    [MemberData(nameof(ListProfiles))]
    public void Written_then_read_is_the_same_list(string id)
    {
        var profile = BankProfiles.Find(id)!;
        var bytes = Write(ThreePayments(), profile, out var written);
        var back = PaymentFileFormats.ReadBack(new MemoryStream(bytes), profile).Value;
        Assert.Equal((written.Count, written.Sum, written.ListHash, written.AccountHashTotal), (back.Count, back.Sum, back.ListHash, back.AccountHashTotal));
        Assert.Equal(3, back.Count);
        Assert.EndsWith(PaymentFileFormats.Extension(profile.FileKind), written.FileName, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(ListProfiles))]
    public void The_same_batch_is_the_same_bytes(string id) => Assert.Equal(Write(ThreePayments(), BankProfiles.Find(id)!, out _), Write(ThreePayments(), BankProfiles.Find(id)!, out _));

    [Theory]
    [MemberData(nameof(ListProfiles))]
    public void A_list_is_its_golden_file_byte_for_byte(string id)
    {
        var bytes = Write(ThreePayments(), BankProfiles.Find(id)!, out var written);
        var golden = Path.Combine(House.Repository.Root, "tests", "PaymentEngine.Tests", "Golden", "lists", id + Path.GetExtension(written.FileName));
        if (Environment.GetEnvironmentVariable("PAYENGINE_UPDATE_GOLDEN") == "1")
        {
            Directory.CreateDirectory(Path.GetDirectoryName(golden)!);
            File.WriteAllBytes(golden, bytes);
        }

        Assert.Equal(File.ReadAllBytes(golden), bytes);
    }

    [Theory]
    [MemberData(nameof(ListProfiles))]
    public void A_list_keeps_zeros_and_runs_nothing(string id)
    {
        var profile = BankProfiles.Find(id)!;
        var rows = Rows(Write(ThreePayments(), profile, out _), profile.FileKind);
        var accountAt = profile.Layout!.Columns.ToList().FindIndex(column => column.Field == PaymentField.CreditorAccount);
        var nameAt = profile.Layout.Columns.ToList().FindIndex(column => column.Field == PaymentField.CreditorName);
        var second = rows[profile.Layout.HeaderRows.Count + 2];
        Assert.Equal("0000001", second[accountAt]);
        Assert.Equal("THI HOA", rows[profile.Layout.HeaderRows.Count + 3][nameAt]);
        Assert.All(rows.SelectMany(row => row).Where(cell => cell.Length > 0), cell => Assert.False(cell[0] is '=' or '+' or '-' or '@' or '\'', cell));
    }

    [Theory]
    [MemberData(nameof(ListProfiles))]
    public void A_workbook_is_valid_Open_XML(string id)
    {
        var profile = BankProfiles.Find(id)!;
        if (profile.FileKind != FileKind.Xlsx) return;
        using var document = SpreadsheetDocument.Open(new MemoryStream(Write(ThreePayments(), profile, out _)), isEditable: false);
        Assert.Empty(new OpenXmlValidator().Validate(document).Select(error => $"{error.Path?.XPath}: {error.Description}"));
    }

    [Fact]
    public void A_list_by_semicolon_is_these_bytes()
    {
        var profile = BankProfiles.Find("vbsp")!;
        var text = Encoding.UTF8.GetString(Write(FileOf(Payment(1, 500_000, "NGUYỄN THỊ HƯỜNG"), Payment(2, 700_000, "LE VAN; \"BA\"")), profile, out _));
        var (one, two) = (Payment(1, 1).EndToEndId, Payment(2, 1).EndToEndId);
        Assert.Equal("\uFEFFSTT;Mã lệnh chi;Mã ngân hàng;Số tài khoản;Họ và tên;Số tiền;Ngày chi;Nội dung\r\n"
            + $"1;{one};970405;0123456789;NGUYỄN THỊ HƯỜNG;500000;24/11/2026;{one} TRO CAP T11/2026\r\n"
            + $"2;{two};970405;0123456789;LE VAN BA;700000;24/11/2026;{two} TRO CAP T11/2026\r\n"
            + "Tổng cộng;2;;;;1200000;;\r\n", text);
    }

    [Theory]
    [InlineData(TextEncoding.Utf8)]
    [InlineData(TextEncoding.Utf8Mark)]
    [InlineData(TextEncoding.Utf16)]
    [InlineData(TextEncoding.Windows1258)]
    public void Every_Vietnamese_letter_survives_every_encoding(TextEncoding encoding)
    {
        const string Letters = "aàáảãạăằắẳẵặâầấẩẫậeèéẻẽẹêềếểễệiìíỉĩịoòóỏõọôồốổỗộơờớởỡợuùúủũụưừứửữựyỳýỷỹỵđ";
        var name = (Letters + Letters.ToUpperInvariant())[..134];
        var vbsp = BankProfiles.Find("vbsp")!;
        var profile = vbsp with
        {
            NameLengthMax = 140,
            Layout = vbsp.Layout! with { Encoding = encoding, Columns = [.. vbsp.Layout.Columns.Select(column => column.Field == PaymentField.CreditorName ? column with { UpperCase = false, LengthMax = 140 } : column)] },
        };
        Assert.Equal(name, Rows(Write(FileOf(Payment(1, 1, name)), profile, out _), FileKind.Csv)[1][4]);
    }

    [Fact]
    public void A_changed_cell_is_seen_when_the_list_is_read_back()
    {
        var profile = BankProfiles.Find("viettel-money")!;
        var bytes = Write(ThreePayments(), profile, out var written);
        var changed = Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(bytes).Replace(",0000001,", ",0000002,", StringComparison.Ordinal));
        Assert.NotEqual(written.ListHash, PaymentFileFormats.ReadBack(new MemoryStream(changed), profile).Value.ListHash);
        var torn = Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(bytes).Replace(",500000,", ",500.000,", StringComparison.Ordinal));
        Assert.Equal("payment_list.differs", PaymentFileFormats.ReadBack(new MemoryStream(torn), profile).Problems[0].Code);
    }

    [Fact]
    public void More_payments_or_another_sum_than_announced_stop_the_writer()
    {
        var profile = BankProfiles.Find("mb")!;
        var file = ThreePayments();
        Assert.Throws<InvalidOperationException>(() => Write(file with { Sum = file.Sum + new Vnd(1) }, profile, out _));
        Assert.Throws<InvalidOperationException>(() => Write(file, profile with { TransactionsPerFileMax = 2 }, out _));
        Assert.Throws<InvalidOperationException>(() => Write(FileOf(Payment(2, 1), Payment(1, 1)), profile, out _));
    }

    [Fact]
    public void Every_bank_has_a_name_of_its_own_in_a_list() =>
        Assert.All(BankDirectory.All, bank => Assert.Equal(bank.Bin, PaymentFileFormats.BankByName(CellText.Of(PaymentFileFormats.BankName(bank.Bin), 100, upperCase: true, accents: false))));

    [Fact]
    public void No_result_list_fits_two_of_the_profiles_that_ship()
    {
        var lists = BankProfiles.All.Where(profile => profile.Results is not null).ToList();
        foreach (var one in lists)
            foreach (var other in lists.Where(other => other != one))
                Assert.False(one.Results!.Columns.All(column => other.Results!.Columns.Any(title => PlainWords.Of(title.Title) == PlainWords.Of(column.Title))), $"{one.Id} and {other.Id}");
    }
}
