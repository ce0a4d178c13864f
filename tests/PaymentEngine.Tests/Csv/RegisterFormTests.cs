using System.Text;
using FsCheck;
using FsCheck.Fluent;
using NodaTime;
using PaymentEngine.Core.Recipients;
using PaymentEngine.Messages.Csv;

namespace PaymentEngine.Tests.Csv;

public sealed class RegisterFormTests
{
    [Theory]
    [InlineData(",", "\n")]
    [InlineData(";", "\r\n")]
    [InlineData("\t", "\n")]
    public void Separators_line_ends_byte_order_mark_column_order_and_case_are_free(string separator, string lineEnd)
    {
        var text = "\uFEFF" + string.Join(lineEnd, ["Commune_Code,BIRTH,full_name,person_id,province_code", "", "40001,1950,\"Trần Thị Bé\",0001,40", ",,,,"]).Replace(",", separator, StringComparison.Ordinal) + lineEnd;
        using var reading = RegisterFiles.ReadPeople(new MemoryStream(Encoding.UTF8.GetBytes(text)), "people.csv");

        var row = Assert.Single(reading);
        Assert.True(reading.IsClean);
        Assert.Equal((3, "0001", "Trần Thị Bé", new BirthDate(1950, 0, 0)), (row.Line, row.Value.PersonId, row.Value.FullName, row.Value.Birth));
    }

    [Fact]
    public void A_decomposed_name_is_composed()
    {
        var name = "Đặng Thị Ưởng";
        using var reading = RegisterFiles.ReadPeople(new MemoryStream(Encoding.UTF8.GetBytes($"person_id,full_name,birth,province_code,commune_code\nP1,{name.Normalize(NormalizationForm.FormD)},1950,40,40001\n")), "people.csv");
        Assert.Equal(name, Assert.Single(reading).Value.FullName);
    }

    [Fact]
    public void An_unknown_column_says_which_was_meant()
    {
        using var reading = RegisterFiles.ReadPeople(new MemoryStream("person_id,full_nam,full_name,birth,province_code,commune_code\n"u8.ToArray()), "people.csv");
        Assert.Empty(reading);
        Assert.Contains("Did you mean full_name?", Assert.Single(reading.Refusals.Kept).Remedy, StringComparison.Ordinal);
    }

    [Fact]
    public void A_kind_is_recognised_by_its_header()
    {
        foreach (var kind in RegisterFiles.Kinds)
            Assert.Equal(kind, RegisterFiles.Recognise([.. RegisterFiles.Columns(kind).Select(column => column.Name)]).Value);
        Assert.Equal(RegisterRefusals.FileKindUnknown, RegisterFiles.Recognise(new MemoryStream("a,b\n1,2\n"u8.ToArray()), "x.csv").Problems[0].Code);
    }

    [Fact]
    public void Names_in_Unicode_are_never_taken_for_an_old_encoding()
    {
        string[] good = ["Nguyễn Thị Hòa", "Hoà Thuý Quý", "Đoàn Văn Toán", "Lữ Khuâng Ngoãn", "Y Niê Ñam", "H'Hen Niê Êban", "Xóm 5, 20 m²", "Trần Võ Ý Ưu", "10° Bắc", "NGUYỄN ÁNH", "Phố “Âu Cơ” – tổ 5…", "Ðặng Văn"];
        string[] bad = ["NguyÔn V¨n An", "TrÇn ThÞ BÐ", "Nguyeãn Vaên An", "Traàn Thò Höông", "Nguyá»…n VÄƒn"];
        Assert.All(good, name => Assert.Equal(-1, OldEncodings.Find(name)));
        Assert.All(bad, name => Assert.NotEqual(-1, OldEncodings.Find(name)));
    }

    [Theory]
    [InlineData("TCVN3", "Ph¹m ThÞ Lan", "TrÇn §øc Th¾ng", "Lª ThÞ Hång V©n", "Hoµng V¨n Dòng", "§Æng ThÞ Ngäc \u0083nh", "Bïi ThÞ TuyÕt", "Hå Minh", "PH\u0084M V¡N §\u0011C", "Ng« ThÞ Mü LÖ", "Vâ Thµnh §\u00ADîc", "§ç Quúnh Nh\u00AD")]
    [InlineData("VISCII", "Nguy\u00ADn Vån Hùng", "PhÕm Th¸ Lan", "PhÕm Minh", "H° Minh", "Tr¥n ÐÑc Th¡ng", "NGUY\u008DN TH\u0098 H¿\u0096NG", "NGUYN TH˜ H¿–NG", "PH€M VÅN ÐºC", "Hoàng Vån Dûng", "Đ² QuÏnh Nhß", "Võ Thành Ðßþc")]
    [InlineData("VNI", "Nguyeãn Vaên Huøng", "Phaïm Thò Lan", "Traàn Ñöùc Thaéng", "Leâ Thò Hoàng Vaân", "Hoaøng Vaên Duõng", "Ñaëng Thò Ngoïc AÙnh", "Hoà Quyønh Nhö")]
    public void Names_in_old_encodings_typed_into_Unicode_are_refused_never_guessed(string encoding, params string[] names) =>
        Assert.All(names, name => Assert.True(OldEncodings.Find(name) >= 0, $"{encoding}: {name}"));

    [Fact]
    public void A_guarded_text_comes_back_as_it_was() =>
        Prop.ForAll<string>(text => text is null || SpreadsheetSafeText.Unguard(SpreadsheetSafeText.Guard(text)) == text).QuickCheckThrowOnFailure();

    [Theory]
    [InlineData("=1+1")]
    [InlineData("'=1+1")]
    [InlineData("''@x")]
    [InlineData("+84971234567")]
    [InlineData("-")]
    [InlineData("'tên")]
    [InlineData("a;b, \"c\"")]
    public void Texts_that_a_spreadsheet_could_run_are_written_so_that_it_does_not_and_read_back_the_same(string text)
    {
        Assert.DoesNotContain(SpreadsheetSafeText.Guard(text)[0], "=+-@");
        Assert.Equal(text, Again(Person(1) with { Contact = text }).Contact);
    }

    [Fact]
    public void Written_then_read_is_the_same_person()
    {
        var texts = Gen.Elements("Nguyễn Thị Ánh", "=SUM(A1)", "'+x", "a,b;c", "\"trích dẫn\"", "Đặng Ưởng").ToArbitrary();
        Prop.ForAll(texts, Gen.Choose(0, 100_000).ToArbitrary(), (text, seed) =>
        {
            var person = Person(seed) with { FullName = text, Address = text, Phone = seed % 3 == 0 ? null : text };
            return Again(person) == person;
        }).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void Written_then_read_is_the_same_award()
    {
        var award = new Award
        {
            AwardId = "A1", PersonId = "P1", Programme = Programme.Ncc, Category = "SURVIVOR", FactsFrom = new YearMonth(2026, 10), RecordedOn = new LocalDate(2026, 10, 20), DegreePct = 81,
            Class = InvalidClass.B, Special = true, AtHome = false, ServiceHalfYears = 5, Relation = Relation.Spouse, SuspendedFrom = new YearMonth(2026, 1), SuspendReason = SuspendReason.FraudCheck,
            ReviewResult = ReviewResult.Cleared, DeceasedCategory = "TB", Decoration = "HCKC", LastMonth = new YearMonth(2026, 12),
        };
        var stream = new MemoryStream();
        using (var writer = RegisterFilesWriter.Awards(stream)) writer.Write(award with { ChildrenBirths = [new LocalDate(2019, 5, 31), new LocalDate(2022, 1, 9)] });
        using var reading = RegisterFiles.ReadAwards(new MemoryStream(stream.ToArray()), "awards.csv");

        var read = Assert.Single(reading).Value;
        Assert.Equal([new LocalDate(2019, 5, 31), new LocalDate(2022, 1, 9)], read.ChildrenBirths);
        Assert.Equal(award, read with { ChildrenBirths = award.ChildrenBirths });
    }

    [Theory]
    [InlineData("2.5", 5)]
    [InlineData("12y7m", 26)] // 7 odd months are a year
    [InlineData("12y5m", 25)] // 5 are half a year
    [InlineData("12y0m", 24)]
    public void Odd_months_of_service_count_as_the_law_says(string written, int halfYears)
    {
        using var reading = RegisterFiles.ReadAwards(new MemoryStream(Encoding.UTF8.GetBytes($"award_id,person_id,programme,category,service_years\nA1,P1,NCC,HDKC,{written}\n")), "awards.csv");
        Assert.Equal(halfYears, Assert.Single(reading).Value.ServiceHalfYears);
    }

    [Fact]
    public void Written_then_read_is_the_same_decision_on_recoupment()
    {
        var decision = new RecoupmentDecision("P1", "A1", "15/QĐ-UBND", new LocalDate(2026, 10, 20), new YearMonth(2026, 11), new Core.Money.Vnd(200_000), new LocalDate(2026, 10, 22));
        var stream = new MemoryStream();
        using (var writer = RegisterFilesWriter.Recoupments(stream))
        {
            writer.Write(decision);
            writer.Write(decision with { AwardId = null, RecordedOn = null });
        }

        using var reading = RegisterFiles.ReadRecoupments(new MemoryStream(stream.ToArray()), "recoupments.csv");
        Assert.Equal([decision, decision with { AwardId = null, RecordedOn = null }], reading.Select(row => row.Value));
        Assert.Equal(RegisterFileKind.Recoupments, RegisterFiles.Recognise(["person_id", "decision_no", "decided_on", "from_month", "monthly_vnd"]).Value);
    }

    static PersonFacts Person(int seed) => new()
    {
        PersonId = $"P{seed}", FullName = "An", Birth = new BirthDate((short)(1900 + (seed % 120)), (byte)(seed % 13), seed % 13 == 0 ? (byte)0 : (byte)(seed % 29)),
        ProvinceCode = "40", CommuneCode = "40001", Sex = (Sex)(seed % 3), Poverty = (Poverty)(seed % 4), Supporter = (Supporter)(seed % 4), Alone = (Aloneness)(seed % 4),
        OtherIncome = (OtherIncome)(seed % 7), Disability = (Disability)(seed % 4), Studying = seed % 2 == 0 ? null : seed % 3 == 0, OtherIncomeVnd = seed == 0 ? null : seed,
        FactsFrom = seed % 5 == 0 ? null : new YearMonth(2026, 1 + (seed % 12)), RecordedOn = seed % 7 == 0 ? null : new LocalDate(2026, 1, 1 + (seed % 31)),
    };

    static PersonFacts Again(PersonFacts person)
    {
        var stream = new MemoryStream();
        using (var writer = RegisterFilesWriter.People(stream)) writer.Write(person);
        using var reading = RegisterFiles.ReadPeople(new MemoryStream(stream.ToArray()), "people.csv");
        var rows = reading.ToList();
        Assert.True(reading.IsClean, string.Join('\n', reading.Refusals.Kept));
        return rows.Single().Value;
    }
}
