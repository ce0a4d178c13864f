using System.Text;
using NodaTime;
using PaymentEngine.Core;
using PaymentEngine.Core.Law;
using PaymentEngine.Messages.LawFiles;
using static PaymentEngine.Tests.Entitlements.Cases;

namespace PaymentEngine.Tests.Law;

/// <summary>A decree as a file: what it changes, and what is refused, each with file, line and column.</summary>
public class LawAmendmentTests
{
    const string StandardHeader = "standard_code,name_vi,amount_vnd,unit,place,applies_from,applies_to,instrument,issued,in_force,end_in_force,source,status,note";
    const string CoefficientHeader = "rate_code,rate_group,benefit_kind,name_vi,name_en,age_from_months,age_to_months_exclusive,coefficient,standard_code,place,applies_from,applies_to,instrument,in_force,end_in_force,source,status,note";
    const string AmountHeader = "rate_code,rate_group,benefit_kind,degree_from,degree_to,name_vi,name_en,amount_vnd,place,applies_from,applies_to,instrument,in_force,end_in_force,source,status,note";

    static readonly LawBook Release = LawFiles.LoadEmbedded();

    static Result<AmendedLaw> Load(string header, params string[] rows) => Load(null, header, rows);

    static Result<AmendedLaw> Load(YearMonth? closed, string header, params string[] rows)
    {
        var content = Encoding.UTF8.GetBytes(string.Join('\n', rows.Prepend(header)) + "\n");
        return LawFiles.ReadRows(new Dictionary<string, byte[]> { ["moi.csv"] = content }).Then(read => LawAmendment.Apply(Release, read, "00", closed));
    }

    static string Standard(string code = "BTXH_STD", string amount = "600000", string place = "national", string from = "2027-01-01", string to = "", string act = "99/2026/NĐ-CP", string inForce = "2027-02-15",
        string source = "\"99/2026/NĐ-CP, Điều 1\"", string status = "verified") => $"{code},Mức chuẩn,{amount},VND/tháng,{place},{from},{to},{act},,{inForce},,{source},{status},";

    static void Refused(Result<AmendedLaw> result, string code, int? line, string? column)
    {
        Assert.False(result.IsOk);
        Assert.Contains(result.Problems, problem => (problem.Code, problem.At?.File, problem.At?.Line, problem.At?.Column) == (code, "moi.csv", line, column));
        Assert.All(result.Problems, problem => Assert.True(problem.Message.Length > 0 && problem.Remedy.Length > 0));
    }

    [Fact]
    public void A_later_beginning_ends_the_open_row_from_the_in_force_day_of_its_own_act()
    {
        var amended = Load(StandardHeader, Standard()).Value;
        var change = Assert.Single(amended.Changes);
        Assert.Equal(540_000, ((LawStandard)change.Ended!).Amount.Amount);
        long Severe(string month, string asOf) => amended.Book.Compile(Month(month), Day(asOf), "40", []).Rate("BTXH.K6.N", 30 * 12)!.Amount.Amount;
        // Known from 15/02/2027: the lists of January and February went out at the old rate and are owed the difference.
        Assert.Equal(810_000, Severe("2027-01", "2027-02-14"));
        Assert.Equal(900_000, Severe("2027-01", "2027-02-15"));
        Assert.Equal(810_000, Severe("2026-12", "2027-02-15"));
        Assert.NotEqual(Release.ContentHash, amended.Book.ContentHash);
    }

    [Fact]
    public void Two_steps_in_one_load_end_the_open_row_once()
    {
        var amended = Load(StandardHeader, Standard(from: "2027-01-01", to: "2027-05-31"), Standard(amount: "620000", from: "2027-06-01"));
        Assert.True(amended.IsOk, amended.IsOk ? "" : amended.Problems[0].ToString());
        Assert.Equal([270_000, 360_000, 500_000, 540_000, 600_000, 620_000], amended.Value.Book.Standards.Where(row => row.StandardCode == "BTXH_STD").OrderBy(row => row.AppliesFrom).Select(row => row.Amount.Amount));
    }

    [Fact]
    public void What_the_law_says_already_changes_nothing()
    {
        var files = LawFiles.ReadEmbedded().Where(file => file.Key.Contains('/', StringComparison.Ordinal)).ToDictionary(file => "lại/" + file.Key, file => file.Value);
        var amended = LawAmendment.Apply(Release, LawFiles.ReadRows(files).Value, "00").Value;
        Assert.Empty(amended.Changes);
        Assert.Same(Release, amended.Book);
    }

    [Theory]
    [InlineData("335/2026/NĐ-CP", "2026-10-05")]
    [InlineData("55/2023/NĐ-CP", "2023-09-05")]
    [InlineData("77/2024/NĐ-CP", "2024-07-01")]
    public void A_decree_loaded_into_the_release_before_it_gives_the_law_of_the_release_after_it(string act, string inForce)
    {
        var amended = LawAmendment.Apply(Decrees.ReleaseWithout(act), LawFiles.ReadRows(Decrees.FilesOf(act, Day(inForce))).Value, "00");
        Assert.True(amended.IsOk, amended.IsOk ? "" : amended.Problems[0].ToString());
        var (now, then) = (Rows(Release), Rows(amended.Value.Book));
        Assert.Equal(now, then);

        static List<string> Rows(LawBook book) => [.. book.Rows.Select(row => $"{row.Code} {row.Place} {row.ValueText} {row.Validity with { Note = "" }}").Order(StringComparer.Ordinal)];
    }

    [Fact]
    public void A_province_sets_more_and_never_less()
    {
        var amended = Load(StandardHeader, Standard(amount: "650000", place: "40", from: "2026-11-01", inForce: "2026-10-20"), Standard(amount: "400000", place: "38", from: "2026-11-01", inForce: "2026-10-20")).Value.Book;
        long Of(string province) => amended.Compile(Month("2026-11"), Day("2026-11-21"), province, []).Rate("BTXH.K6.N", 30 * 12)!.Amount.Amount;
        Assert.Equal((975_000, 810_000, 810_000), (Of("40"), Of("38"), Of("01")));
    }

    [Fact]
    public void Each_wrong_row_is_refused_with_its_place()
    {
        Refused(Load(StandardHeader, Standard(source: "")), "law.missing_source", 2, "source");
        Refused(Load(StandardHeader, Standard(status: "chắc")), "law.unknown_status", 2, "status");
        Refused(Load(StandardHeader, Standard(inForce: "")), "law.missing_in_force", 2, "in_force");
        Refused(Load(StandardHeader, Standard(amount: "600.000")), "law.malformed_number", 2, "amount_vnd");
        Refused(Load(StandardHeader, Standard(amount: "-600000")), "law.malformed_number", 2, "amount_vnd");
        Refused(Load(StandardHeader, Standard(amount: "99999999999")), "law.malformed_number", 2, "amount_vnd");
        Refused(Load(StandardHeader, Standard(amount: "600001")), "law.fractional_product", 2, "amount_vnd");
        Refused(Load(StandardHeader, Standard(code: "LUONG_TOI_THIEU")), "law.unknown_code", 2, "standard_code");
        Refused(Load(StandardHeader, Standard(place: "Nghệ An")), "law.unknown_place", 2, "place");
        Refused(Load(StandardHeader, Standard(code: "NCC_STD", place: "40")), "law.place_not_allowed", 2, "place");
        Refused(Load(StandardHeader, Standard(), Standard(amount: "700000")), "law.duplicate", 3, "applies_from");
        Refused(Load(StandardHeader, Standard(from: "2025-01-01")), "law.overlap", 2, "applies_from");
        Refused(Load(StandardHeader, Standard(), Standard(from: "2027-06-01")), "law.overlap", 3, "applies_from");
        Refused(Load(StandardHeader, Standard(to: "2026-12-31")), "law.period_backwards", 2, "applies_to");
        Refused(Load("benefit,sum", "1,2"), "law.unknown_shape", 1, null);
        Refused(Load(StandardHeader[..^5], Standard()[..^1]), "law.missing_column", 1, null);
        Refused(Load(StandardHeader), "law.empty_file", null, null);
    }

    [Fact]
    public void A_file_in_an_old_encoding_is_refused_at_the_first_letter_that_would_be_lost()
    {
        var content = Encoding.UTF8.GetBytes(StandardHeader + "\n" + Standard() + "\n");
        content = [.. content.Where((_, at) => at != Array.IndexOf(content, (byte)0xBB))];
        var problem = Assert.Single(LawFiles.ReadRows(new Dictionary<string, byte[]> { ["cũ.csv"] = content }).Problems, problem => problem.Code == "law.not_utf8");
        Assert.Equal(("cũ.csv", 2), (problem.At!.File, problem.At.Line));
    }

    [Fact]
    public void An_unproven_figure_does_not_take_the_place_of_a_proven_one() =>
        Refused(Load(StandardHeader, Standard(amount: "550000", from: "2026-07-01", act: "335/2026/NĐ-CP", inForce: "2026-10-05", status: "unverified")), "law.weaker_status", 2, "status");

    [Fact]
    public void A_proven_value_of_a_closed_month_changes_only_by_an_act_that_counts_back()
    {
        var corrected = Standard(amount: "550000", from: "2026-07-01", act: "335/2026/NĐ-CP", inForce: "2026-10-05");
        Refused(Load(Month("2026-10"), StandardHeader, corrected), "law.closed_month", 2, "applies_from");
        // While no month is closed the slip can be mended; and an act of its own may count back over closed months.
        Assert.True(Load(StandardHeader, corrected).IsOk);
        Assert.True(Load(Month("2026-10"), StandardHeader, Standard(from: "2026-10-01")).IsOk);
        // A derived figure is what the real table is for.
        Assert.True(Load(Month("2026-12"), AmountHeader, "NCC.TB.A.45,NCC.TB.A,tro_cap,45,45,Thương binh 45%,War invalid 45%,4350000,national,2026-07-01,,321/2026/NĐ-CP,2026-10-01,,\"321/2026/NĐ-CP, Phụ lục II\",verified,").IsOk);
    }

    [Fact]
    public void Two_rates_for_one_age_are_refused_until_the_older_is_closed()
    {
        const string From70 = "BTXH.K5A.70,BTXH.K5A,tro_cap,Từ đủ 70,From 70,840,,2.5,BTXH_STD,national,2027-01-01,,99/2026/NĐ-CP,2027-01-01,,99/2026/NĐ-CP,verified,";
        Refused(Load(CoefficientHeader, From70), "law.band_twice", 2, "rate_group");
        var closed = Load(CoefficientHeader, From70,
            "BTXH.K5A.60,BTXH.K5A,tro_cap,Từ đủ 60,From 60,720,840,1.5,BTXH_STD,national,2027-01-01,,99/2026/NĐ-CP,2027-01-01,,99/2026/NĐ-CP,verified,",
            "BTXH.K5A.75,BTXH.K5A,tro_cap,x,x,900,,2.0,BTXH_STD,national,2026-07-01,2026-12-31,335/2026/NĐ-CP,2026-10-05,2027-01-01,\"335/2026/NĐ-CP, Điều 5.5a, 6.1đ\",verified,");
        Assert.True(closed.IsOk, closed.IsOk ? "" : closed.Problems[0].ToString());
        Assert.Equal(1_350_000, closed.Value.Book.Compile(Month("2027-01"), Day("2027-01-01"), "40", []).Rate("BTXH.K5A", 71 * 12)!.Amount.Amount);
    }

    [Fact]
    public void A_load_approved_long_ago_gives_way_to_what_the_files_have_since_proven()
    {
        const string Derived = "NCC.TB.A.45,NCC.TB.A,tro_cap,45,45,Thương binh 45%,War invalid 45%,4000000,national,2024-07-01,2026-06-30,77/2024/NĐ-CP,2024-07-01,2026-10-01,báo,unverified,";
        var rows = LawFiles.ReadRows(new Dictionary<string, byte[]> { ["cũ.csv"] = Encoding.UTF8.GetBytes(AmountHeader + "\n" + Derived + "\n") }).Value;
        Assert.Empty(LawAmendment.Reapply(Release, rows, "00").Value.Changes);
    }
}
