using System.Text;
using PaymentEngine.Messages.Csv;

namespace PaymentEngine.Tests.Csv;

public sealed class RegisterRefusalsTests
{
    const string P = "person_id,full_name,birth,province_code,commune_code";
    const string A = "award_id,person_id,programme,category";
    const string Y = "person_id,payee_name,role,channel";

    /// <summary>Code, file, line, column, input: one input for each code that a file alone can give.</summary>
    public static TheoryData<string, string, int?, string?, string> Faults => new()
    {
        { RegisterRefusals.FileEmpty, "people", 1, null, "" },
        { RegisterRefusals.FileOtherKind, "awards", 1, null, P + ",id_number,sex,poverty\nP1,An,1950,40,40001,,,\n" },
        { RegisterRefusals.EncodingUtf16, "people", 1, null, "utf16:" + P + "\n" },
        { RegisterRefusals.EncodingNotUtf8, "people", 2, null, "latin1:" + P + "\nP1,Trần Thị Bé é,1950,40,40001\n" },
        { RegisterRefusals.ColumnUnknown, "people", 1, "fullname", P.Replace("full_name", "full_name,fullname", StringComparison.Ordinal) + "\n" },
        { RegisterRefusals.ColumnMissing, "people", 1, "birth", "person_id,full_name,province_code,commune_code\nP1,An,40,40001\n" },
        { RegisterRefusals.ColumnTwice, "people", 1, "birth", P + ",BIRTH\n" },
        { RegisterRefusals.ColumnsTooMany, "people", 1, null, string.Join(',', Enumerable.Range(0, 201)) + "\n" },
        { RegisterRefusals.RowFieldsCount, "people", 2, null, P + "\nP1,An,1950,40\n" },
        { RegisterRefusals.RowQuotes, "people", 2, null, P + "\nP1,\"An,1950,40,40001\nP2,An,1950,40,40001\n" },
        { RegisterRefusals.RowTooLong, "people", 2, null, P + "\nP1," + new string('x', 70_000) + ",1950,40,40001\n" },
        { RegisterRefusals.RowTwice, "people", 3, "person_id", P + "\nP1,An,1950,40,40001\nP1,An,1950,40,40001\n" },
        { RegisterRefusals.CellEmpty, "people", 2, "full_name", P + "\nP1,,1950,40,40001\n" },
        { RegisterRefusals.CellTooLong, "people", 2, "full_name", P + "\nP1," + new string('x', 1_001) + ",1950,40,40001\n" },
        { RegisterRefusals.TextControl, "people", 2, "full_name", P + "\nP1,A\0n,1950,40,40001\n" },
        { RegisterRefusals.TextOtherScript, "people", 2, "full_name", P + "\nP1,\u0410n,1950,40,40001\n" },
        { RegisterRefusals.TextInvisible, "people", 2, "full_name", P + "\nP1,A\u202En,1950,40,40001\n" },
        { RegisterRefusals.TextOldEncoding, "people", 2, "full_name", P + "\nP1,Nguyeãn Vaên An,1950,40,40001\n" },
        { RegisterRefusals.IdMalformed, "people", 2, "person_id", P + "\nP 1,An,1950,40,40001\n" },
        { RegisterRefusals.DateMalformed, "people", 2, "death", P + ",death\nP1,An,1950,40,40001,3/2/2026\n" },
        { RegisterRefusals.DateNotReal, "people", 2, "death", P + ",death\nP1,An,1950,40,40001,2025-02-29\n" },
        { RegisterRefusals.MonthMalformed, "people", 2, "facts_from", P + ",facts_from\nP1,An,1950,40,40001,2026-13\n" },
        { RegisterRefusals.BirthMalformed, "people", 2, "birth", P + "\nP1,An,00/00/1951,40,40001\n" },
        { RegisterRefusals.YesNoMalformed, "people", 2, "studying", P + ",studying\nP1,An,1950,40,40001,x\n" },
        { RegisterRefusals.ChoiceUnknown, "people", 2, "poverty", P + ",poverty\nP1,An,1950,40,40001,nghèo\n" },
        { RegisterRefusals.IntegerMalformed, "awards", 2, "degree_pct", A + ",degree_pct\nA1,P1,NCC,TB,81%\n" },
        { RegisterRefusals.IntegerOutOfRange, "awards", 2, "degree_pct", A + ",degree_pct\nA1,P1,NCC,TB,101\n" },
        { RegisterRefusals.HalfYearsMalformed, "awards", 2, "service_years", A + ",service_years\nA1,P1,NCC,HDKC,2.3\n" },
        { RegisterRefusals.AmountSeparators, "people", 2, "other_income_vnd", P + ",other_income_vnd\nP1,An,1950,40,40001,1.500.000 đ\n" },
        { RegisterRefusals.AmountMalformed, "people", 2, "other_income_vnd", P + ",other_income_vnd\nP1,An,1950,40,40001,1E6\n" },
        { RegisterRefusals.AmountNotPositive, "standards", 2, "amount_vnd", "province_code,standard_code,amount_vnd,valid_from,source,status\n40,BTXH_STD,-1,2026-07-01,x,verified\n" },
        { RegisterRefusals.IdNumberMalformed, "people", 2, "id_number", P + ",id_number\nP1,An,1950,40,40001,40150000001\n" },
        { RegisterRefusals.ProvinceUnknown, "people", 2, "province_code", P + "\nP1,An,1950,99,40001\n" },
        { RegisterRefusals.CommuneMalformed, "people", 2, "commune_code", P + "\nP1,An,1950,40,4001\n" },
        { RegisterRefusals.CategoryUnknown, "awards", 2, "category", A + "\nA1,P1,NCC,k6\n" },
        { RegisterRefusals.StandardUnknown, "standards", 2, "standard_code", "province_code,standard_code,amount_vnd,valid_from,source,status\n40,BTXH,1,2026-07-01,x,verified\n" },
        { RegisterRefusals.BankUnknown, "payees", 2, "bank_bin", Y + ",bank_bin\nP1,An,self,cash,123456\n" },
        { RegisterRefusals.BankBinMalformed, "payees", 2, "bank_bin", Y + ",bank_bin\nP1,An,self,cash,AGRIBANK\n" },
        { RegisterRefusals.AccountMalformed, "payees", 2, "account_no", Y + ",account_no\nP1,An,self,cash,1.23E+15\n" },
        { RegisterRefusals.AccountMissing, "payees", 2, "account_no", Y + ",bank_bin,account_name\nP1,An,self,bank,970405,AN\n" },
        { RegisterRefusals.PeriodBackwards, "payees", 2, "to", Y + ",from,to\nP1,An,self,cash,2026-02-01,2026-01-01\n" },
        { RegisterRefusals.DeathBeforeBirth, "people", 2, "death", P + ",death\nP1,An,1950-05-02,40,40001,1950-05-01\n" },
        { RegisterRefusals.CertificateBeforeBirth, "people", 2, "disability_certificate_on", P + ",disability_certificate_on\nP1,An,2020-05-02,40,40001,2020-05-01\n" },
        { RegisterRefusals.PersonSame, "people", 2, "spouse_id", P + ",spouse_id\nP1,An,1950,40,40001,P1\n" },
        { RegisterRefusals.AboutMissing, "awards", 2, "about_person_id", A + "\nA1,P1,BTXH,CS.NUOITRE\n" },
        { RegisterRefusals.ScopeTwice, "payees", 2, "programme", Y + ",award_id,programme\nP1,An,self,cash,A1,NCC\n" },
        { RegisterRefusals.SuspensionWithoutStart, "awards", 2, "suspended_from", A + ",suspend_reason\nA1,P1,BTXH,k6,uncollected\n" },
        { RegisterRefusals.SpecialBelow81, "awards", 2, "special", A + ",degree_pct,special\nA1,P1,NCC,TB,80,yes\n" },
        { RegisterRefusals.ChildrenMoreThanBirths, "awards", 2, "children", A + ",children,children_births\nA1,P1,BTXH,k4,2,2019-05-31\n" },
        { RegisterRefusals.CommunesMissing, "payers", 2, "commune_codes", "payer_code,name,short_name,kind,province_code,programmes,counts_from,debtor_bank_bin,debtor_account_no,debtor_account_name\nX,Xã A,Xã A,commune,40,BTXH,2026-10,970405,3611029475148,XA A\n" },
        { RegisterRefusals.IdNumberPrefix, "people", 2, "id_number", P + ",id_number\nP1,An,1950,40,40001,999050000001\n" },
        { RegisterRefusals.AccountKind, "payees", 2, "channel", Y + ",bank_bin,account_no,account_name\nP1,An,self,wallet,970436,0912345678,AN\n" },
        { RegisterRefusals.AccountPhone, "payees", 2, "account_no", Y + ",bank_bin,account_no,account_name\nP1,An,self,mobile_money,971005,0412345678,AN\n" },
        { RegisterRefusals.BankGone, "payees", 2, "bank_bin", Y + ",bank_bin,account_no,account_name\nP1,An,self,bank,533948,0011001234567,AN\n" },
        { RegisterRefusals.BankNotYet, "payees", 2, "bank_bin", Y + ",to,bank_bin,account_no,account_name\nP1,An,self,mobile_money,2020-12-31,971005,0912345678,AN\n" },
        { RegisterRefusals.IdNumberSex, "people", 2, "id_number", P + ",id_number,sex\nP1,An,1950,40,40001,040050000001,F\n" },
        { RegisterRefusals.IdNumberBirthYear, "people", 2, "id_number", P + ",id_number\nP1,An,1950,40,40001,040051000001\n" },
    };

    [Theory]
    [MemberData(nameof(Faults))]
    public void Each_fault_is_told_with_its_place(string code, string file, int? line, string? column, string input)
    {
        var found = Read(file, Bytes(input));

        var problem = Assert.Single(found);
        Assert.Equal((code, line, column), (problem.Code, problem.At!.Line, problem.At.Column));
        Assert.False(string.IsNullOrWhiteSpace(problem.Remedy));
    }

    [Fact]
    public void Every_code_has_an_input()
    {
        var elsewhere = new[] { RegisterRefusals.FileTooLarge, RegisterRefusals.FileKindUnknown, RegisterRefusals.PersonUnknown, RegisterRefusals.AwardUnknown, RegisterRefusals.AwardOtherPerson, RegisterRefusals.IdNumberShared,
            RegisterRefusals.AreaCodeMalformed, RegisterRefusals.CommuneNotOnDate }; // AreaChecksTests and AreaTests
        Assert.Empty(RegisterDocumentsTests.Codes().Except(Faults.Select(row => (string)row[0])).Except(elsewhere));
    }

    [Fact]
    public void A_file_over_its_limit_is_refused()
    {
        using var reading = RegisterFiles.ReadPeople(new MemoryStream(Encoding.UTF8.GetBytes(P + "\n" + string.Concat(Enumerable.Range(0, 5_000).Select(i => $"P{i},An,1950,40,40001\n")))),
            "people.csv", new RegisterLimits { FileBytesMax = 70_000 });
        Assert.InRange(reading.Count(), 1_000, 4_999);
        Assert.Contains(reading.Refusals.Kept, p => p.Code == RegisterRefusals.FileTooLarge);
    }

    [Fact]
    public void Rows_that_point_at_nobody_are_told_at_their_place()
    {
        var check = new RegisterCrossCheck();
        Walk(RegisterFiles.ReadPeople(Utf8(P + ",id_number\nP1,An,1950,40,40001,040050000001\nP2,Ba,1950,40,40001,040050000001\n"), "people.csv"), row => check.Add("people.csv", row));
        Walk(RegisterFiles.ReadAwards(Utf8(A + "\nA1,P1,NCC,TB\nA2,P9,NCC,TB\nA3,STORED,NCC,TB\n"), "awards.csv"), row => check.Add("awards.csv", row));
        Walk(RegisterFiles.ReadPayees(Utf8(Y + ",award_id\nP2,An,self,cash,A1\nP1,An,self,cash,A9\n"), "payees.csv"), row => check.Add("payees.csv", row));
        check.Finish(person => person == "STORED", _ => false);

        Assert.Equal(["payees.csv:2 award.other_person", "awards.csv:3 person.unknown", "payees.csv:3 award.unknown"], check.Refusals.Kept.Select(p => $"{p.At!.File}:{p.At.Line} {p.Code}"));
        Assert.Equal("people.csv:3 id_number.shared", check.Warnings.Kept.Select(p => $"{p.At!.File}:{p.At.Line} {p.Code}").Single());
    }

    [Fact]
    public void Problems_are_all_counted_and_only_the_first_are_kept()
    {
        using var reading = RegisterFiles.ReadPeople(Utf8(P + "\n" + string.Concat(Enumerable.Range(0, 50).Select(i => $"P{i},,1950,40,40001\n"))), "people.csv", new RegisterLimits { ProblemsKeptMax = 7 });
        Assert.Empty(reading);
        Assert.Equal((50, 7, 50), (reading.Refusals.Count, reading.Refusals.Kept.Count, reading.RowsRefused));
        Assert.Equal(50, reading.Refusals.CountByCode[RegisterRefusals.CellEmpty]);
    }

    static List<Core.Problem> Read(string file, byte[] bytes)
    {
        var stream = new MemoryStream(bytes);
        return file switch
        {
            "people" => Walk(RegisterFiles.ReadPeople(stream, file), _ => { }),
            "awards" => Walk(RegisterFiles.ReadAwards(stream, file), _ => { }),
            "payees" => Walk(RegisterFiles.ReadPayees(stream, file), _ => { }),
            "payers" => Walk(RegisterFiles.ReadPayers(stream, file), _ => { }),
            _ => Walk(RegisterFiles.ReadLocalStandards(stream, file), _ => { }),
        };
    }

    static List<Core.Problem> Walk<T>(RegisterReading<T> reading, Action<RegisterRow<T>> each)
    {
        using (reading)
        {
            foreach (var row in reading) each(row);
            return [.. reading.Refusals.Kept, .. reading.Warnings.Kept];
        }
    }

    static MemoryStream Utf8(string text) => new(Encoding.UTF8.GetBytes(text));

    static byte[] Bytes(string input) =>
        input.StartsWith("utf16:", StringComparison.Ordinal) ? Encoding.Unicode.GetBytes(input[6..])
        : input.StartsWith("latin1:", StringComparison.Ordinal) ? Encoding.Latin1.GetBytes(input[7..])
        : Encoding.UTF8.GetBytes(input);
}
