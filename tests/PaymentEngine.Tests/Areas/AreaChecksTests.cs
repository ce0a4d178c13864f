using System.Text;
using System.Text.RegularExpressions;
using NodaTime;
using PaymentEngine.Core.Areas;
using PaymentEngine.Messages.Csv;
using PaymentEngine.Tests.House;

namespace PaymentEngine.Tests.Areas;

public partial class AreaChecksTests
{
    const string Header = "code,name,kind,parent_code,valid_from,valid_to,successor_codes,source,withdrawn\n";

    static IReadOnlyList<AreaFault> Faults(string rows)
    {
        using var reading = AreaFiles.ReadUnits(new MemoryStream(Encoding.UTF8.GetBytes(Header + rows)), "area-units.csv");
        var units = reading.ToList();
        Assert.Empty(reading.Refusals.Kept);
        return AreaChecks.Faults([.. AreaFiles.Provinces, .. units.Select(row => row.Value.Unit)]);
    }

    [Fact]
    public void A_tree_with_a_merger_a_division_and_a_change_of_kind_has_no_fault() =>
        Assert.Empty(AreaChecks.Faults([.. AreaFiles.Provinces, .. AreaTreeTests.Small]));

    [Theory]
    [InlineData("17001,Xã A,commune,40,2025-07-01,,,NQ,\n17001,Xã A,commune,40,2026-01-01,,,NQ,\n", "17001 area.overlap valid_from")]
    [InlineData("17001,Xã A,commune,40,2025-07-01,2026-01-01,,NQ,\n", "17001 area.gap successor_codes")] // its people would belong nowhere
    [InlineData("17001,Xã A,commune,40,2025-07-01,2026-01-01,17002,NQ,\n17002,Xã B,commune,40,2026-01-03,,,NQ,\n", "17001 area.gap successor_codes")] // a day between
    [InlineData("17001,Xã A,commune,40,2025-07-01,2026-01-01,412,NQ,\n412,Huyện Một,rural_district,40,,2025-06-30,,NQ,\n", "17001 area.successor_level successor_codes")]
    [InlineData("17001,Xã A,commune,40,2025-07-01,,17002,NQ,\n", "17001 area.successor_early successor_codes")]
    [InlineData("17001,Xã A,commune,40,2025-07-01,2025-12-31,17002;17002,NQ,\n17002,Xã B,commune,40,2025-07-01,,,NQ,\n", "17001 area.successor_twice successor_codes")]
    [InlineData("17001,Xã A,commune,412,,,,NQ,\n412,Huyện Một,rural_district,40,,2025-06-30,,NQ,\n", "17001 area.parent_gap parent_code")] // beyond its district
    [InlineData("17001,Xã A,commune,499,,2025-06-30,17001,NQ,\n17001,Xã A,commune,40,2025-07-01,,,NQ,\n", "17001 area.parent_gap parent_code")] // an unknown district
    [InlineData("17001,Xã A,commune,72,2025-07-01,,,NQ,\n", "17001 area.parent_gap parent_code")] // under a province that had ended
    [InlineData("412,Huyện Một,rural_district,40,,,,NQ,\n", "412 area.district_after valid_to")]
    [InlineData("412,Huyện Một,rural_district,413,,2025-06-30,,NQ,\n413,Huyện Hai,rural_district,412,,2025-06-30,,NQ,\n", "412 area.parent_level parent_code;413 area.parent_level parent_code")] // a circle
    [InlineData("17001,Xã A,commune,17001,2025-07-01,,,NQ,\n", "17001 area.parent_level parent_code")]
    [InlineData("412,Xã A,commune,40,2025-07-01,,,NQ,\n", "412 area.code code")]
    public void What_is_no_tree_is_refused_with_the_place(string rows, string expected) =>
        Assert.Equal(expected, string.Join(';', Faults(rows).Select(fault => $"{fault.Unit.Code} {fault.Problem.Code} {fault.Column}")));

    [Fact]
    public void Successors_cannot_run_in_a_circle_because_each_begins_after_the_one_before()
    {
        // Each names the other; the codes are used again, the terms are not.
        var faults = Faults("17001,Xã A,commune,40,2025-07-01,2025-12-31,17002,NQ,\n17002,Xã B,commune,40,2025-07-01,2026-05-31,17001,NQ,\n17001,Xã A,commune,40,2026-06-01,2026-12-31,17002,NQ,\n");
        Assert.Equal("17001 area.gap", string.Join(';', faults.Select(fault => $"{fault.Unit.Code} {fault.Problem.Code}")));
    }

    [Fact]
    public void A_unit_that_begins_from_nothing_is_a_finding_and_not_a_refusal()
    {
        AreaUnit[] units = [.. AreaFiles.Provinces, new("17001", AreaKind.Commune, "Xã A", "40", new LocalDate(2025, 7, 1), null, [], "NQ")];
        Assert.Empty(AreaChecks.Faults(units));
        Assert.Equal("area.from_nothing", Assert.Single(AreaChecks.Findings(new AreaTree(units))).Problem.Code);
        Assert.Empty(AreaChecks.Findings(new AreaTree([.. AreaFiles.Provinces, .. AreaTreeTests.Small])));
    }

    [Fact]
    public void A_bad_row_is_told_with_line_and_column()
    {
        var text = Header + "1700,Xã A,commune,40,,,,NQ,\n17001,Xã A,hamlet,40,,,,NQ,\n17002,Xã B,commune,40,2025-07-01,2025-06-30,,NQ,\n17003,Xã C,commune,40,2025-02-30,,,NQ,\n17004,Xã D,commune,,,,,NQ,\n17005,Xã E,commune,4O,,,,,\n17006,Xã G,commune,40,,,,NQ,\n17006,Xã G,commune,40,,,,NQ,\n";
        using var reading = AreaFiles.ReadUnits(new MemoryStream(Encoding.UTF8.GetBytes(text)), "area-units.csv");
        Assert.Equal(["17006"], reading.ToList().Select(row => row.Value.Unit.Code).Where(code => code == "17006"));
        Assert.Equal(["3 choice.unknown kind", "4 period.backwards valid_to", "5 date.not_real valid_from", "6 cell.empty parent_code", "7 area_code.malformed parent_code", "7 cell.empty source", "9 row.twice code"],
            reading.Refusals.Kept.Select(problem => $"{problem.At!.Line} {problem.Code} {problem.At.Column}"));
    }

    [Fact]
    public void A_division_says_hamlet_or_person_and_not_both()
    {
        var text = "from_code,on,hamlet,person_id,to_code,source\n17003,2025-07-01,Xóm 1,P1,17001,NQ\n17003,2025-07-01,!!,,17001,NQ\n17003,2025-07-01,Xóm 01,,17001,NQ\n17003,2025-07-01,xóm 1,,17006,NQ\n17003,2025-07-01,,,17006,NQ\n";
        using var reading = AreaFiles.ReadDivisions(new MemoryStream(Encoding.UTF8.GetBytes(text)), "area-divisions.csv");
        Assert.Equal([4, 6], reading.ToList().Select(row => row.Line));
        Assert.Equal(["2 area.hamlet_and_person hamlet", "3 area.hamlet_unreadable hamlet", "5 row.twice from_code"], reading.Refusals.Kept.Select(problem => $"{problem.At!.Line} {problem.Code} {problem.At.Column}"));
    }

    [Fact]
    public void A_tree_written_is_the_tree_read()
    {
        using var bytes = new MemoryStream();
        using (var writer = AreaFiles.WriteUnits(bytes))
            foreach (var unit in AreaTreeTests.Small) writer.Write(new AreaUnitRow(unit, false));
        using var reading = AreaFiles.ReadUnits(new MemoryStream(bytes.ToArray()), "area-units.csv");
        Assert.All(reading.ToList().Zip(AreaTreeTests.Small), pair => Assert.True(pair.First.Value.Unit.Says(pair.Second)));
    }

    [Fact]
    public void Each_file_page_lists_the_columns_that_are_read()
    {
        foreach (var kind in AreaFiles.Kinds)
        {
            var page = File.ReadAllLines(Path.Combine(Repository.Root, "schemas", "import", Path.ChangeExtension(AreaFiles.FileName(kind), ".md")));
            var documented = page.Select(line => Row().Match(line)).Where(row => row.Success).Select(row => (row.Groups[1].Value, row.Groups[2].Value == "yes"));
            Assert.Equal(AreaFiles.Columns(kind).Select(column => (column.Name, column.Required)), documented);
        }
    }

    [GeneratedRegex(@"^\| `([a-z_]+)` \| (yes|) ?\|")]
    private static partial Regex Row();
}
