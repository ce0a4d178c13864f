using System.Text;
using PaymentEngine.Core;
using PaymentEngine.Messages.Csv;

namespace PaymentEngine.Tests.Csv;

public sealed class TenCommonestFaultsTests
{
    // Ten rows with one fault each between two good ones, as they come from commune offices.
    const string People = """
        person_id,id_number,full_name,sex,birth,death,facts_from,recorded_on,province_code,commune_code,poverty,disability,other_income_vnd
        P01,040050000001,Nguyễn Thị Ánh,F,1950-11-05,,,2026-01-10,40,16681,none,,
        P02,40150000002,Trần Văn Bình,M,1950,,,2026-01-10,40,16681,none,,
        P03,,Lê Thị Chín,F,05/11/1950,,,2026-01-10,40,16681,none,,
        P04,,Phạm Đức Dũng,M,,,,2026-01-10,40,16681,none,,
        P05,,Hồ Thị Êm,nữ,1948,,,2026-01-10,40,16681,none,,
        P06,,NguyÔn V¨n Gia,M,1939,,,2026-01-10,40,16681,none,,
        P07,,Võ Thị Hạnh,F,1941,2026-02-30,,2026-01-10,40,16681,none,,
        P08,,Đặng Văn Ích,M,1952,,11/2026,2026-01-10,40,16681,none,,
        P09,,Bùi Thị Kiều,F,1955,,,2026-01-10,40,16681,none,,500.000
        P01,040050000001,Nguyễn Thị Ánh,F,1950-11-05,,,2026-01-10,40,16681,none,,
        P11,,Cao Văn Lâm,M,1960,,,2026-01-10,40,681,none,,
        P12,,Đinh Thị Mỹ,F,1962,,,2026-01-10,40,16681,poor,N,
        """;

    [Fact]
    public void A_file_with_the_ten_commonest_faults_gives_ten_located_refusals()
    {
        using var reading = RegisterFiles.ReadPeople(new MemoryStream(Encoding.UTF8.GetBytes(People)), "people.csv");

        var accepted = reading.Select(row => row.Value.PersonId).ToList();

        Assert.Equal(["P01", "P12"], accepted);
        Assert.False(reading.IsClean);
        Assert.Equal((12, 2, 10), (reading.RowsRead, reading.RowsAccepted, reading.RowsRefused));
        Assert.Equal(
            [
                "3 id_number id_number.malformed",
                "4 birth birth.malformed",
                "5 birth cell.empty",
                "6 sex choice.unknown",
                "7 full_name text.old_encoding",
                "8 death date.not_real",
                "9 facts_from month.malformed",
                "10 other_income_vnd amount.separators",
                "11 person_id row.twice",
                "12 commune_code commune_code.malformed",
            ],
            reading.Refusals.Kept.Select(p => $"{p.At!.Line} {p.At.Column} {p.Code}"));
        Assert.All(reading.Refusals.Kept, p =>
        {
            Assert.Equal("people.csv", p.At!.File);
            Assert.NotEqual("", p.Message);
            Assert.NotEqual("", p.Remedy);
        });
        Assert.Contains("500000", reading.Refusals.Kept.Single(p => p.Code == "amount.separators").Remedy, StringComparison.Ordinal);
        Assert.Equal("people.csv:6, column \"sex\": 'nữ' is not one of the values. Write one of: M, F.", reading.Refusals.Kept[3].ToString());
    }
}
