using System.Text;
using PaymentEngine.Core.Entitlements;
using PaymentEngine.Core.Law;
using PaymentEngine.Core.Recipients;
using PaymentEngine.Messages.LawFiles;
using static PaymentEngine.Tests.Entitlements.Cases;

namespace PaymentEngine.Tests.Entitlements;

/// <summary>Benefits declared as data: every kind of formula and frequency, and a new programme without a line of code.</summary>
public class ProgrammeTests
{
    const string Columns = "programme_code,program,name_vi,name_en,formula,frequency,paid_in_month,months_max,per,table,standard_code,factor,amount_vnd,share_pct,floor_vnd,cap_factor,cap_standard_code,round_to_vnd,"
        + "place,applies_from,applies_to,instrument,in_force,end_in_force,source,status,note";

    static Award Other(string code, string decided) => new() { AwardId = "a1", PersonId = "p1", Programme = Programme.Khac, Category = code, DecidedOn = Day(decided) };

    [Fact]
    public void Rent_support_is_a_fixed_sum_for_three_months_at_most()
    {
        var worker = Person("1995-01-01").With(Other("KHAC.THUENHA.DANGLAM", "2022-03-29") with { FirstMonth = Month("2022-02") });
        Assert.Equal([0, 500_000, 500_000, 500_000, 0], new[] { "2022-01", "2022-02", "2022-03", "2022-04", "2022-05" }.Select(month => worker.Due(month).Total.Amount));
        Assert.Equal(NotDue.DurationOver, worker.Due("2022-05").Zero);
        Assert.Equal(1_000_000, Person("1995-01-01").With(Other("KHAC.THUENHA.QUAYLAI", "2022-04-29")).Due("2022-04").Total.Amount);
        Assert.True(LawStatus.IsUnverified(worker.Due("2022-02").Components[0].Explanation.Status));
    }

    [Theory]
    // 2 martyrs × 1,400,000, in July; in the year of the decision with the decision when that is later.
    [InlineData("2025-07", 0)]
    [InlineData("2025-09", 2_800_000)]
    [InlineData("2025-10", 0)]
    [InlineData("2026-07", 2_800_000)]
    public void Worship_of_martyrs_is_due_once_a_year_for_each_martyr(string month, long amount)
    {
        var due = Person().With(Ncc("NCC.THOCUNG") with { DecidedOn = Day("2025-09-03"), Martyrs = 2 }).Due(month);
        Assert.Equal(amount, due.Total.Amount);
        Assert.All(due.Components, component => Assert.True(component.IsOneOff));
    }

    [Fact]
    public void A_yearly_benefit_is_listed_as_a_one_off_each_year()
    {
        var person = Person().With(Ncc("NCC.THOCUNG") with { DecidedOn = Day("2024-03-03"), Martyrs = 1 });
        var first = person.List("2025-07", [Listed("a1", "NCC.THOCUNG", "2024-07", "2024-07", 1_400_000)], "2024-03", "2025-06");
        Assert.Equal([(Month("2025-07"), LineKind.OneOff, 1_400_000L)], first.Lines.Select(line => (line.ForMonth, line.Kind, line.Amount.Amount)));
        Assert.Empty(person.List("2025-08", first.NextListed, "2024-03", "2025-07").Lines);
    }

    [Theory]
    [InlineData("2023-05", 1_461_600)] // 0.9 × 1,624,000: 2,055,000 counts for convalescence from 2024 only
    [InlineData("2024-05", 1_850_000)] // 0.9 × 2,055,000 = 1,849,500, rounded
    [InlineData("2025-05", 2_510_000)] // 0.9 × 2,789,000 = 2,510,100, rounded
    public void Convalescence_at_home_is_due_with_its_decision(string month, long amount) =>
        Assert.Equal(amount, Person().With(Ncc("NCC.DIEUDUONG.NHA") with { DecidedOn = Day(month + "-10") }).Due(month).Total.Amount);

    [Fact]
    public void The_gift_for_Tet_2026_is_due_once() =>
        Assert.Equal(600_000, Person().With(Ncc("NCC.QUATET.2026.1") with { DecidedOn = Day("2026-02-02") }).Due("2026-02").Total.Amount);

    [Theory]
    [InlineData("KHAC.TCTN.LCS", 9_000_000, 5_400_000)] // 60 % × 9,000,000
    [InlineData("KHAC.TCTN.LCS", 30_000_000, 11_700_000)] // 60 % is 18,000,000: capped at 5 × 2,340,000
    [InlineData("KHAC.TCTN.V1", 60_000_000, 24_800_000)] // capped at 5 × 4,960,000
    [InlineData("KHAC.TCTN.V4", 9_000_001, 5_400_000)] // 5,400,000.6: the fraction is dropped
    public void The_unemployment_benefit_is_a_share_of_the_wage_with_a_cap(string code, long wage, long amount)
    {
        var due = Person("1985-01-01").With(Other(code, "2025-02-10") with { DeclaredWageVnd = wage, LastMonth = Month("2025-07") }).Due("2025-03");
        Assert.Equal(amount, due.Total.Amount);
        if (amount * 100 < wage * 60 - 100) Assert.Contains("cao hơn mức tối đa", due.Components[0].Explanation.Vi);
        Assert.Equal("not_due.missing.declared_wage_vnd", Person("1985-01-01").With(Other(code, "2025-02-10")).Due("2025-03").Zero!.Rule);
    }

    [Fact]
    public void A_new_programme_is_a_row_of_data_and_no_code()
    {
        const string file = Columns + """

            KHAC.MUNGTHO,KHAC,Mừng thọ,Gift on a high birthday,table,yearly,10,,person,KHAC.MUNGTHO.BANG,,,,,,,,,national,2025-01-01,,NQ 9/2025/NQ-HĐND,2025-01-01,,"NQ 9/2025/NQ-HĐND, Điều 2",verified,
            KHAC.SUA,KHAC,Hỗ trợ sữa học đường,School milk,multiple,monthly,,9,child,,BTXH_STD,0.33,,,,,,1000,national,2025-01-01,,NQ 9/2025/NQ-HĐND,2025-01-01,,"NQ 9/2025/NQ-HĐND, Điều 3",verified,
            KHAC.DIEN,KHAC,Hỗ trợ tiền điện,Electricity support,coefficient,monthly,,,person,,BTXH_STD,0.1,,,,,,,national,2025-01-01,,NQ 9/2025/NQ-HĐND,2025-01-01,,"NQ 9/2025/NQ-HĐND, Điều 4",verified,
            KHAC.HOCNGHE,KHAC,Hỗ trợ học nghề,Training support,wage_share,one_off,,,person,,,,,50,2000000,2.0,BTXH_STD,,national,2025-01-01,,NQ 9/2025/NQ-HĐND,2025-01-01,,"NQ 9/2025/NQ-HĐND, Điều 5",verified,
            """;
        const string table = """
            rate_code,rate_group,benefit_kind,degree_from,degree_to,name_vi,name_en,amount_vnd,place,applies_from,applies_to,instrument,in_force,end_in_force,source,status,note
            KHAC.MUNGTHO.70,KHAC.MUNGTHO.BANG,mung_tho,840,1079,Mừng thọ từ 70,From 70,500000,national,2025-01-01,,NQ 9/2025/NQ-HĐND,2025-01-01,,NQ 9/2025/NQ-HĐND,verified,
            KHAC.MUNGTHO.90,KHAC.MUNGTHO.BANG,mung_tho,1080,1800,Mừng thọ từ 90,From 90,1000000,national,2025-01-01,,NQ 9/2025/NQ-HĐND,2025-01-01,,NQ 9/2025/NQ-HĐND,verified,
            """;
        var files = LawFiles.ReadEmbedded().ToDictionary();
        files["programmes/province.csv"] = Encoding.UTF8.GetBytes(file);
        files["programmes/high-birthdays.csv"] = Encoding.UTF8.GetBytes(table);
        var loaded = LawFiles.Load(files);
        Assert.True(loaded.IsOk, string.Join("\n", loaded.Problems));
        MonthEntitlement Due(Award award, string month, string birth = "1950-05-05") => EntitlementCalculator.ForMonth(Person(birth).With(award), loaded.Value.Compile(Month(month), Now, "40", []), Finder());

        Assert.Equal(500_000, Due(Other("KHAC.MUNGTHO", "2025-01-05"), "2025-10").Total.Amount);
        Assert.Equal(1_000_000, Due(Other("KHAC.MUNGTHO", "2025-01-05"), "2025-10", "1930-05-05").Total.Amount);
        Assert.Equal(0, Due(Other("KHAC.MUNGTHO", "2025-01-05"), "2025-11").Total.Amount);
        Assert.Equal(330_000, Due(Other("KHAC.SUA", "2025-01-05") with { Children = 2 }, "2025-03").Total.Amount); // 0.33 × 500,000 = 165,000, twice
        Assert.Equal(50_000, Due(Other("KHAC.DIEN", "2025-01-05"), "2025-03").Total.Amount);
        Assert.Equal(1_000_000, Due(Other("KHAC.HOCNGHE", "2025-03-05") with { DeclaredWageVnd = 9_000_000 }, "2025-03").Total.Amount); // the cap, 2 × 500,000, bites first
    }

    [Theory]
    [InlineData("fixed,monthly,,", "amount_vnd", "law.formula_incomplete")]
    [InlineData("table,yearly,13,", "paid_in_month", "law.formula_incomplete")]
    [InlineData("guess,monthly,,", "formula", "law.unknown_word")]
    public void A_formula_without_its_figures_is_refused_with_its_place(string begin, string column, string code)
    {
        var files = LawFiles.ReadEmbedded().ToDictionary();
        files["programmes/draft.csv"] = Encoding.UTF8.GetBytes($"{Columns}\nKHAC.X,KHAC,X,X,{begin}3,person,{(column == "paid_in_month" ? "NCC.THOCUNG" : "")},,,,,,,,,national,2025-01-01,,NQ,2025-01-01,,NQ,verified,\n");
        var problem = Assert.Single(LawFiles.Load(files).Problems);
        Assert.Equal((code, "programmes/draft.csv", 2, column), (problem.Code, problem.At!.File, problem.At.Line, problem.At.Column));
    }
}
