using System.Text;
using NodaTime;
using PaymentEngine.Core;
using PaymentEngine.Core.Law;
using PaymentEngine.Core.Money;
using PaymentEngine.Core.Recipients;
using PaymentEngine.Messages.LawFiles;
using static PaymentEngine.Tests.Entitlements.Cases;

namespace PaymentEngine.Tests.Law;

public class LawBookTests
{
    static readonly LawBook Book = LawFiles.LoadEmbedded();

    static long Amount(string group, int degreeOrAge, string month, string asOf) =>
        Book.Compile(Month(month), Day(asOf), "40", []).Rate(group, degreeOrAge)!.Amount.Amount;

    [Fact]
    public void The_law_files_hold_every_row_of_the_acts()
    {
        Assert.Equal(19 + 12, Book.Standards.Count(row => row.Place is null)); // and the regional minimum wages, four regions in three acts
        Assert.Equal(848 + 58, Book.Rates.Count);
        Assert.All(Book.Rows, row => Assert.NotNull(row.At?.Line));
        Assert.Equal(64, Book.ContentHash.Length);
    }

    [Theory]
    // 55/2023 counts from July 2023 and is known from 5 September 2023.
    [InlineData("2023-06", "2023-09-05", 2_343_000)]
    [InlineData("2023-07", "2023-09-04", 2_343_000)]
    [InlineData("2023-07", "2023-09-05", 2_965_000)]
    // 321/2026 counts from July 2026 and is known from 1 October 2026.
    [InlineData("2026-06", "2026-10-01", 4_024_000)]
    [InlineData("2026-07", "2026-09-30", 4_024_000)]
    [InlineData("2026-07", "2026-10-01", 4_346_000)]
    public void A_rate_counts_back_only_from_the_day_its_decree_is_in_force(string month, string asOf, long amount) =>
        Assert.Equal(amount, Amount("NCC.TB.A", 45, month, asOf));

    [Fact]
    public void Before_335_2026_is_known_the_old_age_break_of_80_still_counts_in_July_2026()
    {
        var age76 = 76 * 12;
        Assert.Equal(750_000, Amount("BTXH.K5A", age76, "2026-07", "2026-10-04"));
        Assert.Equal(1_080_000, Amount("BTXH.K5A", age76, "2026-07", "2026-10-05"));
        Assert.Equal(1_000_000, Amount("BTXH.K5A", 81 * 12, "2026-09", "2026-10-04"));
        Assert.Equal(1_080_000, Amount("BTXH.K5A", 81 * 12, "2026-09", "2026-10-05"));
    }

    [Fact]
    public void The_allowance_of_people_from_80_ends_with_June_2025()
    {
        Assert.NotNull(Book.Compile(Month("2025-06"), Now, "40", []).Rate("BTXH.K5C", 81 * 12));
        Assert.Null(Book.Compile(Month("2025-07"), Now, "40", []).Rate("BTXH.K5C", 81 * 12));
    }

    [Fact]
    public void All_war_invalid_rows_of_77_2024_are_the_rows_of_2023_times_1357_thousandths()
    {
        var older = Book.Compile(Month("2023-07"), Now, "40", []);
        var newer = Book.Compile(Month("2024-07"), Now, "40", []);
        foreach (var group in new[] { "NCC.TB.A", "NCC.TB.B" })
        {
            for (var degree = 21; degree <= 100; degree++)
            {
                var product = older.Rate(group, degree)!.Amount.Amount * 1357;
                Assert.Equal((product + 500_000) / 1_000_000 * 1000, newer.Rate(group, degree)!.Amount.Amount);
            }
        }
    }

    [Theory]
    [InlineData("2026-06", LawStatus.Verified)]
    [InlineData("2026-07", LawStatus.DerivedUnverified)]
    public void A_rate_carries_its_own_status(string month, string status) =>
        Assert.Equal(status, Book.Compile(Month(month), Now, "40", []).Rate("NCC.TB.A", 45)!.Status);

    [Fact]
    public void The_province_may_set_more_and_never_less()
    {
        LocalStandard Local(long amount) => new("40", StandardCodes.SocialProtection, new Vnd(amount), new LocalDate(2025, 1, 1), null, "NQ 01/2025/NQ-HĐND", LawStatus.Verified);
        Assert.Equal(1_300_000, Book.Compile(Month("2025-05"), Now, "40", [Local(650_000)]).Rate("BTXH.K6.DBN", 30 * 12)!.Amount.Amount);
        Assert.Equal(1_000_000, Book.Compile(Month("2025-05"), Now, "40", [Local(400_000)]).Rate("BTXH.K6.DBN", 30 * 12)!.Amount.Amount);
        Assert.Equal(1_000_000, Book.Compile(Month("2025-05"), Now, "38", [Local(650_000)]).Rate("BTXH.K6.DBN", 30 * 12)!.Amount.Amount);
    }

    public static TheoryData<string, string, string> Holes => new()
    {
        { "standards/ncc-standard.csv", "source", "law.missing_source" },
        { "ncc/appendix-1-allowances.csv", "status", "law.missing_status" },
        { "btxh/groups.csv", "applies_from", "law.missing_applies_from" },
        { "one-time/ncc-on-decision.csv", "source", "law.missing_source" },
        { "parameters/pension-age.csv", "status", "law.missing_status" },
        { "banks.csv", "source", "law.missing_source" },
        { "holidays.csv", "status", "law.missing_status" },
        { "provinces.csv", "source", "law.missing_source" },
        { "ncc/appendix-1-allowances.csv", "instrument", "law.missing_value" },
        { "btxh/facility.csv", "in_force", "law.missing_in_force" },
        { "htxh/social-pension.csv", "place", "law.missing_place" },
    };

    [Theory]
    [MemberData(nameof(Holes))]
    public void A_value_without_source_status_or_dates_is_refused_with_its_place(string file, string column, string code)
    {
        var refused = LawFiles.Load(With(file, column, ""));
        var problem = Assert.Single(refused.Problems);
        Assert.Equal(code, problem.Code);
        Assert.Equal((file, 2, column), (problem.At!.File, problem.At.Line, problem.At.Column));
    }

    [Theory]
    [InlineData("standards/ncc-standard.csv", "status", "sure", "law.unknown_status")]
    [InlineData("ncc/appendix-1-allowances.csv", "amount_vnd", "3.117.000", "law.malformed_number")]
    [InlineData("btxh/groups.csv", "coefficient", "2,5", "coefficient.malformed")]
    [InlineData("btxh/groups.csv", "applies_to", "30/06/2026", "law.malformed_date")]
    [InlineData("btxh/groups.csv", "place", "99", "law.unknown_place")]
    [InlineData("standards/base-salary.csv", "place", "40", "law.place_not_allowed")]
    [InlineData("standards/btxh-standard.csv", "amount_vnd", "270000.5", "law.malformed_number")]
    [InlineData("standards/btxh-standard.csv", "amount_vnd", "0", "law.no_amount")]
    [InlineData("btxh/groups.csv", "standard_code", "MUC_CHUAN", "law.unknown_standard")]
    [InlineData("btxh/groups.csv", "applies_to", "2021-06-30", "law.period_backwards")]
    [InlineData("btxh/groups.csv", "applies_to", "2026-07-31", "law.overlap")]
    [InlineData("btxh/groups.csv", "age_to_months_exclusive", "49", "law.band_twice")]
    public void A_cell_that_cannot_be_read_is_refused(string file, string column, string value, string code) =>
        Assert.Equal(code, Assert.Single(LawFiles.Load(With(file, column, value)).Problems).Code);

    [Fact]
    public void A_coefficient_that_leaves_a_fraction_of_a_dong_is_refused_with_its_row()
    {
        // 1.5 × 270,001 is 405,001.5.
        var refused = LawFiles.Load(With("standards/btxh-standard.csv", "amount_vnd", "270001"));
        Assert.All(refused.Problems, problem => Assert.Equal(("law.fractional_product", "standards/btxh-standard.csv", 2, "amount_vnd"),
            (problem.Code, problem.At!.File, problem.At.Line, problem.At.Column)));
        Assert.Contains("270001 × ", refused.Problems[0].Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_missing_file_is_refused()
    {
        var files = LawFiles.ReadEmbedded().Where(file => file.Key != "standards/btxh-standard.csv").ToDictionary();
        Assert.Contains(LawFiles.Load(files).Problems, problem => problem.Code == "law.unknown_standard");
        files = LawFiles.ReadEmbedded().Where(file => file.Key != "banks.csv").ToDictionary();
        Assert.Contains(LawFiles.Load(files).Problems, problem => problem.Code == "law.missing_file");
        files = LawFiles.ReadEmbedded().Where(file => !file.Key.StartsWith("parameters/", StringComparison.Ordinal)).ToDictionary();
        Assert.Contains(LawFiles.Load(files).Problems, problem => problem.Code == "law.missing_table");
    }

    [Fact]
    public void A_file_of_no_known_shape_names_the_nearest_and_what_it_lacks()
    {
        var files = LawFiles.ReadEmbedded().ToDictionary();
        files["wages.csv"] = Encoding.UTF8.GetBytes("standard_code,name_vi,sum\nX,Y,1\n");
        var problem = Assert.Single(LawFiles.Load(files).Problems);
        Assert.Equal(("law.unknown_shape", "wages.csv", 1), (problem.Code, problem.At!.File, problem.At.Line));
        Assert.Contains("lacks amount_vnd", problem.Message, StringComparison.Ordinal);
    }

    [Theory]
    // Press figures of the time before the rise of July 2026: the province's own level, while it is higher.
    [InlineData("01", "2026-06", 650_000)]
    [InlineData("22", "2025-07", 700_000)]
    [InlineData("40", "2026-06", 500_000)]
    [InlineData("01", "2026-07", 540_000)]
    public void A_province_may_have_a_pension_level_of_its_own(string province, string month, long amount) =>
        Assert.Equal(amount, Book.Compile(Month(month), Now, province, []).Rate("HTXH", 75 * 12)!.Amount.Amount);

    /// <summary>The built-in files with one cell of the first data row of a file replaced.</summary>
    static Dictionary<string, byte[]> With(string file, string column, string value)
    {
        var files = LawFiles.ReadEmbedded().ToDictionary();
        var lines = Encoding.UTF8.GetString(files[file]).Split('\n');
        var at = Array.IndexOf(lines[0].Split(','), column);
        var cells = Cells(lines[1]);
        cells[at] = value;
        lines[1] = string.Join(',', cells.Select(cell => "\"" + cell.Replace("\"", "\"\"") + "\""));
        files[file] = Encoding.UTF8.GetBytes(string.Join('\n', lines));
        return files;
    }

    static List<string> Cells(string line)
    {
        var cells = new List<string>();
        var cell = new StringBuilder();
        var quoted = false;
        foreach (var c in line.TrimEnd('\r') + ",")
        {
            if (c == '"') quoted = !quoted;
            else if (c == ',' && !quoted)
            {
                cells.Add(cell.ToString());
                cell.Clear();
            }
            else cell.Append(c);
        }

        return cells;
    }
}
